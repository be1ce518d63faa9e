"""The book: all that belongs together, in one document.

    catalog, visits, givens, plans, readings, rules, overrides, follow-ups

A host that has no store, or that hands its records on, puts them into a `Book`. `check` says what
in it refers to nothing; `changes` fills a store with it, `book_of` makes one of what a store holds.
"""

from partnervisits.books._book import Book, Givens
from partnervisits.books._stores import book_of, book_of_async

__all__ = ["Book", "Givens", "book_of", "book_of_async"]


def __dir__() -> list[str]:
    return sorted(__all__)
