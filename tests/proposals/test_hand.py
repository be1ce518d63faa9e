"""The host's hand in a plan: what it excludes, overrides and adds, and what is merged."""

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.calendars import ItemDate, Offset, Trail
from partnervisits.conditions import when
from partnervisits.criteria import Criterion
from partnervisits.errors import InvalidValueError, ProposalError
from partnervisits.findings import Severity
from partnervisits.plans import Cause, LeftOut, Origin
from partnervisits.proposals import ItemOverride
from partnervisits.targets import TargetSource
from partnervisits.tasks import TaskIndicator
from partnervisits.templates import Binding, Group, Prerequisite, Selection, Spread
from tests.builders import THURSDAY, catalog, indicator, item, task, visit
from tests.proposals.worlds import (
    AGREEMENT,
    PARTNER,
    PRODUCT_A,
    PRODUCT_B,
    PRODUCT_C,
    applied,
    capturing,
    dues,
    error,
    expanded,
    left_out,
    plan_of,
    planned,
    trail_of,
    warning,
)

DAY = timedelta(days=1)
FOLLOW_UP = "rule/V-0/stock/partner/acme"
ALL = (PRODUCT_A, PRODUCT_B, PRODUCT_C)
ANYTHING: Any = "anything"


def more(
    key: str,
    task: str = "count",
    *,
    about: Iterable[pv.Context] = (),
    each: bool = False,
    **changes: Any,
) -> pv.TemplateItem:
    """An item that the host adds: about certain records, together or a task for each."""
    spread = Spread.ONE_EACH if each else Spread.TOGETHER
    return item(key, task=task, contexts=about, spread=spread, **changes)


def adding(*items: pv.TemplateItem, **changes: Any) -> pv.Given:
    return pv.Given(add=items, **changes)


def overriding(key: str = "count", **changes: Any) -> pv.Given:
    return pv.Given(override={key: ItemOverride(**changes)})


def lines_of(proposal: pv.Proposal) -> str:
    """The plan as it is printed, with all its lines in one."""
    return " ".join(str(plan_of(proposal)).split())


def loss(key: str, host: str, fields: str) -> pv.Finding:
    message = f"merged into {host}, which keeps its own {fields}"
    return warning(("items", key), "added.merged", message)


# ------------------------------------------------------------------------ excluded (S 6.7)


def test_an_excluded_item_is_left_out_and_the_plan_says_so() -> None:
    """S 6.7: silently, even if it is MUST: the host wants it so."""
    given = pv.Given(exclude=["count"])
    proposal = expanded(item("other"), item(binding=Binding.MUST), given=given)
    assert planned(proposal) == ["other"]
    assert left_out(proposal) == [("count", Cause.EXCLUDED)]
    assert "count: not planned: the host excluded it" in lines_of(proposal)
    assert proposal.findings == ()


def test_an_excluded_item_is_asked_for_no_context_fact_or_role() -> None:
    """S 6.7."""
    needy = item(
        binding=Binding.MUST,
        condition=when("stores", pv.at_least(3)),
        context_kinds=["product"],
        role="driver",
    )
    proposal = expanded(item("other"), needy, given=pv.Given(exclude=["count"]))
    assert plan_of(proposal).left_out == (LeftOut("count", Cause.EXCLUDED),)
    assert proposal.findings == ()


def test_what_came_after_an_excluded_item_comes_after_what_that_came_after() -> None:
    """S 4.7, S 6.7."""
    items = [
        item("a", due=pv.days(1)),
        item("b", after=[Prerequisite("a", least=pv.days(2))]),
        item("c", after=["b"]),
    ]
    proposal = expanded(*items, given=pv.Given(exclude=["b"]))
    assert plan_of(proposal).task("c").after == ("a",)
    assert dues(proposal) == {"a": THURSDAY + DAY, "c": THURSDAY + 3 * DAY}


# ---------------------------------------------------------------------- overridden (S 6.7)


def test_the_host_may_say_when() -> None:
    """S 6.7: the trail tells of the new offset."""
    later = pv.weeks(1)
    proposal = expanded(item(due=pv.days(1)), given=overriding(due=later))
    (found,) = plan_of(proposal).tasks
    assert (found.due, found.overridden, found.origin) == (
        THURSDAY + 7 * DAY,
        ("due",),
        Origin.TEMPLATE,
    )
    assert trail_of(proposal, "count").offset == later
    assert "changed by the host: due" in lines_of(proposal)


def test_none_is_a_date_too() -> None:
    """S 6.7: the day of the visit, whatever the template says; no change is something else."""
    proposal = expanded(item(due=pv.days(5)), given=overriding(due=None))
    assert dues(proposal) == {"count": THURSDAY}
    assert plan_of(proposal).task("count").overridden == ("due",)


def test_the_host_may_count_from_another_item() -> None:
    """S 4.1, S 6.7: the order of work follows."""
    given = overriding("a", due=pv.days(1, anchor=ItemDate("b")))
    proposal = expanded(item("a"), item("b", due=pv.days(2)), given=given)
    assert dues(proposal) == {"a": THURSDAY + 3 * DAY, "b": THURSDAY + 2 * DAY}


def test_who_waits_for_an_overridden_item_waits_for_its_new_date() -> None:
    """S 4.7, S 6.7."""
    proposal = expanded(item(), item("b", after=["count"]), given=overriding(due=pv.days(4)))
    assert dues(proposal)["b"] == THURSDAY + 4 * DAY


