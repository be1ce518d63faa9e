"""Visits expanded together share what is equal, and never what is not (S 6.10)."""

from collections.abc import Iterator
from datetime import date, timedelta

import partnervisits as pv
from partnervisits.calendars import Anchor
from partnervisits.values import show
from tests.builders import NINE, THURSDAY, catalog, indicator, item, place, template, visit

GOLD, SILVER = pv.Scope(segment="gold"), pv.Scope(segment="silver")
OF_GOLD = pv.Facts(partner={"segment": "gold"})
SOON = template(item(due=pv.working_days(1)))
WHEN = indicator("stock", value_type=pv.ValueType.DATETIME)
NEXT_DAY = pv.Target("stock", pv.at_most(pv.working_days(1)))
GIVEN = pv.Given()
DATED = catalog(indicators=[WHEN], targets=[NEXT_DAY])
CLOSED = pv.WorkCalendar(holidays=[date(2026, 3, 13)])


def plans(
    made: pv.ActionPlanTemplate,
    *pairs: tuple[pv.Visit, pv.Given],
    catalog_: pv.Catalog | None = None,
) -> list[pv.ActionPlan]:
    each = pv.expand_each(made, pairs, catalog=catalog_ or catalog())
    return [proposal.accept() for proposal in each]


def bounds(*pairs: tuple[pv.Visit, pv.Given]) -> list[str]:
    """What the sole KPI of each visit has to meet, under `NEXT_DAY`."""
    return [str(plan.kpis[0].target) for plan in plans(template(), *pairs, catalog_=DATED)]


def test_visits_of_one_day_and_one_calendar_share_their_trails() -> None:
    """S 6.10."""
    one, other = plans(SOON, (visit(id="V-1"), GIVEN), (visit(id="V-2"), GIVEN))
    assert one.tasks[0].trail is other.tasks[0].trail


def test_visits_of_one_day_share_targets_that_count_from_it() -> None:
    """S 6.10."""
    pairs = (visit(id="V-1"), GIVEN), (visit(id="V-2"), GIVEN)
    one, other = plans(template(), *pairs, catalog_=DATED)
    assert one.kpis[0].target is other.kpis[0].target


def test_all_visits_share_targets_that_no_day_changes() -> None:
    """S 6.10."""
    fixed = catalog(targets=[pv.Target("stock", 3)])
    pairs = (
        (visit(), pv.Given()),
        (visit(planned=None), pv.Given(facts=OF_GOLD)),
        (visit(), pv.Given(targets=[pv.Target("stock", 9, scope=SILVER)])),
    )
    one, *others = plans(template(), *pairs, catalog_=fixed)
    assert all(each.kpis[0].target is one.kpis[0].target for each in others)


def test_visits_on_other_days_have_other_dates_and_targets() -> None:
    """S 6.10."""
    monday = visit(planned=pv.Period(NINE + timedelta(days=4)))
    pairs = (visit(), GIVEN), (monday, GIVEN)
    assert [each.tasks[0].due for each in plans(SOON, *pairs)] == [
        date(2026, 3, 13),
        date(2026, 3, 17),
    ]
    assert bounds(*pairs) == ["not after 2026-03-13 22:59Z", "not after 2026-03-17 22:59Z"]


def test_visits_that_end_on_other_days_have_other_dates() -> None:
    """S 6.10."""
    at_the_end = template(item(due=pv.days(0, anchor=Anchor.VISIT_END)))
    longer = visit(planned=pv.Period(NINE, NINE + timedelta(days=1)))
    pairs = (visit(), GIVEN), (longer, GIVEN)
    assert [each.tasks[0].due for each in plans(at_the_end, *pairs)] == [
        THURSDAY,
        date(2026, 3, 13),
    ]


def test_visits_in_other_zones_have_other_targets() -> None:
    """S 6.10."""
    london = visit(place=place(timezone="Europe/London"))
    assert bounds((visit(), GIVEN), (london, GIVEN)) == [
        "not after 2026-03-13 22:59Z",
        "not after 2026-03-13 23:59Z",
    ]


def test_visits_under_other_calendars_have_other_dates_and_targets() -> None:
    """S 6.10."""
    pairs = (visit(), pv.Given()), (visit(), pv.Given(calendar=CLOSED))
    assert [each.tasks[0].due for each in plans(SOON, *pairs)] == [
        date(2026, 3, 13),
        date(2026, 3, 16),
    ]
    assert bounds(*pairs) == ["not after 2026-03-13 22:59Z", "not after 2026-03-16 22:59Z"]


