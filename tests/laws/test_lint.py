"""The laws of linting (S 3.6): what lint says of a template holds for the plans made of it."""

import decimal
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import attrs
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.calendars import EVERY_DAY, Anchor, AnyAnchor, FactDate, ItemDate, Offset, Unit
from partnervisits.catalog import lint
from partnervisits.conditions import is_set, negate, when
from partnervisits.errors import OpenWorkError
from partnervisits.findings import blocking, in_order
from partnervisits.templates import Group, Prerequisite, Selection
from tests.builders import ELEVEN, NINE, THURSDAY, item, task, template, visit
from tests.laws.test_expansion import (
    CALENDARS,
    CATALOG,
    CONTEXT_ORDERS,
    CONTEXTS,
    FACTS,
    FIRST,
    FRIDAY,
    INDICATORS,
    TARGETS,
    TASKS,
    chain,
    diamond,
    templates,
    visits,
    work_of,
)

T = TypeVar("T")
Items = list[pv.TemplateItem]

GIVENS = st.builds(
    pv.Given, calendar=st.sampled_from(CALENDARS), contexts=CONTEXT_ORDERS, facts=FACTS
)

# ------------------------------------------------------------------------------------- templates

DOUBTFUL = [
    [pv.Target("stock", pv.at_most("0.5"))],
    [pv.Target("share", pv.contains(["a"])), pv.Target("ghost", 1)],
    [pv.Target("share", pv.at_least("0.5"), near=pv.within(1), worst="0.1")],
]


@st.composite
def doubtful(draw: st.DrawFn) -> pv.ActionPlanTemplate:
    """Templates in which some items refer to nothing, or have targets that do not fit or help."""
    made = draw(templates())
    items = [
        attrs.evolve(
            each,
            task=draw(st.sampled_from([each.task, each.task, "dates", "cuont"])),
            indicators=draw(st.sampled_from([each.indicators, ("stock", "share")])),
            targets=draw(st.sampled_from([each.targets, *DOUBTFUL])),
        )
        for each in made.items
    ]
    return attrs.evolve(made, items=draw(st.sampled_from([items, made.items])))


def codes_of(findings: Iterable[pv.Finding], code: str) -> set[str]:
    """The keys of the items that a finding of a code is about."""
    return {str(each.path[1]) for each in findings if each.code == code}


# ------------------------------------------------------------------------------- as a function


@settings(max_examples=100)
@for_all(doubtful())
def test_every_template_can_be_linted_whatever_its_status(made: pv.ActionPlanTemplate) -> None:
    """S 3.6: each finding once, in order, at a place that there is."""
    found = lint(made, CATALOG)
    assert found == in_order(found)
    assert len(set(found)) == len(found)
    assert lint(made.new_draft(), CATALOG) == lint(made.withdraw(), CATALOG) == found
    items = made.items
    places = {"items": {each.key for each in items}, "tasks": {each.task for each in items}}
    indicators = {each.key for each in INDICATORS}
    assert all(each.path[1] in places.get(str(each.path[0]), indicators) for each in found)


WRITTEN = [
    pv.Target("stock", pv.at_most("0.5"), valid=(None, THURSDAY)),
    pv.Target("stock", pv.at_most(7), valid=(FRIDAY, None)),
    pv.Target("share", pv.between("0.2", 3), near=pv.within(5), worst=(0, 4)),
]
OF_BOTH = [task("count", targets=WRITTEN[:2]), task("look", ["share"], targets=WRITTEN[2:])]


@settings(max_examples=100)
@for_all(st.data(), doubtful())
def test_the_order_in_which_definitions_are_written_does_not_matter(
    data: st.DataObject, made: pv.ActionPlanTemplate
) -> None:
    """S 3.6: of indicators, tasks and targets; of an item's targets and prerequisites."""

    def again(values: Sequence[T]) -> list[T]:
        return data.draw(st.permutations(list(values)))

    tasks = [*OF_BOTH, *TASKS[1:]]
    catalog = pv.Catalog(indicators=INDICATORS, tasks=tasks, targets=WRITTEN)
    others = [
        attrs.evolve(each, after=again(each.after), targets=again(each.targets))
        for each in made.items
    ]
    shuffled = pv.Catalog(
        indicators=again(INDICATORS),
        tasks=[attrs.evolve(each, targets=again(each.targets)) for each in again(tasks)],
        targets=again(WRITTEN),
    )
    assert lint(attrs.evolve(made, items=others), shuffled) == lint(made, catalog)


@settings(max_examples=60)
@for_all(doubtful())
def test_the_host_s_decimal_context_changes_nothing(made: pv.ActionPlanTemplate) -> None:
    """S 1.4."""
    expected = lint(made, CATALOG)
    hostile = decimal.Context(prec=1, Emax=1, Emin=-1, traps=list(decimal.getcontext().traps))
    with decimal.localcontext(hostile):
        assert lint(made, CATALOG) == expected