@pytest.mark.parametrize(("role", "who"), [("driver", "rep-8"), (None, "rep-7")])
def test_the_host_may_say_who(role: str | None, who: str) -> None:
    """S 6.7: a role, or with None the primary visitor."""
    given = pv.Given(
        override={"count": ItemOverride(role=role)}, roles={"driver": "rep-8", "cook": "rep-9"}
    )
    (found,) = plan_of(expanded(item(role="cook"), given=given)).tasks
    assert (found.role, found.assignee_id, found.overridden) == (role, who, ("role",))


def test_the_host_may_say_how_obligatory() -> None:
    """S 6.7: a warning becomes an error with it."""
    needy = item(context_kinds=["product"])
    given = overriding(binding=Binding.MUST)
    assert not expanded(needy, item("b")).is_blocked
    assert expanded(needy, item("b"), given=given).is_blocked
    (found,) = plan_of(expanded(item(), given=given)).tasks
    assert (found.binding, found.overridden) == (Binding.MUST, ("binding",))


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([pv.Target("stock", 9)], (pv.at_least(9), TargetSource.ITEM)),
        ([], (pv.at_least(5), TargetSource.TASK)),
    ],
    ids=["another", "none"],
)
def test_the_host_may_say_what_is_expected(
    targets: list[pv.Target], expected: tuple[Criterion, TargetSource]
) -> None:
    """S 6.7, S 2.6: instead of all that the item expects; without any the task's own applies."""
    proposal = expanded(
        item(targets=[pv.Target("stock", 7)]),
        tasks=[task(targets=[pv.Target("stock", 5)])],
        given=overriding(targets=targets),
    )
    assert applied(proposal) == expected
    assert plan_of(proposal).task("count").overridden == ("targets",)


@pytest.mark.parametrize(("instructions", "expected"), [("Look twice", "Look twice"), ("", "Look")])
def test_the_host_may_say_what_to_do(instructions: str, expected: str) -> None:
    """S 6.7: with nothing, the task's own instructions come back."""
    proposal = expanded(
        item(instructions="Ask"),
        tasks=[task(instructions="Look")],
        given=overriding(instructions=instructions),
    )
    (found,) = plan_of(proposal).tasks
    assert (found.instructions, found.overridden) == (expected, ("instructions",))


def test_what_the_host_leaves_unchanged_stays() -> None:
    """S 6.7: and only what was changed is marked, in order."""
    held = item(
        due=pv.days(3),
        role="cook",
        binding=Binding.MUST,
        targets=[pv.Target("stock", 7)],
        instructions="Ask",
    )
    roles = {"cook": "rep-9"}
    plain = plan_of(expanded(held, given=pv.Given(roles=roles))).task("count")
    untouched = pv.Given(roles=roles, override={"count": ItemOverride()})
    assert plan_of(expanded(held, given=untouched)).task("count") == plain
    change = ItemOverride(role=None, due=pv.days(4))
    given = pv.Given(roles=roles, override={"count": change})
    found = plan_of(expanded(held, given=given)).task("count")
    assert found.overridden == ("due", "role")
    assert (found.binding, found.kpis, found.instructions) == (
        plain.binding,
        plain.kpis,
        plain.instructions,
    )


