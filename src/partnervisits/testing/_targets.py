"""What is expected, as it is written and as a KPI carries it (S 2.3 to S 2.6)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Context as DecimalContext
from decimal import Decimal
from typing import cast

from hypothesis import strategies as st

from partnervisits.calendars import Offset
from partnervisits.criteria import (
    AtLeast,
    AtMost,
    Between,
    Bound,
    Criterion,
    Equals,
    Operand,
    Outside,
)
from partnervisits.indicators import Direction, Indicator
from partnervisits.targets import (
    Basis,
    Candidate,
    Near,
    ResolvedTarget,
    Scope,
    Statistic,
    Target,
    TargetSource,
    Within,
    WithinPercent,
)
from partnervisits.testing._calendars import visit_offsets
from partnervisits.testing._contexts import contexts
from partnervisits.testing._indicators import (
    SettledBound,
    criteria_for,
    settled_criteria,
)
from partnervisits.testing._values import (
    FIRST_DAY,
    FIRST_INSTANT,
    LAST_DAY,
    LAST_INSTANT,
    any_of,
    choice_keys,
    date_ranges,
    dates,
    decimals,
    durations,
    host_ids,
    instants,
    library_ids,
    slugs,
    widths,
)
from partnervisits.values import Gap, ValueType, quotient, share

_EXACT = DecimalContext(prec=100)
_LARGEST = Decimal("999999999999999999.9999999999")

# --------------------------------------------------------------------------- criteria as written


def criteria() -> st.SearchStrategy[Criterion]:
    """Criteria of every kind, days and offsets from the visit among the operands of time."""
    return _CRITERIA


@st.composite
def _dated_criteria(draw: st.DrawFn) -> Criterion:
    low, high = draw(_TIMES), draw(_TIMES)
    if type(low) is type(high) and not isinstance(low, Offset):
        low, high = (low, high) if low <= high else (high, low)  # type: ignore[operator]
    kinds: list[Criterion] = [AtLeast(low), AtMost(low), Between(low, high)]
    if low != high:  # a day has no gap to lie outside of
        kinds.append(Outside(low, high))
    return draw(st.sampled_from(kinds))


_UNLIKE = [each for each in ValueType if each not in {ValueType.PERCENTAGE, ValueType.CHOICE}]
"""One value type for each kind of operands: the others take what DECIMAL and TEXT take."""
_TIMES: st.SearchStrategy[Bound] = any_of(instants(), dates(), visit_offsets())
_SETTLED = any_of(*(settled_criteria(each, choice_keys()) for each in _UNLIKE))
_CRITERIA = any_of(_SETTLED, _SETTLED, _dated_criteria())

# ------------------------------------------------------------------------- near and worst (S 2.5)

_SPANS = durations().map(Within)
_AMOUNTS = widths().map(Within)
_ANY_WIDTH: st.SearchStrategy[Near | None] = st.none() | _AMOUNTS | widths().map(WithinPercent)
_AN_AMOUNT: st.SearchStrategy[Near | None] = st.none() | _AMOUNTS
_A_SPAN: st.SearchStrategy[Near | None] = st.none() | _SPANS


def _near(criterion: Criterion) -> st.SearchStrategy[Near | None]:
    if isinstance(criterion, AtLeast | AtMost | Between | Outside | Equals):
        if all(isinstance(each, datetime | date | Offset) for each in criterion.operands):
            return _A_SPAN
        if all(isinstance(each, Decimal) for each in criterion.operands):
            return _AN_AMOUNT if isinstance(criterion, Between | Outside) else _ANY_WIDTH
    return st.none()


@st.composite
def _worst(draw: st.DrawFn, criterion: Criterion) -> tuple[Bound, ...]:
    if not draw(st.booleans()):
        return ()
    match criterion:
        case AtLeast(bound):
            ends = [draw(_beyond(bound, -1))]
        case AtMost(bound):
            ends = [draw(_beyond(bound, 1))]
        case Between(low, high):
            ends = [draw(_beyond(low, -1)), draw(_beyond(high, 1))]
        case Equals(Decimal() | datetime()):
            ends = [draw(_beyond(criterion.low, -1)), draw(_beyond(criterion.high, 1))]
        case _:
            ends = []
    held = tuple(each for each in ends if each is not None)
    return held if len(held) == len(ends) else ()


@st.composite
def _beyond(draw: st.DrawFn, bound: Bound, side: int) -> Bound | None:
    """Strictly beyond a bound; None where that would leave the range."""
    match bound:
        case datetime():
            moment = bound + side * draw(_A_WHILE)
            return moment if FIRST_INSTANT <= moment <= LAST_INSTANT else None
        case date():
            day = bound + side * draw(_SOME_DAYS)
            return day if FIRST_DAY <= day <= LAST_DAY else None
        case Offset():
            return draw(_TIMES)
        case _:
            number = _EXACT.fma(side, draw(_ABOVE_ZERO), bound)
            return number if abs(number) <= _LARGEST else None


_ABOVE_ZERO = widths().filter(bool)
_A_WHILE = durations().filter(bool)
_SOME_DAYS = st.integers(1, 36_600).map(lambda days: timedelta(days=days))

# ------------------------------------------------------------------------------------- targets


def targets_for(indicator: Indicator) -> st.SearchStrategy[Target]:
    """Targets that fit an indicator and need no visit to be judged by, some of them bare values.

    Args:
        indicator: The one they are about.
    """
    return _targets_for(indicator)


@st.composite
def _targets_for(draw: st.DrawFn, indicator: Indicator) -> Target:
    criterion = draw(criteria_for(indicator))
    return Target(
        indicator.key,
        draw(st.sampled_from([criterion, *_bare(criterion, indicator)])),
        near=draw(_near(criterion)),
        worst=draw(_worst(criterion)),
        weight=draw(_ABOVE_ZERO),
    )


def _bare(criterion: Criterion, indicator: Indicator) -> list[Bound | Operand]:
    """What means the same by itself (S 2.4)."""
    match criterion:
        case AtLeast(bound) if indicator.direction is Direction.HIGHER_IS_BETTER:
            return [bound]
        case AtMost(bound) if indicator.direction is Direction.LOWER_IS_BETTER:
            return [bound]
        case Equals(value) if not indicator.value_type.is_ordered:
            return [value]
        case _:
            return []


def targets() -> st.SearchStrategy[Target]:
    """Targets as definitions hold them: with any expectation, days and offsets included."""
    return _TARGETS


def scoped_targets() -> st.SearchStrategy[Target]:
    """Targets as `Given(targets=)` holds them: each says for whom it holds."""
    return _SCOPED_TARGETS


@st.composite
def _targets(
    draw: st.DrawFn, keys: st.SearchStrategy[str], scopes: st.SearchStrategy[Scope | None]
) -> Target:
    criterion = draw(_CRITERIA)
    return Target(
        draw(keys),
        draw(st.sampled_from([criterion, *_maybe_bare(criterion)])),
        near=draw(_near(criterion)),
        worst=draw(_worst(criterion)),
        weight=draw(_ABOVE_ZERO),
        valid=draw(_VALID),
        scope=draw(scopes),
        basis=draw(_BASES),
    )


def _maybe_bare(criterion: Criterion) -> list[Bound | Operand]:
    """What means the same by itself for some indicator."""
    match criterion:
        case AtLeast(bound) | AtMost(bound):
            return [bound]
        case Equals(bool() | str() | frozenset() as value):
            return [value]
        case _:
            return []


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    """For whom a target or a rule holds: any of visit, partner, segment and context."""
    facets = draw(_FACETS)
    return Scope(
        visit=draw(host_ids()) if "visit" in facets else None,
        partner=draw(host_ids()) if "partner" in facets else None,
        segment=draw(host_ids()) if "segment" in facets else None,
        context=draw(contexts()) if "context" in facets else None,
    )


def bases() -> st.SearchStrategy[Basis]:
    """What expected values were computed from; figures of up to 28 digits."""
    return _ALL_BASES


_FACETS = st.frozensets(
    st.sampled_from(("visit", "partner", "segment", "context")), min_size=1, max_size=2
)
_FIGURES = decimals() | st.builds(quotient, decimals(), st.integers(1, 9))
_ALL_BASES = st.builds(
    Basis,
    statistic=st.sampled_from(Statistic),
    figure=_FIGURES,
    readings=st.lists(library_ids(), min_size=1, max_size=2),
)
_BASES = st.none() | _ALL_BASES
_VALID = st.none() | date_ranges()
_TARGETS = _targets(slugs(), st.none())
_SCOPED_TARGETS = _targets(slugs(), scopes())

# ------------------------------------------------------------------------------ as a KPI carries it


def resolved_targets(indicator: Indicator | None = None) -> st.SearchStrategy[ResolvedTarget]:
    """Targets with everything looked up, and those they shadow.

    Args:
        indicator: The one they fit; any if None.
    """
    if indicator is None:
        return _RESOLVED
    return _resolved_targets(criteria_for(indicator), st.just(indicator.key))


@st.composite
def _resolved_targets(
    draw: st.DrawFn, criteria: st.SearchStrategy[Criterion], keys: st.SearchStrategy[str]
) -> ResolvedTarget:
    criterion = draw(criteria)
    near = draw(_near(criterion))
    scope = draw(_SCOPES)
    return ResolvedTarget(
        criterion,
        draw(_widths_of(near)),
        cast("tuple[SettledBound, ...]", draw(_worst(criterion))),
        draw(_ABOVE_ZERO),
        draw(_SOURCES) if scope is None else TargetSource.GIVEN,
        scope,
        draw(st.lists(_candidates(keys), max_size=2)),
        draw(_BASES),
    )


def _widths_of(near: Near | None) -> st.SearchStrategy[Gap | None]:
    if isinstance(near, WithinPercent):
        return _SHARES
    return st.just(None if near is None else near.amount)


@st.composite
def _candidates(draw: st.DrawFn, keys: st.SearchStrategy[str]) -> Candidate:
    scope = draw(_SCOPES)
    source = draw(_SOURCES) if scope is None else TargetSource.GIVEN
    return Candidate(source, draw(_targets(keys, st.just(scope))))


_SCOPES = st.none() | scopes()
_SOURCES = st.sampled_from([each for each in TargetSource if each is not TargetSource.GIVEN])
_SHARES = st.builds(share, widths(), widths())
_RESOLVED = _resolved_targets(_SETTLED, slugs())
