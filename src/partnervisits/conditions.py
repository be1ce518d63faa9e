"""Conditions: data that asks facts a question, answered yes, no or unknown (S 3.4).

    fact ──criterion──► YES, NO, UNKNOWN ──all_of, any_of, negate──► verdict

A fact that was not given is unknown, never no: `is_set` alone tells what was given from what was
not. A condition is judged by any number of sets of facts, and never changes.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import ClassVar, NamedTuple, TypeAlias, cast

import attrs

from partnervisits.contexts import Fact
from partnervisits.criteria import (
    Bound,
    Criterion,
    DayEnd,
    OrderedCriterion,
    Shown,
    in_instants,
    is_criterion,
    is_temporal,
    misfits,
    plainly,
)
from partnervisits.errors import InvalidValueError
from partnervisits.fields import instance_of, kind_of, named, title, tuple_of
from partnervisits.values import ValueType, shortened

__all__ = [
    "AllOf",
    "AnyOf",
    "Condition",
    "FactIs",
    "IsSet",
    "Negate",
    "Verdict",
    "a_condition",
    "all_of",
    "any_of",
    "comparisons",
    "is_set",
    "missing",
    "negate",
    "when",
]

_DEEPEST = 32
_LARGEST = 10_000


class Verdict(Enum):
    """What a condition comes to."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """A fact that would decide was not given, or has no instant to be compared with yet."""


_OPPOSITE = {
    Verdict.YES: Verdict.NO,
    Verdict.NO: Verdict.YES,
    Verdict.UNKNOWN: Verdict.UNKNOWN,
}


class _Extent(NamedTuple):
    """How many levels a condition has, and how many conditions it is made of, itself included."""

    depth: int
    size: int


@attrs.frozen
class _Measured:
    _extent: _Extent = attrs.field(default=_Extent(1, 1), init=False, eq=False, repr=False)

    @abstractmethod
    def written(self, shown: Shown) -> str:
        """In words.

        Args:
            shown: Writes an operand or a width.
        """
        ...

    def __str__(self) -> str:
        return self.written(plainly)

    def _enclose(self, field: str, conditions: Iterable[_Measured]) -> None:
        inner = [each._extent for each in conditions]  # noqa: SLF001 -- conditions know each other
        depth, size = 1 + max(each.depth for each in inner), 1 + sum(each.size for each in inner)
        if depth > _DEEPEST:
            message = f"conditions nest at most {_DEEPEST} levels deep: flatten them"
            raise InvalidValueError("condition.depth", message, type(self).__name__, field)
        if size > _LARGEST:
            message = f"at most {_LARGEST:,} conditions make one: let a criterion list values"
            raise InvalidValueError("condition.size", message, type(self).__name__, field)
        object.__setattr__(self, "_extent", _Extent(depth, size))


# ------------------------------------------------------------------------------------ one fact


def _criterion(value: Criterion) -> Criterion:
    if not is_criterion(value):
        message = f"pass a criterion such as equals(…) or one_of([…]), not {kind_of(value)}"
        raise InvalidValueError("type.wrong", message)
    return value


def _types_that_fit(criterion: Criterion) -> frozenset[type]:
    keys: list[str] = []
    for operand in criterion.operands:
        match operand:
            case str():
                keys.append(operand)
            case frozenset():
                keys += operand
            case _:
                pass
    fit = {each.stored for each in ValueType if not misfits(criterion, each, keys)}
    return frozenset({*fit, date} if datetime in fit else fit)


@attrs.frozen(field_transformer=named)
class FactIs(_Measured):
    """A fact that meets a criterion.

    Attributes:
        fact: Its name.
        criterion: What meets; days and offsets among its operands are resolved when it is judged.

    Raises:
        InvalidValueError: `condition.criterion`, `type.wrong`, and those of names.
    """

    fact: str = attrs.field(converter=title)
    criterion: Criterion = attrs.field(converter=_criterion)
    _fits: frozenset[type] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        fits = _types_that_fit(self.criterion)
        if not fits:
            raise InvalidValueError(
                "condition.criterion",
                f"{_short(self.criterion)!r} goes with no type of fact: list whole numbers, or "
                "join several equals by any_of",
                "FactIs",
                "criterion",
            )
        object.__setattr__(self, "_fits", fits)

    @property
    def types(self) -> frozenset[type]:
        """The Python types that its fact may have."""
        return self._fits

    @property
    def facts(self) -> tuple[str, ...]:
        """The name of its fact."""
        return (self.fact,)

    def judge(
        self, facts: Mapping[str, Fact], to_instant: Callable[[Bound, DayEnd], Bound]
    ) -> Verdict:
        """Whether the fact meets the criterion; UNKNOWN if it was not given.

        Args:
            facts: By name.
            to_instant: Gives the instant that a day or an offset means (S 2.3). While one has none,
                it gives back what it was given, and the verdict is UNKNOWN.

        Raises:
            InvalidValueError: `condition.type`: the criterion does not fit the fact's type.
                Besides, what `to_instant` raises, and what a criterion says to its instants.
        """
        fact = facts.get(self.fact)
        if fact is None:
            return Verdict.UNKNOWN
        if type(fact) not in self._fits:
            raise self._misfit(fact)
        if isinstance(fact, date):
            return self._judge_time(fact, to_instant)
        return Verdict.YES if self.criterion.is_met(fact) else Verdict.NO

    def _judge_time(self, fact: date, to_instant: Callable[[Bound, DayEnd], Bound]) -> Verdict:
        moment = fact if isinstance(fact, datetime) else to_instant(fact, DayEnd.FIRST)
        criterion = self.criterion
        if is_temporal(criterion):
            criterion = in_instants(cast("OrderedCriterion", criterion), to_instant)
        if not isinstance(moment, datetime) or is_temporal(criterion):
            return Verdict.UNKNOWN
        return Verdict.YES if criterion.is_met(moment) else Verdict.NO

    def _misfit(self, fact: Fact) -> InvalidValueError:
        due = " or ".join(sorted(each.__name__ for each in self._fits))
        return InvalidValueError(
            "condition.type",
            f"the fact {self.fact!r} is of type {type(fact).__name__}, which does not go with "
            f"{_short(self.criterion)!r}: give it as {due}, or choose a criterion that fits",
        )

    def written(self, shown: Shown) -> str:
        """In words: the fact "is" what the criterion says.

        Args:
            shown: Writes an operand or a width.
        """
        return f"{self.fact} is {self.criterion.written(shown)}"


def _short(criterion: Criterion) -> str:
    return shortened(str(criterion))


@attrs.frozen(field_transformer=named)
class IsSet(_Measured):
    """A fact that was given, whatever its value.

    Attributes:
        fact: Its name.

    Raises:
        InvalidValueError: Those of names.
    """

    fact: str = attrs.field(converter=title)

    @property
    def facts(self) -> tuple[str, ...]:
        """The name of its fact."""
        return (self.fact,)

    def judge(
        self,
        facts: Mapping[str, Fact],
        to_instant: Callable[[Bound, DayEnd], Bound],  # noqa: ARG002 -- conditions judge alike
    ) -> Verdict:
        """Whether the fact was given: YES or NO.

        Args:
            facts: By name.
            to_instant: Not asked.
        """
        return Verdict.NO if facts.get(self.fact) is None else Verdict.YES

    def written(self, shown: Shown) -> str:  # noqa: ARG002 -- conditions write alike
        """In words: the fact "is given".

        Args:
            shown: Not asked.
        """
        return f"{self.fact} is given"


# ------------------------------------------------------------------------- several, or the opposite


def _conditions(values: Iterable[Condition]) -> tuple[Condition, ...]:
    held = tuple_of(_KINDS, values)
    if not held:
        raise InvalidValueError("condition.empty", "pass at least one condition")
    return held


def a_condition(value: Condition) -> Condition:
    """A condition, for a field that holds one.

    Args:
        value: Kept as it is.

    Raises:
        InvalidValueError: `type.wrong`.
    """
    return instance_of(_KINDS, value)


@attrs.frozen
class _Several(_Measured):
    conditions: tuple[Condition, ...] = attrs.field(converter=_conditions)
    _decisive: ClassVar[Verdict]
    _word: ClassVar[str]

    def __attrs_post_init__(self) -> None:
        self._enclose("conditions", self.conditions)

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts it reads, sorted."""
        return tuple(sorted({fact for each in self.conditions for fact in each.facts}))

    def judge(
        self, facts: Mapping[str, Fact], to_instant: Callable[[Bound, DayEnd], Bound]
    ) -> Verdict:
        """The verdict that decides, if one of them has it, else UNKNOWN if one is, else the other.

        NO decides for `AllOf`, YES for `AnyOf`. All are judged, so a fact of the wrong type is
        refused whatever the others say.

        Args:
            facts: By name.
            to_instant: As for `FactIs.judge`.

        Raises:
            InvalidValueError: As `FactIs.judge`; of several errors the first.
        """
        verdicts = [each.judge(facts, to_instant) for each in self.conditions]
        if self._decisive in verdicts:
            return self._decisive
        return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else _OPPOSITE[self._decisive]

    def written(self, shown: Shown) -> str:
        """In words: "all of" or "any of" the conditions.

        Args:
            shown: Writes an operand or a width.
        """
        listed = ", ".join(f"({each.written(shown)})" for each in self.conditions)
        return f"{self._word} of: {listed}"


