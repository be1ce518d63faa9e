"""Plan partner visits, expand action plans from templates, compare targets with what the rep found.

    define ──► schedule ──► plan ──► perform & capture ──► compare ──► follow up

The names of that story are here; everything else is in the rooms: `partnervisits.calendars`,
`partnervisits.scorecards` and the others. A room is loaded when a name of it is used first.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from partnervisits.briefs import brief
    from partnervisits.calendars import WorkCalendar, days, months, weeks, working_days
    from partnervisits.catalog import Catalog, lint
    from partnervisits.comparison import Comparison, Outcome, Override
    from partnervisits.conditions import when
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
    from partnervisits.followups import FollowUp, FollowUpRule, follow_up
    from partnervisits.histories import History, expected_from
    from partnervisits.indicators import Direction, Indicator
    from partnervisits.memory import MemoryStore
    from partnervisits.plans import ActionPlan, complete
    from partnervisits.proposals import (
        Given,
        Proposal,
        expand,
        expand_each,
        reconcile,
        simulate,
        upgrade,
    )
    from partnervisits.readings import Reading, as_known_at, capture, correct
    from partnervisits.repositories import Changes, Stored
    from partnervisits.scorecards import Method, Missing, Scorecard, compare, rollup
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
    "when",
    "Binding",
    "days",
    "working_days",
    "weeks",
    "months",
    "ActionPlanTemplate",
    "Catalog",
    "lint",
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
    "simulate",
    "expand",
    "expand_each",
    "Proposal",
    "ActionPlan",
    "reconcile",
    "upgrade",
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
    "Override",
    "Scorecard",
    "Method",
    "Missing",
    "rollup",
    "History",
    "expected_from",
    # follow up
    "FollowUpRule",
    "follow_up",
    "FollowUp",
    "brief",
    # store
    "MemoryStore",
    "Changes",
    "Stored",
    # whatever is wrong or worth knowing
    "Finding",
    "PartnerVisitsError",
]

_NAMES_OF = {
    "briefs": "brief",
    "calendars": "WorkCalendar days months weeks working_days",
    "catalog": "Catalog lint",
    "comparison": "Comparison Outcome Override",
    "conditions": "when",
    "contexts": "Context Facts",
    "criteria": "at_least at_most between contains equals none_of one_of outside",
    "errors": "PartnerVisitsError",
    "findings": "Finding",
    "followups": "FollowUp FollowUpRule follow_up",
    "histories": "History expected_from",
    "indicators": "Direction Indicator",
    "memory": "MemoryStore",
    "plans": "ActionPlan complete",
    "proposals": "Given Proposal expand expand_each reconcile simulate upgrade",
    "readings": "Reading as_known_at capture correct",
    "repositories": "Changes Stored",
    "scorecards": "Method Missing Scorecard compare rollup",
    "targets": "Scope Target within within_percent",
    "tasks": "TaskDefinition",
    "templates": "ActionPlanTemplate Binding TemplateItem",
    "values": "Absence Period ValueType",
    "visits": "Place Visit Visitor",
}
_ROOMS = {
    *_NAMES_OF,
    "books",
    "codec",
    "example",
    "fields",
    "integrations",
    "lifecycles",
    "lookups",
    "reports",
    "rows",
    "tables",
    "testing",
}
_ROOM_OF = {name: room for room, names in _NAMES_OF.items() for name in names.split()}

# A type checker that saw this would take any name for one that may exist.
if not TYPE_CHECKING:  # pragma: no branch

    def __getattr__(name: str) -> object:
        """A name of the story or a room, loaded on first use."""
        if name in _ROOM_OF:
            value = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
            globals()[name] = value
            return value
        if name in _ROOMS:
            return import_module(f"{__name__}.{name}")
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
