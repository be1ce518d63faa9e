"""What each rep of a real network sold, against the quotas and against the year before.

What is expected is worked out from the files with fractions, ifs and loops; nothing of the library
takes part in it, and nothing is approximate.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import NamedTuple

import pytest

import partnervisits as pv
from partnervisits.comparison import Comparison
from partnervisits.scorecards import GroupKey, Missing, by_fact, by_indicator, by_rep

# --------------------------------------------------------------------------------------- the files


class Rep(NamedTuple):
    """A rep as the files have it; None for what there is not."""

    id: str
    territory: str | None
    group: str | None
    sold: Decimal
    quota: Decimal | None
    last_year: Decimal | None


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def reps(data_folder: Path) -> list[Rep]:
    territories = {row["territory_id"]: row for row in rows_of(data_folder / "territories.csv")}
    quotas: dict[str, list[Decimal]] = defaultdict(list)
    for row in sorted(rows_of(data_folder / "quotas.csv"), key=lambda each: each["quota_date"]):
        quotas[row["rep_id"]].append(Decimal(row["sales_quota"]))
    return [
        rep_of(row, territories.get(row["territory_id"]), quotas[row["rep_id"]])
        for row in rows_of(data_folder / "reps.csv")
    ]


def rep_of(row: Mapping[str, str], territory: Mapping[str, str] | None, past: list[Decimal]) -> Rep:
    """An empty quota is none, whatever the past quotas; `.0000` of last year is none too."""
    return Rep(
        id=row["rep_id"],
        territory=territory["name"] if territory else None,
        group=territory["group"] if territory else None,
        sold=Decimal(row["sales_ytd"]),
        quota=sum(past[-4:], Decimal(0)) if row["sales_quota"] else None,
        last_year=Decimal(row["sales_last_year"]) or None,
    )


# -------------------------------------------------------------------------------------- the reviews

QUOTA, YEAR = "on-quota", "on-last-year"
QUESTIONS = (QUOTA, YEAR)


def sales(key: str, name: str) -> pv.Indicator:
    return pv.Indicator(
        key,
        name,
        value_type=pv.ValueType.DECIMAL,
        unit="USD",
        direction=pv.Direction.HIGHER_IS_BETTER,
    )


CATALOG = pv.Catalog(
    indicators=[sales(QUOTA, "Sales against quota"), sales(YEAR, "Sales against last year")],
    tasks=[pv.TaskDefinition("review", "Review the year", indicators=QUESTIONS)],
)
YEARLY = pv.ActionPlanTemplate(
    "yearly",
    "Yearly review",
    items=[pv.TemplateItem("review", task="review", binding=pv.Binding.MUST)],
).publish()
TEN = datetime(2025, 6, 2, 10, tzinfo=UTC)


def visit_of(rep: Rep) -> pv.Visit:
    """Of the rep's territory, which others may visit too; managers are seen at head office."""
    partner = rep.territory or "head office"
    return pv.Visit(
        id=f"review-{rep.id}",
        partner_id=partner,
        visitors=[pv.Visitor(rep.id)],
        place=pv.Place(partner, kind="territory", timezone="UTC"),
        planned=pv.Period(TEN, TEN + timedelta(hours=2)),
    )


def targets_of(rep: Rep) -> list[pv.Target]:
    """The quotas count twice, and half of them is the worst."""
    scope = pv.Scope(visit=f"review-{rep.id}")
    targets: list[pv.Target] = []
    if rep.quota is not None:
        targets.append(
            pv.Target(
                QUOTA,
                pv.at_least(rep.quota),
                near=pv.within_percent(15),
                worst=rep.quota / 2,
                weight=2,
                scope=scope,
            )
        )
    if rep.last_year is not None:
        targets.append(pv.Target(YEAR, pv.at_least(rep.last_year), scope=scope))
    return targets


class Review(NamedTuple):
    rep: Rep
    plan: pv.ActionPlan
    readings: list[pv.Reading]


@pytest.fixture(scope="module")
def proposals(reps: list[Rep]) -> list[pv.Proposal]:
    """Every visit is given the targets of all; their scopes say whose they are."""
    targets = [target for rep in reps for target in targets_of(rep)]
    pairs: list[tuple[pv.Visit, pv.Given]] = []
    for rep in reps:
        facts = pv.Facts(partner={} if rep.group is None else {"group": rep.group})
        pairs.append((visit_of(rep), pv.Given(facts=facts, targets=targets)))
    return list(pv.expand_each(YEARLY, pairs, catalog=CATALOG))


