"""A person's verdict beside the computed one (S 8.7)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations, product
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import attrs
import pytest

import partnervisits as pv
from partnervisits.comparison import (
    Circumstances,
    Comparison,
    Explanation,
    Favourability,
    Outcome,
    Override,
    judge,
)
from partnervisits.errors import InvalidValueError
from partnervisits.scorecards import Counts, Method, Missing, Scorecard, by_partner
from tests import builders
from tests.judged import DECIMAL, SUBJECT, planned

MET, NEAR, NOT_MET, NA = Outcome.MET, Outcome.NEAR, Outcome.NOT_MET, Outcome.NOT_APPLICABLE
NO_DATA, NO_TARGET = Outcome.NO_DATA, Outcome.NO_TARGET
GOOD, NEUTRAL, BAD = Favourability.FAVOURABLE, Favourability.NEUTRAL, Favourability.UNFAVOURABLE

NINE, ELEVEN = builders.NINE, builders.ELEVEN
HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)

STOCK = builders.indicator(value_type=DECIMAL)
AT_LEAST_10 = pv.Target("stock", pv.at_least(10), near=pv.within(2), worst=0)
PLAN = planned(STOCK, AT_LEAST_10)
(KPI,) = PLAN.kpis
OTHER_KPI = "V-2/round/count/partner/acme/stock"


def verdict(outcome: Outcome = MET, **changes: Any) -> Override:
    """Kim's, given at eleven on the one KPI of `PLAN`, unless said otherwise."""
    settings: dict[str, Any] = {
        "kpi_id": KPI.id,
        "outcome": outcome,
        "by": "kim",
        "at": ELEVEN,
        "reason": "the photo shows 11",
    }
    return pv.Override(**(settings | changes))


def decided(
    actual: object, *verdicts: Override, plan: pv.ActionPlan = PLAN, **settings: Any
) -> Comparison:
    """The one comparison of a plan; None where nothing was read."""
    readings = [] if actual is None else [builders.reading(plan.kpis[0], actual)]
    (found,) = pv.compare(plan, readings, overrides=verdicts, **settings).comparisons
    return found


def text_of(figure: Decimal | None) -> str:
    return "none" if figure is None else f"{figure:f}"


# ------------------------------------------------------------------------ what a person may decide


@pytest.mark.parametrize("outcome", [MET, NOT_MET, NA])
def test_a_person_may_decide_met_not_met_or_not_applicable(outcome: Outcome) -> None:
    """S 8.7."""
    assert verdict(outcome).outcome is outcome
    assert decided(5, verdict(outcome)).outcome is outcome


def test_a_verdict_whose_own_id_would_be_too_long_is_refused() -> None:
    """S 6.3."""
    most = 4_096 - len(verdict().id) + len(KPI.id)
    assert len(verdict(kpi_id="k" * most).id) == 4_096
    with pytest.raises(InvalidValueError) as error:
        _ = verdict(kpi_id="k" * (most + 1))
    assert (error.value.code, error.value.field) == ("text.long", "kpi_id")


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {MET, NOT_MET, NA}, key=str))
def test_no_other_outcome_is_for_a_person_to_decide(outcome: Outcome) -> None:
    """S 8.7: near, no data and the like follow from what was found."""
    with pytest.raises(InvalidValueError, match="MET, NOT_MET or NOT_APPLICABLE") as refused:
        _ = verdict(outcome)
    assert refused.value.code == "override.outcome"
    assert (refused.value.owner, refused.value.field) == ("Override", "outcome")


@pytest.mark.parametrize("reason", ["", " ", "\n", " \t\n "])
def test_a_person_says_why(reason: str) -> None:
    """S 8.7: a verdict against the figures without a reason convinces nobody."""
    with pytest.raises(InvalidValueError, match="say why") as refused:
        _ = verdict(reason=reason)
    assert refused.value.code == "override.reason"
    assert (refused.value.owner, refused.value.field) == ("Override", "reason")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("outcome", "met", "type.wrong"),
        ("outcome", None, "type.wrong"),
        ("outcome", True, "type.wrong"),
        ("outcome", Favourability.NEUTRAL, "type.wrong"),
        ("reason", None, "text.type"),
        ("reason", 5, "text.type"),
        ("reason", b"because", "text.type"),
        ("reason", "a\r\nb", "text.carriage-return"),
        ("reason", "a\x00b", "text.control"),
        ("reason", "x" * 4_001, "text.long"),
        ("kpi_id", KPI, "text.type"),
        ("kpi_id", None, "text.type"),
        ("kpi_id", "", "text.empty"),
        ("kpi_id", "x" * 4_097, "text.long"),
        ("by", None, "text.type"),
        ("by", 7, "text.type"),
        ("by", "", "text.empty"),
        ("by", " kim", "text.blank-ends"),
        ("by", "k" * 256, "text.long"),
        ("at", None, "instant.type"),
        ("at", "2026-03-12T10:00:00Z", "instant.type"),
        ("at", date(2026, 3, 12), "instant.type"),
        ("at", datetime(2026, 3, 12, 10), "instant.naive"),
        ("at", datetime(1899, 12, 31, tzinfo=UTC), "instant.range"),
        ("at", datetime(2026, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")), "instant.gap"),
    ],
)
def test_each_part_of_a_verdict_is_checked_and_named(field: str, value: object, code: str) -> None:
    """S 1.3, S 8.7: what is no id, no instant or no text is refused when it is given."""
    wrong: dict[str, Any] = {field: value}
    with pytest.raises(InvalidValueError) as refused:
        _ = verdict(**wrong)
    assert (refused.value.owner, refused.value.field, refused.value.code) == (
        "Override",
        field,
        code,
    )


