"""Laws of scorecards: groups and whole, means, coverage (S 9.1, S 9.2)."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

import attrs
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import testing as strategies
from partnervisits.comparison import Comparison, Outcome
from partnervisits.plans import Kpi
from partnervisits.scorecards import (
    Counts,
    GroupKey,
    Method,
    Missing,
    Scorecard,
    by_context,
    by_fact,
    by_indicator,
    by_month,
    by_partner,
    by_place,
    by_quarter,
    by_rep,
    by_segment,
    rollup,
)
from tests import builders
from tests.judged import DECIMAL, SUBJECT, compared

WAYS = (
    by_context,
    by_fact("region"),
    by_indicator,
    by_month,
    by_partner,
    by_place,
    by_quarter,
    by_rep,
    by_segment,
)
MEASURED = {Outcome.MET, Outcome.NEAR, Outcome.NOT_MET}
WITHOUT_VALUE = [
    Outcome.NOT_APPLICABLE,
    Outcome.NOT_DUE,
    Outcome.NO_DATA,
    Outcome.ERROR,
]
STOCK = builders.indicator("stock", value_type=DECIMAL)


@st.composite
def kpis(draw: st.DrawFn) -> Kpi:
    target = pv.Target(
        "stock",
        pv.at_least(10),
        near=pv.within(2),
        worst=draw(st.sampled_from([None, 0])),
        weight=draw(st.sampled_from(["1", "0.3", "7", "1000"])),
    )
    held = draw(st.sampled_from([builders.kpi(STOCK, target)] * 4 + [builders.kpi(STOCK)]))
    return attrs.evolve(held, context=draw(st.sampled_from([held.context, pv.Context("a", "b")])))


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """Any outcome, weights and scores, of a few subjects."""
    kpi = draw(kpis())
    facts = pv.Facts(partner=draw(st.sampled_from([{}, {"segment": "large", "region": "north"}])))
    subject = attrs.evolve(
        SUBJECT,
        visit_id=draw(st.sampled_from(["V-1", "V-2"])),
        rep_id=draw(st.sampled_from(["ann", "bob", "cem"])),
        on=draw(st.none() | strategies.dates()),
        facts=facts,
    )
    if kpi.target is None:
        found = compared(kpi)
    elif draw(st.booleans()):
        found = compared(kpi, Decimal(draw(st.integers(-20, 140))).scaleb(-1))
    else:
        outcome = draw(st.sampled_from(WITHOUT_VALUE))
        found = Comparison(
            subject=SUBJECT, item_key="count", task_key="count", kpi=kpi, computed=outcome
        )
    return attrs.evolve(found, subject=subject)


many = st.lists(comparisons(), max_size=8)


def _sum(numbers: Iterable[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0))


def worth(held: Iterable[Comparison]) -> Fraction:
    return _sum(Fraction(each.weight) * Fraction(each.score or 0) for each in held)


@given(held=many, by=st.sampled_from(WAYS))
def test_groups_and_whole_agree_on_counts_and_on_weighted_scores(
    held: list[Comparison], by: Callable[[Comparison], GroupKey]
) -> None:
    """S 9.1, S 9.2."""
    cards = rollup(held, by=by)
    whole = Scorecard(comparisons=held).counts
    added = {
        name: sum(getattr(card.counts, name) for card in cards) for name in attrs.asdict(whole)
    }
    assert Counts(**added) == whole
    assert _sum(worth(card.comparisons) for card in cards) == worth(held)
    assert all(card.comparisons for card in cards)
    assert len({card.group for card in cards}) == len(cards)


@given(held=many, data=st.data())
def test_the_order_of_comparisons_changes_no_group_and_no_score(
    held: list[Comparison], data: st.DataObject
) -> None:
    """S 9.1: groups come in one order."""
    shuffled = data.draw(st.permutations(held))
    for method in Method:
        first = rollup(held, by=by_rep, method=method)
        second = rollup(shuffled, by=by_rep, method=method)
        assert [(each.group, each.score, each.counts) for each in first] == [
            (each.group, each.score, each.counts) for each in second
        ]


@given(held=many)
def test_coverage_is_measured_divided_by_asked(held: list[Comparison]) -> None:
    """S 9.2."""
    measured = sum(each.outcome in MEASURED for each in held)
    missing = sum(each.outcome in {Outcome.NO_DATA, Outcome.ERROR} for each in held)
    coverage = Scorecard(comparisons=held).coverage
    if not measured + missing:
        assert coverage is None
    else:
        assert coverage is not None
        off = Fraction(coverage) - Fraction(measured, measured + missing)
        assert abs(off) <= Fraction(1, 10**28)


def oracle(held: list[Comparison], method: Method, missing: Missing) -> Fraction | None:
    """A score by plain ifs."""
    scored = [
        (Fraction(each.weight), Fraction(each.score or 0)) for each in held if each.is_measured
    ]
    gaps = [Fraction(each.weight) for each in held if each.is_missing]
    if missing is Missing.ZERO:
        scored += [(weight, Fraction(0)) for weight in gaps]
    if not scored:
        return None
    scores = [score for _, score in scored]
    match method:
        case Method.MEAN:
            return _sum(w * s for w, s in scored) / _sum(w for w, _ in scored)
        case Method.WORST:
            return min(scores)
        case Method.ALL_OR_NOTHING:
            if any(score != 1 for score in scores):
                return Fraction(0)
            return None if gaps else Fraction(1)
        case Method.SHARE_MET:
            return Fraction(sum(score == 1 for score in scores), len(scores))


@given(held=many, method=st.sampled_from(Method), missing=st.sampled_from(Missing))
def test_every_method_agrees_with_plain_fractions(
    held: list[Comparison], method: Method, missing: Missing
) -> None:
    """S 9.2."""
    score = Scorecard(comparisons=held, method=method, missing=missing).score
    expected = oracle(held, method, missing)
    if expected is None:
        assert score is None
    else:
        assert score is not None
        off = expected - Fraction(score)
        assert abs(off) <= Fraction(1, 10**28)
        assert method is not Method.MEAN or off >= 0  # cut, not rounded


@given(held=many, method=st.sampled_from(Method))
def test_a_score_is_one_only_if_all_that_was_measured_is_met(
    held: list[Comparison], method: Method
) -> None:
    """S 9.2."""
    card = Scorecard(comparisons=held, method=method)
    all_met = card.counts.met == card.counts.measured > 0
    if method is Method.ALL_OR_NOTHING:
        all_met = all_met and not card.counts.missing
    assert (card.score == 1) is all_met
    assert card.score is None or 0 <= card.score <= 1


@given(held=many)
def test_what_is_missing_is_never_a_pass(held: list[Comparison]) -> None:
    """S 9.2: counted as zero, a gap takes the score away from 1."""
    for method in Method:
        card = Scorecard(comparisons=held, method=method, missing=Missing.ZERO)
        assert card.score != 1 or not card.counts.missing


@given(held=many)
def test_no_line_of_a_scorecard_is_longer_than_a_hundred_characters(
    held: list[Comparison],
) -> None:
    """S 9.2."""
    assert max(map(len, str(Scorecard(comparisons=held)).splitlines())) <= 100
