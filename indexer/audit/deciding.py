"""What a curator does about findings: leave out, take for a copy, show again, read anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pyarrow as pa

from indexer.audit.files import change_curation, read_curation, read_report
from indexer.library.export import current_rows, open_table
from indexer.library.ledger import Ledger
from indexer.library.store import BOOK_ID
from indexer.remote.state import store_of
from schemas.audit import KINDS, Finding, book_of, level_of
from schemas.curation import BookKey, BookMark, Curation, PageMark
from schemas.errors import NotFoundError, QueryError
from schemas.tables import BOOKS, PAGES, page_id

Action = Literal["exclude", "merge", "restore", "reindex"]
ACTIONS: tuple[Action, ...] = get_args(Action)
NO_STORE = "a library on object storage cannot be audited: restore a backup of it into a folder first"
_PAGES_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """What an action did: ids of the books and of the pages it was about."""

    action: Action
    books: tuple[str, ...]
    pages: tuple[str, ...]


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
    if store_of(library) is not None:
        raise QueryError(NO_STORE)
    found = _findings(library, targets)
    items = _items(action, targets, found)
    if action == "merge":
        return _merge(library, _originals(library, targets, items, found, into))
    if action == "restore":
        return _restore(library, items)
    books = _book_keys(library, map(book_of, items), spared={book_of(i) for i in items if not items[i]})
    items = {item: is_named for item, is_named in items.items() if book_of(item) in books}
    if action == "reindex":
        return _reindex(library, books)
    whole = {item: books[item] for item in items if level_of(item) == "book"}
    pages = _page_marks(library, {i: named for i, named in items.items() if level_of(i) == "page"}, books)
    change_curation(
        library, lambda known: known.marked([BookMark(key) for key in whole.values()], pages.values())
    )
    return Decided(action, tuple(whole), tuple(pages))


def decisions(library: Path) -> Curation:
    """Return all decisions on a library. Raises LibraryFormatError."""
    return read_curation(library)


def _findings(library: Path, targets: Sequence[str]) -> dict[str, tuple[Finding, ...]]:
    """Return the findings of targets that are no ids of books or pages. Raises NotFoundError."""
    named = [target for target in targets if level_of(target) == "book" and not BOOK_ID.fullmatch(target)]
    report = read_report(library) if named else None
    found = {target: report.named(target) if report else () for target in named}
    for target, findings in found.items():
        if not findings:
            raise NotFoundError(f"there is no book, page or finding {target[:60]!r}: see 'longbox audit'")
    return found


def _items(
    action: Action, targets: Sequence[str], found: Mapping[str, tuple[Finding, ...]]
) -> dict[str, bool]:
    """Return ids of books and pages, and whether each was named itself: what a finding names may be gone."""
    items: dict[str, bool] = {}
    for target in targets:
        if target not in found:
            items[target] = True
        for finding in found.get(target, ()):
            spared = KINDS[finding.kind].copies and action != "restore"
            for item in finding.items[1:] if spared else finding.items:
                items.setdefault(item, False)
    if action == "merge" and any(level_of(item) != "book" for item in items):
        raise QueryError("only books are merged: exclude pages instead")
    if any(level_of(item) == "panel" for item in items) and action != "reindex":
        raise QueryError("panels are not left out one by one: exclude their pages, by the pages' ids")
    return items


def _originals(
    library: Path,
    targets: Sequence[str],
    items: Mapping[str, bool],
    found: Mapping[str, tuple[Finding, ...]],
    into: str | None,
) -> Mapping[BookKey, BookKey]:
    """Return for each book that is merged the one it is a copy of."""
    original: dict[str, str] = {}
    for target in targets:
        for finding in found.get(target, ()):
            original |= dict.fromkeys(finding.items[1:], finding.items[0])
    if into is not None:
        original = dict.fromkeys((item for item in items if item != into), into)
    if missing := [item for item in items if item not in original and item != into]:
        raise QueryError(f"say which book {missing[0]} is a copy of")
    spared = {item for item, is_named in items.items() if not is_named}
    spared |= {kept for kept in original.values() if kept != into}
    keys = _book_keys(library, {*original, *original.values()}, spared=spared)
    return {keys[book]: keys[kept] for book, kept in original.items() if book in keys and kept in keys}


def _restore(library: Path, items: Mapping[str, bool]) -> Decided:
    """Take decisions back, by the ids they are listed under or by those that books and pages have now."""
    known = read_curation(library)
    by_id: dict[str, BookKey | PageMark] = {mark.book.book_id: mark.book for mark in known.books}
    by_id |= {page_id(mark.book.book_id, mark.page_no): mark for mark in known.pages}
    now = [item for item in items if item not in by_id]
    spared = {book_of(item) for item in now if not items[item]}
    books = _book_keys(library, map(book_of, now), spared=spared)
    here = {item: items[item] for item in now if book_of(item) in books}
    by_id |= {item: books[item] for item in here if level_of(item) == "book"}
    by_id |= _page_marks(library, {i: named for i, named in here.items() if level_of(i) == "page"}, books)
    freed = {item: by_id[item] for item in items if item in by_id}
    keys = {item: key for item, key in freed.items() if isinstance(key, BookKey)}
    pages = {item: mark for item, mark in freed.items() if isinstance(mark, PageMark)}
    change_curation(library, lambda before: before.without(keys.values(), pages.values()))
    return Decided("restore", tuple(keys), tuple(pages))


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


def _book_keys(library: Path, wanted: Iterable[str], *, spared: Collection[str] = ()) -> dict[str, BookKey]:
    """Return what books are known by; those ``spared`` may be gone. Raises NotFoundError."""
    asked = dict.fromkeys(wanted)
    rows = current_rows(open_table(library, BOOKS), None, ["book_id", "source"])
    known = dict(zip(rows["book_id"].to_pylist(), rows["source"].to_pylist(), strict=True))
    for book in asked:
        if book not in known and book not in spared:
            raise NotFoundError(f"the library has no book {book[:60]!r}")
    return {book: BookKey(book, known[book]) for book in asked if book in known}


def _page_marks(
    library: Path, pages: Mapping[str, bool], books: Mapping[str, BookKey]
) -> dict[str, PageMark]:
    """Return what pages are known by; those not named themselves may be gone. Raises NotFoundError."""
    found: dict[str, PageMark] = {}
    wanted = list(pages)
    for start in range(0, len(wanted), _PAGES_AT_A_TIME):
        for row in _rows_of(library, wanted[start : start + _PAGES_AT_A_TIME]).to_pylist():
            mark = PageMark(books[row["book_id"]], row["page_no"], row["sha256"])
            found[row["page_id"]] = mark
    for page, is_named in pages.items():
        if page not in found and is_named:
            raise NotFoundError(f"the library has no page {page[:60]!r}")
    return found


def _rows_of(library: Path, pages: Sequence[str]) -> pa.Table:
    from lancedb.expr import col, lit

    where = col("page_id").isin([lit(page) for page in pages])
    where = where.and_(col("book_id").isin([lit(book) for book in sorted(set(map(book_of, pages)))]))
    table = open_table(library, PAGES)
    return current_rows(table, None, ["page_id", "book_id", "page_no", "sha256"], where)
