"""What lettering stands on: the paper of a balloon, and outlines that part two of them."""

import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box
from schemas.records import RgbImage

PAPER_TOLERANCE = 40
"""Largest difference of a channel within one paper: JPEG noise and soft shading."""
MAX_SAMPLE_PX = 64
"""Papers are compared on samples of at most this side: cost stays the same for any page size."""
BARRIER_COVER = 0.9
"""Share of the columns between two lines that an outline crosses; letters that reach in cross fewer."""
MIN_REACH = 0.12
"""Half height of the strip between two lines that touch, over a line's height."""

Colour = NDArray[np.float32]


def same_paper(page: RgbImage, first: Box, second: Box) -> bool:
    """Say whether two lines stand on one paper with no outline between them."""
    colours = paper_colour(page, first), paper_colour(page, second)
    if np.abs(colours[0] - colours[1]).max() > PAPER_TOLERANCE:
        return False
    return not _outline_between(page, first, second, np.mean(colours, axis=0, dtype=np.float32))


def paper_colour(page: RgbImage, box: Box) -> Colour:
    """Return the most frequent colour (float32 RGB) around a line's letters."""
    return modal_colour(_sample(page, *box.to_pixels(width_px=page.shape[1], height_px=page.shape[0])))


def modal_colour(sample: RgbImage) -> Colour:
    """Return the most frequent colour of a picture (float32 RGB)."""
    pixels = sample.reshape(-1, 3)
    # 16 levels a channel: wide enough for noise to fall into one bin, narrow enough to part tints.
    bins = (pixels >> 4).astype(np.int32) @ np.array([256, 16, 1], np.int32)
    median: Colour = np.median(pixels[bins == np.bincount(bins).argmax()], axis=0).astype(np.float32)
    return median


def off_paper(sample: RgbImage, colour: Colour) -> NDArray[np.bool_]:
    """Return a (height, width) mask of the pixels that are not of the paper's colour."""
    distance = np.abs(sample.astype(np.float32) - colour).max(axis=2)
    mask: NDArray[np.bool_] = distance > PAPER_TOLERANCE
    return mask


def runs_of(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return (start, stop) of each run of True."""
    steps = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in steps.reshape(-1, 2)]


def _outline_between(page: RgbImage, first: Box, second: Box, colour: Colour) -> bool:
    height, width = page.shape[:2]
    a = first.to_pixels(width_px=width, height_px=height)
    b = second.to_pixels(width_px=width, height_px=height)
    stacked = min(a[2], b[2]) - max(a[0], b[0]) > min(a[3], b[3]) - max(a[1], b[1])
    if not stacked:  # side by side: the same along the other axis
        page, a, b = page.transpose(1, 0, 2), _swapped(a), _swapped(b)
    upper, lower = (a, b) if a[1] <= b[1] else (b, a)
    middle = (upper[3] + lower[1]) / 2
    reach = max(abs(lower[1] - upper[3]) / 2, MIN_REACH * min(upper[3] - upper[1], lower[3] - lower[1]))
    top, bottom = max(round(middle - reach), 0), round(middle + reach) + 1
    left, right = max(a[0], b[0]), min(a[2], b[2])
    if right <= left:
        return False
    strip = off_paper(page[top:bottom, left:right], colour)
    return bool(strip.any(axis=0).mean() >= BARRIER_COVER)


def _swapped(corners: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return corners[1], corners[0], corners[3], corners[2]


def _sample(page: RgbImage, x0: int, y0: int, x1: int, y1: int) -> RgbImage:
    step_x = -(-(x1 - x0) // MAX_SAMPLE_PX)
    step_y = -(-(y1 - y0) // MAX_SAMPLE_PX)
    return page[y0:y1:step_y, x0:x1:step_x]
