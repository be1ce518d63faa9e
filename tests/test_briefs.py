"""What a rep reads before a visit: open follow-ups, and what earlier visits tell (S 9.4, S 9.5)."""

import pickle
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import briefs
from partnervisits.briefs import Brief, BriefLine, brief
from partnervisits.comparison import Comparison, Outcome
from partnervisits.errors import InvalidValueError
from partnervisits.followups import FollowUp, Level
from partnervisits.histories import History, Per, Trend
from partnervisits.plans import Kpi
from tests import builders
from tests.judged import DATETIME, DECIMAL
from tests.quarters import PARTNER, STOCK, at, day, found, kpi, overridden

APRIL = builders.visit(id="V-4", planned=pv.Period(at(4)))
UNSCHEDULED = builders.visit(id="V-4", planned=None)
SHELF_1, SHELF_2 = pv.Context("shelf", "1"), pv.Context("shelf", "2")
PRICE = builders.indicator(
    "price", value_type=DECIMAL, direction=pv.Direction.LOWER_IS_BETTER, unit="€"
)
NEUTRAL = attrs.evolve(STOCK, direction=pv.Direction.NEUTRAL)


def price(month: int, actual: object = None, context: pv.Context = SHELF_2) -> Comparison:
    target = pv.Target("price", pv.at_most(2))
    return found(month, actual, kpi(month, target, indicator=PRICE, context=context))


def shelf(month: int, actual: object = None, context: pv.Context = SHELF_1) -> Comparison:
    return found(month, actual, kpi(month, context=context))


def silent(month: int, outcome: Outcome) -> Comparison:
    """A KPI that nothing was captured of, with a computed outcome of its own."""
    return attrs.evolve(found(month), computed=outcome)


def april_plan(*items: pv.TemplateItem, indicators: Iterable[str] = ("stock",)) -> pv.ActionPlan:
    """What is asked in April: at least 8 in stock, and a price of at most 1."""
    held = items or (builders.item(),)
    tasks = [builders.task(each, indicators) for each in sorted({item.task for item in held})]
    catalog = builders.catalog(
        indicators=[STOCK, PRICE],
        tasks=tasks,
        targets=[pv.Target("stock", pv.at_least(8)), pv.Target("price", pv.at_most(1))],
    )
    given_ones = pv.Given(contexts=[SHELF_2, SHELF_1])
    return pv.expand(builders.template(*held), APRIL, catalog=catalog, given=given_ones).accept()


def the_line(history: Iterable[Comparison], **settings: Any) -> BriefLine:
    (line,) = brief(APRIL, history=history, **settings).lines
    return line


def open_one(rule_key: str = "short", **changes: Any) -> FollowUp:
    settings: dict[str, Any] = {
        "rule_key": rule_key,
        "action": "Order more",
        "on": Outcome.NOT_MET,
        "visit_id": "V-1",
        "partner_id": "acme",
        "task_key": "count",
        "indicator": "stock",
        "context": PARTNER,
        "kpi_id": "V-1/round/count/partner/acme/stock",
    }
    return FollowUp(**(settings | changes))


# ------------------------------------------------------------------------- what there is a line for


def test_a_brief_names_the_visit_its_partner_and_its_day() -> None:
    """S 9.4."""
    assert brief(APRIL, history=[]) == Brief(
        visit_id="V-4", partner_id="acme", on=date(2026, 4, 10), follow_ups=(), lines=()
    )
    assert brief(UNSCHEDULED, history=[]).on is None


def test_with_a_plan_there_is_a_line_for_each_of_its_kpis_in_its_order() -> None:
    """S 9.4: also for what was never asked before, and nothing else."""
    plan = april_plan(
        builders.item("look", context_kinds=["shelf"]),
        builders.item("count"),
        indicators=["stock", "price"],
    )
    lines = brief(APRIL, history=[found(1, 3), shelf(1, 5), price(1, 2, PARTNER)], plan=plan).lines
    assert [(line.context, line.indicator.key) for line in lines] == [
        (each.context, each.indicator.key) for each in plan.kpis
    ]
    assert {(line.context, line.indicator.key) for line in lines if line.found} == {
        (PARTNER, "stock"),
        (PARTNER, "price"),
        (SHELF_1, "stock"),
    }
    asked_for_less = april_plan(builders.item("look", context_kinds=["shelf"]))
    lines = brief(APRIL, history=[found(1, 3), price(1, 2)], plan=asked_for_less).lines
    assert [(line.context, line.found) for line in lines] == [(SHELF_1, ()), (SHELF_2, ())]


