"""Broken and hostile documents: each is refused by our error, where it is wrong, in bounded time.

One case each, by class: JSON text, shapes, decimals, numbers, times, zones, texts, graphs,
calendars, and what stands for many things at once. What only looks hostile is kept as it is.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any, cast

import pytest

import partnervisits as pv
from partnervisits import codec, example
from partnervisits.books import Book
from partnervisits.calendars import JointCalendar
from partnervisits.codec import DecodeError, Limits
from partnervisits.conditions import Condition, all_of, when
from partnervisits.errors import InvalidValueError
from tests import builders
from tests.builders import THURSDAY
from tests.documents import OBJECTS, document, planned, rich_given, rich_template

SECONDS = 30
"""More than any refusal takes, on a slow machine too; what does not end takes longer."""

Found = list[tuple[str, str]]


@contextmanager
def soon() -> Generator[None]:
    started = perf_counter()
    yield
    assert perf_counter() - started < SECONDS


def refused(work: Callable[[], object]) -> Found:
    """Where and with which codes it is refused: by our error, and soon."""
    with soon(), pytest.raises(DecodeError) as caught:
        _ = work()
    assert str(caught.value).encode()
    return [(finding.location, finding.code) for finding in caught.value.findings]


def refused_data(data: object, kind: type[object]) -> Found:
    before = copy.deepcopy(data)
    found = refused(lambda: codec.decode(data, kind))
    assert data == before, "nothing was changed"
    return found


# ------------------------------------------------------------------------------------- JSON text


def envelope(data: str) -> str:
    return f'{{"kind": "override", "schema": 1, "data": {data}}}'


TEXTS: dict[str, tuple[str | bytes, Found]] = {
    "nothing": ("", [("", "decode.json")]),
    "blank": (" \n", [("", "decode.json")]),
    "cut off": ('{"kind": "over', [("", "decode.json")]),
    "trailing garbage": (envelope("{}") + "}", [("", "decode.json")]),
    "two documents": (envelope("{}") * 2, [("", "decode.json")]),
    "single quotes": ("{'kind': 'override'}", [("", "decode.json")]),
    "a comment": ("{} // done", [("", "decode.json")]),
    "a trailing comma": ('{"kind": "override",}', [("", "decode.json")]),
    "a byte order mark": ("\ufeff" + envelope("{}"), [("", "decode.json")]),
    "its bytes": (b"\xef\xbb\xbf{}", [("", "decode.json")]),
    "UTF-16": (envelope("{}").encode("utf-16"), [("", "decode.json")]),
    "UTF-32": (envelope("{}").encode("utf-32"), [("", "decode.json")]),
    "Latin-1": (envelope('{"by": "J\u00f6rg"}').encode("latin-1"), [("", "decode.json")]),
    "a surrogate in bytes": (b'"\xed\xa0\x80"', [("", "decode.json")]),
    "an overlong byte": (b'"\xc0\x80"', [("", "decode.json")]),
    "a control character": ('"\x01"', [("", "decode.json")]),
    "null": ("null", [("", "decode.type")]),
    "true": ("true", [("", "decode.type")]),
    "a number": ("1", [("", "decode.type")]),
    "a text": ('"override"', [("", "decode.type")]),
    "a list": ("[]", [("", "decode.type")]),
    "a list of documents": (f"[{envelope('{}')}]", [("", "decode.type")]),
    "NaN": (envelope("NaN"), [("data", "decode.number")]),
    "minus infinity": (envelope("-Infinity"), [("data", "decode.number")]),
    "1e400": (envelope("1e400"), [("data", "decode.type")]),
    "a long fraction": (envelope("0." + "9" * 100_000), [("data", "decode.type")]),
    "5,000 digits": (envelope("9" * 5_000), [("data", "decode.number")]),
    "a million digits": (envelope("9" * 1_000_000), [("data", "decode.number")]),
    "a negative of 5,000 digits": (envelope("-" + "9" * 5_000), [("data", "decode.number")]),
    "a key twice": ('{"kind": "override", "kind": "override"}', [("", "decode.duplicate-key")]),
    "a key twice within": (envelope('{"by": "a", "by": "b"}'), [("data", "decode.duplicate-key")]),
    "a key twice, escaped": (
        envelope(r'{"by": "a", "b\u0079": "b"}'),
        [("data", "decode.duplicate-key")],
    ),
    "100,000 lists": ("[" * 100_000, [("", "decode.depth")]),
    "100,000 objects": ('{"a":' * 100_000, [("", "decode.depth")]),
    "100,000 lists that end": ("[" * 100_000 + "]" * 100_000, [("", "decode.depth")]),
    "half a character as a key": (
        '{"kind": "override", "schema": 1, "data": {}, "\\ud800": 1}',
        [("'\\ud800'", "decode.extra")],
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_that_is_no_document(name: str) -> None:
    """S 11.2."""
    text, found = TEXTS[name]
    assert refused(lambda: codec.loads(text, pv.Override)) == found


@pytest.mark.parametrize("depth", [200, 500, 900])
def test_text_that_nests_lists_is_refused_by_its_depth(depth: int) -> None:
    """S 11.2: however deep, as long as it can be parsed."""
    (found,) = refused(lambda: codec.loads("[" * depth + "]" * depth, pv.Override))
    assert found[1] == "decode.depth"
    (found,) = refused(
        lambda: codec.loads(envelope('{"by":' * depth + "1" + "}" * depth), pv.Override)
    )
    assert found[1] == "decode.depth"


def test_the_bytes_of_a_text_are_counted_before_it_is_parsed() -> None:
    """S 11.2."""
    text = codec.dumps(builders.visit(instructions="\u00e9" * 10))
    size = len(text.encode())
    limits = Limits(size=size)
    assert codec.loads(text, pv.Visit, limits=limits).id == "V-1"
    assert codec.loads(text.encode(), pv.Visit, limits=limits).id == "V-1"
    small = Limits(size=size - 1)
    assert refused(lambda: codec.loads(text, pv.Visit, limits=small)) == [("", "decode.size")]
    assert refused(lambda: codec.loads(b"\xff" * size, pv.Visit, limits=small)) == [
        ("", "decode.size")
    ]
    assert refused(lambda: codec.loads("\ud800" * size, pv.Visit, limits=small)) == [
        ("", "decode.size")
    ]
    huge = "x" * (256 * 1024 * 1024 + 1)
    assert refused(lambda: codec.loads(huge, pv.Visit)) == [("", "decode.size")]


# ---------------------------------------------------------------------------------------- shapes

SHAPES: list[tuple[str, str, Any, str, str]] = [
    # the object, the location, what stands there, below it, the code
    ("visit", "__class__", "Visit", "", "decode.extra"),
    ("visit", "__dict__", {}, "", "decode.extra"),
    ("visit", "Id", "V-1", "", "decode.extra"),
    ("visit", "id", 1, "", "decode.type"),
    ("visit", "id", 1.0, "", "decode.type"),
    ("visit", "id", None, "", "decode.type"),
    ("visit", "id", True, "", "decode.type"),
    ("visit", "id", {}, "", "decode.type"),
    ("visit", "id", ["V-1"], "", "decode.type"),
    ("visit", "id", "", "", "text.empty"),
    ("visit", "id", " ", "", "text.blank-ends"),
    ("visit", "id", "x" * 1_000_000, "", "text.long"),
    ("visit", "visitors", {"0": {}}, "", "decode.type"),
    ("visit", "visitors", "rep-7", "", "decode.type"),
    ("visit", "visitors", None, "", "decode.type"),
    ("visit", "visitors", [[]], "[0]", "decode.type"),
    ("visit", "visitors", [None], "[0]", "decode.type"),
    ("visit", "visitors", [], "", "visit.no-visitor"),
    ("visit", "visitors[0].primary", "false", "", "decode.type"),
    ("visit", "visitors[0].primary", 0, "", "decode.type"),
    ("visit", "place", [], "", "decode.type"),
    ("visit", "place", "dc-9", "", "decode.type"),
    ("visit", "status", "PLANNED", "", "decode.word"),
    ("visit", "status", {"planned": 1}, "", "decode.type"),
    ("visit", "planned", {}, ".start", "decode.missing"),
    ("visit", "planned", {"start": None}, ".start", "decode.type"),
    ("template", "ad_hoc", "true", "", "decode.type"),
    ("template", "ad_hoc", 1, "", "decode.type"),
    ("template", "version", "1", "", "decode.type"),
    ("template", "version", 1.9, "", "decode.type"),
    ("template", "version", True, "", "decode.type"),
    ("template", "version", 0, "", "count.range"),
    ("template", "version", 10**18, "", "count.range"),
    ("template", "items", {}, "", "decode.type"),
    ("template", "items[0].binding", "required", "", "decode.word"),
    ("rich template", "items[0].due.amount", "7", "", "decode.type"),
    ("rich template", "items[0].due.amount", 1.9, "", "decode.type"),
    ("rich template", "items[0].due.amount", True, "", "decode.type"),
    ("rich template", "items[0].due.amount", 10**18, "", "offset.range"),
    ("rich template", "items[0].due.amount", 10**40, "", "decode.number"),
    ("rich template", "items[0].due.unit", "fortnights", "", "decode.word"),
    ("rich template", "items[0].due.anchor", {"visit": "noon"}, ".visit", "decode.word"),
    ("rich template", "items[0].due.anchor", {"kind": "noon"}, ".kind", "decode.tag"),
    ("rich template", "items[0].due.anchor", {"visit": 1, "item": 2}, "", "decode.tag"),
    ("reading", "value", None, "", "decode.type"),
    ("reading", "value", 81, "", "decode.type"),
    ("reading", "value", {}, "", "decode.tag"),
    ("reading", "value", {"decimal": "1", "text": "1"}, "", "decode.tag"),
    ("reading", "value", {"float": "1"}, "", "decode.tag"),
    ("reading", "value", {"kind": "decimal"}, "", "decode.tag"),
    ("reading", "value", {"number": "1"}, ".number", "decode.type"),
    ("reading", "value", {"boolean": 1}, ".boolean", "decode.type"),
    ("reading", "value", {"absence": "lazy"}, ".absence", "decode.word"),
    ("reading", "value", {"absence": None}, ".absence", "decode.type"),
    ("reading", "value", {"choices": "ab"}, ".choices", "decode.type"),
    ("reading", "value", {"choices": ["a", "a"]}, ".choices", "sequence.duplicate"),
    ("reading", "value", {"text": ""}, "", "value.empty-text"),
    ("reading", "flags", ["late", "early"], "[1]", "decode.word"),
    ("given", "roles", [], "", "decode.type"),
    ("given", "roles", {"specialist": 1}, ".specialist", "decode.type"),
    ("given", "rep_calendars", {"jo": []}, ".jo", "decode.type"),
    ("given", "facts.visit", [["a", 1]], "", "decode.type"),
    ("given", "facts.visit", {"a": 1}, ".a", "decode.type"),
    ("given", "override", {"count": {"due": "later"}}, ".count.due", "decode.type"),
    ("given", "override", {"count": {"binding": None}}, ".count.binding", "decode.type"),
    ("changes", "puts[0].value", {"kind": "place"}, ".kind", "decode.tag"),
    ("changes", "puts[0].value", {"id": "V-1"}, "", "decode.tag"),
    ("changes", "checks[0].noun", "rooms", "", "decode.word"),
    ("scorecard", "group", "north", "", "decode.type"),
    ("scorecard", "group", {"outcome": "great"}, ".outcome", "decode.word"),
    ("scorecard", "group", {"list": "ab"}, ".list", "decode.type"),
    ("scorecard", "group", {"unchanged": "unchanged"}, "", "decode.tag"),
    ("finding", "path", "items", "", "decode.type"),
    ("finding", "path", ["items", 1.5], "", "decode.type"),
    ("finding", "path", [True], "", "decode.type"),
]


@pytest.mark.parametrize(
    ("name", "location", "value", "below", "code"),
    SHAPES,
    ids=[f"{row[0]} {row[1]} {repr(row[2])[:30]}" for row in SHAPES],
)
def test_data_of_another_shape(name: str, location: str, value: Any, below: str, code: str) -> None:
    """S 11.2: types are exact, nothing is left over, nothing is taken for something else."""
    held = OBJECTS[name]()
    assert refused_data(document(held, {location: value}), type(held)) == [
        (f"data.{location}{below}", code)
    ]


def test_two_hundred_thousand_items() -> None:
    """S 3.3, S 11.2."""
    data = document(rich_template(), {})
    data["data"]["items"] = [
        {"key": f"i{number}", "task": "t", "binding": "could", "spread": "together"}
        for number in range(200_000)
    ]
    assert refused(lambda: codec.decode(data, pv.ActionPlanTemplate)) == [
        ("data.items", "template.size")
    ]


def test_more_entries_than_a_list_may_have() -> None:
    """S 11.2: the limit is a host's to set."""
    data = document(builders.visit(contacts=["a", "b", "c"]), {})
    assert codec.decode(data, pv.Visit, limits=Limits(entries=14)).id == "V-1"
    found = refused(lambda: codec.decode(data, pv.Visit, limits=Limits(entries=2)))
    assert ("", "decode.count") in found
    longest = document(builders.visit(), {"contacts": [""] * 1_000_001})
    assert refused(lambda: codec.decode(longest, pv.Visit)) == [("data.contacts", "decode.count")]


