"""The laws of expansion (S 12): plans depend on nothing but what they are about."""

import decimal
import pickle
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import FrameType
from typing import Any, NamedTuple, TypeVar

import attrs
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.calendars import (
    EVERY_DAY,
    Anchor,
    FactDate,
    ItemDate,
    JointCalendar,
    Offset,
    Roll,
    Weekday,
    shift,
)
from partnervisits.conditions import Condition, all_of, any_of, is_set, negate, when
from partnervisits.criteria import is_temporal
from partnervisits.plans import Cause, Kpi, LeftOut, PlannedTask, Subject
from partnervisits.proposals import ItemOverride
from partnervisits.targets import ResolvedTarget, TargetSource, criterion_of
from partnervisits.tasks import TaskIndicator
from partnervisits.templates import Group, Prerequisite, Selection, Spread
from partnervisits.testing import choice_keys, host_ids
from partnervisits.values import DateRange
from tests.builders import indicator, item, place, task, template, visit

T = TypeVar("T")
Visits = list[tuple[pv.Visit, pv.Given]]

THURSDAY = date(2026, 3, 12)
FRIDAY = date(2026, 3, 13)
MONDAY = date(2026, 3, 16)
PRODUCTS = [pv.Context("product", each) for each in "ABC"]
AGREEMENT, PARTNER = pv.Context("agreement", "2026"), pv.Context("partner", "globex")
CONTEXTS = [*PRODUCTS, AGREEMENT, PARTNER]

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

ASKED = {"count": ["stock"], "dates": ["when", "share"], "bound": ["stock", "when"]}
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
    pv.days(-1, anchor=FactDate("renewal")),
    pv.working_days(2, anchor=FactDate("renewal")),
    pv.working_days(2),
    pv.working_days(-1),
    pv.months(1),
]
CERTAIN = [PRODUCTS[1], AGREEMENT]
ABOUT: list[tuple[list[str], list[pv.Context]]] = [
    ([], []),
    (["product"], []),
    (["agreement", "product"], []),
    (["partner"], []),
    (["order", "product"], []),
    ([], CERTAIN),
    (["product"], CERTAIN),
]
CONDITIONS: list[Condition] = [
    when("size", pv.at_least(3)),
    is_set("renewal"),
    negate(when("open", pv.equals(True))),
    any_of([when("size", pv.at_most(3)), when("weather", pv.equals("sunny"))]),
    all_of([negate(is_set("open")), when("renewal", pv.at_most(pv.working_days(2)))]),
]
FIRST = Group("one", Selection.FIRST)
LAGS: list[tuple[Offset, Offset | None]] = [
    (pv.days(0), None),
    (pv.days(1), None),
    (pv.days(-2), None),
    (pv.days(3, roll=Roll.PRECEDING), None),
    (pv.working_days(1), pv.months(1)),
    (pv.days(0), pv.days(1)),
    (pv.days(1), pv.days(1)),
]
TRAITS: dict[str, st.SearchStrategy[Any]] = {
    "binding": st.sampled_from(pv.Binding),
    "condition": st.sampled_from(CONDITIONS),
    "group": st.sampled_from([FIRST, FIRST, Group("all")]),
    "role": st.sampled_from(["driver", "cook"]),
    "instructions": st.just("look twice"),
    "serves": st.sampled_from(["follow-up/1", "follow-up/2"]),
    "max_contexts": st.sampled_from([1, 2]),
}


def some(
    of: Mapping[str, st.SearchStrategy[Any]], most: int = 9
) -> st.SearchStrategy[dict[str, Any]]:
    """Values for some of several names."""
    names = st.sets(st.sampled_from(sorted(of)), max_size=most)
    return names.flatmap(lambda held: st.fixed_dictionaries({each: of[each] for each in held}))


def prerequisites(keys: Sequence[str]) -> st.SearchStrategy[list[Prerequisite]]:
    """Some of some keys, some of them with a lag."""
    with_lag = st.dictionaries(st.sampled_from(keys), st.sampled_from(LAGS), max_size=2)
    return with_lag.map(
        lambda held: [Prerequisite(key, least=lag, most=most) for key, (lag, most) in held.items()]
    )


