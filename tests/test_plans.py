"""Action plans: the tasks of one visit, and what is done with them."""

import pickle
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.errors import (
    AmbiguousError,
    InvalidValueError,
    NotFoundError,
    OpenWorkError,
    TransitionError,
)
from partnervisits.plans import (
    EDITABLE,
    Cause,
    Edit,
    Edited,
    Kpi,
    LeftOut,
    Origin,
    PlannedTask,
    RemovedTask,
    Subject,
    TaskStatus,
)
from partnervisits.proposals import ItemOverride
from partnervisits.tasks import TaskIndicator
from partnervisits.templates import Group, Spread
from partnervisits.visits import VisitStatus
from tests import builders
from tests.builders import ELEVEN, NINE, THURSDAY

MICROSECOND = timedelta(microseconds=1)
FRIDAY = date(2026, 3, 13)
PRODUCTS = [pv.Context("product", "X-100"), pv.Context("product", "X-200")]
PARTNER = pv.Context("partner", "acme")

Row = tuple[str, str]


def item(
    key: str,
    *after: str,
    binding: pv.Binding = pv.Binding.COULD,
    kinds: Iterable[str] = (),
    spread: Spread = Spread.TOGETHER,
) -> pv.TemplateItem:
    return pv.TemplateItem(
        key, task="count", after=after, binding=binding, context_kinds=kinds, spread=spread
    )


MUST = item("must", binding=pv.Binding.MUST)
DOCUMENTED = item("documented", binding=pv.Binding.MUST_UNLESS_DOCUMENTED)
COULD = item("could")


def plan(*items: pv.TemplateItem, contexts: Iterable[pv.Context] = ()) -> pv.ActionPlan:
    return builders.plan(*items, given=pv.Given(contexts=contexts))


def about_products(spread: Spread) -> pv.ActionPlan:
    return plan(item("pitch", kinds=["product"], spread=spread), contexts=PRODUCTS)


def refused_work(verb: Callable[[], object]) -> list[Row]:
    with pytest.raises(OpenWorkError) as refused:
        _ = verb()
    return [(each.location, each.code) for each in refused.value.findings]


# ------------------------------------------------------------------------------- verbs of a task


def test_starting_a_task_records_when_it_began() -> None:
    """S 7.1."""
    task = plan(COULD).start("could", at=NINE).task("could")
    assert (task.status, task.started_at, task.finished_at, task.is_finished) == (
        TaskStatus.IN_PROGRESS,
        NINE,
        None,
        False,
    )


@pytest.mark.parametrize("started_at", [None, NINE])
def test_a_task_is_completed_whether_it_was_started_or_not(started_at: datetime | None) -> None:
    """S 7.1."""
    before = plan(COULD) if started_at is None else plan(COULD).start("could", at=started_at)
    task = before.complete("could", at=ELEVEN).task("could")
    assert (task.status, task.started_at, task.finished_at, task.is_finished) == (
        TaskStatus.COMPLETED,
        started_at,
        ELEVEN,
        True,
    )


def test_a_could_task_is_skipped_without_a_reason() -> None:
    """S 7.1."""
    task = plan(COULD).skip("could").task("could")
    assert (task.status, task.reason, task.finished_at, task.is_finished) == (
        TaskStatus.SKIPPED,
        "",
        None,
        True,
    )


def test_a_could_task_is_skipped_with_a_reason_and_an_instant() -> None:
    """S 7.1."""
    task = plan(COULD).start("could", at=NINE).skip("could", "no time", at=ELEVEN).task("could")
    assert (task.reason, task.finished_at) == ("no time", ELEVEN)


def test_a_must_task_is_not_skipped() -> None:
    """S 3.5."""
    held = plan(MUST)
    assert refused_work(lambda: held.skip("must", "no time")) == [("V-1/round/must", "task.must")]


def test_a_must_unless_documented_task_is_skipped_with_a_reason_only() -> None:
    """S 3.5."""
    held = plan(DOCUMENTED)
    assert refused_work(lambda: held.skip("documented")) == [
        ("V-1/round/documented", "task.undocumented")
    ]
    assert held.skip("documented", "closed").task("documented").reason == "closed"


def test_what_cannot_be_skipped_says_what_to_do() -> None:
    """S 7.1."""
    with pytest.raises(OpenWorkError) as refused:
        _ = plan(MUST).skip("must")
    assert str(refused.value) == (
        "there is open work:\n"
        "  error: V-1/round/must: a MUST task cannot be skipped: do it [task.must]"
    )


def test_a_finished_task_is_not_begun_again() -> None:
    """S 7.1."""
    done = plan(COULD).complete("could", at=NINE)
    with pytest.raises(TransitionError) as refused:
        _ = done.start("could", at=ELEVEN)
    assert str(refused.value) == (
        "task could is COMPLETED: start is not allowed (nothing is: it is final)"
    )


def test_a_task_in_progress_is_not_started_twice() -> None:
    """S 7.1."""
    with pytest.raises(TransitionError) as refused:
        _ = plan(COULD).start("could", at=NINE).start("could", at=NINE)
    assert (refused.value.state, refused.value.verb, refused.value.allowed) == (
        "IN_PROGRESS",
        "start",
        ("complete", "skip"),
    )


def ended_by_completing(begun: pv.ActionPlan, at: datetime) -> pv.ActionPlan:
    return begun.complete("could", at=at)


def ended_by_skipping(begun: pv.ActionPlan, at: datetime) -> pv.ActionPlan:
    return begun.skip("could", at=at)


@pytest.mark.parametrize("end", [ended_by_completing, ended_by_skipping])
def test_a_task_does_not_end_before_it_began(
    end: Callable[[pv.ActionPlan, datetime], pv.ActionPlan],
) -> None:
    """S 5.2."""
    begun = plan(COULD).start("could", at=NINE)
    assert end(begun, NINE).task("could").finished_at == NINE
    with pytest.raises(InvalidValueError) as refused:
        _ = end(begun, NINE - MICROSECOND)
    assert (refused.value.code, refused.value.field) == ("planned-task.state", "finished_at")


def test_a_verb_changes_one_task_and_leaves_the_plan_it_came_from_as_it_was() -> None:
    """S 7.1."""
    before = plan(COULD, item("other"))
    after = before.start("could", at=NINE)
    assert before == plan(COULD, item("other"))
    assert after.task("other") == before.task("other")
    assert [task.item_key for task in after.tasks] == ["could", "other"]


@pytest.mark.parametrize("at", [NINE.replace(tzinfo=None), THURSDAY, "now", 0])
def test_a_verb_takes_an_instant(at: datetime) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = plan(COULD).start("could", at=at)
    assert (refused.value.owner, refused.value.field) == ("PlannedTask", "started_at")


# ------------------------------------------------------------------------------- prerequisites

FIRST_TWO = (item("one"), item("two"), item("three", "one", "two"))


def started(held: pv.ActionPlan) -> pv.ActionPlan:
    return held.start("three", at=NINE)


def completed(held: pv.ActionPlan) -> pv.ActionPlan:
    return held.complete("three", at=NINE)


