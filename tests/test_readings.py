"""Readings: what was captured, what was corrected, and which of them counts."""

import pickle
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

import partnervisits as pv
from partnervisits.criteria import Criterion
from partnervisits.errors import InvalidValueError
from partnervisits.plans import Kpi
from partnervisits.readings import Flag, Reading, current
from partnervisits.values import Value, is_stored_form, show
from tests import builders
from tests.builders import ELEVEN, NINE, THURSDAY

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(hours=24)
CHOOSABLE = (pv.ValueType.CHOICE, pv.ValueType.MULTI_CHOICE)


class Sly(str):
    """A text that is not exactly a str."""

    __slots__ = ()


def kpi_of(value_type: pv.ValueType) -> Kpi:
    choices = ["ours", "4+"] if value_type in CHOOSABLE else ()
    return builders.kpi(builders.indicator(value_type=value_type, choices=choices))


def bounded(*, limits: Criterion | None = None, plausible: Criterion | None = None) -> Kpi:
    return builders.kpi(builders.indicator(limits=limits, plausible=plausible))


KPI = builders.kpi()


def capture(value: object = 81, kpi: Kpi = KPI) -> Reading:
    return pv.capture(kpi, value, at=NINE, by="rep-7")


def correct(reading: Reading, value: object = 79, at: datetime = ELEVEN) -> Reading:
    return pv.correct(reading, KPI, value, at=at, by="rep-7")


# ------------------------------------------------------------------------------------ capturing


def test_a_capture_says_what_when_and_who() -> None:
    """S 7.2."""
    held = pv.capture(KPI, 81, at=NINE, by="rep-7", recorded_at=ELEVEN, note="in the rain")
    assert held == Reading(
        id=held.id,
        kpi_id="V-1/round/count/partner/acme/stock",
        value=81,
        at=NINE,
        recorded_at=ELEVEN,
        by="rep-7",
        note="in the rain",
        flags=[],
        supersedes=None,
    )


def test_what_is_captured_is_recorded_at_once_unless_it_says_otherwise() -> None:
    """S 7.2."""
    assert capture().recorded_at == NINE


