"""Sealing: at the end of a run, checksums of what it wrote go into the ledger.

Lance keeps none: a flipped bit in a data file is read as another number, without an error.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indexer.care.digests import BOOKS_A_QUERY, digest_books
from indexer.care.files import FileSum, files_of
from indexer.care.pins import tables_of
from indexer.library.export import open_table
from indexer.library.faults import reading
from indexer.remote.state import tables_at
from schemas.tables import BOOKS

if TYPE_CHECKING:
    from indexer.library.ledger import Ledger


def seal(library: Path, ledger: Ledger) -> None:
    """Record checksums of all that has none yet. Hold the writer's lock.

    What is recorded already stays: a file that was damaged since is no better for being read again.

    Raises:
        LibraryError: a table cannot be read, or the ledger not written.
    """
    _seal_books(library, ledger)
    _seal_files(library, ledger)


def current_files(library: Path) -> dict[str, str | None]:
    """Return the files that stay, relative to the library, with the snapshot that alone holds each.

    None stands for the newest versions.
    """
    found: dict[str, str | None] = {}
    for name in tables_of(library):
        with reading(library, name):
            table = open_table(library, name)
            kept = {tag: int(told["version"]) for tag, told in table.tags.list().items()}
        for snapshot, version in (*kept.items(), (None, table.version)):
            found |= dict.fromkeys(files_of(library, name, version), snapshot)
    return found


def _seal_books(library: Path, ledger: Ledger) -> None:
    with reading(library, BOOKS):
        rows = open_table(library, BOOKS).search().select(["book_id"]).limit(None).to_arrow()
    there = set(rows["book_id"].to_pylist())
    known = set(ledger.digests())
    new = sorted(there - known)
    for start in range(0, len(new), BOOKS_A_QUERY):
        ledger.set_digests(digest_books(library, new[start : start + BOOKS_A_QUERY]))
    ledger.drop_digests(known - there)


def _seal_files(library: Path, ledger: Ledger) -> None:
    there, known = current_files(library).keys(), set(ledger.file_sums())
    tables = tables_at(library)
    ledger.set_file_sums({path: FileSum.of(tables / path) for path in sorted(there - known)})
    ledger.drop_file_sums(path for path in known - there if not (tables / path).is_file())
