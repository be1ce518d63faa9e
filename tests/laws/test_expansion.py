"""The laws of expansion (S 12): plans depend on nothing but what they are about."""

import decimal
import pickle
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from types import FrameType
from typing import TypeVar

import attrs
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.calendars import EVERY_DAY, Anchor, Offset, Roll, Weekday
from partnervisits.plans import Subject
from partnervisits.tasks import TaskIndicator
from partnervisits.templates import Spread
from partnervisits.values import DateRange
from tests.builders import indicator, item, place, task, template, visit
from tests.strategies import choice_keys, host_ids

T = TypeVar("T")
Visits = list[tuple[pv.Visit, pv.Given]]

THURSDAY = date(2026, 3, 12)
FRIDAY = date(2026, 3, 13)
PRODUCTS = [pv.Context("product", each) for each in "ABC"]
CONTEXTS = [*PRODUCTS, pv.Context("agreement", "2026"), pv.Context("partner", "globex")]

# ------------------------------------------------------------------------------ definitions

INDICATORS = [
    indicator("stock"),
    indicator("share", value_type=pv.ValueType.PERCENTAGE),
    indicator("when", value_type=pv.ValueType.DATETIME, direction=pv.Direction.LOWER_IS_BETTER),
]
BOUND = [
    TaskIndicator("stock", context_kind="product"),
    TaskIndicator("when", context_kind="agreement"),
]
TASKS = [
    task("count", targets=[pv.Target("stock", 3)]),
    task("dates", ["when", "share"], targets=[pv.Target("when", pv.working_days(3))]),
    pv.TaskDefinition("bound", "Bound", indicators=BOUND),
]
TARGETS = [
    pv.Target("share", pv.at_least("12.5"), near=pv.within_percent("33.3"), worst=1, weight="0.7"),
    pv.Target("when", pv.at_most(FRIDAY), valid=DateRange(THURSDAY, None)),
]
CATALOG = pv.Catalog(indicators=INDICATORS, tasks=TASKS, targets=TARGETS)

ITEM_TARGETS: dict[str, list[list[pv.Target]]] = {
    "count": [
        [pv.Target("stock", 5)],
        [
            pv.Target("stock", 5, valid=DateRange(None, THURSDAY)),
            pv.Target("stock", 7, valid=DateRange(FRIDAY, None)),
        ],
    ],
    "dates": [
        [pv.Target("when", pv.at_most(pv.days(1, anchor=Anchor.VISIT_END)))],
        [pv.Target("when", pv.between(FRIDAY, pv.working_days(1)))],
        [pv.Target("share", pv.at_least(1), valid=DateRange(FRIDAY, FRIDAY))],
    ],
    "bound": [[pv.Target("when", pv.at_least(THURSDAY), worst=pv.days(-1))]],
}
OFFSETS: list[Offset | None] = [
    None,
    pv.days(0),
    pv.days(2, roll=Roll.FOLLOWING),
    pv.days(2, roll=Roll.PRECEDING),
    pv.days(2, roll=Roll.RAISE),
    pv.days(1, anchor=Anchor.VISIT_END),
    pv.working_days(2),
    pv.working_days(-1),
    pv.months(1),
]
KINDS = [[], ["product"], ["agreement", "product"], ["partner"], ["order", "product"]]


@st.composite
def item_lists(draw: st.DrawFn, *, cutting: bool = True) -> list[pv.TemplateItem]:
    """Items that fit `CATALOG`, in any order; some take only so many contexts if `cutting`."""
    held: list[pv.TemplateItem] = []
    for number in range(draw(st.integers(1, 5))):
        work = draw(st.sampled_from(["count", "dates", "bound"]))
        earlier = [each.key for each in held]
        after = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
        held.append(
            item(
                f"i{number}",
                task=work,
                after=after,
                due=draw(st.sampled_from(OFFSETS)),
                binding=draw(st.sampled_from(pv.Binding)),
                context_kinds=draw(st.sampled_from(KINDS)),
                spread=draw(st.sampled_from(Spread)),
                max_contexts=draw(st.sampled_from([None, 1, 2])) if cutting else None,
                role=draw(st.sampled_from([None, "driver", "cook"])),
                targets=draw(st.sampled_from([[], *ITEM_TARGETS[work]])),
            )
        )
    return draw(st.permutations(held))