def test_an_override_says_which_fields_it_changes() -> None:
    """S 6.7."""
    assert ItemOverride().fields == ()
    assert ItemOverride(role=None, due=None).fields == ("due", "role")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"due": 3}, "type.wrong", "due"),
        ({"role": "no role"}, "key.slug", "role"),
        ({"binding": None}, "type.wrong", "binding"),
        ({"binding": "must"}, "type.wrong", "binding"),
        ({"targets": "stock"}, "sequence.type", "targets"),
        (
            {"targets": [pv.Target("stock", 3, scope=pv.Scope(segment="gold"))]},
            "target.scope",
            "targets",
        ),
        ({"instructions": None}, "text.type", "instructions"),
    ],
)
def test_a_wrong_override_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    """S 6.7."""
    with pytest.raises(InvalidValueError) as refused:
        _ = ItemOverride(**changes)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "ItemOverride",
        field,
    )


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"exclude": "count"}, "sequence.type", "exclude"),
        ({"exclude": ["a", "a"]}, "sequence.duplicate", "exclude"),
        ({"exclude": ["no key"]}, "key.slug", "exclude"),
        ({"override": {"no key": ItemOverride()}}, "key.slug", "override"),
        ({"override": {"a": ANYTHING}}, "type.wrong", "override"),
        ({"override": [("a", ItemOverride())] * 2}, "sequence.duplicate", "override"),
        ({"add": item()}, "sequence.type", "add"),
        ({"add": ["count"]}, "sequence.entry", "add"),
        ({"add": [item(), item()]}, "sequence.duplicate", "add"),
    ],
)
def test_a_wrong_hand_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    """S 6.7."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Given(**changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_overrides_are_held_as_sorted_pairs() -> None:
    """S 6.1."""
    one, other = ItemOverride(due=None), ItemOverride(role=None)
    assert pv.Given(override={"b": one, "a": other}).override == (("a", other), ("b", one))


def test_an_override_that_makes_an_item_count_from_itself_is_refused() -> None:
    """S 6.7: when it is given, not when a visit is planned."""
    with pytest.raises(InvalidValueError, match="count cannot count from its own date") as refused:
        _ = overriding(due=pv.days(1, anchor=ItemDate("count")))
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        "item.after-itself",
        "Given",
        "override",
    )


@pytest.mark.parametrize(
    ("anchor", "code"), [("b", "item.cycle"), ("nobody", "item.unknown-anchor")]
)
def test_an_override_that_cannot_be_dated_makes_no_plan(anchor: str, code: str) -> None:
    """S 6.5, S 6.7: b comes after the item that is to count from b."""
    given = overriding(due=pv.days(1, anchor=ItemDate(anchor)))
    proposal = expanded(item(), item("b", after=["count"]), given=given)
    assert proposal.plan is None
    assert [each.code for each in proposal.findings] == [code]


UNKNOWN = "no item has that key: correct it, or leave it out"


@pytest.mark.parametrize(
    ("given", "field"),
    [(pv.Given(exclude=["lunch"]), "exclude"), (overriding("lunch", due=None), "override")],
)
def test_a_key_that_no_item_has_is_a_warning(given: pv.Given, field: str) -> None:
    """S 6.7: the plan is made all the same."""
    proposal = expanded(item(), given=given)
    path = ("given", field, "lunch")
    assert proposal.findings == (warning(path, "given.unknown-item", UNKNOWN),)
    assert planned(proposal) == ["count"]


def test_the_keys_of_added_items_are_known() -> None:
    """S 6.7."""
    given = adding(
        item("extra"), exclude=["extra", "lunch"], override={"extra": ItemOverride(due=None)}
    )
    path = ("given", "exclude", "lunch")
    assert expanded(item(), given=given).findings == (warning(path, "given.unknown-item", UNKNOWN),)


# --------------------------------------------------------------------------- added (S 6.7)


def test_an_added_item_comes_last_and_says_who_asked_for_it() -> None:
    """S 6.7."""
    proposal = expanded(item(), item("b"), given=adding(item("extra", name="Look at the roof")))
    assert planned(proposal) == ["count", "b", "extra"]
    assert [task.origin for task in plan_of(proposal).tasks] == [
        Origin.TEMPLATE,
        Origin.TEMPLATE,
        Origin.ADDED,
    ]
    found = plan_of(proposal).task("extra")
    assert (found.id, found.name, found.serves) == ("V-1/round/extra", "Look at the roof", ())
    assert lines_of(proposal).count("added by the host") == 1
    assert proposal.findings == ()


def test_an_added_item_has_contexts_indicators_and_targets_of_its_own() -> None:
    """S 6.2, S 6.7."""
    extra = more(
        "extra",
        "check",
        about=[PRODUCT_B],
        indicators=["share"],
        targets=[pv.Target("share", 4)],
        binding=Binding.MUST,
    )
    proposal = expanded(
        item(),
        tasks=[task("check", ["stock", "share"])],
        indicators=[indicator(), indicator("share")],
        given=adding(extra, contexts=[PRODUCT_A]),
    )
    found = plan_of(proposal).task("extra")
    assert (found.contexts, found.binding) == ((PRODUCT_B,), Binding.MUST)
    assert [(kpi.context, kpi.indicator.key) for kpi in found.kpis] == [(PRODUCT_B, "share")]
    assert [kpi.target.criterion for kpi in found.kpis if kpi.target] == [pv.at_least(4)]


def test_an_added_item_for_several_contexts_has_a_task_for_each() -> None:
    """S 6.2, S 6.7."""
    proposal = expanded(item(), given=adding(more("extra", "check", about=ALL, each=True)))
    tasks = plan_of(proposal).tasks[1:]
    assert [task.own_context for task in tasks] == [*ALL]
    assert {task.origin for task in tasks} == {Origin.ADDED}


def test_added_items_come_after_items_of_the_template_and_each_other() -> None:
    """S 4.7, S 6.7."""
    given = adding(
        item("second", after=["first"]),
        item("first", after=[Prerequisite("count", least=pv.days(2))]),
    )
    proposal = expanded(item(due=pv.days(1)), given=given)
    assert plan_of(proposal).task("second").after == ("first",)
    assert dues(proposal)["second"] == THURSDAY + 3 * DAY


def test_an_added_item_applies_under_its_own_condition() -> None:
    """S 3.4, S 6.7."""
    busy = item("extra", condition=when("stores", pv.at_least(3)))
    given = adding(busy, facts=pv.Facts(visit={"stores": 2}))
    proposal = expanded(item(), given=given)
    assert left_out(proposal) == [("extra", Cause.CONDITION)]


def test_an_added_item_of_a_first_group_comes_after_those_of_the_template() -> None:
    """S 3.4, S 6.7."""
    first = Group("pitch", Selection.FIRST)
    proposal = expanded(item(group=first), given=adding(item("extra", group=first)))
    assert planned(proposal) == ["count"]
    assert left_out(proposal) == [("extra", Cause.GROUP)]


@pytest.mark.parametrize(
    ("extra", "path", "code"),
    [
        (item(), ("items", "count"), "item.duplicate"),
        (item("extra", after=["lunch"]), ("items", "extra", "after"), "item.unknown-prerequisite"),
        (item("extra", indicators=["share"]), ("items", "extra", "indicators", "share"), None),
        (item("extra", group=Group("g")), ("items", "extra", "group"), "group.mixed"),
    ],
)
def test_an_added_item_that_does_not_fit_makes_no_plan(
    extra: pv.TemplateItem, path: tuple[str, ...], code: str | None
) -> None:
    """S 6.5: as if it stood in the template."""
    first = Group("g", Selection.FIRST)
    proposal = expanded(item(group=first), given=adding(extra))
    assert proposal.plan is None
    assert [(each.path, each.code) for each in proposal.findings] == [
        (path, code or "indicator.stray")
    ]


def test_an_added_item_for_a_task_that_no_one_defines_makes_no_plan() -> None:
    """S 6.5."""
    made = pv.ActionPlanTemplate("round", "The round", items=[item()]).publish()
    given = adding(more("extra", "lunch"))
    proposal = pv.expand(made, visit(), catalog=catalog(), given=given)
    assert proposal.plan is None
    assert [(each.path, each.code) for each in proposal.findings] == [
        (("items", "extra", "task"), "task.unknown")
    ]


def test_a_template_may_refuse_additions_but_not_follow_ups() -> None:
    """S 6.7, S 9.5: what is refused is an error, and the rest of the plan is there to look at."""
    strict = pv.ActionPlanTemplate("round", "The round", items=[item()], ad_hoc=False).publish()
    tasks = [task(), task("extra"), task("call")]
    given = adding(item("extra"), item("call", serves=FOLLOW_UP))
    proposal = pv.expand(strict, visit(), catalog=catalog(tasks=tasks), given=given)
    message = "the template takes no added items: set its ad_hoc, or leave it out"
    refusal = error(("given", "add", "extra"), "given.ad-hoc", message)
    assert proposal.findings == (refusal,)
    assert planned(proposal) == ["count", "call"]
    with pytest.raises(ProposalError) as refused:
        _ = proposal.accept()
    assert refused.value.findings == (refusal,)


def test_plain_items_take_additions() -> None:
    """S 3.1, S 6.7."""
    tasks = [task(), task("extra")]
    proposal = pv.expand(
        [item()], visit(), catalog=catalog(tasks=tasks), given=adding(item("extra")), key="round"
    )
    assert planned(proposal) == ["count", "extra"]
    assert proposal.findings == ()


def test_an_added_item_can_be_overridden_and_excluded() -> None:
    """S 6.7: both marks are in the plan."""
    given = adding(
        item("extra"),
        item("gone"),
        override={"extra": ItemOverride(due=pv.days(3), binding=Binding.MUST)},
        exclude=["gone"],
    )
    proposal = expanded(item(), given=given)
    found = plan_of(proposal).task("extra")
    assert (found.origin, found.overridden) == (Origin.ADDED, ("binding", "due"))
    assert (found.due, found.binding) == (THURSDAY + 3 * DAY, Binding.MUST)
    assert left_out(proposal) == [("gone", Cause.EXCLUDED)]
    assert proposal.findings == ()
    assert "changed by the host: binding, due; added by the host" in lines_of(proposal)


def test_the_hand_of_one_visit_does_not_reach_the_next() -> None:
    """S 6.10."""
    hands = [
        adding(item("extra")),
        pv.Given(),
        overriding(due=pv.days(2)),
        pv.Given(exclude=["b"]),
        pv.Given(),
    ]
    made = pv.ActionPlanTemplate("round", "The round", items=[item(), item("b")]).publish()
    held = catalog(tasks=[task(), task("b"), task("extra")])
    visits = [(visit(id=f"V-{number}"), given) for number, given in enumerate(hands)]
    proposals = list(pv.expand_each(made, visits, catalog=held))
    assert [planned(each) for each in proposals] == [
        ["count", "b", "extra"],
        ["count", "b"],
        ["count", "b"],
        ["count"],
        ["count", "b"],
    ]
    assert [dues(each)["count"] for each in proposals] == [
        THURSDAY + (2 if number == 2 else 0) * DAY for number in range(5)
    ]
    assert proposals == [pv.expand(made, each, catalog=held, given=hand) for each, hand in visits]


# --------------------------------------------------------------- the same work (S 6.7)


def test_an_added_item_for_work_that_is_planned_already_is_merged_into_it() -> None:
    """S 6.7: one task, which says what it serves."""
    proposal = expanded(item(), given=adding(more("again")))
    (found,) = plan_of(proposal).tasks
    assert (found.item_key, found.origin, found.serves) == ("count", Origin.TEMPLATE, ("again",))
    assert len(found.kpis) == 1
    gone = LeftOut("again", Cause.MERGED, PARTNER, by="count")
    assert plan_of(proposal).left_out == (gone,)
    assert proposal.findings == ()
    printed = lines_of(proposal)
    assert "for again" in printed
    assert "again: not planned" in printed
    assert "count does the same work" in printed


def test_a_follow_up_for_a_task_that_the_template_has_does_not_double_it() -> None:
    """S 6.7, S 9.5: the task is done once, for both, and has to be done now."""
    carried = more(
        "unhappy-1",
        indicators=["stock"],
        about=[PARTNER],
        binding=Binding.MUST,
        instructions="Ask the branch manager",
        serves=FOLLOW_UP,
    )
    proposal = expanded(
        item(instructions="Count all"),
        tasks=[task(indicators=["stock", "share"])],
        indicators=[indicator(), indicator("share")],
        given=adding(carried),
    )
    (found,) = plan_of(proposal).tasks
    assert found.serves == (FOLLOW_UP,)
    assert found.binding is Binding.MUST
    assert found.instructions == "Count all\nAsk the branch manager"
    assert [kpi.indicator.key for kpi in found.kpis] == ["stock", "share"]
    assert left_out(proposal) == [("unhappy-1", Cause.MERGED)]
    assert proposal.findings == ()


def test_the_same_task_asked_for_twice_is_planned_once() -> None:
    """S 6.7: by two colleagues, neither of whom knows the template."""
    given = adding(
        more("call-1", "call", instructions="Ask for the order", serves="mail/1"),
        more("call-2", "call", instructions="Ask for the price", binding=Binding.MUST),
    )
    proposal = expanded(item(), given=given)
    assert planned(proposal) == ["count", "call-1"]
    found = plan_of(proposal).task("call-1")
    assert (found.origin, found.serves) == (Origin.ADDED, ("mail/1", "call-2"))
    assert found.binding is Binding.MUST
    assert found.instructions == "Ask for the order\nAsk for the price"
    assert left_out(proposal) == [("call-2", Cause.MERGED)]


def test_items_of_the_template_are_never_merged() -> None:
    """S 6.7: whoever wrote the same task twice meant it."""
    proposal = expanded(item("a", task="count"), item("b", task="count"), given=adding(more("c")))
    assert planned(proposal) == ["a", "b"]
    assert [task.serves for task in plan_of(proposal).tasks] == [("c",), ()]


@pytest.mark.parametrize(
    ("hosts", "added", "expected"),
    [
        (Binding.COULD, Binding.MUST_UNLESS_DOCUMENTED, Binding.MUST_UNLESS_DOCUMENTED),
        (Binding.MUST_UNLESS_DOCUMENTED, Binding.MUST, Binding.MUST),
        (Binding.MUST_UNLESS_DOCUMENTED, Binding.COULD, Binding.MUST_UNLESS_DOCUMENTED),
        (Binding.MUST, Binding.COULD, Binding.MUST),
        (Binding.COULD, Binding.COULD, Binding.COULD),
    ],
)
def test_the_stronger_binding_holds(hosts: Binding, added: Binding, expected: Binding) -> None:
    """S 6.7."""
    proposal = expanded(item(binding=hosts), given=adding(more("again", binding=added)))
    assert plan_of(proposal).task("count").binding is expected


@pytest.mark.parametrize(
    ("hosts", "added", "expected"),
    [
        ("Look", ["Ask"], "Look\nAsk"),
        ("", ["Ask"], "The task's own\nAsk"),
        ("Look", [""], "Look"),
        ("", [""], "The task's own"),
        ("Look", ["Look"], "Look"),
        ("Look", ["Ask", "Ask"], "Look\nAsk"),
        ("Look", ["Ask", "Tell", "Ask"], "Look\nAsk\nTell"),
        ("Look", ["Ask\nTell", "Ask\nTell"], "Look\nAsk\nTell"),
        ("Look at it", ["Look"], "Look at it\nLook"),
    ],
)
def test_instructions_are_joined_and_nothing_is_said_twice(
    hosts: str, added: list[str], expected: str
) -> None:
    """S 6.7: the task's own, which the item put others in the place of, do not come back."""
    proposal = expanded(
        item(instructions=hosts),
        tasks=[task(instructions="The task's own")],
        given=adding(*(more(f"a{n}", instructions=each) for n, each in enumerate(added))),
    )
    assert plan_of(proposal).task("count").instructions == expected


