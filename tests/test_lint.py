"""What lint finds in a template, and the nearest case in which it finds nothing."""

import pickle
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits import example
from partnervisits.calendars import Anchor, FactDate, ItemDate, Offset
from partnervisits.catalog import lint, reference_findings
from partnervisits.conditions import all_of, any_of, is_set, negate, when
from partnervisits.errors import InvalidValueError
from partnervisits.findings import Severity, blocking, in_order
from partnervisits.tasks import TaskIndicator
from partnervisits.templates import Group, Prerequisite, Selection
from tests import builders
from tests.builders import indicator, item, task, template

Row = tuple[str, str, str]

FIRST = Group("one-of", Selection.FIRST)
PRODUCT = pv.Context("product", "X-100")
NEVER_HELD_UP = "make it later, or drop its due"


def rows(
    *items: pv.TemplateItem,
    tasks: Iterable[pv.TaskDefinition] = (),
    indicators: Iterable[pv.Indicator] = (),
    targets: Iterable[pv.Target] | None = None,
) -> list[Row]:
    """Lint items whose tasks capture an indicator each, with a target, unless others are given."""
    held = {each.key: each for each in tasks}
    for key in {each.task for each in items} - held.keys():
        held[key] = task(key, [key])
    captured = {each.indicator for every in held.values() for each in every.indicators}
    known = {each.key: each for each in indicators}
    for key in captured - known.keys():
        known[key] = indicator(key)
    expected = [pv.Target(key, 1) for key in captured] if targets is None else targets
    catalog = pv.Catalog(indicators=known.values(), tasks=held.values(), targets=expected)
    return written(lint(template(*items), catalog))


def written(findings: Iterable[pv.Finding]) -> list[Row]:
    return [(each.location, each.code, each.message) for each in findings]


def codes(*items: pv.TemplateItem, **world: Any) -> list[tuple[str, str]]:
    return [(path, code) for path, code, _ in rows(*items, **world)]


# --------------------------------------------------------------------------- what cannot be meant


def test_the_built_in_example_asks_for_one_thing_that_nobody_expects_anything_of() -> None:
    """S 3.6: a wish is captured and never judged, which is meant."""
    assert written(lint(example.template(), example.catalog())) == [
        (
            "items.survey.indicators.wishes",
            "lint.no-target",
            "no target is written for wishes: add one, or give one with each visit",
        )
    ]


def test_a_template_is_linted_whatever_its_status_and_whether_the_catalog_holds_it() -> None:
    """S 3.6."""
    published = example.template()
    draft = published.new_draft()
    others = [draft, published.withdraw(), attrs.evolve(draft, key="other")]
    assert {lint(each, example.catalog()) for each in others} == {
        lint(published, example.catalog())
    }


def test_a_draft_without_items_has_nothing_to_find() -> None:
    """S 3.6."""
    assert lint(pv.ActionPlanTemplate("empty", "Empty"), pv.Catalog()) == ()


@pytest.mark.parametrize(
    ("made", "catalog"), [(None, example.catalog()), ([], example.catalog()), (builders, None)]
)
def test_only_templates_and_catalogs_are_linted(made: Any, catalog: Any) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as refused:
        _ = lint(builders.template() if made is builders else made, catalog)
    assert refused.value.code == "type.wrong"


def everything_wrong() -> tuple[pv.ActionPlanTemplate, pv.Catalog]:
    """One item or more for each code."""
    share = indicator(
        "share",
        value_type=pv.ValueType.PERCENTAGE,
        direction=pv.Direction.HIGHER_IS_BETTER,
    )
    catalog = pv.Catalog(
        indicators=[indicator("stock"), share],
        tasks=[
            task("count", ["stock"], targets=[pv.Target("stock", pv.at_most(3))]),
            task("look", ["share"]),
            task("call", []),
        ],
        targets=[pv.Target("share", pv.at_least("0.2"))],
    )
    made = template(
        item("typo", task="cuont", targets=[pv.Target("stock", pv.at_most(9))]),
        item("first", task="count", indicators=["stock", "share"], due=pv.days(5)),
        item(
            "second",
            task="count",
            after=[Prerequisite("first", least=pv.weeks(1), most=pv.days(6)), "typo"],
            binding=pv.Binding.MUST,
            due=pv.days(2),
            condition=when("size", pv.at_least(5)),
            targets=[pv.Target("share", pv.at_least(1)), pv.Target("stock", pv.contains(["a"]))],
        ),
        item(
            "third",
            task="look",
            group=FIRST,
            condition=when("size", pv.one_of(["a"])),
            targets=[pv.Target("share", pv.at_least(50), near=pv.within(20), worst=40)],
        ),
        item("fourth", task="call"),
        item("fifth", task="look", context_kinds=["product"]),
        item("sixth", task="count", targets=[pv.Target("stock", 3), pv.Target("stock", 4)]),
    )
    return made, catalog


def test_everything_is_found_at_once_in_order() -> None:
    """S 3.6."""
    found = lint(*everything_wrong())
    assert [(each.location, each.code) for each in found] == [
        ("items.first.indicators.share", "indicator.stray"),
        ("items.fourth.task", "lint.no-indicators"),
        ("items.second.after.first", "lint.due-after-visit"),
        ("items.second.after.first", "lint.lag-order"),
        ("items.second.due", "lint.due-before"),
        ("items.second.indicators", "lint.same-kpi"),
        ("items.second.targets.share", "target.stray"),
        ("items.second.targets.stock", "criterion.type"),
        ("items.sixth.indicators", "lint.same-kpi"),
        ("items.sixth.targets.stock", "target.tie"),
        ("items.third.condition", "lint.fact-types"),
        ("items.third.group", "lint.group-of-one"),
        ("items.third.targets.share", "lint.near-beyond-worst"),
        ("items.typo.targets.stock", "lint.direction"),
        ("items.typo.task", "task.unknown"),
        ("targets.share", "lint.percentage"),
        ("tasks.count.targets.stock", "lint.direction"),
    ]
    assert found == in_order(found)


