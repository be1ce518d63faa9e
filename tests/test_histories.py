"""Trend, streak, and what to expect from what was found (S 9.4, S 9.6)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.comparison import Comparison, Outcome
from partnervisits.criteria import Criterion
from partnervisits.errors import InvalidValueError
from partnervisits.histories import History, Matter, Per, Trend, a_history, expected_from, matter_of
from partnervisits.targets import Basis, Statistic
from tests import builders
from tests.judged import DATETIME, DECIMAL, NUMBER, PERCENTAGE
from tests.quarters import STOCK, at, day, found, found_again, kpi, overridden

HIGHER, LOWER = pv.Direction.HIGHER_IS_BETTER, pv.Direction.LOWER_IS_BETTER
CLOSER, NEUTRAL = pv.Direction.CLOSER_IS_BETTER, pv.Direction.NEUTRAL
FIRST, BETTER, STEADY, WORSE = Trend.FIRST, Trend.IMPROVING, Trend.STEADY, Trend.WORSENING


def measured(
    direction: pv.Direction = HIGHER, value_type: pv.ValueType = NUMBER, **changes: Any
) -> pv.Indicator:
    return builders.indicator("stock", value_type=value_type, direction=direction, **changes)


def story(
    indicator: pv.Indicator, expected: Criterion | None, values: Sequence[object]
) -> list[Comparison]:
    """One visit a month, with what it found; None for nothing."""
    target = None if expected is None else pv.Target("stock", expected, near=None)
    return [
        found(month, value, kpi(month, target, indicator=indicator))
        for month, value in enumerate(values, start=1)
    ]


def trend_of(
    indicator: pv.Indicator, expected: Criterion | None, *values: object, **settings: Any
) -> Trend | None:
    held = story(indicator, expected, values)
    return History(held).trend(held[-1], **settings)


# ------------------------------------------------------------------------------------------ trend

TRENDS: list[tuple[pv.Indicator, Criterion | None, object, object, Trend]] = [
    (measured(HIGHER), pv.at_least(5), 3, 4, BETTER),
    (measured(HIGHER), pv.at_least(5), 9, 8, WORSE),
    (measured(HIGHER), pv.at_least(5), 4, 4, STEADY),
    (measured(HIGHER), pv.at_most(5), 3, 4, BETTER),
    (measured(HIGHER), None, 3, 4, BETTER),
    (measured(LOWER), pv.at_most(5), 8, 7, BETTER),
    (measured(LOWER), pv.at_most(5), 3, 4, WORSE),
    (measured(LOWER), None, -1, -1, STEADY),
    (measured(CLOSER), pv.equals(10), 14, 7, BETTER),
    (measured(CLOSER), pv.equals(10, tolerance=4), 13, 8, BETTER),
    (measured(CLOSER), pv.equals(10), 13, 7, STEADY),
    (measured(CLOSER), pv.at_least(10), 12, 15, WORSE),
    (measured(CLOSER), pv.at_most(10), 2, 9, BETTER),
    (measured(CLOSER), pv.between(10, 20), 22, 25, WORSE),
    (measured(CLOSER), pv.between(10, 20), 25, 8, BETTER),
    (measured(CLOSER), pv.between(10, 20), 11, 19, STEADY),
    (measured(CLOSER), pv.outside(10, 20), 15, 12, BETTER),
    (measured(CLOSER), pv.outside(10, 20), 8, 25, STEADY),
    (measured(CLOSER), pv.one_of([1, 2]), 1, 9, WORSE),
    (measured(NEUTRAL), pv.at_least(5), 9, 5, STEADY),
    (measured(NEUTRAL), pv.at_least(5), 9, 4, WORSE),
    (measured(NEUTRAL), pv.at_least(5), 4, 5, BETTER),
    (measured(HIGHER, DECIMAL), pv.at_least(5), "0.1", "0.1000000001", BETTER),
    (measured(HIGHER, PERCENTAGE), pv.at_least(85), 81, 80, WORSE),
    (measured(LOWER, DATETIME), pv.at_most(at(12)), at(3), at(2), BETTER),
    (measured(HIGHER, DATETIME), pv.at_least(at(12)), at(3), at(2), WORSE),
    (measured(CLOSER, DATETIME), pv.equals(at(6)), at(1), at(7), BETTER),
    (
        measured(CLOSER, DATETIME),
        pv.between(at(3), at(6)),
        at(6) + timedelta(microseconds=1),
        at(6) + timedelta(microseconds=2),
        WORSE,
    ),
]


@pytest.mark.parametrize(("indicator", "expected", "before", "now", "trend"), TRENDS)
def test_the_trend_reads_the_side_that_is_better(
    indicator: pv.Indicator, expected: Criterion | None, before: object, now: object, trend: Trend
) -> None:
    """S 9.4."""
    assert trend_of(indicator, expected, before, now) is trend


@pytest.mark.parametrize(
    ("value_type", "expected", "before", "now"),
    [
        (pv.ValueType.BOOLEAN, pv.equals(True), False, True),
        (pv.ValueType.TEXT, pv.equals("open"), "shut", "open"),
        (pv.ValueType.CHOICE, pv.one_of(["a"]), "b", "a"),
        (pv.ValueType.MULTI_CHOICE, pv.contains(["a"]), ["b"], ["a", "b"]),
    ],
)
def test_without_an_order_the_outcome_decides(
    value_type: pv.ValueType, expected: Criterion, before: object, now: object
) -> None:
    """S 9.4: NOT_MET < NEAR < MET."""
    choices = ["a", "b"] if value_type.has_choices else []
    indicator = builders.indicator("stock", value_type=value_type, choices=choices)
    assert trend_of(indicator, expected, before, now) is BETTER
    assert trend_of(indicator, expected, now, before) is WORSE
    assert trend_of(indicator, expected, now, now) is STEADY
    assert trend_of(indicator, None, before, now) is None


def test_near_lies_between_missed_and_met() -> None:
    """S 9.4."""
    indicator = measured(NEUTRAL)
    target = pv.Target("stock", pv.at_least(5), near=pv.within(1))
    trends = {
        (before, now): History(
            held := [
                found(1, before, kpi(1, target, indicator=indicator)),
                found(2, now, kpi(2, target, indicator=indicator)),
            ]
        ).trend(held[1])
        for before in (3, 4, 5)
        for now in (3, 4, 5)
    }
    assert {pair for pair, trend in trends.items() if trend is BETTER} == {(3, 4), (3, 5), (4, 5)}
    assert {pair for pair, trend in trends.items() if trend is WORSE} == {(4, 3), (5, 3), (5, 4)}


def test_the_way_is_measured_to_what_is_expected_now() -> None:
    """S 9.4: a goal that moved is no change of what was found."""
    indicator = measured(CLOSER)
    before = found(1, 12, kpi(1, pv.Target("stock", pv.equals(12)), indicator=indicator))
    now = found(2, 18, kpi(2, pv.Target("stock", pv.equals(20)), indicator=indicator))
    assert History([before, now]).trend(now) is BETTER


def test_the_first_value_has_nothing_to_stand_against() -> None:
    """S 9.4."""
    assert trend_of(measured(), pv.at_least(5), 4) is FIRST
    assert trend_of(measured(), pv.at_least(5), None, pv.Absence.DECLINED, 4) is FIRST


def test_a_visit_without_a_value_is_passed_over() -> None:
    """S 9.4: against the previous comparable reading."""
    assert trend_of(measured(), pv.at_least(5), 3, None, pv.Absence.UNKNOWN, 4) is BETTER
    assert trend_of(measured(), pv.at_least(5), 5, 3, None, 4) is BETTER


@pytest.mark.parametrize("nothing", [None, pv.Absence.DECLINED])
def test_without_a_value_there_is_no_trend(nothing: object) -> None:
    """S 9.4."""
    assert trend_of(measured(), pv.at_least(5), 3, nothing) is None
    assert trend_of(measured(NEUTRAL), pv.at_least(5), 3, nothing) is None


def test_only_what_has_the_same_type_and_unit_is_comparable() -> None:
    """S 9.4, S 9.3: pieces are no pallets."""
    pieces, pallets = measured(unit="pieces"), measured(unit="pallets")
    rate = measured(value_type=PERCENTAGE, unit="pieces")
    now = found(4, 5, kpi(4, None, indicator=pieces))
    before = [
        found(1, 9, kpi(1, None, indicator=pieces)),
        found(2, 1, kpi(2, None, indicator=pallets)),
        found(3, 1, kpi(3, None, indicator=rate)),
    ]
    assert History(before).trend(now) is WORSE
    assert History(before[1:]).trend(now) is FIRST


def test_other_partners_indicators_and_contexts_are_not_comparable() -> None:
    """S 9.4."""
    elsewhere = attrs.evolve(kpi(1), task_id="W/round/count")
    before = [
        found(1, 9, elsewhere, visit_id="W", partner_id="other"),
        found(1, 9, kpi(1, context=pv.Context("shelf", "2"))),
        found(1, 9, kpi(1, None, indicator=builders.indicator("price"))),
    ]
    assert History(before).trend(found(2, 5)) is FIRST


def test_what_comes_later_or_is_the_same_kpi_is_no_predecessor() -> None:
    """S 9.4."""
    now = found(2, 5)
    assert History([found(3, 9), now]).trend(now) is FIRST
    assert now.reading is not None
    outdated = found_again(now, attrs.evolve(now.reading, id="R-0", value=9, at=at(1)))
    assert History([outdated]).trend(now) is FIRST


def test_two_tasks_of_one_visit_that_ask_the_same_hide_no_trend() -> None:
    """S 9.4: it is against an earlier visit; of two readings there the later counts."""
    noon = pv.capture(kpi(2, task="recount"), 9, at=at(2, hours=12), by="rep-7")
    again = found_again(found(2, None, kpi(2, task="recount")), noon)
    first = [found(1, 3), found(2, 9), again]
    assert [History(first).trend(each) for each in first] == [FIRST, BETTER, BETTER]
    assert History([found(2, 2), again]).trend(found(3, 5)) is WORSE


def test_a_visit_without_a_day_stands_where_it_was_captured() -> None:
    """S 9.4."""
    undated = found(2, 3, on=None)
    assert History([found(1, 9), undated]).trend(undated) is WORSE
    assert History([undated]).trend(found(1, 9)) is FIRST
    assert History([undated]).trend(found(3, 9)) is BETTER
    silent = found(2, None, on=None, timezone="America/Chicago")
    assert History([silent, found(1, 3)]).comparisons == (silent, found(1, 3))


def test_the_day_of_a_reading_is_the_day_at_the_place() -> None:
    """S 9.4, S 2.3: shortly before midnight in UTC it is tomorrow in Berlin."""
    late = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
    held = kpi(3, task="recount")
    undated = found_again(found(3, None, held, on=None), pv.capture(held, 3, at=late, by="rep-7"))
    earlier = attrs.evolve(
        found(3, 9), subject=attrs.evolve(undated.subject, on=day(3) - timedelta(days=1))
    )
    assert History([undated, earlier]).comparisons == (earlier, undated)


@pytest.mark.parametrize(
    ("tolerance", "trend"), [(0, BETTER), ("1.9", BETTER), (2, STEADY), (Decimal(3), STEADY)]
)
def test_a_small_change_is_steady(tolerance: Any, trend: Trend) -> None:
    """S 9.4: the tolerance is an argument, and its own width included."""
    assert trend_of(measured(), None, 3, 5, tolerance=tolerance) is trend
    worse = {BETTER: WORSE, STEADY: STEADY}[trend]
    assert trend_of(measured(), None, 5, 3, tolerance=tolerance) is worse


def test_the_tolerance_of_times_is_a_duration() -> None:
    """S 9.4."""
    indicator = measured(LOWER, DATETIME)
    hour = timedelta(hours=1)
    assert trend_of(indicator, None, at(1), at(1, hours=10), tolerance=hour) is STEADY
    assert trend_of(indicator, None, at(1), at(1, hours=11), tolerance=hour) is WORSE
    for held, tolerance in ((indicator, 1), (measured(), hour)):
        with pytest.raises(InvalidValueError, match="pass a number for numbers") as refused:
            _ = trend_of(held, None, 3 if held.value_type is NUMBER else at(1), tolerance=tolerance)
        assert refused.value.code == "trend.tolerance"


def test_no_tolerance_is_none_of_either_kind() -> None:
    """S 9.4."""
    assert trend_of(measured(), None, 3, 4, tolerance=timedelta(0)) is BETTER
    assert trend_of(measured(LOWER, DATETIME), None, at(1), at(2), tolerance=0) is WORSE


def test_a_change_of_outcome_has_no_tolerance() -> None:
    """S 9.4."""
    assert trend_of(measured(NEUTRAL), pv.at_least(5), 4, 5, tolerance=3) is BETTER


@pytest.mark.parametrize(
    ("tolerance", "code"), [(-1, "gap.negative"), (0.5, "decimal.float"), ("x", "decimal.text")]
)
def test_what_is_no_tolerance_is_refused(tolerance: Any, code: str) -> None:
    """S 9.4, S 1.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = trend_of(measured(), None, 3, tolerance=tolerance)
    assert refused.value.code == code