def test_nothing_is_recorded_before_it_is_so() -> None:
    """S 7.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.capture(KPI, 1, at=NINE, by="rep-7", recorded_at=NINE - MICROSECOND)
    assert (refused.value.code, refused.value.field) == ("reading.recorded", "recorded_at")


def test_capturing_needs_no_status() -> None:
    """S 7.2."""
    plan = builders.plan().complete("count", at=NINE)
    late = pv.capture(plan.kpi("count", "stock"), 5, at=ELEVEN, by="rep-8")
    assert late.kpi_id == plan.kpis[0].id


def test_a_reading_is_never_changed() -> None:
    """S 7.2."""
    held = capture()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        held.value = 82  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


# ---------------------------------------------------------------------------------- what is a value


@pytest.mark.parametrize(
    ("value_type", "given", "held"),
    [
        (pv.ValueType.BOOLEAN, False, False),
        (pv.ValueType.NUMBER, 0, 0),
        (pv.ValueType.DECIMAL, "12.50", Decimal("12.5")),
        (pv.ValueType.DECIMAL, 3, Decimal(3)),
        (pv.ValueType.PERCENTAGE, Decimal("-0.0"), Decimal(0)),
        (
            pv.ValueType.DATETIME,
            datetime(2026, 3, 12, 9, tzinfo=timezone(timedelta(hours=1))),
            NINE,
        ),
        (
            pv.ValueType.DATETIME,
            datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        ),
        (pv.ValueType.TEXT, " as it is \n", " as it is \n"),
        (pv.ValueType.TEXT, "{x.__class__}", "{x.__class__}"),
        (pv.ValueType.CHOICE, "4+", "4+"),
        (pv.ValueType.MULTI_CHOICE, ["ours", "4+"], frozenset({"4+", "ours"})),
        (pv.ValueType.MULTI_CHOICE, [], frozenset[str]()),
    ],
)
def test_a_value_is_held_in_the_stored_form_of_its_type(
    value_type: pv.ValueType, given: object, held: Value
) -> None:
    """S 1.1."""
    reading = capture(given, kpi_of(value_type))
    assert reading.value == held
    assert show(reading.value) == show(held)
    assert is_stored_form(value_type, reading.value)


@pytest.mark.parametrize(
    ("value_type", "given", "code"),
    [
        (pv.ValueType.BOOLEAN, 1, "boolean.type"),
        (pv.ValueType.BOOLEAN, "true", "boolean.type"),
        (pv.ValueType.BOOLEAN, None, "boolean.type"),
        (pv.ValueType.NUMBER, True, "number.type"),
        (pv.ValueType.NUMBER, "81", "number.type"),
        (pv.ValueType.NUMBER, 81.0, "number.type"),
        (pv.ValueType.NUMBER, Decimal(81), "number.type"),
        (pv.ValueType.NUMBER, None, "number.type"),
        (pv.ValueType.NUMBER, 10**18, "decimal.range"),
        (pv.ValueType.NUMBER, -(10**18), "decimal.range"),
        pytest.param(pv.ValueType.NUMBER, 10**5000, "decimal.range", id="5001 digits"),
        (pv.ValueType.DECIMAL, 0.5, "decimal.float"),
        (pv.ValueType.DECIMAL, float("nan"), "decimal.float"),
        (pv.ValueType.DECIMAL, True, "decimal.type"),
        (pv.ValueType.DECIMAL, None, "decimal.type"),
        (pv.ValueType.DECIMAL, Decimal("NaN"), "decimal.range"),
        (pv.ValueType.DECIMAL, Decimal("sNaN"), "decimal.range"),
        (pv.ValueType.DECIMAL, Decimal("-Infinity"), "decimal.range"),
        (pv.ValueType.DECIMAL, Decimal("1e9999999"), "decimal.range"),
        (pv.ValueType.DECIMAL, Decimal("1e-11"), "decimal.range"),
        (pv.ValueType.DECIMAL, "1e999999999", "decimal.text"),
        (pv.ValueType.DECIMAL, "1,5", "decimal.text"),
        (pv.ValueType.DECIMAL, "1_000", "decimal.text"),
        (pv.ValueType.DECIMAL, " 1 ", "decimal.text"),
        (pv.ValueType.DECIMAL, "\u0661\u0662", "decimal.text"),
        (pv.ValueType.DECIMAL, "\uff11", "decimal.text"),
        (pv.ValueType.DECIMAL, "", "decimal.text"),
        (pv.ValueType.DECIMAL, Sly("1"), "decimal.type"),
        (pv.ValueType.PERCENTAGE, 0.85, "decimal.float"),
        (pv.ValueType.PERCENTAGE, "85%", "decimal.text"),
        (pv.ValueType.DATETIME, NINE.replace(tzinfo=None), "instant.naive"),
        (pv.ValueType.DATETIME, THURSDAY, "instant.type"),
        (pv.ValueType.DATETIME, "2026-03-12T08:00:00Z", "instant.type"),
        (pv.ValueType.DATETIME, "now", "instant.type"),
        (pv.ValueType.DATETIME, 1_773_302_400, "instant.type"),
        (pv.ValueType.DATETIME, datetime(1, 1, 1, tzinfo=UTC), "instant.range"),
        (
            pv.ValueType.DATETIME,
            datetime.max.replace(tzinfo=timezone(-timedelta(hours=23))),
            "instant.range",
        ),
        (
            pv.ValueType.DATETIME,
            datetime(2026, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")),
            "instant.gap",
        ),
        (pv.ValueType.TEXT, "", "value.empty-text"),
        (pv.ValueType.TEXT, None, "text.type"),
        (pv.ValueType.TEXT, 7, "text.type"),
        (pv.ValueType.TEXT, b"bytes", "text.type"),
        (pv.ValueType.TEXT, Sly("text"), "text.type"),
        (pv.ValueType.TEXT, "x" * 4001, "text.long"),
        (pv.ValueType.TEXT, "a\r\nb", "text.carriage-return"),
        (pv.ValueType.TEXT, "a\0b", "text.control"),
        (pv.ValueType.TEXT, "a\x1bb", "text.control"),
        (pv.ValueType.TEXT, "a\u202eb", "text.control"),
        (pv.ValueType.TEXT, "a\ud800b", "text.control"),
        (pv.ValueType.CHOICE, "OURS", "value.choice"),
        (pv.ValueType.CHOICE, "", "value.choice"),
        (pv.ValueType.CHOICE, None, "value.choice"),
        (pv.ValueType.CHOICE, ["ours"], "value.choice"),
        (pv.ValueType.CHOICE, Sly("ours"), "value.choice"),
        (pv.ValueType.MULTI_CHOICE, ["ours", "mine"], "value.choice"),
        (pv.ValueType.MULTI_CHOICE, [["ours"]], "value.choice"),
        (pv.ValueType.MULTI_CHOICE, [None], "value.choice"),
        (pv.ValueType.MULTI_CHOICE, "ours", "sequence.type"),
        (pv.ValueType.MULTI_CHOICE, {"ours": True}, "sequence.type"),
        (pv.ValueType.MULTI_CHOICE, None, "sequence.type"),
    ],
)
def test_a_value_that_does_not_fit_its_type_is_refused(
    value_type: pv.ValueType, given: object, code: str
) -> None:
    """S 7.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = capture(given, kpi_of(value_type))
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "Reading",
        "value",
    )


