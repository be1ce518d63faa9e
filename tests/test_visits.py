"""Visits: who goes where and when, and the life of a visit."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

import partnervisits as pv
from partnervisits.errors import InvalidValueError, TransitionError
from partnervisits.visits import Priority, Standing, VisitStatus, Window, mark_completed
from tests.builders import ELEVEN, NINE, THURSDAY, place, visit

LATER = pv.Period(NINE + timedelta(days=7), ELEVEN + timedelta(days=7))
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
APRIL = Window(date(2026, 4, 1), date(2026, 4, 30), late_until=date(2026, 5, 15))

UNSCHEDULED = visit(planned=None)
PLANNED = visit()
IN_PROGRESS = PLANNED.start(at=NINE)
COMPLETED = mark_completed(IN_PROGRESS, at=ELEVEN)
CANCELLED = PLANNED.cancel("the store is closed")
MISSED = PLANNED.miss("the car broke down")
ABANDONED = IN_PROGRESS.abandon("the fire alarm went off", at=ELEVEN)


# ------------------------------------------------------------------------------ the life of a visit


def test_a_visit_without_a_planned_time_is_unscheduled_and_with_one_planned() -> None:
    """S 5.1."""
    assert UNSCHEDULED.status is VisitStatus.UNSCHEDULED
    assert PLANNED.status is VisitStatus.PLANNED


def test_scheduling_gives_the_planned_time() -> None:
    """S 5.1."""
    period = pv.Period(NINE, ELEVEN)
    scheduled = UNSCHEDULED.schedule(period)
    assert scheduled == PLANNED
    assert scheduled.earlier_planned == ()


def test_starting_opens_the_actual_time_whenever_the_visit_was_planned() -> None:
    """S 5.2."""
    early = NINE - timedelta(days=3)
    started = PLANNED.start(at=early)
    assert (started.status, started.actual) == (VisitStatus.IN_PROGRESS, pv.Period(early))
    assert started.planned == PLANNED.planned


def test_abandoning_ends_the_actual_time_and_keeps_the_reason() -> None:
    """S 5.1."""
    assert (ABANDONED.status, ABANDONED.actual, ABANDONED.reason) == (
        VisitStatus.ABANDONED,
        pv.Period(NINE, ELEVEN),
        "the fire alarm went off",
    )


def test_completing_ends_the_actual_time() -> None:
    """S 5.5."""
    done = pv.complete(IN_PROGRESS, [], ELEVEN)
    assert (done.status, done.actual) == (VisitStatus.COMPLETED, pv.Period(NINE, ELEVEN))
    assert done == COMPLETED


@pytest.mark.parametrize("before", [UNSCHEDULED, PLANNED])
def test_a_visit_that_has_not_started_can_be_cancelled(before: pv.Visit) -> None:
    """S 5.1."""
    after = before.cancel("ill")
    assert (after.status, after.reason, after.planned) == (
        VisitStatus.CANCELLED,
        "ill",
        before.planned,
    )


def test_a_planned_visit_can_be_missed() -> None:
    """S 5.1."""
    assert (MISSED.status, MISSED.reason) == (VisitStatus.MISSED, "the car broke down")


@pytest.mark.parametrize(
    "without_a_reason",
    [
        lambda: PLANNED.cancel(""),
        lambda: UNSCHEDULED.cancel(""),
        lambda: PLANNED.miss(""),
        lambda: IN_PROGRESS.abandon("", at=ELEVEN),
    ],
)
def test_calling_off_missing_and_breaking_off_need_a_reason(
    without_a_reason: Callable[[], pv.Visit],
) -> None:
    """S 5.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = without_a_reason()
    assert refused.value.code == "visit.reason"


def test_an_illegal_verb_names_state_verb_and_what_is_allowed() -> None:
    """S 5.1."""
    with pytest.raises(TransitionError) as refused:
        _ = PLANNED.schedule(LATER)
    assert refused.value.code == "transition.illegal"
    assert str(refused.value) == (
        "visit V-1 is PLANNED: schedule is not allowed (allowed: cancel, miss, reschedule, start)"
    )


