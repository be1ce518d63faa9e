"""What the library costs beside its results: `python tests/benchmarks/ratios.py`.

Every figure is a ratio of two medians of five, taken in one process and one run, arguments built
beforehand, garbage collection on. "Bare" means as many frozen attrs objects with the same fields,
without validators or converters.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import cycle
from statistics import median
from time import perf_counter
from typing import TypeAlias, cast

import attrs
import documents  # type: ignore[import-not-found]  # the script beside this one
import rival  # type: ignore[import-not-found]  # the script beside this one

import partnervisits as pv
from partnervisits.calendars import FactDate, ItemDate, Roll
from partnervisits.catalog import Catalog
from partnervisits.comparison import Comparison
from partnervisits.conditions import all_of, is_set
from partnervisits.plans import Kpi, LeftOut, PlannedTask, Subject
from partnervisits.proposals import Reconciliation
from partnervisits.repositories import VisitFilter
from partnervisits.scorecards import by_indicator, by_month, by_rep
from partnervisits.templates import Group, Prerequisite, Selection, Spread

RUNS = 5
VISITS = 1_000
ITEMS = 10
KPIS = 3
COMPARED = 100_000
STORED = 100_000
FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
TYPES = (
    pv.ValueType.NUMBER,
    pv.ValueType.DECIMAL,
    pv.ValueType.PERCENTAGE,
    pv.ValueType.DATETIME,
    pv.ValueType.TEXT,
    pv.ValueType.CHOICE,
    pv.ValueType.MULTI_CHOICE,
    pv.ValueType.BOOLEAN,
)

Work = Callable[[], object]


# ------------------------------------------------------------------------------ what is measured


def indicator(number: int) -> pv.Indicator:
    """One of the thirty that the template asks for, of a type in turn."""
    value_type = TYPES[number % len(TYPES)]
    return pv.Indicator(
        f"indicator-{number}",
        f"Indicator {number}",
        value_type=value_type,
        choices=["a", "b"] if value_type.has_choices else [],
    )


def target(number: int) -> pv.Target:
    """What is expected of an indicator of its type."""
    key = f"indicator-{number}"
    match TYPES[number % len(TYPES)]:
        case pv.ValueType.DATETIME:
            return pv.Target(key, pv.at_most(pv.days(10)))
        case pv.ValueType.BOOLEAN:
            return pv.Target(key, pv.equals(True))
        case pv.ValueType.TEXT:
            return pv.Target(key, pv.none_of(["nothing"]))
        case pv.ValueType.CHOICE:
            return pv.Target(key, pv.one_of(["a"]))
        case pv.ValueType.MULTI_CHOICE:
            return pv.Target(key, pv.contains(["a"]))
        case _:
            return pv.Target(key, pv.at_least(50), near=pv.within(5), worst=10)


def actual(number: int, row: int) -> object:
    """What was found: sometimes met, sometimes near, sometimes neither."""
    match TYPES[number % len(TYPES)]:
        case pv.ValueType.DATETIME:
            return FIRST + timedelta(days=row % 40)
        case pv.ValueType.BOOLEAN:
            return row % 2 == 0
        case pv.ValueType.TEXT:
            return "nothing" if row % 3 else "something"
        case pv.ValueType.CHOICE:
            return "ab"[row % 2]
        case pv.ValueType.MULTI_CHOICE:
            return {"a", "b"} if row % 2 else {"b"}
        case _:
            return 30 + row % 40


def definitions() -> tuple[Catalog, pv.ActionPlanTemplate]:
    """Ten tasks with three indicators each."""
    numbers = range(ITEMS * KPIS)
    tasks = [
        pv.TaskDefinition(
            f"task-{item}",
            f"Task {item}",
            indicators=[f"indicator-{item * KPIS + each}" for each in range(KPIS)],
        )
        for item in range(ITEMS)
    ]
    items = [
        pv.TemplateItem(
            f"item-{item}",
            task=f"task-{item}",
            due=pv.working_days(item),
            after=[f"item-{item - 1}"] if item else [],
            targets=[target(item * KPIS + each) for each in range(KPIS)],
        )
        for item in range(ITEMS)
    ]
    template = pv.ActionPlanTemplate("quarterly", "Quarterly", items=items).publish()
    catalog = pv.Catalog(indicators=map_list(indicator, numbers), tasks=tasks, templates=[template])
    return catalog, template


def map_list(make: Callable[[int], pv.Indicator], numbers: Iterable[int]) -> list[pv.Indicator]:
    """As a list."""
    return [make(number) for number in numbers]


def visits(count: int) -> list[tuple[pv.Visit, pv.Given]]:
    """Visits spread over the working days of a quarter, each with facts of its own."""
    calendar = pv.WorkCalendar(holidays=[date(2026, 1, 19), date(2026, 2, 16)])
    place = pv.Place("store", kind="store", timezone="America/Chicago")
    return [
        (
            pv.Visit(
                id=f"V-{number}",
                partner_id=f"P-{number % 700}",
                visitors=[pv.Visitor(f"rep-{number % 17}")],
                planned=pv.Period(
                    FIRST + timedelta(days=number % 85),
                    FIRST + timedelta(days=number % 85, hours=2),
                ),
                place=place,
            ),
            pv.Given(calendar=calendar, facts=pv.Facts(partner={"segment": f"S{number % 4}"})),
        )
        for number in range(count)
    ]


# ------------------------------------------------------------------ all that an expansion can do


def rich_definitions(*, from_facts: bool) -> tuple[Catalog, pv.ActionPlanTemplate]:
    """The same tasks with conditions, contexts, a group, lags, and other anchors."""
    catalog, template = definitions()
    first = Group("first", Selection.FIRST)
    changes: dict[int, dict[str, object]] = {
        1: {"condition": pv.when("segment", pv.one_of(["S0", "S1"])), "group": first},
        2: {"condition": pv.when("stores", pv.at_least(3)), "group": first},
        3: {"context_kinds": ["product"], "spread": Spread.ONE_EACH},
        4: {"context_kinds": ["product"]},
        5: {"condition": all_of([is_set("stores"), pv.when("stores", pv.at_most(8))])},
        6: {"after": [Prerequisite("item-5", least=pv.days(1), most=pv.weeks(8))]},
        7: {"due": pv.working_days(1, anchor=ItemDate("item-6"))},
    }
    if from_facts:
        changes[8] = {"due": pv.days(-30, anchor=FactDate("renewal"), roll=Roll.PRECEDING)}
    items = [
        attrs.evolve(item, **changes.get(number, {}))  # type: ignore[arg-type]
        for number, item in enumerate(template.items)
    ]
    return catalog, pv.ActionPlanTemplate("rich", "Rich", items=items).publish()


def rich_visits(count: int) -> list[tuple[pv.Visit, pv.Given]]:
    """The same visits with products, facts, two calendars, and targets for each partner."""
    targets = tuple(
        pv.Target(
            f"indicator-{key}", pv.at_least(60 + partner), scope=pv.Scope(partner=f"P-{partner}")
        )
        for partner in range(100)
        for key in (0, 9, 18)
    )
    rep = pv.WorkCalendar(holidays=[date(2026, 1, 23), date(2026, 2, 9)])
    products = [pv.Context("product", "A"), pv.Context("product", "B")]
    return [
        (
            attrs.evolve(visit, partner_id=f"P-{number % 100}"),
            attrs.evolve(
                given,
                rep_calendars={visit.rep_id: rep},
                contexts=products,
                facts=pv.Facts(
                    visit={"renewal": date(2026, 9, 1 + number % 28)},
                    partner={"segment": f"S{number % 4}", "stores": number % 10},
                ),
                targets=targets,
            ),
        )
        for number, (visit, given) in enumerate(visits(count))
    ]


def long_template(length: int) -> pv.ActionPlanTemplate:
    """Items in a chain, some under a condition that does not hold."""
    rare = pv.when("segment", pv.equals("rare"))
    items = [
        pv.TemplateItem(
            f"item-{number}",
            task="task-0",
            due=pv.days(number % 300),
            after=[f"item-{number - 1}"] if number else [],
            condition=rare if number % 3 == 1 else None,
        )
        for number in range(length)
    ]
    return pv.ActionPlanTemplate("long", "Long", items=items).publish()


# ---------------------------------------------------------------------------------- bare results


def names_of(cls: type) -> list[str]:
    """The names of a domain class's fields."""
    return [field.name for field in attrs.fields(cast("type[attrs.AttrsInstance]", cls))]


