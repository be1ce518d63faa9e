"""JSON documents of the domain's objects, and back (S 11).

    object ──encode──► plain data ──► JSON text        dumps does both
    object ◄──decode── plain data ◄── JSON text        loads does both

A document is an envelope: `{"kind": "visit", "schema": 1, "data": {…}}`. Equal objects give equal
text. What is read is what was written, types included, or a `DecodeError` that lists all that is
wrong with it. `json_schema` says the same to others.

How things are written:

- An object has a key for each of its fields. A field that is empty by default (null, an empty text,
  an empty list) and is empty is left out; every other one is written, and is asked for.
- A decimal is a string, plain and without trailing zeros: `"12.5"`. A whole number is a number.
- An instant is RFC 3339 in UTC: `"2026-03-12T08:00:00Z"`, with six digits of a second if there is a
  fraction. Any offset within 14 hours is read. A date is `"2026-03-12"`.
- A duration is in seconds: `"PT5400S"`, with six digits of a second if there is a fraction.
- A member of an enum is its word: `"in progress"`.
- Where one of several types may stand, a value is an object with one key, its type:
  `{"decimal": "12.5"}`, `{"choices": ["a", "b"]}`. Criteria, conditions, anchors and widths tell
  which they are by a key `kind` beside their fields: `{"kind": "at_least", "bound": …}`. An anchor
  that is a date of the visit is a single value: `{"visit": "visit start"}`.
- Facts are an object: `{"segment": {"text": "large"}}`; so is whatever else goes by names.
- A set is a sorted list. A day of the week is its English name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TypeVar

from cattrs import BaseConverter, Converter

from partnervisits.codec import _hooks, _jsontext, _swift
from partnervisits.codec._csv_in import Imported, readings_from
from partnervisits.codec._csv_out import csv_text, plain_rows, unprotected
from partnervisits.codec._describe import described
from partnervisits.codec._documents import Documents, Format
from partnervisits.codec._kinds import Read, Write
from partnervisits.codec._limits import DEFAULT, Limits
from partnervisits.codec._lines import Line, lines_of
from partnervisits.codec._refusals import DecodeError
from partnervisits.codec._sheets import Question, Sheet
from partnervisits.codec._tags import KINDS
from partnervisits.errors import InvalidValueError
from partnervisits.fields import instance_of, iterable

__all__ = [
    "DecodeError",
    "Imported",
    "Limits",
    "Line",
    "Question",
    "Sheet",
    "configure",
    "csv_text",
    "decode",
    "digest",
    "dump_lines",
    "dumps",
    "encode",
    "json_schema",
    "kinds",
    "load_lines",
    "loads",
    "make_converter",
    "plain_rows",
    "readings_from",
    "unprotected",
]

T = TypeVar("T")


def make_converter() -> Converter:
    """A new converter that writes and reads the domain's classes as documents hold them.

    It is as strict with every other class: types are exact, and what is no field is refused. It
    knows nothing of envelopes, of old schemas, and of limits.

    Example:
        >>> from partnervisits import Context, codec
        >>> codec.make_converter().unstructure(Context("product", "X-100"))
        {'kind': 'product', 'id': 'X-100'}
    """
    converter = Converter()
    _hooks.register(converter)
    _hooks.prepare(converter, KINDS)
    return converter


_CONVERTER, _SWIFT = make_converter(), _swift.make()
_hooks.prepare(_SWIFT, KINDS)
_FORMATS = {cls: Format(kind) for cls, kind in KINDS.items()}
_DOCUMENTS = Documents(_FORMATS, _CONVERTER, _SWIFT)


def kinds() -> dict[str, type[object]]:
    """The classes whose objects are documents, by the kinds of these.

    Example:
        >>> from partnervisits import codec
        >>> codec.kinds()["visit"].__name__
        'Visit'
    """
    return {kind: cls for cls, kind in KINDS.items()}


def configure(converter: BaseConverter) -> None:
    """Teach a host's own converter the domain's classes, as documents hold them.

    Whatever the settings of the converter, they are written as `make_converter` writes them and
    read as strictly. Classes of the host, its numbers and its times stay as they are.

    Args:
        converter: Of cattrs; what it is taught is added to it.

    Example:
        >>> from cattrs import Converter
        >>> from partnervisits import Context, codec
        >>> converter = Converter()
        >>> codec.configure(converter)
        >>> converter.structure({"kind": "product", "id": "X-100"}, Context)
        Context(kind='product', id='X-100')
    """
    ours = _hooks.parts(KINDS)

    def is_ours(kind: type) -> bool:
        return kind in ours or _hooks.is_variant_union(kind)

    def writer(kind: type) -> Write:
        return _CONVERTER.get_unstructure_hook(kind)

    def reader(kind: type) -> Read:
        return _CONVERTER.get_structure_hook(kind)

    _ = converter.register_unstructure_hook_factory(is_ours, writer)
    _ = converter.register_structure_hook_factory(is_ours, reader)


def encode(value: object) -> dict[str, object]:
    """An object as plain data in its envelope.

    Args:
        value: Of one of the classes of `kinds`: a record, a `Catalog`, a `Given`, `Changes`, or a
            part or a result of one of them.

    Returns:
        Dictionaries, lists, strings, integers and booleans; nothing of it is shared.

    Raises:
        InvalidValueError: `type.wrong`: it is of no such kind; `encode.calendar`: a calendar is no
            `WorkCalendar`, the field names it; `encode.group`: a group has a name that only its
            host knows; `decimal.range`: a figure that was computed takes more than 300 characters.

    Example:
        >>> from partnervisits import Indicator, ValueType, codec
        >>> sold = Indicator("sold", "Bikes sold", value_type=ValueType.NUMBER)
        >>> codec.encode(sold)["data"]["value_type"]
        'number'
    """
    return _DOCUMENTS.written(value)


def dumps(value: object) -> str:
    """An object as JSON text; equal objects give equal text (S 11.3).

    Args:
        value: As for `encode`.

    Returns:
        Text with sorted keys and without blanks; in UTF-8 it can always be encoded.

    Raises:
        InvalidValueError: As `encode`.

    Example:
        >>> from partnervisits import Indicator, ValueType, codec
        >>> sold = Indicator("sold", "Bikes sold", value_type=ValueType.NUMBER)
        >>> codec.loads(codec.dumps(sold), Indicator) == sold
        True
    """
    return _jsontext.written(encode(value))


def decode(data: object, kind: type[T], *, limits: Limits = DEFAULT) -> T:
    """The object that plain data in an envelope stand for.

    Args:
        data: What `encode` gave, or what should be like it. Whoever parsed them has to see to what
            cannot be seen in them any more: the number of bytes, keys that stand twice, numbers
            that were cut.
        kind: The class of the object.
        limits: How much they may hold.

    Raises:
        DecodeError: all that is wrong with the data, as findings with their paths: the codes
            `decode.…`, and those of the constructors.
        InvalidValueError: `type.wrong`: `kind` is no class that `encode` takes.

    Example:
        >>> from partnervisits import Indicator, codec
        >>> data = {"key": "sold", "name": "", "value_type": "integer"}
        >>> try:
        ...     codec.decode({"kind": "indicator", "schema": 1, "data": data}, Indicator)
        ... except codec.DecodeError as refused:
        ...     [finding.location for finding in refused.findings]
        ['data.aggregation', 'data.direction', 'data.value_type']
    """
    return _DOCUMENTS.read(data, kind, limits)


def loads(text: str | bytes, kind: type[T], *, limits: Limits = DEFAULT) -> T:
    """The object that JSON text stands for.

    Args:
        text: A str, or UTF-8 in bytes.
        kind: The class of the object.
        limits: How much it may hold; its bytes are counted before it is parsed.

    Raises:
        DecodeError: As `decode`; besides, `decode.size`, `decode.json`, `decode.duplicate-key`,
            `decode.number`.
        InvalidValueError: As `decode`.

    Example:
        >>> from partnervisits import Override, codec
        >>> try:
        ...     codec.loads('{"kind": "override", "schema": 1}', Override)
        ... except codec.DecodeError as refused:
        ...     print(refused)
        the document is refused:
          error: data: write it: it is never left out [decode.missing]
    """
    held = instance_of(Limits, limits)
    try:
        data = _jsontext.parsed(text, held.size)
    except InvalidValueError as refused:
        raise DecodeError([refused.finding()]) from None
    return _DOCUMENTS.read(data, kind, held)


def dump_lines(values: Iterable[object]) -> Iterator[str]:
    r"""Objects as JSON Lines, each when it is asked for.

    Args:
        values: As for `encode`.

    Returns:
        Lines with their ends, for `file.writelines`; in UTF-8.

    Raises:
        InvalidValueError: As `encode`, when the object is reached; `sequence.type`.

    Example:
        >>> from partnervisits import Context, codec
        >>> [line[-4:] for line in codec.dump_lines([Context("product", "X-100")])]
        [':1}\n']
    """
    return (f"{dumps(value)}\n" for value in iterable(values, "a list of objects"))


def load_lines(
    lines: Iterable[str | bytes], kind: type[T], *, limits: Limits = DEFAULT
) -> Iterator[Line[T]]:
    """The objects that JSON Lines stand for, each when it is asked for.

    A line that is refused is one of them, with its number and all that is wrong with it; the rest
    is read on. Blank lines are counted and passed over.

    Args:
        lines: Any iterable, for example a file that was opened with `"rb"`.
        kind: The class of the objects.
        limits: How much one line may hold.

    Raises:
        InvalidValueError: As `decode`; `sequence.type`: a lone string was passed.

    Example:
        >>> from partnervisits import Context, codec
        >>> lines = [*codec.dump_lines([Context("product", "X-100")]), "{"]
        >>> [line.value for line in codec.load_lines(lines, Context)]
        [Context(kind='product', id='X-100'), None]
    """
    given = iterable(lines, "lines")
    return lines_of(given, lambda line: loads(line, kind, limits=limits))


def digest(value: object) -> str:
    """The identity of an object across systems: equal for equal objects, and for no others.

    It is of the text that `dumps` gives, kind and number of the schema included: of every field, of
    a template thus of key, version, status and items. It changes with the number of the schema.

    Args:
        value: As for `encode`, for example a template.

    Returns:
        64 hexadecimal digits, the SHA-256 of the text in UTF-8.

    Raises:
        InvalidValueError: As `encode`.

    Example:
        >>> from partnervisits import codec, example
        >>> codec.digest(example.template()) == codec.digest(example.template().new_draft())
        False
    """
    return hashlib.sha256(dumps(value).encode()).hexdigest()


def json_schema(kind: type[object]) -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of the documents of a kind (S 11.5).

    Everything that `encode` gives validates against it. What validates is decoded, or refused by a
    rule that no schema can tell: one about several fields, or about the world.

    Args:
        kind: One of the classes of `kinds`.

    Raises:
        InvalidValueError: `type.wrong`: it is none of them.

    Example:
        >>> from partnervisits import Context, codec
        >>> codec.json_schema(Context)["properties"]["kind"]
        {'const': 'context'}
    """
    return described(kind, _DOCUMENTS.format_of(kind))


def __dir__() -> list[str]:
    return sorted(__all__)
