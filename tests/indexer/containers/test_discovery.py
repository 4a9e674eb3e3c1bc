"""Which files and folders are books, and what names a book."""

import os
import time
from pathlib import Path

import pytest

from indexer.containers import content_hash, find_books, fingerprint, is_candidate
from schemas.errors import ContainerError
from tests.indexer.containers import builders as build


def found(*roots: Path) -> list[str]:
    base = roots[0] if roots[0].is_dir() else roots[0].parent
    return [str(path.relative_to(base)) for path in find_books(roots)]


def test_books_are_found_in_natural_order_without_noise(tmp_path: Path) -> None:
    for name in ("Book 10.cbz", "Book 9.cbz", "sub/x.pdf", "sub/deep/y.epub", "wrong.cbr"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"whatever")
    build.write_zip(tmp_path / "unnamed-archive", {})
    build.write_zip(tmp_path / "letter.docx", {})
    for name in ("notes.txt", "ComicInfo.xml", "labels.json", ".hidden.cbz", "._Book 9.cbz"):
        (tmp_path / name).write_bytes(b"text")
    for folder in (".git", "__MACOSX"):
        build.write_folder(tmp_path / folder, build.pages("1.jpg"))
    build.write_folder(tmp_path / "pictures", build.pages("1.jpg", "2.jpg"))
    assert found(tmp_path) == [
        "Book 9.cbz",
        "Book 10.cbz",
        "unnamed-archive",
        "wrong.cbr",
        "pictures",
        "sub/x.pdf",
        "sub/deep/y.epub",
    ]


def test_what_is_given_by_name_is_always_a_book(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no comic")
    missing = tmp_path / "missing.cbz"
    assert list(find_books([tmp_path / "notes.txt", missing])) == [tmp_path / "notes.txt", missing]


def test_each_book_is_given_once(tmp_path: Path) -> None:
    book = build.write_zip(tmp_path / "1.cbz", {})
    assert list(find_books([book, tmp_path, tmp_path])) == [book]


def test_links_and_loops_inside_are_passed_by(tmp_path: Path) -> None:
    build.write_folder(tmp_path, {"1.cbz": b""})
    build.write_folder(tmp_path / "sub", {"2.cbz": b""})
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "3.cbz").symlink_to(tmp_path / "sub" / "2.cbz")
    os.mkfifo(tmp_path / "pipe.cbz")
    assert found(tmp_path) == ["1.cbz", "sub/2.cbz"]


def test_links_that_lead_outside_are_given_and_not_entered(tmp_path: Path) -> None:
    library = tmp_path / "library"
    build.write_folder(library, {"1.cbz": b""})
    build.write_folder(tmp_path / "outside", {"2.cbz": b""})
    (library / "out").symlink_to(tmp_path / "outside")
    (library / "3.cbz").symlink_to(tmp_path / "outside" / "2.cbz")
    (library / "nowhere.cbr").symlink_to(tmp_path / "missing.cbr")
    (library / "notes").symlink_to("/etc/hostname")
    assert found(library) == ["3.cbz", "nowhere.cbr", "out", "1.cbz"]
    both = list(find_books([library, tmp_path / "outside"]))
    assert both == [library / "nowhere.cbr", library / "1.cbz", tmp_path / "outside" / "2.cbz"]


def test_covers_beside_books_are_no_book(tmp_path: Path) -> None:
    art = build.pages("cover.jpg", "Issue 1.jpg")
    build.write_folder(tmp_path, {"Issue 1.cbz": b"", "Issue 2.cbz": b""} | art)
    assert found(tmp_path) == ["Issue 1.cbz", "Issue 2.cbz"]


def test_cover_above_chapters_is_no_book_but_a_lone_cover_is(tmp_path: Path) -> None:
    build.write_folder(tmp_path / "series", build.pages("folder.jpg"))
    build.write_folder(tmp_path / "series" / "ch1", build.pages("cover.jpg"))
    assert found(tmp_path) == ["series/ch1"]


def test_candidates_are_told_by_suffix_or_magic(tmp_path: Path) -> None:
    build.write_zip(tmp_path / "zip-without-suffix", {})
    (tmp_path / "empty.cbz").write_bytes(b"")
    (tmp_path / "text.txt").write_bytes(b"text")
    (tmp_path / "page.jpg").write_bytes(b"PK\x03\x04")
    names = ("zip-without-suffix", "empty.cbz", "text.txt", "page.jpg", "missing.cbz", ".")
    assert [is_candidate(tmp_path / name) for name in names] == [True, True, False, False, False, False]


def test_content_hash_follows_content_and_not_the_path(tmp_path: Path) -> None:
    one = build.write_zip(tmp_path / "one.cbz", build.pages("1.jpg"))
    two = tmp_path / "two.zip"
    two.write_bytes(one.read_bytes())
    assert content_hash(one) == content_hash(two)
    assert len(content_hash(one)) == 24
    assert set(content_hash(one)) <= set("0123456789abcdef")
    two.write_bytes(one.read_bytes() + b"x")
    assert content_hash(one) != content_hash(two)


def test_content_hash_of_a_folder_covers_names_pictures_and_metadata_only(tmp_path: Path) -> None:
    one = build.write_folder(tmp_path / "one", build.pages("1.jpg", "2.jpg"))
    two = build.write_folder(tmp_path / "two", build.pages("1.jpg", "2.jpg"))
    assert content_hash(one) == content_hash(two)
    (two / "notes.txt").write_text("x")
    assert content_hash(one) == content_hash(two)
    (two / "ComicInfo.xml").write_text("<ComicInfo/>")
    with_metadata = content_hash(two)
    assert with_metadata != content_hash(one)
    (two / "2.jpg").rename(two / "3.jpg")
    assert content_hash(two) not in (with_metadata, content_hash(one))


def test_fingerprint_changes_with_size_time_and_pages(tmp_path: Path) -> None:
    book = build.write_zip(tmp_path / "one.cbz", build.pages("1.jpg"))
    before = fingerprint(book)
    assert before == (book.stat().st_size, book.stat().st_mtime_ns)
    os.utime(book, ns=(1, 1))
    assert fingerprint(book) != before
    folder = build.write_folder(tmp_path / "one", build.pages("1.jpg", "2.jpg"))
    os.utime(folder, ns=(5, 5))
    with_two = fingerprint(folder)
    (folder / "2.jpg").unlink()
    assert fingerprint(folder) != with_two


def test_missing_books_have_no_identity(tmp_path: Path) -> None:
    for name_it in (content_hash, fingerprint):
        with pytest.raises(ContainerError, match=r"none\.cbz"):
            name_it(tmp_path / "none.cbz")


def test_pipes_are_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.cbz")
    with pytest.raises(ContainerError, match="pipe"):
        content_hash(tmp_path / "pipe.cbz")


def test_folder_that_may_not_be_listed_is_given_to_be_reported(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0)
    if os.access(locked, os.R_OK):
        pytest.skip("this user may list everything")
    assert list(find_books([tmp_path])) == [locked]


def test_fingerprints_of_a_thousand_books_take_well_under_a_second(tmp_path: Path) -> None:
    for number in range(1000):
        (tmp_path / f"{number}.cbz").write_bytes(b"x")
    start = time.process_time()
    books = list(find_books([tmp_path]))
    assert len({fingerprint(book) for book in books}) > 0
    assert len(books) == 1000
    assert time.process_time() - start < 0.6
