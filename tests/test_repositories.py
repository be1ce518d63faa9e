import asyncio
import pickle
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.errors import ConflictError, InvalidValueError
from partnervisits.followups import FollowUp, FollowUpStatus
from partnervisits.repositories import (
    Changes,
    Check,
    Cursor,
    Delete,
    FollowUpFilter,
    IndicatorFilter,
    Key,
    Noun,
    OverrideFilter,
    PlanFilter,
    Put,
    ReadingFilter,
    Record,
    RuleFilter,
    Stored,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
    catalog_of,
    catalog_of_async,
    each,
    each_async,
    id_of,
    noun_of,
    order_key,
)
from partnervisits.templates import TemplateStatus
from partnervisits.visits import VisitStatus
from tests.builders import (
    ELEVEN,
    NINE,
    THURSDAY,
    catalog,
    indicator,
    kpi,
    plan,
    reading,
    task,
    template,
    visit,
)

RULE = pv.FollowUpRule("unhappy", "Call them", on=pv.Outcome.NOT_MET)
OVERRIDE = pv.Override(
    kpi_id="V-1/round/count/partner/acme/stock",
    outcome=pv.Outcome.MET,
    by="kim",
    at=NINE,
    reason="the photo shows it",
)


def follow_up(**changes: Any) -> FollowUp:
    settings: dict[str, Any] = {
        "rule_key": "unhappy",
        "action": "Call them",
        "on": pv.Outcome.NOT_MET,
        "visit_id": "V-1",
        "partner_id": "acme",
        "task_key": "count",
        "indicator": "stock",
        "context": pv.Context("partner", "acme"),
        "kpi_id": "V-1/round/count/partner/acme/stock",
    }
    return FollowUp(**(settings | changes))


RECORDS: list[tuple[Record, str, str, str]] = [
    (indicator(), "indicators", "stock", ""),
    (task(), "tasks", "count", ""),
    (template(), "templates", "round@1", "round 0000001"),
    (visit(), "visits", "V-1", "2026-03-12"),
    (visit(planned=None), "visits", "V-1", "~"),
    (plan(), "plans", "V-1/round", "2026-03-12"),
    (plan(planned=None), "plans", "V-1/round", "~"),
    (reading(kpi(), 5, id="R-1"), "readings", "R-1", "2026-03-12T08:00:00.000000+00:00"),
    (OVERRIDE, "overrides", OVERRIDE.id, "2026-03-12T08:00:00.000000+00:00"),
    (RULE, "rules", "unhappy", ""),
    (follow_up(), "follow_ups", "unhappy/V-1/stock/partner/acme", "~"),
    (follow_up(due=THURSDAY), "follow_ups", "unhappy/V-1/stock/partner/acme", "2026-03-12"),
]


# -------------------------------------------------------------------------------------- records


@pytest.mark.parametrize(("record", "noun", "id", "order"), RECORDS)
def test_a_record_says_its_noun_its_id_and_its_order(
    record: Record, noun: str, id: str, order: str
) -> None:
    assert (noun_of(record).value, id_of(record), order_key(record)) == (noun, id, order)
    assert noun_of(record).kind is type(record)


def test_every_noun_is_among_the_records_that_are_tested() -> None:
    assert {noun for _, noun, _, _ in RECORDS} == {noun.value for noun in Noun}


def test_what_a_store_does_not_hold_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="a store holds Indicator, TaskDefinition") as error:
        _ = noun_of(catalog())
    assert error.value.code == "record.type"


def test_version_ten_comes_after_version_two_and_a_longer_key_after_a_shorter_one() -> None:
    versions = [attrs.evolve(template(), version=number) for number in (10, 2)]
    longer = attrs.evolve(template(key="round-2"), version=1)
    in_order = sorted([longer, *versions], key=order_key)
    assert [each.id for each in in_order] == ["round@2", "round@10", "round-2@1"]


# -------------------------------------------------------------------------------------- changes


def test_changes_are_the_same_in_whatever_order_they_were_put_together() -> None:
    puts = [Put(visit(id="V-2"), "7"), Put(visit(), None), Put(task(), "7")]
    forth, back = Changes(puts=puts), Changes(puts=reversed(puts))
    assert forth == back
    assert [(put.noun.value, put.id) for put in forth.puts] == [
        ("tasks", "count"),
        ("visits", "V-1"),
        ("visits", "V-2"),
    ]


