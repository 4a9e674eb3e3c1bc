"""Keeping an open library warm: what searches need is loaded before they ask for it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from schemas.errors import LongboxError

if TYPE_CHECKING:
    from search.library import Library

MEMORY_BYTES = 1_400_000_000
"""What vectors may take: three columns of a million panels and one of their pages, a byte a number."""
LOOK_SECONDS = 5.0
SETTLE_LOOKS = 6
"""A library that is being written to is read again once it stood still for so many looks."""


def warm(library: "Library", *, memory_bytes: int = MEMORY_BYTES) -> None:
    """Load what searches need, and spare the collector of garbage looking through it ever again.

    It would, every few dozen searches: a tenth of their time.
    """
    library.warm(memory_bytes=memory_bytes)
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@contextmanager
def kept_warm(library: "Library", *, memory_bytes: int = MEMORY_BYTES) -> Iterator[None]:
    """Load what searches need beside what goes on inside, and again after every change."""
    done = Event()
    thread = Thread(target=_keep_warm, args=(library, memory_bytes, done), name="warmth", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()


def _keep_warm(library: "Library", memory_bytes: int, done: Event) -> None:
    seen: dict[str, int] = {}
    stood, is_warm = SETTLE_LOOKS, False  # at first there is nothing to wait for
    while True:
        with suppress(LongboxError):  # a damaged library says so to whoever searches it
            versions = library.snapshot().versions
            if seen and versions != seen:
                stood, is_warm = 0, False
            seen = versions
            library.settle()
            if not is_warm and stood >= SETTLE_LOOKS:
                warm(library, memory_bytes=memory_bytes)
                is_warm = True
        stood += 1
        if done.wait(LOOK_SECONDS):
            return
