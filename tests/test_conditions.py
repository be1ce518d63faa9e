from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn

import attrs
import pytest

import partnervisits as pv
from partnervisits import conditions
from partnervisits.calendars import EVERY_DAY, Anchor, Offset, shift
from partnervisits.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FactIs,
    IsSet,
    Negate,
    Verdict,
    a_condition,
    all_of,
    any_of,
    is_set,
    missing,
    negate,
    when,
)
from partnervisits.contexts import Fact
from partnervisits.criteria import Bound, Criterion, DayEnd
from partnervisits.errors import InvalidValueError
from partnervisits.values import first_instant, last_instant

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN

MONDAY = date(2026, 3, 16)
TUESDAY = date(2026, 3, 17)
NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
BEGUN = datetime(2026, 3, 15, 23, tzinfo=UTC)
"""The first instant of Monday in Berlin."""
OVER = datetime(2026, 3, 16, 22, 59, 59, 999_999, tzinfo=UTC)
"""Its last."""
MICROSECOND = timedelta(microseconds=1)

LARGE = when("segment", pv.equals("large"))
BUSY = when("stores", pv.at_least(3))
RENEWED = is_set("renewal")


def in_berlin(bound: Bound, end: DayEnd) -> Bound:
    """What a plan makes of days and offsets, for a visit on Monday."""
    if isinstance(bound, Offset):
        bound = shift(MONDAY, bound, EVERY_DAY)
    if isinstance(bound, date) and not isinstance(bound, datetime):
        return (first_instant if end is DayEnd.FIRST else last_instant)(bound, "Europe/Berlin")
    return bound


def unplanned(bound: Bound, end: DayEnd) -> Bound:
    """The same for a visit that is not planned yet."""
    return bound if isinstance(bound, Offset) else in_berlin(bound, end)


def never(bound: Bound, end: DayEnd) -> NoReturn:
    raise AssertionError(bound, end)


def judged(condition: Condition, **facts: Fact) -> Verdict:
    return condition.judge(facts, in_berlin)


def refused(make: Callable[..., object], *given: object) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as caught:
        _ = make(*given)
    return caught.value


# --------------------------------------------------------------------------------- one fact


@pytest.mark.parametrize(
    ("criterion", "met", "missed"),
    [
        (pv.equals(True), True, False),
        (pv.equals(False), False, True),
        (pv.at_least(3), 3, 2),
        (pv.at_most(3), 3, 4),
        (pv.equals(3), 3, 4),
        (pv.equals(Decimal("2.5"), tolerance=1), 3, 4),
        (pv.one_of([1, 2]), 2, 3),
        (pv.none_of([1, 2]), 3, 2),
        (pv.between(3, 5), Decimal("4.5"), Decimal("5.5")),
        (pv.outside(3, 5), Decimal("5.5"), Decimal("4.5")),
        (pv.equals(Decimal("2.5")), Decimal("2.5"), Decimal("2.6")),
        (pv.at_least(NOON), NOON, NOON - MICROSECOND),
        (pv.equals(NOON), NOON, NOON + MICROSECOND),
        (pv.equals(NOON, tolerance=MICROSECOND), NOON + MICROSECOND, NOON - 2 * MICROSECOND),
        (pv.equals("large"), "large", "Large"),
        (pv.one_of(["medium", "large"]), "large", "small"),
        (pv.none_of(["medium", "large"]), "small", "large"),
        (pv.one_of(["repair", "rides"]), frozenset({"rides", "rent"}), frozenset({"rent"})),
        (pv.none_of(["repair", "rides"]), frozenset({"rent"}), frozenset({"rides", "rent"})),
        (pv.contains(["repair", "rides"]), frozenset({"repair", "rides"}), frozenset({"rides"})),
        (pv.equals({"repair"}), frozenset({"repair"}), frozenset({"repair", "rides"})),
        (pv.equals(frozenset[str]()), frozenset[str](), frozenset({"repair"})),
    ],
)
def test_a_fact_of_each_type_is_judged_by_the_criteria_that_fit_it(
    criterion: Criterion, met: Fact, missed: Fact
) -> None:
    """S 3.4: without a day or an offset nothing is asked of the visit."""
    condition = when("fact", criterion)
    assert condition.judge({"fact": met}, never) is YES
    assert condition.judge({"fact": missed}, never) is NO


