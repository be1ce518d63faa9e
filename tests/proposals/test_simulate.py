"""What a template would plan on each of many days, before anybody works with it."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

import partnervisits as pv
from partnervisits.calendars import Anchor, Weekday, YearlyHoliday
from partnervisits.criteria import one_of
from partnervisits.errors import InvalidValueError
from partnervisits.proposals import SimulatedTask
from partnervisits.templates import Spread
from tests import builders
from tests.builders import ELEVEN, NINE, THURSDAY, item, place, visit
from tests.proposals.worlds import PRODUCT_A, PRODUCT_B

FRIDAY = date(2026, 3, 13)
DAY = timedelta(days=1)
CLOCKS_SKIP = date(2026, 3, 29)
"""In Berlin there is no time between two and three o'clock on this Sunday."""


def simulated(
    *items: pv.TemplateItem,
    days: Any = (THURSDAY,),
    given: pv.Given | None = None,
    catalog: pv.Catalog | None = None,
    **changes: Any,
) -> Iterator[SimulatedTask]:
    """Rows of a draft; each item's task captures `stock`."""
    tasks = [builders.task(key) for key in sorted({each.task for each in items})]
    return pv.simulate(
        pv.ActionPlanTemplate("round", "The round", items=items),
        visit(**changes),
        days,
        catalog=catalog or builders.catalog(tasks=tasks),
        given=given,
    )


def the_days(first: date, number: int) -> list[date]:
    return [first + count * DAY for count in range(number)]


def berlin(hour: int, minute: int = 0, *, on: date = THURSDAY) -> datetime:
    """A time in Berlin in winter."""
    return datetime(on.year, on.month, on.day, hour - 1, minute, tzinfo=UTC)


# ------------------------------------------------------------------------------------------ rows


def test_a_row_tells_of_one_visit_what_when_who_and_why() -> None:
    """S 4.6: of a draft, which is what simulating is for."""
    row = next(simulated(item(due=pv.working_days(2))))
    assert row == SimulatedTask(
        on=THURSDAY,
        due=date(2026, 3, 16),
        item_key="count",
        task="The task count",
        assignee_id="rep-7",
        reason=row.reason,
    )
    assert row.reason.startswith("due 2026-03-16: 2 working days after visit start")


@pytest.mark.parametrize("to", ["publish", "withdraw"])
def test_a_version_of_any_status_can_be_simulated(to: str) -> None:
    """S 3.1: an old one too, to see what a new one makes different."""
    template = getattr(builders.template(), to)() if to == "withdraw" else builders.template()
    rows = pv.simulate(template, visit(), [THURSDAY], catalog=builders.catalog())
    assert [row.due for row in rows] == [THURSDAY]


def test_rows_are_plain_data() -> None:
    """A manager opens them in a spreadsheet."""
    file = io.StringIO()
    csv.writer(file).writerows(simulated(item(role="driver"), days=[THURSDAY]))
    assert file.getvalue().startswith("2026-03-12,2026-03-12,count,The task count,,")
    assert SimulatedTask._fields == ("on", "due", "item_key", "task", "assignee_id", "reason")


def test_rows_come_day_by_day_in_the_order_of_the_plan_what_is_left_out_last() -> None:
    """S 6.5."""
    items = [item("a", context_kinds=["product"]), item("b"), item("c")]
    rows = list(simulated(*items, days=[FRIDAY, THURSDAY]))
    assert [(row.on, row.item_key) for row in rows] == [
        (FRIDAY, "b"),
        (FRIDAY, "c"),
        (FRIDAY, "a"),
        (THURSDAY, "b"),
        (THURSDAY, "c"),
        (THURSDAY, "a"),
    ]


def test_the_same_day_twice_is_simulated_twice() -> None:
    assert [row.on for row in simulated(item(), days=[THURSDAY, THURSDAY])] == [THURSDAY, THURSDAY]


