"""A catalog: definitions that belong together, or all that keeps them apart."""

import pickle
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.catalog import reference_findings
from partnervisits.errors import CatalogError, InvalidValueError, NotFoundError
from partnervisits.lookups import nearest
from partnervisits.tasks import TaskIndicator
from partnervisits.values import DateRange
from tests import builders

Row = tuple[str, str, str]

STOCK = builders.indicator("stock")
BRAND = builders.indicator("brand", value_type=pv.ValueType.CHOICE, choices=["ours", "theirs"])
VISITED = builders.indicator("visited", value_type=pv.ValueType.DATETIME)
LEVEL = builders.indicator("level", value_type=pv.ValueType.DECIMAL)


def refusals(
    *,
    indicators: Iterable[pv.Indicator] = (),
    tasks: Iterable[pv.TaskDefinition] = (),
    templates: Iterable[pv.ActionPlanTemplate] = (),
    targets: Iterable[pv.Target] = (),
) -> list[Row]:
    with pytest.raises(CatalogError) as refused:
        _ = pv.Catalog(indicators=indicators, tasks=tasks, templates=templates, targets=targets)
    return [(each.location, each.code, each.message) for each in refused.value.findings]


def misfits(*targets: pv.Target) -> list[tuple[str, str]]:
    held = [STOCK, BRAND, VISITED, LEVEL]
    return [(path, code) for path, code, _ in refusals(indicators=held, targets=targets)]


# ------------------------------------------------------------------------------- what is refused


def test_a_catalog_reports_every_problem_at_once_with_its_path() -> None:
    """S 2.2."""
    stray = pv.Target("brand", pv.equals("ours"))
    assert refusals(
        indicators=[STOCK, BRAND],
        tasks=[
            builders.task("count", ["stok", "stock"], targets=[stray]),
            builders.task("count", []),
        ],
        templates=[builders.template(builders.item("one", task="cuont"))],
        targets=[pv.Target("stock", pv.contains(["a"])), pv.Target("brands", "ours")],
    ) == [
        (
            "targets.brands",
            "indicator.unknown",
            "there is no indicator brands: did you mean brand?",
        ),
        ("targets.stock", "criterion.type", "Contains does not fit a number"),
        ("tasks.count", "catalog.duplicate", "count is defined 2 times: keep one"),
        (
            "tasks.count.indicators",
            "indicator.unknown",
            "there is no indicator stok: did you mean stock?",
        ),
        (
            "tasks.count.targets.brand",
            "target.stray",
            "task count does not capture brand: drop the target or add it",
        ),
        (
            "templates.round@1.items.one.task",
            "task.unknown",
            "there is no task cuont: did you mean count?",
        ),
    ]


def test_the_refusal_says_what_is_refused() -> None:
    """S 2.2."""
    with pytest.raises(CatalogError) as refused:
        _ = pv.Catalog(tasks=[builders.task(indicators=["stock"])])
    assert str(refused.value) == (
        "the catalog is refused:\n"
        "  error: tasks.count.indicators: there is no indicator stock [indicator.unknown]"
    )


def test_definitions_of_one_key_are_refused_in_each_list() -> None:
    """S 3.2."""
    template = builders.template(builders.item("one", task="count"))
    found = refusals(
        indicators=[STOCK, BRAND, STOCK],
        tasks=[builders.task(), builders.task()],
        templates=[template, template, template],
    )
    assert found == [
        ("indicators.stock", "catalog.duplicate", "stock is defined 2 times: keep one"),
        ("tasks.count", "catalog.duplicate", "count is defined 2 times: keep one"),
        ("templates.round@1", "catalog.duplicate", "round@1 is defined 3 times: keep one"),
    ]