@st.composite
def an_item(
    draw: st.DrawFn, key: str, earlier: Sequence[str], *, cutting: bool = True
) -> pv.TemplateItem:
    """An item that fits `CATALOG` and comes after some of the earlier ones, in whatever way."""
    work = draw(st.sampled_from(list(ASKED)))
    asked = draw(st.sampled_from([None, None, *ASKED[work]]))
    targets = draw(st.sampled_from([[], *ITEM_TARGETS[work]]))
    kinds, certain = draw(st.sampled_from(ABOUT))
    from_items: list[Offset | None] = [pv.days(1, anchor=ItemDate(each)) for each in earlier]
    traits = draw(some(TRAITS, most=4))
    if not cutting:
        _ = traits.pop("max_contexts", None)
    return item(
        key,
        task=work,
        after=draw(prerequisites(earlier)) if earlier else [],
        due=draw(st.sampled_from(OFFSETS) | st.sampled_from(from_items or [None])),
        context_kinds=kinds,
        contexts=certain,
        indicators=[asked] if asked else [],
        spread=draw(st.sampled_from(Spread)),
        targets=[each for each in targets if asked in {None, each.indicator}],
        **traits,
    )


@st.composite
def templates(draw: st.DrawFn, *, cutting: bool = True) -> pv.ActionPlanTemplate:
    """Items that fit `CATALOG`, in any order; some take only so many contexts if `cutting`."""
    held: list[pv.TemplateItem] = []
    for number in range(draw(st.integers(1, 5))):
        earlier = [each.key for each in held]
        held.append(draw(an_item(f"i{number}", earlier, cutting=cutting)))
    ad_hoc = draw(st.sampled_from([True, True, False]))
    return attrs.evolve(template(*draw(st.permutations(held))), ad_hoc=ad_hoc)


# --------------------------------------------------------------------- visits and what is given


def planned_times() -> st.SearchStrategy[pv.Period | None]:
    """A few days around a weekend; some with an open end, some not planned at all."""

    def period(day: int, hour: int, days: int | None) -> pv.Period:
        start = datetime(2026, 3, day, hour, tzinfo=UTC)
        return pv.Period(start, None if days is None else start + timedelta(days=days))

    some_time = st.builds(
        period,
        st.sampled_from([12, 13, 15]),
        st.sampled_from([8, 22]),
        st.sampled_from([0, 2, None]),
    )
    return st.sampled_from([True, True, True, False]).flatmap(
        lambda planned: some_time if planned else st.none()
    )


ZONES = ["Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles"]
VISIT_IDS, PARTNER_IDS = ["V-1", "V-1", "V/%"], ["acme", "acme", "globex"]


