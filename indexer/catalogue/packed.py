"""Dumps as they are handed on: a file as it is, or packed with gzip or zip; read as a stream."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from schemas.errors import ExchangeError

SQLITE, _GZIP, _ZIP = b"SQLite format 3\0", b"\x1f\x8b", b"PK\x03\x04"
_FAILURES = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)


def starts_as(dump: Path) -> bytes:
    """Return the first bytes of a file. Raises ExchangeError."""
    try:
        with dump.open("rb") as file:
            return file.read(len(SQLITE))
    except OSError as error:
        raise ExchangeError(f"cannot read {dump}: {error.strerror}") from error


@contextmanager
def unpacked(dump: Path) -> Iterator[IO[bytes]]:
    """Open a dump in SQL. Raises ExchangeError where it is torn, or holds something else."""
    start = starts_as(dump)
    try:
        if start.startswith(_GZIP):
            with gzip.open(dump, "rb") as file:
                yield file  # type: ignore[misc]
        elif start.startswith(_ZIP):
            with zipfile.ZipFile(dump) as archive, archive.open(_only(dump, archive)) as file:
                yield file
        else:
            with dump.open("rb") as file:
                yield file
    except _FAILURES as error:
        raise ExchangeError(f"{dump} is damaged, or ends too early ({error}): get it anew") from error


def _only(dump: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    found = [one for one in archive.infolist() if one.filename.lower().endswith(".sql")]
    if len(found) != 1:
        raise ExchangeError(f"{dump} holds {len(found)} files .sql, not one: unpack it and name the dump")
    return found[0]