# ------------------------------------------------------------------------------------- errors

OF_DEFINITIONS = {
    "criterion.choice",
    "criterion.operand",
    "criterion.type",
    "indicator.stray",
    "target.bare",
    "target.stray",
    "task.unknown",
}


@settings(max_examples=150)
@for_all(doubtful(), visits(), GIVENS)
def test_errors_are_what_keeps_every_visit_from_a_plan(
    made: pv.ActionPlanTemplate, where: pv.Visit, given: pv.Given
) -> None:
    """S 3.6: where lint finds errors, expansion finds the same; else none of their kind."""
    errors = blocking(lint(made, CATALOG))
    proposal = pv.expand(made, where, catalog=CATALOG, given=given)
    if errors:
        assert (proposal.plan, proposal.findings) == (None, errors)
    of_items = {each.code for each in proposal.findings if each.path[:1] == ("items",)}
    assert bool(errors) == bool(OF_DEFINITIONS & of_items)


# ------------------------------------------------------------------------------- dates (S 4.7)

SIZE = when("size", pv.at_least(3))
MAYBE = [None, None, SIZE, negate(SIZE), when("size", pv.equals("large")), is_set("renewal")]
STEPS = st.tuples(st.integers(-2, 4), st.sampled_from([Unit.DAYS, Unit.DAYS, Unit.WEEKS]))


@st.composite
def timed_items(draw: st.DrawFn, *, sure: bool) -> Items:
    """Items in days and weeks, which no calendar changes; all planned and dated if `sure`."""
    held: Items = []
    for number in range(draw(st.integers(1, 6))):
        earlier = [each.key for each in held]
        before = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
        anchors: list[AnyAnchor] = [*Anchor, *map(ItemDate, earlier)]
        if not sure:
            anchors.append(FactDate("renewal"))
        due = Offset(*draw(STEPS), anchor=draw(st.sampled_from(anchors)))
        held.append(
            item(
                f"i{number}",
                task="count",
                after=[draw(prerequisites(key)) for key in before],
                due=draw(st.sampled_from([None, due])),
                binding=draw(st.sampled_from(pv.Binding)),
                condition=None if sure else draw(st.sampled_from(MAYBE)),
                group=None if sure else draw(st.sampled_from([None, None, FIRST])),
            )
        )
    return draw(st.permutations(held))


@st.composite
def prerequisites(draw: st.DrawFn, key: str) -> Prerequisite:
    """With any lags; those of one unit that leave no day are refused at once."""
    least, most = Offset(*draw(STEPS)), Offset(*draw(STEPS))
    if least.unit is most.unit and most.amount < least.amount:
        least, most = most, least
    return Prerequisite(key, least=least, most=draw(st.sampled_from([None, most])))


KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "size": st.sampled_from([2, 5, "large"]),
    "renewal": st.sampled_from([THURSDAY.replace(day=1), THURSDAY, FRIDAY]),
}
OPEN = st.builds(pv.Facts, visit=st.fixed_dictionaries({}, optional=KNOWN))


def tasks_of(items: Items, facts: pv.Facts) -> dict[str, Any]:
    """The planned tasks by item, for a calendar without days off."""
    given = pv.Given(calendar=EVERY_DAY, facts=facts)
    plan = pv.expand(template(*items), visit(), catalog=CATALOG, given=given).plan
    return {} if plan is None else {each.item_key: each for each in plan.tasks}


@settings(max_examples=200)
@for_all(timed_items(sure=True))
def test_lint_finds_exactly_the_items_that_a_plan_dates_otherwise(items: Items) -> None:
    """S 3.6: where all is planned, by days and weeks, on a visit of one day."""
    found = lint(template(*items), CATALOG)
    by_key = {each.key: each for each in items}
    tasks = tasks_of(items, pv.Facts())
    assert codes_of(found, "lint.due-before") == {
        key for key, each in tasks.items() if each.trail.bound_by and by_key[key].due
    }
    assert codes_of(found, "lint.due-after-visit") == {
        key
        for key, each in tasks.items()
        if each.due > THURSDAY and each.binding is pv.Binding.MUST
    }


@settings(max_examples=250)
@for_all(timed_items(sure=False), OPEN)
def test_a_due_that_lint_finds_never_has_an_effect(items: Items, facts: pv.Facts) -> None:
    """S 3.6: whatever is left out and whatever the facts; nor is it missed where lint says so."""
    found = lint(template(*items), CATALOG)
    tasks = tasks_of(items, facts)
    early = codes_of(found, "lint.due-before")
    assert all(tasks[key].trail.bound_by for key in early & tasks.keys())
    needless = {
        each.path[1]
        for each in found
        if each.code == "lint.due-before" and each.message.endswith("drop its due")
    }
    without = [attrs.evolve(each, due=None) if each.key in needless else each for each in items]
    assert {key: each.due for key, each in tasks_of(without, facts).items()} == {
        key: each.due for key, each in tasks.items()
    }


