"""Hundreds of visits of every sort, in one process and spread over several (S 6.10)."""

import pickle
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from multiprocessing import get_context
from random import Random
from typing import Any, TypeVar

import pytest

import partnervisits as pv
from partnervisits import example
from partnervisits.calendars import EVERY_DAY, Anchor, Calendar, Roll, Weekday
from partnervisits.errors import TransitionError
from partnervisits.templates import Spread
from tests.builders import NINE, THURSDAY, item, place, template, visit

T = TypeVar("T")


@dataclass(frozen=True)
class OnlyOn:
    """A host's own calendar: people work on these days of the week."""

    weekdays: frozenset[int]

    def is_working(self, on: date, /) -> bool:
        return on.weekday() in self.weekdays


@dataclass(frozen=True)
class Broken:
    """A host's calendar that cannot answer."""

    def is_working(self, on: date, /) -> bool:
        message = f"the calendar of {on.year} is not out yet"
        raise KeyError(message)


# ------------------------------------------------------------------------- visits of every sort

ROUND = template(
    *example.template().items,
    item(
        "shelves",
        task="review",
        context_kinds=["product"],
        spread=Spread.ONE_EACH,
        max_contexts=2,
        after=["pitch"],
        due=pv.working_days(-1, anchor=Anchor.VISIT_END),
    ),
    item(
        "goodbye",
        task="survey",
        role="driver",
        after=["shelves", "renewal"],
        due=pv.days(2, roll=Roll.MODIFIED_FOLLOWING),
    ),
)
CATALOG = example.catalog()
ZONES = ["Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles", "Pacific/Auckland", "UTC"]
CALENDARS: list[Calendar] = [
    pv.WorkCalendar(),
    example.given().calendar,
    OnlyOn(frozenset({1, 3})),
    OnlyOn(frozenset({2, 4, 5})),
    pv.WorkCalendar(weekend=Weekday),
    pv.WorkCalendar(weekend=(), holidays=[date(2026, 4, each) for each in range(1, 31)]),
]
CONTEXTS = [*(pv.Context("product", each) for each in "DBAC"), *example.given().contexts]
CLOSED = pv.WorkCalendar(holidays=[THURSDAY + timedelta(days=each) for each in range(0, 30, 2)])
LARGE = pv.Scope(segment="large")
TARGETS = [
    example.given().targets,
    (pv.Target("complaints", pv.at_most(1), scope=LARGE),),
    (pv.Target("signed", pv.at_most(pv.working_days(9)), scope=LARGE),),
    (),
]
MANY = 330
CHUNK = 37


def some(random: Random, number: int) -> tuple[pv.Visit, pv.Given]:
    """A visit on one of a few days, and some of all that a host may know; days and more recur."""
    start = NINE + timedelta(days=8 * random.randrange(4), hours=12 * random.randrange(2))
    end = random.choice([start, start + timedelta(hours=2), start + timedelta(days=3), None])
    held = visit(
        id=f"V/{number}%",
        partner_id=f"partner {number % 9}",
        visitors=[pv.Visitor("ines", primary=True), pv.Visitor("tom")],
        planned=random.choice([None, *[pv.Period(start, end)] * 9]),
        place=place(timezone=random.choice(ZONES)),
    )
    given = pv.Given(
        calendar=random.choice(CALENDARS),
        rep_calendars=random.choice([{}, {"karl": CLOSED}, {"ines": CLOSED}, {"tom": EVERY_DAY}]),
        contexts=random.sample(CONTEXTS, random.randrange(7)),
        facts=pv.Facts(
            visit={"topics": frozenset({"price", "stock", f"{number}"}), "first": number == 1},
            partner={"segment": random.choice(["large", "small"]), "since": date(2000, 1, 1)},
            contexts={CONTEXTS[0]: {"price": f"{number}.50"}},
        ),
        roles=random.choice([{}, {"key-account-manager": "karl", "driver": "tom"}]),
        targets=random.choice(TARGETS),
    )
    return held, given


