import contextlib
import decimal as decimals
import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import fields, values
from partnervisits import testing as own
from partnervisits.values import DateRange, Gap, ValueType

MICROSECOND = timedelta(microseconds=1)
ZONES = ["Europe/Berlin", "America/New_York", "America/Havana", "Pacific/Chatham", "Asia/Kabul"]

# ---------------------------------------------------------------------------------- stored forms


@given(st.data())
def test_storing_a_stored_value_changes_nothing(data: st.DataObject) -> None:
    """S 1.1: and the types stay, S 1.7."""
    indicator = data.draw(own.indicators())
    value = data.draw(own.values_of(indicator))
    again = indicator.value(value)
    assert (type(again), again) == (type(value), value)
    assert values.is_stored_form(indicator.value_type, again)


ANYTHING: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.fractions(),
    st.text(max_size=10),
    st.from_regex(r"-?[0-9]{0,30}(\.[0-9]{0,12})?(e[0-9]{1,9})?", fullmatch=True),
    st.binary(max_size=3),
    st.dates(),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.timedeltas(),
    st.sampled_from(pv.Absence),
    st.lists(st.text(max_size=2) | st.integers(), max_size=3),
    st.frozensets(st.text(max_size=2) | st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.builds(object),
)


@given(st.sampled_from(ValueType), ANYTHING)
def test_anything_is_stored_or_refused_by_our_own_error(value_type: ValueType, raw: Any) -> None:
    """S 1.1: no other exception escapes."""
    with contextlib.suppress(pv.PartnerVisitsError):
        held = values.value_of(value_type, raw, ["a", "4+"])
        assert values.is_stored_form(value_type, held)


CONVERTERS: list[Callable[[Any], object]] = [
    fields.host_id,
    fields.slug,
    fields.slugs,
    fields.text,
    fields.caption,
    fields.count,
    fields.pairs_of,
    values.any_value,
    values.decimal,
    values.instant,
    values.day,
    values.duration,
    values.timezone_key,
]


@given(st.sampled_from(CONVERTERS), ANYTHING)
def test_what_a_field_cannot_hold_is_refused_by_our_own_error(
    convert: Callable[[Any], object],
    raw: Any,
) -> None:
    """S 1.3: and what it holds, it holds again unchanged."""
    try:
        held = convert(raw)
    except pv.PartnerVisitsError:
        return
    assert convert(held) == held


@given(own.texts(), own.lines())
def test_text_is_never_changed(text: str, line: str) -> None:
    """S 1.5."""
    assert fields.text(text) is text
    assert fields.host_id(line) is line


@given(st.lists(own.host_ids()), st.lists(own.host_ids()))
@example(["a/b"], ["a", "b"])
@example(["a%2Fb"], ["a/b"])
def test_two_lists_of_parts_never_make_one_id(left: list[str], right: list[str]) -> None:
    """S 6.3: injective whatever the host's ids contain."""
    _ = assume(left != right)
    assert "/".join(map(fields.escaped, left)) != "/".join(map(fields.escaped, right))


# -------------------------------------------------------------------------------------- decimals


@given(own.decimals(), st.integers(0, 20))
def test_equal_decimals_are_stored_alike(number: Decimal, zeros: int) -> None:
    """S 1.2: without trailing zeros or exponent, so that equal objects give equal bytes."""
    written = f"{number:f}"
    longer = f"{written}{'' if '.' in written else '.'}{'0' * (zeros + 1)}"
    for twin in (written, Decimal(longer), Decimal(f"{number:E}")):
        assert values.decimal(twin).as_tuple() == number.as_tuple()
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    assert -10 <= exponent <= 0
    assert number == 0 or exponent == 0 or not written.endswith("0")


@given(st.lists(own.decimals()), st.randoms(use_true_random=False))
def test_a_sum_is_exact_in_any_order(numbers: list[Decimal], random: Any) -> None:
    """S 1.4: nothing rounds."""
    shuffled = list(numbers)
    random.shuffle(shuffled)
    assert Fraction(values.total(numbers)) == sum(map(Fraction, numbers))
    assert values.total(shuffled) == values.total(numbers)


@given(own.decimals(), own.decimals())
def test_differences_products_and_shares_are_exact(left: Decimal, right: Decimal) -> None:
    """S 1.4: nothing rounds."""
    assert Fraction(values.difference(left, right)) == Fraction(left) - Fraction(right)  # type: ignore[arg-type]
    assert Fraction(values.product(left, right)) == Fraction(left) * Fraction(right)
    assert Fraction(values.share(left, right)) == Fraction(left) * Fraction(right) / 100


@given(own.decimals(), own.decimals().filter(bool))
def test_a_quotient_has_28_digits_half_even(left: Decimal, right: Decimal) -> None:
    """S 1.4."""
    with decimals.localcontext(decimals.Context(prec=28, rounding=decimals.ROUND_HALF_EVEN)):
        assert values.quotient(left, right) == left / right


