"""The shipped builders: valid without a word, otherwise in whatever a test is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import testing
from partnervisits.errors import InvalidValueError
from partnervisits.followups import FollowUpStatus
from partnervisits.plans import Kpi, PlannedTask, Subject, TaskStatus
from partnervisits.templates import TemplateStatus
from partnervisits.testing import _changes as changes
from partnervisits.values import Absence, ValueType
from partnervisits.visits import VisitStatus

EIGHT = datetime(2026, 3, 12, 8, tzinfo=UTC)


class Built(NamedTuple):
    """A builder, what it takes, what it makes, and other objects of that kind."""

    build: Callable[..., Any]
    takes: Any
    kind: type[attrs.AttrsInstance]
    others: st.SearchStrategy[Any]


BUILT = [
    Built(testing.an_indicator, changes.IndicatorChanges, pv.Indicator, testing.indicators()),
    Built(
        testing.a_task_definition,
        changes.TaskDefinitionChanges,
        pv.TaskDefinition,
        testing.task_definitions(),
    ),
    Built(testing.a_template, changes.TemplateChanges, pv.ActionPlanTemplate, testing.templates()),
    Built(testing.a_visit, changes.VisitChanges, pv.Visit, testing.visits()),
    Built(testing.a_subject, changes.SubjectChanges, Subject, testing.subjects()),
    Built(testing.a_kpi, changes.KpiChanges, Kpi, testing.kpis()),
    Built(testing.a_planned_task, changes.PlannedTaskChanges, PlannedTask, testing.planned_tasks()),
    Built(testing.a_plan, changes.PlanChanges, pv.ActionPlan, testing.plans()),
    Built(testing.a_reading, changes.ReadingChanges, pv.Reading, testing.readings()),
    Built(testing.an_override, changes.OverrideChanges, pv.Override, testing.overrides()),
    Built(
        testing.a_follow_up_rule,
        changes.FollowUpRuleChanges,
        pv.FollowUpRule,
        testing.follow_up_rules(),
    ),
    Built(testing.a_follow_up, changes.FollowUpChanges, pv.FollowUp, testing.follow_ups()),
]


def name_of(built: Built) -> str:
    """The builder's name."""
    return built.build.__name__


EACH = pytest.mark.parametrize("built", BUILT, ids=name_of)


def fields_of(made: attrs.AttrsInstance) -> dict[str, Any]:
    """What its constructor took, by name."""
    return {each.name: getattr(made, each.name) for each in attrs.fields(type(made))}


def test_every_builder_is_proven_here() -> None:
    shipped = {each for each in testing.__all__ if each.startswith(("a_", "an_"))}
    assert shipped == {name_of(each) for each in BUILT}


# -------------------------------------------------------------------------------- without a word


@EACH
def test_a_builder_needs_nothing_and_always_makes_the_same(built: Built) -> None:
    made = built.build()
    assert type(made) is built.kind
    assert made == built.build()


def test_the_plan_is_what_the_template_gives_for_the_visit() -> None:
    catalog = pv.Catalog(indicators=[testing.an_indicator()], tasks=[testing.a_task_definition()])
    proposal = pv.expand(testing.a_template(), testing.a_visit(), catalog=catalog)
    assert proposal.accept() == testing.a_plan()
    assert testing.a_plan().tasks == (testing.a_planned_task(),)
    assert testing.a_plan().kpis == (testing.a_kpi(),)
    assert testing.a_plan().subject == testing.a_subject()


def test_the_reading_and_the_override_are_of_the_plans_kpi() -> None:
    kpi = testing.a_plan().kpi("survey", "satisfaction")
    assert pv.capture(kpi, 81, at=EIGHT, by="rep-7") == testing.a_reading()
    card = pv.compare(testing.a_plan(), [testing.a_reading()], overrides=[testing.an_override()])
    comparison = card["survey", "satisfaction"]
    assert (comparison.computed, comparison.outcome) == (pv.Outcome.NOT_MET, pv.Outcome.MET)


def test_the_follow_up_is_what_the_rule_opens_on_the_reading() -> None:
    card = pv.compare(testing.a_plan(), [testing.a_reading()])
    (opened,) = pv.follow_up(card, [testing.a_follow_up_rule()]).opened
    assert attrs.evolve(opened, because="") == testing.a_follow_up(because="")
    assert testing.a_follow_up().because


# ----------------------------------------------------------------------------- whatever it is about