def test_two_versions_of_a_template_stand_side_by_side() -> None:
    """S 3.1."""
    first = builders.template()
    catalog = builders.catalog(templates=[first.new_draft(), first])
    assert [each.id for each in catalog.templates] == ["round@1", "round@2"]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (pv.Target("brand", pv.at_least(1)), "criterion.type"),
        (pv.Target("stock", pv.equals("many")), "criterion.operand"),
        (pv.Target("stock", pv.equals("1.5")), "criterion.operand"),
        (pv.Target("brand", pv.one_of(["ours", "mine"])), "criterion.choice"),
        (pv.Target("brand", "mine"), "criterion.choice"),
        (pv.Target("level", 3), "target.bare"),
        (pv.Target("stock", 3, worst=4), "target.worst"),
        (pv.Target("brand", "ours", near=pv.within(1)), "target.near"),
    ],
)
def test_a_target_that_does_not_fit_its_indicator_is_one_finding(
    target: pv.Target, code: str
) -> None:
    """S 2.2."""
    assert misfits(target) == [(f"targets.{target.indicator}", code)]


@pytest.mark.parametrize("where", ["task", "item"])
def test_targets_of_tasks_and_items_are_looked_at_too(where: str) -> None:
    """S 2.2."""
    bad = [pv.Target("stock", pv.contains(["a"])), pv.Target("stok", 1)]
    task = builders.task(targets=bad if where == "task" else ())
    template = builders.template(builders.item(targets=bad if where == "item" else ()))
    path = {"task": "tasks.count.targets", "item": "templates.round@1.items.count.targets"}[where]
    found = refusals(indicators=[STOCK], tasks=[task], templates=[template])
    assert [(each, code) for each, code, _ in found] == [
        (f"{path}.stock", "criterion.type"),
        (f"{path}.stok", "target.stray"),
    ]


def test_a_target_for_an_indicator_that_is_missing_is_reported_once() -> None:
    """S 2.2."""
    task = builders.task(indicators=["stok"], targets=[pv.Target("stok", 1)])
    assert [(path, code) for path, code, _ in refusals(indicators=[STOCK], tasks=[task])] == [
        ("tasks.count.indicators", "indicator.unknown")
    ]


def of_items(*items: pv.TemplateItem) -> list[Row]:
    """What is found where the task `count` captures `stock` and `brand`."""
    held = builders.catalog(
        indicators=[STOCK, BRAND, LEVEL], tasks=[builders.task("count", ["stock", "brand"])]
    )
    return [(each.location, each.code, each.message) for each in reference_findings(items, held)]


def test_an_item_asks_for_indicators_that_its_task_captures() -> None:
    """S 6.2."""
    assert of_items(builders.item(indicators=["brand"]), builders.item(indicators=[])) == []
    assert of_items(builders.item(indicators=["level", "stock", "ghost"])) == [
        (
            f"items.count.indicators.{key}",
            "indicator.stray",
            f"task count does not capture {key}: drop it or add it there",
        )
        for key in ("level", "ghost")
    ]


def test_an_item_expects_nothing_of_an_indicator_that_it_does_not_ask_for() -> None:
    """S 2.2."""
    stock, brand = pv.Target("stock", 5), pv.Target("brand", "ours")
    assert of_items(builders.item(indicators=["stock", "brand"], targets=[stock, brand])) == []
    assert of_items(builders.item(targets=[stock, brand])) == []
    assert of_items(builders.item(indicators=["stock"], targets=[stock, brand])) == [
        (
            "items.count.targets.brand",
            "target.stray",
            "the item does not ask for brand: drop the target or add it",
        )
    ]


def test_asking_for_an_indicator_does_not_make_the_task_capture_it() -> None:
    """S 2.2: so that a target for it strays as well."""
    level = pv.Target("level", pv.at_least(5))
    found = of_items(builders.item(indicators=["level"], targets=[level]))
    assert [(path, code) for path, code, _ in found] == [
        ("items.count.indicators.level", "indicator.stray"),
        ("items.count.targets.level", "target.stray"),
    ]