def test_a_final_visit_says_that_nothing_is_allowed() -> None:
    """S 5.1."""
    with pytest.raises(TransitionError) as refused:
        _ = mark_completed(MISSED, at=ELEVEN)
    assert str(refused.value) == (
        "visit V-1 is MISSED: complete is not allowed (nothing is: it is final)"
    )


def abandoned(at: datetime) -> pv.Visit:
    return IN_PROGRESS.abandon("fire", at=at)


def completed(at: datetime) -> pv.Visit:
    return pv.complete(IN_PROGRESS, [], at)


@pytest.mark.parametrize("end", [abandoned, completed])
def test_a_visit_does_not_end_before_it_began(end: Callable[[datetime], pv.Visit]) -> None:
    """S 5.2."""
    assert end(NINE).actual == pv.Period(NINE, NINE)
    with pytest.raises(InvalidValueError) as refused:
        _ = end(NINE - MICROSECOND)
    assert refused.value.code == "period.order"


@pytest.mark.parametrize("end", [abandoned, completed])
def test_a_visit_that_has_ended_says_when(end: Callable[[datetime | None], pv.Visit]) -> None:
    """S 5.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = end(None)
    assert refused.value.code == "visit.actual"


def test_the_end_of_a_planned_time_may_be_open() -> None:
    """S 5.2."""
    assert visit(planned=pv.Period(NINE)).until == THURSDAY


def test_a_planned_time_does_not_end_before_it_starts() -> None:
    """S 5.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Period(ELEVEN, NINE)
    assert refused.value.code == "period.order"


# -------------------------------------------------------------------------------------- visitors


def test_a_sole_visitor_answers_for_the_visit() -> None:
    """S 5.2."""
    assert visit(visitors=[pv.Visitor("rep-7")]).rep_id == "rep-7"
    assert visit(visitors=[pv.Visitor("rep-7", primary=True)]).rep_id == "rep-7"


def test_of_several_visitors_the_primary_one_answers_for_the_visit() -> None:
    """S 5.2."""
    reps = [pv.Visitor("rep-7"), pv.Visitor("rep-8", primary=True), pv.Visitor("rep-9")]
    assert visit(visitors=reps).rep_id == "rep-8"


@pytest.mark.parametrize("marks", [(False, False), (True, True), (True, False, True)])
def test_exactly_one_of_several_visitors_is_primary(marks: tuple[bool, ...]) -> None:
    """S 5.2."""
    reps = [pv.Visitor(f"rep-{n}", primary=mark) for n, mark in enumerate(marks)]
    with pytest.raises(InvalidValueError) as refused:
        _ = visit(visitors=reps)
    assert refused.value.code == "visit.primary"


def test_a_visit_needs_a_visitor() -> None:
    """S 5.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = visit(visitors=[])
    assert refused.value.code == "visit.no-visitor"


def test_nobody_visits_twice_at_once() -> None:
    """S 5.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = visit(visitors=[pv.Visitor("rep-7", primary=True), pv.Visitor("rep-7")])
    assert refused.value.code == "sequence.duplicate"


# -------------------------------------------------------------------------------- days and zones


@pytest.mark.parametrize(
    ("zone", "on", "until"),
    [
        ("UTC", date(2026, 3, 12), date(2026, 3, 13)),
        ("America/Los_Angeles", date(2026, 3, 12), date(2026, 3, 12)),
        ("Asia/Tokyo", date(2026, 3, 13), date(2026, 3, 13)),
        ("Pacific/Kiritimati", date(2026, 3, 13), date(2026, 3, 13)),
    ],
)
def test_the_planned_days_are_days_at_the_place(zone: str, on: date, until: date) -> None:
    """S 5.2."""
    late = pv.Period(
        datetime(2026, 3, 12, 23, 30, tzinfo=UTC), datetime(2026, 3, 13, 0, 30, tzinfo=UTC)
    )
    held = visit(planned=late, place=place(timezone=zone))
    assert (held.on, held.until) == (on, until)


