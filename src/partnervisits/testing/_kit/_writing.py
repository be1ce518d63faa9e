"""C17 to C30: what is written, and what is refused."""

from __future__ import annotations

from typing import Any, cast

import attrs
import pytest
from hypothesis.stateful import run_state_machine_as_test

from partnervisits.errors import ConflictError
from partnervisits.repositories import (
    CONTRACT,
    Changes,
    Check,
    Delete,
    Noun,
    Put,
    Stored,
    id_of,
)
from partnervisits.testing._builders import a_reading, a_visit
from partnervisits.testing._kit._clauses import clause
from partnervisits.testing._kit._model import StoreAndModel
from partnervisits.testing._kit._samples import OTHER_STATES, SAMPLES, records_in
from partnervisits.testing._kit._suite import (
    Clauses,
    by_noun,
    conflicts_of,
    ids_of,
    is_there,
    put,
    state_of,
    unhurried,
    written,
)
from partnervisits.visits import Visit

_BATCH = 1_000
_NEVER_GIVEN = "never given"


class WritingClauses(Clauses):
    """What is written, and what is refused."""

    @clause(17)
    def test_c17_the_store_says_which_contract_it_fulfils(self) -> None:
        with self._new_store() as store:
            assert type(store.contract) is int
            assert 1 <= store.contract <= CONTRACT

    @clause(18)
    @by_noun
    def test_c18_a_put_without_a_revision_creates(self, noun: Noun) -> None:
        record = SAMPLES[noun][0]
        with self._new_store() as store:
            store.apply(Changes.create(record))
            assert records_in(store, noun).get(id_of(record)).value == record

    @clause(18)
    def test_c18_creating_what_is_there_is_a_conflict(self) -> None:
        with self._new_store() as store:
            _ = put(store, a_visit())
            again = Changes.create(a_visit(contacts=["lee"]))
            assert conflicts_of(store, again) == [("visits", "V-1", "store.exists")]
            assert conflicts_of(store, Changes.create(a_visit())) == [
                ("visits", "V-1", "store.exists")
            ]
            assert store.visits.get("V-1").value == a_visit()

    @clause(19)
    def test_c19_a_put_replaces_what_has_its_revision(self) -> None:
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            store.apply(held.replaced_by(called(held, "lee")))
            assert store.visits.get("V-1").value.contacts == ("lee",)

    @clause(19)
    def test_c19_a_put_on_what_was_changed_or_is_gone_is_a_conflict(self) -> None:
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            store.apply(held.replaced_by(called(held, "lee")))
            late = held.replaced_by(called(held, "kim"))
            assert conflicts_of(store, late) == [("visits", "V-1", "store.stale")]
            store.apply(store.visits.get("V-1").deleted())
            assert conflicts_of(store, late) == [("visits", "V-1", "store.missing")]
            assert not is_there(store, Noun.VISITS, "V-1")

    @clause(19)
    @pytest.mark.parametrize("noun", OTHER_STATES, ids=lambda noun: noun.value)
    def test_c19_what_is_replaced_is_found_as_it_is_now(self, noun: Noun) -> None:
        with self._new_store() as store:
            repository = records_in(store, noun)
            (held,) = put(store, SAMPLES[noun][0])
            changed = attrs.evolve(held.value, **OTHER_STATES[noun])
            store.apply(held.replaced_by(changed))
            assert repository.get(held.id).value == changed
            assert [each.value for each in repository.find()] == [changed]
            late = held.replaced_by(held.value)
            assert conflicts_of(store, late) == [(noun.value, held.id, "store.stale")]
            assert repository.get(held.id).value == changed

    @clause(20)
    def test_c20_a_delete_removes_what_has_its_revision(self) -> None:
        with self._new_store() as store:
            held, kept = put(store, a_visit(id="V-1"), a_visit(id="V-2"))
            store.apply(held.deleted())
            assert not is_there(store, Noun.VISITS, "V-1")
            assert store.visits.find() == (kept,)

    @clause(20)
    def test_c20_a_delete_of_what_was_changed_or_is_gone_is_a_conflict(self) -> None:
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            store.apply(held.replaced_by(called(held, "lee")))
            assert conflicts_of(store, held.deleted()) == [("visits", "V-1", "store.stale")]
            now = store.visits.get("V-1")
            store.apply(now.deleted())
            assert conflicts_of(store, now.deleted()) == [("visits", "V-1", "store.missing")]

    @clause(21)
    def test_c21_a_check_that_holds_lets_everything_be_written(self) -> None:
        absent = Changes(checks=[Check(Noun.VISITS, "V-9")])
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            store.apply(held.unchanged() + absent + Changes.create(a_visit(id="V-2")))
            assert ids_of(store.visits.find()) == ["V-1", "V-2"]

    @clause(21)
    def test_c21_a_check_that_fails_lets_nothing_be_written(self) -> None:
        absent = Changes(checks=[Check(Noun.VISITS, "V-1")])
        created = Changes.create(a_visit(id="V-2"))
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            assert conflicts_of(store, absent + created) == [("visits", "V-1", "store.exists")]
            store.apply(held.replaced_by(called(held, "lee")))
            late = held.unchanged() + created
            assert conflicts_of(store, late) == [("visits", "V-1", "store.stale")]
            store.apply(store.visits.get("V-1").deleted())
            assert conflicts_of(store, late) == [("visits", "V-1", "store.missing")]
            assert store.visits.find() == ()

    @clause(22)
    @pytest.mark.parametrize("noun", [Noun.FOLLOW_UPS, Noun.VISITS], ids=["first", "last"])
    @pytest.mark.parametrize("verb", ["replace", "delete", "check"])
    def test_c22_after_a_refusal_nothing_has_changed(self, noun: Noun, verb: str) -> None:
        with self._new_store() as store:
            first, second, third = put(store, *(a_visit(id=f"V-{n}") for n in (1, 2, 3)))
            batch = (
                Changes.create(*(SAMPLES[each][0] for each in Noun if each is not Noun.VISITS))
                + Changes.create(a_visit(id="V-0"), a_visit(id="V-9"))
                + first.replaced_by(called(first, "lee"))
                + second.deleted()
                + third.unchanged()
            )
            absent = Stored(SAMPLES[noun][-1], _NEVER_GIVEN)
            wrong = {
                "replace": absent.replaced_by(absent.value),
                "delete": absent.deleted(),
                "check": absent.unchanged(),
            }
            before = state_of(store)
            with pytest.raises(ConflictError):
                store.apply(batch + wrong[verb])
            assert state_of(store) == before
            store.apply(batch)
            assert ids_of(store.visits.find()) == ["V-0", "V-1", "V-3", "V-9"]

    @clause(23)
    def test_c23_every_conflict_is_reported_at_once(self) -> None:
        with self._new_store() as store:
            held = put(store, *(a_visit(id=f"V-{number}") for number in range(5)))
            store.apply(held[0].replaced_by(called(held[0], "lee")) + held[1].deleted())
            batch = (
                held[0].replaced_by(called(held[0], "kim"))
                + held[1].deleted()
                + Changes.create(a_visit(id="V-2"), a_visit(id="V-new"))
                + Changes(checks=[Check(Noun.VISITS, "V-3"), Check(Noun.RULES, "late", "1")])
                + held[4].unchanged()
            )
            assert conflicts_of(store, batch) == [
                ("rules", "late", "store.missing"),
                ("visits", "V-0", "store.stale"),
                ("visits", "V-1", "store.missing"),
                ("visits", "V-2", "store.exists"),
                ("visits", "V-3", "store.exists"),
            ]

    @clause(24)
    def test_c24_every_write_gives_a_revision_that_the_record_never_had(self) -> None:
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            given = [held.revision]
            for change in ("lee", "lee", "kim", "kim", "lee"):
                held = store.visits.get("V-1")
                store.apply(held.replaced_by(called(held, change)))
                given.append(store.visits.get("V-1").revision)
            assert len(set(given)) == len(given), given

    @clause(24)
    def test_c24_also_if_the_record_was_deleted_in_between(self) -> None:
        with self._new_store() as store:
            given: list[str] = []
            for _ in range(4):
                (held,) = put(store, a_visit())
                given.append(held.revision)
                store.apply(held.replaced_by(called(held, "lee")))
                held = store.visits.get("V-1")
                given.append(held.revision)
                store.apply(held.deleted())
            assert len(set(given)) == len(given), given

    @clause(25)
    def test_c25_what_is_not_written_keeps_its_revision(self) -> None:
        with self._new_store() as store:
            written_later, checked, other = put(store, *(a_visit(id=f"V-{n}") for n in range(3)))
            batch = written_later.replaced_by(called(written_later, "lee")) + checked.unchanged()
            store.apply(batch)
            assert store.visits.get(checked.id) == checked
            assert store.visits.get(other.id) == other

    @clause(26)
    def test_c26_creating_an_equal_reading_again_changes_nothing(self) -> None:
        with self._new_store() as store:
            (held,) = put(store, a_reading())
            store.apply(Changes.create(held.value, a_visit()))
            assert store.readings.find() == (held,)
            assert ids_of(store.visits.find()) == ["V-1"]

    @clause(26)
    def test_c26_creating_another_reading_of_the_same_id_is_a_conflict(self) -> None:
        with self._new_store() as store:
            (held,) = put(store, a_reading())
            other = attrs.evolve(held.value, note="misread")
            refused = ("readings", held.id, "store.exists")
            assert conflicts_of(store, Changes.create(other)) == [refused]
            assert store.readings.get(held.id) == held

    @clause(27)
    def test_c27_a_revision_that_was_never_given_is_a_conflict(self) -> None:
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            before = written(held)
            for other in _like(held.revision):
                forged = Stored(held.value, other)
                tried = [
                    forged.replaced_by(called(held, "lee")),
                    forged.deleted(),
                    forged.unchanged(),
                ]
                for changes in tried:
                    refused = [("visits", "V-1", "store.stale")]
                    assert conflicts_of(store, changes) == refused, other
            assert written(store.visits.get("V-1")) == before

    @clause(28)
    def test_c28_a_batch_of_1_000_records_is_no_problem(self) -> None:
        with self._new_store() as store:
            made = [a_visit(id=f"V-{number:04}") for number in range(_BATCH)]
            store.apply(Changes.create(*made))
            found = store.visits.find()
            assert [held.value for held in found] == made
            store.apply(Changes(puts=[Put(called(held, "lee"), held.revision) for held in found]))
            assert {held.value.contacts for held in store.visits.find()} == {("lee",)}
            gone = [Delete(held.noun, held.id, held.revision) for held in store.visits.find()]
            store.apply(Changes(deletes=gone))
            assert store.visits.find() == ()

    @clause(28)
    def test_c28_an_empty_batch_changes_nothing(self) -> None:
        with self._new_store() as store:
            _ = put(store, a_visit())
            before = state_of(store)
            store.apply(Changes())
            assert state_of(store) == before

    @clause(29)
    def test_c29_after_a_refusal_the_store_goes_on_working(self) -> None:
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            for _ in range(3):
                _ = conflicts_of(store, Changes.create(a_visit()))
                store.apply(held.replaced_by(called(held, "lee")))
                held = store.visits.get("V-1")
            assert held.value.contacts == ("lee",)

    @clause(30)
    def test_c30_any_series_of_batches_leaves_what_a_plain_model_says(self) -> None:
        run_state_machine_as_test(
            cast("Any", lambda: StoreAndModel(self._new_store())), settings=unhurried()
        )


def called(held: Stored[Visit], contact: str) -> Visit:
    """Another state of a visit.

    Args:
        held: The visit.
        contact: Whom to ask for.
    """
    return attrs.evolve(held.value, contacts=[contact])


def _like(revision: str) -> list[str]:
    """Revisions that something may take for another one."""
    near = [
        f"0{revision}",
        f"{revision}.0",
        f"{revision}x",
        f"+{revision}",
        revision.swapcase(),
        revision[:-1],
        "0",
        _NEVER_GIVEN,
    ]
    return [each for each in near if each not in ("", revision)]
