"""Parcels: how a read book travels from its worker to the writer, as Arrow files in a folder.

The rows are made where the book is read and stored as they come, so that a library filled by the
daemon is, row for row, the one that ``longbox index`` makes. Thumbnails stay on the disk until
their chunk is stored. A parcel that nobody took is rubbish: a new session clears them all.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from indexer.library.rows import BookRows
from schemas.errors import LibraryError
from schemas.tables import ASSETS, BOOKS, PAGES, PANELS, STORIES

PARCELS_FOLDER = "daemon.parcels"


def write_parcel(folder: Path, rows: BookRows) -> None:
    """Write a book into a new folder.

    Raises:
        LibraryError: there is no room for it.
    """
    try:
        folder.mkdir(parents=True)
        whole = ((BOOKS, rows.book), (PAGES, rows.pages), (PANELS, rows.panels), (STORIES, rows.stories))
        for name, table in whole:
            _write(folder / name, iter([table]))
        _write(folder / ASSETS, rows.assets)
    except OSError as error:
        raise LibraryError(
            f"cannot keep a book in {folder.parent} until it is stored: {error.strerror or error}: "
            "free some space"
        ) from error


def read_parcel(folder: Path) -> BookRows:
    """Return the book in a parcel; its thumbnails can be read once, while the folder is there.

    Raises:
        LibraryError: it is incomplete.
    """
    try:
        book, pages, panels, stories = (
            _read_whole(folder / name) for name in (BOOKS, PAGES, PANELS, STORIES)
        )
    except (OSError, ValueError) as error:
        raise LibraryError(f"the book in {folder} cannot be taken over: {error}: it is read again") from error
    return BookRows(book, pages, panels, stories, _read_chunks(folder / ASSETS))


def clear_parcels(library: Path) -> Path:
    """Return an empty folder for the parcels of a library.

    Raises:
        LibraryError: it cannot be made.
    """
    folder = library / PARCELS_FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise LibraryError(f"cannot write to the library {library}: {error.strerror}") from error
    return folder


def drop_parcel(folder: Path) -> None:
    """Remove a parcel that was stored, or need not be."""
    shutil.rmtree(folder, ignore_errors=True)


def _write(path: Path, tables: Iterator[pa.Table]) -> None:
    first = next(tables, None)
    if first is None:
        return
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def _read_whole(path: Path) -> pa.Table:
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_stream(source) as reader:
        return reader.read_all()


def _read_chunks(path: Path) -> Iterator[pa.Table]:
    """Give the tables of a file as they were written, one after the other."""
    if not path.exists():
        return
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_stream(source) as reader:
        for batch in reader:
            yield pa.Table.from_batches([batch])
