"""Whatever bytes come, only our own errors go out, in bounded time and memory."""

import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.containers import open_container
from schemas.config import ContainerLimits, PictureLimits
from schemas.errors import ContainerError, PictureError
from tests.indexer.containers import builders as build

LIMITS = ContainerLimits(
    max_entries=200,
    max_total_bytes=8 << 20,
    max_metadata_bytes=1 << 16,
    ratio_free_bytes=1 << 20,
    picture=PictureLimits(max_bytes=1 << 20),
)
FUZZ = settings(max_examples=120, deadline=2000, suppress_health_check=[HealthCheck.too_slow])


@cache
def seed(form: str) -> bytes:
    """A small sound book of each kind, to be damaged."""
    entries = build.pages("1.jpg", "b/2.jpg") | {"ComicInfo.xml": b"<ComicInfo/>"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed"
        if form == "zip":
            build.write_zip(path, entries | {"inner.cbz": build.zip_bytes(entries)})
        elif form == "tar":
            build.write_tar(path, entries)
        elif form == "tar.gz":
            build.write_tar(path, entries, "w:gz")
        elif form == "7z":
            build.write_7z(path, entries)
        elif form == "pdf":
            build.write_pdf(path, [build.jpeg(1)], info={"Title": "x"})
        else:
            page = '<img src="1.jpg"/>'
            build.write_zip(path, build.epub_entries({"a.xhtml": page}, ["a.xhtml"], ["1.jpg"]))
        return path.read_bytes()


def read_all(data: bytes) -> None:
    """Open and read everything as a pipeline does; only our errors may come out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.cbt"
        path.write_bytes(data)
        try:
            with open_container(path, limits=LIMITS) as book:
                assert book.entries
                for page in book.iter_pages():
                    assert page.error is None or isinstance(page.error, (ContainerError, PictureError))
                    assert len(page.data) <= LIMITS.picture.max_bytes
        except ContainerError as error:
            message = str(error)
            assert message
            assert message.isprintable()


MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1), st.one_of(st.integers(0, 255), st.binary(min_size=2, max_size=8))), max_size=10
)


@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz", "7z", "pdf", "epub"])
def test_damaged_books_raise_only_our_errors(form: str) -> None:
    if form == "7z":
        pytest.importorskip("libarchive", exc_type=(ImportError, OSError, TypeError))

    @FUZZ
    @given(changes=MUTATIONS, keep=st.one_of(st.just(1.0), st.floats(0, 1)))
    def damage(changes: list[tuple[float, int | bytes]], keep: float) -> None:
        data = bytearray(seed(form))
        for place, value in changes:
            at = int(place * (len(data) - 1))
            patch = bytes([value]) if isinstance(value, int) else value
            data[at : at + len(patch)] = patch
        read_all(bytes(data[: int(keep * len(data))]))

    damage()


HEADS = [b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c"]
HEADS += [b"%PDF-1.7\n", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00", b""]


@FUZZ
@given(head=st.sampled_from(HEADS), body=st.binary(max_size=2000))
def test_noise_behind_any_magic_raises_only_our_errors(head: bytes, body: bytes) -> None:
    read_all(head + body)


@FUZZ
@given(
    names=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40), max_size=6),
    suffix=st.sampled_from([".jpg", "/x.png", ".cbz", ".xml", ""]),
)
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_any_names_list_and_read(names: list[str], suffix: str) -> None:
    entries = {name + suffix: b"data" for name in names}
    read_all(build.zip_bytes(entries | {"1.jpg": b"x"}))
