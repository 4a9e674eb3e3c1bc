"""Every kind of book opens, in order, within limits, or says why not."""

import io
import os
import stat
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.containers import Container, open_container
from indexer.containers.libarchive_reader import LibarchiveReader
from schemas.config import ContainerLimits, PictureLimits
from schemas.errors import (
    ContainerError,
    CorruptContainerError,
    EmptyBookError,
    EncryptedContainerError,
    LimitExceededError,
    LinkError,
    NotAComicError,
    PictureTooLargeError,
    UnsupportedContainerError,
)
from tests.indexer.containers import builders as build

LIMITS = ContainerLimits()
NAMES = ("p1.jpg", "p2.jpg", "p10.jpg")
SCRAMBLED = {name: build.pages(*NAMES)[name] for name in ("p10.jpg", "p2.jpg", "p1.jpg")}
Writer = Callable[[Path], Path]
EntriesWriter = Callable[[Path, build.Entries], Path]


def opened(path: Path, limits: ContainerLimits = LIMITS) -> Container:
    return open_container(path, limits=limits)


def contents(path: Path, limits: ContainerLimits = LIMITS) -> dict[str, bytes]:
    with opened(path, limits) as book:
        return {page.entry.name: page.unwrap() for page in book.iter_pages()}


def write_7z_or_skip(path: Path) -> Path:
    pytest.importorskip("libarchive", exc_type=(ImportError, OSError, TypeError))
    return build.write_7z(path, SCRAMBLED)


WRITERS: dict[str, tuple[str, Writer]] = {
    "zip": ("cbz", lambda path: build.write_zip(path, SCRAMBLED)),
    "zip stored": ("cbz", lambda path: build.write_zip(path, SCRAMBLED, method=zipfile.ZIP_STORED)),
    "zip bzip2": ("cbz", lambda path: build.write_zip(path, SCRAMBLED, method=zipfile.ZIP_BZIP2)),
    "zip lzma": ("cbz", lambda path: build.write_zip(path, SCRAMBLED, method=zipfile.ZIP_LZMA)),
    "zip xz": ("cbz", lambda path: build.write_xz_zip(path, SCRAMBLED)),
    "tar": ("cbt", lambda path: build.write_tar(path, SCRAMBLED)),
    "tar.gz": ("cbt", lambda path: build.write_tar(path, SCRAMBLED, "w:gz")),
    "tar.xz": ("cbt", lambda path: build.write_tar(path, SCRAMBLED, "w:xz")),
    "tar.bz2": ("cbt", lambda path: build.write_tar(path, SCRAMBLED, "w:bz2")),
    "7z": ("cb7", write_7z_or_skip),
    "rar4": ("cbr", lambda path: build.write_rar4(path, SCRAMBLED)),
    "folder": ("folder", lambda path: build.write_folder(path, SCRAMBLED)),
}


@pytest.mark.parametrize("form", WRITERS)
def test_kind_is_named_by_content_and_pages_come_in_natural_order(form: str, tmp_path: Path) -> None:
    kind, write = WRITERS[form]
    path = write(tmp_path / "book.cbt")  # a wrong name for all but TAR
    with opened(path) as book:
        assert book.kind == kind
        assert tuple(entry.name for entry in book.entries) == NAMES
        assert [entry.index for entry in book.entries] == [0, 1, 2]
        assert book.failures == ()
        pages = list(book.iter_pages())
        assert [page.entry for page in pages] == list(book.entries)
        assert {page.entry.name: page.unwrap() for page in pages} == SCRAMBLED
        backwards = [book.read(entry) for entry in reversed(book.entries)]
        assert backwards == [SCRAMBLED[name] for name in reversed(NAMES)]


def test_sequential_archive_is_unpacked_in_one_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book_path = write_7z_or_skip(tmp_path / "book.cb7")
    reader = LibarchiveReader(book_path, "7zip", book="book.cb7")
    members = list(reader.scan())
    passes: list[int] = []
    restart = reader._restart
    monkeypatch.setattr(reader, "_restart", lambda at=-1: passes.append(at) or restart(at))
    assert [b"".join(reader.chunks(member)) for member in members] == list(SCRAMBLED.values())
    assert len(passes) == 1
    assert b"".join(reader.chunks(members[0])) == SCRAMBLED["p10.jpg"]
    assert len(passes) == 2
    reader.close()


