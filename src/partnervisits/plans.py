"""Action plans: the tasks of one visit, dated and assigned, and their verbs (S 6.6, S 7.1).

A plan is made by `partnervisits.proposals.expand` and changed by its verbs, each of which returns
a new plan. A `Kpi` carries all it is captured and judged by, so that a later edit of a definition
never changes a past verdict (S 2.7).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum

import attrs

from partnervisits.calendars import Trail
from partnervisits.contexts import Context, Facts, distinct_contexts
from partnervisits.criteria import misfits
from partnervisits.errors import (
    InvalidValueError,
    OpenWorkError,
)
from partnervisits.fields import (
    escaped,
    host_id,
    instance_of,
    iterable,
    library_id,
    named,
    optional_count,
    optional_id,
    optional_slug,
    slug,
    slugs,
    text,
    title,
    tuple_of,
    unique,
)
from partnervisits.findings import Finding
from partnervisits.indicators import Indicator
from partnervisits.lifecycles import Lifecycle
from partnervisits.lookups import only
from partnervisits.tables import table
from partnervisits.targets import ResolvedTarget
from partnervisits.templates import Binding
from partnervisits.values import optional_day, optional_instant, show, timezone_key
from partnervisits.visits import Visit, mark_completed

__all__ = [
    "TASK_LIFECYCLE",
    "ActionPlan",
    "Kpi",
    "PlannedTask",
    "Subject",
    "TaskStatus",
    "complete",
]


class TaskStatus(Enum):
    """Where a planned task is in its life (S 7.1)."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    COMPLETED = "completed"
    SKIPPED = "skipped"


TASK_LIFECYCLE = Lifecycle(
    [
        (TaskStatus.NOT_STARTED, "start", TaskStatus.IN_PROGRESS),
        (TaskStatus.NOT_STARTED, "complete", TaskStatus.COMPLETED),
        (TaskStatus.NOT_STARTED, "skip", TaskStatus.SKIPPED),
        (TaskStatus.IN_PROGRESS, "complete", TaskStatus.COMPLETED),
        (TaskStatus.IN_PROGRESS, "skip", TaskStatus.SKIPPED),
    ]
)
"""The life of a planned task (S 7.1)."""

_FINISHED = (TaskStatus.COMPLETED, TaskStatus.SKIPPED)


def _facts(value: Facts) -> Facts:
    return instance_of(Facts, value)


@attrs.frozen(field_transformer=named, weakref_slot=False, kw_only=True)
class Subject:
    """The facts of a visit that its plan and comparisons carry (S 6.6).

    Attributes:
        visit_id: The visit's id.
        partner_id: The partner's.
        place_id: The place's.
        timezone: The IANA name of the place's time zone.
        rep_id: The primary visitor's.
        on: The visit's planned date in that zone; None while unscheduled.
        facts: What the host gave.
    """

    visit_id: str = attrs.field(converter=host_id)
    partner_id: str = attrs.field(converter=host_id)
    place_id: str = attrs.field(converter=host_id)
    timezone: str = attrs.field(converter=timezone_key)
    rep_id: str = attrs.field(converter=host_id)
    on: date | None = attrs.field(default=None, converter=optional_day)
    facts: Facts = attrs.field(factory=Facts, converter=_facts)

    @property
    def segment(self) -> str | None:
        """The partner's fact of that name."""
        return self.facts.segment


def _context(value: Context) -> Context:
    return instance_of(Context, value)


def _optional_context(value: Context | None) -> Context | None:
    return None if value is None else instance_of(Context, value)


def _indicator(value: Indicator) -> Indicator:
    return instance_of(Indicator, value)


def _target(value: ResolvedTarget | None) -> ResolvedTarget | None:
    return None if value is None else instance_of(ResolvedTarget, value)


@attrs.frozen(field_transformer=named, weakref_slot=False)
class Kpi:
    """One indicator in one context of one planned task, with its target.

    Attributes:
        task_id: The planned task's id.
        context: What it is about.
        indicator: As it was when the plan was made.
        target: As it was when the plan was made; None for none.
    """

    task_id: str = attrs.field(converter=library_id)
    context: Context = attrs.field(converter=_context)
    indicator: Indicator = attrs.field(converter=_indicator)
    target: ResolvedTarget | None = attrs.field(default=None, converter=_target)

    def __attrs_post_init__(self) -> None:
        measured, target = self.indicator, self.target
        criterion = None if target is None else target.criterion
        found = misfits(criterion, measured.value_type, measured.choice_keys) if criterion else ()
        for finding in found:
            raise InvalidValueError(finding.code, finding.message, "Kpi", "target")

    @property
    def id(self) -> str:
        """The planned task's parts, the context's kind and id, the indicator's key (S 6.3)."""
        return f"{self.task_id}/{self.context.path}/{self.indicator.key}"


