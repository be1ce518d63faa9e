"""Every public class of the domain has a kind of documents, or a reason why not (S 11.1)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from typing import Any, cast, get_args, get_type_hints

import attrs
import pytest

import partnervisits as pv
from partnervisits import codec
from partnervisits.calendars import Wait, Weekday
from partnervisits.comparison import Circumstances, Explanation
from partnervisits.fields import Unchanged
from partnervisits.histories import Matter
from partnervisits.plans import TaskExplanation
from partnervisits.proposals import Change, SimulatedTask
from partnervisits.reports import PlanReport, Report, VisitReport
from partnervisits.repositories import Record
from tests.documents import OBJECTS, by_kind
from tests.places import DOCS, public_modules

LEFT_OUT: dict[type, str] = {
    Explanation: "sentences for people, made of a comparison whenever it is asked",
    TaskExplanation: "sentences for people, made of a plan whenever it is asked",
    Change: "made of a reconciliation whenever it is asked; it holds a field of any type",
    Wait: "an argument of `plan_date`",
    Circumstances: "an argument of `judge`",
    Matter: "a key by which a history is asked",
    Report: "made of a book whenever it is asked; `as_data` writes it for programs",
    VisitReport: "a part of a report",
    PlanReport: "a part of a report",
    SimulatedTask: "a row of what `simulate` shows",
}
"""Plain values that are no documents."""

ROOMS_OF_THEIR_OWN = (
    "partnervisits.codec",
    "partnervisits.integrations",
    "partnervisits.testing",
)
"""How documents are read, what other libraries are told, what tests are made of: no domain."""


def public_classes() -> Iterator[type]:
    for name in public_modules():
        if not name.startswith(ROOMS_OF_THEIR_OWN):
            module = import_module(name)
            yield from filter(inspect.isclass, (getattr(module, each) for each in module.__all__))


def is_plain(cls: type) -> bool:
    return attrs.has(cls) or "_fields" in vars(cls)


def test_every_plain_class_of_the_domain_has_a_kind_or_a_reason_why_not() -> None:
    """S 11.1."""
    plain = {cls for cls in public_classes() if is_plain(cls)}
    kinds = {*codec.kinds().values()}
    assert plain - kinds == LEFT_OUT.keys()
    assert kinds <= plain


def test_every_kind_has_its_own_word() -> None:
    """S 11.1: words of the format, whatever the classes are called."""
    words = [*codec.kinds()]
    assert len(set(codec.kinds().values())) == len(words)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", word) for word in words)


def test_all_that_a_store_holds_has_a_kind() -> None:
    """S 10.1, S 11.1."""
    assert {*get_args(Record)} <= {*codec.kinds().values()}


def test_the_tests_know_an_object_of_every_kind() -> None:
    assert by_kind(make() for make in OBJECTS.values()).keys() == {*codec.kinds().values()}


@pytest.mark.parametrize("name", OBJECTS)
def test_every_kind_of_object_is_read_as_it_was_written(name: str) -> None:
    """S 11.3: from text, from its bytes, from plain data; and by a converter that is configured."""
    held = OBJECTS[name]()
    text = codec.dumps(held)
    for again in (
        codec.loads(text, type(held)),
        codec.loads(text.encode(), type(held)),
        codec.decode(codec.encode(held), type(held)),
        codec.loads(text, type(held), limits=codec.Limits(depth=63)),
    ):
        assert again == held
        assert type(again) is type(held)
        assert codec.dumps(again) == text
    kind, schema, _ = (codec.encode(held)[key] for key in ("kind", "schema", "data"))
    assert (codec.kinds()[str(kind)], schema) == (type(held), 1)


def enums() -> set[type[Enum]]:
    return {cls for cls in public_classes() if issubclass(cls, Enum)}


def test_every_word_of_an_enum_means_one_member() -> None:
    """S 11.1: so that a word is read as the member that was written."""
    for enum in enums() - {Weekday}:
        assert [*enum.__members__.values()] == [*enum]
        assert all(type(member.value) is str for member in enum)


def name_of(enum: type[Enum]) -> str:
    return enum.__name__


ENUMS: list[type[Enum]] = sorted(enums(), key=name_of)


@pytest.mark.parametrize("enum", ENUMS, ids=name_of)
def test_every_word_of_the_library_can_name_a_group(enum: type[Enum]) -> None:
    """S 9.1, S 11.1: but for what stands where a value is left as it is."""
    for member in enum:
        card = pv.Scorecard(comparisons=[], group=member)
        if enum is Unchanged:
            with pytest.raises(pv.PartnerVisitsError) as caught:
                _ = codec.dumps(card)
            assert caught.value.code == "encode.group"
        else:
            assert codec.loads(codec.dumps(card), pv.Scorecard).group is member


def test_every_class_that_is_part_of_a_document_has_a_kind() -> None:
    """S 11.1: so that a part can be sent alone."""
    kinds = {*codec.kinds().values()}
    for cls in kinds:
        hints = get_type_hints(cls, localns={"GroupKey": object})
        fields = attrs.fields(cast("type[attrs.AttrsInstance]", cls))
        held = {each.name for each in fields if each.init}
        parts = {part for name in held for part in classes_in(hints[name])}
        assert parts <= kinds


def classes_in(annotation: object) -> Iterator[type]:
    if inspect.isclass(annotation) and attrs.has(annotation):
        yield annotation
    for each in get_args(annotation):
        yield from classes_in(each)


PAGE = (DOCS / "reference" / "documents.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)\.(\w+)` \| (\d+) \| (.+) \|$", re.MULTILINE)


def test_the_page_of_documents_shows_every_kind_with_its_schema() -> None:
    """S 11.1, S 11.4."""
    shown = [(kind, room, name, told) for kind, room, name, _, told in ROW.findall(PAGE)]
    assert shown == [
        (kind, cls.__module__.split(".")[1], cls.__name__, summary(cls))
        for kind, cls in codec.kinds().items()
    ]
    schemas: dict[str, Any] = {kind: codec.json_schema(codec.kinds()[kind]) for kind, *_ in shown}
    numbers = {kind: int(number) for kind, _, _, number, _ in ROW.findall(PAGE)}
    assert numbers == {
        kind: schema["properties"]["schema"]["const"] for kind, schema in schemas.items()
    }


def summary(cls: type) -> str:
    return inspect.cleandoc(str(cls.__doc__)).split("\n\n")[0].replace("\n", " ")


def test_the_page_of_documents_shows_every_key_that_tells_a_type() -> None:
    """S 11.1."""
    section = PAGE.split("## One of several types")[1].split("\n## ")[0]
    shown = {*re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)}
    used: set[str] = set()
    for cls in codec.kinds().values():
        used |= {*re.findall(r"'required': \['(\w+)'\]", str(one_keyed(codec.json_schema(cls))))}
    assert shown <= used
    assert "decimal" in shown


def one_keyed(schema: object) -> list[object]:
    """The parts of a schema that are one of several."""
    if isinstance(schema, dict):
        held = cast("dict[str, object]", schema)
        inner = [part for each in held.values() for part in one_keyed(each)]
        return [*inner, held["anyOf"]] if "anyOf" in held else inner
    if isinstance(schema, list):
        return [part for each in cast("list[object]", schema) for part in one_keyed(each)]
    return []
