"""The laws of expanding again for a plan that people work with (S 6.8, S 6.9, S 12)."""

import pickle
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

import attrs
import pytest
from hypothesis import assume, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.errors import OpenWorkError, ProposalError, TransitionError
from partnervisits.findings import blocking
from partnervisits.plans import EDITABLE, Edit, Kpi, PlannedTask
from partnervisits.proposals import Change, Conflict, Proposal, Reconciliation, Side
from tests.laws.test_expansion import (
    CATALOG,
    FRIDAY,
    MONDAY,
    OFFSETS,
    THURSDAY,
    WORLDS,
    World,
    expanded,
    givens,
    templates,
    visits,
)

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)

Captured: TypeAlias = frozenset[str]


def plan_of(proposal: pv.Proposal) -> pv.ActionPlan:
    """Its plan, blocked or not."""
    _ = assume(proposal.plan is not None)
    assert proposal.plan is not None
    return proposal.plan


# ------------------------------------------------------------------------------- a second world


UNCHANGED: dict[str, Any] = {}
ITEM_CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "due": st.sampled_from(OFFSETS),
        "binding": st.sampled_from(pv.Binding),
        "role": st.sampled_from([None, "driver", "cook"]),
        "instructions": st.sampled_from(["", "look twice", "look again"]),
        "context_kinds": st.sampled_from([["product"], ["agreement", "product"]]),
    },
)


@st.composite
def revised(draw: st.DrawFn, made: pv.ActionPlanTemplate) -> pv.ActionPlanTemplate:
    """A template in which some is different about some items."""
    items = [attrs.evolve(each, **draw(st.just(UNCHANGED) | ITEM_CHANGES)) for each in made.items]
    return attrs.evolve(made, items=items)


@st.composite
def later(draw: st.DrawFn, world: World) -> World:
    """The same visit; its time, the template, what is given: each as it was or another."""
    made = draw(st.just(world.made) | revised(world.made) | revised(world.made) | templates())
    other = draw(st.just(world.where) | visits())
    partner = draw(st.sampled_from([world.where.partner_id] * 3 + [other.partner_id]))
    where = attrs.evolve(other, id=world.where.id, partner_id=partner)
    given = draw(st.just(world.given) | givens(made) | excluding(made, world.given))
    return World(made, where, given)


def excluding(made: pv.ActionPlanTemplate, given: pv.Given) -> st.SearchStrategy[pv.Given]:
    """What is given, and some items are not wanted."""
    keys = st.lists(st.sampled_from([each.key for each in made.items]), max_size=3, unique=True)
    return keys.map(lambda excluded: attrs.evolve(given, exclude=excluded))


# --------------------------------------------------------------------- what people do to a plan

VALUES: dict[str, list[Any]] = {
    "assignee_id": [None, "rep-1", "rep-2", "rep-3"],
    "binding": [*pv.Binding],
    "due": [None, THURSDAY, FRIDAY, MONDAY],
    "instructions": ["", "look twice", "look again"],
}
CHANGES = st.fixed_dictionaries(
    {}, optional={field: st.sampled_from(values) for field, values in VALUES.items()}
)
VERBS = ["edit", "edit", "edit", "edit", "remove", "start", "complete", "skip"]


@st.composite
def worked(draw: st.DrawFn, plan: pv.ActionPlan) -> pv.ActionPlan:
    """A plan, after people edited, removed, started, completed and skipped some of its tasks."""
    for _ in range(draw(st.integers(0, 8))):
        if plan.tasks:
            plan = draw(stepped(plan))
    return plan


@st.composite
def stepped(draw: st.DrawFn, plan: pv.ActionPlan) -> pv.ActionPlan:
    """A plan after one more step, if it is allowed."""
    task = draw(st.sampled_from(plan.tasks))
    one: dict[str, Any] = {"context": task.own_context}
    with suppress(TransitionError, OpenWorkError):
        match draw(st.sampled_from(VERBS)):
            case "edit":
                return plan.edit(task.item_key, **one, **draw(CHANGES))
            case "remove":
                return plan.remove(task.item_key, "no need", **one)
            case "skip":
                return plan.skip(task.item_key, "no time", **one)
            case verb:
                act: Callable[..., pv.ActionPlan] = getattr(plan, verb)
                return act(task.item_key, at=NOON, **one)
    return plan


