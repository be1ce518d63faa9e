"""Rows as CSV for spreadsheets, and readings out of the sheets that people send."""

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits import example
from partnervisits.codec import (
    Imported,
    Question,
    Sheet,
    csv_text,
    plain_rows,
    readings_from,
    unprotected,
)
from partnervisits.errors import InvalidValueError
from partnervisits.rows import comparison_rows, plan_rows, rollup_rows
from tests import builders
from tests.builders import NINE

# ---------------------------------------------------------------------------------------- writing


def cell(value: Any) -> str:
    """A value as the only cell of a sheet, before it is quoted."""
    text = csv_text({"column": [value]})
    ((name, *_), (written, *_)) = csv.reader(StringIO(text, newline=""))
    assert name == "column"
    return written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        ("Good & Sons, Ltd.", "Good & Sons, Ltd."),
        ('"quoted"', '"quoted"'),
        ("two\nlines", "two\nlines"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-5, "-5"),
        (Decimal("-5.3000000000"), "-5.3"),
        (Decimal("0E-10"), "0"),
        (Decimal("123456789012345678.1234567891"), "123456789012345678.1234567891"),
        (0.1, "0.1"),
        (-0.8, "-0.8"),
        (date(2026, 3, 12), "2026-03-12"),
        (NINE, "2026-03-12T08:00:00Z"),
        (NINE + timedelta(microseconds=1), "2026-03-12T08:00:00.000001Z"),
        (timedelta(0), "0"),
        (timedelta(hours=1), "3600"),
        (-timedelta(hours=9, minutes=59, seconds=59, microseconds=999_999), "-35999.999999"),
        ([], '""'),
        (["repair", "test rides"], "repair;test rides"),
        (["4+", "a;b", 'a"b'], '4+;"a;b";"a""b"'),
    ],
)
def test_a_cell_is_written_in_one_way(value: Any, written: str) -> None:
    assert cell(value) == written


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(1+1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "'=1+1",
        "''+1",
        "-5",
    ],
)
def test_a_text_that_is_a_formula_is_written_behind_an_apostrophe(formula: str) -> None:
    assert cell(formula) == f"'{formula}"
    assert unprotected(cell(formula)) == formula


@pytest.mark.parametrize("text", ["'s-Hertogenbosch", "'", "", "a=b", "''", " =1"])
def test_any_other_text_is_written_as_it_is(text: str) -> None:
    assert cell(text) == text
    assert unprotected(text) == text


def test_several_keys_are_protected_as_a_text() -> None:
    assert cell(["=1", "2"]) == "'=1;2"


def test_the_names_of_columns_are_protected_too() -> None:
    assert csv_text({"=1": []}) == "'=1\r\n"


def test_a_plan_and_its_scorecard_are_written_whole() -> None:
    book = example.book()
    (plan,) = book.plans
    card = pv.compare(plan, book.readings, as_of=date(2026, 3, 17))
    for rows in (plan_rows([plan]), comparison_rows(card.comparisons), rollup_rows([card])):
        lines = [*csv.DictReader(StringIO(csv_text(rows), newline=""))]
        assert {name: [line[name] for line in lines] for name in rows} == {
            name: [cell(each) for each in column] for name, column in rows.items()
        }


def test_rows_are_plain_data_for_json() -> None:
    moved = -timedelta(hours=1, microseconds=1)
    rows: Any = {
        "a": [None, True, 7, "=1", ["x"]],
        "b": [Decimal("-6.5000000000"), 0.5, NINE, date(2026, 3, 12), moved],
    }
    assert plain_rows(rows) == [
        {"a": None, "b": "-6.5"},
        {"a": True, "b": 0.5},
        {"a": 7, "b": "2026-03-12T08:00:00Z"},
        {"a": "=1", "b": "2026-03-12"},
        {"a": ["x"], "b": "-PT3600.000001S"},
    ]


# ---------------------------------------------------------------------------------------- reading