def bare(cls: type) -> Callable[..., object]:
    """A frozen attrs class with the same fields and nothing else."""
    return attrs.make_class(f"Bare{cls.__name__}", names_of(cls), frozen=True, slots=True)


def rows_of(values: Iterable[object]) -> list[tuple[object, ...]]:
    """The field values of objects."""
    return [tuple(getattr(value, name) for name in names_of(type(value))) for value in values]


def construct(cls: Callable[..., object], rows: Sequence[tuple[object, ...]]) -> Work:
    """Work that constructs an object for each row."""
    return lambda: [cls(*row) for row in rows]


def bare_plans(proposals: Sequence[pv.Proposal]) -> Work:
    """Work that constructs as many bare proposals, plans, subjects, tasks and KPIs."""
    plans = [proposal.accept() for proposal in proposals]
    tasks = [task for plan in plans for task in plan.tasks]
    parts = [
        construct(bare(cls), rows_of(values))
        for cls, values in (
            (Kpi, [kpi for plan in plans for kpi in plan.kpis]),
            (PlannedTask, tasks),
            (Subject, [plan.subject for plan in plans]),
            (LeftOut, [each for plan in plans for each in plan.left_out]),
            (pv.ActionPlan, plans),
            (pv.Proposal, proposals),
        )
    ]
    return lambda: [part() for part in parts]