def test_a_trend_is_of_a_comparison() -> None:
    """S 9.4."""
    with pytest.raises(InvalidValueError, match="pass Comparison") as refused:
        _ = History().trend("V-1")  # type: ignore[arg-type]
    assert refused.value.code == "type.wrong"


# ----------------------------------------------------------------------------------------- streak


def streaks(*values: object) -> list[int]:
    held = story(STOCK, pv.at_least(5), values)
    return [History(held).streak(each) for each in held]


def test_a_streak_counts_visits_in_a_row_with_the_same_outcome() -> None:
    """S 9.4."""
    assert streaks(3, 2, 1, 5, 9, 3) == [1, 2, 3, 1, 2, 1]


def test_only_a_verdict_breaks_a_streak() -> None:
    """S 9.4: NO_DATA, ERROR, NOT_APPLICABLE and NOT_DUE neither extend nor break it."""
    nothing = (None, pv.Absence.NOT_APPLICABLE, pv.Absence.DECLINED)
    assert streaks(3, *nothing, 3)[-1] == 2
    assert streaks(3, *nothing, 5, 3)[-1] == 1


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.NOT_DUE, Outcome.NO_TARGET])
def test_no_other_outcome_breaks_a_streak(outcome: Outcome) -> None:
    """S 9.4."""
    held = kpi(2, None) if outcome is Outcome.NO_TARGET else kpi(2)
    between = attrs.evolve(found(2, None, held), computed=outcome)
    now = found(3, 3)
    assert History([found(1, 3), between, now]).streak(now) == 2


