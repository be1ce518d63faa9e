"""Records in a host's database: SQLAlchemy Core over SQLite or PostgreSQL (S 10).

It needs SQLAlchemy: `pip install 'partnervisits[sqlalchemy]'`, and a driver that the host chooses.

A host adds the tables to its own `MetaData`, opens a connection, and makes a store of both. The
store works in the transaction of that connection and never ends it::

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

from partnervisits.integrations.sqlalchemy._awaited import AsyncSqlRepository, AsyncSqlStore
from partnervisits.integrations.sqlalchemy._store import SqlRepository, SqlStore
from partnervisits.integrations.sqlalchemy._tables import Tables, tables_in

__all__ = [
    "AsyncSqlRepository",
    "AsyncSqlStore",
    "SqlRepository",
    "SqlStore",
    "Tables",
    "tables_in",
]


def __dir__() -> list[str]:
    return sorted(__all__)
