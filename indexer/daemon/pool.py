"""The worker processes: started, listened to, held to their limits, and replaced.

Limits are kept from outside. ``RLIMIT_AS`` is of no use here: it counts reserved addresses (3.1 GB in
a worker with OCR that holds 0.9 GB), and a thread that gets none aborts the process. So the resident
memory is watched, and a worker is the first that the kernel ends if memory runs out all the same.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import cast

from indexer.daemon.messages import Answer, EndReason, Message, Order, Ready, WorkerEnded
from indexer.daemon.settings import DaemonSettings
from indexer.daemon.worker import WorkerPlan, serve
from schemas.config import MIB
from schemas.errors import DaemonError

STARTS_IN_VAIN = 3
"""Workers in a row that may die while they load their models, before the daemon gives up."""
LOADING_LIMIT_S = 300.0
"""Time in which a worker must have loaded its models."""
_END_S = 5.0


@dataclass(slots=True, eq=False)
class Worker:
    """One process; ``order`` is what it works on, ``heard_at`` when it last gave a sign."""

    process: BaseProcess
    connection: Connection
    clock: Callable[[], float]
    heard_at: float
    is_ready: bool = False
    order: Order | None = None

    @property
    def is_idle(self) -> bool:
        """Say whether it waits for an order."""
        return self.is_ready and self.order is None

    def give(self, order: Order) -> None:
        """Start it on a source; a worker that has just died is noticed by the pool."""
        self.order, self.heard_at = order, self.clock()
        self._send(order)

    def answer(self, answer: Answer) -> None:
        """Say what to do with the source it has identified."""
        if answer.aim is None:
            self.order = None
        self._send(answer)

    def _send(self, message: Order | Answer) -> None:
        with suppress(ConnectionError):
            self.connection.send(message)


class WorkerPool:
    """As many workers as the settings say; they start when they are first needed. Belongs to one thread."""

    def __init__(
        self, plan: WorkerPlan, settings: DaemonSettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._plan = plan
        self._settings = settings
        self._clock = clock
        self._workers: list[Worker] = []
        self._in_vain = 0

    def __len__(self) -> int:
        """Return how many workers there are."""
        return len(self._workers)

    @property
    def is_idle(self) -> bool:
        """Say whether no worker has anything to do."""
        return all(worker.is_idle for worker in self._workers)

    def busy(self) -> list[Worker]:
        """Return the workers that have an order."""
        return [worker for worker in self._workers if worker.order is not None]

    def idle(self) -> list[Worker]:
        """Return the workers that wait for an order."""
        return [worker for worker in self._workers if worker.is_idle]

    def fill(self, waiting: int) -> None:
        """Start workers for so many books that wait, as far as the settings allow."""
        wanted = len(self.busy()) + waiting
        while len(self._workers) < min(wanted, self._settings.processes):
            self._workers.append(self._start())

    def events(self, timeout_s: float) -> Iterator[tuple[Worker, Message]]:
        """Give what the workers say within some time, and who of them has ended.

        Raises:
            DaemonError: workers keep dying before they are ready.
        """
        by_pipe = {worker.connection: worker for worker in self._workers}
        for pipe in wait(list(by_pipe), timeout_s) if by_pipe else _nothing_for(timeout_s):
            worker = by_pipe[cast("Connection", pipe)]
            message = self._hear(worker)
            if message is not None:
                yield worker, message
        for worker in list(self._workers):
            ended = self._judge(worker)
            if ended is not None:
                yield worker, ended

    def close(self) -> None:
        """End all workers at once: nothing they do is lost that is not done again."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            _bury(worker)
        self._workers.clear()

    def _start(self) -> Worker:
        context = multiprocessing.get_context("spawn")  # LanceDB and ONNX do not survive a fork
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self._plan), name="longbox-worker", daemon=True)
        process.start()
        theirs.close()
        return Worker(process, ours, self._clock, heard_at=self._clock())

    def _hear(self, worker: Worker) -> Message | None:
        try:
            message = cast("Message", worker.connection.recv())
        except (EOFError, OSError):
            return self._ended(worker, EndReason.CRASHED, _describe_end(worker))
        worker.heard_at = self._clock()
        if isinstance(message, Ready):
            worker.is_ready, self._in_vain = True, 0
        return message

    def _judge(self, worker: Worker) -> WorkerEnded | None:
        """End a worker that is over a limit."""
        if worker.is_idle:
            return None
        limit_s = self._settings.time_limit_s if worker.is_ready else LOADING_LIMIT_S
        if self._clock() - worker.heard_at > limit_s:
            return self._ended(
                worker,
                EndReason.TIMED_OUT,
                f"no page in {limit_s:.0f} s: its reading was ended (--time-limit)",
            )
        used_mb = resident_mb(worker.process.pid)
        if used_mb > self._settings.memory_limit_mb:
            return self._ended(
                worker,
                EndReason.TOO_LARGE,
                f"reading it took {used_mb} MB of memory, {self._settings.memory_limit_mb} are allowed "
                "(--memory-limit)",
            )
        return None

    def _ended(self, worker: Worker, reason: EndReason, detail: str) -> WorkerEnded:
        self._workers.remove(worker)
        worker.process.kill()
        _bury(worker)
        if not worker.is_ready:
            self._in_vain += 1
            if self._in_vain >= STARTS_IN_VAIN:
                raise DaemonError(
                    f"{self._in_vain} workers in a row ended before they could read ({detail}): "
                    "see longbox.log, and whether 'longbox index' works"
                )
        return WorkerEnded(reason, detail)


def resident_mb(pid: int | None) -> int:
    """Return what a process holds in memory, 0 where the system does not tell (not Linux)."""
    if pid is None or sys.platform != "linux":
        return 0
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // MIB


def _bury(worker: Worker) -> None:
    worker.connection.close()
    worker.process.join(_END_S)


def _describe_end(worker: Worker) -> str:
    worker.process.join(_END_S)
    code = worker.process.exitcode
    if code is None:
        return "the process that read it closed its pipe"
    if code < 0:
        return f"the process that read it died of {signal.Signals(-code).name}"
    return f"the process that read it ended with code {code}"


def _nothing_for(timeout_s: float) -> tuple[()]:
    time.sleep(timeout_s)
    return ()