def test_a_day_begins_at_midnight_of_the_place() -> None:
    """S 5.2."""
    midnight = datetime(2026, 3, 13, tzinfo=ZoneInfo("Europe/Berlin"))
    assert visit(planned=pv.Period(midnight)).on == date(2026, 3, 13)
    assert visit(planned=pv.Period(midnight - MICROSECOND)).on == THURSDAY


def test_a_visit_without_a_planned_time_has_no_planned_day() -> None:
    """S 5.2."""
    assert (UNSCHEDULED.on, UNSCHEDULED.until) == (None, None)


def test_a_visit_over_night_lasts_until_the_next_day() -> None:
    """S 7.3."""
    assert visit(planned=pv.Period(NINE, NINE + timedelta(days=1))).until == date(2026, 3, 13)


def test_planned_times_of_any_zone_are_held_in_utc() -> None:
    """S 1.1."""
    local = datetime(2026, 3, 12, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    planned = visit(planned=pv.Period(local)).planned
    assert planned is not None
    assert (planned.start, planned.start.tzinfo) == (NINE, UTC)


@pytest.mark.parametrize(
    "zone",
    ["", "Mars/Base", "../../etc/passwd", "Europe/Berlin\0", "x" * 5000, "Europe", None, 1, UTC],
)
def test_a_place_needs_a_known_time_zone(zone: object) -> None:
    """S 4.8."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Place("dc-9", kind="store", timezone=zone)  # type: ignore[arg-type]
    assert refused.value.code == "zone.unknown"
    assert str(refused.value).startswith("Place.timezone: ")


# ------------------------------------------------------------------------ windows and standing

WINDOW_DAYS = pytest.mark.parametrize(
    ("as_of", "standing"),
    [
        (date(1900, 1, 1), Standing.NOT_DUE),
        (date(2026, 3, 31), Standing.NOT_DUE),
        (date(2026, 4, 1), Standing.DUE),
        (date(2026, 4, 30), Standing.DUE),
        (date(2026, 5, 1), Standing.OVERDUE),
        (date(2026, 5, 15), Standing.OVERDUE),
        (date(2026, 5, 16), Standing.LAPSED),
        (date(2200, 12, 31), Standing.LAPSED),
    ],
)
OPEN = pytest.mark.parametrize("held", [UNSCHEDULED, PLANNED, IN_PROGRESS])
FINAL = pytest.mark.parametrize("held", [COMPLETED, CANCELLED, MISSED, ABANDONED])


@OPEN
@WINDOW_DAYS
def test_a_window_says_from_when_a_visit_is_due_overdue_and_lapsed_until_it_is_settled(
    held: pv.Visit, as_of: date, standing: Standing
) -> None:
    """S 5.3: each day named belongs to what it ends, whatever is planned or has begun."""
    assert attrs.evolve(held, window=APRIL).standing(as_of) is standing


@FINAL
@pytest.mark.parametrize(
    "as_of", [date(1900, 1, 1), THURSDAY, date(2026, 4, 1), date(2026, 5, 1), date(2200, 12, 31)]
)
def test_a_final_visit_is_settled_on_every_day(held: pv.Visit, as_of: date) -> None:
    """S 5.3: with a window or without one."""
    assert held.standing(as_of) is Standing.SETTLED
    assert attrs.evolve(held, window=APRIL).standing(as_of) is Standing.SETTLED


@pytest.mark.parametrize("before", [UNSCHEDULED, PLANNED])
def test_a_visit_with_a_window_is_settled_once_it_is_called_off(before: pv.Visit) -> None:
    """S 5.3."""
    late = attrs.evolve(before, window=APRIL)
    assert late.standing(date(2026, 5, 1)) is Standing.OVERDUE
    assert late.cancel("closed").standing(date(2026, 5, 1)) is Standing.SETTLED


def test_a_window_that_does_not_end_lets_a_visit_stay_overdue() -> None:
    """S 5.3: nobody said until when it may be late."""
    held = visit(window=Window(APRIL.earliest, APRIL.latest))
    assert held.standing(date(2026, 4, 30)) is Standing.DUE
    assert held.standing(date(2026, 5, 1)) is Standing.OVERDUE
    assert held.standing(date(2200, 12, 31)) is Standing.OVERDUE


def test_a_window_without_grace_makes_a_visit_lapse_on_the_day_after() -> None:
    """S 5.3: it is never overdue."""
    held = visit(window=Window(APRIL.earliest, APRIL.latest, late_until=APRIL.latest))
    assert held.standing(APRIL.latest) is Standing.DUE
    assert held.standing(APRIL.latest + DAY) is Standing.LAPSED


def test_a_window_may_be_a_single_day() -> None:
    """S 5.3: with one day of grace after it."""
    held = visit(window=Window(THURSDAY, THURSDAY, late_until=THURSDAY + DAY))
    assert [held.standing(THURSDAY + days * DAY) for days in (-1, 0, 1, 2)] == [
        Standing.NOT_DUE,
        Standing.DUE,
        Standing.OVERDUE,
        Standing.LAPSED,
    ]


@pytest.mark.parametrize("held", [PLANNED, IN_PROGRESS])
def test_without_a_window_a_visit_is_due_on_its_planned_day_and_then_overdue(
    held: pv.Visit,
) -> None:
    """S 5.3: nothing lapses."""
    assert held.standing(THURSDAY - DAY) is Standing.NOT_DUE
    assert held.standing(THURSDAY) is Standing.DUE
    assert held.standing(THURSDAY + DAY) is Standing.OVERDUE
    assert held.standing(date(2200, 12, 31)) is Standing.OVERDUE


def test_without_a_window_a_visit_over_several_days_is_due_on_each_of_them() -> None:
    """S 5.3."""
    held = visit(planned=pv.Period(NINE, NINE + 2 * DAY))
    assert [held.standing(THURSDAY + days * DAY) for days in range(-1, 4)] == [
        Standing.NOT_DUE,
        Standing.DUE,
        Standing.DUE,
        Standing.DUE,
        Standing.OVERDUE,
    ]


def test_without_a_window_a_visit_with_an_open_end_is_due_on_the_day_it_starts() -> None:
    """S 5.3."""
    held = visit(planned=pv.Period(NINE))
    assert [held.standing(THURSDAY + days * DAY) for days in (-1, 0, 1)] == [
        Standing.NOT_DUE,
        Standing.DUE,
        Standing.OVERDUE,
    ]


@WINDOW_DAYS
def test_an_unscheduled_visit_without_a_window_is_never_due(
    as_of: date, standing: Standing
) -> None:
    """S 5.3."""
    assert UNSCHEDULED.standing(as_of) is Standing.NOT_DUE
    assert attrs.evolve(UNSCHEDULED, window=APRIL).standing(as_of) is standing


def test_a_visit_is_due_on_the_day_it_is_at_the_place() -> None:
    """S 5.3: half past eleven at night in UTC is the next day in Berlin."""
    late = pv.Period(datetime(2026, 3, 12, 23, 30, tzinfo=UTC))
    in_berlin = visit(planned=late)
    assert in_berlin.standing(THURSDAY) is Standing.NOT_DUE
    assert in_berlin.standing(THURSDAY + DAY) is Standing.DUE
    in_lisbon = visit(planned=late, place=place(timezone="Europe/Lisbon"))
    assert in_lisbon.standing(THURSDAY) is Standing.DUE
    assert in_lisbon.standing(THURSDAY + DAY) is Standing.OVERDUE


def test_a_visit_is_overdue_when_its_last_day_is_over_at_the_place() -> None:
    """S 5.3."""
    until_half_past_midnight = pv.Period(NINE, datetime(2026, 3, 12, 23, 30, tzinfo=UTC))
    in_berlin = visit(planned=until_half_past_midnight)
    assert in_berlin.standing(THURSDAY + DAY) is Standing.DUE
    assert in_berlin.standing(THURSDAY + 2 * DAY) is Standing.OVERDUE


def test_a_visit_is_due_on_its_day_even_if_the_clocks_go_back_to_the_day_before() -> None:
    """S 5.3: in 2010 St. John's set its clocks back a minute after midnight."""
    period = pv.Period(
        datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC), datetime(2010, 11, 7, 3, 15, tzinfo=UTC)
    )
    held = visit(planned=period, place=place(timezone="America/St_Johns"))
    assert (held.on, held.until) == (date(2010, 11, 7), date(2010, 11, 6))
    assert [held.standing(date(2010, 11, day)) for day in (6, 7, 8)] == [
        Standing.NOT_DUE,
        Standing.DUE,
        Standing.OVERDUE,
    ]


