"""Broken documents without end: `python tests/fuzzing/decode.py [CORPUS] [options of libFuzzer]`.

It needs atheris, which has no wheel for every machine: `pip install atheris`. The bytes are a
document as they stand, or say how one of the golden documents is to be broken: which part of it is
replaced by which nasty value, taken out, or doubled. Whatever comes of it is read as every kind
that it may be, within a second:

- nothing but a `DecodeError` escapes, and its findings have codes and paths that can be printed;
- what is read is written again, and that text means the same object.
"""

from __future__ import annotations

import json
import signal
import sys
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

atheris: Any = import_module("atheris")

with atheris.instrument_imports(include=["partnervisits"]):
    from partnervisits import codec
    from partnervisits.codec import DecodeError

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SECONDS = 2
KINDS: list[tuple[str, type[Any]]] = [*codec.kinds().items()]
SEEDS: list[Any] = [json.loads(path.read_text("utf-8")) for path in sorted(GOLDEN.glob("*/*.json"))]
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
        for key in path[:-1]:
            data = data[key]
        match bytes_.ConsumeIntInRange(0, 4):
            case 0:
                del data[path[-1]]
            case 1 if data.__class__ is list:
                data.append(deepcopy(data[path[-1]]))
            case 1 | 2:
                data[path[-1]] = bytes_.ConsumeUnicode(20)
            case _:
                data[path[-1]] = deepcopy(NASTY[bytes_.ConsumeIntInRange(0, len(NASTY) - 1)])
    except (KeyError, IndexError, TypeError):
        pass  # an earlier break has taken the place away


def check(text: str | bytes, cls: type[Any]) -> None:
    """Read a text as a kind, and hold what was promised."""
    try:
        value = codec.loads(text, cls)
    except DecodeError as refused:
        for finding in refused.findings:
            assert finding.code.count(".") == 1, finding
            assert finding.location.isprintable(), finding
            assert finding.message, finding
        return
    written = codec.dumps(value)
    again = codec.loads(written, cls)
    assert again == value, written
    assert codec.dumps(again) == written, written


def too_long(_: int, frame: FrameType | None) -> None:
    """A document that takes longer than any should."""
    raise TimeoutError(frame)


def test_one_input(given: bytes) -> None:
    """What atheris calls."""
    bytes_: Any = atheris.FuzzedDataProvider(given)
    kind = bytes_.ConsumeIntInRange(0, 2 * len(KINDS))
    if kind < len(KINDS):
        text: Any = bytes_.ConsumeBytes(len(given))
        asked: list[type[Any]] = [KINDS[kind][1]]
    else:
        text = broken(bytes_)
        named = json.loads(text).get("kind")
        asked = [cls for name, cls in KINDS if name == named] or [KINDS[0][1]]
    _ = signal.alarm(SECONDS)
    for cls in asked:
        check(text, cls)
    if isinstance(text, bytes):
        for line in codec.load_lines(text.splitlines(), asked[0]):
            assert (line.value is None) == bool(line.findings), line
    _ = signal.alarm(0)


if __name__ == "__main__":
    _ = signal.signal(signal.SIGALRM, too_long)
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
