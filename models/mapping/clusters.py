"""Clusters of a map: by density (HDBSCAN of scikit-learn) or by k-means, whose k is measured.

Clusters are found among the places, so that each is one region of the map which a name can stand on.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.records import FloatMatrix

Labels = NDArray[np.int32]
NONE = -1
SAMPLE = 8_000
"""Places that clusters are found from; the others belong where their nearest one does."""
MEASURED = 1_500
"""Places by which the silhouette of a candidate is measured."""
COUNTS = (3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40)
"""Numbers of clusters that are tried."""
AS_GOOD = 0.03
"""A silhouette so little under the best one is as good: fewer clusters are easier to find one's way in."""
FEWEST_ROWS = 12
"""Fewer points are one cluster."""
LEFT_OUT = 0.3
"""Share of points that HDBSCAN may leave without a cluster, before k-means is taken instead."""
MOST_BY_DENSITY = 60
SEED, ROUNDS, BEGINNINGS = 5, 25, 5


@dataclass(frozen=True, slots=True)
class Clustering:
    """A cluster number a place (n,), -1 for none; how they were found, and the silhouette that chose it."""

    labels: Labels
    method: str
    count: int
    silhouette: float


def find_clusters(places: FloatMatrix, *, by_density: bool = True) -> Clustering:
    """Return the clusters of places (n, 2): the fewest of those with a silhouette as good as any."""
    if len(places) < FEWEST_ROWS or not np.ptp(places, axis=0).any():
        return Clustering(np.zeros(len(places), np.int32), "one", min(len(places), 1), 0.0)
    rng = np.random.default_rng(SEED)
    chosen = np.arange(len(places))
    if len(chosen) > SAMPLE:
        chosen = np.sort(rng.choice(len(places), SAMPLE, replace=False))
    sample = places[chosen].astype(np.float64)
    candidates = [("kmeans", _by_means(sample, count)) for count in COUNTS if 3 * count <= len(sample)]
    if by_density:
        candidates += [("hdbscan", labels) for labels in _by_density(sample)]
    measured = [(silhouette(sample, labels), method, labels) for method, labels in candidates]
    good = max(score for score, *_ in measured) - AS_GOOD
    best, method, labels = min(
        (found for found in measured if found[0] >= good), key=lambda found: (found[2].max(), -found[0])
    )
    labels = _ordered(labels if len(chosen) == len(places) else _spread(places, sample, labels))
    return Clustering(labels, method, int(labels.max()) + 1, round(best, 4))


def silhouette(places: NDArray[np.float64], labels: Labels) -> float:
    """Return how much nearer places are to their own cluster than to the next one, in [-1, 1].

    Rousseeuw (1987), on a sample; a place without a cluster counts as 0.
    """
    step = max(1, len(places) // MEASURED)
    asked, mine = places[::step], labels[::step]
    numbers = np.unique(labels[labels >= 0])
    if len(numbers) < 2:
        return -1.0
    apart = np.sqrt(((asked[:, np.newaxis] - places[np.newaxis]) ** 2).sum(axis=2))
    sums = np.stack([apart[:, labels == number].sum(axis=1) for number in numbers], axis=1)
    sizes = np.array([(labels == number).sum() for number in numbers])
    own = mine[:, np.newaxis] == numbers[np.newaxis]
    inside = (sums / np.maximum(sizes - own, 1))[own]
    outside = np.where(own, np.inf, sums / sizes).min(axis=1)[mine >= 0]
    return float(((outside - inside) / np.maximum(np.maximum(outside, inside), 1e-12)).sum() / len(asked))


def _by_means(places: NDArray[np.float64], count: int) -> Labels:
    """Lloyd's k-means, the best of a few."""
    rng = np.random.default_rng(SEED + count)
    found = [_lloyd(places, _beginnings(places, count, rng)) for _ in range(BEGINNINGS)]
    return min(found, key=lambda one: one[0])[1]


def _beginnings(places: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Choose places far from each other (k-means++, Arthur and Vassilvitskii, SODA 2007)."""
    middles = places[[int(rng.integers(len(places)))]]
    nearest = ((places - middles[0]) ** 2).sum(axis=1)
    while len(middles) < count and nearest.any():
        middles = np.vstack([middles, places[rng.choice(len(places), p=nearest / nearest.sum())]])
        nearest = np.minimum(nearest, ((places - middles[-1]) ** 2).sum(axis=1))
    return middles


def _lloyd(places: NDArray[np.float64], middles: NDArray[np.float64]) -> tuple[float, Labels]:
    """Return the sum of squares left, and the labels."""
    for _ in range(ROUNDS):
        apart = (places**2).sum(axis=1)[:, np.newaxis] - 2.0 * places @ middles.T + (middles**2).sum(axis=1)
        labels = apart.argmin(axis=1).astype(np.int32)
        sizes = np.bincount(labels, minlength=len(middles))
        sums = np.stack(
            [np.bincount(labels, places[:, axis], minlength=len(middles)) for axis in (0, 1)], axis=1
        )
        moved = np.where(sizes[:, np.newaxis] > 0, sums / np.maximum(sizes, 1)[:, np.newaxis], middles)
        if np.array_equal(moved, middles):
            break
        middles = moved
    return float(apart.min(axis=1).sum()), labels


def _by_density(places: NDArray[np.float64]) -> list[Labels]:
    """Return what HDBSCAN (Campello et al., PAKDD 2013) finds with larger and smaller clusters."""
    try:
        from sklearn.cluster import HDBSCAN
    except ImportError:
        return []
    found = []
    for least in sorted({max(5, len(places) // part) for part in (20, 40, 80)}):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            labels = HDBSCAN(min_cluster_size=least, min_samples=5, copy=True).fit_predict(places)
        labels = labels.astype(np.int32)
        if (labels < 0).mean() <= LEFT_OUT and 2 <= labels.max() + 1 <= MOST_BY_DENSITY:
            found.append(_adopted(places, labels))
    return found


def _adopted(places: NDArray[np.float64], labels: Labels) -> Labels:
    """Give places without a cluster to that of the nearest place which has one."""
    lone = labels < 0
    if not lone.any():
        return labels
    adopted = labels.copy()
    adopted[lone] = _spread(places[lone].astype(np.float32), places[~lone], labels[~lone])
    return adopted


def _spread(places: FloatMatrix, known: NDArray[np.float64], labels: Labels) -> Labels:
    """Return the label of the nearest known place for each place."""
    found = np.empty(len(places), np.int32)
    base = known.astype(np.float32)
    norms = (base**2).sum(axis=1)
    for start in range(0, len(places), 4_096):
        block = places[start : start + 4_096]
        found[start : start + 4_096] = labels[(norms - 2.0 * (block @ base.T)).argmin(axis=1)]
    return found


def _ordered(labels: Labels) -> Labels:
    """Number clusters by their size, the largest first."""
    numbers, sizes = np.unique(labels[labels >= 0], return_counts=True)
    rank = {int(number): place for place, number in enumerate(numbers[np.argsort(-sizes, kind="stable")])}
    return np.array([rank.get(int(label), NONE) for label in labels], np.int32)
