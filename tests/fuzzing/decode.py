"""Broken documents without end: `python tests/fuzzing/decode.py CORPUS [options of libFuzzer]`.

It needs atheris, which has no wheel for every machine: `pip install atheris`. An empty directory
CORPUS is begun with the golden documents. The first byte says what the rest is:

- below the number of kinds: the text of a document of that kind, as it stands;
- else, in turn: how a golden document is to be broken (which part of it is replaced by which nasty
  value, or by what stands under that name elsewhere, taken out, or doubled), JSON Lines of such
  documents, or the cells of a sheet.

Whatever comes of it is read within some seconds of processor time:

- nothing but a `DecodeError` escapes, and what is found has known codes and paths that can be
  printed;
- what is read is written again, and that text means the same object.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Any

atheris: Any = import_module("atheris")

with atheris.instrument_imports(include=["partnervisits"]):
    from partnervisits import codec
    from partnervisits.codec import DecodeError
    from partnervisits.findings import Finding
    from partnervisits.plans import ActionPlan
    from partnervisits.readings import Reading

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "errors.md"
CODES = frozenset(re.findall(r"`([a-z-]+\.[a-z-]+)`", PAGE.read_text("utf-8")))
SECONDS = 2
"""Measured, since a signal's exception would be taken for a refusal by who catches any."""
ENDLESS = 30
"""After as many seconds libFuzzer gives up by itself."""
KINDS: list[tuple[str, type[Any]]] = [*codec.kinds().items()]
TEXTS: list[str] = [path.read_text("utf-8") for path in sorted(TESTS.glob("golden/*/*.json"))]
SEEDS: list[Any] = [json.loads(text) for text in TEXTS]
NASTY: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**18,
    10**30,
    "",
    "x",
    "NaN",
    "1e9",
    "0.10",
    "-0",
    "9" * 40,
    "\x1b[2J",
    "\u202e",
    "\ud800",
    "\r\n",
    " a ",
    "=cmd()",
    "{x.__class__}",
    "a" * 5_000,
    "2026-02-30",
    "2026-03-12T08:00:00+23:59",
    "9999-12-31T23:59:59-14:00",
    "PT9999999999999S",
    "../../etc/passwd",
    [],
    {},
    [[]],
    [None] * 100,
    {"number": 1},
    {"decimal": "1.0"},
    {"choices": ["a", "a"]},
    {"kind": "at_least"},
    {"kind": "negate", "condition": {"kind": "is_set", "fact": "x"}},
]


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all parts of a document."""
    keys: list[Any] = []
    if type(data) in (dict, list):
        keys = [*data] if type(data) is dict else [*range(len(data))]
    inner = [place for key in keys for place in places(data[key], (*path, key))]
    return [path, *inner]


PLACES: list[list[Any]] = [places(seed)[1:] for seed in SEEDS]


def part(data: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a place."""
    for key in path:
        data = data[key]
    return data


# What stands under the same name somewhere else often fits, so that not all is refused.
FITTING: dict[Any, list[Any]] = {}
for _seed, _places in zip(SEEDS, PLACES, strict=True):
    for _path in _places:
        FITTING.setdefault(_path[-1], []).append(part(_seed, _path))

# What the sheet is about: a column for each KPI of one golden plan.
PLAN = next(codec.decode(seed, ActionPlan) for seed in SEEDS if seed["kind"] == "action_plan")
KPIS = [(task, kpi) for task in PLAN.tasks for kpi in task.kpis]
QUESTIONS = [
    codec.Question(kpi.indicator.key, item=task.item_key, context=kpi.context) for task, kpi in KPIS
]
SHEET = codec.Sheet(
    visit="visit",
    columns={str(question): question for question in QUESTIONS},
    at="at",
    by="by",
)
COLUMNS: list[str] = ["visit", "at", "by", *map(str, QUESTIONS)]
CELLS: list[Any] = [
    *(choice.key for _, kpi in KPIS for choice in kpi.indicator.choices),
    PLAN.subject.visit_id,
    "2026-03-12T08:00:00Z",
    "2026-03-12 09:00",
    "2026-03-29 02:30",
    "0001-01-01 00:00",
    "9999-12-31 23:59",
    "true",
    "12.5",
    "-5",
    'a;"b;c"',
    '"',
    ";",
    *NASTY,
]


def broken(bytes_: Any) -> str:
    """A golden document with a few parts that are not as they should be."""
    which = bytes_.ConsumeIntInRange(0, len(SEEDS) - 1)
    data = deepcopy(SEEDS[which])
    for _ in range(bytes_.ConsumeIntInRange(1, 4)):
        path = PLACES[which][bytes_.ConsumeIntInRange(0, len(PLACES[which]) - 1)]
        _break(data, path, bytes_)
    return json.dumps(data)


