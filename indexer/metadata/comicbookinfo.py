"""ComicBookInfo (https://code.google.com/archive/p/comicbookinfo/): JSON in a ZIP comment or a file."""

from collections.abc import Iterator, Mapping

from indexer.metadata import values
from indexer.metadata.notes import Notes
from schemas.records import BookMetadata

_KEY = "ComicBookInfo/"


def is_comicbookinfo(document: Mapping[str, object]) -> bool:
    """Say whether a JSON object is ComicBookInfo; other programs write comments, too."""
    return any(key.startswith(_KEY) for key in document)


def parse_comicbookinfo(document: Mapping[str, object], notes: Notes) -> BookMetadata:
    """Read a ComicBookInfo object."""
    body = next((value for key, value in document.items() if key.startswith(_KEY)), None)
    info: Mapping[str, object] = body if isinstance(body, dict) else {}
    return BookMetadata(
        title=notes.text("title", info.get("title")),
        series=notes.text("series", info.get("series")),
        number=values.issue_number(info.get("issue")),
        volume=notes.whole_number("volume", info.get("volume")),
        year=notes.year("publicationYear", info.get("publicationYear")),
        month=notes.whole_number("publicationMonth", info.get("publicationMonth"), low=1, high=12),
        publisher=notes.text("publisher", info.get("publisher")),
        summary=values.paragraphs_of(info.get("comments")),
        language=notes.language("language", info.get("language")),
        page_count=notes.whole_number("pages", info.get("pages"), low=1),
        genres=values.split_names(info.get("genre")),
        tags=_tags(info.get("tags")),
        credits=values.credits_of(_credits(info.get("credits"))),
        formats=("ComicBookInfo",),
    )


def _tags(value: object) -> tuple[str, ...]:
    return values.names_of(value) if isinstance(value, list) else values.split_names(value)


def _credits(value: object) -> Iterator[tuple[str, str]]:
    for item in value if isinstance(value, list) else ():
        name = values.text_of(item.get("person")) if isinstance(item, dict) else None
        if name is not None:
            yield values.role_of(item.get("role")), _spoken(name)


def _spoken(name: str) -> str:
    """Turn ``Moore, Alan``, as this format has it, into ``Alan Moore``."""
    last, comma, first = name.partition(", ")
    return f"{first} {last}" if comma and "," not in first else name
