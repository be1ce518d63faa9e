"""The planned dates of items, one set of anchors and calendars at a time (S 4.1, S 4.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

from partnervisits.calendars import (
    Anchor,
    FactDate,
    ItemDate,
    JointCalendar,
    Trail,
    Wait,
    plan_date,
    shift,
)
from partnervisits.contexts import Context, Facts
from partnervisits.errors import CalendarError
from partnervisits.fields import kind_of
from partnervisits.findings import Finding, Severity
from partnervisits.proposals._merging import After, Into
from partnervisits.proposals._occasion import Anchors
from partnervisits.proposals._slots import Slot
from partnervisits.templates import Prerequisite, TemplateItem
from partnervisits.values import local_date

Place: TypeAlias = tuple[str, Context | None]
"""An item, and the one context that its date depends on."""

FactDates: TypeAlias = Mapping[str, Mapping[Context | None, date | None]]
"""By item and own context; None where the fact is not known."""


class Dates(NamedTuple):
    """The trail of every place that has a date, and why the others have none."""

    trails: Mapping[Place, Trail]
    before: Mapping[str, tuple[str, ...]]
    """The keys of the prerequisites that are left, sorted."""
    findings: tuple[Finding, ...]


class Dating(NamedTuple):
    """What dates depend on; equal ones give equal dates, so it can be shared."""

    items: tuple[TemplateItem, ...]
    """In working order."""
    after: After
    """The prerequisites that are left."""
    into: Into
    anchors: Anchors
    facts: FactDates
    """The dates of facts that are counted from."""

    def dates(self, calendars: Mapping[str | None, JointCalendar]) -> Dates:
        """Date every item, by the calendars that hold for its role."""
        trails: dict[Place, Trail] = {}
        latest: dict[str, date] = {}
        found: list[Finding] = []
        for item in self.items:
            waits = [
                (each, latest[each.item]) for each in self.after[item.key] if each.item in latest
            ]
            for own in self.facts.get(item.key, _NO_CONTEXT):
                anchor_date = self._anchor_date(item, own, latest)
                if anchor_date is None:
                    found.append(_missing_anchor(item))
                    continue
                try:
                    trail = _trail(item, anchor_date, waits, calendars[item.role])
                    found += _out_of_window(item, trail, waits, calendars[item.role])
                except CalendarError as refused:
                    found.append(refused.finding("items", item.key, "due"))
                    continue
                trails[item.key, own] = trail
                latest[item.key] = max(trail.planned, latest.get(item.key, trail.planned))
        before = {key: tuple(sorted({each.item for each in self.after[key]})) for key in self.after}
        return Dates(trails, before, tuple(found))

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
_Waits: TypeAlias = Sequence[tuple[Prerequisite, date]]


def _trail(item: TemplateItem, anchor_date: date, waits: _Waits, calendar: JointCalendar) -> Trail:
    due = [Wait(before.item, planned, before.least) for before, planned in waits]
    return plan_date(item.due, anchor_date, due, calendar)


def _out_of_window(
    item: TemplateItem, trail: Trail, waits: _Waits, calendar: JointCalendar
) -> Iterable[Finding]:
    for before, planned in waits:
        if trail.planned < shift(planned, before.least, calendar):
            message = f"its roll takes it before {before.item}: choose a roll that follows"
            yield _warning(item, "date.before-prerequisite", message)
        if before.most is not None and trail.planned > shift(planned, before.most, calendar):
            message = f"later than {before.most.length} after {before.item}: move one of them"
            yield _warning(item, "date.too-late", message)


def _missing_anchor(item: TemplateItem) -> Finding:
    anchor = item.due.anchor if item.due else Anchor.VISIT_START
    match anchor:
        case ItemDate(key):
            message = f"kept without a date: {key} has none or is not planned"
        case FactDate(fact):
            message = f"kept without a date: give the date {fact} in Given(facts=)"
        case _:
            message = f"kept without a date: {anchor} is not planned yet"
    return _warning(item, "date.missing-anchor", message)


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
            fact = facts.get(anchor.fact, slot.sole_context)
            if isinstance(fact, datetime):
                fact = local_date(fact, timezone)
            on = fact if isinstance(fact, date) else None
            dates.setdefault(item.key, {})[slot.own_context] = on
            if fact is not None and on is None:
                message = f"{anchor.fact} is {kind_of(fact)}: give a date or an instant"
                found.append(Finding(("items", item.key, "due"), "date.anchor-type", message))
    return dates, found


def without_gaps(after: After, kept: Iterable[str]) -> After:
    """Prerequisites, where one that was left out is replaced by its own (S 4.7).

    Args:
        after: By item, in working order.
        kept: The items that are planned.
    """
    remaining = frozenset(kept)
    if len(remaining) == len(after):
        return after
    reached: dict[str, dict[Prerequisite, None]] = {}
    for key, before in after.items():
        reached[key] = {}
        for each in before:
            reached[key] |= {each: None} if each.item in remaining else reached[each.item]
    return {
        key: tuple(sorted(reached[key], key=_by_item_and_lag)) for key in after if key in remaining
    }


def _by_item_and_lag(before: Prerequisite) -> tuple[str, str, str]:
    return before.item, str(before.least), str(before.most)
