"""What the planned tasks are about, and what they capture."""

import pytest

import partnervisits as pv
from partnervisits.conditions import all_of, when
from partnervisits.findings import Severity
from partnervisits.plans import Kpi
from partnervisits.tasks import TaskIndicator
from partnervisits.templates import Spread
from tests.builders import indicator, item
from tests.proposals.worlds import (
    AGREEMENT,
    PARTNER,
    PRODUCT_A,
    PRODUCT_B,
    PRODUCT_C,
    capturing,
    error,
    expanded,
    plan_of,
    warning,
)

GLOBEX = pv.Context("partner", "globex")
ALL = pv.Given(contexts=[PRODUCT_B, AGREEMENT, PRODUCT_A])
ITEM = ("items", "count")


def about(proposal: pv.Proposal) -> list[tuple[pv.Context, ...]]:
    return [each.contexts for each in plan_of(proposal).tasks]


def captured(proposal: pv.Proposal) -> list[tuple[str, str, str]]:
    return [(kpi.context.kind, kpi.context.id, kpi.indicator.key) for kpi in plan_of(proposal).kpis]


# ------------------------------------------------------------------------ kinds (S 6.2)


@pytest.mark.parametrize("contexts", [[], [PRODUCT_A], [GLOBEX]])
def test_an_item_without_kinds_is_about_the_partner_of_the_visit(
    contexts: list[pv.Context],
) -> None:
    """S 6.2."""
    proposal = expanded(item(max_contexts=1), given=pv.Given(contexts=contexts))
    assert about(proposal) == [(PARTNER,)]
    assert proposal.findings == ()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], (PARTNER,)),
        ([PRODUCT_A], (PARTNER,)),
        ([GLOBEX], (GLOBEX,)),
        ([GLOBEX, PARTNER], (PARTNER, GLOBEX)),
    ],
)
def test_an_item_may_name_the_kind_partner(
    given: list[pv.Context], expected: tuple[pv.Context, ...]
) -> None:
    """S 6.2: it is about the partners the host gives, or else about the one visited."""
    proposal = expanded(item(context_kinds=["partner"]), given=pv.Given(contexts=given))
    assert about(proposal) == [expected]
    assert proposal.findings == ()


def test_items_take_the_contexts_of_their_kinds_only() -> None:
    """S 6.2."""
    items = [
        item("a", task="count", context_kinds=["product"]),
        item("b", task="count", context_kinds=["agreement"]),
        item("c", task="count"),
        item("d", task="count", context_kinds=["product", "partner"]),
    ]
    assert about(expanded(*items, given=ALL)) == [
        (PRODUCT_A, PRODUCT_B),
        (AGREEMENT,),
        (PARTNER,),
        (PARTNER, PRODUCT_A, PRODUCT_B),
    ]


def test_contexts_of_several_kinds_go_together_on_one_task_by_default() -> None:
    """S 6.2."""
    proposal = expanded(item(context_kinds=["product", "agreement"]), given=ALL)
    (found,) = plan_of(proposal).tasks
    assert found.id == "V-1/round/count"
    assert found.contexts == (AGREEMENT, PRODUCT_A, PRODUCT_B)
    assert found.own_context is None


def test_contexts_may_have_a_task_each() -> None:
    """S 6.2."""
    one_each = item(context_kinds=["product", "agreement"], spread=Spread.ONE_EACH)
    tasks = plan_of(expanded(one_each, given=ALL)).tasks
    assert [(each.id, each.own_context) for each in tasks] == [
        ("V-1/round/count/agreement/2026", AGREEMENT),
        ("V-1/round/count/product/A", PRODUCT_A),
        ("V-1/round/count/product/B", PRODUCT_B),
    ]
    assert [each.contexts for each in tasks] == [(AGREEMENT,), (PRODUCT_A,), (PRODUCT_B,)]
    assert [[kpi.context for kpi in each.kpis] for each in tasks] == [
        [AGREEMENT],
        [PRODUCT_A],
        [PRODUCT_B],
    ]


def test_one_each_about_the_partner_names_the_partner() -> None:
    """S 6.3."""
    (found,) = plan_of(expanded(item(spread=Spread.ONE_EACH))).tasks
    assert (found.id, found.own_context) == ("V-1/round/count/partner/acme", PARTNER)


# ------------------------------------------------------------------------- KPIs (S 6.2)

TWO = [indicator(), indicator("share")]


