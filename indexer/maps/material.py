"""What a map is made of: the panels of a library as they stand, their vectors, and what they are like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from indexer.library.export import current_rows, open_table
from models.encoders.rows import unit_rows
from models.mapping.naming import Term, words_of
from schemas.errors import ConfigError
from schemas.maps import SIDES
from schemas.records import FloatMatrix
from schemas.tables import BOOKS, MEASURES, PAGES, PANELS, LibraryFormat

if TYPE_CHECKING:
    from lancedb.table import Table

_TOLD = ("text", "description", "tags", "series", "language", "page_type", "year", "box", "page_id")
_KEY = ("panel_id", "book_id", "ingest_rev")
HEAVY_TEXT = 140
"""Letters from which a panel is full of lettering."""
DARK, BRIGHT, WHITE, GREY = 0.35, 0.65, 0.88, 0.05
"""Lightness under which a picture is dark, from which it is bright, from which all but white; and
colourfulness under which it has no colour."""
UPRIGHT, WIDE, STRIP = 0.9, 1.25, 2.2
WHOLE = 0.75
"""Share of its page from which a panel is the page."""
_USUAL_TYPE = "story"


@dataclass(frozen=True, slots=True)
class Material:
    """Panels with a vector, in order of their ids, and their unit vectors (n, dim).

    ``without_vector`` counts the panels that have none.
    """

    format: LibraryFormat
    panel_ids: pa.ChunkedArray
    vectors: FloatMatrix
    without_vector: int


def columns_of(side: str, there: Sequence[str]) -> list[str]:
    """Return the columns of vectors that a side is made of. Raises ConfigError for one that is not there."""
    columns = []
    for part in side.split("+"):
        if part not in SIDES:
            raise ConfigError(
                f"there is no side {part[:40]!r} to map; known are {', '.join(SIDES)}, or several joined by +"
            )
        if SIDES[part] not in there:
            raise ConfigError(f"this library has no vectors of the side {part}: map another one")
        columns.append(SIDES[part])
    return columns


def usual_side(library: Path) -> str:
    """Return the side that is mapped unless one is named."""
    there = open_table(library, PANELS).schema.names
    return "fused" if SIDES["fused"] in there else "look"


def read_material(library: Path, side: str) -> Material:
    """Read the vectors of a side.

    A side of several parts gives each part the same say; a panel that lacks one goes by the others.

    Raises:
        LibraryNotFoundError, LibraryFormatError: there is no library, or it is damaged.
        ConfigError: the library has no such side, or no panel has a vector of it.
    """
    table = open_table(library, PANELS)
    columns = columns_of(side, table.schema.names)
    rows = _panels(library, table, [*_KEY, *columns])
    parts = [vectors_of(rows[column]) for column in columns]
    vectors = unit_rows(np.hstack(parts)) if len(parts) > 1 else parts[0]
    has_vector = vectors.any(axis=1) & np.isfinite(vectors).all(axis=1)
    if not has_vector.all():
        vectors, ids = vectors[has_vector], rows["panel_id"].filter(pa.array(has_vector))
    else:
        ids = rows["panel_id"]
    if len(rows) and not has_vector.any():
        raise ConfigError(f"no panel of this library has a vector of the side {side}: map another one")
    return Material(
        LibraryFormat.from_metadata(table.schema.metadata), ids, vectors, int((~has_vector).sum())
    )


def vectors_of(column: pa.ChunkedArray) -> FloatMatrix:
    """Return the unit vectors of a column (n, dim), zeros where one is missing."""
    dim = column.type.list_size
    found = np.zeros((len(column), dim), np.float32)
    start = 0
    for chunk in column.chunks:
        valid = chunk.is_valid().to_numpy(zero_copy_only=False)
        flat = np.asarray(chunk.drop_null().flatten().to_numpy(zero_copy_only=False), np.float32)
        found[start : start + len(chunk)][valid] = flat.reshape(-1, dim)
        start += len(chunk)
    return unit_rows(found)


def _panels(library: Path, table: Table, columns: Sequence[str]) -> pa.Table:
    """Return columns of the panels of whole books, in order of their ids."""
    books = current_rows(open_table(library, BOOKS), None, ["book_id", "ingest_rev"])
    return current_rows(table, books, columns).sort_by("panel_id")


def read_terms(library: Path, panel_ids: pa.ChunkedArray) -> Iterator[set[Term]]:
    """Give what each of the panels says, shows and is, in the order of their ids, which are sorted.

    Panels that went meanwhile say nothing.
    """
    there = _terms_there(library, panel_ids)
    found = next(there, None)
    for panel in panel_ids.to_pylist():
        if found is not None and found[0] == panel:
            yield found[1]
            found = next(there, None)
        else:
            yield set()


def _terms_there(library: Path, panel_ids: pa.ChunkedArray) -> Iterator[tuple[str, set[Term]]]:
    """Give those of the panels that are in the library now, in order, with what is known of each."""
    table = open_table(library, PANELS)
    measures = [name for name in MEASURES if name in table.schema.names]
    rows = _panels(library, table, [*_KEY, *_TOLD, *measures])
    rows = rows.filter(_is_in(rows["panel_id"], panel_ids))
    looks = _measured(rows) if measures else _measured_by_pages(library, rows)
    for batch, (aspects, lights, colours) in zip(rows.to_batches(), _cut(rows, looks), strict=True):
        panels = batch["panel_id"].to_pylist()
        columns = {name: batch[name].to_pylist() for name in _TOLD[:7]}
        told = zip(panels, *columns.values(), _areas(batch), aspects, lights, colours, strict=True)
        for panel, text, description, tags, series, language, page_type, year, area, *looks_of in told:
            terms = words_of(text, description) | {Term("tag", tag) for tag in tags or ()}
            terms |= set(_facets(series, language, page_type, year))
            yield panel, terms | set(_layout(text, area, *looks_of))


def _facets(series: str | None, language: str | None, page_type: str, year: int | None) -> Iterator[Term]:
    if series:
        yield Term("facet", series)
    if language:
        yield Term("background", f"in {language}")
    if page_type != _USUAL_TYPE:
        yield Term("facet", page_type.replace("_", " ").replace("-", " "))
    if year:
        yield Term("background", f"{year // 10 * 10}s")


def _areas(batch: pa.RecordBatch) -> list[float]:
    """Return the share of its page that each panel takes."""
    boxes = np.asarray(batch["box"].flatten().to_numpy(zero_copy_only=False), np.float64).reshape(-1, 4)
    areas: list[float] = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).tolist()
    return areas


def _layout(text: str, area: float, aspect: float, light: float, colour: float) -> Iterator[Term]:
    if area >= WHOLE:
        yield Term("layout", "single panels")
    if aspect >= STRIP:
        yield Term("layout", "wide strips")
    if aspect >= WIDE:
        yield Term("layout", "landscape panels")
    if aspect < UPRIGHT:
        yield Term("layout", "portrait panels")
    if light < DARK:
        yield Term("layout", "dark")
    if light >= BRIGHT:
        yield Term("layout", "white" if light >= WHITE else "bright")
    if colour < GREY:
        yield Term("layout", "black and white")
    if len(text) >= HEAVY_TEXT:
        yield Term("layout", "heavy text")
    elif not text:
        yield Term("layout", "no words")


_Looks = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Aspect, lightness and colourfulness of each panel, NaN where not known."""


