"""Finding one thing by its key: what fits none names the nearest, what fits several says which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from partnervisits.errors import AmbiguousError, NotFoundError
from partnervisits.fields import instance_of

__all__ = ["by_key", "nearest", "only"]

T = TypeVar("T")


def nearest(wanted: str, known: Iterable[str]) -> tuple[str, ...]:
    """The keys most like a wanted one, nearest first; at most three.

    Args:
        wanted: The key that was not found.
        known: The keys there are.

    Raises:
        InvalidValueError: `type.wrong`: the wanted key is no str.
    """
    from difflib import get_close_matches  # noqa: PLC0415 -- a tenth of the import, for errors only

    return tuple(get_close_matches(instance_of(str, wanted), sorted(known), n=3, cutoff=0.4))


def by_key(held: Mapping[str, T], key: str, noun: str) -> T:
    """What a key stands for.

    Args:
        held: Values by key.
        key: The key.
        noun: What one of them is called.

    Raises:
        NotFoundError: naming the nearest keys.
        InvalidValueError: `type.wrong`: the key is no str.
    """
    if instance_of(str, key) not in held:
        raise NotFoundError(noun, key, nearest(key, held))
    return held[key]


def only(
    fits: Sequence[T], noun: str, wanted: str, *, part: Callable[[T], str], known: Iterable[str]
) -> T:
    """The only one that fits.

    Args:
        fits: All that fit.
        noun: What one of them is called.
        wanted: What was asked for, in words.
        part: Tells those that fit apart.
        known: What could have been asked for.

    Raises:
        NotFoundError: nothing fits; it names the nearest.
        AmbiguousError: several fit; it says which.
    """
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise AmbiguousError(noun, wanted, tuple(part(each) for each in fits))
    raise NotFoundError(noun, wanted, nearest(wanted, known))


def __dir__() -> list[str]:
    return sorted(__all__)
