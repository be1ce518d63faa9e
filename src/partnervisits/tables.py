"""Aligned text tables, for a terminal or a log: plain characters, the same in every process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

__all__ = ["table"]

_WIDTH = 100
_GAP = "  "


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], *, width: int = _WIDTH) -> str:
    """Rows under headers, columns aligned; cells of the widest columns are wrapped until all fits.

    Args:
        headers: One for each column.
        rows: Cells of text; line breaks and tabs become blanks.
        width: How many characters a line may have.
    """
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    widths = _fitted(
        [max(map(len, column)) for column in zip(headers, *cells, strict=True)],
        width - len(_GAP) * (len(headers) - 1),
    )
    lines = [*_lines(headers, widths), _GAP.join("-" * each for each in widths)]
    for row in cells:
        lines += _lines(row, widths)
    return "\n".join(lines)


def _fitted(widths: list[int], room: int) -> list[int]:
    fitted = list(widths)
    while sum(fitted) > room and max(fitted) > 1:
        widest = fitted.index(max(fitted))
        fitted[widest] -= 1
    return fitted


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    wrapped = [wrap(cell, each) or [""] for cell, each in zip(row, widths, strict=True)]
    for line in range(max(map(len, wrapped))):
        cells = [
            (column[line] if line < len(column) else "").ljust(each)
            for column, each in zip(wrapped, widths, strict=True)
        ]
        yield _GAP.join(cells).rstrip()


def __dir__() -> list[str]:
    return sorted(__all__)
