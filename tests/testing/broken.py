"""Stores that are broken in one place each, with the clause that has to notice it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from datetime import timedelta
from decimal import Decimal
from threading import RLock
from typing import Any, TypeVar
from unicodedata import normalize

import attrs

import partnervisits as pv
from partnervisits.errors import ConflictError, NotFoundError
from partnervisits.repositories import (
    CONTRACT,
    Changes,
    Cursor,
    Key,
    Noun,
    Put,
    Record,
    Stored,
    id_of,
    noun_of,
)
from tests.testing.plain import PlainStore

BROKEN: dict[type[PlainStore], int] = {}
"""Each store and the clause that has to notice what is wrong with it."""

S = TypeVar("S", bound=type[PlainStore])


def noticed_by(clause: int) -> Callable[[S], S]:
    def broken(store: S) -> S:
        BROKEN[store] = clause
        return store

    return broken


def said_by(wanted: Any) -> dict[str, Any]:
    """What a filter says, by field."""
    return {each.name: getattr(wanted, each.name) for each in attrs.fields(wanted.__class__)}


class ChangesReadings(PlainStore):
    def changed(self, reading: pv.Reading) -> pv.Reading:
        raise NotImplementedError

    def shown(self, held: Stored[Any]) -> Any:
        if noun_of(held.value) is not Noun.READINGS:
            return held
        return Stored(self.changed(held.value), held.revision)


# ------------------------------------------------------------------------------------- what is got


@noticed_by(1)
class LosesAField(ChangesReadings):
    def changed(self, reading: pv.Reading) -> pv.Reading:
        return attrs.evolve(reading, note="")


@noticed_by(1)
class TakesDecimalsThroughFloats(ChangesReadings):
    def changed(self, reading: pv.Reading) -> pv.Reading:
        if type(reading.value) is not Decimal:
            return reading
        return attrs.evolve(reading, value=Decimal(f"{float(reading.value):.10f}"))


@noticed_by(1)
class LosesMicroseconds(ChangesReadings):
    def changed(self, reading: pv.Reading) -> pv.Reading:
        at, recorded = reading.at, reading.recorded_at
        return attrs.evolve(
            reading, at=at.replace(microsecond=0), recorded_at=recorded.replace(microsecond=0)
        )


@noticed_by(1)
class LosesTheTimeZone(ChangesReadings):
    def changed(self, reading: pv.Reading) -> pv.Reading:
        if reading.at.year < 1901:
            return reading
        return attrs.evolve(reading, at=reading.at - timedelta(hours=1))


@noticed_by(1)
class TurnsYesIntoOne(ChangesReadings):
    def changed(self, reading: pv.Reading) -> pv.Reading:
        return attrs.evolve(reading, value=1) if reading.value is True else reading


@noticed_by(1)
class CutsLongTexts(ChangesReadings):
    def changed(self, reading: pv.Reading) -> pv.Reading:
        return attrs.evolve(reading, note=reading.note[:255])


@noticed_by(2)
class SaysNoneForWhatIsMissing(PlainStore):
    def got(self, noun: Noun, name: str) -> Any:
        return self.held.get((noun, name))


@noticed_by(2)
class RaisesWhatItLikesForWhatIsMissing(PlainStore):
    def got(self, noun: Noun, name: str) -> Any:
        return self.held[noun, name]


@noticed_by(2)
class NamesAnotherNounForWhatIsMissing(PlainStore):
    def got(self, noun: Noun, name: str) -> Any:
        held = self.held.get((noun, name))
        if held is None:
            raise NotFoundError("record", name, ())
        return held


@noticed_by(3)
class FoldsTheCaseOfIds(PlainStore):
    def key(self, noun: Noun, name: str) -> Key:
        return noun, name.casefold()


@noticed_by(3)
class ComposesAccents(PlainStore):
    def key(self, noun: Noun, name: str) -> Key:
        return noun, normalize("NFC", name)


@noticed_by(3)
class TakesEveryBlankForOne(PlainStore):
    def key(self, noun: Noun, name: str) -> Key:
        return noun, " ".join(name.split())


@noticed_by(3)
class FoldsTheCaseOfFilters(PlainStore):
    def matches(self, wanted: Any, record: Any) -> bool:
        if isinstance(record, pv.Visit) and wanted and wanted.partners:
            return record.partner_id.casefold() in {each.casefold() for each in wanted.partners}
        return super().matches(wanted, record)


@noticed_by(4)
class GivesAllNounsTheSameIds(PlainStore):
    def key(self, noun: Noun, name: str) -> Key:
        others = [key for key in self.held if key[1] == name]
        return others[0] if others else (noun, name)


class Live:
    """A record that is never the one that was read."""

    def __init__(self, store: PlainStore, held: Stored[Any]) -> None:
        self._store, self._held = store, held

    def __getattr__(self, name: str) -> Any:
        now = self._store.held.get((self._held.noun, self._held.id), self._held)
        return getattr(now, name)

    def __eq__(self, other: object) -> bool:
        return bool((self.value, self.revision) == (getattr(other, "value", None), self.revision))

    __hash__ = None  # type: ignore[assignment]


@noticed_by(5)
class ReturnsLiveReferences(PlainStore):
    def shown(self, held: Stored[Any]) -> Any:
        return Live(self, held)


@noticed_by(6)
class RemembersWhatItRead(PlainStore):
    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[Key, Any] = {}

    def got(self, noun: Noun, name: str) -> Any:
        if (noun, name) not in self.cache:
            self.cache[noun, name] = super().got(noun, name)
        return self.cache[noun, name]


@noticed_by(6)
class RemembersWhatWasMissing(PlainStore):
    def __init__(self) -> None:
        super().__init__()
        self.missing: set[Key] = set()

    def got(self, noun: Noun, name: str) -> Any:
        if (noun, name) in self.missing:
            raise NotFoundError(noun.value, name, ())
        if (noun, name) not in self.held:
            self.missing.add((noun, name))
        return super().got(noun, name)


@noticed_by(6)
class FindsABatchLate(PlainStore):
    def __init__(self) -> None:
        super().__init__()
        self.before: dict[Noun, list[Stored[Any]]] = {}

    def all_of(self, noun: Noun) -> list[Stored[Any]]:
        return self.before.get(noun, [])

    def write(self, writes: Changes) -> None:
        self.before = {noun: super(FindsABatchLate, self).all_of(noun) for noun in Noun}
        super().write(writes)


# ----------------------------------------------------------------------------------- what is found


@noticed_by(7)
class FindsAFewUnasked(PlainStore):
    def found(self, noun: Noun, wanted: Any, after: Cursor | None, limit: int | None) -> Any:
        return super().found(noun, wanted, after, limit or 5)


@noticed_by(7)
class FindsOtherNounsToo(PlainStore):
    def all_of(self, noun: Noun) -> list[Stored[Any]]:
        alike = {Noun.INDICATORS, Noun.TASKS}
        return [h for key, h in self.held.items() if key[0] is noun or {key[0], noun} == alike]


@noticed_by(8)
class FindsInTheOrderOfWriting(PlainStore):
    def found(self, noun: Noun, wanted: Any, after: Cursor | None, limit: int | None) -> Any:
        fits = [each for each in self.all_of(noun) if self.matches(wanted, each.value)]
        return tuple(each for each in fits if self.is_behind(each, after))[:limit]


@noticed_by(8)
class SortsAsALanguageDoes(PlainStore):
    def place(self, record: Record) -> tuple[str, str]:
        place, name = super().place(record)
        return place, normalize("NFKD", name).casefold()


@noticed_by(8)
class SortsAsUtf16Does(PlainStore):
    def place(self, record: Record) -> tuple[str, str]:
        place, name = super().place(record)
        return place, name.encode("utf-16-be").hex()


@noticed_by(8)
class SortsWhatHasNoDayFirst(PlainStore):
    def place(self, record: Record) -> tuple[str, str]:
        place, name = super().place(record)
        return place.replace("~", ""), name


@noticed_by(9)
class IgnoresFilters(PlainStore):
    def matches(self, wanted: Any, record: Any) -> bool:
        del wanted, record
        return True


@noticed_by(9)
class LooksAtThePrimaryRepOnly(PlainStore):
    def matches(self, wanted: Any, record: Any) -> bool:
        if isinstance(record, pv.Visit) and wanted and wanted.reps is not None:
            wanted = attrs.evolve(wanted, reps=None if record.rep_id in wanted.reps else [])
        return super().matches(wanted, record)


@noticed_by(9)
class LooksAtOneFieldOfAFilter(PlainStore):
    def matches(self, wanted: Any, record: Any) -> bool:
        if wanted is None:
            return True
        given = {name: value for name, value in said_by(wanted).items() if value is not None}
        first = dict([*given.items()][:1])
        return super().matches(type(wanted)(**first), record)


@noticed_by(10)
class TakesAnEmptySetForAny(PlainStore):
    def matches(self, wanted: Any, record: Any) -> bool:
        if wanted is not None:
            empty = [name for name, value in said_by(wanted).items() if value == frozenset()]
            wanted = attrs.evolve(wanted, **dict.fromkeys(empty))
        return super().matches(wanted, record)


@noticed_by(11)
class HoldsTheEndOfARange(PlainStore):
    def matches(self, wanted: Any, record: Any) -> bool:
        if getattr(wanted, "before", None) is not None:
            step = timedelta(microseconds=1) if hasattr(wanted, "kpis") else timedelta(days=1)
            wanted = attrs.evolve(wanted, before=wanted.before + step)
        return super().matches(wanted, record)


@noticed_by(11)
class HoldsWhatHasNoDayInEveryRange(PlainStore):
    def matches(self, wanted: Any, record: Any) -> bool:
        if isinstance(record, pv.Visit) and record.on is None and wanted is not None:
            wanted = attrs.evolve(wanted, since=None, before=None)
        return super().matches(wanted, record)


@noticed_by(12)
class TakesFewIds(PlainStore):
    def found(self, noun: Noun, wanted: Any, after: Cursor | None, limit: int | None) -> Any:
        if wanted and any(len(value) > 999 for value in said_by(wanted).values() if value):
            raise OverflowError("too many variables")
        return super().found(noun, wanted, after, limit)


@noticed_by(13)
class CountsOneTooFew(PlainStore):
    def found(self, noun: Noun, wanted: Any, after: Cursor | None, limit: int | None) -> Any:
        return super().found(noun, wanted, after, None if limit is None else max(limit - 1, 1))


@noticed_by(13)
class LimitsBeforeItFilters(PlainStore):
    def found(self, noun: Noun, wanted: Any, after: Cursor | None, limit: int | None) -> Any:
        first = super().found(noun, None, after, limit)
        return tuple(each for each in first if self.matches(wanted, each.value))


@noticed_by(14)
class NeedsTheRecordOfACursor(PlainStore):
    def found(self, noun: Noun, wanted: Any, after: Cursor | None, limit: int | None) -> Any:
        if after is not None and (noun, after.id) not in self.held:
            return ()
        return super().found(noun, wanted, after, limit)


@noticed_by(14)
class GoesByTheIdOfACursorOnly(PlainStore):
    def is_behind(self, held: Stored[Any], after: Cursor | None) -> bool:
        return after is None or held.id > after.id


@noticed_by(15)
class DropsTheLastPage(PlainStore):
    def found(self, noun: Noun, wanted: Any, after: Cursor | None, limit: int | None) -> Any:
        page = super().found(noun, wanted, after, limit)
        return page if limit is None or after is None or len(page) == limit else ()


@noticed_by(15)
class RepeatsTheLastOfAPage(PlainStore):
    def is_behind(self, held: Stored[Any], after: Cursor | None) -> bool:
        place = self.place(held.value)
        if after and place == (after.order_key, after.id) and len(self.held) > 3:
            return place[1].endswith("4")
        return super().is_behind(held, after)


@noticed_by(16)
class FindsAList(PlainStore):
    def found(self, noun: Noun, wanted: Any, after: Cursor | None, limit: int | None) -> Any:
        return [*super().found(noun, wanted, after, limit)]


@noticed_by(16)
class FindsNone(PlainStore):
    def found(self, noun: Noun, wanted: Any, after: Cursor | None, limit: int | None) -> Any:
        return super().found(noun, wanted, after, limit) or None


# --------------------------------------------------------------------------------- what is written


@noticed_by(17)
class PromisesAContractToCome(PlainStore):
    contract = CONTRACT + 1


@noticed_by(17)
class SaysItsContractInWords(PlainStore):
    contract = "1"


class Decides(PlainStore):
    """Decides by itself, and wrongly."""

    def is_ignored(self, code: str, entry: str) -> bool:
        raise NotImplementedError

    def decided(self, changes: Changes) -> Changes:
        try:
            return super().decided(changes)
        except ConflictError as refused:
            kinds = {(each.noun.value, each.id): type(each).__name__ for each in changes}
            left = [
                finding
                for finding in refused.findings
                if not self.is_ignored(finding.code, kinds[finding.path])  # type: ignore[index]
            ]
            if left:
                raise ConflictError(left) from None
        return Changes(puts=changes.puts, deletes=changes.deletes)

    def write(self, writes: Changes) -> None:
        for gone in writes.deletes:
            _ = self.held.pop((gone.noun, gone.id), None)
        for put in writes.puts:
            self.keep(put.value)


@noticed_by(18)
class OverwritesWhatIsThere(Decides):
    def is_ignored(self, code: str, entry: str) -> bool:
        return (code, entry) == ("store.exists", "Put")


@noticed_by(19)
class LetsTheLastWriterWin(Decides):
    def is_ignored(self, code: str, entry: str) -> bool:
        return (code, entry) == ("store.stale", "Put")


@noticed_by(19)
class CreatesWhatWasToBeReplaced(Decides):
    def is_ignored(self, code: str, entry: str) -> bool:
        return (code, entry) == ("store.missing", "Put")


@noticed_by(19)
class ReplacesNothingButVisits(PlainStore):
    def write(self, writes: Changes) -> None:
        kept = [each for each in writes.puts if each.noun is Noun.VISITS or each.revision is None]
        super().write(attrs.evolve(writes, puts=kept))


@noticed_by(20)
class DeletesWhatWasChanged(Decides):
    def is_ignored(self, code: str, entry: str) -> bool:
        return (code, entry) == ("store.stale", "Delete")


@noticed_by(20)
class DeletesWhatIsGone(Decides):
    def is_ignored(self, code: str, entry: str) -> bool:
        return (code, entry) == ("store.missing", "Delete")


@noticed_by(21)
class IgnoresChecks(Decides):
    def is_ignored(self, code: str, entry: str) -> bool:
        return code != "" and entry == "Check"


@noticed_by(21)
class ChecksOnlyWhatIsToBeThere(Decides):
    def is_ignored(self, code: str, entry: str) -> bool:
        return (code, entry) == ("store.exists", "Check")


@noticed_by(22)
class WritesHalfABatch(PlainStore):
    def apply(self, changes: Changes, /) -> None:
        for put in changes.puts:
            super().apply(Changes(puts=[put]))
        super().apply(attrs.evolve(changes, puts=()))


@noticed_by(22)
class DeletesBeforeItChecks(PlainStore):
    def apply(self, changes: Changes, /) -> None:
        super().apply(attrs.evolve(changes, puts=(), checks=()))
        super().apply(attrs.evolve(changes, deletes=()))


@noticed_by(23)
class StopsAtTheFirstConflict(PlainStore):
    def decided(self, changes: Changes) -> Changes:
        try:
            return super().decided(changes)
        except ConflictError as refused:
            raise ConflictError(refused.findings[:1]) from None


@noticed_by(24)
class NamesRevisionsAfterTheValue(PlainStore):
    def revision_of(self, record: Record) -> str:
        return str(hash(record))


@noticed_by(24)
class CountsRevisionsAnewAfterADelete(PlainStore):
    def revision_of(self, record: Record) -> str:
        held = self.held.get((noun_of(record), id_of(record)))
        return "1" if held is None else str(int(held.revision) + 1)


@noticed_by(25)
class GivesWhatWasCheckedANewRevision(PlainStore):
    def apply(self, changes: Changes, /) -> None:
        super().apply(changes)
        for each in changes.checks:
            if each.revision is not None:
                self.keep(self.held[each.noun, each.id].value)


@noticed_by(25)
class GivesAWholeNounANewRevision(PlainStore):
    def write(self, writes: Changes) -> None:
        super().write(writes)
        nouns = {each.noun for each in writes.puts}
        for held in [each for key, each in self.held.items() if key[0] in nouns]:
            self.keep(held.value)


@noticed_by(26)
class RefusesAnEqualReading(PlainStore):
    def held_reading(self, name: str) -> pv.Reading:
        return attrs.evolve(super().held_reading(name), note="never equal")


@noticed_by(26)
class TakesEveryReadingForEqual(Decides):
    def is_ignored(self, code: str, entry: str) -> bool:
        return (code, entry) == ("store.exists", "Put")

    def write(self, writes: Changes) -> None:
        super().write(attrs.evolve(writes, puts=[*filter(self._is_new, writes.puts)]))

    def _is_new(self, put: Put) -> bool:
        return put.noun is not Noun.READINGS or (put.noun, put.id) not in self.held


@noticed_by(26)
class GivesAnEqualReadingANewRevision(PlainStore):
    def decided(self, changes: Changes) -> Changes:
        _ = super().decided(changes)
        return Changes(puts=changes.puts, deletes=changes.deletes)


@noticed_by(27)
class ReadsRevisionsAsNumbers(PlainStore):
    def decided(self, changes: Changes) -> Changes:
        def read(entry: Any) -> Any:
            with suppress(ValueError, TypeError):
                return attrs.evolve(entry, revision=str(int(float(entry.revision))))
            return entry

        puts, deletes = map(read, changes.puts), map(read, changes.deletes)
        checks = map(read, changes.checks)
        return super().decided(Changes(puts=puts, deletes=deletes, checks=checks))


@noticed_by(28)
class TakesSmallBatches(PlainStore):
    def write(self, writes: Changes) -> None:
        if len([*writes]) > 500:
            raise MemoryError
        super().write(writes)


@noticed_by(28)
class StumblesOverNothing(PlainStore):
    def write(self, writes: Changes) -> None:
        _ = next(iter(writes))
        super().write(writes)


@noticed_by(29)
class StaysRefusing(PlainStore):
    def __init__(self) -> None:
        super().__init__()
        self.refused: list[ConflictError] = []

    def decided(self, changes: Changes) -> Changes:
        try:
            if self.refused:
                raise self.refused[0]
            return super().decided(changes)
        except ConflictError as refused:
            self.refused.append(refused)
            raise


@noticed_by(30)
class ForgetsADeleteBesideACreate(PlainStore):
    def write(self, writes: Changes) -> None:
        is_created = any(put.noun is Noun.TASKS for put in writes.puts)
        kept = [each for each in writes.deletes if not is_created or each.noun is not Noun.VISITS]
        super().write(attrs.evolve(writes, deletes=kept))


@noticed_by(30)
class RevivesTheStateBeforeADelete(PlainStore):
    """Keeps what was deleted, and shows its old state when the id is created again."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: dict[Key, Any] = {}

    def write(self, writes: Changes) -> None:
        for each in writes.deletes:
            self.gone[each.noun, each.id] = self.held[each.noun, each.id].value
        super().write(writes)

    def keep(self, record: Record) -> None:
        key = noun_of(record), id_of(record)
        is_new = key not in self.held and key[0] is Noun.TASKS
        super().keep(self.gone.get(key, record) if is_new else record)


