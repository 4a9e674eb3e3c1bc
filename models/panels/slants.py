"""Cuts along gutters that lean: slanted panels and skewed scans.

The middles of all thin runs of gutter are points on the gutters' centre lines; a Hough transform
finds lines among them, least squares makes them exact, and the flanks are judged along the line.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.panels.bands import MAX_BRIDGE, CutRules, find_flanks, is_gutter, longest_run
from models.panels.gutters import GutterMap, Mask
from models.panels.rect import Rect
from models.panels.regions import Region, page_side, trim

MIN_GUTTER_LEFT = 0.006
"""A region with less gutter colour inside than this has no gutter to be cut along."""
MIN_SLANTED_PIECE = 0.08
"""A slanted cut parts off at least this share of the region."""
MAX_THICKNESS = 0.07
"""Thickest leaning gutter, as a share of the page's longer side."""
MAX_LEAN = 0.6
"""Steepest lean in radians off the axis: beyond that the other axis sees the gutter."""
MIN_LINE_SHARE = 0.3
"""A line is followed over at least this share of the region's width."""
MAX_LINES = 4
"""Hough lines that are followed up; the strongest come first."""
INLIER_PX = 4
"""Middles of runs this near a Hough line belong to its gutter: the transform's own rounding."""


@dataclass(frozen=True, slots=True)
class LeaningGutter:
    """A gutter along ``y = slope * x + offset``, in the frame it was looked for."""

    slope: float
    offset: float
    score: float


def cut_slanted(region: Region, rules: CutRules) -> tuple[Region, Region] | None:
    """Cut a region along its best leaning gutter; None where there is none."""
    if region.gutters.share(region.rect) < MIN_GUTTER_LEFT:
        return None
    gutters, rect = region.gutters, region.rect
    found = [(line, False) for line in leaning_gutters(gutters, rect, rules)]
    found += [(line, True) for line in leaning_gutters(gutters.transposed, rect.transposed, rules)]
    for line, vertical in sorted(found, key=lambda item: -item[0].score):
        parts = _part(region, line, vertical)
        if all(part.rect.area >= MIN_SLANTED_PIECE * rect.area for part in parts):
            return parts
    return None


def leaning_gutters(gutters: GutterMap, rect: Rect, rules: CutRules) -> Iterator[LeaningGutter]:
    """Yield the believable gutters that cross a region from left to right, leaning."""
    points = _middles(gutters, rect)
    if len(points) < MIN_LINE_SHARE * rect.width:
        return
    canvas: Mask = np.zeros((rect.height, rect.width), np.uint8)
    canvas[points[:, 1] - rect.y0, points[:, 0] - rect.x0] = 1
    votes = max(8, round(MIN_LINE_SHARE * rect.width))
    upright = np.pi / 2
    lines = cv2.HoughLines(
        canvas, 2, np.pi / 240, votes, min_theta=upright - MAX_LEAN, max_theta=upright + MAX_LEAN
    )
    for rho, theta in [] if lines is None else lines.reshape(-1, 2)[:MAX_LINES].tolist():
        sine, cosine = np.sin(theta), np.cos(theta)
        slope = -cosine / sine
        offset = (rho + rect.x0 * cosine) / sine + rect.y0
        gutter = _judge(gutters, rect, _fit(points, slope, offset), rules)
        if gutter is not None:
            yield gutter


def _middles(gutters: GutterMap, rect: Rect) -> NDArray[np.int32]:
    """Return (n, 2) x and y of the middles of thin vertical runs of gutter inside a region."""
    mask = gutters.mask[rect.window]
    starts = np.zeros(mask.shape, bool)
    starts[1:] = (mask[1:] == 1) & (mask[:-1] == 0)
    rows, columns = np.nonzero(starts)
    ends = gutters.content_below[rows + rect.y0, columns + rect.x0]
    lengths = ends - (rows + rect.y0)
    thin = (lengths >= 2) & (lengths <= MAX_THICKNESS * page_side(gutters.bounds)) & (ends < rect.y1)
    middles = rows[thin] + rect.y0 + lengths[thin] // 2
    return np.stack([columns[thin] + rect.x0, middles], axis=1).astype(np.int32)


def _fit(points: NDArray[np.int32], slope: float, offset: float) -> tuple[float, float]:
    """Make a line exact by least squares on the points near it, twice."""
    for _ in range(2):
        near = points[np.abs(points[:, 1] - slope * points[:, 0] - offset) <= INLIER_PX]
        if len(near) < 2 or np.ptp(near[:, 0]) == 0:
            break
        slope, offset = (float(v) for v in np.polyfit(near[:, 0], near[:, 1], 1))
    return slope, offset


def _judge(
    gutters: GutterMap, rect: Rect, line: tuple[float, float], rules: CutRules
) -> LeaningGutter | None:
    columns = np.arange(rect.x0, rect.x1)
    rows = np.rint(line[0] * columns + line[1]).astype(np.int64)
    inside = (rows > rect.y0) & (rows < rect.y1 - 1)
    if inside.mean() < MIN_LINE_SHARE:
        return None
    columns, rows = columns[inside], rows[inside]
    last_above, first_below = gutters.content_above[rows, columns], gutters.content_below[rows, columns]
    above = find_flanks(np.where(last_above >= rect.y0, rows - last_above, 0)[None])
    below = find_flanks(np.where(first_below < rect.y1, first_below - rows, 0)[None])
    coverage = float(gutters.mask[rows, columns].mean())
    thickness = int(above.distance[0] + below.distance[0])
    if thickness > MAX_THICKNESS * page_side(gutters.bounds):
        return None
    crossed = longest_run(gutters.mask[rows, columns] == 0) <= MAX_BRIDGE * columns.size
    if not is_gutter(coverage, (above, below), 0, rules, thin=crossed):
        return None
    return LeaningGutter(*line, coverage + float(above.share[0] + below.share[0]))


def _part(region: Region, line: LeaningGutter, vertical: bool) -> tuple[Region, Region]:
    """Return both sides of a line, each with the other painted as gutter."""
    gutters = region.gutters.transposed if vertical else region.gutters
    rect = region.rect.transposed if vertical else region.rect
    cut = line.slope * np.arange(rect.x0, rect.x1) + line.offset
    below = np.arange(rect.y0, rect.y1)[:, None] > cut
    parts = []
    for own in (~below, below):
        painted = gutters.only(rect, own)
        whole = painted.transposed if vertical else painted
        parts.append(Region(whole, trim(whole, region.rect)))
    return parts[0], parts[1]
