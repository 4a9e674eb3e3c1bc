"""Panels parted by nothing but a line: thin, dark, straight, and drawn from border to border.

A shared border runs from one side of its block to the other, but for balloons that cover it; a line
of the drawing stops somewhere, bends, or stands alone where a grid has several.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from models.panels.covers import Covers
from models.panels.gutters import Mask
from models.panels.rect import Rect
from models.panels.regions import min_piece_px, page_area, page_side
from schemas.records import RgbImage

DARK = 110
"""Ink of a line, softened by scaling down, is darker than this."""
MAX_LINE = 0.008
"""Thickest border, as a share of the page's longer side."""
MIN_RUN_PX = 9
"""Dots of a tone and strokes of letters are shorter than this, in working pixels."""
CONTRAST = 16
"""A line is darker than both its sides by this much, even at night."""
NIGHT = 64
"""Where a picture is as dark as this, a line in it cannot be seen."""
MIN_PIECE = 0.03
"""Lines that part off less than this share of the page are drawn things: windows, shelves."""
MIN_SHARED = 0.25
"""Panels that share borders make up a block of this share of the page, or more."""
MIN_FRAMED = 0.6
"""Share of a block's outline, where it does not bleed off, that must be a line too."""
MIN_LINE, MIN_EXPLAINED = 0.5, 0.88
"""Share of a border that is seen, and that is seen or covered by a balloon."""
LONE_LINE = 0.93
"""Of a single line without others that meet it, this share of what nothing hides needs to be seen:
it may be the horizon."""
END_SHARE = 0.03
"""A border is seen (or covered) in this first and last share of its length."""
MIN_END = 0.5
MAX_PUSH = 0.03
"""Balloons push a side out by up to this share of the page's longer side."""
PEN_PX = 2
"""The middle of a line lies within this of the row at which it was found."""
EDGE_PX = 4
"""A frame lies within this of the edge of its panel."""


@dataclass(frozen=True, slots=True)
class Border:
    """A line across a block in working pixels; ``share`` of it is seen."""

    position: int
    share: float
    explained: float

    @property
    def certainty(self) -> float:
        """Share that is seen of what nothing hides."""
        return self.share / max(1e-6, 1.0 - (self.explained - self.share))


class LineMap:
    """Where horizontal border lines may be; its ``transposed`` has the vertical ones."""

    def __init__(self, picture: RgbImage, covers: Covers) -> None:
        self._picture = picture
        self._covers = covers
        self.bounds = Rect(0, 0, picture.shape[1], picture.shape[0])

    @cached_property
    def transposed(self) -> "LineMap":
        """The map with rows and columns exchanged."""
        return LineMap(cv2.transpose(self._picture).astype(np.uint8, copy=False), self._covers.transposed)

    @cached_property
    def _grey(self) -> Mask:
        return cv2.cvtColor(self._picture, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)

    def darkness(self, row: int, start: int, stop: int) -> float:
        """Grey value, 0 to 255, of most of a line where it is seen along a row between two columns."""
        band = slice(max(0, row - PEN_PX), row + PEN_PX + 1)
        darkest = self._grey[band, start:stop].min(axis=0)
        seen = darkest[self.seen[band, start:stop].any(axis=0)]
        return float(np.median(seen)) if seen.size else 255.0

    @cached_property
    def seen(self) -> Mask:
        """1 on thin dark lines, one pixel of tolerance above and below them."""
        grey = self._grey
        thickest = 2 * round(MAX_LINE * page_side(self.bounds) / 2) + 1
        kernel = np.ones((max(3, thickest), 1), np.uint8)
        thin = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel) > CONTRAST
        dark = (thin & (grey < DARK)).astype(np.uint8)
        lines = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, MIN_RUN_PX), np.uint8))
        return cv2.dilate(lines, np.ones((3, 1), np.uint8)).astype(np.uint8, copy=False)

    @cached_property
    def hidden(self) -> Mask:
        """1 where a line may be hidden: by a balloon, its letters included, or by the night."""
        night = cv2.inRange(self._picture, np.array((0, 0, 0)), np.array((NIGHT, NIGHT, NIGHT)))
        return self._covers.mask | (night > 0).astype(np.uint8)


def cut_at_lines(lines: LineMap, rect: Rect) -> tuple[Rect, ...]:
    """Cut a framed block along the borders its panels share; the block itself where there is none."""
    if rect.area < MIN_SHARED * page_area(lines.bounds):
        return (rect,)
    rect = _to_frame(lines, rect)
    if not _is_framed(lines, rect):
        return (rect,)
    pieces, weakest = _cut(lines, rect)
    return pieces if len(pieces) > 2 or weakest >= LONE_LINE else (rect,)


