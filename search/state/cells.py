"""Vectors of a large table in memory: one byte a number, in cells of neighbours of which some are read.

An inverted file (Sivic and Zisserman, ICCV 2003) over what a vector differs by from the middle of
its cell (Jégou et al., TPAMI 2011): a million vectors of 384 numbers take 0.4 GB. What they differ by
is turned onto its principal axes, so that the first numbers of a vector say most: a question is
compared with the first 128 numbers of a hundred thousand rows, and only with the best of these in
full. Where a filter leaves few rows, only these are looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from models.cells import Cells
from schemas.records import FloatMatrix

HEAD = 128
"""Numbers of a vector compared first. With 96, a hundredth of the nearest is missed; 192 takes longer."""
SCANNED_ROWS = 100_000
"""Rows compared with a question: among a million clustered vectors 98 % of the true ten nearest or more."""
COMPARED_ONE_BY_ONE, FILTERED_SCAN = 20_000, 4
"""Up to so many rows left by a filter are all compared; else so many times the rows are read."""
FEWEST_IN_FULL, IN_FULL = 1_000, 5
"""Rows compared in full: at least so many, and so many for each that is wanted."""
_PIECE_ROWS, _LEVELS = 4_096, 127.0
_SAMPLE, _SPARE = 4_096, 1.3

RowIds = NDArray[np.int64]
Slots = NDArray[np.int64]
Scores = NDArray[np.float32]
Block = tuple[RowIds, FloatMatrix]
"""Row ids and their unit vectors."""


@dataclass(frozen=True, slots=True)
class CellVectors:
    """Rows in order of their cells; where a row stands is its slot.

    A vector is the middle of its cell plus its code times its scale, turned back: ``middles`` (cells,
    dim), ``heads`` (n, HEAD) and ``tails`` (n, dim - HEAD) of the codes, ``scales`` (n,), and ``turn``
    (dim, dim), which turns a vector onto the axes of the codes. ``row_ids`` (n,) names the rows;
    ``by_id`` sorts it. Cell ``c`` ends before ``ends[c]``. ``exact`` (n, dim) are the vectors
    themselves, float16, where there is memory for them.
    """

    row_ids: RowIds
    heads: NDArray[np.int8]
    tails: NDArray[np.int8]
    scales: Scores
    middles: FloatMatrix
    turn: FloatMatrix
    ends: Slots
    by_id: Slots
    exact: NDArray[np.float16] | None = None

    @property
    def nbytes(self) -> int:
        """Memory held."""
        held = (self.row_ids, self.heads, self.tails, self.scales, self.middles, self.ends, self.by_id)
        return sum(array.nbytes for array in held) + (0 if self.exact is None else self.exact.nbytes)

    def scores(self, unit: NDArray[np.float32], k: int, allowed: RowIds | None) -> tuple[RowIds, Scores]:
        """Return some more than ``k`` rows nearest to a unit vector, and their cosines, in no order.

        Args:
            unit: The vector, (dim,).
            k: Rows wanted.
            allowed: Sorted ids of the rows that count; None for all.
        """
        near, turned = self.middles @ unit, self.turn @ unit
        if allowed is None:
            return self._in_full(*self._read(near, turned, SCANNED_ROWS), turned, k)
        slots = self._slots(allowed)
        if len(slots) <= COMPARED_ONE_BY_ONE:
            cells = np.searchsorted(self.ends, slots, side="right")
            estimates = near[cells] + self.scales[slots] * _products(self.heads[slots], turned[:HEAD])
            return self._in_full(slots, estimates, turned, k)
        counts = np.zeros(len(self.row_ids), bool)
        counts[slots] = True
        more = min(FILTERED_SCAN, len(self.row_ids) / len(slots))
        read, estimates = self._read(near, turned, int(more * SCANNED_ROWS))
        kept = counts[read]
        return self._in_full(read[kept], estimates[kept], turned, k)

    def scores_of_many(self, units: FloatMatrix, k: int) -> list[tuple[RowIds, Scores]]:
        """Return for each of the unit vectors (n, dim) what :meth:`scores` returns, reading a row once."""
        near, turned = units @ self.middles.T, units @ self.turn.T
        parts: list[list[tuple[Slots, Scores]]] = [[] for _ in units]
        for first, last, numbers in self._asked_for(near):
            start, end = self._bounds(first)[0], self._bounds(last)[1]
            products = _products(self.heads[start:end], turned[numbers, :HEAD].T)
            sizes, slots = np.diff(self.ends[first : last + 1], prepend=start), np.arange(start, end)
            for number, found in zip(numbers, products.T, strict=True):
                estimates = found * self.scales[start:end]
                estimates += np.repeat(near[number, first : last + 1], sizes)
                parts[number].append((slots, estimates))
        return [
            self._in_full(np.concatenate(slots), np.concatenate(estimates), mine, k)
            for mine, (slots, estimates) in zip(turned, map(_columns, parts), strict=True)
        ]

    def _asked_for(self, near: FloatMatrix) -> Iterator[tuple[int, int, list[int]]]:
        """Yield runs of cells that the same questions read: the first, the last, and these questions."""
        asking: dict[int, list[int]] = {}
        for number, row in enumerate(near):
            for cell in self._cells_to_read(row, SCANNED_ROWS).tolist():
                asking.setdefault(cell, []).append(number)
        for _, run in groupby(
            enumerate(sorted(asking)), lambda place: (place[1] - place[0], asking[place[1]])
        ):
            cells = [cell for _, cell in run]
            yield cells[0], cells[-1], asking[cells[0]]

    def vectors(self, ids: RowIds) -> FloatMatrix | None:
        """Return the vectors themselves of rows that are held, (n, dim), None where these are not kept."""
        if self.exact is None:
            return None
        return self.exact[self.by_id[np.searchsorted(self.row_ids, ids, sorter=self.by_id)]].astype(
            np.float32
        )

    def holds(self, ids: RowIds) -> NDArray[np.bool_]:
        """Say of each row whether it is held."""
        places = np.searchsorted(self.row_ids, ids, sorter=self.by_id)
        return np.asarray(self.row_ids[self.by_id[np.minimum(places, len(self.by_id) - 1)]] == ids)

    def changed(self, gone: RowIds, ids: RowIds, vectors: FloatMatrix) -> "CellVectors":
        """Return these rows without those ``gone``, sorted ids, and with new unit vectors (n, dim)."""
        stays = np.flatnonzero(~is_among(self.row_ids, gone))
        mine = np.searchsorted(self.ends, stays, side="right")
        cells = (vectors @ self.middles.T).argmax(axis=1)
        heads, tails, scales = _coded(vectors - self.middles[cells], self.turn)
        where = np.concatenate([mine, cells])
        order = np.argsort(where, kind="stable")
        row_ids = np.concatenate([self.row_ids[stays], ids])[order]
        exact = self.exact
        if exact is not None:
            exact = np.concatenate([exact[stays], vectors.astype(np.float16)])[order]
        return CellVectors(
            row_ids,
            np.concatenate([self.heads[stays], heads])[order],
            np.concatenate([self.tails[stays], tails])[order],
            np.concatenate([self.scales[stays], scales])[order],
            self.middles,
            self.turn,
            np.bincount(where, minlength=len(self.middles)).cumsum(),
            np.argsort(row_ids, kind="stable"),
            exact,
        )

    def _in_full(
        self, slots: Slots, estimates: Scores, turned: NDArray[np.float32], k: int
    ) -> tuple[RowIds, Scores]:
        """Compare the tails of the rows with the highest estimates too."""
        best = highest(estimates, max(FEWEST_IN_FULL, IN_FULL * k))
        slots = slots[best]
        rest = _products(self.tails[slots], turned[HEAD:])
        return self.row_ids[slots], estimates[best] + self.scales[slots] * rest

    def _cells_to_read(self, near: Scores, rows: int) -> NDArray[np.int64]:
        """Return the nearest cells that together hold so many rows, by number."""
        order = np.argsort(-near, kind="stable")
        held = np.cumsum(np.diff(self.ends, prepend=0)[order])
        return np.sort(order[: int(np.searchsorted(held, rows)) + 1])

    def _bounds(self, cell: int) -> tuple[int, int]:
        return (int(self.ends[cell - 1]) if cell else 0), int(self.ends[cell])

    def _read(self, near: Scores, turned: NDArray[np.float32], rows: int) -> tuple[Slots, Scores]:
        """Compare with the heads of the rows of the nearest cells; cells side by side are read as one."""
        slots, estimates = [], []
        for first, last in _runs(self._cells_to_read(near, rows)):
            start, end = self._bounds(first)[0], self._bounds(last)[1]
            found = _products(self.heads[start:end], turned[:HEAD])
            found *= self.scales[start:end]
            sizes = np.diff(self.ends[first : last + 1], prepend=start)
            found += np.repeat(near[first : last + 1], sizes)
            slots.append(np.arange(start, end))
            estimates.append(found)
        return np.concatenate(slots), np.concatenate(estimates)

    def _slots(self, ids: RowIds) -> Slots:
        """Return where rows are; those without a vector are nowhere."""
        ids = ids[self.holds(ids)]
        return np.sort(self.by_id[np.searchsorted(self.row_ids, ids, sorter=self.by_id)])


def is_among(ids: RowIds, others: RowIds) -> NDArray[np.bool_]:
    """Say of each id whether it is one of ``others``, which are sorted."""
    if not len(others):
        return np.zeros(len(ids), bool)
    return np.asarray(others[np.minimum(np.searchsorted(others, ids), len(others) - 1)] == ids)


def _coded(rest: FloatMatrix, turn: FloatMatrix) -> tuple[NDArray[np.int8], NDArray[np.int8], Scores]:
    """Return heads, tails and scales of what vectors (n, dim) differ by from the middles of their cells."""
    turned = rest @ turn.T
    scales = np.maximum(np.abs(turned).max(axis=1), np.finfo(np.float32).tiny) / _LEVELS
    codes = np.rint(turned / scales[:, np.newaxis]).astype(np.int8)
    return codes[:, :HEAD], codes[:, HEAD:], scales.astype(np.float32)


def highest(scores: Scores, count: int) -> NDArray[np.int64]:
    """Return the places of the ``count`` highest scores, and of some more, in no order.

    A floor guessed from a sample keeps few of many, in a tenth of the time of sorting them out.
    """
    if len(scores) <= count:
        return np.arange(len(scores))
    sample = scores[:: max(1, len(scores) // _SAMPLE)]
    rank = int(_SPARE * count * len(sample) / len(scores)) + 16
    if rank < len(sample):
        kept = np.flatnonzero(scores >= np.partition(sample, -rank)[-rank])
        if count <= len(kept) <= 4 * count:
            return kept
    return np.argpartition(scores, -count)[-count:]


def _columns(parts: Sequence[tuple[Slots, Scores]]) -> tuple[list[Slots], list[Scores]]:
    return [slots for slots, _ in parts], [scores for _, scores in parts]


def _runs(cells: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of sorted numbers that follow each other."""
    cuts = np.flatnonzero(np.diff(cells) != 1) + 1
    for run in np.split(cells, cuts):
        yield int(run[0]), int(run[-1])


