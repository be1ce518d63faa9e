"""What a field may hold: ids, keys, names, texts and sequences (S 1.3).

A domain class names one of these as the converter of a field. A converter returns the value it was
given, in the form that is stored, or raises `InvalidValueError`; the field transformer `named` adds
the names of the class and the field. Converters also run when a host has switched validators off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from inspect import Parameter, Signature
from typing import Any, TypeAlias, TypeVar, cast

import attrs

from partnervisits.errors import InvalidValueError

__all__ = [
    "UNCHANGED",
    "Unchanged",
    "bare",
    "boolean",
    "caption",
    "cause_of",
    "choice_key",
    "count",
    "entries_of",
    "escaped",
    "host_id",
    "instance_of",
    "iterable",
    "kind_of",
    "library_id",
    "library_ids",
    "named",
    "optional_count",
    "optional_id",
    "optional_library_id",
    "optional_slug",
    "pairs_of",
    "slug",
    "slugs",
    "text",
    "title",
    "trusted",
    "tuple_of",
    "unique",
    "words",
]

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_IN_TEXT = frozenset("\n\t")
_HIGHEST_COUNT = 1_000_000
_NO_SEQUENCES = (str, bytes, Mapping, AbstractSet)


class Unchanged(Enum):
    """What stands where a value is left as it is, since None is a value too."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED
"""Leave it as it is."""


def host_id(value: str) -> str:
    """An id the host chose: opaque, 1 to 255 characters.

    Args:
        value: Kept as it is.

    Raises:
        InvalidValueError: `text.type`, `text.empty`, `text.long`, `text.control`,
            `text.blank-ends`.
    """
    return _line(value, "an id", 255)


def optional_id(value: str | None) -> str | None:
    """A `host_id`, or None for none.

    Args:
        value: Kept as it is.
    """
    return None if value is None else host_id(value)


def library_id(value: str) -> str:
    """An id that the library made out of others: at most 4,096 characters (S 6.3).

    Args:
        value: Kept as it is.
    """
    return _line(value, "an id", 4096)


def library_ids(values: Iterable[str]) -> frozenset[str]:
    """Several ids that the library made, in any order.

    Args:
        values: Any iterable; a lone string is refused.

    Raises:
        InvalidValueError: `sequence.type`, besides those of `library_id`.
    """
    given = iterable(values, "a set or a list of ids", unfit=(str, bytes, Mapping))
    return frozenset(library_id(each) for each in given)


def optional_library_id(value: str | None) -> str | None:
    """A `library_id`, or None for none.

    Args:
        value: Kept as it is.
    """
    return None if value is None else library_id(value)


def slug(value: str) -> str:
    """The key of a definition: a slug of 1 to 64 letters, digits, dots, underscores and hyphens.

    Args:
        value: Kept as it is; the first character is a letter or a digit.

    Raises:
        InvalidValueError: `key.slug`, besides those of `host_id`.
    """
    if not _SLUG.fullmatch(_line(value, "a key", 64)):
        raise InvalidValueError(
            "key.slug",
            f"{value!r} is no key: use 1 to 64 of A-Z a-z 0-9 . _ -, a letter or a digit first",
        )
    return value


def optional_slug(value: str | None) -> str | None:
    """A `slug`, or None for none.

    Args:
        value: Kept as it is.
    """
    return None if value is None else slug(value)


def slugs(values: Iterable[str]) -> tuple[str, ...]:
    """Several different keys, in the order given.

    Args:
        values: Any iterable with an order of its own; a lone string is refused.

    Raises:
        InvalidValueError: `sequence.duplicate`, besides those of `slug` and `tuple_of`.
    """
    held = tuple(slug(value) for value in tuple_of(str, values))
    unique(held, "key")
    return held


def choice_key(value: str) -> str:
    """A choice key or a context kind: 1 to 64 characters, as the host writes them (`4+`).

    Args:
        value: Kept as it is.
    """
    return _line(value, "a choice key or context kind", 64)


def title(value: str) -> str:
    """A name for people: 1 to 255 characters on one line.

    Args:
        value: Kept as it is.
    """
    return _line(value, "a name", 255)


def caption(value: str) -> str:
    """A short text for people that may be left empty: at most 255 characters on one line.

    Args:
        value: Kept as it is.
    """
    return value if type(value) is str and not value else _line(value, "a label", 255)


def text(value: str) -> str:
    r"""Notes, reasons, descriptions, instructions: at most 4,000 characters, `\n` and `\t` allowed.

    Args:
        value: Kept as it is, code point by code point (S 1.5); it may be empty.

    Raises:
        InvalidValueError: `text.type`, `text.long`, `text.carriage-return`, `text.control`.
    """
    _check_characters(value, "a text", 4000, _IN_TEXT)
    return value


