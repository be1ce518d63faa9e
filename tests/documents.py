"""Objects of every kind of document: what the tests of the codec and the golden files are about."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs

import partnervisits as pv
from partnervisits import codec, example
from partnervisits.books import Book
from partnervisits.briefs import Brief
from partnervisits.calendars import (
    Anchor,
    CalendarOwner,
    FactDate,
    ItemDate,
    JointCalendar,
    Roll,
    RollStep,
    Weekday,
    YearlyHoliday,
)
from partnervisits.conditions import all_of, any_of, is_set, negate
from partnervisits.followups import FollowUpStatus
from partnervisits.indicators import Aggregation, Choice
from partnervisits.plans import ActionPlan, Cause, Edit, LeftOut, RemovedTask
from partnervisits.proposals import Conflict, ItemOverride, Reconciliation, reconcile
from partnervisits.repositories import (
    Changes,
    Check,
    Cursor,
    Delete,
    FollowUpFilter,
    IndicatorFilter,
    Noun,
    OverrideFilter,
    PlanFilter,
    Put,
    ReadingFilter,
    RuleFilter,
    Stored,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
)
from partnervisits.scorecards import CombinedValue, by_indicator, pace, rollup
from partnervisits.targets import (
    Basis,
    Candidate,
    ResolvedTarget,
    Statistic,
    TargetSource,
    Within,
    WithinPercent,
)
from partnervisits.tasks import TaskIndicator
from partnervisits.templates import Group, Prerequisite, Selection, Spread, TemplateStatus
from partnervisits.values import DateRange
from partnervisits.visits import Priority, VisitStatus, Window
from tests import builders
from tests.builders import ELEVEN, NINE, THURSDAY

MICROSECOND = timedelta(microseconds=1)


def planned() -> ActionPlan:
    catalog, given = example.catalog(), example.given()
    return pv.expand(example.template(), example.visit(), catalog=catalog, given=given).accept()


def edited() -> ActionPlan:
    """A plan with all that can become of a task."""
    begun = example.perform(planned())
    return begun.edit("renewal", due=None, instructions="Bring the contract").remove(
        "renewal", "they signed already"
    )


def rich_item() -> pv.TemplateItem:
    """An item that uses all that an item can say."""
    contract = all_of([is_set("renewal"), negate(pv.when("region", pv.none_of(["north"])))])
    return builders.item(
        name="Count",
        binding=pv.Binding.MUST,
        due=pv.months(-1, anchor=FactDate("renewal"), roll=Roll.PRECEDING),
        after=[Prerequisite("first", least=pv.working_days(2), most=pv.days(10))],
        condition=any_of([contract, pv.when("stores", pv.between(3, Decimal("8.5")))]),
        group=Group("counts", Selection.FIRST),
        context_kinds=["4+"],
        contexts=[pv.Context("product", "X/100")],
        indicators=["stock"],
        spread=Spread.ONE_EACH,
        max_contexts=3,
        role="manager",
        targets=[
            pv.Target("stock", 5, valid=(THURSDAY, None)),
            pv.Target("stock", date(2026, 3, 31)),
            pv.Target("stock", pv.weeks(2)),
            pv.Target("stock", frozenset({"b", "a"})),
            pv.Target("stock", pv.at_most(NINE), near=pv.within(timedelta(hours=36))),
            pv.Target("stock", pv.equals(NINE, tolerance=MICROSECOND), weight="0.5"),
            pv.Target("stock", pv.outside(pv.days(-1), ELEVEN)),
            pv.Target("stock", pv.at_least(-5), near=pv.within_percent(10), worst="-7.5"),
        ],
        instructions="Shelf by shelf:\n\tleft to right",
        serves="rule/V-0/stock/product/X%2F100",
    )


def rich_template() -> pv.ActionPlanTemplate:
    first = builders.item("first", due=pv.days(0, anchor=Anchor.VISIT_END))
    after = builders.item("after", due=pv.weeks(1, anchor=ItemDate("first")))
    return builders.template(first, after, rich_item())


def expected() -> ResolvedTarget:
    """What was expected, computed from earlier readings."""
    basis = Basis(statistic=Statistic.MEAN, figure=Decimal(1) / Decimal(3), readings=["R-1", "R-2"])
    return ResolvedTarget(pv.at_least("0.3333333333"), Decimal("0.01"), basis=basis)


RECORDS: dict[str, Callable[[], object]] = {
    "indicator": lambda: builders.indicator(
        value_type=pv.ValueType.CHOICE, choices={"4+": "four or more", "0": ""}
    ),
    "limits": lambda: example.catalog().indicators[0],
    "task definition": lambda: example.catalog().tasks[0],
    "bound task definition": lambda: example.catalog().tasks[-1],
    "template": example.template,
    "rich template": rich_template,
    "visit": example.visit,
    "unscheduled visit": lambda: builders.visit(planned=None),
    "rescheduled visit": lambda: (
        builders.visit(
            window=Window(THURSDAY, THURSDAY, late_until=THURSDAY),
            priority=Priority.HIGH,
            contacts=["kim", "lee"],
            instructions="Ring twice",
            replaces="V-0",
        )
        .reschedule(pv.Period(NINE + MICROSECOND))
        .start(at=NINE)
        .abandon("flooded", at=ELEVEN)
    ),
    "plan": planned,
    "edited plan": edited,
    "plan with things left out": lambda: attrs.evolve(
        planned(),
        left_out=[LeftOut("pitch-2", Cause.UNKNOWN, condition=pv.when("stores", pv.at_least(3)))],
    ),
    "override": lambda: pv.Override(
        kpi_id="K", outcome=pv.Outcome.NOT_MET, by="kim", at=NINE, reason="the photo shows 70"
    ),
    "follow-up rule": lambda: pv.FollowUpRule(
        "unhappy",
        "Call them",
        on=pv.Outcome.NO_DATA,
        scope=pv.Scope(partner="acme", context=pv.Context("product", "X-100")),
        due=pv.working_days(5),
    ),
    "follow-up": lambda: follow_up().dismiss("closed down", by="kim", at=ELEVEN),
}


def follow_up() -> pv.FollowUp:
    return pv.FollowUp(
        rule_key="unhappy",
        action="Call them",
        on=pv.Outcome.NOT_MET,
        visit_id="V-1",
        partner_id="acme",
        task_key="survey",
        indicator="satisfaction",
        context=pv.Context("partner", "acme"),
        kpi_id="V-1/quarterly/survey/partner/acme/satisfaction",
        target=expected(),
        due=THURSDAY,
    )


def card() -> pv.Scorecard:
    """The verdicts on the example's plan."""
    plan = planned()
    override = pv.Override(
        kpi_id=plan.kpi("survey", "complaints").id,
        outcome=pv.Outcome.MET,
        by="kim",
        at=ELEVEN,
        reason="three of them are settled",
    )
    readings = example.readings(plan)
    return pv.compare(plan, readings, visit=example.visit(), overrides=[override])


