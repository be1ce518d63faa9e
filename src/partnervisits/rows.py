"""Plans, comparisons and roll-ups as named columns, for data frames.

Each function gives a dict of lists that pandas and Polars (`DataFrame(rows)`) and PyArrow
(`pyarrow.table(rows)`) take as they are. The columns and their order are always the same, whatever
the rows, and a column holds one type, or None. The reference lists every column.

A data frame is for looking; the exact figures stay on the objects:

- Amounts in units are exact: `Decimal`, all with ten decimal places.
- Ratios are the nearest `float`, since their 28 digits do not fit the decimal columns of Arrow and
  Polars. Only an exact 1 becomes 1.0.
- A member of an enum is its name in lower case: `Outcome[word.upper()]` gives it back.
- Dates are `date`, instants aware `datetime` in UTC, durations `timedelta`, several keys a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from math import nextafter
from operator import attrgetter
from typing import NamedTuple, TypeAlias, TypeVar, cast

from partnervisits.comparison import Comparison, Override
from partnervisits.fields import tuple_of
from partnervisits.plans import ActionPlan, PlannedTask, Subject
from partnervisits.readings import Reading
from partnervisits.scorecards import Scorecard, group_name
from partnervisits.targets import ResolvedTarget
from partnervisits.values import Absence, total

__all__ = ["Rows", "comparison_rows", "plan_rows", "rollup_rows"]

T = TypeVar("T")
P = TypeVar("P")

_Cell: TypeAlias = (
    str | bool | int | float | Decimal | date | datetime | timedelta | list[str] | None
)

Rows: TypeAlias = dict[str, list[_Cell]]
"""Columns by name, in a fixed order and of equal length; each of one type, or None."""


def plan_rows(plans: Iterable[ActionPlan]) -> Rows:
    """One row for each planned task; removed tasks have none.

    Args:
        plans: Any number of them.

    Returns:
        The columns of the reference, plans and their tasks in the order given.

    Raises:
        InvalidValueError: `sequence.type`, `sequence.entry`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> from partnervisits.rows import plan_rows
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> rows = plan_rows([plan])
        >>> rows["item_key"], rows["binding"]
        (['survey', 'review'], ['must', 'must_unless_documented'])
    """
    held = [_Planned(plan, task) for plan in tuple_of(ActionPlan, plans) for task in plan.tasks]
    return _rows(_PLAN, held)


def comparison_rows(comparisons: Iterable[Comparison]) -> Rows:
    """One row for each comparison.

    Args:
        comparisons: Of any plans, for example `card.comparisons`.

    Returns:
        The columns of the reference, comparisons in the order given. What was captured stands in
        the one column of its kind, from `actual_number` to `absence`.

    Raises:
        InvalidValueError: `sequence.type`, `sequence.entry`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> from partnervisits.rows import comparison_rows
        >>> held = {"catalog": example.catalog(), "given": example.given()}
        >>> plan = pv.expand(example.template(), example.visit(), **held).accept()
        >>> card = pv.compare(plan, example.readings(plan))
        >>> rows = comparison_rows(card.comparisons)
        >>> rows["indicator"][1], rows["outcome"][1], rows["target"][1], rows["score"][1]
        ('complaints', 'not_met', 'at most 5', 0.8)
        >>> rows["actual_number"][1]
        Decimal('8.0000000000')
    """
    return _rows(_COMPARISON, tuple_of(Comparison, comparisons))


def rollup_rows(scorecards: Iterable[Scorecard]) -> Rows:
    """One row for each scorecard: its score, never without its coverage and its counts (S 9.2).

    Args:
        scorecards: For example those of `rollup`, or one of `compare` in a list.

    Returns:
        The columns of the reference, scorecards in the order given.

    Raises:
        InvalidValueError: `sequence.type`, `sequence.entry`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> from partnervisits.rows import rollup_rows
        >>> from partnervisits.scorecards import by_rep
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> rows = rollup_rows(pv.rollup(pv.compare(plan, []).comparisons, by=by_rep))
        >>> rows["group"], rows["score"], rows["coverage"], rows["asked"]
        (['ines'], [None], [0.0], [5])
    """
    return _rows(_ROLLUP, tuple_of(Scorecard, scorecards))


_Column: TypeAlias = tuple[str, Callable[[T], _Cell]]
_Columns: TypeAlias = tuple[_Column[T], ...]


def _rows(columns: _Columns[T], held: Sequence[T]) -> Rows:
    return {name: [cell(each) for each in held] for name, cell in columns}


def _of_part(part: Callable[[T], P | None], columns: _Columns[P]) -> Iterator[_Column[T]]:
    """Columns of a part as columns of the whole, None where it has no such part."""
    for name, cell in columns:
        yield name, _cell_of_part(part, cell)


def _cell_of_part(
    part: Callable[[T], P | None], cell: Callable[[P], _Cell]
) -> Callable[[T], _Cell]:
    def cell_of_whole(whole: T) -> _Cell:
        held = part(whole)
        return None if held is None else cell(held)

    return cell_of_whole


# ------------------------------------------------------------------------------------------ cells

# In Arrow and Polars the scale is part of a decimal's type: all amounts of a column share one.
_TEN_PLACES = Decimal("0E-10")


def _number(value: object) -> Decimal | None:
    """The same number with ten decimal places; None for what is no number (S 1.2)."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return total((Decimal(value), _TEN_PLACES))


