"""What a scorecard opens, reinforces and closes (S 9.5)."""

from datetime import date
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.calendars import Roll
from partnervisits.comparison import Comparison, Outcome
from partnervisits.errors import CalendarError, InvalidValueError
from partnervisits.followups import FollowUp, FollowUpReview, FollowUpRule, Level, follow_up
from partnervisits.histories import History, Per
from partnervisits.scorecards import Scorecard
from tests import builders
from tests.quarters import AT_LEAST_5, at, corrected, day, found, kpi, overridden

SHORT = FollowUpRule("short", "Order more", on=Outcome.NOT_MET)
ASK = FollowUpRule("ask", "Ask again", on=Outcome.NO_DATA)
NEARLY = FollowUpRule("nearly", "Watch it", on=Outcome.NEAR)
THRICE = attrs.evolve(SHORT, key="thrice", action="Call the manager", streak=3)
OF_ORDERS = attrs.evolve(SHORT, key="orders", per=Per.KIND)


def card(*comparisons: Comparison) -> Scorecard:
    return Scorecard(comparisons=comparisons)


def only(review: FollowUpReview) -> FollowUp:
    (opened,) = review.opened
    return opened


def opened_in(month: int, actual: object = 3, rule: FollowUpRule = SHORT) -> FollowUp:
    return only(follow_up(card(found(month, actual)), [rule]))


def order(month: int, number: str, actual: object = None) -> Comparison:
    about = pv.Context("order", number)
    return found(month, actual, kpi(month, context=about))


# ---------------------------------------------------------------------------------------- opening


def test_a_comparison_with_the_rules_outcome_opens_its_action() -> None:
    """S 9.5: all that is known of why is kept."""
    missed = found(3, 3)
    assert follow_up(card(missed), [SHORT]) == FollowUpReview(
        opened=[
            FollowUp(
                rule_key="short",
                action="Order more",
                on=Outcome.NOT_MET,
                visit_id="V-3",
                partner_id="acme",
                task_key="count",
                indicator="stock",
                context=pv.Context("partner", "acme"),
                kpi_id="V-3/round/count/partner/acme/stock",
                because="The stock: expected at least 5 (template item); found 3; missed by 2",
                target=kpi(3).target,
                opened_on=day(3),
                opened_at=at(3),
            )
        ]
    )


def test_the_follow_up_says_who_by_when_and_how_urgent() -> None:
    """S 9.5: due so long after the visit's day, on a working day."""
    rule = attrs.evolve(
        SHORT, owner_role="area-manager", due=pv.working_days(3), severity=Level.HIGH
    )
    opened = only(follow_up(card(found(3, 3)), [rule]))
    assert (opened.owner_role, opened.severity) == ("area-manager", Level.HIGH)
    assert opened.due == date(2026, 3, 13)
    closed_friday = pv.WorkCalendar(holidays=[date(2026, 3, 13)])
    later = only(follow_up(card(found(3, 3)), [rule], calendar=closed_friday))
    assert later.due == date(2026, 3, 16)


def test_a_visit_without_a_day_gives_a_follow_up_without_a_day() -> None:
    """S 9.5."""
    rule = attrs.evolve(SHORT, due=pv.days(3))
    opened = only(follow_up(card(found(3, 3, on=None)), [rule]))
    assert (opened.due, opened.opened_on) == (None, None)


def test_where_no_rule_matches_there_is_no_follow_up() -> None:
    """S 9.5."""
    for comparisons, rules in (
        ([found(3, 5)], [SHORT, ASK, NEARLY]),
        ([found(3, 3)], [ASK, NEARLY]),
        ([found(3, 3)], []),
        ([], [SHORT]),
        ([found(3, 3)], [attrs.evolve(SHORT, indicators=["price"])]),
        ([found(3, 3)], [attrs.evolve(SHORT, scope=pv.Scope(partner="other"))]),
    ):
        assert follow_up(card(*comparisons), rules) == FollowUpReview()


