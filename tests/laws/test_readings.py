"""Which reading counts does not depend on the order in which readings come (S 7.4)."""

from datetime import datetime, timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import testing as strategies
from partnervisits.plans import Kpi
from partnervisits.readings import Flag, Reading, current
from tests import builders
from tests.builders import NINE

KPIS = [attrs.evolve(builders.kpi(), task_id=f"V-{n}/round/count") for n in (1, 2)]


def spans() -> st.SearchStrategy[timedelta]:
    """Lengths of time that end before the year 2200."""
    return strategies.durations().filter(lambda span: span < timedelta(days=36_500))


@st.composite
def histories(draw: st.DrawFn) -> list[Reading]:
    """Captures and corrections of two KPIs, many at the same instants; no id stands twice."""
    hours = st.integers(0, 3).map(lambda count: timedelta(hours=count))
    held: list[Reading] = []
    for n in range(draw(st.integers(0, 8))):
        by, value, gap = draw(st.sampled_from("ab")), draw(st.integers(0, 9)), draw(hours)
        if draw(st.booleans()) and held:
            wrong = draw(st.sampled_from(held))
            kpi = next(each for each in KPIS if each.id == wrong.kpi_id)
            at = wrong.recorded_at + gap + timedelta(hours=1)
            held.append(pv.correct(wrong, kpi, value, at=at, by=by, id=f"R-{n}"))
        else:
            at = NINE + draw(hours)
            kpi = draw(st.sampled_from(KPIS))
            held.append(pv.capture(kpi, value, at=at, by=by, recorded_at=at + gap, id=f"R-{n}"))
    return held


@st.composite
def shuffled_histories(draw: st.DrawFn) -> tuple[list[Reading], list[Reading]]:
    """A history, and the same in another order, some readings twice."""
    held = draw(histories())
    twice = draw(st.lists(st.sampled_from(held), max_size=3)) if held else []
    return held, draw(st.permutations([*held, *twice]))


@given(shuffled_histories())
def test_the_order_of_readings_does_not_matter(pair: tuple[list[Reading], list[Reading]]) -> None:
    """S 7.4."""
    held, shuffled = pair
    assert current(held) == current(shuffled)


@given(histories())
def test_the_reading_that_counts_is_the_last_one_not_superseded(held: list[Reading]) -> None:
    """S 7.4."""
    superseded = {each.supersedes for each in held}
    for kpi in KPIS:
        left = [each for each in held if each.kpi_id == kpi.id and each.id not in superseded]
        left.sort(key=lambda each: (each.at, each.recorded_at, each.id))
        assert current(held).get(kpi.id) == (left[-1] if left else None)


@given(histories())
def test_whoever_was_read_once_has_a_reading_that_counts(held: list[Reading]) -> None:
    """S 7.4: corrections never leave a KPI without a reading."""
    assert current(held).keys() == {each.kpi_id for each in held}


@given(histories(), strategies.instants(), strategies.instants())
def test_what_was_known_earlier_was_known_later(
    held: list[Reading], one: datetime, other: datetime
) -> None:
    """S 7.2."""
    earlier, later = sorted([one, other])
    assert pv.as_known_at(pv.as_known_at(held, later), earlier) == pv.as_known_at(held, earlier)
    assert set(pv.as_known_at(held, earlier)) <= set(pv.as_known_at(held, later))


@given(st.data())
def test_what_is_captured_is_held_in_the_stored_form_and_taken_again(data: st.DataObject) -> None:
    """S 7.2."""
    indicator = data.draw(strategies.indicators())
    kpi = Kpi("V-1/round/count", pv.Context("partner", "acme"), indicator)
    value = data.draw(strategies.values_of(indicator))
    once = pv.capture(kpi, value, at=NINE, by="rep-7")
    assert (once.value, type(once.value)) == (value, type(value))
    assert pv.capture(kpi, once.value, at=NINE, by="rep-7") == once


@given(spans(), spans())
def test_late_means_longer_than_what_is_settled(after: timedelta, late_after: timedelta) -> None:
    """S 7.2."""
    held = pv.capture(
        KPIS[0], 1, at=NINE, by="rep-7", recorded_at=NINE + after, late_after=late_after
    )
    assert (Flag.LATE in held.flags) == (after > late_after)


@given(strategies.host_ids(), strategies.host_ids())
def test_captures_of_different_people_are_different_facts(one: str, other: str) -> None:
    """S 6.3."""
    first, second = (pv.capture(KPIS[0], 1, at=NINE, by=who) for who in (one, other))
    assert (first.id == second.id) == (one == other)
