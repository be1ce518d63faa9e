"""A plan that people work with, and what expanding again means for it (S 6.8)."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.errors import InvalidValueError, OpenWorkError, ProposalError
from partnervisits.plans import Edit, PlannedTask, RemovedTask, TaskStatus
from partnervisits.proposals import Change, Conflict, Proposal, Reconciliation, Side
from partnervisits.templates import Spread
from tests import builders
from tests.builders import ELEVEN, NINE, THURSDAY, indicator, item, visit
from tests.proposals.worlds import PRODUCT_A, PRODUCT_B, capturing, expanded, plan_of

MONDAY = date(2026, 3, 16)
LATER = pv.Period(NINE + timedelta(days=4), ELEVEN + timedelta(days=4))
"""The Monday after."""

COUNT, PITCH, CALL = item(), item("pitch"), item("call")
EACH = item("shelf", context_kinds=["product"], spread=Spread.ONE_EACH)
ON_A, ON_B = "V-1/round/shelf/product/A", "V-1/round/shelf/product/B"

Verb = Callable[[pv.ActionPlan], pv.ActionPlan]


def begin(plan: pv.ActionPlan) -> pv.ActionPlan:
    return plan.start("count", at=NINE)


def finish(plan: pv.ActionPlan) -> pv.ActionPlan:
    return plan.complete("count", at=NINE)


def skip(plan: pv.ActionPlan) -> pv.ActionPlan:
    return plan.skip("count", "no time")


BEGUN: list[Verb] = [begin, finish, skip]


def without(*keys: str) -> pv.Given:
    """What the host gives if some items are no longer wanted."""
    return pv.Given(exclude=keys)


def about(*contexts: pv.Context) -> pv.Given:
    return pv.Given(contexts=contexts)


def keys(tasks: Iterable[PlannedTask]) -> list[str]:
    return [task.item_key for task in tasks]


def ids(tasks: Iterable[PlannedTask]) -> list[str]:
    return [task.id for task in tasks]


def of_tasks(reconciliation: Reconciliation) -> list[Change]:
    """What changes about tasks and KPIs."""
    return [each for each in reconciliation.changed if each.id != reconciliation.plan.id]


def fields(changes: Iterable[Change]) -> list[tuple[str, str]]:
    return [(each.id, each.field) for each in changes]


# ---------------------------------------------------------------------- what nobody worked with


def test_expanding_again_without_news_changes_nothing() -> None:
    """S 6.8."""
    proposal = expanded(COUNT, PITCH)
    plan = proposal.accept()
    found = pv.reconcile(plan, proposal)
    assert found.is_empty
    assert found.kept == plan.tasks
    assert found.accept() == plan


def test_a_moved_visit_expanded_again_re_dates_and_never_duplicates() -> None:
    """S 6.8: the visit keeps its id, so the tasks and KPIs keep theirs."""
    made = builders.template(COUNT, item("pitch", task="count", due=pv.working_days(2)))
    first = pv.expand(made, visit(), catalog=builders.catalog()).accept()
    moved = visit().reschedule(LATER)
    again = pv.expand(made, moved, catalog=builders.catalog())
    found = pv.reconcile(first, again)
    assert [
        (each.id, each.before, each.after) for each in found.changed if each.field == "due"
    ] == [
        ("V-1/round/count", THURSDAY, MONDAY),
        ("V-1/round/pitch", MONDAY, date(2026, 3, 18)),
    ]
    assert (found.added, found.orphaned, found.kept) == ((), (), ())
    assert found.accept() == again.plan
    assert [kpi.id for kpi in found.plan.kpis] == [kpi.id for kpi in first.kpis]


def test_a_visit_that_has_no_time_yet_gets_its_dates_when_it_has_one() -> None:
    """S 6.8."""
    plan = plan_of(expanded(COUNT, planned=None))
    assert plan.task("count").due is None
    assert pv.reconcile(plan, expanded(COUNT)).accept().task("count").due == THURSDAY


def test_every_difference_is_listed_field_by_field_with_both_values() -> None:
    """S 6.8."""
    plan = expanded(item(role="driver")).accept()
    again = expanded(item(role="driver"), given=pv.Given(roles={"driver": "rep-8"}))
    found = pv.reconcile(plan, again)
    assert found.changed == (Change("V-1/round/count", "assignee_id", None, "rep-8"),)
    assert not found.is_empty


def test_a_task_that_is_asked_for_now_is_added_in_its_place() -> None:
    """S 6.8."""
    plan = expanded(COUNT, PITCH, CALL, given=without("pitch")).accept()
    found = pv.reconcile(plan, expanded(COUNT, PITCH, CALL))
    assert keys(found.added) == ["pitch"]
    assert keys(found.kept) == ["count", "call"]
    assert keys(found.accept().tasks) == ["count", "pitch", "call"]


def test_a_task_that_is_no_longer_asked_for_goes() -> None:
    """S 6.8."""
    plan = expanded(COUNT, PITCH).accept()
    again = expanded(COUNT, PITCH, given=without("pitch"))
    found = pv.reconcile(plan, again)
    assert found.orphaned == (plan.task("pitch"),)
    assert of_tasks(found) == []
    assert found.accept() == again.plan


def test_a_task_for_each_product_comes_and_goes_with_its_product() -> None:
    """S 6.2, S 6.8."""
    plan = expanded(EACH, given=about(PRODUCT_A)).accept()
    again = expanded(EACH, given=about(PRODUCT_B))
    found = pv.reconcile(plan, again)
    assert (ids(found.orphaned), ids(found.added), found.kept) == ([ON_A], [ON_B], ())
    assert found.accept() == again.plan


def test_what_is_known_of_the_visit_follows_and_is_listed() -> None:
    """S 6.6, S 6.8: a changed segment is no empty reconciliation, though no task changes."""
    plan = expanded(COUNT).accept()
    facts = pv.Facts(partner={"segment": "gold"})
    again = expanded(COUNT, given=pv.Given(facts=facts))
    found = pv.reconcile(plan, again)
    assert found.changed == (Change("V-1/round", "subject", plan.subject, plan_of(again).subject),)
    assert not found.is_empty
    assert found.kept == plan.tasks
    assert found.accept().subject.segment == "gold"


def test_what_is_left_out_follows_and_is_listed() -> None:
    """S 6.8."""
    plan = expanded(COUNT, PITCH).accept()
    found = pv.reconcile(plan, expanded(COUNT, PITCH, given=without("pitch")))
    (left_out,) = found.accept().left_out
    assert left_out.item_key == "pitch"
    assert Change("V-1/round", "left_out", (), (left_out,)) in found.changed


def test_tasks_stand_in_the_order_of_the_items_as_it_is_now() -> None:
    """S 6.8: a new order alone is no change."""
    plan = expanded(COUNT, PITCH).accept()
    found = pv.reconcile(plan, expanded(PITCH, COUNT))
    assert keys(found.accept().tasks) == ["pitch", "count"]
    assert found.is_empty


def test_a_plan_of_plain_items_is_expanded_again_too() -> None:
    """S 3.1, S 6.8."""

    def of(*items: pv.TemplateItem) -> pv.Proposal:
        tasks = [builders.task(each.task) for each in items]
        return pv.expand(items, visit(), catalog=builders.catalog(tasks=tasks), key="own")

    found = pv.reconcile(of(COUNT).accept(), of(COUNT, PITCH))
    assert ids(found.added) == ["V-1/own/pitch"]
    assert found.accept().version is None


def test_a_kpi_comes_goes_and_gets_another_target() -> None:
    """S 6.8."""
    stock, share = indicator(), indicator("share")
    before = expanded(COUNT, tasks=[capturing("stock", "share")], indicators=[stock, share])
    after = expanded(
        COUNT,
        tasks=[capturing("stock", "price")],
        indicators=[stock, indicator("price")],
        targets=[pv.Target("stock", 5)],
    )
    found = pv.reconcile(before.accept(), after)
    old = {kpi.indicator.key: kpi for kpi in plan_of(before).kpis}
    new = {kpi.indicator.key: kpi for kpi in plan_of(after).kpis}
    base = "V-1/round/count/partner/acme"
    assert found.changed == (
        Change(f"{base}/stock", "target", None, new["stock"].target),
        Change(f"{base}/price", "kpi", None, new["price"]),
        Change(f"{base}/share", "kpi", old["share"], None),
    )
    assert found.kept == ()


def test_a_task_and_its_kpis_change_together() -> None:
    """S 6.8."""
    plan = expanded(COUNT).accept()
    found = pv.reconcile(plan, expanded(COUNT, planned=LATER, targets=[pv.Target("stock", 5)]))
    task, kpi = plan.task("count").id, plan.kpis[0].id
    assert fields(of_tasks(found)) == [(task, "due"), (task, "trail"), (kpi, "target")]


def test_the_kpis_of_a_task_follow_what_it_is_about() -> None:
    """S 6.2, S 6.8: nothing else tells them apart."""
    of_products = item(context_kinds=["product"])
    plan = expanded(of_products, given=about(PRODUCT_A)).accept()
    again = expanded(of_products, given=about(PRODUCT_B))
    (kpi,), (other,) = plan.kpis, plan_of(again).kpis
    assert of_tasks(pv.reconcile(plan, again)) == [
        Change("V-1/round/count", "contexts", (PRODUCT_A,), (PRODUCT_B,)),
        Change("V-1/round/count/product/B/stock", "kpi", None, other),
        Change("V-1/round/count/product/A/stock", "kpi", kpi, None),
    ]


def test_a_kpi_follows_its_indicator_until_it_is_captured() -> None:
    """S 2.7, S 6.8."""
    plan = expanded(COUNT).accept()
    boxes = indicator(unit="boxes")
    found = pv.reconcile(plan, expanded(COUNT, indicators=[boxes]))
    assert found.changed == (Change(plan.kpis[0].id, "indicator", indicator(), boxes),)
    captured = pv.reconcile(plan, expanded(COUNT, indicators=[boxes]), captured=[plan.kpis[0].id])
    assert captured.is_empty


def test_another_order_of_kpis_is_no_change() -> None:
    """S 6.8."""
    known = [indicator(), indicator("share")]
    before = expanded(COUNT, tasks=[capturing("stock", "share")], indicators=known)
    after = expanded(COUNT, tasks=[capturing("share", "stock")], indicators=known)
    found = pv.reconcile(before.accept(), after)
    assert found.is_empty
    assert found.accept() == after.plan


# ------------------------------------------------------------------------------- removed tasks


def test_expanding_again_never_re_creates_what_was_removed() -> None:
    """S 6.8, S 7.5."""
    proposal = expanded(COUNT, PITCH)
    plan = proposal.accept().remove("pitch", "they know the bike")
    found = pv.reconcile(plan, proposal)
    assert found.is_empty
    assert found.accept() == plan
    moved = pv.reconcile(plan, expanded(COUNT, PITCH, planned=LATER)).accept()
    assert keys(moved.tasks) == ["count"]
    assert moved.removed == plan.removed


def test_what_was_removed_stays_away_when_it_is_dropped_and_asked_for_again() -> None:
    """S 6.8, S 7.5."""
    plan = expanded(COUNT, PITCH).accept().remove("pitch", "they know the bike")
    dropped = pv.reconcile(plan, expanded(COUNT, PITCH, given=without("pitch"))).accept()
    assert dropped.removed == plan.removed
    found = pv.reconcile(dropped, expanded(COUNT, PITCH))
    assert (found.added, found.accept()) == ((), plan)


def test_removing_the_task_of_one_product_leaves_the_others() -> None:
    """S 6.2, S 7.5."""
    plan = (
        expanded(EACH, given=about(PRODUCT_A))
        .accept()
        .remove("shelf", "not sold", context=PRODUCT_A)
    )
    found = pv.reconcile(plan, expanded(EACH, given=about(PRODUCT_A, PRODUCT_B)))
    assert ids(found.added) == [ON_B]
    assert ids(found.accept().tasks) == [ON_B]


def test_nothing_but_removed_tasks_is_a_plan_too() -> None:
    """S 7.5."""
    plan = expanded(COUNT).accept().remove("count", "closed")
    found = pv.reconcile(plan, expanded(COUNT, planned=LATER))
    assert found.accept().tasks == ()
    assert found.accept().subject.on == MONDAY


def test_a_removed_task_passes_on_what_comes_before_it_now() -> None:
    """S 4.7, S 7.5: else what follows would wait for what once came before."""
    first = [CALL, COUNT, item("pitch", after=["call"]), item("close", after=["pitch"])]
    plan = expanded(*first).accept().remove("pitch", "they know the bike")
    now = [CALL, COUNT, item("pitch", after=["count"]), item("close", after=["pitch"])]
    found = pv.reconcile(plan, expanded(*now))
    old, (gone,) = plan.removed[0], found.accept().removed
    assert gone == RemovedTask(attrs.evolve(old.task, after=["count"]), old.reason)
    assert found.changed == (Change("V-1/round", "removed", (old,), (gone,)),)
    counted = found.accept().complete("count", at=NINE)
    assert counted.start("close", at=NINE).task("close").has_begun
    with pytest.raises(OpenWorkError):
        _ = found.accept().complete("call", at=NINE).start("close", at=NINE)


# ------------------------------------------------------------------------------ follow-ups


FOLLOW_UP = item(
    "again",
    task="count",
    binding=pv.Binding.MUST,
    instructions="Count again",
    serves="unhappy/V-0/stock/partner/acme",
)


def test_a_follow_up_carried_in_is_added_to_the_open_plan_once() -> None:
    """S 6.7, S 6.8."""
    plan = expanded(PITCH).accept()
    carried = expanded(PITCH, tasks=[builders.task()], given=pv.Given(add=[FOLLOW_UP]))
    found = pv.reconcile(plan, carried)
    assert [(each.item_key, each.serves) for each in found.added] == [
        ("again", ("unhappy/V-0/stock/partner/acme",))
    ]
    accepted = found.accept()
    assert pv.reconcile(accepted, carried).is_empty
    assert pv.reconcile(accepted, carried).accept() == accepted


def test_a_follow_up_to_work_that_is_planned_is_merged_into_it_once() -> None:
    """S 6.7, S 6.8."""
    plan = expanded(COUNT).accept()
    carried = expanded(COUNT, given=pv.Given(add=[FOLLOW_UP]))
    found = pv.reconcile(plan, carried)
    task = "V-1/round/count"
    assert of_tasks(found) == [
        Change(task, "instructions", "", "Count again"),
        Change(task, "binding", pv.Binding.COULD, pv.Binding.MUST),
        Change(task, "serves", (), ("unhappy/V-0/stock/partner/acme",)),
    ]
    assert pv.reconcile(found.accept(), carried).is_empty


# ------------------------------------------------------------------------------------ edits


def edited(**changes: Any) -> pv.ActionPlan:
    """The plan of one task, edited."""
    return expanded(COUNT).accept().edit("count", **changes)


def test_an_edited_field_stays_and_the_others_follow() -> None:
    """S 6.8, S 7.5."""
    plan = edited(assignee_id="karl")
    found = pv.reconcile(plan, expanded(COUNT, planned=LATER))
    task = found.accept().task("count")
    assert (task.assignee_id, task.due) == ("karl", MONDAY)
    assert task.edits == (Edit("assignee_id", "rep-7"),)
    assert found.conflicting == ()
    assert fields(of_tasks(found)) == [(task.id, "due"), (task.id, "trail")]


@pytest.mark.parametrize(
    ("field", "own"),
    [
        ("assignee_id", None),
        ("binding", pv.Binding.MUST),
        ("due", None),
        ("instructions", "twice"),
    ],
)
def test_an_edit_survives_an_expansion_without_news(field: str, own: object) -> None:
    """S 6.8, S 7.5."""
    plan = edited(**{field: own})
    found = pv.reconcile(plan, expanded(COUNT))
    assert found.is_empty
    assert found.accept() == plan


def moved_twice() -> Reconciliation:
    """A date that was edited, and the visit was moved as well."""
    return pv.reconcile(edited(due=date(2026, 3, 20)), expanded(COUNT, planned=LATER))


DUE = Conflict("V-1/round/count", "due", base=THURSDAY, ours=date(2026, 3, 20), theirs=MONDAY)


def test_a_field_that_both_changed_is_a_conflict_and_keeps_the_plan_s_value() -> None:
    """S 6.8."""
    found = moved_twice()
    assert found.conflicting == (DUE,)
    assert not found.is_empty
    assert found.kept == ()
    assert found.accept().task("count").due == date(2026, 3, 20)
    assert of_tasks(found) == []


def test_a_contested_date_is_explained_by_what_it_was_before_until_it_is_settled() -> None:
    """S 4.6, S 6.8: the conflict tells how the expansion comes to its own."""
    found = moved_twice()
    trail = found.before.task("count").trail
    (conflict,) = found.conflicting
    assert conflict.trail == plan_of(expanded(COUNT, planned=LATER)).task("count").trail
    assert found.accept().task("count").trail == trail
    for side in Side:
        settled = found.settle(conflict, side).accept().task("count")
        assert settled.trail == conflict.trail


def test_a_contested_date_can_be_set_back_by_hand() -> None:
    """S 7.5: then nobody edited it any more, and it follows."""
    plan = moved_twice().accept().edit("count", due=THURSDAY)
    assert plan.task("count").edits == ()
    found = pv.reconcile(plan, expanded(COUNT, planned=LATER))
    assert found.conflicting == ()
    assert found.accept().task("count").due == MONDAY


def test_a_date_settled_by_ours_can_be_set_back_by_hand() -> None:
    """S 7.5: to the value that the expansion gives it now."""
    plan = moved_twice().settle(DUE, Side.OURS).accept().edit("count", due=MONDAY)
    assert plan == expanded(COUNT, planned=LATER).plan


def test_other_conflicts_have_no_trail() -> None:
    """S 6.8."""
    found = pv.reconcile(
        edited(assignee_id="karl"), expanded(COUNT, visitors=[pv.Visitor("rep-8")])
    )
    assert [each.trail for each in found.conflicting] == [None]


def test_a_task_with_a_conflict_is_not_kept_although_nothing_changes_yet() -> None:
    """S 6.8."""
    plan = edited(assignee_id="karl")
    found = pv.reconcile(plan, expanded(COUNT, visitors=[pv.Visitor("rep-8")]))
    assert of_tasks(found) == []
    assert [(each.field, each.theirs) for each in found.conflicting] == [("assignee_id", "rep-8")]
    assert found.kept == ()


def test_a_conflict_that_is_not_settled_comes_again() -> None:
    """S 6.8."""
    accepted = moved_twice().accept()
    again = pv.reconcile(accepted, expanded(COUNT, planned=LATER))
    assert again.conflicting == (DUE,)
    assert again.accept() == accepted


def test_settling_by_ours_is_not_asked_again_until_the_template_says_something_new() -> None:
    """S 6.8."""
    settled = moved_twice().settle(DUE, Side.OURS)
    assert settled.conflicting == ()
    assert not settled.is_empty  # there is something to store
    plan = settled.accept()
    assert plan.task("count").due == date(2026, 3, 20)
    assert plan.task("count").edits == (Edit("due", MONDAY),)
    assert pv.reconcile(plan, expanded(COUNT, planned=LATER)).is_empty

    tuesday = pv.Period(LATER.start + timedelta(days=1))
    (conflict,) = pv.reconcile(plan, expanded(COUNT, planned=tuesday)).conflicting
    assert (conflict.base, conflict.theirs) == (MONDAY, date(2026, 3, 17))


def test_settling_by_theirs_drops_the_edit() -> None:
    """S 6.8."""
    settled = moved_twice().settle(DUE, Side.THEIRS)
    assert settled.conflicting == ()
    assert settled.accept() == expanded(COUNT, planned=LATER).plan
    assert ("V-1/round/count", "due") in fields(settled.changed)


def test_what_was_settled_is_listed_although_nothing_else_is() -> None:
    """S 6.8: else a host that stores only what is not empty would ask again for ever."""
    plan = edited(assignee_id="karl")
    found = pv.reconcile(plan, expanded(COUNT, visitors=[pv.Visitor("rep-8")]))
    (conflict,) = found.conflicting
    edits = (Edit("assignee_id", "rep-7"),)
    assert of_tasks(found.settle(conflict, Side.OURS)) == [
        Change("V-1/round/count", "edits", edits, (Edit("assignee_id", "rep-8"),))
    ]
    assert of_tasks(found.settle(conflict, Side.THEIRS)) == [
        Change("V-1/round/count", "assignee_id", "karl", "rep-8"),
        Change("V-1/round/count", "edits", edits, ()),
    ]


@pytest.mark.parametrize("first", [0, 1])
def test_conflicts_are_settled_one_by_one_in_any_order(first: int) -> None:
    """S 6.8: each settles its own field of its own task."""
    items = [item("call", role="driver"), item(role="driver")]

    def by(driver: str, **visit: Any) -> pv.Proposal:
        return expanded(*items, given=pv.Given(roles={"driver": driver}), **visit)

    plan = by("rep-8").accept()
    plan = plan.edit("call", assignee_id="karl").edit(
        "count", assignee_id="karl", due=date(2026, 3, 20)
    )
    found = pv.reconcile(plan, by("rep-9", planned=LATER))
    call, _, due = found.conflicting
    two = [(call, Side.THEIRS), (due, Side.OURS)]
    settled = found.settle(*two[first]).settle(*two[1 - first])
    assert [(each.task_id, each.field) for each in settled.conflicting] == [
        ("V-1/round/count", "assignee_id")
    ]
    tasks = settled.accept().tasks
    assert [(task.assignee_id, task.due) for task in tasks] == [
        ("rep-9", MONDAY),
        ("karl", date(2026, 3, 20)),
    ]
    assert tasks[0].edits == ()
    assert tasks[1].edits == (Edit("assignee_id", "rep-8"), Edit("due", MONDAY))
    assert settled == found.settle(*two[1 - first]).settle(*two[first])


def test_only_one_of_the_conflicts_can_be_settled() -> None:
    """S 6.8."""
    found = moved_twice()
    other = attrs.evolve(DUE, theirs=THURSDAY)
    for held, conflict in [(found, other), (found.settle(DUE, Side.OURS), DUE)]:
        with pytest.raises(InvalidValueError) as refused:
            _ = held.settle(conflict, Side.OURS)
        assert refused.value.code == "reconcile.no-conflict"
        assert str(refused.value) == "pass one of `conflicting`"


def test_a_conflict_is_settled_by_one_of_two_sides() -> None:
    """S 6.8."""
    with pytest.raises(InvalidValueError) as refused:
        _ = moved_twice().settle(DUE, "ours")  # type: ignore[arg-type]
    assert refused.value.code == "type.wrong"


def test_two_who_came_to_the_same_value_agree() -> None:
    """S 6.8: there is no conflict, and what was edited stays edited, whatever comes later."""
    plan = edited(due=MONDAY)
    found = pv.reconcile(plan, expanded(COUNT, planned=LATER))
    assert found.conflicting == ()
    agreed = found.accept()
    assert (agreed.task("count").due, agreed.task("count").edits) == (
        MONDAY,
        plan.task("count").edits,
    )
    back = pv.reconcile(agreed, expanded(COUNT))
    assert back.conflicting == ()
    assert back.accept().task("count").due == MONDAY


def test_who_agrees_about_one_field_still_edited_the_others() -> None:
    """S 6.8."""
    plan = edited(assignee_id="rep-8", instructions="twice")
    found = pv.reconcile(plan, expanded(COUNT, visitors=[pv.Visitor("rep-8")]))
    task = found.accept().task("count")
    assert (task.assignee_id, task.instructions) == ("rep-8", "twice")
    assert task.edits == plan.task("count").edits
    assert found.conflicting == ()


def test_an_edit_of_a_task_that_goes_goes_with_it() -> None:
    """S 6.8."""
    plan = expanded(COUNT, PITCH).accept().edit("pitch", assignee_id="karl")
    found = pv.reconcile(plan, expanded(COUNT, PITCH, given=without("pitch")))
    assert found.orphaned == (plan.task("pitch"),)
    assert found.conflicting == ()
    back = pv.reconcile(found.accept(), expanded(COUNT, PITCH)).accept()
    assert back.task("pitch").assignee_id == "rep-7"


# ------------------------------------------------------------------------- begun and finished


@pytest.mark.parametrize("work", BEGUN)
def test_begun_work_is_never_touched(work: Verb) -> None:
    """S 6.8: neither re-dated nor measured by another target, and nothing is asked about it."""
    plan = work(expanded(COUNT, PITCH).accept().edit("count", assignee_id="karl"))
    again = expanded(
        COUNT, PITCH, planned=LATER, visitors=[pv.Visitor("rep-8")], targets=[pv.Target("stock", 5)]
    )
    found = pv.reconcile(plan, again)
    assert found.accept().task("count") == plan.task("count")
    assert found.kept == (plan.task("count"),)
    assert found.conflicting == ()
    assert found.accept().task("pitch").due == MONDAY


@pytest.mark.parametrize("work", BEGUN)
def test_begun_work_that_nobody_asks_for_any_more_stays_marked(work: Verb) -> None:
    """S 6.8."""
    plan = work(expanded(COUNT, PITCH).accept())
    again = expanded(COUNT, PITCH, given=without("count"))
    found = pv.reconcile(plan, again)
    assert found.orphaned == (plan.task("count"),)
    assert of_tasks(found) == []
    accepted = found.accept()
    assert accepted.tasks == (
        plan.task("pitch"),
        attrs.evolve(plan.task("count"), orphaned=True),
    )
    assert pv.reconcile(accepted, again).is_empty
    assert pv.reconcile(accepted, again).kept == accepted.tasks
    assert pv.reconcile(accepted, again).accept() == accepted


@pytest.mark.parametrize("work", BEGUN)
def test_begun_work_that_is_asked_for_again_loses_its_mark(work: Verb) -> None:
    """S 6.8."""
    plan = work(expanded(COUNT, PITCH).accept())
    marked = pv.reconcile(plan, expanded(COUNT, PITCH, given=without("count"))).accept()
    found = pv.reconcile(marked, expanded(COUNT, PITCH))
    assert of_tasks(found) == [Change("V-1/round/count", "orphaned", before=True, after=False)]
    assert found.kept == (plan.task("pitch"),)
    assert found.accept() == plan


def test_a_product_that_is_gone_leaves_the_work_that_was_done_for_it() -> None:
    """S 6.2, S 6.8."""
    plan = expanded(EACH, given=about(PRODUCT_A, PRODUCT_B)).accept()
    plan = plan.complete("shelf", at=NINE, context=PRODUCT_A)
    found = pv.reconcile(plan, expanded(EACH, COUNT, given=about(pv.Context("product", "C"))))
    assert ids(found.orphaned) == [ON_A, ON_B]
    assert [(task.id, task.orphaned) for task in found.accept().tasks] == [
        ("V-1/round/shelf/product/C", False),
        ("V-1/round/count", False),
        (ON_A, True),
    ]


def test_several_marked_tasks_keep_their_order() -> None:
    """S 6.8."""
    plan = expanded(CALL, COUNT, PITCH).accept()
    plan = plan.complete("call", at=NINE).complete("pitch", at=NINE)
    again = expanded(CALL, COUNT, PITCH, given=without("call", "pitch"))
    assert keys(pv.reconcile(plan, again).accept().tasks) == ["count", "call", "pitch"]


# ------------------------------------------------------------------------------- captured KPIs


def two_kpis(*asked: str, **settings: Any) -> pv.Proposal:
    """One task that captures some of three indicators, at most 5 of the stock."""
    known = [indicator(), indicator("share"), indicator("price")]
    settings.setdefault("targets", [pv.Target("stock", 5)])
    return expanded(COUNT, PITCH, tasks=[capturing(*asked)], indicators=known, **settings)


STOCK = "V-1/round/count/partner/acme/stock"
SHARE = "V-1/round/count/partner/acme/share"


def test_a_captured_kpi_keeps_its_snapshot_and_the_task_follows() -> None:
    """S 2.7, S 6.8."""
    plan = two_kpis("stock", "share").accept()
    again = two_kpis("stock", "share", targets=[pv.Target("stock", 9)], planned=LATER)
    found = pv.reconcile(plan, again, captured=[STOCK])
    task = found.accept().task("count")
    assert task.kpis == plan.task("count").kpis
    assert (task.due, task.status) == (MONDAY, TaskStatus.NOT_STARTED)
    assert fields(of_tasks(found))[:2] == [(task.id, "due"), (task.id, "trail")]
    assert STOCK not in {each.id for each in found.changed}
    assert STOCK in {each.id for each in pv.reconcile(plan, again).changed}


def test_a_captured_kpi_stays_although_it_is_no_longer_asked_for() -> None:
    """S 2.7, S 6.8: after those that are."""
    plan = two_kpis("stock", "share").accept()
    again = two_kpis("price", "share")
    found = pv.reconcile(plan, again, captured=[STOCK])
    accepted = found.accept()
    kpis = [kpi.indicator.key for kpi in accepted.task("count").kpis]
    assert kpis == ["price", "share", "stock"]
    assert accepted.kpi("count", "stock") == plan.kpi("count", "stock")
    assert pv.reconcile(accepted, again, captured=[STOCK]).is_empty
    assert pv.reconcile(accepted, again, captured=[STOCK]).accept() == accepted


def test_a_kpi_whose_reading_was_deleted_is_captured_no_more() -> None:
    """S 6.8."""
    plan = two_kpis("stock", "share").accept()
    kept = pv.reconcile(plan, two_kpis("share"), captured=[STOCK]).accept()
    found = pv.reconcile(kept, two_kpis("share"))
    assert of_tasks(found) == [Change(STOCK, "kpi", plan.kpi("count", "stock"), None)]
    assert found.accept() == two_kpis("share").plan


def test_a_captured_kpi_keeps_the_product_it_is_about() -> None:
    """S 6.8: the task is still about it, as long as it is captured."""
    of_products = item(context_kinds=["product"])
    plan = expanded(of_products, given=about(PRODUCT_A)).accept()
    again = expanded(of_products, given=about(PRODUCT_B))
    found = pv.reconcile(plan, again, captured=[plan.kpis[0].id]).accept()
    task = found.task("count")
    assert task.contexts == (PRODUCT_A, PRODUCT_B)
    assert [kpi.context for kpi in task.kpis] == [PRODUCT_B, PRODUCT_A]
    assert pv.reconcile(found, again, captured=[plan.kpis[0].id]).is_empty


def test_a_task_with_a_captured_kpi_stays_marked_until_the_reading_is_deleted() -> None:
    """S 6.8."""
    plan = two_kpis("stock", "share").accept()
    again = two_kpis("stock", given=without("count"))
    found = pv.reconcile(plan, again, captured=[STOCK])
    assert found.orphaned == (plan.task("count"),)
    marked = found.accept()
    assert marked.task("count") == attrs.evolve(plan.task("count"), orphaned=True)
    assert pv.reconcile(marked, again, captured=[STOCK]).is_empty
    gone = pv.reconcile(marked, again)
    assert gone.orphaned == (marked.task("count"),)
    assert gone.accept() == again.plan


def test_a_marked_task_with_a_captured_kpi_that_is_asked_for_again_follows_again() -> None:
    """S 6.8."""
    plan = two_kpis("stock").accept().edit("count", assignee_id="karl")
    again = two_kpis("stock", given=without("count"))
    marked = pv.reconcile(plan, again, captured=[STOCK]).accept()
    found = pv.reconcile(marked, two_kpis("stock", planned=LATER), captured=[STOCK])
    task = found.accept().task("count")
    assert (task.orphaned, task.due, task.assignee_id) == (False, MONDAY, "karl")
    assert (task.id, "orphaned") in fields(found.changed)


def test_a_captured_kpi_and_an_edit_stay_together() -> None:
    """S 6.8."""
    plan = two_kpis("stock", "share").accept().edit("count", due=date(2026, 3, 20))
    again = two_kpis("share", "stock", planned=LATER, targets=[pv.Target("stock", 9)])
    found = pv.reconcile(plan, again, captured=[STOCK])
    settled = found.settle(DUE, Side.THEIRS).accept()
    assert settled.kpi("count", "stock") == plan.kpi("count", "stock")
    assert settled.task("count").due == MONDAY
    assert found.accept().task("count").due == date(2026, 3, 20)


def test_captured_kpis_of_other_plans_mean_nothing_here() -> None:
    """S 6.8: a host may pass the ids of all its readings, in any collection."""
    plan = two_kpis("stock").accept()
    again = two_kpis("stock", planned=LATER)
    assert pv.reconcile(plan, again, captured={STOCK.replace("V-1", "V-2"), SHARE}) == pv.reconcile(
        plan, again
    )


# ------------------------------------------------------------------------------- prerequisites


def test_a_skipped_task_keeps_even_a_prerequisite_that_is_gone() -> None:
    """S 6.8: skipping does not wait, so what came before it may go unbegun."""
    plan = expanded(PITCH, item(after=["pitch"]), CALL).accept().skip("count", "no time")
    found = pv.reconcile(plan, expanded(PITCH, item(after=["pitch"]), CALL, given=without("pitch")))
    assert found.accept().task("count") == plan.task("count")
    assert of_tasks(found) == []


def test_a_marked_task_waits_only_for_what_is_still_there() -> None:
    """S 6.8, S 7.1."""
    items = [CALL, PITCH, item(after=["call", "pitch"]), item("close")]
    plan = expanded(*items).accept()
    again = expanded(*items, given=without("pitch", "count"))
    found = pv.reconcile(plan, again, captured=[plan.kpi("count", "stock").id])
    accepted = found.accept()
    assert keys(found.orphaned) == ["pitch", "count"]
    assert of_tasks(found) == [Change("V-1/round/count", "after", ("call", "pitch"), ("call",))]
    assert accepted.task("count").after == ("call",)
    called = accepted.complete("call", at=NINE)
    assert called.complete("count", at=NINE).task("count").is_finished
    kept = pv.reconcile(accepted, again, captured=[plan.kpi("count", "stock").id])
    assert kept.is_empty


def test_a_marked_task_waits_for_nothing_if_all_before_it_is_gone() -> None:
    """S 6.8, S 7.1."""
    items = [PITCH, item(after=["pitch"]), CALL]
    plan = expanded(*items).accept()
    again = expanded(*items, given=without("pitch", "count"))
    accepted = pv.reconcile(plan, again, captured=[plan.kpi("count", "stock").id]).accept()
    assert accepted.task("count").after == ()
    assert accepted.start("count", at=NINE).task("count").has_begun


def test_a_marked_task_still_comes_after_what_was_removed() -> None:
    """S 6.8, S 7.5."""
    items = [PITCH, item(after=["pitch"]), CALL]
    plan = (
        expanded(*items).accept().remove("pitch", "they know the bike").complete("count", at=NINE)
    )
    found = pv.reconcile(plan, expanded(*items, given=without("pitch", "count")))
    assert found.accept().task("count").after == ("pitch",)


def test_a_marked_task_passes_over_what_a_removed_one_came_after() -> None:
    """S 7.1, S 7.5: what came before the removed one is gone as well."""
    items = [CALL, item("pitch", after=["call"]), item(after=["pitch"]), item("close")]
    plan = expanded(*items).accept().remove("pitch", "they know the bike")
    again = expanded(*items, given=without("call", "pitch", "count"))
    accepted = pv.reconcile(plan, again, captured=[plan.kpi("count", "stock").id]).accept()
    assert accepted.complete("count", at=NINE).task("count").is_finished


# ------------------------------------------------------------------------------- what is refused


def refused(plan: Any, proposal: Any, captured: Any = ()) -> str:
    with pytest.raises(InvalidValueError) as error:
        _ = pv.reconcile(plan, proposal, captured=captured)
    return error.value.code


def test_the_proposal_is_for_the_same_visit_and_template() -> None:
    """S 6.8."""
    plan = expanded(COUNT).accept()
    with pytest.raises(InvalidValueError) as error:
        _ = pv.reconcile(plan, expanded(COUNT, id="V-2"))
    assert error.value.code == "reconcile.other-plan"
    assert str(error.value) == "visit V-2 goes with another plan: this one is V-1/round"
    other = pv.expand([COUNT], visit(), catalog=builders.catalog(), key="other")
    assert refused(plan, other) == "reconcile.other-plan"
    no_plan = expanded(EACH, id="V-2")
    assert no_plan.plan is None
    assert refused(plan, no_plan) == "reconcile.other-plan"


def test_the_proposal_is_of_the_same_version() -> None:
    """S 6.8, S 6.9."""
    plan = expanded(COUNT).accept()
    second = builders.template().new_draft().publish()
    plain = pv.expand([COUNT], visit(), catalog=builders.catalog(), key="round")
    newer = pv.expand(second, visit(), catalog=builders.catalog())
    with pytest.raises(InvalidValueError, match="version 1, the proposal of version 2") as error:
        _ = pv.reconcile(plan, newer)
    assert error.value.code == "reconcile.other-version"
    with pytest.raises(InvalidValueError, match="of plain items, the proposal of version 1"):
        _ = pv.reconcile(plain.accept(), expanded(COUNT))


@pytest.mark.parametrize(
    ("captured", "code"),
    [
        ("V-1/round/count", "sequence.type"),
        (None, "sequence.type"),
        ({"V-1": 1}, "sequence.type"),
        ([1], "text.type"),
        ([""], "text.empty"),
    ],
)
def test_what_is_captured_is_told_by_ids(captured: object, code: str) -> None:
    """S 6.8."""
    proposal = expanded(COUNT)
    assert refused(proposal.accept(), proposal, captured) == code


def test_a_plan_is_reconciled_with_a_proposal() -> None:
    """S 6.8."""
    proposal = expanded(COUNT)
    assert refused(proposal, proposal) == "type.wrong"
    assert refused(proposal.accept(), proposal.accept()) == "type.wrong"


def test_a_reconciliation_holds_plans_conflicts_and_findings() -> None:
    """S 6.8."""
    plan = expanded(COUNT).accept()
    held: dict[str, Any] = {"before": plan, "plan": plan}
    wrong = {"before": None, "plan": None, "conflicting": [THURSDAY], "findings": ["broken"]}
    for field, value in wrong.items():
        changes: dict[str, Any] = {field: value}
        with pytest.raises(InvalidValueError) as error:
            _ = Reconciliation(**(held | changes))
        assert (error.value.owner, error.value.field) == ("Reconciliation", field)


# --------------------------------------------------------------------------------- what blocks


def test_a_blocked_proposal_can_be_looked_at_and_not_accepted() -> None:
    """S 6.1, S 6.8: every finding that blocks is listed, warnings are not."""
    plan = expanded(COUNT).accept()
    must = [
        item(key, task="count", context_kinds=["product"], binding=pv.Binding.MUST) for key in "ab"
    ]
    warned = item("c", task="count", context_kinds=["product"])
    again = expanded(COUNT, PITCH, *must, warned)
    found = pv.reconcile(plan, again)
    assert keys(found.added) == ["pitch"]
    assert found.is_blocked
    assert found.findings == again.findings
    with pytest.raises(ProposalError) as error:
        _ = found.accept()
    assert [each.path for each in error.value.findings] == [("items", "a"), ("items", "b")]


def test_warnings_travel_and_do_not_block() -> None:
    """S 6.1, S 6.8."""
    again = expanded(COUNT, EACH)
    found = pv.reconcile(expanded(COUNT).accept(), again)
    assert [each.code for each in found.findings] == ["context.none"]
    assert not found.is_blocked
    assert found.accept() == again.plan


def test_a_proposal_without_a_plan_leaves_the_plan_as_it_is() -> None:
    """S 6.8."""
    plan = expanded(COUNT).accept()
    again = expanded(COUNT, given=without("count"))
    assert again.plan is None
    found = pv.reconcile(plan, again)
    assert (found.plan, found.kept, found.is_empty) == (plan, plan.tasks, False)
    assert found.is_blocked
    with pytest.raises(ProposalError) as error:
        _ = found.accept()
    assert [each.code for each in error.value.findings] == ["plan.empty"]


def added_to_count() -> pv.Given:
    extra = item("extra", task="count", binding=pv.Binding.MUST, serves="rule/V-0/stock")
    return pv.Given(add=[extra])


@pytest.mark.parametrize("work", BEGUN)
def test_what_is_merged_into_begun_work_is_not_lost_without_a_word(work: Verb) -> None:
    """S 6.7, S 6.8: begun work takes no more, so the host is told to plan it anew."""
    plan = work(expanded(COUNT, PITCH).accept())
    found = pv.reconcile(plan, expanded(COUNT, PITCH, given=added_to_count()))
    (finding,) = [each for each in found.findings if each.code == "reconcile.unserved"]
    assert finding.path == ("V-1/round/count",)
    assert finding.message == (
        "count has begun, so nothing is done for rule/V-0/stock: plan it anew"
    )
    assert not found.is_blocked
    assert found.accept().task("count") == plan.task("count")


def test_what_is_merged_into_removed_work_is_not_lost_without_a_word() -> None:
    """S 6.7, S 7.5."""
    plan = expanded(COUNT, PITCH).accept().remove("count", "closed")
    found = pv.reconcile(plan, expanded(COUNT, PITCH, given=added_to_count()))
    (finding,) = [each for each in found.findings if each.code == "reconcile.unserved"]
    assert finding.message == (
        "count was removed, so nothing is done for rule/V-0/stock: plan it anew"
    )


def test_what_is_told_of_begun_and_removed_work_stands_beside_what_the_proposal_found() -> None:
    """S 6.8: so that work that has begun hides no error."""
    must = item("a", task="count", context_kinds=["product"], binding=pv.Binding.MUST)
    extra = pv.Given(
        add=[
            item("x", task="count", serves="rule/V-0/stock"),
            item("y", task="pitch", serves="rule/V-0/share"),
        ]
    )
    plan = expanded(COUNT, PITCH, CALL).accept().remove("pitch", "closed").start("count", at=NINE)
    found = pv.reconcile(plan, expanded(COUNT, PITCH, CALL, must, given=extra))
    assert [(each.path, each.code) for each in found.findings] == [
        (("V-1/round/count",), "reconcile.unserved"),
        (("V-1/round/pitch",), "reconcile.unserved"),
        (("items", "a"), "context.none"),
    ]
    assert found.is_blocked


def test_open_work_takes_what_is_merged_into_it() -> None:
    """S 6.7, S 6.8."""
    found = pv.reconcile(
        expanded(COUNT, PITCH).accept(), expanded(COUNT, PITCH, given=added_to_count())
    )
    assert [each for each in found.findings if each.code == "reconcile.unserved"] == []
    assert found.accept().task("count").serves == ("rule/V-0/stock",)


def test_a_reconciliation_prints_what_would_happen() -> None:
    """S 6.8"""
    plan = expanded(COUNT, PITCH).accept().edit("count", due=MONDAY)
    again = expanded(COUNT, CALL, planned=LATER, given=pv.Given(exclude=["ghost"]))
    assert str(pv.reconcile(expanded(COUNT).accept(), expanded(COUNT))) == "nothing changes"
    lines = str(pv.reconcile(plan, again)).splitlines()
    assert lines[0] == f"new: {again.accept().task('call').name}"
    assert "changes: V-1/round: subject" in lines
    assert f"no longer asked for: {plan.task('pitch').name}" in lines
    assert lines[-1].startswith("warning: given.exclude.ghost: ")


def test_what_goes_is_told_from_what_stays_marked() -> None:
    """S 6.8"""
    plan = expanded(COUNT, PITCH, CALL).accept().start("pitch", at=NINE)
    found = pv.reconcile(plan, expanded(COUNT))
    assert keys(found.orphaned) == ["pitch", "call"]
    assert found.dropped == (plan.task("call"),)


def test_work_for_all_contexts_can_still_be_finished_once_its_item_makes_one_for_each() -> None:
    """S 6.8, S 7.1"""
    given = pv.Given(contexts=[PRODUCT_A])
    together = item(context_kinds=["product"])
    plan = expanded(together, given=given).accept().start("count", at=NINE)
    each = attrs.evolve(together, spread=Spread.ONE_EACH)
    after = pv.reconcile(plan, expanded(each, given=given)).accept()
    assert [task.own_context for task in after.tasks] == [PRODUCT_A, None]
    assert after.complete("count", at=NINE).tasks[1].is_finished
    assert after.complete("count", at=NINE, context=PRODUCT_A).tasks[0].is_finished
    assert after.explain("count", context=PRODUCT_A).is_planned


def test_a_visit_that_could_not_be_expanded_at_all_is_refused() -> None:
    """S 6.10: its proposal does not say whose it is."""
    failed = Proposal(visit_id="", plan=None, findings=[pv.Finding((), "visit.failed", "no visit")])
    assert refused(expanded(COUNT).accept(), failed) == "reconcile.other-plan"
