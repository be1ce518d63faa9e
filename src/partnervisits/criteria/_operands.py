"""What criteria compare with: numbers, times, texts, keys and widths."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import groupby
from typing import TypeAlias, cast

from partnervisits.calendars import Anchor, Offset
from partnervisits.errors import InvalidValueError
from partnervisits.fields import choice_key, iterable
from partnervisits.values import (
    Gap,
    Ordered,
    any_value,
    day,
    decimal,
    difference,
    duration,
    instant,
    magnitude,
    show,
)

Bound: TypeAlias = Decimal | datetime | date | Offset
"""An operand of an ordered criterion; a day or an offset becomes an instant in the plan."""

Operand: TypeAlias = bool | Decimal | datetime | str | frozenset[str]
"""An operand of `equals`."""

Choosable: TypeAlias = Decimal | str
"""An operand of `one_of`, `none_of` and `contains`."""


Shown: TypeAlias = Callable[[object], str]
"""Writes an operand or a width for people."""


class DayEnd(Enum):
    """Which end of a day a date stands for (S 2.3)."""

    FIRST = "first instant"
    LAST = "last microsecond"


def to_bound(value: Bound | int | str) -> Bound:
    """An operand of an ordered criterion.

    Args:
        value: A number (`Decimal`, `int`, plain `str`), an instant, a day, or an offset from the
            visit.

    Raises:
        InvalidValueError: `criterion.anchor`, and those of the values.
    """
    if isinstance(value, Offset):
        return _from_the_visit(value)
    if isinstance(value, datetime):
        return instant(value)
    return day(value) if isinstance(value, date) else decimal(value)


def _from_the_visit(offset: Offset) -> Offset:
    if not isinstance(offset.anchor, Anchor):
        raise InvalidValueError(
            "criterion.anchor", "an operand counts from the visit, start or end"
        )
    return offset


def gap(value: Gap | int | str) -> Gap:
    """A width: a number of units, or a duration; not below zero.

    Args:
        value: `Decimal`, `int`, plain `str`, or `timedelta`.

    Raises:
        InvalidValueError: `gap.negative`, and those of `decimal` and `duration`.
    """
    held = duration(value) if isinstance(value, timedelta) else decimal(value)
    if held != magnitude(held):
        raise InvalidValueError("gap.negative", "pass a width of zero or more")
    return held


def a_tolerance(value: Gap | int | str | None) -> Gap | None:
    return None if value is None else gap(value)


def is_day(operand: object) -> bool:
    """Whether an operand is a day or an offset, which only a visit can turn into an instant.

    Args:
        operand: Any.
    """
    return isinstance(operand, Offset) or type(operand) is date


def to_operand(value: Operand | int | AbstractSet[str]) -> Operand:
    """An operand of `equals`, or a bare target.

    Args:
        value: A bool, a number (`int` or `Decimal`), an instant, a text, a choice key, or a set of
            keys.
    """
    if type(value) is int:
        return decimal(value)
    held = frozenset(value) if isinstance(value, AbstractSet) else value
    return cast("Operand", any_value(held))


def an_operand(value: Operand | int | AbstractSet[str]) -> Operand:
    if is_day(value):
        raise InvalidValueError("criterion.date", "a day is no instant: use between(day, day)")
    return to_operand(value)


def choosables(values: Iterable[Choosable | int]) -> tuple[Choosable, ...]:
    given = iterable(values, "a list of operands")
    held = [any_value(each) if isinstance(each, str) else decimal(each) for each in given]
    if len({type(value) for value in held}) != 1:
        raise InvalidValueError("criterion.operands", "pass one operand or more, all of one kind")
    # In no set: somebody could choose many decimals of one and the same hash.
    return tuple(each for each, _ in groupby(sorted(cast("list[str]", held))))


def choice_keys(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(choice_key(value) for value in choosables(values))  # type: ignore[arg-type]


def is_width_of(width: Gap, value: Operand) -> bool:
    if isinstance(width, timedelta):
        return isinstance(value, datetime)
    return isinstance(value, Decimal)


def nearer(actual: Ordered, low: Bound, high: Bound) -> Bound:
    to_low = magnitude(difference(actual, low))  # type: ignore[arg-type]
    to_high = magnitude(difference(actual, high))  # type: ignore[arg-type]
    return low if to_low <= to_high else high  # type: ignore[operator]


def plainly(operand: object) -> str:
    """An operand or a width as people read it anywhere: an instant in UTC.

    Args:
        operand: Any.
    """
    return str(operand) if isinstance(operand, Offset) else show(operand)  # type: ignore[arg-type]
