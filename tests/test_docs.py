"""What the documentation shows is run; its ```python blocks are collected by the conftest."""

import doctest
import re
from importlib import import_module

import pytest

from tests.places import ROOT, modules

COMMAND = r"\n## {}\n\n```sh\n([^\n]+)\n```\n"


@pytest.mark.parametrize("section", ["Run", "Test"])
def test_the_readme_gives_one_command_of_one_line(section: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.findall(COMMAND.format(section), readme)
    assert len(found) == 1
    assert found[0].startswith("python3 -m venv .venv && .venv/bin/python -m pip install ")


@pytest.mark.parametrize("name", [*modules()])
def test_the_examples_in_docstrings_hold(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0
