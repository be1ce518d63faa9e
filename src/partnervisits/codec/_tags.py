"""The words of the format: kinds of documents, and what stands for a type where several may be.

They are literal and never change: what was written once is read for ever (S 11.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from partnervisits.books import Book
from partnervisits.briefs import Brief, BriefLine
from partnervisits.calendars import (
    Anchor,
    CalendarOwner,
    FactDate,
    ItemDate,
    JointCalendar,
    Offset,
    Roll,
    RollStep,
    Trail,
    Unit,
    Weekday,
    WorkCalendar,
    YearlyHoliday,
)
from partnervisits.catalog import Catalog
from partnervisits.comparison import Comparison, Favourability, Outcome, Override
from partnervisits.conditions import AllOf, AnyOf, FactIs, IsSet, Negate, Verdict
from partnervisits.contexts import Context, Facts
from partnervisits.criteria import (
    AtLeast,
    AtMost,
    Between,
    Contains,
    DayEnd,
    Equals,
    NoneOf,
    OneOf,
    Outside,
)
from partnervisits.findings import Finding, Severity
from partnervisits.followups import FollowUp, FollowUpReview, FollowUpRule, FollowUpStatus, Level
from partnervisits.histories import History, Per, Trend
from partnervisits.indicators import Aggregation, Choice, Direction, Indicator
from partnervisits.plans import (
    ActionPlan,
    Cause,
    Edit,
    Kpi,
    LeftOut,
    Origin,
    PlannedTask,
    RemovedTask,
    Subject,
    TaskStatus,
)
from partnervisits.proposals import Conflict, Given, ItemOverride, Proposal, Reconciliation, Side
from partnervisits.readings import Flag, Reading
from partnervisits.repositories import (
    Changes,
    Check,
    Cursor,
    Delete,
    FollowUpFilter,
    IndicatorFilter,
    Noun,
    OverrideFilter,
    PlanFilter,
    Put,
    ReadingFilter,
    RuleFilter,
    Stored,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
)
from partnervisits.scorecards import (
    CombinedValue,
    Counts,
    Method,
    Missing,
    Pace,
    PaceStatus,
    Scorecard,
)
from partnervisits.targets import (
    Basis,
    Candidate,
    ResolvedTarget,
    Scope,
    Statistic,
    Target,
    TargetSource,
    Within,
    WithinPercent,
)
from partnervisits.tasks import TaskDefinition, TaskIndicator
from partnervisits.templates import (
    ActionPlanTemplate,
    Binding,
    Group,
    Prerequisite,
    Selection,
    Spread,
    TemplateItem,
    TemplateStatus,
)
from partnervisits.values import Absence, DateRange, Period, ValueType
from partnervisits.visits import (
    Place,
    Priority,
    Standing,
    Visit,
    Visitor,
    VisitStatus,
    Window,
)

RECORDS: Mapping[type, str] = {
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
"""What a store holds."""

KINDS: Mapping[type, str] = {
    **RECORDS,
    Catalog: "catalog",
    Given: "given",
    Changes: "changes",
    Book: "book",
    # Findings, values, calendars
    Finding: "finding",
    Period: "period",
    DateRange: "date_range",
    ItemDate: "item_date",
    FactDate: "fact_date",
    Offset: "offset",
    YearlyHoliday: "yearly_holiday",
    WorkCalendar: "work_calendar",
    JointCalendar: "joint_calendar",
    RollStep: "roll_step",
    Trail: "trail",
    # Contexts, criteria, conditions
    Context: "context",
    Facts: "facts",
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
    # Definitions
    Choice: "choice",
    Within: "within",
    WithinPercent: "within_percent",
    Basis: "basis",
    Scope: "scope",
    Target: "target",
    Candidate: "candidate",
    ResolvedTarget: "resolved_target",
    TaskIndicator: "task_indicator",
    Prerequisite: "prerequisite",
    Group: "group",
    TemplateItem: "template_item",
    # Visits, plans, proposals
    Place: "place",
    Visitor: "visitor",
    Window: "window",
    Subject: "subject",
    Kpi: "kpi",
    Edit: "edit",
    PlannedTask: "planned_task",
    LeftOut: "left_out",
    RemovedTask: "removed_task",
    ItemOverride: "item_override",
    Proposal: "proposal",
    Conflict: "conflict",
    Reconciliation: "reconciliation",
    # What was found
    Comparison: "comparison",
    Counts: "counts",
    Scorecard: "scorecard",
    CombinedValue: "combined_value",
    Pace: "pace",
    History: "history",
    FollowUpReview: "follow_up_review",
    BriefLine: "brief_line",
    Brief: "brief",
    # Stores
    Put: "put",
    Delete: "delete",
    Check: "check",
    Stored: "stored",
    Cursor: "cursor",
    IndicatorFilter: "indicator_filter",
    TaskFilter: "task_filter",
    TemplateFilter: "template_filter",
    VisitFilter: "visit_filter",
    PlanFilter: "plan_filter",
    ReadingFilter: "reading_filter",
    OverrideFilter: "override_filter",
    RuleFilter: "rule_filter",
    FollowUpFilter: "follow_up_filter",
}
"""What a document is."""

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
    **RECORDS,
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
    YearlyHoliday: "yearly",
}
"""What is wrapped into an object with one key, its type."""

ENUMS: Mapping[type[Enum], str] = {
    Absence: "absence",
    Aggregation: "aggregation",
    Anchor: "anchor",
    Binding: "binding",
    CalendarOwner: "calendar_owner",
    Cause: "cause",
    DayEnd: "day_end",
    Direction: "direction",
    Favourability: "favourability",
    Flag: "flag",
    FollowUpStatus: "follow_up_status",
    Level: "level",
    Method: "method",
    Missing: "missing",
    Noun: "noun",
    Origin: "origin",
    Outcome: "outcome",
    PaceStatus: "pace_status",
    Per: "per",
    Priority: "priority",
    Roll: "roll",
    Selection: "selection",
    Severity: "severity",
    Side: "side",
    Spread: "spread",
    Standing: "standing",
    Statistic: "statistic",
    TargetSource: "target_source",
    TaskStatus: "task_status",
    TemplateStatus: "template_status",
    Trend: "trend",
    Unit: "unit",
    ValueType: "value_type",
    Verdict: "verdict",
    VisitStatus: "visit_status",
    Weekday: "weekday",
}
"""What a word is of where the word of any enum may stand: in the name of a group."""

WEEKDAYS: Mapping[Enum, str] = {
    Weekday.MONDAY: "monday",
    Weekday.TUESDAY: "tuesday",
    Weekday.WEDNESDAY: "wednesday",
    Weekday.THURSDAY: "thursday",
    Weekday.FRIDAY: "friday",
    Weekday.SATURDAY: "saturday",
    Weekday.SUNDAY: "sunday",
}
"""The words of days, which are numbers in the domain."""
