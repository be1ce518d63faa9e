"""Readings out of a sheet: a row a visit, a column a question, a cell an answer."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from partnervisits.codec._refusals import part
from partnervisits.codec._sheets import Question, Sheet
from partnervisits.codec._texts import read_instant
from partnervisits.errors import InvalidValueError, PartnerVisitsError
from partnervisits.fields import cause_of, host_id, instance_of, iterable, kind_of, tuple_of
from partnervisits.findings import Finding, in_order
from partnervisits.indicators import Indicator
from partnervisits.lookups import only
from partnervisits.plans import ActionPlan, Kpi, PlannedTask
from partnervisits.readings import Reading, capture
from partnervisits.values import ValueType, instant, shortened, show

_NUMBER = re.compile(r"-?[0-9]{1,32}")
_LOCAL = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
)


class Imported(NamedTuple):
    """What was read from a sheet.

    Attributes:
        readings: One for each answer, row by row, those of a row by the names of their columns.
        findings: What could not be read, in order. The path is the row's position, counted from 0
            without the line of names, and the column.
    """

    readings: tuple[Reading, ...]
    findings: tuple[Finding, ...]


def readings_from(
    rows: Iterable[Mapping[str, str]],
    plans: Iterable[ActionPlan],
    sheet: Sheet,
    *,
    at: datetime | None = None,
    by: str | None = None,
    recorded_at: datetime | None = None,
) -> Imported:
    """Capture the answers that the rows of a sheet hold.

    A cell that cannot be read is reported with its row and column, and the others come through; so
    does all of a row whose cells do not go with the columns. Nothing is stripped, and no number is
    guessed. A cell holds:

    - for BOOLEAN one of the words of the sheet; for NUMBER a whole number, `-5`;
    - for DECIMAL and PERCENTAGE a plain decimal, `12.5`;
    - for DATETIME an instant, `2026-03-12T08:00:00Z`, or a time at the visit's place,
      `2026-03-12 09:00`;
    - for TEXT a text; for CHOICE a choice key or its label;
    - for MULTI_CHOICE keys or labels with the separator between them, in double quotes if they
      hold it; `""` for none.

    Args:
        rows: For example a `csv.DictReader`; each is read when it is reached.
        plans: Of the visits that the rows are about.
        sheet: How to read them.
        at: When it was so; needed unless the sheet has a column for it, which holds instants as
            above.
        by: The host's id of who captured it; needed unless the sheet has a column for it.
        recorded_at: When it was written down; `at` if None.

    Returns:
        Readings, each fact once, and findings. Codes are `row.type`, `row.cells`, `cell.missing`,
        `cell.type`, `cell.number`, `cell.boolean`, `cell.instant`, `cell.choices`, `cell.twice`,
        `visit.unknown`, `lookup.missing`, `lookup.ambiguous`, and those of `capture`.

    Raises:
        InvalidValueError: `sheet.at`, `sheet.by`: neither or both of column and argument are given;
            `type.wrong`, and those of sequences, ids and instants.

    Example:
        >>> import csv
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> from partnervisits.codec import Sheet, readings_from
        >>> sheet = Sheet(visit="Visit", columns={"Satisfaction %": "satisfaction"})
        >>> lines = ["Visit,Satisfaction %", "V-2026-031,81.5", "V-2026-031,n/a"]
        >>> nine = example.visit().planned.start
        >>> plans = example.book().plans
        >>> found = readings_from(csv.DictReader(lines), plans, sheet, at=nine, by="ines")
        >>> [reading.value for reading in found.readings]
        [Decimal('81.5')]
        >>> [(finding.location, finding.code) for finding in found.findings]
        [('[1].Satisfaction %', 'decimal.text')]
    """
    held = instance_of(Sheet, sheet)
    if (held.at is None) is (at is None):
        raise InvalidValueError("sheet.at", "pass at=, or name a column for it: one of the two")
    if (held.by is None) is (by is None):
        raise InvalidValueError("sheet.by", "pass by=, or name a column for it: one of the two")
    common = _Common(
        at=None if at is None else instant(at),
        by=None if by is None else host_id(by),
        recorded_at=None if recorded_at is None else instant(recorded_at),
    )
    reader = _Reader(held, common, _asked(tuple_of(ActionPlan, plans)))
    for position, row in enumerate(_rows(iterable(rows, "rows"))):
        if isinstance(row, csv.Error):
            reader.refuse(position, row)
        else:
            reader.read(position, row)
    return Imported(tuple(reader.readings.values()), in_order(reader.findings))


def _rows(rows: Iterable[Mapping[str, str]]) -> Iterator[Mapping[str, str] | csv.Error]:
    """The rows, and in place of one that is no CSV what is wrong with it."""
    source = iter(rows)
    while True:
        try:
            yield next(source)
        except StopIteration:
            return
        except csv.Error as error:
            yield error


class _Common(NamedTuple):
    """What holds for all rows, None where the sheet has a column for it."""

    at: datetime | None
    by: str | None
    recorded_at: datetime | None


class _Asked(NamedTuple):
    """What a visit asks for, and in which zone it takes place."""

    timezone: str
    kpis: list[tuple[PlannedTask, Kpi]]


def _asked(plans: Iterable[ActionPlan]) -> Mapping[str, _Asked]:
    """By the id of the visit."""
    found: dict[str, _Asked] = {}
    for plan in plans:
        asked = found.setdefault(plan.subject.visit_id, _Asked(plan.subject.timezone, []))
        asked.kpis.extend((task, kpi) for task in plan.tasks for kpi in task.kpis)
    return found


class _Reader:
    """Reads row by row, and keeps what it found."""

    def __init__(self, sheet: Sheet, common: _Common, asked: Mapping[str, _Asked]) -> None:
        self.sheet, self.common, self.asked = sheet, common, asked
        self.absences = dict(sheet.absences)
        self.booleans = dict(sheet.booleans)
        self.readings: dict[str, Reading] = {}
        self.findings: list[Finding] = []

    def read(self, position: int, row: Mapping[str, str]) -> None:
        """Read all that a row answers, unless it does not say of what, when or by whom."""
        sheet, column = self.sheet, None
        try:
            _check(row)
            column = sheet.visit
            asked = self._of_visit(_cell(row, column))
            column = sheet.at
            at = _moment(_cell(row, column), asked.timezone) if column else self.common.at
            column = sheet.by
            by = host_id(_cell(row, column)) if column else self.common.by
        except PartnerVisitsError as refused:
            self._note(refused, position, column)
            return
        for column, question in sheet.columns:
            try:
                self._capture(_cell(row, column), question, asked, at, by)
            except PartnerVisitsError as refused:
                self._note(refused, position, column)

    def refuse(self, position: int, error: csv.Error) -> None:
        """Note that a row cannot be read at all."""
        refused = InvalidValueError("row.cells", f"write it as CSV: {cause_of(error)}")
        self._note(refused, position, None)

    def _note(self, refused: PartnerVisitsError, position: int, column: str | None) -> None:
        path = (position,) if column is None else (position, part(column))
        message = refused.message if isinstance(refused, InvalidValueError) else str(refused)
        self.findings.append(Finding(path, refused.code, message))

    def _of_visit(self, visit: str) -> _Asked:
        if visit not in self.asked:
            message = f"no plan was given of visit {kind_of(visit)}: pass it, or correct the id"
            raise InvalidValueError("visit.unknown", message)
        return self.asked[visit]

    def _capture(
        self,
        cell: str,
        question: Question,
        asked: _Asked,
        at: datetime | None,
        by: str | None,
    ) -> None:
        if not cell and cell not in self.absences:
            return
        kpi = _kpi(question, asked)
        reading = capture(
            kpi,
            self.absences.get(cell) or self._value(cell, kpi.indicator, asked.timezone),
            at=cast("datetime", at),
            by=cast("str", by),
            recorded_at=self.common.recorded_at,
        )
        known = self.readings.setdefault(reading.id, reading)
        if known != reading:
            message = f"a row before says {shortened(show(known.value))} of the same at this time"
            raise InvalidValueError("cell.twice", message)

    def _value(self, cell: str, indicator: Indicator, timezone: str) -> object:
        """A cell as a value that the indicator may take."""
        match indicator.value_type:
            case ValueType.BOOLEAN:
                return self._truth(cell)
            case ValueType.NUMBER:
                return _whole(cell)
            case ValueType.DATETIME:
                return _moment(cell, timezone)
            case ValueType.CHOICE:
                return _choice(cell, indicator)
            case ValueType.MULTI_CHOICE:
                return [_choice(each, indicator) for each in _entries(cell, self.sheet.separator)]
            case _:
                return cell

    def _truth(self, cell: str) -> bool:
        if cell not in self.booleans:
            due = " or ".join(self.booleans) or "nothing"
            raise InvalidValueError("cell.boolean", f"write {due}, not {kind_of(cell)}")
        return self.booleans[cell]


def _check(row: object) -> None:
    """Refuse what is no row, and one whose cells may stand under the wrong names."""
    if not isinstance(row, Mapping):
        raise InvalidValueError("row.type", f"pass a mapping of columns, not {kind_of(row)}")
    cells = cast("Mapping[object, object]", row)
    if None in cells or any(cell is None for cell in cells.values()):
        message = "write as many cells as there are columns: quote what holds a separator"
        raise InvalidValueError("row.cells", message)


def _cell(row: Mapping[str, str], column: str) -> str:
    if column not in row:
        raise InvalidValueError("cell.missing", "there is no such column: correct its name")
    cell: object = row[column]
    if type(cell) is not str:
        raise InvalidValueError("cell.type", f"pass the text of the cell, not {kind_of(cell)}")
    return cell


def _kpi(question: Question, asked: _Asked) -> Kpi:
    fits = [(task, kpi) for task, kpi in asked.kpis if question.is_of(task, kpi)]
    known = {kpi.indicator.key for _, kpi in asked.kpis}
    return only(fits, "KPI", str(question), part=_told_apart, known=known)[1]


def _told_apart(planned: tuple[PlannedTask, Kpi]) -> str:
    task, kpi = planned
    return f"{task.item_key} for {kpi.context}"


def _whole(cell: str) -> int:
    if not _NUMBER.fullmatch(cell):
        raise InvalidValueError(
            "cell.number", f"write a whole number such as -5, not {kind_of(cell)}"
        )
    return int(cell)


def _moment(cell: str, timezone: str) -> datetime:
    """An instant with its offset, or a time at the place."""
    try:
        if _LOCAL.fullmatch(cell):
            return instant(datetime.fromisoformat(cell).replace(tzinfo=ZoneInfo(timezone)))
        return instant(read_instant(cell))
    except InvalidValueError as refused:
        if refused.code != "decode.instant":
            raise
    except ValueError:
        pass
    raise InvalidValueError(
        "cell.instant",
        "write an instant such as 2026-03-12T08:00:00Z, or a time at the place such as 2026-03-12 "
        f"09:00, not {kind_of(cell)}",
    )


def _choice(cell: str, indicator: Indicator) -> str:
    """The key; a label stands for the key if no other choice has it."""
    labelled = [choice.key for choice in indicator.choices if choice.label == cell]
    is_label = cell not in indicator.choice_keys and len(labelled) == 1
    return labelled[0] if is_label else cell


def _entries(cell: str, separator: str) -> list[str]:
    try:
        (entries,) = csv.reader([cell], delimiter=separator, skipinitialspace=True, strict=True)
    except (csv.Error, ValueError):
        entries = [""]
    if cell == '""':
        return []
    if entries == [""] or len(set(entries)) < len(entries):
        message = f"write choices with {separator} between them, each once, not {kind_of(cell)}"
        raise InvalidValueError("cell.choices", message)
    return entries
