"""Laws of judging any value by any target, and of persons' verdicts (S 8.1 to S 8.7).

The oracle knows no criterion: it works on fractions and sets, with plain ifs.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple, TypeAlias
from unicodedata import normalize

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.comparison import (
    Circumstances,
    Comparison,
    Favourability,
    Outcome,
    Override,
    judge,
)
from partnervisits.criteria import is_criterion
from partnervisits.plans import Kpi
from partnervisits.targets import Within
from tests import builders
from tests.judged import ORDERED, SUBJECT, compared, planned
from tests.laws.test_comparison import almost
from tests.testing import unlimited as strategies

MET, NEAR, NOT_MET, NA = Outcome.MET, Outcome.NEAR, Outcome.NOT_MET, Outcome.NOT_APPLICABLE
GOOD, NEUTRAL, BAD = Favourability.FAVOURABLE, Favourability.NEUTRAL, Favourability.UNFAVOURABLE
NINE, MICROSECOND = builders.NINE, timedelta(microseconds=1)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, 23, 59, 59, tzinfo=UTC)

# ------------------------------------------------------------------------- a target in plain terms


class Plain(NamedTuple):
    """A target without the library: a word for its kind, and what stands in it.

    On a line every figure is a fraction: units of a number, microseconds of time. Elsewhere the
    operands are what they are.
    """

    kind: str
    operands: tuple[Any, ...]
    tolerance: Fraction
    near: Fraction | None
    worst: tuple[Fraction, ...]


BARE = {
    pv.Direction.HIGHER_IS_BETTER: "AtLeast",
    pv.Direction.LOWER_IS_BETTER: "AtMost",
    pv.Direction.NEUTRAL: "Equals",
}
"""What a bare value means (S 2.4)."""


def place(figure: object) -> Any:
    """Where a number, an instant or a width lies on its line; anything else as it is."""
    match figure:
        case bool():
            return figure
        case int() | Decimal():
            return Fraction(figure)
        case datetime():
            return Fraction((figure - EPOCH) // MICROSECOND)
        case timedelta():
            return Fraction(figure // MICROSECOND)
        case _:
            return figure


def plainly(target: pv.Target, measured: pv.Indicator) -> Plain:
    """What a target that was written down says."""
    expected: Any = target.expected
    if is_criterion(expected):
        kind, operands = type(expected).__name__, expected.operands
    else:
        kind, operands = BARE[measured.direction], (expected,)
    placed = tuple(place(each) for each in operands)
    near: Fraction | None = None
    if isinstance(target.near, Within):
        near = place(target.near.amount)
    elif target.near is not None:
        near = abs(placed[0]) * Fraction(target.near.percent) / 100
    return Plain(
        kind,
        placed,
        place(getattr(expected, "tolerance", None) or 0),
        near,
        tuple(place(each) for each in target.worst),
    )


# -------------------------------------------------------------------------------------- the oracle


class Expected(NamedTuple):
    """What should come out."""

    outcome: Outcome
    favourability: Favourability
    score: Fraction


def oracle(plain: Plain, actual: Any) -> Expected:
    """The verdict on a value, from plain operands."""
    if plain.kind in {"AtLeast", "AtMost", "Between", "Outside"} or isinstance(actual, Fraction):
        return on_a_line(plain, actual)
    is_met = answers(plain, actual)
    return Expected(
        MET if is_met else NOT_MET, NEUTRAL if is_met else BAD, Fraction(1 if is_met else 0)
    )


def answers(plain: Plain, actual: Any) -> bool:
    """Whether an answer without a line is what was asked for."""
    if plain.kind == "Equals":
        return bool(actual == plain.operands[0])
    chosen = {actual} if isinstance(actual, str) else set(actual)
    shared = [each for each in plain.operands if each in chosen]
    if plain.kind == "OneOf":
        return bool(shared)
    if plain.kind == "NoneOf":
        return not shared
    assert plain.kind == "Contains"
    return len(shared) == len(plain.operands)


def on_a_line(plain: Plain, actual: Fraction) -> Expected:
    """The verdict on a number or an instant: how far it is from the side that meets."""
    if plain.kind in {"OneOf", "NoneOf"}:
        is_met = (actual in plain.operands) == (plain.kind == "OneOf")
        return Expected(*((MET, NEUTRAL, Fraction(1)) if is_met else (NOT_MET, BAD, Fraction(0))))
    low, high = plain.operands[0] - plain.tolerance, plain.operands[-1] + plain.tolerance
    below, above = max(low - actual, Fraction(0)), max(actual - high, Fraction(0))
    if plain.kind == "AtLeast":
        shortfall, is_low = below, True
    elif plain.kind == "AtMost":
        shortfall, is_low = above, False
    elif plain.kind == "Outside":
        shortfall, is_low = max(min(actual - low, high - actual), Fraction(0)), True
    else:
        shortfall, is_low = below + above, below > 0
    if shortfall == 0:
        is_beyond = plain.kind in {"AtLeast", "AtMost"} and actual != plain.operands[0]
        return Expected(MET, GOOD if is_beyond else NEUTRAL, Fraction(1))
    score = Fraction(0)
    if plain.worst:
        way = low - plain.worst[0] if is_low else plain.worst[-1] - high
        score = max(score, 1 - shortfall / way)
    is_near = plain.near is not None and shortfall <= plain.near
    return Expected(NEAR if is_near else NOT_MET, BAD, score)


# ----------------------------------------------------------------------- values that are worth it


def near_a_bound(draw: st.DrawFn, measured: pv.Indicator, plain: Plain) -> Any:
    """A value on a bound or a few of the smallest steps away, as far as the range goes."""
    reach = [Fraction(0), plain.tolerance, plain.near or Fraction(0)]
    steps = draw(st.integers(-2, 2))
    side = draw(st.sampled_from([-1, 1]))
    at = draw(st.sampled_from([*plain.operands, *plain.worst])) + side * sum(
        draw(st.sampled_from([reach, reach[:1], reach[:2]]))
    )
    if measured.value_type is pv.ValueType.DATETIME:
        first, last = place(FIRST), place(LAST)
        return EPOCH + int(min(max(floor(at) + steps, first), last)) * MICROSECOND
    fine = 1 if measured.value_type is pv.ValueType.NUMBER else 10**10
    most = 10**18 * fine - 1
    held = min(max(floor(at * fine) + steps, -most), most)
    return held if fine == 1 else Decimal(held).scaleb(-10)


ALIKE: list[Callable[[str], str]] = [
    str,
    str.swapcase,
    str.upper,
    lambda text: normalize("NFD", text),
    lambda text: normalize("NFC", text),
    lambda text: text[:-1] or text,
    lambda text: f"{text} ",
]
"""Texts that are like another and, but for the first, need not be it (S 1.5)."""


def like_an_operand(draw: st.DrawFn, plain: Plain) -> str:
    text: str = draw(st.sampled_from(plain.operands))
    return draw(st.sampled_from(ALIKE))(text)[:4_000]


@st.composite
def cases(
    draw: st.DrawFn, value_type: pv.ValueType | None = None
) -> tuple[pv.Indicator, pv.Target, Any]:
    """An indicator, any target that fits it, and a value that is often near a bound."""
    measured = draw(strategies.indicators(value_type))
    target = draw(strategies.targets_for(measured))
    if draw(st.booleans()):
        plain = plainly(target, measured)
        if measured.value_type.is_ordered:
            return measured, target, near_a_bound(draw, measured, plain)
        if measured.value_type is pv.ValueType.TEXT:
            return measured, target, like_an_operand(draw, plain)
    return measured, target, draw(strategies.values_of(measured))


@pytest.mark.parametrize("value_type", pv.ValueType, ids=lambda each: each.name)
@given(data=st.data())
def test_every_value_is_judged_as_fractions_sets_and_plain_ifs_judge_it(
    value_type: pv.ValueType, data: st.DataObject
) -> None:
    """S 8.1, S 8.4, S 8.6: all types, criteria and bounds, over the whole range (S 1.3)."""
    measured, target, actual = data.draw(cases(value_type))
    found = compared(builders.kpi(measured, target), actual)
    expected = oracle(plainly(target, measured), place(actual))
    assert found.outcome is expected.outcome
    assert found.favourability is expected.favourability
    assert almost(found.score, expected.score)
    assert (found.variance is not None) is (
        value_type in ORDERED and plainly(target, measured).kind not in {"OneOf", "NoneOf"}
    )


# ------------------------------------------------------------------- verdicts that never contradict


def overrides_of(
    kpi_ids: st.SearchStrategy[str],
    instants: st.SearchStrategy[datetime],
) -> st.SearchStrategy[Override]:
    """Verdicts of a few people."""
    return st.builds(
        pv.Override,
        kpi_id=kpi_ids,
        outcome=st.sampled_from([MET, NOT_MET, NA]),
        by=st.sampled_from(["ann", "bob", "a/b"]),
        at=instants,
        reason=st.sampled_from(["seen", "said"]),
    )


def hours() -> st.SearchStrategy[datetime]:
    """One of a few instants, so that many fall together."""
    return st.integers(0, 4).map(lambda count: NINE + timedelta(hours=count))


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """Any target or none, any value, absence or nothing, and a person's verdict or none."""
    measured, target, actual = draw(cases())
    kpi = builders.kpi(measured, draw(st.sampled_from([target, target, target, None])))
    given_as = draw(st.sampled_from([actual, actual, actual, None, *pv.Absence]))
    reading = None if given_as is None else builders.reading(kpi, given_as)
    if reading is not None and draw(st.integers(0, 9)) == 0:
        strange = "\u00bf" if measured.value_type.is_ordered else Decimal(5)
        reading = attrs.evolve(reading, value=strange)
    (task,) = PLAN.tasks
    return judge(
        kpi,
        attrs.evolve(task, kpis=[attrs.evolve(kpi, task_id=task.id)]),
        reading,
        Circumstances(SUBJECT, SUBJECT.on, draw(st.booleans()), draw(st.none() | DAYS)),
        draw(st.none() | overrides_of(st.just(kpi.id), hours())),
    )


