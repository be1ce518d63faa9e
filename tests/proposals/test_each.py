"""Expanding a template for many visits."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

import partnervisits as pv
from partnervisits.errors import InvalidValueError, TransitionError
from tests.builders import NINE, catalog, item, template, visit
from tests.proposals.worlds import error

ROUND = template(item(due=pv.working_days(1), role="driver"), item("b", task="count"))
CATALOG = catalog(targets=[pv.Target("stock", pv.at_least(3))])


class Broken:
    def is_working(self, on: date, /) -> bool:
        message = f"the calendar of {on.year} is not out yet"
        raise KeyError(message)


def numbered(number: int) -> pv.Visit:
    """A visit on some day from Thursday on."""
    return visit(id=f"V-{number}", planned=pv.Period(NINE + timedelta(days=number)))


def pairs(most: int) -> list[tuple[pv.Visit, pv.Given]]:
    return [(numbered(n), pv.Given(roles={"driver": f"rep-{n % 2}"})) for n in range(most)]


def one_by_one(visits: list[tuple[pv.Visit, pv.Given]]) -> list[pv.Proposal]:
    return [pv.expand(ROUND, each, catalog=CATALOG, given=given) for each, given in visits]


def test_each_visit_gets_what_expanding_it_alone_gives_in_order() -> None:
    """S 6.10."""
    proposals = list(pv.expand_each(ROUND, pairs(9), catalog=CATALOG))
    assert proposals == one_by_one(pairs(9))
    assert [each.visit_id for each in proposals] == [f"V-{n}" for n in range(9)]


def test_visits_are_read_one_by_one_and_only_when_asked_for() -> None:
    """S 6.10."""
    read: list[int] = []

    def endless() -> Iterator[tuple[pv.Visit, pv.Given]]:
        for number in count():
            read.append(number)
            yield numbered(number), pv.Given()

    proposals = pv.expand_each(ROUND, endless(), catalog=CATALOG)
    assert read == []
    assert next(proposals).visit_id == "V-0"
    assert read == [0]
    assert next(proposals).visit_id == "V-1"
    assert read == [0, 1]


def test_no_visits_give_no_proposals() -> None:
    """S 6.10."""
    assert list(pv.expand_each(ROUND, [], catalog=CATALOG)) == []


def test_plain_items_expand_for_many_visits_too() -> None:
    """S 6.10."""
    proposals = list(pv.expand_each([item()], pairs(2), catalog=CATALOG, key="extra"))
    assert [each.accept().id for each in proposals] == ["V-0/extra", "V-1/extra"]


def test_what_is_wrong_with_the_template_is_said_before_the_first_visit() -> None:
    """S 3.1."""
    with pytest.raises(TransitionError) as refused:
        _ = pv.expand_each(ROUND.withdraw(), iter(pairs(1)), catalog=CATALOG)
    assert refused.value.code == "transition.illegal"
    with pytest.raises(InvalidValueError) as keyless:
        _ = pv.expand_each([item()], iter(pairs(1)), catalog=CATALOG)
    assert keyless.value.code == "expand.key"


def test_items_that_do_not_fit_are_found_for_every_visit() -> None:
    """S 6.10."""
    proposals = list(pv.expand_each([item("b")], pairs(2), catalog=CATALOG, key="extra"))
    assert [each.visit_id for each in proposals] == ["V-0", "V-1"]
    assert [[f.code for f in each.findings] for each in proposals] == [["task.unknown"]] * 2


# --------------------------------------------------------------- one bad visit (S 6.10)

GOOD = (visit(), pv.Given())


@pytest.mark.parametrize(
    ("bad", "visit_id", "why"),
    [
        (
            (visit(id="V-9"), pv.Given(calendar=Broken())),
            "V-9",
            "KeyError: 'the calendar of 2026 is not out yet'",
        ),
        (
            (
                visit(id="V-9"),
                pv.Given(rep_calendars={"rep-1": Broken()}, roles={"driver": "rep-1"}),
            ),
            "V-9",
            "KeyError: 'the calendar of 2026 is not out yet'",
        ),
        (("V-9", pv.Given()), "", "InvalidValueError: pass Visit, not 'V-9'"),
        ((None, pv.Given()), "", "InvalidValueError: pass Visit, not None"),
        ((visit(id="V-9"), None), "V-9", "InvalidValueError: pass Given, not None"),
        ((visit(id="V-9"),), "", "InvalidValueError: pass pairs of a visit and a Given"),
        (visit(id="V-9"), "", "InvalidValueError: pass pairs of a visit and a Given"),
        (None, "", "InvalidValueError: pass pairs of a visit and a Given"),
    ],
)
def test_one_bad_visit_does_not_stop_the_rest(bad: object, visit_id: str, why: str) -> None:
    """S 6.10."""
    visits: list[Any] = [GOOD, bad, GOOD]
    first, failed, last = pv.expand_each(ROUND, visits, catalog=CATALOG)
    message = f"this visit cannot be expanded: {why}"
    assert failed == pv.Proposal(
        visit_id=visit_id, plan=None, findings=[error((), "visit.failed", message)]
    )
    assert [first, last] == one_by_one([GOOD, GOOD])


def test_a_calendar_that_fails_is_asked_again_for_the_next_visit() -> None:
    """S 6.10."""

    class FailsOnce:
        def __init__(self) -> None:
            self.asked = 0

        def is_working(self, on: date, /) -> bool:
            self.asked += 1
            if self.asked == 1:
                raise OSError(on)
            return True

    given = pv.Given(calendar=FailsOnce())
    failed, good = pv.expand_each(ROUND, [(visit(), given), (visit(), given)], catalog=CATALOG)
    assert [each.code for each in failed.findings] == ["visit.failed"]
    assert [each.due for each in good.accept().tasks] == [date(2026, 3, 13), date(2026, 3, 12)]


def test_a_host_that_interrupts_is_obeyed() -> None:
    """S 6.10."""

    class Interrupts:
        def is_working(self, on: date, /) -> bool:
            raise KeyboardInterrupt(on)

    proposals = pv.expand_each(ROUND, [(visit(), pv.Given(calendar=Interrupts()))], catalog=CATALOG)
    with pytest.raises(KeyboardInterrupt):
        _ = next(proposals)
