"""Offsets and their arithmetic, working-day calendars, roll rules, the trail of a date (S 4).

    anchor ──offset──► raw date ──latest of it and the prerequisites──► roll ──► planned date

An offset counts from its anchor, never from an earlier result. A calendar answers one question,
`is_working(date)`. Every planned date carries its `Trail`: how it came about, as data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import Enum, IntEnum
from typing import Protocol, TypeAlias

import attrs

from partnervisits.errors import CalendarError, InvalidValueError
from partnervisits.fields import instance_of, iterable, kind_of, named, optional_slug, tuple_of
from partnervisits.values import any_day, day, show

__all__ = [
    "EVERY_DAY",
    "Anchor",
    "Calendar",
    "CalendarOwner",
    "JointCalendar",
    "Offset",
    "Roll",
    "RollStep",
    "Trail",
    "Unit",
    "Weekday",
    "WorkCalendar",
    "YearlyHoliday",
    "days",
    "months",
    "plan_date",
    "roll",
    "shift",
    "weeks",
    "working_days",
]

_REACH = 366
_FURTHEST = 36_600
_DAY = timedelta(days=1)
_LEAP_YEAR = 2000


class Unit(Enum):
    """What an offset counts."""

    DAYS = "days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"


class Anchor(Enum):
    """What an offset counts from: a date of the visit, in the zone of its place (S 4.1)."""

    VISIT_START = "visit start"
    VISIT_END = "visit end"


class Roll(Enum):
    """What happens to a date that is no working day (S 4.3)."""

    NONE = "none"
    """It stays."""
    FOLLOWING = "following"
    """It becomes the next working day."""
    PRECEDING = "preceding"
    """It becomes the working day before."""
    MODIFIED_FOLLOWING = "modified following"
    """The next working day, or the one before where the month would change."""
    MODIFIED_PRECEDING = "modified preceding"
    """The working day before, or the next where the month would change."""
    RAISE = "raise"
    """It is refused."""


class Weekday(IntEnum):
    """Days of the week, numbered as `date.weekday()` numbers them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


def _amount(value: int) -> int:
    if type(value) is not int or not -_FURTHEST <= value <= _FURTHEST:
        raise InvalidValueError("offset.range", "pass an int from -36,600 to 36,600")
    return value


def _unit(value: Unit) -> Unit:
    return instance_of(Unit, value)


def _anchor(value: Anchor) -> Anchor:
    return instance_of(Anchor, value)


def _optional_roll(value: Roll | None) -> Roll | None:
    return None if value is None else instance_of(Roll, value)


