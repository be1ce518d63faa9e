"""Instants, days, zones, and stretches of time (S 1.3, S 4.8)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

import attrs

from partnervisits.errors import InvalidValueError
from partnervisits.fields import cause_of, kind_of, named

_MICROSECOND = timedelta(microseconds=1)
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


def same_time_on(on: date, moment: datetime, zone: str) -> datetime:
    """The instant at which the clocks of a zone show the same time on another day.

    Args:
        on: The other day.
        moment: An instant.
        zone: The IANA name of the zone.

    Raises:
        InvalidValueError: `instant.gap`: the clocks skip that time on that day (S 4.8).
    """
    local = moment.astimezone(ZoneInfo(zone))
    return instant(local.replace(year=on.year, month=on.month, day=on.day, fold=0))


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
