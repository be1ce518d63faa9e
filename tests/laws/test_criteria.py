from datetime import datetime
from decimal import Context, Decimal, Inexact, InvalidOperation, Rounded, localcontext

from hypothesis import assume, given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.criteria import AtLeast, AtMost, Between, Criterion, Equals, Outside, misfits
from partnervisits.testing import (
    choice_keys,
    criteria_for,
    decimals,
    indicators,
    instants,
    values_of,
)
from partnervisits.values import Value, ValueType, difference, magnitude

HOSTILE = Context(prec=2, Emin=0, Emax=1, traps=[Inexact, Rounded, InvalidOperation])
"""What a host may have set for its own arithmetic."""
Line = Decimal | datetime
POINTS = st.tuples(decimals(), decimals(), decimals()) | st.tuples(
    instants(), instants(), instants()
)
KEYS = st.frozensets(choice_keys(), min_size=1, max_size=4)


def in_order(left: Line, right: Line) -> tuple[Line, Line]:
    low, high = sorted([left, right])
    return low, high


@given(POINTS)
def test_between_is_at_least_the_lower_and_at_most_the_upper(
    points: tuple[Line, Line, Line],
) -> None:
    """S 2.2: every bound belongs to the side that meets."""
    actual, low, high = points[0], *in_order(*points[1:])
    both = pv.at_least(low).is_met(actual) and pv.at_most(high).is_met(actual)
    assert pv.between(low, high).is_met(actual) is both


@given(POINTS)
def test_outside_is_at_most_the_lower_or_at_least_the_upper(
    points: tuple[Line, Line, Line],
) -> None:
    """S 2.2: every bound belongs to the side that meets."""
    actual, low, high = points[0], *in_order(*points[1:])
    either = pv.at_most(low).is_met(actual) or pv.at_least(high).is_met(actual)
    assert pv.outside(low, high).is_met(actual) is either


@given(POINTS)
def test_a_value_is_at_least_or_at_most_a_bound_and_both_only_on_it(
    points: tuple[Line, Line, Line],
) -> None:
    """S 2.2"""
    actual, bound, _ = points
    above, below = pv.at_least(bound).is_met(actual), pv.at_most(bound).is_met(actual)
    assert above or below
    assert (above and below) is (actual == bound)


@given(decimals(), decimals(), decimals().map(Decimal.copy_abs))
def test_a_tolerance_is_met_up_to_its_width(
    actual: Decimal, value: Decimal, width: Decimal
) -> None:
    """S 2.2: |a - v| ≤ tolerance."""
    away = magnitude(difference(actual, value))
    assert isinstance(away, Decimal)
    assert pv.equals(value, tolerance=width).is_met(actual) is (away <= width)


@given(st.data())
def test_the_edge_lies_on_the_side_that_meets_and_no_bound_is_nearer(data: st.DataObject) -> None:
    """S 8.1: of two bounds equally near, the lower is the edge."""
    indicator = data.draw(indicators().filter(lambda each: each.value_type.is_ordered))
    criterion, actual = data.draw(criteria_for(indicator)), data.draw(values_of(indicator))
    _ = assume(isinstance(criterion, AtLeast | AtMost | Between | Outside | Equals))
    assert isinstance(criterion, AtLeast | AtMost | Between | Outside | Equals)
    assert isinstance(actual, int | Decimal | datetime)
    edge = criterion.edge(actual)
    assert isinstance(edge, Decimal | datetime)
    assert criterion.is_met(edge)
    if isinstance(criterion, Between | Outside | Equals):
        assert isinstance(criterion.low, Decimal | datetime)
        assert isinstance(criterion.high, Decimal | datetime)
        to_low = magnitude(difference(actual, criterion.low))
        to_high = magnitude(difference(actual, criterion.high))
        is_lower = to_low <= to_high  # type: ignore[operator]
        assert edge == (criterion.low if is_lower else criterion.high)


def flipped(criterion: Criterion) -> Criterion:
    """The same on a line whose sign is turned round."""

    def turned(bound: object) -> Decimal:
        assert isinstance(bound, Decimal)
        return bound.copy_negate()

    match criterion:
        case AtLeast(bound):
            return pv.at_most(turned(bound))
        case AtMost(bound):
            return pv.at_least(turned(bound))
        case Between(low, high):
            return pv.between(turned(high), turned(low))
        case Outside(low, high):
            return pv.outside(turned(high), turned(low))
        case Equals(value, tolerance=tolerance):
            return pv.equals(turned(value), tolerance=tolerance)
        case _:
            raise AssertionError(criterion)


DECIMAL = pv.Indicator("level", "Level", value_type=ValueType.DECIMAL)


@given(criteria_for(DECIMAL), decimals())
def test_turning_every_sign_round_changes_no_verdict(criterion: Criterion, actual: Decimal) -> None:
    """The law of S12 as far as criteria decide it: at_least and at_most swapped, pairs reversed."""
    assert flipped(criterion).is_met(actual.copy_negate()) is criterion.is_met(actual)


@given(KEYS, st.frozensets(choice_keys(), max_size=4) | choice_keys())
def test_none_of_is_the_opposite_of_one_of(keys: frozenset[str], actual: Value) -> None:
    """S 2.2"""
    assert pv.none_of(keys).is_met(actual) is not pv.one_of(keys).is_met(actual)


@given(KEYS, st.frozensets(choice_keys(), max_size=4))
def test_contains_asks_for_each_of_its_keys(keys: frozenset[str], chosen: frozenset[str]) -> None:
    """S 2.2"""
    each_alone = all(pv.one_of([key]).is_met(chosen) for key in keys)
    assert pv.contains(keys).is_met(chosen) is each_alone


@given(
    st.lists(choice_keys(), min_size=1).flatmap(
        lambda keys: st.tuples(st.just(keys), st.permutations(keys))
    )
)
def test_the_order_of_a_list_of_operands_means_nothing(lists: tuple[list[str], list[str]]) -> None:
    """The law of S12: independent of the order in which definitions are given."""
    one, other = lists
    assert pv.one_of(one) == pv.one_of(other)
    assert pv.contains(one).operands == pv.contains(other).operands


@given(st.data())
def test_a_criterion_made_for_an_indicator_fits_it(data: st.DataObject) -> None:
    """S 2.2"""
    indicator = data.draw(indicators())
    criterion = data.draw(criteria_for(indicator))
    assert misfits(criterion, indicator.value_type, indicator.choice_keys) == ()


@given(st.data())
def test_no_decimal_context_of_the_host_changes_a_verdict(data: st.DataObject) -> None:
    """S 1.4"""
    indicator = data.draw(indicators())
    criterion, actual = data.draw(criteria_for(indicator)), data.draw(values_of(indicator))
    expected = (criterion.is_met(actual), str(criterion))
    with localcontext(HOSTILE):
        assert (criterion.is_met(actual), str(criterion)) == expected
        assert misfits(criterion, indicator.value_type, indicator.choice_keys) == ()