def _binding(value: Binding) -> Binding:
    return instance_of(Binding, value)


def _trail(value: Trail | None) -> Trail | None:
    return None if value is None else instance_of(Trail, value)


def _task_status(value: TaskStatus) -> TaskStatus:
    return instance_of(TaskStatus, value)


def _kpis(values: Iterable[Kpi]) -> tuple[Kpi, ...]:
    held = tuple_of(Kpi, values)
    unique((each.id for each in held), "KPI")
    return held


@attrs.frozen(field_transformer=named, weakref_slot=False, kw_only=True)
class PlannedTask:
    """A task of one visit, dated and assigned.

    Attributes:
        id: The plan's parts, the item's key, and the context if there is one task for each (S 6.3).
        item_key: The template item's key.
        task_key: The task definition's key.
        name: For people.
        instructions: What to do.
        binding: How obligatory it is.
        contexts: What it is about, sorted by kind and id.
        own_context: The one context that names it, if its item makes one task for each.
        role: The name that gave the assignee; None for the primary visitor.
        assignee_id: Who does it; None for nobody yet.
        due: The planned date; None where an anchor is missing.
        trail: How the date came about (S 4.6).
        after: Keys of the items whose tasks come before.
        kpis: What it captures.
        status: Where it is in its life.
        reason: Why it was skipped.
        started_at: The instant it began, if it was recorded.
        finished_at: The instant it was completed or skipped, if it was recorded.

    Raises:
        InvalidValueError: `planned-task.state`, and those of ids, texts and sequences.
    """

    id: str = attrs.field(converter=library_id)
    item_key: str = attrs.field(converter=slug)
    task_key: str = attrs.field(converter=slug)
    name: str = attrs.field(converter=title)
    instructions: str = attrs.field(default="", converter=text)
    binding: Binding = attrs.field(default=Binding.COULD, converter=_binding)
    contexts: tuple[Context, ...] = attrs.field(default=(), converter=distinct_contexts)
    own_context: Context | None = attrs.field(default=None, converter=_optional_context)
    role: str | None = attrs.field(default=None, converter=optional_slug)
    assignee_id: str | None = attrs.field(default=None, converter=optional_id)
    due: date | None = attrs.field(default=None, converter=optional_day)
    trail: Trail | None = attrs.field(default=None, converter=_trail)
    after: tuple[str, ...] = attrs.field(default=(), converter=slugs)
    kpis: tuple[Kpi, ...] = attrs.field(default=(), converter=_kpis)
    status: TaskStatus = attrs.field(default=TaskStatus.NOT_STARTED, converter=_task_status)
    reason: str = attrs.field(default="", converter=text)
    started_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    finished_at: datetime | None = attrs.field(default=None, converter=optional_instant)

    def __attrs_post_init__(self) -> None:
        started, finished = self.started_at, self.finished_at
        if started is not None and finished is not None and finished < started:
            self._refuse("finished_at", "finished_at lies before started_at: correct one of them")
        if finished is not None and not self.is_finished:
            self._refuse("finished_at", "only a completed or skipped task has ended")
        if started is not None and self.status is TaskStatus.NOT_STARTED:
            self._refuse("started_at", "a task that has begun is no longer NOT_STARTED")
        if self.status is not TaskStatus.SKIPPED:
            if self.reason:
                self._refuse("reason", "leave the reason out: only a skipped task has one")
        elif self.binding is Binding.MUST:
            self._refuse("status", "a MUST task is never skipped")
        elif self.binding is Binding.MUST_UNLESS_DOCUMENTED and not self.reason.strip():
            self._refuse("reason", "skipping this task needs a reason")
        if self.own_context is not None and self.contexts != (self.own_context,):
            self._refuse("own_context", "a task for one context is about that context only")
        if any(kpi.task_id != self.id for kpi in self.kpis):
            self._refuse("kpis", "a KPI belongs to the task it names")

    def _refuse(self, field: str, message: str) -> None:
        raise InvalidValueError("planned-task.state", message, "PlannedTask", field)

    @property
    def is_finished(self) -> bool:
        """Whether it is completed or skipped."""
        return self.status in _FINISHED


def _subject(value: Subject) -> Subject:
    return instance_of(Subject, value)


def _planned_tasks(values: Iterable[PlannedTask]) -> tuple[PlannedTask, ...]:
    held = tuple_of(PlannedTask, values)
    unique((each.id for each in held), "planned task")
    if not held:
        raise InvalidValueError("plan.empty", "a plan has at least one task")
    return held