PLAN = planned(builders.indicator(), pv.Target("stock", pv.at_least(5), near=pv.within(1)))
DAYS = st.integers(-2, 2).map(lambda count: builders.THURSDAY + timedelta(days=count))


@given(found=comparisons())
def test_outcome_score_and_favourability_never_contradict_each_other(found: Comparison) -> None:
    """S 8.1, S 8.4, S 8.6, S 8.7: with and without a person's verdict."""
    is_met, is_bad = found.outcome is MET, found.outcome in {NEAR, NOT_MET}
    assert (found.score == 1) is is_met
    assert (found.score is not None) is (is_met or is_bad) is found.is_measured
    assert found.score is None or 0 <= found.score <= 1
    assert (found.favourability is BAD) is is_bad
    assert (found.favourability in {GOOD, NEUTRAL}) is is_met
    assert not (found.is_measured and found.is_missing)


@st.composite
def ruled(draw: st.DrawFn) -> Comparison:
    """Any target, a value that it was judged by, and a person's verdict."""
    measured, target, actual = draw(cases())
    kpi = builders.kpi(measured, target)
    verdict = draw(overrides_of(st.just(kpi.id), hours()))
    return attrs.evolve(compared(kpi, actual), override=verdict)


@given(found=ruled() | comparisons())
def test_a_verdict_decides_outcome_and_score_and_leaves_what_was_computed(
    found: Comparison,
) -> None:
    """S 8.7: without it the comparison is the computed one."""
    computed = attrs.evolve(found, override=None)
    assert computed.outcome is computed.computed is found.computed
    assert (found.variance, found.attainment, found.cause) == (
        computed.variance,
        computed.attainment,
        computed.cause,
    )
    if found.override is None:
        assert found == computed
        return
    assert found.outcome is found.override.outcome
    assert found.score == {MET: 1, NOT_MET: 0, NA: None}[found.outcome]
    if found.favourability is GOOD:
        assert computed.favourability is GOOD
    if found.outcome is computed.outcome:
        assert found.favourability is computed.favourability


