"""The codec beside models of pydantic that do the same, and beside `json` alone."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import models  # type: ignore[import-not-found]  # the script beside this one

import partnervisits as pv
from partnervisits import codec

READINGS = 100_000
FIRST = datetime(2026, 3, 12, 8, tzinfo=UTC)

Work = Callable[[], object]
Ratio = Callable[[Work, Work], float]
Say = Callable[[str, float, float], None]


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

    def decode() -> object:
        return [codec.decode(each, cls) for each in data]

    def validate() -> object:
        return [document.model_validate(each) for each in data]

    def encode() -> object:
        return [codec.encode(each) for each in objects]

    def dump() -> object:
        return [_written(each) for each in held]

    def loads() -> object:
        return [codec.loads(each, cls) for each in texts]

    def loads_bare() -> object:
        return [json.loads(each) for each in texts]

    say(f"decoding {name} ÷ pydantic", ratio(decode, validate), 1)
    say(f"encoding {name} ÷ pydantic", ratio(encode, dump), 2.5)
    say(f"loads of {name} ÷ json.loads", ratio(loads, loads_bare), 8)


def _written(held: Any) -> object:
    return held.model_dump(mode="json", exclude_defaults=True, by_alias=True)


def measure_documents(plans: Sequence[pv.ActionPlan], ratio: Ratio, say: Say) -> None:
    """Readings, and the plans of one template."""
    made = models.Models()
    of_readings = made.document(pv.Reading, "reading")
    of_plans = made.document(pv.ActionPlan, "action_plan")
    measure("100,000 readings", readings(), of_readings, ratio, say)
    measure("1,000 plans", plans, of_plans, ratio, say)
