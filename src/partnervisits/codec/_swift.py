"""Reading what is in order at half the cost; whatever is not, is read again with all its findings.

A swift reader takes fewer documents than the thorough one, and gives equal objects: it does in one
step what hook and constructor do in two, and leaves out the names that only a refusal needs. What
it raises means nothing. A law holds that both give the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from marshal import dumps
from types import NoneType
from typing import Any, TypeAlias, cast, get_args

import attrs
from cattrs import Converter, gen, override

from partnervisits import fields, values
from partnervisits.calendars import Trail
from partnervisits.codec import _hooks, _texts
from partnervisits.codec._gather import check
from partnervisits.codec._kinds import Kind, Read, fields_of, is_union
from partnervisits.contexts import Context, Facts
from partnervisits.errors import InvalidValueError
from partnervisits.indicators import Indicator
from partnervisits.targets import ResolvedTarget, Target

_generated = cast("Any", gen)

_Data: TypeAlias = Any
"""Whatever was passed for plain data."""

_Convert: TypeAlias = Callable[[Any], Any]
_Field: TypeAlias = Any
"""An `attrs.Attribute`, whose converter its types do not tell."""


def make() -> Converter:
    """A new converter that reads swiftly."""
    converter = Converter(detailed_validation=False)
    _hooks.register(converter, read_objects=_object_reader, read_lists=_list_reader)
    for leaf, read in _LEAVES.items():
        converter.register_structure_hook(leaf, read)
    return converter


# ---------------------------------------------------------------------------------- single values


@lru_cache(maxsize=4096)
def _decimal(text: str) -> Decimal:
    return _texts.read_decimal(text)


@lru_cache(maxsize=4096)
def _date(text: str) -> date:
    return values.day(_texts.read_date(text))


def _read_decimal(value: _Data, _: object = Decimal) -> Decimal:
    if type(value) is not str:
        raise TypeError
    return _decimal(value)


def _read_date(value: _Data, _: object = date) -> date:
    if type(value) is not str:
        raise TypeError
    return _date(value)


_TO_THE_SECOND = len("2026-03-12T08:00:00Z")


def _read_instant(value: _Data, _: object = datetime) -> datetime:
    # As it is written: to the second in UTC.
    if (
        type(value) is str
        and len(value) == _TO_THE_SECOND
        and value[4::3] == "--T::Z"
        and "1900" < value < "2201"
        and value[11:13] < "24"
    ):
        return datetime.fromisoformat(value)
    return values.instant(_texts.read_instant(value))


_LEAVES: Mapping[type, Read] = {
    Decimal: _read_decimal,
    datetime: _read_instant,
}


def _is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _word_reader(kind: type[Enum]) -> Read:
    words = _texts.words_of(kind)

    def read(value: _Data, _: object) -> object:
        if type(value) is not str:
            raise TypeError
        return words[value]

    return read


# ---------------------------------------------------------------------------------- texts of fields


def _line(longest: int) -> Callable[[_Convert], Read]:
    def reader(convert: _Convert) -> Read:
        def read(value: _Data, _: object) -> object:
            if (
                type(value) is str
                and value.isprintable()
                and 0 < len(value) <= longest
                and value[0] != " " != value[-1]
            ):
                return value
            return convert(value)

        return read

    return reader


def _text(convert: _Convert) -> Read:
    def read(value: _Data, _: object) -> object:
        if type(value) is str and value.isprintable() and len(value) <= _LONGEST_TEXT:
            return value
        return convert(value)

    return read


def _slug(convert: _Convert) -> Read:
    is_slug = _SLUG.fullmatch

    def read(value: _Data, _: object) -> object:
        return value if type(value) is str and is_slug(value) else convert(value)

    return read


def _as_it_is(convert: _Convert) -> Read:
    return lambda value, _: convert(value)


_LONGEST_TEXT = 4000
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OF_CONVERTERS: Mapping[object, Callable[[_Convert], Read]] = {
    fields.host_id: _line(255),
    fields.optional_id: _line(255),
    fields.library_id: _line(4096),
    fields.optional_library_id: _line(4096),
    fields.choice_key: _line(64),
    fields.title: _line(255),
    fields.caption: _line(255),
    fields.text: _text,
    fields.slug: _slug,
    fields.optional_slug: _slug,
    fields.boolean: _as_it_is,
    values.instant: lambda _: _read_instant,
    values.day: lambda _: _read_date,
}


# ------------------------------------------------------------------------------ lists and objects


def _list_reader(kind: Kind, converter: Converter) -> Read:
    (entry, _) = get_args(kind)
    read_entry = _reader(entry, converter)

    def read(value: object, _: object) -> object:
        if type(value) is not list:
            raise TypeError
        entries = cast("list[object]", value)
        check(len(entries))
        return tuple([read_entry(each, entry) for each in entries])

    return read


def _object_reader(kind: type, converter: Converter) -> Read:
    held = fields_of(kind)
    own = cast("Iterable[_Field]", attrs.fields(cast("type[attrs.AttrsInstance]", kind)))
    converters: dict[str, Any] = {each.name: fields.bare(each.converter) for each in own}
    hooks = {
        each.name: override(struct_hook=_field_reader(each.type, converters[each.name], converter))
        for each in held
    }
    read_fields: Read = _generated.make_dict_structure_fn_from_attrs(
        held,
        _trusted(kind),
        converter,
        _cattrs_forbid_extra_keys=True,
        _cattrs_use_alias=False,
        _cattrs_prefer_attrib_converters=False,
        _cattrs_detailed_validation=False,
        **hooks,
    )

    def read(value: object, _: object) -> object:
        if type(value) is not dict:
            raise TypeError
        return read_fields(value, kind)

    return _interned(read_fields) if kind in _SHARED else read


def _field_reader(kind: Kind, convert: _Convert | None, converter: Converter) -> Read:
    if convert in _OF_CONVERTERS:
        return _OF_CONVERTERS[convert](cast("_Convert", convert))
    read = _reader(kind, converter)
    if convert is None or _looks_at_types_only(convert, kind):
        return read
    return lambda value, _: convert(read(value, kind))


def _reader(kind: Kind, converter: Converter) -> Read:
    if _is_enum(kind):
        return _word_reader(kind)
    return converter.get_structure_hook(kind)


def _looks_at_types_only(convert: _Convert, kind: Kind) -> bool:
    """Whether a converter leaves all values of a type as they are.

    Each member of an enum is tried. An object is tried without any contents: whoever looks at more
    than its type fails.
    """
    members = get_args(kind) if is_union(kind) else (kind,)
    try:
        return all(convert(value) is value for member in members for value in _examples(member))
    except (AttributeError, InvalidValueError, TypeError):
        return False


def _examples(kind: Kind) -> Iterable[object]:
    if kind is NoneType:
        return (None,)
    if _is_enum(kind):
        return cast("Iterable[object]", kind)
    if attrs.has(kind):
        return (object.__new__(kind),)
    raise TypeError


# ---------------------------------------------------------------------------------- what is shared

_SHARED = frozenset({Context, Facts, Indicator, ResolvedTarget, Target, Trail})
"""What many documents say in the same words: of all plans of a template its targets."""

_MOST_SHARED = 4096
_LONGEST_SHARED = 2000


def _interned(read: Read) -> Read:
    """Gives the object that was read before of equal data, while it is remembered.

    Equal data of the plain types only have one marshalled form, short even if they hold themselves.

    Args:
        read: Of a class whose objects are made of plain data only.
    """
    known: dict[bytes, object] = {}

    def read_once(value: object, kind: object) -> object:
        words = dumps(cast("Any", value))
        held = known.get(words)
        if held is None:
            held = read(value, kind)
            if len(words) <= _LONGEST_SHARED:
                if len(known) >= _MOST_SHARED:
                    known.clear()
                known[words] = held
        return held

    return read_once


def _trusted(cls: type) -> type:
    """A constructor of a class that skips converters, but not what follows on them.

    It fills an heir that nothing is frozen in, which then becomes a `cls`.

    Args:
        cls: A frozen attrs class.
    """
    asked_for = {each.name for each in fields_of(cls) if each.default is attrs.NOTHING}
    after: Any = getattr(cls, "__attrs_post_init__", None)

    def become(heir: object) -> None:
        heir.__class__ = cls
        if after is not None:
            after(heir)

    filling = attrs.make_class(
        cls.__name__,
        {
            each.name: _without_converter(each, is_asked_for=each.name in asked_for)
            for each in attrs.fields(cast("type[attrs.AttrsInstance]", cls))
        },
        class_body={"__attrs_post_init__": become},
        eq=False,
        repr=False,
    )
    return type(
        cls.__name__,
        (cls,),
        {
            "__slots__": (),
            "__init__": vars(filling)["__init__"],
            "__setattr__": object.__setattr__,
            "__attrs_post_init__": become,
        },
    )


def _without_converter(field: _Field, *, is_asked_for: bool) -> _Field:
    """A field that takes what it is given; its default is what the converter makes of it."""
    if not field.init:
        return attrs.field(init=False, default=field.default)
    if is_asked_for:
        return attrs.field(kw_only=True)
    default = field.default if field.converter is None else field.converter(field.default)
    return attrs.field(default=default, kw_only=True)
