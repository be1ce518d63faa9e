"""What the items of a template ask for: nothing, without a target, or twice (S 3.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from partnervisits.contexts import PARTNER_KIND, Context
from partnervisits.findings import Finding, Severity
from partnervisits.tasks import TaskDefinition, TaskIndicator
from partnervisits.templates import TemplateItem
from partnervisits.values import shortened


class Work(NamedTuple):
    """An item, its task, and the indicators that it asks for."""

    item: TemplateItem
    task: TaskDefinition
    kinds: tuple[str, ...]
    """Of the contexts it is about, whichever they are on the day."""
    asks: tuple[TaskIndicator, ...]

    @classmethod
    def of(cls, item: TemplateItem, task: TaskDefinition) -> Work:
        """Work out what an item asks for.

        Args:
            item: Of a template.
            task: The one it names.
        """
        kinds = item.context_kinds
        if not kinds and not item.contexts:
            kinds = (PARTNER_KIND,)
        possible = {None, *kinds, *(context.kind for context in item.contexts)}
        chosen = frozenset(item.indicators)
        asks = tuple(
            each
            for each in task.indicators
            if each.context_kind in possible and (not chosen or each.indicator in chosen)
        )
        return cls(item, task, kinds, asks)

    @property
    def asked(self) -> tuple[str, ...]:
        """The keys of the indicators, each once."""
        return tuple(dict.fromkeys(each.indicator for each in self.asks))

    def is_rival_of(self, other: Work) -> bool:
        """Whether only one of the two is planned.

        Args:
            other: Another item.
        """
        mine = self.item.first_of
        return mine is not None and mine == other.item.first_of


def ask_findings(works: Sequence[Work], expected: Collection[str]) -> Iterator[Finding]:
    """What of the indicators that items ask for is probably not meant.

    Args:
        works: In the order of the template.
        expected: The keys of indicators for which the catalog holds a target.

    Returns:
        `lint.no-indicators`, `lint.no-target`, `lint.same-kpi`.
    """
    tasks = {work.task.key: work.task for work in works}
    of_task = {key: {each.indicator for each in task.targets} for key, task in tasks.items()}
    for work in works:
        yield from _untargeted(work, (of_task[work.task.key], expected))
    yield from _repeated(works)


def _untargeted(work: Work, expected: Iterable[Collection[str]]) -> Iterator[Finding]:
    item, task = work.item, work.task
    if not task.indicators:
        message = f"the task {task.key} captures nothing: add an indicator, if that is not meant"
        yield Finding(("items", item.key, "task"), "lint.no-indicators", message, Severity.WARNING)
    own = {each.indicator for each in item.targets}
    for key in work.asked:
        if not any(key in held for held in (own, *expected)):
            message = f"no target is written for {key}: add one, or give one with each visit"
            path = ("items", item.key, "indicators", key)
            yield Finding(path, "lint.no-target", message, Severity.WARNING)


# --------------------------------------------------------------------- twice in the same context

_Spot: TypeAlias = tuple[str, str | Context]
"""An indicator, and one record or all of a kind, whichever they are on the day."""

_Known: TypeAlias = tuple[str, str | Context | tuple[str]]
"""A spot, or an indicator and some record of a kind."""


def _repeated(works: Sequence[Work]) -> Iterator[Finding]:
    askers = _Askers(works)
    for position, work in enumerate(works):
        spots = list(_spots(work))
        shared: dict[int, dict[str, None]] = {}
        for spot in spots:
            for earlier in askers.before(work, spot):
                shared.setdefault(earlier, {})[spot[0]] = None
        if shared:
            first = min(shared)
            yield _asked_again(work.item, works[first].item, shared[first])
        for spot in spots:
            askers.add(position, spot)


class _Askers:
    """The items that ask for a spot, by position: as many of them as it takes to find a repeat.

    These are the first, and the first that is no rival of it: no item is a rival of both.
    """

    _ENOUGH = 2

    def __init__(self, works: Sequence[Work]) -> None:
        self._works = works
        self._known: dict[_Known, list[int]] = {}

    def before(self, work: Work, spot: _Spot) -> Iterator[int]:
        for alike in _alike(spot):
            for each in self._known.get(alike, ()):
                if not work.is_rival_of(self._works[each]):
                    yield each

    def add(self, position: int, spot: _Spot) -> None:
        work = self._works[position]
        for known_as in _known_as(spot):
            held = self._known.setdefault(known_as, [])
            are_rivals = any(work.is_rival_of(self._works[each]) for each in held)
            if len(held) < self._ENOUGH and not are_rivals:
                held.append(position)


def _spots(work: Work) -> Iterator[_Spot]:
    for each in work.asks:
        for kind in work.kinds:
            if each.context_kind in (None, kind):
                yield each.indicator, kind
        for context in work.item.contexts:
            if each.context_kind in (None, context.kind):
                yield each.indicator, context


def _alike(spot: _Spot) -> tuple[_Known, ...]:
    """What may be the same spot, as an earlier item is known for it."""
    indicator, where = spot
    if isinstance(where, Context):
        return spot, (indicator, where.kind)
    return spot, (indicator, (where,))


def _known_as(spot: _Spot) -> tuple[_Known, ...]:
    indicator, where = spot
    if isinstance(where, Context):
        return spot, (indicator, (where.kind,))
    return (spot,)


def _asked_again(item: TemplateItem, earlier: TemplateItem, keys: Iterable[str]) -> Finding:
    message = (
        f"{earlier.key} asks for {shortened(', '.join(keys))} in the same context: ask once, or "
        "put both into a group of which the FIRST is planned"
    )
    path = ("items", item.key, "indicators")
    return Finding(path, "lint.same-kpi", message, Severity.WARNING)