def test_two_rules_on_one_outcome_open_two_actions() -> None:
    """S 9.5."""
    call = FollowUpRule("call", "Call the branch manager", on=Outcome.NOT_MET)
    review = follow_up(card(found(3, 3)), [SHORT, call])
    assert [(each.id, each.action) for each in review.opened] == [
        ("call/V-3/stock/partner/acme", "Call the branch manager"),
        ("short/V-3/stock/partner/acme", "Order more"),
    ]


def test_two_tasks_that_find_the_same_open_one_action_of_the_first() -> None:
    """S 9.5: at most one for each rule, partner, indicator and context."""
    twice = card(found(3, 3, kpi(3, task="recount")), found(3, 2))
    assert only(follow_up(twice, [SHORT])).kpi_id == "V-3/round/count/partner/acme/stock"


def test_of_two_tasks_one_that_falls_short_is_enough() -> None:
    """S 9.5: the other one's pass hides nothing."""
    twice = card(found(3, 9), found(3, 3, kpi(3, task="recount")))
    opened = only(follow_up(twice, [SHORT]))
    assert opened.kpi_id == "V-3/round/recount/partner/acme/stock"
    again = follow_up(twice, [SHORT], open=[opened])
    assert again == FollowUpReview(waiting=[opened])


def test_partners_contexts_and_indicators_are_followed_up_one_by_one() -> None:
    """S 9.5."""
    price = builders.indicator("price")
    of_price = kpi(3, pv.Target("price", pv.at_least(5)), indicator=price)
    shelf = kpi(3, context=pv.Context("shelf", "2"))
    elsewhere = attrs.evolve(kpi(3), task_id="W/round/count")
    review = follow_up(
        card(
            found(3, 1, shelf),
            found(3, 1, of_price),
            found(3, 1, elsewhere, visit_id="W", partner_id="other"),
            found(3, 1),
        ),
        [SHORT],
    )
    assert [(each.id, each.partner_id) for each in review.opened] == [
        ("short/V-3/price/partner/acme", "acme"),
        ("short/V-3/stock/partner/acme", "acme"),
        ("short/V-3/stock/shelf/2", "acme"),
        ("short/W/stock/partner/acme", "other"),
    ]


def test_of_several_visits_the_last_that_says_something_decides() -> None:
    """S 9.5: at most one is open, and it is about how things stand."""
    assert only(follow_up(card(found(1, 3), found(2, 3)), [SHORT])).visit_id == "V-2"
    assert follow_up(card(found(1, 3), found(2, 5)), [SHORT]) == FollowUpReview()
    assert only(follow_up(card(found(1, 3), found(2)), [SHORT])).visit_id == "V-1"


def test_rules_may_come_from_any_iterable() -> None:
    """S 9.5."""
    missed, silent = found(3, 3), order(3, "O-1")
    assert len(follow_up(card(missed, silent), (each for each in (SHORT, ASK))).opened) == 2


def test_a_verdict_of_a_person_opens_and_hinders_like_any_other() -> None:
    """S 8.7: rules go by it."""
    said = only(
        follow_up(card(found(3, 9, override=overridden(3, Outcome.NOT_MET, at(4)))), [SHORT])
    )
    assert said.opened_at == at(4)
    waved = found(3, 3, override=overridden(3, Outcome.NOT_APPLICABLE, at(4)))
    assert follow_up(card(waved), [SHORT]) == FollowUpReview()


# ---------------------------------------------------------------------------------------- streaks


def test_a_second_rule_with_a_higher_streak_escalates() -> None:
    """S 9.5: at the third miss in a row, beside the first rule's follow-up."""
    history: list[Comparison] = []
    opened: list[list[str]] = []
    for month in (1, 2, 3):
        missed = found(month, 3)
        review = follow_up(card(missed), [SHORT, THRICE], history=history)
        opened.append([each.rule_key for each in review.opened])
        history.append(missed)
    assert opened == [["short"], ["short"], ["short", "thrice"]]


