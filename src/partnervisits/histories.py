"""What earlier visits tell: trend, streak, and what to expect next (S 9.4, S 9.6).

Comparisons are comparable if partner, indicator and context agree: they are about the same matter.
Where contexts change from visit to visit, as orders do, the kind of context can name the matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from enum import Enum
from functools import cached_property
from typing import NamedTuple, TypeAlias, cast

import attrs

from partnervisits.comparison import MEASURED, Comparison, OnALine, Outcome, deviation
from partnervisits.contexts import PARTNER_KIND, Context
from partnervisits.criteria import AtLeast, AtMost, Criterion, Equals, gap
from partnervisits.errors import InvalidValueError
from partnervisits.fields import count, entries_of, instance_of, iterable, named
from partnervisits.indicators import Direction
from partnervisits.targets import Basis, Statistic, Target, criterion_of
from partnervisits.values import (
    Gap,
    Ordered,
    ValueType,
    difference,
    local_date,
    magnitude,
    quotient,
    rounded,
    total,
)

__all__ = [
    "History",
    "Matter",
    "Per",
    "Trend",
    "a_history",
    "day_of",
    "expected_from",
    "matter_of",
    "of_last_visit",
]

_NEVER = datetime.min.replace(tzinfo=UTC)
_PLACES = 10


class Trend(Enum):
    """How a value stands to the one before it (S 9.4)."""

    FIRST = "first"
    """There is nothing to compare it with."""
    IMPROVING = "improving"
    STEADY = "steady"
    WORSENING = "worsening"


class Per(Enum):
    """What tells one matter from another (S 9.5)."""

    CONTEXT = "context"
    """The record it is about: this product, this agreement."""
    KIND = "kind"
    """The kind of record, for those that change with every visit: orders."""


class Matter(NamedTuple):
    """What comparisons of several visits have in common.

    Attributes:
        partner_id: The partner's id.
        indicator: The indicator's key.
        kind: The kind of its context.
        context_id: The id of its context; None if the kind is all that counts.
    """

    partner_id: str
    indicator: str
    kind: str
    context_id: str | None

    @classmethod
    def of(
        cls, partner_id: str, indicator: str, context: Context, per: Per = Per.CONTEXT
    ) -> Matter:
        """What an indicator is about.

        Args:
            partner_id: The partner's id.
            indicator: The indicator's key.
            context: What it is about.
            per: What tells one matter from another.

        Raises:
            InvalidValueError: `type.wrong`: it is no `Per`.
        """
        is_of_context = instance_of(Per, per) is Per.CONTEXT
        return cls(partner_id, indicator, context.kind, context.id if is_of_context else None)


def matter_of(comparison: Comparison, per: Per = Per.CONTEXT) -> Matter:
    """What a comparison is about.

    Args:
        comparison: Any.
        per: What tells one matter from another.

    Raises:
        InvalidValueError: `type.wrong`.
    """
    kpi = instance_of(Comparison, comparison).kpi
    return Matter.of(comparison.subject.partner_id, kpi.indicator.key, kpi.context, per)


def day_of(comparison: Comparison) -> date:
    """The planned date of the visit, or without one that of the reading at the place.

    Args:
        comparison: Any.

    Returns:
        The first of all days if there is neither.
    """
    subject, reading = comparison.subject, comparison.reading
    if subject.on is not None:
        return subject.on
    return date.min if reading is None else local_date(reading.at, subject.timezone)


_Moment: TypeAlias = tuple[date, datetime, str, str]


def _moment(comparison: Comparison) -> _Moment:
    """Where it stands in time: by the visit's day, then the effective instant."""
    at = _NEVER if comparison.reading is None else comparison.reading.at
    return day_of(comparison), at, comparison.subject.visit_id, comparison.kpi.id


def _comparisons(values: Iterable[Comparison]) -> tuple[Comparison, ...]:
    held = entries_of(Comparison, iterable(values, "comparisons"))
    of_kpi: dict[str, Comparison] = {}
    for each in held:
        if of_kpi.setdefault(each.kpi.id, each) != each:
            message = f"two different comparisons of {each.kpi.id}: pass the one that counts now"
            raise InvalidValueError("history.twice", message)
    return tuple(sorted(of_kpi.values(), key=_moment))


