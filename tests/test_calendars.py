import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol, cast

import attrs
import holidays
import pytest

import partnervisits as pv
from partnervisits.calendars import (
    EVERY_DAY,
    Anchor,
    AnyAnchor,
    Calendar,
    CalendarOwner,
    FactDate,
    ItemDate,
    JointCalendar,
    Offset,
    Roll,
    RollStep,
    Trail,
    Unit,
    Wait,
    Weekday,
    YearlyHoliday,
    days,
    months,
    plan_date,
    roll,
    shift,
    weeks,
    working_days,
)
from partnervisits.errors import CalendarError, InvalidValueError

WEEK = pv.WorkCalendar()
THURSDAY = date(2026, 3, 12)
FRIDAY = date(2026, 3, 13)
SATURDAY = date(2026, 3, 14)
SUNDAY = date(2026, 3, 15)
MONDAY = date(2026, 3, 16)
TUESDAY = date(2026, 3, 17)


def off(*days_off: date) -> pv.WorkCalendar:
    """A calendar without weekends in which these days are off."""
    return pv.WorkCalendar(weekend=(), holidays=days_off)


class Only:
    """A host's own calendar: people work on these days and on no other."""

    def __init__(self, *working: date) -> None:
        self.working = working

    def is_working(self, on: date, /) -> bool:
        return on in self.working


class Make(Protocol):
    """One of the words for an offset."""

    def __call__(
        self, amount: int, *, anchor: Anchor = ..., roll: Roll | None = None
    ) -> Offset: ...


def waiting(item: str, planned: date, least: Offset | None = None) -> Wait:
    """Something that comes before, by default on the same day at the earliest."""
    return Wait(item, planned, days(0) if least is None else least)


def offset_of(**changes: object) -> Offset:
    """What a caller without a type checker may pass."""
    settings: dict[str, Any] = {"amount": 1, "unit": Unit.DAYS}
    settings.update(changes)
    return Offset(**settings)


# ---------------------------------------------------------------------------------- offsets


def test_an_offset_counts_from_the_start_of_the_visit_unless_told_otherwise() -> None:
    """S 4.1"""
    assert days(3) == Offset(3, Unit.DAYS, anchor=Anchor.VISIT_START, roll=None)
    assert weeks(-1, anchor=Anchor.VISIT_END).anchor is Anchor.VISIT_END


@pytest.mark.parametrize(
    ("make", "unit"),
    [
        (days, Unit.DAYS),
        (working_days, Unit.WORKING_DAYS),
        (weeks, Unit.WEEKS),
        (months, Unit.MONTHS),
    ],
)
def test_each_unit_has_a_word_of_its_own(make: Make, unit: Unit) -> None:
    made = make(-2, anchor=Anchor.VISIT_END, roll=Roll.RAISE)
    assert made == Offset(-2, unit, anchor=Anchor.VISIT_END, roll=Roll.RAISE)


@pytest.mark.parametrize(
    ("offset", "text"),
    [
        (days(0), "on visit start"),
        (days(0, anchor=Anchor.VISIT_END), "on visit end"),
        (months(0), "on visit start"),
        (days(1), "1 day after visit start"),
        (days(-1), "1 day before visit start"),
        (weeks(-3), "3 weeks before visit start"),
        (months(1, anchor=Anchor.VISIT_END), "1 month after visit end"),
        (working_days(2), "2 working days after visit start"),
        (working_days(1), "1 working day after visit start"),
        (working_days(0), "0 working days after visit start"),
    ],
)
def test_an_offset_reads_as_people_say_it(offset: Offset, text: str) -> None:
    assert str(offset) == text


@pytest.mark.parametrize(
    ("anchor", "text"),
    [
        (Anchor.VISIT_END, "visit end"),
        (ItemDate("survey"), "survey"),
        (FactDate("renewal of the agreement"), "renewal of the agreement"),
    ],
)
def test_an_offset_counts_from_the_visit_an_item_or_a_fact_and_reads_so(
    anchor: AnyAnchor, text: str
) -> None:
    """S 4.1"""
    assert str(anchor) == text
    assert str(working_days(2, anchor=anchor)) == f"2 working days after {text}"
    assert str(days(0, anchor=anchor)) == f"on {text}"


def test_an_item_and_a_fact_of_one_name_are_two_anchors() -> None:
    """S 4.1"""
    assert days(2, anchor=ItemDate("survey")) != days(2, anchor=FactDate("survey"))


@pytest.mark.parametrize(
    ("make", "code", "owner", "field"),
    [
        (lambda: ItemDate("no slug"), "key.slug", "ItemDate", "item"),
        (lambda: ItemDate(""), "text.empty", "ItemDate", "item"),
        (lambda: FactDate(""), "text.empty", "FactDate", "fact"),
        (lambda: FactDate(" renewal"), "text.blank-ends", "FactDate", "fact"),
        (lambda: offset_of(anchor=ItemDate), "type.wrong", "Offset", "anchor"),
        (lambda: offset_of(anchor="survey"), "type.wrong", "Offset", "anchor"),
    ],
)
def test_an_anchor_of_something_else_is_refused(
    make: Callable[[], object], code: str, owner: str, field: str
) -> None:
    """S 1.3"""
    with pytest.raises(InvalidValueError) as refused:
        _ = make()
    assert (refused.value.code, refused.value.owner, refused.value.field) == (code, owner, field)


@pytest.mark.parametrize(
    ("offset", "length"),
    [
        (days(2), "2 days"),
        (days(-1), "1 day"),
        (days(0), "0 days"),
        (working_days(1), "1 working day"),
        (working_days(-3, anchor=ItemDate("survey")), "3 working days"),
        (weeks(1, anchor=FactDate("renewal")), "1 week"),
        (months(-12), "12 months"),
    ],
)
def test_an_offset_says_how_far_it_leads_whatever_it_counts_from(
    offset: Offset, length: str
) -> None:
    assert offset.length == length


