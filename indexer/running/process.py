"""How a process that reads books is set up, before it works. Call early: threads and numpy come later."""

import ctypes
import os
from contextlib import suppress

_M_ARENA_MAX = -8
_ARENAS = 2


def set_up_process() -> None:
    """Use one thread a page, and let threads share their memory."""
    use_one_thread_a_page()
    share_arenas()


def use_one_thread_a_page() -> None:
    """Keep libraries from starting threads of their own inside each worker: pages are the unit of work.

    The variable is read when numpy is imported.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import cv2

    cv2.setNumThreads(1)


def share_arenas() -> None:
    """Let threads share two heaps, instead of one each that a long run fills and never gives back.

    Does nothing where the C library is not glibc.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
