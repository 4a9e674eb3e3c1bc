"""A library gets another picture encoder, and is the old one until the new one is whole."""

import shutil
from dataclasses import replace
from pathlib import Path

import lancedb
import pytest

from indexer.care.backup import back_up
from indexer.care.migration import migrate
from indexer.care.report import verify_library
from indexer.care.restore import restore
from indexer.care.snapshots import take_snapshot
from indexer.elements.adding import Wanted, add_to_library
from indexer.elements.fitting import work_out
from indexer.elements.table import list_facts, read_found
from indexer.library.ledger import Ledger
from indexer.library.lock import writer_lock
from indexer.library.retyping import set_page_types
from indexer.running.reports import SilentProgress
from schemas.errors import LibraryBusyError, LibraryError, LibraryNotFoundError
from schemas.labels import BookStatus, PageType
from schemas.tables import (
    ASSETS,
    BOOKS,
    FORMAT_VERSION,
    MEASURED_SINCE,
    MEASURES,
    PAGES,
    PANELS,
    STORIES,
    LibraryFormat,
)
from tests.fakes import FakePictureEncoder
from tests.indexer.builders import Models, contents, rows, run_index, write_book
from tests.indexer.care.conftest import OPTIONS
from tests.indexer.care.harm import table_of
from tests.indexer.library.test_store import Killed


@pytest.fixture
def comics(comics: Path, tmp_path: Path) -> Path:
    shutil.copytree(comics, tmp_path / "comics", copy_function=shutil.copy2)
    return tmp_path / "comics"


@pytest.fixture
def library(comics: Path, tmp_path: Path) -> Path:
    run_index(comics, tmp_path / "library", options=OPTIONS)
    return tmp_path / "library"


def other() -> Models:
    return Models(picture_encoder=FakePictureEncoder(name="other", dim=32))


def dim_of(library: Path) -> int:
    stored = LibraryFormat.from_metadata(table_of(library, BOOKS).schema.metadata)
    return stored.picture_encoder.dim


def test_all_books_get_vectors_of_the_new_encoder_and_keep_all_else(library: Path) -> None:
    before = rows(library, PANELS)
    models = other()
    migrate(library, "other", load=models)
    after = rows(library, PANELS)
    assert dim_of(library) == 32
    assert {len(row["vector_picture"]) for row in after} == {32}  # type: ignore[arg-type]
    changed = {"vector_picture", "vector_fused", "ingest_rev"}
    assert [{k: v for k, v in row.items() if k not in changed} for row in after] == [
        {k: v for k, v in row.items() if k not in changed} for row in before
    ]
    assert models.reader.pages == 0, "no lettering is read again"
    assert verify_library(library, sample=0).findings == ()
    assert [path.name for path in sorted(library.parent.iterdir())] == ["comics", "library"]


def test_elements_are_worked_out_by_the_new_encoder_at_once(library: Path) -> None:
    shown = [str(row["panel_id"]) for row in rows(library, PANELS)]
    add_to_library(library, Wanted("harbour", tuple(shown[:3]), tuple(shown[-2:])))
    work_out(library, "harbour")
    migrate(library, "other", load=other())
    (facts,) = list_facts(library)
    assert (facts.name, len(facts.weights)) == ("harbour", 32)
    assert set(shown[:3]) <= set(read_found(library, "harbour")["panel_id"].to_pylist())
    assert verify_library(library, sample=0).findings == ()


def test_a_migrated_library_is_the_one_that_indexing_anew_makes(
    library: Path, comics: Path, tmp_path: Path
) -> None:
    migrate(library, "other", load=other())
    run_index(comics, tmp_path / "fresh", other(), options=OPTIONS)
    assert contents(library) == contents(tmp_path / "fresh")


def test_books_that_come_while_it_runs_are_in_it(library: Path, comics: Path) -> None:
    class Late(SilentProgress):
        done = 0

        def source_done(self, source: str, status: BookStatus, message: str | None) -> None:
            self.done += 1
            if self.done == 2:
                write_book(comics / "late.cbz", seed=55)
                run_index(comics, library, options=OPTIONS)

    migrate(library, "other", load=other(), progress=Late())
    assert len(rows(library, BOOKS)) == 4


def test_killed_it_goes_on_where_it_was_and_the_library_is_untouched(library: Path) -> None:
    class Dying(SilentProgress):
        def source_done(self, source: str, status: BookStatus, message: str | None) -> None:
            raise Killed

    before = contents(library)
    with pytest.raises(Killed):
        migrate(library, "other", load=other(), progress=Dying())
    assert contents(library) == before
    report = migrate(library, "other", load=other())
    assert report.unchanged == 3
    assert dim_of(library) == 32