@pytest.fixture(scope="module")
def reviews(reps: list[Rep], proposals: list[pv.Proposal]) -> list[Review]:
    held: list[Review] = []
    for rep, proposal in zip(reps, proposals, strict=True):
        plan = proposal.accept()
        readings = [
            pv.capture(plan.kpi("review", question), rep.sold, at=TEN, by=rep.id)
            for question in QUESTIONS
        ]
        held.append(Review(rep, plan, readings))
    return held


def everyone(_: Rep) -> bool:
    return True


def odd_numbers(rep: Rep) -> bool:
    """Leaves out the Pacific whole, two of three in Europe and half of North America."""
    return int(rep.id) % 2 == 1


def comparisons_of(reviews: list[Review], has_reported: Callable[[Rep], bool]) -> list[Comparison]:
    return [
        comparison
        for review in reviews
        for comparison in pv.compare(
            review.plan, review.readings if has_reported(review.rep) else []
        ).comparisons
    ]


# --------------------------------------------------------------------------- what is expected again


class Verdict(NamedTuple):
    """All that a comparison says."""

    outcome: str
    favourability: str | None = None
    variance: Fraction | None = None
    relative_variance: Fraction | None = None
    attainment: Fraction | None = None
    score: Fraction | None = None


def in_28_digits(ratio: Fraction) -> Fraction:
    """Round half-even to 28 significant digits."""
    scale = Fraction(1)
    while ratio and abs(ratio) * scale < 10**27:
        scale *= 10
    return round(ratio * scale) / scale


def cut_after_28_places(ratio: Fraction) -> Fraction:
    return Fraction(floor(ratio * 10**28), 10**28)


def weight_of(question: str) -> int:
    return 2 if question == QUOTA else 1


def verdict_on(rep: Rep, question: str, *, has_reported: bool = True) -> Verdict:
    wanted = rep.quota if question == QUOTA else rep.last_year
    if wanted is None:
        return Verdict("NO_TARGET")
    if not has_reported:
        return Verdict("NO_DATA")
    actual, expected = Fraction(rep.sold), Fraction(wanted)
    variance = actual - expected
    figures = (variance, in_28_digits(variance / expected), in_28_digits(actual / expected))
    if actual > expected:
        return Verdict("MET", "FAVOURABLE", *figures, Fraction(1))
    if actual == expected:
        return Verdict("MET", "NEUTRAL", *figures, Fraction(1))
    if question == YEAR:
        return Verdict("NOT_MET", "UNFAVOURABLE", *figures, Fraction(0))
    short = expected - actual
    outcome = "NEAR" if short * 100 <= expected * 15 else "NOT_MET"
    score = 1 - in_28_digits(short / (expected / 2))
    return Verdict(outcome, "UNFAVOURABLE", *figures, max(score, Fraction(0)))


class Group(NamedTuple):
    """All that a scorecard of a group says; counts of zero are left out."""

    counts: dict[str, int]
    coverage: Fraction | None
    score: Fraction | None


Weighed = tuple[int, Verdict]


def expected_group(held: list[Weighed], method: str, missing: str) -> Group:
    counts = Counter(verdict.outcome for _, verdict in held)
    measured = counts["MET"] + counts["NEAR"] + counts["NOT_MET"]
    asked = measured + counts["NO_DATA"]
    coverage = in_28_digits(Fraction(measured, asked)) if asked else None
    if missing == "ZERO":
        failed = Verdict("NOT_MET", score=Fraction(0))
        held = [(weight, failed if it.outcome == "NO_DATA" else it) for weight, it in held]
    return Group({name: n for name, n in counts.items() if n}, coverage, SCORES[method](held))


def mean_score(held: list[Weighed]) -> Fraction | None:
    parts, weights = Fraction(0), 0
    for weight, verdict in held:
        if verdict.score is not None:
            parts += weight * verdict.score
            weights += weight
    return cut_after_28_places(parts / weights) if weights else None


def worst_score(held: list[Weighed]) -> Fraction | None:
    return min((each.score for _, each in held if each.score is not None), default=None)


def all_or_nothing(held: list[Weighed]) -> Fraction | None:
    outcomes = {verdict.outcome for _, verdict in held}
    if "NEAR" in outcomes or "NOT_MET" in outcomes:
        return Fraction(0)
    return Fraction(1) if "MET" in outcomes and "NO_DATA" not in outcomes else None


def share_met(held: list[Weighed]) -> Fraction | None:
    measured = [verdict.outcome for _, verdict in held if verdict.score is not None]
    if not measured:
        return None
    return in_28_digits(Fraction(measured.count("MET"), len(measured)))