def bad(number: int) -> object:
    """What cannot be expanded."""
    planned = visit(id=f"V/{number}%")
    sorts: list[object] = [
        (planned, pv.Given(calendar=Broken())),
        (planned, pv.Given(rep_calendars={"tom": Broken()}, roles={"driver": "tom"})),
        (planned, None),
        (planned,),
        (None, pv.Given()),
        f"no pair {number}",
        planned,
        None,
    ]
    return sorts[number % 8]


def pairs() -> list[Any]:
    """Good ones, and every thirteenth bad; the same each time."""
    random = Random(6)  # noqa: S311 -- no secret
    return [bad(number) if number % 13 == 5 else some(random, number) for number in range(MANY)]


def expanded(
    made: pv.ActionPlanTemplate, catalog: pv.Catalog, visits: list[Any]
) -> list[pv.Proposal]:
    """All proposals at once; named, so that another process finds it."""
    return list(pv.expand_each(made, visits, catalog=catalog))


def pickled(held: T) -> T:
    copy: T = pickle.loads(pickle.dumps(held))  # noqa: S301 -- our own bytes
    return copy


@pytest.fixture(scope="module")
def together() -> list[pv.Proposal]:
    """What one process makes of all."""
    return expanded(ROUND, CATALOG, pairs())


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Two processes that share nothing with this one, not even how it hashes."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as made:
        yield made


# ------------------------------------------------------------------------------------ the tests


def test_the_visits_are_of_every_sort(together: list[pv.Proposal]) -> None:
    """S 6.5: good, warned of, blocked and bad ones, in the order of their visits."""
    codes = Counter(code for each in together for code in {found.code for found in each.findings})
    assert codes.keys() >= {
        "calendar.no-working-day",
        "context.cut",
        "context.none",
        "date.missing-anchor",
        "role.unknown",
        "target.unplanned",
    }
    assert codes["visit.failed"] == len(range(5, MANY, 13))
    assert sum(not each.is_blocked for each in together) > MANY // 2
    named = [(n, each.visit_id) for n, each in enumerate(together) if each.visit_id]
    assert named == [(number, f"V/{number}%") for number, _ in named]
    assert len({repr(each.plan) for each in together}) > MANY // 2


def test_visits_spread_over_processes_give_what_one_process_gives(
    together: list[pv.Proposal], pool: ProcessPoolExecutor
) -> None:
    """S 6.10: in the same order, the bad ones among them."""
    held = pairs()
    chunks = [held[first : first + CHUNK] for first in range(0, MANY, CHUNK)]
    chunked = pool.map(partial(expanded, ROUND, CATALOG), chunks)
    apart = [proposal for chunk in chunked for proposal in chunk]
    assert apart == together
    assert [repr(each) for each in apart] == [repr(each) for each in together]


def test_what_is_wrong_with_the_template_is_said_across_processes(
    pool: ProcessPoolExecutor,
) -> None:
    """S 3.1 and S 6.10."""
    with pytest.raises(TransitionError) as refused:
        _ = pool.submit(expanded, ROUND.withdraw(), CATALOG, pairs()[:1]).result()
    assert refused.value.code == "transition.illegal"


def test_each_proposal_is_there_before_the_next_pair_is_taken() -> None:
    """S 6.10: whether it is good or bad."""
    log: list[str] = []

    def taken() -> Iterator[Any]:
        for number, pair in enumerate(pairs()):
            log.append(f"{number} taken")
            yield pair

    for number, _ in enumerate(pv.expand_each(ROUND, taken(), catalog=CATALOG)):
        log.append(f"{number} expanded")
    assert log == [f"{n} {done}" for n in range(MANY) for done in ("taken", "expanded")]


def test_everything_taken_and_returned_pickles(together: list[pv.Proposal]) -> None:
    """S 6.10."""
    for held in (ROUND, CATALOG, *pairs(), *together):
        copy = pickled(held)
        assert copy == held
        assert repr(copy) == repr(held)


def test_pickled_arguments_expand_to_the_same_proposals(together: list[pv.Proposal]) -> None:
    """S 6.10: each alone, and so without what visits share."""
    recipe = pickled((ROUND, CATALOG))
    alone = [proposal for pair in pairs() for proposal in expanded(*recipe, [pickled(pair)])]
    assert alone == together
