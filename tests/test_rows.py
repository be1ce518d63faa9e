"""Plans, comparisons and roll-ups as columns, as the reference lists them (S 6.6, S 8.2, S 9.2)."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Context as DecimalContext
from decimal import Decimal, getcontext, localcontext
from enum import Enum
from math import isnan
from typing import Any, NamedTuple

import attrs
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import example, rows
from partnervisits import testing as strategies
from partnervisits.comparison import Comparison, Favourability, Outcome
from partnervisits.errors import InvalidValueError
from partnervisits.plans import Edit, Kpi, Origin, PlannedTask, RemovedTask, TaskStatus
from partnervisits.readings import Flag, Reading
from partnervisits.rows import Rows, comparison_rows, plan_rows, rollup_rows
from partnervisits.scorecards import GroupKey, Missing, Scorecard, by_rep
from partnervisits.targets import TargetSource
from partnervisits.values import Absence, ValueType
from tests import builders
from tests.builders import ELEVEN, NINE, THURSDAY
from tests.judged import DATETIME, DECIMAL, NOON, NUMBER, PERCENTAGE, SUBJECT, judged
from tests.places import DOCS
from tests.processes import output_of

KINDS = ("plan_rows", "comparison_rows", "rollup_rows")
PAGE = (DOCS / "reference" / "rows.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (\w+)(, or none)? \| (.+) \|$", re.MULTILINE)
PYTHON: dict[str, type] = {
    "text": str,
    "texts": list,
    "boolean": bool,
    "count": int,
    "decimal": Decimal,
    "float": float,
    "date": date,
    "instant": datetime,
    "duration": timedelta,
}
POLARS: dict[str, pl.DataType] = {
    "text": pl.String(),
    "texts": pl.List(pl.String()),
    "boolean": pl.Boolean(),
    "count": pl.Int64(),
    "float": pl.Float64(),
    "date": pl.Date(),
    "instant": pl.Datetime("us", "UTC"),
    "duration": pl.Duration("us"),
}
ARROW: dict[str, pa.DataType] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "boolean": pa.bool_(),
    "count": pa.int64(),
    "float": pa.float64(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
    "duration": pa.duration("us"),
}


class Column(NamedTuple):
    """What the page says of a column."""

    type: str
    may_be_none: bool
    meaning: str


def documented(kind: str) -> dict[str, Column]:
    """The columns that the page lists for one of the functions, in its order."""
    section = PAGE.split(f": `{kind}`\n")[1].split("\n## ")[0]
    return {name: Column(of, bool(none), said) for name, of, none, said in ROW.findall(section)}


COLUMNS = {kind: documented(kind) for kind in KINDS}


def only_row(made: Rows) -> dict[str, object]:
    assert {len(cells) for cells in made.values()} == {1}
    return {name: cells[0] for name, cells in made.items()}


def typed(row: dict[str, object]) -> dict[str, tuple[type, object]]:
    """What equality of rows goes by, so that True is not 1."""
    return {name: (type(cell), cell) for name, cell in row.items()}


# ------------------------------------------------------------------------------- what is compared

BIG = Decimal("999999999999999999.9999999999")
SMALL = Decimal("-999999999999999999.9999999999")
WAY = Decimal("-1999999999999999999.9999999998")  # from the one to the other
LAST = datetime(2200, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
FIRST = datetime(1900, 1, 1, tzinfo=UTC)
LATER = NINE + timedelta(days=2)
STOCK = builders.indicator()
LARGE = pv.Facts(partner={"segment": "large"})
OVERRIDE: dict[str, Any] = {"by": "kim", "at": ELEVEN, "reason": "the photo shows 12"}
FITTING = {
    NUMBER: pv.equals(1),
    DECIMAL: pv.equals(1),
    ValueType.TEXT: pv.equals("yes"),
    ValueType.BOOLEAN: pv.equals(True),
}


def of_type(value_type: ValueType, **changes: Any) -> pv.Indicator:
    choices = ["b", "a", "c"] if value_type.has_choices else []
    return builders.indicator(value_type=value_type, choices=choices, **changes)


def overridden(comparison: Comparison, outcome: Outcome) -> Comparison:
    override = pv.Override(kpi_id=comparison.kpi.id, outcome=outcome, **OVERRIDE)
    return attrs.evolve(comparison, override=override)


def loaded(kpi: Kpi, value: Any, **changes: Any) -> Comparison:
    """What compare makes of a reading that a host loads, whatever its value."""
    task = PlannedTask(
        id=kpi.task_id,
        item_key="count",
        task_key="count",
        name="Count",
        binding=pv.Binding.MUST,
        contexts=[kpi.context],
        kpis=[kpi],
    )
    subject = attrs.evolve(SUBJECT, **changes)
    plan = pv.ActionPlan(subject=subject, key="round", tasks=[task])
    readings = (
        []
        if value is None
        else [
            Reading(id="R-1", kpi_id=kpi.id, value=value, at=NINE, recorded_at=ELEVEN, by="rep-7")
        ]
    )
    (comparison,) = pv.compare(plan, readings).comparisons
    return comparison


def misread(value: object, value_type: ValueType = NUMBER) -> Comparison:
    """A reading of another type than its KPI."""
    target = pv.Target("stock", FITTING[value_type])
    return loaded(builders.kpi(of_type(value_type), target), value)


def busy_comparison() -> Comparison:
    """Of a target for a segment and an implausible reading that was recorded late."""
    measured = attrs.evolve(STOCK, unit="boxes", plausible=pv.at_most(5))
    target = pv.Target(
        "stock",
        pv.at_least(10),
        near=pv.within(2),
        worst=0,
        weight="2.5",
        scope=pv.Scope(segment="large"),
    )
    plan = pv.expand(
        builders.template(),
        builders.visit(),
        catalog=builders.catalog(indicators=[measured]),
        given=pv.Given(facts=LARGE, targets=[target]),
    ).accept()
    told = {"recorded_at": LATER, "note": "in the yard", "id": "R-1"}
    (comparison,) = pv.compare(plan, [builders.reading(plan.kpis[0], 8, **told)]).comparisons
    return comparison


def mixed_comparisons() -> list[Comparison]:
    """Every value type, the largest and the finest figures, every outcome but NOT_DUE."""
    return [
        judged(STOCK),
        busy_comparison(),
        judged(STOCK, pv.at_least(10), 10),
        judged(STOCK, pv.at_least(10), 8, near=pv.within(2), worst=0),
        judged(of_type(DECIMAL, unit="EUR"), pv.at_least(BIG), SMALL, weight="0.0000000001"),
        judged(of_type(DECIMAL), pv.at_most("0.0000000001"), "0.5"),
        judged(of_type(PERCENTAGE), pv.between(20, 30), "35.5", worst=(10, 40)),
        judged(of_type(DATETIME), pv.at_most(FIRST), LAST),
        judged(of_type(DATETIME), pv.at_most(NOON), NOON - timedelta(microseconds=1)),
        judged(of_type(ValueType.BOOLEAN), pv.equals(True), False),
        judged(of_type(ValueType.TEXT), pv.equals("yes"), 'says "yes", \nétc'),
        judged(of_type(ValueType.CHOICE), pv.one_of(["a"]), "b"),
        judged(of_type(ValueType.MULTI_CHOICE), pv.contains(["a"]), ["c", "a"]),
        judged(of_type(ValueType.MULTI_CHOICE), pv.contains(["a"]), []),
        judged(STOCK, pv.at_least(1), Absence.DECLINED),
        judged(STOCK, pv.at_least(1), Absence.NOT_APPLICABLE),
        overridden(judged(STOCK, pv.at_least(12), 3), Outcome.MET),
        misread("twelve"),
        loaded(builders.kpi(STOCK), 5, on=None, facts=LARGE),
    ]


# ------------------------------------------------------------------------------- the reference page


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_lists_the_columns_in_their_order(kind: str) -> None:
    assert [*COLUMNS[kind]] == [*getattr(rows, kind)([])]


@pytest.mark.parametrize(
    ("kind", "column", "members"),
    [
        ("plan_rows", "binding", pv.Binding),
        ("plan_rows", "status", TaskStatus),
        ("plan_rows", "origin", Origin),
        ("comparison_rows", "value_type", ValueType),
        ("comparison_rows", "target_source", TargetSource),
        ("comparison_rows", "outcome", Outcome),
        ("comparison_rows", "absence", Absence),
        ("comparison_rows", "flags", Flag),
        ("comparison_rows", "favourability", Favourability),
        ("rollup_rows", "method", pv.Method),
        ("rollup_rows", "missing", Missing),
    ],
)
def test_the_page_lists_every_word_of_an_enum(
    kind: str, column: str, members: Iterable[Enum]
) -> None:
    said = re.findall(r"`(\w+)`", COLUMNS[kind][column].meaning)
    assert sorted(said) == sorted(member.name.lower() for member in members)


# ----------------------------------------------------------------------------------------- plans

TASK = {
    "visit_id": "V-1",
    "partner_id": "acme",
    "place_id": "dc-9",
    "timezone": "Europe/Berlin",
    "rep_id": "rep-7",
    "segment": None,
    "visit_on": THURSDAY,
    "plan_id": "V-1/round",
    "plan_key": "round",
    "plan_version": 1,
    "item_key": "count",
    "task_key": "count",
    "task_id": "V-1/round/count",
    "name": "The task count",
    "instructions": "",
    "binding": "could",
    "status": "not_started",
    "reason": "",
    "role": None,
    "assignee_id": "rep-7",
    "due": THURSDAY,
    "started_at": None,
    "finished_at": None,
    "contexts": ["partner/acme"],
    "after": [],
    "kpis": 1,
    "origin": "template",
    "serves": [],
    "overridden": [],
    "edited": [],
    "orphaned": False,
}


def busy_task() -> PlannedTask:
    """A task of which nothing is as it is by default."""
    return PlannedTask(
        id="V-1/round/audit",
        item_key="audit",
        task_key="inspect",
        name="Inspect",
        instructions="Look closely",
        binding=pv.Binding.MUST_UNLESS_DOCUMENTED,
        contexts=[pv.Context("product", "X/1"), pv.Context("store", "S-1")],
        role="auditor",
        assignee_id=None,
        due=None,
        after=["count", "recount"],
        origin=Origin.ADDED,
        overridden=["due"],
        serves=["rule/V-0/stock/store/S-1"],
        edits=[Edit("due", THURSDAY)],
        status=TaskStatus.SKIPPED,
        reason="no time",
        started_at=NINE,
        finished_at=ELEVEN,
        orphaned=True,
    )


def busy_plan() -> pv.ActionPlan:
    """Without a template, for an unscheduled visit of a partner with a segment."""
    plain = builders.plan().tasks[0]
    removed = RemovedTask(
        attrs.evolve(plain, id="V-1/round/recount", item_key="recount", kpis=[]), "no"
    )
    return pv.ActionPlan(
        subject=attrs.evolve(SUBJECT, on=None, facts=LARGE),
        key="list",
        tasks=[busy_task(), plain],
        removed=[removed],
    )


def test_a_planned_task_is_a_row() -> None:
    """S 6.6."""
    assert only_row(plan_rows([builders.plan()])) == TASK


def test_everything_of_a_planned_task_is_in_its_row() -> None:
    """S 6.6, S 7.5: tasks in the plan's order, removed ones left out."""
    made = plan_rows([busy_plan(), builders.plan(id="V-2")])
    assert made["task_id"] == ["V-1/round/audit", "V-1/round/count", "V-2/round/count"]
    assert {name: cells[0] for name, cells in made.items()} == {
        "visit_id": "V-1",
        "partner_id": "acme",
        "place_id": "dc-9",
        "timezone": "Europe/Berlin",
        "rep_id": "rep-7",
        "segment": "large",
        "visit_on": None,
        "plan_id": "V-1/list",
        "plan_key": "list",
        "plan_version": None,
        "item_key": "audit",
        "task_key": "inspect",
        "task_id": "V-1/round/audit",
        "name": "Inspect",
        "instructions": "Look closely",
        "binding": "must_unless_documented",
        "status": "skipped",
        "reason": "no time",
        "role": "auditor",
        "assignee_id": None,
        "due": None,
        "started_at": NINE,
        "finished_at": ELEVEN,
        "contexts": ["product/X%2F1", "store/S-1"],
        "after": ["count", "recount"],
        "kpis": 0,
        "origin": "added",
        "serves": ["rule/V-0/stock/store/S-1"],
        "overridden": ["due"],
        "edited": ["due"],
        "orphaned": True,
    }


