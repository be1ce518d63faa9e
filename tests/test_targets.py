from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation, Rounded, localcontext
from typing import Any, cast

import attrs
import pytest

import partnervisits as pv
from partnervisits.calendars import Anchor, AnyAnchor, FactDate, ItemDate, Offset, days
from partnervisits.criteria import Bound, Criterion, DayEnd
from partnervisits.errors import InvalidValueError
from partnervisits.findings import Finding
from partnervisits.targets import (
    Candidate,
    ResolvedTarget,
    Scope,
    TargetSource,
    Within,
    WithinPercent,
    criterion_of,
    most_specific,
    resolve,
    target_misfits,
    unscoped_targets,
    within,
    within_percent,
)
from partnervisits.values import DateRange, Period, ValueType
from tests.builders import catalog, indicator, place, resolved, task, template, visit

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
THURSDAY = date(2026, 3, 12)
FRIDAY = date(2026, 3, 13)
SATURDAY = date(2026, 3, 14)
HOSTILE = Context(prec=2, Emin=0, Emax=1, traps=[Inexact, Rounded, InvalidOperation])


def of(value_type: ValueType, direction: pv.Direction = pv.Direction.NEUTRAL) -> pv.Indicator:
    """An indicator of a type, with choices where the type asks for them."""
    choices = ["a", "b"] if value_type.has_choices else []
    return indicator("stock", value_type=value_type, direction=direction, choices=choices)


def target(expected: object, **changes: object) -> pv.Target:
    """What a caller without a type checker may pass."""
    settings: dict[str, Any] = {"indicator": "stock", "expected": expected}
    settings.update(changes)
    return pv.Target(**settings)


def refusal(make: Callable[[], object]) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as refused:
        _ = make()
    return refused.value


# ----------------------------------------------------------------------- bare values (S 2.4)


@pytest.mark.parametrize(
    ("direction", "meant"),
    [
        (pv.Direction.HIGHER_IS_BETTER, pv.at_least(85)),
        (pv.Direction.LOWER_IS_BETTER, pv.at_most(85)),
    ],
)
@pytest.mark.parametrize("value_type", [ValueType.NUMBER, ValueType.DECIMAL, ValueType.PERCENTAGE])
@pytest.mark.parametrize("bare", [85, Decimal("85.0"), "85"])
def test_a_bare_number_is_a_bound_on_the_better_side(
    bare: object, value_type: ValueType, direction: pv.Direction, meant: Criterion
) -> None:
    """S 2.4"""
    assert criterion_of(target(bare), of(value_type, direction)) == meant
    assert target_misfits(target(bare), of(value_type, direction)) == ()


@pytest.mark.parametrize("bare", [NOON, FRIDAY, days(2)])
def test_a_bare_time_is_a_bound_on_the_better_side(bare: Any) -> None:
    """S 2.4"""
    sooner = of(ValueType.DATETIME, pv.Direction.LOWER_IS_BETTER)
    later = of(ValueType.DATETIME, pv.Direction.HIGHER_IS_BETTER)
    assert criterion_of(target(bare), sooner) == pv.at_most(bare)
    assert criterion_of(target(bare), later) == pv.at_least(bare)


@pytest.mark.parametrize(
    ("value_type", "bare", "meant"),
    [
        (ValueType.BOOLEAN, True, pv.equals(True)),
        (ValueType.TEXT, "yes", pv.equals("yes")),
        (ValueType.CHOICE, "a", pv.equals("a")),
        (ValueType.MULTI_CHOICE, frozenset("ab"), pv.equals(frozenset("ab"))),
    ],
)
def test_a_bare_value_of_no_order_means_exactly_it(
    value_type: ValueType, bare: object, meant: Criterion
) -> None:
    """S 2.4"""
    assert criterion_of(target(bare), of(value_type)) == meant
    assert target_misfits(target(bare), of(value_type)) == ()


@pytest.mark.parametrize(
    ("direction", "word"),
    [(pv.Direction.NEUTRAL, "neutral"), (pv.Direction.CLOSER_IS_BETTER, "closer is better")],
)
def test_a_bare_value_without_a_better_side_says_what_to_choose(
    direction: pv.Direction, word: str
) -> None:
    """S 2.4"""
    measured = of(ValueType.NUMBER, direction)
    refused = refusal(lambda: criterion_of(target(5), measured))
    assert refused.code == "target.bare"
    assert refused.message == (
        f"the indicator is {word}: choose at_least, at_most, between, or equals with a tolerance"
    )
    assert target_misfits(target(5), measured) == (Finding((), "target.bare", refused.message),)


def test_a_criterion_is_taken_as_it_is_whatever_the_direction() -> None:
    """S 2.4"""
    lower = of(ValueType.NUMBER, pv.Direction.LOWER_IS_BETTER)
    assert criterion_of(target(pv.at_least(5)), lower) == pv.at_least(5)


