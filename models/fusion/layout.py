"""Where a panel lies on its page, as a vector: panels of like place, shape and rank lie close."""

from collections.abc import Sequence
from math import log2, pi

import numpy as np

from schemas.geometry import Box
from schemas.records import FloatMatrix

_WAVES = (1, 2)
_GEOMETRY, _RANKS = 5, 2
GEOMETRY_DIM = 2 * len(_WAVES) * _GEOMETRY
"""The first so many numbers say where and how large, the others which in reading order."""
LAYOUT_DIM = GEOMETRY_DIM + 2 * len(_WAVES) * _RANKS
_THINNEST = 1e-4  # of a page; what is thinner has no shape
_WIDEST = 2.0  # binary logarithm of the widest aspect told apart: a panel four times as wide as high


def layout_rows(boxes: Sequence[Box], *, aspect: float) -> FloatMatrix:
    """Describe the panels of one page, given in reading order, as :func:`layout_row` describes each.

    Returns:
        (n, LAYOUT_DIM) float32, rows of L2 norm 1.
    """
    rows = np.zeros((len(boxes), LAYOUT_DIM), np.float32)
    for number, (row, box) in enumerate(zip(rows, boxes, strict=True), start=1):
        row[:] = layout_row(box, aspect=aspect, panel_no=number, panel_count=len(boxes))
    return rows


def layout_row(box: Box, *, aspect: float, panel_no: int, panel_count: int) -> FloatMatrix:
    """Describe where a panel lies.

    Centre, size, aspect, place in the order and share of the order are each turned into waves,
    so that a scalar product falls smoothly with every difference.

    Args:
        box: page-relative.
        aspect: width of the page divided by its height.
        panel_no: from 1.
        panel_count: panels of the page.

    Returns:
        (LAYOUT_DIM,) float32 of L2 norm 1.
    """
    width, height = max(box.x1 - box.x0, _THINNEST), max(box.y1 - box.y0, _THINNEST)
    shape = min(max(log2(width * aspect / height) / _WIDEST, -1.0), 1.0)
    place = (panel_no - 0.5) / panel_count
    values = np.array(
        [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, width, height, shape / 2 + 0.5, place, 1 / panel_count]
    )
    # Value by value, so that what tells the geometry stands before what tells the order.
    waves = np.stack([turn(pi * wave * values) for wave in _WAVES for turn in (np.cos, np.sin)], axis=1)
    return np.asarray(waves.ravel() / np.sqrt(len(_WAVES) * len(values)), dtype=np.float32)


def without_ranks(rows: FloatMatrix) -> FloatMatrix:
    """Return layouts that say where panels lie and nothing of their order or number."""
    bare = rows.copy()
    bare[:, GEOMETRY_DIM:] = 0
    return bare


def reading_places(count: int) -> FloatMatrix:
    """Return the places of ``count`` panels in reading order, (count,), evenly spread over (0, 1)."""
    return (np.arange(count, dtype=np.float32) + 0.5) / np.float32(max(count, 1))
