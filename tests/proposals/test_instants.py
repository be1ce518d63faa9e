"""What days and offsets among the operands of a target come to on a visit."""

from datetime import UTC, date, datetime, timedelta

import pytest

import partnervisits as pv
from partnervisits.calendars import Anchor, Offset, Weekday
from partnervisits.criteria import AtLeast, AtMost, Criterion, Outside
from partnervisits.targets import TargetSource
from partnervisits.tasks import TaskIndicator
from tests.builders import NINE, indicator, item, place, task
from tests.proposals.worlds import applied, capturing, error, expanded, in_gold, plan_of, warning

PATH = ("items", "count", "targets", "stock")
DAY = timedelta(days=1)
GOLD = pv.Scope(segment="gold")

# --------------------------------------------------------------------- days and offsets (S 2.3)

WHEN = indicator("stock", value_type=pv.ValueType.DATETIME)


def at(day: int, hour: int = 0) -> datetime:
    """An hour of a day of March 2026, by the clocks of Berlin before they change."""
    return datetime(2026, 3, day, hour, tzinfo=UTC) - timedelta(hours=1)


def last(day: int) -> datetime:
    return at(day + 1) - timedelta(microseconds=1)


def on(day: int) -> date:
    return date(2026, 3, day)


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        (pv.at_least(on(20)), pv.at_least(at(20))),
        (pv.at_most(on(20)), pv.at_most(last(20))),
        (pv.between(on(20), on(22)), pv.between(at(20), last(22))),
        (pv.between(on(20), on(20)), pv.between(at(20), last(20))),
        (pv.outside(on(20), on(22)), pv.outside(last(20), at(22))),
        (pv.at_least(at(20, 7)), pv.at_least(at(20, 7))),
        (pv.between(at(20, 7), on(20)), pv.between(at(20, 7), last(20))),
        (pv.at_least(pv.days(2)), pv.at_least(at(14))),
        (pv.at_most(pv.days(2)), pv.at_most(last(14))),
        (pv.at_most(pv.working_days(2)), pv.at_most(last(16))),
        (pv.at_most(pv.weeks(-1)), pv.at_most(last(5))),
        (
            pv.between(pv.days(0), pv.days(0, anchor=Anchor.VISIT_END)),
            pv.between(at(12), last(13)),
        ),
    ],
)
def test_days_and_offsets_become_instants_at_the_place(
    criterion: Criterion, expected: Criterion
) -> None:
    """S 2.3."""
    target = pv.Target("stock", criterion)
    two_days = pv.Period(NINE, NINE + DAY)
    proposal = expanded(item(targets=[target]), indicators=[WHEN], planned=two_days)
    assert applied(proposal) == (expected, TargetSource.ITEM)
    assert proposal.findings == ()


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("UTC", datetime(2026, 3, 29, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 3, 28, 18, 30, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 29, 4, tzinfo=UTC)),
    ],
)
def test_a_day_begins_when_it_begins_at_the_place(zone: str, first: datetime) -> None:
    """S 2.3."""
    target = pv.Target("stock", pv.at_least(on(29)))
    proposal = expanded(item(targets=[target]), indicators=[WHEN], place=place(timezone=zone))
    assert applied(proposal) == (AtLeast(first), TargetSource.ITEM)


def test_a_day_on_which_the_clocks_change_lasts_until_its_last_microsecond() -> None:
    """S 2.3."""
    target = pv.Target("stock", pv.between(on(29), on(29)))
    first = datetime(2026, 3, 28, 23, tzinfo=UTC)
    end = first + timedelta(hours=23) - timedelta(microseconds=1)
    proposal = expanded(item(targets=[target]), indicators=[WHEN])
    assert applied(proposal) == (pv.between(first, end), TargetSource.ITEM)


@pytest.mark.parametrize(
    ("criterion", "worst", "expected"),
    [
        (pv.at_least(on(20)), on(18), (at(18),)),
        (pv.at_most(on(20)), on(22), (last(22),)),
        (pv.at_most(pv.days(1)), pv.days(3), (last(15),)),
        (pv.between(on(20), on(22)), (on(18), on(24)), (at(18), last(24))),
        (pv.equals(at(20, 7)), (on(20), on(20)), (at(20), last(20))),
    ],
)
def test_worst_takes_the_same_end_of_the_day_as_its_bound(
    criterion: Criterion, worst: date | Offset | tuple[date, date], expected: tuple[datetime, ...]
) -> None:
    """S 2.3."""
    target = pv.Target("stock", criterion, worst=worst)
    (kpi,) = plan_of(expanded(item(targets=[target]), indicators=[WHEN])).kpis
    assert kpi.target is not None
    assert kpi.target.worst == expected


def test_working_days_of_a_target_are_those_at_the_place() -> None:
    """S 2.3: whatever the calendar of the rep."""
    target = pv.Target("stock", pv.at_most(pv.working_days(1)))
    given = pv.Given(
        calendar=pv.WorkCalendar(holidays=[on(13)]),
        rep_calendars={"rep-7": pv.WorkCalendar(holidays=[on(16)])},
    )
    proposal = expanded(item(targets=[target]), indicators=[WHEN], given=given)
    assert applied(proposal) == (AtMost(last(16)), TargetSource.ITEM)


