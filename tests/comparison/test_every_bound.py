"""Every value type under every criterion, on each bound and one step to each side (S 8.1)."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple, get_args

import attrs
import pytest

import partnervisits as pv
from partnervisits.comparison import Favourability, Outcome
from partnervisits.criteria import (
    AtLeast,
    AtMost,
    Between,
    Contains,
    Criterion,
    Equals,
    NoneOf,
    OneOf,
    Outside,
    misfits,
)
from partnervisits.errors import CatalogError, InvalidValueError, ProposalError
from tests import builders
from tests.judged import DATETIME, DECIMAL, NUMBER, PERCENTAGE, judged

BOOLEAN, TEXT = pv.ValueType.BOOLEAN, pv.ValueType.TEXT
CHOICE, MULTI_CHOICE = pv.ValueType.CHOICE, pv.ValueType.MULTI_CHOICE

MET, NEAR, NOT_MET = Outcome.MET, Outcome.NEAR, Outcome.NOT_MET
GOOD, NEUTRAL, BAD = Favourability.FAVOURABLE, Favourability.NEUTRAL, Favourability.UNFAVOURABLE


def at(clock: str) -> datetime:
    """A time of 12 March 2026 in UTC; or any instant, written with its day."""
    day = "" if "T" in clock else "2026-03-12T"
    return datetime.fromisoformat(f"{day}{clock}").replace(tzinfo=UTC)


def lasting(clock: str) -> timedelta:
    """A duration of less than a day, written as a clock shows it, with its sign."""
    shown = time.fromisoformat(clock.removeprefix("-"))
    length = timedelta(
        hours=shown.hour,
        minutes=shown.minute,
        seconds=shown.second,
        microseconds=shown.microsecond,
    )
    return -length if clock.startswith("-") else length


# -------------------------------------------------------------------------------- on a line

Row = tuple[str, Outcome, str, Favourability, str]
"""Actual value, outcome, variance, favourability, score."""


class Table(NamedTuple):
    """A target on a line, and what values near its bounds come to."""

    value_types: list[pv.ValueType]
    expected: Criterion
    rows: list[Row]
    near: Any = None
    worst: Any = None

    def __str__(self) -> str:
        return f"{self.expected}{', with near' if self.near else ''}"


# The ends of near and of worst are bounds too. Near reaches 2 beyond the criterion's bound, in time
# 100 seconds; worst lies 10 or 20 beyond it, in time 1,000 or 2,000 seconds.
# fmt: off
NUMBERS = [
    Table([NUMBER], pv.at_least(10), rows=[
        ("9",  NOT_MET, "-1", BAD,     "0"),
        ("10", MET,     "0",  NEUTRAL, "1"),
        ("11", MET,     "1",  GOOD,    "1"),
    ]),
    Table([NUMBER], pv.at_least(10), near=2, worst=(0,), rows=[
        ("-1", NOT_MET, "-11", BAD,     "0"),
        ("0",  NOT_MET, "-10", BAD,     "0"),
        ("1",  NOT_MET, "-9",  BAD,     "0.1"),
        ("7",  NOT_MET, "-3",  BAD,     "0.7"),
        ("8",  NEAR,    "-2",  BAD,     "0.8"),
        ("9",  NEAR,    "-1",  BAD,     "0.9"),
        ("10", MET,     "0",   NEUTRAL, "1"),
        ("11", MET,     "1",   GOOD,    "1"),
    ]),
    Table([NUMBER], pv.at_most(-10), rows=[
        ("-11", MET,     "-1", GOOD,    "1"),
        ("-10", MET,     "0",  NEUTRAL, "1"),
        ("-9",  NOT_MET, "1",  BAD,     "0"),
    ]),
    Table([NUMBER], pv.at_most(-10), near=2, worst=(0,), rows=[
        ("-11", MET,     "-1", GOOD,    "1"),
        ("-10", MET,     "0",  NEUTRAL, "1"),
        ("-9",  NEAR,    "1",  BAD,     "0.9"),
        ("-8",  NEAR,    "2",  BAD,     "0.8"),
        ("-7",  NOT_MET, "3",  BAD,     "0.7"),
        ("-1",  NOT_MET, "9",  BAD,     "0.1"),
        ("0",   NOT_MET, "10", BAD,     "0"),
        ("1",   NOT_MET, "11", BAD,     "0"),
    ]),
    Table([NUMBER], pv.between(-10, 10), rows=[
        ("-11", NOT_MET, "-1", BAD,     "0"),
        ("-10", MET,     "0",  NEUTRAL, "1"),
        ("-9",  MET,     "0",  NEUTRAL, "1"),
        ("0",   MET,     "0",  NEUTRAL, "1"),
        ("9",   MET,     "0",  NEUTRAL, "1"),
        ("10",  MET,     "0",  NEUTRAL, "1"),
        ("11",  NOT_MET, "1",  BAD,     "0"),
    ]),
    Table([NUMBER], pv.between(-10, 10), near=2, worst=(-20, 30), rows=[
        ("-21", NOT_MET, "-11", BAD,     "0"),
        ("-20", NOT_MET, "-10", BAD,     "0"),
        ("-19", NOT_MET, "-9",  BAD,     "0.1"),
        ("-13", NOT_MET, "-3",  BAD,     "0.7"),
        ("-12", NEAR,    "-2",  BAD,     "0.8"),
        ("-11", NEAR,    "-1",  BAD,     "0.9"),
        ("-10", MET,     "0",   NEUTRAL, "1"),
        ("-9",  MET,     "0",   NEUTRAL, "1"),
        ("9",   MET,     "0",   NEUTRAL, "1"),
        ("10",  MET,     "0",   NEUTRAL, "1"),
        ("11",  NEAR,    "1",   BAD,     "0.95"),
        ("12",  NEAR,    "2",   BAD,     "0.9"),
        ("13",  NOT_MET, "3",   BAD,     "0.85"),
        ("29",  NOT_MET, "19",  BAD,     "0.05"),
        ("30",  NOT_MET, "20",  BAD,     "0"),
        ("31",  NOT_MET, "21",  BAD,     "0"),
    ]),
    Table([NUMBER], pv.outside(-10, 10), rows=[
        ("-11", MET,     "0",  NEUTRAL, "1"),
        ("-10", MET,     "0",  NEUTRAL, "1"),
        ("-9",  NOT_MET, "1",  BAD,     "0"),
        ("0",   NOT_MET, "10", BAD,     "0"),
        ("1",   NOT_MET, "-9", BAD,     "0"),
        ("9",   NOT_MET, "-1", BAD,     "0"),
        ("10",  MET,     "0",  NEUTRAL, "1"),
        ("11",  MET,     "0",  NEUTRAL, "1"),
    ]),
    Table([NUMBER], pv.outside(-10, 10), near=2, rows=[
        ("-11", MET,     "0",  NEUTRAL, "1"),
        ("-10", MET,     "0",  NEUTRAL, "1"),
        ("-9",  NEAR,    "1",  BAD,     "0"),
        ("-8",  NEAR,    "2",  BAD,     "0"),
        ("-7",  NOT_MET, "3",  BAD,     "0"),
        ("7",   NOT_MET, "-3", BAD,     "0"),
        ("8",   NEAR,    "-2", BAD,     "0"),
        ("9",   NEAR,    "-1", BAD,     "0"),
        ("10",  MET,     "0",  NEUTRAL, "1"),
        ("11",  MET,     "0",  NEUTRAL, "1"),
    ]),
    Table([NUMBER], pv.equals(10), rows=[
        ("9",  NOT_MET, "-1", BAD,     "0"),
        ("10", MET,     "0",  NEUTRAL, "1"),
        ("11", NOT_MET, "1",  BAD,     "0"),
    ]),
    Table([NUMBER], pv.equals(10), near=2, worst=(0, 30), rows=[
        ("-1", NOT_MET, "-11", BAD,     "0"),
        ("0",  NOT_MET, "-10", BAD,     "0"),
        ("1",  NOT_MET, "-9",  BAD,     "0.1"),
        ("7",  NOT_MET, "-3",  BAD,     "0.7"),
        ("8",  NEAR,    "-2",  BAD,     "0.8"),
        ("9",  NEAR,    "-1",  BAD,     "0.9"),
        ("10", MET,     "0",   NEUTRAL, "1"),
        ("11", NEAR,    "1",   BAD,     "0.95"),
        ("12", NEAR,    "2",   BAD,     "0.9"),
        ("13", NOT_MET, "3",   BAD,     "0.85"),
        ("29", NOT_MET, "19",  BAD,     "0.05"),
        ("30", NOT_MET, "20",  BAD,     "0"),
        ("31", NOT_MET, "21",  BAD,     "0"),
    ]),
    Table([NUMBER], pv.equals(0, tolerance=3), rows=[
        ("-4", NOT_MET, "-4", BAD,     "0"),
        ("-3", MET,     "-3", NEUTRAL, "1"),
        ("-2", MET,     "-2", NEUTRAL, "1"),
        ("0",  MET,     "0",  NEUTRAL, "1"),
        ("2",  MET,     "2",  NEUTRAL, "1"),
        ("3",  MET,     "3",  NEUTRAL, "1"),
        ("4",  NOT_MET, "4",  BAD,     "0"),
    ]),
    Table([NUMBER], pv.equals(0, tolerance=3), near=2, worst=(-13, 23), rows=[
        ("-14", NOT_MET, "-14", BAD,     "0"),
        ("-13", NOT_MET, "-13", BAD,     "0"),
        ("-12", NOT_MET, "-12", BAD,     "0.1"),
        ("-6",  NOT_MET, "-6",  BAD,     "0.7"),
        ("-5",  NEAR,    "-5",  BAD,     "0.8"),
        ("-4",  NEAR,    "-4",  BAD,     "0.9"),
        ("-3",  MET,     "-3",  NEUTRAL, "1"),
        ("-2",  MET,     "-2",  NEUTRAL, "1"),
        ("2",   MET,     "2",   NEUTRAL, "1"),
        ("3",   MET,     "3",   NEUTRAL, "1"),
        ("4",   NEAR,    "4",   BAD,     "0.95"),
        ("5",   NEAR,    "5",   BAD,     "0.9"),
        ("6",   NOT_MET, "6",   BAD,     "0.85"),
        ("22",  NOT_MET, "22",  BAD,     "0.05"),
        ("23",  NOT_MET, "23",  BAD,     "0"),
        ("24",  NOT_MET, "24",  BAD,     "0"),
    ]),
]

DECIMALS = [
    Table([DECIMAL, PERCENTAGE], pv.at_least(10), rows=[
        ("9.9999999999",  NOT_MET, "-0.0000000001", BAD,     "0"),
        ("10",            MET,     "0",             NEUTRAL, "1"),
        ("10.0000000001", MET,     "0.0000000001",  GOOD,    "1"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.at_least(10), near=2, worst=(0,), rows=[
        ("-0.0000000001", NOT_MET, "-10.0000000001", BAD,     "0"),
        ("0",             NOT_MET, "-10",            BAD,     "0"),
        ("0.0000000001",  NOT_MET, "-9.9999999999",  BAD,     "0.00000000001"),
        ("7.9999999999",  NOT_MET, "-2.0000000001",  BAD,     "0.79999999999"),
        ("8",             NEAR,    "-2",             BAD,     "0.8"),
        ("8.0000000001",  NEAR,    "-1.9999999999",  BAD,     "0.80000000001"),
        ("9.9999999999",  NEAR,    "-0.0000000001",  BAD,     "0.99999999999"),
        ("10",            MET,     "0",              NEUTRAL, "1"),
        ("10.0000000001", MET,     "0.0000000001",   GOOD,    "1"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.at_most(-10), rows=[
        ("-10.0000000001", MET,     "-0.0000000001", GOOD,    "1"),
        ("-10",            MET,     "0",             NEUTRAL, "1"),
        ("-9.9999999999",  NOT_MET, "0.0000000001",  BAD,     "0"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.at_most(-10), near=2, worst=(0,), rows=[
        ("-10.0000000001", MET,     "-0.0000000001", GOOD,    "1"),
        ("-10",            MET,     "0",             NEUTRAL, "1"),
        ("-9.9999999999",  NEAR,    "0.0000000001",  BAD,     "0.99999999999"),
        ("-8.0000000001",  NEAR,    "1.9999999999",  BAD,     "0.80000000001"),
        ("-8",             NEAR,    "2",             BAD,     "0.8"),
        ("-7.9999999999",  NOT_MET, "2.0000000001",  BAD,     "0.79999999999"),
        ("-0.0000000001",  NOT_MET, "9.9999999999",  BAD,     "0.00000000001"),
        ("0",              NOT_MET, "10",            BAD,     "0"),
        ("0.0000000001",   NOT_MET, "10.0000000001", BAD,     "0"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.between(-10, 10), rows=[
        ("-10.0000000001", NOT_MET, "-0.0000000001", BAD,     "0"),
        ("-10",            MET,     "0",             NEUTRAL, "1"),
        ("-9.9999999999",  MET,     "0",             NEUTRAL, "1"),
        ("0",              MET,     "0",             NEUTRAL, "1"),
        ("9.9999999999",   MET,     "0",             NEUTRAL, "1"),
        ("10",             MET,     "0",             NEUTRAL, "1"),
        ("10.0000000001",  NOT_MET, "0.0000000001",  BAD,     "0"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.between(-10, 10), near=2, worst=(-20, 30), rows=[
        ("-20.0000000001", NOT_MET, "-10.0000000001", BAD,     "0"),
        ("-20",            NOT_MET, "-10",            BAD,     "0"),
        ("-19.9999999999", NOT_MET, "-9.9999999999",  BAD,     "0.00000000001"),
        ("-12.0000000001", NOT_MET, "-2.0000000001",  BAD,     "0.79999999999"),
        ("-12",            NEAR,    "-2",             BAD,     "0.8"),
        ("-11.9999999999", NEAR,    "-1.9999999999",  BAD,     "0.80000000001"),
        ("-10.0000000001", NEAR,    "-0.0000000001",  BAD,     "0.99999999999"),
        ("-10",            MET,     "0",              NEUTRAL, "1"),
        ("-9.9999999999",  MET,     "0",              NEUTRAL, "1"),
        ("9.9999999999",   MET,     "0",              NEUTRAL, "1"),
        ("10",             MET,     "0",              NEUTRAL, "1"),
        ("10.0000000001",  NEAR,    "0.0000000001",   BAD,     "0.999999999995"),
        ("11.9999999999",  NEAR,    "1.9999999999",   BAD,     "0.900000000005"),
        ("12",             NEAR,    "2",              BAD,     "0.9"),
        ("12.0000000001",  NOT_MET, "2.0000000001",   BAD,     "0.899999999995"),
        ("29.9999999999",  NOT_MET, "19.9999999999",  BAD,     "0.000000000005"),
        ("30",             NOT_MET, "20",             BAD,     "0"),
        ("30.0000000001",  NOT_MET, "20.0000000001",  BAD,     "0"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.outside(-10, 10), rows=[
        ("-10.0000000001", MET,     "0",             NEUTRAL, "1"),
        ("-10",            MET,     "0",             NEUTRAL, "1"),
        ("-9.9999999999",  NOT_MET, "0.0000000001",  BAD,     "0"),
        ("0",              NOT_MET, "10",            BAD,     "0"),
        ("0.0000000001",   NOT_MET, "-9.9999999999", BAD,     "0"),
        ("9.9999999999",   NOT_MET, "-0.0000000001", BAD,     "0"),
        ("10",             MET,     "0",             NEUTRAL, "1"),
        ("10.0000000001",  MET,     "0",             NEUTRAL, "1"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.outside(-10, 10), near=2, rows=[
        ("-10.0000000001", MET,     "0",             NEUTRAL, "1"),
        ("-10",            MET,     "0",             NEUTRAL, "1"),
        ("-9.9999999999",  NEAR,    "0.0000000001",  BAD,     "0"),
        ("-8.0000000001",  NEAR,    "1.9999999999",  BAD,     "0"),
        ("-8",             NEAR,    "2",             BAD,     "0"),
        ("-7.9999999999",  NOT_MET, "2.0000000001",  BAD,     "0"),
        ("7.9999999999",   NOT_MET, "-2.0000000001", BAD,     "0"),
        ("8",              NEAR,    "-2",            BAD,     "0"),
        ("8.0000000001",   NEAR,    "-1.9999999999", BAD,     "0"),
        ("9.9999999999",   NEAR,    "-0.0000000001", BAD,     "0"),
        ("10",             MET,     "0",             NEUTRAL, "1"),
        ("10.0000000001",  MET,     "0",             NEUTRAL, "1"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.equals(10), rows=[
        ("9.9999999999",  NOT_MET, "-0.0000000001", BAD,     "0"),
        ("10",            MET,     "0",             NEUTRAL, "1"),
        ("10.0000000001", NOT_MET, "0.0000000001",  BAD,     "0"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.equals(10), near=2, worst=(0, 30), rows=[
        ("-0.0000000001", NOT_MET, "-10.0000000001", BAD,     "0"),
        ("0",             NOT_MET, "-10",            BAD,     "0"),
        ("0.0000000001",  NOT_MET, "-9.9999999999",  BAD,     "0.00000000001"),
        ("7.9999999999",  NOT_MET, "-2.0000000001",  BAD,     "0.79999999999"),
        ("8",             NEAR,    "-2",             BAD,     "0.8"),
        ("8.0000000001",  NEAR,    "-1.9999999999",  BAD,     "0.80000000001"),
        ("9.9999999999",  NEAR,    "-0.0000000001",  BAD,     "0.99999999999"),
        ("10",            MET,     "0",              NEUTRAL, "1"),
        ("10.0000000001", NEAR,    "0.0000000001",   BAD,     "0.999999999995"),
        ("11.9999999999", NEAR,    "1.9999999999",   BAD,     "0.900000000005"),
        ("12",            NEAR,    "2",              BAD,     "0.9"),
        ("12.0000000001", NOT_MET, "2.0000000001",   BAD,     "0.899999999995"),
        ("29.9999999999", NOT_MET, "19.9999999999",  BAD,     "0.000000000005"),
        ("30",            NOT_MET, "20",             BAD,     "0"),
        ("30.0000000001", NOT_MET, "20.0000000001",  BAD,     "0"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.equals(0, tolerance=3), rows=[
        ("-3.0000000001", NOT_MET, "-3.0000000001", BAD,     "0"),
        ("-3",            MET,     "-3",            NEUTRAL, "1"),
        ("-2.9999999999", MET,     "-2.9999999999", NEUTRAL, "1"),
        ("0",             MET,     "0",             NEUTRAL, "1"),
        ("2.9999999999",  MET,     "2.9999999999",  NEUTRAL, "1"),
        ("3",             MET,     "3",             NEUTRAL, "1"),
        ("3.0000000001",  NOT_MET, "3.0000000001",  BAD,     "0"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.equals(0, tolerance=3), near=2, worst=(-13, 23), rows=[
        ("-13.0000000001", NOT_MET, "-13.0000000001", BAD,     "0"),
        ("-13",            NOT_MET, "-13",            BAD,     "0"),
        ("-12.9999999999", NOT_MET, "-12.9999999999", BAD,     "0.00000000001"),
        ("-5.0000000001",  NOT_MET, "-5.0000000001",  BAD,     "0.79999999999"),
        ("-5",             NEAR,    "-5",             BAD,     "0.8"),
        ("-4.9999999999",  NEAR,    "-4.9999999999",  BAD,     "0.80000000001"),
        ("-3.0000000001",  NEAR,    "-3.0000000001",  BAD,     "0.99999999999"),
        ("-3",             MET,     "-3",             NEUTRAL, "1"),
        ("-2.9999999999",  MET,     "-2.9999999999",  NEUTRAL, "1"),
        ("2.9999999999",   MET,     "2.9999999999",   NEUTRAL, "1"),
        ("3",              MET,     "3",              NEUTRAL, "1"),
        ("3.0000000001",   NEAR,    "3.0000000001",   BAD,     "0.999999999995"),
        ("4.9999999999",   NEAR,    "4.9999999999",   BAD,     "0.900000000005"),
        ("5",              NEAR,    "5",              BAD,     "0.9"),
        ("5.0000000001",   NOT_MET, "5.0000000001",   BAD,     "0.899999999995"),
        ("22.9999999999",  NOT_MET, "22.9999999999",  BAD,     "0.000000000005"),
        ("23",             NOT_MET, "23",             BAD,     "0"),
        ("23.0000000001",  NOT_MET, "23.0000000001",  BAD,     "0"),
    ]),
]

INSTANTS = [
    Table([DATETIME], pv.at_least(at("12:00:00")), rows=[
        ("11:59:59.999999", NOT_MET, "-00:00:00.000001", BAD,     "0"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00.000001", MET,     "00:00:00.000001",  GOOD,    "1"),
    ]),
    Table([DATETIME], pv.at_least(at("12:00:00")),
          near=lasting("00:01:40"), worst=(at("11:43:20"),), rows=[
        ("11:43:19.999999", NOT_MET, "-00:16:40.000001", BAD,     "0"),
        ("11:43:20",        NOT_MET, "-00:16:40",        BAD,     "0"),
        ("11:43:20.000001", NOT_MET, "-00:16:39.999999", BAD,     "0.000000001"),
        ("11:58:19.999999", NOT_MET, "-00:01:40.000001", BAD,     "0.899999999"),
        ("11:58:20",        NEAR,    "-00:01:40",        BAD,     "0.9"),
        ("11:58:20.000001", NEAR,    "-00:01:39.999999", BAD,     "0.900000001"),
        ("11:59:59.999999", NEAR,    "-00:00:00.000001", BAD,     "0.999999999"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00.000001", MET,     "00:00:00.000001",  GOOD,    "1"),
    ]),
    Table([DATETIME], pv.at_most(at("12:00:00")), rows=[
        ("11:59:59.999999", MET,     "-00:00:00.000001", GOOD,    "1"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00.000001", NOT_MET, "00:00:00.000001",  BAD,     "0"),
    ]),
    Table([DATETIME], pv.at_most(at("12:00:00")),
          near=lasting("00:01:40"), worst=(at("12:16:40"),), rows=[
        ("11:59:59.999999", MET,     "-00:00:00.000001", GOOD,    "1"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00.000001", NEAR,    "00:00:00.000001",  BAD,     "0.999999999"),
        ("12:01:39.999999", NEAR,    "00:01:39.999999",  BAD,     "0.900000001"),
        ("12:01:40",        NEAR,    "00:01:40",         BAD,     "0.9"),
        ("12:01:40.000001", NOT_MET, "00:01:40.000001",  BAD,     "0.899999999"),
        ("12:16:39.999999", NOT_MET, "00:16:39.999999",  BAD,     "0.000000001"),
        ("12:16:40",        NOT_MET, "00:16:40",         BAD,     "0"),
        ("12:16:40.000001", NOT_MET, "00:16:40.000001",  BAD,     "0"),
    ]),
    Table([DATETIME], pv.between(at("12:00:00"), at("13:00:00")), rows=[
        ("11:59:59.999999", NOT_MET, "-00:00:00.000001", BAD,     "0"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00.000001", MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:30:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:59:59.999999", MET,     "00:00:00",         NEUTRAL, "1"),
        ("13:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("13:00:00.000001", NOT_MET, "00:00:00.000001",  BAD,     "0"),
    ]),
    Table([DATETIME], pv.between(at("12:00:00"), at("13:00:00")),
          near=lasting("00:01:40"), worst=(at("11:43:20"), at("13:33:20")), rows=[
        ("11:43:19.999999", NOT_MET, "-00:16:40.000001", BAD,     "0"),
        ("11:43:20",        NOT_MET, "-00:16:40",        BAD,     "0"),
        ("11:43:20.000001", NOT_MET, "-00:16:39.999999", BAD,     "0.000000001"),
        ("11:58:19.999999", NOT_MET, "-00:01:40.000001", BAD,     "0.899999999"),
        ("11:58:20",        NEAR,    "-00:01:40",        BAD,     "0.9"),
        ("11:58:20.000001", NEAR,    "-00:01:39.999999", BAD,     "0.900000001"),
        ("11:59:59.999999", NEAR,    "-00:00:00.000001", BAD,     "0.999999999"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00.000001", MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:59:59.999999", MET,     "00:00:00",         NEUTRAL, "1"),
        ("13:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("13:00:00.000001", NEAR,    "00:00:00.000001",  BAD,     "0.9999999995"),
        ("13:01:39.999999", NEAR,    "00:01:39.999999",  BAD,     "0.9500000005"),
        ("13:01:40",        NEAR,    "00:01:40",         BAD,     "0.95"),
        ("13:01:40.000001", NOT_MET, "00:01:40.000001",  BAD,     "0.9499999995"),
        ("13:33:19.999999", NOT_MET, "00:33:19.999999",  BAD,     "0.0000000005"),
        ("13:33:20",        NOT_MET, "00:33:20",         BAD,     "0"),
        ("13:33:20.000001", NOT_MET, "00:33:20.000001",  BAD,     "0"),
    ]),
    Table([DATETIME], pv.outside(at("12:00:00"), at("13:00:00")), rows=[
        ("11:59:59.999999", MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00.000001", NOT_MET, "00:00:00.000001",  BAD,     "0"),
        ("12:30:00",        NOT_MET, "00:30:00",         BAD,     "0"),
        ("12:30:00.000001", NOT_MET, "-00:29:59.999999", BAD,     "0"),
        ("12:59:59.999999", NOT_MET, "-00:00:00.000001", BAD,     "0"),
        ("13:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("13:00:00.000001", MET,     "00:00:00",         NEUTRAL, "1"),
    ]),
    Table([DATETIME], pv.outside(at("12:00:00"), at("13:00:00")), near=lasting("00:01:40"), rows=[
        ("11:59:59.999999", MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00.000001", NEAR,    "00:00:00.000001",  BAD,     "0"),
        ("12:01:39.999999", NEAR,    "00:01:39.999999",  BAD,     "0"),
        ("12:01:40",        NEAR,    "00:01:40",         BAD,     "0"),
        ("12:01:40.000001", NOT_MET, "00:01:40.000001",  BAD,     "0"),
        ("12:58:19.999999", NOT_MET, "-00:01:40.000001", BAD,     "0"),
        ("12:58:20",        NEAR,    "-00:01:40",        BAD,     "0"),
        ("12:58:20.000001", NEAR,    "-00:01:39.999999", BAD,     "0"),
        ("12:59:59.999999", NEAR,    "-00:00:00.000001", BAD,     "0"),
        ("13:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("13:00:00.000001", MET,     "00:00:00",         NEUTRAL, "1"),
    ]),
    Table([DATETIME], pv.equals(at("12:00:00")), rows=[
        ("11:59:59.999999", NOT_MET, "-00:00:00.000001", BAD,     "0"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00.000001", NOT_MET, "00:00:00.000001",  BAD,     "0"),
    ]),
    Table([DATETIME], pv.equals(at("12:00:00")),
          near=lasting("00:01:40"), worst=(at("11:43:20"), at("12:33:20")), rows=[
        ("11:43:19.999999", NOT_MET, "-00:16:40.000001", BAD,     "0"),
        ("11:43:20",        NOT_MET, "-00:16:40",        BAD,     "0"),
        ("11:43:20.000001", NOT_MET, "-00:16:39.999999", BAD,     "0.000000001"),
        ("11:58:19.999999", NOT_MET, "-00:01:40.000001", BAD,     "0.899999999"),
        ("11:58:20",        NEAR,    "-00:01:40",        BAD,     "0.9"),
        ("11:58:20.000001", NEAR,    "-00:01:39.999999", BAD,     "0.900000001"),
        ("11:59:59.999999", NEAR,    "-00:00:00.000001", BAD,     "0.999999999"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:00:00.000001", NEAR,    "00:00:00.000001",  BAD,     "0.9999999995"),
        ("12:01:39.999999", NEAR,    "00:01:39.999999",  BAD,     "0.9500000005"),
        ("12:01:40",        NEAR,    "00:01:40",         BAD,     "0.95"),
        ("12:01:40.000001", NOT_MET, "00:01:40.000001",  BAD,     "0.9499999995"),
        ("12:33:19.999999", NOT_MET, "00:33:19.999999",  BAD,     "0.0000000005"),
        ("12:33:20",        NOT_MET, "00:33:20",         BAD,     "0"),
        ("12:33:20.000001", NOT_MET, "00:33:20.000001",  BAD,     "0"),
    ]),
    Table([DATETIME], pv.equals(at("12:00:00"), tolerance=lasting("00:05:00")), rows=[
        ("11:54:59.999999", NOT_MET, "-00:05:00.000001", BAD,     "0"),
        ("11:55:00",        MET,     "-00:05:00",        NEUTRAL, "1"),
        ("11:55:00.000001", MET,     "-00:04:59.999999", NEUTRAL, "1"),
        ("12:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
        ("12:04:59.999999", MET,     "00:04:59.999999",  NEUTRAL, "1"),
        ("12:05:00",        MET,     "00:05:00",         NEUTRAL, "1"),
        ("12:05:00.000001", NOT_MET, "00:05:00.000001",  BAD,     "0"),
    ]),
    Table([DATETIME], pv.equals(at("12:00:00"), tolerance=lasting("00:05:00")),
          near=lasting("00:01:40"), worst=(at("11:38:20"), at("12:38:20")), rows=[
        ("11:38:19.999999", NOT_MET, "-00:21:40.000001", BAD,     "0"),
        ("11:38:20",        NOT_MET, "-00:21:40",        BAD,     "0"),
        ("11:38:20.000001", NOT_MET, "-00:21:39.999999", BAD,     "0.000000001"),
        ("11:53:19.999999", NOT_MET, "-00:06:40.000001", BAD,     "0.899999999"),
        ("11:53:20",        NEAR,    "-00:06:40",        BAD,     "0.9"),
        ("11:53:20.000001", NEAR,    "-00:06:39.999999", BAD,     "0.900000001"),
        ("11:54:59.999999", NEAR,    "-00:05:00.000001", BAD,     "0.999999999"),
        ("11:55:00",        MET,     "-00:05:00",        NEUTRAL, "1"),
        ("11:55:00.000001", MET,     "-00:04:59.999999", NEUTRAL, "1"),
        ("12:04:59.999999", MET,     "00:04:59.999999",  NEUTRAL, "1"),
        ("12:05:00",        MET,     "00:05:00",         NEUTRAL, "1"),
        ("12:05:00.000001", NEAR,    "00:05:00.000001",  BAD,     "0.9999999995"),
        ("12:06:39.999999", NEAR,    "00:06:39.999999",  BAD,     "0.9500000005"),
        ("12:06:40",        NEAR,    "00:06:40",         BAD,     "0.95"),
        ("12:06:40.000001", NOT_MET, "00:06:40.000001",  BAD,     "0.9499999995"),
        ("12:38:19.999999", NOT_MET, "00:38:19.999999",  BAD,     "0.0000000005"),
        ("12:38:20",        NOT_MET, "00:38:20",         BAD,     "0"),
        ("12:38:20.000001", NOT_MET, "00:38:20.000001",  BAD,     "0"),
    ]),
]

# No step further exists, or no whole number lies on the bound, or both bounds are one.
AT_THE_ENDS = [
    Table([NUMBER], pv.at_least(999_999_999_999_999_999), rows=[
        ("-999999999999999999", NOT_MET, "-1999999999999999998", BAD,     "0"),
        ("999999999999999998",  NOT_MET, "-1",                   BAD,     "0"),
        ("999999999999999999",  MET,     "0",                    NEUTRAL, "1"),
    ]),
    Table([NUMBER], pv.at_most(-999_999_999_999_999_999), rows=[
        ("-999999999999999999", MET,     "0",                   NEUTRAL, "1"),
        ("-999999999999999998", NOT_MET, "1",                   BAD,     "0"),
        ("999999999999999999",  NOT_MET, "1999999999999999998", BAD,     "0"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.at_least("999999999999999999.9999999999"), rows=[
        ("-999999999999999999.9999999999", NOT_MET, "-1999999999999999999.9999999998", BAD, "0"),
        ("999999999999999999.9999999998",  NOT_MET, "-0.0000000001", BAD,     "0"),
        ("999999999999999999.9999999999",  MET,     "0",             NEUTRAL, "1"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.at_most("-999999999999999999.9999999999"), rows=[
        ("-999999999999999999.9999999999", MET,     "0",            NEUTRAL, "1"),
        ("-999999999999999999.9999999998", NOT_MET, "0.0000000001", BAD,     "0"),
        ("999999999999999999.9999999999",  NOT_MET, "1999999999999999999.9999999998", BAD, "0"),
    ]),
    Table([DECIMAL, PERCENTAGE],
          pv.equals(Decimal("999999999999999999.9999999999"), tolerance="0.0000000001"), rows=[
        ("999999999999999999.9999999997", NOT_MET, "-0.0000000002", BAD,     "0"),
        ("999999999999999999.9999999998", MET,     "-0.0000000001", NEUTRAL, "1"),
        ("999999999999999999.9999999999", MET,     "0",             NEUTRAL, "1"),
    ]),
    Table([DECIMAL, PERCENTAGE],
          pv.outside("-999999999999999999.9999999999", "999999999999999999.9999999999"), rows=[
        ("-999999999999999999.9999999999", MET,     "0",                              NEUTRAL, "1"),
        ("0",                              NOT_MET, "999999999999999999.9999999999",  BAD,     "0"),
        ("0.0000000001",                   NOT_MET, "-999999999999999999.9999999998", BAD,     "0"),
        ("999999999999999999.9999999999",  MET,     "0",                              NEUTRAL, "1"),
    ]),
    Table([DATETIME], pv.at_least(at("1900-01-01T00:00:00")), rows=[
        ("1900-01-01T00:00:00",        MET, "00:00:00",        NEUTRAL, "1"),
        ("1900-01-01T00:00:00.000001", MET, "00:00:00.000001", GOOD,    "1"),
    ]),
    Table([DATETIME], pv.equals(at("2200-12-31T23:59:59.999999"), tolerance=lasting("12:00:00")),
          near=timedelta(days=146_000), rows=[
        ("2200-12-31T11:59:59.999998", NEAR, "-12:00:00.000001", BAD,     "0"),
        ("2200-12-31T11:59:59.999999", MET,  "-12:00:00",        NEUTRAL, "1"),
        ("2200-12-31T23:59:59.999999", MET,  "00:00:00",         NEUTRAL, "1"),
    ]),
    Table([NUMBER], pv.at_least("9.5"), rows=[
        ("9",  NOT_MET, "-0.5", BAD,  "0"),
        ("10", MET,     "0.5",  GOOD, "1"),
    ]),
    Table([NUMBER], pv.at_most("9.5"), rows=[
        ("9",  MET,     "-0.5", GOOD, "1"),
        ("10", NOT_MET, "0.5",  BAD,  "0"),
    ]),
    Table([NUMBER], pv.between("9.5", "10.25"), rows=[
        ("9",  NOT_MET, "-0.5", BAD,     "0"),
        ("10", MET,     "0",    NEUTRAL, "1"),
        ("11", NOT_MET, "0.75", BAD,     "0"),
    ]),
    Table([NUMBER], pv.outside("9.25", "10.5"), near="0.5", rows=[
        ("9",  MET,  "0",    NEUTRAL, "1"),
        ("10", NEAR, "-0.5", BAD,     "0"),
        ("11", MET,  "0",    NEUTRAL, "1"),
    ]),
    Table([NUMBER], pv.equals(Decimal("9.5"), tolerance="0.5"), rows=[
        ("8",  NOT_MET, "-1.5", BAD,     "0"),
        ("9",  MET,     "-0.5", NEUTRAL, "1"),
        ("10", MET,     "0.5",  NEUTRAL, "1"),
        ("11", NOT_MET, "1.5",  BAD,     "0"),
    ]),
    Table([NUMBER, DECIMAL, PERCENTAGE], pv.between(10, 10), rows=[
        ("9",  NOT_MET, "-1", BAD,     "0"),
        ("10", MET,     "0",  NEUTRAL, "1"),
        ("11", NOT_MET, "1",  BAD,     "0"),
    ]),
    Table([NUMBER, DECIMAL, PERCENTAGE], pv.outside(10, 10), rows=[
        ("9",  MET, "0", NEUTRAL, "1"),
        ("10", MET, "0", NEUTRAL, "1"),
        ("11", MET, "0", NEUTRAL, "1"),
    ]),
    Table([DECIMAL, PERCENTAGE], pv.at_least(0), rows=[
        ("-0.0000000001", NOT_MET, "-0.0000000001", BAD,     "0"),
        ("-0.0",          MET,     "0",             NEUTRAL, "1"),
        ("0.0000000001",  MET,     "0.0000000001",  GOOD,    "1"),
    ]),
]

# 29 March 2026 has 23 hours in Berlin: from 23:00 UTC the day before until 22:00.
DAYS = [
    *(
        Table([DATETIME], not_before, rows=[
            ("2026-03-28T22:59:59.999999", NOT_MET, "-00:00:00.000001", BAD,     "0"),
            ("2026-03-28T23:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
            ("2026-03-28T23:00:00.000001", MET,     "00:00:00.000001",  GOOD,    "1"),
        ])
        for not_before in (pv.at_least(date(2026, 3, 29)), pv.at_least(pv.days(17)))
    ),
    *(
        Table([DATETIME], not_after, rows=[
            ("2026-03-29T21:59:59.999998", MET,     "-00:00:00.000001", GOOD,    "1"),
            ("2026-03-29T21:59:59.999999", MET,     "00:00:00",         NEUTRAL, "1"),
            ("2026-03-29T22:00:00",        NOT_MET, "00:00:00.000001",  BAD,     "0"),
        ])
        for not_after in (pv.at_most(date(2026, 3, 29)), pv.at_most(pv.days(17)))
    ),
    *(
        Table([DATETIME], on_the_day, rows=[
            ("2026-03-28T22:59:59.999999", NOT_MET, "-00:00:00.000001", BAD,     "0"),
            ("2026-03-28T23:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
            ("2026-03-28T23:00:00.000001", MET,     "00:00:00",         NEUTRAL, "1"),
            ("2026-03-29T21:59:59.999998", MET,     "00:00:00",         NEUTRAL, "1"),
            ("2026-03-29T21:59:59.999999", MET,     "00:00:00",         NEUTRAL, "1"),
            ("2026-03-29T22:00:00",        NOT_MET, "00:00:00.000001",  BAD,     "0"),
        ])
        for on_the_day in (
            pv.between(date(2026, 3, 29), date(2026, 3, 29)),
            pv.between(pv.days(17), pv.days(17)),
        )
    ),
    *(
        Table([DATETIME], not_between, rows=[
            ("2026-03-29T21:59:59.999998", MET,     "00:00:00",         NEUTRAL, "1"),
            ("2026-03-29T21:59:59.999999", MET,     "00:00:00",         NEUTRAL, "1"),
            ("2026-03-29T22:00:00",        NOT_MET, "00:00:00.000001",  BAD,     "0"),
            ("2026-03-30T21:59:59.999999", NOT_MET, "-00:00:00.000001", BAD,     "0"),
            ("2026-03-30T22:00:00",        MET,     "00:00:00",         NEUTRAL, "1"),
            ("2026-03-30T22:00:00.000001", MET,     "00:00:00",         NEUTRAL, "1"),
        ])
        for not_between in (
            pv.outside(date(2026, 3, 29), date(2026, 3, 31)),
            pv.outside(pv.days(17), pv.days(19)),
        )
    ),
]
# fmt: on

STEPPED = [*NUMBERS, *DECIMALS, *INSTANTS]
ON_A_LINE = [*STEPPED, *AT_THE_ENDS, *DAYS]


def value_of(value_type: pv.ValueType, text: str) -> Any:
    """What a row calls an actual value, as a rep would send it."""
    if value_type is DATETIME:
        return at(text)
    return int(text) if value_type is NUMBER else text


@pytest.mark.parametrize(
    ("table", "value_type", "row"),
    [
        pytest.param(table, value_type, row, id=f"{value_type.name} {table}: {row[0]}")
        for table in ON_A_LINE
        for value_type in table.value_types
        for row in table.rows
    ],
)
def test_a_value_is_judged_by_the_side_of_each_bound_on_which_it_lies(
    table: Table, value_type: pv.ValueType, row: Row
) -> None:
    """S 8.1, S 8.3, S 8.4, S 8.6; of days and offsets S 2.3."""
    actual, outcome, variance, favourability, score = row
    measured = builders.indicator(value_type=value_type)
    near = None if table.near is None else pv.within(table.near)
    found = judged(
        measured, table.expected, value_of(value_type, actual), near=near, worst=table.worst
    )
    assert found.outcome is outcome
    if value_type is DATETIME:
        assert found.variance == lasting(variance)
        assert type(found.variance) is timedelta
    else:
        assert type(found.variance) is Decimal
        assert f"{found.variance:f}" == variance
    assert found.favourability is favourability
    assert f"{found.score:f}" == score


STEPS: dict[pv.ValueType, Any] = {
    NUMBER: 1,
    DECIMAL: Decimal("0.0000000001"),
    PERCENTAGE: Decimal("0.0000000001"),
    DATETIME: timedelta(microseconds=1),
}
"""The smallest step of each type (S 1.3)."""


def bounds_of(table: Table) -> set[Any]:
    """Where the verdict or the score changes: at the criterion, at near, and at worst."""
    match table.expected:
        case AtLeast(bound):
            failing: list[tuple[Any, int]] = [(bound, -1)]
        case AtMost(bound):
            failing = [(bound, 1)]
        case Outside(low, high):
            failing = [(low, 1), (high, -1)]
        case Between(low, high):
            failing = [(low, -1), (high, 1)]
        case Equals() as equals:
            failing = [(equals.low, -1), (equals.high, 1)]
        case _:
            failing = []
    near = [] if table.near is None else [bound + side * table.near for bound, side in failing]
    return {*(bound for bound, _ in failing), *near, *(table.worst or ())}


@pytest.mark.parametrize("table", STEPPED, ids=str)
def test_every_bound_has_a_value_on_it_and_one_the_smallest_step_to_each_side(
    table: Table,
) -> None:
    """S 2.2: no bound of a table is left untried."""
    assert bounds_of(table)
    for value_type in table.value_types:
        tried = {at(row[0]) if value_type is DATETIME else Decimal(row[0]) for row in table.rows}
        for bound, side in product(bounds_of(table), (-1, 0, 1)):
            assert bound + side * STEPS[value_type] in tried


@pytest.mark.parametrize("value_type", [NUMBER, DECIMAL, PERCENTAGE, DATETIME])
def test_each_ordered_criterion_is_tried_with_and_without_near_and_worst(
    value_type: pv.ValueType,
) -> None:
    """S 2.5: worst fits all but outside; equals is tried with a tolerance too."""
    tried = {
        (
            type(table.expected).__name__,
            getattr(table.expected, "tolerance", None) is not None,
            table.near is not None,
            table.worst is not None,
        )
        for table in STEPPED
        if value_type in table.value_types
    }
    assert tried == {
        ("AtLeast", False, False, False),
        ("AtLeast", False, True, True),
        ("AtMost", False, False, False),
        ("AtMost", False, True, True),
        ("Between", False, False, False),
        ("Between", False, True, True),
        ("Outside", False, False, False),
        ("Outside", False, True, False),
        ("Equals", False, False, False),
        ("Equals", False, True, True),
        ("Equals", True, False, False),
        ("Equals", True, True, True),
    }


# ---------------------------------------------------------------------- met or not, and no line

YES = (MET, NEUTRAL, "1")
NO = (NOT_MET, BAD, "0")

COMPOSED, DECOMPOSED = "caf\u00e9", "cafe\u0301"
"""They look alike; the accent of the second is a code point of its own."""
CYRILLIC = "\u043epen"
"""It looks like "open" and begins with another letter."""

ANSWERS = ["a", "b", "c", "A", COMPOSED, DECOMPOSED]


class Answers(NamedTuple):
    """A target without a line, and what each class of answer comes to."""

    value_type: pv.ValueType
    expected: Criterion
    rows: list[tuple[str, object, tuple[Outcome, Favourability, str]]]


# fmt: off
WITHOUT_A_LINE = [
    Answers(BOOLEAN, pv.equals(True), [
        ("yes", True,  YES),
        ("no",  False, NO),
    ]),
    Answers(BOOLEAN, pv.equals(False), [
        ("yes", True,  NO),
        ("no",  False, YES),
    ]),
    Answers(NUMBER, pv.one_of([2, 4, 6]), [
        ("below them",        1,  NO),
        ("the first",         2,  YES),
        ("between two",       3,  NO),
        ("the second",        4,  YES),
        ("the last",          6,  YES),
        ("above them",        7,  NO),
        ("one, sign changed", -2, NO),
        ("none at all",       0,  NO),
    ]),
    Answers(NUMBER, pv.none_of([2, 4, 6]), [
        ("below them",        1,  YES),
        ("the first",         2,  NO),
        ("between two",       3,  YES),
        ("the second",        4,  NO),
        ("the last",          6,  NO),
        ("above them",        7,  YES),
        ("one, sign changed", -2, YES),
        ("none at all",       0,  YES),
    ]),
    Answers(TEXT, pv.equals("open"), [
        ("the same",          "open",   YES),
        ("other case",        "Open",   NO),
        ("a blank after it",  "open ",  NO),
        ("a blank before it", " open",  NO),
        ("a line after it",   "open\n", NO),
        ("the beginning",     "ope",    NO),
        ("more",              "opened", NO),
        ("another letter",    CYRILLIC, NO),
        ("another",           "shut",   NO),
    ]),
    Answers(TEXT, pv.equals(COMPOSED), [
        ("composed",   COMPOSED,   YES),
        ("decomposed", DECOMPOSED, NO),
        ("no accent",  "cafe",     NO),
    ]),
    Answers(TEXT, pv.equals(DECOMPOSED), [
        ("composed",   COMPOSED,   NO),
        ("decomposed", DECOMPOSED, YES),
        ("no accent",  "cafe",     NO),
    ]),
    Answers(TEXT, pv.equals("1"), [
        ("the same",       "1",   YES),
        ("an equal count", "1.0", NO),
        ("a leading zero", "01",  NO),
    ]),
    Answers(TEXT, pv.one_of(["open", COMPOSED]), [
        ("one",            "open",            YES),
        ("the other",      COMPOSED,          YES),
        ("other case",     "OPEN",            NO),
        ("decomposed",     DECOMPOSED,        NO),
        ("another letter", CYRILLIC,          NO),
        ("both in a row",  f"open{COMPOSED}", NO),
        ("another",        "shut",            NO),
    ]),
    Answers(TEXT, pv.none_of(["open", COMPOSED]), [
        ("one",            "open",            NO),
        ("the other",      COMPOSED,          NO),
        ("other case",     "OPEN",            YES),
        ("decomposed",     DECOMPOSED,        YES),
        ("another letter", CYRILLIC,          YES),
        ("both in a row",  f"open{COMPOSED}", YES),
        ("another",        "shut",            YES),
    ]),
    Answers(CHOICE, pv.equals("a"), [
        ("the same",   "a", YES),
        ("other case", "A", NO),
        ("another",    "b", NO),
    ]),
    Answers(CHOICE, pv.equals(COMPOSED), [
        ("composed",   COMPOSED,   YES),
        ("decomposed", DECOMPOSED, NO),
    ]),
    Answers(CHOICE, pv.one_of(["a", "b", COMPOSED]), [
        ("one",        "a",        YES),
        ("another",    "b",        YES),
        ("composed",   COMPOSED,   YES),
        ("decomposed", DECOMPOSED, NO),
        ("other case", "A",        NO),
        ("none",       "c",        NO),
    ]),
    Answers(CHOICE, pv.none_of(["a", "b", COMPOSED]), [
        ("one",        "a",        NO),
        ("another",    "b",        NO),
        ("composed",   COMPOSED,   NO),
        ("decomposed", DECOMPOSED, YES),
        ("other case", "A",        YES),
        ("none",       "c",        YES),
    ]),
    Answers(MULTI_CHOICE, pv.equals({"a", "b"}), [
        ("nothing",               [],              NO),
        ("one of them",           ["a"],           NO),
        ("the other",             ["b"],           NO),
        ("a stranger",            ["c"],           NO),
        ("all of them",           ["a", "b"],      YES),
        ("in another order",      ["b", "a"],      YES),
        ("named twice",           ["a", "b", "a"], YES),
        ("one and a stranger",    ["a", "c"],      NO),
        ("the other and a third", ["b", "c"],      NO),
        ("all and a stranger",    ["a", "b", "c"], NO),
        ("other case",            ["A", "b"],      NO),
    ]),
    Answers(MULTI_CHOICE, pv.equals(frozenset[str]()), [
        ("nothing",    [],               YES),
        ("one",        ["a"],            NO),
        ("all of all", ANSWERS,          NO),
    ]),
    Answers(MULTI_CHOICE, pv.equals({COMPOSED}), [
        ("composed",   [COMPOSED],             YES),
        ("decomposed", [DECOMPOSED],           NO),
        ("both",       [COMPOSED, DECOMPOSED], NO),
    ]),
    Answers(MULTI_CHOICE, pv.one_of(["a", "b"]), [
        ("nothing",               [],              NO),
        ("one of them",           ["a"],           YES),
        ("the other",             ["b"],           YES),
        ("a stranger",            ["c"],           NO),
        ("all of them",           ["a", "b"],      YES),
        ("one and a stranger",    ["a", "c"],      YES),
        ("the other and a third", ["b", "c"],      YES),
        ("all and a stranger",    ["a", "b", "c"], YES),
        ("other case",            ["A"],           NO),
    ]),
    Answers(MULTI_CHOICE, pv.one_of([COMPOSED]), [
        ("composed",   [COMPOSED],   YES),
        ("decomposed", [DECOMPOSED], NO),
    ]),
    Answers(MULTI_CHOICE, pv.none_of(["a", "b"]), [
        ("nothing",               [],              YES),
        ("one of them",           ["a"],           NO),
        ("the other",             ["b"],           NO),
        ("a stranger",            ["c"],           YES),
        ("all of them",           ["a", "b"],      NO),
        ("one and a stranger",    ["a", "c"],      NO),
        ("the other and a third", ["b", "c"],      NO),
        ("all and a stranger",    ["a", "b", "c"], NO),
        ("other case",            ["A"],           YES),
    ]),
    Answers(MULTI_CHOICE, pv.none_of([COMPOSED]), [
        ("composed",   [COMPOSED],   NO),
        ("decomposed", [DECOMPOSED], YES),
    ]),
    Answers(MULTI_CHOICE, pv.contains(["a", "b"]), [
        ("nothing",               [],              NO),
        ("one of them",           ["a"],           NO),
        ("the other",             ["b"],           NO),
        ("a stranger",            ["c"],           NO),
        ("all of them",           ["a", "b"],      YES),
        ("one and a stranger",    ["a", "c"],      NO),
        ("the other and a third", ["b", "c"],      NO),
        ("all and a stranger",    ["a", "b", "c"], YES),
        ("other case",            ["A", "b"],      NO),
    ]),
    Answers(MULTI_CHOICE, pv.contains([COMPOSED]), [
        ("composed",   [COMPOSED],   YES),
        ("decomposed", [DECOMPOSED], NO),
    ]),
]
# fmt: on


def asking(value_type: pv.ValueType) -> pv.Indicator:
    """An indicator of any type; of choices, with `ANSWERS`."""
    choices = ANSWERS if value_type.has_choices else ()
    return builders.indicator(value_type=value_type, choices=choices)


@pytest.mark.parametrize(
    ("value_type", "expected", "actual", "verdict"),
    [
        pytest.param(value_type, expected, actual, verdict, id=f"{value_type.name} {nth} {words}")
        for nth, (value_type, expected, rows) in enumerate(WITHOUT_A_LINE)
        for words, actual, verdict in rows
    ],
)
def test_an_answer_that_lies_on_no_line_is_met_or_not(
    value_type: pv.ValueType,
    expected: Criterion,
    actual: object,
    verdict: tuple[Outcome, Favourability, str],
) -> None:
    """S 8.1, S 8.3, S 8.4, S 8.6; S 1.5: texts and keys are equal by code points only."""
    found = judged(asking(value_type), expected, actual)
    assert (found.outcome, found.favourability, str(found.score)) == verdict
    assert found.variance is None
    assert found.relative_variance is None


# ------------------------------------------------------------------------------- what does not fit

KINDS = {AtLeast, AtMost, Between, Outside, Equals, OneOf, NoneOf, Contains}

# fmt: off
NOT_FITTING: list[tuple[pv.ValueType, list[Criterion]]] = [
    (BOOLEAN, [
        pv.at_least(1), pv.at_most(1), pv.between(0, 1), pv.outside(0, 1),
        pv.one_of(["true"]), pv.none_of([0]), pv.contains(["true"]),
    ]),
    (NUMBER, [pv.contains(["5"])]),
    (DECIMAL, [pv.one_of([5]), pv.none_of([5]), pv.contains(["5"])]),
    (PERCENTAGE, [pv.one_of([85]), pv.none_of([85]), pv.contains(["85"])]),
    (DATETIME, [pv.one_of(["2026-03-12"]), pv.none_of([2026]), pv.contains(["2026-03-12"])]),
    (TEXT, [
        pv.at_least("5"), pv.at_most("5"), pv.between("4", "5"), pv.outside("4", "5"),
        pv.contains(["a"]),
    ]),
    (CHOICE, [
        pv.at_least(1), pv.at_most(1), pv.between(0, 1), pv.outside(0, 1), pv.contains(["a"]),
    ]),
    (MULTI_CHOICE, [pv.at_least(1), pv.at_most(1), pv.between(0, 1), pv.outside(0, 1)]),
]
# fmt: on
MISFITS = [
    pytest.param(value_type, expected, id=f"{value_type.name} {type(expected).__name__}")
    for value_type, held in NOT_FITTING
    for expected in held
]


def test_every_value_type_is_tried_with_every_criterion() -> None:
    """S 1.1, S 2.2: both sets are closed, and no pair is in both halves or in none."""
    fitting = {
        *((each, type(table.expected)) for table in ON_A_LINE for each in table.value_types),
        *((value_type, type(expected)) for value_type, expected, _ in WITHOUT_A_LINE),
    }
    strange = [(each, type(expected)) for each, held in NOT_FITTING for expected in held]
    assert set(get_args(Criterion)) == KINDS
    assert (len(pv.ValueType), len(KINDS)) == (8, 8)
    assert (len(fitting), len(strange)) == (33, 31)
    assert fitting | set(strange) == set(product(pv.ValueType, KINDS))


@pytest.mark.parametrize(("value_type", "expected"), MISFITS)
def test_a_criterion_that_does_not_fit_is_one_finding(
    value_type: pv.ValueType, expected: Criterion
) -> None:
    """S 2.2."""
    (found,) = misfits(expected, value_type, ANSWERS)
    assert found.code == "criterion.type"
    assert found.message == f"{type(expected).__name__} does not fit a {value_type.value}"


@pytest.mark.parametrize(
    ("owner", "path"),
    [
        ("catalog", "targets.stock"),
        ("task", "tasks.count.targets.stock"),
        ("template", "templates.round@1.items.count.targets.stock"),
    ],
)
@pytest.mark.parametrize(("value_type", "expected"), MISFITS)
def test_a_catalog_refuses_a_target_whose_criterion_does_not_fit(
    value_type: pv.ValueType, expected: Criterion, owner: str, path: str
) -> None:
    """S 2.2, S 2.6: wherever the target is written."""
    target = pv.Target("stock", expected)
    held = {each: [target] if each == owner else [] for each in ("catalog", "task", "template")}
    with pytest.raises(CatalogError) as refused:
        _ = pv.Catalog(
            indicators=[asking(value_type)],
            tasks=[builders.task(targets=held["task"])],
            templates=[builders.template(builders.item(targets=held["template"]))],
            targets=held["catalog"],
        )
    found = [(finding.location, finding.code) for finding in refused.value.findings]
    assert found == [(path, "criterion.type")]


@pytest.mark.parametrize("owner", ["item", "given"])
@pytest.mark.parametrize(("value_type", "expected"), MISFITS)
def test_what_does_not_fit_never_becomes_a_plan_that_could_be_judged(
    value_type: pv.ValueType, expected: Criterion, owner: str
) -> None:
    """S 2.2, S 6.1: the proposal is blocked, and no KPI of it carries the criterion."""
    scope = None if owner == "item" else pv.Scope(partner="acme")
    target = pv.Target("stock", expected, scope=scope)
    proposal = pv.expand(
        builders.template(builders.item(targets=[target] if owner == "item" else ())),
        builders.visit(),
        catalog=builders.catalog(indicators=[asking(value_type)]),
        given=pv.Given(targets=[target] if owner == "given" else ()),
    )
    assert [finding.code for finding in proposal.findings] == ["criterion.type"]
    assert proposal.is_blocked
    kpis = proposal.plan.kpis if proposal.plan else ()
    assert [kpi.target for kpi in kpis] in ([], [None])
    with pytest.raises(ProposalError, match="does not fit"):
        _ = proposal.accept()


@pytest.mark.parametrize(("value_type", "expected"), MISFITS)
def test_no_kpi_can_be_built_with_a_criterion_that_does_not_fit(
    value_type: pv.ValueType, expected: Criterion
) -> None:
    """S 2.2: not by hand either, so that nothing is left to judge."""
    with pytest.raises(InvalidValueError) as refused:
        _ = builders.kpi(asking(value_type), pv.Target("stock", expected))
    assert (refused.value.code, refused.value.field) == ("criterion.type", "target")


@pytest.mark.parametrize("field", ["limits", "plausible"])
@pytest.mark.parametrize(("value_type", "expected"), MISFITS)
def test_no_limit_of_an_indicator_can_be_a_criterion_that_does_not_fit(
    value_type: pv.ValueType, expected: Criterion, field: str
) -> None:
    """S 2.1, S 2.2."""
    limited: dict[str, Any] = {field: expected}
    with pytest.raises(InvalidValueError) as refused:
        _ = attrs.evolve(asking(value_type), **limited)
    assert (refused.value.code, refused.value.field) == ("criterion.type", field)
