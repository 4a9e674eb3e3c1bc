"""Panels by where they are: the other way round from an id, which indexing again may give to another."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.boards import BoardPlace
from schemas.errors import NotFoundError
from schemas.geometry import Box
from schemas.tables import PAGES, PANELS
from search.state.snapshot import Snapshot, is_one_of

SAME_PLACE = 0.5
"""Share that a panel detected anew must have in common with the one of before (IoU)."""
_PANEL_COLUMNS = ("panel_id", "page_id", "book_id", "page_no", "panel_no", "box", "text", "ingest_rev")


@dataclass(frozen=True, slots=True)
class PlacedPanel:
    """A panel of the library as it stands, and where it is."""

    panel_id: str
    page_id: str
    place: BoardPlace
    title: str
    page_no: int
    panel_no: int
    text: str


def panels_by_id(snapshot: Snapshot, panel_ids: Sequence[str]) -> list[PlacedPanel]:
    """Return panels in the order asked for. Raises NotFoundError, naming the first that is not there."""
    books = sorted({panel_id.partition("/")[0] for panel_id in panel_ids} & snapshot.books.keys())
    found = {panel.panel_id: panel for panel in _panels(snapshot, books, panel_ids)} if books else {}
    for panel_id in panel_ids:
        if panel_id not in found:
            raise NotFoundError(f"the library has no panel {panel_id[:100]!r}")
    return [found[panel_id] for panel_id in panel_ids]


def find_places(snapshot: Snapshot, wanted: Sequence[BoardPlace]) -> list[PlacedPanel | None]:
    """Return the panel that lies at each place now, None where the book is gone or no panel lies there."""
    books = sorted({place.book_id for place in wanted} & snapshot.books.keys())
    there: dict[tuple[str, str], list[PlacedPanel]] = defaultdict(list)
    for panel in _panels(snapshot, books) if books else ():
        there[panel.place.book_id, panel.place.page_file].append(panel)
    return [_best(place.box, there.get((place.book_id, place.page_file), ())) for place in wanted]


def _panels(
    snapshot: Snapshot, books: Sequence[str], panel_ids: Sequence[str] | None = None
) -> list[PlacedPanel]:
    in_books = is_one_of("book_id", books)
    where = in_books if panel_ids is None else in_books & is_one_of("panel_id", list(panel_ids))
    rows = snapshot.rows(PANELS, _PANEL_COLUMNS, where).to_pylist()
    rows = [row for row in rows if snapshot.is_current(row["book_id"], row["ingest_rev"])]
    pages = snapshot.rows(PAGES, ["page_id", "page_file"], in_books).to_pylist()
    files = {row["page_id"]: row["page_file"] for row in pages}
    return [_placed(snapshot, row, files) for row in rows]


def _placed(snapshot: Snapshot, row: Mapping[str, Any], files: Mapping[str, str]) -> PlacedPanel:
    place = BoardPlace(row["book_id"], files.get(row["page_id"], ""), Box.clipped(*row["box"]))
    title = snapshot.books[row["book_id"]].title
    return PlacedPanel(
        row["panel_id"], row["page_id"], place, title, row["page_no"], row["panel_no"], row["text"]
    )


def _best(box: Box, panels: Sequence[PlacedPanel]) -> PlacedPanel | None:
    if not panels:
        return None
    best = max(panels, key=lambda panel: panel.place.box.iou(box))
    return best if best.place.box.iou(box) >= SAME_PLACE else None