@given(own.durations(), own.durations().filter(bool))
def test_a_ratio_of_durations_is_that_of_their_microseconds(
    left: timedelta, right: timedelta
) -> None:
    """S 1.4: exact Decimals, never floats."""
    ratio = Fraction(left // MICROSECOND, right // MICROSECOND)
    found = Fraction(values.quotient(left, right))
    assert abs(found - ratio) <= ratio / 10**27


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_mean_of_scores_is_truncated_so_that_one_means_all(parts: int, whole: int) -> None:
    """S 1.4: after 28 decimal places."""
    found = values.mean(Decimal(parts), Decimal(whole))
    lost = Fraction(parts, whole) - Fraction(found)
    assert 0 <= lost < Fraction(1, 10**28)
    assert (found >= 1) == (parts >= whole)


AMBIENT = st.builds(
    decimals.Context,
    prec=st.integers(1, 40),
    rounding=st.sampled_from([decimals.ROUND_UP, decimals.ROUND_FLOOR, decimals.ROUND_HALF_DOWN]),
    Emin=st.integers(-50, 0),
    Emax=st.integers(0, 50),
    clamp=st.integers(0, 1),
    traps=st.sets(
        st.sampled_from(
            [decimals.Inexact, decimals.Rounded, decimals.Subnormal, decimals.FloatOperation]
        )
    ).map(list),
)


@given(AMBIENT, own.decimals(), own.decimals().filter(bool))
def test_the_result_is_the_same_under_any_decimal_context(
    context: decimals.Context, left: Decimal, right: Decimal
) -> None:
    """S 1.4."""

    def figures() -> list[object]:
        return [
            values.decimal(f"{left:f}"),
            values.difference(left, right),
            values.quotient(left, right),
            values.product(left, right),
            values.share(left, right),
            values.total([left, right]),
            values.magnitude(left),
            values.show(left),
            left <= right,
        ]

    expected = figures()
    with decimals.localcontext(context):
        found = figures()
    assert list(map(repr, found)) == list(map(repr, expected))


# ------------------------------------------------------------------------------------------ time


@given(own.instants(), st.sampled_from(ZONES))
def test_an_instant_is_the_same_from_any_zone(moment: datetime, zone: str) -> None:
    """S 1.1: both instants of a fold included, S 4.8."""
    held = values.instant(moment.astimezone(ZoneInfo(zone)))
    assert held == moment
    assert (held.tzinfo, held.fold) == (UTC, 0)


@given(own.dates(), st.times(), st.sampled_from(ZONES), st.integers(0, 1))
@example(date(2026, 3, 29), time(2, 30), "Europe/Berlin", 0)
def test_a_local_time_is_an_instant_unless_the_clocks_skip_it(
    on: date,
    at: time,
    zone: str,
    fold: int,
) -> None:
    """S 4.8."""
    _ = assume(1900 < on.year < 2200)
    local = datetime.combine(on, at, ZoneInfo(zone)).replace(fold=fold)
    there_and_back = local.astimezone(UTC).astimezone(ZoneInfo(zone))
    if there_and_back.replace(tzinfo=None) == local.replace(tzinfo=None):
        assert values.instant(local) == local.astimezone(UTC)
        return
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = values.instant(local)
    assert caught.value.code == "instant.gap"


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.sampled_from(ZONES))
def test_a_day_is_all_from_its_first_instant_to_its_last(on: date, zone: str) -> None:
    """S 2.3: the days of S 4.8 with 23 and 25 hours included."""
    first, last = values.first_instant(on, zone), values.last_instant(on, zone)
    assert values.local_date(first, zone) == values.local_date(last, zone) == on
    assert values.local_date(first - MICROSECOND, zone) < on
    assert values.local_date(last + MICROSECOND, zone) > on


@given(own.instants(), own.instants())
def test_a_period_never_ends_before_it_starts(left: datetime, right: datetime) -> None:
    """S 5.2."""
    first, last = sorted([left, right])
    assert pv.Period(first, last) == pv.Period(start=first, end=last)
    _ = assume(first != last)
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = pv.Period(last, first)
    assert caught.value.code == "period.order"


WEEK = [date(2026, 3, 9) + timedelta(days=each) for each in range(5)]
RANGES = [
    DateRange(first, last)
    for first, last in itertools.product([None, *WEEK], repeat=2)
    if first is None or last is None or first <= last
]


@given(st.sampled_from(RANGES), st.sampled_from(RANGES))
def test_ranges_overlap_if_and_only_if_a_day_lies_in_both(
    left: DateRange, right: DateRange
) -> None:
    """S 2.5."""
    days = [WEEK[0] - timedelta(days=1), *WEEK, WEEK[-1] + timedelta(days=1)]
    assert left.overlaps(right) == any(on in left and on in right for on in days)


# -------------------------------------------------------------------------------- as people read


@given(own.decimals())
def test_a_shown_number_is_the_number(number: Decimal) -> None:
    """S 1.4: nothing rounds."""
    assert Decimal(values.show(number).replace(",", "")) == number


@given(own.durations(), st.sampled_from([-1, 1]))
def test_a_shown_duration_is_the_duration(length: timedelta, sign: int) -> None:
    gap: Gap = sign * length
    written = values.show(gap)
    negative, rest = written.startswith("-"), written.removeprefix("-")
    days, _, clock = rest.rpartition(" d ")
    hours, minutes, seconds = clock.split(":")
    read = timedelta(
        days=int(days or 0),
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(seconds[:2]),
        microseconds=int(seconds[3:] or 0),
    )
    assert (-read if negative else read) == gap