def test_visits_of_other_reps_have_other_dates() -> None:
    """S 6.10."""
    given = pv.Given(rep_calendars={"rep-8": CLOSED})
    other = visit(visitors=[pv.Visitor("rep-8")])
    assert [each.tasks[0].due for each in plans(SOON, (visit(), given), (other, given))] == [
        date(2026, 3, 13),
        date(2026, 3, 16),
    ]


def test_visits_in_other_segments_have_other_targets() -> None:
    """S 6.10."""
    targets = (pv.Target("stock", 1, scope=GOLD), pv.Target("stock", 2, scope=SILVER))
    pairs = [
        (visit(), pv.Given(facts=pv.Facts(partner={"segment": segment}), targets=targets))
        for segment in ("gold", "silver", "bronze")
    ]
    found = [str(each.kpis[0].target) for each in plans(template(), *pairs)]
    assert found == ["at least 1", "at least 2", "None"]


def test_targets_of_the_host_that_count_from_the_visit_follow_its_day() -> None:
    """S 6.10."""
    given = pv.Given(
        facts=OF_GOLD, targets=[pv.Target("stock", pv.at_most(pv.days(0)), scope=GOLD)]
    )
    monday = visit(planned=pv.Period(NINE + timedelta(days=4)))
    pairs = (visit(), given), (monday, given)
    undated = catalog(indicators=[WHEN])
    assert [str(each.kpis[0].target) for each in plans(template(), *pairs, catalog_=undated)] == [
        "not after 2026-03-12 22:59Z",
        "not after 2026-03-16 22:59Z",
    ]


def test_visits_that_leave_out_other_items_have_other_dates() -> None:
    """S 6.10."""
    items = template(
        item("gap", task="count", due=pv.days(3), context_kinds=["product"]),
        item("other", task="count", due=pv.days(5), context_kinds=["order"]),
        item("last", task="count", after=["gap", "other"]),
    )
    product, order = pv.Context("product", "A"), pv.Context("order", "1")
    given = [[], [product], [order], [product, order], []]
    shared = pv.WorkCalendar()
    pairs = [(visit(), pv.Given(calendar=shared, contexts=contexts)) for contexts in given]
    assert [each.task("last").due for each in plans(items, *pairs)] == [
        THURSDAY + timedelta(days=days) for days in (0, 3, 5, 5, 0)
    ]


# ------------------------------------------------ a new object may live where an old one was


def closed(number: int) -> pv.WorkCalendar:
    """A calendar on which Friday is a day off for every fifth."""
    return pv.WorkCalendar(weekend=(), holidays=[date(2026, 3, 13 + number % 5)])


def closing() -> Iterator[tuple[pv.Visit, pv.Given]]:
    """More visits than are remembered, each with a calendar of its own."""
    for number in range(1_200):
        yield visit(id=f"V-{number}"), pv.Given(calendar=closed(number))


def test_calendars_that_come_and_go_are_never_taken_for_one_another() -> None:
    """S 6.10."""
    for number, proposal in enumerate(pv.expand_each(SOON, closing(), catalog=catalog())):
        expected = date(2026, 3, 14 if number % 5 == 0 else 13)
        assert proposal.accept().task("count").due == expected


def test_nor_are_they_where_a_target_counts_by_them() -> None:
    """S 6.10."""
    for number, proposal in enumerate(pv.expand_each(template(), closing(), catalog=DATED)):
        day = 14 if number % 5 == 0 else 13
        assert str(proposal.accept().kpis[0].target) == f"not after 2026-03-{day} 22:59Z"


def test_targets_that_come_and_go_are_never_taken_for_one_another() -> None:
    """S 6.10."""

    def visits() -> Iterator[tuple[pv.Visit, pv.Given]]:
        for number in range(1_200):
            others = [pv.Target("stock", 0, scope=SILVER) for _ in range(10)]
            target = pv.Target("stock", number, scope=GOLD)
            yield visit(), pv.Given(calendar=CLOSED, facts=OF_GOLD, targets=[target, *others])

    for number, proposal in enumerate(pv.expand_each(template(), visits(), catalog=catalog())):
        assert str(proposal.accept().kpis[0].target) == f"at least {show(number)}"