def test_metadata_comment_and_junk_are_told_apart_from_pages(tmp_path: Path) -> None:
    entries = build.pages("001.jpg", "__MACOSX/._001.jpg", "Thumbs.db", ".hidden.jpg", "notes.txt")
    entries |= {"a/ComicInfo.xml": b"<ComicInfo/>", "x.acbf": b"<ACBF/>"}
    path = build.write_zip(tmp_path / "book.cbz", entries, comment=b'{"ComicBookInfo/1.0": {}}')
    with opened(path) as book:
        assert [entry.name for entry in book.entries] == ["001.jpg"]
        assert book.metadata_files == {"a/ComicInfo.xml": b"<ComicInfo/>", "x.acbf": b"<ACBF/>"}
        assert book.zip_comment == b'{"ComicBookInfo/1.0": {}}'


@pytest.mark.parametrize("write", [build.write_zip, build.write_tar])
def test_traversal_names_are_readable_and_harmless(write: EntriesWriter, tmp_path: Path) -> None:
    names = ["../../evil.jpg", "/abs/evil.jpg", "..\\..\\win.jpg", "C:\\win\\x.jpg", "a/../b.jpg"]
    entries = build.pages(*names)
    (tmp_path / "inside").mkdir()
    path = write(tmp_path / "inside" / "book.zip", entries)
    found = contents(path)
    assert sorted(found) == ["a/b.jpg", "abs/evil.jpg", "evil.jpg", "win.jpg", "win/x.jpg"]
    assert sorted(found.values()) == sorted(entries.values())
    assert [item.name for item in tmp_path.rglob("*")] == ["inside", "book.zip"]
    with opened(path) as book:
        [remark] = book.failures
    assert (remark.reason, remark.is_loss) == ("unsafe-name", False)
    assert remark.message.startswith("book.zip: ../../evil.jpg and 4 more: the name leads out of the book")


def test_links_and_devices_are_skipped_and_links_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as archive:
        archive.writestr("1.jpg", build.jpeg())
        link = zipfile.ZipInfo("2.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert list(contents(tmp_path / "links.zip")) == ["1.jpg"]
    with tarfile.open(tmp_path / "links.tar", "w") as tar:
        info = tarfile.TarInfo("1.jpg")
        info.size = len(build.jpeg())
        tar.addfile(info, io.BytesIO(build.jpeg()))
        for name, kind in (
            ("2.jpg", tarfile.SYMTYPE),
            ("3.jpg", tarfile.LNKTYPE),
            ("4.jpg", tarfile.CHRTYPE),
        ):
            special = tarfile.TarInfo(name)
            special.type, special.linkname = kind, "/etc/passwd"
            tar.addfile(special)
    assert list(contents(tmp_path / "links.tar")) == ["1.jpg"]
    for name, first in (("links.zip", "2.jpg: "), ("links.tar", "2.jpg and 1 more: ")):
        with opened(tmp_path / name) as book:
            [remark] = book.failures
        assert (remark.reason, remark.is_loss) == ("link", False)
        assert remark.message.startswith(f"{name}: {first}a link, not followed")


def test_inner_archives_follow_in_order_under_their_names(tmp_path: Path) -> None:
    inner = build.zip_bytes(build.pages("1.jpg", "2.jpg"))
    entries = {"b10.cbz": inner, "b9.cbz": inner, "z.jpg": build.jpeg(9)}
    found = contents(build.write_zip(tmp_path / "pack.zip", entries))
    assert list(found) == ["z.jpg", "b9.cbz/1.jpg", "b9.cbz/2.jpg", "b10.cbz/1.jpg", "b10.cbz/2.jpg"]
    assert found["b10.cbz/2.jpg"] == build.jpeg(1)


def test_archives_in_inner_archives_are_refused(tmp_path: Path) -> None:
    deep = build.zip_bytes(
        {"inner.cbz": build.zip_bytes({"deepest.cbz": build.zip_bytes(build.pages("1.jpg"))})}
    )
    path = tmp_path / "deep.cbz"
    path.write_bytes(deep)
    with pytest.raises(LimitExceededError, match="nested"):
        opened(path)


def test_damaged_inner_archive_costs_only_itself(tmp_path: Path) -> None:
    path = build.write_zip(tmp_path / "p.zip", {"1.jpg": build.jpeg(), "x.cbz": b"PK\x03\x04 no archive"})
    with opened(path) as book:
        assert [entry.name for entry in book.entries] == ["1.jpg"]
        assert [failure.stage for failure in book.failures] == ["container"]


def test_inner_copies_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spare = tmp_path / "tmp"
    spare.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spare))
    path = build.write_zip(tmp_path / "p.zip", {"x.cbz": build.zip_bytes(build.pages("1.jpg"))})
    with opened(path):
        assert len(list(spare.iterdir())) == 1
    assert not list(spare.iterdir())


