"""What is measured: the definition of an indicator (S 2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import cast

import attrs

from partnervisits.calendars import Offset
from partnervisits.criteria import Criterion, is_criterion, is_temporal, misfits
from partnervisits.errors import InvalidValueError
from partnervisits.fields import (
    caption,
    choice_key,
    instance_of,
    kind_of,
    named,
    slug,
    text,
    title,
    tuple_of,
    unique,
)
from partnervisits.values import (
    Gap,
    Value,
    ValueType,
    last_instant,
    local_date,
    shortened,
    show,
    show_at,
    value_of,
    whole_seconds,
)

__all__ = ["Aggregation", "Choice", "Direction", "Indicator"]


class Direction(Enum):
    """Which way is better; it gives a bare target its criterion.

    Example:
        >>> import partnervisits as pv
        >>> lower = pv.Direction.LOWER_IS_BETTER
        >>> pv.Indicator("late", "Late", value_type=pv.ValueType.NUMBER, direction=lower).direction
        <Direction.LOWER_IS_BETTER: 'lower is better'>
    """

    HIGHER_IS_BETTER = "higher is better"
    LOWER_IS_BETTER = "lower is better"
    CLOSER_IS_BETTER = "closer is better"
    NEUTRAL = "neutral"


class Aggregation(Enum):
    """How values of one indicator combine into one, if they do: for those who combine them."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"
    NONE = "none"


@attrs.frozen(field_transformer=named)
class Choice:
    """One of the answers a CHOICE or MULTI_CHOICE indicator allows.

    Attributes:
        key: What is stored and compared; 1 to 64 characters, as the host writes it (`4+`).
        label: What people read; the key if left empty.
    """

    key: str = attrs.field(converter=choice_key)
    label: str = attrs.field(default="", converter=caption)

    def __str__(self) -> str:
        return self.label or self.key


def _value_type(value: ValueType) -> ValueType:
    return instance_of(ValueType, value)


def _direction(value: Direction) -> Direction:
    return instance_of(Direction, value)


def _aggregation(value: Aggregation) -> Aggregation:
    return instance_of(Aggregation, value)


def _choices(values: Iterable[Choice | str] | Mapping[str, str]) -> tuple[Choice, ...]:
    if isinstance(values, Mapping):
        labels = cast("Mapping[str, str]", values)
        return tuple(Choice(each, shown) for each, shown in labels.items())
    given = tuple_of((Choice, str), values)
    held = tuple(each if isinstance(each, Choice) else Choice(each) for each in given)
    unique((each.key for each in held), "choice")
    return held


def _limits(value: Criterion | None) -> Criterion | None:
    if value is None:
        return None
    if not is_criterion(value):
        raise InvalidValueError("type.wrong", f"pass a criterion, not {kind_of(value)}")
    if is_temporal(value):
        raise InvalidValueError(
            "limits.temporal", "pass instants: a limit knows no visit and no zone"
        )
    return value


