"""What PDFs say: the information dictionary and XMP (ISO 16684)."""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from indexer.metadata import values
from indexer.metadata.documents import local
from indexer.metadata.notes import Notes
from schemas.records import BookMetadata

_JUNK_TITLE = re.compile(
    r"untitled.*|microsoft word.*|powerpoint.*|.*\.(?:pdf|docx?|indd|qxd|tiff?|jpe?g|png|psd|ai)",
    re.IGNORECASE,
)
"""What programs write as a title where nobody gave one."""


def embedded_document(info: Mapping[str, object]) -> bytes | None:
    """Return a metadata document that a tagger put whole into the keywords, if there is one."""
    keywords = info.get("Keywords")
    if isinstance(keywords, str) and keywords.lstrip()[:1] in ("<", "{"):
        return keywords.strip().encode("utf-8", "replace")
    return None


def parse_pdf_info(info: Mapping[str, object]) -> BookMetadata:
    """Read an information dictionary; its dates are of the file, not of the comic."""
    direction = values.direction_of("rtl") if info.get("Direction") == "R2L" else None
    keywords = info.get("Keywords") if embedded_document(info) is None else None
    return BookMetadata(
        title=_title(info.get("Title")),
        summary=values.paragraphs_of(info.get("Subject")),
        direction=direction,
        direction_evidence="PDF ViewerPreferences Direction=R2L" if direction else None,
        tags=values.split_names(keywords),
        credits=values.credits_of(("writer", name) for name in values.split_names(info.get("Author"))),
        formats=("PDF",),
    )


def parse_xmp(root: Element, notes: Notes) -> BookMetadata:
    """Read an XMP packet: Dublin Core, with the PDF schema where that is silent."""
    said: dict[str, list[str]] = {}
    for element in root.iter():
        tag = local(element)
        if tag in ("title", "creator", "description", "subject", "language", "rights", "keywords", "author"):
            said.setdefault(tag, []).extend(_texts(element))
    first = {tag: texts[0] for tag, texts in said.items() if texts}
    keywords = first.get("keywords", "")
    creators = said.get("creator", []) if "author" not in first else [first["author"]]
    return BookMetadata(
        title=_title(first.get("title")),
        summary=values.paragraphs_of(first.get("description")),
        language=notes.language("language", first.get("language")),
        licence=values.text_of(first.get("rights")),
        tags=values.names_of(said.get("subject", []))
        or (values.split_names(keywords) if not keywords.lstrip().startswith("<") else ()),
        credits=values.credits_of(("writer", name) for name in values.names_of(creators)),
        formats=("XMP",),
    )


def _texts(element: Element) -> Iterator[str]:
    """Give the items of an rdf:Alt, rdf:Seq or rdf:Bag, or the plain text."""
    items = [item.text for item in element.iter() if local(item) == "li" and item.text]
    yield from items or ([element.text] if element.text and element.text.strip() else [])


def _title(value: object) -> str | None:
    title = values.text_of(value)
    return None if title is None or _JUNK_TITLE.fullmatch(title) else title
