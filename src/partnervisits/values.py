"""Value types, what is a valid value of each, absence, periods, and exact arithmetic (S 1.1).

Types are exact: a `bool` is never a number, a `float` never a decimal, a subclass never its parent.
Nothing is rounded, stripped or coerced; what does not fit is refused with an error that says what
to pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
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
from enum import Enum
from typing import Literal, Self, TypeAlias, cast
from zoneinfo import ZoneInfo

import attrs

from partnervisits.errors import InvalidValueError
from partnervisits.fields import boolean, cause_of, choice_key, iterable, kind_of, named, text

__all__ = [
    "Absence",
    "DateRange",
    "Gap",
    "Ordered",
    "Period",
    "Value",
    "ValueType",
    "any_day",
    "any_value",
    "day",
    "decimal",
    "difference",
    "duration",
    "first_instant",
    "instant",
    "is_stored_form",
    "last_instant",
    "local_date",
    "magnitude",
    "mean",
    "optional_day",
    "optional_instant",
    "percent",
    "product",
    "quotient",
    "share",
    "shortened",
    "show",
    "timezone_key",
    "total",
    "typed",
    "value_of",
    "whole_seconds",
]

Ordered: TypeAlias = Decimal | int | datetime
"""A value that lies on a line."""

Gap: TypeAlias = Decimal | timedelta
"""The way between two ordered values: in the unit of numbers, a duration for instants."""

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

    def __new__(cls, word: str, stored: type) -> Self:
        """A member that knows the Python type in which its values are stored."""
        member = object.__new__(cls)
        member._value_ = word
        member.stored = stored
        return member

    @property
    def is_number(self) -> bool:
        """NUMBER, DECIMAL and PERCENTAGE are numbers."""
        return self in _NUMBERS

    @property
    def is_ordered(self) -> bool:
        """Numbers and DATETIME lie on a line."""
        return self in _NUMBERS or self is ValueType.DATETIME

    @property
    def has_choices(self) -> bool:
        """CHOICE and MULTI_CHOICE take the keys of the indicator's choices."""
        return self in (ValueType.CHOICE, ValueType.MULTI_CHOICE)


_NUMBERS = frozenset({ValueType.NUMBER, ValueType.DECIMAL, ValueType.PERCENTAGE})


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


# ---------------------------------------------------------------------------- arithmetic (S 1.4)

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


_EXACT = _context(300, ROUND_HALF_EVEN, [*_FAULTS, Inexact])
_DIVISION = _context(28, ROUND_HALF_EVEN, _FAULTS)
_MEAN = _context(300, ROUND_DOWN, _FAULTS)
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
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left - right
    if isinstance(left, datetime) or isinstance(right, datetime):
        raise InvalidValueError("value.mixed", "numbers and instants have no difference")
    return _plain(_EXACT.subtract(left, right))


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
    return _plain(_DIVISION.divide(_amount(left), _amount(right)))


def product(left: Decimal, right: Decimal) -> Decimal:
    """Exactly `left * right`.

    Args:
        left: A number.
        right: A number.
    """
    return _EXACT.multiply(left, right)


def share(whole: Decimal, percent_of: Decimal) -> Decimal:
    """Exactly so many percent of a number.

    Args:
        whole: A number.
        percent_of: 10 for a tenth.
    """
    return _plain(_EXACT.multiply(whole, _EXACT.multiply(percent_of, _HUNDREDTH)))


def total(numbers: Iterable[Decimal]) -> Decimal:
    """The exact sum; 0 of nothing.

    Args:
        numbers: In any order.
    """
    amount = Decimal(0)
    for number in numbers:
        amount = _EXACT.add(amount, number)
    return amount


def mean(parts: Decimal, whole: Decimal) -> Decimal:
    """A mean of scores: `parts / whole`, truncated after 28 decimal places, so that 1 means all 1.

    Args:
        parts: The weighted sum.
        whole: The sum of weights, above zero.
    """
    places = _MEAN.quantize(_MEAN.divide(parts, whole), _MEAN_PLACES)
    return _plain(places)


