"""Whether a criterion fits an indicator, and what its days mean (S 2.2, S 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeGuard

from partnervisits.calendars import Offset
from partnervisits.criteria._kinds import (
    AtLeast,
    AtMost,
    Between,
    Contains,
    Criterion,
    Equals,
    NoneOf,
    OneOf,
    OrderedCriterion,
    Outside,
)
from partnervisits.criteria._operands import (
    Bound,
    DayEnd,
    Operand,
    is_day,
    plainly,
)
from partnervisits.fields import kind_of
from partnervisits.findings import Finding
from partnervisits.values import (
    ValueType,
)


def is_criterion(value: object) -> TypeGuard[Criterion]:
    """Whether an object is one of the closed set.

    Args:
        value: Any object.
    """
    return type(value) in _FITS


# -------------------------------------------------------------------------- days become instants


def is_temporal(criterion: Criterion) -> bool:
    """Whether an operand is a day or an offset, which only a visit can turn into an instant.

    Args:
        criterion: Any.
    """
    return any(is_day(each) for each in criterion.operands)


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
            yield Finding((), "criterion.operand", f"no whole number is {plainly(operand)}")


def _can_be_whole(criterion: Criterion, operand: object) -> bool:
    exact = isinstance(criterion, OneOf | NoneOf) or (
        isinstance(criterion, Equals) and criterion.tolerance is None
    )
    return not exact or (isinstance(operand, Decimal) and operand == operand.to_integral_value())
