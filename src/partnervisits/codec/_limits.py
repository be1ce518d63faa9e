"""How much a document may hold, checked before anything of it is made (S 11.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, cast

import attrs

from partnervisits.codec._refusals import part
from partnervisits.errors import InvalidValueError
from partnervisits.fields import kind_of, named
from partnervisits.findings import Finding, Path

MOST = 10_000
"""How many entries, and how many findings, a document is refused for."""

_MOST_CONDITIONS = 20_000
"""More than one condition may be made of."""
_DEEPEST = 64


def _most(value: int) -> int:
    if type(value) is not int or not 1 <= value <= 2**40:
        raise InvalidValueError("limits.range", f"pass an int from 1 up, not {kind_of(value)}")
    return value


@attrs.frozen(field_transformer=named, kw_only=True)
class Limits:
    """How much a document may hold.

    Attributes:
        size: Bytes of JSON text in UTF-8.
        depth: Objects within one another; lists between them add nothing.
        entries: Entries of one list, or keys of one object.

    Raises:
        InvalidValueError: `limits.range`.

    Example:
        >>> from partnervisits import Reading, codec
        >>> small = codec.Limits(size=1_000)
        >>> try:
        ...     codec.loads("x" * 1_001, Reading, limits=small)
        ... except codec.DecodeError as refused:
        ...     print(refused.findings[0].code)
        decode.size
    """

    size: int = attrs.field(default=256 * 1024 * 1024, converter=_most)
    depth: int = attrs.field(default=_DEEPEST, converter=_most)
    entries: int = attrs.field(default=1_000_000, converter=_most)


DEFAULT = Limits()


def beyond(data: object, limits: Limits) -> tuple[Finding, ...]:
    """Where plain data exceed limits: nothing if they do not.

    One step inwards at a time. What stands in several places is looked at once in each step, but
    counted as often as it stands there: data that hold themselves, or the same list in many lists,
    take no longer than any others.

    Args:
        data: Plain data, or anything that was passed for them.
        limits: What they may hold.
    """
    found: list[Finding] = []
    size = 0
    is_container = type(data) in _CONTAINERS
    level: Iterable[_Place] = [_Place(data, (), int(type(data) is dict), 1)] * is_container
    for _ in range(2 * limits.depth + 2):  # a list in each object
        level = tuple(_inside(level, limits, found))
        size += sum(place.times * (1 + len(cast("list[object]", place.value))) for place in level)
        if size > limits.size:
            found.append(Finding((), "decode.size", f"hold at most {limits.size} values"))
            return tuple(found)
    too_deep = islice(level, MOST + 1)
    found += (Finding(place.path, "decode.depth", _too_deep(limits)) for place in too_deep)
    if len(found) > MOST:
        found[MOST:] = [Finding((), "decode.more", "there is more: correct this")]
    return tuple(found)


class _Place(NamedTuple):
    """A part of data in one of the places where it stands, and in how many places of the step."""

    value: object
    path: Path
    depth: int
    times: int


def _inside(places: Iterable[_Place], limits: Limits, found: list[Finding]) -> Iterable[_Place]:
    inner: dict[tuple[int, int], _Place] = {}
    for place in places:
        refused = _refusal(place, limits)
        if refused:
            found.append(refused)
            if len(found) > MOST:
                return ()
            continue
        for key, value in _entries(place.value):
            depth = place.depth + (type(value) is dict)
            name = id(value), depth
            times = place.times + (inner[name].times if name in inner else 0)
            path = inner[name].path if name in inner else (*place.path, part(key))
            inner[name] = _Place(value, path, depth, times)
    return inner.values()


def _refusal(place: _Place, limits: Limits) -> Finding | None:
    if place.depth > limits.depth:
        return Finding(place.path, "decode.depth", _too_deep(limits))
    if len(cast("list[object]", place.value)) > limits.entries:
        return Finding(place.path, "decode.count", f"write at most {limits.entries} entries")
    return None


def _too_deep(limits: Limits) -> str:
    return f"flatten it: at most {limits.depth} objects may stand within one another"


def _entries(value: object) -> Iterator[tuple[object, object]]:
    """The containers in a container, with their keys."""
    entries: Iterable[tuple[object, object]] = (
        cast("dict[object, object]", value).items()
        if type(value) is dict
        else enumerate(cast("list[object]", value))
    )
    return ((key, each) for key, each in entries if type(each) in _CONTAINERS)


_CONTAINERS = (dict, list)


def is_endless(condition: object) -> str:
    """Whether a condition nests deeper, or has more parts, than reading it may take.

    Args:
        condition: Plain data for one.

    Returns:
        The code of what is wrong with it; nothing if it can be read.
    """
    seen = 0
    waiting: list[tuple[object, int]] = [(condition, 1)]
    while waiting:
        value, depth = waiting.pop()
        if type(value) is not dict:
            continue
        seen += 1
        if depth > _DEEPEST:
            return "decode.depth"
        if seen > _MOST_CONDITIONS:
            return "decode.count"
        fields = cast("dict[str, object]", value)
        several = fields.get("conditions")
        waiting += ((each, depth + 1) for each in _listed(several))
        waiting.append((fields.get("condition"), depth + 1))
    return ""


def _listed(several: object) -> Iterable[object]:
    return cast("list[object]", several)[:_MOST_CONDITIONS] if type(several) is list else ()
