"""Databases for tests, and doors to them: what a host's unit of work does around a store.

A database of SQLite is a file; one of PostgreSQL is a schema of its own on the server that
`PARTNERVISITS_POSTGRES` names, so that many tests may use one server at the same time.
"""

import os
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar
from uuid import uuid4

import attrs
import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from partnervisits.comparison import Override
from partnervisits.followups import FollowUp, FollowUpRule
from partnervisits.indicators import Indicator
from partnervisits.integrations.sqlalchemy import AsyncSqlStore, SqlStore, Tables, tables_in
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading
from partnervisits.repositories import (
    CONTRACT,
    AsyncRepository,
    Changes,
    Cursor,
    FollowUpFilter,
    IndicatorFilter,
    Noun,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    Record,
    Repository,
    RuleFilter,
    Stored,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
)
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate
from partnervisits.visits import Visit

SERVER = os.environ.get("PARTNERVISITS_POSTGRES", "")
needs_postgresql = pytest.mark.skipif(
    not SERVER,
    reason="set PARTNERVISITS_POSTGRES to the URL of a server, such as "
    "postgresql+psycopg://user@127.0.0.1:5432/postgres",
)

T = TypeVar("T", bound=Record)
F = TypeVar("F")
R = TypeVar("R")

METADATA = sa.MetaData()
TABLES = tables_in(METADATA)


@attrs.frozen
class Database:
    """Empty tables, and how to connect to them.

    Attributes:
        url: Of the database, for drivers that wait and for those that do not.
        settings: Of the connection.
        engine: Of connections that wait.
    """

    url: sa.URL
    settings: dict[str, Any]
    engine: sa.Engine
    tables: Tables = TABLES

    @contextmanager
    def begin(self) -> Generator[SqlStore]:
        """A store in a transaction that is committed at the end."""
        with self.engine.begin() as connection:
            yield SqlStore(connection, self.tables)

    @contextmanager
    def rolled_back(self) -> Generator[SqlStore]:
        """A store in a transaction that is rolled back at the end."""
        with self.engine.connect() as connection:
            yield SqlStore(connection, self.tables)
            connection.rollback()

    @asynccontextmanager
    async def async_engine(self) -> AsyncGenerator[AsyncEngine]:
        """Connections that are awaited, all of them on one loop."""
        driver = self.url.drivername.replace("pysqlite", "aiosqlite")
        engine = create_async_engine(self.url.set(drivername=driver), connect_args=self.settings)
        hurry(engine.sync_engine)
        try:
            yield engine
        finally:
            await engine.dispose()


