"""The kit itself: it lets a good store pass, and says of a broken one what is wrong (S 10.7)."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import partial
from inspect import currentframe
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
from partnervisits.testing._kit._meetings import InSteps, Pause, tracer_of
from tests.testing.broken import BROKEN
from tests.testing.plain import AsyncPlainStore, PlainStore

EVERYTHING = frozenset(Capability)


class TestPlainStore(StoreContract):
    capabilities = EVERYTHING

    @contextmanager
    def make_store(self) -> Generator[Store]:
        yield PlainStore()

    def transaction(self, store: Store) -> AbstractContextManager[Store]:
        assert isinstance(store, PlainStore)
        return store.transaction()


class TestAsyncPlainStore(AsyncStoreContract):
    capabilities = EVERYTHING

    @asynccontextmanager
    async def make_store(self) -> AsyncGenerator[AsyncStore]:
        yield AsyncPlainStore()

    @asynccontextmanager
    async def transaction(self, store: AsyncStore) -> AsyncGenerator[AsyncStore]:
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
                yield partial(test, **arguments)


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
        def make_store(self) -> Generator[Store]:
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
    assert [failure(suite_of(PlainStore), number) for number in (1, 9, 24, 31, 33, 35)] == [
        None
    ] * 6


class ChecksAndThenWaits(AsyncPlainStore):
    async def apply(self, changes: Any, /) -> None:
        writes = self.plain.decided(changes)
        await asyncio.sleep(0)
        self.plain.write(writes)


def test_a_task_that_comes_in_where_an_asynchronous_store_awaits_is_noticed() -> None:
    class TestBroken(TestAsyncPlainStore):
        @asynccontextmanager
        async def make_store(self) -> AsyncGenerator[AsyncStore]:
            yield ChecksAndThenWaits()

    assert failure(TestBroken(), 31) is not None
    assert failure(TestBroken(), 33) is not None
    assert failure(TestBroken(), 24) is None


# ------------------------------------------------------------------------- what a host cannot do


def test_no_clause_can_be_overridden() -> None:
    with pytest.raises(InvalidValueError, match="C2 cannot be overridden") as refused:

        class TestLenient(StoreContract):  # pyright: ignore[reportUnusedClass]
            def test_c02_what_is_not_there_is_not_found(self) -> None:  # type: ignore[override]
                """Nothing."""

    error = refused.value
    assert (error.code, error.owner) == ("kit.clause", "TestLenient")
    assert error.field == "test_c02_what_is_not_there_is_not_found"


def test_no_clause_can_be_taken_away() -> None:
    with pytest.raises(InvalidValueError, match="C16 cannot be overridden"):
        _ = type("TestLess", (StoreContract,), {"test_c16_what_is_found_is_a_tuple": None})


def test_no_clause_can_be_overridden_from_beside() -> None:
    class Lenient:
        test_c16_what_is_found_is_a_tuple = None

    with pytest.raises(InvalidValueError, match="C16 cannot be overridden"):
        _ = type("TestLess", (Lenient, StoreContract), {})


def test_the_test_that_counts_the_clauses_cannot_be_overridden_either() -> None:
    with pytest.raises(InvalidValueError, match="test_every_clause_ran cannot be overridden"):
        _ = type("TestLess", (StoreContract,), {"test_every_clause_ran": None})


def test_a_suite_says_how_a_store_is_made() -> None:
    class TestNothing(StoreContract):
        pass

    with pytest.raises(TypeError, match=r"abstract.*make_store"):
        _ = TestNothing()  # type: ignore[abstract]  # pyright: ignore[reportAbstractUsage]


def test_a_suite_that_declares_transactions_says_how_one_is_begun() -> None:
    class TestForgetful(StoreContract):
        capabilities = EVERYTHING

        @contextmanager
        def make_store(self) -> Generator[Store]:
            yield PlainStore()

    class TestForgetfulAsync(AsyncStoreContract):
        capabilities = EVERYTHING

        @asynccontextmanager
        async def make_store(self) -> AsyncGenerator[AsyncStore]:
            yield AsyncPlainStore()

    for suite in (TestForgetful(), TestForgetfulAsync()):
        assert isinstance(failure(suite, 34), NotImplementedError)


def test_a_store_whose_lines_are_nowhere_seen_has_to_name_its_modules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nowhere(*_: object) -> tuple[str, ...]:
        return ("nowhere",)

    monkeypatch.setattr(TestPlainStore, "_steps_of", nowhere)
    assert "name your modules in `traced`" in str(failure(TestPlainStore(), 31))


# --------------------------------------------------------------------------- what pytest shows

SUITE = """
    from contextlib import contextmanager
    from partnervisits import MemoryStore
    from partnervisits.repositories import Stored
    from partnervisits.testing import StoreContract

    class Forgetful(MemoryStore):
        def apply(self, changes):
            if not changes.deletes:
                super().apply(changes)

    class TestMemory(StoreContract):
        @contextmanager
        def make_store(self):
            yield MemoryStore()

    class TestForgetful(StoreContract):
        @contextmanager
        def make_store(self):
            yield Forgetful()
