"""The statements by which one noun is read and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import attrs
import sqlalchemy as sa

from partnervisits import codec
from partnervisits.integrations.sqlalchemy._dialects import Dialect
from partnervisits.integrations.sqlalchemy._tables import (
    COLUMNS,
    DIGESTED,
    START,
    Tables,
    digest,
    in_column,
    order_of,
)
from partnervisits.repositories import (
    Cursor,
    Delete,
    Filter,
    Noun,
    Put,
    Record,
    id_of,
    order_key,
    range_of,
    said_by,
    wanted_by,
)

_BEHIND = "\U0010ffff" * 4_096  # no id comes after it
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # no record holds these, and no database takes them


@attrs.frozen(eq=False)
class Shelf:
    """The statements of one noun."""

    noun: Noun
    tables: Tables
    dialect: Dialect

    @property
    def table(self) -> sa.Table:
        table: sa.Table = getattr(self.tables, self.noun.value)
        return table

    @property
    def is_digested(self) -> bool:
        return self.noun in DIGESTED

    @property
    def key(self) -> sa.Column[str]:
        return self.table.c.digest if self.is_digested else self.table.c.id

    def key_of(self, id: str) -> str:
        return digest(id) if self.is_digested else id

    def row(self, value: Record, revision: str) -> dict[str, str]:
        name = id_of(value)
        row = {"id": name, "order_key": order_key(value), "revision": revision}
        if self.is_digested:
            row |= {"digest": digest(name), "id_start": name[:START]}
        said = said_by(value)
        for facet, column in COLUMNS[self.noun].items():
            row[column] = in_column(column, said[facet][0])
        return {**row, "data": codec.dumps(value)}

    def get(self, id: str) -> sa.Select[str, str]:
        found = sa.select(self.table.c.data, self.table.c.revision)
        return found.where(self._is_among(self.key, [self.key_of(id)]))

    def with_ids(self, column: sa.Column[str], ids: Iterable[str]) -> sa.Select[str, str]:
        """The keys of the records with some ids, and a column."""
        return sa.select(self.key, column).where(self._is_among(self.key, map(self.key_of, ids)))

    def find(
        self, filter: Filter | None, after: Cursor | None, limit: int | None
    ) -> sa.Select[str, str]:
        order = order_of(self.table)
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

    def _fits(self, filter: Filter) -> Iterator[sa.ColumnElement[bool]]:
        columns = COLUMNS[self.noun]
        for facet, wanted in wanted_by(filter).items():
            if facet in columns:
                held = [in_column(columns[facet], each) for each in wanted]
                yield self._is_among(self.table.c[columns[facet]], held)
            else:
                reps = self.tables.visit_reps.c
                of_reps = sa.select(reps.visit_id).where(self._is_among(reps.rep_id, wanted))
                yield self.key.in_(of_reps)
        within = range_of(filter)
        if within is not None:
            yield self.table.c.order_key >= within[0]
            yield self.table.c.order_key < within[1]

    def _is_among(self, column: sa.Column[str], wanted: Iterable[str]) -> sa.ColumnElement[bool]:
        held = sorted(each for each in wanted if not _NO_TEXT.search(each))
        # Of one, an index gives the records in their order.
        return column == held[0] if len(held) == 1 else self.dialect.among(column, held)

    def _place_of(self, cursor: Cursor) -> tuple[str, ...]:
        order = _before(cursor.order_key)
        name = _before(cursor.id) if order == cursor.order_key else _BEHIND
        return (order, name[:START], name) if self.is_digested else (order, name)


def _before(text: str) -> str:
    """A text that a database can compare with, behind which the same records come."""
    found = _NO_TEXT.search(text)
    if not found:
        return text
    start = text[: found.start()]
    return start if found[0] == "\0" else f"{start}\ud7ff{_BEHIND}"
