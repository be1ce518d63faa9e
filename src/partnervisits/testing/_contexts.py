"""What tasks are about, and the facts a host gives (S 3.4, S 6.2)."""

from __future__ import annotations

from hypothesis import strategies as st

from partnervisits.contexts import PARTNER_KIND, Context, Fact, Facts
from partnervisits.testing._values import any_of, choice_keys, dates, host_ids, lines, values

_SEGMENT = "segment"


def contexts() -> st.SearchStrategy[Context]:
    """Records that a task is about: the partner, a product, anything."""
    return _CONTEXTS


def fact_values() -> st.SearchStrategy[Fact]:
    """Any value that a fact may have."""
    return _FACT_VALUES


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Facts of a visit, its partner and some contexts; some partners have a segment."""
    of_partner = dict(draw(_NAMED))
    segment = draw(_SEGMENTS)
    if segment is not None:
        of_partner[_SEGMENT] = segment
    return Facts(
        visit=draw(_NAMED),
        partner=of_partner,
        contexts=draw(_OF_CONTEXTS),
    )


_KINDS = st.sampled_from((PARTNER_KIND, "product", "agreement")) | choice_keys()
_CONTEXTS = st.builds(Context, _KINDS, host_ids())
_FACT_VALUES: st.SearchStrategy[Fact] = any_of(values(), values(), dates())
_SEGMENTS = st.none() | st.sampled_from(("large", "small")) | lines()
_NAMED = st.dictionaries(lines(255).filter(lambda name: name != _SEGMENT), _FACT_VALUES, max_size=2)
_OF_CONTEXTS = st.dictionaries(_CONTEXTS, _NAMED, max_size=2)
