"""Which target applies to each indicator of each item, in each context (S 2.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple, TypeAlias

from partnervisits.calendars import EVERY_DAY
from partnervisits.catalog import Catalog
from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError
from partnervisits.findings import Finding, Severity
from partnervisits.indicators import Indicator
from partnervisits.proposals._memo import Memo
from partnervisits.proposals._occasion import Anchors, Days, UnplannedError
from partnervisits.targets import (
    Candidate,
    ResolvedTarget,
    Target,
    TargetSource,
    criterion_of,
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
    is_dated: bool
    """Whether a candidate comes to something else on another day."""


class Expected(NamedTuple):
    """An indicator, the kind of context it is bound to, and the targets that apply."""

    indicator: Indicator
    context_kind: str | None
    target: ResolvedTarget | None
    special: Mapping[Context, ResolvedTarget | None] | None
    """By context, where something was given."""
    findings: tuple[Finding, ...]
    """Seen from the item."""


def asks_of(
    item: TemplateItem, task: TaskDefinition, catalog: Catalog, own: TargetSource
) -> tuple[Ask, ...]:
    """What an item asks for, with the targets its definitions hold."""
    sources = (
        (own, item.targets),
        (TargetSource.TASK, task.targets),
        (TargetSource.INDICATOR, catalog.targets),
    )
    asks: list[Ask] = []
    for each in task.indicators:
        if not item.indicators or each.indicator in item.indicators:
            candidates = tuple(
                Candidate(source, target)
                for source, held in sources
                for target in held
                if target.indicator == each.indicator
            )
            is_dated = any(candidate.target.is_dated for candidate in candidates)
            indicator = catalog.indicator(each.indicator)
            asks.append(Ask(indicator, each.context_kind, candidates, is_dated))
    return tuple(asks)


# ------------------------------------------------------------------------ targets that are given


class Rivals(NamedTuple):
    """The given targets of one indicator that hold for a visit, whatever their context."""

    anywhere: tuple[Candidate, ...]
    """Those that hold in every context."""
    by_context: Mapping[Context, Sequence[Candidate]]
    is_dated: bool
    """Whether one comes to something else on another day."""

    @classmethod
    def of(cls, candidates: Iterable[Candidate]) -> Rivals:
        """Look once at what every KPI needs to know."""
        anywhere: list[Candidate] = []
        by_context: dict[Context, list[Candidate]] = {}
        for each in candidates:
            context = _context_of(each)
            (anywhere if context is None else by_context.setdefault(context, [])).append(each)
        held = (*anywhere, *(each for held in by_context.values() for each in held))
        return cls(tuple(anywhere), by_context, any(each.target.is_dated for each in held))


Matching: TypeAlias = Mapping[str, Rivals]
"""By indicator."""


class GivenTargets:
    """Targets given at planning time, found by whom they hold for."""

    def __init__(self, given: Iterable[Target], catalog: Catalog) -> None:
        self._known = Memo(4_096)
        self.findings: list[Finding] = []
        self._held: dict[_Facets, list[Candidate]] = {}
        known = {indicator.key: indicator for indicator in catalog.indicators}
        for target in given:
            path = ("given", "targets", target.indicator)
            if target.indicator not in known:
                message = (
                    f"the catalog has no indicator {target.indicator}: correct the key, or add it"
                )
                self.findings.append(Finding(path, "indicator.unknown", message))
            elif misfits := target_misfits(target, known[target.indicator]):
                self.findings += [finding.under(*path) for finding in misfits]
            else:
                self._keep(target)

    def _keep(self, target: Target) -> None:
        scope = target.scope
        facets = (scope.visit, scope.partner, scope.segment) if scope else (None, None, None)
        candidate = Candidate(TargetSource.GIVEN, target)
        self._held.setdefault(facets, []).append(candidate)

    def matching(self, visit_id: str, partner_id: str, segment: str | None) -> Matching:
        """Those that hold for a visit."""
        segments = (None,) if segment is None else (segment, None)
        visits, partners = (visit_id, None), (partner_id, None)
        hits = tuple([each for each in product(visits, partners, segments) if each in self._held])
        return self._known.get(hits, None, lambda: self._of(hits))

    def _of(self, hits: Iterable[_Facets]) -> Matching:
        matching: dict[str, list[Candidate]] = {}
        for facets in hits:
            for candidate in self._held[facets]:
                matching.setdefault(candidate.target.indicator, []).append(candidate)
        return {indicator: Rivals.of(each) for indicator, each in matching.items()}


_Facets: TypeAlias = tuple[str | None, str | None, str | None]


# ------------------------------------------------------------------------------------ resolution


class Definitions:
    """What the definitions alone expect, settled once where the day has no say."""

    def __init__(self, asks: Mapping[str, Sequence[Ask]]) -> None:
        self._asks = asks
        self.are_dated = any(ask.is_dated for each_ask in asks.values() for ask in each_ask)
        self._settled = {
            id(ask): _on(ask, _ANY_DAY)
            for each_ask in asks.values()
            for ask in each_ask
            if not ask.is_dated
        }

    def on(self, days: Days) -> Mapping[str, tuple[Expected, ...]]:
        """What is expected of each item where nothing is given."""
        return {
            item: tuple([self._settled.get(id(ask)) or _on(ask, days) for ask in each_ask])
            for item, each_ask in self._asks.items()
        }


def _on(ask: Ask, days: Days) -> Expected:
    return _expected(ask, ask.candidates, days)


_ANY_DAY = Days(Anchors(None, None), "UTC", EVERY_DAY)


def _expected(ask: Ask, candidates: Sequence[Candidate], days: Days) -> Expected:
    target, findings = _resolution(ask, candidates, days)
    return Expected(ask.indicator, ask.context_kind, target, None, findings)


def with_rivals(ask: Ask, rivals: Rivals, contexts: Sequence[Context], days: Days) -> Expected:
    """What is expected of an indicator in some contexts where something is given."""
    if not rivals.by_context:
        return _expected(ask, [*rivals.anywhere, *ask.candidates], days)
    special: dict[Context, ResolvedTarget | None] = {}
    found: list[Finding] = []
    for context in contexts:
        if ask.context_kind in (None, context.kind):
            holding = [*rivals.by_context.get(context, ()), *rivals.anywhere]
            special[context], findings = _resolution(ask, [*holding, *ask.candidates], days)
            found += findings
    return Expected(ask.indicator, ask.context_kind, None, special, tuple(found))


def _context_of(candidate: Candidate) -> Context | None:
    scope = candidate.target.scope
    return None if scope is None else scope.context


def _resolution(
    ask: Ask, candidates: Sequence[Candidate], days: Days
) -> tuple[ResolvedTarget | None, tuple[Finding, ...]]:
    """The target that applies of those that hold, and what is wrong with it."""
    chosen, shadowed = most_specific(candidates, days.anchors.start)
    path = ("targets", ask.indicator.key)
    if not chosen:
        return None, ()
    applying, *others = chosen
    if others:
        ties = sorted(
            f"{criterion_of(each.target, ask.indicator)} ({each.origin})" for each in chosen
        )
        return None, (Finding(path, "target.tie", f"{' and '.join(ties)} both apply: keep one"),)
    try:
        return resolve(applying, ask.indicator, days.instant, shadowed), ()
    except UnplannedError:
        message = "no target until the visit is planned: it counts from the visit's time"
        return None, (Finding(path, "target.unplanned", message, Severity.WARNING),)
    except InvalidValueError as refused:
        return None, (refused.finding(*path),)