def test_an_item_may_leave_out_an_indicator_of_which_its_task_expects_something() -> None:
    """S 6.2."""
    task = builders.task("count", ["stock", "brand"], targets=[pv.Target("brand", "ours")])
    held = builders.catalog(indicators=[STOCK, BRAND], tasks=[task])
    assert reference_findings([builders.item(indicators=["stock"])], held) == ()


def test_a_catalog_looks_at_the_indicators_of_the_items_of_its_templates() -> None:
    """S 2.2."""
    made = builders.template(builders.item(indicators=["level"]))
    found = refusals(indicators=[STOCK, LEVEL], tasks=[builders.task("count")], templates=[made])
    assert [(path, code) for path, code, _ in found] == [
        ("templates.round@1.items.count.indicators.level", "indicator.stray")
    ]


def test_two_targets_that_hold_on_the_same_day_tie() -> None:
    """S 2.6."""
    first = pv.Target("stock", 5, valid=DateRange(None, date(2026, 3, 31)))
    second = pv.Target("stock", pv.at_most(9), valid=DateRange(date(2026, 3, 31), None))
    other = pv.Target("brand", "ours")
    assert refusals(indicators=[STOCK, BRAND], targets=[first, other, second]) == [
        (
            "targets.stock",
            "target.tie",
            "both 5 and at most 9 apply: keep one, or give each its days",
        )
    ]


def test_two_targets_of_different_days_do_not_tie() -> None:
    """S 2.6."""
    first = pv.Target("stock", 5, valid=DateRange(None, date(2026, 3, 31)))
    second = pv.Target("stock", 9, valid=DateRange(date(2026, 4, 1), None))
    assert builders.catalog(targets=[first, second]).targets == (first, second)


@pytest.mark.parametrize("where", ["task", "item"])
def test_targets_of_one_task_or_item_tie_as_well(where: str) -> None:
    """S 2.6."""
    rivals = [pv.Target("stock", 5), pv.Target("stock", 6)]
    task = builders.task(targets=rivals if where == "task" else ())
    template = builders.template(builders.item(targets=rivals if where == "item" else ()))
    found = refusals(indicators=[STOCK], tasks=[task], templates=[template])
    assert [code for _, code, _ in found] == ["target.tie"]


def test_targets_in_different_places_do_not_tie() -> None:
    """S 2.6."""
    target = [pv.Target("stock", 5)]
    catalog = builders.catalog(
        tasks=[builders.task(targets=target)],
        templates=[builders.template(builders.item(targets=target))],
        targets=target,
    )
    assert reference_findings([builders.item(targets=target)], catalog) == ()


def test_items_without_a_template_are_looked_at_the_same_way() -> None:
    """S 2.2."""
    (finding,) = reference_findings([builders.item("one", task="cuont")], builders.catalog())
    assert (finding.location, finding.code) == ("items.one.task", "task.unknown")


