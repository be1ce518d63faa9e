"""JSON text and plain data, over the standard library's json."""

from __future__ import annotations

import json

from partnervisits.codec._refusals import Unfit, unfit
from partnervisits.errors import InvalidValueError

_LONGEST_INTEGER = 32


def written(data: dict[str, object]) -> str:
    """Plain data as JSON text, in one way only: keys sorted, without blanks.

    Args:
        data: What `encode` gives.
    """
    return _ENCODER.encode(data)


def parsed(text: object) -> object:
    """The plain data of JSON text.

    What JSON or a document cannot have is replaced by what says so, so that it is found where it
    stands.

    Args:
        text: A str, or UTF-8 in bytes.

    Raises:
        InvalidValueError: `decode.json`, `decode.depth`, `decode.type`.
    """
    try:
        return _DECODER.decode(_characters(text))
    except RecursionError:
        raise InvalidValueError("decode.depth", "flatten it: it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise InvalidValueError("decode.json", f"write JSON: {error}") from None


def _characters(text: object) -> str:
    if type(text) is bytes:
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            message = f"write UTF-8: {error.reason} at byte {error.start}"
            raise InvalidValueError("decode.json", message) from None
    if type(text) is not str:
        raise unfit(text, "JSON text in a str or in bytes")
    return text


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
