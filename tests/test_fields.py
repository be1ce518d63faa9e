import pickle
from collections.abc import Callable, Iterable
from enum import Enum, IntEnum, StrEnum
from typing import Any

import attrs
import pytest

import partnervisits as pv
from partnervisits import fields
from partnervisits.errors import CalendarError, InvalidValueError
from tests import builders


class Name(str):
    __slots__ = ()


class Whole(int):
    pass


class Word(StrEnum):
    PITCH = "pitch"


class Level(IntEnum):
    LOW = 1


class Colour(Enum):
    RED = "red"


def refused(convert: Callable[[Any], object], value: object) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as caught:
        _ = convert(value)
    return caught.value


# ------------------------------------------------------------------------------------------ text

CONTROL = [
    *("\x00", "\x07", "\x1b", "\x1f", "\x7f", "\x80", "\x85", "\x9f"),
    *("\ud800", "\udbff", "\udfff"),
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
]
LINES = [fields.host_id, fields.library_id, fields.choice_key, fields.title, fields.caption]
WRITTEN = [*LINES, fields.text]
SURVIVE = [
    pytest.param("Caf\u00e9", id="NFC"),
    pytest.param("Cafe\u0301", id="NFD"),
    pytest.param("\u0430\u0441me", id="Cyrillic look-alikes"),
    pytest.param("{x.__init__.__globals__}", id="format string"),
    pytest.param("%(name)s <script> =cmd|' /C calc'!A0", id="markup and formulas"),
    pytest.param("4+", id="as hosts write"),
    pytest.param("a b", id="blank inside"),
    pytest.param("\u4e2d\u6587 \U0001f600", id="beyond ASCII"),
    pytest.param("\u200f\u061c", id="marks of direction are no overrides"),
    pytest.param("\ud7ff\ue000", id="the neighbours of the surrogates"),
    pytest.param("a\xa0b", id="the first after the controls"),
]


@pytest.mark.parametrize("convert", WRITTEN)
@pytest.mark.parametrize("written", SURVIVE)
def test_text_is_kept_code_point_by_code_point(convert: Callable[[str], str], written: str) -> None:
    """S 1.5."""
    assert convert(written) is written


def test_twins_that_look_alike_are_two_ids() -> None:
    """S 1.5: nothing is normalised behind the caller's back."""
    assert fields.host_id("Caf\u00e9") != fields.host_id("Cafe\u0301")


@pytest.mark.parametrize("convert", [*WRITTEN, fields.slug])
@pytest.mark.parametrize("character", CONTROL, ids=lambda each: f"U+{ord(each):04X}")
def test_control_and_override_characters_and_surrogates_are_refused_everywhere(
    convert: Callable[[str], str], character: str
) -> None:
    """S 1.3."""
    error = refused(convert, f"ab{character}c")
    assert error.code == "text.control"
    assert error.message.startswith(f"take U+{ord(character):04X} out of ")
    assert ", at 2: " in error.message


@pytest.mark.parametrize("convert", LINES)
@pytest.mark.parametrize("character", "\n\t\r")
def test_line_ends_and_tabs_are_refused_on_one_line(
    convert: Callable[[str], str], character: str
) -> None:
    """S 1.3."""
    assert refused(convert, f"a{character}b").code == "text.control"


def test_a_text_has_lines_and_tabs_and_blank_ends() -> None:
    """S 1.3."""
    assert fields.text(" one\n\ttwo \n") == " one\n\ttwo \n"


def test_a_carriage_return_in_a_text_is_refused_by_a_code_that_says_what_to_send() -> None:
    """S 1.3."""
    error = refused(fields.text, "one\r\ntwo")
    assert error.code == "text.carriage-return"
    assert error.message == r"send line ends as \n: there is a CR at 3"


