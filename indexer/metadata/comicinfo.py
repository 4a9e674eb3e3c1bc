"""ComicInfo.xml (ComicRack, Anansi Project; https://anansi-project.github.io/docs/comicinfo)."""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from indexer.metadata import values
from indexer.metadata.documents import child, children, local
from indexer.metadata.notes import Notes
from schemas.labels import PageType, ReadingDirection
from schemas.licences import licence_of
from schemas.records import BookMetadata

_ROLES = {
    "writer": "writer",
    "penciller": "penciller",
    "inker": "inker",
    "colorist": "colorist",
    "letterer": "letterer",
    "coverartist": "cover",
    "editor": "editor",
    "translator": "translator",
}
_PAGE_TYPES = {
    "frontcover": PageType.COVER,
    "innercover": PageType.COVER,  # a second cover: the inside one, or a variant
    "backcover": PageType.BACK_COVER,
    "story": PageType.STORY,
    "advertisement": PageType.ADVERTISEMENT,
    "preview": PageType.ADVERTISEMENT,  # pages of another book, there to sell it
    "editorial": PageType.TEXT,
    "letters": PageType.TEXT,
    "roundup": PageType.TEXT,  # what else the publisher brings out, as a column of text
}
"""ComicInfo's ``Other`` and ``Deleted`` say nothing of what is seen and are left out."""

_MAX_PAGES = 20_000
_MAX_NOTES = 2_000
_SAID_LICENCE = re.compile(r"\blicen[cs]e\s*:\s*([^\n;]{2,80})", re.IGNORECASE)
_UNKNOWN = frozenset({"unknown", "rating pending"})


def parse_comicinfo(root: Element, notes: Notes) -> BookMetadata:
    """Read a ``ComicInfo`` element; where a field is repeated the first counts."""
    fields: dict[str, str | None] = {}
    for element in root:
        fields.setdefault(local(element), element.text)
    age_rating = values.text_of(fields.get("agerating"))
    credit_pairs = (
        (role, name) for tag, role in _ROLES.items() for name in values.split_names(fields.get(tag))
    )
    direction, evidence = _direction(fields)
    pages = dict(_pages(root, notes))
    return BookMetadata(
        title=values.text_of(fields.get("title")),
        series=values.text_of(fields.get("series")),
        number=values.issue_number(fields.get("number")),
        volume=notes.whole_number("Volume", fields.get("volume")),
        year=notes.year("Year", fields.get("year")),
        month=notes.whole_number("Month", fields.get("month"), low=1, high=12),
        day=notes.whole_number("Day", fields.get("day"), low=1, high=31),
        publisher=values.text_of(fields.get("publisher")),
        summary=values.paragraphs_of(fields.get("summary")),
        language=notes.language("LanguageISO", fields.get("languageiso")),
        direction=direction,
        direction_evidence=evidence,
        licence=_licence_in(fields.get("notes")),
        story_arc=values.text_of(fields.get("storyarc")),
        age_rating=None if (age_rating or "").lower() in _UNKNOWN else age_rating,
        format=values.text_of(fields.get("format")),
        page_count=notes.whole_number("PageCount", fields.get("pagecount"), low=1),
        genres=values.split_names(fields.get("genre")),
        tags=values.split_names(fields.get("tags")),
        characters=values.split_names(fields.get("characters")),
        teams=values.split_names(fields.get("teams")),
        locations=values.split_names(fields.get("locations")),
        credits=values.credits_of(credit_pairs),
        page_types=tuple(_page_types(pages)),
        double_pages=tuple(_double_pages(pages)),
        formats=("ComicInfo",),
    )


def _licence_in(notes: str | None) -> str | None:
    """ComicInfo has no field for rights: a licence named in the notes (``CC BY 4.0``) is taken as stated."""
    text = (values.paragraphs_of(notes) or "")[:_MAX_NOTES]
    said = _SAID_LICENCE.search(text)
    licence = licence_of(said[1] if said else text)
    return licence.name if licence.is_known and (said or licence.name.startswith("CC")) else None


def _direction(fields: dict[str, str | None]) -> tuple[ReadingDirection | None, str | None]:
    """``Manga=Yes`` alone says where a book comes from, not how this edition is read."""
    manga = (values.text_of(fields.get("manga")) or "").lower()
    if manga == "yesandrighttoleft":
        return ReadingDirection.RTL, "ComicInfo Manga=YesAndRightToLeft"
    for field, shown in (("format", "Format"), ("tags", "Tags"), ("genre", "Genre")):
        hint = values.strip_hint(values.split_names(fields.get(field)))
        if hint is not None:
            return ReadingDirection.TTB, f"ComicInfo {shown}={hint}"
    return None, None


def _pages(root: Element, notes: Notes) -> Iterator[tuple[int, Element]]:
    """Give each page's 0-based position once; ``Image`` is the position, missing means in order."""
    seen: set[int] = set()
    for order, page in enumerate(children(child(root, "pages"), "page")):
        position = notes.whole_number("Page Image", page.get("Image", str(order)), high=_MAX_PAGES)
        if position is not None and position not in seen:
            seen.add(position)
            yield position, page
        if order >= _MAX_PAGES:
            return


def _page_types(pages: Mapping[int, Element]) -> Iterator[tuple[int, PageType]]:
    for position, page in pages.items():
        # A page may carry several types, separated by spaces: the first known one counts.
        words = page.get("Type", "").lower().split()
        known = next((_PAGE_TYPES[word] for word in words if word in _PAGE_TYPES), None)
        if known is not None:
            yield position, known


def _double_pages(pages: Mapping[int, Element]) -> Iterator[int]:
    for position, page in pages.items():
        if page.get("DoublePage", "").strip().lower() in ("true", "1"):
            yield position
