"""Making a map: vectors, neighbours, places, clusters, names, and how true it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indexer.maps.material import Material, read_material, read_terms
from indexer.maps.table import map_writer
from models.mapping import layouts, quality
from models.mapping.clusters import Clustering, find_clusters
from models.mapping.naming import name_clusters
from models.mapping.neighbours import Neighbours, nearest_among, nearest_rows
from models.mapping.placement import PLACED_BY, place_among, twins
from schemas.maps import MapCluster, MapFacts
from schemas.records import FloatMatrix

CENTRAL = 6
"""Panels that stand for a cluster."""

Progress = Callable[[str, float], None]
"""Is told what is being done, and the share of it that is done."""


@dataclass(frozen=True, slots=True)
class MapPlan:
    """A map to be made. ``most_at_once`` panels are laid out together, further ones placed among them."""

    name: str
    side: str
    method: str = "umap"
    seed: int = layouts.SEED
    most_at_once: int | None = None

    @property
    def limit(self) -> int | None:
        """How many panels are laid out together, None for all."""
        return self.most_at_once or layouts.MOST_AT_ONCE.get(self.method)


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in the unit square (m, 2), which of them each panel has (n,), and how many were laid out."""

    spots: FloatMatrix
    spot_of: NDArray[np.int64]
    fitted: int

    @property
    def places(self) -> FloatMatrix:
        """The place of each panel, (n, 2)."""
        return self.spots[self.spot_of]


def make_map(library: Path, plan: MapPlan, progress: Progress | None = None) -> MapFacts:
    """Make a map and write it into the library, in the place of one of the same name.

    The library is not locked while the map is made, and may be written: panels that come meanwhile
    are placed by the next call.

    Raises:
        LibraryNotFoundError, LibraryFormatError: there is no library, or it is damaged.
        ConfigError: the library has no such side.
        BackendUnavailableError: a package that the method needs is not installed.
        LibraryBusyError: another process makes a map.
        LibraryError: the map cannot be written.
    """
    told = progress or silent
    versions = layouts.versions_for(plan.method)
    started, cpu = time.monotonic(), time.process_time()
    with map_writer(library) as writer:
        told("reading vectors", 0.0)
        material = read_material(library, plan.side)
        layout = lay_out_panels(material.vectors, plan, told)
        told("finding clusters", 0.0)
        clustering = find_clusters(layout.spots)
        labels = clustering.labels[layout.spot_of]
        told("naming clusters", 0.0)
        clusters = _described(library, material, layout, labels, clustering.count)
        told("measuring", 0.0)
        firsts = np.unique(layout.spot_of, return_index=True)[1]
        measured = quality.measure(material.vectors[firsts], layout.spots)
        facts = MapFacts(
            name=plan.name,
            side=plan.side,
            method=plan.method,
            revision="",
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            panels=len(labels),
            places=len(layout.spots),
            without_vector=material.without_vector,
            seconds=round(time.monotonic() - started, 1),
            cpu_seconds=round(time.process_time() - cpu, 1),
            parameters=_parameters(plan, layout, clustering),
            versions=versions,
            quality={**measured, "silhouette": clustering.silhouette},
            clusters=clusters,
        )
        told("writing", 0.0)
        return writer.replace(facts, points_table(material.panel_ids, layout.places, labels), material.format)


def points_table(
    panel_ids: pa.ChunkedArray | list[str],
    places: FloatMatrix,
    labels: NDArray[np.int32],
    *,
    is_placed: bool = False,
) -> pa.Table:
    """Return points as the table of maps takes them."""
    return pa.table(
        {
            "panel_id": panel_ids,
            "x": pa.array(places[:, 0]),
            "y": pa.array(places[:, 1]),
            "cluster": pa.array(labels),
            "is_placed": pa.array(np.full(len(labels), is_placed)),
        }
    )


def _parameters(plan: MapPlan, layout: Layout, clustering: Clustering) -> dict[str, str | int | float]:
    common: dict[str, str | int | float] = {
        "seed": plan.seed,
        "laid_out": layout.fitted,
        "clusters_by": clustering.method,
        "clusters": clustering.count,
    }
    if plan.method == "umap":
        common |= {"neighbours": layouts.NEIGHBOURS, "min_dist": layouts.MIN_DIST}
    return common


def silent(_what: str, _share: float) -> None:
    """Tell nobody."""