def test_a_plan_whose_tasks_were_all_removed_has_no_row() -> None:
    """S 7.5."""
    emptied = builders.plan().remove("count", "not this time")
    assert plan_rows([emptied]) == plan_rows([])
    assert plan_rows([emptied, builders.plan()]) == plan_rows([builders.plan()])


# ------------------------------------------------------------------------------------ comparisons

NOTHING: dict[str, object] = {
    "visit_id": "V-1",
    "partner_id": "acme",
    "place_id": "dc-9",
    "timezone": "Europe/Berlin",
    "rep_id": "rep-7",
    "segment": None,
    "visit_on": THURSDAY,
    "item_key": "count",
    "task_key": "count",
    "task_id": "V-1/round/count",
    "kpi_id": "V-1/round/count/partner/acme/stock",
    "context_kind": "partner",
    "context_id": "acme",
    "indicator": "stock",
    "indicator_name": "The stock",
    "value_type": "number",
    "unit": "",
    "target": None,
    "target_source": None,
    "target_scope": None,
    "weight": Decimal(1),
    "outcome": "no_target",
    "computed": "no_target",
    "cause": "nothing is expected",
    "override_by": None,
    "override_at": None,
    "override_reason": None,
    "actual": None,
    "actual_number": None,
    "actual_instant": None,
    "actual_boolean": None,
    "actual_text": None,
    "actual_choices": None,
    "absence": None,
    "reading_id": None,
    "captured_at": None,
    "captured_by": None,
    "recorded_at": None,
    "note": None,
    "flags": [],
    "variance": None,
    "variance_duration": None,
    "favourability": None,
    "relative_variance": None,
    "attainment": None,
    "score": None,
}


