from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import partnervisits as pv
from partnervisits.contexts import distinct_contexts
from partnervisits.errors import InvalidValueError

PRODUCT = pv.Context("product", "X-100")
ORDER = pv.Context("order", "O-1")


def refused(convert: Callable[[Any], object], value: object) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as caught:
        _ = convert(value)
    return caught.value


def test_a_context_reads_as_kind_and_id() -> None:
    assert str(PRODUCT) == "product X-100"


def test_kind_and_id_are_escaped_once_each_as_parts_of_an_id() -> None:
    """S 6.3."""
    assert PRODUCT.path == "product/X-100"
    assert pv.Context("a/b", "50%").path == "a%2Fb/50%25"


def test_contexts_whose_parts_join_alike_have_different_paths() -> None:
    """S 6.3: injective whatever the host's ids contain."""
    assert pv.Context("a/b", "c").path != pv.Context("a", "b/c").path
    assert pv.Context("a%2Fb", "c").path != pv.Context("a/b", "c").path


def test_a_kind_is_as_the_host_writes_it() -> None:
    """S 1.3."""
    assert pv.Context("Sales agreement, 4+", "x").kind == "Sales agreement, 4+"


@pytest.mark.parametrize(
    ("kind", "record", "field", "code"),
    [
        ("", "a", "kind", "text.empty"),
        ("x" * 65, "a", "kind", "text.long"),
        ("a ", "a", "kind", "text.blank-ends"),
        ("a\n", "a", "kind", "text.control"),
        (None, "a", "kind", "text.type"),
        ("a", "", "id", "text.empty"),
        ("a", "x" * 256, "id", "text.long"),
        ("a", "\u202ea", "id", "text.control"),
        ("a", 1, "id", "text.type"),
    ],
)
def test_a_context_that_names_no_record_is_refused(
    kind: Any,
    record: Any,
    field: str,
    code: str,
) -> None:
    """S 1.3."""
    with pytest.raises(InvalidValueError) as caught:
        _ = pv.Context(kind, record)
    assert (caught.value.owner, caught.value.field, caught.value.code) == ("Context", field, code)


def test_several_contexts_keep_the_order_of_importance() -> None:
    """S 6.2."""
    assert distinct_contexts(iter([PRODUCT, ORDER])) == (PRODUCT, ORDER)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([PRODUCT, ORDER, pv.Context("product", "X-100")], "sequence.duplicate"),
        ([PRODUCT, ("order", "O-1")], "sequence.entry"),
        ([PRODUCT, None], "sequence.entry"),
        ({PRODUCT}, "sequence.type"),
        ("product", "sequence.type"),
        (PRODUCT, "sequence.type"),
        (None, "sequence.type"),
    ],
)
def test_what_is_no_list_of_different_contexts_is_refused(values: object, code: str) -> None:
    assert refused(distinct_contexts, values).code == code


# ---------------------------------------------------------------------------------------- facts


def test_facts_are_held_as_pairs_sorted_by_name() -> None:
    facts = pv.Facts(visit={"b": 1, "a": 2}, partner={"d": 3, "c": 4})
    assert facts.visit == (("a", 2), ("b", 1))
    assert facts.partner == (("c", 4), ("d", 3))


def test_facts_of_contexts_are_sorted_by_kind_and_id() -> None:
    facts = pv.Facts(contexts={PRODUCT: {"b": 1, "a": 2}, ORDER: {"c": 3}})
    assert facts.contexts == ((ORDER, (("c", 3),)), (PRODUCT, (("a", 2), ("b", 1))))


def test_facts_are_equal_whatever_order_they_are_given_in() -> None:
    """S 6.1: expanding twice gives equal proposals."""
    one = pv.Facts(visit={"a": 1, "b": 2}, contexts={PRODUCT: {}, ORDER: {}})
    other = pv.Facts(visit=(("b", 2), ("a", 1)), contexts=((ORDER, ()), (PRODUCT, ())))
    assert one == other
    assert hash(one) == hash(other)


def test_facts_may_come_as_pairs_from_any_iterable() -> None:
    pairs: Any = iter([("b", 1), ("a", 2)])
    assert pv.Facts(visit=pairs).visit == (("a", 2), ("b", 1))


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (True, True),
        (3, 3),
        (Decimal("1.50"), Decimal("1.5")),
        (date(2026, 9, 30), date(2026, 9, 30)),
        (
            datetime(2026, 3, 12, 13, tzinfo=ZoneInfo("Europe/Berlin")),
            datetime(2026, 3, 12, 12, tzinfo=UTC),
        ),
        ("A+", "A+"),
        (frozenset({"AW"}), frozenset({"AW"})),
    ],
)
def test_a_fact_is_a_day_or_any_value_in_its_stored_form(given: Any, held: object) -> None:
    """S 1.1."""
    ((_, fact),) = pv.Facts(partner={"fact": given}).partner
    assert (type(fact), fact) == (type(held), held)