@pytest.mark.parametrize(
    ("value_type", "bare", "code"),
    [
        (ValueType.DECIMAL, True, "decimal.type"),
        (ValueType.DECIMAL, "many", "decimal.text"),
        (ValueType.DECIMAL, NOON, "criterion.operand"),
        (ValueType.DATETIME, 5, "criterion.operand"),
        (ValueType.BOOLEAN, 1, "criterion.operand"),
        (ValueType.TEXT, 1, "criterion.operand"),
        (ValueType.TEXT, FRIDAY, "criterion.date"),
        (ValueType.CHOICE, "c", "criterion.choice"),
        (ValueType.MULTI_CHOICE, "a", "criterion.operand"),
    ],
)
def test_a_bare_value_that_does_not_fit_is_found(
    value_type: ValueType, bare: object, code: str
) -> None:
    """S 2.2"""
    better = pv.Direction.HIGHER_IS_BETTER if value_type.is_ordered else pv.Direction.NEUTRAL
    found = target_misfits(target(bare), of(value_type, better))
    assert [finding.code for finding in found] == [code]


# ----------------------------------------------------------------------------- the fields


def test_a_target_counts_once_for_everybody_on_every_day_unless_told_otherwise() -> None:
    """S 2.5"""
    made = pv.Target("stock", 5)
    assert (made.near, made.worst, made.weight) == (None, (), Decimal(1))
    assert (made.valid, made.scope) == (None, None)
    assert type(made.weight) is Decimal


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"indicator": "no slug"}, "key.slug"),
        ({"expected": 0.5}, "decimal.float"),
        ({"expected": None}, "value.type"),
        ({"expected": float("nan")}, "decimal.float"),
        ({"expected": ""}, "value.empty-text"),
        ({"expected": 10**18}, "decimal.range"),
        ({"expected": Decimal("NaN")}, "decimal.range"),
        ({"expected": date(1800, 1, 1)}, "date.range"),
        ({"expected": datetime(2026, 1, 1)}, "instant.naive"),
        ({"near": 5}, "type.wrong"),
        ({"near": "5"}, "type.wrong"),
        ({"worst": 0.5}, "decimal.float"),
        ({"worst": True}, "decimal.type"),
        ({"worst": "low"}, "decimal.text"),
        ({"worst": (1, None)}, "decimal.type"),
        ({"weight": 0}, "target.weight"),
        ({"weight": "-0.1"}, "target.weight"),
        ({"weight": 0.5}, "decimal.float"),
        ({"weight": True}, "decimal.type"),
        ({"weight": None}, "decimal.type"),
        ({"valid": THURSDAY}, "type.wrong"),
        ({"valid": (THURSDAY,)}, "type.wrong"),
        ({"scope": "gold"}, "type.wrong"),
    ],
)
def test_a_field_of_something_else_is_refused(wrong: dict[str, object], code: str) -> None:
    """S 2.5"""
    refused = refusal(lambda: target(**({"expected": 5} | wrong)))
    assert refused.code == code
    assert (refused.owner, refused.field) == ("Target", next(iter(wrong)))


@pytest.mark.parametrize("weight", ["0.0000000001", 1, Decimal("2.50"), 10**17])
def test_a_weight_is_anything_above_zero(weight: Decimal | int | str) -> None:
    """S 2.5"""
    assert pv.Target("stock", 5, weight=weight).weight == Decimal(weight)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: within(-1), "gap.negative"),
        (lambda: within(-HOUR), "gap.negative"),
        (lambda: within(cast("int", 0.5)), "decimal.float"),
        (lambda: within_percent(-1), "gap.negative"),
        (lambda: within_percent("10 %"), "decimal.text"),
        (lambda: within_percent(cast("int", HOUR)), "decimal.type"),
        (lambda: Scope(segment=""), "text.empty"),
    ],
)
def test_a_width_below_zero_or_of_something_else_is_refused(
    make: Callable[[], object], code: str
) -> None:
    """S 2.5"""
    assert refusal(make).code == code


def test_widths_are_held_exactly() -> None:
    """S 2.5"""
    assert within("5.0") == Within(Decimal(5))
    assert within(HOUR).amount == HOUR
    assert within_percent("12.50") == WithinPercent(Decimal("12.5"))


def test_expecting_true_is_not_expecting_one() -> None:
    """S 1.7"""
    assert target(True) != target(1)
    assert len({target(True), target(1), target(Decimal(1))}) == 2


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (target(pv.at_least(85)), "at least 85"),
        (target(1_000), "1000"),
        (target(days(2)), "2 days after visit start"),
        (target(FRIDAY), "2026-03-13"),
        (target(True), "yes"),
    ],
)
def test_a_target_reads_as_what_it_expects(made: pv.Target, text: str) -> None:
    assert str(made) == text


# ----------------------------------------------------- what an operand counts from (S 2.3)

ELSEWHERE = [ItemDate("survey"), FactDate("renewal")]