def test_what_brings_nothing_has_a_streak_of_its_own() -> None:
    """S 9.4, S 9.5: a rule on NO_DATA can ask for two in a row."""
    assert streaks(None, pv.Absence.DECLINED, pv.Absence.NOT_APPLICABLE, None)[-1] == 3
    assert streaks(None, 5, None)[-1] == 1


def test_several_comparisons_of_one_visit_count_once() -> None:
    """S 9.4: a streak is of visits."""
    now = found(2, 3)
    recount = found(1, 2, kpi(1, task="recount"))
    assert History([found(1, 3), recount, now]).streak(now) == 2
    passed = found(1, 9, kpi(1, task="recount"))
    assert History([found(1, 3), passed, now]).streak(now) == 2


def test_a_persons_verdict_extends_and_breaks_like_any_other() -> None:
    """S 8.7: streaks go by it."""
    now = found(3, 3)
    said = found(2, 9, override=overridden(2, Outcome.NOT_MET, at(2)))
    assert History([found(1, 3), said]).streak(now) == 3
    waved = found(2, 3, override=overridden(2, Outcome.MET, at(2)))
    assert History([found(1, 3), waved]).streak(now) == 1


def test_a_streak_per_kind_goes_on_from_record_to_record() -> None:
    """S 9.5: orders change with each visit."""
    orders = [
        found(each, 3, kpi(each, context=pv.Context("order", f"O-{each}"))) for each in (1, 2)
    ]
    assert History(orders).streak(orders[1], per=Per.KIND) == 2
    assert History(orders).streak(orders[1]) == 1
    shelf = found(3, 3, kpi(3, context=pv.Context("shelf", "O-1")))
    assert History(orders).streak(shelf, per=Per.KIND) == 1
    wrong: Any
    for wrong in ("kind", None):
        with pytest.raises(InvalidValueError, match="pass Per") as refused:
            _ = History(orders).streak(shelf, per=wrong)
        assert refused.value.code == "type.wrong"
    with pytest.raises(InvalidValueError, match="pass Comparison"):
        _ = History(orders).streak("V-1")  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------- history


