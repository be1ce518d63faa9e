"""Laws of the comparison (S 8.1 to S 8.6), against an oracle of plain fractions."""

from datetime import UTC, datetime, timedelta
from decimal import Context as DecimalContext
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple, TypeAlias

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import testing as strategies
from partnervisits.comparison import Comparison, Favourability, Outcome
from partnervisits.criteria import AtLeast, AtMost, Between, Equals, Outside
from partnervisits.targets import Target
from partnervisits.values import Gap, Value
from tests import builders
from tests.judged import ORDERED, compared, planned

Place: TypeAlias = Decimal | int | datetime
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

AT_LEAST, AT_MOST, BETWEEN, OUTSIDE, EQUALS = "at least", "at most", "between", "outside", "equals"
KINDS = (AT_LEAST, AT_MOST, BETWEEN, OUTSIDE, EQUALS)


class Case(NamedTuple):
    """A target on a line and an actual value, as plain whole numbers (tenths of the unit)."""

    kind: str
    operands: tuple[int, ...]
    tolerance: int
    near: int | None
    worst: tuple[int, ...]
    actual: int


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any ordered criterion; values crowd around the bounds."""
    kind = draw(st.sampled_from(KINDS))
    some = st.integers(-60, 60) | st.integers(-(10**9), 10**9)
    operands = sorted(draw(some) for _ in range(2 if kind in {BETWEEN, OUTSIDE} else 1))
    tolerance = draw(st.integers(0, 20)) if kind == EQUALS else 0
    low, high = operands[0] - tolerance, operands[-1] + tolerance
    below, above = (draw(st.integers(1, 60)) for _ in range(2))
    worst = {
        AT_LEAST: (low - below,),
        AT_MOST: (high + above,),
        BETWEEN: (low - below, high + above),
        OUTSIDE: (),
        EQUALS: (low - below, high + above),
    }[kind]
    around = st.sampled_from([low, high]).flatmap(lambda at: st.integers(at - 70, at + 70))
    return Case(
        kind,
        tuple(operands),
        tolerance,
        draw(st.none() | st.integers(0, 40)),
        worst if draw(st.booleans()) else (),
        draw(around | some),
    )


# -------------------------------------------------------------------------------------- the oracle


class Expected(NamedTuple):
    """What should come out, worked out with fractions and plain ifs."""

    outcome: Outcome
    variance: Fraction
    favourability: Favourability
    attainment: Fraction | None
    score: Fraction


def oracle(case: Case) -> Expected:
    actual, first, last = (Fraction(each, 10) for each in (case.actual, *_ends(case)))
    tolerance = Fraction(case.tolerance, 10)
    low, high = first - tolerance, last + tolerance
    if case.kind == AT_LEAST:
        edge, is_met = low, actual >= low
    elif case.kind == AT_MOST:
        edge, is_met = high, actual <= high
    else:
        edge = low if abs(actual - low) <= abs(actual - high) else high
        is_inside = low <= actual <= high
        is_met = is_inside if case.kind != OUTSIDE else not low < actual < high
    shortfall = Fraction(0) if is_met else abs(actual - edge)
    return Expected(
        _outcome(case, is_met=is_met, shortfall=shortfall),
        _variance(case, actual, edge, is_met=is_met),
        _favourability(case, actual, first, is_met=is_met),
        actual / first if case.kind == AT_LEAST and first > 0 and actual >= 0 else None,
        _score(case, actual, edge, shortfall),
    )


def _ends(case: Case) -> tuple[int, int]:
    return case.operands[0], case.operands[-1]


def _outcome(case: Case, *, is_met: bool, shortfall: Fraction) -> Outcome:
    if is_met:
        return Outcome.MET
    is_near = case.near is not None and shortfall <= Fraction(case.near, 10)
    return Outcome.NEAR if is_near else Outcome.NOT_MET


def _variance(case: Case, actual: Fraction, edge: Fraction, *, is_met: bool) -> Fraction:
    if case.kind in {BETWEEN, OUTSIDE}:
        return Fraction(0) if is_met else actual - edge
    return actual - Fraction(case.operands[0], 10)


def _favourability(
    case: Case, actual: Fraction, operand: Fraction, *, is_met: bool
) -> Favourability:
    if not is_met:
        return Favourability.UNFAVOURABLE
    beyond = case.kind in {AT_LEAST, AT_MOST} and actual != operand
    return Favourability.FAVOURABLE if beyond else Favourability.NEUTRAL


def _score(case: Case, actual: Fraction, edge: Fraction, shortfall: Fraction) -> Fraction:
    if not shortfall:
        return Fraction(1)
    if not case.worst:
        return Fraction(0)
    worst = Fraction(case.worst[0] if actual < edge else case.worst[-1], 10)
    return max(Fraction(0), 1 - shortfall / abs(edge - worst))


# ------------------------------------------------------------------- the same case in the library


def place(value_type: pv.ValueType, tenths: int) -> Place:
    """An operand or an actual value: a tenth is a tenth of the unit, a microsecond, or a piece."""
    match value_type:
        case pv.ValueType.DATETIME:
            return EPOCH + tenths * MICROSECOND
        case pv.ValueType.NUMBER:
            return tenths
        case _:
            return Decimal(tenths).scaleb(-1)


def gap(value_type: pv.ValueType, tenths: int) -> Gap:
    if value_type is pv.ValueType.DATETIME:
        return tenths * MICROSECOND
    return Decimal(tenths) if value_type is pv.ValueType.NUMBER else Decimal(tenths).scaleb(-1)


def judged(value_type: pv.ValueType, case: Case) -> Comparison:
    operands = [place(value_type, each) for each in case.operands]
    match case.kind:
        case "at least":
            criterion: AtLeast | AtMost | Between | Outside | Equals = pv.at_least(*operands)
        case "at most":
            criterion = pv.at_most(*operands)
        case "between":
            criterion = pv.between(*operands)
        case "outside":
            criterion = pv.outside(*operands)
        case _:
            criterion = pv.equals(*operands, tolerance=gap(value_type, case.tolerance))
    target = pv.Target(
        "stock",
        criterion,
        near=None if case.near is None else pv.within(gap(value_type, case.near)),
        worst=tuple(place(value_type, each) for each in case.worst) or None,
    )
    measured = builders.indicator("stock", value_type=value_type)
    return compared(builders.kpi(measured, target), place(value_type, case.actual))


def unit(value_type: pv.ValueType) -> Fraction:
    """How many units of the type the oracle's unit is."""
    return (
        Fraction(10) if value_type in {pv.ValueType.NUMBER, pv.ValueType.DATETIME} else Fraction(1)
    )


