"""How far the reading of a folder is: what the ledger knows of it, and what is still in the queue."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from indexer.daemon.queue import KIND, QUEUE_FILE, below
from indexer.daemon.tasks import TaskState
from indexer.library.ledger import LEDGER_FILE
from indexer.library.sqlite_file import connect_read_only
from schemas.labels import BookStatus

_TASKS = "SELECT state, count(*) FROM tasks WHERE (source = ? OR source BETWEEN ? AND ?) GROUP BY state"
_SETTLED = (
    "SELECT status, count(*) FROM ledger.sources AS s WHERE (source = ? OR source BETWEEN ? AND ?) "
    "AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.source = s.source) GROUP BY status"
)
_ROOT = "/"


@dataclass(frozen=True, slots=True)
class FolderProgress:
    """Books below a folder: ``total`` are known so far, of which so many are ``done`` or ``failed``.

    ``waiting`` are still to be read, ``reading`` are being read. A book that will be tried again
    later counts as failed.
    """

    total: int = 0
    done: int = 0
    failed: int = 0
    waiting: int = 0
    reading: int = 0

    @property
    def is_over(self) -> bool:
        """Say whether nothing is left to be read."""
        return not (self.waiting or self.reading)


def progress_below(library: Path, folder: Path | None) -> FolderProgress:
    """Return how far the books below a folder are, all books where none is named.

    Raises:
        LibraryError: queue or ledger cannot be read.
    """
    queue = library / QUEUE_FILE
    if not queue.is_file():
        return FolderProgress()
    bounds = below(str(folder or _ROOT))
    with KIND.errors(queue), closing(connect_read_only(queue)) as connection:
        tasks = _counted(connection.execute(_TASKS, bounds))
        settled: dict[str, int] = {}
        if (library / LEDGER_FILE).is_file():
            address = f"{(library / LEDGER_FILE).absolute().as_uri()}?mode=ro"
            connection.execute("ATTACH ? AS ledger", (address,))
            settled = _counted(connection.execute(_SETTLED, bounds))
    return _progress(tasks, settled)


def _counted(rows: sqlite3.Cursor) -> dict[str, int]:
    return {str(name): int(count) for name, count in rows}


def _progress(tasks: dict[str, int], settled: dict[str, int]) -> FolderProgress:
    reading = tasks.get(TaskState.READING, 0)
    waiting = tasks.get(TaskState.SETTLING, 0) + tasks.get(TaskState.WAITING, 0)
    in_vain = tasks.get(TaskState.RETRYING, 0) + tasks.get(TaskState.QUARANTINED, 0)
    failed = in_vain + settled.get(BookStatus.FAILED, 0)
    done = sum(settled.get(status, 0) for status in (BookStatus.READY, BookStatus.PARTIAL))
    return FolderProgress(done + failed + waiting + reading, done, failed, waiting, reading)
