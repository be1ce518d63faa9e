"""What is valid within the bounds of S 1.3, as Hypothesis strategies shared by all laws.

Values come in their stored form. Numbers and instants are often near one another, so that a value
that lies exactly on a bound is common. Operands on the line of time are instants: what days and
offsets become is the business of the laws of expansion.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Context as DecimalContext
from decimal import Decimal
from string import ascii_letters, digits
from typing import TypeAlias

from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.criteria import AtLeast, AtMost, Between, Criterion, Equals, Operand, Outside
from partnervisits.indicators import Aggregation, Choice
from partnervisits.targets import Near
from partnervisits.values import Gap, Value, ValueType, decimal

Bound: TypeAlias = Decimal | datetime

_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_EXACT = DecimalContext(prec=100)
_LARGEST = Decimal("999999999999999999.9999999999")
_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
_LAST = datetime(2200, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
_NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)

# ----------------------------------------------------------------------------------------- text


def _characters(extra: str = "") -> st.SearchStrategy[str]:
    usual = st.sampled_from(ascii_letters + digits + " /%.-_" + extra)
    rare = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=_BIDI)
    return usual | rare


def lines(longest: int = 20) -> st.SearchStrategy[str]:
    """Non-empty text on one line, without blank ends."""
    held = st.text(_characters(), min_size=1, max_size=longest)
    return held.filter(lambda line: not (line[0].isspace() or line[-1].isspace()))


def host_ids() -> st.SearchStrategy[str]:
    """Opaque ids of a host, `/` and `%` among their characters."""
    return lines()


def choice_keys() -> st.SearchStrategy[str]:
    """Choice keys and context kinds."""
    return st.sampled_from(["4+", "1-3", "AW", "none of these"]) | lines(8)


def texts(shortest: int = 0) -> st.SearchStrategy[str]:
    """Notes and the like: any length from `shortest`, line ends and tabs among the characters."""
    return st.text(_characters("\n\t"), min_size=shortest, max_size=30)


def slugs() -> st.SearchStrategy[str]:
    """Keys of definitions."""
    plain = ascii_letters + digits
    return st.builds(str.__add__, st.sampled_from(plain), st.text(plain + "._-", max_size=7))


# -------------------------------------------------------------------------------- numbers and time


def _scaled(places: int) -> st.SearchStrategy[Decimal]:
    most = 10 ** (18 + places) - 1
    return st.integers(-most, most).map(lambda number: decimal(Decimal(f"{number}e-{places}")))


def decimals() -> st.SearchStrategy[Decimal]:
    """Any decimal within bounds; often a small whole one."""
    return st.integers(-20, 20).map(Decimal) | st.integers(0, 10).flatmap(_scaled)


def integers() -> st.SearchStrategy[int]:
    """Any whole number within bounds; often a small one."""
    return st.integers(-20, 20) | st.integers(-(10**18) + 1, 10**18 - 1)


def widths() -> st.SearchStrategy[Decimal]:
    """Decimals from zero up."""
    return decimals().map(Decimal.copy_abs)


def instants() -> st.SearchStrategy[datetime]:
    """Any instant within bounds, in UTC; often one on the hour of one week."""
    near = st.integers(-84, 84).map(lambda hours: _NOON + timedelta(hours=hours))
    return near | st.datetimes(
        _FIRST.replace(tzinfo=None), _LAST.replace(tzinfo=None), timezones=st.just(UTC)
    )


def dates() -> st.SearchStrategy[date]:
    """Any day within bounds; often one of the first quarter of 2026."""
    near = st.dates(date(2026, 1, 1), date(2026, 3, 31))
    return near | st.dates(_FIRST.date(), _LAST.date())


def durations() -> st.SearchStrategy[timedelta]:
    """Lengths of time from zero up; often of a few hours."""
    hours = st.integers(0, 48).map(lambda count: timedelta(hours=count))
    return hours | st.timedeltas(timedelta(0), timedelta(days=36_600))


@st.composite
def periods(draw: st.DrawFn) -> pv.Period:
    """Periods, some with an open end."""
    first, last = sorted([draw(instants()), draw(instants())])
    return pv.Period(first, draw(st.sampled_from([None, last])))


# ----------------------------------------------------------------------------- contexts and facts


def contexts() -> st.SearchStrategy[pv.Context]:
    """What a task is about."""
    kinds = st.sampled_from(["product", "agreement"]) | choice_keys()
    return st.builds(pv.Context, kinds, host_ids())


def facts_values() -> st.SearchStrategy[Value | date]:
    """Any value that a fact may have."""
    keys = st.frozensets(choice_keys(), max_size=3)
    return st.one_of(
        st.booleans(), integers(), decimals(), instants(), dates(), texts(shortest=1), keys
    )


def facts() -> st.SearchStrategy[pv.Facts]:
    """Facts of a visit, its partner and some contexts."""
    named = st.dictionaries(lines(8).filter(lambda name: name != "segment"), facts_values())
    return st.builds(
        pv.Facts,
        visit=named,
        partner=named,
        contexts=st.dictionaries(contexts(), named, max_size=2),
    )


# ----------------------------------------------------------------------------------- indicators


@st.composite
def indicators(draw: st.DrawFn, value_type: ValueType | None = None) -> pv.Indicator:
    """Indicators of one value type or of any; without limits, so that every value is taken."""
    held = value_type or draw(st.sampled_from(ValueType))
    return pv.Indicator(
        draw(slugs()),
        draw(lines()),
        value_type=held,
        unit=draw(st.sampled_from(["", "USD", "pieces"])),
        choices=draw(_choices()) if held.has_choices else (),
        direction=draw(st.sampled_from(pv.Direction)) if held.is_ordered else pv.Direction.NEUTRAL,
        aggregation=draw(st.sampled_from(Aggregation)) if held.is_number else Aggregation.NONE,
        description=draw(texts()),
    )


def _choices() -> st.SearchStrategy[list[Choice]]:
    choice = st.builds(Choice, choice_keys(), st.just("") | lines())
    return st.lists(choice, min_size=1, max_size=5, unique_by=lambda each: each.key)


def values_of(indicator: pv.Indicator) -> st.SearchStrategy[Value]:
    """Values in the stored form of an indicator's type."""
    keys = st.sampled_from(indicator.choice_keys or ("",))
    by_type: dict[ValueType, st.SearchStrategy[Value]] = {
        ValueType.BOOLEAN: st.booleans(),
        ValueType.NUMBER: integers(),
        ValueType.DECIMAL: decimals(),
        ValueType.PERCENTAGE: decimals(),
        ValueType.DATETIME: instants(),
        ValueType.TEXT: texts(shortest=1),
        ValueType.CHOICE: keys,
        ValueType.MULTI_CHOICE: st.frozensets(keys),
    }
    return by_type[indicator.value_type]


