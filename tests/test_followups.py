"""On this outcome open this action (S 9.5)."""

from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.comparison import Comparison, Outcome
from partnervisits.errors import InvalidValueError
from partnervisits.followups import FollowUp, FollowUpReview, FollowUpRule, follow_up
from partnervisits.scorecards import Scorecard
from tests import builders
from tests.judged import SUBJECT, compared, judged

SHORT = FollowUpRule("short", "Order more", on=Outcome.NOT_MET)
ASK = FollowUpRule("ask", "Ask again", on=Outcome.NO_DATA)
STOCK = builders.indicator()
NOT_MET = judged(STOCK, pv.at_least(5), 3)
NO_DATA = judged(STOCK, pv.at_least(5))
MET = judged(STOCK, pv.at_least(5), 5)


def card(*comparisons: Comparison) -> Scorecard:
    return Scorecard(comparisons=comparisons)


def opened(**changes: Any) -> FollowUp:
    settings: dict[str, Any] = {
        "rule_key": "short",
        "action": "Order more",
        "visit_id": "V-1",
        "partner_id": "acme",
        "indicator": "stock",
        "context": pv.Context("partner", "acme"),
        "kpi_id": NOT_MET.kpi.id,
        "because": "The stock: expected at least 5 (template item); found 3; missed by 2",
    }
    return FollowUp(**(settings | changes))


def test_a_comparison_with_the_rules_outcome_opens_its_action() -> None:
    """S 9.5."""
    assert follow_up(card(NOT_MET), [SHORT]) == FollowUpReview(opened=[opened()])


def test_where_no_rule_matches_there_is_no_follow_up() -> None:
    """S 9.5."""
    assert follow_up(card(MET), [SHORT, ASK]) == FollowUpReview()
    assert follow_up(card(NOT_MET), [ASK]) == FollowUpReview()
    assert follow_up(card(NOT_MET), []) == FollowUpReview()
    assert follow_up(card(), [SHORT]) == FollowUpReview()


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.MET])
def test_a_rule_may_be_on_every_other_outcome(outcome: Outcome) -> None:
    """S 9.5."""
    assert FollowUpRule("rule", "Do it", on=outcome).on is outcome


def test_a_rule_on_met_is_refused() -> None:
    """S 9.5."""
    with pytest.raises(InvalidValueError, match="what is met needs no follow-up") as refused:
        _ = FollowUpRule("rule", "Praise them", on=Outcome.MET)
    assert refused.value.code == "rule.on-met"
    assert (refused.value.owner, refused.value.field) == ("FollowUpRule", "on")


