import decimal as decimals
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

import partnervisits as pv
from partnervisits import values
from partnervisits.errors import InvalidValueError
from partnervisits.targets import Within
from partnervisits.values import Absence, DateRange, Gap, Ordered, Period, Value, ValueType
from tests import builders

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


class Whole(int):
    pass


class Words(str):
    __slots__ = ()


class Moment(datetime):
    pass


class Day(date):
    pass


class Amount(Decimal):
    pass


class Real(float):
    pass


class Level(IntEnum):
    LOW = 1


class Word(StrEnum):
    ONE = "1"


def refused(convert: Callable[[Any], object], value: object) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as caught:
        _ = convert(value)
    return caught.value


# ------------------------------------------------------------------------------------ value types


def test_numbers_and_instants_lie_on_a_line() -> None:
    """S 1.1."""
    assert {each for each in ValueType if each.is_number} == {
        ValueType.NUMBER,
        ValueType.DECIMAL,
        ValueType.PERCENTAGE,
    }
    assert {each for each in ValueType if each.is_ordered} == {
        ValueType.NUMBER,
        ValueType.DECIMAL,
        ValueType.PERCENTAGE,
        ValueType.DATETIME,
    }


def test_choices_go_with_two_types() -> None:
    """S 1.1."""
    assert {each for each in ValueType if each.has_choices} == {
        ValueType.CHOICE,
        ValueType.MULTI_CHOICE,
    }


STORED: list[tuple[ValueType, object, Value]] = [
    (ValueType.BOOLEAN, False, False),
    (ValueType.NUMBER, -3, -3),
    (ValueType.NUMBER, 0, 0),
    (ValueType.DECIMAL, "12.50", Decimal("12.5")),
    (ValueType.DECIMAL, 3, Decimal(3)),
    (ValueType.PERCENTAGE, Decimal("12.5"), Decimal("12.5")),
    (ValueType.DATETIME, datetime(2026, 3, 12, 13, tzinfo=BERLIN), NOON),
    (ValueType.TEXT, "one\ntwo", "one\ntwo"),
    (ValueType.CHOICE, "4+", "4+"),
    (ValueType.MULTI_CHOICE, ["AW", "4+", "AW"], frozenset({"4+", "AW"})),
    (ValueType.MULTI_CHOICE, {"AW"}, frozenset({"AW"})),
    (ValueType.MULTI_CHOICE, (), frozenset()),
]


@pytest.mark.parametrize(("value_type", "raw", "stored"), STORED)
def test_a_value_is_stored_in_the_form_of_its_type(
    value_type: ValueType, raw: object, stored: Value
) -> None:
    """S 1.1."""
    held = values.value_of(value_type, raw, ["4+", "AW"])
    assert (type(held), held) == (type(stored), stored)
    assert values.is_stored_form(value_type, held)


REFUSED: list[tuple[ValueType, object, str]] = [
    (ValueType.BOOLEAN, 1, "boolean.type"),
    (ValueType.BOOLEAN, "false", "boolean.type"),
    (ValueType.BOOLEAN, None, "boolean.type"),
    (ValueType.NUMBER, True, "number.type"),
    (ValueType.NUMBER, 1.0, "number.type"),
    (ValueType.NUMBER, "7", "number.type"),
    (ValueType.NUMBER, Decimal(7), "number.type"),
    (ValueType.NUMBER, Whole(7), "number.type"),
    (ValueType.NUMBER, Level.LOW, "number.type"),
    (ValueType.NUMBER, None, "number.type"),
    (ValueType.NUMBER, 10**18, "decimal.range"),
    (ValueType.DECIMAL, True, "decimal.type"),
    (ValueType.DECIMAL, 1.5, "decimal.float"),
    (ValueType.PERCENTAGE, 1.5, "decimal.float"),
    (ValueType.PERCENTAGE, "85 %", "decimal.text"),
    (ValueType.DATETIME, date(2026, 3, 12), "instant.type"),
    (ValueType.DATETIME, "2026-03-12T12:00:00Z", "instant.type"),
    (ValueType.TEXT, "", "value.empty-text"),
    (ValueType.TEXT, "a\r\nb", "text.carriage-return"),
    (ValueType.TEXT, Words(""), "text.type"),
    (ValueType.TEXT, 5, "text.type"),
    (ValueType.TEXT, None, "text.type"),
    (ValueType.CHOICE, "5+", "value.choice"),
    (ValueType.CHOICE, "", "value.choice"),
    (ValueType.CHOICE, None, "value.choice"),
    (ValueType.CHOICE, ["4+"], "value.choice"),
    (ValueType.CHOICE, Words("4+"), "value.choice"),
    (ValueType.MULTI_CHOICE, ["4+", "5+"], "value.choice"),
    (ValueType.MULTI_CHOICE, [["4+"]], "value.choice"),
    (ValueType.MULTI_CHOICE, "4+", "sequence.type"),
    (ValueType.MULTI_CHOICE, b"4+", "sequence.type"),
    (ValueType.MULTI_CHOICE, {"4+": True}, "sequence.type"),
    (ValueType.MULTI_CHOICE, None, "sequence.type"),
]


@pytest.mark.parametrize(("value_type", "raw", "code"), REFUSED)
def test_a_value_of_another_type_is_refused(value_type: ValueType, raw: object, code: str) -> None:
    """S 1.1."""
    assert refused(lambda each: values.value_of(value_type, each, ["4+", "AW"]), raw).code == code


@pytest.mark.parametrize("value_type", ["decimal", None, ValueType])
def test_there_is_no_other_value_type(value_type: object) -> None:
    """S 1.1: a closed set."""
    error = refused(lambda each: values.value_of(each, 3), value_type)
    assert error.code == "type.wrong"
    assert error.message.startswith("pass a ValueType, not ")


def test_a_refused_choice_names_the_known_ones_in_order() -> None:
    """S 1.1."""
    error = refused(lambda each: values.value_of(ValueType.CHOICE, each, ["b", "a"]), "c")
    assert error.message == "'c' is none of the choices a, b"