def test_a_history_is_in_the_order_of_time_whatever_was_given() -> None:
    """S 9.4."""
    first, second, third = (found(month, 3) for month in (1, 2, 3))
    held = History(each for each in (third, first, second, first))
    assert held.comparisons == (first, second, third)
    assert held == History([second, third, first])
    assert a_history(held) is held
    assert a_history([third, first]) == History([first, third])


def test_two_visits_of_one_day_stand_in_the_order_of_what_was_found() -> None:
    """S 9.4."""
    early = attrs.evolve(kpi(2), task_id="W/round/count")
    first = found_again(
        found(2, None, early, visit_id="W"),
        pv.capture(early, 9, at=at(2, hours=8), by="rep-7"),
    )
    second = found(2, 3)
    assert History([second, first]).comparisons == (first, second)
    assert History([first]).trend(second) is WORSE
    assert History([second]).trend(first) is FIRST


def test_a_history_knows_what_is_about_one_matter() -> None:
    """S 9.5."""
    order = found(2, 3, kpi(2, context=pv.Context("order", "O-1")))
    held = History([found(1, 3), order])
    assert matter_of(order) == Matter("acme", "stock", "order", "O-1")
    assert matter_of(order, Per.KIND) == Matter("acme", "stock", "order", None)
    assert held.about(matter_of(order)) == held.about(matter_of(order, Per.KIND)) == (order,)
    assert held.about(Matter("acme", "price", "order", "O-1")) == ()


