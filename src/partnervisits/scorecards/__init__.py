"""Comparisons of a plan, and rolled up over many: a score never without its coverage (S 9)."""

from partnervisits.scorecards._card import Counts, Method, Missing, Scorecard
from partnervisits.scorecards._compare import compare
from partnervisits.scorecards._groups import GroupKey
from partnervisits.scorecards._rollup import (
    by_context,
    by_fact,
    by_indicator,
    by_month,
    by_partner,
    by_place,
    by_quarter,
    by_rep,
    by_segment,
    rollup,
)

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


def __dir__() -> list[str]:
    return sorted(__all__)
