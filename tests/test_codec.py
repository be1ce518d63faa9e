"""Documents: what is written, what is read, and what is refused (S 11)."""

from __future__ import annotations

import contextlib
import inspect
import json
import pickle
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from cattrs import BaseConverter, ClassValidationError, Converter

import partnervisits as pv
from partnervisits import codec, example
from partnervisits.briefs import Brief
from partnervisits.calendars import Offset
from partnervisits.codec import DecodeError
from partnervisits.conditions import Condition, all_of, is_set
from partnervisits.criteria import Criterion
from partnervisits.errors import InvalidValueError
from partnervisits.plans import ActionPlan, Edit
from partnervisits.proposals import Conflict
from partnervisits.readings import Flag
from partnervisits.targets import Basis, Statistic
from partnervisits.visits import Window
from tests import builders
from tests.builders import ELEVEN, NINE, THURSDAY
from tests.documents import (
    MICROSECOND,
    OBJECTS,
    document,
    expected,
    follow_up,
    planned,
    rich_template,
)
from tests.processes import output_of


def shortly(value: object) -> str:
    return repr(value)[:40]


def test_every_reading_of_the_example_is_read_as_it_was_written() -> None:
    """S 11.3."""
    for reading in example.readings(planned()):
        assert codec.loads(codec.dumps(reading), pv.Reading) == reading


VALUES: list[Any] = [
    True,
    1,
    Decimal(1),
    Decimal("-0.0000000001"),
    999_999_999_999_999_999,
    NINE,
    NINE + MICROSECOND,
    "1",
    "true",
    "2026-03-12",
    'a "quoted" line\nand {x.__init__} \\ \u00e9 e\u0301 \u2028 \U0001f6b2',
    frozenset(),
    frozenset({"b", "a", "4+"}),
    pv.Absence.DECLINED,
]


def reading(value: Any) -> pv.Reading:
    return pv.Reading(id="R", kpi_id="K", value=value, at=NINE, recorded_at=ELEVEN, by="rep-7")


@pytest.mark.parametrize("value", VALUES)
def test_a_reading_keeps_the_type_of_its_value(value: Any) -> None:
    """S 1.7, S 11.1: True is not 1, and 1 is not Decimal(1)."""
    again = codec.loads(codec.dumps(reading(value)), pv.Reading).value
    assert (type(again), again) == (type(value), value)


def test_facts_keep_the_types_of_their_values() -> None:
    """S 1.7, S 11.1."""
    held = {f"fact {number}": value for number, value in enumerate(VALUES[:-1])}
    facts = pv.Facts(
        visit=held, partner={"since": THURSDAY}, contexts={pv.Context("product", "X"): held}
    )
    plan = attrs.evolve(planned(), subject=attrs.evolve(planned().subject, facts=facts))
    again = codec.loads(codec.dumps(plan), ActionPlan)
    assert again.subject.facts == facts
    assert repr(again) == repr(plan)


def test_a_condition_nested_as_deep_as_conditions_may_be_is_read_again() -> None:
    """S 3.4, S 11.3."""
    condition: Condition = is_set("renewal")
    for _ in range(31):
        condition = all_of([condition])
    held = builders.template(builders.item(condition=condition))
    assert codec.loads(codec.dumps(held), pv.ActionPlanTemplate) == held


# ------------------------------------------------------------------------------ as it is written


def test_the_text_of_an_indicator() -> None:
    """S 11.1: what is empty is left out, keys are sorted, nothing is blank."""
    held = pv.Indicator(
        "late", "Zu spät", value_type=pv.ValueType.PERCENTAGE, limits=pv.between(0, "12.50")
    )
    assert codec.dumps(held) == (
        '{"data":{"aggregation":"none","direction":"neutral","key":"late",'
        '"limits":{"high":{"decimal":"12.5"},"kind":"between","low":{"decimal":"0"}},'
        '"name":"Zu spät","value_type":"percentage"},"kind":"indicator","schema":1}'
    )


def test_the_text_of_a_visit() -> None:
    """S 11.1."""
    assert codec.dumps(builders.visit()) == (
        '{"data":{"id":"V-1","partner_id":"acme",'
        '"place":{"id":"dc-9","kind":"store","timezone":"Europe/Berlin"},'
        '"planned":{"end":"2026-03-12T10:00:00Z","start":"2026-03-12T08:00:00Z"},'
        '"priority":"normal","status":"planned",'
        '"visitors":[{"primary":false,"rep_id":"rep-7"}]},"kind":"visit","schema":1}'
    )


def test_the_text_of_a_reading() -> None:
    """S 11.1: a set is sorted."""
    held = attrs.evolve(reading(frozenset({"b", "a"})), at=NINE - MICROSECOND, flags=[Flag.LATE])
    assert codec.dumps(held) == (
        '{"data":{"at":"2026-03-12T07:59:59.999999Z","by":"rep-7","flags":["late"],"id":"R",'
        '"kpi_id":"K","recorded_at":"2026-03-12T10:00:00Z","value":{"choices":["a","b"]}},'
        '"kind":"reading","schema":1}'
    )