@pytest.mark.parametrize("verb", [started, completed])
def test_a_task_waits_for_all_its_prerequisites(
    verb: Callable[[pv.ActionPlan], pv.ActionPlan],
) -> None:
    """S 7.1."""
    held = plan(*FIRST_TWO)
    assert refused_work(lambda: verb(held)) == [
        ("V-1/round/one", "task.prerequisite"),
        ("V-1/round/two", "task.prerequisite"),
    ]
    half = held.start("one", at=NINE).complete("two", at=NINE)
    assert refused_work(lambda: verb(half)) == [("V-1/round/one", "task.prerequisite")]


@pytest.mark.parametrize("verb", [started, completed])
def test_a_prerequisite_is_out_of_the_way_once_it_is_completed_or_skipped(
    verb: Callable[[pv.ActionPlan], pv.ActionPlan],
) -> None:
    """S 7.1."""
    ready = plan(*FIRST_TWO).complete("one", at=NINE).skip("two")
    assert verb(ready).task("three").status is not TaskStatus.NOT_STARTED


def test_a_waiting_task_says_what_to_finish_first() -> None:
    """S 7.1."""
    with pytest.raises(OpenWorkError, match="finish it before three, or skip it"):
        _ = started(plan(*FIRST_TWO).skip("one"))


def test_a_task_is_skipped_without_waiting() -> None:
    """S 7.1."""
    assert plan(*FIRST_TWO).skip("three").task("three").status is TaskStatus.SKIPPED


def test_a_task_waits_for_the_task_of_each_context() -> None:
    """S 7.1."""
    pitch = item("pitch", kinds=["product"], spread=Spread.ONE_EACH)
    held = plan(pitch, item("close", "pitch"), contexts=PRODUCTS)
    half = held.complete("pitch", context=PRODUCTS[0], at=NINE)
    assert refused_work(lambda: half.start("close", at=NINE)) == [
        ("V-1/round/pitch/product/X-200", "task.prerequisite")
    ]


# ------------------------------------------------------------------------------- edited by hand


def test_an_edited_field_keeps_the_value_of_the_expansion_beside_its_own() -> None:
    """S 7.5."""
    task = plan(COULD).edit("could", due=FRIDAY).task("could")
    assert (task.due, task.edits) == (FRIDAY, (Edit("due", THURSDAY),))


def test_several_fields_are_edited_at_once() -> None:
    """S 7.5."""
    held = plan(COULD).edit(
        "could", instructions="Look.", due=None, binding=pv.Binding.MUST, assignee_id="rep-8"
    )
    task = held.task("could")
    assert (task.assignee_id, task.binding, task.due, task.instructions) == (
        "rep-8",
        pv.Binding.MUST,
        None,
        "Look.",
    )
    assert task.edits == (
        Edit("assignee_id", "rep-7"),
        Edit("binding", pv.Binding.COULD),
        Edit("due", THURSDAY),
        Edit("instructions", ""),
    )


def test_an_edit_changes_nothing_else() -> None:
    """S 7.5."""
    before = plan(COULD, MUST)
    after = before.edit("could", due=FRIDAY)
    assert before == plan(COULD, MUST)
    assert after.task("must") == before.task("must")
    assert after.task("could") == attrs.evolve(
        before.task("could"), due=FRIDAY, edits=[Edit("due", THURSDAY)]
    )


def test_editing_twice_keeps_the_first_base() -> None:
    """S 7.5."""
    held = plan(COULD).edit("could", due=FRIDAY, assignee_id="rep-8").edit("could", due=None)
    assert held.task("could").due is None
    assert held.task("could").assignee_id == "rep-8"
    assert held.task("could").edits == (Edit("assignee_id", "rep-7"), Edit("due", THURSDAY))


def test_a_field_that_is_set_back_is_edited_no_more() -> None:
    """S 7.5."""
    held = plan(COULD).edit("could", due=FRIDAY, assignee_id=None)
    half = held.edit("could", due=THURSDAY)
    assert half.task("could").edits == (Edit("assignee_id", "rep-7"),)
    assert half.edit("could", assignee_id="rep-7") == plan(COULD)


def test_nobody_is_a_base_too() -> None:
    """S 7.5: a value that was given and one that was not are edited alike."""
    held = plan(pv.TemplateItem("count", task="count", role="driver"))
    edited = held.edit("count", assignee_id="rep-8")
    assert edited.task("count").edits == (Edit("assignee_id", None),)
    assert edited.edit("count", assignee_id=None) == held


@pytest.mark.parametrize(
    "same",
    [
        {},
        {"due": THURSDAY},
        {"assignee_id": "rep-7"},
        {"binding": pv.Binding.COULD},
        {"instructions": ""},
    ],
    ids=str,
)
def test_what_is_set_to_what_it_is_is_not_edited(same: dict[str, Any]) -> None:
    """S 7.5."""
    assert plan(COULD).edit("could", **same) == plan(COULD)
    once = plan(COULD).edit("could", due=FRIDAY, assignee_id="rep-8")
    assert once.edit("could", due=FRIDAY) == once


def test_the_task_of_one_context_is_edited() -> None:
    """S 7.5."""
    first, second = PRODUCTS
    held = about_products(Spread.ONE_EACH)
    edited = held.edit("pitch", context=second, due=FRIDAY)
    assert [task.due for task in edited.tasks] == [THURSDAY, FRIDAY]
    assert edited.task("pitch", context=first) == held.task("pitch", context=first)
    with pytest.raises(AmbiguousError, match="product X-100, product X-200"):
        _ = held.edit("pitch", due=FRIDAY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"due": NINE}, "date.type"),
        ({"due": "2026-03-13"}, "date.type"),
        ({"due": date(1800, 1, 1)}, "date.range"),
        ({"assignee_id": ""}, "text.empty"),
        ({"assignee_id": 7}, "text.type"),
        ({"binding": None}, "type.wrong"),
        ({"binding": "must"}, "type.wrong"),
        ({"instructions": None}, "text.type"),
        ({"instructions": "a\rb"}, "text.carriage-return"),
    ],
)
def test_an_edit_takes_what_the_field_can_hold(change: dict[str, Any], code: str) -> None:
    """S 7.5."""
    with pytest.raises(InvalidValueError) as refused:
        _ = plan(COULD).edit("could", **change)
    assert (refused.value.code, refused.value.owner) == (code, "PlannedTask")
    assert [refused.value.field] == list(change)


def begun(held: pv.ActionPlan) -> pv.ActionPlan:
    return held.start("could", at=NINE)


def done(held: pv.ActionPlan) -> pv.ActionPlan:
    return held.complete("could", at=NINE)


def skipped(held: pv.ActionPlan) -> pv.ActionPlan:
    return held.skip("could")


BY_HAND: dict[str, Callable[[pv.ActionPlan], pv.ActionPlan]] = {
    "edit": lambda held: held.edit("could", due=FRIDAY),
    "remove": lambda held: held.remove("could", "no need"),
}


@pytest.mark.parametrize("verb", BY_HAND)
@pytest.mark.parametrize(
    ("work", "state", "allowed"),
    [
        (begun, "IN_PROGRESS", ("complete", "skip")),
        (done, "COMPLETED", ()),
        (skipped, "SKIPPED", ()),
    ],
)
def test_a_task_that_has_begun_is_neither_edited_nor_removed(
    work: Callable[[pv.ActionPlan], pv.ActionPlan], state: str, allowed: tuple[str, ...], verb: str
) -> None:
    """S 7.5."""
    with pytest.raises(TransitionError) as refused:
        _ = BY_HAND[verb](work(plan(COULD)))
    error = refused.value
    assert (error.subject, error.state, error.verb, error.allowed) == (
        "task could",
        state,
        verb,
        allowed,
    )