def test_what_is_said_twice_is_said_once() -> None:
    create = Changes.create(visit())
    check = Changes(checks=[Check(Noun.VISITS, "V-9")])
    assert create + create == create
    assert check + check == check
    assert len((check + Changes(checks=[Check(Noun.VISITS, "V-9", "1")])).checks) == 2


@pytest.mark.parametrize(
    "second",
    [
        Changes.create(visit(contacts=["lee"])),
        Changes(puts=[Put(visit(), "1")]),
        Changes(deletes=[Delete(Noun.VISITS, "V-1", "1")]),
    ],
)
def test_one_record_is_written_once(second: Changes) -> None:
    with pytest.raises(InvalidValueError, match="visits V-1 is written twice") as error:
        _ = Changes.create(visit(), visit(id="V-0"), visit(id="V-2")) + second
    assert error.value.code == "changes.twice"


def test_a_visit_and_a_plan_may_share_an_id() -> None:
    shared = Changes.create(visit(id="V-1/round"), plan())
    assert len(shared.puts) == 2


def test_a_record_may_be_checked_and_written() -> None:
    held = Stored(visit(), "1")
    both = held.unchanged() + held.deleted()
    assert (len(both.checks), len(both.deletes)) == (1, 1)


def test_a_reading_is_never_replaced() -> None:
    held = Stored(reading(kpi(), 5), "1")
    with pytest.raises(InvalidValueError, match=r"Put.revision: .* correct\(\)") as error:
        _ = held.replaced_by(reading(kpi(), 5))
    assert error.value.code == "changes.append-only"


def test_changes_say_what_they_do() -> None:
    changes = (
        Changes.create(visit())
        + Changes(puts=[Put(task(), "3")])
        + Changes(deletes=[Delete(Noun.RULES, "unhappy", "4")])
        + Changes(checks=[Check(Noun.PLANS, "V-1/round", "5"), Check(Noun.PLANS, "V-2/round")])
    )
    assert str(changes).splitlines() == [
        "replace tasks count at revision 3",
        "create visits V-1",
        "delete rules unhappy at revision 4",
        "check plans V-1/round at revision 5",
        "check that plans V-2/round is not there",
    ]
    assert changes
    assert str(Changes()) == "no changes"
    assert not Changes()


@pytest.mark.parametrize(
    "some",
    [
        Changes.create(task()),
        Changes(deletes=[Delete(Noun.RULES, "unhappy", "4")]),
        Changes(checks=[Check(Noun.RULES, "unhappy", "4")]),
    ],
)
def test_anything_to_do_is_something(some: Changes) -> None:
    assert some


def test_changes_add_to_changes_only() -> None:
    with pytest.raises(TypeError):
        _ = Changes() + visit()  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]


def test_the_keys_are_all_that_is_written_or_checked() -> None:
    changes = Changes.create(visit()) + Changes(
        deletes=[Delete(Noun.RULES, "unhappy", "4")], checks=[Check(Noun.PLANS, "V-2/round")]
    )
    assert changes.keys == {
        (Noun.VISITS, "V-1"),
        (Noun.RULES, "unhappy"),
        (Noun.PLANS, "V-2/round"),
    }


# ---------------------------------------------------------------------------- against what is held


def never(id: str) -> pv.Reading:
    raise AssertionError(id)


def codes(changes: Changes, revisions: dict[Key, str]) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ConflictError) as error:
        _ = changes.against(revisions, never)
    return [(finding.path, finding.code) for finding in error.value.findings]


def test_every_conflict_is_reported_at_once() -> None:
    changes = (
        Changes.create(visit(), visit(id="V-2"))
        + Changes(puts=[Put(task(), "1"), Put(template(), "1"), Put(indicator(), "1")])
        + Changes(deletes=[Delete(Noun.RULES, "unhappy", "1"), Delete(Noun.RULES, "gone", "1")])
        + Changes(checks=[Check(Noun.PLANS, "P", "1"), Check(Noun.PLANS, "Q", "1")])
        + Changes(checks=[Check(Noun.PLANS, "R"), Check(Noun.PLANS, "S")])
    )
    revisions: dict[Key, str] = {
        (Noun.VISITS, "V-1"): "1",
        (Noun.TASKS, "count"): "2",
        (Noun.INDICATORS, "stock"): "1",
        (Noun.RULES, "unhappy"): "2",
        (Noun.PLANS, "P"): "2",
        (Noun.PLANS, "R"): "2",
    }
    assert codes(changes, revisions) == [
        (("plans", "P"), "store.stale"),
        (("plans", "Q"), "store.missing"),
        (("plans", "R"), "store.exists"),
        (("rules", "gone"), "store.missing"),
        (("rules", "unhappy"), "store.stale"),
        (("tasks", "count"), "store.stale"),
        (("templates", "round@1"), "store.missing"),
        (("visits", "V-1"), "store.exists"),
    ]


