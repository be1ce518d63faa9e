"""A process that is killed in the middle of a batch leaves all of it or nothing."""

import subprocess

from tests.integrations.doors import Database
from tests.integrations.processes import ENVIRONMENT, MANY, command
from tests.places import ROOT


def printed(does: str, database: Database) -> list[str]:
    done = subprocess.run(
        command(does, database),
        cwd=ROOT,
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()


def test_a_process_killed_before_any_statement_leaves_everything_as_it_was(
    database: Database,
) -> None:
    *killed, whole = printed("kill_at_every_statement", database)
    assert len(killed) > 10
    assert set(killed) == {"before"}
    assert whole == "after"


def test_a_process_killed_at_any_time_leaves_all_of_its_batch_or_nothing(
    database: Database,
) -> None:
    found = printed("kill_at_any_time", database)
    assert found[0] == "0"
    assert set(found) <= {"0", str(MANY)}
