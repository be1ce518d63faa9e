"""Definitions that belong together, and what a host knows at planning time (S 6.1, S 6.7)."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from hypothesis import strategies as st

from partnervisits.catalog import Catalog
from partnervisits.fields import UNCHANGED, Unchanged
from partnervisits.indicators import Indicator
from partnervisits.proposals import Given, ItemOverride
from partnervisits.targets import Target
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate, Binding, TemplateItem
from partnervisits.testing._calendars import offsets_beside, work_calendars
from partnervisits.testing._contexts import contexts, facts
from partnervisits.testing._indicators import indicators
from partnervisits.testing._targets import scoped_targets, targets, targets_for
from partnervisits.testing._templates import task_definitions, template_items, templates
from partnervisits.testing._values import host_ids, notes, slugs, some_of, some_slugs

# --------------------------------------------------------------------------------------- catalogs


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Definitions whose references lead somewhere and whose targets fit."""
    measured = draw(_INDICATORS)
    tasks = [draw(_captured(each, measured)) for each in draw(_TASKS)]
    return Catalog(
        indicators=measured,
        tasks=tasks,
        templates=[draw(_known(draw(templates()), tasks, measured))] if tasks else [],
        targets=draw(_targets_of(measured)),
    )


@st.composite
def _captured(
    draw: st.DrawFn, task: TaskDefinition, measured: Sequence[Indicator]
) -> TaskDefinition:
    asked = draw(some_of(measured))
    expected = draw(_targets_of(asked))
    return attrs.evolve(task, indicators=[each.key for each in asked], targets=expected)


@st.composite
def _known(
    draw: st.DrawFn,
    template: ActionPlanTemplate,
    tasks: Sequence[TaskDefinition],
    measured: Sequence[Indicator],
) -> ActionPlanTemplate:
    items: list[TemplateItem] = []
    for item in template.items:
        task = draw(st.sampled_from(tasks))
        captured = {each.indicator for each in task.indicators}
        asked = draw(some_of([each for each in measured if each.key in captured]))
        keys, expected = [each.key for each in asked], draw(_targets_of(asked))
        items.append(attrs.evolve(item, task=task.key, indicators=keys, targets=expected))
    return attrs.evolve(template, items=items)


@st.composite
def _targets_of(draw: st.DrawFn, measured: Sequence[Indicator]) -> list[Target]:
    return [draw(targets_for(each)) for each in draw(some_of(measured))]


_INDICATORS = st.lists(indicators(), max_size=2, unique_by=lambda each: each.key)
_TASKS = st.lists(task_definitions(), max_size=2, unique_by=lambda each: each.key)

# ------------------------------------------------------------------------------------------ given


def item_overrides() -> st.SearchStrategy[ItemOverride]:
    """What a host changes of items; often little, sometimes nothing."""
    return _ITEM_OVERRIDES


@st.composite
def givens(draw: st.DrawFn) -> Given:
    """Everything a host knows at planning time, for any template."""
    return Given(
        calendar=draw(work_calendars()),
        rep_calendars=draw(_REP_CALENDARS),
        contexts=draw(_CONTEXTS),
        facts=draw(facts()),
        roles=draw(_ROLES),
        targets=draw(_SCOPED_TARGETS),
        exclude=draw(some_slugs()),
        override=draw(_OVERRIDES),
        add=draw(_ADDED),
    )


_AS_IT_IS: st.SearchStrategy[Unchanged] = st.just(UNCHANGED)
_ITEM_OVERRIDES = st.builds(
    ItemOverride,
    due=_AS_IT_IS | st.none() | offsets_beside([]),
    role=_AS_IT_IS | st.none() | slugs(),
    binding=_AS_IT_IS | st.sampled_from(Binding),
    targets=_AS_IT_IS | st.lists(targets(), max_size=1),
    instructions=_AS_IT_IS | notes(),
)
_REP_CALENDARS = st.dictionaries(host_ids(), work_calendars(), max_size=1)
_CONTEXTS = st.lists(contexts(), max_size=2, unique=True)
_ROLES = st.dictionaries(slugs(), host_ids(), max_size=2)
_SCOPED_TARGETS = st.lists(scoped_targets(), max_size=2)
_OVERRIDES = st.dictionaries(slugs(), _ITEM_OVERRIDES, max_size=1)
_ADDED = st.lists(template_items(), max_size=1, unique_by=lambda each: each.key)
