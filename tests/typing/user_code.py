"""What users write, as mypy and pyright see it: the story with the type of each result.

It is checked, and it runs as a test too: what type-checks has to work.
"""

# pyright: reportUnusedCallResult=false

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, assert_type

import attrs

import partnervisits as pv
from partnervisits.calendars import FactDate, ItemDate
from partnervisits.comparison import Comparison, Explanation, Favourability, Outcome
from partnervisits.conditions import all_of, is_set, when
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
from partnervisits.followups import FollowUp, FollowUpReview, FollowUpRule
from partnervisits.plans import Kpi, PlannedTask
from partnervisits.scorecards import Counts, GroupKey, Scorecard, by_fact, by_rep
from partnervisits.targets import Candidate, ResolvedTarget, Within, WithinPercent
from partnervisits.templates import Group, Prerequisite, Selection
from partnervisits.values import Absence, Value

NINE = datetime(2026, 3, 12, 8, tzinfo=UTC)
ELEVEN = NINE + timedelta(hours=2)


def criteria() -> None:
    assert_type(pv.at_least("85"), AtLeast)
    assert_type(pv.at_most(date(2026, 3, 31)), AtMost)
    assert_type(pv.between(20, Decimal(30)), Between)
    assert_type(pv.outside(pv.days(1), pv.working_days(2)), Outside)
    assert_type(pv.equals(True), Equals)
    assert_type(pv.equals(100, tolerance="5"), Equals)
    assert_type(pv.equals(NINE, tolerance=timedelta(hours=1)), Equals)
    assert_type(pv.equals({"a", "b"}), Equals)
    assert_type(pv.one_of(["4+", "1-3"]), OneOf)
    assert_type(pv.none_of(("late",)), NoneOf)
    assert_type(pv.contains({"repair"}), Contains)
    assert_type(pv.within(timedelta(days=1)), Within)
    assert_type(pv.within_percent("2.5"), WithinPercent)


def definitions() -> tuple[pv.ActionPlanTemplate, pv.Catalog]:
    satisfaction = pv.Indicator(
        "satisfaction",
        "Partner satisfaction",
        value_type=pv.ValueType.PERCENTAGE,
        direction=pv.Direction.HIGHER_IS_BETTER,
        limits=pv.between(0, 100),
    )
    shelf_share = pv.Indicator(
        "shelf-share",
        "Shelf share",
        value_type=pv.ValueType.PERCENTAGE,
        direction=pv.Direction.HIGHER_IS_BETTER,
    )
    payment = pv.Indicator(
        "payment",
        "Payment behaviour",
        value_type=pv.ValueType.CHOICE,
        choices={"on-time": "on time", "late": "late"},
    )
    survey = pv.TaskDefinition(
        "survey", "Conduct the partner survey", indicators=["satisfaction", "payment"]
    )
    pitch = pv.TaskDefinition("pitch", "Pitch the new product", indicators=["shelf-share"])
    draft = pv.ActionPlanTemplate(
        "quarterly",
        "Quarterly distributor visit",
        items=[
            pv.TemplateItem(
                "survey",
                task="survey",
                binding=pv.Binding.MUST,
                targets=[
                    pv.Target("satisfaction", pv.at_least("85"), near=pv.within("5"), worst="50"),
                    pv.Target("payment", "on-time", weight="0.5"),
                ],
            ),
            pv.TemplateItem(
                "pitch",
                task="pitch",
                after=["survey"],
                due=pv.working_days(2),
                context_kinds=["product"],
                targets=[pv.Target("shelf-share", 20)],
            ),
            pv.TemplateItem(
                "renew",
                task="pitch",
                after=["survey", Prerequisite("pitch", least=pv.days(1), most=pv.weeks(1))],
                due=pv.days(-30, anchor=FactDate("renewal")),
                condition=all_of([is_set("renewal"), when("segment", pv.equals("large"))]),
                group=Group("renew", Selection.FIRST),
                contexts=[pv.Context("product", "X-200")],
                indicators=["shelf-share"],
            ),
            pv.TemplateItem(
                "recall",
                task="pitch",
                after=("survey",),
                due=pv.working_days(2, anchor=ItemDate("survey")),
                group=Group("renew", Selection.FIRST),
            ),
        ],
    )
    quarterly = assert_type(draft.publish(), pv.ActionPlanTemplate)
    catalog = pv.Catalog(
        indicators=[satisfaction, shelf_share, payment],
        tasks=[survey, pitch],
        templates=[quarterly],
        targets=[pv.Target("shelf-share", pv.at_least(15))],
    )
    return quarterly, catalog


def visit() -> pv.Visit:
    return pv.Visit(
        id="V-1",
        partner_id="acme",
        visitors=[pv.Visitor("rep-7")],
        planned=pv.Period(NINE, ELEVEN),
        place=pv.Place("dc-9", kind="distribution-centre", timezone="Europe/Berlin"),
    )