def test_a_conflict_says_what_to_do_and_survives_pickling() -> None:
    with pytest.raises(ConflictError) as error:
        _ = Changes.create(visit()).against({(Noun.VISITS, "V-1"): "1"}, never)
    assert str(error.value) == (
        "the changes are refused:\n"
        "  error: visits.V-1: it is there already: read it, then replace it [store.exists]"
    )
    assert pickle.loads(pickle.dumps(error.value)).findings == error.value.findings  # noqa: S301


def test_what_nothing_stands_against_is_written_without_its_checks() -> None:
    writes = Changes(puts=[Put(task(), "2")], deletes=[Delete(Noun.RULES, "unhappy", "2")])
    checks = Changes(checks=[Check(Noun.PLANS, "P", "2"), Check(Noun.PLANS, "Q")])
    revisions: dict[Key, str] = {
        (Noun.TASKS, "count"): "2",
        (Noun.RULES, "unhappy"): "2",
        (Noun.PLANS, "P"): "2",
        (Noun.VISITS, "V-7"): "9",
    }
    assert (writes + checks).against(revisions, never) == writes
    assert writes.against(revisions, never) is writes


def test_a_reading_that_is_there_with_an_equal_value_is_left_out() -> None:
    there, new = reading(kpi(), 5, id="R-1"), reading(kpi(), 6, id="R-2")
    left = Changes.create(there, new).against({(Noun.READINGS, "R-1"): "1"}, lambda _: there)
    assert left == Changes.create(new)


def test_a_reading_that_is_there_with_another_value_is_a_conflict() -> None:
    there, other = reading(kpi(), 5, id="R-1"), reading(kpi(), 6, id="R-1")
    with pytest.raises(ConflictError, match=r"store\.exists"):
        _ = Changes.create(other).against({(Noun.READINGS, "R-1"): "1"}, lambda _: there)


# ------------------------------------------------------------------------------- stored (S 10.3)


def test_a_stored_record_knows_its_place_and_how_it_is_written() -> None:
    held = Stored(visit(), "7")
    assert (held.noun, held.id) == (Noun.VISITS, "V-1")
    assert held.cursor == Cursor("2026-03-12", "V-1")
    started = held.value.start(at=NINE)
    assert held.replaced_by(started) == Changes(puts=[Put(started, "7")])
    assert held.deleted() == Changes(deletes=[Delete(Noun.VISITS, "V-1", "7")])
    assert held.unchanged() == Changes(checks=[Check(Noun.VISITS, "V-1", "7")])


@pytest.mark.parametrize("other", [visit(id="V-2"), task("V-1")])
def test_a_record_is_replaced_by_another_state_of_itself_only(other: Record) -> None:
    with pytest.raises(InvalidValueError, match="pass another state of visits V-1") as error:
        _ = Stored(visit(), "7").replaced_by(other)
    assert error.value.code == "changes.identity"


WRONG: list[tuple[Any, dict[str, Any], str]] = [
    (Stored, {"value": catalog(), "revision": "7"}, "record.type"),
    (Stored, {"value": visit(), "revision": 7}, "text.type"),
    (Stored, {"value": visit(), "revision": ""}, "text.empty"),
    (Put, {"value": "V-1"}, "record.type"),
    (Put, {"value": visit(), "revision": 7}, "text.type"),
    (Delete, {"noun": "visits", "id": "V-1", "revision": "7"}, "type.wrong"),
    (Delete, {"noun": Noun.VISITS, "id": "", "revision": "7"}, "text.empty"),
    (Delete, {"noun": Noun.VISITS, "id": "V-1", "revision": None}, "text.type"),
    (Check, {"noun": "visits", "id": "V-1"}, "type.wrong"),
    (Check, {"noun": Noun.VISITS, "id": None}, "text.type"),
    (Changes, {"puts": visit()}, "sequence.type"),
    (Changes, {"puts": [visit()]}, "sequence.entry"),
    (Changes, {"deletes": [visit()]}, "sequence.entry"),
    (Changes, {"checks": [visit()]}, "sequence.entry"),
    (VisitFilter, {"partners": "acme"}, "sequence.type"),
    (VisitFilter, {"partners": [7]}, "sequence.entry"),
    (VisitFilter, {"statuses": ["planned"]}, "sequence.entry"),
    (VisitFilter, {"since": NINE}, "date.type"),
    (ReadingFilter, {"since": THURSDAY}, "instant.type"),
]