@attrs.frozen(field_transformer=named)
class Offset:
    """A signed way from an anchor: `working_days(2)`, `months(-1)` (S 4.1).

    Attributes:
        amount: How many; below zero counts backwards. Together at most 36,600 days (S 3.3).
        unit: Of what.
        anchor: From where.
        roll: For DAYS, WEEKS and MONTHS what happens to a result that is no working day, by default
            nothing. For WORKING_DAYS what happens to such an anchor before counting, by default
            PRECEDING for an amount above zero and FOLLOWING otherwise; NONE is refused.

    Raises:
        InvalidValueError: `offset.range`, `offset.roll`.
    """

    amount: int = attrs.field(converter=_amount)
    unit: Unit = attrs.field(converter=_unit)
    anchor: Anchor = attrs.field(default=Anchor.VISIT_START, converter=_anchor, kw_only=True)
    roll: Roll | None = attrs.field(default=None, converter=_optional_roll, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.unit is Unit.WORKING_DAYS and self.roll is Roll.NONE:
            raise InvalidValueError(
                "offset.roll",
                "working days count from a working day: choose a roll",
                "Offset",
                "roll",
            )
        if abs(self.amount) > _MOST[self.unit]:
            raise InvalidValueError(
                "offset.range",
                f"pass at most {_MOST[self.unit]:,} {self.unit.value}",
                "Offset",
                "amount",
            )

    @property
    def effective_roll(self) -> Roll:
        """The roll that applies: the one asked for, or the default of the unit (S 4.3)."""
        if self.roll is not None:
            return self.roll
        if self.unit is not Unit.WORKING_DAYS:
            return Roll.NONE
        return Roll.PRECEDING if self.amount > 0 else Roll.FOLLOWING

    def __str__(self) -> str:
        if self.amount == 0 and self.unit is not Unit.WORKING_DAYS:
            return f"on {self.anchor.value}"
        unit = self.unit.value if abs(self.amount) != 1 else self.unit.value.removesuffix("s")
        side = "before" if self.amount < 0 else "after"
        return f"{abs(self.amount)} {unit} {side} {self.anchor.value}"


_MOST = {
    Unit.DAYS: _FURTHEST,
    Unit.WORKING_DAYS: _FURTHEST,
    Unit.WEEKS: _FURTHEST // 7,
    Unit.MONTHS: 1_200,
}


def days(amount: int, *, anchor: Anchor = Anchor.VISIT_START, roll: Roll | None = None) -> Offset:
    """So many days from an anchor.

    Args:
        amount: Below zero counts backwards.
        anchor: From where; `partnervisits.calendars.Anchor`.
        roll: What happens to a result that is no working day, by default nothing;
            `partnervisits.calendars.Roll`.

    Example:
        >>> import partnervisits as pv
        >>> from datetime import date
        >>> from partnervisits.calendars import shift
        >>> shift(date(2026, 3, 12), pv.days(-1), pv.WorkCalendar())
        datetime.date(2026, 3, 11)
    """
    return Offset(amount, Unit.DAYS, anchor=anchor, roll=roll)


def working_days(
    amount: int, *, anchor: Anchor = Anchor.VISIT_START, roll: Roll | None = None
) -> Offset:
    """So many working days from an anchor: the first one after a Saturday is Monday.

    Args:
        amount: Below zero counts backwards.
        anchor: From where; `partnervisits.calendars.Anchor`.
        roll: What happens to an anchor that is no working day, before counting;
            `partnervisits.calendars.Roll`.

    Example:
        >>> import partnervisits as pv
        >>> from datetime import date
        >>> from partnervisits.calendars import shift
        >>> shift(date(2026, 3, 14), pv.working_days(1), pv.WorkCalendar())
        datetime.date(2026, 3, 16)
    """
    return Offset(amount, Unit.WORKING_DAYS, anchor=anchor, roll=roll)


def weeks(amount: int, *, anchor: Anchor = Anchor.VISIT_START, roll: Roll | None = None) -> Offset:
    """So many weeks from an anchor.

    Args:
        amount: Below zero counts backwards.
        anchor: From where; `partnervisits.calendars.Anchor`.
        roll: What happens to a result that is no working day, by default nothing;
            `partnervisits.calendars.Roll`.

    Example:
        >>> import partnervisits as pv
        >>> from datetime import date
        >>> from partnervisits.calendars import shift
        >>> shift(date(2026, 3, 12), pv.weeks(3), pv.WorkCalendar())
        datetime.date(2026, 4, 2)
    """
    return Offset(amount, Unit.WEEKS, anchor=anchor, roll=roll)


def months(amount: int, *, anchor: Anchor = Anchor.VISIT_START, roll: Roll | None = None) -> Offset:
    """So many months from an anchor; a day that the month lacks becomes its last (S 4.2).

    Args:
        amount: Below zero counts backwards.
        anchor: From where; `partnervisits.calendars.Anchor`.
        roll: What happens to a result that is no working day, by default nothing;
            `partnervisits.calendars.Roll`.

    Example:
        >>> import partnervisits as pv
        >>> from datetime import date
        >>> from partnervisits.calendars import shift
        >>> shift(date(2026, 1, 31), pv.months(1), pv.WorkCalendar())
        datetime.date(2026, 2, 28)
    """
    return Offset(amount, Unit.MONTHS, anchor=anchor, roll=roll)


# ----------------------------------------------------------------------------- calendars (S 4.4)


class Calendar(Protocol):
    """Anything that knows working days. Called any number of times, in any order, for any day."""

    def is_working(self, on: date, /) -> bool:
        """Whether people work on a day; the same answer every time.

        Args:
            on: The day.
        """
        ...


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
        last = _days_in_month(_LEAP_YEAR, self.month)
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
            and (on.month, on.day) not in self._yearly
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


# ---------------------------------------------------------------------------- arithmetic (S 4.2)


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
        return _raw(roll(anchor, offset.effective_roll, calendar), offset, calendar)
    return roll(_raw(anchor, offset, calendar), offset.effective_roll, calendar)


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


def _raw(anchor: date, offset: Offset, calendar: Calendar) -> date:
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
    on, idle = after, 0
    while idle < _REACH:
        on, idle = _moved(on, step), idle + 1
        if calendar.is_working(on):
            yield on
            idle = 0
    raise CalendarError(
        "calendar.no-working-day",
        f"no working day within {_REACH} days of {show(after)}: look at weekend and holidays",
    )


def _moved(on: date, amount: int) -> date:
    try:
        return on + amount * _DAY
    except OverflowError:
        raise _range_error() from None


def _add_months(on: date, amount: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 + amount, 12)
    if not date.min.year <= year < date.max.year:
        raise _range_error()
    return date(year, month + 1, min(on.day, _days_in_month(year, month + 1)))


def _days_in_month(year: int, month: int) -> int:
    after_its_28th = date(year, month, 28) + 4 * _DAY
    return 32 - after_its_28th.day


def _range_error() -> CalendarError:
    return CalendarError("calendar.range", "this leads out of the calendar: take a smaller offset")


# ------------------------------------------------------------------- the trail of a date (S 4.6)


def _roll(value: Roll) -> Roll:
    return instance_of(Roll, value)


def _asked_by(values: Iterable[CalendarOwner]) -> tuple[CalendarOwner, ...]:
    return tuple_of(CalendarOwner, values)


@attrs.frozen(field_transformer=named)
class RollStep:
    """One roll of a date.

    Attributes:
        rule: Why it moved.
        before: The date that was no working day.
        after: The working day it became.
        asked_by: The calendars that called `before` a day off.
    """

    rule: Roll = attrs.field(converter=_roll)
    before: date = attrs.field(converter=any_day)
    after: date = attrs.field(converter=any_day)
    asked_by: tuple[CalendarOwner, ...] = attrs.field(converter=_asked_by)

    def __str__(self) -> str:
        whose = " and ".join(each.value for each in self.asked_by)
        return f"moved from {show(self.before)}, a day off for the {whose}"


def _optional_offset(value: Offset | None) -> Offset | None:
    return None if value is None else instance_of(Offset, value)


def _rolls(values: Iterable[RollStep]) -> tuple[RollStep, ...]:
    return tuple_of(RollStep, values)


@attrs.frozen(field_transformer=named)
class Trail:
    """How a planned date came about.

    Attributes:
        anchor: What was counted from.
        anchor_date: Its date, in the zone of the place.
        offset: What was counted; None for an item that is planned on the visit's start.
        raw: The date counted to, before prerequisites and a roll of the result.
        rolls: The rolls, in order.
        bound_by: The prerequisite whose date the item had to wait for, if it had to.
        planned: The planned date.
    """

    anchor: Anchor = attrs.field(converter=_anchor)
    anchor_date: date = attrs.field(converter=day)
    offset: Offset | None = attrs.field(converter=_optional_offset)
    raw: date = attrs.field(converter=any_day)
    rolls: tuple[RollStep, ...] = attrs.field(converter=_rolls)
    bound_by: str | None = attrs.field(converter=optional_slug)
    planned: date = attrs.field(converter=day)

    def __str__(self) -> str:
        reasons = [str(self.offset) if self.offset else f"on {self.anchor.value}"]
        reasons += [str(step) for step in self.rolls]
        if self.bound_by is not None:
            reasons.append(f"not before {self.bound_by}")
        return "; ".join(reasons)


def plan_date(
    offset: Offset | None,
    anchor_date: date,
    prerequisites: Iterable[tuple[str, date]],
    calendars: JointCalendar,
) -> Trail:
    """The planned date of an item and how it came about (S 4.7).

    The latest of the item's own date and those of its prerequisites; the roll comes last. Working
    days stay working days: one that has to wait for a day off moves on to the next working day.

    Args:
        offset: The item's own; None for the anchor's date itself.
        anchor_date: The date of the anchor.
        prerequisites: Keys and planned dates of what comes before.
        calendars: Those that hold for the item.

    Raises:
        CalendarError: as `shift`; `calendar.range` also for a date out of the years 1900 to 2200.
    """
    anchor = offset.anchor if offset else Anchor.VISIT_START
    rolls: list[RollStep] = []
    start, result_rule = anchor_date, offset.effective_roll if offset else Roll.NONE
    if offset and offset.unit is Unit.WORKING_DAYS:
        start = _rolled(anchor_date, offset.effective_roll, calendars, rolls)
        result_rule = Roll.FOLLOWING
    raw = _raw(start, offset, calendars) if offset else anchor_date
    bound_by, latest = None, raw
    for key, planned in sorted(prerequisites):
        if planned > latest:
            bound_by, latest = key, planned
    planned = _rolled(latest, result_rule, calendars, rolls)
    try:
        return Trail(anchor, anchor_date, offset, raw, rolls, bound_by, planned)
    except InvalidValueError:
        raise _range_error() from None


def _rolled(on: date, rule: Roll, calendars: JointCalendar, steps: list[RollStep]) -> date:
    after = roll(on, rule, calendars)
    if after != on:
        steps.append(RollStep(rule, on, after, _objections(on, after, calendars)))
    return after


def _objections(on: date, after: date, calendars: JointCalendar) -> tuple[CalendarOwner, ...]:
    step = _DAY if after > on else -_DAY
    passed = (on + each * step for each in range(abs((after - on).days)))
    objecting = {owner for each in passed for owner in calendars.objections(each)}
    return tuple(owner for owner in CalendarOwner if owner in objecting)


def __dir__() -> list[str]:
    return sorted(__all__)