def test_a_line_says_what_is_expected_this_time() -> None:
    """S 2.6: at least 5 was expected so far, and at least 8 is now."""
    line = the_line([found(1, 5), found(2, 6)], plan=april_plan())
    assert str(line.target) == "at least 8"
    assert line.outcome is Outcome.MET


def test_without_a_plan_a_line_says_what_was_expected_last() -> None:
    """S 2.7."""
    less, none = pv.Target("stock", pv.at_least(2)), None
    assert str(the_line([found(1, 5), found(2, 5, kpi(2, less))]).target) == "at least 2"
    assert str(the_line([found(1, 5, kpi(1, less)), found(2, 5)]).target) == "at least 5"
    assert the_line([found(1, 5), found(2, 5, kpi(2, none))]).target is None


def test_without_a_plan_there_is_a_line_for_all_that_is_known() -> None:
    """S 9.4: by kind of context, context and indicator."""
    known = [price(3), shelf(1, 5, SHELF_2), found(2, 5), shelf(2, 5), price(2, 2, SHELF_1)]
    lines = brief(APRIL, history=known).lines
    assert [(line.context, line.indicator.key) for line in lines] == [
        (PARTNER, "stock"),
        (SHELF_1, "price"),
        (SHELF_1, "stock"),
        (SHELF_2, "price"),
        (SHELF_2, "stock"),
    ]


def test_what_two_tasks_ask_has_one_line() -> None:
    """S 9.4: with what the first of them expects."""
    more = [pv.Target("stock", pv.at_least(9))]
    held = [found(1, 3), found(1, 4, kpi(1, task="recount"))]
    count, recount = builders.item("count"), builders.item("recount", targets=more)
    for first, second, expected in (
        (count, recount, "at least 8"),
        (recount, count, "at least 9"),
    ):
        line = the_line(held, plan=april_plan(first, second))
        assert str(line.target) == expected
        assert len(line.found) == 2
    assert len(the_line(held).found) == 2


def test_before_the_first_visit_a_line_knows_only_what_is_expected() -> None:
    """S 9.4."""
    (asked,) = april_plan().kpis
    line = the_line([], plan=april_plan())
    assert line == BriefLine(
        indicator=STOCK,
        context=PARTNER,
        target=asked.target,
        found=(),
        outcome=None,
        streak=0,
        trend=None,
        timezone="Europe/Berlin",
    )
    assert (line.is_at_risk, line.has_changed) == (False, False)


def test_each_context_has_readings_verdicts_and_trends_of_its_own() -> None:
    """S 9.4."""
    known = [shelf(1, 5), shelf(2, 3), shelf(1, 2, SHELF_2), shelf(2, 6, SHELF_2)]
    first, second = brief(APRIL, history=known).lines
    assert [each.actual for each in first.found] == [3, 5]
    assert [each.actual for each in second.found] == [6, 2]
    assert (first.outcome, first.trend) == (Outcome.NOT_MET, Trend.WORSENING)
    assert (second.outcome, second.trend) == (Outcome.MET, Trend.IMPROVING)


# -------------------------------------------------------------------------- which comparisons count


@pytest.mark.parametrize("plan", [None, april_plan()], ids=["without a plan", "with a plan"])
def test_only_earlier_visits_to_the_partner_tell_something(plan: pv.ActionPlan | None) -> None:
    """S 9.4: not this visit, not later ones, not those to others."""
    others = [
        found(4, 1),
        found(5, 1),
        attrs.evolve(found(3, 1), subject=attrs.evolve(found(3).subject, partner_id="other")),
    ]
    alone = brief(APRIL, history=[found(2, 5)], plan=plan)
    assert brief(APRIL, history=[found(2, 5), *others], plan=plan) == alone
    assert (
        brief(APRIL, history=others, plan=plan).lines == brief(APRIL, history=[], plan=plan).lines
    )


