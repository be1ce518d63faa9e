"""Why a task is planned as it is, in plain sentences (S 4.6).

The data that the sentences are made of stay on the planned task: its trail, role, condition, group,
edits, and the targets of its KPIs.
"""

from __future__ import annotations

import attrs

from partnervisits.conditions import Condition
from partnervisits.contexts import Context
from partnervisits.plans._tasks import (
    Cause,
    Kpi,
    LeftOut,
    Origin,
    PlannedTask,
    RemovedTask,
    Subject,
)
from partnervisits.templates import Selection
from partnervisits.values import show


@attrs.frozen(kw_only=True)
class TaskExplanation:
    """Why a task is in a plan or is not, why then, why by whom, and why these targets.

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


def why_planned(task: PlannedTask, subject: Subject, template_key: str) -> TaskExplanation:
    """Explain a planned task.

    Args:
        task: The task.
        subject: Of its plan.
        template_key: The plan's key.
    """
    return TaskExplanation(
        item_key=task.item_key,
        is_planned=True,
        inclusion=_inclusion(task, subject, template_key),
        due=_due(task),
        assignee=_assignee(task),
        targets=tuple((kpi.id, _target(kpi)) for kpi in task.kpis),
    )


def why_removed(gone: RemovedTask) -> TaskExplanation:
    """Explain a task that was removed.

    Args:
        gone: What stays of it.
    """
    inclusion = f"not planned: it was removed, {gone.reason}"
    return TaskExplanation(item_key=gone.task.item_key, is_planned=False, inclusion=inclusion)


def why_left_out(left_out: LeftOut, subject: Subject) -> TaskExplanation:
    """Explain an item that is not in a plan.

    Args:
        left_out: What is known of it.
        subject: Of the plan.
    """
    whose = f" for {left_out.context}" if left_out.context else ""
    inclusion = f"not planned{whose}: {_cause(left_out, subject)}"
    return TaskExplanation(item_key=left_out.item_key, is_planned=False, inclusion=inclusion)


def _cause(left_out: LeftOut, subject: Subject) -> str:
    known = _as_known(left_out.condition, subject, left_out.context)
    match left_out.cause:
        case Cause.EXCLUDED:
            return "the host excluded it"
        case Cause.CONDITION:
            return f"it is only if {known}"
        case Cause.UNKNOWN:
            return f"it is open whether {known}"
        case Cause.GROUP:
            return f"{left_out.by} of the same group was judged before it"
        case Cause.MERGED:
            return f"{left_out.by} does the same work"
        case Cause.NO_CONTEXT:
            return "there is no context of its kinds"


def _inclusion(task: PlannedTask, subject: Subject, template_key: str) -> str:
    by_host = task.origin is Origin.ADDED
    reasons = ["the host added it" if by_host else f"{template_key} asks for it"]
    if task.serves:
        reasons.append(f"it is done for {', '.join(task.serves)}")
    if task.group and task.group.selection is Selection.FIRST:
        reasons.append(f"it is the first of {task.group.key} that applies")
    if task.condition:
        context = task.contexts[0] if len(task.contexts) == 1 else None
        reasons.append(_as_known(task.condition, subject, context))
    if task.orphaned:
        reasons.append("nobody asks for it any more, but there is work in it")
    return f"planned: {', and '.join(reasons)}"


def _as_known(condition: Condition | None, subject: Subject, context: Context | None) -> str:
    if condition is None:
        return ""
    known = subject.facts.about(context)
    given = [
        f"{each} is {show(known[each])}" if each in known else f"{each} is not given"
        for each in condition.facts
    ]
    return f"{condition} ({', '.join(given)})"


def _due(task: PlannedTask) -> str:
    planned = "no date, since the one it counts from is not known"
    if task.trail is not None:
        counted_from = f"{task.trail.anchor} is {show(task.trail.anchor_date)}"
        planned = f"due {show(task.trail.planned)}: {task.trail} ({counted_from})"
    for edit in task.edits:
        if edit.field == "due":
            return f"due {show(task.due)}: set by hand; before: {planned}"
    return planned


def _assignee(task: PlannedTask) -> str:
    if task.role is None:
        reason = "the primary visitor"
    else:
        reason = f"has the role {task.role}" if task.assignee_id else f"nobody is {task.role} yet"
    for edit in task.edits:
        if edit.field == "assignee_id":
            return f"{task.assignee_id or 'nobody'}: set by hand; before: {edit.base or 'nobody'}"
    return f"{task.assignee_id or 'nobody'}: {reason}"


def _target(kpi: Kpi) -> str:
    asked = f"{kpi.indicator.name} of {kpi.context}"
    if kpi.target is None:
        return f"{asked}: nothing is expected"
    shadowed = ", ".join(str(each) for each in kpi.target.shadowed)
    instead = f", which goes before {shadowed}" if shadowed else ""
    return f"{asked}: {kpi.target}, written for the {kpi.target.origin}{instead}"
