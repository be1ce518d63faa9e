"""Comparisons of a plan, and rolled up over many: a score never without its coverage (S 9.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias, cast

import attrs

from partnervisits.comparison import Circumstances, Comparison, Outcome, judge
from partnervisits.contexts import Context, Fact
from partnervisits.errors import InvalidValueError
from partnervisits.fields import entries_of, instance_of, iterable, kind_of, named, tuple_of
from partnervisits.lookups import only
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading, current
from partnervisits.tables import table
from partnervisits.values import (
    ValueType,
    mean,
    optional_day,
    percent,
    product,
    quotient,
    show,
    steady_repr,
    total,
    typed,
)
from partnervisits.visits import Visit, VisitStatus

__all__ = [
    "Counts",
    "GroupKey",
    "Method",
    "Missing",
    "Scorecard",
    "by_context",
    "by_fact",
    "by_indicator",
    "by_month",
    "by_partner",
    "by_place",
    "by_quarter",
    "by_rep",
    "by_segment",
    "compare",
    "rollup",
]

GroupKey: TypeAlias = "Fact | Context | Enum | tuple[GroupKey, ...] | None"
"""What a group can be named by: a fact, a context, an enum's member, None, or a tuple of them."""


_LONGEST_CELL = 20
_NOTE = "      "

_Rank: TypeAlias = tuple[str, tuple[Any, ...]]


_KEY_LENGTHS = (2, 3)


class Method(Enum):
    """How comparisons become one score (S 9.2).

    Example:
        >>> import partnervisits as pv
        >>> pv.Scorecard(comparisons=[], method=pv.Method.SHARE_MET).score is None
        True
    """

    MEAN = "mean"
    """The mean of the scores, by weight."""
    WORST = "worst"
    """The lowest score."""
    ALL_OR_NOTHING = "all or nothing"
    """0 if one is near or not met, else none while one is missing, else 1."""
    SHARE_MET = "share met"
    """Met ÷ measured."""


class Missing(Enum):
    """What becomes of comparisons with NO_DATA or ERROR (S 9.2)."""

    OUTSIDE = "outside"
    """They lower the coverage, not the score."""
    ZERO = "zero"
    """Each counts as score 0 and as not met."""


@attrs.frozen(kw_only=True)
class Counts:
    """How many comparisons have which outcome.

    Attributes:
        met: MET.
        near: NEAR.
        not_met: NOT_MET.
        no_data: NO_DATA.
        error: ERROR.
        not_due: NOT_DUE.
        not_applicable: NOT_APPLICABLE.
        no_target: NO_TARGET.
    """

    met: int = 0
    near: int = 0
    not_met: int = 0
    no_data: int = 0
    error: int = 0
    not_due: int = 0
    not_applicable: int = 0
    no_target: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Counts:
        """Count outcomes.

        Args:
            outcomes: In any order.
        """
        seen = Counter(outcomes)
        return cls(**{outcome.name.lower(): times for outcome, times in seen.items()})

    @property
    def measured(self) -> int:
        """Met, near and not met."""
        return self.met + self.near + self.not_met

    @property
    def missing(self) -> int:
        """No data and error."""
        return self.no_data + self.error

    @property
    def asked(self) -> int:
        """Measured and missing."""
        return self.measured + self.missing

    @property
    def coverage(self) -> Decimal | None:
        """Measured ÷ asked, from 0 to 1; None if nothing was asked."""
        return quotient(self.measured, self.asked) if self.asked else None


def _comparisons(values: Iterable[Comparison]) -> tuple[Comparison, ...]:
    return tuple_of(Comparison, values)


def _method(value: Method) -> Method:
    return instance_of(Method, value)


def _missing(value: Missing) -> Missing:
    return instance_of(Missing, value)


def _group(value: GroupKey) -> GroupKey:
    _ = _group_rank(value)
    return value