@given(found=comparisons())
def test_a_kpi_without_a_value_is_never_met_unless_a_person_says_so(found: Comparison) -> None:
    """S 8.2, S 8.7: nor near or not met."""
    has_value = found.reading is not None and not isinstance(found.actual, pv.Absence)
    if not has_value:
        assert found.computed not in {MET, NEAR, NOT_MET}
        assert found.is_measured is (
            found.override is not None and found.override.outcome in {MET, NOT_MET}
        )


def lives() -> st.SearchStrategy[pv.ActionPlan]:
    """The one task of a plan, in each of its states, whatever its binding."""
    plans = [
        planned(builders.indicator(), pv.Target("stock", pv.at_least(-5)), binding)
        for binding in (pv.Binding.COULD, pv.Binding.MUST_UNLESS_DOCUMENTED)
    ]
    return st.sampled_from(
        [
            life
            for plan in plans
            for life in (
                plan,
                plan.start("count", at=NINE),
                plan.complete("count", at=NINE),
                plan.skip("count", "no time"),
            )
        ]
    )


@given(
    plan=lives(),
    visit=st.sampled_from([None, builders.visit(), builders.visit().cancel("rain")]),
    as_of=st.none() | DAYS,
    verdict=st.none() | overrides_of(st.just(PLAN.kpis[0].id), hours()),
    absence=st.none() | st.sampled_from(pv.Absence),
)
def test_no_state_of_task_visit_and_day_makes_a_kpi_without_a_value_met(
    plan: pv.ActionPlan,
    visit: pv.Visit | None,
    as_of: date | None,
    verdict: Override | None,
    absence: pv.Absence | None,
) -> None:
    """S 8.2, S 8.7: although zero would meet what is expected."""
    readings = [] if absence is None else [builders.reading(plan.kpis[0], absence)]
    verdicts = [] if verdict is None else [verdict]
    (found,) = pv.compare(plan, readings, visit=visit, as_of=as_of, overrides=verdicts).comparisons
    assert found.computed not in {MET, NEAR, NOT_MET}
    if verdict is None:
        assert found.score is None
    else:
        assert found.outcome is verdict.outcome


