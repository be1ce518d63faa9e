"""The shipped strategies, with indicators that take every value: for laws of judging any value."""

from __future__ import annotations

import attrs
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import testing
from partnervisits.testing import targets_for, values_of

__all__ = ["indicators", "targets_for", "values_of"]


def _without_limits(indicator: pv.Indicator) -> pv.Indicator:
    return attrs.evolve(indicator, limits=None)


def indicators(value_type: pv.ValueType | None = None) -> st.SearchStrategy[pv.Indicator]:
    """Indicators of one type, or of any, without limits."""
    return testing.indicators(value_type).map(_without_limits)
