"""How records lie in tables: a column for each facet, and whatever sorts and finds quickly."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import attrs
import sqlalchemy as sa

from partnervisits.repositories import Noun

START = 64
"""How many characters of a long id an index holds."""

_HOST_ID = 255  # the longest there may be, in characters
_ORDER_KEY = 72
_REVISION = 32
_DIGEST = 64

COLUMNS: Mapping[Noun, Mapping[str, str]] = {
    Noun.INDICATORS: {"keys": "id", "value_types": "value_type"},
    Noun.TASKS: {"keys": "id"},
    Noun.TEMPLATES: {"keys": "key", "statuses": "status"},
    # The reps of a visit may be several: they have a table of their own.
    Noun.VISITS: {"partners": "partner_id", "statuses": "status"},
    Noun.PLANS: {"visits": "visit_id", "partners": "partner_id", "keys": "key"},
    Noun.READINGS: {"kpis": "kpi_digest"},
    Noun.OVERRIDES: {"kpis": "kpi_digest"},
    Noun.RULES: {"keys": "id"},
    Noun.FOLLOW_UPS: {"partners": "partner_id", "rules": "rule_key", "statuses": "status"},
}
"""By facet, the column that a record is found by."""

DIGESTED = frozenset({Noun.PLANS, Noun.READINGS, Noun.OVERRIDES, Noun.FOLLOW_UPS})
"""The nouns whose ids may be too long for an index."""


def digest(id: str) -> str:
    """What stands for an id that may be too long.

    Args:
        id: Any text.
    """
    return sha256(id.encode("utf-8", "surrogatepass")).hexdigest()


def in_column(column: str, said: str) -> str:
    """What a column holds for what a record says.

    Args:
        column: Its name.
        said: To a facet.
    """
    return digest(said) if column.endswith("_digest") else said


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
    made = {noun.value: _table(metadata, f"{prefix}{noun.value}", noun) for noun in Noun}
    reps = _reps_table(metadata, f"{prefix}visit_reps", made["visits"])
    return Tables(**made, visit_reps=reps)


def _table(metadata: sa.MetaData, name: str, noun: Noun) -> sa.Table:
    ids = [_column("id", _HOST_ID, primary_key=True)]
    if noun in DIGESTED:
        key = _column("digest", _DIGEST, primary_key=True)
        ids = [key, _column("id", None), _column("id_start", START)]
    facets = [_column(each, _HOST_ID) for each in COLUMNS[noun].values() if each != "id"]
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
    """The columns that the records of a table are sorted by.

    Args:
        table: Of a noun.
    """
    starts = [table.c.id_start] if "id_start" in table.c else []
    return table.c.order_key, *starts, table.c.id
