"""What goes into an expansion and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from partnervisits.calendars import Calendar, ItemDate, Offset, WorkCalendar, a_calendar
from partnervisits.contexts import Context, Facts, distinct_contexts
from partnervisits.errors import InvalidValueError, ProposalError
from partnervisits.fields import (
    UNCHANGED,
    Unchanged,
    caption,
    host_id,
    instance_of,
    named,
    optional_slug,
    pairs_of,
    slug,
    slugs,
    text,
    tuple_of,
    unique,
)
from partnervisits.findings import Finding, blocking, in_order
from partnervisits.plans import ActionPlan
from partnervisits.targets import Target, unscoped_targets
from partnervisits.templates import Binding, TemplateItem

RepCalendars: TypeAlias = tuple[tuple[str, Calendar], ...]
Roles: TypeAlias = tuple[tuple[str, str], ...]


def _rep_calendars(values: Mapping[str, Calendar] | RepCalendars) -> RepCalendars:
    held = [(host_id(rep), a_calendar(calendar)) for rep, calendar in pairs_of(values)]
    unique((rep for rep, _ in held), "rep")
    return tuple(sorted(held, key=lambda pair: pair[0]))


def _roles(values: Mapping[str, str] | Roles) -> Roles:
    held = [(slug(role), host_id(assignee)) for role, assignee in pairs_of(values)]
    unique((role for role, _ in held), "role")
    return tuple(sorted(held))


def _facts(value: Facts) -> Facts:
    return instance_of(Facts, value)


def _targets(values: Iterable[Target]) -> tuple[Target, ...]:
    held = tuple_of(Target, values)
    if any(target.scope is None for target in held):
        raise InvalidValueError(
            "target.scope", "say for whom it holds: Target(..., scope=Scope(partner=...))"
        )
    return held


def _due(value: Offset | Unchanged | None) -> Offset | Unchanged | None:
    kinds: tuple[type[Offset | Unchanged], ...] = (Offset, Unchanged)
    return None if value is None else instance_of(kinds, value)


def _role(value: str | Unchanged | None) -> str | Unchanged | None:
    return value if isinstance(value, Unchanged) else optional_slug(value)


def _binding(value: Binding | Unchanged) -> Binding | Unchanged:
    kinds: tuple[type[Binding | Unchanged], ...] = (Binding, Unchanged)
    return instance_of(kinds, value)


def _item_targets(values: Iterable[Target] | Unchanged) -> tuple[Target, ...] | Unchanged:
    return values if isinstance(values, Unchanged) else unscoped_targets(values)


def _instructions(value: str | Unchanged) -> str | Unchanged:
    return value if isinstance(value, Unchanged) else text(value)


@attrs.frozen(field_transformer=named, kw_only=True)
class ItemOverride:
    """What a host changes of an item for one plan (S 6.7).

    Attributes:
        due: When; None for the visit's planned start.
        role: Who; None for the primary visitor.
        binding: How obligatory it is.
        targets: What is expected; instead of all that the item expects.
        instructions: What to do; the task definition's if left empty.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.proposals import ItemOverride
        >>> later = ItemOverride(due=pv.weeks(1))
        >>> pv.Given(override={"pitch": later}).override[0][1].fields
        ('due',)
    """

    due: Offset | Unchanged | None = attrs.field(default=UNCHANGED, converter=_due)
    role: str | Unchanged | None = attrs.field(default=UNCHANGED, converter=_role)
    binding: Binding | Unchanged = attrs.field(default=UNCHANGED, converter=_binding)
    targets: tuple[Target, ...] | Unchanged = attrs.field(
        default=UNCHANGED, converter=_item_targets
    )
    instructions: str | Unchanged = attrs.field(default=UNCHANGED, converter=_instructions)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields it changes, sorted."""
        return tuple(sorted(self._changes()))

    def applied_to(self, item: TemplateItem) -> TemplateItem:
        """The item with its changes.

        Args:
            item: As the template has it.
        """
        return attrs.evolve(item, **self._changes())  # type: ignore[arg-type]

    def _changes(self) -> dict[str, object]:
        held = attrs.asdict(self, recurse=False)
        return {field: value for field, value in held.items() if value is not UNCHANGED}


