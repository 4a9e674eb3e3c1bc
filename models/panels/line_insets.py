"""Insets framed by a mere line, which balloons and captions may cover in part."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from models.panels.gutters import Mask
from models.panels.lines import LineMap
from models.panels.rect import Rect
from models.panels.regions import page_area, page_side

MIN_SEGMENT = 0.045
"""Shortest straight line taken for a part of a frame, as a share of the page's longer side."""
MAX_WANDER_PX = 7
"""A straight line, its thickness and the tolerance of the map included, stays within so many rows."""
GAP_PX = 5
"""Gaps in a line this short are closed."""
STROKE_PX = 2
"""What is thicker are two lines that touch: either may be the frame's."""
MAX_SEGMENTS = 24
"""Lines that are followed up in each direction; the longest come first."""
MIN_SIDE = 0.07
"""Shortest side of an inset, as a share of the page's longer side."""
MIN_INSET, MAX_INSET = 0.018, 0.6
"""Least share of the page an inset covers; greatest share of its panel."""
REACH = 0.03
"""So near its corner starts a line of a frame that nothing hides, as a share of the page's longer side."""
MIN_EXPLAINED, MIN_SIDE_SEEN, MIN_SEEN = 0.92, 0.25, 0.7
"""Share of each side that is seen or covered, that is seen of each side, and of all of them."""
BEYOND_PX = 10
"""Lines that run on past a corner by this much are walls and shelves of the drawing."""
SAME_INK = 15
"""Insets are framed with their panel's ink, in grey values; things of the drawing are paler."""
INK = 20
"""Ink is no paler than this; so is that of insets in a panel that bleeds off or has no frame."""
MAX_BEYOND = 1
"""Of the eight ends of a frame's lines so many may run into others."""


class Segment(NamedTuple):
    """A straight line: its row, and the columns between which it runs."""

    row: int
    start: int
    stop: int


class Frame(NamedTuple):
    """A rectangle of lines and the share of them that is seen."""

    rect: Rect
    seen: float


def line_insets(lines: LineMap, host: Rect) -> Iterator[Rect]:
    """Yield the rectangles drawn with a line inside a panel, the clearest first, none over another."""
    chosen: list[Rect] = []
    for frame in sorted(_frames(lines, host), key=lambda f: -f.seen):
        if not any(frame.rect.shared_area(other) for other in chosen):
            chosen.append(frame.rect)
            yield frame.rect


def _frames(lines: LineMap, host: Rect) -> Iterator[Frame]:
    side = page_side(lines.bounds)
    least_px, reach_px = round(MIN_SIDE * side), round(REACH * side)
    darkest = _ink_of_frame(lines, host) + SAME_INK
    across = _segments(lines.seen, host, round(MIN_SEGMENT * side))
    down = _segments(lines.transposed.seen, host.transposed, round(MIN_SEGMENT * side))
    for left, right in _pairs(down, least_px):
        span = Segment(0, left.row, right.row)
        low, high = min(left.start, right.start) - reach_px, max(left.stop, right.stop) + reach_px
        near = [s for s in across if low <= s.row <= high and _lies_in(s, span)]
        for top, bottom in _pairs(near, least_px):
            rect = Rect(left.row, top.row, right.row + 1, bottom.row + 1)
            if _is_size_of_inset(lines, rect, host):
                seen = _seen(lines, rect)
                if seen is not None and max(_inks(lines, rect)) <= darkest:
                    yield Frame(rect, seen)


def _ink_of_frame(lines: LineMap, host: Rect) -> float:
    """Return the grey value of the ink that a panel is framed with."""
    bounds = lines.bounds.grown(-BEYOND_PX, lines.bounds)
    edges = (host.y0 > bounds.y0, host.y1 < bounds.y1, host.x0 > bounds.x0, host.x1 < bounds.x1)
    inks = [ink for ink, is_edge in zip(_inks(lines, host), edges, strict=True) if is_edge]
    return min(INK, float(np.median(inks))) if inks else INK


def _inks(lines: LineMap, rect: Rect) -> tuple[float, float, float, float]:
    """Return the grey values of the upper, lower, left and right side of a rectangle."""
    turned, other = lines.transposed, rect.transposed
    return (
        lines.darkness(rect.y0, rect.x0, rect.x1),
        lines.darkness(rect.y1 - 1, rect.x0, rect.x1),
        turned.darkness(other.y0, other.x0, other.x1),
        turned.darkness(other.y1 - 1, other.x0, other.x1),
    )


def _is_size_of_inset(lines: LineMap, rect: Rect, host: Rect) -> bool:
    return MIN_INSET * page_area(lines.bounds) <= rect.area <= MAX_INSET * host.area


def _segments(seen: Mask, host: Rect, least_px: int) -> list[Segment]:
    """Return the straight lines inside a panel, its own frame left out."""
    inside = cv2.morphologyEx(seen[host.window], cv2.MORPH_CLOSE, np.ones((1, GAP_PX), np.uint8))
    long = cv2.morphologyEx(inside, cv2.MORPH_OPEN, np.ones((1, least_px // 2), np.uint8))
    thin = cv2.erode(long, np.ones((3, 1), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(thin, connectivity=8)
    found = [
        Segment(host.y0 + row, host.x0 + x, host.x0 + x + width)
        for x, y, width, height, _ in stats[1:count].tolist()
        if width >= least_px and height <= MAX_WANDER_PX
        for row in ((y, y + height - 1) if height > STROKE_PX else (y + height // 2,))
        if BEYOND_PX < row < host.height - BEYOND_PX
    ]
    return sorted(found, key=lambda s: s.start - s.stop)[:MAX_SEGMENTS]


def _pairs(segments: Sequence[Segment], apart_px: int) -> Iterator[tuple[Segment, Segment]]:
    """Yield pairs of parallel lines so far apart that share some of their length."""
    for first in segments:
        for second in segments:
            overlaps = min(first.stop, second.stop) > max(first.start, second.start)
            if second.row - first.row >= apart_px and overlaps:
                yield first, second


def _lies_in(segment: Segment, span: Segment) -> bool:
    return segment.start >= span.start - BEYOND_PX and segment.stop <= span.stop + BEYOND_PX


def _seen(lines: LineMap, rect: Rect) -> float | None:
    """Return the share of a rectangle's sides that is seen; None where they make no frame."""
    seen_px, ends = 0.0, 0
    for map_, box in ((lines, rect), (lines.transposed, rect.transposed)):
        for row in (box.y0, box.y1 - 1):
            seen, explained, beyond = _side(map_, row, box)
            seen_px, ends = seen_px + seen * box.width, ends + beyond
            if explained < MIN_EXPLAINED or seen < MIN_SIDE_SEEN or ends > MAX_BEYOND:
                return None
    share = seen_px / (2 * (rect.width + rect.height))
    return share if share >= MIN_SEEN else None


def _side(lines: LineMap, row: int, rect: Rect) -> tuple[float, float, int]:
    """Return the share of a side that is seen, that is seen or covered, and the ends at which it runs on."""
    band = slice(max(0, row - 1), row + 2)
    seen = lines.seen[band].max(axis=0)
    line = seen[rect.x0 : rect.x1]
    covered = line | lines.hidden[row, rect.x0 : rect.x1]
    ends = (seen[max(0, rect.x0 - BEYOND_PX) : max(0, rect.x0 - 2)], seen[rect.x1 + 2 : rect.x1 + BEYOND_PX])
    beyond = sum(bool(end.size and end.mean() > 0.5) for end in ends)
    return float(line.mean()), float(covered.mean()), beyond
