"""What counts as met: a closed set of criteria, shared by targets and limits (S 2.2).

Every bound belongs to the side that meets. A criterion knows its operands, whether an actual value
meets it and, if it is ordered, its *edge*: the nearest bound of the side that meets (S 8.1).
Whether it fits an indicator is asked where both meet, with `misfits`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import ClassVar, TypeAlias, TypeGuard, cast

import attrs

from partnervisits.calendars import Offset
from partnervisits.errors import InvalidValueError
from partnervisits.fields import choice_key, iterable, kind_of, named
from partnervisits.findings import Finding
from partnervisits.values import (
    Gap,
    Ordered,
    Value,
    ValueType,
    any_value,
    day,
    decimal,
    difference,
    duration,
    instant,
    magnitude,
    show,
    total,
    typed,
)

__all__ = [
    "AtLeast",
    "AtMost",
    "Between",
    "Bound",
    "Choosable",
    "Contains",
    "Criterion",
    "DayEnd",
    "Equals",
    "NoneOf",
    "OneOf",
    "Operand",
    "OrderedCriterion",
    "Outside",
    "Shown",
    "at_least",
    "at_most",
    "between",
    "contains",
    "equals",
    "gap",
    "in_instants",
    "is_criterion",
    "is_temporal",
    "misfits",
    "none_of",
    "one_of",
    "outside",
    "to_bound",
]

Bound: TypeAlias = Decimal | datetime | date | Offset
"""An operand of an ordered criterion; a day or an offset becomes an instant in the plan."""

Operand: TypeAlias = bool | Decimal | datetime | str | frozenset[str]
"""An operand of `equals`."""

Choosable: TypeAlias = Decimal | str
"""An operand of `one_of`, `none_of` and `contains`."""


Shown: TypeAlias = Callable[[object], str]
"""Writes an operand or a width for people."""


class _Written:
    """A criterion reads as it is written with plain values."""

    __slots__ = ()

    @abstractmethod
    def written(self, shown: Shown) -> str:
        """In words.

        Args:
            shown: Writes an operand or a width.
        """
        ...

    def __str__(self) -> str:
        return self.written(_shown)


class DayEnd(Enum):
    """Which end of a day a date stands for (S 2.3)."""

    FIRST = "first instant"
    LAST = "last microsecond"


def to_bound(value: Bound | int | str) -> Bound:
    """An operand of an ordered criterion.

    Args:
        value: A number (`Decimal`, `int`, plain `str`), an instant, a day, or an offset from the
            visit.
    """
    if isinstance(value, Offset):
        return value
    if isinstance(value, datetime):
        return instant(value)
    return day(value) if isinstance(value, date) else decimal(value)


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


def _tolerance(value: Gap | int | str | None) -> Gap | None:
    return None if value is None else gap(value)


def _operand(value: Operand | int | AbstractSet[str]) -> Operand:
    given: object = value
    if isinstance(given, Offset) or type(given) is date:
        raise InvalidValueError("criterion.date", "a day is no instant: use between(day, day)")
    if type(given) is int:
        return decimal(given)
    held = frozenset(value) if isinstance(value, AbstractSet) else value
    return cast("Operand", any_value(held))


def _choosables(values: Iterable[Choosable | int]) -> tuple[Choosable, ...]:
    given = iterable(values, "a list of operands")
    held = {any_value(each) if isinstance(each, str) else decimal(each) for each in given}
    if len({type(value) for value in held}) != 1:
        raise InvalidValueError("criterion.operands", "pass one operand or more, all of one kind")
    return tuple(sorted(cast("set[str]", held)))


def _choice_keys(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(choice_key(value) for value in _choosables(values))  # type: ignore[arg-type]


# ------------------------------------------------------------------------------ ordered criteria


@attrs.frozen(field_transformer=named)
class _OneBound(_Written):
    bound: Bound = attrs.field(converter=to_bound)

    @property
    def operands(self) -> tuple[Bound, ...]:
        """The bound."""
        return (self.bound,)

    def edge(self, actual: Ordered) -> Bound:  # noqa: ARG002 -- the ordered criteria answer alike
        """The bound, whatever the value.

        Args:
            actual: The value.
        """
        return self.bound


@attrs.frozen(field_transformer=named)
class _TwoBounds(_Written):
    low: Bound = attrs.field(converter=to_bound)
    high: Bound = attrs.field(converter=to_bound)

    def __attrs_post_init__(self) -> None:
        if isinstance(self.low, Decimal) != isinstance(self.high, Decimal):
            raise InvalidValueError(
                "criterion.operands", "pass two numbers or two times", type(self).__name__, "high"
            )
        if type(self.low) is type(self.high) and not isinstance(self.low, Offset):
            self._check_order()

    def _check_order(self) -> None:
        if self.low > self.high:  # type: ignore[operator]
            raise InvalidValueError(
                "criterion.order",
                "swap the bounds: the lower comes first",
                type(self).__name__,
                "low",
            )

    @property
    def operands(self) -> tuple[Bound, ...]:
        """Both bounds, the lower first."""
        return (self.low, self.high)

    def edge(self, actual: Ordered) -> Bound:
        """The nearer bound; of two equally near, the lower (S 8.1).

        Args:
            actual: The value.
        """
        return _nearer(actual, self.low, self.high)


@attrs.frozen(field_transformer=named)
class AtLeast(_OneBound):
    """Met when the actual value is the bound or more; of an instant, not before it."""

    ends: ClassVar[tuple[DayEnd, ...]] = (DayEnd.FIRST,)

    def is_met(self, actual: Value) -> bool:
        """Whether a value meets it.

        Args:
            actual: A value on the bound's line.
        """
        return actual >= self.bound  # type: ignore[operator]

    def written(self, shown: Shown) -> str:
        """In words: "at least", or "not before" an instant.

        Args:
            shown: Writes an operand.
        """
        word = "at least" if isinstance(self.bound, Decimal) else "not before"
        return f"{word} {shown(self.bound)}"


@attrs.frozen(field_transformer=named)
class AtMost(_OneBound):
    """Met when the actual value is the bound or less; of an instant, not after it."""

    ends: ClassVar[tuple[DayEnd, ...]] = (DayEnd.LAST,)

    def is_met(self, actual: Value) -> bool:
        """Whether a value meets it.

        Args:
            actual: A value on the bound's line.
        """
        return actual <= self.bound  # type: ignore[operator]

    def written(self, shown: Shown) -> str:
        """In words: "at most", or "not after" an instant.

        Args:
            shown: Writes an operand.
        """
        word = "at most" if isinstance(self.bound, Decimal) else "not after"
        return f"{word} {shown(self.bound)}"


@attrs.frozen(field_transformer=named)
class Between(_TwoBounds):
    """Met from the lower bound to the upper, both included."""

    ends: ClassVar[tuple[DayEnd, ...]] = (DayEnd.FIRST, DayEnd.LAST)

    def is_met(self, actual: Value) -> bool:
        """Whether a value meets it.

        Args:
            actual: A value on the bounds' line.
        """
        return self.low <= actual <= self.high  # type: ignore[operator]

    def written(self, shown: Shown) -> str:
        """In words: "between" one and another.

        Args:
            shown: Writes an operand.
        """
        return f"between {shown(self.low)} and {shown(self.high)}"


@attrs.frozen(field_transformer=named)
class Outside(_TwoBounds):
    """Met at the lower bound and below it, and at the upper and above it."""

    ends: ClassVar[tuple[DayEnd, ...]] = (DayEnd.LAST, DayEnd.FIRST)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if type(self.low) is date and self.low == self.high:
            raise InvalidValueError(
                "criterion.order", "a day has no gap to lie outside of", "Outside", "high"
            )

    def is_met(self, actual: Value) -> bool:
        """Whether a value meets it.

        Args:
            actual: A value on the bounds' line.
        """
        return actual <= self.low or actual >= self.high  # type: ignore[operator]

    def written(self, shown: Shown) -> str:
        """In words: up to one "or" from another.

        Args:
            shown: Writes an operand.
        """
        return f"{AtMost(self.low).written(shown)} or {AtLeast(self.high).written(shown)}"


# ---------------------------------------------------------------------------- the other criteria


@attrs.frozen(field_transformer=named)
class Equals(_Written):
    """Met when the actual value is the operand, or at most `tolerance` away from it."""

    value: Operand = attrs.field(converter=_operand, eq=typed)
    tolerance: Gap | None = attrs.field(default=None, converter=_tolerance, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.tolerance is None or _is_width_of(self.tolerance, self.value):
            return
        raise InvalidValueError(
            "criterion.tolerance",
            "a tolerance goes with a number, in its unit, or with an instant, as a timedelta",
            "Equals",
            "tolerance",
        )

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The operand."""
        return (self.value,)

    @property
    def low(self) -> Decimal | datetime:
        """The lower bound, of an ordered operand."""
        return self._away(-1)

    @property
    def high(self) -> Decimal | datetime:
        """The upper bound, of an ordered operand."""
        return self._away(1)

    def is_met(self, actual: Value) -> bool:
        """Whether a value meets it.

        Args:
            actual: A value of the operand's type.
        """
        if self.tolerance is None:
            return actual == self.value
        return self.low <= actual <= self.high  # type: ignore[operator]

    def edge(self, actual: Ordered) -> Bound:
        """The nearer end of the tolerance; of two equally near, the lower (S 8.1).

        Args:
            actual: A value of the operand's type, which is ordered.
        """
        return _nearer(actual, self.low, self.high)

    def _away(self, side: int) -> Decimal | datetime:
        if isinstance(self.tolerance, timedelta):
            return self.value + side * self.tolerance  # type: ignore[operator, return-value]
        if self.tolerance is None:
            return self.value  # type: ignore[return-value]
        width = self.tolerance if side > 0 else self.tolerance.copy_negate()
        return total((self.value, width))  # type: ignore[arg-type]

    def written(self, shown: Shown) -> str:
        """In words: "exactly" it, or it "give or take" the tolerance.

        Args:
            shown: Writes an operand or a width.
        """
        if isinstance(self.value, bool):
            return shown(self.value)
        if self.tolerance is None:
            return f"exactly {shown(self.value)}"
        return f"{shown(self.value)} give or take {shown(self.tolerance)}"


