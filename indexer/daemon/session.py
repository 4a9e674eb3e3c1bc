"""One session of the daemon: from an open library to a stop, or to a disk that fails.

Whatever state a session leaves, the next one starts from: that is what makes a full disk, a killed
process and a graceful stop one and the same case.
"""

import os
import time
from collections.abc import Iterator, Mapping, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from indexer.catalogue.deciding import follow_matches
from indexer.daemon.absences import Absences
from indexer.daemon.control import Wish
from indexer.daemon.dispatch import Dispatcher, first_aim
from indexer.daemon.messages import Ready, Unfit
from indexer.daemon.pool import WorkerPool
from indexer.daemon.queue import TaskQueue
from indexer.daemon.settings import DaemonSettings
from indexer.daemon.status import DaemonState, StatusBoard, publish
from indexer.daemon.surveys import Finding, Surveyor
from indexer.daemon.tasks import TaskState
from indexer.daemon.watching import Watching
from indexer.daemon.worker import WorkerPlan
from indexer.elements.following import follow_elements
from indexer.library.ledger import Ledger
from indexer.maps.following import follow_maps
from indexer.pipeline import to_failure
from indexer.running.indexing import remember_options, remember_revision
from indexer.running.reports import SilentProgress
from indexer.running.run import LibraryRun
from indexer.running.survey import Source, Survey, is_changed
from schemas.config import IndexOptions
from schemas.errors import DaemonError
from schemas.labels import BookStatus

TICK_S = 0.2
PUBLISH_S = 1.0
LONG_SURVEY_S = 60.0
CHECKPOINT_S = 120.0
"""Within a long backlog, the library is indexed and compacted that often."""
CHECKPOINT_REST = 10.0
"""… or, if that takes long, after that many times its own length."""


@dataclass(frozen=True, slots=True)
class DaemonPlan:
    """What a daemon is to do: folders and library as absolute paths.

    ``added`` are folders that were added while a daemon ran, beside those it was started with.
    """

    watched: tuple[Path, ...]
    worker: WorkerPlan
    settings: DaemonSettings
    added: tuple[Path, ...] = ()

    @property
    def roots(self) -> tuple[Path, ...]:
        """All folders that are watched."""
        return tuple(dict.fromkeys((*self.watched, *self.added)))

    @property
    def library(self) -> Path:
        """The library's folder."""
        return self.worker.library

    @property
    def options(self) -> IndexOptions:
        """How books are read."""
        return self.worker.options


@contextmanager
def open_session(plan: DaemonPlan, board: StatusBoard, stopping: Event) -> Iterator["Session"]:
    """Open all that a session needs, going on where the last one ended. Hold the library's lock.

    Raises:
        LibraryError: ledger, queue or parcels cannot be opened.
    """
    settings = plan.settings
    with (
        Ledger.open(plan.library) as ledger,
        TaskQueue.open(plan.library, settings.patience) as queue,
        closing(Watching(plan.roots, plan.library)) as watching,
        closing(WorkerPool(plan.worker, settings)) as pool,
    ):
        queue.recover()
        dispatcher = Dispatcher(plan.library, ledger, queue, pool, board)
        yield Session(plan, ledger, dispatcher, watching, stopping)