def test_a_task_for_each_product_has_a_row_of_its_own() -> None:
    """S 6.2: and so has each product that it is left out for."""
    each = item(
        context_kinds=["product"],
        spread=Spread.ONE_EACH,
        condition=pv.when("class", one_of(["A"])),
    )
    facts = pv.Facts(contexts={PRODUCT_A: {"class": "A"}, PRODUCT_B: {"class": "B"}})
    given = pv.Given(contexts=[PRODUCT_A, PRODUCT_B], facts=facts)
    planned, left_out = simulated(each, given=given)
    assert (planned.task, planned.due) == ("The task count", THURSDAY)
    assert (left_out.item_key, left_out.task, left_out.due) == ("count", "", None)
    assert left_out.reason.startswith("not planned for product B: ")


def test_what_is_left_out_says_why() -> None:
    """S 4.6, S 6.7."""
    _, row = simulated(item(), item("pitch"), given=pv.Given(exclude=["pitch"]))
    assert row == SimulatedTask(
        THURSDAY, None, "pitch", "", None, "not planned: the host excluded it"
    )


def test_a_task_without_a_date_says_so() -> None:
    """S 6.5."""
    (row,) = simulated(item(due=pv.days(1, anchor=Anchor.VISIT_END)), planned=pv.Period(NINE))
    assert (row.due, row.task) == (None, "The task count")
    assert "no date" in row.reason


def test_a_role_that_nobody_has_leaves_the_assignee_open() -> None:
    """S 6.4."""
    given = pv.Given(roles={"driver": "rep-8"})
    rows = simulated(item(role="driver"), item("pitch", role="cook"), given=given)
    assert [row.assignee_id for row in rows] == ["rep-8", None]


# ------------------------------------------------------------------------------------------ errors


def test_what_blocks_is_a_row_of_its_item() -> None:
    """S 6.5."""
    must = item("pitch", context_kinds=["product"], binding=pv.Binding.MUST)
    _, left_out, blocking = simulated(item(), must)
    assert (left_out.item_key, left_out.reason[:12]) == ("pitch", "not planned:")
    assert (blocking.item_key, blocking.due, blocking.task) == ("pitch", None, "")
    assert blocking.reason.startswith("error: items.pitch: left out")
    assert blocking.reason.endswith("[context.none]")


def test_what_blocks_the_whole_visit_is_a_row_of_no_item() -> None:
    """S 6.5: a template without items, a target for an indicator that is not known."""
    assert [(row.item_key, row.reason[-12:]) for row in simulated(days=[THURSDAY, FRIDAY])] == [
        ("", "[plan.empty]"),
        ("", "[plan.empty]"),
    ]
    ghost = pv.Target("ghost", 1, scope=pv.Scope(partner="acme"))
    _, row = simulated(item(), given=pv.Given(targets=[ghost]))
    assert (row.item_key, row.reason[-19:]) == ("", "[indicator.unknown]")


def test_a_template_that_does_not_fit_the_catalog_says_so_each_day() -> None:
    """S 2.2."""
    rows = list(simulated(item("pitch"), days=[THURSDAY, FRIDAY], catalog=builders.catalog()))
    assert [(row.on, row.item_key) for row in rows] == [(THURSDAY, "pitch"), (FRIDAY, "pitch")]
    assert all(row.reason.endswith("[task.unknown]") for row in rows)


class NotOutYet:
    """A host's calendar that ends with the year 2026."""

    def is_working(self, on: date, /) -> bool:
        if on.year > 2026:
            message = f"the calendar of {on.year} is not out yet"
            raise KeyError(message)
        return True


def test_a_calendar_that_cannot_answer_is_a_row_and_the_rest_go_on() -> None:
    """S 6.10: one bad day never stops the rest."""
    days = [date(2027, 1, 1), date(2026, 12, 1)]
    bad, good = simulated(
        item(due=pv.working_days(1)), days=days, given=pv.Given(calendar=NotOutYet())
    )
    assert (bad.on, bad.due, bad.item_key) == (days[0], None, "")
    assert "the calendar of 2027 is not out yet" in bad.reason
    assert (good.on, good.due) == (days[1], date(2026, 12, 2))


def test_a_calendar_without_working_days_is_a_row_of_its_item() -> None:
    """S 4.5."""
    never = pv.WorkCalendar(weekend=Weekday)
    rows = list(simulated(item(due=pv.working_days(1)), given=pv.Given(calendar=never)))
    assert [(row.item_key, row.due) for row in rows] == [("count", None), ("count", None)]
    assert rows[1].reason.startswith("error: items.count.due: ")


# ----------------------------------------------------------------------------------- whole years


