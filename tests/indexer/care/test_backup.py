"""A backup is the library at one moment; a restored one is that library again, or nothing changes."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import search
from indexer.care import backup as backups
from indexer.care import cli
from indexer.care.backup import BACKUP_FILE, back_up
from indexer.care.report import verify_library
from indexer.care.restore import restore
from indexer.library.ledger import LEDGER_FILE
from indexer.library.lock import writer_lock
from schemas.errors import BackupError, LibraryBusyError, LibraryFormatError, LibraryNotFoundError
from schemas.messages import SearchRequest
from schemas.tables import ASSETS, BOOKS, PAGES, PANELS, STORIES
from tests.indexer.builders import Models, contents, rows, run_index, write_book
from tests.indexer.care.conftest import OPTIONS
from tests.indexer.care.harm import book_ids, flip_a_bit, largest_file, table_of

ROOT = Path(__file__).resolve().parents[3]
WRITER = """
import sys
from pathlib import Path
from tests.indexer.builders import run_index, write_book
from tests.indexer.care.conftest import OPTIONS
folder = Path(sys.argv[1])
print("ready", flush=True)
for turn in range(1000):
    for seed in range(3):
        write_book(folder / "comics" / f"book {seed}.cbz", seed=1000 * turn + seed, pages=3)
    run_index(folder / "comics", folder / "library", options=OPTIONS)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_restored_library_is_the_same_row_for_row_and_finds_the_same(
    lamps_library: Path, tmp_path: Path
) -> None:
    back_up(lamps_library, tmp_path / "backup")
    rows_restored = restore(tmp_path / "backup", tmp_path / "new")
    assert rows_restored[BOOKS] == 3
    assert contents(tmp_path / "new") == contents(lamps_library)
    assert verify_library(tmp_path / "new", sample=5).findings == ()
    for asked in (SearchRequest(text="harbour cat"), SearchRequest(dialogue="hold the ladder")):
        with search.open(lamps_library) as before, search.open(tmp_path / "new") as after:
            found = [(hit.panel_id, hit.score) for hit in before.search(asked).hits]
            assert found
            assert [(hit.panel_id, hit.score) for hit in after.search(asked).hits] == found


def test_a_restored_library_is_up_to_date_and_goes_on(library: Path, comics: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "new")
    models = Models()
    assert run_index(comics, tmp_path / "new", models, options=OPTIONS).unchanged == 3
    assert models.loads == 0


