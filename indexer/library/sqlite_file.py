"""A small SQLite file beside the tables: opened for writing, its errors in the library's own words."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import LibraryError, LibraryFormatError


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is called in messages, the newest version that is known, and how to get a new one."""

    name: str
    version: int
    tables: str
    way_out: str

    @contextmanager
    def errors(self, path: Path) -> Iterator[None]:
        """Turn what SQLite raises into LibraryError, or LibraryFormatError for a damaged file."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise LibraryError(
                f"cannot use the {self.name} {path}: {error}: free some space or check the disk"
            ) from error
        except sqlite3.DatabaseError as error:
            raise LibraryFormatError(
                f"the {self.name} {path} is damaged ({error}): {self.way_out}"
            ) from error

    def open_for_writing(self, path: Path) -> sqlite3.Connection:
        """Open a file, made where it is missing.

        Raises:
            LibraryFormatError: it is damaged or of a newer version.
            LibraryError: it cannot be written.
        """
        with self.errors(path):
            connection = sqlite3.connect(path, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            # WAL + NORMAL survives a killed process; only a power cut can lose the last entries,
            # and a lost entry is found again in the tables.
            connection.execute("PRAGMA synchronous=NORMAL")
            self.check_version(connection, path)
            connection.executescript(self.tables)
            connection.execute(f"PRAGMA user_version={self.version}")
        return connection

    def check_version(self, connection: sqlite3.Connection, path: Path) -> None:
        """Raise LibraryFormatError for a version that a newer Longbox wrote."""
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > self.version:
            raise LibraryFormatError(
                f"the {self.name} {path} has version {version}, this Longbox knows up to {self.version}: "
                "upgrade Longbox to use it"
            )

    @contextmanager
    def transaction(self, connection: sqlite3.Connection, path: Path) -> Iterator[None]:
        """Do all of the block or nothing of it."""
        with self.errors(path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def remade_by(command: str) -> str:
    """Return the way out where a command makes a damaged file anew."""
    return f"delete it, the next {command!r} makes a new one"


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a file to look at it, also on a disk that nobody can write to. Raises sqlite3.Error."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True)
    try:
        connection.execute("PRAGMA user_version")
    except sqlite3.OperationalError:
        # SQLite wants to make two files beside it; where the folder is read-only, nobody writes.
        connection.close()
        if path.with_name(f"{path.name}-wal").exists() or os.access(path.parent, os.W_OK, effective_ids=True):
            raise
        return sqlite3.connect(f"{address}&immutable=1", uri=True)
    return connection