@st.composite
def contested(draw: st.DrawFn, plan: pv.ActionPlan, proposal: pv.Proposal) -> pv.ActionPlan:
    """A plan, after people edited some of what an expansion gives another value as well."""
    theirs = {task.id: task for task in plan_of(proposal).tasks}
    tasks: list[PlannedTask] = []
    for task in plan.tasks:
        other = theirs.get(task.id, task)
        taken = {each: (getattr(task, each), getattr(other, each)) for each in EDITABLE}
        changes = {
            field: draw(st.sampled_from([each for each in VALUES[field] if each not in both]))
            for field, both in taken.items()
            if both[0] != both[1] and draw(st.sampled_from([True, True, False]))
        }
        tasks.append(task if task.has_begun else task.edited(changes))
    return attrs.evolve(plan, tasks=tasks)


def some_kpis(plan: pv.ActionPlan) -> st.SearchStrategy[Captured]:
    """The ids of KPIs that have a reading."""
    held = [kpi.id for kpi in plan.kpis]
    return st.frozensets(st.sampled_from(held), max_size=4) if held else st.just(Captured())


class Case(NamedTuple):
    """A plan, what it is expanded to now, and what that means."""

    plan: pv.ActionPlan
    proposal: pv.Proposal
    captured: Captured
    found: Reconciliation

    @property
    def theirs(self) -> dict[str, PlannedTask]:
        """The tasks that are asked for."""
        return {task.id: task for task in plan_of(self.proposal).tasks}


@st.composite
def histories(draw: st.DrawFn, world: World) -> pv.ActionPlan:
    """A plan that was worked with, and perhaps reconciled and worked with again."""
    plan = draw(worked(plan_of(expanded(world))))
    if draw(st.booleans()):
        again = expanded(draw(later(world)))
        plan = pv.reconcile(plan, again, captured=draw(some_kpis(plan))).plan
        plan = draw(worked(plan))
    return plan


@st.composite
def reconciled(draw: st.DrawFn) -> Case:
    """A plan that was worked with, expanded again."""
    world = draw(WORLDS)
    plan = draw(histories(world))
    proposal = expanded(draw(later(world)))
    plan = draw(contested(plan, proposal))
    captured = draw(some_kpis(plan))
    found = pv.reconcile(plan, proposal, captured=captured)
    return Case(plan, proposal, captured, found)


@st.composite
def upgraded(draw: st.DrawFn) -> Case:
    """A plan that was worked with, and another version of its template."""
    world = draw(WORLDS)
    plan = draw(histories(world))
    now = draw(later(world))
    new = attrs.evolve(now.made, version=2)
    proposal = expanded(now._replace(made=new))
    plan = draw(contested(plan, proposal))
    captured = draw(some_kpis(plan))
    found = pv.upgrade(
        plan, world.made, new, now.where, catalog=CATALOG, given=now.given, captured=captured
    )
    return Case(plan, proposal, captured, found)


CASES = reconciled() | upgraded()

# ------------------------------------------------------------------------------ nothing is new


@settings(max_examples=50)
@for_all(st.data(), WORLDS)
def test_reconciling_with_itself_is_empty(data: st.DataObject, world: World) -> None:
    """S 12: whatever people did, and whatever was captured."""
    proposal = expanded(world)
    plan = data.draw(worked(plan_of(proposal)))
    captured = data.draw(some_kpis(plan))
    itself = Proposal(visit_id=proposal.visit_id, plan=plan, findings=proposal.findings)
    for each in (proposal, itself):
        found = pv.reconcile(plan, each, captured=captured)
        assert found.is_empty is not found.is_blocked
        assert found.kept == plan.tasks
        assert found.plan == plan