def test_a_year_by_the_calendars_of_the_place_and_of_the_rep() -> None:
    """S 4.4: nothing is due on a weekend, a holiday of the place, or in the rep's holidays."""
    christmas = [YearlyHoliday(12, 25), YearlyHoliday(12, 26)]
    at_place = pv.WorkCalendar(holidays=[date(2026, 4, 3), date(2026, 4, 6), *christmas])
    august = the_days(date(2026, 8, 3), 12)
    given = pv.Given(calendar=at_place, rep_calendars={"rep-7": pv.WorkCalendar(holidays=august)})
    year = the_days(date(2026, 1, 1), 365)

    rows = list(simulated(item(due=pv.working_days(1)), days=year, given=given))
    assert [row.on for row in rows] == year
    free = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), *august}
    due = {row.on: row.due for row in rows if row.due is not None}
    assert len(due) == 365
    assert all(each.weekday() < 5 and each not in free for each in due.values())
    assert due[date(2026, 4, 2)] == date(2026, 4, 7)  # over Easter
    assert due[date(2026, 7, 31)] == date(2026, 8, 17)  # over the rep's holidays
    assert due[date(2026, 12, 24)] == date(2026, 12, 28)
    assert all(each > on for on, each in due.items())


def test_the_29th_of_february_is_a_day_like_any_other() -> None:
    """S 4.2: a month after the last of January is its last day."""
    days = [date(2028, 1, 31), date(2028, 2, 29)]
    rows = simulated(item(due=pv.months(1)), days=days)
    assert [row.due for row in rows] == [date(2028, 2, 29), date(2028, 3, 29)]


def test_the_pattern_may_itself_be_on_the_29th_of_february() -> None:
    at = berlin(9, on=date(2028, 2, 29))
    rows = simulated(item(), days=[date(2027, 2, 28)], planned=pv.Period(at, at + DAY))
    assert [row.due for row in rows] == [date(2027, 2, 28)]


# --------------------------------------------------------------------------------- times of a day


def test_a_visit_is_at_the_same_local_time_whatever_the_clocks_do() -> None:
    """S 4.8: shortly after midnight in winter is shortly after midnight in summer."""
    planned = pv.Period(berlin(1, 30), berlin(2))
    days = [date(2026, 1, 15), date(2026, 7, 15), date(2026, 10, 25)]
    rows = simulated(item(due=pv.days(0)), days=days, planned=planned)
    assert [row.due for row in rows] == days


def test_a_visit_lasts_as_long_on_any_day() -> None:
    """It ends on the day after, on all days but one: that night is an hour short."""
    to_midnight = pv.Period(berlin(22), berlin(23, 30))
    by_end = item(due=pv.days(0, anchor=Anchor.VISIT_END))
    days = [THURSDAY, date(2026, 7, 15)]
    assert [row.due for row in simulated(by_end, days=days, planned=to_midnight)] == days
    overnight = pv.Period(berlin(1), berlin(1) + timedelta(hours=23, minutes=30))
    rows = simulated(by_end, days=[THURSDAY, CLOCKS_SKIP], planned=overnight)
    assert [row.due for row in rows] == [FRIDAY, CLOCKS_SKIP + DAY]
    rows = simulated(by_end, days=[date(2026, 10, 25)], planned=overnight)
    assert [row.due for row in rows] == [date(2026, 10, 25)]  # this one has 25 hours


def test_a_time_that_the_clocks_skip_is_a_row_that_says_so_and_the_rest_go_on() -> None:
    """S 4.8."""
    days = the_days(CLOCKS_SKIP - DAY, 3)
    before, gap, after = simulated(item(), days=days, planned=pv.Period(berlin(2, 30)))
    assert (before.due, after.due) == (days[0], days[2])
    assert gap == SimulatedTask(
        CLOCKS_SKIP,
        None,
        "",
        "",
        None,
        "2026-03-29 02:30:00 does not exist in Europe/Berlin: the clocks skip it",
    )


def test_a_visit_that_is_not_planned_is_at_the_beginning_of_each_day() -> None:
    """Its end is open, so nothing can be counted from it."""
    by_end = item("pitch", due=pv.days(1, anchor=Anchor.VISIT_END))
    days = [THURSDAY, CLOCKS_SKIP]
    rows = list(simulated(item(), by_end, days=days, planned=None))
    assert [row.due for row in rows] == [THURSDAY, None, CLOCKS_SKIP, None]


