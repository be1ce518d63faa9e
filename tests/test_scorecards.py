"""Comparisons of a plan and rolled up: counts, coverage, one score (S 9.1, S 9.2)."""

import pickle
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Context as DecimalContext
from decimal import Decimal, localcontext
from enum import Enum
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.comparison import Comparison, Outcome
from partnervisits.errors import AmbiguousError, InvalidValueError, NotFoundError
from partnervisits.plans import Kpi
from partnervisits.scorecards import (
    Counts,
    GroupKey,
    Method,
    Missing,
    Scorecard,
    by_context,
    by_fact,
    by_indicator,
    by_month,
    by_partner,
    by_place,
    by_quarter,
    by_rep,
    by_segment,
    compare,
    rollup,
)
from tests import builders
from tests.judged import DECIMAL, SUBJECT, compared, judged, planned

DAMAGES = builders.indicator("stock", value_type=DECIMAL)
STORE = pv.Context("store", "S-1")


def comparison(outcome: Outcome, *, score: str = "0.5", weight: object = 1) -> Comparison:
    """One with an outcome; of a NOT_MET one the score, of a met one 1."""
    target = pv.Target("stock", pv.at_least(10), near=pv.within(1), worst=0, weight=weight)  # type: ignore[arg-type]
    kpi = builders.kpi(DAMAGES, target)
    match outcome:
        case Outcome.MET:
            return compared(kpi, 10)
        case Outcome.NEAR:
            return compared(kpi, 9)
        case Outcome.NOT_MET:
            return compared(kpi, Decimal(score) * 10)
        case Outcome.NO_TARGET:
            return compared(builders.kpi(DAMAGES))
        case _:
            return Comparison(
                subject=SUBJECT, item_key="count", task_key="count", kpi=kpi, computed=outcome
            )


MET = comparison(Outcome.MET)
NEAR = comparison(Outcome.NEAR)
NOT_MET = comparison(Outcome.NOT_MET)
NO_DATA = comparison(Outcome.NO_DATA)
ERROR = comparison(Outcome.ERROR)
NOT_DUE = comparison(Outcome.NOT_DUE)
NOT_APPLICABLE = comparison(Outcome.NOT_APPLICABLE)
NO_TARGET = comparison(Outcome.NO_TARGET)


def figure(number: Decimal | None) -> str:
    return "none" if number is None else str(number)


def score(
    comparisons: Sequence[Comparison],
    method: Method = Method.MEAN,
    missing: Missing = Missing.OUTSIDE,
) -> str:
    return figure(Scorecard(comparisons=comparisons, method=method, missing=missing).score)


# ------------------------------------------------------------------------------- counts, coverage


def test_every_outcome_is_counted_under_its_name() -> None:
    """S 9.2."""
    seen = [
        outcome for times, outcome in enumerate(Outcome, start=1) for _ in range(times)
    ]  # the first once, the second twice, and so on
    assert Counts.of(seen) == Counts(
        no_target=1,
        not_applicable=2,
        not_due=3,
        no_data=4,
        met=5,
        near=6,
        not_met=7,
        error=8,
    )


def test_measured_missing_and_asked_add_up() -> None:
    """S 9.2: what is not due, not applicable or without a target was not asked."""
    counts = Counts(
        met=1, near=20, not_met=300, no_data=4_000, error=50_000,
        not_due=600_000, not_applicable=600_000, no_target=600_000,
    )  # fmt: skip
    assert counts.measured == 321
    assert counts.missing == 54_000
    assert counts.asked == 54_321


@pytest.mark.parametrize(
    ("comparisons", "coverage"),
    [
        ([MET, NEAR, NOT_MET], "1"),
        ([MET, NO_DATA, ERROR, NO_DATA], "0.25"),
        ([NO_DATA], "0"),
        ([MET, MET, NO_DATA], "0.6666666666666666666666666667"),
        ([NOT_DUE, NOT_APPLICABLE, NO_TARGET], "none"),
        ([], "none"),
    ],
)
def test_coverage_is_the_measured_share_of_what_was_asked(
    comparisons: list[Comparison], coverage: str
) -> None:
    """S 9.2: nothing asked is no coverage."""
    assert figure(Scorecard(comparisons=comparisons).coverage) == coverage


# ---------------------------------------------------------------------------------------- methods

