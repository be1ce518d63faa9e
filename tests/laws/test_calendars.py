from collections.abc import Callable
from datetime import date, timedelta
from typing import cast

import numpy as np
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import assume, given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.calendars import (
    EVERY_DAY,
    Calendar,
    CalendarOwner,
    JointCalendar,
    Offset,
    Roll,
    Unit,
    Weekday,
    YearlyHoliday,
    days,
    months,
    plan_date,
    roll,
    shift,
    weeks,
)
from partnervisits.errors import CalendarError

ROLLS = st.sampled_from([rule for rule in Roll if rule is not Roll.NONE])
AMOUNTS = st.integers(-40, 40)
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
HOLIDAYS = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 2, 28)), max_size=40)
ANCHORS = st.dates(date(2025, 12, 25), date(2026, 3, 7)) | DAYS
WEEKENDS = st.frozensets(st.sampled_from(Weekday), max_size=6)
CALENDARS = st.builds(pv.WorkCalendar, weekend=WEEKENDS, holidays=HOLIDAYS)


def numpy_offset(on: date, amount: int, rule: Roll, calendar: pv.WorkCalendar) -> date:
    """What NumPy makes of the same question."""
    mask = [each not in calendar.weekend for each in Weekday]
    held = sorted(each for each in calendar.holidays if isinstance(each, date))
    # NumPy types the names of rolls, and these are made of ours.
    busday_offset = cast("Callable[..., object]", np.busday_offset)
    reached = busday_offset(
        np.datetime64(on),
        amount,
        roll=rule.name.replace("_", "").lower(),
        weekmask=mask,
        holidays=np.array(held, "datetime64[D]"),
    )
    return date.fromisoformat(str(reached))


@given(ANCHORS, AMOUNTS, ROLLS, CALENDARS)
def test_working_days_agree_with_numpy(
    on: date, amount: int, rule: Roll, calendar: pv.WorkCalendar
) -> None:
    """S 4.3: with the roll given, results equal NumPy's; RAISE raises in both."""
    offset = Offset(amount, Unit.WORKING_DAYS, roll=rule)
    try:
        expected = numpy_offset(on, amount, rule, calendar)
    except ValueError:
        with pytest.raises(CalendarError, match="is no working day"):
            _ = shift(on, offset, calendar)
    else:
        assert shift(on, offset, calendar) == expected


@given(ANCHORS, AMOUNTS, CALENDARS)
def test_without_a_roll_working_days_count_from_the_day_off_itself(
    on: date, amount: int, calendar: pv.WorkCalendar
) -> None:
    """S 4.3: backwards from a day off for n > 0, forwards otherwise."""
    default = Roll.PRECEDING if amount > 0 else Roll.FOLLOWING
    expected = numpy_offset(on, amount, default, calendar)
    assert shift(on, Offset(amount, Unit.WORKING_DAYS), calendar) == expected


@given(ANCHORS, ROLLS, CALENDARS)
def test_rolls_agree_with_numpy(on: date, rule: Roll, calendar: pv.WorkCalendar) -> None:
    """S 4.3"""
    _ = assume(rule is not Roll.RAISE)
    assert roll(on, rule, calendar) == numpy_offset(on, 0, rule, calendar)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(-1_200, 1_200))
def test_months_agree_with_dateutil(on: date, amount: int) -> None:
    """S 4.2"""
    assert shift(on, months(amount), EVERY_DAY) == on + relativedelta(months=amount)


@given(DAYS, st.integers(-18_000, 18_000), st.integers(-18_000, 18_000))
def test_days_after_days_are_their_sum(on: date, first: int, second: int) -> None:
    """The law of S12 on S 4.1: DAYS(a) then DAYS(b) = DAYS(a + b) without a roll."""
    halfway = shift(on, days(first), EVERY_DAY)
    assert shift(halfway, days(second), EVERY_DAY) == shift(on, days(first + second), EVERY_DAY)


@given(DAYS, st.integers(-2_000, 2_000), CALENDARS)
def test_weeks_keep_the_weekday(on: date, amount: int, calendar: pv.WorkCalendar) -> None:
    """S 4.2: weeks count from the anchor, whatever the calendar."""
    assert shift(on, weeks(amount), calendar) == on + timedelta(days=7 * amount)


@given(st.dates(date(2026, 1, 28), date(2026, 1, 31)), st.integers(0, 36))
def test_months_count_from_the_anchor_and_never_lose_its_day(on: date, amount: int) -> None:
    """S 4.2: 31 January plus two months is 31 March, whatever February did."""
    reached = shift(on, months(amount), EVERY_DAY)
    assert (reached.year, reached.month) == (2026 + amount // 12, amount % 12 + 1)
    lacks_it = (reached + timedelta(days=1)).month != reached.month
    assert reached.day == on.day or (lacks_it and reached.day < on.day)


@given(ANCHORS, st.sampled_from(Roll), CALENDARS)
def test_rolling_is_idempotent_and_ends_on_a_working_day(
    on: date, rule: Roll, calendar: pv.WorkCalendar
) -> None:
    """The law of S12 on S 4.3."""
    _ = assume(rule is not Roll.RAISE)
    rolled = roll(on, rule, calendar)
    assert roll(rolled, rule, calendar) == rolled
    assert rule is Roll.NONE or calendar.is_working(rolled)


@given(
    st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.dates(date(2000, 1, 1), date(2000, 12, 31))
)
def test_a_yearly_holiday_is_off_on_its_day_and_on_no_other(on: date, holiday: date) -> None:
    """S 4.4"""
    yearly = YearlyHoliday(holiday.month, holiday.day)
    calendar = pv.WorkCalendar(weekend=(), holidays=[yearly])
    is_it = (on.month, on.day) == (holiday.month, holiday.day)
    assert calendar.is_working(on) is not is_it


@given(ANCHORS, AMOUNTS, st.sampled_from([Roll.FOLLOWING, Roll.PRECEDING]), CALENDARS, CALENDARS)
def test_a_planned_date_suits_both_calendars_and_every_roll_names_who_asked(
    on: date, amount: int, rule: Roll, place: pv.WorkCalendar, rep: pv.WorkCalendar
) -> None:
    """S 4.4 and S 4.6"""
    both = JointCalendar(place, rep)
    _ = assume(set(Weekday) - place.weekend - rep.weekend)
    trail = plan_date(days(amount, roll=rule), on, [], both)
    assert place.is_working(trail.planned)
    assert rep.is_working(trail.planned)
    calendars: list[tuple[CalendarOwner, Calendar]] = [
        (CalendarOwner.PLACE, place),
        (CalendarOwner.REP, rep),
    ]
    for step in trail.rolls:
        towards = timedelta(days=1 if step.after > step.before else -1)
        passed = [
            step.before + each * towards for each in range(abs((step.after - step.before).days))
        ]
        asking = tuple(
            owner for owner, each in calendars if not all(each.is_working(on) for on in passed)
        )
        assert step.asked_by == asking != ()
