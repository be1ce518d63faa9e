"""What goes into an expansion, what is refused, and what comes out of it."""

from typing import Any

import pytest

import partnervisits as pv
from partnervisits import proposals
from partnervisits.calendars import WorkCalendar
from partnervisits.errors import InvalidValueError, ProposalError, TransitionError
from partnervisits.templates import TemplateStatus
from tests import builders
from tests.builders import (
    catalog,
    indicator,
    item,
    plan,
    task,
    template,
    visit,
)
from tests.proposals.worlds import PARTNER, error, expanded, plan_of, warning

CALENDAR = WorkCalendar()
ANYTHING: Any = "V-1"
SCOPED = pv.Target("stock", 3, scope=pv.Scope(segment="gold"))

# ------------------------------------------------------------------- what expands (S 3.1)


@pytest.mark.parametrize(
    ("made", "state", "allowed"),
    [
        (pv.ActionPlanTemplate("round", "R", items=[item()]), "DRAFT", ("publish", "withdraw")),
        (template().withdraw(), "OBSOLETE", ()),
        (template().new_draft(), "DRAFT", ("publish", "withdraw")),
    ],
)
def test_only_a_published_template_expands(
    made: pv.ActionPlanTemplate, state: str, allowed: tuple[str, ...]
) -> None:
    """S 3.1."""
    with pytest.raises(TransitionError) as refused:
        _ = pv.expand(made, visit(), catalog=catalog())
    assert refused.value.code == "transition.illegal"
    assert (refused.value.subject, refused.value.state) == (f"template {made.id}", state)
    assert (refused.value.verb, refused.value.allowed) == ("expand", allowed)


def test_a_plan_of_a_template_names_its_key_and_version() -> None:
    """S 3.1."""
    second = template().new_draft().publish()
    made = plan_of(pv.expand(second, visit(), catalog=catalog()))
    assert second.status is TemplateStatus.PUBLISHED
    assert (made.key, made.version) == ("round", 2)


def test_plain_items_make_a_plan_without_a_template() -> None:
    """S 3.1."""
    items = (item(key) for key in ("count",))
    made = plan_of(pv.expand(items, visit(), catalog=catalog(), key="extra"))
    assert (made.id, made.key, made.version) == ("V-1/extra", "extra", None)
    assert [each.item_key for each in made.tasks] == ["count"]


@pytest.mark.parametrize(
    ("what", "key", "message"),
    [
        ([item()], None, "^pass key= to name the plan of plain items$"),
        (template(), "extra", "^leave out key=: the template names the plan$"),
    ],
)
def test_a_plan_has_exactly_one_key(
    what: list[pv.TemplateItem] | pv.ActionPlanTemplate, key: str | None, message: str
) -> None:
    """S 3.1."""
    with pytest.raises(InvalidValueError, match=message) as refused:
        _ = pv.expand(what, visit(), catalog=catalog(), key=key)
    assert refused.value.code == "expand.key"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"template": [item()], "key": "no key"}, "key.slug"),
        ({"template": [ANYTHING], "key": "extra"}, "sequence.entry"),
        ({"template": "items", "key": "extra"}, "sequence.type"),
        ({"template": None, "key": "extra"}, "sequence.type"),
        ({"visit": "V-1"}, "type.wrong"),
        ({"visit": None}, "type.wrong"),
        ({"given": 0}, "type.wrong"),
        ({"given": {}}, "type.wrong"),
        ({"catalog": None}, "type.wrong"),
        ({"catalog": [indicator()]}, "type.wrong"),
    ],
)
def test_an_argument_of_the_wrong_type_is_refused(arguments: dict[str, Any], code: str) -> None:
    settings: dict[str, Any] = {"template": template(), "visit": visit(), "catalog": catalog()}
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.expand(**(settings | arguments))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("items", "path", "code"),
    [
        ([item("a", task="count")] * 2, ("items", "a"), "item.duplicate"),
        ([item(after=["b"])], ("items", "count", "after"), "item.unknown-prerequisite"),
        (
            [item("a", task="count", after=["b"]), item("b", task="count", after=["a"])],
            ("items", "a"),
            "item.cycle",
        ),
        ([item()] * 10_001, ("items",), "template.size"),
        ([item("a", task="lunch")], ("items", "a", "task"), "task.unknown"),
        (
            [item(targets=[pv.Target("share", 3)])],
            ("items", "count", "targets", "share"),
            "target.stray",
        ),
        (
            [item(targets=[pv.Target("stock", 3), pv.Target("stock", 4)])],
            ("items", "count", "targets", "stock"),
            "target.tie",
        ),
        (
            [item(targets=[pv.Target("stock", pv.contains(["a"]))])],
            ("items", "count", "targets", "stock"),
            "criterion.type",
        ),
    ],
)
def test_items_that_do_not_fit_make_no_plan(
    items: list[pv.TemplateItem], path: tuple[str, ...], code: str
) -> None:
    """S 6.5."""
    proposal = pv.expand(items, visit(), catalog=catalog(), key="extra")
    assert proposal.plan is None
    assert [(each.path, each.code) for each in proposal.findings] == [(path, code)]
    assert proposal.is_blocked


