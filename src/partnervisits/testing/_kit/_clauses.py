"""The clauses of the contract as tests: each has its number, its words, and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import wraps
from inspect import getdoc
from typing import ClassVar, Concatenate, ParamSpec, Protocol, TypeVar

import pytest

from partnervisits.errors import InvalidValueError
from partnervisits.repositories import Repository, Store

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., object])

_ENTRY = re.compile(r"^- \*\*C(\d+)\*\* (.+(?:\n  .+)*)", re.MULTILINE)


class Capability(Enum):
    """What a store need not be able to do, and says that it can.

    The clauses that ask for what it does not declare are skipped, each with its reason, and the
    last test of the suite names them.
    """

    CONCURRENT = "several threads or tasks use the store at once"
    TRANSACTIONS = "the store joins a transaction of its host"


def _entries() -> Iterator[tuple[int, str]]:
    reading, store = vars(Repository), vars(Store)
    for promised in (reading["get"], reading["find"], Store, store["apply"]):
        for number, words in _ENTRY.findall(getdoc(promised) or ""):
            yield int(number), " ".join(words.split())


CLAUSES: Mapping[int, str] = dict(_entries())
"""The words of each clause, as the docstrings of the protocols say them."""


class Suite(Protocol):
    """What a clause knows of the class that it stands in."""

    capabilities: ClassVar[frozenset[Capability]]


S = TypeVar("S", bound=Suite)

Test = Callable[Concatenate[S, P], None]


def clause(number: int, *needs: Capability) -> Callable[[Test[S, P]], Test[S, P]]:
    """Make a test the proof of a clause: its failure says which one, in words.

    Args:
        number: The clause's.
        needs: What a store has to be able to do for it.
    """
    words = f"C{number} of the store contract: {CLAUSES.get(number, '')}"

    def named(test: Test[S, P]) -> Test[S, P]:
        @wraps(test)
        def judged(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
            __tracebackhide__ = True
            for need in needs:
                if need not in self.capabilities:
                    pytest.skip(f"C{number} asks for {need.name}: {need.value}")
            try:
                test(self, *args, **kwargs)
            except (Exception, pytest.fail.Exception) as error:
                error.add_note(words)
                raise

        judged.__doc__ = words
        vars(judged).update(clause=number, needs=frozenset(needs))
        return fixed(judged)

    return named


def clause_of(test: object) -> int | None:
    """The clause that a test proves, if it proves one.

    Args:
        test: A function of a suite.
    """
    return getattr(test, "clause", None)


def needs_of(test: object) -> frozenset[Capability]:
    """What a store has to be able to do for a test.

    Args:
        test: A function of a suite that proves a clause.
    """
    needs: frozenset[Capability] = vars(test)["needs"]
    return needs


def fixed(test: F) -> F:
    """Let no suite override a test.

    Args:
        test: A function of a suite.
    """
    vars(test)["is_fixed"] = True
    return test


def refuse_overrides(suite: type) -> None:
    """Let no suite replace what is fixed by something easier.

    Args:
        suite: A class that inherits the clauses.

    Raises:
        InvalidValueError: `kit.clause`.
    """
    for owner in suite.__mro__:
        for name, test in vars(owner).items():
            if getattr(test, "is_fixed", False) and getattr(suite, name) is not test:
                number = clause_of(test)
                what = f"C{number}" if number else name
                message = f"{what} cannot be overridden: declare in capabilities what the store can"
                raise InvalidValueError("kit.clause", message, suite.__name__, name)