@pytest.mark.parametrize("planned", [pv.Period(NINE), LATER, None])
def test_the_window_decides_wherever_the_visit_is_planned(planned: pv.Period | None) -> None:
    """S 5.3."""
    held = visit(planned=planned, window=APRIL)
    assert held.standing(THURSDAY + DAY) is Standing.NOT_DUE
    assert held.standing(APRIL.earliest) is Standing.DUE


def test_the_verbs_leave_the_window_where_it_is() -> None:
    """S 5.3."""
    scheduled = attrs.evolve(UNSCHEDULED, window=APRIL).schedule(LATER)
    moved = scheduled.reschedule(pv.Period(NINE))
    started = moved.start(at=NINE)
    steps = [scheduled, moved, started, started.abandon("fire", at=ELEVEN), moved.miss("snow")]
    assert [step.window for step in steps] == [APRIL] * len(steps)


def test_without_a_window_a_visit_that_is_moved_is_due_on_its_new_day() -> None:
    """S 5.3."""
    assert PLANNED.standing(THURSDAY + DAY) is Standing.OVERDUE
    assert PLANNED.reschedule(LATER).standing(THURSDAY + DAY) is Standing.NOT_DUE


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"earliest": date(2026, 5, 1)}, "latest"),
        ({"latest": date(2026, 3, 31)}, "latest"),
        ({"late_until": date(2026, 4, 29)}, "late_until"),
        ({"late_until": date(2026, 3, 31)}, "late_until"),
    ],
)
def test_the_days_of_a_window_are_in_order(days: dict[str, date], field: str) -> None:
    """S 5.3."""
    with pytest.raises(InvalidValueError, match="correct one of them") as refused:
        _ = attrs.evolve(APRIL, **days)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        "window.order",
        "Window",
        field,
    )


