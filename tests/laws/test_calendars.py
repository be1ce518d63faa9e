from calendar import isleap
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from random import Random
from typing import NamedTuple, cast

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


def numpy_calendar(calendar: pv.WorkCalendar) -> np.busdaycalendar:
    """The same days off as NumPy takes them, the yearly ones in every year that is asked about."""
    off: set[date] = set()
    for held in calendar.holidays:
        if isinstance(held, YearlyHoliday):
            is_leap_day = (held.month, held.day) == (2, 29)
            years = (year for year in range(1990, 2070) if isleap(year) or not is_leap_day)
            off |= {date(year, held.month, held.day) for year in years}
        else:
            off.add(held)
    mask = [each not in calendar.weekend for each in Weekday]
    return np.busdaycalendar(weekmask=mask, holidays=np.array(sorted(off), "datetime64[D]"))


def numpy_offset(on: date, amount: int, rule: Roll, calendar: np.busdaycalendar) -> date:
    """What NumPy makes of the same question."""
    # NumPy types the names of rolls, and these are made of ours.
    busday_offset = cast("Callable[..., np.datetime64]", np.busday_offset)
    name = rule.name.replace("_", "").lower()
    return cast("date", busday_offset(on, amount, roll=name, busdaycal=calendar).item())


@given(ANCHORS, AMOUNTS, ROLLS, CALENDARS)
def test_working_days_agree_with_numpy(
    on: date, amount: int, rule: Roll, calendar: pv.WorkCalendar
) -> None:
    """S 4.3: with the roll given, results equal NumPy's; RAISE raises in both."""
    offset = Offset(amount, Unit.WORKING_DAYS, roll=rule)
    try:
        expected = numpy_offset(on, amount, rule, numpy_calendar(calendar))
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
    expected = numpy_offset(on, amount, default, numpy_calendar(calendar))
    assert shift(on, Offset(amount, Unit.WORKING_DAYS), calendar) == expected


@given(ANCHORS, ROLLS, CALENDARS)
def test_rolls_agree_with_numpy(on: date, rule: Roll, calendar: pv.WorkCalendar) -> None:
    """S 4.3"""
    _ = assume(rule is not Roll.RAISE)
    assert roll(on, rule, calendar) == numpy_offset(on, 0, rule, numpy_calendar(calendar))


# ------------------------------------------- the same again, many times and known to be covered


class Question(NamedTuple):
    """So many working days from a day, by a calendar that NumPy has as well."""

    on: date
    amount: int
    asked: Roll | None
    calendar: pv.WorkCalendar
    numpys: np.busdaycalendar

    @property
    def rule(self) -> Roll:
        """The roll that S 4.3 means."""
        default = Roll.PRECEDING if self.amount > 0 else Roll.FOLLOWING
        return default if self.asked is None else self.asked


WINTER = [date(2027, 12, 1) + timedelta(days=each) for each in range(121)]
"""Across the end of a year and a 29 February."""
STARTS = [*WINTER, *[date(2028, 2, 29)] * 6]
ASKED = [None, *(rule for rule in Roll if rule is not Roll.NONE)]


def questions(random: Random) -> Iterator[Question]:
    """20,000, of 400 calendars that work on one to seven days a week."""
    for number in range(400):
        once = random.sample(WINTER, random.randint(0, 60))
        yearly = [YearlyHoliday(each.month, each.day) for each in random.sample(WINTER, 9)]
        leap_day = [YearlyHoliday(2, 29)] if number % 3 == 0 else []
        calendar = pv.WorkCalendar(
            weekend=random.sample(list(Weekday), number % 7),
            holidays=[*once, *yearly[: number % 10], *leap_day],
        )
        numpys = numpy_calendar(calendar)
        for _ in range(50):
            on = random.choice(STARTS) + timedelta(days=random.choice([0, 0, 0, -500, 500]))
            most = random.choice([0, 2, 12, 12, 60])
            asked = random.choice(ASKED)
            yield Question(on, random.randint(-most, most), asked, calendar, numpys)


def numpys_answer(question: Question) -> date | str:
    """A date, or what we call it where NumPy refuses to count from a day off."""
    try:
        return numpy_offset(question.on, question.amount, question.rule, question.numpys)
    except ValueError:
        return "calendar.non-working"