@attrs.frozen(field_transformer=named, kw_only=True)
class Scorecard:
    """Comparisons with their counts, their coverage and one score.

    Attributes:
        comparisons: Those of a plan, in its order, or of a group.
        group: What the group is named by; None for a plan or the whole.
        method: How the score is made.
        missing: What becomes of those without a value.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> card = pv.compare(plan, [])
        >>> card.score is None, card.coverage
        (True, Decimal('0'))
    """

    comparisons: tuple[Comparison, ...] = attrs.field(converter=_comparisons)
    group: GroupKey = attrs.field(default=None, converter=_group, eq=typed, repr=steady_repr)
    method: Method = attrs.field(default=Method.MEAN, converter=_method)
    missing: Missing = attrs.field(default=Missing.OUTSIDE, converter=_missing)

    @cached_property
    def counts(self) -> Counts:
        """How many have which outcome."""
        return Counts.of(comparison.outcome for comparison in self.comparisons)

    @property
    def coverage(self) -> Decimal | None:
        """Measured ÷ asked, from 0 to 1; None if nothing was asked."""
        return self.counts.coverage

    @cached_property
    def score(self) -> Decimal | None:
        """From 0 to 1 by the method; None while there is nothing to make it of."""
        return _METHODS[self.method](self)

    def __getitem__(self, key: tuple[str, str] | tuple[str, str, Context]) -> Comparison:
        """A comparison by the keys of its item and its indicator.

        Args:
            key: `card["survey", "satisfaction"]`, or with a `Context` as the third.

        Raises:
            NotFoundError: naming the nearest keys.
            AmbiguousError: naming the contexts to choose from.
            InvalidValueError: `scorecard.key`.
        """
        if not isinstance(cast("object", key), tuple) or len(key) not in _KEY_LENGTHS:
            raise InvalidValueError("scorecard.key", 'ask for card["item", "indicator"]')
        item, indicator, *context = key
        fits = [
            each
            for each in self.comparisons
            if (each.item_key, each.kpi.indicator.key) == (item, indicator)
            and context in ([], [each.kpi.context])
        ]
        wanted = " / ".join(str(part) for part in key)
        known = {f"{each.item_key} / {each.kpi.indicator.key}" for each in self.comparisons}
        return only(
            fits, "comparison", wanted, part=lambda each: str(each.kpi.context), known=known
        )

    def __str__(self) -> str:
        headers = ("KPI", "target", "set by", "actual", "variance", "outcome")
        rows: list[str | tuple[str, ...]] = []
        for heading, about in groupby(self.comparisons, key=self._heading()):
            rows.append(heading)
            for comparison in about:
                rows += [_row(comparison), *_notes(comparison)]
        return f"{table(headers, rows)}\n\n{self.summary}"

    @property
    def summary(self) -> str:
        """Score, coverage and counts: a line each."""
        counts = self.counts
        times: dict[str, int] = attrs.asdict(counts)
        shown = [f"{count} {name.replace('_', ' ')}" for name, count in times.items() if count]
        group = [] if self.group is None else [f"group     {_group_name(self.group)}"]
        lines = [
            *group,
            f"score     {percent(self.score)} ({self.method.value})",
            f"coverage  {percent(self.coverage)} ({counts.measured} of {counts.asked} measured)",
            f"outcomes  {', '.join(shown) or 'none'}",
        ]
        return "\n".join(lines)

    def _heading(self) -> Callable[[Comparison], str]:
        """Names the task and its context, and the visit where there are several."""
        is_one_visit = len({each.subject.visit_id for each in self.comparisons}) <= 1

        def heading(comparison: Comparison) -> str:
            visit = "" if is_one_visit else f"visit {comparison.subject.visit_id}: "
            return f"{visit}{comparison.item_key}, {comparison.kpi.context}"

        return heading


def _group_name(group: GroupKey) -> str:
    if isinstance(group, tuple):
        return ", ".join(_group_name(each) for each in group)
    if isinstance(group, Enum):
        return group.name
    return str(group) if isinstance(group, Context) else show(group)


def _row(comparison: Comparison) -> tuple[str, ...]:
    target = comparison.kpi.target
    return (
        f"  {comparison.kpi.indicator.name}",
        comparison.shown_target(),
        "-" if target is None else target.origin,
        "see below" if _is_remark(comparison) else comparison.shown(comparison.actual),
        _signed(comparison),
        comparison.outcome.value,
    )


def _is_remark(comparison: Comparison) -> bool:
    """Whether what was found is a text too long for a cell."""
    actual, is_text = comparison.actual, comparison.kpi.indicator.value_type is ValueType.TEXT
    return is_text and isinstance(actual, str) and len(actual) > _LONGEST_CELL


def _signed(comparison: Comparison) -> str:
    """The variance without the unit, which stands beside the target and the actual value."""
    variance = comparison.variance
    is_number = comparison.kpi.indicator.value_type in (ValueType.NUMBER, ValueType.DECIMAL)
    shown = show(variance) if is_number else comparison.shown_gap(variance)
    return f"+{shown}" if variance and not shown.startswith("-") else shown


def _notes(comparison: Comparison) -> Iterator[str]:
    """What the row has no room for or does not say, on lines of their own."""
    target = comparison.kpi.target
    if _is_remark(comparison):
        yield f"{_NOTE}{comparison.shown(comparison.actual)}"
    if comparison.cause and target is not None:
        yield f"{_NOTE}{comparison.cause}"
    if comparison.outcome is Outcome.NEAR and target is not None:
        yield f"{_NOTE}counts as near: missed by at most {comparison.shown_gap(target.near)}"
    if comparison.outcome is Outcome.NOT_MET and comparison.variance is not None:
        yield f"{_NOTE}{comparison.in_words()}"


