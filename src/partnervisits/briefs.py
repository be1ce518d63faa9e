"""What a rep reads before a visit: follow-ups, the last readings, what is at risk, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import cast

import attrs

from partnervisits.comparison import Comparison, Outcome
from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError
from partnervisits.fields import count, entries_of, instance_of, iterable, unique
from partnervisits.followups import FollowUp, urgency
from partnervisits.histories import History, Matter, Trend, a_history, matter_of, of_last_visit
from partnervisits.indicators import Indicator
from partnervisits.plans import ActionPlan, Kpi
from partnervisits.readings import Reading
from partnervisits.tables import table
from partnervisits.targets import ResolvedTarget
from partnervisits.values import local_date, shortened, show
from partnervisits.visits import Visit

__all__ = ["Brief", "BriefLine", "brief"]

# The worst first.
_AT_RISK = (Outcome.NOT_MET, Outcome.NO_DATA, Outcome.NEAR)
_TELLING = (*_AT_RISK, Outcome.MET)
_LONGEST_HEADING = 100
_CHANGES = (Trend.IMPROVING, Trend.WORSENING)


@attrs.frozen(kw_only=True)
class BriefLine:
    """What is known of one indicator in one context before a visit.

    Attributes:
        indicator: What is measured.
        context: What it is about.
        target: What is expected this time if the visit has a plan, else what was expected last;
            None for nothing.
        found: The last comparisons with a reading, the latest first.
        outcome: The last that tells something: MET, NEAR, NOT_MET or NO_DATA, the worst of them if
            its visit has several; None for none.
        streak: In how many visits in a row it was that; 0 for none.
        trend: How the last value stands to the one before; None if there is nothing to compare.
        timezone: The IANA name of the zone that times are shown in.
    """

    indicator: Indicator
    context: Context
    target: ResolvedTarget | None
    found: tuple[Comparison, ...]
    outcome: Outcome | None
    streak: int
    trend: Trend | None
    timezone: str

    @property
    def is_at_risk(self) -> bool:
        """Whether the last outcome was NEAR, NOT_MET or NO_DATA."""
        return self.outcome in _AT_RISK

    @property
    def has_changed(self) -> bool:
        """Whether the last value was better or worse than the one before."""
        return self.trend in _CHANGES


@attrs.frozen(kw_only=True)
class Brief:
    """What a rep reads before a visit.

    Attributes:
        visit_id: The visit's id.
        partner_id: The partner's.
        on: The visit's planned date; None while unscheduled.
        follow_ups: The partner's open ones: the severest first, then the earliest due.
        lines: One for each indicator in each context.
    """

    visit_id: str
    partner_id: str
    on: date | None
    follow_ups: tuple[FollowUp, ...]
    lines: tuple[BriefLine, ...]

    @property
    def at_risk(self) -> tuple[BriefLine, ...]:
        """The lines whose last outcome was NEAR, NOT_MET or NO_DATA."""
        return tuple(line for line in self.lines if line.is_at_risk)

    @property
    def changed(self) -> tuple[BriefLine, ...]:
        """The lines whose last value was better or worse than the one before."""
        return tuple(line for line in self.lines if line.has_changed)

    def __str__(self) -> str:
        heading = f"visit {self.visit_id} to {self.partner_id}, {show(self.on)}"
        actions = [
            (
                each.action,
                f"{each.indicator}, {each.about}",
                each.severity.value,
                show(each.due),
            )
            for each in self.follow_ups
        ]
        parts = [shortened(heading, _LONGEST_HEADING)]
        if actions:
            parts.append(table(("open follow-ups", "about", "severity", "due"), actions))
        if self.lines:
            headers = ("KPI", "target", "actual", "last outcome", "trend")
            parts.append(table(headers, self._rows()))
        return "\n\n".join(parts)

    def _rows(self) -> Iterator[str | tuple[str, ...]]:
        for context, lines in groupby(self.lines, key=lambda line: line.context):
            yield str(context)
            for line in lines:
                yield _cells(line)


def _cells(line: BriefLine) -> tuple[str, ...]:
    target, times = line.target, f" ({line.streak} times)" if line.streak > 1 else ""
    expected = target and line.indicator.shown_criterion(target.criterion, line.timezone)
    return (
        f"  {line.indicator.name}",
        expected or "-",
        "; ".join(_found(each) for each in line.found) or "-",
        "-" if line.outcome is None else f"{line.outcome.value}{times}",
        "-" if line.trend is None else line.trend.value,
    )


def _found(comparison: Comparison) -> str:
    reading = cast("Reading", comparison.reading)
    on = local_date(reading.at, comparison.subject.timezone)
    return f"{comparison.shown(reading.value)} (read {show(on)})"


def brief(
    visit: Visit,
    *,
    history: History | Iterable[Comparison],
    plan: ActionPlan | None = None,
    follow_ups: Iterable[FollowUp] = (),
    last: int = 3,
) -> Brief:
    """What a rep should know before walking in.

    Args:
        visit: The one to come.
        history: Earlier comparisons, of any partners; those of this visit and of later ones are
            left out.
        plan: The visit's plan: there is a line for each of its KPIs. Without one there is a line
            for all that is known of the partner.
        follow_ups: Of any partners; the partner's open ones are shown.
        last: How many of the latest readings.

    Raises:
        InvalidValueError: `brief.other-visit`: the plan is not of the visit; `count.range`,
            `history.twice`, `sequence.duplicate`: two follow-ups with one id, and those of
            sequences.

    Example:
        >>> from datetime import UTC, datetime
        >>> import attrs
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> held = {"catalog": example.catalog(), "given": example.given()}
        >>> plan = pv.expand(example.template(), example.visit(), **held).accept()
        >>> card = pv.compare(plan, example.readings(plan))
        >>> april = pv.Period(datetime(2026, 4, 9, 8, tzinfo=UTC))
        >>> following = attrs.evolve(example.visit(), id="V-2026-052", planned=april)
        >>> before = pv.brief(following, history=card.comparisons)
        >>> [line.indicator.key for line in before.at_risk][:2]
        ['complaints', 'payment']
    """
    visit = instance_of(Visit, visit)
    if plan is not None and instance_of(ActionPlan, plan).subject.visit_id != visit.id:
        message = f"pass a plan of {visit.id}, not of {plan.subject.visit_id}"
        raise InvalidValueError("brief.other-visit", message)
    before = History(each for each in a_history(history).comparisons if _is_before(each, visit))
    held = entries_of(FollowUp, iterable(follow_ups, "follow-ups"))
    mine = [each for each in held if each.partner_id == visit.partner_id and each.is_open]
    unique((each.id for each in mine), "follow-up")
    return Brief(
        visit_id=visit.id,
        partner_id=visit.partner_id,
        on=visit.on,
        follow_ups=tuple(sorted(mine, key=urgency)),
        lines=tuple(_lines(visit, before, plan, count(last))),
    )


def _is_before(comparison: Comparison, visit: Visit) -> bool:
    subject = comparison.subject
    if subject.partner_id != visit.partner_id or subject.visit_id == visit.id:
        return False
    return subject.on is None or visit.on is None or subject.on <= visit.on


def _lines(
    visit: Visit, before: History, plan: ActionPlan | None, last: int
) -> Iterator[BriefLine]:
    for matter, (kpi, timezone) in _matters(visit, before, plan).items():
        about = before.about(matter)
        last_told = _last_told(about)
        found = [each for each in reversed(about) if each.reading is not None]
        yield BriefLine(
            indicator=kpi.indicator,
            context=kpi.context,
            target=kpi.target,
            found=tuple(found[:last]),
            outcome=None if last_told is None else last_told.outcome,
            streak=0 if last_told is None else before.streak(last_told),
            trend=next((trend for each in reversed(about) if (trend := before.trend(each))), None),
            timezone=timezone,
        )


def _last_told(comparisons: Iterable[Comparison]) -> Comparison | None:
    """Of the last visit that tells something the worst: a pass hides no miss beside it."""
    last = of_last_visit(each for each in comparisons if each.outcome in _TELLING)
    return min(last, key=lambda each: _TELLING.index(each.outcome), default=None)


def _matters(
    visit: Visit, before: History, plan: ActionPlan | None
) -> Mapping[Matter, tuple[Kpi, str]]:
    """What there is a line for, with the KPI that says what is expected, and in which zone."""
    if plan is None:
        known = {matter_of(each): (each.kpi, each.subject.timezone) for each in before.comparisons}
        return dict(sorted(known.items(), key=_by_context_and_indicator))
    planned: dict[Matter, tuple[Kpi, str]] = {}
    for kpi in plan.kpis:
        matter = Matter.of(visit.partner_id, kpi.indicator.key, kpi.context)
        _ = planned.setdefault(matter, (kpi, plan.subject.timezone))
    return planned


def _by_context_and_indicator(known: tuple[Matter, object]) -> tuple[str, str, str]:
    matter, _ = known
    return matter.kind, str(matter.context_id), matter.indicator


def __dir__() -> list[str]:
    return sorted(__all__)
