"""A scorecard: comparisons with their counts, their coverage and one score (S 9.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import groupby
from typing import cast

import attrs

from partnervisits.comparison import Comparison, Outcome
from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError
from partnervisits.fields import instance_of, named, tuple_of
from partnervisits.lookups import only
from partnervisits.scorecards._groups import GroupKey, a_group, group_name
from partnervisits.scorecards._lines import cells, notes
from partnervisits.tables import table
from partnervisits.values import mean, percent, product, quotient, steady_repr, total, typed

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
    """What becomes of comparisons with NO_DATA or ERROR (S 9.2).

    Example:
        >>> import partnervisits as pv
        >>> pv.Scorecard(comparisons=[], missing=pv.Missing.ZERO).score is None
        True
    """

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
    group: GroupKey = attrs.field(default=None, converter=a_group, eq=typed, repr=steady_repr)
    method: Method = attrs.field(default=Method.MEAN, converter=_method)
    missing: Missing = attrs.field(default=Missing.OUTSIDE, converter=_missing)

    @cached_property
    def counts(self) -> Counts:
        """How many have which outcome."""
        return Counts.of([comparison.outcome for comparison in self.comparisons])

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
        return only(fits, "comparison", wanted, part=_whose(fits), known=known)

    def __str__(self) -> str:
        headers = ("KPI", "target", "set by", "actual", "variance", "outcome")
        rows: list[str | tuple[str, ...]] = []
        for heading, about in groupby(self.comparisons, key=self._heading()):
            rows.append(heading)
            for comparison in about:
                rows += [cells(comparison), *notes(comparison)]
        return f"{table(headers, rows)}\n\n{self.summary}"

    @property
    def summary(self) -> str:
        """Score, coverage and counts: a line each."""
        counts = self.counts
        times: dict[str, int] = attrs.asdict(counts)
        shown = [f"{count} {name.replace('_', ' ')}" for name, count in times.items() if count]
        group = [] if self.group is None else [f"group     {group_name(self.group)}"]
        lines = [
            *group,
            f"score     {percent(self.score)} ({self.method.value})",
            f"coverage  {percent(self.coverage)} ({counts.measured} of {counts.asked} measured)",
            f"outcomes  {', '.join(shown) or 'none'}",
        ]
        return "\n".join(lines)

    def _heading(self) -> Callable[[Comparison], str]:
        """Names the task and its context, and the visit where there are several."""
        is_one_visit = _is_one_visit(self.comparisons)

        def heading(comparison: Comparison) -> str:
            visit = "" if is_one_visit else f"visit {comparison.subject.visit_id}: "
            return f"{visit}{comparison.item_key}, {comparison.kpi.context}"

        return heading


def _is_one_visit(comparisons: Iterable[Comparison]) -> bool:
    return len({each.subject.visit_id for each in comparisons}) <= 1


def _whose(comparisons: Iterable[Comparison]) -> Callable[[Comparison], str]:
    """What tells comparisons apart: their contexts, and their visits if there are several."""
    is_one_visit = _is_one_visit(comparisons)

    def whose(comparison: Comparison) -> str:
        context = str(comparison.kpi.context)
        return context if is_one_visit else f"{context} in visit {comparison.subject.visit_id}"

    return whose


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