@pytest.mark.parametrize("value_type", ValueType)
@pytest.mark.parametrize("value", [True, 1, Decimal(1), NOON, "1", frozenset({"1"}), None, 1.0])
def test_the_stored_form_of_a_type_has_exactly_its_python_type(
    value_type: ValueType, value: object
) -> None:
    """S 1.7."""
    due = {
        ValueType.BOOLEAN: bool,
        ValueType.NUMBER: int,
        ValueType.DECIMAL: Decimal,
        ValueType.PERCENTAGE: Decimal,
        ValueType.DATETIME: datetime,
        ValueType.TEXT: str,
        ValueType.CHOICE: str,
        ValueType.MULTI_CHOICE: frozenset,
    }
    assert values.is_stored_form(value_type, value) == (type(value) is due[value_type])


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (True, True),
        (1, 1),
        (Decimal("1.50"), Decimal("1.5")),
        (datetime(2026, 3, 12, 13, tzinfo=BERLIN), NOON),
        ("1", "1"),
        (frozenset({"4+"}), frozenset({"4+"})),
        (frozenset[str](), frozenset[str]()),
    ],
)
def test_the_python_type_of_a_value_tells_its_type(value: Value, stored: Value) -> None:
    """S 1.1."""
    held = values.any_value(value)
    assert (type(held), held) == (type(stored), stored)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "value.type"),
        (1.5, "decimal.float"),
        ([], "value.type"),
        ({"a"}, "value.type"),
        (date(2026, 3, 12), "value.type"),
        (Absence.UNKNOWN, "value.type"),
        (Whole(1), "value.type"),
        (Level.LOW, "value.type"),
        (Word.ONE, "value.type"),
        (Words("1"), "value.type"),
        (Moment(2026, 3, 12, tzinfo=UTC), "value.type"),
        ("", "value.empty-text"),
        (datetime(2026, 3, 12), "instant.naive"),
        (Decimal("sNaN"), "decimal.range"),
        pytest.param(10**5000, "decimal.range", id="5,000-digit integer"),
        (frozenset({""}), "text.empty"),
        (frozenset({1}), "text.type"),
        (frozenset({"x" * 65}), "text.long"),
    ],
)
def test_what_no_reading_can_hold_is_refused(value: object, code: str) -> None:
    """S 1.1."""
    assert refused(values.any_value, value).code == code


def test_a_refused_value_says_what_to_pass() -> None:
    assert refused(values.any_value, []).message == (
        "pass bool, int, Decimal, datetime, str or a frozenset of str, not list"
    )


# ---------------------------------------------------------------------------- absence and equality


@pytest.mark.parametrize("absence", Absence)
@pytest.mark.parametrize("other", [None, 0, False, ""])
def test_an_absence_is_neither_none_nor_zero_nor_false_nor_empty(
    absence: Absence, other: object
) -> None:
    """S 1.6."""
    assert absence != other
    assert bool(absence)


def test_an_absence_has_a_reason_and_equals_no_string() -> None:
    """S 1.6."""
    assert [each.name for each in Absence] == [
        "NOT_APPLICABLE",
        "NOT_MEASURED",
        "DECLINED",
        "UNKNOWN",
    ]
    strings: list[object] = [word for each in Absence for word in (each.name, each.value)]
    assert not any(each in strings for each in Absence)


TWINS: list[tuple[Value, Value]] = [(True, 1), (False, 0), (1, Decimal(1)), (True, Decimal(1))]


def as_reading(value: Value) -> object:
    return pv.Reading(id="R-1", kpi_id="K-1", value=value, at=NOON, recorded_at=NOON, by="rep-7")


def as_fact_of_the_visit(value: Value) -> object:
    return pv.Facts(visit={"listed": value})


def as_fact_of_the_partner(value: Value) -> object:
    return pv.Facts(partner={"listed": value})


def as_fact_of_a_context(value: Value) -> object:
    return pv.Facts(contexts={pv.Context("product", "X-100"): {"listed": value}})


@pytest.mark.parametrize(("left", "right"), TWINS)
@pytest.mark.parametrize(
    "hold", [as_reading, as_fact_of_the_visit, as_fact_of_the_partner, as_fact_of_a_context]
)
def test_values_are_equal_only_if_their_types_are(
    hold: Callable[[Value], object], left: Value, right: Value
) -> None:
    """S 1.7: a reading of True is not a reading of 1."""
    assert left == right
    assert hold(left) != hold(right)
    assert hold(left) == hold(left)
    assert hash(hold(left)) == hash(hold(left))


def test_an_expected_yes_is_not_an_expected_one() -> None:
    """S 1.7."""
    assert pv.equals(True) != pv.equals(1)
    assert pv.Target("stock", True) != pv.Target("stock", 1)


def test_equality_of_a_field_goes_by_type_and_value() -> None:
    """S 1.7."""
    assert values.typed(1) != values.typed(True)
    assert values.typed((("a", 1),)) != values.typed((("a", True),))
    assert values.typed((("a", 1),)) == values.typed((("a", 1),))


# ---------------------------------------------------------------------------------------- decimals

LARGEST = "999999999999999999.9999999999"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("007", "7"),
        ("12.50", "12.5"),
        ("-12.50", "-12.5"),
        ("100", "100"),
        (100, "100"),
        (-100, "-100"),
        (10**18 - 1, "999999999999999999"),
        (1 - 10**18, "-999999999999999999"),
        (LARGEST, LARGEST),
        (f"-{LARGEST}", f"-{LARGEST}"),
        ("0.0000000001", "0.0000000001"),
        ("1." + "0" * 62, "1"),
        (Decimal("1E+2"), "100"),
        (Decimal("1E+17"), "100000000000000000"),
        (Decimal("1E-10"), "0.0000000001"),
        (Decimal("-0E+99999"), "0"),
        (Decimal("0E-99999"), "0"),
        pytest.param(Decimal("1." + "0" * 5000), "1", id="5,000 trailing zeros"),
        pytest.param(Decimal(LARGEST + "0" * 500), LARGEST, id="500 trailing zeros"),
    ],
)
def test_a_decimal_is_stored_without_exponent_trailing_zeros_or_a_negative_zero(
    value: Decimal | int | str, stored: str
) -> None:
    """S 1.2."""
    held = values.decimal(value)
    assert type(held) is Decimal
    assert held.as_tuple() == Decimal(stored).as_tuple()


