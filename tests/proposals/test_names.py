"""The ids of plans, planned tasks and KPIs."""

import pytest

import partnervisits as pv
from partnervisits.fields import library_id
from partnervisits.templates import Spread
from tests.builders import catalog, indicator, item, task, template, visit
from tests.proposals.worlds import PRODUCT_A, expanded, plan_of


def ids(plan: pv.ActionPlan) -> list[str]:
    """Those of the plan, its planned tasks and their KPIs."""
    return [plan.id, *(task.id for task in plan.tasks), *(kpi.id for kpi in plan.kpis)]


@pytest.mark.parametrize(
    ("spread", "expected"),
    [
        (
            Spread.TOGETHER,
            ["V-1/round", "V-1/round/count", "V-1/round/count/product/A/stock"],
        ),
        (
            Spread.ONE_EACH,
            [
                "V-1/round",
                "V-1/round/count/product/A",
                "V-1/round/count/product/A/product/A/stock",
            ],
        ),
    ],
)
def test_ids_are_names_made_of_what_they_come_from(spread: Spread, expected: list[str]) -> None:
    """S 6.3."""
    about_products = item(context_kinds=["product"], spread=spread)
    assert ids(plan_of(expanded(about_products, given=pv.Given(contexts=[PRODUCT_A])))) == expected


def test_a_plan_without_a_template_is_named_by_its_key() -> None:
    """S 6.3."""
    made = plan_of(pv.expand([item()], visit(), catalog=catalog(), key="extra.1"))
    assert ids(made) == ["V-1/extra.1", "V-1/extra.1/count", "V-1/extra.1/count/partner/acme/stock"]


def test_slashes_and_percent_signs_of_the_host_are_escaped_once() -> None:
    """S 6.3."""
    given = pv.Given(contexts=[pv.Context("a/b", "50%/%2F")])
    about = item(context_kinds=["a/b"], spread=Spread.ONE_EACH)
    made = plan_of(expanded(about, given=given, id="2026/V%1"))
    context = "a%2Fb/50%25%2F%252F"
    assert ids(made) == [
        "2026%2FV%251/round",
        f"2026%2FV%251/round/count/{context}",
        f"2026%2FV%251/round/count/{context}/{context}/stock",
    ]


def test_the_partner_s_id_is_escaped_too() -> None:
    """S 6.3."""
    (kpi,) = plan_of(expanded(item(), partner_id="acme/north 100%")).kpis
    assert kpi.id == "V-1/round/count/partner/acme%2Fnorth 100%25/stock"


def test_neither_a_version_nor_a_title_nor_a_date_is_part_of_an_id() -> None:
    """S 6.3."""
    second = template(item(name="Other")).new_draft().publish()
    later = visit(planned=None)
    first = plan_of(pv.expand(template(), visit(), catalog=catalog()))
    assert ids(plan_of(pv.expand(second, later, catalog=catalog()))) == ids(first)


@pytest.mark.parametrize("character", ["/", "%"])
def test_the_longest_ids_there_can_be_are_within_bounds(character: str) -> None:
    """S 6.3: at most 4,096 characters."""
    key, kind, host = "k" * 64, character * 64, character * 255
    longest = pv.ActionPlanTemplate(
        key,
        "N",
        items=[item(key, task=key, context_kinds=[kind], spread=Spread.ONE_EACH)],
    ).publish()
    made = plan_of(
        pv.expand(
            longest,
            visit(id=host),
            catalog=catalog(indicators=[indicator(key)], tasks=[task(key, [key])]),
            given=pv.Given(contexts=[pv.Context(kind, host)]),
        )
    )
    context = 3 * 64 + 1 + 3 * 255
    plan_id = 3 * 255 + 1 + 64
    task_id = plan_id + 1 + 64 + 1 + context
    assert [len(each) for each in ids(made)] == [plan_id, task_id, task_id + 1 + context + 1 + 64]
    assert [library_id(each) for each in ids(made)] == ids(made)