@pytest.mark.parametrize("amount", ["7", 1.9, True, None, 10**18, -(10**18)])
def test_an_amount_that_is_no_small_whole_number_is_refused(amount: object) -> None:
    with pytest.raises(InvalidValueError) as refused:
        _ = offset_of(amount=amount)
    assert refused.value.code == "offset.range"
    assert (refused.value.owner, refused.value.field) == ("Offset", "amount")
    assert refused.value.message == "pass an int from -36,600 to 36,600"


@pytest.mark.parametrize(
    ("make", "most"), [(days, 36_600), (working_days, 36_600), (weeks, 5_228), (months, 1_200)]
)
def test_an_offset_reaches_a_hundred_years_and_no_further(make: Make, most: int) -> None:
    """S 3.3"""
    assert make(most).amount == most
    assert make(-most).amount == -most
    for beyond in (most + 1, -most - 1):
        with pytest.raises(InvalidValueError) as refused:
            _ = make(beyond)
        assert refused.value.code == "offset.range"
        assert (refused.value.owner, refused.value.field) == ("Offset", "amount")


def test_no_offset_leads_further_than_36600_days() -> None:
    """S 3.3"""
    reached = shift(date(2000, 3, 1), months(1_200), EVERY_DAY)
    assert reached - date(2000, 3, 1) <= timedelta(days=36_600)


@pytest.mark.parametrize(
    "wrong", [{"unit": "days"}, {"anchor": "visit start"}, {"roll": "none"}, {"roll": 0}]
)
def test_a_word_in_place_of_an_enum_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        _ = offset_of(**wrong)
    assert refused.value.code == "type.wrong"
    assert refused.value.field == next(iter(wrong))


@pytest.mark.parametrize("amount", [-1, 0, 1])
def test_working_days_cannot_count_from_a_day_off(amount: int) -> None:
    """S 4.3"""
    with pytest.raises(InvalidValueError) as refused:
        _ = working_days(amount, roll=Roll.NONE)
    assert refused.value.code == "offset.roll"
    assert str(refused.value) == "Offset.roll: working days count from a working day: choose a roll"


@pytest.mark.parametrize(
    ("offset", "effective"),
    [
        (days(1), Roll.NONE),
        (weeks(1), Roll.NONE),
        (months(1), Roll.NONE),
        (days(1, roll=Roll.PRECEDING), Roll.PRECEDING),
        (days(1, roll=Roll.NONE), Roll.NONE),
        (working_days(1), Roll.PRECEDING),
        (working_days(0), Roll.FOLLOWING),
        (working_days(-1), Roll.FOLLOWING),
        (working_days(1, roll=Roll.FOLLOWING), Roll.FOLLOWING),
        (working_days(-1, roll=Roll.RAISE), Roll.RAISE),
    ],
)
def test_the_roll_that_applies(offset: Offset, effective: Roll) -> None:
    """S 4.3"""
    assert offset.effective_roll is effective


# -------------------------------------------------------------------------------- calendars


@pytest.mark.parametrize(
    ("on", "working"),
    [(FRIDAY, True), (SATURDAY, False), (SUNDAY, False), (MONDAY, True)],
)
def test_saturday_and_sunday_are_off_by_default(on: date, working: bool) -> None:  # noqa: FBT001
    """S 4.4"""
    assert WEEK.is_working(on) is working


def test_a_weekend_can_be_friday() -> None:
    """S 4.4"""
    calendar = pv.WorkCalendar(weekend=[Weekday.FRIDAY])
    assert [calendar.is_working(on) for on in (FRIDAY, SATURDAY)] == [False, True]


def test_weekdays_are_numbered_as_dates_number_them() -> None:
    assert [Weekday(on.weekday()).name for on in (THURSDAY, SUNDAY)] == ["THURSDAY", "SUNDAY"]


def test_a_holiday_is_off_in_its_year_only() -> None:
    """S 4.4"""
    calendar = pv.WorkCalendar(holidays=[date(2026, 4, 3)])
    assert not calendar.is_working(date(2026, 4, 3))
    assert calendar.is_working(date(2028, 4, 3))


def test_a_yearly_holiday_is_off_every_year() -> None:
    """S 4.4"""
    calendar = pv.WorkCalendar(holidays=[YearlyHoliday(12, 25)])
    assert not any(calendar.is_working(date(year, 12, 25)) for year in (2025, 2026, 2028))
    assert calendar.is_working(date(2026, 12, 24))
    assert calendar.is_working(date(2026, 11, 25))


def test_29_february_is_off_in_leap_years_and_takes_no_other_day_with_it() -> None:
    """S 4.4"""
    calendar = pv.WorkCalendar(weekend=(), holidays=[YearlyHoliday(2, 29)])
    assert not calendar.is_working(date(2028, 2, 29))
    assert calendar.is_working(date(2026, 2, 28))
    assert calendar.is_working(date(2026, 3, 1))