@attrs.frozen(field_transformer=named, weakref_slot=False, kw_only=True)
class ActionPlan:
    """The tasks of one visit (S 6.6).

    Attributes:
        subject: The facts of the visit.
        key: The template's key, or the one given to an expansion without a template.
        version: The template's version; None without a template.
        tasks: In the order of the template's items.

    Raises:
        InvalidValueError: `plan.empty`, `plan.prerequisite`, and those of keys and sequences.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> plan.id, plan.task("survey").assignee_id
        ('V-2026-031/quarterly', 'ines')
    """

    subject: Subject = attrs.field(converter=_subject)
    key: str = attrs.field(converter=slug)
    version: int | None = attrs.field(default=None, converter=optional_count)
    tasks: tuple[PlannedTask, ...] = attrs.field(converter=_planned_tasks)

    def __attrs_post_init__(self) -> None:
        known = {task.item_key for task in self.tasks}
        unknown = sorted({key for task in self.tasks for key in task.after} - known)
        if unknown:
            message = f"no task of the plan comes from the item {', '.join(unknown)}"
            raise InvalidValueError("plan.prerequisite", message, "ActionPlan", "tasks")

    @property
    def id(self) -> str:
        """The visit's id and the key, as two parts (S 6.3)."""
        return f"{escaped(self.subject.visit_id)}/{escaped(self.key)}"

    @property
    def kpis(self) -> tuple[Kpi, ...]:
        """The KPIs of all tasks, in their order."""
        return tuple(kpi for task in self.tasks for kpi in task.kpis)

    def __str__(self) -> str:
        headers = ("task", "due", "who", "binding", "status")
        return table(headers, (row for task in self.tasks for row in (_row(task), _note(task))))

    def task(self, item: str, *, context: Context | None = None) -> PlannedTask:
        """A planned task by the key of its item.

        Args:
            item: The template item's key.
            context: Which one, where the item makes a task for each context.

        Raises:
            NotFoundError: naming the nearest keys.
            AmbiguousError: naming the contexts to choose from.
        """
        fits = [task for task in self.tasks if task.item_key == item]
        if context is not None:
            fits = [task for task in fits if context in task.contexts]
        wanted = item if context is None else f"{item} for {context}"
        known = {task.item_key for task in self.tasks}
        return only(fits, "task", wanted, part=lambda task: str(task.own_context), known=known)

    def kpi(self, item: str, indicator: str, *, context: Context | None = None) -> Kpi:
        """A KPI by the keys of its item and its indicator.

        Args:
            item: The template item's key.
            indicator: The indicator's key.
            context: Which one, where the task has several.

        Raises:
            NotFoundError: naming the nearest keys.
            AmbiguousError: naming the contexts to choose from.
        """
        of_item = [kpi for task in self.tasks if task.item_key == item for kpi in task.kpis]
        fits = [kpi for kpi in of_item if kpi.indicator.key == indicator]
        if context is not None:
            fits = [kpi for kpi in fits if kpi.context == context]
        wanted = f"{item} / {indicator}" + (f" for {context}" if context else "")
        known = {
            f"{task.item_key} / {kpi.indicator.key}" for task in self.tasks for kpi in task.kpis
        }
        return only(fits, "KPI", wanted, part=lambda kpi: str(kpi.context), known=known)

    def start(self, item: str, *, at: datetime, context: Context | None = None) -> ActionPlan:
        """Begin a task.

        Args:
            item: The template item's key.
            at: The instant it began.
            context: Which one, where the item makes a task for each context.

        Raises:
            TransitionError: its state does not allow it.
            OpenWorkError: `task.prerequisite`: what comes before is neither completed nor skipped.
        """
        task = self.task(item, context=context)
        status = _after(task, "start")
        self._refuse_open_prerequisites(task)
        return self._with(attrs.evolve(task, status=status, started_at=at))

    def complete(
        self,
        item: str,
        *,
        at: datetime,
        captured: Iterable[str] | None = None,
        context: Context | None = None,
    ) -> ActionPlan:
        """Finish a task, begun or not.

        Args:
            item: The template item's key.
            at: The instant it was done.
            captured: Ids of the KPIs that have a reading or an absence. If given, a MUST task that
                lacks one is refused.
            context: Which one, where the item makes a task for each context.

        Raises:
            TransitionError: its state does not allow it.
            OpenWorkError: `task.prerequisite`, `task.uncaptured`.
            InvalidValueError: `sequence.type`: `captured` is a lone string or no iterable.
        """
        task = self.task(item, context=context)
        status = _after(task, "complete")
        self._refuse_open_prerequisites(task)
        if captured is not None:
            _refuse_uncaptured(task, _kpi_ids(captured))
        return self._with(attrs.evolve(task, status=status, finished_at=at))

    def skip(
        self,
        item: str,
        reason: str = "",
        *,
        at: datetime | None = None,
        context: Context | None = None,
    ) -> ActionPlan:
        """Leave a task out.

        Args:
            item: The template item's key.
            reason: Why; needed if the task is MUST_UNLESS_DOCUMENTED.
            at: The instant it was decided, if it matters.
            context: Which one, where the item makes a task for each context.

        Raises:
            TransitionError: its state does not allow it.
            OpenWorkError: `task.must` for a MUST task, `task.undocumented` for want of a reason.
        """
        task = self.task(item, context=context)
        status = _after(task, "skip")
        if task.binding is Binding.MUST:
            raise OpenWorkError([_open(task, "task.must", "a MUST task cannot be skipped: do it")])
        if task.binding is Binding.MUST_UNLESS_DOCUMENTED and not reason.strip():
            raise OpenWorkError(
                [_open(task, "task.undocumented", "give the reason for skipping it")]
            )
        return self._with(attrs.evolve(task, status=status, reason=reason, finished_at=at))

    def _refuse_open_prerequisites(self, task: PlannedTask) -> None:
        before = frozenset(task.after)
        waiting = [each for each in self.tasks if each.item_key in before and not each.is_finished]
        if waiting:
            message = f"finish it before {task.item_key}, or skip it"
            raise OpenWorkError(_open(each, "task.prerequisite", message) for each in waiting)

    def _with(self, changed: PlannedTask) -> ActionPlan:
        tasks = tuple(changed if task.id == changed.id else task for task in self.tasks)
        return attrs.evolve(self, tasks=tasks)