def test_the_text_of_a_follow_up_rule() -> None:
    """S 11.1."""
    held = pv.FollowUpRule("unhappy", "Call them", on=pv.Outcome.NOT_MET, due=pv.working_days(5))
    assert codec.dumps(held) == (
        '{"data":{"action":"Call them",'
        '"due":{"amount":5,"anchor":{"visit":"visit start"},"unit":"working days"},'
        '"key":"unhappy","on":"not met","per":"context","severity":"normal","streak":1},'
        '"kind":"follow_up_rule","schema":1}'
    )


KINDS = {
    "indicator": "indicator",
    "task definition": "task_definition",
    "template": "action_plan_template",
    "visit": "visit",
    "plan": "action_plan",
    "override": "override",
    "follow-up rule": "follow_up_rule",
    "follow-up": "follow_up",
}


@pytest.mark.parametrize("name", KINDS)
def test_an_envelope_names_kind_and_schema(name: str) -> None:
    """S 11.1, S 11.4: words of their own, whatever the classes are called."""
    encoded = codec.encode(OBJECTS[name]())
    assert sorted(encoded) == ["data", "kind", "schema"]
    assert (encoded["kind"], encoded["schema"]) == (KINDS[name], 1)


def data_of(held: object) -> Any:
    return codec.encode(held)["data"]


@pytest.mark.parametrize(
    ("written", "criterion"),
    [
        ({"kind": "at_least", "bound": {"decimal": "-5"}}, pv.at_least(-5)),
        ({"kind": "at_most", "bound": {"instant": "2026-03-12T08:00:00Z"}}, pv.at_most(NINE)),
        (
            {"kind": "between", "low": {"date": "2026-03-12"}, "high": {"offset": None}},
            pv.between(THURSDAY, pv.days(3)),
        ),
        (
            {"kind": "outside", "low": {"decimal": "40"}, "high": {"decimal": "60"}},
            pv.outside(40, 60),
        ),
        ({"kind": "equals", "value": {"boolean": True}}, pv.equals(True)),
        ({"kind": "equals", "value": {"text": "true"}}, pv.equals("true")),
        ({"kind": "equals", "value": {"choices": ["a", "b"]}}, pv.equals({"b", "a"})),
        (
            {"kind": "equals", "value": {"decimal": "5"}, "tolerance": {"decimal": "0.5"}},
            pv.equals(5, tolerance="0.50"),
        ),
        (
            {
                "kind": "equals",
                "value": {"instant": "2026-03-12T08:00:00Z"},
                "tolerance": {"duration": "PT5400.000001S"},
            },
            pv.equals(NINE, tolerance=timedelta(minutes=90) + MICROSECOND),
        ),
        ({"kind": "one_of", "values": [{"decimal": "1"}, {"decimal": "2"}]}, pv.one_of([2, 1])),
        ({"kind": "none_of", "values": [{"text": "late"}]}, pv.none_of(["late"])),
        ({"kind": "contains", "values": ["a", "b"]}, pv.contains(["b", "a"])),
    ],
    ids=shortly,
)
def test_criteria_name_their_kind_and_the_types_of_their_operands(
    written: dict[str, Any], criterion: Criterion
) -> None:
    """S 2.2, S 11.1."""
    if written.get("high") == {"offset": None}:
        offset = {"amount": 3, "unit": "days", "anchor": {"visit": "visit start"}}
        written = {**written, "high": {"offset": offset}}
    assert data_of(pv.TaskDefinition("t", "T", targets=[pv.Target("i", criterion)]))["targets"] == [
        {"indicator": "i", "expected": written, "weight": "1"}
    ]


BARE: list[tuple[dict[str, Any], Any]] = [
    ({"decimal": "5"}, 5),
    ({"boolean": False}, False),
    ({"text": "a"}, "a"),
    ({"choices": []}, frozenset()),
    ({"date": "2026-03-12"}, THURSDAY),
    ({"instant": "2026-03-12T08:00:00Z"}, NINE),
]


@pytest.mark.parametrize(("written", "held"), BARE, ids=shortly)
def test_a_bare_target_names_the_type_of_its_value(written: dict[str, Any], held: Any) -> None:
    """S 2.4, S 11.1."""
    task = pv.TaskDefinition("t", "T", targets=[pv.Target("i", held)])
    assert data_of(task)["targets"][0]["expected"] == written
    assert codec.decode(codec.encode(task), pv.TaskDefinition) == task


def test_conditions_and_anchors_name_their_kind() -> None:
    """S 3.4, S 4.1, S 11.1."""
    item = data_of(rich_template())["items"][2]
    assert item["condition"] == {
        "kind": "any_of",
        "conditions": [
            {
                "kind": "all_of",
                "conditions": [
                    {"kind": "is_set", "fact": "renewal"},
                    {
                        "kind": "negate",
                        "condition": {
                            "kind": "fact_is",
                            "fact": "region",
                            "criterion": {"kind": "none_of", "values": [{"text": "north"}]},
                        },
                    },
                ],
            },
            {
                "kind": "fact_is",
                "fact": "stores",
                "criterion": {
                    "kind": "between",
                    "low": {"decimal": "3"},
                    "high": {"decimal": "8.5"},
                },
            },
        ],
    }
    assert item["due"] == {
        "amount": -1,
        "unit": "months",
        "anchor": {"kind": "fact", "fact": "renewal"},
        "roll": "preceding",
    }
    due = [each["due"]["anchor"] for each in data_of(rich_template())["items"]]
    assert due[:2] == [{"visit": "visit end"}, {"kind": "item", "item": "first"}]
    assert [each.get("near") for each in item["targets"]][-4::3] == [
        {"kind": "within", "amount": {"duration": "PT129600S"}},
        {"kind": "within_percent", "percent": "10"},
    ]


