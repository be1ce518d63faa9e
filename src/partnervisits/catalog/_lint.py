"""What is wrong or doubtful about a template, all at once (S 3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from partnervisits.catalog._catalog import Catalog, reference_findings
from partnervisits.catalog._lint_asks import Work, ask_findings
from partnervisits.catalog._lint_dates import date_findings
from partnervisits.catalog._lint_targets import doubts
from partnervisits.conditions import comparisons
from partnervisits.fields import instance_of
from partnervisits.findings import Finding, Path, Severity, in_order
from partnervisits.indicators import Indicator
from partnervisits.targets import Target
from partnervisits.templates import ActionPlanTemplate, TemplateItem


def lint(template: ActionPlanTemplate, catalog: Catalog) -> tuple[Finding, ...]:
    """All that is wrong or doubtful about a template (S 3.6).

    An error keeps it from being expanded. A warning is about what works and is probably not meant.
    An item that refers to nothing is left out of whatever depends on that; all else is still found.

    No visit is known here. Dates are compared in nominal days: a week is 7, a month 30, five
    working days are a week, and a visit ends on the day it starts. What counts from a fact is
    compared with nothing, and an item that may be left out, by its condition or its group FIRST,
    holds others up no longer than its own prerequisites do.

    Args:
        template: Draft, published or obsolete; the catalog need not hold it.
        catalog: Where its items look up task definitions and indicators.

    Returns:
        Findings in order. A path leads from the template; to a target of a task definition it
        begins with `tasks`, to one of the catalog with `targets`. Errors are those of
        `reference_findings`. Warnings are `lint.due-before`, `lint.due-after-visit`,
        `lint.lag-order`, `lint.no-indicators`, `lint.no-target`, `lint.same-kpi`,
        `lint.direction`, `lint.percentage`, `lint.near-beyond-worst`, `lint.group-of-one`,
        `lint.fact-types`.

    Raises:
        InvalidValueError: `type.wrong`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits.catalog import lint
        >>> catalog = pv.Catalog(tasks=[pv.TaskDefinition("call", "Call the branch")])
        >>> late = pv.TemplateItem("call", task="call", binding=pv.Binding.MUST, due=pv.days(2))
        >>> template = pv.ActionPlanTemplate("quarterly", "Quarterly visit", items=[late])
        >>> [finding.code for finding in lint(template, catalog)]
        ['lint.due-after-visit', 'lint.no-indicators']
    """
    items = instance_of(ActionPlanTemplate, template).items
    tasks = {task.key: task for task in instance_of(Catalog, catalog).tasks}
    works = [Work.of(item, tasks[item.task]) for item in items if item.task in tasks]
    expected = {target.indicator for target in catalog.targets}
    return in_order(
        (
            *reference_findings(items, catalog),
            *date_findings(items),
            *ask_findings(works, expected),
            *_target_findings(items, works, catalog),
            *_lonely(items),
            *_fact_findings(items),
        )
    )


# ------------------------------------------------------------------------------------- targets


def _target_findings(
    items: Iterable[TemplateItem], works: Iterable[Work], catalog: Catalog
) -> Iterator[Finding]:
    """Each target where it is written, those of a definition once."""
    indicators = {indicator.key: indicator for indicator in catalog.indicators}
    tasks = {work.task.key: work.task for work in works}
    asked = {key for work in works for key in work.asked}
    for item in items:
        yield from _doubts(item.targets, indicators, ("items", item.key))
    for key, task in tasks.items():
        yield from _doubts(task.targets, indicators, ("tasks", key))
    used = [target for target in catalog.targets if target.indicator in asked]
    yield from _doubts(used, indicators)


def _doubts(
    targets: Iterable[Target], indicators: Mapping[str, Indicator], path: Path = ()
) -> Iterator[Finding]:
    for target in targets:
        indicator = indicators.get(target.indicator)
        for finding in doubts(target, indicator) if indicator else ():
            yield finding.under(*path, "targets", target.indicator)


# --------------------------------------------------------------------------- groups and conditions


def _lonely(items: Iterable[TemplateItem]) -> Iterator[Finding]:
    groups: dict[str, list[TemplateItem]] = {}
    for item in items:
        if item.first_of is not None:
            groups.setdefault(item.first_of, []).append(item)
    for key, members in groups.items():
        if len(members) == 1:
            message = f"there is no other item in {key} to choose from: add one, or drop the group"
            path = ("items", members[0].key, "group")
            yield Finding(path, "lint.group-of-one", message, Severity.WARNING)


def _fact_findings(items: Sequence[TemplateItem]) -> Iterator[Finding]:
    """Where no type of fact serves all that was compared with it so far."""
    known: dict[str, tuple[frozenset[type], str]] = {}
    for item in items:
        for asked in comparisons(item.condition) if item.condition else ():
            types, earlier = known.get(asked.fact, (asked.types, item.key))
            both = types & asked.types
            if both:
                known[asked.fact] = both, earlier if both == types else item.key
            else:
                message = (
                    f"the fact {asked.fact!r} has to be {_names(asked.types)} here, and "
                    f"{_names(types)} in {earlier}: choose criteria of one type, or two facts"
                )
                path = ("items", item.key, "condition")
                yield Finding(path, "lint.fact-types", message, Severity.WARNING)


def _names(types: Iterable[type]) -> str:
    return " or ".join(sorted(each.__name__ for each in types))
