"""A comparison as lines of a scorecard's table."""

from __future__ import annotations

from collections.abc import Iterator

from partnervisits.comparison import Comparison, Outcome
from partnervisits.values import ValueType, show

_LONGEST_CELL = 20
_NOTE = "      "


def cells(comparison: Comparison) -> tuple[str, ...]:
    """KPI, target, source, actual value, variance and outcome."""
    target = comparison.kpi.target
    return (
        f"  {comparison.kpi.indicator.name}",
        comparison.shown_target(),
        "-" if target is None else target.origin,
        "see below" if _is_remark(comparison) else comparison.shown(comparison.actual),
        _signed(comparison),
        comparison.outcome.value,
    )


def _is_remark(comparison: Comparison) -> bool:
    """Whether what was found is a text too long for a cell."""
    actual, is_text = comparison.actual, comparison.kpi.indicator.value_type is ValueType.TEXT
    return is_text and isinstance(actual, str) and len(actual) > _LONGEST_CELL


def _signed(comparison: Comparison) -> str:
    """The variance without the unit, which stands beside the target and the actual value."""
    variance = comparison.variance
    is_number = comparison.kpi.indicator.value_type in (ValueType.NUMBER, ValueType.DECIMAL)
    shown = show(variance) if is_number else comparison.shown_gap(variance)
    return f"+{shown}" if variance and not shown.startswith("-") else shown


def notes(comparison: Comparison) -> Iterator[str]:
    """What the row has no room for or does not say, on lines of their own."""
    target = comparison.kpi.target
    if _is_remark(comparison):
        yield f"{_NOTE}{comparison.shown(comparison.actual)}"
    if comparison.override is not None:
        computed = comparison.cause or comparison.in_words()
        yield f"{_NOTE}{comparison.override}; computed: {computed}"
        return
    if comparison.cause and target is not None:
        yield f"{_NOTE}{comparison.cause}"
    if comparison.outcome is Outcome.NEAR and target is not None:
        yield f"{_NOTE}counts as near: missed by at most {comparison.shown_gap(target.near)}"
    if comparison.outcome is Outcome.NOT_MET and comparison.variance is not None:
        yield f"{_NOTE}{comparison.in_words()}"
