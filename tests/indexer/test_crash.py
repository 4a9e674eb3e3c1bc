"""Killed at any moment and run again, a library ends as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.library.ledger import Ledger
from indexer.library.rows import BookVectors
from indexer.library.store import LibraryWriter
from indexer.running.indexing import Scope
from indexer.running.reports import SilentProgress
from schemas.labels import BookStatus, ReadingDirection
from schemas.records import Book
from schemas.tables import BOOKS, PAGES
from tests.indexer.builders import Models, contents, replace_book, rows, run_index, write_book
from tests.indexer.library.test_store import Killed

WORKER = """
import os, resource, sys, time
from pathlib import Path
import lancedb  # now: its import would outlast the kill
from tests.fakes import FakeDetector
from tests.indexer.builders import Models, run_index

class SlowDetector(FakeDetector):
    def detect(self, page, **how):
        time.sleep(0.01)
        return super().detect(page, **how)

if "LIMIT_FILE_BYTES" in os.environ:  # as a full disk does, writes fail in the middle of a file
    limit = int(os.environ["LIMIT_FILE_BYTES"])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
print("ready", flush=True)
run_index(Path(sys.argv[1]), Path(sys.argv[2]), Models(detector=SlowDetector()))
print("done", flush=True)
"""
ROOT = Path(__file__).resolve().parents[2]


class KilledAfter(SilentProgress):
    """Dies when the nth source is done."""

    def __init__(self, sources: int) -> None:
        self._left = sources

    def source_done(self, source: str, status: BookStatus, message: str | None) -> None:
        self._left -= 1
        if self._left < 0:
            raise Killed


def first_id(library: Path) -> str:
    return str(min(str(row["book_id"]) for row in rows(library, BOOKS)))


def die_while_replacing(library: Path) -> None:
    """Leave the first book listed without its pages and panels, as a kill in the middle would."""
    book_id = first_id(library)
    row = next(row for row in rows(library, BOOKS) if row["book_id"] == book_id)
    book = Book(
        book_id=book_id,
        source=str(row["source"]),
        container="cbz",
        size_bytes=1,
        mtime_ns=1,
        title="a later revision",
        direction=ReadingDirection.RTL,
        direction_evidence="",
        page_count=0,
        panel_count=0,
        status=BookStatus.READY,
    )
    made, nothing = Models().models.library_format, BookVectors()
    writer = LibraryWriter.open(library, made)
    with Ledger.open(library) as ledger, pytest.raises(Killed), ledger.unsettling([book_id]):
        replace_book(writer, book, (), nothing, Killed.thumbnails(), ingest_rev="later", library=made)


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    for seed in range(5):
        write_book(tmp_path / "comics" / f"book {seed}.cbz", seed=seed, pages=4)
    return tmp_path / "comics"


def change(comics: Path) -> None:
    """Replace one book, rename one, double one, drop one, add one."""
    write_book(comics / "book 0.cbz", seed=50, pages=3)
    (comics / "book 1.cbz").rename(comics / "renamed.cbz")
    (comics / "book 2 twin.cbz").write_bytes((comics / "book 2.cbz").read_bytes())
    (comics / "book 3.cbz").unlink()
    write_book(comics / "new.cbz", seed=60, pages=5)


def start(comics: Path, library: Path, **limits: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WORKER, str(comics), str(library)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env={**os.environ, **limits}
    )


def test_dead_after_any_source_the_next_run_ends_the_same(comics: Path, tmp_path: Path) -> None:
    run_index(comics, tmp_path / "fresh")
    for sources in (0, 2, 4):
        library = tmp_path / f"library {sources}"
        with pytest.raises(Killed):
            run_index(comics, library, progress=KilledAfter(sources))
        models = Models()
        report = run_index(comics, library, models)
        assert report.indexed + report.unchanged == 5
        assert report.unchanged >= sources
        assert contents(library) == contents(tmp_path / "fresh")


def test_dead_between_the_tables_the_next_run_ends_the_same(comics: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run_index(comics, library)
    die_while_replacing(library)
    assert first_id(library) not in {row["book_id"] for row in rows(library, PAGES)}
    run_index(comics, library)
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_killed_at_random_moments_the_library_ends_the_same(comics: Path, tmp_path: Path, seed: int) -> None:
    library, moments = tmp_path / "library", random.Random(seed)
    for attempt in range(3):
        with start(comics, library) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"ready\n"
            time.sleep(moments.uniform(0.05, 0.8))
            worker.send_signal(signal.SIGKILL)
        if attempt == 1:
            change(comics)
    run_index(comics, library, scope=Scope(prune=True))
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


@pytest.mark.slow
def test_of_ten_processes_at_once_one_indexes_and_nine_are_told(comics: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    processes = [start(comics, library, PYTHONUNBUFFERED="1") for _ in range(10)]
    ends = [(process.communicate(timeout=120), process.returncode) for process in processes]
    refused = [error for (_, error), code in ends if code]
    assert all(b"LibraryBusyError" in error and b"is writing" in error for error in refused)
    assert len(refused) < len(processes)
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


def test_a_full_disk_ends_the_run_in_one_line_and_spares_what_was_there(comics: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run_index(comics / "book 1.cbz", library)
    before = contents(library)
    with start(comics, library, LIMIT_FILE_BYTES="6000") as worker:
        _, errors = worker.communicate()
    assert worker.returncode == 1
    message = errors.decode().strip().splitlines()[-1]
    assert message.startswith("schemas.errors.LibraryError: cannot ")
    assert contents(library) == before
    run_index(comics, library)
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")
