"""What builders take: the fields of a class, each as its constructor takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypedDict

from partnervisits.calendars import Offset, Trail
from partnervisits.comparison import Outcome
from partnervisits.conditions import Condition
from partnervisits.contexts import Context, Facts
from partnervisits.criteria import Criterion
from partnervisits.followups import FollowUpStatus, Level
from partnervisits.histories import Per
from partnervisits.indicators import Aggregation, Choice, Direction, Indicator
from partnervisits.plans import (
    Edit,
    Kpi,
    LeftOut,
    Origin,
    PlannedTask,
    RemovedTask,
    Subject,
    TaskStatus,
)
from partnervisits.readings import Flag
from partnervisits.targets import ResolvedTarget, Scope, Target
from partnervisits.tasks import TaskIndicator
from partnervisits.templates import Binding, Group, TemplateItem, TemplateStatus
from partnervisits.values import Absence, Period, Value, ValueType
from partnervisits.visits import Place, Priority, Visitor, VisitStatus, Window


class IndicatorChanges(TypedDict, total=False):
    """Fields of an `Indicator`."""

    key: str
    name: str
    value_type: ValueType
    unit: str
    choices: Iterable[Choice | str] | Mapping[str, str]
    direction: Direction
    limits: Criterion | None
    plausible: Criterion | None
    aggregation: Aggregation
    description: str
    guidance: str


class TaskDefinitionChanges(TypedDict, total=False):
    """Fields of a `TaskDefinition`."""

    key: str
    name: str
    indicators: Iterable[TaskIndicator | str]
    targets: Iterable[Target]
    instructions: str


class TemplateChanges(TypedDict, total=False):
    """Fields of an `ActionPlanTemplate`."""

    key: str
    name: str
    items: Iterable[TemplateItem]
    version: int
    status: TemplateStatus
    description: str
    ad_hoc: bool


class VisitChanges(TypedDict, total=False):
    """Fields of a `Visit`."""

    id: str
    partner_id: str
    visitors: Iterable[Visitor]
    place: Place
    planned: Period | None
    window: Window | None
    status: VisitStatus
    actual: Period | None
    reason: str
    priority: Priority
    contacts: Iterable[str]
    instructions: str
    earlier_planned: Iterable[Period]
    replaces: str | None


class SubjectChanges(TypedDict, total=False):
    """Fields of a `Subject`."""

    visit_id: str
    partner_id: str
    place_id: str
    timezone: str
    rep_id: str
    on: date | None
    facts: Facts


class KpiChanges(TypedDict, total=False):
    """Fields of a `Kpi`."""

    task_id: str
    context: Context
    indicator: Indicator
    target: ResolvedTarget | None


class PlannedTaskChanges(TypedDict, total=False):
    """Fields of a `PlannedTask`."""

    id: str
    item_key: str
    task_key: str
    name: str
    instructions: str
    binding: Binding
    contexts: Iterable[Context]
    own_context: Context | None
    role: str | None
    assignee_id: str | None
    due: date | None
    trail: Trail | None
    after: Iterable[str]
    kpis: Iterable[Kpi]
    condition: Condition | None
    group: Group | None
    origin: Origin
    overridden: Iterable[str]
    serves: Iterable[str]
    edits: Iterable[Edit]
    status: TaskStatus
    reason: str
    started_at: datetime | None
    finished_at: datetime | None
    orphaned: bool


class PlanChanges(TypedDict, total=False):
    """Fields of an `ActionPlan`."""

    subject: Subject
    key: str
    version: int | None
    tasks: Iterable[PlannedTask]
    left_out: Iterable[LeftOut]
    removed: Iterable[RemovedTask]


class ReadingChanges(TypedDict, total=False):
    """Fields of a `Reading`."""

    id: str
    kpi_id: str
    value: Value | Absence
    at: datetime
    recorded_at: datetime
    by: str
    note: str
    flags: Iterable[Flag]
    supersedes: str | None


class OverrideChanges(TypedDict, total=False):
    """Fields of an `Override`."""

    kpi_id: str
    outcome: Outcome
    by: str
    at: datetime
    reason: str


class FollowUpRuleChanges(TypedDict, total=False):
    """Fields of a `FollowUpRule`."""

    key: str
    action: str
    on: Outcome
    streak: int
    indicators: Iterable[str]
    scope: Scope | None
    per: Per
    owner_role: str | None
    due: Offset | None
    severity: Level


class FollowUpChanges(TypedDict, total=False):
    """Fields of a `FollowUp`."""

    rule_key: str
    action: str
    on: Outcome
    visit_id: str
    partner_id: str
    task_key: str
    indicator: str
    context: Context
    per: Per
    kpi_id: str
    because: str
    scope: Scope | None
    target: ResolvedTarget | None
    owner_role: str | None
    severity: Level
    due: date | None
    opened_on: date | None
    opened_at: datetime | None
    reinforced_by: Iterable[str]
    status: FollowUpStatus
    proof_id: str | None
    reason: str
    ended_by: str | None
    ended_at: datetime | None
