"""A file that crashes, hangs or bloats its reader takes nothing with it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.daemon.tasks import TaskState
from indexer.library.status import library_status
from schemas.errors import ConfigError, DaemonError
from schemas.tables import BOOKS, PANELS
from tests.indexer.builders import contents, page_picture, png, rows, run_index, write_book, write_cbz
from tests.indexer.daemon.running import QUICK, daemon, die_at_once, load_nothing, load_traps

pytestmark = pytest.mark.slow


def write_trap(path: Path, kind: int) -> Path:
    picture = page_picture(kind)
    picture[0, 0] = np.array([kind, 2, 3], np.uint8)
    return write_cbz(path, [png(picture)])


@pytest.mark.parametrize(
    ("kind", "reason", "told"),
    [
        (1, "crashed", "died of SIGABRT"),
        (2, "timed-out", "no page in 2 s"),
        (3, "too-large-memory", "MB of memory"),
    ],
)
def test_a_bad_file_is_named_and_quarantined_and_the_others_are_read(
    tmp_path: Path, kind: int, reason: str, told: str
) -> None:
    comics, library = tmp_path / "comics", tmp_path / "library"
    write_trap(comics / "a trap.cbz", kind)
    write_book(comics / "sound.cbz", seed=1)
    settings = replace(QUICK, time_limit_s=2.0 if kind == 2 else 20.0, memory_limit_mb=1000)
    with daemon(comics, library, settings, load=load_traps) as running:
        running.wait_for(lambda: running.status.queue.get(TaskState.QUARANTINED) == 1)
        running.wait_until_idle()
    [failed] = library_status(library).failed
    assert (Path(failed.source).name, failed.reason, failed.attempts) == ("a trap.cbz", reason, QUICK.tries)
    assert failed.message is not None
    assert failed.message.startswith("a trap.cbz: ")
    assert told in failed.message
    run_index(comics / "sound.cbz", tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


def test_a_book_that_turns_into_a_trap_leaves_with_its_old_content(tmp_path: Path) -> None:
    comics, library = tmp_path / "comics", tmp_path / "library"
    write_book(comics / "book.cbz", seed=1)
    with daemon(comics, library, load=load_traps) as running:
        running.wait_until_idle()
        write_trap(comics / "book.cbz", 1)
        running.wait_for(lambda: running.status.queue.get(TaskState.QUARANTINED) == 1)
    assert rows(library, BOOKS) == rows(library, PANELS) == []


def test_models_that_cannot_be_had_end_the_daemon_in_their_own_words(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match="no such model"),
        daemon(tmp_path, tmp_path / "library", load=load_nothing) as running,
    ):
        running.wait_for(lambda: False)


def test_workers_that_die_while_loading_are_not_started_for_ever(tmp_path: Path) -> None:
    with (
        pytest.raises(DaemonError, match="3 workers in a row ended before they could read"),
        daemon(tmp_path, tmp_path / "library", load=die_at_once) as running,
    ):
        running.wait_for(lambda: False)


def test_idle_workers_end_and_come_back_with_the_next_book(tmp_path: Path) -> None:
    comics, library = tmp_path / "comics", tmp_path / "library"
    write_book(comics / "one.cbz", seed=1)
    with daemon(comics, library, replace(QUICK, rest_s=0.5)) as running:
        running.wait_until_idle()
        running.wait_for(lambda: not running.status.workers)
        write_book(comics / "two.cbz", seed=2)
        running.wait_for(lambda: len(rows(library, BOOKS)) == 2)
        running.wait_until_idle()