def test_a_comparison_of_nothing_is_a_row() -> None:
    """S 8.2."""
    assert only_row(comparison_rows([judged(STOCK)])) == NOTHING


def test_everything_of_a_comparison_is_in_its_row() -> None:
    """S 8.1 to S 8.6."""
    row = only_row(comparison_rows([busy_comparison()]))
    assert typed(row) == typed(
        NOTHING
        | {
            "segment": "large",
            "unit": "boxes",
            "target": "at least 10 boxes",
            "target_source": "given",
            "target_scope": "segment large",
            "weight": Decimal("2.5"),
            "outcome": "near",
            "computed": "near",
            "cause": "",
            "actual": "8 boxes",
            "actual_number": Decimal(8),
            "reading_id": "R-1",
            "captured_at": NINE,
            "captured_by": "rep-7",
            "recorded_at": LATER,
            "note": "in the yard",
            "flags": ["implausible", "late"],
            "variance": Decimal(-2),
            "favourability": "unfavourable",
            "relative_variance": -0.2,
            "attainment": 0.8,
            "score": 0.8,
        }
    )


def test_the_verdict_of_a_person_stands_beside_the_computed_one() -> None:
    """S 8.7."""
    comparison = busy_comparison()
    plain = only_row(comparison_rows([comparison]))
    assert only_row(comparison_rows([overridden(comparison, Outcome.MET)])) == plain | {
        "outcome": "met",
        "override_by": "kim",
        "override_at": ELEVEN,
        "override_reason": "the photo shows 12",
        "favourability": "neutral",
        "score": 1.0,
    }


