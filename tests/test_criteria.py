from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, cast

import pytest

import partnervisits as pv
from partnervisits.calendars import Anchor, Offset, days, working_days
from partnervisits.criteria import (
    AtLeast,
    AtMost,
    Between,
    Criterion,
    DayEnd,
    Equals,
    OrderedCriterion,
    Outside,
    gap,
    in_instants,
    is_criterion,
    is_temporal,
    misfits,
    to_bound,
)
from partnervisits.errors import InvalidValueError
from partnervisits.findings import Finding
from partnervisits.values import Value, ValueType

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
ONE = NOON + timedelta(hours=1)
TWO = NOON + timedelta(hours=2)
NONE_CHOSEN: frozenset[str] = frozenset()
MONDAY = date(2026, 3, 16)
FRIDAY = date(2026, 3, 20)
CHOICES = ("a", "b")

# A caller without a type checker may pass anything.
at_least = cast("Callable[..., AtLeast]", pv.at_least)
between = cast("Callable[..., Between]", pv.between)
equals = cast("Callable[..., Equals]", pv.equals)
one_of = cast("Callable[..., Criterion]", pv.one_of)
contains = cast("Callable[..., Criterion]", pv.contains)
width = cast("Callable[..., object]", gap)

# ------------------------------------------------------------------------------- met when


@pytest.mark.parametrize(
    ("criterion", "met", "missed"),
    [
        (pv.at_least(5), [5, 6], [4]),
        (pv.at_least("4.5"), [Decimal("4.5")], [Decimal("4.4999999999")]),
        (pv.at_most(5), [5, 4], [6]),
        (pv.at_most("-4.5"), [Decimal("-4.5")], [Decimal("-4.4999999999")]),
        (pv.between(3, 5), [3, 4, 5], [2, 6]),
        (pv.between(3, 3), [3], [2, 4]),
        (pv.outside(3, 5), [2, 3, 5, 6], [4]),
        (pv.outside(3, 3), [2, 3, 4], []),
        (pv.equals(5), [5, Decimal(5)], [4, 6]),
        (pv.equals(5, tolerance=1), [4, 5, 6], [3, 7]),
        (pv.equals(5, tolerance=0), [5], [4, 6]),
        (pv.equals(5, tolerance="0.5"), [Decimal("4.5"), Decimal("5.5")], [Decimal("5.51")]),
        (pv.equals(True), [True], [False]),
        (pv.equals("yes"), ["yes"], ["Yes", "yes "]),
        (pv.equals({"a", "b"}), [frozenset("ab")], [frozenset("a"), frozenset("abc")]),
        (pv.equals(NONE_CHOSEN), [NONE_CHOSEN], [frozenset("a")]),
        (pv.one_of([1, 2]), [1, 2], [3]),
        (pv.one_of(["a", "b"]), ["a", "b"], ["c", "ab"]),
        (pv.one_of(["a", "b"]), [frozenset("a"), frozenset("bc")], [frozenset("c"), NONE_CHOSEN]),
        (pv.none_of([1, 2]), [3], [1, 2]),
        (pv.none_of(["a", "b"]), ["c"], ["a", "b"]),
        (pv.none_of(["a", "b"]), [frozenset("c"), NONE_CHOSEN], [frozenset("ac")]),
        (pv.contains(["a", "b"]), [frozenset("ab"), frozenset("abc")], [frozenset("a"), "ab"]),
    ],
)
def test_what_meets_a_criterion(
    criterion: Criterion, met: list[Value], missed: list[Value]
) -> None:
    """S 2.2"""
    assert [criterion.is_met(value) for value in met] == [True] * len(met)
    assert [criterion.is_met(value) for value in missed] == [False] * len(missed)


@pytest.mark.parametrize(
    ("criterion", "met", "missed"),
    [
        (pv.at_least(ONE), [ONE, TWO], [NOON]),
        (pv.at_most(ONE), [ONE, NOON], [TWO]),
        (pv.between(ONE, ONE), [ONE], [NOON, TWO]),
        (pv.outside(NOON, TWO), [NOON, TWO], [ONE]),
        (pv.equals(ONE), [ONE], [NOON]),
        (pv.equals(ONE, tolerance=timedelta(hours=1)), [NOON, ONE, TWO], [NOON - timedelta(1)]),
    ],
)
def test_what_meets_a_criterion_on_the_line_of_time(
    criterion: Criterion, met: list[datetime], missed: list[datetime]
) -> None:
    """S 2.2"""
    assert [criterion.is_met(value) for value in met] == [True] * len(met)
    assert [criterion.is_met(value) for value in missed] == [False] * len(missed)


