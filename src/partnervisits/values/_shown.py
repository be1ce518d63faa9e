"""Values as people read them, the same under any locale."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from partnervisits.values._numbers import EXACT, TRUNCATING, Gap
from partnervisits.values._types import Absence, Value

_GROUPED_FROM = 10_000  # a year reads as a year


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
            number = Decimal(value)
            return f"{number:,f}" if abs(int(value)) >= _GROUPED_FROM else f"{number:f}"
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


def show_at(value: Value | Gap | date | Absence | None, timezone: str) -> str:
    """A value as people read it at a place: an instant by the clock on its wall.

    Args:
        value: As for `show`.
        timezone: The IANA name of the place's time zone.
    """
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"
    return show(value)


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


def one_line(written: str, most: int = 1_000) -> str:
    """A sentence for people on one line, cut to a length; runs of blanks become one blank.

    Args:
        written: Any text.
        most: How many characters it may have.
    """
    return shortened(" ".join(written.split()), most)


def percent(ratio: Decimal | None) -> str:
    """A ratio as people read it, cut after one decimal place: 100 % means all of it.

    Args:
        ratio: 1 for all; None for none.
    """
    if ratio is None:
        return "none"
    return f"{TRUNCATING.quantize(EXACT.multiply(ratio, Decimal(100)), Decimal('0.1')):f} %"


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


def steady_repr(value: object) -> str:
    """A `repr` in which sets are sorted, so that it is the same in every process.

    Args:
        value: What a field holds.
    """
    if isinstance(value, frozenset):
        entries = sorted(steady_repr(each) for each in cast("frozenset[object]", value))
        return f"frozenset({{{', '.join(entries)}}})" if entries else "frozenset()"
    if isinstance(value, tuple):
        held = [steady_repr(each) for each in cast("tuple[object, ...]", value)]
        return f"({', '.join(held)}{',' if len(held) == 1 else ''})"
    return repr(value)
