"""Which days people work on (S 4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum, IntEnum
from typing import Protocol, TypeAlias

import attrs

from partnervisits.errors import InvalidValueError
from partnervisits.fields import instance_of, iterable, kind_of, named
from partnervisits.values import day

_LEAP_YEAR = 2000


class Weekday(IntEnum):
    """Days of the week, numbered as `date.weekday()` numbers them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class Calendar(Protocol):
    """Anything that knows working days. Called any number of times, in any order, for any day."""

    def is_working(self, on: date, /) -> bool:
        """Whether people work on a day; the same answer every time.

        Args:
            on: The day.
        """
        ...


def a_calendar(value: Calendar) -> Calendar:
    """Anything that knows working days, kept as it is.

    Args:
        value: An object with `is_working(date)`.

    Raises:
        InvalidValueError: `calendar.type`.
    """
    if isinstance(value, type) or not callable(getattr(value, "is_working", None)):
        raise InvalidValueError(
            "calendar.type", f"pass an object with is_working(date), not {kind_of(value)}"
        )
    return value


def _month(value: int) -> int:
    if type(value) is not int or not 1 <= value <= 12:  # noqa: PLR2004 -- the months of a year
        raise InvalidValueError("holiday.month", "pass a month from 1 to 12")
    return value


@attrs.frozen(field_transformer=named)
class YearlyHoliday:
    """A holiday on the same day of every year; 29 February only in leap years.

    Attributes:
        month: 1 to 12.
        day: 1 to the month's last.

    Raises:
        InvalidValueError: `holiday.month`, `holiday.day`.
    """

    month: int = attrs.field(converter=_month)
    day: int

    def __attrs_post_init__(self) -> None:
        last = days_in_month(_LEAP_YEAR, self.month)
        if type(self.day) is not int or not 1 <= self.day <= last:
            raise InvalidValueError(
                "holiday.day", f"pass a day from 1 to {last}", "YearlyHoliday", "day"
            )


Holiday: TypeAlias = date | YearlyHoliday


def _weekend(values: Iterable[Weekday]) -> frozenset[Weekday]:
    return frozenset(instance_of(Weekday, value) for value in iterable(values, "weekdays"))


def _holidays(values: Iterable[Holiday]) -> frozenset[Holiday]:
    given = iterable(values, "dates", unfit=(str, bytes))
    return frozenset(each if isinstance(each, YearlyHoliday) else day(each) for each in given)


@attrs.frozen(field_transformer=named)
class WorkCalendar:
    """A week with its weekend, and holidays.

    Attributes:
        weekend: The weekdays on which nobody works; `partnervisits.calendars.Weekday`.
        holidays: Days on which nobody works: a `date` once, a `YearlyHoliday` every year. Any
            iterable of dates serves: a set, or a country of the package `holidays` made with
            `years=`, since without them it is empty until it is asked.

    Raises:
        InvalidValueError: `sequence.type`, `type.wrong`, `date.type`, `date.range`.

    Example:
        >>> import partnervisits as pv
        >>> from datetime import date
        >>> pv.WorkCalendar(holidays=[date(2026, 4, 3)]).is_working(date(2026, 4, 3))
        False
    """

    weekend: frozenset[Weekday] = attrs.field(
        default=frozenset({Weekday.SATURDAY, Weekday.SUNDAY}), converter=_weekend, kw_only=True
    )
    holidays: frozenset[Holiday] = attrs.field(
        default=frozenset(), converter=_holidays, kw_only=True
    )
    _yearly: frozenset[tuple[int, int]] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        yearly = (each for each in self.holidays if isinstance(each, YearlyHoliday))
        object.__setattr__(self, "_yearly", frozenset((each.month, each.day) for each in yearly))

    def is_working(self, on: date, /) -> bool:
        """Whether people work on a day.

        Args:
            on: The day.
        """
        if type(on) is not date:
            raise InvalidValueError("date.type", f"pass a date, not {kind_of(on)}")
        return (
            on.weekday() not in self.weekend
            and on not in self.holidays
            and not (self._yearly and (on.month, on.day) in self._yearly)
        )

    def __repr__(self) -> str:
        weekend = ", ".join(each.name for each in sorted(self.weekend))
        return f"WorkCalendar(weekend={{{weekend}}}, {len(self.holidays)} holidays)"


EVERY_DAY = WorkCalendar(weekend=())
"""The calendar of those who never rest."""


class CalendarOwner(Enum):
    """Which of the calendars that hold at once asked for a roll (S 4.4)."""

    PLACE = "place"
    REP = "rep"


@attrs.frozen
class JointCalendar:
    """The calendars that hold at once: a day must be working in both.

    Attributes:
        place: The calendar of the place visited.
        rep: The calendar of the assignee, if the host gave one.
    """

    place: Calendar
    rep: Calendar | None = None

    def is_working(self, on: date, /) -> bool:
        """Whether all the calendars call a day a working day.

        Args:
            on: The day.
        """
        return self.place.is_working(on) and (self.rep is None or self.rep.is_working(on))

    def objections(self, on: date) -> tuple[CalendarOwner, ...]:
        """Which calendars call a day off.

        Args:
            on: The day.
        """
        off = [] if self.place.is_working(on) else [CalendarOwner.PLACE]
        if self.rep is not None and not self.rep.is_working(on):
            off.append(CalendarOwner.REP)
        return tuple(off)


def days_in_month(year: int, month: int) -> int:
    after_its_28th = date(year, month, 28) + timedelta(days=4)
    return 32 - after_its_28th.day