# ------------------------------------------------------------------------------------- measuring


def seconds(work: Work) -> float:
    """How long one run takes, its result kept until it is done."""
    start = perf_counter()
    result = work()
    taken = perf_counter() - start
    del result
    return taken


def ratio(work: Work, beside: Work) -> float:
    """The ratio of two medians, the runs taken in turn."""
    return ratio_of_prepared(lambda: work, lambda: beside)


def ratio_of_prepared(prepare: Callable[[], Work], beside: Callable[[], Work]) -> float:
    """The same of work that is made anew for each run, outside of the time."""
    pairs = [(seconds(prepare()), seconds(beside())) for _ in range(RUNS)]
    return median(pair[0] for pair in pairs) / median(pair[1] for pair in pairs)


def interpreter(code: str) -> float:
    """How long a fresh interpreter takes for some code."""
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    command = [sys.executable, "-c", code]
    return seconds(lambda: subprocess.run(command, check=True, env=environment))


def import_ratio(code: str) -> float:
    """Importing the library beside what it stands on, net of an empty interpreter."""
    _ = interpreter(code)  # the first run compiles
    runs = [
        (
            interpreter(code),
            interpreter("import attrs, datetime, decimal, zoneinfo"),
            interpreter("pass"),
        )
        for _ in range(4 * RUNS)
    ]
    library, ground, empty = (median(run[each] for run in runs) for each in range(3))
    return (library - empty) / (ground - empty)