TYPES = {
    "yes-no": pv.ValueType.BOOLEAN,
    "count": pv.ValueType.NUMBER,
    "sales": pv.ValueType.DECIMAL,
    "share": pv.ValueType.PERCENTAGE,
    "signed": pv.ValueType.DATETIME,
    "wish": pv.ValueType.TEXT,
    "line": pv.ValueType.CHOICE,
    "services": pv.ValueType.MULTI_CHOICE,
}
LABELS = {"4+": "four or more", "isdn": "ISDN", "two": "4+", "x": "same", "y": "same"}
INDICATORS = [
    builders.indicator(key, value_type=kind, choices=LABELS if kind.has_choices else ())
    for key, kind in TYPES.items()
]
TASK = builders.task("survey", indicators=TYPES)
CATALOG = builders.catalog(indicators=INDICATORS, tasks=[TASK])
SURVEY = builders.template(builders.item("survey"))
PLAN = pv.expand(SURVEY, builders.visit(), catalog=CATALOG).accept()
SHEET = Sheet(visit="Visit", columns={f"The {key}": key for key in TYPES})


def read(*rows: dict[str, Any], sheet: Sheet = SHEET, **changes: Any) -> Imported:
    settings: dict[str, Any] = {"at": NINE, "by": "rep-7"}
    whole: dict[str, Any] = {"Visit": "V-1", **{column: "" for column, _ in sheet.columns}}
    return readings_from([whole | row for row in rows], [PLAN], sheet, **(settings | changes))


def values(found: Imported) -> list[Any]:
    return [reading.value for reading in found.readings]


def problems(found: Imported) -> list[tuple[str, str]]:
    return [(finding.location, finding.code) for finding in found.findings]


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("yes-no", "true", True),
        ("yes-no", "false", False),
        ("count", "85", 85),
        ("count", "-5", -5),
        ("count", "007", 7),
        ("sales", "12.50", Decimal("12.5")),
        ("sales", "-0.0120", Decimal("-0.012")),
        ("share", "85", Decimal(85)),
        ("signed", "2026-03-12T09:00:00+01:00", NINE),
        ("signed", "2026-03-12 09:00", NINE),
        ("signed", "2026-03-12T09:00:00.5", NINE + timedelta(milliseconds=500)),
        ("signed", "2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("wish", " =1+1\nplease ", " =1+1\nplease "),
        ("line", "isdn", "isdn"),
        ("line", "ISDN", "isdn"),
        ("line", "four or more", "4+"),
        ("line", "4+", "4+"),
        ("services", "isdn", frozenset({"isdn"})),
        ("services", "isdn;four or more", frozenset({"isdn", "4+"})),
        ("services", "isdn; 4+", frozenset({"isdn", "4+"})),
        ("services", '""', frozenset[str]()),
    ],
)
def test_a_cell_is_read_by_the_type_of_the_indicator(key: str, text: str, value: Any) -> None:
    """S 1.1, S 1.7."""
    found = read({f"The {key}": text})
    assert problems(found) == []
    assert [(type(each), each) for each in values(found)] == [(type(value), value)]


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("yes-no", "TRUE", "cell.boolean"),
        ("yes-no", "1", "cell.boolean"),
        ("count", "8.0", "cell.number"),
        ("count", "1,000", "cell.number"),
        ("count", " 7", "cell.number"),
        ("count", "\u0668", "cell.number"),
        ("count", "9" * 5_000, "cell.number"),
        ("count", "9" * 19, "decimal.range"),
        ("sales", ".0120", "decimal.text"),
        ("sales", "12,5", "decimal.text"),
        ("sales", "1e3", "decimal.text"),
        ("sales", "NaN", "decimal.text"),
        ("sales", "$5", "decimal.text"),
        ("share", "85 %", "decimal.text"),
        ("signed", "2026-03-12", "cell.instant"),
        ("signed", "12.03.2026 09:00", "cell.instant"),
        ("signed", "2026-02-30 09:00", "cell.instant"),
        ("signed", "now", "cell.instant"),
        ("signed", "2026-03-29 02:30", "instant.gap"),
        ("signed", "1800-01-01 09:00", "instant.range"),
        ("wish", "two\r\nlines", "text.carriage-return"),
        ("wish", "\x1b[31mred", "text.control"),
        ("line", "Isdn", "value.choice"),
        ("line", "same", "value.choice"),
        ("services", "isdn,4+", "value.choice"),
        ("services", "isdn;", "value.choice"),
        ("services", '"isdn', "cell.choices"),
        ("services", "isdn\n4+", "cell.choices"),
    ],
)
def test_a_bad_cell_is_reported_with_its_row_and_column(key: str, text: str, code: str) -> None:
    found = read({}, {f"The {key}": text, "The wish" if key != "wish" else "The line": "isdn"})
    assert problems(found) == [(f"[1].The {key}", code)]
    assert values(found) == ["isdn"]


