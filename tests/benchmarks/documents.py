"""The codec beside models of pydantic that do the same, and beside `json` alone.

What is due is measured as everything else here is: all results of a run are held, and garbage is
collected. That flatters the codec twice. Models of pydantic are more objects than those of the
domain, so that with many of them held most of their time is the collector's; and plans of one
template share parts, which the codec reads once. So reading is measured without either as well.
"""

from __future__ import annotations

import gc
import json
import re
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import models  # type: ignore[import-not-found]  # the script beside this one

import partnervisits as pv
from partnervisits import codec

READINGS = 100_000
FIRST = datetime(2026, 3, 12, 8, tzinfo=UTC)

Work = Callable[[], object]
Ratio = Callable[[Work, Work], float]
Say = Callable[[str, float, float | None], None]

_DAY = re.compile(r'(?<=")[0-9]{4}-[0-9]{2}-[0-9]{2}')
_NAME = re.compile(r"(item|task|indicator|Item|Task|Indicator|P|V|S)([- ]?)(?=[0-9])")
_NUMBER = re.compile(r'("(?:decimal|weight)":"[0-9]+)')
_WORD = re.compile(r'"(a|b|nothing)"')


def readings() -> list[pv.Reading]:
    """Readings of as many visits, each of a KPI of its own."""
    return [_reading(number) for number in range(READINGS)]


def _reading(number: int) -> pv.Reading:
    kpi_id = f"V-{number}/quarterly/survey/partner/P-{number % 700}/satisfaction"
    at = FIRST + timedelta(minutes=number)
    return pv.Reading(
        id=f"{kpi_id}/{number}",
        kpi_id=kpi_id,
        value=Decimal(number % 100),
        at=at,
        recorded_at=at + timedelta(hours=1),
        by=f"rep-{number % 17}",
        note="as the manager said" if number % 3 else "",
    )


def apart(plans: Sequence[pv.ActionPlan]) -> list[pv.ActionPlan]:
    """The same plans, each in words, numbers and days that no other has."""
    return [_apart(plan, number) for number, plan in enumerate(plans, start=1)]


def _apart(plan: pv.ActionPlan, number: int) -> pv.ActionPlan:
    def later(day: re.Match[str]) -> str:
        # In whole quarters, since the plans are spread over the days of one.
        return str(date.fromisoformat(day[0]) + timedelta(weeks=13 * (number // 85)))

    text = _DAY.sub(later, codec.dumps(plan))
    text = _NAME.sub(rf"\g<1>-{number}\2", text)
    text = _NUMBER.sub(rf"\g<1>.{number}", text)
    return codec.loads(_WORD.sub(rf'"\g<1>{number}"', text), pv.ActionPlan)


def read_in_both_ways(
    data: Sequence[Any], cls: type[Any], document: type[Any], ratio: Ratio
) -> tuple[float, float]:
    """The codec beside pydantic: with all that is read held, and with none of it."""

    def decode(each: Any) -> object:
        return codec.decode(each, cls)

    validate: Callable[[Any], object] = document.model_validate
    return (
        ratio(lambda: [decode(each) for each in data], lambda: [validate(each) for each in data]),
        ratio(lambda: deque(map(decode, data), 0), lambda: deque(map(validate, data), 0)),
    )


def measure(name: str, objects: Sequence[Any], document: type[Any], ratio: Ratio, say: Say) -> None:
    """Read and write some objects of one kind in both ways."""
    cls: type[Any] = objects[0].__class__
    data = [codec.encode(each) for each in objects]
    texts = [codec.dumps(each) for each in objects]
    held = [document.model_validate(each) for each in data]
    # Else a collection of all of them falls into either run of a pair, by chance.
    _ = gc.collect()
    gc.freeze()
    assert [codec.decode(each, cls) for each in data[:10]] == [*objects[:10]]
    assert codec.encode(objects[0]) == _written(held[0])

    def encode() -> object:
        return [codec.encode(each) for each in objects]

    def dump() -> object:
        return [_written(each) for each in held]

    def loads() -> object:
        return [codec.loads(each, cls) for each in texts]

    def loads_bare() -> object:
        return [json.loads(each) for each in texts]

    held_all, held_none = read_in_both_ways(data, cls, document, ratio)
    say(f"decoding {name} ÷ pydantic", held_all, 1)
    say(f"decoding {name}, none of them held ÷ pydantic", held_none, None)
    say(f"encoding {name} ÷ pydantic", ratio(encode, dump), 2.5)
    say(f"loads of {name} ÷ json.loads", ratio(loads, loads_bare), 8)


def _written(held: Any) -> object:
    return held.model_dump(mode="json", exclude_defaults=True, by_alias=True)


def measure_apart(
    plans: Sequence[pv.ActionPlan], document: type[Any], ratio: Ratio, say: Say
) -> None:
    """Read plans that share nothing between one another, which is not what a template makes."""
    data = [codec.encode(each) for each in apart(plans)]
    _ = gc.collect()
    gc.freeze()

    held_all, held_none = read_in_both_ways(data, pv.ActionPlan, document, ratio)
    say("decoding 1,000 plans that share nothing ÷ pydantic", held_all, None)
    say("the same, none of them held ÷ pydantic", held_none, None)


def measure_documents(plans: Sequence[pv.ActionPlan], ratio: Ratio, say: Say) -> None:
    """Readings, the plans of one template, and plans that have a template each."""
    made = models.Models()
    of_readings = made.document(pv.Reading, "reading")
    of_plans = made.document(pv.ActionPlan, "action_plan")
    measure("100,000 readings", readings(), of_readings, ratio, say)
    measure("1,000 plans", plans, of_plans, ratio, say)
    measure_apart(plans, of_plans, ratio, say)
