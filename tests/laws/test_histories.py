"""Laws of trends, streaks and what is expected from history (S 9.4, S 9.6)."""

import math
from collections.abc import Callable, Sequence
from decimal import Context as DecimalContext
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.comparison import Comparison, Outcome
from partnervisits.criteria import Criterion
from partnervisits.histories import History, Trend, expected_from
from partnervisits.targets import Statistic
from tests import builders
from tests.judged import DECIMAL, NUMBER
from tests.quarters import found, kpi

HOSTILE = DecimalContext(prec=3, Emax=5, Emin=-5, traps=[])
HIGHER, LOWER = pv.Direction.HIGHER_IS_BETTER, pv.Direction.LOWER_IS_BETTER
CLOSER, NEUTRAL = pv.Direction.CLOSER_IS_BETTER, pv.Direction.NEUTRAL
GOAL = 10

actuals = st.none() | st.just(pv.Absence.DECLINED) | st.integers(-30, 30)
stories = st.lists(actuals, min_size=1, max_size=9)


def indicator(direction: pv.Direction, value_type: pv.ValueType = NUMBER) -> pv.Indicator:
    return builders.indicator("stock", value_type=value_type, direction=direction)


def story(values: Sequence[object], measured: pv.Indicator) -> list[Comparison]:
    target = pv.Target("stock", pv.at_least(GOAL), near=pv.within(3))
    return [
        found(month, value, kpi(month, target, indicator=measured))
        for month, value in enumerate(values, start=1)
    ]


def merit(value: int, direction: pv.Direction) -> int:
    """How good a value is, in plain ifs."""
    if direction is HIGHER:
        return value
    if direction is LOWER:
        return -value
    if direction is CLOSER:
        return -abs(value - GOAL)
    return 2 if value >= GOAL else 1 if value >= GOAL - 3 else 0


def trend_in_plain_ifs(
    values: Sequence[object], direction: pv.Direction, tolerance: int
) -> Trend | None:
    numbers = [each for each in values if isinstance(each, int)]
    if not isinstance(values[-1], int):
        return None
    if len(numbers) == 1:
        return Trend.FIRST
    change = merit(numbers[-1], direction) - merit(numbers[-2], direction)
    if abs(change) <= (0 if direction is NEUTRAL else tolerance):
        return Trend.STEADY
    return Trend.IMPROVING if change > 0 else Trend.WORSENING


@given(
    values=stories,
    direction=st.sampled_from([HIGHER, LOWER, CLOSER, NEUTRAL]),
    tolerance=st.integers(0, 5),
)
def test_a_trend_agrees_with_plain_ifs(
    values: list[object], direction: pv.Direction, tolerance: int
) -> None:
    """S 9.4."""
    held = story(values, indicator(direction))
    trend = History(held).trend(held[-1], tolerance=tolerance)
    assert trend is trend_in_plain_ifs(values, direction, tolerance)


@given(values=stories)
def test_a_streak_agrees_with_counting_backwards(values: list[object]) -> None:
    """S 9.4: only a verdict breaks it."""
    held = story(values, indicator(HIGHER))
    now = held[-1].outcome
    telling = [
        each.outcome
        for each in reversed(held)
        if each.outcome in {Outcome.MET, Outcome.NEAR, Outcome.NOT_MET, now}
    ]
    assert History(held).streak(held[-1]) == len(list(takewhile(lambda each: each is now, telling)))


@given(values=stories, data=st.data())
def test_the_order_in_which_a_history_is_given_does_not_matter(
    values: list[object], data: st.DataObject
) -> None:
    """S 9.4: law of S12."""
    held = story(values, indicator(HIGHER))
    mixed = History(data.draw(st.permutations(held)))
    assert mixed == History(held)
    assert [mixed.trend(each) for each in held] == [History(held).trend(each) for each in held]


@given(values=stories, later=stories)
def test_what_comes_later_changes_no_trend_and_no_streak(
    values: list[object], later: list[object]
) -> None:
    """S 9.4."""
    held = story([*values, *later][:12], indicator(HIGHER))
    now = held[len(values) - 1]
    before = History(held[: len(values)])
    assert History(held).trend(now) is before.trend(now)
    assert History(held).streak(now) == before.streak(now)


# ------------------------------------------------------------------------- expected from history


def figure_of(statistic: Statistic, numbers: list[Fraction]) -> Fraction:
    """The same in fractions."""
    if statistic is Statistic.LAST:
        return numbers[-1]
    if statistic is Statistic.MEAN:
        return sum(numbers, Fraction(0)) / len(numbers)
    ordered, middle = sorted(numbers), len(numbers) // 2
    if len(numbers) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


tenths = st.integers(-(10**12), 10**12).map(lambda digits: Decimal(digits).scaleb(-10))


@given(
    values=st.lists(st.none() | tenths, max_size=7),
    statistic=st.sampled_from(Statistic),
    last=st.integers(1, 8),
    least=st.integers(1, 8),
    whole=st.booleans(),
    make=st.sampled_from([pv.at_least, pv.at_most, pv.equals]),
)
def test_what_is_expected_agrees_with_fractions(
    values: list[Decimal | None],
    statistic: Statistic,
    last: int,
    least: int,
    *,
    whole: bool,
    make: Callable[[Decimal | int], Criterion],
) -> None:
    """S 9.6: up for at_least, down for at_most, else half-even; ten places for decimals."""
    least = min(least, last)
    raw = [None if each is None else int(each) if whole else each for each in values]
    measured = indicator(HIGHER, NUMBER if whole else DECIMAL)
    fallback = pv.Target("stock", make(7), scope=pv.Scope(partner="acme"))
    with localcontext(HOSTILE):
        made = expected_from(
            story(raw, measured), fallback, statistic=statistic, last=last, minimum=least
        )
    sample = [Fraction(each) for each in raw if each is not None][-last:]
    if len(sample) < least:
        assert made == fallback
        return
    figure = figure_of(statistic, sample)
    assert made.expected == make(rounded(figure, make, whole=whole))
    assert made.basis is not None
    assert len(made.basis.readings) == len(sample)
    assert abs(Fraction(made.basis.figure) - figure) <= abs(figure) / 10**27


def rounded(figure: Fraction, make: object, *, whole: bool) -> Decimal:
    if not whole:
        return Decimal(round(figure * 10**10)).scaleb(-10)
    if make is pv.at_least:
        return Decimal(math.ceil(figure))
    return Decimal(math.floor(figure) if make is pv.at_most else round(figure))
