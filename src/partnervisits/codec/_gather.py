"""Reading many entries with all that is wrong, but not without end (S 11.2).

A list of a million wrong entries is refused after some of them: what a refusal takes of memory must
not grow with what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar, Token
from typing import Any, cast

from cattrs import Converter, IterableValidationError, IterableValidationNote

from partnervisits.codec._kinds import Kind, Read
from partnervisits.codec._limits import DEFAULT
from partnervisits.errors import InvalidValueError

MOST_SWIFTLY = 4_000_000
"""How many entries are read before all are looked at closely: the same list may stand in many."""

_LEFT: ContextVar[list[int] | None] = ContextVar("left", default=None)


def begin(most: int) -> Token[list[int] | None]:
    """From here on entries of all lists together are counted: those refused, or those read swiftly.

    Args:
        most: How many there may be.

    Returns:
        What to `end` it with.
    """
    return _LEFT.set([most])


end = _LEFT.reset
"""Stop counting."""


def checking(converter: Converter) -> Callable[[int], None]:
    """What a reader asks about the number of entries: the thorough one was told beforehand.

    Args:
        converter: It is made for.
    """
    return _nothing if converter.detailed_validation else check


def check(entries: int) -> None:
    """Give up if there are more entries than the default limit, or too many in all.

    Args:
        entries: Of one list or object.
    """
    if entries > DEFAULT.entries or spend(entries):
        raise TypeError


def _nothing(_: int) -> None:
    pass


def spend(entries: int) -> bool:
    """Count entries, and say whether there were too many.

    Args:
        entries: How many more.
    """
    left = _LEFT.get()
    if left is None:
        return False
    left[0] -= entries
    return left[0] <= 0


def read_all(
    entries: Iterable[tuple[int | str, object]], read: Read, kind: Kind
) -> list[tuple[int | str, object]]:
    """What entries stand for, each with its key or position.

    Args:
        entries: Of plain data.
        read: Reads one.
        kind: What it makes.

    Raises:
        IterableValidationError: With what is wrong with each that is refused.
    """
    held: list[tuple[int | str, object]] = []
    refused: list[Exception] = []
    for key, value in entries:
        try:
            held.append((key, read(value, kind)))
        except Exception as error:  # noqa: BLE001 -- cattrs gathers what its hooks and ours raise
            error.add_note(IterableValidationNote(f"Structuring {kind} @ {key!r}", key, kind))
            refused.append(error)
            if spend(1):
                refused.append(InvalidValueError("decode.more", "there is more: correct this"))
                break
    if refused:
        raise cast("Any", IterableValidationError)("While structuring entries", refused, kind)
    return held