def test_the_instant_of_a_verdict_is_kept_in_utc() -> None:
    """S 1.1: noon in Berlin is eleven o'clock there and here."""
    given = verdict(at=datetime(2026, 3, 12, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    assert given.at == datetime(2026, 3, 12, 11, tzinfo=UTC)
    assert given.at.tzinfo is UTC
    assert given == verdict(at=datetime(2026, 3, 12, 11, tzinfo=UTC))


def test_a_reason_is_kept_as_it_was_written() -> None:
    """S 1.5."""
    assert verdict(reason="  seen\n\tby me ").reason == "  seen\n\tby me "


def test_a_verdict_is_never_changed_afterwards() -> None:
    """S 8.7: who thinks better of it gives a later one."""
    given = verdict()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        given.outcome = NOT_MET  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    assert given.outcome is MET


# --------------------------------------------------------------------------------------- its id


def test_the_id_names_the_kpi_the_instant_and_the_person() -> None:
    """S 6.3."""
    assert verdict(kpi_id="V-1/a%2Fb/stock", by="kim/7%").id == (
        "V-1/a%2Fb/stock/2026-03-12T10:00:00+00:00/kim%2F7%25"
    )


def test_the_same_decision_sent_twice_is_one_decision_with_one_id() -> None:
    """S 8.7: a phone that sends again changes nothing."""
    here = verdict(at=datetime(2026, 3, 12, 11, tzinfo=ZoneInfo("Europe/Berlin")))
    assert here == verdict()
    assert here.id == verdict().id
    assert len({here, verdict()}) == 1
    assert decided(5, here, verdict()) == decided(5, verdict())


def test_different_decisions_have_different_ids_whatever_the_ids_of_the_host_contain() -> None:
    """S 6.3: injective in KPI, instant and person."""
    moment = NINE.isoformat()
    kpi_ids = ["V", "V/a", f"V/{moment}", f"V/{moment}/a", "V%2Fa", "V/%2F"]
    persons = ["a", "a/b", "a%2Fb", "b", f"{moment}/a", "%", "%25", "/"]
    instants = [NINE, NINE + MICROSECOND, NINE + timedelta(seconds=1), ELEVEN]
    decisions = list(product(kpi_ids, persons, instants))
    ids = {verdict(kpi_id=kpi_id, by=by, at=at).id for kpi_id, by, at in decisions}
    assert len(ids) == len(decisions) == 192


# ------------------------------------------------------------------------------ which one counts


def test_of_several_verdicts_the_last_one_given_counts_in_whatever_order_they_arrive() -> None:
    """S 8.7: last by its instant, be it by a microsecond and across zones."""
    first = verdict(NA, at=NINE)
    second = verdict(NOT_MET, at=NINE + MICROSECOND, by="zoe")
    last = verdict(MET, at=(NINE + 2 * MICROSECOND).astimezone(ZoneInfo("Asia/Tokyo")), by="ann")
    for arrived in permutations([first, second, last]):
        assert decided(5, *arrived).override == last
    for arrived in permutations([first, second]):
        assert decided(5, *arrived).override == second


@pytest.mark.parametrize(
    "tied",
    [
        [verdict(by="ann"), verdict(by="bob"), verdict(by="cem")],
        [verdict(MET), verdict(NOT_MET), verdict(NA)],
        [verdict(reason="one"), verdict(reason="two"), verdict(reason="three")],
        [verdict(MET, by="ann"), verdict(NOT_MET, by="bob"), verdict(NA, by="ann")],
    ],
    ids=["by person", "by outcome", "by reason", "mixed"],
)
def test_verdicts_of_one_instant_are_settled_the_same_way_in_whatever_order_they_arrive(
    tied: list[Override],
) -> None:
    """S 8.7: chance decides nothing."""
    counted = {decided(5, *arrived).override for arrived in permutations(tied)}
    assert len(counted) == 1
    assert counted <= set(tied)


@pytest.mark.parametrize("collect", [list, tuple, set, frozenset, iter])
def test_verdicts_may_come_in_any_collection(collect: Any) -> None:
    """S 8.7: their order means nothing, so a set serves."""
    card = pv.compare(PLAN, [], overrides=collect([verdict(NOT_MET, at=NINE), verdict(MET)]))
    assert card.comparisons[0].outcome is MET


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (verdict(), "sequence.type"),
        ("met", "sequence.type"),
        ({KPI.id: verdict()}, "sequence.type"),
        (None, "sequence.type"),
        ([verdict(), MET], "sequence.entry"),
        ([KPI.id], "sequence.entry"),
        ([builders.reading(KPI, 5)], "sequence.entry"),
    ],
    ids=["a lone one", "a word", "a mapping", "none", "an outcome", "an id", "a reading"],
)
def test_what_are_no_verdicts_is_refused(given: Any, code: str) -> None:
    """S 8.7."""
    with pytest.raises(InvalidValueError) as refused:
        _ = pv.compare(PLAN, [], overrides=given)
    assert refused.value.code == code


