"""The tables of S 3.1, S 5.1, S 7.1, S 9.5 are what the public verbs do; final states absorb."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits.errors import TransitionError
from partnervisits.followups import FOLLOW_UP_LIFECYCLE, FollowUp, FollowUpStatus, follow_up
from partnervisits.lifecycles import Lifecycle
from partnervisits.plans import TASK_LIFECYCLE, TaskStatus
from partnervisits.templates import TEMPLATE_LIFECYCLE, TemplateStatus
from partnervisits.visits import VISIT_LIFECYCLE, VisitStatus
from tests import builders
from tests.builders import NINE
from tests.quarters import found

T = TypeVar("T")
Verbs: TypeAlias = Mapping[str, Callable[[T, datetime], T]]


class Life(NamedTuple):
    """A kind of object with a lifecycle, and its public verbs."""

    table: Lifecycle[Any]
    states: type[Enum]
    newborn: Callable[[], Any]
    status: Callable[[Any], Enum]
    verbs: Verbs[Any]

    def __str__(self) -> str:
        return self.states.__name__


TEMPLATE_VERBS: Verbs[pv.ActionPlanTemplate] = {
    "publish": lambda held, _: held.publish(),
    "withdraw": lambda held, _: held.withdraw(),
}
VISIT_VERBS: Verbs[pv.Visit] = {
    "schedule": lambda held, at: held.schedule(pv.Period(at)),
    "reschedule": lambda held, at: held.reschedule(pv.Period(at)),
    "start": lambda held, at: held.start(at=at),
    "abandon": lambda held, at: held.abandon("fire", at=at),
    "complete": lambda held, at: pv.complete(held, [], at),
    "cancel": lambda held, _: held.cancel("ill"),
    "miss": lambda held, _: held.miss("snow"),
}
TASK_VERBS: Verbs[pv.ActionPlan] = {
    "start": lambda held, at: held.start("count", at=at),
    "complete": lambda held, at: held.complete("count", at=at),
    "skip": lambda held, at: held.skip("count", at=at),
}
FOLLOW_UP_VERBS: Verbs[FollowUp] = {
    "reinforce": lambda held, _: held.reinforce(f"V-{len(held.reinforced_by) + 2}"),
    "close": lambda held, _: held.close(found(4, 9)),
    "dismiss": lambda held, at: held.dismiss("they closed", by="kim", at=at),
}


def draft() -> pv.ActionPlanTemplate:
    return pv.ActionPlanTemplate("round", "The round", items=[builders.item()])


def unscheduled() -> pv.Visit:
    return builders.visit(planned=None)


def opened() -> FollowUp:
    rule = pv.FollowUpRule("short", "Order more", on=pv.Outcome.NOT_MET)
    return follow_up(pv.Scorecard(comparisons=[found(1, 3)]), [rule]).opened[0]


def task_status(held: pv.ActionPlan) -> TaskStatus:
    return held.task("count").status


TEMPLATES = Life(TEMPLATE_LIFECYCLE, TemplateStatus, draft, attrgetter("status"), TEMPLATE_VERBS)
VISITS = Life(VISIT_LIFECYCLE, VisitStatus, unscheduled, attrgetter("status"), VISIT_VERBS)
TASKS = Life(TASK_LIFECYCLE, TaskStatus, builders.plan, task_status, TASK_VERBS)
FOLLOW_UPS = Life(
    FOLLOW_UP_LIFECYCLE, FollowUpStatus, opened, attrgetter("status"), FOLLOW_UP_VERBS
)
LIVES = [TEMPLATES, VISITS, TASKS, FOLLOW_UPS]


@st.composite
def walks(draw: st.DrawFn) -> tuple[Life, list[tuple[str, datetime]]]:
    """A kind of object, and verbs to try on it one after the other."""
    life = draw(st.sampled_from(LIVES))
    verbs = draw(st.lists(st.sampled_from(sorted(life.verbs)), max_size=12))
    return life, [(verb, NINE + timedelta(hours=n)) for n, verb in enumerate(verbs)]


@given(walks())
def test_every_verb_leads_where_the_table_says_or_is_refused(
    walk: tuple[Life, list[tuple[str, datetime]]],
) -> None:
    """S 5.1: and those of S 3.1, S 7.1 and S 9.5; final states absorb (law of S12)."""
    life, steps = walk
    held = life.newborn()
    table = {(state, verb): after for state, verb, after in life.table.table}
    for verb, at in steps:
        state = life.status(held)
        due = table.get((state, verb))
        if due is None:
            allowed = tuple(sorted(each for before, each in table if before is state))
            with pytest.raises(TransitionError) as refused:
                _ = life.verbs[verb](held, at)
            error = refused.value
            assert (error.state, error.verb, error.allowed) == (state.name, verb, allowed)
            assert life.status(held) is state
        else:
            held = life.verbs[verb](held, at)
            assert life.status(held) is due


def in_every_state(life: Life) -> dict[Enum, Any]:
    """One object in each state that the verbs can reach."""
    reached = {life.status(life.newborn()): life.newborn()}
    waiting = list(reached.values())
    while waiting:
        held = waiting.pop()
        for verb in life.table.allowed(life.status(held)):
            after = life.verbs[verb](held, NINE)
            if life.status(after) not in reached:
                reached[life.status(after)] = after
                waiting.append(after)
    return reached


@pytest.mark.parametrize("life", LIVES, ids=str)
def test_every_state_and_verb_is_as_the_table_says(life: Life) -> None:
    """S 5.1."""
    for state, held in in_every_state(life).items():
        for verb, act in life.verbs.items():
            if verb in life.table.allowed(state):
                after = life.status(act(held, NINE))
                assert after is life.table.after(state, verb, "it")
            else:
                with pytest.raises(TransitionError, match=f"is {state.name}: {verb} is not"):
                    _ = act(held, NINE)


@pytest.mark.parametrize("life", LIVES, ids=str)
def test_the_verbs_reach_every_state_and_the_table_knows_no_others(life: Life) -> None:
    """S 5.1."""
    assert in_every_state(life).keys() == set(life.states)
    assert {verb for _, verb, _ in life.table.table} == life.verbs.keys()


@pytest.mark.parametrize(
    ("life", "final"),
    [
        (TEMPLATES, {"OBSOLETE"}),
        (VISITS, {"COMPLETED", "CANCELLED", "MISSED", "ABANDONED"}),
        (TASKS, {"COMPLETED", "SKIPPED"}),
        (FOLLOW_UPS, {"CLOSED", "DISMISSED"}),
    ],
    ids=[str(life) for life in LIVES],
)
def test_final_states_absorb(life: Life, final: set[str]) -> None:
    """S 5.1: law of S12."""
    reached = in_every_state(life)
    assert {state.name for state in reached if life.table.is_final(state)} == final
    for state, held in reached.items():
        for act in life.verbs.values() if state.name in final else ():
            with pytest.raises(TransitionError, match="it is final"):
                _ = act(held, NINE)


def rows(table: Lifecycle[Any]) -> list[str]:
    return [f"{state.name} -{verb}-> {after.name}" for state, verb, after in table.table]


def test_the_life_of_a_template_is_the_one_agreed_on() -> None:
    """S 3.1."""
    assert rows(TEMPLATE_LIFECYCLE) == [
        "DRAFT -publish-> PUBLISHED",
        "DRAFT -withdraw-> OBSOLETE",
        "PUBLISHED -withdraw-> OBSOLETE",
    ]


def test_the_life_of_a_visit_is_the_one_agreed_on() -> None:
    """S 5.1."""
    assert rows(VISIT_LIFECYCLE) == [
        "UNSCHEDULED -schedule-> PLANNED",
        "UNSCHEDULED -cancel-> CANCELLED",
        "PLANNED -reschedule-> PLANNED",
        "PLANNED -start-> IN_PROGRESS",
        "PLANNED -cancel-> CANCELLED",
        "PLANNED -miss-> MISSED",
        "IN_PROGRESS -complete-> COMPLETED",
        "IN_PROGRESS -abandon-> ABANDONED",
    ]


def test_the_life_of_a_planned_task_is_the_one_agreed_on() -> None:
    """S 7.1."""
    assert rows(TASK_LIFECYCLE) == [
        "NOT_STARTED -start-> IN_PROGRESS",
        "NOT_STARTED -complete-> COMPLETED",
        "NOT_STARTED -skip-> SKIPPED",
        "IN_PROGRESS -complete-> COMPLETED",
        "IN_PROGRESS -skip-> SKIPPED",
    ]


def test_the_life_of_a_follow_up_is_the_one_agreed_on() -> None:
    """S 9.5."""
    assert rows(FOLLOW_UP_LIFECYCLE) == [
        "OPEN -reinforce-> OPEN",
        "OPEN -close-> CLOSED",
        "OPEN -dismiss-> DISMISSED",
    ]