@pytest.mark.parametrize(
    ("value_type", "actual", "cells"),
    [
        (NUMBER, -3, {"actual_number": Decimal(-3), "actual": "-3"}),
        (NUMBER, 0, {"actual_number": Decimal(0), "actual": "0"}),
        (DECIMAL, "2.50", {"actual_number": Decimal("2.5"), "actual": "2.5"}),
        (PERCENTAGE, 12, {"actual_number": Decimal(12), "actual": "12 %", "unit": "%"}),
        (DATETIME, NINE, {"actual_instant": NINE, "actual": "2026-03-12 09:00"}),
        (ValueType.BOOLEAN, False, {"actual_boolean": False, "actual": "no"}),
        (ValueType.TEXT, "a\nb", {"actual_text": "a\nb", "actual": "a\nb"}),
        (ValueType.CHOICE, "b", {"actual_text": "b", "actual": "b"}),
        (ValueType.MULTI_CHOICE, ["c", "a"], {"actual_choices": ["a", "c"], "actual": "a, c"}),
        (ValueType.MULTI_CHOICE, [], {"actual_choices": [], "actual": "none"}),
    ],
)
def test_what_was_captured_stands_in_the_column_of_its_kind(
    value_type: ValueType, actual: object, cells: dict[str, object]
) -> None:
    """S 1.1, S 1.7."""
    comparison = judged(of_type(value_type), None, actual)
    assert comparison.reading is not None
    assert typed(only_row(comparison_rows([comparison]))) == typed(
        NOTHING
        | {
            "value_type": value_type.name.lower(),
            "reading_id": comparison.reading.id,
            "captured_at": NINE,
            "captured_by": "rep-7",
            "recorded_at": NINE,
            "note": "",
        }
        | cells
    )


@pytest.mark.parametrize("absence", Absence)
def test_an_absence_is_no_value(absence: Absence) -> None:
    """S 1.6."""
    row = only_row(comparison_rows([judged(STOCK, pv.at_least(1), absence)]))
    assert (row["absence"], row["actual"]) == (absence.name.lower(), absence.value)
    assert {row[name] for name in row if name.startswith("actual_")} == {None}
    assert (row["captured_by"], row["score"]) == ("rep-7", None)