# ------------------------------------------------------------------------------------- criteria


def criteria_for(indicator: pv.Indicator) -> st.SearchStrategy[Criterion]:
    """Criteria of every kind that fits an indicator (S 2.2)."""
    if indicator.value_type.is_ordered:
        return _ordered_criteria(indicator)
    return _unordered_criteria(indicator)


def _ordered_criteria(indicator: pv.Indicator) -> st.SearchStrategy[Criterion]:
    bounds = bounds_of(indicator)
    pairs = st.tuples(bounds, bounds).map(_in_order)
    tolerances: st.SearchStrategy[Gap] = widths() if indicator.value_type.is_number else durations()
    kinds: list[st.SearchStrategy[Criterion]] = [
        bounds.map(pv.at_least),
        bounds.map(pv.at_most),
        pairs.map(lambda pair: pv.between(*pair)),
        pairs.map(lambda pair: pv.outside(*pair)),
        st.builds(pv.equals, bounds, tolerance=tolerances),
        values_of(indicator).map(pv.equals),
    ]
    if indicator.value_type is ValueType.NUMBER:
        listed = st.lists(integers(), min_size=1, max_size=4)
        kinds += [listed.map(pv.one_of), listed.map(pv.none_of)]
    return st.one_of(kinds)


def _unordered_criteria(indicator: pv.Indicator) -> st.SearchStrategy[Criterion]:
    kinds: list[st.SearchStrategy[Criterion]] = [values_of(indicator).map(pv.equals)]
    if indicator.value_type is not ValueType.BOOLEAN:
        listed = st.lists(_single(indicator), min_size=1, max_size=4)
        kinds += [listed.map(pv.one_of), listed.map(pv.none_of)]
    if indicator.value_type is ValueType.MULTI_CHOICE:
        kinds += [st.lists(_single(indicator), min_size=1, max_size=4).map(pv.contains)]
    return st.one_of(kinds)