@attrs.frozen(field_transformer=named)
class _Listed(_Written):
    values: tuple[Choosable, ...] = attrs.field(converter=_choosables)

    @property
    def operands(self) -> tuple[Choosable, ...]:
        """The operands, sorted."""
        return self.values

    def _includes(self, actual: Value) -> bool:
        if isinstance(actual, frozenset):
            return not actual.isdisjoint(self.values)
        return actual in self.values

    def _list(self, shown: Shown) -> str:
        return ", ".join(shown(value) for value in self.values)


@attrs.frozen(field_transformer=named)
class OneOf(_Listed):
    """Met when the actual value is one of the operands; of several chosen, at least one is."""

    def is_met(self, actual: Value) -> bool:
        """Whether a value meets it.

        Args:
            actual: A value of the operands' kind, or a set of chosen keys.
        """
        return self._includes(actual)

    def written(self, shown: Shown) -> str:
        """In words: "one of" a list.

        Args:
            shown: Writes an operand.
        """
        return f"one of {self._list(shown)}"


@attrs.frozen(field_transformer=named)
class NoneOf(_Listed):
    """Met when the actual value is none of the operands; of several chosen, none is."""

    def is_met(self, actual: Value) -> bool:
        """Whether a value meets it.

        Args:
            actual: A value of the operands' kind, or a set of chosen keys.
        """
        return not self._includes(actual)

    def written(self, shown: Shown) -> str:
        """In words: "none of" a list.

        Args:
            shown: Writes an operand.
        """
        return f"none of {self._list(shown)}"