@pytest.mark.parametrize("field", ["earliest", "latest", "late_until"])
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (NINE, "date.type"),
        ("2026-04-01", "date.type"),
        (date(1899, 12, 31), "date.range"),
        (date(2201, 1, 1), "date.range"),
    ],
)
def test_a_window_is_made_of_days(field: str, value: date, code: str) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(APRIL, **{field: value})
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "Window",
        field,
    )


@pytest.mark.parametrize("field", ["earliest", "latest"])
def test_a_window_has_a_first_and_a_last_day(field: str) -> None:
    """S 5.3: only the day until which a visit may be late can be left out."""
    missing: dict[str, Any] = {field: None}
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(APRIL, **missing)
    assert (refused.value.code, refused.value.field) == ("date.type", field)
    assert Window(APRIL.earliest, APRIL.latest).late_until is None


@pytest.mark.parametrize("held", [UNSCHEDULED, PLANNED, COMPLETED])
@pytest.mark.parametrize(
    ("as_of", "code", "message"),
    [
        (NINE, "date.type", "as_of: pass a date, not datetime"),
        (None, "date.type", "as_of: pass a date, not None"),
        ("2026-04-01", "date.type", "as_of: pass a date, not '2026-04-01'"),
        (date(1899, 12, 31), "date.range", "as_of: the years 1900 to 2200 are in range"),
        (date(2201, 1, 1), "date.range", "as_of: the years 1900 to 2200 are in range"),
    ],
)
def test_how_a_visit_stands_is_asked_of_a_day(
    held: pv.Visit, as_of: date, code: str, message: str
) -> None:
    """S 5.3: a final visit asks for a day too."""
    with pytest.raises(InvalidValueError) as refused:
        _ = held.standing(as_of)
    assert (refused.value.code, refused.value.field) == (code, "as_of")
    assert str(refused.value) == message


# -------------------------------------------------------------------- rescheduling and replacing


