"""What a scorecard calls for, and what it settles (S 9.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import attrs

from partnervisits.calendars import Calendar, WorkCalendar, a_calendar, shift
from partnervisits.comparison import MEASURED, Comparison, Outcome
from partnervisits.fields import entries_of, instance_of, iterable, named, tuple_of, unique
from partnervisits.followups._records import (
    FollowUp,
    FollowUpRule,
    is_within,
    settling,
    urgency,
)
from partnervisits.histories import History, a_history, matter_of, of_last_visit
from partnervisits.scorecards import Scorecard
from partnervisits.tables import table
from partnervisits.targets import Scope
from partnervisits.values import ValueType, show


def _follow_ups(values: Iterable[FollowUp]) -> tuple[FollowUp, ...]:
    held = tuple_of(FollowUp, values)
    unique((each.id for each in held), "follow-up")
    return tuple(sorted(held, key=lambda each: each.id))


@attrs.frozen(field_transformer=named, kw_only=True)
class FollowUpReview:
    """What a scorecard means for follow-ups, each list sorted by id.

    Attributes:
        opened: New ones.
        reinforced: Open ones that were called for again, as they are now.
        closed: Those that a reading settled, as they are now.
        waiting: Open ones of which the scorecard says nothing new.
        ended: Those that had ended before.
    """

    opened: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)
    reinforced: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)
    closed: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)
    waiting: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)
    ended: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """All, as they are now, sorted by id: what to pass as `open` next time."""
        return _follow_ups(
            (*self.opened, *self.reinforced, *self.closed, *self.waiting, *self.ended)
        )

    @property
    def open(self) -> tuple[FollowUp, ...]:
        """All that are open now, sorted by id: what the next visit is to see to."""
        return _follow_ups((*self.opened, *self.reinforced, *self.waiting))

    def __str__(self) -> str:
        rows: list[str | tuple[str, ...]] = []
        for heading in ("opened", "reinforced", "closed", "waiting"):
            held: tuple[FollowUp, ...] = getattr(self, heading)
            rows += [heading] if held else []
            for each in sorted(held, key=urgency):
                rows += [_row(each), f"      {each.reason or each.because}{_repeated(each)}"]
        if not rows:
            return "nothing to follow up"
        return table(("follow-up", "about", "severity", "owner", "due"), rows)


def _repeated(follow_up: FollowUp) -> str:
    times = len(follow_up.reinforced_by)
    since = show(follow_up.opened_on)
    return (
        f" (since {since}, repeated {'once' if times == 1 else f'{times} times'})" if times else ""
    )


def _row(follow_up: FollowUp) -> tuple[str, ...]:
    return (
        f"  {follow_up.action}",
        f"{follow_up.partner_id}, {follow_up.about}",
        follow_up.severity.value,
        follow_up.owner_role or "-",
        show(follow_up.due),
    )


def follow_up(
    card: Scorecard,
    rules: Iterable[FollowUpRule],
    *,
    open: Iterable[FollowUp] = (),
    history: History | Iterable[Comparison] = (),
    calendar: Calendar | None = None,
) -> FollowUpReview:
    """What a scorecard calls for, and what it settles (S 9.5).

    Of each matter of the card (partner, indicator, and context or kind) the last visit that brought
    a verdict decides, in the card or in the history. If one of its comparisons has the outcome of a
    rule, and as many visits in a row as the rule wants had it, the rule opens a follow-up, or
    reinforces the one that is open. If none has it, an open follow-up is closed by a MET, or on
    NO_DATA by any value, that was recorded after the opening.

    Args:
        card: Of one plan, or of many.
        rules: What to do about which outcome; their order does not matter.
        open: The follow-ups there are, in any order. One that has ended keeps the visits that
            called for it from opening another: pass `review.follow_ups` of the last time.
        history: Other comparisons, for streaks, and so that a card that comes late decides nothing
            that a later visit decided; those of the card's KPIs give way to it.
        calendar: The working days for due dates; Monday to Friday if None.

    Returns:
        The same whatever the order of rules and follow-ups; with what it gave as `open`, nothing
        new.

    Raises:
        InvalidValueError: `sequence.duplicate`: two rules with one key, or two follow-ups with one
            id; `history.twice`, `calendar.type`.
        CalendarError: a due date cannot be counted: `calendar.no-working-day`,
            `calendar.non-working` under `Roll.RAISE`, `calendar.range`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> rule = pv.FollowUpRule("ask-again", "Ask again by telephone", on=pv.Outcome.NO_DATA)
        >>> {opened.action for opened in pv.follow_up(pv.compare(plan, []), [rule]).opened}
        {'Ask again by telephone'}
    """
    held = tuple_of(FollowUpRule, rules)
    unique((rule.key for rule in held), "rule")
    known = _follow_ups(entries_of(FollowUp, iterable(open, "follow-ups")))
    working = WorkCalendar() if calendar is None else a_calendar(calendar)
    found = History(instance_of(Scorecard, card).comparisons)
    together = _together(found, a_history(history))
    reviewed = [
        (each, _reviewed(each, together) if found.about(each.matter) else each)
        for each in known
        if each.is_open
    ]
    ended = [each for each in known if not each.is_open]
    present = [*(now for _, now in reviewed), *ended]
    return FollowUpReview(
        opened=[each for rule in held for each in _opened(rule, found, together, present, working)],
        reinforced=[now for was, now in reviewed if now is not was and now.is_open],
        closed=[now for _, now in reviewed if not now.is_open],
        waiting=[now for was, now in reviewed if now is was],
        ended=ended,
    )


def _together(found: History, before: History) -> History:
    own = {each.kpi.id for each in found.comparisons}
    earlier = (each for each in before.comparisons if each.kpi.id not in own)
    return History([*found.comparisons, *earlier])


def _deciding(comparisons: Iterable[Comparison], on: Outcome) -> Sequence[Comparison]:
    """Of one matter the comparisons of the last visit that says something about an outcome."""
    return of_last_visit(each for each in comparisons if _tells(each, on))


def _tells(comparison: Comparison, on: Outcome) -> bool:
    outcome = comparison.outcome
    return outcome is on or outcome in MEASURED or settling(comparison, on) is not None


def _reviewed(was: FollowUp, together: History) -> FollowUp:
    """What becomes of an open follow-up: itself if nothing does."""
    about = [each for each in together.about(was.matter) if was.concerns(each)]
    deciding = _deciding(about, was.on)
    if any(each.outcome is was.on for each in deciding):
        visit_id = deciding[0].subject.visit_id
        return was if visit_id in was.visits else was.reinforce(visit_id)
    proving = next((each for each in deciding if was.proof_in(each) is not None), None)
    return was if proving is None else was.close(proving)


def _opened(
    rule: FollowUpRule,
    found: History,
    together: History,
    known: Iterable[FollowUp],
    calendar: Calendar,
) -> Iterator[FollowUp]:
    mine = [each for each in known if each.rule_key == rule.key]
    taken = {each.matter for each in mine if each.is_open}
    heard = {(each.matter, visit) for each in mine for visit in each.visits}
    history = together if rule.scope is None else _within(rule.scope, together)
    for matter in dict.fromkeys(
        matter_of(each, rule.per) for each in found.comparisons if rule.is_about(each)
    ):
        deciding = _deciding(history.about(matter), rule.on)
        calling = next((each for each in deciding if each.outcome is rule.on), None)
        if calling is None or matter in taken or (matter, calling.subject.visit_id) in heard:
            continue
        if history.streak(calling, per=rule.per) >= rule.streak:
            yield _follow_up(rule, calling, calendar)


def _within(scope: Scope, history: History) -> History:
    return History(each for each in history.comparisons if is_within(each, scope))


def _follow_up(rule: FollowUpRule, calling: Comparison, calendar: Calendar) -> FollowUp:
    subject, kpi = calling.subject, calling.kpi
    is_dated = kpi.indicator.value_type is ValueType.DATETIME
    return FollowUp(
        rule_key=rule.key,
        action=rule.action,
        on=rule.on,
        visit_id=subject.visit_id,
        partner_id=subject.partner_id,
        task_key=calling.task_key,
        indicator=kpi.indicator.key,
        context=kpi.context,
        per=rule.per,
        kpi_id=kpi.id,
        because=str(calling),
        scope=rule.scope,
        # A day that has passed cannot be met again.
        target=None if is_dated else kpi.target,
        owner_role=rule.owner_role,
        severity=rule.severity,
        due=_due_date(rule, subject.on, calendar),
        opened_on=subject.on,
        opened_at=calling.recorded_at,
    )


def _due_date(rule: FollowUpRule, on: date | None, calendar: Calendar) -> date | None:
    return None if rule.due is None or on is None else shift(on, rule.due, calendar)
