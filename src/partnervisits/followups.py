"""What a comparison calls for: rules, and the follow-ups they open (S 9.5)."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from partnervisits.comparison import Comparison, Outcome
from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError
from partnervisits.fields import (
    escaped,
    host_id,
    instance_of,
    library_id,
    named,
    slug,
    text,
    tuple_of,
    unique,
)
from partnervisits.scorecards import Scorecard
from partnervisits.tables import table

__all__ = ["FollowUp", "FollowUpReview", "FollowUpRule", "follow_up"]


def _action(value: str) -> str:
    if not text(value).strip():
        raise InvalidValueError("rule.action", "say what is to be done")
    return value


def _on(value: Outcome) -> Outcome:
    if instance_of(Outcome, value) is Outcome.MET:
        raise InvalidValueError(
            "rule.on-met", "what is met needs no follow-up: choose another outcome"
        )
    return value


@attrs.frozen(field_transformer=named)
class FollowUpRule:
    """On this outcome, open this action.

    Attributes:
        key: Slug; names the rule.
        action: What is to be done, for people.
        on: The outcome that calls for it; MET is refused.

    Raises:
        InvalidValueError: `rule.action`, `rule.on-met`, and those of keys and texts.

    Example:
        >>> import partnervisits as pv
        >>> pv.FollowUpRule("unhappy", "Call the branch manager", on=pv.Outcome.NOT_MET).on
        <Outcome.NOT_MET: 'not met'>
    """

    key: str = attrs.field(converter=slug)
    action: str = attrs.field(converter=_action)
    on: Outcome = attrs.field(kw_only=True, converter=_on)


def _context(value: Context) -> Context:
    return instance_of(Context, value)


@attrs.frozen(field_transformer=named, kw_only=True)
class FollowUp:
    """An action that a comparison calls for.

    Attributes:
        rule_key: The rule that opened it.
        action: What is to be done.
        visit_id: The visit whose comparison opened it.
        partner_id: The partner it is about.
        indicator: The key of the indicator that fell short.
        context: What the indicator was about.
        kpi_id: The KPI that opened it.
        because: Why, in one plain sentence.
    """

    rule_key: str = attrs.field(converter=slug)
    action: str = attrs.field(converter=_action)
    visit_id: str = attrs.field(converter=host_id)
    partner_id: str = attrs.field(converter=host_id)
    indicator: str = attrs.field(converter=slug)
    context: Context = attrs.field(converter=_context)
    kpi_id: str = attrs.field(converter=library_id)
    because: str = attrs.field(default="", converter=text)

    @property
    def id(self) -> str:
        """The rule, the opening visit, the indicator and the context, as parts (S 9.5)."""
        return f"{self.rule_key}/{escaped(self.visit_id)}/{self.indicator}/{self.context.path}"


def _follow_ups(values: Iterable[FollowUp]) -> tuple[FollowUp, ...]:
    held = tuple_of(FollowUp, values)
    unique((each.id for each in held), "follow-up")
    return tuple(sorted(held, key=lambda each: each.id))


@attrs.frozen(field_transformer=named, kw_only=True)
class FollowUpReview:
    """What a scorecard calls for.

    Attributes:
        opened: Sorted by id.
    """

    opened: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)

    def __str__(self) -> str:
        if not self.opened:
            return "nothing to follow up"
        rows: list[str | tuple[str, str]] = []
        for each in self.opened:
            rows += [(each.action, str(each.context)), f"    {each.because}"]
        return table(("follow-up", "about"), rows)


def follow_up(card: Scorecard, rules: Iterable[FollowUpRule]) -> FollowUpReview:
    """The follow-ups that a scorecard calls for.

    Args:
        card: Compared.
        rules: Each on one outcome.

    Returns:
        At most one follow-up for each rule, visit, indicator and context, sorted by id; the first
        comparison that calls for it is the one it names.

    Raises:
        InvalidValueError: `sequence.duplicate`: two rules with one key.

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
    card = instance_of(Scorecard, card)
    unique((rule.key for rule in held), "rule")
    opened: dict[str, FollowUp] = {}
    for comparison in card.comparisons:
        for rule in held:
            if comparison.outcome is rule.on:
                called_for = _opened(rule, comparison)
                _ = opened.setdefault(called_for.id, called_for)
    return FollowUpReview(opened=list(opened.values()))


def _opened(rule: FollowUpRule, comparison: Comparison) -> FollowUp:
    return FollowUp(
        rule_key=rule.key,
        action=rule.action,
        visit_id=comparison.subject.visit_id,
        partner_id=comparison.subject.partner_id,
        indicator=comparison.kpi.indicator.key,
        context=comparison.kpi.context,
        kpi_id=comparison.kpi.id,
        because=str(comparison.explain()),
    )


def __dir__() -> list[str]:
    return sorted(__all__)
