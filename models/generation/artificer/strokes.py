"""Rough strokes drawn anew: one line where several lie, smooth, with gaps closed and free ends tapered.

Source: Zhang and Suen 1984, "A fast parallel algorithm for thinning digital patterns".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.artificer.gaps import bridges_of
from models.generation.artificer.lines import Plane

Mask = NDArray[np.bool_]
Path = NDArray[np.float64]
"""Points of a stroke, (n, 2) as x, y in pixels."""

_MARKED = 0.35
_SOLID_SHARE = 0.014  # of the shorter side: what is wider is an area of black, not a stroke
_SMOOTH_PX = 2.5
_THIN_PX, _THICK_PX = 1.4, 5.0
_REACH_SHARE, _LEAST_REACH_PX = 0.03, 10.0  # how wide a gap may be
_SCALE = 2  # drawn larger and brought down: soft edges of any width
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


@dataclass(frozen=True, slots=True)
class Stroke:
    """A path, its width, and whether its two ends are free (they taper) or meet others."""

    path: Path
    width_px: float
    is_free: tuple[bool, bool]


def inked(ink: Plane) -> Plane:
    """Return a drawing's ink as even strokes; areas of black stay as they are."""
    marked = ink > _MARKED
    solid = _solid(marked)
    room = np.asarray(cv2.distanceTransform(marked.astype(np.uint8), cv2.DIST_L2, 5), np.float32)
    strokes = [one for one in _strokes(thinned(marked & ~solid), room) if _is_drawn(one)]
    ends = [(one.path, one.is_free) for one in strokes]
    reach = max(_LEAST_REACH_PX, _REACH_SHARE * min(ink.shape))
    usual = float(np.median([one.width_px for one in strokes])) if strokes else _THIN_PX
    closing = [Stroke(path, usual, (False, False)) for path in bridges_of(ends, reach + usual)]
    joined = {tuple(point) for one in closing for point in one.path}
    drawn = _drawn([*(_joined(one, joined) for one in strokes), *closing], usual, ink.shape)
    return np.maximum(drawn, np.where(solid, ink, 0.0)).astype(np.float32)


def _joined(stroke: Stroke, joined: set[tuple[float, ...]]) -> Stroke:
    """Note which ends go on: these do not taper."""
    first, last = (tuple(stroke.path[i]) not in joined for i in (0, -1))
    return replace(stroke, is_free=(stroke.is_free[0] and first, stroke.is_free[1] and last))


def thinned(mask: Mask) -> Mask:
    """Return lines one point wide along the middle of a mask."""
    lean = np.pad(mask, 1).astype(np.uint8)
    while True:
        before = int(lean.sum())
        for is_second in (False, True):
            lean[_removable(lean, is_second=is_second)] = 0
        if int(lean.sum()) == before:
            return np.asarray(lean[1:-1, 1:-1] > 0)


def _removable(lean: NDArray[np.uint8], *, is_second: bool) -> Mask:
    north, _, east, _, south, _, west, _ = around = [np.roll(lean, (-dy, -dx), (0, 1)) for dy, dx in _AROUND]
    count = np.sum(around, axis=0)
    turns = np.sum([(one == 0) & (after == 1) for one, after in pairwise([*around, around[0]])], axis=0)
    if is_second:
        open_side = ((north & east & west) == 0) & ((north & south & west) == 0)
    else:
        open_side = ((north & east & south) == 0) & ((east & south & west) == 0)
    return np.asarray((lean == 1) & (count >= 2) & (count <= 6) & (turns == 1) & open_side)