@settings(max_examples=50)
@for_all(st.data(), WORLDS)
def test_a_plan_that_nobody_worked_with_becomes_the_proposal_s(
    data: st.DataObject, world: World
) -> None:
    """S 12."""
    plan = plan_of(expanded(world))
    proposal = expanded(data.draw(later(world)))
    assert pv.reconcile(plan, proposal).plan == plan_of(proposal)


@settings(max_examples=50)
@for_all(CASES)
def test_accepting_twice_is_accepting_once(case: Case) -> None:
    """S 6.8, S 6.9: what is not settled comes again, and nothing else."""
    accepted = case.found.plan
    again = pv.reconcile(accepted, case.proposal, captured=case.captured)
    assert again.plan == accepted
    assert (again.added, again.changed, again.orphaned) == ((), (), ())
    assert again.conflicting == case.found.conflicting


@settings(max_examples=50)
@for_all(CASES)
def test_it_is_accepted_unless_the_proposal_is_blocked(case: Case) -> None:
    """S 6.8: with the same findings, besides those of work that nobody takes any more."""
    found = [each for each in case.found.findings if each.code != "reconcile.unserved"]
    assert tuple(found) == case.proposal.findings
    assert case.found.is_blocked == case.proposal.is_blocked
    if not case.proposal.is_blocked:
        assert case.found.accept() == case.found.plan
        return
    with pytest.raises(ProposalError) as refused:
        _ = case.found.accept()
    assert refused.value.findings == blocking(case.proposal.findings)


@settings(max_examples=50)
@for_all(CASES)
def test_what_begun_or_removed_work_was_to_serve_is_told(case: Case) -> None:
    """S 6.7, S 6.8: it takes no more, so nothing that is to be done is lost without a word."""
    closed = [task for task in case.plan.tasks if task.has_begun]
    closed += [gone.task for gone in case.plan.removed]
    unserved = {
        task.id
        for task in closed
        if task.id in case.theirs and not set(case.theirs[task.id].serves) <= set(task.serves)
    }
    told = [each for each in case.found.findings if each.code == "reconcile.unserved"]
    assert sorted(each.path[0] for each in told) == sorted(unserved)


@settings(max_examples=50)
@for_all(CASES)
def test_every_task_is_found_by_its_item_and_its_own_context(case: Case) -> None:
    """S 6.2: also beside marked ones of the same item, so that all work can be finished."""
    plan = case.found.plan
    for task in plan.tasks:
        assert plan.task(task.item_key, context=task.own_context) is task


# ------------------------------------------------------------------------- what is never touched


@settings(max_examples=50)
@for_all(CASES)
def test_begun_work_is_never_touched(case: Case) -> None:
    """S 6.8: but for its mark."""
    accepted = {task.id: task for task in case.found.plan.tasks}
    for task in case.plan.tasks:
        if task.has_begun:
            marked = task.id not in case.theirs
            assert accepted[task.id] == attrs.evolve(task, orphaned=marked)


@settings(max_examples=50)
@for_all(CASES)
def test_captured_kpis_are_never_touched(case: Case) -> None:
    """S 2.7: and each stays on its task."""
    accepted = {kpi.id: kpi for kpi in case.found.plan.kpis}
    for kpi in case.plan.kpis:
        if kpi.id in case.captured:
            assert accepted[kpi.id] == kpi


@settings(max_examples=50)
@for_all(CASES)
def test_what_was_removed_never_comes_back(case: Case) -> None:
    """S 7.5."""
    removed = {gone.task.id: gone for gone in case.plan.removed}
    accepted = {gone.task.id: gone for gone in case.found.plan.removed}
    assert accepted.keys() == removed.keys()
    assert removed.keys().isdisjoint(task.id for task in case.found.plan.tasks)
    for task_id, gone in accepted.items():
        now = case.theirs.get(task_id, removed[task_id].task).after
        assert gone == attrs.evolve(
            removed[task_id], task=attrs.evolve(removed[task_id].task, after=now)
        )


