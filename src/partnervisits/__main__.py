"""`python -m partnervisits`: plans and judges the built-in example, and prints it for people."""

from __future__ import annotations

from datetime import date

from partnervisits import example, reports

__all__ = ["TODAY", "main", "report"]

TODAY = date(2026, 3, 17)


def report() -> str:
    """The example as text: the visit, the plan, the scorecard and the follow-ups."""
    return str(reports.report(example.book(), as_of=TODAY))


def main() -> None:
    """Print the report."""
    print(report())


if __name__ == "__main__":
    main()
