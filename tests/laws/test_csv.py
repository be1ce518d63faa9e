"""What was written into a sheet is what is read out of it."""

import csv
from io import StringIO
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import partnervisits as pv
from partnervisits import testing as strategies
from partnervisits.codec import Sheet, csv_text, readings_from, unprotected
from tests import builders
from tests.builders import NINE

TEXTS = st.text(st.sampled_from("'=+-@\t\r\n\"; ,a"), max_size=8) | strategies.texts()


def cells(text: str) -> list[list[str]]:
    return [*csv.reader(StringIO(text, newline=""))][1:]


@given(st.lists(TEXTS, min_size=1))
def test_a_text_comes_back_and_no_cell_of_a_text_begins_as_a_formula(texts: list[str]) -> None:
    found = cells(csv_text({"first": [*texts], "second": [*texts]}))
    assert [[unprotected(cell) for cell in line] for line in found] == [[t, t] for t in texts]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for [cell, _] in found)


@st.composite
def answers(draw: st.DrawFn) -> tuple[pv.Indicator, Any]:
    indicator = draw(strategies.indicators())
    return indicator, draw(strategies.values_of(indicator))


@given(answers())
def test_a_value_comes_back_as_a_reading(answer: tuple[pv.Indicator, Any]) -> None:
    """S 1.7."""
    indicator, value = answer
    task = builders.task(indicators=[indicator.key])
    catalog = builders.catalog(indicators=[indicator], tasks=[task])
    plan = pv.expand(builders.template(), builders.visit(), catalog=catalog).accept()
    chosen = indicator.value_type is pv.ValueType.MULTI_CHOICE
    written = csv_text({"answer": [sorted(value) if chosen else value]})
    ((cell,),) = cells(written)
    sheet = Sheet(visit="visit", columns={"answer": indicator.key})
    row = {"visit": "V-1", "answer": unprotected(cell)}
    found = readings_from([row], [plan], sheet, at=NINE, by="rep-7")
    assert found.findings == ()
    assert found.readings == (pv.capture(plan.kpis[0], value, at=NINE, by="rep-7"),)