def test_a_million_empty_objects_take_no_memory_for_each() -> None:
    """S 11.2: after ten thousand findings it is enough."""
    data = document(builders.visit(), {"visitors": [{}] * 1_000_000})
    with soon(), pytest.raises(DecodeError) as caught:
        _ = codec.decode(data, pv.Visit)
    codes = [finding.code for finding in caught.value.findings]
    assert len(codes) <= 10_001
    assert "decode.more" in codes


def test_a_hundred_thousand_fields_too_many() -> None:
    """S 11.2: the same ones are named in any process."""
    extra = {f"x{number:06}": 1 for number in range(100_000)}
    data = document(builders.visit(), extra)
    with soon(), pytest.raises(DecodeError) as caught:
        _ = codec.decode(data, pv.Visit)
    found = [finding.location for finding in caught.value.findings]
    assert found[:10_000] == [f"data.x{number:06}" for number in range(10_000)]


# ---------------------------------------------------------------------------------- plain decimals

DECIMALS: dict[str, Any] = {
    "NaN": "NaN",
    "a signalling NaN": "sNaN",
    "infinity": "-Infinity",
    "an exponent": "1e5",
    "a huge exponent": "1e999999999",
    "a tiny exponent": "1E-999999999",
    "Arabic-Indic digits": "\u0663\u0664",
    "full-width digits": "\uff13",
    "a mathematical digit": "\U0001d7d1",
    "an underscore": "1_000",
    "blanks": " 1 ",
    "a line end": "1\n",
    "a decimal comma": "1,5",
    "thousands": "1,000.0",
    "a plus": "+1",
    "no integer": ".5",
    "no fraction": "5.",
    "two points": "1.2.3",
    "two signs": "--1",
    "a true minus": "\u22121",
    "hexadecimal": "0x10",
    "nothing": "",
    "pages": "1" * 301,
    "a million digits": "1" * 1_000_000,
}


