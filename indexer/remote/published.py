"""The ledger of a library on object storage: written in the state folder, published beside the tables.

Published at every checkpoint and at the end of a writer's term, without its lettering, which is
large and no part of the library's state. Other machines read that copy, or take it over when their
turn comes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING

from indexer.remote.lease import check_lease, newest_term
from indexer.remote.paths import BLOCK_BYTES, ObjectPath
from indexer.remote.state import tables_at
from schemas.errors import LibraryError

if TYPE_CHECKING:
    from indexer.library.ledger import Ledger

TERM_NOTE = "term"
"""Ledger note: the term of the writer that it was last written in."""
_COPY = "published.sqlite"
_YOUNG_S = 60.0


def put_away(made: Path, target: Path | ObjectPath) -> None:
    """Let a file made in the state folder take its place, locally or on the store. Raises OSError."""
    if isinstance(target, Path):
        made.replace(target)
    else:
        target.write(_blocks(made))
        made.unlink()


def at_hand(source: Path | ObjectPath, library: Path) -> Path:
    """Return a file that lies beside the tables as a local one. Raises FileNotFoundError, LibraryError."""
    return source if isinstance(source, Path) else _download(source, library)


def publish(library: Path, ledger: Ledger, name: str) -> None:
    """Put a copy of the ledger beside the tables; does nothing for a local library.

    Raises:
        LibraryBusyError: another machine has taken over, whose ledger must stay.
        LibraryError: there is no room for the copy, or the store does not take it.
    """
    tables = tables_at(library)
    if not isinstance(tables, ObjectPath):
        return
    check_lease(library)
    partial = library / f"{_COPY}.out"
    try:
        partial.unlink(missing_ok=True)
        ledger.copy_without_readings(partial)
        put_away(partial, tables / name)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def readable_ledger(library: Path, name: str) -> Path:
    """Return the ledger that tells of the tables as they are; it may be missing.

    For a local library, and for the machine that wrote last, that is the library's own; else a copy of
    the published one, fetched if that may have changed since it was last.
    """
    own, tables = library / name, tables_at(library)
    if not isinstance(tables, ObjectPath) or is_newest(own, newest_term(library)):
        return own
    copy = library / _COPY
    return copy if _is_same(copy, tables / name) else fetch(library, name) or copy


def _is_same(copy: Path, source: ObjectPath) -> bool:
    """Say whether a copy is of the object as it is; stores tell whole seconds, so a young one may not be."""
    try:
        have, told = copy.stat(), source.stat()
    except FileNotFoundError:
        return False
    is_old = have.st_ctime - told.st_mtime > _YOUNG_S
    return is_old and (have.st_size, have.st_mtime) == (told.st_size, told.st_mtime)


def fetch(library: Path, name: str) -> Path | None:
    """Return a copy of the published ledger; None where none was published. Raises LibraryError."""
    source = tables_at(library) / name
    try:
        return at_hand(source, library)
    except FileNotFoundError:
        (library / _COPY).unlink(missing_ok=True)
        return None


def _download(source: ObjectPath, library: Path) -> Path:
    copy = library / _COPY
    partial = copy.with_name(f"{_COPY}.{os.getpid()}-{get_ident()}")
    try:
        told = None
        while told != source.stat():  # replaced while it was read: a mixture
            told = source.stat()
            with source.open("rb") as read, partial.open("wb") as written:
                while block := read.read(BLOCK_BYTES):
                    written.write(block)
        os.utime(partial, (told.st_mtime, told.st_mtime))
        partial.replace(copy)
    except (FileNotFoundError, LibraryError):
        raise
    except OSError as error:
        raise LibraryError(f"cannot keep a copy of {source} in {library}: {error.strerror}") from error
    return copy


def is_newest(ledger: Path, term: int) -> bool:
    """Say whether a ledger was written in that term, or that of no term at all is there."""
    return ledger.is_file() and term_of(ledger) == term


def term_of(ledger: Path) -> int:
    """Return the term in which a ledger was last written; 0 where it does not say."""
    try:
        with closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT value FROM notes WHERE key = ?", (TERM_NOTE,)).fetchone()
    except sqlite3.Error:
        return 0
    return int(row[0]) if row else 0


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block