@pytest.mark.parametrize("outcome", [MET, NOT_MET, NA])
def test_a_verdict_on_a_kpi_of_another_plan_changes_nothing(outcome: Outcome) -> None:
    """S 8.7."""
    reading = builders.reading(KPI, 8)
    without = pv.compare(PLAN, [reading])
    assert pv.compare(PLAN, [reading], overrides=[verdict(outcome, kpi_id=OTHER_KPI)]) == without
    assert without.comparisons[0].outcome is NEAR


def test_a_verdict_changes_the_one_kpi_that_it_names() -> None:
    """S 8.7: its neighbours in the plan stay as they were computed."""
    plan = builders.plan(builders.item("count"), builders.item("check"))
    count, check = plan.kpis
    (at_count, at_check) = pv.compare(plan, [], overrides=[verdict(kpi_id=check.id)]).comparisons
    assert (at_count.kpi, at_count.override) == (count, None)
    assert (at_check.kpi, at_check.outcome) == (check, MET)
    assert at_count == pv.compare(plan, []).comparisons[0]


def test_a_verdict_on_a_task_that_was_removed_changes_nothing() -> None:
    """S 7.5, S 8.7: what is no longer planned is not compared."""
    plan = builders.plan(builders.item("count"), builders.item("check"))
    left = plan.remove("check", "double work")
    given = verdict(kpi_id=plan.task("check").kpis[0].id)
    assert pv.compare(left, [], overrides=[given]) == pv.compare(left, [])


# --------------------------------------------------------------------------- as it was known at

READ = builders.reading(KPI, 5)
CORRECTED = pv.correct(READ, KPI, 12, at=NINE + 2 * HOUR, by="rep-7")
ENTERED_LATE = pv.capture(
    KPI, 8, at=NINE + MICROSECOND, by="rep-8", recorded_at=NINE + 4 * HOUR, note="from paper"
)
ALLOWED = verdict(MET, at=NINE + HOUR)
REFUSED = verdict(NOT_MET, at=NINE + 3 * HOUR)


@pytest.mark.parametrize(
    ("known_at", "computed", "outcome"),
    [
        (NINE - MICROSECOND, NO_DATA, NO_DATA),
        (NINE, NOT_MET, NOT_MET),
        (NINE + HOUR - MICROSECOND, NOT_MET, NOT_MET),
        (NINE + HOUR, NOT_MET, MET),
        (NINE + 2 * HOUR - MICROSECOND, NOT_MET, MET),
        (NINE + 2 * HOUR, MET, MET),
        (NINE + 3 * HOUR - MICROSECOND, MET, MET),
        (NINE + 3 * HOUR, MET, NOT_MET),
        (NINE + 4 * HOUR - MICROSECOND, MET, NOT_MET),
        (NINE + 4 * HOUR, NEAR, NOT_MET),
        ((NINE + HOUR).astimezone(ZoneInfo("America/New_York")), NOT_MET, MET),
        (None, NEAR, NOT_MET),
    ],
)
def test_a_comparison_as_known_at_an_instant_leaves_out_what_was_recorded_later(
    known_at: datetime | None, computed: Outcome, outcome: Outcome
) -> None:
    """S 8.7, S 7.2: readings, corrections, late entries and verdicts alike, the instant included.

    5 is read at nine, allowed at ten, corrected to 12 at eleven, refused at twelve; at one o'clock
    an 8 is entered that was seen just after nine.
    """
    for readings, verdicts in product(
        permutations([READ, CORRECTED, ENTERED_LATE]), permutations([ALLOWED, REFUSED])
    ):
        (found,) = pv.compare(PLAN, readings, overrides=verdicts, known_at=known_at).comparisons
        assert (found.computed, found.outcome) == (computed, outcome)


def test_an_earlier_verdict_counts_again_where_the_last_one_was_not_known() -> None:
    """S 8.7."""
    found = decided(5, ALLOWED, REFUSED, known_at=NINE + 2 * HOUR)
    assert found.override == ALLOWED


@pytest.mark.parametrize(
    ("known_at", "code"),
    [
        (datetime(2026, 3, 12, 10), "instant.naive"),
        (date(2026, 3, 12), "instant.type"),
        ("2026-03-12T10:00:00Z", "instant.type"),
    ],
)
@pytest.mark.parametrize("verdicts", [[], [verdict()]], ids=["no verdict", "a verdict"])
def test_known_at_is_an_instant(known_at: Any, code: str, verdicts: list[Override]) -> None:
    """S 1.1: with verdicts and without, with readings and without."""
    for readings in ([], [READ]):
        with pytest.raises(InvalidValueError) as refused:
            _ = pv.compare(PLAN, readings, overrides=verdicts, known_at=known_at)
        assert refused.value.code == code


