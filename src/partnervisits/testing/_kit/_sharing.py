"""C31 to C33: what several threads or tasks do at once."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from partnervisits.repositories import Changes, Check, Noun, Store, VisitFilter
from partnervisits.testing._builders import a_task_definition, a_visit
from partnervisits.testing._kit._clauses import Capability, clause
from partnervisits.testing._kit._suite import Clauses, put, written
from partnervisits.visits import Visit


class SharingClauses(Clauses):
    """What several threads or tasks do at once."""

    @clause(31, Capability.CONCURRENT)
    @pytest.mark.parametrize("other", ["replaces", "deletes"])
    def test_c31_of_two_writers_that_read_the_same_revision_one_wins(self, other: str) -> None:
        def first(number: int) -> Changes:
            (held,) = put(store, _visit(number))
            return held.replaced_by(_visit(number, "first"))

        def second(door: Store, number: int) -> bool:
            """Whether it had read the same revision, and won."""
            held = door.visits.get(_name(number))
            if held.value.contacts == ("first",):
                return False
            changes = held.replaced_by(_visit(number, "second"))
            door.apply(changes if other == "replaces" else held.deleted())
            return True

        with self._new_store() as store:
            for step, meeting in self._meetings(store, first, second):
                won = [meeting.first is None, meeting.second is True]
                assert sorted(won) == [False, True], f"at step {step}: {meeting}"
                ends = [held.value.contacts for held in store.visits.find(_only(step))]
                assert ends == ([("first",)] if won[0] else _left_by_second(other))

    @clause(31, Capability.CONCURRENT)
    def test_c31_of_two_writers_that_create_the_same_record_one_wins(self) -> None:
        def first(number: int) -> Changes:
            return Changes.create(_visit(number, "first"))

        def second(door: Store, number: int) -> None:
            door.apply(Changes.create(_visit(number, "second")))

        with self._new_store() as store:
            for step, meeting in self._meetings(store, first, second):
                refused = [meeting.first is not None, meeting.second is not None]
                assert sorted(refused) == [False, True], f"at step {step}: {meeting}"
                ends = [held.value.contacts for held in store.visits.find(_only(step))]
                assert ends == [("second",) if refused[0] else ("first",)]

    @clause(32, Capability.CONCURRENT)
    def test_c32_a_reader_sees_a_batch_whole_or_not_at_all(self) -> None:
        before: dict[int, list[tuple[str, str, str]]] = {}

        def first(number: int) -> Changes:
            held = put(store, *(_visit(number, part=part) for part in "abc"))
            before[number] = [written(each) for each in held]
            return (
                held[0].deleted()
                + held[1].replaced_by(_visit(number, "first", part="b"))
                + Changes.create(*(_visit(number, part=part) for part in "de"))
            )

        def second(door: Store, number: int) -> list[tuple[str, str, str]]:
            return [written(held) for held in door.visits.find(_only(number))]

        with self._new_store() as store:
            for step, meeting in self._meetings(store, first, second):
                assert meeting.first is None, f"at step {step}: {meeting}"
                after = second(store, step)
                assert [len(before[step]), len(after)] == [3, 4]
                assert meeting.second in (before[step], after), f"at step {step}"

    @clause(33, Capability.CONCURRENT)
    @pytest.mark.parametrize("checked", ["present", "absent"])
    def test_c33_two_writers_that_check_what_the_other_writes_never_both_win(
        self, checked: str
    ) -> None:
        prepare: Callable[[Store, int], tuple[Changes, Changes]] = (
            _cancels if checked == "present" else _creates
        )
        batches: dict[int, Changes] = {}

        def first(number: int) -> Changes:
            one, batches[number] = prepare(store, number)
            return one

        def second(door: Store, number: int) -> None:
            door.apply(batches[number])

        with self._new_store() as store:
            for step, meeting in self._meetings(store, first, second):
                refused = [each for each in (meeting.first, meeting.second) if each is not None]
                assert refused, f"both won at step {step}"
                assert len(refused) == 1, f"at step {step}: {meeting}"


def _name(number: int, part: str = "") -> str:
    return f"V-{number}{part}"


def _visit(number: int, *contacts: str, part: str = "") -> Visit:
    return a_visit(id=_name(number, part), partner_id=f"P-{number}", contacts=contacts)


def _only(number: int) -> VisitFilter:
    return VisitFilter(partners=[f"P-{number}"])


def _left_by_second(other: str) -> list[tuple[str, ...]]:
    return [("second",)] if other == "replaces" else []


def _cancels(store: Store, number: int) -> tuple[Changes, Changes]:
    """One gives up a visit, since a task remains; the other one the task, since the visit does."""
    visit, task = put(store, _visit(number), a_task_definition(key=f"T-{number}"))
    return (
        visit.replaced_by(attrs.evolve(visit.value, contacts=["gone"])) + task.unchanged(),
        task.replaced_by(attrs.evolve(task.value, name="Gone")) + visit.unchanged(),
    )


def _creates(_: Store, number: int) -> tuple[Changes, Changes]:
    """Each plans a visit, since the other one is not planned."""
    one, two = _visit(number, part="a"), _visit(number, part="b")
    return (
        Changes.create(one) + Changes(checks=[Check(Noun.VISITS, two.id)]),
        Changes.create(two) + Changes(checks=[Check(Noun.VISITS, one.id)]),
    )
