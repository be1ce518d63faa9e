"""One KPI against its reading: outcome, variance, favourability, attainment, score, and why (S 8).

One comparator, `judge_value`, decides whether a value is met, near or not met. Everything else is
derived from the same criterion, its edge and the same value, so the figures cannot disagree.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import NamedTuple, TypeAlias, get_args

import attrs

from partnervisits.criteria import AtLeast, AtMost, Between, Equals, Outside
from partnervisits.errors import InvalidValueError
from partnervisits.fields import (
    cause_of,
    escaped,
    host_id,
    instance_of,
    kind_of,
    library_id,
    named,
    slug,
    text,
    trusted,
    words,
)
from partnervisits.plans import Kpi, PlannedTask, Subject, TaskStatus
from partnervisits.readings import Reading
from partnervisits.targets import ResolvedTarget
from partnervisits.templates import Binding
from partnervisits.values import (
    Absence,
    Gap,
    Ordered,
    Value,
    ValueType,
    difference,
    graded,
    instant,
    magnitude,
    one_line,
    quotient,
    shortened,
    show,
)

__all__ = [
    "MEASURED",
    "Circumstances",
    "Comparison",
    "Explanation",
    "Favourability",
    "OnALine",
    "Outcome",
    "Override",
    "deviation",
    "judge",
    "judge_value",
]


class Outcome(Enum):
    """The verdict on one KPI (S 8.2).

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.comparison import MEASURED
        >>> pv.Outcome.NEAR in MEASURED, pv.Outcome.NO_DATA in MEASURED
        (True, False)
    """

    NO_TARGET = "no target"
    """Nothing is expected."""
    NOT_APPLICABLE = "not applicable"
    """The question does not arise: whoever captured said so, the visit was cancelled, or the task
    was optional and not done."""
    NOT_DUE = "not due"
    """Nothing was captured, and there is still time."""
    NO_DATA = "no data"
    """Nothing was captured, or only why not."""
    MET = "met"
    NEAR = "near"
    """Not met, by no more than what counts as near."""
    NOT_MET = "not met"
    ERROR = "error"
    """Judging failed; the cause is kept."""


MEASURED = (Outcome.MET, Outcome.NEAR, Outcome.NOT_MET)
"""The outcomes of a KPI that was judged by a value, or by a person."""


_LONGEST_SENTENCE = 1_000
_LONGEST_REASON = 300

_MISSING = (Outcome.NO_DATA, Outcome.ERROR)
_SETTLED = (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE)
OnALine: TypeAlias = AtLeast | AtMost | Between | Outside | Equals
"""The criteria that a value can lie near to, on a type that has an order."""

_ON_A_LINE = frozenset(get_args(OnALine))
_ZERO, _ONE = Decimal(0), Decimal(1)


class Favourability(Enum):
    """Whether the variance is good news, whatever its sign (S 8.4)."""

    FAVOURABLE = "favourable"
    NEUTRAL = "neutral"
    UNFAVOURABLE = "unfavourable"


def judge_value(target: ResolvedTarget, actual: Value) -> Outcome:
    """Met, near or not met: the one comparator (S 8.1).

    Args:
        target: What is expected.
        actual: A value in the stored form of the indicator that the target was resolved for.
    """
    if target.criterion.is_met(actual):
        return Outcome.MET
    if target.near is None:
        return Outcome.NOT_MET
    is_near = _shortfall(target.criterion, actual) <= target.near  # type: ignore[arg-type, operator]
    return Outcome.NEAR if is_near else Outcome.NOT_MET


def deviation(criterion: OnALine, actual: Ordered) -> Gap:
    """How far a value lies from what is expected, with its sign (S 8.3).

    Args:
        criterion: What is expected.
        actual: A value on the line of its operands.

    Returns:
        Actual minus v for at_least, at_most and equals; actual minus the edge for between and
        outside, 0 if met.
    """
    if isinstance(criterion, Equals):
        return difference(actual, criterion.value)  # type: ignore[arg-type]
    if isinstance(criterion, Between | Outside) and criterion.is_met(actual):
        return difference(actual, actual)  # zero, of the right type
    return difference(actual, criterion.edge(actual))  # type: ignore[arg-type]


def _shortfall(criterion: OnALine, actual: Ordered) -> Gap:
    return magnitude(difference(actual, criterion.edge(actual)))  # type: ignore[arg-type]


@attrs.frozen(kw_only=True)
class Explanation:
    """Why a comparison has its outcome (S 8.8).

    Attributes:
        rule: The rule that decided, for example `"S 8.1"`.
        operands: Of the criterion; empty without a target.
        bound: The edge that counted: the nearest bound of the side that meets; None without one.
        source: Where the target was written; empty without a target.
        sentence: The same in one plain sentence.
    """

    rule: str
    operands: tuple[object, ...]
    bound: object
    source: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def _settled(value: Outcome) -> Outcome:
    if instance_of(Outcome, value) not in _SETTLED:
        raise InvalidValueError(
            "override.outcome", "a person decides MET, NOT_MET or NOT_APPLICABLE: pass one of them"
        )
    return value


def _reason(value: str) -> str:
    return words(value, "override.reason", "say why the verdict does not stand")


@attrs.frozen(field_transformer=named, kw_only=True)
class Override:
    """A verdict that a person gives on a KPI, in place of the computed one (S 8.7).

    Attributes:
        kpi_id: The KPI's id; the override's own id, which is longer, has at most 4,096 characters.
        outcome: MET, NOT_MET or NOT_APPLICABLE.
        by: The host's id of who decides.
        at: When; of several for one KPI the last counts.
        reason: Why; not blank.

    Raises:
        InvalidValueError: `override.outcome`, `override.reason`, and those of ids, instants and
            texts.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> met = pv.Override(
        ...     kpi_id=plan.kpi("survey", "satisfaction").id,
        ...     outcome=pv.Outcome.MET,
        ...     by="kim",
        ...     at=visit.planned.end,
        ...     reason="the photo of the form shows 88",
        ... )
        >>> pv.compare(plan, [], overrides=[met])["survey", "satisfaction"].score
        Decimal('1')
    """

    kpi_id: str = attrs.field(converter=library_id)
    outcome: Outcome = attrs.field(converter=_settled)
    by: str = attrs.field(converter=host_id)
    at: datetime = attrs.field(converter=instant)
    reason: str = attrs.field(converter=_reason)

    def __attrs_post_init__(self) -> None:
        try:
            _ = library_id(self.id)
        except InvalidValueError as refused:
            raise refused.at("Override", "kpi_id") from None

    @property
    def id(self) -> str:
        """The KPI's parts, the instant, and who: the same decision twice is one fact."""
        return f"{self.kpi_id}/{self.at.isoformat()}/{escaped(self.by)}"

    @property
    def recorded_at(self) -> datetime:
        """The same instant as `at`: a decision holds from when it is made."""
        return self.at

    def __str__(self) -> str:
        return f"{self.outcome.value}, says {self.by}: {shortened(self.reason, _LONGEST_REASON)}"