@settings(max_examples=50)
@for_all(CASES)
def test_there_is_all_that_is_asked_for_or_has_work_in_it_and_nothing_else(case: Case) -> None:
    """S 6.8: each once, in the order of the proposal, what is only kept last."""
    removed = {gone.task.id for gone in case.plan.removed}
    kept = [
        task.id
        for task in case.plan.tasks
        if task.id not in case.theirs and (task.has_begun or captured_of(task, case.captured))
    ]
    asked = [task_id for task_id in case.theirs if task_id not in removed]
    accepted = case.found.plan.tasks
    assert [task.id for task in accepted] == [*asked, *kept]
    assert [task.id for task in accepted if task.orphaned] == kept
    kpis = [kpi.id for kpi in case.found.plan.kpis]
    assert len(set(kpis)) == len(kpis)


def captured_of(task: PlannedTask, captured: Captured) -> list[Kpi]:
    return [kpi for kpi in task.kpis if kpi.id in captured]


# -------------------------------------------------------------------------------- three ways


@settings(max_examples=50)
@for_all(CASES)
def test_edited_fields_stay_and_the_others_follow(case: Case) -> None:
    """S 6.8, S 6.9: a conflict is an edit of a field that is expanded to another value now."""
    accepted = {task.id: task for task in case.found.plan.tasks}
    expected: list[Conflict] = []
    for ours in case.plan.tasks:
        theirs = case.theirs.get(ours.id)
        if theirs is None or ours.has_begun:
            continue
        own: dict[str, Any] = {edit.field: getattr(ours, edit.field) for edit in ours.edits}
        moved = {edit.field for edit in ours.edits if edit.base != getattr(theirs, edit.field)}
        captured = captured_of(ours, case.captured)
        contested = {
            edit.field: Conflict(ours.id, edit.field, edit.base, own[edit.field], new)
            for edit in ours.edits
            if edit.field in moved and (new := getattr(theirs, edit.field)) != own[edit.field]
        }
        expected += contested.values()
        merged = attrs.evolve(
            theirs,
            **own,
            trail=ours.trail if "due" in moved else theirs.trail,
            edits=ours.edits,
            kpis=accepted[ours.id].kpis,
            contexts=accepted[ours.id].contexts,
        )
        assert accepted[ours.id] == merged
        about = {*theirs.contexts, *(kpi.context for kpi in captured)}
        assert set(merged.contexts) == about
        assert by_id(merged.kpis) == by_id(theirs.kpis) | by_id(captured)
    assert sorted(case.found.conflicting, key=place) == sorted(expected, key=place)


@settings(max_examples=50)
@for_all(CASES, st.data())
def test_what_is_edited_can_be_set_back_after_accepting(case: Case, data: st.DataObject) -> None:
    """S 7.5: settled or not, it is as if nobody had edited it."""
    found = data.draw(partly_settled(case.found))
    for task in found.plan.tasks:
        bases: dict[str, Any] = {edit.field: edit.base for edit in task.edits}
        if not task.has_begun:
            assert task.edited(bases) == attrs.evolve(task, **bases, edits=[])


def by_id(kpis: Iterable[Kpi]) -> dict[str, Kpi]:
    return {kpi.id: kpi for kpi in kpis}


def place(conflict: Conflict) -> tuple[str, str]:
    return conflict.task_id, conflict.field


# ------------------------------------------------------------------------- what is listed


@settings(max_examples=50)
@for_all(CASES, st.data())
def test_what_is_listed_is_the_whole_difference(case: Case, data: st.DataObject) -> None:
    """S 6.8: applied to the plan it gives the accepted one, also after settling."""
    found = data.draw(partly_settled(case.found))
    before, after = case.plan, found.plan
    for change in found.changed:
        assert change.before != change.after
    tasks = {task.id: task for task in before.tasks if task.id in ids(after.tasks)}
    tasks |= {task.id: task for task in found.added}
    marked = [
        Change(task.id, "orphaned", before=False, after=True)
        for task in found.orphaned
        if task.id in tasks
    ]
    listed = [*found.changed, *marked]
    patched = [patched_task(task, listed) for task in tasks.values()]
    assert {task.id: unordered(task) for task in patched} == {
        task.id: unordered(task) for task in after.tasks
    }
    of_plan = {each.field: each.after for each in found.changed if each.id == before.id}
    rest = attrs.evolve(after, tasks=before.tasks, removed=before.removed)
    of_plan["removed"] = before.removed
    assert attrs.evolve(before, **of_plan) == rest  # type: ignore[arg-type]


