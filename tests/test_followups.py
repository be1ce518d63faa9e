"""Rules, follow-ups and their life (S 9.5)."""

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.calendars import Anchor
from partnervisits.comparison import Outcome
from partnervisits.errors import InvalidValueError, TransitionError
from partnervisits.followups import (
    FOLLOW_UP_LIFECYCLE,
    FollowUp,
    FollowUpReview,
    FollowUpRule,
    FollowUpStatus,
    Level,
)
from partnervisits.histories import Matter, Per
from partnervisits.templates import Spread
from tests.quarters import at, found, kpi, overridden

SHORT = FollowUpRule("short", "Order more", on=Outcome.NOT_MET)
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def opened(**changes: Any) -> FollowUp:
    settings: dict[str, Any] = {
        "rule_key": "short",
        "action": "Order more",
        "on": Outcome.NOT_MET,
        "visit_id": "V-1",
        "partner_id": "acme",
        "task_key": "count",
        "indicator": "stock",
        "context": pv.Context("partner", "acme"),
        "kpi_id": "V-1/round/count/partner/acme/stock",
        "because": "The stock: expected at least 5 (template item); found 3; missed by 2",
    }
    return FollowUp(**(settings | changes))


ENDED: dict[str, Any] = {"reason": "they closed", "ended_by": "kim", "ended_at": NOON}


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
        ({"streak": 0}, "count.range", "streak"),
        ({"streak": True}, "count.range", "streak"),
        ({"indicators": "stock"}, "sequence.type", "indicators"),
        ({"scope": "acme"}, "type.wrong", "scope"),
        ({"per": "kind"}, "type.wrong", "per"),
        ({"owner_role": "key account"}, "key.slug", "owner_role"),
        ({"due": 5}, "type.wrong", "due"),
        ({"due": pv.days(5, anchor=Anchor.VISIT_END)}, "rule.due", "due"),
        ({"severity": "high"}, "type.wrong", "severity"),
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
        ({"on": Outcome.MET}, "rule.on-met", "on"),
        ({"task_key": ""}, "text.empty", "task_key"),
        ({"per": None}, "type.wrong", "per"),
        ({"owner_role": "a b"}, "key.slug", "owner_role"),
        ({"severity": None}, "type.wrong", "severity"),
        ({"target": pv.Target("stock", 5)}, "type.wrong", "target"),
        ({"scope": "acme"}, "type.wrong", "scope"),
        ({"due": NOON}, "date.type", "due"),
        ({"opened_on": "2026-03-12"}, "date.type", "opened_on"),
        ({"opened_at": date(2026, 3, 12)}, "instant.type", "opened_at"),
        ({"reinforced_by": ["V-2", "V-2"]}, "sequence.duplicate", "reinforced_by"),
        ({"reinforced_by": [""]}, "text.empty", "reinforced_by"),
        ({"status": "open"}, "type.wrong", "status"),
        ({"proof_id": ""}, "text.empty", "proof_id"),
        ({"ended_by": " kim"}, "text.blank-ends", "ended_by"),
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


def test_a_review_is_sorted_and_holds_each_follow_up_once() -> None:
    """S 9.5."""
    first, second = opened(visit_id="V-1"), opened(visit_id="V-2")
    assert FollowUpReview(opened=[second, first]).opened == (first, second)
    with pytest.raises(InvalidValueError, match="follow-up 'short/V-1/") as refused:
        _ = FollowUpReview(opened=[first, attrs.evolve(first, action="Something else")])
    assert refused.value.code == "sequence.duplicate"


def test_a_review_without_follow_ups_says_so() -> None:
    """S 9.5."""
    assert str(FollowUpReview()) == "nothing to follow up"


def test_a_review_has_a_hundred_characters_at_most() -> None:
    """S 9.5."""
    held = opened(action="Do it " * 100, because="because " * 100)
    assert max(map(len, str(FollowUpReview(opened=[held])).splitlines())) <= 100


# ------------------------------------------------------------------------------ the life of one


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reinforced_by": ["V-1"]}, "reinforced_by"),
        ({"ended_at": NOON}, "ended_at"),
        ({"ended_by": "kim"}, "ended_at"),
        ({"reason": "they closed"}, "reason"),
        ({"proof_id": "R-1"}, "proof_id"),
        ({**ENDED}, "ended_at"),
        ({**ENDED, "status": FollowUpStatus.CLOSED}, "proof_id"),
        ({**ENDED, "status": FollowUpStatus.DISMISSED, "proof_id": "R-1"}, "proof_id"),
        ({**ENDED, "status": FollowUpStatus.DISMISSED, "reason": " "}, "reason"),
        ({**ENDED, "status": FollowUpStatus.DISMISSED, "ended_by": None}, "ended_at"),
        ({**ENDED, "status": FollowUpStatus.DISMISSED, "ended_at": None}, "ended_at"),
        (
            {
                **ENDED,
                "status": FollowUpStatus.DISMISSED,
                "opened_at": datetime(2026, 3, 12, 12, 1, tzinfo=UTC),
            },
            "ended_at",
        ),
    ],
)
def test_a_follow_up_whose_parts_contradict_each_other_is_refused(
    changes: dict[str, Any], field: str
) -> None:
    """S 9.5: open, or ended by a proof or a person, and nothing between."""
    with pytest.raises(InvalidValueError) as refused:
        _ = opened(**changes)
    assert (refused.value.code, refused.value.owner) == ("follow-up.state", "FollowUp")
    assert refused.value.field == field


