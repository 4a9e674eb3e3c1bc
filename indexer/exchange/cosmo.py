"""Page streams of a library in the CoSMo format: what each page of a book is for."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.elements.pictures import read_thumbnail
from indexer.exchange.writing import Written
from indexer.library.export import check_outside, current_rows, names_of_tables, open_table
from indexer.library.faults import reading
from schemas.errors import LibraryError
from schemas.labels import PageType
from schemas.streams import StreamLabel, stream_to_json
from schemas.tables import BOOKS, PAGES, STORIES, page_id

if TYPE_CHECKING:
    import pyarrow as pa

    from models.page_types.teachers import PageTeacher

FILE = "streams.json"


def export_cosmo(library: Path, out: Path, teacher: PageTeacher | None = None) -> Written:
    """Write ``out/streams.json``: one entry a book, in order of title; ``hash_code`` is the book's id.

    With a teacher, pages are what it says, and those that it is not sure of are in no range.

    Raises:
        BackendUnavailableError: the teacher is not there.
        LibraryNotFoundError: there is no library.
        LibraryError: the file cannot be written, or would lie in the library itself.
    """
    check_outside(library, out)
    with reading(library, BOOKS):
        table = open_table(library, BOOKS)
        books = table.search().select(["book_id", "title", "ingest_rev"]).limit(None).to_arrow()
    columns = ["book_id", "ingest_rev", "page_no", "page_type", "text"]
    with reading(library, PAGES):
        rows = current_rows(open_table(library, PAGES), books.select(["book_id", "ingest_rev"]), columns)
    pages: dict[str, dict[int, tuple[PageType | None, str]]] = defaultdict(dict)
    for row in rows.to_pylist():
        pages[row["book_id"]][row["page_no"]] = PageType(row["page_type"]), row["text"]
    titles = dict(zip(books["book_id"].to_pylist(), books["title"].to_pylist(), strict=True))
    stories = _story_titles(library, books)
    if teacher is not None:
        pages = {book: _taught(library, book, found, teacher) for book, found in pages.items()}
    told = [
        _told(book, titles[book], pages.get(book, {}), stories[book])
        for book in sorted(titles, key=lambda b: (titles[b], b))
    ]
    try:
        out.mkdir(parents=True, exist_ok=True)
        partial = out / f"{FILE}.part"
        partial.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        partial.replace(out / FILE)
    except OSError as error:
        raise LibraryError(f"cannot write to {out}: {error.strerror or error}") from error
    return Written(out / FILE, {"books": len(told), "pages": sum(map(len, pages.values()))})


def _story_titles(library: Path, books: pa.Table) -> dict[str, dict[int, str]]:
    """Return the titles of the stories of each book, by the page that they begin on, counted from 0."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    if STORIES in names_of_tables(library):
        columns = ["book_id", "ingest_rev", "first_page", "title"]
        with reading(library, STORIES):
            known = books.select(["book_id", "ingest_rev"])
            rows = current_rows(open_table(library, STORIES), known, columns)
        for row in rows.to_pylist():
            if row["title"]:
                found[row["book_id"]][row["first_page"] - 1] = row["title"]
    return found


def _taught(
    library: Path, book: str, pages: Mapping[int, tuple[PageType | None, str]], teacher: PageTeacher
) -> dict[int, tuple[PageType | None, str]]:
    from models.page_types.teachers import TaughtPage

    numbers = sorted(pages)
    shown = [
        TaughtPage(pages[number][1], partial(read_thumbnail, library, page_id(book, number)))
        for number in numbers
    ]
    kinds = teacher.types(shown)
    return {number: (kind, pages[number][1]) for number, kind in zip(numbers, kinds, strict=True)}


def _told(
    book: str, title: str, pages: Mapping[int, tuple[PageType | None, str]], stories: dict[int, str]
) -> dict[str, object]:
    count = max(pages, default=0)
    types = tuple(pages[number][0] if number in pages else None for number in range(1, count + 1))
    return stream_to_json(StreamLabel(book, types, title), stories)
