"""Whole runs on small books: what is read, what is left alone, what moves, what goes."""

import os
import shutil
import zipfile
from pathlib import Path
from typing import NoReturn

import pytest

from indexer.library.journal import LOG_FILE
from indexer.library.ledger import LEDGER_FILE
from indexer.library.lock import writer_lock
from indexer.library.status import library_status
from indexer.running.indexing import Scope, remembered_options
from schemas.config import ContainerLimits, IndexOptions
from schemas.errors import (
    BackendUnavailableError,
    EncoderMismatchError,
    LibraryBusyError,
    LibraryError,
    LibraryFormatError,
)
from schemas.labels import BookStatus
from schemas.tables import ASSETS, BOOKS, PAGES, PANELS
from tests.fakes import FakePictureEncoder, FakeTextReader
from tests.indexer.builders import (
    OPTIONS,
    BrokenDetector,
    Models,
    comic_info,
    contents,
    page_picture,
    png,
    rows,
    run_index,
    write_book,
    write_cbz,
)


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    folder = tmp_path / "comics"
    write_book(folder / "one.cbz", seed=1, pages=3)
    write_book(folder / "two.cbz", seed=2, files=comic_info(Series="Moon", Number="4", Year="1987"))
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


def sources(library: Path) -> dict[str, str]:
    return {Path(str(row["source"])).name: str(row["status"]) for row in rows(library, BOOKS)}


def test_books_pages_panels_and_thumbnails_are_stored_with_their_facets(comics: Path, library: Path) -> None:
    report = run_index(comics, library)
    assert (report.indexed, report.pages, report.panels) == (2, 5, 10)
    book = next(row for row in rows(library, BOOKS) if row["series"] == "Moon")
    assert (book["title"], book["number"], book["year"], book["status"]) == ("Moon #4", "4", 1987, "ready")
    assert (book["page_count"], book["panel_count"]) == (2, 4)
    panels = [row for row in rows(library, PANELS) if row["book_id"] == book["book_id"]]
    assert [row["panel_id"] for row in panels] == [
        f"{book['book_id']}/0000{page}#0{panel}" for page in (1, 2) for panel in (1, 2)
    ]
    assert {row["series"] for row in panels} == {"Moon"}
    assert panels[0]["text"] == "It was a dark\nand stormy night"
    assert panels[0]["has_text"] is True
    assert panels[0]["vector_text"] is not None
    assert (panels[1]["text"], panels[1]["vector_text"]) == ("", None)
    assert len(rows(library, ASSETS)) == 5 + 10


def test_a_second_run_reads_and_loads_nothing(comics: Path, library: Path) -> None:
    run_index(comics, library)
    before, models = contents(library), Models()
    report = run_index(comics, library, models)
    assert (report.indexed, report.unchanged, models.loads, models.detector.pages) == (0, 2, 0, 0)
    assert contents(library) == before


def test_no_picture_is_ever_read_twice(comics: Path, library: Path) -> None:
    models = Models()
    run_index(comics, library, models)
    assert models.reader.pages == 5
    run_index(comics, library, models, options=IndexOptions(workers=2, direction="rtl"))
    assert models.reader.pages == 5
    assert models.detector.pages == 10


def test_a_changed_book_replaces_its_former_content_whole(
    comics: Path, library: Path, tmp_path: Path
) -> None:
    run_index(comics, library)
    write_book(comics / "one.cbz", seed=9, pages=1)
    report = run_index(comics, library)
    assert (report.indexed, report.unchanged) == (1, 1)
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


def test_a_renamed_book_keeps_its_rows_unread(comics: Path, library: Path, tmp_path: Path) -> None:
    run_index(comics, library)
    (comics / "deep").mkdir()
    (comics / "two.cbz").rename(comics / "deep" / "two again.cbz")
    models = Models()
    report = run_index(comics, library, models)
    assert (report.indexed, report.unchanged, models.detector.pages) == (0, 2, 0)
    assert report.missing == ()
    assert run_index(comics, library, models).missing == library_status(library).missing == ()
    assert sources(library) == {"one.cbz": "ready", "two again.cbz": "ready"}
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


def test_a_rename_that_changes_what_the_name_says_changes_titles_and_facets(
    comics: Path, library: Path, tmp_path: Path
) -> None:
    run_index(comics, library)
    (comics / "one.cbz").rename(comics / "Star Frogs 012 (1951).cbz")
    models = Models()
    run_index(comics, library, models)
    assert models.detector.pages == 0
    assert {row["series"] for row in rows(library, PANELS)} == {"Star Frogs", "Moon"}
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


