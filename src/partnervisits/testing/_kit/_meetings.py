"""Two pieces of work on one store that meet at a chosen step of the first one (C31 to C33).

Threads that only run side by side hardly ever meet between a check and the write that follows. So
the first one stands still at one step and the second one comes in; then at the next step, and so
on, until the first one is done before it gets that far. A step is a line of the store's code, or a
place where an asynchronous store awaits something.

If the second one has to wait for the first one, that is the store's way to keep them apart: then
the first one goes on after a while.
"""

from __future__ import annotations

import sys
from asyncio import wait as wait_async
from asyncio import wrap_future
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from contextvars import ContextVar
from functools import partial
from types import FrameType
from typing import Any, Generic, TypeVar

import attrs

T = TypeVar("T")


@attrs.frozen
class Meeting(Generic[T]):
    """What came of two pieces of work.

    Attributes:
        first: What the first one was refused with, if it was.
        second: What the second one gave, or was refused with.
    """

    first: Exception | None
    second: T | Exception


class Pause(Generic[T]):
    """One moment in some work, at which something else is done."""

    def __init__(
        self, step: int, meanwhile: Callable[[], T], patience: float, pool: ThreadPoolExecutor
    ) -> None:
        """Wait for the moment.

        Args:
            step: Which one of the work it is.
            meanwhile: What is done then.
            patience: For how many seconds the work stands still at the most.
            pool: Where it is done.
        """
        self._left = step
        self._meanwhile = meanwhile
        self._patience = patience
        self._pool = pool
        self.done: Future[T] | None = None

    def _is_now(self) -> bool:
        self._left -= 1
        return self._left == 0

    def step(self) -> None:
        """A step of work that a thread does."""
        if self._is_now():
            self.done = self._pool.submit(self._meanwhile)
            _ = wait([self.done], self._patience)

    async def step_async(self) -> None:
        """A step of work that is awaited."""
        if self._is_now():
            self.done = self._pool.submit(self._meanwhile)
            _ = await wait_async([wrap_future(self.done)], timeout=self._patience)


PAUSE: ContextVar[Pause[Any] | None] = ContextVar("PAUSE", default=None)
"""Where the work that this context does is to stand still."""


def meet(
    first: Callable[[], None],
    second: Callable[[], T],
    *,
    step: int,
    modules: tuple[str, ...],
    patience: float,
) -> Meeting[T] | None:
    """Do two things, the second one at a step of the first one.

    Args:
        first: Writes something.
        second: Writes or reads something.
        step: At which step, from 1 up.
        modules: Whose lines are steps; those of the modules in them too.
        patience: For how many seconds the first one stands still at the most.

    Returns:
        What came of it; None if the first one was done before that step, and nothing else is.
    """
    with ThreadPoolExecutor(2) as pool:
        pause = Pause(step, partial(attempt, second), patience, pool)
        refused = pool.submit(_in_steps, first, pause, modules).result()
        return None if pause.done is None else Meeting(refused, pause.done.result())


def attempt(work: Callable[[], T]) -> T | Exception:
    """What some work gives, or is refused with.

    Args:
        work: Whatever a store may refuse.
    """
    try:
        return work()
    except Exception as refused:  # noqa: BLE001 -- a store may refuse with what it likes
        return refused


def tracer_of(pause: Pause[Any], modules: tuple[str, ...]) -> Callable[..., Any]:
    """What `sys.settrace` calls at every line: those of some modules are steps of a pause.

    Args:
        pause: Where the work stands still.
        modules: Those of the store; what stands in them too.
    """

    def trace(frame: FrameType, event: str, _: object) -> Any:  # noqa: ANN401 -- of `settrace`
        name = str(frame.f_globals.get("__name__"))
        if not any(name == each or name.startswith(f"{each}.") for each in modules):
            return None
        if event == "line":
            pause.step()
        return trace

    return trace


def _in_steps(
    work: Callable[[], None], pause: Pause[Any], modules: tuple[str, ...]
) -> Exception | None:
    with ExitStack() as stack:
        _ = stack.callback(sys.settrace, sys.gettrace())
        _ = stack.callback(PAUSE.reset, PAUSE.set(pause))
        sys.settrace(tracer_of(pause, modules))
        return attempt(work)  # pragma: no cover -- nor can another tracer see this line


class InSteps(Generic[T]):
    """An awaitable that is some work, each place where it awaits something a step of a pause."""

    def __init__(self, work: Coroutine[Any, Any, T], pause: Pause[Any]) -> None:
        """Await nothing yet.

        Args:
            work: Of an asynchronous store.
            pause: Where it stands still.
        """
        self._work = work
        self._pause = pause

    def __await__(self) -> Generator[Any, Any, T]:
        """Await the work, and at one step the pause."""
        advance: Callable[[], Any] = partial(self._work.send, None)
        while True:
            try:
                awaited = advance()
            except StopIteration as done:
                result: T = done.value
                return result
            yield from self._pause.step_async().__await__()
            try:
                yield awaited
                advance = partial(self._work.send, None)
            except BaseException as error:  # noqa: BLE001 -- it is the work's business
                advance = partial(self._work.throw, error)