def test_instructions_that_do_not_fit_are_left_out_with_a_warning() -> None:
    """S 1.3, S 6.7: what the item says stays whole."""
    long = "x" * 2000
    given = adding(more("a", instructions="y" * 1999), more("b", instructions="z" * 10))
    proposal = expanded(item(instructions=long), given=given)
    (found,) = plan_of(proposal).tasks
    assert found.instructions == f"{long}\n{'y' * 1999}"
    assert found.serves == ("a", "b")
    message = "its instructions do not fit into those of count: shorten them"
    assert proposal.findings == (warning(("items", "b"), "added.instructions", message),)


TARGET = pv.Target("stock", 9)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"due": pv.days(1)}, "due"),
        ({"role": "driver"}, "role"),
        ({"targets": [TARGET]}, "targets"),
        ({"after": ["b"]}, "after"),
        ({"due": pv.days(1), "after": ["b"], "role": "driver", "targets": [TARGET]}, None),
    ],
)
def test_what_a_merged_item_had_of_its_own_is_lost_with_a_warning(
    changes: dict[str, Any], fields: str | None
) -> None:
    """S 6.7: the item that does the work keeps its date, assignee and targets."""
    proposal = expanded(item(), item("b"), given=adding(more("again", **changes)))
    plain = plan_of(expanded(item(), item("b"))).task("count")
    found = plan_of(proposal).task("count")
    assert (found.due, found.assignee_id, found.after, found.kpis) == (
        plain.due,
        plain.assignee_id,
        (),
        plain.kpis,
    )
    assert proposal.findings == (loss("again", "count", fields or "due, after, role, targets"),)


