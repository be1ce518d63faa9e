"""The store within the transaction of a connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Generic, TypeVar
from uuid import uuid4

import sqlalchemy as sa

from partnervisits import codec
from partnervisits.comparison import Override
from partnervisits.errors import ConflictError, InvalidValueError, NotFoundError
from partnervisits.fields import instance_of, optional_count
from partnervisits.findings import Finding
from partnervisits.followups import FollowUp, FollowUpRule
from partnervisits.indicators import Indicator
from partnervisits.integrations.sqlalchemy._dialects import dialect_named
from partnervisits.integrations.sqlalchemy._statements import Shelf
from partnervisits.integrations.sqlalchemy._tables import Tables
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading
from partnervisits.repositories import (
    CONTRACT,
    Changes,
    Cursor,
    Delete,
    Filter,
    FollowUpFilter,
    IndicatorFilter,
    Key,
    Noun,
    OverrideFilter,
    PlanFilter,
    Put,
    ReadingFilter,
    Record,
    RuleFilter,
    Stored,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
    filter_of,
)
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate
from partnervisits.visits import Visit

T = TypeVar("T", bound=Record)
F = TypeVar("F", bound=Filter)


class SqlRepository(Generic[T, F]):
    """Reads the records of one noun of a `SqlStore`: a `Repository`."""

    def __init__(self, connection: sa.Connection, tables: Tables, noun: Noun) -> None:
        """For a store to make.

        Args:
            connection: The host's.
            tables: Where the records are.
            noun: What they are.
        """
        self._connection = connection
        self._shelf = Shelf(noun, tables, dialect_named(connection.dialect.name))

    def get(self, id: str, /) -> Stored[T]:
        """One record by its id.

        Args:
            id: The record's id.

        Raises:
            NotFoundError: with the noun and the id.
            InvalidValueError: `type.wrong`: the id is no str.
        """
        wanted = self._shelf.get(instance_of(str, id))
        for found in self._connection.execute(wanted):
            return self._stored(*found)
        raise NotFoundError(self._shelf.noun.value, id, ())

    def find(
        self,
        filter: F | None = None,
        /,
        *,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> tuple[Stored[T], ...]:
        """Records in their order, by one `SELECT`.

        Args:
            filter: Which of them; all if None. Each of its fields has an index.
            after: The place of the last record seen; from the first one if None.
            limit: How many at most, up to 1,000,000; all if None.

        Raises:
            InvalidValueError: `type.wrong`, `count.range`.
        """
        if filter is not None:
            _ = instance_of(filter_of(self._shelf.noun), filter)
        if after is not None:
            _ = instance_of(Cursor, after)
        wanted = self._shelf.find(filter, after, optional_count(limit))
        return tuple(self._stored(*found) for found in self._connection.execute(wanted))

    def _stored(self, data: str, revision: str) -> Stored[T]:
        value: Any = codec.loads(data, self._shelf.noun.kind)
        return Stored(value, revision)


class SqlStore:
    """A store in a host's database, within the transaction of a connection: a `Store`.

    It lives as long as the transaction, and may be used by whoever uses the connection. It commits
    nothing and rolls back nothing of the host's.

    On PostgreSQL `apply` waits for others who write or check the same records until their
    transactions end; on SQLite for all who write. Two transactions that call it more than once may
    wait for each other; the database then ends one of them by an error of its own.

    Attributes:
        contract: The version of the contract that it fulfils.

    Example:
        >>> import partnervisits as pv
        >>> import sqlalchemy as sa
        >>> from partnervisits import example
        >>> from partnervisits.integrations.sqlalchemy import SqlStore, tables_in
        >>> metadata = sa.MetaData()
        >>> tables = tables_in(metadata)
        >>> engine = sa.create_engine("sqlite://")
        >>> metadata.create_all(engine)
        >>> with engine.begin() as connection:
        ...     store = SqlStore(connection, tables)
        ...     store.apply(pv.Changes.create(example.visit()))
        ...     [held.value.partner_id for held in store.visits.find()]
        ['nordrad']
        >>> engine.dispose()
    """

    contract = CONTRACT

    def __init__(self, connection: sa.Connection, tables: Tables) -> None:
        """Join a transaction.

        Args:
            connection: The host's, to SQLite or to PostgreSQL.
            tables: Made by `tables_in`.

        Raises:
            InvalidValueError: `store.dialect`: it is another database.
        """
        self._connection = connection
        self._tables = tables
        self._dialect = dialect_named(connection.dialect.name)
        self.indicators: SqlRepository[Indicator, IndicatorFilter] = self._of(Noun.INDICATORS)
        self.tasks: SqlRepository[TaskDefinition, TaskFilter] = self._of(Noun.TASKS)
        self.templates: SqlRepository[ActionPlanTemplate, TemplateFilter] = self._of(Noun.TEMPLATES)
        self.visits: SqlRepository[Visit, VisitFilter] = self._of(Noun.VISITS)
        self.plans: SqlRepository[ActionPlan, PlanFilter] = self._of(Noun.PLANS)
        self.readings: SqlRepository[Reading, ReadingFilter] = self._of(Noun.READINGS)
        self.overrides: SqlRepository[Override, OverrideFilter] = self._of(Noun.OVERRIDES)
        self.rules: SqlRepository[FollowUpRule, RuleFilter] = self._of(Noun.RULES)
        self.follow_ups: SqlRepository[FollowUp, FollowUpFilter] = self._of(Noun.FOLLOW_UPS)

    def apply(self, changes: Changes, /) -> None:
        """Write all changes or none.

        Args:
            changes: Puts, deletes and checks.

        Raises:
            ConflictError: `store.exists`, `store.missing`, `store.stale`; nothing has changed, and
                the transaction goes on.
            InvalidValueError: `type.wrong`: they are no `Changes`; `store.isolation`: the
                transaction is REPEATABLE READ, or there is none (AUTOCOMMIT).
        """
        if not instance_of(Changes, changes):
            return
        if self._connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            raise InvalidValueError("store.isolation", "begin a transaction: this would be none")
        self._dialect.begin(self._connection, self._tables)
        # Whatever goes wrong takes back what is written here, be it that the disk is full.
        with self._connection.begin_nested():
            self._dialect.lock(self._connection, self._tables, changes.keys)
            revisions = self._revisions(changes.keys)
            again = [each.id for each in changes.puts if each.noun is Noun.READINGS]
            held = self._readings(each for each in again if (Noun.READINGS, each) in revisions)
            self._write(changes.against(revisions, held.__getitem__), uuid4().hex)

    def _of(self, noun: Noun) -> SqlRepository[Any, Any]:
        return SqlRepository(self._connection, self._tables, noun)

    def _shelf(self, noun: Noun) -> Shelf:
        return Shelf(noun, self._tables, self._dialect)

    def _revisions(self, keys: Iterable[Key]) -> dict[Key, str]:
        """The present revisions of the records that are there."""
        found: dict[Key, str] = {}
        for noun, some in groupby(sorted(keys, key=_name), key=lambda key: key[0]):
            shelf = self._shelf(noun)
            ids = {shelf.key_of(name): name for _, name in some}
            # Whoever writes without our lock has to wait as well, but for those who refer to them.
            wanted = shelf.with_ids(shelf.table.c.revision, ids.values())
            for key, revision in self._connection.execute(wanted.with_for_update(key_share=True)):
                found[noun, ids[key]] = revision
        return found

    def _readings(self, ids: Iterable[str]) -> dict[str, Reading]:
        """Readings that are there, by id."""
        shelf = self._shelf(Noun.READINGS)
        wanted = [*ids]
        if not wanted:
            return {}
        found = self._connection.execute(shelf.with_ids(shelf.table.c.data, wanted))
        readings = (codec.loads(data, Reading) for _, data in found)
        return {reading.id: reading for reading in readings}

    def _write(self, writes: Changes, revision: str) -> None:
        created = [each for each in writes.puts if each.revision is None]
        for noun, puts in groupby(created, key=lambda put: put.noun):
            shelf = self._shelf(noun)
            rows = [shelf.row(put.value, revision) for put in puts]
            _ = self._connection.execute(sa.insert(shelf.table), rows)
        replaced = (each for each in writes.puts if each.revision is not None)
        guarded: list[Put | Delete] = [*replaced, *writes.deletes]
        lost = [each for each in guarded if not self._is_written(each, revision)]
        if lost:
            raise ConflictError([_lost(each) for each in lost])
        self._write_reps(writes.puts, guarded)

    def _is_written(self, entry: Put | Delete, revision: str) -> bool:
        statement = self._shelf(entry.noun).guarded(entry, revision)
        return self._connection.execute(statement).rowcount == 1

    def _write_reps(self, puts: Iterable[Put], guarded: Iterable[Put | Delete]) -> None:
        reps = self._tables.visit_reps
        left = [each.id for each in guarded if each.noun is Noun.VISITS]
        if left:
            _ = self._connection.execute(
                sa.delete(reps).where(self._dialect.among(reps.c.visit_id, left))
            )
        rows = [row for put in puts for row in _reps_of(put.value)]
        if rows:
            _ = self._connection.execute(sa.insert(reps), rows)


def _name(key: Key) -> tuple[str, str]:
    return key[0].value, key[1]


def _lost(entry: Put | Delete) -> Finding:
    message = "it was changed by other ways than a store: read it again and decide again"
    return Finding((entry.noun.value, entry.id), "store.stale", message)


def _reps_of(value: Record) -> Iterator[dict[str, str]]:
    if isinstance(value, Visit):
        for each in value.visitors:
            yield {"visit_id": value.id, "rep_id": each.rep_id}
