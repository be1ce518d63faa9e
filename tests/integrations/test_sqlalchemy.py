"""A store in a host's database. The contract itself is proved clause by clause elsewhere."""

import asyncio
import random
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

import partnervisits as pv
from partnervisits import codec
from partnervisits.errors import ConflictError, InvalidValueError, NotFoundError
from partnervisits.followups import FollowUpStatus
from partnervisits.integrations.sqlalchemy import AsyncSqlStore, SqlStore, tables_in
from partnervisits.repositories import (
    CONTRACT,
    AsyncStore,
    Changes,
    Check,
    Cursor,
    FollowUpFilter,
    IndicatorFilter,
    Noun,
    OverrideFilter,
    PlanFilter,
    ReadingFilter,
    Record,
    RuleFilter,
    Store,
    Stored,
    TaskFilter,
    TemplateFilter,
    VisitFilter,
    each,
    id_of,
    order_key,
)
from partnervisits.templates import TemplateStatus
from partnervisits.testing import (
    a_follow_up,
    a_follow_up_rule,
    a_plan,
    a_reading,
    a_subject,
    a_task_definition,
    a_template,
    an_indicator,
    an_override,
)
from partnervisits.visits import VisitStatus
from tests.builders import ELEVEN, NINE, THURSDAY, kpi, reading, task, visit
from tests.integrations.doors import TABLES, Database, sqlite

FRIDAY = THURSDAY + timedelta(days=1)


def days_later(number: int) -> pv.Period:
    return pv.Period(NINE + timedelta(days=number))


def conflicts_of(store: Store, changes: Changes) -> list[tuple[str, str]]:
    with pytest.raises(ConflictError) as error:
        store.apply(changes)
    return [(found.location, found.code) for found in error.value.findings]


def test_a_sql_store_is_a_store(database: Database) -> None:
    with database.begin() as joined:
        store: Store = joined
        assert store.contract == CONTRACT
        assert [store.visits.find(), store.follow_ups.find()] == [(), ()]


# ---------------------------------------------------------------------------------------- finding

RECORDS: dict[Noun, list[Record]] = {
    Noun.INDICATORS: [
        an_indicator(),
        an_indicator(key="photo", value_type=pv.ValueType.BOOLEAN),
        an_indicator(key="Stock", value_type=pv.ValueType.NUMBER),
    ],
    Noun.TASKS: [a_task_definition(key=key) for key in ("survey", "Survey", "count")],
    Noun.TEMPLATES: [
        a_template(version=10, status=TemplateStatus.DRAFT),
        a_template(version=2),
        a_template(key="quarterly-2"),
    ],
    Noun.VISITS: [
        visit(id="V-2"),
        visit(id="V-1", partner_id="other", planned=days_later(1)),
        visit(id="V-3", visitors=[pv.Visitor("rep-7", primary=True), pv.Visitor("rep-8")]),
        visit(id="V-0", planned=None).cancel("they moved"),
    ],
    Noun.PLANS: [
        a_plan(subject=a_subject(visit_id=name, on=on), key=key)
        for name, on, key in [
            ("V-2", THURSDAY, "quarterly"),
            ("V-1", FRIDAY, "quarterly"),
            ("V-1", FRIDAY, "launch"),
            ("V-0", None, "launch"),
        ]
    ],
    Noun.READINGS: [
        a_reading(id=name, kpi_id=of, recorded_at=NINE + timedelta(microseconds=number))
        for name, of, number in [("R-2", "K-1", 0), ("R-1", "K-1", 1), ("R-3", "K-2", 2)]
    ],
    Noun.OVERRIDES: [
        an_override(),
        an_override(at=ELEVEN + timedelta(microseconds=1)),
        an_override(kpi_id="K-2", at=NINE),
    ],
    Noun.RULES: [a_follow_up_rule(key=key) for key in ("unhappy", "Unhappy", "empty-shelf")],
    Noun.FOLLOW_UPS: [
        a_follow_up(visit_id="V-1", due=FRIDAY),
        a_follow_up(visit_id="V-2", due=THURSDAY, rule_key="empty-shelf"),
        a_follow_up(visit_id="V-3", partner_id="other", status=FollowUpStatus.DISMISSED),
    ],
}

