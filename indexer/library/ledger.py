"""The ledger: what became of every source file, which books are half-written, and what was read.

A small SQLite file beside the tables. The tables are the truth about content; the ledger knows
what the tables cannot: failures, fingerprints of unchanged files, and the lettering of every
picture ever read, so that no picture is read twice. A lost ledger costs time, never content.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from indexer.care.files import FileSum
from indexer.library.entries import COLUMNS, SourceEntry, entry_of, row_of
from indexer.library.sqlite_file import FileKind, connect_read_only, remade_by
from indexer.remote.published import readable_ledger
from indexer.remote.state import shown
from models.vlm.page_json import page_from_json, page_to_json
from schemas.errors import LibraryNotFoundError, PageReadingError
from schemas.geometry import Box
from schemas.labels import BookStatus, PageType
from schemas.records import TextLine
from schemas.vlm import PageReading

LEDGER_FILE = "ledger.sqlite"
LEDGER_VERSION = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sources (
    source TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    status TEXT NOT NULL, book_id TEXT, pipeline_rev TEXT NOT NULL, reason TEXT, message TEXT,
    failures TEXT NOT NULL, attempts INTEGER NOT NULL,
    page_count INTEGER NOT NULL, panel_count INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sources_by_book ON sources (book_id);
CREATE TABLE IF NOT EXISTS unsettled (book_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS readings (
    sha256 TEXT NOT NULL, reader TEXT NOT NULL, lines TEXT NOT NULL, PRIMARY KEY (sha256, reader)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file_sums (
    path TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS damaged (book_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS page_types (sha256 TEXT PRIMARY KEY, page_type TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS story_titles (sha256 TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS digests (book_id TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
"""
_OF_THE_MOMENT = ("notes", "sources", "unsettled", "damaged", "digests")
"""Tables that tell of the library as it stands; the others hold true for ever."""
_SAID = ("page_types", "story_titles")
"""What people said, by the SHA-256 of pictures."""
_KIND = FileKind("ledger", LEDGER_VERSION, _TABLES, remade_by("longbox index"))