def test_an_edit_outlives_the_work() -> None:
    """S 7.5."""
    held = plan(COULD).edit("could", due=FRIDAY).complete("could", at=NINE)
    assert held.task("could").edits == (Edit("due", THURSDAY),)


def test_a_task_that_need_not_be_done_any_more_can_be_skipped() -> None:
    """S 7.5."""
    held = plan(MUST).edit("must", binding=pv.Binding.COULD)
    assert held.skip("must").task("must").edits == (Edit("binding", pv.Binding.MUST),)


def test_a_task_that_is_edited_to_a_later_date_no_longer_holds_up_the_visit() -> None:
    """S 7.3, S 7.5."""
    assert open_work(plan(MUST)) == [("V-1/round/must", "task.open")]
    later = plan(MUST).edit("must", due=FRIDAY)
    assert pv.complete(visit(), [later], ELEVEN).status is VisitStatus.COMPLETED


@pytest.mark.parametrize(
    ("field", "base", "code", "where"),
    [
        ("name", "Count", "edit.field", "field"),
        ("", "Count", "edit.field", "field"),
        ("due", NINE, "date.type", "base"),
        ("due", "2026-03-13", "date.type", "base"),
        ("due", date(1800, 1, 1), "date.range", "base"),
        ("assignee_id", "", "text.empty", "base"),
        ("assignee_id", FRIDAY, "text.type", "base"),
        ("binding", None, "type.wrong", "base"),
        ("binding", "must", "type.wrong", "base"),
        ("instructions", None, "text.type", "base"),
    ],
)
def test_an_edit_holds_a_value_of_its_field(
    field: str, base: Edited, code: str, where: str
) -> None:
    """S 7.5."""
    with pytest.raises(InvalidValueError) as refused:
        _ = Edit(field, base)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (code, "Edit", where)


def test_what_cannot_be_edited_is_refused_with_what_can() -> None:
    """S 7.5."""
    can = "only assignee_id, binding, due, instructions can be edited"
    with pytest.raises(InvalidValueError, match=f"Edit.field: {can}"):
        _ = Edit("name", "Count")
    with pytest.raises(InvalidValueError, match=can):
        _ = task().edited({"name": "Count"})


def test_what_can_be_edited_is_what_edit_takes() -> None:
    """S 7.5."""
    assert EDITABLE == ("assignee_id", "binding", "due", "instructions")
    bases: list[Edited] = [None, pv.Binding.MUST, None, ""]
    assert [Edit(field, base).base for field, base in zip(EDITABLE, bases, strict=True)] == bases


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ([Edit("instructions", "")], "planned-task.state"),
        ([Edit("due", None)], "planned-task.state"),
        ([Edit("due", FRIDAY), Edit("due", THURSDAY)], "sequence.duplicate"),
        (["due"], "sequence.entry"),
        (Edit("due", FRIDAY), "sequence.type"),
    ],
)
def test_no_edit_says_what_the_field_says(edits: Iterable[Edit], code: str) -> None:
    """S 7.5."""
    with pytest.raises(InvalidValueError) as refused:
        _ = task(edits=edits)
    assert (refused.value.code, refused.value.field) == (code, "edits")


def test_the_edits_of_a_task_are_sorted_by_field() -> None:
    """S 7.5."""
    made = task(edits=iter([Edit("instructions", "Look."), Edit("due", FRIDAY)]))
    assert [edit.field for edit in made.edits] == ["due", "instructions"]


@pytest.mark.parametrize("field", ["name", "status", "edits", "height"])
def test_only_some_fields_of_a_task_are_edited(field: str) -> None:
    """S 7.5."""
    with pytest.raises(InvalidValueError) as refused:
        _ = task().edited({field: "Count"})
    assert refused.value.code == "edit.field"


def test_a_date_that_nobody_edited_is_the_one_its_trail_leads_to() -> None:
    """S 4.6."""
    held = plan(COULD).task("could")
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(held, due=FRIDAY)
    assert (refused.value.code, refused.value.field) == ("planned-task.state", "due")
    assert attrs.evolve(held, due=FRIDAY, trail=None).due == FRIDAY
    assert attrs.evolve(held, due=FRIDAY, edits=[Edit("due", None)]).due == FRIDAY


# --------------------------------------------------------------------------------- taken out


def test_a_removed_task_is_remembered_with_the_reason() -> None:
    """S 7.5."""
    before = plan(COULD, MUST)
    after = before.remove("could", "they count it themselves")
    assert [task.item_key for task in after.tasks] == ["must"]
    assert after.removed == (RemovedTask(before.task("could"), "they count it themselves"),)
    assert before == plan(COULD, MUST)


def test_removed_tasks_are_sorted_by_id() -> None:
    """S 7.5."""
    held = plan(item("one"), item("two"), item("three"))
    for key in ("two", "one", "three"):
        held = held.remove(key, "no need")
    assert [gone.task.item_key for gone in held.removed] == ["one", "three", "two"]


def test_a_task_is_removed_with_its_edits() -> None:
    """S 7.5."""
    held = plan(COULD).edit("could", due=FRIDAY).remove("could", "no need")
    assert held.removed[0].task.edits == (Edit("due", THURSDAY),)


def test_a_must_task_can_be_removed() -> None:
    """S 7.5: it cannot be skipped, but whoever plans may take it out."""
    assert plan(MUST, COULD).remove("must", "no need").tasks == plan(MUST, COULD).tasks[1:]


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "removed.reason"),
        (" \n\t", "removed.reason"),
        (None, "text.type"),
        ("a\rb", "text.carriage-return"),
    ],
)
def test_removing_needs_a_reason(reason: str, code: str) -> None:
    """S 7.5."""
    with pytest.raises(InvalidValueError) as refused:
        _ = plan(COULD).remove("could", reason)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "RemovedTask",
        "reason",
    )


ALL_VERBS: dict[str, Callable[[pv.ActionPlan], object]] = {
    **BY_HAND,
    "start": begun,
    "complete": done,
    "skip": skipped,
    "look up": lambda held: held.task("could"),
    "look up a KPI": lambda held: held.kpi("could", "stock"),
}


@pytest.mark.parametrize("verb", ALL_VERBS)
def test_a_removed_task_is_no_longer_found(verb: str) -> None:
    """S 7.5."""
    held = plan(COULD, MUST).remove("could", "no need")
    with pytest.raises(NotFoundError, match="there is no"):
        _ = ALL_VERBS[verb](held)


def test_the_task_of_one_context_is_removed() -> None:
    """S 7.5."""
    first, second = PRODUCTS
    held = about_products(Spread.ONE_EACH)
    after = held.remove("pitch", "sold out", context=first)
    assert after.task("pitch").contexts == (second,)
    assert [gone.task.own_context for gone in after.removed] == [first]
    with pytest.raises(AmbiguousError):
        _ = held.remove("pitch", "sold out")