class Session:
    """Keeps an open library in step; see :func:`open_session`."""

    def __init__(
        self, plan: DaemonPlan, ledger: Ledger, dispatcher: Dispatcher, watching: Watching, stopping: Event
    ) -> None:
        self._plan = plan
        self._ledger = ledger
        self._dispatcher = dispatcher
        self._queue, self._pool, self._board = dispatcher.queue, dispatcher.pool, dispatcher.board
        self._watching = watching
        self._stopping = stopping
        self._surveyor = Surveyor(plan.roots, watching, every_s=plan.settings.survey_s)
        self._absences = Absences(plan.roots, plan.settings)
        self._run: LibraryRun | None = None
        self._is_hinted = self._is_to_retry = self._is_answering = False
        self._busy_at = self._published_at = self._checked_at = time.monotonic()
        self._checkpoint_rest_s = 0.0

    def run(self) -> None:
        """Work until asked to stop, or to watch other folders.

        Raises:
            LibraryError: the disk is full or fails, or the library is not for this daemon.
            DaemonError, BackendUnavailableError, ConfigError, WeightsError: the models cannot be had.
        """
        while not self.is_to_stop() and not self._has_other_folders():
            self._step()
        if self._run is not None and self.is_to_stop():
            self._checkpoint(self._run)

    def is_to_stop(self) -> bool:
        """Say whether somebody asked the daemon to end."""
        return self._stopping.is_set() or Wish.STOP in self._queue.wishes()

    def _has_other_folders(self) -> bool:
        added = {Path(folder) for folder in self._queue.folders()}
        return added != set(self._plan.added)

    def _step(self) -> None:
        """Do a little of everything; the longest wait is for the workers."""
        is_paused = Wish.PAUSE in self._queue.wishes()
        self._grant_retry()
        self._queue.settle()
        if self._run is not None:
            self._survey(self._run)
        self._employ(is_paused=is_paused)
        self._listen()
        if self._run is not None:
            self._checkpoint_if_due(self._run)
        self._publish(is_paused=is_paused)

    def _grant_retry(self) -> None:
        """Release the quarantine, and let the next survey bring what failed before this daemon."""
        if Wish.RETRY in self._queue.wishes():
            self._queue.release()
            self._queue.wish(Wish.RETRY, wanted=False)
            self._is_hinted = self._is_to_retry = True

    def _employ(self, *, is_paused: bool) -> None:
        """Start workers when there is work, hand it out, and let them go after a long rest."""
        now = time.monotonic()
        waiting = 0 if is_paused else self._queue.counts()[TaskState.WAITING]
        if self._run is None:
            self._pool.fill(1)  # it tells how books are read: nothing can be surveyed before
        elif waiting:
            self._pool.fill(waiting)
            self._dispatcher.hand_out()
        if waiting or not self._pool.is_idle:
            self._busy_at = now
        elif now - self._busy_at > self._plan.settings.rest_s:
            self._pool.close()

    def _listen(self) -> None:
        for worker, message in self._pool.events(TICK_S):
            if isinstance(message, Unfit):
                raise message.error
            if isinstance(message, Ready):
                self._begin(message)
            elif self._run is not None:
                self._dispatcher.handle(worker, message, self._run)

    def _begin(self, ready: Ready) -> None:
        """Open the library once it is known how books will be read."""
        if self._run is not None:
            if ready.words.revision != self._run.revision:
                raise DaemonError("Longbox itself has changed under the daemon: start it again")
            return
        options = self._plan.options
        self._run = LibraryRun(
            self._ledger, self._plan.library, ready.words, options.limits, SilentProgress()
        )
        remember_options(self._ledger, options)
        remember_revision(self._ledger, options, ready.words)
        self._board.show(trouble=None)

    def _survey(self, run: LibraryRun) -> None:
        now, grace_over_at = time.monotonic(), self._absences.next_at()
        self._is_hinted |= self._watching.take_hint() | self._dispatcher.has_news
        self._is_hinted |= Wish.SURVEY in self._queue.wishes()
        self._dispatcher.has_news = False
        is_ripe = grace_over_at is not None and now >= grace_over_at
        if self._surveyor.is_due(hinted=self._is_hinted or is_ripe):
            self._is_hinted = False
            self._is_answering = Wish.SURVEY in self._queue.wishes()
            unsettled = frozenset(self._ledger.unsettled())
            self._surveyor.begin(run.entries.values(), unsettled, run.revision)
        finding = self._surveyor.take()
        if finding is not None:
            self._take_in(finding, run)
            if self._is_answering:  # what the wish was for is in the queue now
                self._queue.wish(Wish.SURVEY, wanted=False)

    def _take_in(self, finding: Finding, run: LibraryRun) -> None:
        survey = finding.survey
        if survey is None:
            self._board.surveyed(self._board.status.sources, finding.seconds, (finding.problem or "",))
            return
        news, aim = self._news(survey, run), first_aim(self._plan.options)
        for source in news:
            if source.problem is not None:
                run.fail(source, None, to_failure("container", None, source.problem))
        self._queue.enter([(source, aim) for source in news if source.problem is None])
        verdict = self._absences.judge(survey, finding.present, run.entries, time.monotonic())
        run.note_missing(verdict.missing)
        run.prune(verdict.pruned)
        self._drop_lost_tasks({source.key for source in survey.found})
        self._board.surveyed(len(survey.found), finding.seconds, verdict.away)

    def _news(self, survey: Survey, run: LibraryRun) -> list[Source]:
        """Return what is still changed now, for books were stored while the survey went on."""
        unsettled = frozenset(self._ledger.unsettled())
        sources, again = (survey.found, (BookStatus.FAILED,)) if self._is_to_retry else (survey.changed, ())
        self._is_to_retry = False
        known = run.entries
        return [
            source
            for source in sources
            if is_changed(source, known.get(source.key), unsettled, revision=run.revision, again=again)
        ]

    def _drop_lost_tasks(self, found: Set[str]) -> None:
        """Forget quarantined sources that are not there any more."""
        for task in self._queue.tasks(TaskState.QUARANTINED):
            if task.source not in found and not os.path.lexists(task.source):
                self._queue.drop(task.source)

    def _checkpoint_if_due(self, run: LibraryRun) -> None:
        """Index and compact what is new: when nothing is left to do, and now and then before."""
        counts, since_s = self._queue.counts(), time.monotonic() - self._checked_at
        is_idle = counts[TaskState.WAITING] == counts[TaskState.READING] == 0
        if not run.is_settled and (is_idle or since_s > max(CHECKPOINT_S, self._checkpoint_rest_s)):
            self._checkpoint(run)
            if is_idle:
                follow_maps(self._plan.library)
                follow_elements(self._plan.library)
                follow_matches(self._plan.library)

    def _checkpoint(self, run: LibraryRun) -> None:
        started = time.monotonic()
        run.finish()
        self._checked_at = time.monotonic()
        self._checkpoint_rest_s = CHECKPOINT_REST * (self._checked_at - started)

    def _publish(self, *, is_paused: bool) -> None:
        counts = self._queue.counts()
        status = self._board.show(
            state=self._state(counts, is_paused=is_paused),
            queue=counts,
            reading=self._dispatcher.readings(),
            workers=len(self._pool),
            notes=tuple(self._notes()),
            eta_s=self._board.eta_s(self._queue.bytes_left()),
        )
        now = time.monotonic()
        if now - self._published_at >= PUBLISH_S:
            self._published_at = now
            publish(self._plan.library, status)

    def _notes(self) -> Iterator[str]:
        """Give lines on what keeps news from coming in."""
        if self._watching.problem is not None:
            yield self._watching.problem
        if self._surveyor.going_on_s() > LONG_SURVEY_S:
            yield f"a survey has been going on for {self._surveyor.going_on_s():.0f} s: does a share hang?"

    def _state(self, counts: Mapping[TaskState, int], *, is_paused: bool) -> DaemonState:
        if self._run is None:
            return DaemonState.STARTING
        if is_paused:
            return DaemonState.PAUSED
        at_work = (TaskState.SETTLING, TaskState.WAITING, TaskState.READING)
        is_at_work = any(counts[state] for state in at_work)
        return DaemonState.WORKING if is_at_work or not self._surveyor.has_surveyed else DaemonState.IDLE
