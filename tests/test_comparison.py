"""One KPI against its reading (S 8.1 to S 8.6, S 8.8)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, localcontext
from typing import Any, NamedTuple

import attrs
import pytest

import partnervisits as pv
from partnervisits.comparison import (
    MEASURED,
    Circumstances,
    Comparison,
    Explanation,
    Favourability,
    Outcome,
    judge,
    judge_value,
)
from partnervisits.criteria import Criterion
from partnervisits.errors import InvalidValueError
from partnervisits.plans import Kpi
from partnervisits.targets import ResolvedTarget, TargetSource
from partnervisits.values import Value
from tests import builders
from tests.judged import (
    DATETIME,
    DECIMAL,
    NUMBER,
    ORDERED,
    PERCENTAGE,
    SUBJECT,
    compared,
    judged,
    on_the_line,
    planned,
    width,
)

MET, NEAR, NOT_MET = Outcome.MET, Outcome.NEAR, Outcome.NOT_MET
GOOD, NEUTRAL, BAD = Favourability.FAVOURABLE, Favourability.NEUTRAL, Favourability.UNFAVOURABLE

BERLIN_NOON = datetime(2026, 3, 31, 10, tzinfo=UTC)
HOSTILE = Context(prec=3, Emax=2, Emin=-2, traps=[])


def stock(
    value_type: pv.ValueType = DECIMAL,
    **changes: Any,
) -> pv.Indicator:
    return builders.indicator("stock", value_type=value_type, **changes)


def text_of(figure: Decimal | None) -> str:
    """A figure in its exact form, so that 0.70 is not 0.7."""
    return "none" if figure is None else str(figure)


# ------------------------------------------------------------------------ the worked cases of S 8

MARCH_31_IN_BERLIN = datetime(2026, 3, 31, 12, tzinfo=UTC)


class Worked(NamedTuple):
    value_type: pv.ValueType
    expected: Criterion
    actual: object
    outcome: Outcome
    variance: Decimal | timedelta
    favourability: Favourability
    attainment: str
    score: str
    near: Any = None
    worst: Any = None


WORKED = [
    Worked(PERCENTAGE, pv.at_least(85), "81", NOT_MET, Decimal(-4), BAD,
           "0.9529411764705882352941176471", "0.84", worst=60),
    Worked(NUMBER, pv.at_most(5), 8, NOT_MET, Decimal(3), BAD, "none", "0.8", worst=20),
    Worked(NUMBER, pv.at_most(5), 2, MET, Decimal(-3), GOOD, "none", "1"),
    Worked(DECIMAL, pv.at_least(-5), "-5.3", NEAR, Decimal("-0.3"), BAD, "none", "0",
           near=pv.within_percent(10)),
    Worked(DECIMAL, pv.between(20, 30), 35, NOT_MET, Decimal(5), BAD, "none", "0.5",
           worst=(10, 40)),
    Worked(DECIMAL, pv.outside(40, 60), 40, MET, Decimal(0), NEUTRAL, "none", "1"),
    Worked(DECIMAL, pv.equals(100, tolerance=5), 94, NOT_MET, Decimal(-6), BAD, "none",
           f"0.9{'3' * 28}", worst=(80, 120)),
    Worked(DECIMAL, pv.equals(100, tolerance=5), 103, MET, Decimal(3), NEUTRAL, "none", "1"),
    Worked(DATETIME, pv.at_most(date(2026, 3, 31)), MARCH_31_IN_BERLIN, MET,
           -timedelta(hours=9, minutes=59, seconds=59, microseconds=999_999), GOOD, "none", "1"),
]  # fmt: skip


@pytest.mark.parametrize("case", WORKED, ids=lambda case: f"{case.value_type.name}-{case.expected}")
def test_the_worked_cases_come_out_as_written(case: Worked) -> None:
    """S 8.1, S 8.3, S 8.4, S 8.5, S 8.6."""
    found = judged(
        stock(case.value_type), case.expected, case.actual, near=case.near, worst=case.worst
    )
    assert found.outcome is case.outcome
    assert found.variance == case.variance
    assert type(found.variance) is type(case.variance)
    assert found.favourability is case.favourability
    assert text_of(found.attainment) == case.attainment
    assert text_of(found.score) == case.score


# --------------------------------------------------- every ordered type and ordered criterion


class Line(NamedTuple):
    """A target on a line of units."""

    make: Callable[..., Criterion]
    operands: tuple[int, ...]
    tolerance: int | None = None
    near: int | None = None
    worst: tuple[int, ...] = ()


LEAST = Line(pv.at_least, (10,), near=2, worst=(0,))
MOST = Line(pv.at_most, (10,), near=2, worst=(20,))
BETWEEN = Line(pv.between, (10, 20), near=2, worst=(0, 40))
OUTSIDE = Line(pv.outside, (10, 20), near=2)
ABOUT = Line(pv.equals, (10,), tolerance=2, near=1, worst=(-2, 32))
EXACTLY = Line(pv.equals, (10,), worst=(0, 20))

# actual, outcome, variance, favourability, attainment of a number, score
ON_A_LINE: list[tuple[Line, int, Outcome, int, Favourability, str, str]] = [
    (LEAST, -5, NOT_MET, -15, BAD, "none", "0"),
    (LEAST, 0, NOT_MET, -10, BAD, "0", "0"),
    (LEAST, 1, NOT_MET, -9, BAD, "0.1", "0.1"),
    (LEAST, 7, NOT_MET, -3, BAD, "0.7", "0.7"),
    (LEAST, 8, NEAR, -2, BAD, "0.8", "0.8"),
    (LEAST, 9, NEAR, -1, BAD, "0.9", "0.9"),
    (LEAST, 10, MET, 0, NEUTRAL, "1", "1"),
    (LEAST, 12, MET, 2, GOOD, "1.2", "1"),
    (MOST, 8, MET, -2, GOOD, "none", "1"),
    (MOST, 10, MET, 0, NEUTRAL, "none", "1"),
    (MOST, 11, NEAR, 1, BAD, "none", "0.9"),
    (MOST, 12, NEAR, 2, BAD, "none", "0.8"),
    (MOST, 13, NOT_MET, 3, BAD, "none", "0.7"),
    (MOST, 20, NOT_MET, 10, BAD, "none", "0"),
    (MOST, 25, NOT_MET, 15, BAD, "none", "0"),
    (BETWEEN, -3, NOT_MET, -13, BAD, "none", "0"),
    (BETWEEN, 5, NOT_MET, -5, BAD, "none", "0.5"),
    (BETWEEN, 8, NEAR, -2, BAD, "none", "0.8"),
    (BETWEEN, 10, MET, 0, NEUTRAL, "none", "1"),
    (BETWEEN, 15, MET, 0, NEUTRAL, "none", "1"),
    (BETWEEN, 20, MET, 0, NEUTRAL, "none", "1"),
    (BETWEEN, 22, NEAR, 2, BAD, "none", "0.9"),
    (BETWEEN, 30, NOT_MET, 10, BAD, "none", "0.5"),
    (BETWEEN, 50, NOT_MET, 30, BAD, "none", "0"),
    (OUTSIDE, 5, MET, 0, NEUTRAL, "none", "1"),
    (OUTSIDE, 10, MET, 0, NEUTRAL, "none", "1"),
    (OUTSIDE, 12, NEAR, 2, BAD, "none", "0"),
    (OUTSIDE, 14, NOT_MET, 4, BAD, "none", "0"),
    (OUTSIDE, 15, NOT_MET, 5, BAD, "none", "0"),  # equally near to both: the lower bound counts
    (OUTSIDE, 16, NOT_MET, -4, BAD, "none", "0"),
    (OUTSIDE, 18, NEAR, -2, BAD, "none", "0"),
    (OUTSIDE, 20, MET, 0, NEUTRAL, "none", "1"),
    (ABOUT, 3, NOT_MET, -7, BAD, "none", "0.5"),
    (ABOUT, 7, NEAR, -3, BAD, "none", "0.9"),
    (ABOUT, 8, MET, -2, NEUTRAL, "none", "1"),
    (ABOUT, 10, MET, 0, NEUTRAL, "none", "1"),
    (ABOUT, 12, MET, 2, NEUTRAL, "none", "1"),
    (ABOUT, 13, NEAR, 3, BAD, "none", "0.95"),
    (ABOUT, 22, NOT_MET, 12, BAD, "none", "0.5"),
    (EXACTLY, 9, NOT_MET, -1, BAD, "none", "0.9"),
    (EXACTLY, 10, MET, 0, NEUTRAL, "none", "1"),
    (EXACTLY, 11, NOT_MET, 1, BAD, "none", "0.9"),
]


def target_on(line: Line, value_type: pv.ValueType) -> pv.Target:
    operands = [on_the_line(value_type, each) for each in line.operands]
    tolerance = {} if line.tolerance is None else {"tolerance": width(value_type, line.tolerance)}
    worst = tuple(on_the_line(value_type, each) for each in line.worst)
    return pv.Target(
        "stock",
        line.make(*operands, **tolerance),
        near=None if line.near is None else pv.within(width(value_type, line.near)),
        worst=worst or None,
    )


@pytest.mark.parametrize("value_type", ORDERED, ids=lambda each: each.name)
@pytest.mark.parametrize(
    ("line", "actual", "outcome", "variance", "favourability", "attainment", "score"), ON_A_LINE
)
def test_a_value_is_judged_by_where_it_lies(  # noqa: PLR0913, PLR0917 -- a row of the table
    value_type: pv.ValueType,
    line: Line,
    actual: int,
    outcome: Outcome,
    variance: int,
    favourability: Favourability,
    attainment: str,
    score: str,
) -> None:
    """S 8.1, S 8.3, S 8.4, S 8.5, S 8.6 for every ordered type and criterion."""
    kpi = builders.kpi(stock(value_type), target_on(line, value_type))
    found = compared(kpi, on_the_line(value_type, actual))
    assert found.outcome is outcome
    assert found.variance == width(value_type, variance)
    assert found.favourability is favourability
    assert text_of(found.attainment) == ("none" if value_type is DATETIME else attainment)
    assert text_of(found.score) == score


def test_near_is_measured_from_the_edge_and_includes_its_own_width() -> None:
    """S 8.1: met is never near, and a shortfall just above near is not."""
    target = pv.Target("stock", pv.at_least(10), near=pv.within(2))
    outcomes = [compared(builders.kpi(stock(), target), each).outcome for each in ("8", "7.9")]
    assert outcomes == [NEAR, NOT_MET]


def test_near_within_nothing_is_never_near() -> None:
    """S 8.1: a shortfall of 0 is met."""
    assert judged(stock(), pv.at_least(10), "9.9", near=pv.within(0)).outcome is NOT_MET


def test_the_one_comparator_says_what_the_comparison_says() -> None:
    """S 8.1."""
    target = ResolvedTarget(
        pv.at_least(10), Decimal(1), (Decimal(0),), Decimal(1), TargetSource.ITEM
    )
    assert judge_value(target, Decimal(10)) is MET
    assert judge_value(target, Decimal(9)) is NEAR
    assert judge_value(target, Decimal(8)) is NOT_MET


def test_a_score_just_short_of_met_is_below_one() -> None:
    """S 8.6: score 1 means met, to the last digit that a number can have."""
    found = judged(stock(), pv.at_least(1), "0.9999999999", worst="-999999999999999999")
    assert found.outcome is NOT_MET
    assert text_of(found.score) == "0.9999999999999999999999999999"


def test_a_variance_has_no_trailing_zeros() -> None:
    """S 1.2: equal figures have one form, in derived figures too."""
    assert text_of(judged(stock(), pv.between(20, 30), "24.5").variance) == "0"  # type: ignore[arg-type]
    assert str(judged(stock(), pv.at_least("1.5"), "2.5").variance) == "1"
    assert str(judged(stock(), pv.at_least(250), 50).variance) == "-200"


# ------------------------------------------------------------------ what has no place on a line

UNORDERED: list[tuple[pv.Indicator, Criterion, object, Outcome]] = [
    (stock(pv.ValueType.BOOLEAN), pv.equals(True), True, MET),
    (stock(pv.ValueType.BOOLEAN), pv.equals(True), False, NOT_MET),
    (stock(pv.ValueType.TEXT), pv.equals("open"), "open", MET),
    (stock(pv.ValueType.TEXT), pv.equals("open"), "Open", NOT_MET),
    (stock(pv.ValueType.CHOICE, choices=["a", "b"]), pv.one_of(["a"]), "a", MET),
    (stock(pv.ValueType.CHOICE, choices=["a", "b"]), pv.none_of(["a"]), "a", NOT_MET),
    (stock(pv.ValueType.MULTI_CHOICE, choices=["a", "b"]), pv.contains(["a"]), ["a", "b"], MET),
    (stock(pv.ValueType.MULTI_CHOICE, choices=["a", "b"]), pv.contains(["a", "b"]), ["a"], NOT_MET),
    (stock(pv.ValueType.MULTI_CHOICE, choices=["a", "b"]), pv.equals({"a"}), ["a"], MET),
    (stock(NUMBER), pv.one_of([1, 2]), 2, MET),
    (stock(NUMBER), pv.none_of([1, 2]), 2, NOT_MET),
]


@pytest.mark.parametrize(("measured", "expected", "actual", "outcome"), UNORDERED)
def test_without_a_line_there_is_only_met_or_not(
    measured: pv.Indicator, expected: Criterion, actual: object, outcome: Outcome
) -> None:
    """S 8.1, S 8.3: no variance, and S 8.6: 1 if met, else 0."""
    found = judged(measured, expected, actual)
    assert found.outcome is outcome
    assert found.favourability is (NEUTRAL if outcome is MET else BAD)
    assert (found.variance, found.relative_variance, found.attainment) == (None, None, None)
    assert text_of(found.score) == ("1" if outcome is MET else "0")
    assert found.explain().bound is None


# ----------------------------------------------------------------------------- relative variance

RELATIVE: list[tuple[pv.ValueType, Criterion, object, str]] = [
    (DECIMAL, pv.at_least(-5), "-5.3", "-0.06"),
    (NUMBER, pv.at_most(4), 5, "0.25"),
    (NUMBER, pv.equals(3), 4, "0.3333333333333333333333333333"),
    (DECIMAL, pv.equals(8, tolerance=3), 10, "0.25"),
    (DECIMAL, pv.at_least(5), 5, "0"),
    (DECIMAL, pv.at_least(0), 5, "none"),
    (DECIMAL, pv.between(1, 2), 4, "none"),
    (DECIMAL, pv.outside(1, 5), 4, "none"),
    (PERCENTAGE, pv.at_least(80), 60, "none"),
    (DATETIME, pv.at_least(BERLIN_NOON), BERLIN_NOON, "none"),
]


@pytest.mark.parametrize(("value_type", "expected", "actual", "relative"), RELATIVE)
def test_the_relative_variance_is_a_share_of_what_was_expected(
    value_type: pv.ValueType, expected: Criterion, actual: object, relative: str
) -> None:
    """S 8.3."""
    assert text_of(judged(stock(value_type), expected, actual).relative_variance) == relative


ATTAINED: list[tuple[Criterion, object, str]] = [
    (pv.at_least(40), 100, "2.5"),
    (pv.at_least(40), 0, "0"),
    (pv.at_least(40), -1, "none"),
    (pv.at_least(0), 5, "none"),
    (pv.at_least(-4), 5, "none"),
    (pv.at_most(40), 20, "none"),
    (pv.equals(40), 20, "none"),
]


@pytest.mark.parametrize(("expected", "actual", "attainment"), ATTAINED)
def test_attainment_needs_a_positive_goal_and_no_negative_value(
    expected: Criterion, actual: object, attainment: str
) -> None:
    """S 8.5."""
    assert text_of(judged(stock(NUMBER), expected, actual).attainment) == attainment


def test_fewer_damages_read_as_good() -> None:
    """S 8.4: the criterion decides, not the sign of the variance."""
    found = judged(stock(NUMBER), pv.at_most(5), 2)
    assert (found.variance, found.favourability) == (Decimal(-3), GOOD)


# ------------------------------------------------------------------- the outcomes, in their order

DAY = timedelta(days=1)
AT_LEAST_5 = pv.Target("stock", pv.at_least(5))


def outcome_of(
    plan: pv.ActionPlan,
    *values: object,
    visit: pv.Visit | None = None,
    as_of: date | None = None,
) -> tuple[Outcome, str]:
    readings = [builders.reading(plan.kpis[0], value) for value in values]
    (found,) = pv.compare(plan, readings, visit=visit, as_of=as_of).comparisons
    return found.outcome, found.cause


def cancelled() -> pv.Visit:
    return builders.visit().cancel("the road is closed")


def test_without_a_target_there_is_no_verdict_whatever_was_read() -> None:
    """S 8.2: NO_TARGET comes first."""
    plan = planned(stock())
    expected = (Outcome.NO_TARGET, "nothing is expected")
    assert outcome_of(plan) == expected
    assert outcome_of(plan, 5) == expected
    assert outcome_of(plan, pv.Absence.NOT_APPLICABLE, visit=cancelled()) == expected


def test_not_applicable_if_the_rep_says_so() -> None:
    """S 8.2, S 1.6."""
    found = outcome_of(planned(stock(), AT_LEAST_5), pv.Absence.NOT_APPLICABLE)
    assert found == (Outcome.NOT_APPLICABLE, "not applicable, says rep-7")


@pytest.mark.parametrize(
    "absence", [pv.Absence.NOT_MEASURED, pv.Absence.DECLINED, pv.Absence.UNKNOWN]
)
def test_any_other_absence_is_no_data(absence: pv.Absence) -> None:
    """S 8.2, S 1.6: what is missing is never a zero."""
    found = outcome_of(planned(stock(), AT_LEAST_5), absence)
    assert found == (Outcome.NO_DATA, f"{absence.value}, says rep-7")


def test_an_absence_counts_even_while_there_is_time() -> None:
    """S 8.2: NOT_DUE is for KPIs without a reading."""
    plan = planned(stock(), AT_LEAST_5)
    found = outcome_of(plan, pv.Absence.DECLINED, as_of=builders.THURSDAY - DAY, visit=cancelled())
    assert found[0] is Outcome.NO_DATA


def test_a_cancelled_visit_asks_nothing() -> None:
    """S 8.2: before NOT_DUE."""
    plan = planned(stock(), AT_LEAST_5)
    found = outcome_of(plan, visit=cancelled(), as_of=builders.THURSDAY - DAY)
    assert found == (Outcome.NOT_APPLICABLE, "the visit was cancelled")


def test_a_reading_counts_even_if_the_visit_was_cancelled() -> None:
    """S 8.2."""
    assert outcome_of(planned(stock(), AT_LEAST_5), 5, visit=cancelled()) == (MET, "")


def test_a_visit_that_is_merely_planned_asks() -> None:
    """S 8.2."""
    found = outcome_of(planned(stock(), AT_LEAST_5), visit=builders.visit())
    assert found == (Outcome.NO_DATA, "nothing was captured")


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        (builders.THURSDAY - DAY, Outcome.NOT_DUE),
        (builders.THURSDAY, Outcome.NOT_DUE),
        (builders.THURSDAY + DAY, Outcome.NO_DATA),
        (None, Outcome.NO_DATA),
    ],
)
def test_there_is_time_until_the_end_of_the_day_of_the_visit(
    as_of: date | None, outcome: Outcome
) -> None:
    """S 8.2: without `as_of` nothing is NOT_DUE."""
    assert outcome_of(planned(stock(), AT_LEAST_5), as_of=as_of)[0] is outcome


@pytest.mark.parametrize(("days_after", "outcome"), [(3, Outcome.NOT_DUE), (4, Outcome.NO_DATA)])
def test_the_later_of_the_days_of_visit_and_task_counts_if_it_is_the_tasks(
    days_after: int, outcome: Outcome
) -> None:
    """S 8.2."""
    plan = planned(stock(), AT_LEAST_5, due=pv.days(3))
    assert outcome_of(plan, as_of=builders.THURSDAY + days_after * DAY)[0] is outcome


@pytest.mark.parametrize(("days_after", "outcome"), [(0, Outcome.NOT_DUE), (1, Outcome.NO_DATA)])
def test_the_later_of_the_days_of_visit_and_task_counts_if_it_is_the_visits(
    days_after: int, outcome: Outcome
) -> None:
    """S 8.2."""
    plan = planned(stock(), AT_LEAST_5, due=pv.days(-3))
    assert outcome_of(plan, as_of=builders.THURSDAY + days_after * DAY)[0] is outcome


def test_not_due_says_until_when() -> None:
    """S 8.2, S 8.8."""
    plan = planned(stock(), AT_LEAST_5, due=pv.days(3))
    assert outcome_of(plan, as_of=builders.THURSDAY) == (Outcome.NOT_DUE, "due 2026-03-15")


def test_a_visit_that_was_moved_gives_more_time() -> None:
    """S 8.2: with `visit=`, its planned date as it is now counts."""
    plan = planned(stock(), AT_LEAST_5)
    moved = builders.visit(planned=pv.Period(builders.NINE + 7 * DAY))
    assert outcome_of(plan, visit=moved, as_of=builders.THURSDAY + 7 * DAY)[0] is Outcome.NOT_DUE
    assert outcome_of(plan, visit=moved, as_of=builders.THURSDAY + 8 * DAY)[0] is Outcome.NO_DATA


def test_what_has_no_date_yet_is_not_due() -> None:
    """S 8.2: neither visit nor task is dated."""
    kpi = builders.kpi(stock(), AT_LEAST_5)
    (task,) = planned(stock(), AT_LEAST_5).tasks
    undated = attrs.evolve(task, due=None, trail=None)
    seen = Circumstances(attrs.evolve(SUBJECT, on=None), None, False, builders.THURSDAY)
    found = judge(kpi, undated, None, seen)
    assert found.outcome is Outcome.NOT_DUE
    assert found.cause == "neither the visit nor the task has a date yet"


def test_a_finished_task_is_due_whatever_the_day() -> None:
    """S 8.2: NOT_DUE needs a task that is not finished."""
    plan = planned(stock(), AT_LEAST_5).complete("count", at=builders.NINE)
    found = outcome_of(plan, as_of=builders.THURSDAY - DAY)
    assert found == (Outcome.NO_DATA, "nothing was captured")


def test_a_task_in_progress_has_time() -> None:
    """S 8.2."""
    plan = planned(stock(), AT_LEAST_5).start("count", at=builders.NINE)
    assert outcome_of(plan, as_of=builders.THURSDAY)[0] is Outcome.NOT_DUE


def test_an_optional_task_that_was_not_done_asks_nothing() -> None:
    """S 8.2: a COULD task that is not completed, once its day is over."""
    plan = planned(stock(), AT_LEAST_5, pv.Binding.COULD)
    expected = (Outcome.NOT_APPLICABLE, "an optional task that was not done")
    assert outcome_of(plan) == expected
    assert outcome_of(plan.skip("count", "no time")) == expected
    assert outcome_of(plan, as_of=builders.THURSDAY)[0] is Outcome.NOT_DUE


def test_an_optional_task_that_was_done_asks() -> None:
    """S 8.2."""
    plan = planned(stock(), AT_LEAST_5, pv.Binding.COULD).complete("count", at=builders.NINE)
    assert outcome_of(plan) == (Outcome.NO_DATA, "nothing was captured")


def test_a_skipped_task_gives_its_reason() -> None:
    """S 8.2: NO_DATA with the reason."""
    plan = planned(stock(), AT_LEAST_5).skip("count", "the store was locked")
    expected = (Outcome.NO_DATA, "the task was skipped: the store was locked")
    assert outcome_of(plan) == expected
    assert outcome_of(plan, as_of=builders.THURSDAY) == expected


def test_an_obligatory_task_that_was_not_done_has_no_data() -> None:
    """S 8.2."""
    plan = planned(stock(), AT_LEAST_5, pv.Binding.MUST)
    assert outcome_of(plan) == (Outcome.NO_DATA, "nothing was captured")


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        (5, "the reading holds int, which is no decimal of this KPI"),
        (True, "the reading holds bool, which is no decimal of this KPI"),
        ("5", "the reading holds '5', which is no decimal of this KPI"),
        (frozenset({"a"}), "the reading holds frozenset, which is no decimal of this KPI"),
    ],
)
def test_a_reading_of_another_type_is_an_error(value: Value, cause: str) -> None:
    """S 8.2, S 1.7: nothing is coerced."""
    plan = planned(stock(), AT_LEAST_5)
    strange = attrs.evolve(builders.reading(plan.kpis[0], 5), value=value)
    (found,) = pv.compare(plan, [strange]).comparisons
    assert (found.outcome, found.cause) == (Outcome.ERROR, cause)
    assert found.is_missing
    assert (found.score, found.variance, found.favourability) == (None, None, None)


@pytest.mark.parametrize(
    ("value_type", "value"),
    [
        (pv.ValueType.CHOICE, "purple"),
        (pv.ValueType.MULTI_CHOICE, frozenset({"late", "purple"})),
    ],
)
def test_a_reading_of_an_unknown_choice_is_an_error(value_type: pv.ValueType, value: Value) -> None:
    """S 8.2: `none_of` would take it for met."""
    payment = builders.indicator(value_type=value_type, choices=["early", "late"])
    plan = planned(payment, pv.Target("stock", pv.none_of(["early"])))
    known = builders.reading(plan.kpis[0], "late" if isinstance(value, str) else {"late"})
    assert pv.compare(plan, [known]).comparisons[0].outcome is Outcome.MET
    strange = attrs.evolve(known, value=value)
    assert pv.compare(plan, [strange]).comparisons[0].outcome is Outcome.ERROR


def test_one_kpi_that_cannot_be_judged_does_not_stop_the_others() -> None:
    """S 8.2: ERROR keeps the cause, the others go on."""
    plan = builders.plan(builders.item("count"), builders.item("check"))
    broken = ResolvedTarget(pv.at_least(BERLIN_NOON), None, (), Decimal(1), TargetSource.ITEM)
    kpi = Kpi("V-1/round/count", pv.Context("partner", "acme"), stock(NUMBER))
    object.__setattr__(kpi, "target", broken)  # no constructor lets it be
    task = attrs.evolve(plan.tasks[0])
    seen = Circumstances(SUBJECT, builders.THURSDAY, False, None)
    found = judge(kpi, task, builders.reading(kpi, 5), seen)
    assert found.outcome is Outcome.ERROR
    assert found.cause.startswith("judging failed with TypeError: ")


@pytest.mark.parametrize(("actual", "outcome"), [(6, MET), (4, NEAR), (1, NOT_MET)])
def test_a_value_is_met_near_or_not_met(actual: int, outcome: Outcome) -> None:
    """S 8.2: whatever the day, the task and the visit say."""
    target = pv.Target("stock", pv.at_least(5), near=pv.within(1))
    plan = planned(stock(), target, pv.Binding.COULD)
    assert outcome_of(plan, actual, visit=cancelled(), as_of=date(2026, 1, 1)) == (outcome, "")


def test_only_met_near_and_not_met_are_measured_and_only_no_data_and_error_are_missing() -> None:
    """S 9.2."""
    assert set(MEASURED) == {MET, NEAR, NOT_MET}
    without = {
        outcome: Comparison(
            subject=SUBJECT,
            item_key="count",
            task_key="count",
            kpi=kpi_expecting_5(),
            computed=outcome,
        )
        for outcome in Outcome
        if outcome not in (*MEASURED, Outcome.NO_TARGET)
    }
    assert {outcome for outcome, each in without.items() if each.is_missing} == {
        Outcome.NO_DATA,
        Outcome.ERROR,
    }
    assert not any(each.is_measured for each in without.values())
    assert {each.score for each in without.values()} == {None}


# ------------------------------------------------------------------- a comparison can only be true


def kpi_expecting_5() -> Kpi:
    return builders.kpi(stock(), AT_LEAST_5)


def made(outcome: Outcome, actual: object = None, kpi: Kpi | None = None) -> Comparison:
    held = kpi or kpi_expecting_5()
    reading = None if actual is None else builders.reading(held, actual)
    return Comparison(
        subject=SUBJECT,
        item_key="count",
        task_key="count",
        kpi=held,
        computed=outcome,
        reading=reading,
    )


@pytest.mark.parametrize(
    ("outcome", "actual"),
    [
        (MET, 4),
        (NOT_MET, 5),
        (NEAR, 4),
        (MET, None),
        (NOT_MET, pv.Absence.DECLINED),
        (Outcome.NO_DATA, 5),
        (Outcome.NOT_DUE, 5),
        (Outcome.NO_TARGET, None),
    ],
)
def test_a_comparison_that_its_reading_does_not_give_is_refused(
    outcome: Outcome, actual: object
) -> None:
    """S 8.1: outcome, target and reading cannot disagree."""
    with pytest.raises(InvalidValueError, match="use compare") as refused:
        _ = made(outcome, actual)
    assert refused.value.code == "comparison.outcome"
    assert (refused.value.owner, refused.value.field) == ("Comparison", "computed")


@pytest.mark.parametrize("outcome", [MET, Outcome.NO_DATA, Outcome.ERROR])
def test_without_a_target_only_no_target_can_be(outcome: Outcome) -> None:
    """S 8.2: NO_TARGET comes first."""
    with pytest.raises(InvalidValueError, match=r"Comparison\.computed") as refused:
        _ = made(outcome, 5, builders.kpi(stock()))
    assert refused.value.code == "comparison.outcome"
    assert made(Outcome.NO_TARGET, 5, builders.kpi(stock())).weight == 1


def test_a_reading_of_another_kpi_is_refused() -> None:
    """S 8.1."""
    other = attrs.evolve(builders.reading(kpi_expecting_5(), 5), kpi_id="V-2/round/count")
    with pytest.raises(InvalidValueError, match=r"Comparison\.computed") as refused:
        _ = Comparison(
            subject=SUBJECT,
            item_key="count",
            task_key="count",
            kpi=kpi_expecting_5(),
            computed=MET,
            reading=other,
        )
    assert refused.value.code == "comparison.outcome"


def test_a_reading_of_another_type_can_only_be_an_error() -> None:
    """S 8.2."""
    kpi = kpi_expecting_5()
    strange = attrs.evolve(builders.reading(kpi, 5), value=5)
    parts: dict[str, Any] = {
        "subject": SUBJECT,
        "item_key": "count",
        "task_key": "count",
        "kpi": kpi,
    }
    assert Comparison(**parts, computed=Outcome.ERROR, reading=strange).is_missing
    with pytest.raises(InvalidValueError, match=r"Comparison\.computed"):
        _ = Comparison(**parts, computed=MET, reading=strange)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": "V-1"}, "subject"),
        ({"kpi": "stock"}, "kpi"),
        ({"computed": "met"}, "computed"),
        ({"reading": 5}, "reading"),
    ],
)
def test_a_part_of_the_wrong_type_is_refused_with_its_name(
    changes: dict[str, Any], field: str
) -> None:
    """S 8.1: every part of a comparison has its type."""
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(made(MET, 5), **changes)
    assert (refused.value.code, refused.value.field) == ("type.wrong", field)


def test_what_compare_gives_is_what_the_constructor_takes() -> None:
    """S 8.1: comparisons made in bulk are as valid as those made one by one."""
    for found in (
        judged(stock(), pv.at_least(5), 5),
        judged(stock()),
        judged(stock(), pv.at_least(5)),
    ):
        rebuilt = attrs.evolve(found)
        assert rebuilt == found
        assert type(rebuilt) is type(found) is Comparison


# --------------------------------------------------------------------------------- explanations


def test_an_explanation_holds_rule_operands_bound_source_and_sentence() -> None:
    """S 8.8."""
    found = judged(stock(unit="days"), pv.between(20, 30), 35, worst=(10, 40))
    assert found.explain() == Explanation(
        rule="S 8.1",
        operands=(Decimal(20), Decimal(30)),
        bound=Decimal(30),
        source="template item",
        sentence="The stock: expected between 20 and 30 days (template item); found 35 days; "
        "missed by 5 days",
    )


def test_without_a_value_the_explanation_gives_the_cause() -> None:
    """S 8.8."""
    assert judged(stock(), pv.at_least(5)).explain() == Explanation(
        rule="S 8.2",
        operands=(Decimal(5),),
        bound=None,
        source="template item",
        sentence="The stock: nothing was captured",
    )


def test_without_a_target_the_explanation_has_nothing_to_hold() -> None:
    """S 8.8."""
    assert judged(stock(), None, 5).explain() == Explanation(
        rule="S 8.2", operands=(), bound=None, source="", sentence="The stock: nothing is expected"
    )


CHOICES = {"a": "always", "b": "by chance"}
SENTENCES: list[tuple[pv.Indicator, Criterion, object, dict[str, Any], str]] = [
    (stock(), pv.at_least(5), "5.5", {}, "expected at least 5 (template item); found 5.5; met"),
    (
        stock(PERCENTAGE),
        pv.at_least(85),
        81,
        {"near": pv.within(5)},
        "expected at least 85 % (template item); found 81 %; near, missed by 4 points",
    ),
    (
        stock(NUMBER, unit="pieces"),
        pv.at_most(1000),
        1200,
        {},
        "expected at most 1000 pieces (template item); found 1200 pieces; missed by 200 pieces",
    ),
    (
        stock(),
        pv.outside(40, 60),
        45,
        {},
        "expected at most 40 or at least 60 (template item); found 45; missed by 5",
    ),
    (
        stock(unit="cm"),
        pv.equals(100, tolerance=5),
        94,
        {},
        "expected 100 give or take 5 cm (template item); found 94 cm; missed by 1 cm",
    ),
    (
        stock(DATETIME),
        pv.at_most(date(2026, 3, 31)),
        datetime(2026, 4, 1, 8, 30, tzinfo=UTC),
        {},
        (
            "expected not after 2026-03-31 (template item); found 2026-04-01 10:30; "
            "missed by 10:30:00"
        ),
    ),
    (
        stock(DATETIME),
        pv.at_least(datetime(2026, 3, 31, 21, 59, tzinfo=UTC)),
        datetime(2026, 4, 1, 8, 30, tzinfo=UTC),
        {},
        "expected not before 2026-03-31 23:59 (template item); found 2026-04-01 10:30; met",
    ),
    (
        stock(pv.ValueType.CHOICE, choices=CHOICES),
        pv.one_of(["a"]),
        "b",
        {},
        "expected one of always (template item); found by chance; not met",
    ),
    (
        stock(pv.ValueType.MULTI_CHOICE, choices=CHOICES),
        pv.contains(["b", "a"]),
        [],
        {},
        "expected all of always, by chance (template item); found none; not met",
    ),
    (
        stock(pv.ValueType.TEXT),
        pv.none_of(["closed", "gone"]),
        "open",
        {},
        "expected none of closed, gone (template item); found open; met",
    ),
]


@pytest.mark.parametrize(("measured", "expected", "actual", "settings", "sentence"), SENTENCES)
def test_a_comparison_explains_itself_in_one_sentence(
    measured: pv.Indicator,
    expected: Criterion,
    actual: object,
    settings: dict[str, Any],
    sentence: str,
) -> None:
    """S 8.8."""
    found = judged(measured, expected, actual, **settings)
    assert str(found.explain()) == f"The stock: {sentence}"


def test_a_long_text_is_cut_in_the_sentence_and_kept_in_the_data() -> None:
    """S 8.8: an ellipsis shows that something was cut."""
    found = judged(stock(pv.ValueType.TEXT), pv.equals("yes"), "no " * 1_000 + "!")
    sentence = str(found.explain())
    assert "…" in sentence
    assert len(sentence) < 200
    assert found.actual == "no " * 1_000 + "!"


def test_a_text_of_several_lines_is_one_line_in_the_sentence() -> None:
    """S 8.8."""
    found = judged(stock(pv.ValueType.TEXT), pv.equals("a\nb"), "c\n\td")
    assert str(found.explain()) == (
        "The stock: expected exactly a b (template item); found c d; not met"
    )


def test_a_long_list_of_operands_is_cut_in_the_sentence() -> None:
    """S 8.8."""
    many = [f"{number} of many" for number in range(1_000)]
    sentence = str(judged(stock(pv.ValueType.TEXT), pv.one_of(many), "none").explain())
    assert len(sentence) == 1_000
    assert sentence.endswith("…")


@pytest.mark.parametrize(
    ("measured", "value", "shown"),
    [
        (stock(unit="USD"), Decimal("1234.5"), "1234.5 USD"),
        (stock(PERCENTAGE), Decimal("12.5"), "12.5 %"),
        (stock(pv.ValueType.BOOLEAN), True, "yes"),
        (stock(NUMBER), 1234, "1234"),
        (stock(DATETIME), datetime(2026, 3, 31, 22, tzinfo=UTC), "2026-04-01 00:00"),
        (stock(pv.ValueType.CHOICE, choices=CHOICES), "b", "by chance"),
        (stock(pv.ValueType.MULTI_CHOICE, choices=CHOICES), frozenset("ba"), "always, by chance"),
        (stock(pv.ValueType.TEXT), "a", "a"),
        (stock(unit="USD"), None, "-"),
        (stock(unit="USD"), pv.Absence.UNKNOWN, "unknown"),
    ],
)
def test_a_value_is_shown_as_people_read_it(
    measured: pv.Indicator, value: object, shown: str
) -> None:
    """S 8.8: labels, the unit, the zone of the place."""
    assert judged(measured).shown(value) == shown


@pytest.mark.parametrize(
    ("measured", "gap", "shown"),
    [
        (stock(PERCENTAGE), Decimal(4), "4 points"),
        (stock(unit="USD"), Decimal(-4), "-4 USD"),
        (stock(DATETIME), timedelta(days=1, hours=2), "1 d 2:00:00"),
        (stock(), None, "-"),
    ],
)
def test_a_variance_is_shown_in_the_unit(
    measured: pv.Indicator, gap: Decimal | timedelta | None, shown: str
) -> None:
    """S 8.3: points of a PERCENTAGE, a duration of a DATETIME."""
    assert judged(measured).shown_gap(gap) == shown


def test_no_target_is_shown_as_a_hyphen() -> None:
    """S 8.8."""
    assert judged(stock()).shown_target() == "-"


def test_the_weight_is_the_targets() -> None:
    """S 2.5."""
    assert judged(stock(), pv.at_least(5), 5, weight="2.5").weight == Decimal("2.5")


# --------------------------------------------------------------------- the host's decimal context


@pytest.mark.parametrize("case", WORKED, ids=lambda case: f"{case.value_type.name}-{case.expected}")
def test_a_hostile_decimal_context_changes_nothing(case: Worked) -> None:
    """S 1.4: not one digit of a verdict depends on the host's context."""
    with localcontext(HOSTILE):
        found = judged(
            stock(case.value_type), case.expected, case.actual, near=case.near, worst=case.worst
        )
        seen = (found.outcome, text_of(found.attainment), text_of(found.score), found.variance)
    assert seen == (case.outcome, case.attainment, case.score, case.variance)


