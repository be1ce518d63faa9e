"""When the tasks of a plan are due, and why then."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import pytest

import partnervisits as pv
from partnervisits.calendars import (
    EVERY_DAY,
    Anchor,
    Calendar,
    CalendarOwner,
    Offset,
    Roll,
    RollStep,
    Trail,
    Unit,
    Weekday,
)
from tests.builders import NINE, THURSDAY, item, place
from tests.proposals.worlds import PRODUCT_A, error, expanded, plan_of, warning

FRIDAY, SATURDAY, SUNDAY, MONDAY, TUESDAY = (THURSDAY + timedelta(days=n) for n in range(1, 6))
DUE = ("items", "count", "due")
NOBODY_WORKS = pv.WorkCalendar(weekend=Weekday)


def line(key: str, *after: str, due: Offset | None = None, kind: str = "") -> pv.TemplateItem:
    """An item that comes after others; about a kind that nobody gives, it is left out."""
    return item(key, task="count", after=after, due=due, context_kinds=[kind] if kind else [])


def dues(proposal: pv.Proposal) -> dict[str, date | None]:
    return {each.item_key: each.due for each in plan_of(proposal).tasks}


def trail_of(proposal: pv.Proposal, key: str = "count") -> Trail | None:
    return plan_of(proposal).task(key).trail


def starting(moment: datetime, end: datetime | None = None) -> pv.Period:
    return pv.Period(moment, end)


ON_SATURDAY = starting(NINE + timedelta(days=2))

# -------------------------------------------------------------------- anchors (S 4.1, S 4.7)


def test_an_item_without_an_offset_is_due_on_the_day_of_the_visit() -> None:
    """S 4.7: even if nobody works then."""
    proposal = expanded(item(), planned=ON_SATURDAY)
    expected = Trail(Anchor.VISIT_START, SATURDAY, None, SATURDAY, (), None, SATURDAY)
    assert (dues(proposal), trail_of(proposal)) == ({"count": SATURDAY}, expected)


def test_the_day_of_the_visit_is_the_day_at_the_place() -> None:
    """S 4.1: half past eleven at night in London is the next day in Berlin."""
    late = starting(datetime(2026, 3, 12, 23, 30, tzinfo=UTC))
    assert dues(expanded(item(), planned=late)) == {"count": FRIDAY}
    london = place(timezone="Europe/London")
    assert dues(expanded(item(), planned=late, place=london)) == {"count": THURSDAY}


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (pv.days(2), SATURDAY),
        (pv.days(-2), date(2026, 3, 10)),
        (pv.days(2, roll=Roll.FOLLOWING), MONDAY),
        (pv.working_days(2), MONDAY),
        (pv.working_days(-4), date(2026, 3, 6)),
        (pv.weeks(1), date(2026, 3, 19)),
        (pv.months(1), date(2026, 4, 12)),
        (pv.days(0, anchor=Anchor.VISIT_END), FRIDAY),
        (pv.working_days(1, anchor=Anchor.VISIT_END), MONDAY),
    ],
)
def test_an_offset_counts_from_the_start_or_the_end_of_the_visit(
    due: Offset, expected: date
) -> None:
    """S 4.1."""
    two_days = starting(NINE, NINE + timedelta(days=1))
    assert dues(expanded(item(due=due), planned=two_days)) == {"count": expected}


def test_an_item_that_counts_from_an_open_end_is_kept_without_a_date() -> None:
    """S 6.5."""
    proposal = expanded(
        item(due=pv.days(1, anchor=Anchor.VISIT_END)), line("b"), planned=starting(NINE)
    )
    assert dues(proposal) == {"count": None, "b": THURSDAY}
    assert trail_of(proposal) is None
    message = "kept without a date: visit end is not planned yet"
    assert proposal.findings == (warning(DUE, "date.missing-anchor", message),)
    assert not proposal.is_blocked


def test_nothing_is_due_while_the_visit_is_unscheduled() -> None:
    """S 6.5."""
    proposal = expanded(item(due=pv.days(1)), line("b"), planned=None)
    assert dues(proposal) == {"count": None, "b": None}
    message = "kept without a date: visit start is not planned yet"
    assert proposal.findings == (
        warning(("items", "b", "due"), "date.missing-anchor", message),
        warning(DUE, "date.missing-anchor", message),
    )


# ---------------------------------------------------------------------- prerequisites (S 4.7)


def test_an_item_waits_for_what_comes_before() -> None:
    """S 4.7."""
    proposal = expanded(line("a", due=pv.days(4)), line("b"), line("c", "a", "b", due=pv.days(1)))
    assert dues(proposal) == {"a": MONDAY, "b": THURSDAY, "c": MONDAY}
    expected = Trail(Anchor.VISIT_START, THURSDAY, pv.days(1), FRIDAY, (), "a", MONDAY, pv.days(0))
    assert trail_of(proposal, "c") == expected
    assert plan_of(proposal).task("c").after == ("a", "b")
    assert proposal.findings == ()


@pytest.mark.parametrize("own", [4, 5])
def test_an_item_that_is_due_later_anyway_waits_for_nobody(own: int) -> None:
    """S 4.7."""
    found = trail_of(expanded(line("a", due=pv.days(4)), line("c", "a", due=pv.days(own))), "c")
    assert found is not None
    assert (found.bound_by, found.planned) == (None, THURSDAY + timedelta(days=own))


@pytest.mark.parametrize("after", [("a", "b"), ("b", "a")])
def test_of_two_prerequisites_on_one_day_the_first_by_key_is_named(after: tuple[str, ...]) -> None:
    """S 4.6."""
    items = [line("b", due=pv.days(1)), line("a", due=pv.days(1)), line("c", *after)]
    found = trail_of(expanded(*items), "c")
    assert found is not None
    assert found.bound_by == "a"


def test_the_roll_comes_after_the_waiting() -> None:
    """S 4.7."""
    own = pv.days(0, roll=Roll.FOLLOWING)
    proposal = expanded(line("a", due=pv.days(2)), line("c", "a", due=own))
    step = RollStep(Roll.FOLLOWING, SATURDAY, MONDAY, (CalendarOwner.PLACE,))
    assert trail_of(proposal, "c") == Trail(
        Anchor.VISIT_START, THURSDAY, own, THURSDAY, (step,), "a", MONDAY, pv.days(0)
    )


def test_a_roll_that_leads_back_before_a_prerequisite_is_a_warning() -> None:
    """S 4.7."""
    back = pv.days(0, roll=Roll.PRECEDING)
    proposal = expanded(line("a", due=pv.days(2)), line("b"), line("c", "a", "b", due=back))
    assert dues(proposal)["c"] == FRIDAY
    message = "its roll takes it before a: choose a roll that follows"
    path = ("items", "c", "due")
    assert proposal.findings == (warning(path, "date.before-prerequisite", message),)


def test_the_order_of_the_items_does_not_matter_to_their_dates() -> None:
    """S 4.7."""
    proposal = expanded(line("c", "b"), line("b", "a"), line("a", due=pv.days(1)))
    assert dues(proposal) == {"c": FRIDAY, "b": FRIDAY, "a": FRIDAY}


def test_nobody_waits_for_a_prerequisite_without_a_date() -> None:
    """S 4.7."""
    undated = pv.days(3, anchor=Anchor.VISIT_END)
    proposal = expanded(line("a", due=undated), line("b", "a"), planned=starting(NINE))
    assert dues(proposal) == {"a": None, "b": THURSDAY}
    assert plan_of(proposal).task("b").after == ("a",)


def test_a_prerequisite_that_is_left_out_is_replaced_by_its_own() -> None:
    """S 4.7."""
    proposal = expanded(
        line("a", due=pv.days(1)), line("gap", "a", kind="product"), line("c", "gap")
    )
    assert plan_of(proposal).task("c").after == ("a",)
    assert dues(proposal) == {"a": FRIDAY, "c": FRIDAY}


def test_left_out_prerequisites_are_replaced_through_several_steps() -> None:
    """S 4.7: and each that is reached on several ways is named once."""
    proposal = expanded(
        line("z", due=pv.days(1)),
        line("a"),
        line("one", "z", "a", kind="product"),
        line("two", "one", kind="product"),
        line("three", "one", "a", kind="product"),
        line("last", "three", "two", "z"),
    )
    assert plan_of(proposal).task("last").after == ("a", "z")
    assert dues(proposal)["last"] == FRIDAY


def test_what_comes_before_a_kept_prerequisite_is_not_repeated() -> None:
    """S 4.7."""
    proposal = expanded(
        line("a"), line("b", "a"), line("gap", "b", kind="product"), line("c", "gap")
    )
    assert plan_of(proposal).task("c").after == ("b",)


def test_a_left_out_item_without_prerequisites_leaves_none() -> None:
    """S 4.7."""
    proposal = expanded(line("gap", kind="product", due=pv.days(9)), line("c", "gap"))
    assert plan_of(proposal).task("c").after == ()
    assert dues(proposal) == {"c": THURSDAY}


def test_prerequisites_that_are_kept_stay() -> None:
    """S 4.7."""
    given = pv.Given(contexts=[PRODUCT_A])
    proposal = expanded(line("gap", kind="product"), line("c", "gap"), given=given)
    assert plan_of(proposal).task("c").after == ("gap",)


# -------------------------------------------------------------------------- calendars (S 4.4)


class Closed:
    """Any object with the one method serves; these days are off."""

    def __init__(self, *days: date) -> None:
        self._days: Collection[date] = days

    def is_working(self, on: date, /) -> bool:
        return on not in self._days


def due_with(given: pv.Given, role: str | None = None) -> date | None:
    return dues(expanded(item(due=pv.working_days(1), role=role), given=given))["count"]


def test_a_host_s_own_calendar_serves() -> None:
    """S 4.4."""
    assert due_with(pv.Given(calendar=Closed(FRIDAY))) == SATURDAY


@pytest.mark.parametrize(
    ("closed_at", "closed_for", "expected", "asked_by"),
    [
        ([], [], FRIDAY, None),
        ([FRIDAY], [], SATURDAY, (CalendarOwner.PLACE,)),
        ([], [FRIDAY], SATURDAY, (CalendarOwner.REP,)),
        ([FRIDAY], [SATURDAY], SUNDAY, (CalendarOwner.PLACE, CalendarOwner.REP)),
        ([FRIDAY, SATURDAY], [FRIDAY], SUNDAY, (CalendarOwner.PLACE, CalendarOwner.REP)),
    ],
)
def test_a_day_is_working_where_both_calendars_say_so(
    closed_at: list[date],
    closed_for: list[date],
    expected: date,
    asked_by: tuple[CalendarOwner, ...] | None,
) -> None:
    """S 4.4: and the trail says which calendar asked for the roll (S 4.6)."""
    given = pv.Given(calendar=Closed(*closed_at), rep_calendars={"rep-7": Closed(*closed_for)})
    found = trail_of(expanded(item(due=pv.days(1, roll=Roll.FOLLOWING)), given=given))
    assert found is not None
    assert found.planned == expected
    assert found.rolls == (
        () if asked_by is None else (RollStep(Roll.FOLLOWING, FRIDAY, expected, asked_by),)
    )


def test_the_calendar_of_whoever_has_the_role_counts() -> None:
    """S 4.4."""
    given = pv.Given(
        calendar=EVERY_DAY,
        rep_calendars={"rep-7": Closed(FRIDAY), "rep-8": Closed(FRIDAY, SATURDAY)},
        roles={"driver": "rep-8", "cook": "rep-9"},
    )
    assert due_with(given) == SATURDAY
    assert due_with(given, role="driver") == SUNDAY
    assert due_with(given, role="cook") == FRIDAY
    assert due_with(given, role="unknown") == FRIDAY


def test_tasks_of_one_plan_go_by_the_calendars_of_their_reps() -> None:
    """S 4.4."""
    given = pv.Given(rep_calendars={"rep-8": Closed(FRIDAY)}, roles={"driver": "rep-8"})
    tomorrow = pv.working_days(1)
    items = [item(due=tomorrow), item("b", task="count", due=tomorrow, role="driver")]
    assert dues(expanded(*items, given=given)) == {"count": FRIDAY, "b": MONDAY}


# ----------------------------------------------------------------- dates that fail (S 4.5)


@pytest.mark.parametrize(
    ("due", "calendar", "code", "message"),
    [
        (
            pv.working_days(1),
            NOBODY_WORKS,
            "calendar.no-working-day",
            "no working day within 366 days of 2026-03-12: look at weekend and holidays",
        ),
        (
            pv.days(2, roll=Roll.RAISE),
            pv.WorkCalendar(),
            "calendar.non-working",
            "2026-03-14 is no working day: choose another roll",
        ),
    ],
)
def test_a_date_that_a_calendar_cannot_give_blocks_the_plan(
    due: Offset, calendar: Calendar, code: str, message: str
) -> None:
    """S 4.5: the task is there, without a date, and the others are dated."""
    proposal = expanded(item(due=due), line("b", "count"), given=pv.Given(calendar=calendar))
    assert proposal.findings == (error(DUE, code, message),)
    assert dues(proposal) == {"count": None, "b": THURSDAY}
    assert proposal.is_blocked


def test_a_date_out_of_range_blocks_the_plan() -> None:
    """S 4.5."""
    far = starting(datetime(2199, 3, 1, tzinfo=UTC))
    proposal = expanded(item(due=Offset(1000, Unit.MONTHS)), planned=far)
    message = "this leads out of the calendar: take a smaller offset"
    assert proposal.findings == (error(DUE, "calendar.range", message),)


def test_a_calendar_without_working_days_does_not_hurt_who_asks_for_none() -> None:
    """S 4.5."""
    given = pv.Given(calendar=NOBODY_WORKS)
    assert expanded(item(due=pv.days(2)), given=given).findings == ()
