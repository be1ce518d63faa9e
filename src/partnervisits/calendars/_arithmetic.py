"""Where an offset leads, and what a roll makes of a day off (S 4.2, S 4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from partnervisits.calendars._offsets import Offset, Roll, Unit
from partnervisits.calendars._working import Calendar, days_in_month
from partnervisits.errors import CalendarError
from partnervisits.values import show

_REACH = 366
_DAY = timedelta(days=1)


def shift(anchor: date, offset: Offset, calendar: Calendar) -> date:
    """The date an offset leads to, its own roll included.

    Args:
        anchor: The date to count from.
        offset: The way.
        calendar: Knows the working days.

    Raises:
        CalendarError: `calendar.no-working-day`, `calendar.non-working` (under Roll.RAISE),
            `calendar.range`.
    """
    if offset.unit is Unit.WORKING_DAYS:
        return counted(roll(anchor, offset.effective_roll, calendar), offset, calendar)
    return roll(counted(anchor, offset, calendar), offset.effective_roll, calendar)


def roll(on: date, rule: Roll, calendar: Calendar) -> date:
    """The working day that a rule makes of a date; a working day stays (S 4.3).

    Args:
        on: The date.
        rule: What happens if it is no working day.
        calendar: Knows the working days.

    Raises:
        CalendarError: `calendar.no-working-day`, `calendar.non-working`, `calendar.range`.
    """
    if rule is Roll.NONE or calendar.is_working(on):
        return on
    if rule is Roll.RAISE:
        raise CalendarError(
            "calendar.non-working", f"{show(on)} is no working day: choose another roll"
        )
    forward = rule in (Roll.FOLLOWING, Roll.MODIFIED_FOLLOWING)
    rolled = next(_working(on, 1 if forward else -1, calendar))
    if rule in (Roll.FOLLOWING, Roll.PRECEDING) or rolled.month == on.month:
        return rolled
    return next(_working(on, -1 if forward else 1, calendar))


def counted(anchor: date, offset: Offset, calendar: Calendar) -> date:
    if offset.unit is Unit.WORKING_DAYS:
        return _count_working(anchor, offset.amount, calendar)
    if offset.unit is Unit.MONTHS:
        return _add_months(anchor, offset.amount)
    return _moved(anchor, offset.amount * (7 if offset.unit is Unit.WEEKS else 1))


def _count_working(anchor: date, amount: int, calendar: Calendar) -> date:
    ahead = _working(anchor, 1 if amount > 0 else -1, calendar)
    on = anchor
    for _ in range(abs(amount)):
        on = next(ahead)
    return on


def _working(after: date, step: int, calendar: Calendar) -> Iterator[date]:
    on, last, idle = after, after, 0
    while idle < _REACH:
        on, idle = _moved(on, step), idle + 1
        if calendar.is_working(on):
            yield on
            last, idle = on, 0
    raise CalendarError(
        "calendar.no-working-day",
        f"no working day within {_REACH} days of {show(last)}: look at weekend and holidays",
    )


def _moved(on: date, amount: int) -> date:
    try:
        return on + amount * _DAY
    except OverflowError:
        raise range_error() from None


def _add_months(on: date, amount: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 + amount, 12)
    if not date.min.year <= year < date.max.year:
        raise range_error()
    return date(year, month + 1, min(on.day, days_in_month(year, month + 1)))


def range_error() -> CalendarError:
    return CalendarError("calendar.range", "this leads out of the calendar: take a smaller offset")
