"""Ids, keys, texts, numbers and times within the bounds of S 1.3.

Values come in their stored form. Each strategy shrinks to something plain, and gives now and then
what adapters trip over: ids with `/`, `%` and quotes, ids that differ only in case or in how an
accent is written, the longest text, the largest number, the first and the last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from string import ascii_letters, digits
from typing import TypeVar

from hypothesis import strategies as st

from partnervisits.fields import escaped
from partnervisits.values import Absence, DateRange, Period, Value, decimal

T = TypeVar("T")

_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_PLAIN = ascii_letters + digits
_LARGEST = Decimal("999999999999999999.9999999999")
_NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)

FIRST_INSTANT = datetime(1900, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(2200, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
FIRST_DAY, LAST_DAY = FIRST_INSTANT.date(), LAST_INSTANT.date()

# ----------------------------------------------------------------------------------------- text

_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=_BIDI)
_TEXT_CHARACTERS = st.characters(
    exclude_categories=("Cs", "Cc"), include_characters="\n\t", exclude_characters=_BIDI
)
_IDS = (
    "V-1",
    "acme",
    "Acme",
    "a/b",
    "a%2Fb",
    "100%",
    "9 o'clock",
    '"quoted"',
    "back\\slash",
    "caf\u00e9",  # composed
    "cafe\u0301",  # the same, decomposed
    "\u0430cme",  # a Cyrillic look-alike
    "\u5e97\u8217-1",
    "\U0001f6b2",
    "null",
    "x" * 255,
)
_ESCAPES = st.text("a/%25F", min_size=1, max_size=6)
_TEXTS = (
    "two\nlines",
    "\ttab",
    " ",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "'; DROP TABLE visits; --",
    "{x.__init__.__globals__}",
    "%s %(id)s",
    "line\u2028separator",
    "\ufeffmark",
)


def lines(longest: int = 255) -> st.SearchStrategy[str]:
    """Text on one line, not empty and without blank ends: names, labels, ids.

    Args:
        longest: How many characters at most.
    """
    typed_in = st.text(_CHARACTERS, min_size=1, max_size=min(longest, 12)).filter(_has_no_blank_end)
    return typed_in | st.sampled_from([each for each in _IDS if len(each) <= longest])


def _has_no_blank_end(line: str) -> bool:
    return not (line[0].isspace() or line[-1].isspace())


def _is_slug(key: str) -> bool:
    return key[0] in _PLAIN


def captions() -> st.SearchStrategy[str]:
    """Labels that may be left empty."""
    return _CAPTIONS


def host_ids() -> st.SearchStrategy[str]:
    """Opaque ids of a host."""
    return _HOST_IDS


def library_ids() -> st.SearchStrategy[str]:
    """Ids that the library made of others: parts joined by `/`, up to 4,096 characters."""
    return _LIBRARY_IDS


def task_ids() -> st.SearchStrategy[str]:
    """Ids of planned tasks: short enough for those of KPIs and readings to be made of them."""
    return _TASK_IDS


def slugs() -> st.SearchStrategy[str]:
    """Keys of definitions."""
    return _SLUGS


def some_slugs() -> st.SearchStrategy[list[str]]:
    return _SOME_SLUGS


def choice_keys() -> st.SearchStrategy[str]:
    """Choice keys and context kinds."""
    return _CHOICE_KEYS


def texts(shortest: int = 0, longest: int = 200) -> st.SearchStrategy[str]:
    """Notes and the like: line ends, tabs and blank ends among the characters.

    Args:
        shortest: How many characters at least.
        longest: How many at most; S 1.3 allows 4,000, as the records of these strategies have.
    """
    typed_in = st.text(_TEXT_CHARACTERS, min_size=shortest, max_size=min(longest, 30))
    known = (*_TEXTS, ("long " * longest)[:longest])
    return typed_in | st.sampled_from([each for each in known if shortest <= len(each) <= longest])


def notes(shortest: int = 0) -> st.SearchStrategy[str]:
    return texts(shortest, 4_000)


def reasons() -> st.SearchStrategy[str]:
    """Texts that say something: why a visit was cancelled, why a task was skipped."""
    return _REASONS


def _joined(parts: Iterable[str]) -> str:
    return "/".join(map(escaped, parts))


_LINES = lines()
_CAPTIONS = st.just("") | _LINES
_HOST_IDS = st.sampled_from(_IDS) | _ESCAPES | _LINES
_LIBRARY_IDS = st.lists(_HOST_IDS, min_size=1, max_size=4).map(_joined) | st.sampled_from(
    ("V-1/quarterly/survey", "v-1/quarterly/survey", "V-1/quarterly/a%2Fb", "x/" * 2047 + "xx")
)
_SLUGS = st.text(_PLAIN + "._-", min_size=1, max_size=8).filter(_is_slug) | st.sampled_from(
    ("survey", "Survey", "9", "a.b", "a-b", "a_b", "x" * 64)
)
_TASK_IDS = st.tuples(_HOST_IDS, _SLUGS, _SLUGS).map(_joined)
_SOME_SLUGS = st.lists(_SLUGS, max_size=2, unique=True)
_CHOICE_KEYS = st.sampled_from(("4+", "1-3", "AW", "aw", "none of these", "y" * 64)) | lines(64)
_REASONS = st.just("snow") | notes(shortest=1).filter(str.strip)

# -------------------------------------------------------------------------------- numbers and time


def _scaled(number: int, places: int) -> Decimal:
    kept = abs(number) // 10 ** (10 - places)
    return decimal(Decimal(f"{'-' if number < 0 else ''}{kept}e-{places}"))


_DECIMALS = st.one_of(
    st.integers(-20, 20).map(Decimal),
    st.builds(_scaled, st.integers(-(10**28) + 1, 10**28 - 1), st.integers(0, 10)),
    st.sampled_from(
        (Decimal("0.1"), Decimal("0.0000000001"), _LARGEST, _LARGEST.copy_negate()),
    ),
)
_INTEGERS = st.integers(-20, 20) | st.integers(-(10**18) + 1, 10**18 - 1)
_WIDTHS = _DECIMALS.map(Decimal.copy_abs)
_INSTANTS = st.one_of(
    st.integers(-84, 84).map(lambda hours: _NOON + timedelta(hours=hours)),
    st.datetimes(
        FIRST_INSTANT.replace(tzinfo=None),
        LAST_INSTANT.replace(tzinfo=None),
        timezones=st.just(UTC),
    ),
    st.sampled_from((FIRST_INSTANT, LAST_INSTANT, _NOON + timedelta(microseconds=1))),
)
_DATES = st.one_of(
    st.dates(date(2026, 1, 1), date(2026, 3, 31)),
    st.dates(FIRST_DAY, LAST_DAY),
    st.sampled_from((FIRST_DAY, LAST_DAY, date(2024, 2, 29))),
)
_DURATIONS = st.integers(0, 48).map(lambda hours: timedelta(hours=hours)) | st.timedeltas(
    timedelta(0), timedelta(days=36_600)
)


def decimals() -> st.SearchStrategy[Decimal]:
    """Decimals of up to 28 digits; often a small whole one."""
    return _DECIMALS


def integers() -> st.SearchStrategy[int]:
    """Whole numbers of up to 18 digits; often a small one."""
    return _INTEGERS


def widths() -> st.SearchStrategy[Decimal]:
    """Decimals from zero up."""
    return _WIDTHS


def instants() -> st.SearchStrategy[datetime]:
    """Instants in UTC, microseconds included; often one on the hour of one week."""
    return _INSTANTS


def dates() -> st.SearchStrategy[date]:
    """Days of the years 1900 to 2200; often one of the first quarter of 2026."""
    return _DATES


def durations() -> st.SearchStrategy[timedelta]:
    """Lengths of time from zero up; often of a few hours."""
    return _DURATIONS


def zones() -> st.SearchStrategy[str]:
    """Names of time zones: whole hours, odd offsets, both sides of the date line."""
    return _ZONES


_ZONES = st.sampled_from(
    (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
        "America/Argentina/Buenos_Aires",
        "Etc/GMT+12",
    )
)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Stretches of time, some with an open end."""
    first, last = sorted([draw(_INSTANTS), draw(_INSTANTS)])
    return Period(first, draw(st.sampled_from([None, last])))


