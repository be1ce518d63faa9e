"""A plan that people work with, and a new version of its template (S 6.9)."""

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.catalog import Catalog
from partnervisits.errors import InvalidValueError, ProposalError, TransitionError
from partnervisits.plans import Edit, Origin
from partnervisits.proposals import Change, Conflict, ItemOverride, Reconciliation, Side
from partnervisits.templates import Spread
from tests import builders
from tests.builders import ELEVEN, NINE, THURSDAY, indicator, item, visit
from tests.proposals.worlds import PRODUCT_A, capturing

FRIDAY = date(2026, 3, 13)
MONDAY = date(2026, 3, 16)
TUESDAY = date(2026, 3, 17)
LATER = visit().reschedule(pv.Period(NINE + timedelta(days=4), ELEVEN + timedelta(days=4)))
"""The Monday after."""

COUNT, PITCH = item(), item("pitch")
TASKS = [builders.task("count"), builders.task("pitch"), builders.task("call")]
CATALOG = builders.catalog(tasks=TASKS)


def versions(
    before: list[pv.TemplateItem], after: list[pv.TemplateItem]
) -> tuple[pv.ActionPlanTemplate, pv.ActionPlanTemplate]:
    """Two versions of a template; the first is no longer to be expanded."""
    old = builders.template(*before)
    new = attrs.evolve(old.new_draft(), items=after).publish()
    return old, new


def planned(
    template: pv.ActionPlanTemplate,
    given: pv.Given | None = None,
    *,
    catalog: Catalog = CATALOG,
) -> pv.ActionPlan:
    return pv.expand(template, visit(), catalog=catalog, given=given).accept()


def upgraded(
    plan: pv.ActionPlan,
    both: tuple[pv.ActionPlanTemplate, pv.ActionPlanTemplate],
    where: pv.Visit | None = None,
    *,
    catalog: Catalog = CATALOG,
    **settings: Any,
) -> Reconciliation:
    """What the second version means for a plan of the first, which is withdrawn by now."""
    old, new = both
    return pv.upgrade(plan, old.withdraw(), new, where or visit(), catalog=catalog, **settings)


def changes(found: Reconciliation) -> list[tuple[str, str]]:
    return [(each.id, each.field) for each in found.changed]


# --------------------------------------------------------------------- what nobody worked with


def test_a_plan_that_nobody_worked_with_becomes_the_plan_of_the_new_version() -> None:
    """S 6.9: new items come, dropped ones go, the others follow."""
    both = versions([COUNT, PITCH], [item("call"), item(due=pv.days(1), instructions="Twice")])
    plan = planned(both[0])
    found = upgraded(plan, both)
    assert [task.item_key for task in found.added] == ["call"]
    assert found.orphaned == (plan.task("pitch"),)
    assert changes(found) == [
        ("V-1/round", "version"),
        ("V-1/round/count", "instructions"),
        ("V-1/round/count", "due"),
        ("V-1/round/count", "trail"),
    ]
    assert found.accept() == planned(both[1])


def test_an_upgrade_to_an_equal_version_changes_only_the_version() -> None:
    """S 6.9: whatever people did to the plan."""
    both = versions([COUNT, PITCH, item("call")], [COUNT, PITCH, item("call")])
    plan = planned(both[0]).edit("count", due=MONDAY, assignee_id="karl")
    plan = plan.remove("pitch", "they know the bike").complete("call", at=NINE)
    found = upgraded(plan, both)
    assert found.changed == (Change("V-1/round", "version", 1, 2),)
    assert found.kept == plan.tasks
    assert found.accept() == attrs.evolve(plan, version=2)


def test_versions_between_can_be_skipped() -> None:
    """S 6.9."""
    old, new = versions([COUNT], [COUNT])
    third = attrs.evolve(new.new_draft(), items=[PITCH]).publish()
    assert upgraded(planned(old), (old, third)).accept() == planned(third)


def test_a_draft_or_a_withdrawn_version_is_nothing_to_upgrade_to() -> None:
    """S 3.1, S 6.9."""
    old, new = versions([COUNT], [COUNT])
    for other in (new.new_draft(), new.withdraw()):
        with pytest.raises(TransitionError):
            _ = upgraded(planned(old), (old, other))