HOSTILE_DECIMALS = [
    *(
        pytest.param(written, "decimal.text", id=ascii(written))
        for written in [
            *("", " ", " 1 ", "1 ", "1\n", "+1", "--1", "-", ".5", "5.", "1.2.3", "1,5", "1_000"),
            *("1e5", "1E5", "1e999999999", "0x1", "NaN", "sNaN", "-Infinity", "inf", "one"),
            *("\u0661\u0662", "\uff11\uff12", "\u00b2", "1\u00a0", "\u22121", "1\x00"),
        ]
    ),
    pytest.param("1" * 65, "decimal.text", id="65 digits"),
    pytest.param("1" * 1_000_000, "decimal.text", id="1 MB of digits"),
    pytest.param("1" * 64, "decimal.range", id="64 digits"),
    pytest.param("1000000000000000000", "decimal.range", id="19 integer digits"),
    pytest.param("0.00000000001", "decimal.range", id="11 fraction digits"),
    pytest.param("1.00000000001", "decimal.range", id="11 fraction digits after a one"),
    pytest.param(LARGEST + "9", "decimal.range", id="29 digits"),
    pytest.param(10**18, "decimal.range", id="one too many"),
    pytest.param(-(10**18), "decimal.range", id="one too few"),
    pytest.param(10**5000, "decimal.range", id="5,000-digit integer"),
    pytest.param(-(10**5000), "decimal.range", id="negative 5,000-digit integer"),
    pytest.param(Decimal("1E+18"), "decimal.range", id="1E+18"),
    pytest.param(Decimal("1e9999999"), "decimal.range", id="1e9999999"),
    pytest.param(Decimal("1e-9999999"), "decimal.range", id="1e-9999999"),
    pytest.param(Decimal("9e999999999999999999"), "decimal.range", id="largest exponent"),
    pytest.param(Decimal("1." + "0" * 5000 + "1"), "decimal.range", id="5,000 digits"),
    pytest.param(Decimal("NaN"), "decimal.range", id="NaN"),
    pytest.param(Decimal("NaN" + "9" * 5000), "decimal.range", id="NaN with a payload"),
    pytest.param(Decimal("-sNaN"), "decimal.range", id="sNaN"),
    pytest.param(Decimal("Infinity"), "decimal.range", id="Infinity"),
    pytest.param(Decimal("-Infinity"), "decimal.range", id="-Infinity"),
    pytest.param(0.1, "decimal.float", id="float"),
    pytest.param(Real(0.5), "decimal.float", id="subclass of float"),
    pytest.param(float("nan"), "decimal.float", id="float NaN"),
    pytest.param(True, "decimal.type", id="bool"),
    pytest.param(None, "decimal.type", id="None"),
    pytest.param(b"1", "decimal.type", id="bytes"),
    pytest.param([1], "decimal.type", id="list"),
    pytest.param(1j, "decimal.type", id="complex"),
    pytest.param(Whole(1), "decimal.type", id="subclass of int"),
    pytest.param(Level.LOW, "decimal.type", id="enum of ints"),
    pytest.param(Words("1"), "decimal.type", id="subclass of str"),
    pytest.param(Word.ONE, "decimal.type", id="enum of words"),
    pytest.param(Amount("1"), "decimal.type", id="subclass of Decimal"),
    pytest.param(Absence.UNKNOWN, "decimal.type", id="absence"),
]


@pytest.mark.parametrize(("value", "code"), HOSTILE_DECIMALS)
def test_what_is_no_plain_decimal_within_bounds_is_refused_where_it_stands(
    value: object, code: str
) -> None:
    """S 1.2: and the bounds of S 1.3."""
    error = refused(lambda weight: pv.Target("stock", 5, weight=weight), value)
    assert (error.owner, error.field, error.code) == ("Target", "weight", code)
    assert len(error.message) < 120


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.1, 'a float is never exact: pass Decimal("0.1") or "0.1"'),
        ("1,5", "'1,5' is no plain decimal: write 12.5"),
        ("9" * 50, "a number has at most 18 integer and 10 fraction digits: round it first"),
        (True, "pass Decimal, int or str, not bool"),
        (
            Decimal("NaN"),
            "NaN and infinities are no numbers: pass a finite one, or an Absence",
        ),
    ],
)
def test_a_refused_decimal_says_what_to_pass(value: object, message: str) -> None:
    """S 1.2."""
    assert refused(values.decimal, value).message == message


@pytest.mark.parametrize("tolerance", ["-1", -1, Decimal("-0.1"), timedelta(microseconds=-1)])
def test_a_negative_tolerance_is_refused_where_it_stands(tolerance: object) -> None:
    operand = NOON if isinstance(tolerance, timedelta) else Decimal(1)
    error = refused(lambda width: pv.equals(operand, tolerance=width), tolerance)
    assert (error.owner, error.field, error.code) == ("Equals", "tolerance", "gap.negative")


# ------------------------------------------------------------------------------- exact arithmetic

SIGNALS = [
    decimals.Clamped,
    decimals.FloatOperation,
    decimals.Inexact,
    decimals.Overflow,
    decimals.Rounded,
    decimals.Subnormal,
    decimals.Underflow,
]
HOSTILE_CONTEXTS = [
    pytest.param(decimals.Context(prec=3), id="three digits"),
    pytest.param(decimals.Context(prec=1, rounding=decimals.ROUND_UP), id="rounding up"),
    pytest.param(decimals.Context(prec=3, traps=SIGNALS), id="every trap"),
    pytest.param(decimals.Context(prec=2, Emin=-1, Emax=1, clamp=1, traps=[]), id="no exponents"),
    pytest.param(decimals.Context(prec=5, capitals=0), id="small letters"),
]
LONG = Decimal("123456789012345678.0123456789")