def test_a_fact_that_was_not_given_is_unknown() -> None:
    """S 3.4: never no."""
    assert when("stores", pv.at_least(3)).judge({"segment": "large"}, never) is UNKNOWN
    assert when("renewal", pv.at_most(pv.days(30))).judge({}, never) is UNKNOWN


def test_none_is_no_fact() -> None:
    """S 3.4: it was not given."""
    facts: Any = {"stores": None, "renewal": None}
    assert BUSY.judge(facts, never) is UNKNOWN
    assert RENEWED.judge(facts, never) is NO
    assert missing(BUSY, facts) == ("stores",)


@pytest.mark.parametrize("value", [False, 0, Decimal(0), "large", frozenset[str](), MONDAY, NOON])
def test_only_is_set_says_no_to_a_fact_that_was_not_given(value: Fact) -> None:
    """S 3.4: whatever the value of one that was."""
    assert RENEWED.judge({"renewal": value}, never) is YES
    assert RENEWED.judge({"segment": value}, never) is NO


# Criteria, the types of the facts they fit, and how a message says them.
CRITERIA: list[tuple[Criterion, set[type], str]] = [
    (pv.equals(True), {bool}, "bool"),
    (pv.at_least(3), {int, Decimal}, "Decimal or int"),
    (pv.at_most(3), {int, Decimal}, "Decimal or int"),
    (pv.between(3, 5), {int, Decimal}, "Decimal or int"),
    (pv.outside(3, 5), {int, Decimal}, "Decimal or int"),
    (pv.equals(3), {int, Decimal}, "Decimal or int"),
    (pv.equals(Decimal("2.5")), {Decimal}, "Decimal"),
    (pv.equals(Decimal("2.5"), tolerance=1), {int, Decimal}, "Decimal or int"),
    (pv.one_of([1, 2]), {int}, "int"),
    (pv.none_of([1, 2]), {int}, "int"),
    (pv.at_least(NOON), {date, datetime}, "date or datetime"),
    (pv.at_most(MONDAY), {date, datetime}, "date or datetime"),
    (pv.between(MONDAY, NOON), {date, datetime}, "date or datetime"),
    (pv.outside(MONDAY, pv.days(9)), {date, datetime}, "date or datetime"),
    (pv.equals(NOON), {date, datetime}, "date or datetime"),
    (pv.equals("large"), {str}, "str"),
    (pv.one_of(["large"]), {frozenset, str}, "frozenset or str"),
    (pv.none_of(["large"]), {frozenset, str}, "frozenset or str"),
    (pv.equals({"large"}), {frozenset}, "frozenset"),
    (pv.equals(frozenset[str]()), {frozenset}, "frozenset"),
    (pv.contains(["large"]), {frozenset}, "frozenset"),
]
VALUES: list[Fact] = [True, 3, Decimal(3), MONDAY, NOON, "large", frozenset({"large"})]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(("criterion", "types", "due"), CRITERIA, ids=str)
def test_a_fact_of_another_type_is_refused(
    criterion: Criterion, types: set[type], due: str, value: Fact
) -> None:
    """S 3.4: its Python type gives the value type, and a criterion fits some types only."""
    condition = when("fact", criterion)
    if type(value) in types:
        assert condition.judge({"fact": value}, in_berlin) in {YES, NO}
        return
    error = refused(condition.judge, {"fact": value}, in_berlin)
    assert error.code == "condition.type"
    assert error.message == (
        f"the fact 'fact' is of type {type(value).__name__}, which does not go with "
        f"'{criterion}': give it as {due}, or choose a criterion that fits"
    )


@pytest.mark.parametrize("value", [3.5, timedelta(1), ["large"], object(), pv.Absence.UNKNOWN])
def test_what_cannot_be_a_fact_is_refused(value: Any) -> None:
    """S 3.4."""
    assert refused(LARGE.judge, {"segment": value}, never).code == "condition.type"