def bytes_per_kpi(work: Callable[[], list[pv.Proposal]]) -> float:
    """Memory of expanded plans, all told, for each KPI."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    proposals = work()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / sum(len(proposal.accept().kpis) for proposal in proposals)


def say(what: str, figure: float, most: float | None, unit: str = "x") -> None:
    """One line of the report; without a most it is there to be known."""
    due = "to be known" if most is None else f"at most {most:g}"
    print(f"{what:<66} {figure:7.2f}{unit:<6} {due}")


def measure_rich_expansion() -> None:
    """All that an expansion can do, beside its bare results."""
    pairs = rich_visits(VISITS)

    def measure(what: str, most: float, *, from_facts: bool) -> None:
        catalog, template = rich_definitions(from_facts=from_facts)

        def expand_rich() -> list[pv.Proposal]:
            return list(pv.expand_each(template, pairs, catalog=catalog))

        say(what, ratio(expand_rich, bare_plans(expand_rich())), most)

    measure(
        "expanding with conditions, contexts, partner targets, two calendars", 4, from_facts=False
    )
    measure("the same, with a date that counts from a fact of each visit", 6, from_facts=True)


def measure_reconciling() -> None:
    """Plans and proposals that were built apart, with one task that changed in each."""

    def built(instructions: str) -> list[pv.Proposal]:
        catalog, template = definitions()
        items = [
            attrs.evolve(item, instructions=instructions) if item.key == "item-5" else item
            for item in template.items
        ]
        changed = pv.ActionPlanTemplate("quarterly", "Quarterly", items=items).publish()
        return list(pv.expand_each(changed, visits(VISITS), catalog=catalog))

    plans, proposals = [proposal.accept() for proposal in built("")], built("anew")
    pairs = list(zip(plans, proposals, strict=True))

    def reconcile_all() -> list[Reconciliation]:
        reconciled = [pv.reconcile(plan, proposal) for plan, proposal in pairs]
        assert all(len(each.changed) == 1 and len(each.kept) == ITEMS - 1 for each in reconciled)
        return reconciled

    bare_ratio = ratio(reconcile_all, bare_plans(proposals))
    say("reconciling 1,000 plans, one task changed in each ÷ bare plans", bare_ratio, 3)


def measure_long_templates() -> None:
    """Four times the items, four times the work."""
    catalog, _ = definitions()
    visit, given = visits(1)[0]

    def expand_long(template: pv.ActionPlanTemplate) -> Work:
        return lambda: pv.expand(template, visit, catalog=catalog, given=given).accept()

    long, short = long_template(10_000), long_template(2_500)
    say("expanding 10,000 items ÷ 2,500 items", ratio(expand_long(long), expand_long(short)), 5)


def judged(proposals: Sequence[pv.Proposal]) -> list[tuple[pv.ActionPlan, list[pv.Reading]]]:
    """Plans with a reading of each KPI."""
    plans = [proposal.accept() for proposal in proposals]
    return [
        (
            plan,
            [
                pv.capture(kpi, actual(number, row), at=FIRST, by="rep")
                for number, kpi in enumerate(plan.kpis)
            ],
        )
        for row, plan in enumerate(plans)
    ]


def measure_judging() -> None:
    """Mixed KPIs compared, read, and rolled up."""
    catalog, template = definitions()
    few = visits(COMPARED // (ITEMS * KPIS))
    pairs = judged(list(pv.expand_each(template, few, catalog=catalog)))

    def compare_all() -> list[pv.Scorecard]:
        return [pv.compare(plan, found) for plan, found in pairs]

    def judge_all() -> list[pv.Scorecard]:
        cards = compare_all()
        for card in cards:
            for each in card.comparisons:
                _ = each.outcome, each.variance, each.score
        return cards

    comparisons = [each for card in compare_all() for each in card.comparisons]
    # Else a collection of the plans and readings falls into either run of a pair, by chance.
    _ = gc.collect()
    gc.freeze()
    compared = f"{len(comparisons):,} KPIs"
    bare_comparisons = construct(bare(Comparison), rows_of(comparisons))
    say(f"comparing {compared} ÷ bare comparisons", ratio(compare_all, bare_comparisons), 4)
    say("the same, outcome, variance and score read", ratio(judge_all, bare_comparisons), 4)

    def roll_up(held: Sequence[Comparison]) -> Work:
        return lambda: [
            card.counts
            for by in (by_rep, by_indicator, by_month)
            for card in pv.rollup(held, by=by)
        ]

    def count_outcomes() -> list[dict[tuple[object, object], int]]:
        tallies: list[dict[tuple[object, object], int]] = []
        for by in (by_rep, by_indicator, by_month):
            tally: dict[tuple[object, object], int] = {}
            for each in comparisons:
                key = (by(each), each.outcome)
                tally[key] = tally.get(key, 0) + 1
            tallies.append(tally)
        return tallies

    everything, a_quarter = roll_up(comparisons), roll_up(comparisons[::4])
    say("rolling up by three functions ÷ counting in a dict", ratio(everything, count_outcomes), 2)
    say("rolling up all ÷ a quarter of them", ratio(everything, a_quarter), 5)


def begun(visit: pv.Visit) -> pv.Visit:
    """In another state, which moves it in an index."""
    return visit.start(at=FIRST)


Writing: TypeAlias = Callable[[Sequence[pv.Visit]], Work]


def written_in_turn(made: Sequence[pv.Visit], writing: Writing) -> Callable[[], Work]:
    """Prepares writing visits begun, the next time as they were, and so on."""
    states = cycle([list(map(begun, made)), made])
    return lambda: writing(next(states))


def applied(store: pv.MemoryStore, visits: Sequence[pv.Visit]) -> Work:
    """Work that applies one guarded write for each visit, all built beforehand."""
    writes = [store.visits.get(each.id).replaced_by(each) for each in visits]

    def work() -> None:
        for each in writes:
            store.apply(each)

    return work


def changed(store: pv.MemoryStore, visits: Sequence[pv.Visit]) -> Work:
    """Work that reads each visit, builds a guarded write of it, and applies that."""

    def work() -> None:
        for each in visits:
            store.apply(store.visits.get(each.id).replaced_by(each))

    return work


def applied_rows(database: sqlite3.Connection, form: rival.Form) -> Writing:
    """The work of `applied`, with the revisions read beforehand."""

    def writing(visits: Sequence[pv.Visit]) -> Work:
        revisions = [rival.get(database, each.id, rival.LEFT_AS_BYTES)[1] for each in visits]

        def work() -> None:
            for each, revision in zip(visits, revisions, strict=True):
                rival.replace(database, each, revision, form)

        return work

    return writing


def changed_rows(database: sqlite3.Connection, form: rival.Form) -> Writing:
    """The work of `changed`."""

    def writing(visits: Sequence[pv.Visit]) -> Work:
        def work() -> None:
            for each in visits:
                _, revision = rival.get(database, each.id, form)
                rival.replace(database, each, revision, form)

        return work

    return writing


def measure_store_beside(
    store: pv.MemoryStore,
    database: sqlite3.Connection,
    some: Sequence[pv.Visit],
    form: rival.Form,
) -> None:
    """The memory store beside a database that keeps visits in one form."""
    partners = [f"P-{number}" for number in range(0, 700, 7)]
    since, before = date(2026, 2, 2), date(2026, 2, 9)

    def get_all() -> object:
        return [store.visits.get(each.id) for each in some]

    def get_rows() -> object:
        return [rival.get(database, each.id, form) for each in some]

    def find_partners() -> object:
        return [store.visits.find(VisitFilter(partners=[each])) for each in partners]

    def partner_rows() -> object:
        return [rival.of_partner(database, each, form) for each in partners]

    def find_days() -> object:
        return store.visits.find(VisitFilter(since=since, before=before), limit=1_000)

    def day_rows() -> object:
        return rival.of_days(database, str(since), str(before), 1_000, form)

    # Bytes that nobody can use are less than the same work.
    thrice, once = (None, None) if form is rival.LEFT_AS_BYTES else (1 / 3, 1)
    beside = f"÷ sqlite3 with {form.name}"
    say(f"getting one of 100,000 visits {beside}", ratio(get_all, get_rows), thrice)
    say(f"finding a partner's visits {beside}", ratio(find_partners, partner_rows), once)
    say(f"finding a page of a week's visits {beside}", ratio(find_days, day_rows), once)


def measure_writing_beside(
    store: pv.MemoryStore,
    database: sqlite3.Connection,
    some: Sequence[pv.Visit],
    form: rival.Form,
) -> None:
    """A guarded write alone, and with what comes before it."""
    alone = ratio_of_prepared(
        written_in_turn(some, partial(applied, store)),
        written_in_turn(some, applied_rows(database, form)),
    )
    say(f"applying one guarded write ÷ sqlite3 with {form.name}", alone, 1 / 3)
    together = ratio_of_prepared(
        written_in_turn(some, partial(changed, store)),
        written_in_turn(some, changed_rows(database, form)),
    )
    say(f"getting, building and applying ÷ sqlite3 with {form.name}", together, None)


def measure_stores() -> None:
    """The memory store beside the same work through `sqlite3` in memory, at 100,000 visits."""
    made = [visit for visit, _ in visits(STORED)]
    store, small = pv.MemoryStore(), pv.MemoryStore()
    store.apply(pv.Changes.create(*made))
    small.apply(pv.Changes.create(*made[:1_000]))
    pickles, texts = rival.open_with(made, rival.PICKLES), rival.open_with(made, rival.TEXTS)
    # Else a collection of all visits falls into either run of a pair, by chance.
    _ = gc.collect()
    gc.freeze()
    some = made[:: STORED // 1_000]
    measure_store_beside(store, pickles, some, rival.PICKLES)
    measure_store_beside(store, texts, some, rival.TEXTS)
    measure_store_beside(store, pickles, some, rival.LEFT_AS_BYTES)
    measure_writing_beside(store, pickles, some, rival.PICKLES)
    measure_writing_beside(store, texts, some, rival.TEXTS)
    among_all = written_in_turn(some, partial(applied, store))
    among_few = written_in_turn(made[:1_000], partial(applied, small))
    beside = ratio_of_prepared(among_all, among_few)
    say("applying one among 100,000 ÷ among 1,000", beside, 3)


def measure_codec() -> None:
    """Documents read and written, beside models of pydantic."""
    catalog, template = definitions()
    proposals = pv.expand_each(template, visits(VISITS), catalog=catalog)
    plans = [proposal.accept() for proposal in proposals]
    _ = gc.collect()
    gc.freeze()
    documents.measure_documents(plans, ratio, say)


def main() -> None:
    """Measure and print."""
    catalog, template = definitions()
    some, many = visits(VISITS), visits(4 * VISITS)

    def expand_some() -> list[pv.Proposal]:
        return list(pv.expand_each(template, some, catalog=catalog))

    def expand_many() -> list[pv.Proposal]:
        return list(pv.expand_each(template, many, catalog=catalog))

    proposals = expand_some()
    say(
        "expanding 1,000 visits x 10 tasks x 3 KPIs ÷ bare results",
        ratio(expand_some, bare_plans(proposals)),
        3,
    )
    say("expanding 4,000 visits ÷ 1,000 visits", ratio(expand_many, expand_some), 5)
    say("memory of the expanded plans, per KPI", bytes_per_kpi(expand_some), 400, " bytes")

    measure_rich_expansion()
    measure_reconciling()
    measure_long_templates()

    measure_judging()
    measure_stores()
    measure_codec()

    say("import partnervisits ÷ what it stands on", import_ratio("import partnervisits"), 2.5)
    say("the same with all its rooms", import_ratio("from partnervisits import *"), 3.5)


if __name__ == "__main__":
    main()
