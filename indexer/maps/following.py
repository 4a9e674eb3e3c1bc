"""Keeping maps in step: new panels find a place among those they are like, panels that are gone leave."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from indexer.library.export import current_of, current_rows, open_table
from indexer.library.faults import reading
from indexer.maps.making import points_table
from indexer.maps.material import columns_of, vectors_of
from indexer.maps.table import find_map, has_maps, list_maps, map_writer, read_points, unknown_map
from models.mapping.neighbours import Neighbours, nearest_among
from models.mapping.placement import PLACED_BY, place_among
from schemas.errors import LongboxError
from schemas.maps import NO_CLUSTER, MapFacts
from schemas.nearest import NPROBES, refine_factor
from schemas.records import FloatMatrix
from schemas.tables import BOOKS, PANELS

if TYPE_CHECKING:
    from lancedb.query import LanceVectorQueryBuilder
    from lancedb.table import Table

logger = logging.getLogger(__name__)

ASKED_ONE_BY_ONE = 2_000
"""New panels up to which a large library's index is asked for the neighbours of each; else all are read."""
LARGE_ROWS = 50_000
_SPARE = 40
"""Further neighbours that the index is asked for, since new panels have no place themselves yet."""
_KEY = ("panel_id", "book_id", "ingest_rev")
_IDS_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a map: panels that were placed and those that were taken out."""

    facts: MapFacts
    placed: int
    gone: int


def follow_map(library: Path, name: str) -> Followed:
    """Bring one map in step with the panels of its library, without making it anew.

    Raises:
        ConfigError: there is no such map.
        LibraryError: the library cannot be read or the map not written.
    """
    with map_writer(library) as writer:
        facts = find_map(library, name)
        if facts is None:
            raise unknown_map(library, name)
        points = read_points(library, facts)
        table = open_table(library, PANELS)
        columns = columns_of(facts.side, table.schema.names)
        here = _with_vector(library, table, columns)
        fresh = here.filter(pc.invert(pc.is_in(here, points["panel_id"].combine_chunks())))
        gone = points["panel_id"].filter(pc.invert(pc.is_in(points["panel_id"], here)))
        if not len(fresh) and not len(gone):
            return Followed(facts, 0, 0)
        kept = points.filter(pc.is_in(points["panel_id"], here))
        placed = _place(library, table, columns, kept, fresh)
        labels = [kept["cluster"].to_numpy(), placed["cluster"].to_numpy()]
        changed = _counted(facts, np.concatenate(labels), len(placed))
        writer.extend(changed, placed, gone.to_pylist())
    return Followed(changed, len(placed), len(gone))


def follow_maps(library: Path) -> None:
    """Bring all maps in step, as far as that can be done now: the daemon has time, but no time to wait."""
    if not has_maps(library):
        return
    try:
        for facts in list_maps(library):
            follow_map(library, facts.name)
    except LongboxError as error:
        logger.warning("maps stay as they are: %s", error)


def _with_vector(library: Path, table: Table, columns: list[str]) -> pa.Array:
    """Return the ids of panels of whole books that have a vector, sorted."""
    books = current_rows(open_table(library, BOOKS), None, ["book_id", "ingest_rev"])
    there = " OR ".join(f"{name} IS NOT NULL" for name in columns)  # names of columns that are known
    with reading(library, PANELS):
        rows = table.search().where(there).select(list(_KEY)).limit(None).to_arrow()
    return current_of(rows, books).sort_by("panel_id")["panel_id"].combine_chunks()


def _place(library: Path, table: Table, columns: list[str], kept: pa.Table, fresh: pa.Array) -> pa.Table:
    if not len(fresh) or not len(kept):
        return points_table(fresh.slice(0, 0), np.zeros((0, 2), np.float32), np.zeros(0, np.int32))
    is_large = table.count_rows() > LARGE_ROWS and len(columns) == 1
    with reading(library, PANELS):
        if is_large and len(fresh) <= ASKED_ONE_BY_ONE:
            ids, near = _asked(table, columns[0], kept["panel_id"].combine_chunks(), fresh)
        else:
            ids, near = _compared(table, columns, kept["panel_id"].combine_chunks(), fresh)
    spots = np.stack([kept["x"].to_numpy(), kept["y"].to_numpy()], axis=1)
    places = place_among(near, spots)
    labels = kept["cluster"].to_numpy()[near.rows[:, 0]]
    return points_table(ids, places, labels.astype(np.int32), is_placed=True)


def _asked(table: Table, column: str, kept: pa.Array, fresh: pa.Array) -> tuple[pa.Array, Neighbours]:
    """Ask the index of the table for what each new panel is like."""
    ids, vectors = _vectors(table, [column], fresh)
    rows = np.zeros((len(ids), PLACED_BY), np.int32)
    distances = np.full((len(ids), PLACED_BY), 2.0, np.float32)
    limit = PLACED_BY + _SPARE
    for number, vector in enumerate(vectors):
        query = cast("LanceVectorQueryBuilder", table.search(vector, vector_column_name=column))
        query = (
            query.distance_type("cosine").limit(limit).nprobes(NPROBES).refine_factor(refine_factor(limit))
        )
        found = query.select(["panel_id", "_distance"]).to_arrow()
        spots = pc.index_in(found["panel_id"].combine_chunks(), kept)
        mine = spots.is_valid().to_numpy(zero_copy_only=False)
        near = spots.drop_null().to_numpy()[:PLACED_BY]
        rows[number, : len(near)] = near
        rows[number, len(near) :] = near[0] if len(near) else 0
        distances[number, : len(near)] = found["_distance"].to_numpy()[mine][:PLACED_BY]
    return ids, Neighbours(rows, distances)


def _compared(
    table: Table, columns: list[str], kept: pa.Array, fresh: pa.Array
) -> tuple[pa.Array, Neighbours]:
    """Compare the new panels with all that are mapped."""
    ids, vectors = _vectors(table, columns, fresh)
    known, base = _vectors(table, columns, kept)
    near = nearest_among(vectors, base, PLACED_BY)
    spots = pc.index_in(known, kept).to_numpy()
    return ids, Neighbours(spots[near.rows].astype(np.int32), near.distances)


def _vectors(table: Table, columns: list[str], ids: pa.Array) -> tuple[pa.Array, FloatMatrix]:
    """Return ids and unit vectors of those of the panels that are there, in order of their ids."""
    from lancedb.expr import col, lit

    from models.encoders.rows import unit_rows

    query = table.search().select(["panel_id", *columns]).limit(None)
    if len(ids) <= _IDS_AT_A_TIME:
        query = query.where(col("panel_id").isin([lit(panel) for panel in ids.to_pylist()]))
    rows = query.to_arrow()
    rows = rows.filter(pc.is_in(rows["panel_id"], ids)).sort_by("panel_id")
    parts = [vectors_of(rows[column]) for column in columns]
    vectors = unit_rows(np.hstack(parts)) if len(parts) > 1 else parts[0]
    return rows["panel_id"].combine_chunks(), vectors


def _counted(facts: MapFacts, labels: NDArray[np.int32], placed: int) -> MapFacts:
    """Return facts that count the panels as they are now."""
    sizes = np.bincount(labels[labels > NO_CLUSTER], minlength=len(facts.clusters))
    clusters = tuple(
        replace(cluster, size=int(size)) for cluster, size in zip(facts.clusters, sizes, strict=False)
    )
    return replace(
        facts,
        panels=len(labels),
        placed=facts.placed + placed,
        clusters=clusters,
    )
