"""Fresh interpreters: what they print, in an environment that says only what is given."""

import os
import subprocess
import sys
from collections.abc import Mapping

_AMBIENT = ("COV", "LANG", "LC_", "PYTHON", "TZ")


def output_of(code: str, environment: Mapping[str, str] | None = None) -> bytes:
    """Run `code` in a new process and return what it printed."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(_AMBIENT)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        check=False,
        capture_output=True,
        env={**inherited, **(environment or {})},
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def words_of(code: str) -> list[str]:
    """Run `code` in a new process and return the words that it printed."""
    return output_of(code).decode().split()