# ----------------------------------------------------------------------------------- three ways


def test_a_local_edit_stays_where_the_new_version_says_the_same_as_the_old() -> None:
    """S 6.9."""
    both = versions([COUNT], [item(instructions="Twice")])
    plan = planned(both[0]).edit("count", due=MONDAY)
    found = upgraded(plan, both)
    task = found.accept().task("count")
    assert found.conflicting == ()
    assert (task.due, task.instructions) == (MONDAY, "Twice")
    assert task.edits == (Edit("due", THURSDAY),)


def test_what_both_changed_is_a_conflict_with_base_ours_and_theirs() -> None:
    """S 6.9: the plan's value stays until the host settles it."""
    both = versions([COUNT], [item(due=pv.days(1))])
    found = upgraded(planned(both[0]).edit("count", due=MONDAY), both)
    assert found.conflicting == (
        Conflict("V-1/round/count", "due", base=THURSDAY, ours=MONDAY, theirs=FRIDAY),
    )
    assert found.accept().task("count").due == MONDAY
    again = pv.expand(both[1], visit(), catalog=CATALOG)
    assert pv.reconcile(found.accept(), again).conflicting == found.conflicting


@pytest.mark.parametrize(
    ("side", "due", "edits"),
    [(Side.OURS, MONDAY, (Edit("due", FRIDAY),)), (Side.THEIRS, FRIDAY, ())],
)
def test_a_settled_conflict_is_not_asked_again(
    side: Side, due: date, edits: tuple[Edit, ...]
) -> None:
    """S 6.9."""
    both = versions([COUNT], [item(due=pv.days(1))])
    found = upgraded(planned(both[0]).edit("count", due=MONDAY), both)
    plan = found.settle(found.conflicting[0], side).accept()
    assert (plan.task("count").due, plan.task("count").edits) == (due, edits)
    assert pv.reconcile(plan, pv.expand(both[1], visit(), catalog=CATALOG)).is_empty


def test_two_who_came_to_the_same_value_agree() -> None:
    """S 6.9."""
    both = versions([COUNT], [item(due=pv.days(1))])
    found = upgraded(planned(both[0]).edit("count", due=FRIDAY), both)
    assert found.conflicting == ()
    assert found.accept().task("count").due == planned(both[1]).task("count").due == FRIDAY
    assert found.accept().task("count").edits == (Edit("due", THURSDAY),)


def test_the_base_is_what_the_field_was_when_it_was_edited() -> None:
    """S 6.9: a visit that was moved meanwhile is asked about too, now and until it is settled."""
    both = versions([COUNT], [item(instructions="Twice")])
    plan = planned(both[0]).edit("count", due=TUESDAY)
    found = upgraded(plan, both, LATER)
    (conflict,) = found.conflicting
    assert (conflict.base, conflict.ours, conflict.theirs) == (THURSDAY, TUESDAY, MONDAY)
    again = pv.expand(both[1], LATER, catalog=CATALOG)
    assert pv.reconcile(found.accept(), again).conflicting == (conflict,)
    assert pv.reconcile(found.settle(conflict, Side.OURS).accept(), again).is_empty


def test_an_upgraded_plan_reconciled_with_the_same_expansion_has_nothing_new() -> None:
    """S 6.8, S 6.9: a local edit that stays is one of what the new version gives."""
    both = versions([COUNT], [item(instructions="Twice")])
    plan = upgraded(planned(both[0]).edit("count", due=TUESDAY), both).accept()
    assert pv.reconcile(plan, pv.expand(both[1], visit(), catalog=CATALOG)).is_empty
    assert plan.edit("count", due=THURSDAY).task("count").edits == ()


def test_an_old_version_that_no_longer_expands_leaves_the_bases_that_edits_kept() -> None:
    """S 6.9: the catalog no longer knows what it asked for."""
    both = versions([COUNT, PITCH], [item(due=pv.days(1))])
    plan = planned(both[0]).edit("count", due=MONDAY)
    now = builders.catalog(tasks=TASKS[:1])
    (conflict,) = upgraded(plan, both, catalog=now).conflicting
    assert (conflict.base, conflict.ours, conflict.theirs) == (THURSDAY, MONDAY, FRIDAY)


