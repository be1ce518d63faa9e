"""Records that differ in whatever a filter or an order may ask for, and the filters that ask it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import attrs
from hypothesis import strategies as st

from partnervisits.followups import FollowUpStatus, Level
from partnervisits.repositories import (
    FollowUpFilter,
    IndicatorFilter,
    Noun,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    Record,
    Repository,
    RuleFilter,
    Store,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
    id_of,
    order_key,
)
from partnervisits.templates import TemplateStatus
from partnervisits.testing._builders import (
    a_follow_up,
    a_follow_up_rule,
    a_plan,
    a_reading,
    a_subject,
    a_task_definition,
    a_template,
    a_visit,
    an_indicator,
    an_override,
)
from partnervisits.testing._indicators import indicators
from partnervisits.testing._plans import plans
from partnervisits.testing._records import follow_up_rules, follow_ups, overrides, readings
from partnervisits.testing._templates import task_definitions, templates
from partnervisits.testing._visits import visits
from partnervisits.values import Absence, Period, Value, ValueType
from partnervisits.visits import Visit, Visitor, VisitStatus

Filter: TypeAlias = Any
"""Of whatever noun: what it is asked is its `matches`."""

START = datetime(2026, 3, 12, 8, tzinfo=UTC)
DAY = date(2026, 3, 12)
_TICK = timedelta(microseconds=1)

RECORDS: Mapping[Noun, st.SearchStrategy[Record]] = {
    Noun.INDICATORS: indicators(),
    Noun.TASKS: task_definitions(),
    Noun.TEMPLATES: templates(),
    Noun.VISITS: visits(),
    Noun.PLANS: plans(),
    Noun.READINGS: readings(),
    Noun.OVERRIDES: overrides(),
    Noun.RULES: follow_up_rules(),
    Noun.FOLLOW_UPS: follow_ups(),
}
"""Any record of a noun, every field filled now and then."""

EXTREMES: Sequence[Value | Absence] = (
    True,
    1,
    0,
    -999_999_999_999_999_999,
    Decimal("999999999999999999.9999999999"),
    Decimal("-0.0000000001"),
    Decimal("0.1"),
    START + _TICK,
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(2200, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "1",
    "\U0001f6b2" * 4_000,
    "two\nlines\tand a tab ",
    frozenset[str](),
    frozenset({"A", "a", "4+"}),
    *Absence,
)
"""Values that something between a store and its disk may round, cut, shift or take for others."""

SLUGS = ("9", "10", "B", "Z", "a", "a-1", "a.1", "a1", "a_1", "b")
"""Keys that a language sorts otherwise than code points do."""

IDS = (
    *SLUGS,
    "_",
    "a b",
    "a  b",
    "a\u00a0b",  # a blank that does not break
    "A",
    "\u00e9",  # composed
    "e\u0301",  # the same, decomposed
    "ss",
    "\u00df",
    "i",
    "\u0131",  # without its dot
    "I",
    "\u0130",  # with a dot
    "\u0430",  # a Cyrillic look-alike of a
    "a/b",
    "a%2Fb",
    "a%",
    "a'b",
    'a"b',
    "a\\b",
    "a\u200bb",  # a blank without width
    "\ufb01",
    "fi",
    "\uff41",  # a full-width a
    "\uff5e",
    "\U0001f6b2",  # behind the one before by code point, in front of it in UTF-16
    "null",
    "0x10",
    "1e3",
    "1000",
)
"""Ids that something between a store and its disk may take for one another."""


def visit_on(day: int | None, **changes: Any) -> Visit:  # noqa: ANN401 -- fields of a visit
    """A visit so many days after the first one, or of no day.

    Args:
        day: How many days later; None if it is not planned.
        changes: Fields that are to be otherwise.
    """
    if day is None:
        return a_visit(status=VisitStatus.UNSCHEDULED, **changes)
    return a_visit(planned=Period(START + timedelta(days=day)), **changes)


def _visits() -> Iterable[Visit]:
    two = [Visitor("rep-1", primary=True), Visitor("rep-2")]
    yield visit_on(0, id="V-1", partner_id="acme")
    yield visit_on(0, id="V-2", partner_id="Acme", visitors=two)
    yield visit_on(1, id="V-3", partner_id="acme", visitors=[Visitor("rep-2")])
    yield visit_on(2, id="V-4", status=VisitStatus.CANCELLED)
    yield visit_on(2, id="v-4", partner_id="nord", visitors=two)
    yield visit_on(-400, id="V-5", partner_id="nord", status=VisitStatus.MISSED)
    yield visit_on(None, id="V-0", partner_id="nord")
    yield visit_on(None, id="V-6", partner_id="acme", visitors=[Visitor("rep-1")])


def _plans() -> Iterable[Record]:
    yield a_plan(subject=a_subject(visit_id="V-1"))
    yield a_plan(subject=a_subject(visit_id="V-1"), key="audit")
    yield a_plan(subject=a_subject(visit_id="v-1", partner_id="nord"))
    yield a_plan(subject=a_subject(visit_id="V-2", on=DAY + timedelta(days=1)))
    yield a_plan(subject=a_subject(visit_id="V-3", on=DAY - timedelta(days=1), partner_id="nord"))
    yield a_plan(subject=a_subject(visit_id="V-0", on=None), key="audit")


def _follow_ups() -> Iterable[Record]:
    later = DAY + timedelta(days=1)
    yield a_follow_up(visit_id="V-1")
    yield a_follow_up(visit_id="V-2", due=DAY, rule_key="late")
    yield a_follow_up(visit_id="V-3", due=later, partner_id="nord")
    yield a_follow_up(visit_id="V-4", due=later, status=FollowUpStatus.CLOSED)
    yield a_follow_up(visit_id="V-5", due=DAY, status=FollowUpStatus.DISMISSED, partner_id="Acme")
    yield a_follow_up(visit_id="V-0", rule_key="late", partner_id="nord")


SAMPLES: Mapping[Noun, Sequence[Record]] = {
    Noun.INDICATORS: [
        *(an_indicator(key=key) for key in SLUGS),
        an_indicator(key="stock", value_type=ValueType.NUMBER),
        an_indicator(key="Stock", value_type=ValueType.TEXT),
    ],
    Noun.TASKS: [a_task_definition(key=key) for key in SLUGS],
    Noun.TEMPLATES: [
        a_template(),
        a_template(version=2, status=TemplateStatus.OBSOLETE),
        a_template(version=10, status=TemplateStatus.DRAFT),
        a_template(key="Quarterly"),
        a_template(key="quarter"),
        a_template(key="quarterly-2", status=TemplateStatus.OBSOLETE),
    ],
    Noun.VISITS: [*_visits()],
    Noun.PLANS: [*_plans()],
    Noun.READINGS: [
        a_reading(id="R-1", at=START, kpi_id="k"),
        a_reading(id="R-2", at=START + _TICK, kpi_id="K"),
        a_reading(id="r-2", at=START + _TICK, kpi_id="k"),
        a_reading(id="R-3", at=START - _TICK, kpi_id="k/2"),
        a_reading(id="R-0", at=START, recorded_at=START + timedelta(days=40), kpi_id="k"),
    ],
    Noun.OVERRIDES: [
        an_override(kpi_id="k", at=START),
        an_override(kpi_id="K", at=START),
        an_override(kpi_id="k", at=START + _TICK),
        an_override(kpi_id="k/2", at=START - _TICK),
        an_override(kpi_id="k", at=START, by="lea"),
    ],
    Noun.RULES: [a_follow_up_rule(key=key) for key in SLUGS],
    Noun.FOLLOW_UPS: [*_follow_ups()],
}
"""A handful of records of each noun."""

OTHER_STATES: Mapping[Noun, Mapping[str, Any]] = {
    Noun.INDICATORS: {"name": "Another", "value_type": ValueType.DECIMAL},
    Noun.TASKS: {"name": "Another"},
    Noun.TEMPLATES: {"name": "Another"},
    Noun.VISITS: {"partner_id": "other", "planned": Period(START + timedelta(days=9))},
    Noun.PLANS: {"subject": a_subject(visit_id="V-1", partner_id="other", on=None)},
    Noun.OVERRIDES: {"reason": "another"},
    Noun.RULES: {"action": "Another"},
    Noun.FOLLOW_UPS: {"due": DAY, "severity": Level.HIGH},
}
"""What changes a sample of a noun and leaves its id: readings are never replaced."""

_TOMORROW = DAY + timedelta(days=1)
_DAYS: Sequence[dict[str, Any]] = [
    {"since": DAY},
    {"before": DAY},
    {"since": DAY, "before": _TOMORROW},
]
_INSTANTS: Sequence[dict[str, Any]] = [
    {"since": START},
    {"before": START},
    {"since": START, "before": START + _TICK},
]

FILTERS: Mapping[Noun, Sequence[Filter]] = {
    Noun.INDICATORS: [
        IndicatorFilter(keys=["a"]),
        IndicatorFilter(keys=["b", "10", "nothing"]),
        IndicatorFilter(value_types=[ValueType.TEXT, ValueType.NUMBER]),
        IndicatorFilter(keys=["stock", "a"], value_types=[ValueType.NUMBER]),
    ],
    Noun.TASKS: [TaskFilter(keys=["a"]), TaskFilter(keys=["b", "10", "nothing"])],
    Noun.TEMPLATES: [
        TemplateFilter(keys=["quarterly"]),
        TemplateFilter(keys=["quarter", "Quarterly"]),
        TemplateFilter(statuses=[TemplateStatus.PUBLISHED, TemplateStatus.DRAFT]),
        TemplateFilter(keys=["quarterly"], statuses=[TemplateStatus.OBSOLETE]),
    ],
    Noun.VISITS: [
        VisitFilter(partners=["acme"]),
        VisitFilter(partners=["Acme", "nord"]),
        VisitFilter(reps=["rep-1"]),
        VisitFilter(reps=["rep-1", "rep-2"]),
        VisitFilter(statuses=[VisitStatus.PLANNED]),
        VisitFilter(statuses=[VisitStatus.CANCELLED, VisitStatus.UNSCHEDULED]),
        VisitFilter(partners=["nord"], reps=["rep-2"], statuses=[VisitStatus.PLANNED], since=DAY),
        *(VisitFilter(**each) for each in _DAYS),
        VisitFilter(partners=["acme"], since=DAY, before=_TOMORROW),
    ],
    Noun.PLANS: [
        PlanFilter(visits=["V-1"]),
        PlanFilter(partners=["nord"]),
        PlanFilter(keys=["audit"]),
        PlanFilter(visits=["V-1", "V-0"], keys=["audit"], partners=["acme"]),
        *(PlanFilter(**each) for each in _DAYS),
    ],
    Noun.READINGS: [
        ReadingFilter(kpis=["k"]),
        ReadingFilter(kpis=["K", "k/2"]),
        *(ReadingFilter(**each) for each in _INSTANTS),
        ReadingFilter(kpis=["k"], since=START + _TICK),
    ],
    Noun.OVERRIDES: [
        OverrideFilter(kpis=["k"]),
        OverrideFilter(kpis=["K", "k/2"]),
        *(OverrideFilter(**each) for each in _INSTANTS),
        OverrideFilter(kpis=["k"], since=START + _TICK),
    ],
    Noun.RULES: [RuleFilter(keys=["a"]), RuleFilter(keys=["b", "10", "nothing"])],
    Noun.FOLLOW_UPS: [
        FollowUpFilter(partners=["acme"]),
        FollowUpFilter(rules=["late"]),
        FollowUpFilter(statuses=[FollowUpStatus.OPEN]),
        FollowUpFilter(statuses=[FollowUpStatus.CLOSED, FollowUpStatus.DISMISSED]),
        FollowUpFilter(partners=["nord"], rules=["late"], statuses=[FollowUpStatus.OPEN]),
        *(FollowUpFilter(**each) for each in _DAYS),
    ],
}
"""Filters, each of which some samples fit and some do not."""

RANGE = ("since", "before")
"""The fields of a filter that make a range."""

RANGED = [noun for noun, filters in FILTERS.items() if hasattr(filters[0], RANGE[0])]
"""The nouns whose filters hold a range."""


def sets_of(noun: Noun) -> list[str]:
    """The fields of a noun's filter that hold a set.

    Args:
        noun: Whose filter it is.
    """
    return [
        field.name for field in attrs.fields(FILTERS[noun][0].__class__) if field.name not in RANGE
    ]


def empty_filter(noun: Noun, **fields: Any) -> Filter:  # noqa: ANN401 -- fields of a filter
    """A filter of a noun that narrows by nothing but some fields.

    Args:
        noun: Whose filter it is.
        fields: What it narrows by.
    """
    return type(FILTERS[noun][0])(**fields)


def in_order(records: Iterable[Record]) -> list[Record]:
    """Records of one noun as a store finds them.

    Args:
        records: In any order.
    """
    return sorted(records, key=place_of)


def place_of(record: Record) -> tuple[str, str]:
    """What a record is sorted by.

    Args:
        record: Any.
    """
    return order_key(record), id_of(record)


def records_in(store: Store, noun: Noun) -> Repository[Any, Any]:
    """The repository of a noun.

    Args:
        store: Any.
        noun: Which.
    """
    repository: Repository[Any, Any] = getattr(store, noun.value)
    return repository