def test_a_long_criterion_is_cut_in_a_message() -> None:
    error = refused(when("stores", pv.equals("x" * 200)).judge, {"stores": 3}, never)
    assert f"does not go with 'exactly {'x' * 71}…': give" in error.message


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (pv.one_of([Decimal("1.5")]), "one of 1.5"),
        (pv.none_of([1, Decimal("1.5")]), "none of 1, 1.5"),
    ],
)
def test_a_criterion_that_goes_with_no_type_of_fact_is_refused(
    criterion: Criterion, words: str
) -> None:
    """S 2.2: only a DECIMAL could be one of these, and no list fits a DECIMAL."""
    error = refused(when, "share", criterion)
    assert (error.owner, error.field, error.code) == ("FactIs", "criterion", "condition.criterion")
    assert error.message == (
        f"'{words}' goes with no type of fact: list whole numbers, or join several equals by any_of"
    )


def test_a_changed_criterion_goes_with_other_facts() -> None:
    changed = attrs.evolve(LARGE, criterion=pv.at_least(3))
    assert judged(changed, segment=3) is YES
    assert refused(changed.judge, {"segment": "large"}, never).code == "condition.type"


# ---------------------------------------------------------------------------- days and offsets


@pytest.mark.parametrize(
    ("criterion", "met", "missed"),
    [
        (pv.at_least(MONDAY), BEGUN, BEGUN - MICROSECOND),
        (pv.at_most(MONDAY), OVER, OVER + MICROSECOND),
        (pv.between(MONDAY, MONDAY), BEGUN, OVER + MICROSECOND),
        (pv.outside(MONDAY, TUESDAY), OVER + MICROSECOND, None),
        (pv.at_least(pv.days(0)), BEGUN, BEGUN - MICROSECOND),
        (pv.at_most(pv.days(1)), OVER + timedelta(days=1), OVER + timedelta(days=1) + MICROSECOND),
        (pv.between(pv.days(-1), pv.days(0)), BEGUN - timedelta(days=1), OVER + MICROSECOND),
        (pv.between(NOON, pv.days(0)), OVER, NOON - MICROSECOND),
    ],
)
def test_days_and_offsets_become_instants_when_a_fact_is_judged(
    criterion: Criterion, met: datetime, missed: datetime | None
) -> None:
    """S 2.3: each bound takes the end of the day that it means."""
    assert judged(when("renewal", criterion), renewal=met) is YES
    if missed is not None:
        assert judged(when("renewal", criterion), renewal=missed) is NO


@pytest.mark.parametrize(
    ("criterion", "verdict"),
    [
        (pv.at_least(MONDAY), YES),
        (pv.at_least(TUESDAY), NO),
        (pv.at_most(MONDAY), YES),
        (pv.between(MONDAY, MONDAY), YES),
        (pv.at_most(pv.days(0)), YES),
        (pv.at_least(pv.days(1)), NO),
        (pv.equals(BEGUN), YES),
        (pv.at_least(BEGUN + MICROSECOND), NO),
        (pv.equals(OVER), NO),
    ],
)
def test_a_day_is_judged_as_its_first_instant(criterion: Criterion, verdict: Verdict) -> None:
    """S 3.4: in the zone that `to_instant` knows."""
    assert judged(when("renewal", criterion), renewal=MONDAY) is verdict


@pytest.mark.parametrize(
    "criterion",
    [
        pv.at_least(pv.days(1)),
        pv.at_most(pv.days(1, anchor=Anchor.VISIT_END)),
        pv.between(MONDAY, pv.days(1)),
    ],
)
@pytest.mark.parametrize("fact", [MONDAY, NOON])
def test_while_an_offset_has_no_instant_the_verdict_is_unknown(
    criterion: Criterion, fact: date
) -> None:
    """S 3.4: the visit is not planned, so nothing can be compared."""
    condition = when("renewal", criterion)
    assert condition.judge({"renewal": fact}, unplanned) is UNKNOWN
    assert any_of([condition, LARGE]).judge({"renewal": fact, "segment": "large"}, unplanned) is YES


def test_while_a_day_has_no_instant_the_verdict_is_unknown() -> None:
    """S 3.4."""
    nothing = pv.at_least(NOON)
    assert when("renewal", nothing).judge({"renewal": MONDAY}, lambda bound, _: bound) is UNKNOWN


def test_what_stops_an_offset_from_being_resolved_is_passed_on() -> None:
    with pytest.raises(AssertionError):
        _ = when("renewal", pv.at_least(pv.days(1))).judge({"renewal": NOON}, never)


def test_bounds_that_turn_out_to_be_the_wrong_way_round_are_refused() -> None:
    """S 2.2: only the visit shows it."""
    crossed = when("renewal", pv.between(pv.days(2), pv.days(1)))
    assert refused(crossed.judge, {"renewal": NOON}, in_berlin).code == "criterion.order"