# --------------------------------------------------------------------- visits and what is given


def planned_times() -> st.SearchStrategy[pv.Period | None]:
    """A few days around a weekend; some with an open end, some not planned at all."""

    def period(day: int, hour: int, days: int | None) -> pv.Period:
        start = datetime(2026, 3, day, hour, tzinfo=UTC)
        return pv.Period(start, None if days is None else start + timedelta(days=days))

    some = st.builds(
        period,
        st.sampled_from([12, 13, 15]),
        st.sampled_from([8, 22]),
        st.sampled_from([None, 0, 2]),
    )
    return st.none() | some


ZONES = ["Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles"]


@st.composite
def visits(draw: st.DrawFn) -> pv.Visit:
    """Visits on different days, in different zones, of different reps."""
    zone = draw(st.sampled_from(ZONES))
    return visit(
        id=draw(st.sampled_from(["V-1", "V-2", "V/%"])),
        visitors=[pv.Visitor(draw(st.sampled_from(["rep-1", "rep-2"])))],
        planned=draw(planned_times()),
        place=place(timezone=zone),
    )


CALENDARS = [
    pv.WorkCalendar(),
    pv.WorkCalendar(),
    EVERY_DAY,
    pv.WorkCalendar(holidays=[FRIDAY]),
    pv.WorkCalendar(weekend=Weekday),
]
FACTS = [
    pv.Facts(),
    pv.Facts(partner={"segment": "gold"}),
    pv.Facts(partner={"segment": "silver"}),
    pv.Facts(visit={"segment": "gold"}),
]
GOLD, SILVER = pv.Scope(segment="gold"), pv.Scope(segment="silver")
GIVEN_TARGETS = [
    (),
    (pv.Target("stock", 9, scope=GOLD), pv.Target("stock", 8, scope=SILVER)),
    (pv.Target("stock", 1, scope=SILVER), pv.Target("stock", 2, scope=SILVER)),
    (pv.Target("when", pv.days(1), scope=GOLD),),
    (pv.Target("share", pv.at_least(2), scope=GOLD, valid=DateRange(FRIDAY, None)),),
    (pv.Target("stock", 2, scope=GOLD, valid=DateRange(FRIDAY, None)),),
    (pv.Target("ghost", 1, scope=GOLD),),
]
REPS = st.sampled_from(["rep-1", "rep-2", "rep-3"])
ROLES = st.dictionaries(st.sampled_from(["driver", "cook"]), REPS)
GIVENS = st.builds(
    pv.Given,
    calendar=st.sampled_from(CALENDARS),
    rep_calendars=st.dictionaries(REPS, st.sampled_from(CALENDARS)),
    contexts=st.lists(st.sampled_from(CONTEXTS), unique=True),
    facts=st.sampled_from(FACTS),
    roles=ROLES,
    targets=st.sampled_from(GIVEN_TARGETS),
)
WORLDS = st.tuples(item_lists(), visits(), GIVENS)
World = tuple[list[pv.TemplateItem], pv.Visit, pv.Given]


def expanded(world: World, catalog: pv.Catalog = CATALOG) -> pv.Proposal:
    items, where, given = world
    return pv.expand(template(*items), where, catalog=catalog, given=given)


# ------------------------------------------------------------------- what visits share is invisible


