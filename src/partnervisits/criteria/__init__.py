"""What counts as met: a closed set of criteria, shared by targets and limits (S 2.2).

Every bound belongs to the side that meets. A criterion knows its operands, whether an actual value
meets it and, if it is ordered, its *edge*: the nearest bound of the side that meets (S 8.1).
Whether it fits an indicator is asked where both meet, with `misfits`.
"""

from partnervisits.criteria._fit import (
    in_instants,
    is_criterion,
    is_temporal,
    misfits,
)
from partnervisits.criteria._kinds import (
    AtLeast,
    AtMost,
    Between,
    Contains,
    Criterion,
    Equals,
    NoneOf,
    OneOf,
    OrderedCriterion,
    Outside,
    at_least,
    at_most,
    between,
    contains,
    equals,
    none_of,
    one_of,
    outside,
)
from partnervisits.criteria._operands import (
    Bound,
    Choosable,
    DayEnd,
    Operand,
    Shown,
    gap,
    is_day,
    plainly,
    to_bound,
    to_operand,
)

__all__ = [
    "AtLeast",
    "AtMost",
    "Between",
    "Bound",
    "Choosable",
    "Contains",
    "Criterion",
    "DayEnd",
    "Equals",
    "NoneOf",
    "OneOf",
    "Operand",
    "OrderedCriterion",
    "Outside",
    "Shown",
    "at_least",
    "at_most",
    "between",
    "contains",
    "equals",
    "gap",
    "in_instants",
    "is_criterion",
    "is_day",
    "is_temporal",
    "misfits",
    "none_of",
    "one_of",
    "outside",
    "plainly",
    "to_bound",
    "to_operand",
]


def __dir__() -> list[str]:
    return sorted(__all__)
