"""C30: any series of batches against a plain model of what a store holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any, TypeAlias

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from partnervisits.errors import ConflictError, NotFoundError
from partnervisits.readings import Reading
from partnervisits.repositories import (
    Changes,
    Check,
    Cursor,
    Delete,
    Noun,
    Put,
    Record,
    Store,
    Stored,
    TaskFilter,
    VisitFilter,
    id_of,
    noun_of,
)
from partnervisits.tasks import TaskDefinition
from partnervisits.testing._builders import a_reading, a_task_definition
from partnervisits.testing._kit._samples import place_of, records_in, visit_on
from partnervisits.visits import Visit, Visitor, VisitStatus

_Key: TypeAlias = tuple[Noun, str]
_Entry: TypeAlias = Put | Delete | Check

# Few ids and few states, so that batches often speak of the same record.
_NAMES = st.sampled_from(["a", "B", "c"])
_DAYS = st.none() | st.integers(0, 2)
_PARTNERS = st.sampled_from(["acme", "nord"])
_REPS = st.lists(st.sampled_from(["rep-1", "rep-2"]), min_size=1, max_size=2, unique=True)
_NOUNS = (Noun.VISITS, Noun.TASKS, Noun.READINGS)
_FORGED = "never given"


def _visit(name: str, day: int | None, partner: str, reps: list[str]) -> Visit:
    visitors = [Visitor(rep, primary=number == 0) for number, rep in enumerate(reps)]
    return visit_on(day, id=name, partner_id=partner, visitors=visitors)


def _task(name: str, instructions: str) -> TaskDefinition:
    return a_task_definition(key=name, instructions=instructions)


def _reading(name: str, note: str) -> Reading:
    return a_reading(id=name, note=note)


_VISITS = st.builds(_visit, _NAMES, _DAYS, _PARTNERS, _REPS)
_TASKS = st.builds(_task, _NAMES, st.sampled_from(["", "Ask."]))
_READINGS = st.builds(_reading, _NAMES, st.sampled_from(["", "misread"]))
_RECORDS: st.SearchStrategy[Record] = st.one_of(_VISITS, _TASKS, _READINGS)
_KEYS = st.tuples(st.sampled_from(_NOUNS), _NAMES)

_VISIT_FILTERS = st.builds(
    VisitFilter,
    partners=st.none() | st.sets(_PARTNERS),
    reps=st.none() | st.sets(st.sampled_from(["rep-1", "rep-2"])),
    statuses=st.none() | st.sets(st.sampled_from([VisitStatus.PLANNED, VisitStatus.UNSCHEDULED])),
    since=st.none() | st.integers(0, 2).map(lambda day: visit_on(day).on),
    before=st.none() | st.integers(0, 3).map(lambda day: visit_on(day).on),
)


class Model:
    """What a store should hold: values, their revisions, and the revisions there were."""

    def __init__(self) -> None:
        self.held: dict[_Key, Stored[Any]] = {}
        self.were: dict[_Key, list[str]] = {}

    def conflicts(self, changes: Changes) -> set[tuple[str, str, str]]:
        """All that stands against some changes, by noun, id and code.

        Args:
            changes: Any.
        """
        return {found for entry in changes for found in self._conflict(entry)}

    def _conflict(self, entry: _Entry) -> Iterator[tuple[str, str, str]]:
        there = self.held.get((entry.noun, entry.id))
        if entry.revision == (there and there.revision):
            return
        if entry.revision is None:
            is_equal = isinstance(entry, Put) and there is not None and there.value == entry.value
            if not (is_equal and entry.noun is Noun.READINGS):
                yield entry.noun.value, entry.id, "store.exists"
        else:
            code = "store.missing" if there is None else "store.stale"
            yield entry.noun.value, entry.id, code

    def take(self, changes: Changes, store: Store) -> None:
        """Hold what some changes have written, with the revisions that the store gave.

        Args:
            changes: That were applied.
            store: Which has applied them.
        """
        for each in changes.deletes:
            del self.held[each.noun, each.id]
        for put in changes.puts:
            key = put.noun, put.id
            now = records_in(store, put.noun).get(put.id)
            assert now.value == put.value
            if key in self.held and put.revision is None:  # an equal reading
                assert now == self.held[key]
            else:
                assert now.revision not in self.were.get(key, [])
                self.were.setdefault(key, []).append(now.revision)
            self.held[key] = now

    def found(self, noun: Noun) -> list[Stored[Any]]:
        """The records of a noun in their order.

        Args:
            noun: Which.
        """
        held = [each for key, each in self.held.items() if key[0] is noun]
        return sorted(held, key=lambda each: place_of(each.value))


@attrs.frozen
class _Step:
    """What is to become of a record, by a revision it has, had or never had."""

    record: Record
    verb: str
    age: int


_STEPS = st.builds(
    _Step,
    _RECORDS,
    st.sampled_from(["create", "replace", "replace", "delete", "check"]),
    # The present revision mostly, now and then an older one, or none that ever was.
    st.sampled_from([0, 0, 0, 1, 9]),
)


def _entry(step: _Step, were: list[str]) -> _Entry:
    revision = were[-1 - step.age] if step.age < len(were) else _FORGED
    noun, name = noun_of(step.record), id_of(step.record)
    match step.verb:
        case "delete":
            return Delete(noun, name, revision)
        case "check":
            return Check(noun, name, revision if were else None)
        case "replace" if noun is not Noun.READINGS:
            return Put(step.record, revision if were else None)
        case _:
            return Put(step.record)


def _sound_entry(step: _Step, held: Stored[Any] | None) -> _Entry:
    """The same as something that nothing stands against."""
    noun, name = noun_of(step.record), id_of(step.record)
    if held is None:
        return Check(noun, name) if step.verb == "check" else Put(step.record)
    if step.verb == "delete":
        return Delete(noun, name, held.revision)
    if step.verb == "check" or noun is Noun.READINGS:
        return Check(noun, name, held.revision)
    return Put(step.record, held.revision)


def _batch(steps: list[_Step], model: Model, *, sound: bool) -> Changes:
    entries: dict[_Key, _Entry] = {}
    for step in steps:
        key = noun_of(step.record), id_of(step.record)
        if sound:
            entries[key] = _sound_entry(step, model.held.get(key))
        else:
            entries[key] = _entry(step, model.were.get(key, []))
    held = entries.values()
    return Changes(
        puts=[each for each in held if isinstance(each, Put)],
        deletes=[each for each in held if isinstance(each, Delete)],
        checks=[each for each in held if isinstance(each, Check)],
    )


class StoreAndModel(RuleBasedStateMachine):
    """A store and its model, side by side."""

    def __init__(self, new_store: AbstractContextManager[Store]) -> None:
        """Enter a new and empty store; it is left in the end.

        Args:
            new_store: Makes it.
        """
        super().__init__()
        self._stack = ExitStack()
        self._store = self._stack.enter_context(new_store)
        self._model = Model()

    @rule(steps=st.lists(_STEPS, min_size=1, max_size=5), sound=st.booleans())
    def apply(self, steps: list[_Step], sound: bool) -> None:  # noqa: FBT001 -- drawn
        """Apply a batch that nothing stands against, or any other."""
        changes = _batch(steps, self._model, sound=sound)
        expected = self._model.conflicts(changes)
        found: set[tuple[str, ...]] = set()
        try:
            self._store.apply(changes)
        except ConflictError as refused:
            found = {(*map(str, each.path), each.code) for each in refused.findings}
        assert found == expected, changes
        if not expected:
            self._model.take(changes, self._store)
        for noun in _NOUNS:
            assert [*records_in(self._store, noun).find()] == self._model.found(noun)

    @rule(key=_KEYS)
    def get(self, key: _Key) -> None:
        """Get what is there, or is not."""
        try:
            held = records_in(self._store, key[0]).get(key[1])
        except NotFoundError:
            assert key not in self._model.held
        else:
            assert held == self._model.held[key]

    @rule(
        wanted=st.none() | _VISIT_FILTERS,
        limit=st.none() | st.integers(1, 3),
        after=st.none() | _VISITS,
    )
    def find_visits(
        self, wanted: VisitFilter | None, limit: int | None, after: Record | None
    ) -> None:
        """Find a page of visits."""
        cursor = None if after is None else Cursor(*place_of(after))
        fits = [
            held
            for held in self._model.found(Noun.VISITS)
            if (wanted is None or wanted.matches(held.value))
            and (after is None or place_of(held.value) > place_of(after))
        ]
        found = self._store.visits.find(wanted, after=cursor, limit=limit)
        assert [*found] == fits[:limit], wanted

    @rule(keys=st.sets(_NAMES))
    def find_tasks(self, keys: set[str]) -> None:
        """Find some tasks."""
        found = self._store.tasks.find(TaskFilter(keys=keys))
        fits = [held for held in self._model.found(Noun.TASKS) if held.id in keys]
        assert [*found] == fits

    def teardown(self) -> None:
        """Leave the store."""
        self._stack.close()
