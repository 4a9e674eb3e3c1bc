"""How true a map is: what lies together on it against what is alike."""

import numpy as np
from numpy.typing import NDArray

from schemas.records import FloatMatrix

K = 15
BASE_ROWS, ASKED_ROWS = 10_000, 1_000
"""Points compared with each other, and points asked for their neighbours: a sample of larger maps."""
SEED = 3


def measure(rows: FloatMatrix, places: FloatMatrix, *, k: int = K) -> dict[str, float]:
    """Return trustworthiness and the overlap of neighbours, each in [0, 1], by unit rows and places.

    Trustworthiness (Venna and Kaski, ICANN 2001) says how few points lie near each other on the map
    without being alike; the overlap is the share of a point's k nearest that are its k nearest on
    the map too. Both are of a sample of ``sample`` points; nothing is measured of fewer than 2k + 2.
    """
    base = _some(len(rows), BASE_ROWS, SEED)
    count = len(base)
    if count < 2 * k + 2:
        return {}
    asked = _some(count, ASKED_ROWS, SEED + 1)
    alike = rows[base[asked]] @ rows[base].T
    spots = places[base].astype(np.float64)
    apart = ((spots[asked, np.newaxis] - spots[np.newaxis]) ** 2).sum(axis=2)
    own = np.arange(len(asked))
    alike[own, asked], apart[own, asked] = np.inf, -1.0  # each point comes first in its own list
    ranks = np.empty_like(alike, dtype=np.int64)
    order = np.argsort(-alike, axis=1, kind="stable")
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(count), order.shape), axis=1)
    near = np.argsort(apart, axis=1, kind="stable")[:, 1 : k + 1]
    found = np.take_along_axis(ranks, near, axis=1)
    lost = np.maximum(found - k, 0).sum()
    worst = len(asked) * k * (2 * count - 3 * k - 1) / 2
    return {
        "trustworthiness": round(float(1.0 - lost / worst), 4),
        "neighbour_overlap": round(float((found <= k).mean()), 4),
        "neighbour_overlap_by_chance": round(k / (count - 1), 4),
        "sample": float(count),
    }


def _some(count: int, most: int, seed: int) -> NDArray[np.int64]:
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))