@pytest.mark.parametrize(
    ("value", "value_type", "column", "cell"),
    [
        ("twelve", NUMBER, "actual_text", "twelve"),
        (True, NUMBER, "actual_boolean", True),
        (Decimal("1.5"), NUMBER, "actual_number", Decimal("1.5")),
        (NINE, DECIMAL, "actual_instant", NINE),
        (7, ValueType.TEXT, "actual_number", Decimal(7)),
        (frozenset({"z", "y"}), ValueType.BOOLEAN, "actual_choices", ["y", "z"]),
    ],
)
def test_a_reading_of_another_type_stands_in_the_column_of_its_own(
    value: object, value_type: ValueType, column: str, cell: object
) -> None:
    """S 8.2: what cannot be judged is still there."""
    row = only_row(comparison_rows([misread(value, value_type)]))
    assert (row["outcome"], row["computed"], row["score"]) == ("error", "error", None)
    assert str(row["cause"]).startswith("the reading holds ")
    found = {name for name in row if name.startswith("actual_") and row[name] is not None}
    assert (found, row[column], type(row[column])) == ({column}, cell, type(cell))


@pytest.mark.parametrize(
    ("comparison", "number", "duration"),
    [
        (judged(of_type(DECIMAL), pv.at_least(BIG), SMALL), WAY, None),
        (judged(of_type(DATETIME), pv.at_most(FIRST), LAST), None, LAST - FIRST),
        (judged(of_type(DATETIME), pv.at_most(FIRST), FIRST), None, timedelta(0)),
        (judged(of_type(ValueType.TEXT), pv.equals("a"), "b"), None, None),
    ],
    ids=["a number", "an instant", "an instant on time", "a text"],
)
def test_a_variance_is_an_amount_or_a_duration(
    comparison: Comparison, number: Decimal | None, duration: timedelta | None
) -> None:
    """S 8.3."""
    row = only_row(comparison_rows([comparison]))
    assert (row["variance"], row["variance_duration"]) == (number, duration)


def test_amounts_are_exact_and_have_ten_decimal_places() -> None:
    """S 1.3: any amount fits in 38 digits, with one scale."""
    made = comparison_rows(mixed_comparisons())
    amounts = [
        cell
        for name in ("weight", "actual_number", "variance")
        for cell in made[name]
        if isinstance(cell, Decimal)
    ]
    assert {SMALL, WAY, Decimal("0.0000000001"), Decimal(0)} <= {*amounts}
    assert {amount.as_tuple().exponent for amount in amounts} == {-10}
    assert max(len(amount.as_tuple().digits) for amount in amounts) == 29


@pytest.mark.parametrize(
    ("actual", "expected", "ratio"),
    [("0.8", 1, 0.8), (1, 11, 1 / 11), (0, 7, 0.0), (7, 7, 1.0), (10, 3, 10 / 3)],
)
def test_a_ratio_is_the_nearest_float(actual: object, expected: int, ratio: float) -> None:
    """S 8.5."""
    comparison = judged(of_type(DECIMAL), pv.at_least(expected), actual)
    assert comparison_rows([comparison])["attainment"] == [ratio]


def test_almost_all_met_is_not_all_met() -> None:
    """S 9.2: only what is met has the score 1.0, though the nearest float of another may be it."""
    almost = judged(of_type(DECIMAL), pv.at_least(1), "0.9999999999", worst=SMALL)
    assert float(almost.score or 0) == 1
    assert comparison_rows([almost])["score"] == [0.9999999999999999]
    card = Scorecard(comparisons=[almost, judged(STOCK, pv.at_least(1), 1)])
    assert rollup_rows([card])["score"] == [0.9999999999999999]


def test_hardly_beyond_is_not_equal() -> None:
    """S 8.5: an attainment of 1.0 is the bound itself."""
    bound, beyond = "99999999999999999.9999999999", "100000000000000000"
    comparison = judged(of_type(DECIMAL), pv.at_least(bound), beyond)
    assert float(comparison.attainment or 0) == 1
    assert comparison_rows([comparison])["attainment"] == [1.0000000000000002]


# --------------------------------------------------------------------------------------- roll-ups


def test_a_scorecard_is_a_row() -> None:
    """S 9.2: the score never without coverage and counts."""
    met, near = (
        judged(STOCK, pv.at_least(1), 1),
        judged(STOCK, pv.at_least(10), 9, near=pv.within(1)),
    )
    no_data, failed = judged(STOCK, pv.at_least(1), Absence.UNKNOWN), misread("x")
    not_met, none = judged(STOCK, pv.at_least(2), 1, worst=0), judged(STOCK)
    aside = judged(STOCK, pv.at_least(1), Absence.NOT_APPLICABLE)
    not_due = attrs.evolve(no_data, computed=Outcome.NOT_DUE, reading=None)
    times = [met, *[near] * 2, *[not_met] * 3, *[no_data] * 4, *[failed] * 5]
    held = [*times, *[not_due] * 6, *[aside] * 7, *[none] * 8]
    cards = pv.rollup(held, by=by_rep, method=pv.Method.SHARE_MET, missing=Missing.ZERO)
    assert typed(only_row(rollup_rows(cards))) == typed(
        {
            "group": "rep-7",
            "method": "share_met",
            "missing": "zero",
            "score": 1 / 15,
            "coverage": 6 / 15,
            "asked": 15,
            "measured": 6,
            "met": 1,
            "near": 2,
            "not_met": 3,
            "no_data": 4,
            "error": 5,
            "not_due": 6,
            "not_applicable": 7,
            "no_target": 8,
        }
    )


