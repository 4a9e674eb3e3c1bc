"""A closer look at pairs of pictures, by their thumbnails: a few milliseconds a pair."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

from indexer.audit.material import Material
from models.duplicates.hashes import Hashes, Pairs
from models.duplicates.likeness import Grey, likeness, prepared
from models.pictures import perceptual_hash

KEPT = 4_000
"""Pictures held at a time, some 25 kB each."""
PAIRS_AT_A_TIME = 1_000
THREADS = 2
Told = Callable[[float], None]


def shares_of(material: Material, ids: Sequence[str], pairs: Pairs, told: Told) -> NDArray[np.float32]:
    """Return how alike the pictures of each pair (m, 2) are, in [0, 1]; 0 where one has no thumbnail."""
    shares = np.zeros(len(pairs), np.float32)
    # Pairs of one picture follow each other, so that it is read once.
    order = np.lexsort((pairs[:, 1], pairs[:, 0])) if len(pairs) else np.zeros(0, np.int64)
    held: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
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
    """Return hashes of pictures without their even borders, (n,) uint64; 0 where there is no thumbnail.

    A border moves all that a hash sees. A few milliseconds a picture, as thumbnails are decoded.
    """
    hashes, places = np.zeros(len(ids), np.uint64), {item: place for place, item in enumerate(ids)}
    with ThreadPoolExecutor(THREADS) as threads:
        for start in range(0, len(ids), PAIRS_AT_A_TIME):
            found = list(material.thumbnails(ids[start : start + PAIRS_AT_A_TIME]))
            for (item, _), made in zip(found, threads.map(_bare_hash, (w for _, w in found)), strict=True):
                hashes[places[item]] = made
    return hashes


def _bare_hash(webp: bytes) -> int:
    grey = _prepared(webp)
    return 0 if grey is None else perceptual_hash(np.repeat(grey[:, :, np.newaxis], 3, axis=2))


def _read(
    material: Material,
    ids: Sequence[str],
    wanted: NDArray[np.int64],
    held: OrderedDict[int, NDArray[np.uint8]],
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


def _prepared(webp: bytes) -> NDArray[np.uint8] | None:
    """Decode a thumbnail of our own making; None where it is damaged."""
    picture = cv2.imdecode(np.frombuffer(webp, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        return None
    return prepared(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)).astype(np.uint8)  # type: ignore[arg-type]


def _share(held: OrderedDict[int, NDArray[np.uint8]], left: int, right: int) -> float:
    if left not in held or right not in held:
        return 0.0
    return likeness(_grey(held[left]), _grey(held[right])).share


def _grey(picture: NDArray[np.uint8]) -> Grey:
    return picture.astype(np.float32)


def quiet(_share: float) -> None:
    """Tell nobody."""