def fraction(figure: Gap) -> Fraction:
    """In units of the type; of an instant, in microseconds."""
    return Fraction(figure // MICROSECOND) if isinstance(figure, timedelta) else Fraction(figure)


def almost(figure: Decimal | None, exact: Fraction | None) -> bool:
    """Equal but for the one division, half-even to 28 digits (S 1.4)."""
    if figure is None or exact is None:
        return figure is None and exact is None
    return abs(Fraction(figure) - exact) <= abs(exact) * Fraction(1, 10**27) + Fraction(1, 10**27)


@pytest.mark.parametrize("value_type", ORDERED, ids=lambda each: each.name)
@given(case=cases())
def test_the_library_agrees_with_plain_fractions(value_type: pv.ValueType, case: Case) -> None:
    """S 8.1, S 8.3, S 8.4, S 8.5, S 8.6."""
    found, expected = judged(value_type, case), oracle(case)
    assert found.outcome is expected.outcome
    assert found.variance is not None
    assert fraction(found.variance) == expected.variance * unit(value_type)
    assert found.favourability is expected.favourability
    is_number = value_type.is_number
    assert almost(found.attainment, expected.attainment if is_number else None)
    assert almost(found.score, expected.score)


@pytest.mark.parametrize("value_type", ORDERED, ids=lambda each: each.name)
@given(case=cases())
def test_swapping_the_sides_and_flipping_the_signs_keeps_outcome_and_score(
    value_type: pv.ValueType, case: Case
) -> None:
    """S 8.1, S 8.6: at_least and at_most are mirror images; pairs are reversed."""
    swapped = {AT_LEAST: AT_MOST, AT_MOST: AT_LEAST}.get(case.kind, case.kind)
    mirrored = Case(
        swapped,
        tuple(-each for each in reversed(case.operands)),
        case.tolerance,
        case.near,
        tuple(-each for each in reversed(case.worst)),
        -case.actual,
    )
    first, second = judged(value_type, case), judged(value_type, mirrored)
    assert (first.outcome, first.score) == (second.outcome, second.score)
    assert first.favourability is second.favourability


@pytest.mark.parametrize("direction", [pv.Direction.HIGHER_IS_BETTER, pv.Direction.LOWER_IS_BETTER])
@given(case=cases())
def test_a_bare_value_is_the_criterion_of_its_direction(
    direction: pv.Direction, case: Case
) -> None:
    """S 8.1, S 2.4."""
    is_higher = direction is pv.Direction.HIGHER_IS_BETTER
    measured = builders.indicator("stock", direction=direction)
    bound = case.operands[0]
    named = pv.at_least(bound) if is_higher else pv.at_most(bound)
    bare, written = (
        compared(builders.kpi(measured, pv.Target("stock", each)), case.actual)
        for each in (Decimal(bound), named)
    )
    assert (bare.outcome, bare.score) == (written.outcome, written.score)


# --------------------------------------------------------------------------- any target, any value


@st.composite
def any_comparison(draw: st.DrawFn) -> Comparison:
    """Any indicator with any target that fits, and any value or none."""
    measured = draw(strategies.indicators())
    target: Target = draw(strategies.targets_for(measured))
    value: Value | None = draw(st.none() | strategies.values_of(measured))
    return compared(builders.kpi(measured, target), value)


@given(found=any_comparison())
def test_the_score_is_one_if_met_and_below_one_if_not(found: Comparison) -> None:
    """S 8.6, S 8.4: score 1 if and only if met; whatever is not met is bad news."""
    match found.outcome:
        case Outcome.MET:
            assert found.score == 1
            assert found.favourability is not Favourability.UNFAVOURABLE
        case Outcome.NEAR | Outcome.NOT_MET:
            assert found.score is not None
            assert 0 <= found.score < 1
            assert found.favourability is Favourability.UNFAVOURABLE
        case _:
            assert (found.score, found.favourability) == (None, None)


@given(found=any_comparison())
def test_a_kpi_without_a_reading_is_never_met(found: Comparison) -> None:
    """S 8.2: nor near or not met; with a value it always is one of the three."""
    assert found.is_measured is (found.reading is not None)
    assert found.is_measured or found.outcome is Outcome.NO_DATA


@given(found=any_comparison())
def test_what_was_made_in_bulk_is_what_the_constructor_makes(found: Comparison) -> None:
    """S 8.1, S 8.8: nothing that compare() gives would be refused; its sentence is bounded."""
    assert attrs.evolve(found) == found
    assert len(str(found.explain())) <= 1_000


@given(found=any_comparison())
def test_the_decimal_context_of_the_host_changes_nothing(found: Comparison) -> None:
    """S 1.4."""
    here = figures(found)
    with localcontext(DecimalContext(prec=3, traps=[])):
        there = figures(attrs.evolve(found))
    assert there == here


def figures(found: Comparison) -> list[str]:
    held = (found.variance, found.relative_variance, found.attainment, found.score)
    return [str(each) for each in held] + [str(found.explain())]


# --------------------------------------------------------------------------------------- readings

PLAN = planned(builders.indicator(), pv.Target("stock", pv.at_least(5)))


@st.composite
def readings(draw: st.DrawFn) -> list[pv.Reading]:
    """Captures of one KPI at a few instants, some of them corrected."""
    kpi = PLAN.kpis[0]
    held: list[pv.Reading] = []
    for number in range(draw(st.integers(1, 5))):
        at = builders.NINE + timedelta(hours=draw(st.integers(0, 2)))
        value = draw(st.integers(0, 10))
        first = pv.capture(kpi, value, at=at, by="rep-7", id=f"R-{number}")
        held.append(first)
        if draw(st.booleans()):
            later = at + timedelta(hours=draw(st.integers(1, 3)))
            held.append(pv.correct(first, kpi, value + 1, at=later, by="rep-7", id=f"C-{number}"))
    return held


@given(held=readings(), data=st.data())
def test_the_order_of_readings_does_not_matter(held: list[pv.Reading], data: st.DataObject) -> None:
    """S 7.4, S 9.1."""
    shuffled = data.draw(st.permutations(held))
    assert pv.compare(PLAN, shuffled) == pv.compare(PLAN, held)


@given(held=readings(), value=st.integers(0, 10), at_place=st.integers(0, 10))
def test_an_unrelated_reading_changes_nothing(
    held: list[pv.Reading], value: int, at_place: int
) -> None:
    """S 9.1."""
    other = builders.plan(id="V-2").kpis[0]
    unrelated = pv.capture(other, value, at=builders.ELEVEN, by="rep-8")
    among = [*held[:at_place], unrelated, *held[at_place:]]
    assert pv.compare(PLAN, among) == pv.compare(PLAN, held)