@pytest.mark.parametrize(
    ("convert", "longest"),
    [
        (fields.host_id, 255),
        (fields.library_id, 4096),
        (fields.slug, 64),
        (fields.choice_key, 64),
        (fields.title, 255),
        (fields.caption, 255),
        (fields.text, 4000),
    ],
)
def test_text_is_as_long_as_allowed_and_no_longer(
    convert: Callable[[str], str], longest: int
) -> None:
    """S 1.3."""
    assert convert("x" * longest) == "x" * longest
    error = refused(convert, "x" * (longest + 1))
    assert error.code == "text.long"
    assert f"at most {longest} characters" in error.message
    assert refused(convert, "x" * 1_000_000).code == "text.long"


@pytest.mark.parametrize("convert", [*LINES, fields.slug])
@pytest.mark.parametrize("written", [" a", "a ", "\u00a0a", "a\u3000", "a\u2028", " "])
def test_blank_ends_are_refused_in_ids_keys_names_and_labels(
    convert: Callable[[str], str], written: str
) -> None:
    """S 1.3."""
    error = refused(convert, written)
    assert error.code == "text.blank-ends"
    assert error.message == f"take the blanks off the ends of {written!r}"


@pytest.mark.parametrize(
    "convert", [fields.host_id, fields.library_id, fields.slug, fields.choice_key, fields.title]
)
def test_ids_keys_and_names_are_not_empty(convert: Callable[[str], str]) -> None:
    """S 1.3."""
    assert refused(convert, "").code == "text.empty"


@pytest.mark.parametrize("convert", [fields.caption, fields.text])
def test_labels_and_texts_may_be_empty(convert: Callable[[str], str]) -> None:
    assert convert("") == ""


NO_TEXT = [
    pytest.param(None, "None", id="none"),
    pytest.param(5, "int", id="number"),
    pytest.param(True, "bool", id="boolean"),
    pytest.param(b"a", "bytes", id="bytes"),
    pytest.param(["a"], "list", id="list"),
    pytest.param(10**5000, "int", id="5,000-digit integer"),
    pytest.param(Name("a"), "'a'", id="subclass"),
    pytest.param(Name(""), "''", id="empty subclass"),
    pytest.param(Word.PITCH, "'pitch'", id="enum of words"),
    pytest.param(Colour.RED, "Colour.RED", id="enum"),
    pytest.param(pv.Absence.UNKNOWN, "Absence.UNKNOWN", id="absence"),
    pytest.param(object, "type", id="class"),
]


@pytest.mark.parametrize("convert", [*WRITTEN, fields.slug])
@pytest.mark.parametrize(("value", "kind"), NO_TEXT)
def test_text_is_exactly_a_str(convert: Callable[[str], str], value: object, kind: str) -> None:
    """S 1.3: nothing is taken for text."""
    error = refused(convert, value)
    assert error.code == "text.type"
    assert error.message.endswith(f"as str, not {kind}")


@pytest.mark.parametrize("key", ["a", "9", "Z.-_", "a" * 64, "q1-2026", "A0.b_c-d"])
def test_a_key_is_a_slug(key: str) -> None:
    """S 1.3."""
    assert fields.slug(key) is key


@pytest.mark.parametrize(
    "key", ["-a", ".a", "_a", "a b", "a/b", "a%", "\u0430", "\u00e9", "1\u0661"]
)
def test_a_key_that_is_no_slug_is_refused(key: str) -> None:
    """S 1.3."""
    error = refused(fields.slug, key)
    assert error.code == "key.slug"
    assert error.message.startswith(f"{key!r} is no key: use 1 to 64 of ")


@pytest.mark.parametrize(
    ("convert", "valid", "invalid"),
    [
        (fields.optional_id, "acme", ""),
        (fields.optional_library_id, "V-1/round", ""),
        (fields.optional_slug, "pitch", "a b"),
        (fields.optional_count, 3, 0),
    ],
)
def test_an_optional_field_takes_none_and_checks_the_rest(
    convert: Callable[[Any], object], valid: object, invalid: object
) -> None:
    assert convert(None) is None
    assert convert(valid) == valid
    _ = refused(convert, invalid)


# --------------------------------------------------------------------- booleans, counts, instances


