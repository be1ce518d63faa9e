"""Expanding a template into the plan of a visit: a pure function (S 6).

    template + visit + catalog + given ──expand──► Proposal(plan, findings) ──accept──► plan

`Given` is everything the host knows at planning time. Nothing is stored until the host accepts.
"""

from partnervisits.proposals._expand import expand, expand_each
from partnervisits.proposals._given import Given, ItemOverride, Proposal

__all__ = ["Given", "ItemOverride", "Proposal", "expand", "expand_each"]


def __dir__() -> list[str]:
    return sorted(__all__)
