"""The laws of changing a plan by hand and of asking it why (S 4.6, S 7.5)."""

import pickle
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeAlias

import attrs
import pytest
from hypothesis import assume, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.conditions import Condition, all_of, any_of, is_set, negate, when
from partnervisits.errors import OpenWorkError, TransitionError
from partnervisits.plans import EDITABLE, Edit, PlannedTask, TaskExplanation
from partnervisits.testing import dates, host_ids, lines, texts
from partnervisits.testing import fact_values as facts_values
from tests.builders import NINE
from tests.laws.test_expansion import WORLDS, expanded

Changes: TypeAlias = dict[str, Any]

# --------------------------------------------------------------------- plans and changes to them


def plan_of(proposal: pv.Proposal) -> pv.ActionPlan:
    """Its plan, blocked or not."""
    _ = assume(proposal.plan is not None)
    assert proposal.plan is not None
    return proposal.plan


PLANS = WORLDS.map(expanded).map(plan_of)


def changes(*fields: str) -> st.SearchStrategy[Changes]:
    """New values of some fields, or of any."""
    values: dict[str, st.SearchStrategy[object]] = {
        "assignee_id": st.none() | st.sampled_from(["rep-1", "rep-2"]) | host_ids(),
        "binding": st.sampled_from(pv.Binding),
        "due": st.none() | dates(),
        "instructions": st.just("") | texts(),
    }
    return st.fixed_dictionaries({}, optional={each: values[each] for each in fields or EDITABLE})


def edited(plan: pv.ActionPlan, task: PlannedTask, change: Changes) -> pv.ActionPlan:
    return plan.edit(task.item_key, context=task.own_context, **change)


def removed(plan: pv.ActionPlan, task: PlannedTask, reason: str = "no need") -> pv.ActionPlan:
    return plan.remove(task.item_key, reason, context=task.own_context)


def found(plan: pv.ActionPlan, task: PlannedTask) -> PlannedTask:
    return plan.task(task.item_key, context=task.own_context)


def drawn(data: st.DataObject, plan: pv.ActionPlan) -> PlannedTask:
    return data.draw(st.sampled_from(plan.tasks))


# ------------------------------------------------------------------------------------- edits


@settings(max_examples=50)
@for_all(PLANS, st.data(), st.lists(changes(), max_size=4))
def test_what_is_edited_can_be_set_back(
    plan: pv.ActionPlan, data: st.DataObject, steps: list[Changes]
) -> None:
    """S 7.5: then it is as if nobody had edited it."""
    task = drawn(data, plan)
    held = plan
    for change in steps:
        held = edited(held, task, change)
    bases = {edit.field: edit.base for edit in found(held, task).edits}
    assert edited(held, task, bases) == plan


@settings(max_examples=50)
@for_all(PLANS, st.data(), st.lists(changes(), max_size=4))
def test_the_base_is_the_value_of_the_expansion_however_often_it_is_edited(
    plan: pv.ActionPlan, data: st.DataObject, steps: list[Changes]
) -> None:
    """S 7.5: and exactly what differs from it is edited."""
    task = drawn(data, plan)
    held = plan
    for change in steps:
        held = edited(held, task, change)
    now = found(held, task)
    assert now.edits == tuple(
        Edit(field, getattr(task, field))
        for field in EDITABLE
        if getattr(now, field) != getattr(task, field)
    )
    last = {field: value for change in steps for field, value in change.items()}
    assert {field: getattr(now, field) for field in last} == last


@settings(max_examples=50)
@for_all(PLANS, st.data(), st.permutations(EDITABLE), st.integers(0, 4))
def test_edits_of_different_fields_commute(
    plan: pv.ActionPlan, data: st.DataObject, fields: list[str], half: int
) -> None:
    """S 7.5: and both together are one after the other."""
    task = drawn(data, plan)
    one: Changes = data.draw(changes(*fields[:half]) if half else st.just({}))
    two: Changes = data.draw(changes(*fields[half:]) if half < len(fields) else st.just({}))
    both = edited(plan, task, {**one, **two})
    assert edited(edited(plan, task, one), task, two) == both
    assert edited(edited(plan, task, two), task, one) == both


@settings(max_examples=50)
@for_all(PLANS, st.data(), changes(), changes())
def test_what_is_done_to_different_tasks_commutes(
    plan: pv.ActionPlan, data: st.DataObject, one: Changes, two: Changes
) -> None:
    """S 7.5: edits, removals, and one of each."""
    _ = assume(len(plan.tasks) > 1)
    first, second = data.draw(st.permutations(plan.tasks))[:2]
    assert edited(edited(plan, first, one), second, two) == edited(
        edited(plan, second, two), first, one
    )
    assert edited(removed(plan, first), second, two) == removed(edited(plan, second, two), first)
    assert removed(removed(plan, first), second) == removed(removed(plan, second), first)


@settings(max_examples=50)
@for_all(PLANS, st.data(), changes(), st.sampled_from(["start", "complete", "skip"]))
def test_a_task_that_has_begun_is_neither_edited_nor_removed(
    plan: pv.ActionPlan, data: st.DataObject, change: Changes, verb: str
) -> None:
    """S 7.5: whatever the edit is, even one that would change nothing."""
    first = drawn(data, plan)
    alone = attrs.evolve(plan, tasks=[attrs.evolve(first, after=[])])
    could = edited(alone, first, {"binding": pv.Binding.COULD})
    act = getattr(could, verb)
    begun: pv.ActionPlan = act(first.item_key, context=first.own_context, at=NINE)
    with pytest.raises(TransitionError, match="edit is not allowed"):
        _ = edited(begun, first, change)
    with pytest.raises(TransitionError, match="remove is not allowed"):
        _ = removed(begun, first)


