"""Parts of a page that are still to be cut, and the sizes that count for a page."""

from dataclasses import dataclass

import numpy as np

from models.panels.gutters import GutterMap
from models.panels.rect import Rect

MIN_PIECE_SHARE = 0.04
"""No panel is lower or narrower than this share of the page's longer side."""
BLANK_ROW_COVERAGE = 0.992
"""Rows at the rim of a region emptier than this are trimmed: dust and page rules are no content."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the page: a rectangle of a gutter map in which all else is painted as gutter."""

    gutters: GutterMap
    rect: Rect

    def trimmed(self) -> "Region":
        """The region without its blank rim."""
        return Region(self.gutters, trim(self.gutters, self.rect))


def trim(gutters: GutterMap, rect: Rect) -> Rect:
    """Return the rectangle without its blank rim; empty where there is no content at all."""
    for _ in range(2):
        rect = _trim_rows(gutters, rect)
        rect = _trim_rows(gutters.transposed, rect.transposed).transposed
    return rect


def _trim_rows(gutters: GutterMap, rect: Rect) -> Rect:
    if rect.area == 0:
        return rect
    filled = np.flatnonzero(gutters.row_shares(rect) < BLANK_ROW_COVERAGE)
    if filled.size == 0:
        return Rect(rect.x0, rect.y0, rect.x1, rect.y0)
    return Rect(rect.x0, rect.y0 + int(filled[0]), rect.x1, rect.y0 + int(filled[-1]) + 1)


def min_piece_px(bounds: Rect) -> int:
    """Return the least side of a panel, in pixels, for a picture of that size."""
    return max(4, round(page_side(bounds) * MIN_PIECE_SHARE))


def page_side(bounds: Rect) -> int:
    """The longer side of a page; of a strip, that of a page as narrow."""
    return max(bounds.width, min(bounds.height, 2 * bounds.width))


def page_area(bounds: Rect) -> int:
    """Pixels of the page; of a strip, of a page as wide as it."""
    return min(bounds.width, bounds.height) * page_side(bounds)
