"""JSON Lines, read and written one by one, and the digest of a document (S 11.1, S 11.3)."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits import codec, example
from partnervisits.codec import Limits, Line
from tests.builders import NINE
from tests.processes import output_of


def readings(count: int) -> Iterator[pv.Reading]:
    for number in range(count):
        yield pv.Reading(
            id=f"R-{number}", kpi_id="K", value=number, at=NINE, recorded_at=NINE, by="rep-7"
        )


def loaded(lines: Iterable[str | bytes]) -> list[Line[pv.Reading]]:
    return [*codec.load_lines(lines, pv.Reading)]


def test_lines_are_read_as_they_were_written() -> None:
    """S 11.3: one document a line, in a file of bytes or of text."""
    held = [*readings(3)]
    text = "".join(codec.dump_lines(held))
    assert text.count("\n") == 3
    expected = [Line(number, each) for number, each in enumerate(held, start=1)]
    assert loaded(text.splitlines()) == loaded(text.splitlines(keepends=True)) == expected
    assert loaded(BytesIO(text.encode())) == expected
    assert loaded(BytesIO(text.replace("\n", "\r\n").encode())) == expected


def test_a_line_that_is_refused_is_told_with_its_number_and_the_rest_is_read() -> None:
    """S 11.2: nothing that one line says spoils another."""
    first, second, third = codec.dump_lines(readings(3))
    lines: list[Any] = [
        first,
        second.replace("R-1", ""),
        "{",
        b"\xff",
        "",
        " \n",
        third.replace('"reading"', '"visit"'),
        None,
        third,
    ]
    found = loaded(lines)
    assert [(each.number, each.value is not None) for each in found] == [
        (1, True),
        (2, False),
        (3, False),
        (4, False),
        (7, False),
        (8, False),
        (9, True),
    ]
    assert [[(finding.location, finding.code) for finding in each.findings] for each in found] == [
        [],
        [("data.id", "text.empty")],
        [("", "decode.json")],
        [("", "decode.json")],
        [("kind", "decode.kind")],
        [("", "decode.type")],
        [],
    ]


def test_lines_are_read_and_written_when_they_are_asked_for() -> None:
    """S 11.1: so that a file can be longer than the memory."""
    asked: list[int] = []

    def watched() -> Iterator[pv.Reading]:
        for number, each in enumerate(readings(1_000_000)):
            asked.append(number)
            yield each

    lines = codec.load_lines(codec.dump_lines(watched()), pv.Reading)
    assert asked == []
    assert [line.number for line in islice(lines, 3)] == [1, 2, 3]
    assert asked == [0, 1, 2]


def test_the_memory_does_not_grow_with_the_number_of_lines() -> None:
    """S 11.1."""

    def peak(count: int) -> int:
        tracemalloc.start()
        read = sum(1 for _ in codec.load_lines(codec.dump_lines(readings(count)), pv.Reading))
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert read == count
        return highest

    _ = peak(100)  # what is made on first use
    assert peak(20_000) < peak(1_000) + 100_000


def test_a_line_has_limits_of_its_own() -> None:
    """S 11.2."""
    lines = [*codec.dump_lines(readings(2))]
    small = Limits(size=len(lines[0]))
    longer = lines[1].replace('"K"', '"KK"')
    found = [*codec.load_lines([lines[0], longer], pv.Reading, limits=small)]
    assert [each.value is None for each in found] == [False, True]
    assert found[1].findings[0].code == "decode.size"


@pytest.mark.parametrize("lines", ["{}", b"{}", {"a": 1}, 1, None], ids=repr)
def test_a_lone_text_is_no_list_of_lines(lines: Any) -> None:
    """At once, not when the first line is asked for."""
    for work in (lambda: codec.load_lines(lines, pv.Reading), lambda: codec.dump_lines(lines)):
        with pytest.raises(pv.PartnerVisitsError) as caught:
            _ = work()
        assert caught.value.code == "sequence.type"


def test_an_object_that_cannot_be_written_stops_its_line_only_when_it_is_reached() -> None:
    lines = codec.dump_lines([pv.Given(), "nothing"])
    assert next(lines).endswith("\n")
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = next(lines)
    assert caught.value.code == "type.wrong"


# ----------------------------------------------------------------------------------------- digest

TEMPLATE = example.template()

DIGEST = """
from partnervisits import codec, example
print(codec.digest(example.template()), end="")
"""
ELSEWHERE: list[dict[str, str]] = [
    {"PYTHONHASHSEED": "1", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "2", "TZ": "Japan"},
]


def test_a_template_has_the_same_digest_in_any_process() -> None:
    """S 11.3: whatever the hash seed, the time zone and the locale."""
    found = codec.digest(TEMPLATE)
    for settings in (
        {"PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "Japan"},
    ):
        assert output_of(DIGEST, settings).decode() == found


def test_the_digest_of_a_template_is_that_of_its_text() -> None:
    """S 11.3: SHA-256, so that other systems can compute it; it changes if the format does."""
    assert codec.digest(TEMPLATE) == (
        "a93a38b83f7e25634e5c66a0742057290b2a23be7c7692c7804dc92dccf5d991"
    )


def test_whatever_differs_has_another_digest() -> None:
    """S 11.3: every field counts."""
    others = [
        TEMPLATE,
        TEMPLATE.withdraw(),
        TEMPLATE.new_draft(),
        attrs.evolve(TEMPLATE, name="Another name"),
        attrs.evolve(TEMPLATE, items=TEMPLATE.items[:-1]),
        attrs.evolve(TEMPLATE, description="described"),
    ]
    assert len({codec.digest(each) for each in others}) == len(others)
    again = codec.loads(codec.dumps(TEMPLATE), pv.ActionPlanTemplate)
    assert codec.digest(again) == codec.digest(TEMPLATE)


def test_a_file_that_is_no_text_is_read_until_there() -> None:
    """S 11.2: no other exception escapes."""
    text = "".join(codec.dump_lines(readings(1))).encode() + b"\n" * 9_000 + b"\xff\n{}\n"
    first, *rest = loaded(TextIOWrapper(BytesIO(text), "utf-8"))
    assert first.value is not None
    assert [[each.code for each in line.findings] for line in rest] == [["decode.json"]]
