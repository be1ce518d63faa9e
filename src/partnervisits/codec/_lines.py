"""JSON Lines: a document a line, read and written one by one (S 11.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import attrs

from partnervisits.codec._refusals import DecodeError
from partnervisits.findings import Finding

T = TypeVar("T")


@attrs.frozen
class Line(Generic[T]):
    """A line of JSON Lines that was read.

    Attributes:
        number: The first line is 1.
        value: The object; None if the line is refused.
        findings: All that is wrong with it; nothing if it was read.

    Example:
        >>> from partnervisits import Reading, codec
        >>> (line,) = codec.load_lines(["{}"], Reading)
        >>> line.number, line.value, [finding.location for finding in line.findings]
        (1, None, ['data', 'kind', 'schema'])
    """

    number: int
    value: T | None
    findings: tuple[Finding, ...] = ()


def lines_of(lines: Iterable[str | bytes], load: Callable[[str | bytes], T]) -> Iterator[Line[T]]:
    """Each line that holds anything, as what it holds.

    Args:
        lines: Of text.
        load: Makes an object out of one, or raises `DecodeError`.
    """
    for number, line in enumerate(_until_broken(lines), start=1):
        if isinstance(line, UnicodeDecodeError):
            message = f"write UTF-8: {line.reason}; nothing behind it was read"
            yield Line(number, None, (Finding((), "decode.json", message),))
            continue
        if type(line) in _TEXTS and not line.strip():
            continue
        try:
            yield Line(number, load(line))
        except DecodeError as refused:
            yield Line(number, None, refused.findings)


_TEXTS = (str, bytes)


def _until_broken(lines: Iterable[str | bytes]) -> Iterator[str | bytes | UnicodeDecodeError]:
    """The lines of a file, and what is wrong where it is no text any more."""
    try:
        yield from lines
    except UnicodeDecodeError as error:
        yield error
