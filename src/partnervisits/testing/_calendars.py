"""Offsets, calendars, and the trails of dates (S 4)."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from partnervisits.calendars import (
    Anchor,
    AnyAnchor,
    CalendarOwner,
    FactDate,
    ItemDate,
    Offset,
    Roll,
    RollStep,
    Trail,
    Unit,
    Weekday,
    WorkCalendar,
    YearlyHoliday,
)
from partnervisits.testing._values import dates, lines, slugs

# ---------------------------------------------------------------------------------------- offsets

_FURTHEST = {
    Unit.DAYS: 36_600,
    Unit.WORKING_DAYS: 36_600,
    Unit.WEEKS: 36_600 // 7,
    Unit.MONTHS: 1_200,
}


def offsets() -> st.SearchStrategy[Offset]:
    """Ways from any anchor: a date of the visit, of another item, of a fact."""
    return _OFFSETS


def lags() -> st.SearchStrategy[Offset]:
    """Ways that leave out their anchor: how long after a prerequisite, how long after the visit."""
    return _LAGS


def visit_offsets() -> st.SearchStrategy[Offset]:
    """Ways from a date of the visit, as operands of criteria count (S 2.3)."""
    return _VISIT_OFFSETS


def offsets_beside(items: list[str]) -> st.SearchStrategy[Offset]:
    """Ways from a date of the visit, of a fact, or of certain items."""
    if not items:
        return _OFFSETS_OF_NO_ITEM
    return _offsets_from(_OF_NO_ITEM | st.sampled_from([ItemDate(key) for key in items]))


@st.composite
def _offsets_from(draw: st.DrawFn, anchors: st.SearchStrategy[AnyAnchor]) -> Offset:
    unit, roll = draw(_UNITS), draw(_ROLLS)
    if unit is Unit.WORKING_DAYS and roll is Roll.NONE:
        roll = None
    furthest = _FURTHEST[unit]
    amount = draw(_NEAR | st.integers(-furthest, furthest))
    return Offset(amount, unit, anchor=draw(anchors), roll=roll)


_UNITS = st.sampled_from(Unit)
_ROLLS = st.none() | st.sampled_from(Roll)
_NEAR = st.integers(-10, 10)
_OF_THE_VISIT = st.sampled_from(Anchor)
_OF_NO_ITEM: st.SearchStrategy[AnyAnchor] = _OF_THE_VISIT | st.builds(FactDate, lines())
_OFFSETS = _offsets_from(_OF_NO_ITEM | st.builds(ItemDate, slugs()))
_OFFSETS_OF_NO_ITEM = _offsets_from(_OF_NO_ITEM)
_VISIT_OFFSETS = _offsets_from(_OF_THE_VISIT)
_LAGS = _offsets_from(st.just(Anchor.VISIT_START))

# -------------------------------------------------------------------------------------- calendars


def work_calendars() -> st.SearchStrategy[WorkCalendar]:
    """Weeks of at least one working day, with holidays of one year and of every year."""
    return _WORK_CALENDARS


def _yearly(on: date) -> YearlyHoliday:
    return YearlyHoliday(on.month, on.day)


_WORK_CALENDARS = st.builds(
    WorkCalendar,
    weekend=st.frozensets(st.sampled_from(Weekday), max_size=6),
    holidays=st.frozensets(dates() | dates().map(_yearly), max_size=3),
)

# ----------------------------------------------------------------------------------------- trails


@st.composite
def trails(draw: st.DrawFn) -> Trail:
    """How a planned date came about; its parts fit one another, its dates need not."""
    offset, bound_by = draw(_MAYBE_OFFSETS), draw(_MAYBE_SLUGS)
    return Trail(
        anchor=Anchor.VISIT_START if offset is None else offset.anchor,
        anchor_date=draw(dates()),
        offset=offset,
        raw=draw(_OF_ANY_YEAR),
        rolls=draw(_ROLL_STEPS),
        bound_by=bound_by,
        planned=draw(dates()),
        lag=None if bound_by is None else draw(_LAGS),
    )


_MAYBE_OFFSETS = st.none() | _OFFSETS
_MAYBE_SLUGS = st.none() | slugs()
_OF_ANY_YEAR = dates() | st.sampled_from((date(1899, 12, 31), date(2201, 1, 1), date.min, date.max))
_ROLL_STEPS = st.lists(
    st.builds(
        RollStep,
        rule=st.sampled_from(
            (
                Roll.FOLLOWING,
                Roll.PRECEDING,
                Roll.MODIFIED_FOLLOWING,
                Roll.MODIFIED_PRECEDING,
            )
        ),
        before=_OF_ANY_YEAR,
        after=_OF_ANY_YEAR,
        asked_by=st.sampled_from(([CalendarOwner.PLACE], [CalendarOwner.REP], [*CalendarOwner])),
    ),
    max_size=2,
)
