"""Conditions, the catalogue of work, and templates (S 3)."""

from __future__ import annotations

from hypothesis import strategies as st

from partnervisits.conditions import AllOf, AnyOf, Condition, FactIs, IsSet, Negate
from partnervisits.contexts import Context
from partnervisits.tasks import TaskDefinition, TaskIndicator
from partnervisits.templates import (
    ActionPlanTemplate,
    Binding,
    Group,
    Prerequisite,
    Selection,
    Spread,
    TemplateItem,
    TemplateStatus,
)
from partnervisits.testing._calendars import lags, offsets_beside
from partnervisits.testing._contexts import contexts
from partnervisits.testing._targets import criteria, targets
from partnervisits.testing._values import (
    any_of,
    captions,
    choice_keys,
    library_ids,
    lines,
    notes,
    slugs,
    some_of,
    some_slugs,
)

# ------------------------------------------------------------------------------------ conditions


def conditions() -> st.SearchStrategy[Condition]:
    """Conditions of every kind; a few levels deep, rarely as deep as they may be."""
    return _CONDITIONS


def _nested(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=1, max_size=2)
    return any_of(inner.map(Negate), several.map(AllOf), several.map(AnyOf))


def _negated(condition: Condition, times: int) -> Condition:
    for _ in range(times):
        condition = Negate(condition)
    return condition


_ASKED = st.builds(FactIs, lines(), criteria())
_GIVEN = lines().map(IsSet)
_ONE_FACT: st.SearchStrategy[Condition] = any_of(_GIVEN, _ASKED)
_TWO_LEVELS = _nested(_ONE_FACT)
_NEGATIONS = st.builds(_negated, _GIVEN, st.sampled_from((2, 3, 31)))
_CONDITIONS = any_of(_ONE_FACT, _ONE_FACT, _TWO_LEVELS, _nested(_TWO_LEVELS), _NEGATIONS)

# ---------------------------------------------------------------------------- the catalogue of work


@st.composite
def task_definitions(draw: st.DrawFn) -> TaskDefinition:
    """Work a rep can do, with what it captures, some of it for certain kinds of context only."""
    captured = draw(_CAPTURED)
    return TaskDefinition(
        draw(slugs()),
        draw(lines()),
        indicators=[
            TaskIndicator(key, context_kind=kind) for key, kinds in captured for kind in kinds
        ],
        targets=draw(_TARGETS),
        instructions=draw(notes()),
    )


_EVERY_KIND: st.SearchStrategy[list[str | None]] = st.just([None])
_CERTAIN_KINDS: st.SearchStrategy[list[str | None]] = st.lists(
    choice_keys(), min_size=1, max_size=2, unique=True
)
_CAPTURED = st.lists(
    st.tuples(slugs(), _EVERY_KIND | _CERTAIN_KINDS), max_size=2, unique_by=lambda each: each[0]
)
_TARGETS = st.lists(targets(), max_size=2)

# -------------------------------------------------------------------------------------- templates


def groups() -> st.SearchStrategy[Group]:
    """What items are chosen from together."""
    return _GROUPS


def template_items() -> st.SearchStrategy[TemplateItem]:
    """Lines of a template, as `Given(add=)` takes them; what comes before may be anywhere."""
    return _TEMPLATE_ITEMS


@st.composite
def _template_items(
    draw: st.DrawFn,
    keys: st.SearchStrategy[str],
    before: st.SearchStrategy[list[str]],
    groups: st.SearchStrategy[Group | None],
) -> TemplateItem:
    key = draw(keys)
    others = before.map(lambda held: [each for each in held if each != key])
    return TemplateItem(
        key,
        draw(captions()),
        task=draw(slugs()),
        binding=draw(_BINDINGS),
        due=draw(st.none() | offsets_beside(draw(others))),
        after=[draw(_prerequisites(each)) for each in draw(others)],
        condition=draw(_MAYBE_CONDITIONS),
        group=draw(groups),
        context_kinds=draw(_KINDS),
        contexts=draw(_CONTEXT_LISTS),
        indicators=draw(some_slugs()),
        spread=draw(_SPREADS),
        max_contexts=draw(_MOST_CONTEXTS),
        role=draw(_ROLES),
        targets=draw(_TARGETS),
        instructions=draw(notes()),
        serves=draw(_SERVES),
    )


@st.composite
def _prerequisites(draw: st.DrawFn, item: str) -> Prerequisite:
    one, other = draw(lags()), draw(_MAYBE_LAGS)
    if other is not None and other.unit is one.unit and other.amount < one.amount:
        one, other = other, one
    return Prerequisite(item, least=one, most=other)


_BINDINGS = st.sampled_from(Binding)
_SPREADS = st.sampled_from(Spread)
_MAYBE_LAGS = st.none() | lags()
_GROUPS = st.builds(Group, slugs(), st.sampled_from(Selection))
_MAYBE_GROUPS = st.none() | _GROUPS
_MAYBE_CONDITIONS = st.none() | _CONDITIONS
_KINDS = st.lists(choice_keys(), max_size=2, unique=True)
_CONTEXT_LISTS: st.SearchStrategy[list[Context]] = st.lists(contexts(), max_size=2, unique=True)
_MOST_CONTEXTS = st.none() | st.integers(1, 9) | st.just(1_000_000)
_ROLES = st.none() | slugs()
_SERVES = st.none() | library_ids()
_TEMPLATE_ITEMS = _template_items(slugs(), some_slugs(), _MAYBE_GROUPS)


@st.composite
def templates(draw: st.DrawFn) -> ActionPlanTemplate:
    """Versions of templates of every status; what comes before an item may stand behind it."""
    status = draw(_STATUSES)
    least = 1 if status is TemplateStatus.PUBLISHED else 0
    keys = draw(st.lists(slugs(), min_size=least, max_size=3, unique=True))
    groups = draw(st.lists(_GROUPS, max_size=2, unique_by=lambda each: each.key))
    chosen = st.sampled_from([None, *groups])
    items: list[TemplateItem] = []
    for key in keys:
        before = some_of([item.key for item in items])
        items.append(draw(_template_items(st.just(key), before, chosen)))
    return ActionPlanTemplate(
        draw(slugs()),
        draw(lines()),
        items=draw(st.sampled_from([items, items[::-1]])),
        version=draw(_VERSIONS),
        status=status,
        description=draw(notes()),
        ad_hoc=draw(st.booleans()),
    )


_STATUSES = st.sampled_from(TemplateStatus)
_VERSIONS = st.integers(1, 12) | st.just(1_000_000)
