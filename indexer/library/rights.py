"""The keeper's declarations on rights, beside the tables of a library."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from schemas.errors import LibraryError, LibraryFormatError
from schemas.rights import MAX_BYTES, RIGHTS_FILE, RightsRegister


def read_rights(library: Path) -> RightsRegister:
    """Return what was declared, nothing for a library where nobody declared anything.

    Raises:
        LibraryFormatError: the file is damaged.
        LibraryError: it cannot be read.
    """
    path = library / RIGHTS_FILE
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LibraryFormatError(f"{path} is too large to be a register of rights")
        return RightsRegister.from_json(path.read_text("utf-8"))
    except FileNotFoundError:
        return RightsRegister()
    except UnicodeDecodeError as error:
        raise LibraryFormatError(f"{path} is damaged: it is no text") from error
    except OSError as error:
        raise LibraryError(f"cannot read {path}: {error.strerror}") from error


def change_rights(library: Path, change: Callable[[RightsRegister], RightsRegister]) -> RightsRegister:
    """Change what is declared and return it; a reader sees the old file or the new one, whole."""
    changed = change(read_rights(library))
    write_whole(library / RIGHTS_FILE, changed.to_json().encode())
    return changed


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
