"""How far colours of one element lie apart from panel to panel."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from models.pictures import crop
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage

_CELLS = 12


def palette_of(picture: RgbImage, box: Box, figure: FloatMatrix | None = None) -> FloatMatrix:
    """Return the colours in a box of a picture: a smoothed histogram of CIELAB, (1728,), sum 1.

    What lies in the middle counts more, and what is likely the figure, where that is known (h, w): what is
    around somebody is none of their colours.
    """
    part = cv2.resize(crop(picture, box), (64, 64), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(part, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    cells = np.minimum(lab.astype(np.int32) * _CELLS // 256, _CELLS - 1)
    places = (cells[:, 0] * _CELLS + cells[:, 1]) * _CELLS + cells[:, 2]
    counts = np.bincount(places, weights=_weights(figure, box).ravel(), minlength=_CELLS**3)
    cube = counts.reshape(_CELLS, _CELLS, _CELLS)
    for axis in range(3):
        cube = 0.5 * cube + 0.25 * (np.roll(cube, 1, axis) + np.roll(cube, -1, axis))
    return np.asarray(cube.ravel() / cube.sum(), np.float32)


def palette_distance(one: FloatMatrix, other: FloatMatrix) -> float:
    """Return the Hellinger distance of two palettes, 0 to 1."""
    return float(np.sqrt(max(1.0 - float(np.sqrt(one * other).sum()), 0.0)))


def spread(palettes: Sequence[FloatMatrix]) -> list[float]:
    """Return the distances of each palette from the next."""
    return [palette_distance(one, other) for one, other in pairwise(palettes)]


def _weights(figure: FloatMatrix | None, box: Box) -> NDArray[np.float64]:
    middle = _middle()
    if figure is None:
        return middle
    height, width = figure.shape
    x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
    likely = cv2.resize(np.ascontiguousarray(figure[y0:y1, x0:x1]), (64, 64))
    own = middle * (likely > 0.5)
    return own if own.sum() > 1.0 else middle


def _middle() -> NDArray[np.float64]:
    line = np.exp(-0.5 * (np.linspace(-1, 1, 64) / 0.5) ** 2)
    return np.outer(line, line)
