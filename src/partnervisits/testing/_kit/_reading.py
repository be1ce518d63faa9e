"""C1 to C6: what is got."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given

from partnervisits.codec import dumps
from partnervisits.errors import NotFoundError
from partnervisits.repositories import Changes, Noun, Record, VisitFilter, id_of
from partnervisits.testing._builders import (
    a_follow_up_rule,
    a_reading,
    a_task_definition,
    a_visit,
    an_indicator,
)
from partnervisits.testing._kit._clauses import clause
from partnervisits.testing._kit._samples import (
    EXTREMES,
    IDS,
    RECORDS,
    SAMPLES,
    records_in,
    visit_on,
)
from partnervisits.testing._kit._suite import (
    Clauses,
    by_noun,
    ids_of,
    is_there,
    put,
    state_of,
    unhurried,
    written,
)


class ReadingClauses(Clauses):
    """What is got."""

    @clause(1)
    @by_noun
    def test_c01_what_was_put_comes_back_equal_in_every_field(self, noun: Noun) -> None:
        with self._new_store() as store:

            @unhurried()
            @given(RECORDS[noun])
            def comes_back(record: Record) -> None:
                held = put(store, record)[0]
                found = records_in(store, noun).find()
                store.apply(held.deleted())
                assert held.value == record
                assert dumps(held.value) == dumps(record), "a type has changed"
                assert found == (held,)

            comes_back()

    @clause(1)
    def test_c01_the_largest_and_the_smallest_come_back(self) -> None:
        with self._new_store() as store:
            for value in EXTREMES:
                reading = a_reading(value=value, note="long" * 1_000)
                (held,) = put(store, reading)
                store.apply(held.deleted())
                assert dumps(held.value) == dumps(reading)

    @clause(2)
    @by_noun
    def test_c02_what_is_not_there_is_not_found(self, noun: Noun) -> None:
        with self._new_store() as store:
            held, _ = put(store, *SAMPLES[noun][:2])
            store.apply(held.deleted())
            for name in (held.id, f"{held.id}x", "nothing"):
                with pytest.raises(NotFoundError) as error:
                    _ = records_in(store, noun).get(name)
                assert (error.value.noun, error.value.wanted) == (noun.value, name)

    @clause(3)
    def test_c03_ids_are_told_apart_code_point_by_code_point(self) -> None:
        with self._new_store() as store:
            store.apply(Changes.create(*(a_visit(id=each, partner_id=each) for each in IDS)))
            got = {each: store.visits.get(each).value.partner_id for each in IDS}
            assert got == {each: each for each in IDS}
            store.apply(store.visits.get(IDS[0]).deleted())
            assert [each for each in IDS if not is_there(store, Noun.VISITS, each)] == [IDS[0]]

    @clause(3)
    def test_c03_ids_in_a_filter_are_told_apart_code_point_by_code_point(self) -> None:
        with self._new_store() as store:
            store.apply(Changes.create(*(a_visit(id=each, partner_id=each) for each in IDS)))
            for each in IDS:
                assert ids_of(store.visits.find(VisitFilter(partners=[each]))) == [each]

    @clause(4)
    def test_c04_each_noun_has_ids_of_its_own(self) -> None:
        records: dict[Noun, Record] = {
            Noun.INDICATORS: an_indicator(key="same"),
            Noun.TASKS: a_task_definition(key="same"),
            Noun.RULES: a_follow_up_rule(key="same"),
            Noun.VISITS: a_visit(id="same"),
            Noun.READINGS: a_reading(id="same"),
        }
        with self._new_store() as store:
            store.apply(Changes.create(*records.values()))
            got = {noun: records_in(store, noun).get("same").value for noun in records}
            assert got == records
            store.apply(store.visits.get("same").deleted())
            left = [noun for noun in records if is_there(store, noun, "same")]
            assert left == [noun for noun in records if noun is not Noun.VISITS]

    @clause(5)
    def test_c05_what_was_returned_never_changes(self) -> None:
        with self._new_store() as store:
            store.apply(Changes.create(visit_on(0, id="V-1"), visit_on(0, id="V-2")))
            got, found = store.visits.get("V-1"), store.visits.find()
            before = written(got), [written(each) for each in found]
            store.apply(got.replaced_by(attrs.evolve(got.value, contacts=["lee"])))
            store.apply(found[1].deleted())
            assert (written(got), [written(each) for each in found]) == before

    @clause(6)
    @by_noun
    def test_c06_what_was_written_is_read_at_once(self, noun: Noun) -> None:
        with self._new_store() as store:
            repository = records_in(store, noun)
            # What nobody had asked for before must not be remembered as missing either.
            first, second = SAMPLES[noun][:2]
            assert not is_there(store, noun, id_of(first))
            assert repository.find() == ()
            held = put(store, first, second)
            assert {*ids_of(repository.find())} == {each.id for each in held}
            store.apply(held[0].deleted())
            assert not is_there(store, noun, held[0].id)
            assert ids_of(repository.find()) == [held[1].id]

    @clause(6)
    def test_c06_what_was_replaced_is_read_at_once(self) -> None:
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            changed = attrs.evolve(held.value, contacts=["lee"], partner_id="nord")
            _ = state_of(store)
            store.apply(held.replaced_by(changed))
            assert store.visits.get("V-1").value == changed
            assert [each.value for each in store.visits.find()] == [changed]
            assert store.visits.find(VisitFilter(partners=["acme"])) == ()
