"""Templates: a reusable list of tasks, and the life of its versions."""

from collections.abc import Sequence
from graphlib import CycleError
from itertools import permutations
from time import perf_counter
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.calendars import Anchor, AnyAnchor, FactDate, ItemDate, Offset, days
from partnervisits.conditions import is_set, when
from partnervisits.errors import InvalidValueError, TemplateError, TransitionError
from partnervisits.templates import (
    Group,
    Prerequisite,
    Selection,
    Spread,
    TemplateStatus,
    in_working_order,
    item_findings,
)
from tests import builders

BIKE = pv.Context("product", "X-100")


def item(key: str, *after: str, name: str = "") -> pv.TemplateItem:
    return pv.TemplateItem(key, name, task="count", after=after)


def counting(key: str, anchor: str, *after: str) -> pv.TemplateItem:
    """An item that is due two days after another one."""
    return attrs.evolve(item(key, *after), due=days(2, anchor=ItemDate(anchor)))


def draft(*items: pv.TemplateItem, version: int = 1) -> pv.ActionPlanTemplate:
    return pv.ActionPlanTemplate("round", "The round", items=items, version=version)


def chain(length: int) -> list[pv.TemplateItem]:
    return [item("i0"), *(item(f"i{n}", f"i{n - 1}") for n in range(1, length))]


def diamond(levels: int) -> list[pv.TemplateItem]:
    """Two items a level, each after both of the level before: 2 ** levels paths."""
    held = [item("left0"), item("right0")]
    for n in range(1, levels):
        before = (f"left{n - 1}", f"right{n - 1}")
        held += [item(f"left{n}", *before), item(f"right{n}", *before)]
    return held


def found(items: Sequence[pv.TemplateItem]) -> list[tuple[str, str, str]]:
    with pytest.raises(TemplateError) as refused:
        _ = draft(*items)
    return [(each.location, each.code, each.message) for each in refused.value.findings]


# --------------------------------------------------------------------------- the life of a version


def test_a_new_template_is_a_draft_of_version_one() -> None:
    """S 3.1."""
    template = pv.ActionPlanTemplate("round", "The round")
    assert (template.status, template.version, template.id) == (
        TemplateStatus.DRAFT,
        1,
        "round@1",
    )


def test_publishing_changes_nothing_but_the_status() -> None:
    """S 3.1."""
    template = attrs.evolve(draft(item("count")), description="For all stores")
    assert template.publish() == attrs.evolve(template, status=TemplateStatus.PUBLISHED)


@pytest.mark.parametrize("template", [draft(), draft(item("count")).publish()])
def test_a_draft_and_a_published_version_can_be_withdrawn(template: pv.ActionPlanTemplate) -> None:
    """S 3.1."""
    assert template.withdraw() == attrs.evolve(template, status=TemplateStatus.OBSOLETE)


def test_a_published_version_is_not_published_again() -> None:
    """S 3.1."""
    with pytest.raises(TransitionError) as refused:
        _ = draft(item("count"), version=3).publish().publish()
    assert str(refused.value) == (
        "template round@3 is PUBLISHED: publish is not allowed (allowed: withdraw)"
    )


def test_a_published_version_cannot_be_written_to() -> None:
    """S 3.1."""
    template = draft(item("count")).publish()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        template.items = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("status", TemplateStatus)
def test_a_new_draft_is_the_next_version_with_the_same_key_and_items(
    status: TemplateStatus,
) -> None:
    """S 3.1."""
    template = attrs.evolve(draft(item("count"), version=7), status=status)
    assert template.new_draft() == draft(item("count"), version=8)


def test_an_empty_template_is_not_published() -> None:
    """S 3.1."""
    with pytest.raises(TemplateError) as refused:
        _ = draft().publish()
    (finding,) = refused.value.findings
    assert (finding.location, finding.code) == ("items", "template.empty")
    assert str(refused.value).startswith("the template is refused:\n")


