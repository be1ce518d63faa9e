"""JSON text and plain data, over the standard library's json."""

from __future__ import annotations

import json

from partnervisits.codec._refusals import Unfit, unfit
from partnervisits.errors import InvalidValueError

_LONGEST_INTEGER = 32
_MOST_BYTES = 4
"""Of a character in UTF-8."""


def written(data: dict[str, object]) -> str:
    """Plain data as JSON text, in one way only: keys sorted, without blanks.

    Args:
        data: What `encode` gives.

    Raises:
        InvalidValueError: `text.control`: a text that nobody checked holds half a character.
    """
    text = _ENCODER.encode(data)
    if not text.isascii():
        try:
            _ = text.encode()
        except UnicodeEncodeError:
            message = "a text holds a surrogate, half a character: take it out"
            raise InvalidValueError("text.control", message) from None
    return text


def parsed(text: object, size: int) -> object:
    """The plain data of JSON text.

    What JSON or a document cannot have is replaced by what says so, so that it is found where it
    stands.

    Args:
        text: A str, or UTF-8 in bytes.
        size: The most bytes it may have.

    Raises:
        InvalidValueError: `decode.size`, `decode.json`, `decode.depth`, `decode.type`.
    """
    try:
        return _DECODER.decode(_characters(text, size))
    except RecursionError:
        raise InvalidValueError("decode.depth", "flatten it: it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise InvalidValueError("decode.json", f"write JSON: {error}") from None


def _characters(text: object, size: int) -> str:
    if type(text) is bytes:
        _check_size(len(text), size)
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            message = f"write UTF-8: {error.reason} at byte {error.start}"
            raise InvalidValueError("decode.json", message) from None
    if type(text) is not str:
        raise unfit(text, "JSON text in a str or in bytes")
    _check_size(len(text), size)
    if len(text) * _MOST_BYTES > size and not text.isascii():
        _check_size(len(text.encode("utf-8", "surrogatepass")), size)
    return text


def _check_size(found: int, size: int) -> None:
    if found > size:
        raise InvalidValueError("decode.size", f"send at most {size} bytes at once, not {found}")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | Unfit:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return Unfit("decode.duplicate-key", "write each key of an object once")


def _integer(digits: str) -> int | Unfit:
    if len(digits) > _LONGEST_INTEGER:
        return Unfit("decode.number", "write a whole number of at most 18 digits")
    return int(digits)


def _constant(name: str) -> Unfit:
    return Unfit("decode.number", f"{name} is no number in JSON: leave the value out")


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_constant=_constant)
