"""The writer of the tables."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import lancedb
import numpy as np
import pytest

from indexer.library.faults import writing
from indexer.library.rows import ASSET_CHUNK, BookVectors, Thumbnail, Vector
from indexer.library.store import LibraryWriter, prepare_folder
from indexer.library.upkeep import BOOKS_BETWEEN_COMPACTIONS
from schemas.errors import EncoderMismatchError, LibraryError, LibraryFormatError
from schemas.geometry import Box
from schemas.labels import BookStatus, PageType, ReadingDirection
from schemas.records import Book, BookMetadata, Page, Panel, PanelRegion, TextRegion
from schemas.tables import (
    ASSETS,
    BOOKS,
    FORMAT_VERSION,
    PAGES,
    PANELS,
    EncoderSpec,
    LibraryFormat,
    books_schema,
)
from tests.indexer.builders import KEYS, contents, replace_book, rows

FORMAT = LibraryFormat(
    text_encoder=EncoderSpec("text", dim=4, preprocessing="none"),
    picture_encoder=EncoderSpec("picture", dim=4, preprocessing="none"),
)
A, B = "a" * 24, "b" * 24


class Killed(BaseException):
    """Nothing in the product catches this: the nearest thing to a kill inside one process."""

    @classmethod
    def thumbnails(cls) -> Iterator[Thumbnail]:
        """Die when panels and pages are written, and the book is not."""
        raise cls
        yield


def book(book_id: str = A, *, pages: int = 1, **told: object) -> Book:
    return Book(
        book_id=book_id,
        source=f"/comics/{book_id[:1]}.cbz",
        container="cbz",
        size_bytes=1,
        mtime_ns=2,
        title="title",
        direction=ReadingDirection.LTR,
        direction_evidence="",
        page_count=pages,
        panel_count=pages,
        status=BookStatus.READY,
        metadata=BookMetadata(**told),  # type: ignore[arg-type]
    )


def page(page_no: int = 1, text: str = "hello") -> Page:
    region = TextRegion(Box(0, 0, 1, 1), text, text, confidence=0.9)
    return Page(
        page_no=page_no,
        page_file=f"p{page_no}.png",
        sha256="0" * 64,
        width_px=10,
        height_px=20,
        page_type=PageType.STORY,
        page_type_confidence=0.5,
        layout_confidence=1.0,
        panels=(Panel(page_no, 1, PanelRegion(Box.whole_page(), 1.0), (region,), phash=2**64 - 1),),
    )


def thumbnails(pages: int = 1, content: bytes = b"webp") -> Iterator[Thumbnail]:
    for page_no in range(1, pages + 1):
        yield Thumbnail(page_no, None, 4, 4, content)
        yield Thumbnail(page_no, 1, 2, 2, content)


def put(
    writer: LibraryWriter, book_id: str = A, *, pages: int = 1, rev: str = "1", replaced: tuple[str, ...] = ()
) -> None:
    every = [page(number) for number in range(1, pages + 1)]
    replace_book(
        writer,
        book(book_id, pages=pages),
        every,
        BookVectors(),
        thumbnails(pages, rev.encode()),
        ingest_rev=rev,
        library=FORMAT,
        replaced=replaced,
    )


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def writer(library: Path) -> LibraryWriter:
    return LibraryWriter.open(library, FORMAT)


def test_every_table_tells_the_format_and_has_its_primary_key(writer: LibraryWriter, library: Path) -> None:
    put(writer)
    for name, key in KEYS.items():
        schema = lancedb.connect(str(library)).open_table(name).schema
        assert LibraryFormat.from_metadata(schema.metadata) == FORMAT
        assert schema.field(key).metadata == {b"lance-schema:unenforced-primary-key:position": b"1"}


def test_the_same_book_twice_is_one_book(writer: LibraryWriter, library: Path) -> None:
    put(writer, pages=3)
    before = contents(library)
    put(writer, pages=3)
    assert contents(library) == before


def test_pages_panels_and_thumbnails_of_a_shorter_revision_leave_none_of_the_longer(
    writer: LibraryWriter, library: Path
) -> None:
    put(writer, B, pages=2)
    put(writer, pages=ASSET_CHUNK + 40, rev="long")
    put(writer, pages=2, rev="short")
    for name, count in ((PAGES, 2), (PANELS, 2), (ASSETS, 4)):
        mine = [row for row in rows(library, name) if row["book_id"] == A]
        assert len(mine) == count
        assert len(rows(library, name)) == 2 * count
    assert {row["webp"] for row in rows(library, ASSETS) if row["book_id"] == A} == {b"short"}


def test_an_older_content_leaves_the_table_of_contents_in_the_commit_that_brings_the_new(
    writer: LibraryWriter, library: Path
) -> None:
    put(writer, A, pages=3)
    table = lancedb.connect(str(library)).open_table(BOOKS)
    before = table.version
    put(writer, B, replaced=(A,))
    table.checkout(before + 1)
    assert table.to_arrow()["book_id"].to_pylist() == [B]
    assert {row["book_id"] for name in KEYS for row in rows(library, name)} == {B}


def test_readers_of_the_book_table_never_see_a_book_without_its_panels(
    writer: LibraryWriter, library: Path
) -> None:
    seen = []

    def looking() -> Iterator[Thumbnail]:
        seen.append((len(rows(library, PANELS)), len(rows(library, PAGES)), rows(library, BOOKS)))
        yield from thumbnails()

    replace_book(writer, book(), [page()], BookVectors(), looking(), ingest_rev="1", library=FORMAT)
    assert seen == [(1, 1, [])]


def test_missing_and_bad_vectors_are_null_and_good_ones_kept_as_float16(
    writer: LibraryWriter, library: Path
) -> None:
    good: Vector = np.array([0.6, 0.8, 0, 0], np.float32)
    bad: Vector = np.array([np.nan, 0, 0, 0], np.float32)
    zero: Vector = np.zeros(4, np.float32)
    pages = [page(number) for number in (1, 2, 3, 4)]
    vectors = BookVectors(panel_pictures={(1, 1): good, (2, 1): bad, (3, 1): zero})
    replace_book(writer, book(pages=4), pages, vectors, (), ingest_rev="1", library=FORMAT)
    stored = [row["vector_picture"] for row in rows(library, PANELS)]
    assert np.allclose(stored[0], good, atol=1e-3)  # type: ignore[arg-type]
    assert stored[1:] == [None, None, None]


def test_odd_text_and_numbers_are_stored_as_far_as_columns_can_hold_them(
    writer: LibraryWriter, library: Path
) -> None:
    odd = book(title="x", series="lone \ud800 surrogate", year=10**12, summary="nul \x00 and\nlines")
    replace_book(writer, odd, [page(text="猫 ＨＥＬＬＯ")], BookVectors(), (), ingest_rev="1", library=FORMAT)
    [row] = rows(library, BOOKS)
    assert (row["series"], row["year"]) == ("lone ? surrogate", None)
    assert row["summary"] == "nul \x00 and\nlines"
    [panel] = rows(library, PANELS)
    assert (panel["text"], panel["text_folded"]) == ("猫 ＨＥＬＬＯ", "猫 hello")
    assert panel["phash"] == 2**64 - 1


@pytest.mark.parametrize("book_id", ["", "A" * 24, "a" * 23, "a" * 24 + "\n", "' OR 1=1 --" + "a" * 13])
def test_what_is_no_book_id_never_reaches_a_filter(writer: LibraryWriter, book_id: str) -> None:
    with pytest.raises(ValueError, match="24 hexadecimal digits"):
        put(writer, book_id)
    with pytest.raises(ValueError, match="24 hexadecimal digits"):
        writer.remove_books([book_id])


def test_doubled_keys_are_refused_before_anything_is_written(writer: LibraryWriter, library: Path) -> None:
    with pytest.raises(ValueError, match="doubled"):
        replace_book(writer, book(), [page(1), page(1)], BookVectors(), (), ingest_rev="1", library=FORMAT)
    assert not rows(library, PANELS)


def test_indexes_cover_every_row_after_each_run_and_find_japanese_and_korean(
    writer: LibraryWriter, library: Path
) -> None:
    for number, text in enumerate(("to be or not to be", "猫はとてもかわいい", "나는 학교에 갑니다")):
        replace_book(
            writer,
            book(f"{number:024x}"),
            [page(text=text)],
            BookVectors(),
            (),
            ingest_rev="1",
            library=FORMAT,
        )
        writer.finish()
    panels = lancedb.connect(str(library)).open_table(PANELS)
    assert {index.columns[0] for index in panels.list_indices()} >= {"text", "text_folded", "series", "year"}
    assert {index.num_unindexed_rows for index in panels.list_indices()} == {0}

    def found(query: str, column: str) -> list[str]:
        hits = panels.search(query, query_type="fts", fts_columns=column).limit(9).to_list()
        return [hit["text"] for hit in hits]

    assert found("to be", "text") == ["to be or not to be"]
    assert found("猫", "text") == ["猫はとてもかわいい"]
    assert found("학교", "text_folded") == ["나는 학교에 갑니다"]


def test_many_books_are_compacted_within_a_run(writer: LibraryWriter, library: Path) -> None:
    for number in range(BOOKS_BETWEEN_COMPACTIONS + 2):
        put(writer, f"{number:024x}")
    for name in KEYS:
        stats = lancedb.connect(str(library)).open_table(name).stats()
        assert stats["fragment_stats"]["num_fragments"] == 3  # type: ignore[index]
    assert len(rows(library, ASSETS)) == 2 * (BOOKS_BETWEEN_COMPACTIONS + 2)


@pytest.mark.parametrize("part", ["text_encoder", "picture_encoder"])
@pytest.mark.parametrize("change", [{"name": "other"}, {"dim": 8}, {"weights_sha256": "ff" * 32}])
def test_another_encoder_is_refused(library: Path, part: str, change: dict[str, object]) -> None:
    LibraryWriter.open(library, FORMAT)
    other = replace(getattr(FORMAT, part), **change)
    with pytest.raises(EncoderMismatchError, match="new library"):
        LibraryWriter.open(library, replace(FORMAT, **{part: other}))


def test_a_newer_library_is_refused_and_left_alone(library: Path) -> None:
    newer = replace(FORMAT, format_version=FORMAT_VERSION + 1)
    lancedb.connect(str(library)).create_table(BOOKS, schema=books_schema(newer))
    with pytest.raises(LibraryFormatError, match="upgrade Longbox"):
        LibraryWriter.open(library, FORMAT)


def test_a_damaged_table_is_named(library: Path) -> None:
    LibraryWriter.open(library, FORMAT)
    for path in (library / "panels.lance" / "_versions").iterdir():
        path.write_bytes(b"")
    with pytest.raises(LibraryFormatError, match=r"'panels'.*damaged.*delete .* index again") as caught:
        LibraryWriter.open(library, FORMAT)
    assert ".rs" not in str(caught.value)


def test_a_lost_data_file_is_damage_told_in_one_line(library: Path) -> None:
    put(LibraryWriter.open(library, FORMAT))
    for path in (library / "books.lance" / "data").iterdir():
        path.unlink()
    with pytest.raises(LibraryFormatError, match=r"'books'.*damaged.*index again") as caught:
        LibraryWriter.open(library, FORMAT).stored_books()
    assert ".rs" not in str(caught.value)


def test_a_file_in_the_librarys_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("")
    with pytest.raises(LibraryError, match="is a file"):
        prepare_folder(tmp_path / "library")
    with pytest.raises(LibraryError, match="cannot make"):
        prepare_folder(tmp_path / "library" / "below")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("LanceError(IO): No space left on device (os error 28)", "the disk is full"),
        ("File too large (os error 27)\nin Rust", "may not grow"),
        ("something else\nin Rust", "something else (details in longbox.log)"),
        ("LanceError(IO): not found, /cargo/registry/Rust/io.rs:12:5", "LanceError(IO): not found (details"),
    ],
)
def test_what_the_database_raises_becomes_one_line(tmp_path: Path, told: str, said: str) -> None:
    with pytest.raises(LibraryError) as caught, writing(tmp_path):
        raise RuntimeError(told)
    assert said in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "Rust" not in str(caught.value)


FUSED = replace(FORMAT, fusion=EncoderSpec("closure", dim=4, preprocessing="v1"))


def write(folder: Path, library: LibraryFormat, book_id: str) -> None:
    vectors = BookVectors(
        panel_fused={(1, 1): np.array([1, 0, 0, 0], np.float32)},
        page_fused={1: np.array([0, 1, 0, 0], np.float32)},
    )
    replace_book(
        LibraryWriter.open(folder, library),
        book(book_id),
        [page()],
        vectors,
        (),
        ingest_rev="r",
        library=library,
    )


def test_fused_vectors_are_stored_with_panels_and_pages(tmp_path: Path) -> None:
    write(tmp_path / "lib", FUSED, A)
    assert rows(tmp_path / "lib", PANELS)[0]["vector_fused"] == [1, 0, 0, 0]
    assert rows(tmp_path / "lib", PAGES)[0]["vector_fused"] == [0, 1, 0, 0]


def test_a_library_without_fused_vectors_goes_on_without(tmp_path: Path) -> None:
    write(tmp_path / "lib", FORMAT, A)
    write(tmp_path / "lib", FUSED, B)
    assert [row["book_id"] for row in rows(tmp_path / "lib", PANELS)] == [A, B]
    assert "vector_fused" not in rows(tmp_path / "lib", PANELS)[0]


def test_fused_vectors_of_another_release_are_not_mixed(tmp_path: Path) -> None:
    write(tmp_path / "lib", FUSED, A)
    other = replace(FORMAT, fusion=EncoderSpec("closure", dim=4, preprocessing="v2"))
    with pytest.raises(EncoderMismatchError, match="comes with another release; index into a new library"):
        write(tmp_path / "lib", other, B)
