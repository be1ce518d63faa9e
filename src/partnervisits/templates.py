"""Reusable, versioned lists of tasks, and the life of a version (S 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from graphlib import CycleError, TopologicalSorter

import attrs

from partnervisits.calendars import Offset
from partnervisits.errors import InvalidValueError, TemplateError
from partnervisits.fields import (
    caption,
    choice_key,
    count,
    instance_of,
    named,
    optional_count,
    optional_slug,
    slug,
    slugs,
    text,
    title,
    tuple_of,
    unique,
)
from partnervisits.findings import Finding
from partnervisits.lifecycles import Lifecycle
from partnervisits.targets import Target, unscoped_targets

__all__ = [
    "TEMPLATE_LIFECYCLE",
    "ActionPlanTemplate",
    "Binding",
    "Spread",
    "TemplateItem",
    "TemplateStatus",
    "in_working_order",
    "item_findings",
]

_MOST_ITEMS = 10_000


class Binding(Enum):
    """How obligatory an item is (S 3.5).

    Example:
        >>> import partnervisits as pv
        >>> pv.TemplateItem("survey", task="survey", binding=pv.Binding.MUST).binding
        <Binding.MUST: 'must'>
    """

    COULD = "could"
    """It may be skipped, with or without a reason."""
    MUST = "must"
    """It has to be completed before the visit is."""
    MUST_UNLESS_DOCUMENTED = "must unless documented"
    """It has to be completed, or skipped with a reason."""


class Spread(Enum):
    """How the contexts of an item become planned tasks (S 6.2)."""

    TOGETHER = "together"
    """All on one planned task."""
    ONE_EACH = "one each"
    """A planned task for each."""


class TemplateStatus(Enum):
    """Where a version of a template is in its life (S 3.1)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    OBSOLETE = "obsolete"


TEMPLATE_LIFECYCLE = Lifecycle(
    [
        (TemplateStatus.DRAFT, "publish", TemplateStatus.PUBLISHED),
        (TemplateStatus.DRAFT, "withdraw", TemplateStatus.OBSOLETE),
        (TemplateStatus.PUBLISHED, "withdraw", TemplateStatus.OBSOLETE),
    ]
)
"""The life of a template version, one way (S 3.1)."""


def _binding(value: Binding) -> Binding:
    return instance_of(Binding, value)


def _spread(value: Spread) -> Spread:
    return instance_of(Spread, value)


def _due(value: Offset | None) -> Offset | None:
    return None if value is None else instance_of(Offset, value)


def _kinds(values: Iterable[str]) -> tuple[str, ...]:
    held = tuple(choice_key(value) for value in tuple_of(str, values))
    unique(held, "context kind")
    return held


@attrs.frozen(field_transformer=named)
class TemplateItem:
    """One line of a template: a task, when, how obligatory, about what, and what is expected.

    Attributes:
        key: Slug; unique in the template. Items are reached by it, never by their name (S 3.2).
        name: For people; the task definition's name if left empty.
        task: The key of the task definition.
        binding: How obligatory it is.
        due: When; on the visit's planned start date if None (S 4.7).
        after: Keys of the items that come before.
        context_kinds: What it is about; the visit's partner if none is named (S 6.2).
        spread: Whether several contexts make one planned task or one each;
            `partnervisits.templates.Spread`.
        max_contexts: How many contexts of a kind are taken, in the host's order; all if None.
        role: Who does it, a name that `Given(roles=)` turns into an assignee; the primary visitor
            if None (S 6.4).
        targets: What is expected here.
        instructions: What to do; the task definition's if left empty.

    Raises:
        InvalidValueError: `item.after-itself`, and those of keys, texts and sequences.

    Example:
        >>> import partnervisits as pv
        >>> item = pv.TemplateItem("pitch", task="pitch", after=["survey"], due=pv.working_days(2))
        >>> print(item.due)
        2 working days after visit start
    """

    key: str = attrs.field(converter=slug)
    name: str = attrs.field(default="", converter=caption)
    task: str = attrs.field(kw_only=True, converter=slug)
    binding: Binding = attrs.field(default=Binding.COULD, kw_only=True, converter=_binding)
    due: Offset | None = attrs.field(default=None, kw_only=True, converter=_due)
    after: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=slugs)
    context_kinds: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_kinds)
    spread: Spread = attrs.field(default=Spread.TOGETHER, kw_only=True, converter=_spread)
    max_contexts: int | None = attrs.field(default=None, kw_only=True, converter=optional_count)
    role: str | None = attrs.field(default=None, kw_only=True, converter=optional_slug)
    targets: tuple[Target, ...] = attrs.field(default=(), kw_only=True, converter=unscoped_targets)
    instructions: str = attrs.field(default="", kw_only=True, converter=text)

    def __attrs_post_init__(self) -> None:
        if self.key in self.after:
            raise InvalidValueError(
                "item.after-itself", "an item cannot come after itself", "TemplateItem", "after"
            )


