"""A closer look at pairs of pictures, by their thumbnails: a few milliseconds a pair."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

from indexer.audit.material import Material
from models.duplicates.hashes import Hashes, Pairs
from models.duplicates.likeness import likeness, prepared_both
from models.duplicates.margins import Grey
from models.duplicates.prints import is_same_print, print_of
from models.pictures import perceptual_hash
from schemas.records import RgbImage

KEPT = 4_000
"""Pictures held at a time, some 25 kB each."""
PAIRS_AT_A_TIME = 1_000
THREADS = 2
Told = Callable[[float], None]
Looked = tuple[NDArray[np.uint8], NDArray[np.uint8] | None]
"""A picture without its even margin; the same without its rim alone where that is another."""
UNLIKE = 0.5
"""Pairs that are less alike are compared once more without their rims alone."""


def shares_of(material: Material, ids: Sequence[str], pairs: Pairs, told: Told) -> NDArray[np.float32]:
    """Return how alike the pictures of each pair (m, 2) are, in [0, 1]; 0 where one has no thumbnail."""
    shares = np.zeros(len(pairs), np.float32)
    # Pairs of one picture follow each other, so that it is read once.
    order = np.lexsort((pairs[:, 1], pairs[:, 0])) if len(pairs) else np.zeros(0, np.int64)
    held: OrderedDict[int, Looked] = OrderedDict()
    with ThreadPoolExecutor(THREADS) as threads:
        for start in range(0, len(order), PAIRS_AT_A_TIME):
            some = order[start : start + PAIRS_AT_A_TIME]
            _read(material, ids, np.unique(pairs[some]), held, threads)
            shares[some] = list(threads.map(lambda pair: _share(held, *pair), pairs[some].tolist()))
            while len(held) > KEPT:
                held.popitem(last=False)
            told((start + len(some)) / len(order))
    return shares


def bare_hashes(material: Material, ids: Sequence[str]) -> Hashes:
    """Return hashes of pictures without even margins, and without rims, (2, n) uint64.

    0 where there is no thumbnail. A border moves all that a hash sees; where it ends is told in two
    ways, since paper and dark drawings deceive either. A few milliseconds a picture, for decoding.
    """
    hashes, places = np.zeros((2, len(ids)), np.uint64), {item: place for place, item in enumerate(ids)}
    with ThreadPoolExecutor(THREADS) as threads:
        for start in range(0, len(ids), PAIRS_AT_A_TIME):
            found = list(material.thumbnails(ids[start : start + PAIRS_AT_A_TIME]))
            for (item, _), made in zip(found, threads.map(_hashes, (w for _, w in found)), strict=True):
                hashes[:, places[item]] = made
    return hashes


def _hashes(webp: bytes) -> tuple[int, int]:
    looked = _prepared(webp)
    if looked is None:
        return 0, 0
    even = _hash(looked[0])
    return even, even if looked[1] is None else _hash(looked[1])


def _hash(grey: NDArray[np.uint8]) -> int:
    return perceptual_hash(np.repeat(grey[:, :, np.newaxis], 3, axis=2))


def same_prints(material: Material, ids: Sequence[str], pairs: Pairs) -> NDArray[np.bool_]:
    """Say of pairs (m, 2) of one drawing whether all else on them is the same too."""
    found = np.zeros(len(pairs), np.bool_)
    with ThreadPoolExecutor(THREADS) as threads:
        for start in range(0, len(pairs), PAIRS_AT_A_TIME // 10):
            some = pairs[start : start + PAIRS_AT_A_TIME // 10]
            wanted = {ids[place]: place for place in np.unique(some).tolist()}
            read = {
                wanted[item]: picture
                for item, webp in material.thumbnails(wanted)
                if (picture := _decoded(webp)) is not None
            }
            prints = dict(zip(read, threads.map(print_of, read.values()), strict=True))
            found[start : start + len(some)] = list(
                threads.map(lambda pair, known=prints: _is_same(known, *pair), some.tolist())
            )
    return found


def _is_same(prints: Mapping[int, Grey], left: int, right: int) -> bool:
    return left in prints and right in prints and is_same_print(prints[left], prints[right])


def _read(
    material: Material,
    ids: Sequence[str],
    wanted: NDArray[np.int64],
    held: OrderedDict[int, Looked],
    threads: ThreadPoolExecutor,
) -> None:
    missing = {ids[place]: place for place in wanted.tolist() if place not in held}
    for place in wanted.tolist():
        if place in held:
            held.move_to_end(place)
    found = list(material.thumbnails(missing))
    for (item, _), grey in zip(found, threads.map(_prepared, (webp for _, webp in found)), strict=True):
        if grey is not None:
            held[missing[item]] = grey


def _decoded(webp: bytes) -> RgbImage | None:
    """Decode a thumbnail of our own making; None where it is damaged."""
    picture = cv2.imdecode(np.frombuffer(webp, np.uint8), cv2.IMREAD_COLOR)
    return None if picture is None else cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8)


def _prepared(webp: bytes) -> Looked | None:
    picture = _decoded(webp)
    if picture is None:
        return None
    even, bare = prepared_both(picture)
    return even.astype(np.uint8), None if bare is None else bare.astype(np.uint8)


def _share(held: OrderedDict[int, Looked], left: int, right: int) -> float:
    if left not in held or right not in held:
        return 0.0
    mine, other = held[left], held[right]
    share = likeness(_grey(mine[0]), _grey(other[0])).share
    if share >= UNLIKE or (mine[1] is None and other[1] is None):
        return share
    mine_bare, other_bare = (
        (mine[0] if mine[1] is None else mine[1]),
        (other[0] if other[1] is None else other[1]),
    )
    return max(share, likeness(_grey(mine_bare), _grey(other_bare)).share)


def _grey(picture: NDArray[np.uint8]) -> Grey:
    return picture.astype(np.float32)


def quiet(_share: float) -> None:
    """Tell nobody."""
