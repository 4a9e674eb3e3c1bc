"""Panels without a frame: figures on plain ground, told from the lettering around them."""

from collections.abc import Sequence

import cv2
import numpy as np

from models.panels.gutters import GutterMap, Mask
from models.panels.rect import Rect
from models.panels.regions import min_piece_px, page_area, page_side

CLUSTER_REACH = 0.025
"""Content closer than this share of the longer side belongs together: letters join to a heading."""
MIN_FIGURE_SHARE = 0.3
"""A figure fills this share of its cluster's box by its largest piece; words are many small ones."""
MIN_FIGURE_HEIGHT = 0.05
"""Clusters lower than this share of the longer side are lines of text or small marks."""
MIN_FIGURE_AREA = 0.025
"""A figure's box covers this share of the page; letters and vignettes are smaller."""
BALLOON_SOLIDITY = 0.9
"""A plain blob this convex on its ground is a balloon; figures have limbs."""
SAME_PICTURE = 0.06
"""Figures in a row that are nearer than this share of the longer side, wider than any gutter, are one."""
RIM = 0.008
"""Frames, their shadows and balloons poking out leave marks this far around a panel."""
MIN_FILL = 0.15
"""A figure covers at least this share of its box; remains of frames cover less."""
SAME_ROW = 0.5
"""Figures that share this much of the lower one's height stand in one picture."""


def frameless_panels(gutters: GutterMap, framed: Sequence[Rect]) -> tuple[Rect, ...]:
    """Return the boxes of figures outside all framed panels; lettering and balloons are left out."""
    content: Mask = 1 - gutters.mask
    rim = max(2, round(page_side(gutters.bounds) * RIM))
    for rect in framed:
        content[rect.grown(rim, gutters.bounds).window] = 0
    if cv2.countNonZero(content) < MIN_FILL * MIN_FIGURE_AREA * page_area(gutters.bounds):
        return ()
    figures = [rect for rect in _clusters(content, gutters.bounds) if _is_figure(content, rect)]
    reach = SAME_PICTURE * page_side(gutters.bounds)
    rows: list[Rect] = []
    for figure in sorted(figures, key=lambda r: r.y0):
        if rows and _one_picture(rows[-1], figure, reach) and not _crosses(rows[-1].union(figure), framed):
            rows[-1] = rows[-1].union(figure)
        else:
            rows.append(figure)
    return tuple(rows)


def _one_picture(a: Rect, b: Rect, reach: float) -> bool:
    """Say whether two figures stand in one picture: side by side, within reach of each other."""
    gap = max(a.x0, b.x0) - min(a.x1, b.x1)
    side_by_side = min(a.y1, b.y1) - max(a.y0, b.y0) >= SAME_ROW * min(a.height, b.height)
    return side_by_side and gap <= reach


def _crosses(box: Rect, framed: Sequence[Rect]) -> bool:
    return any(box.shared_area(rect) > 0 for rect in framed)


def _clusters(content: Mask, bounds: Rect) -> list[Rect]:
    """Return the boxes of content that lies close together."""
    reach = max(1, round(page_side(bounds) * CLUSTER_REACH))
    grown = cv2.dilate(content, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    found = []
    for index, (x, y, w, h, _) in enumerate(stats[1:count].tolist(), start=1):
        inside = content[y : y + h, x : x + w] * (labels[y : y + h, x : x + w] == index)
        left, top, width, height = cv2.boundingRect(inside.astype(np.uint8))
        found.append(Rect(x + left, y + top, x + left + width, y + top + height))
    return found


def _is_figure(content: Mask, rect: Rect) -> bool:
    """Say whether a cluster is a drawing: large, mostly one piece, with an outline of limbs."""
    bounds = Rect(0, 0, content.shape[1], content.shape[0])
    if rect.height < MIN_FIGURE_HEIGHT * page_side(bounds) or rect.width < min_piece_px(bounds):
        return False
    if rect.area < MIN_FIGURE_AREA * page_area(bounds):
        return False
    inside = np.ascontiguousarray(content[rect.window])
    if inside.mean() < MIN_FILL:
        return False
    contours, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=_box_area)
    if _box_area(largest) < MIN_FIGURE_SHARE * rect.area:
        return False
    hull = cv2.contourArea(cv2.convexHull(largest))
    return hull > 0 and cv2.contourArea(largest) / hull < BALLOON_SOLIDITY


def _box_area(contour: np.ndarray) -> int:
    _, _, width, height = cv2.boundingRect(contour)
    return width * height
