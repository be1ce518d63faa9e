"""The whole contract, clause by clause, on both databases and with both kinds of drivers."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from partnervisits.integrations.sqlalchemy import AsyncSqlStore
from partnervisits.repositories import AsyncStore, Store
from partnervisits.testing import AsyncStoreContract, Capability, StoreContract
from tests.integrations.doors import TABLES, AsyncDoor, Door, needs_postgresql, postgresql, sqlite

EVERYTHING = frozenset({Capability.CONCURRENT, Capability.TRANSACTIONS})


class TestSqlite(StoreContract):
    capabilities = EVERYTHING

    @contextmanager
    def make_store(self) -> Generator[Store]:
        with sqlite() as database:
            yield Door(database)

    @contextmanager
    def transaction(self, store: Store) -> Generator[Store]:
        assert isinstance(store, Door)
        with store.database.rolled_back() as joined:
            yield joined


@needs_postgresql
class TestPostgresql(StoreContract):
    capabilities = EVERYTHING

    @contextmanager
    def make_store(self) -> Generator[Store]:
        with postgresql() as database:
            yield Door(database)

    @contextmanager
    def transaction(self, store: Store) -> Generator[Store]:
        assert isinstance(store, Door)
        with store.database.rolled_back() as joined:
            yield joined


@asynccontextmanager
async def rolled_back(store: AsyncStore) -> AsyncGenerator[AsyncStore]:
    assert isinstance(store, AsyncDoor)
    async with store.engine.connect() as connection:
        yield AsyncSqlStore(connection, TABLES)
        await connection.rollback()


class TestSqliteAsync(AsyncStoreContract):
    capabilities = EVERYTHING

    @asynccontextmanager
    async def make_store(self) -> AsyncGenerator[AsyncStore]:
        with sqlite() as database:
            async with database.async_engine() as engine:
                yield AsyncDoor(engine)

    @asynccontextmanager
    async def transaction(self, store: AsyncStore) -> AsyncGenerator[AsyncStore]:
        async with rolled_back(store) as joined:
            yield joined


@needs_postgresql
class TestPostgresqlAsync(AsyncStoreContract):
    capabilities = EVERYTHING

    @asynccontextmanager
    async def make_store(self) -> AsyncGenerator[AsyncStore]:
        with postgresql() as database:
            async with database.async_engine() as engine:
                yield AsyncDoor(engine)

    @asynccontextmanager
    async def transaction(self, store: AsyncStore) -> AsyncGenerator[AsyncStore]:
        async with rolled_back(store) as joined:
            yield joined
