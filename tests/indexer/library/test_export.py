"""Export to Parquet."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from indexer.library.export import export_tables
from indexer.library.rows import BookVectors
from indexer.library.store import LibraryWriter
from schemas.errors import LibraryError, LibraryFormatError, LibraryNotFoundError
from schemas.tables import BOOKS, PAGES
from tests.indexer.builders import replace_book
from tests.indexer.library.test_store import FORMAT, B, Killed, book, page, put


@pytest.fixture
def library(tmp_path: Path) -> Path:
    put(LibraryWriter.open(tmp_path / "library", FORMAT), pages=3)
    return tmp_path / "library"


def test_rows_of_a_half_written_book_stay_out(library: Path, tmp_path: Path) -> None:
    writer = LibraryWriter.open(library, FORMAT)
    with pytest.raises(Killed):
        replace_book(
            writer, book(B), [page()], BookVectors(), Killed.thumbnails(), ingest_rev="1", library=FORMAT
        )
    assert export_tables(library, tmp_path / "out", [PAGES]) == {PAGES: 3}
    assert pq.read_table(tmp_path / "out" / "pages.parquet")["book_id"].to_pylist() == ["a" * 24] * 3


def test_a_former_export_is_replaced_whole_or_not_at_all(library: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "books.parquet").mkdir(parents=True)
    with pytest.raises(LibraryError, match="cannot write to"):
        export_tables(library, tmp_path / "out", [BOOKS])
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["books.parquet"]


def test_a_file_in_the_way_is_named(library: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(LibraryError, match="out"):
        export_tables(library, tmp_path / "out")


def test_no_library_and_a_damaged_one(library: Path, tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFoundError):
        export_tables(tmp_path / "nowhere", tmp_path / "out")
    for path in (library / "books.lance" / "_versions").iterdir():
        path.write_bytes(b"")
    with pytest.raises(LibraryFormatError, match="damaged"):
        export_tables(library, tmp_path / "out")


def test_a_lost_data_file_is_one_line_and_leaves_no_file(library: Path, tmp_path: Path) -> None:
    for path in (library / "pages.lance" / "data").iterdir():
        path.unlink()
    with pytest.raises(LibraryFormatError, match=r"'pages'.*damaged.*index again"):
        export_tables(library, tmp_path / "out", [PAGES])
    assert list((tmp_path / "out").iterdir()) == []


def test_rows_of_another_revision_than_the_books_stay_out(library: Path, tmp_path: Path) -> None:
    writer = LibraryWriter.open(library, FORMAT)
    with pytest.raises(Killed):
        replace_book(
            writer,
            book(pages=4),
            [page(1), page(2)],
            BookVectors(),
            Killed.thumbnails(),
            ingest_rev="newer",
            library=FORMAT,
        )
    assert export_tables(library, tmp_path / "out", [PAGES]) == {PAGES: 0}


@pytest.mark.parametrize("inside", [".", "sub/folder"])
def test_a_library_is_never_written_into(library: Path, inside: str) -> None:
    before = sorted(library.rglob("*"))
    with pytest.raises(LibraryError, match="lies in the library"):
        export_tables(library, library / inside)
    assert sorted(library.rglob("*")) == before
