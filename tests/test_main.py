"""`python -m partnervisits`: on the built-in example, on books, and on what is no book."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from partnervisits import __main__ as command
from partnervisits import codec, example
from partnervisits.books import Book
from tests import builders
from tests.places import DOCS

Said = pytest.CaptureFixture[str]


@pytest.fixture
def book(tmp_path: Path) -> str:
    """The book of the example, in a file."""
    return written(tmp_path, example.book())


def written(folder: Path, held: Book) -> str:
    file = folder / "book.json"
    _ = file.write_text(codec.dumps(held), "utf-8")
    return str(file)


def run(
    *arguments: str | bytes, given: bytes = b"", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "partnervisits", *arguments],
        check=False,
        capture_output=True,
        input=given,
        env={**os.environ, **(environment or {})},
        timeout=60,
    )


class Stream(io.TextIOWrapper):
    """Standard input with some bytes."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="ascii")


# -------------------------------------------------------------------------------------- printing


def test_without_arguments_the_example_is_reported_on(capsys: Said) -> None:
    assert command.main([]) == 0
    assert capsys.readouterr().out == f"{command.report()}\n"


def test_arguments_are_those_of_the_process(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["partnervisits", "schema"])
    assert command.main() == 0
    assert "visit" in capsys.readouterr().out.splitlines()


def test_a_book_is_reported_on_as_the_example_is(book: str, capsys: Said) -> None:
    assert command.main(["report", book, "--as-of", "2026-03-17"]) == 0
    assert capsys.readouterr().out == f"{command.report()}\n"


def test_a_book_is_read_from_standard_input(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stream(codec.dumps(example.book()).encode()))
    assert command.main(["report", "-", "--as-of", "2026-03-17"]) == 0
    assert capsys.readouterr().out == f"{command.report()}\n"


