"""Other processes that use a test's database: `python -m tests.integrations.processes`.

What one does is named by its first argument; the others say how to connect.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import event

import partnervisits as pv
from partnervisits.integrations.sqlalchemy import SqlStore
from partnervisits.repositories import Changes, Noun
from tests.builders import NINE, kpi, plan, reading, task, visit
from tests.integrations.doors import TABLES, Database, Door
from tests.places import ROOT

DAYS = [pv.Period(NINE + timedelta(days=number)) for number in range(50)]
MANY = 1_000
KILLS = 12
# Coverage that begins in a process which is killed leaves half a file.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("COV")}


def command(does: str, database: Database) -> list[str]:
    """How to start another process in the folder that holds the tests."""
    url = database.url.render_as_string(hide_password=False)
    module = "tests.integrations.processes"
    return [sys.executable, "-m", module, does, url, json.dumps(database.settings)]


def say(what: object) -> None:
    """Print at once: a process that is forked would print the rest again."""
    print(what, flush=True)  # noqa: T201


# --------------------------------------------------------------------------------- while we read


def write(database: Database) -> None:
    """Create visits, move them to another day and delete some, until somebody ends it."""
    door = Door(database)
    for number in range(10**9):
        name = f"W-{number:06}"
        door.apply(Changes.create(visit(id=name, planned=DAYS[number % 50])))
        held = door.visits.get(name)
        door.apply(held.replaced_by(attrs.evolve(held.value, planned=DAYS[-number % 50])))
        if number % 2:
            door.apply(door.visits.get(name).deleted())
        say(number)
        time.sleep(0.005)  # readers of SQLite have no queue to wait in


# ------------------------------------------------------------------------------------ being killed


def kill_at_every_statement(database: Database) -> None:
    """Print for each statement what is there after a process was killed before it."""
    Door(database).apply(Changes.create(*(visit(id=f"V-{number}") for number in (1, 2, 3)), task()))
    before = everything(database)
    step, is_killed = 0, True
    while is_killed:
        step += 1
        changes = a_bit_of_everything(Door(database))
        is_killed = is_killed_while(partial(apply_and_die, database, changes, step))
        say("before" if everything(database) == before else "after")


def kill_at_any_time(database: Database) -> None:
    """Print how many records of a batch are there after a process was killed within it."""
    batch = Changes.create(*(visit(id=f"V-{number}") for number in range(MANY)))
    begin = time.monotonic()
    apply_and_die(database, batch, 0)
    whole = time.monotonic() - begin
    for number in range(KILLS + 1):
        held = Door(database).visits.find()
        Door(database).apply(sum((each.deleted() for each in held), Changes()))
        _ = is_killed_while(partial(apply_and_die, database, batch, 0), whole * number / KILLS)
        say(len(Door(database).visits.find()))


def is_killed_while(work: Callable[[], None], after: float | None = None) -> bool:
    """Work in another process, which is killed after some seconds if it does not kill itself."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def apply_and_die(database: Database, changes: Changes, step: int) -> None:
    """Apply and commit, and be killed before the step-th statement; the commit counts as one."""
    left = step

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)
    with database.engine.begin() as connection:
        SqlStore(connection, TABLES).apply(changes)


def a_bit_of_everything(store: Door) -> Changes:
    """Creates, replaces, deletes and checks of several nouns."""
    one, two, three = store.visits.find()
    counted = store.tasks.get("count")
    return (
        one.replaced_by(one.value.start(at=NINE))
        + two.deleted()
        + three.unchanged()
        + counted.replaced_by(attrs.evolve(counted.value, instructions="Look twice."))
        + Changes.create(plan(), reading(kpi(), 5), visit(id="V-4"))
    )


def everything(database: Database) -> list[Any]:
    """All records, and which reps the visits are found by."""
    with database.engine.connect() as connection:
        reps = sa.select(TABLES.visit_reps).order_by(TABLES.visit_reps.c.visit_id)
        held = [*connection.execute(reps)]
        store = SqlStore(connection, TABLES)
        return [held, *(getattr(store, noun.value).find() for noun in Noun)]


if __name__ == "__main__":
    os.chdir(ROOT)
    does, url, settings = sys.argv[1:]
    # A process that is forked shares no connection.
    made = sa.create_engine(url, connect_args=json.loads(settings), poolclass=sa.NullPool)
    globals()[does](Database(made.url, {}, made))
