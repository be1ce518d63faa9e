"""Documents: an envelope that tells kind and schema, and what becomes of old ones (S 11.1, S 11.4).

    document of schema 1 ──upcast 1──► 2 ──upcast 2──► 3, the newest ──► object

An upcast is one pure step on plain data. The number of a kind counts everything that its documents
hold: a class that changes gives every kind that contains it a new number, and a step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeAlias, TypeVar, cast, get_args

import attrs
from cattrs import Converter

from partnervisits.codec._gather import MOST_SWIFTLY, begin, end
from partnervisits.codec._kinds import Kind, fields_of, is_tuple
from partnervisits.codec._limits import DEFAULT, MOST, Limits, beyond
from partnervisits.codec._refusals import DecodeError, findings_of
from partnervisits.codec._shapes import is_calendar, is_pairs, named_type
from partnervisits.errors import InvalidValueError
from partnervisits.fields import cause_of, instance_of, kind_of
from partnervisits.findings import Finding

T = TypeVar("T")

_Data: TypeAlias = Any
"""Whatever was passed for plain data."""

Upcast: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""What makes the data of the next schema out of those of one; it changes nothing of them."""


@attrs.frozen
class Format:
    """How the documents of a kind are written.

    Attributes:
        kind: The word for it in the envelope.
        schema: The number that is written.
        upcasts: For each number below the step to the next.
    """

    kind: str
    schema: int = 1
    upcasts: Mapping[int, Upcast] = attrs.field(factory=dict[int, Upcast])

    def __attrs_post_init__(self) -> None:
        due = [*range(1, self.schema)]
        if sorted(self.upcasts) != due:
            message = f"{self.kind} needs one step from each of the schemas {due}"
            raise InvalidValueError("schema.steps", message, "Format", "upcasts")


@attrs.frozen
class _Envelope:
    kind: str
    schema: int
    data: Any


class Documents:
    """Writes and reads the documents of some kinds."""

    def __init__(
        self, formats: Mapping[type, Format], converter: Converter, swift: Converter
    ) -> None:
        """What it knows of.

        Args:
            formats: By the classes of the objects.
            converter: Writes, and reads with all that is wrong.
            swift: Reads what is in order, or raises anything.
        """
        self._formats = formats
        self._converter = converter
        self._swift = swift

    def written(self, value: object) -> dict[str, object]:
        """An object in its envelope.

        Args:
            value: Of one of the kinds.

        Raises:
            InvalidValueError: `type.wrong`, and what the parts are refused with.
        """
        held = self._known(type(value), value)
        try:
            data: object = self._converter.unstructure(value)
        except Exception as error:  # noqa: BLE001 -- an object that nobody checked holds anything
            refused = _as_refusal(error)
            place = "".join(self._place(value, type(value))).removeprefix(".")
            raise refused.at(type(value).__name__, place) from None
        return {"kind": held.kind, "schema": held.schema, "data": data}

    def read(self, data: object, kind: type[T], limits: Limits) -> T:
        """The object that plain data in an envelope stand for.

        Args:
            data: Plain data.
            kind: The class of the object.
            limits: What they may hold.

        Raises:
            DecodeError: All that is wrong with them.
            InvalidValueError: `type.wrong`: it is none of the kinds.
        """
        held = self.format_of(kind)
        if limits is not DEFAULT:
            _refuse_beyond(data, instance_of(Limits, limits))
        try:
            return cast("T", self._swiftly(data, kind, held))
        except Exception:  # noqa: BLE001, S110 -- whatever it is, it is found below, where it stands
            pass
        if limits is DEFAULT:
            _refuse_beyond(data, limits)
        return self._thoroughly(data, kind, held)

    def _swiftly(self, data: _Data, kind: type, held: Format) -> object:
        """Within the default limits by itself: it counts entries, and types bound the depth."""
        kind_of_it, schema = data["kind"], data["schema"]
        types_fit = (type(data), type(kind_of_it), type(schema)) == (dict, str, int)
        if not types_fit or kind_of_it != held.kind or schema != held.schema or len(data) != _KEYS:
            raise KeyError
        begun = begin(MOST_SWIFTLY)
        try:
            return cast("object", self._swift.structure(data["data"], kind))
        finally:
            end(begun)

    def _thoroughly(self, data: object, kind: type[T], held: Format) -> T:
        envelope = self._structured(data, _Envelope)
        refused = tuple(_of_another_kind(envelope, held))
        if refused:
            raise DecodeError(refused)
        return self._structured(_upcast(envelope, held), kind, "data")

    def _structured(self, data: object, kind: type[T], *path: str) -> T:
        begun = begin(MOST)
        try:
            return self._converter.structure(data, kind)
        except Exception as error:  # noqa: BLE001 -- cattrs gathers what its hooks and ours raise
            found = [*islice(findings_of(error, data), MOST + 1)]
        finally:
            end(begun)
        if len(found) > MOST:
            found[MOST] = Finding((), "decode.more", "there is more: correct this first")
        raise DecodeError(finding.under(*path) for finding in found)

    def format_of(self, kind: object) -> Format:
        """How the documents of a class are written.

        Args:
            kind: One of the kinds.

        Raises:
            InvalidValueError: `type.wrong`: it is none of them.
        """
        return self._known(kind, kind)

    def _known(self, kind: object, given: object) -> Format:
        if isinstance(kind, type) and kind in self._formats:
            return self._formats[kind]
        message = f"pass an object of a kind of documents, not {kind_of(given)}"
        raise InvalidValueError("type.wrong", message)

    def _place(self, value: object, kind: Kind) -> Iterator[str]:
        """The way to the innermost part that cannot be written."""
        for name, part, its_kind in _parts(value, kind):
            try:
                _ = self._converter.unstructure(part, unstructure_as=its_kind)
            except Exception:  # noqa: BLE001 -- that it is refused is known
                yield name
                yield from self._place(part, its_kind)
                return


