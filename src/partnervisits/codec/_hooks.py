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
from functools import cache
from types import NoneType
from typing import Any, TypeAlias, cast, get_args

import attrs
from cattrs import ClassValidationError, Converter, cols, gen

from partnervisits.calendars import Weekday
from partnervisits.codec import _shapes, _texts
from partnervisits.codec._gather import read_all
from partnervisits.codec._kinds import (
    Kind,
    Read,
    Write,
    all_in,
    class_of,
    fields_of,
    is_optional,
    is_tuple,
    is_union,
    noted,
    specific,
    without_nothing,
)
from partnervisits.codec._limits import is_endless
from partnervisits.codec._refusals import listed, unfit
from partnervisits.codec._tags import VALUES, VARIANTS, WEEKDAYS
from partnervisits.conditions import Condition
from partnervisits.errors import InvalidValueError
from partnervisits.fields import kind_of

Writer: TypeAlias = Callable[[Any, Converter], Write]
Reader: TypeAlias = Callable[[Any, Converter], Read]

_LEAVES: Mapping[type, tuple[Write | None, Read]] = {
    str: (None, _texts.read_text),
    bool: (None, _texts.read_boolean),
    int: (None, _texts.read_number),
    Decimal: (_texts.write_decimal, _texts.read_decimal),
    datetime: (_texts.write_instant, _texts.read_instant),
    date: (_texts.write_date, _texts.read_date),
    timedelta: (_texts.write_duration, _texts.read_duration),
    Enum: (operator.attrgetter("value"), _texts.read_word),
    Weekday: (WEEKDAYS.__getitem__, _texts.read_word),
}


def prepare(converter: Converter, kinds: Iterable[type]) -> None:
    """Generate all hooks that some classes need, at once.

    Generated in use, a hook would be wrong for good if the stack were short just then: cattrs takes
    whatever a predicate raises for a no.

    Args:
        converter: One that is registered.
        kinds: Frozen attrs classes.
    """
    for kind in all_in(kinds):
        _ = converter.get_unstructure_hook(kind), converter.get_structure_hook(kind)


def parts(kinds: Iterable[type]) -> frozenset[Kind]:
    """Some classes, and the types that their objects are made of which are the domain's own.

    Args:
        kinds: Frozen attrs classes.
    """
    return frozenset(kind for kind in all_in(kinds) if attrs.has(kind) or _shapes.is_own(kind))


# -------------------------------------------------------------------------------------- objects


_generated = cast("Any", gen)


def _object_writer(kind: type, converter: Converter) -> Write:
    write: Write = _generated.make_dict_unstructure_fn_from_attrs(
        fields_of(kind), kind, converter, _cattrs_omit_if_default=True, _cattrs_use_alias=False
    )
    return write


def _object_reader(kind: type, converter: Converter) -> Read:
    read_fields: Read = _generated.make_dict_structure_fn_from_attrs(
        fields_of(kind),
        specific(kind),
        converter,
        _cattrs_forbid_extra_keys=True,
        _cattrs_use_alias=False,
        _cattrs_prefer_attrib_converters=False,
    )

    def read(value: object, _: object) -> object:
        if type(value) is not dict:
            raise unfit(value, "an object")
        try:
            return read_fields(value, kind)
        except ClassValidationError as error:
            raise _of_every_field(
                error, kind, cast("dict[str, object]", value), converter
            ) from None

    return read


def _of_every_field(
    error: ClassValidationError, kind: type, data: dict[str, object], converter: Converter
) -> ClassValidationError:
    """All that the fields of an object refuse, where its constructor tells the first only."""
    only, *others = error.exceptions
    if others or not isinstance(only, InvalidValueError) or hasattr(only, "__notes__"):
        return error
    converters = {field.name: field.converter for field in attrs.fields(specific(kind))}
    refused: list[Exception] = []
    for field in fields_of(kind):
        convert: Any = converters[field.name]
        if convert is not None and field.name in data:
            try:
                _ = convert(converter.structure(data[field.name], cast("Any", field.type)))
            except InvalidValueError as each:
                refused.append(each)
    if not refused:
        return error
    every: ClassValidationError = cast("Any", ClassValidationError)(error.message, refused, kind)
    return every


# ---------------------------------------------------------------------------------------- lists


def _list_writer(kind: Kind, converter: Converter) -> Write:
    return cols.iterable_unstructure_factory(kind, converter, unstructure_to=list)


def _list_reader(kind: Kind, converter: Converter) -> Read:
    (entry, _) = get_args(kind)
    # Only in use, since a condition may hold conditions.
    hook = cache(lambda: converter.get_structure_hook(entry))

    def read(value: object, _: object) -> object:
        if type(value) is not list:
            raise unfit(value, "a list")
        entries = enumerate(cast("list[object]", value))
        return tuple([each for _, each in read_all(entries, hook(), entry)])

    return read


