"""What in a book refers to nothing, or to what does not fit it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from partnervisits.catalog import Catalog, lint
from partnervisits.findings import Finding, Path, Severity, in_order
from partnervisits.followups import FollowUp
from partnervisits.lookups import nearest
from partnervisits.plans import ActionPlan, Kpi
from partnervisits.readings import Reading
from partnervisits.values import Absence, shortened, show

if TYPE_CHECKING:
    from partnervisits.books._book import Book

_MOST_HINTS = 20
_LONGEST = 60


def problems(book: Book) -> tuple[Finding, ...]:
    """All that is wrong or doubtful about a book.

    Args:
        book: Any.
    """
    known = _Known(book)
    return in_order(
        (
            *_lint(book.catalog),
            *_of_visits(book, known),
            *_of_kpis(known),
            *(finding for plan in book.plans for finding in _of_plan(plan, known)),
            *(finding for each in book.readings for finding in _of_reading(each, known)),
            *_of_overrides(book, known),
            *_of_rules(book, known),
            *(finding for each in book.follow_ups for finding in _of_follow_up(each, known)),
        )
    )


class _Known:
    """What a book holds, by id."""

    def __init__(self, book: Book) -> None:
        self.visits = {visit.id: visit for visit in book.visits}
        self.readings = {reading.id: reading for reading in book.readings}
        self.proofs = {*self.readings, *(override.id for override in book.overrides)}
        self.rules = {rule.key for rule in book.rules}
        self.indicators = {indicator.key for indicator in book.catalog.indicators}
        self.tasks = {task.key for task in book.catalog.tasks}
        self.templates = {template.id for template in book.catalog.templates}
        self.kpis: dict[str, Kpi] = {}
        self.plan_of: dict[str, str] = {}
        self.shared: list[tuple[str, str, str]] = []
        for plan in book.plans:
            for kpi in _kpis_of(plan):
                self._take(kpi, plan.id)
        self._hints = 0

    def _take(self, kpi: Kpi, plan_id: str) -> None:
        holder = self.plan_of.setdefault(kpi.id, plan_id)
        _ = self.kpis.setdefault(kpi.id, kpi)
        if holder != plan_id:
            self.shared.append((plan_id, kpi.id, holder))

    def missing(
        self, code: str, id: str, among: Collection[str], path: Path, *, is_error: bool = True
    ) -> Iterator[Finding]:
        """What to say if it is not there."""
        if id in among:
            return
        noun = code.removesuffix(".unknown")
        self._hints += noun != "kpi"
        # Looking for what was meant takes long, and of much that is missing nobody reads it.
        near = nearest(id, among) if noun != "kpi" and self._hints <= _MOST_HINTS else ()
        hint = f": did you mean {', '.join(near)}?" if near else ""
        severity = Severity.ERROR if is_error else Severity.WARNING
        yield Finding(path, code, f"there is no {noun} {id}{hint}", severity)


def _kpis_of(plan: ActionPlan) -> Iterator[Kpi]:
    yield from plan.kpis
    yield from (kpi for removed in plan.removed for kpi in removed.task.kpis)


def _lint(catalog: Catalog) -> Iterator[Finding]:
    """A path that leads from the template leads on from the catalog."""
    for template in catalog.templates:
        for finding in lint(template, catalog):
            of_item = finding.path[:1] == ("items",)
            yield finding.under("catalog", *(("templates", template.id) if of_item else ()))


def _of_visits(book: Book, known: _Known) -> Iterator[Finding]:
    for visit in book.visits:
        if visit.replaces is not None:
            path = "visits", visit.id, "replaces"
            yield from known.missing(
                "visit.unknown", visit.replaces, known.visits, path, is_error=False
            )
    for visit_id, _ in book.givens:
        yield from known.missing("visit.unknown", visit_id, known.visits, ("givens", visit_id))


def _of_kpis(known: _Known) -> Iterator[Finding]:
    for plan_id, kpi_id, holder in known.shared:
        message = f"{kpi_id} is in the plan {holder} too: a KPI belongs to one plan"
        yield Finding(("plans", plan_id, "tasks"), "kpi.twice", message)


def _of_plan(plan: ActionPlan, known: _Known) -> Iterator[Finding]:
    path = "plans", plan.id
    subject = plan.subject
    visit = known.visits.get(subject.visit_id)
    yield from known.missing(
        "visit.unknown", subject.visit_id, known.visits, (*path, "subject", "visit_id")
    )
    if visit is not None and visit.partner_id != subject.partner_id:
        message = f"visit {visit.id} is to {visit.partner_id}, not to {subject.partner_id}"
        yield Finding((*path, "subject", "partner_id"), "plan.other-partner", message)
    if plan.version is not None:
        yield from known.missing(
            "template.unknown",
            f"{plan.key}@{plan.version}",
            known.templates,
            (*path, "version"),
            is_error=False,
        )
    for task in plan.tasks:
        of_task = *path, "tasks", task.id
        yield from known.missing(
            "task.unknown", task.task_key, known.tasks, (*of_task, "task_key"), is_error=False
        )
        for kpi in task.kpis:
            key = kpi.indicator.key
            of_kpi = *of_task, "kpis", kpi.id, "indicator"
            yield from known.missing(
                "indicator.unknown", key, known.indicators, of_kpi, is_error=False
            )


def _of_reading(reading: Reading, known: _Known) -> Iterator[Finding]:
    path = "readings", reading.id
    yield from known.missing("kpi.unknown", reading.kpi_id, known.kpis, (*path, "kpi_id"))
    kpi, value = known.kpis.get(reading.kpi_id), reading.value
    if kpi is not None and not (isinstance(value, Absence) or kpi.indicator.holds(value)):
        message = f"{kpi.indicator.key} cannot hold {shortened(show(value), _LONGEST)}"
        yield Finding((*path, "value"), "reading.misfit", message)
    if reading.supersedes is not None:
        yield from _of_correction(reading, reading.supersedes, known)


def _of_correction(reading: Reading, superseded: str, known: _Known) -> Iterator[Finding]:
    path = "readings", reading.id, "supersedes"
    yield from known.missing("reading.unknown", superseded, known.readings, path)
    corrected = known.readings.get(superseded)
    if corrected is not None and corrected.kpi_id != reading.kpi_id:
        message = f"it corrects a reading of {corrected.kpi_id}: that is another KPI"
        yield Finding(path, "reading.other-kpi", message)


def _of_overrides(book: Book, known: _Known) -> Iterator[Finding]:
    for override in book.overrides:
        path = "overrides", override.id, "kpi_id"
        yield from known.missing("kpi.unknown", override.kpi_id, known.kpis, path)


def _of_rules(book: Book, known: _Known) -> Iterator[Finding]:
    for rule in book.rules:
        for key in rule.indicators:
            path = "rules", rule.key, "indicators", key
            yield from known.missing("indicator.unknown", key, known.indicators, path)


def _of_follow_up(follow_up: FollowUp, known: _Known) -> Iterator[Finding]:
    path = "follow_ups", follow_up.id
    yield from known.missing("rule.unknown", follow_up.rule_key, known.rules, (*path, "rule_key"))
    may_lie_outside = (
        ("visit.unknown", "visit_id", follow_up.visit_id, known.visits),
        ("task.unknown", "task_key", follow_up.task_key, known.tasks),
        ("indicator.unknown", "indicator", follow_up.indicator, known.indicators),
        ("reading.unknown", "proof_id", follow_up.proof_id, known.proofs),
    )
    for code, field, named, among in may_lie_outside:
        if named is not None:
            yield from known.missing(code, named, among, (*path, field), is_error=False)
    for visit_id in follow_up.reinforced_by:
        of_visit = *path, "reinforced_by", visit_id
        yield from known.missing("visit.unknown", visit_id, known.visits, of_visit, is_error=False)