def test_instants_of_different_zones_are_one_instant() -> None:
    """S 2.2"""
    in_berlin = datetime(2026, 3, 12, 13, tzinfo=timezone(timedelta(hours=1)))
    assert pv.equals(in_berlin).is_met(NOON)
    assert pv.at_most(in_berlin) == pv.at_most(NOON)


# -------------------------------------------------------------------------------- the edge


@pytest.mark.parametrize(
    ("criterion", "actual", "edge"),
    [
        (pv.at_least(5), 1, Decimal(5)),
        (pv.at_most(5), 9, Decimal(5)),
        (pv.between(10, 20), 4, Decimal(10)),
        (pv.between(10, 20), 25, Decimal(20)),
        (pv.between(10, 20), 15, Decimal(10)),
        (pv.outside(10, 20), 14, Decimal(10)),
        (pv.outside(10, 20), 16, Decimal(20)),
        (pv.outside(10, 20), 15, Decimal(10)),
        (pv.equals(5, tolerance=2), 1, Decimal(3)),
        (pv.equals(5, tolerance=2), 9, Decimal(7)),
        (pv.equals(5, tolerance=2), 5, Decimal(3)),
        (pv.equals(5), 9, Decimal(5)),
        (pv.outside(NOON, TWO), ONE, NOON),
        (pv.outside(NOON, TWO), ONE + timedelta(microseconds=1), TWO),
        (pv.equals(ONE, tolerance=timedelta(hours=1)), ONE, NOON),
        (pv.equals(ONE), NOON, ONE),
    ],
)
def test_the_edge_is_the_nearest_bound_and_of_two_equally_near_the_lower(
    criterion: OrderedCriterion | Equals, actual: int | datetime, edge: object
) -> None:
    """S 8.1"""
    assert criterion.edge(actual) == edge


# ------------------------------------------------------------------------------- operands


@pytest.mark.parametrize("value", [Decimal("85.50"), "85.5", "85.50"])
def test_an_operand_of_an_ordered_criterion_may_be_a_plain_decimal(value: Decimal | str) -> None:
    """S 2.2"""
    assert pv.at_least(value).bound == Decimal("85.5")
    assert str(pv.at_least(value).bound) == "85.5"


def test_a_whole_number_is_held_as_a_decimal() -> None:
    """S 2.2"""
    for held in (pv.at_most(5).bound, pv.equals(5).value, *pv.one_of([5]).operands):
        assert (type(held), held) == (Decimal, 5)


@pytest.mark.parametrize("criterion", [pv.equals("85"), pv.one_of(["85"]), pv.none_of(["85"])])
def test_a_str_in_the_other_criteria_is_text(criterion: Criterion) -> None:
    """S 2.2"""
    assert criterion.operands == ("85",)


@pytest.mark.parametrize(
    ("bound", "held"),
    [
        (ONE, ONE),
        (datetime(2026, 3, 12, 14, tzinfo=timezone(timedelta(hours=1))), ONE),
        (MONDAY, MONDAY),
        (days(2), days(2)),
    ],
)
def test_an_operand_may_be_an_instant_a_day_or_an_offset(bound: Any, held: object) -> None:
    """S 2.3"""
    kept = to_bound(bound)
    assert (type(kept), kept) == (type(held), held)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.5, "decimal.float"),
        (float("nan"), "decimal.float"),
        (True, "decimal.type"),
        (None, "decimal.type"),
        ([1], "decimal.type"),
        (frozenset("a"), "decimal.type"),
        (timedelta(1), "decimal.type"),
        ("85 %", "decimal.text"),
        ("1e3", "decimal.text"),
        ("NaN", "decimal.text"),
        ("", "decimal.text"),
        (Decimal("NaN"), "decimal.range"),
        (Decimal("sNaN"), "decimal.range"),
        (Decimal("-Infinity"), "decimal.range"),
        (10**18, "decimal.range"),
        (datetime(2026, 3, 12, 12), "instant.naive"),
        (datetime(2300, 1, 1, tzinfo=UTC), "instant.range"),
        (date(1899, 12, 31), "date.range"),
    ],
)
def test_an_ordered_criterion_refuses_what_lies_on_no_line(value: object, code: str) -> None:
    """S 2.2"""
    with pytest.raises(InvalidValueError) as refused:
        _ = at_least(value)
    assert refused.value.code == code
    assert (refused.value.owner, refused.value.field) == ("AtLeast", "bound")
    for low, high in ((value, 1), (1, value)):
        with pytest.raises(InvalidValueError) as refused:
            _ = between(low, high)
        assert refused.value.code == code
        assert refused.value.field == ("low" if low is value else "high")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.5, "decimal.float"),
        (None, "value.type"),
        ([1], "value.type"),
        (timedelta(1), "value.type"),
        (b"text", "value.type"),
        (Decimal("NaN"), "decimal.range"),
        (10**18, "decimal.range"),
        ("", "value.empty-text"),
        ("a\rb", "text.carriage-return"),
        ({"a", ""}, "text.empty"),
        ({"a", 1}, "text.type"),
        (datetime(2026, 3, 12, 12), "instant.naive"),
        (MONDAY, "criterion.date"),
        (days(2), "criterion.date"),
    ],
)
def test_equals_refuses_what_is_no_value(value: object, code: str) -> None:
    """S 2.3"""
    with pytest.raises(InvalidValueError) as refused:
        _ = equals(value)
    assert refused.value.code == code
    assert (refused.value.owner, refused.value.field) == ("Equals", "value")


