"""Looks whether the tables of a library can be read and fit each other."""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from indexer.library.export import names_of_tables, open_table
from indexer.library.faults import reading
from schemas.errors import LibraryError
from schemas.tables import BOOKS, COUNTED

_BATCH_ROWS = 65_536
"""Ids held in memory at a time, some 3 MB."""


def table_damage(library: Path, *, is_settled: bool) -> str | None:
    """Return what is wrong with the tables of a library, in one line; None where nothing is.

    Reads the ids of every row, so that a lost or damaged file is found, but no content.

    Args:
        library: folder of the library.
        is_settled: False while a run goes on or was cut short: rows are then not counted.
    """
    try:
        rows = {name: _rows_by_book(library, name) for name in names_of_tables(library)}
        declared = _declared(library, rows)
    except LibraryError as error:
        return str(error)
    return _miscount(rows, declared) if is_settled else None


def check_readable(library: Path) -> None:
    """Read the ids of every row, before someone reads more.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: it is damaged or of a newer format.
    """
    for name in names_of_tables(library):
        _rows_by_book(library, name)


def _rows_by_book(library: Path, name: str) -> Counter[str]:
    table = open_table(library, name)
    counts: Counter[str] = Counter()
    with reading(library, name):
        for batch in table.search().select(["book_id"]).limit(None).to_batches(_BATCH_ROWS):
            counts.update(batch["book_id"].to_pylist())
    return counts


def _declared(library: Path, tables: Collection[str]) -> Sequence[dict[str, object]]:
    books = open_table(library, BOOKS)
    with reading(library, BOOKS):
        columns = [column for name, column in COUNTED.items() if name in tables]
        rows = books.search().select(["book_id", *columns]).limit(None).to_arrow()
    declared: list[dict[str, object]] = rows.to_pylist()
    return declared


def _miscount(rows: dict[str, Counter[str]], declared: Sequence[dict[str, object]]) -> str | None:
    for name, column in COUNTED.items():
        if name not in rows:
            continue
        wrong = sum(rows[name][str(book["book_id"])] != book[column] for book in declared)
        if wrong:
            return (
                f"the table {name!r} has not the rows that {wrong} of {len(declared)} books name: "
                "run 'longbox verify --repair', or delete the library's folder and index again"
            )
    return None