@pytest.mark.parametrize("name", DECIMALS)
def test_a_decimal_that_is_not_plain(name: str) -> None:
    """S 1.2, S 11.2."""
    data = document(OBJECTS["reading"](), {"value": {"decimal": DECIMALS[name]}})
    assert refused_data(data, pv.Reading) == [("data.value.decimal", "decode.decimal")]


@pytest.mark.parametrize("value", [12.5, 12, True, None, [], {}], ids=repr)
def test_a_decimal_that_is_no_text(value: Any) -> None:
    """S 1.2, S 11.2: a float is never exact."""
    data = document(OBJECTS["reading"](), {"value": {"decimal": value}})
    assert refused_data(data, pv.Reading) == [("data.value.decimal", "decode.type")]


LARGE: list[tuple[str, dict[str, Any], str, str]] = [
    ("reading", {"value": {"decimal": "1" * 19}}, "value", "decimal.range"),
    ("reading", {"value": {"decimal": "9" * 300}}, "value", "decimal.range"),
    ("reading", {"value": {"decimal": "0.00000000001"}}, "value", "decimal.range"),
    ("reading", {"value": {"number": 10**18}}, "value", "decimal.range"),
    ("reading", {"value": {"number": -(10**31)}}, "value", "decimal.range"),
    ("reading", {"value": {"number": 10**5000}}, "value.number", "decode.number"),
    ("target", {"weight": "0"}, "weight", "target.weight"),
    ("target", {"weight": "-1"}, "weight", "target.weight"),
    ("within", {"amount": {"decimal": "-5"}}, "amount", "gap.negative"),
    ("equals", {"tolerance": {"decimal": "5"}}, "tolerance", "criterion.tolerance"),
    ("outside", {"low": {"decimal": "61"}}, "low", "criterion.order"),
    ("counts", {"met": 10**33}, "met", "decode.number"),
]