def _measured(rows: pa.Table) -> _Looks:
    aspect, light, colour = (_numbers(rows[name]) for name in ("aspect", "lightness", "colourfulness"))
    return aspect, light, colour


def _measured_by_pages(library: Path, rows: pa.Table) -> _Looks:
    """Take the shape from the box and the rest from the page: older libraries measured only these."""
    columns = ["page_id", "width_px", "height_px", "darkness", "saturation"]
    pages = open_table(library, PAGES).search().select(columns).limit(None).to_arrow()
    spots = {page: place for place, page in enumerate(pages["page_id"].to_pylist())}
    mine = np.array([spots.get(page, -1) for page in rows["page_id"].to_pylist()], np.int64)
    width, height, dark, colour = (np.append(_numbers(pages[name]), np.nan)[mine] for name in columns[1:])
    flat = np.concatenate(
        [np.zeros(0), *(c.flatten().to_numpy(zero_copy_only=False) for c in rows["box"].chunks)]
    )
    box = flat.reshape(-1, 4)
    with np.errstate(divide="ignore", invalid="ignore"):
        aspect = (box[:, 2] - box[:, 0]) * width / ((box[:, 3] - box[:, 1]) * height)
    return aspect, 1.0 - dark, colour


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _cut(rows: pa.Table, looks: _Looks) -> Iterator[_Looks]:
    """Give the looks of each batch of rows."""
    start = 0
    for batch in rows.to_batches():
        end = start + len(batch)
        aspect, light, colour = (values[start:end].tolist() for values in looks)
        yield aspect, light, colour
        start = end


def _is_in(ids: pa.ChunkedArray, wanted: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    return pc.is_in(ids, wanted.combine_chunks() if isinstance(wanted, pa.ChunkedArray) else wanted)
