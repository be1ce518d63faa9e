"""Where things are: in the source tree, or copied out of it beside an installed wheel."""

import pkgutil
from collections.abc import Iterator
from pathlib import Path

import partnervisits

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
DOCS = ROOT / "docs"
SOURCE = Path(partnervisits.__file__).resolve().parent


def texts(folder: Path, suffix: str) -> dict[Path, str]:
    """Return the text of each file below `folder` whose name ends so."""
    return {path: path.read_text("utf-8") for path in sorted(folder.rglob(f"*{suffix}"))}


def modules() -> Iterator[str]:
    """Yield the name of every module of the library but `__main__`, the root first."""
    yield partnervisits.__name__
    for found in pkgutil.walk_packages(partnervisits.__path__, f"{partnervisits.__name__}."):
        if not found.name.endswith(".__main__"):
            yield found.name


def public_modules() -> list[str]:
    """Return the name of every module that users may import."""
    return [name for name in modules() if "._" not in name]
