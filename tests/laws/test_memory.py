"""Laws of the memory store's parts (S 10.1, S 10.5)."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from partnervisits.memory._ordered import Ordered


def _entries() -> st.SearchStrategy[tuple[str, int]]:
    return st.tuples(st.sampled_from("abc"), st.integers(0, 400))


@given(
    st.lists(st.tuples(st.sets(_entries(), max_size=40), st.randoms()), max_size=12),
    st.tuples(_entries(), _entries()),
    st.integers(2, 8),
)
def test_a_sorted_sequence_is_a_sorted_set(
    steps: list[tuple[set[tuple[str, int]], Any]], ends: tuple[Any, Any], most: int
) -> None:
    low, high = sorted(ends)
    held: set[tuple[str, int]] = set()
    ordered = Ordered(most)
    for given_entries, random in steps:
        gone = {each for each in sorted(held) if random.random() < 0.3}
        new = given_entries - held
        before, kept = ordered, sorted(held)
        ordered = ordered.changed(sorted(gone), sorted(new))
        held = (held - gone) | new
        assert [*before.between((), ("z",))] == kept, "an older sequence was disturbed"
    assert [*ordered.between((), ("z",))] == sorted(held)
    assert [*ordered.between(low, high)] == [e for e in sorted(held) if low <= e < high]
    assert ordered.first(low) == min((e for e in held if e >= low), default=None)
    assert ordered.first(("b",)) == min((e for e in held if e >= ("b",)), default=None)
    assert abs(ordered.span(low, high)) <= most * (len(held) + 1)
