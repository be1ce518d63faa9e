import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

from tests.places import ROOT

# How fast an example is made says more about the machine than about the library.
SLOW = [HealthCheck.too_slow]
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=SLOW)
settings.register_profile("dev", deadline=None, suppress_health_check=SLOW)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")


class Documentation:
    """Collects the ```python blocks of README and docs; those of a file share their names."""

    pytest_collect_file = staticmethod(
        Sybil(
            name="documentation",
            path=str(ROOT),
            parsers=[PythonCodeBlockParser(), SkipParser()],
            patterns=["README.md", "docs/*.md", "docs/**/*.md"],
        ).pytest()
    )


def pytest_configure(config: pytest.Config) -> None:
    # A plugin of its own, since a conftest sees only the files below its folder.
    _ = config.pluginmanager.register(Documentation())


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The Adventure Works network; whoever has no copy of it skips what needs it."""
    data = Path(os.environ.get("PARTNERVISITS_DATA") or ROOT.parent / "shared" / "data")
    folder = data / "adventure-works"
    if not folder.is_dir():
        pytest.skip(f"there is no folder {folder}: set PARTNERVISITS_DATA to the one that holds it")
    return folder