def test_a_visit_that_was_moved_tells_nothing_of_itself_whatever_the_day() -> None:
    """S 5.4: a visit keeps its id."""
    moved = attrs.evolve(found(4, 1), subject=attrs.evolve(found(4).subject, on=day(1)))
    assert brief(APRIL, history=[moved]).lines == ()


def test_another_visit_of_the_same_day_tells_something() -> None:
    """S 9.4: whoever came in the morning may have found something."""
    morning = found(3, 3, on=day(4))
    assert the_line([morning]).found == (morning,)


def test_a_visit_without_a_day_tells_what_it_found() -> None:
    """S 5.1: a rep may capture before anything is planned."""
    earlier = found(3, 3, on=None)
    assert the_line([earlier]).found == (earlier,)


def test_before_an_unscheduled_visit_every_other_visit_counts() -> None:
    """S 5.1: nobody knows which of them come first."""
    (line,) = brief(UNSCHEDULED, history=[found(6, 3), found(1, 4), found(4, 9)]).lines
    assert [each.actual for each in line.found] == [3, 4]


# ----------------------------------------------------------------------------------- what was found


@pytest.mark.parametrize(
    ("settings", "readings"),
    [({}, [3, 9, 7]), ({"last": 1}, [3]), ({"last": 2}, [3, 9]), ({"last": 99}, [3, 9, 7, 5])],
    ids=["three by default", "one", "two", "all there are"],
)
def test_the_latest_readings_come_first_and_no_more_than_asked(
    settings: dict[str, Any], readings: list[int]
) -> None:
    """S 9.4."""
    september = builders.visit(id="V-9", planned=pv.Period(at(9)))
    held = [found(2, 7), found(6, 3), found(5, 9), found(1, 5), found(3)]
    (line,) = brief(september, history=held, **settings).lines
    assert [each.actual for each in line.found] == readings


def test_a_reason_why_there_is_no_value_was_captured_too() -> None:
    """S 1.6: but no reading at all is none."""
    line = the_line([found(1, 5), found(2, pv.Absence.DECLINED), found(3)])
    assert [each.actual for each in line.found] == [pv.Absence.DECLINED, 5]


# ---------------------------------------------------------------------------------- what is at risk

TELLING: list[tuple[Callable[[int], Comparison], Outcome, bool]] = [
    (lambda month: found(month, 5), Outcome.MET, False),
    (lambda month: found(month, 4), Outcome.NEAR, True),
    (lambda month: found(month, 3), Outcome.NOT_MET, True),
    (found, Outcome.NO_DATA, True),
    (lambda month: found(month, pv.Absence.DECLINED), Outcome.NO_DATA, True),
]
SILENT: dict[str, Callable[[int], Comparison]] = {
    "not due": lambda month: silent(month, Outcome.NOT_DUE),
    "not applicable": lambda month: found(month, pv.Absence.NOT_APPLICABLE),
    "no target": lambda month: found(month, 1, kpi(month, None)),
    "error": lambda month: attrs.evolve(found(month, 1), computed=Outcome.ERROR),
    "error without a value": lambda month: silent(month, Outcome.ERROR),
}


@pytest.mark.parametrize(("make", "outcome", "is_at_risk"), TELLING)
def test_near_not_met_and_no_data_are_at_risk(
    make: Callable[[int], Comparison],
    outcome: Outcome,
    is_at_risk: bool,  # noqa: FBT001
) -> None:
    """S 8.2."""
    before = brief(APRIL, history=[make(3)])
    (line,) = before.lines
    assert (line.outcome, line.is_at_risk) == (outcome, is_at_risk)
    assert before.at_risk == ((line,) if is_at_risk else ())


