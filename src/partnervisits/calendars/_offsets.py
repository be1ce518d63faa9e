"""Offsets: signed ways from an anchor (S 4.1)."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

import attrs

from partnervisits.errors import InvalidValueError
from partnervisits.fields import instance_of, named, slug, title

_FURTHEST = 36_600


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

    def __str__(self) -> str:
        return self.value


@attrs.frozen(field_transformer=named)
class ItemDate:
    """Counts from the planned date of another item; of several tasks of it, from the latest.

    Attributes:
        item: The key of that item.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.calendars import ItemDate
        >>> print(pv.working_days(2, anchor=ItemDate("survey")))
        2 working days after survey
    """

    item: str = attrs.field(converter=slug)

    def __str__(self) -> str:
        return self.item


@attrs.frozen(field_transformer=named)
class FactDate:
    """Counts from a date fact of the context, else of the visit, else of the partner.

    Attributes:
        fact: Its name; a day, or an instant, which means its day in the zone of the place.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.calendars import FactDate
        >>> print(pv.days(-30, anchor=FactDate("renewal")))
        30 days before renewal
    """

    fact: str = attrs.field(converter=title)

    def __str__(self) -> str:
        return self.fact


AnyAnchor: TypeAlias = Anchor | ItemDate | FactDate
"""All that an offset can count from (S 4.1)."""


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


def _amount(value: int) -> int:
    if type(value) is not int or not -_FURTHEST <= value <= _FURTHEST:
        raise InvalidValueError("offset.range", "pass an int from -36,600 to 36,600")
    return value


def _unit(value: Unit) -> Unit:
    return instance_of(Unit, value)


def an_anchor(value: AnyAnchor) -> AnyAnchor:
    kinds: tuple[type[AnyAnchor], ...] = (Anchor, ItemDate, FactDate)
    return instance_of(kinds, value)


def _optional_roll(value: Roll | None) -> Roll | None:
    return None if value is None else instance_of(Roll, value)


@attrs.frozen(field_transformer=named)
class Offset:
    """A signed way from an anchor: `working_days(2)`, `months(-1)` (S 4.1).

    Attributes:
        amount: How many; below zero counts backwards. Together at most 36,600 days (S 3.3).
        unit: Of what.
        anchor: From where: a date of the visit, an `ItemDate` or a `FactDate`.
        roll: For DAYS, WEEKS and MONTHS what happens to a result that is no working day, by default
            nothing. For WORKING_DAYS what happens to such an anchor before counting, by default
            PRECEDING for an amount above zero and FOLLOWING otherwise; NONE is refused.

    Raises:
        InvalidValueError: `offset.range`, `offset.roll`.
    """

    amount: int = attrs.field(converter=_amount)
    unit: Unit = attrs.field(converter=_unit)
    anchor: AnyAnchor = attrs.field(default=Anchor.VISIT_START, converter=an_anchor, kw_only=True)
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

    @property
    def length(self) -> str:
        """How far, without from where: `2 working days`."""
        unit = self.unit.value if abs(self.amount) != 1 else self.unit.value.removesuffix("s")
        return f"{abs(self.amount)} {unit}"

    def __str__(self) -> str:
        if self.amount == 0 and self.unit is not Unit.WORKING_DAYS:
            return f"on {self.anchor}"
        return f"{self.length} {'before' if self.amount < 0 else 'after'} {self.anchor}"


_MOST = {
    Unit.DAYS: _FURTHEST,
    Unit.WORKING_DAYS: _FURTHEST,
    Unit.WEEKS: _FURTHEST // 7,
    Unit.MONTHS: 1_200,
}


def days(
    amount: int, *, anchor: AnyAnchor = Anchor.VISIT_START, roll: Roll | None = None
) -> Offset:
    """So many days from an anchor.

    Args:
        amount: Below zero counts backwards.
        anchor: From where: `Anchor`, `ItemDate` or `FactDate` of `partnervisits.calendars`.
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
    amount: int, *, anchor: AnyAnchor = Anchor.VISIT_START, roll: Roll | None = None
) -> Offset:
    """So many working days from an anchor: the first one after a Saturday is Monday.

    Args:
        amount: Below zero counts backwards.
        anchor: From where: `Anchor`, `ItemDate` or `FactDate` of `partnervisits.calendars`.
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


def weeks(
    amount: int, *, anchor: AnyAnchor = Anchor.VISIT_START, roll: Roll | None = None
) -> Offset:
    """So many weeks from an anchor.

    Args:
        amount: Below zero counts backwards.
        anchor: From where: `Anchor`, `ItemDate` or `FactDate` of `partnervisits.calendars`.
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


def months(
    amount: int, *, anchor: AnyAnchor = Anchor.VISIT_START, roll: Roll | None = None
) -> Offset:
    """So many months from an anchor; a day that the month lacks becomes its last (S 4.2).

    Args:
        amount: Below zero counts backwards.
        anchor: From where: `Anchor`, `ItemDate` or `FactDate` of `partnervisits.calendars`.
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