def test_every_task_of_a_plan_can_be_removed() -> None:
    """S 7.5: what is left says so, and expanding again brings none of them back."""
    held = plan(COULD).remove("could", "no need")
    assert (held.tasks, held.kpis, held.id) == ((), (), "V-1/round")
    assert str(held).splitlines()[-1] == "could: not planned: it was removed: no need"
    assert pv.complete(visit(), [held], ELEVEN).status is VisitStatus.COMPLETED


CHAIN = (item("one"), item("two", "one"), item("three", "two"), item("four", "three"))


def four_started(held: pv.ActionPlan) -> pv.ActionPlan:
    return held.start("four", at=NINE)


def four_completed(held: pv.ActionPlan) -> pv.ActionPlan:
    return held.complete("four", at=NINE)


@pytest.mark.parametrize("verb", [four_started, four_completed])
@pytest.mark.parametrize(
    ("gone", "waits_for"),
    [
        ([], ["three"]),
        (["three"], ["two"]),
        (["two"], ["three"]),
        (["two", "three"], ["one"]),
        (["three", "two"], ["one"]),
        (["one", "two", "three"], []),
    ],
)
def test_a_prerequisite_that_was_removed_is_replaced_by_its_own(
    gone: list[str], waits_for: list[str], verb: Callable[[pv.ActionPlan], pv.ActionPlan]
) -> None:
    """S 7.5, S 4.7."""
    held = plan(*CHAIN)
    for key in gone:
        held = held.remove(key, "no need")
    ahead = [(f"V-1/round/{key}", "task.prerequisite") for key in waits_for]
    if ahead:
        assert refused_work(lambda: verb(held)) == ahead
    for key in waits_for:
        held = attrs.evolve(held, tasks=[as_completed(task, key) for task in held.tasks])
    assert verb(held).task("four").has_begun


def as_completed(task: PlannedTask, key: str) -> PlannedTask:
    return attrs.evolve(task, status=TaskStatus.COMPLETED) if task.item_key == key else task


def test_several_ways_to_one_prerequisite_make_one_finding() -> None:
    """S 7.5."""
    held = plan(
        item("one"), item("left", "one"), item("right", "one"), item("end", "left", "right")
    )
    held = held.remove("left", "no need").remove("right", "no need")
    assert refused_work(lambda: held.start("end", at=NINE)) == [
        ("V-1/round/one", "task.prerequisite")
    ]


def about_each_product() -> pv.ActionPlan:
    pitch = item("pitch", "one", kinds=["product"], spread=Spread.ONE_EACH)
    return plan(item("one"), pitch, item("close", "pitch"), contexts=PRODUCTS)


def closed(held: pv.ActionPlan) -> pv.ActionPlan:
    return held.start("close", at=NINE)


def test_if_one_of_two_tasks_of_an_item_was_removed_the_other_is_waited_for() -> None:
    """S 7.5."""
    first, second = PRODUCTS
    held = about_each_product().remove("pitch", "sold out", context=first)
    assert refused_work(lambda: closed(held)) == [
        ("V-1/round/pitch/product/X-200", "task.prerequisite")
    ]
    both = held.remove("pitch", "sold out", context=second)
    assert refused_work(lambda: closed(both)) == [("V-1/round/one", "task.prerequisite")]


def test_all_that_removed_tasks_of_an_item_came_after_is_waited_for() -> None:
    """S 7.5: also where they were removed at different times, from different expansions."""
    first, second = PRODUCTS
    held = about_each_product()
    held = attrs.evolve(held, tasks=[task(item_key="two", id="V-1/round/two"), *held.tasks])
    held = held.remove("pitch", "sold out", context=first)
    tasks = [
        attrs.evolve(each, after=["two"]) if each.item_key == "pitch" else each
        for each in held.tasks
    ]
    held = attrs.evolve(held, tasks=tasks).remove("pitch", "sold out", context=second)
    assert refused_work(lambda: closed(held)) == [
        ("V-1/round/one", "task.prerequisite"),
        ("V-1/round/two", "task.prerequisite"),
    ]


def test_what_a_removed_task_came_after_may_be_gone_for_good() -> None:
    """S 7.5: a removed task stays as it was, whatever became of the others."""
    held = plan(*CHAIN[:2], item("end", "two"))
    held = held.remove("two", "no need")
    rest = attrs.evolve(held, tasks=[held.task("end")])
    assert rest.start("end", at=NINE).task("end").has_begun


def test_removed_tasks_are_nobody_s_business_any_more() -> None:
    """S 7.5: neither their KPIs nor the visit wait for them."""
    held = plan(MUST, COULD)
    (reading,) = (builders.reading(held.kpi("must", "stock"), 5),)
    after = held.remove("must", "no need")
    assert [kpi.task_id for kpi in after.kpis] == ["V-1/round/could"]
    assert pv.compare(after, [reading]).comparisons == pv.compare(after, []).comparisons
    assert [each.item_key for each in pv.compare(after, []).comparisons] == ["could"]
    assert open_work(held) == [("V-1/round/must", "task.open")]
    assert pv.complete(visit(), [after], ELEVEN).status is VisitStatus.COMPLETED
    assert pv.compare(after.remove("could", "no need"), [reading]).comparisons == ()


@pytest.mark.parametrize("status", [each for each in TaskStatus if each.value != "not started"])
def test_no_task_that_has_begun_was_removed(status: TaskStatus) -> None:
    """S 7.5."""
    with pytest.raises(InvalidValueError) as refused:
        _ = RemovedTask(task(status=status), "no need")
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        "removed.begun",
        "RemovedTask",
        "task",
    )


def test_only_a_planned_task_was_removed() -> None:
    """S 7.5."""
    with pytest.raises(InvalidValueError) as refused:
        _ = RemovedTask("V-1/round/count", "no need")  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == ("type.wrong", "task")


# ------------------------------------------------------------------------------- what is captured


def test_a_must_task_is_not_completed_while_one_of_its_kpis_is_missing() -> None:
    """S 7.1."""
    must = item("must", binding=pv.Binding.MUST, kinds=["product"])
    held = plan(must, contexts=PRODUCTS)
    first, second = (kpi.id for kpi in held.kpis)
    assert refused_work(lambda: held.complete("must", at=NINE, captured=[])) == [
        (first, "task.uncaptured"),
        (second, "task.uncaptured"),
    ]
    assert refused_work(lambda: held.complete("must", at=NINE, captured={first})) == [
        (second, "task.uncaptured")
    ]
    done = held.complete("must", at=NINE, captured=iter([second, "of another", first]))
    assert done.task("must").is_finished


def test_what_is_captured_counts_only_if_it_is_given() -> None:
    """S 7.1."""
    assert plan(MUST).complete("must", at=NINE).task("must").is_finished


@pytest.mark.parametrize("held", [COULD, DOCUMENTED])
def test_other_tasks_are_completed_without_their_kpis(held: pv.TemplateItem) -> None:
    """S 7.1."""
    done = plan(held).complete(held.key, at=NINE, captured=[])
    assert done.task(held.key).is_finished


