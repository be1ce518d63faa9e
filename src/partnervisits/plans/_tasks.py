"""What a plan is made of: its subject, planned tasks and KPIs, and what is not in it (S 6.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import TypeAlias

import attrs

from partnervisits.calendars import Trail
from partnervisits.conditions import Condition, a_condition
from partnervisits.contexts import Context, Facts, distinct_contexts
from partnervisits.criteria import misfits
from partnervisits.errors import InvalidValueError
from partnervisits.fields import (
    boolean,
    host_id,
    instance_of,
    library_id,
    named,
    optional_id,
    optional_slug,
    slug,
    slugs,
    text,
    title,
    tuple_of,
    unique,
    words,
)
from partnervisits.indicators import Indicator
from partnervisits.lifecycles import Lifecycle
from partnervisits.targets import ResolvedTarget
from partnervisits.templates import Binding, Group, TemplateItem
from partnervisits.values import optional_day, optional_instant, timezone_key


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


class Origin(Enum):
    """Who asked for a planned task (S 6.7)."""

    TEMPLATE = "template"
    ADDED = "added"
    """The host, when the plan was made."""


Edited: TypeAlias = date | Binding | str | None
"""What an editable field holds."""


def _binding(value: Binding) -> Binding:
    return instance_of(Binding, value)


_TAKES: Mapping[str, Callable[..., Edited]] = {
    "assignee_id": optional_id,
    "binding": _binding,
    "due": optional_day,
    "instructions": text,
}

EDITABLE = tuple(_TAKES)
"""The fields of a planned task that `ActionPlan.edit` changes (S 7.5)."""


def _editable(value: str) -> str:
    if value not in EDITABLE:
        raise InvalidValueError("edit.field", f"only {', '.join(EDITABLE)} can be edited")
    return value


@attrs.frozen(field_transformer=named)
class Edit:
    """A field of a planned task that was changed after the plan was made (S 7.5).

    Attributes:
        field: Its name, one of `EDITABLE`; the planned task holds the value it has now.
        base: The value that the expansion gave it: a date or None for `due`, an id or None for
            `assignee_id`, a `Binding` for `binding`, a text for `instructions`.

    Raises:
        InvalidValueError: `edit.field`, and those of the values.
    """

    field: str = attrs.field(converter=_editable)
    base: Edited

    def __attrs_post_init__(self) -> None:
        try:
            _ = _TAKES[self.field](self.base)
        except InvalidValueError as refused:
            raise refused.at("Edit", "base") from None


def _trail(value: Trail | None) -> Trail | None:
    return None if value is None else instance_of(Trail, value)


def _task_status(value: TaskStatus) -> TaskStatus:
    return instance_of(TaskStatus, value)


def _kpis(values: Iterable[Kpi]) -> tuple[Kpi, ...]:
    held = tuple_of(Kpi, values)
    unique((each.id for each in held), "KPI")
    return held


def _condition(value: Condition | None) -> Condition | None:
    return None if value is None else a_condition(value)


def _group(value: Group | None) -> Group | None:
    return None if value is None else instance_of(Group, value)


def _origin(value: Origin) -> Origin:
    return instance_of(Origin, value)


_ITEM_FIELDS = frozenset(field.name for field in attrs.fields(TemplateItem))


def _overridden(values: Iterable[str]) -> tuple[str, ...]:
    held = slugs(values)
    strange = sorted(set(held) - _ITEM_FIELDS)
    if strange:
        raise InvalidValueError("override.field", f"an item has no field {', '.join(strange)}")
    return tuple(sorted(held))


def _serves(values: Iterable[str]) -> tuple[str, ...]:
    held = tuple(library_id(each) for each in tuple_of(str, values))
    unique(held, "id")
    return held


def _edits(values: Iterable[Edit]) -> tuple[Edit, ...]:
    held = tuple_of(Edit, values)
    unique((each.field for each in held), "edited field")
    return tuple(sorted(held, key=lambda each: each.field))


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
        condition: The one under which its item is planned; it held.
        group: The group its item was chosen from.
        origin: Who asked for it.
        overridden: The names of the fields of its item that the host changed when the plan was
            made, sorted.
        serves: The ids of what called for it, for example of follow-ups.
        edits: The fields that were changed since, each with the value it had before, sorted by
            name.
        status: Where it is in its life.
        reason: Why it was skipped.
        started_at: The instant it began, if it was recorded.
        finished_at: The instant it was completed or skipped, if it was recorded.
        orphaned: Whether it was kept although it is no longer asked for (S 6.8).

    Raises:
        InvalidValueError: `planned-task.state`, `override.field`, and those of ids, texts and
            sequences.
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
    condition: Condition | None = attrs.field(default=None, converter=_condition)
    group: Group | None = attrs.field(default=None, converter=_group)
    origin: Origin = attrs.field(default=Origin.TEMPLATE, converter=_origin)
    overridden: tuple[str, ...] = attrs.field(default=(), converter=_overridden)
    serves: tuple[str, ...] = attrs.field(default=(), converter=_serves)
    edits: tuple[Edit, ...] = attrs.field(default=(), converter=_edits)
    status: TaskStatus = attrs.field(default=TaskStatus.NOT_STARTED, converter=_task_status)
    reason: str = attrs.field(default="", converter=text)
    started_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    finished_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    orphaned: bool = attrs.field(default=False, converter=boolean)

    def __attrs_post_init__(self) -> None:
        self._check_life()
        if self.own_context is not None and self.contexts != (self.own_context,):
            self._refuse("own_context", "a task for one context is about that context only")
        if any(kpi.task_id != self.id for kpi in self.kpis):
            self._refuse("kpis", "a KPI belongs to the task it names")
        if any(getattr(self, edit.field) == edit.base for edit in self.edits):
            self._refuse("edits", "an edit is kept only while the field differs from its base")
        if self.trail is not None and self.due != self.trail.planned and not self._is_edited("due"):
            self._refuse("due", "its trail leads to another date: use edit, or leave out the trail")

    def _check_life(self) -> None:
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

    def _refuse(self, field: str, message: str) -> None:
        raise InvalidValueError("planned-task.state", message, "PlannedTask", field)

    @property
    def is_finished(self) -> bool:
        """Whether it is completed or skipped."""
        return self.status in _FINISHED

    @property
    def has_begun(self) -> bool:
        """Whether work on it has started or is finished."""
        return self.status is not TaskStatus.NOT_STARTED

    def edited(self, changes: Mapping[str, Edited]) -> PlannedTask:
        """The same task with some fields changed, whatever its status (S 7.5).

        A field that differs from the value that the expansion gave it keeps that value in `edits`,
        however often it is edited; one that is set back to it is edited no more.

        Args:
            changes: New values by the names of fields, each one of `EDITABLE`.

        Raises:
            InvalidValueError: `edit.field`, and those of the values.
        """
        bases: dict[str, Edited] = {_editable(field): getattr(self, field) for field in changes} | {
            edit.field: edit.base for edit in self.edits
        }
        now: dict[str, Edited] = {field: getattr(self, field) for field in bases} | dict(changes)
        edits = [Edit(field, base) for field, base in bases.items() if now[field] != base]
        return attrs.evolve(self, edits=edits, **changes)  # type: ignore[arg-type]

    def _is_edited(self, field: str) -> bool:
        return any(edit.field == field for edit in self.edits)


def own_or_all(tasks: Sequence[PlannedTask], context: Context | None) -> Sequence[PlannedTask]:
    """Of several tasks of an item those for one context, if there are any, else all.

    An item that made one task for all contexts, and makes one for each now, may have both kinds.

    Args:
        tasks: Of one item.
        context: The one that is meant; None for the task that is for all of them.
    """
    own = [task for task in tasks if task.own_context == context]
    return own if own and len(tasks) > 1 else tasks


class Cause(Enum):
    """Why an item is not in a plan."""

    EXCLUDED = "excluded"
    """The host excluded it (S 6.7)."""
    CONDITION = "condition"
    """Its condition does not hold (S 3.4)."""
    UNKNOWN = "unknown fact"
    """Its condition asks for a fact that was not given (S 3.4)."""
    GROUP = "group"
    """Another item of its group was chosen, or none could be (S 3.4)."""
    NO_CONTEXT = "no context"
    """There is nothing of its kinds to be about (S 6.5)."""
    MERGED = "merged"
    """Another item does the same work (S 6.7)."""


def _cause(value: Cause) -> Cause:
    return instance_of(Cause, value)


_OF_CONDITION = (Cause.CONDITION, Cause.UNKNOWN)
_OF_ANOTHER = (Cause.GROUP, Cause.MERGED)


@attrs.frozen(field_transformer=named, weakref_slot=False)
class LeftOut:
    """An item, or one context of it, that is not in a plan, and why.

    Attributes:
        item_key: The item's key.
        cause: Why.
        context: The only one it was to be about, of CONDITION, UNKNOWN and MERGED; the facts that
            were asked are its own first. None if there was none, or several together.
        condition: The one that does not hold, of CONDITION, or cannot be judged, of UNKNOWN.
        by: The key of the item that took its place, of MERGED and GROUP, or that kept its group
            from being judged.

    Raises:
        InvalidValueError: `left-out.cause`: the cause goes with other fields; and those of keys.
    """

    item_key: str = attrs.field(converter=slug)
    cause: Cause = attrs.field(converter=_cause)
    context: Context | None = attrs.field(default=None, converter=_optional_context)
    condition: Condition | None = attrs.field(default=None, converter=_condition)
    by: str | None = attrs.field(default=None, converter=optional_slug)

    def __attrs_post_init__(self) -> None:
        cause = self.cause
        if (self.condition is not None) != (cause in _OF_CONDITION):
            self._refuse("condition", "CONDITION and UNKNOWN name the condition, no other does")
        if (self.by is not None) != (cause in _OF_ANOTHER):
            self._refuse("by", "GROUP and MERGED name the other item, no other does")
        if self.context is not None and cause not in (*_OF_CONDITION, Cause.MERGED):
            self._refuse("context", "only CONDITION, UNKNOWN and MERGED are of one context")

    def _refuse(self, field: str, message: str) -> None:
        raise InvalidValueError("left-out.cause", message, "LeftOut", field)


def _planned_task(value: PlannedTask) -> PlannedTask:
    value = instance_of(PlannedTask, value)
    if value.has_begun:
        raise InvalidValueError("removed.begun", "only a task not started can be removed")
    return value


def _why_removed(value: str) -> str:
    return words(value, "removed.reason", "say why it is removed")


@attrs.frozen(field_transformer=named)
class RemovedTask:
    """What stays of a planned task that was removed: expanding again never brings it back (S 7.5).

    Attributes:
        task: As it was when it was removed, not started.
        reason: Why it was removed; not blank.

    Raises:
        InvalidValueError: `removed.begun`, `removed.reason`, and those of texts.
    """

    task: PlannedTask = attrs.field(converter=_planned_task)
    reason: str = attrs.field(converter=_why_removed)