@pytest.mark.parametrize(("name", "changes", "place", "code"), LARGE)
def test_a_number_that_kills_later(
    name: str, changes: dict[str, Any], place: str, code: str
) -> None:
    """S 1.3: bounds are checked before anything is computed."""
    held = OBJECTS[name]()
    assert refused_data(document(held, changes), type(held)) == [(f"data.{place}", code)]


def test_many_decimals_of_one_hash_take_no_longer_than_others() -> None:
    """S 11.2: whoever sends them knows how Python hashes numbers."""
    modulus = sys.hash_info.modulus
    tenths = [7 + number * modulus for number in range(1, 50_001)]
    decimals = [f"{each // 10**10}.{each % 10**10:010}" for each in tenths]
    assert len({hash(Decimal(each)) for each in decimals[:100]}) == 1
    values = [{"decimal": each} for each in decimals]
    data = {"kind": "one_of", "schema": 1, "data": {"values": values}}
    with soon():
        held: Any = codec.decode(data, codec.kinds()["one_of"])
    assert len(held.values) == 50_000


# ------------------------------------------------------------------------------------------ time

INSTANTS: dict[str, tuple[Any, str]] = {
    "naive": ("2026-03-12T08:00:00", "decode.instant"),
    "a date": ("2026-03-12", "decode.instant"),
    "an ISO week": ("2026-W11-4T08:00:00Z", "decode.instant"),
    "a day of the year": ("2026-071T08:00:00Z", "decode.instant"),
    "basic format": ("20260312T080000Z", "decode.instant"),
    "no seconds": ("2026-03-12T08:00Z", "decode.instant"),
    "a blank for the T": ("2026-03-12 08:00:00Z", "decode.instant"),
    "a small t": ("2026-03-12t08:00:00Z", "decode.instant"),
    "a small z": ("2026-03-12T08:00:00z", "decode.instant"),
    "a leap second": ("2026-06-30T23:59:60Z", "decode.instant"),
    "24 hours": ("2026-03-12T24:00:00Z", "decode.instant"),
    "month 13": ("2026-13-12T08:00:00Z", "decode.instant"),
    "30 February": ("2026-02-30T08:00:00Z", "decode.instant"),
    "minute 60": ("2026-03-12T08:60:00Z", "decode.instant"),
    "+23:59": ("2026-03-12T08:00:00+23:59", "decode.instant"),
    "+14:01": ("2026-03-12T08:00:00+14:01", "decode.instant"),
    "an offset of seconds": ("2026-03-12T08:00:00+01:00:30", "decode.instant"),
    "an offset without a colon": ("2026-03-12T08:00:00+0100", "decode.instant"),
    "the name of a zone": ("2026-03-12T08:00:00[Europe/Berlin]", "decode.instant"),
    "nanoseconds": ("2026-03-12T08:00:00.123456789Z", "decode.instant"),
    "a decimal comma": ("2026-03-12T08:00:00,5Z", "decode.instant"),
    "year 1": ("0001-01-01T00:00:00+14:00", "instant.range"),
    "year 9999": ("9999-12-31T23:59:59-14:00", "instant.range"),
    "year 1899": ("1899-12-31T23:59:59Z", "instant.range"),
    "year 2201": ("2201-01-01T00:00:00Z", "instant.range"),
    "year 2200, in UTC 2201": ("2200-12-31T23:59:59-01:00", "instant.range"),
    "year 10000": ("10000-01-01T00:00:00Z", "decode.instant"),
    "a negative year": ("-2026-03-12T08:00:00Z", "decode.instant"),
    "an epoch": (1_773_302_400, "decode.type"),
    "an epoch as text": ("1773302400", "decode.instant"),
    "now": ("now", "decode.instant"),
    "Arabic-Indic digits": ("\u0662026-03-12T08:00:00Z", "decode.instant"),
    "a line end": ("2026-03-12T08:00:00Z\n", "decode.instant"),
    "two letters more": ("2026-03-12T08:00:00ZZZ", "decode.instant"),
    "a megabyte": ("2" * 1_000_000, "decode.instant"),
}


@pytest.mark.parametrize("name", INSTANTS)
def test_what_is_no_instant(name: str) -> None:
    """S 1.3, S 11.2."""
    value, code = INSTANTS[name]
    data = document(OBJECTS["override"](), {"at": value})
    assert refused_data(data, pv.Override) == [("data.at", code)]


DATES: dict[str, tuple[Any, str]] = {
    "an instant": ("2026-03-12T00:00:00Z", "decode.date"),
    "an ISO week": ("2026-W11-4", "decode.date"),
    "basic format": ("20260312", "decode.date"),
    "29 February": ("2026-02-29", "decode.date"),
    "a short month": ("2026-3-12", "decode.date"),
    "today": ("today", "decode.date"),
    "a number": (20260312, "decode.type"),
    "year 1899": ("1899-12-31", "date.range"),
    "the last day of all": ("9999-12-31", "date.range"),
}


@pytest.mark.parametrize("name", DATES)
def test_what_is_no_day(name: str) -> None:
    """S 1.3, S 11.2."""
    value, code = DATES[name]
    held = OBJECTS["window"]()
    data = document(held, {"late_until": value})
    assert refused_data(data, type(held)) == [("data.late_until", code)]


@pytest.mark.parametrize(
    "text", ["", "60", "PT1H", "P1D", "PT-1S", "-PT1S", "PT1.S", "PT1.0000001S", f"PT{10**15}S"]
)
def test_what_is_no_duration(text: str) -> None:
    """S 11.2."""
    held = OBJECTS["within"]()
    data = document(held, {"amount": {"duration": text}})
    assert refused_data(data, type(held)) == [("data.amount.duration", "decode.duration")]


