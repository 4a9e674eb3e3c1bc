"""Plane geometry of panel frames: convex polygons that are cut, shrunk, mirrored and roughened.

Frame everywhere in this module: any plane with y down; corners clockwise, first corner top left.
"""

import math
from collections.abc import Callable, Sequence

from models.drawing.art.geometry import Rect
from models.drawing.dice import dice
from schemas.geometry import Point, Polygon
from schemas.labels import PixelBox

_PARALLEL = 1e-9
_TREMOR_STEP_PX = 45.0


def grown(rect: Rect, margin_px: float) -> Rect:
    """Return the rectangle with its sides moved out (or in, for a negative margin)."""
    return Rect(rect.x0 - margin_px, rect.y0 - margin_px, rect.x1 + margin_px, rect.y1 + margin_px)


def clipped(rect: Rect, frame: Rect) -> Rect | None:
    """Return the part of a rectangle inside a frame, None where they do not meet."""
    x0, y0 = max(rect.x0, frame.x0), max(rect.y0, frame.y0)
    x1, y1 = min(rect.x1, frame.x1), min(rect.y1, frame.y1)
    return Rect(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def shared_area(first: Rect, second: Rect) -> float:
    """Return the area in square pixels that two rectangles share."""
    width = min(first.x1, second.x1) - max(first.x0, second.x0)
    height = min(first.y1, second.y1) - max(first.y0, second.y0)
    return width * height if width > 0 and height > 0 else 0.0


def pixel_box(rect: Rect, size_px: tuple[int, int]) -> PixelBox:
    """Return a rectangle in whole pixels, clipped to a page of that size, at least one pixel wide."""
    width, height = size_px
    x0, y0 = min(max(round(rect.x0), 0), width - 1), min(max(round(rect.y0), 0), height - 1)
    return x0, y0, max(min(round(rect.x1), width), x0 + 1), max(min(round(rect.y1), height), y0 + 1)


def bounds(polygon: Sequence[Point]) -> Rect:
    """Return the smallest rectangle around a polygon."""
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return Rect(min(xs), min(ys), max(xs), max(ys))


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Polygon:
    """Return a rectangle as a polygon."""
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def mirrored(polygon: Polygon, width: float) -> Polygon:
    """Return the polygon seen in a mirror of that width, still clockwise from its top left corner."""
    flipped = tuple((width - x, y) for x, y in reversed(polygon))
    return flipped[-2:] + flipped[:-2] if len(flipped) == 4 else flipped


def shrunk(polygon: Polygon, inset_of_edge: Callable[[Point, Point], float]) -> Polygon:
    """Move each edge of a convex clockwise polygon inwards by its own distance.

    Args:
        polygon: Corners, clockwise with y down.
        inset_of_edge: Distance for the edge between two corners.
    """
    count = len(polygon)
    lines = []
    for i in range(count):
        (ax, ay), (bx, by) = polygon[i], polygon[(i + 1) % count]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length, (bx - ax) / length
        distance = inset_of_edge((ax, ay), (bx, by))
        lines.append(((ax + nx * distance, ay + ny * distance), (bx - ax, by - ay)))
    return tuple(_crossing(lines[i - 1], lines[i]) for i in range(count))


def _crossing(first: tuple[Point, Point], second: tuple[Point, Point]) -> Point:
    (px, py), (rx, ry) = first
    (qx, qy), (sx, sy) = second
    cross = rx * sy - ry * sx
    if abs(cross) < _PARALLEL:
        return qx, qy
    t = ((qx - px) * sy - (qy - py) * sx) / cross
    return px + t * rx, py + t * ry


def trembling(polygon: Polygon, *, reach_px: float, seed: int) -> Polygon:
    """Return the polygon as a hand draws it without a ruler: each side wavers by at most ``reach_px``."""
    rng = dice(seed)
    points: list[Point] = []
    for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length, (bx - ax) / length
        steps = max(2, round(length / _TREMOR_STEP_PX))
        for k in range(steps):
            off = rng.uniform(-reach_px, reach_px)
            points.append((ax + (bx - ax) * k / steps + nx * off, ay + (by - ay) * k / steps + ny * off))
    return tuple(points)


def jagged(polygon: Polygon, *, tooth_px: float, seed: int) -> Polygon:
    """Return the polygon with saw-tooth edges that stay inside it: the frame of a shock."""
    rng = dice(seed)
    points: list[Point] = []
    for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        length = math.hypot(bx - ax, by - ay)
        nx, ny = -(by - ay) / length, (bx - ax) / length
        teeth = max(2, round(length / (tooth_px * 3)))
        for k in range(teeth):
            along = k / teeth
            points.append((ax + (bx - ax) * along, ay + (by - ay) * along))
            along = (k + rng.uniform(0.3, 0.7)) / teeth
            depth = tooth_px * rng.uniform(0.6, 1.0)
            points.append((ax + (bx - ax) * along + nx * depth, ay + (by - ay) * along + ny * depth))
    return tuple(points)
