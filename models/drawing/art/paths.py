"""Shapes as skia paths, in whatever units the caller draws in."""

from collections.abc import Sequence
from itertools import pairwise
from math import atan2, cos, degrees, hypot, pi, sin, tau

import skia

from models.drawing.art.geometry import Point, mix_points

_TENSION = 6.0  # Catmull-Rom as cubic Béziers: handles are a sixth of the neighbours' distance
_STROKE_SAMPLES = 4  # the same for an ink stroke, which is short
_SAMPLES = 6  # points between two joints of a ribbon: more is not seen at the sizes drawn


def poly(points: Sequence[Point], *, closed: bool = True) -> skia.Path:
    """Return straight lines through points."""
    path = skia.Path()
    path.addPoly([skia.Point(x, y) for x, y in points], closed)
    return path


def blob(points: Sequence[Point], *, closed: bool = True) -> skia.Path:
    """Return a smooth curve through points (Catmull-Rom)."""
    path = skia.Path()
    count = len(points)
    path.moveTo(*points[0])
    for i in range(count if closed else count - 1):
        before = points[i - 1] if closed or i else points[0]
        here, there = points[i], points[(i + 1) % count]
        after = points[(i + 2) % count] if closed else points[min(i + 2, count - 1)]
        path.cubicTo(
            here[0] + (there[0] - before[0]) / _TENSION,
            here[1] + (there[1] - before[1]) / _TENSION,
            there[0] - (after[0] - here[0]) / _TENSION,
            there[1] - (after[1] - here[1]) / _TENSION,
            *there,
        )
    if closed:
        path.close()
    return path


def mirrored(points: Sequence[Point]) -> list[Point]:
    """Close a right half, given from the top to the bottom, with its mirror image at x = 0."""
    left = [(-x, y) for x, y in reversed(points) if x != 0]
    return [*points, *left]


def oval(x: float, y: float, rx: float, ry: float) -> skia.Path:
    """Return an ellipse around a middle."""
    path = skia.Path()
    path.addOval(skia.Rect(x - rx, y - ry, x + rx, y + ry))
    return path


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> skia.Path:
    """Return a rectangle with round corners."""
    path = skia.Path()
    rect = skia.Rect(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    if radius:
        path.addRoundRect(rect, radius, radius)
    else:
        path.addRect(rect)
    return path


def arched(x0: float, y0: float, x1: float, y1: float) -> skia.Path:
    """Return an upright rectangle under a pointed arch that reaches up to ``y0``."""
    middle, spring = (x0 + x1) / 2, y0 + (x1 - x0) * 0.75
    path = skia.Path()
    path.moveTo(x0, y1)
    path.lineTo(x0, spring)
    path.quadTo(x0, (spring + y0) / 2, middle, y0)
    path.quadTo(x1, (spring + y0) / 2, x1, spring)
    path.lineTo(x1, y1)
    path.close()
    return path


def star(x: float, y: float, outer: float, inner: float, spikes: int, turn: float = 0.0) -> skia.Path:
    """Return a star around a middle; ``turn`` in radians."""
    points = []
    for i in range(2 * spikes):
        angle, radius = turn + i * pi / spikes, inner if i % 2 else outer
        points.append((x + sin(angle) * radius, y - cos(angle) * radius))
    return poly(points)


def arc(x: float, y: float, rx: float, ry: float, start: float, sweep: float) -> skia.Path:
    """Return a part of an ellipse; degrees, clockwise, 0 points right."""
    path = skia.Path()
    path.addArc(skia.Rect(x - rx, y - ry, x + rx, y + ry), start, sweep)
    return path


def smooth(points: Sequence[Point], samples: int = _SAMPLES) -> list[Point]:
    """Return points along the Catmull-Rom curve through joints."""
    curve: list[Point] = []
    last = len(points) - 1
    for i in range(last):
        p0, p1, p2, p3 = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, last)]
        for step in range(samples):
            t = step / samples
            curve.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    curve.append(points[-1])
    return curve


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def ribbon(points: Sequence[Point], radii: Sequence[float], samples: int = _SAMPLES) -> skia.Path:
    """Return a tapered limb: a smooth curve through joints, with a radius at each joint and round ends."""
    curve = smooth(points, samples)
    widths = _spread(radii, samples)
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(curve):
        ax, ay = curve[max(i - 1, 0)]
        bx, by = curve[min(i + 1, len(curve) - 1)]
        length = hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length * widths[i], (bx - ax) / length * widths[i]
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return _capped(left, right, curve, widths)


def _capped(
    left: Sequence[Point], right: Sequence[Point], curve: Sequence[Point], widths: Sequence[float]
) -> skia.Path:
    path = skia.Path()
    path.moveTo(*left[0])
    for point in left[1:]:
        path.lineTo(*point)
    _cap(path, curve[-1], left[-1], widths[-1])
    for point in reversed(right):
        path.lineTo(*point)
    _cap(path, curve[0], right[0], widths[0])
    path.close()
    return path


def _cap(path: skia.Path, middle: Point, start: Point, radius: float) -> None:
    if radius <= 0:
        return
    (x, y), angle = middle, degrees(atan2(start[1] - middle[1], start[0] - middle[0]))
    path.arcTo(skia.Rect(x - radius, y - radius, x + radius, y + radius), angle, -180, False)


def _spread(radii: Sequence[float], samples: int) -> list[float]:
    widths: list[float] = []
    for start, end in pairwise(radii):
        widths += [start + (end - start) * step / samples for step in range(samples)]
    return [*widths, radii[-1]]


def tapered(
    points: Sequence[Point], width: float, *, tail: float = 0.15, samples: int = _STROKE_SAMPLES
) -> skia.Path:
    """Return an ink stroke: thick in the middle, thin (``tail`` of the width) at both ends."""
    count = max(len(points), 2)
    swell = [tail + (1 - tail) * sin(pi * i / (count - 1)) for i in range(count)]
    if count == 2:
        points = [points[0], mix_points(points[0], points[1], 0.5), points[1]]
        swell = [tail, 1.0, tail]
    return ribbon(points, [width / 2 * s for s in swell], samples)


def cloud(x: float, y: float, width: float, height: float, bumps: int = 5) -> skia.Path:
    """Return a puffy shape with a flat base at ``y``."""
    path = skia.Path()
    for i in range(bumps):
        share = (i + 0.5) / bumps
        rise = sin(share * pi)
        radius = width / bumps * (0.62 + 0.25 * rise)
        lift = min(height * (0.25 + 0.75 * rise) - radius, height)
        path.addOval(
            skia.Rect(
                x - width / 2 + share * width - radius,
                y - max(lift, 0) - radius,
                x - width / 2 + share * width + radius,
                y - max(lift, 0) + radius * 0.7,
            )
        )
    return skia.Simplify(path)


def ring(count: int, radius: float, turn: float = 0.0) -> list[Point]:
    """Return points evenly around the origin."""
    return [
        (cos(turn + tau * i / count) * radius, sin(turn + tau * i / count) * radius) for i in range(count)
    ]
