"""What is wrong with a document: every refusal of cattrs and of the domain, with its path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from typing import ClassVar, cast

import attrs
from cattrs import AttributeValidationNote, ForbiddenExtraKeysError, IterableValidationNote
from cattrs.errors import BaseValidationError

from partnervisits.errors import FindingsError, InvalidValueError
from partnervisits.fields import cause_of, kind_of
from partnervisits.findings import Finding, Path

_LONGEST_PART = 255
_MOST = 10_000


class DecodeError(FindingsError, ValueError):
    """A document that cannot be read (S 11.2).

    Attributes:
        findings: All that is wrong with it, each with its path in the document.

    Example:
        >>> from partnervisits import Override, codec
        >>> try:
        ...     codec.loads('{"kind": "override", "schema": 2, "data": {}}', Override)
        ... except codec.DecodeError as refused:
        ...     print(refused.findings[0].code)
        decode.newer
    """

    _what: ClassVar[str] = "the document is refused"


@attrs.frozen
class Unfit:
    """What the text of a document holds in place of a value that JSON or a reader cannot have.

    Attributes:
        code: Of the finding.
        message: What to write instead.
    """

    code: str
    message: str


_JSON: dict[type, str] = {
    dict: "an object",
    list: "a list",
    int: "a number",
    float: "a number with a fraction",
    type(None): "null",
}


def unfit(value: object, due: str) -> InvalidValueError:
    """The refusal of a value of the wrong type.

    Args:
        value: Plain data.
        due: What to write instead.
    """
    if isinstance(value, Unfit):
        return InvalidValueError(value.code, value.message)
    if type(value) is bool:
        found = "true" if value else "false"
    else:
        found = _JSON.get(type(value)) or kind_of(value)
    return InvalidValueError("decode.type", f"write {due}, not {found}")


def listed(words: Iterable[str]) -> str:
    """What can be written, for a message: `a, b or c`.

    Args:
        words: At least one.
    """
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def findings_of(error: Exception, data: object) -> Iterator[Finding]:
    """All that an error of cattrs has gathered.

    Args:
        error: What `structure` raised.
        data: What it was given.
    """
    waiting: list[tuple[Exception, Path, type | None]] = [(error, _noted(error), None)]
    while waiting:
        error, path, owner = waiting.pop()
        if isinstance(error, BaseValidationError):
            inner = cast("Iterable[Exception]", error.exceptions)
            waiting += [(each, (*path, *_noted(each)), error.cl) for each in inner]
        else:
            yield from _found(error, path, owner, data)


def _noted(error: Exception) -> Path:
    """The way to an error, which its notes tell from the inside out."""
    path: list[str | int] = []
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            path.append(note.name)
        elif isinstance(note, IterableValidationNote):
            path.append(part(note.index))
    return tuple(reversed(path))


def part(key: object) -> str | int:
    """A key of an object as it can stand in a path, whatever it holds.

    Args:
        key: Of plain data, or of anything that was passed for them.
    """
    if type(key) is int:
        return key
    if type(key) is str and key.isprintable() and len(key) <= _LONGEST_PART:
        return key
    return kind_of(key)


def _found(error: Exception, path: Path, owner: type | None, data: object) -> Iterator[Finding]:
    match error:
        case InvalidValueError():
            yield error.finding(*path, *_field_of(error, owner))
        case FindingsError():
            places = _Places(data)
            for finding in error.findings:
                yield attrs.evolve(finding, path=places.of((*path, *finding.path)))
        case ForbiddenExtraKeysError(extra_fields=keys):
            for key in nsmallest(_MOST, cast("set[object]", keys), key=_rank):
                yield Finding((*path, part(key)), "decode.extra", "leave it out: it is no field")
        case KeyError():
            yield Finding(path, "decode.missing", "write it: it is never left out")
        case RecursionError():
            yield Finding(path, "decode.depth", "flatten it: it is nested too deeply to be read")
        case _:
            yield Finding(path, "decode.failed", f"reading it failed with {cause_of(error)}")


def _rank(key: object) -> tuple[str, str]:
    return type(key).__name__, repr(key)


def _field_of(error: InvalidValueError, owner: type | None) -> tuple[str, ...]:
    """The field whose value the constructor of a class refused, if it names one."""
    if owner is None or not attrs.has(owner):
        return ()
    return tuple(field.name for field in attrs.fields(owner) if field.name == error.field)


class _Places:
    """Where things stand in data: entries of lists that go by their keys, by their positions."""

    def __init__(self, data: object) -> None:
        self._data = data
        self._positions: dict[int, dict[str, int]] = {}

    def of(self, path: Path) -> Path:
        """A path by positions."""
        found: list[str | int] = []
        inner = self._data
        for part_of_path in path:
            position = self._position(part_of_path, inner)
            found.append(position)
            inner = _inside(inner, position)
        return tuple(found)

    def _position(self, key: str | int, data: object) -> str | int:
        """Where the entry of a key stands; of several the last, which is one too many."""
        if not isinstance(key, str) or not isinstance(data, list):
            return key
        entries = cast("list[object]", data)
        if id(entries) not in self._positions:
            named = ((name, at) for at, each in enumerate(entries) for name in _names(each))
            self._positions[id(entries)] = dict(named)
        return self._positions[id(entries)].get(key, key)


def _names(entry: object) -> Iterator[str]:
    """What an entry of a list goes by."""
    if not isinstance(entry, dict):
        entry = {"key": entry}
    fields = cast("dict[str, object]", entry)
    names = (fields.get("key"), fields.get("indicator"))
    yield from (each for each in names if isinstance(each, str))
    yield f"{fields.get('key')}@{fields.get('version')}"


def _inside(data: object, part_of_path: str | int) -> object:
    try:
        return cast("list[object]", data)[cast("int", part_of_path)]
    except (LookupError, TypeError):
        return None
