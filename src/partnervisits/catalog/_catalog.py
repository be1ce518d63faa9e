"""A frozen snapshot of definitions that belong together (S 2.2, S 3.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TypeAlias

import attrs

from partnervisits.errors import CatalogError, NotFoundError
from partnervisits.fields import named, tuple_of
from partnervisits.findings import Finding
from partnervisits.indicators import Indicator
from partnervisits.lookups import by_key, nearest
from partnervisits.targets import Target, target_misfits, unscoped_targets
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate, TemplateItem, TemplateStatus

_MOST_HINTS = 20
_Reference: TypeAlias = tuple[tuple[str, ...], str]


def _indicators(values: Iterable[Indicator]) -> tuple[Indicator, ...]:
    return tuple(sorted(tuple_of(Indicator, values), key=lambda each: each.key))


def _tasks(values: Iterable[TaskDefinition]) -> tuple[TaskDefinition, ...]:
    return tuple(sorted(tuple_of(TaskDefinition, values), key=lambda each: each.key))


def _templates(values: Iterable[ActionPlanTemplate]) -> tuple[ActionPlanTemplate, ...]:
    held = tuple_of(ActionPlanTemplate, values)
    return tuple(sorted(held, key=lambda each: (each.key, each.version)))


def _targets(values: Iterable[Target]) -> tuple[Target, ...]:
    return tuple(
        sorted(unscoped_targets(values), key=lambda each: (*_by_first_day(each), str(each)))
    )


@attrs.frozen(field_transformer=named, kw_only=True)
class Catalog:
    """Indicators, task definitions and templates that belong together.

    The order in which definitions are given does not matter: they are held sorted by key.

    Attributes:
        indicators: Sorted by key.
        tasks: Task definitions, sorted by key.
        templates: Sorted by key and version.
        targets: What is expected of an indicator wherever nothing more specific applies (S 2.6).

    Raises:
        CatalogError: All that refers to nothing or does not fit: `catalog.duplicate`,
            `indicator.unknown`, `task.unknown`, `target.stray`, `target.tie`, and those of
            `target_misfits`.

    Example:
        >>> import partnervisits as pv
        >>> catalog = pv.Catalog(tasks=[pv.TaskDefinition("survey", "Conduct the survey")])
        >>> catalog.task("survey").name
        'Conduct the survey'
    """

    indicators: tuple[Indicator, ...] = attrs.field(default=(), converter=_indicators)
    tasks: tuple[TaskDefinition, ...] = attrs.field(default=(), converter=_tasks)
    templates: tuple[ActionPlanTemplate, ...] = attrs.field(default=(), converter=_templates)
    targets: tuple[Target, ...] = attrs.field(default=(), converter=_targets)
    _indicator_of: Mapping[str, Indicator] = attrs.field(init=False, eq=False, repr=False)
    _task_of: Mapping[str, TaskDefinition] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_indicator_of", {each.key: each for each in self.indicators})
        object.__setattr__(self, "_task_of", {each.key: each for each in self.tasks})
        found = [
            *_duplicates("indicators", (each.key for each in self.indicators)),
            *_duplicates("tasks", (each.key for each in self.tasks)),
            *_duplicates("templates", (each.id for each in self.templates)),
            *self._target_findings(),
            *self._task_findings(),
        ]
        for template in self.templates:
            found += [
                finding.under("templates", template.id)
                for finding in _item_findings(template.items, self._task_of, self._indicator_of)
            ]
        if found:
            raise CatalogError(found)

    def indicator(self, key: str) -> Indicator:
        """An indicator by key.

        Args:
            key: Its key.

        Raises:
            NotFoundError: naming the nearest keys.
        """
        return by_key(self._indicator_of, key, "indicator")

    def task(self, key: str) -> TaskDefinition:
        """A task definition by key.

        Args:
            key: Its key.

        Raises:
            NotFoundError: naming the nearest keys.
        """
        return by_key(self._task_of, key, "task definition")

    def template(self, key: str, version: int | None = None) -> ActionPlanTemplate:
        """A template by key and version.

        Args:
            key: Its key.
            version: Its version; the newest published one if None.

        Raises:
            NotFoundError: naming the nearest ids.
        """
        for each in reversed(self.templates):
            newest = version is None and each.status is TemplateStatus.PUBLISHED
            if each.key == key and (newest or each.version == version):
                return each
        wanted = f"{key}@{version}" if version is not None else f"{key} (published)"
        raise NotFoundError("template", wanted, nearest(key, (each.id for each in self.templates)))

    def _target_findings(self) -> Iterable[Finding]:
        unknown: list[_Reference] = []
        for target in self.targets:
            indicator = self._indicator_of.get(target.indicator)
            path = ("targets", target.indicator)
            if indicator is None:
                unknown.append((path, target.indicator))
            else:
                yield from (each.under(*path) for each in target_misfits(target, indicator))
        yield from _unknown(unknown, "indicator.unknown", self._indicator_of)
        yield from _ties(self.targets)

    def _task_findings(self) -> Iterable[Finding]:
        unknown: list[_Reference] = []
        for task in self.tasks:
            path = ("tasks", task.key, "indicators")
            keys = [each.indicator for each in task.indicators]
            unknown += [(path, key) for key in keys if key not in self._indicator_of]
            for finding in _owned_target_findings(task.targets, task, self._indicator_of):
                yield finding.under("tasks", task.key)
        yield from _unknown(unknown, "indicator.unknown", self._indicator_of)


def reference_findings(items: Sequence[TemplateItem], catalog: Catalog) -> tuple[Finding, ...]:
    """Why items do not fit a catalog: nothing if they do.

    Args:
        items: Of a template or of an expansion without one.
        catalog: Where they look up task definitions and indicators.

    Returns:
        `task.unknown`, `indicator.stray`, `target.stray`, `target.tie`, and those of
            `target_misfits`.
    """
    return tuple(_item_findings(items, catalog._task_of, catalog._indicator_of))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] -- its own room


def _item_findings(
    items: Sequence[TemplateItem],
    tasks: Mapping[str, TaskDefinition],
    indicators: Mapping[str, Indicator],
) -> Iterable[Finding]:
    unknown: list[_Reference] = []
    for item in items:
        task = tasks.get(item.task)
        if task is None:
            unknown.append((("items", item.key, "task"), item.task))
        else:
            owned = (
                *_stray_indicators(item, task),
                *_owned_target_findings(item.targets, task, indicators, item.indicators),
            )
            yield from (finding.under("items", item.key) for finding in owned)
    yield from _unknown(unknown, "task.unknown", tasks)


def _stray_indicators(item: TemplateItem, task: TaskDefinition) -> Iterable[Finding]:
    captured = {each.indicator for each in task.indicators}
    for key in item.indicators:
        if key not in captured:
            message = f"task {task.key} does not capture {key}: drop it or add it there"
            yield Finding(("indicators", key), "indicator.stray", message)


def _owned_target_findings(
    held: tuple[Target, ...],
    task: TaskDefinition,
    indicators: Mapping[str, Indicator],
    asked: Collection[str] = (),
) -> Iterable[Finding]:
    captured = {each.indicator for each in task.indicators}
    for target in held:
        path = ("targets", target.indicator)
        if target.indicator not in captured or (asked and target.indicator not in asked):
            whose = "the item does not ask for" if asked else f"task {task.key} does not capture"
            message = f"{whose} {target.indicator}: drop the target or add it"
            yield Finding(path, "target.stray", message)
        elif target.indicator in indicators:
            misfits = target_misfits(target, indicators[target.indicator])
            yield from (finding.under(*path) for finding in misfits)
    yield from _ties(held)


def _ties(held: tuple[Target, ...]) -> Iterable[Finding]:
    for indicator, rivals in groupby(sorted(held, key=_by_first_day), key=_indicator_key):
        lasting: Target | None = None
        for target in rivals:
            if lasting is not None and lasting.overlaps(target):
                message = f"both {lasting} and {target} apply: keep one, or give each its days"
                yield Finding(("targets", indicator), "target.tie", message)
            if lasting is None or _last_day(lasting) < _last_day(target):
                lasting = target


def _indicator_key(target: Target) -> str:
    return target.indicator


def _by_first_day(target: Target) -> tuple[str, date]:
    first = target.valid.first if target.valid else None
    return target.indicator, first or date.min


def _last_day(target: Target) -> date:
    last = target.valid.last if target.valid else None
    return last or date.max


def _duplicates(field: str, keys: Iterable[str]) -> Iterable[Finding]:
    for key, times in Counter(keys).items():
        if times > 1:
            yield Finding(
                (field, key), "catalog.duplicate", f"{key} is defined {times} times: keep one"
            )


def _unknown(
    references: Sequence[_Reference], code: str, known: Collection[str]
) -> Iterable[Finding]:
    """What refers to nothing; where there is a lot of it, without looking for what was meant."""
    noun = code.removesuffix(".unknown")
    for path, key in references:
        near = nearest(key, known) if len(references) <= _MOST_HINTS else ()
        hint = f": did you mean {', '.join(near)}?" if near else ""
        yield Finding(path, code, f"there is no {noun} {key}{hint}")
