"""The log of refusals and logins: who was refused what, and no key, token or query."""

import json
import logging
import os
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

import flask

from schemas.config import MIB
from webui.request_ids import request_id
from webui.security.limits import Allowance

AUDIT_FILE = "audit.log"
_LINES_A_SECOND, _LINES_AT_ONCE = 20.0, 200.0
"""An attacker can fill no disk, and hides nothing that came before."""
_LONGEST_PATH = 200


class AuditLog:
    """Writes lines of JSON into the library's folder; where that cannot be written, to the program's log."""

    def __init__(self, library: Path) -> None:
        """Write into a library."""
        self._handler = _Private(
            library / AUDIT_FILE, maxBytes=MIB, backupCount=2, encoding="utf-8", errors="replace", delay=True
        )
        self._handler.setFormatter(logging.Formatter("%(message)s"))
        self._allowance = Allowance(_LINES_A_SECOND, _LINES_AT_ONCE)

    def note(self, event: str, *, visitor: str = "", status: int = 0) -> None:
        """Note what happened in this request. ``visitor`` is the name of a key, never the key."""
        if self._allowance.take("") > 0:
            return
        request = flask.request
        told = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "event": event,
            "status": status,
            "visitor": visitor,
            "address": request.remote_addr or "",
            "method": request.method,
            "path": request.path[:_LONGEST_PATH],
            "request_id": request_id(),
        }
        line = json.dumps(told, ensure_ascii=True)
        record = logging.LogRecord("longbox.audit", logging.WARNING, __file__, 0, line, None, None)
        self._handler.handle(record)


class _Private(RotatingFileHandler):
    """A log that only its owner can read, and that never stops the server."""

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 (logging's own)
        stream = super()._open()
        os.chmod(self.baseFilename, 0o600)  # noqa: PTH101 (a name, not a Path)
        return stream

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        """Tell the program's own log instead."""
        logging.getLogger("longbox.audit").warning(record.getMessage())

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; an unwritable folder is no reason to refuse a visitor."""
        try:
            super().emit(record)
        except OSError:
            self.handleError(record)
        finally:
            self.close()  # refusals are rare; the next one opens the file again
