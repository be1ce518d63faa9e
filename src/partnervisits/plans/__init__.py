"""Action plans: the tasks of one visit, dated and assigned, and their verbs (S 6.6, S 7.1, S 7.5).

A plan is made by `partnervisits.proposals.expand` and changed by its verbs, each of which returns
a new plan. A `Kpi` carries all it is captured and judged by, so that a later edit of a definition
never changes a past verdict (S 2.7).
"""

from partnervisits.plans._complete import complete
from partnervisits.plans._plan import ActionPlan
from partnervisits.plans._tasks import (
    EDITABLE,
    TASK_LIFECYCLE,
    Cause,
    Edit,
    Edited,
    Kpi,
    LeftOut,
    Origin,
    PlannedTask,
    RemovedTask,
    Subject,
    TaskStatus,
)
from partnervisits.plans._why import TaskExplanation

__all__ = [
    "EDITABLE",
    "TASK_LIFECYCLE",
    "ActionPlan",
    "Cause",
    "Edit",
    "Edited",
    "Kpi",
    "LeftOut",
    "Origin",
    "PlannedTask",
    "RemovedTask",
    "Subject",
    "TaskExplanation",
    "TaskStatus",
    "complete",
]


def __dir__() -> list[str]:
    return sorted(__all__)
