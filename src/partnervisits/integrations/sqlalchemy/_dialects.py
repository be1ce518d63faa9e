"""What SQLite and PostgreSQL do differently: many texts at once, and locks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from partnervisits.errors import InvalidValueError
from partnervisits.integrations.sqlalchemy._tables import Tables, digest
from partnervisits.repositories import Key

_STRIPES = 256


class Dialect(Protocol):
    def among(self, column: sa.Column[str], wanted: list[str]) -> sa.ColumnElement[bool]:
        """Whether a column holds one of any number of texts, in one bound parameter."""
        ...

    def begin(self, connection: sa.Connection, tables: Tables) -> None:
        """Do what has to come before a savepoint."""
        ...

    def lock(self, connection: sa.Connection, tables: Tables, keys: Iterable[Key]) -> None:
        """Wait until nobody else can write what is to be written or checked."""
        ...


class _Sqlite:
    def among(self, column: sa.Column[str], wanted: list[str]) -> sa.ColumnElement[bool]:
        given = sa.func.json_each(json.dumps(wanted)).table_valued("value")
        return column.in_(sa.select(given.c.value))

    def begin(self, connection: sa.Connection, tables: Tables) -> None:
        # There is one lock, and it is given for writing. Taken after the first look, it would be
        # refused to whoever has seen an older state; so write first, even if it is nothing.
        _ = connection.execute(sa.delete(tables.visits).where(sa.false()))

    def lock(self, connection: sa.Connection, tables: Tables, keys: Iterable[Key]) -> None:
        pass  # it is held already


class _Postgresql:
    def among(self, column: sa.Column[str], wanted: list[str]) -> sa.ColumnElement[bool]:
        return column == sa.any_(sa.literal(wanted, ARRAY(sa.Text)))

    def begin(self, connection: sa.Connection, tables: Tables) -> None:
        pass  # a lock that is not given ends no more than the savepoint

    def lock(self, connection: sa.Connection, tables: Tables, keys: Iterable[Key]) -> None:
        visits = connection.dialect.identifier_preparer.format_table(tables.visits)
        isolation = connection.execute(_advisory_locks(visits, keys)).scalar()
        if isolation == "repeatable read":
            raise InvalidValueError(
                "store.isolation",
                "use READ COMMITTED or SERIALIZABLE for all who write: in REPEATABLE READ a store "
                "does not see what others created since the transaction began, so no check of it "
                "would hold",
            )


def _advisory_locks(visits: str, keys: Iterable[Key]) -> sa.Executable:
    """Locks of PostgreSQL that end with the transaction, on whatever keys, there or not.

    The number of locks is bounded, so a key stands for all of its stripe. They are taken in one
    order, so that two who lock never wait for each other. They are those of the table itself, under
    whatever name and schema it is reached.
    """
    names = (f"{noun.value} {name}" for noun, name in keys)
    stripes = sorted({int(digest(name)[:8], 16) % _STRIPES for name in names})
    return sa.text(
        "SELECT current_setting('transaction_isolation'), "
        "count(pg_advisory_xact_lock(CAST(CAST(:visits AS regclass) AS integer), stripe)) "
        "FROM unnest(CAST(:stripes AS integer[])) AS stripe"
    ).bindparams(visits=visits, stripes=stripes)


_DIALECTS: Mapping[str, Dialect] = {"sqlite": _Sqlite(), "postgresql": _Postgresql()}


def dialect_named(name: str) -> Dialect:
    try:
        return _DIALECTS[name]
    except KeyError:
        message = f"use SQLite or PostgreSQL, not {name}: how others lock is not known"
        raise InvalidValueError("store.dialect", message) from None
