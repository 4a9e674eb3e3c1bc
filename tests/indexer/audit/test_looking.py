"""A closer look at thumbnails: borders hide nothing, misread lettering does not part copies."""

from collections.abc import Iterable, Iterator
from typing import cast

import cv2
import numpy as np

from indexer.audit.looking import bare_hashes, quiet, same_prints, shares_of
from indexer.audit.material import Material
from models.duplicates.hashes import near_pairs
from tests.audits import page

FRAME = (70, 70, 70, 70, cv2.BORDER_CONSTANT)


class Thumbnails:
    """Pictures as a library keeps them; one that nobody can decode among them."""

    def __init__(self, **pictures: np.ndarray) -> None:
        self.ids = sorted(pictures)
        self._webp = {name: cv2.imencode(".webp", picture)[1].tobytes() for name, picture in pictures.items()}
        self._webp["broken"] = b"RIFF"

    def thumbnails(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        yield from ((one, self._webp[one]) for one in ids)


def library() -> tuple[Material, list[str]]:
    one, other = np.array(page(1)), np.array(page(2))
    small = cv2.resize(one, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    made = Thumbnails(a=one, b=cv2.copyMakeBorder(one, *FRAME, value=(0, 0, 0)), c=small, d=other)
    return cast(Material, made), [*made.ids, "broken"]


def test_hashes_without_borders_are_near_whatever_the_border() -> None:
    material, ids = library()
    bare = bare_hashes(material, ids)
    assert bare.shape == (2, 5)
    assert not bare[:, 4].any()
    pairs = near_pairs(bare[1, :4], 3).tolist()
    assert [0, 1] in pairs
    assert [0, 3] not in pairs


def test_copies_are_alike_and_the_same_print_and_what_cannot_be_read_is_neither() -> None:
    material, ids = library()
    pairs = np.array([[0, 1], [0, 2], [0, 3], [0, 4]], np.int64)
    shares = shares_of(material, ids, pairs, quiet)
    assert (shares[:2] > 0.5).all()
    assert (shares[2:] < 0.5).all()
    assert same_prints(material, ids, pairs).tolist() == [True, True, False, False]
