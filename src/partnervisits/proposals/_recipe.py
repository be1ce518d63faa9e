"""All of an expansion that depends on the template, the catalog and the host's items only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from graphlib import TopologicalSorter
from typing import NamedTuple

import attrs

from partnervisits.calendars import FactDate
from partnervisits.catalog import Catalog, reference_findings
from partnervisits.errors import InvalidValueError, TransitionError
from partnervisits.fields import instance_of, slug, tuple_of
from partnervisits.findings import Finding, Severity
from partnervisits.plans import Origin
from partnervisits.proposals._expectations import Definitions, asks_of
from partnervisits.proposals._given import Given
from partnervisits.proposals._memo import Memo
from partnervisits.proposals._merging import Into
from partnervisits.proposals._slots import Step
from partnervisits.targets import TargetSource
from partnervisits.templates import (
    TEMPLATE_LIFECYCLE,
    ActionPlanTemplate,
    TemplateItem,
    TemplateStatus,
    in_working_order,
    item_findings,
)


class Line(NamedTuple):
    """An item, who asked for it, and what the host changed about it."""

    item: TemplateItem
    origin: Origin = Origin.TEMPLATE
    overridden: tuple[str, ...] = ()


class Recipe:
    """Items that fit together and their catalog, with all that follows from them worked out."""

    def __init__(
        self,
        key: str,
        version: int | None,
        lines: Sequence[Line],
        catalog: Catalog,
        *,
        ad_hoc: bool = True,
    ) -> None:
        self.key = key
        self.version = version
        self.catalog = instance_of(Catalog, catalog)
        self.memo = Memo(512)
        self.memo_of_dates = Memo(8_192)
        self.memo_of_targets = Memo(8_192)
        self._lines = lines
        self._ad_hoc = ad_hoc
        items = [line.item for line in lines]
        self.findings = (*item_findings(items), *reference_findings(items, catalog))
        if not self.findings:
            self._work_out(items)

    @classmethod
    def of(
        cls,
        template: ActionPlanTemplate | Iterable[TemplateItem],
        catalog: Catalog,
        key: str | None,
    ) -> Recipe:
        """Read a published template, or plain items and the key that names their plan."""
        if not isinstance(template, ActionPlanTemplate):
            items = tuple_of(TemplateItem, template)
            if key is None:
                raise InvalidValueError("expand.key", "pass key= to name the plan of plain items")
            return cls(slug(key), None, [Line(item) for item in items], catalog)
        if key is not None:
            raise InvalidValueError("expand.key", "leave out key=: the template names the plan")
        if template.status is not TemplateStatus.PUBLISHED:
            allowed = TEMPLATE_LIFECYCLE.allowed(template.status)
            raise TransitionError(
                f"template {template.id}", template.status.name, "expand", allowed
            )
        return cls.of_any(template, catalog)

    @classmethod
    def of_any(cls, template: ActionPlanTemplate, catalog: Catalog) -> Recipe:
        """Read a template, whatever its status."""
        made = instance_of(ActionPlanTemplate, template)
        lines = [Line(item) for item in made.items]
        return cls(made.key, made.version, lines, catalog, ad_hoc=made.ad_hoc)

    def _work_out(self, items: Sequence[TemplateItem]) -> None:
        by_key = {item.key: item for item in items}
        self.working_order = tuple(by_key[key] for key in in_working_order(items))
        self.after = {item.key: item.after for item in self.working_order}
        self.roles = tuple(dict.fromkeys(item.role for item in items))
        anchors = (item.due.anchor for item in items if item.due)
        self.counts_from_facts = any(isinstance(anchor, FactDate) for anchor in anchors)
        self.steps = tuple(map(self._step, self._lines))
        self.definitions = Definitions({step.item.key: step.asks for step in self.steps})

    def _step(self, line: Line) -> Step:
        item = line.item
        task = self.catalog.task(item.task)
        is_carried = line.origin is Origin.ADDED and item.serves is not None
        own = TargetSource.FOLLOW_UP if is_carried else TargetSource.ITEM
        asks = asks_of(item, task, self.catalog, own)
        return Step.of(item, task, asks, line.origin, line.overridden)

    # ----------------------------------------------------------------- the host's hand (S 6.7)

    def adapted(self, given: Given) -> Recipe:
        """The recipe with the host's overrides and additions."""
        if not given.override and not given.add:
            return self
        same = ("adapted", id(given.override), id(given.add))
        return self.memo.get(same, given, lambda: self._adapted(given))

    def _adapted(self, given: Given) -> Recipe:
        overrides = dict(given.override)
        lines = [
            Line(overrides[item.key].applied_to(item), origin, overrides[item.key].fields)
            if item.key in overrides
            else Line(item, origin)
            for item, origin, _ in (
                *self._lines,
                *(Line(item, Origin.ADDED) for item in given.add if self._takes(item)),
            )
        ]
        return Recipe(self.key, self.version, lines, self.catalog, ad_hoc=self._ad_hoc)

    def _takes(self, item: TemplateItem) -> bool:
        return self._ad_hoc if item.serves is None else not self._outdated(item)

    def _outdated(self, item: TemplateItem) -> tuple[Finding, ...]:
        """Why what was carried along fits the definitions no more: it stops no plan."""
        return tuple(
            attrs.evolve(each, message=f"left out: {each.message}", severity=Severity.WARNING)
            for each in reference_findings([item], self.catalog)
        )

    def notes(self, given: Given) -> Iterator[Finding]:
        """What of the host's hand has no effect."""
        if not (given.exclude or given.override or given.add):
            return
        here = {line.item.key for line in self._lines} | {item.key for item in given.add}
        hand = (("exclude", given.exclude), ("override", [key for key, _ in given.override]))
        for field, keys in hand:
            for key in keys:
                if key not in here:
                    message = "no item has that key: correct it, or leave it out"
                    path = ("given", field, key)
                    yield Finding(path, "given.unknown-item", message, Severity.WARNING)
        for item in given.add:
            if item.serves is not None:
                yield from self._outdated(item)
            elif not self._ad_hoc:
                message = "the template takes no added items: set its ad_hoc, or leave it out"
                yield Finding(("given", "add", item.key), "given.ad-hoc", message)

    def order(self, kept: Collection[str], into: Into) -> tuple[TemplateItem, ...]:
        """The items that are kept, each after all whose dates its own needs."""
        if not into:
            return tuple(item for item in self.working_order if item.key in kept)
        by_key = {item.key: item for item in self.working_order}
        needed = {
            key: [host for each in item.dated_after for host in into.get(each, [each])]
            for key, item in by_key.items()
        }
        return tuple(by_key[key] for key in TopologicalSorter(needed).static_order() if key in kept)
