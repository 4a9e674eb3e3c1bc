"""A library on object storage: everything that a local one can do, from several machines."""

from pathlib import Path

import pytest

from indexer.care.backup import back_up
from indexer.care.migration import migrate
from indexer.care.repair import repair
from indexer.care.report import verify_library
from indexer.care.restore import restore
from indexer.care.snapshots import delete_snapshot, list_snapshots, restore_snapshot, take_snapshot
from indexer.library.export import export_tables
from indexer.library.status import library_status
from indexer.remote.state import named
from schemas.errors import BackupError, LibraryError, LibraryFormatError, LibraryNotFoundError
from schemas.tables import BOOKS, PAGES, PANELS
from tests.indexer import builders
from tests.indexer.builders import Models, write_book
from tests.indexer.daemon.running import daemon
from tests.indexer.remote.machines import (
    OPTIONS,
    contents,
    index,
    machine,
    new_library,
    prefix_of,
    rows,
    titles,
)
from tests.object_store import BUCKET, SECRET_KEY, ObjectStore


def findings(uri: str) -> list[str]:
    return [found.message for found in verify_library(named(uri), sample=5).findings]


def test_it_holds_row_for_row_what_a_local_one_holds(uri: str, comics: Path, tmp_path: Path) -> None:
    index(comics, tmp_path / "local")
    assert contents(uri) == builders.contents(tmp_path / "local")


def test_tables_and_ledger_lie_on_the_store_and_the_lock_does_not(
    uri: str, s3: ObjectStore, comics: Path
) -> None:
    names = s3.names(prefix_of(uri))
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"books.lance", "pages.lance", "panels.lance", "assets.lance", "stories.lance"} | {
        "ledger.sqlite",
        "writers",
        "writers.lance",
    }
    index(comics, named(uri))
    local = {path.name for path in named(uri).iterdir()}
    assert {"store.json", "ledger.sqlite", "writer.lock"} <= local


def test_nothing_is_read_again_that_has_not_changed(uri: str, comics: Path) -> None:
    models = Models()
    report = index(comics, named(uri), models)
    assert (report.indexed, report.unchanged, models.loads) == (0, 2, 0)


def test_a_changed_book_takes_the_place_of_the_old_one(uri: str, comics: Path) -> None:
    write_book(comics / "book 1.cbz", seed=7, pages=3)
    report = index(comics, named(uri))
    assert (report.indexed, report.unchanged) == (1, 1)
    assert len(rows(uri, BOOKS)) == 2
    assert len(rows(uri, PAGES)) == 5
    assert findings(uri) == []


def test_another_machine_sees_what_the_first_one_wrote(uri: str, tmp_path: Path) -> None:
    with machine(tmp_path / "other"):
        status = library_status(named(uri))
        assert (status.books, status.is_settled, status.damage) == (2, True, None)
        assert str(status.library) == uri
        assert findings(uri) == []


def test_machines_take_turns_and_none_reads_again_what_another_has_read(
    uri: str, comics: Path, tmp_path: Path
) -> None:
    with machine(tmp_path / "other"):
        write_book(comics / "book 2.cbz", seed=2)
        report = index(comics, named(uri))
        assert (report.indexed, report.unchanged) == (1, 2)
    (comics / "book 0.cbz").unlink()
    report = index(comics, named(uri), scope=builders.Scope(prune=True))
    assert (report.indexed, report.unchanged, report.pruned) == (0, 2, 1)
    assert titles(uri) == ["book 1.cbz", "book 2.cbz"]
    with machine(tmp_path / "other"):
        assert index(comics, named(uri)).unchanged == 2
        assert findings(uri) == []