def _solid(marked: Mask) -> Mask:
    size = 2 * max(3, round(_SOLID_SHARE * min(marked.shape) / 2)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    cores = cv2.morphologyEx(marked.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    return np.asarray(cv2.dilate(cores, np.ones((3, 3), np.uint8)) > 0) & marked


def _strokes(lean: Mask, room: Plane) -> Iterator[Stroke]:
    """Follow the lines from end to end, or from crossing to crossing; rings last."""
    points = {(int(x), int(y)) for y, x in np.argwhere(lean)}
    beside = {point: [q for q in _neighbours(point) if q in points] for point in points}
    nodes = {point for point, near in beside.items() if len(near) != 2}
    seen: set[tuple[int, int]] = set()
    used: set[frozenset[tuple[int, int]]] = set()
    for start in (*sorted(nodes), *sorted(points)):
        if start in seen:
            continue
        for step in beside[start]:
            if frozenset((start, step)) in used or (start not in nodes and start in seen):
                continue
            chain = _follow(start, step, beside, used)
            seen.update(chain)
            free = (len(beside[chain[0]]) == 1, len(beside[chain[-1]]) == 1)
            path = np.array(chain, np.float64)
            widths = [2.0 * float(room[y, x]) - 1.0 for x, y in chain]
            yield Stroke(_smooth(path), float(np.median(widths)), free)


def _neighbours(point: tuple[int, int]) -> list[tuple[int, int]]:
    return [(point[0] + dx, point[1] + dy) for dy, dx in _AROUND]


def _follow(
    start: tuple[int, int],
    step: tuple[int, int],
    beside: dict[tuple[int, int], list[tuple[int, int]]],
    used: set[frozenset[tuple[int, int]]],
) -> list[tuple[int, int]]:
    chain = [start]
    while True:
        used.add(frozenset((chain[-1], step)))
        chain.append(step)
        onward = [q for q in beside[step] if q != chain[-2] and frozenset((step, q)) not in used]
        if len(beside[step]) != 2 or step == start or not onward:
            return chain
        step = onward[0]


def _smooth(path: Path) -> Path:
    """Even a hand's tremble out; the ends stay where they are, and a ring stays closed."""
    if len(path) < 5:
        return path
    reach = min(int(3 * _SMOOTH_PX), len(path) - 1)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _SMOOTH_PX) ** 2)
    is_ring = bool((path[0] == path[-1]).all())
    if is_ring:
        wide = np.concatenate([path[-reach - 1 : -1], path, path[1 : reach + 1]])
    else:  # mirrored through the ends, which therefore stay
        before = 2 * path[0] - path[reach:0:-1]
        after = 2 * path[-1] - path[-2 : -reach - 2 : -1]
        wide = np.concatenate([before, path, after])
    return np.stack([np.convolve(wide[:, i], bell / bell.sum(), "valid") for i in (0, 1)], axis=1)


def _is_drawn(stroke: Stroke) -> bool:
    """Tell a stroke from a spur, which thinning leaves at every bump of an outline."""
    return not any(stroke.is_free) or len(stroke.path) > max(4.0, 1.5 * stroke.width_px)


def _drawn(strokes: Sequence[Stroke], usual_px: float, shape: tuple[int, ...]) -> Plane:
    canvas = np.zeros((shape[0] * _SCALE, shape[1] * _SCALE), np.uint8)
    for stroke in strokes:
        width = float(np.clip(0.6 * stroke.width_px + 0.4 * usual_px, _THIN_PX, _THICK_PX))
        points = np.round((stroke.path + 0.5) * _SCALE * 8).astype(int)
        for (one, after), share in zip(pairwise(points), _taper(stroke, width), strict=True):
            thick = max(1, round(width * share * _SCALE) - 1)  # soft edges add one
            cv2.line(canvas, one.tolist(), after.tolist(), 255, thick, cv2.LINE_AA, 3)
    small = cv2.resize(canvas, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255.0)


def _taper(stroke: Stroke, width_px: float) -> NDArray[np.float64]:
    """Return the share of the width at each piece of a stroke: a pen lifts at a free end."""
    count = len(stroke.path) - 1
    along, length = np.arange(count) + 0.5, 4.0 * width_px
    share = np.ones(count)
    if stroke.is_free[0]:
        share = np.minimum(share, 0.35 + 0.65 * along / length)
    if stroke.is_free[1]:
        share = np.minimum(share, 0.35 + 0.65 * (count - along) / length)
    return share
