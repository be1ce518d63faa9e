"""The recipe: how cattrs writes and reads the domain's classes (S 11.1).

    class ──► object of its fields     union ──► tagged by its type     single value ──► text

A field that is empty by default (null, an empty text, an empty list) and is empty is not written;
every other field is, and is asked for. So a document means the same whatever a later version of the
library takes for granted.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import GenericAlias, NoneType, UnionType
from typing import Any, TypeAlias, Union, cast, get_args, get_origin

import attrs
from cattrs import Converter, IterableValidationNote, cols, gen

from partnervisits.codec import _texts
from partnervisits.codec._refusals import listed, unfit
from partnervisits.codec._tags import VALUES, VARIANTS
from partnervisits.conditions import Condition
from partnervisits.contexts import Context, Fact, FactPairs
from partnervisits.errors import InvalidValueError
from partnervisits.fields import unique

Kind: TypeAlias = Any
"""A type as an annotation names it: a class, a union, a tuple of something."""

Write: TypeAlias = Callable[[Any], Any]
Read: TypeAlias = Callable[[Any, Any], Any]

_EMPTY = (None, (), "")
_DEEPEST = 64
"""More than the deepest condition and what it holds."""

_LEAVES: Mapping[type, tuple[Write | None, Read]] = {
    str: (None, _texts.read_text),
    bool: (None, _texts.read_boolean),
    int: (None, _texts.read_number),
    Decimal: (_texts.write_decimal, _texts.read_decimal),
    datetime: (_texts.write_instant, _texts.read_instant),
    date: (_texts.write_date, _texts.read_date),
    timedelta: (_texts.write_duration, _texts.read_duration),
    Enum: (operator.attrgetter("value"), _texts.read_word),
}


def register(converter: Converter) -> None:
    """Teach a converter all that a document holds.

    Args:
        converter: A new one.
    """
    for leaf, (write, read) in _LEAVES.items():
        converter.register_structure_hook(leaf, read)
        if write is not None:
            converter.register_unstructure_hook(leaf, write)
    # Of several that fit the one that is registered last is asked.
    for fits, writer, reader in (
        (attrs.has, _object_writer, _object_reader),
        (_is_tuple, _list_writer, _list_reader),
        (_is_choices, _choices_writer, _choices_reader),
        (_is_fact_pairs, _facts_writer, _facts_reader),
        (_is_facts_of_contexts, _facts_of_contexts_writer, _facts_of_contexts_reader),
        (_is_union, _tagged_writer, _tagged_reader),
        (_is_optional, _optional_writer, _optional_reader),
        (_is_optional_condition, _optional_writer, _optional_condition_reader),
    ):
        _ = converter.register_unstructure_hook_factory(fits, writer)
        _ = converter.register_structure_hook_factory(fits, reader)


def prepare(converter: Converter, kinds: Iterable[type]) -> None:
    """Generate all hooks that some classes need, at once.

    Generated in use, a hook would be wrong for good if the stack were short just then: cattrs takes
    whatever a predicate raises for a no.

    Args:
        converter: One that is registered.
        kinds: Frozen attrs classes.
    """
    for kind in _all_in(kinds):
        _ = converter.get_unstructure_hook(kind), converter.get_structure_hook(kind)


def parts(kinds: Iterable[type]) -> frozenset[type]:
    """Some classes and all classes that their objects are made of.

    Args:
        kinds: Frozen attrs classes.
    """
    return frozenset(kind for kind in _all_in(kinds) if attrs.has(kind))


def _all_in(kinds: Iterable[type]) -> set[Kind]:
    """Some classes and the types of all that their objects are made of."""
    found: set[Kind] = {NoneType, Ellipsis}
    waiting: list[Kind] = [*kinds]
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.add(kind)
            waiting += get_args(kind)
            waiting += (field.type for field in _fields(kind)) if attrs.has(kind) else ()
    return found - {NoneType, Ellipsis}


# -------------------------------------------------------------------------------------- objects


_generated = cast("Any", gen)


def _fields(kind: type) -> list[attrs.Attribute[Any]]:
    """The fields that make an object; a default has only what is empty by default."""
    cls = attrs.resolve_types(cast("type[attrs.AttrsInstance]", kind))
    return [_as_written(field) for field in attrs.fields(cls) if field.init]


def _as_written(field: attrs.Attribute[Any]) -> attrs.Attribute[Any]:
    default = field.default if field.default in _EMPTY else attrs.NOTHING
    if default is None and get_origin(field.type) is tuple:
        default = ()  # what the field holds when None is given
    evolved: attrs.Attribute[Any] = cast("Any", field).evolve(
        default=default, kw_only=True, converter=None
    )
    return evolved


def _object_writer(kind: type, converter: Converter) -> Write:
    write: Write = _generated.make_dict_unstructure_fn_from_attrs(
        _fields(kind), kind, converter, _cattrs_omit_if_default=True, _cattrs_use_alias=False
    )
    return write


def _object_reader(kind: type, converter: Converter) -> Read:
    read_fields: Read = _generated.make_dict_structure_fn_from_attrs(
        _fields(kind),
        kind,
        converter,
        _cattrs_forbid_extra_keys=True,
        _cattrs_use_alias=False,
        _cattrs_prefer_attrib_converters=False,
    )

    def read(value: object, _: object) -> object:
        if type(value) is not dict:
            raise unfit(value, "an object")
        return read_fields(value, kind)

    return read


# ---------------------------------------------------------------------------------------- lists


def _is_tuple(kind: object) -> bool:
    return get_origin(kind) is tuple


def _list_writer(kind: Kind, converter: Converter) -> Write:
    return cols.iterable_unstructure_factory(kind, converter, unstructure_to=list)


def _list_reader(kind: Kind, converter: Converter) -> Read:
    of_entries: Kind = GenericAlias(list, get_args(kind)[:1])
    read_entries = cols.list_structure_factory(of_entries, converter)

    def read(value: object, _: object) -> object:
        if type(value) is not list:
            raise unfit(value, "a list")
        return read_entries(value, of_entries)

    return read


def _is_choices(kind: object) -> bool:
    return kind == frozenset[str]


def _choices_writer(_: object, _converter: Converter) -> Write:
    return sorted


def _choices_reader(_: object, converter: Converter) -> Read:
    of_keys = tuple[str, ...]
    read_keys = converter.get_structure_hook(of_keys)

    def read(value: object, _: object) -> frozenset[str]:
        keys: list[str] = read_keys(value, of_keys)
        unique(keys, "choice")
        return frozenset(keys)

    return read


# ---------------------------------------------------------------------------------------- facts


@attrs.frozen
class _FactsOfContext:
    context: Context
    facts: FactPairs


def _is_fact_pairs(kind: object) -> bool:
    return kind == FactPairs


def _facts_writer(_: object, converter: Converter) -> Write:
    write_fact = converter.get_unstructure_hook(Fact)
    return lambda pairs: {name: write_fact(fact) for name, fact in pairs}


def _facts_reader(_: object, converter: Converter) -> Read:
    of_names = dict[str, Fact]
    read_facts = converter.get_structure_hook(of_names)

    def read(value: object, _: object) -> object:
        if type(value) is not dict:
            raise unfit(value, "an object of facts by their names")
        return read_facts(value, of_names)

    return read


def _is_facts_of_contexts(kind: object) -> bool:
    return kind == tuple[tuple[Context, FactPairs], ...]


def _facts_of_contexts_writer(_: object, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(_FactsOfContext)
    return lambda pairs: [write(_FactsOfContext(*pair)) for pair in pairs]


def _facts_of_contexts_reader(_: object, converter: Converter) -> Read:
    of_contexts = tuple[_FactsOfContext, ...]
    read_all = converter.get_structure_hook(of_contexts)

    def read(value: object, _: object) -> object:
        return [(each.context, each.facts) for each in read_all(value, of_contexts)]

    return read


# --------------------------------------------------------------------------------------- unions


def _is_union(kind: object) -> bool:
    return get_origin(kind) in (Union, UnionType)


def is_variant_union(kind: object) -> bool:
    """Whether a union is of classes that tell themselves apart, perhaps beside single values.

    Args:
        kind: Any type.
    """
    members = {_class_of(each) for each in get_args(kind)} - {NoneType}
    is_tagged = members <= {*VARIANTS, *VALUES}
    return _is_union(kind) and is_tagged and not members.isdisjoint(VARIANTS)


def _class_of(member: Kind) -> type:
    return frozenset if _is_choices(member) else cast("type", member)


def _tagged_writer(union: object, converter: Converter) -> Write:
    members = {_class_of(member): member for member in get_args(union)}
    writers: dict[type, Write] = {}

    def write(value: object) -> object:
        cls = type(value)
        # Only now, since a condition may hold conditions.
        if cls not in writers:
            writers[cls] = _member_writer(members[cls], converter)
        return writers[cls](value)

    return write


def _member_writer(member: Kind, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(member)
    cls = _class_of(member)
    if cls in VARIANTS:
        kind = VARIANTS[cls]
        return lambda value: {"kind": kind, **write(value)}
    tag = VALUES[cls]
    return lambda value: {tag: write(value)}


def _tagged_reader(union: object, converter: Converter) -> Read:
    members = get_args(union)
    variants = {VARIANTS[each]: each for each in members if each in VARIANTS}
    values = {VALUES[_class_of(each)]: each for each in members if _class_of(each) in VALUES}
    due = _due(variants, values)

    def read(value: object, _: object) -> object:
        if type(value) is not dict:
            raise unfit(value, due)
        fields = cast("dict[str, object]", value)
        if variants and "kind" in fields:
            member = _variant(fields["kind"], variants)
            others = {key: each for key, each in fields.items() if key != "kind"}
            return converter.get_structure_hook(member)(others, member)
        tag = next(iter(fields)) if len(fields) == 1 else ""
        if tag not in values:
            raise InvalidValueError("decode.tag", f"write {due}")
        return _read_at(tag, fields[tag], values[tag], converter)

    return read


def _due(variants: Iterable[str], values: Iterable[str]) -> str:
    kinds = f"an object with a kind: {listed(variants)}" if variants else ""
    tags = f"an object with one key: {listed(values)}" if values else ""
    return ", or ".join(part for part in (kinds, tags) if part)


def _variant(kind: object, variants: Mapping[str, Kind]) -> Kind:
    if type(kind) is str and kind in variants:
        return variants[kind]
    refused = InvalidValueError("decode.tag", f"write {listed(variants)}")
    _note(refused, "kind")
    raise refused


def _read_at(key: str, value: object, member: Kind, converter: Converter) -> object:
    try:
        return converter.get_structure_hook(member)(value, member)
    except Exception as error:
        _note(error, key)
        raise


def _note(error: Exception, key: str) -> None:
    """What cattrs notes of an entry of a mapping, so that the path is found in one way."""
    error.add_note(IterableValidationNote(f"Structuring the value @ key {key!r}", key, object))


# --------------------------------------------------------------------------------- perhaps nothing


def _is_optional(kind: object) -> bool:
    return _is_union(kind) and NoneType in get_args(kind)


def _without_none(union: object) -> Kind:
    return Union[tuple(each for each in get_args(union) if each is not NoneType)]  # noqa: UP007 -- of as many as there are


def _optional_writer(union: object, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(_without_none(union))
    return lambda value: None if value is None else write(value)


def _optional_reader(union: object, converter: Converter) -> Read:
    kind = _without_none(union)
    read = converter.get_structure_hook(kind)
    return lambda value, _: None if value is None else read(value, kind)


def _is_optional_condition(kind: object) -> bool:
    return kind == Condition | None


def _optional_condition_reader(union: object, converter: Converter) -> Read:
    read_optional = _optional_reader(union, converter)

    def read(value: object, kind: object) -> object:
        if _is_deep(value):
            raise InvalidValueError("decode.depth", "flatten it: it is nested too deeply")
        return read_optional(value, kind)

    return read


def _is_deep(value: object) -> bool:
    """Whether objects are nested deeper than any condition, so that reading might not return."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for each in level for inner in _inner(each)]
    return bool(level)


def _inner(value: object) -> Iterable[object]:
    inner = cast("dict[object, object]", value).values() if type(value) is dict else ()
    for each in inner:
        entries = cast("list[object]", each) if type(each) is list else [each]
        yield from (entry for entry in entries if type(entry) is dict)
