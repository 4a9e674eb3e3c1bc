"""Rows of a dump of the Grand Comics Database: SQLite, MySQL (also packed), or a folder of CSV files.

Dumps of different years have different tables and columns: what is missing is None, and only what nothing
works without is asked for. A dump that ends too early is told, never taken for a smaller one.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from indexer.catalogue.mysql import mysql_rows
from indexer.catalogue.packed import SQLITE, starts_as
from indexer.catalogue.tables import MAX_FIELD, REQUIRED, TABLES, Found, check_columns
from indexer.library.sqlite_file import connect_read_only
from schemas.errors import ExchangeError

_NOTHING = frozenset(("", "NULL", "\\N"))


def rows_of(dump: Path) -> Iterator[Found]:
    """Give the rows of all of :data:`TABLES` that a dump has, one after the other.

    Raises:
        ExchangeError: the dump is none, is of a version that lacks what is needed, is damaged, or ends
            too early.
    """
    if dump.is_dir():
        return _csv_rows(dump)
    if starts_as(dump) == SQLITE:
        return _sqlite_rows(dump)
    return mysql_rows(dump)


def _sqlite_rows(dump: Path) -> Iterator[Found]:
    try:
        with closing(connect_read_only(dump)) as connection:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_FIELD)
            connection.execute("PRAGMA trusted_schema=OFF")
            real = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            )
            present = {str(name) for (name,) in real}
            for table in TABLES:
                if table in present:
                    yield from _sqlite_table(connection, dump, table)
                elif table in REQUIRED:
                    check_columns(dump, table, ())
    except sqlite3.Error as error:
        raise ExchangeError(
            f"{dump} is no SQLite dump of the Grand Comics Database, or ends too early ({error}): "
            "get it anew, or give a folder of its tables as CSV"
        ) from error


def _sqlite_table(connection: sqlite3.Connection, dump: Path, table: str) -> Iterator[Found]:
    there = {str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")}  # of TABLES
    check_columns(dump, table, there)
    chosen = ", ".join(column if column in there else "NULL" for column in TABLES[table])
    rows = connection.execute(f"SELECT {chosen} FROM {table}")  # noqa: S608 (constants)
    for number, row in enumerate(rows, start=1):
        yield Found(table, number, row)


def _csv_rows(dump: Path) -> Iterator[Found]:
    csv.field_size_limit(MAX_FIELD)
    for table in TABLES:
        path = dump / f"{table}.csv"
        if path.is_file():
            yield from _csv_table(path, table)
        elif table in REQUIRED:
            check_columns(dump, table, ())


def _csv_table(path: Path, table: str) -> Iterator[Found]:
    try:
        _check_end(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            names = next(reader, [])
            check_columns(path, table, names)
            places = [names.index(column) if column in names else None for column in TABLES[table]]
            for row in reader:
                if len(row) == len(names):
                    yield Found(
                        table,
                        reader.line_num,
                        tuple(None if at is None or row[at] in _NOTHING else row[at] for at in places),
                    )
                elif row:  # an empty line is none
                    raise ExchangeError(
                        f"{path} is damaged at line {reader.line_num:,}: {len(row)} fields, and the first "
                        f"line names {len(names)}; export it anew, or mend or delete that row"
                    )
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ExchangeError(
            f"{path} is no CSV in UTF-8, or ends too early ({error}): export it anew"
        ) from error


def _check_end(path: Path) -> None:
    """Raise ExchangeError where the last line has no end: nobody can say whether it is whole."""
    with path.open("rb") as file:
        if file.seek(0, 2) and file.seek(-1, 2) >= 0 and file.read(1) not in (b"\n", b"\r"):
            raise ExchangeError(
                f"{path} ends too early, in its last line: export it anew, or end that line if it is whole"
            )
