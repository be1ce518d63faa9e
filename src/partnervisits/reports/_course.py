"""From a book to its report: the visits in their order, each with what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar

import attrs

from partnervisits.books import Book
from partnervisits.comparison import Comparison, Override
from partnervisits.errors import InvalidValueError
from partnervisits.fields import instance_of
from partnervisits.findings import blocking
from partnervisits.followups import FollowUp, FollowUpReview, follow_up
from partnervisits.plans import ActionPlan
from partnervisits.proposals import Given, Proposal, expand_each
from partnervisits.readings import Reading
from partnervisits.reports._report import PlanReport, Report, VisitReport
from partnervisits.scorecards import Scorecard, compare
from partnervisits.templates import ActionPlanTemplate, TemplateStatus
from partnervisits.values import optional_day
from partnervisits.visits import Visit, VisitStatus

F = TypeVar("F", Reading, Override)

_AHEAD = (VisitStatus.UNSCHEDULED, VisitStatus.PLANNED)


def report(book: Book, *, as_of: date | None = None, template: str | None = None) -> Report:
    """What a book says of its visits: plan, scorecard, and what to do about it.

    Each plan of the book is compared with the readings and overrides of the book, as the visit is
    now (S 9.1). Its follow-ups are reviewed as if after each visit in turn, with the rules of the
    book and the calendar that is given for the visit (S 9.5). A visit that has not begun and has no
    plan gets one, expanded from what is given for it; that is only a proposal, and nothing is
    followed up for it.

    Args:
        book: Any; what is wrong with it is reported too.
        as_of: The reader's today; without it nothing is NOT_DUE.
        template: The key of the template that proposals are expanded from. If None, it is the only
            published one of the catalog; if there are several, nothing is proposed.

    Raises:
        NotFoundError: the catalog has no published template of that key.
        InvalidValueError: `type.wrong`, and those of dates.

    Example:
        >>> from datetime import date
        >>> from partnervisits import example
        >>> from partnervisits.reports import report
        >>> found = report(example.book(), as_of=date(2026, 3, 17))
        >>> [(each.visit_id, len(each.review.opened)) for each in found.visits]
        [('V-2026-031', 4)]
    """
    book, today = instance_of(Book, book), optional_day(as_of)
    source = _template(book, template)
    proposals: Mapping[str, PlanReport] = {} if source is None else _proposals(book, source)
    visits = _Course(book, today).visits(proposals)
    return Report(as_of=today, visits=tuple(visits), findings=blocking(book.check()))


def _template(book: Book, key: str | None) -> ActionPlanTemplate | None:
    catalog = book.catalog
    published = [each for each in catalog.templates if each.status is TemplateStatus.PUBLISHED]
    keys = {each.key for each in published} if key is None else {key}
    return catalog.template(keys.pop()) if len(keys) == 1 else None


def _proposals(book: Book, template: ActionPlanTemplate) -> Mapping[str, PlanReport]:
    """A proposal for each visit that has not begun and has no plan."""
    planned = {plan.subject.visit_id for plan in book.plans}
    ahead = [each for each in book.visits if each.status in _AHEAD and each.id not in planned]
    givens = dict(book.givens)
    known = [(visit, givens.get(visit.id, Given())) for visit in ahead]
    proposals = expand_each(template, known, catalog=book.catalog)
    return {each.visit_id: _proposed(template.name, each) for each in proposals}


def _proposed(name: str, proposal: Proposal) -> PlanReport:
    return PlanReport(name=name, plan=proposal.plan, card=None, findings=proposal.findings)


class _Course:
    """The visits of a book one after the other, with what was found at each partner before."""

    def __init__(self, book: Book, as_of: date | None) -> None:
        self.book, self.as_of = book, as_of
        self.names = {each.id: each.name for each in book.catalog.templates}
        self.calendars = {visit_id: given.calendar for visit_id, given in book.givens}
        self.readings = _by_kpi(book.readings)
        self.overrides = _by_kpi(book.overrides)
        self.plans: dict[str, list[ActionPlan]] = {}
        for plan in book.plans:
            self.plans.setdefault(plan.subject.visit_id, []).append(plan)
        self.follow_ups: dict[str, list[FollowUp]] = {}
        for each in book.follow_ups:
            self.follow_ups.setdefault(each.partner_id, []).append(each)
        self.before: dict[str, list[Comparison]] = {}

    def visits(self, proposals: Mapping[str, PlanReport]) -> Iterator[VisitReport]:
        """Those of the book, then those that it has only plans of."""
        for visit in self.book.visits:
            if visit.id in proposals:
                plans = (proposals[visit.id],)
                yield VisitReport(visit_id=visit.id, visit=visit, plans=plans, review=None)
            else:
                yield self._visit(visit.id, visit)
        known = {visit.id for visit in self.book.visits}
        for visit_id in self.plans:
            if visit_id not in known:
                yield self._visit(visit_id, None)

    def _visit(self, visit_id: str, visit: Visit | None) -> VisitReport:
        held = self.plans.get(visit_id, [])
        plans = tuple(self._compared(plan, visit) for plan in held)
        found = VisitReport(visit_id=visit_id, visit=visit, plans=plans, review=None)
        if not held:
            return found
        try:
            review = self._reviewed(held[0].subject.partner_id, found)
        except InvalidValueError as refused:
            return attrs.evolve(found, findings=(refused.finding("visits", visit_id),))
        return attrs.evolve(found, review=review)

    def _compared(self, plan: ActionPlan, visit: Visit | None) -> PlanReport:
        ids = [kpi.id for kpi in plan.kpis]
        card = compare(
            plan,
            [reading for each in ids for reading in self.readings.get(each, ())],
            visit=visit,
            as_of=self.as_of,
            overrides=[override for each in ids for override in self.overrides.get(each, ())],
        )
        name = self.names.get(f"{plan.key}@{plan.version}", plan.key)
        return PlanReport(name=name, plan=plan, card=card)

    def _reviewed(self, partner_id: str, found: VisitReport) -> FollowUpReview:
        before = self.before.setdefault(partner_id, [])
        history = tuple(before)
        before += found.comparisons  # also if something of it cannot be followed up
        review = follow_up(
            Scorecard(comparisons=found.comparisons),
            self.book.rules,
            open=self.follow_ups.get(partner_id, ()),
            history=history,
            calendar=self.calendars.get(found.visit_id),
        )
        self.follow_ups[partner_id] = [*review.follow_ups]
        return review


def _by_kpi(facts: Iterable[F]) -> Mapping[str, list[F]]:
    found: dict[str, list[F]] = {}
    for fact in facts:
        found.setdefault(fact.kpi_id, []).append(fact)
    return found