@attrs.frozen(field_transformer=named)
class Contains(_Written):
    """Met when all of the operands are chosen."""

    values: tuple[str, ...] = attrs.field(converter=_choice_keys)

    @property
    def operands(self) -> tuple[str, ...]:
        """The operands, sorted."""
        return self.values

    def is_met(self, actual: Value) -> bool:
        """Whether a value meets it.

        Args:
            actual: A set of chosen keys.
        """
        return isinstance(actual, frozenset) and actual.issuperset(self.values)

    def written(self, shown: Shown) -> str:
        """In words: "all of" a list.

        Args:
            shown: Writes an operand.
        """
        return f"all of {', '.join(shown(value) for value in self.values)}"


OrderedCriterion: TypeAlias = AtLeast | AtMost | Between | Outside
"""The criteria whose operands may be days or offsets."""

Criterion: TypeAlias = AtLeast | AtMost | Between | Outside | Equals | OneOf | NoneOf | Contains
"""The closed set of criteria (S 2.2)."""


def is_criterion(value: object) -> TypeGuard[Criterion]:
    """Whether an object is one of the closed set.

    Args:
        value: Any object.
    """
    return type(value) in _FITS


def at_least(value: Bound | int | str) -> AtLeast:
    """Met from a bound upwards; of an instant, not before it.

    Args:
        value: A number (`Decimal`, `int`, plain `str`), an instant, a day, or an offset from the
            visit.

    Example:
        >>> import partnervisits as pv
        >>> [pv.at_least(85).is_met(actual) for actual in (84, 85)]
        [False, True]
    """
    return AtLeast(value)