def test_facts_are_objects_by_their_names() -> None:
    """S 11.1."""
    facts = pv.Facts(partner={"segment": "large"}, contexts={pv.Context("p", "X"): {"stock": 3}})
    plan = attrs.evolve(planned(), subject=attrs.evolve(planned().subject, facts=facts))
    assert data_of(plan)["subject"]["facts"] == {
        "partner": {"segment": {"text": "large"}},
        "contexts": [{"context": {"kind": "p", "id": "X"}, "facts": {"stock": {"number": 3}}}],
    }


def test_an_edit_names_the_type_of_its_base() -> None:
    """S 7.5, S 11.1."""
    plan = planned().edit(
        "pitch", due=None, assignee_id=None, binding=pv.Binding.MUST, instructions="Now"
    )
    assert data_of(plan)["tasks"][2]["edits"] == [
        {"field": "assignee_id", "base": {"text": "ines"}},
        {"field": "binding", "base": {"binding": "could"}},
        {"field": "due", "base": {"date": "2026-03-16"}},
        {"field": "instructions", "base": {"text": ""}},
    ]


def test_an_edit_of_what_had_no_value_says_so() -> None:
    """S 7.5, S 11.1."""
    plan = planned()
    dated = attrs.evolve(plan.task("survey"), due=THURSDAY, trail=None, edits=[Edit("due", None)])
    held = attrs.evolve(plan, tasks=[dated, *plan.tasks[1:]])
    assert data_of(held)["tasks"][0]["edits"] == [{"field": "due", "base": None}]
    assert codec.decode(codec.encode(held), ActionPlan) == held


def test_equal_objects_give_equal_text_however_they_were_made() -> None:
    """S 1.2, S 11.3: whatever the zone, the zeros, the order."""
    berlin = ZoneInfo("Europe/Berlin")
    assert codec.dumps(reading(NINE.astimezone(berlin))) == codec.dumps(reading(NINE))
    assert codec.dumps(reading(Decimal("1E+2"))) == codec.dumps(reading(Decimal("100.00")))
    assert codec.dumps(reading(frozenset("ba"))) == codec.dumps(reading(frozenset("ab")))
    twins = [
        attrs.evolve(
            follow_up(),
            target=attrs.evolve(
                expected(),
                near=near,
                basis=Basis(statistic=Statistic.LAST, figure=near, readings=["R"]),
            ),
        )
        for near in (Decimal("1.50"), Decimal("1.5"), Decimal("15E-1"))
    ]
    assert len({*twins}) == len({codec.dumps(each) for each in twins}) == 1


TEXTS = """
import sys
from partnervisits import codec, example
import partnervisits as pv
held = {"catalog": example.catalog(), "given": example.given()}
plan = pv.expand(example.template(), example.visit(), **held).accept()
for each in [plan, *held["catalog"].indicators, *example.readings(plan), *example.rules()]:
    sys.stdout.buffer.write(codec.dumps(each).encode())
"""


