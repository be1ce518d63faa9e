"""One KPI from its target to its comparison, the way a host goes: expand, capture, compare."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs

import partnervisits as pv
from partnervisits.comparison import Circumstances, Comparison, judge
from partnervisits.criteria import Criterion
from partnervisits.plans import Kpi, PlannedTask, Subject
from partnervisits.values import Ordered
from tests import builders

NUMBER = pv.ValueType.NUMBER
DECIMAL = pv.ValueType.DECIMAL
PERCENTAGE = pv.ValueType.PERCENTAGE
DATETIME = pv.ValueType.DATETIME
ORDERED = (NUMBER, DECIMAL, PERCENTAGE, DATETIME)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""Where the line of time has its zero in tests; its unit is an hour."""

SUBJECT = Subject(
    visit_id="V-1",
    partner_id="acme",
    place_id="dc-9",
    timezone="Europe/Berlin",
    rep_id="rep-7",
    on=builders.THURSDAY,
)


def planned(
    measured: pv.Indicator,
    target: pv.Target | None = None,
    binding: pv.Binding = pv.Binding.MUST_UNLESS_DOCUMENTED,
    **changes: Any,
) -> pv.ActionPlan:
    """The plan of one task that captures one indicator."""
    item = builders.item(targets=[] if target is None else [target], binding=binding, **changes)
    known = builders.catalog(
        indicators=[measured], tasks=[builders.task(indicators=[measured.key])]
    )
    return pv.expand(builders.template(item), builders.visit(), catalog=known).accept()


def judged(
    measured: pv.Indicator,
    expected: Criterion | None = None,
    actual: object = None,
    **settings: Any,
) -> Comparison:
    """What is expected compared with what was found; None for neither."""
    target = None if expected is None else pv.Target(measured.key, expected, **settings)
    plan = planned(measured, target)
    readings = [] if actual is None else [builders.reading(plan.kpis[0], actual)]
    (comparison,) = pv.compare(plan, readings).comparisons
    return comparison


def compared(
    kpi: Kpi,
    actual: object = None,
    **changes: Any,
) -> Comparison:
    """A KPI of a task `count` compared with a value, under the usual circumstances."""
    reading = None if actual is None else builders.reading(kpi, actual)
    subject = attrs.evolve(SUBJECT, **changes)
    return judge(kpi, task_of(kpi), reading, Circumstances(subject, subject.on, False, None))


def task_of(kpi: Kpi, item_key: str = "count") -> PlannedTask:
    """The task `count` that captures nothing but a KPI."""
    return PlannedTask(
        id=kpi.task_id,
        item_key=item_key,
        task_key="count",
        name="Count",
        binding=pv.Binding.MUST,
        contexts=[kpi.context],
        kpis=[kpi],
    )


def on_the_line(value_type: pv.ValueType, place: int) -> Ordered:
    """An actual value so many units (hours of a DATETIME) from zero."""
    match value_type:
        case pv.ValueType.DATETIME:
            return NOON + timedelta(hours=place)
        case pv.ValueType.NUMBER:
            return place
        case _:
            return Decimal(place)


def width(value_type: pv.ValueType, units: int) -> Decimal | timedelta:
    """The way between two places on the line."""
    return timedelta(hours=units) if value_type is DATETIME else Decimal(units)