@st.composite
def visits(draw: st.DrawFn) -> pv.Visit:
    """Visits on different days, in different zones, of different reps, to different partners."""
    zone = draw(st.sampled_from(ZONES))
    return visit(
        id=draw(st.sampled_from(VISIT_IDS)),
        partner_id=draw(st.sampled_from(PARTNER_IDS)),
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
LATE = datetime(2026, 3, 14, 20, tzinfo=UTC)
VISIT_FACTS: list[dict[str, Any]] = [
    {},
    {"size": 4, "open": True},
    {"size": 2, "renewal": MONDAY},
    {"renewal": LATE, "open": False, "segment": "silver"},
    {"size": "large", "renewal": 7},
]
PARTNER_FACTS: list[dict[str, Any]] = [
    {},
    {"segment": "gold"},
    {"segment": "gold", "size": 3},
    {"segment": "silver", "renewal": FRIDAY, "open": True},
]
RECORD_FACTS: list[dict[pv.Context, dict[str, Any]]] = [
    {},
    {PRODUCTS[0]: {"size": 4, "renewal": MONDAY}, PRODUCTS[1]: {"size": 2}},
    {AGREEMENT: {"renewal": FRIDAY}, PRODUCTS[1]: {"renewal": LATE, "open": True}},
]
FACTS = st.builds(
    pv.Facts,
    visit=st.sampled_from(VISIT_FACTS),
    partner=st.sampled_from(PARTNER_FACTS),
    contexts=st.sampled_from(RECORD_FACTS),
)
RIGHT = [
    pv.Scope(visit=visit_id, partner=partner, segment=segment, context=context)
    for visit_id in (None, "V-1")
    for partner in (None, "acme")
    for segment in (None, "gold")
    for context in (None, PRODUCTS[0], AGREEMENT)
    if visit_id or partner or segment or context
]
WRONG: list[dict[str, Any]] = [
    {"visit": "V-2"},
    {"partner": "globex"},
    {"segment": "silver"},
    {"context": pv.Context("product", "X")},
]
SCOPES = [*RIGHT, *(attrs.evolve(RIGHT[n], **wrong) for n in (0, -1) for wrong in WRONG)]
EXPECTED: list[tuple[str, Any]] = [
    ("stock", 1),
    ("stock", 2),
    ("stock", pv.at_most(5)),
    ("share", pv.at_least(2)),
    ("share", pv.between(1, 9)),
    ("when", pv.days(1)),
    ("when", pv.at_most(FRIDAY)),
    ("when", pv.between(FRIDAY, pv.working_days(1))),
]
VALID = [None, None, DateRange(FRIDAY, None), DateRange(None, THURSDAY)]


def a_target(expected: tuple[str, Any], valid: DateRange | None, scope: pv.Scope) -> pv.Target:
    return pv.Target(*expected, valid=valid, scope=scope)


TARGETS_GIVEN = st.builds(
    a_target, st.sampled_from(EXPECTED), st.sampled_from(VALID), st.sampled_from(SCOPES)
)
MISFIT = pv.Target("stock", pv.contains(["a"]), scope=pv.Scope(segment="gold"))
GHOST = pv.Target("ghost", 1, scope=pv.Scope(visit="V-1"))
GIVEN_TARGETS = st.lists(TARGETS_GIVEN, max_size=5) | st.lists(
    TARGETS_GIVEN | st.sampled_from([MISFIT, GHOST]), max_size=3
)
REPS = st.sampled_from(["rep-1", "rep-2", "rep-3"])
ROLES = st.dictionaries(st.sampled_from(["driver", "cook"]), REPS)
CONTEXT_ORDERS = st.lists(st.sampled_from(CONTEXTS), unique=True)
Hand = dict[str, Any]
NO_HAND: Hand = {}


@st.composite
def hands(draw: st.DrawFn, made: pv.ActionPlanTemplate) -> Hand:
    """What a host excludes, overrides and adds; now and then of items that are not there."""
    keys = [*(each.key for each in made.items), "nobody"]
    items = {each.key: each for each in made.items}

    def override(key: str) -> ItemOverride:
        changes: dict[str, st.SearchStrategy[Any]] = {
            "due": st.sampled_from(OFFSETS),
            "role": st.sampled_from([None, "driver"]),
            "binding": st.sampled_from(pv.Binding),
            "targets": st.sampled_from(_fitting(items.get(key))),
            "instructions": st.sampled_from(["", "look again"]),
        }
        return ItemOverride(**draw(some(changes, most=3)))

    overridden = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True))
    added: list[pv.TemplateItem] = []
    for number in range(draw(st.integers(0, 2))):
        earlier = [*keys[:-1], *(each.key for each in added)]
        added.append(draw(an_item(f"x{number}", earlier, cutting=False)))
    return {
        "exclude": draw(st.lists(st.sampled_from(keys), max_size=1)),
        "override": {key: override(key) for key in overridden},
        "add": added,
    }


def _fitting(of: pv.TemplateItem | None) -> list[list[pv.Target]]:
    if of is None or of.indicators:
        return [[]]
    return [[], *ITEM_TARGETS[of.task]]


@st.composite
def givens(draw: st.DrawFn, made: pv.ActionPlanTemplate) -> pv.Given:
    """What a host knows, and what it changes about a template."""
    return pv.Given(
        calendar=draw(st.sampled_from(CALENDARS)),
        rep_calendars=draw(st.dictionaries(REPS, st.sampled_from(CALENDARS))),
        contexts=draw(CONTEXT_ORDERS),
        facts=draw(FACTS),
        roles=draw(ROLES),
        targets=draw(GIVEN_TARGETS),
        **draw(st.just(NO_HAND) | hands(made)),
    )