def test_the_same_objects_give_the_same_text_in_any_process() -> None:
    """S 1.4, S 11.3: whatever the hash seed, the time zone and the locale."""
    one = output_of(TEXTS, {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C"})
    other = output_of(TEXTS, {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns"})
    assert one == other
    assert b'{"choices":["repair"]}' in one


# ------------------------------------------------------------------------------- what is refused


def refusal(work: Callable[[], object]) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        _ = work()
    return caught.value


def findings(work: Callable[[], object]) -> list[tuple[str, str]]:
    return [(each.location, each.code) for each in refusal(work).findings]


VISIT: list[tuple[str, Any, str]] = [
    ("id", 1, "decode.type"),
    ("id", None, "decode.type"),
    ("id", True, "decode.type"),
    ("id", [], "decode.type"),
    ("id", "", "text.empty"),
    ("id", "x" * 1_000_000, "text.long"),
    ("id", "\0", "text.control"),
    ("id", "\ud800", "text.control"),
    ("id", "a\u202eb", "text.control"),
    ("visitors[0].primary", "false", "decode.type"),
    ("visitors[0].primary", 0, "decode.type"),
    ("visitors[0].primary", None, "decode.type"),
    ("visitors", {}, "decode.type"),
    ("visitors", "rep-7", "decode.type"),
    ("visitors", [], "visit.no-visitor"),
    ("visitors[0]", "rep-7", "decode.type"),
    ("place", [], "decode.type"),
    ("place", None, "decode.type"),
    ("place.timezone", "../../etc/passwd", "zone.unknown"),
    ("status", "gone", "decode.word"),
    ("status", "PLANNED", "decode.word"),
    ("status", ["planned"], "decode.type"),
    ("status", None, "decode.type"),
    ("reason", None, "decode.type"),
    ("reason", "a\r\n", "text.carriage-return"),
    ("planned", [], "decode.type"),
    ("planned.start", "2026-03-12T08:00:00", "decode.instant"),
    ("planned.start", "2026-03-12", "decode.instant"),
    ("planned.start", 1_773_302_400, "decode.type"),
    ("planned.start", "now", "decode.instant"),
    ("planned.start", "2026-03-12T08:00:60Z", "decode.instant"),
    ("planned.start", "2026-03-12T24:00:00Z", "decode.instant"),
    ("planned.start", "2026-02-30T08:00:00Z", "decode.instant"),
    ("planned.start", "2026-03-12T08:00:00.123456789Z", "decode.instant"),
    ("planned.start", "2026-03-12T08:00:00+14:01", "decode.instant"),
    ("planned.start", "2026-03-12T08:00:00-23:59", "decode.instant"),
    ("planned.start", "20260312T080000Z", "decode.instant"),
    ("planned.start", "2026-03-12 08:00:00Z", "decode.instant"),
    ("planned.start", "2026-03-12T08:00:00Z\n", "decode.instant"),
    ("planned.start", "٢026-03-12T08:00:00Z", "decode.instant"),
    ("planned.start", "0001-01-01T00:00:00+14:00", "instant.range"),
    ("planned.start", "9999-12-31T23:59:59-14:00", "instant.range"),
    ("planned.end", "2026-03-12T07:59:59Z", "period.order"),
    ("window.earliest", "2026-W11-4", "decode.date"),
    ("window.earliest", "20260312", "decode.date"),
    ("window.earliest", "2026-02-29", "decode.date"),
    ("window.earliest", "2026-03-12T08:00:00Z", "decode.date"),
    ("window.earliest", 20260312, "decode.type"),
    ("window.earliest", "1899-12-31", "date.range"),
]


@pytest.mark.parametrize(("location", "value", "code"), VISIT, ids=shortly)
def test_what_is_wrong_in_a_visit_is_found_where_it_stands(
    location: str, value: Any, code: str
) -> None:
    """S 11.2: exact types, and the refusals of the constructors."""
    held = builders.visit(window=Window(THURSDAY, THURSDAY))
    damaged = document(held, {location: value})
    assert findings(lambda: codec.decode(damaged, pv.Visit)) == [(f"data.{location}", code)]


TEMPLATE: list[tuple[str, Any, str, str]] = [
    ("due.amount", True, "", "decode.type"),
    ("due.amount", "7", "", "decode.type"),
    ("due.amount", 1.9, "", "decode.type"),
    ("due.amount", None, "", "decode.type"),
    ("due.amount", 10**18, "", "offset.range"),
    ("due.anchor", "visit start", "", "decode.type"),
    ("due.anchor", {}, "", "decode.tag"),
    ("due.anchor", {"visit": 1, "item": 2}, "", "decode.tag"),
    ("due.anchor", {"date": "2026-03-12"}, "", "decode.tag"),
    ("due.anchor", {"visit": "noon"}, ".visit", "decode.word"),
    ("due.anchor", {"kind": "noon"}, ".kind", "decode.tag"),
    ("due.anchor", {"kind": []}, ".kind", "decode.tag"),
    ("due.anchor", {"kind": "item"}, ".item", "decode.missing"),
    ("due.anchor", {"kind": "item", "item": "first", "fact": "renewal"}, ".fact", "decode.extra"),
    ("due.anchor", {"kind": "item", "item": "?"}, ".item", "key.slug"),
    ("targets[0].expected", 5, "", "decode.type"),
    ("targets[0].expected", None, "", "decode.type"),
    ("targets[0].expected", {"decimal": 5}, ".decimal", "decode.type"),
    ("targets[0].expected", {"decimal": True}, ".decimal", "decode.type"),
    ("targets[0].expected", {"decimal": "1" * 19}, "", "decimal.range"),
    ("targets[0].expected", {"boolean": "true"}, ".boolean", "decode.type"),
    ("targets[0].expected", {"text": ""}, "", "value.empty-text"),
    ("targets[0].expected", {"choices": "ab"}, ".choices", "decode.type"),
    ("targets[0].expected", {"choices": ["a", 1]}, ".choices[1]", "decode.type"),
    ("targets[0].expected", {"choices": ["a", "a"]}, ".choices", "sequence.duplicate"),
    (
        "targets[4].near",
        {"kind": "within", "amount": {"duration": 60}},
        ".amount.duration",
        "decode.type",
    ),
    (
        "targets[4].near",
        {"kind": "within", "amount": {"duration": f"PT{10**14 - 1}S"}},
        ".amount.duration",
        "decode.duration",
    ),
    (
        "targets[4].near",
        {"kind": "within", "amount": {"duration": f"PT{10**11}S"}},
        ".amount",
        "duration.range",
    ),
    ("targets[4].near", {"kind": "within_percent", "percent": "5"}, "", "target.near"),
    ("targets[7].expected", {"kind": "one_of", "values": []}, ".values", "criterion.operands"),
    (
        "condition",
        {
            "kind": "fact_is",
            "fact": "f",
            "criterion": {"kind": "one_of", "values": [{"decimal": "1.5"}]},
        },
        ".criterion",
        "condition.criterion",
    ),
    ("after", ["first"], "[0]", "decode.type"),
]


@pytest.mark.parametrize(("location", "value", "below", "code"), TEMPLATE, ids=shortly)
def test_what_is_wrong_in_an_item_is_found_where_it_stands(
    location: str, value: Any, below: str, code: str
) -> None:
    """S 11.2: exact types, tags, and the refusals of the constructors."""
    damaged = document(rich_template(), {f"items[2].{location}": value})
    assert findings(lambda: decoded(damaged)) == [(f"data.items[2].{location}{below}", code)]


def decoded(data: object) -> pv.ActionPlanTemplate:
    return codec.decode(data, pv.ActionPlanTemplate)


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "sNaN",
        "-Infinity",
        "1e5",
        "1e999999999",
        "٣",
        "\uff13",
        "1_000",
        " 1 ",
        "1,5",
        "+1",
        ".5",
        "5.",
        "",
        "1\n",
        "0" * 301,
    ],
)
def test_a_decimal_is_a_plain_one(text: str) -> None:
    """S 1.2, S 11.2."""
    damaged = document(reading(1), {"value": {"decimal": text}})
    assert findings(lambda: codec.decode(damaged, pv.Reading)) == [
        ("data.value.decimal", "decode.decimal")
    ]


@pytest.mark.parametrize("text", ["", "90", "PT1H", "PT-1S", "PT1.S", "PT1.0000001S", "PT1E3S"])
def test_a_duration_is_in_plain_seconds(text: str) -> None:
    """S 11.2."""
    near = {"kind": "within", "amount": {"duration": text}}
    damaged = document(rich_template(), {"items[2].targets[4].near": near})
    assert findings(lambda: decoded(damaged)) == [
        ("data.items[2].targets[4].near.amount.duration", "decode.duration")
    ]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-12T08:00:00Z", NINE),
        ("2026-03-12T08:00:00.000Z", NINE),
        ("2026-03-12T08:00:00.5Z", NINE + timedelta(seconds=0.5)),
        ("2026-03-12T22:00:00+14:00", NINE),
        ("2026-03-11T18:00:00-14:00", NINE),
        ("2026-03-12T13:30:00+05:30", NINE),
    ],
)
def test_an_instant_is_read_with_any_offset_within_fourteen_hours(
    text: str, moment: datetime
) -> None:
    """S 11.2: and written in UTC."""
    held = codec.decode(document(reading(1), {"value": {"instant": text}}), pv.Reading)
    assert held.value == moment
    assert held == reading(moment)
    assert codec.dumps(held) == codec.dumps(reading(moment))


