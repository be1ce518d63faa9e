"""The catalogue of work: what a rep can do in a visit, and what that captures."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from partnervisits.errors import InvalidValueError
from partnervisits.fields import choice_key, named, slug, text, title, tuple_of, unique
from partnervisits.targets import Target, unscoped_targets

__all__ = ["TaskDefinition", "TaskIndicator"]


def _optional_kind(value: str | None) -> str | None:
    return None if value is None else choice_key(value)


@attrs.frozen(field_transformer=named)
class TaskIndicator:
    """An indicator that a task captures.

    Attributes:
        indicator: The indicator's key.
        context_kind: The only kind of context it is captured for; every kind if None (S 6.2).
    """

    indicator: str = attrs.field(converter=slug)
    context_kind: str | None = attrs.field(default=None, kw_only=True, converter=_optional_kind)


def _shown(entry: TaskIndicator) -> str:
    kind = entry.context_kind
    return entry.indicator if kind is None else f"{entry.indicator} of {kind}"


def _indicators(values: Iterable[TaskIndicator | str]) -> tuple[TaskIndicator, ...]:
    given = tuple_of((TaskIndicator, str), values)
    held = tuple(each if isinstance(each, TaskIndicator) else TaskIndicator(each) for each in given)
    unique((_shown(each) for each in held), "indicator")
    everywhere = {each.indicator for each in held if each.context_kind is None}
    for each in held:
        if each.context_kind is not None and each.indicator in everywhere:
            raise InvalidValueError(
                "sequence.duplicate",
                f"{each.indicator} is captured for every kind of context already",
            )
    return held


@attrs.frozen(field_transformer=named)
class TaskDefinition:
    """A catalogue entry: work a rep can do in a visit.

    Attributes:
        key: Slug; unique in a catalog.
        name: For people.
        indicators: What it captures: keys, or `TaskIndicator` values to bind one to a kind of
            context.
        targets: What is expected unless something more specific applies (S 2.6).
        instructions: What the rep does.

    Raises:
        InvalidValueError: `sequence.duplicate`, `target.scope`, and those of keys and texts.

    Example:
        >>> import partnervisits as pv
        >>> survey = pv.TaskDefinition("survey", "Conduct the survey", indicators=["satisfaction"])
        >>> survey.indicators
        (TaskIndicator(indicator='satisfaction', context_kind=None),)
    """

    key: str = attrs.field(converter=slug)
    name: str = attrs.field(converter=title)
    indicators: tuple[TaskIndicator, ...] = attrs.field(
        default=(), kw_only=True, converter=_indicators
    )
    targets: tuple[Target, ...] = attrs.field(default=(), kw_only=True, converter=unscoped_targets)
    instructions: str = attrs.field(default="", kw_only=True, converter=text)


def __dir__() -> list[str]:
    return sorted(__all__)
