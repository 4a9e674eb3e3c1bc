"""ACBF, the Advanced Comic Book Format (https://acbf.fandom.com/wiki/Advanced_Comic_Book_Format_Wiki)."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from indexer.metadata import values
from indexer.metadata.documents import child, children, full_text, said
from indexer.metadata.notes import Notes
from schemas.records import BookMetadata


def parse_acbf(root: Element, notes: Notes) -> BookMetadata:
    """Read an ``ACBF`` element: ``meta-data`` only, the text layers are no metadata."""
    info = child(root, "meta-data", "book-info")
    published = child(root, "meta-data", "publish-info")
    date = child(published, "publish-date")
    year, month, day = notes.date(
        "publish-date", (date.get("value") or date.text) if date is not None else None
    )
    sequence = child(info, "sequence")
    layers = list(children(child(info, "languages"), "text-layer"))
    direction = notes.direction("reading-direction", said(info, "reading-direction"))
    return BookMetadata(
        title=values.text_of(said(info, "book-title")),
        series=values.text_of(sequence.get("title")) if sequence is not None else None,
        number=values.issue_number(sequence.text) if sequence is not None else None,
        volume=notes.whole_number("sequence volume", sequence.get("volume"))
        if sequence is not None
        else None,
        year=year,
        month=month,
        day=day,
        publisher=values.text_of(said(published, "publisher")),
        summary=values.paragraphs_of(full_text(child(info, "annotation"))),
        language=notes.language("text-layer lang", layers[0].get("lang")) if layers else None,
        direction=direction,
        direction_evidence=f"ACBF reading-direction={direction.value}" if direction else None,
        licence=values.text_of(said(published, "license")),
        age_rating=values.text_of(said(info, "content-rating")),
        genres=values.names_of(genre.text for genre in children(info, "genre")),
        tags=values.split_names(said(info, "keywords")),
        characters=values.names_of(name.text for name in children(child(info, "characters"), "name")),
        credits=values.credits_of(_credits(info)),
        formats=("ACBF",),
    )


def _credits(info: Element | None) -> Iterator[tuple[str, str]]:
    for author in children(info, "author"):
        parts = (values.text_of(said(author, tag)) for tag in ("first-name", "middle-name", "last-name"))
        name = " ".join(part for part in parts if part) or values.text_of(said(author, "nickname"))
        if name:
            yield values.role_of(author.get("activity", "writer")), name
