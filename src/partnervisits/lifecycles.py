"""A lifecycle is a table, from which the checks, the property tests and the docs come."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Generic, TypeVar

from partnervisits.errors import TransitionError

__all__ = ["Lifecycle"]

S = TypeVar("S", bound=Enum)


class Lifecycle(Generic[S]):
    """States, the verbs each allows, and where they lead.

    Attributes:
        table: Rows of state, verb and next state, in the order of a life.
    """

    def __init__(self, table: Iterable[tuple[S, str, S]]) -> None:
        """Read the table.

        Args:
            table: Rows of state, verb and next state.
        """
        self.table = tuple(table)
        self._next = {(state, verb): after for state, verb, after in self.table}

    def allowed(self, state: S) -> tuple[str, ...]:
        """The verbs that a state allows, sorted; none in a final state.

        Args:
            state: The present state.
        """
        return tuple(sorted(verb for before, verb in self._next if before is state))

    def is_final(self, state: S) -> bool:
        """Whether nothing leads out of a state.

        Args:
            state: The state in question.
        """
        return not self.allowed(state)

    def after(self, state: S, verb: str, subject: str) -> S:
        """The state that a verb leads to.

        Args:
            state: The present state.
            verb: The verb that is tried.
            subject: What changes, for the message.

        Raises:
            TransitionError: `transition.illegal`: the state does not allow the verb.
        """
        try:
            return self._next[state, verb]
        except KeyError:
            raise TransitionError(subject, state.name, verb, self.allowed(state)) from None


def __dir__() -> list[str]:
    return sorted(__all__)