def test_what_refers_to_nothing_or_does_not_fit_is_an_error_and_all_else_a_warning() -> None:
    """S 3.6."""
    made, catalog = everything_wrong()
    found = lint(made, catalog)
    assert blocking(found) == in_order(reference_findings(made.items, catalog))
    warnings = {each.code for each in found if each.severity is Severity.WARNING}
    assert all(code.startswith("lint.") for code in warnings)
    assert not any(each.code.startswith("lint.") for each in blocking(found))


def test_a_missing_target_is_found_as_well() -> None:
    """S 3.6: the one code that `everything_wrong` has no room for."""
    made, catalog = everything_wrong()
    bare = attrs.evolve(catalog, targets=())
    gone = {each.code for each in lint(made, bare)} - {each.code for each in lint(made, catalog)}
    assert gone == {"lint.no-target"}


def test_findings_can_be_sent() -> None:
    found = lint(*everything_wrong())
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 -- our own bytes


# ----------------------------------------------------------------------------- due before (S 3.6)


def test_an_item_that_is_due_before_what_it_comes_after_is_found() -> None:
    """S 3.6, S 4.7."""
    assert rows(item("a", due=pv.days(3)), item("b", after=["a"], due=pv.days(2))) == [
        (
            "items.b.due",
            "lint.due-before",
            f"due 2 days after visit start, which is before a lets it be planned: {NEVER_HELD_UP}",
        )
    ]


@pytest.mark.parametrize("due", [None, pv.days(3), pv.days(4)])
def test_an_item_that_is_due_with_or_after_what_it_comes_after_is_not(due: Offset | None) -> None:
    """S 3.6: nor is one that says nothing of when it is due."""
    assert rows(item("a", due=pv.days(3)), item("b", after=["a"], due=due)) == []


def test_before_the_visit_dropping_the_due_would_mean_another_day() -> None:
    """S 3.6, S 4.7: an item without a due is planned for the visit's start."""
    early = item("b", after=["a"], due=pv.days(-9))
    found = rows(item("a", due=pv.days(-1)), early)
    assert [message for _, _, message in found] == [
        "due 9 days before visit start, which is before a lets it be planned: make it later"
    ]
    found = rows(item("a"), early)
    assert [message.endswith(NEVER_HELD_UP) for _, _, message in found] == [True]


@pytest.mark.parametrize(
    ("before", "due", "is_early"),
    [
        (Prerequisite("a", least=pv.days(3)), pv.days(2), True),
        (Prerequisite("a", least=pv.days(3)), pv.days(3), False),
        (Prerequisite("a", least=pv.days(-3)), pv.days(-3), False),
        (Prerequisite("a", least=pv.days(-3)), pv.days(-4), True),
        (Prerequisite("a", least=pv.weeks(1)), pv.days(6), True),
        (Prerequisite("a", least=pv.weeks(1)), pv.days(7), False),
        (Prerequisite("a", least=pv.weeks(1)), pv.working_days(5), False),
        (Prerequisite("a", least=pv.weeks(1)), pv.working_days(4), True),
        (Prerequisite("a", least=pv.weeks(-1)), pv.working_days(-5), False),
        (Prerequisite("a", least=pv.weeks(-1)), pv.working_days(-6), True),
        (Prerequisite("a", least=pv.days(-3)), pv.working_days(-4), True),
        (Prerequisite("a", least=pv.days(-4)), pv.working_days(-4), False),
        (Prerequisite("a", least=pv.months(1)), pv.days(29), True),
        (Prerequisite("a", least=pv.months(1)), pv.days(30), False),
        (Prerequisite("a", least=pv.months(1)), pv.weeks(4), True),
        (Prerequisite("a", least=pv.months(1)), pv.working_days(22), False),
        (Prerequisite("a", least=pv.months(1)), pv.working_days(21), True),
    ],
)
def test_units_are_compared_in_nominal_days(
    before: Prerequisite, due: Offset, *, is_early: bool
) -> None:
    """S 3.6: a week is 7 days and a month 30; five working days are a week, backwards too."""
    found = codes(item("a"), item("b", after=[before], due=due))
    assert found == ([("items.b.due", "lint.due-before")] if is_early else [])


def test_the_end_of_the_visit_counts_like_its_start() -> None:
    """S 3.6."""
    at_end = item("a", due=pv.days(0, anchor=Anchor.VISIT_END))
    assert rows(at_end, item("b", after=["a"], due=pv.days(0))) == []
    assert codes(at_end, item("b", after=["a"], due=pv.days(-1))) == [
        ("items.b.due", "lint.due-before")
    ]


