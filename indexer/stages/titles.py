"""What a book is called."""

import re
from pathlib import PurePath

from indexer.containers.names import BOOK_SUFFIXES
from schemas.records import BookMetadata

_TAGS = re.compile(r"[\[({][^\[\](){}]*[\])}]")
_SPACES = re.compile(r"[\s_]+")


def title_of(metadata: BookMetadata, source: str) -> str:
    """Return the title that the book states, else its series and number, else its file name."""
    if metadata.title:
        return metadata.title
    if metadata.series:
        return f"{metadata.series} #{metadata.number}" if metadata.number else metadata.series
    return title_from_name(source)


def title_from_name(source: str) -> str:
    """Return a file name fit to be read: no suffix, no tags in brackets, spaces for underscores."""
    path = PurePath(source)
    stem = path.stem if path.suffix.lower() in BOOK_SUFFIXES else path.name
    cleaned = _SPACES.sub(" ", _TAGS.sub(" ", stem)).strip(" -.")
    return cleaned or stem or source
