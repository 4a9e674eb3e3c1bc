"""Brings a ledger in line with tables that are older or newer than it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.care.scan import BookFacts, book_facts, books_with_rows
from indexer.library.export import open_table
from indexer.library.ledger import Ledger
from indexer.remote.state import shown
from indexer.running.run import SETTLED_NOTE
from schemas.errors import LibraryFormatError, LibraryNotFoundError
from schemas.tables import BOOKS

if TYPE_CHECKING:
    from lancedb.table import Table


def open_ledger(library: Path) -> Ledger:
    """Open a library's ledger to read it.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: its table of contents or its ledger is damaged, or lost.
    """
    open_table(library, BOOKS)
    try:
        return Ledger.open_read_only(library)
    except LibraryNotFoundError as error:
        raise LibraryFormatError(
            f"the library {shown(library)} lost its ledger: run 'longbox index', or 'longbox verify --repair'"
        ) from error


def fit_ledger(path: Path, library: Path, tables: Mapping[str, Table], digests: Mapping[str, str]) -> None:
    """Make a copy of a ledger, taken after the tables, say nothing that is not true of them.

    Args:
        path: the copy.
        library: the library the tables are of, for messages.
        tables: pinned tables.
        digests: of books, as the ledger knew them before the tables were pinned.
    """
    with Ledger.open_file(path) as ledger:
        later = [book for book, digest in ledger.digests().items() if digests.get(book) != digest]
        ledger.drop_digests(later)
        books = book_facts(library, tables[BOOKS])
        list(reconcile(ledger, books))
        # Rows of a book that was being replaced: the next run of a restored library sweeps them up.
        ledger.unsettle(books_with_rows(library, tables) - books.keys())


def reconcile(ledger: Ledger, books: Mapping[str, BookFacts]) -> Iterator[str]:
    """Have the next run look at sources whose books are not there, and enter books without a source.

    A source that an older book still names gets that one back: the next run replaces it. Yields a
    line for each kind of change; nothing is changed until it is asked for.
    """
    entries = ledger.entries()
    lost = [entry for entry in entries if entry.book_id is not None and entry.book_id not in books]
    by_source = {facts.source: book_id for book_id, facts in books.items()}
    for entry in lost:
        held = by_source.get(entry.source)
        if held is None:
            ledger.forget(entry.source)
            continue
        facts = books[held]
        counted = replace(entry, page_count=facts.page_count, panel_count=facts.panel_count)
        ledger.record(replace(counted, book_id=held, pipeline_rev=""))
    if lost:
        yield f"the next 'longbox index' looks again into {len(lost)} sources whose books were not there"
    strays = books.keys() - {entry.book_id for entry in ledger.entries()}
    if strays:
        ledger.set_note(SETTLED_NOTE, "0")
        yield f"the next 'longbox index' enters {len(strays)} books under the paths they name"
