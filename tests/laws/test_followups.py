"""Laws of follow-ups: when one is open, and following up twice is following up once (S 9.5)."""

from collections.abc import Sequence
from typing import NamedTuple

import attrs
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.comparison import Comparison, Outcome
from partnervisits.followups import FollowUp, FollowUpReview, FollowUpRule, follow_up
from partnervisits.histories import Per
from partnervisits.scorecards import Scorecard
from tests.quarters import at, found, kpi, overridden

MONTHS = range(1, 9)
ACTUALS = {"missed": 3, "nearly": 4, "met": 5, "silent": None, "declined": pv.Absence.DECLINED}
CONTEXTS = (pv.Context("partner", "acme"), pv.Context("order", "1"), pv.Context("order", "2"))
SHORT = FollowUpRule("short", "Order more", on=Outcome.NOT_MET)
RULES = [
    SHORT,
    FollowUpRule("thrice", "Call the manager", on=Outcome.NOT_MET, streak=3),
    FollowUpRule("nearly", "Watch it", on=Outcome.NEAR, streak=2),
    FollowUpRule("ask", "Ask again", on=Outcome.NO_DATA),
    FollowUpRule("mute", "Write to them", on=Outcome.NO_DATA, streak=2),
    FollowUpRule("orders", "Check the orders", on=Outcome.NOT_MET, per=Per.KIND, streak=2),
]


def comparison(month: int, word: str, context: pv.Context = CONTEXTS[0]) -> Comparison:
    if word == "waved":
        return found(month, 5, override=overridden(month, Outcome.NOT_MET, at(month, hours=20)))
    return found(month, ACTUALS[word], kpi(month, context=context))


words = st.sampled_from([*ACTUALS, "waved"])


@st.composite
def visits(draw: st.DrawFn) -> list[list[Comparison]]:
    """What each of some visits brought, about the partner and perhaps about orders."""
    held: list[list[Comparison]] = []
    for month in MONTHS:
        about_orders = [
            comparison(month, draw(st.sampled_from([*ACTUALS])), context)
            for context in CONTEXTS[1:]
            if draw(st.booleans())
        ]
        held.append([comparison(month, draw(words)), *about_orders])
    return held


def run(
    months: Sequence[Sequence[Comparison]], rules: Sequence[FollowUpRule]
) -> list[FollowUpReview]:
    """One review after the other, each with all follow-ups and comparisons before it."""
    history: list[Comparison] = []
    reviews = [FollowUpReview()]
    for found_now in months:
        card = Scorecard(comparisons=found_now)
        known = reviews[-1].follow_ups
        reviews.append(follow_up(card, rules, open=known, history=history))
        history += found_now
    return reviews[1:]


rules = st.lists(st.sampled_from(RULES), unique=True, min_size=1)


# ------------------------------------------------------------------------------------- the oracle


class Expected(NamedTuple):
    """One follow-up of a rule on a single context: months of opening, repeats and closing."""

    opened: int
    repeated: tuple[int, ...]
    closed: int | None


OUTCOMES = {
    "missed": "NOT_MET",
    "waved": "NOT_MET",
    "nearly": "NEAR",
    "met": "MET",
    "silent": "NO_DATA",
    "declined": "NO_DATA",
}


def oracle(told: Sequence[str], on: str, streak: int) -> list[Expected]:
    """The same worked out month by month with plain ifs."""
    follow_ups: list[Expected] = []
    in_a_row = 0
    for month, word in enumerate(told, start=1):
        outcome = OUTCOMES[word]
        is_open = bool(follow_ups) and follow_ups[-1].closed is None
        if outcome == on:
            in_a_row += 1
            if is_open:
                last = follow_ups[-1]
                follow_ups[-1] = last._replace(repeated=(*last.repeated, month))
            elif in_a_row >= streak:
                follow_ups.append(Expected(month, (), None))
        elif outcome != "NO_DATA":
            in_a_row = 0
            if is_open and (outcome == "MET" or on == "NO_DATA"):
                follow_ups[-1] = follow_ups[-1]._replace(closed=month)
    return follow_ups


def month_of(visit_id: str) -> int:
    return int(visit_id.removeprefix("V-"))


@given(told=st.lists(words, max_size=8), rule=st.sampled_from(RULES[:5]))
def test_the_library_agrees_with_plain_ifs(told: list[str], rule: FollowUpRule) -> None:
    """S 9.5, S 9.4: opened, reinforced and closed month by month."""
    months = [[comparison(month, word)] for month, word in enumerate(told, start=1)]
    reviews = run(months, [rule])
    known = {each.id: each for review in reviews for each in (*review.open, *review.closed)}
    closed = {
        each.id: month for month, review in enumerate(reviews, start=1) for each in review.closed
    }
    got = [
        Expected(
            month_of(each.visit_id),
            tuple(month_of(visit) for visit in each.reinforced_by),
            closed.get(each.id),
        )
        for each in sorted(known.values(), key=lambda each: month_of(each.visit_id))
    ]
    assert got == oracle(told, rule.on.name, rule.streak)


# --------------------------------------------------------------------------------------- the laws


@given(months=visits(), rules=rules, data=st.data())
def test_following_up_twice_is_following_up_once(
    months: list[list[Comparison]], rules: list[FollowUpRule], data: st.DataObject
) -> None:
    """S 9.5: whatever came before, in whatever order the visits are followed up, and cut up."""
    history: list[Comparison] = []
    once = FollowUpReview()
    for found_now in data.draw(st.permutations(months)):
        card = Scorecard(comparisons=found_now)
        once = follow_up(card, rules, open=once.follow_ups, history=history)
        twice = follow_up(card, rules, open=once.follow_ups, history=history)
        assert twice == FollowUpReview(waiting=once.open, ended=(*once.closed, *once.ended))
        history += found_now
        part = Scorecard(comparisons=data.draw(st.lists(st.sampled_from(found_now), unique=True)))
        assert follow_up(part, rules, open=once.follow_ups, history=history).open == once.open


