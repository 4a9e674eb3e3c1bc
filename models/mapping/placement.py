"""Near-duplicates, which get one place, and points that come to a map later."""

import numpy as np
from numpy.typing import NDArray

from models.mapping.neighbours import Neighbours
from schemas.records import FloatMatrix

TWIN_DISTANCE = 0.005
"""Vectors nearer than this (1 - cosine) are of the same picture or line, saved anew."""
PLACED_BY = 8
"""Neighbours among which a new point is placed."""
_SHARPNESS = 4.0


def twins(near: Neighbours, *, distance: float = TWIN_DISTANCE) -> NDArray[np.int64]:
    """Return for each row the first row that it repeats, itself where it repeats none, (n,).

    What repeats a row is joined to what repeats it in turn only through that first row: a slow drift
    from panel to panel makes no single heap of them.
    """
    first = np.arange(len(near.rows))
    close = near.distances <= distance
    for row in np.flatnonzero(close.any(axis=1)).tolist():
        if first[row] != row:
            continue
        mine = near.rows[row][close[row]]
        mine = mine[mine > row]
        first[mine[first[mine] == mine]] = row
    return first


def place_among(near: Neighbours, places: FloatMatrix) -> FloatMatrix:
    """Return places (n, 2) for points by their nearest mapped ones: the nearer, the more they count.

    A point that repeats a mapped one lies where that one does.

    Args:
        near: rows of ``places``, nearest first, at least one each.
        places: of the mapped points (m, 2).
    """
    rows, distances = near.rows[:, :PLACED_BY], near.distances[:, :PLACED_BY]
    nearest = distances[:, :1]
    scale = np.maximum(distances.mean(axis=1, keepdims=True) - nearest, 1e-6)
    weights = np.exp(-_SHARPNESS * (distances - nearest) / scale / 2.0)
    weights /= weights.sum(axis=1, keepdims=True)
    mixed = np.einsum("nk,nkd->nd", weights, places[rows])
    same = nearest[:, 0] <= TWIN_DISTANCE
    mixed[same] = places[rows[same, 0]]
    return np.asarray(mixed, np.float32)