@pytest.mark.parametrize("make", SILENT.values(), ids=SILENT)
def test_other_outcomes_tell_nothing(make: Callable[[int], Comparison]) -> None:
    """S 8.2, S 9.4."""
    before = brief(APRIL, history=[make(3)])
    (line,) = before.lines
    assert (line.outcome, line.streak, line.is_at_risk) == (None, 0, False)
    assert before.at_risk == ()


@pytest.mark.parametrize("quiet", SILENT.values(), ids=SILENT)
@pytest.mark.parametrize(("make", "outcome", "is_at_risk"), TELLING)
def test_other_outcomes_hide_nothing(
    make: Callable[[int], Comparison],
    outcome: Outcome,
    is_at_risk: bool,  # noqa: FBT001
    quiet: Callable[[int], Comparison],
) -> None:
    """S 9.4: what was at risk still is."""
    line = the_line([make(1), make(2), quiet(3)])
    assert (line.outcome, line.streak, line.is_at_risk) == (outcome, 2, is_at_risk)


def test_the_last_verdict_counts_not_the_worst() -> None:
    """S 9.4."""
    assert not the_line([found(1, 1), found(2), found(3, 5)]).is_at_risk
    assert the_line([found(1, 5), found(2, 5), found(3, 4)]).is_at_risk
    assert the_line([found(1, 5), found(2, 5), found(3)]).outcome is Outcome.NO_DATA


@pytest.mark.parametrize(
    ("actual", "said", "outcome", "is_at_risk"),
    [
        (1, Outcome.MET, Outcome.MET, False),
        (9, Outcome.NOT_MET, Outcome.NOT_MET, True),
        (None, Outcome.NOT_MET, Outcome.NOT_MET, True),
        (1, Outcome.NOT_APPLICABLE, None, False),
    ],
)
def test_a_verdict_of_a_person_decides(
    actual: object,
    said: Outcome,
    outcome: Outcome | None,
    is_at_risk: bool,  # noqa: FBT001
) -> None:
    """S 8.7."""
    line = the_line([found(3, actual, override=overridden(3, said, at(3, hours=20)))])
    assert (line.outcome, line.is_at_risk) == (outcome, is_at_risk)


def test_those_at_risk_and_those_changed_keep_the_order_of_the_lines() -> None:
    """S 9.4."""
    known = [price(1, 2), price(2, 3), shelf(2), found(1, 9), found(2, 5), price(1, 2, SHELF_1)]
    before = brief(APRIL, history=known)
    stock, first_price, first_stock, second_price = before.lines
    assert before.at_risk == (first_stock, second_price)
    assert before.changed == (stock, second_price)
    assert not first_price.is_at_risk
    assert not first_price.has_changed


# --------------------------------------------------------------------------------- what has changed


@pytest.mark.parametrize(
    ("values", "trend", "has_changed"),
    [
        ([3, 4], Trend.IMPROVING, True),
        ([9, 3, 4], Trend.IMPROVING, True),
        ([4, 3], Trend.WORSENING, True),
        ([1, 4, 4], Trend.STEADY, False),
        ([4], Trend.FIRST, False),
        ([None, None], None, False),
        ([3, 4, None], Trend.IMPROVING, True),
        ([3, 4, pv.Absence.DECLINED], Trend.IMPROVING, True),
    ],
)
def test_what_got_better_or_worse_has_changed(
    values: Sequence[object],
    trend: Trend | None,
    has_changed: bool,  # noqa: FBT001
) -> None:
    """S 9.4: the last value beside the one before, also after a visit that found none."""
    held = [found(month, value) for month, value in enumerate(values, start=1)]
    before = brief(APRIL, history=held)
    (line,) = before.lines
    assert (line.trend, line.has_changed) == (trend, has_changed)
    assert before.changed == ((line,) if has_changed else ())


def test_where_no_way_is_better_the_verdict_has_to_change() -> None:
    """S 9.4."""

    def of(*values: object) -> Trend | None:
        held = [
            found(month, value, kpi(month, indicator=NEUTRAL))
            for month, value in enumerate(values, start=1)
        ]
        return the_line(held).trend

    assert of(9, 8) is Trend.STEADY
    assert of(3, 5) is Trend.IMPROVING
    assert of(9, 4) is Trend.WORSENING
    without_target = [found(each, each, kpi(each, None, indicator=NEUTRAL)) for each in (1, 2)]
    assert the_line(without_target).trend is None


