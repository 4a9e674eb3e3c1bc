"""What a library shows of its books, pages and panels. Boxes are page-relative."""

from dataclasses import asdict, dataclass

from schemas.geometry import Box
from schemas.records import Credit, StageFailure
from search.state.stories import StoryEntry


@dataclass(frozen=True, slots=True)
class LibraryStats:
    """How much a library holds.

    ``missing_books``, of ``books``, are not where they were indexed: they are found, and shown by
    their thumbnails. ``failed_books`` come on top: they are known but cannot be searched.
    """

    books: int
    pages: int
    panels: int
    missing_books: int
    failed_books: int
    text_encoder: str
    picture_encoder: str
    format_version: int

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class BookSummary:
    """A book in a list. ``cover_id`` is the asset id of its first page, None for a book without one.

    ``comic`` is how surely it is a comic; None where that was not judged.
    """

    book_id: str
    title: str
    source: str
    status: str
    series: str | None
    number: str | None
    year: int | None
    language: str | None
    direction: str
    page_count: int
    panel_count: int
    cover_id: str | None
    comic: float | None = None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {**asdict(self), "comic": None if self.comic is None else round(self.comic, 4)}


@dataclass(frozen=True, slots=True)
class BookList:
    """Books ``offset`` to ``offset + limit`` of ``total``."""

    books: tuple[BookSummary, ...]
    total: int
    offset: int

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "books": [book.to_json() for book in self.books],
            "total": self.total,
            "offset": self.offset,
        }


@dataclass(frozen=True, slots=True)
class PageSummary:
    """A page in its book."""

    page_id: str
    page_no: int
    page_file: str
    page_type: str
    width_px: int
    height_px: int
    panel_count: int
    is_spread: bool
    degraded: str | None


@dataclass(frozen=True, slots=True)
class BookDetail:
    """A book with what it says of itself, its pages in order and its stories.

    ``comic`` is how surely it is a comic, in [0, 1]; None where that was not judged.
    """

    book_id: str
    title: str
    source: str
    container: str
    status: str
    series: str | None
    number: str | None
    volume: int | None
    year: int | None
    month: int | None
    day: int | None
    publisher: str | None
    summary: str | None
    language: str | None
    direction: str
    direction_evidence: str
    licence: str | None
    story_arc: str | None
    age_rating: str | None
    format: str | None
    genres: tuple[str, ...]
    tags: tuple[str, ...]
    characters: tuple[str, ...]
    teams: tuple[str, ...]
    locations: tuple[str, ...]
    creators: tuple[Credit, ...]
    metadata_formats: tuple[str, ...]
    page_count: int
    panel_count: int
    failures: tuple[StageFailure, ...]
    pages: tuple[PageSummary, ...]
    stories: tuple[StoryEntry, ...]
    comic: float | None = None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        told = None if self.comic is None else round(self.comic, 4)
        return {**asdict(self), "stories": [story.to_json() for story in self.stories], "comic": told}


@dataclass(frozen=True, slots=True)
class Lettering:
    """One balloon, caption, sound effect or sign."""

    box: Box
    text: str
    kind: str
    confidence: float
    speaker: str | None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data; ``box`` as ``[x0, y0, x1, y1]``."""
        return {**asdict(self), "box": _corners(self.box), "confidence": round(self.confidence, 4)}


@dataclass(frozen=True, slots=True)
class PanelSummary:
    """A panel on its page, in reading order."""

    panel_id: str
    page_id: str
    page_no: int
    panel_no: int
    box: Box
    polygon: tuple[tuple[float, float], ...] | None
    parent_no: int | None
    confidence: float
    text: str
    description: str | None
    texts: tuple[Lettering, ...]

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data; ``box`` as ``[x0, y0, x1, y1]``."""
        return {
            "panel_id": self.panel_id,
            "page_id": self.page_id,
            "page_no": self.page_no,
            "panel_no": self.panel_no,
            "box": _corners(self.box),
            "polygon": None if self.polygon is None else [list(point) for point in self.polygon],
            "parent_no": self.parent_no,
            "confidence": round(self.confidence, 4),
            "text": self.text,
            "description": self.description,
            "texts": [text.to_json() for text in self.texts],
        }


@dataclass(frozen=True, slots=True)
class PageDetail:
    """A page with its panels in reading order and its neighbours in the book.

    ``source`` is the book's file as indexed, ``page_file`` the page's name inside it;
    ``stray_texts`` is lettering that lies in no panel. ``fingerprint`` is the size in bytes and the
    time of last change in nanoseconds of the book when it was indexed: another file at its path
    has another one. ``story`` is the one that the page is of.
    """

    page_id: str
    book_id: str
    title: str
    source: str
    page_no: int
    page_count: int
    page_file: str
    page_type: str
    page_type_confidence: float
    width_px: int
    height_px: int
    direction: str
    is_spread: bool
    degraded: str | None
    text: str
    previous_page_id: str | None
    next_page_id: str | None
    panels: tuple[PanelSummary, ...]
    stray_texts: tuple[Lettering, ...]
    fingerprint: tuple[int, int]
    story: StoryEntry | None = None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data, without the fingerprint: only this machine can compare it."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "fingerprint"}
        return {
            **plain,
            "story": self.story and self.story.to_json(),
            "page_type_confidence": round(self.page_type_confidence, 4),
            "panels": [panel.to_json() for panel in self.panels],
            "stray_texts": [text.to_json() for text in self.stray_texts],
        }


@dataclass(frozen=True, slots=True)
class PanelDetail:
    """A panel, where it stands, and the panels before and after it in reading order of the book."""

    panel: PanelSummary
    book_id: str
    title: str
    source: str
    page_file: str
    page_type: str
    series: str | None
    language: str | None
    year: int | None
    direction: str
    tags: tuple[str, ...]
    previous_panel_id: str | None
    next_panel_id: str | None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data: the panel's own fields and the rest beside them."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "panel"}
        return {**self.panel.to_json(), **plain, "tags": list(self.tags)}


def _corners(box: Box) -> list[float]:
    return [round(value, 5) for value in box.as_tuple()]