@pytest.mark.parametrize(
    ("month", "day", "code"),
    [
        (0, 1, "holiday.month"),
        (13, 1, "holiday.month"),
        (True, 1, "holiday.month"),
        ("1", 1, "holiday.month"),
        (1, 0, "holiday.day"),
        (1, 32, "holiday.day"),
        (2, 30, "holiday.day"),
        (4, 31, "holiday.day"),
        (1, True, "holiday.day"),
        (1, "1", "holiday.day"),
        (1, 1.0, "holiday.day"),
    ],
)
def test_a_yearly_holiday_is_a_day_that_some_year_has(
    month: object, day: object, code: str
) -> None:
    given: dict[str, Any] = {"month": month, "day": day}
    with pytest.raises(InvalidValueError) as refused:
        _ = YearlyHoliday(**given)
    assert refused.value.code == code
    assert (refused.value.owner, refused.value.field) == ("YearlyHoliday", code.split(".")[1])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: YearlyHoliday(4, 31), "YearlyHoliday.day: pass a day from 1 to 30"),
        (lambda: YearlyHoliday(13, 1), "YearlyHoliday.month: pass a month from 1 to 12"),
        (lambda: months(1_201), "Offset.amount: pass at most 1,200 months"),
        (
            lambda: pv.WorkCalendar(weekend=cast("list[Weekday]", 5)),
            "WorkCalendar.weekend: pass weekdays, not int",
        ),
        (
            lambda: pv.WorkCalendar(holidays=cast("list[date]", "2026-04-03")),
            "WorkCalendar.holidays: pass dates, not '2026-04-03'",
        ),
    ],
)
def test_a_refusal_says_where_and_what_to_pass(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        _ = make()
    assert str(refused.value) == message


@pytest.mark.parametrize(("month", "last"), [(1, 31), (2, 29), (4, 30), (12, 31)])
def test_a_yearly_holiday_may_be_the_first_and_the_last_of_its_month(month: int, last: int) -> None:
    assert [YearlyHoliday(month, day).day for day in (1, last)] == [1, last]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"weekend": "SATURDAY"}, "sequence.type"),
        ({"weekend": 5}, "sequence.type"),
        ({"weekend": None}, "sequence.type"),
        ({"weekend": [5, 6]}, "type.wrong"),
        ({"holidays": "2026-04-03"}, "sequence.type"),
        ({"holidays": b"2026"}, "sequence.type"),
        ({"holidays": date(2026, 4, 3)}, "sequence.type"),
        ({"holidays": None}, "sequence.type"),
        ({"holidays": ["2026-04-03"]}, "date.type"),
        ({"holidays": [datetime(2026, 4, 3)]}, "date.type"),
        ({"holidays": [date(1899, 12, 31)]}, "date.range"),
        ({"holidays": [date(2201, 1, 1)]}, "date.range"),
    ],
)
def test_a_calendar_of_something_else_is_refused(wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.WorkCalendar(**wrong)
    assert refused.value.code == code
    assert (refused.value.owner, refused.value.field) == ("WorkCalendar", next(iter(wrong)))


def test_a_yearly_holiday_and_a_one_off_on_the_same_day_are_one_day_off() -> None:
    """S 4.4: and the yearly one holds in the years without the one-off."""
    calendar = pv.WorkCalendar(holidays=[THURSDAY, YearlyHoliday(3, 12)])
    wednesday = THURSDAY - timedelta(days=1)
    assert shift(wednesday, working_days(1), calendar) == FRIDAY
    assert shift(FRIDAY, working_days(-1), calendar) == wednesday
    assert not calendar.is_working(date(2027, 3, 12))


def test_a_set_of_dates_serves_as_holidays() -> None:
    """S 4.4"""
    calendar = pv.WorkCalendar(holidays={date(2026, 4, 3), date(2026, 4, 6)})
    assert shift(date(2026, 4, 2), working_days(1), calendar) == date(2026, 4, 7)


def test_a_country_of_the_package_holidays_serves_as_holidays() -> None:
    """S 4.4"""
    calendar = pv.WorkCalendar(holidays=holidays.country_holidays("US", years=2026))
    assert not calendar.is_working(date(2026, 11, 26))
    assert shift(date(2026, 11, 25), working_days(1), calendar) == date(2026, 11, 27)


def test_any_object_that_knows_working_days_serves_as_a_calendar() -> None:
    """S 4.4"""
    host: Calendar = Only(MONDAY)
    assert roll(FRIDAY, Roll.FOLLOWING, host) == MONDAY


def test_calendars_of_the_same_days_are_equal_in_whatever_order() -> None:
    one = pv.WorkCalendar(holidays=[THURSDAY, YearlyHoliday(1, 1)])
    other = pv.WorkCalendar(holidays=[YearlyHoliday(1, 1), THURSDAY])
    assert one == other
    assert hash(one) == hash(other)
    assert one != pv.WorkCalendar(holidays=[THURSDAY])


def test_a_changed_calendar_forgets_the_yearly_holidays_it_had() -> None:
    changed = attrs.evolve(pv.WorkCalendar(holidays=[YearlyHoliday(3, 12)]), holidays=[FRIDAY])
    assert [changed.is_working(on) for on in (THURSDAY, FRIDAY)] == [True, False]


def test_a_calendar_shows_its_weekend_and_the_number_of_its_holidays() -> None:
    calendar = pv.WorkCalendar(
        weekend=[Weekday.SUNDAY, Weekday.FRIDAY], holidays=[THURSDAY, YearlyHoliday(1, 1)]
    )
    assert repr(calendar) == "WorkCalendar(weekend={FRIDAY, SUNDAY}, 2 holidays)"


def test_there_is_a_calendar_of_those_who_never_rest() -> None:
    """S 4.4"""
    assert all(EVERY_DAY.is_working(MONDAY + timedelta(days=each)) for each in range(7))


# ------------------------------------------------------------------------------ arithmetic


@pytest.mark.parametrize(
    ("offset", "reached"),
    [
        (days(0), THURSDAY),
        (days(2), SATURDAY),
        (days(-12), date(2026, 2, 28)),
        (weeks(1), date(2026, 3, 19)),
        (weeks(-2), date(2026, 2, 26)),
        (months(1), date(2026, 4, 12)),
        (months(-3), date(2025, 12, 12)),
        (months(10), date(2027, 1, 12)),
        (months(-2), date(2026, 1, 12)),
        (months(9), date(2026, 12, 12)),
        (working_days(0), THURSDAY),
        (working_days(1), FRIDAY),
        (working_days(2), MONDAY),
        (working_days(-4), date(2026, 3, 6)),
    ],
)
def test_where_an_offset_leads_from_a_thursday(offset: Offset, reached: date) -> None:
    """S 4.1"""
    assert shift(THURSDAY, offset, WEEK) == reached


@pytest.mark.parametrize(
    ("amount", "reached"),
    [
        (1, date(2026, 2, 28)),
        (2, date(2026, 3, 31)),
        (3, date(2026, 4, 30)),
        (25, date(2028, 2, 29)),
        (-1, date(2025, 12, 31)),
        (-2, date(2025, 11, 30)),
    ],
)
def test_months_after_31_january_are_the_last_of_their_month(amount: int, reached: date) -> None:
    """S 4.2"""
    assert shift(date(2026, 1, 31), months(amount), WEEK) == reached


def test_monthly_on_the_31st_is_the_31st_again_after_every_shorter_month() -> None:
    """S 4.2: each counts from the anchor; what one month cut off, the next has back."""
    monthly = [shift(date(2027, 1, 31), months(count), WEEK) for count in range(14)]
    assert [on.day for on in monthly] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29]
    assert [on.month for on in monthly] == [*range(1, 13), 1, 2]


