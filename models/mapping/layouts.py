"""Places in the plane for vectors: UMAP, t-SNE, or the two main axes.

Equal seeds give equal places on machines of equal make. umap-learn takes half a minute to compile and
scikit-learn's t-SNE grows slow with size, so neither belongs into a request.
"""

import contextlib
import re
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

import numpy as np

from models.mapping.neighbours import Neighbours, Told
from schemas.errors import BackendUnavailableError
from schemas.records import FloatMatrix

SEED = 42
NEIGHBOURS = 15
MIN_DIST = 0.1
FEWEST = 8
"""Fewer points than that have no neighbourhoods to keep: they are laid out along their main axes."""
MOST_AT_ONCE = {"umap": 200_000, "tsne": 10_000}
"""Points that are laid out together; further ones are placed among them."""
_EPOCHS = ((10_000, 500), (250_000, 200))
_PERCENT = re.compile(r"(\d+)%")
_PACKAGES = {"umap": ("umap-learn", "scikit-learn", "numba"), "pca": (), "tsne": ("scikit-learn",)}


def check_installed(method: str) -> None:
    """Raise BackendUnavailableError where a method's packages are not installed."""
    versions_for(method)


def installed_methods() -> tuple[str, ...]:
    """Return the methods whose packages are installed, the best first."""
    found = []
    for method in _PACKAGES:
        with contextlib.suppress(BackendUnavailableError):
            check_installed(method)
            found.append(method)
    return tuple(found)


def versions_for(method: str) -> dict[str, str]:
    """Return the versions of what a method uses. Raises BackendUnavailableError."""
    found = {"numpy": np.__version__}
    for package in _PACKAGES[method]:
        try:
            found[package] = version(package)
        except PackageNotFoundError as error:
            raise _not_installed(method, package) from error
    return found


def lay_out(
    rows: FloatMatrix, near: Neighbours, *, method: str, seed: int = SEED, told: Told | None = None
) -> FloatMatrix:
    """Return places (n, 2) for unit rows (n, dim), whose neighbours are known.

    Raises:
        BackendUnavailableError: the method's package is not installed.
    """
    if len(rows) < FEWEST or method == "pca":
        return main_axes(rows)
    return _by_umap(rows, near, seed, told) if method == "umap" else _by_tsne(rows, seed)


def main_axes(rows: FloatMatrix) -> FloatMatrix:
    """Return the coordinates of rows (n, dim) along the two axes along which they differ most."""
    places = np.zeros((len(rows), 2), np.float32)
    if not len(rows):
        return places
    middle = rows.mean(axis=0)
    spread = rows.T @ rows / len(rows) - np.outer(middle, middle)
    _, directions = np.linalg.eigh(spread.astype(np.float64))
    axes = directions[:, ::-1][:, :2]
    axes *= np.where(axes.sum(axis=0) < 0, -1.0, 1.0)  # either sign would do: always take the same
    places[:, : axes.shape[1]] = (rows - middle) @ axes.astype(np.float32)
    return places


def to_unit_square(places: FloatMatrix, *, margin: float = 0.02) -> FloatMatrix:
    """Move and scale places (n, 2) into the unit square, in the middle of it, their shape as it is."""
    if not len(places):
        return places
    low, high = places.min(axis=0), places.max(axis=0)
    size = float((high - low).max())
    scale = (1.0 - 2.0 * margin) / size if size > 0 else 0.0
    fitted = 0.5 + (places - (low + high) / 2.0) * scale
    return np.asarray(np.clip(fitted, 0.0, 1.0), np.float32)


def _by_umap(rows: FloatMatrix, near: Neighbours, seed: int, told: Told | None) -> FloatMatrix:
    """Lay points out by UMAP (McInnes et al., 2018) on neighbours that were found before."""
    umap = _load_umap()
    own = np.arange(len(rows), dtype=np.int32)[:, np.newaxis]
    found = np.hstack([own, near.rows])
    distances = np.hstack([np.zeros_like(near.distances[:, :1]), near.distances])
    chance = np.random.RandomState(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        graph, _, _ = umap.fuzzy_simplicial_set(
            rows, found.shape[1], chance, "cosine", knn_indices=found, knn_dists=distances
        )
        a, b = umap.find_ab_params(1.0, MIN_DIST)
        places, _ = umap.simplicial_set_embedding(
            rows,
            graph,
            n_components=2,
            initial_alpha=1.0,
            a=a,
            b=b,
            gamma=1.0,
            negative_sample_rate=5,
            n_epochs=next((epochs for most, epochs in _EPOCHS if len(rows) <= most), 100),
            init=_beginning(rows, chance),
            random_state=chance,
            metric="cosine",
            metric_kwds={},
            densmap=False,
            densmap_kwds={},
            output_dens=False,
            parallel=False,
            tqdm_kwds={"disable": told is None, "file": _Percents(told)},
        )
    return np.asarray(places, np.float32)


def _beginning(rows: FloatMatrix, chance: np.random.RandomState) -> FloatMatrix:
    """Return where UMAP starts: along the main axes, as wide as it likes, apart by a trifle."""
    places = main_axes(rows)
    places *= 10.0 / max(float(np.abs(places).max()), 1e-12)
    return np.asarray(places + chance.normal(scale=1e-4, size=places.shape), np.float32)


class _Percents:
    """A file for progress bars, of which only the percents are read."""

    def __init__(self, told: Callable[[float], None] | None) -> None:
        self._told = told

    def write(self, text: str) -> int:
        found = _PERCENT.findall(text)
        if found and self._told is not None:
            self._told(int(found[-1]) / 100.0)
        return len(text)

    def flush(self) -> None:
        """Do nothing."""


def _by_tsne(rows: FloatMatrix, seed: int) -> FloatMatrix:
    try:
        from sklearn.manifold import TSNE
    except ImportError as error:
        raise _not_installed("tsne", "scikit-learn") from error
    start = main_axes(rows)
    start *= 1e-4 / max(float(start[:, 0].std()), 1e-12)
    perplexity = min(30.0, max(2.0, (len(rows) - 1) / 3.0))
    fitted = TSNE(2, perplexity=perplexity, init=start, random_state=seed, n_jobs=1).fit_transform(rows)
    return np.asarray(fitted, np.float32)


def _load_umap() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # it misses Tensorflow, which nothing here needs
        try:
            from umap import umap_
        except ImportError as error:
            raise _not_installed("umap", "umap-learn") from error
    module: ModuleType = umap_
    return module


def _not_installed(method: str, package: str) -> BackendUnavailableError:
    return BackendUnavailableError(
        f"maps by {method} need {package}, which is not installed: pip install 'longbox[map]', or take "
        "--method pca"
    )