@pytest.mark.parametrize("entries", [{}, {"readme.txt": b"hi"}, {"ComicInfo.xml": b"<ComicInfo/>"}])
def test_archive_without_pictures_is_empty(entries: build.Entries, tmp_path: Path) -> None:
    with pytest.raises(EmptyBookError, match=r"book\.cbz"):
        opened(build.write_zip(tmp_path / "book.cbz", entries))
    with pytest.raises(EmptyBookError):
        opened(build.write_folder(tmp_path / "folder", entries))


def test_pages_without_suffix_are_found_by_content(tmp_path: Path) -> None:
    entries = {"2": build.jpeg(2), "10": build.jpeg(10), "readme": b"text", "x.txt": build.jpeg(3)}
    assert contents(build.write_zip(tmp_path / "book.cbz", entries)) == {
        "2": entries["2"],
        "10": entries["10"],
    }
    assert list(contents(build.write_tar(tmp_path / "book.cbt", entries, "w:gz"))) == ["2", "10"]


def test_encrypted_zip_says_so(tmp_path: Path) -> None:
    path = tmp_path / "locked.cbz"
    path.write_bytes(build.encrypt_flag(build.zip_bytes(build.pages("1.jpg"))))
    with pytest.raises(EncryptedContainerError, match="password"):
        opened(path)


def test_encrypted_rar_says_so(tmp_path: Path) -> None:
    with pytest.raises(EncryptedContainerError, match=r"locked\.cbr"):
        opened(build.write_rar4(tmp_path / "locked.cbr", SCRAMBLED, encrypted=True))


def test_solid_rar4_names_the_program_that_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnsupportedContainerError, match="unar"):
        opened(build.write_rar4(tmp_path / "solid.cbr", SCRAMBLED, solid=True))


def install_unar(folder: Path, monkeypatch: pytest.MonkeyPatch, unpacked: bytes) -> Path:
    """A program by that name which writes what the real one would; it counts its runs."""
    (folder / "unpacked").write_bytes(unpacked)
    program = folder / "bin" / "unar"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/runs\ncat {folder}/unpacked\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/bin:/usr/bin")
    return folder / "runs"


def test_solid_rar4_is_unpacked_by_one_run_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = install_unar(tmp_path, monkeypatch, b"".join(SCRAMBLED.values()))
    with opened(build.write_rar4(tmp_path / "solid.cbr", SCRAMBLED, solid=True)) as book:
        after_opening = len(runs.read_text().splitlines())
        pages = list(book.iter_pages())
    assert {page.entry.name: page.unwrap() for page in pages} == SCRAMBLED
    assert len(runs.read_text().splitlines()) - after_opening <= 1


def test_program_that_stops_midway_costs_the_pages_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_unar(tmp_path, monkeypatch, SCRAMBLED["p10.jpg"] + SCRAMBLED["p2.jpg"][:-9] + b"otherdata")
    with opened(build.write_rar4(tmp_path / "solid.cbr", SCRAMBLED, solid=True)) as book:
        errors = [type(page.error) for page in book.iter_pages()]
    assert errors == [CorruptContainerError, CorruptContainerError, type(None)]


@pytest.mark.parametrize("method", [9, 97, 77])
def test_zip_method_that_nobody_knows_says_so(method: int, tmp_path: Path) -> None:
    path = tmp_path / "odd.cbz"
    path.write_bytes(build.set_method(build.zip_bytes(build.pages("1.jpg")), method))
    with pytest.raises(UnsupportedContainerError, match=r"odd\.cbz"):
        opened(path)