def words(value: str, code: str, message: str) -> str:
    """A text that says something.

    Args:
        value: Kept as it is.
        code: Of the error if it is blank.
        message: What to say instead.

    Raises:
        InvalidValueError: the code, and those of `text`.
    """
    if not text(value).strip():
        raise InvalidValueError(code, message)
    return value


def boolean(value: bool) -> bool:  # noqa: FBT001 -- a converter takes the value, no switch
    """Exactly True or False.

    Args:
        value: Kept as it is; nothing is taken for a truth value.
    """
    if type(value) is not bool:
        raise InvalidValueError("boolean.type", f"pass True or False, not {kind_of(value)}")
    return value


def count(value: int) -> int:
    """A whole number from 1 to 1,000,000.

    Args:
        value: Kept as it is; a bool is no number.
    """
    if type(value) is not int or not 1 <= value <= _HIGHEST_COUNT:
        raise InvalidValueError("count.range", "pass an int from 1 to 1,000,000")
    return value


def optional_count(value: int | None) -> int | None:
    """A `count`, or None for none.

    Args:
        value: Kept as it is.
    """
    return None if value is None else count(value)


def instance_of(kind: type[T] | tuple[type[T], ...], value: object) -> T:
    """The value, if it is exactly of a type (S 1.7).

    Args:
        kind: The type, or several that serve; a subclass of one does not.
        value: Kept as it is.

    Raises:
        InvalidValueError: `type.wrong`.
    """
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if type(value) in kinds:
        return cast("T", value)
    due = " or ".join(each.__name__ for each in kinds)
    raise InvalidValueError("type.wrong", f"pass {due}, not {kind_of(value)}")


def tuple_of(kind: type[T] | tuple[type[T], ...], values: Iterable[T]) -> tuple[T, ...]:
    """Any iterable with an order of its own, as a tuple.

    Args:
        kind: What each entry must be.
        values: A lone string, a mapping or a set is refused: the first two are never meant, and the
            order of a set differs from process to process.

    Raises:
        InvalidValueError: `sequence.type`, `sequence.entry`.
    """
    return entries_of(kind, iterable(values, "a list or a tuple", unfit=_NO_SEQUENCES))


def entries_of(kind: type[T] | tuple[type[T], ...], values: Iterable[T]) -> tuple[T, ...]:
    """The entries of an iterable, if each is exactly of a type.

    Args:
        kind: What each entry must be; several types serve.
        values: In any order.

    Raises:
        InvalidValueError: `sequence.entry`, naming the first that is not.
    """
    held = tuple(values)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not {*map(type, held)}.issubset(kinds):
        position = next(each for each, value in enumerate(held) if type(value) not in kinds)
        due = " or ".join(each.__name__ for each in kinds)
        message = f"entry {position}: pass {due}, not {kind_of(held[position])}"
        raise InvalidValueError("sequence.entry", message)
    return held


def iterable(
    values: Iterable[T], wanted: str, *, unfit: tuple[type, ...] = (str, bytes, Mapping)
) -> Iterable[T]:
    """The values, if they can be iterated over and are meant to be.

    Args:
        values: Kept as they are.
        wanted: What to pass, for the message.
        unfit: Types that are refused although they can be iterated over.

    Raises:
        InvalidValueError: `sequence.type`.
    """
    given = cast("object", values)
    if isinstance(given, unfit) or not isinstance(given, Iterable):
        raise InvalidValueError("sequence.type", f"pass {wanted}, not {kind_of(given)}")
    return values


def pairs_of(values: Mapping[K, V] | Iterable[tuple[K, V]]) -> tuple[tuple[K, V], ...]:
    """A mapping as pairs, or pairs as they are, in the order given.

    Args:
        values: Of keys and what they map to.

    Raises:
        InvalidValueError: `sequence.type`, `sequence.entry`.
    """
    if isinstance(values, Mapping):
        given = cast("Mapping[K, V]", values)
        return tuple(given.items())
    held = tuple(iterable(values, "a mapping, or pairs", unfit=(str, bytes, AbstractSet)))
    if any(not isinstance(cast("object", pair), tuple) or len(pair) != 2 for pair in held):  # noqa: PLR2004 -- a pair is two
        raise InvalidValueError("sequence.entry", "pass a mapping, or pairs of name and value")
    return held


