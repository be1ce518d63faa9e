"""What a template would plan, day by day, before anybody works with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import NamedTuple

from partnervisits.catalog import Catalog
from partnervisits.errors import InvalidValueError
from partnervisits.fields import cause_of, instance_of, iterable
from partnervisits.findings import Finding, blocking
from partnervisits.proposals._expand import propose
from partnervisits.proposals._given import Given, Proposal
from partnervisits.proposals._recipe import Recipe
from partnervisits.templates import ActionPlanTemplate
from partnervisits.values import Period, any_day, day, first_instant, same_time_on
from partnervisits.visits import Visit


class SimulatedTask(NamedTuple):
    """One row of a simulation: a task that would be planned, or why something is not.

    Attributes:
        on: The day of the visit.
        due: The planned date; None for a task without one, and for what is not planned.
        item_key: The item's key; empty for what concerns the whole visit.
        task: The task's name; empty for what is not planned.
        assignee_id: Who would do it; None for nobody, and for what is not planned.
        reason: Why then, or why not, in one sentence.
    """

    on: date
    due: date | None
    item_key: str
    task: str
    assignee_id: str | None
    reason: str


def simulate(
    template: ActionPlanTemplate,
    visit: Visit,
    days: Iterable[date],
    *,
    catalog: Catalog,
    given: Given | None = None,
) -> Iterator[SimulatedTask]:
    """What a template would plan if a visit were on each of some days, as plain rows.

    For a manager to look at before publishing: the template may be a draft. Rows come lazily, in
    the order of the days and, of one visit, in the order of the plan; then what is left out, then
    errors. A day on which no visit can be planned, for example since the clocks skip its time
    (S 4.8), gives a row that says why; the rest go on.

    Args:
        template: Of any status.
        visit: Who goes where. It takes place at the same local time on each day, and as long; at
            the beginning of the day, with an open end, if it is not planned.
        days: Any number of them, for example a year; read one by one, when their rows are due.
        catalog: Where the items look up task definitions and indicators.
        given: Calendars and everything else, the same on each day.

    Raises:
        InvalidValueError: `type.wrong`, `sequence.type`; `date.type` at an entry that is no date.

    Example:
        >>> import partnervisits as pv
        >>> from datetime import date
        >>> from partnervisits import example
        >>> draft = example.template().new_draft()
        >>> good_friday = [date(2026, 4, 3)]
        >>> rows = pv.simulate(draft, example.visit(), good_friday, catalog=example.catalog())
        >>> next(rows).due
        datetime.date(2026, 4, 3)
    """
    recipe = Recipe.of_any(template, catalog)
    pattern = instance_of(Visit, visit)
    held = Given() if given is None else instance_of(Given, given)
    unfit = (str, bytes, Mapping, AbstractSet)
    each_day = iterable(days, "dates in an order of their own", unfit=unfit)
    return (row for on in each_day for row in _rows(recipe, pattern, any_day(on), held))


def _rows(recipe: Recipe, pattern: Visit, on: date, given: Given) -> Iterator[SimulatedTask]:
    try:
        proposal = propose(recipe, _moved(pattern, on), given)
    except InvalidValueError as refused:
        yield _not_planned(on, "", refused.message)
    except Exception as error:  # noqa: BLE001 -- a host's calendar may raise anything; the rest go on
        yield _not_planned(on, "", cause_of(error))
    else:
        yield from _rows_of(proposal, on)


def _rows_of(proposal: Proposal, on: date) -> Iterator[SimulatedTask]:
    plan = proposal.plan
    if plan is not None:
        for task in plan.tasks:
            why = plan.explain(task.item_key, context=task.own_context).due
            yield SimulatedTask(on, task.due, task.item_key, task.name, task.assignee_id, why)
        for each in plan.left_out:
            why = plan.explain(each.item_key, context=each.context).inclusion
            yield _not_planned(on, each.item_key, why)
    for finding in blocking(proposal.findings):
        yield _not_planned(on, _item_of(finding), str(finding))


def _not_planned(on: date, item_key: str, reason: str) -> SimulatedTask:
    return SimulatedTask(on, None, item_key, "", None, reason)


def _item_of(finding: Finding) -> str:
    match finding.path:
        case ("items", str(key), *_):
            return key
        case _:
            return ""


def _moved(pattern: Visit, on: date) -> Visit:
    return Visit(
        id=pattern.id,
        partner_id=pattern.partner_id,
        visitors=pattern.visitors,
        place=pattern.place,
        planned=_planned(pattern, on),
    )


def _planned(pattern: Visit, on: date) -> Period:
    zone, planned = pattern.place.timezone, pattern.planned
    if planned is None:
        return Period(first_instant(day(on), zone))
    start = same_time_on(on, planned.start, zone)
    return Period(start, None if planned.end is None else start + (planned.end - planned.start))