def test_a_backup_brings_back_what_was_lost_since(library: Path, original: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    shutil.rmtree(library / "panels.lance")
    restore(tmp_path / "backup", library)
    assert contents(library) == contents(original / "library")
    assert names(tmp_path) == ["backup", "library"]


def test_a_second_backup_copies_only_what_is_new(library: Path, tmp_path: Path, comics: Path) -> None:
    first = back_up(library, tmp_path / "backup")
    assert (first.kept, first.rows) == (0, {BOOKS: 3, PAGES: 9, PANELS: 18, ASSETS: 27, STORIES: 3})
    again = back_up(library, tmp_path / "backup")
    assert (again.copied, again.kept) == (5, first.copied - 5)  # the manifests alone
    run_index(write_book(tmp_path / "more" / "new.cbz", seed=77), library, options=OPTIONS)
    third = back_up(library, tmp_path / "backup")
    assert third.rows[BOOKS] == 4
    assert third.kept > 0
    restore(tmp_path / "backup", tmp_path / "new")
    assert contents(tmp_path / "new") == contents(library)


def test_a_file_of_the_backup_that_rotted_is_copied_again(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    flip_a_bit(largest_file(tmp_path / "backup", ASSETS))
    back_up(library, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "new")
    assert contents(tmp_path / "new") == contents(library)


def test_a_backup_shares_no_file_with_the_library(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    before = contents(tmp_path / "backup")
    flip_a_bit(largest_file(library, ASSETS))
    assert contents(tmp_path / "backup") == before


@pytest.mark.slow
def test_a_backup_while_books_are_replaced_is_whole(tmp_path: Path) -> None:
    for seed in range(3):
        write_book(tmp_path / "comics" / f"book {seed}.cbz", seed=seed, pages=3)
    run_index(tmp_path / "comics", tmp_path / "library", options=OPTIONS)
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    seen = set()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        for turn in range(8):
            back_up(tmp_path / "library", tmp_path / "backup")
            restore(tmp_path / "backup", tmp_path / f"restored {turn}")
            seen.add(contents(tmp_path / f"restored {turn}"))
        assert writer.poll() is None
        writer.kill()
    assert len(seen) > 1  # books were replaced meanwhile
    for turn in range(8):
        restored = tmp_path / f"restored {turn}"
        assert verify_library(restored, sample=0).findings == ()
        assert {len(rows(restored, name)) for name in (BOOKS,)} == {3}
        run_index(tmp_path / "comics", restored, options=OPTIONS)
        current = {str(row["book_id"]) for row in rows(restored, BOOKS)}
        assert len(current) == 3
        assert {row["book_id"] for row in rows(restored, PANELS)} == current


def harmed(backup: Path, harm: str) -> Path:
    path = largest_file(backup, PANELS)
    if harm == "altered":
        flip_a_bit(path)
    elif harm == "truncated":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.unlink()
    return path


@pytest.mark.parametrize("harm", ["altered", "truncated", "missing"])
def test_a_damaged_backup_is_refused_by_the_name_of_its_file_and_nothing_changes(
    library: Path, tmp_path: Path, harm: str
) -> None:
    back_up(library, tmp_path / "backup")
    path = harmed(tmp_path / "backup", harm)
    before = contents(library)
    with pytest.raises(BackupError, match=path.name):
        restore(tmp_path / "backup", library)
    assert contents(library) == before
    assert names(tmp_path) == ["backup", "library"]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"version": 1, "files": {"a": {}}, "rows": {}}', '{"version": 1, "files": 3}']
)
def test_a_damaged_list_of_files_is_named(library: Path, tmp_path: Path, text: str) -> None:
    back_up(library, tmp_path / "backup")
    (tmp_path / "backup" / BACKUP_FILE).write_text(text)
    with pytest.raises(BackupError, match=rf"{BACKUP_FILE} is damaged"):
        restore(tmp_path / "backup", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_backup_that_names_files_elsewhere_is_refused(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    listed = json.loads((tmp_path / "backup" / BACKUP_FILE).read_text())
    listed["files"]["../../evil"] = {"size_bytes": 1, "sha256": "00"}
    (tmp_path / "backup" / BACKUP_FILE).write_text(json.dumps(listed))
    with pytest.raises(BackupError, match="outside"):
        restore(tmp_path / "backup", tmp_path / "new")


def test_a_backup_of_a_newer_longbox_says_so(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    (tmp_path / "backup" / BACKUP_FILE).write_text('{"version": 99}')
    with pytest.raises(BackupError, match="upgrade"):
        restore(tmp_path / "backup", tmp_path / "new")


def test_a_damaged_library_is_not_backed_up_over_a_good_backup(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    before = contents(tmp_path / "backup")
    shutil.rmtree(tmp_path / "other", ignore_errors=True)
    path = largest_file(library, PANELS)
    flip_a_bit(path)
    with pytest.raises(BackupError, match=path.name):
        back_up(library, tmp_path / "other")
    assert contents(tmp_path / "backup") == before
    assert names(tmp_path) == ["backup", "library"]


@pytest.mark.parametrize("place", ["library", "library/backup", "."])
def test_a_backup_in_the_library_or_around_it_is_refused(library: Path, tmp_path: Path, place: str) -> None:
    before = contents(library)
    with pytest.raises(BackupError, match="lie in each other"):
        back_up(library, tmp_path / place)
    assert contents(library) == before


def test_folders_that_hold_something_else_are_refused_and_left_alone(library: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    with pytest.raises(BackupError, match="holds other files"):
        back_up(library, other)
    back_up(library, tmp_path / "backup")
    with pytest.raises(BackupError, match=r"letter\.txt"):
        restore(tmp_path / "backup", other)
    (library / "notes.txt").write_text("mine")
    with pytest.raises(BackupError, match=r"notes\.txt"):
        restore(tmp_path / "backup", library)
    assert (other / "letter.txt").read_text() == "dear"
    with pytest.raises(BackupError, match="is a file"):
        back_up(library, other / "letter.txt")
    with pytest.raises(BackupError, match="is a file"):
        restore(tmp_path / "backup", other / "letter.txt")


def test_what_is_no_library_and_what_is_no_backup_is_said(library: Path, tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFoundError):
        back_up(tmp_path / "nowhere", tmp_path / "backup")
    with pytest.raises(BackupError, match="no backup"):
        restore(tmp_path / "nowhere", library)
    (library / LEDGER_FILE).unlink()
    with pytest.raises(LibraryFormatError, match="lost its ledger"):
        back_up(library, tmp_path / "backup")
    assert names(tmp_path) == ["library"]


def test_a_library_being_written_is_not_replaced(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    with writer_lock(library), pytest.raises(LibraryBusyError):
        restore(tmp_path / "backup", library)


def test_a_full_disk_leaves_the_older_backup(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(library, tmp_path / "backup")
    before = contents(tmp_path / "backup")
    run_index(write_book(tmp_path / "more" / "new.cbz", seed=77), library, options=OPTIONS)

    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(backups, "copy_file", full)
    with pytest.raises(BackupError, match="the disk is full; what was there is untouched"):
        back_up(library, tmp_path / "backup")
    assert contents(tmp_path / "backup") == before
    assert names(tmp_path) == ["backup", "library", "more"]


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[None]:
    """Go on as a user that may not write what root made."""
    if os.geteuid() != 0:
        pytest.skip("only root can become someone else")
    for folder in (tmp_path, *list(tmp_path.parents)[:-1]):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_a_folder_that_may_not_be_written_is_said(library: Path, tmp_path: Path, nobody: None) -> None:
    with pytest.raises(BackupError, match=r"cannot write .*Permission denied"):
        back_up(library, tmp_path / "backup")


def test_a_library_that_may_not_be_written_is_verified(library: Path, nobody: None) -> None:
    assert verify_library(library, sample=0).findings == ()


def test_a_backup_is_itself_a_library(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    assert verify_library(tmp_path / "backup", sample=0).findings == ()


def test_a_restore_that_was_killed_between_two_renames_is_put_right_by_the_next(
    library: Path, tmp_path: Path
) -> None:
    back_up(library, tmp_path / "backup")
    (tmp_path / "backup").rename(tmp_path / ".backup.longbox-old")
    (tmp_path / ".backup.longbox-new").mkdir()
    (tmp_path / ".backup.longbox-new" / "half").write_text("x")
    assert back_up(library, tmp_path / "backup").rows[BOOKS] == 3
    assert names(tmp_path) == ["backup", "library"]


def test_sources_that_came_after_the_tables_were_pinned_are_looked_at_again(
    library: Path, comics: Path, tmp_path: Path
) -> None:
    table_of(library, BOOKS).delete(f"book_id = '{book_ids(library)[0]}'")
    back_up(library, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "new")
    assert run_index(comics, tmp_path / "new", options=OPTIONS).indexed == 1
    assert verify_library(tmp_path / "new", sample=0).findings == ()


def test_the_commands_say_what_they_did(library: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(cli.backup, [str(tmp_path / "backup"), "--library", str(library)])
    assert "3 books, 9 pages, 18 panels, 27 assets" in told.output
    told = CliRunner().invoke(
        cli.restore, [str(tmp_path / "backup"), "--library", str(tmp_path / "new"), "--json"]
    )
    assert json.loads(told.output)["rows"][BOOKS] == 3
    told = CliRunner().invoke(cli.backup, [str(tmp_path / "backup"), "--library", str(library), "--json"])
    assert json.loads(told.output)["kept"] > 0
    told = CliRunner().invoke(cli.restore, [str(tmp_path / "backup"), "--library", str(library)])
    assert "3 books" in told.output
