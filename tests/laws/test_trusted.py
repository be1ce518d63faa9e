"""What is built without proving equals what the public constructors build of the same fields."""

import copy
import pickle
from typing import Any, TypeVar, cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import testing as own
from partnervisits.comparison import Comparison, Outcome
from partnervisits.conditions import when
from partnervisits.fields import trusted
from partnervisits.plans import ActionPlan, Cause, Kpi, LeftOut, PlannedTask, Subject
from partnervisits.repositories import Stored
from partnervisits.templates import Group, Selection, Spread
from tests import builders

T = TypeVar("T", bound=attrs.AttrsInstance)


def proven(made: T) -> T:
    """The same object by its public constructor, and so its parts."""
    return type(made)(**{each.name: _proven(getattr(made, each.name)) for each in _fields(made)})


def _proven(held: object) -> object:
    if isinstance(held, tuple):
        return tuple(_proven(each) for each in cast("tuple[object, ...]", held))
    parts = Subject | Kpi | PlannedTask | LeftOut | ActionPlan
    return proven(held) if isinstance(held, parts) else held


def _fields(made: attrs.AttrsInstance) -> tuple["attrs.Attribute[object]", ...]:
    return tuple(attrs.fields(type(made)))


def assert_alike(made: T, again: T) -> None:
    assert type(made) is type(again)
    assert made == again
    assert hash(made) == hash(again)
    assert repr(made) == repr(again)
    for each in _fields(made):
        assert type(getattr(made, each.name)) is type(getattr(again, each.name))


@st.composite
def expansions(draw: st.DrawFn) -> tuple[pv.Indicator, pv.Proposal]:
    """One item about some contexts, with targets and facts of any kind; two are left out."""
    measured = draw(own.indicators())
    target = draw(own.targets_for(measured))
    catalog = builders.catalog(
        indicators=[measured], tasks=[builders.task("count", [measured.key])]
    )
    item = builders.item(
        targets=[target],
        group=draw(st.sampled_from([None, Group("one", Selection.FIRST)])),
        spread=draw(st.sampled_from(Spread)),
        context_kinds=["product"],
        instructions=draw(own.texts()),
        binding=draw(st.sampled_from(pv.Binding)),
        due=draw(st.none() | st.integers(-30, 30).map(pv.days)),
    )
    records = draw(st.lists(own.host_ids(), min_size=1, max_size=3, unique=True))
    visit = builders.visit(id=draw(own.host_ids()), partner_id=draw(own.host_ids()))
    scope = pv.Scope(partner=visit.partner_id, context=pv.Context("product", records[0]))
    given_ = pv.Given(
        contexts=[pv.Context("product", each) for each in records],
        facts=draw(own.facts()),
        targets=draw(st.sampled_from([[], [attrs.evolve(target, scope=scope)]])),
        exclude=["gone"],
    )
    unsaid = when("what nobody says", pv.at_least(1))
    others = [
        builders.item("gone", task="count"),
        builders.item("open", task="count", condition=unsaid),
    ]
    return measured, pv.expand(
        builders.template(item, *others), visit, catalog=catalog, given=given_
    )


@given(expansions(), st.data())
def test_what_expansion_and_comparison_build_is_what_the_constructors_build(
    expansion: tuple[pv.Indicator, pv.Proposal], data: st.DataObject
) -> None:
    """S 1.3: an object that exists is valid, however it was made."""
    measured, proposal = expansion
    plan = proposal.accept()
    value = data.draw(own.values_of(measured) | st.sampled_from(pv.Absence))
    card = pv.compare(plan, [builders.reading(plan.kpis[0], value)])
    assert_alike(proposal, proven(proposal))
    assert_alike(plan, proven(plan))
    assert_alike(plan.subject, proven(plan.subject))
    for task in plan.tasks:
        assert_alike(task, proven(task))
    assert [each.cause for each in plan.left_out] == [Cause.EXCLUDED, Cause.UNKNOWN]
    for left_out in plan.left_out:
        assert_alike(left_out, proven(left_out))
    for kpi in plan.kpis:
        assert_alike(kpi, proven(kpi))
    for comparison in card.comparisons:
        assert_alike(comparison, proven(comparison))


def _made() -> list[attrs.AttrsInstance]:
    items = [builders.item(targets=[pv.Target("stock", 5)]), builders.item("gone")]
    known = builders.catalog(tasks=[builders.task(), builders.task("gone")])
    proposal = pv.expand(
        builders.template(*items),
        builders.visit(),
        catalog=known,
        given=pv.Given(exclude=["gone"]),
    )
    plan = proposal.accept()
    (kpi,) = plan.kpis
    comparison = Comparison(
        subject=plan.subject,
        item_key="count",
        task_key="count",
        kpi=kpi,
        computed=Outcome.MET,
        reading=builders.reading(kpi, 7),
    )
    held: Stored[pv.Visit] = Stored(builders.visit(), "1")
    return [proposal, plan, plan.subject, plan.tasks[0], plan.left_out[0], kpi, comparison, held]


MADE = pytest.mark.parametrize("made", _made(), ids=lambda each: type(each).__name__)


def _bare_twin(made: attrs.AttrsInstance) -> attrs.AttrsInstance:
    return trusted(type(made))(*(getattr(made, each.name) for each in _fields(made)))


@MADE
def test_a_trusted_object_is_an_object_of_the_class(made: attrs.AttrsInstance) -> None:
    assert_alike(_bare_twin(made), made)


@MADE
def test_a_trusted_object_is_frozen(made: attrs.AttrsInstance) -> None:
    field = _fields(made)[0].name
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(_bare_twin(made), field, None)


@MADE
def test_a_trusted_object_pickles_and_copies(made: attrs.AttrsInstance) -> None:
    """S 6.10."""
    twin = _bare_twin(made)
    assert_alike(pickle.loads(pickle.dumps(twin)), made)  # noqa: S301 -- our own bytes
    assert_alike(copy.deepcopy(twin), made)


@MADE
def test_a_change_of_a_trusted_object_is_proven_again(made: attrs.AttrsInstance) -> None:
    """S 1.3: checked whenever an object is built."""
    twin: Any = _bare_twin(made)
    assert_alike(attrs.evolve(twin), made)
    with pytest.raises(pv.PartnerVisitsError):
        _ = attrs.evolve(twin, **{_fields(made)[0].name: None})
