"""A job as it is told to the browser: what was asked, how far it is, and how it ended."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from indexer.daemon.progress import FolderProgress
from indexer.daemon.status import DaemonStatus


class JobKind(StrEnum):
    """What can be asked for."""

    ADD_FOLDER = "add-folder"
    RESCAN = "rescan"
    RETRY = "retry"
    PAUSE = "pause"
    RESUME = "resume"


class JobState(StrEnum):
    """Where a job stands; the last three are ends."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDS = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


@dataclass(frozen=True, slots=True)
class BookInReading:
    """A book that is being read, and its pages so far."""

    source: str
    pages: int
    page_count: int


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is, in books.

    ``total`` are known so far; ``done``, ``failed`` and ``left`` add up to it. ``eta_s`` is the time
    that all of the daemon's work will take, None while it cannot be told.
    """

    total: int = 0
    done: int = 0
    failed: int = 0
    left: int = 0
    pages_per_s: float = 0.0
    eta_s: float | None = None
    reading: tuple[BookInReading, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A job; times in seconds since 1970. ``message`` is a line for people, empty where all is well."""

    job_id: str
    kind: JobKind
    state: JobState
    created_s: float
    folder: str | None = None
    ended_s: float | None = None
    message: str = ""
    progress: JobProgress = field(default_factory=JobProgress)

    @property
    def is_over(self) -> bool:
        """Say whether it has come to an end."""
        return self.state in ENDS

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


def progress_of(found: FolderProgress, status: DaemonStatus | None) -> JobProgress:
    """Put together what the queue and what the daemon says."""
    reading = () if status is None else status.reading
    return JobProgress(
        total=found.total,
        done=found.done,
        failed=found.failed,
        left=found.waiting + found.reading,
        pages_per_s=0.0 if status is None else status.pages_per_s,
        eta_s=None if status is None else status.eta_s,
        reading=tuple(BookInReading(book.source, book.pages, book.page_count) for book in reading),
    )