def rich_given() -> pv.Given:
    """All that a host can know."""
    later = ItemOverride(
        due=pv.weeks(1), role=None, binding=pv.Binding.MUST, targets=[], instructions=""
    )
    scoped = pv.Target("stock", pv.at_least(5), scope=pv.Scope(segment="large"))
    return pv.Given(
        calendar=pv.WorkCalendar(
            weekend=[Weekday.FRIDAY, Weekday.SATURDAY],
            holidays=[date(2026, 4, 3), YearlyHoliday(12, 25), YearlyHoliday(2, 29)],
        ),
        rep_calendars={"rep-7": pv.WorkCalendar(weekend=[]), "jo": pv.WorkCalendar()},
        contexts=[pv.Context("product", "X/100"), pv.Context("4+", "Y")],
        facts=pv.Facts(
            visit={"since": THURSDAY, "at": NINE, "stores": 3, "open": True},
            partner={"segment": "large", "share": Decimal("12.5")},
            contexts={pv.Context("product", "X/100"): {"marks": frozenset({"b", "a"})}},
        ),
        roles={"specialist": "karl"},
        targets=[scoped],
        exclude=["gone"],
        override={"count": later, "first": ItemOverride(due=None)},
        add=[builders.item("extra")],
    )


def changes() -> Changes:
    """Writes of every noun."""
    made = [make() for make in RECORDS.values()]
    created = {type(each): each for each in made}
    puts = [Put(each) for each in created.values()]  # type: ignore[arg-type]
    return Changes(
        puts=[*puts, Put(example.visit(), "7")],
        deletes=[Delete(Noun.PLANS, "V-0/round", "6")],
        checks=[Check(Noun.RULES, "unhappy"), Check(Noun.VISITS, "V-9", "1")],
    )


def conflict() -> Conflict:
    trail = planned().task("pitch").trail
    return Conflict("V/q/pitch", "due", date(2026, 3, 16), None, date(2026, 3, 17), trail)


def reconciliation() -> Reconciliation:
    plan = planned().edit("pitch", due=date(2026, 3, 20), binding=pv.Binding.MUST)
    moved = example.visit().reschedule(pv.Period(NINE + timedelta(days=7)))
    catalog, given = example.catalog(), example.given()
    proposal = pv.expand(example.template(), moved, catalog=catalog, given=given)
    return reconcile(plan, proposal)


