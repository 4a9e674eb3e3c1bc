"""Where a drawing is dark: what the rough itself shades, and the side of each form that the light misses."""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.artificer.lines import Plane
from models.generation.artificer.regions import Regions

_INK = 0.25
_LARGEST_FORM = 0.4  # of the picture: what is larger is a sky or a ground, not a form
_DEPTH, _DEEPEST = 0.2, 0.06  # of the root of an area; of the shorter side
_CASTS = 0.3  # an area beside a form ends it only from this share of its size on: eyes cast no shadow
_FROM = ((1, 1), (-1, 1), (1, 0), (-1, 0))  # where shadows fall, x and y


def shade_of(light: Plane, ink: Plane, regions: Regions, seed: int) -> Plane:
    """Return how dark each point is to be, 0 to 1, lines left out; the seed turns the light."""
    return np.maximum(_own(light, ink), _form(regions, seed)).astype(np.float32)


def _own(light: Plane, ink: Plane) -> Plane:
    bare = (cv2.dilate(ink, np.ones((5, 5), np.uint8)) < _INK).astype(np.float32)
    spread = min(light.shape) * 0.008
    near = cv2.GaussianBlur(bare, (0, 0), spread)
    level = cv2.GaussianBlur(light * bare, (0, 0), spread) / np.maximum(near, 1e-3)
    return np.where(near > 0.05, np.clip((0.8 - level) / 0.3, 0, 1), 0.0).astype(np.float32)


def _form(regions: Regions, seed: int) -> Plane:
    labels = regions.labels
    sizes = np.bincount(labels.ravel(), minlength=regions.count).astype(np.float64)
    side = min(labels.shape)
    depth = np.minimum(_DEPTH * np.sqrt(sizes), _DEEPEST * side)
    depth[sizes > _LARGEST_FORM * labels.size] = 0.0
    depth[_framed(labels, regions.count)] = 0.0
    ahead = depth[labels]
    rows, columns = np.indices(labels.shape)
    aside, down = _FROM[seed % len(_FROM)]
    seen_rows = np.clip(np.round(rows + down * ahead), 0, labels.shape[0] - 1).astype(np.int64)
    seen_columns = np.clip(np.round(columns + aside * ahead), 0, labels.shape[1] - 1).astype(np.int64)
    beyond = labels[seen_rows, seen_columns]
    dark = (beyond != labels) & (sizes[beyond] >= _CASTS * sizes[labels])
    even = cv2.medianBlur(dark.astype(np.uint8) * 255, 2 * max(1, side // 160) + 1)
    return np.asarray(cv2.GaussianBlur(even, (0, 0), 0.8), np.float32) / np.float32(255.0)


def _framed(labels: NDArray[np.int32], count: int) -> NDArray[np.bool_]:
    """Say which areas lie along the edge of the picture for a long way: they go on beyond it."""
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.asarray(np.bincount(edge, minlength=count) > 0.12 * len(edge))
