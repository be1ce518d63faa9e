"""The same input gives the same bytes in any process (S 1.4)."""

import pytest

from tests.processes import output_of

EXAMPLE = "import runpy; runpy.run_module('partnervisits', run_name='__main__')"
HOSTILE_DECIMALS = f"""
import decimal
decimal.DefaultContext = decimal.Context(prec=3, traps=[])
decimal.setcontext(decimal.Context(prec=3, traps=[]))
{EXAMPLE}
"""
TRAPPED_DECIMALS = f"""
import decimal
signals = list(decimal.getcontext().traps)
decimal.setcontext(decimal.Context(prec=1, Emax=1, Emin=-1, traps=signals))
{EXAMPLE}
"""

SEEDS = ("0", "1", "4242")
ZONES = ("UTC", "Asia/Kolkata", "America/St_Johns")
LOCALES = ("C", "C.utf8", "de_DE.UTF-8")

# Every pair of a seed, a zone and a locale meets in one of these nine.
SQUARE = [
    {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": LOCALES[(i + j) % 3]}
    for i, seed in enumerate(SEEDS)
    for j, zone in enumerate(ZONES)
]


@pytest.fixture(scope="module")
def printed() -> bytes:
    return output_of(EXAMPLE)


def test_the_example_prints_something(printed: bytes) -> None:
    assert printed.strip()


@pytest.mark.parametrize("environment", SQUARE, ids=lambda each: "-".join(each.values()))
def test_seed_zone_and_locale_change_no_byte(printed: bytes, environment: dict[str, str]) -> None:
    assert output_of(EXAMPLE, environment) == printed


@pytest.mark.parametrize("code", [HOSTILE_DECIMALS, TRAPPED_DECIMALS], ids=["coarse", "trapped"])
def test_the_decimal_context_of_the_host_changes_no_byte(printed: bytes, code: str) -> None:
    assert output_of(code) == printed