def test_a_year_after_29_february_is_28_february() -> None:
    """S 4.2"""
    assert shift(date(2028, 2, 29), months(12), WEEK) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("offset", "reached"),
    [
        (days(2), SATURDAY),
        (days(2, roll=Roll.FOLLOWING), MONDAY),
        (days(2, roll=Roll.PRECEDING), FRIDAY),
        (weeks(0, roll=Roll.FOLLOWING), THURSDAY),
        (months(2, roll=Roll.MODIFIED_FOLLOWING), date(2026, 5, 12)),
    ],
)
def test_a_roll_asked_for_applies_to_the_result(offset: Offset, reached: date) -> None:
    """S 4.3"""
    assert shift(THURSDAY, offset, WEEK) == reached


def test_a_day_off_as_anchor_matters_only_to_working_days() -> None:
    """S 4.3"""
    assert shift(SATURDAY, days(2, roll=Roll.RAISE), WEEK) == MONDAY


def test_the_first_working_day_after_a_saturday_is_monday() -> None:
    """S 4.3"""
    assert shift(SATURDAY, working_days(1), WEEK) == MONDAY


def test_the_first_working_day_before_a_sunday_is_friday() -> None:
    """S 4.3"""
    assert shift(SUNDAY, working_days(-1), WEEK) == FRIDAY


def test_no_working_day_after_a_saturday_is_the_monday_that_follows() -> None:
    """S 4.3"""
    assert shift(SATURDAY, working_days(0), WEEK) == MONDAY


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        (Roll.FOLLOWING, TUESDAY),
        (Roll.PRECEDING, MONDAY),
        (Roll.MODIFIED_FOLLOWING, TUESDAY),
        (Roll.MODIFIED_PRECEDING, MONDAY),
    ],
)
def test_the_roll_of_the_anchor_of_working_days_can_be_set(rule: Roll, reached: date) -> None:
    """S 4.3"""
    assert shift(SATURDAY, working_days(1, roll=rule), WEEK) == reached


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        (Roll.NONE, date(2026, 5, 31)),
        (Roll.FOLLOWING, date(2026, 6, 1)),
        (Roll.PRECEDING, date(2026, 5, 29)),
        (Roll.MODIFIED_FOLLOWING, date(2026, 5, 29)),
        (Roll.MODIFIED_PRECEDING, date(2026, 5, 29)),
    ],
)
def test_a_sunday_at_the_end_of_a_month_rolls(rule: Roll, reached: date) -> None:
    """S 4.3"""
    assert roll(date(2026, 5, 31), rule, WEEK) == reached


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        (Roll.FOLLOWING, date(2026, 8, 3)),
        (Roll.PRECEDING, date(2026, 7, 31)),
        (Roll.MODIFIED_FOLLOWING, date(2026, 8, 3)),
        (Roll.MODIFIED_PRECEDING, date(2026, 8, 3)),
    ],
)
def test_a_saturday_at_the_start_of_a_month_rolls(rule: Roll, reached: date) -> None:
    """S 4.3"""
    assert roll(date(2026, 8, 1), rule, WEEK) == reached


@pytest.mark.parametrize(
    ("on", "rule", "reached"),
    [
        (date(2026, 1, 31), Roll.MODIFIED_FOLLOWING, date(2026, 1, 30)),
        (date(2026, 3, 1), Roll.MODIFIED_PRECEDING, date(2026, 3, 2)),
    ],
)
def test_a_roll_that_turns_back_takes_the_nearest_working_day(
    on: date, rule: Roll, reached: date
) -> None:
    """S 4.3"""
    assert roll(on, rule, WEEK) == reached


@pytest.mark.parametrize(
    ("rule", "after_a_month", "a_month_before"),
    [
        (Roll.FOLLOWING, date(2026, 6, 1), date(2026, 8, 3)),
        (Roll.PRECEDING, date(2026, 5, 29), date(2026, 7, 31)),
        (Roll.MODIFIED_FOLLOWING, date(2026, 5, 29), date(2026, 8, 3)),
        (Roll.MODIFIED_PRECEDING, date(2026, 5, 29), date(2026, 8, 3)),
    ],
)
def test_a_roll_leaves_the_month_that_was_counted_to_unless_it_is_modified(
    rule: Roll, after_a_month: date, a_month_before: date
) -> None:
    """S 4.3: a month ahead leads to Saturday 30 May, a month back to Saturday 1 August."""
    assert shift(date(2026, 4, 30), months(1, roll=rule), WEEK) == after_a_month
    assert shift(date(2026, 9, 1), months(-1, roll=rule), WEEK) == a_month_before