def test_a_refused_value_says_what_to_pass() -> None:
    """S 1.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = capture(0.5, kpi_of(pv.ValueType.DECIMAL))
    assert str(refused.value) == (
        'Reading.value: a float is never exact: pass Decimal("0.1") or "0.1"'
        " (KPI V-1/round/count/partner/acme/stock)"
    )


@pytest.mark.parametrize("absence", pv.Absence)
@pytest.mark.parametrize("value_type", pv.ValueType)
def test_an_absence_stands_for_a_value_of_any_type(
    value_type: pv.ValueType, absence: pv.Absence
) -> None:
    """S 1.6."""
    assert capture(absence, kpi_of(value_type)).value is absence


def test_the_word_of_an_absence_is_no_absence() -> None:
    """S 1.6."""
    assert capture("declined", kpi_of(pv.ValueType.TEXT)).value == "declined"
    with pytest.raises(InvalidValueError):
        _ = capture("declined")


# -------------------------------------------------------------------------------- limits and flags


@pytest.mark.parametrize("value", [0, 10])
def test_a_value_on_a_limit_is_taken(value: int) -> None:
    """S 2.1."""
    held = capture(value, bounded(limits=pv.between(0, 10)))
    assert (held.value, held.flags) == (value, ())


@pytest.mark.parametrize("value", [-1, 11])
def test_a_value_outside_the_limits_is_refused(value: int) -> None:
    """S 2.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = capture(value, bounded(limits=pv.between(0, 10)))
    assert refused.value.code == "reading.limits"
    assert str(refused.value).startswith(f"Reading.value: {value} is outside the limits: ")


@pytest.mark.parametrize(
    ("value", "flags"),
    [(0, ()), (10, ()), (-1, (Flag.IMPLAUSIBLE,)), (11, (Flag.IMPLAUSIBLE,))],
)
def test_an_implausible_value_is_taken_and_flagged(value: int, flags: tuple[Flag, ...]) -> None:
    """S 7.2."""
    assert capture(value, bounded(plausible=pv.between(0, 10))).flags == flags


def test_limits_come_before_what_is_plausible() -> None:
    """S 2.1."""
    kpi = bounded(limits=pv.between(0, 10), plausible=pv.at_most(5))
    assert capture(6, kpi).flags == (Flag.IMPLAUSIBLE,)
    with pytest.raises(InvalidValueError):
        _ = capture(11, kpi)


def test_an_absence_is_within_any_limits() -> None:
    """S 1.6."""
    kpi = bounded(limits=pv.at_least(5), plausible=pv.at_least(6))
    assert capture(pv.Absence.UNKNOWN, kpi).flags == ()


