"""The JSON Schemas say what the codec does (S 11.5, S 12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from partnervisits import codec
from tests.laws.test_codec import ANYTHING
from tests.places import DOCS
from tests.test_codes import CODE, ENTRY

Schema = Mapping[str, Any]
Data = st.SearchStrategy[Any]

KNOWN = {*ENTRY.findall((DOCS / "reference" / "errors.md").read_text("utf-8"))}
KINDS = [*codec.kinds()]


@cache
def schema_of(kind: str) -> Schema:
    return codec.json_schema(codec.kinds()[kind])


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema_of(kind))


# ------------------------------------------------------------------------ documents of a schema


@cache
def documents(kind: str) -> Data:
    """Documents that a schema allows, from the keywords that ours use."""
    schema = schema_of(kind)
    held: dict[str, Data] = {}

    def defined(name: str) -> Data:
        if name not in held:
            held[name] = st.deferred(lambda: made(schema["$defs"][name], defined))
        return held[name]

    return made(schema, defined)


def made(  # noqa: C901, PLR0911, PLR0912 -- one for each keyword
    schema: Schema, defined: Callable[[str], Data]
) -> Data:
    match schema:
        case {"$ref": str(way)}:
            return defined(way.removeprefix("#/$defs/"))
        case {"anyOf": options}:
            # The first of the plain ones shrinks best, and ends what holds itself.
            return st.one_of(*(made(each, defined) for each in sorted(options, key=_holds)))
        case {"enum": words}:
            return st.sampled_from(words)
        case {"const": value}:
            return st.just(value)
        case {"type": [*several]}:
            return st.one_of(*(made({**schema, "type": each}, defined) for each in several))
        case {"type": "object", "properties": fields}:
            return an_object(fields, schema["required"], defined)
        case {"type": "object", "additionalProperties": values}:
            return st.dictionaries(st.text(max_size=4), made(values, defined), max_size=2)
        case {"type": "array", "items": items}:
            unique = repr if schema.get("uniqueItems") else None
            return st.lists(made(items, defined), max_size=2, unique_by=unique)
        case {"type": "string"}:
            return a_string(schema)
        case {"type": "integer"}:
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "null"}:
            return st.none()
        case _:
            raise AssertionError(schema)


def _holds(schema: Schema) -> bool:
    return "$ref" in str(schema)


def an_object(fields: Schema, required: list[str], defined: Callable[[str], Data]) -> Data:
    return st.fixed_dictionaries(
        {name: made(each, defined) for name, each in fields.items() if name in required},
        optional={
            name: made(each, defined) for name, each in fields.items() if name not in required
        },
    )


def a_string(schema: Schema) -> Data:
    if "pattern" not in schema:
        return st.text(max_size=8)
    longest = schema.get("maxLength", 300)
    found = st.from_regex(schema["pattern"].replace("$", r"\Z"), alphabet=st.characters())
    return found.filter(lambda text: schema.get("minLength", 0) <= len(text) <= longest)


# ------------------------------------------------------------------------------------------ laws


@given(ANYTHING)
def test_everything_that_is_encoded_validates(held: object) -> None:
    """S 11.5."""
    encoded = codec.encode(held)
    validator(str(encoded["kind"])).validate(encoded)  # pyright: ignore[reportUnknownMemberType]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10)
@given(st.data())
def test_what_validates_is_decoded_or_refused_by_a_rule_with_a_name(
    kind: str, data: st.DataObject
) -> None:
    """S 11.5: one about several fields, or about the world, that no schema can tell."""
    document = data.draw(documents(kind))
    cls = codec.kinds()[kind]
    try:
        held = codec.decode(document, cls)
    except codec.DecodeError as refused:
        codes = {finding.code for finding in refused.findings}
        assert codes <= KNOWN
        assert codes.isdisjoint({"decode.missing", "decode.extra", "decode.word", "decode.tag"})
        assert codes.isdisjoint({"decode.type", "decode.kind", "decode.schema", "decode.failed"})
        assert all(CODE.fullmatch(code) for code in codes)
    else:
        assert codec.loads(codec.dumps(held), cls) == held


def test_a_pattern_means_the_same_wherever_it_is_read() -> None:
    """S 11.5: characters by their numbers, no classes that differ from language to language."""
    for kind in KINDS:
        for pattern in re.findall(r"'pattern': '([^']+)'", str(schema_of(kind))):
            assert pattern[0] + pattern[-1] == "^$"
            assert not re.search(r"\\\\[dwsDWSbB]", pattern)
