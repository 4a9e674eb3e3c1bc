"""Books through the pipeline: read ahead, worked on side by side, given out in order.

The calling thread reads containers ahead and collects results in order, also across books, while
a few threads work on pages: OpenCV, ONNX and zlib let go of the interpreter lock. Only a handful
of pages have their bytes or pixels in memory at a time; thumbnails wait in a spool file.
"""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from indexer.containers import Container, PageEntry, open_container
from indexer.library.rows import BookVectors, Thumbnail, Vector
from indexer.metadata import read_metadata
from indexer.pipeline import PageOutcome, PagePipeline, PageTask, attempt, to_failure
from indexer.stages.assembly import AssembledBook, BookFacts, assemble, picture_vectors
from indexer.stages.direction import stated_direction
from indexer.stages.drafts import PageDraft
from indexer.stages.fusing import with_fused
from indexer.stages.models import NO_READER, StageModels
from indexer.stages.thumbnails import SpooledPicture, ThumbnailSpool
from schemas.config import ContainerLimits, IndexOptions
from schemas.labels import PageType, ReadingDirection
from schemas.records import BookMetadata, StageFailure, TextLine
from schemas.vlm import PageReading

TEXT_BATCH = 64
"""Panel texts embedded by one task."""
PAGES_AHEAD = 2
"""Pages read ahead of each worker: enough to keep it busy, few enough to bound memory."""

Told = tuple[BookMetadata, tuple[StageFailure, ...]]
_NOTHING_TOLD: Told = (BookMetadata(), ())


class ReadingCache(Protocol):
    """Remembers what was read in pictures; called from the pipeline's own thread only."""

    def reading(self, sha256: str, reader: str) -> tuple[TextLine, ...] | None:
        """Return the lines once found in a picture, None if it was never read."""
        ...

    def remember_reading(self, sha256: str, reader: str, lines: Sequence[TextLine]) -> None:
        """Keep the lines found in a picture."""
        ...

    def page_reading(self, sha256: str, reader: str) -> PageReading | None:
        """Return what a page reader once said of a picture, None if it was never asked."""
        ...

    def set_type(self, sha256: str) -> PageType | None:
        """Return what somebody said that a page is, None where nobody did."""
        ...

    def set_types(self) -> Mapping[str, PageType]:
        """Return all that people said, by the SHA-256 of the pictures."""
        ...

    def remember_page_reading(self, sha256: str, reader: str, reading: PageReading) -> None:
        """Keep what a page reader said of a picture."""
        ...


@dataclass(frozen=True, slots=True)
class BookJob:
    """A source to be read; ``book_id`` is its content hash, size and time its fingerprint."""

    path: Path
    source: str
    book_id: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class FinishedBook:
    """A book ready to be stored. ``thumbnails`` can be read once, before the next book is asked for."""

    job: BookJob
    assembled: AssembledBook
    vectors: BookVectors
    thumbnails: Iterator[Thumbnail]


@dataclass(frozen=True, slots=True)
class FailedBook:
    """A source that could not become a book, and why."""

    job: BookJob
    failure: StageFailure


BookOutcome = FinishedBook | FailedBook


class BookEngine(Protocol):
    """Reads books, on this machine or on others."""

    def run(
        self, jobs: Iterable[BookJob], *, on_page: Callable[[BookJob, int], None]
    ) -> Generator[BookOutcome, None, None]:
        """Read books and give them finished; see :meth:`BookPipeline.run`."""
        ...


