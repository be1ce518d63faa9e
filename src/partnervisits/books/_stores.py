"""What a store holds, as a book."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import TypeVar

from partnervisits.books._book import Book, Givens
from partnervisits.proposals import Given
from partnervisits.repositories import (
    AsyncStore,
    Record,
    Store,
    Stored,
    catalog_of,
    catalog_of_async,
    each,
    each_async,
)
from partnervisits.targets import Target

T = TypeVar("T", bound=Record)


def book_of(
    store: Store, *, givens: Mapping[str, Given] | Givens = (), targets: Iterable[Target] = ()
) -> Book:
    """All that a store holds, as a book.

    What others write meanwhile may be half in it: read from a store that stands still.

    Args:
        store: Any.
        givens: What is known of visits, by their ids; a store holds none.
        targets: What is expected wherever nothing more specific applies; a store holds none.

    Raises:
        CatalogError: the definitions do not belong together.
        InvalidValueError: those of `Book`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> from partnervisits.books import Book, book_of
        >>> book = Book(catalog=example.catalog(), visits=[example.visit()])
        >>> store = pv.MemoryStore()
        >>> store.apply(book.changes())
        >>> book_of(store) == book
        True
    """
    return Book(
        catalog=catalog_of(store, targets=targets),
        visits=[held.value for held in each(store.visits)],
        givens=givens,
        plans=[held.value for held in each(store.plans)],
        readings=[held.value for held in each(store.readings)],
        rules=[held.value for held in each(store.rules)],
        overrides=[held.value for held in each(store.overrides)],
        follow_ups=[held.value for held in each(store.follow_ups)],
    )


async def book_of_async(
    store: AsyncStore, *, givens: Mapping[str, Given] | Givens = (), targets: Iterable[Target] = ()
) -> Book:
    """As `book_of`, of a store whose methods are awaited.

    Args:
        store: Any.
        givens: What is known of visits, by their ids; a store holds none.
        targets: What is expected wherever nothing more specific applies; a store holds none.

    Raises:
        CatalogError: the definitions do not belong together.
        InvalidValueError: those of `Book`.
    """
    return Book(
        catalog=await catalog_of_async(store, targets=targets),
        visits=[value async for value in _values(each_async(store.visits))],
        givens=givens,
        plans=[value async for value in _values(each_async(store.plans))],
        readings=[value async for value in _values(each_async(store.readings))],
        rules=[value async for value in _values(each_async(store.rules))],
        overrides=[value async for value in _values(each_async(store.overrides))],
        follow_ups=[value async for value in _values(each_async(store.follow_ups))],
    )


async def _values(found: AsyncIterator[Stored[T]]) -> AsyncIterator[T]:
    async for held in found:
        yield held.value