def figures() -> list[object]:
    long, negative = values.decimal(str(LONG)), values.decimal(f"-{LONG}")
    return [
        long,
        values.decimal(Decimal("1E+17")),
        values.decimal(10**18 - 1),
        values.difference(negative, long),
        values.magnitude(negative),
        values.quotient(long, 7),
        values.quotient(timedelta(days=1, microseconds=1), timedelta(days=7)),
        values.product(long, negative),
        values.share(long, Decimal("12.5")),
        values.total([long, negative, long]),
        values.mean(Decimal(2), Decimal(3)),
        values.show(long),
        values.percent(Decimal("0.123456789")),
        pv.at_least(long).is_met(negative),
        pv.equals(long, tolerance="0.1").edge(negative),
        refused(values.decimal, Decimal("1e9999999")).code,
        refused(values.decimal, Decimal("sNaN")).code,
        refused(values.decimal, "1.123456789012").code,
    ]


@pytest.mark.parametrize("context", HOSTILE_CONTEXTS)
def test_the_decimal_context_of_the_host_changes_nothing(context: decimals.Context) -> None:
    """S 1.4."""
    expected = [repr(figure) for figure in figures()]
    with decimals.localcontext(context) as ambient:
        found = figures()
        assert not any(ambient.flags.values())
    assert [repr(figure) for figure in found] == expected


@pytest.mark.parametrize(
    ("left", "right", "gap"),
    [
        (Decimal(LARGEST), Decimal("0.0000000001"), Decimal("999999999999999999.9999999998")),
        (Decimal(LARGEST), Decimal(f"-{LARGEST}"), Decimal("1999999999999999999.9999999998")),
        (3, Decimal("0.5"), Decimal("2.5")),
        (3, 5, Decimal(-2)),
        (NOON, NOON - timedelta(hours=3), timedelta(hours=3)),
    ],
)
def test_a_difference_is_exact(left: Ordered, right: Ordered, gap: Gap) -> None:
    """S 1.4."""
    assert values.difference(left, right) == gap
    assert type(values.difference(left, right)) is type(gap)


@pytest.mark.parametrize(("left", "right"), [(NOON, 3), (Decimal(3), NOON)])
def test_a_number_and_an_instant_have_no_difference(left: Ordered, right: Ordered) -> None:
    with pytest.raises(InvalidValueError) as caught:
        _ = values.difference(left, right)
    assert caught.value.code == "value.mixed"


@pytest.mark.parametrize(
    ("gap", "size"),
    [
        (Decimal("-0.5"), Decimal("0.5")),
        (Decimal("0.5"), Decimal("0.5")),
        (timedelta(hours=-1), timedelta(hours=1)),
        (timedelta(hours=1), timedelta(hours=1)),
    ],
)
def test_a_magnitude_has_no_sign(gap: Gap, size: Gap) -> None:
    assert values.magnitude(gap) == size


@pytest.mark.parametrize(
    ("left", "right", "ratio"),
    [
        (Decimal(1), 3, "0.3333333333333333333333333333"),
        (2, Decimal(3), "0.6666666666666666666666666667"),
        (Decimal("0." + "3" * 27 + "45"), 1, "0.3333333333333333333333333334"),
        (Decimal("0." + "3" * 27 + "55"), 1, "0.3333333333333333333333333336"),
        (timedelta(hours=1), timedelta(hours=8), "0.125"),
        (timedelta(microseconds=-1), timedelta(days=36_600), "-3.162315320785266140457397288E-16"),
    ],
)
def test_a_quotient_is_rounded_half_even_to_28_digits(left: Gap, right: Gap, ratio: str) -> None:
    """S 1.4: durations too give an exact Decimal, never a float."""
    assert str(values.quotient(left, right)) == ratio


def test_a_product_and_a_share_are_exact() -> None:
    """S 1.4."""
    square = "999999999999999999999999999800000000.00000000000000000001"
    assert str(values.product(Decimal(LARGEST), Decimal(LARGEST))) == square
    assert str(values.share(Decimal(250), Decimal("12.50"))) == "31.25"
    assert str(values.share(Decimal(1000), Decimal(10))) == "100"
    assert str(values.share(Decimal("0.0000000001"), Decimal("0.0000000001"))) == "1E-22"


def test_a_sum_is_exact_in_any_order_and_zero_of_nothing() -> None:
    """S 1.4: thirty digits and more."""
    numbers = [Decimal(LARGEST)] * 100 + [Decimal("0.0000000001")] * 100
    assert values.total(numbers) == Decimal(100 * 10**18)
    assert values.total(reversed(numbers)) == Decimal(100 * 10**18)
    assert str(values.total([])) == "0"


@pytest.mark.parametrize(
    ("parts", "whole", "mean"),
    [
        (2, 3, "0.6666666666666666666666666666"),
        (1, 3, "0.3333333333333333333333333333"),
        (3, 3, "1"),
        (1, 4, "0.25"),
        (0, 3, "0"),
        ("0.9999999999999999999999999999999999", 1, "0.9999999999999999999999999999"),
        (200, 3, "66.6666666666666666666666666666"),
    ],
)
def test_a_mean_of_scores_is_truncated_so_that_one_means_all_met(
    parts: int | str, whole: int, mean: str
) -> None:
    """S 1.4."""
    assert str(values.mean(Decimal(parts), Decimal(whole))) == mean


# ------------------------------------------------------------------------------------------ time

