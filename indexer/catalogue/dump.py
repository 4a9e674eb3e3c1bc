"""Rows of a dump of the Grand Comics Database: its SQLite file, or a folder of its tables as CSV.

Dumps of different years have different columns: what a table lacks is None, and only what nothing
works without is asked for.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from indexer.library.sqlite_file import connect_read_only
from schemas.errors import ExchangeError

TABLES: Mapping[str, tuple[str, ...]] = {
    "gcd_publisher": ("id", "name"),
    "gcd_series": ("id", "name", "year_began", "publisher_id"),
    "gcd_issue": ("id", "series_id", "number", "volume", "title", "key_date", "deleted"),
    "gcd_story": (
        *("issue_id", "title", "genre", "characters", "synopsis", "deleted"),
        *("script", "pencils", "inks", "colors", "letters"),
    ),
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "gcd_series": ("id", "name"),
    "gcd_issue": ("id", "series_id", "number"),
}
"""Tables and columns without which a dump says nothing of issues; the others may be missing."""
MAX_FIELD = 1_000_000
"""Characters of one field of a CSV file."""
Row = tuple[object, ...]


def rows_of(dump: Path, table: str) -> Iterator[Row]:
    """Give the columns of :data:`TABLES` of each row that was not deleted, one after the other.

    Raises:
        ExchangeError: the dump is none, is of a version that lacks what is needed, or ends too early.
    """
    found = _csv_rows(dump, table) if dump.is_dir() else _sqlite_rows(dump, table)
    columns = TABLES[table]
    deleted = columns.index("deleted") if "deleted" in columns else None
    for row in found:
        if deleted is None or str(row[deleted] or "0") in ("0", "", "False", "false"):
            yield row


def _sqlite_rows(dump: Path, table: str) -> Iterator[Row]:
    try:
        with closing(connect_read_only(dump)) as connection:
            there = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]  # of TABLES
            if not _has_needed(dump, table, there):
                return
            chosen = ", ".join(column if column in there else "NULL" for column in TABLES[table])
            yield from connection.execute(f"SELECT {chosen} FROM {table}")  # noqa: S608 (constants)
    except sqlite3.Error as error:
        raise ExchangeError(
            f"{dump} is no SQLite dump of the Grand Comics Database, or ends too early ({error}): "
            "get it anew, or give a folder of its tables as CSV"
        ) from error


def _csv_rows(dump: Path, table: str) -> Iterator[Row]:
    path = dump / f"{table}.csv"
    if not path.is_file():
        _has_needed(dump, table, ())
        return
    csv.field_size_limit(MAX_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if not _has_needed(path, table, reader.fieldnames or ()):
                return
            for row in reader:
                yield tuple(
                    None if row.get(column) in (None, "", "NULL", "\\N") else row[column]
                    for column in TABLES[table]
                )
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ExchangeError(
            f"{path} is no CSV in UTF-8, or ends too early ({error}): export it anew"
        ) from error


def _has_needed(dump: Path, table: str, there: Sequence[str]) -> bool:
    """Say whether a table is there. Raises ExchangeError where it or a column of it must be."""
    missing = [column for column in NEEDED.get(table, ()) if column not in there]
    if missing:
        raise ExchangeError(
            f"{dump} has no {table}.{missing[0]}: is it a dump of the Grand Comics Database, and of a "
            "version with that name?"
        )
    return bool(there)
