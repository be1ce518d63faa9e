"""Why a task is in a plan or is not, why then, why by whom, and why that is expected (S 4.6)."""

import pickle
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.calendars import Anchor, FactDate, ItemDate, Offset, Roll, RollStep, Trail
from partnervisits.conditions import Condition, all_of, is_set, negate, when
from partnervisits.criteria import Criterion
from partnervisits.errors import AmbiguousError, InvalidValueError, NotFoundError
from partnervisits.plans import Cause, Edit, LeftOut, PlannedTask, TaskExplanation
from partnervisits.proposals import ItemOverride
from partnervisits.targets import TargetSource
from partnervisits.templates import Group, Prerequisite, Selection, Spread
from tests import builders
from tests.builders import NINE, THURSDAY, item
from tests.proposals.worlds import AGREEMENT, PARTNER, PRODUCT_A, PRODUCT_B, expanded, plan_of

FRIDAY = date(2026, 3, 13)
SATURDAY = date(2026, 3, 14)
GOLD = when("segment", pv.equals("gold"))
FIRST = Group("offer", Selection.FIRST)


def segment(name: str) -> pv.Facts:
    return pv.Facts(partner={"segment": name})


def planned(*items: pv.TemplateItem, given: pv.Given | None = None, **visit: Any) -> pv.ActionPlan:
    """The plan of some items, accepted or not."""
    return plan_of(expanded(*items, given=given, **visit))


def inclusion(*items: pv.TemplateItem, of: str = "count", **given: Any) -> str:
    return planned(*items, given=pv.Given(**given)).explain(of).inclusion


# ----------------------------------------------------------------------------- why it is planned


def test_the_template_asks_for_it() -> None:
    """S 4.6."""
    assert inclusion(item()) == "planned: the template round@1 asks for it"


def test_a_list_of_items_asks_for_it() -> None:
    """S 6.1."""
    proposal = pv.expand([item()], builders.visit(), catalog=builders.catalog(), key="tour")
    assert plan_of(proposal).explain("count").inclusion == "planned: the list tour asks for it"


def test_the_host_added_it() -> None:
    """S 6.7."""
    assert inclusion(item("other"), add=[item()]) == "planned: the host added it"


def test_what_it_serves_is_named() -> None:
    """S 6.7."""
    added = item(serves="F-1")
    assert inclusion(item("other"), add=[added]) == "planned: the host added it; it serves F-1"
    twice = [item("one", task="count", serves="F-1"), item("two", task="count", serves="F-2")]
    assert inclusion(item(), add=twice) == (
        "planned: the template round@1 asks for it; it serves F-1, F-2"
    )


def test_the_first_of_a_group_says_that_it_is() -> None:
    """S 3.4."""
    assert inclusion(item(group=FIRST), item("b", task="count", group=FIRST)) == (
        "planned: the template round@1 asks for it; it is the first of the group offer that applies"
    )


def test_a_group_of_which_all_are_planned_is_no_reason() -> None:
    """S 3.4."""
    assert inclusion(item(group=Group("offer"))) == "planned: the template round@1 asks for it"


@pytest.mark.parametrize(
    ("condition", "given", "words"),
    [
        (
            when("segment", pv.one_of(["gold", "silver"])),
            {"facts": segment("gold")},
            "segment is one of gold, silver, and segment is gold",
        ),
        (
            all_of([negate(is_set("renewal")), when("stores", pv.at_least(3))]),
            {"facts": pv.Facts(visit={"stores": 12_000})},
            (
                "all of: (not (renewal is given)), (stores is at least 3), "
                "and renewal is not given and stores is 12,000"
            ),
        ),
        (
            when("signed", pv.at_most(datetime(2026, 3, 31, 22, 30, tzinfo=UTC))),
            {"facts": pv.Facts(visit={"signed": datetime(2026, 3, 28, 23, 15, tzinfo=UTC)})},
            "signed is not after 2026-04-01 00:30, and signed is 2026-03-29 00:15",
        ),
        (
            when("renewal", pv.at_most(pv.months(1))),
            {"facts": pv.Facts(visit={"renewal": date(2026, 4, 1)})},
            "renewal is not after 1 month after visit start, and renewal is 2026-04-01",
        ),
        (
            when("note", pv.none_of(["x" * 200])),
            {"facts": pv.Facts(visit={"note": "two\nlines " + "y" * 200})},
            f"note is none of {'x' * 79}…, and note is two lines {'y' * 69}…",
        ),
    ],
)
def test_the_condition_stands_beside_the_facts_as_they_are(
    condition: Condition, given: dict[str, Any], words: str
) -> None:
    """S 3.4: instants in the time zone of the place."""
    assert inclusion(item(condition=condition), **given) == (
        f"planned: the template round@1 asks for it; it applies if {words}"
    )


