"""Comparisons of a plan, and rolled up over many: a score never without its coverage (S 9)."""

from partnervisits.scorecards._card import Counts, Method, Missing, Scorecard
from partnervisits.scorecards._compare import compare
from partnervisits.scorecards._groups import GroupKey, group_name
from partnervisits.scorecards._pace import Pace, PaceStatus, pace
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
from partnervisits.scorecards._values import CombinedValue, combine

__all__ = [
    "CombinedValue",
    "Counts",
    "GroupKey",
    "Method",
    "Missing",
    "Pace",
    "PaceStatus",
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
    "combine",
    "compare",
    "group_name",
    "pace",
    "rollup",
]


def __dir__() -> list[str]:
    return sorted(__all__)
