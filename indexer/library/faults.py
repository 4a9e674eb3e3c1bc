"""What LanceDB raises, in one line of our own. LanceDB has no own error classes."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.remote.state import shown, store_of
from schemas.errors import LibraryError, LibraryFormatError, plain_cause
from schemas.places import scrubbed, store_error, store_trouble

logger = logging.getLogger(__name__)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what LanceDB raises while it writes into one line."""
    try:
        with _store_answering(path):
            yield
    except LibraryError:
        raise
    except (OSError, RuntimeError) as error:
        logger.exception("cannot write to %s", path)
        raise LibraryError(f"cannot write to the library {shown(path)}: {_cause(error)}") from error


def _cause(error: Exception) -> str:
    """Name the cause in words; LanceDB wraps the system's message in lines of Rust."""
    text = str(error)
    if "No space left" in text or "os error 28" in text:
        return "the disk is full; free some space and run again, what was indexed before is safe"
    if "File too large" in text or "os error 27" in text:
        return "a file may not grow that large here; what was indexed before is safe"
    return (
        f"{plain_cause(error)} (details in longbox.log); if the disk is sound and this stays so, "
        "delete the library's folder and index again"
    )


@contextmanager
def reading(path: Path, name: str) -> Iterator[None]:
    """Turn what LanceDB raises while it reads a table into one line with the way out."""
    try:
        with _store_answering(path):
            yield
    except LibraryError:
        raise
    except (OSError, RuntimeError, ValueError) as error:
        logger.info("cannot read the table %s of %s", name, path, exc_info=error)
        raise LibraryFormatError(
            f"the table {name!r} of the library {shown(path)} is damaged ({plain_cause(error)}): "
            "run 'longbox verify --repair', restore a backup, or delete the library's folder and index again"
        ) from error


@contextmanager
def _store_answering(path: Path) -> Iterator[None]:
    """Tell a store that cannot be reached from damage: nothing is wrong with the library then."""
    try:
        yield
    except LibraryError:
        raise
    except (OSError, RuntimeError, ValueError) as error:
        store = store_of(path)
        if store is None or store_trouble(error) is None:
            raise
        logger.warning("%s: %s", store, scrubbed(str(error), os.environ))
        raise store_error(store, error, os.environ) from None
