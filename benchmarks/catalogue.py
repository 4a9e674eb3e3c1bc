"""How long a dump of real size takes to become a catalogue, and to match a library with it; peak memory.

Writes a dump that looks like that of the Grand Comics Database, as MySQL writes it (packed or not) or as
SQLite: series with 12 issues on average, stories with credits and characters, some with other names. Books
are called as issues of it are: by metadata, by file name alone, or not at all. Each step runs in a process of
its own, so that its peak memory is its own.

    python -m benchmarks.catalogue [--series 200000] [--books 20000] [--form sql|sql.gz|sqlite] [--json]

Peer: the sqlite3 module alone, which copies the same rows into tables without looking at them.
"""

import argparse
import gzip
import json
import multiprocessing
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from indexer.catalogue.covers import Covers
from indexer.catalogue.dump import rows_of
from indexer.catalogue.importing import import_dump
from indexer.catalogue.matching import match_all
from indexer.catalogue.store import open_catalogue

ISSUES_OF_SERIES, STORIES_OF_SERIES = 12, 20
SEED = 5
_WORDS = (
    *("night", "lamp", "moon", "harbour", "owl", "train", "iron", "river"),
    *("glass", "fox", "queen", "storm", "paper", "north", "ghost", "star"),
)
_PEOPLE, _TEAMS = 60_000, 3_000
_GENRES = ("superhero", "horror; suspense", "humor", "science fiction", "romance; drama")
_NAMES = ("Ada", "Bolt", "Cora", "Dray", "Echo", "Finn", "Gale", "Hawk", "Iris", "Jett", "Kite", "Lux")
_SYNOPSIS = 'It\'s told that the {0} of the {1}; \\ went to "{0}",\nand nobody came back. '
COLUMNS = {
    "gcd_publisher": ("id", "name", "notes", "deleted"),
    "gcd_series": ("id", "name", "year_began", "notes", "publisher_id", "deleted"),
    "gcd_issue": ("id", "number", "volume", "series_id", "key_date", "price", "notes", "title", "deleted"),
    "gcd_story": (
        *("id", "title", "feature", "script", "pencils", "inks", "colors", "letters", "editing", "genre"),
        *("characters", "synopsis", "notes", "issue_id", "deleted"),
    ),
}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=int, default=200_000)
    parser.add_argument("--books", type=int, default=20_000)
    parser.add_argument("--form", choices=("sql", "sql.gz", "sqlite"), default="sql")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as folder:
        dump, library = Path(folder, f"dump.{options.form}"), Path(folder)
        write_dump(dump, options.series)
        figures: dict[str, float] = {"MB of the dump": round(dump.stat().st_size / 1e6)}
        figures |= alone("import", lambda: import_dump(dump, library))
        figures |= alone("copied by sqlite3 alone", lambda: copied(dump, Path(folder, "peer.sqlite")))
        figures["MB of the catalogue"] = round((library / "catalogue.sqlite").stat().st_size / 1e6)
        figures |= alone(
            f"match {options.books:,} books", lambda: match(library, options.series, options.books)
        )
        figures["ms for one book"] = round(one_book(library, options.series), 2)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        print("\n".join(f"{name:44} {value:,}" for name, value in figures.items()))


def alone(name: str, work: Callable[[], object]) -> dict[str, float]:
    """Run a step in a process of its own; returns its seconds, and the megabytes it took at most."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def run() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        work()
        seconds = time.perf_counter() - started
        sender.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, before))

    process = context.Process(target=run)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{name} ended with {process.exitcode}")
    seconds, most, before = receiver.recv()
    return {f"{name}: s": round(seconds, 1), f"{name}: MB above the start": round((most - before) / 1024)}


def rows(series: int) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Give the rows of a dump, table by table, a few thousand at a time."""
    chance = random.Random(SEED)  # noqa: S311 (no secret)
    yield "gcd_publisher", [(at, f"Press {at}", "", 0) for at in range(1, 1_000)]
    for start in range(1, series + 1, 1_000):
        some = range(start, min(start + 1_000, series + 1))
        yield "gcd_series", [(at, series_name(at), 1935 + at % 90, "x" * 80, 1 + at % 999, 0) for at in some]
    for start in range(1, series + 1, 200):
        some = range(start, min(start + 200, series + 1))
        yield (
            "gcd_issue",
            [
                (
                    *(at * ISSUES_OF_SERIES + one, str(one + 1), "1", at),
                    *(f"{1935 + at % 90 + one // 12}-{1 + one % 12:02}-00", "0.10 USD", "n" * 40, "", 0),
                )
                for at in some
                for one in range(ISSUES_OF_SERIES)
            ],
        )
    for start in range(1, series + 1, 100):
        some = range(start, min(start + 100, series + 1))
        yield "gcd_story", [story(chance, at, one) for at in some for one in range(STORIES_OF_SERIES)]