@pytest.mark.parametrize(
    ("captured", "code"),
    [("V-1/round/must", "sequence.type"), (7, "sequence.type"), ([7], "text.type")],
)
def test_what_is_captured_is_a_collection_of_ids(captured: Iterable[str], code: str) -> None:
    """S 7.1."""
    for held in (MUST, COULD):
        with pytest.raises(InvalidValueError) as refused:
            _ = plan(held).complete(held.key, at=NINE, captured=captured)
        assert refused.value.code == code


# ------------------------------------------------------------------------------ completing a visit


def visit(**changes: Any) -> pv.Visit:
    return builders.visit(**changes).start(at=NINE)


def due(held: pv.ActionPlan, on: date | None) -> pv.ActionPlan:
    tasks = [attrs.evolve(task, due=on, trail=None) for task in held.tasks]
    return attrs.evolve(held, tasks=tasks)


def open_work(*plans: pv.ActionPlan) -> list[Row]:
    return refused_work(lambda: pv.complete(visit(), plans, ELEVEN))


def test_a_visit_is_completed_when_nothing_is_open() -> None:
    """S 7.3."""
    held = plan(MUST, DOCUMENTED).complete("must", at=NINE).complete("documented", at=NINE)
    done = pv.complete(visit(), [held], ELEVEN)
    assert done.actual == pv.Period(NINE, ELEVEN)


def test_all_open_work_of_all_plans_is_listed_at_once() -> None:
    """S 7.3."""
    other = pv.expand(
        [DOCUMENTED], builders.visit(), catalog=builders.catalog(), key="tour"
    ).accept()
    assert open_work(other, plan(MUST, DOCUMENTED, COULD)) == [
        ("V-1/round/documented", "task.open"),
        ("V-1/round/must", "task.open"),
        ("V-1/tour/documented", "task.open"),
    ]


def test_open_work_says_how_to_get_it_out_of_the_way() -> None:
    """S 7.3."""
    with pytest.raises(OpenWorkError) as refused:
        _ = pv.complete(visit(), [plan(MUST, DOCUMENTED)], ELEVEN)
    assert [each.message for each in refused.value.findings] == [
        "complete it, or skip it with a reason",
        "complete it",
    ]


def test_a_must_task_that_is_only_begun_is_open() -> None:
    """S 7.3."""
    assert open_work(plan(MUST).start("must", at=NINE)) == [("V-1/round/must", "task.open")]


def test_a_documented_skip_is_not_open() -> None:
    """S 7.3."""
    held = plan(DOCUMENTED)
    assert open_work(held.start("documented", at=NINE)) == [("V-1/round/documented", "task.open")]
    assert (
        pv.complete(visit(), [held.skip("documented", "closed")], ELEVEN).status
        is VisitStatus.COMPLETED
    )


def test_a_could_task_is_never_in_the_way() -> None:
    """S 7.3."""
    assert pv.complete(visit(), [due(plan(COULD), None)], ELEVEN).status is VisitStatus.COMPLETED


@pytest.mark.parametrize("binding", [pv.Binding.MUST, pv.Binding.MUST_UNLESS_DOCUMENTED])
def test_what_is_due_after_the_planned_end_stays_open_and_can_still_be_done(
    binding: pv.Binding,
) -> None:
    """S 7.3."""
    held = plan(item("later", binding=binding))
    assert open_work(due(held, THURSDAY)) == [("V-1/round/later", "task.open")]
    later = due(held, FRIDAY)
    assert pv.complete(visit(), [later], ELEVEN).status is VisitStatus.COMPLETED
    assert later.complete("later", at=ELEVEN + timedelta(days=1)).task("later").is_finished


def test_a_task_without_a_date_counts_as_due() -> None:
    """S 7.3."""
    assert open_work(due(plan(MUST), None)) == [("V-1/round/must", "task.open")]


def test_the_planned_end_decides_and_not_the_start() -> None:
    """S 7.3."""
    over_night = visit(planned=pv.Period(NINE, NINE + timedelta(days=1)))
    held = due(plan(MUST), FRIDAY)
    assert refused_work(lambda: pv.complete(over_night, [held], ELEVEN)) == [
        ("V-1/round/must", "task.open")
    ]


def test_an_open_planned_end_means_the_start_date() -> None:
    """S 7.3."""
    open_ended = visit(planned=pv.Period(NINE))
    assert (
        pv.complete(open_ended, [due(plan(MUST), FRIDAY)], ELEVEN + timedelta(days=3)).status
        is VisitStatus.COMPLETED
    )
    with pytest.raises(OpenWorkError):
        _ = pv.complete(open_ended, [due(plan(MUST), THURSDAY)], ELEVEN)


def test_the_planned_end_is_a_day_at_the_place() -> None:
    """S 7.3."""
    late = pv.Period(datetime(2026, 3, 12, 22, 30, tzinfo=UTC))
    held = due(plan(MUST), FRIDAY)
    tokyo = visit(planned=late, place=builders.place(timezone="Asia/Tokyo"))
    lisbon = visit(planned=late, place=builders.place(timezone="Europe/Lisbon"))
    with pytest.raises(OpenWorkError):
        _ = pv.complete(tokyo, [held], ELEVEN)
    assert pv.complete(lisbon, [held], ELEVEN).status is VisitStatus.COMPLETED


def test_plans_of_another_visit_are_refused_beside_all_open_work() -> None:
    """S 7.3."""
    other = builders.plan(MUST, id="V-2")
    assert open_work(other, plan(MUST)) == [
        ("V-1/round/must", "task.open"),
        ("V-2/round", "plan.other-visit"),
    ]
    with pytest.raises(OpenWorkError, match="this plan is of visit V-2: pass the plans of V-1"):
        _ = pv.complete(visit(), [other], ELEVEN)


def test_only_a_visit_in_progress_is_completed() -> None:
    """S 5.5."""
    with pytest.raises(TransitionError) as refused:
        _ = pv.complete(builders.visit(), [plan(MUST)], ELEVEN)
    assert (refused.value.state, refused.value.verb) == ("PLANNED", "complete")


@pytest.mark.parametrize(
    ("plans", "code"),
    [(None, "sequence.type"), (["V-1/round"], "sequence.entry"), ([None], "sequence.entry")],
)
def test_completing_a_visit_takes_a_list_of_plans(
    plans: Iterable[pv.ActionPlan], code: str
) -> None:
    """S 7.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.complete(visit(), plans, ELEVEN)
    assert refused.value.code == code


def test_a_lone_plan_is_no_list_of_plans() -> None:
    """S 7.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.complete(visit(), plan(COULD), ELEVEN)  # type: ignore[arg-type]
    assert refused.value.code == "sequence.type"


# ------------------------------------------------------------------------------------- look-ups


def test_a_task_is_found_by_the_key_of_its_item() -> None:
    """S 3.2."""
    assert plan(COULD, MUST).task("must").id == "V-1/round/must"


def test_a_look_up_that_fits_no_task_names_the_nearest() -> None:
    """S 3.2."""
    with pytest.raises(NotFoundError) as missed:
        _ = plan(COULD, MUST).task("muts")
    assert missed.value.code == "lookup.missing"
    assert str(missed.value) == "there is no task muts; the nearest: must"