def test_rescheduling_keeps_the_id_and_the_history_of_planned_times() -> None:
    """S 5.4."""
    first, open_ended = pv.Period(NINE, ELEVEN), pv.Period(ELEVEN)
    moved = PLANNED.reschedule(open_ended).reschedule(LATER)
    assert (moved.id, moved.planned, moved.status) == ("V-1", LATER, VisitStatus.PLANNED)
    assert moved.earlier_planned == (first, open_ended)


def test_rescheduling_leaves_the_visit_it_came_from_as_it_was() -> None:
    """S 5.4."""
    _ = PLANNED.reschedule(LATER)
    assert visit() == PLANNED


@pytest.mark.parametrize("lost", [MISSED, CANCELLED, ABANDONED])
def test_a_replacement_is_a_new_visit_that_names_the_old_one(lost: pv.Visit) -> None:
    """S 5.4."""
    assert lost.replacement("V-2", planned=LATER) == visit(id="V-2", planned=LATER, replaces="V-1")


def test_a_replacement_keeps_who_and_where_but_not_what_happened() -> None:
    """S 5.4."""
    settings: dict[str, Any] = {
        "visitors": [pv.Visitor("rep-1"), pv.Visitor("rep-2", primary=True)],
        "priority": Priority.HIGH,
        "contacts": ["ann"],
        "instructions": "Ring twice",
    }
    missed = visit(**settings).reschedule(LATER).miss("snow")
    assert missed.replacement("V-2") == visit(id="V-2", planned=None, replaces="V-1", **settings)


def test_a_replacement_has_a_window_of_its_own_or_none() -> None:
    """S 5.4: that of the old visit may be over."""
    missed = visit(window=APRIL).miss("snow")
    may = Window(date(2026, 5, 1), date(2026, 5, 31))
    assert missed.replacement("V-2").window is None
    assert missed.replacement("V-2", window=may).window == may


@pytest.mark.parametrize("held", [UNSCHEDULED, PLANNED, IN_PROGRESS, COMPLETED])
def test_only_a_visit_that_did_not_take_place_is_replaced(held: pv.Visit) -> None:
    """S 5.4."""
    with pytest.raises(TransitionError) as refused:
        _ = held.replacement("V-2")
    assert (refused.value.subject, refused.value.state, refused.value.verb) == (
        "visit V-1",
        held.status.name,
        "replacement",
    )


# ------------------------------------------------------------------------ what a visit may hold


def test_a_visit_carries_contacts_instructions_and_a_priority() -> None:
    held = visit(contacts=["ann", "bob"], instructions="Ring twice", priority=Priority.LOW)
    assert (held.contacts, held.instructions, held.priority) == (
        ("ann", "bob"),
        "Ring twice",
        Priority.LOW,
    )
    assert visit().priority is Priority.NORMAL


