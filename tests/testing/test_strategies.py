"""The shipped strategies: they fill every field, hold what adapters trip over, and shrink."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import combinations
from typing import Any, Literal, TypeVar, cast, get_args
from unicodedata import normalize

import attrs
import pytest
from hypothesis import assume, find, given, settings
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import example, testing
from partnervisits.calendars import Roll, RollStep
from partnervisits.comparison import MEASURED, Comparison, Outcome
from partnervisits.criteria import misfits
from partnervisits.fields import escaped
from partnervisits.plans import Kpi, TaskStatus
from partnervisits.readings import Reading
from partnervisits.repositories import Record
from partnervisits.targets import target_misfits
from partnervisits.templates import TemplateStatus
from partnervisits.values import ValueType
from partnervisits.visits import Priority, VisitStatus
from tests.testing.reach import ONCE, SEVERAL, Seen, classes_from, drawn

T = TypeVar("T")

STORED: dict[type, tuple[st.SearchStrategy[Any], int]] = {
    pv.Indicator: (testing.indicators(), 100),
    pv.TaskDefinition: (testing.task_definitions(), 100),
    pv.ActionPlanTemplate: (testing.templates(), 100),
    pv.Visit: (testing.visits(), 50),
    pv.ActionPlan: (testing.plans(), 50),
    pv.Reading: (testing.readings(), 50),
    pv.Override: (testing.overrides(), 20),
    pv.FollowUpRule: (testing.follow_up_rules(), 50),
    pv.FollowUp: (testing.follow_ups(), 50),
}
"""What gives the records of each kind, and how many of them are looked at in a round."""

NEVER: dict[tuple[type, str], AbstractSet[Enum]] = {
    (pv.FollowUpRule, "on"): {Outcome.MET},
    (pv.FollowUp, "on"): {Outcome.MET},
    (pv.Override, "outcome"): {*Outcome} - {Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE},
    (RollStep, "rule"): {Roll.NONE, Roll.RAISE},  # with these a date stays, or is refused
}
"""Members of an enum that a field does not take, or that nothing ever gives it."""

ROUNDS = 12

# --------------------------------------------------------------------------------- every field


def gaps_of(seen: Seen) -> list[str]:
    """What the fields of stored records promise and was not found."""
    return [gap for cls in classes_from(get_args(Record)) for gap in seen.gaps(cls, NEVER)]


def test_there_is_a_strategy_for_each_kind_of_record() -> None:
    assert STORED.keys() == set(get_args(Record))


def test_every_field_of_all_that_is_stored_takes_every_kind_of_value() -> None:
    seen = Seen()
    for number in range(ROUNDS):
        for strategy, times in STORED.values():
            for record in drawn(strategy, times, number):
                seen.add(record)
        if not gaps_of(seen):
            break
    assert gaps_of(seen) == []


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@attrs.frozen
class Paint:
    colour: Colour
    layers: tuple[int, ...] = ()
    note: str | None = None


@attrs.frozen
class Wall:
    paint: Paint | None
    height: int | str


def test_a_field_that_nothing_fills_is_found() -> None:
    assert classes_from((Wall,)) == (Paint, Wall)
    seen = Seen()
    for height in (1, 2):
        seen.add(Wall(Paint(Colour.RED, (1,)), height))
    assert seen.gaps(Wall, {}) == [
        f"Wall.paint: {ONCE}",
        "Wall.paint: no NoneType",
        "Wall.height: no str",
    ]
    assert seen.gaps(Paint, {}) == [
        f"Paint.colour: {ONCE}",
        "Paint.colour: no Colour.BLUE",
        f"Paint.layers: {ONCE}",
        f"Paint.layers: {SEVERAL}",
        f"Paint.note: {ONCE}",
        "Paint.note: no str",
    ]


def test_a_class_that_is_never_met_lacks_everything() -> None:
    seen = Seen()
    seen.add(Wall(None, 1))
    assert len(seen.gaps(Paint, {})) == 8


def test_a_field_is_filled_once_all_that_it_promises_was_found() -> None:
    seen = Seen()
    seen.add(Wall(Paint(Colour.RED), 1))
    seen.add(Wall(None, "two"))
    seen.add(Wall(Paint(Colour.BLUE, (1, 2), "matt"), 1))
    assert seen.gaps(Wall, {}) == seen.gaps(Paint, {}) == []


def test_a_member_that_a_field_never_takes_is_not_missed() -> None:
    seen = Seen()
    seen.add(Paint(Colour.RED))
    assert "Paint.colour: no Colour.BLUE" in seen.gaps(Paint, {})
    never: dict[tuple[type, str], AbstractSet[Enum]] = {(Paint, "colour"): {Colour.BLUE}}
    assert "Paint.colour: no Colour.BLUE" not in seen.gaps(Paint, never)


# ----------------------------------------------------------------------------------- every strategy


def _every() -> dict[str, st.SearchStrategy[object]]:
    """All that can be asked for without saying what of."""
    held: dict[str, st.SearchStrategy[object]] = {}
    for name in testing.__all__:
        made = getattr(testing, name)
        if not inspect.isfunction(made) or name.startswith(("a_", "an_")):
            continue
        needed = [
            each
            for each in inspect.signature(made).parameters.values()
            if each.default is inspect.Parameter.empty
        ]
        if not needed and isinstance(given_ := made(), st.SearchStrategy):
            held[name] = cast("st.SearchStrategy[object]", given_)
    return held


EVERY = _every()


@pytest.mark.parametrize("name", EVERY)
def test_a_strategy_gives_at_least_two_values_all_of_one_kind_that_hash(name: str) -> None:
    found = drawn(EVERY[name], 30)
    assert len({(type(each), each) for each in found}) > 1


def is_object(held: object) -> bool:
    """Whether it is made by a constructor of ours."""
    return attrs.has(type(held))


OF_OUR_CLASSES = [name for name in EVERY if all(map(is_object, drawn(EVERY[name], 2)))]


@pytest.mark.parametrize("name", OF_OUR_CLASSES)
def test_what_a_strategy_gives_is_taken_by_its_constructor_again(name: str) -> None:
    """S 1.3: an object that exists is valid."""
    held: Any
    for held in drawn(EVERY[name], 10):
        assert attrs.evolve(held) == held


@pytest.mark.parametrize("name", ["plans", "templates", "catalogs", "comparisons", "givens"])
def test_no_strategy_is_so_slow_or_picky_that_hypothesis_complains(name: str) -> None:
    @settings(suppress_health_check=[], deadline=None, max_examples=30, database=None)
    @given(EVERY[name])
    def take(_: object) -> None:
        pass

    take()


# ------------------------------------------------------------------------- what adapters trip over

IDS = frozenset(drawn(testing.host_ids(), 600))
SLUGS = frozenset(drawn(testing.slugs(), 600))


@pytest.mark.parametrize("mark", ["/", "%", "'", '"', "\\", " ", "\N{BICYCLE}"])
def test_ids_hold_marks_that_mean_something_elsewhere(mark: str) -> None:
    assert any(mark in each for each in IDS)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_ids_hold_accents_written_both_ways(form: Literal["NFC", "NFD"]) -> None:
    """S 1.5."""
    assert any(normalize(form, each) != each for each in IDS)


def twins(texts: Iterable[str], fold: Callable[[str], str]) -> bool:
    """Whether two of them are one and the same to somebody."""
    return any(fold(one) == fold(other) for one, other in combinations(texts, 2))


def test_ids_hold_twins_in_case_in_accents_and_in_escapes() -> None:
    """S 1.5, S 6.3: they are two ids, whatever a database thinks."""
    assert twins(IDS, str.casefold)
    assert twins(IDS, lambda each: normalize("NFC", each))
    assert twins(IDS, lambda each: each.replace("%2F", "/"))
    assert twins(SLUGS, str.casefold)


def test_ids_are_as_long_as_they_may_be() -> None:
    """S 1.3, S 6.3."""
    assert max(map(len, IDS)) == 255
    assert max(map(len, SLUGS)) == 64
    assert max(map(len, drawn(testing.library_ids(), 200))) == 4096
    descriptions = [each.description for each in drawn(testing.indicators(), 400)]
    assert max(map(len, descriptions)) == 4000


def test_numbers_have_28_digits_and_times_microseconds() -> None:
    """S 1.3."""
    assert max(len(each.as_tuple().digits) for each in drawn(testing.decimals(), 200)) == 28
    figures = [each.figure for each in drawn(testing.bases(), 200)]
    assert any(each != round(each, 10) for each in figures)
    assert any(each.microsecond for each in drawn(testing.instants(), 200))


def test_days_and_instants_reach_the_first_and_the_last_of_all() -> None:
    """S 1.3."""
    days = drawn(testing.dates(), 200)
    assert (min(days), max(days)) == (date(1900, 1, 1), date(2200, 12, 31))
    assert {each.year for each in drawn(testing.instants(), 200)} >= {1900, 2200}
    visited = {each.on.year for each in drawn(testing.visits(), 400) if each.on}
    assert visited >= {1900, 2200}


def test_a_name_is_never_longer_than_asked_for() -> None:
    assert max(map(len, drawn(testing.lines(8), 200))) <= 8
    lengths = [len(each) for each in drawn(testing.texts(3, 40), 200)]
    assert (min(lengths), max(lengths)) == (3, 40)


# ------------------------------------------------------------------------------ what fits together


def of_type(value_type: ValueType) -> st.SearchStrategy[pv.Indicator]:
    """Indicators of one type."""
    return testing.indicators(value_type)


@pytest.mark.parametrize("value_type", ValueType)
def test_an_indicator_has_the_type_that_was_asked_for(value_type: ValueType) -> None:
    assert {each.value_type for each in drawn(of_type(value_type), 20)} == {value_type}


@given(st.data())
def test_the_values_of_an_indicator_can_be_captured(data: st.DataObject) -> None:
    """S 7.2."""
    kpi = data.draw(testing.kpis())
    value = data.draw(testing.values_of(kpi.indicator))
    assert pv.capture(kpi, value, at=example.visit().planned.start, by="ines").value == value  # type: ignore[union-attr]


@pytest.mark.parametrize("value_type", ValueType)
def test_values_lie_within_limits_of_every_kind(value_type: ValueType) -> None:
    held = of_type(value_type).filter(lambda each: each.limits is not None)
    kinds: set[type] = set()
    pairs = held.flatmap(lambda each: st.tuples(st.just(each), testing.values_of(each)))
    for indicator, value in drawn(pairs, 200):
        assert indicator.limits is not None
        assert indicator.limits.is_met(value)
        kinds.add(type(indicator.limits))
    assert len(kinds) == EXPECTED_KINDS[value_type]


EXPECTED_KINDS = {
    ValueType.BOOLEAN: 1,
    ValueType.NUMBER: 7,
    ValueType.DECIMAL: 5,
    ValueType.PERCENTAGE: 5,
    ValueType.DATETIME: 5,
    ValueType.TEXT: 3,
    ValueType.CHOICE: 3,
    ValueType.MULTI_CHOICE: 4,
}


@given(st.data())
def test_criteria_and_targets_for_an_indicator_fit_it(data: st.DataObject) -> None:
    """S 2.2, S 2.5."""
    indicator = data.draw(testing.indicators())
    criterion = data.draw(testing.criteria_for(indicator))
    assert misfits(criterion, indicator.value_type, indicator.choice_keys) == ()
    assert target_misfits(data.draw(testing.targets_for(indicator)), indicator) == ()
    resolved = data.draw(testing.resolved_targets(indicator))
    assert Kpi("T", pv.Context("partner", "acme"), indicator, resolved).target is resolved


@given(st.data())
def test_a_kpi_measures_the_indicator_that_was_asked_for(data: st.DataObject) -> None:
    indicator = data.draw(testing.indicators())
    assert data.draw(testing.kpis(indicator)).indicator is indicator


@given(st.data())
def test_a_reading_of_a_kpi_holds_what_its_indicator_takes(data: st.DataObject) -> None:
    kpi = data.draw(testing.kpis())
    reading: Reading = data.draw(testing.readings_of(kpi))
    assert reading.kpi_id == kpi.id
    assert isinstance(reading.value, pv.Absence) or kpi.indicator.holds(reading.value)


@given(testing.plans())
def test_the_ids_of_a_plan_are_made_of_its_parts(plan: pv.ActionPlan) -> None:
    """S 6.3."""
    for task in (*plan.tasks, *(each.task for each in plan.removed)):
        own = "" if task.own_context is None else f"/{task.own_context.path}"
        assert task.id == f"{plan.id}/{escaped(task.item_key)}{own}"
        for kpi in task.kpis:
            assert kpi.id.startswith(f"{task.id}/")
            assert kpi.context in task.contexts


@given(testing.comparisons())
def test_a_comparison_says_why_it_has_its_outcome(comparison: Comparison) -> None:
    """S 8.8."""
    assert bool(comparison.cause) == (comparison.computed not in MEASURED)
    assert comparison.explain().sentence


@given(testing.catalogs(), testing.givens())
def test_whatever_is_given_an_expansion_makes_a_proposal(
    catalog: pv.Catalog, given_: pv.Given
) -> None:
    """S 6.1: the world may be imperfect."""
    for template in catalog.templates:
        _ = assume(template.items)
        published = attrs.evolve(template, status=TemplateStatus.PUBLISHED)
        proposal = pv.expand(published, example.visit(), catalog=catalog, given=given_)
        assert proposal.plan is not None or proposal.is_blocked


# --------------------------------------------------------------------------------------- shrinking


def simplest(strategy: st.SearchStrategy[T], wanted: Callable[[T], bool]) -> T:
    """The simplest one that is as wanted."""
    return find(strategy, wanted, settings=settings(max_examples=500, database=None))


def test_the_simplest_records_are_plain() -> None:
    assert simplest(testing.visits(), lambda _: True) == pv.Visit(
        id="V-1",
        partner_id="V-1",
        visitors=[pv.Visitor("V-1")],
        place=pv.Place("V-1", kind="4+", timezone="UTC"),
        priority=Priority.LOW,
    )
    plan = simplest(testing.plans(), lambda _: True)
    assert (len(plan.tasks), plan.left_out, plan.removed, plan.kpis) == (1, (), (), ())
    assert plan.tasks[0].trail is None


@pytest.mark.parametrize("status", VisitStatus)
def test_visits_of_every_status_are_found(status: VisitStatus) -> None:
    held = simplest(testing.visits(), lambda each: each.status is status)
    assert (held.window, held.contacts, held.earlier_planned) == (None, (), ())


@pytest.mark.parametrize("status", TaskStatus)
def test_tasks_of_every_status_are_found(status: TaskStatus) -> None:
    held = simplest(testing.planned_tasks(), lambda each: each.status is status)
    assert (held.kpis, held.edits, held.trail) == ((), (), None)


def test_where_less_is_better_a_bare_number_is_a_target_too() -> None:
    late = pv.Indicator(
        "late",
        "Late",
        value_type=pv.ValueType.NUMBER,
        direction=pv.Direction.LOWER_IS_BETTER,
    )
    target = find(testing.targets_for(late), lambda each: type(each.expected) is Decimal)
    assert target.indicator == "late"
