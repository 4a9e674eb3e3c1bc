"""The daemon from its start to its end: one lock, and one session after the other."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

from indexer.daemon.control import Wish
from indexer.daemon.queue import TaskQueue
from indexer.daemon.session import DaemonPlan, open_session
from indexer.daemon.status import DaemonState, StatusBoard, publish
from indexer.library.journal import log_file
from indexer.library.store import prepare_folder
from indexer.remote.turn import writers_turn
from schemas.errors import LibraryError, StoreUnreachableError

LONGEST_RECOVERY_S = 300.0

logger = logging.getLogger(__name__)


@contextmanager
def opened_library(library: Path) -> Iterator[None]:
    """Hold a library, made where it is missing, as its only writer while the block runs.

    Raises:
        LibraryBusyError: another process is writing to the library.
        LibraryError: it cannot be made or written, or is none.
    """
    prepare_folder(library)
    with writers_turn(library), log_file(library):
        yield


def run_daemon(plan: DaemonPlan, stopping: Event, board: StatusBoard) -> None:
    """Keep a library in step with its folders until ``stopping`` is set or a stop is asked for.

    Hold the library (:func:`opened_library`) meanwhile.

    Raises:
        EncoderMismatchError: the library was made with other encoders.
        LibraryError: it cannot be used; a disk that fails later is waited for instead.
        DaemonError, BackendUnavailableError, ConfigError, WeightsError: the models cannot be had.
    """
    with TaskQueue.open(plan.library) as queue:
        queue.wish(Wish.STOP, wanted=False)  # meant for an earlier daemon
    try:
        _keep_on(plan, stopping, board)
    finally:
        publish(plan.library, board.show(state=DaemonState.STOPPED, reading=()))


def _with_added(plan: DaemonPlan, board: StatusBoard) -> DaemonPlan:
    with TaskQueue.open(plan.library) as queue:
        added = tuple(Path(folder) for folder in queue.folders())
    fresh = replace(plan, added=added)
    board.show(watched=tuple(map(str, fresh.roots)))
    return fresh


def _keep_on(plan: DaemonPlan, stopping: Event, board: StatusBoard) -> None:
    wait_s = plan.settings.recover_s
    while True:
        books = board.status.books
        try:
            with open_session(_with_added(plan, board), board, stopping) as session:
                session.run()
                if session.is_to_stop():
                    return
            continue  # with other folders
        except LibraryError as error:
            may_recover = isinstance(error, StoreUnreachableError) or type(error) is LibraryError
            if not may_recover or board.status.surveys == 0:
                raise  # no disk that may recover, or nothing that ever worked
            logger.warning("blocked: %s", error)
            publish(plan.library, board.show(state=DaemonState.BLOCKED, trouble=str(error), reading=()))
        if board.status.books > books:
            wait_s = plan.settings.recover_s
        if stopping.wait(wait_s):
            return
        wait_s = min(2 * wait_s, LONGEST_RECOVERY_S)