@pytest.mark.parametrize(
    ("held", "change", "code"),
    [
        (PLANNED, {"status": VisitStatus.UNSCHEDULED}, "visit.planned"),
        (UNSCHEDULED, {"status": VisitStatus.PLANNED}, "visit.planned"),
        (MISSED, {"planned": None}, "visit.planned"),
        (COMPLETED, {"planned": None}, "visit.planned"),
        (PLANNED, {"actual": pv.Period(NINE)}, "visit.actual"),
        (MISSED, {"actual": pv.Period(NINE, ELEVEN)}, "visit.actual"),
        (CANCELLED, {"actual": pv.Period(NINE, ELEVEN)}, "visit.actual"),
        (IN_PROGRESS, {"actual": None}, "visit.actual"),
        (IN_PROGRESS, {"actual": pv.Period(NINE, ELEVEN)}, "visit.actual"),
        (COMPLETED, {"actual": pv.Period(NINE)}, "visit.actual"),
        (COMPLETED, {"actual": None}, "visit.actual"),
        (ABANDONED, {"actual": pv.Period(NINE)}, "visit.actual"),
        (PLANNED, {"reason": "snow"}, "visit.reason"),
        (COMPLETED, {"reason": "snow"}, "visit.reason"),
        (CANCELLED, {"reason": ""}, "visit.reason"),
        (MISSED, {"reason": ""}, "visit.reason"),
        (ABANDONED, {"reason": ""}, "visit.reason"),
    ],
)
def test_no_visit_is_in_a_state_that_its_life_cannot_lead_to(
    held: pv.Visit, change: dict[str, Any], code: str
) -> None:
    """S 5.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(held, **change)
    assert (refused.value.code, refused.value.owner, f"visit.{refused.value.field}") == (
        code,
        "Visit",
        code,
    )


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "", "text.empty"),
        ("id", 1, "text.type"),
        ("id", "x" * 256, "text.long"),
        ("id", " V-1", "text.blank-ends"),
        ("partner_id", None, "text.type"),
        ("partner_id", "a\nb", "text.control"),
        ("visitors", "rep-7", "sequence.type"),
        ("visitors", ["rep-7"], "sequence.entry"),
        ("visitors", None, "sequence.type"),
        ("place", "dc-9", "type.wrong"),
        ("planned", NINE, "type.wrong"),
        ("planned", (NINE, ELEVEN), "type.wrong"),
        ("window", THURSDAY, "type.wrong"),
        ("window", pv.Period(NINE, ELEVEN), "type.wrong"),
        ("status", "planned", "type.wrong"),
        ("actual", NINE, "type.wrong"),
        ("reason", None, "text.type"),
        ("priority", 1, "type.wrong"),
        ("contacts", "ann", "sequence.type"),
        ("contacts", ["ann", "ann"], "sequence.duplicate"),
        ("contacts", [""], "text.empty"),
        ("instructions", "a\rb", "text.carriage-return"),
        ("earlier_planned", [NINE], "sequence.entry"),
        ("replaces", "", "text.empty"),
    ],
)
def test_a_visit_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = visit(**{field: value})
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "Visit",
        field,
    )


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "", "text.empty"),
        ("kind", "", "text.empty"),
        ("kind", "x" * 65, "text.long"),
        ("name", "a\tb", "text.control"),
    ],
)
def test_a_place_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 1.3."""
    settings: dict[str, Any] = {"id": "dc-9", "kind": "store", "timezone": "UTC"}
    settings[field] = value
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Place(**settings)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize("mark", [1, None, "yes"])
def test_a_visitor_is_primary_or_not(mark: bool) -> None:  # noqa: FBT001 -- a value
    """S 1.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Visitor("rep-7", primary=mark)
    assert refused.value.code == "boolean.type"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NINE.replace(tzinfo=None), "instant.naive"),
        (THURSDAY, "instant.type"),
        ("2026-03-12T08:00Z", "instant.type"),
        (datetime(2026, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")), "instant.gap"),
        (datetime(9999, 12, 31, tzinfo=UTC), "instant.range"),
    ],
)
def test_a_verb_takes_an_instant(at: datetime, code: str) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = PLANNED.start(at=at)
    assert refused.value.code == code
    with pytest.raises(InvalidValueError) as refused:
        _ = abandoned(at)
    assert refused.value.code == code


def test_in_a_fold_the_first_of_two_instants_is_meant() -> None:
    """S 4.8."""
    ambiguous = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    started = PLANNED.start(at=ambiguous).actual
    assert started == pv.Period(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))


@pytest.mark.parametrize("planned", [None, NINE, "tomorrow"])
def test_scheduling_needs_a_period(planned: pv.Period) -> None:
    """S 5.1."""
    for verb in (UNSCHEDULED.schedule, PLANNED.reschedule):
        with pytest.raises(InvalidValueError) as refused:
            _ = verb(planned)
        assert refused.value.field == "planned"


def test_a_visit_makes_up_for_another_one() -> None:
    """S 5.4."""
    with pytest.raises(InvalidValueError) as refused:
        _ = visit(replaces="V-1")
    assert (refused.value.code, refused.value.field) == ("visit.replaces", "replaces")


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Asia/Kolkata", datetime(2200, 12, 31, 22, tzinfo=UTC)),
        ("America/New_York", datetime(1900, 1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_planned_day_is_in_range_where_the_place_is(zone: str, start: datetime) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = visit(place=pv.Place("dc-9", kind="store", timezone=zone), planned=pv.Period(start))
    assert (refused.value.code, refused.value.field) == ("visit.planned", "planned")