WITH_AN_OFFSET: list[Callable[[Offset], object]] = [
    pv.at_least,
    pv.at_most,
    lambda offset: pv.between(offset, SATURDAY),
    lambda offset: pv.between(THURSDAY, offset),
    lambda offset: pv.outside(offset, SATURDAY),
    lambda offset: target(pv.at_most(FRIDAY), worst=offset),
    lambda offset: target(pv.between(THURSDAY, FRIDAY), worst=(offset, SATURDAY)),
]


@pytest.mark.parametrize("anchor", ELSEWHERE)
@pytest.mark.parametrize("make", WITH_AN_OFFSET)
def test_an_operand_counts_from_the_visit_and_from_nothing_else(
    make: Callable[[Offset], object], anchor: AnyAnchor
) -> None:
    """S 2.3"""
    refused = refusal(lambda: make(days(2, anchor=anchor)))
    assert refused.code == "criterion.anchor"
    assert refused.message == "an operand counts from the visit, start or end"


@pytest.mark.parametrize("anchor", ELSEWHERE)
def test_a_bare_offset_from_elsewhere_is_found_where_it_meets_its_indicator(
    anchor: AnyAnchor,
) -> None:
    """S 2.3"""
    sooner = of(ValueType.DATETIME, pv.Direction.LOWER_IS_BETTER)
    found = target_misfits(target(days(2, anchor=anchor)), sooner)
    assert [finding.code for finding in found] == ["criterion.anchor"]


# ------------------------------------------------------------------------- near (S 2.5)

AMOUNT, TIME, PERCENT = within(1), within(HOUR), within_percent(10)


@pytest.mark.parametrize("near", [AMOUNT, TIME, PERCENT], ids=["amount", "time", "percent"])
@pytest.mark.parametrize(
    ("criterion", "fitting"),
    [
        (pv.at_least(5), {AMOUNT, PERCENT}),
        (pv.at_most(5), {AMOUNT, PERCENT}),
        (pv.equals(5), {AMOUNT, PERCENT}),
        (pv.equals(5, tolerance=1), {AMOUNT, PERCENT}),
        (pv.between(3, 5), {AMOUNT}),
        (pv.outside(3, 5), {AMOUNT}),
        (pv.at_least(NOON), {TIME}),
        (pv.at_most(FRIDAY), {TIME}),
        (pv.at_most(days(2)), {TIME}),
        (pv.between(NOON, FRIDAY), {TIME}),
        (pv.outside(days(1), FRIDAY), {TIME}),
        (pv.equals(NOON), {TIME}),
        (pv.equals(NOON, tolerance=HOUR), {TIME}),
        (pv.equals(True), set[object]()),
        (pv.equals("text"), set[object]()),
        (pv.equals(frozenset("a")), set[object]()),
        (pv.one_of([1, 2]), set[object]()),
        (pv.none_of(["a"]), set[object]()),
        (pv.contains(["a"]), set[object]()),
    ],
)
def test_a_near_goes_with_its_kind_of_criterion(
    criterion: Criterion, fitting: set[object], near: object
) -> None:
    """S 2.5"""
    if near in fitting:
        assert target(criterion, near=near).near == near
    else:
        refused = refusal(lambda: target(criterion, near=near))
        assert refused.code == "target.near"
        assert (refused.owner, refused.field) == ("Target", "near")
        assert refused.message.startswith("near needs an ordered criterion")


# ------------------------------------------------------------------------ worst (S 2.5)


@pytest.mark.parametrize(
    ("criterion", "worst", "held"),
    [
        (pv.at_least(85), "50", (Decimal(50),)),
        (pv.at_least(85), (50,), (Decimal(50),)),
        (pv.at_most(5), 20, (Decimal(20),)),
        (pv.between(20, 30), (10, "40"), (Decimal(10), Decimal(40))),
        (pv.equals(100, tolerance=5), (80, 120), (Decimal(80), Decimal(120))),
        (pv.equals(100), (99, 101), (Decimal(99), Decimal(101))),
        (pv.at_least(NOON), NOON - HOUR, (NOON - HOUR,)),
        (pv.at_most(FRIDAY), SATURDAY, (SATURDAY,)),
        (pv.at_most(FRIDAY), NOON, (NOON,)),
        (pv.at_most(days(2)), days(1), (days(1),)),
        (pv.between(THURSDAY, FRIDAY), (NOON, SATURDAY), (NOON, SATURDAY)),
        (pv.equals(NOON, tolerance=HOUR), (THURSDAY, FRIDAY), (THURSDAY, FRIDAY)),
    ],
)
def test_worst_is_one_bound_or_a_pair(
    criterion: Criterion, worst: object, held: tuple[object, ...]
) -> None:
    """S 2.5"""
    made = target(criterion, worst=worst)
    assert made.worst == held
    assert attrs.evolve(made) == made


