"""Targets that fit their indicator and can hardly be meant (S 3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from partnervisits.criteria import AtLeast, AtMost, Between, Bound, Criterion, Equals, Outside
from partnervisits.findings import Finding, Severity
from partnervisits.indicators import Direction, Indicator
from partnervisits.targets import Near, Target, WithinPercent, criterion_of, target_misfits
from partnervisits.values import Gap, ValueType, decimal, difference, product, share, show


def doubts(target: Target, indicator: Indicator) -> Iterator[Finding]:
    """What of a target is probably not meant; nothing of one that does not fit at all.

    Args:
        target: Any.
        indicator: The one it names.

    Returns:
        Findings without a path: `lint.direction`, `lint.percentage`, `lint.near-beyond-worst`.
    """
    if target_misfits(target, indicator):
        return
    criterion = criterion_of(target, indicator)
    against, instead = _AGAINST.get(indicator.direction, _NOTHING)
    if type(criterion) is against:
        message = (
            f"{indicator.direction.value} for {indicator.key}, and {criterion} asks for the "
            f"opposite: choose {instead}, or change the direction"
        )
        yield _warning("lint.direction", message)
    if indicator.value_type is ValueType.PERCENTAGE:
        for operand in (*criterion.operands, *target.worst):
            yield from _mistaken_for_a_share(cast("Decimal", operand))
    if target.near and target.worst:
        yield from _near_beyond_worst(target.near, criterion, target.worst)


_AGAINST: dict[Direction, tuple[type[Criterion] | None, str]] = {
    Direction.HIGHER_IS_BETTER: (AtMost, "at_least"),
    Direction.LOWER_IS_BETTER: (AtLeast, "at_most"),
    Direction.CLOSER_IS_BETTER: (Outside, "between"),
}
_NOTHING = (None, "")


def _mistaken_for_a_share(operand: Decimal) -> Iterator[Finding]:
    if 0 < operand.copy_abs() < 1:
        points = show(decimal(product(operand, _HUNDRED)))
        message = f"{show(operand)} is less than one percent: {points} % is written {points}"
        yield _warning("lint.percentage", message)


_HUNDRED = Decimal(100)


def _near_beyond_worst(
    near: Near, criterion: Criterion, worst: tuple[Bound, ...]
) -> Iterator[Finding]:
    width = _width(near, criterion)
    for low, high in _failing_sides(criterion, worst):
        way = _way(low, high)
        if way is not None and width > way:  # type: ignore[operator]
            message = (
                f"near reaches {show(width)} from the bound, and worst is {show(way)} away: "
                "narrow near, or move worst"
            )
            yield _warning("lint.near-beyond-worst", message)
            return


def _width(near: Near, criterion: Criterion) -> Gap:
    if isinstance(near, WithinPercent):
        (operand,) = cast("tuple[Decimal]", criterion.operands)
        return share(operand.copy_abs(), near.percent)
    return near.amount


def _failing_sides(
    criterion: Criterion, worst: tuple[Bound, ...]
) -> tuple[tuple[Bound, Bound], ...]:
    """From worst to the bound below, and from the bound to worst above."""
    if isinstance(criterion, AtLeast):
        return ((worst[0], criterion.bound),)
    if isinstance(criterion, AtMost):
        return ((criterion.bound, worst[0]),)
    ends = cast("Between | Equals", criterion)
    return (worst[0], ends.low), (ends.high, worst[1])


def _way(low: Bound, high: Bound) -> Gap | None:
    """How far it is, if no visit has to be known for that; it is never 0."""
    match low, high:
        case Decimal(), Decimal():
            return difference(high, low)
        case datetime(), datetime():
            return high - low
        case (datetime(), _) | (_, datetime()):
            return None
        case date(), date():
            return high - low
        case _:
            return None


def _warning(code: str, message: str) -> Finding:
    return Finding((), code, message, Severity.WARNING)
