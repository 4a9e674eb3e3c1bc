"""What the ledger says of one source file, and how it stands in a row."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from schemas.labels import BookStatus
from schemas.records import StageFailure

IMPORT_MARK = "zarr:"
"""How the revision of an imported book begins: no file of its own can be missed."""

COLUMNS = (
    "source, size_bytes, mtime_ns, status, book_id, pipeline_rev, reason, message, "
    "failures, attempts, page_count, panel_count"
)
"""Columns of the table ``sources``, in the order of :func:`row_of`."""


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """What became of one source file.

    ``book_id`` is None for a source that never made it into the library; ``pipeline_rev`` names
    the stages and options it was last tried with; ``attempts`` counts those tries.
    """

    source: str
    size_bytes: int
    mtime_ns: int
    status: BookStatus
    book_id: str | None = None
    pipeline_rev: str = ""
    reason: str | None = None
    message: str | None = None
    failures: tuple[StageFailure, ...] = ()
    attempts: int = 1
    page_count: int = 0
    panel_count: int = 0

    @property
    def fingerprint(self) -> tuple[int, int]:
        """Size in bytes and time of last change in nanoseconds, as the file was when it was read."""
        return self.size_bytes, self.mtime_ns

    @property
    def is_imported(self) -> bool:
        """Say whether the book came in as vectors; ``source`` is then its name in their group."""
        return self.pipeline_rev.startswith(IMPORT_MARK)


def row_of(entry: SourceEntry) -> tuple[str | int | None, ...]:
    """Return an entry as a row of :data:`COLUMNS`."""
    return (
        entry.source,
        entry.size_bytes,
        entry.mtime_ns,
        entry.status.value,
        entry.book_id,
        entry.pipeline_rev,
        entry.reason,
        entry.message,
        json.dumps([asdict(failure) for failure in entry.failures]),
        entry.attempts,
        entry.page_count,
        entry.panel_count,
    )


def entry_of(row: Sequence[object]) -> SourceEntry:
    """Return the entry of a row of :data:`COLUMNS`."""
    source, size, mtime, status, book_id, rev, reason, message, failures, attempts, pages, panels = row
    return SourceEntry(
        source=str(source),
        size_bytes=int(str(size)),
        mtime_ns=int(str(mtime)),
        status=BookStatus(str(status)),
        book_id=None if book_id is None else str(book_id),
        pipeline_rev=str(rev),
        reason=None if reason is None else str(reason),
        message=None if message is None else str(message),
        failures=tuple(StageFailure(**failure) for failure in json.loads(str(failures))),
        attempts=int(str(attempts)),
        page_count=int(str(pages)),
        panel_count=int(str(panels)),
    )