def test_a_scorecard_of_nothing_is_a_row_too() -> None:
    """S 9.2: nothing measured is no score, nothing asked no coverage."""
    row = only_row(rollup_rows([Scorecard(comparisons=[])]))
    assert {name for name, cell in row.items() if cell is None} == {"group", "score", "coverage"}
    assert {cell for cell in row.values() if isinstance(cell, int)} == {0}


@pytest.mark.parametrize(
    ("group", "words"),
    [
        (None, None),
        ("north", "north"),
        (True, "yes"),
        (7, "7"),
        (Decimal("12.5"), "12.5"),
        (THURSDAY, "2026-03-12"),
        (NINE, "2026-03-12 08:00Z"),
        (pv.Context("store", "S-1"), "store S-1"),
        (frozenset({"b", "a"}), "a, b"),
        (("north", None, 7), "north, -, 7"),
        ((pv.Context("store", "S-1"), ("a", "b")), "store S-1, a, b"),
    ],
)
def test_a_group_stands_in_the_words_of_its_scorecard(group: GroupKey, words: str | None) -> None:
    """S 9.1."""
    card = Scorecard(comparisons=[], group=group)
    assert rollup_rows([card])["group"] == [words]
    assert card.summary.startswith("score" if words is None else f"group     {words}\n")


@pytest.mark.parametrize(
    ("group", "words"),
    [(Outcome.NOT_MET, "not_met"), ((Outcome.NO_DATA, "a"), "no_data, a")],
)
def test_an_enum_names_a_group_by_the_word_of_all_rows(group: GroupKey, words: str) -> None:
    """S 9.1."""
    assert rollup_rows([Scorecard(comparisons=[], group=group)])["group"] == [words]


# ------------------------------------------------------------------------------ what is taken


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ("alone", "sequence.type"),
        ("a set", "sequence.type"),
        ("a mapping", "sequence.type"),
        ("a text", "sequence.type"),
        ("nothing", "sequence.type"),
        ("a text among them", "sequence.entry"),
        ("nothing among them", "sequence.entry"),
    ],
)
def test_anything_but_several_in_order_is_refused(kind: str, shape: str, code: str) -> None:
    of_kind: dict[str, object] = {
        "plan_rows": builders.plan(),
        "comparison_rows": judged(STOCK),
        "rollup_rows": Scorecard(comparisons=[]),
    }
    one = of_kind[kind]
    values: dict[str, object] = {
        "alone": one,
        "a set": {one},
        "a mapping": {one: one},
        "a text": "V-1",
        "nothing": None,
        "a text among them": [one, "V-1"],
        "nothing among them": [one, None],
    }
    with pytest.raises(InvalidValueError) as refused:
        _ = getattr(rows, kind)(values[shape])
    assert refused.value.code == code


def test_rows_of_another_kind_are_refused() -> None:
    card: Any = Scorecard(comparisons=[])
    with pytest.raises(InvalidValueError, match="entry 0: pass ActionPlan, not Scorecard"):
        _ = plan_rows([card])
    with pytest.raises(InvalidValueError, match="entry 0: pass Comparison, not Scorecard"):
        _ = comparison_rows([card])
    plan: Any = builders.plan()
    with pytest.raises(InvalidValueError, match="entry 0: pass Scorecard, not ActionPlan"):
        _ = rollup_rows([plan])


def test_a_generator_is_read_once() -> None:
    held = mixed_comparisons()
    assert comparison_rows(each for each in held) == comparison_rows(held)


def test_what_becomes_of_rows_changes_nothing_else() -> None:
    """Each call makes lists of its own."""
    plans = [busy_plan()]
    made = plan_rows(plans)
    for cells in made.values():
        for cell in cells:
            if isinstance(cell, list):
                cell.clear()
        cells.clear()
    assert plan_rows(plans)["contexts"] == [["product/X%2F1", "store/S-1"], ["partner/acme"]]


# ----------------------------------------------------------------------------------- data frames


