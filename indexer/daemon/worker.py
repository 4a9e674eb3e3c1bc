"""A worker process: identifies and reads one book after the other, and owns nothing.

It may crash, hang or be ended at any moment; whatever it did is either in a parcel that the session
knows of, or nowhere.
"""

import ctypes
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from indexer.containers import content_hash, fingerprint
from indexer.daemon.messages import (
    Answer,
    BookFailed,
    BookRead,
    Identified,
    LinesRead,
    Message,
    NoRoom,
    Order,
    PageDescribed,
    PageRead,
    Ready,
    SourceChanged,
    Unfit,
)
from indexer.daemon.parcels import write_parcel
from indexer.daemon.tasks import Aim
from indexer.library.journal import log_file
from indexer.library.ledger import Ledger
from indexer.library.rows import to_rows
from indexer.pipeline import attempt
from indexer.running.books import BookJob, BookPipeline, FailedBook, FinishedBook
from indexer.running.process import set_up_process
from indexer.stages.models import NO_READER, Edition, StageModels, ingest_revision
from models.registry import load_text_reader
from schemas.config import IndexOptions
from schemas.errors import ContainerError, LibraryError, LongboxError
from schemas.labels import PageType
from schemas.records import StageFailure, TextLine
from schemas.vlm import PageReading

ModelLoader = Callable[[IndexOptions], StageModels]
_PR_SET_PDEATHSIG = 1
_OOM_FIRST = "1000"


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """What a worker is started with; ``load`` is a function of a module, for it travels by name."""

    library: Path
    options: IndexOptions
    load: ModelLoader


def serve(connection: Connection, plan: WorkerPlan) -> None:
    """Read books until the session closes its end of the pipe; the main function of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes: the session decides
    _die_before_others()
    set_up_process()
    with suppress(EOFError, ConnectionError), log_file(plan.library):
        try:
            models = plan.load(plan.options)
        except LongboxError as error:
            connection.send(Unfit(error))
            return
        with Ledger.open_read_only(plan.library) as ledger:
            reader = BookReader(models, plan.options, ledger, connection)
            connection.send(reader.ready())
            while True:
                reader.work(cast("Order", connection.recv()))


class BookReader:
    """Reads books for two aims: first without lettering, then whole."""

    def __init__(
        self, models: StageModels, options: IndexOptions, ledger: Ledger, connection: Connection
    ) -> None:
        silent = replace(models, reader=load_text_reader(NO_READER), page_reader=None)
        self._models = {Aim.WORDS: models, Aim.PICTURES: silent}
        self._options = options
        self._ledger = ledger
        self._connection = connection

    def ready(self) -> Ready:
        """Say under which editions this worker reads."""
        return Ready(words=self._edition(Aim.WORDS), pictures=self._edition(Aim.PICTURES))

    def work(self, order: Order) -> None:
        """Do one order; every end of it is one message."""
        try:
            outcome = self._work(order)
        except LibraryError as error:
            outcome = NoRoom(str(error))
        if outcome is not None:
            self._connection.send(outcome)

    def _work(self, order: Order) -> Message | None:
        if (changed := _change_since(order)) is not None:
            return changed
        failures: list[StageFailure] = []
        book_id = attempt("container", None, failures, lambda: content_hash(order.path), otherwise=None)
        if book_id is None:
            return _change_since(order) or BookFailed(None, failures[0])
        self._connection.send(Identified(book_id))
        aim = cast("Answer", self._connection.recv()).aim
        if aim is None:
            return None
        outcome = self._read(order, book_id, aim)
        return _change_since(order) or outcome

    def _read(self, order: Order, book_id: str, aim: Aim) -> Message:
        pipeline = BookPipeline(self._models[aim], self._options, _Readings(self._ledger, self._connection))
        job = BookJob(order.path, order.source, book_id, order.size_bytes, order.mtime_ns)
        with closing(pipeline.run([job], on_page=self._tell_page)) as outcomes:
            outcome = next(outcomes)
            if isinstance(outcome, FailedBook):
                return BookFailed(book_id, outcome.failure)
            edition = self._edition(aim)
            self._pack(outcome, edition, order.parcel)
            return BookRead(aim, edition.revision)

    def _pack(self, finished: FinishedBook, edition: Edition, parcel: Path) -> None:
        assembled = finished.assembled
        rows = to_rows(
            assembled.book,
            assembled.pages,
            finished.vectors,
            finished.thumbnails,
            ingest_rev=ingest_revision(assembled.book.book_id, edition.revision),
            library=edition.library_format,
        )
        write_parcel(parcel, rows)

    def _tell_page(self, job: BookJob, page_count: int) -> None:
        del job
        self._connection.send(PageRead(page_count))

    def _edition(self, aim: Aim) -> Edition:
        return self._models[aim].edition(self._options.direction)


class _Readings:
    """Looks up in the ledger what was read, and sends what is new to the one who may write to it."""

    def __init__(self, ledger: Ledger, connection: Connection) -> None:
        self._ledger = ledger
        self._connection = connection

    def reading(self, sha256: str, reader: str) -> tuple[TextLine, ...] | None:
        """Return the lines once found in a picture."""
        return self._ledger.reading(sha256, reader)

    def remember_reading(self, sha256: str, reader: str, lines: Sequence[TextLine]) -> None:
        """Send the lines found in a picture."""
        self._connection.send(LinesRead(sha256, reader, tuple(lines)))

    def page_reading(self, sha256: str, reader: str) -> PageReading | None:
        """Return what a page reader once said of a picture."""
        return self._ledger.page_reading(sha256, reader)

    def remember_page_reading(self, sha256: str, reader: str, reading: PageReading) -> None:
        """Send what a page reader says of a picture."""
        self._connection.send(PageDescribed(sha256, reader, reading))

    def set_type(self, sha256: str) -> PageType | None:
        """Return what somebody said that a page is."""
        return self._ledger.set_type(sha256)

    def set_types(self) -> Mapping[str, PageType]:
        """Return all that people said."""
        return self._ledger.set_types()


def _change_since(order: Order) -> SourceChanged | None:
    """Say what became of a file that is not what was ordered: still being written, or gone."""
    try:
        now = fingerprint(order.path)
    except ContainerError:
        return SourceChanged(None)
    return None if now == (order.size_bytes, order.mtime_ns) else SourceChanged(now)


def _die_before_others() -> None:
    """On Linux, end with the session even if killed, and be the first to go when memory runs out."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_OOM_FIRST, "ascii")