def test_a_comparison_is_known_since_its_verdict_was_given_or_its_reading_recorded() -> None:
    """S 8.7: what decides it, not what came last."""
    assert decided(None).recorded_at is None
    late = pv.compare(PLAN, [ENTERED_LATE]).comparisons[0]
    assert late.recorded_at == NINE + 4 * HOUR
    ruled = pv.compare(PLAN, [ENTERED_LATE], overrides=[ALLOWED]).comparisons[0]
    assert ruled.recorded_at == NINE + HOUR
    assert decided(None, ALLOWED).recorded_at == NINE + HOUR


# ----------------------------------------------------------------- the computed verdict beside it


class Found(NamedTuple):
    """What was found where at least 10 is expected, and what is computed of it."""

    words: str
    actual: object
    computed: Outcome
    variance: str
    relative: str
    attainment: str
    bound: Decimal | None


TEN = Decimal(10)
FOUND = [
    Found("more than asked", 12, MET, "2", "0.2", "1.2", TEN),
    Found("just what is asked", 10, MET, "0", "0", "1", TEN),
    Found("near", 8, NEAR, "-2", "-0.2", "0.8", TEN),
    Found("missed", 5, NOT_MET, "-5", "-0.5", "0.5", TEN),
    Found("declined", pv.Absence.DECLINED, NO_DATA, "none", "none", "none", None),
    Found("not applicable", pv.Absence.NOT_APPLICABLE, NA, "none", "none", "none", None),
    Found("nothing", None, NO_DATA, "none", "none", "none", None),
]


@pytest.mark.parametrize("outcome", [MET, NOT_MET, NA])
@pytest.mark.parametrize("found", FOUND, ids=[each.words for each in FOUND])
def test_the_computed_verdict_and_its_figures_stand_beside_the_persons(
    found: Found, outcome: Outcome
) -> None:
    """S 8.7: whatever the person says, what was found stays what it is."""
    ruled = decided(found.actual, verdict(outcome))
    plain = decided(found.actual)
    assert (ruled.outcome, ruled.computed) == (outcome, found.computed)
    assert text_of(ruled.variance) == found.variance  # type: ignore[arg-type]
    assert text_of(ruled.relative_variance) == found.relative
    assert text_of(ruled.attainment) == found.attainment
    assert (ruled.actual, ruled.reading, ruled.cause) == (plain.actual, plain.reading, plain.cause)
    assert ruled.in_words() == plain.in_words()
    explained = ruled.explain()
    assert (explained.operands, explained.bound) == ((TEN,), found.bound)
    assert explained.source == "template item"
    assert attrs.evolve(ruled, override=None) == plain


@pytest.mark.parametrize(
    ("outcome", "score", "is_measured"),
    [(MET, "1", True), (NOT_MET, "0", True), (NA, "none", False)],
)
@pytest.mark.parametrize("found", FOUND, ids=[each.words for each in FOUND])
def test_the_score_goes_by_the_persons_verdict(
    found: Found, outcome: Outcome, score: str, is_measured: object
) -> None:
    """S 8.7: 1, 0 or none, and nothing between, although 5 of 10 alone would score a half."""
    ruled = decided(found.actual, verdict(outcome))
    assert text_of(ruled.score) == score
    assert ruled.is_measured is is_measured
    assert not ruled.is_missing


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [(MET, [GOOD, *[NEUTRAL] * 6]), (NOT_MET, [BAD] * 7), (NA, [None] * 7)],
)
def test_favourability_agrees_with_the_persons_verdict(
    outcome: Outcome, expected: list[Favourability | None]
) -> None:
    """S 8.4, S 8.7: met is good news only where the value itself lies beyond the bound."""
    assert [decided(each.actual, verdict(outcome)).favourability for each in FOUND] == expected


def test_a_value_that_missed_by_much_is_no_good_news_once_it_is_called_met() -> None:
    """S 8.4: at most 10 is missed by 90 and allowed; the variance alone would mislead."""
    plan = planned(STOCK, pv.Target("stock", pv.at_most(10)))
    assert decided(100, verdict(MET), plan=plan).favourability is NEUTRAL
    assert decided(2, verdict(MET), plan=plan).favourability is GOOD
    assert decided(2, verdict(NOT_MET), plan=plan).favourability is BAD


@pytest.mark.parametrize(
    ("expected", "actual"),
    [(pv.between(3, 5), 4), (pv.outside(3, 5), 6), (pv.equals(4), 4), (pv.equals(4), 5)],
)
def test_under_the_criteria_without_one_bound_met_is_neither_good_nor_bad(
    expected: Any, actual: int
) -> None:
    """S 8.4."""
    plan = planned(STOCK, pv.Target("stock", expected))
    assert decided(actual, verdict(MET), plan=plan).favourability is NEUTRAL
    assert decided(actual, verdict(NOT_MET), plan=plan).favourability is BAD


