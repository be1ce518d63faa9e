"""The kit itself: it lets a good store pass, and says of a broken one what is wrong (S 10.7)."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from itertools import product
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import Phase, settings

from partnervisits.errors import InvalidValueError
from partnervisits.repositories import AsyncStore, Store
from partnervisits.testing import CLAUSES, AsyncStoreContract, Capability, StoreContract
from partnervisits.testing._kit._clauses import clause_of
from tests.testing.broken import BROKEN
from tests.testing.plain import AsyncPlainStore, PlainStore

EVERYTHING = frozenset(Capability)


class TestPlainStore(StoreContract):
    capabilities = EVERYTHING

    @contextmanager
    def make_store(self) -> Iterator[Store]:
        yield PlainStore()

    def transaction(self, store: Store) -> AbstractContextManager[Store]:
        assert isinstance(store, PlainStore)
        return store.transaction()


class TestAsyncPlainStore(AsyncStoreContract):
    capabilities = EVERYTHING

    @asynccontextmanager
    async def make_store(self) -> AsyncIterator[AsyncStore]:
        yield AsyncPlainStore()

    @asynccontextmanager
    async def transaction(self, store: AsyncStore) -> AsyncIterator[AsyncStore]:
        assert isinstance(store, AsyncPlainStore)
        with store.plain.transaction():
            yield store


# --------------------------------------------------------------------------------- broken stores


def cases_of(suite: StoreContract | AsyncStoreContract, number: int) -> Iterator[Any]:
    """Every call of the tests of a clause."""
    for name in dir(suite):
        test = getattr(suite, name)
        if clause_of(getattr(test, "__func__", None)) == number:
            marks = [mark.args for mark in getattr(test, "pytestmark", ())]
            for values in product(*(held for _, held in marks)):
                arguments = dict(zip((word for word, _ in marks), values, strict=True))
                yield lambda test=test, arguments=arguments: test(**arguments)


def failure(suite: StoreContract | AsyncStoreContract, number: int) -> BaseException | None:
    for case in cases_of(suite, number):
        try:
            case()
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 -- whatever it is
            return error
    return None


def suite_of(kind: type[PlainStore]) -> StoreContract:
    class TestBroken(TestPlainStore):
        @contextmanager
        def make_store(self) -> Iterator[Store]:
            yield kind()

    return TestBroken()


@pytest.fixture
def hasty() -> Iterator[None]:
    """Nobody reads what fails here, so nothing has to be made smaller."""
    before = settings.get_current_profile_name()
    settings.register_profile("hasty", settings(), phases=[Phase.generate])
    settings.load_profile("hasty")
    yield
    settings.load_profile(before)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("kind", "number"), BROKEN.items(), ids=lambda value: getattr(value, "__name__", f"C{value}")
)
def test_a_clause_notices_what_is_wrong_and_says_which_one_it_is(
    kind: type[PlainStore], number: int
) -> None:
    failed = failure(suite_of(kind), number)
    assert failed is not None, "nobody noticed"
    assert f"C{number} of the store contract: {CLAUSES[number]}" in failed.__notes__


def test_every_clause_has_a_broken_store_that_it_notices() -> None:
    assert {*BROKEN.values()} == {*CLAUSES} == {*range(1, 36)}


def test_a_broken_store_breaks_nothing_else_than_it_says() -> None:
    assert [failure(suite_of(PlainStore), number) for number in (1, 9, 24, 31, 33, 35)] == [None] * 6


class ChecksAndThenWaits(AsyncPlainStore):
    async def apply(self, changes: Any, /) -> None:
        writes = self.plain.decided(changes)
        await asyncio.sleep(0)
        self.plain.write(writes)


def test_a_task_that_comes_in_where_an_asynchronous_store_awaits_is_noticed() -> None:
    class TestBroken(TestAsyncPlainStore):
        @asynccontextmanager
        async def make_store(self) -> AsyncIterator[AsyncStore]:
            yield ChecksAndThenWaits()

    assert failure(TestBroken(), 31) is not None
    assert failure(TestBroken(), 33) is not None
    assert failure(TestBroken(), 24) is None
