"""What a store is: protocols with numbered clauses, what is read and what is written (S 10).

A host that has a database writes a store over it; `partnervisits.memory` has the reference.
"""

from partnervisits.repositories._changes import Changes, Check, Delete, Put, Stored
from partnervisits.repositories._facets import (
    Filter,
    facets_of,
    filter_of,
    range_of,
    said_by,
    wanted_by,
)
from partnervisits.repositories._filters import (
    FollowUpFilter,
    IndicatorFilter,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    RuleFilter,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
)
from partnervisits.repositories._protocols import (
    CONTRACT,
    AsyncRepository,
    AsyncStore,
    FollowUps,
    Indicators,
    Overrides,
    Plans,
    Readings,
    Repository,
    Rules,
    Store,
    Tasks,
    Templates,
    Visits,
)
from partnervisits.repositories._reading import catalog_of, catalog_of_async, each, each_async
from partnervisits.repositories._records import (
    Cursor,
    Key,
    Noun,
    Record,
    id_of,
    noun_of,
    order_key,
)

__all__ = [
    "CONTRACT",
    "AsyncRepository",
    "AsyncStore",
    "Changes",
    "Check",
    "Cursor",
    "Delete",
    "Filter",
    "FollowUpFilter",
    "FollowUps",
    "IndicatorFilter",
    "Indicators",
    "Key",
    "Noun",
    "OverrideFilter",
    "Overrides",
    "PlanFilter",
    "Plans",
    "Put",
    "ReadingFilter",
    "Readings",
    "Record",
    "Repository",
    "RuleFilter",
    "Rules",
    "Store",
    "Stored",
    "TaskFilter",
    "Tasks",
    "TemplateFilter",
    "Templates",
    "VisitFilter",
    "Visits",
    "catalog_of",
    "catalog_of_async",
    "each",
    "each_async",
    "facets_of",
    "filter_of",
    "id_of",
    "noun_of",
    "order_key",
    "range_of",
    "said_by",
    "wanted_by",
]


def __dir__() -> list[str]:
    return sorted(__all__)
