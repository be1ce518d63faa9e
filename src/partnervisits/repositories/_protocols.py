"""The doors of a store. Their docstrings are the contract; each clause has a number (S 10.7).

A store needs no class of ours: whatever has these methods is one.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from partnervisits.comparison import Override
from partnervisits.followups import FollowUp, FollowUpRule
from partnervisits.indicators import Indicator
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading
from partnervisits.repositories._changes import Changes, Stored
from partnervisits.repositories._filters import (
    FollowUpFilter,
    IndicatorFilter,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    RuleFilter,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
)
from partnervisits.repositories._records import Cursor, Record
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate
from partnervisits.visits import Visit

CONTRACT = 1
"""The newest version of the contract."""

T_co = TypeVar("T_co", bound=Record, covariant=True)
F_contra = TypeVar("F_contra", contravariant=True)


class Repository(Protocol[T_co, F_contra]):
    """Reads the records of one noun."""

    def get(self, id: str, /) -> Stored[T_co]:
        """One record by its id (S 10.1).

        - **C1** What was put comes back equal in every field and every type: decimals to the last
          digit, instants to the microsecond and in UTC, sets, absences, texts of any length that
          the domain allows.
        - **C2** An id that is not there raises `NotFoundError`; the result is never None.
        - **C3** Ids are told apart code point by code point: by case, by accents in either form,
          by every blank.
        - **C4** Each noun has ids of its own: a visit and a plan may share one.
        - **C5** What was returned never changes, whatever is written later (S 10.5).
        - **C6** What this store has written it reads at once.

        Args:
            id: An indicator's, a task definition's or a rule's key, a template's `key@version`,
                the id of anything else.

        Raises:
            NotFoundError: with the noun and the id.
        """
        ...

    def find(
        self,
        filter: F_contra | None = None,
        /,
        *,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> tuple[Stored[T_co], ...]:
        """Records in their order (S 10.1).

        - **C7** Without a filter all records of the noun are found, and no others.
        - **C8** They are sorted by `order_key`, then by id, both code point by code point; never
          by the rules of a language.
        - **C9** With a filter exactly those are found that its `matches` is true of.
        - **C10** A field that is None narrows nothing, and an empty set finds nothing.
        - **C11** A range holds its `since` and not its `before`; what has no day is in no range.
        - **C12** A set of 5,000 ids is no problem.
        - **C13** With a limit the first so many come, and fewer only if there are no more.
        - **C14** After a cursor come the records behind that place, whether its own record is
          still there, has moved, or never was.
        - **C15** Pages put together, each after the last cursor of the one before, are what one
          call finds.
        - **C16** The result is a tuple, empty if nothing fits.

        Args:
            filter: Which of them; all if None.
            after: The place of the last record seen; from the first one if None.
            limit: How many at most, one or more; all if None.
        """
        ...


class Store(Protocol):
    """Reads nine nouns and writes them through one door.

    It joins the transaction of its host and never commits it (S 10.4). A tenant has a store of its
    own. A store may refuse, by an exception of its own and with nothing changed, what it cannot
    hold or cannot do now: a full disk, a lock that is not given in time.

    - **C17** `contract` is the number of the newest version of the contract that it fulfils.
    """

    @property
    def contract(self) -> int:
        """The version of the contract that it fulfils: 1 (C17).

        A version that asks for more methods has a higher number. What this library does with a
        store asks for that number first and does without the method below it, so a store that
        fulfils an earlier version goes on working.
        """
        ...

    @property
    def indicators(self) -> Indicators:
        """Reads the indicators."""
        ...

    @property
    def tasks(self) -> Tasks:
        """Reads the task definitions."""
        ...

    @property
    def templates(self) -> Templates:
        """Reads the versions of templates."""
        ...

    @property
    def visits(self) -> Visits:
        """Reads the visits."""
        ...

    @property
    def plans(self) -> Plans:
        """Reads the plans."""
        ...

    @property
    def readings(self) -> Readings:
        """Reads the readings."""
        ...

    @property
    def overrides(self) -> Overrides:
        """Reads the overrides."""
        ...

    @property
    def rules(self) -> Rules:
        """Reads the follow-up rules."""
        ...

    @property
    def follow_ups(self) -> FollowUps:
        """Reads the follow-ups."""
        ...

    def apply(self, changes: Changes, /) -> None:
        """Write all changes or none (S 10.2). `Changes.against` makes the decision for a store.

        - **C18** A put without a revision creates; a record that is there is a conflict.
        - **C19** A put with a revision replaces what has that revision; anything else is a
          conflict.
        - **C20** A delete removes what has that revision; anything else is a conflict.
        - **C21** A check lets nothing be written unless its record has that revision, or is not
          there if it names none.
        - **C22** After a refusal nothing has changed, no record and no revision.
        - **C23** Every conflict is reported at once, as a finding of `ConflictError`.
        - **C24** Every write gives a revision that the record never had, also if the value is the
          same, and also if the record was deleted in between.
        - **C25** What is not written keeps its revision.
        - **C26** Creating a reading that is there with an equal value changes nothing and is no
          conflict; with another value it is one.
        - **C27** A revision that the store never gave is a conflict like any other.
        - **C28** A batch of 1,000 records is no problem; an empty one changes nothing.
        - **C29** After a refusal the store goes on working.
        - **C30** Any series of batches, refused ones among them, leaves what a plain model says.

        A store that several threads or tasks may use at once:

        - **C31** Of two writers that read the same revision one wins, wherever the other comes in
          between.
        - **C32** A reader sees a batch whole or not at all (S 10.5).
        - **C33** Two writers, each of which checks what the other writes, never both win (S 10.4).

        A store that joins a transaction of its host:

        - **C34** What the host rolls back was never there: the store commits nothing.
        - **C35** A refusal leaves the transaction as it was, with what was written in it before.

        Args:
            changes: Puts, deletes and checks.

        Raises:
            ConflictError: `store.exists`, `store.missing`, `store.stale`.
        """
        ...


class Indicators(Repository[Indicator, IndicatorFilter], Protocol):
    """Reads indicators, sorted by key."""


class Tasks(Repository[TaskDefinition, TaskFilter], Protocol):
    """Reads task definitions, sorted by key."""


class Templates(Repository[ActionPlanTemplate, TemplateFilter], Protocol):
    """Reads versions of templates, sorted by key and version."""


class Visits(Repository[Visit, VisitFilter], Protocol):
    """Reads visits, sorted by planned day, unscheduled ones last, then by id."""


class Plans(Repository[ActionPlan, PlanFilter], Protocol):
    """Reads plans, sorted by the visit's planned day, unscheduled ones last, then by id."""


