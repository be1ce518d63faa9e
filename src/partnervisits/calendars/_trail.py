"""How a planned date comes about, as data (S 4.6, S 4.7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import attrs

from partnervisits.calendars._arithmetic import counted, range_error, roll, shift
from partnervisits.calendars._offsets import Anchor, AnyAnchor, Offset, Roll, Unit, an_anchor
from partnervisits.calendars._working import CalendarOwner, JointCalendar
from partnervisits.errors import InvalidValueError
from partnervisits.fields import instance_of, named, optional_slug, tuple_of
from partnervisits.values import any_day, day, show

_DAY = timedelta(days=1)


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


def _distance(lag: Offset | None) -> str:
    if lag is None or lag.amount == 0:
        return "not before"
    return f"{lag.length} {'after' if lag.amount > 0 else 'before'}"


class Wait(NamedTuple):
    """Something an item comes after.

    Attributes:
        item: The prerequisite's key.
        planned: Its planned date.
        least: How long after it at the earliest.
    """

    item: str
    planned: date
    least: Offset


@attrs.frozen(field_transformer=named)
class Trail:
    """How a planned date came about.

    Attributes:
        anchor: What was counted from.
        anchor_date: Its date, in the zone of the place.
        offset: What was counted; None for an item that is planned on the visit's start.
        raw: The date counted to, before prerequisites and a roll of the result.
        rolls: The rolls, in order.
        bound_by: The prerequisite that the item had to wait for, if it had to.
        planned: The planned date.
        lag: How long after that prerequisite; None if it was not bound.
    """

    anchor: AnyAnchor = attrs.field(converter=an_anchor)
    anchor_date: date = attrs.field(converter=day)
    offset: Offset | None = attrs.field(converter=_optional_offset)
    raw: date = attrs.field(converter=any_day)
    rolls: tuple[RollStep, ...] = attrs.field(converter=_rolls)
    bound_by: str | None = attrs.field(converter=optional_slug)
    planned: date = attrs.field(converter=day)
    lag: Offset | None = attrs.field(default=None, converter=_optional_offset)

    def __str__(self) -> str:
        reasons = [str(self.offset) if self.offset else f"on {self.anchor}"]
        if self.bound_by is not None:
            reasons.append(f"{_distance(self.lag)} {self.bound_by}")
        reasons += [str(step) for step in self.rolls]
        return "; ".join(reasons)


def plan_date(
    offset: Offset | None,
    anchor_date: date,
    waits: Iterable[Wait],
    calendars: JointCalendar,
) -> Trail:
    """The planned date of an item and how it came about (S 4.7).

    The latest of the item's own date and, for each prerequisite, its planned date and the least
    lag; the roll comes last. Working days stay working days: one that has to wait for a day off
    moves on to the next working day.

    Args:
        offset: The item's own; None for the anchor's date itself.
        anchor_date: The date of the anchor.
        waits: What comes before.
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
    raw = counted(start, offset, calendars) if offset else anchor_date
    bound_by, lag, latest = None, None, raw
    for wait in sorted(waits, key=_item):
        earliest = shift(wait.planned, wait.least, calendars)
        if earliest > latest:
            bound_by, lag, latest = wait.item, wait.least, earliest
    planned = _rolled(latest, result_rule, calendars, rolls)
    try:
        return Trail(anchor, anchor_date, offset, raw, rolls, bound_by, planned, lag)
    except InvalidValueError:
        raise range_error() from None


def raw_date(offset: Offset | None, anchor_date: date, calendars: JointCalendar) -> date:
    """The date that an offset counts to, before prerequisites and a roll of the result.

    Args:
        offset: The item's own; None for the anchor's date itself.
        anchor_date: The date of the anchor.
        calendars: Those that hold for the item.

    Raises:
        CalendarError: as `shift`.
    """
    if offset is None:
        return anchor_date
    start = anchor_date
    if offset.unit is Unit.WORKING_DAYS:
        start = roll(anchor_date, offset.effective_roll, calendars)
    return counted(start, offset, calendars)


def _item(wait: Wait) -> str:
    return wait.item


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