SCORES: dict[str, Callable[[list[Weighed]], Fraction | None]] = {
    "MEAN": mean_score,
    "WORST": worst_score,
    "ALL_OR_NOTHING": all_or_nothing,
    "SHARE_MET": share_met,
}

# ---------------------------------------------------------------------------------- what is found


def fraction(number: Decimal | timedelta | None) -> Fraction | None:
    assert not isinstance(number, timedelta)
    return None if number is None else Fraction(number)


def found_verdict(comparison: Comparison) -> Verdict:
    favourability = comparison.favourability
    return Verdict(
        comparison.outcome.name,
        None if favourability is None else favourability.name,
        fraction(comparison.variance),
        fraction(comparison.relative_variance),
        fraction(comparison.attainment),
        fraction(comparison.score),
    )


def found_group(card: pv.Scorecard) -> Group:
    counts = {outcome.name: getattr(card.counts, outcome.name.lower()) for outcome in pv.Outcome}
    seen = {name: count for name, count in counts.items() if count}
    return Group(seen, fraction(card.coverage), fraction(card.score))


def card_of(reviews: list[Review], rep_id: str) -> pv.Scorecard:
    (review,) = (each for each in reviews if each.rep.id == rep_id)
    return pv.compare(review.plan, review.readings)


# -------------------------------------------------------------------------------------- the targets


def test_every_review_is_planned_without_a_complaint(proposals: list[pv.Proposal]) -> None:
    """S 6.1: a KPI without a target is no fault."""
    assert len(proposals) == 17
    assert [finding for proposal in proposals for finding in proposal.findings] == []


def test_a_rep_with_a_quota_is_held_to_the_last_four_quarters(reviews: list[Review]) -> None:
    """S 2.6, S 2.7"""
    for rep, plan, _ in reviews:
        target = plan.kpi("review", QUOTA).target
        if rep.quota is None:
            assert target is None
            continue
        assert target is not None
        assert target.criterion == pv.at_least(rep.quota)
        assert target.near == rep.quota * 15 / 100
        assert target.origin == f"visit review-{rep.id}"
        assert target.shadowed == ()


def test_reps_who_share_a_territory_are_each_held_to_their_own_quota(
    reviews: list[Review],
) -> None:
    """S 2.6: the four quarters of the three in the Northwest, added up by hand."""
    found = {
        each.rep.id: str(each.plan.kpi("review", QUOTA).target)
        for each in reviews
        if each.plan.subject.partner_id == "Northwest"
    }
    assert found == {
        "280": "at least 1,502,000",
        "283": "at least 1,640,000",
        "284": "at least 1,847,000",
    }


# ------------------------------------------------------------------------------------- the verdicts


@pytest.mark.parametrize("has_reported", [everyone, odd_numbers])
def test_every_verdict_equals_the_one_calculated_here(
    has_reported: Callable[[Rep], bool], reviews: list[Review]
) -> None:
    """S 8.1 to S 8.6: outcome, favourability, variances, attainment and score, exactly."""
    found = {
        (by_rep(each), by_indicator(each)): found_verdict(each)
        for each in comparisons_of(reviews, has_reported)
    }
    assert found == {
        (rep.id, question): verdict_on(rep, question, has_reported=has_reported(rep))
        for rep, _, _ in reviews
        for question in QUESTIONS
    }


def test_no_rep_met_the_quota_and_five_came_near(reviews: list[Review]) -> None:
    """S 8.1, S 8.2: as counted by hand."""
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in comparisons_of(reviews, everyone):
        names[by_indicator(each), each.outcome.name].append(by_rep(each))
    assert names == {
        (QUOTA, "NEAR"): ["276", "278", "280", "283", "284"],
        (QUOTA, "NOT_MET"): ["275", "277", "279", "281", "282", "286", "288", "289", "290"],
        (QUOTA, "NO_TARGET"): ["274", "285", "287"],
        (YEAR, "MET"): ["275", "276", "277", "279", "281", "282", "283", "288", "289", "290"],
        (YEAR, "NOT_MET"): ["278", "280", "286"],
        (YEAR, "NO_TARGET"): ["274", "284", "285", "287"],
    }


def test_rep_276_came_near_the_quota_and_far_beyond_last_year(reviews: list[Review]) -> None:
    """S 8.3 to S 8.6, S 8.8: reckoned by hand."""
    card = card_of(reviews, "276")
    quota, year = card["review", QUOTA], card["review", YEAR]
    assert quota.variance == Decimal("-567631.4503")
    assert quota.attainment is not None
    assert str(quota.attainment).startswith("0.88220970")
    assert quota.score is not None
    assert str(quota.score).startswith("0.76441940")
    assert str(quota) == (
        "Sales against quota: expected at least 4,819,000 USD (visit review-276); "
        "found 4,251,368.5497 USD; near, missed by 567,631.4503 USD"
    )
    assert year.variance == Decimal("2812212.5206")
    assert (year.outcome, year.score) == (pv.Outcome.MET, Decimal(1))


