"""The reference store (S 10.5, S 10.6)."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

from partnervisits.comparison import Override
from partnervisits.errors import NotFoundError
from partnervisits.fields import instance_of, optional_count
from partnervisits.followups import FollowUp, FollowUpRule
from partnervisits.indicators import Indicator
from partnervisits.memory._state import Shelf, State
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading
from partnervisits.repositories import (
    CONTRACT,
    Changes,
    Cursor,
    FollowUpFilter,
    IndicatorFilter,
    Noun,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    Record,
    RuleFilter,
    Stored,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
    filter_of,
)
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate
from partnervisits.visits import Visit

T = TypeVar("T", bound=Record)
F = TypeVar("F")


class MemoryRepository(Generic[T, F]):
    """Reads the records of one noun of a `MemoryStore`: a `Repository`."""

    def __init__(self, noun: Noun, shelf: Callable[[], Shelf]) -> None:
        """For a store to make.

        Args:
            noun: What the records are.
            shelf: Gives those of the moment.
        """
        self._noun = noun
        self._shelf = shelf

    def get(self, id: str, /) -> Stored[T]:
        """One record by its id.

        Args:
            id: The record's id.

        Raises:
            NotFoundError: with the noun and the id.
            InvalidValueError: `type.wrong`: the id is no str.
        """
        held = self._shelf().get(instance_of(str, id))
        if held is None:
            raise NotFoundError(self._noun.value, id, ())
        return held

    def find(
        self,
        filter: F | None = None,
        /,
        *,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> tuple[Stored[T], ...]:
        """Records in their order.

        A field of the filter that names a set is looked up in an index; of several the one is
        taken that leaves the fewest records to look at. A range of days or instants is one too.

        Args:
            filter: Which of them; all if None.
            after: The place of the last record seen; from the first one if None.
            limit: How many at most, up to 1,000,000; all if None.

        Raises:
            InvalidValueError: `type.wrong`, `count.range`.
        """
        if filter is not None:
            _ = instance_of(filter_of(self._noun), filter)
        if after is not None:
            _ = instance_of(Cursor, after)
        return tuple(self._shelf().find(filter, after, optional_count(limit)))


class MemoryStore:
    """The reference store: everything in memory, for any number of threads (S 10.6).

    One writer at a time; readers never wait, and see one committed state. It keeps nothing beyond
    the process and shares nothing with another one. It joins no transaction: what is applied is
    there for everybody at once.

    Attributes:
        contract: The version of the contract that it fulfils.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> store = pv.MemoryStore()
        >>> store.apply(pv.Changes.create(example.visit()))
        >>> [held.value.partner_id for held in store.visits.find()]
        ['nordrad']
    """

    contract = CONTRACT

    def __init__(self) -> None:
        self._writing = Lock()
        self._state = State({noun: Shelf.empty(noun) for noun in Noun})
        self.indicators: MemoryRepository[Indicator, IndicatorFilter] = self._of(Noun.INDICATORS)
        self.tasks: MemoryRepository[TaskDefinition, TaskFilter] = self._of(Noun.TASKS)
        self.templates: MemoryRepository[ActionPlanTemplate, TemplateFilter] = self._of(
            Noun.TEMPLATES
        )
        self.visits: MemoryRepository[Visit, VisitFilter] = self._of(Noun.VISITS)
        self.plans: MemoryRepository[ActionPlan, PlanFilter] = self._of(Noun.PLANS)
        self.readings: MemoryRepository[Reading, ReadingFilter] = self._of(Noun.READINGS)
        self.overrides: MemoryRepository[Override, OverrideFilter] = self._of(Noun.OVERRIDES)
        self.rules: MemoryRepository[FollowUpRule, RuleFilter] = self._of(Noun.RULES)
        self.follow_ups: MemoryRepository[FollowUp, FollowUpFilter] = self._of(Noun.FOLLOW_UPS)

    def apply(self, changes: Changes, /) -> None:
        """Write all changes or none.

        Args:
            changes: Puts, deletes and checks.

        Raises:
            ConflictError: `store.exists`, `store.missing`, `store.stale`.
            InvalidValueError: `type.wrong`: they are no `Changes`.
        """
        _ = instance_of(Changes, changes)
        with self._writing:
            state = self._state
            writes = changes.against(state.revisions(changes.keys), state.reading)
            if writes:
                # The only thing that changes: an exception before it leaves everything as it was.
                self._state = state.with_changes(writes)

    def _of(self, noun: Noun) -> MemoryRepository[Any, Any]:
        return MemoryRepository(noun, lambda: self._state.shelves[noun])