@st.composite
def date_ranges(draw: st.DrawFn) -> DateRange:
    """Days from a first to a last, some of them open."""
    first, last = sorted([draw(_DATES), draw(_DATES)])
    return DateRange(draw(st.sampled_from([first, None])), draw(st.sampled_from([last, None])))


# ------------------------------------------------------------------------- one of several, some of


def some_of(known: Sequence[T]) -> st.SearchStrategy[list[T]]:
    """At most two of several, each at most once; none of none."""
    return st.lists(st.sampled_from(known), max_size=2, unique=True) if known else st.just([])


@st.composite
def any_of(draw: st.DrawFn, *kinds: st.SearchStrategy[T]) -> T:
    """One of several kinds, each as often as the others, however many kinds it has itself."""
    return draw(kinds[draw(st.integers(0, len(kinds) - 1))])


# ----------------------------------------------------------------------------------- any value


def values() -> st.SearchStrategy[Value]:
    """Any value that a reading may hold."""
    return _VALUES


def absences() -> st.SearchStrategy[Absence]:
    """Every reason why there is no value."""
    return st.sampled_from(Absence)


_VALUES: st.SearchStrategy[Value] = any_of(
    st.booleans(),
    _INTEGERS,
    _DECIMALS,
    _INSTANTS,
    notes(shortest=1),
    st.frozensets(_CHOICE_KEYS, max_size=3),
)
