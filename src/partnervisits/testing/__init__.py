"""What a host tests its own code with: Hypothesis strategies of everything the library stores.

They need pytest and hypothesis: `pip install 'partnervisits[testing]'`.
"""

import pytest

# Before it is imported, so that the failure of a clause shows the values that were compared.
pytest.register_assert_rewrite(f"{__name__}._kit")

from partnervisits.testing._books import books
from partnervisits.testing._builders import (
    a_follow_up,
    a_follow_up_rule,
    a_kpi,
    a_plan,
    a_planned_task,
    a_reading,
    a_subject,
    a_task_definition,
    a_template,
    a_visit,
    an_indicator,
    an_override,
)
from partnervisits.testing._calendars import lags, offsets, trails, work_calendars
from partnervisits.testing._contexts import contexts, fact_values, facts
from partnervisits.testing._given import catalogs, givens, item_overrides
from partnervisits.testing._indicators import criteria_for, indicators, values_of
from partnervisits.testing._kit import CLAUSES, AsyncStoreContract, Capability, StoreContract
from partnervisits.testing._plans import kpis, planned_tasks, plans, subjects
from partnervisits.testing._records import (
    comparisons,
    follow_up_rules,
    follow_ups,
    overrides,
    readings,
    readings_of,
)
from partnervisits.testing._results import (
    changes,
    findings,
    group_keys,
    proposals,
    records,
    scorecards,
)
from partnervisits.testing._targets import (
    bases,
    criteria,
    resolved_targets,
    scoped_targets,
    scopes,
    targets,
    targets_for,
)
from partnervisits.testing._templates import (
    conditions,
    groups,
    task_definitions,
    template_items,
    templates,
)
from partnervisits.testing._values import (
    absences,
    captions,
    choice_keys,
    date_ranges,
    dates,
    decimals,
    durations,
    host_ids,
    instants,
    integers,
    library_ids,
    lines,
    periods,
    reasons,
    slugs,
    texts,
    values,
    widths,
    zones,
)
from partnervisits.testing._visits import places, visits, windows

__all__ = [
    "CLAUSES",
    "AsyncStoreContract",
    "Capability",
    "StoreContract",
    "a_follow_up",
    "a_follow_up_rule",
    "a_kpi",
    "a_plan",
    "a_planned_task",
    "a_reading",
    "a_subject",
    "a_task_definition",
    "a_template",
    "a_visit",
    "absences",
    "an_indicator",
    "an_override",
    "bases",
    "books",
    "captions",
    "catalogs",
    "changes",
    "choice_keys",
    "comparisons",
    "conditions",
    "contexts",
    "criteria",
    "criteria_for",
    "date_ranges",
    "dates",
    "decimals",
    "durations",
    "fact_values",
    "facts",
    "findings",
    "follow_up_rules",
    "follow_ups",
    "givens",
    "group_keys",
    "groups",
    "host_ids",
    "indicators",
    "instants",
    "integers",
    "item_overrides",
    "kpis",
    "lags",
    "library_ids",
    "lines",
    "offsets",
    "overrides",
    "periods",
    "places",
    "planned_tasks",
    "plans",
    "proposals",
    "readings",
    "readings_of",
    "reasons",
    "records",
    "resolved_targets",
    "scoped_targets",
    "scopes",
    "scorecards",
    "slugs",
    "subjects",
    "targets",
    "targets_for",
    "task_definitions",
    "template_items",
    "templates",
    "texts",
    "trails",
    "values",
    "values_of",
    "visits",
    "widths",
    "windows",
    "work_calendars",
    "zones",
]


def __dir__() -> list[str]:
    return sorted(__all__)