HOSTILE_FACTS: list[tuple[object, str]] = [
    ("segment", "sequence.type"),
    (None, "sequence.type"),
    ({"a"}, "sequence.type"),
    ([("a", 1, 2)], "sequence.entry"),
    ([["a", 1]], "sequence.entry"),
    (["ab"], "sequence.entry"),
    ([("a", 1), ("a", 2)], "sequence.duplicate"),
    ({"": 1}, "text.empty"),
    ({5: 1}, "text.type"),
    ([([], 1)], "text.type"),
    ({"x" * 256: 1}, "text.long"),
    ({"a\x1b": 1}, "text.control"),
    ({"a": None}, "value.type"),
    ({"a": 1.5}, "decimal.float"),
    ({"a": ["x"]}, "value.type"),
    ({"a": pv.Absence.UNKNOWN}, "value.type"),
    ({"a": ""}, "value.empty-text"),
    ({"a": "x\r\n"}, "text.carriage-return"),
    ({"a": Decimal("sNaN")}, "decimal.range"),
    ({"a": Decimal("1e9999999")}, "decimal.range"),
    ({"a": datetime(2026, 3, 12)}, "instant.naive"),
    ({"a": date(2300, 1, 1)}, "date.range"),
    ({"a": frozenset({1})}, "text.type"),
]


@pytest.mark.parametrize("field", ["visit", "partner"])
@pytest.mark.parametrize(("values", "code"), HOSTILE_FACTS)
def test_a_fact_that_cannot_be_is_refused_where_it_stands(
    field: str, values: object, code: str
) -> None:
    """S 1.3."""
    error = refused(lambda each: pv.Facts(**{field: each}), values)
    assert (error.owner, error.field, error.code) == ("Facts", field, code)


HOSTILE_FACTS_OF_CONTEXTS: list[tuple[object, str]] = [
    ({"product": {"a": 1}}, "type.wrong"),
    ([(PRODUCT, {"a": 1}), (pv.Context("product", "X-100"), ())], "sequence.duplicate"),
    ({PRODUCT: 3}, "sequence.type"),
    ({PRODUCT: {"a": 1.5}}, "decimal.float"),
    ([(PRODUCT,)], "sequence.entry"),
    (PRODUCT, "sequence.type"),
]


@pytest.mark.parametrize(("values", "code"), HOSTILE_FACTS_OF_CONTEXTS)
def test_facts_of_contexts_that_cannot_be_are_refused_where_they_stand(
    values: object, code: str
) -> None:
    error = refused(lambda each: pv.Facts(contexts=each), values)
    assert (error.owner, error.field, error.code) == ("Facts", "contexts", code)


def test_the_segment_is_the_fact_of_the_partner_by_that_name() -> None:
    """S 6.6."""
    assert pv.Facts(partner={"segment": "gold", "a": 1}).segment == "gold"
    assert pv.Facts(partner={"a": 1}, visit={"segment": "gold"}).segment is None


@pytest.mark.parametrize(
    ("segment", "kind"), [(1, "int"), (False, "bool"), (frozenset({"gold"}), "frozenset")]
)
def test_a_segment_that_is_no_text_is_refused(segment: Any, kind: str) -> None:
    """S 6.6."""
    error = refused(lambda each: pv.Facts(partner={"segment": each}), segment)
    assert (error.owner, error.field, error.code) == ("Facts", "partner", "facts.segment")
    assert error.message == f"the segment is a str, not {kind}"


FACTS = pv.Facts(
    visit={"both": 1, "visit": 2},
    partner={"both": 3, "visit": 4, "partner": 5},
    contexts={PRODUCT: {"both": 6}, ORDER: {"order": 7}},
)


@pytest.mark.parametrize(
    ("name", "context", "value"),
    [
        ("both", PRODUCT, 6),
        ("both", ORDER, 1),
        ("both", None, 1),
        ("both", pv.Context("product", "other"), 1),
        ("visit", PRODUCT, 2),
        ("partner", PRODUCT, 5),
        ("order", ORDER, 7),
        ("order", PRODUCT, None),
        ("order", None, None),
        ("nothing", ORDER, None),
    ],
)
def test_a_fact_is_looked_up_in_the_context_then_the_visit_then_the_partner(
    name: str, context: pv.Context | None, value: object
) -> None:
    """S 6.6."""
    assert FACTS.get(name, context) == value


@pytest.mark.parametrize(
    ("context", "known"),
    [
        (PRODUCT, {"both": 6, "visit": 2, "partner": 5}),
        (ORDER, {"both": 1, "visit": 2, "partner": 5, "order": 7}),
        (pv.Context("product", "other"), {"both": 1, "visit": 2, "partner": 5}),
        (None, {"both": 1, "visit": 2, "partner": 5}),
    ],
)
def test_all_that_is_known_about_a_context_is_told_at_once(
    context: pv.Context | None, known: dict[str, int]
) -> None:
    """S 3.4: its own facts go before those of the visit, and these before those of the partner."""
    assert FACTS.about(context) == known


def test_about_no_context_in_particular_the_facts_of_visit_and_partner_are_known() -> None:
    """S 3.4."""
    assert FACTS.about() == FACTS.about(None)
    assert pv.Facts().about(PRODUCT) == {}