@pytest.mark.parametrize(
    ("expected", "actual", "variance", "computed"),
    [
        (pv.between(3, 5), 9, "4", NOT_MET),
        (pv.between(3, 5), 4, "0", MET),
        (pv.outside(3, 7), 4, "1", NOT_MET),
        (pv.outside(3, 7), 8, "0", MET),
        (pv.equals(4, tolerance=1), 6, "2", NOT_MET),
        (pv.at_most(4), 6, "2", NOT_MET),
    ],
)
@pytest.mark.parametrize("outcome", [MET, NOT_MET, NA])
def test_no_verdict_moves_the_variance(
    expected: Any, actual: int, variance: str, computed: Outcome, outcome: Outcome
) -> None:
    """S 8.3, S 8.7: under no criterion; what was missed by 4 and allowed was missed by 4."""
    plan = planned(STOCK, pv.Target("stock", expected))
    ruled = decided(actual, verdict(outcome), plan=plan)
    assert (ruled.computed, f"{ruled.variance:f}") == (computed, variance)


UNORDERED = builders.indicator(value_type=pv.ValueType.TEXT)


@pytest.mark.parametrize(
    ("outcome", "score", "favourability"),
    [(MET, "1", NEUTRAL), (NOT_MET, "0", BAD), (NA, "none", None)],
)
@pytest.mark.parametrize(("actual", "computed"), [("open", MET), ("shut", NOT_MET)])
def test_an_answer_in_words_can_be_ruled_on_too(
    actual: str, computed: Outcome, outcome: Outcome, score: str, favourability: object
) -> None:
    """S 8.7: "shut" may have been what the partner was asked for."""
    plan = planned(UNORDERED, pv.Target("stock", "open"))
    ruled = decided(actual, verdict(outcome), plan=plan)
    assert (ruled.outcome, ruled.computed, ruled.variance) == (outcome, computed, None)
    assert (text_of(ruled.score), ruled.favourability) == (score, favourability)


# ------------------------------------------------ where nothing was read, expected, due or judged


@pytest.mark.parametrize(("outcome", "score"), [(MET, "1"), (NOT_MET, "0"), (NA, "none")])
def test_a_kpi_that_nobody_read_can_be_ruled_on(outcome: Outcome, score: str) -> None:
    """S 8.2, S 8.7: the one way in which a KPI without a reading is met."""
    ruled = decided(None, verdict(outcome))
    assert (ruled.outcome, ruled.computed, ruled.reading) == (outcome, NO_DATA, None)
    assert (ruled.cause, text_of(ruled.score)) == ("nothing was captured", score)


@pytest.mark.parametrize(("outcome", "score"), [(MET, "1"), (NOT_MET, "0"), (NA, "none")])
@pytest.mark.parametrize("actual", [None, 5])
def test_a_kpi_of_which_nothing_is_expected_can_be_ruled_on_and_weighs_one(
    actual: object, outcome: Outcome, score: str
) -> None:
    """S 8.7, S 2.5."""
    plan = planned(STOCK)
    ruled = decided(actual, verdict(outcome), plan=plan)
    assert (ruled.outcome, ruled.computed) == (outcome, NO_TARGET)
    assert ruled.weight == 1
    assert (text_of(ruled.score), ruled.variance) == (score, None)
    (card,) = pv.rollup([ruled], by=by_partner)
    assert text_of(card.score) == score


def test_a_kpi_that_is_not_due_or_of_a_cancelled_visit_can_be_ruled_on() -> None:
    """S 8.2, S 8.7."""
    early = decided(None, verdict(), as_of=builders.THURSDAY)
    assert (early.outcome, early.computed) == (MET, Outcome.NOT_DUE)
    off = decided(None, verdict(NOT_MET), visit=builders.visit().cancel("the road is closed"))
    assert (off.outcome, off.computed) == (NOT_MET, NA)


def test_a_kpi_that_could_not_be_judged_can_be_ruled_on() -> None:
    """S 8.2, S 8.7: the error stays beside it, with its cause."""
    strange = attrs.evolve(READ, value="five")
    (ruled,) = pv.compare(PLAN, [strange], overrides=[verdict()]).comparisons
    assert (ruled.outcome, ruled.computed) == (MET, Outcome.ERROR)
    assert ruled.cause == "the reading holds 'five', which is no decimal of this KPI"
    assert (text_of(ruled.score), ruled.favourability, ruled.variance) == ("1", NEUTRAL, None)
    assert not ruled.is_missing


def test_the_weight_of_a_target_stays_the_targets() -> None:
    """S 2.5: a person decides the outcome, not how much it matters."""
    plan = planned(STOCK, attrs.evolve(AT_LEAST_10, weight="2.5"))
    assert decided(5, verdict(), plan=plan).weight == Decimal("2.5")


# --------------------------------------------------------------- scores and counts of a scorecard