# ----------------------------------------------------------------------------------------- zones


@pytest.mark.parametrize(
    "zone",
    [
        "../../etc/passwd",
        "/etc/localtime",
        "Europe/../Europe/Berlin",
        "x" * 5_000,
        "Europe/Berlin\0",
        "Europe\\Berlin",
        "Mars/Olympus",
        "europe/berlin ",
        "localtime",
        "posixrules",
        "",
        ".",
        "con",
    ],
    ids=lambda zone: repr(zone)[:30],
)
def test_what_is_no_zone(zone: str) -> None:
    """S 4.8."""
    data = document(builders.visit(), {"place.timezone": zone})
    assert refused_data(data, pv.Visit) == [("data.place.timezone", "zone.unknown")]


# ------------------------------------------------------------------------------------------ text

CHARACTERS = {
    "NUL": "\0",
    "ESC": "\x1b[31m",
    "DEL": "\x7f",
    "C1": "\x9b",
    "an override": "\u202e",
    "an isolate": "\u2066",
    "half a character": "\ud83d",
    "the other half": "\udeb2",
}


@pytest.mark.parametrize("name", CHARACTERS)
@pytest.mark.parametrize("field", ["id", "instructions", "place.name"])
def test_a_character_that_is_refused_everywhere(name: str, field: str) -> None:
    """S 1.3."""
    data = document(builders.visit(), {field: f"a{CHARACTERS[name]}b"})
    found = refused(lambda: codec.decode(data, pv.Visit))
    assert found == [(f"data.{field}", "text.control")]
    text = json.dumps(data)
    assert refused(lambda: codec.loads(text, pv.Visit)) == found


@pytest.mark.parametrize("kind", ["cursor", "finding", "brief"])
def test_half_a_character_is_refused_where_nothing_else_is_asked_of_a_text(kind: str) -> None:
    """S 1.3, S 11.2: so that what is read can be written."""
    held = OBJECTS[kind]()
    field = {"cursor": "id", "finding": "message", "brief": "partner_id"}[kind]
    data = document(held, {field: "\ud800"})
    assert refused(lambda: codec.decode(data, type(held))) == [(f"data.{field}", "text.control")]
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = codec.dumps(pv.Finding(("\ud800",), "a.b", "what"))
    assert caught.value.code == "text.control"


KEPT = {
    "composed": "caf\u00e9",
    "decomposed": "cafe\u0301",
    "a look-alike": "\u0430cme",
    "a format string": "{x.__init__.__globals__} {0} %s %(x)s ${x}",
    "a template": "{{ 7 * 7 }} <%= 7 %> #{7}",
    "a formula": "=cmd|' /C calc'!A0",
    "markup": '"><img src=x onerror=alert(1)>',
    "a path": "../../etc/passwd",
    "SQL": "'; DROP TABLE visits; --",
    "code": "__import__('os').system('true')",
    "JSON": '{"kind": "visit"}',
    "a zero-width joiner": "a\u200db",
    "emoji": "\U0001f6b2",
}


@pytest.mark.parametrize("name", KEPT)
def test_a_text_that_only_looks_hostile_is_kept_as_it_is(name: str) -> None:
    """S 1.5: never evaluated, never a format string, never folded."""
    text = KEPT[name]
    held = builders.visit(id=text, instructions=text)
    again = codec.loads(codec.dumps(held), pv.Visit)
    assert (again.id, again.instructions) == (text, text)
    data = document(held, {"status": text, "priority": text})
    with pytest.raises(DecodeError) as caught:
        _ = codec.decode(data, pv.Visit)
    assert {repr(text) in finding.message for finding in caught.value.findings} == {True}


def test_twins_are_two() -> None:
    """S 1.5."""
    one, other = (codec.dumps(builders.visit(id=KEPT[each])) for each in ("composed", "decomposed"))
    assert one != other


# ---------------------------------------------------------------------------------------- graphs


def chain(length: int, *, closed: bool = False) -> dict[str, Any]:
    """A template whose items come one after the other; closed, the first after the last."""
    items: list[dict[str, Any]] = []
    for number in range(length):
        before = number - 1 if number else length - 1
        after = [{"item": f"i{before}", "least": LEAST}] if number or closed else []
        items.append(ITEM | {"key": f"i{number}", "after": after})
    return template(items)


def template(items: list[dict[str, Any]]) -> dict[str, Any]:
    data = {"key": "t", "name": "T", "version": 1, "status": "draft", "ad_hoc": True}
    return {"kind": "action_plan_template", "schema": 1, "data": data | {"items": items}}


LEAST = {"amount": 0, "unit": "days", "anchor": {"visit": "visit start"}}
ITEM: dict[str, Any] = {"task": "t", "binding": "could", "spread": "together"}


def decode_template(data: object) -> pv.ActionPlanTemplate:
    return codec.decode(data, pv.ActionPlanTemplate)


