"""Dates of items that can hardly be meant, in nominal days (S 3.6).

No visit and no calendar is known yet, so an item's day is a number of days from the visit, and at
the earliest: what may be left out, or counts from a fact, is taken to hold nothing up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import attrs

from partnervisits.calendars import FactDate, ItemDate, Offset, Unit
from partnervisits.findings import Finding, Severity
from partnervisits.templates import (
    Binding,
    Prerequisite,
    TemplateItem,
    in_working_order,
)


class _Wait(NamedTuple):
    """The day before which a prerequisite does not let an item be planned."""

    day: int
    by: str


class _Planned(NamedTuple):
    """What is known of the day of an item that has one for certain, if it is planned."""

    day: int
    """At the earliest."""
    is_certain: bool
    """Whether it is planned whatever the facts."""
    is_fixed: bool
    """Whether it is planned for certain, and on that very day."""
    without: int | None
    """What its own prerequisites ask of those that come after it, if it is left out."""


def date_findings(items: Sequence[TemplateItem]) -> Iterator[Finding]:
    """What of the dates of items is probably not meant.

    Args:
        items: Of a template.

    Returns:
        `lint.due-before`, `lint.due-after-visit`, `lint.lag-order`.
    """
    by_key = {item.key: item for item in items}
    planned: dict[str, _Planned] = {}
    for key in in_working_order(items):
        item = by_key[key]
        yield from _crossed_lags(item)
        wait = _longest_wait(item.after, planned)
        own = _own_day(item.due, planned)
        if own is None:
            continue
        late = wait if wait and wait.day > own else None
        if late and item.due:
            yield _due_before(item.key, item.due, late)
        day = late.day if late else own
        if day > 0 and item.binding is Binding.MUST:
            yield _due_after_visit(item, late)
        is_certain = item.is_certain
        is_fixed = is_certain and all(_is_fixed(each.item, planned) for each in item.after)
        planned[key] = _Planned(day, is_certain, is_fixed, wait.day if wait else None)


# ------------------------------------------------------------------------------- nominal days

_LENGTHS = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 30}
_WORKING_WEEK = 5
_WEEKEND = 2


def _nominal(way: Offset) -> int:
    if way.unit is not Unit.WORKING_DAYS:
        return way.amount * _LENGTHS[way.unit]
    days_off = abs(way.amount) // _WORKING_WEEK * _WEEKEND
    return way.amount + (days_off if way.amount > 0 else -days_off)


def _own_day(due: Offset | None, planned: Mapping[str, _Planned]) -> int | None:
    """The day an item would have by itself; None if it is open, or if it may have none."""
    match due.anchor if due else None:
        case ItemDate(key):
            start = planned[key].day if _is_fixed(key, planned) else None
        case FactDate():
            start = None
        case _:
            start = 0
    return None if start is None else start + (_nominal(due) if due else 0)


def _is_fixed(key: str, planned: Mapping[str, _Planned]) -> bool:
    return key in planned and planned[key].is_fixed


def _longest_wait(after: Iterable[Prerequisite], planned: Mapping[str, _Planned]) -> _Wait | None:
    waits = [_wait(each, planned[each.item]) for each in after if each.item in planned]
    return min(filter(None, waits), key=_longest_first, default=None)


def _wait(before: Prerequisite, at: _Planned) -> _Wait | None:
    day = at.day + _nominal(before.least)
    if not at.is_certain:
        if at.without is None:
            return None
        day = min(day, at.without)
    return _Wait(day, before.item)


def _longest_first(wait: _Wait) -> tuple[int, str]:
    return -wait.day, wait.by


# ------------------------------------------------------------------------------------ findings


def _crossed_lags(item: TemplateItem) -> Iterator[Finding]:
    for before in item.after:
        least, most = before.least, before.most
        if most is not None and _nominal(most) < _nominal(least):
            since = ItemDate(before.item)
            message = (
                f"it cannot be both {attrs.evolve(least, anchor=since)} or later and "
                f"{attrs.evolve(most, anchor=since)} or earlier: raise most, or lower least"
            )
            path = ("items", item.key, "after", before.item)
            yield Finding(path, "lint.lag-order", message, Severity.WARNING)


def _due_before(key: str, due: Offset, wait: _Wait) -> Finding:
    # Without a due an item is planned for the visit's start, if nothing holds it up longer.
    way_out = "make it later, or drop its due" if wait.day >= 0 else "make it later"
    message = f"due {due}, which is before {wait.by} lets it be planned: {way_out}"
    return Finding(("items", key, "due"), "lint.due-before", message, Severity.WARNING)


def _due_after_visit(item: TemplateItem, wait: _Wait | None) -> Finding:
    path, why = (("due",), item.due) if not wait else (("after", wait.by), f"held up by {wait.by}")
    message = (
        f"completing the visit does not wait for it, {why}: make it due by the visit, or COULD"
    )
    finding = Finding(path, "lint.due-after-visit", message, Severity.WARNING)
    return finding.under("items", item.key)
