"""Offsets and their arithmetic, working-day calendars, roll rules, the trail of a date (S 4).

    anchor ──offset──► raw date ──latest of it and the prerequisites──► roll ──► planned date

An offset counts from its anchor, never from an earlier result. A calendar answers one question,
`is_working(date)`. Every planned date carries its `Trail`: how it came about, as data.
"""

from partnervisits.calendars._arithmetic import roll, shift
from partnervisits.calendars._offsets import (
    Anchor,
    AnyAnchor,
    FactDate,
    ItemDate,
    Offset,
    Roll,
    Unit,
    days,
    months,
    weeks,
    working_days,
)
from partnervisits.calendars._trail import RollStep, Trail, Wait, plan_date, raw_date
from partnervisits.calendars._working import (
    EVERY_DAY,
    Calendar,
    CalendarOwner,
    JointCalendar,
    Weekday,
    WorkCalendar,
    YearlyHoliday,
    a_calendar,
)

__all__ = [
    "EVERY_DAY",
    "Anchor",
    "AnyAnchor",
    "Calendar",
    "CalendarOwner",
    "FactDate",
    "ItemDate",
    "JointCalendar",
    "Offset",
    "Roll",
    "RollStep",
    "Trail",
    "Unit",
    "Wait",
    "Weekday",
    "WorkCalendar",
    "YearlyHoliday",
    "a_calendar",
    "days",
    "months",
    "plan_date",
    "raw_date",
    "roll",
    "shift",
    "weeks",
    "working_days",
]


def __dir__() -> list[str]:
    return sorted(__all__)