@pytest.mark.parametrize(
    ("rule", "from_the_old_year", "from_the_new_year"),
    [
        (Roll.FOLLOWING, date(2027, 1, 4), date(2027, 1, 4)),
        (Roll.PRECEDING, date(2026, 12, 30), date(2026, 12, 30)),
        (Roll.MODIFIED_FOLLOWING, date(2026, 12, 30), date(2027, 1, 4)),
        (Roll.MODIFIED_PRECEDING, date(2026, 12, 30), date(2027, 1, 4)),
    ],
)
def test_a_roll_over_the_turn_of_the_year_turns_back_if_it_is_modified(
    rule: Roll, from_the_old_year: date, from_the_new_year: date
) -> None:
    """S 4.3: from Thursday to Sunday everybody is away."""
    calendar = pv.WorkCalendar(holidays=[YearlyHoliday(12, 31), YearlyHoliday(1, 1)])
    assert roll(date(2026, 12, 31), rule, calendar) == from_the_old_year
    assert roll(date(2027, 1, 1), rule, calendar) == from_the_new_year


@pytest.mark.parametrize(
    ("rule", "ahead", "back"),
    [
        (Roll.FOLLOWING, date(2026, 6, 2), date(2026, 5, 29)),
        (Roll.PRECEDING, date(2026, 6, 1), date(2026, 5, 28)),
        (Roll.MODIFIED_FOLLOWING, date(2026, 6, 1), date(2026, 5, 28)),
        (Roll.MODIFIED_PRECEDING, date(2026, 6, 1), date(2026, 5, 28)),
    ],
)
def test_working_days_from_a_sunday_at_the_months_end_count_from_where_it_rolls(
    rule: Roll, ahead: date, back: date
) -> None:
    """S 4.3: to 1 June, or to 29 May."""
    assert shift(date(2026, 5, 31), working_days(1, roll=rule), WEEK) == ahead
    assert shift(date(2026, 5, 31), working_days(-1, roll=rule), WEEK) == back


@pytest.mark.parametrize("rule", Roll)
def test_a_working_day_stays_whatever_the_roll(rule: Roll) -> None:
    """S 4.3"""
    assert roll(THURSDAY, rule, WEEK) == THURSDAY


@pytest.mark.parametrize("offset", [days(2, roll=Roll.RAISE), weeks(0, roll=Roll.RAISE)])
def test_a_result_that_is_off_can_be_refused(offset: Offset) -> None:
    """S 4.3"""
    anchor = THURSDAY if offset.amount else SATURDAY
    with pytest.raises(CalendarError) as refused:
        _ = shift(anchor, offset, WEEK)
    assert refused.value.code == "calendar.non-working"
    assert refused.value.message == "2026-03-14 is no working day: choose another roll"


def test_an_anchor_that_is_off_can_be_refused() -> None:
    """S 4.3"""
    with pytest.raises(CalendarError) as refused:
        _ = shift(SUNDAY, working_days(3, roll=Roll.RAISE), WEEK)
    assert refused.value.code == "calendar.non-working"
    assert refused.value.message == "2026-03-15 is no working day: choose another roll"


# ------------------------------------------------------------------- calendars without work


@pytest.mark.parametrize(
    "offset",
    [working_days(1), working_days(-1), working_days(0), days(1, roll=Roll.FOLLOWING)],
)
def test_a_week_of_seven_days_off_is_an_error_and_no_endless_loop(offset: Offset) -> None:
    """S 4.5"""
    began = time.perf_counter()
    with pytest.raises(CalendarError) as refused:
        _ = shift(THURSDAY, offset, pv.WorkCalendar(weekend=Weekday))
    assert refused.value.code == "calendar.no-working-day"
    assert "within 366 days of 2026-03-1" in refused.value.message
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(("rule", "side"), [(Roll.FOLLOWING, 1), (Roll.PRECEDING, -1)])
def test_a_working_day_366_days_off_is_found_and_one_367_days_off_is_not(
    rule: Roll, side: int
) -> None:
    """S 4.5"""
    last = THURSDAY + side * timedelta(days=366)
    assert roll(THURSDAY, rule, Only(last)) == last
    with pytest.raises(CalendarError) as refused:
        _ = roll(THURSDAY, rule, Only(last + side * timedelta(days=1)))
    assert refused.value.code == "calendar.no-working-day"


def test_the_search_starts_anew_from_every_working_day() -> None:
    """S 4.5"""
    yearly = Only(*(THURSDAY + timedelta(days=366 * each) for each in range(4)))
    assert shift(THURSDAY, working_days(3), yearly) == THURSDAY + timedelta(days=3 * 366)


def test_holidays_that_cover_a_year_are_an_error() -> None:
    """S 4.5"""
    covered = off(*(MONDAY + timedelta(days=each) for each in range(367)))
    with pytest.raises(CalendarError) as refused:
        _ = shift(MONDAY, working_days(0), covered)
    assert refused.value.code == "calendar.no-working-day"


@pytest.mark.parametrize(
    ("anchor", "offset"),
    [
        (date.max, days(1)),
        (date.min, days(-1)),
        (date.max, weeks(1)),
        (date.min, months(-1)),
        (date.max, months(1)),
        (date(9998, 12, 1), months(12)),
        (date.max, working_days(1)),
        (date.min, working_days(-1)),
        (date.max, working_days(36_600)),
    ],
)
def test_an_offset_out_of_all_calendars_is_refused(anchor: date, offset: Offset) -> None:
    """S 4.5"""
    with pytest.raises(CalendarError) as refused:
        _ = shift(anchor, offset, EVERY_DAY)
    assert refused.value.code == "calendar.range"
    assert refused.value.message == "this leads out of the calendar: take a smaller offset"