def _products(codes: NDArray[np.int8], vectors: NDArray[np.float32]) -> Scores:
    """Return the product of each row with a vector, or with columns of them, in pieces that fit the cache."""
    products = np.empty((len(codes), *vectors.shape[1:]), np.float32)
    for start in range(0, len(codes), _PIECE_ROWS):
        block = codes[start : start + _PIECE_ROWS].astype(np.float32)
        np.dot(block, vectors, out=products[start : start + len(block)])
    return products


def lay_out(
    blocks: Callable[[], Iterable[Block]], made_of: Cells, turn: FloatMatrix, *, exact: bool = False
) -> CellVectors:
    """Sort vectors into cells, reading them twice: first for their cells, then to their places.

    So no more is in memory at any time than what stays there.

    Args:
        blocks: Gives all vectors, each time in the same order.
        made_of: The cells.
        turn: What turns a vector onto the axes of the codes, (dim, dim); see :func:`learned_axes`.
        exact: Whether to keep the vectors themselves too.
    """
    ids, cells = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for block_ids, vectors in blocks():
        ids.append(block_ids)
        cells.append(made_of.nearest(vectors))
    layout = _Layout(np.concatenate(ids), np.concatenate(cells), made_of.middles, turn)
    return layout.filled(blocks(), exact=exact)


