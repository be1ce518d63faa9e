"""The classes that a host inherits, and the last test, which counts the clauses."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from typing import cast

import pytest

from partnervisits.repositories import AsyncStore, Store
from partnervisits.testing._kit._awaited import AwaitedStore, Loop
from partnervisits.testing._kit._clauses import clause_of, fixed, needs_of
from partnervisits.testing._kit._finding import FindingClauses
from partnervisits.testing._kit._joining import JoiningClauses
from partnervisits.testing._kit._reading import ReadingClauses
from partnervisits.testing._kit._sharing import SharingClauses
from partnervisits.testing._kit._writing import WritingClauses

_WITHOUT_TRANSACTION = "say in `transaction` how one of the host is begun and rolled back"


# The last of the bases comes first: pytest collects what is inherited from there.
class _EveryClause(JoiningClauses, SharingClauses, WritingClauses, FindingClauses, ReadingClauses):
    @fixed
    def test_every_clause_ran(
        self, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
    ) -> None:
        """Say how many clauses ran, and refuse that one was left out without being declared."""
        tests = _tests_of(type(self))
        undeclared = {each for each in tests if not needs_of(tests[each]) <= self.capabilities}
        left_out = tests.keys() - undeclared - _chosen(request.session.items, type(self))
        said = _said(tests, undeclared, left_out)
        record_property("store contract", said)
        print(said)
        assert not left_out, said


def _tests_of(suite: type) -> Mapping[str, object]:
    tests = {name: getattr(suite, name) for name in dir(suite)}
    return {name: test for name, test in tests.items() if clause_of(test)}


def _chosen(items: Iterable[pytest.Item], suite: type) -> set[str]:
    """The tests of a suite that run, whatever they ask for."""
    ours = [each for each in items if isinstance(each, pytest.Function) and each.cls is suite]
    marks = {each: {mark.name for mark in each.iter_markers()} for each in ours}
    return {each.originalname for each in ours if marks[each].isdisjoint({"skip", "xfail"})}


def _said(tests: Mapping[str, object], undeclared: Iterable[str], left_out: Iterable[str]) -> str:
    def numbers(names: Iterable[str]) -> set[int]:
        return {number for name in names if (number := clause_of(tests[name]))}

    def listed(names: Iterable[str]) -> str:
        return ", ".join(f"C{number}" for number in sorted(numbers(names))) or "none"

    ran = numbers(tests) - numbers(undeclared) - numbers(left_out)
    return (
        f"{len(ran)} of {len(numbers(tests))} clauses ran; "
        f"not declared: {listed(undeclared)}; left out: {listed(left_out)}"
    )


class StoreContract(_EveryClause):
    """The contract of a store as tests: inherit it, and say how a store is made.

    Each clause that the protocols state is one test or a few, and a failure says which clause, in
    its words. No clause can be overridden. What the store need not be able to do is declared in
    `capabilities`; the clauses that ask for more are skipped. The last test says how many clauses
    ran (`pytest -rP` shows it), and fails if one was left out in another way.

    Attributes:
        capabilities: What the store can do besides; nothing by default.
        traced: Modules, besides those of the store's own classes, whose lines are steps at which
            another writer may come in: those that a store hands its work to.

    Example:
        >>> from collections.abc import Generator
        >>> from contextlib import contextmanager
        >>> import partnervisits as pv
        >>> from partnervisits.repositories import Store
        >>> from partnervisits.testing import Capability, StoreContract
        >>> class TestMemoryStore(StoreContract):
        ...     capabilities = frozenset({Capability.CONCURRENT})
        ...
        ...     @contextmanager
        ...     def make_store(self) -> Generator[Store]:
        ...         yield pv.MemoryStore()
        >>> TestMemoryStore().test_c17_the_store_says_which_contract_it_fulfils()
    """

    @abstractmethod
    def make_store(self) -> AbstractContextManager[Store]:
        """A new and empty store; it is left when a test is done with it.

        A store that is `CONCURRENT` is used from several threads, and what it applies is there for
        all of them at once: over a database, with a connection and a transaction for each call.
        """

    def beside(self, store: Store) -> AbstractContextManager[Store]:
        """Another door to the records of a store, for another thread; by default the same one.

        Args:
            store: That `make_store` has made.
        """
        return nullcontext(store)

    def transaction(self, store: Store) -> AbstractContextManager[Store]:
        """A store on the same records, in a transaction that is rolled back when it is left.

        Args:
            store: That `make_store` has made.

        Raises:
            NotImplementedError: `TRANSACTIONS` is declared and this is not overridden.
        """
        raise NotImplementedError(_WITHOUT_TRANSACTION)

    def _new_store(self) -> AbstractContextManager[Store]:
        return self.make_store()

    def _other_door(self, store: Store) -> AbstractContextManager[Store]:
        return self.beside(store)

    def _rolled_back(self, store: Store) -> AbstractContextManager[Store]:
        return self.transaction(store)


class AsyncStoreContract(_EveryClause):
    """As `StoreContract`, for a store whose methods are awaited: the same clauses (S 10.7).

    All of it runs on one event loop. A place where the store awaits something is a step at which
    another writer may come in.

    Attributes:
        capabilities: As for `StoreContract`.

    Example:
        >>> from collections.abc import AsyncGenerator
        >>> from contextlib import asynccontextmanager
        >>> from partnervisits.repositories import AsyncStore
        >>> from partnervisits.testing import AsyncStoreContract
        >>> class TestMyStore(AsyncStoreContract):
        ...     @asynccontextmanager
        ...     async def make_store(self) -> AsyncGenerator[AsyncStore]:
        ...         yield ...
    """

    _has_lines = False  # a store that never awaits in `apply` cannot be interrupted there

    @abstractmethod
    def make_store(self) -> AbstractAsyncContextManager[AsyncStore]:
        """As `StoreContract.make_store`."""

    @asynccontextmanager
    async def beside(self, store: AsyncStore) -> AsyncGenerator[AsyncStore]:
        """As `StoreContract.beside`.

        Args:
            store: That `make_store` has made.
        """
        yield store

    def transaction(self, store: AsyncStore) -> AbstractAsyncContextManager[AsyncStore]:
        """As `StoreContract.transaction`.

        Args:
            store: That `make_store` has made.

        Raises:
            NotImplementedError: As there.
        """
        raise NotImplementedError(_WITHOUT_TRANSACTION)

    @contextmanager
    def _new_store(self) -> Generator[Store]:
        loop = Loop()
        try:
            with loop.within(self.make_store()) as store:
                yield _awaited(store, loop)
        finally:
            loop.close()

    @contextmanager
    def _other_door(self, store: Store) -> Generator[Store]:
        made = cast("AwaitedStore", store)
        with made.loop.within(self.beside(made.asynchronous)) as other:
            yield _awaited(other, made.loop)

    @contextmanager
    def _rolled_back(self, store: Store) -> Generator[Store]:
        made = cast("AwaitedStore", store)
        with made.loop.within(self.transaction(made.asynchronous)) as inner:
            yield _awaited(inner, made.loop)


def _awaited(store: AsyncStore, loop: Loop) -> Store:
    return cast("Store", AwaitedStore(store, loop))