@pytest.mark.parametrize(
    ("values", "streak"),
    [
        ([3], 1),
        ([3, 3], 2),
        ([5, 3, 3, 3], 3),
        ([3, 5, 3], 1),
        ([3, None, 3], 2),
        ([3, None], 1),
        ([None, None], 2),
        ([3, pv.Absence.NOT_APPLICABLE, 3], 2),
    ],
)
def test_a_line_says_in_how_many_visits_in_a_row_it_was_so(
    values: Sequence[object], streak: int
) -> None:
    """S 9.4."""
    held = [found(month, value) for month, value in enumerate(values, start=1)]
    june = builders.visit(id="V-6", planned=pv.Period(at(6)))
    (line,) = brief(june, history=held).lines
    assert line.streak == streak


# --------------------------------------------------------------------------------------- follow-ups


def ids_of(*follow_ups: FollowUp) -> list[str]:
    return [each.rule_key for each in brief(APRIL, history=[], follow_ups=follow_ups).follow_ups]


def test_follow_ups_come_by_their_day_then_by_id_and_those_without_a_day_last() -> None:
    """S 9.5."""
    held = [
        open_one("b"),
        open_one("e", due=day(5)),
        open_one("c", due=day(6)),
        open_one("a"),
        open_one("d", due=day(5)),
    ]
    assert ids_of(*held) == ids_of(*reversed(held)) == ["d", "e", "c", "a", "b"]


def test_only_open_follow_ups_of_the_partner_are_shown() -> None:
    """S 9.5: what has ended asks for nothing."""
    dismissed = open_one("dismissed").dismiss("they closed", by="kim", at=at(2))
    closed = open_one("closed").close(found(2, 5))
    assert ids_of(dismissed, closed, open_one("elsewhere", partner_id="other")) == []
    reinforced = open_one("reinforced").reinforce("V-2")
    assert ids_of(dismissed, reinforced, closed) == ["reinforced"]


def test_follow_ups_are_shown_whatever_the_plan_asks() -> None:
    """S 9.5."""
    held = [open_one(context=SHELF_2)]
    assert brief(APRIL, history=[], plan=april_plan(), follow_ups=held).follow_ups == tuple(held)


# ---------------------------------------------------------------------------------- what is refused


def test_a_plan_is_of_the_visit() -> None:
    """S 6.6."""
    with pytest.raises(InvalidValueError) as refused:
        _ = brief(APRIL, history=[], plan=builders.plan())
    assert refused.value.code == "brief.other-visit"
    assert str(refused.value) == "pass a plan of V-4, not of V-1"


def test_the_module_lists_what_it_offers() -> None:
    assert dir(briefs) == ["Brief", "BriefLine", "brief"]


def test_two_different_comparisons_of_a_kpi_are_refused() -> None:
    """S 9.4."""
    with pytest.raises(InvalidValueError) as refused:
        _ = brief(APRIL, history=[found(1, 5), found(1, 3)])
    assert refused.value.code == "history.twice"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"visit": "V-4"}, "type.wrong"),
        ({"visit": None}, "type.wrong"),
        ({"plan": "round"}, "type.wrong"),
        ({"plan": APRIL}, "type.wrong"),
        ({"history": "all"}, "sequence.type"),
        ({"history": None}, "sequence.type"),
        ({"history": [5]}, "sequence.entry"),
        ({"follow_ups": "all"}, "sequence.type"),
        ({"follow_ups": {"short": open_one()}}, "sequence.type"),
        ({"follow_ups": [found(1, 5)]}, "sequence.entry"),
        ({"last": 0}, "count.range"),
        ({"last": -1}, "count.range"),
        ({"last": True}, "count.range"),
        ({"last": None}, "count.range"),
        ({"last": 1_000_001}, "count.range"),
    ],
)
def test_what_is_something_else_is_refused(changes: dict[str, Any], code: str) -> None:
    """S 1.3: also where there is nothing to show."""
    settings: dict[str, Any] = {"visit": APRIL, "history": [], **changes}
    with pytest.raises(InvalidValueError) as refused:
        _ = brief(**settings)
    assert refused.value.code == code
    if "follow_ups" in changes and code == "sequence.type":
        assert str(refused.value).startswith("pass follow-ups, not ")


