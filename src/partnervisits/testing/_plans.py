"""Action plans: their subjects, tasks and KPIs (S 6, S 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from operator import ne
from typing import NamedTuple, TypeVar

import attrs
from hypothesis import strategies as st

from partnervisits.calendars import Trail
from partnervisits.contexts import Context, by_kind_and_id
from partnervisits.fields import escaped
from partnervisits.indicators import Indicator
from partnervisits.plans import (
    EDITABLE,
    ActionPlan,
    Cause,
    Edit,
    Edited,
    Kpi,
    LeftOut,
    Origin,
    PlannedTask,
    RemovedTask,
    Subject,
    TaskStatus,
)
from partnervisits.proposals import ItemOverride
from partnervisits.templates import Binding
from partnervisits.testing._calendars import trails
from partnervisits.testing._contexts import contexts, facts
from partnervisits.testing._indicators import indicators
from partnervisits.testing._targets import resolved_targets
from partnervisits.testing._templates import conditions, groups
from partnervisits.testing._values import (
    dates,
    host_ids,
    instants,
    library_ids,
    lines,
    notes,
    reasons,
    slugs,
    some_of,
    some_slugs,
    task_ids,
    zones,
)

T = TypeVar("T")


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    """The facts of a visit that its plan carries; some without a planned date."""
    return Subject(
        visit_id=draw(host_ids()),
        partner_id=draw(host_ids()),
        place_id=draw(host_ids()),
        timezone=draw(zones()),
        rep_id=draw(host_ids()),
        on=draw(_MAYBE_DATES),
        facts=draw(facts()),
    )


# ------------------------------------------------------------------------------------------ KPIs


def kpis(indicator: Indicator | None = None) -> st.SearchStrategy[Kpi]:
    """KPIs with a target that fits, or without one.

    Args:
        indicator: What they measure; any if None.
    """
    return _kpis(_INDICATORS if indicator is None else st.just(indicator))


@st.composite
def _kpis(draw: st.DrawFn, measured: st.SearchStrategy[Indicator]) -> Kpi:
    return draw(_kpis_of(draw(task_ids()), draw(contexts()), draw(measured)))


@st.composite
def _kpis_of(draw: st.DrawFn, task_id: str, context: Context, measured: Indicator) -> Kpi:
    target = draw(resolved_targets(measured)) if draw(st.booleans()) else None
    return Kpi(task_id, context, measured, target)


# ----------------------------------------------------------------------------------------- tasks


class _Slot(NamedTuple):
    """What a planned task is named after and about."""

    id: str
    item_key: str
    contexts: Sequence[Context]
    own_context: Context | None


def planned_tasks() -> st.SearchStrategy[PlannedTask]:
    """Planned tasks of every status; what comes before them may be anywhere."""
    return _PLANNED_TASKS


@st.composite
def _planned_tasks(draw: st.DrawFn) -> PlannedTask:
    slot = draw(st.sampled_from(draw(_slots(draw(host_ids()), draw(slugs())))))
    return draw(_tasks(slot, draw(_POOLS), some_slugs(), _STATUSES))


@st.composite
def _slots(draw: st.DrawFn, plan_id: str, item_key: str) -> list[_Slot]:
    """One for all contexts of an item, or one for each."""
    task_id, about = f"{plan_id}/{item_key}", sorted(draw(_SOME_CONTEXTS), key=by_kind_and_id)
    is_spread = draw(st.booleans())
    if about and is_spread:
        return [_Slot(f"{task_id}/{each.path}", item_key, [each], each) for each in about]
    return [_Slot(task_id, item_key, about, None)]


@st.composite
def _tasks(
    draw: st.DrawFn,
    slot: _Slot,
    measured: Sequence[Indicator],
    before: st.SearchStrategy[list[str]],
    statuses: st.SearchStrategy[TaskStatus],
) -> PlannedTask:
    status = draw(statuses)
    skipped = status is TaskStatus.SKIPPED
    trail, edited = draw(_MAYBE_TRAILS), draw(_EDITED)
    now: dict[str, Edited] = {
        "assignee_id": draw(_MAYBE_IDS),
        "binding": draw(_SKIPPABLE if skipped else _BINDINGS),
        "due": draw(_due(trail, is_edited="due" in edited)),
        "instructions": draw(notes()),
    }
    started_at, finished_at = draw(_life(status))
    return PlannedTask(
        id=slot.id,
        item_key=slot.item_key,
        task_key=draw(slugs()),
        name=draw(lines()),
        contexts=slot.contexts,
        own_context=slot.own_context,
        role=draw(_MAYBE_SLUGS),
        trail=trail,
        after=draw(before),
        kpis=draw(_asked(slot, measured)),
        condition=draw(_MAYBE_CONDITIONS),
        group=draw(_MAYBE_GROUPS),
        origin=draw(_ORIGINS),
        overridden=draw(_OVERRIDDEN),
        serves=draw(_SERVES),
        edits=[Edit(field, draw(_base(field, now[field], trail))) for field in edited],
        status=status,
        reason=draw(_why_skipped(now["binding"])) if skipped else "",
        started_at=started_at,
        finished_at=finished_at,
        orphaned=draw(st.booleans()),
        **now,  # type: ignore[arg-type]
    )


@st.composite
def _asked(draw: st.DrawFn, slot: _Slot, measured: Sequence[Indicator]) -> list[Kpi]:
    pairs = [(context, each) for context in slot.contexts for each in measured]
    return [draw(_kpis_of(slot.id, *each)) for each in draw(some_of(pairs))]


@st.composite
def _life(draw: st.DrawFn, status: TaskStatus) -> tuple[datetime | None, datetime | None]:
    """When it began and when it ended, as far as its status lets it and somebody wrote it down."""
    if status is TaskStatus.NOT_STARTED:
        return None, None
    first, last = sorted([draw(instants()), draw(instants())])
    started_at = draw(st.sampled_from([None, first]))
    if status is TaskStatus.IN_PROGRESS:
        return started_at, None
    return started_at, draw(st.sampled_from([None, last]))


def _why_skipped(binding: Edited) -> st.SearchStrategy[str]:
    return reasons() if binding is Binding.MUST_UNLESS_DOCUMENTED else _MAYBE_REASONS


def _due(trail: Trail | None, *, is_edited: bool) -> st.SearchStrategy[date | None]:
    if trail is None:
        return _MAYBE_DATES
    return _other_than(trail.planned, _MAYBE_DATES) if is_edited else st.just(trail.planned)


def _base(field: str, now: Edited, trail: Trail | None) -> st.SearchStrategy[Edited]:
    """What expansion gave a field that was edited: another value than it has now."""
    if field == "due" and trail is not None:
        return st.just(trail.planned)
    return _other_than(now, _EXPANDED[field])


def _other_than(value: T, held: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    return held.filter(partial(ne, value))


_MAYBE_DATES = st.none() | dates()
_MAYBE_IDS = st.none() | host_ids()
_MAYBE_SLUGS = st.none() | slugs()
_MAYBE_REASONS = st.just("") | reasons()
_MAYBE_TRAILS = st.none() | trails()
_MAYBE_CONDITIONS = st.none() | conditions()
_MAYBE_GROUPS = st.none() | groups()
_INDICATORS = indicators()
_POOLS = st.lists(_INDICATORS, min_size=1, max_size=2, unique_by=lambda each: each.key)
_SOME_CONTEXTS = st.lists(contexts(), max_size=2, unique=True)
_STATUSES = st.sampled_from(TaskStatus)
_BINDINGS = st.sampled_from(Binding)
_SKIPPABLE = _BINDINGS.filter(partial(ne, Binding.MUST))
_ORIGINS = st.sampled_from(Origin)
_OVERRIDDEN = some_of([field.name for field in attrs.fields(ItemOverride)])
_SERVES = st.lists(library_ids(), max_size=2, unique=True)
_EXPANDED: Mapping[str, st.SearchStrategy[Edited]] = {
    "assignee_id": _MAYBE_IDS,
    "binding": _BINDINGS,
    "due": _MAYBE_DATES,
    "instructions": notes(),
}
_EDITED = some_of(EDITABLE)
_PLANNED_TASKS = _planned_tasks()

# ----------------------------------------------------------------------------------------- plans


@st.composite
def plans(draw: st.DrawFn) -> ActionPlan:
    """Plans of up to three items, with tasks that were removed and items that were left out."""
    subject, key = draw(subjects()), draw(slugs())
    measured, items = draw(_POOLS), draw(_ITEM_KEYS)
    tasks: list[PlannedTask] = []
    removed: list[RemovedTask] = []
    for position, item_key in enumerate(items):
        before = some_of(items[:position])
        for slot in draw(_slots(f"{escaped(subject.visit_id)}/{key}", item_key)):
            if draw(_IS_REMOVED):
                task = draw(_tasks(slot, measured, before, _NOT_STARTED))
                removed.append(RemovedTask(task, draw(reasons())))
            else:
                tasks.append(draw(_tasks(slot, measured, before, _STATUSES)))
    return ActionPlan(
        subject=subject,
        key=key,
        version=draw(_VERSIONS),
        tasks=tasks,
        left_out=draw(_LEFT_OUT),
        removed=removed,
    )


@st.composite
def _items_left_out(draw: st.DrawFn) -> LeftOut:
    """An item that is not planned, with what goes with its cause."""
    item_key, cause = draw(slugs()), draw(_CAUSES)
    of_condition = cause in {Cause.CONDITION, Cause.UNKNOWN}
    return LeftOut(
        item_key,
        cause,
        context=draw(_MAYBE_CONTEXTS) if of_condition or cause is Cause.MERGED else None,
        condition=draw(conditions()) if of_condition else None,
        by=draw(slugs()) if cause in {Cause.GROUP, Cause.MERGED} else None,
    )


_ITEM_KEYS = st.lists(slugs(), min_size=1, max_size=3, unique=True)
_IS_REMOVED = st.sampled_from((False, False, False, True))
_NOT_STARTED = st.just(TaskStatus.NOT_STARTED)
_VERSIONS = st.none() | st.integers(1, 12)
_CAUSES = st.sampled_from(Cause)
_MAYBE_CONTEXTS = st.none() | contexts()
_LEFT_OUT = st.lists(
    _items_left_out(), max_size=2, unique_by=lambda each: (each.item_key, each.context)
)
