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
from partnervisits.plans import Kpi, PlannedTask, Subject, TaskStatus
from partnervisits.tasks import TaskIndicator
from partnervisits.templates import Spread
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
    return attrs.evolve(held, tasks=[attrs.evolve(task, due=on) for task in held.tasks])


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
    assert (refused.value.code, refused.value.field) == (code, field)


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
    printed = str(due(plan(MUST), FRIDAY).start("must", at=NINE))
    for part in (
        "The task count",
        "partner acme",
        "rep-7",
        "2026-03-13",
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


def test_a_plan_can_be_sent_compared_and_hashed() -> None:
    held = plan(MUST, COULD)
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
