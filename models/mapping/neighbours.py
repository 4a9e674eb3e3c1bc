"""Nearest neighbours of every row at once: all with all while there are few, else cell by cell.

Vectors are sorted into the same kind of cells that searches hold (:mod:`models.cells`), and the rows of
a cell are compared with those of the nearest cells in one matrix product. That reads a few percent
of all pairs; umap-learn's own search takes longer and is not needed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.cells import LEARNED_FROM, Cells, cells_for
from schemas.records import FloatMatrix

EXACT_ROWS = 20_000
"""Up to here every vector is compared with every other: ten seconds of one core."""
SCANNED_ROWS = 8_192
"""Rows that one row is compared with otherwise: measured in docs/decisions/0011-maps.md."""
BLOCK_ROWS = 1_024

Told = Callable[[float], None]
"""Is told the share of the work that is done, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Row numbers (n, k) int32, nearest first, and their distances (n, k) float32, 1 - cosine."""

    rows: NDArray[np.int32]
    distances: FloatMatrix


def nearest_rows(
    rows: FloatMatrix,
    k: int,
    *,
    exact_rows: int = EXACT_ROWS,
    scanned_rows: int = SCANNED_ROWS,
    told: Told | None = None,
) -> Neighbours:
    """Return for each of unit rows (n, dim) its ``k`` nearest others; exact up to ``exact_rows``.

    Beyond, each is compared with ``scanned_rows``: fewer do where only very near ones are wanted.
    """
    k = min(k, max(len(rows) - 1, 0))
    if len(rows) <= exact_rows or not k:
        return _collected(_all_pairs(rows, rows, k, is_own=True), len(rows), k, told)
    index = CellIndex.of(rows)
    return _collected(index.among_own(k, scanned_rows), len(rows), k, told)


def nearest_among(
    queries: FloatMatrix,
    base: FloatMatrix,
    k: int,
    *,
    exact_rows: int = EXACT_ROWS,
    told: Told | None = None,
) -> Neighbours:
    """Return for each of unit rows ``queries`` (n, dim) the ``k`` nearest rows of ``base`` (m, dim)."""
    k = min(k, len(base))
    if len(base) <= exact_rows or not k:
        return _collected(_all_pairs(queries, base, k, is_own=False), len(queries), k, told)
    return _collected(CellIndex.of(base).to_others(queries, k), len(queries), k, told)


_Part = tuple[NDArray[np.int64], NDArray[np.int64], FloatMatrix]
"""Rows, their neighbours (rows, k), and the cosines."""


def _collected(parts: Iterator[_Part], count: int, k: int, told: Told | None) -> Neighbours:
    found = np.zeros((count, k), np.int32)
    distances = np.zeros((count, k), np.float32)
    done = 0
    for rows, near, cosines in parts:
        found[rows], distances[rows] = near, 1.0 - cosines
        done += len(rows)
        if told is not None:
            told(done / count)
    return Neighbours(found, np.clip(distances, 0.0, 2.0))


def _all_pairs(queries: FloatMatrix, base: FloatMatrix, k: int, *, is_own: bool) -> Iterator[_Part]:
    for start in range(0, len(queries) if k else 0, BLOCK_ROWS):
        block = queries[start : start + BLOCK_ROWS]
        cosines = block @ base.T
        rows = np.arange(start, start + len(block))
        if is_own:
            cosines[rows - start, rows] = -np.inf
        best, scores = _highest(cosines, k)
        yield rows, best, scores


def _highest(scores: FloatMatrix, k: int) -> tuple[NDArray[np.int64], FloatMatrix]:
    """Return the columns of the ``k`` highest scores of each row, highest first, ties by column."""
    best = np.argpartition(scores, -k, axis=1)[:, -k:] if k < scores.shape[1] else _every(scores)
    found = np.take_along_axis(scores, best, axis=1)
    order = np.lexsort((best, -found), axis=1)
    return np.take_along_axis(best, order, axis=1), np.take_along_axis(found, order, axis=1)


def _every(scores: FloatMatrix) -> NDArray[np.int64]:
    return np.broadcast_to(np.arange(scores.shape[1]), scores.shape)


@dataclass(frozen=True, slots=True)
class CellIndex:
    """Unit rows sorted by their cells: ``rows`` (n, dim), and ``order`` (n,), which row each was."""

    cells: Cells
    rows: FloatMatrix
    order: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, rows: FloatMatrix) -> Self:
        """Sort unit rows (n, dim) into cells learnt from a sample of them."""
        count = cells_for(len(rows))
        learnt = Cells.learn(rows[:: max(1, len(rows) // (LEARNED_FROM * count))], count)
        mine = _cells_of(learnt, rows)
        order = np.argsort(mine, kind="stable")
        ends = np.bincount(mine, minlength=len(learnt.middles)).cumsum()
        return cls(learnt, rows[order], order, ends)

    def among_own(self, k: int, scanned_rows: int = SCANNED_ROWS) -> Iterator[_Part]:
        """Give the nearest other rows of all rows."""
        for cell, place, spots in self._looked_at(scanned_rows):
            start, end = self._bounds(cell)
            for first in range(start, end, BLOCK_ROWS):
                last = min(first + BLOCK_ROWS, end)
                cosines = self.rows[first:last] @ self.rows[spots].T
                own = np.arange(last - first)
                cosines[own, place + first - start + own] = -np.inf
                best, scores = _highest(cosines, k)
                yield self.order[first:last], self.order[spots[best]], scores

    def to_others(self, queries: FloatMatrix, k: int) -> Iterator[_Part]:
        """Give the nearest rows to each of the queries (n, dim)."""
        mine = _cells_of(self.cells, queries)
        asked = np.argsort(mine, kind="stable")
        ends = np.bincount(mine, minlength=len(self.ends)).cumsum()
        for cell, _, spots in self._looked_at():
            rows = asked[(ends[cell - 1] if cell else 0) : ends[cell]]
            for first in range(0, len(rows), BLOCK_ROWS):
                some = rows[first : first + BLOCK_ROWS]
                best, scores = _highest(queries[some] @ self.rows[spots].T, k)
                yield some, self.order[spots[best]], scores

    def _looked_at(self, scanned_rows: int = SCANNED_ROWS) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
        """Give each cell, where its own rows begin among those it is compared with, and these."""
        sizes = np.diff(self.ends, prepend=0)
        nearness = self.cells.middles @ self.cells.middles.T
        for cell in range(len(self.ends)):
            near = np.argsort(-nearness[cell], kind="stable")
            enough = int(np.searchsorted(np.cumsum(sizes[near]), scanned_rows)) + 1
            chosen = np.union1d(near[:enough], [cell])
            spots = np.concatenate([np.arange(*self._bounds(other)) for other in chosen])
            yield cell, int(sizes[chosen[chosen < cell]].sum()), spots

    def _bounds(self, cell: int) -> tuple[int, int]:
        return (int(self.ends[cell - 1]) if cell else 0), int(self.ends[cell])


def _cells_of(cells: Cells, rows: FloatMatrix) -> NDArray[np.int64]:
    blocks = range(0, len(rows), 8 * BLOCK_ROWS)
    return np.concatenate([cells.nearest(rows[start : start + 8 * BLOCK_ROWS]) for start in blocks])
