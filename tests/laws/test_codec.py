"""What is written is read again, and nothing else is read (S 11, S 12)."""

import decimal
import json
import pickle
from collections.abc import Iterator
from typing import Any, cast

import attrs
import pytest
from cattrs import Converter
from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import codec, testing

WHOLE: st.SearchStrategy[object] = st.one_of(
    testing.records(),
    testing.catalogs(),
    testing.givens(),
    testing.changes(),
    testing.proposals(),
    testing.scorecards(),
    testing.comparisons(),
)
SWIFT: Converter = vars(codec)["_SWIFT"]
THOROUGH = codec.make_converter()
KINDS = frozenset(codec.kinds().values())


@st.composite
def parts(draw: st.DrawFn) -> object:
    """Some part of something, if it has a kind of its own."""
    held = draw(WHOLE)
    return draw(st.sampled_from([each for each in parts_of(held) if type(each) in KINDS]))


ANYTHING = st.deferred(lambda: WHOLE | parts())


def parts_of(held: object) -> Iterator[object]:
    """An object and all that it is made of, in one order."""
    yield held
    if attrs.has(type(held)):
        cls = cast("type[attrs.AttrsInstance]", type(held))
        for field in attrs.fields(cls):
            if field.init:
                yield from parts_of(getattr(held, field.name))
    elif isinstance(held, tuple):
        for each in cast("tuple[object, ...]", held):
            yield from parts_of(each)


def assert_alike(held: object, again: object) -> None:
    assert again == held
    assert [*map(type, parts_of(again))] == [*map(type, parts_of(held))]


# ------------------------------------------------------------------------------- there and back


@given(ANYTHING)
def test_what_is_written_is_read_again_types_included(held: object) -> None:
    """S 11.3, S 12: decode after encode is the identity."""
    encoded = codec.encode(held)
    assert_alike(held, codec.decode(encoded, type(held)))
    assert encoded == codec.encode(held), "reading changes nothing of what is read"
    assert_alike(held, codec.loads(codec.dumps(held), type(held)))
    assert_alike(held, codec.loads(codec.dumps(held).encode(), type(held)))


@given(ANYTHING)
def test_equal_objects_give_equal_text(held: object) -> None:
    """S 11.3."""
    text = codec.dumps(held)
    assert codec.dumps(pickle.loads(pickle.dumps(held))) == text  # noqa: S301 -- our own
    assert codec.dumps(codec.loads(text, type(held))) == text


@given(ANYTHING)
def test_what_is_encoded_is_plain_data_without_anything_empty_or_inexact(held: object) -> None:
    """S 11.1: what JSON cannot tell apart is not in it, and the text holds all of it."""
    encoded = codec.encode(held)
    assert json.loads(codec.dumps(held)) == encoded
    assert {type(each) for each in plain_parts(encoded)} <= {dict, list, str, int, bool, type(None)}


def state_of(held: object) -> Iterator[tuple[type, object]]:
    """All that the parts of an object hold, what they worked out for themselves included."""
    for part in parts_of(held):
        yield type(part), part
        if attrs.has(type(part)):
            cls = cast("type[attrs.AttrsInstance]", type(part))
            yield from ((type(part), getattr(part, each.name)) for each in attrs.fields(cls))


@given(ANYTHING)
def test_what_is_in_order_is_read_swiftly_and_as_the_constructors_make_it(held: object) -> None:
    """S 11.3: the swift converter takes all that is written, and proves no less."""
    data = codec.encode(held)["data"]
    again = SWIFT.structure(data, type(held))
    assert_alike(held, again)
    assert [*state_of(again)] == [*state_of(held)]
    assert hash(again) == hash(held)
    assert repr(again) == repr(THOROUGH.structure(data, type(held)))
    assert pickle.loads(pickle.dumps(again)) == held  # noqa: S301 -- our own


@given(ANYTHING, st.integers(1, 5))
def test_the_decimal_context_of_a_host_changes_no_byte(held: object, precision: int) -> None:
    """S 1.4."""
    text = codec.dumps(held)
    hostile = decimal.Context(prec=precision, Emin=-1, Emax=1, capitals=0)
    with decimal.localcontext(hostile):
        assert codec.dumps(held) == text
        again = codec.loads(text, type(held))
    assert again == held


# ------------------------------------------------------------------------------- and nothing else

JUNK: st.SearchStrategy[object] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["1e9", "NaN", "٣", "2026-02-30", "2026-03-12T08:00:60Z", "PT1E3S", "A\n"]),
        st.sets(st.integers(), max_size=1),
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


def plain_parts(data: object) -> Iterator[object]:
    """Plain data and all that they are made of."""
    yield data
    if isinstance(data, dict):
        for each in cast("dict[str, object]", data).values():
            yield from plain_parts(each)
    elif isinstance(data, list):
        for each in cast("list[object]", data):
            yield from plain_parts(each)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[type[object], object]:
    """A document with one part replaced, taken out or added, and the class it was of."""
    held = draw(ANYTHING)
    data = codec.encode(held)
    filled: list[Any] = [each for each in plain_parts(data) if each and type(each) in (dict, list)]
    inside = draw(st.sampled_from(filled))
    keys: list[Any] = [*inside] if isinstance(inside, dict) else [*range(len(inside))]
    key = draw(st.sampled_from(keys))
    match draw(st.sampled_from(["replace", "take out", "add"])):
        case "replace":
            inside[key] = draw(JUNK)
        case "take out":
            del inside[key]
        case _ if isinstance(inside, dict):
            inside[draw(st.text(max_size=5))] = draw(JUNK)
        case _:
            inside.insert(key, draw(JUNK))
    return type(held), data


@given(damaged())
def test_a_damaged_document_is_refused_by_one_error_or_still_means_something(
    document: tuple[type[object], object],
) -> None:
    """S 11.2: no other exception escapes, and what is read can be written."""
    kind, data = document
    try:
        held = codec.decode(data, kind)
    except codec.DecodeError as error:
        refused = error
    else:
        assert_alike(held, codec.loads(codec.dumps(held), kind))
        return
    assert "decode.failed" not in {each.code for each in refused.findings}
    assert str(refused).encode()


@given(damaged())
def test_what_is_read_swiftly_of_a_damaged_document_is_what_it_says(
    document: tuple[type[object], object],
) -> None:
    """S 11.2: the swift converter takes nothing that the thorough one refuses."""
    kind, envelope = document
    data = cast("dict[str, object]", envelope).get("data")
    try:
        held = SWIFT.structure(data, kind)
    except Exception:  # noqa: BLE001 -- what it raises means nothing
        return
    assert_alike(held, THOROUGH.structure(data, kind))


@given(JUNK | st.fixed_dictionaries({"kind": JUNK, "schema": JUNK, "data": JUNK}))
def test_what_is_no_document_is_refused_by_one_error(data: object) -> None:
    """S 11.2."""
    with pytest.raises(codec.DecodeError):
        _ = codec.decode(data, pv.Visit)


@given(
    st.text(max_size=20)
    | st.binary(max_size=20)
    | JUNK.map(lambda data: json.dumps(data, default=list))
)
def test_text_that_is_no_document_is_refused_by_one_error(text: Any) -> None:
    """S 11.2."""
    with pytest.raises(codec.DecodeError):
        _ = codec.loads(text, pv.Visit)
