"""Documents of old schemas are read for ever, those of newer ones are told apart (S 11.4)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

import partnervisits as pv
from partnervisits import codec
from partnervisits.codec._documents import Documents, Format
from partnervisits.codec._limits import DEFAULT
from tests.builders import ELEVEN, NINE

Data = dict[str, Any]

HELD = pv.Override(
    kpi_id="K", outcome=pv.Outcome.MET, by="kim", at=NINE, reason="the photo shows 90"
)


def with_verdict(data: Data) -> Data:
    """From 1 to 2: `verdict` became `outcome`."""
    return {"outcome": data["verdict"], **{key: data[key] for key in data if key != "verdict"}}


def with_reason(data: Data) -> Data:
    """From 2 to 3: a reason is asked for."""
    return {"reason": "none was given", **data}


def documents(schema: int, *steps: Callable[[Data], Data]) -> Documents:
    """As the codec reads overrides, at another schema; nothing is shared with the codec itself."""
    held = Format("override", schema, dict(enumerate(steps, start=1)))
    return Documents({pv.Override: held}, codec.make_converter(), codec.make_converter())


THIRD = documents(3, with_verdict, with_reason)
NEWEST: Data = {
    "kpi_id": "K",
    "outcome": "met",
    "by": "kim",
    "at": "2026-03-12T08:00:00Z",
    "reason": "the photo shows 90",
}
SECOND: Data = {key: NEWEST[key] for key in NEWEST if key != "reason"}
FIRST: Data = {"verdict": "met", **{key: SECOND[key] for key in SECOND if key != "outcome"}}


def read(schema: int, data: object) -> pv.Override:
    held = {"kind": "override", "schema": schema, "data": data}
    return THIRD.read(held, pv.Override, DEFAULT)


def refused(schema: int, data: object) -> list[tuple[str, str]]:
    with pytest.raises(codec.DecodeError) as caught:
        _ = read(schema, data)
    return [(each.location, each.code) for each in caught.value.findings]


def test_the_newest_schema_is_written() -> None:
    """S 11.4."""
    assert THIRD.written(HELD) == {"kind": "override", "schema": 3, "data": NEWEST}
    assert read(3, NEWEST) == HELD


@pytest.mark.parametrize(
    ("schema", "data", "reason"),
    [
        (3, NEWEST, "the photo shows 90"),
        (2, SECOND, "none was given"),
        (1, FIRST, "none was given"),
        (2, NEWEST, "the photo shows 90"),
        (1, FIRST | {"reason": "the photo shows 90"}, "the photo shows 90"),
    ],
)
def test_an_old_document_takes_each_step_from_its_number_on(
    schema: int, data: Data, reason: str
) -> None:
    """S 11.4: and nothing of what was passed is changed."""
    before = copy.deepcopy(data)
    assert read(schema, data).reason == reason
    assert data == before


def test_a_document_of_an_old_schema_is_none_of_the_newest() -> None:
    """S 11.4: the number decides, not what the data look like."""
    assert refused(3, FIRST) == [
        ("data.outcome", "decode.missing"),
        ("data.reason", "decode.missing"),
        ("data.verdict", "decode.extra"),
    ]


@pytest.mark.parametrize("schema", [4, 5, 10**18])
def test_a_schema_newer_than_known_is_an_error_of_its_own(schema: int) -> None:
    """S 11.4."""
    assert refused(schema, NEWEST) == [("schema", "decode.newer")]


@pytest.mark.parametrize("schema", [0, -1])
def test_schemas_are_counted_from_one(schema: int) -> None:
    """S 11.4."""
    assert refused(schema, NEWEST) == [("schema", "decode.schema")]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (SECOND, [("data", "decode.upcast")]),  # a KeyError in a step
        ({}, [("data", "decode.upcast")]),
        ([], [("data", "decode.type")]),
        (None, [("data", "decode.type")]),
        (FIRST | {"by": ""}, [("data.by", "text.empty")]),
        (FIRST | {"verdict": 1}, [("data.outcome", "decode.type")]),
        (FIRST | {"more": 1}, [("data.more", "decode.extra")]),
    ],
)
def test_what_is_wrong_with_an_old_document_is_found_in_what_it_became(
    data: object, found: list[tuple[str, str]]
) -> None:
    """S 11.2, S 11.4: whatever a step raises, it is a finding."""
    assert refused(1, data) == found


@pytest.mark.parametrize(
    ("schema", "steps"), [(2, {}), (3, {1: with_verdict}), (1, {1: with_verdict}), (2, {2: dict})]
)
def test_a_kind_needs_one_step_from_each_of_its_schemas(schema: int, steps: dict[int, Any]) -> None:
    """S 11.4."""
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = Format("override", schema, steps)
    assert caught.value.code == "schema.steps"


def test_the_schemas_of_a_test_are_none_of_the_codec() -> None:
    """S 11.4."""
    assert codec.encode(HELD)["schema"] == 1
    assert codec.loads(codec.dumps(HELD), pv.Override) == HELD
    assert pv.Override(kpi_id="K", outcome=pv.Outcome.MET, by="kim", at=ELEVEN, reason="r") != HELD