# --------------------------------------------------------------------------- what many do at once


@noticed_by(31)
class ChecksBeforeItLocks(PlainStore):
    def apply(self, changes: Changes, /) -> None:
        writes = self.decided(changes)
        with self.writing:
            self.write(writes)

    def write(self, writes: Changes) -> None:
        for gone in writes.deletes:
            _ = self.held.pop((gone.noun, gone.id), None)
        for put in writes.puts:
            self.keep(put.value)


@noticed_by(31)
class ReplacesWithoutAGuard(PlainStore):
    """Creates and deletes under a lock, and replaces by the id alone."""

    def apply(self, changes: Changes, /) -> None:
        if changes.deletes or any(put.revision is None for put in changes.puts):
            super().apply(changes)
        else:
            writes = self.decided(changes)
            with self.writing:
                self.write(writes)


@noticed_by(32)
class ShowsABatchAsItIsWritten(PlainStore):
    def __init__(self) -> None:
        super().__init__()
        self.reading = nullcontext()

    def all_of(self, noun: Noun) -> list[Stored[Any]]:
        return [held for key, held in [*self.held.items()] if key[0] is noun]


@noticed_by(33)
class LocksOnlyWhatItWrites(PlainStore):
    def apply(self, changes: Changes, /) -> None:
        _ = self.decided(changes)
        super().apply(attrs.evolve(changes, checks=()))


