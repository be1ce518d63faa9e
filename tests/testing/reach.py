"""Which values the fields of domain classes take, against what their annotations promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from random import Random
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

T = TypeVar("T")

ONCE, SEVERAL = "one value only", "never several entries"

_BYTES = 16_000
"""More than any example takes."""


def drawn(strategy: st.SearchStrategy[T], times: int, seed: int = 0) -> list[T]:
    """Examples that have nothing to do with one another, as a fuzzer would draw them.

    A law draws variations of what it drew before, so that rare values stay away for long.
    """
    found: list[T] = []

    @settings(database=None)
    @given(strategy)
    def take(value: T) -> None:
        found.append(value)

    random = Random(seed)  # noqa: S311 -- no secret
    for _ in range(times):
        take.hypothesis.fuzz_one_input(random.randbytes(_BYTES))  # type: ignore[attr-defined]
    return found


def field_types(cls: type) -> Mapping[str, Any]:
    """The annotations of what a constructor takes, by field."""
    hints = get_type_hints(cls)
    return {each.name: hints[each.name] for each in attrs.fields(cls) if each.init}


def parts(annotation: Any) -> Iterator[type]:
    """The classes that an annotation is made of; a tuple stands for its entries."""
    origin = get_origin(annotation)
    if origin in {Union, UnionType, tuple}:
        for each in get_args(annotation):
            yield from parts(each)
    elif origin is not None:
        yield origin
        for each in get_args(annotation):
            yield from parts(each)
    elif annotation is not Ellipsis:
        yield NoneType if annotation is None else annotation


def classes_from(kinds: tuple[type, ...]) -> tuple[type, ...]:
    """The attrs classes that records of some kinds can be made of, those included."""
    found: dict[type, None] = {}
    waiting = [*kinds]
    while waiting:
        cls = waiting.pop()
        if cls in found or not attrs.has(cls):
            continue
        found[cls] = None
        waiting += (part for each in field_types(cls).values() for part in parts(each))
    return tuple(sorted(found, key=lambda each: each.__name__))


class Seen:
    """What was found in the fields of objects."""

    def __init__(self) -> None:
        self._values: dict[tuple[type, str], set[object]] = {}
        self._parts: dict[tuple[type, str], set[type]] = {}
        self._members: dict[tuple[type, str], set[Enum]] = {}
        self._longest: dict[tuple[type, str], int] = {}

    def add(self, held: object) -> None:
        """Take in an object and all it is made of."""
        if isinstance(held, tuple | frozenset):
            for each in cast("tuple[object, ...]", held):
                self.add(each)
        elif attrs.has(type(held)):
            for name in field_types(type(held)):
                value = getattr(held, name)
                self._add_value((type(held), name), value)
                self.add(value)

    def _add_value(self, place: tuple[type, str], value: object) -> None:
        values = self._values.setdefault(place, set())
        if len(values) < 2:
            values.add((type(value), value))
        self._longest[place] = max(_length(value), self._longest.get(place, 0))
        for each in _leaves(value):
            self._parts.setdefault(place, set()).add(type(each))
            if isinstance(each, Enum):
                self._members.setdefault(place, set()).add(each)

    def gaps(self, cls: type, never: Mapping[tuple[type, str], AbstractSet[Enum]]) -> list[str]:
        """What the fields of a class promise and was never found.

        Args:
            cls: An attrs class.
            never: Members of an enum that a field does not hold, by class and field.
        """
        found: list[str] = []
        for name, annotation in field_types(cls).items():
            place = (cls, name)
            missing = self._missing(place, annotation, never.get(place, frozenset()))
            found += [f"{cls.__name__}.{name}: {each}" for each in missing]
        return found

    def _missing(
        self, place: tuple[type, str], annotation: Any, never: AbstractSet[Enum]
    ) -> Iterator[str]:
        if len(self._values.get(place, ())) < 2:
            yield ONCE
        if _has_any_length(annotation) and self._longest.get(place, 0) < 2:
            yield SEVERAL
        promised = frozenset(parts(annotation))
        found = self._parts.get(place, set())
        yield from sorted(f"no {each.__name__}" for each in promised - found)
        members = {member for each in promised & found if issubclass(each, Enum) for member in each}
        missed = members - never - self._members.get(place, set())
        yield from sorted(f"no {each}" for each in missed)


def _has_any_length(annotation: Any) -> bool:
    return get_origin(annotation) is tuple and Ellipsis in get_args(annotation)


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        for each in cast("tuple[object, ...]", value):
            yield from _leaves(each)
        return
    yield value
    if isinstance(value, frozenset):
        yield from cast("frozenset[object]", value)


def _length(value: object) -> int:
    return len(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else 0
