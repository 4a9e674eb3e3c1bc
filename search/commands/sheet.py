"""A contact sheet: the hits' pictures on one page, with captions."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from schemas.errors import LibraryError, NotFoundError
from schemas.messages import SearchHit

COLUMNS = 4
CELL_PX, CAPTION_PX, HEADING_PX, GAP_PX = 300, 66, 40, 18
PAPER, INK, QUIET, FRAME = "#f6f3ec", "#1d1b18", "#77716a", "#d9d3c7"

Sections = Sequence[tuple[str, Sequence[SearchHit]]]
"""Titles, each with its hits; an empty title takes no room."""
Thumbnail = Callable[[str], bytes]
"""Returns an encoded picture by its asset id, or raises NotFoundError."""


def write_sheet(sections: Sections, out: Path, thumbnail: Thumbnail) -> None:
    """Write hits as one PNG picture. Raises LibraryError where the file cannot be written."""
    picture = draw_sheet(sections, thumbnail)
    try:
        picture.save(out, "PNG")
    except OSError as error:
        raise LibraryError(f"cannot write the contact sheet {out}: {error.strerror or error}") from error


def draw_sheet(sections: Sections, thumbnail: Thumbnail) -> Image.Image:
    """Return the hits of each section in rows of four, best first, under the section's title."""
    columns = max([1, *(min(COLUMNS, len(hits)) for _, hits in sections)])
    filled = [(title, _rows(hits, thumbnail)) for title, hits in sections]
    width = GAP_PX + columns * (CELL_PX + GAP_PX)
    height = GAP_PX + sum(_section_height(title, rows) for title, rows in filled)
    sheet = Image.new("RGB", (width, max(height, 2 * GAP_PX + HEADING_PX)), PAPER)
    pen = _Pen(sheet)
    top = GAP_PX
    for title, rows in filled:
        pen.section(title, rows, top)
        top += _section_height(title, rows)
    return sheet


_Cell = tuple[int, SearchHit, Image.Image | None]
"""A hit's place in the list, the hit, and its picture."""


def _rows(hits: Sequence[SearchHit], thumbnail: Thumbnail) -> list[list[_Cell]]:
    cells = [(i, hit, _decode(hit.panel_id, thumbnail)) for i, hit in enumerate(hits, start=1)]
    return [cells[i : i + COLUMNS] for i in range(0, len(cells), COLUMNS)]


def _row_height(row: Sequence[_Cell]) -> int:
    """Return the height of the row's tallest picture; captions stand under that."""
    return max(CELL_PX if picture is None else picture.height for _, _, picture in row)


def _section_height(title: str, rows: Sequence[Sequence[_Cell]]) -> int:
    note = 0 if rows else HEADING_PX
    heading = HEADING_PX if title else 0
    return heading + note + sum(_row_height(row) + CAPTION_PX + GAP_PX for row in rows)


class _Pen:
    """Draws on one sheet."""

    def __init__(self, sheet: Image.Image) -> None:
        self._sheet, self._draw = sheet, ImageDraw.Draw(sheet)
        self._heading = ImageFont.load_default(22)
        self._bold, self._text = ImageFont.load_default(16), ImageFont.load_default(13)

    def section(self, title: str, rows: Sequence[Sequence[_Cell]], top: int) -> None:
        """Draw one section from ``top`` on."""
        if title:
            self._line(title, (GAP_PX, top), INK, self._heading, self._sheet.width - 2 * GAP_PX)
            top += HEADING_PX
        if not rows:
            self._line("nothing found", (GAP_PX, top), QUIET, self._bold, CELL_PX)
        for row in rows:
            height = _row_height(row)
            for i, (place, hit, picture) in enumerate(row):
                x = GAP_PX + i * (CELL_PX + GAP_PX)
                self._picture(picture, (x, top), height)
                self._caption(place, hit, (x, top + height + 8))
            top += height + CAPTION_PX + GAP_PX

    def _picture(self, picture: Image.Image | None, corner: tuple[int, int], height: int) -> None:
        """Stand a picture on the row's ground line."""
        x, y = corner
        if picture is None:
            self._draw.rectangle((x, y, x + CELL_PX - 1, y + height - 1), outline=FRAME)
            return
        left, top = x + (CELL_PX - picture.width) // 2, y + height - picture.height
        self._sheet.paste(picture, (left, top))
        self._draw.rectangle((left - 1, top - 1, left + picture.width, top + picture.height), outline=FRAME)

    def _caption(self, place: int, hit: SearchHit, corner: tuple[int, int]) -> None:
        x, y = corner
        where = f"page {hit.page_no}, panel {hit.panel_no} · {hit.score:.2f} · {', '.join(hit.legs)}"
        self._line(f"{place}. {hit.title}", (x, y), INK, self._bold, CELL_PX)
        self._line(where, (x, y + 21), QUIET, self._text, CELL_PX)
        self._line(" ".join(hit.text.split()), (x, y + 39), INK, self._text, CELL_PX)

    def _line(self, text: str, corner: tuple[int, int], colour: str, font: "_Font", room_px: int) -> None:
        """Write one line, cut where the room ends."""
        shown = text
        while shown and self._draw.textlength(shown, font) > room_px:
            shown = f"{shown.rstrip('…')[:-1].rstrip()}…" if len(shown) > 1 else ""
        self._draw.text(corner, shown, colour, font)


_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def _decode(asset_id: str, thumbnail: Thumbnail) -> Image.Image | None:
    """Return a thumbnail; None where there is none: the caption still tells where the hit is."""
    try:
        picture = Image.open(io.BytesIO(thumbnail(asset_id))).convert("RGB")
    except (NotFoundError, UnidentifiedImageError, OSError):
        return None
    picture.thumbnail((CELL_PX - 2, CELL_PX - 2))
    return picture