def test_a_look_up_that_fits_several_tasks_says_which() -> None:
    """S 6.2."""
    held = about_products(Spread.ONE_EACH)
    with pytest.raises(AmbiguousError) as several:
        _ = held.task("pitch")
    assert several.value.code == "lookup.ambiguous"
    assert str(several.value) == (
        "pitch fits several tasks, name one: product X-100, product X-200"
    )
    assert held.task("pitch", context=PRODUCTS[1]).contexts == (PRODUCTS[1],)


@pytest.mark.parametrize("spread", Spread)
def test_a_task_is_found_by_any_of_its_contexts(spread: Spread) -> None:
    """S 6.2."""
    for product in PRODUCTS:
        assert product in about_products(spread).task("pitch", context=product).contexts


@pytest.mark.parametrize("spread", Spread)
def test_no_task_is_found_by_a_context_that_it_is_not_about(spread: Spread) -> None:
    """S 6.2."""
    with pytest.raises(NotFoundError) as missed:
        _ = about_products(spread).task("pitch", context=pv.Context("order", "O-1"))
    assert str(missed.value) == "there is no task pitch for order O-1; the nearest: pitch"


def test_every_verb_finds_the_task_of_a_context() -> None:
    """S 6.2."""
    first, second = PRODUCTS
    held = about_products(Spread.ONE_EACH)
    assert held.start("pitch", at=NINE, context=second).task("pitch", context=second).started_at
    done = held.complete("pitch", at=NINE, context=second).skip("pitch", context=first)
    assert [task.status for task in done.tasks] == [TaskStatus.SKIPPED, TaskStatus.COMPLETED]


def test_a_kpi_is_found_by_item_and_indicator() -> None:
    """S 6.2."""
    kpi = plan(COULD, MUST).kpi("must", "stock")
    assert kpi == Kpi("V-1/round/must", PARTNER, builders.indicator())
    assert kpi.id == "V-1/round/must/partner/acme/stock"


def test_a_look_up_that_fits_no_kpi_names_the_nearest() -> None:
    """S 6.2."""
    held = plan(COULD, MUST)
    with pytest.raises(NotFoundError) as missed:
        _ = held.kpi("must", "stok")
    assert str(missed.value).startswith("there is no KPI must / stok; the nearest: must / stock")
    with pytest.raises(NotFoundError, match="no KPI must / stock for product X-100; the nearest"):
        _ = held.kpi("must", "stock", context=PRODUCTS[0])


@pytest.mark.parametrize("spread", Spread)
def test_a_look_up_that_fits_several_kpis_says_which(spread: Spread) -> None:
    """S 6.2."""
    held = about_products(spread)
    with pytest.raises(AmbiguousError) as several:
        _ = held.kpi("pitch", "stock")
    assert str(several.value) == (
        "pitch / stock fits several KPIs, name one: product X-100, product X-200"
    )
    assert held.kpi("pitch", "stock", context=PRODUCTS[1]).context == PRODUCTS[1]


@pytest.mark.parametrize("key", [None, 7, ["must"]])
def test_a_look_up_by_something_other_than_a_key_is_refused(key: str) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = plan(MUST).task(key)
    assert refused.value.code == "type.wrong"


def test_the_kpis_of_a_plan_are_those_of_its_tasks_in_order() -> None:
    """S 6.2."""
    assert [kpi.task_id for kpi in plan(MUST, COULD).kpis] == ["V-1/round/must", "V-1/round/could"]


# --------------------------------------------------------------------------------- ids and subject


def test_ids_escape_what_a_host_writes_into_its_own() -> None:
    """S 6.3."""
    context = pv.Context("a/b", "50%")
    held = builders.plan(
        item("must", kinds=["a/b"], spread=Spread.ONE_EACH),
        given=pv.Given(contexts=[context]),
        id="V/1",
    )
    assert held.id == "V%2F1/round"
    assert held.task("must").id == "V%2F1/round/must/a%2Fb/50%25"
    assert held.kpi("must", "stock").id == "V%2F1/round/must/a%2Fb/50%25/a%2Fb/50%25/stock"


def test_a_plan_made_by_hand_escapes_the_id_of_its_visit() -> None:
    """S 6.3."""
    held = attrs.evolve(plan(COULD), subject=attrs.evolve(plan(COULD).subject, visit_id="a/b"))
    assert held.id == "a%2Fb/round"


def test_the_subject_knows_the_segment_of_its_partner() -> None:
    """S 6.6."""
    facts = pv.Facts(partner={"segment": "gold"})
    assert attrs.evolve(plan(COULD).subject, facts=facts).segment == "gold"
    assert plan(COULD).subject.segment is None


# ------------------------------------------------------------------------------ what may stand