def given() -> pv.Given:
    return pv.Given(
        calendar=pv.WorkCalendar(holidays=[date(2026, 4, 3)]),
        contexts=[pv.Context("product", "X-100")],
        facts=pv.Facts(partner={"segment": "large", "founded": date(1999, 1, 1)}),
        targets=[
            pv.Target("shelf-share", pv.at_least(25), scope=pv.Scope(segment="large")),
            pv.Target(
                "shelf-share",
                pv.at_least(30),
                scope=pv.Scope(partner="acme", context=pv.Context("product", "X-100")),
            ),
        ],
    )


def planning() -> pv.ActionPlan:
    quarterly, catalog = definitions()
    proposal = assert_type(
        pv.expand(quarterly, visit(), catalog=catalog, given=given()), pv.Proposal
    )
    assert_type(proposal.findings, tuple[pv.Finding, ...])
    assert_type(proposal.plan, pv.ActionPlan | None)
    assert_type(
        pv.expand_each(quarterly, [(visit(), given())], catalog=catalog), Iterator[pv.Proposal]
    )
    plan = assert_type(proposal.accept(), pv.ActionPlan)
    task = assert_type(plan.task("pitch"), PlannedTask)
    assert_type(task.due, date | None)
    assert_type(plan.kpi("survey", "satisfaction"), Kpi)
    target = assert_type(plan.kpi("pitch", "shelf-share").target, ResolvedTarget | None)
    if target is not None:
        assert_type(target.scope, pv.Scope | None)
        assert_type(target.shadowed, tuple[Candidate, ...])
    return plan


def performing(plan: pv.ActionPlan) -> list[pv.Reading]:
    kpi = plan.kpi("survey", "satisfaction")
    misread = assert_type(pv.capture(kpi, "81", at=NINE, by="rep-7"), pv.Reading)
    corrected = assert_type(
        pv.correct(misread, kpi, "79", at=ELEVEN, by="rep-7", note="misread the form"), pv.Reading
    )
    absent = pv.capture(plan.kpi("survey", "payment"), pv.Absence.DECLINED, at=NINE, by="rep-7")
    assert_type(absent.value, Value | Absence)
    readings = [misread, corrected, absent]
    assert_type(pv.as_known_at(readings, NINE), tuple[pv.Reading, ...])
    done = plan.start("survey", at=NINE).complete(
        "survey", at=ELEVEN, captured={reading.kpi_id for reading in readings}
    )
    assert_type(pv.complete(visit().start(at=NINE), [done], at=ELEVEN), pv.Visit)
    return readings


def comparing(plan: pv.ActionPlan, readings: list[pv.Reading]) -> Scorecard:
    card = assert_type(pv.compare(plan, readings, as_of=date(2026, 3, 12)), pv.Scorecard)
    found = assert_type(card["survey", "satisfaction"], Comparison)
    assert_type(card["pitch", "shelf-share", pv.Context("product", "X-100")], Comparison)
    assert_type(found.outcome, Outcome)
    assert_type(found.variance, Decimal | timedelta | None)
    assert_type(found.relative_variance, Decimal | None)
    assert_type(found.attainment, Decimal | None)
    assert_type(found.score, Decimal | None)
    assert_type(found.favourability, Favourability | None)
    assert_type(found.explain(), Explanation)
    assert_type(card.counts, Counts)
    assert_type(card.coverage, Decimal | None)
    assert_type(card.score, Decimal | None)
    return card


def rolling_up(card: Scorecard) -> None:
    groups = assert_type(
        pv.rollup(card.comparisons, by=by_rep, method=pv.Method.WORST), tuple[Scorecard, ...]
    )
    assert_type(groups[0].group, GroupKey)
    assert_type(pv.rollup(card.comparisons, by=by_fact("founded")), tuple[Scorecard, ...])
    _ = pv.rollup(card.comparisons, by=lambda each: (each.subject.rep_id, each.subject.on))


def following_up(card: Scorecard) -> None:
    rules = [
        pv.FollowUpRule("unhappy", "Ask the branch manager to call", on=pv.Outcome.NOT_MET),
        FollowUpRule("silent", "Ask again", on=pv.Outcome.NO_DATA),
    ]
    review = assert_type(pv.follow_up(card, rules), FollowUpReview)
    assert_type(review.opened, tuple[FollowUp, ...])
    assert_type(review.opened[0].id, str)


def what_changes_and_what_is_refused() -> None:
    assert_type(attrs.evolve(visit(), priority=visit().priority), pv.Visit)
    raw: Any = 0.85
    try:
        _ = pv.Target("satisfaction", pv.at_least(raw))
    except pv.PartnerVisitsError as refused:
        assert_type(refused.code, str)


def story() -> FollowUpReview:
    """The whole loop."""
    criteria()
    plan = planning()
    card = comparing(plan, performing(plan))
    rolling_up(card)
    following_up(card)
    what_changes_and_what_is_refused()
    return pv.follow_up(card, [])
