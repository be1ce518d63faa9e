"""What a scorecard calls for, and what it settles (S 9.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import attrs

from partnervisits.calendars import Calendar, WorkCalendar, a_calendar, shift
from partnervisits.comparison import MEASURED, Comparison, Outcome
from partnervisits.fields import entries_of, instance_of, iterable, named, tuple_of, unique
from partnervisits.followups._records import FollowUp, FollowUpRule, settling
from partnervisits.histories import History, Matter, a_history, matter_of
from partnervisits.scorecards import Scorecard
from partnervisits.tables import table
from partnervisits.values import show


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
    """

    opened: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)
    reinforced: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)
    closed: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)
    waiting: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)

    @property
    def open(self) -> tuple[FollowUp, ...]:
        """All that are open now, sorted by id: what the next visit is to see to."""
        return _follow_ups((*self.opened, *self.reinforced, *self.waiting))

    def __str__(self) -> str:
        rows: list[str | tuple[str, ...]] = []
        for heading in ("opened", "reinforced", "closed", "waiting"):
            held: tuple[FollowUp, ...] = getattr(self, heading)
            rows += [heading] if held else []
            for each in held:
                rows += [_row(each), f"      {each.reason or each.because}"]
        if not rows:
            return "nothing to follow up"
        return table(("follow-up", "about", "severity", "owner", "due"), rows)


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

    Of each matter (partner, indicator, and context or kind) the last visit that brought a verdict
    decides. If one of its comparisons has the outcome of a rule, and as many visits in a row as the
    rule wants had it, the rule opens a follow-up, or reinforces the one that is open. If none has
    it, an open follow-up is closed by a MET, or on NO_DATA by any value, that was recorded after
    the opening.

    Args:
        card: Compared.
        rules: Each on one outcome.
        open: The follow-ups there are, in any order. One that has ended keeps the visits that
            called for it from opening another.
        history: Earlier comparisons, for streaks; those of the card's KPIs give way to it.
        calendar: The working days for due dates; Monday to Friday if None.

    Returns:
        The same whatever the order of rules and follow-ups; with what it gave as `open`, nothing
        new.

    Raises:
        InvalidValueError: `sequence.duplicate`: two rules with one key, or two follow-ups with one
            id; `history.twice`, `calendar.type`.
        CalendarError: the calendar has no working day to count.

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
    reviewed = [_reviewed(each, found) for each in known if each.is_open]
    opened = _opened(held, found, known, _together(found, a_history(history)), working)
    return FollowUpReview(
        opened=list(opened),
        reinforced=[now for was, now in reviewed if now is not was and now.is_open],
        closed=[now for _, now in reviewed if not now.is_open],
        waiting=[now for was, now in reviewed if now is was],
    )


def _together(found: History, before: History) -> History:
    own = {each.kpi.id for each in found.comparisons}
    earlier = (each for each in before.comparisons if each.kpi.id not in own)
    return History([*found.comparisons, *earlier])


def _deciding(comparisons: Sequence[Comparison], on: Outcome) -> Sequence[Comparison]:
    """Of one matter the comparisons of the last visit that says something about an outcome."""
    telling = [each for each in comparisons if _tells(each, on)]
    return [each for each in telling if each.subject.visit_id == telling[-1].subject.visit_id]


def _tells(comparison: Comparison, on: Outcome) -> bool:
    outcome = comparison.outcome
    return outcome is on or outcome in MEASURED or settling(comparison, on) is not None


# -------------------------------------------------------------------------------- those there are


def _reviewed(was: FollowUp, found: History) -> tuple[FollowUp, FollowUp]:
    """An open follow-up, and what becomes of it: itself if nothing does."""
    deciding = [
        each for each in _deciding(found.about(was.matter), was.on) if not _is_before(each, was)
    ]
    if any(each.outcome is was.on for each in deciding):
        visit_id = deciding[0].subject.visit_id
        return was, was if visit_id in was.visits else was.reinforce(visit_id)
    proving = next((each for each in deciding if was.proof_in(each) is not None), None)
    return was, was if proving is None else was.close(proving)


def _is_before(comparison: Comparison, opened: FollowUp) -> bool:
    """Whether it is of an earlier visit: what was captured late says nothing about now."""
    on = comparison.subject.on
    return on is not None and opened.opened_on is not None and on < opened.opened_on


# ------------------------------------------------------------------------------------- new ones


def _opened(
    rules: Iterable[FollowUpRule],
    found: History,
    known: Iterable[FollowUp],
    history: History,
    calendar: Calendar,
) -> Iterator[FollowUp]:
    taken = {(each.rule_key, each.matter) for each in known if each.is_open}
    heard = {(each.rule_key, each.matter, visit) for each in known for visit in each.visits}
    for rule in rules:
        for matter in _matters(rule, found):
            calling = _calling(rule, found.about(matter))
            if calling is None or (rule.key, matter) in taken:
                continue
            is_new = (rule.key, matter, calling.subject.visit_id) not in heard
            if is_new and history.streak(calling, per=rule.per) >= rule.streak:
                yield _follow_up(rule, calling, calendar)


def _matters(rule: FollowUpRule, found: History) -> Iterable[Matter]:
    about = (each for each in found.comparisons if rule.is_about(each))
    return dict.fromkeys(matter_of(each, rule.per) for each in about)


def _calling(rule: FollowUpRule, comparisons: Sequence[Comparison]) -> Comparison | None:
    about = [each for each in comparisons if rule.is_about(each)]
    deciding = _deciding(about, rule.on)
    return next((each for each in deciding if each.outcome is rule.on), None)


def _follow_up(rule: FollowUpRule, calling: Comparison, calendar: Calendar) -> FollowUp:
    subject, kpi = calling.subject, calling.kpi
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
        target=kpi.target,
        owner_role=rule.owner_role,
        severity=rule.severity,
        due=_due_date(rule, subject.on, calendar),
        opened_on=subject.on,
        opened_at=calling.known_at,
    )


def _due_date(rule: FollowUpRule, on: date | None, calendar: Calendar) -> date | None:
    return None if rule.due is None or on is None else shift(on, rule.due, calendar)
