"""The built-in example, and what `python -m partnervisits` prints of it."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import pytest

import partnervisits as pv
from partnervisits import __main__ as command
from partnervisits import example
from partnervisits.comparison import Outcome
from partnervisits.scorecards import Counts, Scorecard


@pytest.fixture(scope="module")
def proposal() -> pv.Proposal:
    return pv.expand(
        example.template(), example.visit(), catalog=example.catalog(), given=example.given()
    )


@pytest.fixture(scope="module")
def plan(proposal: pv.Proposal) -> pv.ActionPlan:
    return example.perform(proposal.accept())


@pytest.fixture(scope="module")
def card(plan: pv.ActionPlan) -> Scorecard:
    return pv.compare(plan, example.readings(plan), visit=example.visit(), as_of=command.TODAY)


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return command.report().splitlines()


def parts(lines: list[str]) -> Iterator[str]:
    for title, underline in pairwise(lines):
        if underline and set(underline) == {"="}:
            yield title


def test_every_value_type_is_among_the_indicators() -> None:
    """S 1.1."""
    found = {indicator.value_type for indicator in example.catalog().indicators}
    assert found == set(pv.ValueType)


def test_every_indicator_is_planned(plan: pv.ActionPlan) -> None:
    """S 6.2."""
    assert {kpi.indicator for kpi in plan.kpis} == set(example.catalog().indicators)


def test_the_example_expands_without_a_finding(proposal: pv.Proposal) -> None:
    """S 6.1."""
    assert proposal.findings == ()


def test_partner_product_and_agreement_are_the_contexts(plan: pv.ActionPlan) -> None:
    """S 6.2."""
    assert {context.kind for task in plan.tasks for context in task.contexts} == {
        "partner",
        "product",
        "sales-agreement",
    }


def test_the_dates_skip_the_weekend(plan: pv.ActionPlan) -> None:
    """S 4.3, S 4.7: two working days after a Thursday; a Sunday turns back to the Friday."""
    assert {task.item_key: str(task.due) for task in plan.tasks} == {
        "survey": "2026-03-12",
        "review": "2026-03-12",
        "pitch": "2026-03-16",
        "renewal": "2026-04-10",
    }


def test_each_kpi_has_the_verdict_worked_out_by_hand(card: Scorecard) -> None:
    """S 8.2."""
    assert {each.kpi.indicator.key: each.outcome for each in card.comparisons} == {
        "satisfaction": Outcome.NOT_MET,
        "complaints": Outcome.NOT_MET,
        "wishes": Outcome.NO_TARGET,
        "revenue": Outcome.NEAR,
        "stock-days": Outcome.MET,
        "payment": Outcome.NO_DATA,
        "demo": Outcome.MET,
        "services": Outcome.NOT_MET,
        "signed": Outcome.NOT_DUE,
        "discount": Outcome.NOT_DUE,
    }


def test_the_scorecard_has_the_figures_worked_out_by_hand(card: Scorecard) -> None:
    """S 9.2: satisfaction 0.72, complaints 0.8, revenue 0.9075025, stock 1, demo 1, services 0."""
    assert card.counts == Counts(met=2, near=1, not_met=3, no_data=1, not_due=2, no_target=1)
    assert card["survey", "satisfaction"].score == Decimal("0.72")
    assert card["survey", "complaints"].score == Decimal("0.8")
    assert card["review", "revenue"].score == Decimal("0.9075025")
    assert card.score == Decimal("0.7379170833333333333333333333")
    assert card.coverage == Decimal("0.8571428571428571428571428571")


def test_the_target_of_large_partners_replaces_the_templates(card: Scorecard) -> None:
    """S 2.6."""
    assert card["review", "revenue"].explain().source == "segment large"
    assert card["review", "revenue"].explain().operands == (Decimal(300_000),)
    target = card["review", "revenue"].kpi.target
    assert target is not None
    assert [str(each) for each in target.shadowed] == ["at least 250,000 (template item)"]


def test_the_corrected_reading_counts(card: Scorecard) -> None:
    """S 7.4."""
    assert card["survey", "satisfaction"].actual == Decimal(78)


def test_whoever_falls_short_gets_a_follow_up(card: Scorecard) -> None:
    """S 9.5."""
    review = pv.follow_up(card, example.rules())
    assert [(each.rule_key, each.indicator) for each in review.opened] == [
        ("ask-again", "payment"),
        ("fell-short", "complaints"),
        ("fell-short", "satisfaction"),
        ("fell-short", "services"),
    ]


def test_the_report_has_a_heading_for_each_part(lines: list[str]) -> None:
    assert list(parts(lines)) == [
        "Visit V-2026-031",
        "Plan: Quarterly distributor visit, as it stands on 2026-03-17",
        "Scorecard: what was expected, what was found",
        "What to do about it",
    ]


def test_no_line_of_the_report_is_longer_than_a_hundred_characters(lines: list[str]) -> None:
    assert max(map(len, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)


def test_the_report_says_who_goes_where_and_when(lines: list[str]) -> None:
    assert lines[3:8] == [
        "partner   nordrad",
        "place     hamburg-2, a distribution-centre in Europe/Berlin",
        "day       2026-03-12",
        "visitors  ines, tom",
        "status    planned",
    ]


@pytest.mark.parametrize(
    "reason",
    [
        "    about product e-bike-7; due 2 working days after visit start",
        "      counts as near: missed by at most 30,000 USD",
        "      declined, says ines",
        "      due 2026-04-10",
        "      Open complaints: expected at most 5 (task definition); found 8; missed by 3",
    ],
)
def test_the_report_gives_its_reasons(lines: list[str], reason: str) -> None:
    """S 4.6, S 8.8."""
    assert reason in lines


def test_the_report_says_why_the_renewal_is_on_a_friday(lines: list[str]) -> None:
    """S 4.6."""
    (first,) = [each for each, line in enumerate(lines) if "sales-agreement A-118; due" in line]
    why = " ".join(line.strip() for line in lines[first : first + 2])
    assert "1 month after visit start" in why
    assert "moved from 2026-04-12, a day off for the place" in why


@pytest.mark.parametrize("outcome", ["met", "near", "not met", "no data", "no target", "not due"])
def test_the_scorecard_shows_the_outcome(lines: list[str], outcome: str) -> None:
    """S 8.2."""
    assert any(line.endswith(f"  {outcome}") for line in lines)
