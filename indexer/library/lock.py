"""One writer per library: an advisory lock that the kernel drops with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from indexer.remote.lease import other_writer
from indexer.remote.state import shown
from schemas.errors import LibraryBusyError, LibraryError

LOCK_FILE = "writer.lock"


@contextmanager
def writer_lock(library: Path) -> Iterator[None]:
    """Hold the only right to write to a library while the block runs.

    The lock belongs to the open file (``flock``), so a killed writer leaves none behind; the
    process id inside is only there for the message.

    Raises:
        LibraryBusyError: another process holds it; the message names its process id.
        LibraryError: the folder cannot be written, or its file system knows no locks.
    """
    path = library / LOCK_FILE
    try:
        handle = path.open("a+", encoding="ascii", errors="replace")
    except OSError as error:
        raise LibraryError(f"cannot write to the library {library}: {error.strerror}") from error
    with handle:
        _acquire(handle, library)
        _sign(handle, str(os.getpid()))
        try:
            yield
        finally:
            _sign(handle, "")


@contextmanager
def side_lock(library: Path, name: str, *, busy: str | None = None) -> Iterator[None]:
    """Hold a lock of its own for what lies beside the library's tables while the block runs.

    Args:
        library: the library's folder.
        name: of the file that is locked.
        busy: what another process is doing then, with the way out; None waits for its end.

    Raises:
        LibraryBusyError: another process holds it.
        LibraryError: the folder cannot be written.
    """
    try:
        handle = (library / name).open("a+")
    except OSError as error:
        raise LibraryError(f"cannot write to the library {library}: {error.strerror}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if busy is None else fcntl.LOCK_NB))
        except OSError as error:
            raise LibraryBusyError(busy or f"cannot lock the library {library}: {error.strerror}") from error
        yield


def writer_of(library: Path) -> int | None:
    """Return the process that seems to be writing to a library, None where there is none.

    Takes no lock, which would turn a writer away that starts at this moment: it asks whether the
    process that signed last is alive. One that was killed and whose number another has now counts.
    On object storage the process may be another machine's.
    """
    local = _local_writer(library)
    if local is not None:
        return local
    other = other_writer(library)
    return None if other is None else other.pid


def _local_writer(library: Path) -> int | None:
    try:
        process = int((library / LOCK_FILE).read_text("ascii", "replace").strip() or 0)
        if process:
            os.kill(process, 0)
    except PermissionError:
        return process
    except (OSError, ValueError, OverflowError):
        return None
    return process or None


def _acquire(handle: IO[str], library: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.seek(0)
        holder = handle.read(20).strip() or "unknown"
        raise LibraryBusyError(
            f"process {holder} is writing to the library {shown(library)}: wait for it to end, or stop it"
        ) from error
    except OSError as error:
        raise LibraryError(f"cannot lock the library {library}: {error.strerror}") from error


def _sign(handle: IO[str], text: str) -> None:
    """Write who holds the lock; on a full disk the lock holds all the same, without a name."""
    try:
        handle.seek(0)
        handle.truncate()
        handle.write(text)
        handle.flush()
    except OSError:
        return
