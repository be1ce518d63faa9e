"""Values of several comparisons combined into one, if their indicator says how (S 9.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import cast

import attrs

from partnervisits.comparison import Comparison
from partnervisits.errors import InvalidValueError
from partnervisits.fields import entries_of, iterable
from partnervisits.indicators import Aggregation, Indicator
from partnervisits.readings import Reading
from partnervisits.values import Value, ValueType, plain, quotient, steady_repr, total, typed


@attrs.frozen(kw_only=True)
class CombinedValue:
    """Values of one indicator as one, never without what it is made of.

    Attributes:
        indicator: What was measured, and how its values combine.
        value: The sum, the mean or the last; None if nothing was measured. A sum of a NUMBER is an
            int, every mean a `Decimal`, half-even to 28 digits.
        measured: How many values it is made of.
        missing: How many others were asked: they have NO_DATA or ERROR, or the verdict of a person
            instead of a value.
    """

    indicator: Indicator
    value: Value | None = attrs.field(eq=typed, repr=steady_repr)
    measured: int
    missing: int

    @property
    def asked(self) -> int:
        """Measured and missing."""
        return self.measured + self.missing

    @property
    def coverage(self) -> Decimal | None:
        """Measured ÷ asked, from 0 to 1; None if nothing was asked."""
        return quotient(self.measured, self.asked) if self.asked else None


def combine(comparisons: Iterable[Comparison]) -> CombinedValue | None:
    """The values of one indicator by its aggregation (S 9.3).

    Args:
        comparisons: Of one indicator; a value counts whatever the outcome is.

    Returns:
        None if there are no comparisons.

    Raises:
        InvalidValueError: `combine.aggregation`: the indicator has none; `combine.mixed`: there are
            several indicators, or one with several types, units or aggregations; those of
            sequences.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> from partnervisits.indicators import Aggregation
        >>> from partnervisits.scorecards import combine
        >>> bikes = pv.Indicator(
        ...     "bikes",
        ...     "Bikes ordered",
        ...     value_type=pv.ValueType.NUMBER,
        ...     aggregation=Aggregation.SUM,
        ... )
        >>> order = pv.TaskDefinition("order", "Take the order", indicators=["bikes"])
        >>> catalog = pv.Catalog(indicators=[bikes], tasks=[order])
        >>> items = [pv.TemplateItem(season, task="order") for season in ("summer", "winter")]
        >>> plan = pv.expand(items, example.visit(), catalog=catalog, key="orders").accept()
        >>> at = example.visit().planned.start
        >>> found = [pv.capture(kpi, 20, at=at, by="ines") for kpi in plan.kpis]
        >>> combine(pv.compare(plan, found).comparisons).value
        40
    """
    held = entries_of(Comparison, iterable(comparisons, "comparisons"))
    if not held:
        return None
    indicator = _the_one_indicator(held)
    combined = _COMBINED[indicator.aggregation]
    found = [each for each in held if each.value is not None]
    asked = (each for each in held if each.is_measured or each.is_missing)
    missing = sum(each.value is None for each in asked)
    return CombinedValue(
        indicator=indicator,
        value=combined(found) if found else None,
        measured=len(found),
        missing=missing,
    )


def _the_one_indicator(comparisons: Sequence[Comparison]) -> Indicator:
    """The one they are of, as the latest of them knows it."""
    latest = max(comparisons, key=lambda each: (each.subject.on or date.min, each.kpi.id))
    indicator = latest.kpi.indicator
    names = {_written(each.kpi.indicator) for each in comparisons}
    if len(names) > 1:
        message = f"combine one at a time of {', '.join(sorted(names))}"
        raise InvalidValueError("combine.mixed", message)
    if indicator.aggregation is Aggregation.NONE:
        message = f"say how values of {indicator.key} combine: set its aggregation"
        raise InvalidValueError("combine.aggregation", message)
    return indicator


def _written(indicator: Indicator) -> str:
    kind = f"{indicator.value_type.value}, {indicator.aggregation.value}"
    return f"{indicator.key} ({kind}{f', {indicator.unit}' if indicator.unit else ''})"


def _numbers(comparisons: Iterable[Comparison]) -> Iterator[Decimal]:
    return (Decimal(cast("Decimal | int", each.value)) for each in comparisons)


def _sum(comparisons: Sequence[Comparison]) -> Value:
    amount = total(_numbers(comparisons))
    is_whole = comparisons[0].kpi.indicator.value_type is ValueType.NUMBER
    return int(amount) if is_whole else plain(amount)


def _mean(comparisons: Sequence[Comparison]) -> Value:
    return quotient(total(_numbers(comparisons)), len(comparisons))


def _last(comparisons: Sequence[Comparison]) -> Value:
    return cast("Value", max(comparisons, key=_recency).value)


def _recency(comparison: Comparison) -> tuple[datetime, datetime, str, str]:
    reading = cast("Reading", comparison.reading)
    return reading.at, reading.recorded_at, reading.id, reading.kpi_id


_COMBINED: Mapping[Aggregation, Callable[[Sequence[Comparison]], Value]] = {
    Aggregation.SUM: _sum,
    Aggregation.MEAN: _mean,
    Aggregation.LAST: _last,
}
