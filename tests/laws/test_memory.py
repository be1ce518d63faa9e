"""Laws of the memory store's parts (S 10.1, S 10.5)."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from partnervisits.memory._ordered import Ordered
from partnervisits.memory._table import Table


def texts() -> st.SearchStrategy[str]:
    return st.builds(str.__add__, st.sampled_from("ab\U0001f6b2"), st.integers(0, 99).map(str))


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[set[str], set[str]]]:
    """What is removed and what is added, time and again."""
    held: set[str] = set()
    made: list[tuple[set[str], set[str]]] = []
    for wanted in draw(st.lists(st.sets(texts(), max_size=40), max_size=10)):
        gone = held - wanted if draw(st.booleans()) else set[str]()
        made.append((gone, wanted - held))
        held = (held - gone) | wanted
    return made


@given(steps(), texts(), texts(), st.integers(2, 8))
def test_a_sorted_sequence_is_a_sorted_set(
    steps: list[tuple[set[str], set[str]]], one: str, other: str, most: int
) -> None:
    low, high = sorted([one, other])
    held: set[str] = set()
    ordered = Ordered(most)
    for gone, new in steps:
        before, kept = ordered, sorted(held)
        ordered = ordered.changed(sorted(gone), sorted(new))
        held = (held - gone) | new
        assert [*everything(before)] == kept, "an older set was disturbed"
    assert [*everything(ordered)] == sorted(held)
    within = [each for each in sorted(held) if low <= each < high]
    assert [*ordered.between(low, high)] == within
    assert len(within) <= ordered.span(low, high) + most
    assert ordered.span(low, low) == 0


def everything(ordered: Ordered) -> Iterator[str]:
    return ordered.between("", "\U0010ffff")


@given(steps(), st.integers(1, 4), st.integers(1, 3))
def test_a_table_is_a_dictionary(
    steps: list[tuple[set[str], set[str]]], fill: int, deepest: int
) -> None:
    held: dict[str, int] = {}
    table: Table[int] = Table(fill, deepest)
    for number, (gone, new) in enumerate(steps):
        before, kept = table, dict(held)
        replaced = sorted(held.keys() - gone)[:2]
        table = table.changed(sorted(gone), [(each, number) for each in [*replaced, *sorted(new)]])
        held = {each: value for each, value in held.items() if each not in gone}
        held |= dict.fromkeys([*replaced, *new], number)
        assert {each: before.get(each) for each in kept} == kept, "an older table was disturbed"
        assert all(before.get(each) is None for each in new)
    assert {each: table.get(each) for each in held} == held
    assert table.get("nothing") is None


class Same(str):
    """A key whose hash is that of all others."""

    __slots__ = ()

    def __hash__(self) -> int:
        return 7


def test_keys_whose_hashes_agree_are_told_apart() -> None:
    names = [Same(number) for number in range(100)]
    table: Table[int] = Table[int]().changed([], zip(names, range(100), strict=True))
    assert [table.get(name) for name in names] == [*range(100)]
    table = table.changed(names[::2], [])
    assert [table.get(name) for name in names[:4]] == [None, 1, None, 3]
