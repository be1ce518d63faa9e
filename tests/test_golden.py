"""What was written once is read for ever (S 11.4)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from partnervisits import codec
from tests import golden
from tests.documents import OBJECTS

FILES = sorted(golden.FOLDER.glob("*/*.json"))


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_document_that_was_written_once_is_read_for_ever(path: Path) -> None:
    """S 11.4: and written as the newest schema says."""
    text = path.read_text("utf-8").removesuffix("\n")
    cls = codec.kinds()[path.parent.name]
    held = codec.loads(text, cls)
    again = codec.dumps(held)
    assert codec.loads(again, cls) == held
    if path.name.startswith(f"{codec.encode(held)['schema']}-"):
        assert again == text


@pytest.mark.parametrize("name", OBJECTS)
def test_a_document_that_was_written_once_still_says_the_same(name: str) -> None:
    """S 11.1, S 11.4: a word of the format is never changed."""
    path, text = golden.newest(name)
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize("kind", codec.kinds())
def test_every_schema_of_a_kind_has_a_document(kind: str) -> None:
    """S 11.4."""
    numbers = {path.name.split("-")[0] for path in FILES if path.parent.name == kind}
    newest = golden.shapes()[kind]["schema"]
    assert sorted(map(int, numbers)) == [*range(1, int(str(newest)) + 1)]


@pytest.mark.parametrize("kind", codec.kinds())
def test_a_kind_whose_documents_change_gets_a_new_schema(kind: str) -> None:
    """S 11.4: and so does every kind that holds it, since a document has one number for all."""
    agreed = json.loads(golden.SHAPES.read_text("utf-8"))
    assert golden.shapes()[kind] == agreed[kind], (
        "documents of this kind have another shape: give it the next number and a step from the "
        "last one in partnervisits.codec, then write what is new: python -m tests.golden"
    )


def test_a_class_within_a_document_is_part_of_its_shape() -> None:
    """S 11.4: so that nobody can forget the kinds that hold a class which changes."""
    holders = [
        kind
        for kind, cls in codec.kinds().items()
        if "trail" in str(codec.json_schema(cls)["$defs"])
    ]
    assert {"action_plan", "planned_task", "proposal", "changes", "put", "stored"} <= {*holders}
    assert "reading" not in holders