def test_the_facts_are_those_that_were_judged() -> None:
    """S 3.4: those of the context, if there is exactly one, else of the visit."""
    facts = pv.Facts(visit={"size": "M"}, contexts={PRODUCT_A: {"size": "L"}})
    asked = item(condition=is_set("size"), context_kinds=["product"])
    about_one = inclusion(asked, facts=facts, contexts=[PRODUCT_A])
    about_two = inclusion(asked, facts=facts, contexts=[PRODUCT_A, PRODUCT_B])
    assert about_one.endswith("it applies if size is given, and size is L")
    assert about_two.endswith("it applies if size is given, and size is M")


def test_a_task_for_one_context_names_it() -> None:
    """S 6.2."""
    plan = planned(
        item(context_kinds=["product"], spread=Spread.ONE_EACH),
        given=pv.Given(contexts=[PRODUCT_A, PRODUCT_B]),
    )
    assert plan.explain("count", context=PRODUCT_B).inclusion == (
        "planned for product B: the template round@1 asks for it"
    )


def test_what_the_host_changed_is_said_where_it_matters() -> None:
    """S 6.7."""
    change = ItemOverride(
        due=pv.days(1),
        role="driver",
        binding=pv.Binding.MUST,
        instructions="Look.",
        targets=[pv.Target("stock", pv.at_least(5))],
    )
    given = pv.Given(override={"count": change}, roles={"driver": "rep-9"})
    why = planned(item(), given=given).explain("count")
    assert why.inclusion == (
        "planned: the template round@1 asks for it; the host changed its binding and instructions"
    )
    assert why.due == "due 2026-03-13: 1 day after visit start, 2026-03-12, the host's choice"
    assert why.assignee == "assigned to rep-9: in the role driver, the host's choice"
    assert sentences(why) == [
        "The stock of partner acme: expected at least 5 (template item, the host's choice)"
    ]


def test_only_the_targets_of_the_item_are_the_host_s_choice() -> None:
    """S 6.7."""
    given = pv.Given(override={"count": ItemOverride(targets=[])})
    counting = builders.task(targets=[pv.Target("stock", 7)])
    plan = plan_of(expanded(item(), given=given, tasks=[counting]))
    assert sentences(plan.explain("count")) == [
        "The stock of partner acme: expected at least 7 (task definition)"
    ]


def test_what_was_set_by_hand_is_said_with_what_it_was_before() -> None:
    """S 7.5."""
    plan = planned(item()).edit("count", binding=pv.Binding.MUST, instructions="Look.")
    assert plan.explain("count").inclusion == (
        "planned: the template round@1 asks for it; binding set by hand, before: could; "
        "instructions set by hand, before: none"
    )


def test_what_is_no_longer_asked_for_says_why_it_is_still_there() -> None:
    """S 6.8: the condition and the group decide no more."""
    plan = planned(
        item(condition=GOLD, group=FIRST, serves="F-1"), given=pv.Given(facts=segment("gold"))
    )
    orphaned = changed(plan, orphaned=True)
    assert orphaned.explain("count").inclusion == (
        "planned: nobody asks for it any more, but it was begun or captured; it serves F-1"
    )


def changed(plan: pv.ActionPlan, **changes: Any) -> pv.ActionPlan:
    """The plan with something different about its only task."""
    (task,) = plan.tasks
    return attrs.evolve(plan, tasks=[attrs.evolve(task, **changes)])


# -------------------------------------------------------------------------------- why it is not


def reason(plan: pv.ActionPlan, of: str = "count", context: pv.Context | None = None) -> str:
    """Why something is not planned; nothing else is said of it."""
    why = plan.explain(of, context=context)
    assert why.is_planned is False
    assert (why.item_key, why.due, why.assignee, why.targets) == (of, "", "", ())
    assert str(why) == f"{of}: {why.inclusion}"
    return why.inclusion


OTHER = item("other")


def test_what_was_removed_says_why() -> None:
    """S 7.5."""
    plan = planned(item(), OTHER).remove("count", "they count\n it themselves")
    assert reason(plan) == "not planned: it was removed: they count it themselves"


def test_what_the_host_excluded_says_so() -> None:
    """S 6.7."""
    plan = planned(item(), OTHER, given=pv.Given(exclude=["count"]))
    assert reason(plan) == "not planned: the host excluded it"


