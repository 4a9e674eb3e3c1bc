"""Folders that are added and taken away while the daemon runs, and how far each is."""

from pathlib import Path

from indexer.daemon.control import Wish, ask, open_wishes, unwatch_folder, watch_folder, watched_folders
from indexer.daemon.progress import FolderProgress, progress_below
from indexer.daemon.queue import TaskQueue
from indexer.daemon.tasks import Aim
from indexer.library.ledger import Ledger
from indexer.running.survey import Source
from tests.indexer.builders import write_book
from tests.indexer.daemon.running import daemon


def is_answered(library: Path) -> bool:
    with TaskQueue.open(library) as queue:
        return Wish.SURVEY not in queue.wishes()


def sources(library: Path) -> set[str]:
    with Ledger.open_read_only(library) as ledger:
        return {Path(entry.source).name for entry in ledger.entries()}


def test_folder_added_while_the_daemon_runs_is_read_and_survives_a_restart(tmp_path):
    first, second, library = tmp_path / "first", tmp_path / "second", tmp_path / "library"
    write_book(first / "one.cbz", seed=1)
    write_book(second / "two.cbz", seed=2)
    with daemon(first, library) as running:
        running.wait_until_idle()
        watch_folder(library, second)
        running.wait_for(lambda: str(second) in running.status.watched)
        running.wait_for(lambda: is_answered(library) and progress_below(library, second).is_over)
        assert progress_below(library, second) == FolderProgress(total=1, done=1)
        assert sources(library) == {"one.cbz", "two.cbz"}
    with daemon(first, library) as running:
        running.wait_until_idle()
        assert running.status.watched == (str(first), str(second))
        write_book(second / "three.cbz", seed=3)
        running.wait_until_idle()
        unwatch_folder(library, second)
        running.wait_for(lambda: str(second) not in running.status.watched)
        write_book(second / "four.cbz", seed=4)
        running.wait_until_idle()
        assert sources(library) == {"one.cbz", "two.cbz", "three.cbz"}
    assert watched_folders(library) == ()


def test_wish_for_a_survey_is_taken_back_once_its_findings_are_in_the_queue(tmp_path):
    comics, library = tmp_path / "comics", tmp_path / "library"
    write_book(comics / "one.cbz", seed=1)
    with daemon(comics, library) as running:
        running.wait_until_idle()
        surveys = running.status.surveys
        write_book(comics / "two.cbz", seed=2)
        ask(library, Wish.SURVEY)
        running.wait_for(lambda: is_answered(library))
        assert running.status.surveys > surveys
        assert progress_below(library, comics).total == 2


def test_progress_counts_the_books_below_a_folder_and_no_neighbours(tmp_path):
    paths = [tmp_path / name for name in ("a/one.cbz", "a/deep/two.cbz", "ab/three.cbz", "a.cbz")]
    with TaskQueue.open(tmp_path) as queue:
        queue.enter([(Source(path, str(path), 1, 1), Aim.PICTURES) for path in paths])
    assert progress_below(tmp_path, tmp_path / "a") == FolderProgress(total=2, waiting=2)
    assert progress_below(tmp_path, None).total == 4
    assert progress_below(tmp_path, tmp_path / "a.cbz").total == 1
    unwatch_folder(tmp_path, tmp_path / "a")
    assert progress_below(tmp_path, None).total == 2


def test_queue_of_an_older_longbox_has_no_folders(tmp_path):
    with TaskQueue.open(tmp_path) as queue:
        queue._query("DROP TABLE folders")
    assert watched_folders(tmp_path) == ()
    assert open_wishes(tmp_path) == frozenset()


def test_library_without_a_queue_has_no_progress(tmp_path):
    assert progress_below(tmp_path, None) == FolderProgress()
    assert watched_folders(tmp_path) == ()
