"""All that belongs together, in one document."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from hypothesis import strategies as st

from partnervisits.books import Book
from partnervisits.comparison import Override
from partnervisits.plans import ActionPlan, Kpi
from partnervisits.proposals import Given
from partnervisits.readings import Reading
from partnervisits.repositories import id_of
from partnervisits.testing._given import catalogs, givens
from partnervisits.testing._plans import plans
from partnervisits.testing._records import (
    follow_up_rules,
    follow_ups,
    overrides,
    readings,
    readings_of,
)
from partnervisits.testing._values import host_ids
from partnervisits.testing._visits import visits
from partnervisits.visits import Visit

_MOST = 3


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Books of a few records each: many belong together, and some refer to nothing."""
    held = draw(st.lists(visits(), unique_by=id_of, max_size=_MOST))
    planned = draw(st.lists(_plans(held), unique_by=id_of, max_size=_MOST))
    kpis = [kpi for plan in planned for kpi in plan.kpis]
    return Book(
        catalog=draw(catalogs()),
        visits=held,
        givens=draw(_givens(held)),
        plans=planned,
        readings=draw(st.lists(_readings(kpis), unique_by=id_of, max_size=_MOST)),
        rules=draw(st.lists(follow_up_rules(), unique_by=id_of, max_size=_MOST)),
        overrides=draw(st.lists(_overrides(kpis), unique_by=id_of, max_size=_MOST)),
        follow_ups=draw(st.lists(follow_ups(), unique_by=id_of, max_size=_MOST)),
    )


@st.composite
def _plans(draw: st.DrawFn, held: Sequence[Visit]) -> ActionPlan:
    plan = draw(plans())
    if not held or draw(st.booleans()):
        return plan
    visit = draw(st.sampled_from(held))
    subject = attrs.evolve(plan.subject, visit_id=visit.id, partner_id=visit.partner_id)
    return attrs.evolve(plan, subject=subject)


def _givens(held: Sequence[Visit]) -> st.SearchStrategy[dict[str, Given]]:
    ids = st.sampled_from([visit.id for visit in held]) if held else host_ids()
    return st.dictionaries(ids, givens(), max_size=1)


@st.composite
def _readings(draw: st.DrawFn, kpis: Sequence[Kpi]) -> Reading:
    return draw(readings_of(draw(st.sampled_from(kpis))) if kpis else readings())


@st.composite
def _overrides(draw: st.DrawFn, kpis: Sequence[Kpi]) -> Override:
    override = draw(overrides())
    return attrs.evolve(override, kpi_id=draw(st.sampled_from(kpis)).id) if kpis else override