def _subject(value: Subject) -> Subject:
    return instance_of(Subject, value)


def _kpi(value: Kpi) -> Kpi:
    return instance_of(Kpi, value)


def _outcome(value: Outcome) -> Outcome:
    return instance_of(Outcome, value)


def _reading(value: Reading | None) -> Reading | None:
    return None if value is None else instance_of(Reading, value)


def _override(value: Override | None) -> Override | None:
    return None if value is None else instance_of(Override, value)


@attrs.frozen(field_transformer=named, weakref_slot=False, kw_only=True)
class Comparison:
    """The verdict on one KPI.

    Attributes:
        subject: The facts of the visit.
        item_key: The key of the template item whose task captures the KPI.
        task_key: The key of that task's definition.
        kpi: What is compared, with its target.
        computed: The verdict that target and reading give; `outcome` is the one that counts.
        reading: The current reading, if there is one.
        cause: Why the computed outcome is none of a value, in words; empty if it is.
        override: The verdict of a person, which counts instead (S 8.7).

    Raises:
        InvalidValueError: `comparison.outcome`: target and reading do not give this outcome.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> held = {"catalog": example.catalog(), "given": example.given()}
        >>> plan = pv.expand(example.template(), example.visit(), **held).accept()
        >>> card = pv.compare(plan, example.readings(plan))
        >>> comparison = card["survey", "complaints"]
        >>> comparison.outcome.value, comparison.variance, comparison.score
        ('not met', Decimal('3'), Decimal('0.8'))
    """

    subject: Subject = attrs.field(converter=_subject)
    item_key: str = attrs.field(converter=slug)
    task_key: str = attrs.field(converter=slug)
    kpi: Kpi = attrs.field(converter=_kpi)
    computed: Outcome = attrs.field(converter=_outcome)
    reading: Reading | None = attrs.field(default=None, converter=_reading)
    cause: str = attrs.field(default="", converter=text)
    override: Override | None = attrs.field(default=None, converter=_override)

    def __attrs_post_init__(self) -> None:
        if not self._is_consistent():
            raise InvalidValueError(
                "comparison.outcome",
                f"target and reading do not give {self.computed.name}: use compare()",
                "Comparison",
                "computed",
            )

    def _is_consistent(self) -> bool:
        target, computed, actual = self.kpi.target, self.computed, self.actual
        facts = (self.reading, self.override)
        if any(each is not None and each.kpi_id != self.kpi.id for each in facts):
            return False
        if target is None or computed is Outcome.NO_TARGET:
            return target is None and computed is Outcome.NO_TARGET
        if actual is None or isinstance(actual, Absence):
            return computed not in MEASURED
        if not self.kpi.indicator.holds(actual):
            return computed is Outcome.ERROR
        return computed is Outcome.ERROR or computed is judge_value(target, actual)

    @property
    def outcome(self) -> Outcome:
        """The verdict that counts: that of a person if there is one, else the computed one."""
        return self.computed if self.override is None else self.override.outcome

    @property
    def actual(self) -> Value | Absence | None:
        """What was captured: a value, why there is none, or None if nothing was."""
        return None if self.reading is None else self.reading.value

    @property
    def value(self) -> Value | None:
        """The value that was captured; None for none, or for one that its indicator cannot hold."""
        actual = self.actual
        return actual if self.kpi.indicator.holds(actual) else None  # type: ignore[return-value]

    @property
    def is_measured(self) -> bool:
        """Whether the outcome is MET, NEAR or NOT_MET."""
        return self.outcome in MEASURED

    @property
    def is_missing(self) -> bool:
        """Whether it was asked and has no value: NO_DATA or ERROR."""
        return self.outcome in _MISSING

    @property
    def recorded_at(self) -> datetime | None:
        """When what decides it was recorded: the override, else the reading; None for neither."""
        fact = self.override or self.reading
        return None if fact is None else fact.recorded_at

    @property
    def variance(self) -> Gap | None:
        """How far the actual value lies from what was expected, with its sign (S 8.3).

        Actual minus v for at_least, at_most and equals; actual minus the edge for between and
        outside, 0 if met. In the KPI's unit, percentage points for a PERCENTAGE, a `timedelta` for
        a DATETIME. None for the other criteria and for types without an order.
        """
        measured = self._on_a_line()
        return None if measured is None else deviation(*measured)

    @property
    def relative_variance(self) -> Decimal | None:
        """The variance as a share of the magnitude of v; a plain ratio, 0.05 for 5 % (S 8.3).

        None if v is 0, for PERCENTAGE and DATETIME, and for between and outside.
        """
        variance, target = self.variance, self.kpi.target
        if target is None or not isinstance(variance, Decimal):
            return None
        if self.kpi.indicator.value_type is ValueType.PERCENTAGE:
            return None
        operand, *others = target.criterion.operands
        if others or not isinstance(operand, Decimal) or not operand:
            return None
        return quotient(variance, operand.copy_abs())

    @property
    def favourability(self) -> Favourability | None:
        """Whether it is good news: decided by the criterion, never by the sign (S 8.4)."""
        if not self.is_measured:
            return None
        if self.outcome is not Outcome.MET:
            return Favourability.UNFAVOURABLE
        one_bound = isinstance(self.kpi.target and self.kpi.target.criterion, AtLeast | AtMost)
        beyond = one_bound and self.computed is Outcome.MET and self.variance
        return Favourability.FAVOURABLE if beyond else Favourability.NEUTRAL

    @property
    def attainment(self) -> Decimal | None:
        """Actual ÷ v for at_least on numbers with v > 0 and actual ≥ 0, not clamped (S 8.5)."""
        criterion, actual = self._on_a_line() or (None, None)
        if not isinstance(criterion, AtLeast) or not isinstance(actual, Decimal | int):
            return None
        bound = criterion.bound
        if not isinstance(bound, Decimal) or bound <= 0 or actual < 0:
            return None
        return quotient(actual, bound)

    @property
    def score(self) -> Decimal | None:
        """From 0 to 1; 1 if and only if met; None unless measured (S 8.6)."""
        outcome = self.outcome
        if outcome not in MEASURED:
            return None
        if outcome is Outcome.MET:
            return _ONE
        target = self.kpi.target
        if self.override is not None or target is None or not target.worst:
            return _ZERO
        actual: Ordered = self.reading.value  # type: ignore[union-attr, assignment]
        edge: Ordered = target.criterion.edge(actual)  # type: ignore[union-attr, assignment]
        # One bound serves either side; of a pair, the one beyond the edge.
        worst = target.worst[0] if actual < edge else target.worst[-1]  # type: ignore[operator]
        return graded(actual, edge, worst)

    @property
    def weight(self) -> Decimal:
        """In means; 1 without a target."""
        return _ONE if self.kpi.target is None else self.kpi.target.weight

    def explain(self) -> Explanation:
        """Why it has its outcome, as data and as one plain sentence (S 8.8)."""
        target = self.kpi.target
        measured = self._on_a_line()
        computed = "S 8.1" if self.computed in MEASURED else "S 8.2"
        return Explanation(
            rule=computed if self.override is None else "S 8.7",
            operands=() if target is None else target.criterion.operands,
            bound=None if measured is None else measured[0].edge(measured[1]),
            source="" if target is None else target.origin,
            sentence=str(self),
        )

    def shown(self, value: object) -> str:
        """A value or an operand as people read it: labels, the unit, the zone of the place.

        Args:
            value: An actual value, an operand, or None.
        """
        return self.kpi.indicator.shown(value, self.subject.timezone)

    def shown_gap(self, gap: Gap | None) -> str:
        """A variance or a shortfall as people read it; points for a PERCENTAGE.

        Args:
            gap: A `Decimal`, a `timedelta`, or None.
        """
        return self.kpi.indicator.shown_gap(gap)

    def shown_target(self) -> str:
        """What is expected as people read it: its unit once, a day's end as the day."""
        if self.kpi.target is None:
            return "-"
        criterion = self.kpi.target.criterion
        return self.kpi.indicator.shown_criterion(criterion, self.subject.timezone)

    def __str__(self) -> str:
        sentence = self._as_computed()
        if self.override is not None:
            sentence = f"{self.override}; computed: {sentence}"
        return one_line(f"{self.kpi.indicator.name}: {sentence}")

    def _as_computed(self) -> str:
        target = self.kpi.target
        if self.computed not in MEASURED or target is None:
            return self.cause
        expected = f"expected {self.shown_target()} ({target.origin})"
        return f"{expected}; found {self.shown(self.actual)}; {self.in_words()}"

    def in_words(self) -> str:
        """The computed outcome of a value in a few words: met, near, or missed by how much."""
        measured = self._on_a_line()
        if measured is None or self.computed is Outcome.MET:
            return self.computed.value
        near = "near, " if self.computed is Outcome.NEAR else ""
        return f"{near}missed by {self.shown_gap(_shortfall(*measured))}"

    def _on_a_line(self) -> tuple[OnALine, Ordered] | None:
        """The criterion and the value that was judged by it, if they lie on a line."""
        kpi = self.kpi
        target = kpi.target
        if target is None or self.computed not in MEASURED:
            return None
        criterion = target.criterion
        if type(criterion) not in _ON_A_LINE or not kpi.indicator.value_type.is_ordered:
            return None
        return criterion, self.reading.value  # type: ignore[return-value, union-attr]


