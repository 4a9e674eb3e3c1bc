"""Page types that people set: in the library at once, in the ledger for every later reading.

What somebody says is kept by the picture of the page, so that it outlives new stages, a moved file
and a migration; the neighbours are told by it when the book is read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from indexer.care.sealing import seal
from indexer.library.export import open_table
from indexer.library.faults import reading
from indexer.library.ledger import LEDGER_FILE, Ledger
from indexer.library.store import LibraryWriter
from indexer.remote.published import publish
from indexer.remote.turn import writers_turn
from schemas.errors import QueryError
from schemas.labels import PageType
from schemas.tables import BOOKS, PAGES, LibraryFormat

_MOST = 20_000
"""Pages set in one call: no book has more."""


def set_page_types(library: Path, kinds: Mapping[str, PageType | None]) -> int:
    """Set what pages are, by page id; None leaves a page to the next reading. Returns how many were set.

    Raises:
        QueryError: there is no such page, or too many are named.
        LibraryBusyError: another process is writing to the library.
        LibraryError: it is none, or cannot be written.
    """
    if len(kinds) > _MOST:
        raise QueryError(f"at most {_MOST:,} pages are set at once, {len(kinds):,} were named")
    library = library.absolute()
    known = LibraryFormat.from_metadata(open_table(library, BOOKS).schema.metadata)
    with writers_turn(library), Ledger.open(library) as ledger:
        pictures = _pictures(library, list(kinds))
        store = LibraryWriter.open(library, known)
        by_book: dict[str, dict[str, PageType]] = {}
        for page, kind in kinds.items():
            ledger.remember_type(pictures[page], kind)
            if kind is not None:
                by_book.setdefault(page.partition("/")[0], {})[page] = kind
        for book_id, typed in by_book.items():
            with ledger.unsettling([book_id]):
                store.retype_pages(book_id, typed)
        store.finish()
        seal(library, ledger)
        publish(library, ledger, LEDGER_FILE)
    return len(kinds)


def _pictures(library: Path, pages: list[str]) -> dict[str, str]:
    """Return the SHA-256 of the picture of each page."""
    from lancedb.expr import col, lit

    found: dict[str, str] = {}
    table = open_table(library, PAGES)
    for page in pages:
        with reading(library, PAGES):
            rows = table.search().where(col("page_id").eq(lit(page))).select(["page_id", "sha256"]).to_list()
        found |= {str(row["page_id"]): str(row["sha256"]) for row in rows}
    if missing := [page for page in pages if page not in found]:
        raise QueryError(
            f"the library has no page {missing[0][:80]!r}: ids of pages are those of the API and of searches"
        )
    return found