def lay_out_panels(vectors: FloatMatrix, plan: MapPlan, told: Progress = silent) -> Layout:
    """Place every panel by its unit vector (n, dim); what is all but the same is placed once.

    Raises:
        BackendUnavailableError: a package that the method needs is not installed.
    """
    rows, back = _distinct(vectors)
    chosen = _chosen(len(rows), plan.limit, plan.seed)
    firsts, spots = _fitted(rows[chosen], plan, told)
    if len(chosen) == len(rows):
        number = np.searchsorted(np.unique(firsts), firsts)
        return Layout(spots, number[back], len(spots))
    told("placing the others", 0.0)
    base = chosen[np.unique(firsts)]
    others = np.setdiff1d(np.arange(len(rows)), base, assume_unique=True)
    near = nearest_among(
        rows[others], rows[base], PLACED_BY, told=lambda share: told("placing the others", share)
    )
    places = np.empty((len(rows), 2), np.float32)
    places[base], places[others] = spots, place_among(near, spots)
    distinct, number = np.unique(places, axis=0, return_inverse=True)
    return Layout(distinct, number.reshape(-1)[back], len(base))


def _fitted(rows: FloatMatrix, plan: MapPlan, told: Progress) -> tuple[NDArray[np.int64], FloatMatrix]:
    """Return the row that each row repeats (n,), and the places of those rows that repeat none (m, 2)."""
    if plan.method == "pca":
        return np.arange(len(rows)), layouts.to_unit_square(layouts.main_axes(rows))
    near = nearest_rows(rows, layouts.NEIGHBOURS, told=lambda share: told("finding neighbours", share))
    firsts = twins(near)
    kept = np.unique(firsts)
    near = _among_kept(rows, near, kept)
    told("laying out", 0.0)
    places = layouts.lay_out(
        rows[kept],
        near,
        method=plan.method,
        seed=plan.seed,
        told=lambda share: told("laying out", share),
    )
    return firsts, layouts.to_unit_square(places)


def _among_kept(rows: FloatMatrix, near: Neighbours, kept: NDArray[np.int64]) -> Neighbours:
    """Return the neighbours of the rows that are kept, among them; some lost some of theirs."""
    if len(kept) == len(rows):
        return near
    spot = np.full(len(rows), -1, np.int32)
    spot[kept] = np.arange(len(kept), dtype=np.int32)
    found, distances = spot[near.rows[kept]], near.distances[kept].copy()
    k = min(near.rows.shape[1], len(kept) - 1)
    lacking = np.flatnonzero((found < 0).any(axis=1))
    again = nearest_among(rows[kept[lacking]], rows[kept], k + 1)
    others = again.rows != lacking[:, np.newaxis]
    others[others.all(axis=1), -1] = False  # its own row was not among those looked at
    found, distances = found[:, :k], distances[:, :k]
    found[lacking] = again.rows[others].reshape(len(lacking), k)
    distances[lacking] = again.distances[others].reshape(len(lacking), k)
    return Neighbours(found, distances)


def _distinct(vectors: FloatMatrix) -> tuple[FloatMatrix, NDArray[np.int64]]:
    """Return vectors without those that are equal, in order, and which of them each vector is (n,)."""
    if not len(vectors):
        return vectors, np.zeros(0, np.int64)
    stored = np.ascontiguousarray(vectors.astype(np.float16))
    keys = stored.view(np.dtype((np.void, stored.dtype.itemsize * stored.shape[1]))).reshape(-1)
    _, first, back = np.unique(keys, return_index=True, return_inverse=True)
    if len(first) == len(vectors):
        return vectors, np.arange(len(vectors))
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return vectors[first[order]], rank[back.reshape(-1)]


def _chosen(count: int, limit: int | None, seed: int) -> NDArray[np.int64]:
    if limit is None or count <= limit:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, limit, replace=False))


def _described(
    library: Path, material: Material, layout: Layout, labels: NDArray[np.int32], count: int
) -> tuple[MapCluster, ...]:
    named = name_clusters(read_terms(library, material.panel_ids), labels, count)
    return tuple(
        _cluster(number, name.name, name.terms, material, layout, labels) for number, name in enumerate(named)
    )


def _cluster(
    number: int,
    name: str,
    terms: tuple[str, ...],
    material: Material,
    layout: Layout,
    labels: NDArray[np.int32],
) -> MapCluster:
    rows = np.flatnonzero(labels == number)
    places = layout.places[rows]
    middle = np.median(places, axis=0)
    anchor = places[((places - middle) ** 2).sum(axis=1).argmin()]  # a name stands on a panel, not in a gap
    low, high = places.min(axis=0), places.max(axis=0)
    x0, y0, x1, y1 = (round(float(value), 5) for value in (*low, *high))
    return MapCluster(
        number,
        name,
        terms,
        len(rows),
        round(float(anchor[0]), 5),
        round(float(anchor[1]), 5),
        (x0, y0, x1, y1),
        _central(rows, material, layout.spot_of),
    )


def _central(rows: NDArray[np.int64], material: Material, spot_of: NDArray[np.int64]) -> tuple[str, ...]:
    """Return the panels that are most like the middle of a cluster, none twice."""
    vectors = material.vectors[rows]
    order = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")
    _, firsts = np.unique(spot_of[rows[order]], return_index=True)
    return tuple(material.panel_ids[int(rows[order[place]])].as_py() for place in np.sort(firsts)[:CENTRAL])