def _row(task: PlannedTask) -> tuple[str, ...]:
    return (
        task.name,
        show(task.due),
        task.assignee_id or "nobody yet",
        task.binding.value,
        task.status.value,
    )


def _note(task: PlannedTask) -> str:
    about = ", ".join(str(context) for context in task.contexts)
    due = "no date yet" if task.trail is None else f"due {task.trail}"
    skipped = f"; skipped: {task.reason}" if task.reason else ""
    return f"    about {about}; {due}{skipped}"


def complete(visit: Visit, plans: Iterable[ActionPlan], at: datetime) -> Visit:
    """Complete a visit in progress, if its plans allow it (S 5.5, S 7.3).

    Every MUST task due on or before the day the visit was planned to end has to be completed, every
    MUST_UNLESS_DOCUMENTED one completed or skipped with a reason. A task without a date counts as
    due. What is due later stays open and can still be done.

    Args:
        visit: In progress.
        plans: All plans of the visit.
        at: The instant it ended, not before it began.

    Raises:
        TransitionError: it is not IN_PROGRESS.
        OpenWorkError: `task.open` for each task that has to be done first, `plan.other-visit`.
        InvalidValueError: `period.order`, `sequence.type`, `sequence.entry`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> start, end = visit.planned.start, visit.planned.end
        >>> plan = plan.complete("survey", at=end).complete("review", at=end)
        >>> pv.complete(visit.start(at=start), [plan], end).status
        <VisitStatus.COMPLETED: 'completed'>
    """
    done = mark_completed(instance_of(Visit, visit), at=at)
    open_work: list[Finding] = []
    for plan in tuple_of(ActionPlan, plans):
        if plan.subject.visit_id != visit.id:
            message = f"this plan is of visit {plan.subject.visit_id}: pass the plans of {visit.id}"
            open_work.append(Finding((plan.id,), "plan.other-visit", message))
            continue
        open_work += [
            _open(task, "task.open", "complete it" + _WAY_OUT[task.binding])
            for task in plan.tasks
            if _is_due(task, visit.until) and _blocks(task)
        ]
    if open_work:
        raise OpenWorkError(open_work)
    return done


_WAY_OUT = {
    Binding.COULD: "",
    Binding.MUST: "",
    Binding.MUST_UNLESS_DOCUMENTED: ", or skip it with a reason",
}


def _is_due(task: PlannedTask, until: date | None) -> bool:
    return task.due is None or until is None or task.due <= until


def _blocks(task: PlannedTask) -> bool:
    # No MUST task is ever skipped, and no MUST_UNLESS_DOCUMENTED one without a reason.
    return task.binding is not Binding.COULD and not task.is_finished


def _after(task: PlannedTask, verb: str) -> TaskStatus:
    return TASK_LIFECYCLE.after(task.status, verb, f"task {task.item_key}")


def _kpi_ids(values: Iterable[str]) -> frozenset[str]:
    given = iterable(values, "a set or a list of KPI ids", unfit=(str, bytes))
    return frozenset(library_id(each) for each in given)


def _refuse_uncaptured(task: PlannedTask, captured: frozenset[str]) -> None:
    missing = [kpi for kpi in task.kpis if kpi.id not in captured]
    if missing and task.binding is Binding.MUST:
        raise OpenWorkError(
            Finding((kpi.id,), "task.uncaptured", "capture it, or record why it is absent")
            for kpi in missing
        )


def _open(task: PlannedTask, code: str, message: str) -> Finding:
    return Finding((task.id,), code, message)


def __dir__() -> list[str]:
    return sorted(__all__)
