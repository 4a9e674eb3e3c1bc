"""Connected pieces of content: the second hypothesis, for slants, pinwheels and clean frames."""

import cv2
import numpy as np

from models.panels.cuts import min_piece_px
from models.panels.gutters import GutterMap, Mask
from models.panels.rect import Rect

MERGE_OVERLAP = 0.6
"""A component that lies this much in another's box belongs to it."""


def component_rects(gutters: GutterMap, rect: Rect, *, opening_px: int = 0) -> tuple[Rect, ...]:
    """Return the boxes of the connected content in a region that are large enough for a panel.

    ``opening_px`` breaks bridges thinner than that (balloon outlines, speed lines across a gutter).
    """
    content = content_mask(gutters, rect, opening_px)
    count, _, stats, _ = cv2.connectedComponentsWithStats(content, connectivity=8)
    min_side = min_piece_px(gutters.bounds)
    boxes = [
        Rect(x + rect.x0, y + rect.y0, x + w + rect.x0, y + h + rect.y0)
        for x, y, w, h, _ in stats[1:count].tolist()
        if w >= min_side and h >= min_side
    ]
    return merge_nested(boxes)


def content_mask(gutters: GutterMap, rect: Rect, opening_px: int) -> Mask:
    """Return 1 where a region is not gutter, thin bridges opened."""
    content: Mask = 1 - gutters.mask[rect.window]
    if opening_px > 1:
        kernel = np.ones((opening_px, opening_px), np.uint8)
        content = cv2.morphologyEx(content, cv2.MORPH_OPEN, kernel).astype(np.uint8)
    return np.ascontiguousarray(content)


def merge_nested(boxes: list[Rect]) -> tuple[Rect, ...]:
    """Drop boxes that mostly lie in a larger one."""
    kept: list[Rect] = []
    for box in sorted(boxes, key=lambda b: -b.area):
        if not any(box.shared_area(other) >= MERGE_OVERLAP * box.area for other in kept):
            kept.append(box)
    return tuple(kept)
