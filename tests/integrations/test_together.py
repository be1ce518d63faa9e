"""Several who use one database at the same time: threads, tasks and processes."""

import subprocess
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import attrs
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from partnervisits.errors import ConflictError, InvalidValueError
from partnervisits.integrations.sqlalchemy import SqlStore
from partnervisits.repositories import Changes, Check, Noun, Stored, VisitFilter, each
from partnervisits.visits import Visit, VisitStatus
from tests.builders import NINE, task, visit
from tests.integrations.doors import TABLES, Database, Door, needs_postgresql, postgresql
from tests.integrations.processes import DAYS, ENVIRONMENT, command
from tests.places import ROOT

THREADS = 8
INCREMENTS = 50
A_WHILE = 0.3


@pytest.fixture
def door(database: Database) -> Door:
    """A store for several threads."""
    return Door(database)


class Overlapping:
    """Two writers, of whom the second comes while the transaction of the first is open."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.did_wait = False

    def apply(self, first: Changes, second: Changes, *, commit: bool = True) -> str:
        """Return the codes of what stands against the second one."""
        with ThreadPoolExecutor(1) as pool, self.door.database.engine.connect() as connection:
            SqlStore(connection, TABLES).apply(first)
            later = pool.submit(self.door.apply, second)
            try:
                _ = later.exception(A_WHILE)
            except TimeoutError:
                self.did_wait = True
            connection.commit() if commit else connection.rollback()
            return codes(later.exception(60))


def codes(error: BaseException | None) -> str:
    if isinstance(error, ConflictError):
        return " ".join(found.code for found in error.findings)
    return "" if error is None else repr(error)


def started(held: Stored[Visit]) -> Changes:
    return held.replaced_by(held.value.start(at=NINE))


def test_of_two_who_replace_what_both_have_read_one_wins(door: Door) -> None:
    door.apply(Changes.create(visit()))
    held = door.visits.get("V-1")
    both = Overlapping(door)
    assert both.apply(started(held), held.deleted()) == "store.stale"
    assert both.did_wait
    assert door.visits.get("V-1").value.status is VisitStatus.IN_PROGRESS


def test_of_two_who_create_one_record_one_wins(door: Door) -> None:
    both = Overlapping(door)
    assert both.apply(Changes.create(visit()), Changes.create(visit(contacts=["lee"]))) == (
        "store.exists"
    )
    assert both.did_wait
    assert door.visits.get("V-1").value == visit()


def test_who_waits_for_what_is_rolled_back_goes_on_as_if_nothing_had_been(door: Door) -> None:
    door.apply(Changes.create(visit()))
    held = door.visits.get("V-1")
    create = Changes.create(visit(id="V-2"))
    first, second = held.deleted() + create, started(held) + create
    assert Overlapping(door).apply(first, second, commit=False) == ""
    assert [each.id for each in door.visits.find()] == ["V-1", "V-2"]


# --------------------------------------------------------------------------- write skew (S 10.4)


def on_duty(door: Door) -> tuple[Stored[Visit], ...]:
    return door.visits.find(VisitFilter(statuses=[VisitStatus.PLANNED]))


def both_leave(door: Door, *, checked: bool) -> tuple[str, int]:
    """Two managers each cancel one of two visits, since the other one remains: how many do."""
    door.apply(Changes.create(visit(id="V-1"), visit(id="V-2")))
    first, second = on_duty(door)
    one = first.replaced_by(first.value.cancel("the other remains"))
    other = second.replaced_by(second.value.cancel("the other remains"))
    if checked:
        one, other = one + second.unchanged(), other + first.unchanged()
    return Overlapping(door).apply(one, other), len(on_duty(door))


def test_write_skew_is_refused_with_checks(door: Door) -> None:
    assert both_leave(door, checked=True) == ("store.stale", 1)


def test_write_skew_happens_without_checks(door: Door) -> None:
    assert both_leave(door, checked=False) == ("", 0)


def test_write_skew_over_what_is_not_there_is_refused_with_checks(door: Door) -> None:
    # Each plans a visit, unless the other one has planned one.
    one, other = (
        Changes.create(visit(id=mine)) + Changes(checks=[Check(Noun.VISITS, theirs)])
        for mine, theirs in (("V-1", "V-2"), ("V-2", "V-1"))
    )
    both = Overlapping(door)
    assert both.apply(one, other) == "store.exists"
    assert both.did_wait
    assert [held.id for held in door.visits.find()] == ["V-1"]


@contextmanager
def isolated(database: Database, level: Any) -> Generator[sa.Connection]:
    with database.engine.connect() as connection:
        yield connection.execution_options(isolation_level=level)


@needs_postgresql
def test_a_transaction_that_saw_an_older_state_is_refused_or_does_not_pass() -> None:
    with postgresql() as database:
        door = Door(database)
        door.apply(Changes.create(visit()))
        held = door.visits.get("V-1")
        changes = held.unchanged() + Changes.create(task())
        with isolated(database, "REPEATABLE READ") as connection:
            with pytest.raises(InvalidValueError, match="use READ COMMITTED") as error:
                SqlStore(connection, TABLES).apply(changes)
            assert error.value.code == "store.isolation"
            assert len(SqlStore(connection, TABLES).visits.find()) == 1, "it goes on"
        with isolated(database, "SERIALIZABLE") as connection:
            store = SqlStore(connection, TABLES)
            assert len(store.visits.find()) == 1
            door.apply(started(held))
            with pytest.raises(DBAPIError, match="could not serialize access"):
                store.apply(changes)
        assert door.tasks.find() == ()


@needs_postgresql
def test_of_two_serializable_writers_who_check_what_the_other_creates_one_wins() -> None:
    with postgresql() as database, isolated(database, "SERIALIZABLE") as first:
        with isolated(database, "SERIALIZABLE") as second:
            assert {SqlStore(each, TABLES).visits.find() for each in (first, second)} == {()}
            create_unless(first, "V-1", "V-2")
            with pytest.raises(DBAPIError, match="could not serialize access"):
                create_unless(second, "V-2", "V-1")
        assert [held.id for held in Door(database).visits.find()] == ["V-1"]


def create_unless(connection: sa.Connection, mine: str, theirs: str) -> None:
    """Create a visit and commit, unless the other one is there."""
    check = Changes(checks=[Check(Noun.VISITS, theirs)])
    SqlStore(connection, TABLES).apply(Changes.create(visit(id=mine)) + check)
    connection.commit()


# ----------------------------------------------------------------------------------- many at once


def increment(door: Door) -> None:
    """Count one more, as often as it takes."""
    while True:
        held = door.tasks.get("count")
        count = int(held.value.instructions or "0") + 1
        try:
            door.apply(held.replaced_by(attrs.evolve(held.value, instructions=str(count))))
        except ConflictError:
            continue
        return


def test_eight_threads_lose_none_of_their_guarded_increments(door: Door) -> None:
    door.apply(Changes.create(task()))
    begun = threading.Barrier(THREADS)

    def work() -> None:
        _ = begun.wait()
        for _ in range(INCREMENTS):
            increment(door)

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(work) for _ in range(THREADS)]:
            done.result()
    assert door.tasks.get("count").value.instructions == str(THREADS * INCREMENTS)


def test_batches_that_meet_in_many_records_wait_and_never_block_each_other(door: Door) -> None:
    names = [f"task-{number:03}" for number in range(60)]
    door.apply(Changes.create(*map(task, names)))

    def work(first: int) -> int:
        wins = 0
        for turn in range(8):
            some = [door.tasks.get(name) for name in names[first : first + 40]]
            edited = (attrs.evolve(each.value, instructions=f"{first} {turn}") for each in some)
            pairs = zip(reversed(some), reversed([*edited]), strict=True)
            try:
                door.apply(sum((held.replaced_by(new) for held, new in pairs), Changes()))
            except ConflictError:
                continue
            wins += 1
        return wins

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, [0, 7, 13, 20])) >= 8


def test_a_reader_sees_a_batch_whole_or_not_at_all(door: Door) -> None:
    door.apply(Changes.create(*(visit(id=f"V-{number}") for number in range(10))))
    stop = threading.Event()

    def toggle() -> int:
        turn = 0
        while not stop.is_set():
            turn += 1
            held = door.visits.find()
            edited = (
                each.replaced_by(attrs.evolve(each.value, contacts=[f"kim {turn}"]))
                for each in held
            )
            door.apply(sum(edited, Changes()))
        return turn

    with ThreadPoolExecutor(1) as pool:
        toggling = pool.submit(toggle)
        try:
            seen = [{held.value.contacts for held in door.visits.find()} for _ in range(100)]
        finally:
            stop.set()
        assert toggling.result() > 1
    assert {len(contacts) for contacts in seen} == {1}
    assert len({contacts for each in seen for contacts in each}) > 1


def test_a_reader_pages_through_visits_while_another_process_writes(door: Door) -> None:
    count = 10_000
    still = [visit(id=f"S-{number:06}", planned=DAYS[number % 50]) for number in range(count)]
    door.apply(Changes.create(*still))
    writer = subprocess.Popen(
        command("write", door.database),
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    with writer, writer.stdout:
        assert writer.stdout.readline() == "0\n"
        before = len(door.visits.find())
        listed = [held.cursor for held in each(door.visits, page=250)]
        is_writing = writer.poll() is None and len(door.visits.find()) != before
        writer.kill()
    found = [cursor.id for cursor in listed if cursor.id.startswith("S-")]
    assert is_writing
    assert len(found) == len(set(found)) == count, "a gap or a repeat"
    assert listed == sorted(listed, key=lambda cursor: (cursor.order_key, cursor.id))
