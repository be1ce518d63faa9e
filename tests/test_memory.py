import contextlib
import linecache
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from types import FrameType
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.errors import ConflictError, InvalidValueError, NotFoundError
from partnervisits.repositories import (
    Changes,
    Cursor,
    FollowUpFilter,
    Noun,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    Store,
    Stored,
    VisitFilter,
    each,
)
from partnervisits.testing import Capability, StoreContract, a_follow_up, a_plan, an_override
from partnervisits.visits import VisitStatus
from tests.builders import NINE, THURSDAY, kpi, plan, reading, task, visit

THREADS = 8
INCREMENTS = 3_000


def visits(*numbers: int, **changes: Any) -> list[pv.Visit]:
    return [visit(id=f"V-{number:03}", **changes) for number in numbers]


def store_of(*records: Any) -> pv.MemoryStore:
    store = pv.MemoryStore()
    store.apply(Changes.create(*records))
    return store


class TestMemoryStore(StoreContract):
    """S 10.5, S 10.6."""

    capabilities = frozenset({Capability.CONCURRENT})

    @contextlib.contextmanager
    def make_store(self) -> Generator[Store]:
        yield pv.MemoryStore()


def test_two_stores_share_nothing() -> None:
    assert store_of(visit()).visits.find() != pv.MemoryStore().visits.find()


@pytest.mark.parametrize("noun", Noun)
def test_what_is_not_there_is_not_found(noun: Noun) -> None:
    with pytest.raises(NotFoundError, match=f"there is no {noun.value} V-9") as error:
        _ = getattr(pv.MemoryStore(), noun.value).get("V-9")
    assert (error.value.noun, error.value.wanted) == (noun.value, "V-9")


def test_an_id_that_begins_like_another_is_another() -> None:
    store = store_of(visit(id="V-10"))
    with pytest.raises(NotFoundError):
        _ = store.visits.get("V-1")


