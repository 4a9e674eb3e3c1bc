"""Connected pieces of content: the second hypothesis, for slants, pinwheels and clean frames."""

import cv2
import numpy as np

from models.panels.rect import Rect
from models.panels.regions import Region, min_piece_px

NESTED_SHARE = 0.6
"""A component that lies this much in another's box belongs to it."""
OWN_SHARE = 0.96
"""A box in which this share of the content is its component's own needs no painting."""


def components(region: Region) -> tuple[Region, ...]:
    """Return the connected content of a region, piece by piece, where large enough for a panel."""
    rect = region.rect
    content = np.ascontiguousarray(1 - region.gutters.mask[rect.window])
    if content.size == 0:  # OpenCV reads beyond an empty picture, and takes the whole process along
        return ()
    count, labels, stats, _ = cv2.connectedComponentsWithStats(content, connectivity=8)
    min_side = min_piece_px(region.gutters.bounds)
    boxes = {
        Rect(x + rect.x0, y + rect.y0, x + w + rect.x0, y + h + rect.y0): label
        for label, (x, y, w, h, _) in enumerate(stats[1:count].tolist(), start=1)
        if w >= min_side and h >= min_side
    }
    return tuple(_alone(region, box, labels == boxes[box]) for box in drop_nested(list(boxes)))


def _alone(region: Region, box: Rect, own: np.ndarray) -> Region:
    """Return the component with everything else in its box painted as gutter."""
    rect, gutters = region.rect, region.gutters
    inside = own[box.y0 - rect.y0 : box.y1 - rect.y0, box.x0 - rect.x0 : box.x1 - rect.x0]
    content = box.area * (1.0 - gutters.share(box))
    if inside.sum() >= OWN_SHARE * content:
        return Region(gutters, box)
    return Region(gutters.only(box, inside), box)


def drop_nested(boxes: list[Rect]) -> tuple[Rect, ...]:
    """Drop boxes that mostly lie in a larger one."""
    kept: list[Rect] = []
    for box in sorted(boxes, key=lambda b: -b.area):
        if not any(box.shared_area(other) >= NESTED_SHARE * box.area for other in kept):
            kept.append(box)
    return tuple(kept)