# ---------------------------------------------------------------------------------------- as a text


def test_a_brief_reads_as_two_tables() -> None:
    """S 8.8: what is open, and what is known of each matter."""
    known = [found(1, 2), found(2, 3), price(1, 2), price(2)]
    held = [
        open_one("call", action="Call the manager", context=SHELF_2, severity=Level.HIGH),
        open_one(due=day(5)),
        open_one("sort", action="Sort them", context=SHELF_2, per=Per.KIND, due=day(5)),
    ]
    assert str(brief(APRIL, history=known, follow_ups=held, last=1)).splitlines() == [
        "visit V-4 to acme, 2026-04-10",
        "",
        "open follow-ups   about                severity  due",
        "----------------  -------------------  --------  ----------",
        "Call the manager  stock, shelf 2       high      -",
        "Order more        stock, partner acme  normal    2026-05-10",
        "Sort them         stock, every shelf   normal    2026-05-10",
        "",
        "KPI          target       actual                 last outcome       trend",
        "-----------  -----------  ---------------------  -----------------  ---------",
        "partner acme",
        "  The stock  at least 5   3 (read 2026-02-10)    not met (2 times)  improving",
        "shelf 2",
        "  The price  at most 2 €  2 € (read 2026-01-10)  no data            first",
    ]


def test_a_brief_of_nothing_is_its_heading() -> None:
    """S 9.4."""
    assert str(brief(UNSCHEDULED, history=[])) == "visit V-4 to acme, -"


def test_what_is_not_known_reads_as_a_hyphen() -> None:
    """S 9.4."""
    plan = attrs.evolve(april_plan(), tasks=[_without_target(each) for each in april_plan().tasks])
    assert str(brief(APRIL, history=[], plan=plan)).splitlines()[2:] == [
        "KPI          target  actual  last outcome  trend",
        "-----------  ------  ------  ------------  -----",
        "partner acme",
        "  The stock  -       -       -             -",
    ]


def _without_target(task: Any) -> Any:
    return attrs.evolve(task, kpis=[attrs.evolve(each, target=None) for each in task.kpis])


def test_lines_about_one_context_stand_under_one_heading() -> None:
    """S 9.4."""
    known = [shelf(1, 5), price(1, 2, SHELF_1), price(1, 2)]
    headings = [
        each for each in str(brief(APRIL, history=known)).splitlines()[4:] if each[0] != " "
    ]
    assert headings == ["shelf 1", "shelf 2"]


def test_what_was_found_is_shown_with_the_day_on_which_it_was_so() -> None:
    """S 5.1: whatever day the visit was planned for, at the place."""
    late = pv.capture(kpi(3), 3, at=at(3, hours=23), by="rep-7")
    for known in (found(3, 3, on=None), found(3, 3), attrs.evolve(found(3, 3), reading=late)):
        (row,) = str(brief(APRIL, history=[known])).splitlines()[5:]
        read = "2026-03-11" if known.reading == late else "2026-03-10"
        assert row == f"  The stock  at least 5  3 (read {read})  not met       first"


def test_times_are_those_of_the_clock_on_the_wall() -> None:
    """S 2.3, S 4.8: two hours ahead of UTC in Berlin in April, one in March."""
    arrival = builders.indicator("arrival", value_type=DATETIME)
    expected = pv.Target("arrival", pv.at_most(at(4, hours=8)))
    known = found(3, at(3, hours=7), kpi(3, expected, indicator=arrival))
    row = str(brief(APRIL, history=[known])).splitlines()[5]
    assert "not after 2026-04-10 10:00" in row
    assert "2026-03-10 08:00 (read 2026-03-10)" in row
    elsewhere = attrs.evolve(APRIL, place=builders.place(timezone="Asia/Tokyo"))
    (line,) = brief(elsewhere, history=[known]).lines
    assert line.timezone == "Europe/Berlin", "the target was resolved there"


