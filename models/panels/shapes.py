"""The shape of a panel: a rectangle, or the polygon of a slanted one, and how well its outline holds."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.panels.edges import outline_score, support
from models.panels.gutters import GutterMap
from models.panels.rect import Rect

APPROXIMATION = 0.012
"""Corners closer to a straight side than this share of the outline are no corners."""
MIN_EDGE_SHARE = 0.07
"""A straight side of a panel is at least this share of its outline; a drawn figure's are shorter."""
MAX_CORNERS = 8
RECTANGLE_SUPPORT = 0.8
"""A rectangle supported this well needs no polygon."""
MIN_POLYGON_GAIN = 0.1
"""A polygon must explain this much more of the outline than the rectangle."""

Contour = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Shape:
    """A panel in working pixels: its box, its corners if it is no rectangle, its outline's quality.

    ``support`` is the share of the outline that is straight and borders on gutter; ``outline_px``
    the length that was judged (a side that bleeds off is not).
    """

    rect: Rect
    support: float
    gain: float
    corners: tuple[tuple[int, int], ...] = ()


def shape_of(gutters: GutterMap, rect: Rect, level: float) -> Shape:
    """Describe the panel in a trimmed rectangle; ``level`` is the support that speaks neither way."""
    as_rectangle = Shape(rect, support(gutters, rect), outline_score(gutters, rect, level))
    if as_rectangle.support >= RECTANGLE_SUPPORT or rect.area == 0:
        return as_rectangle
    as_polygon = _polygon(gutters, rect, level)
    if as_polygon is None or as_polygon.support < as_rectangle.support + MIN_POLYGON_GAIN:
        return as_rectangle
    return as_polygon


def _polygon(gutters: GutterMap, rect: Rect, level: float) -> Shape | None:
    contour = _largest_contour(gutters, rect)
    if contour is None:
        return None
    length = cv2.arcLength(contour, True)
    corners = cv2.approxPolyDP(contour, APPROXIMATION * length, True).reshape(-1, 2)
    if not 3 <= len(corners) <= MAX_CORNERS or cv2.contourArea(corners) < rect.area / 3:
        return None
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    straight = float(sides[sides >= MIN_EDGE_SHARE * sides.sum()].sum() / max(length, 1.0))
    x, y, width, height = cv2.boundingRect(corners)
    box = Rect(rect.x0 + x, rect.y0 + y, rect.x0 + x + width, rect.y0 + y + height)
    points = tuple((rect.x0 + int(px), rect.y0 + int(py)) for px, py in corners)
    return Shape(box, min(1.0, straight), length * (straight - level), points)


def _largest_contour(gutters: GutterMap, rect: Rect) -> Contour | None:
    content = np.ascontiguousarray(1 - gutters.mask[rect.window])
    contours, _ = cv2.findContours(content, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    largest: Contour = max(contours, key=cv2.contourArea).astype(np.int32)
    return largest
