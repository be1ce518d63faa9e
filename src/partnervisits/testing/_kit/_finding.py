"""C7 to C16: what is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from partnervisits.repositories import (
    Changes,
    Cursor,
    Noun,
    Record,
    Repository,
    Stored,
    VisitFilter,
    id_of,
    order_key,
)
from partnervisits.testing._builders import a_visit
from partnervisits.testing._kit._clauses import clause
from partnervisits.testing._kit._samples import (
    FILTERS,
    IDS,
    RANGE,
    RANGED,
    SAMPLES,
    Filter,
    empty_filter,
    in_order,
    place_of,
    records_in,
    sets_of,
    visit_on,
)
from partnervisits.testing._kit._suite import Clauses, by_noun, fill, ids_of, put
from partnervisits.visits import Visitor

_MANY = 5_000

by_ranged_noun = pytest.mark.parametrize("noun", RANGED, ids=[noun.value for noun in RANGED])


class FindingClauses(Clauses):
    """What is found."""

    @clause(7)
    def test_c07_without_a_filter_all_of_the_noun_are_found_and_no_others(self) -> None:
        with self._new_store() as store:
            for noun in Noun:
                assert records_in(store, noun).find() == ()
            fill(store, [record for noun in Noun for record in SAMPLES[noun]])
            for noun in Noun:
                found = ids_of(records_in(store, noun).find())
                assert sorted(found) == sorted(map(id_of, SAMPLES[noun]))

    @clause(8)
    @by_noun
    def test_c08_records_come_in_their_order(self, noun: Noun) -> None:
        with self._new_store() as store:
            held = put(store, *SAMPLES[noun][1::2], *reversed(SAMPLES[noun][::2]))
            store.apply(held[0].deleted())
            store.apply(Changes.create(held[0].value))
            assert values(records_in(store, noun).find()) == in_order(SAMPLES[noun])

    @clause(8)
    def test_c08_ids_are_sorted_by_code_point(self) -> None:
        with self._new_store() as store:
            fill(store, [a_visit(id=each) for each in IDS])
            assert ids_of(store.visits.find()) == sorted(IDS)

    @clause(8)
    def test_c08_what_was_changed_stands_where_it_belongs_now(self) -> None:
        with self._new_store() as store:
            held = put(store, *(visit_on(day, id=f"V-{day}") for day in range(3)))
            store.apply(held[0].replaced_by(visit_on(9, id="V-0")))
            assert ids_of(store.visits.find()) == ["V-1", "V-2", "V-0"]

    @clause(9)
    @by_noun
    def test_c09_with_a_filter_exactly_what_matches_is_found(self, noun: Noun) -> None:
        with self._new_store() as store:
            fill(store, SAMPLES[noun])
            for wanted in FILTERS[noun]:
                found = values(records_in(store, noun).find(wanted))
                assert found == matching(noun, wanted), wanted

    @clause(9)
    def test_c09_a_record_is_found_by_what_it_says_now(self) -> None:
        was, now = VisitFilter(reps=["rep-7"]), VisitFilter(reps=["rep-8", "rep-9"])
        pair = [Visitor("rep-8", primary=True), Visitor("rep-9")]
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            store.apply(held.replaced_by(attrs.evolve(held.value, visitors=pair)))
            assert ids_of(store.visits.find(was)) == []
            assert ids_of(store.visits.find(now)) == ["V-1"]

    @clause(10)
    @by_noun
    def test_c10_nothing_narrows_nothing_and_an_empty_set_finds_nothing(self, noun: Noun) -> None:
        with self._new_store() as store:
            fill(store, SAMPLES[noun])
            repository = records_in(store, noun)
            assert repository.find(empty_filter(noun)) == repository.find()
            for name in sets_of(noun):
                assert repository.find(empty_filter(noun, **{name: []})) == (), name

    @clause(11)
    @by_ranged_noun
    def test_c11_a_range_holds_its_first_and_not_its_last(self, noun: Noun) -> None:
        with self._new_store() as store:
            fill(store, SAMPLES[noun])
            bounds = {bound for each in FILTERS[noun] for bound in _bounds_of(each)}
            for bound in bounds:
                for name in RANGE:
                    wanted = empty_filter(noun, **{name: bound})
                    found = values(records_in(store, noun).find(wanted))
                    assert found == matching(noun, wanted), wanted

    @clause(12)
    @by_noun
    def test_c12_a_set_of_5_000_ids_is_no_problem(self, noun: Noun) -> None:
        name = sets_of(noun)[0]
        known = {each for wanted in FILTERS[noun] for each in getattr(wanted, name) or ()}
        with self._new_store() as store:
            fill(store, SAMPLES[noun])
            wanted = empty_filter(noun, **{name: [*known, *(f"x{n}" for n in range(_MANY))]})
            assert values(records_in(store, noun).find(wanted)) == matching(noun, wanted)

    @clause(12)
    def test_c12_a_set_of_5_000_reps_is_no_problem(self) -> None:
        wanted = VisitFilter(reps=["rep-2", *(f"x{number}" for number in range(_MANY))])
        with self._new_store() as store:
            fill(store, SAMPLES[Noun.VISITS])
            assert values(store.visits.find(wanted)) == matching(Noun.VISITS, wanted)

    @clause(13)
    @by_noun
    def test_c13_with_a_limit_the_first_so_many_come(self, noun: Noun) -> None:
        with self._new_store() as store:
            fill(store, SAMPLES[noun])
            for wanted in [None, *FILTERS[noun]]:
                fits = matching(noun, wanted)
                for limit in (1, 2, len(fits) or 1, len(fits) + 1):
                    found = records_in(store, noun).find(wanted, limit=limit)
                    assert values(found) == fits[:limit], (wanted, limit)

    @clause(14)
    @by_noun
    def test_c14_after_a_cursor_come_the_records_behind_that_place(self, noun: Noun) -> None:
        with self._new_store() as store:
            fill(store, SAMPLES[noun])
            repository = records_in(store, noun)
            for record in SAMPLES[noun]:
                place, name = place_of(record)
                nearby = [name, name[:-1], f"{name}\U0010ffff", ""]
                for cursor in [Cursor(place, each) for each in nearby]:
                    assert values(repository.find(after=cursor)) == behind(noun, cursor), cursor
            for cursor in (Cursor("", ""), Cursor("~", "~"), Cursor("\U0010ffff", "")):
                assert values(repository.find(after=cursor)) == behind(noun, cursor), cursor

    @clause(14)
    def test_c14_a_cursor_needs_no_record(self) -> None:
        with self._new_store() as store:
            held = put(store, *(visit_on(day, id=f"V-{day}") for day in range(4)))
            gone, moved = held[1], held[2]
            store.apply(gone.deleted() + moved.replaced_by(visit_on(9, id=moved.id)))
            assert ids_of(store.visits.find(after=gone.cursor)) == ["V-3", "V-2"]
            assert ids_of(store.visits.find(after=moved.cursor)) == ["V-3", "V-2"]

    @clause(15)
    @by_noun
    def test_c15_pages_put_together_are_what_one_call_finds(self, noun: Noun) -> None:
        with self._new_store() as store:
            fill(store, SAMPLES[noun])
            repository = records_in(store, noun)
            for wanted in [None, *FILTERS[noun]]:
                for size in (1, 2, 3):
                    assert pages(repository, wanted, size) == values(repository.find(wanted))

    @clause(16)
    @by_noun
    def test_c16_what_is_found_is_a_tuple(self, noun: Noun) -> None:
        with self._new_store() as store:
            repository = records_in(store, noun)
            before = repository.find(), repository.find(empty_filter(noun), limit=1)
            fill(store, SAMPLES[noun])
            found = (*before, repository.find(), repository.find(limit=1))
            assert [type(each) for each in found] == [tuple] * 4


def values(found: Sequence[Stored[Any]]) -> list[Record]:
    """What was found, without revisions.

    Args:
        found: As a store returned it.
    """
    return [held.value for held in found]


def matching(noun: Noun, wanted: Filter | None) -> list[Record]:
    """The samples that a filter is true of, in their order.

    Args:
        noun: Whose samples.
        wanted: Its filter; all if None.
    """
    fits = [each for each in SAMPLES[noun] if wanted is None or wanted.matches(each)]
    return in_order(fits)


def behind(noun: Noun, cursor: Cursor) -> list[Record]:
    """The samples behind a place, in their order.

    Args:
        noun: Whose samples.
        cursor: The place.
    """
    place = cursor.order_key, cursor.id
    return in_order(each for each in SAMPLES[noun] if (order_key(each), id_of(each)) > place)


def pages(repository: Repository[Any, Any], wanted: Filter | None, size: int) -> list[Record]:
    """All that is found page by page.

    Args:
        repository: Of any noun.
        wanted: Which of them.
        size: How many are on a page.
    """
    found: list[Record] = []
    after: Cursor | None = None
    while page := repository.find(wanted, after=after, limit=size):
        found += values(page)
        assert len(set(map(id_of, found))) == len(found), "a record came twice"
        after = page[-1].cursor
    return found


def _bounds_of(wanted: Filter) -> set[Any]:
    return {getattr(wanted, name) for name in RANGE} - {None}
