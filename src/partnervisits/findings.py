"""Findings: whatever is wrong or worth knowing, as a value.

An imperfect world is not an exception. What a catalog, an expansion or a completion has to say
about its input is collected as `Finding` values, each with a path, a stable code and a message that
says what to do; an exception is raised only by the one who insists (`Proposal.accept()`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TypeAlias

import attrs

__all__ = ["Finding", "Path", "Severity", "blocking", "in_order"]

Path: TypeAlias = tuple[str | int, ...]
"""Where: keys and zero-based positions, from the outermost object inwards."""


class Severity(Enum):
    """How much a finding matters."""

    ERROR = "error"
    """Blocks: the result cannot be used as it is."""

    WARNING = "warning"
    """Travels with the result: worth knowing, and nothing is wrong with the rest."""


@attrs.frozen
class Finding:
    """One thing that is wrong or worth knowing.

    Attributes:
        path: Keys and positions that lead to the place, for example `("items", "pitch", "task")`.
        code: Stable and dotted, for example `"task.unknown"`; the reference lists them all.
        message: One plain sentence that says what to do.
        severity: `Severity.ERROR` blocks, `Severity.WARNING` travels along.

    Example:
        >>> import partnervisits as pv
        >>> print(pv.Finding(("items", "pitch", "task"), "task.unknown", "there is no task pich"))
        error: items.pitch.task: there is no task pich [task.unknown]
    """

    path: Path
    code: str
    message: str
    severity: Severity = Severity.ERROR

    @property
    def location(self) -> str:
        """The path in writing: `items.pitch.targets[0]`."""
        written = ""
        for part in self.path:
            written += f"[{part}]" if isinstance(part, int) else f".{part}"
        return written.removeprefix(".")

    def under(self, *prefix: str | int) -> Finding:
        """The same finding, seen from further out.

        Args:
            prefix: Path parts to set before the finding's own.
        """
        return attrs.evolve(self, path=(*prefix, *self.path))

    def __str__(self) -> str:
        place = f"{self.location}: " if self.path else ""
        return f"{self.severity.value}: {place}{self.message} [{self.code}]"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings sorted by path, code, message and severity: the same set gives the same tuple.

    Args:
        findings: In any order; equal ones are kept once.
    """
    return tuple(sorted(dict.fromkeys(findings), key=_rank))


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of severity error.

    Args:
        findings: In any order, which is kept.
    """
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def _rank(finding: Finding) -> tuple[tuple[tuple[int, int, str], ...], str, str, str]:
    parts = tuple((0, part, "") if isinstance(part, int) else (1, 0, part) for part in finding.path)
    return parts, finding.code, finding.message, finding.severity.value


def __dir__() -> list[str]:
    return sorted(__all__)
