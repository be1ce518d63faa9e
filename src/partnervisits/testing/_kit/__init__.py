"""The conformance kit: the contract of a store, clause by clause, as a class to inherit (S 10.7).

StoreContract ──► a store is made ──► each clause asks it ──► what was asked, and what was not
"""

from partnervisits.testing._kit._clauses import CLAUSES, Capability
from partnervisits.testing._kit._contracts import AsyncStoreContract, StoreContract

__all__ = ["CLAUSES", "AsyncStoreContract", "Capability", "StoreContract"]