def test_a_pass_between_two_misses_starts_the_count_again() -> None:
    """S 9.4."""
    history = [found(1, 3), found(2, 3), found(3, 5), found(4, 3)]
    twice = attrs.evolve(THRICE, streak=2)
    assert follow_up(card(found(4, 3)), [twice], history=history[:3]) == FollowUpReview()
    assert only(follow_up(card(found(5, 3)), [twice], history=history)).visit_id == "V-5"


def test_a_visit_that_brought_nothing_neither_counts_nor_breaks() -> None:
    """S 9.4."""
    history = [found(1, 3), found(2), found(3, pv.Absence.DECLINED)]
    twice = attrs.evolve(THRICE, streak=2)
    assert only(follow_up(card(found(4, 3)), [twice], history=history)).visit_id == "V-4"
    thrice = follow_up(card(found(4, 3)), [THRICE], history=history)
    assert thrice == FollowUpReview()


def test_the_card_counts_instead_of_what_the_history_has_of_its_kpis() -> None:
    """S 9.5: a corrected reading is not held twice."""
    missed = found(3, 3)
    right = corrected(missed, 5, at(3, hours=12))
    outdated = History([found(1, 3), found(2, 3), missed])
    assert follow_up(card(right), [THRICE], history=outdated) == FollowUpReview()
    early = History([found(1, 3), found(2, 3), right])
    assert only(follow_up(card(missed), [THRICE], history=early)).visit_id == "V-3"


def test_orders_of_one_kind_make_one_streak() -> None:
    """S 9.5: contexts that change each visit."""
    thrice = attrs.evolve(OF_ORDERS, streak=3)
    history = [order(1, "O-1", 3), order(2, "O-2", 3), order(2, "O-3", 9)]
    now = card(order(3, "O-4", 9), order(3, "O-5", 3))
    opened = only(follow_up(now, [thrice], history=history))
    assert opened.id == "orders/V-3/stock/order"
    assert opened.context == pv.Context("order", "O-5")
    per_context = attrs.evolve(thrice, per=Per.CONTEXT)
    assert follow_up(now, [per_context], history=history) == FollowUpReview()


# ------------------------------------------------------------------------------------ reinforcing


def test_a_repeat_reinforces_instead_of_opening_another() -> None:
    """S 9.5."""
    opened = opened_in(1)
    second = follow_up(card(found(2, 3)), [SHORT], open=[opened])
    assert second == FollowUpReview(reinforced=[opened.reinforce("V-2")])
    third = follow_up(card(found(3, 3)), [SHORT], open=second.open)
    assert [each.reinforced_by for each in third.reinforced] == [("V-2", "V-3")]


def test_the_opening_visit_and_those_that_reinforced_it_never_do_so_again() -> None:
    """S 9.5: following up twice is following up once."""
    held = opened_in(1).reinforce("V-2").reinforce("V-3")
    for month in (1, 2, 3):
        review = follow_up(card(found(month, 3)), [SHORT], open=[held])
        assert review == FollowUpReview(waiting=[held])


def test_what_was_captured_late_for_an_earlier_visit_says_nothing() -> None:
    """S 9.5: neither a miss nor a pass of a visit before the opening."""
    held = opened_in(3)
    for actual in (3, 9):
        late = pv.capture(kpi(1), actual, at=at(1), by="rep-7", recorded_at=at(4))
        earlier = attrs.evolve(found(1, actual), reading=late)
        assert follow_up(card(earlier), [SHORT], open=[held]) == FollowUpReview(waiting=[held])


def test_a_visit_on_the_same_day_counts() -> None:
    """S 9.5."""
    held = opened_in(3)
    other = attrs.evolve(kpi(3), task_id="W/round/count")
    again = follow_up(card(found(3, 2, other, visit_id="W")), [SHORT], open=[held])
    assert [each.reinforced_by for each in again.reinforced] == [("W",)]


