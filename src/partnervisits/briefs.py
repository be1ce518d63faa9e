"""What a rep reads before a visit: follow-ups, the last readings, what is at risk, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

import attrs

from partnervisits.comparison import Comparison, Outcome
from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError
from partnervisits.fields import count, entries_of, instance_of, iterable
from partnervisits.followups import FollowUp
from partnervisits.histories import History, Matter, Trend, a_history, matter_of
from partnervisits.indicators import Indicator
from partnervisits.plans import ActionPlan, Kpi
from partnervisits.tables import table
from partnervisits.targets import ResolvedTarget
from partnervisits.values import show
from partnervisits.visits import Visit

__all__ = ["Brief", "BriefLine", "brief"]

_TELLING = (Outcome.MET, Outcome.NEAR, Outcome.NOT_MET, Outcome.NO_DATA)
_AT_RISK = (Outcome.NEAR, Outcome.NOT_MET, Outcome.NO_DATA)
_CHANGES = (Trend.IMPROVING, Trend.WORSENING)


@attrs.frozen(kw_only=True)
class BriefLine:
    """What is known of one indicator in one context before a visit.

    Attributes:
        indicator: What is measured.
        context: What it is about.
        target: What is expected this time if the visit has a plan, else what was expected last;
            None for nothing.
        readings: The last comparisons with a reading, the latest first.
        outcome: The last that tells something: MET, NEAR, NOT_MET or NO_DATA; None for none.
        streak: In how many visits in a row it was that; 0 for none.
        trend: How the last value stands to the one before; None if there is nothing to compare.
        timezone: The IANA name of the zone that times are shown in.
    """

    indicator: Indicator
    context: Context
    target: ResolvedTarget | None
    readings: tuple[Comparison, ...]
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
        follow_ups: The partner's open ones: with a due date first, then by id.
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
                f"  {each.action}",
                f"{each.indicator}, {each.about}",
                each.severity.value,
                show(each.due),
            )
            for each in self.follow_ups
        ]
        parts = [heading]
        if actions:
            parts.append(table(("open follow-ups", "about", "severity", "due"), actions))
        if self.lines:
            headers = ("KPI", "expected", "last found", "last outcome", "trend")
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
        "; ".join(_found(each) for each in line.readings) or "-",
        "-" if line.outcome is None else f"{line.outcome.value}{times}",
        "-" if line.trend is None else line.trend.value,
    )


def _found(comparison: Comparison) -> str:
    on = comparison.subject.on
    return f"{comparison.shown(comparison.actual)}{'' if on is None else f' on {show(on)}'}"


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
            `history.twice`, and those of sequences.

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
    return Brief(
        visit_id=visit.id,
        partner_id=visit.partner_id,
        on=visit.on,
        follow_ups=tuple(sorted(mine, key=_urgency)),
        lines=tuple(_lines(visit, before, plan, count(last))),
    )


def _urgency(follow_up: FollowUp) -> tuple[date, str]:
    return follow_up.due or date.max, follow_up.id


def _is_before(comparison: Comparison, visit: Visit) -> bool:
    subject = comparison.subject
    if subject.partner_id != visit.partner_id or subject.visit_id == visit.id:
        return False
    return subject.on is None or visit.on is None or subject.on <= visit.on


def _lines(
    visit: Visit, before: History, plan: ActionPlan | None, last: int
) -> Iterator[BriefLine]:
    for matter, kpi in _matters(visit, before, plan):
        about = before.about(matter)
        telling = [each for each in about if each.outcome in _TELLING]
        found = [each for each in reversed(about) if each.reading is not None]
        yield BriefLine(
            indicator=kpi.indicator,
            context=kpi.context,
            target=kpi.target,
            readings=tuple(found[:last]),
            outcome=telling[-1].outcome if telling else None,
            streak=before.streak(telling[-1]) if telling else 0,
            trend=next((trend for each in found if (trend := before.trend(each))), None),
            timezone=visit.place.timezone,
        )


def _matters(
    visit: Visit, before: History, plan: ActionPlan | None
) -> Iterable[tuple[Matter, Kpi]]:
    """What there is a line for, with the KPI that says what is expected."""
    if plan is None:
        known = {matter_of(each): each.kpi for each in before.comparisons}
        return sorted(
            known.items(), key=lambda pair: (pair[0].kind, pair[0].context_id, pair[0].indicator)
        )
    planned: dict[Matter, Kpi] = {}
    for kpi in plan.kpis:
        matter = Matter(visit.partner_id, kpi.indicator.key, kpi.context.kind, kpi.context.id)
        _ = planned.setdefault(matter, kpi)
    return planned.items()


def __dir__() -> list[str]:
    return sorted(__all__)