def at_most(value: Bound | int | str) -> AtMost:
    """Met from a bound downwards; of an instant, not after it.

    Args:
        value: A number (`Decimal`, `int`, plain `str`), an instant, a day, or an offset from the
            visit.

    Example:
        >>> import partnervisits as pv
        >>> [pv.at_most(5).is_met(actual) for actual in (5, 6)]
        [True, False]
    """
    return AtMost(value)


def between(low: Bound | int | str, high: Bound | int | str) -> Between:
    """Met from one bound to another, both included.

    Args:
        low: As for `at_least`.
        high: As for `at_most`; not below `low`.

    Raises:
        InvalidValueError: `criterion.order`, `criterion.operands`.

    Example:
        >>> import partnervisits as pv
        >>> [pv.between(20, 30).is_met(actual) for actual in (19, 20, 30, 31)]
        [False, True, True, False]
    """
    return Between(low, high)


def outside(low: Bound | int | str, high: Bound | int | str) -> Outside:
    """Met up to one bound and from another one on, both included.

    Args:
        low: As for `at_most`.
        high: As for `at_least`; not below `low`.

    Raises:
        InvalidValueError: `criterion.order`, `criterion.operands`.

    Example:
        >>> import partnervisits as pv
        >>> [pv.outside(40, 60).is_met(actual) for actual in (40, 50, 60)]
        [True, False, True]
    """
    return Outside(low, high)


def equals(
    value: Operand | int | AbstractSet[str], *, tolerance: Gap | int | str | None = None
) -> Equals:
    """Met by one value, or by whatever is near it.

    Args:
        value: A bool, a number (`int` or `Decimal`), an instant, a text, a choice key, or a set of
            keys.
        tolerance: How far from a number (in its unit) or an instant (a `timedelta`) still meets.

    Raises:
        InvalidValueError: `criterion.date`, `criterion.tolerance`, `gap.negative`.

    Example:
        >>> import partnervisits as pv
        >>> [pv.equals(100, tolerance=5).is_met(actual) for actual in (94, 95, 103)]
        [False, True, True]
    """
    return Equals(value, tolerance=tolerance)


def one_of(values: Iterable[Choosable | int]) -> OneOf:
    """Met by any of several values; of several chosen keys, by at least one.

    Args:
        values: Texts, choice keys or numbers, in any order.

    Raises:
        InvalidValueError: `criterion.operands`.

    Example:
        >>> import partnervisits as pv
        >>> [pv.one_of(["early", "on-time"]).is_met(actual) for actual in ("early", "late")]
        [True, False]
    """
    return OneOf(values)


def none_of(values: Iterable[Choosable | int]) -> NoneOf:
    """Met by none of several values; of several chosen keys, if none of these is.

    Args:
        values: Texts, choice keys or numbers, in any order.

    Raises:
        InvalidValueError: `criterion.operands`.

    Example:
        >>> import partnervisits as pv
        >>> [pv.none_of(["late"]).is_met(actual) for actual in ("early", "late")]
        [True, False]
    """
    return NoneOf(values)


def contains(values: Iterable[str]) -> Contains:
    """Met when all of several keys are chosen.

    Args:
        values: Choice keys, in any order.

    Raises:
        InvalidValueError: `criterion.operands`.

    Example:
        >>> import partnervisits as pv
        >>> pv.contains(["repair", "rides"]).is_met(frozenset({"repair"}))
        False
    """
    return Contains(values)


# -------------------------------------------------------------------------- days become instants


def is_temporal(criterion: Criterion) -> bool:
    """Whether an operand is a day or an offset, which only a visit can turn into an instant.

    Args:
        criterion: Any.
    """
    return any(isinstance(each, Offset) or type(each) is date for each in criterion.operands)