def test_a_follow_up_may_end_at_the_very_instant_it_was_opened() -> None:
    """S 9.5."""
    assert not opened(opened_at=NOON).dismiss("a mistake", by="kim", at=NOON).is_open


def test_dismissing_keeps_who_when_and_why() -> None:
    """S 9.5: closed by hand, with a reason."""
    ended = opened().dismiss("they closed", by="kim", at=NOON)
    assert ended == opened(status=FollowUpStatus.DISMISSED, **ENDED)
    assert not ended.is_open


@pytest.mark.parametrize("reason", ["", " \n"])
def test_nobody_dismisses_without_a_reason(reason: str) -> None:
    """S 9.5."""
    with pytest.raises(InvalidValueError, match="say why it ended") as refused:
        _ = opened().dismiss(reason, by="kim", at=NOON)
    assert refused.value.code == "follow-up.state"


def test_closing_keeps_the_reading_that_proves_it() -> None:
    """S 9.5: closed by a reading, kept as the proof."""
    proof = found(2, 6)
    closed = opened().close(proof)
    assert proof.reading is not None
    assert closed == opened(
        status=FollowUpStatus.CLOSED,
        proof_id=proof.reading.id,
        reason=str(proof),
        ended_by="rep-7",
        ended_at=at(2),
    )


def test_closing_by_what_a_person_decided_keeps_the_decision() -> None:
    """S 9.5, S 8.7."""
    decision = overridden(2, Outcome.MET, at(2, hours=20))
    closed = opened().close(found(2, 3, override=decision))
    assert (closed.proof_id, closed.ended_by) == (decision.id, "kim")
    assert closed.ended_at == at(2, hours=20)


def test_what_is_about_something_else_proves_nothing() -> None:
    """S 9.5: another partner, another context, an earlier visit."""
    held = opened(opened_on=date(2026, 2, 10))
    shelf = kpi(3, context=pv.Context("shelf", "2"))
    for strange in (found(3, 9, partner_id="other"), found(3, 9, shelf), found(1, 9)):
        assert held.proof_in(strange) is None
        with pytest.raises(InvalidValueError) as refused:
            _ = held.close(strange)
        assert refused.value.code == "follow-up.proof"
    assert not held.close(found(3, 9)).is_open


def test_what_was_not_captured_proves_nothing() -> None:
    """S 9.5."""
    with pytest.raises(InvalidValueError, match="nothing in this comparison settles it") as refused:
        _ = opened().close(found(2))
    assert refused.value.code == "follow-up.proof"
    with pytest.raises(InvalidValueError, match="pass Comparison") as strange:
        _ = opened().close("R-1")  # type: ignore[arg-type]
    assert strange.value.code == "type.wrong"


def test_reinforcing_keeps_the_visits_in_their_order() -> None:
    """S 9.5: neither the opening visit nor one that reinforced it does so again."""
    again = opened().reinforce("V-3").reinforce("V-2")
    assert again.reinforced_by == ("V-3", "V-2")
    assert again.status is FollowUpStatus.OPEN
    for visit, code in (("V-1", "follow-up.state"), ("V-3", "sequence.duplicate")):
        with pytest.raises(InvalidValueError) as refused:
            _ = again.reinforce(visit)
        assert refused.value.code == code


def test_what_has_ended_takes_no_verb() -> None:
    """S 9.5: final states absorb."""
    ended = opened().dismiss("they closed", by="kim", at=NOON)
    for verb, attempt in (
        ("reinforce", lambda: ended.reinforce("V-2")),
        ("close", lambda: ended.close(found(2, 6))),
        ("dismiss", lambda: ended.dismiss("again", by="kim", at=NOON)),
        ("item", ended.item),
    ):
        with pytest.raises(TransitionError) as refused:
            _ = attempt()
        assert (refused.value.state, refused.value.verb) == ("DISMISSED", verb)
        assert refused.value.subject == "follow-up short/V-1/stock/partner/acme"
        assert refused.value.allowed == ()


def test_the_table_of_its_life_is_all_there_is() -> None:
    """S 9.5."""
    assert FOLLOW_UP_LIFECYCLE.allowed(FollowUpStatus.OPEN) == ("close", "dismiss", "reinforce")
    assert [each for each in FollowUpStatus if FOLLOW_UP_LIFECYCLE.is_final(each)] == [
        FollowUpStatus.CLOSED,
        FollowUpStatus.DISMISSED,
    ]