@pytest.mark.parametrize(
    ("criterion", "worst"),
    [
        (pv.at_least(85), 85),
        (pv.at_least(85), 86),
        (pv.at_least(85), (50, 100)),
        (pv.at_least(85), NOON),
        (pv.at_most(5), 5),
        (pv.at_most(5), 4),
        (pv.at_most(5), (2, 20)),
        (pv.between(20, 30), 10),
        (pv.between(20, 30), (20, 40)),
        (pv.between(20, 30), (10, 30)),
        (pv.between(20, 30), (40, 10)),
        (pv.between(20, 30), (10, 40, 50)),
        (pv.equals(100, tolerance=5), (95, 120)),
        (pv.equals(100, tolerance=5), (80, 105)),
        (pv.equals(100), (100, 120)),
        (pv.equals(100), 80),
        (pv.at_least(NOON), NOON),
        (pv.at_least(NOON), NOON + HOUR),
        (pv.at_least(NOON), 5),
        (pv.at_most(FRIDAY), FRIDAY),
        (pv.at_most(FRIDAY), THURSDAY),
        (pv.equals(NOON, tolerance=HOUR), (NOON - HOUR, SATURDAY)),
        (pv.outside(40, 60), 50),
        (pv.outside(40, 60), (45, 55)),
        (pv.equals("text"), ("1", "2")),
        (pv.equals(True), (0, 2)),
        (pv.equals(frozenset("a")), (0, 2)),
        (pv.one_of([1, 2]), 0),
        (pv.contains(["a"]), (0, 1)),
    ],
)
def test_a_worst_that_does_not_lie_on_the_failing_side_is_refused(
    criterion: Criterion, worst: object
) -> None:
    """S 2.5"""
    refused = refusal(lambda: target(criterion, worst=worst))
    assert refused.code == "target.worst"
    assert (refused.owner, refused.field) == ("Target", "worst")
    assert refused.message.startswith("worst lies strictly on the side that fails")


@pytest.mark.parametrize(
    ("made", "codes"),
    [
        (target(85, near=within(HOUR)), ["target.near"]),
        (target(85, worst=90), ["target.worst"]),
        (target(85, near=within(HOUR), worst=90), ["target.near", "target.worst"]),
        (target(85, near=within_percent(5), worst=50), []),
        (target(NOON, near=within(HOUR), worst=90), ["criterion.operand"]),
    ],
)
def test_near_and_worst_of_a_bare_value_are_judged_where_it_meets_its_indicator(
    made: pv.Target, codes: list[str]
) -> None:
    """S 2.5"""
    higher = of(ValueType.DECIMAL, pv.Direction.HIGHER_IS_BETTER)
    assert [finding.code for finding in target_misfits(made, higher)] == codes


# ------------------------------------------------------------------- which applies (S 2.6)


def candidate(source: TargetSource, expected: object = 5, **changes: object) -> Candidate:
    """A target and where it was written; one that was given is for the visit."""
    given = {"scope": Scope(visit="V-1")} if source is TargetSource.GIVEN else {}
    return Candidate(source, target(expected, **(given | changes)))


def test_sources_are_ranked_from_the_most_specific() -> None:
    """S 2.6"""
    assert [source.value for source in TargetSource] == [
        "given",
        "template item",
        "task definition",
        "indicator",
        "follow-up",
    ]
    ranks = [candidate(source).rank for source in TargetSource]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 5


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_most_specific_target_wins(count: int) -> None:
    """S 2.6"""
    ranked = [candidate(source) for source in TargetSource][-count:]
    expected = ((ranked[0],), tuple(ranked[1:]))
    assert most_specific(ranked, THURSDAY) == expected
    assert most_specific(reversed(ranked), THURSDAY) == expected


def test_targets_of_one_source_tie() -> None:
    """S 2.6"""
    rivals = (candidate(TargetSource.ITEM, 5), candidate(TargetSource.ITEM, 6))
    of_task = candidate(TargetSource.TASK, 4)
    assert most_specific([of_task, *rivals], None) == (rivals, (of_task,))


def test_targets_that_tie_stand_in_one_order_whatever_order_they_are_given_in() -> None:
    """S 2.6: winners as well as those they shadow."""
    rivals = [candidate(source, value) for source in TargetSource for value in (7, 5, 6)]
    assert most_specific(rivals, None) == most_specific(reversed(rivals), None)
    winners, shadowed = most_specific(rivals, None)
    assert (len(winners), len(shadowed)) == (3, 12)


def test_nothing_applies_where_nothing_is_expected() -> None:
    """S 2.6"""
    assert most_specific([], THURSDAY) == ((), ())


@pytest.mark.parametrize(
    ("valid", "on", "applies"),
    [
        (DateRange(THURSDAY, FRIDAY), THURSDAY, True),
        (DateRange(THURSDAY, FRIDAY), FRIDAY, True),
        (DateRange(THURSDAY, FRIDAY), SATURDAY, False),
        (DateRange(FRIDAY, None), THURSDAY, False),
        (DateRange(None, THURSDAY), THURSDAY, True),
        (DateRange(), THURSDAY, True),
        (DateRange(), None, False),
        (DateRange(THURSDAY, FRIDAY), None, False),
        (None, None, True),
        (None, THURSDAY, True),
    ],
)
def test_a_target_applies_on_its_first_and_last_day_and_between(
    valid: DateRange | None, on: date | None, applies: object
) -> None:
    """S 2.5"""
    held, usual = candidate(TargetSource.ITEM, valid=valid), candidate(TargetSource.INDICATOR)
    apply = most_specific([usual, held], on)
    assert apply == (((held,), (usual,)) if applies else ((usual,), ()))


