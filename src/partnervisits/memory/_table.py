"""A mapping that never changes: what is put in or taken out gives another one.

It is a tree. The hash of a key says, four bits at a time, by which of sixteen branches to go on,
until a small dictionary comes. A change copies what lies on that way, which is a few dozen pointers
among a thousand values and hardly more among a million.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")

_Leaf: TypeAlias = dict[str, Any]
_Branch: TypeAlias = list["_Branch | _Leaf"]

_BITS = 4
_BRANCHES = 1 << _BITS


class Table(Generic[T]):
    """Values by key."""

    __slots__ = ("_deepest", "_fill", "_root")

    def __init__(self, fill: int = 48, deepest: int = 10) -> None:
        """Hold nothing.

        Args:
            fill: How many values a leaf has at most.
            deepest: How many branches lie before a leaf at most; one there holds any number.
        """
        self._fill = fill
        self._deepest = deepest
        self._root: _Branch = [{} for _ in range(_BRANCHES)]

    def get(self, key: str) -> T | None:
        """A value, or None if there is none.

        Args:
            key: Its key.
        """
        path = hash(key)
        node = self._root[path % _BRANCHES]
        while isinstance(node, list):
            path >>= _BITS
            node = node[path % _BRANCHES]
        value: T | None = node.get(key)
        return value

    def changed(self, gone: Iterable[str], new: Iterable[tuple[str, T]]) -> Table[T]:
        """Another mapping.

        Args:
            gone: Keys that are there.
            new: Keys and values; a value that is there already is replaced.
        """
        other: Table[T] = object.__new__(type(self))
        other._fill, other._deepest, other._root = self._fill, self._deepest, self._root.copy()
        for key in gone:
            del other._own(key)[key]
        for key, value in new:
            other._own(key)[key] = value
        return other

    def _own(self, key: str) -> _Leaf:
        """The leaf of a key with room for it, copied, as all above it: older mappings hold them."""
        branch, path = self._root, hash(key)
        depth = 1
        while True:
            at = path % _BRANCHES
            node = branch[at] = branch[at].copy()
            if isinstance(node, dict):
                if len(node) < self._fill or key in node or depth == self._deepest:
                    return node
                node = branch[at] = _split(node, depth)
            branch, path, depth = node, path >> _BITS, depth + 1


def _split(leaf: _Leaf, depth: int) -> _Branch:
    """The values of a leaf spread over a branch, by the next bits of their keys."""
    parts: list[_Leaf] = [{} for _ in range(_BRANCHES)]
    for key, value in leaf.items():
        parts[(hash(key) >> depth * _BITS) % _BRANCHES][key] = value
    return [*parts]