HALF, TENTH = comparison(Outcome.NOT_MET), comparison(Outcome.NOT_MET, score="0.1")
HEAVY = comparison(Outcome.MET, weight=3)
HEAVY_GAP = comparison(Outcome.NO_DATA, weight=2)
ASIDE = [NOT_DUE, NOT_APPLICABLE, NO_TARGET]

# comparisons; then, for each method, the score with what is missing outside, and counted as zero
BY_HAND: list[tuple[list[Comparison], dict[Method, tuple[str, str]]]] = [
    (
        [HEAVY, HALF],
        {
            Method.MEAN: ("0.875", "0.875"),  # (3 x 1 + 1 x 0.5) / 4
            Method.WORST: ("0.5", "0.5"),
            Method.ALL_OR_NOTHING: ("0", "0"),
            Method.SHARE_MET: ("0.5", "0.5"),
        },
    ),
    (
        [HEAVY, HALF, HEAVY_GAP, ERROR],
        {
            Method.MEAN: ("0.875", "0.5"),  # 3.5 / 4; 3.5 / (4 + 2 + 1)
            Method.WORST: ("0.5", "0"),
            Method.ALL_OR_NOTHING: ("0", "0"),
            Method.SHARE_MET: ("0.5", "0.25"),
        },
    ),
    (
        [MET, MET],
        {
            Method.MEAN: ("1", "1"),
            Method.WORST: ("1", "1"),
            Method.ALL_OR_NOTHING: ("1", "1"),
            Method.SHARE_MET: ("1", "1"),
        },
    ),
    (
        [MET, NO_DATA],
        {
            Method.MEAN: ("1", "0.5"),
            Method.WORST: ("1", "0"),
            Method.ALL_OR_NOTHING: ("none", "0"),
            Method.SHARE_MET: ("1", "0.5"),
        },
    ),
    (
        [NEAR, MET, MET],
        {
            Method.MEAN: ("0.9666666666666666666666666666", "0.9666666666666666666666666666"),
            Method.WORST: ("0.9", "0.9"),
            Method.ALL_OR_NOTHING: ("0", "0"),
            Method.SHARE_MET: ("0.6666666666666666666666666667", "0.6666666666666666666666666667"),
        },
    ),
    (
        [TENTH, NO_DATA, HALF],
        {
            Method.MEAN: ("0.3", "0.2"),
            Method.WORST: ("0.1", "0"),
            Method.ALL_OR_NOTHING: ("0", "0"),
            Method.SHARE_MET: ("0", "0"),
        },
    ),
    (
        [NO_DATA, ERROR],  # asked, and nothing measured
        {
            Method.MEAN: ("none", "0"),
            Method.WORST: ("none", "0"),
            Method.ALL_OR_NOTHING: ("none", "0"),
            Method.SHARE_MET: ("none", "0"),
        },
    ),
    (
        ASIDE,  # nothing asked: never a pass
        {
            Method.MEAN: ("none", "none"),
            Method.WORST: ("none", "none"),
            Method.ALL_OR_NOTHING: ("none", "none"),
            Method.SHARE_MET: ("none", "none"),
        },
    ),
]


@pytest.mark.parametrize(
    ("comparisons", "method", "expected"),
    [
        pytest.param(comparisons, method, expected, id=f"{number}-{method.name}")
        for number, (comparisons, by_method) in enumerate(BY_HAND)
        for method, expected in by_method.items()
    ],
)
@pytest.mark.parametrize("aside", [[], ASIDE], ids=["alone", "beside what was not asked"])
def test_each_method_gives_the_score_computed_by_hand(
    comparisons: list[Comparison],
    method: Method,
    expected: tuple[str, str],
    aside: list[Comparison],
) -> None:
    """S 9.2: with what is missing outside, then with each missing one as score 0."""
    held = [*aside, *comparisons]
    assert (score(held, method), score(held, method, Missing.ZERO)) == expected


def test_the_mean_of_what_is_missing_and_what_is_not_is_the_default() -> None:
    """S 9.2."""
    card = Scorecard(comparisons=[MET, NO_DATA])
    assert (card.method, card.missing, card.group) == (Method.MEAN, Missing.OUTSIDE, None)


