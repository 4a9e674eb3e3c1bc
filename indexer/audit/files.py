"""The files of the audit beside the tables: its report, and what a curator decided."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from indexer.library.lock import side_lock
from indexer.library.whole import write_whole
from schemas.audit import AUDIT_FILE, MAX_AUDIT_BYTES, AuditReport
from schemas.curation import CURATION_FILE, MAX_CURATION_BYTES, MAX_MARKS, Curation
from schemas.errors import LibraryError, LibraryFormatError

LOCK_FILE = "curation.lock"


def read_report(library: Path) -> AuditReport | None:
    """Return the last report, None where there is none. Raises LibraryFormatError."""
    data = _read(library / AUDIT_FILE, MAX_AUDIT_BYTES)
    return None if data is None else AuditReport.from_json(data)


def write_report(library: Path, report: AuditReport) -> None:
    """Put a report in place of the last one. Raises LibraryError."""
    _write(library / AUDIT_FILE, report.to_json(), MAX_AUDIT_BYTES)


def read_curation(library: Path) -> Curation:
    """Return what was decided. Raises LibraryFormatError."""
    data = _read(library / CURATION_FILE, MAX_CURATION_BYTES)
    return Curation() if data is None else Curation.from_json(data)


def change_curation(library: Path, change: Callable[[Curation], Curation]) -> Curation:
    """Change what was decided, also while others do: one after the other.

    Raises:
        LibraryFormatError: the file is damaged; it stays as it is.
        LibraryError: it cannot be written, or there are too many decisions.
    """
    with side_lock(library, LOCK_FILE):
        changed = change(read_curation(library))
        if len(changed.books) + len(changed.pages) > MAX_MARKS:
            raise LibraryError(f"at most {MAX_MARKS:,} books and pages can be left out: exclude whole books")
        _write(library / CURATION_FILE, changed.to_json(), MAX_CURATION_BYTES)
    return changed


def _read(path: Path, max_bytes: int) -> bytes | None:
    try:
        if path.stat().st_size > max_bytes:
            raise LibraryFormatError(f"{path} is larger than {max_bytes:,} bytes: delete it")
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        if isinstance(error, LibraryFormatError):
            raise
        raise LibraryError(f"cannot read {path}: {error.strerror}") from error


def _write(path: Path, told: dict[str, object], max_bytes: int) -> None:
    """Write a file whole beside its place and put it there."""
    data = json.dumps(told, sort_keys=True).encode()
    if len(data) > max_bytes:
        raise LibraryError(f"{path.name} would be larger than {max_bytes:,} bytes")
    write_whole(path, data)
