"""A small CRM: its partners in a table of its own, and a store over two more.

What the library makes lies in them as a document, and as what it says to filters. Run it with the
path of a new file: `python small_crm.py crm.db`.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs

from partnervisits import codec, example
from partnervisits.errors import NotFoundError
from partnervisits.proposals import expand
from partnervisits.repositories import (
    Changes,
    Cursor,
    Filter,
    Noun,
    PlanFilter,
    Put,
    Stored,
    order_key,
    range_of,
    said_by,
    wanted_by,
)

TABLES = """
CREATE TABLE partner (id TEXT PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);
CREATE TABLE record (
    noun TEXT, id TEXT, place TEXT NOT NULL, revision INTEGER NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (noun, id)
) WITHOUT ROWID;
CREATE INDEX in_order ON record (noun, place, id);
CREATE TABLE said (
    noun TEXT, facet TEXT, text TEXT, id TEXT, PRIMARY KEY (noun, facet, text, id),
    FOREIGN KEY (noun, id) REFERENCES record ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX said_by ON said (noun, id);
CREATE TABLE batch (number INTEGER PRIMARY KEY AUTOINCREMENT);
"""

READ = "SELECT document, revision FROM record WHERE noun = ?"
READ_ONE = f"{READ} AND id = ?"
SAYS_ONE_OF = """id IN (SELECT id FROM said WHERE noun = ? AND facet = ? AND text IN
    (SELECT value FROM json_each(?)))"""


@attrs.frozen
class Records:
    """Reads one noun: a `Repository`."""

    database: sqlite3.Connection
    noun: Noun

    def get(self, id: str, /) -> Stored[Any]:
        """One record by its id."""
        for document, revision in self.database.execute(READ_ONE, (self.noun.value, id)):
            return Stored[Any](codec.loads(document, self.noun.kind), str(revision))
        raise NotFoundError(self.noun.value, id, ())

    def find(
        self, filter: Any = None, /, *, after: Cursor | None = None, limit: int | None = None
    ) -> tuple[Stored[Any], ...]:
        """A page of records in their order."""
        asked = [*self._asked(filter)] if filter else []
        if after is not None:
            asked.append(("(place, id) > (?, ?)", after.order_key, after.id))
        wheres = " AND ".join([READ, *(where for where, *_ in asked)])
        values = [value for _, *some in asked for value in some]
        page = self.noun.value, *values, -1 if limit is None else limit
        rows = self.database.execute(f"{wheres} ORDER BY place, id LIMIT ?", page)
        return tuple(Stored[Any](codec.loads(row[0], self.noun.kind), str(row[1])) for row in rows)

    def _asked(self, wanted: Filter) -> Iterator[tuple[str, ...]]:
        for facet, texts in wanted_by(wanted).items():
            yield SAYS_ONE_OF, self.noun.value, facet, json.dumps(texts)
        within = range_of(wanted)
        if within is not None:
            yield "place >= ? AND place < ?", *within


class CrmStore:
    """A `Store` within a transaction of the CRM, which it never ends."""

    contract = 1

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.indicators = Records(database, Noun.INDICATORS)
        self.tasks = Records(database, Noun.TASKS)
        self.templates = Records(database, Noun.TEMPLATES)
        self.visits = Records(database, Noun.VISITS)
        self.plans = Records(database, Noun.PLANS)
        self.readings = Records(database, Noun.READINGS)
        self.overrides = Records(database, Noun.OVERRIDES)
        self.rules = Records(database, Noun.RULES)
        self.follow_ups = Records(database, Noun.FOLLOW_UPS)

    def apply(self, changes: Changes, /) -> None:
        """Look up, let the library decide, write; or leave everything as it was."""
        _ = self._database.execute("SAVEPOINT applying")
        try:
            there = {
                (noun, name): str(revision)
                for noun, name in changes.keys
                for _, revision in self._database.execute(READ_ONE, (noun.value, name))
            }
            writes = changes.against(there, lambda name: self.readings.get(name).value)
            revision = self._database.execute("INSERT INTO batch DEFAULT VALUES").lastrowid
            gone = [(each.noun.value, each.id) for each in writes]
            _ = self._database.executemany("DELETE FROM record WHERE noun = ? AND id = ?", gone)
            for put in writes.puts:
                self._write(put, revision)
        except BaseException:
            _ = self._database.execute("ROLLBACK TO applying")
            raise
        finally:
            _ = self._database.execute("RELEASE applying")

    def _write(self, put: Put, revision: int | None) -> None:
        noun, name = put.noun.value, put.id
        row = noun, name, order_key(put.value), revision, codec.dumps(put.value)
        _ = self._database.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?)", row)
        said = said_by(put.value).items()
        rows = [(noun, facet, text, name) for facet, texts in said for text in texts]
        _ = self._database.executemany("INSERT INTO said VALUES (?, ?, ?, ?)", rows)


@attrs.frozen
class Crm:
    """The CRM: a file, and transactions on it."""

    path: Path

    def create(self) -> None:
        """Make its tables."""
        with self.connect() as database:
            _ = database.executescript(TABLES)

    @contextmanager
    def connect(self) -> Generator[sqlite3.Connection]:
        """A connection for reading."""
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=60)) as database:
            _ = database.executescript("PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL")
            yield database

    @contextmanager
    def begin(self) -> Generator[sqlite3.Connection]:
        """A transaction for writing: what is done in it is there when it ends, or never."""
        with self.connect() as database:
            # The lock comes first: what is read afterwards stays true until the end.
            _ = database.execute("BEGIN IMMEDIATE")
            with database:  # commits, or rolls back what an exception leaves behind
                yield database


def main(path: Path) -> None:
    """A partner is entered, and a visit to it planned, in one transaction."""
    crm = Crm(path)
    crm.create()
    visit, catalog = example.visit(), example.catalog()
    plan = expand(example.template(), visit, catalog=catalog, given=example.given()).accept()
    with crm.begin() as database:
        _ = database.execute("INSERT INTO partner VALUES ('nordrad', 'Nordrad', 'Hamburg')")
        CrmStore(database).apply(Changes.create(visit, plan))
    with crm.connect() as database:
        for held in CrmStore(database).plans.find(PlanFilter(partners=["nordrad"])):
            print(held.value)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