def test_months_lead_as_far_back_as_the_first_year() -> None:
    assert shift(date(2, 1, 31), months(-11), EVERY_DAY) == date(1, 2, 28)
    assert shift(date(9997, 12, 31), months(12), EVERY_DAY) == date(9998, 12, 31)


@pytest.mark.parametrize(("on", "rule"), [(date.max, Roll.FOLLOWING), (date.min, Roll.PRECEDING)])
def test_a_roll_off_the_edge_of_all_calendars_is_refused(on: date, rule: Roll) -> None:
    with pytest.raises(CalendarError) as refused:
        _ = roll(on, rule, Only())
    assert refused.value.code == "calendar.range"


# ------------------------------------------------------------------------ two calendars


@pytest.mark.parametrize(
    ("on", "asking"),
    [
        (THURSDAY, (CalendarOwner.PLACE,)),
        (FRIDAY, (CalendarOwner.REP,)),
        (SATURDAY, (CalendarOwner.PLACE, CalendarOwner.REP)),
        (MONDAY, ()),
    ],
)
def test_a_day_is_working_only_if_neither_calendar_objects(
    on: date, asking: tuple[CalendarOwner, ...]
) -> None:
    """S 4.4"""
    both = JointCalendar(off(THURSDAY, SATURDAY), off(FRIDAY, SATURDAY))
    assert both.objections(on) == asking
    assert both.is_working(on) is (not asking)


def test_without_a_calendar_of_the_rep_the_place_decides() -> None:
    """S 4.4"""
    alone = JointCalendar(off(THURSDAY))
    assert [alone.is_working(on) for on in (THURSDAY, FRIDAY)] == [False, True]
    assert [alone.objections(on) for on in (THURSDAY, FRIDAY)] == [(CalendarOwner.PLACE,), ()]


@pytest.mark.parametrize(
    "offset",
    [
        working_days(1),
        working_days(-1),
        working_days(0),
        working_days(36_600),
        days(3, roll=Roll.FOLLOWING),
        weeks(-1, roll=Roll.PRECEDING),
        months(1, roll=Roll.MODIFIED_FOLLOWING),
        months(-1, roll=Roll.MODIFIED_PRECEDING),
    ],
)
def test_a_rep_who_works_only_when_the_place_is_closed_is_an_error_and_no_endless_loop(
    offset: Offset,
) -> None:
    """S 4.5: each of the calendars has working days, the two together have none."""
    weekends = pv.WorkCalendar(weekend=set(Weekday) - WEEK.weekend)
    began = time.perf_counter()
    with pytest.raises(CalendarError) as refused:
        _ = plan_date(offset, THURSDAY, [], JointCalendar(WEEK, weekends))
    assert refused.value.code == "calendar.no-working-day"
    assert time.perf_counter() - began < 1


# ---------------------------------------------------------------------- planned dates


def test_an_item_without_an_offset_is_planned_on_the_visits_start() -> None:
    """S 4.7"""
    trail = plan_date(None, SATURDAY, [], JointCalendar(WEEK))
    assert trail == Trail(Anchor.VISIT_START, SATURDAY, None, SATURDAY, (), None, SATURDAY)
    assert str(trail) == "on visit start"


def test_the_trail_tells_how_a_date_came_about() -> None:
    """S 4.6"""
    offset = days(2, roll=Roll.FOLLOWING, anchor=Anchor.VISIT_END)
    trail = plan_date(offset, THURSDAY, [], JointCalendar(WEEK, off(SATURDAY, MONDAY)))
    step = RollStep(Roll.FOLLOWING, SATURDAY, TUESDAY, (CalendarOwner.PLACE, CalendarOwner.REP))
    assert trail == Trail(Anchor.VISIT_END, THURSDAY, offset, SATURDAY, (step,), None, TUESDAY)
    assert (
        str(trail)
        == "2 days after visit end; moved from 2026-03-14, a day off for the place and rep"
    )


@pytest.mark.parametrize(
    ("place", "rep", "asking"),
    [
        (off(SATURDAY), EVERY_DAY, (CalendarOwner.PLACE,)),
        (EVERY_DAY, off(SATURDAY), (CalendarOwner.REP,)),
    ],
)
def test_the_trail_names_the_calendar_that_asked_for_a_roll(
    place: Calendar, rep: Calendar, asking: tuple[CalendarOwner, ...]
) -> None:
    """S 4.6"""
    trail = plan_date(days(2, roll=Roll.PRECEDING), THURSDAY, [], JointCalendar(place, rep))
    assert trail.rolls == (RollStep(Roll.PRECEDING, SATURDAY, FRIDAY, asking),)


def test_a_date_that_did_not_roll_has_no_step() -> None:
    """S 4.6"""
    trail = plan_date(days(1, roll=Roll.FOLLOWING), THURSDAY, [], JointCalendar(WEEK))
    assert (trail.rolls, trail.planned) == ((), FRIDAY)


def test_working_days_show_the_roll_of_their_anchor() -> None:
    """S 4.6"""
    trail = plan_date(working_days(1), SATURDAY, [], JointCalendar(WEEK))
    assert trail.rolls == (RollStep(Roll.PRECEDING, SATURDAY, FRIDAY, (CalendarOwner.PLACE,)),)
    assert (trail.anchor_date, trail.raw, trail.planned) == (SATURDAY, MONDAY, MONDAY)


def test_an_item_waits_for_the_latest_of_its_prerequisites() -> None:
    """S 4.7"""
    before = [waiting("survey", FRIDAY), waiting("pitch", MONDAY), waiting("order", THURSDAY)]
    trail = plan_date(days(0), THURSDAY, before, JointCalendar(WEEK))
    assert (trail.raw, trail.bound_by, trail.planned) == (THURSDAY, "pitch", MONDAY)
    assert str(trail) == "on visit start; not before pitch"