def test_lags_add_up_along_a_chain_and_the_nearest_prerequisite_is_named() -> None:
    """S 3.6: in working order, whatever the order of the template."""
    least = pv.days(2)
    chain = [
        item("d", after=[Prerequisite("c", least=least)], due=pv.days(8)),
        item("c", after=[Prerequisite("b", least=least)]),
        item("b", after=[Prerequisite("a", least=least)], due=pv.days(5)),
        item("a", due=pv.days(3)),
    ]
    assert codes(*chain[1:]) == []
    assert codes(*chain) == [("items.d.due", "lint.due-before")]
    assert "before c lets" in rows(*chain)[0][2]
    held = attrs.evolve(chain[0], due=pv.days(9))
    assert codes(held, *chain[1:]) == []


def test_of_several_prerequisites_the_last_is_named_and_of_two_alike_the_first() -> None:
    """S 3.6."""
    before = [item("a", due=pv.days(2)), item("c", due=pv.days(4)), item("b", due=pv.days(4))]
    ((_, _, message),) = rows(*before, item("d", after=["c", "b", "a"], due=pv.days(1)))
    assert "before b lets" in message


def test_an_item_that_counts_from_another_is_compared_by_that_item_s_day() -> None:
    """S 3.6, S 4.1."""
    before = [item("a", due=pv.days(3)), item("b", due=pv.days(9))]
    soon = item("c", after=["b"], due=pv.days(5, anchor=ItemDate("a")))
    late = attrs.evolve(soon, due=pv.days(6, anchor=ItemDate("a")))
    assert rows(*before, late) == []
    assert rows(*before, soon) == [
        (
            "items.c.due",
            "lint.due-before",
            f"due 5 days after a, which is before b lets it be planned: {NEVER_HELD_UP}",
        )
    ]


RENEWAL = pv.days(400, anchor=FactDate("renewal"))


@pytest.mark.parametrize(
    "items",
    [
        [item("b", after=["z"], due=RENEWAL)],
        [item("a", due=RENEWAL), item("b", after=["a"], due=pv.days(-9))],
        [item("a", after=["z"], due=RENEWAL), item("b", after=["a"], due=pv.days(-9))],
        [
            item("a", due=RENEWAL),
            item("b", after=["z"], due=pv.days(1, anchor=ItemDate("a"))),
        ],
        [
            item("a", due=RENEWAL),
            item("m", after=["a"]),
            item("b", after=["z"], due=pv.days(1, anchor=ItemDate("m"))),
        ],
    ],
)
def test_what_counts_from_a_fact_is_compared_with_nothing(items: list[pv.TemplateItem]) -> None:
    """S 3.6: nobody knows yet when that is, nor whether the item will have a date."""
    assert codes(item("z", due=pv.days(3)), *items) == []


def test_what_counts_from_a_fact_does_not_hide_what_else_comes_before() -> None:
    """S 3.6."""
    before = [item("a", due=RENEWAL), item("z", due=pv.days(3))]
    ((_, _, message),) = rows(*before, item("b", after=["a", "z"], due=pv.days(2)))
    assert "before z lets" in message


BIG = when("size", pv.at_least(5))


@pytest.mark.parametrize("maybe", [{"condition": BIG}, {"group": FIRST}])
def test_what_may_be_left_out_holds_nothing_up_for_certain(maybe: dict[str, Any]) -> None:
    """S 3.4, S 4.7: without it the due has its effect."""
    rivals = [item("r", group=FIRST)] if "group" in maybe else []
    before = [*rivals, item("a", due=pv.days(3), **maybe)]
    assert codes(*before, item("b", after=["a"], due=pv.days(2))) == []
    assert codes(*before, item("b", due=pv.days(2, anchor=ItemDate("a")))) == []
    follower = [item("c", after=["a"]), item("z", due=pv.days(9))]
    last = item("b", after=["z"], due=pv.days(2, anchor=ItemDate("c")))
    assert codes(*before, *follower, last) == []


def test_what_is_chosen_with_others_that_are_planned_too_is_certain() -> None:
    """S 3.4: of a group ALL each item is judged alone."""
    both = Group("both")
    held = [item("a", due=pv.days(3), group=both), item("r", group=both)]
    assert codes(*held, item("b", after=["a"], due=pv.days(2))) == [
        ("items.b.due", "lint.due-before")
    ]


@pytest.mark.parametrize(("due", "is_early"), [(4, True), (5, False)])
def test_what_is_left_out_leaves_its_own_prerequisites_behind(due: int, *, is_early: bool) -> None:
    """S 4.7: planned or not, there is a day before which nothing happens."""
    first = item("a", due=pv.days(5))
    maybe = item("b", after=["a"], condition=BIG, due=pv.days(20))
    last = item("c", after=["b"], due=pv.days(due))
    assert codes(first, maybe, last) == ([("items.c.due", "lint.due-before")] if is_early else [])


# ------------------------------------------------------------------------------ lags and the visit


def test_a_greatest_lag_that_is_shorter_than_the_least_is_found() -> None:
    """S 3.6, S 4.7."""
    crossed = Prerequisite("a", least=pv.months(1), most=pv.weeks(4))
    assert rows(item("a"), item("b", after=[crossed])) == [
        (
            "items.b.after.a",
            "lint.lag-order",
            (
                "it cannot be both 1 month after a or later and 4 weeks after a or earlier: "
                "raise most, or lower least"
            ),
        )
    ]


@pytest.mark.parametrize(
    "before",
    [
        Prerequisite("a", least=pv.months(1)),
        Prerequisite("a", least=pv.months(1), most=pv.days(30)),
        Prerequisite("a", least=pv.working_days(5), most=pv.weeks(1)),
        Prerequisite("a", least=pv.weeks(-1), most=pv.days(-7)),
    ],
)
def test_lags_that_leave_a_day_are_not(before: Prerequisite) -> None:
    """S 3.6."""
    assert rows(item("a"), item("b", after=[before])) == []