@pytest.mark.parametrize("template", [draft(item("count")), draft(item("count")).withdraw()])
def test_only_a_published_version_expands(template: pv.ActionPlanTemplate) -> None:
    """S 3.1."""
    with pytest.raises(TransitionError) as refused:
        _ = pv.expand(template, builders.visit(), catalog=builders.catalog())
    assert (refused.value.state, refused.value.verb) == (template.status.name, "expand")


def test_plain_items_make_a_plan_without_a_template() -> None:
    """S 3.1."""
    visit, catalog = builders.visit(), builders.catalog()
    plan = pv.expand([item("count")], visit, catalog=catalog, key="by-hand").accept()
    assert (plan.id, plan.version) == ("V-1/by-hand", None)


# ------------------------------------------------------------------------------ items of a template


def test_items_stay_in_the_order_in_which_they_are_written() -> None:
    """S 3.2."""
    template = draft(item("z", "a"), item("a"), item("m"))
    assert [each.key for each in template.items] == ["z", "a", "m"]


def test_items_of_one_template_are_used_in_another() -> None:
    """S 3.2."""
    common = draft(item("count"))
    assert draft(*common.items, item("pitch", "count")).items == (
        item("count"),
        item("pitch", "count"),
    )


def test_items_may_come_from_any_iterable_with_an_order() -> None:
    template = pv.ActionPlanTemplate("round", "The round", items=(item(key) for key in "ab"))
    assert template.items == (item("a"), item("b"))


def test_two_items_of_the_same_name_are_told_apart_by_their_keys() -> None:
    """S 3.2."""
    items = [
        item("call-1", name="Call"),
        item("call-2", name="Call"),
        item("report", "call-2", name="Report"),
    ]
    plan = builders.plan(*items)
    begun = plan.skip("call-2").start("report", at=builders.NINE)
    assert begun.task("report").after == ("call-2",)
    assert not begun.task("call-1").is_finished


def test_each_item_has_a_key_of_its_own() -> None:
    """S 3.2."""
    assert found([item("a"), item("b"), item("a"), item("a")]) == [
        ("items.a", "item.duplicate", "give each item its own key")
    ]


def test_all_unknown_prerequisites_and_duplicates_are_named_at_once() -> None:
    """S 3.2."""
    items = [item("a", "x", "b", "y"), item("b", "z"), item("b")]
    assert found(items) == [
        ("items.a.after", "item.unknown-prerequisite", "no item has the key x"),
        ("items.a.after", "item.unknown-prerequisite", "no item has the key y"),
        ("items.b", "item.duplicate", "give each item its own key"),
        ("items.b.after", "item.unknown-prerequisite", "no item has the key z"),
    ]


def test_a_cycle_is_named_beside_an_unknown_prerequisite() -> None:
    """S 3.2."""
    assert [code for _, code, _ in found([item("a", "b", "x"), item("b", "a")])] == [
        "item.cycle",
        "item.unknown-prerequisite",
    ]


def test_no_cycle_is_claimed_while_two_items_share_a_key() -> None:
    """S 3.2."""
    items = [item("a", "b"), item("b"), item("b", "a")]
    assert [code for _, code, _ in found(items)] == ["item.duplicate"]


