"""Values of several visits combined into one, as their indicator says (S 9.3)."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Context as DecimalContext
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import testing as strategies
from partnervisits.comparison import Comparison, Outcome
from partnervisits.criteria import Criterion
from partnervisits.errors import InvalidValueError
from partnervisits.indicators import Aggregation
from partnervisits.plans import Kpi
from partnervisits.scorecards import CombinedValue, combine
from tests import builders, quarters
from tests.judged import DECIMAL, NUMBER, PERCENTAGE, compared, judged, planned

SUM, MEAN, LAST, NONE = Aggregation.SUM, Aggregation.MEAN, Aggregation.LAST, Aggregation.NONE
NINE, TEN, ELEVEN = builders.NINE, builders.NINE + timedelta(hours=1), builders.ELEVEN


def that(
    combines_by: Aggregation, value_type: pv.ValueType = NUMBER, **changes: Any
) -> pv.Indicator:
    return builders.indicator(aggregation=combines_by, value_type=value_type, **changes)


BY_SUM = that(SUM)


def kpi_of(measured: pv.Indicator, visit_id: str = "V-1", expected: Criterion | None = None) -> Kpi:
    target = None if expected is None else pv.Target(measured.key, expected)
    return attrs.evolve(builders.kpi(measured, target), task_id=f"{visit_id}/round/count")


def found(
    measured: pv.Indicator, value: object, visit_id: str = "V-1", **changes: Any
) -> Comparison:
    """A value that nothing was expected of, captured at nine unless said otherwise."""
    comparison = compared(kpi_of(measured, visit_id), value, visit_id=visit_id)
    assert comparison.reading
    return attrs.evolve(comparison, reading=attrs.evolve(comparison.reading, **changes))


def several(measured: pv.Indicator, *values: object) -> list[Comparison]:
    """One a visit, an hour apart, the last one last."""
    moments = [NINE + timedelta(hours=hour) for hour in range(len(values))]
    return [
        found(measured, value, f"V-{at:%H}", at=at, recorded_at=at)
        for at, value in zip(moments, values, strict=True)
    ]


def without_value(measured: pv.Indicator, outcome: Outcome, visit_id: str = "V-1") -> Comparison:
    kpi = kpi_of(measured, visit_id, pv.at_least(5))
    return attrs.evolve(compared(kpi, visit_id=visit_id), computed=outcome)


def captured_as(measured: pv.Indicator, expected: Any, loaded: Any) -> Comparison:
    """The comparison of a reading that was loaded with whatever it holds."""
    plan = planned(measured, pv.Target("stock", expected))
    reading = pv.Reading(
        id="R-1", kpi_id=plan.kpis[0].id, value=loaded, at=NINE, recorded_at=NINE, by="rep-7"
    )
    (comparison,) = pv.compare(plan, [reading]).comparisons
    return comparison


def combined(comparisons: Iterable[Comparison]) -> CombinedValue:
    one = combine(comparisons)
    assert one is not None
    return one


def result(comparisons: Iterable[Comparison]) -> tuple[type, str]:
    """The combined value as it is written, with its type: 1 is not 1.0 and not True."""
    value = combined(comparisons).value
    return type(value), str(value)


# ------------------------------------------------------------------------------ sum, mean and last


@pytest.mark.parametrize(
    ("value_type", "values", "total"),
    [
        (NUMBER, [3, 4, 5], (int, "12")),
        (NUMBER, [3], (int, "3")),
        (NUMBER, [3, -3], (int, "0")),
        (NUMBER, [10**18 - 1] * 11, (int, "10999999999999999989")),
        (DECIMAL, ["0.1", "0.2"], (Decimal, "0.3")),
        (DECIMAL, ["0.5", "0.5"], (Decimal, "1")),
        (DECIMAL, ["99.5", "0.5"], (Decimal, "100")),
        (DECIMAL, ["-2.5", "2.5"], (Decimal, "0")),
        (PERCENTAGE, [10, "20.5"], (Decimal, "30.5")),
    ],
)
def test_a_sum_is_all_of_it_and_of_whole_numbers_a_whole_number(
    value_type: pv.ValueType, values: list[object], total: tuple[type, str]
) -> None:
    """S 9.3."""
    assert result(several(that(SUM, value_type), *values)) == total


@pytest.mark.parametrize(
    ("value_type", "values", "mean"),
    [
        (NUMBER, [1, 2], "1.5"),
        (NUMBER, [2, 2, 2], "2"),
        (NUMBER, [0, 0, 1], "0.3333333333333333333333333333"),
        (NUMBER, [0, 1, 1], "0.6666666666666666666666666667"),
        (DECIMAL, ["-0.5", 1], "0.25"),
        (DECIMAL, [100, 300], "200"),
        (PERCENTAGE, [80, 90, 100, 0], "67.5"),
    ],
)
def test_a_mean_is_a_decimal_of_28_digits(
    value_type: pv.ValueType, values: list[object], mean: str
) -> None:
    """S 9.3, S 1.4."""
    assert result(several(that(MEAN, value_type), *values)) == (Decimal, mean)


@pytest.mark.parametrize("last_digits", [("9", "8"), ("8", "7")])
def test_a_mean_that_lies_in_the_middle_of_two_is_rounded_to_the_even_one(
    last_digits: tuple[str, str],
) -> None:
    """S 1.4: the 29th digit is a 5, and the last one."""
    values = [f"999999999999999999.999999999{each}" for each in last_digits]
    assert result(several(that(MEAN, DECIMAL), *values)) == (
        Decimal,
        "999999999999999999.9999999998",
    )


@pytest.mark.parametrize(
    ("value_type", "first", "last"),
    [
        (pv.ValueType.BOOLEAN, True, False),
        (NUMBER, 5, 0),
        (DECIMAL, "5.5", "0"),
        (PERCENTAGE, 5, "2.5"),
        (pv.ValueType.DATETIME, ELEVEN, NINE),
        (pv.ValueType.TEXT, "full", "empty"),
        (pv.ValueType.CHOICE, "a", "b"),
        (pv.ValueType.MULTI_CHOICE, ["a", "b"], []),
    ],
)
def test_the_last_value_can_be_of_any_type_even_no_or_nothing_chosen(
    value_type: pv.ValueType, first: object, last: object
) -> None:
    """S 9.3, S 1.1."""
    choices = ["a", "b"] if value_type.has_choices else []
    measured = that(LAST, value_type, choices=choices)
    one = combined(several(measured, first, last)[::-1])
    assert one.value == measured.value(last)
    assert type(one.value) is value_type.stored
    assert (one.measured, one.missing) == (2, 0)


@pytest.mark.parametrize("value_type", [NUMBER, DECIMAL])
@pytest.mark.parametrize(
    ("combines_by", "value"), [(SUM, "12"), (MEAN, "4"), (LAST, "5")], ids=["sum", "mean", "last"]
)
def test_numbers_combine_by_the_aggregation_of_their_indicator(
    combines_by: Aggregation, value: str, value_type: pv.ValueType
) -> None:
    """S 9.3."""
    measured = that(combines_by, value_type)
    assert str(combined(several(measured, 3, 4, 5)).value) == value


@pytest.mark.parametrize(
    ("combines_by", "value"), [(SUM, "90"), (MEAN, "45"), (LAST, "30")], ids=["sum", "mean", "last"]
)
def test_percentages_are_averaged_only_if_their_aggregation_says_so(
    combines_by: Aggregation, value: str
) -> None:
    """S 9.3."""
    measured = that(combines_by, PERCENTAGE)
    assert result(several(measured, 60, 30)) == (Decimal, value)


@pytest.mark.parametrize("value_type", [PERCENTAGE, NUMBER, pv.ValueType.TEXT])
def test_what_says_nothing_of_combining_does_not_combine(value_type: pv.ValueType) -> None:
    """S 9.3: a percentage is no exception."""
    measured = that(NONE, value_type)
    with pytest.raises(InvalidValueError) as refused:
        _ = combine([compared(kpi_of(measured))])
    assert refused.value.code == "combine.aggregation"
    assert str(refused.value) == "say how values of stock combine: set its aggregation"


# --------------------------------------------------------------------------------------- exactness

LARGEST = Decimal("999999999999999999.9999999999")
COARSE = DecimalContext(prec=3, traps=[])
TRAPPED = DecimalContext(prec=3, traps=[Inexact])


@pytest.mark.parametrize("context", [COARSE, TRAPPED], ids=["coarse", "trapped"])
def test_no_digit_of_a_sum_is_lost_whatever_the_host_does_to_decimals(
    context: DecimalContext,
) -> None:
    """S 1.4: thirty digits, two more than Python keeps."""
    values = [*[LARGEST] * 11, Decimal("0.0000000001")]
    exact = several(that(SUM, DECIMAL), *values)
    whole = several(BY_SUM, *[10**18 - 1] * 11, 1)
    halves = several(that(MEAN, DECIMAL), LARGEST, "0.0000000001")
    thirds = several(that(MEAN), 0, 0, 1)
    with localcontext(context):
        seen = [result(each) for each in (exact, whole, halves, thirds)]
    assert seen == [
        (Decimal, "10999999999999999999.999999999"),
        (int, "10999999999999999990"),
        (Decimal, "500000000000000000"),
        (Decimal, "0.3333333333333333333333333333"),
    ]


# ------------------------------------------------------------------------------ one and only one


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            builders.indicator("price", aggregation=SUM),
            "combine one at a time of price (number, sum), stock (number, sum)",
        ),
        (
            that(SUM, unit="EUR"),
            "combine one at a time of stock (number, sum), stock (number, sum, EUR)",
        ),
        (that(SUM, DECIMAL), "combine one at a time of stock (decimal, sum), stock (number, sum)"),
        (that(MEAN), "combine one at a time of stock (number, mean), stock (number, sum)"),
        (that(NONE), "combine one at a time of stock (number, none), stock (number, sum)"),
    ],
    ids=["indicator", "unit", "type", "aggregation", "no aggregation"],
)
def test_only_values_of_one_indicator_type_unit_and_aggregation_combine(
    other: pv.Indicator, message: str
) -> None:
    """S 9.3: hosts convert, and edit their definitions."""
    for held in ([BY_SUM, other], [other, BY_SUM]):
        with pytest.raises(InvalidValueError) as refused:
            _ = combine([found(measured, 1) for measured in held])
        assert refused.value.code == "combine.mixed"
        assert str(refused.value) == message


def test_what_was_never_captured_is_not_mixed_in_either() -> None:
    """S 9.3: the answer is the same on the day that the other is measured."""
    price = builders.indicator("price", aggregation=SUM)
    with pytest.raises(InvalidValueError) as refused:
        _ = combine([found(BY_SUM, 1), compared(kpi_of(price))])
    assert refused.value.code == "combine.mixed"


def test_a_name_and_a_guidance_that_were_edited_do_not_stand_in_the_way() -> None:
    """S 9.3: what was asked is the same."""
    edited = attrs.evolve(BY_SUM, name="Pieces in stock", guidance="Count twice")
    assert combined([found(BY_SUM, 1), found(edited, 2, "V-2")]).value == 3


# ------------------------------------------------------------------ what counts and what is missing


def test_no_comparisons_have_no_value_at_all() -> None:
    """S 9.3."""
    assert combine([]) is None
    assert combine(iter(())) is None


@pytest.mark.parametrize("combines_by", [SUM, MEAN, LAST])
def test_nothing_measured_is_no_value_and_never_0(combines_by: Aggregation) -> None:
    """S 9.3."""
    measured = that(combines_by)
    gaps = [without_value(measured, Outcome.NO_DATA, each) for each in ("V-1", "V-2")]
    assert combined(gaps) == CombinedValue(indicator=measured, value=None, measured=0, missing=2)
    nothing_asked = combined([compared(kpi_of(measured))])
    assert (nothing_asked.value, nothing_asked.asked, nothing_asked.coverage) == (None, 0, None)


def test_a_combined_value_says_what_it_is_made_of_and_what_is_missing() -> None:
    """S 9.3, S 9.2: what is not due, not applicable or without a target was not asked."""
    one = combined(
        [
            found(BY_SUM, 3, "V-1"),
            without_value(BY_SUM, Outcome.NO_DATA, "V-2"),
            without_value(BY_SUM, Outcome.NOT_DUE, "V-3"),
            without_value(BY_SUM, Outcome.NOT_APPLICABLE, "V-4"),
            without_value(BY_SUM, Outcome.ERROR, "V-5"),
            found(BY_SUM, 4, "V-6"),
            compared(kpi_of(BY_SUM, "V-7"), visit_id="V-7"),
            found(BY_SUM, 5, "V-8"),
        ]
    )
    assert one == CombinedValue(indicator=BY_SUM, value=12, measured=3, missing=2)
    assert (one.asked, one.coverage) == (5, Decimal("0.6"))


@pytest.mark.parametrize("expected", [None, pv.at_least(5), pv.at_least(1)])
def test_a_value_counts_whether_it_is_met_not_met_or_without_a_target(expected: Any) -> None:
    """S 9.3."""
    one = combined([judged(BY_SUM, expected, 4)])
    assert (one.value, one.measured, one.missing) == (4, 1, 0)


@pytest.mark.parametrize(
    ("absence", "missing"),
    [
        (pv.Absence.NOT_MEASURED, 1),
        (pv.Absence.DECLINED, 1),
        (pv.Absence.UNKNOWN, 1),
        (pv.Absence.NOT_APPLICABLE, 0),
    ],
)
def test_a_reason_why_there_is_no_value_is_no_value(absence: pv.Absence, missing: int) -> None:
    """S 9.3, S 1.6."""
    one = combined([judged(BY_SUM, pv.at_least(5), absence), found(BY_SUM, 2, "V-2")])
    assert (one.value, one.measured, one.missing) == (2, 1, missing)


@pytest.mark.parametrize("loaded", ["5", True, Decimal(5), NINE, frozenset(["5"])])
def test_a_value_of_another_type_is_missing(loaded: object) -> None:
    """S 9.3, S 8.2: a reading from elsewhere may hold anything, and True is not 1."""
    error = captured_as(BY_SUM, pv.at_least(5), loaded)
    assert error.outcome is Outcome.ERROR
    one = combined([found(BY_SUM, 2, "V-2"), error])
    assert (one.value, one.measured, one.missing) == (2, 1, 1)


def test_a_choice_that_is_not_known_is_missing() -> None:
    """S 9.3, S 8.2."""
    payment = that(LAST, pv.ValueType.CHOICE, choices=["early", "late"])
    error = captured_as(payment, pv.equals("early"), "never")
    one = combined([error, found(payment, "late", "V-0", at=NINE - timedelta(days=9))])
    assert (one.value, one.measured, one.missing) == ("late", 1, 1)


@pytest.mark.parametrize("outcome", [Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE])
def test_a_verdict_of_a_person_changes_no_value(outcome: Outcome) -> None:
    """S 8.7, S 9.3."""
    comparison = judged(BY_SUM, pv.at_least(5), 4)
    decided = pv.Override(
        kpi_id=comparison.kpi.id, outcome=outcome, by="kim", at=ELEVEN, reason="I saw it"
    )
    overridden = attrs.evolve(comparison, override=decided)
    assert overridden.outcome is outcome
    assert combine([overridden]) == combine([comparison])


@pytest.mark.parametrize(
    ("outcome", "missing"),
    [(Outcome.MET, 1), (Outcome.NOT_MET, 1), (Outcome.NOT_APPLICABLE, 0)],
)
def test_a_verdict_of_a_person_makes_no_value_of_nothing(outcome: Outcome, missing: int) -> None:
    """S 8.7, S 9.3: nobody knows how many there were."""
    comparison = judged(BY_SUM, pv.at_least(5))
    decided = pv.Override(
        kpi_id=comparison.kpi.id, outcome=outcome, by="kim", at=ELEVEN, reason="I saw it"
    )
    one = combined([attrs.evolve(comparison, override=decided), found(BY_SUM, 2, "V-2")])
    assert (one.value, one.measured, one.missing) == (2, 1, missing)


def test_a_value_that_could_not_be_judged_is_still_a_value() -> None:
    """S 9.3, S 8.2: judging one KPI may fail, and what was found stands."""
    error = attrs.evolve(judged(BY_SUM, pv.at_least(5), 4), computed=Outcome.ERROR)
    one = combined([error])
    assert (one.value, one.measured, one.missing) == (4, 1, 0)


# ------------------------------------------------------------------------------ which is the last


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (
            {"at": NINE, "recorded_at": ELEVEN, "id": "R-2"},
            {"at": TEN, "recorded_at": TEN, "id": "R-1"},
        ),
        (
            {"at": NINE, "recorded_at": TEN, "id": "R-2"},
            {"at": NINE, "recorded_at": ELEVEN, "id": "R-1"},
        ),
        (
            {"at": NINE, "recorded_at": TEN, "id": "R-1"},
            {"at": NINE, "recorded_at": TEN, "id": "R-2"},
        ),
    ],
    ids=["effective", "then recorded", "then id"],
)
def test_the_last_is_the_last_effective_then_the_last_recorded_then_by_id(
    earlier: dict[str, Any], later: dict[str, Any]
) -> None:
    """S 9.3, S 7.4: whatever the order, and however large the values."""
    measured = that(LAST)
    held = [found(measured, 9, "V-1", **earlier), found(measured, 1, "V-2", **later)]
    assert [combined(each).value for each in (held, held[::-1])] == [1, 1]


# ----------------------------------------------------------------------------- what cannot combine


@pytest.mark.parametrize(
    ("comparisons", "code"),
    [
        ("stock", "sequence.type"),
        (5, "sequence.type"),
        (["x"], "sequence.entry"),
        ([None], "sequence.entry"),
    ],
)
def test_only_comparisons_combine(comparisons: Any, code: str) -> None:
    """S 9.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = combine(comparisons)
    assert refused.value.code == code
    if code == "sequence.type":
        assert str(refused.value).startswith("pass comparisons, not ")


