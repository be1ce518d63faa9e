"""A real network: every partner store surveyed in one quarter, judged and rolled up.

    python docs/examples/adventure_works.py FOLDER

FOLDER holds `stores.csv`, `reps.csv` and `territories.csv` of the Adventure Works network: the
stores that resell a manufacturer's bicycles, the rep who looks after each, and what a survey
captured there. The script reads them as a host application would: the files, the reps' diaries and
the report are its own, everything between a definition and a verdict is the library's.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from textwrap import shorten
from typing import NamedTuple
from zoneinfo import ZoneInfo

import partnervisits as pv
from partnervisits.scorecards import (
    GroupKey,
    by_fact,
    by_indicator,
    by_partner,
    by_rep,
    by_segment,
)

# ------------------------------------------------------------------------------------------- define

INDICATORS = [
    pv.Indicator(
        "annual-sales",
        "Annual sales",
        value_type=pv.ValueType.DECIMAL,
        unit="USD",
        direction=pv.Direction.HIGHER_IS_BETTER,
    ),
    pv.Indicator(
        "annual-revenue",
        "Annual revenue",
        value_type=pv.ValueType.DECIMAL,
        unit="USD",
        direction=pv.Direction.HIGHER_IS_BETTER,
    ),
    pv.Indicator("employees", "Employees", value_type=pv.ValueType.NUMBER),
    pv.Indicator("floor-space", "Floor space", value_type=pv.ValueType.NUMBER, unit="sq ft"),
    pv.Indicator("year-opened", "Year opened", value_type=pv.ValueType.NUMBER),
    pv.Indicator(
        "brands",
        "Brands carried",
        value_type=pv.ValueType.CHOICE,
        choices={"AW": "ours only", "2": "two", "3": "three", "4+": "four or more"},
    ),
    pv.Indicator(
        "internet",
        "Internet line",
        value_type=pv.ValueType.CHOICE,
        choices=["ISDN", "DSL", "T1", "T2", "T3"],
    ),
    pv.Indicator(
        "specialty",
        "Specialty",
        value_type=pv.ValueType.CHOICE,
        choices=["Mountain", "Road", "Touring"],
    ),
]

TASKS = [
    pv.TaskDefinition(
        "survey", "Survey the store", indicators=[indicator.key for indicator in INDICATORS]
    ),
    pv.TaskDefinition("next-steps", "Agree on the next steps with the owner"),
]

# What is expected of every store stands in the template.
TEMPLATE = pv.ActionPlanTemplate(
    "store-survey",
    "Quarterly store survey",
    items=[
        pv.TemplateItem(
            "survey",
            task="survey",
            binding=pv.Binding.MUST,
            targets=[
                pv.Target(
                    "annual-revenue",
                    pv.at_least(90_000),
                    near=pv.within_percent(12),
                    worst=20_000,
                    weight=2,
                ),
                pv.Target("brands", pv.none_of(["4+"]), weight="0.5"),
                pv.Target("internet", pv.none_of(["ISDN"])),
            ],
        ),
        pv.TemplateItem("next-steps", task="next-steps", after=["survey"], due=pv.working_days(5)),
    ],
).publish()

CATALOG = pv.Catalog(indicators=INDICATORS, tasks=TASKS, templates=[TEMPLATE])

# What is expected of one type of business only is given when a visit is planned, and wins over the
# template.
BUSINESS_TYPES = {"BM": "bicycle manufacturer", "BS": "bicycle store", "OS": "online store"}
MANUFACTURER, SHOP, ONLINE = (pv.Scope(segment=each) for each in BUSINESS_TYPES)

TARGETS = (
    pv.Target("annual-sales", pv.at_least(800_000), worst=200_000, scope=MANUFACTURER),
    pv.Target("employees", pv.between(8, 16), near=pv.within(2), worst=(1, 23), scope=MANUFACTURER),
    pv.Target(
        "floor-space", pv.at_least(20_000), near=pv.within(2_000), worst=5_000, scope=MANUFACTURER
    ),
    pv.Target(
        "year-opened",
        pv.equals(1985, tolerance=7),
        near=pv.within(3),
        worst=(1960, 2008),
        scope=MANUFACTURER,
    ),
    pv.Target("brands", pv.one_of(["AW", "2"]), scope=MANUFACTURER),
    pv.Target(
        "annual-sales",
        pv.at_least(1_500_000),
        near=pv.within_percent(35),
        worst=500_000,
        scope=SHOP,
    ),
    pv.Target("employees", pv.between(25, 45), near=pv.within(3), worst=(7, 60), scope=SHOP),
    pv.Target(
        "floor-space",
        pv.between(30_000, 40_000),
        near=pv.within(1_000),
        worst=(15_000, 43_000),
        scope=SHOP,
    ),
    pv.Target("year-opened", pv.at_most(1990), near=pv.within(2), worst=2003, scope=SHOP),
    pv.Target("specialty", pv.one_of(["Road", "Mountain"]), scope=SHOP),
    pv.Target("annual-sales", pv.at_least(3_000_000), worst=700_000, scope=ONLINE),
    pv.Target("employees", pv.at_most(80), near=pv.within(5), worst=101, scope=ONLINE),
    pv.Target(
        "floor-space", pv.at_most(75_000), near=pv.within_percent(2), worst=81_000, scope=ONLINE
    ),
    pv.Target("year-opened", pv.at_least(1985), near=pv.within(1), worst=1970, scope=ONLINE),
    pv.Target("internet", pv.one_of(["T1", "T2", "T3"]), scope=ONLINE),
)

RULES = [
    pv.FollowUpRule("fell-short", "Agree on a remedy with the owner", on=pv.Outcome.NOT_MET),
    pv.FollowUpRule("ask-again", "Ask again by telephone", on=pv.Outcome.NO_DATA),
]

# ---------------------------------------------------------------------------- load, as a host would

COLUMNS = {
    "annual-sales": "annual_sales",
    "annual-revenue": "annual_revenue",
    "employees": "number_employees",
    "floor-space": "square_feet",
    "year-opened": "year_opened",
    "brands": "brands",
    "internet": "internet",
    "specialty": "specialty",
}

TIMEZONES = {
    "Northwest": "America/Los_Angeles",
    "Northeast": "America/New_York",
    "Central": "America/Chicago",
    "Southwest": "America/Denver",
    "Southeast": "America/New_York",
    "Canada": "America/Toronto",
    "France": "Europe/Paris",
    "Germany": "Europe/Berlin",
    "Australia": "Australia/Sydney",
    "United Kingdom": "Europe/London",
}


class Store(NamedTuple):
    """A partner store, as the host holds it; `answers` has a field of text for each indicator."""

    id: str
    name: str
    rep_id: str
    territory: str
    business_type: str
    answers: Mapping[str, str]


def load(folder: Path) -> list[Store]:
    """Read the stores, each with the territory of its rep.

    Args:
        folder: Holds the three files.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file lacks a column or what a row refers to.
    """
    names = _read(folder / "territories.csv", "territory_id", "name")
    reps = _read(folder / "reps.csv", "rep_id", "territory_id")
    territories = {row["territory_id"]: row["name"] for row in names}
    covered = {row["rep_id"]: territories.get(row["territory_id"], "") for row in reps}
    columns = ("store_id", "name", "rep_id", "business_type", *COLUMNS.values())
    return [_store(row, covered) for row in _read(folder / "stores.csv", *columns)]


def _read(path: Path, *columns: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restval="", strict=True)
        lacking = [column for column in columns if column not in (reader.fieldnames or ())]
        if lacking:
            raise ValueError(f"{path.name} has no column {', '.join(lacking)}")
        return list(reader)


def _store(row: Mapping[str, str], covered: Mapping[str, str]) -> Store:
    territory = covered.get(row["rep_id"], "")
    if territory not in TIMEZONES:
        raise ValueError(f"store {row['store_id']} has no rep with a known territory")
    answers = {indicator: row[column] for indicator, column in COLUMNS.items()}
    return Store(
        row["store_id"], row["name"], row["rep_id"], territory, row["business_type"], answers
    )


# ----------------------------------------------------------------------------------------- schedule

FIRST_DAY, LAST_DAY = date(2026, 1, 1), date(2026, 3, 31)

CALENDAR = pv.WorkCalendar(
    holidays=[
        date(2026, 1, 1),  # New Year's Day
        date(2026, 1, 19),  # Birthday of Martin Luther King, Jr.
        date(2026, 2, 16),  # Washington's Birthday
    ]
)

TIMES = (time(9), time(11), time(13, 30), time(15, 30))
"""When visits begin, in the store's own time: at most four a day for each rep."""

