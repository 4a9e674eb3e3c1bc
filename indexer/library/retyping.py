"""Types of pages and titles of stories that people set: at once, and in the ledger for every later reading.

What somebody says is kept by the picture of the page, so that it outlives new stages, a moved file
and a migration; the neighbours are told by it when the book is read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from indexer.care.sealing import seal
from indexer.library.export import open_table
from indexer.library.faults import reading
from indexer.library.ledger import LEDGER_FILE, Ledger
from indexer.library.rewriting import finish_rewriting, rewrite_book
from indexer.library.store import LibraryWriter
from indexer.remote.published import publish
from indexer.remote.turn import writers_turn
from schemas.errors import QueryError
from schemas.labels import PageType
from schemas.tables import BOOKS, PAGES, LibraryFormat

_MOST = 20_000
"""Pages set in one call: no book has more."""
_PAGES_A_QUERY = 500


def set_page_types(library: Path, kinds: Mapping[str, PageType | None]) -> int:
    """Set what pages are, by page id; None leaves a page to the next reading. Returns how many were set.

    Raises:
        QueryError: there is no such page, or too many are named.
        LibraryBusyError: another process is writing to the library.
        LibraryError: it is none, or cannot be written.
    """
    if len(kinds) > _MOST:
        raise QueryError(f"at most {_MOST:,} pages are set at once, {len(kinds):,} were named")
    correct_pages(library, kinds, {})
    return len(kinds)


def correct_pages(
    library: Path, kinds: Mapping[str, PageType | None], titles: Mapping[str, str | None]
) -> None:
    """Set what pages are, and what the stories that begin on them are called, by page id; None takes back.

    All is remembered in one step, then written book by book; a killed process leaves no book half so, and
    the same call again does the rest. Raises as :func:`set_page_types`.
    """
    library = library.absolute()
    known = LibraryFormat.from_metadata(open_table(library, BOOKS).schema.metadata)
    with writers_turn(library), Ledger.open(library) as ledger:
        pictures = _pictures(library, {*kinds, *titles})
        store = LibraryWriter.open(library, known)
        finish_rewriting(store, ledger)
        ledger.remember_corrections(
            {pictures[page]: kind for page, kind in kinds.items() if pictures[page]},
            {pictures[page]: title for page, title in titles.items() if pictures[page]},
        )
        by_book: dict[str, dict[str, PageType]] = defaultdict(dict)
        for page, kind in kinds.items():
            if kind is not None:
                by_book[_book_of(page)][page] = kind
        for book_id in dict.fromkeys((*by_book, *map(_book_of, titles))):
            with ledger.unsettling([book_id]):
                rewrite_book(store, book_id, by_book[book_id], ledger.stated_titles())
        store.finish()
        seal(library, ledger)
        publish(library, ledger, LEDGER_FILE)


def _pictures(library: Path, pages: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of the picture of each page. Raises QueryError."""
    from lancedb.expr import col, lit

    found: dict[str, str] = {}
    table, wanted = open_table(library, PAGES), sorted(pages)
    for start in range(0, len(wanted), _PAGES_A_QUERY):
        some = [lit(page) for page in wanted[start : start + _PAGES_A_QUERY]]
        with reading(library, PAGES):
            query = table.search().where(col("page_id").isin(some)).select(["page_id", "sha256"])
            rows = query.limit(None).to_arrow().to_pylist()
        found |= {str(row["page_id"]): str(row["sha256"]) for row in rows}
    if missing := [page for page in wanted if page not in found]:
        raise QueryError(
            f"the library has no page {missing[0][:80]!r}: ids of pages are those of the API and of searches"
        )
    return found


def _book_of(page: str) -> str:
    return page.partition("/")[0]