def test_an_item_does_not_come_after_itself() -> None:
    """S 3.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = item("a", "b", "a")
    assert refused.value.code == "item.after-itself"
    assert str(refused.value) == "TemplateItem.after: an item cannot come after itself"


def test_a_cycle_of_two_is_listed() -> None:
    """S 3.2."""
    assert found([item("a", "b"), item("b", "a")]) == [
        ("items.a", "item.cycle", "break the cycle a before b before a")
    ]


def test_a_cycle_is_listed_in_the_direction_of_work_whatever_the_order_of_items() -> None:
    """S 3.2."""
    items = [item("a", "c"), item("b", "a"), item("c", "b")]
    assert {tuple(found(each)) for each in permutations(items)} == {
        (("items.a", "item.cycle", "break the cycle a before b before c before a"),)
    }


def test_of_several_cycles_the_same_is_named_whatever_the_order_of_items() -> None:
    """S 3.2."""
    around_b = [item("a", "c", "d"), item("b", "a"), item("c", "b"), item("d", "b")]
    items = [*around_b, item("e", "f"), item("f", "e")]
    assert {item_findings(each)[0].message for each in permutations(items)} == {
        "break the cycle a before b before c before a"
    }


@pytest.mark.parametrize(
    "ring", [(item("x", "y", "in"), item("y", "x")), (item("x", "y"), item("y", "x", "in"))]
)
def test_what_leads_into_a_cycle_or_out_of_it_is_not_part_of_it(
    ring: tuple[pv.TemplateItem, ...],
) -> None:
    """S 3.2."""
    items = [item("in"), *ring, item("out", "y")]
    assert [message for _, _, message in found(items)] == ["break the cycle x before y before x"]


def test_the_working_order_puts_each_item_after_its_prerequisites() -> None:
    """S 3.2."""
    assert in_working_order([item("c", "b"), item("b", "a"), item("a")]) == ("a", "b", "c")


def test_a_cycle_has_no_working_order() -> None:
    """S 3.2."""
    with pytest.raises(CycleError):
        _ = in_working_order([item("a", "b"), item("b", "a")])


# ------------------------------------------------------------------------ prerequisites (S 4.7)


def test_a_key_is_a_prerequisite_of_the_same_day() -> None:
    """S 4.7"""
    assert item("b", "a").after == (Prerequisite("a", least=days(0), most=None),)
    made = pv.TemplateItem("b", task="count", after=[Prerequisite("z", least=days(1)), "a"])
    assert made.after == (Prerequisite("z", least=days(1)), Prerequisite("a"))
    assert made.prerequisites == ("z", "a")


@pytest.mark.parametrize(
    "anchor", [Anchor.VISIT_END, ItemDate("survey"), ItemDate("other"), FactDate("renewal")]
)
@pytest.mark.parametrize("field", ["least", "most"])
def test_a_lag_counts_from_the_prerequisite_and_from_nothing_else(
    field: str, anchor: AnyAnchor
) -> None:
    """S 4.7"""
    lag: dict[str, Any] = {field: days(2, anchor=anchor)}
    with pytest.raises(InvalidValueError) as refused:
        _ = Prerequisite("survey", **lag)
    assert refused.value.code == "prerequisite.anchor"
    assert str(refused.value) == (
        f"Prerequisite.{field}: a lag counts from the prerequisite: leave out its anchor"
    )


@pytest.mark.parametrize(
    ("least", "most"),
    [
        (days(3), days(2)),
        (days(0), days(-1)),
        (pv.working_days(2), pv.working_days(1)),
        (pv.weeks(-1), pv.weeks(-2)),
        (pv.months(2), pv.months(1)),
    ],
)
def test_the_least_lag_is_never_the_longer_one(least: Offset, most: Offset) -> None:
    """S 4.7"""
    with pytest.raises(InvalidValueError) as refused:
        _ = Prerequisite("survey", least=least, most=most)
    assert refused.value.code == "prerequisite.order"
    assert str(refused.value) == "Prerequisite.most: the least lag is the shorter one"


@pytest.mark.parametrize(
    ("least", "most"),
    [
        (days(2), days(2)),
        (days(-2), days(-1)),
        (days(30), None),
        (pv.weeks(1), days(6)),
        (days(3), pv.working_days(2)),
    ],
)
def test_lags_of_one_length_or_of_different_units_stand(least: Offset, most: Offset | None) -> None:
    """S 4.7: which of two units leads further depends on the calendar."""
    made = Prerequisite("survey", least=least, most=most)
    assert (made.least, made.most) == (least, most)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("item", "no slug", "key.slug"),
        ("item", None, "text.type"),
        ("least", None, "type.wrong"),
        ("least", 2, "type.wrong"),
        ("most", 2, "type.wrong"),
    ],
)
def test_a_prerequisite_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 1.3."""
    settings: dict[str, Any] = {"item": "survey", field: value}
    with pytest.raises(InvalidValueError) as refused:
        _ = Prerequisite(**settings)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "Prerequisite",
        field,
    )