def test_equals_a_day_says_to_use_between() -> None:
    """S 2.3"""
    with pytest.raises(InvalidValueError, match=r"use between\(day, day\)"):
        _ = equals(MONDAY)


def test_equals_takes_any_set_of_keys() -> None:
    expected = pv.equals(frozenset("ab"))
    assert pv.equals({"a", "b"}) == expected
    assert pv.equals({"a": 1, "b": 2}.keys()) == expected


def test_equal_to_true_is_not_equal_to_one() -> None:
    """S 1.7"""
    assert pv.equals(True) != pv.equals(1)
    assert len({pv.equals(True), pv.equals(1), pv.equals(Decimal(1))}) == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ("ab", "sequence.type"),
        (b"ab", "sequence.type"),
        ({"a": "b"}, "sequence.type"),
        (5, "sequence.type"),
        (None, "sequence.type"),
        ([], "criterion.operands"),
        (["a", 1], "criterion.operands"),
        ([0.5], "decimal.float"),
        ([True], "decimal.type"),
        ([None], "decimal.type"),
        ([MONDAY], "decimal.type"),
        ([Decimal("NaN")], "decimal.range"),
        ([""], "value.empty-text"),
    ],
)
def test_a_list_of_operands_of_something_else_is_refused(values: object, code: str) -> None:
    """S 2.2"""
    for make, name in ((one_of, "OneOf"), (contains, "Contains")):
        with pytest.raises(InvalidValueError) as refused:
            _ = make(values)
        assert refused.value.code == code
        assert (refused.value.owner, refused.value.field) == (name, "values")
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.none_of(cast("Iterable[str]", values))
    assert (refused.value.code, refused.value.owner) == (code, "NoneOf")


