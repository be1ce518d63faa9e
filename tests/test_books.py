"""Books: all that belongs together in one document, and what in it refers to nothing."""

import asyncio
import pickle
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits import example
from partnervisits.books import Book, book_of, book_of_async
from partnervisits.errors import InvalidValueError
from partnervisits.findings import Severity
from partnervisits.followups import FollowUp, FollowUpStatus
from partnervisits.repositories import Put
from tests import builders
from tests.builders import ELEVEN, NINE


def book(**changes: Any) -> Book:
    """A visit with its plan, one reading and what belongs to them, unless said otherwise."""
    plan = builders.plan()
    settings: dict[str, Any] = {
        "catalog": builders.catalog(templates=[builders.template()]),
        "visits": [builders.visit()],
        "plans": [plan],
        "readings": [builders.reading(plan.kpis[0], 7)],
    }
    return Book(**(settings | changes))


def found(held: Book) -> list[tuple[str, str, bool]]:
    """What the check says, without what the linter says of every template of these tests."""
    return [
        (each.location, each.code, each.severity is Severity.ERROR)
        for each in held.check()
        if not each.code.startswith("lint.")
    ]


def opened() -> FollowUp:
    rule = pv.FollowUpRule("ask-again", "Ask again", on=pv.Outcome.NO_DATA)
    target = pv.Target("stock", pv.at_least(5))
    plan = builders.plan(builders.item(binding=pv.Binding.MUST, targets=[target]))
    return pv.follow_up(pv.compare(plan, []), [rule]).opened[0]


def override(kpi_id: str) -> pv.Override:
    return pv.Override(kpi_id=kpi_id, outcome=pv.Outcome.MET, by="kim", at=ELEVEN, reason="seen")


def test_a_book_of_what_belongs_together_has_no_problem() -> None:
    assert found(book()) == []
    assert found(book(overrides=[override(builders.plan().kpis[0].id)])) == []


def test_an_empty_book_has_no_problem() -> None:
    assert Book().check() == ()


def test_the_example_is_doubted_only_for_the_wishes_that_nobody_expects() -> None:
    assert [each.code for each in example.book().check()] == ["lint.no-target"]


def test_the_order_in_which_records_are_given_does_not_matter() -> None:
    held = example.book()
    backwards = Book(
        catalog=held.catalog,
        visits=held.visits[::-1],
        givens=held.givens[::-1],
        plans=held.plans[::-1],
        readings=held.readings[::-1],
        rules=held.rules[::-1],
    )
    assert backwards == held


def test_records_stand_in_the_order_of_a_store() -> None:
    """S 10.1."""
    later = pv.Period(NINE + timedelta(days=1))
    visits = [builders.visit(id="a", planned=later), builders.visit(id="c"), builders.visit(id="b")]
    assert [visit.id for visit in Book(visits=visits).visits] == ["b", "c", "a"]


def test_what_is_given_is_held_by_visit() -> None:
    given = pv.Given(roles={"specialist": "karl"})
    assert Book(givens={"V-2": given, "V-1": given}).givens == (("V-1", given), ("V-2", given))


def test_a_book_can_be_sent() -> None:
    assert pickle.loads(pickle.dumps(example.book())) == example.book()  # noqa: S301 -- our own