@attrs.frozen(field_transformer=named)
class Indicator:
    """The definition of something measured.

    Attributes:
        key: Slug; unique in a catalog.
        name: For people.
        value_type: What kind of value a reading holds.
        unit: A label such as `"USD"`; hosts convert. A PERCENTAGE is in points of a hundred.
        choices: The answers of CHOICE and MULTI_CHOICE, in the order of the form: keys, `Choice`
            values, or a mapping of keys to labels.
        direction: Which way is better; only ordered types have one.
        limits: A value that does not meet this is refused.
        plausible: A value that does not meet this is accepted and flagged.
        aggregation: How several values become one; SUM and MEAN only of numbers.
        description: What it means.
        guidance: What to tell the rep who captures it.

    Raises:
        InvalidValueError: `indicator.choices`, `indicator.direction`, `indicator.aggregation`,
            `limits.temporal`, and those of `misfits` for `limits` and `plausible`.

    Example:
        >>> import partnervisits as pv
        >>> share = pv.Indicator("share", "Shelf share", value_type=pv.ValueType.PERCENTAGE)
        >>> share.value("12.50")
        Decimal('12.5')
    """

    key: str = attrs.field(converter=slug)
    name: str = attrs.field(converter=title)
    value_type: ValueType = attrs.field(kw_only=True, converter=_value_type)
    unit: str = attrs.field(default="", kw_only=True, converter=caption)
    choices: tuple[Choice, ...] = attrs.field(default=(), kw_only=True, converter=_choices)
    direction: Direction = attrs.field(
        default=Direction.NEUTRAL, kw_only=True, converter=_direction
    )
    limits: Criterion | None = attrs.field(default=None, kw_only=True, converter=_limits)
    plausible: Criterion | None = attrs.field(default=None, kw_only=True, converter=_limits)
    aggregation: Aggregation = attrs.field(
        default=Aggregation.NONE, kw_only=True, converter=_aggregation
    )
    description: str = attrs.field(default="", kw_only=True, converter=text)
    guidance: str = attrs.field(default="", kw_only=True, converter=text)

    def __attrs_post_init__(self) -> None:
        if self.value_type.has_choices != bool(self.choices):
            self._refuse(
                "indicator.choices", "choices go with CHOICE and MULTI_CHOICE, at least one"
            )
        if self.direction is not Direction.NEUTRAL and not self.value_type.is_ordered:
            self._refuse("indicator.direction", "only numbers and DATETIME have a better direction")
        combines = self.aggregation in (Aggregation.SUM, Aggregation.MEAN)
        if combines and not self.value_type.is_number:
            self._refuse("indicator.aggregation", "only numbers have a sum and a mean")
        for field, limits in (("limits", self.limits), ("plausible", self.plausible)):
            for finding in misfits(limits, self.value_type, self.choice_keys) if limits else ():
                raise InvalidValueError(finding.code, finding.message, "Indicator", field)

    @cached_property
    def choice_keys(self) -> tuple[str, ...]:
        """The keys of the choices, in the order of the form."""
        return tuple(choice.key for choice in self.choices)

    def value(self, raw: object) -> Value:
        """A raw value in the stored form of this indicator's type (S 1.1).

        Args:
            raw: For decimals `Decimal`, `int` or plain `str`; for MULTI_CHOICE any iterable of
                keys.

        Raises:
            InvalidValueError: the codes of `value_of`.
        """
        return value_of(self.value_type, raw, self.choice_keys)

    def holds(self, value: object) -> bool:
        """Whether a value has exactly the stored form of this indicator, with known choices.

        Args:
            value: Any object, for example the value of a reading that was loaded.
        """
        if type(value) is not self.value_type.stored:
            return False
        if not self.value_type.has_choices:
            return True
        if isinstance(value, str):
            return value in self.choice_keys
        return cast("frozenset[str]", value).issubset(self.choice_keys)

    @property
    def shown_unit(self) -> str:
        """The unit as people read it: `%` for a PERCENTAGE that names none."""
        return self.unit or ("%" if self.value_type is ValueType.PERCENTAGE else "")

    def labelled(self, chosen: str | frozenset[str]) -> str:
        """Chosen keys by their labels, in the order of the form.

        Args:
            chosen: One key, or a set of them; a key that is no choice stands for itself.
        """
        wanted = frozenset({chosen}) if isinstance(chosen, str) else chosen
        known = [str(choice) for choice in self.choices if choice.key in wanted]
        strange = sorted(wanted.difference(self.choice_keys))
        return ", ".join([*known, *strange]) or "none"

    def shown(self, value: object, timezone: str) -> str:
        """A value as people read it: labels, the unit, the clock of a place.

        Args:
            value: An actual value, an operand of a criterion, an absence, or None.
            timezone: The IANA name of the place's time zone.
        """
        if isinstance(value, Offset):
            return str(value)
        if isinstance(value, str | frozenset) and self.value_type.has_choices:
            return self.labelled(cast("str | frozenset[str]", value))
        if isinstance(value, str):
            return shortened(value)
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return f"{show(value)} {self.shown_unit}".rstrip()
        return show_at(value, timezone)  # type: ignore[arg-type]

    def shown_gap(self, gap: Gap | None) -> str:
        """A variance, a shortfall or a width as people read it; points for a PERCENTAGE.

        Args:
            gap: A `Decimal`, a `timedelta`, or None.
        """
        if isinstance(gap, timedelta):
            return show(whole_seconds(gap))
        if gap is None:
            return show(gap)
        unit = "points" if self.value_type is ValueType.PERCENTAGE else self.shown_unit
        return f"{show(gap)} {unit}".rstrip()

    def shown_criterion(self, criterion: Criterion, timezone: str) -> str:
        """A criterion as people read it: the unit once, the end of a day as the day.

        Args:
            criterion: One that fits.
            timezone: The IANA name of the place's time zone.
        """

        def shown(operand: object) -> str:
            if isinstance(operand, datetime):
                on = local_date(operand, timezone)
                if operand == last_instant(on, timezone):
                    return show(on)
            return self.shown(operand, timezone)

        if not self.value_type.is_number:
            return criterion.written(shown)
        return f"{criterion.written(_plainly)} {self.shown_unit}".rstrip()

    def _refuse(self, code: str, message: str) -> None:
        raise InvalidValueError(code, message, "Indicator", code.removeprefix("indicator."))


def _plainly(number: object) -> str:
    return show(number)  # type: ignore[arg-type]


def __dir__() -> list[str]:
    return sorted(__all__)
