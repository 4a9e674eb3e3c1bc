"""A map of vectors: places in the plane (UMAP) and the nearest neighbours they rest on.

UMAP costs half a minute of compiling before the first map, so it belongs into jobs, never into a
request. Equal seeds give equal maps on machines of equal make; doubled vectors would make that
untrue, so each vector is placed once.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.encoders.rows import unit_rows
from schemas.errors import BackendUnavailableError
from schemas.records import FloatMatrix

NEIGHBOURS = 15
EXACT_ROWS = 50_000
"""Up to here every vector is compared with every other (half a minute on two cores)."""
BLOCK_ROWS = 1_024
FEWEST = 8
"""Fewer points than that have no neighbourhoods to keep: they are laid out along their main axes."""
SEED = 42


@dataclass(frozen=True, slots=True)
class Projection:
    """Where n vectors lie, and what lies beside them.

    ``places`` (n, 2) float32; ``neighbours`` (n, k) int32 rows, nearest first, without the row itself;
    ``distances`` (n, k) float32, 1 - cosine.
    """

    places: FloatMatrix
    neighbours: NDArray[np.int32]
    distances: FloatMatrix


def project(vectors: FloatMatrix, *, seed: int = SEED, neighbours: int = NEIGHBOURS) -> Projection:
    """Lay vectors (n, dim) out in the plane.

    Raises:
        BackendUnavailableError: umap-learn is not installed.
    """
    rows = unit_rows(np.asarray(vectors, np.float32))
    k = min(neighbours, max(len(rows) - 1, 0))
    near, far = nearest(rows, k, seed=seed)
    unique, back = np.unique(rows, axis=0, return_inverse=True)
    places = _places(unique, min(neighbours, len(unique) - 1), seed)[back.reshape(-1)]
    return Projection(places, near, far)


def nearest(
    rows: FloatMatrix, k: int, *, seed: int = SEED, exact_rows: int = EXACT_ROWS
) -> tuple[NDArray[np.int32], FloatMatrix]:
    """Return the ``k`` nearest other rows of unit rows (n, dim) and their distances, both (n, k).

    Exact up to ``exact_rows``; by nearest-neighbour descent (Dong et al., WWW 2011) above.
    """
    if len(rows) > exact_rows:
        return _descended(rows, k, seed)
    found = np.zeros((len(rows), k), np.int32)
    distances = np.zeros((len(rows), k), np.float32)
    for start in range(0, len(rows) if k else 0, BLOCK_ROWS):
        cosines = rows[start : start + BLOCK_ROWS] @ rows.T
        own = np.arange(len(cosines))
        cosines[own, start + own] = -np.inf
        best = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        scores = np.take_along_axis(cosines, best, axis=1)
        order = np.lexsort((best, -scores), axis=1)
        found[start : start + BLOCK_ROWS] = np.take_along_axis(best, order, axis=1)
        distances[start : start + BLOCK_ROWS] = 1.0 - np.take_along_axis(scores, order, axis=1)
    return found, np.clip(distances, 0.0, 2.0)


def _descended(rows: FloatMatrix, k: int, seed: int) -> tuple[NDArray[np.int32], FloatMatrix]:
    try:
        from pynndescent import NNDescent
    except ImportError as error:
        raise _not_installed() from error
    index, distances = NNDescent(rows, n_neighbors=k + 1, metric="cosine", random_state=seed).neighbor_graph
    return _without_self(index, k).astype(np.int32), _without_self(distances, k, index).astype(np.float32)


def _without_self(
    values: NDArray[np.generic], k: int, index: NDArray[np.generic] | None = None
) -> NDArray[np.generic]:
    """Drop the row itself from each list of neighbours, or the last where a twin took its place."""
    ids = values if index is None else index
    others = ids != np.arange(len(ids))[:, np.newaxis]
    others[others.all(axis=1), -1] = False
    kept: NDArray[np.generic] = values[others].reshape(len(ids), k)
    return kept


def _places(rows: FloatMatrix, k: int, seed: int) -> FloatMatrix:
    if len(rows) < FEWEST:
        return _main_axes(rows)
    umap = _load_umap()
    near, far = nearest(rows, k, seed=seed)
    own = np.arange(len(rows), dtype=np.int32)[:, np.newaxis]
    known = (np.hstack([own, near]), np.hstack([np.zeros_like(far[:, :1]), far]))
    reducer = umap(
        n_neighbors=k + 1,
        metric="cosine",
        init="pca",
        precomputed_knn=known,
        random_state=seed,
        n_jobs=1,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that no further points can be placed: none will be
        places: FloatMatrix = np.asarray(reducer.fit_transform(rows), np.float32)
    return places


def _load_umap() -> type:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # it misses Tensorflow, which nothing here needs
        try:
            from umap import UMAP
        except ImportError as error:
            raise _not_installed() from error
    umap: type = UMAP
    return umap


def _main_axes(rows: FloatMatrix) -> FloatMatrix:
    """Return the two main coordinates of a few points."""
    centred = rows - rows.mean(axis=0) if len(rows) else rows
    left, lengths, _ = np.linalg.svd(centred, full_matrices=False)
    places = np.zeros((len(rows), 2), np.float32)
    axes = (left * lengths)[:, :2]
    places[:, : axes.shape[1]] = axes
    return places


def _not_installed() -> BackendUnavailableError:
    return BackendUnavailableError("maps need umap-learn, which is not installed: pip install 'longbox[map]'")
