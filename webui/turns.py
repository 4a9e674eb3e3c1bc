"""Work that is made while somebody waits: one at a time, remembered, ended when it takes too long."""

import time
from collections.abc import Callable, Hashable
from threading import Semaphore
from typing import Generic, TypeVar

from schemas.errors import StoppedError
from search.state.remembering import BoundedMemory

Made = TypeVar("Made")
Stopped = Callable[[], bool]
"""Says whether work is to end before it is done; asked now and then by what does it."""


class Turns(Generic[Made]):
    """Gives each piece of work its turn. Safe to share between threads."""

    def __init__(self, *, kept: int, longest_s: float, busy: str) -> None:
        """Remember the last ``kept``; say ``busy`` to who waits for a turn longer than a piece may take."""
        self._longest_s, self._busy = longest_s, busy
        self._turn = Semaphore(1)
        self._kept: BoundedMemory[Hashable, Made] = BoundedMemory(kept)

    def of(self, key: Hashable, make: Callable[[Stopped], Made], is_gone: Stopped) -> Made:
        """Return what is remembered under a key, or make it.

        Raises what ``make`` does; StoppedError where it took too long or nobody waits for it any more.
        """
        ends = time.monotonic() + self._longest_s
        found = self._kept.find(key)
        if found is not None:
            return found
        if not self._turn.acquire(timeout=self._longest_s):
            raise StoppedError(self._busy)
        try:
            return self._kept.get(key, lambda: make(lambda: is_gone() or time.monotonic() > ends))
        finally:
            self._turn.release()
