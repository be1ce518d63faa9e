"""What a memory store holds at one moment, as a value (S 10.5).

A noun has one table of its records by id, one index of where they stand in its order, and one for
each facet that it is found by. A line of an index is what the record says to the facet, its order
key and its id, with a character between them that none of them holds and that sorts before all
others. So finding by a facet reads one run of lines, in the order of the noun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby, islice
from typing import Any, NamedTuple, TypeAlias

from partnervisits.fields import trusted
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
    facets_of,
    order_key,
    range_of,
    said_by,
    wanted_by,
)

_END = "\0"
_BEHIND = "\U0010ffff"  # no order key begins with it
_EVERYTHING = ("",)

_Lines: TypeAlias = tuple[str, tuple[tuple[str, ...], ...]]

_stored: Callable[..., Stored[Any]] = trusted(Stored)


class Row(NamedTuple):
    """A record as it lies in a shelf.

    Attributes:
        stored: The record.
        lines: The end of each of its lines, and what they begin with, for each index.
    """

    stored: Stored[Any]
    lines: _Lines


class Shelf(NamedTuple):
    """The records of one noun.

    Attributes:
        noun: What they are.
        rows: By id.
        indexes: In the order of the facets, after the one of all records.
        nothing: The lines of a record that is not there.
    """

    noun: Noun
    rows: Table[Row]
    indexes: tuple[Ordered, ...]
    nothing: _Lines

    @classmethod
    def empty(cls, noun: Noun) -> Shelf:
        """One without records.

        Args:
            noun: What they will be.
        """
        width = 1 + len(facets_of(noun))
        return cls(noun, Table(), tuple(Ordered() for _ in range(width)), ("", ((),) * width))

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
        new = [(put.id, self._row(put, revision)) for put in puts]
        gone = [each.id for each in deletes]
        pairs = [(self._lines(name), row.lines) for name, row in new]
        pairs += [(self._lines(name), self.nothing) for name in gone]
        return Shelf(
            self.noun, self.rows.changed(gone, new), self._indexes_changed(pairs), self.nothing
        )

    def _lines(self, id: str) -> _Lines:
        row = self.rows.get(id)
        return self.nothing if row is None else row.lines

    def _indexes_changed(self, pairs: Iterable[tuple[_Lines, _Lines]]) -> tuple[Ordered, ...]:
        indexes = list(self.indexes)
        for at, (gone, new) in _lines_changed(pairs).items():
            indexes[at] = indexes[at].changed(gone, new)
        return tuple(indexes)

    def _row(self, put: Put, revision: str) -> Row:
        value = put.value
        place = f"{_END}{order_key(value)}{_END}{put.id}"
        return Row(_stored(value, revision), (place, (_EVERYTHING, *said_by(value).values())))

    def _ids(self, filter: Any, after: Cursor | None) -> Iterator[str]:  # noqa: ANN401 -- see find
        low, high = (filter and range_of(filter)) or ("", _BEHIND)
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
        if filter:
            wanted, facets = wanted_by(filter), facets_of(self.noun)
            choices += [(self.indexes[1 + facets.index(each)], wanted[each]) for each in wanted]
        return min(choices, key=_records_in)


def _lines_changed(
    pairs: Iterable[tuple[_Lines, _Lines]],
) -> dict[int, tuple[list[str], list[str]]]:
    """For each index that changes what is removed from it, and what is added.

    Args:
        pairs: The lines of each record as they were and as they are to be.
    """
    changed: dict[int, tuple[list[str], list[str]]] = {}
    for (left, before), (place, after) in pairs:
        for at, (gone, new) in enumerate(zip(before, after, strict=True)):
            if left != place or gone != new:
                removed, added = changed.setdefault(at, ([], []))
                removed.extend([each + left for each in gone])
                added.extend([each + place for each in new])
    return changed


def _records_in(choice: tuple[Ordered, Sequence[str]]) -> int:
    index, wanted = choice
    return sum(index.span(f"{each}{_END}", f"{each}{_END}{_BEHIND}") for each in wanted)


def _places(run: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The order key and the id of each line."""
    for line in run:
        said_and_order, _, name = line.rpartition(_END)
        yield said_and_order.rpartition(_END)[2], name


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