"""


def shown(folder: Path, *arguments: str) -> str:
    _ = (folder / "test_suite.py").write_text(dedent(SUITE), "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, cwd=folder, text=True)
    return done.stdout


def test_the_last_test_says_how_many_clauses_ran_and_which_did_not(tmp_path: Path) -> None:
    output = shown(tmp_path, "-rPs", "-k", "TestMemory and not c01 and not c30")
    said = "30 of 35 clauses ran; not declared: C31, C32, C33, C34, C35; left out: none"
    # Without what takes long, those are said to be left out.
    assert said.replace("30", "28").replace("none", "C1, C30") in output
    assert "C34 asks for TRANSACTIONS: the store joins a transaction of its host" in output
    assert "1 failed" in output


def test_the_last_test_passes_if_nothing_was_left_out(tmp_path: Path) -> None:
    output = shown(tmp_path, "-rPs", "-k", "TestMemory")
    said = "30 of 35 clauses ran; not declared: C31, C32, C33, C34, C35; left out: none"
    assert said in output
    assert "failed" not in output


def test_a_failure_shows_the_clause_and_what_was_compared(tmp_path: Path) -> None:
    output = shown(tmp_path, "-k", "TestForgetful and c20_a_delete_removes")
    assert f"C20 of the store contract: {CLAUSES[20]}" in output
    assert re.search(r"AssertionError: assert not True\n.* where True = is_there\(", output)


# ------------------------------------------------------------------------------ awaiting in steps


async def _refused_later() -> None:
    waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    _ = asyncio.get_running_loop().call_soon(waiting.set_exception, ValueError("refused"))
    await waiting


def test_what_an_asynchronous_store_awaits_may_fail() -> None:
    async def caught() -> str:
        try:
            await _refused_later()
        except ValueError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(1) as pool:
        pause = Pause(1, lambda: "meanwhile", 1, pool)

        async def in_steps() -> str:
            return await InSteps(caught(), pause)

        assert asyncio.run(in_steps()) == "refused"
        assert pause.done is not None
        assert pause.done.result() == "meanwhile"


# ------------------------------------------------------------------------ lines that are steps


def test_a_line_of_the_store_is_a_step_and_no_other_is() -> None:
    frame = currentframe()
    with ThreadPoolExecutor(1) as pool:
        pause = Pause(2, lambda: "meanwhile", 1, pool)
        elsewhere, here = tracer_of(pause, ("elsewhere",)), tracer_of(pause, (__name__,))
        assert [elsewhere(frame, "line", None)] * 3 == [None] * 3
        assert here(frame, "call", None) is here(frame, "line", None) is here
        assert pause.done is None
        _ = here(frame, "line", None)
        assert pause.done is not None
        assert pause.done.result() == "meanwhile"


def test_a_package_is_all_that_is_in_it() -> None:
    with ThreadPoolExecutor(1) as pool:
        pause = Pause(1, lambda: "meanwhile", 1, pool)
        _ = tracer_of(pause, ("tes",))(currentframe(), "line", None)
        assert pause.done is None
        _ = tracer_of(pause, ("tests",))(currentframe(), "line", None)
        assert pause.done is not None
