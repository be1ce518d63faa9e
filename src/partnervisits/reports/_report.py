"""The report and its parts, and how they read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import attrs

from partnervisits.comparison import Comparison
from partnervisits.findings import Finding
from partnervisits.followups import FollowUpReview
from partnervisits.plans import ActionPlan
from partnervisits.scorecards import Scorecard
from partnervisits.values import one_line, show
from partnervisits.visits import Visit


@attrs.frozen(kw_only=True)
class PlanReport:
    """One plan of a visit.

    Attributes:
        name: The template's name; the plan's key if the catalog lacks the template.
        plan: None if it could not be expanded.
        card: What was expected and what was found; None for a plan that is only proposed.
        findings: What the expansion says of a plan that is only proposed.
    """

    name: str
    plan: ActionPlan | None
    card: Scorecard | None
    findings: tuple[Finding, ...] = ()

    @property
    def is_proposed(self) -> bool:
        """Whether the book lacks it, so that it was expanded for the report."""
        return self.card is None

    def parts(self, as_of: date | None) -> Iterator[str]:
        """The plan, and the scorecard if there is one, each under a title.

        Args:
            as_of: The day of the report.
        """
        if self.card is None:
            shown = "no plan" if self.plan is None else str(self.plan)
            title = f"Plan: {self.name}, proposed, since the book has none"
            yield _part(title, "\n".join([shown, *map(str, self.findings)]))
        else:
            stands = "" if as_of is None else f", as it stands on {as_of}"
            yield _part(f"Plan: {self.name}{stands}", str(self.plan))
            yield _part("Scorecard: what was expected, what was found", str(self.card))


@attrs.frozen(kw_only=True)
class VisitReport:
    """One visit.

    Attributes:
        visit_id: Its id.
        visit: None if the book has plans of it, and not the visit.
        plans: Sorted by id.
        review: What its scorecards call for and settle; None if there are none, or if a follow-up
            could not be dated.
        findings: Why it could not be.
    """

    visit_id: str
    visit: Visit | None
    plans: tuple[PlanReport, ...]
    review: FollowUpReview | None
    findings: tuple[Finding, ...] = ()

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Those of all its plans."""
        cards = [each.card for each in self.plans if each.card is not None]
        return tuple(comparison for card in cards for comparison in card.comparisons)

    def parts(self, as_of: date | None) -> Iterator[str]:
        """The visit, its plans, and what to do about it, each under a title.

        Args:
            as_of: The day of the report.
        """
        yield _part(f"Visit {self.visit_id}", "\n".join(self._facts()))
        for each in self.plans:
            yield from each.parts(as_of)
        if self.review is not None or self.findings:
            said = [] if self.review is None else [str(self.review)]
            yield _part("What to do about it", "\n".join([*said, *map(str, self.findings)]))

    def _facts(self) -> Iterator[str]:
        facts = _facts_of_plan(self.plans) if self.visit is None else _facts_of(self.visit)
        if not self.plans:
            facts["plan"] = "none in the book"
        return (f"{name:<8}  {fact}" for name, fact in facts.items())


@attrs.frozen(kw_only=True)
class Report:
    """What a book says of its visits.

    `str()` of it is the text that `python -m partnervisits report` prints.

    Attributes:
        as_of: The reader's today; None for none.
        visits: Sorted by planned day and id; those that the book lacks come last.
        findings: The errors of the book itself.
    """

    as_of: date | None
    visits: tuple[VisitReport, ...]
    findings: tuple[Finding, ...] = ()

    def __str__(self) -> str:
        parts = [part for each in self.visits for part in each.parts(self.as_of)]
        if len(self.visits) > 1:
            comparisons = [found for each in self.visits for found in each.comparisons]
            title = f"All {len(self.visits)} visits"
            parts.append(_part(title, Scorecard(comparisons=comparisons).summary))
        if not self.visits:
            parts.append("The book has no visits")
        if self.findings:
            parts.append(
                _part(
                    "What is wrong with the book",
                    "\n".join(str(each).replace("\n", r"\n") for each in self.findings),
                )
            )
        return "\n\n\n".join(parts)


def _part(title: str, content: str) -> str:
    return f"{title}\n{'=' * len(title)}\n\n{content}"


def _facts_of(visit: Visit) -> dict[str, str]:
    place = visit.place
    reason = f": {one_line(visit.reason)}" if visit.reason else ""
    return {
        "partner": visit.partner_id,
        "place": f"{place.id}, a {place.kind} in {place.timezone}",
        "day": show(visit.on),
        "visitors": ", ".join(visitor.rep_id for visitor in visit.visitors),
        "status": f"{visit.status.value}{reason}",
    }


def _facts_of_plan(plans: Iterable[PlanReport]) -> dict[str, str]:
    """What a plan says of a visit that the book lacks."""
    plan, *_ = (each.plan for each in plans if each.plan is not None)
    subject = plan.subject
    return {
        "partner": subject.partner_id,
        "place": f"{subject.place_id} in {subject.timezone}",
        "day": show(subject.on),
        "visitors": subject.rep_id,
        "status": "unknown: the book lacks the visit",
    }
