"""Which target applies to each indicator of each item, in each context (S 2.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple, TypeAlias

from partnervisits.calendars import EVERY_DAY
from partnervisits.catalog import Catalog
from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError
from partnervisits.findings import Finding, Severity
from partnervisits.indicators import Indicator
from partnervisits.proposals._occasion import Anchors, Days, UnplannedError
from partnervisits.targets import (
    Candidate,
    ResolvedTarget,
    Target,
    TargetSource,
    most_specific,
    resolve,
    target_misfits,
)
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import TemplateItem


class Ask(NamedTuple):
    """An indicator that a task captures, the kind of context it is bound to, and its targets."""

    indicator: Indicator
    context_kind: str | None
    candidates: tuple[Candidate, ...]

    @property
    def is_dated(self) -> bool:
        """Whether a candidate comes to something else on another day."""
        return any(each.target.is_dated for each in self.candidates)


class Expected(NamedTuple):
    """An indicator, the kind of context it is bound to, and the targets that apply."""

    indicator: Indicator
    context_kind: str | None
    target: ResolvedTarget | None
    special: Mapping[Context, ResolvedTarget | None] | None
    """Where another one applies."""


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
                Candidate(source, target)
                for source, held in sources
                for target in held
                if target.indicator == each.indicator
            ),
        )
        for each in task.indicators
        if not item.indicators or each.indicator in item.indicators
    )


# ------------------------------------------------------------------------ targets that are given

Matching: TypeAlias = Mapping[str, Sequence[Candidate]]
"""By indicator, the given targets that hold for a visit, whatever their context."""


class GivenTargets:
    """Targets given at planning time, found by whom they hold for."""

    def __init__(self, given: Iterable[Target], catalog: Catalog) -> None:
        self.findings: list[Finding] = []
        self.are_dated = False
        self._by_facets: dict[_Facets, list[Candidate]] = {}
        known = {indicator.key: indicator for indicator in catalog.indicators}
        for target in given:
            path = ("given", "targets", target.indicator)
            if target.indicator not in known:
                message = "the catalog has no such indicator"
                self.findings.append(Finding(path, "indicator.unknown", message))
            elif misfits := target_misfits(target, known[target.indicator]):
                self.findings += [finding.under(*path) for finding in misfits]
            else:
                self._keep(target)

    def _keep(self, target: Target) -> None:
        scope = target.scope
        facets = (scope.visit, scope.partner, scope.segment) if scope else (None, None, None)
        candidate = Candidate(TargetSource.GIVEN, target)
        self._by_facets.setdefault(facets, []).append(candidate)
        self.are_dated |= target.is_dated

    def matching(self, visit_id: str, partner_id: str, segment: str | None) -> Matching:
        """Those that hold for a visit."""
        matching: dict[str, list[Candidate]] = {}
        segments = (None,) if segment is None else (segment, None)
        for facets in product((visit_id, None), (partner_id, None), segments):
            for candidate in self._by_facets.get(facets, ()):
                matching.setdefault(candidate.target.indicator, []).append(candidate)
        return matching


_Facets: TypeAlias = tuple[str | None, str | None, str | None]


# ------------------------------------------------------------------------------------ resolution


class Plain(NamedTuple):
    """What the definitions alone expect of an item, and what is wrong with it."""

    rows: Sequence[Expected]
    findings: Sequence[Finding]
    """Seen from the item."""


class Definitions:
    """What the definitions alone expect, settled once where the day has no say."""

    def __init__(self, asks: Mapping[str, Sequence[Ask]]) -> None:
        self._asks = asks
        self.are_dated = any(ask.is_dated for each_ask in asks.values() for ask in each_ask)
        self._settled = {
            id(ask): _row(ask, _ANY_DAY)
            for each_ask in asks.values()
            for ask in each_ask
            if not ask.is_dated
        }

    def on(self, days: Days) -> Mapping[str, Plain]:
        """What is expected of each item where nothing is given."""
        expected: dict[str, Plain] = {}
        for item, each_ask in self._asks.items():
            rows = [self._settled.get(id(ask)) or _row(ask, days) for ask in each_ask]
            found = [finding for _, findings in rows for finding in findings]
            expected[item] = Plain([row for row, _ in rows], found)
        return expected


_ANY_DAY = Days(Anchors(None, None), "UTC", EVERY_DAY)


def _row(ask: Ask, days: Days) -> tuple[Expected, list[Finding]]:
    target, findings = resolution(ask, ask.candidates, days)
    return Expected(ask.indicator, ask.context_kind, target, None), _of_ask(ask, findings)


Resolution: TypeAlias = tuple[ResolvedTarget | None, tuple[Finding, ...]]
Resolve: TypeAlias = Callable[[Ask, tuple[Candidate, ...]], Resolution]


def with_given(
    plainly: Plain,
    asks: Sequence[Ask],
    matching: Matching,
    contexts: Sequence[Context],
    resolve_: Resolve,
) -> Plain:
    """What is expected of an item in its contexts where something is given."""
    rows: list[Expected] = []
    found = list[Finding]()
    for ask, row in zip(asks, plainly.rows, strict=True):
        rivals = matching.get(ask.indicator.key)
        if not rivals:
            rows.append(row)
            continue
        special: dict[Context, ResolvedTarget | None] = {}
        for context in contexts:
            if ask.context_kind in (None, context.kind):
                holding = tuple(each for each in rivals if _holds_in(context, each))
                special[context], findings = resolve_(ask, (*holding, *ask.candidates))
                found += _of_ask(ask, findings)
        rows.append(row._replace(special=special))
    return Plain(rows, found)


def _of_ask(ask: Ask, findings: Iterable[Finding]) -> list[Finding]:
    return [each.under("targets", ask.indicator.key) for each in findings]


def _holds_in(context: Context, candidate: Candidate) -> bool:
    scope = candidate.target.scope
    return scope is None or scope.context in (None, context)


def resolution(ask: Ask, candidates: Sequence[Candidate], days: Days) -> Resolution:
    """The target that applies of those that hold, and what is wrong with it."""
    chosen, shadowed = most_specific(candidates, days.anchors.start)
    if not chosen:
        return None, ()
    if len(chosen) > 1:
        return None, (_tie(chosen),)
    try:
        return resolve(chosen[0], ask.indicator, days.instant, shadowed), ()
    except UnplannedError:
        message = "no target until the visit is planned: it counts from the visit's time"
        return None, (Finding((), "target.unplanned", message, Severity.WARNING),)
    except InvalidValueError as refused:
        return None, (refused.finding(),)


def _tie(chosen: Sequence[Candidate]) -> Finding:
    rivals = " and ".join(sorted(map(str, chosen)))
    return Finding((), "target.tie", f"{rivals} both apply: keep one")