def _override(
    values: Mapping[str, ItemOverride] | tuple[tuple[str, ItemOverride], ...],
) -> tuple[tuple[str, ItemOverride], ...]:
    held = [(slug(key), instance_of(ItemOverride, change)) for key, change in pairs_of(values)]
    unique((key for key, _ in held), "item")
    for key, change in held:
        if isinstance(change.due, Offset) and change.due.anchor == ItemDate(key):
            message = f"{key} cannot count from its own date"
            raise InvalidValueError("item.after-itself", message)
    return tuple(sorted(held, key=lambda pair: pair[0]))


def _add(values: Iterable[TemplateItem]) -> tuple[TemplateItem, ...]:
    held = tuple_of(TemplateItem, values)
    unique((item.key for item in held), "item")
    return held


@attrs.frozen(field_transformer=named, kw_only=True)
class Given:
    """Everything a host knows at planning time (S 6.1).

    Attributes:
        calendar: The working days at the place; Monday to Friday unless said otherwise.
        rep_calendars: The working days of assignees, by their id: a mapping, held as sorted pairs.
        contexts: The records the visit is about, the most important first. Only `max_contexts` of
            an item reads that order (S 6.2).
        facts: Named values of the visit, its partner and its contexts.
        roles: Who has a role: a mapping of role names to assignee ids, held as sorted pairs.
        targets: What is expected of some only; each has a `scope` (S 2.6).
        exclude: Keys of items that are not wanted (S 6.7).
        override: What is different about items: a mapping of their keys to `ItemOverride` values,
            held as sorted pairs; `partnervisits.proposals.ItemOverride`.
        add: Items beside those of the template.

    Raises:
        InvalidValueError: `calendar.type`, `target.scope`, `item.after-itself`, and those of ids,
            keys and sequences.

    Example:
        >>> import partnervisits as pv
        >>> pv.Given(roles={"specialist": "karl"}).roles
        (('specialist', 'karl'),)
    """

    calendar: Calendar = attrs.field(factory=WorkCalendar, converter=a_calendar)
    rep_calendars: RepCalendars = attrs.field(default=(), converter=_rep_calendars)
    contexts: tuple[Context, ...] = attrs.field(default=(), converter=distinct_contexts)
    facts: Facts = attrs.field(factory=Facts, converter=_facts)
    roles: Roles = attrs.field(default=(), converter=_roles)
    targets: tuple[Target, ...] = attrs.field(default=(), converter=_targets)
    exclude: tuple[str, ...] = attrs.field(default=(), converter=slugs)
    override: tuple[tuple[str, ItemOverride], ...] = attrs.field(default=(), converter=_override)
    add: tuple[TemplateItem, ...] = attrs.field(default=(), converter=_add)


def _plan(value: ActionPlan | None) -> ActionPlan | None:
    return None if value is None else instance_of(ActionPlan, value)


def _findings(values: Iterable[Finding]) -> tuple[Finding, ...]:
    return in_order(tuple_of(Finding, values))


@attrs.frozen(field_transformer=named, weakref_slot=False, kw_only=True)
class Proposal:
    """The result of expanding: a plan, and whatever is wrong or worth knowing (S 6.1).

    Attributes:
        visit_id: Whose plan it is; empty if what was to be expanded is no visit.
        plan: None if nothing could be expanded.
        findings: Sorted by path, code and message.

    Raises:
        InvalidValueError: `proposal.unexplained`: there is neither a plan nor an error.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> proposal = pv.expand(example.template(), example.visit(), catalog=example.catalog())
        >>> proposal.is_blocked, {finding.code for finding in proposal.findings}
        (False, {'context.none'})
    """

    visit_id: str = attrs.field(converter=caption)
    plan: ActionPlan | None = attrs.field(converter=_plan)
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=_findings)

    def __attrs_post_init__(self) -> None:
        if self.plan is None and not blocking(self.findings):
            raise InvalidValueError(
                "proposal.unexplained", "say in a finding why there is no plan", "Proposal", "plan"
            )

    @property
    def is_blocked(self) -> bool:
        """Whether an error keeps it from being accepted."""
        return bool(blocking(self.findings))

    def __str__(self) -> str:
        plan = "no plan" if self.plan is None else str(self.plan)
        return "\n".join([plan, *map(str, self.findings)])

    def accept(self) -> ActionPlan:
        """The plan, if no finding blocks it; warnings travel with the proposal.

        Raises:
            ProposalError: with every finding that blocks.
        """
        errors = blocking(self.findings)
        if self.plan is None or errors:
            raise ProposalError(errors)
        return self.plan
