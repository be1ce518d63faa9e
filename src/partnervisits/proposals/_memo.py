"""Results that visits share."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")


class Memo:
    """Results shared by visits, by key; forgets all rather than grow without bound."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[Hashable, tuple[object, object]] = {}

    def get(self, key: Hashable, alive: object, make: Callable[[], T]) -> T:
        """The result for a key.

        A key may hold the `id()` of an object: keeping `alive`, which refers to the object, keeps
        that id from being given to another.
        """
        known = self._held.get(key)
        if known is None:
            if len(self._held) >= self._most:
                self._held.clear()
            known = self._held[key] = (make(), alive)
        return known[0]  # type: ignore[return-value]
