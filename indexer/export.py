"""Writes the tables of a library to Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from schemas.errors import LibraryError, LibraryFormatError, LibraryNotFoundError
from schemas.tables import ASSETS, BOOKS, PAGES, PANELS, LibraryFormat

if TYPE_CHECKING:
    from lancedb.table import Table

TABLES = (BOOKS, PAGES, PANELS, ASSETS)
BATCH_ROWS = 1_024
"""Rows held in memory at a time: some 20 MB of thumbnails, 2 MB of panels."""


def export_tables(library: Path, out: Path, names: Sequence[str] = TABLES) -> dict[str, int]:
    """Write tables as ``out/<table>.parquet``, each complete or not at all.

    Only rows of books that are in the table of contents are written, so that a run going on at
    the same time leaves no half book in the files. Schema metadata goes along.

    Args:
        library: folder of the library; not locked, it may be written at the same time.
        out: folder for the files, made where it is missing.
        names: which tables.

    Returns:
        Rows written by table.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: it is damaged or of a newer format.
        LibraryError: the files cannot be written.
    """
    tables = {name: open_table(library, name) for name in dict.fromkeys((BOOKS, *names))}
    books = tables[BOOKS].search().select(["book_id"]).limit(None).to_arrow()["book_id"]
    try:
        out.mkdir(parents=True, exist_ok=True)
        return {name: _write(tables[name], out / f"{name}.parquet", books) for name in names}
    except OSError as error:
        raise LibraryError(f"cannot write to {out}: {error.strerror or error}") from error


def open_table(library: Path, name: str) -> Table:
    """Open a table of a library that may be written at the same time.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: it is damaged or of a newer format.
    """
    if not (library / f"{name}.lance").is_dir():
        raise LibraryNotFoundError(f"there is no library in {library}: make one with 'longbox index'")
    import lancedb

    try:
        table = lancedb.connect(str(library)).open_table(name)
    except (OSError, RuntimeError, ValueError) as error:
        raise LibraryFormatError(
            f"the table {name!r} of the library {library} is damaged: {error}"
        ) from error
    LibraryFormat.from_metadata(table.schema.metadata)
    return table


def _write(table: Table, path: Path, books: pa.ChunkedArray) -> int:
    """Write one table beside its final name and rename it at the end."""
    import pyarrow.parquet as pq

    partial = path.with_suffix(".parquet.part")
    rows = 0
    try:
        with pq.ParquetWriter(partial, table.schema, compression="zstd") as writer:
            for batch in _batches(table, books):
                writer.write_batch(batch)
                rows += batch.num_rows
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return rows


def _batches(table: Table, books: pa.ChunkedArray) -> Iterator[pa.RecordBatch]:
    import pyarrow.compute as pc

    for batch in table.search().limit(None).to_batches(BATCH_ROWS):
        yield batch.filter(pc.is_in(batch["book_id"], books))