def test_each_prerequisite_has_lags_of_its_own() -> None:
    """S 3.6."""
    crossed = [Prerequisite(key, least=pv.days(-3), most=pv.weeks(-1)) for key in ("a", "b")]
    assert codes(item("a"), item("b"), item("c", after=crossed)) == [
        ("items.c.after.a", "lint.lag-order"),
        ("items.c.after.b", "lint.lag-order"),
    ]


MUST = pv.Binding.MUST


def test_an_obligatory_item_that_is_due_after_the_visit_is_found() -> None:
    """S 3.6, S 7.3."""
    assert rows(item("a", binding=MUST, due=pv.working_days(1))) == [
        (
            "items.a.due",
            "lint.due-after-visit",
            (
                "completing the visit does not wait for it, 1 working day after visit start: "
                "make it due by the visit, or COULD"
            ),
        )
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"binding": MUST},
        {"binding": MUST, "due": pv.days(0)},
        {"binding": MUST, "due": pv.weeks(-1)},
        {"binding": MUST, "due": RENEWAL},
        {"binding": pv.Binding.MUST_UNLESS_DOCUMENTED, "due": pv.days(1)},
        {"binding": pv.Binding.COULD, "due": pv.days(1)},
    ],
)
def test_one_that_is_due_by_the_visit_or_not_obligatory_is_not(changes: dict[str, Any]) -> None:
    """S 3.6."""
    assert rows(item("a", **changes)) == []


def test_an_obligatory_item_that_is_held_up_until_after_the_visit_is_found() -> None:
    """S 3.6."""
    late = item("b", after=[Prerequisite("a", least=pv.days(1))], binding=MUST)
    assert rows(item("a"), late) == [
        (
            "items.b.after.a",
            "lint.due-after-visit",
            (
                "completing the visit does not wait for it, held up by a: "
                "make it due by the visit, or COULD"
            ),
        )
    ]
    assert rows(item("a", due=pv.days(-1)), late) == []
    assert rows(item("a", condition=BIG), late) == []
    assert rows(item("a", due=RENEWAL), late) == []


# ------------------------------------------------------------------------------- what is asked for


def test_an_indicator_that_no_target_is_written_for_is_found() -> None:
    """S 3.6."""
    assert rows(item("a"), targets=()) == [
        (
            "items.a.indicators.a",
            "lint.no-target",
            "no target is written for a: add one, or give one with each visit",
        )
    ]


def test_a_target_of_the_item_of_the_task_or_of_the_catalog_is_enough() -> None:
    """S 3.6, S 2.6."""
    one = [pv.Target("a", 1)]
    dated = [pv.Target("a", 1, valid=(date(2026, 1, 1), date(2026, 1, 2)))]
    assert rows(item("a", targets=one), targets=()) == []
    assert rows(item("a"), tasks=[task("a", ["a"], targets=one)], targets=()) == []
    assert rows(item("a"), targets=one) == []
    assert rows(item("a"), targets=dated) == []


def test_only_what_the_item_asks_for_needs_a_target() -> None:
    """S 3.6: by its choice of indicators, and by the kind that one is bound to."""
    two = task("a", ["a", "b"])
    bound = TaskIndicator("b", context_kind="product")
    narrow = pv.TaskDefinition("a", "A", indicators=["a", bound])
    one = [pv.Target("a", 1)]
    assert codes(item("a"), tasks=[two], targets=one) == [
        ("items.a.indicators.b", "lint.no-target")
    ]
    assert codes(item("a", indicators=["a"]), tasks=[two], targets=one) == []
    assert codes(item("a"), tasks=[narrow], targets=one) == []
    for about in ({"context_kinds": ["order", "product"]}, {"contexts": [PRODUCT]}):
        assert codes(item("a", **about), tasks=[narrow], targets=one) == [
            ("items.a.indicators.b", "lint.no-target")
        ]


def test_an_indicator_that_is_bound_to_two_kinds_is_missed_once() -> None:
    """S 3.6."""
    bound = [TaskIndicator("b", context_kind=kind) for kind in ("order", "product")]
    twice = pv.TaskDefinition("a", "A", indicators=bound)
    about = item("a", context_kinds=["product", "order"])
    assert codes(about, tasks=[twice], targets=()) == [("items.a.indicators.b", "lint.no-target")]


def test_an_item_whose_task_captures_nothing_is_found() -> None:
    """S 3.6."""
    assert rows(item("a", task="call"), tasks=[task("call", [])]) == [
        (
            "items.a.task",
            "lint.no-indicators",
            "the task call captures nothing: add an indicator, if that is not meant",
        )
    ]


# ------------------------------------------------------------------ twice in the same context


def same(*abouts: dict[str, Any]) -> list[tuple[str, str]]:
    """Which items ask again, and whom they repeat, if each asks for the same."""
    items = [item(f"i{number}", task="a", **about) for number, about in enumerate(abouts)]
    found = rows(*items)
    assert {code for _, code, _ in found} <= {"lint.same-kpi"}
    return [(path.split(".")[1], message.split()[0]) for path, _, message in found]


def test_an_item_that_asks_for_what_an_earlier_one_asks_for_is_found() -> None:
    """S 3.6."""
    assert rows(item("one", task="a"), item("two", task="a")) == [
        (
            "items.two.indicators",
            "lint.same-kpi",
            (
                "one asks for a in the same context: ask once, or put both into a group of which "
                "the FIRST is planned"
            ),
        )
    ]


