"""What is written otherwise than its type says: facts, sets, calendars, paths, names of groups.

Each is a triple: which types it is about, what writes them, what reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from types import GenericAlias
from typing import Any, TypeAlias, cast, get_args, get_origin

import attrs
from cattrs import Converter

from partnervisits.calendars import Calendar, WorkCalendar
from partnervisits.codec._gather import checking, read_all
from partnervisits.codec._kinds import GroupName, Kind, Read, Write, is_tuple, noted
from partnervisits.codec._refusals import listed, unfit
from partnervisits.codec._tags import ENUMS, VALUES
from partnervisits.contexts import Context, FactPairs
from partnervisits.errors import InvalidValueError
from partnervisits.fields import kind_of, unique
from partnervisits.findings import Path
from partnervisits.repositories import Record
from partnervisits.scorecards import GroupKey
from partnervisits.values import instant

Shape: TypeAlias = tuple[
    Callable[[Any], bool], Callable[[Any, Converter], Write], Callable[[Any, Converter], Read]
]

_DEEPEST_GROUP = 16


def is_own(kind: object) -> bool:
    """Whether a type is the domain's alone, so that a host has no other way to write it.

    Args:
        kind: Any type.
    """
    return kind in {FactPairs, _FACTS_OF_CONTEXTS, Path, GroupName, Calendar, Record}


# ------------------------------------------------------------------------------- pairs, by name


@attrs.frozen
class FactsOfContext:
    """The facts of one record.

    Attributes:
        context: The record.
        facts: By their names.
    """

    context: Context
    facts: FactPairs


_FACTS_OF_CONTEXTS = tuple[tuple[Context, FactPairs], ...]


def is_pairs(kind: object) -> bool:
    """Whether a type is of pairs of a name and a value, each name once.

    Args:
        kind: Any type.
    """
    pair = get_args(kind)[0] if is_tuple(kind) else None
    return is_tuple(pair) and get_args(pair)[0] is str


def named_type(pairs: Kind) -> Kind:
    """The type of the values.

    Args:
        pairs: A type of pairs.
    """
    return get_args(get_args(pairs)[0])[1]


def _pairs_writer(kind: Kind, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(named_type(kind))
    return lambda pairs: {name: write(value) for name, value in pairs}


def _pairs_reader(kind: Kind, converter: Converter) -> Read:
    named = named_type(kind)
    check = checking(converter)
    read_text, read_value = converter.get_structure_hook(str), converter.get_structure_hook(named)

    def read(value: object, _: object) -> object:
        if type(value) is not dict:
            raise unfit(value, "an object of values by their names")
        held = cast("dict[str, object]", value)
        check(len(held))
        _ = read_all(((name, name) for name in held), read_text, str)
        return read_all(held.items(), read_value, named)

    return read


def is_facts_of_contexts(kind: object) -> bool:
    """Whether a type is that of the facts of several records.

    Args:
        kind: Any type.
    """
    return kind == _FACTS_OF_CONTEXTS


def _facts_of_contexts_writer(_: object, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(FactsOfContext)
    return lambda pairs: [write(FactsOfContext(*pair)) for pair in pairs]


def _facts_of_contexts_reader(_: object, converter: Converter) -> Read:
    of_contexts = tuple[FactsOfContext, ...]
    read_all = converter.get_structure_hook(of_contexts)

    def read(value: object, _: object) -> object:
        return [(each.context, each.facts) for each in read_all(value, of_contexts)]

    return read


# ----------------------------------------------------------------------------------------- sets


def is_set(kind: object) -> bool:
    """Whether a type is a frozenset of something.

    Args:
        kind: Any type.
    """
    return get_origin(kind) is frozenset


def _set_writer(kind: Kind, converter: Converter) -> Write:
    (entry,) = get_args(kind)
    if entry is str:
        return sorted
    write = converter.get_unstructure_hook(entry)
    # By their text, since objects have no order.
    return lambda values: sorted(map(write, values), key=str)


def _set_reader(kind: Kind, converter: Converter) -> Read:
    of_entries: Kind = GenericAlias(tuple, (*get_args(kind), ...))
    read_entries = converter.get_structure_hook(of_entries)

    def read(value: object, _: object) -> frozenset[object]:
        entries: list[Any] = read_entries(value, of_entries)
        unique(entries, "entry")
        return frozenset(entries)

    return read


# ------------------------------------------------------------------------------------- calendars


def is_calendar(kind: object) -> bool:
    """Whether a type is that of any calendar.

    Args:
        kind: Any type.
    """
    return kind is Calendar


def _calendar_writer(_: object, converter: Converter) -> Write:
    write_work_calendar = converter.get_unstructure_hook(WorkCalendar)

    def write(value: object) -> object:
        if type(value) is not WorkCalendar:
            raise InvalidValueError(
                "encode.calendar",
                f"only a WorkCalendar can be written: pass one instead of {kind_of(value)}",
            )
        return write_work_calendar(value)

    return write


def _calendar_reader(_: object, converter: Converter) -> Read:
    read = converter.get_structure_hook(WorkCalendar)
    return lambda value, _: read(value, WorkCalendar)


# ------------------------------------------------------------------------------ paths of findings


def is_path(kind: object) -> bool:
    """Whether a type is that of the path of a finding.

    Args:
        kind: Any type.
    """
    return kind == Path


def _path_writer(_: object, _converter: Converter) -> Write:
    return list


def _path_reader(_: object, converter: Converter) -> Read:
    check = checking(converter)
    read_text, read_number = converter.get_structure_hook(str), converter.get_structure_hook(int)

    def read_part(value: object) -> object:
        return read_number(value, int) if type(value) is int else read_text(value, str)

    def read(value: object, _: object) -> object:
        if type(value) is not list:
            raise unfit(value, "a list")
        entries = cast("list[object]", value)
        check(len(entries))
        return tuple(map(read_part, entries))

    return read


# ------------------------------------------------------------------------------- names of groups

GROUP_VALUES: Mapping[type, str] = {
    kind: VALUES[kind] for kind in (bool, int, Decimal, datetime, date, str, frozenset)
}
"""The single values that a group may be named by."""


def is_group(kind: object) -> bool:
    """Whether a type is that of the name of a group.

    Args:
        kind: Any type.
    """
    return kind is GroupName


def _group_writer(_: object, converter: Converter) -> Write:
    writers = {kind: converter.get_unstructure_hook(_whole(kind)) for kind in GROUP_VALUES}

    def write(group: GroupKey, depth: int = 1) -> object:
        if depth > _DEEPEST_GROUP:
            raise InvalidValueError("encode.group", "name the group by something less nested")
        match group:
            case None:
                return None
            case tuple():
                return {"list": [write(each, depth + 1) for each in group]}
            case Context():
                return {"context": converter.unstructure(group)}
            case Enum():
                return {_enum_tag(group): converter.unstructure(group)}
            case _ if type(group) in writers:
                return {GROUP_VALUES[type(group)]: writers[type(group)](group)}
            case _:
                raise InvalidValueError("encode.group", f"{kind_of(group)} cannot be written")

    return write


def _whole(kind: type) -> Kind:
    return frozenset[str] if kind is frozenset else kind


def _enum_tag(group: Enum) -> str:
    if type(group) not in ENUMS:
        raise InvalidValueError("encode.group", f"{kind_of(group)} is no word of the library")
    return ENUMS[type(group)]


def _group_reader(_: object, converter: Converter) -> Read:
    check = checking(converter)
    kinds: dict[str, Kind] = {tag: _whole(kind) for kind, tag in GROUP_VALUES.items()}
    kinds |= {tag: kind for kind, tag in ENUMS.items()} | {"context": Context}
    due = f"null, or an object with one key: {listed(['list', *kinds])}"

    def read(value: object, _: object = GroupName, depth: int = 1) -> object:
        if value is None:
            return None
        if type(value) is not dict:
            raise unfit(value, due)
        if depth > _DEEPEST_GROUP:
            raise InvalidValueError("decode.depth", "flatten it: it is nested too deeply")
        fields = cast("dict[str, object]", value)
        tag = next(iter(fields)) if len(fields) == 1 else ""
        try:
            if tag == "list":
                return read_list(fields[tag], depth + 1)
            if tag in kinds:
                found: object = converter.get_structure_hook(kinds[tag])(fields[tag], kinds[tag])
                # Nobody but this reader looks at the value of a group.
                return instant(found) if isinstance(found, datetime) else found
        except Exception as error:
            noted(error, tag)
            raise
        raise InvalidValueError("decode.tag", f"write {due}")

    def read_list(value: object, depth: int) -> object:
        if type(value) is not list:
            raise unfit(value, "a list")
        entries = cast("list[object]", value)
        check(len(entries))
        inner = partial(read, depth=depth)
        return tuple(found for _, found in read_all(enumerate(entries), inner, GroupName))

    return read


ALL: tuple[Shape, ...] = (
    (is_pairs, _pairs_writer, _pairs_reader),
    (is_facts_of_contexts, _facts_of_contexts_writer, _facts_of_contexts_reader),
    (is_set, _set_writer, _set_reader),
    (is_calendar, _calendar_writer, _calendar_reader),
    (is_path, _path_writer, _path_reader),
    (is_group, _group_writer, _group_reader),
)
"""Of several that fit the last one is meant."""