@pytest.mark.parametrize(
    ("after", "flags"),
    [
        (timedelta(0), ()),
        (DAY, ()),
        (DAY + MICROSECOND, (Flag.LATE,)),
        (timedelta(days=400), (Flag.LATE,)),
    ],
)
def test_what_is_recorded_more_than_a_day_later_is_late(
    after: timedelta, flags: tuple[Flag, ...]
) -> None:
    """S 7.2."""
    held = pv.capture(KPI, 1, at=NINE, by="rep-7", recorded_at=NINE + after)
    assert held.flags == flags


@pytest.mark.parametrize(
    ("after", "flags"), [(timedelta(hours=1), ()), (timedelta(hours=1) + MICROSECOND, (Flag.LATE,))]
)
def test_a_host_says_from_when_on_a_recording_is_late(
    after: timedelta, flags: tuple[Flag, ...]
) -> None:
    """S 7.2."""
    hour = timedelta(hours=1)
    held = pv.capture(KPI, 1, at=NINE, by="rep-7", recorded_at=NINE + after, late_after=hour)
    assert held.flags == flags


@pytest.mark.parametrize("late_after", [3600, None, "24h"])
def test_when_a_recording_is_late_is_a_duration(late_after: timedelta) -> None:
    """S 7.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.capture(KPI, 1, at=NINE, by="rep-7", late_after=late_after)
    assert refused.value.code == "duration.type"


def test_a_day_is_24_hours_even_where_the_clocks_change() -> None:
    """S 7.2."""
    berlin = ZoneInfo("Europe/Berlin")
    before, after = (datetime(2026, 10, day, 12, tzinfo=berlin) for day in (24, 25))
    held = pv.capture(KPI, 1, at=before, by="rep-7", recorded_at=after)
    assert held.flags == (Flag.LATE,)


def test_a_reading_can_be_implausible_and_late() -> None:
    """S 7.2."""
    kpi = bounded(plausible=pv.at_most(5))
    held = pv.capture(kpi, 6, at=NINE, by="rep-7", recorded_at=NINE + 2 * DAY)
    assert held.flags == (Flag.IMPLAUSIBLE, Flag.LATE)


# ------------------------------------------------------------------------------------------- ids


def test_the_default_id_names_kpi_instants_and_who() -> None:
    """S 7.2."""
    held = pv.capture(KPI, 1, at=NINE, by="rep/7", recorded_at=ELEVEN)
    assert held.id == (
        "V-1/round/count/partner/acme/stock"
        "/2026-03-12T08:00:00+00:00/2026-03-12T10:00:00+00:00/rep%2F7"
    )


def test_the_same_capture_twice_is_one_fact() -> None:
    """S 7.2."""
    berlin = pv.capture(KPI, 81, at=NINE.astimezone(ZoneInfo("Europe/Berlin")), by="rep-7")
    assert berlin == capture()


@pytest.mark.parametrize(
    "other",
    [
        pv.capture(attrs.evolve(KPI, task_id="V-2/round/count"), 81, at=NINE, by="rep-7"),
        pv.capture(KPI, 81, at=NINE + MICROSECOND, by="rep-7"),
        pv.capture(KPI, 81, at=NINE, recorded_at=NINE + MICROSECOND, by="rep-7"),
        pv.capture(KPI, 81, at=NINE, by="rep-8"),
    ],
)
def test_another_kpi_instant_or_rep_is_another_fact(other: Reading) -> None:
    """S 7.2."""
    assert other.id != capture().id


def test_a_host_may_name_a_reading_itself() -> None:
    """S 7.2."""
    held = pv.capture(KPI, 81, at=NINE, by="rep-7", id="R-1")
    assert held.id == "R-1"
    assert pv.correct(held, KPI, 79, at=ELEVEN, by="rep-7", id="R-2").id == "R-2"


@pytest.mark.parametrize(("id_", "code"), [("", "text.empty"), (0, "text.type")])
def test_an_empty_id_is_not_taken_for_none(id_: str, code: str) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.capture(KPI, 81, at=NINE, by="rep-7", id=id_)
    assert refused.value.code == code
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.correct(capture(), KPI, 79, at=ELEVEN, by="rep-7", id=id_)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("at", NINE.replace(tzinfo=None), "instant.naive"),
        ("at", THURSDAY, "instant.type"),
        ("at", None, "instant.type"),
        ("recorded_at", "now", "instant.type"),
        ("by", "", "text.empty"),
        ("by", None, "text.type"),
        ("by", "x" * 256, "text.long"),
        ("note", None, "text.type"),
        ("note", "x" * 4001, "text.long"),
    ],
)
def test_a_capture_refuses_what_it_cannot_hold_and_says_where(
    field: str, value: object, code: str
) -> None:
    """S 1.3."""
    settings: dict[str, Any] = {"at": NINE, "by": "rep-7"}
    settings[field] = value
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.capture(KPI, 1, **settings)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "Reading",
        field,
    )


# ------------------------------------------------------------------------------------- correcting


def test_a_correction_supersedes_and_keeps_the_effective_instant() -> None:
    """S 7.2."""
    wrong = capture(81)
    right = pv.correct(wrong, KPI, 79, at=ELEVEN, by="rep-8", note="misread")
    assert right == Reading(
        id=pv.capture(KPI, 79, at=NINE, recorded_at=ELEVEN, by="rep-8").id,
        kpi_id=KPI.id,
        value=79,
        at=NINE,
        recorded_at=ELEVEN,
        by="rep-8",
        note="misread",
        supersedes=wrong.id,
    )


def test_a_correction_is_never_late() -> None:
    """S 7.2."""
    wrong = pv.capture(KPI, 1, at=NINE, by="rep-7", recorded_at=NINE + 2 * DAY)
    assert wrong.flags == (Flag.LATE,)
    assert correct(wrong, at=NINE + 400 * DAY).flags == ()


def test_a_correction_can_be_implausible() -> None:
    """S 7.2."""
    kpi = bounded(plausible=pv.at_most(5))
    held = pv.correct(capture(3, kpi), kpi, 6, at=ELEVEN, by="rep-7")
    assert held.flags == (Flag.IMPLAUSIBLE,)


def test_a_correction_is_checked_like_a_capture() -> None:
    """S 7.2."""
    kpi = bounded(limits=pv.at_most(5))
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.correct(capture(3, kpi), kpi, 6, at=ELEVEN, by="rep-7")
    assert refused.value.code == "reading.limits"


def test_a_value_can_be_corrected_to_an_absence() -> None:
    """S 7.2."""
    assert correct(capture(), pv.Absence.DECLINED).value is pv.Absence.DECLINED


@pytest.mark.parametrize("at", [ELEVEN, ELEVEN - MICROSECOND])
def test_a_correction_is_recorded_after_what_it_corrects(at: datetime) -> None:
    """S 7.2."""
    wrong = pv.capture(KPI, 81, at=NINE, recorded_at=ELEVEN, by="rep-7")
    with pytest.raises(InvalidValueError) as refused:
        _ = correct(wrong, at=at)
    assert refused.value.code == "reading.correction"
    assert str(refused.value) == (
        "Reading.recorded_at: correct it after 2026-03-12 10:00Z, when it was recorded"
    )
    assert correct(wrong, at=ELEVEN + MICROSECOND).recorded_at == ELEVEN + MICROSECOND


def test_a_reading_is_corrected_with_its_own_kpi() -> None:
    """S 7.2."""
    other = attrs.evolve(KPI, task_id="V-2/round/count")
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.correct(capture(), other, 79, at=ELEVEN, by="rep-7")
    assert refused.value.code == "reading.other-kpi"
    assert str(refused.value) == f"this reading is of {KPI.id}: pass that KPI"


def test_a_correction_has_an_id_of_its_own() -> None:
    """S 7.2."""
    wrong = pv.capture(KPI, 81, at=NINE, by="rep-7", id="R-1")
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.correct(wrong, KPI, 79, at=ELEVEN, by="rep-7", id="R-1")
    assert (refused.value.code, refused.value.field) == ("reading.correction", "id")


def test_the_instant_of_a_correction_says_where_it_is_wrong() -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = correct(capture(), at=ELEVEN.replace(tzinfo=None))
    assert (refused.value.code, refused.value.field) == ("instant.naive", "recorded_at")


# ------------------------------------------------------------------------- the view of another day

WRONG = capture(81)
BETTER = correct(WRONG, 80, NINE + DAY)
RIGHT = correct(BETTER, 79, NINE + 2 * DAY)


@pytest.mark.parametrize(
    ("moment", "known"),
    [
        (NINE - MICROSECOND, ()),
        (NINE, (WRONG,)),
        (NINE + DAY - MICROSECOND, (WRONG,)),
        (NINE + DAY, (BETTER, WRONG)),
        (NINE + 2 * DAY, (RIGHT, BETTER, WRONG)),
    ],
)
def test_what_was_known_at_an_instant_includes_what_was_recorded_then(
    moment: datetime, known: tuple[Reading, ...]
) -> None:
    """S 7.2."""
    assert pv.as_known_at(iter([RIGHT, BETTER, WRONG]), moment) == known


def test_late_entries_were_not_known_when_they_were_so() -> None:
    """S 7.2."""
    late = pv.capture(KPI, 1, at=NINE, by="rep-7", recorded_at=ELEVEN)
    assert pv.as_known_at([late], NINE) == ()


def test_the_past_counts_as_it_was_known() -> None:
    """S 7.4."""
    everything = [RIGHT, BETTER, WRONG]
    assert current(pv.as_known_at(everything, NINE + DAY)) == {KPI.id: BETTER}


def test_the_instant_of_a_view_is_an_instant() -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.as_known_at([WRONG], THURSDAY)  # type: ignore[arg-type]
    assert refused.value.code == "instant.type"


@pytest.mark.parametrize("readings", [None, WRONG, {WRONG.id: WRONG}, "R-1"])
def test_readings_come_as_several(readings: Iterable[Reading]) -> None:
    """S 7.4."""
    with pytest.raises(InvalidValueError) as refused:
        _ = current(readings)
    assert refused.value.code == "sequence.type"
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.as_known_at(readings, NINE)
    assert refused.value.code == "sequence.type"


# ----------------------------------------------------------------------------------- what counts


def counting(*readings: Reading) -> set[Reading]:
    """What counts for the KPI, in any order of the input."""
    return {current(each)[KPI.id] for each in permutations(readings)}


def test_of_a_chain_of_corrections_the_last_counts() -> None:
    """S 7.4."""
    assert counting(WRONG, BETTER, RIGHT) == {RIGHT}


def test_of_several_captures_the_last_effective_one_counts() -> None:
    """S 7.4."""
    early = pv.capture(KPI, 1, at=NINE, by="rep-7", recorded_at=NINE + 3 * DAY)
    late = pv.capture(KPI, 2, at=ELEVEN, by="rep-7")
    assert counting(early, late) == {late}


def test_a_correction_does_not_outlive_a_later_capture() -> None:
    """S 7.4."""
    later = pv.capture(KPI, 5, at=ELEVEN, by="rep-7")
    assert counting(WRONG, RIGHT, BETTER, later) == {later}


def test_a_tie_is_decided_by_the_recorded_instant() -> None:
    """S 7.4."""
    first = pv.capture(KPI, 1, at=NINE, recorded_at=NINE, by="rep-9")
    second = pv.capture(KPI, 2, at=NINE, recorded_at=ELEVEN, by="rep-1")
    assert counting(first, second) == {second}


def test_a_tie_of_recorded_instants_is_decided_by_the_id() -> None:
    """S 7.4."""
    first = pv.capture(KPI, 2, at=NINE, by="rep-7", id="R-1")
    second = pv.capture(KPI, 1, at=NINE, by="rep-7", id="R-2")
    assert counting(first, second) == {second}


def test_of_two_corrections_of_one_reading_the_later_counts() -> None:
    """S 7.4."""
    one, other = correct(WRONG, 1, ELEVEN), correct(WRONG, 2, ELEVEN + MICROSECOND)
    assert counting(WRONG, one, other) == {other}


def test_a_superseded_reading_does_not_count_while_its_correction_is_not_the_last() -> None:
    """S 7.4."""
    last = pv.capture(KPI, 5, at=ELEVEN, by="rep-7")
    withdrawn = pv.correct(last, KPI, pv.Absence.NOT_MEASURED, at=NINE + DAY, by="rep-7")
    assert counting(WRONG, last, withdrawn) == {withdrawn}


def test_a_superseded_reading_does_not_count_even_if_it_was_effective_later() -> None:
    """S 7.4."""
    loaded = attrs.evolve(RIGHT, at=NINE - DAY, supersedes=WRONG.id)
    assert counting(WRONG, loaded) == {loaded}


def test_a_reading_is_superseded_by_one_of_its_own_kpi_only() -> None:
    """S 7.4."""
    other = attrs.evolve(RIGHT, kpi_id="V-2/round/count/partner/acme/stock", supersedes=WRONG.id)
    assert counting(WRONG, other) == {WRONG}


def test_an_absence_counts_like_any_reading() -> None:
    """S 7.4."""
    absent = pv.capture(KPI, pv.Absence.DECLINED, at=ELEVEN, by="rep-7")
    assert counting(WRONG, absent) == {absent}


def test_each_kpi_has_a_reading_of_its_own_that_counts() -> None:
    """S 7.4."""
    other = attrs.evolve(KPI, task_id="V-2/round/count")
    held = pv.capture(other, 7, at=NINE, by="rep-7")
    assert current([WRONG, held]) == {KPI.id: WRONG, other.id: held}
    assert current([]) == {}


# ------------------------------------------------------------------------------- as a record


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "", "text.empty"),
        ("id", "x" * 4097, "text.long"),
        ("kpi_id", None, "text.type"),
        ("value", None, "value.type"),
        ("value", 0.5, "decimal.float"),
        ("value", date(2026, 3, 12), "value.type"),
        ("value", ["ours"], "value.type"),
        ("value", Decimal("NaN"), "decimal.range"),
        ("at", THURSDAY, "instant.type"),
        ("recorded_at", None, "instant.type"),
        ("recorded_at", NINE - MICROSECOND, "reading.recorded"),
        ("by", "", "text.empty"),
        ("note", None, "text.type"),
        ("flags", [Flag.LATE, "late"], "sequence.entry"),
        ("flags", Flag.LATE, "sequence.type"),
        ("supersedes", "", "text.empty"),
    ],
)
def test_a_reading_refuses_what_it_cannot_hold(field: str, value: object, code: str) -> None:
    """S 1.3."""
    changes: dict[str, Any] = {field: value}
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(WRONG, **changes)
    assert (refused.value.code, refused.value.owner, refused.value.field) == (
        code,
        "Reading",
        field,
    )


def test_flags_stand_once_and_in_one_order() -> None:
    """S 7.2."""
    held = attrs.evolve(WRONG, flags=[Flag.LATE, Flag.IMPLAUSIBLE, Flag.LATE])
    assert held.flags == (Flag.IMPLAUSIBLE, Flag.LATE)


def test_a_reading_can_be_sent_compared_and_hashed() -> None:
    copy = pickle.loads(pickle.dumps(RIGHT))  # noqa: S301 -- our own bytes
    assert copy == RIGHT
    assert hash(copy) == hash(RIGHT)


def test_a_reading_of_true_is_not_a_reading_of_one() -> None:
    """S 1.7."""
    assert attrs.evolve(WRONG, value=True) != attrs.evolve(WRONG, value=1)


def test_two_values_under_one_id_count_alike_in_any_order() -> None:
    """S 7.4: a store refuses the second; whoever has both gets the same one every time."""
    kpi = kpi_of(pv.ValueType.NUMBER)
    one, other = capture(1, kpi), capture(2, kpi)
    assert one.id == other.id
    assert current([one, other]) == current([other, one]) == {kpi.id: other}


def test_readings_that_supersede_each_other_in_a_ring_are_not_lost() -> None:
    """S 7.4: a correction is recorded after what it corrects, else it supersedes nothing."""
    kpi = kpi_of(pv.ValueType.NUMBER)
    one = attrs.evolve(capture(1, kpi), id="1", supersedes="2")
    other = attrs.evolve(capture(2, kpi), id="2", supersedes="1")
    assert current([one, other]) == {kpi.id: other}
