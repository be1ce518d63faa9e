"""A mapping that never changes: what is put in or taken out gives another one.

It is a tree. The hash of a key says, four bits at a time, by which of sixteen branches to go on,
until a small dictionary comes. A change copies what lies on that way, which is a few dozen pointers
among a thousand values and hardly more among a million.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")

_Branch: TypeAlias = list[Any]  # of branches and leaves
_Leaf: TypeAlias = dict[str, T]

_BITS = 4
_BRANCHES = 1 << _BITS
_DEEPEST = 10  # keys whose hashes agree so far stay in one leaf


class Table(Generic[T]):
    """Values by key."""

    __slots__ = ("_fill", "_root")

    def __init__(self, fill: int = 48) -> None:
        """Hold nothing.

        Args:
            fill: How many values a leaf has at most.
        """
        self._fill = fill
        self._root: _Branch = [{} for _ in range(_BRANCHES)]

    def get(self, key: str) -> T | None:
        """A value, or None if there is none.

        Args:
            key: Its key.
        """
        path = hash(key)
        node = self._root[path % _BRANCHES]
        while type(node) is list:
            path >>= _BITS
            node = node[path % _BRANCHES]
        return node.get(key)

    def changed(self, gone: Iterable[str], new: Iterable[tuple[str, T]]) -> Table[T]:
        """Another mapping.

        Args:
            gone: Keys that are there.
            new: Keys and values; a value that is there already is replaced.
        """
        other: Table[T] = Table.__new__(Table)
        other._fill, other._root = self._fill, self._root.copy()
        for key in gone:
            del other._own(key)[key]
        for key, value in new:
            other._own(key)[key] = value
        return other

    def _own(self, key: str) -> _Leaf[T]:
        """The leaf of a key with room for it, copied, as all above it: older mappings hold them."""
        branch, path = self._root, hash(key)
        for depth in range(1, _DEEPEST):
            at = path % _BRANCHES
            node = branch[at] = branch[at].copy()
            if type(node) is dict:
                if len(node) < self._fill or key in node:
                    return node
                node = branch[at] = _split(node, depth)
            branch, path = node, path >> _BITS
        at = path % _BRANCHES
        leaf: _Leaf[T] = branch[at].copy()
        branch[at] = leaf
        return leaf


def _split(leaf: _Leaf[T], depth: int) -> _Branch:
    """The values of a leaf spread over a branch, by the next bits of their keys."""
    branch: list[_Leaf[T]] = [{} for _ in range(_BRANCHES)]
    for key, value in leaf.items():
        branch[(hash(key) >> depth * _BITS) % _BRANCHES][key] = value
    return branch