@pytest.mark.parametrize(("kind", "arguments", "code"), WRONG)
def test_what_cannot_be_is_refused(kind: Any, arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidValueError) as error:
        _ = kind(**arguments)
    assert error.value.code == code


# -------------------------------------------------------------------------------------- filters

FOUND: list[tuple[Any, Record]] = [
    (IndicatorFilter(), indicator()),
    (IndicatorFilter(keys=["stock"]), indicator()),
    (IndicatorFilter(value_types=[pv.ValueType.NUMBER]), indicator()),
    (TaskFilter(keys=["count"]), task()),
    (TemplateFilter(keys=["round"]), template()),
    (TemplateFilter(statuses=[TemplateStatus.PUBLISHED]), template()),
    (VisitFilter(partners=["acme", "other"]), visit()),
    (VisitFilter(reps=["rep-7"]), visit()),
    (VisitFilter(statuses=[VisitStatus.PLANNED]), visit()),
    (VisitFilter(since=THURSDAY), visit()),
    (VisitFilter(before=date(2026, 3, 13)), visit()),
    (PlanFilter(visits=["V-1"]), plan()),
    (PlanFilter(partners=["acme"]), plan()),
    (PlanFilter(keys=["round"]), plan()),
    (PlanFilter(since=THURSDAY, before=date(2026, 3, 13)), plan()),
    (ReadingFilter(kpis=[kpi().id]), reading(kpi(), 5)),
    (ReadingFilter(since=NINE), reading(kpi(), 5)),
    (ReadingFilter(before=ELEVEN), reading(kpi(), 5)),
    (OverrideFilter(kpis=[OVERRIDE.kpi_id]), OVERRIDE),
    (OverrideFilter(since=NINE, before=ELEVEN), OVERRIDE),
    (RuleFilter(keys=["unhappy"]), RULE),
    (FollowUpFilter(partners=["acme"]), follow_up()),
    (FollowUpFilter(rules=["unhappy"]), follow_up()),
    (FollowUpFilter(statuses=[FollowUpStatus.OPEN]), follow_up()),
    (FollowUpFilter(since=THURSDAY), follow_up(due=THURSDAY)),
]
NOT_FOUND: list[tuple[Any, Record]] = [
    (IndicatorFilter(keys=["Stock"]), indicator()),
    (IndicatorFilter(value_types=[pv.ValueType.TEXT]), indicator()),
    (TaskFilter(keys=["survey"]), task()),
    (TemplateFilter(keys=["round@1"]), template()),
    (TemplateFilter(statuses=[TemplateStatus.DRAFT]), template()),
    (VisitFilter(partners=["other"]), visit()),
    (VisitFilter(reps=["rep-8"]), visit()),
    (VisitFilter(statuses=[VisitStatus.MISSED]), visit()),
    (VisitFilter(since=date(2026, 3, 13)), visit()),
    (VisitFilter(before=THURSDAY), visit()),
    (VisitFilter(since=THURSDAY), visit(planned=None)),
    (VisitFilter(before=THURSDAY), visit(planned=None)),
    (VisitFilter(partners=["acme"], reps=["rep-8"]), visit()),
    (PlanFilter(visits=["V-2"]), plan()),
    (PlanFilter(partners=["other"]), plan()),
    (PlanFilter(keys=["survey"]), plan()),
    (PlanFilter(before=THURSDAY), plan()),
    (ReadingFilter(kpis=["V-1"]), reading(kpi(), 5)),
    (ReadingFilter(since=NINE + timedelta(microseconds=1)), reading(kpi(), 5)),
    (ReadingFilter(before=NINE), reading(kpi(), 5)),
    (OverrideFilter(kpis=["V-1"]), OVERRIDE),
    (OverrideFilter(before=NINE), OVERRIDE),
    (RuleFilter(keys=["happy"]), RULE),
    (FollowUpFilter(partners=["other"]), follow_up()),
    (FollowUpFilter(rules=["happy"]), follow_up()),
    (FollowUpFilter(statuses=[FollowUpStatus.CLOSED]), follow_up()),
    (FollowUpFilter(before=THURSDAY), follow_up(due=THURSDAY)),
]


@pytest.mark.parametrize(("filter", "record"), FOUND)
def test_a_filter_matches_what_has_all_that_it_names(filter: Any, record: Record) -> None:
    assert filter.matches(record) is True


