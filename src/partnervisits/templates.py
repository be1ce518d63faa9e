"""Reusable, versioned lists of tasks, and the life of a version (S 3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import Enum
from graphlib import CycleError, TopologicalSorter

import attrs

from partnervisits.calendars import Anchor, ItemDate, Offset, days
from partnervisits.conditions import Condition, a_condition
from partnervisits.contexts import Context, distinct_contexts
from partnervisits.errors import InvalidValueError, TemplateError
from partnervisits.fields import (
    boolean,
    caption,
    choice_key,
    count,
    instance_of,
    named,
    optional_count,
    optional_library_id,
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
    "Group",
    "Prerequisite",
    "Selection",
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


class Selection(Enum):
    """Which items of a group are planned (S 3.4)."""

    ALL = "all"
    """Each that applies: its condition decides."""
    FIRST = "first"
    """The first that applies, in the order of the template; the others are left out."""


def _selection(value: Selection) -> Selection:
    return instance_of(Selection, value)


@attrs.frozen(field_transformer=named)
class Group:
    """Items of a template that are chosen from together (S 3.4).

    Attributes:
        key: Slug; items that name it belong together.
        selection: Which of them are planned.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.templates import Group, Selection
        >>> pitch = Group("pitch", Selection.FIRST)
        >>> pv.TemplateItem("pitch-bike", task="pitch", group=pitch).group.key
        'pitch'
    """

    key: str = attrs.field(converter=slug)
    selection: Selection = attrs.field(default=Selection.ALL, converter=_selection)


def _lag(value: Offset) -> Offset:
    held = instance_of(Offset, value)
    if held.anchor is not Anchor.VISIT_START:
        raise InvalidValueError(
            "prerequisite.anchor", "a lag counts from the prerequisite: leave out its anchor"
        )
    return held


def _optional_lag(value: Offset | None) -> Offset | None:
    return None if value is None else _lag(value)


@attrs.frozen(field_transformer=named)
class Prerequisite:
    """An item that comes before, and how long before (S 4.7).

    Attributes:
        item: The key of that item.
        least: How long after its planned date at the earliest.
        most: How long after it at the latest; later is planned with a warning. No limit if None.

    Raises:
        InvalidValueError: `prerequisite.anchor`, `prerequisite.order`, and those of keys.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.templates import Prerequisite
        >>> survey = Prerequisite("survey", least=pv.working_days(2), most=pv.days(10))
        >>> pv.TemplateItem("pitch", task="pitch", after=[survey]).prerequisites
        ('survey',)
    """

    item: str = attrs.field(converter=slug)
    least: Offset = attrs.field(default=days(0), converter=_lag, kw_only=True)
    most: Offset | None = attrs.field(default=None, converter=_optional_lag, kw_only=True)

    def __attrs_post_init__(self) -> None:
        least, most = self.least, self.most
        if most is not None and most.unit is least.unit and most.amount < least.amount:
            raise InvalidValueError(
                "prerequisite.order", "the least lag is the shorter one", "Prerequisite", "most"
            )


def _binding(value: Binding) -> Binding:
    return instance_of(Binding, value)


def _spread(value: Spread) -> Spread:
    return instance_of(Spread, value)


def _due(value: Offset | None) -> Offset | None:
    return None if value is None else instance_of(Offset, value)


def _after(values: Iterable[Prerequisite | str]) -> tuple[Prerequisite, ...]:
    given = tuple_of((Prerequisite, str), values)
    held = tuple(each if isinstance(each, Prerequisite) else Prerequisite(each) for each in given)
    unique((each.item for each in held), "key")
    return held


def _condition(value: Condition | None) -> Condition | None:
    return None if value is None else a_condition(value)


def _group(value: Group | None) -> Group | None:
    return None if value is None else instance_of(Group, value)


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
        after: The items that come before: keys, or `Prerequisite` values to say how long before;
            `partnervisits.templates.Prerequisite`.
        condition: Whether it applies at all; it always does if None (S 3.4).
        group: The items it is chosen from; `partnervisits.templates.Group`.
        context_kinds: What it is about: kinds of records that `Given(contexts=)` names (S 6.2).
        contexts: What it is about: certain records. The visit's partner if neither is named.
        indicators: Which of the task's indicators are asked for; all of them if empty.
        spread: Whether several contexts make one planned task or one each;
            `partnervisits.templates.Spread`.
        max_contexts: How many contexts of a kind are taken, in the host's order; all if None.
        role: Who does it, a name that `Given(roles=)` turns into an assignee; the primary visitor
            if None (S 6.4).
        targets: What is expected here.
        instructions: What to do; the task definition's if left empty.
        serves: The id of what called for it, for example of a follow-up; None for nothing.

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
    after: tuple[Prerequisite, ...] = attrs.field(default=(), kw_only=True, converter=_after)
    condition: Condition | None = attrs.field(default=None, kw_only=True, converter=_condition)
    group: Group | None = attrs.field(default=None, kw_only=True, converter=_group)
    context_kinds: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_kinds)
    contexts: tuple[Context, ...] = attrs.field(
        default=(), kw_only=True, converter=distinct_contexts
    )
    indicators: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=slugs)
    spread: Spread = attrs.field(default=Spread.TOGETHER, kw_only=True, converter=_spread)
    max_contexts: int | None = attrs.field(default=None, kw_only=True, converter=optional_count)
    role: str | None = attrs.field(default=None, kw_only=True, converter=optional_slug)
    targets: tuple[Target, ...] = attrs.field(default=(), kw_only=True, converter=unscoped_targets)
    instructions: str = attrs.field(default="", kw_only=True, converter=text)
    serves: str | None = attrs.field(default=None, kw_only=True, converter=optional_library_id)

    def __attrs_post_init__(self) -> None:
        if self.key in self.dated_after:
            field = "after" if self.key in self.prerequisites else "due"
            raise InvalidValueError(
                "item.after-itself", "an item cannot come after itself", "TemplateItem", field
            )

    @property
    def prerequisites(self) -> tuple[str, ...]:
        """The keys of the items that come before."""
        return tuple(each.item for each in self.after)

    @property
    def first_of(self) -> str | None:
        """The key of its group, if only the first of it that applies is planned (S 3.4)."""
        group = self.group
        return group.key if group and group.selection is Selection.FIRST else None

    @property
    def is_certain(self) -> bool:
        """Whether it applies whatever the facts: it has no condition and no rivals."""
        return self.condition is None and self.first_of is None

    @property
    def dated_after(self) -> tuple[str, ...]:
        """The keys of the items whose dates its own needs: prerequisites, and its anchor."""
        if self.due is not None and isinstance(self.due.anchor, ItemDate):
            return (*self.prerequisites, self.due.anchor.item)
        return self.prerequisites


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
        ad_hoc: Whether a host may add items of its own when a plan is made (S 6.7).

    Raises:
        InvalidValueError: those of keys, texts and sequences.
        TemplateError: those of `item_findings`, and `template.empty` unless it is a draft; all at
            once.

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
    ad_hoc: bool = attrs.field(default=True, kw_only=True, converter=boolean)

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
        `item.duplicate`, `item.unknown-prerequisite`, `item.unknown-anchor`, `item.cycle`,
            `group.mixed`, `template.size`.
    """
    if len(items) > _MOST_ITEMS:
        return (
            Finding(("items",), "template.size", f"a template has at most {_MOST_ITEMS} items"),
        )
    known: set[str] = set()
    found: list[Finding] = []
    for item in items:
        if item.key in known:
            message = "give each item its own key"
            found.append(Finding(("items", item.key), "item.duplicate", message))
        known.add(item.key)
    for item in items:
        found += _unknown_items(item, known)
    found += _mixed_groups(items)
    if len(known) == len(items):  # else it is open which item a prerequisite means
        found += _cycle_findings(items)
    return tuple(found)


