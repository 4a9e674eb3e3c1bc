"""Makes a library of a group of page vectors, or brings one up to date with it.

The group is read twice: once to check all of it, before anything is written, and once to store the
books that changed. A book that the library read from its own file is left as it is: it says more.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from indexer.care.sealing import seal
from indexer.exchange.group_books import GroupBook, check_unchanged, survey_group
from indexer.exchange.imported_books import build_book
from indexer.exchange.origins import Origin, origin_of
from indexer.exchange.page_folder import FoundPicture, PageFolder
from indexer.exchange.page_vectors import PageVectors, Side, VectorGroup
from indexer.library.entries import IMPORT_MARK, SourceEntry
from indexer.library.journal import log_file
from indexer.library.ledger import Ledger
from indexer.library.rewriting import finish_rewriting
from indexer.library.rows import to_rows
from indexer.library.store import LibraryWriter, prepare_folder
from indexer.remote.state import shown
from indexer.remote.turn import writers_turn
from indexer.running.indexing import PICTURE_ENCODER_NOTE, TEXT_ENCODER_NOTE
from indexer.running.run import SETTLED_NOTE
from indexer.stages.thumbnails import ThumbnailSpool
from schemas.errors import EncoderMismatchError
from schemas.labels import BookStatus
from schemas.records import Book
from schemas.tables import read_revision


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    ``imported`` counts books stored, ``unchanged`` those there already, ``kept`` those that the
    library read from their own files, ``gone`` those of this group that it no longer holds (taken
    out only when asked: ``pruned``). ``encoder`` made the vectors of ``side``; ``knows_words`` is
    False where it is none of Longbox's, so that no words can be compared with them.
    """

    side: Side
    encoder: str
    knows_words: bool
    imported: int = 0
    unchanged: int = 0
    kept: int = 0
    gone: int = 0
    pruned: int = 0
    pages: int = 0
    panels: int = 0
    pictures: int = 0
    partial: int = 0

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {name: getattr(self, name) for name in self.__slots__}

    def counting(self, book: Book, pictures: int) -> "ImportReport":
        """Return the report with one more book imported."""
        return replace(
            self,
            imported=self.imported + 1,
            pages=self.pages + book.page_count,
            panels=self.panels + book.panel_count,
            pictures=self.pictures + pictures,
            partial=self.partial + (book.status is BookStatus.PARTIAL),
        )


def import_zarr(
    path: Path,
    library: Path,
    *,
    images: Path | None = None,
    encoder: str | None = None,
    prune: bool = False,
) -> ImportReport:
    """Bring a library up to date with a group of page vectors.

    Args:
        path: the group.
        library: folder of the library, made where it is missing.
        images: folder of the pages' pictures, named by page id; thumbnails are made of them.
        encoder: what made the vectors, where the group does not tell.
        prune: take out books that this group brought and no longer holds.

    Raises:
        ExchangeError: the group is none or damaged; the library was not touched.
        EncoderMismatchError: the library holds vectors of another encoder.
        LibraryError: it cannot be written, or is written by another process.
    """
    group = VectorGroup.open(path)
    origin = origin_of(group, encoder=encoder)
    books = survey_group(group)
    pictures = _pictures(books, images)
    library = library.absolute()
    prepare_folder(library)
    with writers_turn(library), log_file(library), Ledger.open(library) as ledger:
        run = _Import(group, origin, ledger, LibraryWriter.open(library, origin.library), library)
        return run.bring_up_to_date(books, pictures, prune=prune)