@pytest.mark.parametrize(
    ("values", "code"), [([1], "text.type"), (["x" * 65], "text.long"), ([" a"], "text.blank-ends")]
)
def test_contains_takes_choice_keys_only(values: object, code: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        _ = contains(values)
    assert refused.value.code == code


def test_operands_are_sorted_and_stand_once() -> None:
    assert pv.one_of(["b", "a", "b"]) == pv.one_of(("a", "b"))
    assert pv.none_of([3, 1, Decimal("1.0")]).operands == (Decimal(1), Decimal(3))
    assert pv.contains({"c", "a"}).operands == ("a", "c")


@pytest.mark.parametrize("make", [pv.between, pv.outside])
@pytest.mark.parametrize(
    ("low", "high"), [(5, 3), ("5", "4.9999999999"), (TWO, ONE), (FRIDAY, MONDAY)]
)
def test_the_lower_bound_comes_first(
    make: Callable[[Any, Any], Criterion], low: object, high: object
) -> None:
    """S 2.2"""
    with pytest.raises(InvalidValueError) as refused:
        _ = make(low, high)
    assert refused.value.code == "criterion.order"
    assert (refused.value.owner, refused.value.field) == (make.__name__.title(), "low")
    assert make(high, low).operands == (to_bound(cast("int", high)), to_bound(cast("int", low)))


@pytest.mark.parametrize("make", [pv.between, pv.outside])
@pytest.mark.parametrize(("low", "high"), [(5, NOON), (MONDAY, 5), (days(1), 5), ("5", FRIDAY)])
def test_bounds_are_two_numbers_or_two_times(
    make: Callable[[Any, Any], Criterion], low: object, high: object
) -> None:
    """S 2.2"""
    with pytest.raises(InvalidValueError) as refused:
        _ = make(low, high)
    assert refused.value.code == "criterion.operands"
    assert (refused.value.owner, refused.value.field) == (make.__name__.title(), "high")
    assert refused.value.message == "pass two numbers or two times"


@pytest.mark.parametrize(
    ("low", "high"),
    [(MONDAY, NOON), (days(5), days(-5)), (FRIDAY, days(0)), (MONDAY, MONDAY), (NOON, MONDAY)],
)
def test_the_order_of_days_and_offsets_is_known_only_once_they_are_instants(
    low: Any,
    high: Any,
) -> None:
    """S 2.3"""
    assert pv.between(low, high).operands == (low, high)


# ------------------------------------------------------------------------------ tolerance


@pytest.mark.parametrize(
    ("value", "tolerance", "code"),
    [
        (5, timedelta(hours=1), "criterion.tolerance"),
        (NOON, 1, "criterion.tolerance"),
        ("text", 1, "criterion.tolerance"),
        (True, 1, "criterion.tolerance"),
        (frozenset("a"), 1, "criterion.tolerance"),
        (5, -1, "gap.negative"),
        (5, "-0.1", "gap.negative"),
        (NOON, -timedelta(microseconds=1), "gap.negative"),
        (5, 0.1, "decimal.float"),
        (5, True, "decimal.type"),
        (5, "5%", "decimal.text"),
        (5, Decimal("Infinity"), "decimal.range"),
        (NOON, timedelta(days=400 * 366 + 1), "duration.range"),
        (NOON, -timedelta(days=400 * 366 + 1), "duration.range"),
    ],
)
def test_a_tolerance_that_does_not_go_with_its_value_is_refused(
    value: object, tolerance: object, code: str
) -> None:
    """S 2.5"""
    with pytest.raises(InvalidValueError) as refused:
        _ = equals(value, tolerance=tolerance)
    assert refused.value.code == code
    assert (refused.value.owner, refused.value.field) == ("Equals", "tolerance")


def test_a_width_of_a_subclass_of_timedelta_is_refused() -> None:
    class Hours(timedelta):
        """As a data-frame library has them."""

    with pytest.raises(InvalidValueError) as refused:
        _ = width(Hours(1))
    assert refused.value.code == "duration.type"


def test_a_width_may_be_zero() -> None:
    assert gap(0) == 0
    assert gap(timedelta(0)) == timedelta(0)


def test_the_bounds_of_a_tolerance_are_exact() -> None:
    """S 1.4"""
    criterion = pv.equals(10**18 - 1, tolerance="0.0000000001")
    assert criterion.low == Decimal("999999999999999998.9999999999")
    assert criterion.high == Decimal("999999999999999999.0000000001")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gap(-1), "pass a width of zero or more"),
        (lambda: equals(days(1)), "Equals.value: a day is no instant: use between(day, day)"),
        (lambda: one_of("ab"), "OneOf.values: pass a list of operands, not 'ab'"),
        (lambda: one_of([]), "OneOf.values: pass one operand or more, all of one kind"),
        (lambda: between(5, 3), "Between.low: swap the bounds: the lower comes first"),
        (
            lambda: equals("text", tolerance=1),
            (
                "Equals.tolerance: a tolerance goes with a number, in its unit, or with an "
                "instant, as a timedelta"
            ),
        ),
    ],
)
def test_a_refusal_says_where_and_what_to_pass(make: Callable[[], object], message: str) -> None:
    """S 2.2"""
    with pytest.raises(InvalidValueError) as refused:
        _ = make()
    assert str(refused.value) == message


# ------------------------------------------------------------------------------- in words


