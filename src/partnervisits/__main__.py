"""`python -m partnervisits`: plans and judges the built-in example, and prints it for people."""

from __future__ import annotations

from datetime import date

from partnervisits import example
from partnervisits.followups import follow_up
from partnervisits.proposals import expand
from partnervisits.scorecards import compare

__all__ = ["main", "report"]

_TODAY = date(2026, 3, 17)


def report() -> str:
    """The example as text: the plan, the scorecard and the follow-ups."""
    visit = example.visit()
    proposal = expand(example.template(), visit, catalog=example.catalog(), given=example.given())
    planned = proposal.accept()
    plan = example.perform(planned)
    card = compare(plan, example.readings(plan), visit=visit, as_of=_TODAY)
    review = follow_up(card, example.rules())
    where = f"{visit.partner_id}, {visit.place.kind} {visit.place.id}"
    parts = [
        f"Visit {visit.id} to {where}, {visit.on}, by {visit.rep_id}",
        f"The plan, from template {example.template().id}, as it stands on {_TODAY}",
        str(plan),
        "The scorecard: expected and found",
        str(card),
        "The follow-ups",
        str(review),
    ]
    return "\n\n".join(parts)


def main() -> None:
    """Print the report."""
    print(report())


if __name__ == "__main__":
    main()