# ------------------------------------------------------------------------------- methods (S 9.2)


def _counted(card: Scorecard) -> list[tuple[Decimal, Decimal]]:
    """Weights and scores of what counts towards a score."""
    counted = [(each.weight, each.score) for each in card.comparisons if each.is_measured]
    if card.missing is Missing.ZERO:
        counted += [(each.weight, Decimal(0)) for each in card.comparisons if each.is_missing]
    return counted  # type: ignore[return-value]


def _mean_score(card: Scorecard) -> Decimal | None:
    scores = _counted(card)
    if not scores:
        return None
    parts = total(product(weight, score) for weight, score in scores)
    return mean(parts, total(weight for weight, _ in scores))


def _worst_score(card: Scorecard) -> Decimal | None:
    return min((score for _, score in _counted(card)), default=None)


def _all_or_nothing(card: Scorecard) -> Decimal | None:
    counts = card.counts
    missed = counts.near + counts.not_met
    if missed or (counts.missing and card.missing is Missing.ZERO):
        return Decimal(0)
    return None if counts.missing or not counts.met else Decimal(1)


def _share_met(card: Scorecard) -> Decimal | None:
    counts = card.counts
    whole = counts.asked if card.missing is Missing.ZERO else counts.measured
    return quotient(counts.met, whole) if whole else None


_METHODS: Mapping[Method, Callable[[Scorecard], Decimal | None]] = {
    Method.MEAN: _mean_score,
    Method.WORST: _worst_score,
    Method.ALL_OR_NOTHING: _all_or_nothing,
    Method.SHARE_MET: _share_met,
}


# ----------------------------------------------------------------------------- comparing (S 9.1)


def compare(
    plan: ActionPlan,
    readings: Iterable[Reading],
    *,
    visit: Visit | None = None,
    as_of: date | None = None,
) -> Scorecard:
    """Compare every KPI of a plan with its current reading.

    Args:
        plan: Whose KPIs are compared.
        readings: In any order; those of other plans change nothing.
        visit: The plan's visit as it is now; without it nothing is CANCELLED, and the planned date
            is the one the plan was made for.
        as_of: The reader's today; without it nothing is NOT_DUE.

    Returns:
        One comparison for each KPI, in the plan's order.

    Raises:
        InvalidValueError: `compare.other-visit`: the visit is not the plan's; `date.type`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> pv.compare(plan, [])["survey", "satisfaction"].outcome
        <Outcome.NO_DATA: 'no data'>
    """
    plan = instance_of(ActionPlan, plan)
    if visit is not None and instance_of(Visit, visit).id != plan.subject.visit_id:
        message = f"pass visit {plan.subject.visit_id}: the plan is not of {visit.id}"
        raise InvalidValueError("compare.other-visit", message)
    held = current(readings)
    seen = Circumstances(
        subject=plan.subject,
        on=plan.subject.on if visit is None else visit.on,
        is_cancelled=visit is not None and visit.status is VisitStatus.CANCELLED,
        as_of=optional_day(as_of),
    )
    return Scorecard(
        comparisons=[
            judge(kpi, task, held.get(kpi.id), seen) for task in plan.tasks for kpi in task.kpis
        ]
    )


# ---------------------------------------------------------------------------- rolling up (S 9.1)


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
    groups: dict[_Rank, tuple[GroupKey, list[Comparison]]] = {}
    for comparison in entries_of(Comparison, iterable(comparisons, "comparisons")):
        group = by(comparison)
        groups.setdefault(_group_rank(group), (group, []))[1].append(comparison)
    return tuple(
        Scorecard(comparisons=held, group=group, method=method, missing=missing)
        for _, (group, held) in sorted(groups.items(), key=itemgetter(0))
    )


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


def _group_rank(group: GroupKey) -> _Rank:  # noqa: PLR0911 -- one for each kind of key
    """Where a group stands; a rank holds the type, so that True is not 1 (S 1.7)."""
    match group:
        case None:
            return "", ()
        case Enum():
            return "enum", (type(group).__name__, group.name)
        case bool() | int() | Decimal():
            return "number", (group, type(group).__name__)
        case str():
            return "text", (group,)
        case datetime():
            return "instant", (group,)
        case date():
            return "date", (group,)
        case Context():
            return "context", (group.kind, group.id)
        case tuple():
            return "tuple", tuple(_group_rank(each) for each in group)
        case frozenset():
            return "set", tuple(sorted(_group_rank(each) for each in group))
        case _:
            raise InvalidValueError("rollup.group", f"{kind_of(group)} names no group: use a str")


def __dir__() -> list[str]:
    return sorted(__all__)
