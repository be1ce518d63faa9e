"""A spring round over a real network, and a new version of its template while work is going on.

What is expected is counted from the files by plain loops; nothing of the library takes part in it.
"""

import csv
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import partnervisits as pv
from partnervisits.calendars import ItemDate, Roll
from partnervisits.conditions import all_of
from partnervisits.plans import Cause
from partnervisits.proposals import Reconciliation, Side
from partnervisits.templates import Group, Prerequisite, Selection

Row = Mapping[str, str]

PITCH = Group("pitch", Selection.FIRST)
SALES = pv.Indicator(
    "sales",
    "Annual sales",
    value_type=pv.ValueType.DECIMAL,
    unit="USD",
    direction=pv.Direction.HIGHER_IS_BETTER,
)
NAMES = {
    "survey": "Survey the store",
    "web": "Pitch the web shop",
    "mountain": "Pitch the mountain bikes",
    "range": "Pitch the range",
    "brands": "Talk about the other brands",
    "report": "Write the report",
    "warranty": "Explain the new warranty",
}
CATALOG = pv.Catalog(
    indicators=[SALES],
    tasks=[
        pv.TaskDefinition(key, name, indicators=["sales"] if key == "survey" else [])
        for key, name in NAMES.items()
    ],
    targets=[pv.Target("sales", pv.at_least(100_000))],
)
ITEMS = [
    pv.TemplateItem("survey", task="survey", binding=pv.Binding.MUST),
    pv.TemplateItem("web", task="web", group=PITCH, condition=pv.when("segment", pv.equals("OS"))),
    pv.TemplateItem(
        "mountain",
        task="mountain",
        group=PITCH,
        condition=all_of(
            [
                pv.when("specialty", pv.equals("Mountain")),
                pv.when("square_feet", pv.at_least(20_000)),
            ]
        ),
    ),
    pv.TemplateItem("range", task="range", group=PITCH),
    pv.TemplateItem(
        "brands",
        task="brands",
        after=[Prerequisite("survey", least=pv.days(1))],
        condition=pv.when("brands", pv.one_of(["3", "4+"])),
    ),
    pv.TemplateItem(
        "report",
        task="report",
        after=["survey", "web", "mountain", "range", "brands"],
        due=pv.days(3, anchor=ItemDate("survey"), roll=Roll.FOLLOWING),
    ),
]
FIRST = pv.ActionPlanTemplate("spring", "Spring round", items=ITEMS).publish()
SECOND = pv.ActionPlanTemplate(
    "spring",
    "Spring round",
    version=2,
    items=[
        *[item for item in ITEMS if item.key != "brands"][:-1],
        pv.TemplateItem("warranty", task="warranty", after=["survey"]),
        pv.TemplateItem(
            "report",
            task="report",
            after=["survey", "warranty"],
            due=pv.days(4, anchor=ItemDate("survey"), roll=Roll.FOLLOWING),
        ),
    ],
).publish()
TUESDAY = date(2026, 3, 31)
EASTER = pv.WorkCalendar(holidays=[date(2026, 4, 3), date(2026, 4, 6)])
NINE = timedelta(hours=9)


