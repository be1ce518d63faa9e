"""By what the records of each noun are found: what a store keeps beside them to find them quickly.

A facet is a field of a filter that names a set. A record says something to each facet of its noun,
and a filter wants some of it, both as text; a range of days or instants is one of order keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from operator import attrgetter
from typing import Any

from partnervisits.repositories._filters import (
    FollowUpFilter,
    IndicatorFilter,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    RuleFilter,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
)
from partnervisits.repositories._records import WITHOUT_DAY, Noun, Record, noun_of
from partnervisits.visits import Visit

Filter = (
    IndicatorFilter
    | TaskFilter
    | TemplateFilter
    | VisitFilter
    | PlanFilter
    | ReadingFilter
    | OverrideFilter
    | RuleFilter
    | FollowUpFilter
)
"""Which records of a noun."""


def _reps(value: Visit) -> Iterable[str]:
    return [each.rep_id for each in value.visitors]


_one = attrgetter
_FACETS: Mapping[Noun, Mapping[str, Callable[[Any], Any]]] = {
    Noun.INDICATORS: {"keys": _one("key"), "value_types": _one("value_type")},
    Noun.TASKS: {"keys": _one("key")},
    Noun.TEMPLATES: {"keys": _one("key"), "statuses": _one("status")},
    Noun.VISITS: {"partners": _one("partner_id"), "reps": _reps, "statuses": _one("status")},
    Noun.PLANS: {
        "visits": _one("subject.visit_id"),
        "partners": _one("subject.partner_id"),
        "keys": _one("key"),
    },
    Noun.READINGS: {"kpis": _one("kpi_id")},
    Noun.OVERRIDES: {"kpis": _one("kpi_id")},
    Noun.RULES: {"keys": _one("key")},
    Noun.FOLLOW_UPS: {
        "partners": _one("partner_id"),
        "rules": _one("rule_key"),
        "statuses": _one("status"),
    },
}

_FILTERS: Mapping[Noun, type[Filter]] = {
    Noun.INDICATORS: IndicatorFilter,
    Noun.TASKS: TaskFilter,
    Noun.TEMPLATES: TemplateFilter,
    Noun.VISITS: VisitFilter,
    Noun.PLANS: PlanFilter,
    Noun.READINGS: ReadingFilter,
    Noun.OVERRIDES: OverrideFilter,
    Noun.RULES: RuleFilter,
    Noun.FOLLOW_UPS: FollowUpFilter,
}
_NOUNS = {kind: noun for noun, kind in _FILTERS.items()}


def filter_of(noun: Noun) -> type[Filter]:
    """The class of a noun's filter.

    Args:
        noun: Any.
    """
    return _FILTERS[noun]


def facets_of(noun: Noun) -> tuple[str, ...]:
    """The facets of a noun: the fields of its filter that name a set.

    Args:
        noun: Any.

    Example:
        >>> from partnervisits.repositories import Noun, facets_of
        >>> facets_of(Noun.VISITS)
        ('partners', 'reps', 'statuses')
    """
    return tuple(_FACETS[noun])


def said_by(value: Record) -> dict[str, tuple[str, ...]]:
    """What a record says to each facet of its noun.

    Args:
        value: Any; a filter finds it if each facet that the filter names wants some of this.

    Raises:
        InvalidValueError: `record.type`.

    Example:
        >>> from partnervisits import example
        >>> from partnervisits.repositories import said_by
        >>> said_by(example.visit())
        {'partners': ('nordrad',), 'reps': ('ines', 'tom'), 'statuses': ('planned',)}
    """
    return {facet: _texts(says(value)) for facet, says in _FACETS[noun_of(value)].items()}


def wanted_by(filter: Filter) -> dict[str, tuple[str, ...]]:
    """What a filter wants of each facet that it names, sorted.

    Args:
        filter: Any. Facets that it does not name are left out; one of which it wants nothing is
            empty.

    Example:
        >>> from partnervisits.repositories import VisitFilter, wanted_by
        >>> wanted_by(VisitFilter(reps=["tom", "ines"], partners=[]))
        {'partners': (), 'reps': ('ines', 'tom')}
    """
    sets = {facet: getattr(filter, facet) for facet in _FACETS[_NOUNS[type(filter)]]}
    return {facet: tuple(sorted(_texts(some))) for facet, some in sets.items() if some is not None}


def range_of(filter: Filter) -> tuple[str, str] | None:
    """The order keys that the range of a filter admits: from one on, up to before another.

    Args:
        filter: Any.

    Returns:
        None if the filter has no range.

    Example:
        >>> from datetime import date
        >>> from partnervisits.repositories import VisitFilter, range_of
        >>> range_of(VisitFilter(since=date(2026, 3, 12)))
        ('2026-03-12', '~')
    """
    since, before = getattr(filter, "since", None), getattr(filter, "before", None)
    if since is None and before is None:
        return None
    # What has no day is in no range.
    last = WITHOUT_DAY if before is None else _written(before)
    return "" if since is None else _written(since), last


def _texts(said: Any) -> tuple[str, ...]:  # noqa: ANN401 -- whatever a field holds
    if isinstance(said, str | Enum):
        return (_text(said),)
    return tuple(map(_text, said))


def _text(said: str | Enum) -> str:
    return said.value if isinstance(said, Enum) else said


def _written(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat()