def _amount(gap: Gap | int) -> Decimal:
    if isinstance(gap, timedelta):
        return Decimal(gap // _MICROSECOND)
    return Decimal(gap)


def _plain(number: Decimal) -> Decimal:
    short = _EXACT.normalize(number)
    exponent = short.as_tuple().exponent
    return _EXACT.quantize(short, _ONE) if isinstance(exponent, int) and exponent > 0 else short


# ------------------------------------------------------------------------------- numbers (S 1.2)

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
        return _bounded(Decimal(_bounded_int(value)))
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
        plain = _plain(value)
    except Inexact:
        raise _digits_error() from None
    exponent = plain.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_FRACTION_DIGITS:
        raise _digits_error()
    return plain


def _bounded_int(value: int) -> int:
    if not -(10**_INTEGER_DIGITS) < value < 10**_INTEGER_DIGITS:
        raise _digits_error()
    return value


def _digits_error() -> InvalidValueError:
    return InvalidValueError(
        "decimal.range", "a number has at most 18 integer and 10 fraction digits: round it first"
    )


# --------------------------------------------------------------------------- time (S 1.3, S 4.8)

_FIRST_YEAR = 1900
_LAST_YEAR = 2200


def instant(value: datetime) -> datetime:
    """An instant in its stored form: aware, in UTC, between the years 1900 and 2200.

    Args:
        value: An aware `datetime`. In a fold the first instant is meant unless `fold=1`.

    Raises:
        InvalidValueError: `instant.type`, `instant.naive`, `instant.range`, `instant.zone`, and
            `instant.gap` for a local time that a daylight-saving change skips.
    """
    if type(value) is not datetime:
        raise InvalidValueError("instant.type", f"pass an aware datetime, not {kind_of(value)}")
    if value.tzinfo is None:
        raise InvalidValueError("instant.naive", "a datetime needs a time zone: set its tzinfo")
    if not _FIRST_YEAR - 1 <= value.year <= _LAST_YEAR + 1:
        raise _year_error("instant.range")
    try:
        return _in_utc(value)
    except InvalidValueError:
        raise
    except Exception as error:  # noqa: BLE001 -- a tzinfo is foreign code
        message = f"its tzinfo cannot tell the time ({cause_of(error)}): use a zoneinfo.ZoneInfo"
        raise InvalidValueError("instant.zone", message) from None


def _in_utc(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise InvalidValueError("instant.naive", "a datetime needs a time zone: set its tzinfo")
    in_utc = value.astimezone(UTC).replace(fold=0)
    if not _FIRST_YEAR <= in_utc.year <= _LAST_YEAR:
        raise _year_error("instant.range")
    if not isinstance(value.tzinfo, timezone) and _wall(in_utc.astimezone(value.tzinfo)) != _wall(
        value
    ):
        raise InvalidValueError(
            "instant.gap", f"{_wall(value)} does not exist in {value.tzinfo}: the clocks skip it"
        )
    return in_utc


def optional_instant(value: datetime | None) -> datetime | None:
    """An `instant`, or None for none.

    Args:
        value: An aware `datetime`.
    """
    return None if value is None else instant(value)


def any_day(value: date) -> date:
    """A day of any year.

    Args:
        value: A `date`, not a `datetime`.

    Raises:
        InvalidValueError: `date.type`.
    """
    if type(value) is not date:
        raise InvalidValueError("date.type", f"pass a date, not {kind_of(value)}")
    return value


def day(value: date) -> date:
    """A day between the years 1900 and 2200.

    Args:
        value: A `date`, not a `datetime`.

    Raises:
        InvalidValueError: `date.type`, `date.range`.
    """
    if not _FIRST_YEAR <= any_day(value).year <= _LAST_YEAR:
        raise _year_error("date.range")
    return value


def optional_day(value: date | None) -> date | None:
    """A `day`, or None for none.

    Args:
        value: A `date`.
    """
    return None if value is None else day(value)


def duration(value: timedelta) -> timedelta:
    """A length of time of at most 400 years.

    Args:
        value: A `timedelta`.

    Raises:
        InvalidValueError: `duration.type`, `duration.range`.
    """
    if type(value) is not timedelta:
        raise InvalidValueError("duration.type", f"pass a timedelta, not {kind_of(value)}")
    if abs(value.days) > (_LAST_YEAR - 1800) * 366:
        raise InvalidValueError("duration.range", "a duration is at most 400 years")
    return value


_ZONE_KEY = re.compile(r"[A-Za-z0-9_+-]{1,64}(?:/[A-Za-z0-9_+-]{1,64}){0,3}")
_NOT_OF_IANA = re.compile(r"localtime|posixrules|(?:posix|right)/.*")
"""What a system keeps beside the zones: it differs from machine to machine."""


def timezone_key(value: str) -> str:
    """The name of a time zone that the IANA database knows.

    Args:
        value: For example `"Europe/Berlin"`.

    Raises:
        InvalidValueError: `zone.unknown`.
    """
    is_name = type(value) is str and _ZONE_KEY.fullmatch(value)
    if is_name and not _NOT_OF_IANA.fullmatch(value):
        try:
            return ZoneInfo(value).key
        except (LookupError, OSError, ValueError):
            pass
    raise InvalidValueError(
        "zone.unknown",
        f"{kind_of(value)} is no IANA time zone known here: name one such as Europe/Berlin, or "
        "install the extra tzdata if this system has no time-zone database",
    )


def local_date(moment: datetime, zone: str) -> date:
    """The day an instant falls on.

    Args:
        moment: An instant.
        zone: The IANA name of the place's time zone.
    """
    return moment.astimezone(ZoneInfo(zone)).date()


def first_instant(on: date, zone: str) -> datetime:
    """The instant at which a day begins, in UTC; where midnight is skipped, the end of the gap.

    Args:
        on: The day.
        zone: The IANA name of the place's time zone.
    """
    return datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def last_instant(on: date, zone: str) -> datetime:
    """The last microsecond of a day, in UTC.

    Args:
        on: The day.
        zone: The IANA name of the place's time zone.
    """
    return first_instant(on + timedelta(days=1), zone) - _MICROSECOND


def _wall(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _year_error(code: Literal["instant.range", "date.range"]) -> InvalidValueError:
    return InvalidValueError(code, f"the years {_FIRST_YEAR} to {_LAST_YEAR} are in range")


@attrs.frozen(field_transformer=named)
class Period:
    """A stretch of time between two instants; the end may be open (S 5.2).

    Attributes:
        start: The first instant.
        end: The last, not before the first; None while open.

    Raises:
        InvalidValueError: `period.order`, besides those of `instant`.

    Example:
        >>> import partnervisits as pv
        >>> from datetime import UTC, datetime
        >>> pv.Period(datetime(2026, 3, 12, 9, tzinfo=UTC)).end is None
        True
    """

    start: datetime = attrs.field(converter=instant)
    end: datetime | None = attrs.field(default=None, converter=optional_instant)

    def __attrs_post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise InvalidValueError(
                "period.order",
                "the end lies before the start: correct one of them",
                "Period",
                "end",
            )


@attrs.frozen(field_transformer=named)
class DateRange:
    """Days from a first to a last, both inclusive; either may be open.

    Attributes:
        first: The first day, or None for any before.
        last: The last day, or None for any after.

    Raises:
        InvalidValueError: `period.order`, besides those of `day`.
    """

    first: date | None = attrs.field(default=None, converter=optional_day)
    last: date | None = attrs.field(default=None, converter=optional_day)

    def __attrs_post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise InvalidValueError(
                "period.order",
                "the last day lies before the first: correct one of them",
                "DateRange",
                "last",
            )

    def __contains__(self, on: date) -> bool:
        """Whether a day lies within.

        Args:
            on: The day.
        """
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)

    def overlaps(self, other: DateRange) -> bool:
        """Whether some day lies within both.

        Args:
            other: Another range.
        """
        return _reaches(self.first, other.last) and _reaches(other.first, self.last)


def _reaches(first: date | None, last: date | None) -> bool:
    return first is None or last is None or first <= last


# ---------------------------------------------------------------------- values of a type (S 1.1)


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
    for value_type in ValueType:
        if type(value) is value_type.stored:
            return value_of(value_type, value)
    raise InvalidValueError(
        "value.type",
        f"pass bool, int, Decimal, datetime, str or a frozenset of str, not {kind_of(value)}",
    )


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


def _number(value: object) -> int:
    if type(value) is not int:
        raise InvalidValueError("number.type", f"pass a whole number as int, not {kind_of(value)}")
    return _bounded_int(value)


def _text(value: object) -> str:
    if type(value) is str and not value:
        raise InvalidValueError("value.empty-text", "an empty text is no value: pass an Absence")
    return text(value)  # type: ignore[arg-type]


def _choice(value: object, choices: frozenset[str]) -> str:
    if type(value) is not str or value not in choices:
        known = ", ".join(sorted(choices))
        raise InvalidValueError("value.choice", f"{kind_of(value)} is none of the choices {known}")
    return value


def _choices(value: object, choices: frozenset[str]) -> frozenset[str]:
    given = iterable(cast("Iterable[object]", value), "a set or a list of choice keys")
    return frozenset(_choice(each, choices) for each in given)


# -------------------------------------------------------------------------------- as people read


def show(  # noqa: PLR0911 -- one for each kind of value
    value: Value | Gap | date | Absence | None,
) -> str:
    """A value as people read it, the same under any locale.

    Args:
        value: A value, a gap, a day, an absence, or None for a hyphen.
    """
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case Absence():
            return value.value
        case int() | Decimal():
            return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}" + (f"{value:%z}" if value.utcoffset() else "Z")
        case date():
            return f"{value:%Y-%m-%d}"
        case timedelta():
            return _show_duration(value)
        case str():
            return value
        case _:
            return ", ".join(sorted(value)) or "none"


def whole_seconds(gap: timedelta) -> timedelta:
    """A duration as people read it: from a second up, cut to whole seconds.

    Args:
        gap: Any duration.
    """
    second = timedelta(seconds=1)
    if abs(gap) < second:
        return gap
    cut = abs(gap) // second * second
    return cut if gap > timedelta(0) else -cut


def shortened(written: str, most: int = 80) -> str:
    """A text for people, cut to a length; an ellipsis shows that it was.

    Args:
        written: Any text.
        most: How many characters it may have.
    """
    return written if len(written) <= most else f"{written[: most - 1]}…"


def percent(ratio: Decimal | None) -> str:
    """A ratio as people read it, cut after one decimal place: 100 % means all of it.

    Args:
        ratio: 1 for all; None for none.
    """
    if ratio is None:
        return "none"
    return f"{_MEAN.quantize(_EXACT.multiply(ratio, Decimal(100)), Decimal('0.1')):f} %"


def _show_duration(gap: timedelta) -> str:
    sign = "-" if gap < timedelta(0) else ""
    length = abs(gap)
    days = f"{length.days} d " if length.days else ""
    hours, rest = divmod(length - timedelta(days=length.days), timedelta(hours=1))
    minutes, rest = divmod(rest, timedelta(minutes=1))
    seconds = (
        f"{rest // timedelta(seconds=1):02}"
        if not rest.microseconds
        else f"{rest.seconds:02}.{rest.microseconds:06}"
    )
    return f"{sign}{days}{hours}:{minutes:02}:{seconds}"


def __dir__() -> list[str]:
    return sorted(__all__)