def learned_axes(made_of: Cells, sample: FloatMatrix) -> FloatMatrix:
    """Return what turns vectors onto the axes along which they differ most from their cells, (dim, dim).

    ``sample`` are some of the vectors, (n, dim).
    """
    rest = sample - made_of.middles[made_of.nearest(sample)]
    _, directions = np.linalg.eigh(rest.T @ rest)
    return np.ascontiguousarray(directions[:, ::-1].T, np.float32)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where rows go: their ids and cells in the order in which they are read."""

    ids: RowIds
    cells: NDArray[np.int64]
    middles: FloatMatrix
    turn: FloatMatrix

    def filled(self, blocks: Iterable[Block], *, exact: bool) -> CellVectors:
        count, dim = len(self.ids), self.middles.shape[1]
        order = np.argsort(self.cells, kind="stable")
        slots = np.empty(count, np.int64)
        slots[order] = np.arange(count)
        heads, tails = (np.zeros((count, size), np.int8) for size in (min(HEAD, dim), max(0, dim - HEAD)))
        scales = np.zeros(count, np.float32)
        kept = np.zeros((count, dim), np.float16) if exact else None
        start = 0
        for block_ids, vectors in blocks:
            end = start + len(block_ids)
            if not np.array_equal(block_ids, self.ids[start:end]):
                raise RuntimeError("a pinned table was read in two orders")
            mine = slots[start:end]
            rest = vectors - self.middles[self.cells[start:end]]
            heads[mine], tails[mine], scales[mine] = _coded(rest, self.turn)
            if kept is not None:
                kept[mine] = vectors
            start = end
        row_ids = self.ids[order]
        ends = np.bincount(self.cells, minlength=len(self.middles)).cumsum()
        by_id = np.argsort(row_ids, kind="stable")
        return CellVectors(row_ids, heads, tails, scales, self.middles, self.turn, ends, by_id, kept)