@pytest.mark.parametrize(
    ("field", "values", "code"),
    [
        ("catalog", None, "type.wrong"),
        ("visits", [builders.visit(), builders.visit(contacts=["lee"])], "sequence.duplicate"),
        ("visits", [builders.plan()], "sequence.entry"),
        ("givens", [("V-1", pv.Given()), ("V-1", pv.Given())], "sequence.duplicate"),
        ("givens", {"V-1": None}, "type.wrong"),
        ("givens", {"": pv.Given()}, "text.empty"),
        ("plans", [builders.plan(), builders.plan()], "sequence.duplicate"),
        ("readings", 2 * example.book().readings, "sequence.duplicate"),
        ("rules", 2 * example.rules(), "sequence.duplicate"),
        ("overrides", 2 * [override("V-1/round")], "sequence.duplicate"),
        ("follow_ups", 2 * [opened()], "sequence.duplicate"),
    ],
)
def test_what_cannot_be_in_one_book_is_refused(field: str, values: Any, code: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        _ = Book(**{field: values})
    error = refused.value
    assert (error.code, error.owner, error.field) == (code, "Book", field)


# -------------------------------------------------------------------------------------- problems


def test_a_given_of_an_unknown_visit_is_found_with_what_was_meant() -> None:
    (finding,) = Book(visits=[builders.visit()], givens={"V-2": pv.Given()}).check()
    assert (finding.location, finding.code) == ("givens.V-2", "visit.unknown")
    assert finding.message == "there is no visit V-2: did you mean V-1?"


def test_a_plan_of_an_unknown_visit_is_found() -> None:
    assert found(book(visits=[])) == [
        ("plans.V-1/round.subject.visit_id", "visit.unknown", True),
    ]


def test_a_plan_of_a_visit_to_somebody_else_is_found() -> None:
    assert found(book(visits=[builders.visit(partner_id="bolt")])) == [
        ("plans.V-1/round.subject.partner_id", "plan.other-partner", True),
    ]


def test_a_plan_may_be_of_definitions_that_the_book_lacks() -> None:
    """A plan holds all it is judged by (S 2.7)."""
    plan = "plans.V-1/round"
    kpi = f"{plan}.tasks.V-1/round/count.kpis.V-1/round/count/partner/acme/stock"
    assert found(book(catalog=pv.Catalog())) == [
        (f"{kpi}.indicator", "indicator.unknown", False),
        (f"{plan}.tasks.V-1/round/count.task_key", "task.unknown", False),
        (f"{plan}.version", "template.unknown", False),
    ]


def test_a_plan_without_a_template_asks_for_none() -> None:
    plan = attrs.evolve(builders.plan(), version=None)
    assert found(book(plans=[plan], catalog=builders.catalog())) == []


def test_a_kpi_in_two_plans_is_found() -> None:
    plans = [builders.plan(), attrs.evolve(builders.plan(), key="twin", version=None)]
    assert found(book(plans=plans)) == [("plans.V-1/twin.tasks", "kpi.twice", True)]


def test_readings_and_overrides_of_no_kpi_are_found() -> None:
    lost = attrs.evolve(book().readings[0], id="R-9", kpi_id="V-9/round/count/partner/acme/stock")
    decided = override(lost.kpi_id)
    assert found(book(readings=[lost], overrides=[decided])) == [
        (f"overrides.{decided.id}.kpi_id", "kpi.unknown", True),
        ("readings.R-9.kpi_id", "kpi.unknown", True),
    ]


def test_the_kpi_of_a_removed_task_is_known() -> None:
    """S 7.5."""
    plan = builders.plan().remove("count", "closed that day")
    assert found(book(plans=[plan])) == []


def test_a_reading_that_its_indicator_cannot_hold_is_found() -> None:
    wrong = attrs.evolve(book().readings[0], id="R-1", value="seven")
    missing = attrs.evolve(book().readings[0], id="R-2", value=pv.Absence.DECLINED)
    held = book(readings=[wrong, missing])
    assert found(held) == [("readings.R-1.value", "reading.misfit", True)]
    assert "stock cannot hold seven" in [each.message for each in held.check()]


def test_a_correction_of_nothing_or_of_another_kpi_is_found() -> None:
    two = builders.plan(builders.item("count"), builders.item("recount"))
    first, second = (
        builders.reading(kpi, 7, id=f"R-{number}") for number, kpi in enumerate(two.kpis, start=1)
    )
    of_other = attrs.evolve(second, id="R-3", supersedes="R-1")
    of_none = attrs.evolve(second, id="R-4", supersedes="R-0")
    right = attrs.evolve(second, id="R-5", supersedes="R-2")
    readings = [first, second, of_other, of_none, right]
    tasks = [builders.task("count"), builders.task("recount")]
    known = builders.catalog(tasks=tasks, templates=[builders.template()])
    assert found(book(plans=[two], readings=readings, catalog=known)) == [
        ("readings.R-3.supersedes", "reading.other-kpi", True),
        ("readings.R-4.supersedes", "reading.unknown", True),
    ]


def test_a_rule_about_an_unknown_indicator_is_found() -> None:
    rule = pv.FollowUpRule("low", "Order", on=pv.Outcome.NOT_MET, indicators=["stock", "stokc"])
    assert found(book(rules=[rule])) == [("rules.low.indicators.stokc", "indicator.unknown", True)]


def test_a_follow_up_of_an_unknown_rule_is_found() -> None:
    assert found(book(follow_ups=[opened()])) == [
        (f"follow_ups.{opened().id}.rule_key", "rule.unknown", True),
    ]


def test_a_follow_up_may_come_from_visits_before_the_book() -> None:
    rule = pv.FollowUpRule("ask-again", "Ask again", on=pv.Outcome.NO_DATA)
    before = attrs.evolve(opened(), visit_id="V-0", reinforced_by=["V-00"], indicator="share")
    closed = attrs.evolve(
        before,
        status=FollowUpStatus.CLOSED,
        proof_id="R-0",
        reason="found",
        ended_by="kim",
        ended_at=ELEVEN,
    )
    path = f"follow_ups.{closed.id}"
    assert found(book(follow_ups=[closed], rules=[rule])) == [
        (f"{path}.indicator", "indicator.unknown", False),
        (f"{path}.proof_id", "reading.unknown", False),
        (f"{path}.reinforced_by.V-00", "visit.unknown", False),
        (f"{path}.visit_id", "visit.unknown", False),
    ]


def test_a_replacement_of_a_visit_before_the_book_is_worth_knowing() -> None:
    visit = builders.visit(replaces="V-0")
    assert found(book(visits=[visit])) == [("visits.V-1.replaces", "visit.unknown", False)]


def test_what_is_doubtful_about_a_template_is_found_in_the_catalog() -> None:
    """S 3.6."""
    paths = {each.path[:3] for each in book().check()}
    assert paths == {("catalog", "templates", "round@1")}


def test_of_much_that_is_missing_only_the_first_say_what_was_meant() -> None:
    givens = {f"V-{each}": pv.Given() for each in range(2, 30)}
    findings = Book(visits=[builders.visit()], givens=givens).check()
    assert sum("did you mean" in each.message for each in findings) == 20


# ---------------------------------------------------------------------------------------- stores


def test_a_store_is_filled_from_a_book_and_read_back() -> None:
    held = attrs.evolve(example.book(), follow_ups=[opened()], overrides=[override("V-1/round")])
    store = pv.MemoryStore()
    store.apply(held.changes())
    assert book_of(store, givens=held.givens, targets=held.catalog.targets) == held
    awaited: Any = Awaited(store)
    assert asyncio.run(book_of_async(awaited, givens=held.givens)) == held


class Awaited:
    """A memory store whose methods are awaited."""

    def __init__(self, store: pv.MemoryStore) -> None:
        self.store = store

    def __getattr__(self, noun: str) -> Any:
        repository = getattr(self.store, noun)

        class Read:
            @staticmethod
            async def find(*args: Any, **settings: Any) -> Any:
                return repository.find(*args, **settings)

        return Read


def test_a_book_is_stored_as_a_whole() -> None:
    """S 10.2."""
    assert of_nouns(example.book().changes().puts) == {
        "indicators": 10,
        "tasks": 4,
        "templates": 1,
        "visits": 1,
        "plans": 1,
        "readings": 9,
        "rules": 2,
    }


def of_nouns(puts: Iterable[Put]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for put in puts:
        counts[put.noun.value] = counts.get(put.noun.value, 0) + 1
    return counts
