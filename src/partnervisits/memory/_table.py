"""A mapping that never changes: what is put in or taken out gives another one.

It is kept in small dictionaries, among which the hash of a key chooses. A change copies those that
it touches, and the list of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Table(Generic[T]):
    """Values by key."""

    __slots__ = ("_buckets", "_count", "_fill")

    def __init__(self, buckets: int = 16, fill: int = 64) -> None:
        """Hold nothing.

        Args:
            buckets: How many dictionaries there are.
            fill: How many values each has on the average when their number is doubled.
        """
        self._fill = fill
        self._count = 0
        self._buckets: list[dict[str, T]] = [{} for _ in range(buckets)]

    def get(self, key: str) -> T | None:
        """A value, or None if there is none.

        Args:
            key: Its key.
        """
        return self._buckets[hash(key) % len(self._buckets)].get(key)

    def changed(self, gone: Iterable[str], new: Iterable[tuple[str, T]]) -> Table[T]:
        """Another mapping.

        Args:
            gone: Keys that are there.
            new: Keys and values; a value that is there already is replaced.
        """
        other: Table[T] = Table(0, self._fill)
        other._count, other._buckets = self._count, self._buckets[:]
        for key in gone:
            del other._own(key)[key]
            other._count -= 1
        for key, value in new:
            bucket = other._own(key)
            other._count += key not in bucket
            bucket[key] = value
        if other._count > len(other._buckets) * self._fill:
            return other._spread(4 * other._count // self._fill)
        return other

    def _own(self, key: str) -> dict[str, T]:
        """The dictionary of a key, copied since older mappings hold it too."""
        at = hash(key) % len(self._buckets)
        bucket = self._buckets[at] = self._buckets[at].copy()
        return bucket

    def _spread(self, buckets: int) -> Table[T]:
        wider: Table[T] = Table(buckets, self._fill)
        wider._count = self._count
        for bucket in self._buckets:
            for key, value in bucket.items():
                wider._buckets[hash(key) % buckets][key] = value
        return wider
