"""By what each noun is found quickly: a row for each field of a filter that names a set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from partnervisits.comparison import Override
from partnervisits.followups import FollowUp, FollowUpRule
from partnervisits.indicators import Indicator
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading
from partnervisits.repositories import (
    FollowUpFilter,
    IndicatorFilter,
    Noun,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    RuleFilter,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
)
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate
from partnervisits.visits import Visit

_Facets = Mapping[str, Callable[[Any], tuple[str, ...]]]


class Shape(NamedTuple):
    """How a noun is found.

    Attributes:
        filter: The class of its filter.
        facets: By the name of a filter's field, what a record says to it.
    """

    filter: type[Any]
    facets: _Facets


def _key(
    value: Indicator | TaskDefinition | ActionPlanTemplate | ActionPlan | FollowUpRule,
) -> tuple[str]:
    return (value.key,)


def _status(value: ActionPlanTemplate | Visit | FollowUp) -> tuple[str]:
    return (value.status.name,)


def _value_type(value: Indicator) -> tuple[str]:
    return (value.value_type.name,)


def _partner(value: Visit | FollowUp) -> tuple[str]:
    return (value.partner_id,)


def _reps(value: Visit) -> tuple[str, ...]:
    return tuple([each.rep_id for each in value.visitors])


def _visit_of_plan(value: ActionPlan) -> tuple[str]:
    return (value.subject.visit_id,)


def _partner_of_plan(value: ActionPlan) -> tuple[str]:
    return (value.subject.partner_id,)


def _kpi(value: Reading | Override) -> tuple[str]:
    return (value.kpi_id,)


def _rule(value: FollowUp) -> tuple[str]:
    return (value.rule_key,)


SHAPES: Mapping[Noun, Shape] = {
    Noun.INDICATORS: Shape(IndicatorFilter, {"keys": _key, "value_types": _value_type}),
    Noun.TASKS: Shape(TaskFilter, {"keys": _key}),
    Noun.TEMPLATES: Shape(TemplateFilter, {"keys": _key, "statuses": _status}),
    Noun.VISITS: Shape(VisitFilter, {"partners": _partner, "reps": _reps, "statuses": _status}),
    Noun.PLANS: Shape(
        PlanFilter, {"visits": _visit_of_plan, "partners": _partner_of_plan, "keys": _key}
    ),
    Noun.READINGS: Shape(ReadingFilter, {"kpis": _kpi}),
    Noun.OVERRIDES: Shape(OverrideFilter, {"kpis": _kpi}),
    Noun.RULES: Shape(RuleFilter, {"keys": _key}),
    Noun.FOLLOW_UPS: Shape(
        FollowUpFilter, {"partners": _partner, "rules": _rule, "statuses": _status}
    ),
}


def said(wanted: Iterable[str | Enum]) -> list[str]:
    """The entries of a filter's set as facets say them.

    Args:
        wanted: Ids or members of an enum.
    """
    return [each.name if isinstance(each, Enum) else each for each in wanted]