def test_an_empty_cell_is_no_reading() -> None:
    """S 8.2: no reading at all is neither zero nor an absence."""
    assert read({}) == ((), ())


def test_what_an_absence_is_called_is_for_the_sheet_to_say() -> None:
    """S 1.6."""
    words = {"n/a": pv.Absence.NOT_APPLICABLE, "": pv.Absence.NOT_MEASURED}
    sheet = Sheet(visit="Visit", columns={"Count": "count", "Line": "line"}, absences=words)
    assert values(read({"Count": "n/a"}, sheet=sheet)) == [
        pv.Absence.NOT_APPLICABLE,
        pv.Absence.NOT_MEASURED,
    ]


def test_what_is_yes_and_no_is_for_the_sheet_to_say() -> None:
    sheet = attrs.evolve(SHEET, booleans={"ja": True, "nein": False})
    assert values(read({"The yes-no": "nein"}, sheet=sheet)) == [False]
    (finding,) = read({"The yes-no": "true"}, sheet=sheet).findings
    assert finding.message == "write ja or nein, not 'true'"


def test_choices_may_be_separated_otherwise() -> None:
    sheet = attrs.evolve(SHEET, separator="|")
    assert values(read({"The services": "isdn|4+"}, sheet=sheet)) == [frozenset({"isdn", "4+"})]


def test_readings_say_when_by_whom_and_when_it_was_written_down() -> None:
    """S 7.2."""
    sheet = attrs.evolve(SHEET, at="When", by="Who")
    row = {"When": "2026-03-12 09:00", "Who": "rep-8", "The count": "3"}
    late = NINE + timedelta(days=2)
    (reading,) = read(row, sheet=sheet, at=None, by=None, recorded_at=late).readings
    assert (reading.at, reading.by, reading.recorded_at) == (NINE, "rep-8", late)
    assert reading.kpi_id == PLAN.kpi("survey", "count").id
    assert [flag.value for flag in reading.flags] == ["late"]


@pytest.mark.parametrize(
    ("row", "place", "code"),
    [
        ({"Visit": "V-2"}, "[0].Visit", "visit.unknown"),
        ({"When": "yesterday"}, "[0].When", "cell.instant"),
        ({"When": ""}, "[0].When", "cell.instant"),
        ({"Who": ""}, "[0].Who", "text.empty"),
        ({"Who": "\x1b"}, "[0].Who", "text.control"),
        ({None: ["more"]}, "[0]", "row.cells"),
        ({"Other": None}, "[0]", "row.cells"),
    ],
)
def test_of_a_row_that_says_not_of_what_nothing_is_read(
    row: dict[Any, Any], place: str, code: str
) -> None:
    sheet = attrs.evolve(SHEET, at="When", by="Who")
    whole: dict[Any, Any] = {"When": "2026-03-12 09:00", "Who": "rep-8", "The count": "3"}
    found = read({**whole, **row}, whole, sheet=sheet, at=None, by=None)
    assert problems(found) == [(place, code)]
    assert values(found) == [3]


def test_a_line_with_too_many_or_too_few_cells_is_refused() -> None:
    lines = ["Visit,Name,Count", "V-1,Good, Sons & Co,3", "V-1", "V-1,Good,4"]
    sheet = Sheet(visit="Visit", columns={"Count": "count"})
    found = readings_from(csv.DictReader(lines), [PLAN], sheet, at=NINE, by="rep-7")
    assert problems(found) == [("[0]", "row.cells"), ("[1]", "row.cells")]
    assert values(found) == [4]