@settings(max_examples=100)
@for_all(timed_items(sure=False), OPEN)
def test_a_visit_does_not_wait_for_what_lint_says_it_does_not_wait_for(
    items: Items, facts: pv.Facts
) -> None:
    """S 3.6, S 7.3."""
    given = pv.Given(calendar=EVERY_DAY, facts=facts)
    plan = pv.expand(template(*items), visit(), catalog=CATALOG, given=given).plan
    late = codes_of(lint(template(*items), CATALOG), "lint.due-after-visit")
    waited_for = set[str]()
    try:
        _ = pv.complete(visit().start(at=NINE), [plan] if plan else [], ELEVEN)
    except OpenWorkError as refused:
        waited_for = {str(each.path[0]).rpartition("/")[2] for each in refused.findings}
    assert not late & waited_for


@settings(max_examples=100)
@for_all(timed_items(sure=True))
def test_lags_that_lint_finds_are_never_kept(items: Items) -> None:
    """S 3.6, S 4.7."""
    given = pv.Given(calendar=EVERY_DAY)
    proposal = pv.expand(template(*items), visit(), catalog=CATALOG, given=given)
    crossed = codes_of(lint(template(*items), CATALOG), "lint.lag-order")
    assert crossed <= codes_of(proposal.findings, "date.too-late")


# ----------------------------------------------------------------------------------------- KPIs


@settings(max_examples=200)
@for_all(templates(), visits(), GIVENS, CONTEXT_ORDERS | st.just(CONTEXTS))
def test_no_plan_asks_twice_what_lint_does_not_find(
    made: pv.ActionPlanTemplate, where: pv.Visit, given: pv.Given, contexts: list[pv.Context]
) -> None:
    """S 3.6: all but the first of the items that ask for the same are found."""
    found = codes_of(lint(made, CATALOG), "lint.same-kpi")
    known = attrs.evolve(given, contexts=contexts)
    plan = pv.expand(made, where, catalog=CATALOG, given=known).plan
    askers: dict[tuple[pv.Context, str], dict[str, None]] = {}
    for each in () if plan is None else plan.tasks:
        for kpi in each.kpis:
            askers.setdefault((kpi.context, kpi.indicator.key), {})[each.item_key] = None
    for _, *again in askers.values():
        assert found.issuperset(again)


UNDATED = [TARGETS[0], pv.Target("when", pv.at_most(FRIDAY)), pv.Target("stock", 1)]


@settings(max_examples=100)
@for_all(
    templates(),
    CONTEXT_ORDERS,
    st.lists(st.sampled_from(UNDATED), unique=True),
    st.lists(st.sampled_from(TASKS), unique=True),
)
def test_without_targets_at_planning_time_lint_knows_which_kpis_have_none(
    made: pv.ActionPlanTemplate,
    contexts: list[pv.Context],
    targets: list[pv.Target],
    bare: list[pv.TaskDefinition],
) -> None:
    """S 3.6, S 2.6."""
    tasks = [attrs.evolve(each, targets=()) if each in bare else each for each in TASKS]
    catalog = pv.Catalog(indicators=INDICATORS, tasks=tasks, targets=targets)
    plain = template(*(attrs.evolve(each, targets=()) for each in made.items))
    found = lint(plain, catalog)
    untargeted = {each.path[1::2] for each in found if each.code == "lint.no-target"}
    given = pv.Given(contexts=contexts)
    plan = pv.expand(plain, visit(), catalog=catalog, given=given).plan
    for each in () if plan is None else plan.tasks:
        for kpi in each.kpis:
            is_found = (each.item_key, kpi.indicator.key) in untargeted
            assert (kpi.target is None) == is_found


# ----------------------------------------------------------------------------------- linear work


@pytest.mark.parametrize("shape", [chain, diamond])
def test_twice_the_items_are_twice_the_work(shape: Callable[[int], Items]) -> None:
    """S 3.3: however many ways lead through them."""

    def work(size: int) -> int:
        made = template(*shape(size))
        return work_of(lambda: lint(made, CATALOG))

    assert work(800) < 2.3 * work(400)


def test_rivals_are_told_apart_in_linear_time() -> None:
    """S 3.3: of many groups, and of many members."""

    def work(length: int, groups: int) -> int:
        items = [
            item(f"i{number}", task="count", group=Group(f"g{number % groups}", Selection.FIRST))
            for number in range(length)
        ]
        made = template(*items)
        return work_of(lambda: lint(made, CATALOG))

    assert work(800, 2) < 2.3 * work(400, 2)
    assert work(800, 400) < 2.3 * work(400, 200)