def mixed_rows(kind: str) -> Rows:
    comparisons = mixed_comparisons()
    groups: list[GroupKey] = [None, "north", ("a", 1)]
    cards = [Scorecard(comparisons=comparisons[3:], group=group) for group in groups]
    made: dict[str, Callable[[], Rows]] = {
        "plan_rows": lambda: plan_rows([busy_plan(), builders.plan()]),
        "comparison_rows": lambda: comparison_rows(comparisons),
        "rollup_rows": lambda: rollup_rows([*cards, Scorecard(comparisons=[])]),
    }
    return made[kind]()


def typed_cells(made: dict[str, list[Any]]) -> dict[str, list[tuple[type, object]]]:
    return {name: [(type(cell), cell) for cell in cells] for name, cells in made.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_a_row_for_each_case_of_every_column(kind: str) -> None:
    """Else the tests below would show nothing."""
    made = mixed_rows(kind)
    for name, column in COLUMNS[kind].items():
        assert any(cell is not None for cell in made[name]), name
        assert not column.may_be_none or None in made[name], name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("backwards", [False, True])
def test_polars_takes_rows_as_they_are(kind: str, backwards: bool) -> None:  # noqa: FBT001
    """The order of the rows decides nothing, though types are guessed from the first ones."""
    made = mixed_rows(kind)
    if backwards:
        made = {name: cells[::-1] for name, cells in made.items()}
    frame = pl.DataFrame(made)
    assert frame.columns == [*made]
    assert typed_cells(frame.to_dict(as_series=False)) == typed_cells(made)
    for name, column in COLUMNS[kind].items():
        found = frame.schema[name]
        if column.type == "decimal":
            assert isinstance(found, pl.Decimal)
            assert found.scale == 10
        else:
            assert found == POLARS[column.type], name


@pytest.mark.parametrize("kind", KINDS)
def test_arrow_takes_rows_as_they_are(kind: str) -> None:
    made = mixed_rows(kind)
    for table in (pa.table(made), pa.Table.from_pydict(made)):
        assert table.column_names == [*made]
        assert typed_cells(table.to_pydict()) == typed_cells(made)
        for name, column in COLUMNS[kind].items():
            found: pa.DataType = table[name].type
            if column.type == "decimal":
                assert re.fullmatch(r"decimal128\(\d+, 10\)", str(found)), name
            else:
                assert found == ARROW[column.type], name


@pytest.mark.parametrize("kind", KINDS)
def test_pandas_takes_rows_as_they_are(kind: str) -> None:
    """What pandas has no type for stays the same object; None may become NaN or NaT."""
    made = mixed_rows(kind)
    frame = pd.DataFrame(made)
    assert back_from_pandas(frame) == made
    for name, column in COLUMNS[kind].items():
        kinds = {"instant": "M", "float": "f", "boolean": "bO", "count": "if", "duration": "mO"}
        assert frame[name].dtype.kind in kinds.get(column.type, "O"), name


def back_from_pandas(frame: pd.DataFrame) -> dict[str, list[object]]:
    """The columns of a frame, with None again for NaN and NaT."""
    return {
        str(name): [None if is_missing(cell) else cell for cell in frame[name].tolist()]
        for name in frame.columns
    }


def is_missing(cell: Any) -> bool:
    return cell is pd.NaT or (isinstance(cell, float) and isnan(cell))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 1])
def test_no_rows_and_empty_columns_are_taken(kind: str, count: int) -> None:
    """No rows at all, and rows of which many columns are None."""
    made = {name: cells[:count] for name, cells in mixed_rows(kind).items()}
    assert pl.DataFrame(made).to_dict(as_series=False) == made
    assert pa.table(made).to_pydict() == made
    assert pd.DataFrame(made).shape == (count, len(made))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_gives_every_column_without_a_row(kind: str) -> None:
    assert getattr(rows, kind)([]) == {name: [] for name in COLUMNS[kind]}


def test_frames_can_be_joined_one_below_the_other() -> None:
    """A column has the same type in every frame in which it has a value."""
    coarse = comparison_rows([judged(of_type(DECIMAL), pv.at_least(1), 5)])
    fine = comparison_rows([judged(of_type(DECIMAL), pv.at_least("0.25"), "0.125")])
    joined = pl.concat([pl.DataFrame(coarse), pl.DataFrame(fine)])
    assert joined["actual_number"].to_list() == [Decimal(5), Decimal("0.125")]


# ------------------------------------------------------------------------------------------- laws