# ------------------------------------------------------------- dates that count from items (S 4.1)


def test_an_item_is_dated_after_its_prerequisites_and_after_what_it_counts_from() -> None:
    """S 4.1, S 4.7."""
    assert item("c", "b", "a").dated_after == ("b", "a")
    assert counting("c", "x", "b", "a").dated_after == ("b", "a", "x")
    assert attrs.evolve(item("c", "b"), due=days(2)).dated_after == ("b",)
    renewal = days(2, anchor=FactDate("renewal"))
    assert attrs.evolve(item("c", "b"), due=renewal).dated_after == ("b",)


def test_an_item_does_not_count_from_itself() -> None:
    """S 4.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = counting("a", "a", "b")
    assert refused.value.code == "item.after-itself"
    assert str(refused.value) == "TemplateItem.due: an item cannot come after itself"


def test_the_item_that_another_counts_from_has_to_be_there() -> None:
    """S 4.1."""
    assert found([item("a"), counting("b", "z", "y"), counting("c", "a")]) == [
        ("items.b.after", "item.unknown-prerequisite", "no item has the key y"),
        ("items.b.due", "item.unknown-anchor", "no item has the key z"),
    ]


def test_items_that_count_from_one_another_are_a_cycle() -> None:
    """S 3.2, S 4.1."""
    assert found([counting("a", "b"), counting("b", "a")]) == [
        ("items.a", "item.cycle", "break the cycle a before b before a")
    ]


def test_a_cycle_may_lead_through_prerequisites_and_anchors() -> None:
    """S 3.2, S 4.1."""
    items = [item("a", "c"), counting("b", "a"), item("c", "b")]
    assert {tuple(found(each)) for each in permutations(items)} == {
        (("items.a", "item.cycle", "break the cycle a before b before c before a"),)
    }


def test_the_working_order_puts_each_item_after_what_it_counts_from() -> None:
    """S 4.1."""
    items = [counting("a", "b"), counting("b", "c"), item("c")]
    assert in_working_order(items) == ("c", "b", "a")


# ------------------------------------------------------------------------------- groups (S 3.4)


def in_group(key: str, group: Group | None) -> pv.TemplateItem:
    return attrs.evolve(item(key), group=group)


def test_every_item_of_a_group_is_planned_unless_it_says_first() -> None:
    """S 3.4."""
    assert Group("pitch") == Group("pitch", Selection.ALL)
    assert [each.value for each in Selection] == ["all", "first"]


def test_items_of_one_group_name_one_selection() -> None:
    """S 3.4."""
    first, all_ = Group("pitch", Selection.FIRST), Group("pitch")
    items = [
        in_group("a", first),
        in_group("b", all_),
        in_group("c", Group("other")),
        in_group("d", None),
        in_group("e", first),
        in_group("f", all_),
    ]
    message = "all items of the group pitch name the same selection"
    assert found(items) == [
        ("items.b.group", "group.mixed", message),
        ("items.f.group", "group.mixed", message),
    ]


def test_groups_of_other_keys_may_select_otherwise() -> None:
    """S 3.4."""
    items = [in_group("a", Group("x", Selection.FIRST)), in_group("b", Group("y"))]
    assert item_findings([*items, in_group("c", Group("x", Selection.FIRST))]) == ()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("key", "", "text.empty"),
        ("key", "two words", "key.slug"),
        ("selection", "first", "type.wrong"),
        ("selection", None, "type.wrong"),
    ],
)
def test_a_group_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 1.3."""
    settings: dict[str, Any] = {"key": "pitch", field: value}
    with pytest.raises(InvalidValueError) as refused:
        _ = Group(**settings)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (code, "Group", field)