FIRST = datetime(1900, 1, 1, tzinfo=UTC)
LAST = datetime(2200, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


@pytest.mark.parametrize(
    ("moment", "stored"),
    [
        (datetime(2026, 3, 12, 13, tzinfo=BERLIN), NOON),
        (datetime(2026, 3, 13, 2, tzinfo=EAST), NOON),
        (NOON, NOON),
        (FIRST, FIRST),
        (LAST, LAST),
        (datetime(1899, 12, 31, 12, tzinfo=WEST), FIRST),
        ((LAST + timedelta(hours=14)).replace(tzinfo=EAST), LAST),
        (datetime(2026, 3, 12, 12, tzinfo=ZoneInfo("UTC")), NOON),
    ],
)
def test_an_instant_is_stored_in_utc(moment: datetime, stored: datetime) -> None:
    """S 1.1: between the years of S 1.3."""
    held = values.instant(moment)
    assert held == stored
    assert held.tzinfo is UTC


@pytest.mark.parametrize(("fold", "hour"), [(0, 0), (1, 1)])
def test_in_a_fold_the_first_instant_is_meant_unless_it_says_otherwise(
    fold: int, hour: int
) -> None:
    """S 4.8."""
    held = values.instant(datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold))
    assert held == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    assert held.fold == 0


def test_a_fold_means_nothing_in_utc() -> None:
    """S 4.8."""
    assert values.instant(NOON.replace(fold=1)).fold == 0


@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize("minute", [0, 30, 59])
def test_a_local_time_that_daylight_saving_skips_is_refused(fold: int, minute: int) -> None:
    """S 4.8."""
    moment = datetime(2026, 3, 29, 2, minute, tzinfo=BERLIN, fold=fold)
    error = refused(values.instant, moment)
    assert error.code == "instant.gap"
    assert error.message == (
        f"2026-03-29 02:{minute:02}:00 does not exist in Europe/Berlin: the clocks skip it"
    )


@pytest.mark.parametrize(
    ("hour", "minute", "utc"),
    [(1, 59, datetime(2026, 3, 29, 0, 59)), (3, 0, datetime(2026, 3, 29, 1, 0))],
)
def test_the_times_around_a_gap_exist(hour: int, minute: int, utc: datetime) -> None:
    """S 4.8."""
    moment = datetime(2026, 3, 29, hour, minute, tzinfo=BERLIN)
    assert values.instant(moment) == utc.replace(tzinfo=UTC)


HOSTILE_TIMES = [
    pytest.param(datetime(2026, 3, 12), "instant.naive", id="naive"),
    pytest.param(date(2026, 3, 12), "instant.type", id="a date"),
    pytest.param("2026-W10-1", "instant.type", id="ISO week"),
    pytest.param("2016-12-31T23:59:60Z", "instant.type", id="leap second"),
    pytest.param("2026-03-12T12:00:00Z", "instant.type", id="text"),
    pytest.param("now", "instant.type", id="now"),
    pytest.param("", "instant.type", id="empty"),
    pytest.param(1_773_316_800, "instant.type", id="epoch number"),
    pytest.param(1.5, "instant.type", id="float"),
    pytest.param(True, "instant.type", id="bool"),
    pytest.param(None, "instant.type", id="None"),
    pytest.param(Moment(2026, 3, 12, tzinfo=UTC), "instant.type", id="subclass"),
    pytest.param(FIRST - MICROSECOND, "instant.range", id="a microsecond too early"),
    pytest.param(LAST + MICROSECOND, "instant.range", id="a microsecond too late"),
    pytest.param(datetime(1900, 1, 1, tzinfo=EAST), "instant.range", id="too early in UTC"),
    pytest.param(datetime(2200, 12, 31, 12, tzinfo=WEST), "instant.range", id="too late in UTC"),
    pytest.param(datetime.min.replace(tzinfo=EAST), "instant.range", id="year 1 with an offset"),
    pytest.param(datetime.max.replace(tzinfo=WEST), "instant.range", id="year 9999 with an offset"),
    pytest.param(datetime.min.replace(tzinfo=BERLIN), "instant.range", id="year 1 in a zone"),
    pytest.param(datetime.max.replace(tzinfo=BERLIN), "instant.range", id="year 9999 in a zone"),
    pytest.param(datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN), "instant.gap", id="in a gap"),
]


@pytest.mark.parametrize(("value", "code"), HOSTILE_TIMES)
def test_what_is_no_instant_within_bounds_is_refused_where_it_stands(
    value: object, code: str
) -> None:
    """S 1.3: and S 4.8."""
    error = refused(Period, value)
    assert (error.owner, error.field, error.code) == ("Period", "start", code)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (date(2026, 3, 12), "pass an aware datetime, not date"),
        (datetime(2026, 3, 12), "a datetime needs a time zone: set its tzinfo"),
        (LAST + MICROSECOND, "the years 1900 to 2200 are in range"),
    ],
)
def test_a_refused_instant_says_what_to_pass(value: object, message: str) -> None:
    """S 1.3."""
    assert refused(values.instant, value).message == message


@pytest.mark.parametrize("on", [date(1900, 1, 1), date(2026, 3, 12), date(2200, 12, 31)])
def test_a_day_within_bounds_is_kept(on: date) -> None:
    """S 1.3."""
    assert values.day(on) is on


@pytest.mark.parametrize("year", [1, 1900, 9999])
def test_any_day_is_a_day_of_any_year(year: int) -> None:
    assert values.any_day(date(year, 1, 1)) == date(year, 1, 1)


@pytest.mark.parametrize("convert", [values.day, values.any_day])
@pytest.mark.parametrize("value", [NOON, "2026-03-12", 20260312, None, Day(2026, 3, 12)])
def test_only_a_date_is_a_day(convert: Callable[[Any], object], value: object) -> None:
    error = refused(convert, value)
    assert error.code == "date.type"
    assert error.message.startswith("pass a date, not ")


