"""Writes the vectors of a library as Zarr arrays, for numpy, xarray and the closest research project.

The arrays are those of :mod:`indexer.exchange.page_vectors`, in the order of ``page_id``. Zarr format
2 with names of dimensions, which every reader knows; chunks of 1,000 pages, zstd.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.exchange.page_vectors import CHUNK_PAGES, DIMENSIONS, PageVectors, Side
from indexer.exchange.writing import Written
from indexer.library.export import check_outside, current_rows, open_table
from indexer.remote.state import shown
from schemas.errors import LibraryError
from schemas.tables import BOOKS, PAGES, PANELS, LibraryFormat

if TYPE_CHECKING:
    import pyarrow as pa
    import zarr
    from lancedb.expr import Expr

_SINGLE_SIDES: tuple[Side, ...] = ("picture", "text")


def export_zarr(library: Path, out: Path, *, side: Side | None = None) -> Written:
    """Write ``out/longbox.zarr``, complete or not at all.

    Args:
        library: folder of the library; not locked.
        out: folder for the group.
        side: which vectors; by default those of the first side of which there are any: fused, picture, text.

    Raises:
        LibraryError: the library cannot be read, lacks these vectors, or the files cannot be written.
    """
    check_outside(library, out)
    path, partial = out / "longbox.zarr", out / "longbox.zarr.part"
    source = _Source(library, side)
    try:
        shutil.rmtree(partial, ignore_errors=True)
        out.mkdir(parents=True, exist_ok=True)
        _write(partial, source)
        shutil.rmtree(path, ignore_errors=True)
        partial.replace(path)
    except OSError as error:
        if isinstance(error, LibraryError):
            raise
        raise LibraryError(f"cannot write to {out}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Written(path, {"pages": len(source.pages), "panels": source.panel_count})


class _Source:
    """The rows to write: pages in the order of their keys, panels read by chunks of pages."""

    def __init__(self, library: Path, side: Side | None) -> None:
        self._tables = {name: open_table(library, name) for name in (BOOKS, PAGES, PANELS)}
        self.format = LibraryFormat.from_metadata(self._tables[BOOKS].schema.metadata)
        self.side: Side = side or self._usual_side()
        if self.side == "fused" and self.format.fusion is None:
            raise LibraryError(f"{shown(library)} has no fused vectors: choose those of pictures or of text")
        self._column = f"vector_{self.side}"
        self._books = current_rows(self._tables[BOOKS], None, ["book_id", "source", "ingest_rev"])
        books = self._books.to_pydict()
        self._sources = dict(zip(books["book_id"], books["source"], strict=True))
        columns = ["page_id", "book_id", "ingest_rev", "panel_count", "width_px", "height_px"]
        self.pages = current_rows(self._tables[PAGES], self._books, columns).sort_by("page_id")
        self.width = max([1, *self.pages["panel_count"].to_pylist()])
        self.dim = int(self._tables[PANELS].schema.field(self._column).type.list_size)
        # Wide enough for the longest text of all chunks, so that none is cut.
        self._id_type = f"<U{_longest(self.pages['page_id'].to_pylist())}"
        self._source_type = f"<U{_longest(self._sources.values())}"
        self.panel_count = sum(self.pages["panel_count"].to_pylist())

    def _usual_side(self) -> Side:
        """Return the side that is there; an imported library may have vectors of one alone."""
        sides: list[Side] = ["fused"] if self.format.fusion else []
        for side in [*sides, *_SINGLE_SIDES]:
            if self._tables[PANELS].count_rows(f"vector_{side} IS NOT NULL"):
                return side
        return [*sides, *_SINGLE_SIDES][0]

    def chunks(self) -> Iterator[PageVectors]:
        """Give the pages as arrays, :data:`CHUNK_PAGES` at a time."""
        for start in range(0, len(self.pages), CHUNK_PAGES):
            yield self._chunk(self.pages.slice(start, CHUNK_PAGES))

    def _chunk(self, pages: pa.Table) -> PageVectors:
        ids, count = pages["page_id"].to_pylist(), len(pages)
        chunk = PageVectors(
            np.zeros((count, self.width, self.dim), np.float32),
            np.zeros((count, self.dim), np.float32),
            np.zeros((count, self.width, 4), np.float32),
            np.full((count, self.width), -1, np.int32),
            np.zeros((count, self.width), np.bool_),
            np.array(ids, self._id_type),
            np.array([self._sources[book] for book in pages["book_id"].to_pylist()], self._source_type),
            np.stack([pages["width_px"].to_numpy(), pages["height_px"].to_numpy()], axis=1).astype(np.int32),
        )
        place = {page_id: row for row, page_id in enumerate(ids)}
        self._fill_panels(chunk, place, (ids[0], ids[-1]))
        if self.side != "text":
            self._fill_pages(chunk, place, (ids[0], ids[-1]))
        return chunk

    def _fill_panels(self, chunk: PageVectors, place: Mapping[str, int], span: tuple[str, str]) -> None:
        columns = ["page_id", "panel_no", "box", "book_id", "ingest_rev", self._column]
        panels = current_rows(self._tables[PANELS], self._books, columns, _between(span))
        rows = np.array([place[page] for page in panels["page_id"].to_pylist()], np.intp)
        numbers = np.array(panels["panel_no"].to_pylist(), np.intp) - 1
        known = panels[self._column].is_valid().to_numpy()
        chunk.reading_order[rows, numbers] = numbers
        chunk.panel_mask[rows, numbers] = known
        if len(rows):
            boxes = panels["box"].combine_chunks().flatten().to_numpy()
            chunk.panel_coordinates[rows, numbers] = boxes.reshape(-1, 4)
            chunk.panel_embeddings[rows[known], numbers[known]] = _vectors(panels[self._column])

    def _fill_pages(self, chunk: PageVectors, place: Mapping[str, int], span: tuple[str, str]) -> None:
        columns = ["page_id", "book_id", "ingest_rev", self._column]
        pages = current_rows(self._tables[PAGES], self._books, columns, _between(span))
        rows = np.array([place[page] for page in pages["page_id"].to_pylist()], np.intp)
        known = pages[self._column].is_valid().to_numpy()
        chunk.page_embeddings[rows[known]] = _vectors(pages[self._column])


def _longest(texts: Iterable[str]) -> int:
    """Return the length of the longest text: what an array of fixed width needs to cut none."""
    return max(map(len, texts), default=1)


def _write(path: Path, source: _Source) -> None:
    import zarr

    group = zarr.open_group(path, mode="w", zarr_format=2)
    told = source.format
    specs = {"picture": told.picture_encoder, "text": told.text_encoder, "fusion": told.fusion}
    group.attrs.update(
        {
            "side": source.side,
            "encoders": {name: spec.name if spec else None for name, spec in specs.items()},
            "encoder_specs": {name: asdict(spec) if spec else None for name, spec in specs.items()},
            "generator": "longbox",
        }
    )
    arrays: dict[str, zarr.Array[Any]] = {}
    for number, chunk in enumerate(source.chunks()):
        for name in DIMENSIONS:
            part = getattr(chunk, name)
            if name not in arrays:
                arrays[name] = _array(group, name, (len(source.pages), *part.shape[1:]), part.dtype)
            start = number * CHUNK_PAGES
            arrays[name][start : start + len(part)] = part
    if not arrays:
        raise LibraryError("the library holds no page: there is nothing to export")
    zarr.consolidate_metadata(path, zarr_format=2)


def _array(group: zarr.Group, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> zarr.Array[Any]:
    from numcodecs import Zstd

    array = group.create_array(
        name,
        shape=shape,
        chunks=(min(CHUNK_PAGES, shape[0]), *shape[1:]),
        dtype=dtype,
        compressors=Zstd(level=3),
        fill_value="" if dtype.kind == "U" else 0,
    )
    array.attrs["_ARRAY_DIMENSIONS"] = list(DIMENSIONS[name])
    return array


def _between(span: tuple[str, str]) -> Expr:
    from lancedb.expr import col, lit

    return (col("page_id") >= lit(span[0])) & (col("page_id") <= lit(span[1]))


def _vectors(column: pa.ChunkedArray) -> NDArray[np.float32]:
    """Return the vectors that are there, (n, dim)."""
    given = column.drop_null().combine_chunks()
    flat = given.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat.reshape(len(given), -1), np.float32)
