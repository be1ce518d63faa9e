"""What the domain's classes are made of, as their annotations tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs
from cattrs import IterableValidationNote

from partnervisits.fields import UNCHANGED, Unchanged

Kind: TypeAlias = Any
"""A type as an annotation names it: a class, a union, a tuple of something."""

Write: TypeAlias = Callable[[Any], Any]
Read: TypeAlias = Callable[[Any, Any], Any]


class GroupName:
    """Stands for the annotation `GroupKey`, which refers to itself."""


_NOTHING = (NoneType, Unchanged)
_EMPTY = (None, (), "", frozenset[object](), UNCHANGED)
_ENDLESS = {"GroupKey": GroupName}


@cache
def fields_of(kind: type) -> tuple[attrs.Attribute[Any], ...]:
    """The fields that make an object; a default has only what is empty by default.

    Args:
        kind: A frozen attrs class.
    """
    hints = get_type_hints(kind, localns=_ENDLESS)
    held = attrs.fields(cast("type[attrs.AttrsInstance]", kind))
    return tuple(_as_written(field, hints[field.name]) for field in held if field.init)


def _as_written(field: attrs.Attribute[Any], hint: Kind) -> attrs.Attribute[Any]:
    default = field.default if _is_empty(field.default) else attrs.NOTHING
    if default is None and is_tuple(hint):
        default = ()  # what the field holds when None is given
    evolved: attrs.Attribute[Any] = cast("Any", field).evolve(
        default=default,
        kw_only=True,
        converter=None,
        type=_bound(hint),
    )
    return evolved


def _bound(hint: Kind) -> Kind:
    return hint.__bound__ if isinstance(hint, TypeVar) else hint


def specific(kind: type) -> Kind:
    """A class with whatever its parameters are bound to.

    Args:
        kind: Generic or not.
    """
    parameters: tuple[TypeVar, ...] = getattr(kind, "__parameters__", ())
    return cast("Any", kind)[tuple(map(_bound, parameters))] if parameters else kind


def _is_empty(default: object) -> bool:
    return any(type(default) is type(each) and default == each for each in _EMPTY)


def all_in(kinds: Iterable[type]) -> set[Kind]:
    """Some classes and the types of all that their objects are made of.

    Args:
        kinds: Frozen attrs classes.
    """
    found: set[Kind] = {*_NOTHING, Ellipsis}
    waiting: list[Kind] = [*kinds]
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.add(kind)
            waiting += get_args(kind)
            waiting += (field.type for field in fields_of(kind)) if attrs.has(kind) else ()
    return found - {*_NOTHING, Ellipsis}


def is_tuple(kind: object) -> bool:
    """Whether a type is a tuple of any length.

    Args:
        kind: Any type.
    """
    return cast("object", get_origin(kind)) is tuple


def is_union(kind: object) -> bool:
    """Whether a type is one of several.

    Args:
        kind: Any type.
    """
    return get_origin(kind) in (Union, UnionType)


def is_optional(kind: object) -> bool:
    """Whether a type may be nothing: None, or left as it is.

    Args:
        kind: Any type.
    """
    return is_union(kind) and not set(_NOTHING).isdisjoint(get_args(kind))


def without_nothing(union: object) -> Kind:
    """What a type is if it is not nothing.

    Args:
        union: One that may be.
    """
    return Union[tuple(each for each in get_args(union) if each not in _NOTHING)]  # noqa: UP007 -- of as many as there are


def class_of(member: Kind) -> type:
    """The class of the values of a member of a union.

    Args:
        member: A class, or a set of something.
    """
    origin: Kind = get_origin(member)
    return cast("type", member if origin is None else origin)


def noted(error: Exception, key: str) -> None:
    """Note what cattrs notes of an entry of a mapping, so that the path is found in one way.

    Args:
        error: Raised by reading a part.
        key: The part's.
    """
    error.add_note(IterableValidationNote(f"Structuring the value @ key {key!r}", key, object))
