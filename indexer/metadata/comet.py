"""CoMet (http://www.denvog.com/comet/comet-specification/)."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from indexer.metadata import values
from indexer.metadata.documents import children, said
from indexer.metadata.notes import Notes
from schemas.records import BookMetadata

_ROLES = {
    "writer": "writer",
    "penciller": "penciller",
    "inker": "inker",
    "colorist": "colorist",
    "letterer": "letterer",
    "coverdesigner": "cover",
    "editor": "editor",
    "creator": "writer",
}


def parse_comet(root: Element, notes: Notes) -> BookMetadata:
    """Read a ``comet`` element."""
    year, month, day = notes.date("date", said(root, "date"))
    direction = notes.direction("readingDirection", said(root, "readingdirection"))
    return BookMetadata(
        title=values.text_of(said(root, "title")),
        series=values.text_of(said(root, "series")),
        number=values.issue_number(said(root, "issue")),
        volume=notes.whole_number("volume", said(root, "volume")),
        year=year,
        month=month,
        day=day,
        publisher=values.text_of(said(root, "publisher")),
        summary=values.paragraphs_of(said(root, "description")),
        language=notes.language("language", said(root, "language")),
        direction=direction,
        direction_evidence=f"CoMet readingDirection={direction.value}" if direction else None,
        licence=values.text_of(said(root, "rights")),
        age_rating=values.text_of(said(root, "rating")),
        format=values.text_of(said(root, "format")),
        page_count=notes.whole_number("pages", said(root, "pages"), low=1),
        genres=_names(root, "genre"),
        characters=_names(root, "character"),
        credits=values.credits_of(_credits(root)),
        formats=("CoMet",),
    )


def _names(root: Element, tag: str) -> tuple[str, ...]:
    return values.names_of(item.text for item in children(root, tag))


def _credits(root: Element) -> Iterator[tuple[str, str]]:
    for tag, role in _ROLES.items():
        yield from ((role, name) for name in _names(root, tag))
