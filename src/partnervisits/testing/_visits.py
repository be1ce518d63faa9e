"""Visits of every status (S 5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from partnervisits.testing._values import (
    FIRST_INSTANT,
    LAST_INSTANT,
    captions,
    choice_keys,
    dates,
    host_ids,
    instants,
    notes,
    periods,
    reasons,
    zones,
)
from partnervisits.values import Period
from partnervisits.visits import Place, Priority, Visit, Visitor, VisitStatus, Window

_STARTED = (VisitStatus.IN_PROGRESS, VisitStatus.COMPLETED, VisitStatus.ABANDONED)
_FINISHED = (VisitStatus.COMPLETED, VisitStatus.ABANDONED)
_REASONED = (VisitStatus.CANCELLED, VisitStatus.MISSED, VisitStatus.ABANDONED)
_DAY = timedelta(days=1)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Days in which a visit should happen, some without a last day of delay."""
    earliest, latest, late_until = sorted([draw(dates()), draw(dates()), draw(dates())])
    return Window(earliest, latest, late_until=draw(st.sampled_from([None, late_until])))


def places() -> st.SearchStrategy[Place]:
    """Where visits happen, in several time zones."""
    return _PLACES


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    """Visits of every status, each with what goes with it."""
    status = draw(_STATUSES)
    key = draw(host_ids())
    unplanned = status is VisitStatus.UNSCHEDULED
    if status is VisitStatus.CANCELLED:
        unplanned = draw(st.booleans())
    return Visit(
        id=key,
        partner_id=draw(host_ids()),
        visitors=draw(_visitors()),
        place=draw(_PLACES),
        planned=None if unplanned else draw(_planned()),
        window=draw(_MAYBE_WINDOWS),
        status=status,
        actual=draw(_actual(status)),
        reason=draw(reasons()) if status in _REASONED else "",
        priority=draw(_PRIORITIES),
        contacts=draw(_CONTACTS),
        instructions=draw(notes()),
        earlier_planned=draw(_EARLIER),
        replaces=draw(_MAYBE_IDS.filter(lambda other: other != key)),
    )


@st.composite
def _visitors(draw: st.DrawFn) -> list[Visitor]:
    """One or several, of several exactly one primary."""
    reps = draw(_REPS)
    if len(reps) == 1:
        return [Visitor(reps[0], primary=draw(st.booleans()))]
    primary = draw(st.sampled_from(reps))
    return [Visitor(rep, primary=rep == primary) for rep in reps]


@st.composite
def _planned(draw: st.DrawFn) -> Period:
    """A planned time whose days lie in the years 1900 to 2200 in every zone."""
    period = draw(periods())
    end = None if period.end is None else _inner(period.end)
    return Period(_inner(period.start), end)


def _inner(moment: datetime) -> datetime:
    return min(max(moment, FIRST_INSTANT + _DAY), LAST_INSTANT - _DAY)


@st.composite
def _actual(draw: st.DrawFn, status: VisitStatus) -> Period | None:
    if status not in _STARTED:
        return None
    start, end = sorted([draw(instants()), draw(instants())])
    return Period(start, end if status in _FINISHED else None)


_PRIORITIES = st.sampled_from(Priority)
_STATUSES = st.sampled_from(VisitStatus)
_PLACES = st.builds(Place, host_ids(), kind=choice_keys(), timezone=zones(), name=captions())
_MAYBE_WINDOWS = st.none() | windows()
_EARLIER = st.lists(periods(), max_size=2)
_REPS = st.lists(host_ids(), min_size=1, max_size=2, unique=True)
_CONTACTS = st.lists(host_ids(), max_size=2, unique=True)
_MAYBE_IDS = st.none() | host_ids()