# -------------------------------------------------------------------- many readings, many verdicts

TWO = builders.plan(builders.item("count"), builders.item("check"))
COUNT, CHECK = TWO.kpis
STRANGERS = [
    builders.plan(id="V-2").kpis[0],
    attrs.evolve(COUNT, task_id=f"{COUNT.task_id}/count"),
    attrs.evolve(COUNT, context=pv.Context("partner", "acm")),
    attrs.evolve(COUNT, context=pv.Context("product", "acme")),
    attrs.evolve(COUNT, indicator=builders.indicator("stocks")),
]
"""KPIs of no task of `TWO`, some with names that are nearly the same."""

History: TypeAlias = tuple[list[pv.Reading], list[Override]]


@st.composite
def histories(draw: st.DrawFn, kpis: list[Kpi]) -> History:
    """Readings, corrections, late entries and verdicts, in any order and often at one instant."""
    readings: list[pv.Reading] = []
    for number in range(draw(st.integers(0, 5))):
        kpi, at = draw(st.sampled_from(kpis)), draw(hours())
        value = draw(st.integers(0, 10) | st.sampled_from(pv.Absence))
        recorded = at + timedelta(hours=draw(st.integers(0, 3)))
        first = pv.capture(
            kpi, value, at=at, by="rep-7", recorded_at=recorded, id=f"R-{kpi.id}-{number}"
        )
        readings.append(first)
        if draw(st.booleans()):
            later = recorded + timedelta(hours=draw(st.integers(1, 3)))
            readings.append(
                pv.correct(first, kpi, 7, at=later, by="rep-7", id=f"C-{kpi.id}-{number}")
            )
    named = st.sampled_from([kpi.id for kpi in kpis])
    verdicts = draw(st.lists(overrides_of(named, hours()), max_size=5))
    return draw(st.permutations(readings)), verdicts