def _cut(lines: LineMap, rect: Rect) -> tuple[tuple[Rect, ...], float]:
    """Cut a block as often as possible; returns the pieces and the weakest line's visible share."""
    across = [(border, False) for border in _borders(lines, rect)]
    down = [(border, True) for border in _borders(lines.transposed, rect.transposed)]
    for border, vertical in sorted(across + down, key=lambda item: -item[0].share - item[0].explained):
        parts = _parted(rect, border, vertical=vertical)
        if min(part.area for part in parts) >= MIN_PIECE * page_area(lines.bounds):
            cut = [_cut(lines, part) for part in parts]
            return sum((pieces for pieces, _ in cut), ()), min(border.certainty, *(weak for _, weak in cut))
    return (rect,), 1.0


def _parted(rect: Rect, border: Border, *, vertical: bool) -> tuple[Rect, Rect]:
    if vertical:
        return rect._replace(x1=border.position), rect._replace(x0=border.position)
    return rect._replace(y1=border.position), rect._replace(y0=border.position)


def _borders(lines: LineMap, rect: Rect) -> Iterator[Border]:
    """Yield the rows of a block along which a border runs."""
    side = min_piece_px(lines.bounds)
    if rect.height <= 2 * side or rect.width <= 2 * EDGE_PX:
        return
    inner = rect._replace(y0=rect.y0 + side, y1=rect.y1 - side, x0=rect.x0 + EDGE_PX, x1=rect.x1 - EDGE_PX)
    seen = lines.seen[inner.window]
    shares = seen.mean(axis=1)
    for row in np.flatnonzero(_peaks(shares)).tolist():
        explained = seen[row] | lines.hidden[inner.y0 + row, inner.x0 : inner.x1]
        share = float(explained.mean())
        if share >= MIN_EXPLAINED and _reaches_both_ends(explained):
            yield Border(inner.y0 + row, float(shares[row]), share)


def _peaks(shares: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which rows have enough line and no more of it beside them (the middle row of a plateau)."""
    near = cv2.dilate(shares.astype(np.float32)[:, None], np.ones((5, 1), np.uint8))[:, 0]
    peaks: NDArray[np.bool_] = (shares >= MIN_LINE) & (shares.astype(np.float32) >= near)
    return peaks


def _reaches_both_ends(explained: Mask) -> bool:
    end = max(2, round(END_SHARE * explained.size))
    return bool(min(explained[:end].mean(), explained[-end:].mean()) >= MIN_END)


def _is_framed(lines: LineMap, rect: Rect) -> bool:
    """Say whether the sides of a block that do not bleed off are lines."""
    judged = [*_framed_sides(lines, rect), *_framed_sides(lines.transposed, rect.transposed)]
    total = sum(length for length, _ in judged)
    return bool(total) and sum(length * share for length, share in judged) / total >= MIN_FRAMED


def _to_frame(lines: LineMap, rect: Rect) -> Rect:
    """Move the sides of a block, which balloons push out, to the lines that frame it."""
    rect = _to_frame_rows(lines, rect)
    return _to_frame_rows(lines.transposed, rect.transposed).transposed


def _to_frame_rows(lines: LineMap, rect: Rect) -> Rect:
    reach = min(round(MAX_PUSH * page_side(lines.bounds)), rect.height // 2)
    low = max(0, rect.y0 - EDGE_PX)
    shares = lines.seen[low : rect.y1 + EDGE_PX, rect.x0 : rect.x1].mean(axis=1)
    top, bottom = shares[: reach + EDGE_PX], shares[-reach - EDGE_PX :][::-1]
    y0 = low + int(top.argmax()) if top.max(initial=0.0) >= MIN_LINE else rect.y0
    y1 = low + shares.size - int(bottom.argmax()) if bottom.max(initial=0.0) >= MIN_LINE else rect.y1
    return rect._replace(y0=y0, y1=y1)


def _framed_sides(lines: LineMap, rect: Rect) -> Iterator[tuple[int, float]]:
    """Yield length and inked share of the upper and lower side of a block."""
    for edge in (rect.y0, rect.y1):
        if EDGE_PX < edge < lines.bounds.y1 - EDGE_PX:
            rows = lines.seen[edge - EDGE_PX : edge + EDGE_PX, rect.x0 : rect.x1]
            yield rect.width, float(rows.mean(axis=1).max(initial=0.0))