def test_there_is_a_kpi_for_each_context_and_indicator() -> None:
    """S 6.2."""
    made = plan_of(
        expanded(
            item(context_kinds=["product"]),
            given=ALL,
            tasks=[capturing("stock", "share")],
            indicators=TWO,
        )
    )
    path = "V-1/round/count"
    assert made.kpis == (
        Kpi(path, PRODUCT_A, TWO[0]),
        Kpi(path, PRODUCT_A, TWO[1]),
        Kpi(path, PRODUCT_B, TWO[0]),
        Kpi(path, PRODUCT_B, TWO[1]),
    )


def test_an_indicator_bound_to_a_kind_is_captured_for_that_kind_only() -> None:
    """S 6.2."""
    bound = capturing(TaskIndicator("share", context_kind="agreement"), "stock")
    proposal = expanded(
        item(context_kinds=["product", "agreement"]), given=ALL, tasks=[bound], indicators=TWO
    )
    assert captured(proposal) == [
        ("agreement", "2026", "share"),
        ("agreement", "2026", "stock"),
        ("product", "A", "stock"),
        ("product", "B", "stock"),
    ]
    assert proposal.findings == ()


def test_an_indicator_may_be_bound_to_two_kinds() -> None:
    """S 6.2."""
    kinds = ("agreement", "partner")
    bound = capturing(*(TaskIndicator("stock", context_kind=kind) for kind in kinds))
    proposal = expanded(
        item(context_kinds=["product", "agreement", "partner"]), given=ALL, tasks=[bound]
    )
    assert captured(proposal) == [("agreement", "2026", "stock"), ("partner", "acme", "stock")]


@pytest.mark.parametrize(("kinds", "given"), [([], ALL), (["product"], ALL)])
def test_an_indicator_without_a_context_is_not_asked_with_a_warning(
    kinds: list[str], given: pv.Given
) -> None:
    """S 6.5."""
    bound = capturing("stock", TaskIndicator("share", context_kind="agreement"))
    proposal = expanded(item(context_kinds=kinds), given=given, tasks=[bound], indicators=TWO)
    message = "share is not asked: no context of kind agreement is taken"
    assert proposal.findings == (warning(ITEM, "kpi.no-context", message),)
    assert {kpi.indicator.key for kpi in plan_of(proposal).kpis} == {"stock"}


def test_a_task_without_indicators_captures_nothing() -> None:
    """S 6.2."""
    proposal = expanded(item(), tasks=[capturing()])
    assert plan_of(proposal).kpis == ()
    assert proposal.findings == ()


# ------------------------------------------------------------- contexts that lack (S 6.5)


@pytest.mark.parametrize(
    ("binding", "severity"),
    [
        (pv.Binding.MUST, Severity.ERROR),
        (pv.Binding.COULD, Severity.WARNING),
        (pv.Binding.MUST_UNLESS_DOCUMENTED, Severity.WARNING),
    ],
)
def test_an_item_without_any_context_is_left_out(binding: pv.Binding, severity: Severity) -> None:
    """S 6.5: a warning, and an error if it is MUST."""
    left_out = item(binding=binding, context_kinds=["product", "agreement"])
    proposal = expanded(left_out, item("b", task="count"))
    message = "left out: give a context of kind product or agreement in Given(contexts=)"
    assert proposal.findings == (pv.Finding(ITEM, "context.none", message, severity),)
    assert [each.item_key for each in plan_of(proposal).tasks] == ["b"]


def test_a_follow_up_about_orders_stops_no_visit_that_has_none() -> None:
    """S 6.5, S 9.5: it stays open and is planned once there is such a context."""
    carried = item("b", task="count", binding=pv.Binding.MUST, context_kinds=["order"], serves="F")
    proposal = expanded(item(), given=pv.Given(add=[carried]))
    message = "left out: give a context of kind order in Given(contexts=)"
    assert proposal.findings == (warning(("items", "b"), "context.none", message),)
    assert [each.item_key for each in plan_of(proposal).tasks] == ["count"]


def test_one_empty_kind_among_several_is_a_warning() -> None:
    """S 6.5."""
    must = item(binding=pv.Binding.MUST, context_kinds=["agreement", "order", "product"])
    proposal = expanded(must, given=pv.Given(contexts=[PRODUCT_A]))
    assert proposal.findings == (
        warning(ITEM, "context.kind-empty", "no context of kind agreement is given"),
        warning(ITEM, "context.kind-empty", "no context of kind order is given"),
    )
    assert about(proposal) == [(PRODUCT_A,)]