def test_a_condition_that_does_not_hold_stands_beside_the_facts() -> None:
    """S 3.4."""
    plan = planned(item(condition=GOLD), OTHER, given=pv.Given(facts=segment("silver")))
    assert reason(plan) == (
        "not planned for partner acme: it applies if segment is exactly gold, but segment is silver"
    )


def test_a_fact_that_was_not_given_is_named() -> None:
    """S 3.4."""
    assert reason(planned(item(condition=GOLD), OTHER)) == (
        "not planned for partner acme: it is open whether segment is exactly gold: "
        "segment is not given"
    )


def test_a_time_that_is_not_planned_yet_is_named() -> None:
    """S 3.4."""
    asked = item(condition=when("renewal", pv.at_most(pv.months(1))))
    facts = pv.Facts(visit={"renewal": date(2026, 4, 1)})
    plan = planned(asked, OTHER, given=pv.Given(facts=facts), planned=None)
    assert reason(plan) == (
        "not planned for partner acme: it is open whether renewal is not after 1 month after "
        "visit start: renewal is 2026-04-01 and the visit is not planned yet"
    )


@pytest.mark.parametrize(
    ("size", "verdict"), [("S", "it applies if"), (None, "it is open whether")]
)
def test_the_facts_that_did_not_hold_are_those_that_were_judged(
    size: str | None, verdict: str
) -> None:
    """S 3.4: those of the only context, whether its item makes one task for each or not."""
    of_product = {} if size is None else {"size": size}
    facts = pv.Facts(contexts={PRODUCT_A: of_product, PRODUCT_B: {"size": "L"}})
    known = "size is not given" if size is None else "size is S"
    for spread in Spread:
        asked = item(
            condition=when("size", pv.equals("L")), context_kinds=["product"], spread=spread
        )
        plan = planned(asked, OTHER, given=pv.Given(facts=facts, contexts=[PRODUCT_A]))
        assert reason(plan).startswith(f"not planned for product A: {verdict} size is exactly L")
        assert reason(plan, context=PRODUCT_A).endswith(known)


def test_of_several_contexts_on_one_task_none_is_named() -> None:
    """S 3.4."""
    asked = item(condition=when("size", pv.equals("L")), context_kinds=["product"])
    facts = pv.Facts(visit={"size": "M"}, contexts={PRODUCT_A: {"size": "L"}})
    plan = planned(asked, OTHER, given=pv.Given(facts=facts, contexts=[PRODUCT_A, PRODUCT_B]))
    assert reason(plan) == "not planned: it applies if size is exactly L, but size is M"
    assert reason(plan, context=PRODUCT_B) == reason(plan)


def test_the_rival_that_was_chosen_is_named() -> None:
    """S 3.4."""
    plan = planned(item("bulk", task="count", group=FIRST), item(group=FIRST), OTHER)
    assert reason(plan) == "not planned: bulk is the first of its group that applies"
    gone = plan.remove("bulk", "no need")
    assert reason(gone) == "not planned: bulk is the first of its group that applies"


def test_the_rival_that_could_not_be_judged_is_named() -> None:
    """S 3.4."""
    plan = planned(
        item("bulk", task="count", group=FIRST, condition=GOLD), item(group=FIRST), OTHER
    )
    assert reason(plan) == "not planned: bulk may be the first of its group that applies"


def test_a_rival_that_was_merged_was_chosen() -> None:
    """S 3.4, S 6.7."""
    rivals = [item("bulk", task="count", group=FIRST), item("small", task="count", group=FIRST)]
    plan = planned(item(), given=pv.Given(add=rivals))
    assert reason(plan, "bulk") == "not planned for partner acme: count does the same work"
    assert reason(plan, "small") == "not planned: bulk is the first of its group that applies"


def test_a_rival_of_which_only_an_orphan_is_left_was_not_chosen_this_time() -> None:
    """S 3.4, S 6.8."""
    busy = item("busy", group=FIRST, condition=when("stores", pv.at_least(3)))
    items = [busy, item("small", group=FIRST), OTHER]
    given = pv.Given(facts=pv.Facts(visit={"stores": 4}))
    begun = planned(*items, given=given).start("busy", at=NINE)
    plan = pv.reconcile(begun, expanded(*items)).accept()
    assert plan.task("busy").orphaned
    assert reason(plan, "small") == "not planned: busy may be the first of its group that applies"


