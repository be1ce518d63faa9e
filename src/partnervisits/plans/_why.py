"""Why a task is planned as it is, or is not, in plain sentences (S 4.6).

What the sentences say stays as data in the plan: trail, role, condition, group, overrides and edits
of a task, the targets of its KPIs, and the cause of what is not planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import attrs

from partnervisits.calendars import Offset, RollStep, Trail, Unit
from partnervisits.conditions import Condition
from partnervisits.contexts import Context
from partnervisits.lookups import only
from partnervisits.plans._tasks import (
    Cause,
    Edit,
    Edited,
    Kpi,
    LeftOut,
    Origin,
    PlannedTask,
    RemovedTask,
    Subject,
    own_or_all,
)
from partnervisits.targets import Candidate, TargetSource, criterion_of
from partnervisits.templates import Binding, Selection
from partnervisits.values import one_line, shortened, show, show_at

_LONGEST_CONDITION = 400


@attrs.frozen(kw_only=True)
class TaskExplanation:
    """Why a task is in a plan or is not, why then, why by whom, and why these targets.

    Each is one sentence on one line, of at most 1,000 characters; instants are shown in the time
    zone of the place.

    Attributes:
        item_key: The item's key.
        is_planned: Whether the task is in the plan.
        inclusion: Why it is, or why not.
        due: Why it is due then; empty if it is not planned.
        assignee: Why somebody does it; empty if it is not planned.
        targets: For each KPI its id and why that is expected; empty if it is not planned.
    """

    item_key: str
    is_planned: bool
    inclusion: str
    due: str = ""
    assignee: str = ""
    targets: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        targets = (sentence for _, sentence in self.targets)
        sentences = (f"{self.item_key}: {self.inclusion}", self.due, self.assignee, *targets)
        return "\n".join(sentence for sentence in sentences if sentence)


Explicable: TypeAlias = PlannedTask | RemovedTask | LeftOut
"""What there is to explain in a plan."""


class Reasons(NamedTuple):
    """The parts of a plan that explain one another."""

    subject: Subject
    source: str
    """What asks for the tasks, in words."""
    tasks: tuple[PlannedTask, ...]
    absent: tuple[RemovedTask | LeftOut, ...]
    """What was removed, then what was left out."""

    def of_item(self, item: str, context: Context | None) -> TaskExplanation:
        """Why an item is planned as it is, or is not: what is planned comes first."""
        meant = [task for task in self.tasks if _is_meant(task, item, context)]
        fits: list[Explicable] = [*own_or_all(meant, context)]
        for each in self.absent:
            if _is_meant(each, item, context) and not _is_explained(each, context, fits):
                fits.append(each)
        wanted = item if context is None else f"{item} for {context}"
        known = {*map(_item_of, self.tasks), *map(_item_of, self.absent)}
        return self.of(only(fits, "item", wanted, part=_named, known=known))

    def of(self, held: Explicable) -> TaskExplanation:
        """Why there is, or is not, one of the tasks."""
        match held:
            case PlannedTask():
                return self._planned(held)
            case RemovedTask():
                reason = f"it was removed: {held.reason}"
                return _not_planned(held.task.item_key, held.task.own_context, reason)
            case left_out:
                return _not_planned(left_out.item_key, left_out.context, self._cause(left_out))

    def _planned(self, task: PlannedTask) -> TaskExplanation:
        targets = ((kpi.id, self._target(kpi, task)) for kpi in task.kpis)
        whose = f"planned for {task.own_context}" if task.own_context else "planned"
        return TaskExplanation(
            item_key=task.item_key,
            is_planned=True,
            inclusion=one_line(f"{whose}: {'; '.join(self._inclusion(task))}"),
            due=one_line(_due(task)),
            assignee=one_line(_assignee(task, self.subject.rep_id)),
            targets=tuple((kpi_id, one_line(sentence)) for kpi_id, sentence in targets),
        )

    # ------------------------------------------------------------------------------- inclusion

    def _inclusion(self, task: PlannedTask) -> Iterator[str]:
        if task.orphaned:
            yield "nobody asks for it any more, but it was begun or captured"
        elif task.origin is Origin.ADDED:
            yield "the host added it"
        else:
            yield f"the {self.source} asks for it"
        if task.serves:
            yield f"it serves {', '.join(task.serves)}"
        if not task.orphaned:
            yield from self._choice(task)
        changed = [field for field in task.overridden if field not in _EXPLAINED]
        if changed:
            yield f"the host changed its {' and '.join(changed)}"
        for edit in task.edits:
            if edit.field not in _EXPLAINED:
                yield f"{edit.field} set by hand, before: {before_edit(edit)}"

    def _choice(self, task: PlannedTask) -> Iterator[str]:
        if task.group is not None and task.group.selection is Selection.FIRST:
            yield f"it is the first of the group {task.group.key} that applies"
        if task.condition is not None:
            context = task.contexts[0] if len(task.contexts) == 1 else None
            condition, facts = self._as_known(task.condition, context)
            yield f"it applies if {condition}, and {facts}"

    def _cause(self, left_out: LeftOut) -> str:
        condition, facts = self._as_known(left_out.condition, left_out.context)
        match left_out.cause:
            case Cause.CONDITION:
                return f"it applies if {condition}, but {facts}"
            case Cause.UNKNOWN:
                when = "" if self.subject.on else " and the visit is not planned yet"
                return f"it is open whether {condition}: {facts}{when}"
            case Cause.GROUP:
                applies = "is" if self._is_chosen(left_out.by) else "may be"
                return f"{left_out.by} {applies} the first of its group that applies"
            case Cause.MERGED:
                return f"{left_out.by} does the same work"
            case cause:
                return _PLAIN_CAUSES[cause]

    def _is_chosen(self, item: str | None) -> bool:
        """Whether there is a task of an item, was one, or one did its work; else it is unknown."""
        return any(task.item_key == item and not task.orphaned for task in self.tasks) or any(
            isinstance(each, RemovedTask) or each.cause is Cause.MERGED
            for each in self.absent
            if _item_of(each) == item
        )

    def _as_known(self, condition: Condition | None, context: Context | None) -> tuple[str, str]:
        """A condition in words, and the facts it reads as they are."""
        if condition is None:
            return "", ""
        known = self.subject.facts.about(context)
        facts = [
            f"{fact} is {self._shown(known[fact])}" if fact in known else f"{fact} is not given"
            for fact in condition.facts
        ]
        return shortened(condition.written(self._shown), _LONGEST_CONDITION), " and ".join(facts)

    def _shown(self, value: object) -> str:
        if isinstance(value, Offset):
            return str(value)
        return shortened(show_at(value, self.subject.timezone))  # type: ignore[arg-type]

    # ---------------------------------------------------------------------------------- targets

    def _target(self, kpi: Kpi, task: PlannedTask) -> str:
        asked = f"{kpi.indicator.name} of {kpi.context}"
        target = kpi.target
        if target is None:
            return f"{asked}: nothing is expected"
        expected = kpi.indicator.shown_criterion(target.criterion, self.subject.timezone)
        is_of_item = target.source is TargetSource.ITEM
        origin = f"{target.origin}{_by_host(task, 'targets') if is_of_item else ''}"
        shadowed = ", ".join(self._candidate(each, kpi) for each in target.shadowed)
        instead = f"; instead of {shadowed}" if shadowed else ""
        return f"{asked}: expected {expected} ({origin}){instead}"

    def _candidate(self, candidate: Candidate, kpi: Kpi) -> str:
        criterion = criterion_of(candidate.target, kpi.indicator)
        written = kpi.indicator.shown_criterion(criterion, self.subject.timezone)
        return f"{written} ({candidate.origin})"


_PLAIN_CAUSES = {
    Cause.EXCLUDED: "the host excluded it",
    Cause.NO_CONTEXT: "no context of its kinds was given",
}

_EXPLAINED = ("assignee_id", "due", "role", "targets")
"""What has a sentence of its own."""


def _not_planned(item_key: str, context: Context | None, reason: str) -> TaskExplanation:
    whose = f"not planned for {context}" if context else "not planned"
    inclusion = one_line(f"{whose}: {reason}")
    return TaskExplanation(item_key=item_key, is_planned=False, inclusion=inclusion)


def before_edit(edit: Edit) -> str:
    """What an edited field was before, in few words.

    Args:
        edit: The edit.
    """
    if isinstance(edit.base, Binding):
        return edit.base.value
    return one_line(show(edit.base), 80) if edit.base else "none"


def _by_host(task: PlannedTask, field: str) -> str:
    return ", the host's choice" if field in task.overridden else ""


# ----------------------------------------------------------------------------- what is meant


def _contexts_of(held: Explicable) -> tuple[Context, ...]:
    match held:
        case PlannedTask():
            return held.contexts
        case RemovedTask():
            return held.task.contexts
        case left_out:
            return (left_out.context,) if left_out.context else ()


def _item_of(held: Explicable) -> str:
    return held.task.item_key if isinstance(held, RemovedTask) else held.item_key


def _is_meant(held: Explicable, item: str, context: Context | None) -> bool:
    if _item_of(held) != item:
        return False
    contexts = _contexts_of(held)
    is_whole = isinstance(held, LeftOut) and not contexts
    return context is None or context in contexts or is_whole


def _is_explained(held: Explicable, context: Context | None, by: Sequence[Explicable]) -> bool:
    """Whether the contexts in question are those of others, which come first."""
    explained = {each for other in by for each in _contexts_of(other)}
    return bool(by) and (context is not None or explained.issuperset(_contexts_of(held)))


def _named(held: Explicable) -> str:
    return ", ".join(map(str, _contexts_of(held)))


# ----------------------------------------------------------------------------------- due dates


def _due(task: PlannedTask) -> str:
    for edit in task.edits:
        if edit.field == "due":
            sentence = f"{_on(task.due)}: set by hand; before, {_expanded(edit.base, task)}"
            if task.trail is None or task.trail.planned == edit.base:
                return sentence
            return f"{sentence}; expanded again, {_expanded(task.trail.planned, task)}"
    return _expanded(task.due, task)


def _expanded(due: Edited, task: PlannedTask) -> str:
    by_host = _by_host(task, "due")
    if due is None:
        return f"{_on(due)}: the findings of its proposal say why{by_host}"
    if task.trail is None or task.trail.planned != due:
        return _on(due)
    own, *others = _steps(task.trail)
    return f"{_on(due)}: {'; '.join([own + by_host, *others])}"


def _on(due: Edited) -> str:
    return "no date yet" if due is None else f"due {show(due)}"  # type: ignore[arg-type]


def _steps(trail: Trail) -> Iterator[str]:
    """How a date came about: its own, what it had to wait for, and how it rolled (S 4.7)."""
    rolls = list(trail.rolls)
    own = f"{trail.offset or f'on {trail.anchor}'}, {show(trail.anchor_date)}"
    if rolls and _is_of_anchor(rolls[0], trail):
        roll = rolls.pop(0)
        own += f", counted from {show(roll.after)} past {_days_off(roll)}"
    yield own
    if trail.bound_by is not None:
        until = rolls[0].before if rolls else trail.planned
        yield f"it waits for {trail.bound_by} until {show(until)}{_lag(trail.lag)}"
    for roll in rolls:
        yield f"moved from {show(roll.before)} to {show(roll.after)} past {_days_off(roll)}"


def _is_of_anchor(roll: RollStep, trail: Trail) -> bool:
    """Whether a roll is the one before working days are counted (S 4.3)."""
    counts_working_days = trail.offset is not None and trail.offset.unit is Unit.WORKING_DAYS
    return counts_working_days and roll.before == trail.anchor_date


def _days_off(roll: RollStep) -> str:
    days = "a day off" if abs((roll.after - roll.before).days) == 1 else "days off"
    return f"{days} for {' and '.join(f'the {each.value}' for each in roll.asked_by) or 'all'}"


def _lag(lag: Offset | None) -> str:
    if lag is None or lag.amount == 0:
        return ""
    return f", {lag.length} {'before' if lag.amount < 0 else 'after'} it"


# ----------------------------------------------------------------------------------- assignees


def _assignee(task: PlannedTask, rep_id: str) -> str:
    for edit in task.edits:
        if edit.field == "assignee_id":
            before = _assigned(edit.base, task, rep_id)
            return f"{_to(task.assignee_id)}: set by hand; before, {before}"
    return _assigned(task.assignee_id, task, rep_id)


def _assigned(who: Edited, task: PlannedTask, rep_id: str) -> str:
    if task.role is not None:
        reason = f"{'nobody was named for' if who is None else 'in'} the role {task.role}"
    elif who is None:
        reason = "nobody was named"
    else:
        reason = "the primary visitor" + ("" if who == rep_id else " when it was planned")
    return f"{_to(who)}: {reason}{_by_host(task, 'role')}"


def _to(who: Edited) -> str:
    return f"assigned to {who or 'nobody yet'}"
