"""The same store within the transaction of an asynchronous connection."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from partnervisits.comparison import Override
from partnervisits.followups import FollowUp, FollowUpRule
from partnervisits.indicators import Indicator
from partnervisits.integrations.sqlalchemy._dialects import dialect_named
from partnervisits.integrations.sqlalchemy._store import SqlRepository, SqlStore
from partnervisits.integrations.sqlalchemy._tables import Tables
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading
from partnervisits.repositories import (
    CONTRACT,
    Changes,
    Cursor,
    Filter,
    FollowUpFilter,
    IndicatorFilter,
    Noun,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    Record,
    RuleFilter,
    Stored,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
)
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate
from partnervisits.visits import Visit

T = TypeVar("T", bound=Record)
F = TypeVar("F", bound=Filter)


class AsyncSqlRepository(Generic[T, F]):
    """Reads the records of one noun of an `AsyncSqlStore`: an `AsyncRepository`."""

    def __init__(self, connection: AsyncConnection, tables: Tables, noun: Noun) -> None:
        """For a store to make.

        Args:
            connection: The host's.
            tables: Where the records are.
            noun: What they are.
        """
        self._connection = connection
        self._tables = tables
        self._noun = noun

    async def get(self, id: str, /) -> Stored[T]:
        """As `SqlRepository.get`.

        Args:
            id: The record's id.

        Raises:
            NotFoundError: with the noun and the id.
            InvalidValueError: `type.wrong`: the id is no str.
        """
        return await self._connection.run_sync(lambda joined: self._in(joined).get(id))

    async def find(
        self,
        filter: F | None = None,
        /,
        *,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> tuple[Stored[T], ...]:
        """As `SqlRepository.find`.

        Args:
            filter: Which of them; all if None.
            after: The place of the last record seen; from the first one if None.
            limit: How many at most, up to 1,000,000; all if None.

        Raises:
            InvalidValueError: `type.wrong`, `count.range`.
        """
        return await self._connection.run_sync(
            lambda joined: self._in(joined).find(filter, after=after, limit=limit)
        )

    def _in(self, connection: sa.Connection) -> SqlRepository[T, F]:
        return SqlRepository(connection, self._tables, self._noun)


class AsyncSqlStore:
    """A store in a host's database, within the transaction of an asynchronous connection.

    It is an `AsyncStore`, and does what `SqlStore` does in the same way.

    Attributes:
        contract: The version of the contract that it fulfils.

    Example:
        >>> import asyncio
        >>> import partnervisits as pv
        >>> import sqlalchemy as sa
        >>> from sqlalchemy.ext.asyncio import create_async_engine
        >>> from partnervisits import example
        >>> from partnervisits.integrations.sqlalchemy import AsyncSqlStore, tables_in
        >>> metadata = sa.MetaData()
        >>> tables = tables_in(metadata)
        >>> async def main():
        ...     engine = create_async_engine("sqlite+aiosqlite://")
        ...     async with engine.begin() as connection:
        ...         await connection.run_sync(metadata.create_all)
        ...         store = AsyncSqlStore(connection, tables)
        ...         await store.apply(pv.Changes.create(example.visit()))
        ...         found = await store.visits.find()
        ...     await engine.dispose()
        ...     return found[0].value.partner_id
        >>> asyncio.run(main())
        'nordrad'
    """

    contract = CONTRACT

    def __init__(self, connection: AsyncConnection, tables: Tables) -> None:
        """Join a transaction.

        Args:
            connection: The host's, to SQLite or to PostgreSQL.
            tables: Made by `tables_in`.

        Raises:
            InvalidValueError: `store.dialect`: it is another database.
        """
        _ = dialect_named(connection.engine.dialect.name)
        self._connection = connection
        self._tables = tables
        self.indicators: AsyncSqlRepository[Indicator, IndicatorFilter] = self._of(Noun.INDICATORS)
        self.tasks: AsyncSqlRepository[TaskDefinition, TaskFilter] = self._of(Noun.TASKS)
        self.templates: AsyncSqlRepository[ActionPlanTemplate, TemplateFilter] = self._of(
            Noun.TEMPLATES
        )
        self.visits: AsyncSqlRepository[Visit, VisitFilter] = self._of(Noun.VISITS)
        self.plans: AsyncSqlRepository[ActionPlan, PlanFilter] = self._of(Noun.PLANS)
        self.readings: AsyncSqlRepository[Reading, ReadingFilter] = self._of(Noun.READINGS)
        self.overrides: AsyncSqlRepository[Override, OverrideFilter] = self._of(Noun.OVERRIDES)
        self.rules: AsyncSqlRepository[FollowUpRule, RuleFilter] = self._of(Noun.RULES)
        self.follow_ups: AsyncSqlRepository[FollowUp, FollowUpFilter] = self._of(Noun.FOLLOW_UPS)

    async def apply(self, changes: Changes, /) -> None:
        """As `SqlStore.apply`.

        Args:
            changes: Puts, deletes and checks.

        Raises:
            ConflictError: `store.exists`, `store.missing`, `store.stale`.
            InvalidValueError: `type.wrong`, `store.isolation`.
        """
        await self._connection.run_sync(
            lambda joined: SqlStore(joined, self._tables).apply(changes)
        )

    def _of(self, noun: Noun) -> AsyncSqlRepository[Any, Any]:
        return AsyncSqlRepository(self._connection, self._tables, noun)
