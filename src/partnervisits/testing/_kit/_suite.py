"""What every clause stands on: how a store is made, and what is asked of it again and again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from time import perf_counter
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings

from partnervisits.codec import dumps
from partnervisits.errors import ConflictError, NotFoundError
from partnervisits.repositories import Changes, Noun, Record, Store, Stored
from partnervisits.testing._kit._clauses import Capability, refuse_overrides
from partnervisits.testing._kit._meetings import Meeting, meet
from partnervisits.testing._kit._samples import place_of, records_in

T = TypeVar("T")

by_noun = pytest.mark.parametrize("noun", Noun, ids=[noun.value for noun in Noun])
"""Once for each noun."""

_PATIENT = 3
_LEAST_PATIENCE = 0.005
_MOST_STEPS = 5_000
_OF_THE_LIBRARY = ("partnervisits.integrations", "partnervisits.memory")

State = dict[Noun, list[tuple[str, str, str]]]


def unhurried() -> settings:
    """The settings of the host for Hypothesis; but how fast an example is says nothing here."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(deadline=None, suppress_health_check=slow, stateful_step_count=20)


class Clauses(ABC):
    """What the classes of clauses share; `StoreContract` says what a host gives it."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    traced: ClassVar[tuple[str, ...]] = ()
    _has_lines: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        """Refuse a suite that overrides a clause."""
        super().__init_subclass__()
        refuse_overrides(cls)

    @abstractmethod
    def _new_store(self) -> AbstractContextManager[Store]:
        """A new and empty store."""

    @abstractmethod
    def _other_door(self, store: Store) -> AbstractContextManager[Store]:
        """A store on the same records, for another thread."""

    @abstractmethod
    def _rolled_back(self, store: Store) -> AbstractContextManager[Store]:
        """A store on the same records, within a transaction that is rolled back at the end."""

    def _steps_of(self, store: Store) -> tuple[str, ...]:
        """The modules whose lines are steps at which another writer may come in."""
        return (*_OF_THE_LIBRARY, *_modules_of(store), *self.traced)

    def _meetings(
        self,
        store: Store,
        prepare: Callable[[int], Changes],
        second: Callable[[Store, int], T],
    ) -> Iterator[tuple[int, Meeting[T]]]:
        """Let two pieces of work on a store meet at every step of the first one.

        Args:
            store: Where they meet.
            prepare: What the first one applies, by the number of the meeting.
            second: What the second one does, by the number of the meeting.
        """
        changes = prepare(0)
        patience = max(_LEAST_PATIENCE, _PATIENT * _seconds(lambda: store.apply(changes)))
        modules = self._steps_of(store)
        step = 0
        while True:
            step += 1
            changes = prepare(step)
            with self._other_door(store) as other:
                meeting = meet(
                    lambda: store.apply(changes),  # noqa: B023 -- called before the next step
                    lambda: second(other, step),  # noqa: B023 -- called before the next step
                    step=step,
                    modules=modules,
                    patience=patience,
                )
            if meeting is None:
                seen = step > 1 or not self._has_lines
                assert seen, f"no line of {modules} was seen: name your modules in `traced`"
                return
            assert step < _MOST_STEPS, f"apply takes more than {_MOST_STEPS} lines: trace fewer"
            yield step, meeting


def _modules_of(store: Store) -> Iterable[str]:
    """Where the classes of a store of a host are defined."""
    modules = {cls.__module__ for cls in type(store).__mro__} - {"builtins", "typing"}
    return sorted(each for each in modules if not each.startswith("partnervisits."))


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    _ = work()
    return perf_counter() - start


# ----------------------------------------------------------------------- what is there, and is not


def written(held: Stored[Any]) -> tuple[str, str, str]:
    """A record as text, which tells types apart and nothing that was returned can change.

    Args:
        held: As a store returned it.
    """
    return held.id, held.revision, dumps(held.value)


def state_of(store: Store, nouns: Iterable[Noun] = Noun) -> State:
    """All that a store holds of some nouns.

    Args:
        store: Any.
        nouns: All of them if not given.
    """
    return {noun: [written(each) for each in records_in(store, noun).find()] for noun in nouns}


def ids_of(found: Iterable[Stored[Any]]) -> list[str]:
    """The ids of what was found.

    Args:
        found: As a store returned it.
    """
    return [held.id for held in found]


def put(store: Store, *records: Record) -> list[Stored[Any]]:
    """Create some records, each in a batch of its own, and read them.

    Args:
        store: Where.
        records: Of any nouns, none of them there.
    """
    held: list[Stored[Any]] = []
    for record in records:
        store.apply(Changes.create(record))
        noun, name = Stored(record, "-").noun, Stored(record, "-").id
        held.append(records_in(store, noun).get(name))
    return held


def fill(store: Store, records: Sequence[Record]) -> None:
    """Create some records in one batch, not in their order.

    Args:
        store: Where.
        records: None of them there.
    """
    store.apply(Changes.create(*sorted(records, key=place_of, reverse=True)))


def conflicts_of(store: Store, changes: Changes) -> list[tuple[str, ...]]:
    """The ids and the codes of all conflicts of a refused batch, in their order.

    Args:
        store: Which is to refuse it.
        changes: What stands against it.
    """
    with pytest.raises(ConflictError) as refused:
        store.apply(changes)
    return [(*map(str, each.path), each.code) for each in refused.value.findings]


def is_there(store: Store, noun: Noun, name: str) -> bool:
    """Whether a record can be got.

    Args:
        store: Any.
        noun: What it is.
        name: Its id.
    """
    try:
        _ = records_in(store, noun).get(name)
    except NotFoundError:
        return False
    return True
