"""The Adventure Works network as one book: made by the example script, reported on by the command.

Each step is a process of its own, as on a user's machine; what they print is compared with what the
network's files say and with the report of the other example.
"""

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import partnervisits as pv
from partnervisits import codec
from partnervisits.books import Book, book_of
from partnervisits.codec import Sheet, readings_from
from partnervisits.reports import report
from tests.places import DOCS
from tests.story.test_adventure_works import invented_network

SCRIPT = DOCS / "examples" / "adventure_works_book.py"


@pytest.fixture(scope="module", params=["the real network", "an invented network"])
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "an invented network":
        return invented_network(tmp_path_factory.mktemp("invented"))
    real: Path = request.getfixturevalue("data_folder")
    return real


@pytest.fixture(scope="module")
def stores(network: Path) -> list[dict[str, str]]:
    with (network / "stores.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def file(network: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("book") / "book.json"
    done = run(str(SCRIPT), str(network), str(written))
    assert (done.returncode, done.stderr) == (0, "")
    return written


@pytest.fixture(scope="module")
def book(file: Path) -> Book:
    return codec.loads(file.read_bytes(), Book)


@pytest.fixture(scope="module")
def text(file: Path) -> str:
    return said("report", str(file))


@pytest.fixture(scope="module")
def data(file: Path) -> Any:
    return json.loads(said("report", str(file), "--json"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], check=False, capture_output=True, encoding="utf-8"
    )


def said(*arguments: str) -> str:
    done = run("-m", "partnervisits", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_book_holds_a_visit_and_a_plan_of_every_store(
    book: Book, stores: list[dict[str, str]]
) -> None:
    ids = {store["store_id"] for store in stores}
    assert {visit.partner_id for visit in book.visits} == ids
    assert {plan.subject.partner_id for plan in book.plans} == ids
    assert len(book.readings) == 8 * len(ids)


def test_the_book_is_the_same_text_once_it_was_read(file: Path, book: Book) -> None:
    """S 11.3."""
    assert codec.dumps(book) == file.read_text("utf-8")


def test_nothing_is_wrong_with_the_book(file: Path) -> None:
    problems = said("check", str(file)).splitlines()
    assert {problem.partition(":")[0] for problem in problems} == {"warning"}
    assert {problem.rpartition("[")[2] for problem in problems} == {
        "lint.no-indicators]",
        "lint.no-target]",
    }


def test_the_report_tells_of_every_visit_in_the_order_of_days(text: str, book: Book) -> None:
    titles = [line for line in text.splitlines() if line.startswith("Visit ")]
    assert titles == [f"Visit {visit.id}" for visit in book.visits]
    days = [visit.on for visit in book.visits if visit.on is not None]
    assert days == sorted(days)
    assert max(map(len, text.splitlines())) <= 100


def test_the_report_sums_up_what_the_visits_found(text: str, data: Any) -> None:
    """S 9.2."""
    comparisons = [each for visit in data["visits"] for each in visit["plans"][0]["comparisons"]]
    times = Counter(each["outcome"] for each in comparisons)
    asked = times["met"] + times["near"] + times["not_met"] + times["no_data"]
    assert f"({asked - times['no_data']} of {asked} measured)" in text.splitlines()[-2]
    assert (
        f"{times['met']} met, {times['near']} near, {times['not_met']} not met"
        in (text.splitlines()[-1])
    )


def test_whoever_falls_short_is_followed_up(data: Any) -> None:
    """S 9.5."""
    for visit in data["visits"]:
        called_for = {
            (each["indicator"], "fell-short" if each["outcome"] == "not_met" else "ask-again")
            for each in visit["plans"][0]["comparisons"]
            if each["outcome"] in ("not_met", "no_data")
        }
        opened = visit["follow_ups"]["opened"]
        assert {(each["indicator"], each["rule_key"]) for each in opened} == called_for


def test_the_report_is_the_one_that_the_library_makes(text: str, book: Book) -> None:
    assert text == f"{report(book)}\n"


def test_a_store_that_was_filled_from_the_book_gives_it_back(book: Book) -> None:
    """S 10.2."""
    store = pv.MemoryStore()
    store.apply(book.changes())
    assert book_of(store, givens=book.givens, targets=book.catalog.targets) == book


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


def test_the_file_of_the_survey_is_read_as_the_readings_of_the_book(
    book: Book, stores: list[dict[str, str]]
) -> None:
    """S 7.2: the same capture twice is one fact, whichever way it came."""
    visits = {visit.partner_id: visit for visit in book.visits}
    absences = {"": pv.Absence.NOT_MEASURED}
    sheet = Sheet(visit="visit", at="at", by="rep_id", columns=COLUMNS, absences=absences)
    rows: list[dict[str, str]] = []
    for store in stores:
        visit = visits[store["store_id"]]
        assert visit.actual is not None
        rows.append({**store, "visit": visit.id, "at": visit.actual.start.isoformat()})
    found = readings_from(rows, book.plans, sheet)
    assert found.findings == ()
    assert {reading.id: reading for reading in found.readings} == {
        reading.id: reading for reading in book.readings
    }


def test_a_folder_that_holds_no_network_is_named(tmp_path: Path) -> None:
    done = run(str(SCRIPT), str(tmp_path), str(tmp_path / "book.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: cannot put the network in {tmp_path} into " in done.stderr
    assert "Traceback" not in done.stderr
