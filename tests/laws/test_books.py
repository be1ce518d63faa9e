"""Whatever a book holds, it is checked, reported on, stored and sent, and never in two ways."""

import json
import re
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import codec
from partnervisits import testing as strategies
from partnervisits.books import Book, book_of
from partnervisits.reports import as_data, report

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[Book, Book]:
    """A book, and one of the same records in another order."""
    held = draw(strategies.books())
    fields = [field.name for field in attrs.fields(Book) if field.name != "catalog"]
    changes: dict[str, Any] = {name: draw(st.permutations(getattr(held, name))) for name in fields}
    return held, attrs.evolve(held, **changes)


@settings(max_examples=60)
@given(shuffled())
def test_the_order_of_records_changes_nothing(pair: tuple[Book, Book]) -> None:
    held, other = pair
    assert held == other
    assert held.check() == other.check()
    assert codec.dumps(held) == codec.dumps(other)


@settings(max_examples=60)
@given(strategies.books())
def test_any_book_is_reported_on(held: Book) -> None:
    found = report(held)
    known = {visit.id for visit in held.visits} | {plan.subject.visit_id for plan in held.plans}
    assert {each.visit_id for each in found.visits} == known
    assert not CONTROL.search(str(found))
    assert json.loads(json.dumps(as_data(found), allow_nan=False))["findings"] is not None


@settings(max_examples=60)
@given(strategies.books())
def test_any_book_is_read_as_it_was_written(held: Book) -> None:
    """S 11.3."""
    assert codec.loads(codec.dumps(held), Book) == held


@settings(max_examples=60)
@given(strategies.books())
def test_any_book_can_be_stored(held: Book) -> None:
    """S 10.2."""
    store = pv.MemoryStore()
    store.apply(held.changes())
    assert book_of(store, givens=held.givens, targets=held.catalog.targets) == held