def ids(tasks: Iterable[PlannedTask]) -> set[str]:
    return {task.id for task in tasks}


def patched_task(task: PlannedTask, changes: Iterable[Change]) -> PlannedTask:
    """A task with those of some changes that are about it."""
    kpis = by_id(task.kpis)
    fields: dict[str, Any] = {}
    for change in changes:
        if change.id == task.id:
            assert getattr(task, change.field) == change.before
            fields[change.field] = change.after
        elif change.field == "kpi" and change.id.startswith(f"{task.id}/"):
            patch_kpi(kpis, task, change)
        elif change.id in kpis:
            assert getattr(kpis[change.id], change.field) == change.before
            target: dict[str, Any] = {change.field: change.after}
            kpis[change.id] = attrs.evolve(kpis[change.id], **target)
    return attrs.evolve(task, **fields, kpis=kpis.values())


def patch_kpi(kpis: dict[str, Kpi], task: PlannedTask, change: Change) -> None:
    """A KPI that comes or goes, if it is one of the task."""
    of_task = change.after or change.before
    assert isinstance(of_task, Kpi)
    if of_task.task_id != task.id:
        return
    assert kpis.pop(change.id, None) == change.before
    if isinstance(change.after, Kpi):
        kpis[change.id] = change.after


def unordered(task: PlannedTask) -> tuple[PlannedTask, dict[str, Kpi]]:
    return attrs.evolve(task, kpis=[]), by_id(task.kpis)


@settings(max_examples=50)
@for_all(CASES)
def test_each_task_is_listed_once(case: Case) -> None:
    """S 6.8: as new, as it was, as no longer asked for, or with what changes or conflicts."""
    found = case.found
    added, kept, orphaned = ids(found.added), ids(found.kept), ids(found.orphaned)
    assert ids(found.plan.tasks) | orphaned == ids(case.plan.tasks) | added
    assert added.isdisjoint(ids(case.plan.tasks))
    assert kept.isdisjoint(orphaned)
    assert orphaned == {
        task.id for task in case.plan.tasks if task.id not in case.theirs and task in left(case)
    }
    now = {task.id: unordered(task) for task in found.plan.tasks}
    conflicting = {each.task_id for each in found.conflicting}
    assert kept == {
        task.id
        for task in case.plan.tasks
        if now.get(task.id) == unordered(task) and task.id not in conflicting
    }
    if found.is_empty:
        assert attrs.evolve(found.plan, tasks=case.plan.tasks) == case.plan


def left(case: Case) -> list[PlannedTask]:
    """The tasks that go or are marked now."""
    stays = {task.id for task in case.found.plan.tasks}
    return [task for task in case.plan.tasks if task.id not in stays or not task.orphaned]


# ------------------------------------------------------------------------------------- settling


@st.composite
def partly_settled(draw: st.DrawFn, found: Reconciliation) -> Reconciliation:
    """A reconciliation some of whose conflicts were settled."""
    for conflict in found.conflicting:
        side = draw(st.sampled_from([None, *Side]))
        found = found if side is None else found.settle(conflict, side)
    return found


def all_settled(found: Reconciliation, side: Side) -> Reconciliation:
    return reduce(lambda held, each: held.settle(each, side), found.conflicting, found)


@settings(max_examples=50)
@for_all(reconciled())
def test_settling_all_by_theirs_is_undoing_those_edits_first(case: Case) -> None:
    """S 6.8."""
    undone = case.plan
    for conflict in case.found.conflicting:
        tasks = [
            task.edited({conflict.field: conflict.base}) if task.id == conflict.task_id else task
            for task in undone.tasks
        ]
        undone = attrs.evolve(undone, tasks=tasks)
    again = pv.reconcile(undone, case.proposal, captured=case.captured)
    assert again.conflicting == ()
    assert all_settled(case.found, Side.THEIRS).plan == again.plan


