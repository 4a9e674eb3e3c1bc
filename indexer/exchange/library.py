"""Reads the pages of a library for export: panels and lettering, without vectors and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.library.export import open_table
from schemas.geometry import Box
from schemas.labels import TextKind
from schemas.records import Panel, PanelRegion, TextRegion
from schemas.tables import BOOKS, PAGES, PANELS

if TYPE_CHECKING:
    from lancedb.table import Table

BOOKS_AT_A_TIME = 32
"""Some 1,000 pages with their panels in memory, and one scan of the tables for them."""
_BOOK_COLUMNS = ("book_id", "source")
_PAGE_COLUMNS = ("page_id", "book_id", "page_no", "page_file", "width_px", "height_px", "stray_texts")
_PANEL_COLUMNS = ("page_id", "book_id", "page_no", "panel_no", "box", "parent_no", "confidence", "texts")
_Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """A page as it stands in a library; ``panels`` in reading order."""

    page_id: str
    book_id: str
    source: str
    page_file: str
    width_px: int
    height_px: int
    panels: tuple[Panel, ...]
    stray_texts: tuple[TextRegion, ...]

    @property
    def image_path(self) -> str:
        """Path of the picture: inside its book, be that a folder or an archive."""
        return f"{self.source}/{self.page_file}"


def library_pages(library: Path) -> Iterator[LibraryPage]:
    """Yield all pages of the books in the table of contents, by book and page number.

    The library is not locked, it may be written at the same time.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: it is damaged or of a newer format.
    """
    books, pages, panels = (open_table(library, name) for name in (BOOKS, PAGES, PANELS))
    rows = books.search().select(list(_BOOK_COLUMNS)).limit(None).to_arrow().to_pylist()
    sources = {str(row["book_id"]): str(row["source"]) for row in rows}
    ids = sorted(sources)
    for start in range(0, len(ids), BOOKS_AT_A_TIME):
        yield from _pages_of(ids[start : start + BOOKS_AT_A_TIME], sources, pages, panels)


def _pages_of(
    books: list[str], sources: Mapping[str, str], pages: Table, panels: Table
) -> Iterator[LibraryPage]:
    owned: dict[str, list[_Row]] = {}
    for row in _rows(panels, _PANEL_COLUMNS, books):
        owned.setdefault(str(row["page_id"]), []).append(row)
    for row in sorted(_rows(pages, _PAGE_COLUMNS, books), key=lambda row: str(row["page_id"])):
        page_id, book_id = str(row["page_id"]), str(row["book_id"])
        found = sorted((_panel(panel) for panel in owned.get(page_id, ())), key=lambda panel: panel.panel_no)
        yield LibraryPage(
            page_id=page_id,
            book_id=book_id,
            source=sources[book_id],
            page_file=str(row["page_file"]),
            width_px=_integer(row["width_px"]),
            height_px=_integer(row["height_px"]),
            panels=tuple(found),
            stray_texts=_texts(row["stray_texts"]),
        )


def _rows(table: Table, columns: tuple[str, ...], books: list[str]) -> list[_Row]:
    # Book ids are hexadecimal hashes of ours, so that they need no quoting.
    chosen = ", ".join(f"'{book}'" for book in books)
    query = table.search().where(f"book_id IN ({chosen})").select(list(columns)).limit(None)
    rows: list[_Row] = query.to_arrow().to_pylist()
    return rows


def _panel(row: _Row) -> Panel:
    parent = row["parent_no"]
    region = PanelRegion(
        _box(row["box"]),
        confidence=min(1.0, max(0.0, float(str(row["confidence"])))),
        parent=None if parent is None else _integer(parent) - 1,
    )
    return Panel(_integer(row["page_no"]), _integer(row["panel_no"]), region, _texts(row["texts"]))


def _texts(cells: object) -> tuple[TextRegion, ...]:
    found = cells if isinstance(cells, list) else []
    return tuple(
        TextRegion(
            box=_box(cell["box"]),
            text=str(cell["text"]),
            raw_text=str(cell["raw_text"]),
            confidence=min(1.0, max(0.0, float(cell["confidence"]))),
            kind=TextKind(cell["kind"]),
            speaker=cell["speaker"],
        )
        for cell in found
    )


def _box(corners: object) -> Box:
    x0, y0, x1, y1 = corners if isinstance(corners, list) else (0.0,) * 4
    return Box.clipped(x0, y0, x1, y1)


def _integer(value: object) -> int:
    return int(str(value))
