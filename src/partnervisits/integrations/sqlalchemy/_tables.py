"""The tables: what stands in them, and by what each noun is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from hashlib import sha256
from operator import attrgetter
from typing import Any, NamedTuple

import attrs
import sqlalchemy as sa

from partnervisits.repositories import (
    FollowUpFilter,
    IndicatorFilter,
    Noun,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    RuleFilter,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
)

START = 64
"""How many characters of a long id are in an index."""

_HOST_ID = 255  # the longest there may be, in characters
_ORDER_KEY = 72
_DIGEST = 64
_REVISION = 32


def digest(text: str) -> str:
    """A text of any length in 64 characters: the same in every process, and its own alone."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _word(said: str | Enum) -> str:
    return said.value if isinstance(said, Enum) else said


class Facet(NamedTuple):
    """A column for a field of a filter.

    Attributes:
        field: The field.
        column: The column.
        says: What a record says to the field.
        held: How that stands in the column.
    """

    field: str
    column: str
    says: Callable[[Any], Any]
    held: Callable[[Any], str] = _word


class Shape(NamedTuple):
    """How a noun lies in its table.

    Attributes:
        filter: The class of its filter.
        facets: Its columns for finding.
        is_digested: Whether its ids may be too long for an index.
    """

    filter: type[Any]
    facets: tuple[Facet, ...]
    is_digested: bool = False


_ID = Facet("keys", "id", attrgetter("key"))
_KEY = Facet("keys", "key", attrgetter("key"))
_KPI = Facet("kpis", "kpi_digest", attrgetter("kpi_id"), digest)
_PARTNER = Facet("partners", "partner_id", attrgetter("partner_id"))
_STATUS = Facet("statuses", "status", attrgetter("status"))

SHAPES: Mapping[Noun, Shape] = {
    Noun.INDICATORS: Shape(
        IndicatorFilter, (_ID, Facet("value_types", "value_type", attrgetter("value_type")))
    ),
    Noun.TASKS: Shape(TaskFilter, (_ID,)),
    Noun.TEMPLATES: Shape(TemplateFilter, (_KEY, _STATUS)),
    # The reps of a visit may be several: they have a table of their own.
    Noun.VISITS: Shape(VisitFilter, (_PARTNER, _STATUS)),
    Noun.PLANS: Shape(
        PlanFilter,
        (
            Facet("visits", "visit_id", attrgetter("subject.visit_id")),
            Facet("partners", "partner_id", attrgetter("subject.partner_id")),
            _KEY,
        ),
        is_digested=True,
    ),
    Noun.READINGS: Shape(ReadingFilter, (_KPI,), is_digested=True),
    Noun.OVERRIDES: Shape(OverrideFilter, (_KPI,), is_digested=True),
    Noun.RULES: Shape(RuleFilter, (_ID,)),
    Noun.FOLLOW_UPS: Shape(
        FollowUpFilter,
        (_PARTNER, Facet("rules", "rule_key", attrgetter("rule_key")), _STATUS),
        is_digested=True,
    ),
}


@attrs.frozen(eq=False)
class Tables:
    """The tables of a store, made by `tables_in`. A host may read them and refer to them.

    Every table has `id`, `order_key`, `revision`, `data`, and the columns by which its noun is
    found. Writing to them is the business of a store.

    Attributes:
        indicators: The indicators.
        tasks: The task definitions.
        templates: The versions of templates.
        visits: The visits; `id` is the primary key.
        visit_reps: Which reps make which visit: `visit_id`, `rep_id`.
        plans: The plans; the primary key is `digest`, the SHA-256 of the id, as in the following.
        readings: The readings.
        overrides: The overrides.
        rules: The follow-up rules.
        follow_ups: The follow-ups.
    """

    indicators: sa.Table
    tasks: sa.Table
    templates: sa.Table
    visits: sa.Table
    visit_reps: sa.Table
    plans: sa.Table
    readings: sa.Table
    overrides: sa.Table
    rules: sa.Table
    follow_ups: sa.Table


def tables_in(metadata: sa.MetaData, *, prefix: str = "partnervisits_") -> Tables:
    """Add the tables of a store to a host's `MetaData`, so that its migrations know them.

    Args:
        metadata: The host's; its schema is theirs too.
        prefix: What the names of tables and indexes begin with. Another one makes the tables of
            another store, for example of another tenant.

    Example:
        >>> import sqlalchemy as sa
        >>> from partnervisits.integrations.sqlalchemy import tables_in
        >>> tables_in(sa.MetaData(), prefix="crm_").visits.columns.keys()
        ['id', 'order_key', 'partner_id', 'status', 'revision', 'data']
    """
    made = {noun.value: _table(metadata, f"{prefix}{noun.value}", SHAPES[noun]) for noun in Noun}
    reps = _reps_table(metadata, f"{prefix}visit_reps", made["visits"])
    return Tables(**made, visit_reps=reps)


def _table(metadata: sa.MetaData, name: str, shape: Shape) -> sa.Table:
    ids = [_column("digest", _DIGEST, primary_key=True)] if shape.is_digested else []
    ids.append(_column("id", None if ids else _HOST_ID, primary_key=not ids))
    if shape.is_digested:
        ids.append(_column("id_start", START))
    facets = [_column(each.column, _HOST_ID) for each in shape.facets if each is not _ID]
    table = sa.Table(
        name,
        metadata,
        *ids,
        _column("order_key", _ORDER_KEY),
        *facets,
        _column("revision", _REVISION),
        _column("data", None),
    )
    # The start of an id sorts as the id does, so it serves where the id is too long.
    in_order = order_of(table)[:2]
    _ = sa.Index(f"{name}_in_order", *in_order)
    for facet in facets:
        _ = sa.Index(f"{name}_by_{facet.name}", facet, *in_order)
    return table


def _reps_table(metadata: sa.MetaData, name: str, visits: sa.Table) -> sa.Table:
    visit = sa.ForeignKey(visits.c.id, ondelete="CASCADE")
    table = sa.Table(
        name,
        metadata,
        _column("visit_id", _HOST_ID, visit, primary_key=True),
        _column("rep_id", _HOST_ID, primary_key=True),
    )
    _ = sa.Index(f"{name}_by_rep_id", table.c.rep_id, table.c.visit_id)
    return table


def _column(
    name: str, length: int | None, *more: sa.ForeignKey, primary_key: bool = False
) -> sa.Column[str]:
    by_code_point = sa.Text if length is None else sa.String
    kind = by_code_point(length).with_variant(by_code_point(length, collation="C"), "postgresql")
    return sa.Column(name, kind, *more, primary_key=primary_key, nullable=False)


def order_of(table: sa.Table) -> tuple[sa.Column[str], ...]:
    """What a noun is sorted by; the first two fit into an index."""
    starts = [table.c.id_start] if "id_start" in table.c else []
    return table.c.order_key, *starts, table.c.id