def task(**changes: Any) -> PlannedTask:
    settings: dict[str, Any] = {
        "id": "V-1/round/count",
        "item_key": "count",
        "task_key": "count",
        "name": "Count",
    }
    return PlannedTask(**(settings | changes))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"status": TaskStatus.NOT_STARTED, "started_at": NINE}, "started_at"),
        ({"status": TaskStatus.NOT_STARTED, "finished_at": NINE}, "finished_at"),
        ({"status": TaskStatus.IN_PROGRESS, "finished_at": NINE}, "finished_at"),
        (
            {"status": TaskStatus.COMPLETED, "started_at": ELEVEN, "finished_at": NINE},
            "finished_at",
        ),
        ({"status": TaskStatus.NOT_STARTED, "reason": "why"}, "reason"),
        ({"status": TaskStatus.COMPLETED, "reason": "why"}, "reason"),
        ({"status": TaskStatus.SKIPPED, "binding": pv.Binding.MUST, "reason": "why"}, "status"),
        (
            {"status": TaskStatus.SKIPPED, "binding": pv.Binding.MUST_UNLESS_DOCUMENTED},
            "reason",
        ),
    ],
)
def test_no_task_is_in_a_state_that_its_life_cannot_lead_to(
    change: dict[str, Any], field: str
) -> None:
    """S 7.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = task(**change)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        "planned-task.state",
        "PlannedTask",
        field,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"status": TaskStatus.IN_PROGRESS},
        {"status": TaskStatus.COMPLETED},
        {"status": TaskStatus.COMPLETED, "started_at": NINE, "finished_at": NINE},
        {"status": TaskStatus.SKIPPED},
        {
            "status": TaskStatus.SKIPPED,
            "binding": pv.Binding.MUST_UNLESS_DOCUMENTED,
            "reason": "why",
        },
    ],
)
def test_a_host_may_leave_out_when_a_task_began_and_ended(change: dict[str, Any]) -> None:
    """S 7.1."""
    assert task(**change).status is change["status"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "", "text.empty"),
        ("id", "x" * 4097, "text.long"),
        ("item_key", "a b", "key.slug"),
        ("task_key", None, "text.type"),
        ("name", "", "text.empty"),
        ("instructions", "a\rb", "text.carriage-return"),
        ("binding", "must", "type.wrong"),
        ("contexts", PARTNER, "sequence.type"),
        ("contexts", [PARTNER, PARTNER], "sequence.duplicate"),
        ("own_context", ("partner", "acme"), "type.wrong"),
        ("role", "", "text.empty"),
        ("assignee_id", "", "text.empty"),
        ("due", NINE, "date.type"),
        ("trail", THURSDAY, "type.wrong"),
        ("after", "count", "sequence.type"),
        ("kpis", ["stock"], "sequence.entry"),
        ("kpis", [builders.kpi(), builders.kpi()], "sequence.duplicate"),
        ("status", "skipped", "type.wrong"),
        ("reason", None, "text.type"),
        ("started_at", THURSDAY, "instant.type"),
        ("finished_at", "now", "instant.type"),
        ("condition", "segment is gold", "type.wrong"),
        ("group", "pitch", "type.wrong"),
        ("origin", "added", "type.wrong"),
        ("overridden", "due", "sequence.type"),
        ("overridden", ["height", "due"], "override.field"),
        ("overridden", ["due", "due"], "sequence.duplicate"),
        ("serves", "F-1", "sequence.type"),
        ("serves", ["F-1", "F-1"], "sequence.duplicate"),
        ("serves", [""], "text.empty"),
        ("orphaned", 1, "boolean.type"),
    ],
)
def test_a_planned_task_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = task(**{field: value})
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "PlannedTask",
        field,
    )


def test_a_planned_task_names_the_fields_that_the_host_changed_sorted() -> None:
    """S 6.7: any field that a host can change is a field of an item."""
    changeable = [field.name for field in attrs.fields(ItemOverride)]
    assert task(overridden=reversed(changeable)).overridden == tuple(sorted(changeable))
    with pytest.raises(InvalidValueError, match="an item has no field height, width"):
        _ = task(overridden=["width", "due", "height"])


def test_a_planned_task_carries_why_it_is_there() -> None:
    """S 6.7."""
    condition, group = pv.when("segment", pv.equals("gold")), Group("pitch")
    made = task(
        condition=condition, group=group, origin=Origin.ADDED, serves=["F-2", "F-1"], orphaned=True
    )
    assert (made.condition, made.group, made.origin, made.serves, made.orphaned) == (
        condition,
        group,
        Origin.ADDED,
        ("F-2", "F-1"),
        True,
    )


GOLD = pv.when("segment", pv.equals("gold"))


@pytest.mark.parametrize(
    ("cause", "others", "code", "field"),
    [
        ("excluded", {}, "type.wrong", "cause"),
        (Cause.EXCLUDED, {"condition": GOLD}, "left-out.cause", "condition"),
        (Cause.EXCLUDED, {"by": "count"}, "left-out.cause", "by"),
        (Cause.EXCLUDED, {"context": PARTNER}, "left-out.cause", "context"),
        (Cause.CONDITION, {}, "left-out.cause", "condition"),
        (Cause.CONDITION, {"condition": GOLD, "by": "count"}, "left-out.cause", "by"),
        (Cause.UNKNOWN, {}, "left-out.cause", "condition"),
        (Cause.UNKNOWN, {"condition": "gold"}, "type.wrong", "condition"),
        (Cause.GROUP, {}, "left-out.cause", "by"),
        (Cause.GROUP, {"by": "count", "condition": GOLD}, "left-out.cause", "condition"),
        (Cause.GROUP, {"by": "count", "context": PARTNER}, "left-out.cause", "context"),
        (Cause.MERGED, {}, "left-out.cause", "by"),
        (Cause.MERGED, {"by": "a b"}, "key.slug", "by"),
        (Cause.MERGED, {"by": "count", "context": "partner"}, "type.wrong", "context"),
        (Cause.NO_CONTEXT, {"context": PARTNER}, "left-out.cause", "context"),
        (Cause.NO_CONTEXT, {"by": "count"}, "left-out.cause", "by"),
    ],
)
def test_what_is_left_out_says_what_its_cause_has(
    cause: Cause, others: dict[str, Any], code: str, field: str
) -> None:
    """S 6.5, S 6.7."""
    with pytest.raises(InvalidValueError) as refused:
        _ = LeftOut("pitch", cause, **others)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "LeftOut",
        field,
    )


def test_what_is_left_out_may_be_left_out_for_one_context() -> None:
    """S 6.5."""
    for cause in (Cause.CONDITION, Cause.UNKNOWN):
        assert LeftOut("pitch", cause, PARTNER, GOLD).context == PARTNER
    assert LeftOut("pitch", Cause.MERGED, PARTNER, by="count").context == PARTNER


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("subject", "V-1", "type.wrong"),
        ("key", "a/b", "key.slug"),
        ("version", 0, "count.range"),
        ("tasks", [], "plan.empty"),
        ("tasks", task(), "sequence.type"),
        ("tasks", ["count"], "sequence.entry"),
        ("tasks", [task(), task()], "sequence.duplicate"),
        ("tasks", [task(after=["zoo", "look"])], "plan.prerequisite"),
        ("left_out", "pitch", "sequence.type"),
        ("left_out", ["pitch"], "sequence.entry"),
        ("left_out", [LeftOut("pitch", Cause.EXCLUDED)] * 2, "sequence.duplicate"),
        ("removed", RemovedTask(task(), "no need"), "sequence.type"),
        ("removed", [task()], "sequence.entry"),
        ("removed", [RemovedTask(task(), "no need")] * 2, "sequence.duplicate"),
        ("removed", [RemovedTask(task(id="V-1/round/could"), "no need")], "plan.removed"),
    ],
)
def test_a_plan_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 1.3."""
    changes: dict[str, Any] = {field: value}
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(plan(COULD), **changes)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "ActionPlan",
        field,
    )


def test_one_item_may_be_left_out_for_each_of_its_contexts() -> None:
    """S 6.5."""
    left_out = [LeftOut("pitch", Cause.CONDITION, each, GOLD) for each in PRODUCTS]
    assert attrs.evolve(plan(COULD), left_out=left_out).left_out == tuple(left_out)


def test_a_prerequisite_may_have_been_removed() -> None:
    """S 7.5."""
    gone = [RemovedTask(task(), "no need")]
    held = attrs.evolve(
        plan(COULD), removed=gone, tasks=[task(id="x", item_key="x", after=["count"])]
    )
    assert held.task("x").after == ("count",)


def test_a_plan_names_all_prerequisites_that_it_lacks() -> None:
    """S 3.2."""
    with pytest.raises(
        InvalidValueError, match="no task of the plan comes from the item look, zoo"
    ):
        _ = attrs.evolve(plan(COULD), tasks=[task(after=["zoo", "look", "count"])])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("visit_id", "", "text.empty"),
        ("partner_id", None, "text.type"),
        ("place_id", 1, "text.type"),
        ("timezone", "Mars/Base", "zone.unknown"),
        ("rep_id", "", "text.empty"),
        ("on", NINE, "date.type"),
        ("facts", {}, "type.wrong"),
    ],
)
def test_a_subject_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 1.3."""
    settings: dict[str, Any] = {
        "visit_id": "V-1",
        "partner_id": "acme",
        "place_id": "dc-9",
        "timezone": "UTC",
        "rep_id": "rep-7",
    }
    settings[field] = value
    with pytest.raises(InvalidValueError) as refused:
        _ = Subject(**settings)
    assert (refused.value.code, refused.value.field) == (code, field)


OF_ANOTHER_TYPE = builders.resolved(
    pv.Target("brands", pv.contains(["ours"])),
    builders.indicator("brands", value_type=pv.ValueType.MULTI_CHOICE, choices=["ours"]),
)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("task_id", "", "text.empty"),
        ("context", "partner", "type.wrong"),
        ("indicator", "stock", "type.wrong"),
        ("target", pv.Target("stock", 5), "type.wrong"),
        ("target", OF_ANOTHER_TYPE, "criterion.type"),
    ],
)
def test_a_kpi_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 2.7."""
    changes: dict[str, Any] = {field: value}
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(builders.kpi(), **changes)
    error = refused.value
    assert (error.code, error.owner, error.field) == (code, "Kpi", field)


