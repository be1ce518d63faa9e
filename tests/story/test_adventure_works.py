"""A real network of stores through the example script, against a calculation of this file's own.

The expectations are written a second time here, as plain numbers, and judged with integers,
fractions and loops: nothing of the library takes part in them, and nothing is approximate.
"""

import csv
import importlib.util
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

import partnervisits as pv
from partnervisits.comparison import Comparison
from partnervisits.scorecards import GroupKey, Missing, by_fact, by_partner, by_rep, by_segment
from tests.places import DOCS

SCRIPT = DOCS / "examples" / "adventure_works.py"

# ------------------------------------------------------------------------------------- two networks

HEADER = (
    "store_id,name,rep_id,annual_sales,annual_revenue,business_type,year_opened,specialty,"
    "square_feet,brands,internet,number_employees"
)


def write_network(folder: Path, stores: Iterable[Iterable[object]]) -> Path:
    """Write three files with a few invented reps and territories."""
    files = {
        "territories.csv": ["territory_id,name", "1,Northwest", "7,France", "8,Germany"],
        "reps.csv": ["rep_id,territory_id", "ann,1", "ben,1", "céline,7", "dora,8", "boss,"],
    }
    for name, lines in files.items():
        _ = (folder / name).write_text("\n".join(lines), "utf-8")
    with (folder / "stores.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER.split(","), *stores])
    return folder


def invented_store(number: int, rep: str) -> list[object]:
    """One store; one field in eleven was left empty."""
    answers: list[object] = [
        250_000 * (number % 15),
        7_500 * (number % 16),
        ("BM", "BS", "OS", "CO")[number % 4],
        1965 + 3 * number % 41,
        ("Road", "Touring", "Mountain")[number % 3],
        1_300 * (number % 67),
        ("AW", "2", "3", "4+")[number // 4 % 4],
        ("ISDN", "DSL", "T1", "T2", "T3")[number % 5],
        7 * number % 103,
    ]
    known = [
        "" if (number + position) % 11 == 0 and position != 2 else answer
        for position, answer in enumerate(answers)
    ]
    return [f"s/{number}", f'Bikes, Boards & "Blades" of O\'Hara no. {number}', rep, *known]


def invented_network(folder: Path) -> Path:
    """Four reps: one as busy as can be, one whose only store answered nothing at all."""
    reps = ["ann"] * 61 * 4 + ["ben"] * 75 + ["céline"] * 7
    stores = [invented_store(number, rep) for number, rep in enumerate(reps)]
    silent = ["silent", "The Silent Store", "dora", "", "", "OS", *[""] * 6]
    return write_network(folder, [*stores, silent])


@pytest.fixture(scope="session")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("adventure_works", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session", params=["the real network", "an invented network"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "an invented network":
        return invented_network(tmp_path_factory.mktemp("invented"))
    real: Path = request.getfixturevalue("data_folder")
    return real


Row = Mapping[str, str]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def rows(folder: Path) -> list[dict[str, str]]:
    """The stores as the file has them, each with the name of its rep's territory."""
    names = {row["territory_id"]: row["name"] for row in rows_of(folder / "territories.csv")}
    reps = {row["rep_id"]: row["territory_id"] for row in rows_of(folder / "reps.csv")}
    return [
        row | {"territory": names[reps[row["rep_id"]]]} for row in rows_of(folder / "stores.csv")
    ]


class Surveyed(NamedTuple):
    """What the tests read of the script's own class of this name."""

    visit: pv.Visit
    plan: pv.ActionPlan
    card: pv.Scorecard


@pytest.fixture(scope="session")
def surveyed(script: ModuleType, folder: Path) -> list[Surveyed]:
    return [
        Surveyed(each.visit, each.plan, each.card) for each in script.conduct(script.load(folder))
    ]


@pytest.fixture(scope="session")
def comparisons(surveyed: list[Surveyed]) -> list[Comparison]:
    return [comparison for each in surveyed for comparison in each.card.comparisons]


# --------------------------------------------------------------------------- what is expected again


class Line(NamedTuple):
    """Numbers from `low` to `high` meet it; `near` is a width, the score is 0 at a `worst`."""

    low: int | None
    high: int | None
    near: Fraction = Fraction(0)
    low_worst: int | None = None
    high_worst: int | None = None
    weight: Fraction = Fraction(1)


class Pick(NamedTuple):
    """One of these answers meets it."""

    answers: set[str]
    weight: Fraction = Fraction(1)


HALF, ONE, TWO = Fraction(1, 2), Fraction(1), Fraction(2)

FOR_ALL: dict[str, Line | Pick] = {
    "annual_revenue": Line(90_000, None, Fraction(10_800), 20_000, weight=TWO),
    "brands": Pick({"AW", "2", "3"}, HALF),
    "internet": Pick({"DSL", "T1", "T2", "T3"}),
}

FOR_TYPE: dict[str, dict[str, Line | Pick]] = {
    "BM": {
        "annual_sales": Line(800_000, None, low_worst=200_000),
        "number_employees": Line(8, 16, Fraction(2), 1, 23),
        "square_feet": Line(20_000, None, Fraction(2_000), 5_000),
        "year_opened": Line(1978, 1992, Fraction(3), 1960, 2008),
        "brands": Pick({"AW", "2"}),
    },
    "BS": {
        "annual_sales": Line(1_500_000, None, Fraction(525_000), 500_000),
        "number_employees": Line(25, 45, Fraction(3), 7, 60),
        "square_feet": Line(30_000, 40_000, Fraction(1_000), 15_000, 43_000),
        "year_opened": Line(None, 1990, Fraction(2), high_worst=2003),
        "specialty": Pick({"Road", "Mountain"}),
    },
    "OS": {
        "annual_sales": Line(3_000_000, None, low_worst=700_000),
        "number_employees": Line(None, 80, Fraction(5), high_worst=101),
        "square_feet": Line(None, 75_000, Fraction(1_500), high_worst=81_000),
        "year_opened": Line(1985, None, Fraction(1), 1970),
        "internet": Pick({"T1", "T2", "T3"}),
    },
}

COLUMNS = {
    "annual_sales": "annual-sales",
    "annual_revenue": "annual-revenue",
    "number_employees": "employees",
    "square_feet": "floor-space",
    "year_opened": "year-opened",
    "brands": "brands",
    "internet": "internet",
    "specialty": "specialty",
}


class Verdict(NamedTuple):
    """On one field of one store; no score unless it was measured."""

    outcome: str
    score: Fraction | None = None
    weight: Fraction = ONE


def in_28_digits(ratio: Fraction) -> Fraction:
    """Round half-even to 28 significant digits."""
    scale = Fraction(1)
    while ratio and ratio * scale < 10**27:
        scale *= 10
    return round(ratio * scale) / scale


def cut_after_28_places(ratio: Fraction) -> Fraction:
    return Fraction(floor(ratio * 10**28), 10**28)


def verdict_on(row: Row, column: str) -> Verdict:
    rule = FOR_TYPE.get(row["business_type"], {}).get(column) or FOR_ALL.get(column)
    if rule is None:
        return Verdict("NO_TARGET")
    if not row[column]:
        return Verdict("NO_DATA", None, rule.weight)
    if isinstance(rule, Line):
        return verdict_on_line(rule, int(row[column]))
    met = row[column] in rule.answers
    return Verdict("MET" if met else "NOT_MET", Fraction(met), rule.weight)


def verdict_on_line(rule: Line, actual: int) -> Verdict:
    if rule.low is not None and actual < rule.low:
        edge, worst = rule.low, rule.low_worst
    elif rule.high is not None and actual > rule.high:
        edge, worst = rule.high, rule.high_worst
    else:
        return Verdict("MET", ONE, rule.weight)
    short = abs(actual - edge)
    outcome = "NEAR" if short <= rule.near else "NOT_MET"
    if worst is None:
        return Verdict(outcome, Fraction(0), rule.weight)
    lost = in_28_digits(Fraction(short, abs(edge - worst)))
    return Verdict(outcome, max(Fraction(0), 1 - lost), rule.weight)


# ---------------------------------------------------------------------------------- rolled up again


class Group(NamedTuple):
    """All that a scorecard of a group says."""

    counts: dict[str, int]
    coverage: Fraction | None
    score: Fraction | None


def expected_group(verdicts: list[Verdict], method: str, missing: str) -> Group:
    seen = Counter(verdict.outcome for verdict in verdicts)
    measured = seen["MET"] + seen["NEAR"] + seen["NOT_MET"]
    asked = measured + seen["NO_DATA"]
    coverage = in_28_digits(Fraction(measured, asked)) if asked else None
    scored = [as_failed(each) for each in verdicts] if missing == "ZERO" else verdicts
    return Group(dict(seen), coverage, SCORES[method](scored))


def as_failed(verdict: Verdict) -> Verdict:
    if verdict.outcome != "NO_DATA":
        return verdict
    return Verdict("NOT_MET", Fraction(0), verdict.weight)


def mean_score(verdicts: list[Verdict]) -> Fraction | None:
    weights = parts = Fraction(0)
    for _, score, weight in verdicts:
        if score is not None:
            weights += weight
            parts += weight * score
    return cut_after_28_places(parts / weights) if weights else None


def worst_score(verdicts: list[Verdict]) -> Fraction | None:
    return min((score for _, score, _ in verdicts if score is not None), default=None)


def all_or_nothing(verdicts: list[Verdict]) -> Fraction | None:
    outcomes = {verdict.outcome for verdict in verdicts}
    if outcomes & {"NEAR", "NOT_MET"}:
        return Fraction(0)
    return ONE if "MET" in outcomes and "NO_DATA" not in outcomes else None


def share_met(verdicts: list[Verdict]) -> Fraction | None:
    measured = [outcome for outcome, score, _ in verdicts if score is not None]
    if not measured:
        return None
    return in_28_digits(Fraction(measured.count("MET"), len(measured)))


SCORES: dict[str, Callable[[list[Verdict]], Fraction | None]] = {
    "MEAN": mean_score,
    "WORST": worst_score,
    "ALL_OR_NOTHING": all_or_nothing,
    "SHARE_MET": share_met,
}


def fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def found_group(card: pv.Scorecard) -> Group:
    counts = {outcome.name: getattr(card.counts, outcome.name.lower()) for outcome in pv.Outcome}
    seen = {name: count for name, count in counts.items() if count}
    return Group(seen, fraction(card.coverage), fraction(card.score))


# ------------------------------------------------------------------------------- the verdicts agree


@pytest.fixture(scope="session")
def verdicts(rows: list[dict[str, str]]) -> list[tuple[Row, dict[str, Verdict]]]:
    """Each store with what is calculated here for each of its answers."""
    return [(row, {column: verdict_on(row, column) for column in COLUMNS}) for row in rows]


def test_every_verdict_equals_the_one_calculated_here(
    verdicts: list[tuple[Row, dict[str, Verdict]]], comparisons: list[Comparison]
) -> None:
    """S 8.1, S 8.2, S 8.6, S 2.6: outcome and score, target for target."""
    found = {
        (each.subject.partner_id, each.kpi.indicator.key): Verdict(
            each.outcome.name, fraction(each.score)
        )
        for each in comparisons
    }
    expected = {
        (row["store_id"], COLUMNS[column]): verdict._replace(weight=ONE)
        for row, calculated in verdicts
        for column, verdict in calculated.items()
    }
    assert found == expected


@pytest.mark.parametrize("missing", ["OUTSIDE", "ZERO"])
@pytest.mark.parametrize("method", ["MEAN", "WORST", "ALL_OR_NOTHING", "SHARE_MET"])
@pytest.mark.parametrize(
    ("by", "column"),
    [
        (by_rep, "rep_id"),
        (by_fact("territory"), "territory"),
        (by_segment, "business_type"),
        (by_partner, "store_id"),
    ],
    ids=["rep", "territory", "business type", "store"],
)
def test_every_roll_up_equals_the_one_calculated_here(
    by: Callable[[Comparison], GroupKey],
    column: str,
    method: str,
    missing: str,
    verdicts: list[tuple[Row, dict[str, Verdict]]],
    comparisons: list[Comparison],
) -> None:
    """S 9.1, S 9.2: counts, coverage and score of each group, exactly."""
    cards = pv.rollup(comparisons, by=by, method=pv.Method[method], missing=Missing[missing])
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for row, calculated in verdicts:
        groups[row[column]] += calculated.values()
    expected = {name: expected_group(held, method, missing) for name, held in groups.items()}
    assert {card.group: found_group(card) for card in cards} == expected
    assert [card.group for card in cards] == sorted(expected)


def test_the_groups_and_the_whole_agree_on_their_counts(
    comparisons: list[Comparison],
) -> None:
    """S 9.2."""
    (whole,) = pv.rollup(comparisons, by=lambda _: None)
    groups = pv.rollup(comparisons, by=by_rep)
    assert sum(card.counts.asked for card in groups) == whole.counts.asked
    assert sum(card.counts.no_target for card in groups) == whole.counts.no_target


def test_a_store_that_answered_nothing_has_no_score_and_a_coverage_of_zero(
    script: ModuleType, tmp_path: Path
) -> None:
    """S 1.6, S 9.2: an empty field is no answer, never zero and never a pass."""
    store = ["1", "The Silent Store", "ann", "", "", "BS", *[""] * 6]
    folder = write_network(tmp_path, [store])
    (surveyed,) = script.conduct(script.load(folder))
    card: pv.Scorecard = surveyed.card
    assert card.score is None
    assert card.coverage == 0
    assert card.counts.no_data == 8


# ------------------------------------------------------------------------------- the visits are fit

HOLIDAYS = {date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16)}
QUARTER = [date(2026, 1, 1) + timedelta(days=passed) for passed in range(90)]
WORKING = [on for on in QUARTER if on.isoweekday() <= 5 and on not in HOLIDAYS]


def day_of(visit: pv.Visit) -> date:
    """Give the day of a visit, as a calendar on the store's wall shows it."""
    assert visit.planned is not None
    return visit.planned.start.astimezone(ZoneInfo(visit.place.timezone)).date()


def test_every_store_is_visited_once_and_by_its_own_rep(
    rows: list[dict[str, str]], surveyed: list[Surveyed]
) -> None:
    """S 5.2."""
    visited = sorted((each.visit.partner_id, each.visit.rep_id) for each in surveyed)
    assert visited == sorted((row["store_id"], row["rep_id"]) for row in rows)


def test_every_visit_is_on_a_working_day_of_the_quarter(surveyed: list[Surveyed]) -> None:
    """S 4.4: never on a weekend, never on a holiday."""
    assert {day_of(each.visit) for each in surveyed} <= set(WORKING)


def test_the_day_of_a_visit_is_the_day_at_the_store(surveyed: list[Surveyed]) -> None:
    """S 6.6."""
    assert [each.plan.subject.on for each in surveyed] == [day_of(each.visit) for each in surveyed]


def test_no_rep_makes_more_than_four_visits_a_day(surveyed: list[Surveyed]) -> None:
    busy = Counter((each.visit.rep_id, day_of(each.visit)) for each in surveyed)
    assert max(busy.values()) <= 4


def test_no_rep_is_in_two_stores_at_once(surveyed: list[Surveyed]) -> None:
    diaries: dict[str, list[pv.Period]] = defaultdict(list)
    for each in surveyed:
        assert each.visit.planned is not None
        diaries[each.visit.rep_id].append(each.visit.planned)
    for periods in diaries.values():
        ordered = sorted(periods, key=lambda period: period.start)
        for before, after in pairwise(ordered):
            assert before.end is not None
            assert before.end <= after.start


def test_each_rep_s_visits_are_spread_over_as_many_days_as_there_are(
    surveyed: list[Surveyed],
) -> None:
    days: dict[str, list[date]] = defaultdict(list)
    for each in surveyed:
        days[each.visit.rep_id].append(day_of(each.visit))
    assert len(WORKING) == 61
    for held in days.values():
        assert len(set(held)) == min(len(held), 61)


def test_every_visit_is_completed_and_its_next_steps_are_due_five_working_days_later(
    surveyed: list[Surveyed],
) -> None:
    """S 7.3, S 4.3."""
    april = [date(2026, 4, 1) + timedelta(days=passed) for passed in range(10)]
    working = [*WORKING, *(on for on in april if on.isoweekday() <= 5)]
    for visit, plan, _ in surveyed:
        assert visit.status.name == "COMPLETED"
        assert plan.task("survey").due == day_of(visit)
        assert plan.task("next-steps").due == working[working.index(day_of(visit)) + 5]


def test_names_with_commas_apostrophes_and_ampersands_survive(
    rows: list[dict[str, str]], surveyed: list[Surveyed]
) -> None:
    """S 1.3."""
    names = {each.visit.partner_id: each.visit.place.name for each in surveyed}
    assert names == {row["store_id"]: row["name"] for row in rows}
    assert {",", "'", "&"} <= {mark for name in names.values() for mark in name}


# -------------------------------------------------------------------------------- the script as run


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", str(SCRIPT), *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


def test_the_report_names_every_group_and_fits_a_hundred_columns(
    folder: Path, rows: list[dict[str, str]]
) -> None:
    """S 9.1."""
    done = run(str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    reps = {row["rep_id"] for row in rows}
    title = f"{len(rows)} stores, surveyed by {len(reps)} reps from 2026-01-01 to 2026-03-31"
    assert lines[0] == title
    assert max(map(len, lines)) <= 100
    for group in reps | {row["territory"] for row in rows}:
        assert any(line.startswith(f"{group} ") for line in lines)


def test_the_report_begins_with_the_business_types(
    script: ModuleType, surveyed: list[Surveyed], folder: Path
) -> None:
    """S 9.2: a score is never shown without coverage and counts."""
    page: str = script.report(script.conduct(script.load(folder)))
    cards = pv.rollup(
        [comparison for each in surveyed for comparison in each.card.comparisons], by=by_segment
    )
    bm = next(card for card in cards if card.group == "BM")
    assert bm.score is not None
    (line,) = (each for each in page.splitlines() if each.startswith("bicycle manufacturer"))
    counts = bm.counts
    assert line.split()[2] == f"{floor(bm.score * 1000) / 10:.1f}"
    shown = (counts.asked, counts.met, counts.near, counts.not_met, counts.no_data)
    assert line.split()[-5:] == [f"{count:,}" for count in shown]


def test_the_report_tells_the_story_of_the_store_with_the_lowest_score(
    script: ModuleType, tmp_path: Path
) -> None:
    """S 9.5."""
    folder = write_network(
        tmp_path,
        [
            ["1", "Good & Sons", "ann", 3_000_000, 90_000, "OS", 1990, "", 70_000, "2", "T1", 50],
            ["2", "Joe's, the Other", "ben", 0, 0, "OS", 1960, "Road", 90_000, "4+", "ISDN", ""],
        ],
    )
    page: str = script.report(script.conduct(script.load(folder)))
    story = page[page.index("Joe's, the Other: rep ben was there on 2026-01-02") :]
    assert "Ask again by telephone" in story
    assert "Annual revenue" in story
    assert "at least 90,000 USD" in story
    assert "Good & Sons: " not in page


def lacking(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def holding(name: str, content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        _ = (folder / name).write_bytes(content)

    return write


def with_stores(*stores: list[object]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        _ = write_network(folder, stores)

    return write


def store(rep: str = "ann", **changes: object) -> list[object]:
    fields = dict(zip(HEADER.split(","), invented_store(1, rep), strict=True))
    return list((fields | changes).values())


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lacking("stores.csv"), "stores.csv"),
        (lacking("reps.csv"), "reps.csv"),
        (lacking("territories.csv"), "territories.csv"),
        (holding("stores.csv", b""), "stores.csv has no column store_id, name"),
        (holding("reps.csv", b"rep_id\nann\n"), "reps.csv has no column territory_id"),
        (holding("reps.csv", b"rep_id,territory_id\nJos\xe9,1\n"), "can't decode byte 0xe9"),
        (with_stores(store("nobody")), "store s/1 has no rep with a known territory"),
        (with_stores(store("boss")), "store s/1 has no rep with a known territory"),
        (with_stores(store(number_employees="a few")), "'a few'"),
        (with_stores(store(brands="5")), "5"),
        (with_stores(*[store()] * 245), "rep ann has 245 stores, 244 times"),
    ],
)
def test_a_folder_that_cannot_be_read_is_named_with_the_reason(
    damage: Callable[[Path], None],
    complaint: str,
    script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write_network(tmp_path, [store()])
    damage(folder)
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), str(folder)])
    with pytest.raises(SystemExit) as refused:
        script.main()
    said = capsys.readouterr()
    assert (refused.value.code, said.out) == (2, "")
    assert f"error: cannot survey the network in {folder}: " in said.err
    assert complaint in said.err


@pytest.mark.parametrize("folder_name", ["nowhere", "."])
def test_a_wrong_folder_is_named_without_a_traceback(folder_name: str, tmp_path: Path) -> None:
    done = run(str(tmp_path / folder_name))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"cannot survey the network in {tmp_path / folder_name}: " in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_folder_the_script_asks_for_one() -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, "")
    assert "the following arguments are required: folder" in done.stderr