@given(months=visits(), rules=rules, data=st.data())
def test_what_is_open_in_the_end_falls_short_now_and_no_last_miss_is_forgotten(
    months: list[list[Comparison]], rules: list[FollowUpRule], data: st.DataObject
) -> None:
    """S 9.5: in whatever order the visits were followed up."""
    last = run(data.draw(st.permutations(months)), rules)[-1]
    for each in last.open:
        deciding = last_telling(months, each)
        assert any(outcome is each.on for outcome in deciding) or Outcome.MET not in deciding
    opened = {(each.rule_key, each.matter.context_id) for each in last.follow_ups}
    if SHORT in rules and months[-1][0].outcome is Outcome.NOT_MET:
        assert (SHORT.key, "acme") in opened


def last_telling(months: Sequence[Sequence[Comparison]], of: FollowUp) -> set[Outcome]:
    """The outcomes about its matter in the last visit that brought a verdict or what it is on."""
    for month in reversed(months):
        about = {each.outcome for each in month if of.concerns(each)}
        if about & {of.on, Outcome.MET, Outcome.NEAR, Outcome.NOT_MET}:
            return about
    return set()


@given(months=visits(), rules=rules)
def test_no_rule_has_two_open_follow_ups_about_the_same(
    months: list[list[Comparison]], rules: list[FollowUpRule]
) -> None:
    """S 9.5: and each that was open is reinforced, closed or waiting, once."""
    before: set[str] = set()
    for review in run(months, rules):
        names = [(each.rule_key, each.matter) for each in review.open]
        assert len(names) == len(set(names))
        after = [each.id for each in (*review.reinforced, *review.closed, *review.waiting)]
        assert sorted(after) == sorted(before)
        before = {each.id for each in review.open}


@given(months=visits(), rules=rules)
def test_what_is_opened_names_a_comparison_with_the_outcome_of_its_rule(
    months: list[list[Comparison]], rules: list[FollowUpRule]
) -> None:
    """S 9.5: no rule matches, no follow-up."""
    outcomes = {each.kpi.id: each.outcome for month in months for each in month}
    for review in run(months, rules):
        for each in review.opened:
            assert outcomes[each.kpi_id] is each.on


@given(months=visits(), rules=rules)
def test_what_is_closed_has_a_proof_that_was_recorded_after_the_opening(
    months: list[list[Comparison]], rules: list[FollowUpRule]
) -> None:
    """S 9.5."""
    readings = {each.reading.id: each for month in months for each in month if each.reading}
    for review in run(months, rules):
        for each in review.closed:
            assert each.proof_id is not None
            proof = readings[each.proof_id]
            assert proof.outcome is Outcome.MET or each.on is Outcome.NO_DATA
            assert proof.reading is not None
            assert each.ended_at == proof.reading.recorded_at
            assert each.opened_at is None or proof.reading.recorded_at > each.opened_at


@given(months=visits(), rules=rules, data=st.data())
def test_the_order_of_what_is_given_does_not_matter(
    months: list[list[Comparison]], rules: list[FollowUpRule], data: st.DataObject
) -> None:
    """S 9.5: law of S12; rules, follow-ups, comparisons and history."""
    *earlier, now = months
    history = [each for month in earlier for each in month]
    known = list(run(earlier, rules)[-1].open)
    usual = follow_up(Scorecard(comparisons=now), rules, open=known, history=history)
    mixed = follow_up(
        Scorecard(comparisons=data.draw(st.permutations(now))),
        data.draw(st.permutations(rules)),
        open=data.draw(st.permutations(known)),
        history=data.draw(st.permutations(history)),
    )
    assert mixed == usual


@given(months=visits(), rules=rules)
def test_what_happens_at_another_partner_changes_nothing(
    months: list[list[Comparison]], rules: list[FollowUpRule]
) -> None:
    """S 9.5: stable under adding what is unrelated."""
    strange = [
        attrs.evolve(
            each,
            subject=attrs.evolve(
                each.subject, partner_id="other", visit_id=f"X{each.subject.visit_id}"
            ),
            kpi=attrs.evolve(each.kpi, task_id=f"X{each.kpi.task_id}"),
            reading=None,
            override=None,
            computed=Outcome.NO_DATA,
        )
        for month in months
        for each in month
    ]
    *earlier, now = months
    history = [each for month in earlier for each in month]
    card = Scorecard(comparisons=now)
    usual = follow_up(card, rules, history=history)
    assert follow_up(card, rules, history=[*history, *strange]) == usual
    wider = follow_up(Scorecard(comparisons=[*now, *strange[-1:]]), rules, history=history)
    mine = [each for each in wider.opened if each.partner_id == "acme"]
    assert tuple(mine) == usual.opened


@given(months=visits(), rules=rules)
def test_the_items_of_what_is_open_can_be_planned_together(
    months: list[list[Comparison]], rules: list[FollowUpRule]
) -> None:
    """S 9.5, S 6.7: every key is a slug and none stands twice."""
    for review in run(months, rules):
        given_items = pv.Given(add=[each.item() for each in review.open]).add
        assert [item.serves for item in given_items] == [each.id for each in review.open]
