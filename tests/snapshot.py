"""The public API as text: `python -m tests.snapshot` writes it anew."""

import enum
import inspect
from collections.abc import Iterator
from importlib import import_module
from types import FunctionType
from typing import TypeGuard

from tests.places import TESTS, public_modules

FILE = TESTS / "api_snapshot.txt"


def public_api() -> str:
    """Return a line for each public name, with its signature where it has one."""
    lines = {line for module in public_modules() for line in _names(module)}
    return "".join(f"{line}\n" for line in sorted(lines))


def _names(module_name: str) -> Iterator[str]:
    module = import_module(module_name)
    for name in module.__all__:
        path = f"{module_name}.{name}"
        # The root only repeats the names of its rooms.
        yield from [path] if "." not in module_name else _described(path, getattr(module, name))


def _described(path: str, value: object) -> Iterator[str]:
    if not inspect.isclass(value):
        yield f"{path}{_signature(value)}"
        return
    if issubclass(value, enum.Enum):
        yield from (f"{path}.{member}" for member in value.__members__)
    else:
        yield f"{path}{_signature(inspect.getattr_static(value, '__init__'))}"
    for name in dir(value):
        if not name.startswith("_"):
            yield from _member(f"{path}.{name}", inspect.getattr_static(value, name))


def _member(path: str, member: object) -> Iterator[str]:
    function: object = getattr(member, "__func__", getattr(member, "fget", member))
    if _is_own(function):
        yield path if isinstance(member, property) else f"{path}{_signature(function)}"


def _is_own(value: object) -> TypeGuard[FunctionType]:
    return isinstance(value, FunctionType) and value.__module__.startswith("partnervisits")


def _signature(value: object) -> str:
    # How Python describes functions of its own differs from version to version.
    if not _is_own(value):
        return ""
    signature = inspect.signature(value)
    shown = [p.replace(default=_default(p.default)) for p in signature.parameters.values()]
    return str(signature.replace(parameters=shown))


class _Text(str):
    __slots__ = ()
    __repr__ = str.__str__


def _default(value: object) -> object:
    if value is inspect.Parameter.empty or value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, enum.Enum):
        return _Text(value)
    return _Text(repr(value) if value in ("", (), frozenset()) else "...")


if __name__ == "__main__":
    _ = FILE.write_text(public_api(), "utf-8")
