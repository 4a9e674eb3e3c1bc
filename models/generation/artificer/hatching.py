"""Tone by example: the hatching of a reference's dark places, grown over a whole picture.

Source: Efros and Freeman 2001, "Image quilting for texture synthesis and transfer".
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.artificer.lines import Plane
from models.generation.backend import Conditioning
from schemas.geometry import Box
from schemas.records import RgbImage

EXAMPLE_PX = 96
_STRIDE_PX, _LOOKED_PX = 16, 1200
_PATCH_PX, _OVERLAP_PX = 32, 10
_MEAN = (0.3, 0.85)
_COARSE_PX = 4.0  # wider than hatching and screens, narrower than bricks and lit windows
_LEAST_TEXTURE = 0.06
_NEAR_BEST = 1.15


def example_of(references: Sequence[Conditioning]) -> Plane | None:
    """Return the most evenly hatched or screened square of some references, 1 is paper.

    None where they are painted, too small, or lettered all over: a line of words is no tone.
    """
    found = [one for each in references if (one := _best_of(each.picture, each.lettering)) is not None]
    if not found:
        return None
    return max(found, key=lambda pair: pair[0])[1]


def _best_of(picture: RgbImage, lettering: Sequence[Box]) -> tuple[float, Plane] | None:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255.0)
    grey = grey[:_LOOKED_PX, :_LOOKED_PX]
    if min(grey.shape) < EXAMPLE_PX:
        return None
    coarse = np.asarray(cv2.GaussianBlur(grey, (0, 0), _COARSE_PX), np.float32)
    mean, texture = _windowed(grey), np.sqrt(np.maximum(_windowed((grey - coarse) ** 2), 0.0))
    uneven = np.sqrt(np.maximum(_windowed(coarse**2) - _windowed(coarse) ** 2, 0.0))
    is_toned = (mean > _MEAN[0]) & (mean < _MEAN[1]) & (_windowed(_words(picture, lettering)) == 0.0)
    score = np.where(is_toned, texture - 2.5 * uneven, -1.0)
    row, column = divmod(int(score.argmax()), score.shape[1])
    best = float(score[row, column])
    if best < _LEAST_TEXTURE:
        return None
    y, x = row * _STRIDE_PX, column * _STRIDE_PX
    return best, _stretched(grey[y : y + EXAMPLE_PX, x : x + EXAMPLE_PX])


def _words(picture: RgbImage, lettering: Sequence[Box]) -> Plane:
    height, width = picture.shape[:2]
    words = np.zeros((height, width), np.float32)
    for box in lettering:
        rows, columns = (
            slice(int(low * side), int(np.ceil(high * side)))
            for low, high, side in ((box.y0, box.y1, height), (box.x0, box.x1, width))
        )
        words[rows, columns] = 1.0
    return words[:_LOOKED_PX, :_LOOKED_PX]


def _windowed(values: Plane) -> NDArray[np.float64]:
    """Return the mean of each square, in steps."""
    summed = np.asarray(cv2.integral(values.astype(np.float64)), np.float64)
    size = EXAMPLE_PX
    total = summed[size:, size:] - summed[:-size, size:] - summed[size:, :-size] + summed[:-size, :-size]
    return np.asarray(total[::_STRIDE_PX, ::_STRIDE_PX] / size**2, np.float64)


def _stretched(square: Plane) -> Plane:
    low, high = np.percentile(square, (5, 95))
    return np.asarray(np.clip((square - low) / max(float(high - low), 0.05), 0, 1), np.float32)


def quilted(example: Plane, height_px: int, width_px: int, seed: int) -> Plane:
    """Grow an example over a picture: patches that fit their neighbours, cut along the best seams."""
    rng = np.random.default_rng(seed)
    step = _PATCH_PX - _OVERLAP_PX
    rows, columns = (max(1, -(-(side - _OVERLAP_PX) // step)) for side in (height_px, width_px))
    out = np.zeros((rows * step + _OVERLAP_PX, columns * step + _OVERLAP_PX), np.float32)
    for row in range(rows):
        for column in range(columns):
            place = np.s_[row * step : row * step + _PATCH_PX, column * step : column * step + _PATCH_PX]
            out[place] = _joined(out[place].copy(), example, rng, is_top=row > 0, is_left=column > 0)
    return np.ascontiguousarray(out[:height_px, :width_px])


def _joined(there: Plane, example: Plane, rng: np.random.Generator, *, is_top: bool, is_left: bool) -> Plane:
    laid = np.zeros_like(there)
    laid[:_OVERLAP_PX] = float(is_top)
    laid[:, :_OVERLAP_PX] = np.maximum(laid[:, :_OVERLAP_PX], float(is_left))
    patch = _fitting(there, laid, example, rng)
    keep = np.zeros(there.shape, bool)
    if is_left:
        keep[:, :_OVERLAP_PX] |= _seam((there - patch)[:, :_OVERLAP_PX] ** 2)
    if is_top:
        keep[:_OVERLAP_PX] |= _seam((there - patch)[:_OVERLAP_PX].T ** 2).T
    return np.where(keep, there, patch).astype(np.float32)


def _fitting(there: Plane, laid: Plane, example: Plane, rng: np.random.Generator) -> Plane:
    last = example.shape[0] - _PATCH_PX
    if laid.any():
        cost = cv2.matchTemplate(example, there, cv2.TM_SQDIFF, mask=laid)
        good = np.argwhere(cost <= max(float(cost.min()), 0.0) * _NEAR_BEST + 1e-3)
        y, x = good[rng.integers(len(good))]
    else:
        y, x = rng.integers(0, last + 1, 2)
    return example[y : y + _PATCH_PX, x : x + _PATCH_PX]


def _seam(cost: Plane) -> NDArray[np.bool_]:
    """Return what lies before the cheapest cut downwards through a strip, bool of its shape."""
    total = cost.astype(np.float64)
    for row in range(1, len(total)):
        above = np.pad(total[row - 1], 1, constant_values=np.inf)
        total[row] += np.minimum(np.minimum(above[:-2], above[1:-1]), above[2:])
    cut = np.empty(len(total), np.int64)
    cut[-1] = total[-1].argmin()
    for row in range(len(total) - 2, -1, -1):
        low = max(cut[row + 1] - 1, 0)
        cut[row] = low + total[row, low : cut[row + 1] + 2].argmin()
    return np.arange(cost.shape[1])[None] < cut[:, None]