def test_valid_days_may_be_a_pair_of_the_first_and_the_last() -> None:
    """S 2.5"""
    assert target(5, valid=(THURSDAY, FRIDAY)).valid == DateRange(THURSDAY, FRIDAY)
    assert target(5, valid=(None, FRIDAY)).valid == DateRange(None, FRIDAY)
    assert refusal(lambda: target(5, valid=(FRIDAY, THURSDAY))).code == "period.order"


def test_a_target_out_of_date_gives_way_to_a_less_specific_one() -> None:
    """S 2.6"""
    old = candidate(TargetSource.ITEM, valid=DateRange(None, THURSDAY))
    usual = candidate(TargetSource.INDICATOR, 4)
    assert most_specific([old, usual], FRIDAY) == ((usual,), ())


def test_a_target_out_of_date_is_not_among_those_that_are_shadowed() -> None:
    """S 2.6"""
    old = candidate(TargetSource.TASK, valid=DateRange(None, THURSDAY))
    new, usual = candidate(TargetSource.ITEM), candidate(TargetSource.INDICATOR)
    assert most_specific([usual, old, new], FRIDAY) == ((new,), (usual,))


@pytest.mark.parametrize(
    ("made", "dated"),
    [
        (target(5), False),
        (target(pv.at_least(NOON)), False),
        (target(pv.at_least(5), worst=1), False),
        (target(FRIDAY), True),
        (target(days(1)), True),
        (target(pv.between(NOON, FRIDAY)), True),
        (target(pv.at_most(days(1))), True),
        (target(pv.at_most(NOON), worst=FRIDAY), True),
        (target(5, valid=DateRange(THURSDAY, None)), True),
    ],
)
def test_a_target_says_whether_the_day_of_the_visit_matters(made: pv.Target, dated: object) -> None:
    """S 2.3"""
    assert made.is_dated is dated


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (None, None, True),
        (None, DateRange(THURSDAY, FRIDAY), True),
        (DateRange(None, THURSDAY), DateRange(THURSDAY, None), True),
        (DateRange(None, THURSDAY), DateRange(FRIDAY, None), False),
        (DateRange(FRIDAY, SATURDAY), DateRange(THURSDAY, THURSDAY), False),
    ],
)
def test_two_targets_meet_if_a_day_is_valid_for_both(
    one: DateRange | None, other: DateRange | None, meet: object
) -> None:
    """S 2.6"""
    first, second = target(5, valid=one), target(6, valid=other)
    assert first.overlaps(second) is meet
    assert second.overlaps(first) is meet


def test_a_definition_holds_targets_for_everybody_in_the_order_given() -> None:
    """S 2.6"""
    held = [target(5), target(4)]
    assert unscoped_targets(held) == tuple(held)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([target(5), target(6, scope=Scope(segment="gold"))], "target.scope"),
        (target(5), "sequence.type"),
        ({target(5)}, "sequence.type"),
        (["stock"], "sequence.entry"),
    ],
)
def test_a_definition_refuses_other_targets(values: Any, code: str) -> None:
    """S 2.6"""
    assert refusal(lambda: unscoped_targets(values)).code == code


# ----------------------------------------------------------------- for whom it holds (S 2.6)

BIKE = pv.Context("product", "X-100")


def test_a_scope_names_at_least_one_facet() -> None:
    """S 2.6"""
    refused = refusal(Scope)
    assert (refused.code, refused.owner) == ("scope.empty", "Scope")
    assert refused.message == "name a visit, a partner, a segment or a context"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"visit": ""}, "text.empty"),
        ({"partner": " acme"}, "text.blank-ends"),
        ({"segment": "x" * 256}, "text.long"),
        ({"segment": 7}, "text.type"),
        ({"context": ("product", "X-100")}, "type.wrong"),
        ({"context": "X-100"}, "type.wrong"),
    ],
)
def test_a_scope_of_something_else_is_refused(wrong: dict[str, Any], code: str) -> None:
    """S 1.3"""
    refused = refusal(lambda: Scope(**wrong))
    assert (refused.code, refused.owner, refused.field) == (code, "Scope", next(iter(wrong)))


@pytest.mark.parametrize(
    ("scope", "facets", "text"),
    [
        (Scope(visit="V-1"), (True, False, False, False), "visit V-1"),
        (Scope(partner="acme"), (False, True, False, False), "partner acme"),
        (Scope(segment="gold"), (False, False, True, False), "segment gold"),
        (Scope(context=BIKE), (False, False, False, True), "product X-100"),
        (
            Scope(context=BIKE, segment="gold", partner="acme", visit="V-1"),
            (True, True, True, True),
            "visit V-1, partner acme, segment gold, product X-100",
        ),
    ],
)
def test_a_scope_reads_as_all_it_names_the_most_specific_first(
    scope: Scope, facets: tuple[bool, ...], text: str
) -> None:
    """S 2.6"""
    assert scope.facets == facets
    assert str(scope) == text


