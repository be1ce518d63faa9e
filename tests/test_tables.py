"""Text tables: aligned, wrapped between words, never wider than asked for."""

import pytest

from partnervisits.tables import table


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table(("a", "header"), [("long cell", "1"), ("", "22")]).splitlines() == [
        "a          header",
        "---------  ------",
        "long cell  1",
        "           22",
    ]


def test_a_table_without_rows_is_its_header() -> None:
    assert table(("a", "b"), []) == "a  b\n-  -"


def test_the_widest_column_wraps_first() -> None:
    rows = [("2026-03-12", "one two three four")]
    assert table(("day", "what"), rows, width=21).splitlines() == [
        "day         what",
        "----------  ---------",
        "2026-03-12  one two",
        "            three",
        "            four",
    ]


def test_words_stay_whole_while_another_column_can_give_way() -> None:
    rows = [("unbreakable-word", "a b c d e f g h i j")]
    assert table(("x", "y"), rows, width=25).splitlines() == [
        "x                 y",
        "----------------  -------",
        "unbreakable-word  a b c d",
        "                  e f g h",
        "                  i j",
    ]


def test_words_break_where_nothing_else_helps() -> None:
    assert table(("x", "y"), [("abcdef", "ghijk")], width=7).splitlines() == [
        "x   y",
        "--  ---",
        "ab  ghi",
        "cd  jk",
        "ef",
    ]


def test_a_column_keeps_at_least_one_character() -> None:
    assert table(("xx", "yy"), [], width=1).splitlines() == ["x  y", "x  y", "-  -"]


def test_hyphens_do_not_break_a_word() -> None:
    assert table(("a", "b"), [("the sales-agreement", "x")], width=19).splitlines()[2:] == [
        "the               x",
        "sales-agreement",
    ]


def test_a_lone_text_spans_all_columns_and_keeps_its_indent() -> None:
    rows = ["heading", ("1", "2"), "    a note that is rather long"]
    assert table(("a", "b"), rows, width=20).splitlines() == [
        "a  b",
        "-  -",
        "heading",
        "1  2",
        "    a note that is",
        "    rather long",
    ]


def test_an_indented_cell_wraps_under_itself() -> None:
    assert table(("a",), [("  one two",), ("  x",)], width=6).splitlines() == [
        "a",
        "------",
        "  one",
        "  two",
        "  x",
    ]


def test_an_indent_gives_way_in_a_column_too_narrow_for_it() -> None:
    assert table(("a",), [("  bc",)], width=2).splitlines() == ["a", "--", "bc"]


def test_line_breaks_and_runs_of_blanks_become_one_blank() -> None:
    assert table(("a",), [("one\n\ntwo\t  three",)]).splitlines()[2] == "one two three"


def test_a_table_has_a_hundred_characters_at_most() -> None:
    lines = table(("a", "b"), [("word " * 40, "word " * 40)]).splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines[1]) == 100


def test_a_table_wraps_only_where_it_does_not_fit() -> None:
    rows = [("survey", "ask the branch manager")]
    assert table(("task", "how"), rows, width=30).splitlines()[2:] == [
        "survey  ask the branch manager"
    ]
    assert table(("task", "how"), rows, width=29).splitlines()[2:] == [
        "survey  ask the branch",
        "        manager",
    ]


def test_no_line_ends_in_blanks() -> None:
    assert table(("a", "bcd"), [("x", "")]).splitlines()[-1] == "x"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("  x", "  x"), ("    x", "    x"), ("   x", "  x"), (" x", "x"), ("\tx", "x")],
)
def test_leading_pairs_of_blanks_indent(cell: str, shown: str) -> None:
    assert table(("header",), [(cell,)]).splitlines()[-1] == shown


def test_stored_text_is_never_a_format() -> None:
    assert table(("x",), [("{x.__init__} %s",)]).splitlines()[-1] == "{x.__init__} %s"
