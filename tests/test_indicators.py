from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.calendars import days
from partnervisits.criteria import Criterion
from partnervisits.errors import InvalidValueError
from partnervisits.indicators import Aggregation, Choice
from partnervisits.values import ValueType
from tests.builders import indicator

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
UNORDERED = [each for each in ValueType if not each.is_ordered]
ORDERED = [each for each in ValueType if each.is_ordered]
BRANDS = {"AW": "Adventure Works", "4+": "Four and more", "none": ""}


def of(value_type: ValueType, **changes: object) -> pv.Indicator:
    """An indicator of a type, with choices where the type asks for them."""
    settings: dict[str, Any] = {"value_type": value_type}
    if value_type.has_choices:
        settings["choices"] = ["a", "b"]
    settings.update(changes)
    return indicator(**settings)


def refusal(**changes: object) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as refused:
        _ = indicator("stock", **changes)
    assert refused.value.owner == "Indicator"
    return refused.value


@pytest.mark.parametrize("value_type", ValueType)
def test_an_indicator_needs_a_key_a_name_and_a_value_type(value_type: ValueType) -> None:
    """S 2.1"""
    choices = ["a"] if value_type.has_choices else ()
    made = pv.Indicator("stock", "Stock", value_type=value_type, choices=choices)
    assert (made.direction, made.aggregation) == (pv.Direction.NEUTRAL, Aggregation.NONE)
    assert (made.limits, made.plausible) == (None, None)
    assert (made.unit, made.description, made.guidance) == ("", "", "")


@pytest.mark.parametrize("value_type", [ValueType.CHOICE, ValueType.MULTI_CHOICE])
def test_a_choice_needs_something_to_choose_from(value_type: ValueType) -> None:
    """S 2.1"""
    refused = refusal(value_type=value_type)
    assert (refused.code, refused.field) == ("indicator.choices", "choices")
    assert refused.message == "choices go with CHOICE and MULTI_CHOICE, at least one"


@pytest.mark.parametrize("value_type", [each for each in ValueType if not each.has_choices])
def test_other_types_have_no_choices(value_type: ValueType) -> None:
    """S 2.1"""
    refused = refusal(value_type=value_type, choices=["a"])
    assert (refused.code, refused.field) == ("indicator.choices", "choices")


@pytest.mark.parametrize("direction", pv.Direction)
@pytest.mark.parametrize("value_type", ORDERED)
def test_what_lies_on_a_line_may_have_a_better_side(
    value_type: ValueType, direction: pv.Direction
) -> None:
    """S 2.1"""
    assert of(value_type, direction=direction).direction is direction


@pytest.mark.parametrize(
    "direction", [each for each in pv.Direction if each is not pv.Direction.NEUTRAL]
)
@pytest.mark.parametrize("value_type", UNORDERED)
def test_what_lies_on_no_line_has_no_better_side(
    value_type: ValueType, direction: pv.Direction
) -> None:
    """S 2.1"""
    choices = ["a"] if value_type.has_choices else []
    refused = refusal(value_type=value_type, direction=direction, choices=choices)
    assert (refused.code, refused.field) == ("indicator.direction", "direction")


@pytest.mark.parametrize("value_type", ValueType)
@pytest.mark.parametrize("aggregation", Aggregation)
def test_only_numbers_have_a_sum_and_a_mean(
    value_type: ValueType, aggregation: Aggregation
) -> None:
    """S 2.1"""
    if value_type.is_number or aggregation in (Aggregation.LAST, Aggregation.NONE):
        assert of(value_type, aggregation=aggregation).aggregation is aggregation
    else:
        choices = ["a"] if value_type.has_choices else []
        refused = refusal(value_type=value_type, aggregation=aggregation, choices=choices)
        assert (refused.code, refused.field) == ("indicator.aggregation", "aggregation")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"key": "no slug"}, "key.slug"),
        ({"name": ""}, "text.empty"),
        ({"value_type": "number"}, "type.wrong"),
        ({"value_type": None}, "type.wrong"),
        ({"direction": "up"}, "type.wrong"),
        ({"aggregation": None}, "type.wrong"),
        ({"unit": " EUR"}, "text.blank-ends"),
        ({"unit": None}, "text.type"),
        ({"description": "a\rb"}, "text.carriage-return"),
        ({"guidance": "x" * 4_001}, "text.long"),
        ({"limits": 5}, "type.wrong"),
        ({"plausible": "at least 5"}, "type.wrong"),
    ],
)
def test_a_field_of_something_else_is_refused(wrong: dict[str, Any], code: str) -> None:
    """S 1.3"""
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(indicator(), **wrong)
    assert refused.value.code == code
    assert (refused.value.owner, refused.value.field) == ("Indicator", next(iter(wrong)))