@pytest.mark.parametrize(("filter", "record"), NOT_FOUND)
def test_a_filter_matches_nothing_that_lacks_one_of_them(filter: Any, record: Record) -> None:
    assert filter.matches(record) is False


@pytest.mark.parametrize("filter", [each for each, _ in FOUND])
def test_an_empty_set_matches_nothing(filter: Any) -> None:
    kind: Any = filter.__class__
    for field in attrs.fields(kind):
        if field.name not in ("since", "before"):
            emptied = kind(**{field.name: []})
            fits = [record for other, record in FOUND if type(other) is kind]
            assert not any(emptied.matches(record) for record in fits)


def test_a_second_rep_finds_the_visit_too() -> None:
    two = visit(visitors=[pv.Visitor("rep-7", primary=True), pv.Visitor("rep-8")])
    assert VisitFilter(reps=["rep-8"]).matches(two)


# --------------------------------------------------------------------------------- reading much


def test_pages_hold_everything_once_and_in_order() -> None:
    store = pv.MemoryStore()
    store.apply(Changes.create(*(visit(id=f"V-{number}") for number in range(7))))
    for page in (1, 3, 7, 8):
        assert [held.id for held in each(store.visits, page=page)] == [
            f"V-{number}" for number in range(7)
        ]
    wanted = VisitFilter(partners=["nobody"])
    assert [*each(store.visits, wanted)] == []


class Counted:
    """Counts the pages that are read."""

    def __init__(self, visits: Any) -> None:
        self.visits = visits
        self.calls = 0

    def get(self, id: str) -> Any:
        raise AssertionError(id)

    def find(self, *args: Any, **settings: Any) -> Any:
        self.calls += 1
        return self.visits.find(*args, **settings)


def test_a_page_is_read_when_it_is_reached() -> None:
    store = pv.MemoryStore()
    store.apply(Changes.create(*(visit(id=f"V-{number}") for number in range(4))))
    visits = Counted(store.visits)
    reading_on = each(visits, page=2)
    assert visits.calls == 0
    _ = next(reading_on)
    _ = next(reading_on)
    assert visits.calls == 1
    assert len([*reading_on]) == 2
    assert visits.calls == 3


def test_the_definitions_of_a_store_make_a_catalog() -> None:
    target = pv.Target("stock", pv.at_least(5))
    known = catalog(templates=[template()], targets=[target])
    store = pv.MemoryStore()
    store.apply(Changes.create(*known.indicators, *known.tasks, *known.templates, visit()))
    assert catalog_of(store, targets=[target]) == known


def test_definitions_that_do_not_belong_together_are_refused_by_the_catalog() -> None:
    store = pv.MemoryStore()
    store.apply(Changes.create(task()))
    with pytest.raises(pv.PartnerVisitsError, match=r"indicator\.unknown"):
        _ = catalog_of(store)


class Publishing:
    """A store in which somebody adds a task and its indicator after each reading."""

    def __init__(self) -> None:
        self.inner = pv.MemoryStore()
        self.added = 0

    def __getattr__(self, noun: str) -> Any:
        repository = getattr(self.inner, noun)

        class Read:
            @staticmethod
            def find() -> Any:
                found = repository.find()
                self.added += 1
                measured = indicator(f"stock-{self.added}")
                self.inner.apply(
                    Changes.create(measured, task(f"count-{self.added}", [measured.key]))
                )
                return found

        return Read


def test_definitions_added_between_two_readings_leave_the_catalog_whole() -> None:
    store: Any = Publishing()
    assert [each.key for each in catalog_of(store).tasks] == ["count-1"]
    assert store.added == 3


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


def test_a_store_that_is_awaited_is_read_the_same_way() -> None:
    # S 10.7
    known = catalog(templates=[template()], targets=[pv.Target("stock", pv.at_least(5))])
    store = pv.MemoryStore()
    store.apply(Changes.create(*known.indicators, *known.tasks, *known.templates))
    store.apply(Changes.create(*(visit(id=f"V-{number}") for number in range(5))))
    awaited: Any = Awaited(store)

    async def read(page: int) -> list[str]:
        wanted = VisitFilter(partners=["acme"])
        return [held.id async for held in each_async(awaited.visits, wanted, page=page)]

    for page in (2, 5, 6):
        assert asyncio.run(read(page)) == ["V-0", "V-1", "V-2", "V-3", "V-4"]
    assert asyncio.run(catalog_of_async(awaited, targets=known.targets)) == known
