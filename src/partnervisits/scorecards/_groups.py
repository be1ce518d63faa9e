"""What groups of comparisons are named by, and in what order they stand."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

from partnervisits.contexts import Context, Fact
from partnervisits.errors import InvalidValueError
from partnervisits.fields import kind_of
from partnervisits.values import show

GroupKey: TypeAlias = "Fact | Context | Enum | tuple[GroupKey, ...] | None"
"""What a group can be named by: a fact, a context, an enum's member, None, or a tuple of them."""

Rank: TypeAlias = tuple[str, tuple[Any, ...]]


def a_group(value: GroupKey) -> GroupKey:
    _ = group_rank(value)
    return value


def group_name(group: GroupKey) -> str:
    """What a group is named by, in words: an enum's member by its name in lower case.

    Args:
        group: Of a scorecard.
    """
    if isinstance(group, tuple):
        return ", ".join(group_name(each) for each in group)
    if isinstance(group, frozenset):
        return ", ".join(sorted(group_name(each) for each in group))
    if isinstance(group, Enum):
        return group.name.lower()
    return str(group) if isinstance(group, Context) else show(group)


def group_rank(group: GroupKey) -> Rank:  # noqa: PLR0911 -- one for each kind of key
    """Where a group stands; a rank holds the type, so that True is not 1 (S 1.7)."""
    match group:
        case None:
            return "", ()
        case Enum():
            kind = type(group)
            return "enum", (kind.__qualname__, kind.__module__, group.name)
        case bool() | int() | Decimal():
            return "number", (_finite(group), type(group).__name__)
        case str():
            return "text", (group,)
        case datetime():
            return "instant", (_aware(group),)
        case date():
            return "date", (group,)
        case Context():
            return "context", (group.kind, group.id)
        case tuple():
            return "tuple", tuple(group_rank(each) for each in group)
        case frozenset():
            return "set", tuple(sorted(group_rank(each) for each in group))
        case _:
            raise InvalidValueError("rollup.group", f"{kind_of(group)} names no group: use a str")


def _finite(number: Decimal | int) -> Decimal | int:
    if isinstance(number, Decimal) and not number.is_finite():
        raise InvalidValueError("rollup.group", "NaN and infinities name no group")
    return number


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InvalidValueError("rollup.group", "a naive datetime names no group: give it a zone")
    return moment
