"""The ledger of sources, half-written books and readings."""

import sqlite3
from pathlib import Path

import pytest

from indexer.library.entries import SourceEntry
from indexer.library.ledger import LEDGER_FILE, Ledger
from schemas.errors import LibraryFormatError, LibraryNotFoundError
from schemas.geometry import Box
from schemas.labels import BookStatus
from schemas.records import StageFailure, TextLine
from schemas.vlm import PageReading, PanelReading

ENTRY = SourceEntry(
    source="/comics/a.cbz",
    size_bytes=2**40,
    mtime_ns=1_700_000_000_123_456_789,
    status=BookStatus.PARTIAL,
    book_id="a" * 24,
    pipeline_rev="r1",
    failures=(
        StageFailure("text", "internal", "what happened", 3),
        StageFailure("metadata", "corrupt", "why"),
    ),
    attempts=2,
    page_count=7,
    panel_count=31,
)


def test_entries_come_back_as_they_went_in(tmp_path: Path) -> None:
    failed = SourceEntry("/comics/b", 0, 0, BookStatus.FAILED, reason="empty", message="b holds no picture")
    with Ledger.open(tmp_path) as ledger:
        ledger.record(failed)
        ledger.record(ENTRY)
    with Ledger.open(tmp_path) as ledger:
        assert ledger.entries() == (ENTRY, failed)
        ledger.forget(ENTRY.source)
        assert ledger.entries() == (failed,)


def test_troubled_sources_and_twins_are_found_without_reading_all(tmp_path: Path) -> None:
    def entry(source: str, status: BookStatus, book: str | None = None) -> SourceEntry:
        return SourceEntry(source, 1, 1, status, book_id=book)

    with Ledger.open(tmp_path) as ledger:
        for made in (
            entry("/c/gone", BookStatus.MISSING, "one"),
            entry("/c/first", BookStatus.READY, "one"),
            entry("/c/second", BookStatus.PARTIAL, "two"),
            entry("/c/twin", BookStatus.READY, "two"),
            entry("/c/broken", BookStatus.FAILED),
            entry("/c/broken too", BookStatus.FAILED),
        ):
            ledger.record(made)
        assert [found.source for found in ledger.troubled()] == [
            "/c/broken",
            "/c/broken too",
            "/c/gone",
            "/c/second",
        ]
        assert ledger.twins() == (("two", "/c/second"), ("two", "/c/twin"))


def test_lines_of_a_picture_are_remembered_exactly_for_each_reader(tmp_path: Path) -> None:
    lines = (TextLine(Box(0.1, 1 / 3, 0.30000000000000004, 0.5), "「猫」\nç", 0.123456789, vertical=True),)
    with Ledger.open(tmp_path) as ledger:
        assert ledger.reading("f" * 64, "reader/1") is None
        ledger.remember_reading("f" * 64, "reader/1", lines)
        ledger.remember_reading("e" * 64, "reader/1", ())
    with Ledger.open(tmp_path) as ledger:
        assert ledger.reading("f" * 64, "reader/1") == lines
        assert ledger.reading("e" * 64, "reader/1") == ()
        assert ledger.reading("f" * 64, "reader/2") is None


def test_marks_stay_when_the_block_dies_and_go_when_it_ends(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        with ledger.unsettling(["a" * 24]):
            assert ledger.unsettled() == ("a" * 24,)
        with pytest.raises(KeyboardInterrupt), ledger.unsettling(["b" * 24, "c" * 24]):
            raise KeyboardInterrupt
    with Ledger.open(tmp_path) as ledger:
        assert ledger.unsettled() == ("b" * 24, "c" * 24)
        ledger.settle(["b" * 24])
        assert ledger.unsettled() == ("c" * 24,)


def test_it_can_be_read_while_it_is_open_for_writing(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as writer:
        writer.record(ENTRY)
        writer.set_note("settled", "0")
        with Ledger.open_read_only(tmp_path) as reader:
            assert reader.entries() == (ENTRY,)
            assert reader.note("settled") == "0"
            assert reader.note("unknown") is None


def test_a_missing_ledger_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFoundError, match="longbox index"):
        Ledger.open_read_only(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("opener", [Ledger.open, Ledger.open_read_only])
def test_a_damaged_ledger_is_named_and_left_alone(tmp_path: Path, opener: object) -> None:
    (tmp_path / LEDGER_FILE).write_bytes(b"no database at all " * 100)
    with pytest.raises(LibraryFormatError, match="damaged"):
        opener(tmp_path)  # type: ignore[operator]
    assert (tmp_path / LEDGER_FILE).read_bytes().startswith(b"no database")


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / LEDGER_FILE) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(LibraryFormatError, match="upgrade Longbox"):
        Ledger.open(tmp_path)


def test_a_page_reading_that_nobody_understands_any_more_is_asked_for_anew(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        ledger.remember_page_reading(
            "a" * 64, "chat", PageReading("", (PanelReading(1, description="A cat."),))
        )
        known = ledger.page_reading("a" * 64, "chat")
        assert known is not None
        assert known.panels[0].description == "A cat."
        ledger.remember_reading("b" * 64, "chat", ())  # another form: a list
        assert ledger.page_reading("b" * 64, "chat") is None
