"""Records in a host's database: SQLAlchemy Core over SQLite or PostgreSQL (S 10).

It needs SQLAlchemy: `pip install 'partnervisits[sqlalchemy]'`, and a driver that the host chooses.

A host adds the tables to its own `MetaData`, opens a connection, and makes a store of both. The
store works in the transaction of that connection and never ends it.

    tables = tables_in(metadata)
    with engine.begin() as connection:
        SqlStore(connection, tables).apply(changes)

How records lie in the tables:

- A record is a document of `partnervisits.codec`, kept as text: a database of JSON or of numbers
  would touch its decimals, and SQLite its time zones. Beside it stand its id, its order key, its
  revision, and a column for each field of a filter.
- All that is compared or sorted is so code point by code point. That is what SQLite does; on
  PostgreSQL the columns have the collation `C`. A database is to be encoded in UTF-8.
- Ids that the library makes of others have up to thousands of characters, more than an index of
  PostgreSQL takes. Where there may be such ids, the key of a table is their digest, and the index
  of the order holds their first characters.

How records are written:

- `apply` locks, looks up, lets `Changes.against` decide, and only then writes, guarded by the
  revisions once more. The lock stands for all that is written or checked, whether it is there or
  not, so two stores that meet in a record decide one after the other.
- A refusal or a failure undoes what `apply` has written, and nothing else: the host's transaction
  goes on, if the database lets it.
- A revision is a random number of 122 bits. A counter would be one more row that all writers wait
  for, and would come back to a number that it gave when the host rolls back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import uuid4

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from partnervisits import codec
from partnervisits.comparison import Override
from partnervisits.errors import ConflictError, InvalidValueError, NotFoundError
from partnervisits.fields import instance_of, optional_count
from partnervisits.findings import Finding
from partnervisits.followups import FollowUp, FollowUpRule
from partnervisits.indicators import Indicator
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading
from partnervisits.repositories import (
    CONTRACT,
    Changes,
    Cursor,
    Delete,
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
    id_of,
    order_key,
)
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate
from partnervisits.visits import Visit

__all__ = [
    "AsyncSqlRepository",
    "AsyncSqlStore",
    "SqlRepository",
    "SqlStore",
    "Tables",
    "tables_in",
]

T = TypeVar("T", bound=Record)
F = TypeVar("F")

_HOST_ID = 255  # the longest there may be, in characters
_ORDER_KEY = 72
_REVISION = 32
_DIGEST = 64
_START = 64
_STRIPES = 256
_WITHOUT_DAY = "~"
_BEHIND = "\U0010ffff" * 4_096  # no id comes after it
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # no record holds these, and no database takes them

# ------------------------------------------------------------------------- what stands in columns


def _digest(id: str) -> str:
    return sha256(id.encode("utf-8", "surrogatepass")).hexdigest()


def _word(said: str | Enum) -> str:
    return said.value if isinstance(said, Enum) else said


class _Facet(NamedTuple):
    """A column for a field of a filter.

    Attributes:
        field: The field.
        column: The column.
        says: What a record says to it.
        held: How that is written, and what the filter wants likewise.
    """

    field: str
    column: str
    says: Callable[[Any], Any]
    held: Callable[[Any], str] = _word


class _Shape(NamedTuple):
    """How a noun lies in its table.

    Attributes:
        filter: The class of its filter.
        facets: Its columns for finding.
        is_digested: Whether its ids may be too long for an index.
    """

    filter: type[Any]
    facets: tuple[_Facet, ...]
    is_digested: bool = False


_ID = _Facet("keys", "id", attrgetter("key"))
_KEY = _Facet("keys", "key", attrgetter("key"))
_KPI = _Facet("kpis", "kpi_digest", attrgetter("kpi_id"), _digest)
_PARTNER = _Facet("partners", "partner_id", attrgetter("partner_id"))
_STATUS = _Facet("statuses", "status", attrgetter("status"))

_SHAPES: Mapping[Noun, _Shape] = {
    Noun.INDICATORS: _Shape(
        IndicatorFilter, (_ID, _Facet("value_types", "value_type", attrgetter("value_type")))
    ),
    Noun.TASKS: _Shape(TaskFilter, (_ID,)),
    Noun.TEMPLATES: _Shape(TemplateFilter, (_KEY, _STATUS)),
    # The reps of a visit may be several: they have a table of their own.
    Noun.VISITS: _Shape(VisitFilter, (_PARTNER, _STATUS)),
    Noun.PLANS: _Shape(
        PlanFilter,
        (
            _Facet("visits", "visit_id", attrgetter("subject.visit_id")),
            _Facet("partners", "partner_id", attrgetter("subject.partner_id")),
            _KEY,
        ),
        is_digested=True,
    ),
    Noun.READINGS: _Shape(ReadingFilter, (_KPI,), is_digested=True),
    Noun.OVERRIDES: _Shape(OverrideFilter, (_KPI,), is_digested=True),
    Noun.RULES: _Shape(RuleFilter, (_ID,)),
    Noun.FOLLOW_UPS: _Shape(
        FollowUpFilter,
        (_PARTNER, _Facet("rules", "rule_key", attrgetter("rule_key")), _STATUS),
        is_digested=True,
    ),
}

# ------------------------------------------------------------------------------------- the tables


@attrs.frozen(eq=False)
class Tables:
    """The tables of a store, made by `tables_in`. A host may read them and refer to them.

    Every table has `id`, `order_key`, `revision`, `data`, and the columns by which its noun is
    found. Writing to them is the business of a store.

    Attributes:
        indicators: The indicators.
        tasks: The task definitions.
        templates: The versions of templates.
        visits: The visits; `id` is the primary key.
        visit_reps: Which reps make which visit: `visit_id`, `rep_id`.
        plans: The plans; the primary key is `digest`, the SHA-256 of the id, as in the following.
        readings: The readings.
        overrides: The overrides.
        rules: The follow-up rules.
        follow_ups: The follow-ups.
    """

    indicators: sa.Table
    tasks: sa.Table
    templates: sa.Table
    visits: sa.Table
    visit_reps: sa.Table
    plans: sa.Table
    readings: sa.Table
    overrides: sa.Table
    rules: sa.Table
    follow_ups: sa.Table


def tables_in(metadata: sa.MetaData, *, prefix: str = "partnervisits_") -> Tables:
    """Add the tables of a store to a host's `MetaData`, so that its migrations know them.

    Args:
        metadata: The host's; its schema is theirs too.
        prefix: What the names of tables and indexes begin with. Another one makes the tables of
            another store, for example of another tenant.

    Example:
        >>> import sqlalchemy as sa
        >>> from partnervisits.integrations.sqlalchemy import tables_in
        >>> tables_in(sa.MetaData(), prefix="crm_").visits.columns.keys()
        ['id', 'order_key', 'partner_id', 'status', 'revision', 'data']
    """
    made = {noun.value: _table(metadata, f"{prefix}{noun.value}", _SHAPES[noun]) for noun in Noun}
    reps = _reps_table(metadata, f"{prefix}visit_reps", made["visits"])
    return Tables(**made, visit_reps=reps)


def _table(metadata: sa.MetaData, name: str, shape: _Shape) -> sa.Table:
    ids = [_column("digest", _DIGEST, primary_key=True)] if shape.is_digested else []
    ids.append(_column("id", None if ids else _HOST_ID, primary_key=not ids))
    if shape.is_digested:
        ids.append(_column("id_start", _START))
    facets = [_column(each.column, _HOST_ID) for each in shape.facets if each is not _ID]
    table = sa.Table(
        name,
        metadata,
        *ids,
        _column("order_key", _ORDER_KEY),
        *facets,
        _column("revision", _REVISION),
        _column("data", None),
    )
    # The start of an id sorts as the id does, so it serves where the id is too long.
    in_order = _order(table)[:2]
    _ = sa.Index(f"{name}_in_order", *in_order)
    for facet in facets:
        _ = sa.Index(f"{name}_by_{facet.name}", facet, *in_order)
    return table


def _reps_table(metadata: sa.MetaData, name: str, visits: sa.Table) -> sa.Table:
    visit = sa.ForeignKey(visits.c.id, ondelete="CASCADE")
    table = sa.Table(
        name,
        metadata,
        _column("visit_id", _HOST_ID, visit, primary_key=True),
        _column("rep_id", _HOST_ID, primary_key=True),
    )
    _ = sa.Index(f"{name}_by_rep_id", table.c.rep_id, table.c.visit_id)
    return table


def _column(
    name: str, length: int | None, *more: sa.ForeignKey, primary_key: bool = False
) -> sa.Column[str]:
    by_code_point = sa.Text if length is None else sa.String
    kind = by_code_point(length).with_variant(by_code_point(length, collation="C"), "postgresql")
    return sa.Column(name, kind, *more, primary_key=primary_key, nullable=False)


def _order(table: sa.Table) -> tuple[sa.Column[str], ...]:
    starts = [table.c.id_start] if "id_start" in table.c else []
    return table.c.order_key, *starts, table.c.id


# ------------------------------------------------------------------------------------- dialects


class _Dialect(Protocol):
    def among(self, column: sa.Column[str], wanted: list[str]) -> sa.ColumnElement[bool]:
        """Whether a column holds one of any number of texts, in one bound parameter."""
        ...

    def lock(self, connection: sa.Connection, tables: Tables, keys: Iterable[Key]) -> None:
        """Wait until nobody else can write what is to be written or checked."""
        ...


class _Sqlite:
    def among(self, column: sa.Column[str], wanted: list[str]) -> sa.ColumnElement[bool]:
        given = sa.func.json_each(json.dumps(wanted)).table_valued("value")
        return column.in_(sa.select(given.c.value))

    def lock(self, connection: sa.Connection, tables: Tables, keys: Iterable[Key]) -> None:  # noqa: ARG002 -- one lock for all
        # There is one lock, and it is given for writing. Taken after the first look, it would be
        # refused to whoever has seen an older state; so write first, even if it is nothing.
        _ = connection.execute(sa.delete(tables.visits).where(sa.false()))


class _Postgresql:
    def among(self, column: sa.Column[str], wanted: list[str]) -> sa.ColumnElement[bool]:
        return column == sa.any_(sa.literal(wanted, ARRAY(sa.Text)))

    def lock(self, connection: sa.Connection, tables: Tables, keys: Iterable[Key]) -> None:
        isolation = connection.execute(_advisory_locks(tables, keys)).scalar()
        if isolation == "repeatable read":
            raise InvalidValueError(
                "store.isolation",
                "use READ COMMITTED or SERIALIZABLE: in REPEATABLE READ a store does not see what "
                "others created since the transaction began, so no check of it would hold",
            )


def _advisory_locks(tables: Tables, keys: Iterable[Key]) -> sa.Executable:
    """Locks of PostgreSQL that end with the transaction, on whatever keys, there or not.

    The number of locks is bounded, so a key stands for all of its stripe. They are taken in one
    order, so that two who lock never wait for each other.
    """
    names = (f"{noun.value} {name}" for noun, name in keys)
    stripes = sorted({int(_digest(name)[:8], 16) % _STRIPES for name in names})
    space = int(_digest(tables.visits.fullname)[:8], 16) - 2**31
    return sa.text(
        "SELECT current_setting('transaction_isolation'), "
        "count(pg_advisory_xact_lock(CAST(:space AS integer), stripe)) "
        "FROM unnest(CAST(:stripes AS integer[])) AS stripe"
    ).bindparams(space=space, stripes=stripes)


_DIALECTS: Mapping[str, _Dialect] = {"sqlite": _Sqlite(), "postgresql": _Postgresql()}


def _dialect_named(name: str) -> _Dialect:
    try:
        return _DIALECTS[name]
    except KeyError:
        message = f"use SQLite or PostgreSQL, not {name}: how others lock is not known"
        raise InvalidValueError("store.dialect", message) from None


# ------------------------------------------------------------------------------------- statements


@attrs.frozen(eq=False)
class _Shelf:
    """The statements of one noun."""

    noun: Noun
    tables: Tables
    dialect: _Dialect

    @property
    def table(self) -> sa.Table:
        table: sa.Table = getattr(self.tables, self.noun.value)
        return table

    @property
    def shape(self) -> _Shape:
        return _SHAPES[self.noun]

    @property
    def key(self) -> sa.Column[str]:
        return self.table.c.digest if self.shape.is_digested else self.table.c.id

    def key_of(self, id: str) -> str:
        return _digest(id) if self.shape.is_digested else id

    def row(self, value: Record, revision: str) -> dict[str, str]:
        name = id_of(value)
        row = {"id": name, "order_key": order_key(value), "revision": revision}
        if self.shape.is_digested:
            row |= {"digest": _digest(name), "id_start": name[:_START]}
        row |= {each.column: each.held(each.says(value)) for each in self.shape.facets}
        return {**row, "data": codec.dumps(value)}

    def get(self, id: str) -> sa.Select[str, str]:
        found = sa.select(self.table.c.data, self.table.c.revision)
        return found.where(self._is_among(self.key, [self.key_of(id)]))

    def with_ids(self, column: sa.Column[str], ids: Iterable[str]) -> sa.Select[str, str]:
        """The keys of the records with some ids, and a column."""
        return sa.select(self.key, column).where(self._is_among(self.key, map(self.key_of, ids)))

    def find(self, filter: Any, after: Cursor | None, limit: int | None) -> sa.Select[str, str]:  # noqa: ANN401 -- its class goes with the noun
        order = _order(self.table)
        found = sa.select(self.table.c.data, self.table.c.revision).order_by(*order).limit(limit)
        if after is not None:
            found = found.where(sa.tuple_(*order) > self._place_of(after))
        return found if filter is None else found.where(*self._fits(filter))

    def guarded(self, entry: Put | Delete, revision: str) -> sa.Update | sa.Delete:
        """Replace or delete a record if it still has the revision that was read."""
        kind: sa.Update | sa.Delete = (
            sa.update(self.table).values(self.row(entry.value, revision))
            if isinstance(entry, Put)
            else sa.delete(self.table)
        )
        return kind.where(
            self.key == self.key_of(entry.id), self.table.c.revision == entry.revision
        )

    def _fits(self, filter: Any) -> Iterator[sa.ColumnElement[bool]]:  # noqa: ANN401 -- see find
        for facet in self.shape.facets:
            wanted = getattr(filter, facet.field)
            if wanted is not None:
                yield self._is_among(self.table.c[facet.column], map(facet.held, wanted))
        if self.noun is Noun.VISITS and filter.reps is not None:
            reps = self.tables.visit_reps.c
            yield self.key.in_(
                sa.select(reps.visit_id).where(self._is_among(reps.rep_id, filter.reps))
            )
        yield from self._is_within(filter)

    def _is_within(self, filter: Any) -> Iterator[sa.ColumnElement[bool]]:  # noqa: ANN401 -- see find
        since, before = getattr(filter, "since", None), getattr(filter, "before", None)
        if since is not None:
            yield self.table.c.order_key >= _written(since)
        if before is not None or since is not None:
            yield self.table.c.order_key < (_WITHOUT_DAY if before is None else _written(before))

    def _is_among(self, column: sa.Column[str], wanted: Iterable[str]) -> sa.ColumnElement[bool]:
        held = sorted(each for each in wanted if not _NO_TEXT.search(each))
        # Of one, an index gives the records in their order.
        return column == held[0] if len(held) == 1 else self.dialect.among(column, held)

    def _place_of(self, cursor: Cursor) -> tuple[str, ...]:
        order = _before(cursor.order_key)
        name = _before(cursor.id) if order == cursor.order_key else _BEHIND
        return (order, name[:_START], name) if self.shape.is_digested else (order, name)


def _before(text: str) -> str:
    """A text that a database can compare with, behind which the same records come."""
    found = _NO_TEXT.search(text)
    if not found:
        return text
    start = text[: found.start()]
    return start if found[0] == "\0" else f"{start}\ud7ff{_BEHIND}"


def _written(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat()


# -------------------------------------------------------------------------------------- the store


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
        self._shelf = _Shelf(noun, tables, _dialect_named(connection.dialect.name))

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
            _ = instance_of(self._shelf.shape.filter, filter)
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
        self._dialect = _dialect_named(connection.dialect.name)
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
                transaction is REPEATABLE READ.
        """
        if not instance_of(Changes, changes):
            return
        self._dialect.lock(self._connection, self._tables, changes.keys)
        # Whatever goes wrong takes back what is written here, be it that the disk is full.
        with self._connection.begin_nested():
            revisions = self._revisions(changes.keys)
            again = [each.id for each in changes.puts if each.noun is Noun.READINGS]
            held = self._readings(each for each in again if (Noun.READINGS, each) in revisions)
            self._write(changes.against(revisions, held.__getitem__), uuid4().hex)

    def _of(self, noun: Noun) -> SqlRepository[Any, Any]:
        return SqlRepository(self._connection, self._tables, noun)

    def _shelf(self, noun: Noun) -> _Shelf:
        return _Shelf(noun, self._tables, self._dialect)

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
        _ = _dialect_named(connection.engine.dialect.name)
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


def __dir__() -> list[str]:
    return sorted(__all__)
