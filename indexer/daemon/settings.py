"""How the daemon behaves; parsed once at the command line. Times in seconds."""

import os
from dataclasses import dataclass

from indexer.daemon.queue import Patience

_CORES_A_WORKER = 2
"""Pages of one book are read side by side, so a worker keeps some cores busy with one set of models."""


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """The daemon's habits.

    Attributes:
        settle_s: a file is read once it has kept its size and time that long.
        survey_s: the watched folders are surveyed at least that often, events or not.
        grace_s: a file counts as missing once it has been gone that long.
        mass_grace_s: the same where a folder lost many books at once: its drive may be away.
        tries: readings of a book that fail before it is quarantined.
        backoff_s: wait before the second try; each further wait is ``BACKOFF_FACTOR`` times longer.
        time_limit_s: a worker that shows no new page for that long is ended.
        memory_limit_mb: a worker that holds more is ended.
        workers: processes that read books; 0 means one for every two cores.
        recover_s: wait after a full disk or the like, before all is tried again; it doubles.
        rest_s: workers without work end after that time, and free their memory.
        prune: take out books whose files are gone, after the grace.
        port: of the status page on this machine; 0 means none.
    """

    settle_s: float = 3.0
    survey_s: float = 600.0
    grace_s: float = 60.0
    mass_grace_s: float = 24 * 3600.0
    tries: int = 4
    backoff_s: float = 60.0
    time_limit_s: float = 300.0
    memory_limit_mb: int = 4096
    workers: int = 0
    recover_s: float = 5.0
    rest_s: float = 600.0
    prune: bool = False
    port: int = 0

    @property
    def patience(self) -> Patience:
        """The queue's part."""
        return Patience(self.settle_s, self.tries, self.backoff_s)

    @property
    def processes(self) -> int:
        """How many books are read side by side."""
        return self.workers or max(1, _cores() // _CORES_A_WORKER)

    @property
    def threads(self) -> int:
        """How many pages of one book are read side by side."""
        return max(1, _cores() // self.processes)


def _cores() -> int:
    return os.cpu_count() or 1