# ------------------------------------------------------------------------------- judging (S 8.2)

_comparison = trusted(Comparison)


class Circumstances(NamedTuple):
    """What the KPIs of a plan are judged under.

    Attributes:
        subject: The facts of the visit.
        on: The visit's planned date.
        is_cancelled: Whether the visit is CANCELLED.
        as_of: The reader's today; without one nothing is NOT_DUE.
    """

    subject: Subject
    on: date | None
    is_cancelled: bool
    as_of: date | None


def judge(
    kpi: Kpi,
    task: PlannedTask,
    reading: Reading | None,
    seen: Circumstances,
    override: Override | None = None,
) -> Comparison:
    """Compare one KPI with its reading.

    Args:
        kpi: What is compared.
        task: The planned task that captures it.
        reading: The current reading, if there is one.
        seen: The visit's side of it.
        override: The verdict of a person, if there is one.

    Returns:
        A comparison, ERROR if judging failed; nothing is raised (S 8.2).
    """
    outcome, cause = _verdict(kpi, task, reading, seen)
    made: Comparison = _comparison(
        seen.subject, task.item_key, task.task_key, kpi, outcome, reading, cause, override
    )
    return made


def _verdict(
    kpi: Kpi, task: PlannedTask, reading: Reading | None, seen: Circumstances
) -> tuple[Outcome, str]:
    if kpi.target is None:
        return Outcome.NO_TARGET, "nothing is expected"
    if reading is None:
        return _without_reading(task, seen)
    value = reading.value
    if isinstance(value, Absence):
        return _of_absence(value, reading)
    if not kpi.indicator.holds(value):
        due = kpi.indicator.value_type.value
        return Outcome.ERROR, f"the reading holds {kind_of(value)}, which is no {due} of this KPI"
    try:
        return judge_value(kpi.target, value), ""
    except Exception as error:  # noqa: BLE001 -- one broken KPI never stops the others
        return Outcome.ERROR, f"judging failed with {cause_of(error)}"


