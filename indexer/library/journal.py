"""The log of a library: what failed and where in our code, for bug reports."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from schemas.config import MIB

LOG_FILE = "longbox.log"
LOG_BYTES = 2 * MIB
"""Size at which the log starts anew; one older log is kept."""
_LOGGERS = ("indexer", "models")


class _QuietHandler(RotatingFileHandler):
    """Writes to the log and stays silent where it cannot: a full disk is reported by the store."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        """Drop the record."""
        del record


@contextmanager
def log_file(library: Path) -> Iterator[None]:
    """Write warnings and errors of the indexer to the library's log while the block runs."""
    handler = _QuietHandler(
        library / LOG_FILE, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", errors="replace", delay=True
    )
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False  # a trace on the terminal would frighten people over one bad page
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate
        handler.close()
