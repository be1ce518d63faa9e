"""One expansion in a line: the catalog is made of what the items name."""

from collections.abc import Iterable
from datetime import date

import partnervisits as pv
from partnervisits.calendars import Trail
from partnervisits.criteria import Criterion
from partnervisits.findings import Severity
from partnervisits.plans import Cause
from partnervisits.targets import TargetSource
from partnervisits.tasks import TaskIndicator
from tests import builders

PRODUCT_A = pv.Context("product", "A")
PRODUCT_B = pv.Context("product", "B")
PRODUCT_C = pv.Context("product", "C")
AGREEMENT = pv.Context("agreement", "2026")
PARTNER = pv.Context("partner", "acme")


def expanded(
    *items: pv.TemplateItem,
    given: pv.Given | None = None,
    tasks: Iterable[pv.TaskDefinition] = (),
    indicators: Iterable[pv.Indicator] = (),
    targets: Iterable[pv.Target] = (),
    **visit: object,
) -> pv.Proposal:
    """The proposal for `visit()`; a task that no one defines captures `stock`."""
    defined = {task.key: task for task in tasks}
    for item in (*items, *(given.add if given else ())):
        _ = defined.setdefault(item.task, builders.task(item.task))
    catalog = builders.catalog(indicators=indicators, tasks=defined.values(), targets=list(targets))
    return pv.expand(
        builders.template(*items), builders.visit(**visit), catalog=catalog, given=given
    )


def capturing(*indicators: TaskIndicator | str) -> pv.TaskDefinition:
    """The task `count`."""
    return pv.TaskDefinition("count", "The task count", indicators=indicators)


def plan_of(proposal: pv.Proposal) -> pv.ActionPlan:
    """The plan of a proposal, blocked or not."""
    assert proposal.plan is not None
    return proposal.plan


def applied(proposal: pv.Proposal) -> tuple[Criterion, TargetSource] | None:
    """What the sole KPI of a proposal is judged by, and where it was written."""
    (kpi,) = plan_of(proposal).kpis
    return None if kpi.target is None else (kpi.target.criterion, kpi.target.source)


def in_gold(*targets: pv.Target) -> pv.Given:
    """Targets given for a visit to a partner of the segment gold."""
    return pv.Given(facts=pv.Facts(partner={"segment": "gold"}), targets=targets)


def warning(path: tuple[str, ...], code: str, message: str) -> pv.Finding:
    """A finding that travels along."""
    return pv.Finding(path, code, message, Severity.WARNING)


def error(path: tuple[str, ...], code: str, message: str) -> pv.Finding:
    """A finding that blocks."""
    return pv.Finding(path, code, message, Severity.ERROR)


def dues(proposal: pv.Proposal) -> dict[str, date | None]:
    """The planned date of each item; of one with several tasks the last."""
    return {each.item_key: each.due for each in plan_of(proposal).tasks}


def trail_of(proposal: pv.Proposal, key: str) -> Trail:
    """How the date of an item with one task came about."""
    trail = plan_of(proposal).task(key).trail
    assert trail is not None
    return trail


def planned(proposal: pv.Proposal) -> list[str]:
    """The keys of the items that are planned; one for each task."""
    return [each.item_key for each in plan_of(proposal).tasks]


def left_out(proposal: pv.Proposal) -> list[tuple[str, Cause]]:
    """The items, or contexts of them, that are not planned, and why."""
    return [(each.item_key, each.cause) for each in plan_of(proposal).left_out]