KIND = {"context_kinds": ["product"]}
RECORD = {"contexts": [PRODUCT]}
PARTNER = {"context_kinds": ["partner"]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({}, PARTNER),
        ({}, {"contexts": [pv.Context("partner", "acme")]}),
        (KIND, KIND),
        (KIND, {"context_kinds": ["order", "product"]}),
        (KIND, RECORD),
        (RECORD, RECORD),
        (RECORD, {"contexts": [pv.Context("product", "A"), PRODUCT]}),
        ({**KIND, "contexts": [pv.Context("order", "7")]}, {"contexts": [PRODUCT]}),
    ],
)
def test_contexts_are_the_same_by_kind_or_by_record(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """S 3.6, S 6.2."""
    assert same(one, other) == same(other, one) == [("i1", "i0")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, KIND),
        ({}, RECORD),
        (KIND, {"context_kinds": ["order"]}),
        (KIND, {"contexts": [pv.Context("order", "X-100")]}),
        (RECORD, {"contexts": [pv.Context("product", "X-101")]}),
        (RECORD, PARTNER),
    ],
)
def test_other_contexts_are_not(one: dict[str, Any], other: dict[str, Any]) -> None:
    """S 3.6."""
    assert same(one, other) == same(other, one) == []


def test_an_item_that_names_a_kind_and_a_record_of_it_does_not_repeat_itself() -> None:
    """S 6.2."""
    assert same({**KIND, **RECORD}) == []


def test_other_indicators_are_not_the_same() -> None:
    """S 3.6: of two tasks, or of one that is asked for in parts."""
    both = task("both", ["a", "b"])
    assert codes(item("a"), item("b")) == []
    parts = [item("one", task="both", indicators=["a"]), item("two", task="both", indicators=["b"])]
    assert codes(*parts, tasks=[both]) == []
    assert codes(item("a"), item("two", task="both"), tasks=[both]) == [
        ("items.two.indicators", "lint.same-kpi")
    ]


def test_an_indicator_bound_to_a_kind_is_asked_for_in_that_kind_only() -> None:
    """S 3.6, S 6.2."""
    bound = pv.TaskDefinition(
        "bound", "Bound", indicators=[TaskIndicator("a", context_kind="product")]
    )
    kinds = {"context_kinds": ["order", "product"]}
    records = {"contexts": [pv.Context("order", "7"), PRODUCT]}
    for one, other, again in (
        ({"context_kinds": ["order"]}, kinds, []),
        ({"contexts": [pv.Context("order", "7")]}, records, []),
        (KIND, kinds, ["two"]),
        (RECORD, records, ["two"]),
    ):
        items = [item("one", task="a", **one), item("two", task="bound", **other)]
        found = codes(*items, tasks=[bound])
        assert found == [(f"items.{each}.indicators", "lint.same-kpi") for each in again]


def test_there_is_one_finding_for_each_later_item_which_names_the_earliest() -> None:
    """S 3.6: with all that it repeats of that one."""
    three = task("three", ["a", "b", "c"])
    found = rows(
        item("c"),
        item("one", task="three", indicators=["a", "b"]),
        item("two", task="three", indicators=["b", "a"]),
        item("three", task="three"),
        tasks=[three],
    )
    assert [(path, message.split(" in the ")[0]) for path, _, message in found] == [
        ("items.three.indicators", "c asks for c"),
        ("items.two.indicators", "one asks for a, b"),
    ]


def test_a_long_list_of_repeats_is_shortened() -> None:
    """S 3.6."""
    many = task("many", [f"indicator-{number:02}" for number in range(20)])
    found = rows(item("one", task="many"), item("two", task="many"), tasks=[many])
    ((_, _, message),) = found
    assert message.startswith("one asks for indicator-00, indicator-01, ")
    assert "… in the same context" in message
    assert len(message) < 200


RIVAL = {"group": FIRST}
OTHER_RIVAL = {"group": Group("another", Selection.FIRST)}


@pytest.mark.parametrize(
    ("abouts", "found"),
    [
        ([RIVAL, RIVAL, RIVAL], []),
        ([RIVAL, {"group": Group("all")}, RIVAL], [("i1", "i0"), ("i2", "i1")]),
        ([{}, RIVAL, RIVAL], [("i1", "i0"), ("i2", "i0")]),
        ([RIVAL, RIVAL, {}, RIVAL, {}], [("i2", "i0"), ("i3", "i2"), ("i4", "i0")]),
        ([RIVAL, OTHER_RIVAL, RIVAL, OTHER_RIVAL], [("i1", "i0"), ("i2", "i1"), ("i3", "i0")]),
        ([{"group": Group("all")}, {"group": Group("all")}], [("i1", "i0")]),
    ],
)
def test_items_of_one_group_first_ask_for_the_same_only_once(
    abouts: list[dict[str, Any]], found: list[tuple[str, str]]
) -> None:
    """S 3.4, S 3.6: only one of them is planned."""
    assert same(*abouts) == found


# -------------------------------------------------------------------------- targets (S 2.4 to 2.6)

HIGHER, LOWER = pv.Direction.HIGHER_IS_BETTER, pv.Direction.LOWER_IS_BETTER
CLOSER, NEUTRAL = pv.Direction.CLOSER_IS_BETTER, pv.Direction.NEUTRAL
MOMENT = datetime(2026, 3, 12, 9, tzinfo=UTC)