def test_what_has_nothing_to_be_about_says_so() -> None:
    """S 6.5."""
    plan = planned(item(context_kinds=["product"]), OTHER)
    assert reason(plan) == "not planned: no context of its kinds was given"


# ------------------------------------------------------------------------------ which one is meant

EACH = item(
    condition=when("size", pv.equals("L")), context_kinds=["product"], spread=Spread.ONE_EACH
)
SIZES = pv.Facts(contexts={PRODUCT_A: {"size": "L"}, PRODUCT_B: {"size": "S"}})
MIXED = pv.Given(facts=SIZES, contexts=[PRODUCT_A, PRODUCT_B])


def test_each_context_of_an_item_is_explained() -> None:
    """S 6.2."""
    plan = planned(EACH, given=MIXED)
    assert plan.explain("count", context=PRODUCT_A).is_planned
    assert reason(plan, context=PRODUCT_B) == (
        "not planned for product B: it applies if size is exactly L, but size is S"
    )
    gone = plan.remove("count", "sold out")
    assert reason(gone, context=PRODUCT_A) == "not planned for product A: it was removed: sold out"


def test_a_context_that_nothing_is_about_has_no_explanation() -> None:
    """S 6.2: neither by what is planned, nor by what was removed or left out for another."""
    plan = planned(EACH, OTHER, given=MIXED)
    for held in (plan, plan.remove("count", "sold out")):
        with pytest.raises(NotFoundError, match="no item count for agreement 2026"):
            _ = held.explain("count", context=AGREEMENT)
    bare = PlannedTask(id="V-1/round/count", item_key="count", task_key="count", name="Count")
    with pytest.raises(NotFoundError):
        _ = attrs.evolve(plan, tasks=[bare], left_out=[]).explain("count", context=PRODUCT_A)


def test_an_explanation_that_fits_several_says_which() -> None:
    """S 6.2: planned, removed and left out alike."""
    plan = planned(EACH, given=MIXED)
    with pytest.raises(AmbiguousError) as several:
        _ = plan.explain("count")
    assert str(several.value) == "count fits several items, name one: product A, product B"
    with pytest.raises(AmbiguousError, match="name one: product A, product B"):
        _ = plan.remove("count", "sold out").explain("count")


def test_an_explanation_that_fits_nothing_names_the_nearest() -> None:
    """S 3.2: among all items that are planned, were removed or left out."""
    plan = planned(
        item("survey", task="count"),
        item("surveys", task="count"),
        item("surveyor", task="count"),
        given=pv.Given(exclude=["surveyor"]),
    ).remove("surveys", "no need")
    with pytest.raises(NotFoundError) as missed:
        _ = plan.explain("surveyo")
    assert sorted(missed.value.candidates) == ["survey", "surveyor", "surveys"]
    with pytest.raises(NotFoundError) as missed:
        _ = plan.explain("survey", context=AGREEMENT)
    assert str(missed.value).startswith("there is no item survey for agreement 2026; the nearest: ")


def test_an_explanation_is_asked_for_by_a_key() -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = planned(item()).explain(None)  # type: ignore[arg-type]
    assert refused.value.code == "type.wrong"


def test_what_is_planned_comes_before_what_is_not() -> None:
    """S 6.8: work that has begun stays when it is no longer asked for."""
    plan = changed(planned(item()), orphaned=True)
    left_out = [LeftOut("count", Cause.CONDITION, PARTNER, GOLD)]
    both = attrs.evolve(plan, left_out=left_out)
    for context in (None, PARTNER):
        assert both.explain("count", context=context).is_planned


@pytest.mark.parametrize(
    "left_out",
    [LeftOut("count", Cause.CONDITION, PARTNER, GOLD), LeftOut("count", Cause.EXCLUDED)],
)
def test_what_was_removed_comes_before_what_is_left_out(left_out: LeftOut) -> None:
    """S 6.8: what was removed stays so, whatever the next expansion says of it."""
    plan = planned(item(), OTHER).remove("count", "no need")
    both = attrs.evolve(plan, left_out=[left_out])
    for context in (None, PARTNER):
        assert reason(both, context=context) == "not planned: it was removed: no need"


def test_what_was_removed_for_all_contexts_is_no_rival_of_one_task_for_each() -> None:
    """S 6.9: a new version may split a task that was removed from the old one."""
    given = pv.Given(contexts=[PRODUCT_A, PRODUCT_B])
    together = planned(item(context_kinds=["product"]), OTHER, given=given).remove(
        "count", "no need"
    )
    each = planned(item(context_kinds=["product"], spread=Spread.ONE_EACH), given=given)
    both = attrs.evolve(together, tasks=each.tasks)
    assert both.explain("count", context=PRODUCT_A).is_planned
    with pytest.raises(AmbiguousError, match=r"name one: product A, product B$"):
        _ = both.explain("count")


