"""A book of the library written anew with other types of pages, its panels and stories by them.

The book gets another revision with it, so that no reader sees types of pages from before beside stories
from after. Its pages are written first: what a killed process leaves is brought to its end by them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from indexer.library.ledger import Ledger
from indexer.library.rows import retyped, with_column
from indexer.library.store import LibraryWriter, StoredBook
from indexer.library.stories import pages_from_rows, story_rows, with_stated_titles
from schemas.labels import PageType
from schemas.tables import BOOKS, PAGES, PANELS, REVISION_MARK, STORIES, read_revision


def finish_rewriting(store: LibraryWriter, ledger: Ledger) -> bool:
    """Bring books to their end whose pages a killed process was setting. Returns whether there were any.

    Of a book that is whole but for that, all rows are of one reading; the pages tell what the rest must be.
    """
    marked = ledger.unsettled()
    stored = store.stored_books() if marked else {}
    torn = [stored[book] for book in marked if book in stored and not store.is_whole(stored[book])]
    mended = [book.book_id for book in torn if _is_of_one_reading(store, book)]
    for book_id in mended:
        rewrite_book(store, book_id, {}, ledger.stated_titles())
    ledger.settle(mended)
    return bool(mended)


def _is_of_one_reading(store: LibraryWriter, book: StoredBook) -> bool:
    for name, count in ((PAGES, book.page_count), (PANELS, book.panel_count)):
        revisions = store.rows_of(name, book.book_id)["ingest_rev"].to_pylist()
        if len(revisions) != count or {*map(read_revision, revisions)} - {read_revision(book.ingest_rev)}:
            return False
    return True


def rewrite_book(
    store: LibraryWriter, book_id: str, kinds: Mapping[str, PageType], titles: Mapping[str, str]
) -> None:
    """Write a book anew with these types of pages, by page id, and titles of stories, by first picture."""
    pages = retyped(store.rows_of(PAGES, book_id), kinds)
    types = dict(
        zip(pages["page_id"].to_pylist(), map(PageType, pages["page_type"].to_pylist()), strict=True)
    )
    panels, book = retyped(store.rows_of(PANELS, book_id), types), store.rows_of(BOOKS, book_id)
    mine = {sha256: titles[sha256] for sha256 in pages["sha256"].to_pylist() if sha256 in titles}
    revision = _revision(book["ingest_rev"][0].as_py(), types, mine)
    told = pages_from_rows(pages, panels)
    stories = with_stated_titles(
        story_rows(book_id, told, ingest_rev=revision, library=store.format), pages, mine
    )
    if "story_count" in book.schema.names:
        book = with_column(book, "story_count", [len(stories)])
    tables = {PAGES: pages, PANELS: panels, BOOKS: book}
    revised = {name: with_column(rows, "ingest_rev", [revision] * len(rows)) for name, rows in tables.items()}
    store.rewrite_book(book_id, {**revised, STORIES: stories})


def _revision(before: str, types: Mapping[str, PageType], titles: Mapping[str, str]) -> str:
    """Return the revision of a book whose pages have these types: equal ones hold equal rows."""
    said = repr((sorted((page, kind.value) for page, kind in types.items()), sorted(titles.items())))
    return f"{read_revision(before)}{REVISION_MARK}{hashlib.sha256(said.encode()).hexdigest()[:8]}"