def test_a_decimal_is_read_in_any_plain_form_and_written_in_one() -> None:
    """S 1.2, S 11.3."""
    held = codec.decode(document(reading(1), {"value": {"decimal": "-0012.500"}}), pv.Reading)
    assert codec.dumps(held) == codec.dumps(reading(Decimal("-12.5")))


def test_what_is_empty_may_be_written() -> None:
    """S 11.1: it means the same as when it is left out."""
    held = builders.visit()
    empty: dict[str, Any] = {"reason": "", "window": None, "contacts": [], "replaces": None}
    assert codec.decode(document(held, empty), pv.Visit) == held


def test_all_that_is_wrong_is_found_at_once() -> None:
    """S 11.2."""
    changes: dict[str, Any] = {
        "id": 1,
        "visitors[0].rep_id": "",
        "visitors[0].nick": "Jo",
        "place": [],
        "planned.start": "now",
        "planned.end": "then",
        "__class__": "Visit",
    }
    damaged = document(builders.visit(), changes)
    del damaged["data"]["partner_id"], damaged["data"]["status"]
    assert findings(lambda: codec.decode(damaged, pv.Visit)) == [
        ("data.__class__", "decode.extra"),
        ("data.id", "decode.type"),
        ("data.partner_id", "decode.missing"),
        ("data.place", "decode.type"),
        ("data.planned.end", "decode.instant"),
        ("data.planned.start", "decode.instant"),
        ("data.status", "decode.missing"),
        ("data.visitors[0].nick", "decode.extra"),
    ]


def test_what_a_template_says_of_its_items_is_found_by_their_positions() -> None:
    """S 3.2, S 11.2."""
    damaged = document(rich_template(), {"items[2].after[0].item": "nobody"})
    damaged["data"]["items"].append(damaged["data"]["items"][0])
    assert findings(lambda: decoded(damaged)) == [
        ("data.items[2].after", "item.unknown-prerequisite"),
        ("data.items[3]", "item.duplicate"),
    ]


def test_a_published_template_without_items_is_refused_where_they_are_missing() -> None:
    """S 3.1, S 11.2."""
    damaged = document(example.template(), {})
    del damaged["data"]["items"]
    assert findings(lambda: decoded(damaged)) == [("data.items", "template.empty")]


def test_facts_are_refused_by_their_names() -> None:
    """S 11.2: names and values."""
    facts = {
        "visit": {"stock": {"number": "3"}, "since": {"date": "today"}},
        "partner": [],
        "contexts": [{"context": {"kind": "p", "id": "X"}}],
    }
    damaged = document(planned(), {"subject.facts": facts})
    assert findings(lambda: codec.decode(damaged, ActionPlan)) == [
        ("data.subject.facts.contexts[0].facts", "decode.missing"),
        ("data.subject.facts.partner", "decode.type"),
        ("data.subject.facts.visit.since.date", "decode.date"),
        ("data.subject.facts.visit.stock.number", "decode.type"),
    ]
    damaged = document(planned(), {"subject.facts": {"partner": {"segment": {"number": 1}}}})
    assert findings(lambda: codec.decode(damaged, ActionPlan)) == [
        ("data.subject.facts.partner", "facts.segment")
    ]


