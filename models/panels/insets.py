"""Insets: framed pictures that lie inside a panel."""

from collections.abc import Iterator
from itertools import chain

import cv2
import numpy as np

from models.panels.edges import snap, support
from models.panels.gutters import GutterMap, Mask
from models.panels.lettering import is_caption
from models.panels.line_insets import line_insets
from models.panels.lines import LineMap
from models.panels.rect import Rect
from models.panels.regions import min_piece_px, page_area, trim
from schemas.records import RgbImage

DARK = 110
"""Ink of a line, softened by scaling down, stays below this in every channel."""
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


def insets(picture: RgbImage, maps: tuple[GutterMap, ...], lines: LineMap, host: Rect) -> tuple[Rect, ...]:
    """Return the framed pictures that lie inside a panel.

    ``maps`` hold the colours an inset can be framed with: the gutter's and ink.
    """
    found: list[Rect] = []
    if host.area < MIN_HOST * page_area(maps[0].bounds):
        return ()
    framed = (rect for gutters in maps for rect in _framed_inside(gutters, host))
    for rect in chain(framed, line_insets(lines, host)):
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
