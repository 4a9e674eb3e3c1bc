"""Casts of books of a served library: gathered one at a time, remembered while the library stands still."""

from pathlib import Path

from indexer.instances.casting import BookCast, find_cast
from search.library import Library
from webui.turns import Stopped, Turns

KEPT = 8
LONGEST_S = 180.0
_BUSY = "the cast of another book is being gathered: try again in a moment"


class Casts:
    """Gathers who is drawn in books. Safe to share between threads."""

    def __init__(self, library: Library, home: Path, *, longest_s: float = LONGEST_S) -> None:
        """Gather the casts of a library whose tables lie in ``home``."""
        self._library, self._home = library, home
        self._turns: Turns[BookCast] = Turns(kept=KEPT, longest_s=longest_s, busy=_BUSY)

    def of(self, book_id: str, is_gone: Stopped) -> BookCast:
        """Return the cast of a book.

        Raises as :func:`indexer.instances.casting.find_cast`; StoppedError where it took too long, or
        nobody waits for it any more.
        """
        key = (*self._library.snapshot().versions.values(), book_id)
        return self._turns.of(key, lambda stopped: find_cast(self._home, book_id, stopped=stopped), is_gone)