def a_pace() -> object:
    sold = builders.indicator("sold", aggregation=Aggregation.SUM)
    template = builders.template(builders.item("count", task="sell"))
    catalog = builders.catalog(indicators=[sold], tasks=[builders.task("sell", ["sold"])])
    plan = pv.expand(template, builders.visit(), catalog=catalog).accept()
    found = pv.compare(plan, [pv.capture(plan.kpis[0], 3, at=NINE, by="rep-7")])
    march = DateRange(date(2026, 3, 1), date(2026, 3, 31))
    return pace(found.comparisons, pv.at_least(10), period=march, as_of=THURSDAY)


def a_history() -> pv.History:
    return pv.History(card().comparisons)


def a_brief() -> Brief:
    """Before a second visit to the example's partner."""
    held = example.visit()
    later = pv.Period(NINE + timedelta(days=90), ELEVEN + timedelta(days=90))
    visit = attrs.evolve(held, id="V-2", planned=later)
    open_one = attrs.evolve(follow_up(), partner_id=visit.partner_id)
    return pv.brief(visit, history=a_history(), follow_ups=[open_one])


def group(name: object) -> pv.Scorecard:
    return pv.Scorecard(comparisons=[], group=name)  # type: ignore[arg-type]


def book() -> Book:
    """The example's, with a record of every noun, and a given for a visit that is unknown."""
    known = {"V-2026-031": example.given(), "V/7": rich_given()}
    decided = pv.Override(
        kpi_id="K", outcome=pv.Outcome.NOT_MET, by="kim", at=NINE, reason="the photo shows 70"
    )
    return attrs.evolve(example.book(), givens=known, overrides=[decided], follow_ups=[follow_up()])