def test_if_every_item_is_left_out_nothing_is_planned() -> None:
    """S 6.5."""
    proposal = expanded(item(context_kinds=["product"]))
    assert proposal.plan is None
    assert proposal.findings == (
        error((), "plan.empty", "no item applies, so there is nothing to plan: count: no context"),
        warning(
            ITEM, "context.none", "left out: give a context of kind product in Given(contexts=)"
        ),
    )


# --------------------------------------------------------------- how many are taken (S 6.2)

THREE = pv.Given(contexts=[PRODUCT_C, AGREEMENT, PRODUCT_A, PRODUCT_B])


def test_the_first_contexts_in_the_order_of_the_host_are_taken() -> None:
    """S 6.2."""
    proposal = expanded(item(context_kinds=["product"], max_contexts=2), given=THREE)
    assert about(proposal) == [(PRODUCT_A, PRODUCT_C)]
    message = "max_contexts leaves out product B"
    assert proposal.findings == (warning(ITEM, "context.cut", message),)


def test_max_contexts_counts_for_each_kind() -> None:
    """S 6.2."""
    two_kinds = item(context_kinds=["product", "agreement"], max_contexts=1)
    proposal = expanded(two_kinds, given=THREE)
    assert about(proposal) == [(AGREEMENT, PRODUCT_C)]
    message = "max_contexts leaves out product A, product B"
    assert proposal.findings == (warning(ITEM, "context.cut", message),)


def test_what_is_cut_of_several_kinds_is_named_at_once() -> None:
    """S 6.5."""
    second = pv.Context("agreement", "2025")
    given = pv.Given(contexts=[PRODUCT_B, AGREEMENT, second, PRODUCT_A])
    both = item(context_kinds=["product", "agreement"], max_contexts=1)
    proposal = expanded(both, given=given)
    message = "max_contexts leaves out product A, agreement 2025"
    assert proposal.findings == (warning(ITEM, "context.cut", message),)


@pytest.mark.parametrize("most", [3, 4, None])
def test_nothing_is_cut_where_all_have_room(most: int | None) -> None:
    """S 6.2."""
    proposal = expanded(item(context_kinds=["product"], max_contexts=most), given=THREE)
    assert about(proposal) == [(PRODUCT_A, PRODUCT_B, PRODUCT_C)]
    assert proposal.findings == ()


def test_the_tasks_of_one_each_are_cut_too() -> None:
    """S 6.2."""
    cut = item(context_kinds=["product"], max_contexts=1, spread=Spread.ONE_EACH)
    assert about(expanded(cut, given=THREE)) == [(PRODUCT_C,)]


def test_items_of_the_same_kinds_may_take_different_numbers() -> None:
    """S 6.2."""
    items = [
        item(key, task="count", context_kinds=["product"], max_contexts=most)
        for key, most in (("a", 1), ("b", None), ("c", 2))
    ]
    assert [len(contexts) for contexts in about(expanded(*items, given=THREE))] == [1, 3, 2]


def test_nothing_but_max_contexts_reads_the_order_of_the_host() -> None:
    """S 6.2."""
    backwards = pv.Given(contexts=THREE.contexts[::-1])
    one_each = item(context_kinds=["product", "agreement"], spread=Spread.ONE_EACH)
    assert expanded(one_each, given=backwards) == expanded(one_each, given=THREE)


def test_a_certain_context_is_neither_cut_nor_missed() -> None:
    """S 6.2, S 6.5: it is taken whatever the host gives."""
    cut = item(context_kinds=["product"], contexts=[PRODUCT_C], max_contexts=1)
    given = pv.Given(contexts=[PRODUCT_A, PRODUCT_B, PRODUCT_C])
    proposal = expanded(cut, given=given)
    assert about(proposal) == [(PRODUCT_A, PRODUCT_C)]
    message = "max_contexts leaves out product B"
    assert proposal.findings == (warning(ITEM, "context.cut", message),)
    assert expanded(cut).findings == ()


def test_a_finding_stays_short_however_much_it_names() -> None:
    """S 6.5."""
    contexts = [pv.Context("product", f"{number}-{'x' * 200}") for number in range(300)]
    one = item(context_kinds=["product"], max_contexts=1)
    (cut,) = expanded(one, given=pv.Given(contexts=contexts)).findings
    names = [when(f"fact-{number}", pv.equals(1)) for number in range(300)]
    (unknown,) = expanded(item(condition=all_of(names)), item("other")).findings
    assert (cut.code, unknown.code) == ("context.cut", "condition.unknown")
    assert max(len(cut.message), len(unknown.message)) < 600
