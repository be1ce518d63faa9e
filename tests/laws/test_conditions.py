"""The laws of conditions (S 3.4): three values, and facts that may not have been given."""

import pickle
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.calendars import EVERY_DAY, Offset, shift
from partnervisits.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FactIs,
    IsSet,
    Negate,
    Verdict,
    all_of,
    any_of,
    is_set,
    missing,
    negate,
    when,
)
from partnervisits.contexts import Fact
from partnervisits.criteria import Bound, Criterion, DayEnd
from partnervisits.errors import InvalidValueError
from partnervisits.indicators import Choice
from partnervisits.testing import criteria_for, dates, values_of
from partnervisits.testing import fact_values as facts_values
from partnervisits.values import ValueType, first_instant, last_instant

T = TypeVar("T")
Given = Mapping[str, Fact]

THURSDAY = date(2026, 3, 12)
CHOICES = [Choice(each) for each in ("repair", "rides", "rent", "4+")]
KINDS = {
    value_type.value: pv.Indicator(
        value_type.value,
        "A fact",
        value_type=value_type,
        choices=CHOICES if value_type.has_choices else (),
    )
    for value_type in ValueType
}
"""For each type of facts an indicator of that type: it says which values and criteria there are."""


def in_utc(bound: Bound, end: DayEnd) -> Bound:
    """What a plan makes of days and offsets, for a visit on Thursday."""
    if isinstance(bound, Offset):
        bound = shift(THURSDAY, bound, EVERY_DAY)
    if isinstance(bound, date) and not isinstance(bound, datetime):
        return (first_instant if end is DayEnd.FIRST else last_instant)(bound, "UTC")
    return bound


# ------------------------------------------------------------------------- conditions and facts


def _temporal() -> st.SearchStrategy[Criterion]:
    days = dates() | st.integers(-90, 90).map(pv.days)
    return days.map(pv.at_least) | days.map(pv.at_most)


def _criteria(indicator: pv.Indicator) -> st.SearchStrategy[Criterion]:
    timeless = criteria_for(indicator)
    return timeless | _temporal() if indicator.value_type is ValueType.DATETIME else timeless


@st.composite
def comparisons(draw: st.DrawFn) -> FactIs:
    """Conditions on one fact, with a criterion that fits it."""
    name = draw(st.sampled_from(sorted(KINDS)))
    return when(name, draw(_criteria(KINDS[name])))


def _joined(leaves: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=4).map(all_of),
            st.lists(inner, min_size=1, max_size=4).map(any_of),
            inner.map(negate),
        ),
        max_leaves=8,
    )


COMPARING = _joined(comparisons())
"""Conditions without `is_set`."""
ANY = _joined(comparisons() | st.sampled_from(sorted(KINDS)).map(is_set))


def _fact_of(indicator: pv.Indicator) -> st.SearchStrategy[Fact]:
    values = values_of(indicator)
    return values | dates() if indicator.value_type is ValueType.DATETIME else values


ALL_FACTS = st.fixed_dictionaries({name: _fact_of(each) for name, each in KINDS.items()})
"""Every fact there is, each of its type."""
FACTS = st.fixed_dictionaries({}, optional={name: _fact_of(each) for name, each in KINDS.items()})
"""Some of them."""
HOSTILE_FACTS = st.fixed_dictionaries({}, optional=dict.fromkeys(KINDS, facts_values()))
"""Some of them, of any type."""


def judged(condition: Condition, facts: Given) -> Verdict:
    return condition.judge(facts, in_utc)


def answer(condition: Condition, facts: Given) -> Verdict | str:
    """The verdict, or the code of what was refused."""
    try:
        return judged(condition, facts)
    except InvalidValueError as refused:
        return refused.code


def conditions_of(condition: Condition) -> Sequence[Condition]:
    """What stands in a condition."""
    match condition:
        case AllOf(inner) | AnyOf(inner):
            return inner
        case Negate(inner):
            return [inner]
        case _:
            return ()


# ----------------------------------------------------------------------------- three values


RANK = {Verdict.NO: 0, Verdict.UNKNOWN: 1, Verdict.YES: 2}


@given(st.lists(ANY, min_size=1, max_size=4), FACTS)
def test_all_is_the_least_of_several_any_the_greatest_and_negate_turns_the_scale_round(
    several: list[Condition], facts: Given
) -> None:
    """S 3.4: NO < UNKNOWN < YES."""
    ranks = [RANK[judged(each, facts)] for each in several]
    assert RANK[judged(all_of(several), facts)] == min(ranks)
    assert RANK[judged(any_of(several), facts)] == max(ranks)
    assert RANK[judged(negate(several[0]), facts)] == 2 - ranks[0]


@given(ANY, HOSTILE_FACTS)
def test_negating_twice_changes_nothing(condition: Condition, facts: Given) -> None:
    """S 3.4."""
    assert answer(negate(negate(condition)), facts) == answer(condition, facts)