def test_a_task_that_the_old_version_no_longer_gives_has_the_base_that_its_edit_kept() -> None:
    """S 6.9: it is asked for by the new version only, since the product is gone."""
    about_products = item(context_kinds=["product"])
    both = versions([PITCH, about_products], [PITCH, item(due=pv.days(1))])
    plan = planned(both[0], pv.Given(contexts=[PRODUCT_A])).edit("count", due=MONDAY)
    (conflict,) = upgraded(plan, both).conflicting
    assert (conflict.base, conflict.ours, conflict.theirs) == (THURSDAY, MONDAY, FRIDAY)


# ------------------------------------------------------------------------------- work and readings


def test_done_work_never_changes() -> None:
    """S 6.9."""
    both = versions(
        [COUNT, PITCH, item("call")], [item(due=pv.days(1)), item("call", instructions="Ask")]
    )
    plan = planned(both[0])
    plan = plan.complete("count", at=NINE).complete("pitch", at=NINE).start("call", at=NINE)
    found = upgraded(plan, both)
    accepted = found.accept()
    assert accepted.task("count") == plan.task("count")
    assert accepted.task("call") == plan.task("call")
    assert accepted.task("pitch") == attrs.evolve(plan.task("pitch"), orphaned=True)
    assert found.orphaned == (plan.task("pitch"),)
    assert changes(found) == [("V-1/round", "version")]


def test_a_captured_kpi_keeps_its_snapshot() -> None:
    """S 2.7, S 6.9."""
    catalog = builders.catalog(
        indicators=[indicator(), indicator("share")], tasks=[capturing("stock", "share")]
    )
    both = versions(
        [item(targets=[pv.Target("stock", 5)])],
        [item(indicators=["share"], targets=[pv.Target("share", 7)])],
    )
    plan = planned(both[0], catalog=catalog)
    stock = plan.kpi("count", "stock")
    accepted = upgraded(plan, both, catalog=catalog, captured=[stock.id]).accept()
    assert accepted.kpi("count", "stock") == stock
    assert str(accepted.kpi("count", "share").target) == "at least 7"
    uncaptured = upgraded(plan, both, catalog=catalog).accept()
    assert [kpi.indicator.key for kpi in uncaptured.kpis] == ["share"]


def test_what_was_removed_stays_away_when_versions_drop_it_and_ask_for_it_again() -> None:
    """S 6.9, S 7.5."""
    old, new = versions([COUNT, PITCH], [COUNT])
    third = attrs.evolve(new.new_draft(), items=[COUNT, PITCH]).publish()
    plan = planned(old).remove("pitch", "they know the bike")
    plan = upgraded(plan, (old, new)).accept()
    found = upgraded(plan, (new, third))
    assert found.added == ()
    assert found.accept().version == 3
    assert [gone.reason for gone in found.accept().removed] == ["they know the bike"]


def test_one_task_for_all_products_becomes_one_each() -> None:
    """S 6.2, S 6.9: they are other tasks, so what was done before stays marked beside them."""
    together = item(context_kinds=["product"])
    both = versions([together], [attrs.evolve(together, spread=Spread.ONE_EACH)])
    given = pv.Given(contexts=[PRODUCT_A])
    plan = planned(both[0], given).complete("count", at=NINE)
    accepted = upgraded(plan, both, given=given).accept()
    assert [(task.id, task.orphaned) for task in accepted.tasks] == [
        ("V-1/round/count/product/A", False),
        ("V-1/round/count", True),
    ]


# ---------------------------------------------------------------------------- what the host gives


def test_what_the_host_overrides_holds_for_both_versions() -> None:
    """S 6.7, S 6.9: so it is no difference between them."""
    both = versions([COUNT], [item(due=pv.days(4))])
    given = pv.Given(override={"count": ItemOverride(due=pv.days(1))})
    plan = planned(both[0], given).edit("count", due=TUESDAY)
    found = upgraded(plan, both, given=given)
    assert found.conflicting == ()
    assert found.accept().task("count").edits == (Edit("due", FRIDAY),)


