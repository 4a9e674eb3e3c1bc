"""What may hide a gutter or a line: balloons and captions, light and plain, with letters in them."""

from collections.abc import Callable
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.records import RgbImage

LIGHT, YELLOW = 225, 60
"""Balloons and captions are this light; captions are often yellow, and darker by so much in blue."""
LETTER_PX = 11
"""Letters and their spaces are closed over this many working pixels."""

SOLID_PX = 5
"""The ground of a balloon is light over this many working pixels; that between the dots of a tone is not."""

Mask = NDArray[np.uint8]


class Covers:
    """Where balloons and captions may be, made when it is first asked for."""

    def __init__(self, make: Callable[[], Mask]) -> None:
        self._make = make

    @classmethod
    def of(cls, picture: RgbImage) -> "Covers":
        """Return the covers of a picture."""
        return cls(lambda: _light(picture))

    @cached_property
    def mask(self) -> Mask:
        """1 where a balloon or a caption may be, its letters included; (rows, columns)."""
        return self._make()

    @cached_property
    def transposed(self) -> "Covers":
        """The map with rows and columns exchanged."""
        return Covers(lambda: cv2.transpose(self.mask).astype(np.uint8, copy=False))


def _light(picture: RgbImage) -> Mask:
    bright = cv2.inRange(picture, np.array((LIGHT, LIGHT, LIGHT - YELLOW)), np.array((255, 255, 255)))
    solid = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((SOLID_PX, SOLID_PX), np.uint8))
    letters = np.ones((LETTER_PX, LETTER_PX), np.uint8)
    closed = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, letters)
    near = cv2.dilate(solid, letters)
    return ((closed > 0) & (near > 0)).astype(np.uint8)