# -------------------------------------------------------------------------------------------- laws

WITHOUT_VALUE = [Outcome.NO_DATA, Outcome.ERROR, Outcome.NOT_DUE, Outcome.NOT_APPLICABLE]


@st.composite
def visits(draw: st.DrawFn) -> list[Comparison]:
    """Comparisons of one indicator that combines, with and without a value."""
    measured = draw(strategies.indicators().filter(lambda each: each.value_type.is_number))
    measured = attrs.evolve(measured, aggregation=draw(st.sampled_from([SUM, MEAN, LAST])))
    held: list[Comparison] = []
    for number in range(draw(st.integers(1, 6))):
        kpi = kpi_of(measured, f"V-{number}", pv.at_least(5))
        if draw(st.booleans()):
            comparison = compared(kpi, draw(strategies.values_of(measured)))
            assert comparison.reading
            reading = attrs.evolve(
                comparison.reading,
                id=f"R-{number}",
                at=draw(st.sampled_from([NINE, TEN])),
                recorded_at=draw(st.sampled_from([TEN, ELEVEN])),
            )
            held.append(attrs.evolve(comparison, reading=reading))
        else:
            held.append(attrs.evolve(compared(kpi), computed=draw(st.sampled_from(WITHOUT_VALUE))))
    return held


