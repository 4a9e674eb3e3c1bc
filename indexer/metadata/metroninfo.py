"""MetronInfo.xml (Metron Project; https://metron-project.github.io/docs/category/metroninfo)."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from indexer.metadata import values
from indexer.metadata.documents import child, children, said
from indexer.metadata.notes import Notes
from schemas.labels import ReadingDirection
from schemas.records import BookMetadata


def parse_metroninfo(root: Element, notes: Notes) -> BookMetadata:
    """Read a ``MetronInfo`` element."""
    year, month, day = notes.date("CoverDate", said(root, "coverdate") or said(root, "storedate"))
    series = child(root, "series")
    stories = _names(root, "stories", "story")
    book_format = values.text_of(said(series, "format"))
    tags, genres = _names(root, "tags", "tag"), _names(root, "genres", "genre")
    hint = values.strip_hint((book_format, *tags, *genres))
    return BookMetadata(
        title=values.text_of(said(root, "title")) or values.text_of("; ".join(stories)),
        series=values.text_of(said(series, "name")),
        number=values.issue_number(said(root, "number")),
        volume=notes.whole_number("Series Volume", said(series, "volume")),
        year=year,
        month=month,
        day=day,
        publisher=values.text_of(said(root, "publisher", "name")),
        summary=values.paragraphs_of(said(root, "summary")),
        language=notes.language("Series lang", series.get("lang")) if series is not None else None,
        direction=ReadingDirection.TTB if hint else None,
        direction_evidence=f"MetronInfo {hint}" if hint else None,
        story_arc=values.text_of(", ".join(_arcs(root))),
        age_rating=_rating(root),
        format=book_format,
        page_count=notes.whole_number("PageCount", said(root, "pagecount"), low=1),
        genres=genres,
        tags=tags,
        characters=_names(root, "characters", "character"),
        teams=_names(root, "teams", "team"),
        locations=_names(root, "locations", "location"),
        credits=values.credits_of(_credits(root)),
        formats=("MetronInfo",),
    )


def _names(root: Element, group: str, tag: str) -> tuple[str, ...]:
    return values.names_of(item.text for item in children(child(root, group), tag))


def _arcs(root: Element) -> tuple[str, ...]:
    return values.names_of(said(arc, "name") for arc in children(child(root, "arcs"), "arc"))


def _rating(root: Element) -> str | None:
    rating = values.text_of(said(root, "agerating"))
    return None if (rating or "").lower() == "unknown" else rating


def _credits(root: Element) -> Iterator[tuple[str, str]]:
    for credit in children(child(root, "credits"), "credit"):
        name = values.text_of(said(credit, "creator"))
        for role in children(child(credit, "roles"), "role"):
            if name is not None:
                yield values.role_of(role.text), name