def test_of_two_prerequisites_on_one_day_the_first_by_key_binds() -> None:
    """S 4.7"""
    before = [waiting("survey", MONDAY), waiting("pitch", MONDAY)]
    assert plan_date(None, THURSDAY, before, JointCalendar(WEEK)).bound_by == "pitch"


def test_a_prerequisite_of_the_same_day_binds_nothing() -> None:
    """S 4.7"""
    trail = plan_date(days(1), THURSDAY, [waiting("survey", FRIDAY)], JointCalendar(WEEK))
    assert (trail.bound_by, trail.planned) == (None, FRIDAY)


@pytest.mark.parametrize(
    ("least", "planned", "text"),
    [
        (days(3), MONDAY, "3 days after survey"),
        (working_days(1), MONDAY, "1 working day after survey"),
        (weeks(1), date(2026, 3, 20), "1 week after survey"),
        (days(1, roll=Roll.FOLLOWING), MONDAY, "1 day after survey"),
        (days(0), FRIDAY, "not before survey"),
    ],
)
def test_an_item_waits_until_so_long_after_its_prerequisite(
    least: Offset, planned: date, text: str
) -> None:
    """S 4.7"""
    trail = plan_date(None, THURSDAY, [waiting("survey", FRIDAY, least)], JointCalendar(WEEK))
    assert (trail.raw, trail.rolls, trail.planned) == (THURSDAY, (), planned)
    assert (trail.bound_by, trail.lag) == ("survey", least)
    assert str(trail) == f"on visit start; {text}"


def test_the_prerequisite_that_ends_its_wait_last_binds_and_not_the_one_planned_last() -> None:
    """S 4.7"""
    waits = [waiting("pitch", FRIDAY), waiting("survey", THURSDAY, days(4))]
    trail = plan_date(days(0), THURSDAY, waits, JointCalendar(WEEK))
    assert (trail.bound_by, trail.lag, trail.planned) == ("survey", days(4), MONDAY)


def test_of_two_waits_that_end_on_one_day_the_first_by_key_binds() -> None:
    """S 4.7"""
    waits = [waiting("survey", MONDAY), waiting("pitch", THURSDAY, days(4))]
    trail = plan_date(days(0), THURSDAY, waits, JointCalendar(WEEK))
    assert (trail.bound_by, trail.lag) == ("pitch", days(4))


@pytest.mark.parametrize("least", [days(1), days(0), days(-3)])
def test_a_wait_that_is_over_before_the_item_s_own_date_binds_nothing(least: Offset) -> None:
    """S 4.7"""
    waits = [waiting("survey", FRIDAY, least)]
    trail = plan_date(days(2), THURSDAY, waits, JointCalendar(WEEK))
    assert (trail.bound_by, trail.lag, trail.planned) == (None, None, SATURDAY)


def test_an_item_may_start_so_long_before_its_prerequisite_and_no_earlier() -> None:
    """S 4.7"""
    waits = [waiting("survey", TUESDAY, days(-1))]
    trail = plan_date(None, THURSDAY, waits, JointCalendar(WEEK))
    assert (trail.bound_by, trail.lag, trail.planned) == ("survey", days(-1), MONDAY)


def test_a_lag_in_working_days_counts_those_of_the_place_and_of_the_rep() -> None:
    """S 4.4, S 4.7"""
    calendars = JointCalendar(WEEK, off(MONDAY))
    trail = plan_date(None, THURSDAY, [waiting("survey", FRIDAY, working_days(1))], calendars)
    assert trail.planned == TUESDAY


def test_a_roll_of_the_item_comes_after_the_lag() -> None:
    """S 4.7"""
    offset = days(0, roll=Roll.FOLLOWING)
    waits = [waiting("survey", FRIDAY, days(1))]
    trail = plan_date(offset, THURSDAY, waits, JointCalendar(WEEK))
    assert trail.rolls == (RollStep(Roll.FOLLOWING, SATURDAY, MONDAY, (CalendarOwner.PLACE,)),)
    assert (trail.bound_by, trail.lag, trail.planned) == ("survey", days(1), MONDAY)


def test_a_lag_that_leads_out_of_range_is_refused() -> None:
    """S 4.5"""
    waits = [waiting("survey", date(2200, 12, 31), days(1))]
    with pytest.raises(CalendarError) as refused:
        _ = plan_date(None, THURSDAY, waits, JointCalendar(WEEK))
    assert refused.value.code == "calendar.range"


@pytest.mark.parametrize("anchor", [ItemDate("survey"), FactDate("renewal")])
def test_the_trail_names_the_item_or_the_fact_it_counts_from(anchor: AnyAnchor) -> None:
    """S 4.6"""
    offset = days(-1, anchor=anchor)
    trail = plan_date(offset, TUESDAY, [], JointCalendar(WEEK))
    assert trail == Trail(anchor, TUESDAY, offset, MONDAY, (), None, MONDAY)
    assert str(trail) == f"1 day before {anchor}"


def test_the_roll_comes_after_the_prerequisites() -> None:
    """S 4.7"""
    offset = days(0, roll=Roll.FOLLOWING)
    trail = plan_date(offset, THURSDAY, [waiting("survey", SUNDAY)], JointCalendar(WEEK))
    assert trail.rolls == (RollStep(Roll.FOLLOWING, SUNDAY, MONDAY, (CalendarOwner.PLACE,)),)
    assert (trail.raw, trail.bound_by, trail.planned) == (THURSDAY, "survey", MONDAY)


def test_without_a_roll_an_item_waits_for_a_prerequisite_on_a_day_off() -> None:
    """S 4.7"""
    trail = plan_date(days(0), THURSDAY, [waiting("survey", SUNDAY)], JointCalendar(WEEK))
    assert (trail.rolls, trail.planned) == ((), SUNDAY)