def test_what_the_host_excludes_and_adds_holds_for_both_versions() -> None:
    """S 6.7, S 6.9."""
    both = versions([COUNT, PITCH], [COUNT, PITCH])
    given = pv.Given(exclude=["pitch"], add=[item("call", due=pv.days(1))])
    plan = planned(both[0], given).edit("call", due=TUESDAY)
    found = upgraded(plan, both, given=given)
    assert changes(found) == [("V-1/round", "version")]
    assert [task.item_key for task in found.accept().tasks] == ["count", "call"]
    assert found.accept().task("call").origin is Origin.ADDED


def test_an_override_that_is_given_now_conflicts_with_an_edit() -> None:
    """S 6.9: the host wants two dates."""
    both = versions([COUNT], [COUNT])
    plan = planned(both[0]).edit("count", due=TUESDAY)
    given = pv.Given(override={"count": ItemOverride(due=pv.days(1))})
    found = upgraded(plan, both, given=given)
    (conflict,) = found.conflicting
    assert (conflict.base, conflict.ours, conflict.theirs) == (THURSDAY, TUESDAY, FRIDAY)
    assert found.accept().task("count").due == TUESDAY


# --------------------------------------------------------------------------------- what is refused


def test_the_visit_and_both_templates_are_those_of_the_plan() -> None:
    """S 6.9."""
    old, new = versions([COUNT], [COUNT])
    plan = planned(old)
    other = builders.template(COUNT, key="other")
    others: list[tuple[pv.ActionPlanTemplate, pv.ActionPlanTemplate, pv.Visit]] = [
        (old, new, visit(id="V-2")),
        (other, new, visit()),
        (old, other.new_draft().publish(), visit()),
    ]
    for before, after, where in others:
        with pytest.raises(InvalidValueError) as refused:
            _ = upgraded(plan, (before, after), where)
        assert refused.value.code == "reconcile.other-plan"


def test_the_versions_are_that_of_the_plan_and_a_later_one() -> None:
    """S 6.9."""
    old, new = versions([COUNT], [COUNT])
    third = new.new_draft().publish()
    plain = pv.expand([COUNT], visit(), catalog=CATALOG, key="round").accept()
    wrong = [
        (planned(old), (new, third)),
        (planned(new), (new, new)),
        (planned(third), (third, new)),
    ]
    with pytest.raises(InvalidValueError, match="the plan is of plain items: use reconcile"):
        _ = upgraded(plain, (old, new))
    for plan, both in wrong:
        with pytest.raises(InvalidValueError) as refused:
            _ = upgraded(plan, both)
        assert refused.value.code == "upgrade.versions"
        message = f"the plan is of version {plan.version}: pass that version and a later one"
        assert str(refused.value) == message


@pytest.mark.parametrize("wrong", ["plan", "old", "new", "visit", "catalog", "given"])
def test_each_argument_is_of_its_type(wrong: str) -> None:
    """S 6.9: a list of items is no version."""
    old, new = versions([COUNT], [COUNT])
    held: dict[str, Any] = {"plan": planned(old), "old": old, "new": new, "visit": visit()}
    held |= {"catalog": CATALOG, "given": pv.Given(), wrong: [COUNT]}
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.upgrade(**held)
    assert refused.value.code == "type.wrong"


def test_what_is_captured_is_told_by_ids() -> None:
    """S 6.9."""
    both = versions([COUNT], [COUNT])
    with pytest.raises(InvalidValueError) as refused:
        _ = upgraded(planned(both[0]), both, captured="V-1/round/count")
    assert refused.value.code == "sequence.type"


def test_a_new_version_that_does_not_fit_the_catalog_is_not_accepted() -> None:
    """S 6.9: the plan stays as it is."""
    both = versions([COUNT], [item("survey"), item("demo")])
    plan = planned(both[0])
    found = upgraded(plan, both)
    assert (found.plan, found.kept) == (plan, plan.tasks)
    with pytest.raises(ProposalError) as refused:
        _ = found.accept()
    assert [(each.path[1], each.code) for each in refused.value.findings] == [
        ("demo", "task.unknown"),
        ("survey", "task.unknown"),
    ]
