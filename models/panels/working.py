"""The downscaled picture on which panels are looked for."""

from math import sqrt

import cv2
import numpy as np

from schemas.records import RgbImage

LONG_SIDE_PX = 900
"""700 loses .03-.05 of F1 on small gutters; 1200 gains on manga alone, at 1.5 times the cost."""
STRIP_RATIO = 2.2
"""Pages higher than this many widths are strips: their width, not their height, is the measure."""
STRIP_WIDTH_PX = 400
"""Between the width of a page of 900 px and the cost of strips of twenty pages."""
MAX_PIXELS = 4_000_000
"""Bounds time and memory, whatever the shape of the strip."""


def is_strip(width_px: int, height_px: int) -> bool:
    """Say whether a picture is a vertical strip of many panels."""
    return height_px > STRIP_RATIO * width_px


def working_scale(width_px: int, height_px: int) -> float:
    """Return the factor, at most 1, by which a page is scaled down; of a spread, each half counts."""
    if is_strip(width_px, height_px):
        scale = STRIP_WIDTH_PX / width_px
    else:
        scale = LONG_SIDE_PX / max(width_px / 2 if width_px > height_px else width_px, height_px)
    bound = sqrt(MAX_PIXELS / (width_px * height_px))
    return min(1.0, scale, bound)


def working_picture(page: RgbImage) -> RgbImage:
    """Return the page scaled down for detection; the page itself where it is small enough."""
    height, width = page.shape[:2]
    scale = working_scale(width, height)
    if scale >= 1.0:
        return page
    return _resized(_halved(page, scale), width=round(width * scale), height=round(height * scale))


def _halved(page: RgbImage, scale: float) -> RgbImage:
    """Average whole blocks of pixels first: fast, and thin frames are not lost between samples."""
    block = int(1.0 / scale)
    if block < 2:
        return page
    height, width = page.shape[0] // block, page.shape[1] // block
    return _resized(page[: height * block, : width * block], width=width, height=height, mode=cv2.INTER_AREA)


def _resized(page: RgbImage, *, width: int, height: int, mode: int = cv2.INTER_LINEAR) -> RgbImage:
    size = max(1, width), max(1, height)
    small: RgbImage = cv2.resize(page, size, interpolation=mode).astype(np.uint8, copy=False)
    return small
