"""A sorted sequence that never changes: what is added or removed gives another one.

It is kept in chunks. A change copies the chunks that it touches and the list of all chunks, so one
change costs a few hundred pointers, whether there are a thousand entries or a hundred thousand, and
whoever reads an older sequence is not disturbed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

Entry: TypeAlias = tuple[Any, ...]
"""Compared part by part. A shorter one stands before all that begin with it."""


class Ordered:
    """Entries in order, each once."""

    __slots__ = ("_chunks", "_lasts", "_most")

    def __init__(self, most: int = 512) -> None:
        """Hold nothing.

        Args:
            most: How many entries a chunk has at most.
        """
        self._most = most
        self._chunks: list[list[Entry]] = []
        self._lasts: list[Entry] = []

    def changed(self, removed: Iterable[Entry], added: Iterable[Entry]) -> Ordered:
        """Another sequence.

        Args:
            removed: Entries that are there.
            added: Entries that are not there, or are among the removed ones.
        """
        other = Ordered(self._most)
        other._chunks, other._lasts = self._chunks[:], self._lasts[:]
        for entry in removed:
            other._remove(entry)
        for entry in added:
            other._add(entry)
        return other

    def first(self, probe: Entry) -> Entry | None:
        """The first entry that does not stand before a probe; None if all do.

        Args:
            probe: An entry or the beginning of one.
        """
        at = bisect_left(self._lasts, probe)
        if at == len(self._lasts):
            return None
        chunk = self._chunks[at]
        return chunk[bisect_left(chunk, probe)]

    def between(self, low: Entry, high: Entry) -> Iterator[Entry]:
        """The entries from one probe to before another.

        Args:
            low: What stands before it is left out.
            high: What does not stand before it is left out.
        """
        for at in range(bisect_left(self._lasts, low), len(self._chunks)):
            chunk = self._chunks[at]
            start = bisect_left(chunk, low)
            if high <= chunk[-1]:
                yield from chunk[start : bisect_left(chunk, high)]
                return
            yield from chunk[start:]

    def span(self, low: Entry, high: Entry) -> int:
        """About how many entries there are between two probes; exact within a chunk.

        Args:
            low: As in `between`.
            high: As in `between`.
        """
        return self._about(high) - self._about(low)

    def _about(self, probe: Entry) -> int:
        at = bisect_left(self._lasts, probe)
        within = bisect_left(self._chunks[at], probe) if at < len(self._lasts) else 0
        return at * self._most + within

    # A chunk is replaced and never changed, since older sequences hold it too.

    def _remove(self, entry: Entry) -> None:
        at = bisect_left(self._lasts, entry)
        chunk = self._chunks[at]
        within = bisect_left(chunk, entry)
        self._replace(at, chunk[:within] + chunk[within + 1 :])

    def _add(self, entry: Entry) -> None:
        at = bisect_left(self._lasts, entry)
        if at == len(self._lasts):
            at = max(at - 1, 0)
        chunk = self._chunks[at] if self._chunks else []
        within = bisect_left(chunk, entry)
        self._replace(at, [*chunk[:within], entry, *chunk[within:]])

    def _replace(self, at: int, chunk: list[Entry]) -> None:
        half = len(chunk) // 2
        parts = (
            [chunk[:half], chunk[half:]] if len(chunk) > self._most else [chunk] if chunk else []
        )
        self._chunks[at : at + 1] = parts
        self._lasts[at : at + 1] = [part[-1] for part in parts]