def test_one_begun_for_another_encoder_is_begun_anew(library: Path) -> None:
    begun = library.with_name(".library.longbox-migrating")
    begun.mkdir()
    with Ledger.open(begun) as ledger:
        ledger.set_note("picture_encoder", "a third")
    (begun / "longbox.log").write_text("old")
    migrate(library, "other", load=other())
    assert not (library / "longbox.log").exists()


def test_a_book_whose_file_is_gone_stops_it_unless_it_may_be_left_out(library: Path, comics: Path) -> None:
    (comics / "book 1.cbz").unlink()
    before = contents(library)
    with pytest.raises(LibraryError, match=r"1 books are gone \(.*book 1\.cbz\).*--drop-missing"):
        migrate(library, "other", load=other())
    assert contents(library) == before
    migrate(library, "other", load=other(), drop_missing=True)
    assert len(rows(library, BOOKS)) == 2
    assert len(rows(library, ASSETS)) == 18


def test_a_book_that_cannot_be_read_any_more_stops_it(library: Path, comics: Path) -> None:
    (comics / "book 1.cbz").write_bytes(b"no comic any more")
    before = contents(library)
    with pytest.raises(LibraryError, match=r"1 books cannot be read any more \(.*book 1\.cbz\)"):
        migrate(library, "other", load=other())
    assert contents(library) == before


def test_snapshots_would_go_so_it_refuses(library: Path) -> None:
    take_snapshot(library, "first")
    with pytest.raises(LibraryError, match=r"has snapshots \(first\)"):
        migrate(library, "other", load=other())


def test_a_library_being_written_at_the_end_is_not_replaced(library: Path) -> None:
    before = contents(library)
    with writer_lock(library), pytest.raises(LibraryBusyError):
        migrate(library, "other", load=other())
    assert contents(library) == before
    migrate(library, "other", load=other())
    assert dim_of(library) == 32


def test_no_library_is_said(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFoundError):
        migrate(tmp_path / "none", "other", load=other())


def aged(library: Path, version: int = 3) -> None:
    """Make a library one of format 4, as before stories were kept, or 3: before panels were measured."""
    database = lancedb.connect(str(library))
    database.drop_table(STORIES)
    newer = (*LATER, *MEASURES) if version < MEASURED_SINCE else LATER
    for name in (ASSETS, BOOKS, PAGES, PANELS):
        rows = database.open_table(name).to_arrow()
        told = LibraryFormat.from_metadata(rows.schema.metadata)
        old = rows.drop_columns([column for column in newer if column in rows.schema.names])
        metadata = replace(told, format_version=version).to_metadata()
        old = old.replace_schema_metadata(metadata)
        database.create_table(name, old, mode="overwrite", on_bad_vectors="null")
    with Ledger.open(library) as ledger:
        ledger.drop_digests(ledger.digests())


LATER = ("story_count", "comic")


def format_of(library: Path) -> int:
    return LibraryFormat.from_metadata(table_of(library, BOOKS).schema.metadata).format_version


def test_an_older_library_is_measured_with_the_encoder_it_has(library: Path) -> None:
    measured = {row["panel_id"]: [row[name] for name in MEASURES] for row in rows(library, PANELS)}
    assert all(None not in values for values in measured.values())
    aged(library)
    assert format_of(library) == 3
    models = Models()
    migrate(library, load=models)
    assert format_of(library) == FORMAT_VERSION
    after = {row["panel_id"]: [row[name] for name in MEASURES] for row in rows(library, PANELS)}
    assert after == measured
    assert models.reader.pages == 0, "no lettering is read again"


def test_an_older_library_takes_further_books_in_its_own_format(comics: Path, library: Path) -> None:
    aged(library)
    write_book(comics / "further.cbz", seed=77)
    run_index(comics, library, options=OPTIONS)
    assert format_of(library) == 3
    assert "lightness" not in table_of(library, PANELS).schema.names
    assert len(rows(library, BOOKS)) > 1


def test_a_library_of_before_stories_is_kept_as_it_is_and_gets_them_by_migrating(
    comics: Path, library: Path, tmp_path: Path
) -> None:
    before = rows(library, STORIES)
    assert len(before) == len(rows(library, BOOKS))
    aged(library, 4)
    assert run_index(comics, library, options=OPTIONS).unchanged == 3
    assert not (library / "stories.lance").exists()
    page = str(rows(library, PAGES)[0]["page_id"])
    set_page_types(library, {page: PageType.ADVERTISEMENT})
    assert not verify_library(library, sample=0).findings
    back_up(library, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    assert run_index(comics, tmp_path / "restored", options=OPTIONS).unchanged == 3
    set_page_types(library, {page: None})
    migrate(library, load=Models())
    assert format_of(library) == FORMAT_VERSION
    assert rows(library, STORIES) == before