def _ratio(exact: Decimal | None) -> float | None:
    """The nearest float; 1.0 for nothing but 1, so that almost all is not all."""
    if exact is None:
        return None
    near = float(exact)
    if near != 1 or exact == 1:
        return near
    return nextafter(near, 0 if exact < 1 else 2)


def _word(member: Enum | None) -> str | None:
    return None if member is None else member.name.lower()


def _words(members: Iterable[Enum]) -> list[str]:
    return [member.name.lower() for member in members]


def _only(kind: type[T], value: object) -> T | None:
    """The value if it is exactly of a type (S 1.7)."""
    return value if type(value) is kind else None


def _choices(value: object) -> list[str] | None:
    chosen = cast("frozenset[str] | None", _only(frozenset, value))
    return None if chosen is None else sorted(chosen)


# ---------------------------------------------------------------------------------------- columns


class _Planned(NamedTuple):
    plan: ActionPlan
    task: PlannedTask


_SUBJECT: _Columns[Subject] = (
    ("visit_id", lambda subject: subject.visit_id),
    ("partner_id", lambda subject: subject.partner_id),
    ("place_id", lambda subject: subject.place_id),
    ("timezone", lambda subject: subject.timezone),
    ("rep_id", lambda subject: subject.rep_id),
    ("segment", lambda subject: subject.segment),
    ("visit_on", lambda subject: subject.on),
)

_TASK: _Columns[PlannedTask] = (
    ("item_key", lambda task: task.item_key),
    ("task_key", lambda task: task.task_key),
    ("task_id", lambda task: task.id),
    ("name", lambda task: task.name),
    ("instructions", lambda task: task.instructions),
    ("binding", lambda task: _word(task.binding)),
    ("status", lambda task: _word(task.status)),
    ("reason", lambda task: task.reason),
    ("role", lambda task: task.role),
    ("assignee_id", lambda task: task.assignee_id),
    ("due", lambda task: task.due),
    ("started_at", lambda task: task.started_at),
    ("finished_at", lambda task: task.finished_at),
    ("contexts", lambda task: [context.path for context in task.contexts]),
    ("after", lambda task: [*task.after]),
    ("kpis", lambda task: len(task.kpis)),
    ("origin", lambda task: _word(task.origin)),
    ("serves", lambda task: [*task.serves]),
    ("overridden", lambda task: [*task.overridden]),
    ("edited", lambda task: [edit.field for edit in task.edits]),
    ("orphaned", lambda task: task.orphaned),
)


def _subject_of(planned: _Planned) -> Subject:
    return planned.plan.subject


def _target_of(comparison: Comparison) -> ResolvedTarget | None:
    return comparison.kpi.target