# ------------------------------------------------------------------------------- how much may stand


def test_an_item_may_come_after_more_than_three_others() -> None:
    """S 3.3."""
    keys = [f"i{n}" for n in range(150)]
    template = draft(*map(item, keys), item("last", *keys))
    assert template.items[-1].prerequisites == tuple(keys)


def test_a_chain_of_ten_thousand_items_is_planned_and_never_walked_path_by_path() -> None:
    """S 3.3."""
    started = perf_counter()
    template = draft(*reversed(chain(10_000))).publish()
    plan = pv.expand(template, builders.visit(), catalog=builders.catalog()).accept()
    assert perf_counter() - started < 60
    assert len(plan.tasks) == 10_000


def test_a_cycle_of_ten_thousand_items_is_listed_whole() -> None:
    """S 3.3."""
    ((_, code, message),) = found([item("i0", "i9999"), *chain(10_000)[1:]])
    assert code == "item.cycle"
    assert message.startswith("break the cycle i0 before i1 before i2 before")
    assert message.endswith("before i9999 before i0")


def test_a_diamond_of_26_levels_is_planned_and_never_walked_path_by_path() -> None:
    """S 3.3."""
    started = perf_counter()
    template = draft(*diamond(26)).publish()
    plan = pv.expand(template, builders.visit(), catalog=builders.catalog()).accept()
    assert perf_counter() - started < 20
    assert len(plan.tasks) == 52


def test_more_than_ten_thousand_items_are_refused() -> None:
    """S 3.3."""
    assert found(chain(10_001)) == [
        ("items", "template.size", "a template has at most 10000 items")
    ]


def test_a_list_of_a_hundred_thousand_items_is_refused_quickly() -> None:
    """S 3.3."""
    items = [item("a", "missing")] * 100_000
    started = perf_counter()
    assert [code for _, code, _ in found(items)] == ["template.size"]
    assert perf_counter() - started < 20


# --------------------------------------------------------------------------- what an item may hold


def test_an_item_could_be_done_on_the_day_of_the_visit_unless_it_says_otherwise() -> None:
    """S 3.5."""
    assert builders.item("count") == pv.TemplateItem(
        "count",
        "",
        task="count",
        binding=pv.Binding.COULD,
        due=None,
        after=(),
        condition=None,
        group=None,
        context_kinds=(),
        contexts=(),
        indicators=(),
        spread=Spread.TOGETHER,
        max_contexts=None,
        role=None,
        targets=(),
        instructions="",
        serves=None,
    )


def test_an_item_keeps_its_condition_and_its_group() -> None:
    """S 3.4."""
    large = when("segment", pv.equals("large"))
    pitch = Group("pitch", Selection.FIRST)
    made = pv.TemplateItem("count", task="count", condition=large, group=pitch)
    assert (made.condition, made.group) == (large, pitch)
    assert attrs.evolve(made, condition=is_set("segment"), group=None) == pv.TemplateItem(
        "count", task="count", condition=is_set("segment")
    )


def test_an_item_may_name_certain_records_in_any_order_beside_kinds() -> None:
    """S 6.2."""
    records = [pv.Context("product", "B"), BIKE, pv.Context("order", "1")]
    made = pv.TemplateItem(
        "count", task="count", contexts=iter(records), context_kinds=["agreement"]
    )
    assert made.contexts == tuple(records)
    assert made.context_kinds == ("agreement",)


def test_an_item_may_ask_for_some_of_the_indicators_of_its_task() -> None:
    """S 6.2."""
    made = pv.TemplateItem("count", task="count", indicators=["share", "stock"])
    assert made.indicators == ("share", "stock")


