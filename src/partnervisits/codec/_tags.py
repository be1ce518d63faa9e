"""The words of the format: kinds of documents, and what stands for a type where several may be.

They are literal and never change: what was written once is read for ever (S 11.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from partnervisits.calendars import Anchor, FactDate, ItemDate, Offset
from partnervisits.comparison import Override
from partnervisits.conditions import AllOf, AnyOf, FactIs, IsSet, Negate
from partnervisits.criteria import (
    AtLeast,
    AtMost,
    Between,
    Contains,
    Equals,
    NoneOf,
    OneOf,
    Outside,
)
from partnervisits.followups import FollowUp, FollowUpRule
from partnervisits.indicators import Indicator
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading
from partnervisits.targets import Within, WithinPercent
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate, Binding
from partnervisits.values import Absence
from partnervisits.visits import Visit

KINDS: Mapping[type, str] = {
    Indicator: "indicator",
    TaskDefinition: "task_definition",
    ActionPlanTemplate: "action_plan_template",
    Visit: "visit",
    ActionPlan: "action_plan",
    Reading: "reading",
    Override: "override",
    FollowUpRule: "follow_up_rule",
    FollowUp: "follow_up",
}
"""What a document is."""

SCHEMAS: Mapping[type, int] = {
    Indicator: 1,
    TaskDefinition: 1,
    ActionPlanTemplate: 1,
    Visit: 1,
    ActionPlan: 1,
    Reading: 1,
    Override: 1,
    FollowUpRule: 1,
    FollowUp: 1,
}
"""The number of the schema that is written (S 11.4)."""

VARIANTS: Mapping[type, str] = {
    AtLeast: "at_least",
    AtMost: "at_most",
    Between: "between",
    Outside: "outside",
    Equals: "equals",
    OneOf: "one_of",
    NoneOf: "none_of",
    Contains: "contains",
    FactIs: "fact_is",
    IsSet: "is_set",
    AllOf: "all_of",
    AnyOf: "any_of",
    Negate: "negate",
    ItemDate: "item",
    FactDate: "fact",
    Within: "within",
    WithinPercent: "within_percent",
}
"""Classes that tell themselves apart by a key `kind` among their fields."""

VALUES: Mapping[type, str] = {
    bool: "boolean",
    int: "number",
    Decimal: "decimal",
    datetime: "instant",
    date: "date",
    timedelta: "duration",
    str: "text",
    frozenset: "choices",
    Absence: "absence",
    Anchor: "visit",
    Binding: "binding",
    Offset: "offset",
}
"""What is wrapped into an object with one key, its type."""
