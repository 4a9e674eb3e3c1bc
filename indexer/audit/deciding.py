"""What a curator does about findings: leave out, take for a copy, show again, read anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pyarrow as pa

from indexer.audit.files import change_curation, read_curation, read_report
from indexer.library.export import current_rows, open_table
from indexer.library.ledger import Ledger
from schemas.audit import KINDS, Finding, book_of, level_of
from schemas.curation import BookKey, BookMark, Curation, PageMark
from schemas.errors import NotFoundError, QueryError
from schemas.tables import BOOKS, PAGES

Action = Literal["exclude", "merge", "restore", "reindex"]
ACTIONS: tuple[Action, ...] = get_args(Action)
_PAGES_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """What an action did: ids of the books and of the pages it was about."""

    action: Action
    books: tuple[str, ...]
    pages: tuple[str, ...]

    @property
    def count(self) -> int:
        """Return how many books and pages it was about."""
        return len(self.books) + len(self.pages)


def decide(library: Path, action: Action, targets: Sequence[str], *, into: str | None = None) -> Decided:
    """Do something about books, pages, or findings of the last audit.

    Args:
        library: its folder.
        action: ``exclude`` hides books and pages from searches, ``merge`` hides books as copies,
            ``restore`` takes either back, ``reindex`` has books read anew by the next ``longbox index``.
        targets: ids of books, pages, findings. Of a finding of copies all but the first are meant,
            except to restore.
        into: the book that others are merged into; else the first of a finding.

    Raises:
        QueryError: no targets, or an action that cannot be done with them.
        NotFoundError: there is no such book, page or finding.
        LibraryError: it cannot be written.
    """
    if not targets:
        raise QueryError("name what it is about: ids of books, pages or findings")
    items = _items(library, action, targets)
    if action == "merge":
        return _merge(library, _originals(library, targets, items, into))
    books = _book_keys(library, map(book_of, items))
    if action == "reindex":
        return _reindex(library, books)
    whole = {item: books[item] for item in items if level_of(item) == "book"}
    pages = _page_marks(library, [item for item in items if level_of(item) != "book"], books)
    if action == "exclude":
        change_curation(
            library, lambda known: known.marked([BookMark(key) for key in whole.values()], pages.values())
        )
    else:
        shown = [(mark.book, mark.sha256) for mark in pages.values()]
        change_curation(library, lambda known: known.without(whole.values(), shown))
    return Decided(action, tuple(whole), tuple(pages))


def decisions(library: Path) -> Curation:
    """Return all decisions on a library. Raises LibraryFormatError."""
    return read_curation(library)


def _items(library: Path, action: Action, targets: Sequence[str]) -> list[str]:
    """Return ids of books and pages; panels stand for their pages."""
    items: dict[str, None] = {}
    for target in targets:
        findings = _findings(library, target)
        if findings is None:
            items[target] = None
            continue
        for finding in findings:
            spared = KINDS[finding.kind].copies and action != "restore"
            items |= dict.fromkeys(finding.items[1:] if spared else finding.items)
    if action == "merge" and any(level_of(item) != "book" for item in items):
        raise QueryError("only books are merged: exclude pages instead")
    if any(level_of(item) == "panel" for item in items) and action != "reindex":
        raise QueryError("panels are not left out one by one: exclude their pages, by the pages' ids")
    return list(items)


def _findings(library: Path, target: str) -> tuple[Finding, ...] | None:
    """Return the findings of an id or a kind, None for the id of a book or a page. Raises NotFoundError."""
    if level_of(target) != "book" or _is_book_id(target):
        return None
    report = read_report(library)
    found = report.named(target) if report else ()
    if not found:
        raise NotFoundError(f"there is no book, page or finding {target[:60]!r}: see 'longbox audit'")
    return found


def _is_book_id(target: str) -> bool:
    return len(target) == 24 and all(digit in "0123456789abcdef" for digit in target)


def _originals(
    library: Path, targets: Sequence[str], items: Sequence[str], into: str | None
) -> Mapping[BookKey, BookKey]:
    """Return for each book that is merged the one it is a copy of."""
    original: dict[str, str] = {}
    for target in targets:
        for finding in _findings(library, target) or ():
            original |= dict.fromkeys(finding.items[1:], finding.items[0])
    if into is not None:
        original = dict.fromkeys((item for item in items if item != into), into)
    if missing := [item for item in items if item not in original and item != into]:
        raise QueryError(f"say which book {missing[0]} is a copy of")
    keys = _book_keys(library, {*original, *original.values()})
    return {keys[book]: keys[kept] for book, kept in original.items()}


def _merge(library: Path, copies: Mapping[BookKey, BookKey]) -> Decided:
    change_curation(library, lambda known: _with_copies(known, copies))
    return Decided("merge", tuple(book.book_id for book in copies), ())


def _with_copies(known: Curation, copies: Mapping[BookKey, BookKey]) -> Curation:
    """Note copies; a book that others are merged into shows, and copies of copies are of the original."""
    shown = known.without(copies.values(), ())
    marks = [BookMark(book, kept) for book, kept in copies.items()]
    moved = [
        BookMark(mark.book, copies[mark.copy_of])
        for mark in shown.books
        if mark.copy_of is not None and mark.copy_of in copies and mark.book not in copies
    ]
    return shown.marked([*marks, *moved], ())


def _reindex(library: Path, books: Mapping[str, BookKey]) -> Decided:
    """Have books read anew: they are in the ledger as damaged until a run has read them."""
    with Ledger.open(library) as ledger:
        ledger.mark_damaged(books)
    return Decided("reindex", tuple(books), ())


def _book_keys(library: Path, wanted: Iterable[str]) -> dict[str, BookKey]:
    """Return what books are known by. Raises NotFoundError."""
    asked = dict.fromkeys(wanted)
    rows = current_rows(open_table(library, BOOKS), None, ["book_id", "source"])
    known = dict(zip(rows["book_id"].to_pylist(), rows["source"].to_pylist(), strict=True))
    for book in asked:
        if book not in known:
            raise NotFoundError(f"the library has no book {book[:60]!r}")
    return {book: BookKey(book, known[book]) for book in asked}


def _page_marks(library: Path, pages: Sequence[str], books: Mapping[str, BookKey]) -> dict[str, PageMark]:
    """Return what pages are known by. Raises NotFoundError."""
    found: dict[str, PageMark] = {}
    for start in range(0, len(pages), _PAGES_AT_A_TIME):
        for row in _rows_of(library, pages[start : start + _PAGES_AT_A_TIME]).to_pylist():
            mark = PageMark(books[row["book_id"]], row["page_no"], row["sha256"])
            found[row["page_id"]] = mark
    for page in pages:
        if page not in found:
            raise NotFoundError(f"the library has no page {page[:60]!r}")
    return found


def _rows_of(library: Path, pages: Sequence[str]) -> pa.Table:
    from lancedb.expr import col, lit

    where = col("page_id").isin([lit(page) for page in pages])
    where = where.and_(col("book_id").isin([lit(book) for book in sorted(set(map(book_of, pages)))]))
    table = open_table(library, PAGES)
    return current_rows(table, None, ["page_id", "book_id", "page_no", "sha256"], where)
