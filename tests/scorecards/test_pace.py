"""How a sum keeps up with a goal for a period: beside the verdicts, never instead (S 9.7)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Context as DecimalContext
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from typing import Any, NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import testing as strategies
from partnervisits.calendars import Calendar, Weekday
from partnervisits.comparison import Comparison, Outcome
from partnervisits.errors import InvalidValueError
from partnervisits.indicators import Aggregation
from partnervisits.scorecards import Pace, PaceStatus, Scorecard, pace
from partnervisits.values import DateRange
from tests import builders
from tests.judged import DECIMAL, NUMBER, PERCENTAGE, compared

BEHIND, ON_PACE, AHEAD = PaceStatus.BEHIND, PaceStatus.ON_PACE, PaceStatus.AHEAD
SALES = builders.indicator("sales", value_type=DECIMAL, aggregation=Aggregation.SUM)
DAY = timedelta(days=1)
TEN_DAYS = DateRange(date(2026, 3, 2), date(2026, 3, 11))
MONDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 3, each) for each in (2, 6, 7, 8))
TWO_WEEKS = DateRange(MONDAY, date(2026, 3, 15))
WORKDAYS = pv.WorkCalendar()
LARGEST = Decimal("999999999999999999.9999999999")


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def sold(
    amount: object,
    on: date | None = MONDAY,
    *,
    at: datetime | None = None,
    of: pv.Indicator = SALES,
    number: int = 1,
    **subject: Any,
) -> Comparison:
    """What the visit of a day found at noon, or at some other instant; None for nothing."""
    visit_id = f"V-{on}-{number}"
    kpi = builders.kpi(of, pv.Target(of.key, pv.at_least(5)))
    kpi = attrs.evolve(kpi, task_id=f"{visit_id}/round/count")
    comparison = compared(kpi, amount, visit_id=visit_id, on=on, **subject)
    if comparison.reading is None:
        return comparison
    when = at or noon(on or MONDAY)
    captured = attrs.evolve(comparison.reading, at=when, recorded_at=when)
    return attrs.evolve(comparison, reading=captured)


def on_friday(comparisons: Iterable[Comparison], expected: object = 100, **changes: Any) -> Pace:
    """The pace to a goal for ten days, of which five have gone."""
    goal = None if expected is None else pv.at_least(expected)  # type: ignore[arg-type]
    settings: dict[str, Any] = {"period": TEN_DAYS, "as_of": FRIDAY}
    return pace(comparisons, goal, **(settings | changes))


def status(*amounts: object, expected: object = 100, **changes: Any) -> PaceStatus | None:
    held = [sold(amount, number=number) for number, amount in enumerate(amounts)]
    return on_friday(held, expected, **changes).status


def written(*figures: Decimal | None) -> list[str]:
    return ["none" if each is None else f"{each:f}" for each in figures]


# ------------------------------------------------------------------------ behind, on pace and ahead


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, BEHIND),
        ("44.9999999999", BEHIND),
        (45, ON_PACE),
        (50, ON_PACE),
        (55, ON_PACE),
        ("55.0000000001", AHEAD),
        (100, AHEAD),
        (-1, BEHIND),
    ],
)
def test_a_tenth_too_little_and_a_tenth_too_much_are_still_on_pace(
    amount: object, expected: PaceStatus
) -> None:
    """S 9.7: BEHIND is below 0.9 and AHEAD is above 1.1 of what is due so far, here of 50."""
    assert status(amount) is expected


@pytest.mark.parametrize(
    ("under", "over", "behind", "on_pace", "ahead"),
    [
        ("0.5", 2, "24.9999999999", [25, 100], "100.0000000001"),
        (1, 1, "49.9999999999", [50], "50.0000000001"),
        (Decimal("1.2"), "1.5", "59.9999999999", [60, 75], "75.0000000001"),
        (0, 0, "-0.0000000001", [0], "0.0000000001"),
    ],
)
def test_the_bounds_can_be_set_and_belong_to_on_pace(
    under: Any, over: Any, behind: object, on_pace: list[object], ahead: object
) -> None:
    """S 9.7."""
    bounds = {"under": under, "over": over}
    assert status(behind, **bounds) is BEHIND
    assert {status(each, **bounds) for each in on_pace} == {ON_PACE}
    assert status(ahead, **bounds) is AHEAD


def test_a_pace_holds_all_that_it_is_judged_by() -> None:
    """S 9.7."""
    gaps = [sold(None, MONDAY, number=2), sold(None, FRIDAY, number=2)]
    held = [sold(30, MONDAY), sold("14.5", FRIDAY), *gaps]
    assert on_friday(held) == Pace(
        expected=Decimal(100),
        actual=Decimal("44.5"),
        missing=2,
        days_so_far=5,
        days=10,
        under=Decimal("0.9"),
        over=Decimal("1.1"),
    )


def test_a_sum_of_whole_numbers_keeps_up_as_any_other() -> None:
    """S 9.7."""
    pieces = builders.indicator("pieces", value_type=NUMBER, aggregation=Aggregation.SUM)
    found = on_friday([sold(20, of=pieces), sold(24, FRIDAY, of=pieces)])
    assert (found.actual, type(found.actual)) == (Decimal(44), Decimal)
    assert found.status is BEHIND


@pytest.mark.parametrize(
    ("sold_so_far", "remaining"),
    [
        ([0], "100"),
        (["44.5"], "55.5"),
        ([60, 39, "0.9999999999"], "0.0000000001"),
        ([60, 40], "0"),
        ([60, 41], "0"),
        ([-10], "110"),
    ],
)
def test_what_remains_is_never_below_nothing(sold_so_far: list[object], remaining: str) -> None:
    """S 9.7."""
    held = [sold(amount, number=number) for number, amount in enumerate(sold_so_far)]
    assert written(on_friday(held).remaining) == [remaining]


# ----------------------------------------------------------------------------------------- the days


@pytest.mark.parametrize(
    ("as_of", "days_so_far", "due"),
    [
        (MONDAY - DAY, 0, "0"),
        (MONDAY, 1, "10"),
        (FRIDAY, 5, "50"),
        (date(2026, 3, 10), 9, "90"),
        (date(2026, 3, 11), 10, "100"),
        (date(2026, 3, 12), 10, "100"),
        (date(2027, 3, 12), 10, "100"),
    ],
    ids=["before", "first", "middle", "last but one", "last", "after", "a year after"],
)
def test_what_is_due_grows_with_every_day_up_to_and_including_today(
    as_of: date, days_so_far: int, due: str
) -> None:
    """S 9.7."""
    found = on_friday([sold(50)], as_of=as_of)
    assert (found.days_so_far, found.days) == (days_so_far, 10)
    assert written(found.due_so_far) == [due]


def test_before_the_first_day_nothing_is_judged() -> None:
    """S 9.7."""
    found = on_friday([sold(50), sold(None)], as_of=MONDAY - DAY)
    assert (found.actual, found.missing, found.remaining, found.status) == (None, 0, None, None)


def test_on_the_last_day_and_ever_after_all_of_the_goal_is_due() -> None:
    """S 9.7."""
    assert TEN_DAYS.last
    for as_of in (TEN_DAYS.last, TEN_DAYS.last + DAY):
        assert status(89, as_of=as_of) is BEHIND
        assert status(90, as_of=as_of) is ON_PACE
        assert status(111, as_of=as_of) is AHEAD


def test_a_period_of_one_day_is_a_period() -> None:
    """S 9.7."""
    found = on_friday([sold(100)], period=DateRange(MONDAY, MONDAY), as_of=MONDAY)
    assert (found.days_so_far, found.days, found.status) == (1, 1, ON_PACE)


@pytest.mark.parametrize(
    ("calendar", "as_of", "days_so_far", "days"),
    [
        (None, SUNDAY, 7, 14),
        (WORKDAYS, FRIDAY, 5, 10),
        (WORKDAYS, SUNDAY, 5, 10),
        (WORKDAYS, SUNDAY + DAY, 6, 10),
        (WORKDAYS, date(2026, 3, 15), 10, 10),
        (pv.WorkCalendar(holidays=[date(2026, 3, 4)]), FRIDAY, 4, 9),
        (pv.WorkCalendar(holidays=[date(2026, 3, 4)]), date(2026, 3, 4), 2, 9),
        (pv.WorkCalendar(holidays=[date(2026, 3, 11)]), FRIDAY, 5, 9),
        (pv.WorkCalendar(weekend=[Weekday.SUNDAY]), SUNDAY, 6, 12),
    ],
)
def test_with_a_calendar_only_its_working_days_count(
    calendar: Calendar | None, as_of: date, days_so_far: int, days: int
) -> None:
    """S 9.7, S 4.4."""
    found = on_friday([], period=TWO_WEEKS, as_of=as_of, calendar=calendar)
    assert (found.days_so_far, found.days) == (days_so_far, days)


def test_a_holiday_moves_what_is_due_and_so_the_status() -> None:
    """S 9.7: four of nine days have gone, and 44.4 are due."""
    closed = pv.WorkCalendar(holidays=[date(2026, 3, 4)])
    settings: dict[str, Any] = {"period": TWO_WEEKS, "as_of": FRIDAY}
    assert status(44, calendar=WORKDAYS, **settings) is BEHIND
    assert status(44, calendar=closed, **settings) is ON_PACE


def test_any_calendar_of_a_host_serves() -> None:
    """S 4.4."""

    class OnlyMondays:
        def is_working(self, on: date, /) -> bool:
            return on.weekday() == Weekday.MONDAY

    found = on_friday([], period=TWO_WEEKS, calendar=OnlyMondays())
    assert (found.days_so_far, found.days) == (1, 2)


def test_what_is_sold_on_a_day_off_counts_too() -> None:
    """S 9.7: days off only say how much is due."""
    held = [sold(20, FRIDAY), sold(30, SATURDAY)]
    found = on_friday(held, period=TWO_WEEKS, as_of=SUNDAY, calendar=WORKDAYS)
    assert written(found.actual, found.due_so_far) == ["50", "50"]
    assert found.status is ON_PACE


@pytest.mark.parametrize(("amount", "expected"), [(-1, BEHIND), (0, ON_PACE), (1, AHEAD)])
def test_while_no_working_day_has_come_anything_sold_is_ahead(
    amount: object, expected: PaceStatus
) -> None:
    """S 9.7: nothing is due on a Saturday."""
    found = on_friday(
        [sold(amount, SATURDAY)],
        period=DateRange(SATURDAY, date(2026, 3, 15)),
        as_of=SUNDAY,
        calendar=WORKDAYS,
    )
    assert found.days_so_far == 0
    assert written(found.due_so_far) == ["0"]
    assert found.status is expected


# ----------------------------------------------------------------------- no goal, and nothing found


def test_no_goal_is_not_a_goal_of_0() -> None:
    """S 9.7."""
    none, zero = on_friday([sold(5)], None), on_friday([sold(5)], 0)
    assert written(none.expected, none.due_so_far, none.remaining) == ["none"] * 3
    assert written(zero.expected, zero.due_so_far, zero.remaining) == ["0"] * 3
    assert (none.status, zero.status) == (None, AHEAD)
    assert none.actual == zero.actual == 5


@pytest.mark.parametrize(
    ("amount", "expected", "remaining"), [(-1, BEHIND, "1"), (0, ON_PACE, "0"), (1, AHEAD, "0")]
)
def test_a_goal_of_0_is_a_goal(amount: object, expected: PaceStatus, remaining: str) -> None:
    """S 9.7."""
    found = on_friday([sold(amount)], 0)
    assert found.status is expected
    assert written(found.remaining) == [remaining]


@pytest.mark.parametrize("comparisons", [[], [sold(None)], [sold(pv.Absence.DECLINED)]])
def test_nothing_measured_is_neither_0_nor_behind(comparisons: list[Comparison]) -> None:
    """S 9.7: but what is due is known."""
    found = on_friday(comparisons)
    assert (found.actual, found.remaining, found.status) == (None, None, None)
    assert written(found.expected, found.due_so_far) == ["100", "50"]
    assert found.missing == len(comparisons)


def test_a_sale_of_0_was_measured() -> None:
    """S 9.7."""
    found = on_friday([sold(0)])
    assert written(found.actual, found.remaining) == ["0", "100"]
    assert found.status is BEHIND


# ------------------------------------------------------------------------------- which values count


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (datetime(2026, 3, 1, 22, 59, 59, 999_999, tzinfo=UTC), False),
        (datetime(2026, 3, 1, 23, tzinfo=UTC), True),  # midnight in Berlin
        (datetime(2026, 3, 6, 22, 59, 59, 999_999, tzinfo=UTC), True),
        (datetime(2026, 3, 6, 23, tzinfo=UTC), False),
        (datetime(2026, 2, 20, 12, tzinfo=UTC), False),
        (datetime(2026, 3, 9, 12, tzinfo=UTC), False),
    ],
)
def test_a_value_counts_if_it_was_found_in_the_period_so_far(at: datetime, counts: bool) -> None:  # noqa: FBT001
    """S 9.7: from Monday to today, a Friday, whatever day the visit was planned for."""
    for planned in (MONDAY, date(2026, 1, 5), date(2026, 3, 9), None):
        found = on_friday([sold(7, planned, at=at)])
        assert found.actual == (7 if counts else None)
        assert found.missing == 0


@pytest.mark.parametrize(
    ("zone", "at", "counts"),
    [
        ("America/New_York", datetime(2026, 3, 2, 4, 59, tzinfo=UTC), False),  # Sunday, 23:59
        ("America/New_York", datetime(2026, 3, 7, 4, 59, tzinfo=UTC), True),  # Friday, 23:59
        ("America/New_York", datetime(2026, 3, 7, 5, tzinfo=UTC), False),
        ("Pacific/Auckland", datetime(2026, 3, 1, 11, tzinfo=UTC), True),  # Monday, midnight
        ("Pacific/Auckland", datetime(2026, 3, 6, 11, tzinfo=UTC), False),  # Saturday, midnight
        ("UTC", datetime(2026, 3, 7, 4, 59, tzinfo=UTC), False),
    ],
)
def test_the_day_is_that_of_the_place_not_of_utc(
    zone: str,
    at: datetime,
    counts: bool,  # noqa: FBT001
) -> None:
    """S 9.7."""
    found = on_friday([sold(7, at=at, timezone=zone)])
    assert found.actual == (7 if counts else None)


@pytest.mark.parametrize(
    ("on", "missing"),
    [
        (MONDAY - DAY, 0),
        (MONDAY, 1),
        (FRIDAY, 1),
        (SATURDAY, 0),
        (None, 0),
    ],
    ids=["before", "first", "today", "tomorrow", "unscheduled"],
)
def test_a_visit_that_found_nothing_is_missing_on_its_day(on: date | None, missing: int) -> None:
    """S 9.7."""
    found = on_friday([sold(7), sold(None, on, number=2)])
    assert found.actual == 7
    assert found.missing == missing


def test_what_a_person_decided_without_a_value_is_missing() -> None:
    """S 8.7, S 9.7: a verdict is no sale."""
    nothing = sold(None, FRIDAY)
    decided = pv.Override(
        kpi_id=nothing.kpi.id, outcome=Outcome.MET, by="kim", at=noon(FRIDAY), reason="I saw it"
    )
    found = on_friday([sold(7), attrs.evolve(nothing, override=decided)])
    assert found.actual == 7
    assert found.missing == 1


@pytest.mark.parametrize(("at", "missing"), [(noon(FRIDAY), 1), (noon(SATURDAY), 0)])
def test_a_reason_why_nothing_was_found_counts_on_the_day_it_was_given(
    at: datetime, missing: int
) -> None:
    """S 9.7, S 1.6."""
    found = on_friday([sold(7), sold(pv.Absence.NOT_MEASURED, MONDAY, at=at, number=2)])
    assert found.actual == 7
    assert found.missing == missing


def test_a_year_of_visits_gives_the_pace_of_each_quarter() -> None:
    """S 9.7: what lies outside the period changes nothing."""
    months = [sold(10 * month, date(2026, month, 15)) for month in range(1, 13)]
    second = DateRange(date(2026, 4, 1), date(2026, 6, 30))
    found = on_friday(months, 200, period=second, as_of=date(2026, 5, 31))
    assert found.actual == 90
    assert (found.days_so_far, found.days, found.status) == (61, 91, BEHIND)


# -------------------------------------------------------------------------- a pace is not a verdict


def test_a_linear_pace_fails_no_seasonal_plan() -> None:
    """S 9.7: a toy shop sells in December, and every month so far is met as it was planned."""
    plan = {1: 20, 2: 20, 3: 20, 10: 60, 11: 180, 12: 300}
    year = DateRange(date(2026, 1, 1), date(2026, 12, 31))
    kpis = {
        month: attrs.evolve(
            builders.kpi(SALES, pv.Target("sales", pv.at_least(amount))),
            task_id=f"V-{month}/round/count",
        )
        for month, amount in plan.items()
    }
    spring = [compared(kpis[month], plan[month]) for month in (1, 2, 3)]
    before = Scorecard(comparisons=spring)
    found = pace(spring, pv.at_least(600), period=year, as_of=date(2026, 3, 31))
    assert found.actual == 60
    assert found.status is BEHIND
    assert [each.outcome for each in spring] == [Outcome.MET] * 3
    assert Scorecard(comparisons=spring) == before
    assert before.score == 1


def test_a_verdict_of_a_person_changes_no_pace() -> None:
    """S 8.7, S 9.7."""
    held = sold(45)
    decided = pv.Override(
        kpi_id=held.kpi.id, outcome=Outcome.NOT_MET, by="kim", at=noon(FRIDAY), reason="I doubt it"
    )
    assert on_friday([attrs.evolve(held, override=decided)]) == on_friday([held])


# --------------------------------------------------------------------------------------- exactness


class Close(NamedTuple):
    """What a rounded figure would judge wrongly: it would be on pace."""

    expected: Any
    amounts: list[Any]
    so_far: int
    of: int
    status: PaceStatus


@pytest.mark.parametrize(
    "close",
    [
        # 100000000000000000.33333333333... is due: its 28 digits are what was sold
        Close("300000000000000001", ["100000000000000000.3333333333"], 1, 3, BEHIND),
        # 200000000000000000.66666666666... is due: its 28 digits are what was sold
        Close("300000000000000001", ["200000000000000000.6666666667"], 2, 3, AHEAD),
        # sold / due is 1 and 28 zeros and a 1: its 28 digits are 1
        Close(LARGEST, [LARGEST, "0.0000000001"], 3, 3, AHEAD),
        # sold and due differ in the last of 30 digits, of which 28 are the same
        Close(LARGEST, [LARGEST] * 20 + [-LARGEST] * 19 + ["-0.0000000001"], 3, 3, BEHIND),
    ],
)
@pytest.mark.parametrize(
    "context",
    [DecimalContext(prec=3, traps=[]), DecimalContext(prec=3, traps=[Inexact])],
    ids=["coarse", "trapped"],
)
def test_no_rounding_decides_on_pace_or_not(close: Close, context: DecimalContext) -> None:
    """S 9.7, S 1.4: nor does the decimal context of the host."""
    held = [sold(amount, number=number) for number, amount in enumerate(close.amounts)]
    days = DateRange(MONDAY, MONDAY + (close.of - 1) * DAY)
    today = MONDAY + (close.so_far - 1) * DAY
    with localcontext(context):
        found = pace(held, pv.at_least(close.expected), period=days, as_of=today, under=1, over=1)
        assert found.status is close.status


def test_figures_are_exact_and_only_the_share_of_the_days_has_28_digits() -> None:
    """S 9.7, S 1.4."""
    held = [sold("0.0000000001", number=number) for number in range(3)]
    with localcontext(DecimalContext(prec=3, traps=[])):
        found = on_friday(held, LARGEST, period=DateRange(MONDAY, date(2026, 3, 8)))
        seen = found.actual, found.remaining, found.due_so_far
    assert written(*seen) == [
        "0.0000000003",
        "999999999999999999.9999999996",
        "714285714285714285.7142857142",
    ]


# ------------------------------------------------------------------------------- what has no pace


@pytest.mark.parametrize("aggregation", [Aggregation.MEAN, Aggregation.LAST])
def test_only_what_adds_up_has_a_pace(aggregation: Aggregation) -> None:
    """S 9.7."""
    held = sold(5, of=attrs.evolve(SALES, aggregation=aggregation))
    with pytest.raises(InvalidValueError) as refused:
        _ = on_friday([held])
    assert refused.value.code == "pace.aggregation"
    assert str(refused.value) == "sales does not add up: a pace needs an aggregation SUM"


def test_a_sum_of_percentages_has_a_pace_if_the_indicator_says_that_they_add_up() -> None:
    """S 9.7, S 9.3."""
    done = builders.indicator("done", value_type=PERCENTAGE, aggregation=Aggregation.SUM)
    assert on_friday([sold(20, of=done), sold(30, of=done, number=2)]).status is ON_PACE


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (attrs.evolve(SALES, aggregation=Aggregation.NONE), "combine.aggregation"),
        (attrs.evolve(SALES, unit="EUR"), "combine.mixed"),
    ],
)
def test_what_does_not_combine_has_no_pace(other: pv.Indicator, code: str) -> None:
    """S 9.7, S 9.3."""
    usual = [sold(5)] if code == "combine.mixed" else []
    with pytest.raises(InvalidValueError) as refused:
        _ = on_friday([*usual, sold(5, of=other, number=2)])
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("expected", "code"),
    [
        (pv.at_least(-1), "pace.expected"),
        (pv.at_least("-0.0000000001"), "pace.expected"),
        (pv.at_least(MONDAY), "pace.expected"),
        (pv.at_least(noon(MONDAY)), "pace.expected"),
        (pv.at_least(pv.days(3)), "pace.expected"),
        (pv.at_most(100), "type.wrong"),
        (pv.between(90, 110), "type.wrong"),
        (100, "type.wrong"),
        (Decimal(100), "type.wrong"),
        ("100", "type.wrong"),
        (False, "type.wrong"),
    ],
)
def test_a_goal_is_at_least_a_number_from_zero_up(expected: Any, code: str) -> None:
    """S 9.7."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pace([], expected, period=TEN_DAYS, as_of=FRIDAY)
    assert refused.value.code == code
    if code == "pace.expected":
        assert str(refused.value) == "pass at_least a number of zero or more, or None"