def test_without_days_any_other_visit_counts() -> None:
    """S 9.5."""
    undated = only(follow_up(card(found(3, 3, on=None)), [SHORT]))
    assert follow_up(card(found(1, 3)), [], open=[undated]).reinforced


def test_a_visit_without_a_day_has_the_day_of_its_reading() -> None:
    """S 9.5: as in a history."""
    held = opened_in(3)
    for month, counts in ((1, False), (4, True)):
        for actual in (3, 5):
            review = follow_up(card(found(month, actual, on=None)), [], open=[held])
            assert bool(review.waiting) is not counts


# ---------------------------------------------------------------------------------------- closing


def test_a_met_target_closes_it_and_is_kept_as_the_proof() -> None:
    """S 9.5."""
    opened, met = opened_in(1), found(2, 5)
    review = follow_up(card(met), [SHORT], open=[opened])
    assert review == FollowUpReview(closed=[opened.close(met)])
    assert review.open == ()


def test_nearly_met_is_not_met() -> None:
    """S 9.5: NEAR closes nothing, and repeats nothing."""
    opened = opened_in(1)
    assert follow_up(card(found(2, 4)), [SHORT], open=[opened]) == FollowUpReview(waiting=[opened])


def test_a_correction_of_the_reading_that_opened_it_closes_it() -> None:
    """S 9.5: recorded after the opening."""
    missed = found(1, 3)
    opened = opened_in(1)
    right = corrected(missed, 5, at(1, hours=12))
    (closed,) = follow_up(card(right), [SHORT], open=[opened]).closed
    assert (closed.ended_at, closed.proof_id) == (
        at(1, hours=12),
        right.reading and right.reading.id,
    )


def test_what_was_known_when_it_was_opened_proves_nothing() -> None:
    """S 9.5: recorded after the opening, not at the same instant."""
    opened = attrs.evolve(opened_in(1), opened_at=at(2))
    assert follow_up(card(found(2, 5)), [SHORT], open=[opened]) == FollowUpReview(waiting=[opened])


def test_under_a_rule_on_no_data_any_value_closes_it() -> None:
    """S 9.5: the question was whether anybody asks."""
    opened = opened_in(1, None, ASK)
    assert opened.opened_at is None
    for actual in (3, 4, 5):
        (closed,) = follow_up(card(found(2, actual)), [ASK], open=[opened]).closed
        assert closed.proof_id == found(2, actual).reading.id  # type: ignore[union-attr]
    declined = follow_up(card(found(2, pv.Absence.DECLINED)), [ASK], open=[opened])
    assert declined == FollowUpReview(reinforced=[opened.reinforce("V-2")])


def test_a_value_without_a_target_answers_a_rule_on_no_data() -> None:
    """S 9.5: when any value is read."""
    opened = opened_in(1, None, ASK)
    free = found(2, 3, kpi(2, None))
    assert follow_up(card(free), [ASK], open=[opened]) == FollowUpReview(
        closed=[opened.close(free)]
    )
    missed = opened_in(1)
    assert follow_up(card(free), [SHORT], open=[missed]) == FollowUpReview(waiting=[missed])


def test_the_late_reading_of_the_opening_visit_closes_what_its_silence_opened() -> None:
    """S 9.5, S 7.2: late entry works."""
    opened = opened_in(1, None, ASK)
    assert [each.id for each in follow_up(card(found(1, 3)), [ASK], open=[opened]).closed] == [
        "ask/V-1/stock/partner/acme"
    ]


def test_a_manager_who_says_met_closes_it() -> None:
    """S 9.5, S 8.7."""
    opened = opened_in(1)
    decision = overridden(2, Outcome.MET, at(2, hours=20))
    (closed,) = follow_up(card(found(2, override=decision)), [SHORT], open=[opened]).closed
    assert closed.proof_id == decision.id
    silent = opened_in(1, None, ASK)
    (answered,) = follow_up(card(found(2, override=decision)), [ASK], open=[silent]).closed
    assert answered.ended_by == "kim"