class _Import:
    """One import into an open, locked library."""

    def __init__(
        self, group: VectorGroup, origin: Origin, ledger: Ledger, store: LibraryWriter, library: Path
    ) -> None:
        if origin.side == "fused" and store.format.fusion is None:
            raise EncoderMismatchError(
                f"the library {shown(library)} has no fused vectors, and the group has no others: "
                "import into a new library"
            )
        self._made_by = origin.made_by
        self._group, self._origin, self._ledger, self._store = group, origin, ledger, store
        self._library = library
        self._mark = f"{IMPORT_MARK}{group.path.resolve()}"
        self._entries = {entry.source: entry for entry in ledger.entries()}
        finish_rewriting(store, ledger)
        unsettled = ledger.unsettled()
        store.remove_leftovers(unsettled)
        self._stored = store.stored_books()
        held = {book_id for book_id in unsettled if book_id in self._stored}
        self._broken = {book_id for book_id in held if not store.is_whole(self._stored[book_id])}
        ledger.settle(set(unsettled) - self._broken)

    def bring_up_to_date(
        self, books: Mapping[str, GroupBook], pictures: Mapping[str, FoundPicture], *, prune: bool
    ) -> ImportReport:
        """Store what changed, take out what is gone if asked."""
        kept = {name for name, book in books.items() if self._is_read_from_file(book)}
        shown = {name: _shown(book, pictures) for name, book in books.items()}
        revisions = {name: book.revision + _picture_mark(shown[name]) for name, book in books.items()}
        changed = {
            name: book
            for name, book in books.items()
            if name not in kept and not self._holds(book, revisions[name])
        }
        gone = [e for e in self._entries.values() if e.pipeline_rev == self._mark and e.source not in books]
        report = ImportReport(
            self._origin.side,
            self._made_by.name,
            not self._made_by.is_imported,
            unchanged=len(books) - len(changed) - len(kept),
            kept=len(kept),
            gone=len(gone),
        )
        if not changed and not (prune and gone) and self._ledger.note(SETTLED_NOTE) is not None:
            return report
        settled = self._settled_after()
        self._ledger.set_note(SETTLED_NOTE, "0")
        for book, rows in self._read(changed):
            report = self._keep(book, rows, shown[book.name], revisions[book.name], report)
        if prune:
            self._drop(gone)
            report = replace(report, pruned=len(gone))
        self._store.finish()
        seal(self._library, self._ledger)
        self._remember_encoders()
        self._ledger.set_note(SETTLED_NOTE, settled)
        return report

    def _is_read_from_file(self, book: GroupBook) -> bool:
        """Say whether the library read this book itself, or has read another under its name."""
        stored, entry = self._stored.get(book.book_id), self._entries.get(book.name)
        if stored is not None and not stored.ingest_rev.startswith(IMPORT_MARK):
            return True
        return entry is not None and entry.book_id is not None and not entry.is_imported

    def _holds(self, book: GroupBook, revision: str) -> bool:
        """Say whether the book is stored as it is; without pictures at hand, those it has stay."""
        stored = self._stored.get(book.book_id)
        if stored is None or book.book_id in self._broken or book.name not in self._entries:
            return False
        held = read_revision(stored.ingest_rev)
        return held == revision or (revision == book.revision and held.partition(".")[0] == revision)

    def _read(self, wanted: Mapping[str, GroupBook]) -> Iterator[tuple[GroupBook, PageVectors]]:
        """Read the pages of some books; each is given as soon as its last page was read."""
        parts: dict[str, list[PageVectors]] = {}
        counts = dict.fromkeys(wanted, 0)
        for chunk in self._group.chunks() if wanted else ():
            names = chunk.books.tolist()
            for name in [name for name in dict.fromkeys(names) if name in wanted]:
                part = chunk.take(np.flatnonzero([other == name for other in names]))
                parts.setdefault(name, []).append(part)
                counts[name] += len(part)
                if counts[name] >= len(wanted[name].rows):
                    whole = PageVectors.joined(parts.pop(name))
                    check_unchanged(self._group, wanted[name], whole)
                    yield wanted[name], whole

    def _keep(
        self,
        told: GroupBook,
        rows: PageVectors,
        pictures: Mapping[str, FoundPicture],
        revision: str,
        report: ImportReport,
    ) -> ImportReport:
        """Store a book in place of what its name held before."""
        before = self._entries.get(told.name)
        old = before.book_id if before is not None and before.book_id != told.book_id else None
        replaced = [old] if old is not None and self._is_alone(old, told.name) else []
        with ThumbnailSpool() as spool:
            built, thumbnails = build_book(told, rows, self._origin.side, pictures, spool)
            with self._ledger.unsettling([told.book_id, *replaced]):
                rows_of_book = to_rows(
                    *(built.book, built.pages, built.vectors, thumbnails),
                    ingest_rev=revision,
                    library=self._origin.library,
                )
                self._store.replace_book(rows_of_book, replaced=replaced)
        for entry in [e for e in self._entries.values() if e.book_id == told.book_id]:
            self._forget(entry)
        self._record(built.book, attempts=1 if before is None else before.attempts + 1)
        seen = sum(page.sha256 != "" for page in built.pages)
        return report.counting(built.book, seen)

    def _record(self, book: Book, *, attempts: int) -> None:
        entry = SourceEntry(
            source=book.source,
            size_bytes=book.size_bytes,
            mtime_ns=book.mtime_ns,
            status=book.status,
            book_id=book.book_id,
            pipeline_rev=self._mark,
            failures=book.failures,
            attempts=attempts,
            page_count=book.page_count,
            panel_count=book.panel_count,
        )
        self._ledger.record(entry)
        self._entries[entry.source] = entry

    def _drop(self, gone: Sequence[SourceEntry]) -> None:
        for entry in gone:
            if entry.book_id is not None and self._is_alone(entry.book_id, entry.source):
                with self._ledger.unsettling([entry.book_id]):
                    self._store.remove_books([entry.book_id])
            self._forget(entry)

    def _forget(self, entry: SourceEntry) -> None:
        self._ledger.forget(entry.source)
        self._entries.pop(entry.source, None)

    def _is_alone(self, book_id: str, source: str) -> bool:
        return all(e.book_id != book_id or e.source == source for e in self._entries.values())

    def _settled_after(self) -> str:
        """Return the note to end with: what a killed run left of other books is left to the next."""
        only_imports = all(entry.is_imported for entry in self._entries.values())
        return "1" if only_imports or self._ledger.note(SETTLED_NOTE) in (None, "1") else "0"

    def _remember_encoders(self) -> None:
        """Let a later index run go on with the encoders, if they can be had here at all."""
        told = self._origin.library
        for note, spec in (
            (PICTURE_ENCODER_NOTE, told.picture_encoder),
            (TEXT_ENCODER_NOTE, told.text_encoder),
        ):
            if not spec.is_imported and self._ledger.note(note) is None:
                self._ledger.set_note(note, spec.name)


def _pictures(books: Mapping[str, GroupBook], images: Path | None) -> dict[str, FoundPicture]:
    if images is None:
        return {}
    folder = PageFolder(images)
    found = {page: folder.find(page) for book in books.values() for page in book.page_ids}
    return {page: picture for page, picture in found.items() if picture is not None}


def _shown(book: GroupBook, pictures: Mapping[str, FoundPicture]) -> dict[str, FoundPicture]:
    return {page: pictures[page] for page in book.page_ids if page in pictures}


def _picture_mark(shown: Mapping[str, FoundPicture]) -> str:
    """Return what tells one state of a book's pictures from another; empty without pictures."""
    if not shown:
        return ""
    told = [(page, found.size_bytes, found.mtime_ns) for page, found in sorted(shown.items())]
    return "." + hashlib.sha256(repr(told).encode()).hexdigest()[:8]
