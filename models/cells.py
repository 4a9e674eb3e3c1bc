"""Learning where vectors gather: the cells that a large column of vectors is sorted into."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from schemas.records import FloatMatrix

MAX_CELLS = 2_048
"""More cells of fewer rows read less for the same recall, and take longer to make."""
GROUPS_LOOKED_AT = 12
"""Groups of cells in which a row looks for its cell: half the work of looking at all cells."""
LEARNED_FROM, ROUNDS = 48, 8
"""Sample rows a cell, and rounds of k-means on them."""
SEED = 11
BLOCK_ROWS = 8_192


@dataclass(frozen=True, slots=True)
class Cells:
    """Unit middles of cells (cells, dim), and of groups of cells (groups, dim) to find them by.

    Group ``g`` is the cells from ``starts[g]`` up to ``starts[g + 1]``.
    """

    middles: FloatMatrix
    groups: FloatMatrix
    starts: NDArray[np.int64]

    @classmethod
    def learn(cls, sample: FloatMatrix, cells: int) -> Self:
        """Learn from unit vectors (n, dim), which are most of the time."""
        middles = learn_middles(sample, cells)
        groups = learn_middles(middles, math.isqrt(len(middles)))
        mine = _nearest(middles, groups)
        order = np.argsort(mine, kind="stable")
        return cls(middles[order], groups, np.searchsorted(mine[order], np.arange(len(groups) + 1)))

    def nearest(self, vectors: FloatMatrix) -> NDArray[np.int64]:
        """Return for each vector the nearest cell of the nearest groups, (n,)."""
        near = vectors @ self.groups.T
        count = min(GROUPS_LOOKED_AT, len(self.groups))
        tried = np.argpartition(-near, count - 1, axis=1)[:, :count]
        best, cells = np.full(len(vectors), -np.inf, np.float32), np.zeros(len(vectors), np.int64)
        for group in range(len(self.groups)):
            rows = np.flatnonzero((tried == group).any(axis=1))
            start, end = self.starts[group : group + 2]
            if not len(rows) or start == end:
                continue
            scores = vectors[rows] @ self.middles[start:end].T
            found, most = scores.argmax(axis=1), scores.max(axis=1)
            better = most > best[rows]
            best[rows[better]], cells[rows[better]] = most[better], start + found[better]
        return cells


def cells_for(rows: int) -> int:
    """Return how many cells a table of so many rows is cut into."""
    return max(1, min(MAX_CELLS, math.isqrt(rows)))


def learn_middles(sample: FloatMatrix, count: int) -> FloatMatrix:
    """Return unit middles of clusters (count, dim): spherical k-means over unit vectors (n, dim)."""
    rng = np.random.default_rng(SEED)
    middles = sample[np.sort(rng.choice(len(sample), min(count, len(sample)), replace=False))].copy()
    for _ in range(ROUNDS):
        sums = _sums(sample, _nearest(sample, middles), len(middles))
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        # A cluster that lost all its rows stays where it was.
        middles = np.where(norms > 0, sums / np.where(norms > 0, norms, 1.0), middles).astype(np.float32)
    return middles


def _nearest(rows: FloatMatrix, middles: FloatMatrix) -> NDArray[np.int64]:
    blocks = range(0, len(rows), BLOCK_ROWS)
    return np.concatenate([(rows[i : i + BLOCK_ROWS] @ middles.T).argmax(axis=1) for i in blocks])


def _sums(rows: FloatMatrix, groups: NDArray[np.int64], count: int) -> FloatMatrix:
    """Return the sum of the rows of each group (count, dim)."""
    sums = np.zeros((count, rows.shape[1]), np.float32)
    order = np.argsort(groups, kind="stable")
    present, starts = np.unique(groups[order], return_index=True)
    sums[present] = np.add.reduceat(rows[order], starts, axis=0)
    return sums