@pytest.mark.parametrize("on", [date.min, date(1899, 12, 31), date(2201, 1, 1), date.max])
def test_a_day_out_of_bounds_is_refused_where_it_stands(on: date) -> None:
    """S 1.3."""
    error = refused(lambda last: DateRange(None, last), on)
    assert (error.owner, error.field, error.code) == ("DateRange", "last", "date.range")
    assert error.message == "the years 1900 to 2200 are in range"


def test_an_open_day_or_instant_is_none() -> None:
    assert values.optional_day(None) is None
    assert values.optional_instant(None) is None
    assert values.optional_day(date(2026, 3, 12)) == date(2026, 3, 12)
    assert values.optional_instant(NOON) == NOON


FOUR_CENTURIES = timedelta(days=400 * 366)


@pytest.mark.parametrize("length", [timedelta(0), FOUR_CENTURIES, -FOUR_CENTURIES])
def test_a_duration_is_up_to_400_years(length: timedelta) -> None:
    assert values.duration(length) == length


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (FOUR_CENTURIES + timedelta(days=1), "duration.range"),
        (-FOUR_CENTURIES - timedelta(days=1), "duration.range"),
        (timedelta.max, "duration.range"),
        (timedelta.min, "duration.range"),
        (3600, "duration.type"),
        ("1:00", "duration.type"),
        (None, "duration.type"),
    ],
)
def test_what_is_no_duration_is_refused(value: object, code: str) -> None:
    assert refused(values.duration, value).code == code


def test_a_width_in_time_is_refused_where_it_stands() -> None:
    error = refused(Within, timedelta.max)
    assert (error.owner, error.field, error.code) == ("Within", "amount", "duration.range")


# ----------------------------------------------------------------------------------------- zones


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "GMT-0"]
)
def test_a_time_zone_of_the_database_is_kept(zone: str) -> None:
    """S 4.8."""
    assert values.timezone_key(zone) == zone


@pytest.mark.parametrize(
    "zone",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "Europe/../Europe/Berlin",
        "Europe/Berlin\n",
        "Europe/Berlin\x00",
        "\x00",
        "",
        " ",
        "Europe",
        "Europe/",
        "Nowhere/Land",
        "Berlin",
        "CEST",
        "+02:00",
        "zone.tab",
        "leapseconds",
        "\uff35\uff34\uff23",
        "{x.__init__.__globals__}",
        pytest.param("localtime", id="this machine's own"),
        pytest.param("posixrules", id="this machine's rules"),
        pytest.param("posix/Europe/Berlin", id="a copy"),
        pytest.param("right/Europe/Berlin", id="with leap seconds"),
        pytest.param("x" * 64, id="64 characters"),
        pytest.param("x" * 5000, id="5,000 characters"),
        pytest.param("a/" * 2500 + "a", id="2,500 folders"),
        pytest.param(None, id="None"),
        pytest.param(1, id="number"),
        pytest.param(BERLIN, id="a zone itself"),
        pytest.param(Words("Europe/Berlin"), id="subclass of str"),
    ],
)
def test_an_unknown_time_zone_is_refused_where_it_stands(zone: object) -> None:
    """S 4.8: an error that says so."""
    error = refused(lambda key: builders.place(timezone=key), zone)
    assert (error.owner, error.field, error.code) == ("Place", "timezone", "zone.unknown")
    assert "is no IANA time zone known here: name one such as Europe/Berlin" in error.message
    assert "install the extra tzdata" in error.message
    assert len(error.message) < 350


@pytest.mark.parametrize(
    ("moment", "zone", "on"),
    [
        (datetime(2026, 3, 11, 23, tzinfo=UTC), "Europe/Berlin", date(2026, 3, 12)),
        (datetime(2026, 3, 11, 22, 59, tzinfo=UTC), "Europe/Berlin", date(2026, 3, 11)),
        (datetime(2026, 3, 12, 3, 59, tzinfo=UTC), "America/New_York", date(2026, 3, 11)),
    ],
)
def test_an_instant_falls_on_a_day_of_its_zone(moment: datetime, zone: str, on: date) -> None:
    """S 4.1: a date in the place's zone."""
    assert values.local_date(moment, zone) == on


@pytest.mark.parametrize(
    ("on", "zone", "first"),
    [
        (date(2026, 3, 12), "Europe/Berlin", datetime(2026, 3, 11, 23)),
        (date(2026, 7, 1), "Europe/Berlin", datetime(2026, 6, 30, 22)),
        (date(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 4, 3)),
        (date(2025, 11, 2), "America/Havana", datetime(2025, 11, 2, 4)),
    ],
    ids=["winter", "summer", "midnight is skipped", "midnight comes twice"],
)
def test_a_day_begins_at_its_first_instant(on: date, zone: str, first: datetime) -> None:
    """S 2.3: and in a fold of S 4.8 at the first of two midnights."""
    assert values.first_instant(on, zone) == first.replace(tzinfo=UTC)
    assert values.first_instant(on, zone).tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "zone", "same"),
    [
        (datetime(2026, 3, 12, 12), "Europe/Berlin", datetime(2026, 7, 1, 11)),
        (datetime(2026, 7, 1, 11), "Europe/Berlin", datetime(2026, 1, 1, 12)),
        (datetime(2026, 3, 12, 12), "Europe/Berlin", datetime(2026, 3, 12, 12)),
        (datetime(2026, 3, 12, 12), "Europe/Berlin", datetime(2028, 2, 29, 12)),
        (datetime(2028, 2, 29, 12), "Asia/Kolkata", datetime(2027, 2, 28, 12)),
        (datetime(2026, 3, 12, 1, 30), "Europe/Berlin", datetime(2026, 10, 25, 0, 30)),
        (datetime(2026, 10, 25, 1, 30), "Europe/Berlin", datetime(2026, 10, 25, 0, 30)),
    ],
    ids=[
        "in summer",
        "in winter again",
        "on its own day",
        "on 29 February",
        "from 29 February",
        "the first of two",
        "the first, of the second of two",
    ],
)
def test_the_clocks_show_the_same_time_on_another_day(
    moment: datetime, zone: str, same: datetime
) -> None:
    """S 4.8."""
    found = values.same_time_on(same.date(), moment.replace(tzinfo=UTC), zone)
    assert found == same.replace(tzinfo=UTC)
    assert found.tzinfo is UTC