FILTERS: dict[Noun, list[Any]] = {
    Noun.INDICATORS: [
        IndicatorFilter(keys=["stock", "Stock", "photo"]),
        IndicatorFilter(value_types=[pv.ValueType.BOOLEAN]),
        IndicatorFilter(keys=["photo", "Stock"], value_types=[pv.ValueType.NUMBER]),
        IndicatorFilter(value_types=[]),
    ],
    Noun.TASKS: [TaskFilter(keys=["survey"]), TaskFilter(keys=["SURVEY", "count"])],
    Noun.TEMPLATES: [
        TemplateFilter(keys=["quarterly"]),
        TemplateFilter(statuses=[TemplateStatus.DRAFT, TemplateStatus.OBSOLETE]),
    ],
    Noun.VISITS: [
        VisitFilter(partners=["acme"]),
        VisitFilter(reps=["rep-8"]),
        VisitFilter(reps=["rep-7", "rep-8", "rep-9"]),
        VisitFilter(reps=[]),
        VisitFilter(statuses=[VisitStatus.CANCELLED]),
        VisitFilter(since=THURSDAY),
        VisitFilter(before=FRIDAY),
        VisitFilter(since=THURSDAY, before=FRIDAY, partners=["acme", "other"], reps=["rep-7"]),
    ],
    Noun.PLANS: [
        PlanFilter(visits=["V-1", "V-0"]),
        PlanFilter(partners=["acme"], keys=["launch"]),
        PlanFilter(since=FRIDAY),
        PlanFilter(before=FRIDAY),
    ],
    Noun.READINGS: [
        ReadingFilter(kpis=["K-1"]),
        ReadingFilter(kpis=["K-1", "K-2"], since=NINE + timedelta(microseconds=1)),
        ReadingFilter(before=NINE + timedelta(microseconds=2)),
    ],
    Noun.OVERRIDES: [OverrideFilter(kpis=["K-2"]), OverrideFilter(since=ELEVEN)],
    Noun.RULES: [RuleFilter(keys=["Unhappy", "UNHAPPY"]), RuleFilter(keys=[])],
    Noun.FOLLOW_UPS: [
        FollowUpFilter(partners=["other"]),
        FollowUpFilter(rules=["empty-shelf"]),
        FollowUpFilter(statuses=[FollowUpStatus.OPEN], since=FRIDAY),
        FollowUpFilter(before=FRIDAY),
    ],
}


@pytest.mark.parametrize("noun", Noun)
def test_every_noun_comes_back_in_order_and_is_found_by_its_filter(
    database: Database, noun: Noun
) -> None:
    with database.begin() as store:
        store.apply(Changes.create(*RECORDS[noun]))
    in_order = sorted(RECORDS[noun], key=lambda record: (order_key(record), id_of(record)))
    with database.rolled_back() as store:
        repository = getattr(store, noun.value)
        assert [held.value for held in repository.find()] == in_order
        assert [repository.get(id_of(record)).value for record in in_order] == in_order
        for wanted in FILTERS[noun]:
            fits = [record for record in in_order if wanted.matches(record)]
            assert [held.value for held in repository.find(wanted)] == fits
            assert len(fits) < len(in_order) or wanted in FILTERS[Noun.VISITS]


@pytest.mark.parametrize("noun", Noun)
def test_what_is_not_there_is_not_found(database: Database, noun: Noun) -> None:
    with (
        database.begin() as store,
        pytest.raises(NotFoundError, match=f"there is no {noun.value} V-9"),
    ):
        _ = getattr(store, noun.value).get("V-9")


