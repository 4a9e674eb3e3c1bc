"""Small files beside the tables: there whole, or as they were."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from schemas.errors import LibraryError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all. Raises LibraryError where it cannot be written."""
    name = ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        with suppress(OSError):
            Path(name).unlink()
        raise LibraryError(f"cannot write {path}: {error.strerror or error}") from error
