"""How a sheet is to be read: which column answers which question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

import attrs

from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError
from partnervisits.fields import boolean, instance_of, named, optional_slug, pairs_of, slug, unique
from partnervisits.plans import Kpi, PlannedTask
from partnervisits.values import Absence

T = TypeVar("T")
V = TypeVar("V")

Pairs: TypeAlias = tuple[tuple[str, T], ...]


def _context(value: Context | None) -> Context | None:
    return None if value is None else instance_of(Context, value)


@attrs.frozen(field_transformer=named)
class Question:
    """Which KPI of a visit a column answers.

    Attributes:
        indicator: The indicator's key.
        item: The key of the template item that asks; needed where several ask the same.
        context: What it is about; needed where the visit asks the same of several.

    Raises:
        InvalidValueError: those of keys; `type.wrong`.
    """

    indicator: str = attrs.field(converter=slug)
    item: str | None = attrs.field(default=None, kw_only=True, converter=optional_slug)
    context: Context | None = attrs.field(default=None, kw_only=True, converter=_context)

    def __str__(self) -> str:
        asked = self.indicator if self.item is None else f"{self.item} / {self.indicator}"
        return asked if self.context is None else f"{asked} for {self.context}"

    def is_of(self, task: PlannedTask, kpi: Kpi) -> bool:
        """Whether a KPI of a planned task is meant.

        Args:
            task: Any.
            kpi: One of its KPIs.
        """
        return (
            kpi.indicator.key == self.indicator
            and self.item in (None, task.item_key)
            and self.context in (None, kpi.context)
        )


def _column(value: str) -> str:
    if not instance_of(str, value):
        raise InvalidValueError("sheet.column", "name the column: an empty name is none")
    return value


def _optional_column(value: str | None) -> str | None:
    return None if value is None else _column(value)


def _question(value: Question | str) -> Question:
    return Question(value) if isinstance(value, str) else instance_of(Question, value)


def _held(
    values: Mapping[str, V] | Pairs[V], name: Callable[[str], str], meaning: Callable[[V], T]
) -> Pairs[T]:
    held = [(name(word), meaning(value)) for word, value in pairs_of(values)]
    unique((word for word, _ in held), "name")
    return tuple(sorted(held, key=lambda pair: pair[0]))


def _columns(
    values: Mapping[str, Question | str] | Pairs[Question | str],
) -> Pairs[Question]:
    return _held(values, _column, _question)


def _word(value: str) -> str:
    return instance_of(str, value)


def _absence(value: Absence) -> Absence:
    return instance_of(Absence, value)


def _absences(values: Mapping[str, Absence] | Pairs[Absence]) -> Pairs[Absence]:
    return _held(values, _word, _absence)


def _booleans(values: Mapping[str, bool] | Pairs[bool]) -> Pairs[bool]:
    return _held(values, _word, boolean)


def _separator(value: str) -> str:
    if len(instance_of(str, value)) != 1 or value in '"\r\n ':
        message = "pass one character that stands between choices, no quote, blank or line end"
        raise InvalidValueError("sheet.separator", message)
    return value


@attrs.frozen(field_transformer=named, kw_only=True)
class Sheet:
    """How a sheet is to be read: which column answers what, and which words mean what.

    Attributes:
        visit: The column that holds the id of the visit.
        columns: Which column answers which question: a mapping of their names to `Question` values
            or to keys of indicators, held as sorted pairs. Other columns are not read.
        at: The column that says when it was so; None if all of it was at one instant.
        by: The column that says who captured it; None if all of it was by one person.
        absences: What is written where there is no value, and why there is none: a mapping of cells
            to an `Absence`, held as sorted pairs. An empty cell is no reading at all, unless it is
            among them.
        booleans: What is written for True and for False, held as sorted pairs.
        separator: The character between the choices of one cell.

    Raises:
        InvalidValueError: `sheet.column`, `sheet.separator`, `sequence.duplicate`, `type.wrong`.

    Example:
        >>> from partnervisits.codec import Sheet
        >>> Sheet(visit="Visit", columns={"Satisfaction %": "satisfaction"}).columns
        (('Satisfaction %', Question(indicator='satisfaction', item=None, context=None)),)
    """

    visit: str = attrs.field(converter=_column)
    columns: Pairs[Question] = attrs.field(converter=_columns)
    at: str | None = attrs.field(default=None, converter=_optional_column)
    by: str | None = attrs.field(default=None, converter=_optional_column)
    absences: Pairs[Absence] = attrs.field(default=(), converter=_absences)
    booleans: Pairs[bool] = attrs.field(
        default=(("false", False), ("true", True)), converter=_booleans
    )
    separator: str = attrs.field(default=";", converter=_separator)
