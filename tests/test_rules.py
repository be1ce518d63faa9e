"""The page of rules, the code and the tests speak of the same rules.

`docs/reference/rules.md` states a rule in a line that begins with its number in bold, the form that
`RULE` matches. A rule that is not implemented yet says so with `(not yet)` in that line.
"""

import re
from collections.abc import Iterable

import pytest

from tests.places import DOCS, SOURCE, TESTS, texts

RULE = re.compile(r"^(?:[-*] )?\*\*S (\d+\.\d+)\*\*(.*)$", re.MULTILINE)
CITATION = re.compile(r"\bS (\d+\.\d+)\b")


@pytest.fixture(scope="module")
def rules() -> dict[str, str]:
    page = (DOCS / "reference" / "rules.md").read_text("utf-8")
    return dict(RULE.findall(page))


@pytest.fixture(scope="module")
def implemented(rules: dict[str, str]) -> set[str]:
    return {number for number, line in rules.items() if "(not yet)" not in line}


def cited(pages: Iterable[str]) -> set[str]:
    return {number for page in pages for number in CITATION.findall(page)}


def cited_by_sources() -> set[str]:
    return cited(texts(SOURCE, ".py").values())


def cited_by_tests() -> set[str]:
    return cited(texts(TESTS, ".py").values())


def test_every_rule_that_is_cited_exists(rules: dict[str, str]) -> None:
    cited_by_docs = cited(texts(DOCS, ".md").values()) | cited(texts(DOCS, ".py").values())
    assert (cited_by_sources() | cited_by_tests() | cited_by_docs) - rules.keys() == set()


def test_every_implemented_rule_is_cited_by_a_test(implemented: set[str]) -> None:
    assert implemented
    assert implemented - cited_by_tests() == set()


def test_every_implemented_rule_is_cited_where_it_is_implemented(implemented: set[str]) -> None:
    assert implemented - cited_by_sources() == set()