@pytest.mark.parametrize(
    ("arguments", "settings", "code"),
    [
        ((PlanFilter(),), {}, "type.wrong"),
        (("V-1",), {}, "type.wrong"),
        ((), {"after": ("2026-03-12", "V-1")}, "type.wrong"),
        ((), {"limit": 0}, "count.range"),
        ((), {"limit": True}, "count.range"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(
    database: Database, arguments: tuple[Any, ...], settings: dict[str, Any], code: str
) -> None:
    with database.begin() as store, pytest.raises(InvalidValueError) as error:
        _ = store.visits.find(*arguments, **settings)
    assert error.value.code == code


def test_what_is_no_id_and_what_is_no_changes_is_refused(database: Database) -> None:
    with database.begin() as joined:
        store: Any = joined
        with pytest.raises(InvalidValueError, match="pass str, not None"):
            _ = store.visits.get(None)
        with pytest.raises(InvalidValueError, match="pass Changes, not Visit"):
            store.apply(visit())


# Small letters come after capitals, an accent of its own after its letter, and what UTF-16 writes
# in two halves after all that it writes in one.
NAMES = ["B", "E\u0301", "V 1", "a", "ab", "b", "e\u0301", "z", "\u00c9", "\u00e9", "\uff5e"]
NAMES.extend(["\U0001f6b2", "\U0001f6b2-1"])


@pytest.mark.parametrize("after", ["", "a", "e", "\u00e9", "\ufffd", "\U0001f6b2", "zz"])
def test_ids_are_sorted_and_compared_code_point_by_code_point(
    database: Database, after: str
) -> None:
    shuffled = random.Random(7).sample(NAMES, len(NAMES))  # noqa: S311 -- an order, no secret
    with database.begin() as store:
        store.apply(Changes.create(*(visit(id=name) for name in shuffled)))
        store.apply(Changes.create(*(a_reading(id=name, recorded_at=NINE) for name in shuffled)))
        assert [held.id for held in store.visits.find()] == NAMES
        behind = [name for name in NAMES if name > after]
        found = store.visits.find(after=Cursor("2026-03-12", after))
        assert [held.id for held in found] == behind
        assert [held.id for held in each(store.readings, page=1)] == NAMES
        place = Cursor(order_key(a_reading(recorded_at=NINE)), after)
        assert [held.id for held in store.readings.find(after=place)] == behind


UNSTORABLE = ["\0", "\ud800", "a\0b", "a\udfff", "\ue000\ud800", "z\ud800z"]


@pytest.mark.parametrize("text", UNSTORABLE)
def test_texts_that_no_record_holds_are_looked_for_in_vain(database: Database, text: str) -> None:
    with database.begin() as store:
        names = ["a", "a\ue000", "ab", "z", "\ue000", "\U0010ffff"]
        store.apply(Changes.create(*(visit(id=name) for name in names)))
        store.apply(Changes.create(*(a_reading(id=name, recorded_at=NINE) for name in names)))
        for repository in (store.visits, store.readings):
            with pytest.raises(NotFoundError):
                _ = repository.get(text)
        assert store.visits.find(VisitFilter(partners=[text])) == ()
        assert store.readings.find(ReadingFilter(kpis=[text])) == ()
        # A cursor comes from outside as well: it is a place, whatever it says.
        held: list[Stored[Any]] = [*store.visits.find(), *store.readings.find()]
        for order, name in [
            ("2026-03-12", text),
            (f"2026-03-12{text}", ""),
            (order_key(a_reading(recorded_at=NINE)), text),
        ]:
            found: list[Stored[Any]] = [
                *store.visits.find(after=Cursor(order, name)),
                *store.readings.find(after=Cursor(order, name)),
            ]
            places = [(each.cursor.order_key, each.id) > (order, name) for each in held]
            assert found == [each for each, behind in zip(held, places, strict=True) if behind]


def long_text(length: int, seed: int) -> str:
    """Letters of four bytes each, in an order that nothing compresses."""
    chance = random.Random(seed)  # noqa: S311 -- any letters do
    return "".join(chr(chance.randrange(0x20000, 0x2A6DF)) for _ in range(length))


def longest_records(seed: int) -> list[Record]:
    """All that may have a long id, or is found by one, with the longest."""
    a, b, c = (long_text(255, seed * 10 + number) for number in range(3))
    of = long_text(4_096, seed)
    return [
        visit(id=a, partner_id=b, visitors=[pv.Visitor(c)]),
        a_plan(subject=a_subject(visit_id=a, partner_id=b), key="k" * 64),
        a_reading(id=of[:-1], kpi_id=of),
        an_override(kpi_id=of[:3_800], by=a),
        a_follow_up(visit_id=a, partner_id=b, rule_key="k" * 64, context=pv.Context("x" * 64, c)),
        a_template(key="k" * 64, version=1_000_000 - seed),
    ]


def test_the_longest_ids_fit_into_every_index(database: Database) -> None:
    made = [record for seed in range(3) for record in longest_records(seed)]
    with database.begin() as store:
        store.apply(Changes.create(*made))
    with database.begin() as store:
        for noun in Noun:
            held = getattr(store, noun.value).find()
            assert all(getattr(store, noun.value).get(each.id) == each for each in held)
        one = store.visits.find(limit=1)[0]
        rep = one.value.visitors[0].rep_id
        assert store.visits.find(VisitFilter(reps=[rep], partners=[one.value.partner_id])) == (one,)
        of = store.readings.find()[1].value.kpi_id
        assert [held.value.kpi_id for held in store.readings.find(ReadingFilter(kpis=[of]))] == [of]
        store.apply(one.replaced_by(one.value.start(at=NINE)) + store.plans.find()[0].deleted())
        assert len(store.plans.find()) == 2


def test_long_ids_that_begin_alike_are_sorted_to_the_last_letter(database: Database) -> None:
    start = long_text(4_000, 1)
    names = [start[:number] for number in (63, 64, 65, 255, 256, 4_000)]
    names += [start + letter for letter in ("\u00e9", "\U0001f6b2", "a", "aa")]
    with database.begin() as store:
        store.apply(Changes.create(*(a_reading(id=name, recorded_at=NINE) for name in names)))
        assert [held.id for held in each(store.readings, page=1)] == sorted(names)


@pytest.mark.parametrize("count", [5_000, 70_000])
def test_a_filter_may_name_more_ids_than_a_statement_may_have_parameters(
    database: Database, count: int
) -> None:
    many = [f"P-{number}" for number in range(count)]
    with database.begin() as store:
        store.apply(Changes.create(visit(partner_id=many[-1], visitors=[pv.Visitor(many[-2])])))
        assert len(store.visits.find(VisitFilter(partners=many, reps=many))) == 1
        assert store.visits.find(VisitFilter(partners=many[:-1])) == ()


def test_a_batch_may_be_larger_than_a_statement_may_have_parameters(database: Database) -> None:
    absent = Changes(checks=[Check(Noun.READINGS, f"R-{number}") for number in range(70_000)])
    visits = [visit(id=f"V-{number:05}") for number in range(8_000)]
    with database.begin() as store:
        store.apply(Changes.create(*visits) + absent)
        held = store.visits.find(limit=1_200)
        started = [each.replaced_by(each.value.start(at=NINE)) for each in held[:1_000]]
        gone = [each.deleted() for each in held[1_000:]]
        store.apply(sum([*started, *gone], Changes()))
        wanted = VisitFilter(statuses=[VisitStatus.IN_PROGRESS])
        assert len(store.visits.find(wanted)) == 1_000
        assert len(store.visits.find()) == 7_800


# ---------------------------------------------------------------------------------------- writing


def test_all_that_stands_against_changes_is_said_and_nothing_is_written(database: Database) -> None:
    with database.begin() as store:
        store.apply(Changes.create(visit(), visit(id="V-2"), task()))
        one, two, counted = *store.visits.find(), store.tasks.get("count")
        store.apply(two.deleted() + counted.replaced_by(task(instructions="Look twice.")))
        before = [store.visits.find(), store.tasks.find()]
        changes = (
            Changes.create(visit(contacts=["lee"]), visit(id="V-3"))
            + two.replaced_by(two.value.start(at=NINE))
            + counted.unchanged()
            + Changes(checks=[Check(Noun.PLANS, "P", "never")])
        )
        assert conflicts_of(store, changes) == [
            ("plans.P", "store.missing"),
            ("tasks.count", "store.stale"),
            ("visits.V-1", "store.exists"),
            ("visits.V-2", "store.missing"),
        ]
        assert [store.visits.find(), store.tasks.find()] == before
        store.apply(one.deleted())


def test_a_visit_is_found_by_the_reps_that_it_has_now(database: Database) -> None:
    pair = [pv.Visitor("rep-7", primary=True), pv.Visitor("rep-8")]
    with database.begin() as store:
        store.apply(Changes.create(visit(visitors=pair)))
        held = store.visits.get("V-1")
        store.apply(held.replaced_by(attrs.evolve(held.value, visitors=[pv.Visitor("rep-9")])))
        found = [
            len(store.visits.find(VisitFilter(reps=[f"rep-{number}"]))) for number in (7, 8, 9)
        ]
        assert found == [0, 0, 1]
        store.apply(store.visits.get("V-1").deleted())
        assert store.visits.find(VisitFilter(reps=["rep-9"])) == ()


def test_a_reading_that_is_there_is_no_conflict_unless_it_differs(database: Database) -> None:
    captured, other = reading(kpi(), 5, id="R-1"), reading(kpi(), 6, id="R-1")
    with database.begin() as store:
        store.apply(Changes.create(captured))
        before = store.readings.find()
        store.apply(Changes.create(captured, reading(kpi(), 7, id="R-2")))
        assert store.readings.get("R-1") == before[0]
        assert conflicts_of(store, Changes.create(other)) == [("readings.R-1", "store.exists")]
        assert [held.value.value for held in store.readings.find()] == [5, 7]


def test_a_revision_never_comes_again(database: Database) -> None:
    seen: list[str] = []
    for _ in range(3):
        with database.rolled_back() as store:
            store.apply(Changes.create(visit()))
            held = store.visits.get("V-1")
            store.apply(held.deleted())
            store.apply(Changes.create(visit()))
            seen += [held.revision, store.visits.get("V-1").revision]
    assert len(set(seen)) == 6


def test_nothing_to_write_asks_the_database_nothing() -> None:
    store = SqlStore(sa.create_mock_engine("sqlite://", never), TABLES)  # type: ignore[arg-type]
    store.apply(Changes())


def never(*_: object) -> None:
    pytest.fail("the database was asked")


# ------------------------------------------------------------------- the transaction of the host


def test_what_the_host_rolls_back_was_never_there(database: Database) -> None:
    with database.rolled_back() as store:
        store.apply(Changes.create(visit()))
        assert len(store.visits.find()) == 1
    with database.begin() as store:
        assert store.visits.find() == ()


def test_a_store_commits_what_the_host_wrote_no_more_than_what_it_wrote_itself(
    database: Database,
) -> None:
    notes = sa.Table("notes", sa.MetaData(), sa.Column("note", sa.Text))
    notes.create(database.engine)
    with database.engine.connect() as connection:
        _ = connection.execute(notes.insert(), {"note": "call them"})
        SqlStore(connection, TABLES).apply(Changes.create(visit()))
        connection.rollback()
        assert connection.execute(notes.select()).all() == []
        assert SqlStore(connection, TABLES).visits.find() == ()


def test_a_refusal_leaves_the_transaction_as_it_was(database: Database) -> None:
    with database.begin() as store:
        store.apply(Changes.create(visit(), task()))
        changes = Changes.create(visit(id="V-2"), task())
        assert conflicts_of(store, changes) == [("tasks.count", "store.exists")]
        store.apply(Changes.create(visit(id="V-3")))
    with database.begin() as store:
        assert [held.id for held in store.visits.find()] == ["V-1", "V-3"]


class Injected(Exception):  # noqa: N818 -- it is not an error of anybody
    """Comes at any moment, like a full disk."""


def interrupted_at(step: int, store: SqlStore, engine: sa.Engine, changes: Changes) -> bool:
    """Apply and raise before the step-th statement; whether it got that far."""
    left = step

    def count(_: object, __: object, sql: str, *___: object) -> None:
        nonlocal left
        # With the release of the savepoint all is written, and nothing can come after it.
        left -= not sql.startswith("RELEASE")
        if left == 0:
            raise Injected

    event.listen(engine, "before_cursor_execute", count)
    try:
        store.apply(changes)
    except Injected:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return False


def a_bit_of_everything(store: SqlStore) -> Changes:
    one, two, _ = store.visits.find()
    return (
        one.replaced_by(one.value.start(at=NINE))
        + two.deleted()
        + store.tasks.get("count").replaced_by(task(instructions="Look twice."))
        + Changes.create(a_plan(), reading(kpi(), 5), visit(id="V-4"))
    )


def everything(store: SqlStore) -> list[Any]:
    held = [getattr(store, noun.value).find() for noun in Noun]
    return [*held, store.visits.find(VisitFilter(reps=["rep-7"]))]


def test_an_exception_at_any_statement_leaves_the_transaction_as_it_was(database: Database) -> None:
    visits = [visit(id=f"V-{number}") for number in (1, 2, 3)]
    with database.begin() as store:
        store.apply(Changes.create(*visits, task()))
        before, changes = everything(store), a_bit_of_everything(store)
        steps = 1
        while interrupted_at(steps, store, database.engine, changes):
            assert everything(store) == before
            steps += 1
    assert steps > 10
    with database.begin() as store:
        assert [held.id for held in store.visits.find()] == ["V-1", "V-3", "V-4"]
        assert len(store.visits.find(VisitFilter(reps=["rep-7"]))) == 3


GUARDED_DELETE = "DELETE FROM partnervisits_visits WHERE partnervisits_visits.id"


def meddle(engine: sa.Engine, before: str, statement: str) -> None:
    """Let somebody write by other ways right before a statement that begins so."""

    def write(_: object, cursor: Any, sql: str, *__: object) -> None:
        if sql.startswith(before):
            cursor.execute(statement)

    event.listen(engine, "before_cursor_execute", write)


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_a_record_that_others_change_behind_the_lock_is_a_conflict(
    database: Database, verb: str
) -> None:
    with database.begin() as store:
        store.apply(Changes.create(visit()))
        held = store.visits.get("V-1")
        change = held.replaced_by(held.value.start(at=NINE)) if verb == "UPDATE" else held.deleted()
        statement = "UPDATE partnervisits_visits SET revision = 'other' WHERE id = 'V-1'"
        before = {"UPDATE": "UPDATE partnervisits_visits", "DELETE": GUARDED_DELETE}[verb]
        meddle(database.engine, before, statement)
        changes = Changes.create(task()) + change
        assert conflicts_of(store, changes) == [("visits.V-1", "store.stale")]
        assert store.tasks.find() == ()
        assert store.visits.get("V-1") == held


def test_a_record_that_others_create_behind_the_lock_leaves_the_transaction_usable(
    database: Database,
) -> None:
    with database.begin() as store:
        store.apply(Changes.create(visit(id="V-0")))
        columns = "(id, order_key, partner_id, status, revision, data)"
        statement = f"INSERT INTO partnervisits_visits {columns} VALUES ('V-1', '', '', '', '', '')"  # noqa: S608
        meddle(database.engine, "INSERT INTO partnervisits_visits", statement)
        with pytest.raises(IntegrityError):
            store.apply(Changes.create(task(), visit()))
        assert [held.id for held in store.visits.find()] == ["V-0"]
        assert store.tasks.find() == ()


# ------------------------------------------------------------------------------------- the tables


def test_two_stores_in_one_database_share_nothing() -> None:
    with sqlite() as database:
        metadata = sa.MetaData()
        other = tables_in(metadata, prefix="other_")
        metadata.create_all(database.engine)
        with database.engine.begin() as connection:
            SqlStore(connection, other).apply(Changes.create(visit()))
            assert SqlStore(connection, TABLES).visits.find() == ()
            assert len(SqlStore(connection, other).visits.find()) == 1


def test_the_tables_lie_in_the_schema_of_the_host() -> None:
    metadata = sa.MetaData(schema="crm")
    tables = tables_in(metadata, prefix="field_")
    assert tables.visits.fullname == "crm.field_visits"
    assert max(metadata.tables) == "crm.field_visits"
    assert len(metadata.tables) == 10


def test_a_record_has_the_same_columns_as_its_table(database: Database) -> None:
    with database.begin() as store:
        store.apply(Changes.create(visit(visitors=[pv.Visitor("rep-7")])))
    with database.engine.connect() as connection:
        (row,) = connection.execute(sa.select(TABLES.visits)).mappings()
        reps = connection.execute(sa.select(TABLES.visit_reps)).all()
    assert (row["id"], row["order_key"]) == ("V-1", "2026-03-12")
    assert (row["partner_id"], row["status"]) == ("acme", "planned")
    assert codec.loads(row["data"], pv.Visit) == visit()
    assert [tuple(each) for each in reps] == [("V-1", "rep-7")]


INDEXES: list[tuple[Noun, Any, str]] = [
    (Noun.VISITS, None, "partnervisits_visits_in_order"),
    (Noun.VISITS, VisitFilter(partners=["acme"]), "partnervisits_visits_by_partner_id"),
    (Noun.VISITS, VisitFilter(statuses=[VisitStatus.PLANNED]), "partnervisits_visits_by_status"),
    (Noun.VISITS, VisitFilter(since=THURSDAY), "partnervisits_visits_in_order"),
    (Noun.VISITS, VisitFilter(reps=["rep-7"]), "partnervisits_visit_reps_by_rep_id"),
    (Noun.PLANS, PlanFilter(visits=["V-1"]), "partnervisits_plans_by_visit_id"),
    (Noun.READINGS, ReadingFilter(kpis=["K-1"]), "partnervisits_readings_by_kpi_digest"),
    (Noun.FOLLOW_UPS, FollowUpFilter(rules=["late"]), "partnervisits_follow_ups_by_rule_key"),
]


@pytest.mark.parametrize(("noun", "wanted", "index"), INDEXES)
def test_a_page_is_read_from_an_index(noun: Noun, wanted: Any, index: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_: object, __: object, sql: str, parameters: Any, *___: object) -> None:
        asked.append((sql, parameters))

    with sqlite() as database, database.engine.connect() as connection:
        store = SqlStore(connection, TABLES)
        event.listen(connection, "before_cursor_execute", note)
        _ = getattr(store, noun.value).find(wanted, after=Cursor("2026", "V"), limit=10)
        sql, parameters = asked[0]
        plan = [*connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    steps = "\n".join(row[3] for row in plan)
    assert f" {index} " in steps
    assert "SCAN " not in steps.replace(f"SCAN partnervisits_{noun.value} USING INDEX", "")


# -------------------------------------------------------------------------------------- dialects


def test_another_database_is_refused() -> None:
    engine = sa.create_mock_engine("mssql+pyodbc://", never)
    connection: Any = SimpleNamespace(engine=engine, dialect=engine.dialect)
    with pytest.raises(InvalidValueError, match="use SQLite or PostgreSQL, not mssql") as error:
        _ = SqlStore(connection, TABLES)
    assert error.value.code == "store.dialect"
    with pytest.raises(InvalidValueError, match="not mssql"):
        _ = AsyncSqlStore(connection, TABLES)


class Answer:
    """What a database without records says to any statement."""

    rowcount = 1

    def __init__(self, isolation: str) -> None:
        self.isolation = isolation

    def scalar(self) -> str:
        return self.isolation

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return iter(())


class Recorder:
    """A connection to PostgreSQL without one: it notes what it is asked."""

    dialect = sa.create_mock_engine("postgresql+psycopg://", never).dialect

    def __init__(self, isolation: str) -> None:
        self.isolation = isolation
        self.asked: list[str] = []
        self.stripes: list[int] = []

    def execute(self, statement: Any, _: object = None) -> Answer:
        compiled = statement.compile(dialect=self.dialect)
        self.stripes += compiled.params.get("stripes", [])
        asked = str(compiled).replace("\n", "")
        without_names = re.sub(r"%\(\w+\)s(::\w+(\[\])?)?", "?", asked)
        self.asked.append(without_names.replace("partnervisits_visits.", ""))
        return Answer(self.isolation)

    def get_execution_options(self) -> dict[str, Any]:
        return {}

    @contextmanager
    def begin_nested(self) -> Generator[None]:
        self.asked.append("SAVEPOINT")
        yield
        self.asked.append("RELEASE")


def test_a_transaction_that_does_not_see_what_others_create_is_refused() -> None:
    connection: Any = Recorder("repeatable read")
    with pytest.raises(InvalidValueError, match="use READ COMMITTED or SERIALIZABLE") as error:
        SqlStore(connection, TABLES).apply(Changes.create(visit()))
    assert error.value.code == "store.isolation"
    assert len(connection.asked) == 2


def test_a_connection_without_a_transaction_is_refused() -> None:
    """S 10.4: there is nothing to join."""
    with sqlite() as database:
        each_its_own = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with each_its_own.connect() as connection:
            store = SqlStore(connection, TABLES)
            with pytest.raises(InvalidValueError, match="begin a transaction") as error:
                store.apply(Changes.create(visit()))
            assert error.value.code == "store.isolation"
            assert store.visits.find() == ()


def test_postgresql_locks_then_looks_and_writes_within_a_savepoint() -> None:
    connection: Any = Recorder("read committed")
    checks = Changes(checks=[Check(Noun.VISITS, "V-2")])
    SqlStore(connection, TABLES).apply(Changes.create(visit()) + checks)
    begin, lock, look, insert, *rest = connection.asked
    assert begin == "SAVEPOINT"
    assert "pg_advisory_xact_lock(CAST(CAST(? AS regclass) AS integer), stripe)" in lock
    assert look == (
        "SELECT id, revision FROM partnervisits_visits WHERE id = ANY (?) FOR NO KEY UPDATE"
    )
    assert insert.startswith("INSERT INTO partnervisits_visits (id, order_key, partner_id, ")
    assert rest[0].startswith("INSERT INTO partnervisits_visit_reps ")
    assert rest[1:] == ["RELEASE"]


def test_the_locks_of_postgresql_are_taken_in_one_order_and_are_the_same_in_every_process() -> None:
    connection: Any = Recorder("read committed")
    names = [f"V-{number}" for number in range(5)]
    SqlStore(connection, TABLES).apply(Changes(checks=[Check(Noun.VISITS, name) for name in names]))
    assert connection.stripes == [61, 73, 78, 80, 219]
    assert connection.stripes == sorted(connection.stripes)


def test_postgresql_gets_any_number_of_ids_as_one_parameter() -> None:
    connection: Any = Recorder("read committed")
    repository = SqlStore(connection, TABLES).visits
    place = Cursor("2026-03-12", "V-1")
    _ = repository.find(VisitFilter(partners=["acme", "other"], since=THURSDAY), after=place)
    (asked,) = connection.asked
    assert asked.endswith(
        "WHERE (order_key, id) > (?, ?) AND partner_id = ANY (?) "
        "AND order_key >= ? AND order_key < ? ORDER BY order_key, id"
    )


def test_on_postgresql_everything_compared_is_compared_code_point_by_code_point() -> None:
    for table in TABLES.visits.metadata.sorted_tables:
        ddl = str(CreateTable(table).compile(dialect=Recorder.dialect))
        assert ddl.count('COLLATE "C"') == len(table.columns)


# --------------------------------------------------------------------------------------- awaited


def test_an_awaited_store_reads_and_writes_in_the_transaction_of_its_host(
    database: Database,
) -> None:
    async def work() -> None:
        async with database.async_engine() as engine:
            async with engine.connect() as connection:
                store: AsyncStore = AsyncSqlStore(connection, TABLES)
                assert store.contract == CONTRACT
                await store.apply(Changes.create(visit()))
                assert len(await store.visits.find()) == 1
                await connection.rollback()
            async with engine.begin() as connection:
                store = AsyncSqlStore(connection, TABLES)
                await store.apply(Changes.create(visit(id="V-2"), visit(id="V-3"), task()))
                with pytest.raises(ConflictError):
                    await store.apply(Changes.create(visit(id="V-4"), task()))
                held = await store.visits.get("V-2")
                await store.apply(held.replaced_by(held.value.start(at=NINE)))
                with pytest.raises(NotFoundError):
                    _ = await store.visits.get("V-1")

    asyncio.run(work())
    with database.rolled_back() as store:
        in_progress = VisitFilter(statuses=[VisitStatus.IN_PROGRESS])
        assert [held.id for held in store.visits.find(in_progress)] == ["V-2"]
        assert [held.id for held in store.visits.find()] == ["V-2", "V-3"]
