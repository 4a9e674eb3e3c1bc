"""A daemon with fake models in a thread of the test, and the same as a process of its own."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from indexer.daemon.service import opened_library, run_daemon
from indexer.daemon.session import DaemonPlan
from indexer.daemon.settings import DaemonSettings
from indexer.daemon.status import DaemonState, DaemonStatus, StatusBoard
from indexer.daemon.worker import WorkerPlan
from indexer.stages.models import StageModels
from schemas.config import IndexOptions
from schemas.errors import ConfigError
from schemas.labels import ReadingDirection
from schemas.records import PageLayout, RgbImage, TextLine
from tests.fakes import FakeDetector, FakeTextReader
from tests.indexer.builders import OPTIONS, Models

QUICK = DaemonSettings(
    settle_s=0.2,
    survey_s=1.0,
    grace_s=0.6,
    backoff_s=0.2,
    tries=2,
    recover_s=0.3,
    time_limit_s=20.0,
    workers=1,
)
PATIENCE_S = 40.0


def load_fakes(options: IndexOptions) -> StageModels:
    """The models of a worker process in tests."""
    return Models()(options)


class DeafReader(FakeTextReader):
    """Never comes back from its first page."""

    def read_lines(self, page: RgbImage) -> tuple[TextLine, ...]:
        time.sleep(3600)
        return ()


def load_deaf(options: IndexOptions) -> StageModels:
    """Models of which the reader hangs."""
    return Models(reader=DeafReader())(options)


class SlowDetector(FakeDetector):
    """Takes its time over each page."""

    def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
        time.sleep(0.3)
        return super().detect(page, direction=direction)


def load_slow(options: IndexOptions) -> StageModels:
    """Models of which the detector is slow."""
    return Models(detector=SlowDetector())(options)


class TrapDetector(FakeDetector):
    """Does to its process what a page's first pixel says: 1 crash, 2 hang, 3 bloat."""

    def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
        match tuple(page[0, 0]):
            case (1, 2, 3):
                os.abort()
            case (2, 2, 3):
                time.sleep(3600)
            case (3, 2, 3):
                hoard = [bytearray(os.urandom(1024) * 1024) for _ in range(2000)]
                time.sleep(3600 + len(hoard))
        return super().detect(page, direction=direction)


def load_traps(options: IndexOptions) -> StageModels:
    """Models of which the detector breaks out in three ways."""
    return Models(detector=TrapDetector())(options)


def load_nothing(options: IndexOptions) -> StageModels:
    """A loader that finds no models."""
    raise ConfigError("there is no such model")


def die_at_once(options: IndexOptions) -> StageModels:
    """A loader that takes its process with it."""
    os._exit(3)


@dataclass
class RunningDaemon:
    """A daemon in a thread."""

    plan: DaemonPlan
    board: StatusBoard
    stopping: Event = field(default_factory=Event)
    errors: list[Exception] = field(default_factory=list)

    @property
    def status(self) -> DaemonStatus:
        return self.board.status

    def run(self) -> None:
        try:
            with opened_library(self.plan.library):
                run_daemon(self.plan, self.stopping, self.board)
        except Exception as error:  # noqa: BLE001 (raised by the test's own thread)
            self.errors.append(error)

    def wait_for(self, what: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
        """Wait until something is so; a daemon that ends before is a failure."""
        until = time.monotonic() + patience_s
        while not what():
            if self.errors:
                raise self.errors[0]
            assert time.monotonic() < until, f"waited in vain: {self.status}"
            time.sleep(0.05)

    def wait_until_idle(self) -> None:
        """Wait until a survey that began after now has found nothing more to do."""
        surveys = self.status.surveys
        self.wait_for(lambda: self.status.surveys >= surveys + 2 and self.status.state is DaemonState.IDLE)


@contextmanager
def daemon(
    watched: Path | tuple[Path, ...],
    library: Path,
    settings: DaemonSettings = QUICK,
    *,
    options: IndexOptions = OPTIONS,
    load: Callable[[IndexOptions], StageModels] = load_fakes,
) -> Iterator[RunningDaemon]:
    roots = (watched,) if isinstance(watched, Path) else watched
    plan = DaemonPlan(roots, WorkerPlan(library, options, load), settings)
    running = RunningDaemon(plan, StatusBoard(tuple(map(str, roots))))
    thread = Thread(target=running.run)
    thread.start()
    try:
        yield running
    finally:
        running.stopping.set()
        thread.join(30)
        assert not thread.is_alive()
    if running.errors:
        raise running.errors[0]
