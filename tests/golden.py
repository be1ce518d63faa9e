"""The documents that are read for ever, and the shapes of all kinds: `python -m tests.golden`.

It writes what is new: a document for each object of `tests.documents` under the newest number of
its kind, and the digests of all shapes. What is there is never written again.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import cast

from partnervisits import codec
from tests.documents import OBJECTS
from tests.places import TESTS

FOLDER = TESTS / "golden"
SHAPES = FOLDER / "shapes.json"

_TOLD = ("title", "description")


@cache
def shapes() -> dict[str, dict[str, object]]:
    """Of each kind the number of its schema, and a digest of all that its documents can hold."""
    return {kind: _shape(cls) for kind, cls in sorted(codec.kinds().items())}


def _shape(cls: type) -> dict[str, object]:
    schema = codec.json_schema(cls)
    properties = cast("dict[str, dict[str, object]]", schema["properties"])
    text = json.dumps(_untold(schema), sort_keys=True)
    return {
        "schema": properties["schema"]["const"],
        "digest": hashlib.sha256(text.encode()).hexdigest()[:16],
    }


def _untold(schema: object) -> object:
    """A schema without what is only told to people."""
    if isinstance(schema, list):
        return [_untold(each) for each in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    held = cast("dict[str, object]", schema)
    return {
        key: _untold(each)
        for key, each in held.items()
        if key not in _TOLD or not isinstance(each, str)
    }


def newest(name: str) -> tuple[Path, str]:
    """Where the newest document of an object of the tests is kept, and what it says."""
    held = OBJECTS[name]()
    encoded = codec.encode(held)
    file = f"{encoded['schema']}-{name.replace(' ', '-')}.json"
    return FOLDER / str(encoded["kind"]) / file, codec.dumps(held) + "\n"


if __name__ == "__main__":
    for each in OBJECTS:
        path, text = newest(each)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _ = path.write_text(text, "utf-8")
    _ = SHAPES.write_text(json.dumps(shapes(), indent=1, sort_keys=True) + "\n", "utf-8")
