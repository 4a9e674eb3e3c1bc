"""Heaps of threads: a process that shares two gives memory back that many would keep."""

import subprocess
import sys

import pytest

CHURN = """
import ctypes, sys, threading
from indexer.running.process import share_arenas
if sys.argv[1] == "shared":
    share_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
started = threading.Barrier(24)
def work():
    started.wait()
    libc.malloc(1000)
    started.wait()
threads = [threading.Thread(target=work) for _ in range(24)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fdopen.restype = ctypes.c_void_p
libc.fflush.argtypes = [ctypes.c_void_p]
out = libc.fdopen(1, b"w")
libc.malloc_info(0, out)
libc.fflush(out)
"""


def heaps(mode: str) -> int:
    told = subprocess.run([sys.executable, "-c", CHURN, mode], capture_output=True, text=True, check=True)
    return told.stdout.count("<heap ")


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_threads_share_two_heaps() -> None:
    assert heaps("own") > 2 >= heaps("shared")
