from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.errors import InvalidValueError
from partnervisits.targets import Scope
from partnervisits.tasks import TaskIndicator
from tests.builders import task

GOLD = pv.Target("stock", 5, scope=Scope(segment="gold"))


def test_a_task_captures_indicators_in_the_order_given() -> None:
    """S 6.2"""
    bound = TaskIndicator("shelf-share", context_kind="product")
    held = pv.TaskDefinition("count", "Count", indicators=["stock", bound]).indicators
    assert held == (TaskIndicator("stock"), bound)
    assert [each.context_kind for each in held] == [None, "product"]


def test_a_task_may_capture_nothing() -> None:
    made = pv.TaskDefinition("greet", "Greet the manager")
    assert (made.indicators, made.targets, made.instructions) == ((), (), "")


def test_an_indicator_may_be_bound_to_several_kinds_of_context() -> None:
    """S 6.2"""
    kinds = [TaskIndicator("stock", context_kind=kind) for kind in ("product", "order")]
    made = pv.TaskDefinition("count", "Count", indicators=kinds)
    assert made.indicators == tuple(kinds)


@pytest.mark.parametrize(
    ("indicators", "message"),
    [
        (["stock", "stock"], "indicator 'stock' stands twice"),
        (
            ["stock", TaskIndicator("stock", context_kind="product")],
            "stock is captured for every kind of context already",
        ),
        (
            [TaskIndicator("stock", context_kind="product"), "stock"],
            "stock is captured for every kind of context already",
        ),
        (
            [TaskIndicator("stock", context_kind="product")] * 2,
            "indicator 'stock of product' stands twice",
        ),
    ],
)
def test_an_indicator_is_captured_once_for_each_kind(
    indicators: list[TaskIndicator | str], message: str
) -> None:
    """S 6.2"""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.TaskDefinition("count", "Count", indicators=indicators)
    assert refused.value.code == "sequence.duplicate"
    assert refused.value.message == message
    assert (refused.value.owner, refused.value.field) == ("TaskDefinition", "indicators")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"key": "no slug"}, "key.slug"),
        ({"name": " Count"}, "text.blank-ends"),
        ({"instructions": "a\rb"}, "text.carriage-return"),
        ({"indicators": "stock"}, "sequence.type"),
        ({"indicators": {"stock"}}, "sequence.type"),
        ({"indicators": [5]}, "sequence.entry"),
        ({"indicators": ["no slug"]}, "key.slug"),
        ({"targets": GOLD}, "sequence.type"),
        ({"targets": ["stock"]}, "sequence.entry"),
    ],
)
def test_a_task_of_something_else_is_refused(wrong: dict[str, Any], code: str) -> None:
    """S 1.3"""
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(task(), **wrong)
    assert refused.value.code == code


@pytest.mark.parametrize(("kind", "code"), [("", "text.empty"), (5, "text.type")])
def test_the_kind_of_a_context_is_a_word_of_the_host(kind: Any, code: str) -> None:
    """S 1.3"""
    with pytest.raises(InvalidValueError) as refused:
        _ = TaskIndicator("stock", context_kind=kind)
    assert refused.value.code == code
    assert (refused.value.owner, refused.value.field) == ("TaskIndicator", "context_kind")


def test_a_task_holds_targets_for_everybody() -> None:
    """S 2.6"""
    target = pv.Target("stock", 5)
    assert task(targets=[target]).targets == (target,)


def test_a_target_for_a_segment_belongs_elsewhere() -> None:
    """S 2.6"""
    with pytest.raises(InvalidValueError) as refused:
        _ = task(targets=[pv.Target("stock", 3), GOLD])
    assert refused.value.code == "target.scope"
    assert refused.value.message == "a target with a scope belongs into Given(targets=)"
    assert (refused.value.owner, refused.value.field) == ("TaskDefinition", "targets")
