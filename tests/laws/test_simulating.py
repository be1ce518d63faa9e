"""The law of simulating: it is expanding, one day after the other."""

from collections.abc import Iterator
from datetime import date

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.findings import blocking
from partnervisits.proposals import SimulatedTask
from partnervisits.values import first_instant, same_time_on
from tests.laws.test_expansion import CATALOG, WORLDS, World, expanded

DAYS = st.lists(st.dates(date(2026, 3, 10), date(2026, 4, 5)), max_size=3)


@settings(max_examples=80)
@for_all(WORLDS, DAYS)
def test_simulating_is_expanding_day_by_day(world: World, days: list[date]) -> None:
    """S 6.1: all that is planned, then all that is left out, then all that blocks."""
    rows = list(pv.simulate(world.made, world.where, days, catalog=CATALOG, given=world.given))
    assert [row[:5] for row in rows] == [
        row for on in days for row in expected(expanded(moved(world, on)), on)
    ]
    assert all(row.reason for row in rows)
    assert {type(row) for row in rows} <= {SimulatedTask}


def moved(world: World, on: date) -> World:
    """The same visit on another day."""
    where, zone = world.where, world.where.place.timezone
    planned = where.planned
    if planned is None:
        return world._replace(where=where.schedule(pv.Period(first_instant(on, zone))))
    start = same_time_on(on, planned.start, zone)
    end = None if planned.end is None else start + (planned.end - planned.start)
    return world._replace(where=where.reschedule(pv.Period(start, end)))


def expected(proposal: pv.Proposal, on: date) -> Iterator[tuple[object, ...]]:
    """Rows without their reasons."""
    if proposal.plan is not None:
        for task in proposal.plan.tasks:
            yield on, task.due, task.item_key, task.name, task.assignee_id
        for each in proposal.plan.left_out:
            yield on, None, each.item_key, "", None
    for finding in blocking(proposal.findings):
        is_of_item = finding.path[:1] == ("items",)
        yield on, None, finding.path[1] if is_of_item else "", "", None