GRAPHS: dict[str, tuple[dict[str, Any], Found]] = {
    "itself": (
        template([ITEM | {"key": "a", "after": [{"item": "a", "least": LEAST}]}]),
        [("data.items[0].after", "item.after-itself")],
    ),
    "two": (chain(2, closed=True), [("data.items[0]", "item.cycle")]),
    "a long cycle": (chain(10_000, closed=True), [("data.items[0]", "item.cycle")]),
    "a chain of 100,000": (chain(100_000), [("data.items", "template.size")]),
    "unknown": (
        template([ITEM | {"key": "a", "after": [{"item": "b", "least": LEAST}]}]),
        [("data.items[0].after", "item.unknown-prerequisite")],
    ),
    "the same key": (
        template([ITEM | {"key": "a"}, ITEM | {"key": "a"}]),
        [("data.items[1]", "item.duplicate")],
    ),
    "an unknown anchor": (
        template([ITEM | {"key": "a", "due": LEAST | {"anchor": {"kind": "item", "item": "b"}}}]),
        [("data.items[0].due", "item.unknown-anchor")],
    ),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_items_that_cannot_stand_together(name: str) -> None:
    """S 3.2, S 11.2: found by their positions."""
    data, found = GRAPHS[name]
    assert refused(lambda: decode_template(data)) == found


def test_a_chain_of_ten_thousand_items_is_read() -> None:
    """S 3.3: in linear time."""
    with soon():
        held = decode_template(chain(10_000))
    assert len(held.items) == 10_000


def test_a_diamond_of_26_levels_is_read() -> None:
    """S 3.3: two ways at each level, and no way twice."""
    items = [ITEM | {"key": "l0"}]
    for level in range(1, 27):
        before = f"l{level - 1}"
        sides = [f"a{level}", f"b{level}"]
        items += [ITEM | {"key": each, "after": [_after(before)]} for each in sides]
        items.append(ITEM | {"key": f"l{level}", "after": [_after(each) for each in sides]})
    with soon():
        assert len(decode_template(template(items)).items) == 79


def _after(item: str) -> dict[str, Any]:
    return {"item": item, "least": LEAST}


def test_what_a_catalog_refers_to_in_vain_is_found_where_it_stands() -> None:
    """S 2.2, S 11.2."""
    held = example.catalog()
    data = document(
        held, {"templates[0].items[0].task": "nothing", "tasks[2].targets[0].indicator": "nothing"}
    )
    assert set(refused_data(data, pv.Catalog)) == {
        ("data.tasks[2].targets[0]", "target.stray"),
        ("data.templates[0].items[0].task", "task.unknown"),
    }


def test_one_record_written_twice() -> None:
    """S 10.2, S 11.2."""
    held = pv.Changes.create(builders.visit())
    data = document(held, {})
    data["data"]["deletes"] = [{"noun": "visits", "id": "V-1", "revision": "1"}]
    assert refused_data(data, pv.Changes) == [("data", "changes.twice")]


# ------------------------------------------------------------------------------------- calendars


def test_calendars_that_leave_no_day_are_read_and_refused_when_they_are_asked() -> None:
    """S 4.5: an error, no endless loop."""
    never = document(pv.WorkCalendar(), {"weekend": DAYS})
    year = [{"date": str(THURSDAY + timedelta(days=each))} for each in range(800)]
    full = document(pv.WorkCalendar(), {"holidays": year})
    for data in (never, full):
        calendar = codec.decode(data, pv.WorkCalendar)
        item = builders.item(due=pv.working_days(1))
        with soon():
            found = pv.expand(
                builders.template(item),
                builders.visit(),
                catalog=builders.catalog(),
                given=pv.Given(calendar=calendar),
            ).findings
        assert {each.code for each in found} == {"calendar.no-working-day"}


DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

CALENDARS: list[tuple[str, Any, str, str]] = [
    ("weekend", ["noday"], "[0]", "decode.word"),
    ("weekend", [5, 6], "[0]", "decode.type"),
    ("weekend", ["saturday", "saturday"], "", "sequence.duplicate"),
    ("weekend", "saturday", "", "decode.type"),
    ("holidays", ["2026-04-03"], "[0]", "decode.type"),
    ("holidays", [{"date": "9999-12-31"}], "", "date.range"),
    ("holidays", [{"yearly": {"month": 13, "day": 1}}], "[0].yearly.month", "holiday.month"),
    ("holidays", [{"yearly": {"month": 2, "day": 30}}], "[0].yearly.day", "holiday.day"),
    ("holidays", [{"easter": 2026}], "[0]", "decode.tag"),
    ("holidays", [{"date": "2026-04-03"}] * 2, "", "sequence.duplicate"),
]


@pytest.mark.parametrize(("field", "value", "below", "code"), CALENDARS, ids=repr)
def test_what_is_no_calendar(field: str, value: Any, below: str, code: str) -> None:
    """S 4.4, S 11.2."""
    data = document(pv.WorkCalendar(), {field: value})
    found = refused_data(data, pv.WorkCalendar)
    assert (f"data.{field}{below}", code) in found


class Moon:
    """A calendar that only its host knows."""

    def is_working(self, on: date, /) -> bool:
        return on.day != 1


def test_a_calendar_that_only_its_host_knows_is_not_written() -> None:
    """S 11.1: the field names it."""
    given = pv.Given(calendar=Moon())
    by_rep = pv.Given(rep_calendars={"rep-7": pv.WorkCalendar(), "jo": Moon()})
    for held, field in ((given, "calendar"), (by_rep, "rep_calendars.jo")):
        for write in (codec.encode, codec.dumps):
            with pytest.raises(InvalidValueError) as caught:
                _ = write(held)
            assert caught.value.code == "encode.calendar"
            assert (caught.value.owner, caught.value.field) == ("Given", field)
            assert str(caught.value).startswith(f"Given.{field}: ")


def test_a_calendar_in_a_book_is_named_and_not_what_it_is_made_of() -> None:
    """S 11.1."""
    joint = pv.Given(calendar=JointCalendar(pv.WorkCalendar(), pv.WorkCalendar()))
    with pytest.raises(InvalidValueError) as caught:
        _ = codec.encode(Book(givens={"V-1": joint}))
    assert (caught.value.owner, caught.value.field) == ("Book", "givens.V-1.calendar")


# ------------------------------------------------------------------------- one for many, and itself


def holding_itself() -> dict[str, Any]:
    condition: dict[str, Any] = {"kind": "all_of", "conditions": []}
    condition["conditions"] += [condition, condition]
    return template([ITEM | {"key": "a", "condition": condition}])


def test_data_that_hold_themselves() -> None:
    """S 11.2: plain data need not come from text."""
    ((_, code),) = {
        each[1:] + each[1:] for each in refused(lambda: decode_template(holding_itself()))
    }
    assert code in {"decode.depth", "decode.size"}
    loop: list[Any] = []
    loop.append(loop)
    assert {code for _, code in refused(lambda: decode_template(loop))} == {"decode.depth"}
    document: dict[str, Any] = {"kind": "context", "schema": 1}
    document["data"] = document
    assert {code for _, code in refused(lambda: codec.decode(document, pv.Context))} == {
        "decode.depth"
    }


def test_data_that_stand_in_many_places_are_counted_in_each() -> None:
    """S 11.2: as aliases of YAML do, which laugh a billion times."""
    condition: dict[str, Any] = {"kind": "is_set", "fact": "a"}
    for _ in range(30):
        condition = {"kind": "all_of", "conditions": [condition] * 2}
    data = template([ITEM | {"key": "a", "condition": condition}])
    assert {code for _, code in refused(lambda: decode_template(data))} == {"decode.size"}
    lists: Any = "x"
    for _ in range(60):
        lists = [lists, lists]
    visit = document(builders.visit(), {})
    visit["data"]["place"]["name"] = lists
    assert {code for _, code in refused(lambda: codec.decode(visit, pv.Visit))} == {"decode.size"}
    plan = document(planned(), {})
    plan["data"]["subject"]["facts"]["visit"] = {"a": {"choices": lists}}
    assert {code for _, code in refused(lambda: codec.decode(plan, pv.ActionPlan))} == {
        "decode.size"
    }


def test_the_same_long_list_in_many_lists_takes_bounded_time() -> None:
    """S 11.2: no text could hold it."""
    plan = document(planned(), {})
    task = plan["data"]["tasks"][0]
    task["kpis"] = [task["kpis"][0]] * 100_000
    plan["data"]["tasks"] = [task] * 100_000
    assert {code for _, code in refused(lambda: codec.decode(plan, pv.ActionPlan))} == {
        "decode.size"
    }


def test_a_group_nested_without_end() -> None:
    """S 11.2."""
    group: dict[str, Any] | None = None
    for _ in range(20):
        group = {"list": [group]}
    data = document(OBJECTS["scorecard"](), {"group": group})
    ((_, code),) = refused(lambda: codec.decode(data, pv.Scorecard))
    assert code == "decode.depth"
    name: Any = "x"
    for _ in range(20):
        name = (name,)
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = codec.encode(pv.Scorecard(comparisons=[], group=name))
    assert caught.value.code == "encode.group"


def test_a_condition_of_more_parts_than_can_be_read() -> None:
    """S 3.4, S 11.2."""
    part = {"kind": "is_set", "fact": "a"}
    for parts, code in ((10_000, "condition.size"), (30_000, "decode.count")):
        condition = {"kind": "all_of", "conditions": [part] * parts}
        data = template([ITEM | {"key": "a", "condition": condition}])
        ((_, found),) = refused(lambda data=data: decode_template(data))  # type: ignore[misc]
        assert found == code


def test_a_depth_that_a_host_sets() -> None:
    """S 11.2: objects within one another, lists between them add nothing."""
    data = document(builders.visit(), {})
    assert codec.decode(data, pv.Visit, limits=Limits(depth=3)).id == "V-1"
    found = refused(lambda: codec.decode(data, pv.Visit, limits=Limits(depth=2)))
    assert {code for _, code in found} == {"decode.depth"}
    assert {place for place, _ in found} == {"data.place", "data.planned", "data.visitors[0]"}
    damaged = document(builders.visit(), {"id": 1})
    assert refused(lambda: codec.decode(damaged, pv.Visit, limits=Limits(depth=3))) == [
        ("data.id", "decode.type")
    ]


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "64", None, 2**41], ids=repr)
@pytest.mark.parametrize("field", ["size", "depth", "entries"])
def test_limits_are_whole_numbers(field: str, value: Any) -> None:
    """S 11.2."""
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = Limits(**{field: value})
    assert caught.value.code == "limits.range"


