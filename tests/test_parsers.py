"""Data of parsers that a host brings along are read as strictly (S 11.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import orjson
import pytest

import partnervisits as pv
from partnervisits import codec
from tests.documents import OBJECTS

PARSERS: dict[str, Callable[[bytes], Any]] = {
    "orjson": orjson.loads,
    "msgspec": msgspec.json.decode,
}
WRITERS: dict[str, Callable[[Any], bytes]] = {
    "orjson": orjson.dumps,
    "msgspec": msgspec.json.encode,
}


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("name", OBJECTS)
def test_what_another_writer_wrote_is_read_with_another_parser(parser: str, name: str) -> None:
    """S 11.3."""
    held = OBJECTS[name]()
    text = WRITERS[parser](codec.encode(held))
    assert codec.decode(PARSERS[parser](text), type(held)) == held
    assert codec.loads(text, type(held)) == held


@pytest.mark.parametrize("parser", PARSERS)
def test_what_a_parser_lets_through_is_refused_all_the_same(parser: str) -> None:
    """S 11.2: types are exact, whoever made them."""
    text = b'{"kind": "visit", "schema": 1.0, "data": {}, "more": null}'
    with pytest.raises(codec.DecodeError) as caught:
        _ = codec.decode(PARSERS[parser](text), pv.Visit)
    assert [(each.location, each.code) for each in caught.value.findings] == [
        ("more", "decode.extra"),
        ("schema", "decode.type"),
    ]


@pytest.mark.parametrize("parser", PARSERS)
def test_which_of_two_keys_counts_is_the_business_of_the_parser(parser: str) -> None:
    """As the how-to says: it cannot be seen in the data any more."""
    text = b'{"kind": "visit", "kind": "context", "schema": 1, "data": {"kind": "a", "id": "b"}}'
    assert codec.decode(PARSERS[parser](text), pv.Context) == pv.Context("a", "b")
    with pytest.raises(codec.DecodeError):
        _ = codec.loads(text, pv.Context)