def test_a_condition_nested_too_deep_is_refused_before_it_is_read() -> None:
    """S 11.2: however deep it is."""
    condition: dict[str, Any] = {"kind": "is_set", "fact": "renewal"}
    for depth in range(100_000):
        condition = (
            {"kind": "negate", "condition": condition}
            if depth % 2
            else {"kind": "all_of", "conditions": [condition, 1]}
        )
    damaged = document(rich_template(), {"items[2].condition": condition})
    (found,) = findings(lambda: decoded(damaged))
    assert found[0].startswith("data.items[2].condition.condition.conditions[0].condition")
    assert found[1] == "decode.depth"


def test_a_condition_nested_deeper_than_conditions_may_be_is_refused_by_its_constructor() -> None:
    """S 11.2."""
    condition: dict[str, Any] = {"kind": "is_set", "fact": "renewal"}
    for _ in range(32):
        condition = {"kind": "negate", "condition": condition}
    damaged = document(rich_template(), {"items[2].condition": condition})
    assert findings(lambda: decoded(damaged)) == [
        ("data.items[2].condition.condition", "condition.depth")
    ]


ENVELOPES: list[tuple[Any, list[tuple[str, str]]]] = [
    (None, [("", "decode.type")]),
    ([], [("", "decode.type")]),
    ("visit", [("", "decode.type")]),
    (1.5, [("", "decode.type")]),
    (object(), [("", "decode.type")]),
    (
        {},
        [("data", "decode.missing"), ("kind", "decode.missing"), ("schema", "decode.missing")],
    ),
    ({"kind": "reading", "schema": 1, "data": {}}, [("kind", "decode.kind")]),
    ({"kind": "Visit", "schema": 1, "data": {}}, [("kind", "decode.kind")]),
    ({"kind": None, "schema": 1, "data": {}}, [("kind", "decode.type")]),
    ({"kind": "visit", "schema": 2, "data": {}}, [("schema", "decode.newer")]),
    ({"kind": "visit", "schema": 0, "data": {}}, [("schema", "decode.schema")]),
    ({"kind": "visit", "schema": True, "data": {}}, [("schema", "decode.type")]),
    ({"kind": "visit", "schema": "1", "data": {}}, [("schema", "decode.type")]),
    ({"kind": "visit", "schema": 1, "data": []}, [("data", "decode.type")]),
    ({"kind": "visit", "schema": 1, "data": {}, "at": 1}, [("at", "decode.extra")]),
    (
        {"kind": "visit", "schema": 1, "data": {}, "\ud800": 1, "": 1},
        [("", "decode.extra"), ("'\\ud800'", "decode.extra")],
    ),
]


@pytest.mark.parametrize(("data", "found"), ENVELOPES)
def test_an_envelope_is_exactly_one(data: Any, found: list[tuple[str, str]]) -> None:
    """S 11.1, S 11.2, S 11.4: newer than known is an error of its own."""
    assert findings(lambda: codec.decode(data, pv.Visit)) == found


@pytest.mark.parametrize("key", [None, 7, (), b"kind"], ids=repr)
def test_a_key_that_no_json_has_is_refused(key: Any) -> None:
    """S 11.2: plain data need not come from JSON."""
    damaged = document(builders.visit(), {})
    for inside in (damaged, damaged["data"], damaged["data"]["place"]):
        inside[key] = 1
        assert findings(lambda: codec.decode(damaged, pv.Visit))
        del inside[key]


JSON: list[tuple[str | bytes, list[tuple[str, str]]]] = [
    ("", [("", "decode.json")]),
    ("{}x", [("", "decode.json")]),
    ("{'a': 1}", [("", "decode.json")]),
    ("\ufeff{}", [("", "decode.json")]),
    (b"\xef\xbb\xbf{}", [("", "decode.json")]),
    (b"\xff\xfe{\x00}\x00", [("", "decode.json")]),
    (b'{"kind": "\xff"}', [("", "decode.json")]),
    ('"\x00"', [("", "decode.json")]),
    ("null", [("", "decode.type")]),
    ("[" * 100_000, [("", "decode.depth")]),
    ('{"a":' * 100_000, [("", "decode.depth")]),
    ("NaN", [("", "decode.number")]),
    ("9" * 5_000, [("", "decode.number")]),
    ('{"kind": "visit", "kind": "visit"}', [("", "decode.duplicate-key")]),
    ('{"kind": "visit", "schema": NaN, "data": {}}', [("schema", "decode.number")]),
    ('{"kind": "visit", "schema": -Infinity, "data": {}}', [("schema", "decode.number")]),
    (f'{{"kind": "visit", "schema": {"9" * 33}, "data": {{}}}}', [("schema", "decode.number")]),
    (f'{{"kind": "visit", "schema": {"9" * 32}, "data": {{}}}}', [("schema", "decode.newer")]),
    ('{"kind": "visit", "schema": 1e400, "data": {}}', [("schema", "decode.type")]),
    ('{"kind": "visit", "schema": 1.0, "data": {}}', [("schema", "decode.type")]),
    (
        '{"kind": "visit", "schema": 1, "data": {"a": 1, "a": 1}}',
        [("data", "decode.duplicate-key")],
    ),
]