# --------------------------------------------------------------------------------------- unions


def is_variant_union(kind: object) -> bool:
    """Whether a union is of classes that tell themselves apart, perhaps beside single values.

    Args:
        kind: Any type.
    """
    members = {class_of(each) for each in get_args(kind)} - {NoneType}
    is_tagged = members <= {*VARIANTS, *VALUES}
    return is_union(kind) and is_tagged and not members.isdisjoint(VARIANTS)


def _tagged_writer(union: object, converter: Converter) -> Write:
    members = {class_of(member): member for member in get_args(union)}
    writers: dict[type, Write] = {}

    def write(value: object) -> object:
        cls = type(value)
        # Only now, since a condition may hold conditions.
        if cls not in writers:
            if cls not in members:
                due = listed(each.__name__ for each in members)
                raise InvalidValueError("type.wrong", f"pass {due}, not {kind_of(value)}")
            writers[cls] = _member_writer(members[cls], converter)
        return writers[cls](value)

    return write


def _member_writer(member: Kind, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(member)
    cls = class_of(member)
    if cls in VARIANTS:
        kind = VARIANTS[cls]
        return lambda value: {"kind": kind, **write(value)}
    tag = VALUES[cls]
    return lambda value: {tag: write(value)}


def _tagged_reader(union: object, converter: Converter) -> Read:
    members = get_args(union)
    variants = {VARIANTS[each]: each for each in members if each in VARIANTS}
    values = {VALUES[class_of(each)]: each for each in members if class_of(each) in VALUES}
    due = _due(variants, values)
    # Only in use, since a condition may hold conditions.
    hook = cache(converter.get_structure_hook)

    def read(value: object, _: object) -> object:
        if type(value) is not dict:
            raise unfit(value, due)
        fields = cast("dict[str, object]", value)
        if variants and "kind" in fields:
            member = _variant(fields["kind"], variants)
            others = {key: each for key, each in fields.items() if key != "kind"}
            return hook(member)(others, member)
        if len(fields) == 1:
            ((tag, inner),) = fields.items()
            if tag in values:
                try:
                    return hook(values[tag])(inner, values[tag])
                except Exception as error:
                    noted(error, tag)
                    raise
        raise InvalidValueError("decode.tag", f"write {due}")

    return read


def _due(variants: Iterable[str], values: Iterable[str]) -> str:
    kinds = f"an object with a kind: {listed(variants)}" if variants else ""
    tags = f"an object with one key: {listed(values)}" if values else ""
    return ", or ".join(part for part in (kinds, tags) if part)


def _variant(kind: object, variants: Mapping[str, Kind]) -> Kind:
    if type(kind) is str and kind in variants:
        return variants[kind]
    refused = InvalidValueError("decode.tag", f"write {listed(variants)}")
    noted(refused, "kind")
    raise refused


# --------------------------------------------------------------------------------- perhaps nothing


def _optional_writer(union: object, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(without_nothing(union))
    return lambda value: None if value is None else write(value)


def _optional_reader(union: object, converter: Converter) -> Read:
    kind = without_nothing(union)
    read = converter.get_structure_hook(kind)
    if NoneType not in get_args(union):
        return lambda value, _: read(value, kind)
    return lambda value, _: None if value is None else read(value, kind)


def _is_optional_condition(kind: object) -> bool:
    return kind == Condition | None


def _optional_condition_reader(union: object, converter: Converter) -> Read:
    read_optional = _optional_reader(union, converter)

    def read(value: object, kind: object) -> object:
        code = is_endless(value)
        if code:
            raise InvalidValueError(code, "flatten it: it is nested too deeply, or too large")
        return read_optional(value, kind)

    return read


# --------------------------------------------------------------------------------- the whole recipe


def register(
    converter: Converter,
    *,
    read_objects: Reader = _object_reader,
    read_lists: Reader = _list_reader,
) -> None:
    """Teach a converter all that a document holds.

    Args:
        converter: A new one.
        read_objects: Makes what reads the objects of a class.
        read_lists: Makes what reads the lists of a type.
    """
    for leaf, (write, read) in _LEAVES.items():
        converter.register_structure_hook(leaf, read)
        if write is not None:
            converter.register_unstructure_hook(leaf, write)
    # Of several that fit the one that is registered last is asked.
    shapes: tuple[_shapes.Shape, ...] = (
        (attrs.has, _object_writer, read_objects),
        (is_tuple, _list_writer, read_lists),
        *_shapes.ALL,
        (is_union, _tagged_writer, _tagged_reader),
        (is_optional, _optional_writer, _optional_reader),
        (_is_optional_condition, _optional_writer, _optional_condition_reader),
    )
    for fits, writer, reader in shapes:
        _ = converter.register_unstructure_hook_factory(fits, writer)
        _ = converter.register_structure_hook_factory(fits, reader)
