"""What a memory store holds at one moment, as a value (S 10.5).

A noun has one table of its records by id, one index of where they stand in its order, and one for
each facet that it is found by. A line of an index is what the record says to the facet, its order
key and its id, with a character between them that none of them holds and that sorts before all
others. So finding by a facet reads one run of lines, in the order of the noun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from heapq import merge
from itertools import groupby, islice
from typing import Any, NamedTuple, TypeAlias

from partnervisits.fields import trusted
from partnervisits.memory._facets import SHAPES, said
from partnervisits.memory._ordered import Ordered
from partnervisits.memory._table import Table
from partnervisits.readings import Reading
from partnervisits.repositories import (
    Changes,
    Cursor,
    Delete,
    Key,
    Noun,
    Put,
    Stored,
    order_key,
)

_END = "\0"
_WITHOUT_DAY = "~"
_BEHIND = "\U0010ffff"  # no order key begins with it
_EVERYTHING = ("",)

_Said: TypeAlias = tuple[str, ...]

_stored: Callable[..., Stored[Any]] = trusted(Stored)


class Row(NamedTuple):
    """A record as it lies in a shelf.

    Attributes:
        stored: The record.
        place: The end of each of its lines.
        said: What they begin with, for each index.
    """

    stored: Stored[Any]
    place: str
    said: tuple[_Said, ...]


class Shelf(NamedTuple):
    """The records of one noun.

    Attributes:
        noun: What they are.
        rows: By id.
        indexes: In the order of the facets, after the one of all records.
    """

    noun: Noun
    rows: Table[Row]
    indexes: tuple[Ordered, ...]

    @classmethod
    def empty(cls, noun: Noun) -> Shelf:
        """One without records.

        Args:
            noun: What they will be.
        """
        return cls(noun, Table(), tuple(Ordered() for _ in range(1 + len(SHAPES[noun].facets))))

    def get(self, id: str) -> Stored[Any] | None:
        """A record, if it is there.

        Args:
            id: Its id.
        """
        row = self.rows.get(id)
        return None if row is None else row.stored

    def find(self, filter: Any, after: Cursor | None, limit: int | None) -> Iterator[Stored[Any]]:  # noqa: ANN401 -- its class goes with the noun
        """Records in their order, the first so many that fit.

        Args:
            filter: Of the noun's own class, or None for all.
            after: The place to begin behind.
            limit: How many at most; all if None.
        """
        rows = (self.rows.get(name) for name in self._ids(filter, after))
        held = (row.stored for row in rows if row)
        return islice((each for each in held if not filter or filter.matches(each.value)), limit)

    def changed(self, puts: Sequence[Put], deletes: Sequence[Delete], revision: str) -> Shelf:
        """Another shelf.

        Args:
            puts: Of this noun.
            deletes: Of this noun.
            revision: Of what is put.
        """
        entries: tuple[Put | Delete, ...] = (*puts, *deletes)
        before = [row for each in entries if (row := self.rows.get(each.id))]
        after = [self._row(put, revision) for put in puts]
        rows = self.rows.changed(
            [each.id for each in deletes],
            [(put.id, row) for put, row in zip(puts, after, strict=True)],
        )
        return Shelf(self.noun, rows, self._indexes_changed(before, after))

    def _indexes_changed(self, before: list[Row], after: list[Row]) -> tuple[Ordered, ...]:
        moved = [row.place for row in before] != [row.place for row in after]
        said = zip(self.indexes, self._said(before), self._said(after), strict=True)
        return tuple(
            [
                index if gone == new and not moved else _index_changed(index, at, before, after)
                for at, (index, gone, new) in enumerate(said)
            ]
        )

    def _said(self, rows: list[Row]) -> list[tuple[_Said, ...]]:
        """What all rows say, for each index."""
        return [*zip(*[row.said for row in rows], strict=True)] or [()] * len(self.indexes)

    def _row(self, put: Put, revision: str) -> Row:
        value = put.value
        said = [says(value) for says in SHAPES[self.noun].facets.values()]
        place = f"{_END}{order_key(value)}{_END}{put.id}"
        return Row(_stored(value, revision), place, (_EVERYTHING, *said))

    def _ids(self, filter: Any, after: Cursor | None) -> Iterator[str]:  # noqa: ANN401 -- see find
        low, high = _range_of(filter)
        begin = low if after is None else max(low, f"{after.order_key}{_END}{after.id}{_END}")
        index, wanted = self._best_index(filter)
        runs = [index.between(f"{each}{_END}{begin}", f"{each}{_END}{high}") for each in wanted]
        if len(runs) == 1:
            return (line.rpartition(_END)[2] for line in runs[0])
        places = merge(*(_places(run) for run in runs))
        # A visit stands in the run of each of its reps.
        return (name for (_, name), _ in groupby(places))

    def _best_index(self, filter: Any) -> tuple[Ordered, Sequence[str]]:  # noqa: ANN401 -- see find
        """The index that leaves the fewest records to look at, with all that is wanted of it."""
        choices: list[tuple[Ordered, Sequence[str]]] = [(self.indexes[0], _EVERYTHING)]
        facets = SHAPES[self.noun].facets if filter else ()
        for index, facet in zip(self.indexes[1:], facets, strict=False):
            wanted = getattr(filter, facet)
            if wanted is not None:
                choices.append((index, said(wanted)))
        return min(choices, key=_records_in)


def _index_changed(index: Ordered, at: int, before: list[Row], after: list[Row]) -> Ordered:
    left, taken = _lines(before, at), _lines(after, at)
    return index.changed(sorted(left - taken), sorted(taken - left))


def _lines(rows: list[Row], at: int) -> set[str]:
    return {each + row.place for row in rows for each in row.said[at]}


def _records_in(choice: tuple[Ordered, Sequence[str]]) -> int:
    index, wanted = choice
    return sum(index.span(f"{each}{_END}", f"{each}{_END}{_BEHIND}") for each in wanted)


def _places(run: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The order key and the id of each line."""
    for line in run:
        said_and_order, _, name = line.rpartition(_END)
        yield said_and_order.rpartition(_END)[2], name


