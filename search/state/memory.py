"""Memory that is free, and still held by an allocator."""

import ctypes
from contextlib import suppress

import pyarrow as pa


def give_back_memory() -> None:
    """Return freed memory to the system, where the allocators would keep it for later."""
    pa.default_memory_pool().release_unused()
    with suppress(AttributeError):  # glibc has it, other C libraries do not
        ctypes.CDLL(None).malloc_trim(0)
