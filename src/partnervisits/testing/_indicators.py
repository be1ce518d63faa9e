"""What is measured, its values, and the criteria that fit it (S 2.1, S 2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache
from math import ceil, floor
from typing import TypeAlias

from hypothesis import strategies as st

from partnervisits.criteria import (
    Criterion,
    NoneOf,
    at_least,
    at_most,
    between,
    contains,
    equals,
    none_of,
    one_of,
    outside,
)
from partnervisits.indicators import Aggregation, Choice, Direction, Indicator
from partnervisits.testing._values import (
    any_of,
    captions,
    choice_keys,
    decimals,
    durations,
    instants,
    integers,
    lines,
    notes,
    slugs,
    widths,
)
from partnervisits.values import Gap, Value, ValueType

SettledBound: TypeAlias = Decimal | datetime
"""An operand on a line that needs no visit to be known."""

_TOO_LARGE = 10**18

# ----------------------------------------------------------------------------- values and criteria


@cache
def _values_without_choices(value_type: ValueType) -> st.SearchStrategy[Value]:
    by_type: dict[ValueType, st.SearchStrategy[Value]] = {
        ValueType.BOOLEAN: st.booleans(),
        ValueType.NUMBER: integers(),
        ValueType.DECIMAL: decimals(),
        ValueType.PERCENTAGE: decimals(),
        ValueType.DATETIME: instants(),
        ValueType.TEXT: notes(shortest=1),
    }
    return by_type[value_type]


def _values(value_type: ValueType, keys: st.SearchStrategy[str]) -> st.SearchStrategy[Value]:
    if value_type is ValueType.CHOICE:
        return keys
    if value_type is ValueType.MULTI_CHOICE:
        return st.frozensets(keys, max_size=4)
    return _values_without_choices(value_type)


def settled_bounds(value_type: ValueType) -> st.SearchStrategy[SettledBound]:
    return decimals() if value_type.is_number else instants()


def settled_criteria(
    value_type: ValueType, keys: st.SearchStrategy[str]
) -> st.SearchStrategy[Criterion]:
    if value_type.is_ordered:
        return _ordered_criteria(value_type)
    return _criteria_without_order(value_type, keys)


@cache
def _ordered_criteria(value_type: ValueType) -> st.SearchStrategy[Criterion]:
    bounds = settled_bounds(value_type)
    pairs = st.tuples(bounds, bounds).map(_in_order)
    tolerances: st.SearchStrategy[Gap] = widths() if value_type.is_number else durations()
    kinds: list[st.SearchStrategy[Criterion]] = [
        bounds.map(at_least),
        bounds.map(at_most),
        pairs.map(lambda pair: between(*pair)),
        pairs.map(lambda pair: outside(*pair)),
        st.builds(equals, bounds, tolerance=tolerances),
        _values_without_choices(value_type).map(equals),
    ]
    if value_type is ValueType.NUMBER:
        listed = st.lists(integers(), min_size=1, max_size=3)
        kinds += [listed.map(one_of), listed.map(none_of)]
    return any_of(*kinds)


def _criteria_without_order(
    value_type: ValueType, keys: st.SearchStrategy[str]
) -> st.SearchStrategy[Criterion]:
    exactly = _values(value_type, keys).map(equals)
    if value_type is ValueType.BOOLEAN:
        return exactly
    single = keys if value_type.has_choices else notes(shortest=1)
    listed = st.lists(single, min_size=1, max_size=3)
    kinds: list[st.SearchStrategy[Criterion]] = [exactly, listed.map(one_of), listed.map(none_of)]
    if value_type is ValueType.MULTI_CHOICE:
        kinds.append(listed.map(contains))
    return any_of(*kinds)


def _in_order(pair: Iterable[SettledBound]) -> tuple[SettledBound, SettledBound]:
    low, high = sorted(pair)
    return low, high


# ------------------------------------------------------------------------------------- indicators


def indicators(value_type: ValueType | None = None) -> st.SearchStrategy[Indicator]:
    """Definitions of something measured, with limits that some values meet.

    Args:
        value_type: The only one wanted; any if None.
    """
    return _indicators(_VALUE_TYPES if value_type is None else st.just(value_type))


@st.composite
def _indicators(draw: st.DrawFn, value_types: st.SearchStrategy[ValueType]) -> Indicator:
    value_type = draw(value_types)
    choices = draw(_CHOICES) if value_type.has_choices else []
    keys = tuple(choice.key for choice in choices)
    criteria = st.none() | settled_criteria(value_type, _one_of(keys))
    limits = draw(criteria)
    if limits is not None and not _can_be_met(limits, value_type, keys):
        limits = None
    return Indicator(
        draw(slugs()),
        draw(lines()),
        value_type=value_type,
        unit=draw(_UNITS),
        choices=choices,
        direction=draw(_DIRECTIONS) if value_type.is_ordered else Direction.NEUTRAL,
        limits=limits,
        plausible=draw(criteria),
        aggregation=draw(_AGGREGATIONS if value_type.is_number else _AGGREGATIONS_OF_OTHERS),
        description=draw(notes()),
        guidance=draw(notes()),
    )


_VALUE_TYPES = st.sampled_from(ValueType)
_CHOICES = st.lists(
    st.builds(Choice, choice_keys(), captions()),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each.key,
)
_UNITS = st.sampled_from(("", "USD", "pieces", "\u20ac per m\u00b2"))
_DIRECTIONS = st.sampled_from(Direction)
_AGGREGATIONS = st.sampled_from(Aggregation)
_AGGREGATIONS_OF_OTHERS = st.sampled_from((Aggregation.NONE, Aggregation.LAST))


def values_of(indicator: Indicator) -> st.SearchStrategy[Value]:
    """Values that an indicator takes: of its type, within its limits, often at their edge.

    Args:
        indicator: Whose values.
    """
    value_type, keys, limits = indicator.value_type, indicator.choice_keys, indicator.limits
    held = _values(value_type, _one_of(keys))
    if limits is None:
        return held
    within = _within(limits, value_type, keys)
    if not within:
        return held.filter(limits.is_met)
    return st.sampled_from(within) | held.map(
        lambda value: value if limits.is_met(value) else within[0]
    )


def criteria_for(indicator: Indicator) -> st.SearchStrategy[Criterion]:
    """Criteria of every kind that fits an indicator (S 2.2); its operands are no days and offsets.

    Args:
        indicator: What they judge.
    """
    return settled_criteria(indicator.value_type, _one_of(indicator.choice_keys))


def _one_of(keys: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(keys) if keys else st.nothing()


def _can_be_met(limits: Criterion, value_type: ValueType, keys: tuple[str, ...]) -> bool:
    if isinstance(limits, NoneOf) and not value_type.has_choices:
        return True
    return bool(_within(limits, value_type, keys))


def _within(limits: Criterion, value_type: ValueType, keys: tuple[str, ...]) -> list[Value]:
    """Some values that meet limits, from what the limits name."""
    if value_type is ValueType.CHOICE:
        near: list[Value] = [*keys]
    elif value_type is ValueType.MULTI_CHOICE:
        near = [frozenset(), frozenset(keys)]
        near += [each for each in limits.operands if isinstance(each, frozenset)]
    elif value_type is ValueType.NUMBER:
        numbers = (each for each in limits.operands if isinstance(each, Decimal))
        near = [whole for each in numbers for whole in _whole(each)]
    else:
        near = [
            each for each in limits.operands if isinstance(each, bool | Decimal | datetime | str)
        ]
    return [value for value in near if limits.is_met(value)]


def _whole(operand: Decimal) -> list[int]:
    return [each for each in (floor(operand), ceil(operand)) if abs(each) < _TOO_LARGE]
