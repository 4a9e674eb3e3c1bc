"""The audit of a served library, run in a thread of its own: one at a time, asked how far it is."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread

from indexer.audit.deciding import NO_STORE
from indexer.audit.making import audit_library
from indexer.remote.state import store_of
from schemas.errors import LongboxError, QueryError


@dataclass(frozen=True, slots=True)
class AuditState:
    """How far an audit is: ``doing`` in words, ``share`` of all; ``problem`` is why the last one failed."""

    running: bool = False
    doing: str = ""
    share: float = 0.0
    problem: str = ""


class Auditor:
    """Starts audits of one library. Safe to share between threads."""

    def __init__(self, library: Path) -> None:
        """Audit the library in a folder."""
        self._library, self._lock = library, Lock()
        self._state = AuditState()

    @property
    def state(self) -> AuditState:
        """How far it is now."""
        with self._lock:
            return self._state

    def start(self, *, with_copies: bool = True) -> AuditState:
        """Begin an audit; one that runs already goes on.

        Raises QueryError where the tables lie on object storage: ``longbox audit`` refuses these too.
        """
        if store_of(self._library) is not None:
            raise QueryError(NO_STORE)
        with self._lock:
            if self._state.running:
                return self._state
            self._state = AuditState(running=True, doing="reading")
        Thread(target=self._run, args=(with_copies,), name="audit", daemon=True).start()
        return self.state

    def _run(self, with_copies: bool) -> None:
        problem = "the audit ended unexpectedly: see the server's log"
        try:
            audit_library(self._library, self._tell, with_copies=with_copies)
            problem = ""
        except LongboxError as error:
            problem = str(error)
        finally:
            self._put(AuditState(problem=problem))

    def _tell(self, doing: str, share: float) -> None:
        self._put(AuditState(running=True, doing=doing, share=round(share, 3)))

    def _put(self, state: AuditState) -> None:
        with self._lock:
            self._state = state
