"""EPUB order from the spine; PDF pages as embedded pictures or rendered."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.containers import Container, open_container
from models.pictures import decode_picture
from schemas.config import ContainerLimits, PictureLimits
from schemas.errors import (
    CorruptContainerError,
    EncryptedContainerError,
    LimitExceededError,
    PictureTooLargeError,
)
from tests.indexer.containers import builders as build

LIMITS = ContainerLimits()
XHTML = '<html xmlns="http://www.w3.org/1999/xhtml"><body>&nbsp;<img src="{0}"/></body></html>'
SVG = (
    '<html><body><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<image xlink:href="{0}"/></svg></body></html>'
)


def opened(path: Path, limits: ContainerLimits = LIMITS) -> Container:
    return open_container(path, limits=limits)


def page_names(path: Path) -> list[str]:
    with opened(path) as book:
        assert book.kind == "epub"
        assert all(page.error is None for page in book.iter_pages())
        return [entry.name for entry in book.entries]


def test_epub_pages_follow_the_spine_through_img_and_svg(tmp_path: Path) -> None:
    images = ["images/b.jpg", "images/a%20c.jpg", "images/c.jpg"]
    entries = build.epub_entries(
        {
            "one.xhtml": XHTML.format("images/c.jpg"),
            "two.xhtml": SVG.format("./images/a%20c.jpg#x"),
            "three.xhtml": XHTML.format("../OPS/images/b.jpg"),
        },
        ["one.xhtml", "two.xhtml", "three.xhtml"],
        images,
    )
    entries["OPS/images/a c.jpg"] = entries.pop("OPS/images/a%20c.jpg")
    path = build.write_zip(tmp_path / "book.epub", entries)
    assert page_names(path) == ["OPS/images/c.jpg", "OPS/images/a c.jpg", "OPS/images/b.jpg"]


def test_epub_cover_comes_first_and_pictures_are_not_repeated(tmp_path: Path) -> None:
    entries = build.epub_entries(
        {
            "a.xhtml": XHTML.format("2.jpg"),
            "b.xhtml": XHTML.format("2.jpg"),
            "c.xhtml": XHTML.format("1.jpg"),
        },
        ["a.xhtml", "b.xhtml", "c.xhtml"],
        ["1.jpg", "2.jpg", "cover.jpg"],
        extra='<meta name="cover" content="i2"/>',
    )
    path = build.write_zip(tmp_path / "book.epub", entries)
    assert page_names(path) == ["OPS/cover.jpg", "OPS/2.jpg", "OPS/1.jpg"]


def test_epub_without_pictures_in_its_spine_takes_the_manifest(tmp_path: Path) -> None:
    entries = build.epub_entries({"a.xhtml": "<p>text</p>"}, ["a.xhtml"], ["10.jpg", "9.jpg"])
    assert page_names(build.write_zip(tmp_path / "book.epub", entries)) == ["OPS/10.jpg", "OPS/9.jpg"]


def test_epub_pictures_in_the_spine_itself_are_pages(tmp_path: Path) -> None:
    entries = build.epub_entries({}, ["2.jpg", "1.jpg"], ["1.jpg", "2.jpg"])
    path = build.write_zip(tmp_path / "book.cbz", entries)
    assert page_names(path) == ["OPS/2.jpg", "OPS/1.jpg"]
    with opened(path) as book:
        assert b"rtl" in book.metadata_files["OPS/package.opf"]


BOMB = b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]><package>&b;</package>'


@pytest.mark.parametrize("package", [b"<package", b"", BOMB, b"\xff\xfe\x00"])
def test_epub_with_a_damaged_package_falls_back_to_natural_order(package: bytes, tmp_path: Path) -> None:
    entries = build.epub_entries({}, ["2.jpg"], ["10.jpg", "2.jpg"])
    entries["OPS/package.opf"] = package
    with opened(build.write_zip(tmp_path / "book.epub", entries)) as book:
        assert [entry.name for entry in book.entries] == ["OPS/2.jpg", "OPS/10.jpg"]
        assert [failure.reason for failure in book.failures] == ["corrupt"]


def test_protected_epub_says_so(tmp_path: Path) -> None:
    entries = build.epub_entries({}, ["1.jpg"], ["1.jpg"])
    entries["META-INF/encryption.xml"] = (
        b'<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
        b'<e:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
        b'<e:CipherData><e:CipherReference URI="OPS/1.jpg"/></e:CipherData></e:EncryptedData></encryption>'
    )
    with pytest.raises(EncryptedContainerError, match="DRM"):
        opened(build.write_zip(tmp_path / "book.epub", entries))


def test_pdf_page_that_is_one_jpeg_gives_that_jpeg(tmp_path: Path) -> None:
    jpegs = [build.jpeg(number, (120, 180)) for number in range(2)]
    info = {"Title": "Frogs", "Author": "A"}
    direction = b"/ViewerPreferences << /Direction /R2L >> "
    with opened(build.write_pdf(tmp_path / "b.cbr", jpegs, info=info, extra=direction)) as book:
        assert book.kind == "pdf"
        assert [entry.name for entry in book.entries] == ["page-0001", "page-0002"]
        assert [page.unwrap() for page in book.iter_pages()] == jpegs
        assert b"R2L" in book.metadata_files["pdf-info.json"]
        assert b"Frogs" in book.metadata_files["pdf-info.json"]


def with_content(path: Path, content: bytes) -> None:
    """Give the single page another content stream."""
    data = path.read_bytes()
    old = build.picture_content(120, 180)
    assert len(content) <= len(old)
    assert old in data
    path.write_bytes(data.replace(old, content.ljust(len(old))))


@pytest.mark.parametrize(
    "content",
    [
        b"q 60 0 0 90 0 0 cm /Im0 Do Q",  # covers a quarter
        b"q 0 180 -120 0 120 0 cm /Im0 Do Q",  # turned
        b"q 120 0 0 180 0 0 cm /Im0 Do Q 9 9 50 50 re f",  # drawn over
        b"q 999 0 0 999 0 0 cm /Im0 Do Q",  # cropped by the page
        b"q 120 0 0 180 0 0 cm /Im0 Do /Im0 Do Q",  # two pictures
    ],
)
def test_pdf_page_that_is_more_than_its_jpeg_is_rendered(content: bytes, tmp_path: Path) -> None:
    path = build.write_pdf(tmp_path / "book.pdf", [build.jpeg(0, (120, 180))])
    with_content(path, content)
    with opened(path) as book:
        data = book.read(book.entries[0])
    picture = decode_picture(data, name="p", limits=PictureLimits())
    assert data.startswith(b"\x89PNG")
    assert max(picture.image.shape) >= 1400
    assert abs(picture.width_px / picture.height_px - 120 / 180) < 0.01


def test_pdf_rendering_shows_the_page(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (120, 180), (255, 0, 0)).save(buffer, "JPEG", quality=95)
    path = build.write_pdf(tmp_path / "book.pdf", [buffer.getvalue()])
    with_content(path, b"q 60 0 0 180 0 0 cm /Im0 Do Q")
    with opened(path) as book:
        image = decode_picture(book.read(book.entries[0]), name="p", limits=PictureLimits()).image
    height, width = image.shape[:2]
    assert np.abs(image[height // 2, width // 4].astype(int) - (254, 0, 0)).max() < 6
    assert tuple(image[height // 2, 3 * width // 4]) == (255, 255, 255)


def test_pdf_limits_hold(tmp_path: Path) -> None:
    path = build.write_pdf(tmp_path / "book.pdf", [build.jpeg(n, (120, 180)) for n in range(3)])
    with pytest.raises(LimitExceededError, match="3 pages"):
        opened(path, ContainerLimits(max_entries=2))
    with opened(path, ContainerLimits(picture=PictureLimits(max_pixels=1000))) as book:
        assert all(isinstance(page.error, PictureTooLargeError) for page in book.iter_pages())


@pytest.mark.parametrize("keep", [0.02, 0.3])
def test_truncated_pdf_opens_or_is_corrupt(keep: float, tmp_path: Path) -> None:
    path = build.write_pdf(tmp_path / "book.pdf", [build.jpeg(0, (120, 180))])
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(CorruptContainerError, match=r"book\.pdf"):
        opened(path)