def test_limits_that_are_none_are_a_mistake_of_the_program() -> None:
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = codec.loads("{}", pv.Visit, limits=1)  # type: ignore[arg-type]
    assert caught.value.code == "type.wrong"


def test_a_given_that_knows_everything_is_no_deeper_than_may_be() -> None:
    """S 11.3."""
    held = rich_given()
    assert codec.loads(codec.dumps(held), pv.Given) == held


def test_the_deepest_condition_in_the_deepest_place_is_read_within_the_default_limits() -> None:
    """S 3.4, S 11.3: lists between objects add nothing."""
    condition: Condition = when("a", pv.at_most(pv.days(1)))
    for _ in range(31):
        condition = all_of([condition])
    held = pv.Changes.create(builders.template(builders.item(condition=condition)))
    text = codec.dumps(held)
    assert codec.loads(text, pv.Changes) == codec.loads(text, pv.Changes, limits=Limits()) == held


def test_more_names_than_an_object_may_have() -> None:
    """S 11.2."""
    facts = {f"f{number}": {"number": 1} for number in range(1_000_001)}
    data = document(pv.Facts(), {"visit": facts})
    assert refused(lambda: codec.decode(data, pv.Facts)) == [("data.visit", "decode.count")]
    path = document(OBJECTS["finding"](), {"path": [1] * 1_000_001})
    assert refused(lambda: codec.decode(path, pv.Finding)) == [("data.path", "decode.count")]


@pytest.mark.parametrize("schema", [True, 1.0, "1", None, [1]], ids=repr)
def test_a_schema_that_is_no_whole_number(schema: Any) -> None:
    """S 11.4."""
    data: dict[str, Any] = {"kind": "facts", "schema": schema, "data": {}}
    assert refused(lambda: codec.decode(data, pv.Facts)) == [("schema", "decode.type")]