class World(NamedTuple):
    """All that an expansion depends on but the catalog."""

    made: pv.ActionPlanTemplate
    where: pv.Visit
    given: pv.Given


@st.composite
def worlds(draw: st.DrawFn, *, cutting: bool = True) -> World:
    """A template, a visit, and what is given for it."""
    made = draw(templates(cutting=cutting))
    return World(made, draw(visits()), draw(givens(made)))


WORLDS = worlds()


def expanded(world: World, catalog: pv.Catalog = CATALOG) -> pv.Proposal:
    return pv.expand(world.made, world.where, catalog=catalog, given=world.given)


def items_of(world: World) -> dict[str, pv.TemplateItem]:
    """The items that are to be planned, as the host changed them."""
    overrides = dict(world.given.override)
    takes = world.made.ad_hoc
    added = [each for each in world.given.add if takes or each.serves is not None]
    return {
        each.key: overrides[each.key].applied_to(each) if each.key in overrides else each
        for each in (*world.made.items, *added)
    }


# ------------------------------------------------------------------- what visits share is invisible


def one_of_two(draw: st.DrawFn, values: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """One of two values, the same two every time: what many visits have in common."""
    return st.sampled_from([draw(values), draw(values)])


@st.composite
def alike(draw: st.DrawFn) -> tuple[pv.ActionPlanTemplate, Visits]:
    """Visits that differ from one another in few things, and some in none."""
    made = draw(templates())
    times = one_of_two(draw, planned_times())
    zones = one_of_two(draw, st.sampled_from(ZONES))
    ids = one_of_two(draw, st.sampled_from(VISIT_IDS))
    partners = one_of_two(draw, st.sampled_from(PARTNER_IDS))
    calendars = one_of_two(draw, st.sampled_from(CALENDARS))
    of_reps = one_of_two(draw, st.dictionaries(REPS, st.sampled_from(CALENDARS), min_size=1))
    roles = one_of_two(draw, ROLES)
    contexts = one_of_two(draw, CONTEXT_ORDERS)
    targets = one_of_two(draw, GIVEN_TARGETS.map(tuple))
    facts = one_of_two(draw, FACTS)
    known = one_of_two(draw, st.just(NO_HAND) | hands(made))

    def pair() -> tuple[pv.Visit, pv.Given]:
        where = visit(
            id=draw(ids),
            partner_id=draw(partners),
            planned=draw(times),
            place=place(timezone=draw(zones)),
        )
        given = pv.Given(
            calendar=draw(calendars),
            rep_calendars=draw(of_reps),
            contexts=draw(contexts),
            facts=draw(facts),
            roles=draw(roles),
            targets=draw(targets),
            **draw(known),
        )
        return where, given

    return made, [pair() for _ in range(draw(st.integers(2, 8)))]


@st.composite
def unlike(draw: st.DrawFn) -> tuple[pv.ActionPlanTemplate, Visits]:
    """Visits that have little in common."""
    made = draw(templates())
    return made, draw(st.lists(st.tuples(visits(), givens(made)), max_size=5))


def alone(made: pv.ActionPlanTemplate, pairs: Visits) -> list[pv.Proposal]:
    return [pv.expand(made, each, catalog=CATALOG, given=given) for each, given in pairs]


@settings(max_examples=100)
@for_all(alike())
def test_expanding_visits_that_are_alike_is_expanding_each(
    round_: tuple[pv.ActionPlanTemplate, Visits],
) -> None:
    """S 6.10: what visits share is never taken for what they do not."""
    assert list(pv.expand_each(round_[0], round_[1], catalog=CATALOG)) == alone(*round_)


@settings(max_examples=40)
@for_all(unlike())
def test_expanding_many_visits_is_expanding_each(
    round_: tuple[pv.ActionPlanTemplate, Visits],
) -> None:
    """S 6.10: whatever the visits have in common, and whatever they have not."""
    assert list(pv.expand_each(round_[0], round_[1], catalog=CATALOG)) == alone(*round_)


@settings(max_examples=50)
@for_all(WORLDS)
def test_expansion_is_deterministic(world: World) -> None:
    """S 6.1: twice the same, and the same from equal arguments that are other objects."""
    copy: World = pickle.loads(pickle.dumps(world))  # noqa: S301 -- our own bytes
    assert expanded(world) == expanded(world) == expanded(copy)


@settings(max_examples=50)
@for_all(WORLDS)
def test_proposals_survive_pickling(world: World) -> None:
    """S 6.10."""
    proposal = expanded(world)
    back: pv.Proposal = pickle.loads(pickle.dumps(proposal))  # noqa: S301 -- our own bytes
    assert (back, repr(back)) == (proposal, repr(proposal))


# ----------------------------------------------------------------------------- order and strangers


@settings(max_examples=70)
@for_all(st.data(), worlds(cutting=False))
def test_the_order_in_which_things_are_given_does_not_matter(
    data: st.DataObject, world: World
) -> None:
    """S 6.2: definitions, facts, roles, calendars, targets; contexts where none are cut."""

    def again(values: Sequence[T]) -> list[T]:
        return data.draw(st.permutations(list(values)))

    def turned(each: pv.TemplateItem) -> pv.TemplateItem:
        return attrs.evolve(
            each,
            after=again(each.after),
            targets=again(each.targets),
            contexts=again(each.contexts),
            indicators=again(each.indicators),
        )

    made, where, given = world
    facts = pv.Facts(
        visit=dict(again(given.facts.visit)),
        partner=dict(again(given.facts.partner)),
        contexts={each: dict(again(of)) for each, of in again(given.facts.contexts)},
    )
    shuffled = attrs.evolve(
        given,
        rep_calendars=dict(again(given.rep_calendars)),
        contexts=again(given.contexts),
        facts=facts,
        roles=dict(again(given.roles)),
        targets=again(given.targets),
        exclude=again(given.exclude),
        override=dict(again(given.override)),
        add=[turned(each) for each in given.add],
    )
    catalog = pv.Catalog(indicators=again(INDICATORS), tasks=again(TASKS), targets=again(TARGETS))
    others = attrs.evolve(made, items=[turned(each) for each in made.items])
    assert expanded(World(others, where, shuffled), catalog) == expanded(world)


STRANGER = pv.Context("stranger", "A")


@st.composite
def of_strangers(draw: st.DrawFn, where: pv.Visit) -> pv.Scope:
    """Scopes for somebody or something else, whatever else they name."""
    facets: dict[str, Any] = {"visit": where.id, "partner": where.partner_id, "segment": "gold"}
    others: dict[str, Any] = {**dict.fromkeys(facets, "strangers"), "context": STRANGER}
    wrong = draw(st.sampled_from(list(others)))
    right = draw(st.sets(st.sampled_from(list(facets))))
    return pv.Scope(**{each: facets[each] for each in sorted(right)} | {wrong: others[wrong]})


@settings(max_examples=100)
@for_all(st.data(), WORLDS)
def test_strangers_change_nothing(data: st.DataObject, world: World) -> None:
    """S 6.1: definitions, roles, reps, contexts, targets that nobody here has to do with."""
    made, where, given = world
    scope = data.draw(of_strangers(where))
    strange = [
        pv.Target("stock", 99, scope=scope),
        pv.Target("share", pv.at_least(99), scope=scope),
        pv.Target("when", pv.days(9), scope=scope),
        pv.Target("stranger", 1, scope=pv.Scope(visit=where.id)),
    ]
    richer = attrs.evolve(
        given,
        rep_calendars={**dict(given.rep_calendars), "stranger": CALENDARS[-1]},
        contexts=[STRANGER, *given.contexts, pv.Context("stranger", "B")],
        roles={**dict(given.roles), "stranger": "stranger"},
        targets=(strange[0], *given.targets, *strange[1:]),
    )
    catalog = pv.Catalog(
        indicators=[*INDICATORS, indicator("stranger")],
        tasks=[*TASKS, task("stranger", ["stranger"])],
        templates=[template(item("stranger"), key="stranger")],
        targets=[*TARGETS, pv.Target("stranger", 1)],
    )
    assert expanded(World(made, where, richer), catalog) == expanded(world)


@settings(max_examples=50)
@for_all(WORLDS)
def test_a_fact_that_nobody_asks_for_is_carried_and_changes_nothing_else(world: World) -> None:
    """S 6.6."""
    given = world.given
    facts = attrs.evolve(
        given.facts,
        visit={**dict(given.facts.visit), "mood": "sunny"},
        contexts={
            **{each: dict(of) for each, of in given.facts.contexts},
            STRANGER: {"size": 1, "renewal": FRIDAY},
        },
    )
    plain = expanded(world)
    told = expanded(world._replace(given=attrs.evolve(given, facts=facts)))
    assert told.findings == plain.findings
    assert (told.plan is None) == (plain.plan is None)
    if plain.plan is not None and told.plan is not None:
        subject = attrs.evolve(plain.plan.subject, facts=facts)
        assert told.plan == attrs.evolve(plain.plan, subject=subject)


@settings(max_examples=50)
@for_all(WORLDS)
def test_an_item_that_is_excluded_leaves_nothing_but_its_name(world: World) -> None:
    """S 6.7."""
    made, where, given = world
    longer = attrs.evolve(made, items=[item("stranger", task="count"), *made.items])
    hand = attrs.evolve(given, exclude=[*given.exclude, "stranger"])
    plain, told = expanded(world), expanded(World(longer, where, hand))
    without = [each for each in told.findings if each.code != "plan.empty"]
    assert without == [each for each in plain.findings if each.code != "plan.empty"]
    assert (told.plan is None) == (plain.plan is None)
    if plain.plan is not None and told.plan is not None:
        gone = LeftOut("stranger", Cause.EXCLUDED)
        assert told.plan == attrs.evolve(plain.plan, left_out=[gone, *plain.plan.left_out])


@settings(max_examples=40)
@for_all(WORLDS)
def test_excluding_what_is_not_there_is_said_and_changes_nothing(world: World) -> None:
    """S 6.7."""
    given = attrs.evolve(world.given, exclude=[*world.given.exclude, "stranger"])
    plain, told = expanded(world), expanded(world._replace(given=given))
    assert told.plan == plain.plan
    (said,) = set(told.findings) - set(plain.findings)
    assert (said.path, said.code) == (("given", "exclude", "stranger"), "given.unknown-item")
    assert set(plain.findings) < set(told.findings)


# -------------------------------------------------------------------------- what plans are made of


def proven(made: T, **changes: object) -> T:
    """The same object, built by its public constructor."""
    return attrs.evolve(made, **changes)  # type: ignore[misc]


@settings(max_examples=60)
@for_all(WORLDS)
def test_plans_are_what_their_constructors_make(world: World) -> None:
    """S 6.2: among the rest at most one KPI per planned task, context and indicator."""
    plan = expanded(world).plan
    if plan is None:
        return
    tasks = [proven(each, kpis=[proven(kpi) for kpi in each.kpis]) for each in plan.tasks]
    left_out = [proven(each) for each in plan.left_out]
    again = proven(plan, subject=proven(plan.subject), tasks=tasks, left_out=left_out)
    assert (again, repr(again)) == (plan, repr(plan))
    assert type(plan.subject) is Subject
    assert [type(each) for each in plan.tasks] == [PlannedTask] * len(tasks)
    assert [type(each) for each in plan.left_out] == [LeftOut] * len(left_out)


@settings(max_examples=50)
@for_all(WORLDS)
def test_every_item_is_planned_or_left_out_with_a_cause(world: World) -> None:
    """S 6.5: nothing is silently dropped."""
    proposal = expanded(world)
    if proposal.plan is None:
        return
    planned = {each.item_key for each in proposal.plan.tasks}
    assert planned | {each.item_key for each in proposal.plan.left_out} == set(items_of(world))
    for each in proposal.plan.left_out:
        if each.context is None and each.cause is not Cause.MERGED:
            assert each.item_key not in planned


def doing(plan: pv.ActionPlan) -> dict[str, list[str]]:
    """The items that do the work of each: itself if it is planned, and those it was merged into."""
    does = {each.item_key: [each.item_key] for each in plan.tasks}
    for each in plan.left_out:
        if each.cause is Cause.MERGED and each.by:
            does.setdefault(each.item_key, []).append(each.by)
    return does


def before(world: World, plan: pv.ActionPlan) -> dict[str, set[Prerequisite]]:
    """What each task comes after: the nearest of which the work is done, and whoever does it."""
    after = {key: each.after for key, each in items_of(world).items()}
    does = doing(plan)

    def nearest(key: str) -> Iterator[Prerequisite]:
        for each in after[key]:
            if each.item in does:
                yield from (attrs.evolve(each, item=host) for host in does[each.item])
            else:
                yield from nearest(each.item)

    return {each.item_key: set(nearest(each.item_key)) for each in plan.tasks}


@settings(max_examples=60)
@for_all(WORLDS)
def test_tasks_come_after_the_nearest_prerequisites_that_are_kept(world: World) -> None:
    """S 4.7."""
    plan = expanded(world).plan
    if plan is None:
        return
    expected = before(world, plan)
    for each in plan.tasks:
        assert each.after == tuple(sorted({prior.item for prior in expected[each.item_key]}))


def latest_dates(plan: pv.ActionPlan) -> dict[str, date]:
    """The latest date of the tasks of each item."""
    latest: dict[str, date] = {}
    for each in plan.tasks:
        if each.due is not None:
            latest[each.item_key] = max(each.due, latest.get(each.item_key, each.due))
    return latest


@settings(max_examples=80)
@for_all(WORLDS)
def test_no_task_is_due_too_early_or_too_late_after_another_without_a_warning(
    world: World,
) -> None:
    """S 4.7: nor is there a warning without a reason."""
    proposal, given = expanded(world), world.given
    if proposal.plan is None:
        return
    expected, latest = before(world, proposal.plan), latest_dates(proposal.plan)
    reps = dict(given.rep_calendars)
    early, late = set[object](), set[object]()
    for each in proposal.plan.tasks:
        calendars = JointCalendar(given.calendar, reps.get(each.assignee_id or ""))
        for prior in expected[each.item_key] if each.due else ():
            if each.due is None or prior.item not in latest:
                continue
            if each.due < shift(latest[prior.item], prior.least, calendars):
                early.add(each.item_key)
            if prior.most and each.due > shift(latest[prior.item], prior.most, calendars):
                late.add(each.item_key)
    codes = {"date.before-prerequisite": early, "date.too-late": late}
    for code, keys in codes.items():
        assert {each.path[1] for each in proposal.findings if each.code == code} == keys


@settings(max_examples=80)
@for_all(WORLDS)
def test_what_counts_from_an_item_counts_from_the_latest_of_its_tasks(world: World) -> None:
    """S 4.1."""
    plan = expanded(world).plan
    if plan is None:
        return
    latest, does, items = latest_dates(plan), doing(plan), items_of(world)
    for each in plan.tasks:
        due = items[each.item_key].due
        if each.trail is not None and due is not None and isinstance(due.anchor, ItemDate):
            known = [latest[key] for key in does[due.anchor.item] if key in latest]
            assert (each.trail.anchor, each.trail.anchor_date) == (due.anchor, max(known))


# ----------------------------------------------------------------- which target applies (S 2.6)


class Found(NamedTuple):
    """A target that holds for a KPI, and its step on the ladder."""

    step: tuple[int, ...]
    source: TargetSource
    target: pv.Target


def step_of(source: TargetSource, scope: pv.Scope | None) -> tuple[int, ...]:
    """The ladder of S 2.6, written out; then what more a scope names."""
    if scope is None:
        definitions = [
            TargetSource.ITEM,
            TargetSource.TASK,
            TargetSource.INDICATOR,
            TargetSource.FOLLOW_UP,
        ]
        return (8 + definitions.index(source),)
    if scope.visit is not None:
        step = 1 if scope.context is not None else 2
    elif scope.partner is not None:
        step = 3 if scope.context is not None else 4
    elif scope.segment is not None:
        step = 5 if scope.context is not None else 6
    else:
        step = 7
    return (step, 0 if scope.partner is not None else 1, 0 if scope.segment is not None else 1)


def holds(target: pv.Target, world: World, kpi: Kpi) -> bool:
    """Whether a target is for this KPI, on the day of the visit."""
    where, scope, days = world.where, target.scope or pv.Scope(visit=world.where.id), target.valid
    segment = dict(world.given.facts.partner).get("segment")
    return (
        target.indicator == kpi.indicator.key
        and target != MISFIT
        and (days is None or (where.on is not None and where.on in days))
        and (scope.visit is None or scope.visit == where.id)
        and (scope.partner is None or scope.partner == where.partner_id)
        and (scope.segment is None or scope.segment == segment)
        and (scope.context is None or scope.context == kpi.context)
    )


def ladder_of(world: World, kpi: Kpi, of: pv.TemplateItem) -> list[Found]:
    """Every target that holds for a KPI, the most specific first."""
    is_carried = of in world.given.add and of.serves is not None
    own = TargetSource.FOLLOW_UP if is_carried else TargetSource.ITEM
    everything = (
        (TargetSource.GIVEN, world.given.targets),
        (own, of.targets),
        (TargetSource.TASK, CATALOG.task(of.task).targets),
        (TargetSource.INDICATOR, CATALOG.targets),
    )
    found = [
        Found(step_of(source, each.scope), source, each)
        for source, targets in everything
        for each in targets
        if holds(each, world, kpi)
    ]
    return sorted(found, key=lambda each: each.step)


def assert_applies(target: ResolvedTarget, held: Sequence[Found], measured: pv.Indicator) -> None:
    """The first is what the KPI is judged by, and the others are what it goes before."""
    winner, *others = held
    assert (target.source, target.scope) == (winner.source, winner.target.scope)
    meant = criterion_of(winner.target, measured)
    assert is_temporal(meant) or target.criterion == meant
    shadowed = [
        Found(step_of(each.source, each.target.scope), each.source, each.target)
        for each in target.shadowed
    ]
    assert [each.step for each in shadowed] == [each.step for each in others]
    assert Counter(map(repr, shadowed)) == Counter(map(repr, others))


CAPTURED = [(work, key) for work, keys in ASKED.items() for key in keys]


@st.composite
def worlds_of_targets(draw: st.DrawFn) -> World:
    """One item, and many targets of one of its indicators, most of them for the visit."""
    work, key = draw(st.sampled_from(CAPTURED))
    about = item(
        task=work,
        context_kinds=draw(st.sampled_from([["product", "agreement"], ["product"], []])),
        spread=draw(st.sampled_from(Spread)),
        targets=draw(st.sampled_from([[], *ITEM_TARGETS[work]])),
    )
    targets = st.builds(
        a_target,
        st.sampled_from([each for each in EXPECTED if each[0] == key]),
        st.sampled_from(VALID),
        st.sampled_from(SCOPES),
    )
    given = pv.Given(
        contexts=CONTEXTS[:4],
        facts=pv.Facts(partner=draw(st.sampled_from(PARTNER_FACTS[1:]))),
        targets=draw(st.lists(targets, min_size=2, max_size=8)),
    )
    return World(template(about), draw(visits()), given)


@settings(max_examples=250)
@for_all(worlds_of_targets() | worlds_of_targets() | WORLDS)
def test_the_most_specific_target_applies_and_shadows_the_rest(world: World) -> None:
    """S 2.6: as if every target were looked at for every KPI, step by step."""
    proposal, items = expanded(world), items_of(world)
    found = [each for each in proposal.findings if each.path[2:3] == ("targets",)]
    unresolved = {each.path[1:] for each in found if each.code != "target.tie"}
    ties = set[tuple[str | int, ...]]()
    for each in proposal.plan.tasks if proposal.plan else ():
        for kpi in each.kpis:
            place_ = (each.item_key, "targets", kpi.indicator.key)
            held = ladder_of(world, kpi, items[each.item_key])
            if len(held) > 1 and held[0].step == held[1].step:
                assert kpi.target is None
                ties.add(place_)
            elif kpi.target is None:
                assert not held or place_ in unresolved
            else:
                assert_applies(kpi.target, held, kpi.indicator)
    assert {each.path[1:] for each in found if each.code == "target.tie"} == ties


@settings(max_examples=40)
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
