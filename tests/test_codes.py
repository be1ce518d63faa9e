"""The page of codes, the code and the tests know the same codes.

`docs/reference/errors.md` explains a code where a heading, a list item or a row of a table begins
with it in backticks.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.places import DOCS, SOURCE, TESTS, texts

CODE = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")
ENTRY = re.compile(r"^(?:#+|[-*|]) *`([^`]+)`", re.MULTILINE)


def arguments(source: str) -> Iterator[ast.expr]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from node.args
            yield from (keyword.value for keyword in node.keywords)


def codes_in(source: str) -> Iterator[str]:
    for argument in arguments(source):
        match argument:
            case ast.Constant(value=str(text)) if CODE.fullmatch(text):
                yield text
            case _:
                pass


def codes_of_the_library() -> set[str]:
    return {code for source in texts(SOURCE, ".py").values() for code in codes_in(source)}


def test_the_page_of_codes_lists_exactly_the_codes_of_the_library() -> None:
    page = (DOCS / "reference" / "errors.md").read_text("utf-8")
    listed = {entry for entry in ENTRY.findall(page) if CODE.fullmatch(entry)}
    assert sorted(listed) == sorted(codes_of_the_library())


def test_every_code_is_expected_by_a_test() -> None:
    tests = "".join(t for path, t in texts(TESTS, ".py").items() if path != Path(__file__))
    # A regular expression that expects a code escapes its dot.
    expected = {found.group() for found in CODE.finditer(tests.replace("\\.", "."))}
    assert sorted(codes_of_the_library() - expected) == []
