"""Which target a KPI carries, and what it comes to on the day of the visit."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

import partnervisits as pv
from partnervisits.criteria import AtLeast, AtMost, Equals
from partnervisits.targets import TargetSource
from partnervisits.values import DateRange
from tests.builders import NINE, THURSDAY, indicator, item, place, task
from tests.proposals.worlds import applied, error, expanded, in_gold, plan_of

PATH = ("items", "count", "targets", "stock")
GIVEN_PATH = ("given", "targets", "stock")
DAY = timedelta(days=1)


def of_segment(expected: object, segment: str = "gold", **changes: object) -> pv.Target:
    return pv.Target("stock", expected, scope=pv.Scope(segment=segment), **changes)  # type: ignore[arg-type]


# --------------------------------------------------------------- the most specific wins (S 2.6)


@pytest.mark.parametrize("present", list(product([True, False], repeat=4)))
def test_segment_beats_item_beats_task_beats_indicator(present: tuple[bool, ...]) -> None:
    """S 2.6."""
    by_segment, by_item, by_task, by_indicator = present
    proposal = expanded(
        item(targets=[pv.Target("stock", 2)] if by_item else []),
        tasks=[task(targets=[pv.Target("stock", 3)] if by_task else [])],
        targets=[pv.Target("stock", 4)] if by_indicator else [],
        given=in_gold(of_segment(1)) if by_segment else None,
    )
    ranked = zip(present, (1, 2, 3, 4), TargetSource, strict=False)
    expected = next(((AtLeast(v), source) for is_there, v, source in ranked if is_there), None)
    assert applied(proposal) == expected
    assert proposal.findings == ()


def test_a_target_holds_for_its_own_indicator_only() -> None:
    """S 2.6."""
    proposal = expanded(
        item(targets=[pv.Target("share", 2)]),
        tasks=[task(indicators=["stock", "share"])],
        indicators=[indicator(), indicator("share")],
    )
    assert [(k.indicator.key, str(k.target)) for k in plan_of(proposal).kpis] == [
        ("stock", "None"),
        ("share", "at least 2"),
    ]


@pytest.mark.parametrize("facts", [pv.Facts(), pv.Facts(partner={"segment": "silver"})])
def test_a_target_of_another_segment_does_not_apply(facts: pv.Facts) -> None:
    """S 2.6."""
    proposal = expanded(item(), given=pv.Given(facts=facts, targets=[of_segment(1)]))
    assert applied(proposal) is None
    assert proposal.findings == ()


def test_the_segment_is_a_fact_of_the_partner_and_not_of_the_visit() -> None:
    """S 6.6."""
    of_visit = pv.Facts(visit={"segment": "gold"})
    assert (
        applied(expanded(item(), given=pv.Given(facts=of_visit, targets=[of_segment(1)]))) is None
    )


def test_targets_that_tie_are_an_error_that_names_both_and_neither_applies() -> None:
    """S 2.6."""
    proposal = expanded(
        item(targets=[pv.Target("stock", 9)]),
        given=in_gold(of_segment(7), of_segment(pv.at_most(5))),
    )
    message = "at least 7 (segment gold) and at most 5 (segment gold) both apply: keep one"
    assert proposal.findings == (error(PATH, "target.tie", message),)
    assert applied(proposal) is None
    assert proposal.is_blocked


def test_the_message_of_a_tie_does_not_depend_on_the_order_of_the_targets() -> None:
    """S 2.6."""
    one, other = of_segment(7), of_segment(pv.at_most(5))
    assert expanded(item(), given=in_gold(one, other)) == expanded(
        item(), given=in_gold(other, one)
    )


@pytest.mark.parametrize(
    ("held", "written"),
    [(["c", "b", "a"], "a, b, c"), ([], "none")],
)
def test_bare_sets_in_a_tie_are_written_in_order(held: list[str], written: str) -> None:
    """S 2.6."""
    chosen = indicator("stock", value_type=pv.ValueType.MULTI_CHOICE, choices=["a", "b", "c"])
    given = in_gold(of_segment(frozenset(held)), of_segment(pv.contains(["b"])))
    (found,) = expanded(item(), indicators=[chosen], given=given).findings
    assert found.code == "target.tie"
    rivals = sorted(f"{each} (segment gold)" for each in (f"exactly {written}", "all of b"))
    assert found.message == f"{' and '.join(rivals)} both apply: keep one"


# ------------------------------------------------------------------------- valid days (S 2.5)


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (THURSDAY, THURSDAY, True),
        (THURSDAY, None, True),
        (None, THURSDAY, True),
        (THURSDAY + DAY, None, False),
        (None, THURSDAY - DAY, False),
        (None, None, True),
    ],
)
def test_valid_days_are_inclusive_at_both_ends(
    first: date | None, last: date | None, *, holds: bool
) -> None:
    """S 2.5."""
    limited = pv.Target("stock", 1, valid=DateRange(first, last))
    proposal = expanded(item(targets=[limited]), targets=[pv.Target("stock", 2)])
    expected = (AtLeast(1), TargetSource.ITEM) if holds else (AtLeast(2), TargetSource.INDICATOR)
    assert applied(proposal) == expected


def test_valid_days_are_days_at_the_place() -> None:
    """S 2.5: Thursday 23:30 in London is Friday in Berlin."""
    only_thursday = item(targets=[pv.Target("stock", 1, valid=DateRange(THURSDAY, THURSDAY))])
    late = pv.Period(datetime(2026, 3, 12, 23, 30, tzinfo=UTC))
    assert applied(expanded(only_thursday, planned=late)) is None
    london = place(timezone="Europe/London")
    assert applied(expanded(only_thursday, planned=late, place=london)) is not None


def test_a_target_with_valid_days_waits_for_the_visit_to_be_planned() -> None:
    """S 2.5."""
    limited = pv.Target("stock", 1, valid=DateRange())
    proposal = expanded(item(targets=[limited]), targets=[pv.Target("stock", 2)], planned=None)
    assert applied(proposal) == (AtLeast(2), TargetSource.INDICATOR)


def test_targets_of_one_item_may_take_turns() -> None:
    """S 2.6."""
    until, since = DateRange(None, THURSDAY), DateRange(THURSDAY + DAY, None)
    turns = item(targets=[pv.Target("stock", 1, valid=until), pv.Target("stock", 2, valid=since)])
    assert applied(expanded(turns)) == (AtLeast(1), TargetSource.ITEM)
    tomorrow = pv.Period(NINE + DAY)
    assert applied(expanded(turns, planned=tomorrow)) == (AtLeast(2), TargetSource.ITEM)


def test_targets_of_a_segment_tie_only_on_days_on_which_both_are_valid() -> None:
    """S 2.6."""
    given = in_gold(of_segment(1, valid=DateRange(None, THURSDAY - DAY)), of_segment(2))
    assert applied(expanded(item(), given=given)) == (AtLeast(2), TargetSource.GIVEN)


# ------------------------------------------------------------------------ judged by (S 2.7)


def test_the_kpi_keeps_the_target_whole() -> None:
    """S 2.7."""
    target = pv.Target(
        "stock", pv.at_least(-5), near=pv.within_percent(10), worst=-20, weight="2.50"
    )
    (kpi,) = plan_of(expanded(item(targets=[target]))).kpis
    assert kpi.target is not None
    assert kpi.target.criterion == AtLeast(-5)
    assert kpi.target.near == Decimal("0.5")
    assert kpi.target.worst == (Decimal(-20),)
    assert kpi.target.weight == Decimal("2.5")
    assert kpi.target.source is TargetSource.ITEM


def test_a_bare_value_means_what_the_direction_says() -> None:
    """S 2.4."""
    fewer = indicator("stock", direction=pv.Direction.LOWER_IS_BETTER)
    proposal = expanded(item(targets=[pv.Target("stock", 5)]), indicators=[fewer])
    assert applied(proposal) == (AtMost(5), TargetSource.ITEM)


# ----------------------------------------------- targets of the host that do not fit (S 2.2)


@pytest.mark.parametrize(
    ("target", "path", "code", "message"),
    [
        (
            pv.Target("ghost", 1, scope=pv.Scope(segment="gold")),
            ("given", "targets", "ghost"),
            "indicator.unknown",
            "the catalog has no indicator ghost: correct the key, or add it",
        ),
        (
            of_segment(pv.contains(["a"]), segment="silver"),
            GIVEN_PATH,
            "criterion.type",
            "Contains does not fit a number",
        ),
    ],
)
def test_a_given_target_that_does_not_fit_is_an_error_and_the_others_apply(
    target: pv.Target, path: tuple[str, ...], code: str, message: str
) -> None:
    """S 2.2: even if it is for another segment."""
    proposal = expanded(item(), given=in_gold(target, of_segment(3)))
    assert proposal.findings == (error(path, code, message),)
    assert [str(kpi.target) for kpi in plan_of(proposal).kpis] == ["at least 3"]
    assert proposal.is_blocked


def test_every_given_target_that_does_not_fit_is_found() -> None:
    """S 2.2."""
    given = in_gold(
        of_segment(pv.contains(["a"])), pv.Target("ghost", 1, scope=pv.Scope(segment="x"))
    )
    assert [each.code for each in expanded(item(), given=given).findings] == [
        "indicator.unknown",
        "criterion.type",
    ]


def test_an_exact_value_has_a_target_too() -> None:
    """S 2.4."""
    named = indicator("stock", value_type=pv.ValueType.CHOICE, choices=["4+", "none"])
    proposal = expanded(item(targets=[pv.Target("stock", "4+")]), indicators=[named])
    assert applied(proposal) == (Equals("4+"), TargetSource.ITEM)
