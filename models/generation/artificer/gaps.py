"""Gaps in lines: free ends that point at each other, or at a line before them, are joined."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Path = NDArray[np.float64]
"""Points, (n, 2) as x, y in pixels."""

_HEADING_POINTS = 10
_LEAST_ALONG = 0.6  # cosine between where an end points and where the other lies
_TOUCHES_PX = 1.5


def bridges_of(strokes: Sequence[tuple[Path, tuple[bool, bool]]], reach_px: float) -> list[Path]:
    """Return pieces that close gaps no wider than ``reach_px``; each end is joined once."""
    ends = [(point, heading) for path, free in strokes for point, heading in _ends(path, free)]
    if not ends:
        return []
    points, headings = (np.array([end[i] for end in ends]) for i in (0, 1))
    bridges, joined = [], set[int]()
    for _, one, other in sorted(_pairs(points, headings, reach_px)):
        if not {one, other} & joined:
            joined |= {one, other}
            bridges.append(np.stack([points[one], points[other]]))
    drawn = np.concatenate([path for path, _ in strokes])
    for number in sorted(set(range(len(ends))) - joined):
        target = _ahead(points[number], headings[number], drawn, 0.6 * reach_px)
        if target is not None:
            bridges.append(np.stack([points[number], target]))
    return bridges


def _ends(path: Path, free: tuple[bool, bool]) -> Iterator[tuple[Path, Path]]:
    """Give the free ends with the direction in which the line would go on."""
    back = min(_HEADING_POINTS, len(path) - 1)
    for is_free, end, inner in ((free[0], path[0], path[back]), (free[1], path[-1], path[-1 - back])):
        length = float(np.hypot(*(end - inner)))
        if is_free and length > 0:
            yield end, (end - inner) / length


def _pairs(points: Path, headings: Path, reach_px: float) -> Iterator[tuple[float, int, int]]:
    apart = points[None] - points[:, None]  # [i, j] from i to j
    far = np.hypot(apart[..., 0], apart[..., 1])
    along = np.einsum("ijk,ik->ij", apart, headings) / np.maximum(far, 1e-6)
    facing = np.minimum(along, along.T)
    for one, other in np.argwhere((far <= reach_px) & (far > 0) & (facing >= _LEAST_ALONG)):
        if one < other:
            yield float(far[one, other] * (2.0 - facing[one, other])), int(one), int(other)


def _ahead(point: Path, heading: Path, drawn: Path, reach_px: float) -> Path | None:
    """Return the first drawn point straight before an end."""
    apart = drawn - point
    forward = apart @ heading
    aside = np.abs(apart @ np.array([-heading[1], heading[0]]))
    hit = (forward > _TOUCHES_PX) & (forward <= reach_px) & (aside <= _TOUCHES_PX)
    return np.asarray(drawn[hit][np.argmin(forward[hit])]) if hit.any() else None
