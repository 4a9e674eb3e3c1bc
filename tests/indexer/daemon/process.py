"""A daemon with fake models as a process of its own: ``python -m tests.indexer.daemon.process LIB DIR``."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

from indexer.daemon.service import opened_library, run_daemon
from indexer.daemon.session import DaemonPlan
from indexer.daemon.status import DaemonState, DaemonStatus, StatusBoard, published
from indexer.daemon.worker import WorkerPlan
from tests.indexer.builders import OPTIONS
from tests.indexer.daemon.running import PATIENCE_S, QUICK, load_fakes

ROOT = Path(__file__).resolve().parents[3]


class Daemon:
    """The running process."""

    def __init__(self, library: Path, watched: Path) -> None:
        self._library = library
        command = [sys.executable, "-m", "tests.indexer.daemon.process", str(library), str(watched)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment)

    @property
    def pid(self) -> int:
        return self._process.pid

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text("ascii").split()]

    def wait_for(self, what: Callable[[DaemonStatus], object]) -> None:
        """Wait until the published status is as wanted."""
        until = time.monotonic() + PATIENCE_S
        while (status := published(self._library)) is None or status.pid != self.pid or not what(status):
            assert self._process.poll() is None, "the daemon has ended"
            assert time.monotonic() < until, f"waited in vain: {status}"
            time.sleep(0.1)

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE_S)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE_S)


def is_idle(status: DaemonStatus) -> bool:
    return status.state is DaemonState.IDLE


def main() -> None:
    library, watched = map(Path, sys.argv[1:])
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    plan = DaemonPlan((watched,), WorkerPlan(library, OPTIONS, load_fakes), replace(QUICK, prune=True))
    with opened_library(library):
        run_daemon(plan, stopping, StatusBoard((str(watched),)))


if __name__ == "__main__":
    main()
