"""The Adventure Works network as one book: a document that the command reports on.

    python docs/examples/adventure_works_book.py FOLDER BOOK.json
    python -m partnervisits report BOOK.json

FOLDER holds the files that `adventure_works.py` reads. BOOK.json gets the definitions, the visit of
every store with what was known of it, its plan, what the survey captured, and the rules.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable
from pathlib import Path

from adventure_works import CATALOG, RULES, Surveyed, conduct, known_of, load

from partnervisits import codec
from partnervisits.books import Book


def book_of(surveyed: Iterable[Surveyed]) -> Book:
    """All that there is after the quarter, in one document.

    Args:
        surveyed: The stores after their visits.
    """
    held = list(surveyed)
    comparisons = [comparison for each in held for comparison in each.card.comparisons]
    return Book(
        catalog=CATALOG,
        visits=[each.visit for each in held],
        givens={each.visit.id: known_of(each.store) for each in held},
        plans=[each.plan for each in held],
        readings=[each.reading for each in comparisons if each.reading is not None],
        rules=RULES,
    )


def main() -> None:
    """Write the book of the network in a folder to a file."""
    parser = argparse.ArgumentParser(description="Put the Adventure Works network into a book.")
    _ = parser.add_argument("folder", type=Path, help="holds stores.csv, reps.csv, territories.csv")
    _ = parser.add_argument("book", type=Path, help="the file to be written")
    asked = parser.parse_args()
    folder: Path = asked.folder
    file: Path = asked.book
    try:
        book = book_of(conduct(load(folder)))
        _ = file.write_text(codec.dumps(book), "utf-8", newline="\n")
    except (OSError, ValueError, csv.Error) as error:
        parser.error(f"cannot put the network in {folder} into {file}: {error}")
    print(f"{len(book.visits)} visits, {len(book.readings)} readings")


if __name__ == "__main__":
    main()
