"""What software of this kind is seen to get wrong, and the right answer to each.

One test for each row, in the order in which they are usually met; the rule is named by each.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.comparison import Favourability, Outcome
from partnervisits.indicators import Aggregation
from partnervisits.scorecards import Missing, PaceStatus, by_partner, by_quarter, pace
from partnervisits.values import DateRange
from tests import builders
from tests.judged import judged, planned
from tests.quarters import at, found, kpi

NUMBER, TEXT = pv.ValueType.NUMBER, pv.ValueType.TEXT
LOWER = pv.Direction.LOWER_IS_BETTER
AT_LEAST_5 = pv.Target("stock", pv.at_least(5))


def stock(**changes: Any) -> pv.Indicator:
    return builders.indicator("stock", **changes)


@pytest.mark.parametrize("method", pv.Method)
def test_an_inspection_without_lines_has_no_score(method: pv.Method) -> None:
    """S 9.2: nothing measured is no score, never a pass."""
    empty = pv.Scorecard(comparisons=[], method=method)
    assert (empty.score, empty.coverage) == (None, None)
    unmeasured = pv.Scorecard(comparisons=[found(1), found(2)], method=method)
    assert (unmeasured.score, unmeasured.coverage) == (None, Decimal(0))


def test_an_unanswered_number_is_no_zero_and_a_fresh_record_not_accepted() -> None:
    """S 8.2: without a reading NO_DATA, although 0 would meet this target."""
    fresh = judged(stock(direction=LOWER, value_type=NUMBER), pv.at_most(5))
    assert fresh.outcome is Outcome.NO_DATA
    assert (fresh.score, fresh.variance, fresh.favourability) == (None, None, None)


def test_clearing_a_value_clears_the_verdict() -> None:
    """S 7.2, S 7.4, S 8.2: an absence that supersedes a reading restores NO_DATA."""
    plan = planned(stock(), AT_LEAST_5)
    (asked,) = plan.kpis
    first = builders.reading(asked, 9)
    cleared = pv.correct(
        first, asked, pv.Absence.NOT_MEASURED, at=first.at + timedelta(hours=1), by="rep-7"
    )
    before, after = (
        pv.compare(plan, readings).comparisons[0] for readings in ([first], [cleared, first])
    )
    assert (before.outcome, after.outcome) == (Outcome.MET, Outcome.NO_DATA)
    assert after.score is None


@pytest.mark.parametrize(
    ("expected", "bound"),
    [
        (pv.at_least(5), 5),
        (pv.at_most(5), 5),
        (pv.between(5, 9), 5),
        (pv.between(1, 5), 5),
        (pv.outside(5, 9), 5),
        (pv.outside(1, 5), 5),
        (pv.equals(5), 5),
        (pv.equals(6, tolerance=1), 5),
        (pv.equals(4, tolerance=1), 5),
    ],
)
def test_at_the_bound_state_and_percentage_agree(expected: Any, bound: int) -> None:
    """S 8.1: one comparator; every bound belongs to the side that meets."""
    found_there = judged(stock(), expected, bound)
    assert found_there.outcome is Outcome.MET
    assert found_there.score == 1
    assert found_there.favourability is Favourability.NEUTRAL
    if isinstance(expected, type(pv.at_least(5))):
        assert found_there.attainment == 1


def test_lower_is_better_is_graded_between_all_and_nothing() -> None:
    """S 8.6: with `worst`."""
    scores = [judged(stock(), pv.at_most(5), each, worst=20).score for each in (5, 8, 17, 20, 30)]
    assert scores == [1, Decimal("0.8"), Decimal("0.2"), 0, 0]


def test_no_sales_rows_are_no_variance_of_zero() -> None:
    """S 8.3, S 9.2: without a reading no variance; the roll-up counts it under no data."""
    silent = found(1)
    assert (silent.variance, silent.relative_variance, silent.attainment) == (None, None, None)
    (card,) = pv.rollup([silent, found(2, 9)], by=by_partner)
    assert (card.counts.no_data, card.counts.met, card.coverage) == (1, 1, Decimal("0.5"))


def test_fewer_damages_are_good_news_whatever_the_sign() -> None:
    """S 8.4: favourability stands beside the sign."""
    fewer = judged(stock(direction=LOWER, value_type=NUMBER), pv.at_most(5), 2)
    assert (fewer.variance, fewer.favourability) == (Decimal(-3), Favourability.FAVOURABLE)


def test_one_broken_kpi_leaves_the_report_whole() -> None:
    """S 8.2: ERROR for that KPI, with its cause; the rest is judged."""
    plan = builders.plan(
        builders.item(targets=[AT_LEAST_5]),
        builders.item("again", task="count", targets=[AT_LEAST_5]),
    )
    broken, right = plan.kpis
    strange = attrs.evolve(builders.reading(broken, 9), value="nine")
    card = pv.compare(plan, [strange, builders.reading(right, 9)])
    assert [each.outcome for each in card.comparisons] == [Outcome.ERROR, Outcome.MET]
    assert "which is no number of this KPI" in card.comparisons[0].cause
    assert (card.counts.error, card.coverage) == (1, Decimal("0.5"))


def test_answers_are_compared_by_key_and_not_by_label_or_case() -> None:
    """S 1.5, S 2.2."""
    answer = stock(value_type=pv.ValueType.CHOICE, choices={"ok": "Not OK", "OK": "fine"})
    outcomes = [judged(answer, pv.equals("ok"), key).outcome for key in ("ok", "OK")]
    assert outcomes == [Outcome.MET, Outcome.NOT_MET]
    text = stock(value_type=TEXT)
    assert judged(text, pv.equals("open"), "Open").outcome is Outcome.NOT_MET


def test_answering_again_deletes_nothing() -> None:
    """S 7.2: readings are append-only; what was known then can be asked for."""
    plan = planned(stock(), AT_LEAST_5)
    (asked,) = plan.kpis
    first = builders.reading(asked, 3)
    second = pv.correct(first, asked, 9, at=first.at + timedelta(days=1), by="rep-7")
    both = [second, first]
    then = pv.as_known_at(both, first.recorded_at)
    assert then == (first,)
    assert pv.compare(plan, then).comparisons[0].outcome is Outcome.NOT_MET
    assert pv.compare(plan, both).comparisons[0].outcome is Outcome.MET
    assert pv.compare(plan, both, known_at=first.recorded_at) == pv.compare(plan, then)


def test_a_pool_that_meets_its_target_hides_no_partner_that_missed() -> None:
    """S 9.2: the methods are named, and never mixed."""
    elsewhere = attrs.evolve(kpi(1), task_id="W/round/count")
    pooled = [found(1, 500), found(1, 1, elsewhere, visit_id="W", partner_id="other")]
    scores = {
        method: pv.rollup(pooled, by=by_quarter, method=method)[0].score for method in pv.Method
    }
    assert scores == {
        pv.Method.MEAN: Decimal("0.5"),
        pv.Method.WORST: 0,
        pv.Method.ALL_OR_NOTHING: 0,
        pv.Method.SHARE_MET: Decimal("0.5"),
    }
    assert [card.method for card in pv.rollup(pooled, by=by_quarter)] == [pv.Method.MEAN]


def test_all_or_nothing_waits_for_the_last_of_ten() -> None:
    """S 9.2: none while one is missing, however many are met."""
    nine_missing = [found(1, 9), *(found(month) for month in range(2, 11))]
    one_missing = [*(found(month, 9) for month in range(1, 10)), found(10)]
    for held in (nine_missing, one_missing):
        card = pv.Scorecard(comparisons=held, method=pv.Method.ALL_OR_NOTHING)
        assert card.score is None
        assert attrs.evolve(card, missing=Missing.ZERO).score == 0
    whole = pv.Scorecard(comparisons=one_missing[:9], method=pv.Method.ALL_OR_NOTHING)
    assert whole.score == 1


def test_a_seasonal_plan_is_said_to_be_behind_and_never_judged_by_it() -> None:
    """S 9.7: pace is a statement beside the outcome, never the outcome."""
    skis = stock(value_type=NUMBER, aggregation=Aggregation.SUM)
    sold = found(6, 9, kpi(6, AT_LEAST_5, indicator=skis))
    year = DateRange(date(2026, 1, 1), date(2026, 12, 31))
    said = pace([sold], pv.at_least(365), period=year, as_of=date(2026, 6, 30))
    assert (said.status, said.due_so_far, said.remaining) == (
        PaceStatus.BEHIND,
        Decimal(181),
        Decimal(356),
    )
    assert sold.outcome is Outcome.MET
    assert at(6) == (sold.reading and sold.reading.at)