# ------------------------------------------------------------------------------------ several

GIVEN: Mapping[Verdict, Condition] = {
    YES: when("met", pv.equals(True)),
    NO: when("missed", pv.equals(True)),
    UNKNOWN: when("unknown", pv.equals(True)),
}
"""A condition for each verdict on these facts:"""
FACTS: Mapping[str, Fact] = {"met": True, "missed": False}


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, NO, NO, YES),
        (YES, UNKNOWN, UNKNOWN, YES),
        (NO, YES, NO, YES),
        (NO, NO, NO, NO),
        (NO, UNKNOWN, NO, UNKNOWN),
        (UNKNOWN, YES, UNKNOWN, YES),
        (UNKNOWN, NO, NO, UNKNOWN),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_two_conditions_make_one_in_three_values(
    one: Verdict, other: Verdict, both: Verdict, either: Verdict
) -> None:
    """S 3.4."""
    pair = [GIVEN[one], GIVEN[other]]
    assert all_of(pair).judge(FACTS, never) is both
    assert any_of(pair).judge(FACTS, never) is either


@pytest.mark.parametrize("verdict", Verdict)
def test_a_condition_alone_is_what_it_was(verdict: Verdict) -> None:
    """S 3.4."""
    assert all_of([GIVEN[verdict]]).judge(FACTS, never) is verdict
    assert any_of([GIVEN[verdict]]).judge(FACTS, never) is verdict


@pytest.mark.parametrize(("verdict", "opposite"), [(YES, NO), (NO, YES), (UNKNOWN, UNKNOWN)])
def test_the_opposite_of_unknown_is_unknown(verdict: Verdict, opposite: Verdict) -> None:
    """S 3.4."""
    assert negate(GIVEN[verdict]).judge(FACTS, never) is opposite


def test_days_are_resolved_however_deep_they_stand() -> None:
    """S 3.4."""
    deep = negate(any_of([all_of([when("renewal", pv.at_most(pv.days(1)))])]))
    assert judged(deep, renewal=MONDAY) is NO
    assert deep.judge({"renewal": MONDAY}, unplanned) is UNKNOWN


@pytest.mark.parametrize("decided", [YES, NO])
@pytest.mark.parametrize("join", [all_of, any_of])
def test_a_fact_of_the_wrong_type_is_refused_whatever_else_decides(
    join: Callable[..., Condition], decided: Verdict
) -> None:
    """S 3.4: in any order."""
    pair = [GIVEN[decided], LARGE]
    for each in (pair, pair[::-1], [negate(one) for one in pair]):
        error = refused(join(each).judge, {**FACTS, "segment": 3}, never)
        assert error.code == "condition.type"
        assert "'segment'" in error.message


# ------------------------------------------------------------------------------ what it reads


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        (LARGE, ("segment",)),
        (RENEWED, ("renewal",)),
        (negate(RENEWED), ("renewal",)),
        (all_of([LARGE, BUSY, RENEWED]), ("renewal", "segment", "stores")),
        (any_of([BUSY, negate(all_of([LARGE, BUSY])), BUSY]), ("segment", "stores")),
    ],
)
def test_a_condition_knows_the_facts_it_reads_sorted_and_once(
    condition: Condition, facts: tuple[str, ...]
) -> None:
    assert condition.facts == facts


@pytest.mark.parametrize(
    ("condition", "facts", "names"),
    [
        (LARGE, {}, ("segment",)),
        (LARGE, {"segment": "small"}, ()),
        (RENEWED, {}, ()),
        (negate(any_of([BUSY, all_of([LARGE, BUSY, RENEWED])])), {}, ("segment", "stores")),
        (negate(any_of([BUSY, all_of([LARGE])])), {"segment": "small"}, ("stores",)),
        (all_of([RENEWED, when("renewal", pv.at_least(MONDAY))]), {}, ("renewal",)),
    ],
)
def test_what_is_missing_is_what_a_criterion_asks_for_and_nobody_gave(
    condition: Condition, facts: Mapping[str, Fact], names: tuple[str, ...]
) -> None:
    """S 3.4: `is_set` misses nothing."""
    assert missing(condition, facts) == names


