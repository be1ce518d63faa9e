"""What a memory store holds at one moment, as a value (S 10.5).

The records of a noun lie in one sorted sequence by id. Where they stand in the order of the noun
lies in another, once for all of them and once for each facet, so that finding by a facet reads one
run of it: `(facet, what the record says, order key, id)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeAlias

import attrs

from partnervisits.memory._facets import SHAPES, said
from partnervisits.memory._ordered import Entry, Ordered
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

_Run: TypeAlias = tuple[str, str]

_ALL: _Run = ("", "")
_WITHOUT_DAY = "~"
_BEHIND = "\U0010ffff"  # no order key begins with it


@attrs.frozen
class Shelf:
    """The records of one noun.

    Attributes:
        noun: What they are.
        records: `(id, stored)`, by id.
        places: `(facet, what the record says, order key, id)`, in that order.
    """

    noun: Noun
    records: Ordered = attrs.field(factory=Ordered)
    places: Ordered = attrs.field(factory=Ordered)

    def get(self, id: str) -> Stored[Any] | None:
        """A record, if it is there.

        Args:
            id: Its id.
        """
        entry = self.records.first((id,))
        return entry[1] if entry is not None and entry[0] == id else None

    def find(self, filter: Any, after: Cursor | None, limit: int | None) -> Iterator[Stored[Any]]:  # noqa: ANN401 -- its class goes with the noun
        """Records in their order, the first so many that fit.

        Args:
            filter: Of the noun's own class, or None for all.
            after: The place to begin behind.
            limit: How many at most; all if None.
        """
        there = (self.records.first((place[3],)) for place in self._places(filter, after))
        found: Iterator[Stored[Any]] = (entry[1] for entry in there if entry)
        fits = (each for each in found if filter is None or filter.matches(each.value))
        return islice(fits, limit)

    def with_writes(self, gone: Iterable[Stored[Any]], new: Iterable[Stored[Any]]) -> Shelf:
        """Another shelf.

        Args:
            gone: Records as they are held, to be deleted or replaced.
            new: Records as they are to be held.
        """
        before, after = list(gone), list(new)
        left = {place for held in before for place in self._places_of(held)}
        taken = {place for held in after for place in self._places_of(held)}
        return attrs.evolve(
            self,
            records=self.records.changed(map(_entry, before), map(_entry, after)),
            places=self.places.changed(sorted(left - taken), sorted(taken - left)),
        )

    def _places_of(self, held: Stored[Any]) -> Iterator[Entry]:
        order = order_key(held.value)
        yield *_ALL, order, held.id
        for facet, says in SHAPES[self.noun].facets.items():
            for value in says(held.value):
                yield facet, value, order, held.id

    def _places(self, filter: Any, after: Cursor | None) -> Iterator[Entry]:  # noqa: ANN401 -- see find
        low, high = _range_of(filter)
        begin = low if after is None else max(low, (after.order_key, after.id + "\0"))
        runs = [
            self.places.between((*each, *begin), (*each, *high)) for each in self._facet(filter)
        ]
        in_order = merge(*runs, key=_place)
        # A visit stands in the run of each of its reps.
        return (next(same) for _, same in groupby(in_order, key=_place))

    def _facet(self, filter: Any) -> list[_Run]:  # noqa: ANN401 -- see find
        """The facet that leaves the fewest records to look at, with all that is wanted of it."""
        choices = [[_ALL]]
        for facet in SHAPES[self.noun].facets if filter is not None else ():
            wanted = getattr(filter, facet)
            if wanted is not None:
                choices.append([(facet, each) for each in said(wanted)])
        return min(choices, key=self._records_in)

    def _records_in(self, runs: list[_Run]) -> int:
        return sum(self.places.span(run, (*run, _BEHIND)) for run in runs)


_place = itemgetter(2, 3)


def _entry(held: Stored[Any]) -> Entry:
    return held.id, held


def _range_of(filter: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:  # noqa: ANN401 -- see find
    """The order keys among which all lie that a filter's days or instants admit."""
    since, before = getattr(filter, "since", None), getattr(filter, "before", None)
    if since is None and before is None:
        return ("", ""), (_BEHIND,)
    low = "" if since is None else _written(since)
    return (low, ""), (_WITHOUT_DAY if before is None else _written(before),)


def _written(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat()


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
        new: dict[Noun, list[Stored[Any]]] = {}
        gone: dict[Noun, list[Stored[Any]]] = {}
        for put in changes.puts:
            new.setdefault(put.noun, []).append(Stored(put.value, str(revision)))
        written: tuple[Put | Delete, ...] = (*changes.puts, *changes.deletes)
        for entry in written:
            held = self.shelves[entry.noun].get(entry.id)
            if held is not None:
                gone.setdefault(entry.noun, []).append(held)
        shelves = dict(self.shelves)
        for noun in {*new, *gone}:
            shelves[noun] = shelves[noun].with_writes(gone.get(noun, ()), new.get(noun, ()))
        return State(shelves, revision)