LENGTH = timedelta(minutes=90)


class Call(NamedTuple):
    """A store, and when its rep is to be there."""

    store: Store
    start: datetime

    @property
    def end(self) -> datetime:
        """When the rep leaves."""
        return self.start + LENGTH


def schedule(stores: Iterable[Store]) -> Iterator[Call]:
    """Spread the stores of each rep evenly over the rep's working days.

    Args:
        stores: Of any reps.

    Raises:
        ValueError: a rep has more stores than times for a visit.
    """
    slots = [(on, at) for on in working_days() for at in TIMES]
    for rep_id, looked_after in stores_of_reps(stores).items():
        if len(looked_after) > len(slots):
            raise ValueError(f"rep {rep_id} has {len(looked_after)} stores, {len(slots)} times")
        for position, store in enumerate(looked_after):
            on, at = slots[position * len(slots) // len(looked_after)]
            yield Call(store, datetime.combine(on, at, ZoneInfo(TIMEZONES[store.territory])))


def working_days() -> list[date]:
    """The quarter's working days."""
    length = (LAST_DAY - FIRST_DAY).days + 1
    quarter = (FIRST_DAY + timedelta(days=passed) for passed in range(length))
    return [on for on in quarter if CALENDAR.is_working(on)]


def stores_of_reps(stores: Iterable[Store]) -> dict[str, list[Store]]:
    """The stores that each rep looks after, in the order given.

    Args:
        stores: Of any reps.
    """
    held: dict[str, list[Store]] = {}
    for store in stores:
        held.setdefault(store.rep_id, []).append(store)
    return held


def visit_of(call: Call) -> pv.Visit:
    """The planned visit of a store's rep.

    Args:
        call: Where and when.
    """
    store, timezone = call.store, TIMEZONES[call.store.territory]
    return pv.Visit(
        id=f"{store.id}-2026-Q1",
        partner_id=store.id,
        visitors=[pv.Visitor(store.rep_id)],
        planned=pv.Period(call.start, call.end),
        place=pv.Place(store.id, kind="store", timezone=timezone, name=store.name),
    )


# ------------------------------------------------------------------ plan, perform, capture, compare


class Surveyed(NamedTuple):
    """A store after its visit."""

    store: Store
    visit: pv.Visit
    plan: pv.ActionPlan
    card: pv.Scorecard


def conduct(stores: Iterable[Store]) -> Iterator[Surveyed]:
    """Visit every store, and compare what the survey finds with what is expected there.

    Args:
        stores: To be visited in the quarter.
    """
    calls = list(schedule(stores))
    visits = [visit_of(call) for call in calls]
    known = [known_of(call.store) for call in calls]
    proposals = pv.expand_each(TEMPLATE, zip(visits, known, strict=True), catalog=CATALOG)
    for call, visit, proposal in zip(calls, visits, proposals, strict=True):
        yield survey(call, visit, proposal.accept())


def known_of(store: Store) -> pv.Given:
    """What the host knows of a store when it plans.

    Args:
        store: To be visited.
    """
    facts = {"segment": store.business_type, "territory": store.territory}
    return pv.Given(calendar=CALENDAR, facts=pv.Facts(partner=facts), targets=TARGETS)


def survey(call: Call, visit: pv.Visit, plan: pv.ActionPlan) -> Surveyed:
    """The visit as it went: every question asked and every answer, or its absence, captured.

    Args:
        call: Where and when.
        visit: As planned.
        plan: As accepted.
    """
    store = call.store
    visit = visit.start(at=call.start)
    readings = [
        pv.capture(kpi, answer(store, kpi.indicator), at=call.start, by=store.rep_id)
        for kpi in plan.task("survey").kpis
    ]
    captured = [reading.kpi_id for reading in readings]
    plan = plan.complete("survey", at=call.end, captured=captured)
    visit = pv.complete(visit, [plan], at=call.end)
    return Surveyed(store, visit, plan, pv.compare(plan, readings, visit=visit))


def answer(store: Store, indicator: pv.Indicator) -> int | str | pv.Absence:
    """What a store answered; an empty field is no answer, and never zero.

    Args:
        store: Was asked.
        indicator: The question.
    """
    field = store.answers[indicator.key]
    if not field:
        return pv.Absence.NOT_MEASURED
    return int(field) if indicator.value_type is pv.ValueType.NUMBER else field


# ------------------------------------------------------------------------------------------- report

GROUPINGS: Mapping[str, Callable[[pv.Comparison], GroupKey]] = {
    "Business type": by_segment,
    "Territory": by_fact("territory"),
    "Rep": by_rep,
    "Indicator": by_indicator,
}

NAMES = BUSINESS_TYPES | {indicator.key: indicator.name for indicator in INDICATORS}


def report(surveyed: Iterable[Surveyed]) -> str:
    """What a sales manager reads at the end of the quarter.

    Args:
        surveyed: The stores after their visits.
    """
    held = list(surveyed)
    comparisons = [comparison for each in held for comparison in each.card.comparisons]
    reps = {each.store.rep_id for each in held}
    names = {each.store.id: each.store.name for each in held}
    lowest = weakest(comparisons)
    first = {card.group for card in lowest[:1]}
    parts = [f"{len(held)} stores, surveyed by {len(reps)} reps from {FIRST_DAY} to {LAST_DAY}"]
    for title, by in GROUPINGS.items():
        parts.append(group_table(title, pv.rollup(comparisons, by=by), NAMES))
    parts.append(group_table("Stores to look at first", lowest, names))
    parts += [story(each) for each in held if each.store.id in first]
    return "\n\n".join(parts)


def weakest(comparisons: Iterable[pv.Comparison], most: int = 5) -> list[pv.Scorecard]:
    """The stores with the lowest scores, the lowest first.

    Args:
        comparisons: Of any stores.
        most: How many.
    """
    cards = pv.rollup(comparisons, by=by_partner)
    scored = [(card.score, card) for card in cards if card.score is not None]
    return [card for _, card in sorted(scored, key=lambda pair: pair[0])[:most]]


def story(surveyed: Surveyed) -> str:
    """One visit from its plan to its follow-ups.

    Args:
        surveyed: The store after it.
    """
    store, visit, plan, card = surveyed
    name = shorten(store.name, 60, placeholder="...")
    title = f"{name}: rep {visit.rep_id} was there on {visit.on}"
    return "\n\n".join([title, str(plan), str(card), str(pv.follow_up(card, RULES))])


def group_table(title: str, cards: Iterable[pv.Scorecard], names: Mapping[str, str]) -> str:
    """One line for each group: its score, never without coverage and counts.

    Args:
        title: What the groups are.
        cards: Rolled up.
        names: What people call some of the groups.
    """
    head = _line(title, "score", "coverage", "asked", "met", "near", "not met", "no data")
    return "\n".join([head, "-" * len(head), *(_group(card, names) for card in cards)])


def _group(card: pv.Scorecard, names: Mapping[str, str]) -> str:
    counts = card.counts
    shown = (counts.asked, counts.met, counts.near, counts.not_met, counts.no_data)
    return _line(
        names.get(str(card.group), str(card.group)),
        _percent(card.score),
        _percent(card.coverage),
        *(f"{count:,}" for count in shown),
    )


def _line(name: str, *cells: str) -> str:
    return f"{shorten(name, 30, placeholder='...'):30}" + "".join(f"{cell:>10}" for cell in cells)


def _percent(ratio: Decimal | None) -> str:
    """Cut rather than rounded: 100.0 % means all of it."""
    if ratio is None:
        return "none"
    tenths = int(ratio * 1000)
    return f"{tenths // 10}.{tenths % 10} %"


def main() -> None:
    """Report on the network in the folder that is named on the command line."""
    parser = argparse.ArgumentParser(
        description="Survey the stores of the Adventure Works network."
    )
    _ = parser.add_argument("folder", type=Path, help="holds stores.csv, reps.csv, territories.csv")
    folder: Path = parser.parse_args().folder
    try:
        surveyed = list(conduct(load(folder)))
    except (OSError, ValueError, csv.Error) as error:
        parser.error(f"cannot survey the network in {folder}: {error}")
    print(report(surveyed))


if __name__ == "__main__":
    main()
