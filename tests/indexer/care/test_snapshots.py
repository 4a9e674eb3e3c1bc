"""Moments of a library have names, and it can go back to them."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.care import cli, snapshots
from indexer.care.report import verify_library
from indexer.care.sealing import current_files
from indexer.care.snapshots import delete_snapshot, list_snapshots, restore_snapshot, take_snapshot
from indexer.library.ledger import Ledger
from indexer.library.lock import writer_lock
from indexer.library.upkeep import optimize
from schemas.errors import BackupError, LibraryBusyError, LibraryError, LibraryNotFoundError
from schemas.tables import ASSETS, BOOKS, PANELS
from tests.indexer.builders import KEYS, Models, contents, run_index, write_book
from tests.indexer.care.conftest import OPTIONS
from tests.indexer.care.harm import flip_a_bit, table_of
from tests.indexer.library.test_store import Killed


@pytest.fixture
def comics(comics: Path, tmp_path: Path) -> Path:
    shutil.copytree(comics, tmp_path / "comics", copy_function=shutil.copy2)
    return tmp_path / "comics"


def change(comics: Path, library: Path) -> None:
    """Replace a book, add one, and forget everything old as soon as it may be forgotten."""
    write_book(comics / "book 0.cbz", seed=90, pages=2)
    write_book(comics / "new.cbz", seed=91)
    run_index(comics, library, options=OPTIONS)
    age(library)
    for name in KEYS:
        optimize(table_of(library, name), timedelta(minutes=1))


def age(library: Path) -> None:
    """Make all files look two hours old."""
    for path in library.rglob("*.*"):
        told = path.stat()
        os.utime(path, ns=(told.st_atime_ns - 7_200 * 10**9, told.st_mtime_ns - 7_200 * 10**9))


def test_a_library_goes_back_to_a_snapshot_and_on_from_there(
    library: Path, comics: Path, original: Path
) -> None:
    run_index(comics, library, options=OPTIONS)
    before = contents(library)
    take_snapshot(library, "first")
    change(comics, library)
    after = contents(library)
    assert after != before
    restore_snapshot(library, "first")
    assert contents(library) == before
    assert verify_library(library, sample=0).findings == ()
    models = Models()
    assert run_index(comics, library, models, options=OPTIONS).indexed == 2
    assert models.reader.pages == 0, "lettering read after the snapshot is remembered"
    assert contents(library) == after


def test_old_versions_go_although_there_is_a_snapshot_and_with_it_once_it_is_deleted(
    library: Path, comics: Path
) -> None:
    take_snapshot(library, "first")
    for _ in range(3):
        change(comics, library)
    for name in KEYS:
        assert len(table_of(library, name).list_versions()) <= 2
    assert {index.num_unindexed_rows for index in table_of(library, PANELS).list_indices()} == {0}
    delete_snapshot(library, "first")
    age(library)
    size = sum(path.stat().st_size for path in library.rglob("*.lance"))
    for name in KEYS:
        optimize(table_of(library, name), timedelta(milliseconds=1))
    assert sum(path.stat().st_size for path in library.rglob("*.lance")) <= size
    assert verify_library(library, sample=0).findings == ()
    assert list_snapshots(library) == []


def test_a_snapshot_survives_upkeep(library: Path, comics: Path) -> None:
    take_snapshot(library, "first")
    before = table_of(library, ASSETS).to_arrow()
    change(comics, library)
    pinned = table_of(library, ASSETS)
    pinned.checkout("first")
    assert pinned.to_arrow().equals(before)


def test_snapshots_are_listed_the_latest_first(library: Path, comics: Path) -> None:
    take_snapshot(library, "b")
    change(comics, library)
    take_snapshot(library, "a")
    assert [(found.name, found.books) for found in list_snapshots(library)] == [("a", 5), ("b", 3)]


@pytest.mark.parametrize("name", ["", "a/b", "..", "a..b", ".a", "a.", "ä", "a.lock", "x" * 65, "a\n"])
def test_what_is_no_name_is_refused(library: Path, name: str) -> None:
    with pytest.raises(BackupError, match="no name for a snapshot"):
        take_snapshot(library, name)
    assert list_snapshots(library) == []


def test_a_name_is_given_once_and_an_unknown_one_is_answered_with_the_known(library: Path) -> None:
    take_snapshot(library, "first")
    with pytest.raises(BackupError, match="already"):
        take_snapshot(library, "first")
    for action in (restore_snapshot, delete_snapshot):
        with pytest.raises(BackupError, match=r"no snapshot 'second'; there are: first"):
            action(library, "second")


@pytest.mark.parametrize("action", [list_snapshots, lambda path: take_snapshot(path, "a")])
def test_no_library_is_said_and_none_is_made(tmp_path: Path, action: Callable[[Path], object]) -> None:
    with pytest.raises(LibraryNotFoundError):
        action(tmp_path)
    with pytest.raises(LibraryNotFoundError):
        restore_snapshot(tmp_path, "a")
    assert list(tmp_path.iterdir()) == []


def test_a_library_being_written_is_named_but_not_brought_back(library: Path) -> None:
    with writer_lock(library):
        take_snapshot(library, "first")
        with pytest.raises(LibraryBusyError):
            restore_snapshot(library, "first")


def test_a_snapshot_that_failed_leaves_no_tags(library: Path) -> None:
    (library / snapshots.FOLDER).write_text("in the way")
    with pytest.raises(LibraryError, match="cannot write"):
        take_snapshot(library, "first")
    assert all(table_of(library, name).tags.list() == {} for name in KEYS)


def test_a_snapshot_that_was_cut_short_can_only_be_deleted(library: Path) -> None:
    table_of(library, BOOKS).tags.create("half", 1)
    [found] = list_snapshots(library)
    assert not found.is_complete
    with pytest.raises(BackupError, match="cut short"):
        restore_snapshot(library, "half")
    delete_snapshot(library, "half")
    assert list_snapshots(library) == []


def test_killed_while_going_back_the_next_run_reads_what_differs(
    library: Path, comics: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_snapshot(library, "first")
    change(comics, library)

    def killed(*arguments: object) -> None:
        raise Killed

    monkeypatch.setattr(Ledger, "take_over", killed)
    with pytest.raises(Killed):
        restore_snapshot(library, "first")
    monkeypatch.undo()
    run_index(comics, library, options=OPTIONS)
    run_index(comics, tmp_path / "fresh", options=OPTIONS)
    assert verify_library(library, sample=0).findings == ()
    fresh, healed = (json.loads(contents(folder)) for folder in (tmp_path / "fresh", library))
    ids = {row["book_id"] for row in fresh[BOOKS]}
    assert {row["book_id"] for row in healed[BOOKS]} >= ids


def test_damage_that_only_a_snapshot_feels_is_told_with_its_name(library: Path, comics: Path) -> None:
    take_snapshot(library, "first")
    change(comics, library)
    [harmed, *_] = (path for path, snapshot in current_files(library).items() if snapshot and "data" in path)
    flip_a_bit(library / harmed)
    messages = [finding.message for finding in verify_library(library, sample=0).findings]
    assert any("snapshot --delete first" in message for message in messages)


def test_the_command_does_one_thing_at_a_time(library: Path, comics: Path) -> None:
    def call(*options: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.snapshot, ["--library", str(library), *options])
        return result.exit_code, result.output

    assert call("--list") == (0, "no snapshots\n")
    assert call()[0] == 2
    assert call("--list", "--name", "x")[0] == 2
    assert call("--name", "first")[1].startswith("first: ")
    change(comics, library)
    assert "as it was at the snapshot 'first'" in call("--restore", "first")[1]
    told = json.loads(call("--list", "--json")[1])
    assert (told["snapshots"][0]["name"], told["snapshots"][0]["books"]) == ("first", 3)
    assert call("--delete", "first") == (0, "no snapshots\n")
