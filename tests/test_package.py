import ast
import importlib.resources
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import partnervisits
from tests import snapshot
from tests.places import public_modules
from tests.processes import words_of

IMPURE = {"asyncio", "cattrs", "json", "logging", "random", "socket"}

# The pure part of the standard library, with the private modules that it loads.
PURE = {
    "_bisect",
    "_heapq",
    "bisect",
    "copy",
    "difflib",
    "fractions",
    "graphlib",
    "heapq",
    "itertools",
    "math",
    "numbers",
    "string",
    "textwrap",
    "unicodedata",
}

NEW_MODULES = """
import sys
import attrs, datetime, decimal, zoneinfo
before = set(sys.modules)
from partnervisits import *
print(*set(sys.modules) - before)
"""
ALL_MODULES = "import sys; from partnervisits import *; print(*sys.modules)"
STAR_IMPORT = """
names = {}
exec("from partnervisits import *", names)
print(*sorted(names.keys() - {"__builtins__"}))
"""


USED = """
import partnervisits
from partnervisits import *
assert partnervisits.calendars.Roll
"""
LAZY = (
    "import sys, partnervisits; print(*[m for m in sys.modules if m.startswith('partnervisits.')])"
)


def test_importing_the_root_loads_no_room_before_it_is_used() -> None:
    assert words_of(LAZY) == []


def test_rooms_load_when_they_are_used() -> None:
    assert words_of(USED) == []
    assert vars(partnervisits)["__getattr__"]("calendars") is import_module(
        "partnervisits.calendars"
    )


@pytest.mark.parametrize("room", [name for name in public_modules() if name.count(".") == 1])
def test_every_room_is_reached_through_the_root(room: str) -> None:
    assert vars(partnervisits)["__getattr__"](room.split(".")[1]) is import_module(room)


def test_a_name_that_the_root_has_not_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'partnervisits' has no attribute 'nothing'"):
        _ = getattr(partnervisits, "nothing")  # noqa: B009 -- a type checker knows that it is not there


def test_type_checkers_and_the_interpreter_find_every_name_in_the_same_room() -> None:
    source = Path(str(partnervisits.__file__)).read_text("utf-8")
    checked = {
        alias.name: node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if str(node.module).startswith("partnervisits.")
    }
    found = {
        name: f"partnervisits.{room}" for name, room in vars(partnervisits)["_ROOM_OF"].items()
    }
    assert checked == found
    assert sorted(found) == sorted(partnervisits.__all__)


def test_using_all_of_the_root_loads_only_attrs_and_pure_modules() -> None:
    loaded = {name for name in words_of(NEW_MODULES) if name.split(".")[0] != "partnervisits"}
    assert loaded <= PURE


def test_using_all_of_the_root_loads_nothing_impure() -> None:
    assert not IMPURE & {name.split(".")[0] for name in words_of(ALL_MODULES)}


def test_only_the_file_of_an_integration_loads_the_other_package() -> None:
    of_the_folder = words_of(f"from partnervisits import integrations; {ALL_MODULES}")
    of_the_file = words_of(f"import partnervisits.integrations.sqlalchemy; {ALL_MODULES}")
    assert ["sqlalchemy" in loaded for loaded in (of_the_folder, of_the_file)] == [False, True]


def test_a_star_import_gives_exactly_what_the_root_announces() -> None:
    assert words_of(STAR_IMPORT) == sorted(partnervisits.__all__)


@pytest.mark.parametrize("name", public_modules())
def test_a_public_module_lists_exactly_what_it_announces(name: str) -> None:
    module = import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    assert dir(module) == sorted(module.__all__)


@pytest.mark.parametrize("name", public_modules())
def test_every_announced_name_exists_and_is_documented(name: str) -> None:
    module = import_module(name)
    assert module.__doc__
    assert [each for each in module.__all__ if not hasattr(module, each)] == []
    assert [each for each in module.__all__ if _is_undocumented(getattr(module, each))] == []


def _is_undocumented(value: object) -> bool:
    return (inspect.isclass(value) or inspect.isroutine(value)) and not value.__doc__


def test_the_public_api_is_the_one_last_agreed_on() -> None:
    agreed = snapshot.FILE.read_text("utf-8") if snapshot.FILE.exists() else ""
    assert snapshot.public_api().splitlines() == agreed.splitlines(), (
        "if this change of the public API is meant, say so in CHANGELOG.md "
        "and write the snapshot anew: python -m tests.snapshot"
    )


def test_the_package_says_that_it_is_typed() -> None:
    assert importlib.resources.files("partnervisits").joinpath("py.typed").is_file()
