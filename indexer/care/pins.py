"""Versions of the tables that fit each other, also while a writer goes on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.library.export import names_of_tables, open_table
from indexer.library.faults import reading
from indexer.library.lock import writer_of
from indexer.remote.state import has_table, shown
from schemas.elements import ELEMENTS, FIGURES
from schemas.errors import LibraryError
from schemas.maps import MAPS
from schemas.tables import BOOKS, COUNTED

if TYPE_CHECKING:
    from lancedb.table import Table

ATTEMPTS, PAUSE_S = 8, 0.5

Versions = dict[str, int]


def coherent_versions(library: Path) -> Versions:
    """Return a version of each table such that together they are the library at one moment.

    A writer commits a book to ``books`` last, so at the moment of that commit every table is whole.
    That moment is looked up in the history of the other tables; a clock that jumped is found out
    by counting rows, and the next book is tried. Without a writer the newest versions are taken.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: it is damaged or of a newer format.
        LibraryError: the writer leaves no such moment.
    """
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE_S)
        newest = newest_versions(library)
        if writer_of(library) is None and newest == newest_versions(library):
            return newest
        versions = _as_of_last_book(library)
        if versions is not None and _is_whole(open_at(library, versions)):
            return versions
    raise LibraryError(
        f"process {writer_of(library)} changes the library {shown(library)} too fast to look at it: "
        "try again, or wait for it to end"
    )


def newest_versions(library: Path) -> Versions:
    """Return the newest version of each table. Raises as :func:`coherent_versions`."""
    return {name: open_table(library, name).version for name in tables_of(library)}


def tables_of(library: Path) -> tuple[str, ...]:
    """Return the names of the tables of a library; only some have one of maps, elements or figures."""
    made_later = (MAPS, ELEMENTS, FIGURES)
    return (*names_of_tables(library), *(name for name in made_later if has_table(library, name)))


def open_at(library: Path, versions: Mapping[str, int]) -> dict[str, Table]:
    """Open tables pinned at these versions. Raises LibraryFormatError where one is gone."""
    tables = {name: open_table(library, name) for name in versions}
    for name, table in tables.items():
        with reading(library, name):
            table.checkout(versions[name])
    return tables


def _as_of_last_book(library: Path) -> Versions | None:
    """Return the versions at the moment of the last commit to ``books``; None where one is gone."""
    with reading(library, BOOKS):
        last = max(open_table(library, BOOKS).list_versions(), key=lambda version: int(version["version"]))
    versions = {BOOKS: int(last["version"])}
    for name in tables_of(library):
        if name == BOOKS:
            continue
        if name in (MAPS, FIGURES):  # complete by themselves, whatever the books are at
            versions[name] = open_table(library, name).version
            continue
        with reading(library, name):
            history = open_table(library, name).list_versions()
        older = [int(version["version"]) for version in history if version["timestamp"] <= last["timestamp"]]
        if not older:
            return None
        versions[name] = max(older)
    return versions


def _is_whole(tables: Mapping[str, Table]) -> bool:
    counted = {name: column for name, column in COUNTED.items() if name in tables}
    columns = ["book_id", "ingest_rev", *counted.values()]
    books = tables[BOOKS].search().select(columns).limit(None).to_arrow().to_pylist()
    for name, column in counted.items():
        keys = tables[name].search().select(["book_id", "ingest_rev"]).limit(None).to_arrow()
        pairs = zip(keys["book_id"].to_pylist(), keys["ingest_rev"].to_pylist(), strict=True)
        rows = Counter(pairs)
        if any(rows[book["book_id"], book["ingest_rev"]] != book[column] for book in books):
            return False
    return True