def in_instants(
    criterion: OrderedCriterion, resolve: Callable[[Bound, DayEnd], Bound]
) -> OrderedCriterion:
    """The same criterion with every operand resolved (S 2.3).

    Args:
        criterion: One with operands on the line of time.
        resolve: Gives the instant of an operand, for the end of the day that the operand means.
    """
    bounds = [
        resolve(each, end) for each, end in zip(criterion.operands, criterion.ends, strict=True)
    ]
    return type(criterion)(*bounds)


# --------------------------------------------------------------------------- does it fit (S 2.2)

_ORDERED = frozenset(each for each in ValueType if each.is_ordered)
_CHOOSABLE = frozenset({ValueType.NUMBER, ValueType.TEXT, ValueType.CHOICE, ValueType.MULTI_CHOICE})
_FITS: Mapping[type, frozenset[ValueType]] = {
    AtLeast: _ORDERED,
    AtMost: _ORDERED,
    Between: _ORDERED,
    Outside: _ORDERED,
    Equals: frozenset(ValueType),
    OneOf: _CHOOSABLE,
    NoneOf: _CHOOSABLE,
    Contains: frozenset({ValueType.MULTI_CHOICE}),
}
_OPERANDS: Mapping[ValueType, tuple[type, ...]] = {
    ValueType.BOOLEAN: (bool,),
    ValueType.NUMBER: (Decimal,),
    ValueType.DECIMAL: (Decimal,),
    ValueType.PERCENTAGE: (Decimal,),
    ValueType.DATETIME: (datetime, date, Offset),
    ValueType.TEXT: (str,),
    ValueType.CHOICE: (str,),
    ValueType.MULTI_CHOICE: (str,),
}


def misfits(
    criterion: Criterion, value_type: ValueType, choices: Iterable[str] = ()
) -> tuple[Finding, ...]:
    """Why a criterion does not fit an indicator: nothing if it does.

    Args:
        criterion: Any.
        value_type: The indicator's.
        choices: The indicator's choice keys.

    Returns:
        Findings without a path: `criterion.type`, `criterion.operand`, `criterion.choice`.
    """
    if value_type not in _FITS[type(criterion)]:
        word = type(criterion).__name__
        return (Finding((), "criterion.type", f"{word} does not fit a {value_type.value}"),)
    if value_type is ValueType.MULTI_CHOICE and isinstance(criterion, Equals):
        return tuple(_set_misfits(criterion.value, frozenset(choices)))
    return tuple(_operand_misfits(criterion, value_type, frozenset(choices)))


def _set_misfits(operand: Operand, choices: frozenset[str]) -> Iterable[Finding]:
    if not isinstance(operand, frozenset):
        message = f"pass a set of choice keys, not {kind_of(operand)}"
        yield Finding((), "criterion.operand", message)
        return
    for key in sorted(operand - choices):
        yield _no_choice(key)


def _no_choice(key: object) -> Finding:
    return Finding((), "criterion.choice", f"{key!r} is none of the indicator's choices")


def _operand_misfits(
    criterion: Criterion, value_type: ValueType, choices: frozenset[str]
) -> Iterable[Finding]:
    for operand in criterion.operands:
        if not isinstance(operand, _OPERANDS[value_type]):
            message = f"{kind_of(operand)} is no operand for a {value_type.value}"
            yield Finding((), "criterion.operand", message)
        elif value_type.has_choices and operand not in choices:
            yield _no_choice(operand)
        elif value_type is ValueType.NUMBER and not _can_be_whole(criterion, operand):
            yield Finding((), "criterion.operand", f"no whole number is {_shown(operand)}")


def _can_be_whole(criterion: Criterion, operand: object) -> bool:
    exact = isinstance(criterion, OneOf | NoneOf) or (
        isinstance(criterion, Equals) and criterion.tolerance is None
    )
    return not exact or (isinstance(operand, Decimal) and operand == operand.to_integral_value())


def _is_width_of(width: Gap, value: Operand) -> bool:
    if isinstance(width, timedelta):
        return isinstance(value, datetime)
    return isinstance(value, Decimal)


def _nearer(actual: Ordered, low: Bound, high: Bound) -> Bound:
    to_low = magnitude(difference(actual, low))  # type: ignore[arg-type]
    to_high = magnitude(difference(actual, high))  # type: ignore[arg-type]
    return low if to_low <= to_high else high  # type: ignore[operator]


def _shown(operand: object) -> str:
    return str(operand) if isinstance(operand, Offset) else show(operand)  # type: ignore[arg-type]


def __dir__() -> list[str]:
    return sorted(__all__)
