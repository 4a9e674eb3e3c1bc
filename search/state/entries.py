"""What a hit needs to know of its book and page."""

from dataclasses import dataclass


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