def test_all_that_does_not_fit_is_found_at_once() -> None:
    """S 6.5."""
    items = [item("a", task="lunch"), item("b", task="dinner")]
    proposal = pv.expand(items, visit(), catalog=catalog(), key="extra")
    assert [each.path for each in proposal.findings] == [
        ("items", "a", "task"),
        ("items", "b", "task"),
    ]


def test_a_published_template_is_held_against_the_catalog_it_is_given() -> None:
    """S 6.5."""
    others = catalog(tasks=[task("lunch")])
    proposal = pv.expand(template(), visit(), catalog=others)
    assert [(each.path, each.code) for each in proposal.findings] == [
        (("items", "count", "task"), "task.unknown")
    ]


def test_nothing_to_expand_is_an_error_and_no_empty_plan() -> None:
    """S 6.5."""
    proposal = pv.expand([], visit(), catalog=catalog(), key="extra")
    message = "no item applies, so there is nothing to plan: none is there"
    assert proposal == pv.Proposal(
        visit_id="V-1", plan=None, findings=[error((), "plan.empty", message)]
    )


# -------------------------------------------------------------------- what is given (S 6.1)


def test_nothing_has_to_be_given() -> None:
    """S 6.1."""
    assert expanded(item()) == expanded(item(), given=pv.Given())
    assert pv.Given() == pv.Given(
        calendar=WorkCalendar(), rep_calendars={}, contexts=[], roles={}, targets=[]
    )


def test_mappings_are_held_as_sorted_pairs() -> None:
    """S 6.1."""
    given = pv.Given(
        rep_calendars={"rep-9": CALENDAR, "rep-1": CALENDAR}, roles={"b": "rep-1", "a": "rep-9"}
    )
    assert given.rep_calendars == (("rep-1", CALENDAR), ("rep-9", CALENDAR))
    assert given.roles == (("a", "rep-9"), ("b", "rep-1"))


def test_pairs_serve_where_a_mapping_does() -> None:
    """S 6.1."""
    pairs: Any = iter([("b", "rep-1"), ("a", "rep-9")])
    assert pv.Given(roles=pairs) == pv.Given(roles={"a": "rep-9", "b": "rep-1"})


def test_contexts_stay_in_the_order_of_the_host() -> None:
    """S 6.2."""
    contexts = [pv.Context("product", "B"), pv.Context("product", "A")]
    assert pv.Given(contexts=contexts).contexts == tuple(contexts)


class NotCallable:
    is_working = True


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"calendar": "Mo-Fr"}, "calendar.type", "calendar"),
        ({"calendar": WorkCalendar}, "calendar.type", "calendar"),
        ({"calendar": NotCallable()}, "calendar.type", "calendar"),
        ({"calendar": None}, "calendar.type", "calendar"),
        ({"rep_calendars": {"rep-7": None}}, "calendar.type", "rep_calendars"),
        ({"rep_calendars": {"": CALENDAR}}, "text.empty", "rep_calendars"),
        ({"rep_calendars": [("rep-7",)]}, "sequence.entry", "rep_calendars"),
        ({"rep_calendars": [("r", CALENDAR)] * 2}, "sequence.duplicate", "rep_calendars"),
        ({"rep_calendars": "rep-7"}, "sequence.type", "rep_calendars"),
        ({"roles": {"no role": "rep-7"}}, "key.slug", "roles"),
        ({"roles": {"driver": 7}}, "text.type", "roles"),
        ({"roles": [("driver", "a"), ("driver", "b")]}, "sequence.duplicate", "roles"),
        ({"roles": [("driver", "a", "b")]}, "sequence.entry", "roles"),
        ({"roles": ["driver"]}, "sequence.entry", "roles"),
        ({"contexts": [PARTNER, PARTNER]}, "sequence.duplicate", "contexts"),
        ({"contexts": [("product", "A")]}, "sequence.entry", "contexts"),
        ({"facts": {"segment": "gold"}}, "type.wrong", "facts"),
        ({"targets": [pv.Target("stock", 3)]}, "target.scope", "targets"),
        ({"targets": [SCOPED, pv.Target("stock", 3)]}, "target.scope", "targets"),
        ({"targets": SCOPED}, "sequence.type", "targets"),
    ],
)
def test_a_wrong_given_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    """S 6.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Given(**changes)
    assert refused.value.code == code
    assert (refused.value.owner, refused.value.field) == ("Given", field)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"calendar": "Mo"}, "calendar: pass an object with is_working(date), not 'Mo'"),
        (
            {"rep_calendars": [("r", CALENDAR), ("r", CALENDAR)]},
            "rep_calendars: rep 'r' stands twice",
        ),
        ({"roles": [("driver", "a"), ("driver", "a")]}, "roles: role 'driver' stands twice"),
        (
            {"targets": [pv.Target("stock", 3)]},
            "targets: say for whom it holds: Target(..., scope=Scope(partner=...))",
        ),
    ],
)
def test_a_refusal_says_what_to_do(changes: dict[str, Any], message: str) -> None:
    """S 6.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Given(**changes)
    assert str(refused.value) == f"Given.{message}"