@pytest.fixture(scope="module")
def stores(data_folder: Path) -> list[Row]:
    with (data_folder / "stores.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def visit_of(store: Row, on: date = TUESDAY) -> pv.Visit:
    start = datetime(on.year, on.month, on.day, tzinfo=UTC) + NINE
    return pv.Visit(
        id=f"spring-{store['store_id']}",
        partner_id=store["store_id"],
        visitors=[pv.Visitor(store["rep_id"])],
        place=pv.Place(store["store_id"], kind="store", timezone="UTC"),
        planned=pv.Period(start, start + timedelta(hours=2)),
    )


def targets_of(stores: list[Row]) -> tuple[pv.Target, ...]:
    """A tenth more than last year for whoever sold two million and more, 900,000 for online."""
    large = [store for store in stores if Decimal(store["annual_sales"]) >= 2_000_000]
    return (
        pv.Target("sales", pv.at_least(900_000), scope=pv.Scope(segment="OS")),
        *[
            pv.Target(
                "sales",
                pv.at_least(Decimal(store["annual_sales"]) * 11 / 10),
                scope=pv.Scope(partner=store["store_id"]),
            )
            for store in large
        ],
    )


def given_of(store: Row, targets: tuple[pv.Target, ...]) -> pv.Given:
    partner: dict[str, str | int] = {
        "segment": store["business_type"],
        "specialty": store["specialty"],
        "brands": store["brands"],
        "square_feet": int(store["square_feet"]),
    }
    return pv.Given(calendar=EASTER, facts=pv.Facts(partner=partner), targets=targets)


@pytest.fixture(scope="module")
def givens(stores: list[Row]) -> list[pv.Given]:
    targets = targets_of(stores)
    return [given_of(store, targets) for store in stores]


@pytest.fixture(scope="module")
def plans(stores: list[Row], givens: list[pv.Given]) -> list[pv.ActionPlan]:
    pairs = zip(map(visit_of, stores), givens, strict=True)
    return [proposal.accept() for proposal in pv.expand_each(FIRST, pairs, catalog=CATALOG)]


def pitch_for(store: Row) -> str:
    if store["business_type"] == "OS":
        return "web"
    is_mountain = store["specialty"] == "Mountain" and int(store["square_feet"]) >= 20_000
    return "mountain" if is_mountain else "range"


def has_rivals(store: Row) -> bool:
    return store["brands"] in ("3", "4+")


def test_every_store_gets_the_pitch_that_suits_it_and_no_other(
    stores: list[Row], plans: list[pv.ActionPlan]
) -> None:
    """S 3.4"""
    for store, plan in zip(stores, plans, strict=True):
        keys = [task.item_key for task in plan.tasks]
        rivals = ["brands"] if has_rivals(store) else []
        assert keys == ["survey", pitch_for(store), *rivals, "report"]
        assert len(plan.left_out) == len(ITEMS) - len(keys)
    pitches = Counter(pitch_for(store) for store in stores)
    assert all(pitches[each] > 50 for each in ("web", "mountain", "range"))
    causes = Counter(each.cause for plan in plans for each in plan.left_out)
    assert causes.keys() == {Cause.CONDITION, Cause.GROUP}


def test_every_store_has_its_own_target_that_of_its_segment_or_the_general_one(
    stores: list[Row], plans: list[pv.ActionPlan]
) -> None:
    """S 2.6"""
    origins = Counter[str]()
    for store, plan in zip(stores, plans, strict=True):
        target = plan.kpi("survey", "sales").target
        assert target is not None
        sales, is_online = Decimal(store["annual_sales"]), store["business_type"] == "OS"
        shadowed = ["segment OS"] if is_online else []
        if sales >= 2_000_000:
            expected, origin = sales * 11 / 10, f"partner {store['store_id']}"
        elif is_online:
            expected, origin, shadowed = Decimal(900_000), "segment OS", []
        else:
            expected, origin = Decimal(100_000), "indicator"
        general = [] if origin == "indicator" else ["indicator"]
        assert target.criterion == pv.at_least(expected)
        assert target.origin == origin
        assert [each.origin for each in target.shadowed] == [*shadowed, *general]
        origins[origin.split()[0]] += 1
    assert all(origins[each] > 20 for each in ("partner", "segment", "indicator"))


def test_the_report_waits_over_easter(stores: list[Row], plans: list[pv.ActionPlan]) -> None:
    """S 4.7: Tuesday and three days is Good Friday; after Easter Monday comes Tuesday."""
    for store, plan in zip(stores, plans, strict=True):
        assert plan.task("report").due == date(2026, 4, 7)
        if has_rivals(store):
            trail = plan.task("brands").trail
            assert trail is not None
            assert (trail.planned, trail.bound_by) == (date(2026, 4, 1), "survey")
    assert "2026-04-03" in plans[0].explain("report").due


def at_work(number: int, plan: pv.ActionPlan) -> pv.ActionPlan:
    """Some edit, some remove, some have done their work already."""
    noon = datetime(2026, 3, 31, 12, tzinfo=UTC)
    pitch = plan.tasks[1].item_key
    if number % 5 == 0:
        plan = plan.edit("report", due=date(2026, 4, 20))
    if number % 7 == 0:
        plan = plan.remove(pitch, "they have heard it")
    if number % 3 == 0:
        plan = plan.complete("survey", at=noon)
    return plan


@pytest.fixture(scope="module")
def busy(plans: list[pv.ActionPlan]) -> list[pv.ActionPlan]:
    return [at_work(number, plan) for number, plan in enumerate(plans)]


def ids(plan: pv.ActionPlan) -> list[str]:
    return [task.id for task in plan.tasks]


def test_moving_the_round_by_a_week_moves_what_is_open_and_doubles_nothing(
    stores: list[Row], givens: list[pv.Given], busy: list[pv.ActionPlan]
) -> None:
    """S 6.8: edited dates wait to be settled, what was removed stays away, what is done is done."""
    later = TUESDAY + timedelta(days=14)
    pairs = zip([visit_of(store, later) for store in stores], givens, strict=True)
    moved = pv.expand_each(FIRST, pairs, catalog=CATALOG)
    for number, (plan, proposal) in enumerate(zip(busy, moved, strict=True)):
        reconciliation = pv.reconcile(plan, proposal)
        after = reconciliation.accept()
        assert ids(after) == ids(plan)
        assert after.removed == plan.removed
        assert after.subject.on == later
        assert not reconciliation.added + reconciliation.orphaned
        is_done, is_edited = number % 3 == 0, number % 5 == 0
        assert after.task("survey").due == (TUESDAY if is_done else later)
        assert after.task("report").due == date(2026, 4, 20 if is_edited else 17)
        assert [each.field for each in reconciliation.conflicting] == ["due"] * is_edited


@pytest.fixture(scope="module")
def upgraded(
    stores: list[Row], givens: list[pv.Given], busy: list[pv.ActionPlan]
) -> list[Reconciliation]:
    old = FIRST.withdraw()
    return [
        pv.upgrade(plan, old, SECOND, visit_of(store), catalog=CATALOG, given=given)
        for store, given, plan in zip(stores, givens, busy, strict=True)
    ]


def test_a_new_version_reaches_every_open_plan_and_keeps_what_people_did(
    stores: list[Row], busy: list[pv.ActionPlan], upgraded: list[Reconciliation]
) -> None:
    """S 6.9"""
    for number, (store, plan, change) in enumerate(zip(stores, busy, upgraded, strict=True)):
        after = change.accept()
        assert after.version == 2
        assert [task.item_key for task in change.added] == ["warranty"]
        assert [task.item_key for task in change.orphaned] == ["brands"] * has_rivals(store)
        pitch = [] if number % 7 == 0 else [pitch_for(store)]
        assert [task.item_key for task in after.tasks] == ["survey", *pitch, "warranty", "report"]
        assert after.task("survey") == plan.task("survey")
        assert after.removed == plan.removed
        is_edited = number % 5 == 0
        assert after.task("report").due == date(2026, 4, 20 if is_edited else 7)
        assert change.conflicting == ()


def test_whoever_edited_what_the_new_version_changes_is_asked(
    stores: list[Row], givens: list[pv.Given], busy: list[pv.ActionPlan]
) -> None:
    """S 6.9: base, ours and theirs; settled, it is not asked again."""
    report = pv.TemplateItem("report", task="report", due=pv.days(21), after=["survey"])
    third = pv.ActionPlanTemplate(
        "spring", "Spring round", version=3, items=[*SECOND.items[:-1], report]
    ).publish()
    store, given, plan = stores[0], givens[0], busy[0]
    visit = visit_of(store)
    change = pv.upgrade(plan, FIRST, third, visit, catalog=CATALOG, given=given)
    (conflict,) = change.conflicting
    assert (conflict.base, conflict.ours, conflict.theirs) == (
        date(2026, 4, 7),
        date(2026, 4, 20),
        date(2026, 4, 21),
    )
    ours = change.settle(conflict, Side.OURS).accept()
    theirs = change.settle(conflict, Side.THEIRS).accept()
    assert ours.task("report").due == date(2026, 4, 20)
    assert theirs.task("report").due == date(2026, 4, 21)
    again = pv.expand(third, visit, catalog=CATALOG, given=given)
    assert pv.reconcile(ours, again).is_empty
    assert pv.reconcile(theirs, again).is_empty