def test_a_value_of_another_type_answers_nothing() -> None:
    """S 9.5: ERROR is no answer."""
    opened = opened_in(1, None, ASK)
    free = found(2, 3)
    assert free.reading is not None
    strange = attrs.evolve(
        free, reading=attrs.evolve(free.reading, value="three"), computed=Outcome.ERROR
    )
    assert follow_up(card(strange), [ASK], open=[opened]) == FollowUpReview(waiting=[opened])


def test_one_order_that_is_right_does_not_close_what_another_calls_for() -> None:
    """S 9.5: per KIND, as long as one falls short it stays."""
    opened = only(follow_up(card(order(1, "O-1", 3)), [OF_ORDERS]))
    both = card(order(2, "O-2", 9), order(2, "O-3", 3))
    again = follow_up(both, [OF_ORDERS], open=[opened])
    assert again == FollowUpReview(reinforced=[opened.reinforce("V-2")])
    (closed,) = follow_up(card(order(2, "O-2", 9)), [OF_ORDERS], open=[opened]).closed
    assert closed.id == "orders/V-1/stock/order"


def test_it_is_closed_even_if_its_rule_is_gone() -> None:
    """S 9.5: nothing stays open because somebody tidied up the rules."""
    opened = opened_in(1)
    assert follow_up(card(found(2, 5)), [], open=[opened]).closed == (opened.close(found(2, 5)),)


def test_other_partners_and_matters_are_left_alone() -> None:
    """S 9.5."""
    opened = attrs.evolve(opened_in(1), partner_id="other")
    shelf = attrs.evolve(opened_in(1), context=pv.Context("shelf", "2"))
    review = follow_up(card(found(2, 5)), [SHORT], open=[shelf, opened])
    assert set(review.waiting) == {opened, shelf}
    assert review == attrs.evolve(FollowUpReview(), waiting=review.waiting)


# ---------------------------------------------------------------------------------------- its end


def test_what_was_dismissed_is_not_opened_again_by_the_same_visit() -> None:
    """S 9.5: final states absorb; the next visit may open a new one."""
    gone = opened_in(1).dismiss("they closed", by="kim", at=at(1, hours=20))
    assert follow_up(card(found(1, 3)), [SHORT], open=[gone]) == FollowUpReview(ended=[gone])
    assert only(follow_up(card(found(2, 3)), [SHORT], open=[gone])).visit_id == "V-2"


def test_a_visit_that_called_for_an_ended_one_opens_no_other() -> None:
    """S 9.5: following up twice is following up once, also after the end."""
    met = found(3, 5)
    closed = opened_in(1).reinforce("V-2").close(met)
    dismissed = opened_in(1).reinforce("V-2").dismiss("they closed", by="kim", at=at(3))
    for ended in (closed, dismissed):
        for month in (1, 2):
            review = follow_up(card(found(month, 3)), [SHORT], open=[ended])
            assert review == FollowUpReview(ended=[ended])
        assert only(follow_up(card(found(4, 3)), [SHORT], open=[ended])).visit_id == "V-4"
    other = attrs.evolve(closed, partner_id="other")
    assert follow_up(card(found(2, 3)), [SHORT], open=[other]).opened


def test_what_is_open_now_is_all_but_the_closed() -> None:
    """S 9.5: what goes into the next plan."""
    shelf = attrs.evolve(opened_in(1), context=pv.Context("shelf", "2"))
    review = follow_up(card(found(2, 3), order(2, "O-1", 3)), [SHORT], open=[opened_in(1), shelf])
    assert [each.id for each in review.open] == [
        "short/V-1/stock/partner/acme",
        "short/V-1/stock/shelf/2",
        "short/V-2/stock/order/O-1",
    ]


