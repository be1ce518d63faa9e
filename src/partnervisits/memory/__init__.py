"""The reference store: everything in memory, as strict as any database (S 10.6).

It is safe for any number of threads, and no exception at any point leaves it half written. It is
not durable and not for several processes: for that write a store over
your database.
"""

from partnervisits.memory._store import MemoryRepository, MemoryStore

__all__ = ["MemoryRepository", "MemoryStore"]


def __dir__() -> list[str]:
    return sorted(__all__)