_KEYS = len(attrs.fields_dict(_Envelope))


def _refuse_beyond(data: object, limits: Limits) -> None:
    found = beyond(data, limits)
    if found:
        raise DecodeError(found)


def _of_another_kind(envelope: _Envelope, due: Format) -> Iterator[Finding]:
    if envelope.kind != due.kind:
        message = f"pass a document of kind {due.kind}, not {kind_of(envelope.kind)}"
        yield Finding(("kind",), "decode.kind", message)
    elif envelope.schema > due.schema:
        message = f"update the library: it knows the schemas of {due.kind} up to {due.schema}"
        yield Finding(("schema",), "decode.newer", message)
    elif envelope.schema < 1:
        yield Finding(("schema",), "decode.schema", "write the number of a schema, from 1 up")


def _upcast(envelope: _Envelope, due: Format) -> object:
    data = envelope.data
    for number in range(envelope.schema, due.schema):
        if type(data) is not dict:
            return data
        try:
            data = due.upcasts[number](cast("dict[str, Any]", data))
        except Exception as error:  # noqa: BLE001 -- a step may take for granted what is not there
            message = f"this is no data of schema {number}: its upcast failed with"
            found = Finding(("data",), "decode.upcast", f"{message} {cause_of(error)}")
            raise DecodeError([found]) from None
    return data


def _parts(value: object, kind: Kind) -> list[tuple[str, object, Any]]:
    """What an object holds: the way there, the part, its type."""
    cls: type = type(value)
    if is_calendar(kind):
        return []  # of its own class or not, it is written as a whole
    if attrs.has(cls):
        fields = fields_of(cls)
        return [(f".{each.name}", getattr(value, each.name), each.type) for each in fields]
    if is_pairs(kind):
        pairs = cast("tuple[tuple[str, object], ...]", value)
        return [(f".{name}", part, named_type(kind)) for name, part in pairs]
    if isinstance(value, tuple) and is_tuple(kind):
        entry = get_args(kind)[0]
        parts = enumerate(cast("tuple[object, ...]", value))
        return [(f"[{number}]", part, entry) for number, part in parts]
    return []


def _as_refusal(error: Exception) -> InvalidValueError:
    if isinstance(error, InvalidValueError):
        return error
    return InvalidValueError("encode.failed", f"writing it failed with {cause_of(error)}")
