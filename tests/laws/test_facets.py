"""The law of facets: a filter finds what says some of all that it wants (S 10.1)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnervisits.repositories import (
    Noun,
    Record,
    facets_of,
    filter_of,
    order_key,
    range_of,
    said_by,
    wanted_by,
)
from partnervisits.testing._kit._samples import FILTERS, RECORDS, SAMPLES

ENUMS = {"statuses", "value_types"}
by_noun = pytest.mark.parametrize("noun", Noun, ids=[noun.value for noun in Noun])


def is_found(record: Record, wanted: Any) -> bool:
    said, asked, within = said_by(record), wanted_by(wanted), range_of(wanted)
    says_some = all(not set(asked[facet]).isdisjoint(said[facet]) for facet in asked)
    is_within = within is None or within[0] <= order_key(record) < within[1]
    return says_some and is_within


@by_noun
def test_what_a_filter_matches_is_what_says_some_of_all_it_wants(noun: Noun) -> None:
    verdicts: set[bool] = set()
    for record in SAMPLES[noun]:
        for wanted in FILTERS[noun]:
            assert is_found(record, wanted) == wanted.matches(record), (record, wanted)
            verdicts.add(is_found(record, wanted))
    assert verdicts == {True, False}


@given(st.data())
@by_noun
def test_it_holds_of_any_record(noun: Noun, data: st.DataObject) -> None:
    record = data.draw(RECORDS[noun])
    for wanted in FILTERS[noun]:
        assert is_found(record, wanted) == wanted.matches(record)


@given(st.data())
@by_noun
def test_a_record_is_found_by_all_that_it_says(noun: Noun, data: st.DataObject) -> None:
    record = data.draw(RECORDS[noun])
    said = said_by(record)
    assert tuple(said) == facets_of(noun)
    ids = {facet: texts for facet, texts in said.items() if facet not in ENUMS}
    wanted = filter_of(noun)(**ids)  # type: ignore[arg-type]
    assert wanted.matches(record)  # type: ignore[arg-type]
    assert is_found(record, wanted)
