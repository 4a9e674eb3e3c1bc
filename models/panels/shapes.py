"""The shape of a panel: a rectangle, or the polygon of a slanted one, and how well its outline holds."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.panels.edges import outline_score, support
from models.panels.gutters import GutterMap
from models.panels.rect import Rect
from models.panels.rounds import corners_of, edge_held, find_oval

APPROXIMATION = 0.012
"""Corners closer to a straight side than this share of the outline are no corners."""
MIN_EDGE_SHARE = 0.07
"""A straight side of a panel is at least this share of its outline; a drawn figure's are shorter."""
MIN_CORNERS, MAX_CORNERS = 3, 8
OUTSIDE_PX = 4
"""This far outside a slanted edge lies gutter, past the frame's soft edge."""
RECTANGLE_SUPPORT = 0.8
"""A rectangle supported this well needs no polygon."""
MIN_POLYGON_GAIN = 0.1
"""A polygon must explain this much more of the outline than the rectangle."""

UPRIGHT_FILL = 0.97
"""A polygon that fills this much of its box is an upright rectangle with a flaw."""

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

    @property
    def is_upright(self) -> bool:
        """Whether the shape all but fills its box."""
        return not self.corners or cv2.contourArea(np.array(self.corners)) >= UPRIGHT_FILL * self.rect.area


def shape_of(gutters: GutterMap, rect: Rect, level: float) -> Shape:
    """Describe the panel in a trimmed rectangle; ``level`` is the support that speaks neither way."""
    as_rectangle = Shape(rect, support(gutters, rect), outline_score(gutters, rect, level))
    if as_rectangle.support >= RECTANGLE_SUPPORT or rect.area == 0:
        return as_rectangle
    contour = _largest_contour(gutters, rect)
    if contour is None:
        return as_rectangle
    others = (_polygon(gutters, rect, contour, level), _oval(gutters, rect, contour, level))
    return max(
        (other for other in others if other and other.support >= as_rectangle.support + MIN_POLYGON_GAIN),
        key=lambda shape: shape.support,
        default=as_rectangle,
    )


def _oval(gutters: GutterMap, rect: Rect, contour: Contour, level: float) -> Shape | None:
    oval = find_oval(np.add(contour, (rect.x0, rect.y0)), rect)
    if oval is None:
        return None
    judged, share = edge_held(gutters, oval)
    corners = corners_of(oval, gutters.bounds)
    return Shape(oval.box(gutters.bounds), share, judged * (share - level), corners)


def _polygon(gutters: GutterMap, rect: Rect, contour: Contour, level: float) -> Shape | None:
    length = cv2.arcLength(contour, True)
    corners = cv2.approxPolyDP(contour, APPROXIMATION * length, True).reshape(-1, 2)
    if not MIN_CORNERS <= len(corners) <= MAX_CORNERS or cv2.contourArea(corners) < rect.area / 3:
        return None
    placed: Contour = np.add(corners, (rect.x0, rect.y0)).astype(np.int32)
    judged, held = _outline(gutters, placed)
    if judged == 0:
        return None
    smooth = min(1.0, _perimeter(placed) / max(length, 1.0))
    share = smooth * held / judged
    x, y, width, height = cv2.boundingRect(placed)
    points = tuple((int(px), int(py)) for px, py in placed)
    return Shape(Rect(x, y, x + width, y + height), share, judged * (share - level), points)


def _perimeter(corners: Contour) -> float:
    return float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).sum())


def _outline(gutters: GutterMap, corners: Contour) -> tuple[float, float]:
    """Return the length of outline that can be judged, and how much of it is long and beside gutter."""
    clockwise = cv2.contourArea(corners.astype(np.float32), True) < 0
    shortest = MIN_EDGE_SHARE * _perimeter(corners)
    judged = held = 0.0
    for start, stop in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        length = float(np.linalg.norm(stop - start))
        beside = _gutter_beside(gutters, start, stop, clockwise=clockwise)
        if beside is None:
            continue
        judged += length
        held += length * beside if length >= shortest else 0.0
    return judged, held


def _gutter_beside(gutters: GutterMap, start: Contour, stop: Contour, *, clockwise: bool) -> float | None:
    """Share of the points just outside an edge that are gutter; None where the edge bleeds off."""
    along = (stop - start).astype(np.float64)
    length = max(1.0, float(np.hypot(*along)))
    outward = np.array([-along[1], along[0]]) / length * (1.0 if clockwise else -1.0)
    steps = np.linspace(0.05, 0.95, max(4, round(length / 4)))[:, None]
    points = np.rint(start + steps * along + OUTSIDE_PX * outward).astype(np.int64)
    height, width = gutters.mask.shape
    inside = (points >= 0).all(axis=1) & (points[:, 0] < width) & (points[:, 1] < height)
    if inside.mean() < 0.5:
        return None
    return float(gutters.mask[points[inside, 1], points[inside, 0]].mean())


def _largest_contour(gutters: GutterMap, rect: Rect) -> Contour | None:
    content = np.ascontiguousarray(1 - gutters.mask[rect.window])
    contours, _ = cv2.findContours(content, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    largest: Contour = max(contours, key=cv2.contourArea).astype(np.int32)
    return largest