# ------------------------------------------------------------------ what comes out (S 6.1)


def test_the_findings_of_a_proposal_are_sorted_and_kept_once() -> None:
    """S 6.1."""
    first, second = warning(("a",), "x.y", "m"), warning(("b",), "x.y", "m")
    proposal = pv.Proposal(visit_id="V-1", plan=plan(), findings=[second, first, second])
    assert proposal.findings == (first, second)


@pytest.mark.parametrize("findings", [[], [warning((), "x.y", "m")]])
def test_a_proposal_without_a_plan_says_why(findings: list[pv.Finding]) -> None:
    """S 6.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Proposal(visit_id="V-1", plan=None, findings=findings)
    assert refused.value.code == "proposal.unexplained"
    assert refused.value.message == "say in a finding why there is no plan"
    assert (refused.value.owner, refused.value.field) == ("Proposal", "plan")


def test_what_is_no_plan_is_refused() -> None:
    """S 6.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Proposal(visit_id="V-1", plan=ANYTHING)
    assert refused.value.code == "type.wrong"


def test_warnings_travel_and_do_not_block() -> None:
    """S 6.1."""
    proposal = pv.Proposal(visit_id="V-1", plan=plan(), findings=[warning((), "x.y", "m")])
    assert not proposal.is_blocked
    assert proposal.accept() is proposal.plan


def test_a_blocked_proposal_is_not_accepted_and_lists_every_error() -> None:
    """S 6.1."""
    one, other = error(("a",), "x.y", "one"), error(("b",), "x.y", "other")
    known = warning(("a",), "x.y", "known")
    proposal = pv.Proposal(visit_id="V-1", plan=plan(), findings=[other, known, one])
    assert proposal.is_blocked
    with pytest.raises(ProposalError) as refused:
        _ = proposal.accept()
    assert refused.value.findings == (one, other)


def test_a_proposal_without_a_plan_is_not_accepted() -> None:
    """S 6.1."""
    why = error((), "plan.empty", "no item applies: there is nothing to plan")
    with pytest.raises(ProposalError) as refused:
        _ = pv.Proposal(visit_id="V-1", plan=None, findings=[why]).accept()
    assert refused.value.findings == (why,)


def test_a_proposal_prints_its_plan_and_its_findings() -> None:
    proposal = expanded(item(role="driver"))
    message = "unassigned: name somebody for driver in Given(roles=)"
    assert str(proposal) == (f"{proposal.plan}\nwarning: items.count: {message} [role.unknown]")


def test_a_proposal_without_a_plan_prints_what_is_wrong() -> None:
    proposal = pv.expand([], visit(), catalog=catalog(), key="extra")
    message = "no item applies, so there is nothing to plan: none is there"
    assert str(proposal) == f"no plan\nerror: {message} [plan.empty]"


def test_the_room_shows_what_it_holds() -> None:
    assert dir(proposals) == [
        "Change",
        "Conflict",
        "Given",
        "ItemOverride",
        "Proposal",
        "Reconciliation",
        "Side",
        "SimulatedTask",
        "expand",
        "expand_each",
        "reconcile",
        "simulate",
        "upgrade",
    ]


def test_everything_that_blocks_is_said_at_once() -> None:
    """S 6.1: unknown prerequisites and unknown tasks; no context and an unfit target."""
    items = [pv.TemplateItem("a", task="zz", after=["b"])]
    proposal = pv.expand(items, builders.visit(), catalog=builders.catalog(), key="k")
    assert {each.code for each in proposal.findings} == {
        "item.unknown-prerequisite",
        "task.unknown",
    }
    given = pv.Given(targets=[pv.Target("zz", 1, scope=pv.Scope(segment="s"))])
    lone = builders.template(builders.item(context_kinds=["order"]))
    empty = pv.expand(lone, builders.visit(), catalog=builders.catalog(), given=given)
    assert {each.code for each in empty.findings} == {
        "context.none",
        "indicator.unknown",
        "plan.empty",
    }
