"""Small files beside the tables: there whole, or as they were."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from schemas.errors import LibraryError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all. Raises LibraryError where it cannot be written."""
    write_together({path: data})


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write files that belong together, in their order: all of them, or none where one finds no room.

    Raises:
        LibraryError: one cannot be written; what was there before is as it was.
    """
    written: list[tuple[Path, Path]] = []
    try:
        for path, data in files.items():
            written.append((_beside(path, data), path))
        for part, path in written:
            _moved(part, path)
    finally:
        for part, _ in written:
            with suppress(OSError):
                part.unlink()  # gone already where all went well


def _beside(path: Path, data: bytes) -> Path:
    """Write data into a hidden file beside a path, which it returns. Raises LibraryError."""
    name = ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(0o644)
    except OSError as error:
        with suppress(OSError):
            Path(name).unlink()
        raise LibraryError(f"cannot write {path}: {error.strerror or error}") from error
    return Path(name)


def _moved(part: Path, path: Path) -> None:
    try:
        part.replace(path)
    except OSError as error:
        raise LibraryError(f"cannot write {path}: {error.strerror or error}") from error
