"""The figures of panels, read from their thumbnails for elements and kept in a table of their own.

They cost a fifteenth of a second a panel, so that they are read where elements are taught, by a command
or a little after each run; a panel whose figures nobody read is judged without them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from indexer.elements.material import Panels, Rows, read_panels
from indexer.elements.pictures import LIMITS, encoder_of_pictures
from indexer.library.export import open_table
from indexer.library.faults import reading, writing
from indexer.library.lock import side_lock
from indexer.library.upkeep import optimize
from indexer.remote.state import connect, has_table, shown, tables_at
from models.elements.evidence import FIGURE_DIM, FIGURES_VERSION, Figures
from schemas.elements import FIGURES, FIGURES_KEY, figures_schema
from schemas.errors import PictureError
from schemas.tables import ASSETS

if TYPE_CHECKING:
    from lancedb.table import Table

    from models.elements.figures import FigureReader
    from schemas.records import RgbImage

logger = logging.getLogger(__name__)
Mask = NDArray[np.bool_]

LOCK_FILE = "figures.lock"
AT_A_TIME = 256
"""Panels read between two commits."""
KEEP_VERSIONS = timedelta(minutes=10)
STALE = 0.2
"""Share of rows of panels that are gone from which the table is written anew."""


@dataclass(frozen=True, slots=True)
class FiguresRead:
    """How many panels were read, and of how many the figures are not known yet."""

    read: int
    left: int


def read_figures(panels: Panels) -> Figures | None:
    """Return the figures of panels; None where none was read with the models of today."""
    table = _table_of(panels)
    if table is None or not panels.count:
        return None
    with reading(panels.library, FIGURES):
        rows = table.search().select(["panel_id", "ingest_rev", "vector"]).limit(None).to_arrow()
    owners, is_current = _owners(rows, panels)
    seen = np.zeros(panels.count, np.bool_)
    seen[owners[is_current]] = True
    drawn = rows["vector"].is_valid().to_numpy(zero_copy_only=False)
    vectors, owners = _matrix(rows["vector"])[is_current[drawn]], owners[drawn & is_current]
    order = np.argsort(owners, kind="stable")
    return Figures(vectors[order], owners[order], seen)


def _owners(rows: pa.Table, panels: Panels) -> tuple[Rows, Mask]:
    """Return the panel of each row, and whether the row is of the panel as it stands today."""
    owners = panels.places_of(rows["panel_id"])
    now = panels.rows["ingest_rev"].take(pa.array(np.maximum(owners, 0)))
    same = pc.equal(now, rows["ingest_rev"]).to_numpy(zero_copy_only=False)
    return owners, (owners >= 0) & same


def _matrix(column: pa.ChunkedArray) -> NDArray[np.float16]:
    """Return the vectors of a column, those missing left out, in half precision."""
    parts = [chunk.drop_null().flatten().to_numpy(zero_copy_only=False) for chunk in column.chunks]
    return np.concatenate([np.zeros(0, np.float16), *parts]).reshape(-1, FIGURE_DIM)


def follow_figures(
    library: Path, *, seconds: float | None = None, on_panels: Callable[[FiguresRead], None] = lambda _: None
) -> FiguresRead:
    """Read the figures of panels that are new, for so long; returns how far that went.

    Raises:
        ConfigError, EncoderMismatchError: the encoder of the library is not here.
        LibraryBusyError, LibraryError: the library cannot be read or written.
    """
    busy = f"another process reads the figures of the library {shown(library)}: try again in a moment"
    ends = None if seconds is None else time.monotonic() + seconds
    with side_lock(library, LOCK_FILE, busy=busy):
        panels = read_panels(library, "look")
        known = read_figures(panels)
        todo = np.arange(panels.count) if known is None else np.flatnonzero(~known.seen)
        told = FiguresRead(0, len(todo))
        if not told.left:
            return told
        reader, table = load_reader(panels), _table_to_write(panels)
        for start in range(0, len(todo), AT_A_TIME):
            if ends is not None and start and time.monotonic() > ends:
                break
            part = todo[start : start + AT_A_TIME]
            fresh = _rows_of(panels, part, reader)
            with writing(library):
                table.add(fresh.cast(table.schema))
            told = FiguresRead(told.read + len(part), told.left - len(part))
            on_panels(told)
        with writing(library):
            optimize(table, KEEP_VERSIONS, folder=tables_at(library) / f"{FIGURES}.lance")
    return told


def load_reader(panels: Panels) -> FigureReader:
    """Return what reads figures for a library. Raises ConfigError, EncoderMismatchError."""
    from models.elements.figures import FigureReader
    from models.figures.finder import load_finder

    return FigureReader(encoder_of_pictures(panels), load_finder())


def _rows_of(panels: Panels, rows: Rows, reader: FigureReader) -> pa.Table:
    """Read panels; one without a picture that can be read counts as one without figures."""
    ids = panels.ids(rows)
    revisions = dict(zip(ids, panels.rows["ingest_rev"].take(pa.array(rows)).to_pylist(), strict=True))
    shown_by = _thumbnails(panels.library, ids)
    found: list[tuple[str, NDArray[np.float32] | None]] = []
    for panel in ids:
        picture = _picture(panel, shown_by.get(panel))
        vectors = [] if picture is None else list(reader.read(picture))
        found += [(panel, vector) for vector in vectors] or [(panel, None)]
    names = [panel for panel, _ in found]
    vectors_found = [None if vector is None else vector.astype(np.float16) for _, vector in found]
    return pa.table(
        {
            "panel_id": pa.array(names, pa.string()),
            "ingest_rev": pa.array([revisions[name] for name in names], pa.string()),
            "vector": pa.array(vectors_found, pa.list_(pa.float16(), FIGURE_DIM)),
        }
    )


def _thumbnails(library: Path, ids: Sequence[str]) -> dict[str, bytes]:
    from lancedb.expr import col, lit

    wanted = col("asset_id").isin([lit(one) for one in ids])
    with reading(library, ASSETS):
        query = open_table(library, ASSETS).search().where(wanted).select(["asset_id", "webp"])
        rows = query.limit(None).to_arrow()
    return dict(zip(rows["asset_id"].to_pylist(), rows["webp"].to_pylist(), strict=True))


def _picture(panel: str, webp: bytes | None) -> RgbImage | None:
    from models.pictures import decode_picture

    if webp is None:
        return None
    try:
        return decode_picture(webp, name=panel, limits=LIMITS).image
    except PictureError as error:
        logger.info("the picture of %s cannot be read: %s", panel, error)
        return None


def made_by(panels: Panels) -> str:
    """Return what makes the figures of a library: another encoder means reading them again."""
    return f"{FIGURES_VERSION}:{panels.format.encoder_ids['picture']}"


def _table_of(panels: Panels) -> Table | None:
    """Return the table, None where there is none of the models of today."""
    if not has_table(panels.library, FIGURES):
        return None
    table = open_table(panels.library, FIGURES)
    kept = (table.schema.metadata or {}).get(FIGURES_KEY, b"").decode("utf-8", "replace")
    return table if kept == made_by(panels) else None


def _table_to_write(panels: Panels) -> Table:
    """Return the table with what of it holds today; one of other models is begun anew."""
    table = _table_of(panels)
    if table is not None:
        with reading(panels.library, FIGURES):
            rows = table.search().limit(None).to_arrow()
        _, is_current = _owners(rows, panels)
        if is_current.sum() >= (1 - STALE) * len(rows):
            return table
        rows = rows.filter(pa.array(is_current))
    else:
        rows = None
    schema = figures_schema(panels.format, FIGURE_DIM, made_by(panels))
    mode = "overwrite" if has_table(panels.library, FIGURES) else "create"
    with writing(panels.library):
        table = connect(panels.library).create_table(FIGURES, schema=schema, mode=mode)
        if rows is not None and len(rows):
            table.add(rows.cast(schema))
    return table