def _break(data: Any, path: tuple[Any, ...], bytes_: Any) -> None:
    try:
        data = part(data, path[:-1])
        match bytes_.ConsumeIntInRange(0, 6):
            case 0:
                del data[path[-1]]
            case 1 if data.__class__ is list:
                data.append(deepcopy(data[path[-1]]))
            case 1 | 2:
                data[path[-1]] = bytes_.ConsumeUnicode(20)
            case 3 | 4:
                fitting = FITTING[path[-1]]
                data[path[-1]] = deepcopy(fitting[bytes_.ConsumeIntInRange(0, len(fitting) - 1)])
            case _:
                data[path[-1]] = deepcopy(NASTY[bytes_.ConsumeIntInRange(0, len(NASTY) - 1)])
    except (KeyError, IndexError, TypeError):
        pass  # an earlier break has taken the place away


def kind_of(text: str) -> type[Any]:
    """What a broken document says it is; any, if it does not say."""
    named = json.loads(text).get("kind")
    return next((cls for name, cls in KINDS if name == named), KINDS[0][1])


def check_findings(findings: Iterable[Finding]) -> None:
    """Each can be looked up and shown."""
    for finding in findings:
        assert finding.code in CODES, finding
        assert finding.location.isprintable(), finding
        assert finding.message, finding
        _ = str(finding).encode()


def check_value(value: Any, cls: type[Any]) -> None:
    """What was read is written in one way, which means the same."""
    written = codec.dumps(value)
    again = codec.loads(written, cls)
    assert again == value, written
    assert codec.dumps(again) == written, written


def check(text: str | bytes, cls: type[Any]) -> None:
    """Read a text as a kind, and hold what was promised."""
    try:
        value = codec.loads(text, cls)
    except DecodeError as refused:
        check_findings(refused.findings)
    else:
        check_value(value, cls)


def check_document(bytes_: Any) -> None:
    """A broken document, as what it says it is."""
    text = broken(bytes_)
    check(text, kind_of(text))


def check_lines(bytes_: Any) -> None:
    """Broken documents and other lines: each comes back with its number."""
    lines: list[Any] = []
    for _ in range(bytes_.ConsumeIntInRange(1, 6)):
        of_bytes = bytes_.ConsumeBool()
        lines.append(bytes_.ConsumeBytes(40) if of_bytes else broken(bytes_))
    texts = [line for line in lines if isinstance(line, str)]
    cls = kind_of(texts[0]) if texts else Reading
    found = [*codec.load_lines(lines, cls)]
    assert [line.number for line in found] == [
        number for number, line in enumerate(lines, start=1) if line.strip()
    ]
    for line in found:
        assert (line.value is None) == bool(line.findings), line
        check_findings(line.findings)
        if line.value is not None:
            check_value(line.value, cls)


def check_sheet(bytes_: Any) -> None:
    """Rows of a sheet, as a reader of CSV gives them: with too few cells, or too many."""
    rows: list[Any] = []
    for _ in range(bytes_.ConsumeIntInRange(1, 4)):
        row: dict[Any, Any] = {
            "visit": PLAN.subject.visit_id,
            "at": "2026-03-12T08:00:00Z",
            "by": "ines",
        }
        for _ in range(bytes_.ConsumeIntInRange(0, 8)):
            number: int = bytes_.ConsumeIntInRange(0, len(COLUMNS) - 1)
            row[COLUMNS[number]] = _cell(bytes_)
        if bytes_.ConsumeIntInRange(0, 15) == 0:
            row[None] = [_cell(bytes_)]
        rows.append(row)
    found = codec.readings_from(rows, [PLAN], SHEET)
    check_findings(found.findings)
    for reading in found.readings:
        check_value(reading, Reading)


def _cell(bytes_: Any) -> Any:
    if bytes_.ConsumeBool():
        return bytes_.ConsumeUnicode(20)
    return CELLS[bytes_.ConsumeIntInRange(0, len(CELLS) - 1)]


MODES: list[Callable[[Any], None]] = [check_document, check_lines, check_sheet]


def test_one_input(given: bytes) -> None:
    """What atheris calls."""
    if not given:
        return
    started = process_time()
    if given[0] < len(KINDS):
        check(given[1:], KINDS[given[0]][1])
    else:
        MODES[given[0] % len(MODES)](atheris.FuzzedDataProvider(given[1:]))
    taken = process_time() - started
    assert taken < SECONDS, taken


def begin(corpus: Path) -> None:
    """Put the golden documents into a corpus that has nothing."""
    if any(corpus.iterdir()):
        return
    names = [name for name, _ in KINDS]
    for number, (text, seed) in enumerate(zip(TEXTS, SEEDS, strict=True)):
        kind = bytes([names.index(seed["kind"])])
        _ = (corpus / f"golden-{number}").write_bytes(kind + text.encode())
    for number in range(64):
        _ = (corpus / f"mode-{number}").write_bytes(bytes([255 - number, *range(number, 255)]))


if __name__ == "__main__":
    for directory in map(Path, sys.argv[1:]):
        if directory.is_dir():
            begin(directory)
    atheris.Setup([*sys.argv, f"-timeout={ENDLESS}"], test_one_input)
    atheris.Fuzz()