def test_a_day_that_the_host_gives_a_segment_is_resolved_too() -> None:
    """S 2.3."""
    given = in_gold(pv.Target("stock", pv.outside(on(20), pv.days(9)), scope=GOLD))
    proposal = expanded(item(), indicators=[WHEN], given=given)
    assert applied(proposal) == (Outside(last(20), at(21)), TargetSource.GIVEN)


# ------------------------------------------------------------- what cannot be resolved (S 2.3)

UNPLANNED = "no target until the visit is planned: it counts from the visit's time"


@pytest.mark.parametrize(
    ("bound", "planned"),
    [
        (pv.days(0), None),
        (pv.days(0, anchor=Anchor.VISIT_END), None),
        (pv.days(0, anchor=Anchor.VISIT_END), pv.Period(NINE)),
    ],
)
def test_an_offset_from_a_time_the_visit_lacks_gives_no_target_and_a_warning(
    bound: Offset, planned: pv.Period | None
) -> None:
    """S 2.3: and no less specific target takes its place."""
    proposal = expanded(
        item(targets=[pv.Target("stock", pv.at_most(bound))]),
        indicators=[WHEN],
        targets=[pv.Target("stock", pv.at_most(on(20)))],
        planned=planned,
    )
    assert applied(proposal) is None
    assert warning(PATH, "target.unplanned", UNPLANNED) in proposal.findings
    assert not proposal.is_blocked


def test_an_open_end_does_not_hurt_an_offset_from_the_start() -> None:
    """S 2.3."""
    target = pv.Target("stock", pv.at_most(pv.days(0)))
    proposal = expanded(item(targets=[target]), indicators=[WHEN], planned=pv.Period(NINE))
    assert applied(proposal) == (AtMost(last(12)), TargetSource.ITEM)


def test_a_day_needs_no_planned_time() -> None:
    """S 2.3."""
    target = pv.Target("stock", pv.at_most(on(20)))
    proposal = expanded(item(targets=[target]), indicators=[WHEN], planned=None)
    assert applied(proposal) == (AtMost(last(20)), TargetSource.ITEM)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (pv.Target("stock", pv.between(on(20), pv.days(0))), "criterion.order"),
        (pv.Target("stock", pv.at_least(on(12)), worst=pv.days(0)), "target.worst"),
        (pv.Target("stock", pv.at_least(date(1900, 1, 1))), "instant.range"),
        (pv.Target("stock", pv.at_least(on(20)), worst=date(1900, 1, 1)), "instant.range"),
        (pv.Target("stock", pv.at_most(pv.working_days(1))), "calendar.no-working-day"),
    ],
)
def test_what_shows_on_the_day_of_the_visit_blocks_the_plan(target: pv.Target, code: str) -> None:
    """S 2.5: the KPI stays, without a target."""
    proposal = expanded(
        item(targets=[target]),
        indicators=[WHEN],
        given=pv.Given(calendar=pv.WorkCalendar(weekend=Weekday)),
        planned=pv.Period(NINE),
    )
    assert [(each.path, each.code) for each in proposal.findings] == [(PATH, code)]
    assert applied(proposal) is None
    assert proposal.is_blocked


@pytest.mark.parametrize(
    "target",
    [
        pv.Target("stock", pv.at_most(pv.days(36_600))),
        pv.Target("stock", pv.at_most(pv.days(0)), worst=pv.days(36_600)),
    ],
)
def test_an_offset_that_leads_out_of_range_blocks_the_plan(target: pv.Target) -> None:
    """S 4.5."""
    far = pv.Period(datetime(2199, 3, 1, tzinfo=UTC))
    proposal = expanded(item(targets=[target]), indicators=[WHEN], planned=far)
    message = "the years 1900 to 2200 are in range"
    assert proposal.findings == (error(PATH, "date.range", message),)
    assert applied(proposal) is None


# ------------------------------------------------------------------ what is worth a finding


def test_the_targets_of_an_item_that_is_left_out_are_nobody_s_business() -> None:
    """S 6.5."""
    left_out = item(context_kinds=["product"], targets=[pv.Target("stock", pv.at_most(pv.days(0)))])
    other = item("b", task="b")
    proposal = expanded(
        left_out, other, tasks=[task("b", indicators=[])], indicators=[WHEN], planned=None
    )
    assert [each.code for each in proposal.findings] == ["date.missing-anchor", "context.none"]


def test_an_indicator_bound_to_two_kinds_is_found_unplanned_once() -> None:
    """S 2.3."""
    kinds = ("product", "partner")
    twice = capturing(*(TaskIndicator("stock", context_kind=kind) for kind in kinds))
    target = pv.Target("stock", pv.at_most(pv.days(0, anchor=Anchor.VISIT_END)))
    given = pv.Given(contexts=[pv.Context("product", "A")])
    proposal = expanded(
        item(context_kinds=kinds, targets=[target]),
        tasks=[twice],
        indicators=[WHEN],
        given=given,
        planned=pv.Period(NINE),
    )
    assert proposal.findings == (warning(PATH, "target.unplanned", UNPLANNED),)


def test_every_item_that_lacks_a_target_is_found() -> None:
    """S 2.3."""
    target = pv.Target("stock", pv.at_most(pv.days(0, anchor=Anchor.VISIT_END)))
    items = [item(targets=[target]), item("b", task="count", targets=[target])]
    proposal = expanded(*items, indicators=[WHEN], planned=pv.Period(NINE))
    assert [each.path[1] for each in proposal.findings] == ["b", "count"]
