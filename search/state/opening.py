"""Opening the database of a library, wherever it lies, and what can go wrong then."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.config import MIB
from schemas.errors import LibraryFormatError, LibraryNotFoundError, LongboxError, plain_cause
from schemas.places import Place, StoreServer, StoreUri, store_error, store_trouble
from schemas.tables import BOOKS

if TYPE_CHECKING:
    from lancedb import DBConnection

INDEX_CACHE, METADATA_CACHE = 768 * MIB, 256 * MIB
"""What LanceDB may remember of its files: left alone it takes up to 7 GB, beside what we hold."""
REFRESH_SECONDS, FAR_REFRESH_SECONDS = 1.0, 5.0
"""How old a look at a library may be; on object storage it is two requests that are paid for."""


@contextmanager
def reading(path: Place) -> Iterator[None]:
    """Turn what LanceDB raises over damaged files into one line. LanceDB has no own error classes."""
    try:
        yield
    except LongboxError:
        raise
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(path, StoreUri) and store_trouble(error) is not None:
            raise store_error(path, error, os.environ) from None
        if isinstance(error, ValueError):
            raise
        raise LibraryFormatError(
            f"the library {path} cannot be read, index it anew: {plain_cause(error)}"
        ) from error


def identity_of(path: Place) -> int:
    """Return a number that changes when the library in a folder is made anew, -1 where there is none.

    On object storage it is always the same: whether versions changed is all that can be known.
    """
    if isinstance(path, StoreUri):
        return 0
    try:
        return (path / f"{BOOKS}.lance").stat().st_ino
    except OSError:
        return -1


def refresh_seconds_of(path: Place) -> float:
    """Return how old a look at a library may be before the next request asks for news."""
    return REFRESH_SECONDS if isinstance(path, Path) else FAR_REFRESH_SECONDS


def connect(path: Place) -> "DBConnection":
    """Open a library's database.

    Raises:
        LibraryNotFoundError: there is none.
        StoreUnreachableError: its object storage does not answer, or refuses.
        ConfigError: the address of its object storage is bad.
    """
    # LanceDB would make the folder; a search must not.
    if isinstance(path, Path) and not (path / f"{BOOKS}.lance").is_dir():
        raise _not_found(path)
    import lancedb

    caches = lancedb.Session(index_cache_size_bytes=INDEX_CACHE, metadata_cache_size_bytes=METADATA_CACHE)
    if isinstance(path, Path):
        return lancedb.connect(str(path), session=caches)
    options = StoreServer.of(os.environ).storage_options()
    try:
        database = lancedb.connect(str(path), storage_options=options, session=caches)
    except (OSError, RuntimeError, ValueError) as error:
        raise store_error(path, error, os.environ) from None
    try:
        database.open_table(BOOKS)
    except ValueError as error:
        if store_trouble(error) is None:
            raise _not_found(path) from None
        raise
    return database


def _not_found(path: Place) -> LibraryNotFoundError:
    return LibraryNotFoundError(
        f"there is no library in {path}: make one with 'longbox index COMICS --library {path}'"
    )
