"""The exception tree: impossible objects, illegal verbs, and findings somebody insisted on.

The tree::

    PartnerVisitsError
    ├── InvalidValueError      a constructor or a verb was given what it cannot hold (a ValueError)
    │   └── CalendarError      a date that a calendar cannot give
    ├── TransitionError        a verb that the present state does not allow
    ├── NotFoundError          a look-up that fits nothing (a LookupError)
    ├── AmbiguousError         a look-up that fits several (a LookupError)
    └── FindingsError          findings that block, all of them
        ├── CatalogError       definitions that do not belong together
        ├── TemplateError      items that cannot make a template
        ├── ProposalError      an expansion that cannot be accepted
        ├── OpenWorkError      work that has to be done first
        └── ConflictError      changes that a store refuses

Every error has a stable `code`, carries its data as attributes, and survives pickling.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from partnervisits.findings import Finding, in_order

__all__ = [
    "AmbiguousError",
    "CalendarError",
    "CatalogError",
    "ConflictError",
    "FindingsError",
    "InvalidValueError",
    "NotFoundError",
    "OpenWorkError",
    "PartnerVisitsError",
    "ProposalError",
    "TemplateError",
    "TransitionError",
]


class PartnerVisitsError(Exception):
    """The root of everything this library raises.

    Attributes:
        code: Stable and dotted, for example `"decimal.float"`.

    Example:
        >>> import partnervisits as pv
        >>> try:
        ...     pv.at_least(0.1)
        ... except pv.PartnerVisitsError as refused:
        ...     print(refused.code)
        decimal.float
    """

    code: str


class InvalidValueError(PartnerVisitsError, ValueError):
    """A constructor or a verb was given a value that it cannot hold.

    Attributes:
        code: What is wrong with the value.
        message: What to do, without the place.
        owner: The class whose constructor refused, or an empty string.
        field: The field that was to hold the value, or an empty string.
    """

    def __init__(self, code: str, message: str, owner: str = "", field: str = "") -> None:
        super().__init__(code, message, owner, field)
        self.code = code
        self.message = message
        self.owner = owner
        self.field = field

    def at(self, owner: str, field: str) -> InvalidValueError:
        """The same error, naming the class and the field that refused.

        Args:
            owner: The class's name.
            field: The field's name.
        """
        return type(self)(self.code, self.message, owner, field)

    def finding(self, *path: str | int) -> Finding:
        """The same as a value.

        Args:
            path: Where the refused value stands.
        """
        return Finding(path, self.code, self.message)

    def __str__(self) -> str:
        place = ".".join(part for part in (self.owner, self.field) if part)
        return f"{place}: {self.message}" if place else self.message


class CalendarError(InvalidValueError):
    """A date that a calendar cannot give: no working day in reach, or out of range (S 4.5)."""


class TransitionError(PartnerVisitsError):
    """A verb that the present state does not allow (S 3.1, S 5.1, S 7.1).

    Attributes:
        subject: What was to change, for example `"visit V-1"`.
        state: The name of the state it is in.
        verb: The name of the verb that was tried.
        allowed: The names of the verbs that the state allows, sorted.
    """

    code = "transition.illegal"

    def __init__(self, subject: str, state: str, verb: str, allowed: tuple[str, ...]) -> None:
        super().__init__(subject, state, verb, allowed)
        self.subject = subject
        self.state = state
        self.verb = verb
        self.allowed = allowed

    def __str__(self) -> str:
        ways = f"allowed: {', '.join(self.allowed)}" if self.allowed else "nothing is: it is final"
        return f"{self.subject} is {self.state}: {self.verb} is not allowed ({ways})"


class _LookUpError(PartnerVisitsError, LookupError):
    def __init__(self, noun: str, wanted: str, candidates: tuple[str, ...]) -> None:
        super().__init__(noun, wanted, candidates)
        self.noun = noun
        self.wanted = wanted
        self.candidates = candidates


class NotFoundError(_LookUpError):
    """A look-up that fits nothing.

    Attributes:
        noun: What was looked for, for example `"task"`.
        wanted: The key that was given.
        candidates: The nearest keys there are, nearest first.
    """

    code = "lookup.missing"

    def __str__(self) -> str:
        hint = f"; the nearest: {', '.join(self.candidates)}" if self.candidates else ""
        return f"there is no {self.noun} {self.wanted}{hint}"


class AmbiguousError(_LookUpError):
    """A look-up that fits several.

    Attributes:
        noun: What was looked for, for example `"KPI"`.
        wanted: The key that was given.
        candidates: All that fit, in order.
    """

    code = "lookup.ambiguous"

    def __str__(self) -> str:
        return f"{self.wanted} fits several {self.noun}s, name one: {', '.join(self.candidates)}"


class FindingsError(PartnerVisitsError):
    """Findings that block, all of them at once.

    Attributes:
        findings: Sorted by path, code and message.
    """

    code = "findings.blocking"
    _what: ClassVar[str] = "this cannot be done"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = in_order(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        return "\n".join([f"{self._what}:", *(f"  {finding}" for finding in self.findings)])


class CatalogError(FindingsError):
    """Definitions that do not belong together (S 2.2, S 3.2)."""

    _what = "the catalog is refused"


class TemplateError(FindingsError):
    """Items that cannot make a template (S 3.2)."""

    _what = "the template is refused"


class ProposalError(FindingsError):
    """An expansion that cannot be accepted (S 6.1)."""

    _what = "the proposal cannot be accepted"


class OpenWorkError(FindingsError):
    """Work that has to be done first (S 7.1, S 7.3)."""

    _what = "there is open work"


class ConflictError(FindingsError):
    """Changes that a store refuses, since it holds something else than they expect (S 10.2).

    Each finding's path is the noun and the id: `("visits", "V-1")`. Nothing has changed; read what
    is there now and decide again.
    """

    _what = "the changes are refused"


def __dir__() -> list[str]:
    return sorted(__all__)