@pytest.mark.parametrize(
    ("row", "place", "code"),
    [
        (None, "[0]", "row.type"),
        ("V-1,3", "[0]", "row.type"),
        ({"Visit": "V-1"}, "[0].Count", "cell.missing"),
        ({"Visit": "V-1", "Count": 3}, "[0].Count", "cell.type"),
        ({"Visit": 1, "Count": "3"}, "[0].Visit", "cell.type"),
        ({}, "[0].Visit", "cell.missing"),
    ],
)
def test_what_is_no_row_of_text_is_reported(row: Any, place: str, code: str) -> None:
    sheet = Sheet(visit="Visit", columns={"Count": "count"})
    found = readings_from([row], [PLAN], sheet, at=NINE, by="rep-7")
    assert (found.readings, problems(found)) == ((), [(place, code)])


def test_a_question_that_the_visit_does_not_ask_is_reported_where_it_is_answered() -> None:
    sheet = Sheet(visit="Visit", columns={"Counts": "counts"})
    found = read({"Counts": "3"}, {"Counts": ""}, sheet=sheet)
    assert problems(found) == [("[0].Counts", "lookup.missing")]
    assert found.findings[0].message == "there is no KPI counts; the nearest: count"


def test_a_question_that_is_asked_twice_is_to_be_told_apart() -> None:
    products = [pv.Context("product", each) for each in ("X-1", "X-2")]
    items = [
        builders.item("survey"),
        builders.item("shelf", task="survey", context_kinds=["product"]),
    ]
    known = pv.Given(contexts=products)
    template = builders.template(*items)
    plan = pv.expand(template, builders.visit(), catalog=CATALOG, given=known).accept()

    def ask(question: Question | str) -> Imported:
        sheet = Sheet(visit="Visit", columns={"Count": question})
        row = {"Visit": "V-1", "Count": "3"}
        return readings_from([row], [plan], sheet, at=NINE, by="rep-7")

    assert problems(ask("count")) == [("[0].Count", "lookup.ambiguous")]
    assert problems(ask(Question("count", item="shelf"))) == [("[0].Count", "lookup.ambiguous")]
    (finding,) = ask(Question("count", context=pv.Context("product", "X-3"))).findings
    assert finding.message.startswith("there is no KPI count for product X-3")
    (reading,) = ask(Question("count", item="shelf", context=products[1])).readings
    assert reading.kpi_id == plan.kpi("shelf", "count", context=products[1]).id
    (about_partner,) = ask(Question("count", item="survey")).readings
    assert about_partner.kpi_id == plan.kpi("survey", "count").id


def test_a_row_that_stands_twice_is_one_fact() -> None:
    """S 7.2."""
    assert values(read({"The count": "3"}, {"The count": "3"})) == [3]


def test_two_rows_that_contradict_each_other_are_reported() -> None:
    found = read({"The count": "3"}, {"The count": "4"})
    assert problems(found) == [("[1].The count", "cell.twice")]
    assert values(found) == [3]


def test_a_value_beyond_the_limits_is_reported_as_when_it_is_captured() -> None:
    """S 2.1."""
    few = builders.indicator(limits=pv.at_most(9))
    plan = pv.expand(
        builders.template(), builders.visit(), catalog=builders.catalog(indicators=[few])
    ).accept()
    sheet = Sheet(visit="Visit", columns={"Stock": "stock"})
    rows = [{"Visit": "V-1", "Stock": "10"}]
    assert problems(readings_from(rows, [plan], sheet, at=NINE, by="rep-7")) == [
        ("[0].Stock", "reading.limits")
    ]


