"""Parcels carry a book exactly as it was made."""

from pathlib import Path

import pytest

from indexer.daemon.parcels import clear_parcels, drop_parcel, read_parcel, write_parcel
from indexer.library.rows import ASSET_CHUNK, BookRows, BookVectors, to_rows
from indexer.library.store import LibraryWriter
from schemas.errors import LibraryError
from tests.indexer.builders import contents
from tests.indexer.library.test_store import FORMAT, book, page, thumbnails


def made(pages: int) -> BookRows:
    every = [page(number) for number in range(1, pages + 1)]
    pictures = thumbnails(pages, b"webp")
    return to_rows(book(pages=pages), every, BookVectors(), pictures, ingest_rev="1", library=FORMAT)


@pytest.mark.parametrize("pages", [1, ASSET_CHUNK])
def test_a_book_sent_as_a_parcel_is_stored_as_if_it_came_directly(tmp_path: Path, pages: int) -> None:
    LibraryWriter.open(tmp_path / "direct", FORMAT).replace_book(made(pages))
    write_parcel(tmp_path / "parcel", made(pages))
    LibraryWriter.open(tmp_path / "sent", FORMAT).replace_book(read_parcel(tmp_path / "parcel"))
    assert contents(tmp_path / "sent") == contents(tmp_path / "direct")


def test_thumbnails_come_back_in_the_chunks_they_were_made_in(tmp_path: Path) -> None:
    write_parcel(tmp_path / "parcel", made(ASSET_CHUNK))
    sizes = [len(chunk) for chunk in read_parcel(tmp_path / "parcel").assets]
    assert sizes == [len(chunk) for chunk in made(ASSET_CHUNK).assets]
    assert len(sizes) > 1


def test_a_book_without_a_panel_or_a_thumbnail_is_a_book(tmp_path: Path) -> None:
    blank = to_rows(book(pages=0), (), BookVectors(), (), ingest_rev="1", library=FORMAT)
    write_parcel(tmp_path / "parcel", blank)
    found = read_parcel(tmp_path / "parcel")
    assert (len(found.book), len(found.pages), len(found.panels), list(found.assets)) == (1, 0, 0, [])


def test_a_cut_parcel_is_refused(tmp_path: Path) -> None:
    write_parcel(tmp_path / "parcel", made(3))
    path = tmp_path / "parcel" / "panels"
    path.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(LibraryError, match="it is read again"):
        read_parcel(tmp_path / "parcel")


def test_a_place_that_cannot_be_written_is_no_fault_of_the_book(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match="free some space"):
        write_parcel(tmp_path / "file" / "parcel", made(1))


def test_what_nobody_took_is_cleared(tmp_path: Path) -> None:
    folder = clear_parcels(tmp_path)
    write_parcel(folder / "1", made(1))
    write_parcel(folder / "2", made(1))
    drop_parcel(folder / "2")
    assert [path.name for path in folder.iterdir()] == ["1"]
    assert list(clear_parcels(tmp_path).iterdir()) == []
