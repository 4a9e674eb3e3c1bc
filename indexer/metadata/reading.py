"""Reads every metadata document of a book and merges them, the most careful format first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any
from xml.etree.ElementTree import Element

from indexer.containers.pdf import INFO_NAME
from indexer.metadata.acbf import parse_acbf
from indexer.metadata.comet import parse_comet
from indexer.metadata.comicbookinfo import is_comicbookinfo, parse_comicbookinfo
from indexer.metadata.comicinfo import parse_comicinfo
from indexer.metadata.documents import local, parse_json, parse_xml
from indexer.metadata.filename import parse_filename
from indexer.metadata.metroninfo import parse_metroninfo
from indexer.metadata.notes import Notes
from indexer.metadata.opf import parse_opf
from indexer.metadata.pdf import embedded_document, parse_pdf_info, parse_xmp
from schemas.errors import ContainerError
from schemas.labels import ReadingDirection
from schemas.records import BookMetadata, StageFailure

STAGE = "metadata"
"""Name of this stage in failures."""

PRECEDENCE = ("ComicInfo", "MetronInfo", "ACBF", "CoMet", "ComicBookInfo", "OPF", "PDF", "XMP")
"""Formats made for comics first, and among them those with more fields; a file name comes last."""

_XML_READERS: dict[str, Callable[[Element, Notes], BookMetadata]] = {
    "comicinfo": parse_comicinfo,
    "metroninfo": parse_metroninfo,
    "acbf": parse_acbf,
    "comet": parse_comet,
    "package": parse_opf,
    "xmpmeta": parse_xmp,
}
"""By root element: a file's name is no better evidence than that of a container."""
_BLANKS_AND_BOM = b"\xef\xbb\xbf \t\r\n"
_COMMENT = "the ZIP comment"
_MAX_DOCUMENTS = 200  # a pack of inner archives can bring one each
_DIRECTIONS = (ReadingDirection.RTL, ReadingDirection.TTB, ReadingDirection.LTR)
"""Which direction wins where formats differ: left-to-right is often just a program's default."""


def read_metadata(
    files: Mapping[str, bytes], *, zip_comment: bytes | None, source_name: str
) -> tuple[BookMetadata, tuple[StageFailure, ...]]:
    """Merge what a book says of itself.

    Each field comes from the first format of ``PRECEDENCE`` that fills it; of one format, from
    the file nearest to the root. The reading direction comes with its evidence.

    Args:
        files: contents by name, as a ``Container`` gives them.
        zip_comment: the comment of a ZIP, which may be ComicBookInfo.
        source_name: file or folder name, parsed for what nothing else says.

    Returns:
        The metadata, and a failure for each document that had to be ignored, wholly or in a field;
        never raises for content.
    """
    found: list[BookMetadata] = []
    failures: list[StageFailure] = []
    for name, data in _documents(files, zip_comment):
        notes = Notes()
        try:
            metadata = _parse(name, data, notes)
        except ContainerError as error:
            failures.append(StageFailure(STAGE, error.reason, f"{source_name}: {error}"))
        else:
            found += metadata
            if notes:
                message = f"{source_name}: {name} says {notes}: not a value that the field may have, ignored"
                failures.append(StageFailure(STAGE, "odd-value", message))
    found.sort(key=lambda metadata: PRECEDENCE.index(metadata.formats[0]))
    merged = _merge(found)
    return _with_filename(merged, parse_filename(source_name)), tuple(failures)


def _documents(files: Mapping[str, bytes], zip_comment: bytes | None) -> Iterator[tuple[str, bytes]]:
    """Give the documents, nearest to the root first."""
    nearest = sorted(files, key=lambda name: (name.count("/"), name))
    yield from ((name, files[name]) for name in nearest[:_MAX_DOCUMENTS])
    if zip_comment is not None and zip_comment.lstrip(_BLANKS_AND_BOM)[:1] == b"{":
        yield _COMMENT, zip_comment


def _parse(name: str, data: bytes, notes: Notes) -> list[BookMetadata]:
    if name == INFO_NAME:
        info = parse_json(data, name)
        nested = embedded_document(info)
        return [parse_pdf_info(info), *(_parse("the PDF keywords", nested, notes) if nested else ())]
    if data.lstrip(_BLANKS_AND_BOM)[:1] == b"{":
        document = parse_json(data, name)
        return [parse_comicbookinfo(document, notes)] if is_comicbookinfo(document) else []
    root = parse_xml(data, name)
    reader = _XML_READERS.get(local(root))
    return [reader(root, notes)] if reader is not None else []


def _merge(found: Sequence[BookMetadata]) -> BookMetadata:
    """Fill each field from the first that says it; direction and evidence stay together."""
    merged: dict[str, Any] = {}  # of the fields' own types, since it comes from equal records
    for field in fields(BookMetadata):
        said = (getattr(metadata, field.name) for metadata in found)
        value = next((value for value in said if value not in (None, ())), None)
        if value is not None:
            merged[field.name] = value
    directed = next(
        (item for direction in _DIRECTIONS for item in found if item.direction is direction), BookMetadata()
    )
    return replace(
        BookMetadata(),
        **merged
        | {
            "direction": directed.direction,
            "direction_evidence": directed.direction_evidence,
            "formats": tuple(dict.fromkeys(item.formats[0] for item in found)),
        },
    )


def _with_filename(merged: BookMetadata, guessed: BookMetadata) -> BookMetadata:
    """Fill from the file name what nothing says; a whole name is no title beside a known series."""
    title = merged.title
    if title is None and (merged.series is None or guessed.series is not None):
        title = guessed.title
    return replace(
        merged,
        title=title,
        series=merged.series or guessed.series,
        number=merged.number or guessed.number,
        volume=merged.volume if merged.volume is not None else guessed.volume,
        year=merged.year if merged.year is not None else guessed.year,
    )
