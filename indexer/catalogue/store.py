"""A catalogue beside a library: issues and their stories, in a SQLite file that is replaced whole."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from indexer.catalogue.aliases import alias_pairs
from indexer.catalogue.characters import Appearance, parse_characters
from indexer.catalogue.dump import TABLES, rows_of
from indexer.library.sqlite_file import connect_read_only
from schemas.elements import fold_name
from schemas.errors import ExchangeError, LibraryError, NotFoundError
from schemas.matches import CATALOGUE_FILE

_AT_A_TIME = 2_000
_SCHEMA = """
CREATE TABLE gcd_publisher (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE gcd_series (
    id INTEGER PRIMARY KEY, name TEXT, year_began TEXT, publisher_id INTEGER, folded TEXT
);
CREATE TABLE gcd_issue (
    id INTEGER PRIMARY KEY, series_id INTEGER, number TEXT, volume TEXT, title TEXT, key_date TEXT,
    deleted TEXT
);
CREATE TABLE gcd_story (
    issue_id INTEGER, title TEXT, genre TEXT, characters TEXT, synopsis TEXT, deleted TEXT, script TEXT,
    pencils TEXT, inks TEXT, colors TEXT, letters TEXT
);
CREATE TABLE alias (folded TEXT, other TEXT, PRIMARY KEY (folded, other)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX series_by_name ON gcd_series (folded);
CREATE INDEX issues_of_series ON gcd_issue (series_id, number);
CREATE INDEX stories_of_issue ON gcd_story (issue_id);
"""
_CREDITS = ("script", "pencils", "inks", "colors", "letters")


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of a catalogue, with what its stories say together."""

    issue_id: int
    series: str
    number: str
    year: int | None
    publisher: str | None
    genres: tuple[str, ...] = ()
    creators: tuple[tuple[str, str], ...] = ()
    characters: tuple[Appearance, ...] = ()
    synopsis: str = ""

    @property
    def named(self) -> str:
        """Its name in a line."""
        return f"{self.series} {self.number} ({self.year or '?'})"

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


def import_dump(dump: Path, library: Path) -> dict[str, int]:
    """Read a dump into the catalogue of a library, in the place of one of before; returns rows by table.

    Rows are read and written a few thousand at a time. Where anything fails the catalogue of before stays.

    Raises:
        ExchangeError: it is no dump, or holds no issue.
        LibraryError: the catalogue cannot be written.
    """
    partial = library / f"{CATALOGUE_FILE}.part"
    try:
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(partial, isolation_level=None)) as connection:
            connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
            counts = {table: _copy(dump, table, connection) for table in TABLES}
            _gather_aliases(connection)
            connection.executescript(_INDEXES)
        if not counts["gcd_issue"]:
            raise ExchangeError(f"{dump} holds no issue: is it a dump of the Grand Comics Database?")
        partial.replace(library / CATALOGUE_FILE)
    except (OSError, sqlite3.Error) as error:
        raise LibraryError(f"cannot write the catalogue of {library}: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return counts


def _copy(dump: Path, table: str, connection: sqlite3.Connection) -> int:
    columns = TABLES[table]
    marks = ", ".join("?" * len(columns))
    count = 0
    found = rows_of(dump, table)
    while rows := list(islice(found, _AT_A_TIME)):
        connection.execute("BEGIN")
        connection.executemany(
            f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 (constants)
            rows,
        )
        connection.execute("COMMIT")
        count += len(rows)
    if table == "gcd_series":
        connection.create_function(
            "folded_name", 1, lambda name: fold_name(str(name or "")), deterministic=True
        )
        connection.execute("UPDATE gcd_series SET folded = folded_name(name)")
    return count


def _gather_aliases(connection: sqlite3.Connection) -> None:
    stories = connection.execute("SELECT characters FROM gcd_story WHERE characters LIKE '%[%'")
    connection.execute("BEGIN")
    pairs = alias_pairs(str(characters) for (characters,) in stories)
    connection.executemany("INSERT OR IGNORE INTO alias VALUES (?, ?)", pairs)
    connection.execute("COMMIT")


def issues_like(library: Path, series: str, number: str | None) -> list[Issue]:
    """Return the issues of series of that name, of one number where it is given. Raises NotFoundError."""
    query = (
        "SELECT i.id, s.name, i.number, i.key_date, s.year_began, p.name FROM gcd_series s "
        "JOIN gcd_issue i ON i.series_id = s.id LEFT JOIN gcd_publisher p ON p.id = s.publisher_id "
        "WHERE s.folded = ? AND (? IS NULL OR i.number = ?) ORDER BY i.key_date, i.id LIMIT 500"
    )
    with _reading(library) as connection:
        found = connection.execute(query, (fold_name(series), number, number)).fetchall()
        return [_with_stories(connection, row) for row in found]


def issue_of(library: Path, issue_id: int) -> Issue:
    """Return one issue. Raises NotFoundError."""
    query = (
        "SELECT i.id, s.name, i.number, i.key_date, s.year_began, p.name FROM gcd_issue i "
        "JOIN gcd_series s ON i.series_id = s.id LEFT JOIN gcd_publisher p ON p.id = s.publisher_id "
        "WHERE i.id = ?"
    )
    with _reading(library) as connection:
        found = connection.execute(query, (min(issue_id, 2**63 - 1),)).fetchone()
        if found is None:
            raise NotFoundError(f"the catalogue has no issue {issue_id}: see 'longbox catalogue match'")
        return _with_stories(connection, found)


def _with_stories(connection: sqlite3.Connection, row: tuple[object, ...]) -> Issue:
    issue_id, series, number, date, began, publisher = row
    columns = ("genre", "characters", "synopsis", *_CREDITS)
    query = f"SELECT {', '.join(columns)} FROM gcd_story WHERE issue_id = ? LIMIT 200"  # noqa: S608 (constants)
    stories = [dict(zip(columns, one, strict=True)) for one in connection.execute(query, (issue_id,))]
    people: Counter[Appearance] = Counter()
    creators: dict[tuple[str, str], None] = {}
    for story in stories:
        people.update(parse_characters(str(story["characters"] or "")))
        for role in _CREDITS:
            creators |= dict.fromkeys((role, one.name) for one in parse_characters(str(story[role] or "")))
    genres = dict.fromkeys(part.strip() for story in stories for part in str(story["genre"] or "").split(";"))
    return Issue(
        int(str(issue_id)),
        str(series or ""),
        str(number or ""),
        _year(date) or _year(began),
        None if publisher is None else str(publisher),
        tuple(genre for genre in genres if genre),
        tuple(creators),
        tuple(people),
        "\n".join(filter(None, (str(story["synopsis"] or "").strip() for story in stories))),
    )


def _year(date: object) -> int | None:
    digits = str(date or "")[:4]
    return int(digits) if digits.isascii() and digits.isdigit() and int(digits) > 0 else None


@contextmanager
def _reading(library: Path) -> Iterator[sqlite3.Connection]:
    path = library / CATALOGUE_FILE
    if not path.is_file():
        raise NotFoundError(
            f"the library {library} has no catalogue: make one with 'longbox catalogue import'"
        )
    try:
        with closing(connect_read_only(path)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise LibraryError(f"the catalogue {path} is damaged ({error}): import it anew") from error