def by_fractions(comparisons: list[Comparison]) -> Fraction | None:
    """What the values come to, by plain arithmetic."""
    readings = [each.reading for each in comparisons if each.reading]
    if not readings:
        return None
    latest = sorted(readings, key=lambda each: (each.at, each.recorded_at, each.id))
    amounts = [Fraction(str(each.value)) for each in latest]
    match comparisons[0].kpi.indicator.aggregation:
        case Aggregation.SUM:
            return sum(amounts, Fraction(0))
        case Aggregation.MEAN:
            return sum(amounts, Fraction(0)) / len(amounts)
        case _:
            return amounts[-1]


@given(held=visits())
def test_every_combined_value_agrees_with_plain_fractions(held: list[Comparison]) -> None:
    """S 9.3: exactly, but for the 28 digits of a mean."""
    one, exact = combined(held), by_fractions(held)
    if exact is None:
        assert one.value is None
    else:
        off = abs(Fraction(str(one.value)) - exact)
        is_mean = one.indicator.aggregation is MEAN
        assert off <= (abs(exact) / (2 * 10**27) if is_mean else 0)


@given(held=visits())
def test_every_comparison_is_measured_or_missing_or_was_not_asked(held: list[Comparison]) -> None:
    """S 9.2, S 9.3."""
    one = combined(held)
    assert one.measured == sum(each.reading is not None for each in held)
    assert one.missing == sum(each.outcome in {Outcome.NO_DATA, Outcome.ERROR} for each in held)
    assert (one.value is None) is (one.measured == 0)


