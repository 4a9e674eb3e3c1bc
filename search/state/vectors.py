"""Nearest neighbours in one column of vectors."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.cells import BLOCK_ROWS, LEARNED_FROM, Cells, cells_for
from schemas.nearest import FILTERED_NPROBES, NPROBES, refine_factor
from schemas.records import FloatMatrix
from search.state.cells import Block, lay_out, learned_axes
from search.state.changes import Change, ChangedVectors, HeldVectors
from search.state.remembering import BoundedMemory

if TYPE_CHECKING:
    from lancedb.expr import Expr
    from lancedb.table import Table

TEXT_VECTOR, PICTURE_VECTOR, FUSED_VECTOR = "vector_text", "vector_picture", "vector_fused"
DESCRIPTION_VECTOR = "vector_description"

RESIDENT_ROWS = 50_000
"""Up to here a whole column is kept in memory (77 MB at 384 numbers): exact, and 2 ms at 10k rows
against 19 ms for a scan of the table. A larger one asks LanceDB and its index until it is held in
cells (:mod:`search.state.cells`)."""
EXACT_ROWS = 32
"""Rows of those held in cells whose exact cosine is looked up: 3 ms where it is read from the disk."""
_BYTES_OF_FLOAT16 = 2
KEPT_FILTERS = 4
"""Filters whose rows are remembered, 8 bytes a row: one search asks several columns with the same."""
SMALL_COLUMN = "page_no"
"""Read along with row ids: LanceDB 0.40 takes ten times as long to return ids alone."""
ALL_ROWS = 2**31 - 1
"""A limit that limits nothing: LanceDB returns ten rows unless told otherwise."""

RowScores = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Row ids and their cosine similarities, best first, ties by row id."""


class PassingRows:
    """Which rows of a pinned table pass a filter, remembered for the last few filters."""

    def __init__(self, table: "Table") -> None:
        self._table = table
        self._lately: BoundedMemory[str, NDArray[np.int64]] = BoundedMemory(KEPT_FILTERS)

    def keep(self, where: "Expr", make: Callable[[], NDArray[np.int64]]) -> None:
        """Remember what passes a filter where that is known without a scan."""
        self._lately.get(where.to_sql(), make)

    def of(self, where: "Expr") -> NDArray[np.int64]:
        """Return sorted row ids."""
        return self._lately.get(where.to_sql(), lambda: row_ids(self._table, where))