@given(st.lists(ANY, min_size=1, max_size=4), HOSTILE_FACTS)
def test_not_all_is_any_not_and_not_any_is_all_not(several: list[Condition], facts: Given) -> None:
    """S 3.4: De Morgan's laws, in three values."""
    negated = [negate(each) for each in several]
    assert answer(negate(all_of(several)), facts) == answer(any_of(negated), facts)
    assert answer(negate(any_of(several)), facts) == answer(all_of(negated), facts)


@given(
    st.lists(ANY, min_size=1, max_size=5).flatmap(
        lambda several: st.tuples(st.just(several), st.permutations(several))
    ),
    HOSTILE_FACTS,
)
def test_the_order_of_conditions_changes_no_verdict_and_no_refusal(
    orders: tuple[list[Condition], list[Condition]], facts: Given
) -> None:
    """S 3.4."""
    one, other = orders
    assert answer(all_of(one), facts) == answer(all_of(other), facts)
    assert answer(any_of(one), facts) == answer(any_of(other), facts)


@given(ANY, HOSTILE_FACTS)
def test_a_condition_is_refused_if_and_only_if_one_of_its_parts_is(
    condition: Condition, facts: Given
) -> None:
    """S 3.4: whatever the others decide."""
    inner = conditions_of(condition)
    if inner:
        refused = any(isinstance(answer(each, facts), str) for each in inner)
        assert isinstance(answer(condition, facts), str) is refused


# ----------------------------------------------------------------- facts that were not given


@given(COMPARING, FACTS, ALL_FACTS)
def test_giving_more_facts_never_turns_a_decided_verdict_round(
    condition: Condition, some: Given, others: Given
) -> None:
    """S 3.4: unless `is_set` asks what was given."""
    verdict = judged(condition, some)
    if verdict is not Verdict.UNKNOWN:
        assert judged(condition, {**others, **some}) is verdict


@given(COMPARING)
def test_without_any_fact_nothing_is_decided(condition: Condition) -> None:
    """S 3.4: a fact that was not given is never NO, nor is its opposite."""
    assert judged(condition, {}) is Verdict.UNKNOWN


@given(comparisons(), ANY, FACTS)
def test_what_was_not_given_leaves_the_decision_to_the_others(
    comparison: FactIs, condition: Condition, facts: Given
) -> None:
    """S 3.4: only another condition makes them all NO, or one of them YES."""
    stranger = attrs.evolve(comparison, fact="nobody knows")
    verdict = judged(condition, facts)
    for each in (stranger, negate(stranger)):
        both, either = all_of([each, condition]), any_of([each, condition])
        assert (judged(both, facts) is Verdict.NO) is (verdict is Verdict.NO)
        assert (judged(either, facts) is Verdict.YES) is (verdict is Verdict.YES)
        assert judged(both, facts) is not Verdict.YES
        assert judged(either, facts) is not Verdict.NO


@given(ANY, FACTS, ALL_FACTS)
def test_with_what_is_missing_every_verdict_is_decided(
    condition: Condition, some: Given, others: Given
) -> None:
    """S 3.4: whoever gives the facts that a message names gets an answer."""
    names = missing(condition, some)
    assert set(names) <= set(condition.facts) - set(some)
    completed = {**some, **{name: others[name] for name in names}}
    assert missing(condition, completed) == ()
    assert judged(condition, completed) is not Verdict.UNKNOWN


@given(ANY, FACTS)
def test_a_condition_reads_no_other_facts_than_it_names(condition: Condition, facts: Given) -> None:
    read = {name: fact for name, fact in facts.items() if name in condition.facts}
    assert judged(condition, facts) is judged(condition, read)


# --------------------------------------------------------------------------- equal conditions


def again(condition: Condition) -> Condition:
    """The same, built anew of its parts."""
    match condition:
        case FactIs() | IsSet():
            return attrs.evolve(condition)
        case AllOf(inner):
            return all_of([again(each) for each in inner])
        case AnyOf(inner):
            return any_of([again(each) for each in inner])
        case Negate(one):
            return negate(again(one))


def pickled(condition: T) -> T:
    return pickle.loads(pickle.dumps(condition))  # type: ignore[no-any-return]  # noqa: S301 -- our own bytes


@pytest.mark.parametrize("copy", [again, pickled])
@given(condition=ANY, facts=HOSTILE_FACTS)
def test_equal_conditions_judge_equally(
    copy: Callable[[Condition], Condition], condition: Condition, facts: Given
) -> None:
    """S 3.4: built of the same parts, or back from another process."""
    twin = copy(condition)
    assert twin == condition
    assert hash(twin) == hash(condition)
    assert (str(twin), repr(twin)) == (str(condition), repr(condition))
    assert twin.facts == condition.facts
    assert answer(twin, facts) == answer(condition, facts)


@given(st.integers(1, 31))
def test_a_condition_that_was_pickled_still_knows_how_deep_it_is(depth: int) -> None:
    """S 3.4: and so do those it is put into."""
    deep: Condition = is_set("boolean")
    for _ in range(depth):
        deep = negate(deep)
    deep = pickled(deep)
    for _ in range(31 - depth):
        deep = negate(deep)
    with pytest.raises(InvalidValueError, match="flatten"):
        _ = negate(deep)
