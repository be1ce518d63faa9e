"""The report on a book: what it says of each visit, as text and as data."""

import json
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits import example
from partnervisits.books import Book
from partnervisits.errors import InvalidValueError, NotFoundError
from partnervisits.reports import Report, VisitReport, as_data, report
from tests import builders
from tests.builders import ELEVEN, NINE

TODAY = date(2026, 3, 17)
EXPECTED = pv.Target("stock", pv.at_least(5))
ITEM = builders.item(binding=pv.Binding.MUST, targets=[EXPECTED])
SHORT = pv.FollowUpRule("short", "Order more", on=pv.Outcome.NOT_MET, due=pv.working_days(1))


def planned(visit: pv.Visit) -> pv.ActionPlan:
    return pv.expand(builders.template(ITEM), visit, catalog=builders.catalog()).accept()


def week(number: int, **changes: Any) -> pv.Visit:
    """The visit of a week: V-1, a week after it V-2, and so on."""
    start = NINE + timedelta(weeks=number - 1)
    period = pv.Period(start, start + timedelta(hours=2))
    return builders.visit(id=f"V-{number}", planned=period, **changes)


def book_of_weeks(*values: int | None, **changes: Any) -> Book:
    """A visit a week with one reading, or with none for None."""
    visits = [week(number) for number in range(1, len(values) + 1)]
    plans = [planned(visit) for visit in visits]
    readings = [
        builders.reading(plan.kpis[0], value, at=NINE + timedelta(weeks=position))
        for position, (plan, value) in enumerate(zip(plans, values, strict=True))
        if value is not None
    ]
    settings: dict[str, Any] = {
        "catalog": builders.catalog(templates=[builders.template(ITEM)]),
        "visits": visits,
        "plans": plans,
        "readings": readings,
        "rules": [SHORT],
    }
    return Book(**(settings | changes))


def of(held: Report, number: int) -> VisitReport:
    return held.visits[number - 1]


def test_each_visit_of_the_book_is_reported_in_its_order() -> None:
    held = report(book_of_weeks(7, 3, 4))
    assert [each.visit_id for each in held.visits] == ["V-1", "V-2", "V-3"]
    outcomes = [each.comparisons[0].outcome.value for each in held.visits]
    assert outcomes == ["met", "not met", "not met"]


def test_follow_ups_are_reviewed_after_each_visit_in_turn() -> None:
    """S 9.5."""
    reviews = [each.review for each in report(book_of_weeks(7, 3, 4, 9)).visits]
    assert [
        [len(each.opened), len(each.reinforced), len(each.closed)] for each in reviews if each
    ] == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_follow_ups_that_the_book_holds_are_not_opened_again() -> None:
    """S 12: following up twice is following up once."""
    held = book_of_weeks(3)
    review = of(report(held), 1).review
    assert review is not None
    again = of(report(attrs.evolve(held, follow_ups=review.opened)), 1).review
    assert again is not None
    assert (again.opened, again.waiting) == ((), review.opened)


def test_follow_ups_are_due_by_the_calendar_that_is_given_for_the_visit() -> None:
    """S 9.5, S 4.4."""
    closed = pv.WorkCalendar(holidays=[date(2026, 3, 13)])
    held = book_of_weeks(3, givens={"V-1": pv.Given(calendar=closed)})
    review = of(report(held), 1).review
    assert review is not None
    assert [str(each.due) for each in review.opened] == ["2026-03-16"]


def test_a_follow_up_that_cannot_be_dated_stops_no_other_visit() -> None:
    """S 4.5."""
    never = pv.WorkCalendar(holidays=[date(2026, 3, 13) + timedelta(days=n) for n in range(400)])
    held = report(book_of_weeks(3, 7, givens={"V-1": pv.Given(calendar=never)}))
    first, second = held.visits
    assert (first.review, second.review is None) == (None, False)
    assert [(each.location, each.code) for each in first.findings] == [
        ("visits.V-1", "calendar.no-working-day")
    ]
    assert "visits.V-1: " in str(held)