@st.composite
def any_comparison(draw: st.DrawFn) -> Comparison:
    """With or without a target, a reading, an override; some readings are of another type."""
    measured = draw(strategies.indicators())
    target = draw(st.none() | strategies.targets_for(measured))
    kpi = builders.kpi(measured, target)
    strange = strategies.indicators().flatmap(strategies.values_of)
    value = draw(
        st.one_of(st.none(), st.sampled_from(Absence), strategies.values_of(measured), strange)
    )
    comparison = loaded(
        kpi,
        value,
        on=draw(st.none() | strategies.dates()),
        facts=draw(strategies.facts()),
        partner_id=draw(strategies.host_ids()),
    )
    settled = [Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE]
    outcome = draw(st.none() | st.sampled_from(settled))
    return comparison if outcome is None else overridden(comparison, outcome)


def assert_as_documented(kind: str, made: Rows, count: int) -> None:
    """The columns of the page, each as long as the others and of its one type."""
    assert [*made] == [*COLUMNS[kind]]
    for name, column in COLUMNS[kind].items():
        assert len(made[name]) == count
        kinds = {type(cell) for cell in made[name]} - (
            {type(None)} if column.may_be_none else set()
        )
        assert kinds <= {PYTHON[column.type]}, name


@given(st.lists(any_comparison(), max_size=6))
def test_columns_are_of_one_length_and_one_type_each(comparisons: list[Comparison]) -> None:
    made = comparison_rows(comparisons)
    assert_as_documented("comparison_rows", made, len(comparisons))
    for comparison, score, number in zip(
        comparisons, made["score"], made["actual_number"], strict=True
    ):
        assert (score == 1) is (comparison.outcome is Outcome.MET)
        if isinstance(number, Decimal):
            assert comparison.actual == number
    cards = pv.rollup(comparisons, by=lambda each: each.subject.on)
    assert_as_documented("rollup_rows", rollup_rows(cards), len(cards))


@given(st.lists(any_comparison(), max_size=6))
def test_whatever_is_compared_goes_through_every_library(comparisons: list[Comparison]) -> None:
    made = comparison_rows(comparisons)
    assert pl.DataFrame(made).to_dict(as_series=False) == made
    assert pa.table(made).to_pydict() == made
    assert back_from_pandas(pd.DataFrame(made)) == made


@pytest.mark.parametrize("kind", KINDS)
def test_mixed_rows_are_as_documented(kind: str) -> None:
    made = mixed_rows(kind)
    assert_as_documented(kind, made, len(next(iter(made.values()))))


# ----------------------------------------------------------------------------------------- purity

PRINTED = """
import sys
import partnervisits as pv
from partnervisits import example
from partnervisits.rows import comparison_rows, plan_rows, rollup_rows
plan = pv.expand(
    example.template(), example.visit(), catalog=example.catalog(), given=example.given()
).accept()
noon, chosen = example.visit().planned.end, ["rides", "repair", "rental"]
services = pv.capture(plan.kpi("pitch", "services"), chosen, at=noon, by="ines")
card = pv.compare(plan, [*example.readings(plan), services])
print(plan_rows([plan]), comparison_rows(card.comparisons), rollup_rows([card]))
assert not {"pandas", "polars", "pyarrow", "numpy"} & set(sys.modules)
"""


def test_hash_seed_and_time_zone_change_no_byte() -> None:
    """S 1.4; and no data-frame library is loaded."""
    printed = output_of(PRINTED, {"PYTHONHASHSEED": "0", "TZ": "UTC"})
    assert b"['rental', 'repair', 'rides']" in printed
    for seed in ("1", "4242"):
        assert output_of(PRINTED, {"PYTHONHASHSEED": seed, "TZ": "Asia/Kolkata"}) == printed


@pytest.mark.parametrize("traps", [[], [*getcontext().traps]], ids=["coarse", "trapped"])
def test_a_hostile_decimal_context_changes_nothing(traps: list[Any]) -> None:
    """S 1.4."""
    plans, comparisons = [busy_plan()], mixed_comparisons()

    def all_rows() -> list[Rows]:
        cards = pv.rollup(comparisons, by=by_rep)
        return [plan_rows(plans), comparison_rows(comparisons), rollup_rows(cards)]

    made = repr(all_rows())
    with localcontext(DecimalContext(prec=1, Emax=1, Emin=-1, traps=traps)):
        hostile = repr(all_rows())
    assert hostile == made


def test_the_room_lists_what_it_announces() -> None:
    assert dir(rows) == sorted(rows.__all__)


def test_the_example_reads_as_it_prints() -> None:
    """S 8.2: the words of the rows are those of the built-in example."""
    plan = pv.expand(
        example.template(), example.visit(), catalog=example.catalog(), given=example.given()
    ).accept()
    made = comparison_rows(pv.compare(plan, example.readings(plan)).comparisons)
    assert made["target"][:4] == ["at least 85 %", "at most 5", None, "at least 300,000 USD"]
    assert made["score"][:4] == [0.72, 0.8, None, 0.9075025]