def rank(**facets: Any) -> tuple[int, ...]:
    return candidate(TargetSource.GIVEN, scope=Scope(**facets)).rank


def test_scopes_are_ranked_from_the_most_specific() -> None:
    """S 2.6: a visit before its partner, a partner before its segment, with a context before
    without."""
    ranks = [
        rank(visit="V-1", context=BIKE),
        rank(visit="V-1"),
        rank(partner="acme", context=BIKE),
        rank(partner="acme"),
        rank(segment="gold", context=BIKE),
        rank(segment="gold"),
        rank(context=BIKE),
        candidate(TargetSource.ITEM).rank,
    ]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"visit": "V-1", "context": BIKE}, {"visit": "V-1", "partner": "a", "segment": "gold"}),
        ({"partner": "a", "context": BIKE}, {"partner": "a", "segment": "gold"}),
    ],
)
def test_naming_what_a_visit_or_a_partner_implies_does_not_make_up_for_a_context(
    narrow: dict[str, Any], wide: dict[str, Any]
) -> None:
    """S 2.6"""
    assert rank(**narrow) < rank(**wide)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({"visit": "V-1", "partner": "a"}, {"visit": "V-1", "segment": "gold"}),
        ({"visit": "V-1", "segment": "gold"}, {"visit": "V-1"}),
        ({"partner": "a", "segment": "gold"}, {"partner": "a"}),
        (
            {"partner": "a", "segment": "gold", "context": BIKE},
            {"partner": "a", "context": BIKE},
        ),
    ],
)
def test_of_scopes_that_are_alike_otherwise_the_one_that_names_more_goes_first(
    more: dict[str, Any], less: dict[str, Any]
) -> None:
    """S 2.6"""
    assert rank(**more) < rank(**less)


def test_the_rank_of_a_scope_does_not_depend_on_which_visit_partner_or_context_it_names() -> None:
    """S 2.6: so that two of them tie."""
    assert rank(partner="acme", context=BIKE) == rank(
        partner="globex", context=pv.Context("order", "1")
    )


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        (TargetSource.GIVEN, "visit V-1"),
        (TargetSource.ITEM, "template item"),
        (TargetSource.TASK, "task definition"),
        (TargetSource.INDICATOR, "indicator"),
    ],
)
def test_a_candidate_says_what_it_expects_and_where_that_was_written(
    source: TargetSource, origin: str
) -> None:
    """S 2.6"""
    made = candidate(source, pv.at_most(5))
    assert made.origin == origin
    assert str(made) == f"at most 5 ({origin})"


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Candidate(cast("TargetSource", "item"), target(5)), "source"),
        (lambda: Candidate(TargetSource.ITEM, cast("pv.Target", 5)), "target"),
    ],
)
def test_a_candidate_of_something_else_is_refused(make: Callable[[], object], field: str) -> None:
    """S 1.3"""
    refused = refusal(make)
    assert (refused.code, refused.owner, refused.field) == ("type.wrong", "Candidate", field)


# ------------------------------------------------------------------ ready to judge (S 2.7)


def as_it_is(bound: Bound, _: DayEnd) -> Bound:
    return bound


def test_a_resolved_target_is_whole() -> None:
    """S 2.7"""
    made = target("85", near=within(5), worst="50", weight=3)
    higher = of(ValueType.PERCENTAGE, pv.Direction.HIGHER_IS_BETTER)
    found = resolve(Candidate(TargetSource.TASK, made), higher, as_it_is)
    assert found == ResolvedTarget(
        pv.at_least(85), Decimal(5), (Decimal(50),), Decimal(3), TargetSource.TASK
    )
    assert str(found) == "at least 85"


def test_a_resolved_target_says_for_whom_it_was_given_and_what_it_goes_before() -> None:
    """S 2.6"""
    winner = candidate(TargetSource.GIVEN, pv.at_least(85))
    shadowed = (candidate(TargetSource.ITEM, 80), candidate(TargetSource.INDICATOR, 75))
    found = resolve(winner, of(ValueType.PERCENTAGE), as_it_is, shadowed)
    assert found == ResolvedTarget(
        pv.at_least(85),
        source=TargetSource.GIVEN,
        scope=Scope(visit="V-1"),
        shadowed=shadowed,
    )
    assert found.origin == "visit V-1"


@pytest.mark.parametrize("source", [TargetSource.ITEM, TargetSource.TASK, TargetSource.INDICATOR])
def test_a_resolved_target_of_a_definition_names_the_definition(source: TargetSource) -> None:
    """S 2.6"""
    found = ResolvedTarget(pv.at_least(85), source=source)
    assert (found.scope, found.shadowed, found.origin) == (None, (), source.value)


