"""Round panels: pictures in a disc or an oval, out of which figures and balloons may poke."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.panels.gutters import GutterMap
from models.panels.rect import Rect

TRIALS, SEED = 120, 7
"""Ovals tried through four points each: enough where half of the outline is not the oval's."""
OUTLINE_POINTS = 240
"""Points of an outline that vote."""
FIT_PX = 2.5
"""Points this near an oval vote for it."""
BESIDE_PX = 4
"""This far inside the edge lies picture and this far outside gutter."""
EDGE_POINTS, CORNERS = 180, 16
"""Points at which the edge is judged, and corners of the polygon that stands for the oval."""
MAX_ASPECT = 2.0
"""Longer ovals are drawn things."""
MIN_VOTES = 0.25
"""Share of the outline that must lie on the oval."""

MIN_DETERMINANT = 1e-9
"""Four points nearer than this to one oval too many determine none."""

Points = NDArray[np.float64]


class Oval(NamedTuple):
    """An upright oval in working pixels."""

    x: float
    y: float
    half_width: float
    half_height: float

    def points(self, count: int, outward_px: float = 0.0) -> Points:
        """Return (count, 2) points around the oval, so many pixels outside it."""
        turn = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
        across = self.x + (self.half_width + outward_px) * np.cos(turn)
        return np.stack([across, self.y + (self.half_height + outward_px) * np.sin(turn)], axis=1)

    @property
    def outline_px(self) -> float:
        """Length around, within a hundredth at these aspects."""
        return float(np.pi * np.sqrt(2 * (self.half_width**2 + self.half_height**2)))

    def box(self, bounds: Rect) -> Rect:
        """The smallest rectangle around it inside the page."""
        whole = Rect(
            round(self.x - self.half_width),
            round(self.y - self.half_height),
            round(self.x + self.half_width),
            round(self.y + self.half_height),
        )
        return whole.grown(0, bounds)


def find_oval(contour: NDArray[np.int32], rect: Rect) -> Oval | None:
    """Return the oval that most points of an outline lie on; ``contour`` and ``rect`` in one frame."""
    outline = _spread(contour)
    ovals = _through_four_points(outline)
    size = np.array([rect.width, rect.height])
    fits = (2 * ovals[:, 2:] <= size + 2 * FIT_PX).all(axis=1) & (2 * ovals[:, 2:] >= size / 2).all(axis=1)
    fits &= ovals[:, 2:].max(axis=1) <= MAX_ASPECT * ovals[:, 2:].min(axis=1)
    ovals = ovals[fits]
    if len(ovals) == 0:
        return None
    offsets = (outline[None] - ovals[:, None, :2]) / ovals[:, None, 2:]
    off_px = np.abs(np.hypot(offsets[..., 0], offsets[..., 1]) - 1.0) * ovals[:, None, 2:].min(axis=2)
    votes = (off_px <= FIT_PX).mean(axis=1)
    best = int(votes.argmax())
    return Oval(*ovals[best].tolist()) if votes[best] >= MIN_VOTES else None


def _spread(contour: NDArray[np.int32]) -> Points:
    """Return points at even steps along an outline."""
    corners = contour.reshape(-1, 2).astype(np.float64)
    closed = np.vstack([corners, corners[:1]])
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))))
    at = np.linspace(0.0, along[-1], OUTLINE_POINTS, endpoint=False)
    return np.stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)], axis=1)


def _through_four_points(outline: Points) -> Points:
    """Return (n, 4) upright ovals (x, y, half width, half height) through points picked by chance."""
    chosen = np.random.default_rng(SEED).integers(len(outline), size=(TRIALS, 4))
    middle, scale = outline.mean(axis=0), max(1.0, float(np.ptp(outline)))
    x, y = ((outline[chosen] - middle) / scale).transpose(2, 0, 1)
    terms = np.stack([x * x, y * y, x, y], axis=2)
    terms = terms[np.abs(np.linalg.det(terms)) > MIN_DETERMINANT]
    a, b, c, d = np.linalg.solve(terms, np.ones((len(terms), 4, 1)))[..., 0].T
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = 1.0 + c * c / (4 * a) + d * d / (4 * b)
        found = np.stack([-c / (2 * a), -d / (2 * b), np.sqrt(reach / a), np.sqrt(reach / b)], axis=1)
    ovals: Points = found[np.isfinite(found).all(axis=1)] * scale + np.array([*middle, 0.0, 0.0])
    return ovals


def edge_held(gutters: GutterMap, oval: Oval) -> tuple[float, float]:
    """Return the length of an oval's edge that lies on the page, and the share of it beside gutter."""
    bounds = gutters.bounds
    inside = np.rint(oval.points(EDGE_POINTS, -BESIDE_PX)).astype(np.int64)
    outside = np.rint(oval.points(EDGE_POINTS, BESIDE_PX)).astype(np.int64)
    on_page = (outside >= 0).all(axis=1) & (outside < (bounds.width, bounds.height)).all(axis=1)
    if not on_page.any():
        return 0.0, 0.0
    inside, outside = inside[on_page], outside[on_page]
    held = (gutters.mask[inside[:, 1], inside[:, 0]] == 0) & (gutters.mask[outside[:, 1], outside[:, 0]] == 1)
    return oval.outline_px * float(on_page.mean()), float(held.mean())


def corners_of(oval: Oval, bounds: Rect) -> tuple[tuple[int, int], ...]:
    """Return a polygon that stands for the oval, inside the page."""
    limits = np.array([bounds.width, bounds.height])
    points = np.clip(np.rint(oval.points(CORNERS)), 0, limits).astype(np.int64)
    return tuple((int(x), int(y)) for x, y in points)