@attrs.frozen(field_transformer=named)
class History:
    """Comparisons of earlier visits, in the order of time.

    Attributes:
        comparisons: Of any visits and partners, in any order; held by the visit's day, then the
            effective instant. The same one twice is held once.

    Raises:
        InvalidValueError: `history.twice`: two different comparisons of one KPI; those of
            sequences.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> held = {"catalog": example.catalog(), "given": example.given()}
        >>> plan = pv.expand(example.template(), example.visit(), **held).accept()
        >>> card = pv.compare(plan, example.readings(plan))
        >>> pv.History(card.comparisons).trend(card["survey", "satisfaction"])
        <Trend.FIRST: 'first'>
    """

    comparisons: tuple[Comparison, ...] = attrs.field(default=(), converter=_comparisons)

    @cached_property
    def _by_matter(self) -> Mapping[Matter, Sequence[Comparison]]:
        grouped: dict[Matter, list[Comparison]] = {}
        for per in Per:
            for each in self.comparisons:
                grouped.setdefault(matter_of(each, per), []).append(each)
        return {matter: tuple(about) for matter, about in grouped.items()}

    def about(self, matter: Matter) -> Sequence[Comparison]:
        """All about one matter, the earliest first.

        Args:
            matter: What they have in common.
        """
        return self._by_matter.get(matter, ())

    def until(self, comparison: Comparison, per: Per = Per.CONTEXT) -> Iterator[Comparison]:
        """A comparison, and those about the same matter before it, the latest first.

        Args:
            comparison: In this history or not.
            per: What tells one matter from another.
        """
        about = self.about(matter_of(comparison, per))
        now = _moment(comparison)
        yield comparison
        for each in reversed(about):
            if each.kpi.id != comparison.kpi.id and _moment(each) < now:
                yield each

    def trend(self, comparison: Comparison, *, tolerance: Gap | int | str = 0) -> Trend | None:
        """How its value stands to the one of the previous visit that has one (S 9.4).

        Where higher or lower is better, the change of the value decides; where closer is better,
        the change of the way to what is expected now; else the change of the outcome.

        Args:
            comparison: In this history or not.
            tolerance: A change of at most so much is STEADY: in the indicator's unit, or a
                `timedelta` for DATETIME. A change of outcome has none.

        Returns:
            FIRST if there is no previous one; None if there is nothing to compare: no value, or no
            verdict where the outcome decides.

        Raises:
            InvalidValueError: `trend.tolerance`: a duration for a number, or the reverse; those of
                `gap`.
        """
        measure = _measure_of(instance_of(Comparison, comparison))
        least = _tolerance(tolerance, comparison, measure)
        now = measure.of(comparison)
        if now is None:
            return None
        earlier = (each for each in self.until(comparison) if _precedes(each, comparison))
        before = next((each for each in map(measure.of, earlier) if each is not None), None)
        if before is None:
            return Trend.FIRST
        change = _change(before, now)
        if magnitude(change) <= least:  # type: ignore[operator]
            return Trend.STEADY
        rises = change == magnitude(change)
        return Trend.IMPROVING if rises is measure.more_is_better else Trend.WORSENING

    def streak(self, comparison: Comparison, *, per: Per = Per.CONTEXT) -> int:
        """In how many visits in a row, up to its own, the matter had its outcome (S 9.4).

        Only another verdict (MET, NEAR, NOT_MET) ends a streak: visits that brought none neither
        extend nor break it.

        Args:
            comparison: In this history or not.
            per: What tells one matter from another.

        Returns:
            1 or more: its own visit counts.
        """
        visits: dict[str, set[Outcome]] = {}
        for each in self.until(comparison, per):
            visits.setdefault(each.subject.visit_id, set()).add(each.outcome)
        streak = 0
        for outcomes in visits.values():
            if comparison.outcome in outcomes:
                streak += 1
            elif not outcomes.isdisjoint(MEASURED):
                break
        return streak


def of_last_visit(comparisons: Iterable[Comparison]) -> Sequence[Comparison]:
    """Those of the visit that the last of them is of.

    Args:
        comparisons: The earliest first; none gives none.
    """
    held = tuple(comparisons)
    return [each for each in held if each.subject.visit_id == held[-1].subject.visit_id]


