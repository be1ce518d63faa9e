"""Visits: who goes where and when, and the life of a visit (S 5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum

import attrs

from partnervisits.errors import InvalidValueError, TransitionError
from partnervisits.fields import (
    boolean,
    caption,
    choice_key,
    host_id,
    instance_of,
    named,
    optional_id,
    text,
    tuple_of,
    unique,
)
from partnervisits.lifecycles import Lifecycle
from partnervisits.values import Period, day, local_date, optional_day, timezone_key

__all__ = [
    "VISIT_LIFECYCLE",
    "Place",
    "Priority",
    "Standing",
    "Visit",
    "VisitStatus",
    "Visitor",
    "Window",
    "mark_completed",
]


class VisitStatus(Enum):
    """Where a visit is in its life (S 5.1)."""

    UNSCHEDULED = "unscheduled"
    PLANNED = "planned"
    IN_PROGRESS = "in progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "missed"
    ABANDONED = "abandoned"


VISIT_LIFECYCLE = Lifecycle(
    [
        (VisitStatus.UNSCHEDULED, "schedule", VisitStatus.PLANNED),
        (VisitStatus.UNSCHEDULED, "cancel", VisitStatus.CANCELLED),
        (VisitStatus.PLANNED, "reschedule", VisitStatus.PLANNED),
        (VisitStatus.PLANNED, "start", VisitStatus.IN_PROGRESS),
        (VisitStatus.PLANNED, "cancel", VisitStatus.CANCELLED),
        (VisitStatus.PLANNED, "miss", VisitStatus.MISSED),
        (VisitStatus.IN_PROGRESS, "complete", VisitStatus.COMPLETED),
        (VisitStatus.IN_PROGRESS, "abandon", VisitStatus.ABANDONED),
    ]
)
"""The life of a visit (S 5.1)."""

_STARTED = (VisitStatus.IN_PROGRESS, VisitStatus.COMPLETED, VisitStatus.ABANDONED)
_FINISHED = (VisitStatus.COMPLETED, VisitStatus.ABANDONED)
_REASONED = (VisitStatus.CANCELLED, VisitStatus.MISSED, VisitStatus.ABANDONED)


class Priority(Enum):
    """How much a visit matters beside the others of a day."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Standing(Enum):
    """How a visit stands on a day (S 5.3)."""

    NOT_DUE = "not due"
    """The day lies before the earliest, or the visit has neither a window nor a planned time."""
    DUE = "due"
    """The visit should happen now."""
    OVERDUE = "overdue"
    """It should have happened, and may still."""
    LAPSED = "lapsed"
    """It is too late for it."""
    SETTLED = "settled"
    """It is completed, cancelled, missed or abandoned."""


@attrs.frozen(field_transformer=named)
class Place:
    """Where a visit happens: a distribution centre, a customer's office, a supplier's warehouse.

    Attributes:
        id: The host's.
        kind: The host's word for what it is.
        timezone: The IANA name of its time zone; dates of the visit are dates there.
        name: For people.

    Example:
        >>> import partnervisits as pv
        >>> pv.Place("dc-9", kind="distribution-centre", timezone="Europe/Berlin").timezone
        'Europe/Berlin'
    """

    id: str = attrs.field(converter=host_id)
    kind: str = attrs.field(kw_only=True, converter=choice_key)
    timezone: str = attrs.field(kw_only=True, converter=timezone_key)
    name: str = attrs.field(default="", kw_only=True, converter=caption)


@attrs.frozen(field_transformer=named)
class Visitor:
    """A rep who makes the visit.

    Attributes:
        rep_id: The host's id of the rep.
        primary: Marks the one who answers for it, when there are several.

    Example:
        >>> import partnervisits as pv
        >>> pv.Visitor("rep-7", primary=True).rep_id
        'rep-7'
    """

    rep_id: str = attrs.field(converter=host_id)
    primary: bool = attrs.field(default=False, kw_only=True, converter=boolean)


