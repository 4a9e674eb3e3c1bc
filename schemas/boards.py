"""Boards: panels that somebody gathered, in an order, with notes.

An item names its panel by what outlives indexing again: the content of the book, the name of the
page in it, and the place on the page.
"""

from dataclasses import asdict, dataclass

from schemas.errors import QueryError
from schemas.geometry import Box
from schemas.messages import check_words

MAX_BOARDS = 500
MAX_ITEMS = 1_000
MAX_TITLE, MAX_NOTE, MAX_ROLE = 200, 5_000, 60


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """Where a panel is: by the id of its book, the name of the page in it, and its box."""

    book_id: str
    page_file: str
    box: Box


@dataclass(frozen=True, slots=True)
class BoardItem:
    """A panel on a board.

    ``panel_id``, ``title``, ``page_no`` and ``panel_no`` are as they were when it was added;
    ``role`` says in a word what it is there for.
    """

    item_id: str
    panel_id: str
    place: BoardPlace
    title: str
    page_no: int
    panel_no: int
    note: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class BoardSummary:
    """A board in a list; times in seconds since 1970, ``version`` counts its changes."""

    board_id: str
    title: str
    note: str
    version: int
    created_s: float
    changed_s: float
    item_count: int
    cover_panel_id: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Board:
    """A board with its items in order."""

    board_id: str
    title: str
    note: str
    version: int
    created_s: float
    changed_s: float
    items: tuple[BoardItem, ...] = ()


def check_board(title: str | None, note: str | None) -> None:
    """Raise QueryError for a title or note that is empty, too long or no sound text; None is left alone."""
    if title is not None:
        if not title.strip():
            raise QueryError("a board needs a title")
        check_words("title", title, max_characters=MAX_TITLE)
    check_words("note", note or "", max_characters=MAX_NOTE)


def check_item(note: str | None, role: str | None) -> None:
    """Raise QueryError for a note or role that is too long or no sound text; None is left alone."""
    check_words("note", note or "", max_characters=MAX_NOTE)
    check_words("role", role or "", max_characters=MAX_ROLE)
