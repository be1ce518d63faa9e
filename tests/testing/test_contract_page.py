"""The page of the contract says what the protocols, the kit and the broken stores say."""

import re
from collections.abc import Iterator

from partnervisits.repositories import CONTRACT
from partnervisits.testing import CLAUSES, StoreContract
from partnervisits.testing._kit._clauses import clause_of, needs_of
from tests.places import DOCS
from tests.testing.broken import BROKEN

PAGE = (DOCS / "reference" / "store-contract.md").read_text("utf-8")
ROW = re.compile(r"^\| C(\d+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)


def rows() -> Iterator[tuple[int, str, set[str], set[str]]]:
    """The number, the words, the capabilities and the broken stores of each row."""
    for number, words, asked, stores in ROW.findall(PAGE):
        yield int(number), words, quoted(asked), quoted(stores)


def quoted(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def needs() -> dict[int, set[str]]:
    """Which capabilities the tests of each clause ask for."""
    asked: dict[int, set[str]] = {}
    for test in (getattr(StoreContract, name) for name in dir(StoreContract)):
        number = clause_of(test)
        if number is not None:
            asked.setdefault(number, set()).update(need.name for need in needs_of(test))
    return asked


def test_the_page_has_every_clause_in_order_and_in_its_words() -> None:
    assert [(number, words) for number, words, *_ in rows()] == [*CLAUSES.items()]


def test_the_page_says_what_each_clause_asks_for() -> None:
    assert {number: asked for number, _, asked, _ in rows()} == needs()


def test_the_page_names_every_broken_store_beside_the_clause_that_notices_it() -> None:
    named = {(name, number) for number, _, _, stores in rows() for name in stores}
    assert named == {(store.__name__, number) for store, number in BROKEN.items()}


def test_the_page_names_the_version_of_the_contract() -> None:
    assert f"version {CONTRACT} of the contract" in PAGE
