"""Which target applies to each indicator of each item, for one segment and one day (S 2.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from partnervisits.calendars import Calendar, Offset, shift
from partnervisits.catalog import Catalog
from partnervisits.criteria import Bound, DayEnd
from partnervisits.errors import InvalidValueError
from partnervisits.findings import Finding, Severity
from partnervisits.indicators import Indicator
from partnervisits.proposals._dates import Anchors
from partnervisits.targets import (
    ResolvedTarget,
    Target,
    TargetSource,
    most_specific,
    resolve,
    target_misfits,
)
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import TemplateItem
from partnervisits.values import day, first_instant, last_instant


class Ask(NamedTuple):
    """An indicator that a task captures, the kind of context it is bound to, and its targets."""

    indicator: Indicator
    context_kind: str | None
    candidates: tuple[tuple[TargetSource, Target], ...]

    @property
    def is_dated(self) -> bool:
        """Whether a candidate comes to something else on another day."""
        return any(target.is_dated for _, target in self.candidates)


class Expected(NamedTuple):
    """An indicator, the kind of context it is bound to, and the target that applies."""

    indicator: Indicator
    context_kind: str | None
    target: ResolvedTarget | None


class When(NamedTuple):
    """What days and offsets among operands are resolved against (S 2.3)."""

    anchors: Anchors
    timezone: str
    calendar: Calendar

    def instant(self, bound: Bound, end: DayEnd) -> Bound:
        """The instant that a day or an offset means; anything else as it is."""
        if isinstance(bound, Offset):
            anchor = self.anchors.date_of(bound.anchor)
            if anchor is None:
                raise _UnplannedError
            bound = day(shift(anchor, bound, self.calendar))
        if isinstance(bound, date) and not isinstance(bound, datetime):
            edge = first_instant if end is DayEnd.FIRST else last_instant
            return edge(bound, self.timezone)
        return bound


class _UnplannedError(Exception):
    """An offset counts from a time the visit does not have yet."""


def asks_of(item: TemplateItem, task: TaskDefinition, catalog: Catalog) -> tuple[Ask, ...]:
    """What an item asks for, with the targets its definitions hold."""
    sources = (
        (TargetSource.ITEM, item.targets),
        (TargetSource.TASK, task.targets),
        (TargetSource.INDICATOR, catalog.targets),
    )
    return tuple(
        Ask(
            catalog.indicator(each.indicator),
            each.context_kind,
            tuple(
                (source, target)
                for source, held in sources
                for target in held
                if target.indicator == each.indicator
            ),
        )
        for each in task.indicators
    )


def fitting(
    given: Iterable[Target], catalog: Catalog
) -> tuple[tuple[Target, ...], tuple[Finding, ...]]:
    """The targets given at planning time that fit the catalog, and why the others do not."""
    fit: list[Target] = []
    found: list[Finding] = []
    known = {indicator.key: indicator for indicator in catalog.indicators}
    for target in given:
        path = ("given", "targets", target.indicator)
        if target.indicator not in known:
            found.append(Finding(path, "indicator.unknown", "the catalog has no such indicator"))
        elif misfits := target_misfits(target, known[target.indicator]):
            found += [finding.under(*path) for finding in misfits]
        else:
            fit.append(target)
    return tuple(fit), tuple(found)


class Expectations:
    """The targets of one recipe, resolved once where neither day nor host has a say."""

    def __init__(self, asks: Mapping[str, Sequence[Ask]]) -> None:
        self._asks = asks
        self.are_dated = any(ask.is_dated for rows in asks.values() for ask in rows)
        self._settled = {
            (item, ask.indicator.key, ask.context_kind): _row(ask.candidates, ask, None, _as_it_is)
            for item, rows in asks.items()
            for ask in rows
            if not ask.is_dated
        }

    def of(
        self, given: Iterable[Target], segment: str | None, on: date | None, when: When
    ) -> tuple[Mapping[str, tuple[Expected, ...]], tuple[Finding, ...]]:
        """For each item what is expected of each indicator it asks for."""
        scoped: dict[str, list[tuple[TargetSource, Target]]] = {}
        for target in given:
            if target.scope is not None and target.scope.segment == segment:
                scoped.setdefault(target.indicator, []).append((TargetSource.SEGMENT, target))
        expected: dict[str, tuple[Expected, ...]] = {}
        found: list[Finding] = []
        for item, asks in self._asks.items():
            rows: list[Expected] = []
            for ask in asks:
                key = ask.indicator.key
                rivals = scoped.get(key, ())
                settled = None if rivals else self._settled.get((item, key, ask.context_kind))
                row, findings = settled or _row((*rivals, *ask.candidates), ask, on, when.instant)
                found += [finding.under("items", item, "targets", key) for finding in findings]
                rows.append(row)
            expected[item] = tuple(rows)
        return expected, tuple(found)


def _as_it_is(bound: Bound, _: DayEnd) -> Bound:
    return bound


def _row(
    candidates: Sequence[tuple[TargetSource, Target]],
    ask: Ask,
    on: date | None,
    to_instant: Callable[[Bound, DayEnd], Bound],
) -> tuple[Expected, tuple[Finding, ...]]:
    chosen = most_specific(candidates, on)
    target, findings = _resolution(chosen, ask.indicator, to_instant)
    return Expected(ask.indicator, ask.context_kind, target), findings


def _resolution(
    chosen: Sequence[tuple[TargetSource, Target]],
    indicator: Indicator,
    to_instant: Callable[[Bound, DayEnd], Bound],
) -> tuple[ResolvedTarget | None, tuple[Finding, ...]]:
    if not chosen:
        return None, ()
    if len(chosen) > 1:
        return None, (_tie(chosen),)
    ((source, target),) = chosen
    try:
        return resolve(target, indicator, source, to_instant), ()
    except _UnplannedError:
        message = "no target until the visit is planned: it counts from the visit's time"
        return None, (Finding((), "target.unplanned", message, Severity.WARNING),)
    except InvalidValueError as refused:
        return None, (refused.finding(),)


def _tie(chosen: Sequence[tuple[TargetSource, Target]]) -> Finding:
    rivals = " and ".join(sorted(str(target) for _, target in chosen))
    source = chosen[0][0].value
    return Finding((), "target.tie", f"{rivals} both apply for the {source}: keep one")