def _range_of(filter: Any) -> tuple[str, str]:  # noqa: ANN401 -- see find
    """The order keys among which all lie that a filter's days or instants admit."""
    since, before = getattr(filter, "since", None), getattr(filter, "before", None)
    if since is None and before is None:
        return "", _BEHIND
    low = "" if since is None else _written(since)
    return low, _WITHOUT_DAY if before is None else _written(before)


def _written(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat()


class State(NamedTuple):
    """All shelves at one moment.

    Attributes:
        shelves: By noun.
        revision: The number of the last write.
    """

    shelves: dict[Noun, Shelf]
    revision: int = 0

    def revisions(self, keys: Iterable[Key]) -> dict[Key, str]:
        """The present revisions of the records that are there.

        Args:
            keys: What is asked for.
        """
        found = [(key, self.shelves[key[0]].get(key[1])) for key in keys]
        return {key: held.revision for key, held in found if held is not None}

    def reading(self, id: str) -> Reading:
        """A reading that is there.

        Args:
            id: Its id.
        """
        held: Stored[Reading] = self.shelves[Noun.READINGS].get(id)  # type: ignore[assignment]
        return held.value

    def with_changes(self, changes: Changes) -> State:
        """Another state.

        Args:
            changes: That nothing stands against.
        """
        written: dict[Noun, tuple[list[Put], list[Delete]]] = {}
        for put in changes.puts:
            written.setdefault(put.noun, ([], []))[0].append(put)
        for delete in changes.deletes:
            written.setdefault(delete.noun, ([], []))[1].append(delete)
        revision = self.revision + 1
        shelves = dict(self.shelves)
        for noun, (puts, deletes) in written.items():
            shelves[noun] = shelves[noun].changed(puts, deletes, str(revision))
        return State(shelves, revision)
