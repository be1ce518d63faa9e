"""What the documentation shows is run; its ```python blocks are collected by the conftest."""

import ast
import doctest
import inspect
import re
from enum import Enum
from importlib import import_module

import pytest

import partnervisits
from partnervisits import errors
from partnervisits.lifecycles import Lifecycle
from partnervisits.plans import TASK_LIFECYCLE
from partnervisits.templates import TEMPLATE_LIFECYCLE
from partnervisits.visits import VISIT_LIFECYCLE
from tests.places import DOCS, ROOT, modules, public_modules

COMMAND = r"\n## {}\n\n```sh\n([^\n]+)\n```\n"
LIFECYCLE_HEAD = "| state | verb | next |\n| --- | --- | --- |\n"
ROOM = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)


@pytest.mark.parametrize("section", ["Run", "Test"])
def test_the_readme_gives_one_command_of_one_line(section: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.findall(COMMAND.format(section), readme)
    assert len(found) == 1
    assert found[0].startswith("python3 -m venv .venv && .venv/bin/python -m pip install ")


@pytest.mark.parametrize("name", [*modules()])
def test_the_examples_in_docstrings_hold(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


@pytest.mark.parametrize("name", partnervisits.__all__)
def test_every_name_of_the_root_has_an_example_that_can_be_copied(name: str) -> None:
    documented = inspect.getdoc(getattr(partnervisits, name)) or ""
    # Without any names but those that the example imports itself.
    example = doctest.DocTestParser().get_doctest(documented, {}, name, None, None)
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0


def lifecycle_on_the_page(rule: str) -> list[tuple[str, ...]]:
    """The rows of the lifecycle table that follows a rule."""
    page = (DOCS / "reference" / "rules.md").read_text("utf-8")
    table = page.split(f"\n**{rule}**")[1].split(LIFECYCLE_HEAD)[1].split("\n\n")[0]
    return [tuple(row.strip("| ").split(" | ")) for row in table.splitlines()]


@pytest.mark.parametrize(
    ("rule", "lifecycle"),
    [("S 3.1", TEMPLATE_LIFECYCLE), ("S 5.1", VISIT_LIFECYCLE), ("S 7.1", TASK_LIFECYCLE)],
)
def test_the_page_shows_the_lifecycle_that_the_code_runs(
    rule: str, lifecycle: Lifecycle[Enum]
) -> None:
    # The tables of S 3.1, S 5.1 and S 7.1.
    assert lifecycle_on_the_page(rule) == [
        (state.name, verb, after.name) for state, verb, after in lifecycle.table
    ]


def test_the_page_of_the_design_names_every_room_in_the_order_of_the_import_law() -> None:
    config = (ROOT / "pyproject.toml").read_text("utf-8")
    layers = ast.literal_eval(config.split("\nlayers = ")[1].split("]")[0] + "]")
    page = (DOCS / "explanation" / "design.md").read_text("utf-8")
    assert ROOM.findall(page.split("## Rooms")[1]) == layers[::-1]


def test_the_page_of_public_names_shows_every_public_module() -> None:
    page = (DOCS / "reference" / "api.md").read_text("utf-8")
    shown = re.findall(r"automodule:: (\S+)", page)
    rooms = [name for name in public_modules() if name != partnervisits.__name__]
    assert sorted(shown) == sorted([*rooms, "partnervisits.__main__"])


def test_the_page_of_errors_shows_every_exception_with_its_code() -> None:
    page = (DOCS / "reference" / "errors.md").read_text("utf-8")
    kinds = [getattr(errors, name) for name in errors.__all__]
    codes = {kind.__name__: kind.code for kind in kinds if hasattr(kind, "code")}
    shown = dict(re.findall(r"^\| `(\w+)` \| `([a-z.]+)` \|", page, re.MULTILINE))
    del codes["FindingsError"]  # never raised itself: its four kinds are
    assert shown == codes


def test_the_readme_links_to_pages_that_exist() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    links = re.findall(r"\]\(((?:docs/|CHANGELOG)[^)]+)\)", readme)
    assert len(links) > 1
    assert [link for link in links if not (ROOT / link).is_file()] == []
