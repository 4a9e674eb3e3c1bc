"""The daemon keeps a library in step with its folders, and ends with what ``index`` makes."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.daemon.control import Wish, ask
from indexer.daemon.status import DaemonState, published
from indexer.daemon.tasks import TaskState
from indexer.library.ledger import Ledger
from indexer.library.status import library_status
from schemas.tables import BOOKS, PANELS
from tests.indexer.builders import comic_info, contents, rows, run_index, write_book
from tests.indexer.daemon.running import QUICK, daemon, load_deaf, load_slow


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    folder = tmp_path / "comics"
    write_book(folder / "one.cbz", seed=1, pages=3)
    write_book(folder / "two.cbz", seed=2, files=comic_info(Series="Moon", Number="4", Year="1987"))
    shutil.copy(folder / "two.cbz", folder / "two again.cbz")
    (folder / "bad.cbz").write_bytes(b"no book at all")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


def sources(library: Path) -> dict[str, str]:
    return {Path(str(row["source"])).name: str(row["status"]) for row in rows(library, BOOKS)}


def test_what_it_takes_in_equals_an_index_row_for_row(comics: Path, library: Path, tmp_path: Path) -> None:
    with daemon(comics, library) as running:
        running.wait_until_idle()
        write_book(comics / "three.cbz", seed=3, pages=4)
        running.wait_for(lambda: "three.cbz" in sources(library))
        write_book(comics / "one.cbz", seed=9, pages=1)
        running.wait_until_idle()
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")
    again = run_index(comics, library)
    assert (again.indexed, again.unchanged) == (0, 4)


def test_books_are_searchable_by_picture_before_they_are_read(
    comics: Path, library: Path, tmp_path: Path
) -> None:
    """Workers that hang on lettering: the pictures are there all the same."""
    with daemon(comics / "one.cbz", library, load=load_deaf) as running:
        running.wait_for(lambda: running.status.books == 1)
        panels = rows(library, PANELS)
        assert len(panels) == 6
        assert all(row["vector_picture"] is not None and row["text"] == "" for row in panels)


def test_a_renamed_book_keeps_its_rows_unread(comics: Path, library: Path, tmp_path: Path) -> None:
    with daemon(comics, library) as running:
        running.wait_until_idle()
        books = running.status.books
        (comics / "deep").mkdir()
        (comics / "one.cbz").rename(comics / "deep" / "Star Frogs 012 (1951).cbz")
        running.wait_for(lambda: "Star Frogs 012 (1951).cbz" in sources(library))
        running.wait_until_idle()
        assert running.status.books == books
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")
    assert library_status(library).missing == ()


def test_a_deleted_book_is_missing_after_its_grace_and_comes_back_unread(comics: Path, library: Path) -> None:
    with daemon(comics, library, replace(QUICK, grace_s=2.0)) as running:
        running.wait_until_idle()
        before, books = contents(library), running.status.books
        (comics / "one.cbz").rename(comics.parent / "away")
        running.wait_until_idle()
        assert contents(library) == before
        running.wait_for(lambda: sources(library)["one.cbz"] == "missing")
        (comics.parent / "away").rename(comics / "one.cbz")
        running.wait_for(lambda: sources(library)["one.cbz"] == "ready")
        assert running.status.books == books
    assert contents(library) == before


def test_missing_books_are_taken_out_only_when_asked(comics: Path, library: Path) -> None:
    with daemon(comics, library, replace(QUICK, prune=True)) as running:
        running.wait_until_idle()
        (comics / "one.cbz").unlink()
        running.wait_for(lambda: "one.cbz" not in sources(library))
        assert sources(library) == {"two again.cbz": "ready"}


def test_a_folder_that_goes_away_or_is_suddenly_empty_loses_nothing(comics: Path, library: Path) -> None:
    with daemon(comics, library, replace(QUICK, prune=True)) as running:
        running.wait_until_idle()
        before = contents(library)
        comics.rename(comics.parent / "unplugged")
        running.wait_for(lambda: running.status.away)
        assert "is not there" in running.status.away[0]
        comics.mkdir()
        running.wait_for(lambda: running.status.away and "lost 3 books at once" in running.status.away[0])
        running.wait_until_idle()
        assert contents(library) == before
        comics.rmdir()
        (comics.parent / "unplugged").rename(comics)
        running.wait_for(lambda: not running.status.away)
        running.wait_until_idle()
        assert contents(library) == before
        write_book(comics / "late.cbz", seed=8)
        running.wait_for(lambda: "late.cbz" in sources(library))


def test_a_folder_that_is_not_yet_there_is_waited_for(library: Path, tmp_path: Path) -> None:
    with daemon(tmp_path / "later", library, replace(QUICK, survey_s=0.5)) as running:
        running.wait_for(lambda: running.status.away)
        write_book(tmp_path / "later" / "one.cbz", seed=1)
        running.wait_for(lambda: running.status.books == 2)
    assert sources(library) == {"one.cbz": "ready"}


def test_events_bring_news_long_before_the_next_survey(comics: Path, library: Path) -> None:
    with daemon(comics, library, replace(QUICK, survey_s=3600.0)) as running:
        running.wait_for(lambda: running.status.state is DaemonState.IDLE)
        write_book(comics / "three.cbz", seed=3)
        running.wait_for(lambda: "three.cbz" in sources(library), patience_s=20.0)


def test_a_file_that_still_grows_is_not_read_half(library: Path, tmp_path: Path) -> None:
    whole = write_book(tmp_path / "whole.cbz", seed=4, pages=6).read_bytes()
    growing = tmp_path / "comics" / "book.cbz"
    growing.parent.mkdir()
    with daemon(growing.parent, library, replace(QUICK, settle_s=1.0)) as running:
        running.wait_for(lambda: running.status.surveys)
        for end in range(0, len(whole) + 1, len(whole) // 8):
            growing.write_bytes(whole[:end])
            time.sleep(0.3)
        growing.write_bytes(whole)
        running.wait_for(lambda: running.status.books == 2)
        assert running.status.failures == 0
    run_index(growing.parent, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


def test_what_an_index_left_as_failed_is_left_alone_until_asked_for(comics: Path, library: Path) -> None:
    run_index(comics, library)
    with daemon(comics, library) as running:
        running.wait_until_idle()
        assert running.status.failures == running.status.books == 0
        ask(library, Wish.RETRY)
        running.wait_for(lambda: running.status.failures)


def test_a_file_that_changes_while_it_is_read_is_read_again(library: Path, tmp_path: Path) -> None:
    book = write_book(tmp_path / "comics" / "book.cbz", seed=4, pages=6)
    with daemon(book.parent, library, load=load_slow) as running:
        running.wait_for(lambda: running.status.pages == 2)
        write_book(book, seed=5, pages=2)
        running.wait_until_idle()
        assert (running.status.books, running.status.failures) == (2, 0)
    run_index(book.parent, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


def test_a_pause_holds_over_a_restart_until_it_is_taken_back(comics: Path, library: Path) -> None:
    with daemon(comics, library) as running:
        running.wait_until_idle()
        ask(library, Wish.PAUSE)
        running.wait_for(lambda: running.status.state is DaemonState.PAUSED)
    with daemon(comics, library) as running:
        write_book(comics / "three.cbz", seed=3)
        running.wait_for(lambda: running.status.queue.get(TaskState.WAITING) == 1)
        running.wait_for(lambda: running.status.state is DaemonState.PAUSED)
        ask(library, Wish.PAUSE, wanted=False)
        running.wait_for(lambda: "three.cbz" in sources(library))


def test_a_stop_that_is_asked_for_ends_one_daemon_and_not_the_next(comics: Path, library: Path) -> None:
    with daemon(comics, library) as running:
        running.wait_until_idle()
        ask(library, Wish.STOP)
        running.wait_for(lambda: running.status.state is DaemonState.STOPPED)
    assert published(library) is None
    with daemon(comics, library) as running:
        running.wait_until_idle()


def test_what_failed_is_tried_again_quarantined_and_released(comics: Path, library: Path) -> None:
    def attempts() -> int:
        with Ledger.open_read_only(library) as ledger:
            return max([entry.attempts for entry in ledger.entries() if entry.source.endswith("bad.cbz")])

    with daemon(comics, library) as running:
        running.wait_for(lambda: running.status.queue.get(TaskState.QUARANTINED) == 1)
        running.wait_until_idle()
        assert attempts() == QUICK.tries
        ask(library, Wish.RETRY)
        running.wait_for(lambda: attempts() == 2 * QUICK.tries)
        write_book(comics / "bad.cbz", seed=7)
        running.wait_for(lambda: "bad.cbz" in sources(library))
        running.wait_until_idle()
        assert running.status.queue[TaskState.QUARANTINED] == 0
    assert library_status(library).failed == ()