def unique(values: Iterable[Hashable], noun: str) -> None:
    """Refuse what stands twice.

    Args:
        values: What must differ.
        noun: What one of them is called.

    Raises:
        InvalidValueError: `sequence.duplicate`.
    """
    seen: set[Hashable] = set()
    for value in values:
        if value in seen:
            raise InvalidValueError("sequence.duplicate", f"{noun} {value!r} stands twice")
        seen.add(value)


def escaped(part: str) -> str:
    """A part of an id, so that joining parts by `/` never makes two lists of parts one id (S 6.3).

    Args:
        part: Any text.
    """
    if "%" in part or "/" in part:
        return part.replace("%", "%25").replace("/", "%2F")
    return part


def named(cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Field transformer: what a converter refuses names the class and the field.

    Args:
        cls: The class attrs is building.
        fields: Its fields.
    """
    return [_named(cls.__name__, field) for field in fields]


def _named(owner: str, field: attrs.Attribute[Any]) -> attrs.Attribute[Any]:
    convert: _Convert | None = cast("Any", field).converter
    if convert is None:
        return field
    return field.evolve(converter=_naming(owner, field.name, convert))


def bare(converter: object) -> object:
    """The converter that a field names, without what adds the names of class and field to it.

    Args:
        converter: Of a field of a class that is built with `named`.
    """
    return getattr(converter, "__wrapped__", converter)


def trusted(cls: type[T]) -> Callable[..., T]:
    """A constructor of `cls` that takes every field, best by position, and proves nothing.

    It fills a bare twin with the same slots, which then becomes a `cls`: half the cost of a frozen
    constructor. Only for values that come from validated objects; a law holds that its results
    equal those of the public constructor.

    Args:
        cls: A frozen attrs class with slots, no weak references and no private fields.
    """

    def become(twin: object) -> None:
        twin.__class__ = cls

    return attrs.make_class(
        cls.__name__,
        [field.name for field in attrs.fields(cast("type[attrs.AttrsInstance]", cls))],
        class_body={"__attrs_post_init__": become},
        slots=True,
        weakref_slot=False,
        eq=False,
        repr=False,
    )


_Convert: TypeAlias = Callable[[Any], Any]


def _naming(owner: str, field: str, convert: _Convert) -> _Convert:
    def converter(value: object) -> object:
        try:
            return convert(value)
        except InvalidValueError as refused:
            raise refused.at(owner, field) from None

    converter.__wrapped__ = convert  # type: ignore[attr-defined]
    # What attrs asks of every converter, told at once: `help()` shows what a field takes.
    taken = next(iter(convert.__annotations__.values()))
    converter.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter("value", Parameter.POSITIONAL_ONLY, annotation=taken)]
    )
    return converter


def _line(value: str, what: str, longest: int) -> str:
    _check_characters(value, what, longest, frozenset())
    if not value:
        raise InvalidValueError("text.empty", f"{what} cannot be empty")
    if value[0].isspace() or value[-1].isspace():
        raise InvalidValueError("text.blank-ends", f"take the blanks off the ends of {value!r}")
    return value


def _check_characters(value: str, what: str, longest: int, allowed: frozenset[str]) -> None:
    if type(value) is not str:
        raise InvalidValueError("text.type", f"pass {what} as str, not {kind_of(value)}")
    if len(value) > longest:
        raise InvalidValueError("text.long", f"{what} has at most {longest} characters")
    if value.isprintable():
        return
    for position, character in enumerate(value):
        if _is_refused(character) and character not in allowed:
            raise _character_error(character, position, what)


def _is_refused(character: str) -> bool:
    return (
        character < " "
        or "\x7f" <= character < "\xa0"
        or "\ud800" <= character < "\ue000"
        or character in _BIDI
    )


def _character_error(character: str, position: int, what: str) -> InvalidValueError:
    if character == "\r" and what == "a text":
        return InvalidValueError(
            "text.carriage-return", rf"send line ends as \n: there is a CR at {position}"
        )
    return InvalidValueError(
        "text.control",
        f"take U+{ord(character):04X} out of {what}, at {position}: control characters, surrogates "
        "and bidirectional overrides are refused",
    )


def kind_of(value: object) -> str:
    """What a refused value is, for a message: safe whatever the value.

    Args:
        value: Any object.
    """
    if isinstance(value, str):
        return repr(value[:64])
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return "None" if value is None else type(value).__name__


def cause_of(error: Exception) -> str:
    """What went wrong in code that is not ours, for a message: safe whatever the exception.

    Args:
        error: Any exception.
    """
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 -- an exception that cannot be printed is no reason to stop
        said = "no message"
    return f"{type(error).__name__}: {(said if said.isprintable() else repr(said))[:500]}"


def __dir__() -> list[str]:
    return sorted(__all__)