class Ledger:
    """The open ledger; use as a context manager. Belongs to one thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, library: Path) -> Self:
        """Open the ledger of a library for writing, made where it is missing.

        Raises:
            LibraryFormatError: it is damaged or of a newer version.
            LibraryError: it cannot be written.
        """
        return cls.open_file(library / LEDGER_FILE)

    @classmethod
    def open_file(cls, path: Path) -> Self:
        """Open a ledger or a copy of one, whatever its name; as :meth:`open`."""
        return cls(_KIND.open_for_writing(path), path)

    @classmethod
    def open_read_only(cls, library: Path) -> Self:
        """Open the ledger to look at it, also while another process writes.

        Raises:
            LibraryNotFoundError: there is none.
            LibraryFormatError: it is damaged or of a newer version.
        """
        path = readable_ledger(library, LEDGER_FILE)
        if not path.is_file():
            raise LibraryNotFoundError(
                f"there is no library in {shown(library)}: make one with 'longbox index'"
            )
        with _KIND.errors(path):
            connection = connect_read_only(path)
            _KIND.check_version(connection, path)
        return cls(connection, path)

    def __enter__(self) -> Self:
        """Return the ledger itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def note(self, key: str) -> str | None:
        """Return a remembered value of the library (its format, whether it is settled)."""
        row = self._query("SELECT value FROM notes WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_note(self, key: str, value: str) -> None:
        """Remember a value of the library."""
        self._query("INSERT OR REPLACE INTO notes VALUES (?, ?)", (key, value))

    def entries(self) -> tuple[SourceEntry, ...]:
        """Return every source, ordered by path."""
        rows = self._query(f"SELECT {COLUMNS} FROM sources ORDER BY source")  # noqa: S608 (a constant)
        return tuple(entry_of(row) for row in rows)

    def entries_of(self, book_id: str) -> tuple[SourceEntry, ...]:
        """Return every source with this content, ordered by path."""
        rows = self._query(
            f"SELECT {COLUMNS} FROM sources WHERE book_id = ? ORDER BY source",  # noqa: S608 (a constant)
            (book_id,),
        )
        return tuple(entry_of(row) for row in rows)

    def troubled(self) -> tuple[SourceEntry, ...]:
        """Return every source that is not whole, ordered by path."""
        rows = self._query(
            f"SELECT {COLUMNS} FROM sources WHERE status != ? ORDER BY source",  # noqa: S608 (a constant)
            (BookStatus.READY.value,),
        )
        return tuple(entry_of(row) for row in rows)

    def twins(self) -> tuple[tuple[str, str], ...]:
        """Return ``(book_id, source)`` of every content that is there under several paths, by book."""
        rows = self._query(
            "SELECT book_id, source FROM sources WHERE status != ? AND book_id IN ("
            "SELECT book_id FROM sources WHERE status != ? GROUP BY book_id HAVING count(*) > 1) "
            "ORDER BY book_id, source",
            (BookStatus.MISSING.value, BookStatus.MISSING.value),
        )
        return tuple((str(book), str(source)) for book, source in rows)

    def record(self, entry: SourceEntry) -> None:
        """Set what became of a source."""
        marks = ", ".join("?" * len(row_of(entry)))
        self._query(
            f"INSERT OR REPLACE INTO sources ({COLUMNS}) VALUES ({marks})",  # noqa: S608 (constants)
            row_of(entry),
        )

    def forget(self, source: str) -> None:
        """Drop a source."""
        self._query("DELETE FROM sources WHERE source = ?", (source,))

    def unsettled(self) -> tuple[str, ...]:
        """Return the ids of books that a killed writer may have left half-written."""
        return tuple(str(row[0]) for row in self._query("SELECT book_id FROM unsettled ORDER BY book_id"))

    @contextmanager
    def unsettling(self, book_ids: Iterable[str]) -> Iterator[None]:
        """Mark books as half-written while the block runs; the marks stay if it does not end well."""
        ids = tuple(book_ids)
        self.unsettle(ids)
        yield
        self.settle(ids)
        self._write_all("DELETE FROM damaged WHERE book_id = ?", [(book_id,) for book_id in ids])

    def unsettle(self, book_ids: Iterable[str]) -> None:
        """Mark books as half-written; what was known of their content is not so any more."""
        ids = [(book_id,) for book_id in book_ids]
        with self._transaction():
            self._connection.executemany("INSERT OR IGNORE INTO unsettled VALUES (?)", ids)
            self._connection.executemany("DELETE FROM digests WHERE book_id = ?", ids)

    def settle(self, book_ids: Iterable[str]) -> None:
        """Take the marks of half-written books away."""
        ids = [(book_id,) for book_id in book_ids]
        self._write_all("DELETE FROM unsettled WHERE book_id = ?", ids)

    def damaged(self) -> frozenset[str]:
        """Return the ids of books whose rows are to be made anew from their files."""
        return frozenset(
            str(row[0]) for row in self._query_if_there("damaged", "SELECT book_id FROM damaged")
        )

    def mark_damaged(self, book_ids: Iterable[str]) -> None:
        """Have the next run that meets these books read them again; it takes the marks away."""
        self._write_all("INSERT OR IGNORE INTO damaged VALUES (?)", [(book_id,) for book_id in book_ids])

    def reading(self, sha256: str, reader: str) -> tuple[TextLine, ...] | None:
        """Return the lines a reader once found in a picture, None if it never saw it."""
        row = self._query(
            "SELECT lines FROM readings WHERE sha256 = ? AND reader = ?", (sha256, reader)
        ).fetchone()
        return None if row is None else _lines_from_json(str(row[0]))

    def remember_reading(self, sha256: str, reader: str, lines: Sequence[TextLine]) -> None:
        """Keep the lines a reader found in a picture."""
        self._query(
            "INSERT OR REPLACE INTO readings VALUES (?, ?, ?)", (sha256, reader, _lines_to_json(lines))
        )

    def page_reading(self, sha256: str, reader: str) -> PageReading | None:
        """Return what a page reader once said of a picture, None if it was never asked."""
        row = self._query(
            "SELECT lines FROM readings WHERE sha256 = ? AND reader = ?", (sha256, reader)
        ).fetchone()
        try:
            return None if row is None else page_from_json(json.loads(str(row[0])))
        except PageReadingError:
            return None  # another release understood it: asked anew

    def remember_page_reading(self, sha256: str, reader: str, reading: PageReading) -> None:
        """Keep what a page reader said of a picture, beside its lettering under another name."""
        self._query(
            "INSERT OR REPLACE INTO readings VALUES (?, ?, ?)",
            (sha256, reader, json.dumps(page_to_json(reading))),
        )

    def set_types(self) -> dict[str, PageType]:
        """Return what people said that pages are, by the SHA-256 of their pictures."""
        rows = self._query_if_there("page_types", "SELECT sha256, page_type FROM page_types")
        return {str(sha256): PageType(str(kind)) for sha256, kind in rows if kind in set(PageType)}

    def set_type(self, sha256: str) -> PageType | None:
        """Return what somebody said that a page is, None where nobody did."""
        return self.set_types().get(sha256)

    def stated_titles(self) -> dict[str, str]:
        """Return the titles of stories that people gave, by the SHA-256 of the picture each begins with."""
        rows = self._query_if_there("story_titles", "SELECT sha256, title FROM story_titles")
        return {str(sha256): str(title) for sha256, title in rows}

    def remember_corrections(
        self, types: Mapping[str, PageType | None], titles: Mapping[str, str | None]
    ) -> None:
        """Keep what people said that pages are and stories are called; None forgets it."""
        told = {"page_types": types, "story_titles": titles}
        with self._transaction():
            for table, values in told.items():
                gone = [(sha256,) for sha256, value in values.items() if value is None]
                kept = [(sha256, str(value)) for sha256, value in values.items() if value is not None]
                self._connection.executemany(f"DELETE FROM {table} WHERE sha256 = ?", gone)  # noqa: S608
                self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", kept)  # noqa: S608

    def digests(self) -> dict[str, str]:
        """Return the digests of books, see :mod:`indexer.care.digests`; none of one half-written."""
        rows = self._query_if_there("digests", "SELECT book_id, digest FROM digests")
        return {str(book_id): str(digest) for book_id, digest in rows}

    def set_digests(self, digests: Mapping[str, str]) -> None:
        """Remember digests of books."""
        self._write_all("INSERT OR REPLACE INTO digests VALUES (?, ?)", list(digests.items()))

    def drop_digests(self, book_ids: Iterable[str]) -> None:
        """Forget digests of books."""
        self._write_all("DELETE FROM digests WHERE book_id = ?", [(book_id,) for book_id in book_ids])

    def file_sums(self) -> dict[str, FileSum]:
        """Return the checksums of the tables' files, by path relative to the library."""
        rows = self._query_if_there("file_sums", "SELECT path, size_bytes, sha256 FROM file_sums")
        return {str(path): FileSum(int(str(size)), str(sha256)) for path, size, sha256 in rows}

    def set_file_sums(self, sums: Mapping[str, FileSum]) -> None:
        """Remember checksums of files."""
        rows = [(path, found.size_bytes, found.sha256) for path, found in sums.items()]
        self._write_all("INSERT OR REPLACE INTO file_sums VALUES (?, ?, ?)", rows)

    def drop_file_sums(self, paths: Iterable[str]) -> None:
        """Forget checksums of files."""
        self._write_all("DELETE FROM file_sums WHERE path = ?", [(path,) for path in paths])

    def copy_to(self, path: Path) -> None:
        """Write a copy of the whole ledger, as it stands at one moment, also while it is written to."""
        with _KIND.errors(path), closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)

    def copy_without_readings(self, path: Path) -> None:
        """Write a copy of all but the lettering, which is most of a ledger and can be read again."""
        self.copy_to(path)
        with type(self).open_file(path) as copy:
            copy.drop_readings()

    def take_over(self, path: Path) -> None:
        """Know of the library what a copy knows; lettering stays, it is of pictures and not of a moment."""
        self._query("ATTACH ? AS copy", (str(path),))
        try:
            with self._transaction():
                for table in _OF_THE_MOMENT:
                    self._connection.execute(f"DELETE FROM main.{table}")  # noqa: S608 (constants)
                    self._connection.execute(f"INSERT INTO main.{table} SELECT * FROM copy.{table}")  # noqa: S608
                # Names of files are never used again, so what is known of them holds here too.
                self._connection.execute("INSERT OR IGNORE INTO main.file_sums SELECT * FROM copy.file_sums")
        finally:
            self._query("DETACH copy")

    def take_readings(self, path: Path) -> None:
        """Take over the lettering that another ledger knows, and what people said of pages and stories."""
        self._query("ATTACH ? AS other", (str(path),))
        try:
            with self._transaction():
                self._connection.execute("INSERT OR IGNORE INTO main.readings SELECT * FROM other.readings")
                there = "SELECT 1 FROM other.sqlite_master WHERE type = 'table' AND name = ?"
                for table in _SAID:
                    if self._connection.execute(there, (table,)).fetchone():
                        self._connection.execute(
                            f"INSERT OR IGNORE INTO main.{table} SELECT * FROM other.{table}"  # noqa: S608
                        )
        finally:
            self._query("DETACH other")

    def drop_readings(self) -> None:
        """Forget all lettering, and free its space: for a copy that is kept, as one file."""
        self._query("DELETE FROM readings")
        self._query("PRAGMA journal_mode=DELETE")
        self._query("VACUUM")

    def _query_if_there(self, table: str, statement: str) -> Iterable[Sequence[object]]:
        """Read a table that a ledger of an older Longbox, opened to be read only, may lack."""
        known = self._query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
        return self._query(statement) if known.fetchone() else ()

    def _write_all(self, statement: str, rows: Sequence[Sequence[str | int]]) -> None:
        with self._transaction():
            self._connection.executemany(statement, rows)

    def _query(self, statement: str, values: Sequence[str | int | None] = ()) -> sqlite3.Cursor:
        with _KIND.errors(self._path):
            return self._connection.execute(statement, values)

    def _transaction(self) -> AbstractContextManager[None]:
        return _KIND.transaction(self._connection, self._path)


def _lines_to_json(lines: Sequence[TextLine]) -> str:
    return json.dumps(
        [
            [[float(v) for v in line.box.as_tuple()], line.text, float(line.confidence), bool(line.vertical)]
            for line in lines
        ]
    )


def _lines_from_json(text: str) -> tuple[TextLine, ...]:
    return tuple(
        TextLine(Box(*box), str(words), float(confidence), bool(vertical))
        for box, words, confidence, vertical in json.loads(text)
    )