@pytest.mark.slow
def test_a_flipped_bit_is_found_and_mended(uri: str, s3: ObjectStore, comics: Path) -> None:
    prefix = prefix_of(uri)
    name = max(
        (name for name in s3.names(prefix) if name.startswith("assets.lance/data/")),
        key=lambda name: len(s3.read(f"{prefix}/{name}")),
    )
    data = bytearray(s3.read(f"{prefix}/{name}"))
    data[len(data) // 2] ^= 4
    s3.write(f"{prefix}/{name}", bytes(data))
    assert any(name in message for message in findings(uri))
    assert repair(named(uri), sample=0)
    index(comics, named(uri))
    assert findings(uri) == []


@pytest.mark.slow
def test_a_lost_table_is_made_anew(uri: str, s3: ObjectStore, comics: Path) -> None:
    before = contents(uri, (BOOKS, PAGES, PANELS))
    s3.files.delete_dir(f"{BUCKET}/{prefix_of(uri)}/pages.lance")
    with pytest.raises(LibraryFormatError, match="lost its table 'pages'"):
        verify_library(named(uri), sample=0)
    assert any("made the lost table pages anew" in line for line in repair(named(uri), sample=0))
    index(comics, named(uri))
    assert contents(uri, (BOOKS, PAGES, PANELS)) == before
    assert findings(uri) == []


def test_a_backup_goes_to_a_folder_and_back_to_another_place(uri: str, comics: Path, tmp_path: Path) -> None:
    report = back_up(named(uri), tmp_path / "backup")
    assert report.rows[BOOKS] == 2
    restore(tmp_path / "backup", tmp_path / "local")
    assert builders.contents(tmp_path / "local") == contents(uri)
    other = new_library()
    restore(tmp_path / "backup", named(other))
    assert contents(other) == contents(uri)
    assert findings(other) == []
    assert index(comics, named(other)).unchanged == 2
    assert back_up(named(other), tmp_path / "backup").copied <= 5  # manifests alone


@pytest.mark.slow
def test_a_table_that_cannot_be_opened_is_set_aside(uri: str, s3: ObjectStore, comics: Path) -> None:
    before = contents(uri, (BOOKS, PAGES, PANELS))
    versions = [name for name in s3.names(prefix_of(uri)) if name.startswith("pages.lance/_versions/")]
    for name in versions:
        s3.write(f"{prefix_of(uri)}/{name}", b"no manifest")
    assert any("aside as pages.damaged" in line for line in repair(named(uri), sample=0))
    assert any(name.startswith("pages.damaged/data/") for name in s3.names(prefix_of(uri)))
    index(comics, named(uri))
    assert contents(uri, (BOOKS, PAGES, PANELS)) == before
    assert findings(uri) == []


@pytest.mark.slow
def test_a_local_library_moves_to_the_store_by_a_backup(
    s3: ObjectStore, comics: Path, tmp_path: Path
) -> None:
    index(comics, tmp_path / "local")
    back_up(tmp_path / "local", tmp_path / "backup")
    moved = new_library()
    restore(tmp_path / "backup", named(moved))
    assert contents(moved) == builders.contents(tmp_path / "local")
    assert findings(moved) == []


def test_a_library_on_the_store_is_not_replaced_by_a_backup(uri: str, tmp_path: Path) -> None:
    back_up(named(uri), tmp_path / "backup")
    before = contents(uri)
    with pytest.raises(BackupError, match=rf"a library in {uri}.*restore into another prefix"):
        restore(tmp_path / "backup", named(uri))
    assert contents(uri) == before


def test_a_restoring_that_is_cut_short_leaves_no_library_and_can_be_repeated(
    uri: str, s3: ObjectStore, tmp_path: Path
) -> None:
    back_up(named(uri), tmp_path / "backup")
    other = new_library()
    puts = 0

    def fail(request):  # type: ignore[no-untyped-def]
        nonlocal puts
        puts += request.method == "PUT" and "/data/" in request.path
        return ("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>") if puts > 2 else None

    s3.intercept = fail
    with pytest.raises(LibraryError, match=other):
        restore(tmp_path / "backup", named(other))
    s3.intercept = None
    with pytest.raises(LibraryNotFoundError):
        verify_library(named(other), sample=0)
    restore(tmp_path / "backup", named(other))
    assert contents(other) == contents(uri)


def test_a_damaged_backup_never_reaches_the_store(uri: str, s3: ObjectStore, tmp_path: Path) -> None:
    back_up(named(uri), tmp_path / "backup")
    file = next((tmp_path / "backup" / "pages.lance" / "data").iterdir())
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    other = new_library()
    with pytest.raises(BackupError, match="not as it was written"):
        restore(tmp_path / "backup", named(other))
    assert s3.names(prefix_of(other)) == []


@pytest.mark.slow
def test_a_snapshot_is_known_to_all_machines_and_gone_back_to(uri: str, comics: Path, tmp_path: Path) -> None:
    before = contents(uri)
    take_snapshot(named(uri), "before")
    write_book(comics / "book 1.cbz", seed=9)
    index(comics, named(uri))
    assert contents(uri) != before
    with machine(tmp_path / "other"):
        assert [(found.name, found.books) for found in list_snapshots(named(uri))] == [("before", 2)]
        restore_snapshot(named(uri), "before")
        assert contents(uri) == before
        assert findings(uri) == []
    delete_snapshot(named(uri), "before")
    assert list_snapshots(named(uri)) == []


def test_a_migration_is_refused_with_the_way_out(uri: str) -> None:
    with pytest.raises(LibraryError, match=r"nothing is swapped.*longbox index --encoder other --library"):
        migrate(named(uri), "other")


def test_it_is_exported_as_a_local_one_is(uri: str, tmp_path: Path) -> None:
    assert export_tables(named(uri), tmp_path / "out", (BOOKS, PAGES)) == {BOOKS: 2, PAGES: 4}


@pytest.mark.slow
def test_a_daemon_keeps_it_up_to_date(s3: ObjectStore, comics: Path) -> None:
    uri = new_library()
    with daemon(comics, named(uri), options=OPTIONS) as running:
        running.wait_until_idle()
        assert titles(uri) == ["book 0.cbz", "book 1.cbz"]
        write_book(comics / "book 2.cbz", seed=2)
        running.wait_for(lambda: len(rows(uri, BOOKS)) == 3)
        running.wait_until_idle()
    assert findings(uri) == []


def test_a_place_that_holds_other_things_is_left_alone(s3: ObjectStore, comics: Path) -> None:
    uri = new_library()
    s3.write(f"{prefix_of(uri)}/holiday.jpg", b"sand")
    with pytest.raises(LibraryFormatError, match=f"{uri} holds other files"):
        index(comics, named(uri))
    assert s3.names(prefix_of(uri)) == ["holiday.jpg"]


def test_credentials_are_written_nowhere(uri: str, s3: ObjectStore) -> None:
    for path in named(uri).rglob("*"):
        assert not path.is_file() or SECRET_KEY.encode() not in path.read_bytes()
    assert all(
        SECRET_KEY.encode() not in s3.read(f"{prefix_of(uri)}/{name}") for name in s3.names(prefix_of(uri))
    )
