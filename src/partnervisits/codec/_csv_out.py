"""Rows as text: for spreadsheets, and as plain data for JSON."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import cast

from partnervisits.codec._texts import write_decimal, write_duration, write_instant
from partnervisits.rows import Rows

_ENTRIES = ";"
# What a spreadsheet takes for the beginning of a formula, behind any number of apostrophes.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def csv_text(rows: Rows) -> str:
    r"""Rows as CSV, with a line of names first, for spreadsheets and other programs.

    Lines end in CR LF, as RFC 4180 has it. A cell holds:

    - nothing for None;
    - a text as it is, but behind an apostrophe if a spreadsheet could take it for a formula: if it
      begins with `=`, `+`, `-`, `@` of either width, a tab or a line break, or with apostrophes
      before one of them. Cells are kept apart by commas: a spreadsheet that is told to look for
      semicolons would cut texts in two, and could take the second part for a formula.
      `unprotected` takes the apostrophe off;
    - a number as it is: decimals plain and without trailing zeros, ratios as Python writes a
      `float`;
    - `true` or `false`; a date as `2026-03-12`; an instant as `2026-03-12T08:00:00Z`;
    - a duration in seconds: `-35999.999999`;
    - several keys with semicolons between them, in double quotes where a key needs it; `""` for
      none.

    Args:
        rows: Of `plan_rows`, `comparison_rows` or `rollup_rows`.

    Returns:
        Text to be written in UTF-8, with the line ends as they are.

    Example:
        >>> from partnervisits.codec import csv_text
        >>> csv_text({"name": ["=1+1", "Good & Sons"], "variance": [-5, None]})
        "name,variance\r\n'=1+1,-5\r\nGood & Sons,\r\n"
    """
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(map(_protected, rows))
    writer.writerows(map(_written, line) for line in zip(*rows.values(), strict=True))
    return file.getvalue()


def unprotected(cell: str) -> str:
    """What a text cell of `csv_text` says, without the apostrophe that protects it.

    Args:
        cell: As it was written; one that is not protected stays as it is.

    Example:
        >>> from partnervisits.codec import unprotected
        >>> unprotected("'=1+1"), unprotected("'s-Hertogenbosch")
        ('=1+1', "'s-Hertogenbosch")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def plain_rows(rows: Rows) -> list[dict[str, object]]:
    """Rows as plain data for JSON: an object for each, with a key for each column.

    Amounts are decimals in a string, ratios numbers, instants and durations written as in
    documents.

    Args:
        rows: Of `plan_rows`, `comparison_rows` or `rollup_rows`.

    Example:
        >>> from decimal import Decimal
        >>> from partnervisits.codec import plain_rows
        >>> plain_rows({"item_key": ["survey"], "variance": [Decimal("-6.0000000000")]})
        [{'item_key': 'survey', 'variance': '-6'}]
    """
    lines = zip(*rows.values(), strict=True)
    return [dict(zip(rows, map(_plain, line), strict=True)) for line in lines]


def _protected(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _written(cell: object) -> str:
    match cell:
        case str():
            return _protected(cell)
        case bool():
            return "true" if cell else "false"
        case timedelta():
            return _seconds(cell)
        case list():
            return _protected(_line(cast("list[str]", cell)))
        case None | int():
            return "" if cell is None else str(cell)
        case _:
            return str(_plain(cell))


def _plain(cell: object) -> object:
    match cell:
        case Decimal():
            return write_decimal(cell)
        case datetime():
            return write_instant(cell)
        case date():
            return cell.isoformat()
        case timedelta():
            return f"{'-' if cell < timedelta(0) else ''}{write_duration(abs(cell))}"
        case _:
            return cell


def _seconds(length: timedelta) -> str:
    seconds, fraction = divmod(abs(length), timedelta(seconds=1))
    digits = f".{fraction.microseconds:06}" if fraction else ""
    return f"{'-' if length < timedelta(0) else ''}{seconds}{digits}"


def _line(keys: Iterable[str]) -> str:
    file = StringIO()
    csv.writer(file, delimiter=_ENTRIES, lineterminator="").writerow([*keys] or [""])
    return file.getvalue()
