"""Vectors of a large table in memory: one byte a number, in cells of neighbours of which few are read.

An inverted file (Sivic and Zisserman, ICCV 2003) over what a vector differs by from the middle of
its cell (Jégou et al., TPAMI 2011): a million vectors of 384 numbers take 0.4 GB, and a question
reads some fifty thousand of them. Where a filter leaves few rows, these are compared with all of it.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from schemas.records import FloatMatrix

MAX_CELLS = 2_048
"""More cells of fewer rows read less for the same recall, and take longer to make."""
GROUPS_LOOKED_AT = 12
"""Groups of cells in which a row looks for its cell: half the work of looking at all cells."""
SCANNED_ROWS = 64_000
"""Rows compared with a question: among a million clustered vectors 98 % of the true ten nearest or more."""
COMPARED_ONE_BY_ONE, FILTERED_SCAN = 20_000, 4
"""Up to so many rows left by a filter are all compared; else so many times the rows are read."""
LEARNED_FROM, ROUNDS = 48, 8
"""Sample rows a cell, and rounds of k-means on them."""
SEED = 11
BLOCK_ROWS = 8_192
_PIECE_ROWS, _LEVELS = 2_048, 127.0

RowIds = NDArray[np.int64]
Scores = NDArray[np.float32]
Block = tuple[RowIds, FloatMatrix]
"""Row ids and their unit vectors."""


@dataclass(frozen=True, slots=True)
class CellVectors:
    """Rows in order of their cells.

    ``row_ids`` (n,), ``codes`` (n, dim) and ``scales`` (n,): a vector is the middle of its cell plus
    code times scale. ``middles`` (cells, dim); cell ``c`` ends before ``ends[c]``. ``by_id`` sorts
    ``row_ids``.
    """

    row_ids: RowIds
    codes: NDArray[np.int8]
    scales: Scores
    middles: FloatMatrix
    ends: NDArray[np.int64]
    by_id: NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        """Memory held."""
        held = (self.row_ids, self.codes, self.scales, self.middles, self.ends, self.by_id)
        return sum(array.nbytes for array in held)

    def scores(self, unit: NDArray[np.float32], allowed: RowIds | None) -> tuple[RowIds, Scores]:
        """Return rows that may be near a unit vector, and their cosines, in no order.

        Args:
            unit: The vector, (dim,).
            allowed: Sorted ids of the rows that count; None for all.
        """
        near = self.middles @ unit
        if allowed is None:
            return self._read(unit, near, SCANNED_ROWS, None)
        slots = self._slots(allowed)
        if len(slots) <= COMPARED_ONE_BY_ONE:
            cells = np.searchsorted(self.ends, slots, side="right")
            return self.row_ids[slots], near[cells] + self.scales[slots] * _products(self.codes[slots], unit)
        counts = np.zeros(len(self.row_ids), bool)
        counts[slots] = True
        more = min(FILTERED_SCAN, len(self.row_ids) / len(slots))
        return self._read(unit, near, int(more * SCANNED_ROWS), counts)

    def scores_of_many(self, units: FloatMatrix) -> list[tuple[RowIds, Scores]]:
        """Return for each of the unit vectors (n, dim) what :meth:`scores` returns, reading a cell once."""
        near = units @ self.middles.T
        asking: dict[int, list[int]] = {}
        for number, row in enumerate(near):
            for cell in self._cells_to_read(row, SCANNED_ROWS):
                asking.setdefault(cell, []).append(number)
        parts: list[list[tuple[int, int, Scores]]] = [[] for _ in units]
        for cell, numbers in asking.items():
            start, end = self._bounds(cell)
            products = self.codes[start:end].astype(np.float32) @ units[numbers].T
            products *= self.scales[start:end, np.newaxis]
            for place, number in enumerate(numbers):
                parts[number].append((start, end, products[:, place] + near[number, cell]))
        return [
            (
                np.concatenate([self.row_ids[start:end] for start, end, _ in part]),
                np.concatenate([scores for *_, scores in part]),
            )
            for part in parts
        ]

    def _cells_to_read(self, near: Scores, rows: int) -> list[int]:
        """Return the nearest cells that together hold so many rows."""
        order = np.argsort(-near, kind="stable")
        held = np.cumsum(np.diff(self.ends, prepend=0)[order])
        nearest: list[int] = order[: int(np.searchsorted(held, rows)) + 1].tolist()
        return nearest

    def _bounds(self, cell: int) -> tuple[int, int]:
        return (int(self.ends[cell - 1]) if cell else 0), int(self.ends[cell])

    def _read(
        self, unit: NDArray[np.float32], near: Scores, rows: int, counts: NDArray[np.bool_] | None
    ) -> tuple[RowIds, Scores]:
        """Compare with the rows of the nearest cells, those that count where only some do."""
        ids, scores = [], []
        for cell in self._cells_to_read(near, rows):
            start, end = self._bounds(cell)
            mine = self.row_ids[start:end]
            found = near[cell] + self.scales[start:end] * _products(self.codes[start:end], unit)
            keep = slice(None) if counts is None else counts[start:end]
            ids.append(mine[keep])
            scores.append(found[keep])
        return np.concatenate(ids), np.concatenate(scores)

    def _slots(self, ids: RowIds) -> NDArray[np.int64]:
        """Return where rows are; those without a vector are nowhere."""
        places = np.searchsorted(self.row_ids, ids, sorter=self.by_id)
        slots = self.by_id[np.minimum(places, len(self.by_id) - 1)]
        return np.sort(slots[self.row_ids[slots] == ids])


def _products(codes: NDArray[np.int8], unit: NDArray[np.float32]) -> Scores:
    """Return the product of each row with a vector, in pieces that stay in the cache."""
    products = np.empty(len(codes), np.float32)
    for start in range(0, len(codes), _PIECE_ROWS):
        block = codes[start : start + _PIECE_ROWS].astype(np.float32)
        np.dot(block, unit, out=products[start : start + len(block)])
    return products


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


def lay_out(blocks: Callable[[], Iterable[Block]], made_of: Cells) -> CellVectors:
    """Sort vectors into cells, reading them twice: first for their cells, then to their places.

    So no more is in memory at any time than what stays there.
    """
    ids, cells = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for block_ids, vectors in blocks():
        ids.append(block_ids)
        cells.append(made_of.nearest(vectors))
    return _filled(blocks(), np.concatenate(ids), np.concatenate(cells), made_of.middles)


def _filled(
    blocks: Iterable[Block], ids: RowIds, cells: NDArray[np.int64], middles: FloatMatrix
) -> CellVectors:
    order = np.argsort(cells, kind="stable")
    slots = np.empty(len(ids), np.int64)
    slots[order] = np.arange(len(ids))
    codes, scales = np.zeros((len(ids), middles.shape[1]), np.int8), np.zeros(len(ids), np.float32)
    start = 0
    for block_ids, vectors in blocks:
        end = start + len(block_ids)
        if not np.array_equal(block_ids, ids[start:end]):
            raise RuntimeError("a pinned table was read in two orders")
        rest = vectors - middles[cells[start:end]]
        scale = np.maximum(np.abs(rest).max(axis=1), np.finfo(np.float32).tiny) / _LEVELS
        codes[slots[start:end]] = np.rint(rest / scale[:, np.newaxis])
        scales[slots[start:end]] = scale
        start = end
    row_ids, ends = ids[order], np.bincount(cells, minlength=len(middles)).cumsum()
    return CellVectors(row_ids, codes, scales, middles, ends, np.argsort(row_ids, kind="stable"))
