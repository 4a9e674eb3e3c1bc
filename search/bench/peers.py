"""The peers: what else one could search the same vectors with. Those not installed are named and left out."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.errors import BackendUnavailableError
from schemas.records import FloatMatrix
from search.bench.material import rows_of_series, series_of
from search.bench.questions import K
from search.bench.vectors import BLOCK_ROWS, Float16Matrix
from search.state.vectors import unit_rows

INSTALL = "pip install 'longbox[bench]'"
ZARR_CHUNK_ROWS = 1_000
FAISS_PROBES = 20
HNSW_LINKS, HNSW_WIDTH = 16, 100
_ADDED_ROWS = 5_000

Rows = NDArray[np.int64]
FloatVector = NDArray[np.float32]


class TooSlowError(Exception):
    """An index could not be built in the time given."""


class Peer(Protocol):
    """A way to search vectors.

    ``has_filters`` says whether it can be narrowed to a series, ``copies_all`` whether every answer
    reads all vectors into memory anew.
    """

    has_filters: bool
    copies_all: bool

    def build(self, vectors: Float16Matrix, folder: Path, *, seconds: float) -> float:
        """Take the vectors, in ``folder`` where they stay on the disk. Returns the size in MB.

        Raises:
            TooSlowError: it would take longer than ``seconds``.
        """
        ...

    def ask(self, unit: FloatVector, series: str | None) -> Rows:
        """Return the rows of the ten nearest vectors, of a series where one is named."""
        ...


class Numpy:
    """All vectors in memory, compared one after the other."""

    has_filters = True
    copies_all = False

    def build(self, vectors: Float16Matrix, folder: Path, *, seconds: float) -> float:
        """Load them."""
        del folder, seconds
        self._matrix = _whole(vectors)
        return self._matrix.nbytes / 1e6

    def ask(self, unit: FloatVector, series: str | None) -> Rows:
        """Compare with all, or with those of the series."""
        if series is None:
            return _best(self._matrix @ unit)
        rows = rows_of_series(series, len(self._matrix))
        return rows[_best(self._matrix[rows] @ unit)]


class ZarrBruteForce:
    """As Closure Lite searches: every question reads the whole array from the disk and normalises it anew."""

    has_filters = True
    copies_all = True

    def build(self, vectors: Float16Matrix, folder: Path, *, seconds: float) -> float:
        """Write the array."""
        del seconds
        import zarr

        self._path = folder / "vectors.zarr"
        shape, chunks = vectors.shape, (min(ZARR_CHUNK_ROWS, len(vectors)), vectors.shape[1])
        array: Any = zarr.create_array(store=str(self._path), shape=shape, chunks=chunks, dtype="float32")
        for start in range(0, len(vectors), BLOCK_ROWS):
            array[start : start + BLOCK_ROWS] = vectors[start : start + BLOCK_ROWS].astype(np.float32)
        return _size_mb(self._path)

    def ask(self, unit: FloatVector, series: str | None) -> Rows:
        """Read, normalise, compare."""
        import zarr

        array: Any = zarr.open_array(store=str(self._path), mode="r")
        matrix = np.asarray(array[:], np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        if series is None:
            return _best(matrix @ unit)
        rows = rows_of_series(series, len(matrix))
        return rows[_best(matrix[rows] @ unit)]


class LanceDbFlat:
    """LanceDB without an index on the vectors; the series has one."""

    has_filters = True
    copies_all = True

    def build(self, vectors: Float16Matrix, folder: Path, *, seconds: float) -> float:
        """Write a table of vectors and series."""
        del seconds
        import lancedb
        from lancedb.index import Bitmap

        path = folder / "flat"
        column = pa.list_(pa.float16(), vectors.shape[1])
        schema = pa.schema([("row", pa.int64()), ("series", pa.string()), ("vector", column)])
        self._table = lancedb.connect(str(path)).create_table(
            "vectors", _batches(vectors, schema), schema=schema
        )
        self._table.create_index("series", config=Bitmap())
        return _size_mb(path)

    def ask(self, unit: FloatVector, series: str | None) -> Rows:
        """Scan the table."""
        from lancedb.expr import col, lit

        query: Any = self._table.search(unit, vector_column_name="vector", query_type="vector")
        query = query.distance_type("cosine").bypass_vector_index().limit(K).select(["row", "_distance"])
        if series is not None:
            query = query.where(col("series") == lit(series), prefilter=True)
        found: Rows = query.to_arrow()["row"].to_numpy()
        return found


class Faiss:
    """faiss in memory: flat, or an inverted file whose nearest cells are read."""

    has_filters = True
    copies_all = False

    def __init__(self, *, cells: Callable[[int], int] | None = None) -> None:
        """Take how many cells a number of rows is cut into; None compares with all."""
        self._cells = cells

    def build(self, vectors: Float16Matrix, folder: Path, *, seconds: float) -> float:
        """Train on a part, add all."""
        del folder, seconds
        import faiss

        dim = vectors.shape[1]
        flat: Any = faiss.IndexFlatIP(dim)
        if self._cells is None:
            self._index = flat
        else:
            cells = self._cells(len(vectors))
            self._index = faiss.IndexIVFFlat(flat, dim, cells, faiss.METRIC_INNER_PRODUCT)
            step = max(1, len(vectors) // (40 * cells))
            self._index.train(_whole(vectors[::step]))
            self._index.nprobe = FAISS_PROBES
        for start in range(0, len(vectors), BLOCK_ROWS):
            self._index.add(_whole(vectors[start : start + BLOCK_ROWS]))
        return vectors.size * np.dtype(np.float32).itemsize / 1e6

    def ask(self, unit: FloatVector, series: str | None) -> Rows:
        """Search, among the rows of the series where one is named."""
        import faiss

        parameters: Any = None
        if series is not None:
            chosen = faiss.IDSelectorBatch(rows_of_series(series, self._index.ntotal))
            kind: Any = faiss.SearchParameters if self._cells is None else faiss.SearchParametersIVF
            parameters = kind(sel=chosen)
            if self._cells is not None:
                parameters.nprobe = FAISS_PROBES
        found: Rows = self._index.search(unit[np.newaxis], K, params=parameters)[1][0]
        return found[found >= 0]


class Usearch:
    """usearch: a graph of neighbours (HNSW) in memory. It has no filters."""

    has_filters = False
    copies_all = False

    def build(self, vectors: Float16Matrix, folder: Path, *, seconds: float) -> float:
        """Link them, until the time is up."""
        del folder
        from usearch.index import Index

        self._index: Any = Index(
            ndim=vectors.shape[1],
            metric="ip",
            dtype="f16",
            connectivity=HNSW_LINKS,
            expansion_add=HNSW_WIDTH,
            expansion_search=HNSW_WIDTH,
        )
        end = time.perf_counter() + seconds
        for start in range(0, len(vectors), _ADDED_ROWS):
            block = _whole(vectors[start : start + _ADDED_ROWS])
            self._index.add(np.arange(start, start + len(block)), block)
            if time.perf_counter() > end:
                raise TooSlowError(
                    f"{start + len(block):,} of {len(vectors):,} rows built in {seconds:.0f} s"
                )
        return float(self._index.memory_usage / 1e6)

    def ask(self, unit: FloatVector, series: str | None) -> Rows:
        """Walk the graph."""
        if series is not None:
            raise NotImplementedError("usearch has no filters")
        found: Rows = self._index.search(unit, K).keys.astype(np.int64)
        return found


def _cells_of_faiss(rows: int) -> int:
    return max(1, math.isqrt(rows))


PEERS: Mapping[str, tuple[str, Callable[[], Peer]]] = MappingProxyType(
    {
        "numpy": ("numpy", Numpy),
        "faiss_flat": ("faiss", Faiss),
        "faiss_ivf": ("faiss", lambda: Faiss(cells=_cells_of_faiss)),
        "usearch": ("usearch", Usearch),
        "lancedb_flat": ("lancedb", LanceDbFlat),
        "zarr_brute_force": ("zarr", ZarrBruteForce),
    }
)
"""Names, the package each needs, and how it is made."""


def load_peer(name: str) -> Peer:
    """Return a peer by name. Raises BackendUnavailableError where its package is not installed."""
    package, make = PEERS[name]
    if find_spec(package) is None:
        raise BackendUnavailableError(f"the peer {name} needs {package}: {INSTALL}")
    return make()


def _whole(vectors: Float16Matrix) -> FloatMatrix:
    return unit_rows(vectors.astype(np.float32))


def _best(scores: FloatVector) -> Rows:
    best = np.argpartition(-scores, K - 1)[:K] if len(scores) > K else np.arange(len(scores))
    return best[np.argsort(-scores[best])]


def _batches(vectors: Float16Matrix, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(vectors), BLOCK_ROWS):
        block = np.ascontiguousarray(vectors[start : start + BLOCK_ROWS])
        rows = range(start, start + len(block))
        column = pa.FixedSizeListArray.from_arrays(pa.array(block.reshape(-1)), block.shape[1])
        names = pa.array([series_of(row) for row in rows])
        yield pa.record_batch([pa.array(rows, pa.int64()), names, column], schema=schema)


def _size_mb(path: Path) -> float:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 1e6
