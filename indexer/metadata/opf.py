"""Package documents of EPUBs (https://www.w3.org/TR/epub-33/#sec-package-doc), and Calibre's."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from indexer.metadata import values
from indexer.metadata.documents import child, children, local, said
from indexer.metadata.notes import Notes
from schemas.labels import ReadingDirection
from schemas.records import BookMetadata

_RELATORS = {
    "aut": "writer",
    "art": "artist",
    "ill": "artist",
    "clr": "colorist",
    "cov": "cover",
    "edt": "editor",
    "trl": "translator",
}
"""MARC relator codes (https://www.loc.gov/marc/relators/) of people in comics."""


def parse_opf(root: Element, notes: Notes) -> BookMetadata:
    """Read a ``package`` element."""
    info = child(root, "metadata")
    metas = dict(_metas(info))
    year, month, day = notes.date("date", said(info, "date"))
    direction, evidence = _direction(root, metas)
    return BookMetadata(
        title=values.text_of(said(info, "title")),
        series=values.text_of(metas.get("belongs-to-collection") or metas.get("calibre:series")),
        number=values.issue_number(_position(metas)),
        year=year,
        month=month,
        day=day,
        publisher=values.text_of(said(info, "publisher")),
        summary=values.paragraphs_of(said(info, "description")),
        language=notes.language("language", said(info, "language")),
        direction=direction,
        direction_evidence=evidence,
        licence=values.text_of(said(info, "rights")),
        tags=values.names_of(subject.text for subject in children(info, "subject")),
        credits=values.credits_of(_credits(info)),
        formats=("OPF",),
    )


def _metas(info: Element | None) -> Iterator[tuple[str, str]]:
    """Give ``meta`` elements of EPUB 3 (property, text) and EPUB 2 (name, content)."""
    for meta in children(info, "meta"):
        if meta.get("property") and not meta.get("refines") and meta.text:
            yield meta.get("property", ""), meta.text.strip()
        elif meta.get("property") == "group-position" and meta.text:
            yield "group-position", meta.text.strip()
        elif meta.get("name"):
            yield meta.get("name", ""), meta.get("content", "")


def _position(metas: dict[str, str]) -> str | None:
    """Return the number in the series; Calibre writes every whole one as ``1.0``."""
    position = metas.get("group-position") or metas.get("calibre:series_index")
    return position.removesuffix(".0") if position else None


def _direction(root: Element, metas: dict[str, str]) -> tuple[ReadingDirection | None, str | None]:
    flow = metas.get("rendition:flow", "")
    if flow == "scrolled-continuous":
        return ReadingDirection.TTB, f"OPF rendition:flow={flow}"
    spine = child(root, "spine")
    progression = spine.get("page-progression-direction") if spine is not None else None
    direction = values.direction_of(progression)
    if direction is not None:
        return direction, f"EPUB page-progression-direction={progression}"
    mode = metas.get("primary-writing-mode")
    direction = values.direction_of(mode)
    return direction, f"OPF primary-writing-mode={mode}" if direction else None


def _credits(info: Element | None) -> Iterator[tuple[str, str]]:
    for person in info if info is not None else ():
        tag = local(person)
        name = values.text_of(person.text)
        if tag not in ("creator", "contributor") or name is None or name.lower() == "unknown":
            continue
        code = next((value for key, value in person.attrib.items() if key.endswith("role")), "")
        role = _RELATORS.get(code.lower())
        if role is not None or tag == "creator":
            yield role or "writer", name
