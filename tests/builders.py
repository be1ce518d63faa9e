"""Small valid objects for tests: each takes what the test is about and fills in the rest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import partnervisits as pv
from partnervisits.plans import Kpi
from partnervisits.targets import Candidate, ResolvedTarget, TargetSource, resolve

NINE = datetime(2026, 3, 12, 8, tzinfo=UTC)
"""A Thursday, nine o'clock in Berlin."""
ELEVEN = NINE + timedelta(hours=2)
THURSDAY = date(2026, 3, 12)


def indicator(key: str = "stock", **changes: Any) -> pv.Indicator:
    """A NUMBER of which more is better, unless said otherwise."""
    settings: dict[str, Any] = {
        "value_type": pv.ValueType.NUMBER,
        "direction": pv.Direction.HIGHER_IS_BETTER,
    }
    if "value_type" in changes:
        del settings["direction"]
    return pv.Indicator(key, f"The {key}", **(settings | changes))


def task(
    key: str = "count", indicators: Iterable[str] = ("stock",), **changes: Any
) -> pv.TaskDefinition:
    """A task that captures some indicators."""
    return pv.TaskDefinition(key, f"The task {key}", indicators=list(indicators), **changes)


def item(key: str = "count", **changes: Any) -> pv.TemplateItem:
    """An item for the task of the same key, unless said otherwise."""
    settings: dict[str, Any] = {"task": key}
    return pv.TemplateItem(key, **(settings | changes))


def template(*items: pv.TemplateItem, key: str = "round") -> pv.ActionPlanTemplate:
    """A published template; of one item if none is given."""
    return pv.ActionPlanTemplate(key, f"The {key}", items=items or (item(),)).publish()


def catalog(
    *,
    indicators: Iterable[pv.Indicator] = (),
    tasks: Iterable[pv.TaskDefinition] = (),
    **changes: Any,
) -> pv.Catalog:
    """A catalog of one indicator and the task that captures it, unless others are given."""
    held = list(indicators) or [indicator()]
    return pv.Catalog(indicators=held, tasks=list(tasks) or [task()], **changes)


def place(**changes: Any) -> pv.Place:
    """A store in Berlin."""
    settings: dict[str, Any] = {"kind": "store", "timezone": "Europe/Berlin"}
    return pv.Place("dc-9", **(settings | changes))


def visit(**changes: Any) -> pv.Visit:
    """A planned visit of one rep, on a Thursday from nine to eleven."""
    settings: dict[str, Any] = {
        "id": "V-1",
        "partner_id": "acme",
        "visitors": [pv.Visitor("rep-7")],
        "planned": pv.Period(NINE, ELEVEN),
        "place": place(),
    }
    return pv.Visit(**(settings | changes))


def plan(*items: pv.TemplateItem, given: pv.Given | None = None, **changes: Any) -> pv.ActionPlan:
    """The accepted plan of `visit()`; the items' tasks capture `stock` each."""
    held = items or (item(),)
    tasks = [task(key) for key in sorted({each.task for each in held})]
    return pv.expand(
        template(*held), visit(**changes), catalog=catalog(tasks=tasks), given=given
    ).accept()


def resolved(target: pv.Target, measured: pv.Indicator) -> ResolvedTarget:
    """A target as a KPI carries it, if no day or offset is among its operands."""
    return resolve(Candidate(TargetSource.ITEM, target), measured, lambda bound, _: bound)


def kpi(measured: pv.Indicator | None = None, target: pv.Target | None = None) -> Kpi:
    """A KPI about the partner, of `indicator()` and without a target unless they are given."""
    held = measured or indicator()
    return Kpi(
        "V-1/round/count",
        pv.Context("partner", "acme"),
        held,
        None if target is None else resolved(target, held),
    )


def reading(of: Kpi, value: object, **changes: Any) -> pv.Reading:
    """Captured at nine by the rep."""
    settings: dict[str, Any] = {"at": NINE, "by": "rep-7"}
    return pv.capture(of, value, **(settings | changes))