@attrs.frozen(field_transformer=named)
class Window:
    """The days in which a visit should happen, all inclusive, in the zone of the place (S 5.3).

    Attributes:
        earliest: The first day on which it is due.
        latest: The last day on which it is due; after it the visit is overdue.
        late_until: The last day on which it may still happen; after it the visit lapses. The
            latest day once more allows no delay; without one the visit is overdue until settled.

    Raises:
        InvalidValueError: `window.order`, besides `date.type` and `date.range`.

    Example:
        >>> from datetime import date
        >>> from partnervisits.visits import Window
        >>> april = Window(date(2026, 4, 1), date(2026, 4, 30), late_until=date(2026, 5, 15))
        >>> april.latest
        datetime.date(2026, 4, 30)
    """

    earliest: date = attrs.field(converter=day)
    latest: date = attrs.field(converter=day)
    late_until: date | None = attrs.field(default=None, kw_only=True, converter=optional_day)

    def __attrs_post_init__(self) -> None:
        if self.latest < self.earliest:
            self._refuse("latest", "the latest day lies before the earliest: correct one of them")
        if self.late_until is not None and self.late_until < self.latest:
            self._refuse("late_until", "late until lies before the latest day: correct one of them")

    def _refuse(self, field: str, message: str) -> None:
        raise InvalidValueError("window.order", message, "Window", field)


def _visitors(values: Iterable[Visitor]) -> tuple[Visitor, ...]:
    held = tuple_of(Visitor, values)
    unique((each.rep_id for each in held), "visitor")
    if not held:
        raise InvalidValueError("visit.no-visitor", "name the rep who makes the visit")
    if len(held) > 1 and sum(each.primary for each in held) != 1:
        raise InvalidValueError("visit.primary", "of several visitors exactly one is primary")
    return held


def _period(value: Period | None) -> Period | None:
    return None if value is None else instance_of(Period, value)


def _window(value: Window | None) -> Window | None:
    return None if value is None else instance_of(Window, value)


def _periods(values: Iterable[Period]) -> tuple[Period, ...]:
    return tuple_of(Period, values)


def _place(value: Place) -> Place:
    return instance_of(Place, value)


def _status(value: VisitStatus) -> VisitStatus:
    return instance_of(VisitStatus, value)


def _priority(value: Priority) -> Priority:
    return instance_of(Priority, value)


def _contacts(values: Iterable[str]) -> tuple[str, ...]:
    held = tuple(host_id(value) for value in tuple_of(str, values))
    unique(held, "contact")
    return held


def _first_status(visit: Visit) -> VisitStatus:
    return VisitStatus.UNSCHEDULED if visit.planned is None else VisitStatus.PLANNED


