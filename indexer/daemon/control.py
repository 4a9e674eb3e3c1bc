"""What a person asks of a running daemon, from another process: pause, resume, stop, retry.

A wish is a row in the queue's file, which the daemon looks at several times a second: it works
across containers and users that may write to the library, and a pause outlives a restart.
"""

from enum import StrEnum
from pathlib import Path

from indexer.daemon.queue import QUEUE_FILE, TaskQueue
from schemas.errors import DaemonError


class Wish(StrEnum):
    """What can be asked for: ``pause`` stays until it is taken back, the others are done once."""

    PAUSE = "pause"
    STOP = "stop"
    RETRY = "retry"


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