class Text(str):
    """A text that its host has made more of."""

    __slots__ = ()


class Fields(dict[str, object]):
    """An object that its host has made more of."""


def test_heirs_of_the_plain_types_are_refused() -> None:
    """S 11.2: types are exact, in the envelope too."""
    for held in OBJECTS.values():
        made = held()
        encoded: Any = codec.encode(made)
        heirs: list[Any] = [
            Fields(encoded),
            {**encoded, "kind": Text(encoded["kind"])},
            {**encoded, "data": Fields(encoded["data"])},
        ]
        for data in heirs:
            with pytest.raises(DecodeError):
                _ = codec.decode(data, type(made))


SHORT = [name for name in OBJECTS if len(codec.dumps(OBJECTS[name]())) < 1_000]


def places_of_texts(data: object, *place: Any) -> Iterator[tuple[Any, ...]]:
    """Where texts stand in plain data."""
    if isinstance(data, str):
        yield place
    elif isinstance(data, dict):
        for key, each in cast("dict[str, object]", data).items():
            yield from places_of_texts(each, *place, key)
    elif isinstance(data, list):
        for position, each in enumerate(cast("list[object]", data)):
            yield from places_of_texts(each, *place, position)


@pytest.mark.parametrize("name", SHORT)
def test_an_heir_of_a_text_is_refused_wherever_it_stands(name: str) -> None:
    """S 11.2: also where the same text was read before."""
    held = OBJECTS[name]()
    encoded: Any = codec.encode(held)
    for *way, last in places_of_texts(encoded["data"]):
        data: Any = copy.deepcopy(encoded)
        inner = data["data"]
        for part in way:
            inner = inner[part]
        inner[last] = Text(inner[last])
        found = refused(lambda data=data: codec.decode(data, type(held)))  # type: ignore[misc]
        assert {code for _, code in found} <= {"decode.type", "decode.tag"}, (way, last)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "2201-01-01T00:00:00Z"])
def test_the_name_of_a_group_is_within_the_years_as_well(moment: str) -> None:
    """S 1.3: what is read can be written."""
    encoded: Any = codec.encode(OBJECTS["scorecard"]())
    encoded["data"]["group"] = {"list": [{"instant": moment}]}
    assert refused(lambda: codec.decode(encoded, pv.Scorecard)) == [
        ("data.group.list[0].instant", "instant.range")
    ]


# ---------------------------------------------------------------- all findings, and not without end


def test_more_objects_too_deep_than_anybody_reads() -> None:
    """S 11.2: what a refusal takes must not grow with what was sent."""
    many = json.dumps([{}] * 50_000)
    text = '{"kind": "book", "schema": 1, "data": ' + '{"a": ' * 63 + many + "}" * 64
    found = refused(lambda: codec.loads(text, Book))
    assert len(found) == 10_001
    assert ("", "decode.more") in found


def test_many_lists_that_are_too_long() -> None:
    """S 11.2."""
    text = '{"kind": "book", "schema": 1, "data": {"a": ' + json.dumps([[0, 0]] * 20_000) + "}}"
    found = refused(lambda: codec.loads(text, Book, limits=Limits(entries=1)))
    assert found == [("", "decode.count")]
    objects = json.dumps({f"k{n}": [0, 0, 0, 0] for n in range(3)})
    text = '{"kind": "book", "schema": 1, "data": ' + objects + "}"
    found = refused(lambda: codec.loads(text, Book, limits=Limits(entries=3)))
    assert [code for _, code in found] == ["decode.count"] * 3


def test_the_values_in_a_list_that_stands_in_many_places_are_counted_in_each() -> None:
    """S 11.2."""
    shared = [f"choice {number}" for number in range(1_000)]
    data = {"partner": {f"fact-{number}": {"choices": shared} for number in range(100)}}
    document = {"kind": "facts", "schema": 1, "data": data}
    found = refused(lambda: codec.decode(document, pv.Facts, limits=Limits(size=50_000)))
    assert found == [("", "decode.size")]


def test_many_items_that_refer_in_vain_take_no_longer_than_others() -> None:
    """S 11.2: each is found where it stands."""
    items = [
        {"key": f"item-{number}", "task": "survey", "after": [{"item": f"gone-{number}"}]}
        for number in range(4_000)
    ]
    encoded: Any = codec.encode(example.template())
    whole = encoded["data"]["items"][0]
    encoded["data"]["items"] = [{**whole, **each} for each in items]
    for each in encoded["data"]["items"]:
        each["after"] = [{**each["after"][0], "least": whole_lag(), "most": None}]
    found = refused(lambda: codec.decode(encoded, pv.ActionPlanTemplate))
    assert len(found) == 4_000
    assert found[0][0].startswith("data.items[0].after")


def whole_lag() -> Any:
    """No time at all, as a document holds it."""
    return codec.encode(pv.days(0))["data"]


def test_every_field_of_an_object_that_is_refused_is_found_at_once() -> None:
    """S 11.2."""
    encoded: Any = codec.encode(pv.Indicator("sold", "Sold", value_type=pv.ValueType.NUMBER))
    encoded["data"] |= {"key": "!!", "name": " x ", "unit": "\x1b"}
    assert refused(lambda: codec.decode(encoded, pv.Indicator)) == [
        ("data.key", "key.slug"),
        ("data.name", "text.blank-ends"),
        ("data.unit", "text.control"),
    ]


def test_the_name_of_a_fact_is_found_by_itself() -> None:
    data: Any = {"kind": "facts", "schema": 1, "data": {"partner": {3: {"text": "a"}}}}
    assert refused(lambda: codec.decode(data, pv.Facts)) == [("data.partner[3]", "decode.type")]