WEIGHTS = {"more": "1", "near": "2", "missed": "1", "silent": "4"}
WEIGHED = builders.catalog(
    indicators=[STOCK], tasks=[builders.task("count"), builders.task("look")]
)
SEVERAL = pv.expand(
    builders.template(
        *(
            builders.item(
                key,
                task="count",
                targets=[attrs.evolve(AT_LEAST_10, weight=weight)],
                binding=pv.Binding.MUST,
            )
            for key, weight in WEIGHTS.items()
        ),
        builders.item("open", task="look", binding=pv.Binding.MUST),
    ),
    builders.visit(),
    catalog=WEIGHED,
).accept()
"""More than asked, weight 1; near, 2; missed by half, 1; nothing read, 4; nothing expected."""
READINGS = [
    builders.reading(SEVERAL.kpi("more", "stock"), 12),
    builders.reading(SEVERAL.kpi("near", "stock"), 8),
    builders.reading(SEVERAL.kpi("missed", "stock"), 5),
    builders.reading(SEVERAL.kpi("open", "stock"), 3),
]


def carded(verdicts: dict[str, Outcome]) -> Scorecard:
    """The scorecard of `SEVERAL` with verdicts on some of its items."""
    given = [
        verdict(outcome, kpi_id=SEVERAL.kpi(key, "stock").id) for key, outcome in verdicts.items()
    ]
    return pv.compare(SEVERAL, READINGS, overrides=given)


class Card(NamedTuple):
    """Verdicts, the counts, the coverage; and each method's score without and with the missing."""

    verdicts: dict[str, Outcome]
    counts: Counts
    coverage: str
    mean: tuple[str, str]
    worst: tuple[str, str]
    all_or_nothing: tuple[str, str]
    share_met: tuple[str, str]


THIRD, TWO_THIRDS = "0." + "3" * 28, "0." + "6" * 27 + "7"
# fmt: off
CARDS = [
    Card({}, Counts(met=1, near=1, not_met=1, no_data=1, no_target=1), "0.75",
         ("0.775", "0.3875"), ("0.5", "0"), ("0", "0"), (THIRD, "0.25")),
    Card({"missed": MET}, Counts(met=2, near=1, no_data=1, no_target=1), "0.75",
         ("0.9", "0.45"), ("0.8", "0"), ("0", "0"), (TWO_THIRDS, "0.5")),
    Card({"missed": NOT_MET}, Counts(met=1, near=1, not_met=1, no_data=1, no_target=1), "0.75",
         ("0.65", "0.325"), ("0", "0"), ("0", "0"), (THIRD, "0.25")),
    Card({"missed": NA}, Counts(met=1, near=1, no_data=1, not_applicable=1, no_target=1),
         TWO_THIRDS,
         ("0." + "8" + "6" * 27, "0.3714285714285714285714285714"), ("0.8", "0"), ("0", "0"),
         ("0.5", THIRD)),
    Card({"near": MET}, Counts(met=2, not_met=1, no_data=1, no_target=1), "0.75",
         ("0.875", "0.4375"), ("0.5", "0"), ("0", "0"), (TWO_THIRDS, "0.5")),
    Card({"near": NOT_MET}, Counts(met=1, not_met=2, no_data=1, no_target=1), "0.75",
         ("0.375", "0.1875"), ("0", "0"), ("0", "0"), (THIRD, "0.25")),
    Card({"more": NOT_MET}, Counts(near=1, not_met=2, no_data=1, no_target=1), "0.75",
         ("0.525", "0.2625"), ("0", "0"), ("0", "0"), ("0", "0")),
    Card({"silent": MET}, Counts(met=2, near=1, not_met=1, no_target=1), "1",
         ("0.8875", "0.8875"), ("0.5", "0.5"), ("0", "0"), ("0.5", "0.5")),
    Card({"silent": NOT_MET}, Counts(met=1, near=1, not_met=2, no_target=1), "1",
         ("0.3875", "0.3875"), ("0", "0"), ("0", "0"), ("0.25", "0.25")),
    Card({"silent": NA}, Counts(met=1, near=1, not_met=1, not_applicable=1, no_target=1), "1",
         ("0.775", "0.775"), ("0.5", "0.5"), ("0", "0"), (THIRD, THIRD)),
    Card({"open": MET}, Counts(met=2, near=1, not_met=1, no_data=1), "0.8",
         ("0.82", "0." + "4" + "5" * 27), ("0.5", "0"), ("0", "0"), ("0.5", "0.4")),
    Card({"open": NOT_MET}, Counts(met=1, near=1, not_met=2, no_data=1), "0.8",
         ("0.62", "0.3" + "4" * 27), ("0", "0"), ("0", "0"), ("0.25", "0.2")),
    Card({"open": NA}, Counts(met=1, near=1, not_met=1, no_data=1, not_applicable=1), "0.75",
         ("0.775", "0.3875"), ("0.5", "0"), ("0", "0"), (THIRD, "0.25")),
    Card({"near": MET, "missed": MET}, Counts(met=3, no_data=1, no_target=1), "0.75",
         ("1", "0.5"), ("1", "0"), ("none", "0"), ("1", "0.75")),
    Card({"near": MET, "missed": MET, "silent": MET}, Counts(met=4, no_target=1), "1",
         ("1", "1"), ("1", "1"), ("1", "1"), ("1", "1")),
    Card({"near": NA, "missed": NA, "silent": NA}, Counts(met=1, not_applicable=3, no_target=1),
         "1", ("1", "1"), ("1", "1"), ("1", "1"), ("1", "1")),
    Card({"more": NA, "near": NA, "missed": NA}, Counts(no_data=1, not_applicable=3, no_target=1),
         "0", ("none", "0"), ("none", "0"), ("none", "0"), ("none", "0")),
    Card(dict.fromkeys([*WEIGHTS, "open"], NA), Counts(not_applicable=5), "none",
         ("none", "none"), ("none", "none"), ("none", "none"), ("none", "none")),
    Card(dict.fromkeys([*WEIGHTS, "open"], NOT_MET), Counts(not_met=5), "1",
         ("0", "0"), ("0", "0"), ("0", "0"), ("0", "0")),
    Card(dict.fromkeys([*WEIGHTS, "open"], MET), Counts(met=5), "1",
         ("1", "1"), ("1", "1"), ("1", "1"), ("1", "1")),
]
# fmt: on


