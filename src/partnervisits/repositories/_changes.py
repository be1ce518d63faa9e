"""What is read from a store, and what is written to it, as values (S 10.2, S 10.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

import attrs

from partnervisits.errors import ConflictError, InvalidValueError
from partnervisits.fields import host_id, instance_of, library_id, named, optional_id, tuple_of
from partnervisits.findings import Finding
from partnervisits.readings import Reading
from partnervisits.repositories._records import (
    Cursor,
    Key,
    Noun,
    Record,
    id_of,
    noun_of,
    order_key,
)

T_co = TypeVar("T_co", bound=Record, covariant=True)
W = TypeVar("W", "Put", "Delete", "Check")

_NONE: tuple[()] = ()


def _record(value: Record) -> Record:
    _ = noun_of(value)
    return value


def _noun(value: Noun) -> Noun:
    return instance_of(Noun, value)


@attrs.frozen(field_transformer=named)
class Put:
    """A record to be created or replaced.

    Attributes:
        value: The record.
        revision: The one that was read; None if it must not exist yet.
        noun: What the record is; said by its class.
        id: Its id.

    Raises:
        InvalidValueError: `record.type`, `changes.append-only` for a reading with a revision.
    """

    value: Record = attrs.field(converter=_record)
    revision: str | None = attrs.field(default=None, converter=optional_id)
    noun: Noun = attrs.field(init=False, eq=False, repr=False)
    id: str = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "noun", noun_of(self.value))
        object.__setattr__(self, "id", id_of(self.value))
        if self.revision is not None and self.noun is Noun.READINGS:
            raise InvalidValueError(
                "changes.append-only",
                "a reading is never replaced: record what is right with correct()",
                "Put",
                "revision",
            )

    def __str__(self) -> str:
        if self.revision is None:
            return f"create {self.noun.value} {self.id}"
        return f"replace {self.noun.value} {self.id} at revision {self.revision}"


@attrs.frozen(field_transformer=named)
class Delete:
    """A record to be deleted.

    Attributes:
        noun: What it is.
        id: Its id.
        revision: The one that was read.
    """

    noun: Noun = attrs.field(converter=_noun)
    id: str = attrs.field(converter=library_id)
    revision: str = attrs.field(converter=host_id)

    def __str__(self) -> str:
        return f"delete {self.noun.value} {self.id} at revision {self.revision}"


@attrs.frozen(field_transformer=named)
class Check:
    """A record that was only read and must still be as it was (S 10.4).

    Attributes:
        noun: What it is.
        id: Its id.
        revision: The one that was read; None if it must not exist.
    """

    noun: Noun = attrs.field(converter=_noun)
    id: str = attrs.field(converter=library_id)
    revision: str | None = attrs.field(default=None, converter=optional_id)

    def __str__(self) -> str:
        if self.revision is None:
            return f"check that {self.noun.value} {self.id} is not there"
        return f"check {self.noun.value} {self.id} at revision {self.revision}"


def _in_order(kind: type[W], values: Iterable[W]) -> tuple[W, ...]:
    """Sorted, equal ones once; two that differ stand side by side."""
    if values is _NONE:
        return ()
    given = tuple_of(kind, values)
    if len(given) == 1:
        return given
    held: list[W] = []
    for each in sorted(given, key=_rank):
        if not held or held[-1] != each:
            held.append(each)
    return tuple(held)


def _rank(entry: Put | Delete | Check) -> tuple[str, str, str]:
    return entry.noun.value, entry.id, entry.revision or ""


def _puts(values: Iterable[Put]) -> tuple[Put, ...]:
    return _in_order(Put, values)


def _deletes(values: Iterable[Delete]) -> tuple[Delete, ...]:
    return _in_order(Delete, values)


def _checks(values: Iterable[Check]) -> tuple[Check, ...]:
    return _in_order(Check, values)


@attrs.frozen(field_transformer=named, kw_only=True)
class Changes:
    """A set of writes, all of which a store applies, or none (S 10.2).

    It is a set: the order in which it was put together does not matter, and what is said twice is
    said once. Changes add up: `a + b` is both.

    Attributes:
        puts: Records to be created or replaced, sorted by noun and id.
        deletes: Records to be deleted, in the same order.
        checks: Records that must still be as they were read, in the same order.

    Raises:
        InvalidValueError: `changes.twice`: two different writes of one record; `sequence.type`,
            `sequence.entry`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> print(pv.Changes.create(example.visit(), example.template()))
        create templates quarterly@1
        create visits V-2026-031
    """

    puts: tuple[Put, ...] = attrs.field(default=_NONE, converter=_puts)
    deletes: tuple[Delete, ...] = attrs.field(default=_NONE, converter=_deletes)
    checks: tuple[Check, ...] = attrs.field(default=_NONE, converter=_checks)

    def __attrs_post_init__(self) -> None:
        writes: tuple[Put | Delete, ...] = (*self.puts, *self.deletes)
        keys = [(each.noun, each.id) for each in writes]
        if len({*keys}) < len(keys):
            noun, name = next(key for key, times in Counter(keys).items() if times > 1)
            raise InvalidValueError(
                "changes.twice",
                f"{noun.value} {name} is written twice: write its last state once",
                "Changes",
            )

    @classmethod
    def create(cls, *values: Record) -> Changes:
        """Records that must not exist yet; a reading may be there with an equal value.

        Args:
            values: Of any nouns.

        Raises:
            InvalidValueError: `record.type`, `changes.twice`.
        """
        return cls(puts=map(Put, values))

    def __add__(self, other: Changes) -> Changes:
        if type(other) is not Changes:
            return NotImplemented
        return Changes(
            puts=self.puts + other.puts,
            deletes=self.deletes + other.deletes,
            checks=self.checks + other.checks,
        )

    def __bool__(self) -> bool:
        return bool(self.puts or self.deletes or self.checks)

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "no changes"

    def __iter__(self) -> Iterator[Put | Delete | Check]:
        """All entries: puts, deletes, checks."""
        entries: tuple[Put | Delete | Check, ...] = (*self.puts, *self.deletes, *self.checks)
        return iter(entries)

    @property
    def keys(self) -> frozenset[Key]:
        """Everything that is written or checked: what a store looks up before it writes."""
        return frozenset([(each.noun, each.id) for each in self])

    def against(self, revisions: Mapping[Key, str], reading: Callable[[str], Reading]) -> Changes:
        """What is left to be written, given what a store holds (S 10.2).

        This is the whole decision of `Store.apply`: a store looks up the present revisions, calls
        this, and writes what comes back. A reading that is there with an equal value is left out.

        Args:
            revisions: The present revision of each of `keys` that is there; others may be among
                them.
            reading: Gives the reading that is held under an id; called only for one that is to be
                created and is there.

        Returns:
            Puts and deletes, without checks.

        Raises:
            ConflictError: All that stands against it: `store.exists`, `store.missing`,
                `store.stale`.
        """
        puts = [each for each in self.puts if not _is_there(each, revisions, reading)]
        entries: tuple[Put | Delete | Check, ...] = (*puts, *self.deletes, *self.checks)
        found = [_conflict(each, revisions) for each in entries]
        conflicts = [each for each in found if each is not None]
        if conflicts:
            raise ConflictError(conflicts)
        if len(puts) == len(self.puts) and not self.checks:
            return self
        return Changes(puts=puts, deletes=self.deletes)


def _is_there(put: Put, revisions: Mapping[Key, str], reading: Callable[[str], Reading]) -> bool:
    if put.noun is not Noun.READINGS or (put.noun, put.id) not in revisions:
        return False
    return reading(put.id) == put.value


def _conflict(entry: Put | Delete | Check, revisions: Mapping[Key, str]) -> Finding | None:
    present = revisions.get((entry.noun, entry.id))
    if present == entry.revision:
        return None
    path = entry.noun.value, entry.id
    if entry.revision is None:
        return Finding(path, "store.exists", "it is there already: read it, then replace it")
    if present is None:
        return Finding(path, "store.missing", "it is not there any more: decide again without it")
    return Finding(path, "store.stale", "it was changed since: read it again and decide again")


@attrs.frozen(field_transformer=named, weakref_slot=False)
class Stored(Generic[T_co]):
    """A record as a store holds it: its value, and the revision that guards the next write.

    Attributes:
        value: The record; the revision is never in it (S 10.3).
        revision: Opaque: a store gives a new one at each write, and never one twice.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> store = pv.MemoryStore()
        >>> store.apply(pv.Changes.create(example.visit()))
        >>> held = store.visits.get("V-2026-031")
        >>> store.apply(held.replaced_by(held.value.start(at=held.value.planned.start)))
        >>> store.visits.get("V-2026-031").value.status.value
        'in progress'
    """

    value: T_co
    revision: str = attrs.field(converter=host_id)

    def __attrs_post_init__(self) -> None:
        _ = noun_of(self.value)

    @property
    def noun(self) -> Noun:
        """What the record is."""
        return noun_of(self.value)

    @property
    def id(self) -> str:
        """The record's id."""
        return id_of(self.value)

    @property
    def cursor(self) -> Cursor:
        """The record's place in the order of its repository, for the next page."""
        return Cursor(order_key(self.value), self.id)

    def replaced_by(self, value: Record) -> Changes:
        """Write another state of the record, if it is still as it was read.

        Args:
            value: With the same id.

        Raises:
            InvalidValueError: `changes.identity`: it is another record; `changes.append-only`.
        """
        put = Put(value, self.revision)
        if put.noun is not self.noun or put.id != self.id:
            raise InvalidValueError(
                "changes.identity",
                f"pass another state of {self.noun.value} {self.id}, not {put.noun.value} {put.id}",
            )
        return Changes(puts=[put])

    def deleted(self) -> Changes:
        """Delete the record, if it is still as it was read."""
        return Changes(deletes=[Delete(self.noun, self.id, self.revision)])

    def unchanged(self) -> Changes:
        """Write nothing here, and let nothing else be written unless it is still as it was read."""
        return Changes(checks=[Check(self.noun, self.id, self.revision)])
