"""Every real archive beside the project opens, or gives the right reason."""

from pathlib import Path

import pytest

from indexer.containers import find_books, open_container
from indexer.metadata import read_metadata
from models.pictures import decode_picture
from schemas.config import ContainerLimits
from schemas.errors import EmptyBookError, EncryptedContainerError, LongboxError, UnsupportedContainerError

pytestmark = pytest.mark.corpus
LIMITS = ContainerLimits()

OPENS = {
    "komga/7zip.7z": ("cb7", 1),
    "komga/epub3.epub": ("epub", 2),
    "komga/rar4.rar": ("cbr", 3),
    "komga/rar5-solid.rar": ("cbr", 3),
    "komga/rar5.rar": ("cbr", 1),
    "komga/zip-as-epub.epub": ("cbz", 1),
    "komga/zip-bzip2.zip": ("cbz", 1),
    "komga/zip-copy.zip": ("cbz", 1),
    "komga/zip-deflate64.zip": ("cbz", 1),
    "komga/zip-lzma.zip": ("cbz", 1),
    "komga/zip-ppmd.zip": ("cbz", 1),
    "komga/zip.zip": ("cbz", 1),
    "comicbox/Captain Science #001-cbi.cbr": ("cbr", 5),
    "comicbox/Captain Science #001-cix-cbi.cbr": ("cbr", 5),
    "comicbox/Captain Science #001-cix.cbt": ("cbt", 5),
    "comicbox/Captain Science #001-cix.cbz": ("cbz", 5),
    "comicbox/Captain Science #001-comet.cbz": ("cbz", 5),
    "comicbox/Captain Science #001.cb7": ("cb7", 5),
    "comicbox/Captain Science #001.cbz": ("cbz", 5),
    "comicbox/Captain Science 001": ("folder", 5),
    "comicbox/macos_resource_fork.cbz": ("cbz", 2),
    "comicbox/test_cix.pdf": ("pdf", 4),
    "comicbox/test_pdf.pdf": ("pdf", 4),
    "comicbox/test_pdf_legacy_keywords.pdf": ("pdf", 4),
    "comicbox/pdf/0.pdf": ("pdf", 1),
    "comicbox/pdf/1.pdf": ("pdf", 1),
    "comicbox/pdf/2.pdf": ("pdf", 1),
    "comicbox/pdf/3.pdf": ("pdf", 1),
}
REFUSED: dict[str, type[LongboxError]] = {
    "komga/7zip-encrypted.7z": EncryptedContainerError,
    "komga/rar4-encrypted.rar": EncryptedContainerError,
    "komga/rar5-encrypted.rar": EncryptedContainerError,
    "komga/zip-encrypted.zip": EncryptedContainerError,
    "comicbox/Captain Science #001 (1950) The Beginning - multi.cbz": EmptyBookError,
    "comicbox/Captain Science #001 (1950) The Beginning - nothing.cbz": EmptyBookError,
    "comicbox/Captain Science #001-metron.cbz": EmptyBookError,
    "comicbox/comicbox-cli.cbz": EmptyBookError,
    "comicbox/comicbox.cbz": EmptyBookError,
    "comicbox/empty.cbz": EmptyBookError,
    "comicbox/export.cbz": EmptyBookError,
    "comicbox/patchme.cbz": EmptyBookError,
    "comicbox/xml.cbz": EmptyBookError,
    "comicbox/yaml.cbz": EmptyBookError,
}
NEEDS_A_PROGRAM = "komga/rar4-solid.rar"


@pytest.mark.parametrize("name", OPENS)
def test_fixture_opens_and_every_page_decodes(name: str, corpus: Path) -> None:
    kind, count = OPENS[name]
    with open_container(corpus / "containers" / name, limits=LIMITS) as book:
        assert (book.kind, len(book.entries), book.failures) == (kind, count, ())
        for page in book.iter_pages():
            picture = decode_picture(page.unwrap(), name=page.entry.name, limits=LIMITS.picture)
            assert picture.degraded is None


@pytest.mark.parametrize("name", REFUSED)
def test_fixture_is_refused_for_the_right_reason(name: str, corpus: Path) -> None:
    with pytest.raises(REFUSED[name]) as caught:
        open_container(corpus / "containers" / name, limits=LIMITS)
    assert Path(name).name in str(caught.value)


def test_solid_rar4_is_read_with_a_program_or_names_it(corpus: Path) -> None:
    try:
        book = open_container(corpus / "containers" / NEEDS_A_PROGRAM, limits=LIMITS)
    except UnsupportedContainerError as error:
        message = str(error)
        assert "unar" in message
        return
    with book:
        assert [len(page.unwrap()) for page in book.iter_pages()] == [3108] * 3


def test_the_table_names_every_fixture(corpus: Path) -> None:
    containers = corpus / "containers"
    found = {str(path.relative_to(containers)) for path in find_books([containers])}
    assert found == {*OPENS, *REFUSED, NEEDS_A_PROGRAM}


def test_metadata_of_all_formats_reach_the_same_book(corpus: Path) -> None:
    for name in OPENS:
        if "Captain Science" not in name:
            continue
        with open_container(corpus / "containers" / name, limits=LIMITS) as book:
            told, failures = read_metadata(
                book.metadata_files, zip_comment=book.zip_comment, source_name=book.path.name
            )
        assert (told.series, told.number, failures) == ("Captain Science", "1", ()), name
        if told.formats:
            assert (told.year, told.language) == (1950, "en"), name
