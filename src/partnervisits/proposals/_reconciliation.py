"""What expanding again means for a plan, as values that a host looks at and settles (S 6.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from operator import attrgetter

import attrs

from partnervisits.calendars import Trail
from partnervisits.errors import InvalidValueError, ProposalError
from partnervisits.fields import instance_of, named, tuple_of
from partnervisits.findings import Finding, blocking, in_order
from partnervisits.plans import ActionPlan, Edit, Edited, Kpi, PlannedTask


@attrs.frozen
class Change:
    """A field that becomes another value.

    Attributes:
        id: Of the plan, the planned task or the KPI.
        field: Its name; `kpi` for a KPI that comes or goes as a whole.
        before: The value in the plan; None for a KPI that comes.
        after: The value after accepting; None for a KPI that goes.
    """

    id: str
    field: str
    before: object
    after: object


class Side(Enum):
    """Whose value a conflict is settled by."""

    OURS = "ours"
    """The plan's."""
    THEIRS = "theirs"
    """What the new expansion gives."""


@attrs.frozen
class Conflict:
    """A field that somebody edited and that the expansion gives another value now.

    Attributes:
        task_id: The planned task's id.
        field: The name of the field.
        base: The value it had before both.
        ours: The value it was edited to.
        theirs: The value it is expanded to now.
        trail: How the expansion comes to its value if the field is `due`; conflicts are equal
            whatever it is.
    """

    task_id: str
    field: str
    base: Edited
    ours: Edited
    theirs: Edited
    trail: Trail | None = attrs.field(default=None, eq=False, repr=False)


def _a_plan(value: ActionPlan) -> ActionPlan:
    return instance_of(ActionPlan, value)


def _conflicts(values: Iterable[Conflict]) -> tuple[Conflict, ...]:
    return tuple_of(Conflict, values)


def _findings(values: Iterable[Finding]) -> tuple[Finding, ...]:
    return in_order(tuple_of(Finding, values))


@attrs.frozen(field_transformer=named, kw_only=True)
class Reconciliation:
    """What a new expansion means for a plan: nothing happens until it is accepted (S 6.8).

    All that would become different is listed, but for the order of tasks and KPIs.

    Attributes:
        before: The plan as it stands.
        plan: What accepting gives, with the plan's value wherever there is a conflict.
        conflicting: Edited fields that the expansion gives another value now, for the host to
            settle.
        findings: Of the proposal.
    """

    before: ActionPlan = attrs.field(converter=_a_plan)
    plan: ActionPlan = attrs.field(converter=_a_plan)
    conflicting: tuple[Conflict, ...] = attrs.field(default=(), converter=_conflicts)
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=_findings)

    @cached_property
    def added(self) -> tuple[PlannedTask, ...]:
        """Tasks that are new."""
        return tuple(task for task in self.plan.tasks if task.id not in self._tasks_before)

    @cached_property
    def kept(self) -> tuple[PlannedTask, ...]:
        """Tasks that stay as they are, with nothing to settle."""
        others = {each.task_id for each in self.conflicting} | {task.id for task in self.orphaned}
        return tuple(
            task for task, changes in self._stayed if not changes and task.id not in others
        )

    @cached_property
    def changed(self) -> tuple[Change, ...]:
        """What becomes different, field by field: about the plan, then task by task."""
        of_tasks = (change for _, changes in self._stayed for change in changes)
        return (*_changes(_OF_PLAN, self.before, self.plan), *of_tasks)

    @cached_property
    def orphaned(self) -> tuple[PlannedTask, ...]:
        """Tasks that are no longer asked for, as they were.

        Those that have begun or have a captured KPI stay in the plan, marked; the others go.
        """
        after = {task.id: task for task in self.plan.tasks}
        return tuple(
            task
            for task in self.before.tasks
            if task.id not in after or (after[task.id].orphaned and not task.orphaned)
        )

    @property
    def dropped(self) -> tuple[PlannedTask, ...]:
        """Those of the orphaned tasks that go: there is no work in them."""
        stay = {task.id for task in self.plan.tasks}
        return tuple(task for task in self.orphaned if task.id not in stay)

    @property
    def is_empty(self) -> bool:
        """Whether accepting changes nothing: nothing blocks it or has to be settled either."""
        changes = self.added or self.changed or self.orphaned or self.conflicting
        return not changes and not self.is_blocked

    @property
    def is_blocked(self) -> bool:
        """Whether an error keeps it from being accepted."""
        return bool(blocking(self.findings))

    def __str__(self) -> str:
        lines = [
            *(f"new: {task.name}" for task in self.added),
            *(f"changes: {each.id}: {each.field}" for each in self.changed),
            *(f"no longer asked for: {task.name}" for task in self.orphaned),
            *(f"to settle: {each.task_id}: {each.field}" for each in self.conflicting),
            *map(str, self.findings),
        ]
        return "\n".join(lines) or "nothing changes"

    @cached_property
    def _tasks_before(self) -> Mapping[str, PlannedTask]:
        return {task.id: task for task in self.before.tasks}

    @cached_property
    def _stayed(self) -> Sequence[tuple[PlannedTask, Sequence[Change]]]:
        """The tasks that were there before, and what becomes different about each."""
        before = self._tasks_before
        return [
            (task, _task_changes(before[task.id], task))
            for task in self.plan.tasks
            if task.id in before
        ]

    def settle(self, conflict: Conflict, side: Side) -> Reconciliation:
        """Settle a conflict, for this expansion and all that give the same value.

        Args:
            conflict: One of `conflicting`.
            side: Whose value it is to be. The plan's stays, still marked as edited; the template's
                takes the place of the edit.

        Raises:
            InvalidValueError: `reconcile.no-conflict`: it is none of them; `type.wrong`.
        """
        if conflict not in self.conflicting:
            raise InvalidValueError("reconcile.no-conflict", "pass one of `conflicting`")
        held = self.conflicting[self.conflicting.index(conflict)]
        side = instance_of(Side, side)
        tasks = [
            _settled(task, held, side) if task.id == held.task_id else task
            for task in self.plan.tasks
        ]
        return attrs.evolve(
            self,
            plan=attrs.evolve(self.plan, tasks=tasks),
            conflicting=[each for each in self.conflicting if each != held],
        )

    def accept(self) -> ActionPlan:
        """The plan as it is now, if no finding blocks it.

        A conflict that is not settled keeps the plan's value, and comes again next time.

        Raises:
            ProposalError: with every finding that blocks.
        """
        errors = blocking(self.findings)
        if errors:
            raise ProposalError(errors)
        return self.plan