def test_two_different_comparisons_of_one_kpi_are_refused() -> None:
    """S 7.4: one reading counts."""
    with pytest.raises(InvalidValueError, match="pass the one that counts now") as refused:
        _ = History([found(1, 3), found(1, 5)])
    assert (refused.value.code, refused.value.field) == ("history.twice", "comparisons")


@pytest.mark.parametrize(
    ("comparisons", "code"), [("V-1", "sequence.type"), ([1], "sequence.entry")]
)
def test_what_is_no_history_is_refused(comparisons: Any, code: str) -> None:
    """S 9.4."""
    with pytest.raises(InvalidValueError) as refused:
        _ = a_history(comparisons)
    assert refused.value.code == code


# ----------------------------------------------------------------------- expected from history

ACME = pv.Scope(partner="acme")


def usual(expected: Any = 100, **changes: Any) -> pv.Target:
    settings: dict[str, Any] = {"scope": ACME}
    return pv.Target("stock", expected, **(settings | changes))


def expected(
    pattern: Criterion, *values: object, indicator: pv.Indicator = STOCK, **settings: Any
) -> pv.Target:
    return expected_from(story(indicator, None, values), usual(pattern), **settings)


NUMBERS: list[tuple[Criterion, Statistic, tuple[int, ...], Criterion, str]] = [
    (pv.at_least(100), Statistic.LAST, (4, 9, 7), pv.at_least(7), "7"),
    (pv.at_least(100), Statistic.MEAN, (4, 9, 7), pv.at_least(7), f"6.{'6' * 26}7"),
    (pv.at_most(100), Statistic.MEAN, (4, 9, 7), pv.at_most(6), f"6.{'6' * 26}7"),
    (pv.equals(100), Statistic.MEAN, (4, 9, 7), pv.equals(7), f"6.{'6' * 26}7"),
    (pv.equals(100), Statistic.MEAN, (4, 5), pv.equals(4), "4.5"),
    (pv.equals(100), Statistic.MEAN, (5, 6), pv.equals(6), "5.5"),
    (pv.at_least(100), Statistic.MEDIAN, (4, 9, 7), pv.at_least(7), "7"),
    (pv.at_least(100), Statistic.MEDIAN, (4, 9, 8, 1), pv.at_least(6), "6"),
    (pv.at_least(100), Statistic.MEDIAN, (9, 2), pv.at_least(6), "5.5"),
    (pv.at_most(100), Statistic.MEDIAN, (9, 2), pv.at_most(5), "5.5"),
    (pv.at_least(100), Statistic.MEAN, (-9, -2), pv.at_least(-5), "-5.5"),
    (pv.at_most(100), Statistic.MEAN, (-9, -2), pv.at_most(-6), "-5.5"),
    (
        pv.equals(100, tolerance=3),
        Statistic.LAST,
        (4,),
        pv.equals(4, tolerance=3),
        "4",
    ),
]


@pytest.mark.parametrize(("pattern", "statistic", "values", "target", "figure"), NUMBERS)
def test_a_number_is_rounded_so_that_it_can_be_met(
    pattern: Criterion,
    statistic: Statistic,
    values: tuple[int, ...],
    target: Criterion,
    figure: str,
) -> None:
    """S 9.6: up for at_least, down for at_most, else half-even; the exact figure is kept."""
    made = expected(pattern, *values, statistic=statistic)
    assert made.expected == target
    assert made.basis is not None
    assert str(made.basis.figure) == figure


