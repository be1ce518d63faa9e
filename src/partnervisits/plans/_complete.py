"""Completing a visit, which its plans have a say in (S 5.5, S 7.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from partnervisits.errors import OpenWorkError
from partnervisits.fields import instance_of, tuple_of
from partnervisits.findings import Finding
from partnervisits.plans._plan import ActionPlan
from partnervisits.plans._tasks import PlannedTask
from partnervisits.templates import Binding
from partnervisits.visits import Visit, mark_completed


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
            Finding((task.id,), "task.open", "complete it" + _WAY_OUT[task.binding])
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
