"""The scorecard of one plan (S 9.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from partnervisits.comparison import Circumstances, Override, judge
from partnervisits.errors import InvalidValueError
from partnervisits.fields import entries_of, instance_of, iterable
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading, as_known_at, current
from partnervisits.scorecards._card import Scorecard
from partnervisits.values import instant, optional_day
from partnervisits.visits import Visit, VisitStatus


def compare(
    plan: ActionPlan,
    readings: Iterable[Reading],
    *,
    visit: Visit | None = None,
    as_of: date | None = None,
    overrides: Iterable[Override] = (),
    known_at: datetime | None = None,
) -> Scorecard:
    """Compare every KPI of a plan with its current reading.

    Args:
        plan: Whose KPIs are compared.
        readings: In any order; those of other plans change nothing.
        visit: The plan's visit as it is now; without it nothing is CANCELLED, and the planned date
            is the one the plan was made for.
        as_of: The reader's today; without it nothing is NOT_DUE.
        overrides: Verdicts of people, in any order; of several for one KPI the last counts, and
            those for KPIs of other plans change nothing (S 8.7).
        known_at: Only what had been recorded by this instant counts, readings and overrides; all of
            it if None.

    Returns:
        One comparison for each KPI, in the plan's order.

    Raises:
        InvalidValueError: `compare.other-visit`: the visit is not the plan's; `date.type`; those
            of instants and sequences.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> pv.compare(plan, [])["survey", "satisfaction"].outcome
        <Outcome.NO_DATA: 'no data'>
    """
    plan = instance_of(ActionPlan, plan)
    if visit is not None and instance_of(Visit, visit).id != plan.subject.visit_id:
        message = f"pass visit {plan.subject.visit_id}: the plan is not of {visit.id}"
        raise InvalidValueError("compare.other-visit", message)
    decided = entries_of(Override, iterable(overrides, "overrides"))
    if known_at is not None:
        readings = as_known_at(readings, known_at)
        decided = tuple(each for each in decided if each.at <= instant(known_at))
    held = current(readings)
    settled = _last_of_each(decided)
    seen = Circumstances(
        subject=plan.subject,
        on=plan.subject.on if visit is None else visit.on,
        is_cancelled=visit is not None and visit.status is VisitStatus.CANCELLED,
        as_of=optional_day(as_of),
    )
    return Scorecard(
        comparisons=[
            judge(kpi, task, held.get(kpi_id), seen, settled.get(kpi_id))
            for task in plan.tasks
            for kpi in task.kpis
            for kpi_id in (kpi.id,)
        ]
    )


def _last_of_each(overrides: Iterable[Override]) -> dict[str, Override]:
    """By the id of its KPI; what is left to chance by the instant is decided by the content."""
    ordered = sorted(overrides, key=lambda each: (each.at, each.by, each.outcome.name, each.reason))
    return {each.kpi_id: each for each in ordered}
