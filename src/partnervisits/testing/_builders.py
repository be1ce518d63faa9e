"""Small valid objects for tests: each takes what the test is about and fills in the rest.

By default they belong together: the plan is what the template gives for the visit, the reading is
of its KPI, and the follow-up is what the rule opens. What a field that is given calls for is filled
in too: the reason of a cancelled visit, the proof of a closed follow-up.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Unpack

from partnervisits.calendars import Anchor, Trail
from partnervisits.comparison import Outcome, Override
from partnervisits.contexts import PARTNER_KIND, Context
from partnervisits.criteria import at_least
from partnervisits.fields import escaped
from partnervisits.followups import FollowUp, FollowUpRule, FollowUpStatus
from partnervisits.indicators import Direction, Indicator
from partnervisits.plans import ActionPlan, Kpi, PlannedTask, Subject
from partnervisits.readings import Reading
from partnervisits.targets import ResolvedTarget, Target
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate, Binding, TemplateItem, TemplateStatus
from partnervisits.testing._changes import (
    FollowUpChanges,
    FollowUpRuleChanges,
    IndicatorChanges,
    KpiChanges,
    OverrideChanges,
    PlanChanges,
    PlannedTaskChanges,
    ReadingChanges,
    SubjectChanges,
    TaskDefinitionChanges,
    TemplateChanges,
    VisitChanges,
)
from partnervisits.values import Period, ValueType
from partnervisits.visits import Place, Visit, Visitor, VisitStatus

_START = datetime(2026, 3, 12, 8, tzinfo=UTC)
_END = datetime(2026, 3, 12, 10, tzinfo=UTC)
_THURSDAY = date(2026, 3, 12)
_PARTNER = Context(PARTNER_KIND, "acme")
_TASK_ID = "V-1/quarterly/survey"
_KPI_ID = f"{_TASK_ID}/{_PARTNER.path}/satisfaction"
_REASON = "they were closed"

# ------------------------------------------------------------------------------------- definitions


def an_indicator(**changes: Unpack[IndicatorChanges]) -> Indicator:
    """A PERCENTAGE of which more is better; NEUTRAL if it is of a type without an order.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import an_indicator
        >>> an_indicator(key="shelf-share").name
        'Partner satisfaction'
    """
    settings: IndicatorChanges = {
        "key": "satisfaction",
        "name": "Partner satisfaction",
        "value_type": ValueType.PERCENTAGE,
    }
    if changes.get("value_type", ValueType.PERCENTAGE).is_ordered:
        settings["direction"] = Direction.HIGHER_IS_BETTER
    return Indicator(**(settings | changes))


def a_task_definition(**changes: Unpack[TaskDefinitionChanges]) -> TaskDefinition:
    """A survey that captures the indicator.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import a_task_definition
        >>> a_task_definition(instructions="Ask the branch manager.").key
        'survey'
    """
    settings: TaskDefinitionChanges = {
        "key": "survey",
        "name": "Conduct the partner survey",
        "indicators": ["satisfaction"],
    }
    return TaskDefinition(**(settings | changes))


def a_template(**changes: Unpack[TemplateChanges]) -> ActionPlanTemplate:
    """A published template of one MUST item, the survey, that expects 85 %.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import a_template
        >>> a_template(version=2).id
        'quarterly@2'
    """
    target = Target("satisfaction", at_least(85))
    item = TemplateItem("survey", task="survey", binding=Binding.MUST, targets=[target])
    settings: TemplateChanges = {
        "key": "quarterly",
        "name": "Quarterly distributor visit",
        "items": [item],
        "status": TemplateStatus.PUBLISHED,
    }
    return ActionPlanTemplate(**(settings | changes))


def a_follow_up_rule(**changes: Unpack[FollowUpRuleChanges]) -> FollowUpRule:
    """A rule on NOT_MET.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import a_follow_up_rule
        >>> a_follow_up_rule(streak=2).on.value
        'not met'
    """
    settings: FollowUpRuleChanges = {
        "key": "unhappy",
        "action": "Ask the branch manager to call",
        "on": Outcome.NOT_MET,
    }
    return FollowUpRule(**(settings | changes))


# ---------------------------------------------------------------------------------- visit and plan


def a_visit(**changes: Unpack[VisitChanges]) -> Visit:
    """A visit of one rep to a store in Berlin, planned on a Thursday from nine to eleven.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import a_visit
        >>> from partnervisits.visits import VisitStatus
        >>> a_visit(id="V-2", status=VisitStatus.CANCELLED).reason
        'they were closed'
    """
    settings: VisitChanges = {
        "id": "V-1",
        "partner_id": "acme",
        "visitors": [Visitor("rep-7")],
        "place": Place("dc-9", kind="store", timezone="Europe/Berlin"),
    }
    match changes.get("status"):
        case VisitStatus.UNSCHEDULED:
            return Visit(**(settings | changes))
        case VisitStatus.IN_PROGRESS:
            settings["actual"] = Period(_START)
        case VisitStatus.COMPLETED:
            settings["actual"] = Period(_START, _END)
        case VisitStatus.ABANDONED:
            settings["actual"], settings["reason"] = Period(_START, _END), _REASON
        case VisitStatus.CANCELLED | VisitStatus.MISSED:
            settings["reason"] = _REASON
        case _:
            pass
    settings["planned"] = Period(_START, _END)
    return Visit(**(settings | changes))


def a_subject(**changes: Unpack[SubjectChanges]) -> Subject:
    """The facts of the visit that its plan carries.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import a_subject
        >>> a_subject(visit_id="V-2").partner_id
        'acme'
    """
    settings: SubjectChanges = {
        "visit_id": "V-1",
        "partner_id": "acme",
        "place_id": "dc-9",
        "timezone": "Europe/Berlin",
        "rep_id": "rep-7",
        "on": _THURSDAY,
    }
    return Subject(**(settings | changes))


def a_kpi(**changes: Unpack[KpiChanges]) -> Kpi:
    """The indicator, asked about the partner, with the template's target; without if no number.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import a_kpi
        >>> a_kpi().id
        'V-1/quarterly/survey/partner/acme/satisfaction'
    """
    measured = changes.get("indicator", an_indicator())
    settings: KpiChanges = {"task_id": _TASK_ID, "context": _PARTNER, "indicator": measured}
    if measured.value_type.is_number:
        settings["target"] = ResolvedTarget(at_least(85))
    return Kpi(**(settings | changes))


def a_planned_task(**changes: Unpack[PlannedTaskChanges]) -> PlannedTask:
    """The survey on the day of the visit, not started, with one KPI for each context.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import a_planned_task
        >>> a_planned_task(id="V-2/quarterly/survey").kpis[0].id
        'V-2/quarterly/survey/partner/acme/satisfaction'
    """
    task_id = changes.get("id", _TASK_ID)
    contexts = tuple(changes.get("contexts", [_PARTNER]))
    settings: PlannedTaskChanges = {
        "id": task_id,
        "item_key": "survey",
        "task_key": "survey",
        "name": "Conduct the partner survey",
        "binding": Binding.MUST,
        "assignee_id": "rep-7",
        "kpis": [a_kpi(task_id=task_id, context=each) for each in contexts],
    }
    trail = changes.get("trail", _TRAIL)
    settings["due"] = trail.planned if trail else _THURSDAY
    if changes.get("due", _THURSDAY) == _THURSDAY:
        settings["trail"] = trail
    return PlannedTask(**(settings | changes | {"contexts": contexts}))


_TRAIL = Trail(Anchor.VISIT_START, _THURSDAY, None, _THURSDAY, (), None, _THURSDAY)


def a_plan(**changes: Unpack[PlanChanges]) -> ActionPlan:
    """What the template gives for the visit; of another subject or key, its ids follow.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import a_plan, a_subject
        >>> a_plan(subject=a_subject(visit_id="V-2")).tasks[0].id
        'V-2/quarterly/survey'
    """
    subject, key = changes.get("subject", a_subject()), changes.get("key", "quarterly")
    task_id = f"{escaped(subject.visit_id)}/{escaped(key)}/survey"
    settings: PlanChanges = {
        "subject": subject,
        "key": key,
        "version": 1,
        "tasks": [a_planned_task(id=task_id)],
    }
    return ActionPlan(**(settings | changes))


# ----------------------------------------------------------------------- captured, and followed up


def a_reading(**changes: Unpack[ReadingChanges]) -> Reading:
    """81 % for the plan's KPI, captured at the start of the visit; its id follows from the rest.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import a_reading
        >>> a_reading(by="ines").id
        'V-1/quarterly/survey/partner/acme/satisfaction/2026-03-12T08:00:00+00:00/2026-03-12T08:00:00+00:00/ines'
    """
    kpi_id, by = changes.get("kpi_id", _KPI_ID), changes.get("by", "rep-7")
    at = changes.get("at", _START)
    recorded_at = changes.get("recorded_at", at)
    settings: ReadingChanges = {
        "id": f"{kpi_id}/{at.isoformat()}/{recorded_at.isoformat()}/{escaped(by)}",
        "kpi_id": kpi_id,
        "value": Decimal(81),
        "at": at,
        "recorded_at": recorded_at,
        "by": by,
    }
    return Reading(**(settings | changes))


def an_override(**changes: Unpack[OverrideChanges]) -> Override:
    """A manager's verdict on the plan's KPI: MET.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.testing import an_override
        >>> an_override(by="lea").outcome.value
        'met'
    """
    settings: OverrideChanges = {
        "kpi_id": _KPI_ID,
        "outcome": Outcome.MET,
        "by": "kim",
        "at": _END,
        "reason": "the photo of the form shows 88",
    }
    return Override(**(settings | changes))


def a_follow_up(**changes: Unpack[FollowUpChanges]) -> FollowUp:
    """An open follow-up that the rule opened on the reading; of another status, it has ended.

    Args:
        changes: Fields that are to be otherwise.

    Example:
        >>> from partnervisits.followups import FollowUpStatus
        >>> from partnervisits.testing import a_follow_up
        >>> a_follow_up(status=FollowUpStatus.DISMISSED).ended_by
        'kim'
    """
    settings: FollowUpChanges = {
        "rule_key": "unhappy",
        "action": "Ask the branch manager to call",
        "on": Outcome.NOT_MET,
        "visit_id": "V-1",
        "partner_id": "acme",
        "task_key": "survey",
        "indicator": "satisfaction",
        "context": _PARTNER,
        "kpi_id": _KPI_ID,
        "because": "expected at least 85 %; found 81 %",
        "target": ResolvedTarget(at_least(85)),
        "opened_on": _THURSDAY,
        "opened_at": _START,
    }
    status = changes.get("status", FollowUpStatus.OPEN)
    if status is not FollowUpStatus.OPEN:
        settings |= {"reason": "they called", "ended_by": "kim", "ended_at": _END}
    if status is FollowUpStatus.CLOSED:
        settings["proof_id"] = an_override().id
    return FollowUp(**(settings | changes))