def test_the_other_day_is_one_of_the_zone() -> None:
    """S 4.1: eight in the morning in Tokyo is before midnight in UTC."""
    moment = datetime(2026, 3, 1, 23, tzinfo=UTC)
    same = datetime(2026, 3, 11, 23, tzinfo=UTC)
    assert values.same_time_on(date(2026, 3, 12), moment, "Asia/Tokyo") == same


def test_the_same_time_to_the_microsecond() -> None:
    moment = NOON + MICROSECOND
    assert values.same_time_on(date(2026, 3, 13), moment, "Asia/Kolkata") == moment + timedelta(1)
    in_berlin = moment.astimezone(BERLIN)
    assert values.same_time_on(date(2026, 3, 13), in_berlin, "UTC") == moment + timedelta(1)


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2026, 3, 29), "instant.gap"),
        (date(1899, 3, 12), "instant.range"),
        (date(2201, 3, 12), "instant.range"),
        (date.min, "instant.range"),
        (date.max, "instant.range"),
    ],
)
def test_a_day_on_which_there_is_no_such_time_is_refused(on: date, code: str) -> None:
    """S 4.8, S 1.3."""
    half_past_two = datetime(2026, 3, 12, 1, 30, tzinfo=UTC)
    assert (
        refused(lambda day: values.same_time_on(day, half_past_two, "Europe/Berlin"), on).code
        == code
    )


@pytest.mark.parametrize(
    ("on", "zone", "after"),
    [
        (date(2026, 3, 12), "Europe/Berlin", datetime(2026, 3, 12, 23)),
        (date(2026, 3, 29), "Europe/Berlin", datetime(2026, 3, 29, 22)),
        (date(2018, 11, 3), "America/Sao_Paulo", datetime(2018, 11, 4, 3)),
    ],
    ids=["24 hours", "23 hours", "before a skipped midnight"],
)
def test_a_day_lasts_until_the_microsecond_before_the_next(
    on: date, zone: str, after: datetime
) -> None:
    """S 2.3."""
    assert values.last_instant(on, zone) == after.replace(tzinfo=UTC) - MICROSECOND


# --------------------------------------------------------------------------------------- periods


def test_a_period_runs_from_a_first_to_a_last_instant_in_utc() -> None:
    """S 5.2."""
    period = Period(datetime(2026, 3, 12, 13, tzinfo=BERLIN), datetime(2026, 3, 13, 3, tzinfo=EAST))
    assert period.start == NOON
    assert period.end is not None
    assert period.end == NOON + timedelta(hours=1)
    assert all(moment.tzinfo is UTC for moment in (period.start, period.end))


def test_the_end_of_a_period_may_be_open() -> None:
    """S 5.2."""
    assert Period(NOON).end is None


def test_a_period_may_last_no_time_at_all() -> None:
    """S 5.2."""
    assert Period(NOON, NOON).end == NOON


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    """S 5.2."""
    error = refused(lambda end: Period(NOON, end), NOON - MICROSECOND)
    assert (error.owner, error.field, error.code) == ("Period", "end", "period.order")
    assert error.message == "the end lies before the start: correct one of them"


def test_a_changed_period_is_checked_again() -> None:
    """S 5.2."""
    with pytest.raises(InvalidValueError) as caught:
        _ = attrs.evolve(Period(NOON, NOON), start=NOON + MICROSECOND)
    assert caught.value.code == "period.order"


MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)


@pytest.mark.parametrize(
    ("days", "within"),
    [
        (DateRange(), [MONDAY, TUESDAY, WEDNESDAY]),
        (DateRange(TUESDAY), [TUESDAY, WEDNESDAY]),
        (DateRange(None, TUESDAY), [MONDAY, TUESDAY]),
        (DateRange(TUESDAY, TUESDAY), [TUESDAY]),
        (DateRange(MONDAY, WEDNESDAY), [MONDAY, TUESDAY, WEDNESDAY]),
    ],
)
def test_the_days_of_a_range_include_its_first_and_last(
    days: DateRange, within: list[date]
) -> None:
    """S 2.5."""
    assert [on for on in (MONDAY, TUESDAY, WEDNESDAY) if on in days] == within


def test_a_range_whose_last_day_comes_first_is_refused() -> None:
    error = refused(lambda last: DateRange(TUESDAY, last), MONDAY)
    assert (error.owner, error.field, error.code) == ("DateRange", "last", "period.order")
    assert error.message == "the last day lies before the first: correct one of them"


@pytest.mark.parametrize(
    ("left", "right", "is_shared"),
    [
        (DateRange(MONDAY, TUESDAY), DateRange(TUESDAY, WEDNESDAY), True),
        (DateRange(MONDAY, MONDAY), DateRange(TUESDAY, WEDNESDAY), False),
        (DateRange(None, MONDAY), DateRange(TUESDAY), False),
        (DateRange(None, TUESDAY), DateRange(TUESDAY), True),
        (DateRange(), DateRange(TUESDAY, TUESDAY), True),
        (DateRange(), DateRange(), True),
        (DateRange(MONDAY), DateRange(WEDNESDAY), True),
    ],
)
def test_two_ranges_overlap_if_they_share_a_day(
    left: DateRange, right: DateRange, *, is_shared: bool
) -> None:
    assert left.overlaps(right) is is_shared
    assert right.overlaps(left) is is_shared