def _settled(task: PlannedTask, conflict: Conflict, side: Side) -> PlannedTask:
    field = conflict.field
    edits = [edit for edit in task.edits if edit.field != field]
    now: dict[str, object] = {"edits": edits}
    if side is Side.OURS:
        edits.append(Edit(field, conflict.theirs))
    else:
        now[field] = conflict.theirs
    if field == "due":
        now["trail"] = conflict.trail
    return attrs.evolve(task, **now)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------- differences

_OF_PLAN = ("subject", "version", "left_out", "removed")
_OF_TASK = tuple(
    field for field in attrs.fields_dict(PlannedTask) if field not in ("id", "kpis", "orphaned")
)
_OF_KPI = ("indicator", "target")

# In one step, since comparing tuples skips what is one and the same object.
_plainly = attrgetter(*_OF_TASK, "orphaned")


def _task_changes(before: PlannedTask, after: PlannedTask) -> Sequence[Change]:
    changes: list[Change] = []
    if _plainly(before) != _plainly(after):
        changes += _changes(_OF_TASK, before, after)
        if before.orphaned and not after.orphaned:
            changes.append(Change(before.id, "orphaned", before=True, after=False))
    kpis, others = before.kpis, after.kpis
    if len(kpis) != len(others) or not all(map(_is_judged_alike, kpis, others)):
        changes += _kpi_changes(kpis, others)
    return changes


def _is_judged_alike(kpi: Kpi, other: Kpi) -> bool:
    return (
        (kpi.indicator is other.indicator or kpi.indicator == other.indicator)
        and (kpi.target is other.target or kpi.target == other.target)
        and (kpi.context is other.context or kpi.context == other.context)
    )


def _kpi_changes(before: Iterable[Kpi], after: Iterable[Kpi]) -> Iterator[Change]:
    gone = {kpi.id: kpi for kpi in before}
    for kpi in after:
        known = gone.pop(kpi.id, None)
        if known is None:
            yield Change(kpi.id, "kpi", None, kpi)
        else:
            yield from _changes(_OF_KPI, known, kpi)
    for kpi_id, kpi in gone.items():
        yield Change(kpi_id, "kpi", kpi, None)


def _changes(
    fields: Iterable[str], before: ActionPlan | PlannedTask | Kpi, after: object
) -> Iterator[Change]:
    for field in fields:
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield Change(before.id, field, old, new)