LONG = 36_600
FIRST = date(1990, 1, 1)
NOBODY = pv.WorkCalendar(weekend=list(Weekday))


@pytest.mark.parametrize(
    "period",
    [
        DateRange(),
        DateRange(first=MONDAY),
        DateRange(last=FRIDAY),
        DateRange(FIRST, FIRST + LONG * DAY),
        DateRange(date(1900, 1, 1), date(2200, 12, 31)),
    ],
    ids=["open", "no last day", "no first day", "a day too long", "three centuries"],
)
def test_a_period_has_a_first_and_a_last_day_and_an_end_in_sight(period: DateRange) -> None:
    """S 9.7, S 3.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = on_friday([], period=period)
    assert refused.value.code == "pace.period"
    wanted = "pass a period with a first and a last day, at most 36,600 days"
    assert str(refused.value) == wanted


def test_the_longest_period_has_36_600_days() -> None:
    """S 9.7, S 3.3."""
    period = DateRange(FIRST, FIRST + (LONG - 1) * DAY)
    assert on_friday([], period=period, as_of=FIRST).days == LONG


@pytest.mark.parametrize(
    ("period", "calendar"),
    [(TEN_DAYS, NOBODY), (DateRange(SATURDAY, SUNDAY), WORKDAYS)],
    ids=["a calendar without working days", "a weekend"],
)
def test_a_period_has_a_working_day(period: DateRange, calendar: Calendar) -> None:
    """S 9.7, S 4.5."""
    with pytest.raises(InvalidValueError) as refused:
        _ = on_friday([], period=period, calendar=calendar)
    assert refused.value.code == "pace.period"
    assert str(refused.value) == "the period has no working day: look at the calendar"


@pytest.mark.parametrize(
    ("under", "over"), [("-0.1", 1), (-1, -1), ("1.1", "0.9"), ("1.1000000001", "1.1"), (2, "1.1")]
)
def test_the_bounds_are_numbers_from_zero_up_and_in_order(under: Any, over: Any) -> None:
    """S 9.7."""
    with pytest.raises(InvalidValueError) as refused:
        _ = on_friday([], under=under, over=over)
    assert refused.value.code == "pace.bounds"
    assert str(refused.value) == "pass an under of zero or more, at most over"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"under": 0.9}, "decimal.float"),
        ({"over": 1.1}, "decimal.float"),
        ({"under": "90 %"}, "decimal.text"),
        ({"over": None}, "decimal.type"),
        ({"over": True}, "decimal.type"),
        ({"under": Decimal("NaN")}, "decimal.range"),
        ({"period": (MONDAY, FRIDAY)}, "type.wrong"),
        ({"period": None}, "type.wrong"),
        ({"as_of": None}, "date.type"),
        ({"as_of": noon(FRIDAY)}, "date.type"),
        ({"as_of": "2026-03-06"}, "date.type"),
        ({"as_of": date(2201, 1, 1)}, "date.range"),
        ({"calendar": "Monday to Friday"}, "calendar.type"),
        ({"calendar": [MONDAY]}, "calendar.type"),
        ({"calendar": pv.WorkCalendar}, "calendar.type"),
        ({"comparisons": "sales"}, "sequence.type"),
        ({"comparisons": 5}, "sequence.type"),
        ({"comparisons": [5]}, "sequence.entry"),
    ],
)
def test_what_is_something_else_is_refused(changes: dict[str, Any], code: str) -> None:
    """S 9.7, S 1.2."""
    settings: dict[str, Any] = {"comparisons": [], **changes}
    with pytest.raises(InvalidValueError) as refused:
        _ = on_friday(**settings)
    assert refused.value.code == code
    if code == "sequence.type":
        assert str(refused.value).startswith("pass comparisons, not ")


# ----------------------------------------------------------------------------------- as a sentence


@pytest.mark.parametrize(
    ("amount", "expected", "sentence"),
    [
        (12, 100, "behind: 12 found, 50 due after 5 of 10 days, 100 expected in all"),
        ("49.5", 100, "on pace: 49.5 found, 50 due after 5 of 10 days, 100 expected in all"),
        (60, 100, "ahead: 60 found, 50 due after 5 of 10 days, 100 expected in all"),
        (
            30_000,
            100_000,
            "behind: 30,000 found, 50,000 due after 5 of 10 days, 100,000 expected in all",
        ),
        (0, 0, "on pace: 0 found, 0 due after 5 of 10 days, 0 expected in all"),
        (None, 100, "nothing measured, 50 due after 5 of 10 days, 100 expected in all"),
        (12, None, "12 found, no target"),
        (None, None, "nothing measured, no target"),
    ],
)
def test_a_pace_reads_as_a_sentence(amount: object, expected: object, sentence: str) -> None:
    """S 9.7."""
    assert str(on_friday([sold(amount)], expected)) == sentence


# -------------------------------------------------------------------------------------------- laws


class Situation(NamedTuple):
    """What a host may ask, in any combination."""

    goal: Decimal | None
    sales: list[tuple[Decimal | None, date]]
    period: DateRange
    as_of: date
    calendar: pv.WorkCalendar | None
    under: Decimal
    over: Decimal

    def pace(self) -> Pace:
        held = [sold(amount, on, number=each) for each, (amount, on) in enumerate(self.sales)]
        return pace(
            held,
            None if self.goal is None else pv.at_least(self.goal),
            period=self.period,
            as_of=self.as_of,
            calendar=self.calendar,
            under=self.under,
            over=self.over,
        )


def days_about(first: date) -> st.SearchStrategy[date]:
    return st.integers(-3, 25).map(lambda offset: first + offset * DAY)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    days = days_about(MONDAY)
    weekdays = st.frozensets(st.sampled_from(Weekday), max_size=3)
    calendars = st.builds(
        pv.WorkCalendar, weekend=weekdays, holidays=st.frozensets(days, max_size=3)
    )
    bounds = st.sampled_from(["0", "0.5", "0.9", "1", "1.1", "1.5"]).map(Decimal)
    under, over = sorted([draw(bounds), draw(bounds)])
    amounts = st.none() | st.integers(-5, 60).map(Decimal) | strategies.decimals()
    return Situation(
        goal=draw(st.none() | st.integers(0, 100).map(Decimal) | strategies.widths()),
        sales=draw(st.lists(st.tuples(amounts, days), max_size=6)),
        period=DateRange(MONDAY, MONDAY + draw(st.integers(6, 20)) * DAY),
        as_of=draw(days),
        calendar=draw(st.none() | calendars),
        under=under,
        over=over,
    )


class Figures(NamedTuple):
    due: Fraction | None
    actual: Fraction | None
    remaining: Fraction | None
    missing: int
    status: PaceStatus | None


def by_fractions(asked: Situation) -> Figures:
    """The same by plain arithmetic, day by day."""
    first, last = asked.period.first, asked.period.last
    assert first
    assert last
    days = [first + each * DAY for each in range((last - first).days + 1)]
    working = [on for on in days if asked.calendar is None or asked.calendar.is_working(on)]
    gone = [on for on in working if on <= asked.as_of]
    counted = [amount for amount, on in asked.sales if first <= on <= min(last, asked.as_of)]
    amounts = [Fraction(str(amount)) for amount in counted if amount is not None]
    actual = sum(amounts, Fraction(0)) if amounts else None
    missing = counted.count(None)
    if asked.goal is None:
        return Figures(None, actual, None, missing, None)
    goal = Fraction(str(asked.goal))
    due = goal * Fraction(len(gone), len(working))
    if actual is None:
        return Figures(due, None, None, missing, None)
    status = ON_PACE
    if actual < Fraction(str(asked.under)) * due:
        status = BEHIND
    if actual > Fraction(str(asked.over)) * due:
        status = AHEAD
    return Figures(due, actual, max(Fraction(0), goal - actual), missing, status)


def fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(str(number))


@given(asked=situations())
def test_every_pace_agrees_with_plain_fractions(asked: Situation) -> None:
    """S 9.7: exactly, but for the 28 digits of what is due so far."""
    found, exact = asked.pace(), by_fractions(asked)
    assert fraction(found.actual) == exact.actual
    assert fraction(found.remaining) == exact.remaining
    assert (found.missing, found.status) == (exact.missing, exact.status)
    due = fraction(found.due_so_far)
    if due is None or exact.due is None:
        assert due is exact.due
    else:
        assert abs(due - exact.due) <= exact.due / (2 * 10**27)


@given(asked=situations(), data=st.data())
def test_the_order_of_visits_changes_no_pace(asked: Situation, data: st.DataObject) -> None:
    """S 9.7."""
    shuffled = asked._replace(sales=data.draw(st.permutations(asked.sales)))
    assert shuffled.pace() == asked.pace()


@given(asked=situations())
def test_what_comes_after_today_changes_no_pace(asked: Situation) -> None:
    """S 9.7."""
    so_far = [sale for sale in asked.sales if sale[1] <= asked.as_of]
    assert asked._replace(sales=so_far).pace() == asked.pace()