@pytest.mark.parametrize("field", ["indicators", "tasks", "templates", "targets"])
@pytest.mark.parametrize(
    ("value", "code"),
    [("stock", "sequence.type"), (None, "sequence.type"), (["stock"], "sequence.entry")],
)
def test_a_catalog_refuses_what_is_no_list_of_definitions(
    field: str, value: object, code: str
) -> None:
    """S 1.3."""
    settings: dict[str, Any] = {field: value}
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Catalog(**settings)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_target_of_a_segment_belongs_into_the_given() -> None:
    """S 2.6."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.Catalog(targets=[pv.Target("stock", 5, scope=pv.Scope(segment="gold"))])
    assert refused.value.code == "target.scope"


# -------------------------------------------------------------------------------------- look-ups


def catalog() -> pv.Catalog:
    first = builders.template()
    return builders.catalog(templates=[first, first.new_draft().publish()])


def test_definitions_are_found_by_their_keys() -> None:
    """S 3.2."""
    held = catalog()
    assert held.indicator("stock") == STOCK
    assert held.task("count") == builders.task()


def test_a_template_is_found_by_key_and_version() -> None:
    """S 3.1."""
    assert [catalog().template("round", version).version for version in (1, 2)] == [1, 2]


def test_without_a_version_the_newest_published_one_is_meant() -> None:
    """S 3.1."""
    second = builders.template().new_draft().publish()
    versions = [builders.template(), second, second.new_draft(), builders.template(key="sound")]
    held = builders.catalog(templates=versions)
    assert held.template("round") == second
    assert held.template("round", 3) == second.new_draft()


def test_an_obsolete_template_is_found_by_its_version_only() -> None:
    """S 3.1."""
    held = builders.catalog(templates=[builders.template().withdraw()])
    assert held.template("round", 1).id == "round@1"
    with pytest.raises(NotFoundError) as missed:
        _ = held.template("round")
    assert str(missed.value) == "there is no template round (published); the nearest: round@1"


def test_a_look_up_that_fits_none_names_the_nearest() -> None:
    """S 3.2."""
    held = catalog()
    with pytest.raises(NotFoundError) as missed:
        _ = held.indicator("stok")
    assert missed.value.code == "lookup.missing"
    assert str(missed.value) == "there is no indicator stok; the nearest: stock"
    with pytest.raises(
        NotFoundError, match="there is no task definition cuont; the nearest: count"
    ):
        _ = held.task("cuont")
    with pytest.raises(NotFoundError, match="no template round@3; the nearest: round@2, round@1"):
        _ = held.template("round", 3)


def test_a_look_up_of_something_quite_different_names_nothing() -> None:
    """S 3.2."""
    with pytest.raises(NotFoundError) as missed:
        _ = catalog().indicator("xyz")
    assert str(missed.value) == "there is no indicator xyz"


@pytest.mark.parametrize("key", [None, 7, b"stock", ["stock"]])
def test_a_look_up_by_something_other_than_a_key_is_refused(key: object) -> None:
    """S 1.3."""
    for look_up in (catalog().indicator, catalog().task, catalog().template):
        with pytest.raises(InvalidValueError) as refused:
            _ = look_up(key)  # type: ignore[arg-type]
        assert refused.value.code == "type.wrong"


def test_at_most_three_keys_are_near_and_the_nearest_comes_first() -> None:
    known = {"stock", "stick", "stack", "sock", "rock", "unlike"}
    assert nearest("stok", known) == ("stock", "sock", "stick")
    assert nearest("zzzz", known) == ()


# --------------------------------------------------------------------------------- as a value


def test_the_order_in_which_definitions_are_given_does_not_matter() -> None:
    """S 12: expansion does not depend on it, and neither does the catalog."""
    indicators = [BRAND, LEVEL, STOCK]
    tasks = [builders.task("count"), builders.task("look", ["brand"])]
    templates = [builders.template(key="round"), builders.template(key="tour")]
    one = pv.Catalog(indicators=indicators, tasks=tasks, templates=templates)
    other = pv.Catalog(
        indicators=indicators[::-1], tasks=tasks[::-1], templates=iter(templates[::-1])
    )
    assert one == other
    assert hash(one) == hash(other)
    assert one.indicators == tuple(indicators)


def test_a_catalog_can_be_sent_and_changed() -> None:
    held = catalog()
    assert pickle.loads(pickle.dumps(held)) == held  # noqa: S301 -- our own bytes
    more = attrs.evolve(held, indicators=[*held.indicators, BRAND])
    assert more.indicator("brand") == BRAND


def test_a_catalog_may_be_empty() -> None:
    assert pv.Catalog().indicators == ()


# --------------------------------------------------------------------------------- tasks


def test_an_indicator_is_named_by_its_key_or_bound_to_a_kind_of_context() -> None:
    """S 6.2."""
    bound = TaskIndicator("brand", context_kind="product")
    task = pv.TaskDefinition("count", "Count", indicators=["stock", bound])
    assert task.indicators == (TaskIndicator("stock"), bound)


@pytest.mark.parametrize(
    ("indicators", "code"),
    [
        ("stock", "sequence.type"),
        ([7], "sequence.entry"),
        ([""], "text.empty"),
        (["stock", "stock"], "sequence.duplicate"),
        (["stock", TaskIndicator("stock", context_kind="product")], "sequence.duplicate"),
        ([TaskIndicator("stock", context_kind="a")] * 2, "sequence.duplicate"),
    ],
)
def test_a_task_captures_an_indicator_once_for_each_kind(
    indicators: Iterable[str | TaskIndicator], code: str
) -> None:
    """S 6.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.TaskDefinition("count", "Count", indicators=indicators)
    assert (refused.value.code, refused.value.field) == (code, "indicators")


