"""How many of the true nearest neighbours an index of vectors finds, on the library's own vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indexer.care.scan import vector_columns
from indexer.library.upkeep import indexes_of
from schemas.nearest import NPROBES, refine_factor
from schemas.records import FloatMatrix
from schemas.tables import PAGES, PANELS

if TYPE_CHECKING:
    from lancedb.table import Table

K = 10
SEED = 0
BATCH_ROWS = 8_192
ENOUGH = 0.98
"""Recall at 10 under which an index should be made anew."""
_SAME_SCORE = 1e-4
"""Cosines nearer than this are equal: two such neighbours may stand for each other."""

RowIds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recall:
    """Recall at 10 of one column; ``index`` is None where a search compares with every vector."""

    table: str
    column: str
    index: str | None
    queries: int
    recall: float


def measure_recall(tables: Mapping[str, Table], *, sample: int) -> list[Recall]:
    """Look for neighbours of ``sample`` stored vectors of each column, as a search does and exactly."""
    found = []
    for name in (PANELS, PAGES):
        table = tables[name]
        for column in vector_columns(table.schema):
            index = indexes_of(table).get(column)
            if index is None:
                found.append(Recall(name, column, None, 0, 1.0))
            else:
                found.append(_measure(table, column, index.index_type, sample))
    return found


def _measure(table: Table, column: str, kind: str, sample: int) -> Recall:
    row_ids, queries = _sample(table, column, sample)
    if not len(row_ids):
        return Recall(table.name, column, kind, 0, 1.0)
    wanted = _kth_best(table, column, row_ids, queries)
    shares = [
        _share_found(table, column, int(row_id), query, best)
        for row_id, query, best in zip(row_ids, queries, wanted, strict=True)
    ]
    return Recall(table.name, column, kind, len(shares), float(np.mean(shares)))


def _sample(table: Table, column: str, count: int) -> tuple[RowIds, FloatMatrix]:
    """Return row ids and unit vectors of some rows, the same ones each time."""
    every = table.search().select([]).with_row_id(True).limit(None).to_arrow()["_rowid"].to_numpy()
    random = np.random.default_rng(SEED)
    chosen = random.choice(every, size=min(count, len(every)), replace=False)
    rows = table.take_row_ids(chosen.tolist()).select([column]).with_row_id().to_arrow()
    rows = rows.filter(rows[column].is_valid())
    return rows["_rowid"].to_numpy().astype(np.int64), _unit(rows[column].combine_chunks())


def _kth_best(table: Table, column: str, row_ids: RowIds, queries: FloatMatrix) -> list[FloatMatrix]:
    """Return for each query the cosines of its true neighbours, itself left out, best first."""
    best = np.full((len(queries), 0), -np.inf, np.float32)
    for batch in table.search().select([column]).with_row_id(True).limit(None).to_batches(BATCH_ROWS):
        has_vector = batch[column].is_valid().to_numpy(zero_copy_only=False)
        scores = queries @ _unit(batch[column]).T
        own = batch["_rowid"].to_numpy()[has_vector][None, :] == row_ids[:, None]
        best = np.hstack([best, np.where(own, -np.inf, scores)])
        best = -np.sort(-best, axis=1)[:, :K]
    return [row[np.isfinite(row)] for row in best]


def _share_found(table: Table, column: str, row_id: int, query: FloatMatrix, best: FloatMatrix) -> float:
    """Return how many of the true neighbours are found, or others just as near."""
    if not len(best):
        return 1.0
    from lancedb.query import LanceVectorQueryBuilder

    asked = table.search(query, vector_column_name=column, query_type="vector")
    if not isinstance(asked, LanceVectorQueryBuilder):
        raise TypeError("LanceDB answered a vector with another kind of query")
    asked = asked.distance_type("cosine").nprobes(NPROBES).refine_factor(refine_factor(K + 1)).limit(K + 1)
    rows = asked.select(["_distance"]).with_row_id(True).to_arrow()
    others = rows["_rowid"].to_numpy() != row_id
    scores = 1.0 - rows["_distance"].to_numpy()[others]
    found = int((scores >= best[-1] - _SAME_SCORE).sum())
    return min(found, len(best)) / len(best)


def _unit(vectors: pa.FixedSizeListArray) -> FloatMatrix:
    there = vectors.drop_null()
    flat = np.asarray(there.flatten().to_numpy(zero_copy_only=False), np.float32)
    matrix = flat.reshape(len(there), there.type.list_size)
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    unit: FloatMatrix = (matrix / np.where(norms > 0, norms, 1.0)).astype(np.float32)
    return unit
