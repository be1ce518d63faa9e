"""C34 and C35: what a store does within a transaction of its host."""

from __future__ import annotations

from partnervisits.repositories import Changes
from partnervisits.testing._builders import a_reading, a_visit
from partnervisits.testing._kit._clauses import Capability, clause
from partnervisits.testing._kit._suite import Clauses, conflicts_of, ids_of, put, state_of


class JoiningClauses(Clauses):
    """What a store does within a transaction of its host."""

    @clause(34, Capability.TRANSACTIONS)
    def test_c34_what_the_host_rolls_back_was_never_there(self) -> None:
        with self._new_store() as store:
            (held,) = put(store, a_visit())
            before = state_of(store)
            with self._rolled_back(store) as inner:
                inner.apply(inner.visits.get("V-1").deleted())
                inner.apply(Changes.create(a_visit(id="V-2"), a_reading()))
                assert ids_of(inner.visits.find()) == ["V-2"]
            assert state_of(store) == before
            store.apply(held.deleted())

    @clause(35, Capability.TRANSACTIONS)
    def test_c35_a_refusal_leaves_the_transaction_as_it_was(self) -> None:
        with self._new_store() as store:
            _ = put(store, a_visit())
            with self._rolled_back(store) as inner:
                inner.apply(Changes.create(a_visit(id="V-2")))
                before = state_of(inner)
                refused = Changes.create(a_reading(), a_visit(), a_visit(id="V-0"))
                assert conflicts_of(inner, refused) == [("visits", "V-1", "store.exists")]
                assert state_of(inner) == before
                inner.apply(Changes.create(a_visit(id="V-3")))
                assert ids_of(inner.visits.find()) == ["V-1", "V-2", "V-3"]
