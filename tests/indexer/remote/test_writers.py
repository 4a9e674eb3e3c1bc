"""Of all machines one writes at a time; a writer that dies, or is cut off, is taken over from."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from indexer.care.report import verify_library
from indexer.library.ledger import Ledger
from indexer.library.status import library_status
from indexer.remote import lease
from indexer.remote.lease import Lease, check_lease, other_writer, store_lease
from indexer.remote.published import term_of
from indexer.remote.state import local_path, named, store_of
from indexer.remote.turn import writers_turn
from schemas.errors import LibraryBusyError
from schemas.places import place_of
from schemas.tables import BOOKS
from tests.indexer.builders import write_book
from tests.indexer.remote.machines import contents, index, machine, new_library, prefix_of, rows, titles
from tests.object_store import BUCKET, ObjectStore, Request

ROOT = Path(__file__).resolve().parents[3]


def states(uri: str, tmp_path: Path, count: int) -> list[Path]:
    """State folders of several machines for one library."""
    found = []
    for number in range(count):
        with machine(tmp_path / f"machine {number}"):
            found.append(local_path(place_of(uri)))
    return found


def test_a_second_machine_is_told_who_writes(uri: str, tmp_path: Path) -> None:
    ours, theirs = states(uri, tmp_path, 2)
    told = rf"process {os.getpid()} on \S+ is writing.*{uri}"
    with writers_turn(ours):
        with pytest.raises(LibraryBusyError, match=told), writers_turn(theirs):
            pass
        writer = other_writer(theirs)
        assert writer is not None
        assert writer.pid == os.getpid()
        assert other_writer(ours) is None
    with writers_turn(theirs):
        assert other_writer(theirs) is None


def test_of_many_that_begin_at_once_one_writes(s3: ObjectStore, tmp_path: Path) -> None:
    uri = new_library()
    machines = states(uri, tmp_path, 5)

    def begin(library: Path) -> bool:
        store = store_of(library)
        assert store is not None
        try:
            Lease.take(library, store)
        except LibraryBusyError:
            return False
        return True

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(begin, machines)) == 1


def test_a_silent_writer_is_taken_over_from_and_stops_when_it_wakes(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "STALE_S", -1.0)  # the store tells whole seconds
    ours, theirs = states(uri, tmp_path, 2)
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(LibraryBusyError, match="has taken over the library"))
        stack.enter_context(store_lease(ours))
        stack.enter_context(store_lease(theirs))
        check_lease(theirs)
        with pytest.raises(LibraryBusyError, match="what was stored is kept, this run stops"):
            check_lease(ours)


def test_a_writer_that_was_taken_over_from_stores_no_further_book(
    uri: str, s3: ObjectStore, comics: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "STALE_S", -1.0)
    before, ledger = contents(uri), s3.read(f"{prefix_of(uri)}/ledger.sqlite")
    write_book(comics / "book 1.cbz", seed=5)
    (other,) = states(uri, tmp_path, 1)

    def intrude(request: Request) -> None:
        if request.method == "PUT" and "assets.lance/data" in request.path:
            s3.intercept = None
            with store_lease(other):
                pass

    s3.intercept = intrude
    with pytest.raises(LibraryBusyError, match="has taken over"):
        index(comics, named(uri))
    assert contents(uri, [BOOKS]) == contents_of(before, BOOKS)
    assert s3.read(f"{prefix_of(uri)}/ledger.sqlite") == ledger
    index(comics, other)  # sweeps up what the other one left
    assert verify_library(other, sample=0).findings == ()
    assert len(rows(uri, BOOKS)) == 2


def contents_of(text: str, table: str) -> str:
    return json.dumps({table: json.loads(text)[table]}, indent=1)


def test_a_writer_goes_on_after_its_own_crash_at_once(uri: str, comics: Path) -> None:
    library = named(uri)
    store = store_of(library)
    assert store is not None
    Lease.take(library, store)  # and never heard of again
    assert index(comics, library).unchanged == 2


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["panels.lance/data", "pages.lance/_versions", "books.lance/_versions"])
def test_a_killed_writer_loses_nothing_and_another_machine_goes_on(
    uri: str, s3: ObjectStore, comics: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    write_book(comics / "book 1.cbz", seed=5, pages=3)
    write_book(comics / "book 2.cbz", seed=6)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.indexer.remote.writer", uri, str(comics)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "LONGBOX_STATE": str(tmp_path / "dying")},
    )

    def kill(request: Request) -> None:
        if request.method == "PUT" and moment in request.path:
            process.send_signal(signal.SIGKILL)
            process.wait(10)

    s3.intercept = kill
    assert process.wait(60) == -signal.SIGKILL
    s3.intercept = None
    assert set(titles(uri)) <= {"book 0.cbz", "book 1.cbz", "book 2.cbz"}
    monkeypatch.setattr(lease, "STALE_S", -1.0)
    index(comics, named(uri))
    fresh = new_library()
    index(comics, named(fresh))
    assert contents(uri) == contents(fresh)
    assert verify_library(named(uri), sample=0).findings == ()


def test_a_ledger_of_before_is_not_trusted(uri: str, comics: Path, tmp_path: Path) -> None:
    """A machine wrote, another wrote after it, and the first one comes back."""
    with writers_turn(named(uri)):
        pass
    mine = term_of(named(uri) / "ledger.sqlite")
    with machine(tmp_path / "other"), writers_turn(named(uri)), Ledger.open(named(uri)) as ledger:
        ledger.set_note("said", "elsewhere")
    with Ledger.open_read_only(named(uri)) as ledger:
        assert ledger.note("said") == "elsewhere"
    with writers_turn(named(uri)):
        pass
    assert term_of(named(uri) / "ledger.sqlite") == mine + 2
    with Ledger.open(named(uri)) as ledger:
        assert ledger.note("said") == "elsewhere"


def test_a_lost_state_folder_costs_nothing(uri: str, comics: Path) -> None:
    for path in named(uri).iterdir():
        path.unlink()
    assert index(comics, named(uri)).unchanged == 2
    assert library_status(named(uri)).is_settled


def test_a_lost_published_ledger_is_made_anew(uri: str, s3: ObjectStore, comics: Path) -> None:
    s3.files.delete_file(f"{BUCKET}/{prefix_of(uri)}/ledger.sqlite")
    report = index(comics, named(uri))
    assert report.unchanged == 2
    assert verify_library(named(uri), sample=0).findings == ()
