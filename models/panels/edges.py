"""The edges of a panel: where its frame or its picture starts, and how well the map supports that."""

from dataclasses import dataclass

import numpy as np

from models.panels.gutters import GutterMap
from models.panels.rect import Rect
from models.panels.regions import page_side

SNAP_SHARE = 0.26
"""An edge on which this share of the rows starts is the frame; what pokes out is a balloon."""
TOLERANCE_PX = 2
"""Frames drawn by hand, or softened by scaling, start within this of their mean."""
REACH_PX = 3
"""The gutter beside a panel is at least this wide; an edge starts within the tolerance of it."""
MIN_HIDDEN = 0.035
"""A balloon hides so much of a picture, as a share of the page's longer side, or it matters little."""
CORNER_SHARE, MAX_CORNER_GUTTER = 0.02, 0.1
"""What is cut off past a frame holds a corner of the picture where this share of the width at either end is
filled but for this share."""
BLEED_SHARE = 0.012
"""An edge this near the page's own, as a share of the shorter side, bleeds off."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a rectangle: its length, and the share of it at which gutter turns into content.

    ``support`` is None where the side bleeds off the page: nothing speaks for or against it.
    """

    length: int
    support: float | None


def snap(gutters: GutterMap, rect: Rect) -> Rect:
    """Move the sides of a trimmed rectangle inwards to its frame, past balloons that poke out."""
    rect = _snap_rows(gutters, rect)
    return _snap_rows(gutters.transposed, rect.transposed).transposed


def _snap_rows(gutters: GutterMap, rect: Rect) -> Rect:
    if rect.area == 0:
        return rect
    columns = slice(rect.x0, rect.x1)
    top = _edge(gutters.content_below[rect.y0, columns], rect.y0, rect.y1)
    bottom = _edge(rect.y1 - 1 - gutters.content_above[rect.y1 - 1, columns], 0, rect.height)
    above = rect._replace(y1=top if top is not None else rect.y0)
    below = rect._replace(y0=rect.y1 - (bottom or 0))
    return rect._replace(
        y0=rect.y0 if _is_picture_beside(gutters, above) else above.y1,
        y1=rect.y1 if _is_picture_beside(gutters, below) else below.y0,
    )


def _is_picture_beside(gutters: GutterMap, strip: Rect) -> bool:
    """Say whether a strip to be cut off holds the picture's corner: a balloon hid the rest."""
    if strip.height < MIN_HIDDEN * page_side(gutters.bounds):
        return False
    corner = max(2, round(CORNER_SHARE * strip.width))
    ends = (strip._replace(x1=strip.x0 + corner), strip._replace(x0=strip.x1 - corner))
    return any(gutters.share(end) <= MAX_CORNER_GUTTER for end in ends)


def _edge(starts: np.ndarray, first: int, limit: int) -> int | None:
    """Return the first position at which a good share of the columns starts."""
    half = first + (limit - first) // 2
    near = starts[(starts >= first) & (starts < half)]
    if near.size == 0:
        return None
    counts = np.bincount(near - first)
    window = np.convolve(counts, np.ones(2 * TOLERANCE_PX + 1, dtype=np.int64), mode="same")
    best = int(window.argmax())
    if window[best] < SNAP_SHARE * starts.size:
        return None
    return first + max(0, best - TOLERANCE_PX + int(np.flatnonzero(counts[max(0, best - TOLERANCE_PX) :])[0]))


def sides(gutters: GutterMap, rect: Rect, reach_px: int = REACH_PX) -> tuple[Side, Side, Side, Side]:
    """Return top, bottom, left and right of a rectangle with their support in a gutter map."""
    top, bottom = _row_sides(gutters, rect, reach_px)
    left, right = _row_sides(gutters.transposed, rect.transposed, reach_px)
    return top, bottom, left, right


def _row_sides(gutters: GutterMap, rect: Rect, reach_px: int) -> tuple[Side, Side]:
    bounds = gutters.bounds
    bleed = max(2, round(min(bounds.width, bounds.height) * BLEED_SHARE))
    columns = slice(rect.x0, rect.x1)
    top = bottom = None
    if rect.width and rect.y0 > bleed:
        starts = gutters.content_below[max(0, rect.y0 - reach_px), columns]
        top = float((np.abs(starts - rect.y0) < reach_px).mean())
    if rect.width and rect.y1 < bounds.y1 - bleed:
        stops = gutters.content_above[min(bounds.y1 - 1, rect.y1 - 1 + reach_px), columns]
        bottom = float((np.abs(stops - (rect.y1 - 1)) < reach_px).mean())
    return Side(rect.width, top), Side(rect.width, bottom)


def support(gutters: GutterMap, rect: Rect, reach_px: int = REACH_PX) -> float:
    """Share of a rectangle's outline at which gutter turns into content, bleeding sides left out.

    1 where all sides bleed off. ``reach_px`` is the least width of the gutter.
    """
    judged = [(s.length, s.support) for s in sides(gutters, rect, reach_px) if s.support is not None]
    total = sum(length for length, _ in judged)
    return sum(length * share for length, share in judged) / total if total else 1.0


def outline_score(gutters: GutterMap, rect: Rect, level: float) -> float:
    """Sum of outline length times support above ``level``, bleeding sides left out, in pixels."""
    return sum(s.length * (s.support - level) for s in sides(gutters, rect) if s.support is not None)