def test_twelve_digits_survive_a_context_of_three() -> None:
    """S 1.4."""
    lost = Context(prec=28).divide(Decimal("0.000001"), Decimal("123456.789012"))
    left = Context(prec=60).subtract(Decimal(1), lost)
    with localcontext(HOSTILE):
        found = judged(stock(), pv.at_least("123456.789012"), "123456.789011", worst=0)
        figures = [text_of(each) for each in (found.relative_variance, found.score)]
        sentence = str(found.explain())
    assert str(found.variance) == "-0.000001"
    assert figures == [str(-lost), str(left)]
    assert sentence.endswith("found 123,456.789011; missed by 0.000001")


def test_figures_have_no_exponent() -> None:
    """S 1.2: a quotient of fractions is stored like any other decimal."""
    plan = planned(stock(DECIMAL), pv.Target("stock", pv.at_least("0.5")))
    reading = builders.reading(plan.kpis[0], "5")
    (found,) = pv.compare(plan, [reading]).comparisons
    assert (str(found.attainment), str(found.relative_variance)) == ("10", "9")


def test_a_comparison_reads_as_its_sentence() -> None:
    """S 8.8."""
    plan = planned(stock(NUMBER), AT_LEAST_5)
    (found,) = pv.compare(plan, [builders.reading(plan.kpis[0], 3)]).comparisons
    assert str(found) == str(found.explain()) == found.explain().sentence
    assert str(found) == "The stock: expected at least 5 (template item); found 3; missed by 2"


def test_a_value_is_what_the_indicator_can_hold() -> None:
    """S 1.6, S 8.2: neither an absence nor a value of another type is one."""
    plan = planned(stock(NUMBER), AT_LEAST_5)
    reading = builders.reading(plan.kpis[0], 3)
    values = [
        pv.compare(plan, readings).comparisons[0].value
        for readings in (
            [reading],
            [],
            [attrs.evolve(reading, value=pv.Absence.DECLINED)],
            [attrs.evolve(reading, value="three")],
        )
    ]
    assert values == [3, None, None, None]
