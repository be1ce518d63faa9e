"""Rules, the follow-ups they open, and the life of a follow-up (S 9.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum

import attrs

from partnervisits.calendars import Anchor, Offset
from partnervisits.comparison import Comparison, Outcome, Override
from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError, TransitionError
from partnervisits.fields import (
    count,
    escaped,
    host_id,
    instance_of,
    library_id,
    named,
    optional_id,
    optional_library_id,
    optional_slug,
    slug,
    slugs,
    text,
    tuple_of,
    unique,
    words,
)
from partnervisits.histories import Matter, Per, day_of, matter_of
from partnervisits.lifecycles import Lifecycle
from partnervisits.readings import Reading
from partnervisits.targets import ResolvedTarget, Scope
from partnervisits.templates import Binding, Spread, TemplateItem
from partnervisits.values import instant, optional_day, optional_instant

_LONGEST_KEY = 64
_DIGITS = 12


class Level(Enum):
    """How much a follow-up matters."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class FollowUpStatus(Enum):
    """Where a follow-up is in its life (S 9.5)."""

    OPEN = "open"
    CLOSED = "closed"
    """A reading proves that it is settled."""
    DISMISSED = "dismissed"
    """A person decided that it needs no more."""


FOLLOW_UP_LIFECYCLE = Lifecycle(
    [
        (FollowUpStatus.OPEN, "reinforce", FollowUpStatus.OPEN),
        (FollowUpStatus.OPEN, "close", FollowUpStatus.CLOSED),
        (FollowUpStatus.OPEN, "dismiss", FollowUpStatus.DISMISSED),
    ]
)
"""The life of a follow-up (S 9.5)."""


# ----------------------------------------------------------------------------------------- rules


def _action(value: str) -> str:
    return words(value, "rule.action", "say what is to be done")


def _on(value: Outcome) -> Outcome:
    if instance_of(Outcome, value) is Outcome.MET:
        raise InvalidValueError(
            "rule.on-met", "what is met needs no follow-up: choose another outcome"
        )
    return value


def _scope(value: Scope | None) -> Scope | None:
    return None if value is None else instance_of(Scope, value)


def _per(value: Per) -> Per:
    return instance_of(Per, value)


def _due(value: Offset | None) -> Offset | None:
    if value is not None and instance_of(Offset, value).anchor is not Anchor.VISIT_START:
        raise InvalidValueError(
            "rule.due", "leave out the anchor: a follow-up is due so long after the visit's day"
        )
    return value


def _severity(value: Level) -> Level:
    return instance_of(Level, value)


@attrs.frozen(field_transformer=named)
class FollowUpRule:
    """On this outcome, open this action (S 9.5).

    Attributes:
        key: Slug; names the rule.
        action: What is to be done, for people.
        on: The outcome that calls for it; MET is refused.
        streak: In how many visits in a row at least. A second rule with a higher one escalates.
        indicators: The keys of those it is about; all if empty.
        scope: For which visits, partners, segments or contexts it holds; for all if None.
        per: Whether each context has a follow-up of its own, or each kind of context;
            `partnervisits.histories.Per`.
        owner_role: The name of who sees to it.
        due: How long after the visit's planned date, for example `working_days(5)`.
        severity: How much it matters; `partnervisits.followups.Level`.

    Raises:
        InvalidValueError: `rule.action`, `rule.on-met`, `rule.due` if it counts from something
            else, and those of keys, texts and counts.

    Example:
        >>> import partnervisits as pv
        >>> pv.FollowUpRule("unhappy", "Call the branch manager", on=pv.Outcome.NOT_MET).on
        <Outcome.NOT_MET: 'not met'>
    """

    key: str = attrs.field(converter=slug)
    action: str = attrs.field(converter=_action)
    on: Outcome = attrs.field(kw_only=True, converter=_on)
    streak: int = attrs.field(default=1, kw_only=True, converter=count)
    indicators: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=slugs)
    scope: Scope | None = attrs.field(default=None, kw_only=True, converter=_scope)
    per: Per = attrs.field(default=Per.CONTEXT, kw_only=True, converter=_per)
    owner_role: str | None = attrs.field(default=None, kw_only=True, converter=optional_slug)
    due: Offset | None = attrs.field(default=None, kw_only=True, converter=_due)
    severity: Level = attrs.field(default=Level.NORMAL, kw_only=True, converter=_severity)

    def is_about(self, comparison: Comparison) -> bool:
        """Whether a comparison is one of those it holds for, whatever the outcome.

        Args:
            comparison: Any.
        """
        key = instance_of(Comparison, comparison).kpi.indicator.key
        return (not self.indicators or key in self.indicators) and is_within(comparison, self.scope)


