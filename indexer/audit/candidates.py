"""Pairs of pictures that may be the same: by their hashes, their vectors, and the panels of pages.

Each finds what the others miss: a hash changes where a page is cut, a vector where it gets a border, and
the panels inside stay what they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.duplicates.hashes import Hashes, Pairs, near_pairs
from models.mapping.neighbours import nearest_rows
from schemas.records import FloatMatrix

HASH_BITS, PANEL_BITS = 7, 4
NEAR = 5
"""Nearest by vector that are looked at for each picture."""
LEAST_COSINE = 0.8
SCANNED_ROWS = 2_048
SHARED_PANELS = 2
"""Panels that two pages must have in common, or all panels where one has fewer."""


HASH_SIZE = 64.0
PANELS_APART = 0.05
"""How far apart pages count that have panels in common: nearer than most that only look alike."""


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs (m, 2) that may be the same, and how far apart each is, from 0 (m,)."""

    pairs: Pairs
    distances: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pairs that are looked at, the smaller number first, and how many there were to choose from."""

    pairs: Pairs
    found: int


def nearest(*parts: Near, most: int) -> Chosen:
    """Return the nearest pairs of all parts, each once, in order of their numbers."""
    pairs = np.sort(np.concatenate([_array([]), *(part.pairs for part in parts)]), axis=1)
    distances = np.concatenate([np.zeros(0, np.float32), *(part.distances for part in parts)])
    different = pairs[:, 0] != pairs[:, 1]
    pairs, distances = pairs[different], distances[different]
    # Sorted by pair and then by distance, the first row of each pair is its nearest.
    order = np.lexsort((distances, pairs[:, 1], pairs[:, 0]))
    pairs, distances = pairs[order], distances[order]
    is_first = np.ones(len(pairs), np.bool_)
    is_first[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    pairs, distances = pairs[is_first], distances[is_first]
    kept = np.sort(np.argsort(distances, kind="stable")[:most])
    return Chosen(pairs[kept], len(pairs))


def apart_by_hash(hashes: Hashes, pairs: Pairs) -> Near:
    """Return pairs with the share of the bits of their hashes that differ."""
    bits = np.bitwise_count(hashes[pairs[:, 0]] ^ hashes[pairs[:, 1]])
    return Near(pairs, (bits / HASH_SIZE).astype(np.float32))


def apart_by_vector(vectors: FloatMatrix, pairs: Pairs) -> Near:
    """Return pairs with what their cosine lacks to 1."""
    cosines = [
        np.einsum("ij,ij->i", vectors[some[:, 0]], vectors[some[:, 1]])
        for some in np.array_split(pairs, max(1, len(pairs) // SCANNED_ROWS))
    ]
    return Near(pairs, (1.0 - np.concatenate(cosines)).astype(np.float32))


def apart(pairs: Pairs, distance: float) -> Near:
    """Return pairs that are all as far apart."""
    return Near(pairs, np.full(len(pairs), distance, np.float32))


def by_hash(hashes: Hashes, bits: int = HASH_BITS) -> Pairs:
    """Return pairs of pictures (m, 2) whose hashes are near."""
    return near_pairs(hashes, bits)


def by_checksum(checksums: Sequence[str]) -> Pairs:
    """Return pairs of files that are the same to the byte, each with the next one alone."""
    last: dict[str, int] = {}
    pairs = []
    for place, checksum in enumerate(checksums):
        if checksum and checksum in last:
            pairs.append((last[checksum], place))
        last[checksum] = place
    return _array(pairs)


def by_vector(vectors: FloatMatrix, *, least: float = LEAST_COSINE, near: int = NEAR) -> Pairs:
    """Return pairs of pictures whose unit vectors (n, dim) are near; rows of zeros are near nothing."""
    rows = np.flatnonzero(np.abs(vectors).sum(axis=1) > 0)
    if len(rows) < 2:
        return _array([])
    found = nearest_rows(vectors[rows], near, scanned_rows=SCANNED_ROWS)
    alike = found.distances <= 1.0 - least
    left = np.repeat(rows, alike.sum(axis=1))
    return together(np.stack([left, rows[found.rows[alike]]], axis=1))


def by_panels(panel_hashes: Hashes, pages: NDArray[np.int64], panel_counts: NDArray[np.int64]) -> Pairs:
    """Return pairs of pages that have panels in common.

    Args:
        panel_hashes: of each panel.
        pages: the page of each panel.
        panel_counts: of each page.
    """
    pairs = np.sort(pages[near_pairs(panel_hashes, PANEL_BITS)], axis=1)
    pairs, votes = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0, return_counts=True)
    enough = np.minimum(SHARED_PANELS, panel_counts[pairs].min(axis=1, initial=SHARED_PANELS))
    return np.asarray(pairs[votes >= np.maximum(1, enough)], np.int64)


def together(*parts: Pairs) -> Pairs:
    """Return all pairs once, the smaller number first."""
    whole = np.sort(np.concatenate([_array([]), *parts]), axis=1)
    return np.unique(whole[whole[:, 0] != whole[:, 1]], axis=0)


def _array(pairs: Sequence[tuple[int, int]]) -> Pairs:
    return np.array(pairs, np.int64).reshape(-1, 2)