# -------------------------------------------------------------------------------- as people read


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "-"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (1234567, "1,234,567"),
        (-1234567, "-1,234,567"),
        (Decimal("-1234567.8912"), "-1,234,567.8912"),
        (Decimal("0.0000000001"), "0.0000000001"),
        (Decimal("1E-22"), "0.0000000000000000000001"),
        (NOON, "2026-03-12 12:00Z"),
        (datetime(2026, 3, 12, 13, tzinfo=BERLIN), "2026-03-12 13:00+0100"),
        (date(2026, 3, 12), "2026-03-12"),
        (Absence.NOT_MEASURED, "not measured"),
        ("as {it} is", "as {it} is"),
        (frozenset({"b", "a"}), "a, b"),
        (frozenset[str](), "none"),
        (timedelta(0), "0:00:00"),
        (timedelta(hours=9, minutes=5, seconds=7), "9:05:07"),
        (timedelta(hours=1), "1:00:00"),
        (timedelta(days=2, hours=23, seconds=59), "2 d 23:00:59"),
        (timedelta(days=-1), "-1 d 0:00:00"),
        (-timedelta(hours=9, minutes=59, seconds=59, microseconds=999_999), "-9:59:59.999999"),
        (timedelta(microseconds=1), "0:00:00.000001"),
    ],
)
def test_a_value_is_shown_as_people_read_it(value: Any, written: str) -> None:
    """S 8.8."""
    assert values.show(value) == written


@pytest.mark.parametrize(
    ("ratio", "written"),
    [
        (None, "none"),
        (Decimal(1), "100.0 %"),
        (Decimal("0.9999999999999999999999999999"), "99.9 %"),
        (Decimal("0.12345"), "12.3 %"),
        (Decimal("0.12399"), "12.3 %"),
        (Decimal(0), "0.0 %"),
    ],
)
def test_only_all_of_it_is_shown_as_100_percent(ratio: Decimal | None, written: str) -> None:
    """S 9.2: a mean is truncated, so 1 means all met."""
    assert values.percent(ratio) == written


@pytest.mark.parametrize(
    ("written", "most", "cut"),
    [("abcd", 4, "abcd"), ("abcde", 4, "abc\u2026"), ("", 4, "")],
)
def test_a_long_text_is_cut_where_it_must_be_short(written: str, most: int, cut: str) -> None:
    assert values.shortened(written, most) == cut


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (NOON, "2026-03-12 17:30"),
        (datetime(2026, 3, 12, 23, tzinfo=UTC), "2026-03-13 04:30"),
        (date(2026, 3, 12), "2026-03-12"),
        (Decimal("12.5"), "12.5"),
        (None, "-"),
    ],
)
def test_an_instant_is_shown_by_the_clock_of_a_place(value: Any, written: str) -> None:
    """S 8.8."""
    assert values.show_at(value, "Asia/Kolkata") == written


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("a plain sentence", "a plain sentence"),
        (" two\nlines\tand \u2028 more \n", "two lines and more"),
        ("", ""),
        ("x" * 1_001, "x" * 999 + "\u2026"),
    ],
)
def test_a_sentence_is_one_line_of_at_most_1000_characters(written: str, line: str) -> None:
    """S 8.8."""
    assert values.one_line(written) == line


def test_a_line_is_cut_where_it_must_be_short() -> None:
    assert values.one_line("a \n bc", 3) == "a \u2026"


def test_a_text_is_short_up_to_80_characters() -> None:
    assert values.shortened("x" * 80) == "x" * 80
    assert values.shortened("x" * 81) == "x" * 79 + "\u2026"


@pytest.mark.parametrize(
    ("gap", "read"),
    [
        (timedelta(seconds=1, microseconds=1), timedelta(seconds=1)),
        (timedelta(seconds=-2, microseconds=-1), timedelta(seconds=-2)),
        (timedelta(microseconds=999_999), timedelta(microseconds=999_999)),
        (timedelta(seconds=1), timedelta(seconds=1)),
        (timedelta(0), timedelta(0)),
    ],
)
def test_a_duration_is_read_in_whole_seconds(gap: timedelta, read: timedelta) -> None:
    assert values.whole_seconds(gap) == read


class _Weird(tzinfo):
    def utcoffset(self, dt: datetime | None) -> Any:  # noqa: ARG002 -- as tzinfo has it
        return 5

    def dst(self, dt: datetime | None) -> Any:  # noqa: ARG002 -- as tzinfo has it
        return None

    def tzname(self, dt: datetime | None) -> str | None:  # noqa: ARG002 -- as tzinfo has it
        return None


class _Vague(_Weird):
    def utcoffset(self, dt: datetime | None) -> Any:  # noqa: ARG002 -- as tzinfo has it
        return None


def test_a_tzinfo_without_an_offset_leaves_a_datetime_naive() -> None:
    """S 1.3."""
    assert refused(values.instant, datetime(2026, 3, 12, tzinfo=_Vague())).code == "instant.naive"


def test_a_tzinfo_that_cannot_tell_the_time_is_refused() -> None:
    """S 4.8: whatever foreign code raises, the error is ours."""
    error = refused(values.instant, datetime(2026, 3, 12, tzinfo=_Weird()))
    assert error.code == "instant.zone"
    assert "use a zoneinfo.ZoneInfo" in error.message


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (frozenset({"b", "a", "c"}), "frozenset({'a', 'b', 'c'})"),
        (frozenset[str](), "frozenset()"),
        ((("a", frozenset({"y", "x"})),), "(('a', frozenset({'x', 'y'})),)"),
        (Decimal(5), "Decimal('5')"),
    ],
)
def test_a_set_is_written_in_one_order_in_every_process(value: object, written: str) -> None:
    """S 1.3: equal objects give equal bytes."""
    assert values.steady_repr(value) == written


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (1985, "1985"),
        (9_999, "9999"),
        (10_000, "10,000"),
        (-12_500, "-12,500"),
        (Decimal("9999.5"), "9999.5"),
        (Decimal("281500.5"), "281,500.5"),
        (Decimal("1E-7"), "0.0000001"),
    ],
)
def test_thousands_are_set_apart_from_ten_thousand_up(number: Decimal | int, read: str) -> None:
    assert values.show(number) == read