# --------------------------------------------------------------------------------- choices


def test_choices_may_be_keys_choices_or_a_mapping_to_labels() -> None:
    """S 2.1"""
    keys = of(ValueType.CHOICE, choices=["4+", Choice("AW", "Adventure Works")])
    assert keys.choices == (Choice("4+"), Choice("AW", "Adventure Works"))
    mapped = of(ValueType.CHOICE, choices=BRANDS)
    assert mapped.choices == tuple(Choice(key, label) for key, label in BRANDS.items())
    assert mapped.choice_keys == ("AW", "4+", "none")


def test_a_choice_is_shown_by_its_label_else_by_its_key() -> None:
    """S 2.1"""
    assert [str(Choice("4+", "Four and more")), str(Choice("4+"))] == ["Four and more", "4+"]


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ("ab", "sequence.type"),
        ({"a", "b"}, "sequence.type"),
        (None, "sequence.type"),
        ([1], "sequence.entry"),
        (["a", "a"], "sequence.duplicate"),
        (["a", Choice("a", "Another")], "sequence.duplicate"),
        ([""], "text.empty"),
        (["x" * 65], "text.long"),
        ({"a": 1}, "text.type"),
        ({"a": "\x00"}, "text.control"),
    ],
)
def test_choices_of_something_else_are_refused(choices: object, code: str) -> None:
    """S 1.3"""
    with pytest.raises(InvalidValueError) as refused:
        _ = of(ValueType.CHOICE, choices=choices)
    assert refused.value.code == code


def test_the_refusal_of_a_choice_that_stands_twice_names_it() -> None:
    with pytest.raises(InvalidValueError, match=r"^Indicator.choices: choice 'a' stands twice$"):
        _ = of(ValueType.CHOICE, choices=["a", "b", "a"])


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("AW", "Adventure Works"),
        ("none", "none"),
        ("other", "other"),
        (frozenset({"4+", "AW"}), "Adventure Works, Four and more"),
        (frozenset({"z", "AW", "b"}), "Adventure Works, b, z"),
        (frozenset[str](), "none"),
    ],
)
def test_what_was_chosen_is_shown_in_the_order_of_the_form(
    chosen: str | frozenset[str], shown: str
) -> None:
    assert of(ValueType.MULTI_CHOICE, choices=BRANDS).labelled(chosen) == shown


# -------------------------------------------------------------------------- units and values


@pytest.mark.parametrize(
    ("value_type", "unit", "shown"),
    [
        (ValueType.PERCENTAGE, "", "%"),
        (ValueType.PERCENTAGE, "points", "points"),
        (ValueType.DECIMAL, "", ""),
        (ValueType.DECIMAL, "EUR", "EUR"),
    ],
)
def test_a_percentage_that_names_no_unit_is_shown_with_its_sign(
    value_type: ValueType, unit: str, shown: str
) -> None:
    """S 2.1"""
    assert of(value_type, unit=unit).shown_unit == shown


KOLKATA = "Asia/Kolkata"


@pytest.mark.parametrize(
    ("measured", "value", "shown"),
    [
        (of(ValueType.DECIMAL, unit="USD"), Decimal("1234.5"), "1234.5 USD"),
        (of(ValueType.PERCENTAGE), Decimal("12.5"), "12.5 %"),
        (of(ValueType.NUMBER), 12_000, "12,000"),
        (of(ValueType.BOOLEAN), True, "yes"),
        (of(ValueType.DATETIME), NOON, "2026-03-12 17:30"),
        (of(ValueType.DATETIME), date(2026, 3, 12), "2026-03-12"),
        (of(ValueType.DATETIME), days(3), "3 days after visit start"),
        (of(ValueType.CHOICE, choices=BRANDS), "AW", "Adventure Works"),
        (of(ValueType.MULTI_CHOICE, choices=BRANDS), frozenset({"4+"}), "Four and more"),
        (of(ValueType.TEXT), "x" * 81, "x" * 79 + "…"),
        (of(ValueType.DECIMAL, unit="USD"), pv.Absence.DECLINED, "declined"),
        (of(ValueType.DECIMAL, unit="USD"), None, "-"),
    ],
)
def test_a_value_is_shown_with_its_unit_its_labels_and_the_clock_of_a_place(
    measured: pv.Indicator, value: object, shown: str
) -> None:
    """S 8.8."""
    assert measured.shown(value, KOLKATA) == shown