@attrs.frozen(field_transformer=named)
class AllOf(_Several):
    """Conditions that all hold.

    Attributes:
        conditions: One or more, in the order given.

    Raises:
        InvalidValueError: `condition.empty`, `condition.depth`, `condition.size`, `sequence.type`,
            `sequence.entry`.
    """

    _decisive: ClassVar[Verdict] = Verdict.NO
    _word: ClassVar[str] = "all"


@attrs.frozen(field_transformer=named)
class AnyOf(_Several):
    """Conditions of which at least one holds.

    Attributes:
        conditions: One or more, in the order given.

    Raises:
        InvalidValueError: `condition.empty`, `condition.depth`, `condition.size`, `sequence.type`,
            `sequence.entry`.
    """

    _decisive: ClassVar[Verdict] = Verdict.YES
    _word: ClassVar[str] = "any"


@attrs.frozen(field_transformer=named)
class Negate(_Measured):
    """The opposite of a condition.

    Attributes:
        condition: The condition.

    Raises:
        InvalidValueError: `condition.depth`, `condition.size`, `type.wrong`.
    """

    condition: Condition = attrs.field(converter=a_condition)

    def __attrs_post_init__(self) -> None:
        self._enclose("condition", [self.condition])

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts it reads, sorted."""
        return self.condition.facts

    def judge(
        self, facts: Mapping[str, Fact], to_instant: Callable[[Bound, DayEnd], Bound]
    ) -> Verdict:
        """YES for NO, NO for YES, and UNKNOWN for UNKNOWN.

        Args:
            facts: By name.
            to_instant: As for `FactIs.judge`.

        Raises:
            InvalidValueError: As `FactIs.judge`.
        """
        return _OPPOSITE[self.condition.judge(facts, to_instant)]

    def written(self, shown: Shown) -> str:
        """In words: "not" the condition.

        Args:
            shown: Writes an operand or a width.
        """
        return f"not ({self.condition.written(shown)})"


Condition: TypeAlias = FactIs | IsSet | AllOf | AnyOf | Negate
"""The closed set of conditions."""

_KINDS: tuple[type[Condition], ...] = (FactIs, IsSet, AllOf, AnyOf, Negate)


# --------------------------------------------------------------------------------- as it is written


def when(fact: str, criterion: Criterion) -> FactIs:
    """Whether a fact meets a criterion; unknown if it was not given.

    Args:
        fact: Its name.
        criterion: What meets.

    Raises:
        InvalidValueError: `condition.criterion`: no fact can meet it; `type.wrong`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.conditions import when
        >>> print(when("segment", pv.one_of(["medium", "large"])))
        segment is one of large, medium
    """
    return FactIs(fact, criterion)


def is_set(fact: str) -> IsSet:
    """Whether a fact was given; never unknown.

    Args:
        fact: Its name.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.conditions import is_set
        >>> is_set("renewal").judge({}, to_instant=lambda bound, end: bound)
        <Verdict.NO: 'no'>
    """
    return IsSet(fact)


def all_of(conditions: Iterable[Condition]) -> AllOf:
    """Whether several conditions all hold.

    Args:
        conditions: One or more.

    Raises:
        InvalidValueError: `condition.empty`, `condition.depth`, `condition.size`, `sequence.type`,
            `sequence.entry`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.conditions import all_of, is_set, when
        >>> print(all_of([when("stores", pv.at_least(3)), is_set("renewal")]))
        all of: (stores is at least 3), (renewal is given)
    """
    return AllOf(conditions)


def any_of(conditions: Iterable[Condition]) -> AnyOf:
    """Whether at least one of several conditions holds.

    Args:
        conditions: One or more.

    Raises:
        InvalidValueError: `condition.empty`, `condition.depth`, `condition.size`, `sequence.type`,
            `sequence.entry`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.conditions import any_of, when
        >>> large = any_of([when("stores", pv.at_least(3)), when("segment", pv.equals("large"))])
        >>> large.judge({"segment": "large"}, to_instant=lambda bound, end: bound)
        <Verdict.YES: 'yes'>
    """
    return AnyOf(conditions)


def negate(condition: Condition) -> Negate:
    """Whether a condition does not hold.

    Args:
        condition: The condition.

    Raises:
        InvalidValueError: `condition.depth`, `condition.size`, `type.wrong`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.conditions import negate, when
        >>> small = negate(when("stores", pv.at_least(3)))
        >>> [small.judge(facts, lambda bound, end: bound).value for facts in ({"stores": 2}, {})]
        ['yes', 'unknown']
    """
    return Negate(condition)


def missing(condition: Condition, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """The names of the facts that a condition compares and that were not given, sorted.

    What only `is_set` asks for is not among them.

    Args:
        condition: The condition.
        facts: By name.

    Raises:
        InvalidValueError: `type.wrong`: it is no condition.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.conditions import all_of, is_set, missing, when
        >>> missing(all_of([when("stores", pv.at_least(3)), is_set("renewal")]), {})
        ('stores',)
    """
    compared = {each.fact for each in comparisons(a_condition(condition))}
    return tuple(sorted(fact for fact in compared if facts.get(fact) is None))


def comparisons(condition: Condition) -> Iterator[FactIs]:
    """The facts that a condition compares, each with its criterion, as they are written.

    Args:
        condition: The condition.
    """
    waiting = [condition]
    while waiting:
        match waiting.pop():
            case AllOf(conditions) | AnyOf(conditions):
                waiting += reversed(conditions)
            case Negate(inner):
                waiting.append(inner)
            case FactIs() as comparison:
                yield comparison
            case _:
                pass


def __dir__() -> list[str]:
    return sorted(__all__)