OBJECTS: dict[str, Callable[[], object]] = {
    **RECORDS,
    "reading": lambda: example.readings(planned())[0],
    "catalog": example.catalog,
    "empty catalog": pv.Catalog,
    "given": rich_given,
    "empty given": pv.Given,
    "changes": changes,
    "no changes": Changes,
    "book": book,
    "empty book": Book,
    "finding": lambda: pv.Finding(("items", 2, "task"), "task.unknown", "there is none"),
    "bare finding": lambda: pv.Finding((), "a.b", "é"),
    "period": lambda: pv.Period(NINE, ELEVEN),
    "date range": lambda: DateRange(THURSDAY),
    "item date": lambda: ItemDate("first"),
    "fact date": lambda: FactDate("renewal"),
    "offset": lambda: pv.months(-1, anchor=FactDate("renewal"), roll=Roll.PRECEDING),
    "yearly holiday": lambda: YearlyHoliday(2, 29),
    "work calendar": pv.WorkCalendar,
    "joint calendar": lambda: JointCalendar(pv.WorkCalendar(), pv.WorkCalendar(weekend=[])),
    "lone calendar": lambda: JointCalendar(pv.WorkCalendar()),
    "roll step": lambda: RollStep(
        Roll.FOLLOWING, THURSDAY, date(2026, 3, 13), [CalendarOwner.REP, CalendarOwner.PLACE]
    ),
    "trail": lambda: planned().task("pitch").trail,
    "context": lambda: pv.Context("4+", "X/100"),
    "facts": lambda: rich_given().facts,
    "no facts": pv.Facts,
    "at least": lambda: pv.at_least(NINE),
    "at most": lambda: pv.at_most(THURSDAY),
    "between": lambda: pv.between(pv.days(-1), pv.weeks(2, anchor=Anchor.VISIT_END)),
    "outside": lambda: pv.outside("-0.5", 60),
    "equals": lambda: pv.equals(NINE, tolerance=timedelta(minutes=90)),
    "one of": lambda: pv.one_of(["b", "a"]),
    "none of": lambda: pv.none_of([2, 1]),
    "contains": lambda: pv.contains(["b", "a"]),
    "fact is": lambda: pv.when("region", pv.equals(frozenset({"b", "a"}))),
    "is set": lambda: is_set("renewal"),
    "all of": lambda: all_of([is_set("a"), pv.when("b", pv.equals(True))]),
    "any of": lambda: any_of([all_of([is_set("a")]), is_set("b")]),
    "negate": lambda: negate(is_set("a")),
    "choice": lambda: Choice("4+", "four or more"),
    "within": lambda: Within(timedelta(hours=36)),
    "within percent": lambda: WithinPercent(Decimal("2.5")),
    "basis": lambda: expected().basis,
    "scope": lambda: pv.Scope(partner="acme", context=pv.Context("product", "X")),
    "target": lambda: pv.Target("stock", frozenset({"b", "a"}), weight="0.5"),
    "candidate": lambda: Candidate(TargetSource.TASK, pv.Target("stock", pv.at_least(5))),
    "resolved target": expected,
    "task indicator": lambda: TaskIndicator("discount", context_kind="sales-agreement"),
    "prerequisite": lambda: Prerequisite("first", least=pv.working_days(2), most=pv.days(10)),
    "group": lambda: Group("counts", Selection.FIRST),
    "template item": rich_item,
    "place": builders.place,
    "visitor": lambda: pv.Visitor("rep-7", primary=True),
    "window": lambda: Window(THURSDAY, THURSDAY, late_until=THURSDAY),
    "subject": lambda: planned().subject,
    "kpi": lambda: planned().kpis[0],
    "edit": lambda: Edit("due", None),
    "planned task": lambda: edited().tasks[0],
    "left out": lambda: LeftOut("pitch", Cause.MERGED, by="other"),
    "removed task": lambda: RemovedTask(planned().task("pitch"), "not now"),
    "item override": lambda: rich_given().override[0][1],
    "no override": ItemOverride,
    "proposal": lambda: pv.expand(
        example.template(), example.visit(), catalog=example.catalog(), given=example.given()
    ),
    "blocked proposal": lambda: pv.Proposal(
        visit_id="", plan=None, findings=[pv.Finding((), "a.b", "why")]
    ),
    "conflict": conflict,
    "reconciliation": reconciliation,
    "comparison": lambda: card().comparisons[1],
    "comparison without a reading": lambda: pv.compare(planned(), []).comparisons[0],
    "counts": lambda: card().counts,
    "scorecard": card,
    "groups": lambda: next(iter(rollup(card().comparisons, by=by_indicator))),
    "combined value": lambda: CombinedValue(
        indicator=builders.indicator(), value=Decimal("3.5"), measured=2, missing=1
    ),
    "combined texts": lambda: CombinedValue(
        indicator=builders.indicator(), value=None, measured=0, missing=0
    ),
    "pace": a_pace,
    "history": a_history,
    "follow-up review": lambda: pv.follow_up(card(), example.rules()),
    "brief": a_brief,
    "brief line": lambda: a_brief().lines[0],
    "put": lambda: Put(example.visit(), "7"),
    "delete": lambda: Delete(Noun.PLANS, "V-0/round", "6"),
    "check": lambda: Check(Noun.RULES, "unhappy"),
    "stored": lambda: Stored(example.template(), "3"),
    "cursor": lambda: Cursor("2026-03-12", "V-1"),
    "indicator filter": lambda: IndicatorFilter(keys=["b", "a"], value_types=[pv.ValueType.TEXT]),
    "task filter": lambda: TaskFilter(keys=[]),
    "template filter": lambda: TemplateFilter(statuses=[TemplateStatus.DRAFT]),
    "visit filter": lambda: VisitFilter(statuses=[VisitStatus.PLANNED], since=THURSDAY),
    "plan filter": lambda: PlanFilter(partners=["acme"]),
    "reading filter": lambda: ReadingFilter(before=NINE),
    "override filter": OverrideFilter,
    "rule filter": lambda: RuleFilter(keys=["x"]),
    "follow-up filter": lambda: FollowUpFilter(statuses=[FollowUpStatus.OPEN]),
    **{
        f"group {number}": (lambda name=name: group(name))  # type: ignore[misc]
        for number, name in enumerate(
            [
                None,
                True,
                1,
                Decimal("1.5"),
                NINE,
                THURSDAY,
                "north",
                frozenset({"b", "a"}),
                pv.Context("product", "X"),
                pv.Outcome.MET,
                Weekday.SUNDAY,
                (),
                ("a", (None, pv.ValueType.NUMBER)),
            ]
        )
    },
}
"""By a name: at least one of every kind."""


def document(held: object, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The document of an object, with other values at some locations of its data."""
    encoded: Any = copy.deepcopy(codec.encode(held))
    for location, value in changes.items():
        parts = re.findall(r"[^.[\]]+", location)
        *way, last = (int(part) if part.isdecimal() else part for part in parts)
        inner = encoded["data"]
        for part in way:
            inner = inner[part]
        inner[last] = value
    return encoded  # type: ignore[no-any-return]


def by_kind(objects: Iterable[object]) -> dict[type, list[object]]:
    """Objects by their classes."""
    held: dict[type, list[object]] = {}
    for each in objects:
        held.setdefault(type(each), []).append(each)
    return held