def test_nothing_but_a_condition_misses_facts() -> None:
    assert refused(missing, "segment", {}).code == "type.wrong"


# ------------------------------------------------------------------------------ as it is built


def test_the_functions_build_what_the_classes_hold() -> None:
    assert when("stores", pv.at_least(3)) == FactIs("stores", pv.at_least(3))
    assert is_set("renewal") == IsSet("renewal")
    assert all_of(iter([LARGE, BUSY])) == AllOf((LARGE, BUSY))
    assert any_of(iter([LARGE, BUSY])) == AnyOf((LARGE, BUSY))
    assert negate(LARGE) == Negate(LARGE)
    assert any_of([BUSY, LARGE]).conditions == (BUSY, LARGE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (when("a", pv.equals(True)), when("a", pv.equals(1))),
        (when("a", pv.at_least(1)), when("b", pv.at_least(1))),
        (all_of([LARGE]), any_of([LARGE])),
        (all_of([LARGE, BUSY]), all_of([BUSY, LARGE])),
        (all_of([LARGE]), LARGE),
        (negate(negate(LARGE)), LARGE),
    ],
)
def test_conditions_that_are_written_otherwise_differ(one: Condition, other: Condition) -> None:
    """S 1.7."""
    assert one != other


NAMES: list[tuple[object, str]] = [
    ("", "text.empty"),
    ("a ", "text.blank-ends"),
    ("x" * 256, "text.long"),
    ("a\x1b", "text.control"),
    (3, "text.type"),
    (None, "text.type"),
]


@pytest.mark.parametrize(("name", "code"), NAMES)
def test_what_names_no_fact_is_refused(name: object, code: str) -> None:
    """S 1.3."""
    compared, asked = refused(when, name, pv.at_least(3)), refused(is_set, name)
    assert (compared.owner, compared.field, compared.code) == ("FactIs", "fact", code)
    assert (asked.owner, asked.field, asked.code) == ("IsSet", "fact", code)


@pytest.mark.parametrize(
    ("criterion", "kind"),
    [
        ("large", "'large'"),
        (3, "int"),
        (None, "None"),
        (LARGE, "FactIs"),
        (pv.at_least, "function"),
    ],
)
def test_what_is_no_criterion_is_refused(criterion: object, kind: str) -> None:
    error = refused(when, "segment", criterion)
    assert (error.owner, error.field, error.code) == ("FactIs", "criterion", "type.wrong")
    assert error.message == f"pass a criterion such as equals(…) or one_of([…]), not {kind}"


@pytest.mark.parametrize(("join", "owner"), [(all_of, "AllOf"), (any_of, "AnyOf")])
@pytest.mark.parametrize(
    ("values", "code", "message"),
    [
        ([], "condition.empty", "pass at least one condition"),
        (iter(()), "condition.empty", "pass at least one condition"),
        (LARGE, "sequence.type", "pass a list or a tuple, not FactIs"),
        ({LARGE}, "sequence.type", "pass a list or a tuple, not set"),
        ("segment", "sequence.type", "pass a list or a tuple, not 'segment'"),
        (None, "sequence.type", "pass a list or a tuple, not None"),
        (
            [LARGE, True],
            "sequence.entry",
            "entry 1: pass FactIs or IsSet or AllOf or AnyOf or Negate, not bool",
        ),
        (
            [[LARGE]],
            "sequence.entry",
            "entry 0: pass FactIs or IsSet or AllOf or AnyOf or Negate, not list",
        ),
    ],
)
def test_what_is_no_list_of_conditions_is_refused(
    join: Callable[..., object], owner: str, values: object, code: str, message: str
) -> None:
    error = refused(join, values)
    assert (error.owner, error.field, error.code) == (owner, "conditions", code)
    assert error.message == message


@pytest.mark.parametrize("value", [None, True, "segment", [LARGE], pv.at_least(3), FactIs])
def test_what_is_no_condition_has_no_opposite(value: object) -> None:
    error = refused(negate, value)
    assert (error.owner, error.field, error.code) == ("Negate", "condition", "type.wrong")


@pytest.mark.parametrize("each", [LARGE, RENEWED, all_of([LARGE]), any_of([LARGE]), negate(LARGE)])
def test_each_kind_of_condition_is_one(each: Condition) -> None:
    assert a_condition(each) is each
    assert all_of([each]).conditions == (each,)


