"""What is expected of an indicator, and which expectation applies (S 2.4 to 2.7).

A `Target` is written once, on a template item, a task definition, a catalog or a `Given`. When a
plan is made, the most specific one that is valid on the day becomes a `ResolvedTarget`: a
criterion, numbers and instants, with nothing left to look up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import Enum
from functools import cached_property
from typing import TypeAlias, cast

import attrs

from partnervisits.calendars import Offset
from partnervisits.contexts import Context
from partnervisits.criteria import (
    AtLeast,
    AtMost,
    Between,
    Bound,
    Criterion,
    DayEnd,
    Equals,
    Operand,
    Outside,
    gap,
    in_instants,
    is_criterion,
    is_day,
    is_temporal,
    misfits,
    to_bound,
    to_operand,
)
from partnervisits.errors import InvalidValueError
from partnervisits.fields import instance_of, library_id, named, optional_id, slug, tuple_of
from partnervisits.findings import Finding
from partnervisits.indicators import Direction, Indicator
from partnervisits.values import (
    DateRange,
    Gap,
    day,
    decimal,
    magnitude,
    rounded,
    share,
    show,
    steady_repr,
    typed,
)

__all__ = [
    "Basis",
    "Candidate",
    "Near",
    "ResolvedTarget",
    "Scope",
    "Statistic",
    "Target",
    "TargetSource",
    "Within",
    "WithinPercent",
    "criterion_of",
    "most_specific",
    "resolve",
    "target_misfits",
    "unscoped_targets",
    "within",
    "within_percent",
]

# ---------------------------------------------------------------------------------- near (S 2.5)


@attrs.frozen(field_transformer=named)
class Within:
    """Near the bound by at most an amount.

    Attributes:
        amount: In the indicator's unit (points of a PERCENTAGE), or a duration for DATETIME.
    """

    amount: Gap = attrs.field(converter=gap)


def _percent(value: Decimal | int | str) -> Decimal:
    return cast("Decimal", gap(decimal(value)))


@attrs.frozen(field_transformer=named)
class WithinPercent:
    """Near the bound by at most a share of it.

    Attributes:
        percent: Of the bound's magnitude.
    """

    percent: Decimal = attrs.field(converter=_percent)


Near: TypeAlias = Within | WithinPercent


def within(amount: Gap | int | str) -> Within:
    """Near by at most an amount, on the side that fails.

    Args:
        amount: In the indicator's unit (points of a PERCENTAGE), or a `timedelta` for DATETIME.

    Example:
        >>> import partnervisits as pv
        >>> pv.Target("satisfaction", pv.at_least(85), near=pv.within("2.5")).near
        Within(amount=Decimal('2.5'))
    """
    return Within(amount)


def within_percent(percent: Decimal | int | str) -> WithinPercent:
    """Near by at most a share of the bound, on the side that fails.

    Args:
        percent: Of the bound's magnitude; for at_least, at_most and equals on numbers.

    Example:
        >>> import partnervisits as pv
        >>> pv.Target("revenue", pv.at_least(250_000), near=pv.within_percent(10)).near
        WithinPercent(percent=Decimal('10'))
    """
    return WithinPercent(percent)


# --------------------------------------------------------------------------------- basis (S 9.6)


class Statistic(Enum):
    """What is made of several earlier values (S 9.6)."""

    LAST = "last"
    MEAN = "mean"
    MEDIAN = "median"
    """The middle one; of an even number the mean of the middle two."""


def _statistic(value: Statistic) -> Statistic:
    return instance_of(Statistic, value)


def _figure(value: Decimal) -> Decimal:
    if not instance_of(Decimal, value).is_finite():
        raise InvalidValueError("decimal.range", "NaN and infinities are no numbers")
    return value


def _readings(values: Iterable[str]) -> tuple[str, ...]:
    held = tuple(library_id(each) for each in tuple_of(str, values))
    if not held:
        raise InvalidValueError("basis.readings", "name the readings that the figure comes from")
    return held


@attrs.frozen(field_transformer=named, kw_only=True)
class Basis:
    """What an expected value was computed from (S 9.6).

    Attributes:
        statistic: What was made of the earlier values.
        figure: The exact result, before it was rounded to what the indicator takes.
        readings: The ids of the readings, the earliest first; at least one.

    Raises:
        InvalidValueError: `basis.readings`, `decimal.range`, and those of ids.
    """

    statistic: Statistic = attrs.field(converter=_statistic)
    figure: Decimal = attrs.field(converter=_figure)
    readings: tuple[str, ...] = attrs.field(converter=_readings)

    def __str__(self) -> str:
        if self.statistic is Statistic.LAST:
            return "the last reading"
        sample = len(self.readings)
        return f"{self.statistic.value} of {sample} reading{'s' if sample > 1 else ''}"


# ------------------------------------------------------------------------------- targets (S 2.4)


class TargetSource(Enum):
    """Where a target was written; the more specific comes first (S 2.6)."""

    GIVEN = "given"
    """At planning time, for a scope."""
    ITEM = "template item"
    TASK = "task definition"
    INDICATOR = "indicator"
    FOLLOW_UP = "follow-up"
    """On an added item that serves something: it holds where nothing else is expected."""


def _optional_context(value: Context | None) -> Context | None:
    return None if value is None else instance_of(Context, value)


@attrs.frozen(field_transformer=named, kw_only=True)
class Scope:
    """For whom a target given at planning time holds: for what all its facets name (S 2.6).

    Attributes:
        visit: The visit's id.
        partner: The partner's id.
        segment: The partner's segment.
        context: The record that the KPI is about.

    Raises:
        InvalidValueError: `scope.empty`, and those of ids.

    Example:
        >>> import partnervisits as pv
        >>> scope = pv.Scope(partner="acme", context=pv.Context("product", "X-100"))
        >>> print(scope)
        partner acme, product X-100
    """

    visit: str | None = attrs.field(default=None, converter=optional_id)
    partner: str | None = attrs.field(default=None, converter=optional_id)
    segment: str | None = attrs.field(default=None, converter=optional_id)
    context: Context | None = attrs.field(default=None, converter=_optional_context)

    def __attrs_post_init__(self) -> None:
        if not any(self.facets):
            raise InvalidValueError(
                "scope.empty", "name a visit, a partner, a segment or a context", "Scope"
            )

    @property
    def facets(self) -> tuple[bool, bool, bool, bool]:
        """Which facets it names, the most specific first: visit, partner, segment, context."""
        named_here = (self.visit, self.partner, self.segment, self.context)
        visit, partner, segment, context = (each is not None for each in named_here)
        return visit, partner, segment, context

    def __str__(self) -> str:
        words = (("visit", self.visit), ("partner", self.partner), ("segment", self.segment))
        written = [f"{word} {which}" for word, which in words if which is not None]
        return ", ".join([*written, *([str(self.context)] if self.context else [])])


def _expected(
    value: Criterion | Operand | int | date | Offset,
) -> Criterion | Operand | date | Offset:
    if is_criterion(value) or isinstance(value, Offset):
        return value
    return day(value) if type(value) is date else to_operand(cast("Operand", value))


def _near(value: Near | None) -> Near | None:
    kinds: tuple[type[Near], ...] = (Within, WithinPercent)
    return None if value is None else instance_of(kinds, value)


_RawBound: TypeAlias = Bound | int | str


def _worst(
    value: _RawBound | tuple[_RawBound, ...] | list[_RawBound] | None,
) -> tuple[Bound, ...]:
    if value is None:
        return ()
    if isinstance(value, tuple | list):
        return tuple(to_bound(each) for each in value)
    return (to_bound(value),)


def _weight(value: Decimal | int | str) -> Decimal:
    held = decimal(value)
    if held <= 0:
        raise InvalidValueError("target.weight", "pass a weight above zero")
    return held


def _valid(value: DateRange | tuple[date | None, date | None] | None) -> DateRange | None:
    if isinstance(value, tuple) and len(value) == 2:  # noqa: PLR2004 -- the first and the last day
        return DateRange(*value)
    return None if value is None else instance_of(DateRange, value)


def _scope(value: Scope | None) -> Scope | None:
    return None if value is None else instance_of(Scope, value)


def _basis(value: Basis | None) -> Basis | None:
    return None if value is None else instance_of(Basis, value)


@attrs.frozen(field_transformer=named)
class Target:
    """The expected value of an indicator.

    Attributes:
        indicator: The indicator's key.
        expected: A criterion; or a bare value, which means at_least where higher is better, at_most
            where lower is, and equals for types that have no order (S 2.4).
        near: How far beyond the bound still counts as near.
        worst: Where the score reaches 0: one bound for at_least and at_most, a pair for between and
            equals, strictly on the side that fails. Held as a tuple; empty for none.
        weight: In means; above 0.
        valid: On which days of the visit it holds: a `DateRange`, or its first and last day; always
            if None.
        scope: For whom it holds, in `Given(targets=)` only.
        basis: What the expected value was computed from; None if it was written by hand.

    Raises:
        InvalidValueError: `target.near`, `target.worst`, `target.weight`, and those of the values.

    Example:
        >>> import partnervisits as pv
        >>> target = pv.Target("satisfaction", pv.at_least(85), near=pv.within(5), worst=50)
        >>> print(target.expected)
        at least 85
    """

    indicator: str = attrs.field(converter=slug)
    expected: Criterion | Operand | date | Offset = attrs.field(
        converter=_expected, eq=typed, repr=steady_repr
    )
    near: Near | None = attrs.field(default=None, kw_only=True, converter=_near)
    worst: tuple[Bound, ...] = attrs.field(default=None, kw_only=True, converter=_worst)
    weight: Decimal = attrs.field(default=Decimal(1), kw_only=True, converter=_weight)
    valid: DateRange | None = attrs.field(default=None, kw_only=True, converter=_valid)
    scope: Scope | None = attrs.field(default=None, kw_only=True, converter=_scope)
    basis: Basis | None = attrs.field(default=None, kw_only=True, converter=_basis)

    def __attrs_post_init__(self) -> None:
        if is_criterion(self.expected):
            for refused in _judging_misfits(self.expected, self.near, self.worst):
                raise refused

    def __str__(self) -> str:
        expected = self.expected
        if is_criterion(expected) or isinstance(expected, Offset):
            return str(expected)
        return show(expected)  # type: ignore[arg-type]

    @cached_property
    def is_dated(self) -> bool:
        """Whether what it comes to depends on when the visit is."""
        expected = self.expected
        operands: tuple[object, ...] = expected.operands if is_criterion(expected) else (expected,)
        return self.valid is not None or any(is_day(each) for each in (*operands, *self.worst))

    def overlaps(self, other: Target) -> bool:
        """Whether there is a day on which both are valid.

        Args:
            other: Another target.
        """
        return (self.valid or _ALWAYS).overlaps(other.valid or _ALWAYS)


_ALWAYS = DateRange()


def unscoped_targets(values: Iterable[Target]) -> tuple[Target, ...]:
    """Targets of a definition, in the order given; none with a scope.

    Args:
        values: Any iterable with an order of its own.

    Raises:
        InvalidValueError: `target.scope`, `sequence.type`, `sequence.entry`.
    """
    held = tuple_of(Target, values)
    if any(target.scope is not None for target in held):
        raise InvalidValueError(
            "target.scope", "a target with a scope belongs into Given(targets=)"
        )
    return held


def criterion_of(target: Target, indicator: Indicator) -> Criterion:
    """The criterion a target means for its indicator (S 2.4).

    Args:
        target: With a criterion or a bare value.
        indicator: The one it names.

    Raises:
        InvalidValueError: `target.bare` on an ordered indicator without a better side.
    """
    expected = target.expected
    if is_criterion(expected):
        return expected
    if not indicator.value_type.is_ordered:
        return Equals(expected)  # type: ignore[arg-type]
    if indicator.direction is Direction.HIGHER_IS_BETTER:
        return AtLeast(expected)  # type: ignore[arg-type]
    if indicator.direction is Direction.LOWER_IS_BETTER:
        return AtMost(expected)  # type: ignore[arg-type]
    raise InvalidValueError(
        "target.bare",
        f"the indicator is {indicator.direction.value}: choose at_least, at_most, between, "
        "or equals with a tolerance",
    )


def target_misfits(target: Target, indicator: Indicator) -> tuple[Finding, ...]:
    """Why a target does not fit its indicator: nothing if it does.

    Args:
        target: Any.
        indicator: The one it names.

    Returns:
        Findings without a path: `target.bare`, `target.near`, `target.worst`, and those of
            `misfits`.
    """
    try:
        criterion = criterion_of(target, indicator)
    except InvalidValueError as refused:
        return (refused.finding(),)
    found = misfits(criterion, indicator.value_type, indicator.choice_keys)
    return found or tuple(
        refused.finding() for refused in _judging_misfits(criterion, target.near, target.worst)
    )


# ------------------------------------------------------------------------ near and worst (S 2.5)


def _judging_misfits(
    criterion: Criterion, near: Near | None, worst: tuple[Bound, ...]
) -> Iterable[InvalidValueError]:
    if near is not None and not _near_fits(criterion, near):
        yield InvalidValueError("target.near", _NEAR_HELP, "Target", "near")
    if worst and not _worst_fits(criterion, worst):
        yield InvalidValueError("target.worst", _WORST_HELP, "Target", "worst")


_NEAR_HELP = (
    "near needs an ordered criterion: within(number) for numbers, within(timedelta) for times, "
    "within_percent only for at_least, at_most and equals on numbers"
)
_WORST_HELP = (
    "worst lies strictly on the side that fails: one value below at_least or above at_most, a pair "
    "around between and equals"
)


def _near_fits(criterion: Criterion, near: Near) -> bool:
    if isinstance(near, Within):
        return _width_fits(criterion, near.amount)
    return isinstance(criterion, AtLeast | AtMost | Equals) and _are_numbers(criterion)


def _width_fits(criterion: Criterion, width: Gap) -> bool:
    if not isinstance(criterion, AtLeast | AtMost | Between | Outside | Equals):
        return False
    if isinstance(width, Decimal):
        return _are_numbers(criterion)
    return all(isinstance(each, datetime | date | Offset) for each in criterion.operands)


def _are_numbers(criterion: Criterion) -> bool:
    return all(isinstance(each, Decimal) for each in criterion.operands)


def _worst_fits(criterion: Criterion, worst: tuple[Bound, ...]) -> bool:
    match criterion:
        case AtLeast():
            return len(worst) == 1 and _may_be_below(worst[0], criterion.bound)
        case AtMost():
            return len(worst) == 1 and _may_be_below(criterion.bound, worst[0])
        case Between() | Equals():
            return (
                isinstance(criterion.operands[0], Decimal | datetime | date | Offset)
                and len(worst) == 2  # noqa: PLR2004 -- a pair is two
                and _may_be_below(worst[0], criterion.low)
                and _may_be_below(criterion.high, worst[1])
            )
        case _:
            return False


def _may_be_below(low: Bound, high: Bound) -> bool:
    if isinstance(low, Decimal) or isinstance(high, Decimal):
        return isinstance(low, Decimal) and isinstance(high, Decimal) and low < high
    if type(low) is type(high) and not isinstance(low, Offset):
        return low < high  # type: ignore[operator]
    return True


# --------------------------------------------------------------------- resolution (S 2.3, S 2.6)


def _settled(value: Criterion) -> Criterion:
    if not is_criterion(value) or is_temporal(value):
        raise InvalidValueError("target.unresolved", "pass a criterion of numbers, instants, texts")
    return value


def _width(value: Gap | None) -> Gap | None:
    if value is None:
        return None
    kinds: tuple[type[Gap], ...] = (Decimal, timedelta)
    held = instance_of(kinds, value)
    if (isinstance(held, Decimal) and not held.is_finite()) or held != magnitude(held):
        raise InvalidValueError("gap.negative", "pass a width of zero or more")
    return held


def _ends(values: Iterable[Decimal | datetime]) -> tuple[Decimal | datetime, ...]:
    held = tuple(to_bound(each) for each in tuple_of((Decimal, datetime), values))
    return cast("tuple[Decimal | datetime, ...]", held)


def _source(value: TargetSource) -> TargetSource:
    return instance_of(TargetSource, value)


def _target(value: Target) -> Target:
    return instance_of(Target, value)


@attrs.frozen(field_transformer=named)
class Candidate:
    """A target that holds for a KPI, and where it was written.

    Attributes:
        source: Where it was written.
        target: As it was written, its scope included.
    """

    source: TargetSource = attrs.field(converter=_source)
    target: Target = attrs.field(converter=_target)

    @cached_property
    def rank(self) -> tuple[int, ...]:
        """What it is sorted by: the most specific is the lowest (S 2.6)."""
        scope = self.target.scope
        if scope is None:
            return (_RANKS[self.source],)
        # A visit has one partner: to name both is no narrower, and a context goes before it.
        _, partner, segment, context = scope.facets
        first = scope.facets.index(True)
        return (_RANKS[self.source], first, -context, -partner, -segment)

    @property
    def origin(self) -> str:
        """Where it was written, in words: its scope, or its source; and what it comes from."""
        return _origin(self.target.scope, self.source, self.target.basis)

    def __str__(self) -> str:
        return f"{self.target} ({self.origin})"


_RANKS = {source: rank for rank, source in enumerate(TargetSource)}


def _origin(scope: Scope | None, source: TargetSource, basis: Basis | None) -> str:
    written = str(scope or source.value)
    return written if basis is None else f"{written}, {basis}"


def _candidates(values: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple_of(Candidate, values)


@attrs.frozen(field_transformer=named)
class ResolvedTarget:
    """A target with everything looked up: what a KPI is judged by.

    Attributes:
        criterion: With numbers, instants, texts and keys only.
        near: How far beyond the edge counts as near, in the unit or a duration; None for not at
            all.
        worst: Where the score reaches 0; empty for none.
        weight: In means.
        source: Where the target was written.
        scope: For whom it was given; None for one that was written in a definition.
        shadowed: The less specific targets that would hold without it, the most specific first.
        basis: What it was computed from; None if it was written by hand.
    """

    criterion: Criterion = attrs.field(converter=_settled)
    near: Gap | None = attrs.field(default=None, converter=_width)
    worst: tuple[Decimal | datetime, ...] = attrs.field(default=(), converter=_ends)
    weight: Decimal = attrs.field(default=Decimal(1), converter=_weight)
    source: TargetSource = attrs.field(default=TargetSource.ITEM, converter=_source)
    scope: Scope | None = attrs.field(default=None, converter=_scope)
    shadowed: tuple[Candidate, ...] = attrs.field(default=(), converter=_candidates)
    basis: Basis | None = attrs.field(default=None, converter=_basis)

    def __attrs_post_init__(self) -> None:
        if self.near is not None and not _width_fits(self.criterion, self.near):
            raise InvalidValueError("target.near", _NEAR_HELP, "ResolvedTarget", "near")
        if self.worst and not _worst_fits(self.criterion, self.worst):
            raise InvalidValueError("target.worst", _WORST_HELP, "ResolvedTarget", "worst")
        if (self.scope is not None) != (self.source is TargetSource.GIVEN):
            message = "a target that was given has a scope, and no other has one"
            raise InvalidValueError("target.scope", message, "ResolvedTarget", "scope")

    @property
    def origin(self) -> str:
        """Where it was written, in words: its scope, or its source; and what it comes from."""
        return _origin(self.scope, self.source, self.basis)

    def as_target(self, indicator: str) -> Target:
        """The same expectation as it would be written, for whoever plans it again.

        Args:
            indicator: The key of the indicator that it was resolved for.

        Returns:
            A `near` in percent becomes an amount of at most ten decimal places.
        """
        near = self.near
        if isinstance(near, Decimal):
            near = min(rounded(near, 10, ROUND_HALF_EVEN), _WIDEST)
        return Target(
            indicator,
            self.criterion,
            near=None if near is None else Within(near),
            worst=self.worst or None,
            weight=self.weight,
            basis=self.basis,
        )

    def __str__(self) -> str:
        return str(self.criterion)


_WIDEST = Decimal(10**18 - 1)


def most_specific(
    candidates: Iterable[Candidate], on: date | None
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """The targets that apply, and those they shadow (S 2.6).

    Args:
        candidates: Targets of one indicator that hold for a KPI.
        on: The visit's planned date; without one, a target with valid days does not apply.

    Returns:
        None, one, or several that tie; and the rest that is valid on the day, the most specific
        first.
    """
    valid = [each for each in candidates if _is_valid(each.target, on)]
    if len(valid) > 1:
        valid.sort(key=_rank)
        if len({each.rank for each in valid}) < len(valid):
            # The same whatever the order in which equally specific ones are given.
            valid.sort(key=lambda each: (each.rank, repr(each.target)))
    ties = [each for each in valid if each.rank == valid[0].rank]
    return tuple(ties), tuple(valid[len(ties) :])


def _rank(candidate: Candidate) -> tuple[int, ...]:
    return candidate.rank


def resolve(
    candidate: Candidate,
    indicator: Indicator,
    to_instant: Callable[[Bound, DayEnd], Bound],
    shadowed: tuple[Candidate, ...] = (),
) -> ResolvedTarget:
    """A target ready to judge by.

    Args:
        candidate: One whose target fits (`target_misfits` finds nothing), and where it was written.
        indicator: The one it names.
        to_instant: Turns a day or an offset into the instant it means; leaves the rest as it is.
        shadowed: Those it is more specific than.

    Raises:
        InvalidValueError: `criterion.order`, `target.worst`, once instants show what dates did not.
    """
    target = candidate.target
    criterion = criterion_of(target, indicator)
    worst = target.worst
    if isinstance(criterion, AtLeast | AtMost | Between | Outside):
        ends = criterion.ends
        if is_temporal(criterion):
            criterion = in_instants(criterion, to_instant)
    else:
        ends = (DayEnd.FIRST, DayEnd.LAST)
    worst = tuple(to_bound(to_instant(each, end)) for each, end in zip(worst, ends, strict=False))
    near = _near_amount(target.near, criterion)
    return ResolvedTarget(
        criterion,
        near,
        worst,  # type: ignore[arg-type]
        target.weight,
        candidate.source,
        target.scope,
        shadowed,
        target.basis,
    )


def _near_amount(near: Near | None, criterion: Criterion) -> Gap | None:
    if isinstance(near, WithinPercent):
        (operand,) = criterion.operands
        return share(operand.copy_abs(), near.percent)  # type: ignore[union-attr]
    return None if near is None else near.amount


def _is_valid(target: Target, on: date | None) -> bool:
    return target.valid is None or (on is not None and on in target.valid)


def __dir__() -> list[str]:
    return sorted(__all__)