@noticed_by(33)
class LocksTheNounsThatItWrites(PlainStore):
    def __init__(self) -> None:
        super().__init__()
        self.locks = {noun: RLock() for noun in Noun}

    def apply(self, changes: Changes, /) -> None:
        _ = self.decided(changes)
        with ExitStack() as stack:
            nouns = {each.noun for each in changes.puts} | {each.noun for each in changes.deletes}
            for noun in sorted(nouns, key=str):
                _ = stack.enter_context(self.locks[noun])
            self.write(attrs.evolve(changes, checks=()))


@noticed_by(33)
class LocksOnlyWhatIsThere(PlainStore):
    def apply(self, changes: Changes, /) -> None:
        _ = self.decided(changes)
        there = [each for each in changes.checks if each.revision is not None]
        super().apply(attrs.evolve(changes, checks=there))


# -------------------------------------------------------------------- what a host does around it


@noticed_by(34)
class CommitsByItself(PlainStore):
    @contextmanager
    def transaction(self) -> Generator[PlainStore]:
        yield self


@noticed_by(35)
class RollsBackTheHostsTransaction(PlainStore):
    def __init__(self) -> None:
        super().__init__()
        self.begun: dict[Key, Stored[Any]] | None = None

    @contextmanager
    def transaction(self) -> Generator[PlainStore]:
        with super().transaction():
            self.begun = dict(self.held)
            yield self
            self.begun = None

    def decided(self, changes: Changes) -> Changes:
        try:
            return super().decided(changes)
        except ConflictError:
            self.held = self.held if self.begun is None else self.begun
            raise


@noticed_by(35)
class LeavesTheTransactionUnusable(PlainStore):
    def __init__(self) -> None:
        super().__init__()
        self.is_aborted = False

    def decided(self, changes: Changes) -> Changes:
        if self.is_aborted:
            raise RuntimeError("commands are ignored until the end of the transaction")
        try:
            return super().decided(changes)
        except ConflictError:
            self.is_aborted = True
            raise
