"""What a person asks of a running daemon, from another process: pause, resume, stop, retry, survey.

A wish is a row in the queue's file, which the daemon looks at several times a second: it works
across containers and users that may write to the library, and a pause outlives a restart.
"""

from enum import StrEnum
from pathlib import Path

from indexer.daemon.queue import QUEUE_FILE, TaskQueue
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


def ask(library: Path, wish: Wish, *, wanted: bool = True) -> None:
    """Ask something of the daemon of a library, or take it back.

    Raises:
        DaemonError: there is no daemon's queue in the library.
        LibraryError: the queue cannot be written.
    """
    if not (library / QUEUE_FILE).is_file():
        raise DaemonError(f"no daemon has run on the library {library}: start one with --watch DIR")
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
    with TaskQueue.open(library) as queue:
        return queue.folders()
