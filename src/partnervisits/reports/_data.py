"""The report as plain data."""

from __future__ import annotations

from collections.abc import Iterable

from partnervisits.codec import encode, plain_rows
from partnervisits.findings import Finding
from partnervisits.followups import FollowUp, FollowUpReview
from partnervisits.reports._report import PlanReport, Report, VisitReport
from partnervisits.rows import comparison_rows, plan_rows, rollup_rows


def as_data(report: Report) -> dict[str, object]:
    """A report as plain data for JSON.

    Visits and follow-ups are written as in documents, without their envelope. Tasks, comparisons
    and scorecards are objects with the columns of `partnervisits.rows`.

    Args:
        report: Any.

    Example:
        >>> from partnervisits import example
        >>> from partnervisits.reports import as_data, report
        >>> data = as_data(report(example.book()))
        >>> data["visits"][0]["plans"][0]["scorecard"]["met"]
        2
    """
    return {
        "as_of": None if report.as_of is None else report.as_of.isoformat(),
        "visits": [_visit(each) for each in report.visits],
        "findings": _findings(report.findings),
    }


def _visit(found: VisitReport) -> dict[str, object]:
    return {
        "visit_id": found.visit_id,
        "visit": None if found.visit is None else encode(found.visit)["data"],
        "plans": [_plan(each) for each in found.plans],
        "follow_ups": None if found.review is None else _review(found.review),
        "findings": _findings(found.findings),
    }


def _plan(found: PlanReport) -> dict[str, object]:
    plan, card = found.plan, found.card
    return {
        "name": found.name,
        "plan_id": None if plan is None else plan.id,
        "proposed": found.is_proposed,
        "tasks": [] if plan is None else plain_rows(plan_rows([plan])),
        "comparisons": [] if card is None else plain_rows(comparison_rows(card.comparisons)),
        "scorecard": None if card is None else plain_rows(rollup_rows([card]))[0],
        "findings": _findings(found.findings),
    }


def _review(review: FollowUpReview) -> dict[str, object]:
    return {
        "opened": _follow_ups(review.opened),
        "reinforced": _follow_ups(review.reinforced),
        "closed": _follow_ups(review.closed),
        "waiting": _follow_ups(review.waiting),
    }


def _follow_ups(held: Iterable[FollowUp]) -> list[object]:
    return [encode(each)["data"] for each in held]


def _findings(found: Iterable[Finding]) -> list[dict[str, object]]:
    return [
        {
            "path": [*each.path],
            "code": each.code,
            "message": each.message,
            "severity": each.severity.value,
        }
        for each in found
    ]
