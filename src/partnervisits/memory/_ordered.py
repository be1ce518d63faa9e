"""A sorted set of texts that never changes: what is added or removed gives another one.

It is kept in chunks. A change copies the chunks that it touches and the list of all chunks, and
whoever reads an older set is not disturbed. Chunks are short, since to copy one touches each of its
texts, which lie anywhere in memory; the list of all chunks was touched by the change before.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator


class Ordered:
    """Texts by code point, each once."""

    __slots__ = ("_chunks", "_lasts", "_most")

    def __init__(self, most: int = 128) -> None:
        """Hold nothing.

        Args:
            most: How many texts a chunk has at most.
        """
        self._most = most
        self._chunks: list[list[str]] = []
        self._lasts: list[str] = []

    def changed(self, removed: Iterable[str], added: Iterable[str]) -> Ordered:
        """Another set.

        Args:
            removed: Texts that are there.
            added: Texts that are not there.
        """
        other: Ordered = object.__new__(type(self))
        other._most = self._most
        other._chunks, other._lasts = self._chunks.copy(), self._lasts
        for text in removed:
            other._remove(text)
        for text in added:
            other._add(text)
        return other

    def between(self, low: str, high: str) -> Iterator[str]:
        """The texts from one on to before another.

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

    def span(self, low: str, high: str) -> int:
        """About how many texts there are between two; exact within a chunk.

        Args:
            low: As in `between`.
            high: As in `between`.
        """
        return self._about(high) - self._about(low)

    def _about(self, text: str) -> int:
        at = bisect_left(self._lasts, text)
        within = bisect_left(self._chunks[at], text) if at < len(self._lasts) else 0
        return at * self._most + within

    # A chunk and the list of lasts are replaced and never changed, since older sets hold them too.

    def _remove(self, text: str) -> None:
        at = bisect_left(self._lasts, text)
        chunk = self._chunks[at].copy()
        del chunk[bisect_left(chunk, text)]
        self._replace(at, chunk)

    def _add(self, text: str) -> None:
        at = min(bisect_left(self._lasts, text), max(len(self._lasts) - 1, 0))
        chunk = self._chunks[at].copy() if self._chunks else []
        insort(chunk, text)
        self._replace(at, chunk)

    def _replace(self, at: int, chunk: list[str]) -> None:
        if len(chunk) <= self._most and chunk[-1:] == self._lasts[at : at + 1]:
            self._chunks[at] = chunk
            return
        half = len(chunk) // 2
        parts = (
            [chunk[:half], chunk[half:]] if len(chunk) > self._most else [chunk] if chunk else []
        )
        self._chunks[at : at + 1] = parts
        self._lasts = [*self._lasts[:at], *(part[-1] for part in parts), *self._lasts[at + 1 :]]