def test_what_both_have_alike_is_not_lost() -> None:
    """S 6.7."""
    alike: dict[str, Any] = {"due": pv.days(1), "role": "driver", "targets": [TARGET]}
    given = adding(more("again", **alike), roles={"driver": "rep-8"})
    assert expanded(item(**alike), given=given).findings == ()


def test_what_is_overridden_of_a_merged_item_counts() -> None:
    """S 6.7: its binding is taken over, its date is lost."""
    change = ItemOverride(due=pv.days(1), binding=Binding.MUST)
    given = adding(more("again"), override={"again": change})
    proposal = expanded(item(), given=given)
    (found,) = plan_of(proposal).tasks
    assert (found.binding, found.overridden) == (Binding.MUST, ())
    assert proposal.findings == (loss("again", "count", "due"),)


# -------------------------------------------------------------------- other work (S 6.7)


@pytest.mark.parametrize(
    "extra",
    [
        more("extra", "check"),
        more("extra", about=[PRODUCT_A]),
        more("extra", about=[PARTNER, PRODUCT_A]),
        more("extra", indicators=["stock", "share"]),
        more("extra", indicators=["share"]),
    ],
    ids=["task", "context", "one more context", "one more indicator", "another indicator"],
)
def test_an_added_item_that_asks_for_anything_else_is_planned_on_its_own(
    extra: pv.TemplateItem,
) -> None:
    """S 6.7: nothing that was asked for is dropped."""
    proposal = expanded(
        item(indicators=["stock"]),
        tasks=[task(indicators=["stock", "share"]), task("check")],
        indicators=[indicator(), indicator("share")],
        given=adding(extra),
    )
    assert planned(proposal) == ["count", "extra"]
    assert plan_of(proposal).task("count").serves == ()
    assert plan_of(proposal).left_out == ()