@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_kept(value: bool) -> None:  # noqa: FBT001 -- the value under test
    """S 1.1."""
    assert fields.boolean(value) is value


@pytest.mark.parametrize(
    ("value", "kind"), [(1, "int"), (0, "int"), ("false", "'false'"), (None, "None"), ([], "list")]
)
def test_nothing_is_taken_for_a_truth_value(value: object, kind: str) -> None:
    """S 1.1."""
    error = refused(fields.boolean, value)
    assert error.code == "boolean.type"
    assert error.message == f"pass True or False, not {kind}"


@pytest.mark.parametrize("value", [1, 1_000_000])
def test_a_count_is_from_one_to_a_million(value: int) -> None:
    assert fields.count(value) == value


@pytest.mark.parametrize(
    "value",
    [
        *(0, -1, 1_000_001, True, "7", 1.9, None, Whole(3), Level.LOW),
        pytest.param(10**5000, id="5,000-digit integer"),
    ],
)
def test_any_other_count_is_refused(value: object) -> None:
    """S 1.2: a bool is never a number, and nothing is coerced."""
    assert refused(fields.count, value).code == "count.range"


def test_an_instance_is_kept_and_anything_else_refused_by_name() -> None:
    assert fields.instance_of(Colour, Colour.RED) is Colour.RED
    with pytest.raises(InvalidValueError, match=r"^pass Colour, not 'red'$") as caught:
        _ = fields.instance_of(Colour, "red")
    assert caught.value.code == "type.wrong"


def test_unchanged_is_one_object_that_no_field_takes_for_a_value() -> None:
    """None means that there is none; a host may send both to another process."""
    assert pickle.loads(pickle.dumps(fields.UNCHANGED)) is fields.UNCHANGED  # noqa: S301 -- our own bytes
    assert list(fields.Unchanged) == [fields.UNCHANGED]
    for convert in (fields.optional_id, fields.optional_slug, fields.text, fields.optional_count):
        _ = refused(convert, fields.UNCHANGED)


def test_several_types_can_serve() -> None:
    assert fields.instance_of((Colour, Level), Level.LOW) is Level.LOW
    with pytest.raises(InvalidValueError, match=r"^pass Colour or Level, not None$"):
        _ = fields.instance_of((Colour, Level), None)


# -------------------------------------------------------------------------------------- sequences


@pytest.mark.parametrize("values", [["b", "a"], ("b", "a"), {1: "b", 2: "a"}.values()])
def test_any_iterable_with_an_order_becomes_a_tuple(values: Iterable[str]) -> None:
    assert fields.tuple_of(str, values) == fields.tuple_of(str, iter(values)) == ("b", "a")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ("pitch", "'pitch'"),
        (b"pitch", "bytes"),
        ({"a": 1}, "dict"),
        ({"a"}, "set"),
        (frozenset("a"), "frozenset"),
        (None, "None"),
        (5, "int"),
        (Word.PITCH, "'pitch'"),
    ],
)
def test_a_lone_string_a_mapping_or_a_set_is_no_sequence(values: Any, kind: str) -> None:
    """S 3.2: the order is explicit."""
    with pytest.raises(InvalidValueError) as caught:
        _ = fields.tuple_of(str, values)
    assert caught.value.code == "sequence.type"
    assert caught.value.message == f"pass a list or a tuple, not {kind}"


def test_an_entry_of_another_type_is_refused_with_its_position() -> None:
    given: Any = ["a", "b", 3]
    with pytest.raises(InvalidValueError) as caught:
        _ = fields.tuple_of(str, given)
    assert caught.value.code == "sequence.entry"
    assert caught.value.message == "entry 2: pass str, not int"


def test_keys_keep_the_order_given() -> None:
    assert fields.slugs(["b", "a"]) == ("b", "a")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["a", "b", "a"], "sequence.duplicate"),
        (["a", "a b"], "key.slug"),
        (["a", 1], "sequence.entry"),
        (["a", Name("b")], "sequence.entry"),
        ("ab", "sequence.type"),
    ],
)
def test_keys_that_are_not_several_different_slugs_are_refused(values: object, code: str) -> None:
    assert refused(fields.slugs, values).code == code


