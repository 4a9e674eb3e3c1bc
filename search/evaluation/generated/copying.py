"""How much of a picture is copied: patches that correlate with a reference at some scale or mirrored."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.records import RgbImage

_SIDE_PX, _PATCH_PX = 160, 40
_SCALES = (0.4, 0.55, 0.75, 1.0, 1.35, 1.8)
_COPIED = 0.8
"""Correlation from which up a patch counts as copied."""
_LEAST_SPREAD = 6.0
"""Spread of light under which a patch is plain, and like everything."""


def copying(picture: RgbImage, references: Sequence[RgbImage]) -> tuple[float, float]:
    """Return the largest correlation of a patch with a reference, and the share of patches copied."""
    small = _grey(picture, _SIDE_PX)
    sources = [scaled for one in references for scaled in _at_scales(one)]
    found = [
        max((_correlation(source, patch) for source in sources), default=0.0) for patch in _patches(small)
    ]
    return max(found, default=0.0), float(np.mean([one >= _COPIED for one in found])) if found else 0.0


def _patches(grey: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    height, width = grey.shape
    parts = [
        grey[y : y + _PATCH_PX, x : x + _PATCH_PX]
        for y in range(0, height - _PATCH_PX + 1, _PATCH_PX)
        for x in range(0, width - _PATCH_PX + 1, _PATCH_PX)
    ]
    return [part for part in parts if float(part.std()) > _LEAST_SPREAD]


def _at_scales(picture: RgbImage) -> list[NDArray[np.float32]]:
    scaled = [_grey(picture, round(_SIDE_PX * scale)) for scale in _SCALES]
    large = [one for one in scaled if min(one.shape) > _PATCH_PX]
    return [*large, *(np.ascontiguousarray(one[:, ::-1]) for one in large)]


def _correlation(source: NDArray[np.float32], patch: NDArray[np.float32]) -> float:
    return float(cv2.matchTemplate(source, patch, cv2.TM_CCOEFF_NORMED).max())


def _grey(picture: RgbImage, side_px: int) -> NDArray[np.float32]:
    height, width = picture.shape[:2]
    factor = side_px / max(height, width)
    size = max(round(width * factor), 1), max(round(height * factor), 1)
    grey = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return np.asarray(grey, np.float32)