def is_within(comparison: Comparison, scope: Scope | None) -> bool:
    """Whether a comparison has all that a scope names."""
    if scope is None:
        return True
    kpi, subject = comparison.kpi, comparison.subject
    facets = (
        (scope.visit, subject.visit_id),
        (scope.partner, subject.partner_id),
        (scope.segment, subject.segment),
        (scope.context, kpi.context),
    )
    return all(wanted in (None, found) for wanted, found in facets)


# ------------------------------------------------------------------------------------ follow-ups


def _context(value: Context) -> Context:
    return instance_of(Context, value)


def _target(value: ResolvedTarget | None) -> ResolvedTarget | None:
    return None if value is None else instance_of(ResolvedTarget, value)


def _status(value: FollowUpStatus) -> FollowUpStatus:
    return instance_of(FollowUpStatus, value)


def _reinforced_by(values: Iterable[str]) -> tuple[str, ...]:
    held = tuple(host_id(each) for each in tuple_of(str, values))
    unique(held, "visit")
    return held


def urgency(follow_up: FollowUp) -> tuple[int, date, str]:
    """What people see follow-ups sorted by: the severest first, then the earliest due."""
    return -_LEVELS.index(follow_up.severity), follow_up.due or date.max, follow_up.id


_LEVELS = tuple(Level)


def settling(comparison: Comparison, on: Outcome) -> Reading | Override | None:
    """What in a comparison settles a follow-up on an outcome, whenever it was recorded."""
    if on is Outcome.NO_DATA and comparison.value is not None:
        return comparison.reading
    if comparison.outcome is Outcome.MET:
        return comparison.override or comparison.reading
    return None


