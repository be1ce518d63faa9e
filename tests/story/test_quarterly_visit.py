"""The quarterly visit of a distributor, from definition to follow-up, with root names alone."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

import partnervisits as pv

NINE = datetime(2026, 3, 12, 9, tzinfo=ZoneInfo("Europe/Berlin"))
ELEVEN = datetime(2026, 3, 12, 11, tzinfo=ZoneInfo("Europe/Berlin"))
EIGHT_UTC = datetime(2026, 3, 12, 8, tzinfo=UTC)
TEN_UTC = datetime(2026, 3, 12, 10, tzinfo=UTC)

ACME = pv.Context("partner", "acme")
X100 = pv.Context("product", "X-100")

# define

SATISFACTION = pv.Indicator(
    "satisfaction",
    "Partner satisfaction",
    value_type=pv.ValueType.PERCENTAGE,
    direction=pv.Direction.HIGHER_IS_BETTER,
)
SHELF_SHARE = pv.Indicator(
    "shelf-share",
    "Shelf share",
    value_type=pv.ValueType.PERCENTAGE,
    direction=pv.Direction.HIGHER_IS_BETTER,
)
SURVEY = pv.TaskDefinition("survey", "Conduct the partner survey", indicators=["satisfaction"])
PITCH = pv.TaskDefinition("pitch", "Pitch the new product", indicators=["shelf-share"])
QUARTERLY = pv.ActionPlanTemplate(
    "quarterly",
    "Quarterly distributor visit",
    items=[
        pv.TemplateItem(
            "survey",
            task="survey",
            binding=pv.Binding.MUST,
            targets=[pv.Target("satisfaction", pv.at_least("85"), near=pv.within("5"), worst="50")],
        ),
        pv.TemplateItem(
            "pitch",
            task="pitch",
            after=["survey"],
            due=pv.working_days(2),
            context_kinds=["product"],
            targets=[pv.Target("shelf-share", pv.at_least(20))],
        ),
    ],
).publish()
CATALOG = pv.Catalog(
    indicators=[SATISFACTION, SHELF_SHARE], tasks=[SURVEY, PITCH], templates=[QUARTERLY]
)

# schedule

VISIT = pv.Visit(
    id="V-1",
    partner_id="acme",
    visitors=[pv.Visitor("rep-7")],
    planned=pv.Period(NINE, ELEVEN),
    place=pv.Place("dc-9", kind="distribution-centre", timezone="Europe/Berlin"),
)
GIVEN = pv.Given(calendar=pv.WorkCalendar(holidays=[date(2026, 4, 3)]), contexts=[X100])

RULES = [
    pv.FollowUpRule("unhappy", "Ask the branch manager to call", on=pv.Outcome.NOT_MET),
    pv.FollowUpRule("unknown", "Ask again by telephone", on=pv.Outcome.NO_DATA),
]


@pytest.fixture
def plan() -> pv.ActionPlan:
    return pv.expand(QUARTERLY, VISIT, catalog=CATALOG, given=GIVEN).accept()


@pytest.fixture
def misread(plan: pv.ActionPlan) -> pv.Reading:
    return pv.capture(plan.kpi("survey", "satisfaction"), "81", at=NINE, by="rep-7")


@pytest.fixture
def corrected(plan: pv.ActionPlan, misread: pv.Reading) -> pv.Reading:
    kpi = plan.kpi("survey", "satisfaction")
    return pv.correct(misread, kpi, "79", at=ELEVEN, by="rep-7", note="misread the form")


@pytest.fixture
def card(plan: pv.ActionPlan, misread: pv.Reading, corrected: pv.Reading) -> pv.Scorecard:
    return pv.compare(plan, [misread, corrected])


def test_the_proposal_has_a_plan_and_nothing_to_complain_about() -> None:
    """S 6.1."""
    proposal = pv.expand(QUARTERLY, VISIT, catalog=CATALOG, given=GIVEN)
    assert (proposal.visit_id, proposal.findings, proposal.is_blocked) == ("V-1", (), False)
    assert proposal.plan == proposal.accept()


def test_a_visit_without_the_product_has_a_plan_without_the_pitch() -> None:
    """S 6.5."""
    proposal = pv.expand(QUARTERLY, VISIT, catalog=CATALOG)
    assert [finding.code for finding in proposal.findings] == ["context.none"]
    assert [task.item_key for task in proposal.accept().tasks] == ["survey"]


def test_the_plan_keeps_the_facts_of_the_visit(plan: pv.ActionPlan) -> None:
    """S 6.6."""
    subject = plan.subject
    assert (subject.visit_id, subject.partner_id, subject.rep_id) == ("V-1", "acme", "rep-7")
    assert (subject.place_id, subject.timezone) == ("dc-9", "Europe/Berlin")
    assert (subject.on, subject.segment) == (date(2026, 3, 12), None)


def test_the_survey_is_due_on_the_day_of_the_visit(plan: pv.ActionPlan) -> None:
    """S 4.7."""
    survey = plan.task("survey")
    assert (survey.due, survey.assignee_id) == (date(2026, 3, 12), "rep-7")
    assert (survey.binding, survey.contexts) == (pv.Binding.MUST, (ACME,))
    assert survey.name == "Conduct the partner survey"


def test_the_pitch_is_due_two_working_days_after_a_thursday(plan: pv.ActionPlan) -> None:
    """S 4.3, S 4.6."""
    pitch = plan.task("pitch")
    assert (pitch.due, pitch.assignee_id) == (date(2026, 3, 16), "rep-7")
    assert (pitch.binding, pitch.contexts, pitch.after) == (pv.Binding.COULD, (X100,), ("survey",))
    assert pitch.trail is not None
    assert (pitch.trail.offset, pitch.trail.raw) == (pv.working_days(2), date(2026, 3, 16))
    assert (pitch.trail.rolls, pitch.trail.bound_by) == ((), None)


def test_ids_are_names_made_of_what_they_come_from(plan: pv.ActionPlan) -> None:
    """S 6.3."""
    assert plan.id == "V-1/quarterly"
    assert [task.id for task in plan.tasks] == ["V-1/quarterly/survey", "V-1/quarterly/pitch"]
    assert [kpi.id for kpi in plan.kpis] == [
        "V-1/quarterly/survey/partner/acme/satisfaction",
        "V-1/quarterly/pitch/product/X-100/shelf-share",
    ]


def test_a_kpi_carries_its_indicator_and_its_target(plan: pv.ActionPlan) -> None:
    """S 2.7."""
    kpi = plan.kpi("survey", "satisfaction")
    assert kpi.indicator is SATISFACTION
    assert kpi.target is not None
    assert kpi.target.criterion == pv.at_least(85)
    assert (kpi.target.near, kpi.target.worst) == (Decimal(5), (Decimal(50),))
    assert (kpi.target.weight, kpi.target.source.value) == (Decimal(1), "template item")


def test_a_reading_says_what_was_found_when_and_by_whom(misread: pv.Reading) -> None:
    """S 7.2."""
    assert misread.kpi_id == "V-1/quarterly/survey/partner/acme/satisfaction"
    assert (misread.value, misread.by, misread.note) == (Decimal(81), "rep-7", "")
    assert (misread.at, misread.recorded_at) == (EIGHT_UTC, EIGHT_UTC)
    assert (misread.flags, misread.supersedes) == ((), None)


def test_a_correction_supersedes_the_reading_and_keeps_its_effective_instant(
    misread: pv.Reading, corrected: pv.Reading
) -> None:
    """S 7.2."""
    assert (corrected.value, corrected.note) == (Decimal(79), "misread the form")
    assert (corrected.at, corrected.recorded_at) == (EIGHT_UTC, TEN_UTC)
    assert (corrected.supersedes, corrected.flags) == (misread.id, ())
    assert corrected.id != misread.id


def test_satisfaction_of_79_falls_six_points_short_of_85(card: pv.Scorecard) -> None:
    """S 8.1, S 8.3, S 8.4, S 8.5, S 8.6."""
    verdict = card["survey", "satisfaction"]
    assert (verdict.outcome, verdict.actual) == (pv.Outcome.NOT_MET, Decimal(79))
    assert (verdict.variance, verdict.relative_variance) == (Decimal(-6), None)
    assert verdict.favourability is not None
    assert verdict.favourability.value == "unfavourable"
    assert verdict.attainment == Decimal("0.9294117647058823529411764706")
    assert verdict.score == Decimal("0.8285714285714285714285714286")


def test_the_verdict_explains_itself(card: pv.Scorecard) -> None:
    """S 8.8."""
    why = card["survey", "satisfaction"].explain()
    assert (why.rule, why.operands, why.bound) == ("S 8.1", (Decimal(85),), Decimal(85))
    assert why.source == "template item"
    for part in ("Partner satisfaction", "at least 85 %", "79 %", "6 points"):
        assert part in why.sentence


def test_before_the_correction_the_satisfaction_was_near(
    plan: pv.ActionPlan, misread: pv.Reading, corrected: pv.Reading
) -> None:
    """S 7.2, S 7.4, S 8.1."""
    known = pv.as_known_at([corrected, misread], NINE)
    assert known == (misread,)
    verdict = pv.compare(plan, known)["survey", "satisfaction"]
    assert (verdict.outcome, verdict.variance) == (pv.Outcome.NEAR, Decimal(-4))


def test_a_pitch_that_was_not_made_is_not_asked_for(card: pv.Scorecard) -> None:
    """S 8.2."""
    verdict = card["pitch", "shelf-share"]
    assert (verdict.outcome, verdict.actual) == (pv.Outcome.NOT_APPLICABLE, None)
    assert (verdict.variance, verdict.score) == (None, None)


@pytest.mark.parametrize(
    ("today", "outcome"),
    [
        (date(2026, 3, 16), pv.Outcome.NOT_DUE),
        (date(2026, 3, 17), pv.Outcome.NOT_APPLICABLE),
    ],
)
def test_until_its_day_is_over_the_pitch_is_not_due(
    today: date, outcome: pv.Outcome, plan: pv.ActionPlan
) -> None:
    """S 8.2."""
    card = pv.compare(plan, [], visit=VISIT, as_of=today)
    assert card["pitch", "shelf-share"].outcome is outcome


def test_the_scorecard_shows_its_score_with_coverage_and_counts(card: pv.Scorecard) -> None:
    """S 9.2."""
    assert (card.score, card.coverage) == (Decimal("0.8285714285714285714285714286"), Decimal(1))
    assert (card.method, card.counts.asked, card.counts.measured) == (pv.Method.MEAN, 1, 1)
    assert (card.counts.not_met, card.counts.not_applicable) == (1, 1)
    assert (card.counts.met, card.counts.near, card.counts.no_data) == (0, 0, 0)


def test_the_one_group_of_a_roll_up_is_the_whole(card: pv.Scorecard) -> None:
    """S 9.1."""
    (group,) = pv.rollup(
        card.comparisons, by=lambda each: each.subject.rep_id, method=pv.Method.SHARE_MET
    )
    assert (group.group, group.score, group.counts) == ("rep-7", Decimal(0), card.counts)


def test_whoever_is_unhappy_gets_one_follow_up(card: pv.Scorecard) -> None:
    """S 9.5."""
    (opened,) = pv.follow_up(card, RULES).opened
    assert opened.id == "unhappy/V-1/satisfaction/partner/acme"
    assert (opened.rule_key, opened.action) == ("unhappy", "Ask the branch manager to call")
    assert (opened.visit_id, opened.partner_id) == ("V-1", "acme")
    assert (opened.indicator, opened.context) == ("satisfaction", ACME)
    assert opened.kpi_id == "V-1/quarterly/survey/partner/acme/satisfaction"
    assert opened.because == card["survey", "satisfaction"].explain().sentence


def test_the_visit_is_completed_once_the_survey_is(plan: pv.ActionPlan) -> None:
    """S 5.1, S 7.1, S 7.3: the pitch is due later and stays open."""
    visit = VISIT.start(at=NINE)
    with pytest.raises(pv.PartnerVisitsError, match="survey"):
        _ = pv.complete(visit, [plan], at=ELEVEN)
    done = plan.complete("survey", at=ELEVEN)
    completed = pv.complete(visit, [done], at=ELEVEN)
    assert (completed.status.name, completed.actual) == ("COMPLETED", pv.Period(NINE, ELEVEN))
    assert done.task("pitch").status.name == "NOT_STARTED"


def test_planning_and_judging_twice_gives_equal_values(
    plan: pv.ActionPlan, corrected: pv.Reading
) -> None:
    """S 6.1: the same arguments give the same plan, and so the same verdicts."""
    again = pv.expand(QUARTERLY, VISIT, catalog=CATALOG, given=GIVEN).accept()
    assert again == plan
    assert pv.compare(again, [corrected]) == pv.compare(plan, [corrected])