@pytest.mark.parametrize(
    "values", [["b", "a", "b"], ("b", "a"), {"a", "b"}, frozenset({"a", "b"}), iter(["a", "b"])]
)
def test_ids_come_in_any_order_from_any_collection(values: Iterable[str]) -> None:
    assert fields.library_ids(values) == frozenset({"a", "b"})


def test_ids_may_be_as_long_as_the_library_makes_them() -> None:
    """S 6.3: longer than those of a host."""
    assert fields.library_ids(["x" * 4096]) == {"x" * 4096}
    assert fields.optional_library_id("x" * 4096) == "x" * 4096
    assert refused(fields.library_ids, ["x" * 4097]).code == "text.long"
    assert refused(fields.optional_library_id, "x" * 4097).code == "text.long"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ("V-1", "sequence.type"),
        (b"V-1", "sequence.type"),
        ({"V-1": 1}, "sequence.type"),
        (None, "sequence.type"),
        (7, "sequence.type"),
        (["V-1", ""], "text.empty"),
        (["V-1", 7], "text.type"),
        ([Name("V-1")], "text.type"),
        (["V-1 "], "text.blank-ends"),
    ],
)
def test_what_is_no_collection_of_ids_is_refused(values: object, code: str) -> None:
    assert refused(fields.library_ids, values).code == code


def test_what_stands_twice_is_named() -> None:
    with pytest.raises(InvalidValueError, match=r"^item 'a' stands twice$") as caught:
        fields.unique(["a", "b", "a"], "item")
    assert caught.value.code == "sequence.duplicate"


def test_pairs_come_from_a_mapping_or_from_any_iterable_of_pairs() -> None:
    assert fields.pairs_of({"b": 1, "a": 2}) == (("b", 1), ("a", 2))
    assert fields.pairs_of(iter([("b", 1), ("a", 2)])) == (("b", 1), ("a", 2))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([("a", 1, 2)], "sequence.entry"),
        ([("a",)], "sequence.entry"),
        (["ab"], "sequence.entry"),
        ([["a", 1]], "sequence.entry"),
        ("ab", "sequence.type"),
        (None, "sequence.type"),
    ],
)
def test_what_is_neither_a_mapping_nor_pairs_is_refused(values: object, code: str) -> None:
    assert refused(fields.pairs_of, values).code == code


@pytest.mark.parametrize("values", [["a"], {"a"}, frozenset("a"), {"a": 1}.keys(), ("a",)])
def test_an_iterable_is_kept(values: Any) -> None:
    assert fields.iterable(values, "keys") is values


@pytest.mark.parametrize("values", ["a", b"a", {"a": 1}, None, 5])
def test_text_and_mappings_are_not_meant_to_be_iterated_over(values: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"^pass keys, not ") as caught:
        _ = fields.iterable(values, "keys")
    assert caught.value.code == "sequence.type"


# ---------------------------------------------------------------------------- ids, names of places


@pytest.mark.parametrize(
    ("part", "written"),
    [("a", "a"), ("a/b", "a%2Fb"), ("a%b", "a%25b"), ("%2F", "%252F"), ("/%", "%2F%25"), ("", "")],
)
def test_a_part_of_an_id_is_escaped_once(part: str, written: str) -> None:
    """S 6.3."""
    assert fields.escaped(part) == written


