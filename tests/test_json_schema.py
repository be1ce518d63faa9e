"""The JSON Schema of each kind of document, as others read it (S 11.5)."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

import partnervisits as pv
from partnervisits import codec
from tests.documents import OBJECTS

VISIT: Any = codec.json_schema(pv.Visit)


@pytest.mark.parametrize("kind", codec.kinds())
def test_the_schema_of_every_kind_is_one(kind: str) -> None:
    """S 11.5: of draft 2020-12."""
    schema: Any = codec.json_schema(codec.kinds()[kind])
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"]["kind"] == {"const": kind}
    assert schema["properties"]["schema"] == {"const": 1}


@pytest.mark.parametrize("name", OBJECTS)
def test_what_is_encoded_validates(name: str) -> None:
    """S 11.5."""
    held = OBJECTS[name]()
    validator = Draft202012Validator(codec.json_schema(type(held)))
    validator.validate(codec.encode(held))  # pyright: ignore[reportUnknownMemberType]


@pytest.mark.parametrize("kind", codec.kinds())
def test_every_class_and_every_field_is_described(kind: str) -> None:
    """S 11.5: by the docstrings."""
    schema: Any = codec.json_schema(codec.kinds()[kind])
    for name, each in schema["$defs"].items():
        assert each["title"], name
        assert each["description"].endswith((".", ")")), name
        for field, described in each.get("properties", {}).items():
            assert field == "kind" or described["description"], (name, field)
            if field != "kind" or "const" not in described:
                assert described["description"] != field, (name, field)


def test_the_schema_of_a_visit() -> None:
    """S 11.5: titles, descriptions, bounds, words; nothing else is allowed."""
    fields = VISIT["$defs"]["visit"]
    assert fields["title"] == "Visit"
    assert fields["description"] == "One visit of one or several reps to a partner."
    assert fields["additionalProperties"] is False
    assert fields["required"] == ["id", "partner_id", "visitors", "place", "status", "priority"]
    partner = fields["properties"]["partner_id"]
    assert partner["description"] == "The host's id of the partner."
    assert (partner["minLength"], partner["maxLength"]) == (1, 255)
    assert fields["properties"]["place"]["$ref"] == "#/$defs/place"
    assert VISIT["$defs"]["priority"]["enum"] == ["low", "normal", "high"]


def valid(kind: type[object], document: Any) -> bool:
    validator = Draft202012Validator(codec.json_schema(kind))
    return validator.is_valid(document)  # pyright: ignore[reportUnknownMemberType]


@pytest.mark.parametrize(
    "damage",
    [
        {"id": ""},
        {"id": "x" * 256},
        {"id": "a\x00"},
        {"id": "a\u202eb"},
        {"id": 1},
        {"id": None},
        {"status": "gone"},
        {"priority": None},
        {"more": 1},
        {"visitors": {}},
        {"planned": {"start": "2026-03-12"}},
        {"planned": {"start": "2026-03-12T08:00:00+14:01"}},
        {"place": {"id": "dc-9", "kind": "store", "timezone": "../../etc/passwd"}},
    ],
    ids=repr,
)
def test_what_a_schema_can_tell_it_tells(damage: dict[str, object]) -> None:
    """S 11.5: and the codec refuses the same."""
    document: Any = codec.encode(OBJECTS["visit"]())
    assert valid(pv.Visit, document)
    document["data"] |= damage
    assert not valid(pv.Visit, document)
    with pytest.raises(codec.DecodeError):
        _ = codec.decode(document, pv.Visit)


def test_a_value_says_its_type_in_a_schema_too() -> None:
    """S 11.1, S 11.5."""
    document: Any = codec.encode(OBJECTS["reading"]())
    for value, is_one in [
        ({"decimal": "12.5"}, True),
        ({"decimal": 12.5}, False),
        ({"decimal": "1e5"}, False),
        ({"number": 1}, True),
        ({"number": True}, False),
        ({"number": 1, "text": "1"}, False),
        ({"choices": ["a", "a"]}, False),
        ({"absence": "declined"}, True),
        ({"absence": "lazy"}, False),
        (12, False),
        (None, False),
    ]:
        document["data"]["value"] = value
        assert valid(pv.Reading, document) is is_one, value


def test_only_the_kinds_have_a_schema() -> None:
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = codec.json_schema(int)
    assert caught.value.code == "type.wrong"
