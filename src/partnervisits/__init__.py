"""Plan partner visits, expand action plans from templates, compare targets with what the rep found.

    define ──► schedule ──► plan ──► perform & capture ──► compare ──► follow up

The names of that story are here; everything else is in the rooms: `partnervisits.calendars`,
`partnervisits.scorecards` and the others.
"""

from partnervisits.calendars import WorkCalendar, days, months, weeks, working_days
from partnervisits.catalog import Catalog
from partnervisits.comparison import Comparison, Outcome
from partnervisits.contexts import Context, Facts
from partnervisits.criteria import (
    at_least,
    at_most,
    between,
    contains,
    equals,
    none_of,
    one_of,
    outside,
)
from partnervisits.errors import PartnerVisitsError
from partnervisits.findings import Finding
from partnervisits.followups import FollowUpRule, follow_up
from partnervisits.indicators import Direction, Indicator
from partnervisits.plans import ActionPlan, complete
from partnervisits.proposals import Given, Proposal, expand, expand_each
from partnervisits.readings import Reading, as_known_at, capture, correct
from partnervisits.scorecards import Method, Scorecard, compare, rollup
from partnervisits.targets import Scope, Target, within, within_percent
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate, Binding, TemplateItem
from partnervisits.values import Absence, Period, ValueType
from partnervisits.visits import Place, Visit, Visitor

__all__ = [  # noqa: RUF022 -- in the order of the story
    # define
    "ValueType",
    "Direction",
    "Indicator",
    "TaskDefinition",
    "Target",
    "at_least",
    "at_most",
    "between",
    "outside",
    "equals",
    "one_of",
    "none_of",
    "contains",
    "within",
    "within_percent",
    "TemplateItem",
    "Binding",
    "days",
    "working_days",
    "weeks",
    "months",
    "ActionPlanTemplate",
    "Catalog",
    # schedule
    "Place",
    "Visitor",
    "Period",
    "Visit",
    # plan
    "WorkCalendar",
    "Context",
    "Facts",
    "Scope",
    "Given",
    "expand",
    "expand_each",
    "Proposal",
    "ActionPlan",
    # perform and capture
    "Absence",
    "capture",
    "correct",
    "Reading",
    "as_known_at",
    "complete",
    # compare
    "compare",
    "Comparison",
    "Outcome",
    "Scorecard",
    "Method",
    "rollup",
    # follow up
    "FollowUpRule",
    "follow_up",
    # whatever is wrong or worth knowing
    "Finding",
    "PartnerVisitsError",
]


def __dir__() -> list[str]:
    return sorted(__all__)
