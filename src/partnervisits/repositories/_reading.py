"""Reading much from a store: page by page, and the definitions as a catalog."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TypeVar

from partnervisits.catalog import Catalog
from partnervisits.repositories._changes import Stored
from partnervisits.repositories._protocols import AsyncRepository, AsyncStore, Repository, Store
from partnervisits.repositories._records import Cursor, Record
from partnervisits.targets import Target

T = TypeVar("T", bound=Record)
F = TypeVar("F")


def each(
    repository: Repository[T, F], filter: F | None = None, *, page: int = 500
) -> Iterator[Stored[T]]:
    """All that is found, read page by page: constant memory, whatever the number.

    Each page is read when it is reached. What is there from the first page to the last and does not
    move in the order comes exactly once, whatever others write meanwhile (S 10.1).

    Args:
        repository: Of a store, for example `store.visits`.
        filter: Which of them; all if None.
        page: How many are read at once.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> from partnervisits.repositories import each
        >>> store = pv.MemoryStore()
        >>> store.apply(pv.Changes.create(*example.catalog().indicators))
        >>> [held.value.key for held in each(store.indicators, page=2)][:3]
        ['complaints', 'demo', 'discount']
    """
    after: Cursor | None = None
    while True:
        found = repository.find(filter, after=after, limit=page)
        yield from found
        if len(found) < page:
            return
        after = found[-1].cursor


async def each_async(
    repository: AsyncRepository[T, F], filter: F | None = None, *, page: int = 500
) -> AsyncIterator[Stored[T]]:
    """As `each`, of a store whose methods are awaited.

    Args:
        repository: Of an asynchronous store.
        filter: Which of them; all if None.
        page: How many are read at once.
    """
    after: Cursor | None = None
    while True:
        found = await repository.find(filter, after=after, limit=page)
        for held in found:
            yield held
        if len(found) < page:
            return
        after = found[-1].cursor


# What refers is read before what it refers to, so that definitions which are only ever added
# belong together even if some are added between the three readings.


def catalog_of(store: Store, *, targets: Iterable[Target] = ()) -> Catalog:
    """The definitions that a store holds, as a catalog.

    Args:
        store: Any.
        targets: What is expected wherever nothing more specific applies; a store holds none.

    Raises:
        CatalogError: they do not belong together.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> from partnervisits.repositories import catalog_of
        >>> known = example.catalog()
        >>> store = pv.MemoryStore()
        >>> definitions = [*known.indicators, *known.tasks, *known.templates]
        >>> store.apply(pv.Changes.create(*definitions))
        >>> catalog_of(store, targets=known.targets) == known
        True
    """
    templates = _values(store.templates.find())
    tasks = _values(store.tasks.find())
    indicators = _values(store.indicators.find())
    return Catalog(indicators=indicators, tasks=tasks, templates=templates, targets=targets)


async def catalog_of_async(store: AsyncStore, *, targets: Iterable[Target] = ()) -> Catalog:
    """As `catalog_of`, of a store whose methods are awaited.

    Args:
        store: Any.
        targets: What is expected wherever nothing more specific applies; a store holds none.

    Raises:
        CatalogError: they do not belong together.
    """
    templates = _values(await store.templates.find())
    tasks = _values(await store.tasks.find())
    indicators = _values(await store.indicators.find())
    return Catalog(indicators=indicators, tasks=tasks, templates=templates, targets=targets)


def _values(found: Iterable[Stored[T]]) -> tuple[T, ...]:
    return tuple(held.value for held in found)
