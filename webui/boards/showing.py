"""A board held against the library as it stands: which panels are there, moved, or gone."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from schemas.boards import Board, BoardItem
from search.answers.places import PlacedPanel
from search.library import Library

ItemState = Literal["present", "moved", "gone"]


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A panel of a board.

    ``state`` is ``present``, ``moved`` where indexing again gave the panel another id, or ``gone``
    where its book is not in the library or no panel lies there any more: then it is shown as it
    was, and is there again once the book is back. ``box`` is page-relative.
    """

    item_id: str
    state: ItemState
    panel_id: str
    page_id: str
    book_id: str
    title: str
    page_no: int
    panel_no: int
    page_file: str
    box: tuple[float, float, float, float]
    text: str
    note: str
    role: str


@dataclass(frozen=True, slots=True)
class ShownBoard:
    """A board with its panels in order; ``version`` is to be sent along with a change."""

    board_id: str
    title: str
    note: str
    version: int
    created_s: float
    changed_s: float
    items: tuple[ShownItem, ...]

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


def show(board: Board, library: Library) -> ShownBoard:
    """Return a board as it is to be shown."""
    found: Sequence[PlacedPanel | None] = library.places([item.place for item in board.items])
    items = tuple(_shown(item, panel) for item, panel in zip(board.items, found, strict=True))
    told = (board.board_id, board.title, board.note, board.version, board.created_s, board.changed_s)
    return ShownBoard(*told, items=items)


def item_of(panel: PlacedPanel, *, note: str = "", role: str = "") -> BoardItem:
    """Return a panel as an item of a board, still without an id."""
    return BoardItem(
        item_id="",
        panel_id=panel.panel_id,
        place=panel.place,
        title=panel.title,
        page_no=panel.page_no,
        panel_no=panel.panel_no,
        note=note,
        role=role,
    )


def _shown(item: BoardItem, panel: PlacedPanel | None) -> ShownItem:
    state: ItemState = "gone"
    if panel is not None:
        state = "present" if panel.panel_id == item.panel_id else "moved"
    place = item.place if panel is None else panel.place
    panel_id = item.panel_id if panel is None else panel.panel_id
    return ShownItem(
        item_id=item.item_id,
        state=state,
        panel_id=panel_id,
        page_id=panel_id.partition("#")[0],
        book_id=place.book_id,
        title=item.title if panel is None else panel.title,
        page_no=item.page_no if panel is None else panel.page_no,
        panel_no=item.panel_no if panel is None else panel.panel_no,
        page_file=place.page_file,
        box=place.box.as_tuple(),
        text="" if panel is None else panel.text,
        note=item.note,
        role=item.role,
    )
