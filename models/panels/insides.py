"""What lies inside a panel found by its gutters: panels parted by a mere line, and insets."""

from collections.abc import Iterator

import cv2
import numpy as np

from models.panels.bands import CutRules
from models.panels.cuts import cut_region
from models.panels.edges import snap, support
from models.panels.gutters import GutterMap, Mask
from models.panels.lettering import is_caption
from models.panels.rect import Rect
from models.panels.regions import Region, min_piece_px, page_area, page_side, trim
from schemas.records import RgbImage

DARK = 110
"""Ink of a line, softened by scaling down, stays below this in every channel."""
MAX_LINE = 0.014
"""Thickest shared border, as a share of the page's longer side."""
LINE_RATIO = 0.55
"""A shared border is drawn with the pen of the outer frame: not much thinner."""
MIN_SHARED = 0.25
"""Panels that share borders make up a block of this share of the page, or more."""
MIN_FRAME_PX = 2
"""Thinner frames cannot be told from lines of the drawing."""
MIN_FRAME = 0.6
"""Share of the outline that must be inked before borders inside are looked for."""
MIN_HOST, MIN_INSET = 0.1, 0.012
"""Least shares of the page for a panel that may hold an inset, and for an inset."""
MAX_INSET = 0.6
"""An inset leaves at least the rest of its panel to be seen."""
INSET_SUPPORT = 0.8
"""Insets stand on art, not on plain ground: most of their frame must be seen."""
INSET_FRAME_PX = 2
"""An inset may be framed by no more than a line."""
FILLED = 0.7
"""A frame is filled with picture; what is emptier is a drawn object."""


def dark_map(picture: RgbImage) -> GutterMap:
    """Return the map of ink."""
    inked = cv2.inRange(picture, np.array((0, 0, 0)), np.array((DARK - 1,) * 3))
    return GutterMap((inked > 0).astype(np.uint8))


def cut_at_lines(ink: GutterMap, rect: Rect) -> tuple[Rect, ...]:
    """Cut a framed panel along full-span lines of the frame's thickness; the panel itself if none."""
    if rect.area < MIN_SHARED * page_area(ink.bounds):
        return (rect,)
    frame_px = _frame_thickness(ink, rect)
    if frame_px < MIN_FRAME_PX:
        return (rect,)
    rules = CutRules(
        min_coverage=0.78,
        min_flank=0.65,
        clean_flank=0.75,
        weak_flank=0.65,
        min_run=0.25,
        thin_coverage=1.0,
        slants=False,
        thickness_px=(LINE_RATIO * frame_px, MAX_LINE * page_side(ink.bounds)),
    )
    inner = Rect(rect.x0 + frame_px, rect.y0 + frame_px, rect.x1 - frame_px, rect.y1 - frame_px)
    pieces = cut_region(Region(ink, inner), rules)
    if len(pieces) < 2:
        return (rect,)
    return tuple(piece.rect.grown(frame_px, rect) for piece in pieces)


def _frame_thickness(ink: GutterMap, rect: Rect) -> int:
    """Return the median thickness in pixels of a panel's inked frame, 0 where it has none."""
    runs = []
    for gutters, box in ((ink, rect), (ink.transposed, rect.transposed)):
        columns = slice(box.x0, box.x1)
        low = min(box.y0 + 1, gutters.bounds.y1 - 1)
        high = max(box.y1 - 2, 0)
        runs.append(gutters.content_below[low, columns] - box.y0)
        runs.append(box.y1 - 1 - gutters.content_above[high, columns])
    thickness = np.concatenate(runs)
    inked = thickness[(thickness > 1) & (thickness <= MAX_LINE * page_side(ink.bounds))]
    if inked.size < MIN_FRAME * thickness.size:
        return 0
    return int(np.median(inked))


def insets(picture: RgbImage, maps: tuple[GutterMap, ...], host: Rect) -> tuple[Rect, ...]:
    """Return the framed pictures that lie inside a panel.

    ``maps`` hold the colours an inset can be framed with: the gutter's and ink.
    """
    found: list[Rect] = []
    if host.area < MIN_HOST * page_area(maps[0].bounds):
        return ()
    for gutters in maps:
        for rect in _framed_inside(gutters, host):
            if not any(rect.shared_area(other) for other in found) and not is_caption(picture, rect):
                found.append(rect)
    return tuple(found)


def _framed_inside(gutters: GutterMap, host: Rect) -> Iterator[Rect]:
    content = np.ascontiguousarray(1 - _halved(gutters.mask[host.window]))
    count, _, stats, _ = cv2.connectedComponentsWithStats(content, connectivity=4)
    side, least = min_piece_px(gutters.bounds), MIN_INSET * page_area(gutters.bounds)
    for x, y, width, height, area in (stats[1:count] * 2).tolist():
        rect = Rect(host.x0 + x, host.y0 + y, host.x0 + x + width, host.y0 + y + height)
        large = min(width, height) >= side and rect.area >= least
        if not large or rect.area > MAX_INSET * host.area or 2 * area < FILLED * rect.area:
            continue
        rect = snap(gutters, trim(gutters, rect.grown(2, host)))
        if support(gutters, rect, INSET_FRAME_PX) >= INSET_SUPPORT:
            yield rect


def _halved(mask: Mask) -> Mask:
    """Halve a mask so that no line in it breaks."""
    even = mask[: mask.shape[0] // 2 * 2, : mask.shape[1] // 2 * 2]
    return even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2]
