"""Casts of books of a served library: gathered one at a time, remembered while the library stands still."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Semaphore

from indexer.instances.casting import BookCast, find_cast
from schemas.errors import StoppedError
from search.library import Library
from search.state.remembering import BoundedMemory

KEPT = 8
LONGEST_S = 180.0


class Casts:
    """Gathers who is drawn in books. Safe to share between threads."""

    def __init__(self, library: Library, home: Path, *, longest_s: float = LONGEST_S) -> None:
        """Gather the casts of a library whose tables lie in ``home``."""
        self._library, self._home, self._longest_s = library, home, longest_s
        self._turn = Semaphore(1)
        self._kept: BoundedMemory[tuple[object, ...], BookCast] = BoundedMemory(KEPT)

    def of(self, book_id: str, is_gone: Callable[[], bool]) -> BookCast:
        """Return the cast of a book.

        Raises as :func:`indexer.instances.casting.find_cast`; StoppedError where it took too long, or
        nobody waits for it any more.
        """
        ends = time.monotonic() + self._longest_s
        key = (*self._library.snapshot().versions.values(), book_id)
        found = self._kept.find(key)
        if found is not None:
            return found
        if not self._turn.acquire(timeout=self._longest_s):
            raise StoppedError("the cast of another book is being gathered: try again in a moment")
        try:
            return self._kept.get(
                key,
                lambda: find_cast(self._home, book_id, stopped=lambda: is_gone() or time.monotonic() > ends),
            )
        finally:
            self._turn.release()
