"""One writer per library."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.library.lock import LOCK_FILE, writer_lock
from schemas.errors import LibraryBusyError, LibraryError

HOLDER = """
import sys, pathlib
from indexer.library.lock import writer_lock
with writer_lock(pathlib.Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_who_holds_the_library(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(LibraryBusyError, match=f"process {holder.pid} is writing"), writer_lock(tmp_path):
            pytest.fail("two writers")
        holder.kill()
        holder.wait()
        with writer_lock(tmp_path):
            assert (tmp_path / LOCK_FILE).read_text() == str(os.getpid())


def test_the_lock_is_free_after_its_block_also_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writer_lock(tmp_path):
        raise ZeroDivisionError
    with writer_lock(tmp_path):
        pass


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="nowhere"), writer_lock(tmp_path / "nowhere"):
        pytest.fail("locked nothing")
