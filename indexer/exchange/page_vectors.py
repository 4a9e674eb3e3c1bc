"""The layout of page vectors as Zarr arrays, and its reader, which trusts no group.

A group of arrays over N pages of at most P panels::

    panel_embeddings   (N, P, dim) float32   zeros where there is none
    page_embeddings    (N, dim) float32
    panel_coordinates  (N, P, 4) float32     x0, y0, x1, y1, page-relative
    reading_order      (N, P) int32          from 0; -1 where there is no panel
    panel_mask         (N, P) bool           whether the panel has a vector
    page_ids, books    (N,) text             keys, and the file each page comes from
    page_sizes         (N, 2) int32          width and height in pixels; not in every group

Attributes: ``side`` (which vectors), ``encoders`` (names) and ``encoder_specs`` (what
:class:`schemas.tables.EncoderSpec` says), each by side; none of them is in every group.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from schemas.config import MIB
from schemas.errors import ExchangeError, plain_cause

if TYPE_CHECKING:
    import zarr
    from zarr.core.metadata import ArrayV2Metadata, ArrayV3Metadata

Side = Literal["fused", "picture", "text"]
SIDES: tuple[Side, ...] = ("fused", "picture", "text")
CHUNK_PAGES = 1_000
READ_BYTES = 256 * MIB
"""Most that is held of one array at a time, however wide its pages are."""
MAX_CHUNK_BYTES = 1_024 * MIB
"""A chunk is unpacked as a whole: a hostile header can promise one of any size."""
_LIMITS = {"page": 50_000_000, "panel": 4_096, "dim": 16_384}
"""Bounds of what is read: a hostile header can promise any shape."""
_MAX_TEXT_BYTES = 64 * 1024
_KINDS = {
    **dict.fromkeys(("panel_embeddings", "page_embeddings", "panel_coordinates"), "f"),
    **dict.fromkeys(("reading_order", "page_sizes"), "iu"),
    "panel_mask": "b",
    **dict.fromkeys(("page_ids", "books"), "UT"),
}
"""Kinds of numpy types that an array may hold."""
DIMENSIONS = {
    "panel_embeddings": ("page", "panel", "dim"),
    "page_embeddings": ("page", "dim"),
    "panel_coordinates": ("page", "panel", "corner"),
    "reading_order": ("page", "panel"),
    "panel_mask": ("page", "panel"),
    "page_ids": ("page",),
    "books": ("page",),
    "page_sizes": ("page", "side"),
}
OPTIONAL = frozenset({"page_sizes"})
_FINITE = ("panel_embeddings", "page_embeddings", "panel_coordinates")
_CODECS = frozenset(
    (
        *("bytes", "vlen-utf8", "transpose", "shuffle", "delta", "fixedscaleoffset", "astype", "crc32"),
        *("zstd", "blosc", "gzip", "zlib", "lz4", "bz2", "lzma", "crc32c", "sharding_indexed"),
    )
)
"""Codecs that only turn bytes into numbers. There is one (pickle) that runs what it reads."""


@dataclass(frozen=True, slots=True)
class PageVectors:
    """Some pages as arrays; names and shapes as in the module's description. Sizes of 0: unknown."""

    panel_embeddings: NDArray[np.float32]
    page_embeddings: NDArray[np.float32]
    panel_coordinates: NDArray[np.float32]
    reading_order: NDArray[np.int32]
    panel_mask: NDArray[np.bool_]
    page_ids: NDArray[np.str_]
    books: NDArray[np.str_]
    page_sizes: NDArray[np.int32]

    def __len__(self) -> int:
        """Return the number of pages."""
        return len(self.page_ids)

    def take(self, rows: NDArray[np.intp]) -> PageVectors:
        """Return some of the pages."""
        return PageVectors(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def joined(cls, parts: list[PageVectors]) -> PageVectors:
        """Return the pages of several parts as one."""
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class VectorGroup:
    """An opened group whose arrays fit each other; its numbers are checked as they are read."""

    def __init__(self, path: Path, attributes: Mapping[str, object], arrays: Mapping[str, Any]) -> None:
        """Use :meth:`open`."""
        self.path = path
        self.attributes = attributes
        self._arrays = arrays

    @classmethod
    def open(cls, path: Path) -> VectorGroup:
        """Open a group in this layout, also one that another tool wrote.

        Raises:
            ExchangeError: there is none, or an array is missing, of an odd shape, type or packing.
        """
        attributes, arrays = _opened(path)
        _check_shapes(path, arrays)
        for name, array in arrays.items():
            _check_packing(path, name, array)
        return cls(path, attributes, arrays)

    def __len__(self) -> int:
        """Return the number of pages."""
        return int(self._arrays["panel_mask"].shape[0])

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self._arrays["page_embeddings"].shape[1])

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of what the group says of itself, its shapes included."""
        array = self._arrays["panel_embeddings"]
        told = [list(array.shape), str(array.dtype), list(array.chunks), dict(self.attributes)]
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]

    def chunks(self) -> Iterator[PageVectors]:
        """Read the pages, some at a time.

        Raises:
            ExchangeError: a chunk cannot be unpacked, or holds numbers that are none.
        """
        step = max(1, min(CHUNK_PAGES, READ_BYTES // self._page_bytes()))
        for start in range(0, len(self), step):
            yield self._chunk(slice(start, start + step))

    def _chunk(self, rows: slice) -> PageVectors:
        parts = {name: self._read(name, rows) for name in self._arrays}
        for name in _FINITE:
            if not np.isfinite(parts[name]).all():
                raise ExchangeError(f"{self.path}: {name} holds numbers that are not finite")
        if "page_sizes" not in parts:
            parts["page_sizes"] = np.zeros((len(parts["page_ids"]), 2), np.int32)
        return PageVectors(**parts)

    def _read(self, name: str, rows: slice) -> NDArray[Any]:
        try:
            return np.asarray(self._arrays[name][rows])
        except (OSError, ValueError, RuntimeError, TypeError, MemoryError) as error:
            raise ExchangeError(
                f"{self.path}: {name} is damaged from page {rows.start} on: {plain_cause(error)}"
            ) from error

    def _page_bytes(self) -> int:
        sizes = (int(np.prod(array.shape[1:])) * array.dtype.itemsize for array in self._arrays.values())
        return int(max(sizes))


def side_named(name: object) -> Side:
    """Return the side of that name. Raises ExchangeError where there is none."""
    for side in SIDES:
        if name == side:
            return side
    raise ExchangeError(f"there is no side {str(name)[:40]!r}: known are {', '.join(SIDES)}")


def read_zarr(path: Path) -> Iterator[PageVectors]:
    """Read a group by chunks of pages. Raises ExchangeError as :class:`VectorGroup` does."""
    yield from VectorGroup.open(path).chunks()


def _opened(path: Path) -> tuple[Mapping[str, object], dict[str, Any]]:
    import zarr

    try:
        if not path.is_dir():
            raise FileNotFoundError("it is no folder")
        group = zarr.open_group(path, mode="r")
        names = [name for name in DIMENSIONS if name not in OPTIONAL or name in group]
        return dict(group.attrs), {name: group[name] for name in names}
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ExchangeError(f"{path} is no group of page vectors: {plain_cause(error)}") from error


def _check_shapes(path: Path, arrays: Mapping[str, Any]) -> None:
    """Check that the shapes fit each other and their bounds."""
    import zarr

    sizes: dict[str, int] = {"corner": 4, "side": 2}
    for name, array in arrays.items():
        dimensions = DIMENSIONS[name]
        if not isinstance(array, zarr.Array) or len(array.shape) != len(dimensions):
            raise ExchangeError(f"{path}: {name} must be an array over {', '.join(dimensions)}")
        if array.dtype.kind not in _KINDS[name]:
            raise ExchangeError(f"{path}: {name} holds {array.dtype}, which is not what it is for")
        for dimension, size in zip(dimensions, array.shape, strict=True):
            if size != sizes.setdefault(dimension, size) or size > _LIMITS.get(dimension, size):
                raise ExchangeError(
                    f"{path}: {name} has {size:,} {dimension}s: too many, or not as the others"
                )


def _check_packing(path: Path, name: str, array: zarr.Array[Any]) -> None:
    """Refuse chunks that would not fit into memory, and codecs that do more than unpack."""
    size = int(np.prod([int(side) for side in array.chunks], dtype=object)) * array.dtype.itemsize
    if size > MAX_CHUNK_BYTES or (array.dtype.kind == "U" and array.dtype.itemsize > _MAX_TEXT_BYTES):
        raise ExchangeError(f"{path}: {name} comes in chunks of {size:,} bytes: write it with smaller ones")
    for codec in _codec_names(array.metadata):
        if codec not in _CODECS:
            raise ExchangeError(
                f"{path}: {name} is packed by {codec!r}, which is not trusted: write it with zstd"
            )


def _codec_names(metadata: ArrayV2Metadata | ArrayV3Metadata) -> Iterator[str]:
    """Give the names of all codecs of an array, inner ones too, as Zarr format 2 or 3 tells them."""
    if metadata.zarr_format == 3:
        yield from _named(codec.to_dict() for codec in metadata.codecs)
        return
    for codec in (*(metadata.filters or ()), metadata.compressor):
        if codec is not None:
            yield str(codec.get_config()["id"]).lower()


def _named(codecs: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for told in codecs:
        yield str(told["name"]).lower().removeprefix("numcodecs.")
        inner = told.get("configuration")
        if isinstance(inner, Mapping):
            yield from _named(inner.get("codecs") or ())
            yield from _named(inner.get("index_codecs") or ())