def hurry(engine: sa.Engine) -> None:
    """Let SQLite leave it to the system when it writes to the disk: no test pulls the plug."""

    def connected(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.close()

    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", connected)


@contextmanager
def _database(url: sa.URL, settings: dict[str, Any]) -> Generator[Database]:
    engine = sa.create_engine(url, connect_args=settings)
    hurry(engine)
    try:
        METADATA.create_all(engine)
        yield Database(url, settings, engine)
    finally:
        engine.dispose()


@contextmanager
def sqlite() -> Generator[Database]:
    """A file of its own."""
    with TemporaryDirectory() as folder:
        url = sa.URL.create("sqlite+pysqlite", database=str(Path(folder) / "visits.db"))
        with _database(url, {"timeout": 60}) as database:
            yield database


@contextmanager
def postgresql() -> Generator[Database]:
    """A schema of its own."""
    schema = f"test_{uuid4().hex}"
    server = sa.create_engine(SERVER, poolclass=sa.NullPool)
    with server.begin() as connection:
        _ = connection.execute(sa.schema.CreateSchema(schema))
    try:
        options = f"-c search_path={schema} -c lock_timeout=60s"
        with _database(sa.make_url(SERVER), {"options": options}) as database:
            yield database
    finally:
        with server.begin() as connection:
            _ = connection.execute(sa.schema.DropSchema(schema, cascade=True))


DATABASES = {"sqlite": sqlite, "postgresql": postgresql}

# ------------------------------------------------------------------------------------------ doors


class DoorRepository(Generic[T, F]):
    """Reads one noun, each time through a connection of its own."""

    def __init__(self, database: Database, noun: Noun) -> None:
        self._database = database
        self._noun = noun

    def get(self, id: str, /) -> Stored[T]:
        return self._read(lambda repository: repository.get(id))

    def find(
        self,
        filter: F | None = None,
        /,
        *,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> tuple[Stored[T], ...]:
        return self._read(lambda repository: repository.find(filter, after=after, limit=limit))

    def _read(self, what: Callable[[Repository[T, F]], R]) -> R:
        with self._database.rolled_back() as store:
            return what(getattr(store, self._noun.value))


class Door:
    """A store for any number of threads: each call has a transaction of its own."""

    contract = CONTRACT

    def __init__(self, database: Database) -> None:
        self.database = database
        self.indicators: DoorRepository[Indicator, IndicatorFilter] = self._of(Noun.INDICATORS)
        self.tasks: DoorRepository[TaskDefinition, TaskFilter] = self._of(Noun.TASKS)
        self.templates: DoorRepository[ActionPlanTemplate, TemplateFilter] = self._of(
            Noun.TEMPLATES
        )
        self.visits: DoorRepository[Visit, VisitFilter] = self._of(Noun.VISITS)
        self.plans: DoorRepository[ActionPlan, PlanFilter] = self._of(Noun.PLANS)
        self.readings: DoorRepository[Reading, ReadingFilter] = self._of(Noun.READINGS)
        self.overrides: DoorRepository[Override, OverrideFilter] = self._of(Noun.OVERRIDES)
        self.rules: DoorRepository[FollowUpRule, RuleFilter] = self._of(Noun.RULES)
        self.follow_ups: DoorRepository[FollowUp, FollowUpFilter] = self._of(Noun.FOLLOW_UPS)

    def apply(self, changes: Changes, /) -> None:
        with self.database.begin() as store:
            store.apply(changes)

    def _of(self, noun: Noun) -> DoorRepository[Any, Any]:
        return DoorRepository(self.database, noun)


class AsyncDoorRepository(Generic[T, F]):
    """Reads one noun, each time through a connection of its own."""

    def __init__(self, engine: AsyncEngine, noun: Noun) -> None:
        self._engine = engine
        self._noun = noun

    async def get(self, id: str, /) -> Stored[T]:
        async with self._repository() as repository:
            return await repository.get(id)

    async def find(
        self,
        filter: F | None = None,
        /,
        *,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> tuple[Stored[T], ...]:
        async with self._repository() as repository:
            return await repository.find(filter, after=after, limit=limit)

    @asynccontextmanager
    async def _repository(self) -> AsyncGenerator[AsyncRepository[T, F]]:
        async with self._engine.connect() as connection:
            yield getattr(AsyncSqlStore(connection, TABLES), self._noun.value)


class AsyncDoor:
    """As `Door`, for any number of tasks."""

    contract = CONTRACT

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.indicators: AsyncDoorRepository[Indicator, IndicatorFilter] = self._of(Noun.INDICATORS)
        self.tasks: AsyncDoorRepository[TaskDefinition, TaskFilter] = self._of(Noun.TASKS)
        self.templates: AsyncDoorRepository[ActionPlanTemplate, TemplateFilter] = self._of(
            Noun.TEMPLATES
        )
        self.visits: AsyncDoorRepository[Visit, VisitFilter] = self._of(Noun.VISITS)
        self.plans: AsyncDoorRepository[ActionPlan, PlanFilter] = self._of(Noun.PLANS)
        self.readings: AsyncDoorRepository[Reading, ReadingFilter] = self._of(Noun.READINGS)
        self.overrides: AsyncDoorRepository[Override, OverrideFilter] = self._of(Noun.OVERRIDES)
        self.rules: AsyncDoorRepository[FollowUpRule, RuleFilter] = self._of(Noun.RULES)
        self.follow_ups: AsyncDoorRepository[FollowUp, FollowUpFilter] = self._of(Noun.FOLLOW_UPS)

    async def apply(self, changes: Changes, /) -> None:
        async with self.engine.begin() as connection:
            await AsyncSqlStore(connection, TABLES).apply(changes)

    def _of(self, noun: Noun) -> AsyncDoorRepository[Any, Any]:
        return AsyncDoorRepository(self.engine, noun)
