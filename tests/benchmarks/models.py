"""Models of pydantic with the same fields, as strict: made from the classes of the domain.

They read and write the same documents: types are exact, what is no field is refused, ids and texts
have their lengths and characters, decimals are strings, instants are turned to UTC. What several
fields say together they do not check, nor do they know S 2.2; so they do somewhat less.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

import attrs
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    create_model,
)

from partnervisits.codec._kinds import class_of, fields_of
from partnervisits.codec._tags import VALUES, VARIANTS
from partnervisits.contexts import Context, Fact, FactPairs

CONFIG = ConfigDict(frozen=True, extra="forbid")
_UNFIT = r"\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"


def _in_bounds(moment: datetime) -> datetime:
    turned = moment.astimezone(UTC)
    if not 1900 <= turned.year <= 2200:
        raise ValueError
    return turned


Line = Annotated[
    str,
    StringConstraints(
        strict=True, max_length=4096, pattern=rf"^[^\s{_UNFIT}]([^{_UNFIT}]*[^\s{_UNFIT}])?$"
    ),
]
Text = Annotated[
    str, StringConstraints(strict=True, max_length=4000, pattern=rf"^([^{_UNFIT}]|[\n\t])*$")
]
Slug = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Instant = Annotated[AwareDatetime, AfterValidator(_in_bounds)]
Number = Annotated[Decimal, Field(max_digits=28, decimal_places=10)]

_LEAVES: dict[Any, Any] = {
    str: Text,
    bool: Annotated[bool, Field(strict=True)],
    int: Annotated[int, Field(strict=True)],
    Decimal: Number,
    datetime: Instant,
}
_SLUGS = {"key", "item_key", "task_key"}


class Models:
    """One model for each class, and one more where it tells itself apart by a tag."""

    def __init__(self) -> None:
        self._made: dict[tuple[type, str], Any] = {}

    def document(self, cls: type, kind: str) -> type[BaseModel]:
        """The envelope and what is in it."""
        fields: Any = {
            "kind": (Literal[kind], ...),
            "schema_": (Annotated[Literal[1], Field(alias="schema")], ...),
            "data": (self._model(cls), ...),
        }
        return create_model("Document", __config__=CONFIG, **fields)

    def _model(self, cls: type, tag: str = "") -> Any:
        if (cls, tag) not in self._made:
            fields: dict[str, Any] = {"kind": (Literal[tag], ...)} if tag else {}
            for each in fields_of(cls):
                default = ... if each.default is attrs.NOTHING else each.default
                fields[each.name] = (self._field(each.name, each.type), default)
            self._made[cls, tag] = create_model(cls.__name__, __config__=CONFIG, **fields)
        return self._made[cls, tag]

    def _field(self, name: str, kind: Any) -> Any:
        if name == "condition":
            return None  # a tree, which the plans that are measured have not
        if kind is str and name in _SLUGS:
            return Slug
        if kind is str and (name == "id" or name.endswith("_id")):
            return Line
        return self._type(kind)

    def _type(self, kind: Any) -> Any:
        if kind in _LEAVES:
            return _LEAVES[kind]
        if kind == FactPairs:
            return GenericAlias(dict, (Line, self._type(Fact)))
        origin = get_origin(kind)
        if origin is tuple:
            return GenericAlias(tuple, (self._entry(get_args(kind)[0]), ...))
        if origin in (Union, UnionType):
            return self._union(get_args(kind))
        if attrs.has(kind):
            return self._model(kind)
        return frozenset[Line] if origin is frozenset else kind

    def _entry(self, kind: Any) -> Any:
        if kind != tuple[Context, FactPairs]:
            return self._type(kind)
        fields: Any = {"context": self._type(Context), "facts": self._type(FactPairs)}
        return create_model("FactsOfContext", __config__=CONFIG, **fields)

    def _union(self, members: tuple[Any, ...]) -> Any:
        some = [each for each in members if each is not NoneType]
        kind = self._type(some[0]) if len(some) == 1 else self._tagged(some)
        return kind | None if NoneType in members else kind

    def _tagged(self, members: list[Any]) -> Any:
        choices = tuple(self._choice(each) for each in members)
        return Annotated[Union[choices], Discriminator(_tag_of)]  # noqa: UP007 -- made of a tuple

    def _choice(self, member: Any) -> Any:
        cls = class_of(member)
        if cls in VARIANTS:
            return Annotated[self._model(cls, VARIANTS[cls]), Tag(VARIANTS[cls])]
        fields: Any = {VALUES[cls]: (self._type(member), ...)}
        return Annotated[create_model("Value", __config__=CONFIG, **fields), Tag(VALUES[cls])]


def _tag_of(value: Any) -> Any:
    """What tells members of a union apart, in data and in models."""
    held = cast("dict[str, Any]", value if type(value) is dict else vars(value))
    return held.get("kind") or next(iter(held), None)