def _items(values: Iterable[TemplateItem]) -> tuple[TemplateItem, ...]:
    return tuple_of(TemplateItem, values)


def _status(value: TemplateStatus) -> TemplateStatus:
    return instance_of(TemplateStatus, value)


@attrs.frozen(field_transformer=named)
class ActionPlanTemplate:
    """A reusable, versioned list of tasks (S 3.1).

    Attributes:
        key: Slug; the same for all versions.
        name: For people.
        items: In the order of the plan; composition is Python: `items=[*common.items, …]`.
        version: From 1; with the key it names the template.
        status: Only a published version expands; a published version never changes.
        description: What it is for.

    Raises:
        InvalidValueError: those of keys, texts and sequences.
        TemplateError: `item.duplicate`, `item.unknown-prerequisite`, `item.cycle`, `template.size`;
            `template.empty` unless it is a draft. All at once.

    Example:
        >>> import partnervisits as pv
        >>> item = pv.TemplateItem("survey", task="survey")
        >>> pv.ActionPlanTemplate("quarterly", "Quarterly visit", items=[item]).publish().id
        'quarterly@1'
    """

    key: str = attrs.field(converter=slug)
    name: str = attrs.field(converter=title)
    items: tuple[TemplateItem, ...] = attrs.field(default=(), kw_only=True, converter=_items)
    version: int = attrs.field(default=1, kw_only=True, converter=count)
    status: TemplateStatus = attrs.field(
        default=TemplateStatus.DRAFT, kw_only=True, converter=_status
    )
    description: str = attrs.field(default="", kw_only=True, converter=text)

    def __attrs_post_init__(self) -> None:
        found = item_findings(self.items)
        if not self.items and self.status is TemplateStatus.PUBLISHED:
            found = (Finding(("items",), "template.empty", "add an item before publishing"),)
        if found:
            raise TemplateError(found)

    @property
    def id(self) -> str:
        """Key and version: `quarterly@1`."""
        return f"{self.key}@{self.version}"

    def publish(self) -> ActionPlanTemplate:
        """The same version, ready to be expanded; it never changes again.

        Raises:
            TransitionError: it is no draft.
            TemplateError: `template.empty`.
        """
        return self._to("publish")

    def withdraw(self) -> ActionPlanTemplate:
        """The same version, obsolete: no longer to be expanded.

        Raises:
            TransitionError: it is obsolete already.
        """
        return self._to("withdraw")

    def new_draft(self) -> ActionPlanTemplate:
        """A draft of the next version, with the same key and items."""
        return attrs.evolve(self, version=self.version + 1, status=TemplateStatus.DRAFT)

    def _to(self, verb: str) -> ActionPlanTemplate:
        status = TEMPLATE_LIFECYCLE.after(self.status, verb, f"template {self.id}")
        return attrs.evolve(self, status=status)


def item_findings(items: Sequence[TemplateItem]) -> tuple[Finding, ...]:
    """Why items cannot stand together: nothing if they can (S 3.2, S 3.3).

    Args:
        items: In their order.

    Returns:
        `item.duplicate`, `item.unknown-prerequisite`, `item.cycle`, `template.size`.
    """
    if len(items) > _MOST_ITEMS:
        return (
            Finding(("items",), "template.size", f"a template has at most {_MOST_ITEMS} items"),
        )
    found: list[Finding] = []
    known: set[str] = set()
    for item in items:
        if item.key in known:
            found.append(
                Finding(("items", item.key), "item.duplicate", "give each item its own key")
            )
        known.add(item.key)
    for item in items:
        found += [
            Finding(
                ("items", item.key, "after"),
                "item.unknown-prerequisite",
                f"no item has the key {unknown}",
            )
            for unknown in item.after
            if unknown not in known
        ]
    if len(known) == len(items):  # else it is open which item a prerequisite means
        found += _cycle_findings(items)
    return tuple(found)


def _cycle_findings(items: Sequence[TemplateItem]) -> tuple[Finding, ...]:
    try:
        # Sorted, so that of several cycles the same is named whatever the order of the items.
        _ = in_working_order(sorted(items, key=lambda item: item.key))
    except CycleError as cycle:
        # graphlib names the first key again at the end and may start anywhere.
        keys_of_cycle: list[str] = cycle.args[1][1:]
        start = keys_of_cycle.index(min(keys_of_cycle))
        ring = [*keys_of_cycle[start:], *keys_of_cycle[: start + 1]]
        message = f"break the cycle {' before '.join(ring)}"
        return (Finding(("items", ring[0], "after"), "item.cycle", message),)
    return ()


def in_working_order(items: Iterable[TemplateItem]) -> tuple[str, ...]:
    """The keys of items, each after all its prerequisites.

    Args:
        items: With known prerequisites and without a cycle.

    Raises:
        CycleError: there is a cycle.
    """
    return tuple(TopologicalSorter({item.key: item.after for item in items}).static_order())


def __dir__() -> list[str]:
    return sorted(__all__)
