"""Expanding a template into the plan of a visit: pure functions (S 6).

    template + visit + catalog + given ──expand──► Proposal(plan, findings) ──accept──► plan
    plan + a new proposal ──reconcile, upgrade──► Reconciliation ──settle, accept──► plan

`Given` is everything the host knows at planning time. Nothing is stored until the host accepts.
"""

from partnervisits.proposals._expand import expand, expand_each
from partnervisits.proposals._given import Given, ItemOverride, Proposal
from partnervisits.proposals._reconcile import reconcile, upgrade
from partnervisits.proposals._reconciliation import Change, Conflict, Reconciliation, Side
from partnervisits.proposals._simulate import SimulatedTask, simulate

__all__ = [
    "Change",
    "Conflict",
    "Given",
    "ItemOverride",
    "Proposal",
    "Reconciliation",
    "Side",
    "SimulatedTask",
    "expand",
    "expand_each",
    "reconcile",
    "simulate",
    "upgrade",
]


def __dir__() -> list[str]:
    return sorted(__all__)
