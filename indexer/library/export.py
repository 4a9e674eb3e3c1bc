"""Writes the tables of a library to Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.library.faults import reading
from indexer.remote.state import connect, has_table, is_trouble_of_store, shown, store_of
from schemas.errors import LibraryError, LibraryFormatError, LibraryNotFoundError
from schemas.tables import BOOKS, FORMAT_VERSION, LibraryFormat, table_names

if TYPE_CHECKING:
    from lancedb.expr import Expr
    from lancedb.table import Table

_REVISION = ("book_id", "ingest_rev")
"""What tells the rows of a book as it is now; thumbnails name the book alone."""
BATCH_ROWS = 1_024
"""Rows held in memory at a time: some 20 MB of thumbnails, 2 MB of panels."""


def export_tables(library: Path, out: Path, names: Sequence[str] | None = None) -> dict[str, int]:
    """Write tables as ``out/<table>.parquet``, each complete or not at all.

    Only rows of books that are in the table of contents, and of the revision it names, are written,
    so that a run going on at the same time leaves no half book in the files. Schema metadata goes
    along.

    Args:
        library: folder of the library; not locked, it may be written at the same time.
        out: folder for the files, made where it is missing.
        names: which tables, None for all.

    Returns:
        Rows written by table.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: it is damaged or of a newer format.
        LibraryError: the files cannot be written, or lie in the library itself.
    """
    check_outside(library, out)
    if names is None:
        names = names_of_tables(library)
    tables = {name: open_table(library, name) for name in dict.fromkeys((BOOKS, *names))}
    with reading(library, BOOKS):
        books = tables[BOOKS].search().select(list(_REVISION)).limit(None).to_arrow()
    try:
        out.mkdir(parents=True, exist_ok=True)
        return {name: _write(library, tables[name], out / f"{name}.parquet", books) for name in names}
    except OSError as error:
        if isinstance(error, LibraryError):
            raise
        raise LibraryError(f"cannot write to {out}: {error.strerror or error}") from error


def check_outside(library: Path, out: Path) -> None:
    """Raise LibraryError if files would be written into the library's own folder."""
    if out.resolve().is_relative_to(library.resolve()):
        raise LibraryError(f"{out} lies in the library {library} itself: give another folder to export into")


def open_table(library: Path, name: str) -> Table:
    """Open a table of a library that may be written at the same time.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: it is damaged or of a newer format.
    """
    is_local = store_of(library) is None
    if is_local and not has_table(library, name):
        raise _missing(library, name)
    with reading(library, name):
        try:
            table = connect(library).open_table(name)
        except ValueError as error:
            if is_local or is_trouble_of_store(library, error) or has_table(library, name):
                raise
            raise _missing(library, name) from None
    LibraryFormat.from_metadata(table.schema.metadata)
    return table


def names_of_tables(library: Path) -> tuple[str, ...]:
    """Return the tables that a library of its format has, that of contents first.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: its table of contents is damaged, or of a newer format.
    """
    told = LibraryFormat.from_metadata(open_table(library, BOOKS).schema.metadata)
    return table_names(told.format_version)


def _missing(library: Path, name: str) -> LibraryError:
    if any(has_table(library, other) for other in table_names(FORMAT_VERSION)):
        return LibraryFormatError(
            f"the library {shown(library)} lost its table {name!r}: run 'longbox verify --repair', or delete "
            "its folder and index again"
        )
    return LibraryNotFoundError(f"there is no library in {shown(library)}: make one with 'longbox index'")


def current_rows(
    table: Table, books: pa.Table | None, columns: Sequence[str], where: Expr | None = None
) -> pa.Table:
    """Return columns of the rows that pass ``where`` and belong to the books as they stand in ``books``.

    Args:
        table: of the library.
        books: rows of ``books`` with ``book_id`` and ``ingest_rev``; None for that table itself.
        columns: what to read; with ``book_id`` and ``ingest_rev``.
        where: a condition.
    """
    query = table.search().select(list(columns)).limit(None)
    rows = (query if where is None else query.where(where)).to_arrow()
    return rows if books is None else current_of(rows, books)


def current_of(rows: pa.Table, books: pa.Table) -> pa.Table:
    """Return those of the rows that belong to the books as they stand in ``books``."""
    return rows.filter(_is_current(rows, books))


def _is_current(rows: pa.Table | pa.RecordBatch, books: pa.Table) -> pa.Array:
    import pyarrow.compute as pc

    key = [name for name in _REVISION if name in rows.schema.names]
    wanted = pc.binary_join_element_wise(*(books[name] for name in key), ":")
    held = pc.binary_join_element_wise(*(rows[name] for name in key), ":")
    return pc.is_in(held, wanted)


def _write(library: Path, table: Table, path: Path, books: pa.Table) -> int:
    """Write one table beside its final name and rename it at the end."""
    import pyarrow.parquet as pq

    partial = path.with_suffix(".parquet.part")
    rows = 0
    try:
        with pq.ParquetWriter(partial, table.schema, compression="zstd") as writer:
            for batch in _batches(library, table, books):
                writer.write_batch(batch)
                rows += batch.num_rows
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return rows


def _batches(library: Path, table: Table, books: pa.Table) -> Iterator[pa.RecordBatch]:
    """Give the rows that belong to the books as they stand in the table of contents."""
    with reading(library, table.name):
        batches = iter(table.search().limit(None).to_batches(BATCH_ROWS))
    while True:
        with reading(library, table.name):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch.filter(_is_current(batch, books))