def test_two_files_of_one_content_are_one_book_under_the_first_name(comics: Path, library: Path) -> None:
    shutil.copy(comics / "one.cbz", comics / "a copy.cbz")
    report = run_index(comics, library)
    assert (report.indexed, report.unchanged) == (2, 1)
    assert sources(library) == {"a copy.cbz": "ready", "two.cbz": "ready"}
    (comics / "a copy.cbz").unlink()
    run_index(comics, library)
    assert sources(library) == {"one.cbz": "ready", "two.cbz": "ready"}


def test_a_changed_twin_leaves_the_other_its_book(comics: Path, library: Path) -> None:
    shutil.copy(comics / "one.cbz", comics / "copy.cbz")
    run_index(comics, library)
    write_book(comics / "copy.cbz", seed=7)
    run_index(comics, library)
    assert sources(library) == {"copy.cbz": "ready", "one.cbz": "ready", "two.cbz": "ready"}


def test_a_vanished_book_stays_searchable_as_missing_until_it_is_pruned(comics: Path, library: Path) -> None:
    run_index(comics, library)
    (comics / "one.cbz").unlink()
    report = run_index(comics, library)
    assert [Path(entry.source).name for entry in report.missing] == ["one.cbz"]
    assert sources(library) == {"one.cbz": "missing", "two.cbz": "ready"}
    assert len(rows(library, PANELS)) == 10
    assert run_index(comics, library, scope=Scope(prune=True)).pruned == 1
    assert sources(library) == {"two.cbz": "ready"}
    assert len(rows(library, PANELS)) == 4
    assert library_status(library).sources[BookStatus.MISSING] == 0


def test_a_book_that_comes_back_is_ready_again_without_being_read(comics: Path, library: Path) -> None:
    run_index(comics, library)
    before = contents(library)
    (comics / "one.cbz").rename(comics.parent / "away")
    run_index(comics, library)
    (comics.parent / "away").rename(comics / "one.cbz")
    models = Models()
    run_index(comics, library, models)
    assert models.detector.pages == 0
    assert contents(library) == before


def test_a_vanished_root_touches_nothing(comics: Path, library: Path) -> None:
    run_index(comics, library)
    before = contents(library)
    comics.rename(comics.parent / "unmounted")
    report = run_index(comics, library, scope=Scope(prune=True))
    assert (report.missing, report.pruned) == ((), 0)
    assert contents(library) == before


def test_an_emptied_root_is_not_pruned_unless_the_folder_above_it_is(
    comics: Path, library: Path, tmp_path: Path
) -> None:
    write_book(tmp_path / "all" / "three.cbz", seed=3)
    mounted = comics.rename(tmp_path / "all" / "mounted")
    run_index(tmp_path / "all", library)
    before = contents(library)
    for book in mounted.iterdir():
        book.unlink()
    with pytest.raises(LibraryError, match=r"nothing is pruned: .*mounted holds no book.* held 2; .*above"):
        run_index(mounted, library, scope=Scope(prune=True))
    assert contents(library) == before
    assert len(run_index(mounted, library).missing) == 2
    with pytest.raises(LibraryError, match="nothing is pruned"):
        run_index(mounted, library, scope=Scope(prune=True))
    assert run_index(tmp_path / "all", library, scope=Scope(prune=True)).pruned == 2
    assert sources(library) == {"three.cbz": "ready"}


def test_other_roots_are_left_alone(comics: Path, library: Path, tmp_path: Path) -> None:
    run_index(comics, library)
    write_book(tmp_path / "other" / "three.cbz", seed=3)
    report = run_index(tmp_path / "other", library)
    assert (report.indexed, report.missing) == (1, ())
    assert set(sources(library).values()) == {"ready"}
    assert len(sources(library)) == 3


def test_a_bad_book_is_listed_with_its_reason_and_stops_nothing(comics: Path, library: Path) -> None:
    (comics / "bad.cbz").write_bytes(b"PK\x03\x04 and then nothing")
    models = Models()
    report = run_index(comics, library, models)
    assert report.indexed == 2
    [failed] = report.failed
    assert Path(failed.source).name == "bad.cbz"
    assert failed.reason == "corrupt"
    assert not report.is_total_failure
    again = run_index(comics, library, models)
    assert (again.failed[0].attempts, models.loads) == (1, 1)
    assert run_index(comics, library, models, scope=Scope(retry=True)).failed[0].attempts == 2