@pytest.mark.parametrize("called_by", ["unhappy/V-1/satisfaction/partner/acme", "x" * 4096])
def test_an_item_says_what_called_for_it(called_by: str) -> None:
    """S 6.7: an id that the library made out of others (S 6.3)."""
    assert pv.TemplateItem("count", task="count", serves=called_by).serves == called_by


@pytest.mark.parametrize(("settings", "taken"), [({}, True), ({"ad_hoc": False}, False)])
def test_a_template_takes_items_of_the_host_unless_it_says_otherwise(
    settings: dict[str, Any], taken: object
) -> None:
    """S 6.7: and so does its next version."""
    made = pv.ActionPlanTemplate("round", "The round", items=[item("count")], **settings)
    assert made.ad_hoc is taken
    assert made.publish().new_draft().ad_hoc is taken


def test_there_are_three_bindings() -> None:
    """S 3.5."""
    assert [each.value for each in pv.Binding] == ["could", "must", "must unless documented"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("key", "", "text.empty"),
        ("key", "two words", "key.slug"),
        ("key", "x" * 65, "text.long"),
        ("key", 7, "text.type"),
        ("name", None, "text.type"),
        ("name", "x\u202ey", "text.control"),
        ("task", None, "text.type"),
        ("binding", "must", "type.wrong"),
        ("due", 2, "type.wrong"),
        ("after", "survey", "sequence.type"),
        ("after", {"survey"}, "sequence.type"),
        ("after", [7], "sequence.entry"),
        ("after", ["survey", "survey"], "sequence.duplicate"),
        ("after", ["survey", Prerequisite("survey", least=days(1))], "sequence.duplicate"),
        ("after", Prerequisite("survey"), "sequence.type"),
        ("condition", "segment", "type.wrong"),
        ("condition", pv.at_least(3), "type.wrong"),
        ("group", "pitch", "type.wrong"),
        ("group", Selection.FIRST, "type.wrong"),
        ("context_kinds", "product", "sequence.type"),
        ("context_kinds", [""], "text.empty"),
        ("context_kinds", ["product", "product"], "sequence.duplicate"),
        ("contexts", BIKE, "sequence.type"),
        ("contexts", ["product"], "sequence.entry"),
        ("contexts", [BIKE, BIKE], "sequence.duplicate"),
        ("indicators", "stock", "sequence.type"),
        ("indicators", {"stock"}, "sequence.type"),
        ("indicators", ["the stock"], "key.slug"),
        ("indicators", ["stock", "stock"], "sequence.duplicate"),
        ("spread", "together", "type.wrong"),
        ("max_contexts", 0, "count.range"),
        ("max_contexts", True, "count.range"),
        ("role", "", "text.empty"),
        ("targets", ["stock"], "sequence.entry"),
        ("targets", [pv.Target("stock", 5, scope=pv.Scope(partner="acme"))], "target.scope"),
        ("instructions", "one\r\ntwo", "text.carriage-return"),
        ("serves", "", "text.empty"),
        ("serves", "x" * 4097, "text.long"),
        ("serves", 7, "text.type"),
    ],
)
def test_an_item_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 1.3."""
    settings: dict[str, Any] = {"key": "count", "task": "count"}
    settings[field] = value
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.TemplateItem(**settings)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "TemplateItem",
        field,
    )


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("key", "no/slash", "key.slug"),
        ("name", "", "text.empty"),
        ("items", builders.item(), "sequence.type"),
        ("items", [builders.item(), None], "sequence.entry"),
        ("version", 0, "count.range"),
        ("version", "1", "count.range"),
        ("status", "published", "type.wrong"),
        ("description", 3, "text.type"),
        ("ad_hoc", None, "boolean.type"),
        ("ad_hoc", 0, "boolean.type"),
    ],
)
def test_a_template_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 1.3."""
    settings: dict[str, Any] = {"key": "round", "name": "The round", "items": [builders.item()]}
    settings[field] = value
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.ActionPlanTemplate(**settings)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "ActionPlanTemplate",
        field,
    )
