"""The planned dates of items, one set of anchors and calendars at a time (S 4.1, S 4.7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

import attrs

from partnervisits.calendars import (
    Anchor,
    FactDate,
    ItemDate,
    JointCalendar,
    Offset,
    Trail,
    Wait,
    plan_date,
    raw_date,
    shift,
)
from partnervisits.contexts import Context, Facts
from partnervisits.errors import CalendarError
from partnervisits.fields import kind_of
from partnervisits.findings import Finding, Severity
from partnervisits.proposals._memo import Memo
from partnervisits.proposals._merging import Into
from partnervisits.proposals._occasion import Anchors
from partnervisits.proposals._slots import Slot
from partnervisits.templates import Prerequisite, TemplateItem
from partnervisits.values import local_date

After: TypeAlias = Mapping[str, tuple[Prerequisite, ...]]
"""What comes before each item, by key."""

DateKey: TypeAlias = tuple[str, Context | None]
"""An item, and the one context that its date depends on."""

FactDates: TypeAlias = Mapping[str, Mapping[Context | None, date | None]]
"""By item and own context; None where the fact is not known."""


class Dates(NamedTuple):
    """The trail of every key that has a date, and why the others have none."""

    trails: Mapping[DateKey, Trail]
    findings: tuple[Finding, ...]


class Dating(NamedTuple):
    """All that the dates of one plan depend on."""

    items: tuple[TemplateItem, ...]
    """In working order."""
    after: After
    """The prerequisites that are left."""
    into: Into
    anchors: Anchors
    facts: FactDates
    """The dates of facts that are counted from."""
    calendars: Mapping[str | None, JointCalendar]
    """By role."""

    def dates(self, known: Memo) -> Dates:
        """Date every item; `known` holds what other plans had in common with this one."""
        trails: dict[DateKey, Trail] = {}
        latest: dict[str, date] = {}
        found: list[Finding] = []
        for item in self.items:
            calendar = self.calendars[item.role]
            for own in self.facts.get(item.key, _NO_CONTEXT):
                anchor_date = self._anchor_date(item, own, latest)
                if anchor_date is None:
                    found += _missing_anchor(item)
                    continue
                try:
                    waits = _waits(self.after[item.key], latest, calendar)
                    trail = _trail(item, anchor_date, waits, calendar, known)
                    found += _out_of_window(item, trail, waits, calendar)
                except CalendarError as refused:
                    found.append(refused.finding("items", item.key, "due"))
                    continue
                trails[item.key, own] = trail
                latest[item.key] = max(trail.planned, latest.get(item.key, trail.planned))
        return Dates(trails, tuple(found))

    def _anchor_date(
        self, item: TemplateItem, own: Context | None, latest: Mapping[str, date]
    ) -> date | None:
        match item.due.anchor if item.due else Anchor.VISIT_START:
            case ItemDate(key):
                known = [latest[each] for each in self.into.get(key, [key]) if each in latest]
                return max(known, default=None)
            case FactDate():
                return self.facts[item.key][own]
            case anchor:
                return self.anchors.date_of(anchor)


_NO_CONTEXT = (None,)


class _Waiting(NamedTuple):
    before: Prerequisite
    planned: date
    earliest: date


def _waits(
    before: Iterable[Prerequisite], latest: Mapping[str, date], calendar: JointCalendar
) -> list[_Waiting]:
    """What is waited for, the latest first."""
    waits: list[_Waiting] = []
    for each in before:
        planned = latest.get(each.item)
        if planned is not None:
            waits.append(_Waiting(each, planned, shift(planned, each.least, calendar)))
    if len(waits) > 1:
        waits.sort(key=_later_first)
    return waits


def _later_first(wait: _Waiting) -> tuple[int, str]:
    return -wait.earliest.toordinal(), wait.before.item


def _trail(
    item: TemplateItem,
    anchor_date: date,
    waits: Sequence[_Waiting],
    calendar: JointCalendar,
    known: Memo,
) -> Trail:
    """The planned date of an item; of what is waited for only the latest can bind it."""
    same = (item.due, anchor_date, id(calendar.place), id(calendar.rep))
    raw = known.get(same, calendar, lambda: raw_date(item.due, anchor_date, calendar))
    binding = waits[:1] if waits and waits[0].earliest > raw else ()
    due = tuple([Wait(each.before.item, each.planned, each.before.least) for each in binding])
    bound = (*same, *((each.planned, id(each.before)) for each in binding), None)
    return known.get(
        bound, (calendar, waits), lambda: plan_date(item.due, anchor_date, due, calendar)
    )


def _out_of_window(
    item: TemplateItem, trail: Trail, waits: Iterable[_Waiting], calendar: JointCalendar
) -> Iterator[Finding]:
    for before, planned, earliest in waits:
        if trail.planned < earliest:
            limit = _limit("before", "earlier than", before.item, before.least)
            message = f"its roll takes it {limit}: choose a roll that follows"
            yield _warning(item, "date.before-prerequisite", message)
        if before.most is not None and trail.planned > shift(planned, before.most, calendar):
            limit = _limit("after", "later than", before.item, before.most)
            yield _warning(item, "date.too-late", f"{limit}: move one of them")


def _limit(beside: str, beyond: str, item: str, lag: Offset) -> str:
    if lag.amount == 0:
        return f"{beside} {item}"
    return f"{beyond} {attrs.evolve(lag, anchor=ItemDate(item))}"


def _missing_anchor(item: TemplateItem) -> Iterator[Finding]:
    anchor = item.due.anchor if item.due else Anchor.VISIT_START
    match anchor:
        case FactDate():
            return  # `fact_dates` has said so
        case ItemDate(key):
            why = f"{key} has none or is not planned"
        case _:
            why = f"{anchor} is not planned yet"
    yield _without_date(item, why)


def _without_date(item: TemplateItem, why: str, own: Context | None = None) -> Finding:
    whose = f" for {own}" if own else ""
    return _warning(item, "date.missing-anchor", f"kept without a date{whose}: {why}")


def _warning(item: TemplateItem, code: str, message: str) -> Finding:
    return Finding(("items", item.key, "due"), code, message, Severity.WARNING)


# -------------------------------------------------------------------- dates of facts (S 4.1)


def fact_dates(
    slots: Iterable[Slot], facts: Facts, timezone: str
) -> tuple[FactDates, list[Finding]]:
    """The dates that facts give to the slots that count from one, and why others give none."""
    dates: dict[str, dict[Context | None, date | None]] = {}
    found: list[Finding] = []
    for slot in slots:
        item = slot.step.item
        anchor = item.due.anchor if item.due else None
        if isinstance(anchor, FactDate):
            own, fact = slot.own_context, facts.get(anchor.fact, slot.sole_context)
            if isinstance(fact, datetime):
                fact = local_date(fact, timezone)
            on = fact if isinstance(fact, date) else None
            dates.setdefault(item.key, {})[own] = on
            if fact is None:
                why = f"give the date {anchor.fact} in Given(facts=)"
                found.append(_without_date(item, why, own))
            elif on is None:
                whose = f" of {own}" if own else ""
                message = f"{anchor.fact}{whose} is {kind_of(fact)}: give a date or an instant"
                found.append(Finding(("items", item.key, "due"), "date.anchor-type", message))
    return dates, found


# ------------------------------------------------------------------- prerequisites (S 4.7, S 6.7)


class Left(NamedTuple):
    """What comes before each item that is planned."""

    after: After
    keys: Mapping[str, tuple[str, ...]]
    """The same as sorted keys."""

    @classmethod
    def of(cls, after: After, kept: Collection[str], into: Into) -> Left:
        """Replace each prerequisite that was left out by its own (S 4.7).

        One that was merged is replaced by what does its work, as far before as it was (S 6.7).

        Args:
            after: By item, in working order.
            kept: The items that are planned.
            into: What does the work of those that were merged.
        """
        if into or len(kept) < len(after):
            after = _without_gaps(after, kept, into)
        keys = {key: tuple(sorted({each.item for each in before})) for key, before in after.items()}
        return cls(after, keys)


def _without_gaps(after: After, kept: Collection[str], into: Into) -> After:
    reached: dict[str, dict[Prerequisite, None]] = {}
    for key, before in after.items():
        reached[key] = {}
        for each in before:
            if each.item in into:
                hosts = (attrs.evolve(each, item=host) for host in into[each.item])
                reached[key] |= dict.fromkeys(hosts)
            else:
                reached[key] |= {each: None} if each.item in kept else reached[each.item]
    return {key: tuple(sorted(reached[key], key=_by_item_and_lag)) for key in after if key in kept}


def _by_item_and_lag(before: Prerequisite) -> tuple[str, str, str]:
    return before.item, str(before.least), str(before.most)