class VectorColumn:
    """Cosine search over one column of a pinned table; rows without a vector are no candidates."""

    def __init__(
        self,
        table: "Table",
        column: str,
        *,
        passing: PassingRows | None = None,
        resident_rows: int = RESIDENT_ROWS,
    ) -> None:
        """Load the column into memory if the table has at most ``resident_rows`` rows."""
        self._table, self._column = table, column
        self._passing = passing or PassingRows(table)
        self._row_ids: NDArray[np.int64] | None = None
        self._matrix: FloatMatrix = np.zeros((0, 0), np.float32)
        self._cells: HeldVectors | None = None
        if table.count_rows() <= resident_rows:
            self._load()

    @property
    def is_in_memory(self) -> bool:
        """Whether a search reads no disk."""
        return self._row_ids is not None or self._cells is not None

    @property
    def held(self) -> HeldVectors | None:
        """What is in memory of a large column."""
        return self._cells

    def bytes_to_hold(self) -> int:
        """Return about how much memory :meth:`hold` takes, 0 where the column is in memory."""
        return 0 if self.is_in_memory else self._table.count_rows() * (self._dim + 28)

    def exact_bytes(self) -> int:
        """Return how much more it takes to keep the vectors themselves."""
        return 0 if self.is_in_memory else self._table.count_rows() * self._dim * _BYTES_OF_FLOAT16

    @property
    def _dim(self) -> int:
        dim: int = self._table.schema.field(self._column).type.list_size
        return dim

    def hold(self, *, exact: bool = False) -> None:
        """Read a large column into memory; searches go on meanwhile. Takes 10 s a million rows.

        Args:
            exact: Whether to keep the vectors themselves too, so that the best rows are not read again.
        """
        if self.is_in_memory:
            return
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        # More threads wait for each other wherever another process is at work: four times as long.
        with threadpool_limits(1, user_api="blas"):
            ids = row_ids(self._table)
            sample = self._vectors_of(ids[:: max(1, len(ids) // (LEARNED_FROM * cells_for(len(ids))))])[1]
            if len(sample):
                learned = Cells.learn(sample, cells_for(len(ids)))
                turn = learned_axes(learned, sample)
                del sample  # a tenth of a gigabyte
                self._cells = lay_out(lambda: self._blocks(ids), learned, turn, exact=exact)

    def follow(self, former: "VectorColumn", change: Change) -> None:
        """Take over what a former state of the table holds, and read only what is new."""
        if former._cells is None:
            return
        column = change.read(self._table, [self._column])
        ids, vectors = _vectors_in(column, self._column)
        self._cells = ChangedVectors.of(former._cells, change, ids, vectors)

    def settle(self) -> None:
        """Sort what came late into its cells, where that is much; searches go on meanwhile."""
        if isinstance(self._cells, ChangedVectors) and self._cells.is_crowded:
            self._cells = self._cells.settled()

    def nearest(self, vector: NDArray[np.float32], *, k: int, where: "Expr | None" = None) -> RowScores:
        """Return the ``k`` rows nearest to ``vector`` among those that pass ``where``."""
        norm = float(np.linalg.norm(vector))
        if not norm:
            return np.zeros(0, np.int64), np.zeros(0)
        if self._cells is not None:
            allowed = None if where is None else self._passing.of(where)
            unit = np.asarray(vector / norm, np.float32)
            rows, found = self._cells.scores(unit, k, allowed)
            return self._refined(best(rows, found.astype(np.float64), k), unit)
        if self._row_ids is None:
            return self._ask(vector, k=k, where=where)
        rows, scores = self._row_ids, self._matrix @ (vector / norm)
        if where is not None:
            keep = np.isin(rows, self._passing.of(where))
            rows, scores = rows[keep], scores[keep]
        return best(rows, scores.astype(np.float64), k)

    def nearest_to_each(self, vectors: FloatMatrix, *, k: int) -> list[RowScores]:
        """Return the ``k`` rows nearest to each of the vectors (n, dim), which are read together."""
        if self._cells is not None:
            found = self._cells.scores_of_many(unit_rows(vectors), k)
        elif self._row_ids is not None:
            found = [(self._row_ids, scores) for scores in unit_rows(vectors) @ self._matrix.T]
        else:
            return [self.nearest(vector, k=k) for vector in vectors]
        return [best(rows, scores.astype(np.float64), k) for rows, scores in found]

    def _load(self) -> None:
        query = self._table.search().select([self._column]).with_row_id(True)
        rows = query.limit(ALL_ROWS).to_arrow()
        column = rows[self._column]
        has_vector = column.is_valid().to_numpy()
        self._row_ids = rows["_rowid"].to_numpy()[has_vector].astype(np.int64)
        self._matrix = unit_rows(matrix_of(column))

    def _blocks(self, ids: NDArray[np.int64]) -> Iterator[Block]:
        """Yield all vectors by their rows: a scan would read ahead, up to half a gigabyte."""
        for start in range(0, len(ids), BLOCK_ROWS):
            yield self._vectors_of(ids[start : start + BLOCK_ROWS])

    def _vectors_of(self, ids: NDArray[np.int64]) -> Block:
        """Return those of the rows that have a vector, and their unit vectors."""
        query = self._table.take_row_ids(ids.tolist()).select([self._column]).with_row_id()
        return _vectors_in(query.to_arrow(), self._column)

    def _refined(self, found: RowScores, unit: NDArray[np.float32]) -> RowScores:
        """Put the first rows in order of their exact cosines; one byte a number mixes up one of a hundred."""
        rows, scores = found
        if not len(rows):
            return found
        first = rows[:EXACT_ROWS]
        kept = self._cells.vectors(first) if self._cells is not None else None
        ids, vectors = (first, unit_rows(kept)) if kept is not None else self._vectors_of(first)
        exact = dict(zip(ids.tolist(), (vectors @ unit).tolist(), strict=True))
        scores[:EXACT_ROWS] = [exact[row] for row in first.tolist()]
        return best(rows, scores, len(rows))

    def _ask(self, vector: NDArray[np.float32], *, k: int, where: "Expr | None") -> RowScores:
        from lancedb.query import LanceVectorQueryBuilder

        query = self._table.search(vector, vector_column_name=self._column, query_type="vector")
        if not isinstance(query, LanceVectorQueryBuilder):
            raise TypeError("LanceDB answered a vector with another kind of query")
        query = query.distance_type("cosine").limit(k).refine_factor(refine_factor(k))
        query = query.nprobes(NPROBES if where is None else FILTERED_NPROBES)
        if where is not None:
            query = query.where(where, prefilter=True)
        found = query.select(["_distance"]).with_row_id(True).to_arrow()
        rows = found["_rowid"].to_numpy().astype(np.int64)
        return best(rows, 1.0 - found["_distance"].to_numpy().astype(np.float64), k)


def _vectors_in(rows: pa.Table, name: str) -> Block:
    """Return the ids of rows that have a vector, and their unit vectors."""
    column = rows[name]
    found = rows["_rowid"].to_numpy()[column.is_valid().to_numpy()]
    return found.astype(np.int64), unit_rows(matrix_of(column))


def row_ids(table: "Table", where: "Expr | None" = None) -> NDArray[np.int64]:
    """Return the sorted ids of all rows that pass a filter."""
    query = table.search().select([SMALL_COLUMN]).with_row_id(True).limit(ALL_ROWS)
    found = (query if where is None else query.where(where)).to_arrow()["_rowid"]
    return np.sort(found.to_numpy().astype(np.int64))


def best(rows: NDArray[np.int64], scores: NDArray[np.float64], k: int) -> RowScores:
    """Return the ``k`` best rows, best first, ties by row id."""
    if len(rows) > k:
        # The k-th best score and all its ties stay, so that the cut does not depend on chance.
        keep = scores >= np.partition(scores, -k)[-k]
        rows, scores = rows[keep], scores[keep]
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]


def unit_rows(matrix: FloatMatrix) -> FloatMatrix:
    """Return the rows scaled to L2 norm 1; a row of zeros stays."""
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return (matrix / np.where(norms > 0, norms, 1.0)).astype(np.float32)


def matrix_of(column: pa.ChunkedArray | pa.Array) -> FloatMatrix:
    """Return the vectors of a column, (n, dim); rows without a vector are left out."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    vectors = whole.drop_null()
    flat = vectors.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, np.float32).reshape(len(vectors), vectors.type.list_size)