class Readings(Repository[Reading, ReadingFilter], Protocol):
    """Reads readings, sorted by the instant they were recorded at, then by id."""


class Overrides(Repository[Override, OverrideFilter], Protocol):
    """Reads overrides, sorted by the instant they were decided at, then by id."""


class Rules(Repository[FollowUpRule, RuleFilter], Protocol):
    """Reads follow-up rules, sorted by key."""


class FollowUps(Repository[FollowUp, FollowUpFilter], Protocol):
    """Reads follow-ups, sorted by the day they are due, those without one last, then by id."""


class AsyncRepository(Protocol[T_co, F_contra]):
    """A `Repository` whose methods are awaited; the same clauses hold (S 10.7)."""

    async def get(self, id: str, /) -> Stored[T_co]:
        """As `Repository.get`.

        Args:
            id: The record's id.

        Raises:
            NotFoundError: with the noun and the id.
        """
        ...

    async def find(
        self,
        filter: F_contra | None = None,
        /,
        *,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> tuple[Stored[T_co], ...]:
        """As `Repository.find`.

        Args:
            filter: Which of them; all if None.
            after: The place of the last record seen; from the first one if None.
            limit: How many at most; all if None.
        """
        ...


class AsyncStore(Protocol):
    """A `Store` whose methods are awaited; the same clauses hold (S 10.7)."""

    @property
    def contract(self) -> int:
        """As `Store.contract`."""
        ...

    @property
    def indicators(self) -> AsyncRepository[Indicator, IndicatorFilter]:
        """Reads the indicators."""
        ...

    @property
    def tasks(self) -> AsyncRepository[TaskDefinition, TaskFilter]:
        """Reads the task definitions."""
        ...

    @property
    def templates(self) -> AsyncRepository[ActionPlanTemplate, TemplateFilter]:
        """Reads the versions of templates."""
        ...

    @property
    def visits(self) -> AsyncRepository[Visit, VisitFilter]:
        """Reads the visits."""
        ...

    @property
    def plans(self) -> AsyncRepository[ActionPlan, PlanFilter]:
        """Reads the plans."""
        ...

    @property
    def readings(self) -> AsyncRepository[Reading, ReadingFilter]:
        """Reads the readings."""
        ...

    @property
    def overrides(self) -> AsyncRepository[Override, OverrideFilter]:
        """Reads the overrides."""
        ...

    @property
    def rules(self) -> AsyncRepository[FollowUpRule, RuleFilter]:
        """Reads the follow-up rules."""
        ...

    @property
    def follow_ups(self) -> AsyncRepository[FollowUp, FollowUpFilter]:
        """Reads the follow-ups."""
        ...

    async def apply(self, changes: Changes, /) -> None:
        """As `Store.apply`.

        Args:
            changes: Puts, deletes and checks.

        Raises:
            ConflictError: `store.exists`, `store.missing`, `store.stale`.
        """
        ...
