"""What else may be wrong: two writers, no rights, loops, names, crowds, a disk that fills, a kill."""

import json
import os
import random
import resource
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.daemon.control import ask
from indexer.daemon.status import STATUS_FILE, DaemonState, published
from indexer.daemon.surveys import Surveyor
from indexer.daemon.tasks import TaskState
from indexer.daemon.watching import Watching
from indexer.library.status import library_status
from schemas.errors import DaemonError, LibraryBusyError, LibraryError
from tests.indexer.builders import contents, run_index, write_book
from tests.indexer.daemon import process
from tests.indexer.daemon.running import QUICK, daemon
from tests.indexer.running.test_indexing import sources


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    for seed in range(3):
        write_book(tmp_path / "comics" / f"book {seed}.cbz", seed=seed, pages=3)
    return tmp_path / "comics"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


def test_a_second_daemon_and_an_index_are_told_who_writes(comics: Path, library: Path) -> None:
    with daemon(comics, library) as running:
        running.wait_for(lambda: running.status.surveys)
        with (
            pytest.raises(LibraryBusyError, match=f"process {os.getpid()} is writing"),
            daemon(comics, library),
        ):
            pass
        with pytest.raises(LibraryBusyError, match=f"process {os.getpid()} is writing"):
            run_index(comics, library)
        running.wait_until_idle()
    assert run_index(comics, library).unchanged == 3


def test_a_library_that_cannot_be_written_is_named(comics: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(LibraryError, match="file is a file"), daemon(comics, tmp_path / "file"):
        pass
    readonly = tmp_path / "readonly"
    readonly.mkdir()
    (readonly / "writer.lock").mkdir()  # as root, rights stop nobody: what cannot be opened does
    with (
        pytest.raises(LibraryError, match=f"cannot write to the library {readonly}"),
        daemon(comics, readonly),
    ):
        pass


def test_a_wish_without_a_daemon_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(DaemonError, match="--watch DIR"):
        ask(tmp_path, "pause")  # type: ignore[arg-type]


def test_a_loop_of_links_ends(comics: Path, library: Path) -> None:
    (comics / "deep").mkdir()
    (comics / "deep" / "again").symlink_to(comics)
    (comics / "deep" / "self").symlink_to(comics / "deep" / "self")
    with daemon(comics, library) as running:
        running.wait_until_idle()
        write_book(comics / "deep" / "late.cbz", seed=7)
        running.wait_for(lambda: "late.cbz" in sources(library))
        assert running.status.sources == 4


def test_names_in_any_encoding_are_read_or_reported(comics: Path, library: Path) -> None:
    for name in ("猫の本.cbz", "e\u0301te\u0301.cbz", "new\nline \x1b[31m.cbz", "a" * 240 + ".cbz"):
        shutil.copy(comics / "book 0.cbz", comics / name)
    broken = os.fsencode(comics) + b"/latin\xe9.cbz"
    shutil.copy(comics / "book 1.cbz", os.fsdecode(broken))
    with daemon(comics, library) as running:
        running.wait_until_idle()
    [failed] = library_status(library).failed
    assert failed.message is not None
    assert "not valid UTF-8: rename it" in failed.message
    assert len(sources(library)) == 3
    assert run_index(comics, library).indexed == 0


@pytest.mark.slow
def test_a_hundred_thousand_files_in_one_folder_are_surveyed_in_seconds(tmp_path: Path) -> None:
    folder = tmp_path / "crowd"
    folder.mkdir()
    for number in range(100_000):
        (folder / f"{number:06d}.cbz").touch()
    watching = Watching([folder], tmp_path / "library")
    surveyor = Surveyor([folder], watching, every_s=600.0)
    surveyor.begin((), frozenset(), "revision")
    until = time.monotonic() + 60
    while (finding := surveyor.take()) is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    watching.close()
    assert finding.survey is not None
    assert len(finding.survey.changed) == 100_000
    assert finding.seconds < 45
    assert not surveyor.is_due(hinted=True)


@pytest.mark.slow
def test_a_crowd_of_bad_files_does_not_keep_good_ones_waiting(comics: Path, library: Path) -> None:
    for number in range(2_000):
        (comics / f"empty {number:04d}.cbz").touch()
    with daemon(comics, library, replace(QUICK, tries=1)) as running:
        running.wait_for(lambda: running.status.queue.get(TaskState.QUARANTINED) == 2_000, patience_s=200)
        running.wait_until_idle()
    assert len(sources(library)) == 3


@pytest.fixture
def running(comics: Path, library: Path) -> Iterator[process.Daemon]:
    started = process.Daemon(library, comics)
    yield started
    started.kill()


@pytest.mark.slow
def test_a_disk_that_fills_blocks_the_daemon_until_there_is_room(
    comics: Path, library: Path, running: process.Daemon, tmp_path: Path
) -> None:
    running.wait_for(process.is_idle)
    before = contents(library)
    _, hard = resource.prlimit(running.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (4000, hard))  # writes fail within a file
    write_book(comics / "more.cbz", seed=20, pages=5)
    running.wait_for(lambda status: status.state is DaemonState.BLOCKED and status.trouble)
    assert contents(library) == before
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (hard, hard))
    running.wait_for(lambda status: process.is_idle(status) and "more.cbz" in sources(library))
    assert running.stop() == 0
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


def test_a_term_signal_ends_it_with_0_and_its_status(library: Path, running: process.Daemon) -> None:
    running.wait_for(lambda status: status.pages)
    assert running.stop() == 0
    assert published(library) is None
    assert json.loads((library / STATUS_FILE).read_text())["state"] == "stopped"


def test_killed_it_takes_its_workers_along_and_is_known_to_be_gone(
    library: Path, running: process.Daemon
) -> None:
    running.wait_for(lambda status: status.workers)
    children = running.children()
    assert children
    running.kill()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert published(library) is None


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_as_if_nothing_had_happened(
    comics: Path, library: Path, tmp_path: Path
) -> None:
    moments = random.Random(1)
    for round_no in range(5):
        started = process.Daemon(library, comics)
        time.sleep(moments.uniform(1.5, 5.0))
        started.kill()
        write_book(comics / f"book {round_no % 3}.cbz", seed=30 + round_no, pages=4)
        write_book(comics / f"new {round_no}.cbz", seed=60 + round_no, pages=2)
    last = process.Daemon(library, comics)
    last.wait_for(lambda status: status.surveys > 1 and process.is_idle(status))
    assert last.stop() == 0
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")
