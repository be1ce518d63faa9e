"""Which items apply: conditions, groups, and what becomes of those that do not."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

import partnervisits as pv
from partnervisits.calendars import Anchor, Weekday
from partnervisits.conditions import Condition, all_of, any_of, is_set, negate, when
from partnervisits.contexts import Fact
from partnervisits.findings import Severity
from partnervisits.plans import Cause, LeftOut
from partnervisits.templates import Binding, Group, Prerequisite, Selection, Spread
from tests.builders import NINE, THURSDAY, catalog, item, visit
from tests.proposals.worlds import (
    AGREEMENT,
    PARTNER,
    PRODUCT_A,
    PRODUCT_B,
    PRODUCT_C,
    dues,
    error,
    expanded,
    left_out,
    plan_of,
    planned,
    warning,
)

LARGE = when("segment", pv.equals("large"))
BUSY = when("stores", pv.at_least(3))
LISTED = when("listed", pv.equals(True))
PRODUCTS = (PRODUCT_A, PRODUCT_B, PRODUCT_C)
FIRST = Group("pitch", Selection.FIRST)
DAY = timedelta(days=1)
COUNT = ("items", "count")


def line(
    key: str,
    condition: Condition | None = None,
    *,
    group: Group | None = None,
    kinds: Iterable[str] = (),
    spread: Spread = Spread.TOGETHER,
    binding: Binding = Binding.COULD,
    after: Iterable[Prerequisite | str] = (),
) -> pv.TemplateItem:
    return item(
        key,
        task="count",
        condition=condition,
        group=group,
        context_kinds=kinds,
        spread=spread,
        binding=binding,
        after=after,
    )


ALWAYS = line("always")


def of_visit(**facts: Fact) -> pv.Given:
    return pv.Given(facts=pv.Facts(visit=facts))


def of_contexts(*contexts: pv.Context, **listed: bool) -> pv.Given:
    """Contexts, and of those that are named by id whether they are listed."""
    facts = {each: {"listed": listed[each.id]} for each in contexts if each.id in listed}
    return pv.Given(contexts=contexts, facts=pv.Facts(contexts=facts))


def open_question(key: str, message: str, *, must: bool = False) -> pv.Finding:
    severity = Severity.ERROR if must else Severity.WARNING
    return pv.Finding(("items", key), "condition.unknown", f"left out{message}", severity)


def give(facts: str) -> str:
    return f": give the {facts} in Given(facts=)"


# ------------------------------------------------------------- yes, no and unknown (S 3.4)


def test_an_item_whose_condition_holds_is_planned() -> None:
    """S 3.4: and its task says under which condition."""
    proposal = expanded(line("count", BUSY), given=of_visit(stores=3))
    (found,) = plan_of(proposal).tasks
    assert (found.item_key, found.condition) == ("count", BUSY)
    assert plan_of(proposal).left_out == ()
    assert proposal.findings == ()


@pytest.mark.parametrize("binding", Binding)
def test_an_item_whose_condition_does_not_hold_is_left_out_silently(binding: Binding) -> None:
    """S 3.4: nothing is wrong, however obligatory it is; and the plan shows it."""
    proposal = expanded(ALWAYS, line("count", BUSY, binding=binding), given=of_visit(stores=2))
    assert planned(proposal) == ["always"]
    assert plan_of(proposal).left_out == (LeftOut("count", Cause.CONDITION, PARTNER, BUSY),)
    assert "count: not planned" in str(proposal.plan)
    assert proposal.findings == ()


@pytest.mark.parametrize(
    ("binding", "must"),
    [(Binding.COULD, False), (Binding.MUST_UNLESS_DOCUMENTED, False), (Binding.MUST, True)],
)
def test_a_condition_on_a_fact_that_was_not_given_is_no_no(binding: Binding, *, must: bool) -> None:
    """S 3.4, S 6.5: the item is left out, and a finding names the fact; an error if it is MUST."""
    proposal = expanded(ALWAYS, line("count", BUSY, binding=binding))
    assert left_out(proposal) == [("count", Cause.UNKNOWN)]
    assert plan_of(proposal).left_out[0].condition == BUSY
    assert proposal.findings == (open_question("count", give("fact stores"), must=must),)
    assert proposal.is_blocked is must


def test_the_opposite_of_a_fact_that_was_not_given_is_unknown_too() -> None:
    """S 3.4: missing is never a pass."""
    proposal = expanded(ALWAYS, line("count", negate(BUSY)))
    assert left_out(proposal) == [("count", Cause.UNKNOWN)]
    assert proposal.findings == (open_question("count", give("fact stores")),)


def test_all_facts_that_lack_are_named_and_no_others() -> None:
    """S 6.5."""
    both = all_of([LARGE, BUSY, when("region", pv.equals("north")), negate(is_set("closed"))])
    proposal = expanded(ALWAYS, line("count", both), given=of_visit(region="north"))
    assert proposal.findings == (open_question("count", give("facts segment and stores")),)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (any_of([BUSY, LARGE]), ["count", "always"]),
        (all_of([negate(BUSY), LARGE]), ["always"]),
        (negate(is_set("segment")), ["count", "always"]),
    ],
)
def test_a_fact_that_decides_nothing_need_not_be_given(
    condition: Condition, expected: list[str]
) -> None:
    """S 3.4: three stores settle it, whatever the segment."""
    proposal = expanded(line("count", condition), ALWAYS, given=of_visit(stores=3))
    assert planned(proposal) == expected
    assert proposal.findings == ()


# --------------------------------------------------------------- whose facts (S 3.4, S 6.2)


@pytest.mark.parametrize(
    ("context", "visit", "partner", "expected"),
    [
        (5, 1, 1, True),
        (1, 5, 5, False),
        (None, 5, 1, True),
        (None, 1, 5, False),
        (None, None, 5, True),
        (None, None, 1, False),
    ],
)
def test_a_fact_is_asked_of_the_only_context_then_of_the_visit_then_of_the_partner(
    context: int | None, visit: int | None, partner: int | None, *, expected: bool
) -> None:
    """S 3.4."""
    held: list[dict[str, Fact]] = [
        {} if each is None else {"stores": each} for each in (context, visit, partner)
    ]
    facts = pv.Facts(contexts={AGREEMENT: held[0]}, visit=held[1], partner=held[2])
    given = pv.Given(contexts=[AGREEMENT], facts=facts)
    proposal = expanded(ALWAYS, line("count", BUSY, kinds=["agreement"]), given=given)
    assert ("count" in planned(proposal)) is expected
    assert proposal.findings == ()


def test_an_item_about_several_contexts_together_asks_the_visit_and_the_partner_only() -> None:
    """S 3.4: it is open whose fact would be meant, even where all agree."""
    listed = of_contexts(PRODUCT_A, PRODUCT_B, A=True, B=True)
    together = line("count", LISTED, kinds=["product"])
    proposal = expanded(ALWAYS, together, given=listed)
    assert left_out(proposal) == [("count", Cause.UNKNOWN)]
    assert proposal.findings == (open_question("count", give("fact listed")),)
    of_visit_too = pv.Given(
        contexts=listed.contexts,
        facts=pv.Facts(contexts=listed.facts.contexts, visit={"listed": True}),
    )
    assert planned(expanded(together, given=of_visit_too)) == ["count"]


def test_a_lone_context_of_an_item_for_several_together_is_asked() -> None:
    """S 3.4: also if it is the only one that is taken."""
    one = line("one", LISTED, kinds=["product"])
    first = item("first", task="count", condition=LISTED, context_kinds=["product"], max_contexts=1)
    assert planned(expanded(one, given=of_contexts(PRODUCT_A, A=True))) == ["one"]
    assert planned(expanded(first, given=of_contexts(PRODUCT_B, PRODUCT_A, B=True))) == ["first"]


def test_one_task_for_each_context_is_judged_for_each() -> None:
    """S 3.4, S 6.2: A is listed, B is not, of C nobody knows."""
    each = line("each", LISTED, kinds=["product"], spread=Spread.ONE_EACH)
    proposal = expanded(each, given=of_contexts(*PRODUCTS, A=True, B=False))
    assert [task.own_context for task in plan_of(proposal).tasks] == [PRODUCT_A]
    assert [(gone.context, gone.cause) for gone in plan_of(proposal).left_out] == [
        (PRODUCT_B, Cause.CONDITION),
        (PRODUCT_C, Cause.UNKNOWN),
    ]
    assert proposal.findings == (open_question("each", f" for product C{give('fact listed')}"),)


def test_an_open_question_about_one_context_of_a_must_item_blocks() -> None:
    """S 6.5."""
    each = line("each", LISTED, kinds=["product"], spread=Spread.ONE_EACH, binding=Binding.MUST)
    proposal = expanded(each, given=of_contexts(PRODUCT_A, PRODUCT_B, A=True))
    why = f" for product B{give('fact listed')}"
    assert proposal.findings == (open_question("each", why, must=True),)
    assert proposal.is_blocked


def test_what_is_left_out_for_one_context_is_waited_for_in_the_others() -> None:
    """S 4.7: the item is still planned."""
    each = line("each", LISTED, kinds=["product"], spread=Spread.ONE_EACH)
    proposal = expanded(
        each, line("last", after=["each"]), given=of_contexts(*PRODUCTS, A=True, B=False, C=False)
    )
    assert planned(proposal) == ["each", "last"]
    assert plan_of(proposal).task("last").after == ("each",)


# ------------------------------------------------------------------ days and offsets (S 2.3)

RENEWS_SOON = when("renewal", pv.at_most(pv.weeks(2)))
SIX_DAYS = pv.between(pv.days(0), pv.days(5, anchor=Anchor.VISIT_END))


@pytest.mark.parametrize(
    ("condition", "renewal", "expected"),
    [
        (RENEWS_SOON, date(2026, 3, 26), True),
        (RENEWS_SOON, date(2026, 3, 27), False),
        (RENEWS_SOON, datetime(2026, 3, 26, 22, 59, tzinfo=UTC), True),
        (RENEWS_SOON, datetime(2026, 3, 26, 23, tzinfo=UTC), False),
        (when("renewal", pv.at_least(date(2026, 4, 1))), date(2026, 4, 1), True),
        (when("renewal", pv.at_least(date(2026, 4, 1))), date(2026, 3, 31), False),
        (when("renewal", SIX_DAYS), date(2026, 3, 17), True),
        (when("renewal", SIX_DAYS), date(2026, 3, 18), False),
        (when("renewal", SIX_DAYS), date(2026, 3, 11), False),
    ],
)
def test_a_condition_may_count_days_from_the_visit(
    condition: Condition, renewal: date, *, expected: bool
) -> None:
    """S 2.3, S 3.4: in the zone of the place, where midnight is 23:00 UTC in March."""
    proposal = expanded(ALWAYS, line("count", condition), given=of_visit(renewal=renewal))
    assert ("count" in planned(proposal)) is expected
    assert proposal.findings == ()


def test_a_condition_that_counts_from_an_unplanned_visit_is_open_until_it_is_planned() -> None:
    """S 2.3, S 6.5: nothing is missing but the time."""
    given = of_visit(renewal=THURSDAY)
    proposal = expanded(line("always"), line("count", RENEWS_SOON), given=given, planned=None)
    why = ": its condition counts from a time that is not planned yet"
    assert left_out(proposal) == [("count", Cause.UNKNOWN)]
    assert open_question("count", why) in proposal.findings


def test_a_condition_that_counts_from_an_open_end_is_open_too() -> None:
    """S 2.3: the start is known, the end is not."""
    given = of_visit(renewal=THURSDAY)
    items = [ALWAYS, line("early", RENEWS_SOON), line("count", when("renewal", SIX_DAYS))]
    proposal = expanded(*items, given=given, planned=pv.Period(NINE))
    assert planned(proposal) == ["always", "early"]
    why = ": its condition counts from a time that is not planned yet"
    assert proposal.findings == (open_question("count", why),)


def test_a_condition_on_a_day_is_judged_before_the_visit_is_planned() -> None:
    """S 2.3."""
    in_spring = when("renewal", pv.at_most(date(2026, 6, 1)))
    proposal = expanded(line("count", in_spring), given=of_visit(renewal=THURSDAY), planned=None)
    assert planned(proposal) == ["count"]


def test_a_missing_fact_is_asked_for_before_the_time() -> None:
    """S 6.5: what the host can give now."""
    proposal = expanded(ALWAYS, line("count", RENEWS_SOON), planned=None)
    assert open_question("count", give("fact renewal")) in proposal.findings


def test_a_condition_that_no_calendar_can_judge_is_an_error() -> None:
    """S 4.5: as for any other date."""
    soon = when("renewal", pv.at_most(pv.working_days(2)))
    nobody_works = pv.WorkCalendar(weekend=Weekday)
    given = pv.Given(calendar=nobody_works, facts=pv.Facts(visit={"renewal": THURSDAY}))
    proposal = expanded(ALWAYS, line("count", soon), given=given)
    message = "no working day within 366 days of 2026-03-12: look at weekend and holidays"
    path = (*COUNT, "condition")
    assert proposal.findings == (error(path, "calendar.no-working-day", message),)
    assert left_out(proposal) == [("count", Cause.UNKNOWN)]


# ------------------------------------------------------------------------- misfits (S 3.4)

MISFIT = (
    "the fact 'stores' is of type str, which does not go with 'at least 3': "
    "give it as Decimal or int, or choose a criterion that fits"
)


@pytest.mark.parametrize("period", [pv.Period(NINE, NINE + DAY), pv.Period(NINE), None])
def test_a_fact_of_the_wrong_type_is_an_error_and_leaves_the_item_out(
    period: pv.Period | None,
) -> None:
    """S 3.4: said once, and the time of the visit has nothing to do with it."""
    lines = [ALWAYS, line("count", BUSY)]
    proposal = expanded(*lines, given=of_visit(stores="three"), planned=period)
    found = [each for each in proposal.findings if each.path[:2] == COUNT]
    assert found == [error((*COUNT, "condition"), "condition.type", MISFIT)]
    assert left_out(proposal) == [("count", Cause.UNKNOWN)]


def test_of_several_contexts_the_one_with_the_wrong_fact_is_named() -> None:
    """S 3.4: the others are judged."""
    given = pv.Given(
        contexts=[PRODUCT_A, PRODUCT_B],
        facts=pv.Facts(contexts={PRODUCT_A: {"stores": "three"}, PRODUCT_B: {"stores": 4}}),
    )
    each = line("count", BUSY, kinds=["product"], spread=Spread.ONE_EACH)
    proposal = expanded(each, given=given)
    assert [task.own_context for task in plan_of(proposal).tasks] == [PRODUCT_B]
    message = f"product A: {MISFIT}"
    assert proposal.findings == (error((*COUNT, "condition"), "condition.type", message),)


# ---------------------------------------------------------- contexts that lack (S 6.2, S 6.5)


@pytest.mark.parametrize("spread", Spread)
@pytest.mark.parametrize("binding", Binding)
def test_nobody_asks_for_a_context_of_an_item_that_does_not_apply(
    binding: Binding, spread: Spread
) -> None:
    """S 3.4, S 6.5: its condition is asked first."""
    none = line("count", BUSY, kinds=["product"], binding=binding, spread=spread)
    proposal = expanded(ALWAYS, none, given=of_visit(stores=1))
    assert left_out(proposal) == [("count", Cause.CONDITION)]
    assert proposal.findings == ()


@pytest.mark.parametrize("given", [of_visit(stores=3), pv.Given()], ids=["applies", "unknown"])
def test_an_item_that_may_apply_asks_for_its_context_first(given: pv.Given) -> None:
    """S 6.5: the context may bring the fact."""
    proposal = expanded(ALWAYS, line("count", BUSY, kinds=["product"]), given=given)
    message = "left out: give a context of kind product in Given(contexts=)"
    assert plan_of(proposal).left_out == (LeftOut("count", Cause.NO_CONTEXT),)
    assert proposal.findings == (warning(COUNT, "context.none", message),)


def test_what_is_cut_is_not_said_of_an_item_that_does_not_apply() -> None:
    """S 6.5."""
    given = pv.Given(contexts=PRODUCTS, facts=pv.Facts(visit={"stores": 1}))
    cut = item(condition=BUSY, context_kinds=["product"], max_contexts=1)
    assert expanded(ALWAYS, cut, given=given).findings == ()


# --------------------------------------------------------------------------- groups (S 3.4)


def test_the_items_of_an_ordinary_group_are_judged_alone() -> None:
    """S 3.4."""
    together = Group("pitch")
    proposal = expanded(
        line("a", group=together),
        line("b", BUSY, group=together),
        line("c", LARGE, group=together),
        line("d", group=together),
        given=of_visit(stores=1),
    )
    assert planned(proposal) == ["a", "d"]
    assert left_out(proposal) == [("b", Cause.CONDITION), ("c", Cause.UNKNOWN)]
    assert proposal.findings == (open_question("c", give("fact segment")),)


def test_of_a_first_group_the_first_item_that_applies_is_planned() -> None:
    """S 3.4: in the order of the template; the others are left out, and say for whom."""
    proposal = expanded(
        line("large", LARGE, group=FIRST),
        line("busy", BUSY, group=FIRST, binding=Binding.MUST),
        ALWAYS,
        line("sure", group=FIRST, binding=Binding.MUST),
        line("unknown", when("region", pv.equals("north")), group=FIRST),
        given=of_visit(segment="small", stores=3),
    )
    assert planned(proposal) == ["busy", "always"]
    assert plan_of(proposal).left_out == (
        LeftOut("large", Cause.CONDITION, PARTNER, LARGE),
        LeftOut("sure", Cause.GROUP, by="busy"),
        LeftOut("unknown", Cause.GROUP, by="busy"),
    )
    assert plan_of(proposal).task("busy").group == FIRST
    assert proposal.findings == ()


def test_an_item_without_a_condition_settles_its_group() -> None:
    """S 3.4."""
    proposal = expanded(line("a", group=FIRST), line("b", group=FIRST))
    assert planned(proposal) == ["a"]
    assert left_out(proposal) == [("b", Cause.GROUP)]


def test_two_groups_know_nothing_of_each_other() -> None:
    """S 3.4."""
    other = Group("other", Selection.FIRST)
    items = [
        line(key, group=group)
        for key, group in (("a", FIRST), ("b", other), ("c", FIRST), ("d", other))
    ]
    assert planned(expanded(*items)) == ["a", "b"]


def test_an_open_question_leaves_out_the_whole_group() -> None:
    """S 3.4, S 6.5: each with its finding, an error if it is MUST."""
    proposal = expanded(
        line("large", LARGE, group=FIRST),
        line("busy", BUSY, group=FIRST),
        line("sure", group=FIRST, binding=Binding.MUST),
        line("could", group=FIRST),
        ALWAYS,
        given=of_visit(segment="small"),
    )
    assert planned(proposal) == ["always"]
    assert plan_of(proposal).left_out == (
        LeftOut("large", Cause.CONDITION, PARTNER, LARGE),
        LeftOut("busy", Cause.UNKNOWN, PARTNER, BUSY),
        LeftOut("sure", Cause.GROUP, by="busy"),
        LeftOut("could", Cause.GROUP, by="busy"),
    )
    why = " with its group: it is open whether busy applies"
    assert proposal.findings == (
        open_question("busy", give("fact stores")),
        open_question("could", why),
        open_question("sure", why, must=True),
    )


def test_a_misfit_leaves_out_the_whole_group_too() -> None:
    """S 3.4: it is open whether the item applies."""
    proposal = expanded(
        line("busy", BUSY, group=FIRST),
        line("sure", group=FIRST),
        ALWAYS,
        given=of_visit(stores="three"),
    )
    assert planned(proposal) == ["always"]
    assert proposal.findings == (
        error(("items", "busy", "condition"), "condition.type", MISFIT),
        open_question("sure", " with its group: it is open whether busy applies"),
    )


@pytest.mark.parametrize("condition", [None, BUSY])
def test_a_first_item_without_contexts_gives_way(condition: Condition | None) -> None:
    """S 3.4, S 6.5: it does not apply, whatever its condition would say."""
    proposal = expanded(
        line("first", condition, group=FIRST, kinds=["product"], binding=Binding.MUST),
        line("second", group=FIRST),
    )
    assert planned(proposal) == ["second"]
    assert left_out(proposal) == [("first", Cause.NO_CONTEXT)]
    message = "left out: give a context of kind product in Given(contexts=)"
    assert proposal.findings == (warning(("items", "first"), "context.none", message),)


def test_if_nothing_else_of_its_group_is_planned_a_must_item_without_contexts_blocks() -> None:
    """S 3.4, S 6.5."""
    proposal = expanded(
        line("first", group=FIRST, kinds=["product"], binding=Binding.MUST),
        line("second", group=FIRST, kinds=["product"]),
        ALWAYS,
    )
    assert planned(proposal) == ["always"]
    message = "left out: give a context of kind product in Given(contexts=)"
    assert proposal.findings == (
        error(("items", "first"), "context.none", message),
        warning(("items", "second"), "context.none", message),
    )


def test_an_excluded_first_item_gives_way() -> None:
    """S 3.4, S 6.7."""
    given = pv.Given(exclude=["first"])
    proposal = expanded(line("first", group=FIRST), line("second", group=FIRST), given=given)
    assert planned(proposal) == ["second"]
    assert left_out(proposal) == [("first", Cause.EXCLUDED)]
    assert proposal.findings == ()


@pytest.mark.parametrize(
    ("listed", "expected", "causes"),
    [
        ({"A": True, "B": False}, ["each"], [Cause.CONDITION, Cause.GROUP]),
        ({"A": True}, ["each"], [Cause.UNKNOWN, Cause.GROUP]),
        ({"A": False, "B": False}, ["second"], [Cause.CONDITION, Cause.CONDITION]),
        ({"A": False}, [], [Cause.CONDITION, Cause.UNKNOWN, Cause.GROUP]),
    ],
)
def test_of_a_first_group_an_item_with_a_task_for_each_context_applies_if_one_does(
    listed: dict[str, bool], expected: list[str], causes: list[Cause]
) -> None:
    """S 3.4: the group chooses items, not contexts."""
    proposal = expanded(
        ALWAYS,
        line("each", LISTED, group=FIRST, kinds=["product"], spread=Spread.ONE_EACH),
        line("second", group=FIRST),
        given=of_contexts(PRODUCT_A, PRODUCT_B, **listed),
    )
    assert planned(proposal) == ["always", *expected]
    assert [cause for _, cause in left_out(proposal)] == causes


def test_a_prerequisite_that_its_group_left_out_hands_on_its_own() -> None:
    """S 3.4, S 4.7: of two ways to pitch only one is gone."""
    proposal = expanded(
        line("survey"),
        line("short", LARGE, group=FIRST, after=["survey"]),
        line("long", group=FIRST, after=[Prerequisite("survey", least=pv.days(3))]),
        line("order", after=["short", "long"]),
        given=of_visit(segment="large"),
    )
    assert planned(proposal) == ["survey", "short", "order"]
    assert plan_of(proposal).task("order").after == ("short", "survey")
    assert dues(proposal)["order"] == THURSDAY + 3 * DAY


# --------------------------------------------------------------------- nothing applies (S 6.5)


def test_if_nothing_applies_there_is_no_plan_and_the_error_says_why() -> None:
    """S 6.5: each item once."""
    proposal = expanded(
        line("a", BUSY),
        line("b", LARGE),
        line("c", kinds=["order"]),
        line("d"),
        line("e", LISTED, kinds=["product"], spread=Spread.ONE_EACH),
        given=pv.Given(
            contexts=[PRODUCT_A, PRODUCT_B],
            facts=pv.Facts(
                visit={"stores": 1},
                contexts={each: {"listed": False} for each in (PRODUCT_A, PRODUCT_B)},
            ),
            exclude=["d"],
        ),
    )
    message = (
        "no item applies, so there is nothing to plan: "
        "a: condition; b: unknown fact; c: no context; d: excluded; e: condition"
    )
    assert proposal.plan is None
    assert error((), "plan.empty", message) in proposal.findings
    assert [each.code for each in proposal.findings] == [
        "plan.empty",
        "condition.unknown",
        "context.none",
    ]


def test_of_very_many_items_that_do_not_apply_the_first_are_named() -> None:
    """S 6.5: a message stays short."""
    proposal = expanded(*(line(f"i{each}", BUSY) for each in range(1000)), given=of_visit(stores=1))
    (found,) = proposal.findings
    assert found.message.startswith(
        "no item applies, so there is nothing to plan: i0: condition; i1: condition; "
    )
    assert len(found.message) < 600


def test_a_plan_of_no_items_at_all_is_empty() -> None:
    """S 6.5."""
    proposal = pv.expand([], visit(), catalog=catalog(), key="extra")
    message = "no item applies, so there is nothing to plan: none is there"
    assert proposal.findings == (error((), "plan.empty", message),)


def test_what_else_is_wrong_is_said_even_if_nothing_applies() -> None:
    """S 6.5: everything at once."""
    given = pv.Given(targets=[pv.Target("sales", 3, scope=pv.Scope(segment="large"))])
    proposal = expanded(line("count", BUSY), given=given)
    assert [each.code for each in proposal.findings] == [
        "plan.empty",
        "indicator.unknown",
        "condition.unknown",
    ]


def test_only_facts_that_the_context_itself_lacks_are_asked_for() -> None:
    """S 3.4."""
    both = all_of([when("listed", pv.equals(True)), when("margin", pv.at_least(3))])
    each = line("each", both, kinds=["product"], spread=Spread.ONE_EACH)
    proposal = expanded(each, ALWAYS, given=of_contexts(PRODUCT_A, A=True))
    assert [finding.message for finding in proposal.findings] == [
        "left out for product A: give the fact margin in Given(facts=)"
    ]