def a_history(values: History | Iterable[Comparison]) -> History:
    """A history, or comparisons as one.

    Args:
        values: In any order.
    """
    return values if isinstance(values, History) else History(values)


def _precedes(earlier: Comparison, comparison: Comparison) -> bool:
    is_other_visit = earlier.subject.visit_id != comparison.subject.visit_id
    return is_other_visit and _are_alike(earlier, comparison)


def _are_alike(comparison: Comparison, other: Comparison) -> bool:
    """Whether the values of two have the same type and unit."""
    indicator, known = comparison.kpi.indicator, other.kpi.indicator
    return (indicator.value_type, indicator.unit) == (known.value_type, known.unit)


# ---------------------------------------------------------------------------------- trend (S 9.4)

_Figure: TypeAlias = Ordered | timedelta


class _Measure(NamedTuple):
    """What a trend reads of each comparison, None where there is nothing, and which way is up."""

    of: Callable[[Comparison], _Figure | None]
    more_is_better: bool
    is_of_value: bool = True


def _measure_of(comparison: Comparison) -> _Measure:
    target, direction = comparison.kpi.target, comparison.kpi.indicator.direction
    if direction in (Direction.HIGHER_IS_BETTER, Direction.LOWER_IS_BETTER):
        return _Measure(_ordered_value, direction is Direction.HIGHER_IS_BETTER)
    if direction is Direction.CLOSER_IS_BETTER and target is not None:
        criterion = target.criterion
        if isinstance(criterion, OnALine):
            return _Measure(_way_to(criterion), more_is_better=False)
    return _Measure(_rank_of_outcome, more_is_better=True, is_of_value=False)


def _ordered_value(comparison: Comparison) -> Ordered | None:
    return comparison.value  # type: ignore[return-value]


def _way_to(criterion: OnALine) -> Callable[[Comparison], _Figure | None]:
    def way(comparison: Comparison) -> _Figure | None:
        actual = _ordered_value(comparison)
        return None if actual is None else magnitude(deviation(criterion, actual))

    return way


_RANKS = {Outcome.NOT_MET: 0, Outcome.NEAR: 1, Outcome.MET: 2}


def _rank_of_outcome(comparison: Comparison) -> int | None:
    return _RANKS.get(comparison.outcome)


def _change(before: _Figure, now: _Figure) -> Gap:
    if isinstance(now, timedelta):
        return now - cast("timedelta", before)
    return difference(now, cast("Ordered", before))


def _tolerance(tolerance: Gap | int | str, comparison: Comparison, measure: _Measure) -> Gap:
    least = gap(tolerance)
    if not measure.is_of_value:
        return Decimal(0)
    is_time = comparison.kpi.indicator.value_type is ValueType.DATETIME
    if isinstance(least, timedelta) is is_time:
        return least
    if not least:
        return timedelta(0) if is_time else Decimal(0)
    raise InvalidValueError(
        "trend.tolerance", "pass a number for numbers, and a timedelta for times"
    )


# ------------------------------------------------------------------- expected from history (S 9.6)


def expected_from(
    history: History | Iterable[Comparison],
    fallback: Target,
    *,
    statistic: Statistic = Statistic.MEAN,
    last: int = 4,
    minimum: int = 1,
) -> Target:
    """What to expect of a partner from what was found before (S 9.6), for `Given(targets=)`.

    Args:
        history: Earlier comparisons, of any partners and indicators.
        fallback: What to expect without enough of them, and the pattern of the result: its
            indicator; its scope, which names the partner, and the context unless it is the partner
            itself; and whether at least, at most or exactly so much is expected.
        statistic: What is made of the values; `partnervisits.targets.Statistic`.
        last: How many of the latest values count.
        minimum: How many there have to be.

    Returns:
        The fallback with its expected value replaced, rounded to 10 decimal places (a NUMBER to a
        whole one: up for at_least, down for at_most, else half-even). `worst` keeps its distance,
        and `basis` holds the exact figure and the ids of the readings. With fewer than
        `minimum` values the fallback as it is.

    Raises:
        InvalidValueError: `expected.scope`: the fallback names no partner; `expected.criterion`: it
            is no at_least, at_most or equals on a number; `expected.sample`: `minimum` is above
            `last`; `target.bare`, `count.range`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> held = {"catalog": example.catalog(), "given": example.given()}
        >>> plan = pv.expand(example.template(), example.visit(), **held).accept()
        >>> card = pv.compare(plan, example.readings(plan))
        >>> usual = pv.Target("revenue", pv.at_least(250_000), scope=pv.Scope(partner="nordrad"))
        >>> target = pv.expected_from(card.comparisons, usual)
        >>> print(target.expected, "from the", target.basis)
        at least 281,500.5 from the mean of 1 reading
    """
    if count(minimum) > count(last):
        raise InvalidValueError("expected.sample", "pass a minimum of at most last")
    statistic = instance_of(Statistic, statistic)
    if not _is_pattern(instance_of(Target, fallback)):
        raise _no_pattern()
    sample = _sample(a_history(history), fallback)[-last:]
    return fallback if len(sample) < minimum else _computed(fallback, sample, statistic)