def test_a_visit_whose_follow_up_cannot_be_dated_still_counts_in_a_streak() -> None:
    """S 9.4."""
    never = pv.WorkCalendar(holidays=[date(2026, 3, 13) + timedelta(days=n) for n in range(400)])
    twice = [attrs.evolve(each, streak=2) for each in book_of_weeks(3).rules]
    book = book_of_weeks(3, 4, 2, givens={"V-2": pv.Given(calendar=never)}, rules=twice)
    first, second, third = report(book).visits
    assert (first.review is None, second.review is None) == (False, True)
    assert third.review is not None
    assert len(third.review.opened) == 1


def test_overrides_of_the_book_count() -> None:
    """S 8.7."""
    held = book_of_weeks(3)
    seen = pv.Override(
        kpi_id=held.plans[0].kpis[0].id,
        outcome=pv.Outcome.MET,
        by="kim",
        at=ELEVEN,
        reason="counted again",
    )
    found = of(report(attrs.evolve(held, overrides=[seen])), 1)
    assert found.comparisons[0].outcome is pv.Outcome.MET


def test_what_is_still_to_come_is_not_due_on_the_day_of_the_report() -> None:
    """S 8.2."""
    held = book_of_weeks(None)
    assert of(report(held), 1).comparisons[0].outcome is pv.Outcome.NO_DATA
    today = date(2026, 3, 11)
    assert of(report(held, as_of=today), 1).comparisons[0].outcome is pv.Outcome.NOT_DUE


# ------------------------------------------------------------------------------------- proposals


def test_a_visit_to_come_without_a_plan_is_planned_from_what_is_given() -> None:
    given = pv.Given(exclude=["count"], add=[builders.item("recount", task="count")])
    held = book_of_weeks(plans=[], visits=[week(1)], givens={"V-1": given})
    (proposed,) = of(report(held), 1).plans
    assert proposed.is_proposed
    assert proposed.plan is not None
    assert [task.item_key for task in proposed.plan.tasks] == ["recount"]


def test_nothing_is_followed_up_for_what_is_only_proposed() -> None:
    ask = pv.FollowUpRule("ask", "Ask", on=pv.Outcome.NO_DATA)
    held = of(report(book_of_weeks(plans=[], visits=[week(1)], rules=[ask])), 1)
    assert (held.review, held.comparisons) == (None, ())


def test_a_visit_that_has_begun_is_planned_no_more() -> None:
    begun = week(1).start(at=NINE)
    held = report(book_of_weeks(plans=[], visits=[begun]))
    assert of(held, 1).plans == ()
    assert "plan      none in the book" in str(held)


def test_of_several_templates_one_is_to_be_named() -> None:
    templates = [builders.template(ITEM), builders.template(ITEM, key="other")]
    held = book_of_weeks(plans=[], visits=[week(1)], catalog=builders.catalog(templates=templates))
    assert of(report(held), 1).plans == ()
    (proposed,) = of(report(held, template="other"), 1).plans
    assert proposed.plan is not None
    assert proposed.plan.id == "V-1/other"


def test_the_newest_published_version_is_proposed() -> None:
    """S 3.1."""
    first = builders.template(ITEM)
    second = attrs.evolve(first.new_draft(), name="The new round").publish()
    known = builders.catalog(templates=[first, second, second.new_draft()])
    held = report(book_of_weeks(plans=[], visits=[week(1)], catalog=known))
    assert of(held, 1).plans[0].name == "The new round"


def test_a_template_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFoundError, match=r"the nearest: round@1"):
        _ = report(book_of_weeks(7), template="rounds")


def test_a_visit_that_cannot_be_planned_says_why() -> None:
    given = pv.Given(exclude=["count"])
    held = report(book_of_weeks(plans=[], visits=[week(1)], givens={"V-1": given}))
    assert "no plan\nerror: " in str(held)
    assert "[plan.empty]" in str(held)


# ------------------------------------------------------------------------- what the book may lack


def test_a_plan_of_a_visit_that_the_book_lacks_is_reported_last() -> None:
    held = report(book_of_weeks(7, 3, visits=[week(2)]))
    assert [each.visit_id for each in held.visits] == ["V-2", "V-1"]
    text = str(held)
    assert "status    unknown: the book lacks the visit" in text
    assert "error: plans.V-1/round.subject.visit_id: there is no visit V-1" in text


def test_a_plan_of_a_template_that_the_catalog_lacks_goes_by_its_key() -> None:
    held = report(book_of_weeks(7, catalog=pv.Catalog()))
    assert of(held, 1).plans[0].name == "round"


