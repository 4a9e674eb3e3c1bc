"""Areas that lines enclose, also where a line has gaps.

Source: Zhang et al. 2009, "Vectorizing cartoon animations" (trapped balls): a ball that does not fit through
a gap keeps to its side.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.artificer.lines import Plane

_WALL = 0.35
_LEAST_SHARE = 0.0004  # of the picture; smaller areas join what lies beside them
_BALLS_SHARE = (0.02, 0.01, 0.005, 0.0)  # radii, of the shorter side


@dataclass(frozen=True, slots=True)
class Regions:
    """``labels`` int32 (h, w), from 0, without holes: what lies under lines belongs to the nearest area."""

    labels: NDArray[np.int32]
    count: int


def regions_of(ink: Plane) -> Regions:
    """Fill the areas between lines, widest first."""
    free = (ink < _WALL).astype(np.uint8)
    labels = np.zeros(ink.shape, np.int32)
    least = max(4.0, _LEAST_SHARE * ink.size)
    count = 0
    for share in _BALLS_SHARE:
        open_now = free & (labels == 0)
        room = cv2.distanceTransform(open_now, cv2.DIST_L2, 5)
        radius = share * min(ink.shape)
        found, cores, stats, _ = cv2.connectedComponentsWithStats(
            (room > radius).astype(np.uint8), connectivity=4
        )
        for number in range(1, found):
            if stats[number, cv2.CC_STAT_AREA] >= least:
                count += 1
                labels[cores == number] = count
        labels = _grown(labels, free, radius + 1)
    if count == 0:
        return Regions(np.zeros(ink.shape, np.int32), 1)
    return Regions(_grown(labels, np.ones_like(free), np.inf) - 1, count)


def _grown(labels: NDArray[np.int32], within: NDArray[np.uint8], reach_px: float) -> NDArray[np.int32]:
    """Give each free point the label of the nearest labelled one that is in reach."""
    if not labels.any():
        return labels
    unlabelled = (labels == 0).astype(np.uint8)
    far, nearest = cv2.distanceTransformWithLabels(unlabelled, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    of_nearest = np.zeros(int(nearest.max()) + 1, np.int32)
    of_nearest[nearest[labels > 0]] = labels[labels > 0]
    reached = (labels == 0) & (within > 0) & (far <= reach_px)
    return np.where(reached, of_nearest[nearest], labels).astype(np.int32)