def doubts(
    target: pv.Target, direction: pv.Direction = NEUTRAL, kind: pv.ValueType = pv.ValueType.DECIMAL
) -> list[Row]:
    held = indicator("a", value_type=kind, direction=direction)
    return rows(item("a", targets=[target]), indicators=[held], targets=())


@pytest.mark.parametrize(
    ("direction", "criterion", "message"),
    [
        (
            HIGHER,
            pv.at_most(5),
            (
                "higher is better for a, and at most 5 asks for the opposite: "
                "choose at_least, or change the direction"
            ),
        ),
        (
            LOWER,
            pv.at_least(5),
            (
                "lower is better for a, and at least 5 asks for the opposite: "
                "choose at_most, or change the direction"
            ),
        ),
        (
            CLOSER,
            pv.outside(5, 6),
            (
                "closer is better for a, and at most 5 or at least 6 asks for the opposite: "
                "choose between, or change the direction"
            ),
        ),
    ],
)
def test_a_criterion_that_contradicts_the_direction_is_found(
    direction: pv.Direction, criterion: Any, message: str
) -> None:
    """S 3.6."""
    assert doubts(pv.Target("a", criterion), direction) == [
        ("items.a.targets.a", "lint.direction", message)
    ]


@pytest.mark.parametrize(
    ("direction", "criterion"),
    [
        (HIGHER, pv.at_least(5)),
        (HIGHER, 5),
        (HIGHER, pv.between(5, 6)),
        (HIGHER, pv.outside(5, 6)),
        (LOWER, pv.at_most(5)),
        (LOWER, 5),
        (LOWER, pv.equals(5)),
        (CLOSER, pv.between(5, 6)),
        (CLOSER, pv.at_least(5)),
        (NEUTRAL, pv.at_most(5)),
        (NEUTRAL, pv.outside(5, 6)),
    ],
)
def test_a_criterion_that_goes_with_the_direction_is_not(
    direction: pv.Direction, criterion: Any
) -> None:
    """S 3.6."""
    assert doubts(pv.Target("a", criterion), direction) == []


def test_times_have_a_direction_too() -> None:
    """S 3.6."""
    kind = pv.ValueType.DATETIME
    late = pv.Target("a", pv.at_least(pv.days(2)))
    assert [code for _, code, _ in doubts(late, LOWER, kind)] == ["lint.direction"]
    assert doubts(late, HIGHER, kind) == []


def test_a_percentage_written_as_a_share_of_one_is_found() -> None:
    """S 3.6."""
    found = doubts(pv.Target("a", pv.at_least("0.85")), kind=pv.ValueType.PERCENTAGE)
    assert found == [
        (
            "items.a.targets.a",
            "lint.percentage",
            "0.85 is less than one percent: 85 % is written 85",
        )
    ]


@pytest.mark.parametrize(
    ("target", "found"),
    [
        (pv.Target("a", pv.at_least("-0.125")), ["-0.125 is less than one percent: -12.5 %"]),
        (pv.Target("a", pv.at_least("0.0000000001")), ["0.0000000001 is less than one"]),
        (pv.Target("a", pv.at_least("0.9999999999")), ["0.9999999999 is less than one"]),
        (pv.Target("a", pv.at_least(85), worst="0.5"), ["0.5 is less"]),
        (pv.Target("a", pv.between("0.2", "0.3"), worst=(0, 1)), ["0.2 is less", "0.3 is less"]),
        (pv.Target("a", pv.equals(Decimal("0.5"), tolerance=3)), ["0.5 is less"]),
        (pv.Target("a", pv.outside("-0.5", 2)), ["-0.5 is less"]),
    ],
)
def test_every_operand_of_a_percentage_is_looked_at(target: pv.Target, found: list[str]) -> None:
    """S 3.6."""
    rows_found = doubts(target, kind=pv.ValueType.PERCENTAGE)
    assert [code for _, code, _ in rows_found] == ["lint.percentage"] * len(found)
    messages = [message for _, _, message in rows_found]
    assert all(message.startswith(start) for message, start in zip(messages, found, strict=True))


@pytest.mark.parametrize(
    "target",
    [
        pv.Target("a", pv.at_least(1)),
        pv.Target("a", pv.at_least(0)),
        pv.Target("a", pv.at_least(-1)),
        pv.Target("a", pv.at_least("1.5"), near=pv.within("0.5"), worst=0),
        pv.Target("a", pv.equals(85, tolerance="0.5"), weight="0.5"),
    ],
)
def test_percentages_of_one_or_more_and_widths_are_not(target: pv.Target) -> None:
    """S 3.6."""
    assert doubts(target, kind=pv.ValueType.PERCENTAGE) == []


def test_a_share_of_one_is_a_number_like_any_other_where_no_percentage_is_meant() -> None:
    """S 3.6."""
    assert doubts(pv.Target("a", pv.at_least("0.85"))) == []


def test_a_near_that_is_wider_than_the_way_to_worst_is_found() -> None:
    """S 3.6, S 2.5."""
    assert doubts(pv.Target("a", pv.at_least(85), near=pv.within("35.5"), worst=50)) == [
        (
            "items.a.targets.a",
            "lint.near-beyond-worst",
            "near reaches 35.5 from the bound, and worst is 35 away: narrow near, or move worst",
        )
    ]


def hours(count: int) -> timedelta:
    return timedelta(hours=count)


def day(number: int) -> date:
    return date(2026, 3, number)


TIME = pv.ValueType.DATETIME