# ------------------------------------------------------------------------------------ wrong input


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"rules": [SHORT, attrs.evolve(SHORT, action="Order less")]}, "sequence.duplicate"),
        ({"rules": ["short"]}, "sequence.entry"),
        ({"rules": SHORT}, "sequence.type"),
        ({"card": "card"}, "type.wrong"),
        ({"open": ["short"]}, "sequence.entry"),
        ({"open": "short"}, "sequence.type"),
        ({"open": [opened_in(1), opened_in(1)]}, "sequence.duplicate"),
        ({"history": ["V-1"]}, "sequence.entry"),
        ({"history": [found(1, 3), found(1, 5)]}, "history.twice"),
        ({"card": card(found(1, 3), found(1, 5))}, "history.twice"),
        ({"calendar": pv.WorkCalendar}, "calendar.type"),
    ],
)
def test_what_cannot_be_followed_up_is_refused(arguments: dict[str, Any], code: str) -> None:
    """S 9.5."""
    given: dict[str, Any] = {"card": card(found(3, 3)), "rules": [SHORT]} | arguments
    held, rules = given.pop("card"), given.pop("rules")
    with pytest.raises(InvalidValueError) as refused:
        _ = follow_up(held, rules, **given)
    assert refused.value.code == code


def test_a_calendar_without_the_day_says_so() -> None:
    """S 4.5."""
    rule = attrs.evolve(SHORT, due=pv.days(4, roll=Roll.RAISE))
    with pytest.raises(CalendarError) as refused:
        _ = follow_up(card(found(3, 3)), [rule])
    assert refused.value.code == "calendar.non-working"


# ------------------------------------------------------------------------------------------ words


def test_a_review_prints_as_a_table_of_what_became_of_each() -> None:
    """S 9.5, S 8.8."""
    rule = attrs.evolve(SHORT, owner_role="area-manager", due=pv.days(3))
    shelf = attrs.evolve(opened_in(1), context=pv.Context("shelf", "2"))
    other = attrs.evolve(opened_in(1), partner_id="other")
    price = builders.indicator("price")
    settled = kpi(2, pv.Target("price", AT_LEAST_5.expected), indicator=price)
    comparisons = card(
        found(2, 3), found(2, 3, kpi(2, context=pv.Context("shelf", "2"))), found(2, 6, settled)
    )
    old = attrs.evolve(opened_in(1), indicator="price")
    review = follow_up(comparisons, [rule], open=[shelf, other, old])
    missed = "      The stock: expected at least 5 (template item); found 3; missed by 2"
    assert str(review).splitlines() == [
        "follow-up     about                severity  owner         due",
        "------------  -------------------  --------  ------------  ----------",
        "opened",
        "  Order more  acme, partner acme   normal    area-manager  2026-02-13",
        missed,
        "reinforced",
        "  Order more  acme, shelf 2        normal    -             -",
        f"{missed} (since 2026-01-10,",
        "      repeated once)",
        "closed",
        "  Order more  acme, partner acme   normal    -             -",
        "      The price: expected at least 5 (template item); found 6; met",
        "waiting",
        "  Order more  other, partner acme  normal    -             -",
        missed,
    ]


def test_a_review_prints_the_severest_first() -> None:
    """S 9.5."""
    grave = attrs.evolve(SHORT, key="z", action="Call", severity=Level.HIGH)
    lines = str(follow_up(card(found(3, 3)), [SHORT, grave])).splitlines()
    assert [line.split()[0] for line in lines[3::2]] == ["Call", "Order"]


def test_a_very_long_reason_for_skipping_does_not_stop_the_follow_up() -> None:
    """S 9.5, S 1.3: the sentence fits into what a text may hold."""
    plan = builders.plan(
        builders.item(
            targets=[pv.Target("stock", pv.at_least(5))],
            binding=pv.Binding.MUST_UNLESS_DOCUMENTED,
        )
    ).skip("count", "y" * 4_000)
    opened = only(follow_up(pv.compare(plan, []), [ASK]))
    assert opened.because.startswith("The stock: the task was skipped: yyy")
    assert len(opened.because) == 1_000