@pytest.mark.parametrize(
    ("measured", "gap", "shown"),
    [
        (of(ValueType.PERCENTAGE), Decimal("2.5"), "2.5 points"),
        (of(ValueType.DECIMAL, unit="USD"), Decimal(-4), "-4 USD"),
        (of(ValueType.NUMBER), Decimal(4), "4"),
        (of(ValueType.DATETIME), timedelta(days=1, microseconds=1), "1 d 0:00:00"),
        (of(ValueType.DECIMAL, unit="USD"), None, "-"),
    ],
)
def test_a_gap_is_shown_in_the_unit(
    measured: pv.Indicator, gap: Decimal | timedelta | None, shown: str
) -> None:
    """S 8.3: points of a PERCENTAGE."""
    assert measured.shown_gap(gap) == shown


LAST_OF_THE_DAY = datetime(2026, 3, 12, 18, 29, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("measured", "criterion", "shown"),
    [
        (of(ValueType.DECIMAL, unit="USD"), pv.between(10, 20), "between 10 and 20 USD"),
        (of(ValueType.NUMBER), pv.at_least(5), "at least 5"),
        (of(ValueType.DATETIME), pv.at_most(LAST_OF_THE_DAY), "not after 2026-03-12"),
        (of(ValueType.DATETIME), pv.at_least(NOON), "not before 2026-03-12 17:30"),
        (of(ValueType.DATETIME), pv.at_most(days(3)), "not after 3 days after visit start"),
        (of(ValueType.CHOICE, choices=BRANDS), pv.one_of(["AW"]), "one of Adventure Works"),
        (of(ValueType.BOOLEAN), pv.equals(False), "no"),
    ],
)
def test_a_criterion_is_shown_with_the_unit_once_and_the_end_of_a_day_as_the_day(
    measured: pv.Indicator, criterion: Criterion, shown: str
) -> None:
    """S 8.8."""
    assert measured.shown_criterion(criterion, KOLKATA) == shown


@pytest.mark.parametrize(
    ("value_type", "raw", "held"),
    [
        (ValueType.BOOLEAN, True, True),
        (ValueType.NUMBER, 5, 5),
        (ValueType.DECIMAL, "12.50", Decimal("12.5")),
        (ValueType.PERCENTAGE, 85, Decimal(85)),
        (ValueType.DATETIME, NOON, NOON),
        (ValueType.TEXT, " as it is ", " as it is "),
        (ValueType.CHOICE, "a", "a"),
        (ValueType.MULTI_CHOICE, ["b", "a"], frozenset("ab")),
    ],
)
def test_a_value_is_held_in_the_form_of_the_indicators_type(
    value_type: ValueType, raw: object, held: object
) -> None:
    """S 1.1"""
    value = of(value_type).value(raw)
    assert (type(value), value) == (type(held), held)


@pytest.mark.parametrize(
    ("value_type", "raw", "code"),
    [
        (ValueType.BOOLEAN, 1, "boolean.type"),
        (ValueType.NUMBER, True, "number.type"),
        (ValueType.DECIMAL, 0.5, "decimal.float"),
        (ValueType.CHOICE, "c", "value.choice"),
        (ValueType.MULTI_CHOICE, ["a", "c"], "value.choice"),
    ],
)
def test_a_value_of_another_type_is_refused(value_type: ValueType, raw: object, code: str) -> None:
    """S 1.2"""
    with pytest.raises(InvalidValueError) as refused:
        _ = of(value_type).value(raw)
    assert refused.value.code == code


# ---------------------------------------------------------------------------------- limits


@pytest.mark.parametrize("field", ["limits", "plausible"])
def test_limits_are_criteria_on_the_indicators_own_values(field: str) -> None:
    """S 2.1"""
    within = pv.between(0, 100)
    assert getattr(indicator("stock", **{field: within}), field) == within


@pytest.mark.parametrize("field", ["limits", "plausible"])
@pytest.mark.parametrize(
    ("value_type", "criterion", "code"),
    [
        (ValueType.TEXT, pv.at_least(5), "criterion.type"),
        (ValueType.NUMBER, pv.equals("text"), "criterion.operand"),
        (ValueType.CHOICE, pv.one_of(["c"]), "criterion.choice"),
        (ValueType.DATETIME, pv.at_least(date(2026, 3, 12)), "limits.temporal"),
        (ValueType.DATETIME, pv.between(days(0), NOON), "limits.temporal"),
    ],
)
def test_limits_that_do_not_fit_are_refused(
    field: str, value_type: ValueType, criterion: Criterion, code: str
) -> None:
    """S 2.2"""
    with pytest.raises(InvalidValueError) as refused:
        _ = of(value_type, **{field: criterion})
    assert refused.value.code == code
    assert (refused.value.owner, refused.value.field) == ("Indicator", field)


def test_a_limit_may_be_an_instant() -> None:
    """S 2.1"""
    assert of(ValueType.DATETIME, limits=pv.at_least(NOON)).limits == pv.at_least(NOON)