@pytest.mark.parametrize(
    ("values", "target"),
    [
        (("1", "2", "2"), "1.6666666667"),
        (("0.0000000001", "0.0000000002"), "0.0000000002"),
        (("0.0000000003", "0.0000000002"), "0.0000000002"),
        (("0.0000000003", "0.0000000004"), "0.0000000004"),
        (("999999999999999999",), "999999999999999999"),
    ],
)
def test_a_decimal_is_rounded_half_even_to_ten_places(values: tuple[str, ...], target: str) -> None:
    """S 9.6."""
    for pattern in (pv.at_least, pv.at_most, pv.equals):
        made = expected(pattern(100), *values, indicator=measured(value_type=DECIMAL))
        assert made.expected == pattern(Decimal(target))


def test_only_the_last_ones_count() -> None:
    """S 9.6: the last n comparable, those without a value passed over."""
    values = (90, 1, None, 3, pv.Absence.DECLINED, 5)
    assert expected(pv.at_least(100), *values, last=3).expected == pv.at_least(3)
    assert expected(pv.at_least(100), *values, last=2).expected == pv.at_least(4)
    made = expected(pv.at_least(100), *values, last=3)
    assert made.basis == Basis(
        statistic=Statistic.MEAN,
        figure=Decimal(3),
        readings=[
            each.reading.id
            for each in story(STOCK, None, values)
            if each.reading and each.actual in (1, 3, 5)
        ],
    )


def test_four_are_taken_and_one_is_enough_unless_said_otherwise() -> None:
    """S 9.6."""
    assert expected(pv.at_least(100), 50, 1, 2, 3, 4).expected == pv.at_least(3)
    assert expected(pv.at_least(100), 50).expected == pv.at_least(50)


def test_with_too_few_the_fallback_is_expected() -> None:
    """S 9.6: a minimum sample and a fallback."""
    assert expected(pv.at_least(100), 1, 2, minimum=3) == usual(pv.at_least(100))
    assert expected(pv.at_least(100)) == usual(pv.at_least(100))
    assert expected(pv.at_least(100), 1, 2, minimum=2, last=2).expected == pv.at_least(2)


def test_the_direction_says_what_a_bare_fallback_means() -> None:
    """S 2.4, S 9.6."""
    lower = measured(LOWER)
    assert expected_from(story(STOCK, None, [3]), usual(100)).expected == pv.at_least(3)
    assert expected_from(story(lower, None, [3]), usual(100)).expected == pv.at_most(3)
    with pytest.raises(InvalidValueError, match="choose at_least") as refused:
        _ = expected_from(story(measured(NEUTRAL), None, [3]), usual(100))
    assert refused.value.code == "target.bare"


def test_what_else_the_fallback_says_stays() -> None:
    """S 9.6: near, weight, days and scope; worst at the same distance."""
    scope = pv.Scope(partner="acme", segment="large")
    fallback = usual(
        pv.at_least(100), near=pv.within_percent(10), worst=60, weight=3, valid=(day(1), None)
    )
    fallback = attrs.evolve(fallback, scope=scope)
    made = expected_from(story(STOCK, None, [20]), fallback)
    assert attrs.evolve(made, basis=None) == attrs.evolve(
        fallback, expected=pv.at_least(20), worst=-20
    )
    pair = usual(pv.equals(100, tolerance=5), worst=(80, 130))
    about = expected_from(story(STOCK, None, [20]), pair)
    assert about.worst == (Decimal(0), Decimal(50))


def test_a_context_has_a_history_of_its_own() -> None:
    """S 9.6: comparable are the same indicator, partner and context."""
    shelf, other_shelf = pv.Context("shelf", "2"), pv.Context("shelf", "3")
    history = [
        found(1, 9, kpi(1, context=shelf)),
        found(1, 3),
        found(2, 50, kpi(2, context=other_shelf)),
    ]
    assert expected_from(history, usual(pv.at_least(100))).expected == pv.at_least(3)
    about = usual(pv.at_least(100), scope=pv.Scope(partner="acme", context=shelf))
    assert expected_from(history, about).expected == pv.at_least(9)
    other = usual(pv.at_least(100), scope=pv.Scope(partner="other"))
    assert expected_from(history, other) == other


def test_after_a_change_of_unit_only_the_new_one_counts() -> None:
    """S 9.6, S 9.3."""
    pieces, pallets = measured(unit="pieces"), measured(unit="pallets")
    history = [
        found(1, 900, kpi(1, None, indicator=pieces)),
        found(2, 3, kpi(2, None, indicator=pallets)),
    ]
    assert expected_from(history, usual(pv.at_least(100))).expected == pv.at_least(3)


