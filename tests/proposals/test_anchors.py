"""What dates are counted from, and how long items keep after each other."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

import partnervisits as pv
from partnervisits.calendars import (
    Anchor,
    CalendarOwner,
    FactDate,
    ItemDate,
    Offset,
    Roll,
    RollStep,
    Trail,
)
from partnervisits.conditions import when
from partnervisits.contexts import Fact
from partnervisits.templates import Prerequisite, Spread
from tests.builders import NINE, THURSDAY, item, place
from tests.proposals.worlds import (
    AGREEMENT,
    PRODUCT_A,
    PRODUCT_B,
    dues,
    error,
    expanded,
    plan_of,
    planned,
    trail_of,
    warning,
)

FRIDAY, SATURDAY, SUNDAY, MONDAY, TUESDAY, WEDNESDAY = (
    THURSDAY + timedelta(days=n) for n in range(1, 7)
)
RENEWAL = FactDate("renewal")
IN_JUNE = date(2026, 6, 15)
"""A Monday."""


def line(
    key: str,
    *after: Prerequisite | str,
    due: Offset | None = None,
    if_open: bool = False,
    each: bool = False,
) -> pv.TemplateItem:
    """An item that comes after others, maybe only if the shop is open, maybe for each product."""
    return item(
        key,
        task="count",
        after=after,
        due=due,
        condition=when("open", pv.equals(True)) if if_open else None,
        context_kinds=["product"] if each else [],
        spread=Spread.ONE_EACH if each else Spread.TOGETHER,
    )


def in_shop(*, is_open: bool) -> pv.Given:
    return pv.Given(facts=pv.Facts(visit={"open": is_open}))


CLOSED = in_shop(is_open=False)


def on_day(on: date) -> pv.Period:
    """From nine to eleven in Berlin, in winter time."""
    start = datetime(on.year, on.month, on.day, 8, tzinfo=UTC)
    return pv.Period(start, start + timedelta(hours=2))


def of_products(**renewals: Fact) -> pv.Given:
    """The products A and B, each with its own renewal."""
    contexts = {key: pv.Context("product", key.upper()) for key in ("a", "b")}
    facts = {contexts[key]: {"renewal": fact} for key, fact in renewals.items()}
    return pv.Given(contexts=list(contexts.values()), facts=pv.Facts(contexts=facts))


def missing_date(key: str, why: str) -> pv.Finding:
    return warning(("items", key, "due"), "date.missing-anchor", f"kept without a date{why}")


# -------------------------------------------------------------------- the visit (S 4.1)


@pytest.mark.parametrize(
    ("due", "expected", "written"),
    [
        (pv.days(-3), date(2026, 3, 9), "3 days before visit start"),
        (pv.working_days(-1), date(2026, 3, 11), "1 working day before visit start"),
        (pv.days(0, anchor=Anchor.VISIT_END), FRIDAY, "on visit end"),
        (pv.weeks(2, anchor=Anchor.VISIT_END), date(2026, 3, 27), "2 weeks after visit end"),
        (pv.months(-1, anchor=Anchor.VISIT_END), date(2026, 2, 13), "1 month before visit end"),
    ],
)
def test_what_is_prepared_and_reported_counts_from_the_start_or_the_end_of_the_visit(
    due: Offset, expected: date, written: str
) -> None:
    """S 4.1, S 4.6."""
    overnight = pv.Period(NINE, NINE + timedelta(days=1))
    found = trail_of(expanded(item(due=due), planned=overnight), "count")
    from_end = due.anchor is Anchor.VISIT_END
    assert (found.planned, str(found)) == (expected, written)
    assert (found.anchor, found.anchor_date) == (due.anchor, FRIDAY if from_end else THURSDAY)


# ------------------------------------------------------------------- another item (S 4.1)


@pytest.mark.parametrize(
    ("offset", "expected", "written"),
    [
        (2, MONDAY, "2 days after survey"),
        (0, SATURDAY, "on survey"),
        (-1, FRIDAY, "1 day before survey"),
        (-4, date(2026, 3, 10), "4 days before survey"),
    ],
)
def test_an_item_may_be_due_some_days_before_or_after_another(
    offset: int, expected: date, written: str
) -> None:
    """S 4.1: wherever the other stands; and nobody has to wait for it."""
    due = pv.days(offset, anchor=ItemDate("survey"))
    proposal = expanded(line("letter", due=due), line("survey", due=pv.days(2)))
    assert trail_of(proposal, "letter") == Trail(
        ItemDate("survey"), SATURDAY, due, expected, (), None, expected
    )
    assert str(trail_of(proposal, "letter")) == written
    assert plan_of(proposal).task("letter").after == ()
    assert proposal.findings == ()


def test_what_counts_from_another_item_counts_from_where_its_roll_took_it() -> None:
    """S 4.1: the planned date is meant, not the raw one."""
    proposal = expanded(
        line("survey", due=pv.days(2, roll=Roll.FOLLOWING)),
        line("report", due=pv.days(1, anchor=ItemDate("survey"))),
        line("file", due=pv.days(1, anchor=ItemDate("report"))),
    )
    assert dues(proposal) == {"survey": MONDAY, "report": TUESDAY, "file": WEDNESDAY}


def test_what_counts_from_an_item_with_several_tasks_counts_from_the_latest() -> None:
    """S 4.1."""
    given = of_products(a=SATURDAY, b=FRIDAY)
    proposal = expanded(
        line("each", due=pv.days(0, anchor=RENEWAL), each=True),
        line("report", due=pv.days(1, anchor=ItemDate("each"))),
        line("wait", "each"),
        given=given,
    )
    assert (dues(proposal)["report"], dues(proposal)["wait"]) == (SUNDAY, SATURDAY)
    assert trail_of(proposal, "report").anchor_date == SATURDAY


def test_of_an_item_with_several_tasks_those_with_a_date_count() -> None:
    """S 4.1."""
    proposal = expanded(
        line("each", due=pv.days(0, anchor=RENEWAL), each=True),
        line("report", due=pv.days(1, anchor=ItemDate("each"))),
        given=of_products(b=FRIDAY),
    )
    assert dues(proposal)["report"] == SATURDAY
    assert proposal.findings == (missing_date("each", f" for product A: {GIVE_RENEWAL}"),)


GIVE_RENEWAL = "give the date renewal in Given(facts=)"


@pytest.mark.parametrize(
    ("survey", "given"),
    [
        (line("survey", if_open=True), CLOSED),
        (line("survey"), pv.Given(exclude=["survey"])),
        (line("survey", due=pv.days(0, anchor=Anchor.VISIT_END)), pv.Given()),
        (line("survey", due=pv.days(1, anchor=RENEWAL)), pv.Given()),
    ],
    ids=["left out", "excluded", "open end", "unknown fact"],
)
def test_an_item_that_counts_from_one_without_a_date_has_none_either(
    survey: pv.TemplateItem, given: pv.Given
) -> None:
    """S 6.5: it is kept, with a warning, and the others are dated."""
    proposal = expanded(
        survey,
        line("report", due=pv.days(1, anchor=ItemDate("survey"))),
        line("count"),
        given=given,
        planned=pv.Period(NINE),
    )
    assert (dues(proposal)["report"], dues(proposal)["count"]) == (None, THURSDAY)
    assert plan_of(proposal).task("report").trail is None
    why = ": survey has none or is not planned"
    assert missing_date("report", why) in proposal.findings
    assert not proposal.is_blocked


# ------------------------------------------------------------------- a date fact (S 4.1)


def renewals(
    context: date | None = None, visit: date | None = None, partner: date | None = None
) -> pv.Given:
    """When the agreement ends, as the agreement, the visit and the partner say it."""
    held = [{} if each is None else {"renewal": each} for each in (context, visit, partner)]
    facts = pv.Facts(contexts={AGREEMENT: held[0]}, visit=held[1], partner=held[2])
    return pv.Given(contexts=[AGREEMENT], facts=facts)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (renewals(IN_JUNE, SATURDAY, SUNDAY), IN_JUNE),
        (renewals(None, IN_JUNE, SUNDAY), IN_JUNE),
        (renewals(None, None, IN_JUNE), IN_JUNE),
    ],
)
def test_a_date_is_asked_of_the_context_then_of_the_visit_then_of_the_partner(
    given: pv.Given, expected: date
) -> None:
    """S 4.1, S 3.4."""
    due = pv.days(-30, anchor=RENEWAL)
    proposal = expanded(item(due=due, context_kinds=["agreement"]), given=given)
    month_before = expected - timedelta(days=30)
    assert trail_of(proposal, "count") == Trail(
        RENEWAL, expected, due, month_before, (), None, month_before
    )
    assert str(trail_of(proposal, "count")) == "30 days before renewal"
    assert proposal.findings == ()


def test_an_item_about_several_contexts_asks_the_visit_and_the_partner_only() -> None:
    """S 3.4: it is open whose date would be meant."""
    facts = pv.Facts(
        contexts={PRODUCT_A: {"renewal": SATURDAY}, PRODUCT_B: {"renewal": SATURDAY}},
        partner={"renewal": IN_JUNE},
    )
    given = pv.Given(contexts=[PRODUCT_A, PRODUCT_B], facts=facts)
    both = item(due=pv.days(0, anchor=RENEWAL), context_kinds=["product"])
    assert dues(expanded(both, given=given)) == {"count": IN_JUNE}


@pytest.mark.parametrize(
    ("timezone", "expected"),
    [("Europe/Berlin", date(2026, 7, 1)), ("Europe/London", date(2026, 6, 30))],
)
def test_an_instant_means_its_day_at_the_place(timezone: str, expected: date) -> None:
    """S 4.1."""
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    given = pv.Given(facts=pv.Facts(visit={"renewal": late}))
    due = pv.days(0, anchor=RENEWAL)
    assert dues(expanded(item(due=due), given=given, place=place(timezone=timezone))) == {
        "count": expected
    }


def test_a_task_for_each_context_has_the_date_of_its_context() -> None:
    """S 4.1, S 6.2."""
    each = line("each", due=pv.days(-1, anchor=RENEWAL), each=True)
    plan = plan_of(expanded(each, given=of_products(a=SUNDAY, b=IN_JUNE)))
    assert [(task.own_context, task.due) for task in plan.tasks] == [
        (PRODUCT_A, SATURDAY),
        (PRODUCT_B, date(2026, 6, 14)),
    ]
    trails = [task.trail for task in plan.tasks]
    assert [trail.anchor_date for trail in trails if trail] == [SUNDAY, IN_JUNE]


def test_a_date_fact_serves_before_the_visit_is_planned() -> None:
    """S 4.1."""
    given = pv.Given(facts=pv.Facts(partner={"renewal": IN_JUNE}))
    due = pv.working_days(-1, anchor=RENEWAL)
    proposal = expanded(item(due=due), given=given, planned=None)
    assert dues(proposal) == {"count": date(2026, 6, 12)}
    assert proposal.findings == ()


def test_an_item_whose_date_fact_is_missing_is_kept_without_a_date() -> None:
    """S 6.5: with a warning that says what to give."""
    proposal = expanded(item(due=pv.days(-30, anchor=RENEWAL)), line("next", "count"))
    assert dues(proposal) == {"count": None, "next": THURSDAY}
    assert plan_of(proposal).task("next").after == ("count",)
    assert proposal.findings == (missing_date("count", f": {GIVE_RENEWAL}"),)


def test_of_several_contexts_the_one_without_the_date_is_named() -> None:
    """S 6.5: the others are dated."""
    each = line("each", due=pv.days(0, anchor=RENEWAL), each=True)
    proposal = expanded(each, given=of_products(a=SUNDAY))
    assert [task.due for task in plan_of(proposal).tasks] == [SUNDAY, None]
    assert proposal.findings == (missing_date("each", f" for product B: {GIVE_RENEWAL}"),)


@pytest.mark.parametrize(
    ("fact", "kind"),
    [("June", "'June'"), (6, "int"), (True, "bool")],
    ids=["text", "number", "bool"],
)
def test_a_fact_that_is_no_date_is_an_error(fact: Fact, kind: str) -> None:
    """S 6.5: said once, and the task is there, without a date."""
    given = pv.Given(facts=pv.Facts(visit={"renewal": fact}))
    proposal = expanded(item(due=pv.days(0, anchor=RENEWAL)), given=given)
    message = f"renewal is {kind}: give a date or an instant"
    assert proposal.findings == (error(("items", "count", "due"), "date.anchor-type", message),)
    assert dues(proposal) == {"count": None}


def test_of_several_contexts_the_one_whose_fact_is_no_date_is_named() -> None:
    """S 6.5."""
    each = line("each", due=pv.days(0, anchor=RENEWAL), each=True)
    proposal = expanded(each, given=of_products(a=SUNDAY, b="June"))
    message = "renewal of product B is 'June': give a date or an instant"
    assert proposal.findings == (error(("items", "each", "due"), "date.anchor-type", message),)


def test_each_task_waits_and_rolls_on_its_own() -> None:
    """S 4.7: the roll of one, the prerequisite of the other."""
    own = pv.days(0, anchor=RENEWAL, roll=Roll.FOLLOWING)
    each = item(
        "each",
        task="count",
        due=own,
        after=["a"],
        context_kinds=["product"],
        spread=Spread.ONE_EACH,
    )
    proposal = expanded(line("a", due=pv.days(1)), each, given=of_products(a=THURSDAY, b=SATURDAY))
    first, second = (
        plan_of(proposal).task("each", context=c).trail for c in (PRODUCT_A, PRODUCT_B)
    )
    assert first is not None
    assert second is not None
    assert (first.bound_by, first.planned, first.rolls) == ("a", FRIDAY, ())
    assert (second.bound_by, second.planned, len(second.rolls)) == (None, MONDAY, 1)


# -------------------------------------------------------------------- least lags (S 4.7)

HOLIDAYS = pv.Given(
    calendar=pv.WorkCalendar(holidays=[FRIDAY]),
    rep_calendars={"rep-7": pv.WorkCalendar(holidays=[MONDAY])},
)


@pytest.mark.parametrize(
    ("least", "given", "expected", "written"),
    [
        (pv.days(4), HOLIDAYS, MONDAY, "4 days after survey"),
        (pv.weeks(1), HOLIDAYS, date(2026, 3, 19), "1 week after survey"),
        (pv.months(2), HOLIDAYS, date(2026, 5, 12), "2 months after survey"),
        (pv.working_days(2), pv.Given(), MONDAY, "2 working days after survey"),
        (pv.working_days(2), HOLIDAYS, WEDNESDAY, "2 working days after survey"),
        (pv.days(2, roll=Roll.FOLLOWING), HOLIDAYS, TUESDAY, "2 days after survey"),
    ],
)
def test_an_item_keeps_its_distance_from_what_comes_before(
    least: Offset, given: pv.Given, expected: date, written: str
) -> None:
    """S 4.7, S 4.4: working days are those of the place and of the rep at once."""
    pitch = line("pitch", Prerequisite("survey", least=least))
    proposal = expanded(line("survey"), pitch, given=given)
    found = trail_of(proposal, "pitch")
    assert found == Trail(
        Anchor.VISIT_START, THURSDAY, None, THURSDAY, (), "survey", expected, least
    )
    assert str(found) == f"on visit start; {written}"
    assert proposal.findings == ()


def test_of_several_prerequisites_the_one_that_binds_is_in_the_trail() -> None:
    """S 4.6: by date and distance together, not by either alone."""
    proposal = expanded(
        line("late", due=pv.days(6)),
        line("far", due=pv.days(1)),
        line("near", due=pv.days(2)),
        line(
            "last",
            Prerequisite("late", least=pv.days(1)),
            Prerequisite("far", least=pv.weeks(1)),
            "near",
        ),
    )
    found = trail_of(proposal, "last")
    assert (found.bound_by, found.lag, found.planned) == ("far", pv.weeks(1), FRIDAY + 7 * DAY)
    assert plan_of(proposal).task("last").after == ("far", "late", "near")


DAY = timedelta(days=1)


def test_an_item_that_is_due_late_enough_is_bound_by_nobody() -> None:
    """S 4.6."""
    least = Prerequisite("survey", least=pv.days(2))
    proposal = expanded(line("survey"), line("pitch", least, due=pv.days(2)))
    found = trail_of(proposal, "pitch")
    assert (found.bound_by, found.lag, found.planned) == (None, None, SATURDAY)
    assert str(found) == "2 days after visit start"


def test_what_prepares_another_may_be_due_some_days_before_it() -> None:
    """S 4.7: a least lag below zero; not sooner than that."""
    proposal = expanded(
        line("survey", due=pv.days(5)),
        line("invite", Prerequisite("survey", least=pv.days(-3))),
        line("call", Prerequisite("survey", least=pv.days(-3)), due=pv.days(4)),
    )
    assert dues(proposal) == {"survey": TUESDAY, "invite": SATURDAY, "call": MONDAY}
    found = trail_of(proposal, "invite")
    assert (found.bound_by, found.lag) == ("survey", pv.days(-3))
    assert proposal.findings == ()


def test_a_distance_that_no_calendar_can_give_leaves_the_item_without_a_date() -> None:
    """S 4.5."""
    pitch = line("pitch", Prerequisite("survey", least=pv.days(2, roll=Roll.RAISE)))
    proposal = expanded(line("survey"), pitch)
    message = "2026-03-14 is no working day: choose another roll"
    path = ("items", "pitch", "due")
    assert proposal.findings == (error(path, "calendar.non-working", message),)
    assert dues(proposal) == {"survey": THURSDAY, "pitch": None}


# ----------------------------------------------------------------- greatest lags (S 4.7)


def too_late(limit: str, key: str = "pitch") -> pv.Finding:
    return warning(("items", key, "due"), "date.too-late", f"{limit}: move one of them")


def on_monday(most: Offset) -> pv.Proposal:
    """A pitch that is due four days, or two working days, after the survey."""
    pitch = line("pitch", Prerequisite("survey", most=most), due=pv.days(4))
    return expanded(line("survey"), pitch)


@pytest.mark.parametrize(
    ("most", "limit"),
    [
        (pv.days(3), "later than 3 days after survey"),
        (pv.working_days(1), "later than 1 working day after survey"),
        (pv.weeks(0), "after survey"),
    ],
)
def test_an_item_that_is_due_too_long_after_another_is_planned_with_a_warning(
    most: Offset, limit: str
) -> None:
    """S 4.7."""
    proposal = on_monday(most)
    assert dues(proposal) == {"survey": THURSDAY, "pitch": MONDAY}
    assert proposal.findings == (too_late(limit),)
    assert not proposal.is_blocked


@pytest.mark.parametrize("most", [pv.days(4), pv.working_days(2), pv.weeks(1), pv.months(1)])
def test_an_item_that_is_due_soon_enough_after_another_is_in_time(most: Offset) -> None:
    """S 4.7: the greatest lag itself is not too late."""
    proposal = on_monday(most)
    assert dues(proposal) == {"survey": THURSDAY, "pitch": MONDAY}
    assert proposal.findings == ()


def test_what_has_to_be_ready_before_another_may_come_too_late() -> None:
    """S 4.7: a greatest lag below zero."""
    window = Prerequisite("survey", least=pv.days(-5), most=pv.days(-2))
    proposal = expanded(
        line("survey", due=pv.days(5)),
        line("invite", window, due=pv.days(3)),
        line("call", window, due=pv.days(4)),
    )
    assert proposal.findings == (too_late("later than 2 days before survey", "call"),)


def test_an_item_may_have_to_wait_and_be_in_time_at_once() -> None:
    """S 4.7."""
    window = Prerequisite("survey", least=pv.days(2), most=pv.days(5))
    proposal = expanded(line("survey"), line("pitch", window))
    found = trail_of(proposal, "pitch")
    assert (found.bound_by, found.lag, found.planned) == ("survey", pv.days(2), SATURDAY)
    assert proposal.findings == ()


def test_a_window_that_holidays_close_is_kept_open_at_its_far_end() -> None:
    """S 4.7: the least lag holds, the greatest is warned of."""
    window = Prerequisite("survey", least=pv.working_days(2), most=pv.days(4))
    items = [line("survey"), line("pitch", window)]
    assert expanded(*items).findings == ()
    proposal = expanded(*items, given=HOLIDAYS)
    assert dues(proposal)["pitch"] == WEDNESDAY
    assert proposal.findings == (too_late("later than 4 days after survey"),)


def test_two_windows_that_never_meet_are_a_warning() -> None:
    """S 4.7: soon after the one, long after the other."""
    proposal = expanded(
        line("call"),
        line("survey"),
        line(
            "pitch",
            Prerequisite("call", most=pv.days(1)),
            Prerequisite("survey", least=pv.days(5)),
        ),
    )
    assert dues(proposal)["pitch"] == TUESDAY
    assert trail_of(proposal, "pitch").bound_by == "survey"
    assert proposal.findings == (too_late("later than 1 day after call"),)


# --------------------------------------------------------------- the roll comes last (S 4.7)


def test_the_roll_comes_after_the_distance() -> None:
    """S 4.7: Thursday and two days is Saturday, so Monday; which may then be too late."""
    own = pv.days(0, roll=Roll.FOLLOWING)
    window = Prerequisite("survey", least=pv.days(2), most=pv.days(3))
    proposal = expanded(line("survey"), line("pitch", window, due=own))
    step = RollStep(Roll.FOLLOWING, SATURDAY, MONDAY, (CalendarOwner.PLACE,))
    assert trail_of(proposal, "pitch") == Trail(
        Anchor.VISIT_START, THURSDAY, own, THURSDAY, (step,), "survey", MONDAY, pv.days(2)
    )
    assert proposal.findings == (too_late("later than 3 days after survey"),)


def test_a_roll_that_leads_back_closer_than_the_distance_is_a_warning() -> None:
    """S 4.7."""
    back = pv.days(0, roll=Roll.PRECEDING)
    pitch = line("pitch", Prerequisite("survey", least=pv.days(2)), due=back)
    proposal = expanded(line("survey"), pitch)
    assert dues(proposal)["pitch"] == FRIDAY
    message = "its roll takes it earlier than 2 days after survey: choose a roll that follows"
    path = ("items", "pitch", "due")
    assert proposal.findings == (warning(path, "date.before-prerequisite", message),)


# --------------------------------------------- prerequisites that are left out (S 4.7, S 6.7)


def test_a_prerequisite_that_is_left_out_hands_on_its_own_with_their_distances() -> None:
    """S 4.7: how far the last one was to be from the one left out means nothing now."""
    proposal = expanded(
        line("survey"),
        line("price", due=pv.days(1)),
        line(
            "quote",
            Prerequisite("survey", least=pv.days(5), most=pv.days(6)),
            Prerequisite("price", least=pv.days(2)),
            if_open=True,
        ),
        line("order", Prerequisite("quote", least=pv.weeks(4)), due=pv.days(7)),
        given=CLOSED,
    )
    assert plan_of(proposal).task("order").after == ("price", "survey")
    assert dues(proposal)["order"] == THURSDAY + 7 * DAY
    assert proposal.findings == (too_late("later than 6 days after survey", "order"),)


def test_several_left_out_in_a_row_hand_on_what_the_first_came_after() -> None:
    """S 4.7."""
    proposal = expanded(
        line("survey"),
        line("one", Prerequisite("survey", least=pv.days(3)), if_open=True),
        line("two", Prerequisite("one", least=pv.days(10)), if_open=True),
        line("three", "two", "one", if_open=True),
        line("last", "three"),
        given=CLOSED,
    )
    found = trail_of(proposal, "last")
    assert plan_of(proposal).task("last").after == ("survey",)
    assert (found.bound_by, found.lag, found.planned) == ("survey", pv.days(3), SUNDAY)


@pytest.mark.parametrize("first", [2, 4])
def test_two_distances_that_are_handed_on_hold_both(first: int) -> None:
    """S 4.7: directly one, through what is left out another; the longer one binds."""
    proposal = expanded(
        line("survey"),
        line("gap", Prerequisite("survey", least=pv.days(first)), if_open=True),
        line("last", Prerequisite("survey", least=pv.days(6 - first)), "gap"),
        given=CLOSED,
    )
    found = trail_of(proposal, "last")
    assert plan_of(proposal).task("last").after == ("survey",)
    assert (found.lag, found.planned) == (pv.days(4), MONDAY)


def test_a_merged_prerequisite_is_followed_at_the_same_distance() -> None:
    """S 6.7: the survey is done all the same, by the item of the template."""
    given = pv.Given(
        add=[
            line("again"),
            item("call", after=[Prerequisite("again", least=pv.days(2), most=pv.days(3))]),
            item("visit", after=["again"], due=pv.days(9)),
        ]
    )
    proposal = expanded(line("survey", due=pv.days(1)), given=given)
    assert planned(proposal) == ["survey", "call", "visit"]
    assert plan_of(proposal).task("call").after == ("survey",)
    found = trail_of(proposal, "call")
    assert (found.bound_by, found.lag, found.planned) == ("survey", pv.days(2), SUNDAY)


def test_what_waits_through_a_left_out_item_for_a_merged_one_waits_for_its_host() -> None:
    """S 4.7, S 6.7."""
    given = pv.Given(
        facts=CLOSED.facts,
        add=[
            line("again"),
            line("gap", Prerequisite("again", least=pv.days(2)), if_open=True),
            item("call", after=["gap"]),
        ],
    )
    proposal = expanded(line("survey"), given=given)
    assert plan_of(proposal).task("call").after == ("survey",)
    assert dues(proposal) == {"survey": THURSDAY, "call": SATURDAY}


# ----------------------------------------------------------------- regressions, by their tales


def test_the_one_of_two_items_with_one_title_that_is_meant_is_waited_for() -> None:
    """S 3.2: items are reached by their keys, never by their titles."""
    titled = [
        item(key, name="Count the shelf", task="count", due=due)
        for key, due in (("before", pv.days(1)), ("after", pv.days(5)))
    ]
    proposal = expanded(*titled, line("report", "before"))
    assert [each.name for each in plan_of(proposal).tasks[:2]] == ["Count the shelf"] * 2
    assert plan_of(proposal).task("report").after == ("before",)
    assert trail_of(proposal, "report").bound_by == "before"
    assert dues(proposal)["report"] == FRIDAY


def seconds_for(items: Sequence[pv.TemplateItem], given: pv.Given) -> tuple[pv.Proposal, float]:
    began = time.process_time()
    proposal = expanded(*items, given=given)
    return proposal, time.process_time() - began


def chain(length: int) -> Iterator[pv.TemplateItem]:
    """Each a day after the one before; every other one only if the shop is open."""
    for each in range(length):
        before = [Prerequisite(f"i{each - 1}", least=pv.days(1))] if each else []
        yield line(f"i{each}", *before, if_open=each % 2 == 0 and 0 < each < length - 1)


@pytest.mark.parametrize(
    ("is_open", "count", "days"), [(True, 10_000, 9_999), (False, 5_001, 5_000)]
)
def test_a_chain_of_ten_thousand_items_is_dated_to_its_end(
    count: int, days: int, *, is_open: bool
) -> None:
    """S 3.3: without recursion and in seconds; also with half of it left out."""
    proposal, seconds = seconds_for([*chain(10_000)], in_shop(is_open=is_open))
    assert len(planned(proposal)) == count
    assert dues(proposal)["i9999"] == THURSDAY + days * DAY
    assert seconds < 60


def diamond(levels: int, half: str) -> Iterator[pv.TemplateItem]:
    """Two items a level, each a day after both of the level before; half only if it is open."""
    before: list[Prerequisite] = []
    for level in range(levels):
        for side in ("left", "right"):
            is_in_half = side == half or (half == "levels" and level % 2 == 0)
            yield line(f"{side}{level}", *before, if_open=is_in_half)
        before = [Prerequisite(f"{side}{level}", least=pv.days(1)) for side in ("left", "right")]


@pytest.mark.parametrize(
    ("half", "days", "after"),
    [
        ("none", 25, {"left24", "right24"}),
        ("left", 25, {f"right{level}" for level in range(25)}),
        ("levels", 12, {"left23", "right23"}),
    ],
)
def test_a_diamond_of_26_levels_is_not_walked_path_by_path(
    half: str, days: int, after: set[str]
) -> None:
    """S 3.3: there are 67 million ways through it; also with half of it left out."""
    proposal, seconds = seconds_for([*diamond(26, half)], CLOSED)
    end = plan_of(proposal).task("right25")
    assert (end.due, set(end.after)) == (THURSDAY + days * DAY, after)
    assert seconds < 10


def test_monthly_on_the_31st_never_drifts() -> None:
    """S 4.2: each month counts from the visit, not from the month before."""
    items = [line(f"month-{n}", due=pv.months(n)) for n in range(1, 14)]
    proposal = expanded(*items, planned=on_day(date(2026, 1, 31)))
    days = [due and (due.month, due.day) for due in dues(proposal).values()]
    assert days == [
        (2, 28),
        (3, 31),
        (4, 30),
        (5, 31),
        (6, 30),
        (7, 31),
        (8, 31),
        (9, 30),
        (10, 31),
        (11, 30),
        (12, 31),
        (1, 31),
        (2, 28),
    ]


@pytest.mark.parametrize(
    ("rule", "last_of_january", "first_of_february"),
    [
        (Roll.FOLLOWING, date(2026, 2, 2), date(2026, 2, 2)),
        (Roll.PRECEDING, date(2026, 1, 30), date(2026, 1, 30)),
        (Roll.MODIFIED_FOLLOWING, date(2026, 1, 30), date(2026, 2, 2)),
        (Roll.MODIFIED_PRECEDING, date(2026, 1, 30), date(2026, 2, 2)),
    ],
)
def test_a_roll_crosses_the_end_of_the_month_only_if_it_may(
    rule: Roll, last_of_january: date, first_of_february: date
) -> None:
    """S 4.3: in a plan, from a Saturday and from the Sunday after it."""
    items = [line("saturday", due=pv.days(2, roll=rule)), line("sunday", due=pv.days(3, roll=rule))]
    proposal = expanded(*items, planned=on_day(date(2026, 1, 29)))
    assert dues(proposal) == {"saturday": last_of_january, "sunday": first_of_february}
    steps = [step for key in ("saturday", "sunday") for step in trail_of(proposal, key).rolls]
    assert [(step.rule, step.before) for step in steps] == [
        (rule, date(2026, 1, 31)),
        (rule, date(2026, 2, 1)),
    ]