@attrs.frozen(field_transformer=named, kw_only=True)
class FollowUp:
    """An action that a comparison calls for, from its opening to its end.

    `follow_up` opens, reinforces and closes; `dismiss` ends one by hand.

    Attributes:
        rule_key: The rule that opened it.
        action: What is to be done.
        on: The outcome that called for it.
        visit_id: The visit whose comparison opened it.
        partner_id: The partner it is about.
        task_key: The definition of the task that captured the KPI.
        indicator: The key of the indicator that fell short.
        context: What the indicator was about when it was opened.
        per: Whether it is about that context, or about all of its kind.
        kpi_id: The KPI that opened it.
        because: Why, in one plain sentence.
        scope: For what its rule holds; for all if None.
        target: What was expected; a plan that expects nothing else expects it again.
        owner_role: The name of who sees to it.
        severity: How much it matters.
        due: The day by which it is to be done; None for no day.
        opened_on: The planned date of the visit that opened it.
        opened_at: When what opened it was recorded; None if nothing was captured.
        reinforced_by: The visits that called for it again, in that order.
        status: Where it is in its life.
        proof_id: The id of the reading, or of the override, that closed it.
        reason: Why it ended.
        ended_by: Who captured the proof, or who dismissed it.
        ended_at: When the proof was recorded, or when it was dismissed.

    Raises:
        InvalidValueError: `follow-up.state`, `rule.action`, `rule.on-met`, and those of ids, texts,
            dates and instants.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> rule = pv.FollowUpRule("ask-again", "Ask again by telephone", on=pv.Outcome.NO_DATA)
        >>> opened = pv.follow_up(pv.compare(plan, []), [rule]).opened[0]
        >>> opened.dismiss("they have closed", by="kim", at=visit.planned.end).status.value
        'dismissed'
    """

    rule_key: str = attrs.field(converter=slug)
    action: str = attrs.field(converter=_action)
    on: Outcome = attrs.field(converter=_on)
    visit_id: str = attrs.field(converter=host_id)
    partner_id: str = attrs.field(converter=host_id)
    task_key: str = attrs.field(converter=slug)
    indicator: str = attrs.field(converter=slug)
    context: Context = attrs.field(converter=_context)
    per: Per = attrs.field(default=Per.CONTEXT, converter=_per)
    kpi_id: str = attrs.field(converter=library_id)
    because: str = attrs.field(default="", converter=text)
    scope: Scope | None = attrs.field(default=None, converter=_scope)
    target: ResolvedTarget | None = attrs.field(default=None, converter=_target)
    owner_role: str | None = attrs.field(default=None, converter=optional_slug)
    severity: Level = attrs.field(default=Level.NORMAL, converter=_severity)
    due: date | None = attrs.field(default=None, converter=optional_day)
    opened_on: date | None = attrs.field(default=None, converter=optional_day)
    opened_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    reinforced_by: tuple[str, ...] = attrs.field(default=(), converter=_reinforced_by)
    status: FollowUpStatus = attrs.field(default=FollowUpStatus.OPEN, converter=_status)
    proof_id: str | None = attrs.field(default=None, converter=optional_library_id)
    reason: str = attrs.field(default="", converter=text)
    ended_by: str | None = attrs.field(default=None, converter=optional_id)
    ended_at: datetime | None = attrs.field(default=None, converter=optional_instant)

    def __attrs_post_init__(self) -> None:
        if self.visit_id in self.reinforced_by:
            self._refuse(
                "reinforced_by", "leave out the visit that opened it: only later ones reinforce"
            )
        ended = self.ended_at is not None and self.ended_by is not None
        if ended is self.is_open or (self.ended_at is None) is not (self.ended_by is None):
            self._refuse(
                "ended_at", "pass ended_at and ended_by together, and only with CLOSED or DISMISSED"
            )
        if (self.proof_id is not None) is not (self.status is FollowUpStatus.CLOSED):
            self._refuse("proof_id", "pass proof_id with CLOSED, and with nothing else")
        if bool(self.reason.strip()) is self.is_open:
            self._refuse("reason", "say why it ended; leave the reason of an open one out")
        if self.opened_at and self.ended_at and self.ended_at < self.opened_at:
            self._refuse("ended_at", "ended_at lies before opened_at: correct one of them")

    def _refuse(self, field: str, message: str) -> None:
        raise InvalidValueError("follow-up.state", message, "FollowUp", field)

    @property
    def id(self) -> str:
        """The rule, the opening visit, the indicator, and the context or its kind (S 9.5)."""
        about = self.context.path if self.per is Per.CONTEXT else escaped(self.context.kind)
        return f"{self.rule_key}/{escaped(self.visit_id)}/{self.indicator}/{about}"

    @property
    def matter(self) -> Matter:
        """What it is about: no rule has two open ones about the same."""
        return Matter.of(self.partner_id, self.indicator, self.context, self.per)

    @property
    def about(self) -> str:
        """What it is about, in words."""
        return str(self.context) if self.per is Per.CONTEXT else f"every {self.context.kind}"

    @property
    def visits(self) -> tuple[str, ...]:
        """The visits that called for it: the opening one, then those that reinforced it."""
        return (self.visit_id, *self.reinforced_by)

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self.status is FollowUpStatus.OPEN

    def reinforce(self, visit_id: str) -> FollowUp:
        """The same, called for again by a later visit.

        Args:
            visit_id: The visit's id; not the opening one, nor one that reinforced it before.

        Raises:
            TransitionError: it is not OPEN.
            InvalidValueError: `follow-up.state`, `sequence.duplicate`.
        """
        status = self._after("reinforce")
        return attrs.evolve(self, status=status, reinforced_by=(*self.reinforced_by, visit_id))

    def concerns(self, comparison: Comparison) -> bool:
        """Whether a comparison is about its matter, and not of an earlier visit.

        What was captured late for an earlier visit says nothing about how things stand.

        Args:
            comparison: Any.
        """
        is_about = matter_of(comparison, self.per) == self.matter
        is_earlier = self.opened_on is not None and day_of(comparison) < self.opened_on
        return is_about and not is_earlier and is_within(comparison, self.scope)

    def proof_in(self, comparison: Comparison) -> Reading | Override | None:
        """What in a comparison settles it (S 9.5).

        Args:
            comparison: Any; one that does not concern it settles nothing.

        Returns:
            On NO_DATA the reading, if it holds a value; else what makes the outcome MET, if it is:
            the override, or the reading. None if nothing does, or if it was recorded before the
            opening.
        """
        fact = settling(comparison, self.on) if self.concerns(comparison) else None
        if fact is None or self.opened_at is None or fact.recorded_at > self.opened_at:
            return fact
        return None

    def close(self, comparison: Comparison) -> FollowUp:
        """The same, settled by what was found.

        Args:
            comparison: One with a proof.

        Raises:
            TransitionError: it is not OPEN.
            InvalidValueError: `follow-up.proof`: nothing in the comparison settles it.
        """
        status, proof = self._after("close"), self.proof_in(comparison)
        if proof is None:
            raise InvalidValueError(
                "follow-up.proof", "nothing in this comparison settles it: dismiss it with a reason"
            )
        return attrs.evolve(
            self,
            status=status,
            proof_id=proof.id,
            reason=str(comparison),
            ended_by=proof.by,
            ended_at=proof.recorded_at,
        )

    def dismiss(self, reason: str, *, by: str, at: datetime) -> FollowUp:
        """The same, ended by hand.

        Args:
            reason: Why it needs no more; not blank.
            by: The host's id of who decides.
            at: When.

        Raises:
            TransitionError: it is not OPEN.
            InvalidValueError: `follow-up.state`, and those of ids, texts and instants.
        """
        status = self._after("dismiss")
        return attrs.evolve(self, status=status, reason=reason, ended_by=by, ended_at=instant(at))

    def _after(self, verb: str) -> FollowUpStatus:
        return FOLLOW_UP_LIFECYCLE.after(self.status, verb, f"follow-up {self.id}")

    def item(self) -> TemplateItem:
        """What to plan for it in the next visit: pass it in `Given(add=)` (S 6.7).

        Returns:
            A MUST item for the same task, asking for the same indicator in the same context, or in
            each of its kind, with the action as its instructions. It is judged by what the plan
            expects, and if that is nothing, by what was expected then. Its key is made of the
            rule's and a digest of the follow-up's id. If there is no context of the kind, or the
            definitions fit no more, it is left out with a warning, and the follow-up stays open.

        Raises:
            TransitionError: it is not OPEN.
        """
        if not self.is_open:
            raise TransitionError(f"follow-up {self.id}", self.status.name, "item", ())
        # Loads OpenSSL, which takes long; only who carries a follow-up along needs it.
        from hashlib import sha256  # noqa: PLC0415

        digest = sha256(self.id.encode()).hexdigest()[:_DIGITS]
        is_of_context = self.per is Per.CONTEXT
        return TemplateItem(
            f"{self.rule_key[: _LONGEST_KEY - _DIGITS - 1]}-{digest}",
            task=self.task_key,
            binding=Binding.MUST,
            indicators=[self.indicator],
            contexts=[self.context] if is_of_context else [],
            context_kinds=[] if is_of_context else [self.context.kind],
            targets=[self.target.as_target(self.indicator)] if self.target else [],
            spread=Spread.TOGETHER if is_of_context else Spread.ONE_EACH,
            instructions=self.action,
            serves=self.id,
        )

    def __str__(self) -> str:
        due = "" if self.due is None else f" by {self.due}"
        return f"{self.action} ({self.about}, {self.partner_id}{due}): {self.status.value}"
