"""Pairs of 64-bit hashes that differ in few bits, among a million and more.

Multi-index hashing (Norouzi, Punjani and Fleet, CVPR 2012): of two hashes that differ in at most seven
bits, one of four parts of 16 bits differs in at most one. So each hash is compared with those that
share a part, or have one bit of it turned round.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Pairs = NDArray[np.int64]
"""Row numbers (m, 2), the smaller one first, no pair twice."""

PARTS, PART_BITS = 4, 16
MAX_BITS = 2 * PARTS - 1
"""As far as parts with at most one bit turned round reach."""
_AT_ONCE = 4_000_000
_MOST_IN_BUCKET = 3_000
"""Of more hashes that share a part, only neighbours by value are compared: they come of empty pictures."""


def near_pairs(hashes: Hashes, bits: int) -> Pairs:
    """Return the pairs of hashes (n,) that differ in at most ``bits``; a hash of 0 says nothing.

    Equal hashes are paired each with the next one alone, so that many equal ones make few pairs.
    Raises ValueError for more than :data:`MAX_BITS`.
    """
    if not 0 <= bits <= MAX_BITS:
        raise ValueError(f"pairs are found up to {MAX_BITS} bits apart, not {bits}")
    order = np.lexsort((np.arange(len(hashes)), hashes))
    ordered = hashes[order]
    equal = (ordered[1:] == ordered[:-1]) & (ordered[1:] != 0)
    twins = np.stack([order[:-1][equal], order[1:][equal]], axis=1)
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]) & (ordered != 0))
    parts = [order[first][pairs] for pairs in _unlike(ordered[first], bits)] if bits else []
    return _unique(np.concatenate([twins, *parts]))


def _unlike(hashes: Hashes, bits: int) -> Iterator[Pairs]:
    """Give the pairs of hashes, all different, that are near; a pair may come several times."""
    for part in range(PARTS):
        keys = ((hashes >> np.uint64(part * PART_BITS)) & np.uint64(2**PART_BITS - 1)).astype(np.int64)
        order = np.argsort(keys, kind="stable")
        ends = np.bincount(keys, minlength=2**PART_BITS).cumsum()
        starts = np.append(0, ends[:-1])
        yield from _same_key(hashes, order, keys[order], ends, bits)
        for bit in range(PART_BITS if bits >= PARTS else 0):
            lower = np.flatnonzero(keys & (1 << bit) == 0)
            other = keys[lower] ^ (1 << bit)
            yield from _compared(hashes, lower, order, starts[other], ends[other], bits)


def _same_key(
    hashes: Hashes, order: NDArray[np.int64], keys: NDArray[np.int64], ends: NDArray[np.int64], bits: int
) -> Iterator[Pairs]:
    """Compare each hash with those behind it that share its part."""
    behind = np.arange(1, len(order) + 1)
    yield from _compared(hashes, order, order, behind, ends[keys], bits)


def _compared(
    hashes: Hashes,
    rows: NDArray[np.int64],
    order: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    bits: int,
) -> Iterator[Pairs]:
    """Compare each of ``rows`` with the rows that ``order`` holds from its start to its end."""
    sizes = np.minimum(ends - starts, _MOST_IN_BUCKET)
    reach = np.append(0, sizes.cumsum())
    first = 0
    while first < len(rows):
        last = max(first + 1, int(np.searchsorted(reach, reach[first] + _AT_ONCE, "right")) - 1)
        mine = sizes[first:last]
        left = np.repeat(rows[first:last], mine)
        within = np.arange(len(left)) - np.repeat(reach[first:last] - reach[first], mine)
        right = order[np.repeat(starts[first:last], mine) + within]
        near = np.bitwise_count(hashes[left] ^ hashes[right]) <= bits
        yield np.stack([left[near], right[near]], axis=1)
        first = last


def _unique(pairs: Pairs) -> Pairs:
    ordered = np.sort(pairs.reshape(-1, 2).astype(np.int64), axis=1)
    return np.unique(ordered, axis=0)