_PLAN: _Columns[_Planned] = (
    *_of_part(_subject_of, _SUBJECT),
    ("plan_id", lambda planned: planned.plan.id),
    ("plan_key", lambda planned: planned.plan.key),
    ("plan_version", lambda planned: planned.plan.version),
    *_of_part(attrgetter("task"), _TASK),
)

_TARGET: _Columns[ResolvedTarget] = (
    ("target_source", lambda target: _word(target.source)),
    ("target_scope", lambda target: None if target.scope is None else str(target.scope)),
)

_OVERRIDE: _Columns[Override] = (
    ("override_by", lambda override: override.by),
    ("override_at", lambda override: override.at),
    ("override_reason", lambda override: override.reason),
)

_READING: _Columns[Reading] = (
    ("reading_id", lambda reading: reading.id),
    ("captured_at", lambda reading: reading.at),
    ("captured_by", lambda reading: reading.by),
    ("recorded_at", lambda reading: reading.recorded_at),
    ("note", lambda reading: reading.note),
)

_COMPARISON: _Columns[Comparison] = (
    *_of_part(attrgetter("subject"), _SUBJECT),
    ("item_key", lambda each: each.item_key),
    ("task_key", lambda each: each.task_key),
    ("task_id", lambda each: each.kpi.task_id),
    ("kpi_id", lambda each: each.kpi.id),
    ("context_kind", lambda each: each.kpi.context.kind),
    ("context_id", lambda each: each.kpi.context.id),
    ("indicator", lambda each: each.kpi.indicator.key),
    ("indicator_name", lambda each: each.kpi.indicator.name),
    ("value_type", lambda each: _word(each.kpi.indicator.value_type)),
    ("unit", lambda each: each.kpi.indicator.shown_unit),
    ("target", lambda each: None if each.kpi.target is None else each.shown_target()),
    *_of_part(_target_of, _TARGET),
    ("weight", lambda each: _number(each.weight)),
    ("outcome", lambda each: _word(each.outcome)),
    ("computed", lambda each: _word(each.computed)),
    ("cause", lambda each: each.cause),
    *_of_part(attrgetter("override"), _OVERRIDE),
    ("actual", lambda each: None if each.reading is None else each.shown(each.actual)),
    ("actual_number", lambda each: _number(each.actual)),
    ("actual_instant", lambda each: _only(datetime, each.actual)),
    ("actual_boolean", lambda each: _only(bool, each.actual)),
    ("actual_text", lambda each: _only(str, each.actual)),
    ("actual_choices", lambda each: _choices(each.actual)),
    ("absence", lambda each: _word(_only(Absence, each.actual))),
    *_of_part(attrgetter("reading"), _READING),
    ("flags", lambda each: _words(each.reading.flags if each.reading else ())),
    ("variance", lambda each: _number(each.variance)),
    ("variance_duration", lambda each: _only(timedelta, each.variance)),
    ("favourability", lambda each: _word(each.favourability)),
    ("relative_variance", lambda each: _ratio(each.relative_variance)),
    ("attainment", lambda each: _ratio(each.attainment)),
    ("score", lambda each: _ratio(each.score)),
)

_ROLLUP: _Columns[Scorecard] = (
    ("group", lambda card: None if card.group is None else group_name(card.group)),
    ("method", lambda card: _word(card.method)),
    ("missing", lambda card: _word(card.missing)),
    ("score", lambda card: _ratio(card.score)),
    ("coverage", lambda card: _ratio(card.coverage)),
    ("asked", lambda card: card.counts.asked),
    ("measured", lambda card: card.counts.measured),
    ("met", lambda card: card.counts.met),
    ("near", lambda card: card.counts.near),
    ("not_met", lambda card: card.counts.not_met),
    ("no_data", lambda card: card.counts.no_data),
    ("error", lambda card: card.counts.error),
    ("not_due", lambda card: card.counts.not_due),
    ("not_applicable", lambda card: card.counts.not_applicable),
    ("no_target", lambda card: card.counts.no_target),
)


def __dir__() -> list[str]:
    return sorted(__all__)