@pytest.mark.parametrize("action", ["", " ", "\n\t"])
def test_a_rule_says_what_is_to_be_done(action: str) -> None:
    """S 9.5."""
    with pytest.raises(InvalidValueError, match="say what is to be done") as refused:
        _ = FollowUpRule("rule", action, on=Outcome.NOT_MET)
    assert refused.value.code == "rule.action"
    with pytest.raises(InvalidValueError) as also_refused:
        _ = opened(action=action)
    assert (also_refused.value.code, also_refused.value.owner) == ("rule.action", "FollowUp")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"key": "two words"}, "key.slug", "key"),
        ({"action": "a\rb"}, "text.carriage-return", "action"),
        ({"action": 5}, "text.type", "action"),
        ({"on": "not met"}, "type.wrong", "on"),
    ],
)
def test_a_part_of_a_rule_that_cannot_be_is_refused(
    changes: dict[str, Any], code: str, field: str
) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(SHORT, **changes)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"rule_key": ""}, "text.empty", "rule_key"),
        ({"visit_id": " V-1"}, "text.blank-ends", "visit_id"),
        ({"partner_id": "a\x00"}, "text.control", "partner_id"),
        ({"indicator": "the stock"}, "key.slug", "indicator"),
        ({"context": "acme"}, "type.wrong", "context"),
        ({"kpi_id": "x" * 4097}, "text.long", "kpi_id"),
        ({"because": None}, "text.type", "because"),
    ],
)
def test_a_part_of_a_follow_up_that_cannot_be_is_refused(
    changes: dict[str, Any], code: str, field: str
) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = opened(**changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_follow_up_is_named_by_rule_visit_indicator_and_context() -> None:
    """S 9.5, S 6.3: the parts are escaped, so that no two lists of parts give one id."""
    assert opened().id == "short/V-1/stock/partner/acme"
    strange = opened(visit_id="V/1", context=pv.Context("a/b", "50%"))
    assert strange.id == "short/V%2F1/stock/a%2Fb/50%25"


def test_two_rules_on_one_outcome_open_two_actions() -> None:
    """S 9.5."""
    call = FollowUpRule("call", "Call the branch manager", on=Outcome.NOT_MET)
    review = follow_up(card(NOT_MET), [SHORT, call])
    assert [each.id for each in review.opened] == [
        "call/V-1/stock/partner/acme",
        "short/V-1/stock/partner/acme",
    ]
    assert [each.action for each in review.opened] == ["Call the branch manager", "Order more"]


def test_two_tasks_that_find_the_same_open_one_action_of_the_first() -> None:
    """S 9.5: at most one for each rule, visit, indicator and context."""
    other = attrs.evolve(
        NOT_MET,
        item_key="recount",
        kpi=attrs.evolve(NOT_MET.kpi, task_id="V-1/round/recount"),
        reading=None,
        computed=Outcome.NO_DATA,
    )
    rule = FollowUpRule("ask", "Ask again", on=Outcome.NO_DATA)
    review = follow_up(card(NO_DATA, other), [rule])
    assert [each.kpi_id for each in review.opened] == [NO_DATA.kpi.id]


def test_visits_contexts_and_indicators_are_followed_up_one_by_one() -> None:
    """S 9.5."""
    kpi = builders.kpi(STOCK, pv.Target("stock", pv.at_least(5)))
    shelf = attrs.evolve(kpi, context=pv.Context("shelf", "2"))
    price = builders.kpi(builders.indicator("price"), pv.Target("price", pv.at_least(5)))
    review = follow_up(
        card(
            compared(shelf, 1),
            compared(price, 1),
            compared(kpi, 1, visit_id="V-2", partner_id="other"),
            compared(kpi, 1),
        ),
        [SHORT],
    )
    assert [each.id for each in review.opened] == [
        "short/V-1/price/partner/acme",
        "short/V-1/stock/partner/acme",
        "short/V-1/stock/shelf/2",
        "short/V-2/stock/partner/acme",
    ]
    assert [each.partner_id for each in review.opened] == ["acme", "acme", "acme", "other"]


def test_rules_may_come_from_any_iterable() -> None:
    """S 9.5."""
    assert len(follow_up(card(NOT_MET, NO_DATA), (each for each in (SHORT, ASK))).opened) == 2


def test_two_rules_of_one_key_are_refused() -> None:
    """S 9.5."""
    with pytest.raises(InvalidValueError, match="rule 'short' stands twice") as refused:
        _ = follow_up(card(NOT_MET), [SHORT, attrs.evolve(SHORT, action="Order less")])
    assert refused.value.code == "sequence.duplicate"


def test_what_is_no_rule_is_refused() -> None:
    """S 9.5."""
    with pytest.raises(InvalidValueError, match="entry 0: pass FollowUpRule") as refused:
        _ = follow_up(card(), ["short"])  # type: ignore[list-item]
    assert refused.value.code == "sequence.entry"


def test_a_review_is_sorted_and_holds_each_follow_up_once() -> None:
    """S 9.5."""
    first, second = opened(visit_id="V-1"), opened(visit_id="V-2")
    assert FollowUpReview(opened=[second, first]).opened == (first, second)
    with pytest.raises(InvalidValueError, match="follow-up 'short/V-1/") as refused:
        _ = FollowUpReview(opened=[first, attrs.evolve(first, action="Something else")])
    assert refused.value.code == "sequence.duplicate"


def test_a_very_long_reason_for_skipping_does_not_stop_the_follow_up() -> None:
    """S 9.5, S 1.3: the sentence fits into what a text may hold."""
    plan = builders.plan(
        builders.item(
            targets=[pv.Target("stock", pv.at_least(5))],
            binding=pv.Binding.MUST_UNLESS_DOCUMENTED,
        )
    ).skip("count", "y" * 4_000)
    (found,) = follow_up(pv.compare(plan, []), [ASK]).opened
    assert found.because.startswith("The stock: the task was skipped: yyy")
    assert len(found.because) == 1_000


def test_a_review_prints_as_a_table_of_actions_and_reasons() -> None:
    """S 9.5, S 8.8."""
    assert str(follow_up(card(NOT_MET, NO_DATA), [SHORT, ASK])).splitlines() == [
        "follow-up   about",
        "----------  ------------",
        "Ask again   partner acme",
        "    The stock: nothing was captured",
        "Order more  partner acme",
        "    The stock: expected at least 5 (template item); found 3; missed by 2",
    ]


def test_a_review_without_follow_ups_says_so() -> None:
    """S 9.5."""
    assert str(FollowUpReview()) == "nothing to follow up"


def test_a_review_has_a_hundred_characters_at_most() -> None:
    """S 9.5."""
    held = opened(action="Do it " * 100, because="because " * 100)
    assert max(map(len, str(FollowUpReview(opened=[held])).splitlines())) <= 100


def test_the_subject_of_a_comparison_is_the_visit_of_its_follow_up() -> None:
    """S 6.6, S 9.5."""
    (held,) = follow_up(card(NOT_MET), [SHORT]).opened
    assert (held.visit_id, held.partner_id) == (SUBJECT.visit_id, SUBJECT.partner_id)