def test_rep_278_sold_less_than_last_year(reviews: list[Review]) -> None:
    """S 8.1, S 8.6: ten percent short is not near where nothing was said to be near."""
    year = card_of(reviews, "278")["review", YEAR]
    assert year.variance == Decimal("-166557.4313")
    assert (year.outcome, year.score) == (pv.Outcome.NOT_MET, Decimal(0))


def test_a_manager_is_never_judged_whatever_was_sold(reviews: list[Review]) -> None:
    """S 8.2: their past quotas are none of this year, and they sold nothing the year before."""
    managers = [review for review in reviews if review.rep.territory is None]
    assert [review.rep.id for review in managers] == ["274", "285", "287"]
    for rep, plan, readings in managers:
        assert rep.sold > 0
        for held in (readings, []):
            card = pv.compare(plan, held)
            assert [each.outcome for each in card.comparisons] == [pv.Outcome.NO_TARGET] * 2
            assert (card.score, card.coverage, card.counts.asked) == (None, None, 0)


def test_a_rep_without_a_last_year_still_has_a_quota(reviews: list[Review]) -> None:
    """S 8.2: none is not a target of 0, which all would meet."""
    card = card_of(reviews, "284")
    assert card["review", YEAR].outcome is pv.Outcome.NO_TARGET
    assert card["review", QUOTA].outcome is pv.Outcome.NEAR
    assert (card.counts.asked, card.coverage) == (1, Decimal(1))


SMALLEST = Decimal("0.0001")


@pytest.mark.parametrize(
    ("percent", "more", "outcome", "score"),
    [
        (100, SMALLEST, "MET", "1"),
        (100, 0, "MET", "1"),
        (85, 0, "NEAR", "0.7"),
        (85, -SMALLEST, "NOT_MET", None),
        (60, 0, "NOT_MET", "0.2"),
        (50, 0, "NOT_MET", "0"),
        (0, 0, "NOT_MET", "0"),
    ],
)
def test_of_every_quota_the_bound_itself_belongs_to_the_better_side(
    percent: int, more: Decimal | int, outcome: str, score: str | None, reviews: list[Review]
) -> None:
    """S 2.2, S 8.1, S 8.6: to the ten-thousandth of a dollar."""
    judged = 0
    for rep, plan, _ in reviews:
        if rep.quota is None:
            continue
        sold = rep.quota * percent / 100 + more
        reading = pv.capture(plan.kpi("review", QUOTA), sold, at=TEN, by=rep.id)
        found = pv.compare(plan, [reading])["review", QUOTA]
        expected = verdict_on(rep._replace(sold=sold), QUOTA)
        assert found_verdict(found) == expected
        assert found.outcome.name == outcome
        assert score is None or found.score == Decimal(score)
        judged += 1
    assert judged == 14


# ------------------------------------------------------------------------------------- the roll-ups

by_group = by_fact("group")


def by_group_and_question(comparison: Comparison) -> GroupKey:
    return by_group(comparison), by_indicator(comparison)


def its_group(rep: Rep, _: str) -> GroupKey:
    return rep.group


def itself(rep: Rep, _: str) -> GroupKey:
    return rep.id


def its_question(_: Rep, question: str) -> GroupKey:
    return question


def its_group_and_question(rep: Rep, question: str) -> GroupKey:
    return rep.group, question


class Way(NamedTuple):
    """To group what was compared, as the library does it and as it is done here."""

    by: Callable[[Comparison], GroupKey]
    name_of: Callable[[Rep, str], GroupKey]


WAYS = {
    "territory group": Way(by_group, its_group),
    "rep": Way(by_rep, itself),
    "question": Way(by_indicator, its_question),
    "territory group and question": Way(by_group_and_question, its_group_and_question),
}


