"""A small SQLite file beside the tables: opened for writing, its errors in the library's own words."""

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
    remade_by: str

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
                f"the {self.name} {path} is damaged ({error}): delete it, the next {self.remade_by!r} "
                "makes a new one"
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