def test_only_indicators_of_the_contexts_in_question_count() -> None:
    """S 6.2, S 6.7: of the agreement only the share is captured, of the product only the stock."""
    bound = capturing(
        TaskIndicator("stock", context_kind="product"),
        TaskIndicator("share", context_kind="agreement"),
    )
    of_agreement = more("again", about=[AGREEMENT])
    given = adding(of_agreement, contexts=[PRODUCT_A, AGREEMENT])
    indicators = [indicator(), indicator("share")]
    both = item(context_kinds=["product", "agreement"])
    stock_only = item(context_kinds=["product", "agreement"], indicators=["stock"])
    merged = expanded(both, given=given, tasks=[bound], indicators=indicators)
    assert planned(merged) == ["count"]
    apart = expanded(stock_only, given=given, tasks=[bound], indicators=indicators)
    assert planned(apart) == ["count", "again"]


def test_an_item_that_was_left_out_takes_no_work() -> None:
    """S 6.7: then the added one is planned."""
    given = adding(more("again"), exclude=["count"])
    proposal = expanded(item(), given=given)
    assert planned(proposal) == ["again"]
    assert plan_of(proposal).task("again").origin is Origin.ADDED


# --------------------------------------------------------------- several contexts (S 6.2, S 6.7)

ABC = pv.Given(contexts=ALL)


def test_an_added_item_about_one_of_several_contexts_together_is_merged() -> None:
    """S 6.2, S 6.7: one task does them all."""
    given = adding(more("again", about=[PRODUCT_B]), contexts=ALL)
    proposal = expanded(item(context_kinds=["product"]), given=given)
    (found,) = plan_of(proposal).tasks
    assert (found.contexts, found.serves) == (ALL, ("again",))


def test_an_added_item_about_one_of_several_contexts_is_merged_into_the_task_for_it() -> None:
    """S 6.2, S 6.7: the others have nothing to do with it."""
    template_item = item(context_kinds=["product"], spread=Spread.ONE_EACH)
    given = adding(more("again", about=[PRODUCT_B], binding=Binding.MUST), contexts=ALL)
    tasks = plan_of(expanded(template_item, given=given)).tasks
    assert [(task.serves, task.binding) for task in tasks] == [
        ((), Binding.COULD),
        (("again",), Binding.MUST),
        ((), Binding.COULD),
    ]


def test_an_added_item_with_a_task_for_each_context_is_merged_task_by_task() -> None:
    """S 6.2, S 6.7: A is done by the item that has A, B by the one that has B, C by itself."""
    given = adding(more("again", about=ALL, each=True))
    proposal = expanded(
        item("a", task="count", contexts=[PRODUCT_A]),
        item("b", task="count", contexts=[PRODUCT_B]),
        given=given,
    )
    assert [(task.item_key, task.contexts, task.serves) for task in plan_of(proposal).tasks] == [
        ("a", (PRODUCT_A,), ("again",)),
        ("b", (PRODUCT_B,), ("again",)),
        ("again", (PRODUCT_C,), ()),
    ]
    gone = plan_of(proposal).left_out
    assert [(each.context, each.cause, each.by) for each in gone] == [
        (PRODUCT_A, Cause.MERGED, "a"),
        (PRODUCT_B, Cause.MERGED, "b"),
    ]
    assert "again: not planned for product A: a does the same work" in lines_of(proposal)


def test_an_added_item_with_a_task_for_each_context_is_merged_into_one_for_all() -> None:
    """S 6.2, S 6.7: which serves it once, and says once what to do."""
    again = more("again", about=ALL, each=True, instructions="Ask", due=pv.days(1))
    proposal = expanded(item(context_kinds=["product"]), given=adding(again, contexts=ALL))
    (found,) = plan_of(proposal).tasks
    assert (found.serves, found.instructions) == (("again",), "Ask")
    assert left_out(proposal) == [("again", Cause.MERGED)] * 3
    assert proposal.findings == (loss("again", "count", "due"),)


