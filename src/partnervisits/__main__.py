"""`python -m partnervisits`: plans and judges the built-in example, and prints it for people."""

from __future__ import annotations

from datetime import date

from partnervisits import example
from partnervisits.followups import follow_up
from partnervisits.proposals import expand
from partnervisits.scorecards import compare
from partnervisits.visits import Visit

__all__ = ["TODAY", "main", "report"]

TODAY = date(2026, 3, 17)


def report() -> str:
    """The example as text: the visit, the plan, the scorecard and the follow-ups."""
    visit, template = example.visit(), example.template()
    proposal = expand(template, visit, catalog=example.catalog(), given=example.given())
    plan = example.perform(proposal.accept())
    card = compare(plan, example.readings(plan), visit=visit, as_of=TODAY)
    review = follow_up(card, example.rules())
    parts = [
        _part(f"Visit {visit.id}", _facts(visit)),
        _part(f"Plan: {template.name}, as it stands on {TODAY}", str(plan)),
        _part("Scorecard: what was expected, what was found", str(card)),
        _part("What to do about it", str(review)),
    ]
    return "\n\n\n".join(parts)


def _part(title: str, content: str) -> str:
    return f"{title}\n{'=' * len(title)}\n\n{content}"


def _facts(visit: Visit) -> str:
    facts = {
        "partner": visit.partner_id,
        "place": f"{visit.place.id}, a {visit.place.kind} in {visit.place.timezone}",
        "day": str(visit.on),
        "visitors": ", ".join(visitor.rep_id for visitor in visit.visitors),
    }
    return "\n".join(f"{name:<8}  {fact}" for name, fact in facts.items())


def main() -> None:
    """Print the report."""
    print(report())


if __name__ == "__main__":
    main()
