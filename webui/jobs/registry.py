"""The jobs of a server: a thread follows those that run, and ends when none does."""

import secrets
import time
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from threading import Condition, Thread

from indexer.daemon.control import Wish, ask, open_wishes, unwatch_folder, watch_folder, watched_folders
from indexer.daemon.progress import progress_below
from indexer.daemon.status import DaemonState
from schemas.errors import LongboxError, NotFoundError, QueryError
from webui.jobs.job import Job, JobKind, JobState, progress_of
from webui.jobs.keeper import DaemonKeeper

KEPT = 100
"""Jobs remembered; the oldest that are over go first."""
MAX_RUNNING = 20
TICK_S = 0.5
_WISHES = {
    JobKind.RESCAN: (Wish.SURVEY,),
    JobKind.RETRY: (Wish.RETRY, Wish.SURVEY),
    JobKind.ADD_FOLDER: (Wish.SURVEY,),
}
"""What the daemon takes back once it has looked: a job is over when these are gone and nothing is left."""


class Jobs:
    """Asks the daemon of one library, and remembers what was asked. Safe to share between threads."""

    def __init__(self, library: Path, keeper: DaemonKeeper, *, tick_s: float = TICK_S) -> None:
        """Ask the daemon that ``keeper`` looks after."""
        self._library, self._keeper, self._tick_s = library.absolute(), keeper, tick_s
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._changed = Condition()
        self._follower: Thread | None = None

    def start(self, kind: JobKind, folder: Path | None = None) -> Job:
        """Ask for something.

        Raises:
            QueryError: too many jobs are running.
            DaemonError: the daemon cannot be started.
            LibraryError: the library cannot be written.
        """
        with self._changed:
            if sum(not job.is_over for job in self._jobs.values()) >= MAX_RUNNING:
                raise QueryError(f"{MAX_RUNNING} jobs are running already: wait for one of them")
        self._ask(kind, folder)
        named = None if folder is None else str(folder)
        job = Job(secrets.token_urlsafe(9), kind, JobState.RUNNING, time.time(), named)
        with self._changed:
            self._jobs[job.job_id] = job
            self._forget_old()
            self._follow()
        return job

    def job(self, job_id: str) -> Job:
        """Return a job. Raises NotFoundError."""
        with self._changed:
            if job_id not in self._jobs:
                raise NotFoundError(f"there is no job {job_id[:60]!r}")
            return self._jobs[job_id]

    def all(self) -> tuple[Job, ...]:
        """Return all jobs that are remembered, the latest first."""
        with self._changed:
            return tuple(reversed(self._jobs.values()))

    def wait_for_change(self, known: Job, *, timeout_s: float) -> Job:
        """Return a job once it differs from what is known of it, or after a time. Raises NotFoundError."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs.get(known.job_id) != known, timeout_s)
            return self.job(known.job_id)

    def cancel(self, job_id: str) -> Job:
        """End a job: what was read stays, what was still to be read of a folder is left unread.

        Raises:
            NotFoundError: there is no such job.
            LibraryError: the queue cannot be written.
        """
        job = self.job(job_id)
        if job.is_over:
            return job
        if job.kind is JobKind.ADD_FOLDER and job.folder is not None:
            unwatch_folder(self._library, Path(job.folder))
            message = "the folder is no longer watched; books that were read stay"
        else:
            for wish in _WISHES.get(job.kind, ()):
                ask(self._library, wish, wanted=False)
            message = "nothing new is looked for; books already found are read"
        return self._end(job, JobState.CANCELLED, message)

    def _ask(self, kind: JobKind, folder: Path | None) -> None:
        if kind is JobKind.ADD_FOLDER:
            if folder is None:
                raise QueryError("say which folder is to be added")
            watch_folder(self._library, folder)
        elif not self._keeper.is_expected() and not watched_folders(self._library):
            raise QueryError("no daemon runs and no folder is watched: add a folder first")
        elif kind in (JobKind.PAUSE, JobKind.RESUME):
            ask(self._library, Wish.PAUSE, wanted=kind is JobKind.PAUSE)
            return
        else:
            for wish in _WISHES[kind]:
                ask(self._library, wish)
        self._keeper.ensure()

    def _follow(self) -> None:
        if self._follower is None:
            self._follower = Thread(target=self._tick, name="jobs", daemon=True)
            self._follower.start()

    def _tick(self) -> None:
        """Look after jobs as long as some are running."""
        while True:
            with self._changed:
                running = [job for job in self._jobs.values() if not job.is_over]
                if not running:
                    self._follower = None
                    return
            for job in running:
                try:
                    self._look_after(job)
                except LongboxError as error:
                    self._end(job, JobState.FAILED, str(error))
            time.sleep(self._tick_s)

    def _look_after(self, job: Job) -> None:
        status = self._keeper.status()
        if job.kind in (JobKind.PAUSE, JobKind.RESUME):
            is_paused = status is not None and status.state is DaemonState.PAUSED
            if status is None or is_paused == (job.kind is JobKind.PAUSE):
                self._end(job, JobState.DONE, "")
            return
        if status is None and not self._keeper.is_expected():
            self._end(job, JobState.FAILED, f"the daemon has ended: {self._keeper.last_words()}")
            return
        folder = None if job.folder is None else Path(job.folder)
        found = progress_below(self._library, folder)
        job = replace(job, progress=progress_of(found, status))
        if status is None:
            self._put(replace(job, message="the daemon is starting"))
        elif status.state is DaemonState.PAUSED:
            self._put(replace(job, state=JobState.PAUSED, message="reading is paused"))
        elif found.is_over and self._is_answered(job) and (folder is None or str(folder) in status.watched):
            self._end(job, JobState.DONE, _failures(found.failed))
        else:
            trouble = "; ".join(filter(None, (status.trouble, *status.away)))
            self._put(replace(job, state=JobState.RUNNING, message=trouble))

    def _is_answered(self, job: Job) -> bool:
        return not open_wishes(self._library) & {wish.value for wish in _WISHES[job.kind]}

    def _end(self, job: Job, state: JobState, message: str) -> Job:
        return self._put(replace(job, state=state, message=message, ended_s=time.time()))

    def _put(self, job: Job) -> Job:
        """Note how a job stands, unless it came to an end meanwhile."""
        with self._changed:
            known = self._jobs.get(job.job_id)
            if known is None or known.is_over:
                return known or job
            self._jobs[job.job_id] = job
            self._changed.notify_all()
            return job

    def _forget_old(self) -> None:
        for job_id in [job.job_id for job in self._jobs.values() if job.is_over]:
            if len(self._jobs) <= KEPT:
                return
            del self._jobs[job_id]


def _failures(failed: int) -> str:
    return (
        f"{failed} {'book' if failed == 1 else 'books'} could not be read: see the quarantine"
        if failed
        else ""
    )
