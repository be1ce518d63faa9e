"""What a memory store holds at one moment, as a value (S 10.5).

A noun has one table of its records by id, one index of where they stand in its order, and one for
each facet that it is found by. A line of an index is what the record says to the facet, its order
key and its id, with a character between them that none of them holds and that sorts before all
others. So finding by a facet reads one run of lines, in the order of the noun.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby, islice
from typing import Any, NamedTuple, TypeAlias

import attrs

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
_EVERYTHING: tuple[str, ...] = ("",)

_Lines: TypeAlias = tuple[str, ...]


class Row(NamedTuple):
    """A record as it lies in a shelf.

    Attributes:
        stored: The record.
        lines: Its lines in each index.
    """

    stored: Stored[Any]
    lines: tuple[_Lines, ...]


@attrs.frozen
class Shelf:
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
        return cls(noun, Table(), tuple(Ordered() for _ in range(1 + len(facets_of(noun)))))

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
        return Shelf(
            self.noun,
            self.rows.changed(
                [each.id for each in deletes],
                [(put.id, row) for put, row in zip(puts, after, strict=True)],
            ),
            tuple(self._index_changed(at, before, after) for at in range(len(self.indexes))),
        )

    def _index_changed(self, at: int, before: Iterable[Row], after: Iterable[Row]) -> Ordered:
        left = {line for row in before for line in row.lines[at]}
        taken = {line for row in after for line in row.lines[at]}
        if left == taken:
            return self.indexes[at]
        return self.indexes[at].changed(sorted(left - taken), sorted(taken - left))

    def _row(self, put: Put, revision: str) -> Row:
        value = put.value
        place = f"{_END}{order_key(value)}{_END}{put.id}"
        lines = [tuple([each + place for each in said]) for said in said_by(value).values()]
        return Row(Stored(value, revision), ((place,), *lines))

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

    def _best_index(self, filter: Any) -> tuple[Ordered, tuple[str, ...]]:  # noqa: ANN401 -- see find
        """The index that leaves the fewest records to look at, with all that is wanted of it."""
        choices = [(self.indexes[0], _EVERYTHING)]
        if filter:
            wanted, facets = wanted_by(filter), facets_of(self.noun)
            choices += [(self.indexes[1 + facets.index(each)], wanted[each]) for each in wanted]
        return min(choices, key=_records_in)


def _records_in(choice: tuple[Ordered, tuple[str, ...]]) -> int:
    index, wanted = choice
    return sum(index.span(f"{each}{_END}", f"{each}{_END}{_BEHIND}") for each in wanted)


def _places(run: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The order key and the id of each line."""
    for line in run:
        said_and_order, _, name = line.rpartition(_END)
        yield said_and_order.rpartition(_END)[2], name


@attrs.frozen
class State:
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
        found = ((key, self.shelves[key[0]].get(key[1])) for key in keys)
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
        revision = self.revision + 1
        shelves = dict(self.shelves)
        puts = {noun: [*some] for noun, some in groupby(changes.puts, _noun)}
        deletes = {noun: [*some] for noun, some in groupby(changes.deletes, _noun)}
        for noun in {**puts, **deletes}:
            written = puts.get(noun, []), deletes.get(noun, [])
            shelves[noun] = shelves[noun].changed(*written, str(revision))
        return State(shelves, revision)


def _noun(entry: Put | Delete) -> Noun:
    return entry.noun