@attrs.frozen(field_transformer=named, kw_only=True)
class Visit:
    """One visit of one or several reps to a partner.

    It is completed by `partnervisits.complete(visit, plans, at)`, which looks at its plans (S 5.5).

    Attributes:
        id: The host's.
        partner_id: The host's id of the partner.
        visitors: Who makes the visit; one of several is primary, a sole one is (S 5.2).
        place: Where, and in which time zone.
        planned: When it is to happen; its end may be open.
        window: The days in which it should happen, whatever is planned (S 5.3).
        status: PLANNED if a planned time is given, else UNSCHEDULED, unless said otherwise.
        actual: When it happened; its end is open while it is in progress.
        reason: Why it was cancelled, missed or abandoned; else empty.
        priority: How much it matters.
        contacts: Ids of the partner's people to be met.
        instructions: What the visitors should know.
        earlier_planned: The planned times before each rescheduling, oldest first (S 5.4).
        replaces: The id of the visit this one makes up for.

    Raises:
        InvalidValueError: `visit.no-visitor`, `visit.primary`, `visit.planned`, `visit.actual`,
            `visit.reason`, `visit.replaces`, and those of ids, texts and periods.

    Example:
        >>> import partnervisits as pv
        >>> place = pv.Place("dc-9", kind="distribution-centre", timezone="Europe/Berlin")
        >>> rep = pv.Visitor("rep-7")
        >>> pv.Visit(id="V-1", partner_id="acme", visitors=[rep], place=place).status
        <VisitStatus.UNSCHEDULED: 'unscheduled'>
    """

    id: str = attrs.field(converter=host_id)
    partner_id: str = attrs.field(converter=host_id)
    visitors: tuple[Visitor, ...] = attrs.field(converter=_visitors)
    place: Place = attrs.field(converter=_place)
    planned: Period | None = attrs.field(default=None, converter=_period)
    window: Window | None = attrs.field(default=None, converter=_window)
    status: VisitStatus = attrs.field(
        default=attrs.Factory(_first_status, takes_self=True), converter=_status
    )
    actual: Period | None = attrs.field(default=None, converter=_period)
    reason: str = attrs.field(default="", converter=text)
    priority: Priority = attrs.field(default=Priority.NORMAL, converter=_priority)
    contacts: tuple[str, ...] = attrs.field(default=(), converter=_contacts)
    instructions: str = attrs.field(default="", converter=text)
    earlier_planned: tuple[Period, ...] = attrs.field(default=(), converter=_periods)
    replaces: str | None = attrs.field(default=None, converter=optional_id)

    def __attrs_post_init__(self) -> None:
        if self.status is VisitStatus.UNSCHEDULED and self.planned is not None:
            self._refuse("visit.planned", "an unscheduled visit has no planned time")
        unplanned = (VisitStatus.UNSCHEDULED, VisitStatus.CANCELLED)
        if self.planned is None and self.status not in unplanned:
            message = f"give the planned time: a visit that is {self.status.value} has one"
            self._refuse("visit.planned", message)
        try:
            _ = optional_day(self.on), optional_day(self.until)
        except InvalidValueError:
            self._refuse("visit.planned", "the planned days lie in the years 1900 to 2200 there")
        if (self.actual is not None) != (self.status in _STARTED):
            self._refuse("visit.actual", "a visit has an actual time once it has started")
        if self.actual is not None and (self.actual.end is not None) != (self.status in _FINISHED):
            self._refuse(
                "visit.actual", "the actual time ends when the visit is completed or abandoned"
            )
        if self.replaces == self.id:
            self._refuse("visit.replaces", "a visit makes up for another one")
        if self.status in _REASONED and not self.reason.strip():
            self._refuse("visit.reason", f"give the reason: the visit is {self.status.value}")
        if self.reason and self.status not in _REASONED:
            self._refuse("visit.reason", f"leave it out: the visit is {self.status.value}")

    @property
    def rep_id(self) -> str:
        """The rep who answers for the visit: the primary visitor, or the sole one."""
        return next((each for each in self.visitors if each.primary), self.visitors[0]).rep_id

    @property
    def on(self) -> date | None:
        """The planned day, in the zone of the place; None while unscheduled."""
        return None if self.planned is None else self._local(self.planned.start)

    @property
    def until(self) -> date | None:
        """The day on which the planned time ends; the planned day if its end is open (S 7.3)."""
        if self.planned is None or self.planned.end is None:
            return self.on
        return self._local(self.planned.end)

    def standing(self, as_of: date) -> Standing:
        """How the visit stands on a day (S 5.3).

        Its window decides. Without one the planned days do: it is due from the first to the last
        of them, and never lapses. With neither it is not due. A visit in progress is judged like
        a planned one.

        Args:
            as_of: The reader's today, as a day in the zone of the place.

        Raises:
            InvalidValueError: `date.type`, `date.range`.

        Example:
            >>> import partnervisits as pv
            >>> from datetime import date
            >>> from partnervisits.visits import Window
            >>> visit = pv.Visit(
            ...     id="V-1",
            ...     partner_id="acme",
            ...     visitors=[pv.Visitor("rep-7")],
            ...     place=pv.Place("dc-9", kind="store", timezone="Europe/Berlin"),
            ...     window=Window(date(2026, 4, 1), date(2026, 4, 30)),
            ... )
            >>> visit.standing(date(2026, 4, 30))
            <Standing.DUE: 'due'>
            >>> visit.standing(date(2026, 5, 1))
            <Standing.OVERDUE: 'overdue'>
        """
        today = _as_of(as_of)
        if VISIT_LIFECYCLE.is_final(self.status):
            return Standing.SETTLED
        window = self.window or self._planned_days()
        if window is None or today < window.earliest:
            return Standing.NOT_DUE
        if today <= window.latest:
            return Standing.DUE
        if window.late_until is None or today <= window.late_until:
            return Standing.OVERDUE
        return Standing.LAPSED

    def schedule(self, planned: Period) -> Visit:
        """Give an unscheduled visit its planned time.

        Args:
            planned: When it is to happen.

        Raises:
            TransitionError: it is not UNSCHEDULED.
        """
        return attrs.evolve(self, status=self._after("schedule"), planned=planned)

    def reschedule(self, planned: Period) -> Visit:
        """Move a planned visit; it keeps its id and remembers the time before (S 5.4).

        A window stays where it is (S 5.3).

        Args:
            planned: When it is to happen now.

        Raises:
            TransitionError: it is not PLANNED.
        """
        status = self._after("reschedule")
        before = () if self.planned is None else (self.planned,)
        earlier = (*self.earlier_planned, *before)
        return attrs.evolve(self, status=status, planned=planned, earlier_planned=earlier)

    def start(self, *, at: datetime) -> Visit:
        """Begin a planned visit.

        Args:
            at: The instant it began, whenever it was planned.

        Raises:
            TransitionError: it is not PLANNED.
        """
        return attrs.evolve(self, status=self._after("start"), actual=Period(at))

    def abandon(self, reason: str, *, at: datetime) -> Visit:
        """Break off a visit in progress.

        Args:
            reason: Why; not empty.
            at: The instant it ended, not before it began.

        Raises:
            TransitionError: it is not IN_PROGRESS.
        """
        status = self._after("abandon")
        return attrs.evolve(self, status=status, actual=_ended(self, at), reason=reason)

    def cancel(self, reason: str) -> Visit:
        """Call off a visit that has not started.

        Args:
            reason: Why; not empty.

        Raises:
            TransitionError: it is neither UNSCHEDULED nor PLANNED.
        """
        return attrs.evolve(self, status=self._after("cancel"), reason=reason)

    def miss(self, reason: str) -> Visit:
        """Record that a planned visit did not happen.

        Args:
            reason: Why; not empty.

        Raises:
            TransitionError: it is not PLANNED.
        """
        return attrs.evolve(self, status=self._after("miss"), reason=reason)

    def replacement(
        self, id: str, *, planned: Period | None = None, window: Window | None = None
    ) -> Visit:
        """A new visit that makes up for one that did not take place (S 5.4).

        Args:
            id: The new visit's.
            planned: When it is to happen.
            window: The days in which it should happen; that of this visit is not taken over.

        Raises:
            TransitionError: this one is not CANCELLED, MISSED or ABANDONED.
        """
        if self.status not in _REASONED:
            allowed = VISIT_LIFECYCLE.allowed(self.status)
            raise TransitionError(f"visit {self.id}", self.status.name, "replacement", allowed)
        return Visit(
            id=id,
            partner_id=self.partner_id,
            visitors=self.visitors,
            place=self.place,
            planned=planned,
            window=window,
            priority=self.priority,
            contacts=self.contacts,
            instructions=self.instructions,
            replaces=self.id,
        )

    def _planned_days(self) -> Window | None:
        if self.on is None or self.until is None:
            return None
        # Where clocks are set back across midnight, a later instant can lie on the day before.
        return Window(self.on, max(self.on, self.until))

    def _after(self, verb: str) -> VisitStatus:
        return VISIT_LIFECYCLE.after(self.status, verb, f"visit {self.id}")

    def _local(self, moment: datetime) -> date:
        return local_date(moment, self.place.timezone)

    def _refuse(self, code: str, message: str) -> None:
        raise InvalidValueError(code, message, "Visit", code.removeprefix("visit."))


def _as_of(value: date) -> date:
    try:
        return day(value)
    except InvalidValueError as refused:
        raise refused.at("", "as_of") from None


def mark_completed(visit: Visit, *, at: datetime) -> Visit:
    """A visit in progress, completed, whatever is open in its plans.

    `partnervisits.complete` is the verb for hosts: it looks at the plans first (S 7.3).

    Args:
        visit: In progress.
        at: The instant it ended, not before it began.

    Raises:
        TransitionError: it is not IN_PROGRESS.
    """
    status = VISIT_LIFECYCLE.after(visit.status, "complete", f"visit {visit.id}")
    return attrs.evolve(visit, status=status, actual=_ended(visit, at))


def _ended(visit: Visit, at: datetime) -> Period:
    return Period(at if visit.actual is None else visit.actual.start, at)


def __dir__() -> list[str]:
    return sorted(__all__)