def test_an_added_item_about_several_contexts_is_not_torn_apart() -> None:
    """S 6.7: no single task does its work."""
    given = adding(more("again", about=[PRODUCT_A, PRODUCT_B]), contexts=ALL)
    proposal = expanded(item(context_kinds=["product"], spread=Spread.ONE_EACH), given=given)
    assert planned(proposal) == ["count", "count", "count", "again"]


# ------------------------------------------------- prerequisites and anchors (S 4.7, S 6.7)


def test_who_comes_after_a_merged_item_comes_after_its_host() -> None:
    """S 4.7, S 6.7: at the distance it was to keep."""
    given = adding(
        more("again", due=pv.days(9)),
        item("call", after=["again"]),
        item("letter", after=[Prerequisite("again", least=pv.days(2), most=pv.days(4))]),
        item("late", after=[Prerequisite("again", most=pv.days(4))], due=pv.days(9)),
    )
    proposal = expanded(item(due=pv.days(3)), given=given)
    assert planned(proposal) == ["count", "call", "letter", "late"]
    assert {plan_of(proposal).task(key).after for key in ("call", "letter", "late")} == {("count",)}
    assert dues(proposal) == {
        "count": THURSDAY + 3 * DAY,
        "call": THURSDAY + 3 * DAY,
        "letter": THURSDAY + 5 * DAY,
        "late": THURSDAY + 9 * DAY,
    }
    assert proposal.findings == (
        loss("again", "count", "due"),
        warning(
            ("items", "late", "due"),
            "date.too-late",
            "later than 4 days after count: move one of them",
        ),
    )


def test_who_counts_from_a_merged_item_counts_from_its_host() -> None:
    """S 4.1, S 6.7: even if the host is dated after a row of others."""
    next_day: Offset = pv.days(1, anchor=ItemDate("again"))
    row = [
        item("a", due=pv.days(1)),
        item("b", due=pv.days(1, anchor=ItemDate("a"))),
        item(due=pv.days(1, anchor=ItemDate("b"))),
    ]
    given = adding(item("report", due=next_day), item("call", after=["again"]), more("again"))
    proposal = expanded(*row, given=given)
    anchor_date, planned_date = THURSDAY + 3 * DAY, THURSDAY + 4 * DAY
    assert trail_of(proposal, "report") == Trail(
        ItemDate("again"), anchor_date, next_day, planned_date, (), None, planned_date
    )
    assert dues(proposal)["call"] == anchor_date
    message = "merged into count, which keeps its own due"
    assert proposal.findings == (warning(("items", "again"), "added.merged", message),)


def test_who_waits_for_an_item_that_was_merged_in_part_waits_for_all_who_do_its_work() -> None:
    """S 4.7, S 6.7: A is counted by the item of the template, later than B by the added one."""
    again = more("again", about=[PRODUCT_A, PRODUCT_B], each=True)
    given = adding(
        again,
        item("report", after=["again"]),
        item("file", due=pv.days(1, anchor=ItemDate("again"))),
    )
    proposal = expanded(item(contexts=[PRODUCT_A], due=pv.days(5)), given=given)
    assert planned(proposal) == ["count", "again", "report", "file"]
    assert plan_of(proposal).task("report").after == ("again", "count")
    assert dues(proposal) == {
        "count": THURSDAY + 5 * DAY,
        "again": THURSDAY,
        "report": THURSDAY + 5 * DAY,
        "file": THURSDAY + 6 * DAY,
    }


def test_what_a_merged_item_came_after_holds_no_one_up() -> None:
    """S 6.7: the work is done when its host does it; that this is lost was said."""
    given = adding(more("again", after=["b"]), item("call", after=["again"]))
    proposal = expanded(item(), item("b", due=pv.days(7)), given=given)
    assert dues(proposal)["call"] == THURSDAY
    assert proposal.findings == (loss("again", "count", "after"),)


# ----------------------------------------------------------------------- no circles (S 3.2, S 6.7)


@pytest.mark.parametrize(
    "first",
    [
        more("first", after=["second"]),
        more("first", due=pv.days(1, anchor=ItemDate("second"))),
        more("first", after=["between"]),
        more("first", after=["between", "second"]),
    ],
    ids=["after it", "counted from it", "after one after it", "on two ways"],
)
def test_an_item_is_not_merged_into_one_that_waits_for_it(first: pv.TemplateItem) -> None:
    """S 6.7: the same work, before and after."""
    between = more("between", "call", after=["second"])
    proposal = expanded(item("b"), given=adding(first, between, more("second")))
    assert planned(proposal) == ["b", "first", "between", "second"]
    assert not proposal.is_blocked


def test_items_that_depend_on_one_another_crosswise_are_not_merged_into_a_circle() -> None:
    """S 3.2, S 6.7: after the first merge the second would close it."""
    given = adding(
        more("count-1", after=["call-2"]),
        more("call-1", "call", after=["count-2"], due=pv.days(2)),
        more("count-2"),
        more("call-2", "call", due=pv.days(1)),
    )
    proposal = expanded(item("b"), given=given)
    assert planned(proposal) == ["b", "count-1", "call-1", "call-2"]
    plan = proposal.accept()
    assert plan.task("count-1").after == ("call-2",)
    assert plan.task("call-1").after == ("count-1",)
    assert dues(proposal) == {
        "b": THURSDAY,
        "count-1": THURSDAY + DAY,
        "call-1": THURSDAY + 2 * DAY,
        "call-2": THURSDAY + DAY,
    }


