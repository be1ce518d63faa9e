"""The closed set of value types, and what is a valid value of each (S 1.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Self, TypeAlias, cast

from partnervisits.errors import InvalidValueError
from partnervisits.fields import boolean, choice_key, iterable, kind_of, text
from partnervisits.values._numbers import bounded_int, decimal
from partnervisits.values._time import instant

Value: TypeAlias = bool | int | Decimal | datetime | str | frozenset[str]
"""What a reading can hold, in its stored form."""


class ValueType(Enum):
    """What kind of value an indicator has: a closed set (S 1.1).

    Example:
        >>> import partnervisits as pv
        >>> pv.ValueType.PERCENTAGE.is_ordered, pv.ValueType.TEXT.is_ordered
        (True, False)
    """

    BOOLEAN = "boolean", bool
    """`bool`."""
    NUMBER = "number", int
    """`int`."""
    DECIMAL = "decimal", Decimal
    """`Decimal`."""
    PERCENTAGE = "percentage", Decimal
    """`Decimal`; 12.5 means 12.5 %."""
    DATETIME = "datetime", datetime
    """Aware `datetime`, stored in UTC."""
    TEXT = "text", str
    """`str`."""
    CHOICE = "choice", str
    """`str`: one of the indicator's choice keys."""
    MULTI_CHOICE = "multi-choice", frozenset
    """`frozenset[str]` of the indicator's choice keys; the empty set means none chosen."""

    stored: type
    """The Python type in which its values are stored."""
    is_number: bool
    """NUMBER, DECIMAL and PERCENTAGE are numbers."""
    is_ordered: bool
    """Numbers and DATETIME lie on a line."""
    has_choices: bool
    """CHOICE and MULTI_CHOICE take the keys of the indicator's choices."""

    def __new__(cls, word: str, stored: type) -> Self:
        """A member that knows what its values are like."""
        member = object.__new__(cls)
        member._value_ = word
        member.stored = stored
        member.is_number = stored in (int, Decimal)
        member.is_ordered = member.is_number or stored is datetime
        member.has_choices = word in ("choice", "multi-choice")
        return member


class Absence(Enum):
    """Why there is no value, said by the one who was to give it (S 1.6). Equal to no string.

    Example:
        >>> import partnervisits as pv
        >>> pv.Absence.DECLINED == "declined"
        False
    """

    NOT_APPLICABLE = "not applicable"
    """The question does not arise here; the KPI is not asked."""
    NOT_MEASURED = "not measured"
    """It could have been measured and was not."""
    DECLINED = "declined"
    """The partner did not want to say."""
    UNKNOWN = "unknown"
    """Nobody there knew."""


def value_of(  # noqa: PLR0911 -- one for each type
    value_type: ValueType, value: object, choices: Iterable[str] = ()
) -> Value:
    """A value in the stored form of a type.

    Args:
        value_type: What it is to be.
        value: The raw value: for decimals `Decimal`, `int` or plain `str`; for MULTI_CHOICE any
            iterable of keys but a lone string.
        choices: The keys that CHOICE and MULTI_CHOICE may name.

    Raises:
        InvalidValueError: `boolean.type`, `number.type`, `value.choice`, `value.empty-text`,
            `sequence.type`, `type.wrong`, and the codes of `decimal`, `instant` and `text`.
    """
    match value_type:
        case ValueType.BOOLEAN:
            return boolean(value)  # type: ignore[arg-type]
        case ValueType.NUMBER:
            return _number(value)
        case ValueType.DECIMAL | ValueType.PERCENTAGE:
            return decimal(value)  # type: ignore[arg-type]
        case ValueType.DATETIME:
            return instant(value)  # type: ignore[arg-type]
        case ValueType.TEXT:
            return _text(value)
        case ValueType.CHOICE:
            return _choice(value, frozenset(choices))
        case ValueType.MULTI_CHOICE:
            return _choices(value, frozenset(choices))
        case _:
            raise InvalidValueError("type.wrong", f"pass a ValueType, not {kind_of(value_type)}")


def any_value(value: Value) -> Value:
    """A value whose type its Python type tells, in its stored form.

    Args:
        value: A bool, an int, a `Decimal`, an aware `datetime`, a str or a frozenset of str.

    Raises:
        InvalidValueError: `value.type`, and those of `value_of`.
    """
    if type(value) is frozenset:
        return frozenset(choice_key(each) for each in value)
    if isinstance(cast("object", value), float):
        return decimal(cast("Decimal", value))  # refuses it, and says what to pass
    make = _OF_STORED.get(type(value))
    if make is not None:
        return make(value)
    raise InvalidValueError(
        "value.type",
        f"pass bool, int, Decimal, datetime, str or a frozenset of str, not {kind_of(value)}",
    )


def _number(value: object) -> int:
    if type(value) is not int:
        raise InvalidValueError("number.type", f"pass a whole number as int, not {kind_of(value)}")
    return bounded_int(value)


def _text(value: object) -> str:
    if type(value) is str and not value:
        raise InvalidValueError("value.empty-text", "an empty text is no value: pass an Absence")
    return text(value)  # type: ignore[arg-type]


_OF_STORED: Mapping[type, Callable[[Any], Value]] = {
    bool: boolean,
    int: _number,
    Decimal: decimal,
    datetime: instant,
    str: _text,
}


def is_stored_form(value_type: ValueType, value: object) -> bool:
    """Whether a value has exactly the Python type in which a value type is stored (S 1.7).

    Args:
        value_type: What it should be.
        value: Any object.
    """
    return type(value) is value_type.stored


def typed(value: object) -> tuple[object, ...]:
    """What equality of a field goes by, so that True is not 1 (S 1.7).

    Args:
        value: What the field holds; of a tuple each entry is typed.
    """
    if isinstance(value, tuple):
        return tuple(typed(each) for each in cast("tuple[object, ...]", value))
    return (type(value), value)


def _choice(value: object, choices: frozenset[str]) -> str:
    if type(value) is not str or value not in choices:
        known = ", ".join(sorted(choices))
        raise InvalidValueError("value.choice", f"{kind_of(value)} is none of the choices {known}")
    return value


def _choices(value: object, choices: frozenset[str]) -> frozenset[str]:
    given = iterable(cast("Iterable[object]", value), "a set or a list of choice keys")
    return frozenset(_choice(each, choices) for each in given)