def test_a_visit_with_two_plans_is_followed_up_for_both() -> None:
    visit = week(1)
    more = pv.expand([ITEM], visit, catalog=builders.catalog(), key="more").accept()
    plans = [planned(visit), more]
    readings = [builders.reading(plan.kpis[0], 3) for plan in plans]
    held = of(report(book_of_weeks(visits=[visit], plans=plans, readings=readings)), 1)
    assert [each.name for each in held.plans] == ["more", "The round"]
    assert len(held.comparisons) == 2


def test_one_kpi_in_two_plans_stops_no_other_visit() -> None:
    first = planned(week(1))
    twin = attrs.evolve(first, key="twin", version=None)
    held = report(book_of_weeks(visits=[week(1)], plans=[first, twin]))
    assert held.visits[0].findings == ()
    assert [each.code for each in held.findings] == ["kpi.twice"]


def test_an_empty_book_has_nothing_to_report() -> None:
    assert str(report(Book())) == "The book has no visits"


def test_only_a_book_is_reported_on() -> None:
    with pytest.raises(InvalidValueError) as refused:
        _ = report({})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert refused.value.code == "type.wrong"


# ------------------------------------------------------------------------------------------ text


def test_several_visits_are_summed_up() -> None:
    lines = str(report(book_of_weeks(7, 3))).splitlines()
    assert lines[-6:] == [
        "All 2 visits",
        "============",
        "",
        "score     50.0 % (mean)",
        "coverage  100.0 % (2 of 2 measured)",
        "outcomes  1 met, 1 not met",
    ]


def test_a_visit_that_did_not_happen_says_why() -> None:
    text = str(report(book_of_weeks(None, visits=[week(1).cancel("closed\nfor good")])))
    assert "status    cancelled: closed for good" in text


# ------------------------------------------------------------------------------------------ data


def test_the_data_say_what_the_text_says() -> None:
    data = json.loads(json.dumps(as_data(report(example.book(), as_of=TODAY))))
    (visit,) = data["visits"]
    (plan,) = visit["plans"]
    assert (data["as_of"], data["findings"]) == ("2026-03-17", [])
    assert (visit["visit_id"], visit["visit"]["partner_id"]) == ("V-2026-031", "nordrad")
    assert (plan["name"], plan["proposed"]) == ("Quarterly distributor visit", False)
    assert [task["due"] for task in plan["tasks"]][2:] == ["2026-03-16", "2026-04-10"]
    assert [each["outcome"] for each in plan["comparisons"]][:2] == ["not_met", "not_met"]
    assert plan["comparisons"][0]["variance"] == "-7"
    assert plan["scorecard"]["asked"] == 7
    assert [each["rule_key"] for each in visit["follow_ups"]["opened"]][:1] == ["ask-again"]


def test_the_data_of_a_proposal_have_findings_and_no_scorecard() -> None:
    given = pv.Given(roles={"nobody": "karl"}, exclude=["stray"])
    held = report(book_of_weeks(plans=[], visits=[week(1)], givens={"V-1": given, "V-9": given}))
    data: Any = as_data(held)
    (visit,) = data["visits"]
    (plan,) = visit["plans"]
    assert (plan["proposed"], plan["scorecard"], plan["comparisons"]) == (True, None, [])
    assert [each["code"] for each in plan["findings"]] == ["given.unknown-item"]
    assert visit["follow_ups"] is None
    assert data["findings"] == [
        {
            "path": ["givens", "V-9"],
            "code": "visit.unknown",
            "message": "there is no visit V-9: did you mean V-1?",
            "severity": "error",
        }
    ]


def test_the_data_of_what_is_not_there_are_null() -> None:
    given = pv.Given(exclude=["count"])
    held = book_of_weeks(plans=[], visits=[week(1)], givens={"V-1": given})
    data: Any = as_data(report(held))
    assert (data["as_of"], data["visits"][0]["plans"][0]["plan_id"]) == (None, None)
    lost: Any = as_data(report(book_of_weeks(7, visits=[])))
    assert lost["visits"][0]["visit"] is None


def test_a_report_is_the_same_whatever_the_order_of_the_book() -> None:
    held = book_of_weeks(7, 3, 4)
    backwards = attrs.evolve(held, readings=held.readings[::-1], plans=held.plans[::-1])
    assert str(report(backwards)) == str(report(held))
