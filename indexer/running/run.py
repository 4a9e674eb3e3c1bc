"""The writing part of an index run: keeps tables and ledger in step, whatever moment it dies at.

Every step first does what a repetition can do again, and writes to the ledger last:
marks of half-written books → tables (``books`` last) → ledger. Whatever a killed run left undone
still looks changed to the next one; what it had stored is known by its revision and adopted.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from indexer.care.sealing import seal
from indexer.containers import content_hash
from indexer.containers.names import natural_key
from indexer.library.entries import IMPORT_MARK, SourceEntry
from indexer.library.ledger import LEDGER_FILE, Ledger
from indexer.library.rewriting import finish_rewriting
from indexer.library.rows import BookRows, to_rows
from indexer.library.store import LibraryWriter, StoredBook
from indexer.library.stories import with_stated_titles
from indexer.pipeline import attempt, to_failure
from indexer.remote.published import publish
from indexer.running.books import BookEngine, BookJob, FailedBook, FinishedBook, read_names
from indexer.running.holdings import Holdings
from indexer.running.reports import Progress, ReadCounts
from indexer.running.survey import Source
from indexer.stages.models import Edition, ingest_revision
from indexer.stages.titles import title_of
from schemas.config import ContainerLimits
from schemas.labels import BookStatus
from schemas.records import StageFailure, status_after
from schemas.tables import read_revision

SETTLED_NOTE = "settled"
"""Ledger note: "1" once a run came to its end; otherwise the next one looks after every book."""


class LibraryRun:
    """Works on an open, locked library. Call :meth:`finish` at its end, and whenever work rests."""

    def __init__(
        self, ledger: Ledger, library: Path, edition: Edition, limits: ContainerLimits, progress: Progress
    ) -> None:
        """Open the store and sweep up what a killed run left.

        Args:
            ledger: the library's own.
            library: its folder.
            edition: how its books are to be read.
            limits: what a container may cost that is opened for its names.
            progress: told what becomes of sources.

        Raises:
            EncoderMismatchError: the library was made with other encoders.
            LibraryError: it cannot be used or written.
        """
        self._ledger = ledger
        self._library = library
        self._edition = edition
        self._limits = limits
        self._progress = progress
        self._store = LibraryWriter.open(library, edition.library_format)
        self._stored = self._store.stored_books()
        self._holdings = Holdings(ledger)
        self._recall_sources()
        self._failures: dict[str, tuple[str, StageFailure]] = {}
        self._broken = self._sweep()
        self._touched = set() if ledger.note(SETTLED_NOTE) == "1" else set(self._stored)
        self._twins: list[tuple[Source, str]] = []
        self._is_settled = True
        self._unsettle()

    @property
    def entries(self) -> Mapping[str, SourceEntry]:
        """What is known of every source, by its path."""
        return self._holdings.entries

    @property
    def revision(self) -> str:
        """How books are to be read."""
        return self._edition.revision

    @property
    def is_settled(self) -> bool:
        """Say whether nothing has changed since the library was last brought to an end."""
        return self._is_settled

    def holds(self, book_id: str) -> bool:
        """Say whether the library holds this content whole, however it was read."""
        return book_id in self._stored and book_id not in self._broken

    def is_up_to_date(self, book_id: str, *, retry: bool) -> bool:
        """Say whether a content need not be read; ``retry`` wants partly failed books read again."""
        return (
            self.holds(book_id)
            and read_revision(self._stored[book_id].ingest_rev)
            == ingest_revision(book_id, self._edition.revision)
            and not (retry and status_after(self._stored[book_id].failures) is BookStatus.PARTIAL)
        )

    def read(self, sources: Sequence[Source], pipeline: BookEngine, *, retry: bool) -> ReadCounts:
        """Read and store what changed; adopt what is known by its content."""
        self._progress.begin(sources=len(sources), size_bytes=sum(source.size_bytes for source in sources))
        counts = ReadCounts()
        jobs = self._jobs(sources, retry=retry)
        with closing(pipeline.run(jobs, on_page=self._count_page)) as outcomes:
            for outcome in outcomes:
                if isinstance(outcome, FailedBook):
                    self.fail(_source_of(outcome.job), outcome.job.book_id, outcome.failure)
                    continue
                self.keep(_source_of(outcome.job), self._rows(outcome), self._edition.revision)
                book = outcome.assembled.book
                counts = ReadCounts(
                    counts.books + 1, counts.pages + book.page_count, counts.panels + book.panel_count
                )
        for source, book_id in self._twins:
            self._follow_twin(source, book_id)
        return counts

    def keep(self, source: Source, rows: BookRows, revision: str) -> None:
        """Store a book, read under this revision, in place of what its source held before."""
        stored = StoredBook.of(rows.book)
        told = with_stated_titles(rows.stories, rows.pages, self._ledger.stated_titles())
        old = self._holdings.content_of(source.key)
        is_replaced = old not in (None, stored.book_id) and not self._holdings.is_shared(old, source.key)
        replaced = [old] if old is not None and is_replaced else []
        self._unsettle()
        with self._ledger.unsettling([stored.book_id, *replaced]):
            self._store.replace_book(replace(rows, stories=told), replaced=replaced)
        for book_id in replaced:
            self._stored.pop(book_id, None)
        self._stored[stored.book_id] = stored
        self._broken.discard(stored.book_id)
        self._touched |= {stored.book_id} | ({old} if old is not None else set())
        for entry in self._holdings.entries_of(stored.book_id):
            if entry.is_imported:  # its file is at hand now, and says more than its vectors did
                self._holdings.forget(entry.source)
        self._conclude(self._entry(source, stored, revision))

    def adopt(self, source: Source, book_id: str) -> None:
        """Point a source at a book that the library holds already: moved, doubled or touched."""
        old = self._holdings.content_of(source.key)
        self._unsettle()
        if old != book_id:
            self._release(source.key, old)
        self._touched.add(book_id)
        self._conclude(self._entry(source, self._stored[book_id], self._edition.revision))

    def fail(self, source: Source, book_id: str | None, failure: StageFailure) -> None:
        """Note why a source is not in the library.

        What it held before leaves the library only if its content is known to be another now. A
        file that cannot even be read keeps its book, since the disk may only be away for a moment;
        so does one of the same content, which was once read well: the fault lies elsewhere.
        """
        self._unsettle()
        held = old = self._holdings.content_of(source.key)
        if book_id is not None:
            self._failures.setdefault(book_id, (source.path.name, failure))
            if old != book_id:
                self._release(source.key, old)
            held = book_id if book_id in self._stored else None
        before = self.entries.get(source.key)
        self._conclude(
            SourceEntry(
                source=source.key,
                size_bytes=source.size_bytes,
                mtime_ns=source.mtime_ns,
                status=BookStatus.FAILED,
                book_id=held,
                pipeline_rev=self._edition.revision,
                reason=failure.reason,
                message=failure.message,
                attempts=1 if before is None else before.attempts + 1,
            )
        )

    def note_missing(self, entries: Sequence[SourceEntry]) -> None:
        """Mark sources whose files are gone; their books stay searchable.

        One whose book now lies elsewhere, for it was renamed or had a twin, is no loss: forgotten.
        """
        if entries:
            self._unsettle()
        for entry in entries:
            if entry.book_id is None:
                self._holdings.forget(entry.source)
                continue
            self._holdings.record(replace(entry, status=BookStatus.MISSING))
            self._touched.add(entry.book_id)
        missing = [entry for entry in self.entries.values() if entry.status is BookStatus.MISSING]
        for entry in missing:
            if entry.book_id is not None and any(map(_is_live, self._holdings.entries_of(entry.book_id))):
                self._holdings.forget(entry.source)
                self._touched.add(entry.book_id)

    def prune(self, entries: Sequence[SourceEntry]) -> int:
        """Take out books whose files are gone; returns how many sources were dropped."""
        dropped = [entry for entry in entries if entry.source in self.entries]
        if dropped:
            self._unsettle()
        for entry in dropped:
            self._release(entry.source, entry.book_id)
            self._holdings.forget(entry.source)
        return len(dropped)

    def finish(self) -> None:
        """Bring path and state of the books in line with their sources; index and compact."""
        for book_id in sorted(self._touched & self._stored.keys()):
            self._align(self._stored[book_id])
        self._store.finish()
        seal(self._library, self._ledger)
        self._touched.clear()
        self._ledger.set_note(SETTLED_NOTE, "1")
        publish(self._library, self._ledger, LEDGER_FILE)
        self._is_settled = True

    def _unsettle(self) -> None:
        """Say that the library is being changed, once for all changes up to :meth:`finish`."""
        if self._is_settled:
            self._ledger.set_note(SETTLED_NOTE, "0")
            self._is_settled = False

    def _rows(self, finished: FinishedBook) -> BookRows:
        assembled = finished.assembled
        return to_rows(
            assembled.book,
            assembled.pages,
            finished.vectors,
            finished.thumbnails,
            ingest_rev=ingest_revision(assembled.book.book_id, self._edition.revision),
            library=self._edition.library_format,
        )

    def _sweep(self) -> set[str]:
        """Delete rows without a book; return books of which some tables may be a step ahead."""
        if finish_rewriting(self._store, self._ledger):
            self._stored = self._store.stored_books()
        unsettled = self._ledger.unsettled()
        self._store.remove_leftovers(unsettled)
        broken = {
            book_id
            for book_id in unsettled
            if book_id in self._stored and not self._store.is_whole(self._stored[book_id])
        }
        self._ledger.settle(set(unsettled) - broken)
        return broken | (self._ledger.damaged() & self._stored.keys())

    def _recall_sources(self) -> None:
        """Enter books without a source, as a lost ledger leaves them, under the path they name."""
        for stored in self._stored.values():
            if self._holdings.sources_of(stored.book_id) or stored.source in self.entries:
                continue
            self._holdings.record(
                SourceEntry(
                    source=stored.source,
                    size_bytes=stored.size_bytes,
                    mtime_ns=stored.mtime_ns,
                    status=BookStatus(stored.status),
                    book_id=stored.book_id,
                    pipeline_rev=IMPORT_MARK if stored.ingest_rev.startswith(IMPORT_MARK) else "",
                    failures=stored.failures,
                    page_count=stored.page_count,
                    panel_count=stored.panel_count,
                )
            )

    def _jobs(self, sources: Sequence[Source], *, retry: bool) -> Iterator[BookJob]:
        """Give the sources that must be read; settle the others at once."""
        claimed: set[str] = set()
        for source in sources:
            failures: list[StageFailure] = []
            book_id = self._identify(source, failures)
            if book_id is None:
                self.fail(source, None, failures[0])
            elif self.is_up_to_date(book_id, retry=retry):
                self.adopt(source, book_id)
            elif book_id in claimed:
                self._twins.append((source, book_id))
            else:
                claimed.add(book_id)
                yield BookJob(source.path, source.key, book_id, source.size_bytes, source.mtime_ns)

    def _identify(self, source: Source, failures: list[StageFailure]) -> str | None:
        if source.problem is not None:
            failures.append(to_failure("container", None, source.problem))
            return None
        path = source.path
        return attempt("container", None, failures, lambda: content_hash(path), otherwise=None)

    def _follow_twin(self, source: Source, book_id: str) -> None:
        """Do for a second file of the same content what became of the first."""
        first, failure = self._failures.get(book_id, (None, None))
        if failure is None:
            self.adopt(source, book_id)
            return
        message = f"same content as {first}, which failed: {failure.message}"
        self.fail(source, book_id, replace(failure, message=message))

    def _release(self, source: str, book_id: str | None) -> None:
        """Let go of a source's former content; it leaves the library if no other source holds it."""
        if book_id is None:
            return
        if self._holdings.is_shared(book_id, source):
            self._touched.add(book_id)
            return
        with self._ledger.unsettling([book_id]):
            self._store.remove_books([book_id])
        self._stored.pop(book_id, None)

    def _align(self, stored: StoredBook) -> None:
        """Make a book's row tell the path it is read from, and whether that is still there."""
        entries = sorted(
            self._holdings.entries_of(stored.book_id), key=lambda entry: natural_key(entry.source)
        )
        live = [entry for entry in entries if _is_live(entry)]
        if not live:
            self._align_absent(stored, entries)
            return
        first = live[0]
        status = status_after(stored.failures)
        place: dict[str, str | int | None] = {
            "source": first.source,
            "size_bytes": first.size_bytes,
            "mtime_ns": first.mtime_ns,
        }
        names = self._names(first) if first.source != stored.source else {}
        self._amend(stored, {**place, **names, "status": status.value})

    def _align_absent(self, stored: StoredBook, entries: Sequence[SourceEntry]) -> None:
        """Say that a book's files are gone, under a path that no other content has taken over."""
        changes: dict[str, str | int | None] = {}
        if any(entry.status is BookStatus.MISSING for entry in entries):
            changes["status"] = BookStatus.MISSING.value
        if entries and stored.source not in self._holdings.sources_of(stored.book_id):
            changes["source"] = entries[0].source
        self._amend(stored, changes)

    def _names(self, entry: SourceEntry) -> Mapping[str, str | int | None]:
        """Return what the file name decides of a book; nothing while the file cannot be opened."""
        told = read_names(Path(entry.source), self._limits)
        if told is None:
            return {}
        return {
            "title": title_of(told, entry.source),
            "series": told.series,
            "number": told.number,
            "volume": told.volume,
            "year": told.year,
        }

    def _amend(self, stored: StoredBook, values: Mapping[str, str | int | None]) -> None:
        changes = {name: value for name, value in values.items() if getattr(stored, name) != value}
        if changes:
            self._ledger.drop_digests([stored.book_id])
            self._store.amend_book(stored.book_id, changes)
            self._stored[stored.book_id] = stored.amended(changes)

    def _entry(self, source: Source, stored: StoredBook, revision: str) -> SourceEntry:
        before = self.entries.get(source.key)
        return SourceEntry(
            source=source.key,
            size_bytes=source.size_bytes,
            mtime_ns=source.mtime_ns,
            status=status_after(stored.failures),
            book_id=stored.book_id,
            pipeline_rev=revision,
            failures=stored.failures,
            attempts=1 if before is None else before.attempts + 1,
            page_count=stored.page_count,
            panel_count=stored.panel_count,
        )

    def _conclude(self, entry: SourceEntry) -> None:
        """Record what became of a source that was looked into, and tell."""
        self._holdings.record(entry)
        self._progress.source_done(entry.source, entry.status, entry.message)

    def _count_page(self, job: BookJob, page_count: int) -> None:
        self._progress.page_done(job.size_bytes / max(1, page_count))


def _is_live(entry: SourceEntry) -> bool:
    return entry.status in (BookStatus.READY, BookStatus.PARTIAL)


def _source_of(job: BookJob) -> Source:
    return Source(job.path, job.source, job.size_bytes, job.mtime_ns)
