"""The built-in example: the quarterly visit to a distributor, from definition to follow-up.

A bicycle maker's rep visits a distributor in Hamburg: a survey, a review of last quarter's
finances, the pitch of a new product, the renewal of an agreement. `python -m partnervisits` prints
it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from partnervisits.books import Book
from partnervisits.calendars import Roll, WorkCalendar, YearlyHoliday, months, working_days
from partnervisits.catalog import Catalog
from partnervisits.comparison import Outcome
from partnervisits.contexts import Context, Facts
from partnervisits.criteria import (
    at_least,
    at_most,
    between,
    contains,
    equals,
    none_of,
)
from partnervisits.followups import FollowUpRule, Level
from partnervisits.indicators import Direction, Indicator
from partnervisits.plans import ActionPlan
from partnervisits.proposals import Given, expand
from partnervisits.readings import Reading, capture, correct
from partnervisits.targets import Scope, Target, within, within_percent
from partnervisits.tasks import TaskDefinition, TaskIndicator
from partnervisits.templates import ActionPlanTemplate, Binding, TemplateItem
from partnervisits.values import Absence, Period, ValueType
from partnervisits.visits import Place, Visit, Visitor

__all__ = ["book", "catalog", "given", "perform", "readings", "rules", "template", "visit"]

_NINE = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
_TEN = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
_NOON = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)


def _indicators() -> list[Indicator]:
    return [
        Indicator(
            "satisfaction",
            "Partner satisfaction",
            value_type=ValueType.PERCENTAGE,
            direction=Direction.HIGHER_IS_BETTER,
            limits=between(0, 100),
        ),
        Indicator(
            "complaints",
            "Open complaints",
            value_type=ValueType.NUMBER,
            direction=Direction.LOWER_IS_BETTER,
            limits=at_least(0),
        ),
        Indicator("wishes", "What they wish for", value_type=ValueType.TEXT),
        Indicator(
            "revenue",
            "Quarterly revenue",
            value_type=ValueType.DECIMAL,
            unit="USD",
            direction=Direction.HIGHER_IS_BETTER,
        ),
        Indicator(
            "stock-days",
            "Days of stock",
            value_type=ValueType.DECIMAL,
            unit="days",
            direction=Direction.CLOSER_IS_BETTER,
        ),
        Indicator(
            "payment",
            "Payment behaviour",
            value_type=ValueType.CHOICE,
            choices={"early": "early", "on-time": "on time", "late": "late"},
        ),
        Indicator("demo", "Demo bike on show", value_type=ValueType.BOOLEAN),
        Indicator(
            "services",
            "Services offered",
            value_type=ValueType.MULTI_CHOICE,
            choices={"repair": "repair", "rental": "rental", "rides": "test rides"},
        ),
        Indicator(
            "signed",
            "Renewal signed",
            value_type=ValueType.DATETIME,
            direction=Direction.LOWER_IS_BETTER,
        ),
        Indicator(
            "discount",
            "Discount asked for",
            value_type=ValueType.PERCENTAGE,
            direction=Direction.LOWER_IS_BETTER,
        ),
    ]


def _tasks() -> list[TaskDefinition]:
    return [
        TaskDefinition(
            "survey",
            "Conduct the partner survey",
            indicators=["satisfaction", "complaints", "wishes"],
            targets=[Target("complaints", at_most(5), worst=20)],
        ),
        TaskDefinition(
            "review",
            "Review last quarter's finances",
            indicators=["revenue", "stock-days", "payment"],
            targets=[Target("payment", none_of(["late"]))],
        ),
        TaskDefinition("pitch", "Pitch the new e-bike", indicators=["demo", "services"]),
        TaskDefinition(
            "renewal",
            "Renew the sales agreement",
            indicators=["signed", TaskIndicator("discount", context_kind="sales-agreement")],
        ),
    ]


def template() -> ActionPlanTemplate:
    """The published template of a quarterly distributor visit."""
    return ActionPlanTemplate(
        "quarterly",
        "Quarterly distributor visit",
        items=[
            TemplateItem(
                "survey",
                task="survey",
                binding=Binding.MUST,
                targets=[Target("satisfaction", at_least(85), near=within(5), worst=60)],
            ),
            TemplateItem(
                "review",
                task="review",
                binding=Binding.MUST_UNLESS_DOCUMENTED,
                targets=[
                    Target("revenue", at_least(250_000), near=within_percent(10), worst=100_000),
                    Target("stock-days", between(20, 30), worst=(10, 40)),
                ],
            ),
            TemplateItem(
                "pitch",
                task="pitch",
                after=["survey"],
                due=working_days(2),
                context_kinds=["product"],
                targets=[
                    Target("demo", equals(True)),  # noqa: FBT003 -- the expected answer
                    Target("services", contains(["repair", "rides"])),
                ],
            ),
            TemplateItem(
                "renewal",
                task="renewal",
                after=["review"],
                due=months(1, roll=Roll.PRECEDING),
                context_kinds=["sales-agreement"],
                role="key-account-manager",
                targets=[
                    Target("signed", at_most(months(1))),
                    Target("discount", at_most(Decimal("2.5"))),
                ],
            ),
        ],
    ).publish()


def catalog() -> Catalog:
    """The definitions that the template refers to."""
    return Catalog(indicators=_indicators(), tasks=_tasks(), templates=[template()])


def visit() -> Visit:
    """A Thursday morning in Hamburg."""
    return Visit(
        id="V-2026-031",
        partner_id="nordrad",
        visitors=[Visitor("ines", primary=True), Visitor("tom")],
        planned=Period(_NINE, _NOON),
        place=Place("hamburg-2", kind="distribution-centre", timezone="Europe/Berlin"),
    )


def given() -> Given:
    """What the host knows: calendars, contexts, facts, roles, and a target for large partners."""
    return Given(
        calendar=WorkCalendar(holidays=[date(2026, 4, 3), date(2026, 4, 6), YearlyHoliday(5, 1)]),
        contexts=[Context("product", "e-bike-7"), Context("sales-agreement", "A-118")],
        facts=Facts(partner={"segment": "large", "region": "north"}),
        roles={"key-account-manager": "karl"},
        targets=[
            Target(
                "revenue",
                at_least(300_000),
                near=within_percent(10),
                worst=100_000,
                scope=Scope(segment="large"),
            ),
        ],
    )


def perform(plan: ActionPlan) -> ActionPlan:
    """The plan after the visit: survey and review done, the pitch begun, the renewal still to come.

    Args:
        plan: As accepted.
    """
    return (
        plan.start("survey", at=_NINE)
        .complete("survey", at=_TEN)
        .complete("review", at=_NOON)
        .start("pitch", at=_NOON)
    )


def readings(plan: ActionPlan) -> tuple[Reading, ...]:
    """What the rep found, one figure corrected the same morning.

    Args:
        plan: Whose KPIs were captured.
    """
    misread = capture(plan.kpi("survey", "satisfaction"), "87", at=_NINE, by="ines")
    found = [
        ("survey", "complaints", 8),
        ("survey", "wishes", "Shorter delivery times before Easter"),
        ("review", "revenue", "281500.50"),
        ("review", "stock-days", 24),
        ("review", "payment", Absence.DECLINED),
        ("pitch", "demo", True),
        ("pitch", "services", ["repair"]),
    ]
    corrected = correct(
        misread,
        plan.kpi("survey", "satisfaction"),
        "78",
        at=_NOON,
        by="ines",
        note="misread the form",
    )
    captured = [
        capture(plan.kpi(item, indicator), value, at=_TEN, by="ines")
        for item, indicator, value in found
    ]
    return (misread, corrected, *captured)


def rules() -> tuple[FollowUpRule, ...]:
    """What the manager wants to happen."""
    return (
        FollowUpRule(
            "fell-short",
            "Agree on a remedy",
            on=Outcome.NOT_MET,
            owner_role="area-manager",
            due=working_days(10),
            severity=Level.HIGH,
        ),
        FollowUpRule(
            "ask-again",
            "Ask again by telephone",
            on=Outcome.NO_DATA,
            owner_role="inside-sales",
            due=working_days(3),
        ),
    )


def book() -> Book:
    """All of it in one document, as it stands after the visit."""
    planned = visit()
    proposal = expand(template(), planned, catalog=catalog(), given=given())
    plan = perform(proposal.accept())
    return Book(
        catalog=catalog(),
        visits=[planned],
        givens={planned.id: given()},
        plans=[plan],
        readings=readings(plan),
        rules=rules(),
    )


def __dir__() -> list[str]:
    return sorted(__all__)
