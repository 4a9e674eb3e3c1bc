"""How well panels and figures fit words, and how unlike each other a choice of them is."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from models.protocols import PictureEncoder
from schemas.records import FloatMatrix, RgbImage
from search.encoding import Encoders

RELEVANCE = 0.7
"""How much fitting counts in maximal marginal relevance, against being unlike what is taken already."""


class Looks(Protocol):
    """Compares pictures with words."""

    def vectors(self, pictures: Sequence[RgbImage]) -> FloatMatrix:
        """Return a unit vector a picture."""
        ...

    def fit(self, words: str, vectors: FloatMatrix) -> FloatMatrix:
        """Return how well each vector fits the words, (n,); zeros where no encoder knows words."""
        ...


class LibraryLooks:
    """Compares with the encoder that the library was made with."""

    def __init__(self, encoders: Encoders) -> None:
        """Load nothing before it is asked."""
        self._encoders = encoders

    def vectors(self, pictures: Sequence[RgbImage]) -> FloatMatrix:
        """See :class:`Looks`."""
        encoder: PictureEncoder = self._encoders.picture()
        return encoder.encode_images(pictures)

    def fit(self, words: str, vectors: FloatMatrix) -> FloatMatrix:
        """See :class:`Looks`."""
        tower = self._encoders.text_tower()
        if tower is None or not words.strip() or not len(vectors):
            return np.zeros(len(vectors), np.float32)
        return np.asarray(vectors @ tower.encode_texts([words])[0], np.float32)


def diverse(scores: Sequence[float], vectors: FloatMatrix, count: int) -> list[int]:
    """Return ``count`` places, best first, by maximal marginal relevance (Carbonell and Goldstein 1998)."""
    left = list(range(len(scores)))
    taken: list[int] = []
    while left and len(taken) < count:
        gains = [
            RELEVANCE * scores[place]
            - (1 - RELEVANCE) * max((float(vectors[place] @ vectors[other]) for other in taken), default=0.0)
            for place in left
        ]
        taken.append(left.pop(int(np.argmax(gains))))
    return taken