def test_a_day_without_midnight_begins_all_the_same() -> None:
    """S 4.8: in Santiago the clocks go from the end of the day before to one o'clock."""
    day = date(2026, 9, 6)
    rows = simulated(item(), days=[day], planned=None, place=place(timezone="America/Santiago"))
    assert [row.due for row in rows] == [day]


def test_a_visit_over_midnight_of_utc_is_on_its_local_day() -> None:
    """S 4.1: nine in the evening in Los Angeles is the next day elsewhere."""
    at = datetime(2026, 3, 13, 4, tzinfo=UTC)
    los_angeles = place(timezone="America/Los_Angeles")
    rows = simulated(item(), days=[THURSDAY], planned=pv.Period(at), place=los_angeles)
    assert [row.due for row in rows] == [THURSDAY]


CHANGES: list[Callable[[pv.Visit], pv.Visit]] = [
    lambda made: made.start(at=NINE),
    lambda made: made.cancel("ill"),
    lambda made: made.reschedule(pv.Period(NINE + DAY, ELEVEN + DAY)),
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_became_of_the_pattern_does_not_matter(
    change: Callable[[pv.Visit], pv.Visit],
) -> None:
    """Only who goes where, when and how long."""
    rows = pv.simulate(builders.template(), change(visit()), [FRIDAY], catalog=builders.catalog())
    assert [row.due for row in rows] == [FRIDAY]


@pytest.mark.parametrize("on", [date(1899, 12, 31), date(1900, 1, 1), date(2201, 1, 1), date.max])
@pytest.mark.parametrize("planned", [None, pv.Period(berlin(1, on=THURSDAY) - timedelta(hours=1))])
def test_a_day_out_of_range_is_a_row_and_the_rest_go_on(
    on: date, planned: pv.Period | None
) -> None:
    """S 1.3: at midnight in Berlin the year 1900 has not begun in UTC."""
    bad, good = simulated(item(), days=[on, THURSDAY], planned=planned)
    assert bad == SimulatedTask(on, None, "", "", None, bad.reason)
    assert "the years 1900 to 2200" in bad.reason
    assert good.due == THURSDAY


# ------------------------------------------------------------------------------------- laziness


def test_days_are_read_one_by_one_so_they_need_no_end() -> None:
    read: list[date] = []

    def days() -> Iterator[date]:
        for count in range(1_000_000):
            read.append(THURSDAY + count * DAY)
            yield read[-1]

    rows = simulated(item(), item("pitch"), days=days())
    assert read == []
    assert [row.on for row in islice(rows, 3)] == [THURSDAY, THURSDAY, FRIDAY]
    assert read == [THURSDAY, FRIDAY]


def test_no_days_no_rows() -> None:
    assert list(simulated(item(), days=[])) == []


@pytest.mark.parametrize("days", [THURSDAY, "2026-03-12", {THURSDAY}, {THURSDAY: 1}, None])
def test_days_come_in_an_order_of_their_own(days: object) -> None:
    """A set has another order in another process; said at once, before any row is asked for."""
    with pytest.raises(InvalidValueError) as refused:
        _ = simulated(item(), days=days)
    assert refused.value.code == "sequence.type"
    assert refused.value.message.startswith("pass dates in an order of their own, not ")


@pytest.mark.parametrize("entry", [NINE, "2026-03-12", None])
def test_an_entry_that_is_no_date_is_refused_when_it_is_due(entry: object) -> None:
    rows = simulated(item(), days=[THURSDAY, entry])
    assert next(rows).on == THURSDAY
    with pytest.raises(InvalidValueError) as refused:
        _ = next(rows)
    assert refused.value.code == "date.type"


@pytest.mark.parametrize("wrong", ["template", "visit", "catalog", "given"])
def test_the_other_arguments_are_of_their_types(wrong: str) -> None:
    held: dict[str, Any] = {"template": builders.template(), "visit": visit(), "days": [THURSDAY]}
    held |= {"catalog": builders.catalog(), "given": pv.Given(), wrong: [item()]}
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.simulate(**held)
    assert refused.value.code == "type.wrong"