def named(card: Card) -> str:
    return ", ".join(f"{key} {each.value}" for key, each in card.verdicts.items()) or "no verdict"


@pytest.mark.parametrize("card", CARDS, ids=named)
def test_counts_and_coverage_go_by_the_persons_verdict(card: Card) -> None:
    """S 8.7, S 9.2."""
    found = carded(card.verdicts)
    assert found.counts == card.counts
    assert text_of(found.coverage) == card.coverage
    assert text_of(found.score) == card.mean[0]


@pytest.mark.parametrize("card", CARDS, ids=named)
def test_the_score_goes_by_the_persons_verdict_under_every_method(card: Card) -> None:
    """S 8.7, S 9.2: MEAN by weight, WORST, ALL_OR_NOTHING, SHARE_MET; the missing outside or 0."""
    comparisons = carded(card.verdicts).comparisons
    scores: dict[Method, tuple[str, ...]] = {}
    for method in Method:
        cards = [
            pv.rollup(comparisons, by=by_partner, method=method, missing=missing)
            for missing in (Missing.OUTSIDE, Missing.ZERO)
        ]
        scores[method] = tuple(text_of(each.score) for (each,) in cards)
        assert {each.counts for (each,) in cards} == {card.counts}
    assert scores == {
        Method.MEAN: card.mean,
        Method.WORST: card.worst,
        Method.ALL_OR_NOTHING: card.all_or_nothing,
        Method.SHARE_MET: card.share_met,
    }


# ----------------------------------------------------------------------------- in people's words


def test_a_verdict_reads_as_what_who_and_why() -> None:
    """S 8.8."""
    assert str(verdict(NOT_MET)) == "not met, says kim: the photo shows 11"
    assert str(verdict(NA, by="zoe", reason="sold")) == "not applicable, says zoe: sold"


def test_the_explanation_names_the_persons_rule_and_the_computed_sentence() -> None:
    """S 8.7, S 8.8."""
    assert decided(8, verdict()).explain() == Explanation(
        rule="S 8.7",
        operands=(TEN,),
        bound=TEN,
        source="template item",
        sentence=(
            "The stock: met, says kim: the photo shows 11; computed: expected at least 10 "
            "(template item); found 8; near, missed by 2"
        ),
    )
    assert decided(8).explain().rule == "S 8.1"
    assert decided(None).explain().rule == "S 8.2"


SENTENCES: list[tuple[object, Outcome, pv.ActionPlan, str]] = [
    (12, NOT_MET, PLAN, "expected at least 10 (template item); found 12; met"),
    (8, MET, PLAN, "expected at least 10 (template item); found 8; near, missed by 2"),
    (5, NA, PLAN, "expected at least 10 (template item); found 5; missed by 5"),
    (None, MET, PLAN, "nothing was captured"),
    (pv.Absence.DECLINED, NOT_MET, PLAN, "declined, says rep-7"),
    (5, MET, planned(STOCK), "nothing is expected"),
]


@pytest.mark.parametrize(("actual", "outcome", "plan", "computed"), SENTENCES)
def test_the_sentence_says_both_verdicts(
    actual: object, outcome: Outcome, plan: pv.ActionPlan, computed: str
) -> None:
    """S 8.8: first the one that counts."""
    ruled = decided(actual, verdict(outcome), plan=plan)
    assert str(ruled) == ruled.explain().sentence
    assert str(ruled) == (
        f"The stock: {outcome.value}, says kim: the photo shows 11; computed: {computed}"
    )
    assert ruled.explain().rule == "S 8.7"


def test_a_reason_of_several_lines_is_one_line_in_the_sentence() -> None:
    """S 8.8."""
    ruled = decided(None, verdict(reason="seen\n\tby  me"))
    assert str(ruled) == "The stock: met, says kim: seen by me; computed: nothing was captured"
    assert ruled.override is not None
    assert ruled.override.reason == "seen\n\tby  me"


def test_a_long_reason_is_cut_in_the_sentence_and_kept_in_the_data() -> None:
    """S 8.8."""
    ruled = decided(8, verdict(reason="so " * 1_300 + "!"))
    sentence = str(ruled.explain())
    assert len(sentence) <= 1_000
    assert "…" in sentence
    assert ruled.override is not None
    assert ruled.override.reason.endswith("so !")


