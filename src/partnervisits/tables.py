"""Aligned text tables, for a terminal or a log: plain characters, the same in every process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

__all__ = ["table"]

_WIDTH = 100
_GAP = "  "
_INDENT = "  "


def table(
    headers: Sequence[str], rows: Iterable[str | Sequence[str]], *, width: int = _WIDTH
) -> str:
    """Rows under headers, columns aligned; cells of the widest columns are wrapped until all fits.

    Args:
        headers: One for each column.
        rows: Cells of text; a lone string is a heading above the rows that follow. Line breaks and
            tabs become blanks.
        width: How many characters a line may have.
    """
    held = [row if isinstance(row, str) else list(map(_on_one_line, row)) for row in rows]
    cells = [row for row in held if not isinstance(row, str)]
    longest = [max(map(len, column)) for column in zip(headers, *cells, strict=True)]
    widths = _fitted(longest, width - len(_GAP) * (len(headers) - 1))
    lines = [*_lines(headers, widths), _GAP.join("-" * each for each in widths)]
    for row in held:
        lines += wrap(_on_one_line(row), width) if isinstance(row, str) else _lines(row, widths)
    return "\n".join(lines)


def _on_one_line(cell: str) -> str:
    indent = _INDENT if cell.startswith(_INDENT) else ""
    return indent + " ".join(cell.split())


def _fitted(widths: list[int], room: int) -> list[int]:
    fitted = list(widths)
    while sum(fitted) > room and max(fitted) > 1:
        widest = fitted.index(max(fitted))
        fitted[widest] -= 1
    return fitted


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    columns = [_wrapped(cell, each) for cell, each in zip(row, widths, strict=True)]
    for line in range(max(map(len, columns))):
        cells = [
            (column[line] if line < len(column) else "").ljust(each)
            for column, each in zip(columns, widths, strict=True)
        ]
        yield _GAP.join(cells).rstrip()


def _wrapped(cell: str, width: int) -> list[str]:
    indent = _INDENT if cell.startswith(_INDENT) and width > len(_INDENT) else ""
    return wrap(cell.strip(), width, initial_indent=indent, subsequent_indent=indent) or [""]


def __dir__() -> list[str]:
    return sorted(__all__)
