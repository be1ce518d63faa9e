"""The criteria themselves: a closed set (S 2.2)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, TypeAlias

import attrs

from partnervisits.calendars import Offset
from partnervisits.criteria._operands import (
    Bound,
    Choosable,
    DayEnd,
    Operand,
    Shown,
    a_tolerance,
    an_operand,
    choice_keys,
    choosables,
    is_width_of,
    nearer,
    plainly,
    to_bound,
)
from partnervisits.errors import InvalidValueError
from partnervisits.fields import named
from partnervisits.values import (
    Gap,
    Ordered,
    Value,
    steady_repr,
    total,
    typed,
)


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
        return self.written(plainly)


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
        return nearer(actual, self.low, self.high)


@attrs.frozen(field_transformer=named)
class AtLeast(_OneBound):
    """Met when the actual value is the bound or more; of an instant, not before it.

    Attributes:
        bound: A number, an instant, a day, or an offset from the visit.
    """

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
    """Met when the actual value is the bound or less; of an instant, not after it.

    Attributes:
        bound: A number, an instant, a day, or an offset from the visit.
    """

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
    """Met from the lower bound to the upper, both included.

    Attributes:
        low: The lower bound: a number, an instant, a day, or an offset from the visit.
        high: The upper one, of the same kind.
    """

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
    """Met at the lower bound and below it, and at the upper and above it.

    Attributes:
        low: The lower bound: a number, an instant, a day, or an offset from the visit.
        high: The upper one, of the same kind.
    """

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
    """Met when the actual value is the operand, or at most `tolerance` away from it.

    Attributes:
        value: A value of any type.
        tolerance: A number or a duration, of zero or more; None for none.
    """

    value: Operand = attrs.field(converter=an_operand, eq=typed, repr=steady_repr)
    tolerance: Gap | None = attrs.field(default=None, converter=a_tolerance, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.tolerance is None or is_width_of(self.tolerance, self.value):
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
        return nearer(actual, self.low, self.high)

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
    values: tuple[Choosable, ...] = attrs.field(converter=choosables)

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
    """Met when the actual value is one of the operands; of several chosen, at least one is.

    Attributes:
        values: Numbers, or texts and choice keys; sorted.
    """

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
    """Met when the actual value is none of the operands; of several chosen, none is.

    Attributes:
        values: Numbers, or texts and choice keys; sorted.
    """

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
    """Met when all of the operands are chosen.

    Attributes:
        values: Choice keys, sorted.
    """

    values: tuple[str, ...] = attrs.field(converter=choice_keys)

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