def test_a_book_that_turns_bad_leaves_the_library(comics: Path, library: Path) -> None:
    run_index(comics, library)
    (comics / "one.cbz").write_bytes(b"gone")
    run_index(comics, library)
    assert sources(library) == {"two.cbz": "ready"}
    assert {row["book_id"] for row in rows(library, PANELS)} == {rows(library, BOOKS)[0]["book_id"]}


def test_a_failure_that_is_not_the_contents_keeps_the_book_searchable(
    comics: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(comics / "one.cbz", comics / "twin.cbz")
    run_index(comics, library)
    before = contents(library)

    def no_reader(path: Path, *, limits: ContainerLimits) -> NoReturn:
        raise BackendUnavailableError("libarchive is missing: install it")

    turned = IndexOptions(workers=2, direction="rtl")
    with monkeypatch.context() as patch:
        patch.setattr("indexer.running.books.open_container", no_reader)
        report = run_index(comics, library, options=turned)
    assert {entry.reason for entry in report.failed} == {"backend-unavailable"}
    assert len(report.failed) == 3
    assert contents(library) == before
    assert run_index(comics, library, options=turned, scope=Scope(retry=True)).failed == ()
    assert {row["direction"] for row in rows(library, BOOKS)} == {"rtl"}


def test_a_renamed_then_changed_book_leaves_no_ghost(comics: Path, library: Path, tmp_path: Path) -> None:
    run_index(comics, library)
    (comics / "one.cbz").rename(comics / "renamed.cbz")
    run_index(comics, library)
    write_book(comics / "renamed.cbz", seed=9)
    run_index(comics, library)
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")


def test_a_missing_book_keeps_no_path_that_another_content_took(comics: Path, library: Path) -> None:
    shutil.copy(comics / "one.cbz", comics / "zwin.cbz")
    run_index(comics, library)
    (comics / "zwin.cbz").unlink()
    write_book(comics / "one.cbz", seed=9)
    run_index(comics, library)
    assert sources(library) == {"one.cbz": "ready", "two.cbz": "ready", "zwin.cbz": "missing"}


def test_two_lost_twins_are_both_missing(comics: Path, library: Path) -> None:
    shutil.copy(comics / "one.cbz", comics / "twin.cbz")
    run_index(comics, library)
    (comics / "one.cbz").unlink()
    (comics / "twin.cbz").unlink()
    assert len(run_index(comics, library).missing) == 2


def test_a_twin_of_a_failed_book_names_the_other(tmp_path: Path, library: Path) -> None:
    write_cbz(tmp_path / "comics" / "a.cbz", [])
    write_cbz(tmp_path / "comics" / "b.cbz", [])
    failed = run_index(tmp_path / "comics", library).failed
    assert str(failed[1].message).startswith("same content as a.cbz, which failed: ")


def test_only_bad_books_are_a_total_failure(tmp_path: Path, library: Path) -> None:
    (tmp_path / "comics").mkdir()
    (tmp_path / "comics" / "a.cbz").write_bytes(b"nothing")
    assert run_index(tmp_path / "comics", library).is_total_failure


def test_a_bad_page_makes_the_book_partial_and_no_more(tmp_path: Path, library: Path) -> None:
    pages = [png(page_picture(1)), b"no picture", png(page_picture(3))]
    write_cbz(tmp_path / "comics" / "a.cbz", pages)
    report = run_index(tmp_path / "comics", library)
    [partial] = report.partial
    assert [(f.stage, f.reason, f.page_no) for f in partial.failures] == [
        ("picture", "unreadable-picture", 2)
    ]
    assert [row["page_no"] for row in rows(library, PAGES)] == [1, 3]
    assert rows(library, BOOKS)[0]["status"] == "partial"
    assert library_status(library).partial == report.partial


def test_a_truncated_page_is_kept_and_named(tmp_path: Path, library: Path) -> None:
    whole = png(page_picture(1, width=200, height=300))
    write_cbz(tmp_path / "comics" / "a.cbz", [whole[: len(whole) * 2 // 3]])
    [partial] = run_index(tmp_path / "comics", library).partial
    assert "truncated" in partial.failures[0].message
    assert rows(library, PAGES)[0]["degraded"] is not None


def test_a_language_beyond_the_reader_is_said_and_not_guessed(tmp_path: Path, library: Path) -> None:
    write_book(tmp_path / "comics" / "a.cbz", seed=1, files=comic_info(LanguageISO="ko"))
    models = Models(reader=FakeTextReader(["garbage"], languages=["en"]))
    [partial] = run_index(tmp_path / "comics", library, models).partial
    assert partial.failures[0].reason == "unsupported-language"
    assert models.reader.pages == 0


def test_a_touched_file_is_recognised_by_its_content(comics: Path, library: Path) -> None:
    run_index(comics, library)
    os.utime(comics / "one.cbz", ns=(1, 1))
    models = Models()
    report = run_index(comics, library, models)
    assert (report.indexed, report.unchanged, models.detector.pages) == (0, 2, 0)
    assert 1 in {row["mtime_ns"] for row in rows(library, BOOKS)}


def test_a_lost_ledger_is_rebuilt_from_the_tables(comics: Path, library: Path) -> None:
    run_index(comics, library)
    before = contents(library)
    (library / LEDGER_FILE).unlink()
    models = Models()
    report = run_index(comics, library, models)
    assert (report.unchanged, models.detector.pages) == (2, 0)
    assert contents(library) == before
    assert library_status(library).sources[BookStatus.READY] == 2


def test_another_encoder_is_refused_by_name_and_harms_nothing(comics: Path, library: Path) -> None:
    run_index(comics, library)
    before = contents(library)
    other = Models(picture_encoder=FakePictureEncoder(name="other", dim=32))
    options = IndexOptions(workers=2, picture_encoder="other")
    with pytest.raises(EncoderMismatchError, match=r"'fake-picture'.*'other'.*new library"):
        run_index(comics, library, other, options=options)
    assert contents(library) == before
    assert remembered_options(library).picture_encoder == OPTIONS.picture_encoder


def test_a_folder_with_other_files_is_no_library_and_stays_as_it_is(comics: Path, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "letter.txt").write_text("dear")
    with pytest.raises(LibraryFormatError, match="no Longbox library"):
        run_index(comics, tmp_path / "documents")
    assert [path.name for path in (tmp_path / "documents").iterdir()] == ["letter.txt"]


def test_a_library_being_written_is_refused(comics: Path, library: Path) -> None:
    library.mkdir()
    with writer_lock(library), pytest.raises(LibraryBusyError):
        run_index(comics, library)


def test_a_name_that_is_no_utf8_is_reported_and_the_rest_indexed(comics: Path, library: Path) -> None:
    shutil.copy(comics / "one.cbz", os.fsencode(comics) + b"/caf\xe9.cbz")
    report = run_index(comics, library)
    assert report.indexed == 2
    assert "not valid UTF-8" in str(report.failed[0].message)
    assert report.failed[0].source.endswith("caf\\udce9.cbz")


def test_a_fault_of_ours_is_in_the_log_with_its_trace_and_not_on_the_terminal(
    comics: Path, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_index(comics, library, Models(detector=BrokenDetector()))
    log = (library / LOG_FILE).read_text()
    assert "Traceback" in log
    assert "ZeroDivisionError" in log
    assert capsys.readouterr() == ("", "")


def test_oddities_that_lose_nothing_are_listed_and_the_book_is_whole(tmp_path: Path, library: Path) -> None:
    write_book(tmp_path / "comics" / "a.cbz", seed=1, files=comic_info(Year="nineteen", Month="99"))
    with zipfile.ZipFile(tmp_path / "comics" / "b.cbz", "w") as archive:
        archive.writestr("../../evil.png", png(page_picture(2)))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "comics" / "c.cbz").symlink_to(tmp_path / "elsewhere")
    report = run_index(tmp_path / "comics", library)
    reasons = [(Path(entry.source).name, entry.failures[0].reason) for entry in report.remarked]
    assert reasons == [("a.cbz", "odd-value"), ("b.cbz", "unsafe-name")]
    assert {row["status"] for row in rows(library, BOOKS)} == {"ready"}
    assert (report.partial, [entry.reason for entry in report.failed]) == ((), ["link"])
    assert library_status(library).remarked == report.remarked
    again = run_index(tmp_path / "comics", library, scope=Scope(retry=True))
    assert (again.indexed, again.unchanged, again.remarked) == (0, 2, report.remarked)


def test_a_link_that_is_asked_for_by_name_is_followed(tmp_path: Path, library: Path) -> None:
    write_book(tmp_path / "elsewhere" / "a.cbz", seed=1)
    (tmp_path / "link.cbz").symlink_to(tmp_path / "elsewhere" / "a.cbz")
    assert run_index(tmp_path / "link.cbz", library).indexed == 1
