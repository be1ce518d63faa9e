"""An asynchronous store as the clauses see it: each call runs on one event loop, to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from threading import Thread
from typing import Any, Generic, TypeVar

from partnervisits.repositories import (
    AsyncRepository,
    AsyncStore,
    Changes,
    Cursor,
    Noun,
    Record,
    Stored,
)
from partnervisits.testing._kit._meetings import PAUSE, InSteps, Pause

R = TypeVar("R", bound=Record)
F = TypeVar("F")
T = TypeVar("T")


class Loop:
    """An event loop in a thread of its own, so that several threads may call what it runs."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run some work to its end.

        Args:
            work: What is awaited.
        """
        return asyncio.run_coroutine_threadsafe(_stepwise(work, PAUSE.get()), self._loop).result()

    def close(self) -> None:
        """Run nothing more."""
        self.run(self._loop.shutdown_asyncgens())
        _ = self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @contextmanager
    def within(self, manager: AbstractAsyncContextManager[T]) -> Generator[T]:
        """Enter and leave what is entered and left asynchronously.

        Args:
            manager: Entered on the loop.
        """
        entered = self.run(_entered(manager))
        try:
            yield entered
        except BaseException as error:
            self.run(_left(manager, error))
            raise
        self.run(_left(manager, None))


async def _stepwise(work: Coroutine[Any, Any, T], pause: Pause[Any] | None) -> T:
    return await (work if pause is None else InSteps(work, pause))


async def _entered(manager: AbstractAsyncContextManager[T]) -> T:
    return await manager.__aenter__()


async def _left(manager: AbstractAsyncContextManager[Any], error: BaseException | None) -> None:
    kind, trace = (None, None) if error is None else (type(error), error.__traceback__)
    _ = await manager.__aexit__(kind, error, trace)


class AwaitedRepository(Generic[R, F]):
    """A `Repository` over an asynchronous one."""

    def __init__(self, repository: AsyncRepository[R, F], loop: Loop) -> None:
        """For a store to make.

        Args:
            repository: The asynchronous one.
            loop: Where it runs.
        """
        self._repository = repository
        self._loop = loop

    def get(self, id: str, /) -> Stored[R]:
        """As of the asynchronous one.

        Args:
            id: The record's id.
        """
        return self._loop.run(self._repository.get(id))

    def find(
        self, filter: F | None = None, /, *, after: Cursor | None = None, limit: int | None = None
    ) -> tuple[Stored[R], ...]:
        """As of the asynchronous one.

        Args:
            filter: Which of them.
            after: The place to begin behind.
            limit: How many at most.
        """
        return self._loop.run(self._repository.find(filter, after=after, limit=limit))


class AwaitedStore:
    """A `Store` over an asynchronous one."""

    def __init__(self, store: AsyncStore, loop: Loop) -> None:
        """Use another store.

        Args:
            store: The asynchronous one.
            loop: Where it runs.
        """
        self.asynchronous = store
        self.contract = store.contract
        self.loop = loop
        for noun in Noun:
            repository = AwaitedRepository[Any, Any](getattr(store, noun.value), loop)
            setattr(self, noun.value, repository)

    def apply(self, changes: Changes, /) -> None:
        """As of the asynchronous one.

        Args:
            changes: Puts, deletes and checks.
        """
        self.loop.run(self.asynchronous.apply(changes))