@settings(max_examples=50)
@for_all(CASES)
def test_what_was_settled_by_ours_is_not_asked_again(case: Case) -> None:
    """S 6.8, S 6.9: though it still stands as edited."""
    settled = all_settled(case.found, Side.OURS)
    again = pv.reconcile(settled.plan, case.proposal, captured=case.captured)
    assert again.conflicting == ()
    assert again.plan == settled.plan
    accepted = {task.id: task for task in settled.plan.tasks}
    for conflict in case.found.conflicting:
        task = accepted[conflict.task_id]
        assert getattr(task, conflict.field) == conflict.ours
        assert Edit(conflict.field, conflict.theirs) in task.edits


@settings(max_examples=50)
@for_all(CASES, st.data())
def test_conflicts_are_settled_in_any_order(case: Case, data: st.DataObject) -> None:
    """S 6.8."""
    sides = [(each, data.draw(st.sampled_from(Side))) for each in case.found.conflicting]
    in_order = reduce(lambda held, each: held.settle(*each), sides, case.found)
    shuffled = reduce(
        lambda held, each: held.settle(*each), data.draw(st.permutations(sides)), case.found
    )
    assert shuffled == in_order
    assert in_order.conflicting == ()


# ------------------------------------------------------------------------------------ upgrading


@settings(max_examples=50)
@for_all(st.data(), WORLDS)
def test_an_upgrade_to_an_equal_version_changes_only_the_version(
    data: st.DataObject, world: World
) -> None:
    """S 6.9."""
    plan = data.draw(worked(plan_of(expanded(world))))
    found = pv.upgrade(
        plan,
        world.made.withdraw(),
        world.made.new_draft().publish(),
        world.where,
        catalog=CATALOG,
        given=world.given,
        captured=data.draw(some_kpis(plan)),
    )
    assert found.changed == (Change(plan.id, "version", 1, 2),)
    assert found.plan == attrs.evolve(plan, version=2)


@settings(max_examples=50)
@for_all(st.data(), WORLDS)
def test_an_upgrade_without_edits_gives_the_plan_of_the_new_version(
    data: st.DataObject, world: World
) -> None:
    """S 6.9."""
    now = data.draw(later(world))
    new = attrs.evolve(now.made, version=2)
    plan = plan_of(expanded(world))
    found = pv.upgrade(plan, world.made, new, now.where, catalog=CATALOG, given=now.given)
    assert found.plan == plan_of(expanded(now._replace(made=new)))


# ------------------------------------------------------------------------------------- values


@settings(max_examples=50)
@for_all(CASES)
def test_reconciliations_survive_pickling(case: Case) -> None:
    """S 6.10: looked at or not."""
    sent = pickle.dumps(case.found)
    listed = (case.found.added, case.found.kept, case.found.changed, case.found.orphaned)
    for each in (sent, pickle.dumps(case.found)):
        back: Reconciliation = pickle.loads(each)  # noqa: S301 -- our own bytes
        assert (back, hash(back), repr(back)) == (case.found, hash(case.found), repr(case.found))
        assert (back.added, back.kept, back.changed, back.orphaned) == listed
        trails = [conflict.trail for conflict in case.found.conflicting]
        assert [conflict.trail for conflict in back.conflicting] == trails


@settings(max_examples=50)
@for_all(CASES, st.data())
def test_accepted_plans_are_what_their_constructors_make(case: Case, data: st.DataObject) -> None:
    """S 6.8: an object that exists is valid, however it was made."""
    plan = data.draw(partly_settled(case.found)).plan
    tasks = [attrs.evolve(each, kpis=[*map(attrs.evolve, each.kpis)]) for each in plan.tasks]
    again = attrs.evolve(plan, tasks=tasks)
    assert (again, repr(again), hash(again)) == (plan, repr(plan), hash(plan))
    assert {type(task) for task in plan.tasks} <= {PlannedTask}
    for task in plan.tasks:
        assert {edit.field for edit in task.edits} <= set(EDITABLE)
