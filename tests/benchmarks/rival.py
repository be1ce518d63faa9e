"""The same work as a memory store's, through plain `sqlite3` in memory.

Visits lie in a table with the columns that they are found by, each with an index, and in one of two
forms. As pickles: the fastest way of the standard library to give equal objects back, fit for no
database that outlives its program. As the texts of `codec`: what a store of a host does. Or pickles
are left as the bytes that the database holds, which is less than a store does: nobody can use them.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import partnervisits as pv
from partnervisits import codec

TABLES = """
CREATE TABLE visit (
    id TEXT PRIMARY KEY, partner TEXT, status TEXT, day TEXT, revision INTEGER, document BLOB
) WITHOUT ROWID;
CREATE TABLE visitor (rep TEXT, visit TEXT, PRIMARY KEY (rep, visit)) WITHOUT ROWID;
CREATE INDEX by_day ON visit (day, id);
CREATE INDEX by_partner ON visit (partner, day, id);
CREATE INDEX by_status ON visit (status, day, id);
"""


class Form(NamedTuple):
    """How visits lie in the database.

    Attributes:
        name: What a report calls it.
        write: Makes a document of a visit.
        read: Makes of the document what is given back.
    """

    name: str
    write: Callable[[pv.Visit], bytes | str]
    read: Callable[[Any], object]


def _left(document: object) -> object:
    return document


PICKLES = Form("pickles", pickle.dumps, pickle.loads)
LEFT_AS_BYTES = Form("bytes", pickle.dumps, _left)
TEXTS = Form("texts", codec.dumps, partial(codec.loads, kind=pv.Visit))


def open_with(visits: Iterable[pv.Visit], form: Form) -> sqlite3.Connection:
    """A database in memory that holds visits, at revision 1."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    _ = database.executescript(TABLES)
    _ = database.execute("BEGIN")
    for visit in visits:
        columns = (visit.partner_id, visit.status.name, str(visit.on))
        row = (visit.id, *columns, 1, form.write(visit))
        _ = database.execute("INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?)", row)
        reps = [(each.rep_id, visit.id) for each in visit.visitors]
        _ = database.executemany("INSERT INTO visitor VALUES (?, ?)", reps)
    _ = database.execute("COMMIT")
    return database


def get(database: sqlite3.Connection, id: str, form: Form) -> tuple[object, int]:
    """One visit and its revision."""
    statement = "SELECT document, revision FROM visit WHERE id = ?"
    document, revision = database.execute(statement, (id,)).fetchone()
    return form.read(document), revision


def replace(database: sqlite3.Connection, visit: pv.Visit, revision: int, form: Form) -> None:
    """One guarded write in a transaction of its own; the reps stay as they are."""
    columns = (visit.partner_id, visit.status.name, str(visit.on), form.write(visit))
    _ = database.execute("BEGIN")
    done = database.execute(
        "UPDATE visit SET partner = ?, status = ?, day = ?, document = ?, revision = revision + 1 "
        "WHERE id = ? AND revision = ?",
        (*columns, visit.id, revision),
    )
    assert done.rowcount == 1
    _ = database.execute("COMMIT")


def of_partner(database: sqlite3.Connection, partner: str, form: Form) -> list[tuple[object, int]]:
    """The visits to a partner, by day."""
    found = database.execute(
        "SELECT document, revision FROM visit WHERE partner = ? ORDER BY day, id", (partner,)
    )
    return [(form.read(document), revision) for document, revision in found]


def of_days(
    database: sqlite3.Connection, since: str, before: str, limit: int, form: Form
) -> list[tuple[object, int]]:
    """The first visits of some days."""
    found = database.execute(
        "SELECT document, revision FROM visit WHERE day >= ? AND day < ? ORDER BY day, id LIMIT ?",
        (since, before, limit),
    )
    return [(form.read(document), revision) for document, revision in found]
