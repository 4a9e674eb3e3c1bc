"""A library as one Parquet file for map tools such as Embedding Atlas.

One row a panel: where it stands, what it says and shows, its place in the plane and its nearest
neighbours::

    embedding-atlas longbox-atlas.parquet --text text --image image --x x --y y --neighbors neighbors

``neighbors`` are ``{ids, distances}`` with row numbers from 0; ``image`` is ``{bytes, path}`` with the
thumbnail, null above :data:`PICTURES` panels.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from indexer.exchange.writing import Written
from indexer.library.export import check_outside, current_rows, open_table
from indexer.maps.making import MapPlan, lay_out_panels
from indexer.remote.state import shown
from models.encoders.rows import unit_rows
from models.mapping.layouts import NEIGHBOURS
from models.mapping.neighbours import Neighbours, nearest_rows
from schemas.errors import LibraryError
from schemas.records import FloatMatrix
from schemas.tables import ASSETS, BOOKS, PANELS, LibraryFormat

if TYPE_CHECKING:
    from lancedb.table import Table

FILE = "longbox-atlas.parquet"
PICTURES = 50_000
"""Panels up to which thumbnails go along: some 20 kB each."""
BATCH_ROWS = 512
EXACT_ROWS = 50_000
"""Panels up to which each is compared with every other: half a minute on two cores."""
_COPIED = (
    *("panel_id", "page_no", "panel_no", "series", "language", "year", "page_type"),
    *("text", "description", "tags"),
)
_NEIGHBORS = pa.struct([("ids", pa.list_(pa.int32())), ("distances", pa.list_(pa.float32()))])
_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def export_atlas(library: Path, out: Path) -> Written:
    """Write ``out/longbox-atlas.parquet``, complete or not at all.

    Panels are placed by their fused vectors, or by those of their pictures where there are none;
    panels without a vector are left out.

    Raises:
        LibraryError: the library cannot be read, or the file cannot be written.
        BackendUnavailableError: umap-learn is not installed.
    """
    check_outside(library, out)
    books = current_rows(open_table(library, BOOKS), None, ["book_id", "title", "source", "ingest_rev"])
    table = open_table(library, PANELS)
    column = "vector_fused" if LibraryFormat.from_metadata(table.schema.metadata).fusion else "vector_picture"
    panels = current_rows(table, books, [*_COPIED, "book_id", "ingest_rev", column])
    panels = panels.filter(panels[column].is_valid()).sort_by("panel_id")
    if not len(panels):
        raise LibraryError(f"{shown(library)} holds no panel with a vector: there is nothing to map")
    flat = panels[column].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    vectors = unit_rows(np.asarray(flat, np.float32).reshape(len(panels), -1))
    places = lay_out_panels(vectors, MapPlan("atlas", column.removeprefix("vector_"))).places
    rows = _rows(panels, books, places, nearest_rows(vectors, NEIGHBOURS, exact_rows=EXACT_ROWS))
    assets = open_table(library, ASSETS) if len(rows) <= PICTURES else None
    path = out / FILE
    _write(path, rows, assets)
    return Written(path, {"panels": len(rows), "pictures": len(rows) if assets is not None else 0})


def _rows(panels: pa.Table, books: pa.Table, places: FloatMatrix, near: Neighbours) -> pa.Table:
    names = books.select(["book_id", "title", "source"]).to_pylist()
    titles = {row["book_id"]: (row["title"], row["source"]) for row in names}
    told = [titles[book] for book in panels["book_id"].to_pylist()]
    told_near = [
        {"ids": ids, "distances": distances}
        for ids, distances in zip(near.rows.tolist(), near.distances.tolist(), strict=True)
    ]
    rows = panels.select(list(_COPIED)).replace_schema_metadata(None)
    rows = rows.append_column("book", pa.array([title for title, _ in told], pa.string()))
    rows = rows.append_column("source", pa.array([source for _, source in told], pa.string()))
    rows = rows.append_column("x", pa.array(places[:, 0]))
    rows = rows.append_column("y", pa.array(places[:, 1]))
    return rows.append_column("neighbors", pa.array(told_near, _NEIGHBORS))


def _write(path: Path, rows: pa.Table, assets: Table | None) -> None:
    """Write beside the final name and rename at the end."""
    import pyarrow.parquet as pq

    partial = path.with_suffix(".parquet.part")
    schema = rows.schema.append(pa.field("image", _IMAGE))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
                for batch in _batches(rows, assets):
                    writer.write_table(batch)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        if isinstance(error, LibraryError):
            raise
        raise LibraryError(f"cannot write {path}: {error.strerror or error}") from error


def _batches(rows: pa.Table, assets: Table | None) -> Iterator[pa.Table]:
    """Give the rows with their pictures, a few at a time."""
    for start in range(0, len(rows), BATCH_ROWS):
        part = rows.slice(start, BATCH_ROWS)
        pictures = _pictures(part["panel_id"].to_pylist(), assets)
        yield part.append_column("image", pa.array(pictures, _IMAGE))


def _pictures(panel_ids: list[str], assets: Table | None) -> list[dict[str, object] | None]:
    if assets is None:
        return [None] * len(panel_ids)
    from lancedb.expr import col, lit

    wanted = col("asset_id").isin([lit(panel) for panel in panel_ids])
    found = assets.search().where(wanted).select(["asset_id", "webp"]).limit(None).to_arrow().to_pydict()
    webp = dict(zip(found["asset_id"], found["webp"], strict=True))
    return [{"bytes": webp[panel], "path": None} if panel in webp else None for panel in panel_ids]
