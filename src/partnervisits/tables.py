"""Aligned text tables, for a terminal or a log: plain characters, the same in every process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

__all__ = ["table"]

_WIDTH = 100
_GAP = "  "
_INDENT = "  "


def table(
    headers: Sequence[str], rows: Iterable[str | Sequence[str]], *, width: int = _WIDTH
) -> str:
    """Rows under headers, columns aligned; the widest columns wrap until all fits.

    Words stay whole as long as there is room for the longest word of each column.

    Args:
        headers: One for each column.
        rows: Cells of text; a lone string spans all columns. Leading blanks indent, also the lines
            that a text wraps into; other runs of blanks, tabs and line breaks become one blank.
        width: How many characters a line may have.
    """
    held = list(rows)
    cells = [headers, *(row for row in held if not isinstance(row, str))]
    widths = _fitted(list(zip(*cells, strict=True)), width - len(_GAP) * (len(headers) - 1))
    lines = [*_lines(headers, widths), _GAP.join("-" * each for each in widths)]
    for row in held:
        lines += _wrapped(row, width) if isinstance(row, str) else _lines(row, widths)
    return "\n".join(lines)


def _fitted(columns: Iterable[Sequence[str]], room: int) -> list[int]:
    natural: list[int] = []
    longest_words: list[int] = []
    for column in columns:
        natural.append(max(_length(cell) for cell in column))
        longest_words.append(max(_longest_word(cell) for cell in column))
    return _shrunk(_shrunk(natural, longest_words, room), [1] * len(natural), room)


def _shrunk(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths that need no more than the room, the widest cut first, none below its least."""
    shrunk = list(widths)
    while sum(shrunk) > room:
        open_to_cuts = [each for each, width in enumerate(shrunk) if width > least[each]]
        if not open_to_cuts:
            break
        shrunk[max(open_to_cuts, key=shrunk.__getitem__)] -= 1
    return shrunk


def _length(cell: str) -> int:
    return len(_indent(cell)) + len(" ".join(cell.split()))


def _longest_word(cell: str) -> int:
    return len(_indent(cell)) + max(map(len, cell.split()), default=0)


def _indent(cell: str) -> str:
    return _INDENT * ((len(cell) - len(cell.lstrip(" "))) // len(_INDENT))


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    columns = [_wrapped(cell, each) for cell, each in zip(row, widths, strict=True)]
    for line in range(max(map(len, columns))):
        cells = [
            (column[line] if line < len(column) else "").ljust(each)
            for column, each in zip(columns, widths, strict=True)
        ]
        yield _GAP.join(cells).rstrip()


def _wrapped(cell: str, width: int) -> list[str]:
    indent = _indent(cell) if width > len(_indent(cell)) else ""
    return wrap(
        " ".join(cell.split()),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    ) or [""]


def __dir__() -> list[str]:
    return sorted(__all__)