@pytest.mark.parametrize("rule", [None, Roll.PRECEDING, Roll.RAISE])
def test_working_days_that_wait_for_a_day_off_move_on(rule: Roll | None) -> None:
    """S 4.7"""
    offset = working_days(1, roll=rule)
    trail = plan_date(offset, THURSDAY, [waiting("survey", SUNDAY)], JointCalendar(WEEK))
    assert (trail.raw, trail.planned) == (FRIDAY, MONDAY)
    assert trail.rolls == (RollStep(Roll.FOLLOWING, SUNDAY, MONDAY, (CalendarOwner.PLACE,)),)


@pytest.mark.parametrize(
    ("anchor", "offset"),
    [
        (date(2200, 12, 31), days(1)),
        (date(1900, 1, 1), days(-1)),
        (date(2200, 12, 31), working_days(5)),
        (date(2200, 12, 31), days(36_600)),
        (date(2200, 12, 27), days(0, roll=Roll.FOLLOWING)),
    ],
)
def test_a_planned_date_out_of_the_years_1900_to_2200_is_refused(
    anchor: date, offset: Offset
) -> None:
    """S 1.3"""
    calendars = JointCalendar(
        off(*(date(2200, 12, 27) + timedelta(days=each) for each in range(5)))
    )
    with pytest.raises(CalendarError) as refused:
        _ = plan_date(offset, anchor, [], calendars)
    assert refused.value.code == "calendar.range"
    assert "smaller offset" in refused.value.message


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule": "following"},
        {"before": datetime(2026, 3, 14)},
        {"after": "2026-03-16"},
        {"asked_by": ["place"]},
        {"asked_by": "place"},
    ],
)
def test_a_step_of_something_else_is_refused(wrong: dict[str, Any]) -> None:
    step = RollStep(Roll.FOLLOWING, SATURDAY, MONDAY, (CalendarOwner.PLACE,))
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(step, **wrong)
    assert refused.value.code in {"type.wrong", "date.type", "sequence.entry", "sequence.type"}
    assert (refused.value.owner, refused.value.field) == ("RollStep", next(iter(wrong)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"anchor": "visit start"},
        {"anchor_date": None},
        {"offset": 3},
        {"raw": datetime(2026, 3, 14)},
        {"rolls": ["rolled"]},
        {"bound_by": "no slug"},
        {"lag": 2},
        {"planned": date(2201, 1, 1)},
    ],
)
def test_a_trail_of_something_else_is_refused(wrong: dict[str, Any]) -> None:
    trail = plan_date(days(1), THURSDAY, [], JointCalendar(WEEK))
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(trail, **wrong)
    assert (refused.value.owner, refused.value.field) == ("Trail", next(iter(wrong)))


def test_only_a_day_is_a_working_day() -> None:
    """S 4.4: a datetime is never among the holidays, so it would be taken for a working day."""
    moment: date = datetime(2026, 4, 3, tzinfo=UTC)
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.WorkCalendar(holidays=[date(2026, 4, 3)]).is_working(moment)
    assert refused.value.code == "date.type"
    assert str(refused.value) == "pass a date, not datetime"


def test_a_roll_back_names_every_calendar_that_was_in_its_way() -> None:
    """S 4.6: the place is off on Saturday, the rep on the Friday before it."""
    friday = SATURDAY - timedelta(days=1)
    calendars = JointCalendar(off(SATURDAY), off(friday))
    trail = plan_date(days(0, roll=Roll.PRECEDING), SATURDAY, [], calendars)
    thursday = friday - timedelta(days=1)
    both = (CalendarOwner.PLACE, CalendarOwner.REP)
    assert trail.rolls == (RollStep(Roll.PRECEDING, SATURDAY, thursday, both),)


def test_a_roll_names_no_calendar_for_the_day_it_reaches_and_beyond() -> None:
    """S 4.6: what is off after the planned date, or before the first day off, asked for nothing."""
    friday, sunday = SATURDAY - timedelta(days=1), SATURDAY + timedelta(days=1)
    monday = sunday + timedelta(days=1)
    ahead = plan_date(
        days(0, roll=Roll.FOLLOWING),
        SATURDAY,
        [],
        JointCalendar(off(SATURDAY), off(friday, monday)),
    )
    assert ahead.rolls == (RollStep(Roll.FOLLOWING, SATURDAY, sunday, (CalendarOwner.PLACE,)),)


@pytest.mark.parametrize(
    ("lag", "expected"),
    [
        (days(0), "on visit start; not before survey"),
        (days(2), "on visit start; 2 days after survey"),
        (working_days(-3), "on visit start; 3 working days before survey"),
    ],
)
def test_a_trail_says_how_far_from_its_prerequisite_it_had_to_be(
    lag: Offset, expected: str
) -> None:
    """S 4.6"""
    survey = Wait("survey", THURSDAY + timedelta(days=28), lag)
    assert str(plan_date(None, THURSDAY, [survey], JointCalendar(WEEK))) == expected


def test_a_calendar_that_runs_dry_names_the_last_working_day() -> None:
    """S 4.5"""
    rest = frozenset(date(2026, 1, 1) + timedelta(days=each) for each in range(800))
    with pytest.raises(CalendarError, match="no working day within 366 days of 2025-12-31:"):
        _ = shift(date(2025, 12, 1), working_days(100), pv.WorkCalendar(holidays=rest))


def test_a_trail_tells_first_what_was_waited_for_and_then_how_it_rolled() -> None:
    """S 4.7"""
    calendar = JointCalendar(off(date(2026, 3, 18)))
    survey = Wait("survey", date(2026, 3, 18), days(0))
    trail = plan_date(days(1, roll=Roll.FOLLOWING), THURSDAY, [survey], calendar)
    assert str(trail) == (
        "1 day after visit start; not before survey; moved from 2026-03-18, a day off for the place"
    )
