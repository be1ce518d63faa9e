"""How a visit stands on a day: by its window, else by its planned days, until it is settled."""

from collections.abc import Callable
from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import testing as own
from partnervisits.errors import InvalidValueError
from partnervisits.visits import Standing, Window
from tests import builders

DAY = timedelta(days=1)
FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
IN_ORDER = [Standing.NOT_DUE, Standing.DUE, Standing.OVERDUE, Standing.LAPSED]

ENDS: list[Callable[[pv.Visit], pv.Visit]] = [
    lambda held: pv.complete(held.start(at=builders.NINE), [], builders.ELEVEN),
    lambda held: held.start(at=builders.NINE).abandon("fire", at=builders.ELEVEN),
    lambda held: held.cancel("closed"),
    lambda held: held.miss("snow"),
]

PLACES = st.builds(
    builders.place,
    timezone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Kiritimati"]),
)
# The first and the last year of all are out of range in some zone.
PERIODS = own.periods().filter(
    lambda period: period.start.year > FIRST.year and (period.end or period.start).year < LAST.year
)
INNER_DAYS = own.dates().filter(lambda day: FIRST < day < LAST)


def near(*held: date) -> st.SearchStrategy[date]:
    """Any day, often one of those or a day beside it."""
    beside = [each + step * DAY for each in held for step in (-1, 0, 1)]
    return st.sampled_from([each for each in beside if FIRST <= each <= LAST]) | own.dates()


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Windows whose days often coincide, some without a day until which a visit may be late."""
    first = draw(INNER_DAYS)
    others = near(first).filter(lambda day: FIRST < day < LAST)
    earliest, latest, late_until = sorted([first, draw(others), draw(others)])
    return Window(earliest, latest, late_until=draw(st.sampled_from([None, late_until])))


@st.composite
def scheduled(draw: st.DrawFn) -> pv.Visit:
    """Visits that are planned or in progress, at places of several zones, without a window."""
    held = builders.visit(planned=draw(PERIODS), place=draw(PLACES))
    return draw(st.sampled_from([held, held.start(at=builders.NINE)]))


@st.composite
def unsettled(draw: st.DrawFn) -> pv.Visit:
    """Visits that are not final, with a window or without one."""
    held = draw(scheduled() | st.just(builders.visit(planned=None)))
    return attrs.evolve(held, window=draw(st.none() | windows()))


def days_of(held: pv.Visit) -> list[date]:
    """The days at which a visit may come to stand otherwise."""
    window = held.window
    days = [held.on, held.until]
    days += [] if window is None else [window.earliest, window.latest, window.late_until]
    return [day for day in days if day is not None] or [builders.THURSDAY]


@given(unsettled(), st.data())
def test_as_days_pass_a_visit_moves_on_from_not_due_to_due_to_overdue_to_lapsed(
    held: pv.Visit, data: st.DataObject
) -> None:
    """S 5.3: never back."""
    days = sorted(data.draw(st.lists(near(*days_of(held)), min_size=2, max_size=5)))
    steps = [IN_ORDER.index(held.standing(day)) for day in days]
    assert steps == sorted(steps)


@given(scheduled(), st.data())
def test_a_window_of_the_planned_days_is_as_good_as_none(
    held: pv.Visit, data: st.DataObject
) -> None:
    """S 5.3."""
    first, last = days_of(held)
    as_of = data.draw(near(first, last))
    assert held.standing(as_of) is attrs.evolve(held, window=Window(first, last)).standing(as_of)


@given(scheduled(), windows(), st.data())
def test_where_there_is_a_window_the_planned_time_and_the_place_change_nothing(
    held: pv.Visit, window: Window, data: st.DataObject
) -> None:
    """S 5.3."""
    in_window = attrs.evolve(held, window=window)
    unscheduled = builders.visit(planned=None, window=window)
    as_of = data.draw(near(*days_of(in_window)))
    assert in_window.standing(as_of) is unscheduled.standing(as_of)


@given(st.sampled_from(ENDS), PERIODS, st.none() | windows(), st.data())
def test_a_final_visit_is_settled_on_every_day(
    end: Callable[[pv.Visit], pv.Visit],
    period: pv.Period,
    window: Window | None,
    data: st.DataObject,
) -> None:
    """S 5.3."""
    held = end(builders.visit(planned=period, window=window))
    assert held.standing(data.draw(near(*days_of(held)))) is Standing.SETTLED


@given(windows())
def test_both_ends_of_a_window_and_the_last_late_day_belong_to_it(window: Window) -> None:
    """S 5.3."""
    held = builders.visit(planned=None, window=window)
    assert held.standing(window.earliest - DAY) is Standing.NOT_DUE
    assert held.standing(window.earliest) is Standing.DUE
    assert held.standing(window.latest) is Standing.DUE
    if window.late_until != window.latest:
        assert held.standing(window.latest + DAY) is Standing.OVERDUE
    if window.late_until is not None:
        on_time = window.late_until == window.latest
        last = held.standing(window.late_until)
        assert last is (Standing.DUE if on_time else Standing.OVERDUE)
        assert held.standing(window.late_until + DAY) is Standing.LAPSED


@given(st.lists(INNER_DAYS, min_size=3, max_size=3))
def test_three_days_make_a_window_exactly_in_their_order(days: list[date]) -> None:
    """S 5.3."""
    earliest, latest, late_until = days
    if days == sorted(days):
        window = Window(earliest, latest, late_until=late_until)
        assert [window.earliest, window.latest, window.late_until] == days
    else:
        with pytest.raises(InvalidValueError, match="correct one of them") as refused:
            _ = Window(earliest, latest, late_until=late_until)
        assert refused.value.code == "window.order"
