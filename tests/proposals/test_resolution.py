"""Which of several targets applies: the ladder from a visit's context down to the indicator."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits.calendars import Anchor
from partnervisits.criteria import AtLeast, Criterion
from partnervisits.findings import Severity
from partnervisits.plans import Kpi
from partnervisits.proposals import ItemOverride
from partnervisits.targets import ResolvedTarget, TargetSource
from partnervisits.tasks import TaskIndicator
from partnervisits.templates import Spread
from partnervisits.values import DateRange
from tests.builders import NINE, THURSDAY, catalog, indicator, item, place, task, template, visit
from tests.proposals.worlds import (
    AGREEMENT,
    PARTNER,
    PRODUCT_A,
    PRODUCT_B,
    PRODUCT_C,
    capturing,
    error,
    expanded,
    plan_of,
    warning,
)

DAY = timedelta(days=1)
PATH = ("items", "count", "targets", "stock")
GOLD = pv.Facts(partner={"segment": "gold"})

SCOPES = {
    "visit + context": pv.Scope(visit="V-1", context=PRODUCT_A),
    "visit": pv.Scope(visit="V-1"),
    "partner + context": pv.Scope(partner="acme", context=PRODUCT_A),
    "partner": pv.Scope(partner="acme"),
    "segment + context": pv.Scope(segment="gold", context=PRODUCT_A),
    "segment": pv.Scope(segment="gold"),
    "context": pv.Scope(context=PRODUCT_A),
}
DEFINITIONS = {
    "template item": TargetSource.ITEM,
    "task definition": TargetSource.TASK,
    "indicator": TargetSource.INDICATOR,
}
LADDER = [*SCOPES, *DEFINITIONS]
"""From the most specific (S 2.6); the value expected on a step is its place."""


def on(step: str, expected: object = None, **changes: Any) -> pv.Target:
    """A target written on a step of the ladder."""
    value: Any = LADDER.index(step) if expected is None else expected
    return pv.Target("stock", value, scope=SCOPES.get(step), **changes)


def facing(*targets: pv.Target, product: pv.Context | None = PRODUCT_A) -> pv.Given:
    """What is given for a visit to a gold partner, about a product."""
    return pv.Given(contexts=[product] if product else [], facts=GOLD, targets=targets)


def about_products(**changes: Any) -> pv.TemplateItem:
    return item(context_kinds=["product"], **changes)


def with_steps(*steps: str, valid: dict[str, DateRange] | None = None) -> pv.Proposal:
    """A visit about a product, with a target on each of these steps."""
    written = {step: on(step, valid=(valid or {}).get(step)) for step in steps}

    def of(step: str) -> list[pv.Target]:
        return [written[step]] if step in written else []

    return expanded(
        about_products(targets=of("template item")),
        tasks=[task(targets=of("task definition"))],
        targets=of("indicator"),
        given=facing(*(written[step] for step in steps if step in SCOPES)),
    )


def sole_target(proposal: pv.Proposal) -> ResolvedTarget | None:
    (kpi,) = plan_of(proposal).kpis
    return kpi.target


def steps_of(target: ResolvedTarget | None) -> list[int]:
    """The steps of the target that applies and of those it shadows."""
    if target is None:
        return []
    assert isinstance(target.criterion, AtLeast)
    values = [target.criterion.bound, *(each.target.expected for each in target.shadowed)]
    return [int(str(value)) for value in values]


def expectations(proposal: pv.Proposal) -> dict[tuple[str, str], str]:
    """What is expected, by indicator and record."""
    return {
        (kpi.indicator.key, str(kpi.context)): str(kpi.target) for kpi in plan_of(proposal).kpis
    }


# ------------------------------------------------------------------------- the ladder (S 2.6)


@pytest.mark.parametrize("step", LADDER)
def test_a_target_on_any_step_applies_where_there_is_no_other(step: str) -> None:
    """S 2.6: and the KPI says where it was written and for whom."""
    proposal = with_steps(step)
    assert proposal.findings == ()
    assert sole_target(proposal) == ResolvedTarget(
        pv.at_least(LADDER.index(step)),
        source=DEFINITIONS.get(step, TargetSource.GIVEN),
        scope=SCOPES.get(step),
    )


@pytest.mark.parametrize(("upper", "lower"), list(pairwise(LADDER)))
def test_each_step_goes_before_the_next(upper: str, lower: str) -> None:
    """S 2.6."""
    for steps in ([upper, lower], [lower, upper]):
        proposal = with_steps(*steps)
        assert proposal.findings == ()
        assert steps_of(sole_target(proposal)) == [LADDER.index(upper), LADDER.index(lower)]


@pytest.mark.parametrize("first", range(len(LADDER)))
def test_a_step_goes_before_all_below_it_which_it_shadows_in_their_order(first: int) -> None:
    """S 2.6."""
    steps = list(range(first, len(LADDER)))
    assert steps_of(sole_target(with_steps(*LADDER[first:]))) == steps
    assert steps_of(sole_target(with_steps(*LADDER[:first:-1], LADDER[first]))) == steps


def test_what_is_shadowed_is_kept_as_it_was_written_with_its_source_and_its_scope() -> None:
    """S 2.6: a manager can read all of the ladder off the KPI."""
    target = sole_target(with_steps(*LADDER))
    assert target is not None
    assert (target.source, target.scope) == (TargetSource.GIVEN, SCOPES["visit + context"])
    assert [str(each) for each in target.shadowed] == [
        "1 (visit V-1)",
        "2 (partner acme, product A)",
        "3 (partner acme)",
        "4 (segment gold, product A)",
        "5 (segment gold)",
        "6 (product A)",
        "7 (template item)",
        "8 (task definition)",
        "9 (indicator)",
    ]
    assert [each.target for each in target.shadowed] == [on(step) for step in LADDER[1:]]
    assert [each.source for each in target.shadowed] == [
        DEFINITIONS.get(step, TargetSource.GIVEN) for step in LADDER[1:]
    ]


def test_naming_the_partner_beside_the_visit_does_not_go_before_a_context_of_the_visit() -> None:
    """S 2.6: a visit has one partner, so that naming it too makes the scope no narrower."""
    wordy = pv.Scope(visit="V-1", partner="acme", segment="gold")
    given = facing(on("visit + context"), pv.Target("stock", 50, scope=wordy))
    assert steps_of(sole_target(expanded(about_products(), given=given))) == [0, 50]


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (pv.Scope(visit="V-1", partner="acme"), pv.Scope(visit="V-1")),
        (pv.Scope(partner="acme", segment="gold"), pv.Scope(partner="acme")),
        (
            pv.Scope(partner="acme", segment="gold", context=PRODUCT_A),
            pv.Scope(partner="acme", context=PRODUCT_A),
        ),
    ],
)
def test_of_two_scopes_that_differ_in_one_facet_the_one_that_names_it_goes_first(
    more: pv.Scope, less: pv.Scope
) -> None:
    """S 2.6."""
    given = facing(pv.Target("stock", 2, scope=less), pv.Target("stock", 1, scope=more))
    proposal = expanded(about_products(), given=given)
    assert (steps_of(sole_target(proposal)), proposal.findings) == ([1, 2], ())


def test_the_order_in_which_targets_are_given_does_not_matter() -> None:
    """S 2.6: neither to the one that applies nor to those it shadows, those that tie included."""
    written = [on("partner"), on("segment"), on("segment", 60), on("context")]
    proposals = {
        expanded(about_products(), given=facing(*order)) for order in permutations(written)
    }
    assert len(proposals) == 1


def test_what_the_host_overrides_in_an_item_stays_on_the_step_of_the_item() -> None:
    """S 6.7."""
    override = {"count": ItemOverride(targets=[pv.Target("stock", 70)])}
    for scoped, steps in ([], [70, 8]), ([on("context")], [6, 70, 8]):
        proposal = expanded(
            about_products(targets=[on("template item")]),
            tasks=[task(targets=[on("task definition")])],
            given=attrs.evolve(facing(*scoped), override=override),
        )
        assert steps_of(sole_target(proposal)) == steps


# ------------------------------------------------------------------------- for whom (S 2.6)

ALL_FACETS: dict[str, Any] = {
    "visit": "V-1",
    "partner": "acme",
    "segment": "gold",
    "context": PRODUCT_A,
}
OTHERS: dict[str, Any] = {
    "visit": "V-2",
    "partner": "globex",
    "segment": "silver",
    "context": PRODUCT_B,
}


def test_a_scope_that_names_every_facet_holds_where_all_of_them_match() -> None:
    """S 2.6."""
    scope = pv.Scope(**ALL_FACETS)
    target = sole_target(
        expanded(about_products(), given=facing(pv.Target("stock", 1, scope=scope)))
    )
    assert target is not None
    assert target.scope == scope


@pytest.mark.parametrize("facet", ALL_FACETS)
def test_a_scope_holds_only_where_all_that_it_names_matches(facet: str) -> None:
    """S 2.6."""
    almost = pv.Scope(**(ALL_FACETS | {facet: OTHERS[facet]}))
    alone = pv.Scope(**{facet: OTHERS[facet]})
    for scope in (almost, alone):
        given = facing(pv.Target("stock", 1, scope=scope))
        proposal = expanded(about_products(), given=given)
        assert sole_target(proposal) is None
        assert proposal.findings == ()


@pytest.mark.parametrize(
    ("step", "facts"),
    [
        ("segment", pv.Facts()),
        ("segment", pv.Facts(visit={"segment": "gold"})),
        ("segment", pv.Facts(contexts={PRODUCT_A: {"segment": "gold"}})),
        ("segment + context", pv.Facts(contexts={PRODUCT_A: {"segment": "gold"}})),
    ],
)
def test_the_segment_of_a_scope_is_that_of_the_partner(step: str, facts: pv.Facts) -> None:
    """S 6.6: a fact of that name of the visit, or of a record, makes no segment."""
    given = attrs.evolve(facing(on(step)), facts=facts)
    assert sole_target(expanded(about_products(), given=given)) is None


def test_a_context_of_a_scope_is_a_kind_and_an_id() -> None:
    """S 2.6."""
    scope = pv.Scope(context=pv.Context("agreement", "A"))
    given = facing(pv.Target("stock", 1, scope=scope))
    assert sole_target(expanded(about_products(), given=given)) is None


def test_a_visit_without_contexts_may_have_a_target_for_its_partner_as_a_record() -> None:
    """S 6.2: an item without kinds is about the partner, which is a context too."""
    given = facing(pv.Target("stock", 1, scope=pv.Scope(context=PARTNER)), product=None)
    target = sole_target(expanded(item(), given=given))
    assert target is not None
    assert (target.source, target.origin) == (TargetSource.GIVEN, "partner acme")


# ------------------------------------------------------------------------ valid days (S 2.5)

YESTERDAY = DateRange(None, THURSDAY - DAY)


@pytest.mark.parametrize(("upper", "lower"), list(pairwise(LADDER)))
def test_a_target_out_of_date_lets_the_next_step_through(upper: str, lower: str) -> None:
    """S 2.6: and nothing of it is left among what is shadowed."""
    proposal = with_steps(upper, lower, valid={upper: YESTERDAY})
    assert steps_of(sole_target(proposal)) == [LADDER.index(lower)]
    assert proposal.findings == ()


@pytest.mark.parametrize("first", range(len(LADDER)))
def test_the_highest_step_that_is_in_date_applies(first: int) -> None:
    """S 2.6."""
    proposal = with_steps(*LADDER, valid=dict.fromkeys(LADDER[:first], YESTERDAY))
    assert steps_of(sole_target(proposal)) == list(range(first, len(LADDER)))


def test_a_step_that_is_out_of_date_is_not_shadowed() -> None:
    """S 2.6."""
    found = sole_target(with_steps(*LADDER, valid=dict.fromkeys(LADDER[1::2], YESTERDAY)))
    assert steps_of(found) == [0, 2, 4, 6, 8]


def test_a_target_with_valid_days_gives_way_until_the_visit_is_planned() -> None:
    """S 2.5."""
    given = facing(on("visit", valid=DateRange()), on("partner"))
    proposal = expanded(about_products(), given=given, planned=None)
    assert steps_of(sole_target(proposal)) == [LADDER.index("partner")]


# ------------------------------------------------------------------------------- ties (S 2.6)


def two_on(step: str) -> list[pv.Target]:
    return [on(step, 70), on(step, pv.at_most(50))]


@pytest.mark.parametrize("step", SCOPES)
def test_two_on_one_step_are_an_error_that_names_both_with_their_scope(step: str) -> None:
    """S 2.6: neither applies, and nothing less specific takes their place."""
    below = LADDER[LADDER.index(step) + 1 :]
    given = facing(*two_on(step), *(on(each) for each in below if each in SCOPES))
    proposal = expanded(about_products(targets=[on("template item")]), given=given)
    scope = SCOPES[step]
    message = f"at least 70 ({scope}) and at most 50 ({scope}) both apply: keep one"
    assert proposal.findings == (error(PATH, "target.tie", message),)
    assert proposal.findings[0].severity is Severity.ERROR
    assert sole_target(proposal) is None
    assert proposal.is_blocked


def test_all_that_tie_are_named() -> None:
    """S 2.6."""
    given = facing(on("visit", 1), on("visit", 2), on("visit", 3))
    (found,) = expanded(about_products(), given=given).findings
    rivals = " and ".join(f"at least {each} (visit V-1)" for each in (1, 2, 3))
    assert found.message == f"{rivals} both apply: keep one"


def test_a_target_that_is_given_twice_ties_with_itself() -> None:
    """S 2.6: never a silent pick."""
    given = facing(on("partner"), on("partner"))
    assert [each.code for each in expanded(about_products(), given=given).findings] == [
        "target.tie"
    ]


@pytest.mark.parametrize(("upper", "lower"), list(pairwise(SCOPES)))
def test_a_tie_that_is_shadowed_is_nobody_s_business(upper: str, lower: str) -> None:
    """S 2.6: both are named among what is shadowed."""
    proposal = expanded(about_products(), given=facing(*two_on(lower), on(upper)))
    assert proposal.findings == ()
    target = sole_target(proposal)
    assert target is not None
    assert target.scope == SCOPES[upper]
    assert {each.target for each in target.shadowed} == set(two_on(lower))


def test_a_tie_that_the_days_resolve_is_none() -> None:
    """S 2.5."""
    given = facing(on("visit", 70, valid=YESTERDAY), on("visit", 60))
    proposal = expanded(about_products(), given=given)
    assert (steps_of(sole_target(proposal)), proposal.findings) == ([60], ())


@pytest.mark.parametrize(
    "scope",
    [
        pv.Scope(context=PRODUCT_B),
        pv.Scope(visit="V-1", context=PRODUCT_B),
        pv.Scope(context=AGREEMENT),
        pv.Scope(visit="V-2"),
        pv.Scope(partner="globex"),
        pv.Scope(segment="silver"),
    ],
)
def test_a_tie_for_what_no_kpi_is_about_is_none(scope: pv.Scope) -> None:
    """S 2.6: even if the host knows of the record."""
    rivals = [pv.Target("stock", value, scope=scope) for value in (1, 2)]
    given = attrs.evolve(facing(*rivals), contexts=[PRODUCT_A, AGREEMENT])
    proposal = expanded(about_products(targets=[on("template item")]), given=given)
    assert (steps_of(sole_target(proposal)), proposal.findings) == ([7], ())


def test_a_tie_for_an_indicator_that_nobody_asks_for_is_none() -> None:
    """S 2.6."""
    indicators = [indicator(), indicator("share"), indicator("idle")]
    given = facing(*(pv.Target(key, 1, scope=SCOPES["visit"]) for key in ("share", "idle") * 2))
    proposal = expanded(
        about_products(indicators=["stock"]),
        tasks=[capturing("stock", "share")],
        indicators=indicators,
        given=given,
    )
    assert proposal.findings == ()


def test_a_tie_in_a_context_that_the_indicator_is_not_bound_to_is_none() -> None:
    """S 6.2."""
    bound = capturing(TaskIndicator("stock", context_kind="agreement"))
    given = attrs.evolve(facing(*two_on("context")), contexts=[PRODUCT_A, AGREEMENT])
    about = item(context_kinds=["agreement", "product"], targets=[on("template item")])
    proposal = expanded(about, tasks=[bound], given=given)
    assert (steps_of(sole_target(proposal)), proposal.findings) == ([7], ())


def test_a_tie_for_an_item_that_is_left_out_is_none() -> None:
    """S 6.5."""
    given = attrs.evolve(facing(*two_on("visit")), exclude=["count"])
    proposal = expanded(item(), item("b", task="b"), tasks=[task("b", [])], given=given)
    assert proposal.findings == ()


def test_a_tie_in_one_context_leaves_the_others_their_target() -> None:
    """S 2.6."""
    given = attrs.evolve(facing(*two_on("context"), on("segment + context", 3)), facts=pv.Facts())
    both = attrs.evolve(given, contexts=[PRODUCT_A, PRODUCT_B])
    proposal = expanded(about_products(targets=[on("template item")]), given=both)
    assert [each.code for each in proposal.findings] == ["target.tie"]
    assert expectations(proposal) == {
        ("stock", "product A"): "None",
        ("stock", "product B"): "at least 7",
    }


def test_each_item_and_indicator_that_a_tie_hits_is_found() -> None:
    """S 2.6."""
    asking = capturing("stock", "share")
    items = [about_products(), item("b", task="count"), item("c", task="count")]
    sole = attrs.evolve(items[2], indicators=["share"])
    rivals = [
        pv.Target(key, value, scope=SCOPES["visit"])
        for key in ("stock", "share")
        for value in (1, 2)
    ]
    proposal = expanded(
        *items[:2],
        sole,
        tasks=[asking],
        indicators=[indicator(), indicator("share")],
        given=facing(*rivals),
    )
    assert [each.path for each in proposal.findings] == [
        ("items", "b", "targets", "share"),
        ("items", "b", "targets", "stock"),
        ("items", "c", "targets", "share"),
        ("items", "count", "targets", "share"),
        ("items", "count", "targets", "stock"),
    ]


# ------------------------------------------------------------------- context by context (S 6.2)

PRODUCTS = pv.Given(
    contexts=[PRODUCT_A, PRODUCT_B, PRODUCT_C],
    facts=GOLD,
    targets=[
        pv.Target("stock", 10, scope=pv.Scope(context=PRODUCT_A)),
        pv.Target("stock", 20, scope=pv.Scope(segment="gold", context=PRODUCT_B)),
        pv.Target("stock", 30, scope=pv.Scope(segment="silver", context=PRODUCT_C)),
    ],
)


@pytest.mark.parametrize("spread", Spread)
def test_each_record_has_the_target_given_for_it_and_the_others_that_of_the_item(
    spread: Spread,
) -> None:
    """S 6.2: on one task about all of them as well as on one each."""
    proposal = expanded(
        about_products(spread=spread, targets=[pv.Target("stock", 1)]), given=PRODUCTS
    )
    assert expectations(proposal) == {
        ("stock", "product A"): "at least 10",
        ("stock", "product B"): "at least 20",
        ("stock", "product C"): "at least 1",
    }
    assert len(plan_of(proposal).tasks) == (3 if spread is Spread.ONE_EACH else 1)
    assert proposal.findings == ()


def test_targets_of_records_say_for_which_they_were_given() -> None:
    """S 2.6."""
    made = plan_of(expanded(about_products(targets=[pv.Target("stock", 1)]), given=PRODUCTS))

    def origins(kpi: Kpi) -> list[str]:
        assert kpi.target is not None
        return [kpi.target.origin, *(each.origin for each in kpi.target.shadowed)]

    assert [origins(kpi) for kpi in made.kpis] == [
        ["product A", "template item"],
        ["segment gold, product B", "template item"],
        ["template item"],
    ]


def test_an_indicator_bound_to_a_kind_has_targets_for_records_of_that_kind_only() -> None:
    """S 6.2."""
    bound = capturing(TaskIndicator("share", context_kind="agreement"), "stock")
    targets = [
        pv.Target(key, value, scope=pv.Scope(context=context))
        for value, context in enumerate([AGREEMENT, PRODUCT_A])
        for key in ("share", "stock")
    ]
    proposal = expanded(
        item(context_kinds=["agreement", "product"]),
        tasks=[bound],
        indicators=[indicator(), indicator("share")],
        given=pv.Given(contexts=[PRODUCT_A, AGREEMENT], targets=targets),
    )
    assert expectations(proposal) == {
        ("share", "agreement 2026"): "at least 0",
        ("stock", "agreement 2026"): "at least 0",
        ("stock", "product A"): "at least 1",
    }
    assert proposal.findings == ()


def test_an_indicator_bound_to_two_kinds_has_a_target_in_each() -> None:
    """S 6.2."""
    bound = capturing(
        *(TaskIndicator("stock", context_kind=kind) for kind in ("agreement", "product"))
    )
    targets = [on("visit"), pv.Target("stock", 50, scope=pv.Scope(visit="V-1", context=AGREEMENT))]
    proposal = expanded(
        item(context_kinds=["agreement", "product"]),
        tasks=[bound],
        given=pv.Given(contexts=[PRODUCT_A, AGREEMENT], targets=targets),
    )
    assert expectations(proposal) == {
        ("stock", "agreement 2026"): "at least 50",
        ("stock", "product A"): "at least 1",
    }


def test_a_certain_record_of_an_item_has_the_targets_given_for_it() -> None:
    """S 6.2."""
    certain = item(contexts=[PRODUCT_B, PRODUCT_A])
    proposal = expanded(certain, given=facing(on("context"), product=None))
    assert expectations(proposal) == {
        ("stock", "product A"): "at least 6",
        ("stock", "product B"): "None",
    }


# ------------------------------------------------- targets that cannot be given (S 2.2, S 2.6)


@pytest.mark.parametrize("scope", [*SCOPES.values(), pv.Scope(visit="V-2", context=AGREEMENT)])
@pytest.mark.parametrize(
    ("key", "expected", "code"),
    [
        ("ghost", 1, "indicator.unknown"),
        ("stock", pv.contains(["a"]), "criterion.type"),
        ("stock", pv.at_least(date(2026, 3, 12)), "criterion.operand"),
        ("level", 3, "target.bare"),
    ],
)
def test_a_target_that_cannot_be_is_an_error_for_whomever_it_was_given(
    scope: pv.Scope, key: str, expected: Any, code: str
) -> None:
    """S 2.2: and the next step applies."""
    neutral = indicator("level", value_type=pv.ValueType.NUMBER)
    proposal = expanded(
        about_products(targets=[on("template item")]),
        indicators=[indicator(), neutral],
        given=facing(pv.Target(key, expected, scope=scope)),
    )
    assert [(each.path, each.code) for each in proposal.findings] == [
        (("given", "targets", key), code)
    ]
    assert proposal.is_blocked
    assert steps_of(sole_target(proposal)) == [7]


def test_what_cannot_be_is_said_even_if_nothing_is_left_to_plan() -> None:
    """S 6.5: all that is wrong is said at once."""
    given = facing(pv.Target("ghost", 1, scope=SCOPES["visit"]), product=None)
    assert [each.code for each in expanded(about_products(), given=given).findings] == [
        "plan.empty",
        "indicator.unknown",
        "context.none",
    ]


# ------------------------------------------------------------- what counts from the visit (S 2.3)

WHEN = indicator("stock", value_type=pv.ValueType.DATETIME)
UNPLANNED = "no target until the visit is planned: it counts from the visit's time"


def until(day: int) -> Criterion:
    """The last microsecond of a day of March 2026 in Berlin, before its clocks change."""
    return pv.at_most(datetime(2026, 3, day, 22, 59, 59, 999_999, tzinfo=UTC))


@pytest.mark.parametrize("step", SCOPES)
def test_an_offset_counts_from_the_visit_whomever_its_target_is_for(step: str) -> None:
    """S 2.3."""
    given = attrs.evolve(
        facing(on(step, pv.at_most(pv.working_days(1)), worst=pv.days(5))),
        calendar=pv.WorkCalendar(holidays=[date(2026, 3, 13)]),
    )
    target = sole_target(expanded(about_products(), indicators=[WHEN], given=given))
    assert target is not None
    assert target.criterion == until(16)
    assert target.worst == until(17).operands


@pytest.mark.parametrize("step", SCOPES)
def test_an_offset_of_whomever_waits_for_the_visit_to_be_planned(step: str) -> None:
    """S 2.3: no less specific target takes its place."""
    given = facing(on(step, pv.at_most(pv.days(1, anchor=Anchor.VISIT_END))))
    proposal = expanded(
        about_products(targets=[pv.Target("stock", pv.at_most(NINE))]),
        indicators=[WHEN],
        given=given,
        planned=pv.Period(NINE),
    )
    assert sole_target(proposal) is None
    assert proposal.findings == (warning(PATH, "target.unplanned", UNPLANNED),)


def test_an_offset_that_is_shadowed_waits_for_nothing() -> None:
    """S 2.3."""
    given = facing(on("partner", pv.at_most(pv.days(1))), on("visit", pv.at_most(NINE)))
    proposal = expanded(about_products(), indicators=[WHEN], given=given, planned=None)
    target = sole_target(proposal)
    assert target is not None
    assert [str(each) for each in target.shadowed] == [
        "not after 1 day after visit start (partner acme)"
    ]
    assert [each.code for each in proposal.findings] == ["date.missing-anchor"]


def test_records_may_have_days_of_their_own() -> None:
    """S 2.3."""
    targets = [
        pv.Target("stock", pv.at_most(pv.days(day)), scope=pv.Scope(context=context))
        for day, context in enumerate([PRODUCT_A, PRODUCT_B], 1)
    ]
    given = pv.Given(contexts=[PRODUCT_A, PRODUCT_B], targets=targets)
    made = plan_of(expanded(about_products(), indicators=[WHEN], given=given))
    assert [kpi.target and kpi.target.criterion for kpi in made.kpis] == [until(13), until(14)]


def test_a_target_of_a_record_that_no_kpi_is_about_waits_for_nothing() -> None:
    """S 2.3."""
    scope = pv.Scope(visit="V-1", context=PRODUCT_B)
    given = facing(pv.Target("stock", pv.at_most(pv.days(1)), scope=scope))
    proposal = expanded(about_products(), indicators=[WHEN], given=given, planned=None)
    assert [each.code for each in proposal.findings] == ["date.missing-anchor"]


# --------------------------------------------------- what one target says hides nothing else

UNDATED = [pv.Target("stock", pv.at_most(pv.days(0, anchor=Anchor.VISIT_END)))]


@pytest.mark.parametrize("scope", [SCOPES["visit"], pv.Scope(visit="V-1", context=PRODUCT_B)])
def test_a_target_given_for_one_indicator_hides_no_finding_about_another(scope: pv.Scope) -> None:
    """S 6.5."""
    proposal = expanded(
        about_products(targets=UNDATED),
        tasks=[capturing("stock", "share")],
        indicators=[WHEN, indicator("share")],
        given=facing(pv.Target("share", 1, scope=scope)),
        planned=pv.Period(NINE),
    )
    assert proposal.findings == (warning(PATH, "target.unplanned", UNPLANNED),)


@pytest.mark.parametrize(
    "targets", [(), [pv.Target("share", 1, scope=SCOPES["visit"])], [on("visit", NINE)]]
)
def test_an_indicator_that_is_asked_for_in_no_context_lacks_no_target(
    targets: list[pv.Target],
) -> None:
    """S 6.5: there is no KPI that it could judge."""
    proposal = expanded(
        about_products(targets=UNDATED),
        tasks=[capturing(TaskIndicator("stock", context_kind="agreement"), "share")],
        indicators=[
            indicator(
                "stock",
                value_type=pv.ValueType.DATETIME,
                direction=pv.Direction.LOWER_IS_BETTER,
            ),
            indicator("share"),
        ],
        given=facing(*targets),
        planned=pv.Period(NINE),
    )
    assert [each.code for each in proposal.findings] == ["kpi.no-context"]


# ------------------------------------------------------------ one tuple of targets for all (S 6.10)


def test_visits_that_share_their_targets_get_each_its_own() -> None:
    """S 6.10: the same tuple for all of them, as a host keeps it."""
    targets = (
        pv.Target("stock", 1, scope=pv.Scope(visit="V-1", context=PRODUCT_A)),
        pv.Target("stock", 2, scope=pv.Scope(visit="V-1")),
        pv.Target("stock", 3, scope=pv.Scope(partner="globex", context=PRODUCT_B)),
        pv.Target("stock", 4, scope=pv.Scope(partner="globex")),
        pv.Target("stock", 5, scope=pv.Scope(segment="gold", context=PRODUCT_A)),
        pv.Target("stock", 6, scope=pv.Scope(segment="gold")),
        pv.Target("stock", 7, scope=pv.Scope(context=PRODUCT_B)),
    )
    known = catalog(targets=[pv.Target("stock", 8)])
    silver = pv.Facts(partner={"segment": "silver"})
    visits = [
        ("V-1", "acme", GOLD),
        ("V-2", "acme", GOLD),
        ("V-3", "globex", GOLD),
        ("V-4", "globex", silver),
        ("V-5", "acme", silver),
        ("V-1", "globex", pv.Facts()),
        ("V-2", "acme", GOLD),
    ]
    pairs = [
        (
            visit(id=which, partner_id=partner),
            pv.Given(contexts=[PRODUCT_A, PRODUCT_B], facts=facts, targets=targets),
        )
        for which, partner, facts in visits
    ]
    assert all(given.targets is targets for _, given in pairs)
    proposals = list(pv.expand_each(template(about_products()), pairs, catalog=known))
    found = [[steps_of(kpi.target) for kpi in each.accept().kpis] for each in proposals]
    assert found == [
        [[1, 2, 5, 6, 8], [2, 6, 7, 8]],
        [[5, 6, 8], [6, 7, 8]],
        [[4, 5, 6, 8], [3, 4, 6, 7, 8]],
        [[4, 8], [3, 4, 7, 8]],
        [[8], [7, 8]],
        [[1, 2, 4, 8], [2, 3, 4, 7, 8]],
        [[5, 6, 8], [6, 7, 8]],
    ]


def test_visits_that_share_targets_share_what_they_come_to_where_the_day_has_no_say() -> None:
    """S 6.10."""
    targets = (on("partner"), on("segment"))
    days = [visit(id=f"V-{n}", planned=pv.Period(NINE + n * DAY)) for n in (7, 8)]
    shared = [(each, pv.Given(facts=GOLD, targets=targets)) for each in days]
    one, other = pv.expand_each(template(), shared, catalog=catalog())
    assert sole_target(one) is not None
    assert sole_target(one) is sole_target(other)


def test_visits_that_share_targets_have_them_on_their_own_days_and_in_their_own_zones() -> None:
    """S 6.10."""
    targets = (
        pv.Target("stock", pv.at_most(pv.working_days(1)), scope=pv.Scope(partner="acme")),
        pv.Target("stock", NINE, scope=pv.Scope(visit="V-1"), valid=DateRange(THURSDAY, THURSDAY)),
    )
    sooner = indicator(
        "stock", value_type=pv.ValueType.DATETIME, direction=pv.Direction.LOWER_IS_BETTER
    )
    closed = pv.WorkCalendar(holidays=[date(2026, 3, 13)])
    friday = pv.Period(NINE + DAY)
    pairs = [
        (visit(), pv.Given(targets=targets)),
        (visit(planned=friday), pv.Given(targets=targets)),
        (visit(id="V-2"), pv.Given(targets=targets)),
        (visit(id="V-2"), pv.Given(targets=targets, calendar=closed)),
        (visit(id="V-2", place=place(timezone="Europe/London")), pv.Given(targets=targets)),
        (visit(id="V-2", partner_id="globex"), pv.Given(targets=targets)),
    ]
    proposals = pv.expand_each(template(), pairs, catalog=catalog(indicators=[sooner]))
    assert [str(sole_target(each)) for each in proposals] == [
        "not after 2026-03-12 08:00Z",
        "not after 2026-03-16 22:59Z",
        "not after 2026-03-13 22:59Z",
        "not after 2026-03-16 22:59Z",
        "not after 2026-03-13 23:59Z",
        "None",
    ]
