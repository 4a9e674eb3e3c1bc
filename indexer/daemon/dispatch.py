"""Between queue, workers and library: hands tasks out, and acts on what the workers say."""

import itertools
from dataclasses import dataclass, replace
from pathlib import Path

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
    WorkerEnded,
)
from indexer.daemon.parcels import clear_parcels, drop_parcel, read_parcel
from indexer.daemon.pool import Worker, WorkerPool
from indexer.daemon.queue import TaskQueue
from indexer.daemon.status import Reading, StatusBoard
from indexer.daemon.tasks import Aim, Task
from indexer.library.ledger import Ledger
from indexer.running.run import LibraryRun
from indexer.stages.models import NO_READER
from schemas.config import IndexOptions
from schemas.errors import LibraryError
from schemas.records import StageFailure


@dataclass(slots=True)
class _Desk:
    """A worker's task, and how far it is."""

    task: Task
    parcel: Path
    book_id: str | None = None
    pages: int = 0
    page_count: int = 0


class Dispatcher:
    """Works on an open library; the only one that writes to it."""

    def __init__(
        self, library: Path, ledger: Ledger, queue: TaskQueue, pool: WorkerPool, board: StatusBoard
    ) -> None:
        self._ledger = ledger
        self.queue = queue
        self.pool = pool
        self.board = board
        self._parcels = clear_parcels(library)
        self._numbers = itertools.count()
        self._desks: dict[Worker, _Desk] = {}
        self.has_news = False

    def readings(self) -> tuple[Reading, ...]:
        """Return what is being read."""
        return tuple(
            Reading(desk.task.source, desk.task.aim, desk.pages, desk.page_count)
            for desk in self._desks.values()
        )

    def hand_out(self) -> None:
        """Give idle workers something to read."""
        for worker in self.pool.idle():
            task = self.queue.take()
            if task is None:
                return
            desk = _Desk(task, self._parcels / str(next(self._numbers)))
            self._desks[worker] = desk
            worker.give(Order(Path(task.source), task.source, task.size_bytes, task.mtime_ns, desk.parcel))

    def handle(self, worker: Worker, message: Message, run: LibraryRun) -> None:
        """Act on what a worker says while it has a task.

        Raises:
            LibraryError: the disk is full or fails.
        """
        desk = self._desks.get(worker)
        if desk is None:
            return
        match message:
            case Identified(book_id):
                self._answer(worker, desk, book_id, run)
            case PageRead(page_count):
                desk.pages, desk.page_count = desk.pages + 1, page_count
                self.board.page_read()
            case LinesRead(sha256, reader, lines):
                self._ledger.remember_reading(sha256, reader, lines)
            case PageDescribed(sha256, reader, reading):
                self._ledger.remember_page_reading(sha256, reader, reading)
            case NoRoom(told):
                raise LibraryError(told)
            case BookRead() | BookFailed() | SourceChanged() | WorkerEnded():
                self._conclude(desk, message, run)
                worker.order = None
                drop_parcel(self._desks.pop(worker).parcel)
            case Ready() | Unfit():
                raise ValueError(f"a worker with a task said {message}")

    def _conclude(
        self, desk: _Desk, end: BookRead | BookFailed | SourceChanged | WorkerEnded, run: LibraryRun
    ) -> None:
        match end:
            case BookRead():
                self._store(desk, end, run)
            case BookFailed(book_id, failure):
                self._fail(desk, book_id, failure, run)
            case SourceChanged(fingerprint):
                self._look_again(desk.task, fingerprint)
            case WorkerEnded(reason, detail):
                told = f"{Path(desk.task.source).name}: {detail}"
                self._fail(desk, desk.book_id, StageFailure("worker", reason.value, told), run)

    def _answer(self, worker: Worker, desk: _Desk, book_id: str, run: LibraryRun) -> None:
        """Say what to do with a source whose content is known now."""
        task = desk.task
        if run.is_up_to_date(book_id, retry=False):
            run.adopt(task.to_source(), book_id)
            self.queue.drop(task.source)
            self._refuse(worker)
            self.has_news = True  # perhaps a renamed file: its old name is looked after
        elif any(other.book_id == book_id for other in self._desks.values()):
            self.queue.resettle(task, task.size_bytes, task.mtime_ns)  # a twin: known once this is read
            self._refuse(worker)
        else:
            desk.book_id = book_id
            # What the library holds already is not made poorer for a while.
            desk.task = replace(task, aim=Aim.WORDS if run.holds(book_id) else task.aim)
            worker.answer(Answer(desk.task.aim))

    def _store(self, desk: _Desk, read: BookRead, run: LibraryRun) -> None:
        run.keep(desk.task.to_source(), read_parcel(desk.parcel), read.revision)
        self.board.book_read(read.aim, desk.task.size_bytes)
        if read.aim is Aim.PICTURES:
            self.queue.advance(desk.task)
        else:
            self.queue.drop(desk.task.source)

    def _fail(self, desk: _Desk, book_id: str | None, failure: StageFailure, run: LibraryRun) -> None:
        run.fail(desk.task.to_source(), book_id, failure)
        self.queue.fail(desk.task, failure)
        self.board.book_failed()

    def _look_again(self, task: Task, now: tuple[int, int] | None) -> None:
        """Let a file settle that has changed; one that is gone is for the next survey."""
        if now is None:
            self.queue.drop(task.source)
            self.has_news = True
        else:
            self.queue.resettle(task, *now)

    def _refuse(self, worker: Worker) -> None:
        worker.answer(Answer(None))
        del self._desks[worker]


def first_aim(options: IndexOptions) -> Aim:
    """Return for what a new book is read first: without a reader there are no words to wait for."""
    return Aim.WORDS if options.reader == NO_READER else Aim.PICTURES
