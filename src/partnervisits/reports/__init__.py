"""The report on a book: of each visit its plan, its scorecard, and what to do about it.

    book ──report──► Report ──str──► text        as_data(report) ──► plain data for JSON

`python -m partnervisits` prints it.
"""

from partnervisits.reports._course import report
from partnervisits.reports._data import as_data
from partnervisits.reports._report import PlanReport, Report, VisitReport

__all__ = ["PlanReport", "Report", "VisitReport", "as_data", "report"]


def __dir__() -> list[str]:
    return sorted(__all__)