def test_the_report_is_printed_as_data(book: str, capsys: Said) -> None:
    assert command.main(["report", book, "--json", "--as-of", "2026-03-17"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["as_of"] == "2026-03-17"
    assert data["visits"][0]["plans"][0]["scorecard"]["not_due"] == 2


def test_without_a_day_nothing_is_still_to_come(book: str, capsys: Said) -> None:
    """S 8.2."""
    assert command.main(["report", book, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["as_of"] is None
    assert data["visits"][0]["plans"][0]["scorecard"]["not_due"] == 0


def test_visits_without_a_plan_are_planned_from_the_template_that_is_named(
    tmp_path: Path, capsys: Said
) -> None:
    templates = [builders.template(), builders.template(key="other")]
    held = Book(catalog=builders.catalog(templates=templates), visits=[builders.visit()])
    file = written(tmp_path, held)
    assert command.main(["report", file, "--template", "other"]) == 0
    assert "Plan: The other, proposed, since the book has none" in capsys.readouterr().out
    assert command.main(["report", file, "--template", "another"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        "there is no template another (published); the nearest: other@1\n",
    )


def test_the_book_of_the_example_is_a_document(capsys: Said) -> None:
    assert command.main(["example"]) == 0
    assert codec.loads(capsys.readouterr().out, Book) == example.book()


def test_a_book_that_belongs_together_has_no_problem(tmp_path: Path, capsys: Said) -> None:
    assert command.main(["check", written(tmp_path, Book(visits=[builders.visit()]))]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_warning_is_no_error(book: str, capsys: Said) -> None:
    assert command.main(["check", book]) == 0
    assert capsys.readouterr().out == (
        "warning: catalog.templates.quarterly@1.items.survey.indicators.wishes: no target is "
        "written for wishes: add one, or give one with each visit [lint.no-target]\n"
    )


def test_a_problem_stands_on_one_line_whatever_a_document_says(
    tmp_path: Path, capsys: Said
) -> None:
    held = example.book()
    wrong = attrs.evolve(held.readings[0], value="a\nerror: forged")
    book = attrs.evolve(held, readings=[wrong, *held.readings[1:]])
    path = written(tmp_path, book)
    assert command.main(["check", path]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert not any(line.startswith("error: forged") for line in lines)
    assert command.main(["report", path]) == 0
    assert not any(
        line.startswith("error: forged") for line in capsys.readouterr().out.splitlines()
    )


def test_every_problem_is_printed_with_its_path(tmp_path: Path, capsys: Said) -> None:
    held = attrs.evolve(example.book(), visits=[], rules=[])
    assert command.main(["check", written(tmp_path, held)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[:2] for line in lines if line.startswith("error")] == [
        ["error", "givens.V-2026-031"],
        ["error", "plans.V-2026-031/quarterly.subject.visit_id"],
    ]


def test_the_schema_of_a_kind_is_printed(capsys: Said) -> None:
    assert command.main(["schema", "book"]) == 0
    assert json.loads(capsys.readouterr().out) == codec.json_schema(Book)


def test_the_kinds_are_listed(capsys: Said) -> None:
    assert command.main(["schema"]) == 0
    assert capsys.readouterr().out.splitlines() == sorted(codec.kinds())


# ------------------------------------------------------------------------------------ wrong input


def refusals(arguments: list[str], capsys: Said) -> list[str]:
    """The lines on standard error of what ends with status 2 and prints nothing."""
    assert command.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.splitlines()


def holding(folder: Path, content: bytes) -> str:
    file = folder / "b.json"
    _ = file.write_bytes(content)
    return str(file)


@pytest.mark.parametrize("verb", ["report", "check"])
def test_a_file_that_is_not_there_is_named(verb: str, tmp_path: Path, capsys: Said) -> None:
    nowhere = str(tmp_path / "nowhere.json")
    assert refusals([verb, nowhere], capsys) == [f"{nowhere}: No such file or directory"]


def test_a_folder_is_no_book(tmp_path: Path, capsys: Said) -> None:
    assert refusals(["report", str(tmp_path)], capsys) == [f"{tmp_path}: Is a directory"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "decode.json"),
        (b"{", "decode.json"),
        (b"\xff\xfe{}", "decode.json"),
        (b"\xef\xbb\xbf{}", "decode.json"),
        (b"\x00" * 100, "decode.json"),
        (b"[" * 100_000, "decode.depth"),
        (b"[]", "decode.type"),
        (b"null", "decode.type"),
        (b'{"kind": "visit", "schema": 1, "data": {}}', "decode.kind"),
        (b'{"kind": "book", "schema": 2, "data": {}}', "decode.newer"),
        (b'{"kind": "book", "schema": 1, "data": {"catalogue": {}}}', "decode.extra"),
    ],
)
def test_what_is_no_book_is_refused_with_the_reason(
    content: bytes, code: str, tmp_path: Path, capsys: Said
) -> None:
    """S 11.2."""
    file = holding(tmp_path, content)
    lines = refusals(["report", file], capsys)
    assert all(line.startswith(f"{file}: error: ") for line in lines)
    assert code in {line.rpartition("[")[2].rstrip("]") for line in lines}


def test_all_that_is_wrong_with_a_document_is_said_a_line_each(
    book: str, tmp_path: Path, capsys: Said
) -> None:
    data: Any = json.loads(Path(book).read_text("utf-8"))
    data["data"]["visits"][0]["id"] = "\x1b[31mred"
    data["data"]["readings"][0]["at"] = "now"
    data["data"]["\x1b[2J\n"] = 1
    lines = refusals(["check", holding(tmp_path, json.dumps(data).encode())], capsys)
    assert len(lines) == 3
    assert all("\x1b" not in line for line in lines)
    assert sorted(line.rpartition("[")[2] for line in lines) == [
        "decode.extra]",
        "decode.instant]",
        "text.control]",
    ]


class Endless(Stream):
    """Standard input that never ends, and how much of it was asked for."""

    def __init__(self) -> None:
        super().__init__(b"")
        self.asked: list[int] = []

    @property
    def buffer(self) -> Any:
        return self

    def read(self, size: Any = -1, /) -> Any:
        self.asked.append(size)
        return b"x"


def test_no_more_is_read_than_a_document_may_hold(
    capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S 11.2."""
    endless = Endless()
    monkeypatch.setattr(sys, "stdin", endless)
    assert len(refusals(["check", "-"], capsys)) == 1
    assert endless.asked == [codec.Limits().size + 1]


def test_an_unknown_kind_is_refused_with_the_nearest(capsys: Said) -> None:
    assert refusals(["schema", "vist"], capsys)[0].startswith(
        "there is no kind vist; the nearest: visit"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["reports", "b.json"],
        ["report"],
        ["report", "b.json", "more.json"],
        ["report", "b.json", "--js"],
        ["report", "b.json", "--as-of", "now"],
        ["report", "b.json", "--as-of", "20260317"],
        ["report", "b.json", "--as-of", "2026-W11-4"],
        ["report", "b.json", "--as-of", "2026-02-30"],
        ["report", "b.json", "--as-of", "1899-12-31"],
        ["report", "b.json", "--as-of", "\uff12\uff10\uff12\uff16-03-17"],
        ["check", "b.json", "\x1b[31mred"],
    ],
)
def test_arguments_that_mean_nothing_are_refused(arguments: list[str], capsys: Said) -> None:
    with pytest.raises(SystemExit) as refused:
        _ = command.main(arguments)
    said = capsys.readouterr()
    assert (refused.value.code, said.out) == (2, "")
    assert "error: " in said.err
    assert "\x1b" not in said.err


# ------------------------------------------------------------------------------- broken streams


@pytest.fixture
def closed_pipe() -> Iterator[io.TextIOWrapper]:
    """The writing end of a pipe that nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        yield stream


def test_a_closed_pipe_is_said(
    closed_pipe: io.TextIOWrapper, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", closed_pipe)
    assert command.main([]) == 2
    assert capsys.readouterr().err == "standard output: Broken pipe\n"
    closed_pipe.flush()  # what is left of it goes nowhere


def test_where_nothing_can_be_said_the_status_says_it(
    closed_pipe: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", closed_pipe)
    assert command.main(["schema", "vist"]) == 2


@pytest.mark.parametrize(
    ("stream", "arguments", "name"),
    [("stdin", ["report", "-"], "standard input"), ("stdout", [], "standard output")],
)
def test_a_stream_that_is_closed_is_named(
    stream: str,
    arguments: list[str],
    name: str,
    capsys: Said,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, stream, None)
    assert command.main(arguments) == 2
    assert capsys.readouterr().err == f"{name}: Bad file descriptor\n"


# -------------------------------------------------------------------------------- real processes


def test_a_process_prints_the_same_in_any_locale() -> None:
    held = attrs.evolve(example.book(), visits=[attrs.evolve(example.visit(), partner_id="Žluťák")])
    document = codec.dumps(held).encode()
    printed = {
        run("report", "-", given=document, environment={"LC_ALL": each, "PYTHONUTF8": "0"}).stdout
        for each in ("C", "C.utf8", "de_DE.ISO-8859-1")
    } | {
        run("report", "-", given=document, environment={"PYTHONIOENCODING": "ascii"}).stdout,
    }
    (text,) = printed
    assert "partner   Žluťák" in text.decode()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["report", "nowhere/\x1b[31mred"], b"nowhere/\\x1b[31mred: No such file or directory\n"),
        (["report", b"nowhere/\xff"], b"nowhere/\\udcff: No such file or directory\n"),
        (["report", "-"], b"-: error: write JSON: Expecting value: line 1 column 1 (char 0)"),
        (["schema", "\n"], b"there is no kind \\n\n"),
        (["report", "-", "\x1b[2J"], b"error: unrecognized arguments: \\x1b[2J\n"),
    ],
)
def test_a_process_says_what_is_wrong_without_a_traceback(
    arguments: list[str | bytes], complaint: bytes
) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert complaint in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stderr


def test_a_process_survives_that_nobody_reads_it() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as unread:
        done = subprocess.run(
            [sys.executable, "-m", "partnervisits", "example"],
            check=False,
            stdout=unread,
            stderr=subprocess.PIPE,
        )
    assert (done.returncode, done.stderr) == (2, b"standard output: Broken pipe\n")


def helped(arguments: list[str], capsys: Said) -> str:
    with pytest.raises(SystemExit) as found:
        _ = command.main([*arguments, "--help"])
    assert found.value.code == 0
    return capsys.readouterr().out


def test_the_page_of_the_command_shows_every_command_and_option(capsys: Said) -> None:
    page = (DOCS / "reference" / "command.md").read_text("utf-8")
    commands = re.findall(r"^    (\w+) {2,}", helped([], capsys), re.MULTILINE)
    assert commands == re.findall(r"^\| `([a-z]+)(?: [A-Z]+)?` \|", page, re.MULTILINE)[:4]
    options = {
        option for each in commands for option in re.findall(r"--[a-z-]+", helped([each], capsys))
    }
    assert options - {"--help"} == {*re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE)}


def test_the_page_of_the_command_shows_every_key_of_the_data(book: str, capsys: Said) -> None:
    page = (DOCS / "reference" / "command.md").read_text("utf-8").split("## The report as data")[1]
    assert command.main(["report", book, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    (visit,) = data["visits"]
    (plan,) = visit["plans"]
    shown = [
        re.findall(r"`(\w+)`", cell) for cell in re.findall(r"^\| (`.+?) \|", page, re.MULTILINE)
    ]
    keys = [key for row in shown for key in row]
    assert sorted(keys) == sorted([*data, *visit, *plan])
    assert all(f"`{key}`" in page for key in visit["follow_ups"])
