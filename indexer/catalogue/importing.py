"""A dump becomes the catalogue of a library: whole, or the catalogue of before stays."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby, islice
from pathlib import Path

from indexer.catalogue.aliases import alias_pairs
from indexer.catalogue.dump import rows_of
from indexer.catalogue.naming import series_key
from indexer.catalogue.store import open_catalogue
from indexer.catalogue.tables import Checked, Found, Row
from indexer.library.lock import side_lock
from schemas.elements import fold_name
from schemas.errors import ExchangeError, LibraryError
from schemas.matches import CATALOGUE_FILE, CATALOGUE_VERSION

LOCK_FILE = "catalogue.lock"
MOST_ASTRAY = 0.1
"""The share of rows that may belong to others which the dump lacks; more, and a table ends too early."""
_AT_A_TIME = 2_000
_NAMES_OF_ONE = 100
_SCHEMA = """
CREATE TABLE IF NOT EXISTS gcd_publisher (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE IF NOT EXISTS gcd_series (
    id INTEGER PRIMARY KEY, name TEXT, year_began TEXT, publisher_id INTEGER, folded TEXT
);
CREATE TABLE IF NOT EXISTS gcd_issue (
    id INTEGER PRIMARY KEY, series_id INTEGER, number TEXT, volume TEXT, title TEXT, key_date TEXT
);
CREATE TABLE IF NOT EXISTS gcd_story (
    id INTEGER PRIMARY KEY, issue_id INTEGER, title TEXT, genre TEXT, characters TEXT, synopsis TEXT,
    script TEXT, pencils TEXT, inks TEXT, colors TEXT, letters TEXT
);
CREATE TABLE IF NOT EXISTS gcd_credit_type (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE IF NOT EXISTS gcd_creator_name_detail (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE IF NOT EXISTS gcd_story_credit (story_id INTEGER, creator_id INTEGER, credit_type_id INTEGER);
CREATE TABLE IF NOT EXISTS gcd_character_role (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE IF NOT EXISTS gcd_character_name_detail (
    id INTEGER PRIMARY KEY, name TEXT, character_id INTEGER
);
CREATE TABLE IF NOT EXISTS gcd_story_character (
    story_id INTEGER, character_id INTEGER, role_id INTEGER, is_flashback TEXT, is_origin TEXT,
    is_death TEXT, notes TEXT
);
CREATE TABLE IF NOT EXISTS alias (folded TEXT, other TEXT, PRIMARY KEY (folded, other)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS series_by_name ON gcd_series (folded);
CREATE INDEX IF NOT EXISTS issues_of_series ON gcd_issue (series_id, number);
CREATE INDEX IF NOT EXISTS stories_of_issue ON gcd_story (issue_id);
CREATE INDEX IF NOT EXISTS credits_of_story ON gcd_story_credit (story_id);
CREATE INDEX IF NOT EXISTS characters_of_story ON gcd_story_character (story_id);
"""
_BELONGING = (
    ("gcd_issue", "series_id", "gcd_series"),
    ("gcd_story", "issue_id", "gcd_issue"),
    ("gcd_story_credit", "creator_id", "gcd_creator_name_detail"),
    ("gcd_story_character", "character_id", "gcd_character_name_detail"),
)


def import_dump(dump: Path, library: Path) -> dict[str, int]:
    """Read a dump into the catalogue of a library, in the place of one of before; returns rows by table.

    Rows are read and written a few thousand at a time. Where anything fails the catalogue of before stays.

    Raises:
        ExchangeError: it is no dump, is damaged, ends too early, or holds no issue.
        LibraryError: the catalogue cannot be written.
    """
    with _replacing(library) as partial, closing(_writing(partial)) as connection:
        return _fill(connection, dump)


def renew_catalogue(library: Path) -> bool:
    """Bring a catalogue that an older Longbox imported up to date, without its dump; False where it is.

    What only a dump says stays unknown: people of newer dumps, which keep them in rows of their own.

    Raises:
        LibraryFormatError: a newer Longbox imported it.
        LibraryError: it is damaged, or cannot be written.
    """
    path = library / CATALOGUE_FILE
    if not path.is_file():
        return False
    with open_catalogue(library) as catalogue:
        if not catalogue.is_outdated:
            return False
    with _replacing(library) as partial:
        shutil.copyfile(path, partial)
        with closing(_writing(partial)) as connection:
            known = {str(row[1]) for row in connection.execute("PRAGMA table_info(gcd_story)")}
            if "id" not in known:
                connection.execute("ALTER TABLE gcd_story ADD COLUMN id INTEGER")
            _finish(connection)
    return True


@contextmanager
def _replacing(library: Path) -> Iterator[Path]:
    """Give a path beside the catalogue, which takes its place at the end; whatever fails, it stays.

    Raises LibraryError where it cannot be written.
    """
    partial = library / f"{CATALOGUE_FILE}.part"
    with side_lock(library, LOCK_FILE):
        try:
            partial.unlink(missing_ok=True)
            yield partial
            with partial.open("rb") as file:
                os.fsync(file.fileno())
            partial.replace(library / CATALOGUE_FILE)
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(
                f"cannot write the catalogue of {library} ({error}): free some space or check the disk; "
                "the catalogue of before is as it was"
            ) from error
        finally:
            partial.unlink(missing_ok=True)


def _writing(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
    return connection


def _fill(connection: sqlite3.Connection, dump: Path) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for table, rows in groupby(rows_of(dump), lambda found: found.table):
        counts[table] += _copy(connection, dump, table, rows)
    if not counts["gcd_issue"]:
        raise ExchangeError(f"{dump} holds no issue: is it a dump of the Grand Comics Database?")
    connection.executescript(_INDEXES)
    _check_belonging(connection, dump)
    _finish(connection)
    return dict(counts)


def _finish(connection: sqlite3.Connection) -> None:
    """Work out what dumps do not say, and mark the catalogue as of this version."""
    connection.execute("DROP INDEX IF EXISTS series_by_name")
    _fold_names(connection)
    _gather_aliases(connection)
    connection.executescript(_INDEXES)
    connection.execute(f"PRAGMA user_version={CATALOGUE_VERSION}")


def _copy(connection: sqlite3.Connection, dump: Path, table: str, found: Iterator[Found]) -> int:
    checked = Checked(dump, table)
    marks = ", ".join("?" * len(checked.kept))
    into = f"INSERT OR REPLACE INTO {table} ({', '.join(checked.kept)}) VALUES ({marks})"  # noqa: S608 (constants)
    rows: Iterator[Row] = (row for one in found if (row := checked.row(one)) is not None)
    count = 0
    while some := list(islice(rows, _AT_A_TIME)):
        connection.execute("BEGIN")
        connection.executemany(into, some)
        connection.execute("COMMIT")
        count += len(some)
    return count


def _fold_names(connection: sqlite3.Connection) -> None:
    connection.create_function("series_key", 1, lambda name: series_key(str(name or "")), deterministic=True)
    connection.execute("UPDATE gcd_series SET folded = series_key(name)")


def _gather_aliases(connection: sqlite3.Connection) -> None:
    stories = connection.execute("SELECT characters FROM gcd_story WHERE characters LIKE '%[%'")
    connection.execute("BEGIN")
    pairs = alias_pairs(str(characters) for (characters,) in stories)
    connection.executemany("INSERT OR IGNORE INTO alias VALUES (?, ?)", pairs)
    connection.executemany("INSERT OR IGNORE INTO alias VALUES (?, ?)", _names_side_by_side(connection))
    connection.execute("COMMIT")


def _names_side_by_side(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Give each name of a character of newer dumps, folded, with each other one."""
    told = connection.execute(
        "SELECT character_id, name FROM gcd_character_name_detail "
        "WHERE character_id IS NOT NULL AND name IS NOT NULL ORDER BY character_id, id"
    )
    for _, rows in groupby(told, lambda row: row[0]):
        names = [str(name) for _, name in islice(rows, _NAMES_OF_ONE)]
        yield from ((fold_name(one), other) for one in names for other in names if one != other)


def _check_belonging(connection: sqlite3.Connection, dump: Path) -> None:
    """Raise ExchangeError where many rows belong to others that are missing: that table was cut."""
    for table, column, other in _BELONGING:
        query = f"SELECT count(*), count(o.id) FROM {table} t LEFT JOIN {other} o ON o.id = t.{column}"  # noqa: S608 (constants)
        count, there = connection.execute(query).fetchone()
        if count - there > MOST_ASTRAY * count:
            raise ExchangeError(
                f"{dump} ends too early or lacks a part: {count - there:,} of {count:,} rows of {table} "
                f"belong to rows that {other} does not hold; get it anew"
            )