def our_answer(question: Question) -> date | str:
    """A date, or the code of what is wrong with the question."""
    offset = Offset(question.amount, Unit.WORKING_DAYS, roll=question.asked)
    try:
        return shift(question.on, offset, question.calendar)
    except CalendarError as refused:
        return refused.code


def sign(amount: int) -> str:
    return "forwards" if amount > 0 else "backwards" if amount else "nowhere"


def what_it_covers(question: Question, answer: date | str) -> Iterator[object]:
    """What an answered question is an example of."""
    on, amount, asked, calendar, numpys = question
    yield asked
    yield f"{7 - len(calendar.weekend)} days a week"
    yield sign(amount)
    is_refused = isinstance(answer, str)
    if is_refused or asked is Roll.RAISE:
        yield asked, "refuses" if is_refused else "lets pass"
    if on in numpys.holidays.tolist():
        yield "from a holiday"
        if (on.month, on.day) == (2, 29):
            yield "from a holiday on 29 February"
    if not is_refused and answer != numpy_offset(
        on, amount, question.rule, np.busdaycalendar(weekmask=numpys.weekmask)
    ):
        yield "moved by a holiday"
    if asked in TURNING and (numpy_offset(on, 0, asked, numpys) - on).days * TURNING[asked] < 0:
        yield asked, "turns back"


TURNING = {Roll.MODIFIED_FOLLOWING: 1, Roll.MODIFIED_PRECEDING: -1}
EXAMPLES: list[object] = [
    *ASKED,
    *(f"{each} days a week" for each in range(1, 8)),
    *map(sign, [-1, 0, 1]),
    (Roll.RAISE, "refuses"),
    (Roll.RAISE, "lets pass"),
    "from a holiday",
    "from a holiday on 29 February",
    "moved by a holiday",
    *((rule, "turns back") for rule in TURNING),
]


def test_20000_counts_of_working_days_agree_with_numpy() -> None:
    """S 4.3: whatever the roll, the week and the holidays, once and yearly (S 4.4)."""
    covered: Counter[object] = Counter()
    asked = 0
    for question in questions(Random(43)):  # noqa: S311 -- no secret
        answer = our_answer(question)
        assert answer == numpys_answer(question), question
        covered.update(what_it_covers(question, answer))
        asked += 1
    assert asked == 20_000
    assert covered.keys() == set(EXAMPLES)
    assert [each for each in EXAMPLES if covered[each] < 50] == []


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(-1_200, 1_200))
def test_months_agree_with_dateutil(on: date, amount: int) -> None:
    """S 4.2"""
    assert shift(on, months(amount), EVERY_DAY) == on + relativedelta(months=amount)


def test_20000_counts_of_months_agree_with_dateutil() -> None:
    """S 4.2: from every day of a month, by every amount that S 3.3 allows."""
    random = Random(42)  # noqa: S311 -- no secret
    amounts: Counter[int] = Counter()
    covered: Counter[object] = Counter()
    for number in range(20_000):
        on, amount = some_day_numbered(number % 31 + 1, random), number % 2_401 - 1_200
        reached = shift(on, months(amount), EVERY_DAY)
        assert reached == on + relativedelta(months=amount), (on, amount)
        amounts[amount] += 1
        kept = "kept" if reached.day == on.day else f"cut to {reached.day}"
        covered.update([on.day, (on.month, sign(amount)), (reached.month, kept)])
    assert amounts.total() == 20_000
    assert amounts.keys() == set(range(-1_200, 1_201))
    examples: list[object] = [
        *range(1, 32),
        *((month, each) for month in range(1, 13) for each in map(sign, [-1, 1])),
        *((month, "kept") for month in range(1, 13)),
        *((2, f"cut to {last}") for last in (28, 29)),
        *((month, "cut to 30") for month in (4, 6, 9, 11)),
    ]
    assert [each for each in examples if covered[each] < 10] == []


def some_day_numbered(number: int, random: Random) -> date:
    """A day of that number in some month that has it."""
    while True:
        with suppress(ValueError):
            return date(random.randint(1900, 2200), random.randint(1, 12), number)


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