def test_what_is_excluded_altogether_is_explained_for_any_context() -> None:
    """S 6.7."""
    plan = planned(EACH, OTHER, given=attrs.evolve(MIXED, exclude=["count"]))
    assert reason(plan, context=PRODUCT_B) == "not planned: the host excluded it"
    begun = changed(
        planned(attrs.evolve(EACH, condition=None), given=pv.Given(contexts=[PRODUCT_A]))
    )
    both = attrs.evolve(begun, left_out=plan.left_out)
    assert both.explain("count").is_planned
    assert reason(both, context=PRODUCT_B) == "not planned: the host excluded it"


# ------------------------------------------------------------------------------------ why then


def due(*items: pv.TemplateItem, of: str = "count", **given: Any) -> str:
    return planned(*items, given=pv.Given(**given)).explain(of).due


HOLIDAY = pv.WorkCalendar(holidays=[FRIDAY])
ON_SATURDAY = pv.Period(datetime(2026, 3, 14, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("offset", "sentence"),
    [
        (None, "due 2026-03-12: on visit start, 2026-03-12"),
        (pv.days(0, anchor=Anchor.VISIT_END), "due 2026-03-12: on visit end, 2026-03-12"),
        (pv.days(-2), "due 2026-03-10: 2 days before visit start, 2026-03-12"),
        (pv.working_days(2), "due 2026-03-16: 2 working days after visit start, 2026-03-12"),
        (
            pv.days(-30, anchor=FactDate("renewal")),
            "due 2026-04-01: 30 days before renewal, 2026-05-01",
        ),
        (pv.weeks(1, anchor=ItemDate("other")), "due 2026-03-20: 1 week after other, 2026-03-13"),
        (
            pv.days(2, roll=Roll.FOLLOWING),
            (
                "due 2026-03-16: 2 days after visit start, 2026-03-12; "
                "moved from 2026-03-14 to 2026-03-16 past days off for the place"
            ),
        ),
        (
            pv.days(2, roll=Roll.PRECEDING),
            (
                "due 2026-03-13: 2 days after visit start, 2026-03-12; "
                "moved from 2026-03-14 to 2026-03-13 past a day off for the place"
            ),
        ),
    ],
)
def test_a_date_says_what_it_was_counted_from(offset: Offset | None, sentence: str) -> None:
    """S 4.6: the anchor, its date, the offset and the roll."""
    facts = pv.Facts(visit={"renewal": date(2026, 5, 1)})
    assert due(item(due=offset), item("other", due=pv.days(1)), facts=facts) == sentence


def test_a_date_says_whose_day_off_it_was_moved_from() -> None:
    """S 4.6: of the place, of the rep, or of both."""
    asked = item(due=pv.days(1, roll=Roll.FOLLOWING))
    moved = "due {}: 1 day after visit start, 2026-03-12; moved from 2026-03-13 to {} past days off"
    of_rep = due(asked, rep_calendars={"rep-7": HOLIDAY})
    assert of_rep == moved.format("2026-03-16", "2026-03-16") + " for the place and the rep"
    every_day = pv.WorkCalendar(weekend=[])
    alone = due(asked, calendar=every_day, rep_calendars={"rep-7": HOLIDAY})
    assert alone == moved.format("2026-03-16", "2026-03-16") + " for the rep"


def test_working_days_say_from_which_day_they_were_counted() -> None:
    """S 4.3, S 4.6: an anchor that is no working day is rolled first, then the result."""
    plan = planned(item(due=pv.working_days(1)), planned=ON_SATURDAY)
    assert plan.explain("count").due == (
        "due 2026-03-16: 1 working day after visit start, 2026-03-14, counted from 2026-03-13 past "
        "a day off for the place"
    )
    waiting = item(due=pv.working_days(0), after=["other"])
    held = planned(waiting, item("other", due=pv.days(7)), planned=ON_SATURDAY)
    assert held.explain("count").due == (
        "due 2026-03-23: 0 working days after visit start, 2026-03-14, counted from 2026-03-16 "
        "past days off for the place; it waits for other until 2026-03-21; "
        "moved from 2026-03-21 to 2026-03-23 past days off for the place"
    )


def test_working_days_from_a_working_day_are_moved_only_after_they_had_to_wait() -> None:
    """S 4.6."""
    waiting = item(due=pv.working_days(0), after=["other"])
    assert due(waiting, item("other", due=pv.days(2))) == (
        "due 2026-03-16: 0 working days after visit start, 2026-03-12; "
        "it waits for other until 2026-03-14; "
        "moved from 2026-03-14 to 2026-03-16 past days off for the place"
    )


@pytest.mark.parametrize(
    ("least", "waits"),
    [
        (pv.days(0), "due 2026-03-20: {}; it waits for other until 2026-03-20"),
        (pv.days(3), "due 2026-03-23: {}; it waits for other until 2026-03-23, 3 days after it"),
        (pv.weeks(-1), "due 2026-03-13: {}; it waits for other until 2026-03-13, 1 week before it"),
    ],
)
def test_a_date_says_what_it_had_to_wait_for_and_how_long_after_it(
    least: Offset, waits: str
) -> None:
    """S 4.6, S 4.7."""
    waiting = item(after=[Prerequisite("other", least=least)])
    assert due(waiting, item("other", due=pv.days(8))) == waits.format("on visit start, 2026-03-12")


def test_a_trail_of_a_host_need_not_say_everything() -> None:
    """S 4.6."""
    step = RollStep(Roll.FOLLOWING, SATURDAY, date(2026, 3, 16), [])
    trail = Trail(
        Anchor.VISIT_START, THURSDAY, None, THURSDAY, [step], "other", date(2026, 3, 16), None
    )
    made = changed(planned(item()), trail=trail, due=trail.planned)
    assert made.explain("count").due == (
        "due 2026-03-16: on visit start, 2026-03-12; it waits for other until 2026-03-14; "
        "moved from 2026-03-14 to 2026-03-16 past days off for all"
    )


def test_a_task_without_a_date_says_that_nothing_is_known_to_count_from() -> None:
    """S 6.5."""
    undated = "no date yet: the findings of its proposal say why"
    assert due(item(due=pv.days(1, anchor=FactDate("renewal")))) == undated
    assert planned(item(), planned=None).explain("count").due == undated


def test_a_date_without_a_trail_stands_alone() -> None:
    """S 4.6: of a plan that the host made, for example."""
    made = changed(planned(item()), due=FRIDAY, trail=None)
    assert made.explain("count").due == "due 2026-03-13"


DATED = item(due=pv.working_days(2))
BY_EXPANSION = "due 2026-03-16: 2 working days after visit start, 2026-03-12"


def test_a_date_that_was_set_by_hand_says_what_it_was_before() -> None:
    """S 7.5."""
    plan = planned(DATED)
    assert plan.edit("count", due=FRIDAY).explain("count").due == (
        f"due 2026-03-13: set by hand; before, {BY_EXPANSION}"
    )
    assert plan.edit("count", due=None).explain("count").due == (
        f"no date yet: set by hand; before, {BY_EXPANSION}"
    )
    undated = planned(item(), planned=None).edit("count", due=FRIDAY)
    assert undated.explain("count").due == (
        "due 2026-03-13: set by hand; before, no date yet: the findings of its proposal say why"
    )


@pytest.mark.parametrize(
    ("base", "before"),
    [(THURSDAY, "due 2026-03-12"), (None, "no date yet: the findings of its proposal say why")],
)
def test_a_date_that_conflicts_with_a_new_expansion_says_both(
    base: date | None, before: str
) -> None:
    """S 6.8: the plan's value stays until the host settles it."""
    held = changed(planned(DATED), due=FRIDAY, edits=[Edit("due", base)])
    assert held.explain("count").due == (
        f"due 2026-03-13: set by hand; before, {before}; expanded again, {BY_EXPANSION}"
    )


# -------------------------------------------------------------------------------- why by whom


def assignee(plan: pv.ActionPlan) -> str:
    return plan.explain("count").assignee


def test_the_primary_visitor_does_what_nobody_else_has_a_role_for() -> None:
    """S 6.4."""
    assert assignee(planned(item())) == "assigned to rep-7: the primary visitor"


def test_who_was_the_primary_visitor_is_said() -> None:
    """S 6.8: work that has begun stays with who began it."""
    plan = planned(item())
    other = attrs.evolve(plan, subject=attrs.evolve(plan.subject, rep_id="rep-8"))
    assert assignee(other) == "assigned to rep-7: the primary visitor when it was planned"


def test_an_assignee_is_named_with_the_role() -> None:
    """S 6.4."""
    plan = planned(item(role="driver"), given=pv.Given(roles={"driver": "rep-9"}))
    assert assignee(plan) == "assigned to rep-9: in the role driver"


def test_a_role_that_nobody_has_is_named() -> None:
    """S 6.5."""
    plan = planned(item(role="driver"))
    assert assignee(plan) == "assigned to nobody yet: nobody was named for the role driver"


def test_a_task_may_have_neither_role_nor_assignee() -> None:
    """S 6.4: of a plan that the host made, for example."""
    made = changed(planned(item()), assignee_id=None)
    assert assignee(made) == "assigned to nobody yet: nobody was named"


def test_an_assignee_that_was_set_by_hand_says_who_it_was_before() -> None:
    """S 7.5."""
    plan = planned(item()).edit("count", assignee_id="rep-8", due=None)
    assert assignee(plan) == (
        "assigned to rep-8: set by hand; before, assigned to rep-7: the primary visitor"
    )
    nobody = planned(item(role="driver")).edit("count", assignee_id="rep-8")
    assert assignee(nobody) == (
        "assigned to rep-8: set by hand; before, "
        "assigned to nobody yet: nobody was named for the role driver"
    )
    assert assignee(planned(item()).edit("count", assignee_id=None)) == (
        "assigned to nobody yet: set by hand; before, assigned to rep-7: the primary visitor"
    )


# --------------------------------------------------------------------------- why that is expected


def sentences(why: TaskExplanation) -> list[str]:
    return [sentence for _, sentence in why.targets]


def expectations(
    measured: pv.Indicator,
    targets: Sequence[pv.Target],
    given: pv.Given | None = None,
    of_task: Iterable[pv.Target] = (),
    of_catalog: Iterable[pv.Target] = (),
) -> list[str]:
    counting = builders.task(targets=of_task)
    plan = plan_of(
        expanded(
            item(targets=targets),
            given=given,
            indicators=[measured],
            tasks=[counting],
            targets=of_catalog,
        )
    )
    return sentences(plan.explain("count"))


NUMBER, DECIMAL, PERCENTAGE = pv.ValueType.NUMBER, pv.ValueType.DECIMAL, pv.ValueType.PERCENTAGE
LABELS = {"a": "always", "b": "by chance"}


@pytest.mark.parametrize(
    ("changes", "expected", "written"),
    [
        ({"value_type": PERCENTAGE}, pv.at_least(85), "at least 85 %"),
        (
            {"value_type": DECIMAL, "unit": "USD"},
            pv.between(10_000, 20_000),
            "between 10,000 and 20,000 USD",
        ),
        ({"value_type": NUMBER}, pv.equals(5, tolerance=1), "5 give or take 1"),
        (
            {"value_type": pv.ValueType.DATETIME},
            pv.at_most(date(2026, 3, 31)),
            "not after 2026-03-31",
        ),
        (
            {"value_type": pv.ValueType.DATETIME},
            pv.at_least(datetime(2026, 3, 31, 21, 59, tzinfo=UTC)),
            "not before 2026-03-31 23:59",
        ),
        (
            {"value_type": pv.ValueType.CHOICE, "choices": LABELS},
            pv.one_of(["b"]),
            "one of by chance",
        ),
        ({"value_type": pv.ValueType.BOOLEAN}, pv.equals(True), "yes"),
    ],
)
def test_what_is_expected_is_written_as_people_read_it(
    changes: dict[str, Any], expected: Criterion, written: str
) -> None:
    """S 4.6: the unit, labels, and times on the clock of the place."""
    measured = builders.indicator(**changes)
    assert expectations(measured, [pv.Target("stock", expected)]) == [
        f"The stock of partner acme: expected {written} (template item)"
    ]


def test_nothing_may_be_expected() -> None:
    """S 2.6."""
    assert expectations(builders.indicator(), []) == [
        "The stock of partner acme: nothing is expected"
    ]


def test_what_is_expected_instead_of_something_else_says_of_what() -> None:
    """S 2.6: the most specific first."""
    measured = builders.indicator(unit="pieces")
    scope = pv.Scope(partner="acme")
    given = pv.Given(targets=[pv.Target("stock", 9, scope=scope)])
    written = expectations(
        measured,
        [pv.Target("stock", pv.between(6, 8))],
        given,
        [pv.Target("stock", 5)],
        [pv.Target("stock", pv.at_least(4))],
    )
    assert written == [
        (
            "The stock of partner acme: expected at least 9 pieces (partner acme); "
            "instead of between 6 and 8 pieces (template item), "
            "at least 5 pieces (task definition), at least 4 pieces (indicator)"
        )
    ]


def test_what_is_not_expected_after_all_may_count_from_the_visit() -> None:
    """S 2.3, S 2.6."""
    measured = builders.indicator(
        value_type=pv.ValueType.DATETIME, direction=pv.Direction.LOWER_IS_BETTER
    )
    written = expectations(
        measured,
        [pv.Target("stock", datetime(2026, 4, 1, 12, tzinfo=UTC))],
        None,
        [pv.Target("stock", pv.between(pv.months(1), datetime(2026, 6, 1, 12, tzinfo=UTC)))],
        [pv.Target("stock", pv.days(3))],
    )
    assert written == [
        (
            "The stock of partner acme: expected not after 2026-04-01 14:00 (template item); "
            "instead of between 1 month after visit start and 2026-06-01 14:00 (task definition), "
            "not after 3 days after visit start (indicator)"
        )
    ]


def test_every_kpi_of_a_task_is_explained() -> None:
    """S 4.6."""
    plan = planned(
        item(context_kinds=["product"], targets=[pv.Target("stock", 5)]),
        given=pv.Given(
            contexts=[PRODUCT_A, PRODUCT_B],
            targets=[pv.Target("stock", 7, scope=pv.Scope(context=PRODUCT_B))],
        ),
    )
    assert plan.explain("count").targets == (
        (plan.kpis[0].id, "The stock of product A: expected at least 5 (template item)"),
        (
            plan.kpis[1].id,
            (
                "The stock of product B: expected at least 7 (product B); "
                "instead of at least 5 (template item)"
            ),
        ),
    )
    assert plan.kpis[0].target is not None
    assert plan.kpis[0].target.source is TargetSource.ITEM


# -------------------------------------------------------------------------------- as a whole


def test_an_explanation_reads_line_by_line() -> None:
    """S 4.6."""
    plan = planned(item(targets=[pv.Target("stock", 5)]))
    why = plan.explain("count")
    assert why == TaskExplanation(
        item_key="count",
        is_planned=True,
        inclusion="planned: the template round@1 asks for it",
        due="due 2026-03-12: on visit start, 2026-03-12",
        assignee="assigned to rep-7: the primary visitor",
        targets=(
            (plan.kpis[0].id, "The stock of partner acme: expected at least 5 (template item)"),
        ),
    )
    assert str(why).splitlines() == [
        "count: planned: the template round@1 asks for it",
        "due 2026-03-12: on visit start, 2026-03-12",
        "assigned to rep-7: the primary visitor",
        "The stock of partner acme: expected at least 5 (template item)",
    ]


def test_an_explanation_can_be_sent_compared_and_hashed() -> None:
    why = planned(item()).explain("count")
    copy: TaskExplanation = pickle.loads(pickle.dumps(why))  # noqa: S301 -- our own bytes
    assert copy == why
    assert hash(copy) == hash(why)


def test_a_long_condition_leaves_room_for_the_facts() -> None:
    """S 4.6: an ellipsis shows that something was cut."""
    long = when("segment", pv.one_of(["gold", *(f"{number} of many" for number in range(1_000))]))
    written = inclusion(item(condition=long), facts=segment("gold"))
    assert written.endswith("…, and segment is gold")
    assert len(written) < 500


def test_a_long_sentence_is_cut() -> None:
    """S 4.6."""
    many = all_of([is_set(f"fact {number}") for number in range(200)])
    facts = pv.Facts(visit={f"fact {number}": "x" * 100 for number in range(200)})
    written = inclusion(item(condition=many), facts=facts)
    assert len(written) == 1_000
    assert written.endswith("…")


def test_begun_work_is_explained_too() -> None:
    """S 4.6."""
    plan = planned(item())
    before = plan.explain("count")
    assert plan.start("count", at=NINE).explain("count") == before
    assert plan.complete("count", at=NINE).explain("count") == before
    assert plan.skip("count").explain("count") == before


def test_a_task_is_explained_by_what_it_carries() -> None:
    """S 4.6: a task that a host made says as little as the host told it."""
    made = PlannedTask(id="V-1/round/count", item_key="count", task_key="count", name="Count")
    why = attrs.evolve(planned(item()), tasks=[made]).explain("count")
    assert str(why).splitlines() == [
        "count: planned: the template round@1 asks for it",
        "no date yet: the findings of its proposal say why",
        "assigned to nobody yet: nobody was named",
    ]