def series_name(at: int) -> str:
    """Return a name that a few series share."""
    words = [_WORDS[at % 16], _WORDS[at // 16 % 16], _WORDS[at // 256 % 16]]
    return f"The {chr(65 + at // 4096 % 26)}-{' '.join(words).title()}"


def story(chance: random.Random, series: int, number: int) -> tuple[object, ...]:
    """Return a story of an issue of a series."""
    people = [person(int(_PEOPLE * chance.random() ** 3)) for _ in range(8)]  # a few are everywhere
    cast = f"{'; '.join(people[:3])} (villain); {team(int(_TEAMS * chance.random() ** 3))}"
    words = chance.choices(_WORDS, k=2)
    return (
        *(series * STORIES_OF_SERIES + number, f"The {words[0]}", people[0], people[6], people[7], people[6]),
        *("?", people[7], "typeset", chance.choice(_GENRES), cast, _SYNOPSIS.format(*words) * 4, "n" * 60),
        *(series * ISSUES_OF_SERIES + number % ISSUES_OF_SERIES, 0),
    )


def person(number: int) -> str:
    """Return somebody as lists name them, with another name where the number is even."""
    name = f"{_NAMES[number % 12]} {_WORDS[number // 12 % 16].title()} {number // 192}"
    return name if number % 2 else f"{name} [{_NAMES[number % 11]} {number}]"


def team(number: int) -> str:
    """Return a team with its members."""
    return f"Team {number} [{'; '.join(person(number * 7 + at) for at in range(3))}]"


def write_dump(path: Path, series: int) -> None:
    """Write a dump in the form that its name says."""
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN")
            for table, columns in COLUMNS.items():
                connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
            for table, some in rows(series):
                marks = ", ".join("?" * len(COLUMNS[table]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", some)  # noqa: S608 (constants)
            connection.execute("COMMIT")
        return
    with gzip.open(path, "wt", compresslevel=1) if path.suffix == ".gz" else path.open("w") as file:
        file.write("-- MySQL dump 10.13\n")
        for table, columns in COLUMNS.items():
            file.write(f"CREATE TABLE `{table}` ({', '.join(f'`{one}` text' for one in columns)});\n")
        for table, some in rows(series):
            values = ",".join(f"({','.join(map(literal, row))})" for row in some)
            file.write(f"INSERT INTO `{table}` VALUES {values};\n")  # noqa: S608 (constants)
        file.write("-- Dump completed on 2026-11-01\n")


def literal(value: object) -> str:
    """Write a value as MySQL does."""
    if isinstance(value, int):
        return str(value)
    told = str(value).replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace("\n", "\\n")
    return f"'{told}'"


def copied(dump: Path, target: Path) -> None:
    """Copy the rows of a dump without looking at them, what the peer does."""
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN")
        made: set[str] = set()
        for found in rows_of(dump):
            if found.table not in made:
                made.add(found.table)
                names = ", ".join(f"c{at}" for at in range(len(found.row)))
                connection.execute(f"CREATE TABLE {found.table} ({names})")
            marks = ", ".join("?" * len(found.row))
            connection.execute(f"INSERT INTO {found.table} VALUES ({marks})", found.row)  # noqa: S608
        connection.execute("COMMIT")


def books(series: int, count: int) -> Iterator[dict[str, object]]:
    """Give books: two thirds by metadata, the others by file name or title alone."""
    chance = random.Random(SEED)  # noqa: S311 (no secret)
    for at in range(count):
        one, number = chance.randint(1, series), str(1 + chance.randrange(ISSUES_OF_SERIES))
        name, year = series_name(one), 1935 + one % 90
        bare = {"book_id": f"{at:024x}", "source": f"/c/{at}.cbz", "title": f"Book {at}", "publisher": None}
        if at % 3 < 2:
            yield bare | {"series": name, "number": number, "year": year}
        elif at % 2:
            source = f"/c/{name} #{number} ({year}).cbz"
            yield bare | {"source": source, "series": None, "number": None, "year": None}
        else:
            yield bare | {"title": f"{name} {number}", "series": None, "number": None, "year": year}


def match(library: Path, series: int, count: int) -> None:
    """Match books, and see that each is an issue."""
    with open_catalogue(library) as catalogue:
        found = match_all(catalogue, list(books(series, count)), Covers({}, {}))
    if missing := sum(one.issue is None for one in found):
        raise SystemExit(f"{missing} of {count} books were not found")


def one_book(library: Path, series: int) -> float:
    """Return the milliseconds that opening the catalogue and matching one book take, at a median."""
    times = []
    for book in books(series, 100):
        started = time.perf_counter()
        with open_catalogue(library) as catalogue:
            match_all(catalogue, [book], Covers({}, {}))
        times.append(time.perf_counter() - started)
    return 1000 * sorted(times)[len(times) // 2]


if __name__ == "__main__":
    main()
