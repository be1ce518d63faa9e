"""The nine nouns that a store holds: their ids and the order in which they are found (S 10.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import attrs

from partnervisits.comparison import Override
from partnervisits.errors import InvalidValueError
from partnervisits.fields import kind_of
from partnervisits.followups import FollowUp, FollowUpRule
from partnervisits.indicators import Indicator
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate
from partnervisits.visits import Visit

Record: TypeAlias = (
    Indicator
    | TaskDefinition
    | ActionPlanTemplate
    | Visit
    | ActionPlan
    | Reading
    | Override
    | FollowUpRule
    | FollowUp
)
"""What a store holds."""

R = TypeVar("R", bound=Record)


class Noun(Enum):
    """What a record is; the value is the name of its repository in a store."""

    INDICATORS = "indicators"
    TASKS = "tasks"
    TEMPLATES = "templates"
    VISITS = "visits"
    PLANS = "plans"
    READINGS = "readings"
    OVERRIDES = "overrides"
    RULES = "rules"
    FOLLOW_UPS = "follow_ups"

    @property
    def kind(self) -> type[Record]:
        """The class of its records."""
        return _KINDS[self].kind


Key: TypeAlias = tuple[Noun, str]
"""What names a record in a store: its noun and its id."""

WITHOUT_DAY = "~"  # after every digit


class _Kind(NamedTuple, Generic[R]):
    kind: type[R]
    id: Callable[[R], str]
    order: Callable[[R], str]


def _of_key(value: Indicator | TaskDefinition | FollowUpRule) -> str:
    return value.key


def _of_id(value: ActionPlanTemplate | Visit | ActionPlan | Reading | Override | FollowUp) -> str:
    return value.id


def _by_id(_: object) -> str:
    return ""


def _by_version(value: ActionPlanTemplate) -> str:
    return f"{value.key} {value.version:07}"


def _by_day(value: Visit) -> str:
    return _written(value.on)


def _by_day_of_visit(value: ActionPlan) -> str:
    return _written(value.subject.on)


def _by_due_day(value: FollowUp) -> str:
    return _written(value.due)


def _by_instant(value: Reading | Override) -> str:
    return value.recorded_at.isoformat(timespec="microseconds")


def _written(value: date | None) -> str:
    return WITHOUT_DAY if value is None else value.isoformat()


_KINDS: Mapping[Noun, _Kind[Any]] = {
    Noun.INDICATORS: _Kind(Indicator, _of_key, _by_id),
    Noun.TASKS: _Kind(TaskDefinition, _of_key, _by_id),
    Noun.TEMPLATES: _Kind(ActionPlanTemplate, _of_id, _by_version),
    Noun.VISITS: _Kind(Visit, _of_id, _by_day),
    Noun.PLANS: _Kind(ActionPlan, _of_id, _by_day_of_visit),
    Noun.READINGS: _Kind(Reading, _of_id, _by_instant),
    Noun.OVERRIDES: _Kind(Override, _of_id, _by_instant),
    Noun.RULES: _Kind(FollowUpRule, _of_key, _by_id),
    Noun.FOLLOW_UPS: _Kind(FollowUp, _of_id, _by_due_day),
}
_NOUN_OF = {row.kind: noun for noun, row in _KINDS.items()}


def noun_of(value: object) -> Noun:
    """What a record is.

    Args:
        value: Any object.

    Raises:
        InvalidValueError: `record.type`: nothing that a store holds.
    """
    try:
        return _NOUN_OF[type(value)]
    except KeyError:
        kinds = ", ".join(kind.__name__ for kind in _NOUN_OF)
        message = f"a store holds {kinds}, not {kind_of(value)}"
        raise InvalidValueError("record.type", message) from None


def id_of(value: Record) -> str:
    """The id under which a store holds a record.

    Args:
        value: A definition's key, a template's `key@version`, or the id of anything else.

    Raises:
        InvalidValueError: `record.type`.
    """
    return _KINDS[noun_of(value)].id(value)


def order_key(value: Record) -> str:
    """What a record is sorted by before its id, code point by code point (S 10.1).

    Templates are sorted by key and version, visits and plans by the planned day, readings and
    overrides by when they were recorded, follow-ups by the day they are due; what has no day comes
    last. Indicators, task definitions and rules are sorted by their key alone.

    Args:
        value: At most 72 characters long for any record.

    Raises:
        InvalidValueError: `record.type`.

    Example:
        >>> from partnervisits import example
        >>> from partnervisits.repositories import order_key
        >>> order_key(example.visit()), order_key(example.template())
        ('2026-03-12', 'quarterly 0000001')
    """
    return _KINDS[noun_of(value)].order(value)


@attrs.frozen
class Cursor:
    """A place in the order of a repository: what comes after it was not seen yet.

    It is a place, not a record: the record may have been deleted or moved since.

    Attributes:
        order_key: The order key of the last record seen.
        id: Its id.
    """

    order_key: str
    id: str
