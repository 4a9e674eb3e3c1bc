"""The vectors of a library as Zarr arrays, for numpy, xarray and the tools of the closest research project.

A group of arrays over N pages of at most P panels, in the order of ``page_id``::

    panel_embeddings   (N, P, dim) float32   zeros where there is none
    page_embeddings    (N, dim) float32
    panel_coordinates  (N, P, 4) float32     x0, y0, x1, y1, page-relative
    reading_order      (N, P) int32          from 0; -1 where there is no panel
    panel_mask         (N, P) bool           whether the panel has a vector
    page_ids, books    (N,) text             keys, and the file each page comes from

Zarr format 2 with names of dimensions, which every reader knows; chunks of 1,000 pages, zstd.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from indexer.exchange.writing import Written
from indexer.export import check_outside, current_rows, open_table
from schemas.errors import ExchangeError, LibraryError, plain_cause
from schemas.tables import BOOKS, PAGES, PANELS, LibraryFormat

if TYPE_CHECKING:
    import pyarrow as pa
    import zarr
    from lancedb.expr import Expr

Side = Literal["fused", "picture", "text"]
SIDES: tuple[Side, ...] = ("fused", "picture", "text")
CHUNK_PAGES = 1_000
_LIMITS = {"page": 50_000_000, "panel": 4_096, "dim": 16_384}
"""Bounds of what is read: a hostile header can promise any shape."""
_KINDS = {
    **dict.fromkeys(("panel_embeddings", "page_embeddings", "panel_coordinates"), "f"),
    "reading_order": "iu",
    "panel_mask": "b",
    "page_ids": "UT",
    "books": "UT",
}
"""Kinds of numpy types that an array may hold."""
_DIMENSIONS = {
    "panel_embeddings": ("page", "panel", "dim"),
    "page_embeddings": ("page", "dim"),
    "panel_coordinates": ("page", "panel", "corner"),
    "reading_order": ("page", "panel"),
    "panel_mask": ("page", "panel"),
    "page_ids": ("page",),
    "books": ("page",),
}


@dataclass(frozen=True, slots=True)
class PageVectors:
    """Some pages as arrays; names and shapes as in the module's description."""

    panel_embeddings: NDArray[np.float32]
    page_embeddings: NDArray[np.float32]
    panel_coordinates: NDArray[np.float32]
    reading_order: NDArray[np.int32]
    panel_mask: NDArray[np.bool_]
    page_ids: NDArray[np.str_]
    books: NDArray[np.str_]


def export_zarr(library: Path, out: Path, *, side: Side | None = None) -> Written:
    """Write ``out/longbox.zarr``, complete or not at all.

    Args:
        library: folder of the library; not locked.
        out: folder for the group.
        side: which vectors; by default the fused ones, or those of pictures where there are none.

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


def read_zarr(path: Path) -> Iterator[PageVectors]:
    """Read a group in this layout, also one that another tool wrote, by chunks of pages.

    Raises:
        ExchangeError: an array is missing, of an odd shape, or holds numbers that are none.
    """
    arrays = _checked(path)
    pages = arrays["panel_mask"].shape[0]
    for start in range(0, pages, CHUNK_PAGES):
        rows = slice(start, start + CHUNK_PAGES)
        parts = {name: np.asarray(array[rows]) for name, array in arrays.items()}
        for name in ("panel_embeddings", "page_embeddings", "panel_coordinates"):
            if not np.isfinite(parts[name]).all():
                raise ExchangeError(f"{path}: {name} holds numbers that are not finite")
        yield PageVectors(**parts)


class _Source:
    """The rows to write: pages in the order of their keys, panels read by chunks of pages."""

    def __init__(self, library: Path, side: Side | None) -> None:
        self._tables = {name: open_table(library, name) for name in (BOOKS, PAGES, PANELS)}
        self.format = LibraryFormat.from_metadata(self._tables[BOOKS].schema.metadata)
        self.side: Side = side or ("fused" if self.format.fusion else "picture")
        if self.side == "fused" and self.format.fusion is None:
            raise LibraryError(f"{library} has no fused vectors: choose those of pictures or of text")
        self._column = f"vector_{self.side}"
        self._books = current_rows(self._tables[BOOKS], None, ["book_id", "source", "ingest_rev"])
        books = self._books.to_pydict()
        self._sources = dict(zip(books["book_id"], books["source"], strict=True))
        columns = ["page_id", "book_id", "ingest_rev", "panel_count"]
        self.pages = current_rows(self._tables[PAGES], self._books, columns).sort_by("page_id")
        self.width = max([1, *self.pages["panel_count"].to_pylist()])
        self.dim = int(self._tables[PANELS].schema.field(self._column).type.list_size)
        # Wide enough for the longest text of all chunks, so that none is cut.
        self._id_type = f"<U{_longest(self.pages['page_id'].to_pylist())}"
        self._source_type = f"<U{_longest(self._sources.values())}"
        self.panel_count = sum(self.pages["panel_count"].to_pylist())

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
    fusion = source.format.fusion
    encoders = {
        "picture": source.format.picture_encoder.name,
        "text": source.format.text_encoder.name,
        "fusion": fusion.name if fusion else None,
    }
    group.attrs.update({"side": source.side, "encoders": encoders, "generator": "longbox"})
    arrays: dict[str, zarr.Array[Any]] = {}
    for number, chunk in enumerate(source.chunks()):
        for name in _DIMENSIONS:
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
    array.attrs["_ARRAY_DIMENSIONS"] = list(_DIMENSIONS[name])
    return array


def _between(span: tuple[str, str]) -> Expr:
    from lancedb.expr import col, lit

    return (col("page_id") >= lit(span[0])) & (col("page_id") <= lit(span[1]))


def _vectors(column: pa.ChunkedArray) -> NDArray[np.float32]:
    """Return the vectors that are there, (n, dim)."""
    given = column.drop_null().combine_chunks()
    flat = given.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat.reshape(len(given), -1), np.float32)


def _checked(path: Path) -> dict[str, zarr.Array[Any]]:
    """Open the arrays of a group and check that their shapes fit each other and their bounds."""
    import zarr

    try:
        group = zarr.open_group(path, mode="r")
        arrays = {name: group[name] for name in _DIMENSIONS}
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ExchangeError(f"{path} is no group of page vectors: {plain_cause(error)}") from error
    sizes: dict[str, int] = {"corner": 4}
    for name, dimensions in _DIMENSIONS.items():
        array = arrays[name]
        if not isinstance(array, zarr.Array) or len(array.shape) != len(dimensions):
            raise ExchangeError(f"{path}: {name} must be an array over {', '.join(dimensions)}")
        if array.dtype.kind not in _KINDS[name]:
            raise ExchangeError(f"{path}: {name} holds {array.dtype}, which is not what it is for")
        for dimension, size in zip(dimensions, array.shape, strict=True):
            if size != sizes.setdefault(dimension, size) or size > _LIMITS.get(dimension, size):
                raise ExchangeError(
                    f"{path}: {name} has {size:,} {dimension}s: too many, or not as the others"
                )
    return {name: array for name, array in arrays.items() if isinstance(array, zarr.Array)}