@pytest.mark.parametrize("has_reported", [everyone, odd_numbers])
@pytest.mark.parametrize("missing", ["OUTSIDE", "ZERO"])
@pytest.mark.parametrize("method", ["MEAN", "WORST", "ALL_OR_NOTHING", "SHARE_MET"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_roll_up_equals_the_one_calculated_here(
    way: Way,
    method: str,
    missing: str,
    has_reported: Callable[[Rep], bool],
    reviews: list[Review],
) -> None:
    """S 9.1, S 9.2: counts, coverage and score of each group, exactly."""
    groups: dict[GroupKey, list[Weighed]] = defaultdict(list)
    for rep, _, _ in reviews:
        for question in QUESTIONS:
            verdict = verdict_on(rep, question, has_reported=has_reported(rep))
            groups[way.name_of(rep, question)].append((weight_of(question), verdict))
    cards = pv.rollup(
        comparisons_of(reviews, has_reported),
        by=way.by,
        method=pv.Method[method],
        missing=Missing[missing],
    )
    assert len(cards) == len(groups)
    assert {card.group: found_group(card) for card in cards} == {
        name: expected_group(held, method, missing) for name, held in groups.items()
    }


def scores_by(
    comparisons: list[Comparison],
    by: Callable[[Comparison], GroupKey],
    method: pv.Method,
    missing: Missing = Missing.OUTSIDE,
) -> dict[GroupKey, Decimal | None]:
    cards = pv.rollup(comparisons, by=by, method=method, missing=missing)
    return {card.group: card.score for card in cards}


def test_north_america_met_seven_of_nineteen(reviews: list[Review]) -> None:
    """S 9.2: as counted by hand; those without a group come first."""
    cards = pv.rollup(comparisons_of(reviews, everyone), by=by_group, method=pv.Method.SHARE_MET)
    assert [card.group for card in cards] == [None, "Europe", "North America", "Pacific"]
    nobody, europe, america, pacific = cards
    assert nobody.counts.no_target == len(nobody.comparisons) == 6
    counts = america.counts
    assert (counts.met, counts.near, counts.not_met, counts.no_target) == (7, 5, 7, 1)
    assert (counts.asked, america.coverage) == (19, Decimal(1))
    assert america.score == Decimal("0.3684210526315789473684210526")
    assert (nobody.score, europe.score, pacific.score) == (None, Decimal("0.5"), Decimal(0))


def test_only_europe_beat_last_year_with_everyone(reviews: list[Review]) -> None:
    """S 9.2: all or nothing."""
    found = scores_by(
        comparisons_of(reviews, everyone), by_group_and_question, pv.Method.ALL_OR_NOTHING
    )
    assert [name for name, score in found.items() if score == 1] == [("Europe", YEAR)]


def test_a_group_that_has_not_reported_has_no_score_unless_missing_is_zero(
    reviews: list[Review],
) -> None:
    """S 9.2: nothing measured is never a pass; of Europe only rep 289 has reported."""
    comparisons = comparisons_of(reviews, odd_numbers)
    for method in pv.Method:
        outside = scores_by(comparisons, by_group, method)
        zero = scores_by(comparisons, by_group, method, Missing.ZERO)
        assert (outside["Pacific"], zero["Pacific"]) == (None, Decimal(0))
        assert (outside[None], zero[None]) == (None, None)
    for method, score, score_of_zero in (
        (pv.Method.SHARE_MET, Decimal(1), Decimal("0.3333333333333333333333333333")),
        (pv.Method.ALL_OR_NOTHING, None, Decimal(0)),
    ):
        outside = scores_by(comparisons, by_group_and_question, method)
        zero = scores_by(comparisons, by_group_and_question, method, Missing.ZERO)
        assert outside["Europe", YEAR] == score
        assert zero["Europe", YEAR] == score_of_zero


@pytest.mark.parametrize("has_reported", [everyone, odd_numbers])
def test_the_groups_and_the_whole_agree_on_their_counts(
    has_reported: Callable[[Rep], bool], reviews: list[Review]
) -> None:
    """S 9.2: 14 quotas and 13 last years were asked."""
    comparisons = comparisons_of(reviews, has_reported)
    (whole,) = pv.rollup(comparisons, by=lambda _: None)
    assert (whole.counts.asked, whole.counts.no_target) == (27, 7)
    for by in (by_group, by_rep, by_indicator):
        cards = pv.rollup(comparisons, by=by)
        for outcome in pv.Outcome:
            name = outcome.name.lower()
            assert sum(getattr(card.counts, name) for card in cards) == getattr(whole.counts, name)


@pytest.mark.parametrize("method", list(pv.Method))
def test_the_order_of_reviews_and_readings_changes_no_roll_up(
    method: pv.Method, reviews: list[Review]
) -> None:
    """S 7.4, S 9.1"""
    backwards = [review._replace(readings=review.readings[::-1]) for review in reversed(reviews)]
    assert scores_by(comparisons_of(backwards, everyone), by_group, method) == scores_by(
        comparisons_of(reviews, everyone), by_group, method
    )
