"""Decimal numbers and the arithmetic of the library: exact but for division (S 1.2, S 1.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from typing import TypeAlias, cast

from partnervisits.errors import InvalidValueError
from partnervisits.fields import kind_of

Ordered: TypeAlias = Decimal | int | datetime
"""A value that lies on a line."""

Gap: TypeAlias = Decimal | timedelta
"""The way between two ordered values: in the unit of numbers, a duration for instants."""

_FAULTS = [InvalidOperation, DivisionByZero, Overflow]


def _context(precision: int, rounding: str, traps: Sequence[type[DecimalException]]) -> Context:
    return Context(
        prec=precision,
        rounding=rounding,
        Emin=-999_999,
        Emax=999_999,
        capitals=1,
        clamp=0,
        flags=[],
        traps=list(traps),
    )


EXACT = _context(300, ROUND_HALF_EVEN, [*_FAULTS, Inexact])
_DIVISION = _context(28, ROUND_HALF_EVEN, _FAULTS)
TRUNCATING = _context(300, ROUND_DOWN, _FAULTS)
_ZERO = Decimal(0)
_ONE = Decimal(1)
_HUNDREDTH = Decimal("0.01")
_MEAN_PLACES = Decimal("1e-28")
_MICROSECOND = timedelta(microseconds=1)


def difference(left: Ordered, right: Ordered) -> Gap:
    """Exactly `left - right`: a `Decimal` of two numbers, a `timedelta` of two instants.

    Args:
        left: A number or an instant.
        right: One of the same kind.
    """
    if isinstance(left, datetime):
        if isinstance(right, datetime):
            return left - right
    elif not isinstance(right, datetime):
        return plain(EXACT.subtract(left, right))
    raise InvalidValueError("value.mixed", "numbers and instants have no difference")


def magnitude(gap: Gap) -> Gap:
    """A gap without its sign.

    Args:
        gap: A `Decimal` or a `timedelta`.
    """
    return abs(gap) if isinstance(gap, timedelta) else gap.copy_abs()


def quotient(left: Gap | int, right: Gap | int) -> Decimal:
    """`left / right`, half-even to 28 digits; of two durations, from their exact microseconds.

    Args:
        left: A number or a duration.
        right: One of the same kind, not zero.
    """
    return plain(_DIVISION.divide(_amount(left), _amount(right)))


def graded(actual: Ordered, edge: Ordered, worst: Ordered) -> Decimal:
    """How far a value has come from `worst`, 0 there and beyond, to `edge`, 1 there.

    Args:
        actual: A number or an instant, not on the far side of the edge.
        edge: One of the same kind.
        worst: One of the same kind, not the edge.

    Returns:
        1 - (actual - edge) / (worst - edge), the division half-even to 28 digits.
    """
    is_beyond = actual <= worst if worst < edge else actual >= worst  # type: ignore[operator]
    if is_beyond:
        return _ZERO
    lost = _DIVISION.divide(_way(actual, edge), _way(worst, edge))
    return EXACT.normalize(EXACT.subtract(_ONE, lost))


def _way(start: Ordered, end: Ordered) -> Decimal | int:
    if isinstance(start, datetime):
        return (cast("datetime", end) - start) // _MICROSECOND
    return EXACT.subtract(cast("Decimal", end), start)


def product(left: Decimal, right: Decimal) -> Decimal:
    """Exactly `left * right`.

    Args:
        left: A number.
        right: A number.
    """
    return EXACT.multiply(left, right)


def share(whole: Decimal, percent_of: Decimal) -> Decimal:
    """Exactly so many percent of a number.

    Args:
        whole: A number.
        percent_of: 10 for a tenth.
    """
    return plain(EXACT.multiply(whole, EXACT.multiply(percent_of, _HUNDREDTH)))


def total(numbers: Iterable[Decimal]) -> Decimal:
    """The exact sum; 0 of nothing.

    Args:
        numbers: In any order.
    """
    amount = Decimal(0)
    for number in numbers:
        amount = EXACT.add(amount, number)
    return amount


def mean(parts: Decimal, whole: Decimal) -> Decimal:
    """A mean of scores: `parts / whole`, truncated after 28 decimal places, so that 1 means all 1.

    Args:
        parts: The weighted sum.
        whole: The sum of weights, above zero.
    """
    places = TRUNCATING.quantize(TRUNCATING.divide(parts, whole), _MEAN_PLACES)
    return plain(places)


def rounded(number: Decimal, places: int, rounding: str) -> Decimal:
    """A number cut to some decimal places, without trailing zeros.

    Args:
        number: Finite.
        places: How many decimal places stay.
        rounding: One of the modes of `decimal`, such as `ROUND_HALF_EVEN`.
    """
    return plain(number.quantize(Decimal((0, (1,), -places)), rounding, TRUNCATING))


def _amount(gap: Gap | int) -> Decimal:
    if isinstance(gap, Decimal):
        return gap
    return Decimal(gap // _MICROSECOND if isinstance(gap, timedelta) else gap)


def plain(number: Decimal) -> Decimal:
    """A number in its one form: no exponent, no trailing zeros, no `-0` (S 1.2).

    Args:
        number: Finite.
    """
    if not number.same_quantum(_ONE):
        if number != EXACT.to_integral_value(number):
            return EXACT.normalize(number)
        number = EXACT.quantize(number, _ONE)
    return number or _ZERO


_PLAIN_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_INTEGER_DIGITS = 18
_FRACTION_DIGITS = 10
_LONGEST_DECIMAL = 64


def decimal(value: Decimal | int | str) -> Decimal:
    """A decimal number in its stored form: no exponent, no trailing zeros, no `-0`.

    Args:
        value: A finite `Decimal`, an `int`, or a plain ASCII `str` such as `"-12.50"`; at most 18
            integer and 10 fraction digits.

    Raises:
        InvalidValueError: `decimal.float`, `decimal.type`, `decimal.text`, `decimal.range`.
    """
    if type(value) is str:
        if len(value) > _LONGEST_DECIMAL or not _PLAIN_DECIMAL.fullmatch(value):
            raise InvalidValueError(
                "decimal.text", f"{value[:40]!r} is no plain decimal: write 12.5"
            )
        return _bounded(Decimal(value))
    if type(value) is int:
        return _bounded(Decimal(bounded_int(value)))
    if type(value) is Decimal:
        return _bounded(value)
    if isinstance(value, float):
        raise InvalidValueError(
            "decimal.float", 'a float is never exact: pass Decimal("0.1") or "0.1"'
        )
    raise InvalidValueError("decimal.type", f"pass Decimal, int or str, not {kind_of(value)}")


def _bounded(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise InvalidValueError(
            "decimal.range", "NaN and infinities are no numbers: pass a finite one, or an Absence"
        )
    if not value:
        return Decimal(0)
    if not -_FRACTION_DIGITS <= value.adjusted() < _INTEGER_DIGITS:
        raise _digits_error()
    try:
        stored = plain(value)
    except Inexact:
        raise _digits_error() from None
    exponent = stored.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_FRACTION_DIGITS:
        raise _digits_error()
    return stored


def bounded_int(value: int) -> int:
    if not -(10**_INTEGER_DIGITS) < value < 10**_INTEGER_DIGITS:
        raise _digits_error()
    return value


def _digits_error() -> InvalidValueError:
    return InvalidValueError(
        "decimal.range", "a number has at most 18 integer and 10 fraction digits: round it first"
    )