@pytest.mark.parametrize(
    ("arguments", "settings", "code"),
    [
        ((PlanFilter(),), {}, "type.wrong"),
        (("V-1",), {}, "type.wrong"),
        ((), {"after": ("2026-03-12", "V-1")}, "type.wrong"),
        ((), {"limit": 0}, "count.range"),
        ((), {"limit": True}, "count.range"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(
    arguments: tuple[Any, ...], settings: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidValueError) as error:
        _ = pv.MemoryStore().visits.find(*arguments, **settings)
    assert error.value.code == code


def test_what_is_no_id_and_what_is_no_changes_is_refused() -> None:
    store: Any = pv.MemoryStore()
    with pytest.raises(InvalidValueError, match="pass str, not None"):
        _ = store.visits.get(None)
    with pytest.raises(InvalidValueError, match="pass Changes, not Visit"):
        store.apply(visit())


def test_nothing_to_write_gives_no_new_revision() -> None:
    captured = reading(kpi(), 5)
    store = store_of(captured)
    store.apply(Changes())
    store.apply(Changes.create(captured))
    store.apply(store.readings.get(captured.id).unchanged())
    store.apply(Changes.create(visit()))
    assert store.visits.get("V-1").revision == "2"


# ------------------------------------------------------------------------------------- finding


def looked_at(store: pv.MemoryStore, wanted: VisitFilter, monkeypatch: pytest.MonkeyPatch) -> int:
    asked: list[pv.Visit] = []
    matches = VisitFilter.matches

    def counting(self: VisitFilter, value: pv.Visit) -> bool:
        asked.append(value)
        return matches(self, value)

    with monkeypatch.context() as patched:
        patched.setattr(VisitFilter, "matches", counting)
        _ = store.visits.find(wanted)
    return len(asked)


@pytest.fixture(scope="module")
def network() -> pv.MemoryStore:
    """1,000 visits: 20 partners, 10 reps, 100 days, one in ten done."""
    made: list[pv.Visit] = []
    for number in range(1_000):
        start = NINE + timedelta(days=number % 100)
        held = visit(
            id=f"V-{number:03}",
            partner_id=f"P-{number % 20}",
            visitors=[pv.Visitor(f"rep-{number % 10}")],
            planned=pv.Period(start),
        )
        made.append(held.start(at=start) if number % 10 == 0 else held)
    return store_of(*made)


@pytest.mark.parametrize(
    ("wanted", "most"),
    [
        (VisitFilter(partners=["P-3"]), 50),
        (VisitFilter(partners=["P-3", "P-4"]), 100),
        (VisitFilter(reps=["rep-3"]), 100),
        (VisitFilter(statuses=[VisitStatus.IN_PROGRESS]), 100),
        (VisitFilter(since=THURSDAY, before=THURSDAY + timedelta(days=5)), 50),
        (VisitFilter(before=THURSDAY + timedelta(days=5)), 50),
        (VisitFilter(since=THURSDAY + timedelta(days=95)), 50),
        (VisitFilter(partners=["P-3"], since=THURSDAY + timedelta(days=50)), 25),
        (VisitFilter(partners=["P-3"], statuses=[VisitStatus.PLANNED], reps=["rep-3"]), 50),
        (VisitFilter(partners=[]), 0),
        (VisitFilter(partners=["P-99"], statuses=[VisitStatus.PLANNED]), 0),
    ],
)
def test_an_index_spares_looking_at_every_visit(
    network: pv.MemoryStore, wanted: VisitFilter, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = [held for held in network.visits.find() if wanted.matches(held.value)]
    assert [*network.visits.find(wanted)] == fits
    assert looked_at(network, wanted, monkeypatch) <= most


def test_a_page_looks_no_further_than_it_has_to(
    network: pv.MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = VisitFilter(partners=["P-3"])
    first = network.visits.find(wanted, limit=10)
    rest = network.visits.find(wanted, after=first[-1].cursor)
    assert first + rest == network.visits.find(wanted)
    assert (len(first), len(rest)) == (10, 40)
    assert looked_at(network, VisitFilter(partners=["P-3"]), monkeypatch) == 50


def test_a_visit_of_two_reps_is_found_once() -> None:
    pair = [pv.Visitor("rep-1", primary=True), pv.Visitor("rep-2")]
    store = store_of(*visits(1, 2, visitors=pair))
    found = store.visits.find(VisitFilter(reps=["rep-1", "rep-2"]))
    assert [held.id for held in found] == ["V-001", "V-002"]


def test_readings_of_an_instant_are_found_by_the_microsecond() -> None:
    ticks = [NINE + timedelta(microseconds=number) for number in range(3)]
    store = store_of(*(reading(kpi(), 5, at=tick, id=f"R-{tick.microsecond}") for tick in ticks))
    found = store.readings.find(ReadingFilter(since=ticks[1], before=ticks[2]))
    assert [held.id for held in found] == ["R-1"]


def test_a_change_moves_a_visit_in_every_index() -> None:
    store = store_of(visit(), visit(id="V-2", planned=None))
    held = store.visits.get("V-1")
    moved = attrs.evolve(
        held.value,
        partner_id="other",
        visitors=[pv.Visitor("rep-8")],
        planned=pv.Period(NINE + timedelta(days=30)),
    )
    store.apply(held.replaced_by(moved))
    here = [
        VisitFilter(partners=["other"]),
        VisitFilter(reps=["rep-8"]),
        VisitFilter(since=date(2026, 4, 1)),
    ]
    gone = [
        VisitFilter(partners=["acme"], statuses=[VisitStatus.PLANNED]),
        VisitFilter(reps=["rep-7"], since=THURSDAY),
        VisitFilter(before=date(2026, 4, 1)),
    ]
    assert [[held.id for held in store.visits.find(each)] for each in here] == [["V-1"]] * 3
    assert [store.visits.find(each) for each in gone] == [()] * 3
    store.apply(store.visits.get("V-1").deleted())
    assert [store.visits.find(each) for each in here] == [()] * 3
    assert [held.id for held in store.visits.find()] == ["V-2"]


# ------------------------------------------------------------------------- never torn (S 10.6)


class Injected(BaseException):
    """Comes at any moment, like the key that interrupts a program."""


def interrupted_at(step: int, work: Callable[[], None]) -> bool:
    """Run some work and raise at the step-th line that it executes; whether it got that far."""
    left = step

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if "partnervisits" not in frame.f_code.co_filename:
            return None
        line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
        # Nothing comes between the end of a block and the release of its lock, but a tracer.
        if event == "line" and not line.strip().startswith("with "):
            left -= 1
            if left == 0:
                raise Injected
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except Injected:
        return True
    finally:
        sys.settrace(before)
    return False


def everything(store: pv.MemoryStore) -> dict[str, tuple[Stored[Any], ...]]:
    held = {noun.value: getattr(store, noun.value).find() for noun in Noun}
    by_partner = store.visits.find(VisitFilter(partners=["acme"]))
    by_rep = store.visits.find(VisitFilter(reps=["rep-7"]))
    return held | {"by partner": by_partner, "by rep": by_rep}


def test_an_exception_at_any_step_of_a_batch_leaves_the_old_state_whole() -> None:
    captured = reading(kpi(), 5)
    store = store_of(*visits(1, 2, 3), captured)
    one, two, three = store.visits.find()
    batch = (
        one.replaced_by(one.value.start(at=NINE))
        + two.deleted()
        + three.unchanged()
        + Changes.create(plan(), captured, *visits(4))
    )
    before = everything(store)
    steps = 0
    while everything(store) == before:
        steps += 1
        is_interrupted = interrupted_at(steps, lambda: store.apply(batch))
        assert is_interrupted or everything(store) != before
    assert steps > 100
    # The step after the swap: the new state is there, and whole.
    assert [held.id for held in store.visits.find()] == ["V-001", "V-003", "V-004"]
    assert [held.revision for held in store.visits.find()] == ["2", "1", "2"]
    assert [held.id for held in store.plans.find()] == ["V-1/round"]
    assert len(everything(store)["by rep"]) == 3
    store.apply(store.visits.get("V-001").deleted())


# --------------------------------------------------------------------------------------- threads


def increment(store: pv.MemoryStore) -> None:
    """Count one more, as often as it takes."""
    while True:
        held = store.tasks.get("count")
        count = int(held.value.instructions or "0") + 1
        try:
            store.apply(held.replaced_by(attrs.evolve(held.value, instructions=str(count))))
        except ConflictError:
            continue
        return


def test_eight_threads_lose_none_of_their_guarded_increments() -> None:
    store = store_of(task())
    begun = threading.Barrier(THREADS)

    def work() -> None:
        _ = begun.wait()
        for _ in range(INCREMENTS):
            increment(store)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(work) for _ in range(THREADS)]:
                done.result()
    finally:
        sys.setswitchinterval(interval)
    held = store.tasks.get("count")
    assert held.value.instructions == str(THREADS * INCREMENTS)
    assert held.revision == str(THREADS * INCREMENTS + 1)


def on_duty(store: pv.MemoryStore) -> list[Stored[pv.Visit]]:
    return [*store.visits.find(VisitFilter(statuses=[VisitStatus.PLANNED]))]


def both_leave(*, checked: bool) -> int:
    """Two managers each cancel one of two visits, since the other one remains: how many do."""
    store = store_of(*visits(1, 2))
    first, second = on_duty(store)
    batches = [
        first.replaced_by(first.value.cancel("the other remains")),
        second.replaced_by(second.value.cancel("the other remains")),
    ]
    if checked:
        batches = [batches[0] + second.unchanged(), batches[1] + first.unchanged()]
    for batch in batches:
        with contextlib.suppress(ConflictError):
            store.apply(batch)
    return len(on_duty(store))


def test_write_skew_is_refused_with_checks_and_happens_without() -> None:
    # S 10.4
    assert both_leave(checked=True) == 1
    assert both_leave(checked=False) == 0


def test_a_reader_pages_through_100_000_visits_while_others_write() -> None:
    count = 100_000
    start = NINE
    days = [pv.Period(start + timedelta(days=number)) for number in range(50)]
    still = [visit(id=f"S-{number:06}", planned=days[number % 50]) for number in range(count)]
    store = store_of(*still)
    stop = threading.Event()
    written: list[int] = []

    def write(writer: int) -> Iterator[None]:
        for number in range(10**9):
            name = f"W-{writer}-{number:06}"
            store.apply(Changes.create(visit(id=name, planned=days[number % 50])))
            held = store.visits.get(name)
            store.apply(held.replaced_by(attrs.evolve(held.value, planned=days[-number % 50])))
            if number % 2:
                store.apply(store.visits.get(name).deleted())
            yield

    def keep_writing(writer: int) -> None:
        steps = write(writer)
        while not stop.is_set():
            next(steps)
            written.append(writer)

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(keep_writing, writer) for writer in range(2)]
        try:
            listed = [held.cursor for held in each(store.visits, page=1_000)]
        finally:
            stop.set()
        for writer in writers:
            writer.result()
    found = [cursor.id for cursor in listed if cursor.id.startswith("S-")]
    assert len(found) == len(set(found)) == count, "a gap or a repeat"
    assert listed == sorted(listed, key=lambda cursor: (cursor.order_key, cursor.id))
    assert len(set(written)) == 2


def test_a_cursor_is_a_place_and_needs_no_record() -> None:
    store = store_of(*visits(1, 2, 3))
    nowhere = Cursor("2026-03-12", "V-001x")
    assert [held.id for held in store.visits.find(after=nowhere)] == ["V-002", "V-003"]
    assert store.visits.find(after=Cursor("~", "")) == ()


@pytest.mark.parametrize("noun", [Noun.PLANS, Noun.OVERRIDES, Noun.FOLLOW_UPS])
def test_every_noun_is_found_by_what_it_says_of_itself(noun: Noun) -> None:
    built: dict[Noun, Any] = {
        Noun.PLANS: (a_plan(), PlanFilter(visits=[a_plan().subject.visit_id])),
        Noun.OVERRIDES: (an_override(), OverrideFilter(kpis=[an_override().kpi_id])),
        Noun.FOLLOW_UPS: (a_follow_up(), FollowUpFilter(rules=[a_follow_up().rule_key])),
    }
    record, wanted = built[noun]
    store = store_of(record)
    assert [held.value for held in getattr(store, noun.value).find(wanted)] == [record]
