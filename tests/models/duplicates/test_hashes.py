"""Near pairs of hashes: the same as by comparing all with all, and empty pictures pair with nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.duplicates.hashes import MAX_BITS, near_pairs


def flipped(rng: np.random.Generator, value: np.uint64, bits: int) -> np.uint64:
    for bit in rng.choice(64, bits, replace=False).tolist():
        value ^= np.uint64(1) << np.uint64(bit)
    return value


def all_pairs(hashes: np.ndarray, bits: int) -> set[tuple[int, int]]:
    near = np.bitwise_count(hashes[:, None] ^ hashes[None]) <= bits
    shown = (hashes != 0)[:, None] & (hashes != 0)[None]
    return {(int(i), int(j)) for i, j in np.argwhere(near & shown) if i < j}


@pytest.mark.parametrize("bits", [0, 3, 4, MAX_BITS])
def test_finds_every_pair_that_is_near_and_no_other(bits):
    rng = np.random.default_rng(bits)
    base = rng.integers(1, 2**63, 300, dtype=np.uint64)
    noisy = np.array([flipped(rng, value, int(rng.integers(1, 11))) for value in base[:150]], np.uint64)
    hashes = np.unique(np.concatenate([base, noisy]))
    found = {(int(i), int(j)) for i, j in near_pairs(hashes, bits)}
    assert found == all_pairs(hashes, bits)
    assert len(found) >= (20 if bits else 0)


def test_equal_hashes_hang_together_by_few_pairs():
    hashes = np.array([5, 9, 5, 5, 9, 5], np.uint64)
    assert near_pairs(hashes, 0).tolist() == [[0, 2], [1, 4], [2, 3], [3, 5]]


def test_pictures_without_a_hash_pair_with_nothing():
    assert near_pairs(np.zeros(50, np.uint64), 7).shape == (0, 2)
    assert near_pairs(np.zeros(0, np.uint64), 7).shape == (0, 2)


def test_more_bits_than_can_be_found_are_refused():
    with pytest.raises(ValueError, match="up to 7 bits"):
        near_pairs(np.ones(2, np.uint64), 8)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30), st.integers(0, MAX_BITS))
def test_pairs_are_ordered_unique_and_near(values, bits):
    hashes = np.array(values, np.uint64)
    pairs = near_pairs(hashes, bits)
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert (np.bitwise_count(hashes[pairs[:, 0]] ^ hashes[pairs[:, 1]]) <= bits).all()