# --------------------------------------------------------------------------------- as it is read


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (when("segment", pv.one_of(["medium", "large"])), "segment is one of large, medium"),
        (when("stores", pv.at_least(3)), "stores is at least 3"),
        (when("listed", pv.equals(False)), "listed is no"),
        (when("services", pv.contains(["rides", "repair"])), "services is all of repair, rides"),
        (when("renewal", pv.at_most(MONDAY)), "renewal is not after 2026-03-16"),
        (
            when("renewal", pv.at_most(pv.days(30))),
            "renewal is not after 30 days after visit start",
        ),
        (RENEWED, "renewal is given"),
        (negate(RENEWED), "not (renewal is given)"),
        (all_of([RENEWED]), "all of: (renewal is given)"),
        (any_of([BUSY, RENEWED]), "any of: (stores is at least 3), (renewal is given)"),
        (
            all_of([BUSY, negate(any_of([LARGE, RENEWED]))]),
            (
                "all of: (stores is at least 3), "
                "(not (any of: (segment is exactly large), (renewal is given)))"
            ),
        ),
    ],
)
def test_a_condition_reads_as_plain_words(condition: Condition, words: str) -> None:
    assert str(condition) == words


def test_a_condition_is_written_with_whatever_writes_its_operands() -> None:
    moment = datetime(2026, 3, 12, 8, tzinfo=UTC)
    asked = all_of(
        [
            any_of([when("stores", pv.between(3, 5)), RENEWED]),
            negate(when("renewal", pv.at_least(moment))),
        ]
    )
    assert asked.written(lambda operand: f"<{type(operand).__name__}>") == (
        "all of: (any of: (stores is between <Decimal> and <Decimal>), (renewal is given)), "
        "(not (renewal is not before <datetime>))"
    )


def test_a_representation_shows_what_was_written_and_nothing_else() -> None:
    assert repr(negate(all_of([RENEWED, when("stores", pv.at_least(3))]))) == (
        "Negate(condition=AllOf(conditions=(IsSet(fact='renewal'), "
        "FactIs(fact='stores', criterion=AtLeast(bound=Decimal('3'))))))"
    )


def test_the_room_lists_what_it_announces() -> None:
    assert dir(conditions) == sorted(conditions.__all__)


# ------------------------------------------------------------------------------------- bounds

WRAPPERS: list[tuple[Callable[[Condition], Condition], str, str]] = [
    (negate, "Negate", "condition"),
    (lambda inner: all_of([LARGE, inner, LARGE]), "AllOf", "conditions"),
    (lambda inner: any_of([LARGE, inner, LARGE]), "AnyOf", "conditions"),
]


@pytest.mark.parametrize(("wrap", "owner", "field"), WRAPPERS)
def test_conditions_nest_at_most_32_levels_deep(
    wrap: Callable[[Condition], Condition], owner: str, field: str
) -> None:
    """S 3.4: the fact is one level, and what stands beside the deepest adds none."""
    deep: Condition = RENEWED
    for _ in range(31):
        deep = wrap(deep)
    assert deep.judge({"segment": "large"}, never) in Verdict
    error = refused(wrap, deep)
    assert (error.owner, error.field, error.code) == (owner, field, "condition.depth")
    assert error.message == "conditions nest at most 32 levels deep: flatten them"


@pytest.mark.parametrize(("join", "owner"), [(all_of, "AllOf"), (any_of, "AnyOf")])
def test_at_most_10_000_conditions_make_one(join: Callable[..., Condition], owner: str) -> None:
    """S 3.4: the one that holds them is one of them."""
    widest = join([LARGE] * 9_999)
    assert judged(widest, segment="large") is YES
    error = refused(join, [LARGE] * 10_000)
    assert (error.owner, error.field, error.code) == (owner, "conditions", "condition.size")
    assert error.message == "at most 10,000 conditions make one: let a criterion list values"
    error = refused(negate, widest)
    assert (error.owner, error.field, error.code) == ("Negate", "condition", "condition.size")


def test_a_condition_that_holds_another_twice_counts_it_twice() -> None:
    """S 3.4: few objects, yet each doubling would double the time to judge them."""
    double: Condition = LARGE
    for _ in range(12):
        double = all_of([double, double])
    assert judged(double, segment="large") is YES
    assert refused(all_of, [double, double]).code == "condition.size"