@settings(max_examples=50)
@for_all(PLANS, st.data())
def test_a_task_waits_for_the_nearest_prerequisites_that_were_not_removed(
    plan: pv.ActionPlan, data: st.DataObject
) -> None:
    """S 7.5, S 4.7."""
    last = drawn(data, plan)
    held = plan
    for task in data.draw(st.lists(st.sampled_from(plan.tasks), unique=True)):
        held = held if task == last else removed(held, task)
    here = {task.item_key for task in held.tasks}
    after = {task.item_key: task.after for task in plan.tasks}
    waiting = set(nearest(last.item_key, after, here))
    try:
        _ = held.start(last.item_key, context=last.own_context, at=NINE)
    except OpenWorkError as refused:
        named = {finding.path[0] for finding in refused.findings}
        assert named == {task.id for task in held.tasks if task.item_key in waiting}
        assert waiting
    else:
        assert not waiting


def nearest(key: str, after: dict[str, tuple[str, ...]], here: set[str]) -> Iterator[str]:
    for each in after[key]:
        if each in here:
            yield each
        else:
            yield from nearest(each, after, here)


@settings(max_examples=50)
@for_all(PLANS, st.data(), changes(), texts().filter(str.strip))
def test_a_plan_changed_by_hand_is_what_its_constructor_makes(
    plan: pv.ActionPlan, data: st.DataObject, change: Changes, reason: str
) -> None:
    """S 7.5: and survives being sent."""
    held = removed(plan, drawn(data, plan), reason)
    if held.tasks:
        held = edited(held, drawn(data, held), change)
    left_out = [attrs.evolve(each) for each in held.left_out]
    tasks = [attrs.evolve(each) for each in held.tasks]
    assert attrs.evolve(held, left_out=left_out, tasks=tasks) == held
    back: pv.ActionPlan = pickle.loads(pickle.dumps(held))  # noqa: S301 -- our own bytes
    assert (back, repr(back), str(back)) == (held, repr(held), str(held))


# ------------------------------------------------------------------------------ explanations


def sentences(why: TaskExplanation) -> list[str]:
    return [why.inclusion, why.due, why.assignee, *(sentence for _, sentence in why.targets)]


def check_sentences(why: TaskExplanation) -> None:
    said = sentences(why) if why.is_planned else [why.inclusion]
    for sentence in said:
        assert sentence.splitlines() == [sentence]
        assert sentence == sentence.strip()
        assert len(sentence) <= 1_000
    assert str(why).splitlines() == [f"{why.item_key}: {said[0]}", *said[1:]]


CONDITIONS: list[Condition] = [
    when("note", pv.none_of(["two\nlines", "x" * 500])),
    when("note", pv.equals("\u2028")),
    when("since", pv.outside(pv.days(-1), datetime(2026, 3, 31, tzinfo=UTC))),
    when("stores", pv.equals(12_000, tolerance=5)),
    negate(all_of([is_set("note"), any_of([is_set("since"), is_set("stores")])])),
]
FACTS = st.dictionaries(st.sampled_from(["note", "since", "stores"]), facts_values())


@st.composite
def told(draw: st.DrawFn) -> pv.ActionPlan:
    """A plan of which any facts are known, and in which conditions ask for them."""
    plan = draw(PLANS)
    condition = st.sampled_from(CONDITIONS)
    facts = pv.Facts(visit=draw(FACTS), partner=draw(FACTS))
    tasks = [attrs.evolve(each, condition=draw(condition)) for each in plan.tasks]
    left_out = [
        attrs.evolve(each, condition=draw(condition)) if each.condition else each
        for each in plan.left_out
    ]
    subject = attrs.evolve(plan.subject, facts=facts)
    return attrs.evolve(plan, subject=subject, tasks=tasks, left_out=left_out)


@settings(max_examples=100)
@for_all(PLANS | told())
def test_all_that_is_planned_or_left_out_is_explained_line_by_line(plan: pv.ActionPlan) -> None:
    """S 4.6."""
    for task in plan.tasks:
        why = plan.explain(task.item_key, context=task.own_context)
        assert (why.item_key, why.is_planned) == (task.item_key, True)
        assert [kpi_id for kpi_id, _ in why.targets] == [kpi.id for kpi in task.kpis]
        assert (f"due {task.due}" if task.due else "no date yet") in why.due
        assert why.assignee.startswith(f"assigned to {task.assignee_id or 'nobody yet'}: ")
        check_sentences(why)
    for each in plan.left_out:
        why = plan.explain(each.item_key, context=each.context)
        assert (why.item_key, why.is_planned) == (each.item_key, False)
        check_sentences(why)
        assert why.inclusion in " ".join(str(plan).split())


@settings(max_examples=50)
@for_all(PLANS, st.data(), changes(), lines() | texts().filter(str.strip))
def test_what_was_changed_by_hand_is_explained(
    plan: pv.ActionPlan, data: st.DataObject, change: Changes, reason: str
) -> None:
    """S 4.6: with what was edited and why it was removed."""
    task = drawn(data, plan)
    held = edited(plan, task, change)
    why = held.explain(task.item_key, context=task.own_context)
    check_sentences(why)
    fields = {edit.field for edit in found(held, task).edits}
    assert ("set by hand" in why.due) == ("due" in fields)
    assert ("set by hand" in why.assignee) == ("assignee_id" in fields)
    assert [field for field in ("binding", "instructions") if field in fields] == [
        field for field in ("binding", "instructions") if f"{field} set by hand" in why.inclusion
    ]
    gone = removed(held, task, reason).explain(task.item_key, context=task.own_context)
    check_sentences(gone)
    assert not gone.is_planned
    assert gone.inclusion.endswith(" ".join(reason.split()))