# -------------------------------------------------------------------------------- names and words


def test_a_follow_up_on_a_kind_is_named_by_the_kind_alone() -> None:
    """S 9.5: orders change each visit."""
    of_orders = opened(per=Per.KIND, context=pv.Context("order", "O-7"))
    assert of_orders.id == "short/V-1/stock/order"
    assert of_orders.matter == Matter("acme", "stock", "order", None)
    assert of_orders.about == "every order"


def test_a_follow_up_on_a_context_is_about_that_context() -> None:
    """S 9.5."""
    assert opened().matter == Matter("acme", "stock", "partner", "acme")
    assert opened().about == "partner acme"


def test_a_follow_up_reads_as_one_line() -> None:
    """S 9.5."""
    assert str(opened()) == "Order more (partner acme, acme): open"
    later = opened(due=date(2026, 3, 19), per=Per.KIND, context=pv.Context("order", "O-7"))
    assert str(later) == "Order more (every order, acme by 2026-03-19): open"


# ---------------------------------------------------------------------------- into the next plan


def test_its_item_asks_for_the_same_again() -> None:
    """S 9.5, S 6.7: task, indicator and context of the KPI; MUST; the action as instructions."""
    item = opened(context=pv.Context("product", "X-100")).item()
    assert item == pv.TemplateItem(
        item.key,
        task="count",
        binding=pv.Binding.MUST,
        indicators=["stock"],
        contexts=[pv.Context("product", "X-100")],
        instructions="Order more",
        serves="short/V-1/stock/product/X-100",
    )


def test_its_item_expects_what_was_expected_then() -> None:
    """S 9.5: so that a plan that expects nothing else can close it."""
    item = opened(target=kpi(1).target).item()
    assert item.targets == (pv.Target("stock", pv.at_least(5), near=pv.within(1)),)
    graded = pv.Target("stock", pv.equals(5, tolerance=1), worst=(0, 9), weight=3)
    again = opened(target=kpi(1, graded).target).item()
    assert again.targets == (graded,)


def test_a_share_of_a_long_number_is_carried_along_with_ten_places() -> None:
    """S 9.5, S 1.3: a width has at most 18 integer and 10 fraction digits."""
    for expected, percent, near in (
        (pv.at_least("0.123456789"), "12.5", "0.0154320986"),
        (pv.at_least("999999999999999999"), 500, "999999999999999999"),
    ):
        target = pv.Target("stock", expected, near=pv.within_percent(percent))
        (carried,) = opened(target=kpi(1, target).target).item().targets
        assert carried.near == pv.within(near)


def test_its_item_asks_for_every_context_of_the_kind() -> None:
    """S 9.5."""
    item = opened(per=Per.KIND, context=pv.Context("order", "O-7")).item()
    assert (item.contexts, item.context_kinds) == ((), ("order",))
    assert item.spread is Spread.ONE_EACH
    assert item.serves == "short/V-1/stock/order"


def test_the_key_of_its_item_is_made_of_the_rule_and_the_id() -> None:
    """S 6.3: the same in every process, another for another follow-up, and never too long."""
    assert opened().item().key == "short-df422a9bf740"
    assert opened(visit_id="V-2").item().key != opened().item().key
    longest = opened(rule_key="r" * 64).item().key
    assert len(longest) == 64
    assert longest.startswith("r" * 51 + "-")


# ------------------------------------------------------------------------------- what a rule wants


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"indicators": ["stock"]}, True),
        ({"indicators": ["price", "stock"]}, True),
        ({"indicators": ["price"]}, False),
        ({"scope": pv.Scope(partner="acme")}, True),
        ({"scope": pv.Scope(partner="other")}, False),
        ({"scope": pv.Scope(visit="V-1")}, True),
        ({"scope": pv.Scope(visit="V-2")}, False),
        ({"scope": pv.Scope(segment="large")}, True),
        ({"scope": pv.Scope(segment="small")}, False),
        ({"scope": pv.Scope(context=pv.Context("partner", "acme"))}, True),
        ({"scope": pv.Scope(context=pv.Context("product", "acme"))}, False),
        ({"scope": pv.Scope(partner="acme", segment="small")}, False),
        ({"scope": pv.Scope(partner="acme", segment="large")}, True),
    ],
)
def test_a_rule_is_about_all_that_its_indicators_and_scope_name(
    changes: dict[str, Any], *, holds: bool
) -> None:
    """S 9.5."""
    comparison = found(1, 3, facts=pv.Facts(partner={"segment": "large"}))
    assert attrs.evolve(SHORT, **changes).is_about(comparison) is holds


def test_a_rule_without_settings_is_about_everything_once() -> None:
    """S 9.5: per context, from the first time, for nobody in particular, without a day."""
    assert (SHORT.streak, SHORT.per, SHORT.severity) == (1, Per.CONTEXT, Level.NORMAL)
    assert (SHORT.owner_role, SHORT.due, SHORT.scope, SHORT.indicators) == (None, None, None, ())