@pytest.mark.parametrize(("text", "found"), JSON, ids=shortly)
def test_text_is_json_of_which_no_part_is_read_in_two_ways(
    text: str | bytes, found: list[tuple[str, str]]
) -> None:
    """S 11.2: each finding where it stands, as far as there is a place."""
    assert findings(lambda: codec.loads(text, pv.Visit)) == found


def test_a_key_that_stands_twice_is_found_where_it_does() -> None:
    """S 11.2."""
    text = codec.dumps(builders.visit()).replace(
        '"primary":false', '"primary":false,"primary":true'
    )
    assert findings(lambda: codec.loads(text, pv.Visit)) == [
        ("data.visitors[0]", "decode.duplicate-key")
    ]


@pytest.mark.parametrize("text", [None, 1, bytearray(b"{}"), ["{}"]], ids=repr)
def test_what_is_no_text_is_refused(text: Any) -> None:
    """S 11.2."""
    assert findings(lambda: codec.loads(text, pv.Visit)) == [("", "decode.type")]


def test_a_refusal_says_what_to_write() -> None:
    """S 11.2."""
    changes = {
        "place": None,
        "planned.end": {"instant": "now"},
        "priority": "urgent",
        "visitors[0].primary": 1.5,
    }
    damaged = document(builders.visit(), changes)
    refused = refusal(lambda: codec.decode(damaged, pv.Visit))
    assert isinstance(refused, ValueError)
    assert str(refused) == (
        "the document is refused:\n"
        "  error: data.place: write an object, not null [decode.type]\n"
        "  error: data.planned.end: write an instant as a string, not an object [decode.type]\n"
        "  error: data.priority: write low, normal or high, not 'urgent' [decode.word]\n"
        "  error: data.visitors[0].primary: write true or false, not a number with a fraction"
        " [decode.type]"
    )
    damaged = document(rich_template(), {"items[2].due.anchor": False, "items[2].condition": {}})
    assert [each.message for each in refusal(lambda: decoded(damaged)).findings] == [
        "write an object with a kind: fact_is, is_set, all_of, any_of or negate",
        "write an object with a kind: item or fact, or an object with one key: visit, not false",
    ]


def test_a_refusal_survives_pickling() -> None:
    refused = refusal(lambda: codec.decode({}, pv.Visit))
    again = pickle.loads(pickle.dumps(refused))  # noqa: S301 -- our own
    assert again.findings == refused.findings
    assert again.code == "findings.blocking"


def test_what_fails_for_any_other_reason_is_a_finding_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """S 11.2: a broken time-zone database, for example."""

    def broken(_: str) -> ZoneInfo:
        error = EOFError("the file of the zone is cut off")
        error.add_note("It was being copied.")
        raise error

    data = codec.encode(builders.visit())
    monkeypatch.setattr("partnervisits.values._time.ZoneInfo", broken)
    refused = refusal(lambda: codec.decode(data, pv.Visit))
    assert [(each.location, each.code, each.message) for each in refused.findings] == [
        (
            "data.place",
            "decode.failed",
            "reading it failed with EOFError: the file of the zone is cut off",
        )
    ]


def at_depth(depth: int, work: Callable[[], object]) -> object:
    """What comes of work when so many calls are under way."""
    return work() if depth == 0 else at_depth(depth - 1, work)


def almost_all(spare: int) -> int:
    """How many calls may still be made, but for a few."""
    return sys.getrecursionlimit() - len(inspect.stack(0)) - spare


def test_a_host_that_is_deep_in_calls_of_its_own_is_told_so() -> None:
    """S 11.2: what is left of the stack is not enough for this document."""
    data = codec.encode(rich_template())
    codes = {code for _, code in findings(lambda: at_depth(almost_all(30), lambda: decoded(data)))}
    assert codes == {"decode.depth"}


def test_a_stack_that_was_once_too_short_changes_nothing_of_what_is_written_later() -> None:
    """S 11.3: the first use of a converter included."""
    converter, held = codec.make_converter(), rich_template()
    for spare in range(1, 60):
        with contextlib.suppress(RecursionError):
            _ = at_depth(almost_all(spare), lambda: converter.unstructure(held))
    assert converter.unstructure(held) == data_of(held)
    assert converter.structure(data_of(held), pv.ActionPlanTemplate) == held


@pytest.mark.parametrize(
    "held",
    [None, 1, "visit", pv.Visit, pv.Outcome.MET, pv.MemoryStore(), object(), codec.Limits()],
    ids=lambda each: type(each).__name__,
)
def test_only_the_domain_is_encoded(held: object) -> None:
    """S 11.1."""
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = codec.encode(held)
    assert caught.value.code == "type.wrong"


@pytest.mark.parametrize(
    "kind", [None, "visit", [], pv.Outcome, pv.MemoryStore, dict, pv.Visit | None]
)
def test_only_the_domain_is_decoded(kind: Any) -> None:
    """S 11.1: to ask for another is a mistake of the program, not of the document."""
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = codec.decode(codec.encode(builders.visit()), kind)
    assert caught.value.code == "type.wrong"
    assert not isinstance(caught.value, DecodeError)


