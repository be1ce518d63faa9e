"""Value types, what is a valid value of each, absence, periods, and exact arithmetic (S 1.1).

Types are exact: a `bool` is never a number, a `float` never a decimal, a subclass never its parent.
Nothing is rounded, stripped or coerced; what does not fit is refused with an error that says what
to pass.
"""

from partnervisits.values._numbers import (
    Gap,
    Ordered,
    decimal,
    difference,
    graded,
    magnitude,
    mean,
    plain,
    product,
    quotient,
    rounded,
    share,
    total,
)
from partnervisits.values._shown import (
    one_line,
    percent,
    shortened,
    show,
    show_at,
    steady_repr,
    whole_seconds,
)
from partnervisits.values._time import (
    DateRange,
    Period,
    any_day,
    day,
    duration,
    first_instant,
    instant,
    last_instant,
    local_date,
    optional_day,
    optional_instant,
    same_time_on,
    timezone_key,
)
from partnervisits.values._types import (
    Absence,
    Value,
    ValueType,
    any_value,
    is_stored_form,
    typed,
    value_of,
)

__all__ = [
    "Absence",
    "DateRange",
    "Gap",
    "Ordered",
    "Period",
    "Value",
    "ValueType",
    "any_day",
    "any_value",
    "day",
    "decimal",
    "difference",
    "duration",
    "first_instant",
    "graded",
    "instant",
    "is_stored_form",
    "last_instant",
    "local_date",
    "magnitude",
    "mean",
    "one_line",
    "optional_day",
    "optional_instant",
    "percent",
    "plain",
    "product",
    "quotient",
    "rounded",
    "same_time_on",
    "share",
    "shortened",
    "show",
    "show_at",
    "steady_repr",
    "timezone_key",
    "total",
    "typed",
    "value_of",
    "whole_seconds",
]


def __dir__() -> list[str]:
    return sorted(__all__)
