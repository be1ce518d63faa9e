"""Comparisons of one partner over several visits, one a month of 2026, on the tenth."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs

import partnervisits as pv
from partnervisits.comparison import Circumstances, Comparison, Override, judge
from partnervisits.plans import Kpi
from tests import builders
from tests.judged import SUBJECT, task_of

PARTNER = pv.Context("partner", "acme")
STOCK = builders.indicator()
AT_LEAST_5 = pv.Target("stock", pv.at_least(5), near=pv.within(1))


def day(month: int) -> date:
    """The day of the month's visit."""
    return date(2026, month, 10)


def at(month: int, *, hours: int = 9) -> datetime:
    """So many hours into the day of the month's visit, in UTC."""
    return datetime(2026, month, 10, tzinfo=UTC) + timedelta(hours=hours)


def kpi(
    month: int,
    target: pv.Target | None = AT_LEAST_5,
    *,
    indicator: pv.Indicator = STOCK,
    context: pv.Context = PARTNER,
    task: str = "count",
) -> Kpi:
    """The KPI of the month's visit: the stock at the partner, unless said otherwise."""
    resolved = None if target is None else builders.resolved(target, indicator)
    return Kpi(f"V-{month}/round/{task}", context, indicator, resolved)


def found(
    month: int,
    actual: object = None,
    of: Kpi | None = None,
    override: Override | None = None,
    **changes: Any,
) -> Comparison:
    """What the month's visit gave; None for no reading. Further arguments change the subject."""
    held = kpi(month) if of is None else of
    task = task_of(held, held.task_id.rsplit("/", 1)[1])
    reading = None if actual is None else pv.capture(held, actual, at=at(month), by="rep-7")
    about: dict[str, Any] = {"visit_id": f"V-{month}", "on": day(month)}
    subject = attrs.evolve(SUBJECT, **(about | changes))
    return judge(held, task, reading, Circumstances(subject, subject.on, False, None), override)


def corrected(comparison: Comparison, actual: object, when: datetime) -> Comparison:
    """The same KPI after its reading was corrected."""
    wrong = comparison.reading
    assert wrong is not None
    right = pv.correct(wrong, comparison.kpi, actual, at=when, by="rep-7")
    return found_again(comparison, right)


def found_again(comparison: Comparison, reading: pv.Reading) -> Comparison:
    """The same KPI with another current reading."""
    held, subject = comparison.kpi, comparison.subject
    task = task_of(held, comparison.item_key)
    return judge(held, task, reading, Circumstances(subject, subject.on, False, None))


def overridden(month: int, outcome: pv.Outcome, when: datetime) -> Override:
    """What a manager says of the month's KPI."""
    return Override(kpi_id=kpi(month).id, outcome=outcome, by="kim", at=when, reason="I saw it")
