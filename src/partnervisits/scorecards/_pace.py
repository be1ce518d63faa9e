"""Whether a sum keeps up with a goal for a period: a statement, never a verdict (S 9.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import Enum
from typing import cast

import attrs

from partnervisits.calendars import Calendar, a_calendar
from partnervisits.comparison import Comparison
from partnervisits.criteria import AtLeast
from partnervisits.errors import InvalidValueError
from partnervisits.fields import entries_of, instance_of, iterable
from partnervisits.indicators import Aggregation
from partnervisits.scorecards._values import combine
from partnervisits.values import (
    DateRange,
    day,
    decimal,
    difference,
    local_date,
    product,
    quotient,
    rounded,
    show,
)

_LONGEST = 36_600
_DAY = timedelta(days=1)
_SHOWN_PLACES = 2


class PaceStatus(Enum):
    """How far a sum has come, beside how far it should have come by the day."""

    BEHIND = "behind"
    ON_PACE = "on pace"
    AHEAD = "ahead"


@attrs.frozen(kw_only=True)
class Pace:
    """How a sum stands to a goal for a period, on a day.

    Attributes:
        expected: The goal for the whole period; None for none, which is not a goal of 0.
        actual: What was found up to the day; None if nothing was measured.
        missing: How many comparisons of the days so far were asked and have no value.
        days_so_far: Days of the period up to and including the day.
        days: All its days.
        under: BEHIND below so much of what is due so far.
        over: AHEAD above so much of it.
    """

    expected: Decimal | None
    actual: Decimal | None
    missing: int
    days_so_far: int
    days: int
    under: Decimal
    over: Decimal

    @property
    def due_so_far(self) -> Decimal | None:
        """The goal's share of the days so far, half-even to 28 digits; None without a goal."""
        if self.expected is None:
            return None
        return quotient(product(self.expected, Decimal(self.days_so_far)), self.days)

    @property
    def remaining(self) -> Decimal | None:
        """What is still to come, never below 0; None without a goal or a value."""
        if self.expected is None or self.actual is None:
            return None
        return max(Decimal(0), cast("Decimal", difference(self.expected, self.actual)))

    @property
    def status(self) -> PaceStatus | None:
        """Behind, on pace or ahead, judged without any rounding; None without a goal or a value."""
        if self.expected is None or self.actual is None:
            return None
        # Both sides times the days, so that nothing is divided.
        due = product(self.expected, Decimal(self.days_so_far))
        found = product(self.actual, Decimal(self.days))
        if found < product(self.under, due):
            return PaceStatus.BEHIND
        return PaceStatus.AHEAD if found > product(self.over, due) else PaceStatus.ON_PACE

    def __str__(self) -> str:
        found = "nothing measured" if self.actual is None else f"{show(self.actual)} found"
        if self.expected is None:
            return f"{found}, no target"
        due_so_far = rounded(cast("Decimal", self.due_so_far), _SHOWN_PLACES, ROUND_HALF_EVEN)
        due = f"{show(due_so_far)} due after {self.days_so_far} of {self.days} days"
        status = "" if self.status is None else f"{self.status.value}: "
        return f"{status}{found}, {due}, {show(self.expected)} expected in all"


def pace(
    comparisons: Iterable[Comparison],
    expected: AtLeast | None,
    *,
    period: DateRange,
    as_of: date,
    calendar: Calendar | None = None,
    under: Decimal | int | str = "0.9",
    over: Decimal | int | str = "1.1",
) -> Pace:
    """How the sum of an indicator keeps up with a goal for a period (S 9.7).

    A goal is taken to grow evenly over the days. Where a business is seasonal it does not: so the
    pace stands beside the outcomes and changes none.

    Args:
        comparisons: Of one indicator that combines by SUM. Those count whose reading, or without
            one whose visit, lies in the period and not after `as_of`, by the date at the place.
        expected: The goal for the whole period, `at_least` a number of zero or more; None for none.
        period: Its first and its last day, both included; at most 36,600 days.
        as_of: The reader's today.
        calendar: Only its working days count; all days if None.
        under: BEHIND below so much of what is due so far.
        over: AHEAD above so much of it.

    Raises:
        InvalidValueError: `pace.expected`, `pace.aggregation`, `pace.period`, `pace.bounds`,
            `calendar.type`, and those of `combine`, numbers and dates.

    Example:
        >>> import partnervisits as pv
        >>> from datetime import date
        >>> from partnervisits.scorecards import pace
        >>> from partnervisits.values import DateRange
        >>> year = DateRange(date(2026, 1, 1), date(2026, 12, 31))
        >>> print(pace([], pv.at_least(3650), period=year, as_of=date(2026, 1, 10)))
        nothing measured, 100 due after 10 of 365 days, 3650 expected in all
    """
    goal, today, period = _goal(expected), day(as_of), instance_of(DateRange, period)
    least, most = decimal(under), decimal(over)
    if not 0 <= least <= most:
        raise InvalidValueError("pace.bounds", "pass an under of zero or more, at most over")
    days = _days(period, None if calendar is None else a_calendar(calendar))
    held = entries_of(Comparison, iterable(comparisons, "comparisons"))
    found = combine(each for each in held if _is_of(each, period, today))
    if found is not None and found.indicator.aggregation is not Aggregation.SUM:
        message = f"{found.indicator.key} does not add up: a pace needs an aggregation SUM"
        raise InvalidValueError("pace.aggregation", message)
    value = None if found is None else found.value
    return Pace(
        expected=goal,
        actual=None if value is None else Decimal(cast("Decimal", value)),
        missing=0 if found is None else found.missing,
        days_so_far=sum(on <= today for on in days),
        days=len(days),
        under=least,
        over=most,
    )


def _goal(expected: AtLeast | None) -> Decimal | None:
    if expected is None:
        return None
    bound = instance_of(AtLeast, expected).bound
    if not isinstance(bound, Decimal) or bound < 0:
        raise InvalidValueError("pace.expected", "pass at_least a number of zero or more, or None")
    return bound


def _days(period: DateRange, calendar: Calendar | None) -> Sequence[date]:
    first, last = period.first, period.last
    if first is None or last is None or (last - first).days >= _LONGEST:
        raise InvalidValueError(
            "pace.period", f"pass a period with a first and a last day, at most {_LONGEST:,} days"
        )
    days = [first + each * _DAY for each in range((last - first).days + 1)]
    working = [on for on in days if calendar is None or calendar.is_working(on)]
    if not working:
        raise InvalidValueError(
            "pace.period", "the period has no working day: look at the calendar"
        )
    return working


def _is_of(comparison: Comparison, period: DateRange, today: date) -> bool:
    """Whether its reading, or without one its visit, lies in the period so far."""
    subject, reading = comparison.subject, comparison.reading
    on = subject.on if reading is None else local_date(reading.at, subject.timezone)
    return on is not None and on in period and on <= today