def test_a_kpi_expects_one_of_the_choices_of_its_indicator() -> None:
    """S 2.7."""
    brand = builders.indicator("brand", value_type=pv.ValueType.CHOICE, choices=["ours", "theirs"])
    expected = pv.Target("brand", pv.equals("ours"))
    kpi = builders.kpi(brand, expected)
    assert kpi.target == builders.resolved(expected, brand)
    with pytest.raises(InvalidValueError, match="'ours' is none of the indicator's choices"):
        _ = attrs.evolve(kpi, indicator=attrs.evolve(brand, choices=["theirs"]))


def test_an_indicator_that_is_bound_to_a_kind_is_asked_of_that_kind_only() -> None:
    """S 6.2."""
    bound = TaskIndicator("stock", context_kind="product")
    counting = pv.TaskDefinition("count", "Count", indicators=[bound])
    held = pv.expand(
        [item("pitch", kinds=["partner", "product"])],
        builders.visit(),
        catalog=builders.catalog(tasks=[counting]),
        given=pv.Given(contexts=PRODUCTS),
        key="round",
    ).accept()
    assert held.task("pitch").contexts == (PARTNER, *PRODUCTS)
    assert [kpi.context for kpi in held.kpis] == PRODUCTS


# ----------------------------------------------------------------------------------- as a value


def test_a_plan_prints_its_tasks_with_their_dates_and_reasons() -> None:
    """S 4.6."""
    printed = str(plan(MUST).start("must", at=NINE))
    for part in (
        "The task count",
        "partner acme",
        "rep-7",
        "2026-03-12",
        "must",
        "in progress",
        "on visit start",
    ):
        assert part in printed


def test_a_plan_prints_what_a_task_still_lacks() -> None:
    """S 4.6."""
    held = plan(COULD)
    bare = attrs.evolve(held.task("could"), due=None, trail=None, assignee_id=None)
    printed = str(attrs.evolve(held, tasks=[bare]))
    assert "nobody yet" in printed
    assert "no date yet" in printed


def test_a_plan_prints_why_a_task_was_skipped() -> None:
    """S 7.1."""
    assert "skipped: no time" in str(plan(COULD).skip("could", "no time"))
    assert "skipped:" not in str(plan(COULD).skip("could"))


def test_a_plan_prints_what_was_changed_and_by_whom() -> None:
    """S 6.7, S 7.5."""
    held = plan(item("one"), item("two"), item("three"), item("four"))
    marks: dict[str, dict[str, Any]] = {
        "one": {"overridden": ["due", "role"]},
        "two": {"origin": Origin.ADDED, "serves": ["F-1", "F-2"]},
        "three": {"orphaned": True},
    }
    tasks = [attrs.evolve(task, **marks.get(task.item_key, {})) for task in held.tasks]
    edited = attrs.evolve(held, tasks=tasks).edit(
        "four", due=FRIDAY, binding=pv.Binding.MUST, instructions="Look.\nWell."
    )
    about = "about partner acme"
    assert notes(edited) == [
        f"{about}; due on visit start; changed by the host: due, role",
        f"{about}; due on visit start; added by the host; for F-1, F-2",
        f"{about}; due on visit start; no longer asked for",
        (
            f"{about}; edited: binding, was could; edited: due, was 2026-03-12; "
            "edited: instructions, was none"
        ),
    ]
    again = edited.edit(
        "four", due=None, assignee_id="rep-8", instructions="", binding=COULD.binding
    )
    assert notes(again)[-1] == (
        f"{about}; no date yet; edited: assignee_id, was rep-7; edited: due, was 2026-03-12"
    )


def test_a_plan_prints_what_an_edit_set_aside_in_few_words() -> None:
    """S 7.5."""
    told = pv.TemplateItem("count", task="count", instructions="Look.\n" + "Well. " * 100)
    (note,) = notes(plan(told).edit("count", instructions="", assignee_id=None))
    assert note.endswith("edited: instructions, was Look. " + "Well. " * 12 + "W…")
    nobody = plan(attrs.evolve(told, role="driver")).edit("count", assignee_id="rep-8")
    assert notes(nobody)[-1].endswith("edited: assignee_id, was none")


def test_a_plan_prints_no_trail_beside_a_date_of_its_own() -> None:
    """S 4.6."""
    assert notes(due(plan(COULD), FRIDAY)) == ["about partner acme"]


def notes(held: pv.ActionPlan) -> list[str]:
    """What stands below each task, its lines joined."""
    joined: list[str] = []
    for line in str(held).splitlines()[2:]:
        if line.startswith("    about"):
            joined.append(line.strip())
        elif line.startswith("    "):
            joined[-1] += f" {line.strip()}"
    return joined


def test_a_plan_prints_what_was_removed_and_what_is_not_planned_last() -> None:
    """S 7.5, S 6.5."""
    held = attrs.evolve(plan(COULD, MUST), left_out=[LeftOut("pitch", Cause.EXCLUDED)])
    printed = str(held.remove("could", "they count\nit themselves"))
    assert printed.splitlines()[-2:] == [
        "could: not planned: it was removed: they count it themselves",
        "pitch: not planned: the host excluded it",
    ]


def test_a_plan_can_be_sent_compared_and_hashed() -> None:
    held = plan(MUST, COULD, item("gone")).edit("must", due=None).remove("gone", "no need")
    held = attrs.evolve(held, left_out=[LeftOut("pitch", Cause.CONDITION, PARTNER, GOLD)])
    copy = pickle.loads(pickle.dumps(held))  # noqa: S301 -- our own bytes
    assert copy == held
    assert hash(copy) == hash(held)
    assert len(repr(held).splitlines()) == 1


def test_a_task_for_one_context_is_about_that_context_only() -> None:
    """S 6.2."""
    (task,) = plan().tasks
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(task, own_context=PRODUCTS[0])
    assert (refused.value.code, refused.value.field) == ("planned-task.state", "own_context")
    assert attrs.evolve(task, own_context=PARTNER).own_context == PARTNER


def test_a_kpi_belongs_to_the_task_it_names() -> None:
    """S 6.3."""
    (task,) = plan().tasks
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(task, id="V-2/round/count")
    assert (refused.value.code, refused.value.field) == ("planned-task.state", "kpis")


@pytest.mark.parametrize("binding", pv.Binding)
@pytest.mark.parametrize("wrong", [None, 5])
def test_a_reason_for_skipping_is_a_text(binding: pv.Binding, wrong: Any) -> None:
    """S 7.1"""
    plan = builders.plan(builders.item(binding=binding))
    expected = OpenWorkError if binding is pv.Binding.MUST else InvalidValueError
    with pytest.raises(expected):
        _ = plan.skip("count", wrong)