@pytest.mark.parametrize("source", TargetSource)
def test_only_a_target_that_was_given_has_a_scope_and_it_always_has_one(
    source: TargetSource,
) -> None:
    """S 2.6"""
    wrong = None if source is TargetSource.GIVEN else Scope(partner="acme")
    refused = refusal(lambda: ResolvedTarget(pv.at_least(85), source=source, scope=wrong))
    assert (refused.code, refused.owner, refused.field) == (
        "target.scope",
        "ResolvedTarget",
        "scope",
    )
    assert refused.message == "a target that was given has a scope, and no other has one"


@pytest.mark.parametrize(
    ("criterion", "percent", "amount"),
    [
        (pv.at_least("-5"), 10, "0.5"),
        (pv.at_most(200), "12.5", "25"),
        (pv.equals(80, tolerance=5), 10, "8"),
        (pv.at_least(0), 10, "0"),
        (pv.at_least("123456.7890123456"), "12.3456789012", "15241.5787531961506024265472"),
    ],
)
def test_a_near_in_percent_is_an_exact_amount_under_any_decimal_context(
    criterion: Criterion, percent: int | str, amount: str
) -> None:
    """S 2.5"""
    made = target(criterion, near=within_percent(percent))
    with localcontext(HOSTILE):
        near = resolved(made, of(ValueType.DECIMAL)).near
    assert isinstance(near, Decimal)
    assert str(near) == amount


def test_a_near_in_time_stays_a_duration() -> None:
    """S 2.5"""
    made = target(pv.at_most(NOON), near=within(HOUR))
    assert resolved(made, of(ValueType.DATETIME)).near == HOUR


def told(bound: object, end: DayEnd) -> Any:
    """Six hours of a day: from nine to fifteen."""
    if type(bound) is date:
        hour = 9 if end is DayEnd.FIRST else 15
        return datetime(bound.year, bound.month, bound.day, hour, tzinfo=UTC)
    return bound


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "criterion", "worst"),
    [
        (
            target(pv.at_least(FRIDAY), worst=THURSDAY),
            pv.at_least(at(FRIDAY, 9)),
            (at(THURSDAY, 9),),
        ),
        (
            target(pv.at_most(FRIDAY), worst=SATURDAY),
            pv.at_most(at(FRIDAY, 15)),
            (at(SATURDAY, 15),),
        ),
        (
            target(pv.between(FRIDAY, FRIDAY), worst=(THURSDAY, SATURDAY)),
            pv.between(at(FRIDAY, 9), at(FRIDAY, 15)),
            (at(THURSDAY, 9), at(SATURDAY, 15)),
        ),
        (
            target(pv.outside(THURSDAY, SATURDAY)),
            pv.outside(at(THURSDAY, 15), at(SATURDAY, 9)),
            (),
        ),
        (
            target(pv.equals(at(FRIDAY, 12), tolerance=HOUR), worst=(FRIDAY, FRIDAY)),
            pv.equals(at(FRIDAY, 12), tolerance=HOUR),
            (at(FRIDAY, 9), at(FRIDAY, 15)),
        ),
        (
            target(pv.at_most(at(FRIDAY, 12)), worst=FRIDAY),
            pv.at_most(at(FRIDAY, 12)),
            (at(FRIDAY, 15),),
        ),
    ],
)
def test_worst_takes_the_same_end_of_its_day_as_its_bound(
    made: pv.Target, criterion: Criterion, worst: tuple[datetime, ...]
) -> None:
    """S 2.3"""
    found = resolve(Candidate(TargetSource.ITEM, made), of(ValueType.DATETIME), told)
    assert (found.criterion, found.worst) == (criterion, worst)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (target(pv.at_most(FRIDAY), worst=at(FRIDAY, 15)), "target.worst"),
        (target(pv.at_least(at(FRIDAY, 8)), worst=FRIDAY), "target.worst"),
        (target(pv.between(FRIDAY, at(FRIDAY, 8))), "criterion.order"),
        (target(pv.outside(FRIDAY, at(FRIDAY, 8))), "criterion.order"),
    ],
)
def test_what_only_instants_show_is_refused_then(made: pv.Target, code: str) -> None:
    """S 2.3"""
    refused = refusal(
        lambda: resolve(Candidate(TargetSource.ITEM, made), of(ValueType.DATETIME), told)
    )
    assert refused.code == code


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"criterion": pv.at_least(FRIDAY)}, "target.unresolved"),
        ({"criterion": 5}, "target.unresolved"),
        ({"near": 1}, "type.wrong"),
        ({"near": Decimal(-1)}, "gap.negative"),
        ({"near": HOUR}, "target.near"),
        ({"worst": Decimal(1)}, "sequence.type"),
        ({"worst": (FRIDAY,)}, "sequence.entry"),
        ({"worst": (Decimal(90),)}, "target.worst"),
        ({"weight": 0}, "target.weight"),
        ({"source": "item"}, "type.wrong"),
        ({"scope": "acme"}, "type.wrong"),
        ({"scope": Scope(partner="acme")}, "target.scope"),
        ({"shadowed": [target(5)]}, "sequence.entry"),
        ({"shadowed": candidate(TargetSource.ITEM)}, "sequence.type"),
    ],
)
def test_a_resolved_target_of_something_else_is_refused(wrong: dict[str, Any], code: str) -> None:
    """S 2.7"""
    good = resolved(target(pv.at_least(85)), of(ValueType.DECIMAL))
    refused = refusal(lambda: attrs.evolve(good, **wrong))
    assert refused.code == code
    assert (refused.owner, refused.field) == ("ResolvedTarget", next(iter(wrong)))