@pytest.mark.parametrize("figure", ["1E+400", "1E-400", "1E+999999", "9" * 301, f"0.{'9' * 301}"])
def test_a_figure_that_takes_pages_is_not_written(figure: str) -> None:
    """S 1.3: computed figures have far fewer digits."""
    basis = Basis(statistic=Statistic.MEAN, figure=Decimal(figure), readings=["R"])
    held = pv.TaskDefinition("t", "T", targets=[pv.Target("i", pv.at_least(1), basis=basis)])
    with pytest.raises(pv.PartnerVisitsError) as caught:
        _ = codec.encode(held)
    assert caught.value.code == "decimal.range"


ANYTHING: Any = object()


def test_what_no_constructor_checked_is_refused_where_it_stands() -> None:
    """S 11.1, S 11.2: some results take whatever they are given."""
    brief = Brief(visit_id="V", partner_id="P", on=None, follow_ups=(ANYTHING,), lines=())
    conflict = Conflict("T", "due", ANYTHING, None, None)
    for held, code, field in (
        (brief, "encode.failed", "follow_ups[0]"),
        (conflict, "type.wrong", "base"),
        (attrs.evolve(brief, follow_ups=ANYTHING), "encode.failed", "follow_ups"),
    ):
        with pytest.raises(InvalidValueError) as caught:
            _ = codec.encode(held)
        assert (caught.value.code, caught.value.field) == (code, field)


class Big(int):
    """A number that its host has made more of."""


def test_a_group_that_only_its_host_knows_is_refused() -> None:
    """S 11.1: the types of names are exact."""
    with pytest.raises(InvalidValueError) as caught:
        _ = codec.encode(pv.Scorecard(comparisons=[], group=("a", Big(1))))
    assert (caught.value.code, caught.value.field) == ("encode.group", "group")


def test_a_group_of_an_instant_is_written_in_utc() -> None:
    """S 11.3: since the card is equal."""
    berlin = pv.Scorecard(comparisons=[], group=NINE.astimezone(ZoneInfo("Europe/Berlin")))
    assert codec.dumps(berlin) == codec.dumps(pv.Scorecard(comparisons=[], group=NINE))


def test_what_is_said_of_an_entry_that_is_a_text_is_found_by_its_position() -> None:
    """S 11.2."""
    damaged = document(example.catalog(), {"templates[0].items[0].indicators": ["nothing"]})
    found = findings(lambda: codec.decode(damaged, pv.Catalog))
    assert ("data.templates[0].items[0].indicators[0]", "indicator.stray") in found


def test_many_documents_that_say_little_alike_are_read_as_well() -> None:
    """S 11.3: what is remembered of one for the next is bounded."""
    for number in range(5_000):
        held = pv.Context("product", f"X-{number}")
        assert codec.decode(codec.encode(held), pv.Context) == held


# ------------------------------------------------------------------------- a converter of one's own


@attrs.frozen
class Row:
    """A class of a host, with parts of the domain."""

    number: int
    at: datetime
    visit: pv.Visit
    criteria: tuple[Criterion, ...] = ()
    condition: Condition | None = None
    offset: Offset | None = None
    label: str | None = None


def host() -> Converter:
    converter = Converter(omit_if_default=True, prefer_attrib_converters=True)
    converter.register_unstructure_hook(datetime, datetime.timestamp)
    converter.register_structure_hook(
        datetime, lambda number, _: datetime.fromtimestamp(number, UTC)
    )
    codec.configure(converter)
    return converter


def test_a_host_writes_the_domain_with_a_converter_of_its_own() -> None:
    """S 11.1: its own classes, numbers and times stay as they are."""
    row = Row(
        1, NINE, example.visit(), (pv.at_least(NINE), pv.equals("x")), is_set("a"), pv.days(3)
    )
    written = json.loads(json.dumps(host().unstructure(row)))
    assert written == {
        "number": 1,
        "at": NINE.timestamp(),
        "visit": data_of(row.visit),
        "criteria": [
            {"kind": "at_least", "bound": {"instant": "2026-03-12T08:00:00Z"}},
            {"kind": "equals", "value": {"text": "x"}},
        ],
        "condition": {"kind": "is_set", "fact": "a"},
        "offset": {"amount": 3, "unit": "days", "anchor": {"visit": "visit start"}},
    }
    assert host().structure({**written, "number": "1"}, Row) == row


def test_a_converter_of_a_host_is_as_strict_with_the_domain() -> None:
    """S 11.2."""
    damaged = document(builders.visit(), {"id": 1, "strange": 2})["data"]
    with pytest.raises(ClassValidationError) as caught:
        _ = host().structure(damaged, pv.Visit)
    assert len(caught.value.exceptions) == 2


def test_the_plainest_converter_of_cattrs_will_do() -> None:
    """S 11.1."""
    converter = BaseConverter()
    codec.configure(converter)
    visit = example.visit()
    assert converter.structure(converter.unstructure(visit), pv.Visit) == visit


def test_a_converter_that_is_made_knows_the_domain_and_nothing_of_envelopes() -> None:
    """S 11.1."""
    converter = codec.make_converter()
    assert converter is not codec.make_converter()
    for name in KINDS:
        held = OBJECTS[name]()
        assert converter.unstructure(held) == data_of(held)
        assert converter.structure(data_of(held), type(held)) == held
    context = pv.Context("product", "X-100")
    assert converter.structure(converter.unstructure(context), pv.Context) == context


def test_the_room_lists_exactly_what_it_announces() -> None:
    assert dir(codec) == sorted(codec.__all__)
