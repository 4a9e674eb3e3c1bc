"""Vectors like real ones: in clusters of unequal size, spread along few directions more than along many.

Vectors live in files that are mapped: a million of them are shared by all engines and copied by none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from schemas.errors import QueryError
from schemas.records import FloatMatrix
from schemas.tables import PANELS
from search.library import open_library
from search.state.vectors import matrix_of

COLUMN = "vector_text"
DIM = 384
BLOCK_ROWS = 20_000
"""Rows made at a time: 30 MB."""
CLUSTERS, SIZES = 1_000, 0.7
"""Clusters, and the exponent of Zipf's law that their sizes follow."""
SPREAD, DECAY = 0.9, 0.5
"""Length of what tells a vector from the middle of its cluster, of length 1, and how fast it fades
from direction to direction."""
NOISE = 0.5
"""Length of what tells a question from the vector it is about, and a repeated real vector from its first."""

Float16Matrix = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Source:
    """Draws vectors, from clusters or around real ones (n, dim)."""

    seed: int = 20
    real: FloatMatrix | None = None

    @classmethod
    def of_library(cls, path: Path) -> Self:
        """Take what is said in a library's panels. Raises QueryError where nothing is said."""
        with open_library(path) as library:
            column = library.snapshot().rows(PANELS, [COLUMN])[COLUMN]
        real = matrix_of(column)
        if not len(real):
            raise QueryError(f"no panel of the library {path} says anything: index it with a text reader")
        return cls(real=real)

    @property
    def dim(self) -> int:
        """Numbers of a vector."""
        return DIM if self.real is None else int(self.real.shape[1])

    def blocks(self, rows: int) -> Iterator[FloatMatrix]:
        """Yield unit rows, a block at a time; the same for the same seed."""
        rng = np.random.default_rng(self.seed)
        axes = _axes(rng, self.dim)
        middles = _unit(rng.normal(size=(CLUSTERS, self.dim))) if self.real is None else _unit(self.real)
        odds = np.arange(1, len(middles) + 1) ** -SIZES if self.real is None else np.ones(len(middles))
        length = SPREAD if self.real is None else NOISE
        for start in range(0, rows, BLOCK_ROWS):
            count = min(BLOCK_ROWS, rows - start)
            chosen = rng.choice(len(middles), count, p=odds / odds.sum())
            yield _unit(middles[chosen] + length * _spread(rng, count, axes))


def write_vectors(path: Path, source: Source, rows: int) -> None:
    """Write ``rows`` vectors as float16, the type a library stores."""
    file = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=(rows, source.dim))
    start = 0
    for block in source.blocks(rows):
        file[start : start + len(block)] = block
        start += len(block)
    file.flush()


def open_vectors(path: Path) -> Float16Matrix:
    """Map vectors that were written."""
    return np.asarray(np.load(path, mmap_mode="r"))


def questions_about(vectors: Float16Matrix, count: int, *, seed: int) -> FloatMatrix:
    """Return unit vectors (count, dim) near some of those given, none of them equal to one."""
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(len(vectors), count, replace=len(vectors) < count))
    near = vectors[rows].astype(np.float32)
    asked = _unit(near + NOISE * _spread(rng, count, _axes(rng, near.shape[1])))
    return asked[rng.permutation(count)]


def _axes(rng: np.random.Generator, dim: int) -> FloatMatrix:
    """Return directions (dim, dim), each as long as vectors differ along it; together of length 1."""
    turned = np.linalg.qr(rng.normal(size=(dim, dim)))[0]
    lengths = np.arange(1, dim + 1) ** -DECAY
    return np.asarray(turned * (lengths / np.linalg.norm(lengths))[:, np.newaxis], np.float32)


def _spread(rng: np.random.Generator, count: int, axes: FloatMatrix) -> FloatMatrix:
    return rng.standard_normal((count, len(axes)), dtype=np.float32) @ axes


def _unit(matrix: NDArray[np.floating]) -> FloatMatrix:
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), np.float32)
