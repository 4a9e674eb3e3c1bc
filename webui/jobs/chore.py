"""A chore: long work on the whole library, in a process of its own, one of a kind at a time.

The process takes the machine's spare time, so that the server answers meanwhile; it ends at once when
it is stopped or when the server is gone. What it writes is written whole or not at all.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from typing import TYPE_CHECKING

from schemas.errors import LongboxError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

STOPPED = "stopped: what was there before is as it was"
_UNEXPECTED = "it ended unexpectedly: see the server's log, and whether there is memory and room on the disk"
_NICENESS = 10

Tell = Callable[[str, float], None]
"""Is told what is being done, and the share of it that is done."""
Work = Callable[[Tell], object]
"""What a chore does; it goes to another process, so it is a function of a module or ``partial`` of one."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChoreState:
    """How far a chore is: ``doing`` in words, the ``share`` done; ``problem`` is why the last one failed."""

    running: bool = False
    doing: str = ""
    share: float = 0.0
    problem: str = ""


class Chore:
    """Starts, follows and stops work of one kind. Safe to share between threads."""

    def __init__(self) -> None:
        """Have nothing to do yet."""
        self._lock = Lock()
        self._state = ChoreState()
        self._process: BaseProcess | None = None
        self._is_stopped = False

    @property
    def state(self) -> ChoreState:
        """How far it is now."""
        with self._lock:
            return self._state

    def start(self, work: Work) -> ChoreState:
        """Begin; what runs already goes on."""
        with self._lock:
            if self._state.running:
                return self._state
            context = multiprocessing.get_context("spawn")  # LanceDB does not survive a fork
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, work), name="longbox-chore", daemon=True)
            process.start()
            theirs.close()
            self._process, self._is_stopped = process, False
            self._state = ChoreState(running=True, doing="starting")
            Thread(target=self._follow, args=(process, ours), name="chore", daemon=True).start()
            return self._state

    def stop(self) -> ChoreState:
        """End what runs, at once."""
        with self._lock:
            process = self._process
            if process is None:
                return self._state
            self._is_stopped = True
            process.kill()
        process.join()
        with self._lock:
            return self._over(process, STOPPED)

    def _follow(self, process: BaseProcess, pipe: Connection) -> None:
        problem = _UNEXPECTED
        with contextlib.suppress(EOFError, OSError), pipe:
            while True:
                told = pipe.recv()
                if isinstance(told, str):
                    problem = told
                    break
                doing, share = told
                with self._lock:
                    if self._process is process:
                        self._state = ChoreState(running=True, doing=doing, share=round(share, 3))
        process.join()
        with self._lock:
            self._over(process, STOPPED if self._is_stopped else problem)

    def _over(self, process: BaseProcess, problem: str) -> ChoreState:
        """Note the end of a process, unless that is known or another one runs. The lock is held."""
        if self._process is process:
            self._process, self._state = None, ChoreState(problem=problem)
        return self._state


def _serve(pipe: Connection, work: Work) -> None:
    """Do the work, in the process that was made for it: tell how far it is and, at last, the problem."""
    os.nice(_NICENESS)
    Thread(target=_end_with, args=(pipe,), daemon=True).start()
    problem = ""
    try:
        work(lambda doing, share: pipe.send((doing, share)))
    except LongboxError as error:
        problem = str(error)
    except Exception:
        logger.exception("a chore failed")
        problem = _UNEXPECTED
    pipe.send(problem)


def _end_with(pipe: Connection) -> None:
    """End this process when the other end of the pipe is gone."""
    with contextlib.suppress(EOFError, OSError):
        pipe.recv()
    os._exit(1)