# ------------------------------------------------------------------- cards that come late or apart


def test_a_card_that_comes_late_closes_nothing_that_a_later_visit_calls_for() -> None:
    """S 9.5: the last visit that says something decides, in the card or in the history."""
    held = opened_in(1).reinforce("V-3")
    history = [found(1, 3), found(3, 3)]
    late = follow_up(card(found(2, 9)), [SHORT], open=[held], history=history)
    assert late == FollowUpReview(waiting=[held])
    right = corrected(found(1, 3), 9, at(4))
    assert follow_up(card(right), [SHORT], open=[held], history=history).waiting == (held,)


def test_a_card_that_comes_late_opens_nothing_that_a_later_visit_settled() -> None:
    """S 9.5."""
    review = follow_up(card(found(2, 3)), [SHORT], history=[found(3, 9)])
    assert review == FollowUpReview()


def test_two_cards_of_one_visit_are_as_good_as_one() -> None:
    """S 9.5: one task's pass does not close what another calls for."""
    recount = found(1, 9, kpi(1, task="recount"))
    held = opened_in(1)
    apart = follow_up(card(recount), [SHORT], open=[held], history=[found(1, 3)])
    assert apart == FollowUpReview(waiting=[held])


def test_the_history_alone_changes_nothing_that_the_card_is_not_about() -> None:
    """S 9.5: a review is of its card."""
    held = opened_in(1)
    elsewhere = found(2, 3, kpi(2, context=pv.Context("shelf", "2")))
    review = follow_up(card(elsewhere), [SHORT], open=[held], history=[found(2, 9)])
    assert review.waiting == (held,)


def test_a_rule_of_one_scope_counts_opens_and_closes_within_it() -> None:
    """S 9.5."""
    first = pv.Scope(context=pv.Context("order", "1"))
    rule = attrs.evolve(OF_ORDERS, scope=first)
    held = only(follow_up(card(order(1, "1", 3)), [rule]))
    assert held.scope == first
    assert follow_up(card(order(2, "2", 9)), [rule], open=[held]).waiting == (held,)
    assert follow_up(card(order(2, "1", 9)), [rule], open=[held]).closed
    twice = attrs.evolve(rule, streak=2)
    of_other = follow_up(card(order(2, "1", 3)), [twice], history=[order(1, "2", 3)])
    assert of_other == FollowUpReview()
    of_same = follow_up(card(order(2, "1", 3)), [twice], history=[order(1, "1", 3)])
    assert only(of_same).visit_id == "V-2"


def test_a_rule_that_was_changed_opens_anew_once_the_old_one_is_settled() -> None:
    """S 9.5: at most one is open, and none is lost."""
    asked = opened_in(1, None, ASK)
    changed = attrs.evolve(SHORT, key="ask")
    review = follow_up(card(found(2, 3)), [changed], open=[asked])
    assert [each.id for each in review.closed] == [asked.id]
    assert only(review).visit_id == "V-2"


def test_all_that_is_passed_or_opened_is_there_for_the_next_time() -> None:
    """S 9.5: nothing is lost."""
    gone = attrs.evolve(opened_in(1), indicator="price").dismiss("sold", by="kim", at=at(2))
    review = follow_up(card(found(2, 9), order(2, "1", 3)), [SHORT], open=[opened_in(1), gone])
    assert [each.id for each in review.follow_ups] == [
        "short/V-1/price/partner/acme",
        "short/V-1/stock/partner/acme",
        "short/V-2/stock/order/1",
    ]
    assert review.ended == (gone,)


def test_a_target_of_a_day_that_has_passed_is_not_carried_along() -> None:
    """S 9.5: it could never be met."""
    arrival = builders.indicator("stock", value_type=pv.ValueType.DATETIME)
    target = pv.Target("stock", pv.at_most(at(1)))
    missed = found(1, at(2), kpi(1, target, indicator=arrival))
    assert only(follow_up(card(missed), [SHORT])).item().targets == ()
