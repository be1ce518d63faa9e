"""JSON documents of the domain's objects, and back (S 11).

    object ──encode──► plain data ──► JSON text        dumps does both
    object ◄──decode── plain data ◄── JSON text        loads does both

A document is an envelope: `{"kind": "visit", "schema": 1, "data": {…}}`. Equal objects give equal
text. What is read is what was written, types included, or a `DecodeError` that lists all that is
wrong with it.

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
- Facts are an object: `{"segment": {"text": "large"}}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import attrs
from cattrs import BaseConverter, Converter

from partnervisits.codec import _hooks, _jsontext
from partnervisits.codec._csv_out import csv_text, records, unprotected
from partnervisits.codec._refusals import DecodeError, findings_of
from partnervisits.codec._tags import KINDS, SCHEMAS
from partnervisits.errors import InvalidValueError
from partnervisits.fields import kind_of
from partnervisits.findings import Finding

__all__ = [
    "DecodeError",
    "configure",
    "csv_text",
    "decode",
    "dumps",
    "encode",
    "loads",
    "make_converter",
    "records",
    "unprotected",
]

T = TypeVar("T")


def make_converter() -> Converter:
    """A new converter that writes and reads the domain's classes as documents hold them.

    It is as strict with every other class: types are exact, and what is no field is refused. It
    knows nothing of envelopes.

    Example:
        >>> from partnervisits import Context, codec
        >>> codec.make_converter().unstructure(Context("product", "X-100"))
        {'kind': 'product', 'id': 'X-100'}
    """
    converter = Converter()
    _hooks.register(converter)
    _hooks.prepare(converter, KINDS)
    return converter


_CONVERTER = make_converter()


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

    def writer(kind: type) -> _hooks.Write:
        return _CONVERTER.get_unstructure_hook(kind)

    def reader(kind: type) -> _hooks.Read:
        return _CONVERTER.get_structure_hook(kind)

    _ = converter.register_unstructure_hook_factory(is_ours, writer)
    _ = converter.register_structure_hook_factory(is_ours, reader)


def encode(value: object) -> dict[str, object]:
    """An object as plain data in its envelope.

    Args:
        value: An `Indicator`, `TaskDefinition`, `ActionPlanTemplate`, `Visit`, `ActionPlan`,
            `Reading`, `Override`, `FollowUpRule` or `FollowUp`.

    Returns:
        Dictionaries, lists, strings, integers and booleans; nothing of it is shared.

    Raises:
        InvalidValueError: `type.wrong`: it is of no such kind; `decimal.range`: a figure that was
            computed takes more than 300 characters.

    Example:
        >>> from partnervisits import Indicator, ValueType, codec
        >>> sold = Indicator("sold", "Bikes sold", value_type=ValueType.NUMBER)
        >>> codec.encode(sold)["data"]["value_type"]
        'number'
    """
    kind = _known(type(value), value)
    data: object = _CONVERTER.unstructure(value)
    return {"kind": KINDS[kind], "schema": SCHEMAS[kind], "data": data}


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


def decode(data: object, kind: type[T]) -> T:
    """The object that plain data in an envelope stand for.

    Args:
        data: What `encode` gave, or what should be like it.
        kind: The class of the object.

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
    cls = _known(kind, kind)
    envelope = _read(data, _Envelope)
    refused = tuple(_of_another_kind(envelope, cls))
    if refused:
        raise DecodeError(refused)
    return _read(envelope.data, kind, "data")


def loads(text: str | bytes, kind: type[T]) -> T:
    """The object that JSON text stands for.

    Args:
        text: A str, or UTF-8 in bytes.
        kind: The class of the object.

    Raises:
        DecodeError: As `decode`; besides, `decode.json`, `decode.duplicate-key`, `decode.number`.
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
    try:
        data = _jsontext.parsed(text)
    except InvalidValueError as refused:
        raise DecodeError([refused.finding()]) from None
    return decode(data, kind)


@attrs.frozen
class _Envelope:
    kind: str
    schema: int
    data: Any


def _known(kind: object, given: object) -> type:
    if isinstance(kind, type) and kind in KINDS:
        return kind
    due = ", ".join(each.__name__ for each in KINDS)
    raise InvalidValueError("type.wrong", f"pass one of {due}, not {kind_of(given)}")


def _read(data: object, kind: type[T], *path: str) -> T:
    try:
        return _CONVERTER.structure(data, kind)
    except Exception as error:  # noqa: BLE001 -- cattrs gathers what its hooks and ours raise
        found = [finding.under(*path) for finding in findings_of(error, data)]
    raise DecodeError(found)


def _of_another_kind(envelope: _Envelope, kind: type) -> Iterator[Finding]:
    due, newest = KINDS[kind], SCHEMAS[kind]
    if envelope.kind != due:
        message = f"pass a document of kind {due}, not {kind_of(envelope.kind)}"
        yield Finding(("kind",), "decode.kind", message)
    elif envelope.schema > newest:
        message = f"update the library: it knows the schemas of {due} up to {newest}"
        yield Finding(("schema",), "decode.newer", message)
    elif envelope.schema < 1:
        yield Finding(("schema",), "decode.schema", "write the number of a schema, from 1 up")


def __dir__() -> list[str]:
    return sorted(__all__)
