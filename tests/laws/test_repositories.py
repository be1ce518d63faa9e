"""Laws of changes: they add like sets, and applying them is one decision (S 10.2)."""

import attrs
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.errors import ConflictError, InvalidValueError
from partnervisits.findings import Finding
from partnervisits.repositories import Changes, Check, Delete, Key, Noun, Put, noun_of
from tests.builders import kpi, reading, task, visit

REVISIONS = ["1", "2"]


def ids() -> st.SearchStrategy[str]:
    return st.sampled_from(["V-1", "V-2"])


def puts() -> st.SearchStrategy[Put]:
    visits = st.builds(visit, id=ids())
    tasks = st.builds(task, st.sampled_from(["count", "survey"]))
    return st.builds(Put, visits | tasks, st.sampled_from([None, *REVISIONS]))


def deletes() -> st.SearchStrategy[Delete]:
    return st.builds(Delete, st.sampled_from([Noun.VISITS, Noun.PLANS]), ids(), revisions())


def checks() -> st.SearchStrategy[Check]:
    return st.builds(
        Check, st.sampled_from([Noun.VISITS, Noun.RULES]), ids(), st.none() | revisions()
    )


def revisions() -> st.SearchStrategy[str]:
    return st.sampled_from(REVISIONS)


@st.composite
def changes(draw: st.DrawFn) -> Changes:
    """Few records, so that two changes often speak of the same one."""
    writes = draw(st.lists(puts() | deletes(), max_size=3, unique_by=lambda e: (e.noun, e.id)))
    return Changes(
        puts=[each for each in writes if isinstance(each, Put)],
        deletes=[each for each in writes if isinstance(each, Delete)],
        checks=draw(st.lists(checks(), max_size=3)),
    )


def added(*some: Changes) -> Changes | str:
    try:
        total = Changes()
        for each in some:
            total += each
    except InvalidValueError as refused:
        return refused.code
    return total


@given(changes(), changes(), changes())
def test_changes_add_associatively_and_in_any_order(a: Changes, b: Changes, c: Changes) -> None:
    forth, tail = added(a, b, c), added(b, c)
    assert forth == (tail if isinstance(tail, str) else added(a, tail))
    assert forth == added(c, a, b)
    assert added(a, Changes()) == a == added(a, a)
    assert isinstance(forth, str) or {*forth.puts} >= {*a.puts}


@given(
    changes(),
    st.dictionaries(
        st.tuples(st.sampled_from(Noun), ids() | st.just("count")), revisions(), max_size=6
    ),
)
def test_what_stands_against_changes_is_every_entry_that_expects_something_else(
    changes: Changes, held: dict[Key, str]
) -> None:
    expected = {
        (each.noun.value, each.id)
        for each in changes
        if held.get((each.noun, each.id)) != each.revision
    }
    found: tuple[Finding, ...] = ()
    try:
        assert changes.against(held, never) == attrs.evolve(changes, checks=())
    except ConflictError as refused:
        found = refused.findings
    assert {finding.path for finding in found} == expected
    assert all(_says_why(finding, held) for finding in found)


def _says_why(finding: Finding, held: dict[Key, str]) -> bool:
    noun, name = finding.path
    is_there = (Noun(noun), str(name)) in held
    return is_there is (finding.code in ("store.exists", "store.stale"))


def never(id: str) -> pv.Reading:
    raise AssertionError(id)


@given(st.integers(0, 3), st.integers(0, 3))
def test_a_reading_created_again_is_no_write_if_and_only_if_it_is_equal(a: int, b: int) -> None:
    there, again = reading(kpi(), a, id="R-1"), reading(kpi(), b, id="R-1")
    held: dict[Key, str] = {(noun_of(there), "R-1"): "1"}
    try:
        assert Changes.create(again).against(held, lambda _: there) == Changes()
    except ConflictError:
        assert a != b
    else:
        assert a == b