@pytest.mark.parametrize(
    ("make", "owner", "field", "code"),
    [
        (lambda: pv.Context("product", "a\x00"), "Context", "id", "text.control"),
        (lambda: pv.Context(" product", "a"), "Context", "kind", "text.blank-ends"),
        (lambda: builders.indicator("a b"), "Indicator", "key", "key.slug"),
        (lambda: builders.indicator(unit="\u202e"), "Indicator", "unit", "text.control"),
        (
            lambda: builders.task(instructions="a\r\nb"),
            "TaskDefinition",
            "instructions",
            "text.carriage-return",
        ),
        (
            lambda: pv.TaskDefinition("count", "Count", indicators="stock"),
            "TaskDefinition",
            "indicators",
            "sequence.type",
        ),
        (lambda: builders.visit(id="x" * 256), "Visit", "id", "text.long"),
        (lambda: builders.place(kind=None), "Place", "kind", "text.type"),
        (lambda: pv.Visitor(""), "Visitor", "rep_id", "text.empty"),
        (lambda: builders.item(binding="must"), "TemplateItem", "binding", "type.wrong"),
        (lambda: builders.item(after="survey"), "TemplateItem", "after", "sequence.type"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_object_that_cannot_be_says_which_class_and_field_refused(
    make: Callable[[], object], owner: str, field: str, code: str
) -> None:
    """S 1.3: checked whenever an object is built."""
    with pytest.raises(InvalidValueError) as caught:
        _ = make()
    error = caught.value
    assert (error.owner, error.field, error.code) == (owner, field, code)
    assert str(error) == f"{owner}.{field}: {error.message}"
    assert error.__cause__ is None


def _failing(_: object) -> object:
    raise CalendarError("calendar.range", "take a smaller offset")


@attrs.frozen(field_transformer=fields.named)
class _Desk:
    number: int = attrs.field(converter=fields.count)
    note: str = "free"
    due: object = attrs.field(default=None, converter=attrs.converters.optional(_failing))


def test_a_field_without_a_converter_is_left_as_it_is() -> None:
    assert _Desk(1, note="taken").note == "taken"


def test_naming_the_field_keeps_the_kind_of_error() -> None:
    with pytest.raises(CalendarError, match=r"^_Desk\.due: take a smaller offset$"):
        _ = _Desk(1, due=2)


def test_a_change_is_checked_like_a_new_object() -> None:
    """S 1.3: checked whenever an object is built, not only when parsed."""
    with pytest.raises(InvalidValueError, match=r"^_Desk\.number: ") as caught:
        _ = attrs.evolve(_Desk(1), number=0)
    assert caught.value.code == "count.range"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: pv.Context("product", ""), "text.empty"),
        (lambda: pv.Period(builders.ELEVEN, builders.NINE), "period.order"),
        (lambda: pv.Target("stock", 5, weight=0), "target.weight"),
        (lambda: builders.indicator(choices=["a"]), "indicator.choices"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_host_that_switches_validators_off_does_not_switch_off_these_checks(
    make: Callable[[], object], code: str
) -> None:
    """S 1.3."""
    with attrs.validators.disabled(), pytest.raises(InvalidValueError) as caught:
        _ = make()
    assert caught.value.code == code


# ------------------------------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "None"),
        (3, "int"),
        ("x" * 100, repr("x" * 64)),
        ("\x1b[31m", r"'\x1b[31m'"),
        (Colour.RED, "Colour.RED"),
        (Level.LOW, "Level.LOW"),
        (Colour, "EnumType"),
    ],
)
def test_a_refused_value_is_named_safely_and_briefly(value: object, written: str) -> None:
    assert fields.kind_of(value) == written


class _UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no"), "ValueError: no"),
        (ValueError("a\x1b"), r"ValueError: 'a\x1b'"),
        (ValueError("x" * 600), "ValueError: " + "x" * 500),
        (_UnprintableError(), "_UnprintableError: no message"),
    ],
)
def test_the_cause_of_a_foreign_error_can_always_be_told(error: Exception, said: str) -> None:
    assert fields.cause_of(error) == said


def test_words_say_something() -> None:
    """S 1.3: a text that is kept as it is, unless it is blank."""
    assert fields.words(" so\n", "override.reason", "say why") == " so\n"
    for blank in ("", " ", "\n\t"):
        with pytest.raises(InvalidValueError, match="say why") as refused:
            _ = fields.words(blank, "override.reason", "say why")
        assert refused.value.code == "override.reason"
    with pytest.raises(InvalidValueError) as strange:
        _ = fields.words("a\rb", "override.reason", "say why")
    assert strange.value.code == "text.carriage-return"
