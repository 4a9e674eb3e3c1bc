"""Following a large table that changes: what is in memory stays, and only what is new is read.

A row keeps its id as long as it lies in the same file; replaced rows are deleted and written anew, so
an id never names another content. A compaction writes rows under other ids: where it moved many,
the table is read again as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
import pyarrow as pa

from schemas.records import FloatMatrix
from search.state.cells import CellVectors, RowIds, Scores, is_among

if TYPE_CHECKING:
    from lancedb.table import Table

FOLLOWED_SHARE = 0.2
"""Share of a table's rows, gone and new, up to which it is followed."""
CROWDED_ROWS = 5_000
"""Rows beside the cells from which these are sorted in: 2 ms a search."""


class HeldVectors(Protocol):
    """A column of vectors in memory; see :class:`search.state.cells.CellVectors`."""

    @property
    def nbytes(self) -> int:
        """Memory held."""
        ...

    def scores(self, unit: Scores, k: int, allowed: RowIds | None) -> tuple[RowIds, Scores]:
        """Return some more than ``k`` rows nearest to a unit vector, and their cosines."""
        ...

    def scores_of_many(self, units: FloatMatrix, k: int) -> list[tuple[RowIds, Scores]]:
        """Return that for each of the unit vectors (n, dim)."""
        ...

    def vectors(self, ids: RowIds) -> FloatMatrix | None:
        """Return the vectors themselves, None where these are not kept."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """Sorted ids of the rows that a table lost and won."""

    gone: RowIds
    fresh: RowIds

    @classmethod
    def between(cls, before: RowIds, after: RowIds) -> Self | None:
        """Compare sorted ids; None for more than is worth following."""
        change = cls(
            before[~is_among(before, after)],
            after[~is_among(after, before)],
        )
        return change if len(change.gone) + len(change.fresh) <= FOLLOWED_SHARE * len(before) else None

    def read(self, table: "Table", columns: Sequence[str]) -> pa.Table:
        """Return the new rows, with ``_rowid``."""
        return table.take_row_ids(self.fresh.tolist()).select(list(columns)).with_row_id().to_arrow()


@dataclass(frozen=True, slots=True)
class ChangedVectors:
    """Cells of a column as it was, sorted ids of rows ``gone`` since, and those that came ``late``.

    ``late_ids`` (n,) are sorted, ``late`` (n, dim) are their unit vectors.
    """

    cells: CellVectors
    gone: RowIds
    late_ids: RowIds
    late: FloatMatrix

    @classmethod
    def of(cls, held: HeldVectors, change: Change, ids: RowIds, vectors: FloatMatrix) -> "ChangedVectors":
        """Follow a change; ``ids`` of new rows, with their unit vectors (n, dim)."""
        before = held if isinstance(held, ChangedVectors) else cls.unchanged(held)
        stays = ~is_among(before.late_ids, change.gone)
        late_ids = np.concatenate([before.late_ids[stays], ids])
        order = np.argsort(late_ids, kind="stable")
        late = np.concatenate([before.late[stays], vectors])[order]
        gone = np.union1d(before.gone, change.gone[before.cells.holds(change.gone)])
        return cls(before.cells, gone, late_ids[order], late)

    @classmethod
    def unchanged(cls, held: HeldVectors) -> Self:
        """Begin with a column as it was read."""
        if not isinstance(held, CellVectors):
            raise TypeError("only cells are followed")
        none = np.zeros(0, np.int64)
        return cls(held, none, none, np.zeros((0, held.middles.shape[1]), np.float32))

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.cells.nbytes + self.gone.nbytes + self.late_ids.nbytes + self.late.nbytes

    @property
    def is_crowded(self) -> bool:
        """Say whether sorting everything into cells would pay."""
        return len(self.gone) + len(self.late_ids) > CROWDED_ROWS

    def settled(self) -> CellVectors:
        """Return it with everything sorted into its cells; 2 s a million rows."""
        return self.cells.changed(self.gone, self.late_ids, self.late)

    def scores(self, unit: Scores, k: int, allowed: RowIds | None) -> tuple[RowIds, Scores]:
        """Return some more than ``k`` rows nearest to a unit vector, and their cosines, in no order."""
        passes = slice(None) if allowed is None else is_among(self.late_ids, allowed)
        late = self.late_ids[passes], self.late[passes] @ unit
        return self._joined(self.cells.scores(unit, k, allowed), late)

    def scores_of_many(self, units: FloatMatrix, k: int) -> list[tuple[RowIds, Scores]]:
        """Return for each of the unit vectors (n, dim) what :meth:`scores` returns."""
        found = zip(self.cells.scores_of_many(units, k), units @ self.late.T, strict=True)
        return [self._joined(mine, (self.late_ids, late)) for mine, late in found]

    def vectors(self, ids: RowIds) -> FloatMatrix | None:
        """Return the vectors themselves, None where these are not kept."""
        is_late = is_among(ids, self.late_ids)
        kept = self.cells.vectors(ids[~is_late])
        if kept is None:
            return None
        vectors = np.empty((len(ids), self.late.shape[1]), np.float32)
        vectors[~is_late] = kept
        vectors[is_late] = self.late[np.searchsorted(self.late_ids, ids[is_late])]
        return vectors

    def _joined(self, found: tuple[RowIds, Scores], late: tuple[RowIds, Scores]) -> tuple[RowIds, Scores]:
        stays = ~is_among(found[0], self.gone)
        return np.concatenate([found[0][stays], late[0]]), np.concatenate([found[1][stays], late[1]])
