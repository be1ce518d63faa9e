"""One visit, what the host knows of it, and what its days mean (S 2.3, S 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from partnervisits.calendars import Anchor, Calendar, Offset, shift
from partnervisits.criteria import Bound, DayEnd
from partnervisits.proposals._given import Given
from partnervisits.values import day, first_instant, last_instant
from partnervisits.visits import Visit


class Anchors(NamedTuple):
    """The dates that offsets count from; None where the visit has none yet."""

    start: date | None
    end: date | None

    @classmethod
    def of(cls, visit: Visit) -> Anchors:
        """The planned start and, unless it is open, the planned end."""
        is_open = visit.planned is None or visit.planned.end is None
        return cls(visit.on, None if is_open else visit.until)

    def date_of(self, anchor: object) -> date | None:
        """The date of an anchor of the visit, if there is one."""
        return self.start if anchor is Anchor.VISIT_START else self.end


class UnplannedError(Exception):
    """An offset counts from a time the visit does not have yet."""


class Days(NamedTuple):
    """What days and offsets among operands are resolved against (S 2.3)."""

    anchors: Anchors
    timezone: str
    calendar: Calendar

    def instant(self, bound: Bound, end: DayEnd) -> Bound:
        """The instant that a day or an offset means; anything else as it is."""
        if isinstance(bound, Offset):
            anchor = self.anchors.date_of(bound.anchor)
            if anchor is None:
                raise UnplannedError
            bound = day(shift(anchor, bound, self.calendar))
        if isinstance(bound, date) and not isinstance(bound, datetime):
            edge = first_instant if end is DayEnd.FIRST else last_instant
            return edge(bound, self.timezone)
        return bound

    def instant_if_any(self, bound: Bound, end: DayEnd) -> Bound:
        """The same, where an offset that cannot be resolved stays as it is."""
        try:
            return self.instant(bound, end)
        except UnplannedError:
            return bound


class Occasion(NamedTuple):
    """One visit, what the host knows of it, and what follows from both at once."""

    visit: Visit
    given: Given
    days: Days
    assignees: Mapping[str | None, str | None]

    @classmethod
    def of(cls, visit: Visit, given: Given, roles: Iterable[str | None]) -> Occasion:
        """Look up what every item needs."""
        known = dict(given.roles)
        assignees = {role: visit.rep_id if role is None else known.get(role) for role in roles}
        days = Days(Anchors.of(visit), visit.place.timezone, given.calendar)
        return cls(visit, given, days, assignees)

    @property
    def anchors(self) -> Anchors:
        """The dates of the visit."""
        return self.days.anchors