def test_rows_are_read_one_after_the_other() -> None:
    taken: list[int] = []

    def rows() -> Iterable[Mapping[str, str]]:
        for number in range(3):
            taken.append(number)
            yield {"Visit": "V-1", "Count": str(number)}

    sheet = Sheet(visit="Visit", columns={"Count": "count"})
    found = readings_from(rows(), [PLAN], sheet, at=NINE, by="rep-7")
    assert (taken, values(found)) == ([0, 1, 2], [0])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"at": None}, "sheet.at"),
        ({"by": None}, "sheet.by"),
        ({"at": datetime(2026, 3, 12)}, "instant.naive"),
        ({"by": ""}, "text.empty"),
        ({"recorded_at": datetime(2026, 3, 12)}, "instant.naive"),
        ({"sheet": attrs.evolve(SHEET, at="When")}, "sheet.at"),
        ({"sheet": attrs.evolve(SHEET, by="Who")}, "sheet.by"),
        ({"sheet": None}, "type.wrong"),
        ({"plans": PLAN}, "sequence.type"),
        ({"rows": "V-1,3"}, "sequence.type"),
    ],
)
def test_arguments_that_no_row_can_be_read_by_are_refused(
    changes: dict[str, Any], code: str
) -> None:
    settings: dict[str, Any] = {
        "rows": [],
        "plans": [PLAN],
        "sheet": SHEET,
        "at": NINE,
        "by": "rep-7",
    }
    with pytest.raises(InvalidValueError) as refused:
        _ = readings_from(**(settings | changes))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"visit": ""}, "sheet.column"),
        ({"visit": None}, "type.wrong"),
        ({"at": ""}, "sheet.column"),
        ({"columns": {"": "count"}}, "sheet.column"),
        ({"columns": {"Count": "the count"}}, "key.slug"),
        ({"columns": {"Count": None}}, "type.wrong"),
        ({"columns": [("Count", "count"), ("Count", "sales")]}, "sequence.duplicate"),
        ({"columns": "Count"}, "sequence.type"),
        ({"absences": {"n/a": None}}, "type.wrong"),
        ({"absences": {None: pv.Absence.UNKNOWN}}, "type.wrong"),
        ({"booleans": {"yes": 1}}, "boolean.type"),
        ({"separator": ""}, "sheet.separator"),
        ({"separator": "; "}, "sheet.separator"),
        ({"separator": '"'}, "sheet.separator"),
        ({"separator": None}, "type.wrong"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(changes: dict[str, Any], code: str) -> None:
    settings: dict[str, Any] = {"visit": "Visit", "columns": {"Count": "count"}}
    with pytest.raises(InvalidValueError) as refused:
        _ = Sheet(**(settings | changes))
    assert refused.value.code == code
    assert refused.value.owner == "Sheet" or code == "key.slug"


def test_a_question_about_no_context_is_refused() -> None:
    wrong: Any = "product/X-1"
    with pytest.raises(InvalidValueError) as refused:
        _ = Question("count", context=wrong)
    assert (refused.value.code, refused.value.field) == ("type.wrong", "context")


@pytest.mark.parametrize("text", ["  ", " ", "isdn;isdn", "isdn; isdn"])
def test_no_choice_is_made_by_blanks_and_none_twice(text: str) -> None:
    """S 1.5: only `""` says that none was chosen."""
    assert problems(read({"The services": text})) == [("[0].The services", "cell.choices")]
    (none,) = read({"The services": '""'}).readings
    assert none.value == frozenset()


def test_a_row_that_is_no_csv_leaves_the_others() -> None:
    lines = ["Visit,The count", "V-1,7", "V-1," + "9" * 140_000, "V-1,8"]
    sheet = Sheet(visit="Visit", columns={"The count": "count"})
    at = {"at": NINE, "by": "rep-7"}
    found = readings_from(csv.DictReader(lines), [PLAN], sheet, **at)  # type: ignore[arg-type]
    assert problems(found)[0] == ("[1]", "row.cells")
    assert 7 in values(found)


@pytest.mark.parametrize("formula", ["\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)"])
def test_a_formula_of_full_width_is_protected_as_well(formula: str) -> None:
    assert cell(formula) == f"'{formula}"
    assert unprotected(cell(formula)) == formula