@pytest.mark.parametrize(
    ("pattern", "settings", "code"),
    [
        (usual(pv.at_least(100), scope=None), {}, "expected.scope"),
        (usual(pv.at_least(100), scope=pv.Scope(segment="large")), {}, "expected.scope"),
        (usual(pv.between(1, 2)), {}, "expected.criterion"),
        (usual(pv.one_of([1])), {}, "expected.criterion"),
        (usual(pv.at_least(at(1))), {}, "expected.criterion"),
        (usual(pv.at_least(100)), {"minimum": 5}, "expected.sample"),
        (usual(pv.at_least(100)), {"last": 0}, "count.range"),
        (usual(pv.at_least(100)), {"minimum": 0}, "count.range"),
        (usual(pv.at_least(100)), {"statistic": "mean"}, "type.wrong"),
        ("stock", {}, "type.wrong"),
    ],
)
def test_what_nothing_can_be_expected_from_is_refused(
    pattern: Any, settings: dict[str, Any], code: str
) -> None:
    """S 9.6."""
    with pytest.raises(InvalidValueError) as refused:
        _ = expected_from([found(1, 3)], pattern, **settings)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "strange", [pv.between(1, 2), pv.contains(["a"]), pv.at_least(at(1)), "open", True, at(1)]
)
def test_a_pattern_that_cannot_serve_is_refused_before_there_is_any_history(strange: Any) -> None:
    """S 9.6: not a quarter later."""
    with pytest.raises(InvalidValueError, match="of a number as the pattern") as refused:
        _ = expected_from([], usual(strange))
    assert refused.value.code == "expected.criterion"


def test_only_numbers_have_a_mean() -> None:
    """S 9.6."""
    times = story(measured(LOWER, DATETIME), None, [at(1)])
    for pattern in (usual(pv.at_least(100)), usual(pv.at_least(at(1)))):
        with pytest.raises(InvalidValueError, match="of a number") as refused:
            _ = expected_from(times, pattern)
        assert refused.value.code == "expected.criterion"


def test_the_kpi_of_the_next_visit_says_where_its_target_comes_from() -> None:
    """S 9.6, S 2.7: the provenance is kept in the target, the KPI and its sentence."""
    made = expected_from(story(STOCK, None, [3, 6]), usual(pv.at_least(100)))
    plan = builders.plan(given=pv.Given(targets=[made]))
    (target,) = (each.target for each in plan.kpis)
    assert target is not None
    assert target.basis == made.basis
    assert target.origin == "partner acme, mean of 2 readings"
    (comparison,) = pv.compare(plan, [builders.reading(plan.kpis[0], 4)]).comparisons
    assert str(comparison) == (
        "The stock: expected at least 5 (partner acme, mean of 2 readings); found 4; missed by 1"
    )


@pytest.mark.parametrize(
    ("statistic", "readings", "words"),
    [
        (Statistic.LAST, ["a"], "the last reading"),
        (Statistic.MEAN, ["a"], "mean of 1 reading"),
        (Statistic.MEDIAN, ["a", "b"], "median of 2 readings"),
    ],
)
def test_a_basis_reads_as_what_it_is(statistic: Statistic, readings: list[str], words: str) -> None:
    """S 9.6."""
    assert str(Basis(statistic=statistic, figure=Decimal(1), readings=readings)) == words


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"statistic": "mean"}, "type.wrong", "statistic"),
        ({"figure": 1}, "type.wrong", "figure"),
        ({"figure": Decimal("NaN")}, "decimal.range", "figure"),
        ({"readings": []}, "basis.readings", "readings"),
        ({"readings": "R-1"}, "sequence.type", "readings"),
        ({"readings": [""]}, "text.empty", "readings"),
    ],
)
def test_a_basis_without_its_parts_is_refused(
    changes: dict[str, Any], code: str, field: str
) -> None:
    """S 9.6."""
    held = Basis(statistic=Statistic.MEAN, figure=Decimal(1), readings=["R-1"])
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(held, **changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_target_has_a_basis_or_none() -> None:
    """S 9.6."""
    with pytest.raises(InvalidValueError) as refused:
        _ = usual(basis="mean")
    assert (refused.value.code, refused.value.field) == ("type.wrong", "basis")