def _unknown_items(item: TemplateItem, known: Collection[str]) -> Iterator[Finding]:
    for key in item.prerequisites:
        if key not in known:
            path = ("items", item.key, "after")
            yield Finding(path, "item.unknown-prerequisite", f"no item has the key {key}")
    anchor = item.due.anchor if item.due else None
    if isinstance(anchor, ItemDate) and anchor.item not in known:
        path = ("items", item.key, "due")
        yield Finding(path, "item.unknown-anchor", f"no item has the key {anchor.item}")


def _mixed_groups(items: Iterable[TemplateItem]) -> Iterator[Finding]:
    groups: dict[str, Group] = {}
    for item in items:
        if item.group and groups.setdefault(item.group.key, item.group) != item.group:
            message = f"all items of the group {item.group.key} name the same selection"
            yield Finding(("items", item.key, "group"), "group.mixed", message)


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
        return (Finding(("items", ring[0]), "item.cycle", message),)
    return ()


def in_working_order(items: Iterable[TemplateItem]) -> tuple[str, ...]:
    """The keys of items, each after all whose dates its own needs.

    Args:
        items: With known prerequisites and anchors, and without a cycle.

    Raises:
        CycleError: there is a cycle.
    """
    return tuple(TopologicalSorter({item.key: item.dated_after for item in items}).static_order())


def __dir__() -> list[str]:
    return sorted(__all__)