@dataclass(slots=True)
class _OpenBook:
    """A book on its way; changed by the pipeline's own thread only."""

    job: BookJob
    spool: ThumbnailSpool
    container: str = ""
    page_count: int = 0
    metadata: BookMetadata = field(default_factory=BookMetadata)
    failures: list[StageFailure] = field(default_factory=list)
    drafts: list[PageDraft] = field(default_factory=list)
    pictures: list[tuple[SpooledPicture, tuple[SpooledPicture, ...]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Event:
    """What the reading side hands to the collecting side: a page of a book, or its end."""

    book: _OpenBook
    page: Future[PageOutcome] | None = None


class BookPipeline:
    """Reads books with one set of models."""

    def __init__(self, models: StageModels, options: IndexOptions, cache: ReadingCache) -> None:
        self._models = models
        self._options = options
        self._cache = cache
        self._pages = PagePipeline(models, options.limits.picture)
        self._workers = options.workers or os.cpu_count() or 1

    def run(
        self, jobs: Iterable[BookJob], *, on_page: Callable[[BookJob, int], None]
    ) -> Generator[BookOutcome, None, None]:
        """Read books and give them finished, in the order of ``jobs``.

        Args:
            jobs: drawn from a little ahead of what is given out.
            on_page: called with the job and the number of pages of its book as each is done.

        Raises:
            LibraryError: the cache or the spool cannot be written; nothing else ends a run.
        """
        executor = ThreadPoolExecutor(self._workers, thread_name_prefix="page")
        spools: set[ThumbnailSpool] = set()
        try:
            for event in _held_back(self._events(jobs, executor, spools), self._workers * (1 + PAGES_AHEAD)):
                if event.page is not None:
                    self._collect(event.book, event.page.result())
                    on_page(event.book.job, event.book.page_count)
                    continue
                with event.book.spool:
                    yield self._finish(event.book, executor)
                spools.discard(event.book.spool)
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
            for spool in spools:
                spool.close()

    def _events(
        self, jobs: Iterable[BookJob], executor: ThreadPoolExecutor, spools: set[ThumbnailSpool]
    ) -> Iterator[_Event]:
        for job in jobs:
            book = _OpenBook(job, ThumbnailSpool())
            spools.add(book.spool)
            yield from self._page_events(book, executor)
            yield _Event(book)

    def _page_events(self, book: _OpenBook, executor: ThreadPoolExecutor) -> Iterator[_Event]:
        """Open a container and start a task for each page; what breaks here breaks this book only."""
        path, limits = book.job.path, self._options.limits
        container = attempt(
            "container", None, book.failures, lambda: open_container(path, limits=limits), otherwise=None
        )
        if container is None:
            return
        with container:
            self._describe(book, container)
            reads = container.iter_pages()
            while read := attempt(
                "container", None, book.failures, lambda: next(reads, None), otherwise=None
            ):
                if read.error is None:
                    task = self._task(book, read.entry, read.data)
                    yield _Event(book, executor.submit(self._pages.draft, task))
                else:
                    book.failures.append(to_failure("container", read.entry.index + 1, read.error))

    def _describe(self, book: _OpenBook, container: Container) -> None:
        book.container = container.kind
        book.page_count = len(container.entries)
        book.failures += container.failures
        book.metadata, failures = attempt(
            "metadata", None, book.failures, lambda: _metadata_of(container), otherwise=_NOTHING_TOLD
        )
        book.failures += failures
        reader, language = self._models.reader, book.metadata.language
        if reader.name != NO_READER and not reader.reads(language):
            message = f"{book.job.path.name} is in {language!r}, which {reader.name} does not read: not read"
            book.failures.append(StageFailure("text", "unsupported-language", message))

    def _task(self, book: _OpenBook, entry: PageEntry, data: bytes) -> PageTask:
        stated = stated_direction(self._options.direction, book.metadata)
        digest = hashlib.sha256(data).hexdigest()
        reads = self._models.reader.reads(book.metadata.language)
        page_reader = self._models.page_reader
        return PageTask(
            page_no=entry.index + 1,
            page_file=entry.name,
            data=data,
            known_lines=self._cache.reading(digest, self._models.reading_key) if reads else None,
            known_reading=self._cache.page_reading(digest, page_reader.name) if page_reader else None,
            direction=stated[0] if stated is not None else ReadingDirection.LTR,
            reads_text=reads,
            set_type=self._cache.set_type(digest),
        )

    def _collect(self, book: _OpenBook, outcome: PageOutcome) -> None:
        """Take a drafted page into its book: pixels are gone, pictures go to the spool."""
        book.failures += outcome.failures
        draft, thumbnails = outcome.draft, outcome.thumbnails
        if draft is None or thumbnails is None:
            return
        if outcome.fresh_lines is not None:
            self._cache.remember_reading(draft.sha256, self._models.reading_key, outcome.fresh_lines)
        if outcome.fresh_reading is not None and self._models.page_reader is not None:
            name = self._models.page_reader.name
            self._cache.remember_page_reading(draft.sha256, name, outcome.fresh_reading)
        places = tuple(book.spool.add(picture) for picture in thumbnails.panels)
        book.pictures.append((book.spool.add(thumbnails.page), places))
        book.drafts.append(draft)

    def _finish(self, book: _OpenBook, executor: ThreadPoolExecutor) -> BookOutcome:
        if not book.drafts:
            return FailedBook(book.job, _whole_failure(book))
        facts = BookFacts(
            book_id=book.job.book_id,
            source=book.job.source,
            container=book.container,
            size_bytes=book.job.size_bytes,
            mtime_ns=book.job.mtime_ns,
            metadata=book.metadata,
            failures=_in_page_order(book.failures),
        )
        failures: list[StageFailure] = []
        assembled = attempt(
            "assembly",
            None,
            failures,
            lambda: assemble(facts, book.drafts, direction=self._options.direction),
            otherwise=None,
        )
        if assembled is None:
            return FailedBook(book.job, failures[0])
        vectors = self._vectors(assembled, book.drafts, executor, failures)
        if failures:
            assembled = assembled.with_failures(failures)
        return FinishedBook(book.job, assembled, vectors, _thumbnails(book, assembled))

    def _vectors(
        self,
        assembled: AssembledBook,
        drafts: Sequence[PageDraft],
        executor: ThreadPoolExecutor,
        failures: list[StageFailure],
    ) -> BookVectors:
        """Return all vectors of a book; those of pictures were made page by page."""
        pictures = picture_vectors(assembled, drafts)
        panels = [panel for page in assembled.pages for panel in page.panels]
        said = {(panel.page_no, panel.panel_no): panel.text for panel in panels if panel.text}
        seen = {(panel.page_no, panel.panel_no): panel.description for panel in panels if panel.description}
        single = replace(
            pictures,
            panel_texts=self._encode_texts(said, executor, failures),
            panel_descriptions=self._encode_texts(seen, executor, failures),
        )
        return attempt(
            "vectors",
            None,
            failures,
            lambda: with_fused(assembled.pages, single, self._models),
            otherwise=single,
        )

    def _encode_texts(
        self,
        texts: Mapping[tuple[int, int], str],
        executor: ThreadPoolExecutor,
        failures: list[StageFailure],
    ) -> dict[tuple[int, int], Vector]:
        """Embed texts of panels, in batches side by side."""
        encode, given = self._models.text_encoder.encode_texts, list(texts.items())
        batches = [given[start : start + TEXT_BATCH] for start in range(0, len(given), TEXT_BATCH)]
        running = [executor.submit(encode, [text for _, text in batch]) for batch in batches]
        vectors: dict[tuple[int, int], Vector] = {}
        for batch, future in zip(batches, running, strict=True):
            matrix = attempt("vectors", None, failures, future.result, otherwise=None)
            if matrix is not None:
                vectors |= {key: row for (key, _), row in zip(batch, matrix, strict=True)}
        return vectors


def read_names(path: Path, limits: ContainerLimits) -> BookMetadata | None:
    """Return what a book is called at this path, for a file name counts; None if it cannot be opened."""

    def metadata() -> BookMetadata:
        with open_container(path, limits=limits) as container:
            return _metadata_of(container)[0]

    return attempt("metadata", None, [], metadata, otherwise=None)


def _metadata_of(container: Container) -> Told:
    return read_metadata(
        container.metadata_files, zip_comment=container.zip_comment, source_name=container.path.name
    )


def _held_back(events: Iterator[_Event], pages: int) -> Iterator[_Event]:
    """Give events out once ``pages`` later ones are started, so that workers always have some."""
    waiting: deque[_Event] = deque()
    for event in events:
        waiting.append(event)
        while len(waiting) > pages:
            yield waiting.popleft()
    yield from waiting


def _in_page_order(failures: Sequence[StageFailure]) -> tuple[StageFailure, ...]:
    """Sort failures: reading ahead and working side by side note them in no fixed order."""
    return tuple(sorted(failures, key=lambda failure: (failure.page_no or 0, failure.stage)))


def _whole_failure(book: _OpenBook) -> StageFailure:
    """Say in one line why a book has no page at all."""
    first = _in_page_order(book.failures)
    if not first:
        return StageFailure("container", "empty", f"{book.job.path.name} holds no page: nothing to index")
    if book.page_count == 0:
        return first[0]
    message = f"none of the {book.page_count} pages of {book.job.path.name} can be read: {first[0].message}"
    return replace(first[0], message=message, page_no=None)


def _thumbnails(book: _OpenBook, assembled: AssembledBook) -> Iterator[Thumbnail]:
    """Give the thumbnails of a book in page order, panels under their final numbers."""
    for draft, (page, panels), order in zip(book.drafts, book.pictures, assembled.orders, strict=True):
        yield _thumbnail(book.spool, page, draft.page_no, None)
        for panel_no, index in enumerate(order, start=1):
            yield _thumbnail(book.spool, panels[index], draft.page_no, panel_no)


def _thumbnail(spool: ThumbnailSpool, place: SpooledPicture, page_no: int, panel_no: int | None) -> Thumbnail:
    return Thumbnail(page_no, panel_no, place.width_px, place.height_px, spool.read(place))