@pytest.mark.parametrize(
    ("criterion", "worst", "enough", "too_much", "kind"),
    [
        (pv.at_least(85), 50, pv.within(35), pv.within("35.01"), NEUTRAL),
        (pv.at_most(5), 20, pv.within(15), pv.within(16), NEUTRAL),
        (pv.at_least(80), 60, pv.within_percent(25), pv.within_percent("25.1"), NEUTRAL),
        (pv.at_most(-80), -60, pv.within_percent(25), pv.within_percent("25.1"), NEUTRAL),
        (pv.between(20, 30), (10, 50), pv.within(10), pv.within(11), NEUTRAL),
        (pv.between(20, 30), (0, 40), pv.within(10), pv.within(11), NEUTRAL),
        (pv.equals(20, tolerance=2), (10, 40), pv.within(8), pv.within(9), NEUTRAL),
        (pv.equals(20), (10, 25), pv.within_percent(25), pv.within_percent(26), NEUTRAL),
        (pv.at_most(MOMENT), MOMENT + hours(3), pv.within(hours(3)), pv.within(hours(4)), TIME),
        (pv.at_least(day(3)), day(1), pv.within(hours(48)), pv.within(hours(49)), TIME),
        (
            pv.between(day(3), day(5)),
            (day(1), MOMENT),
            pv.within(hours(48)),
            pv.within(hours(49)),
            TIME,
        ),
        (
            pv.equals(MOMENT, tolerance=hours(1)),
            (MOMENT - hours(3), MOMENT + hours(4)),
            pv.within(hours(2)),
            pv.within(hours(3)),
            TIME,
        ),
    ],
)
def test_near_may_reach_as_far_as_the_nearer_worst_and_no_further(
    criterion: Any, worst: Any, enough: Any, too_much: Any, kind: Any
) -> None:
    """S 3.6: within an amount or a share, for pairs, for instants and for days."""
    held = pv.ValueType.DATETIME if kind is TIME else pv.ValueType.DECIMAL
    assert doubts(pv.Target("a", criterion, near=enough, worst=worst), kind=held) == []
    found = doubts(pv.Target("a", criterion, near=too_much, worst=worst), kind=held)
    assert [code for _, code, _ in found] == ["lint.near-beyond-worst"]


@pytest.mark.parametrize(
    "target",
    [
        pv.Target("a", pv.at_least(day(3)), near=pv.within(hours(9999)), worst=pv.days(-1)),
        pv.Target("a", pv.at_least(pv.days(0)), near=pv.within(hours(9999)), worst=pv.days(-1)),
        pv.Target("a", pv.at_least(MOMENT), near=pv.within(hours(9999)), worst=day(1)),
        pv.Target("a", pv.at_least(day(20)), near=pv.within(hours(9999)), worst=MOMENT),
        pv.Target("a", pv.at_least(day(20)), near=pv.within(hours(9999))),
        pv.Target("a", pv.at_least(day(20)), worst=day(19)),
    ],
)
def test_a_way_that_only_a_visit_could_tell_is_not_compared(target: pv.Target) -> None:
    """S 3.6, S 2.3."""
    assert doubts(target, kind=pv.ValueType.DATETIME) == []


def test_a_near_that_is_too_wide_on_both_sides_is_found_once() -> None:
    """S 3.6."""
    wide = pv.Target("a", pv.between(20, 30), near=pv.within(30), worst=(10, 35))
    assert [code for _, code, _ in doubts(wide)] == ["lint.near-beyond-worst"]


# ------------------------------------------------------------------------- where targets are found


def test_targets_are_looked_at_where_they_are_written_and_once() -> None:
    """S 3.6, S 2.6."""
    wrong = [pv.Target("a", pv.at_most(5))]
    twice = [
        item("one", task="count", targets=wrong),
        item("two", task="count", context_kinds=["product"]),
    ]
    found = codes(*twice, tasks=[task("count", ["a"], targets=wrong)], targets=wrong)
    assert found == [
        ("items.one.targets.a", "lint.direction"),
        ("targets.a", "lint.direction"),
        ("tasks.count.targets.a", "lint.direction"),
    ]


def test_targets_that_the_template_has_nothing_to_do_with_are_not() -> None:
    """S 3.6: of a task that no item names, of an indicator that no item asks for."""
    wrong = [pv.Target("b", pv.at_most(5))]
    tasks = [task("b", ["b"], targets=wrong), task("both", ["a", "b"])]
    targets = [pv.Target("a", 1), *wrong]
    assert codes(item("a", task="both", indicators=["a"]), tasks=tasks, targets=targets) == []
    assert codes(item("a", task="both"), tasks=tasks, targets=targets) == [
        ("targets.b", "lint.direction")
    ]


def test_of_a_target_that_does_not_fit_only_that_is_found() -> None:
    """S 3.6."""
    misfit = pv.Target("a", pv.contains(["x"]))
    assert [code for _, code, _ in doubts(misfit, HIGHER)] == ["criterion.type"]


def test_each_of_several_targets_is_looked_at() -> None:
    """S 3.6: of one indicator at different times, too."""
    spring = pv.Target("a", pv.at_most(5), valid=(None, day(31)))
    summer = pv.Target("a", pv.at_most(6), valid=(date(2026, 4, 1), None))
    found = rows(item("a", targets=[spring, summer]))
    assert [message.split(" asks ")[0] for _, _, message in found] == [
        "higher is better for a, and at most 5",
        "higher is better for a, and at most 6",
    ]
    alike = attrs.evolve(summer, expected=spring.expected)
    assert len(rows(item("a", targets=[spring, alike]))) == 1