def _of_absence(absence: Absence, reading: Reading) -> tuple[Outcome, str]:
    if absence is Absence.NOT_APPLICABLE:
        return Outcome.NOT_APPLICABLE, f"not applicable, says {reading.by}"
    return Outcome.NO_DATA, f"{absence.value}, says {reading.by}"


def _without_reading(task: PlannedTask, seen: Circumstances) -> tuple[Outcome, str]:
    if seen.is_cancelled:
        return Outcome.NOT_APPLICABLE, "the visit was cancelled"
    if not task.is_finished and seen.as_of is not None:
        last = max((day for day in (seen.on, task.due) if day is not None), default=None)
        if last is None:
            return Outcome.NOT_DUE, "neither the visit nor the task has a date yet"
        if last >= seen.as_of:
            return Outcome.NOT_DUE, f"due {show(last)}"
    if task.binding is Binding.COULD and task.status is not TaskStatus.COMPLETED:
        return Outcome.NOT_APPLICABLE, "an optional task that was not done"
    if task.status is TaskStatus.SKIPPED:
        return Outcome.NO_DATA, shortened(f"the task was skipped: {task.reason}", _LONGEST_SENTENCE)
    return Outcome.NO_DATA, "nothing was captured"


def __dir__() -> list[str]:
    return sorted(__all__)