@pytest.mark.parametrize(
    ("criterion", "text"),
    [
        (pv.at_least(1_000), "at least 1000"),
        (pv.at_most("0.5"), "at most 0.5"),
        (pv.at_least(NOON), "not before 2026-03-12 12:00Z"),
        (pv.at_least(MONDAY), "not before 2026-03-16"),
        (pv.at_most(MONDAY), "not after 2026-03-16"),
        (pv.at_most(days(2)), "not after 2 days after visit start"),
        (pv.between(3, 5), "between 3 and 5"),
        (pv.between(MONDAY, FRIDAY), "between 2026-03-16 and 2026-03-20"),
        (pv.outside(3, 5), "at most 3 or at least 5"),
        (pv.outside(MONDAY, FRIDAY), "not after 2026-03-16 or not before 2026-03-20"),
        (pv.equals(5), "exactly 5"),
        (pv.equals(True), "yes"),
        (pv.equals(frozenset("ba")), "exactly a, b"),
        (pv.equals(5, tolerance="0.5"), "5 give or take 0.5"),
        (
            pv.equals(NOON, tolerance=timedelta(hours=1)),
            "2026-03-12 12:00Z give or take 1:00:00",
        ),
        (pv.one_of([2, 1]), "one of 1, 2"),
        (pv.none_of(["b", "a"]), "none of a, b"),
        (pv.contains(["b", "a"]), "all of a, b"),
    ],
)
def test_a_criterion_reads_as_people_say_it(criterion: Criterion, text: str) -> None:
    """S 2.3"""
    assert str(criterion) == text


@pytest.mark.parametrize(
    ("criterion", "text"),
    [
        (pv.at_least(5), "at least <5>"),
        (pv.at_most(5), "at most <5>"),
        (pv.between(3, 5), "between <3> and <5>"),
        (pv.outside(3, 5), "at most <3> or at least <5>"),
        (pv.equals(5), "exactly <5>"),
        (pv.equals(5, tolerance=1), "<5> give or take <1>"),
        (pv.one_of([1, 2]), "one of <1>, <2>"),
        (pv.none_of([1]), "none of <1>"),
        (pv.contains(["a", "b"]), "all of <a>, <b>"),
    ],
)
def test_a_criterion_lets_its_reader_write_the_operands(criterion: Criterion, text: str) -> None:
    assert criterion.written(lambda operand: f"<{operand}>") == text


# ------------------------------------------------------------------ days become instants


def marked(bound: object, end: DayEnd) -> Any:
    """The first day's start and the last day's end, so that a test sees which was asked for."""
    return NOON if end is DayEnd.FIRST else TWO if isinstance(bound, date) else ONE


@pytest.mark.parametrize(
    ("criterion", "resolved"),
    [
        (pv.at_least(MONDAY), pv.at_least(NOON)),
        (pv.at_most(MONDAY), pv.at_most(TWO)),
        (pv.at_most(days(1)), pv.at_most(ONE)),
        (pv.between(MONDAY, FRIDAY), pv.between(NOON, TWO)),
    ],
)
def test_each_bound_asks_for_its_end_of_the_day(
    criterion: OrderedCriterion, resolved: OrderedCriterion
) -> None:
    """S 2.3"""
    assert in_instants(criterion, marked) == resolved


