"""Comparisons of any plans, one scorecard for each group (S 9.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from partnervisits.comparison import Comparison
from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError
from partnervisits.fields import entries_of, iterable
from partnervisits.scorecards._card import Method, Missing, Scorecard
from partnervisits.scorecards._groups import GroupKey, Rank, group_rank


def rollup(
    comparisons: Iterable[Comparison],
    *,
    by: Callable[[Comparison], GroupKey],
    method: Method = Method.MEAN,
    missing: Missing = Missing.OUTSIDE,
) -> tuple[Scorecard, ...]:
    """One scorecard for each group of comparisons.

    Args:
        comparisons: Of any plans.
        by: Names the group of a comparison: `by_rep`, `by_fact("region")` and their kin in
            `partnervisits.scorecards`, or any function.
        method: How a group's score is made.
        missing: What becomes of comparisons without a value; `partnervisits.scorecards.Missing`.

    Returns:
        Sorted by group, None first; comparisons in the order given.

    Raises:
        InvalidValueError: `rollup.by`; `rollup.group`: `by` gave something that has no fixed order.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> from partnervisits.scorecards import by_rep
        >>> [card.group for card in pv.rollup(pv.compare(plan, []).comparisons, by=by_rep)]
        ['ines']
    """
    if not callable(by):
        raise InvalidValueError("rollup.by", "pass a function of a comparison, such as by_rep")
    held = entries_of(Comparison, iterable(comparisons, "comparisons"))
    return tuple(
        Scorecard(comparisons=members, group=group, method=method, missing=missing)
        for group, members in _grouped(held, by)
    )


def _grouped(
    comparisons: Iterable[Comparison], by: Callable[[Comparison], GroupKey]
) -> list[tuple[GroupKey, list[Comparison]]]:
    """The groups in their order; a text, as most of them are, is ranked only once."""
    groups: dict[str | Rank, tuple[GroupKey, list[Comparison]]] = {}
    for comparison in comparisons:
        group = by(comparison)
        name = group if type(group) is str else group_rank(group)
        groups.setdefault(name, (group, []))[1].append(comparison)
    return sorted(groups.values(), key=lambda pair: group_rank(pair[0]))


def by_partner(comparison: Comparison) -> str:
    """The partner's id.

    Args:
        comparison: Any.
    """
    return comparison.subject.partner_id


def by_rep(comparison: Comparison) -> str:
    """The primary visitor's id.

    Args:
        comparison: Any.
    """
    return comparison.subject.rep_id


def by_place(comparison: Comparison) -> str:
    """The place's id.

    Args:
        comparison: Any.
    """
    return comparison.subject.place_id


def by_segment(comparison: Comparison) -> str | None:
    """The partner's segment, None if the host gave none.

    Args:
        comparison: Any.
    """
    return comparison.subject.segment


def by_indicator(comparison: Comparison) -> str:
    """The indicator's key.

    Args:
        comparison: Any.
    """
    return comparison.kpi.indicator.key


def by_context(comparison: Comparison) -> Context:
    """What the KPI is about.

    Args:
        comparison: Any.
    """
    return comparison.kpi.context


def by_month(comparison: Comparison) -> str | None:
    """The month of the visit's planned date, `2026-03`; None while unscheduled.

    Args:
        comparison: Any.
    """
    on = comparison.subject.on
    return None if on is None else f"{on.year}-{on.month:02}"


def by_quarter(comparison: Comparison) -> str | None:
    """The quarter of the visit's planned date, `2026-Q1`; None while unscheduled.

    Args:
        comparison: Any.
    """
    on = comparison.subject.on
    return None if on is None else f"{on.year}-Q{(on.month + 2) // 3}"


def by_fact(name: str) -> Callable[[Comparison], GroupKey]:
    """A fact of the KPI's context, else of the visit, else of the partner; None if none has it.

    Args:
        name: The fact's name.
    """

    def group(comparison: Comparison) -> GroupKey:
        return comparison.subject.facts.get(name, comparison.kpi.context)

    return group
