"""The planned dates of items, one anchor day and one set of calendars at a time (S 4.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from partnervisits.calendars import Anchor, JointCalendar, Trail, plan_date
from partnervisits.errors import CalendarError
from partnervisits.findings import Finding, Severity
from partnervisits.templates import TemplateItem


class Anchors(NamedTuple):
    """The dates that offsets count from; None where the visit has none yet."""

    start: date | None
    end: date | None

    def date_of(self, anchor: Anchor) -> date | None:
        """The date of an anchor, if there is one."""
        return self.start if anchor is Anchor.VISIT_START else self.end


class Dates(NamedTuple):
    """The trail of every item that has a date, and why the others have none."""

    trails: Mapping[str, Trail]
    findings: tuple[Finding, ...]


def date_items(
    items: Sequence[TemplateItem],
    after: Mapping[str, tuple[str, ...]],
    anchors: Anchors,
    calendars: Mapping[str | None, JointCalendar],
) -> Dates:
    """Date items that stand in working order; `after` names the prerequisites that are left."""
    trails: dict[str, Trail] = {}
    found: list[Finding] = []
    for item in items:
        anchor = item.due.anchor if item.due else Anchor.VISIT_START
        anchor_date = anchors.date_of(anchor)
        if anchor_date is None:
            found.append(_missing_anchor(item, anchor))
            continue
        before = [(key, trails[key].planned) for key in after[item.key] if key in trails]
        try:
            trail = plan_date(item.due, anchor_date, before, calendars[item.role])
        except CalendarError as refused:
            found.append(refused.finding("items", item.key, "due"))
            continue
        trails[item.key] = trail
        found += [_too_early(item, key) for key, planned in before if trail.planned < planned]
    return Dates(trails, tuple(found))


def _missing_anchor(item: TemplateItem, anchor: Anchor) -> Finding:
    return Finding(
        ("items", item.key, "due"),
        "date.missing-anchor",
        f"kept without a date: {anchor.value} is not planned yet",
        Severity.WARNING,
    )


def _too_early(item: TemplateItem, prerequisite: str) -> Finding:
    return Finding(
        ("items", item.key, "due"),
        "date.before-prerequisite",
        f"its roll takes it before {prerequisite}: choose a roll that follows",
        Severity.WARNING,
    )
