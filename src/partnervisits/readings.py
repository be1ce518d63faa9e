"""Readings: what was captured, append-only (S 7.2, S 7.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeVar

import attrs

from partnervisits.errors import InvalidValueError
from partnervisits.fields import (
    entries_of,
    escaped,
    host_id,
    instance_of,
    iterable,
    library_id,
    named,
    text,
    tuple_of,
)
from partnervisits.indicators import Indicator
from partnervisits.plans import Kpi
from partnervisits.values import (
    Absence,
    Value,
    any_value,
    duration,
    instant,
    show,
    steady_repr,
    typed,
)

__all__ = ["Flag", "Reading", "as_known_at", "capture", "correct", "current"]

T = TypeVar("T")
R = TypeVar("R")

_LATE_AFTER = timedelta(hours=24)


class Flag(Enum):
    """What is worth knowing about a reading that was accepted."""

    IMPLAUSIBLE = "implausible"
    """The value lies outside what the indicator calls plausible."""
    LATE = "late"
    """It was recorded long after it was measured."""


def _value(value: Value | Absence) -> Value | Absence:
    return value if isinstance(value, Absence) else any_value(value)


def _flags(values: Iterable[Flag]) -> tuple[Flag, ...]:
    given = frozenset(tuple_of(Flag, values))
    return tuple(flag for flag in Flag if flag in given)


def _optional_reading(value: str | None) -> str | None:
    return None if value is None else library_id(value)


@attrs.frozen(field_transformer=named, kw_only=True)
class Reading:
    """One captured actual value of one KPI, never changed.

    `capture` and `correct` make readings and check the value against the indicator; the
    constructor is for those who load what was once made.

    Attributes:
        id: By default (KPI, effective instant, recorded instant, who): the same capture twice is
            one fact.
        kpi_id: The KPI's id.
        value: In the stored form of the indicator's type, or why there is none.
        at: The effective instant: when it was so.
        recorded_at: When it was written down; not before `at`.
        by: The host's id of who captured it.
        note: In their words.
        flags: What is worth knowing about it, each at most once.
        supersedes: The id of the reading it corrects.

    Raises:
        InvalidValueError: `reading.recorded`, `reading.correction` if it corrects itself, and those
            of ids, values, instants and texts.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> kpi = plan.kpi("survey", "satisfaction")
        >>> reading = pv.capture(kpi, 81, at=visit.planned.start, by="ines")
        >>> reading.recorded_at == reading.at
        True
    """

    id: str = attrs.field(converter=library_id)
    kpi_id: str = attrs.field(converter=library_id)
    value: Value | Absence = attrs.field(converter=_value, eq=typed, repr=steady_repr)
    at: datetime = attrs.field(converter=instant)
    recorded_at: datetime = attrs.field(converter=instant)
    by: str = attrs.field(converter=host_id)
    note: str = attrs.field(default="", converter=text)
    flags: tuple[Flag, ...] = attrs.field(default=(), converter=_flags)
    supersedes: str | None = attrs.field(default=None, converter=_optional_reading)

    def __attrs_post_init__(self) -> None:
        if self.recorded_at < self.at:
            raise InvalidValueError(
                "reading.recorded",
                "recorded_at lies before at: correct one of them",
                "Reading",
                "recorded_at",
            )
        if self.supersedes == self.id:
            raise InvalidValueError(
                "reading.correction", "a correction has an id of its own", "Reading", "id"
            )


def capture(  # noqa: PLR0913 -- who, what, when, and all of it matters
    kpi: Kpi,
    value: object,
    *,
    at: datetime,
    by: str,
    recorded_at: datetime | None = None,
    note: str = "",
    id: str | None = None,
    late_after: timedelta = _LATE_AFTER,
) -> Reading:
    """Record the actual value of a KPI, whatever state its task and visit are in (S 7.2).

    Args:
        kpi: What was measured.
        value: In a form that `Indicator.value` takes, or an `Absence`.
        at: When it was so.
        by: The host's id of who captured it.
        recorded_at: When it was written down; `at` if None.
        note: In their words.
        id: The host's own id for the reading.
        late_after: From when on a recording counts as late.

    Returns:
        A reading, flagged IMPLAUSIBLE or LATE where it is so.

    Raises:
        InvalidValueError: `reading.limits` outside the indicator's limits, `reading.recorded`, and
            those of `value_of`, ids, instants and texts.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> kpi = plan.kpi("survey", "satisfaction")
        >>> pv.capture(kpi, "81.50", at=visit.planned.start, by="ines").value
        Decimal('81.5')
    """
    kpi = instance_of(Kpi, kpi)
    effective = _as_field("at", instant, at)
    recorded = effective if recorded_at is None else _as_field("recorded_at", instant, recorded_at)
    checked, flags = _checked(kpi, value)
    if recorded - effective > duration(late_after):
        flags = [*flags, Flag.LATE]
    return Reading(
        id=_default_id(kpi, effective, recorded, by) if id is None else id,
        kpi_id=kpi.id,
        value=checked,
        at=effective,
        recorded_at=recorded,
        by=by,
        note=note,
        flags=flags,
    )


def correct(
    reading: Reading,
    kpi: Kpi,
    value: object,
    *,
    at: datetime,
    by: str,
    note: str = "",
    id: str | None = None,
) -> Reading:
    """Record that a reading was wrong: a new one that supersedes it (S 7.2).

    Args:
        reading: The wrong one; it stays as it is.
        kpi: The KPI it is of.
        value: In a form that `Indicator.value` takes, or an `Absence`.
        at: When the correction was written down, after the wrong one was. The effective instant
            stays.
        by: The host's id of who corrects.
        note: In their words.
        id: The host's own id for the reading.

    Raises:
        InvalidValueError: `reading.other-kpi`, `reading.correction`, and those of `capture`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> kpi = plan.kpi("survey", "satisfaction")
        >>> wrong = pv.capture(kpi, 81, at=visit.planned.start, by="ines")
        >>> pv.correct(wrong, kpi, 79, at=visit.planned.end, by="ines").supersedes == wrong.id
        True
    """
    if instance_of(Reading, reading).kpi_id != instance_of(Kpi, kpi).id:
        raise InvalidValueError(
            "reading.other-kpi", f"this reading is of {reading.kpi_id}: pass that KPI"
        )
    recorded = _as_field("recorded_at", instant, at)
    if recorded <= reading.recorded_at:
        raise InvalidValueError(
            "reading.correction",
            f"correct it after {show(reading.recorded_at)}, when it was recorded",
            "Reading",
            "recorded_at",
        )
    checked, flags = _checked(kpi, value)
    return Reading(
        id=_default_id(kpi, reading.at, recorded, by) if id is None else id,
        kpi_id=kpi.id,
        value=checked,
        at=reading.at,
        recorded_at=recorded,
        by=by,
        note=note,
        flags=flags,
        supersedes=reading.id,
    )


def as_known_at(readings: Iterable[Reading], moment: datetime) -> tuple[Reading, ...]:
    """The readings that had been recorded by an instant, in the order given.

    Args:
        readings: Any.
        moment: The instant, included.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> kpi = plan.kpi("survey", "satisfaction")
        >>> start, end = visit.planned.start, visit.planned.end
        >>> pv.as_known_at([pv.capture(kpi, 81, at=start, by="ines", recorded_at=end)], start)
        ()
    """
    until = instant(moment)
    held = entries_of(Reading, iterable(readings, "readings"))
    return tuple(reading for reading in held if reading.recorded_at <= until)


def current(readings: Iterable[Reading]) -> dict[str, Reading]:
    """The reading that counts for each KPI, by its id (S 7.4).

    The last effective one that no other supersedes; ties by recorded instant, then id. The order
    of the input does not matter.

    Args:
        readings: Of any KPIs.
    """
    held = entries_of(Reading, iterable(readings, "readings"))
    corrected = _corrected(held)
    latest: dict[str, Reading] = {}
    for reading in held:
        if corrected and reading.recorded_at < corrected.get(_name(reading), reading.recorded_at):
            continue
        other = latest.get(reading.kpi_id)
        if other is None or _recency(other) < _recency(reading):
            latest[reading.kpi_id] = reading
    return latest


def _name(reading: Reading) -> tuple[str, str]:
    return reading.kpi_id, reading.id


def _corrected(readings: Iterable[Reading]) -> dict[tuple[str, str], datetime]:
    """When each corrected reading was corrected last; only what was recorded before gives way."""
    corrected: dict[tuple[str, str], datetime] = {}
    for reading in readings:
        if reading.supersedes is not None:
            name = (reading.kpi_id, reading.supersedes)
            at = reading.recorded_at
            corrected[name] = max(at, corrected.get(name, at))
    return corrected


def _recency(reading: Reading) -> tuple[datetime, datetime, str, str]:
    # Two different facts under one id: which of them counts must not depend on the input's order.
    content = f"{type(reading.value).__name__} {show(reading.value)} {reading.note}"
    return reading.at, reading.recorded_at, reading.id, content


def _checked(kpi: Kpi, value: object) -> tuple[Value | Absence, list[Flag]]:
    if isinstance(value, Absence):
        return value, []
    indicator = kpi.indicator
    try:
        checked = indicator.value(value)
        _refuse_beyond_limits(indicator, checked)
    except InvalidValueError as refused:
        message = f"{refused.message} (KPI {kpi.id})"
        raise InvalidValueError(refused.code, message, "Reading", "value") from None
    if indicator.plausible is not None and not indicator.plausible.is_met(checked):
        return checked, [Flag.IMPLAUSIBLE]
    return checked, []


def _refuse_beyond_limits(indicator: Indicator, value: Value) -> None:
    if indicator.limits is not None and not indicator.limits.is_met(value):
        message = f"{show(value)} is outside the limits: {indicator.limits}"
        raise InvalidValueError("reading.limits", message)


def _default_id(kpi: Kpi, effective: datetime, recorded: datetime, by: str) -> str:
    who = escaped(_as_field("by", host_id, by))
    return f"{kpi.id}/{effective.isoformat()}/{recorded.isoformat()}/{who}"


def _as_field(field: str, convert: Callable[[T], R], value: T) -> R:
    """What a reading holds in a field; a refusal names the field."""
    try:
        return convert(value)
    except InvalidValueError as refused:
        raise refused.at("Reading", field) from None


def __dir__() -> list[str]:
    return sorted(__all__)