def test_work_that_one_item_may_not_take_another_takes() -> None:
    """S 6.7: the first waits for it, the second captures more and waits for nobody."""
    given = adding(
        more("first", indicators=["stock"], after=["third"]),
        more("second"),
        more("third", indicators=["stock"]),
    )
    proposal = expanded(
        item("b"),
        tasks=[task(indicators=["stock", "share"])],
        indicators=[indicator(), indicator("share")],
        given=given,
    )
    assert planned(proposal) == ["b", "first", "second"]
    assert plan_of(proposal).task("second").serves == ("third",)
    assert plan_of(proposal).task("first").after == ("second",)


def backwards(levels: int, width: int) -> Iterator[pv.TemplateItem]:
    """Additions for the same work, each after all of the next level."""
    for level in range(levels):
        after = [f"a{level + 1}-{n}" for n in range(width)] if level + 1 < levels else []
        yield from (more(f"a{level}-{n}", after=after) for n in range(width))


@pytest.mark.parametrize(("levels", "width", "expected"), [(500, 1, 500), (26, 2, 26)])
def test_many_additions_for_the_same_work_are_looked_through_in_time(
    levels: int, width: int, expected: int
) -> None:
    """S 3.3: of a level one takes the work of the other, and none that of a later one."""
    began = time.process_time()
    proposal = expanded(item("b"), given=adding(*backwards(levels, width)))
    assert planned(proposal) == ["b", *(f"a{level}-0" for level in range(expected))]
    assert time.process_time() - began < 10


def test_what_each_of_several_merged_items_loses_is_told() -> None:
    """S 6.7."""
    given = adding(
        item("one", task="count", due=pv.days(1)),
        item("two", task="count", due=pv.days(2)),
        item("three", task="count"),
    )
    lost = "merged into count, which keeps its own due"
    assert expanded(item(), given=given).findings == (
        warning(("items", "one"), "added.merged", lost),
        warning(("items", "two"), "added.merged", lost),
    )


def test_what_is_carried_along_asks_for_no_date_and_no_target_of_its_own() -> None:
    """S 6.7, S 9.5: a follow-up is merged without a warning; what it does ask for is named."""
    five = pv.Target("stock", pv.at_least(5))
    host = item(due=pv.days(3), targets=[pv.Target("stock", pv.at_least(9))])
    carried = attrs.evolve(more("again"), serves="F", targets=[five])
    proposal = expanded(host, given=adding(carried))
    assert proposal.findings == ()
    (kpi,) = plan_of(proposal).kpis
    assert kpi.target is not None
    assert kpi.target.criterion == pv.at_least(9)
    urgent = attrs.evolve(carried, due=pv.days(1), role="director")
    (finding,) = expanded(host, given=adding(urgent)).findings
    assert finding == loss("again", "count", "due, role")
    own = attrs.evolve(carried, serves=None)
    assert expanded(host, given=adding(own)).findings == (loss("again", "count", "due, targets"),)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"task": "gone"}, "task.unknown"),
        ({"indicators": ["gone"]}, "indicator.stray"),
        ({"targets": [pv.Target("stock", pv.one_of(["late"]))]}, "criterion.operand"),
    ],
)
def test_a_follow_up_that_fits_the_definitions_no_more_stops_no_visit(
    changes: dict[str, Any], code: str
) -> None:
    """S 6.5, S 9.5: it stays open, and the warning says what to mend."""
    carried = attrs.evolve(more("again"), serves="F", **changes)
    proposal = pv.expand([item()], visit(), catalog=catalog(), given=adding(carried), key="round")
    (finding,) = proposal.findings
    assert (finding.code, finding.severity) == (code, Severity.WARNING)
    assert finding.message.startswith("left out: ")
    assert finding.path[:2] == ("items", "again")
    assert planned(proposal) == ["count"]
    mine = adding(attrs.evolve(carried, serves=None))
    own = pv.expand([item()], visit(), catalog=catalog(), given=mine, key="round")
    assert code in {each.code for each in own.findings if each.severity is Severity.ERROR}


@pytest.mark.parametrize(
    ("elsewhere", "criterion", "source"),
    [
        ({}, pv.at_least(5), TargetSource.FOLLOW_UP),
        ({"targets": [pv.Target("stock", pv.at_least(7))]}, pv.at_least(7), TargetSource.INDICATOR),
        (
            {"tasks": [task(targets=[pv.Target("stock", pv.at_least(8))])]},
            pv.at_least(8),
            TargetSource.TASK,
        ),
    ],
)
def test_what_a_follow_up_expects_holds_where_nothing_else_is_expected(
    elsewhere: dict[str, Any], criterion: Criterion, source: TargetSource
) -> None:
    """S 2.6, S 9.5: whatever the definitions expect now comes first."""
    carried = attrs.evolve(
        more("again"),
        serves="F",
        targets=[pv.Target("stock", pv.at_least(5))],
        contexts=[PRODUCT_A],
    )
    proposal = expanded(item(), given=adding(carried), **elsewhere)
    (kpi,) = plan_of(proposal).task("again").kpis
    assert kpi.target is not None
    assert (kpi.target.criterion, kpi.target.source) == (criterion, source)
