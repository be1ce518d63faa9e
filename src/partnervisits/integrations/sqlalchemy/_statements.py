"""The statements of a noun."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import attrs
import sqlalchemy as sa

from partnervisits import codec
from partnervisits.integrations.sqlalchemy._dialects import Dialect
from partnervisits.integrations.sqlalchemy._tables import (
    SHAPES,
    START,
    Shape,
    Tables,
    digest,
    order_of,
)
from partnervisits.repositories import Cursor, Delete, Noun, Put, Record, id_of, order_key

_WITHOUT_DAY = "~"
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
        """Where the records are."""
        table: sa.Table = getattr(self.tables, self.noun.value)
        return table

    @property
    def shape(self) -> Shape:
        """How they lie there."""
        return SHAPES[self.noun]

    @property
    def key(self) -> sa.Column[str]:
        """The primary key."""
        return self.table.c.digest if self.shape.is_digested else self.table.c.id

    def key_of(self, id: str) -> str:
        """What stands there for an id."""
        return digest(id) if self.shape.is_digested else id

    def row(self, value: Record, revision: str) -> dict[str, str]:
        """All columns of a record."""
        name = id_of(value)
        row = {"id": name, "order_key": order_key(value), "revision": revision}
        if self.shape.is_digested:
            row |= {"digest": digest(name), "id_start": name[:START]}
        row |= {each.column: each.held(each.says(value)) for each in self.shape.facets}
        return {**row, "data": codec.dumps(value)}

    def get(self, id: str) -> sa.Select[str, str]:
        """The data and the revision of a record."""
        found = sa.select(self.table.c.data, self.table.c.revision)
        return found.where(self._is_among(self.key, [self.key_of(id)]))

    def with_ids(self, column: sa.Column[str], ids: Iterable[str]) -> sa.Select[str, str]:
        """The keys of the records with some ids that are there, and a column."""
        return sa.select(self.key, column).where(self._is_among(self.key, map(self.key_of, ids)))

    def find(self, filter: Any, after: Cursor | None, limit: int | None) -> sa.Select[str, str]:  # noqa: ANN401 -- its class goes with the noun
        """The data and the revisions of the records that fit, in their order."""
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
        return (order, name[:START], name) if self.shape.is_digested else (order, name)


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
