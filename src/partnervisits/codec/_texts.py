"""How single values are written, each in one way only, and read (S 11.2, S 11.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache

from partnervisits.codec._refusals import listed, unfit
from partnervisits.codec._tags import WEEKDAYS
from partnervisits.errors import InvalidValueError
from partnervisits.fields import kind_of
from partnervisits.values import instant, plain

_LONGEST_DECIMAL = 300
_BEYOND_NUMBERS = 10**32
_SURROGATE = re.compile("[\ud800-\udfff]")

DECIMAL = r"-?[0-9]+(?:\.[0-9]+)?"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
INSTANT = (
    DATE + r"T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
)
DURATION = r"PT([0-9]{1,14})(?:\.([0-9]{1,6}))?S"

_DECIMAL, _DATE = re.compile(DECIMAL), re.compile(DATE)
_INSTANT, _DURATION = re.compile(INSTANT), re.compile(DURATION)


def read_text(value: object, _: object = str) -> str:
    """A string of whole characters: what else a text may hold is the domain's business."""
    if type(value) is not str:
        raise unfit(value, "a string")
    if not value.isascii() and _SURROGATE.search(value):
        raise InvalidValueError("text.control", "take the surrogate out: it is half a character")
    return value


def read_boolean(value: object, _: object = bool) -> bool:
    """True or false, and nothing that could be taken for them."""
    if type(value) is not bool:
        raise unfit(value, "true or false")
    return value


def read_number(value: object, _: object = int) -> int:
    """A whole number without a fraction or an exponent."""
    if type(value) is not int:
        raise unfit(value, "a whole number")
    if not -_BEYOND_NUMBERS < value < _BEYOND_NUMBERS:
        raise InvalidValueError("decode.number", "write a whole number of at most 18 digits")
    return value


def write_decimal(number: Decimal) -> str:
    """A number without an exponent, trailing zeros or `-0`."""
    try:
        written = f"{plain(number):f}"
    except ArithmeticError:
        written = ""
    if not 0 < len(written) <= _LONGEST_DECIMAL:
        message = f"a number is written with at most {_LONGEST_DECIMAL} characters: round it first"
        raise InvalidValueError("decimal.range", message)
    return written


def read_decimal(value: object, _: object = Decimal) -> Decimal:
    """A plain decimal."""
    if type(value) is not str:
        raise unfit(value, 'a decimal as a string such as "12.5"')
    if len(value) > _LONGEST_DECIMAL or not _DECIMAL.fullmatch(value):
        raise InvalidValueError(
            "decode.decimal",
            f"write a plain decimal such as 12.5, without an exponent, not {kind_of(value)}",
        )
    return Decimal(value)


def write_instant(moment: datetime) -> str:
    """`2026-03-12T08:00:00Z`, with six digits of a second if there is a fraction."""
    if moment.tzinfo is not UTC:
        moment = instant(moment)
    return f"{moment.isoformat()[:-6]}Z"


def read_instant(value: object, _: object = datetime) -> datetime:
    """An instant of RFC 3339, to the microsecond."""
    if type(value) is not str:
        raise unfit(value, "an instant as a string")
    if _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise InvalidValueError(
        "decode.instant",
        "write an instant such as 2026-03-12T08:00:00Z, with Z or an offset within 14 hours, and "
        f"at most six digits of a second, not {kind_of(value)}",
    )


def write_date(on: date) -> str:
    """`2026-03-12`."""
    return on.isoformat()


def read_date(value: object, _: object = date) -> date:
    """A day, by year, month and day."""
    if type(value) is not str:
        raise unfit(value, "a date as a string")
    if _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    message = f"write a date such as 2026-03-12, not {kind_of(value)}"
    raise InvalidValueError("decode.date", message)


def write_duration(length: timedelta) -> str:
    """`PT5400S`, with six digits of a second if there is a fraction."""
    seconds, fraction = divmod(length, timedelta(seconds=1))
    return f"PT{seconds}.{fraction.microseconds:06}S" if fraction else f"PT{seconds}S"


def read_duration(value: object, _: object = timedelta) -> timedelta:
    """A length of time in seconds, to the microsecond."""
    if type(value) is not str:
        raise unfit(value, "a duration as a string")
    found = _DURATION.fullmatch(value)
    if found:
        fraction = (found[2] or "").ljust(6, "0")
        try:
            return timedelta(seconds=int(found[1]), microseconds=int(fraction))
        except OverflowError:
            pass
    raise InvalidValueError(
        "decode.duration",
        "write a duration in seconds such as PT5400S, with at most six digits of a fraction, not "
        f"{kind_of(value)}",
    )


def read_word(value: object, kind: type[Enum]) -> Enum:
    """A member of an enum by its word."""
    words = words_of(kind)
    if type(value) is str and value in words:
        return words[value]
    due = listed(words)
    if type(value) is not str:
        raise unfit(value, due)
    raise InvalidValueError("decode.word", f"write {due}, not {kind_of(value)}")


@cache
def words_of(kind: type[Enum]) -> Mapping[str, Enum]:
    """The members of an enum by their words.

    Args:
        kind: Of which each member has another word.
    """
    words = {member: member.value for member in kind}
    return {WEEKDAYS.get(member, word): member for member, word in words.items()}