def one_of_two(draw: st.DrawFn, values: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """One of two values, the same two every time: what many visits have in common."""
    return st.sampled_from([draw(values), draw(values)])


@st.composite
def alike(draw: st.DrawFn) -> Visits:
    """Visits that differ from one another in few things, and some in none."""
    times = one_of_two(draw, planned_times())
    zones = one_of_two(draw, st.sampled_from(ZONES))
    calendars = one_of_two(draw, st.sampled_from(CALENDARS))
    of_reps = one_of_two(draw, st.dictionaries(REPS, st.sampled_from(CALENDARS), min_size=1))
    roles = one_of_two(draw, ROLES)
    contexts = one_of_two(draw, st.lists(st.sampled_from(CONTEXTS), unique=True))
    targets = one_of_two(draw, st.sampled_from(GIVEN_TARGETS))
    facts = st.sampled_from(FACTS)

    def pair() -> tuple[pv.Visit, pv.Given]:
        where = place(timezone=draw(zones))
        given = pv.Given(
            calendar=draw(calendars),
            rep_calendars=draw(of_reps),
            contexts=draw(contexts),
            facts=draw(facts),
            roles=draw(roles),
            targets=draw(targets),
        )
        return visit(planned=draw(times), place=where), given

    return [pair() for _ in range(draw(st.integers(1, 8)))]


@settings(max_examples=150)
@for_all(item_lists(), alike())
def test_expanding_visits_that_are_alike_is_expanding_each(
    items: list[pv.TemplateItem], pairs: Visits
) -> None:
    """S 6.10: what visits share is never taken for what they do not."""
    made = template(*items)
    alone = [pv.expand(made, each, catalog=CATALOG, given=given) for each, given in pairs]
    assert list(pv.expand_each(made, pairs, catalog=CATALOG)) == alone


@settings(max_examples=60)
@for_all(item_lists(), st.lists(st.tuples(visits(), GIVENS), max_size=8))
def test_expanding_many_visits_is_expanding_each(
    items: list[pv.TemplateItem], pairs: Visits
) -> None:
    """S 6.10: whatever the visits have in common, and whatever they have not."""
    made = template(*items)
    alone = [pv.expand(made, each, catalog=CATALOG, given=given) for each, given in pairs]
    assert list(pv.expand_each(made, pairs, catalog=CATALOG)) == alone


@settings(max_examples=60)
@for_all(WORLDS)
def test_expansion_is_deterministic(world: World) -> None:
    """S 6.1: twice the same, and the same from equal arguments that are other objects."""
    copy: World = pickle.loads(pickle.dumps(world))  # noqa: S301 -- our own bytes
    assert expanded(world) == expanded(world) == expanded(copy)


@settings(max_examples=60)
@for_all(WORLDS)
def test_proposals_survive_pickling(world: World) -> None:
    """S 6.10."""
    proposal = expanded(world)
    back: pv.Proposal = pickle.loads(pickle.dumps(proposal))  # noqa: S301 -- our own bytes
    assert (back, repr(back)) == (proposal, repr(proposal))


# ----------------------------------------------------------------------------- order and strangers


@settings(max_examples=80)
@for_all(st.data(), item_lists(cutting=False), visits(), GIVENS)
def test_the_order_in_which_things_are_given_does_not_matter(
    data: st.DataObject, items: list[pv.TemplateItem], where: pv.Visit, given: pv.Given
) -> None:
    """S 6.2: definitions, facts, roles, calendars, targets; contexts where none are cut."""

    def again(values: Sequence[T]) -> list[T]:
        return data.draw(st.permutations(list(values)))

    facts = pv.Facts(visit=dict(again(given.facts.visit)), partner=dict(again(given.facts.partner)))
    shuffled = pv.Given(
        calendar=given.calendar,
        rep_calendars=dict(again(given.rep_calendars)),
        contexts=again(given.contexts),
        facts=facts,
        roles=dict(again(given.roles)),
        targets=again(given.targets),
    )
    others = [
        attrs.evolve(each, after=again(each.after), targets=again(each.targets)) for each in items
    ]
    catalog = pv.Catalog(indicators=again(INDICATORS), tasks=again(TASKS), targets=again(TARGETS))
    assert expanded((others, where, shuffled), catalog) == expanded((items, where, given))


@settings(max_examples=80)
@for_all(WORLDS)
def test_strangers_change_nothing(world: World) -> None:
    """S 6.1: an indicator, a task, a template, a role, a rep, a kind that nobody names."""
    items, where, given = world
    richer = attrs.evolve(
        given,
        rep_calendars={**dict(given.rep_calendars), "stranger": CALENDARS[-1]},
        contexts=[pv.Context("stranger", "A"), *given.contexts, pv.Context("stranger", "B")],
        roles={**dict(given.roles), "stranger": "stranger"},
        targets=(
            pv.Target("stock", 99, scope=STRANGERS),
            *given.targets,
        ),
    )
    catalog = pv.Catalog(
        indicators=[*INDICATORS, indicator("stranger")],
        tasks=[*TASKS, task("stranger", ["stranger"])],
        templates=[template(item("stranger"), key="stranger")],
        targets=[*TARGETS, pv.Target("stranger", 1)],
    )
    assert expanded((items, where, richer), catalog) == expanded(world)


STRANGERS = pv.Scope(segment="strangers")


@settings(max_examples=60)
@for_all(WORLDS)
def test_a_fact_that_nobody_asks_for_is_carried_and_changes_nothing_else(world: World) -> None:
    """S 6.6."""
    items, where, given = world
    facts = attrs.evolve(given.facts, visit={**dict(given.facts.visit), "mood": "sunny"})
    plain, told = expanded(world), expanded((items, where, attrs.evolve(given, facts=facts)))
    assert told.findings == plain.findings
    assert (told.plan is None) == (plain.plan is None)
    if plain.plan is not None and told.plan is not None:
        assert told.plan.tasks == plain.plan.tasks
        assert told.plan.subject == attrs.evolve(plain.plan.subject, facts=facts)


# -------------------------------------------------------------------------- what plans are made of


def proven(made: T, **changes: object) -> T:
    """The same object, built by its public constructor."""
    return attrs.evolve(made, **changes)  # type: ignore[misc]


@settings(max_examples=80)
@for_all(WORLDS)
def test_plans_are_what_their_constructors_make(world: World) -> None:
    """S 6.2: among the rest at most one KPI per planned task, context and indicator."""
    plan = expanded(world).plan
    if plan is None:
        return
    tasks = [proven(each, kpis=[proven(kpi) for kpi in each.kpis]) for each in plan.tasks]
    again = proven(plan, subject=proven(plan.subject), tasks=tasks)
    assert (again, repr(again)) == (plan, repr(plan))
    assert type(plan.subject) is Subject
    assert [type(each) for each in plan.tasks] == [type(each) for each in again.tasks]


def nearest_kept(key: str, after: dict[str, tuple[str, ...]], kept: set[str]) -> set[str]:
    reached: set[str] = set()
    for each in after[key]:
        reached |= {each} if each in kept else nearest_kept(each, after, kept)
    return reached


@settings(max_examples=80)
@for_all(WORLDS)
def test_tasks_come_after_the_nearest_prerequisites_that_are_kept(world: World) -> None:
    """S 4.7."""
    after = {each.key: each.after for each in world[0]}
    plan = expanded(world).plan
    kept = set[str]() if plan is None else {each.item_key for each in plan.tasks}
    for each in () if plan is None else plan.tasks:
        assert each.after == tuple(sorted(nearest_kept(each.item_key, after, kept)))


@settings(max_examples=80)
@for_all(WORLDS)
def test_no_task_is_due_before_what_it_depends_on_without_a_warning(world: World) -> None:
    """S 4.7."""
    proposal = expanded(world)
    tasks = () if proposal.plan is None else proposal.plan.tasks
    due = {each.item_key: each.due for each in tasks}
    warned = {f.path[1] for f in proposal.findings if f.code == "date.before-prerequisite"}
    for each in tasks:
        before = [due[key] for key in each.after]
        early = any(own and each.due and each.due < own for own in before)
        assert (each.item_key in warned) == early


@settings(max_examples=60)
@for_all(WORLDS)
def test_the_host_s_decimal_context_changes_nothing(world: World) -> None:
    """S 1.4."""
    expected = expanded(world)
    hostile = decimal.Context(prec=1, Emax=1, Emin=-1, traps=list(decimal.getcontext().traps))
    with decimal.localcontext(hostile):
        found = expanded(world)
    assert (found, repr(found)) == (expected, repr(expected))


# ------------------------------------------------------------------------------------------ ids

CONTEXT_LISTS = st.lists(
    st.builds(pv.Context, choice_keys(), host_ids()), min_size=1, max_size=4, unique=True
)


@settings(max_examples=100)
@for_all(host_ids(), CONTEXT_LISTS, st.sampled_from(Spread))
def test_every_id_gives_back_the_parts_it_was_made_of(
    visit_id: str, contexts: list[pv.Context], spread: Spread
) -> None:
    """S 6.3: so that no two lists of parts share one, whatever the host's ids contain."""
    kinds = sorted({context.kind for context in contexts})
    about = item(context_kinds=kinds, spread=spread)
    given = pv.Given(contexts=contexts)
    plan = pv.expand(template(about), visit(id=visit_id), catalog=CATALOG, given=given).accept()

    assert parts(plan.id) == [visit_id, "round"]
    for each in plan.tasks:
        named = [] if (own := each.own_context) is None else [own.kind, own.id]
        assert parts(each.id) == [visit_id, "round", "count", *named]
        for kpi in each.kpis:
            tail = [kpi.context.kind, kpi.context.id, "stock"]
            assert parts(kpi.id) == [visit_id, "round", "count", *named, *tail]
    assert len({kpi.id for kpi in plan.kpis}) == len(contexts)


def parts(made: str) -> list[str]:
    return [part.replace("%2F", "/").replace("%25", "%") for part in made.split("/")]


# ------------------------------------------------------------------------------------- linear work


def work_of(action: Callable[[], object]) -> int:
    """How many calls an action makes, of Python or of C."""
    calls = 0

    def counting(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        _ = action()
    finally:
        sys.setprofile(before)
    return calls


def chain(length: int) -> list[pv.TemplateItem]:
    """Each after the one before; every second is about a product."""
    return [
        item(
            f"i{number}",
            task="count",
            after=[f"i{number - 1}"] if number else [],
            context_kinds=["product"] if number % 2 else [],
            due=pv.days(number % 7),
        )
        for number in range(length)
    ]


def diamond(levels: int) -> list[pv.TemplateItem]:
    """Two a level, each after both of the level above; the ways through it double each time."""
    return [
        item(
            f"{side}{level}",
            task="count",
            after=[f"a{level - 1}", f"b{level - 1}"] if level else [],
            context_kinds=["product"] if 0 < level < levels else [],
        )
        for level in range(levels + 1)
        for side in "ab"
    ]


@pytest.mark.parametrize("contexts", [[], PRODUCTS])
def test_twice_the_items_are_twice_the_work(contexts: list[pv.Context]) -> None:
    """S 3.3."""

    def work(length: int) -> int:
        made = template(*chain(length))
        given = pv.Given(contexts=contexts)
        return work_of(lambda: pv.expand(made, visit(), catalog=CATALOG, given=given))

    assert work(800) < 2.1 * work(400)


def test_a_chain_of_ten_thousand_items_expands() -> None:
    """S 3.3."""
    made = template(*chain(10_000))
    plan = pv.expand(made, visit(), catalog=CATALOG).accept()
    assert len(plan.tasks) == 5_000
    assert plan.task("i9998").after == ("i9996",)
    assert plan.task("i9998").due == THURSDAY + timedelta(days=6)


@pytest.mark.parametrize(("contexts", "after"), [([], ("a0", "b0")), (PRODUCTS, ("a25", "b25"))])
def test_a_diamond_of_26_levels_expands(contexts: list[pv.Context], after: tuple[str, str]) -> None:
    """S 3.3."""
    given = pv.Given(contexts=contexts)
    plan = pv.expand(template(*diamond(26)), visit(), catalog=CATALOG, given=given).accept()
    assert plan.task("a26").after == after