def _sample(history: History, pattern: Target) -> Sequence[Comparison]:
    """The comparable ones with a value, the earliest first."""
    scope = pattern.scope
    if scope is None or scope.partner is None:
        raise InvalidValueError(
            "expected.scope", "say whose history: Target(..., scope=Scope(partner=...))"
        )
    context = scope.context or Context(PARTNER_KIND, scope.partner)
    about = history.about(Matter.of(scope.partner, pattern.indicator, context))
    held = [each for each in about if each.value is not None]
    return [each for each in held if _are_alike(each, held[-1])]


def _computed(pattern: Target, sample: Sequence[Comparison], statistic: Statistic) -> Target:
    value_type = sample[-1].kpi.indicator.value_type
    if not value_type.is_number:
        raise _no_pattern()
    criterion = cast("_Pattern", criterion_of(pattern, sample[-1].kpi.indicator))
    operand = cast("Decimal", criterion.operands[0])
    figure = _figure(statistic, [Decimal(cast("Decimal", each.value)) for each in sample])
    expected = _in_stored_form(figure, criterion, value_type)
    step = cast("Decimal", difference(expected, operand))
    moved = tuple(total([cast("Decimal", each), step]) for each in pattern.worst)
    readings = [each.reading.id for each in sample if each.reading]
    return attrs.evolve(
        pattern,
        expected=_with_operand(criterion, expected),
        worst=moved or None,
        basis=Basis(statistic=statistic, figure=figure, readings=readings),
    )


_Pattern: TypeAlias = AtLeast | AtMost | Equals
_ROUNDING: Mapping[type, str] = {
    AtLeast: ROUND_CEILING,
    AtMost: ROUND_FLOOR,
    Equals: ROUND_HALF_EVEN,
}


def _is_pattern(target: Target) -> bool:
    """Whether it expects one number: bare, or as a bound that can be replaced."""
    expected = target.expected
    if type(expected) in _ROUNDING:
        (expected,) = cast("_Pattern", expected).operands
    return isinstance(expected, Decimal)


def _no_pattern() -> InvalidValueError:
    return InvalidValueError(
        "expected.criterion", "pass at_least, at_most or equals of a number as the pattern"
    )


def _in_stored_form(figure: Decimal, criterion: Criterion, value_type: ValueType) -> Decimal:
    if value_type is ValueType.NUMBER:
        return rounded(figure, 0, _ROUNDING[type(criterion)])
    return rounded(figure, _PLACES, ROUND_HALF_EVEN)


def _with_operand(criterion: _Pattern, operand: Decimal) -> Criterion:
    if isinstance(criterion, Equals):
        return attrs.evolve(criterion, value=operand)
    return attrs.evolve(criterion, bound=operand)


def _figure(statistic: Statistic, values: Sequence[Decimal]) -> Decimal:
    """The exact result, but for what a division leaves."""
    if statistic is Statistic.LAST:
        return values[-1]
    if statistic is Statistic.MEDIAN:
        middle = len(values) // 2
        values = sorted(values)[middle - 1 + len(values) % 2 : middle + 1]
    return quotient(total(values), len(values))


def __dir__() -> list[str]:
    return sorted(__all__)