@given(held=visits(), data=st.data())
def test_the_order_of_visits_changes_nothing(held: list[Comparison], data: st.DataObject) -> None:
    """S 9.3."""
    assert combine(data.draw(st.permutations(held))) == combine(held)


def test_what_is_combined_is_known_by_the_latest_definition() -> None:
    """S 2.7, S 9.3: whatever the order, and however the visits are named."""
    old = builders.indicator("stock", aggregation=Aggregation.SUM)
    new = attrs.evolve(old, name="The stock on the shelf")
    held = [
        quarters.found(2, 5, quarters.kpi(2, None, indicator=old)),
        quarters.found(10, 7, quarters.kpi(10, None, indicator=new)),
    ]
    for order in (held, held[::-1]):
        combined = combine(order)
        assert combined is not None
        assert (combined.indicator, combined.value) == (new, 12)


def test_a_choice_that_was_added_later_makes_no_older_value_strange() -> None:
    """S 2.7, S 9.3: each value is held by the indicator that it was captured for."""
    choice, last = pv.ValueType.CHOICE, Aggregation.LAST
    old = builders.indicator("stock", value_type=choice, choices=["a"], aggregation=last)
    new = attrs.evolve(old, choices=["a", "b"])
    held = [
        quarters.found(1, "a", quarters.kpi(1, None, indicator=old)),
        quarters.found(2, "b", quarters.kpi(2, None, indicator=new)),
    ]
    for order in (held, held[::-1]):
        combined = combine(order)
        assert combined is not None
        assert (combined.value, combined.measured, combined.missing) == ("b", 2, 0)
