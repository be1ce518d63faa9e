"""The JSON Schema of documents, generated from the classes (S 11.5)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, TypeAlias, cast, get_args

import attrs

from partnervisits import fields
from partnervisits.calendars import WorkCalendar
from partnervisits.codec import _shapes, _texts
from partnervisits.codec._documents import Format
from partnervisits.codec._kinds import (
    GroupName,
    Kind,
    class_of,
    fields_of,
    is_optional,
    is_tuple,
    is_union,
    without_nothing,
)
from partnervisits.codec._limits import DEFAULT
from partnervisits.codec._tags import ENUMS, KINDS, VALUES, VARIANTS
from partnervisits.contexts import Context
from partnervisits.values import timezone_key

Schema: TypeAlias = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFUSED = r"\u007f-\u009f\u202a-\u202e\u2066-\u2069"
_LINE = rf"^[^\u0000-\u001f{_REFUSED}]*$"
_TEXT = rf"^[^\u0000-\u0008\u000b-\u001f{_REFUSED}]*$"
_ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n {6,}.+)*)", re.MULTILINE)


def described(kind: type, held: Format) -> Schema:
    """The schema of the documents of a class.

    Args:
        kind: One that has documents.
        held: How they are written.
    """
    definitions: dict[str, Schema] = {}
    waiting: list[Kind] = [kind]
    while waiting:
        each = waiting.pop()
        name = _name(each)
        if name not in definitions:
            definitions[name] = _defined(each, waiting.append)
    envelope: dict[str, Schema] = {
        "kind": {"const": held.kind},
        "schema": {"const": held.schema},
        "data": _reference(kind),
    }
    return {
        "$schema": _DIALECT,
        "title": f"A document of kind {held.kind}",
        **_object(envelope, envelope),
        "$defs": dict(sorted(definitions.items())),
    }


# ---------------------------------------------------------------------------------- definitions


class _Variant:
    """A class that tells itself from others by a key `kind`."""

    def __init__(self, cls: type) -> None:
        self.cls = cls


def _name(kind: Kind) -> str:
    if isinstance(kind, _Variant):
        return f"{KINDS[kind.cls]}_among_others"
    return _NAMES[kind]


_NAMES: Mapping[Kind, str] = {
    **KINDS,
    **ENUMS,
    _shapes.FactsOfContext: "facts_of_context",
    GroupName: "group_name",
}


def _reference(kind: Kind) -> Schema:
    return {"$ref": f"#/$defs/{_name(kind)}"}


def _defined(kind: Kind, need: Callable[[Kind], None]) -> Schema:
    if isinstance(kind, _Variant):
        return _class(kind.cls, need, {"kind": {"const": VARIANTS[kind.cls]}})
    if kind is GroupName:
        return _group(need)
    return _class(kind, need, {}) if attrs.has(kind) else _enum(kind)


def _class(kind: type, need: Callable[[Kind], None], more: Mapping[str, Schema]) -> Schema:
    documented = _attributes(kind)
    converters = {each.name: each.converter for each in attrs.fields(cast("Any", kind))}
    properties = dict(more)
    required = [*more]
    for field in fields_of(kind):
        schema = _constrained(_typed(field.type, need), converters[field.name])
        properties[field.name] = schema | {"description": documented.get(field.name, field.name)}
        required += [field.name] if field.default is attrs.NOTHING else []
    return {
        "title": kind.__name__,
        "description": _summary(kind),
        **_object(properties, required),
    }


def _object(properties: Mapping[str, Schema], required: Iterable[str]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [*required],
        "additionalProperties": False,
    }


def _enum(kind: type[Enum]) -> Schema:
    words = [*_texts.words_of(kind)]
    return {"title": kind.__name__, "description": _summary(kind), "enum": words}


def _group(need: Callable[[Kind], None]) -> Schema:
    tagged = [*_tagged(_shapes.GROUP_VALUES.items(), need)]
    tagged += [_one_key(tag, _typed(kind, need)) for kind, tag in ENUMS.items()]
    tagged.append(_one_key("context", _typed(Context, need)))
    tagged.append(_one_key("list", _array(_reference(GroupName))))
    return {
        "title": "GroupKey",
        "description": "What a group is named by.",
        "anyOf": [{"type": "null"}, *tagged],
    }


# ---------------------------------------------------------------------------------------- types


def _typed(kind: Kind, need: Callable[[Kind], None]) -> Schema:
    """What a value of a type is written as."""
    for fits, make in _SCHEMAS:
        if fits(kind):
            return make(kind, need)
    need(kind)
    return _reference(kind)


def _optional(kind: Kind, need: Callable[[Kind], None]) -> Schema:
    schema = _typed(without_nothing(kind), need)
    return {"anyOf": [schema, {"type": "null"}]} if NoneType in get_args(kind) else schema


def _union(kind: Kind, need: Callable[[Kind], None]) -> Schema:
    members = get_args(kind)
    variants = [_Variant(each) for each in members if each in VARIANTS]
    for each in variants:
        need(each)
    values = [(each, VALUES[class_of(each)]) for each in members if class_of(each) in VALUES]
    return {"anyOf": [*map(_reference, variants), *_tagged(values, need)]}


def _tagged(values: Iterable[tuple[Kind, str]], need: Callable[[Kind], None]) -> Iterator[Schema]:
    for kind, tag in values:
        yield _one_key(tag, _typed(frozenset[str] if kind is frozenset else kind, need))


def _one_key(tag: str, schema: Schema) -> Schema:
    return _object({tag: schema}, [tag])


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items, "maxItems": DEFAULT.entries}


def _pairs(kind: Kind, need: Callable[[Kind], None]) -> Schema:
    values = _typed(_shapes.named_type(kind), need)
    return {"type": "object", "additionalProperties": values, "maxProperties": DEFAULT.entries}


def _list(kind: Kind, need: Callable[[Kind], None]) -> Schema:
    return _array(_typed(get_args(kind)[0], need))


def _set(kind: Kind, need: Callable[[Kind], None]) -> Schema:
    return _list(kind, need) | {"uniqueItems": True}


def _facts_of_contexts(_: Kind, need: Callable[[Kind], None]) -> Schema:
    return _array(_typed(_shapes.FactsOfContext, need))


def _calendar(_: Kind, need: Callable[[Kind], None]) -> Schema:
    return _typed(WorkCalendar, need)


def _path(_: Kind, _need: Callable[[Kind], None]) -> Schema:
    return _array({"type": ["string", "integer"]})


def _leaf(kind: Kind, _: Callable[[Kind], None]) -> Schema:
    return dict(_LEAVES[kind])


_LEAVES: Mapping[type, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    Decimal: {"type": "string", "pattern": f"^{_texts.DECIMAL}$", "maxLength": 300},
    datetime: {"type": "string", "pattern": f"^{_texts.INSTANT}$", "format": "date-time"},
    date: {"type": "string", "pattern": f"^{_texts.DATE}$", "format": "date"},
    timedelta: {"type": "string", "pattern": f"^{_texts.DURATION}$", "format": "duration"},
}

_SCHEMAS: tuple[
    tuple[Callable[[Kind], bool], Callable[[Kind, Callable[[Kind], None]], Schema]], ...
] = (
    (_LEAVES.__contains__, _leaf),
    (is_optional, _optional),
    (is_union, _union),
    (_shapes.is_path, _path),
    (_shapes.is_calendar, _calendar),
    (_shapes.is_set, _set),
    (_shapes.is_facts_of_contexts, _facts_of_contexts),
    (_shapes.is_pairs, _pairs),
    (is_tuple, _list),
)


# ---------------------------------------------------------------------------------- constraints


def _text_of(longest: int, pattern: str, least: int = 0) -> Schema:
    shortest = {"minLength": least} if least else {}
    return {**shortest, "maxLength": longest, "pattern": pattern}


_ID, _LIBRARY_ID = _text_of(255, _LINE, 1), _text_of(4096, _LINE, 1)
_SLUG = {"pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "maxLength": 64}
_COUNT = {"minimum": 1, "maximum": 1_000_000}
_OF_CONVERTERS: Mapping[object, Schema] = {
    fields.host_id: _ID,
    fields.optional_id: _ID,
    fields.library_id: _LIBRARY_ID,
    fields.optional_library_id: _LIBRARY_ID,
    fields.slug: _SLUG,
    fields.optional_slug: _SLUG,
    fields.choice_key: _text_of(64, _LINE, 1),
    fields.title: _text_of(255, _LINE, 1),
    fields.caption: _text_of(255, _LINE),
    fields.text: _text_of(4000, _TEXT),
    fields.count: _COUNT,
    fields.optional_count: _COUNT,
    fields.slugs: {"items": {"type": "string", **_SLUG}, "uniqueItems": True},
    timezone_key: {"pattern": r"^[A-Za-z0-9_+-]{1,64}(?:/[A-Za-z0-9_+-]{1,64}){0,3}$"},
}


def _constrained(schema: Schema, converter: object) -> Schema:
    """A schema with what the converter of a field asks for, as far as a schema can."""
    constraint = _OF_CONVERTERS.get(fields.bare(converter), {})
    if constraint and "anyOf" in schema:
        first, *others = schema["anyOf"]
        return {"anyOf": [first | constraint, *others]}
    return schema | constraint


# ----------------------------------------------------------------------------------- docstrings


def _summary(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def _attributes(kind: type) -> Mapping[str, str]:
    """What a docstring says of the attributes of a class."""
    _, _, section = inspect.cleandoc(kind.__doc__ or "").partition("\nAttributes:\n")
    found = _ATTRIBUTE.findall(section.partition("\n\n")[0])
    return {name: re.sub(r"\s+", " ", told) for name, told in found}