def test_one_damaged_entry_loses_one_page(tmp_path: Path) -> None:
    path = build.write_zip(tmp_path / "book.cbz", SCRAMBLED, method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.index(SCRAMBLED["p2.jpg"])
    data[at + 200] ^= 0xFF
    path.write_bytes(data)
    with opened(path) as book:
        pages = list(book.iter_pages())
        assert [page.error is None for page in pages] == [True, False, True]
        assert isinstance(pages[1].error, CorruptContainerError)
        assert "p2.jpg" in str(pages[1].error)
        with pytest.raises(CorruptContainerError):
            book.read(book.entries[1])
        assert book.read(book.entries[2]) == SCRAMBLED["p10.jpg"]


@pytest.mark.parametrize("form", ["zip stored", "tar", "tar.gz"])
def test_truncated_archive_keeps_what_lists_and_reports_the_rest(form: str, tmp_path: Path) -> None:
    path = WRITERS[form][1](tmp_path / "book.cbt")
    data = path.read_bytes()
    second = data.find(SCRAMBLED["p2.jpg"])
    path.write_bytes(data[: second + 500 if second > 0 else len(data) * 6 // 10])
    with opened(path) as book:
        pages = {page.entry.name: page for page in book.iter_pages()}
        assert book.failures or pages["p2.jpg"].error
    assert pages["p10.jpg"].unwrap() == SCRAMBLED["p10.jpg"]
    assert "p1.jpg" not in pages


@pytest.mark.parametrize(
    "head", [b"PK\x03\x04", b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c"]
)
def test_head_without_body_is_corrupt(head: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.cbr"
    path.write_bytes(head + bytes(range(256)) * 8)
    with pytest.raises(CorruptContainerError, match=r"book\.cbr"):
        opened(path)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.cbz", b"", "empty file"),
        ("a.cbz", b"hello", "no comic"),
        ("a.jpg", b"\xff\xd8\xff", "single picture"),
        ("a.gz", b"\x1f\x8b\x08", "no comic"),
    ],
)
def test_what_is_no_comic_is_told_what_it_is(name: str, data: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NotAComicError, match=says):
        opened(tmp_path / name)


def test_missing_unreadable_and_special_files_say_why(tmp_path: Path) -> None:
    with pytest.raises(ContainerError, match="not found"):
        opened(tmp_path / "none.cbz")
    os.mkfifo(tmp_path / "pipe.cbz")
    with pytest.raises(NotAComicError, match="pipe"):
        opened(tmp_path / "pipe.cbz")
    path = build.write_zip(tmp_path / "locked.cbz", SCRAMBLED)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(ContainerError, match="permissions"):
        opened(path)


def test_ratio_bomb_is_refused_on_opening(tmp_path: Path) -> None:
    limits = ContainerLimits(ratio_free_bytes=1 << 20)
    path = build.write_zip(tmp_path / "bomb.cbz", {"1.jpg": bytes(50 << 20)})
    with pytest.raises(LimitExceededError, match="bomb"):
        opened(path, limits)


def test_bomb_that_lies_about_its_size_stops_while_unpacking(tmp_path: Path) -> None:
    # A gzip TAR declares its members' sizes, but a ZIP directory can claim anything.
    data = bytearray(build.zip_bytes({"1.jpg": bytes(50 << 20)}))
    for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(magic)
        data[at + offset : at + offset + 4] = (1000).to_bytes(4, "little")
    path = tmp_path / "liar.cbz"
    path.write_bytes(data)
    with opened(path, ContainerLimits(ratio_free_bytes=1 << 20)) as book:
        page = next(book.iter_pages())
    assert isinstance(page.error, ContainerError)


def test_inner_archives_share_the_budget(tmp_path: Path) -> None:
    inner = build.zip_bytes({"1.jpg": bytes(10 << 20)})
    path = build.write_zip(tmp_path / "pack.zip", {f"{n}.cbz": inner for n in range(5)})
    opened(path, ContainerLimits(max_total_bytes=60 << 20)).close()
    with pytest.raises(LimitExceededError):
        opened(path, ContainerLimits(max_total_bytes=40 << 20))


def test_count_total_and_page_limits_hold(tmp_path: Path) -> None:
    path = build.write_zip(tmp_path / "book.cbz", SCRAMBLED)
    with pytest.raises(LimitExceededError, match="more than 2 files"):
        opened(path, ContainerLimits(max_entries=2))
    with pytest.raises(LimitExceededError, match="unpacks to more than 100 bytes"):
        opened(path, ContainerLimits(max_total_bytes=100))
    with opened(path, ContainerLimits(picture=PictureLimits(max_bytes=100))) as book:
        assert all(isinstance(page.error, PictureTooLargeError) for page in book.iter_pages())


def test_huge_metadata_are_left_out_and_reported(tmp_path: Path) -> None:
    entries = {"1.jpg": build.jpeg(), "ComicInfo.xml": b"<ComicInfo>" + bytes(5000)}
    for path in (build.write_zip(tmp_path / "b.cbz", entries), build.write_folder(tmp_path / "f", entries)):
        with opened(path, ContainerLimits(max_metadata_bytes=1000)) as book:
            assert book.metadata_files == {}
            assert [failure.reason for failure in book.failures] == ["limit"]


def test_reading_one_page_twice_is_no_bomb(tmp_path: Path) -> None:
    path = build.write_zip(tmp_path / "book.cbz", SCRAMBLED)
    total = sum(len(data) for data in SCRAMBLED.values())
    with opened(path, ContainerLimits(max_total_bytes=total)) as book:
        for _ in range(3):
            assert all(page.error is None for page in book.iter_pages())


def test_folder_reads_only_its_own_regular_files(tmp_path: Path) -> None:
    folder = build.write_folder(tmp_path / "book", build.pages("1.jpg", "2.jpg"))
    build.write_folder(folder / "sub", build.pages("3.jpg"))
    (folder / "link.jpg").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.jpg")
    assert list(contents(folder)) == ["1.jpg", "2.jpg"]
    with opened(folder) as book:
        assert [remark.message.split(":")[1] for remark in book.failures] == [" link.jpg"]


def test_a_folder_of_links_alone_says_so(tmp_path: Path) -> None:
    folder = build.write_folder(tmp_path / "book", {})
    (folder / "1.jpg").symlink_to("/etc/passwd")
    with pytest.raises(LinkError, match="no picture but links"):
        opened(folder)


def test_page_replaced_by_a_link_or_removed_is_an_error_of_that_page(tmp_path: Path) -> None:
    folder = build.write_folder(tmp_path / "book", build.pages("1.jpg", "2.jpg", "3.jpg"))
    with opened(folder) as book:
        (folder / "1.jpg").unlink()
        (folder / "1.jpg").symlink_to("/etc/passwd")
        (folder / "2.jpg").unlink()
        pages = list(book.iter_pages())
    assert [type(page.error) for page in pages] == [ContainerError, ContainerError, type(None)]


def test_pages_can_be_read_by_several_threads(tmp_path: Path) -> None:
    entries = build.pages(*(f"{n}.jpg" for n in range(12)))
    for path in (
        build.write_zip(tmp_path / "b.cbz", entries),
        build.write_tar(tmp_path / "b.cbt", entries, "w:gz"),
    ):
        with opened(path) as book:
            wrong: list[str] = []

            def check(book: Container = book, wrong: list[str] = wrong) -> None:
                for entry in book.entries:
                    if book.read(entry) != entries[entry.name]:
                        wrong.append(entry.name)

            threads = [threading.Thread(target=check) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert not wrong


def test_closing_early_releases_the_file(tmp_path: Path) -> None:
    path = build.write_tar(tmp_path / "b.cbt", SCRAMBLED, "w:xz")
    with opened(path) as book:
        next(book.iter_pages())
    assert path.resolve() not in [link.resolve() for link in Path("/proc/self/fd").iterdir()]


def test_missing_libarchive_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from schemas.errors import BackendUnavailableError

    path = tmp_path / "book.cb7"
    path.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    monkeypatch.setitem(__import__("sys").modules, "libarchive", None)
    with pytest.raises(BackendUnavailableError, match="libarchive13"):
        opened(path)
