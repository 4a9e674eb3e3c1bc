"""Where a panel lies on its page, as a vector: panels of like place, shape and rank lie close."""

from collections.abc import Sequence
from math import pi

import numpy as np

from schemas.geometry import Box
from schemas.records import FloatMatrix

_WAVES = (1, 2)
_GEOMETRY, _RANKS = 5, 2
GEOMETRY_DIM = 2 * len(_WAVES) * _GEOMETRY
"""The first so many numbers say where and how large, the others which in reading order."""
LAYOUT_DIM = GEOMETRY_DIM + 2 * len(_WAVES) * _RANKS
_WIDEST = 2.0  # binary logarithm of the widest aspect told apart: a panel four times as wide as high


def layout_rows(boxes: Sequence[Box], *, aspect: float) -> FloatMatrix:
    """Describe the panels of one page, given in reading order.

    Centre, size, aspect, place in the order and share of the order are each turned into waves,
    so that a scalar product falls smoothly with every difference.

    Args:
        boxes: page-relative.
        aspect: width of the page divided by its height.

    Returns:
        (n, LAYOUT_DIM) float32, rows of L2 norm 1.
    """
    if not boxes:
        return np.zeros((0, LAYOUT_DIM), np.float32)
    edges = np.array([box.as_tuple() for box in boxes], np.float32)
    low, high = edges[:, :2], edges[:, 2:]
    size = np.maximum(high - low, 1e-4)
    shape = np.log2(size[:, 0] * aspect / size[:, 1])
    upright = np.clip(shape / _WIDEST, -1, 1) / 2 + 0.5
    rank = reading_places(len(boxes))
    share = np.full(len(boxes), 1 / len(boxes), np.float32)
    values = np.column_stack([(low + high) / 2, size, upright, rank, share])
    waves = [turn(pi * wave * values) for wave in _WAVES for turn in (np.cos, np.sin)]
    # Value by value, so that what tells the geometry stands before what tells the order.
    rows = np.stack(waves, axis=2).reshape(len(boxes), -1)
    return np.asarray(rows / np.sqrt(rows.shape[1] / 2), dtype=np.float32)


def reading_places(count: int) -> FloatMatrix:
    """Return the places of ``count`` panels in reading order, (count,), evenly spread over (0, 1)."""
    return (np.arange(count, dtype=np.float32) + 0.5) / np.float32(max(count, 1))
