"""The plainest store that fulfils the contract: for the kit's tests, and to be broken."""

from __future__ import annotations

from asyncio import Lock as AsyncLock
from asyncio import sleep
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import RLock
from typing import Any

import attrs

from partnervisits.errors import NotFoundError
from partnervisits.readings import Reading
from partnervisits.repositories import (
    CONTRACT,
    Changes,
    Cursor,
    Key,
    Noun,
    Record,
    Stored,
    id_of,
    noun_of,
    order_key,
)


class PlainRepository:
    def __init__(self, store: PlainStore, noun: Noun) -> None:
        self._store = store
        self._noun = noun

    def get(self, id: str, /) -> Any:
        return self._store.got(self._noun, id)

    def find(
        self, filter: Any = None, /, *, after: Cursor | None = None, limit: int | None = None
    ) -> Any:
        return self._store.found(self._noun, filter, after, limit)


class PlainStore:
    """Each method is one thing that a store has to do right."""

    contract: Any = CONTRACT
    indicators: Any
    tasks: Any
    templates: Any
    visits: Any
    plans: Any
    readings: Any
    overrides: Any
    rules: Any
    follow_ups: Any

    def __init__(self) -> None:
        self.held: dict[Key, Stored[Any]] = {}
        self.writing: Any = RLock()
        self.reading: Any = self.writing
        self.clock: Iterator[int] = count(1)
        for noun in Noun:
            setattr(self, noun.value, PlainRepository(self, noun))

    # ---------------------------------------------------------------------------------- reading

    def key(self, noun: Noun, name: str) -> Key:
        return noun, name

    def got(self, noun: Noun, name: str) -> Any:
        try:
            return self.shown(self.held[self.key(noun, name)])
        except KeyError:
            raise NotFoundError(noun.value, name, ()) from None

    def shown(self, held: Stored[Any]) -> Any:
        return held

    def place(self, record: Record) -> tuple[str, str]:
        return order_key(record), id_of(record)

    def all_of(self, noun: Noun) -> list[Stored[Any]]:
        with self.reading:
            return [held for key, held in self.held.items() if key[0] is noun]

    def matches(self, wanted: Any, record: Any) -> bool:
        return wanted is None or wanted.matches(record)

    def is_behind(self, held: Stored[Any], after: Cursor | None) -> bool:
        return after is None or self.place(held.value) > (after.order_key, after.id)

    def found(self, noun: Noun, wanted: Any, after: Cursor | None, limit: int | None) -> Any:
        held = sorted(self.all_of(noun), key=lambda each: self.place(each.value))
        fits = [each for each in held if self.matches(wanted, each.value)]
        behind = [each for each in fits if self.is_behind(each, after)]
        return tuple(self.shown(each) for each in behind[:limit])

    # ---------------------------------------------------------------------------------- writing

    def apply(self, changes: Changes, /) -> None:
        with self.writing:
            self.write(self.decided(changes))

    def revisions(self, keys: Iterable[Key]) -> dict[Key, str]:
        there = {key: self.held.get(self.key(*key)) for key in keys}
        return {key: held.revision for key, held in there.items() if held}

    def held_reading(self, name: str) -> Reading:
        reading: Reading = self.held[self.key(Noun.READINGS, name)].value
        return reading

    def decided(self, changes: Changes) -> Changes:
        return changes.against(self.revisions(changes.keys), self.held_reading)

    def revision_of(self, record: Record) -> str:
        del record
        return str(next(self.clock))

    def write(self, writes: Changes) -> None:
        for gone in writes.deletes:
            del self.held[self.key(gone.noun, gone.id)]
        for put in writes.puts:
            self.keep(put.value)

    def keep(self, record: Record) -> None:
        key = self.key(noun_of(record), id_of(record))
        self.held[key] = Stored(record, self.revision_of(record))

    # ----------------------------------------------------------------------------- transactions

    @contextmanager
    def transaction(self) -> Generator[PlainStore]:
        """This store, put back when it is left."""
        before = dict(self.held)
        try:
            yield self
        finally:
            self.held = before


@attrs.define
class AsyncPlainRepository:
    repository: PlainRepository

    async def get(self, id: str, /) -> Any:
        await sleep(0)
        return self.repository.get(id)

    async def find(
        self, filter: Any = None, /, *, after: Cursor | None = None, limit: int | None = None
    ) -> Any:
        await sleep(0)
        return self.repository.find(filter, after=after, limit=limit)


class AsyncPlainStore:
    """The same, awaited."""

    contract: Any = CONTRACT
    indicators: Any
    tasks: Any
    templates: Any
    visits: Any
    plans: Any
    readings: Any
    overrides: Any
    rules: Any
    follow_ups: Any

    def __init__(self) -> None:
        self.plain = PlainStore()
        self.writing: Any = AsyncLock()
        for noun in Noun:
            setattr(self, noun.value, AsyncPlainRepository(PlainRepository(self.plain, noun)))

    async def apply(self, changes: Changes, /) -> None:
        async with self.writing:
            await sleep(0)
            writes = self.plain.decided(changes)
            await sleep(0)
            self.plain.write(writes)