def _single(indicator: pv.Indicator) -> st.SearchStrategy[str]:
    if indicator.value_type is ValueType.TEXT:
        return texts(shortest=1)
    return st.sampled_from(indicator.choice_keys)


def bounds_of(indicator: pv.Indicator) -> st.SearchStrategy[Bound]:
    """Operands on the line of an ordered indicator: decimals or instants."""
    return decimals() if indicator.value_type.is_number else instants()


def _in_order(pair: Iterable[Bound]) -> tuple[Bound, Bound]:
    low, high = sorted(pair)
    return low, high


# -------------------------------------------------------------------------------------- targets


@st.composite
def targets_for(draw: st.DrawFn, indicator: pv.Indicator) -> pv.Target:
    """Targets that fit an indicator, some of them bare values, with near, worst and weight."""
    criterion = draw(criteria_for(indicator))
    return pv.Target(
        indicator.key,
        draw(st.sampled_from([criterion, *_bare(criterion, indicator)])),
        near=draw(_near(criterion)),
        worst=draw(_worst(criterion)),
        weight=draw(widths().filter(bool)),
    )


def _bare(criterion: Criterion, indicator: pv.Indicator) -> list[Operand]:
    match criterion:
        case AtLeast(Decimal() | datetime() as bound):
            return [bound] if indicator.direction is pv.Direction.HIGHER_IS_BETTER else []
        case AtMost(Decimal() | datetime() as bound):
            return [bound] if indicator.direction is pv.Direction.LOWER_IS_BETTER else []
        case Equals(value) if not indicator.value_type.is_ordered:
            return [value]
        case _:
            return []


def _near(criterion: Criterion) -> st.SearchStrategy[Near | None]:
    on_a_line = isinstance(criterion, AtLeast | AtMost | Between | Outside | Equals)
    if on_a_line and all(isinstance(each, datetime) for each in criterion.operands):
        return st.none() | durations().map(pv.within)
    if not on_a_line or not all(isinstance(each, Decimal) for each in criterion.operands):
        return st.none()
    if isinstance(criterion, Between | Outside):
        return st.none() | widths().map(pv.within)
    return st.none() | widths().map(pv.within) | widths().map(pv.within_percent)


def _worst(criterion: Criterion) -> st.SearchStrategy[Bound | tuple[Bound, Bound] | None]:
    match criterion:
        case AtLeast(Decimal() | datetime() as bound):
            return st.none() | _beyond(bound, -1)
        case AtMost(Decimal() | datetime() as bound):
            return st.none() | _beyond(bound, 1)
        case Between(Decimal() | datetime() as low, Decimal() | datetime() as high):
            return _around(low, high)
        case Equals(Decimal() | datetime()):
            return _around(criterion.low, criterion.high)
        case _:
            return st.none()


@st.composite
def _around(draw: st.DrawFn, low: Bound, high: Bound) -> tuple[Bound, Bound] | None:
    below, above = draw(_beyond(low, -1)), draw(_beyond(high, 1))
    is_pair = below is not None and above is not None and draw(st.booleans())
    return (below, above) if is_pair else None  # type: ignore[return-value]


@st.composite
def _beyond(draw: st.DrawFn, bound: Bound, side: int) -> Bound | None:
    """Strictly beyond a bound; None where that would leave the range."""
    if isinstance(bound, datetime):
        moment = bound + side * draw(durations().filter(bool))
        return moment if _FIRST <= moment <= _LAST else None
    number = _EXACT.fma(side, draw(widths().filter(bool)), bound)
    return number if abs(number) <= _LARGEST else None
