"""What a comparison calls for: rules, and the follow-ups they open, reinforce and close (S 9.5).

    rule + scorecard ──► opened ──► item() in the next plan ──► reinforced, or closed with its proof

A follow-up lives until a reading settles it or a person dismisses it; nothing ends it in silence.
"""

from partnervisits.followups._records import (
    FOLLOW_UP_LIFECYCLE,
    FollowUp,
    FollowUpRule,
    FollowUpStatus,
    Level,
    urgency,
)
from partnervisits.followups._review import FollowUpReview, follow_up

__all__ = [
    "FOLLOW_UP_LIFECYCLE",
    "FollowUp",
    "FollowUpReview",
    "FollowUpRule",
    "FollowUpStatus",
    "Level",
    "follow_up",
    "urgency",
]


def __dir__() -> list[str]:
    return sorted(__all__)