@EACH
def test_a_builder_takes_every_field_of_its_class_and_nothing_else(built: Built) -> None:
    assert list(built.takes.__annotations__) == [each.name for each in attrs.fields(built.kind)]
    with pytest.raises(TypeError, match="colour"):
        _ = built.build(colour="red")


@EACH
def test_a_builder_that_is_given_every_field_makes_just_that(built: Built) -> None:
    @given(built.others)
    def proven(other: Any) -> None:
        assert built.build(**fields_of(other)) == other

    proven()


@EACH
def test_each_field_can_be_said_alone(built: Built) -> None:
    made = built.build()
    for field, value in fields_of(made).items():
        assert built.build(**{field: value}) == made


def test_what_a_field_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidValueError) as refused:
        _ = testing.a_visit(id=" ")
    assert refused.value.code == "text.blank-ends"


@pytest.mark.parametrize("value_type", ValueType)
def test_an_indicator_of_any_type_has_the_direction_that_goes_with_it(
    value_type: ValueType,
) -> None:
    """S 2.1."""
    choices = ["yes", "no"] if value_type.has_choices else []
    held = testing.an_indicator(value_type=value_type, choices=choices)
    assert (held.direction is pv.Direction.HIGHER_IS_BETTER) == value_type.is_ordered
    assert (testing.a_kpi(indicator=held).target is None) == (not value_type.is_number)


@pytest.mark.parametrize("status", VisitStatus)
def test_a_visit_of_any_status_has_what_goes_with_it(status: VisitStatus) -> None:
    """S 5.1."""
    held = testing.a_visit(status=status)
    assert held.status is status
    assert (held.planned is None) == (status is VisitStatus.UNSCHEDULED)


def test_a_visit_without_a_planned_time_is_unscheduled() -> None:
    """S 5.1."""
    assert testing.a_visit(planned=None).status is VisitStatus.UNSCHEDULED
    assert testing.a_visit(planned=None, status=VisitStatus.CANCELLED).reason


@pytest.mark.parametrize("status", FollowUpStatus)
def test_a_follow_up_of_any_status_has_what_goes_with_it(status: FollowUpStatus) -> None:
    """S 9.5."""
    held = testing.a_follow_up(status=status)
    assert held.status is status
    assert (held.proof_id is not None) == (status is FollowUpStatus.CLOSED)
    assert (held.ended_at is None) == (status is FollowUpStatus.OPEN)


@pytest.mark.parametrize("status", TemplateStatus)
def test_a_template_has_any_status(status: TemplateStatus) -> None:
    """S 3.1."""
    assert testing.a_template(status=status).status is status


def test_a_task_that_is_due_on_another_day_has_no_trail_to_the_day_of_the_visit() -> None:
    """S 4.6."""
    held = testing.a_planned_task(due=date(2026, 3, 20))
    assert (held.due, held.trail) == (date(2026, 3, 20), None)
    usual = testing.a_planned_task().trail
    assert usual is not None
    trail = attrs.evolve(usual, planned=date(2026, 3, 20))
    assert testing.a_planned_task(trail=trail).due == date(2026, 3, 20)
    assert testing.a_planned_task(trail=None).due == date(2026, 3, 12)


def test_a_task_about_several_contexts_has_a_kpi_for_each() -> None:
    """S 6.2."""
    contexts = [pv.Context("product", each) for each in ("X-100", "X-200")]
    held = testing.a_planned_task(contexts=iter(contexts), status=TaskStatus.COMPLETED)
    assert held.contexts == tuple(contexts)
    assert [kpi.context for kpi in held.kpis] == contexts


def test_the_ids_of_a_plan_follow_its_visit_and_its_key() -> None:
    """S 6.3."""
    plan = testing.a_plan(subject=testing.a_subject(visit_id="V/2"), key="yearly")
    assert plan.id == "V%2F2/yearly"
    assert [task.id for task in plan.tasks] == ["V%2F2/yearly/survey"]
    assert plan.kpis[0].id == "V%2F2/yearly/survey/partner/acme/satisfaction"


def test_the_id_of_a_reading_follows_from_what_it_says() -> None:
    """S 7.2."""
    kpi = testing.a_kpi(task_id="V-2/quarterly/survey")
    held = testing.a_reading(kpi_id=kpi.id, by="ines", value=Absence.DECLINED)
    assert held == pv.capture(kpi, Absence.DECLINED, at=EIGHT, by="ines")
    assert testing.a_reading(id="R-1", value=Decimal(9)).id == "R-1"
