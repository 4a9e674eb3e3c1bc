"""The keeper's declarations on rights, beside the tables of a library."""

from collections.abc import Callable
from pathlib import Path

from indexer.library.lock import side_lock
from indexer.library.whole import write_whole
from schemas.errors import LibraryError, LibraryFormatError
from schemas.rights import MAX_BYTES, RIGHTS_FILE, RightsRegister

LOCK_FILE = "rights.lock"


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
    with side_lock(library, LOCK_FILE):
        changed = change(read_rights(library))
        write_whole(library / RIGHTS_FILE, changed.to_json().encode())
    return changed
