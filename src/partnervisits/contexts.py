"""What a task is about, and the facts a host gives about a visit, its partner and its contexts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import attrs

from partnervisits.errors import InvalidValueError
from partnervisits.fields import (
    choice_key,
    escaped,
    host_id,
    instance_of,
    kind_of,
    named,
    pairs_of,
    title,
    tuple_of,
    unique,
)
from partnervisits.values import Value, any_value, day, steady_repr, typed

__all__ = [
    "PARTNER_KIND",
    "Context",
    "Fact",
    "FactPairs",
    "Facts",
    "by_kind_and_id",
    "distinct_contexts",
]

PARTNER_KIND = "partner"
"""The kind of the context that stands for the visit's partner (S 6.2)."""

Fact: TypeAlias = Value | date
"""A fact's value: any value a reading can hold, or a day."""

FactPairs: TypeAlias = tuple[tuple[str, Fact], ...]
"""Names and values, sorted by name."""


@attrs.frozen(field_transformer=named)
class Context:
    """What a task is about: any record of the host, by kind and id.

    Attributes:
        kind: The host's word, for example `"product"`; 1 to 64 characters.
        id: The host's id of the record; 1 to 255 characters.

    Example:
        >>> import partnervisits as pv
        >>> print(pv.Context("product", "X-100"))
        product X-100
    """

    kind: str = attrs.field(converter=choice_key)
    id: str = attrs.field(converter=host_id)

    @cached_property
    def path(self) -> str:
        """Kind and id as two parts of an id (S 6.3)."""
        return f"{escaped(self.kind)}/{escaped(self.id)}"

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


def by_kind_and_id(context: Context) -> tuple[str, str]:
    """What contexts are sorted by.

    Args:
        context: One of them.
    """
    return context.kind, context.id


def distinct_contexts(values: Iterable[Context]) -> tuple[Context, ...]:
    """Several different contexts, in the order given.

    Args:
        values: Any iterable with an order of its own.

    Raises:
        InvalidValueError: `sequence.type`, `sequence.entry`, `sequence.duplicate`.
    """
    held = tuple_of(Context, values)
    unique(held, "context")
    return held


def _fact_pairs(values: Mapping[str, Fact] | FactPairs) -> FactPairs:
    held = [(title(each), _fact(fact)) for each, fact in pairs_of(values)]
    unique((each for each, _ in held), "fact")
    return tuple(sorted(held, key=lambda pair: pair[0]))


def _context_pairs(
    values: Mapping[Context, Mapping[str, Fact]] | tuple[tuple[Context, FactPairs], ...],
) -> tuple[tuple[Context, FactPairs], ...]:
    given: Iterable[tuple[Context, Any]] = pairs_of(values)
    held = [(instance_of(Context, each), _fact_pairs(facts)) for each, facts in given]
    unique((each for each, _ in held), "context")
    return tuple(sorted(held, key=lambda pair: pair[0].path))


def _fact(value: Fact) -> Fact:
    return day(value) if type(value) is date else any_value(value)  # type: ignore[arg-type]


@attrs.frozen(field_transformer=named, kw_only=True)
class Facts:
    """Named values that a host gives about a visit, its partner and its contexts.

    Attributes:
        visit: Of the visit; a mapping, held as pairs sorted by name.
        partner: Of the partner. The one named `"segment"`, a str, is the partner's segment (S 6.6).
        contexts: Of records that tasks are about; a mapping of contexts to mappings.

    Raises:
        InvalidValueError: `facts.segment`, `value.type`, and those of the values.

    Example:
        >>> import partnervisits as pv
        >>> pv.Facts(partner={"segment": "large", "region": "north"}).segment
        'large'
    """

    visit: FactPairs = attrs.field(default=(), converter=_fact_pairs, eq=typed, repr=steady_repr)
    partner: FactPairs = attrs.field(default=(), converter=_fact_pairs, eq=typed, repr=steady_repr)
    contexts: tuple[tuple[Context, FactPairs], ...] = attrs.field(
        default=(), converter=_context_pairs, eq=typed, repr=steady_repr
    )

    def __attrs_post_init__(self) -> None:
        segment = dict(self.partner).get(_SEGMENT)
        if segment is not None and type(segment) is not str:
            raise InvalidValueError(
                "facts.segment", f"the segment is a str, not {kind_of(segment)}", "Facts", "partner"
            )

    @property
    def segment(self) -> str | None:
        """The partner's fact of that name."""
        for each, fact in self.partner:
            if each == _SEGMENT:
                return str(fact)
        return None

    @cached_property
    def _of_contexts(self) -> Mapping[Context, FactPairs]:
        return dict(self.contexts)

    def about(self, context: Context | None = None) -> Mapping[str, Fact]:
        """All that is known, by name: of the context, else of the visit, else of the partner.

        Args:
            context: The record to ask first.
        """
        of_context = self._of_contexts.get(context, ()) if context else ()
        return dict((*self.partner, *self.visit, *of_context))

    def get(self, fact: str, context: Context | None = None) -> Fact | None:
        """A fact by name: of the context, else of the visit, else of the partner.

        Args:
            fact: Its name.
            context: The record to ask first.
        """
        return self.about(context).get(fact)


_SEGMENT = "segment"


def __dir__() -> list[str]:
    return sorted(__all__)