@given(own=histories([COUNT, CHECK]), strange=histories(STRANGERS), data=st.data())
def test_an_unrelated_reading_or_verdict_changes_nothing(
    own: History, strange: History, data: st.DataObject
) -> None:
    """S 8.7, S 9.1: be its KPI named almost like one of the plan."""
    readings = data.draw(st.permutations(own[0] + strange[0]))
    verdicts = data.draw(st.permutations(own[1] + strange[1]))
    for known_at in (None, data.draw(hours())):
        mixed = pv.compare(TWO, readings, overrides=verdicts, known_at=known_at)
        assert mixed == pv.compare(TWO, own[0], overrides=own[1], known_at=known_at)


@given(own=histories([COUNT]), neighbour=histories([CHECK]))
def test_what_happens_to_one_kpi_does_not_touch_its_neighbour(
    own: History, neighbour: History
) -> None:
    """S 8.7."""
    alone = pv.compare(TWO, own[0], overrides=own[1])
    both = pv.compare(TWO, own[0] + neighbour[0], overrides=own[1] + neighbour[1])
    assert both["count", "stock"] == alone["count", "stock"]


@given(own=histories([COUNT, CHECK]), data=st.data())
def test_the_order_of_verdicts_and_sending_them_twice_change_nothing(
    own: History, data: st.DataObject
) -> None:
    """S 8.7: nor does the order of the readings (S 7.4)."""
    readings, verdicts = own
    again = data.draw(st.lists(st.sampled_from(verdicts), max_size=2)) if verdicts else []
    shuffled = data.draw(st.permutations([*verdicts, *again]))
    reread = data.draw(st.permutations(readings))
    assert pv.compare(TWO, reread, overrides=shuffled) == pv.compare(
        TWO, readings, overrides=verdicts
    )


@given(own=histories([COUNT, CHECK]))
def test_the_verdict_that_counts_is_one_of_the_last_ones_on_its_kpi(own: History) -> None:
    """S 8.7: and if there is one, it is not left out."""
    readings, verdicts = own
    for found in pv.compare(TWO, readings, overrides=verdicts).comparisons:
        on_it = [each for each in verdicts if each.kpi_id == found.kpi.id]
        last = max((each.at for each in on_it), default=None)
        if found.override is None:
            assert on_it == []
        else:
            assert found.override in on_it
            assert found.override.at == last


@given(own=histories([COUNT, CHECK]), moment=hours(), off=st.integers(-1, 1))
def test_comparing_as_known_at_an_instant_is_comparing_what_was_recorded_by_then(
    own: History, moment: datetime, off: int
) -> None:
    """S 8.7, S 7.2: the instant included; what came later has not happened yet."""
    at = moment + off * MICROSECOND
    readings, verdicts = own
    seen = [each for each in readings if not each.recorded_at > at]
    given_by_then = [each for each in verdicts if not each.at > at]
    then = pv.compare(TWO, readings, overrides=verdicts, known_at=at)
    assert then == pv.compare(TWO, seen, overrides=given_by_then)
    assert all(each.recorded_at is None or each.recorded_at <= at for each in then.comparisons)


@given(own=histories([COUNT, CHECK]))
def test_what_is_known_in_the_end_is_all_there_is(own: History) -> None:
    """S 8.7."""
    readings, verdicts = own
    late = NINE + timedelta(days=1)
    assert pv.compare(TWO, readings, overrides=verdicts, known_at=late) == pv.compare(
        TWO, readings, overrides=verdicts
    )
