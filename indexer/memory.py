"""Memory of long runs: what the C library keeps of it."""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8
_ARENAS = 2


def share_arenas() -> None:
    """Let threads share two heaps, instead of one each that a long run fills and never gives back.

    Call before threads start. Does nothing where the C library is not glibc.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
