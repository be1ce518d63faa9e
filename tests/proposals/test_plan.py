"""What a plan, its subject and its planned tasks say, and who does the work."""

import pytest

import partnervisits as pv
from partnervisits.plans import Kpi, PlannedTask, Subject, TaskStatus
from tests.builders import THURSDAY, indicator, item, task
from tests.proposals.worlds import PARTNER, expanded, plan_of, warning

# ---------------------------------------------------------------------- what a plan says


def test_the_plan_keeps_its_subject() -> None:
    """S 6.6."""
    facts = pv.Facts(visit={"reason": "audit"}, partner={"segment": "gold"})
    subject = plan_of(expanded(item(), given=pv.Given(facts=facts))).subject
    assert subject == Subject(
        visit_id="V-1",
        partner_id="acme",
        place_id="dc-9",
        timezone="Europe/Berlin",
        rep_id="rep-7",
        on=THURSDAY,
        facts=facts,
    )
    assert subject.segment == "gold"


def test_an_unscheduled_visit_has_a_subject_without_a_day() -> None:
    """S 6.6."""
    assert plan_of(expanded(item(), planned=None)).subject.on is None


def test_a_planned_task_says_all_about_the_work() -> None:
    """S 6.2."""
    made = plan_of(expanded(item(binding=pv.Binding.MUST)))
    (found,) = made.tasks
    assert found == PlannedTask(
        id="V-1/round/count",
        item_key="count",
        task_key="count",
        name="The task count",
        binding=pv.Binding.MUST,
        contexts=[PARTNER],
        assignee_id="rep-7",
        due=THURSDAY,
        trail=found.trail,
        kpis=[Kpi("V-1/round/count", PARTNER, indicator())],
        status=TaskStatus.NOT_STARTED,
    )


def test_tasks_stand_in_the_order_of_the_items() -> None:
    """S 3.2."""
    items = [item("z", task="count"), item("a", task="count", after=["z"]), item("m", task="count")]
    assert [each.item_key for each in plan_of(expanded(*items)).tasks] == ["z", "a", "m"]


@pytest.mark.parametrize(
    ("own", "expected"), [({}, ("The task count", "look")), ({"name": "N"}, ("N", "look"))]
)
def test_an_item_without_a_name_has_that_of_its_task(
    own: dict[str, str], expected: tuple[str, str]
) -> None:
    """S 2.7."""
    made = plan_of(expanded(item(**own), tasks=[task(instructions="look")]))
    assert (made.tasks[0].name, made.tasks[0].instructions) == expected


def test_the_instructions_of_an_item_win_over_those_of_its_task() -> None:
    """S 2.7."""
    made = plan_of(expanded(item(instructions="twice"), tasks=[task(instructions="look")]))
    assert made.tasks[0].instructions == "twice"


def test_a_kpi_shares_the_indicator_of_the_catalog() -> None:
    """S 2.7."""
    stock = indicator()
    made = plan_of(expanded(item("a", task="count"), item("b", task="count"), indicators=[stock]))
    assert all(kpi.indicator is stock for kpi in made.kpis)
    assert len(made.kpis) == 2


def test_a_later_edit_of_a_definition_leaves_the_plan_alone() -> None:
    """S 2.7."""
    before = expanded(item(), targets=[pv.Target("stock", pv.at_least(3))])
    after = expanded(item(), targets=[pv.Target("stock", pv.at_least(4))])
    assert [str(kpi.target) for kpi in plan_of(before).kpis] == ["at least 3"]
    assert [str(kpi.target) for kpi in plan_of(after).kpis] == ["at least 4"]


# ----------------------------------------------------------------------- who does it (S 6.4)


def test_the_primary_visitor_does_what_names_no_role() -> None:
    """S 6.4."""
    visitors = [pv.Visitor("rep-1"), pv.Visitor("rep-2", primary=True)]
    found = plan_of(expanded(item(), visitors=visitors)).task("count")
    assert (found.role, found.assignee_id) == (None, "rep-2")


def test_a_role_is_whose_the_host_says() -> None:
    """S 6.4."""
    given = pv.Given(roles={"driver": "rep-3", "cook": "rep-4"})
    proposal = expanded(item(role="driver"), given=given)
    found = plan_of(proposal).task("count")
    assert (found.role, found.assignee_id) == ("driver", "rep-3")
    assert proposal.findings == ()


def test_a_task_of_an_unknown_role_is_kept_unassigned_with_a_warning() -> None:
    """S 6.5."""
    proposal = expanded(item(role="driver"), item("b", task="count"))
    found = plan_of(proposal).task("count")
    assert (found.role, found.assignee_id) == ("driver", None)
    assert plan_of(proposal).task("b").assignee_id == "rep-7"
    message = "unassigned: name somebody for driver in Given(roles=)"
    assert proposal.findings == (warning(("items", "count"), "role.unknown", message),)


def test_nobody_asks_for_the_role_of_an_item_that_is_left_out() -> None:
    """S 6.5."""
    items = [item("a", task="count", role="driver", context_kinds=["product"]), item()]
    assert [each.code for each in expanded(*items).findings] == ["context.none"]