def test_a_mean_is_cut_so_that_only_all_met_is_one() -> None:
    """S 9.2: rounding would give 1."""
    almost = judged(DAMAGES, pv.at_least(1), "0.9999999999", worst="-999999999999999999")
    assert score([almost, *[MET] * 1_000]) == "0." + "9" * 28
    assert score([MET] * 1_000) == "1"


def test_a_hostile_decimal_context_changes_no_score() -> None:
    """S 1.4."""
    held = [HEAVY, NEAR, MET, TENTH]
    with localcontext(DecimalContext(prec=3, traps=[])):
        seen = [score(held, method) for method in Method]
        share = figure(Scorecard(comparisons=[MET, MET, NO_DATA]).coverage)
    assert seen == ["0.8333333333333333333333333333", "0.1", "0", "0.5"]
    assert share == "0.6666666666666666666666666667"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"comparisons": "met"}, "comparisons", "sequence.type"),
        ({"comparisons": [1]}, "comparisons", "sequence.entry"),
        ({"method": "mean"}, "method", "type.wrong"),
        ({"missing": "zero"}, "missing", "type.wrong"),
    ],
)
def test_a_scorecard_of_something_else_is_refused(
    changes: dict[str, Any], field: str, code: str
) -> None:
    """S 9.2."""
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(Scorecard(comparisons=[MET]), **changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_scorecard_survives_pickling_with_its_figures() -> None:
    """S 6.10: whatever a batch returns can go to another process."""
    card = Scorecard(comparisons=[HEAVY, HALF], group=("a", 1))
    assert card.score == Decimal("0.875")
    copy = pickle.loads(pickle.dumps(card))  # noqa: S301 -- what was just written
    assert copy == card
    assert copy.score == Decimal("0.875")


# -------------------------------------------------------------------------------------- comparing


def store_plan() -> pv.ActionPlan:
    """Two tasks; the second counts two products."""
    products = [pv.Context("product", "X-1"), pv.Context("product", "X-2")]
    return builders.plan(
        builders.item("count", targets=[pv.Target("stock", pv.at_least(5))]),
        builders.item("recount", task="count", context_kinds=["product"]),
        given=pv.Given(contexts=products),
    )


def test_every_kpi_has_its_comparison_in_the_order_of_the_plan() -> None:
    """S 9.1."""
    plan = store_plan()
    card = compare(plan, [])
    assert [each.kpi.id for each in card.comparisons] == [each.id for each in plan.kpis]
    assert [each.item_key for each in card.comparisons] == ["count", "recount", "recount"]
    assert {each.subject for each in card.comparisons} == {plan.subject}


def test_the_last_reading_counts_whatever_the_order() -> None:
    """S 9.1, S 7.4."""
    plan = store_plan()
    kpi = plan.kpi("count", "stock")
    early = builders.reading(kpi, 9)
    late = builders.reading(kpi, 1, at=builders.ELEVEN)
    for readings in ([early, late], [late, early]):
        assert compare(plan, readings)["count", "stock"].reading == late


def test_readings_of_other_plans_change_nothing() -> None:
    """S 9.1."""
    plan, other = store_plan(), builders.plan(id="V-2")
    assert compare(plan, [builders.reading(other.kpis[0], 9)]) == compare(plan, [])


def test_the_visit_has_to_be_the_plans() -> None:
    """S 9.1."""
    with pytest.raises(
        InvalidValueError, match="pass visit V-1: the plan is not of V-2"
    ) as refused:
        _ = compare(store_plan(), [], visit=builders.visit(id="V-2"))
    assert refused.value.code == "compare.other-visit"


def test_the_readers_today_is_a_day() -> None:
    """S 9.1: an instant would say nothing about the day at the place."""
    with pytest.raises(InvalidValueError, match="pass a date, not datetime") as refused:
        _ = compare(store_plan(), [], as_of=builders.NINE)
    assert refused.value.code == "date.type"


def test_visit_and_today_reach_every_comparison() -> None:
    """S 9.1, S 8.2."""
    plan = planned(DAMAGES, pv.Target("stock", pv.at_least(5)))
    cancelled = builders.visit().cancel("closed")
    (of_cancelled,) = compare(plan, [], visit=cancelled).comparisons
    (in_time,) = compare(plan, [], as_of=builders.THURSDAY).comparisons
    assert of_cancelled.outcome is Outcome.NOT_APPLICABLE
    assert in_time.outcome is Outcome.NOT_DUE


# --------------------------------------------------------------------------------------- look-ups


def test_a_comparison_is_found_by_item_and_indicator() -> None:
    """S 9.1."""
    plan = store_plan()
    assert compare(plan, [])["count", "stock"].kpi is plan.kpi("count", "stock")


def test_a_comparison_is_found_by_its_context_where_there_are_several() -> None:
    """S 9.1."""
    context = pv.Context("product", "X-2")
    assert compare(store_plan(), [])["recount", "stock", context].kpi.context == context


def test_a_look_up_that_fits_several_names_them() -> None:
    """S 9.1."""
    with pytest.raises(AmbiguousError) as refused:
        _ = compare(store_plan(), [])["recount", "stock"]
    assert refused.value.code == "lookup.ambiguous"
    assert refused.value.noun == "comparison"
    assert refused.value.wanted == "recount / stock"
    assert refused.value.candidates == ("product X-1", "product X-2")


def test_a_look_up_in_a_roll_up_names_the_visits_to_choose_from() -> None:
    """S 9.1."""
    several = Scorecard(comparisons=[at(visit_id="V-1"), at(visit_id="V-2")])
    with pytest.raises(AmbiguousError) as refused:
        _ = several["count", "stock"]
    assert refused.value.candidates == (
        "partner acme in visit V-1",
        "partner acme in visit V-2",
    )


@pytest.mark.parametrize("key", ["count", ("count",), ("count", "stock", None, 1), None])
def test_a_look_up_needs_an_item_and_an_indicator(key: Any) -> None:
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.compare(builders.plan(), [])[key]
    assert refused.value.code == "scorecard.key"
    assert str(refused.value) == 'ask for card["item", "indicator"]'


def test_a_look_up_that_fits_none_names_the_nearest() -> None:
    """S 9.1."""
    with pytest.raises(NotFoundError) as refused:
        _ = compare(store_plan(), [])["count", "stocks"]
    assert refused.value.code == "lookup.missing"
    assert refused.value.noun == "comparison"
    assert refused.value.wanted == "count / stocks"
    assert refused.value.candidates == ("count / stock", "recount / stock")


def test_a_context_that_is_not_there_is_not_found() -> None:
    """S 9.1."""
    with pytest.raises(NotFoundError, match="there is no comparison count / stock / store S-1"):
        _ = compare(store_plan(), [])["count", "stock", STORE]


# ------------------------------------------------------------------------------------- rolling up


def at(**changes: Any) -> Comparison:
    """A comparison of a subject with changes."""
    return attrs.evolve(MET, subject=attrs.evolve(SUBJECT, **changes))


OF_STORE = attrs.evolve(NO_TARGET, kpi=Kpi("V-1/round/count", STORE, DAMAGES))
FACTS = pv.Facts(
    visit={"kind": "of the visit"},
    partner={"segment": "large", "kind": "of the partner", "region": "north"},
    contexts={STORE: {"kind": "of the store"}},
)


@pytest.mark.parametrize(
    ("by", "held", "group"),
    [
        (by_partner, at(partner_id="p"), "p"),
        (by_rep, at(rep_id="r"), "r"),
        (by_place, at(place_id="l"), "l"),
        (by_segment, at(facts=FACTS), "large"),
        (by_segment, at(), None),
        (by_indicator, MET, "stock"),
        (by_context, MET, pv.Context("partner", "acme")),
        (by_month, at(on=date(2026, 3, 31)), "2026-03"),
        (by_month, at(on=date(2026, 11, 1)), "2026-11"),
        (by_month, at(on=None), None),
        (by_quarter, at(on=date(2026, 1, 1)), "2026-Q1"),
        (by_quarter, at(on=date(2026, 3, 31)), "2026-Q1"),
        (by_quarter, at(on=date(2026, 4, 1)), "2026-Q2"),
        (by_quarter, at(on=date(2026, 9, 30)), "2026-Q3"),
        (by_quarter, at(on=date(2026, 12, 31)), "2026-Q4"),
        (by_quarter, at(on=None), None),
    ],
)
def test_a_comparison_knows_its_groups(
    by: Callable[[Comparison], GroupKey], held: Comparison, group: GroupKey
) -> None:
    """S 9.1."""
    (card,) = rollup([held], by=by)
    assert card.group == group
    assert card.comparisons == (held,)


@pytest.mark.parametrize(
    ("name", "held", "group"),
    [
        ("region", at(facts=FACTS), "north"),
        ("kind", at(facts=FACTS), "of the visit"),
        ("colour", at(facts=FACTS), None),
        (
            "kind",
            attrs.evolve(OF_STORE, subject=attrs.evolve(SUBJECT, facts=FACTS)),
            "of the store",
        ),
    ],
)
def test_a_fact_is_asked_of_the_context_then_the_visit_then_the_partner(
    name: str, held: Comparison, group: GroupKey
) -> None:
    """S 9.1."""
    (card,) = rollup([held], by=by_fact(name))
    assert card.group == group


def test_a_group_keeps_its_comparisons_in_their_order_and_takes_method_and_missing() -> None:
    """S 9.1, S 9.2: method and missing are named in the result."""
    first, second = at(rep_id="a"), attrs.evolve(NO_DATA, subject=at(rep_id="a").subject)
    other = at(rep_id="b")
    cards = rollup(
        iter([first, other, second]), by=by_rep, method=Method.WORST, missing=Missing.ZERO
    )
    assert cards == (
        Scorecard(
            comparisons=[first, second], group="a", method=Method.WORST, missing=Missing.ZERO
        ),
        Scorecard(comparisons=[other], group="b", method=Method.WORST, missing=Missing.ZERO),
    )


def test_rolling_up_nothing_gives_no_group() -> None:
    """S 9.1."""
    assert rollup([], by=by_rep) == ()


class Tier(Enum):
    GOLD = 2
    SILVER = 1


class Size(Enum):
    LARGE = 1


IN_ORDER: list[GroupKey] = [
    None,
    pv.Context("a", "2"),
    pv.Context("b", "1"),
    date(2026, 3, 12),
    date(2026, 3, 13),
    Size.LARGE,
    Tier.GOLD,
    Tier.SILVER,
    datetime(2026, 3, 11, tzinfo=UTC),
    datetime(2026, 3, 12, tzinfo=UTC),
    False,
    Decimal("0.5"),
    Decimal(1),
    True,
    1,
    2,
    frozenset(["a", "b"]),
    frozenset(["b"]),
    "10",
    "9",
    "A",
    "a",
    (None, "b"),
    ("a", 1),
    ("a", 2),
]


def test_groups_have_one_order_whatever_they_are_named_by() -> None:
    """S 9.1: None first; then by kind, then by value; True is not 1 (S 1.7)."""
    named = {f"V-{number}": group for number, group in enumerate(IN_ORDER)}
    for visits in (list(named), list(reversed(named))):
        cards = rollup(
            [at(visit_id=each) for each in visits], by=lambda each: named[each.subject.visit_id]
        )
        assert [card.group for card in cards] == IN_ORDER
        assert [type(card.group) for card in cards] == [type(group) for group in IN_ORDER]


@pytest.mark.parametrize("group", [1.5, [1], {"a": 1}, object(), ("a", 1.5), b"a"])
def test_a_group_without_a_fixed_order_is_refused(group: Any) -> None:
    """S 9.1."""
    with pytest.raises(InvalidValueError, match="names no group: use a str") as refused:
        _ = rollup([MET], by=lambda _: group)
    assert refused.value.code == "rollup.group"


def test_a_refused_group_says_what_it_is() -> None:
    """S 9.1."""
    wrong: Any = 1.5
    with pytest.raises(InvalidValueError, match=r"^float names no group"):
        _ = rollup([MET], by=lambda _: wrong)


def test_something_that_is_no_list_of_comparisons_is_refused() -> None:
    """S 9.1."""
    with pytest.raises(InvalidValueError, match="pass comparisons") as refused:
        _ = rollup("met", by=by_rep)  # type: ignore[arg-type]
    assert refused.value.code == "sequence.type"


# ------------------------------------------------------------------------------------ as a table


def test_a_scorecard_prints_as_a_table_with_its_figures_below() -> None:
    """S 9.2: a score never stands alone."""
    plan = store_plan()
    card = compare(plan, [builders.reading(plan.kpi("count", "stock"), 3)])
    assert str(card).splitlines() == [
        "KPI          target      set by         actual  variance  outcome",
        "-----------  ----------  -------------  ------  --------  ---------",
        "count, partner acme",
        "  The stock  at least 5  template item  3       -2        not met",
        "      missed by 2",
        "recount, product X-1",
        "  The stock  -           -              -       -         no target",
        "recount, product X-2",
        "  The stock  -           -              -       -         no target",
        "",
        "score     0.0 % (mean)",
        "coverage  100.0 % (1 of 1 measured)",
        "outcomes  1 not met, 2 no target",
    ]


def test_a_scorecard_says_why_there_is_no_value_and_what_counts_as_near() -> None:
    """S 8.8."""
    lines = [
        line.strip()
        for each in (judged(DAMAGES, pv.at_least(5)), comparison(Outcome.NEAR))
        for line in str(Scorecard(comparisons=[each])).splitlines()
    ]
    assert "nothing was captured" in lines
    assert "counts as near: missed by at most 1" in lines


def test_what_has_no_target_needs_no_reason() -> None:
    """S 8.8."""
    assert "nothing is expected" not in str(Scorecard(comparisons=[judged(DAMAGES)]))


@pytest.mark.parametrize(
    ("value_type", "actual", "variance"),
    [
        (DECIMAL, "12.5", "+2.5"),
        (DECIMAL, 10, "0"),
        (DECIMAL, 8, "-2"),
        (pv.ValueType.PERCENTAGE, 12, "+2 points"),
        (pv.ValueType.PERCENTAGE, 10, "0 points"),
        (pv.ValueType.PERCENTAGE, 8, "-2 points"),
    ],
)
def test_a_variance_has_its_sign(value_type: pv.ValueType, actual: object, variance: str) -> None:
    """S 8.3: points of a PERCENTAGE; else the unit stands beside the target."""
    measured = builders.indicator("stock", value_type=value_type, unit="u")
    row = str(Scorecard(comparisons=[judged(measured, pv.at_least(10), actual)])).splitlines()[3]
    assert re.split(" {2,}", row.strip())[4] == variance


def test_comparisons_of_several_visits_name_the_visit() -> None:
    """S 9.1: a rolled-up card holds many visits."""
    headings = [
        line
        for line in str(
            Scorecard(comparisons=[at(visit_id="V-1"), at(visit_id="V-2")])
        ).splitlines()
        if "acme" in line
    ]
    assert headings == ["visit V-1: count, partner acme", "visit V-2: count, partner acme"]


def test_a_scorecard_of_nothing_prints_too() -> None:
    """S 9.2: nothing is no score and no coverage."""
    assert str(Scorecard(comparisons=[])).splitlines()[-3:] == [
        "score     none (mean)",
        "coverage  none (0 of 0 measured)",
        "outcomes  none",
    ]


def test_the_summary_names_the_method_and_every_outcome_there_is() -> None:
    """S 9.2."""
    held = [MET, NEAR, NOT_MET, NO_DATA, ERROR, NOT_DUE, NOT_APPLICABLE, NO_TARGET]
    assert Scorecard(comparisons=held, method=Method.WORST).summary.splitlines() == [
        "score     50.0 % (worst)",
        "coverage  60.0 % (3 of 5 measured)",
        (
            "outcomes  1 met, 1 near, 1 not met, 1 no data, 1 error, 1 not due, "
            "1 not applicable, 1 no target"
        ),
    ]


def test_long_texts_stand_below_their_row() -> None:
    """S 8.8."""
    measured = builders.indicator("stock", value_type=pv.ValueType.TEXT)
    short = str(Scorecard(comparisons=[judged(measured, None, "x" * 20)]))
    long = str(Scorecard(comparisons=[judged(measured, None, "two\nlines and a\ttab, so long")]))
    assert "see below" not in short
    assert "  see below  " in long
    assert "      two lines and a tab, so long" in long.splitlines()


@pytest.mark.parametrize(
    "words",
    ["Days until the shelf is empty again " * 7, "Y" * 255, "Line-ends " * 25],
    ids=["words", "one word", "hyphens"],
)
def test_no_line_is_longer_than_a_hundred_characters(words: str) -> None:
    """S 9.2: long names, texts and units wrap, line ends in a text do not break the table."""
    name = words[:255].strip()
    text = builders.indicator("stock", value_type=pv.ValueType.TEXT)
    number = builders.indicator("stock", value_type=DECIMAL, unit=name)
    held = [
        judged(attrs.evolve(text, name=name), pv.equals(words), f"{words}\n\n{words}"),
        judged(attrs.evolve(number, name=name), pv.between(10**17, 10**17 + 1), -(10**17)),
        judged(attrs.evolve(text, name=name), pv.equals("yes"), pv.Absence.DECLINED),
    ]
    lines = str(Scorecard(comparisons=held)).splitlines()
    assert max(map(len, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)


def test_a_rollup_needs_a_function_of_comparisons() -> None:
    """S 9.1."""
    strange: Any = "partner"
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.rollup([], by=strange)
    assert refused.value.code == "rollup.by"
    assert str(refused.value) == "pass a function of a comparison, such as by_rep"


@pytest.mark.parametrize(
    "group",
    [
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        datetime(2026, 3, 12, 9),
        ("a", Decimal("NaN")),
    ],
)
def test_a_group_that_stands_nowhere_is_refused(group: Any) -> None:
    """S 9.1: there is no order among them."""
    with pytest.raises(InvalidValueError) as refused:
        _ = rollup([MET, MET], by=lambda _: group)
    assert refused.value.code == "rollup.group"


def test_a_group_of_several_values_is_named_by_all_of_them() -> None:
    """S 9.1."""
    (card,) = rollup([MET], by=lambda _: ("x", frozenset(["b", "a"])))
    assert "group     x, a, b" in card.summary


def test_two_kinds_of_one_name_make_two_groups() -> None:
    """S 9.1."""
    mine = Size.LARGE
    Elsewhere = Enum("Size", ["LARGE"], module="elsewhere")  # type: ignore[misc]  # noqa: N806
    cards = rollup(
        [at(visit_id="V-1"), at(visit_id="V-2")],
        by=lambda each: mine if each.subject.visit_id == "V-1" else Elsewhere["LARGE"],
    )
    assert len(cards) == 2


@pytest.mark.parametrize("strange", [[], {}, object()])
def test_a_scorecard_cannot_be_named_by_what_has_no_order(strange: Any) -> None:
    """S 9.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = Scorecard(comparisons=[], group=strange)
    assert refused.value.code == "rollup.group"
    assert (refused.value.owner, refused.value.field) == ("Scorecard", "group")
    assert Scorecard(comparisons=[], group="north").group == "north"


def test_a_scorecard_of_true_is_not_one_of_1() -> None:
    """S 1.7."""
    assert Scorecard(comparisons=[], group=True) != Scorecard(comparisons=[], group=1)


@pytest.mark.parametrize("strange", [[1], ["x"], [None]])
def test_only_comparisons_are_rolled_up(strange: Any) -> None:
    """S 9.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.rollup(strange, by=by_rep)
    assert refused.value.code == "sequence.entry"


@pytest.mark.parametrize(
    ("plan", "readings", "code"),
    [("x", [], "type.wrong"), (builders.plan(), ["x"], "sequence.entry")],
)
def test_only_plans_are_compared_and_only_with_readings(
    plan: Any, readings: Any, code: str
) -> None:
    """S 9.1."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.compare(plan, readings)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("group", "shown"),
    [
        ("north", "north"),
        (None, None),
        (pv.Context("product", "X-100"), "product X-100"),
        (Outcome.NEAR, "near"),
        (("north", 3), "north, 3"),
        (True, "yes"),
    ],
)
def test_a_scorecard_of_a_group_names_it(group: Any, shown: str | None) -> None:
    """S 9.1."""
    first = Scorecard(comparisons=[], group=group).summary.splitlines()[0]
    assert first == ("score     none (mean)" if shown is None else f"group     {shown}")


def test_a_row_without_a_variance_has_no_note_of_it() -> None:
    """S 8.3: a choice is met or not, and there is no way between."""
    payment = builders.indicator(value_type=pv.ValueType.CHOICE, choices=["early", "late"])
    plan = planned(payment, pv.Target("stock", pv.one_of(["early"])))
    lines = str(compare(plan, [builders.reading(plan.kpis[0], "late")])).splitlines()
    assert lines[3].endswith("not met")
    assert lines[4] == ""