# ----------------------------------------------------- days in the place's zone (S 2.3)


def settled(made: pv.Target, timezone: str, start: datetime | None) -> ResolvedTarget | None:
    """The target of a visit there and then, after all the way through a plan."""
    measured = indicator("stock", value_type=ValueType.DATETIME)
    known = catalog(indicators=[measured], tasks=[task(targets=[made])])
    if start is None:
        there = visit(place=place(timezone=timezone), planned=None)
    else:
        there = visit(place=place(timezone=timezone), planned=Period(start, start + HOUR))
    plan = pv.expand(template(), there, catalog=known).plan
    assert plan is not None
    return plan.kpi("count", "stock").target


def utc(*parts: int) -> datetime:
    made = datetime(parts[0], parts[1], parts[2], tzinfo=UTC)
    clock = dict(zip(("hour", "minute", "second", "microsecond"), parts[3:], strict=False))
    return made + timedelta(**{f"{unit}s": amount for unit, amount in clock.items()})


LAST = (59, 59, 999_999)


@pytest.mark.parametrize(
    ("timezone", "day", "first", "last"),
    [
        ("UTC", FRIDAY, utc(2026, 3, 13), utc(2026, 3, 13, 23, *LAST)),
        ("Europe/Berlin", FRIDAY, utc(2026, 3, 12, 23), utc(2026, 3, 13, 22, *LAST)),
        ("America/New_York", FRIDAY, utc(2026, 3, 13, 4), utc(2026, 3, 14, 3, *LAST)),
        # Twenty-three hours, then twenty-five: the clocks change.
        ("Europe/Berlin", date(2026, 3, 29), utc(2026, 3, 28, 23), utc(2026, 3, 29, 21, *LAST)),
        ("Europe/Berlin", date(2026, 10, 25), utc(2026, 10, 24, 22), utc(2026, 10, 25, 22, *LAST)),
        # There was no midnight: the clocks went from 23:59:59 to 1:00:00.
        ("America/Sao_Paulo", date(2018, 11, 4), utc(2018, 11, 4, 3), utc(2018, 11, 5, 1, *LAST)),
        ("America/Sao_Paulo", date(2018, 11, 3), utc(2018, 11, 3, 3), utc(2018, 11, 4, 2, *LAST)),
        # There were two midnights, of which the first begins the day.
        ("America/Havana", date(2026, 11, 1), utc(2026, 11, 1, 4), utc(2026, 11, 2, 4, *LAST)),
    ],
)
def test_a_day_lasts_from_its_first_instant_to_its_last_in_the_zone_of_the_place(
    timezone: str, day: date, first: datetime, last: datetime
) -> None:
    """S 2.3"""
    lasting = settled(target(pv.between(day, day)), timezone, NOON)
    assert lasting is not None
    assert lasting.criterion == pv.between(first, last)
    since = settled(target(pv.at_least(day)), timezone, NOON)
    assert since is not None
    assert since.criterion == pv.at_least(first)
    until = settled(target(pv.at_most(day)), timezone, NOON)
    assert until is not None
    assert until.criterion == pv.at_most(last)


def test_outside_two_days_leaves_out_what_lies_between_them() -> None:
    """S 2.3"""
    found = settled(target(pv.outside(THURSDAY, SATURDAY)), "UTC", NOON)
    assert found is not None
    assert found.criterion == pv.outside(utc(2026, 3, 12, 23, *LAST), utc(2026, 3, 14))


def test_an_offset_counts_from_the_visits_day_in_the_zone_of_the_place() -> None:
    """S 2.3"""
    late = datetime(2026, 3, 12, 20, tzinfo=UTC)
    found = settled(target(pv.at_most(days(1)), worst=days(2)), "Asia/Tokyo", late)
    assert found is not None
    assert found.criterion == pv.at_most(utc(2026, 3, 14, 14, *LAST))
    assert found.worst == (utc(2026, 3, 15, 14, *LAST),)


@pytest.mark.parametrize("bound", [days(1), days(1, anchor=Anchor.VISIT_END)])
def test_an_offset_on_an_unplanned_visit_gives_no_target_yet(bound: Any) -> None:
    """S 2.3"""
    assert settled(target(pv.at_most(bound)), "UTC", None) is None
    assert settled(target(pv.at_most(FRIDAY)), "UTC", None) is not None