def lines_of(overrides: Iterable[Override], *values: object) -> list[str]:
    """The rows of a scorecard's table."""
    readings = [builders.reading(KPI, value) for value in values]
    card = pv.compare(PLAN, readings, overrides=overrides)
    return str(card).split("\n\n")[0].splitlines()[3:]


def test_a_scorecard_notes_the_verdict_below_the_row_with_what_was_computed() -> None:
    """S 8.7, S 8.8: target, actual value and variance stay in the row."""
    assert lines_of([verdict()], 8) == [
        "  The stock  at least 10  template item  8       -2        met",
        "      met, says kim: the photo shows 11; computed: near, missed by 2",
    ]
    assert lines_of([verdict(NOT_MET)], 12) == [
        "  The stock  at least 10  template item  12      +2        not met",
        "      not met, says kim: the photo shows 11; computed: met",
    ]
    assert lines_of([verdict(NA)]) == [
        "  The stock  at least 10  template item  -       -         not applicable",
        "      not applicable, says kim: the photo shows 11; computed: nothing was captured",
    ]


def test_without_a_verdict_the_notes_are_those_of_the_computed_one() -> None:
    """S 8.8."""
    assert lines_of([], 8)[1:] == ["      counts as near: missed by at most 2"]
    assert lines_of([verdict(kpi_id=OTHER_KPI)], 5)[1:] == ["      missed by 5"]
    assert lines_of([])[1:] == ["      nothing was captured"]


def test_the_summary_of_a_scorecard_counts_the_persons_verdicts() -> None:
    """S 8.7, S 9.2."""
    found = carded({"missed": MET, "silent": NOT_MET, "open": NA})
    assert found.summary.splitlines() == [
        "score     45.0 % (mean)",
        "coverage  100.0 % (4 of 4 measured)",
        "outcomes  2 met, 1 near, 1 not met, 1 not applicable",
    ]


# --------------------------------------------------------------------------------- by constructor


def made(**changes: Any) -> Comparison:
    """A comparison that found an 8, near to the 10 expected."""
    settings: dict[str, Any] = {
        "subject": SUBJECT,
        "item_key": "count",
        "task_key": "count",
        "kpi": KPI,
        "computed": NEAR,
        "reading": builders.reading(KPI, 8),
    }
    return Comparison(**(settings | changes))


@pytest.mark.parametrize("outcome", [MET, NOT_MET, NA])
def test_a_comparison_takes_any_verdict_on_its_own_kpi(outcome: Outcome) -> None:
    """S 8.7: the computed outcome still is the one that target and reading give."""
    assert made(override=verdict(outcome)).outcome is outcome
    silent = made(override=verdict(outcome), computed=NO_DATA, reading=None)
    assert (silent.outcome, silent.computed) == (outcome, NO_DATA)


def test_a_comparison_refuses_a_verdict_on_another_kpi() -> None:
    """S 8.7."""
    with pytest.raises(InvalidValueError, match=r"Comparison\.computed") as refused:
        _ = made(override=verdict(kpi_id=OTHER_KPI))
    assert refused.value.code == "comparison.outcome"


def test_a_verdict_does_not_excuse_a_computed_outcome_that_is_wrong() -> None:
    """S 8.1, S 8.7."""
    for wrong in (MET, NOT_MET, NO_DATA, NO_TARGET):
        with pytest.raises(InvalidValueError, match="use compare"):
            _ = made(override=verdict(), computed=wrong)


@pytest.mark.parametrize("value", [MET, "met", READ])
def test_a_comparison_refuses_what_is_no_verdict(value: object) -> None:
    """S 8.7."""
    with pytest.raises(InvalidValueError) as refused:
        _ = made(override=value)
    assert (refused.value.code, refused.value.field) == ("type.wrong", "override")


def test_what_compare_makes_of_a_verdict_is_what_the_constructor_makes() -> None:
    """S 8.7: comparisons made in bulk are as valid as those made one by one."""
    ruled = decided(8, verdict())
    assert attrs.evolve(ruled) == ruled == made(override=verdict(), subject=ruled.subject)
    assert ruled != decided(8)


def test_judging_one_kpi_takes_the_verdict_as_it_is_given() -> None:
    """S 8.7: the piece that compare() is made of."""
    (task,) = PLAN.tasks
    seen = Circumstances(SUBJECT, SUBJECT.on, False, None)
    ruled = judge(KPI, task, READ, seen, verdict())
    assert (ruled.outcome, ruled.computed, ruled.override) == (MET, NOT_MET, verdict())
    assert judge(KPI, task, READ, seen).override is None


def test_a_long_reason_leaves_room_for_what_was_computed() -> None:
    """S 8.7, S 8.8."""
    said = attrs.evolve(ALLOWED, reason="so " * 1_300 + "!")
    assert len(str(said)) < 400
    assert f"{'so ' * 80}" in str(said)
    assert "; computed: " in str(decided(5, said))
