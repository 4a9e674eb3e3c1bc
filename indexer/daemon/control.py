"""What a person asks of a running daemon, from another process: pause, resume, stop, retry, survey.

A wish is a row in the queue's file, which the daemon looks at several times a second: it works
across containers and users that may write to the library, and a pause outlives a restart.
"""

from enum import StrEnum
from pathlib import Path

from indexer.daemon.queue import QUEUE_FILE, TaskQueue
from indexer.daemon.tasks import Task, TaskState
from indexer.remote.lease import other_writer
from indexer.remote.state import shown
from schemas.errors import DaemonError


class Wish(StrEnum):
    """What can be asked for: ``pause`` stays until it is taken back, the others are done once.

    ``survey`` is taken back by the daemon once it has looked through the folders, and what it found is
    in the queue.
    """

    PAUSE = "pause"
    STOP = "stop"
    RETRY = "retry"
    SURVEY = "survey"


def no_daemon(library: Path) -> DaemonError:
    """Return the error that no daemon runs here; on object storage, who writes elsewhere."""
    other = other_writer(library)
    elsewhere = f" here; ask on {other.host}, where process {other.pid} writes to it" if other else ""
    return DaemonError(
        f"no daemon runs on the library {shown(library)}{elsewhere or ': start one with --watch DIR'}"
    )


def ask(library: Path, wish: Wish, *, wanted: bool = True) -> None:
    """Ask something of the daemon of a library, or take it back.

    Raises:
        DaemonError: there is no daemon's queue in the library.
        LibraryError: the queue cannot be written.
    """
    if not (library / QUEUE_FILE).is_file():
        raise no_daemon(library)
    with TaskQueue.open(library) as queue:
        queue.wish(wish, wanted=wanted)


def watch_folder(library: Path, folder: Path) -> None:
    """Have a folder watched and surveyed, also where no daemon runs yet. Raises LibraryError."""
    with TaskQueue.open(library) as queue:
        queue.watch(str(folder))
        queue.wish(Wish.SURVEY, wanted=True)


def unwatch_folder(library: Path, folder: Path) -> None:
    """Have a folder no longer watched; books that were read stay. Raises LibraryError."""
    with TaskQueue.open(library) as queue:
        queue.unwatch(str(folder))


def watched_folders(library: Path) -> tuple[str, ...]:
    """Return the folders that :func:`watch_folder` added. Raises LibraryError."""
    if not (library / QUEUE_FILE).is_file():
        return ()
    with TaskQueue.open_read_only(library) as queue:
        return queue.folders()


def failing_tasks(library: Path) -> tuple[Task, ...]:
    """Return the files that the daemon gave up, or will try again. Raises LibraryError."""
    if not (library / QUEUE_FILE).is_file():
        return ()
    with TaskQueue.open_read_only(library) as queue:
        return (*queue.tasks(TaskState.QUARANTINED), *queue.tasks(TaskState.RETRYING))


def open_wishes(library: Path) -> frozenset[str]:
    """Return what the daemon was asked and has not yet done, a pause among it. Raises LibraryError."""
    if not (library / QUEUE_FILE).is_file():
        return frozenset()
    with TaskQueue.open_read_only(library) as queue:
        return queue.wishes()
