"""What a hit needs to know of its book and of its page."""

from dataclasses import dataclass

from schemas.labels import BookStatus

SEARCHABLE = frozenset(status.value for status in (BookStatus.READY, BookStatus.PARTIAL, BookStatus.MISSING))
"""Missing ones too: a disk that is not mounted makes nothing that was read of its books untrue."""


@dataclass(frozen=True, slots=True)
class BookEntry:
    """What a hit needs to know of its book."""

    book_id: str
    title: str
    source: str
    series: str | None
    status: str
    ingest_rev: str


@dataclass(frozen=True, slots=True)
class PageEntry:
    """What a hit needs to know of its page."""

    page_file: str
    width_px: int
    height_px: int