def test_an_indicator_may_be_bound_to_several_kinds() -> None:
    """S 6.2."""
    bound = [TaskIndicator("stock", context_kind=kind) for kind in ("product", "order")]
    assert pv.TaskDefinition("count", "Count", indicators=bound).indicators == tuple(bound)


def test_a_day_is_an_operand_for_a_time() -> None:
    """S 2.3."""
    moment = datetime(2026, 3, 31, tzinfo=UTC)
    for bound in (date(2026, 3, 31), moment, pv.days(2)):
        target = pv.Target("visited", pv.at_most(bound))
        assert pv.Catalog(indicators=[VISITED], targets=[target]).targets == (target,)


def test_the_order_of_targets_makes_no_other_catalog() -> None:
    """S 2.6: which of them applies depends on the day, not on the order."""
    spring = pv.Target("stock", 5, valid=(date(2026, 3, 1), date(2026, 5, 31)))
    summer = pv.Target("stock", 7, valid=(date(2026, 6, 1), None))
    one = pv.Catalog(indicators=[STOCK], targets=[spring, summer])
    assert one == pv.Catalog(indicators=[STOCK], targets=[summer, spring])


def test_a_lasting_target_ties_with_each_that_falls_into_it() -> None:
    """S 2.6."""
    lasting = pv.Target("stock", 5)
    short = pv.Target("stock", 6, valid=(date(2026, 1, 1), date(2026, 1, 31)))
    later = pv.Target("stock", 7, valid=(date(2026, 3, 1), date(2026, 3, 31)))
    found = refusals(indicators=[STOCK], targets=[later, lasting, short])
    help_for_both = "keep one, or give each its days"
    assert found == [
        ("targets.stock", "target.tie", f"both 5 and 6 apply: {help_for_both}"),
        ("targets.stock", "target.tie", f"both 5 and 7 apply: {help_for_both}"),
    ]


def test_a_target_without_an_end_ties_with_a_later_one_past_a_short_one() -> None:
    """S 2.6."""
    lasting = pv.Target("stock", 5, valid=(date(2026, 1, 1), None))
    short = pv.Target("stock", 6, valid=(date(2026, 2, 1), date(2026, 2, 28)))
    later = pv.Target("stock", 7, valid=(date(2026, 3, 1), None))
    found = refusals(indicators=[STOCK], targets=[lasting, short, later])
    assert [message[:15] for _, _, message in found] == ["both 5 and 6 ap", "both 5 and 7 ap"]


@pytest.mark.parametrize(("unknown", "has_hint"), [(20, True), (21, False)])
def test_what_was_meant_is_looked_for_only_where_little_is_unknown(
    unknown: int, *, has_hint: bool
) -> None:
    """S 3.3: so that ten thousand unknown keys are refused in linear time."""
    items = [builders.item(f"i-{each}", task="cuont") for each in range(unknown)]
    held = builders.catalog(tasks=[builders.task("count")])
    found = reference_findings(items, held)
    assert len(found) == unknown
    assert all(each.message.endswith("did you mean count?") is has_hint for each in found)