@pytest.mark.parametrize(
    "words",
    ["Days until the shelf is empty again " * 7, "Y" * 255, "Line-ends " * 25],
    ids=["words", "one word", "hyphens"],
)
def test_no_line_is_longer_than_a_hundred_characters(words: str) -> None:
    """S 1.3: long names, texts, units and actions wrap."""
    name = words[:255].strip()
    text = builders.indicator("stock", value_type=pv.ValueType.TEXT)
    number = builders.indicator("price", value_type=DECIMAL, unit=name)
    wanted = pv.Target("price", pv.between(10**17, 10**17 + 1))
    context = pv.Context("shelf", name)
    known = [
        found(1, f"{words}\n\n{words}", kpi(1, None, indicator=attrs.evolve(text, name=name))),
        found(1, -(10**17), kpi(1, wanted, indicator=number, context=context)),
        found(2, -(10**17), kpi(2, wanted, indicator=number, context=context)),
    ]
    held = [open_one(action=f"{words}\n{words}", context=context, due=day(5))]
    lines = str(brief(APRIL, history=known, follow_ups=held)).splitlines()
    assert max(map(len, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)


# ------------------------------------------------------------------------------ the same every time


def test_any_iterable_serves() -> None:
    """S 9.4."""
    known, held = [found(1, 3), found(2, 4)], [open_one(), open_one("call", due=day(5))]
    expected = brief(APRIL, history=known, follow_ups=held)
    assert brief(APRIL, history=History(known), follow_ups=set(held)) == expected
    assert brief(APRIL, history=iter(known), follow_ups=iter(held)) == expected
    assert brief(APRIL, history=[*known, *known], follow_ups=tuple(held)) == expected


def test_a_brief_leaves_what_it_reads_as_it_was() -> None:
    """S 9.4."""
    known, held = [found(5, 1), found(2, 4), found(1, 3)], [open_one("b"), open_one("a")]
    kept = list(known), list(held), pickle.dumps((APRIL, known, held))
    history = History(known)
    first = brief(APRIL, history=history, follow_ups=held, plan=april_plan())
    again = brief(APRIL, history=known, follow_ups=held, plan=april_plan())
    assert first == again
    assert (known, held, pickle.dumps((APRIL, known, held))) == kept
    assert history == History(known)


class Matter(NamedTuple):
    """Whose stock it is, and where."""

    partner: str
    context: pv.Context


MATTERS = [
    Matter(partner, context) for partner in ("acme", "other") for context in (PARTNER, SHELF_1)
]


def of_matter(matter: Matter, month: int, actual: object) -> Comparison:
    visit_id = f"{matter.partner}-{month}"
    held = kpi(month, context=matter.context)
    asked = Kpi(f"{visit_id}/round/count", held.context, held.indicator, held.target)
    return found(month, actual, asked, visit_id=visit_id, partner_id=matter.partner)


@st.composite
def histories(draw: st.DrawFn) -> list[Comparison]:
    """Some months of two partners, each in two places: met from 5 up, near at 4."""
    months = st.integers(1, 6)
    asked = draw(st.sets(st.tuples(st.sampled_from(MATTERS), months), max_size=12))
    values = st.none() | st.integers(2, 7)
    in_order = sorted(asked, key=lambda each: (MATTERS.index(each[0]), each[1]))
    return [of_matter(matter, month, draw(values)) for matter, month in in_order]


FOLLOW_UPS = [
    open_one(key, partner_id=partner, due=due)
    for key, due in (("a", None), ("b", day(6)), ("c", day(5)), ("d", None))
    for partner in ("acme", "other")
]


@given(
    known=histories(),
    held=st.lists(st.sampled_from(FOLLOW_UPS), unique=True),
    plan=st.sampled_from([None, april_plan()]),
    data=st.data(),
)
def test_the_order_of_history_and_follow_ups_changes_nothing(
    known: list[Comparison], held: list[FollowUp], plan: pv.ActionPlan | None, data: st.DataObject
) -> None:
    """S 9.4, S 9.5."""
    expected = brief(APRIL, history=known, follow_ups=held, plan=plan)
    shuffled = data.draw(st.permutations(known)), data.draw(st.permutations(held))
    again = brief(APRIL, history=shuffled[0], follow_ups=shuffled[1], plan=plan)
    assert again == expected
    assert str(again) == str(expected)


@given(known=histories(), last=st.integers(1, 4))
def test_every_line_agrees_with_plain_ifs(known: list[Comparison], last: int) -> None:
    """S 9.4: until April, since all of these visits are other ones."""
    for line in brief(APRIL, history=known, last=last).lines:
        mine = [
            each
            for month in range(4, 0, -1)
            for each in known
            if (each.subject.partner_id, each.kpi.context) == ("acme", line.context)
            and each.subject.on == day(month)
        ]
        values = [each for each in mine if each.actual is not None]
        assert line.found == tuple(values[:last])
        assert line.outcome is mine[0].outcome
        assert line.streak == streak_of([each.outcome for each in mine])
        assert line.is_at_risk is (mine[0].actual not in (5, 6, 7))
        assert line.has_changed is (len(values) > 1 and values[0].actual != values[1].actual)


def streak_of(outcomes: Sequence[Outcome]) -> int:
    """The latest first."""
    streak = 0
    for outcome in outcomes:
        if outcome is outcomes[0]:
            streak += 1
        elif outcome is not Outcome.NO_DATA:
            break
    return streak


@given(known=histories())
def test_there_is_a_line_for_each_matter_of_the_partner_that_is_known(
    known: list[Comparison],
) -> None:
    """S 9.4."""
    matters = {
        each.kpi.context
        for each in known
        if each.subject.partner_id == "acme" and each.subject.on in [day(m) for m in range(1, 5)]
    }
    lines = brief(APRIL, history=known).lines
    assert [line.context for line in lines] == [
        each for each in (PARTNER, SHELF_1) if each in matters
    ]


@pytest.mark.parametrize(("first", "second"), [(3, 9), (9, 3)])
def test_a_pass_hides_no_miss_of_the_same_visit(first: int, second: int) -> None:
    """S 9.5: whichever of two tasks asked first."""
    known = [found(1, 3), found(2, first), found(2, second, kpi(2, task="recount"))]
    (line,) = brief(APRIL, history=known).lines
    assert (line.outcome, line.streak, line.is_at_risk) == (pv.Outcome.NOT_MET, 2, True)


def test_the_severest_follow_ups_come_first() -> None:
    """S 9.5: then the earliest due, then by id."""
    held = [
        open_one("a", severity=Level.LOW, due=day(5)),
        open_one("b"),
        open_one("c", due=day(6)),
        open_one("d", severity=Level.HIGH),
    ]
    follow_ups = brief(APRIL, history=[], follow_ups=held).follow_ups
    assert [each.rule_key for each in follow_ups] == ["d", "c", "b", "a"]


def test_a_follow_up_is_read_once() -> None:
    """S 9.5."""
    with pytest.raises(InvalidValueError, match="stands twice") as refused:
        _ = brief(APRIL, history=[], follow_ups=[open_one(), open_one()])
    assert refused.value.code == "sequence.duplicate"


def test_a_verdict_of_a_person_shows_in_the_trend() -> None:
    """S 8.7, S 9.4: also without a reading."""
    about = builders.indicator("stock", direction=pv.Direction.NEUTRAL)
    target = pv.Target("stock", pv.at_least(5))
    missed = found(1, 3, kpi(1, target, indicator=about))
    said = found(2, None, kpi(2, target, indicator=about), overridden(2, pv.Outcome.MET, at(2)))
    (line,) = brief(APRIL, history=[missed, said]).lines
    assert (line.outcome, line.trend) == (pv.Outcome.MET, Trend.IMPROVING)


def test_a_very_long_heading_is_cut_to_a_line() -> None:
    """S 1.3."""
    visit = attrs.evolve(APRIL, id="V" * 255)
    heading, *_ = str(brief(visit, history=[])).splitlines()
    assert len(heading) == 100