def test_nothing_lies_outside_of_one_day() -> None:
    """S 2.3: it would have to be after the day's end and before its beginning."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.outside(MONDAY, MONDAY)
    assert refused.value.code == "criterion.order"
    assert str(refused.value) == "Outside.high: a day has no gap to lie outside of"
    assert pv.outside(MONDAY, MONDAY + timedelta(days=1)).operands[0] == MONDAY


def test_outside_takes_the_end_of_its_first_day_and_the_start_of_its_last() -> None:
    """S 2.3"""
    asked: list[DayEnd] = []

    def answer(bound: object, end: DayEnd) -> datetime:
        asked.append(end)
        return NOON if bound == MONDAY else TWO

    assert in_instants(pv.outside(MONDAY, FRIDAY), answer) == pv.outside(NOON, TWO)
    assert asked == [DayEnd.LAST, DayEnd.FIRST]


def test_instants_in_the_wrong_order_are_refused_when_they_are_known() -> None:
    """S 2.3"""
    with pytest.raises(InvalidValueError) as refused:
        _ = in_instants(pv.outside(MONDAY, pv.days(0)), marked)
    assert refused.value.code == "criterion.order"


@pytest.mark.parametrize(
    ("criterion", "temporal"),
    [
        (pv.at_least(MONDAY), True),
        (pv.at_most(days(1)), True),
        (pv.between(NOON, FRIDAY), True),
        (pv.between(MONDAY, NOON), True),
        (pv.between(NOON, TWO), False),
        (pv.at_least(5), False),
        (pv.equals(NOON), False),
        (pv.one_of(["a"]), False),
    ],
)
def test_only_days_and_offsets_need_a_visit(criterion: Criterion, temporal: object) -> None:
    """S 2.3"""
    assert is_temporal(criterion) is temporal


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (pv.at_least(1), True),
        (pv.at_most(1), True),
        (pv.between(1, 2), True),
        (pv.outside(1, 2), True),
        (pv.equals(1), True),
        (pv.one_of([1]), True),
        (pv.none_of([1]), True),
        (pv.contains(["a"]), True),
        (5, False),
        ("at least 5", False),
        (AtLeast, False),
        (None, False),
    ],
)
def test_criteria_are_a_closed_set(value: object, answer: object) -> None:
    """S 2.2"""
    assert is_criterion(value) is answer


# ----------------------------------------------------------------------------- does it fit

NUMBERS = {ValueType.NUMBER, ValueType.DECIMAL, ValueType.PERCENTAGE}
FITTING: list[tuple[Criterion, set[ValueType]]] = [
    (pv.at_least(5), NUMBERS),
    (pv.at_most(5), NUMBERS),
    (pv.between(3, 5), NUMBERS),
    (pv.outside(3, 5), NUMBERS),
    (pv.at_least(NOON), {ValueType.DATETIME}),
    (pv.at_most(MONDAY), {ValueType.DATETIME}),
    (pv.between(days(1), FRIDAY), {ValueType.DATETIME}),
    (pv.outside(NOON, FRIDAY), {ValueType.DATETIME}),
    (pv.equals(True), {ValueType.BOOLEAN}),
    (pv.equals(5), NUMBERS),
    (pv.equals(5, tolerance=1), NUMBERS),
    (pv.equals(NOON), {ValueType.DATETIME}),
    (pv.equals(NOON, tolerance=timedelta(1)), {ValueType.DATETIME}),
    (pv.equals("a"), {ValueType.TEXT, ValueType.CHOICE}),
    (pv.equals(frozenset("ab")), {ValueType.MULTI_CHOICE}),
    (pv.equals(NONE_CHOSEN), {ValueType.MULTI_CHOICE}),
    (pv.one_of([1, 2]), {ValueType.NUMBER}),
    (pv.one_of(["a"]), {ValueType.TEXT, ValueType.CHOICE, ValueType.MULTI_CHOICE}),
    (pv.none_of([1, 2]), {ValueType.NUMBER}),
    (pv.none_of(["a"]), {ValueType.TEXT, ValueType.CHOICE, ValueType.MULTI_CHOICE}),
    (pv.contains(["a"]), {ValueType.MULTI_CHOICE}),
]


@pytest.mark.parametrize("value_type", ValueType)
@pytest.mark.parametrize(("criterion", "fitting"), FITTING)
def test_a_criterion_fits_its_types_and_no_other(
    criterion: Criterion, fitting: set[ValueType], value_type: ValueType
) -> None:
    """S 2.2"""
    choices = CHOICES if value_type.has_choices else ()
    assert (misfits(criterion, value_type, choices) == ()) is (value_type in fitting)


ORDERED = NUMBERS | {ValueType.DATETIME}
LISTED = {ValueType.NUMBER, ValueType.TEXT, ValueType.CHOICE, ValueType.MULTI_CHOICE}


@pytest.mark.parametrize("value_type", ValueType)
@pytest.mark.parametrize(
    ("criterion", "kinds"),
    [
        (pv.at_least(5), ORDERED),
        (pv.at_most(5), ORDERED),
        (pv.between(3, 5), ORDERED),
        (pv.outside(3, 5), ORDERED),
        (pv.equals(5), set(ValueType)),
        (pv.one_of([5]), LISTED),
        (pv.none_of([5]), LISTED),
        (pv.contains(["a"]), {ValueType.MULTI_CHOICE}),
    ],
)
def test_a_criterion_of_the_wrong_kind_is_told_from_one_with_the_wrong_operand(
    criterion: Criterion, kinds: set[ValueType], value_type: ValueType
) -> None:
    """S 2.2"""
    codes = {finding.code for finding in misfits(criterion, value_type, CHOICES)}
    if value_type in kinds:
        assert codes <= {"criterion.operand"}
    else:
        assert codes == {"criterion.type"}


@pytest.mark.parametrize(
    ("criterion", "value_type", "found"),
    [
        (
            pv.at_least(5),
            ValueType.TEXT,
            [("criterion.type", "AtLeast does not fit a text")],
        ),
        (
            pv.one_of([5]),
            ValueType.PERCENTAGE,
            [("criterion.type", "OneOf does not fit a percentage")],
        ),
        (
            pv.at_least(5),
            ValueType.DATETIME,
            [("criterion.operand", "Decimal is no operand for a datetime")],
        ),
        (
            pv.equals("85"),
            ValueType.DECIMAL,
            [("criterion.operand", "'85' is no operand for a decimal")],
        ),
        (
            pv.equals(1),
            ValueType.BOOLEAN,
            [("criterion.operand", "Decimal is no operand for a boolean")],
        ),
        (
            pv.equals(frozenset("a")),
            ValueType.CHOICE,
            [("criterion.operand", "frozenset is no operand for a choice")],
        ),
        (
            pv.equals("a"),
            ValueType.MULTI_CHOICE,
            [("criterion.operand", "pass a set of choice keys, not 'a'")],
        ),
        (
            pv.one_of([1, 2]),
            ValueType.CHOICE,
            [("criterion.operand", "Decimal is no operand for a choice")] * 2,
        ),
        (
            pv.one_of(["a", "c", "d"]),
            ValueType.CHOICE,
            [
                ("criterion.choice", "'c' is none of the indicator's choices"),
                ("criterion.choice", "'d' is none of the indicator's choices"),
            ],
        ),
        (
            pv.contains(["a", "c"]),
            ValueType.MULTI_CHOICE,
            [("criterion.choice", "'c' is none of the indicator's choices")],
        ),
        (
            pv.equals(frozenset("dac")),
            ValueType.MULTI_CHOICE,
            [
                ("criterion.choice", "'c' is none of the indicator's choices"),
                ("criterion.choice", "'d' is none of the indicator's choices"),
            ],
        ),
        (
            pv.equals("c"),
            ValueType.CHOICE,
            [("criterion.choice", "'c' is none of the indicator's choices")],
        ),
        (
            pv.equals("2.5"),
            ValueType.NUMBER,
            [("criterion.operand", "'2.5' is no operand for a number")],
        ),
        (
            pv.one_of([2, Decimal("2.5")]),
            ValueType.NUMBER,
            [("criterion.operand", "no whole number is 2.5")],
        ),
        (
            pv.none_of([Decimal("2.5")]),
            ValueType.NUMBER,
            [("criterion.operand", "no whole number is 2.5")],
        ),
        (
            pv.equals(Decimal("2.5")),
            ValueType.NUMBER,
            [("criterion.operand", "no whole number is 2.5")],
        ),
    ],
)
def test_what_does_not_fit_is_said_once_for_each_operand(
    criterion: Criterion, value_type: ValueType, found: list[tuple[str, str]]
) -> None:
    """S 2.2"""
    expected = tuple(Finding((), code, message) for code, message in found)
    assert misfits(criterion, value_type, CHOICES) == expected


@pytest.mark.parametrize(
    "criterion",
    [
        pv.at_least("2.5"),
        pv.at_most("2.5"),
        pv.between("2.5", "3.5"),
        pv.equals(Decimal("2.5"), tolerance="0.5"),
    ],
)
def test_a_whole_number_may_be_measured_against_a_fraction(criterion: Criterion) -> None:
    """S 2.2"""
    assert misfits(criterion, ValueType.NUMBER) == ()


def test_a_criterion_knows_its_operands_in_order() -> None:
    assert pv.at_least(1).operands == (Decimal(1),)
    assert pv.between(1, 2).operands == (Decimal(1), Decimal(2))
    assert pv.outside(1, 2).operands == (Decimal(1), Decimal(2))
    assert pv.equals(1, tolerance=3).operands == (Decimal(1),)


def test_criteria_of_different_kinds_are_never_equal() -> None:
    """S 2.2"""
    kinds: list[Criterion] = [
        AtLeast(1),
        AtMost(1),
        Between(1, 1),
        Outside(1, 1),
        Equals(1),
    ]
    assert len(set(kinds)) == len(kinds)


def test_an_offset_operand_is_kept_whole() -> None:
    """S 2.3"""
    bound = pv.at_most(working_days(-2, anchor=Anchor.VISIT_END)).bound
    assert isinstance(bound, Offset)
    assert (bound.amount, bound.anchor) == (-2, Anchor.VISIT_END)
