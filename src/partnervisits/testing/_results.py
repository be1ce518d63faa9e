"""What the doors give: findings, proposals, scorecards; and what a store takes (S 6.1, S 10.2)."""

from __future__ import annotations

from hypothesis import strategies as st

from partnervisits.comparison import Comparison
from partnervisits.findings import Finding, Severity
from partnervisits.proposals import Proposal
from partnervisits.repositories import Changes, Check, Delete, Noun, Put, Record
from partnervisits.scorecards import GroupKey, Method, Missing, Scorecard
from partnervisits.testing._contexts import contexts, fact_values
from partnervisits.testing._indicators import indicators
from partnervisits.testing._plans import plans
from partnervisits.testing._records import (
    comparisons,
    follow_up_rules,
    follow_ups,
    overrides,
    readings,
)
from partnervisits.testing._templates import task_definitions, templates
from partnervisits.testing._values import any_of, captions, host_ids, library_ids, lines, slugs
from partnervisits.testing._visits import visits


def findings() -> st.SearchStrategy[Finding]:
    """Findings at any place, of any severity."""
    return _FINDINGS


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    """Plans with what is wrong or worth knowing; some are only the reason why there is none."""
    found = draw(st.lists(findings(), max_size=2))
    plan = draw(st.none() | plans())
    if plan is None:
        found.append(draw(_ERRORS))
    return Proposal(visit_id=draw(captions()), plan=plan, findings=found)


@st.composite
def scorecards(draw: st.DrawFn) -> Scorecard:
    """Cards of a plan or of a group, which may be named by anything."""
    return Scorecard(
        comparisons=draw(_COMPARISONS),
        group=draw(group_keys()),
        method=draw(st.sampled_from(Method)),
        missing=draw(st.sampled_from(Missing)),
    )


def group_keys() -> st.SearchStrategy[GroupKey]:
    """What a group may be named by: a fact, a context, a word of the library, several of them."""
    return _GROUP_KEYS


def records() -> st.SearchStrategy[Record]:
    """Whatever a store holds."""
    return _RECORDS


@st.composite
def changes(draw: st.DrawFn) -> Changes:
    """Writes and checks, each of another record."""
    puts = [Put(each) for each in draw(st.lists(records(), max_size=2))]
    written = {(each.noun, each.id): each for each in puts}
    deletes = [draw(_DELETES)] if draw(st.booleans()) else []
    return Changes(
        puts=[*written.values()],
        deletes=[each for each in deletes if (each.noun, each.id) not in written],
        checks=draw(st.lists(_CHECKS, max_size=2)),
    )


_PATHS = st.lists(slugs() | st.integers(0, 9), max_size=3).map(tuple)
_FINDINGS = st.builds(Finding, _PATHS, slugs(), lines(200), st.sampled_from(Severity))
_ERRORS = st.builds(Finding, _PATHS, slugs(), lines(200))
_COMPARISONS: st.SearchStrategy[list[Comparison]] = st.lists(comparisons(), max_size=2)
_WORDS = st.sampled_from([*Method, *Severity, *Noun])
_GROUP_KEYS: st.SearchStrategy[GroupKey] = st.recursive(
    any_of(fact_values(), contexts(), _WORDS, st.none()),
    lambda inner: st.lists(inner, max_size=2).map(tuple),
    max_leaves=3,
)
_RECORDS: st.SearchStrategy[Record] = any_of(
    indicators(),
    task_definitions(),
    templates(),
    visits(),
    plans(),
    readings(),
    overrides(),
    follow_up_rules(),
    follow_ups(),
)
_NOUNS = st.sampled_from(Noun)
_DELETES = st.builds(Delete, _NOUNS, library_ids(), host_ids())
_CHECKS = st.builds(Check, _NOUNS, library_ids(), st.none() | host_ids())