# --------------------------------------------------------------------------- what refers to nothing


def test_an_item_with_an_unknown_task_does_not_hide_the_rest() -> None:
    """S 3.6: what depends on the task is left out, the dates and the group are not."""
    catalog = builders.catalog(targets=[pv.Target("stock", 1)])
    unknown = item(
        "typo",
        task="cuont",
        binding=MUST,
        due=pv.days(1),
        targets=[pv.Target("stock", pv.at_most(1)), pv.Target("ghost", pv.at_most(1))],
    )
    early = item("count", after=["typo"], due=pv.days(0), group=FIRST)
    found = lint(template(unknown, early), catalog)
    assert [(each.location, each.code) for each in found] == [
        ("items.count.due", "lint.due-before"),
        ("items.count.group", "lint.group-of-one"),
        ("items.typo.due", "lint.due-after-visit"),
        ("items.typo.targets.stock", "lint.direction"),
        ("items.typo.task", "task.unknown"),
    ]


def test_an_indicator_that_the_task_does_not_capture_is_not_asked_for() -> None:
    """S 3.6."""
    stray = item("a", indicators=["b"])
    assert codes(stray) == [("items.a.indicators.b", "indicator.stray")]
    assert codes(stray, item("b")) == [("items.a.indicators.b", "indicator.stray")]


# --------------------------------------------------------------------------- groups and conditions


def test_a_group_that_has_only_one_item_to_choose_from_is_found() -> None:
    """S 3.6, S 3.4."""
    assert rows(item("a", group=FIRST)) == [
        (
            "items.a.group",
            "lint.group-of-one",
            "there is no other item in one-of to choose from: add one, or drop the group",
        )
    ]


def test_a_group_of_two_and_one_of_which_all_are_planned_are_not() -> None:
    """S 3.6."""
    assert rows(item("a", group=FIRST), item("b", group=FIRST)) == []
    assert rows(item("a", group=Group("all"))) == []


LARGE = when("size", pv.one_of(["large"]))


def test_a_fact_that_would_have_to_be_of_two_types_is_found() -> None:
    """S 3.6, S 3.4."""
    assert rows(item("a", condition=BIG), item("b", condition=LARGE)) == [
        (
            "items.b.condition",
            "lint.fact-types",
            (
                "the fact 'size' has to be frozenset or str here, and Decimal or int in a: "
                "choose criteria of one type, or two facts"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (BIG, when("size", pv.between("1.5", 3))),
        (BIG, when("size", pv.one_of([1, 2]))),
        (BIG, when("segment", pv.one_of(["large"]))),
        (BIG, is_set("size")),
        (LARGE, when("size", pv.contains(["large"]))),
        (LARGE, when("size", pv.equals("large"))),
        (when("size", pv.at_least(day(1))), when("size", pv.at_most(MOMENT))),
    ],
)
def test_criteria_that_one_type_of_fact_serves_are_not(one: Any, other: Any) -> None:
    """S 3.6."""
    assert rows(item("a", condition=one), item("b", condition=other)) == []
    assert rows(item("a", condition=other), item("b", condition=one)) == []
    assert rows(item("a", condition=all_of([one, negate(other)]))) == []


def test_one_condition_may_ask_for_two_types_itself() -> None:
    """S 3.6: however deep they stand in it, and once for each item."""
    deep = all_of([BIG, any_of([is_set("x"), negate(LARGE), LARGE])])
    assert rows(item("a", condition=deep)) == [
        (
            "items.a.condition",
            "lint.fact-types",
            (
                "the fact 'size' has to be frozenset or str here, and Decimal or int in a: "
                "choose criteria of one type, or two facts"
            ),
        )
    ]


def test_the_item_is_named_that_leaves_no_type_in_common() -> None:
    """S 3.6: a whole number serves the first two, and no number the last."""
    whole = when("size", pv.one_of([1]))
    split = when("size", pv.equals(Decimal("2.5")))
    items = [item("a", condition=BIG), item("b", condition=whole), item("c", condition=BIG)]
    assert rows(*items, item("d", condition=split)) == [
        (
            "items.d.condition",
            "lint.fact-types",
            (
                "the fact 'size' has to be Decimal here, and int in b: "
                "choose criteria of one type, or two facts"
            ),
        )
    ]


# ------------------------------------------------------------------------------------------- size


def test_ten_thousand_items_with_everything_wrong_are_linted_in_seconds() -> None:
    """S 3.3: in time that grows with the items."""
    target = pv.Target("a", pv.at_most("0.5"), near=pv.within(3), worst=1)
    kind = pv.ValueType.PERCENTAGE
    share = indicator("a", value_type=kind, direction=HIGHER)
    items = [
        item(
            f"i{number}",
            task="a" if number % 2 else "b",
            after=[Prerequisite(f"i{each}", least=pv.days(1)) for each in range(number)[-3:]],
            due=pv.days(0),
            binding=MUST,
            condition=None if number % 3 else (BIG if number % 2 else LARGE),
            group=FIRST if number % 5 == 0 else None,
            contexts=[PRODUCT] if number % 7 else (),
            targets=[target] if number % 2 else (),
        )
        for number in range(10_000)
    ]
    made = template(*items)
    catalog = pv.Catalog(indicators=[share], tasks=[task("a", ["a"])])
    started = perf_counter()
    found = lint(made, catalog)
    assert perf_counter() - started < 30
    assert len(found) > 20_000
