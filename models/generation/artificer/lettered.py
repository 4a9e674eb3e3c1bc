"""Which areas of a drawing hold words: those stay white, whatever colours the references have."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.artificer.lines import Plane
from models.generation.artificer.regions import Regions
from schemas.geometry import Box

Corners = tuple[int, int, int, int]
_MARK = 0.35
_LOWEST, _HIGHEST = 0.012, 0.08
"""Heights of letters, of the picture's shorter side."""
_LEAST_LETTERS = 6
_LEAST_SHARE, _MOST_SHARE = 0.08, 0.5
"""Ink of the letters within the box that they fill: scattered specks are less, solid blacks more."""
_ALIKE = 0.6
"""Share of the marks of a text that are about as high as most."""
_INSIDE, _MOST_OF_PICTURE = 0.6, 0.4
"""Share of an area that lies among words; share of the picture from which an area is no balloon."""


def lettered_areas(areas: Regions, ink: Plane, lettering: Sequence[Box] = ()) -> NDArray[np.bool_]:
    """Say of each area whether words stand in it, (count,).

    Args:
        areas: what the lines enclose.
        ink: (h, w) in [0, 1].
        lettering: boxes of words, relative to the picture, where they are known.
    """
    height, width = ink.shape
    known = [
        (round(box.x0 * width), round(box.y0 * height), round(box.x1 * width), round(box.y1 * height))
        for box in lettering
    ]
    sizes = np.bincount(areas.labels.ravel(), minlength=areas.count)
    found = np.zeros(areas.count, np.bool_)
    for left, top, right, bottom in (*known, *texts_in(ink)):
        inside = np.bincount(areas.labels[top:bottom, left:right].ravel(), minlength=areas.count)
        if inside.any():
            found |= inside >= _INSIDE * np.maximum(sizes, 1)
            found[inside.argmax()] = True
    return found & (sizes < _MOST_OF_PICTURE * areas.labels.size)


def texts_in(ink: Plane) -> list[Corners]:
    """Return where marks of one height stand close together, as left, top, right, bottom in pixels."""
    side = min(ink.shape)
    marked = (ink > _MARK).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(marked, connectivity=8)
    heights = stats[:, cv2.CC_STAT_HEIGHT]
    is_letter = (heights >= _LOWEST * side) & (heights <= _HIGHEST * side)
    is_letter &= stats[:, cv2.CC_STAT_WIDTH] <= 4 * heights
    is_letter[0] = False
    if is_letter.sum() < _LEAST_LETTERS:
        return []
    reach = max(3, int(0.7 * np.median(heights[is_letter])) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * reach + 1, 2 * reach + 1))
    groups = cv2.connectedComponents(cv2.dilate(is_letter[labels].astype(np.uint8), kernel))[1]
    rows = stats[:, cv2.CC_STAT_TOP] + heights // 2
    columns = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] // 2
    group_of = groups[rows, columns]
    found = []
    for group in np.unique(group_of[is_letter]):
        letters = stats[is_letter & (group_of == group)]
        if group and _is_text(letters):
            found.append(_around(letters, reach, ink.shape))
    return found


def _is_text(letters: NDArray[np.int32]) -> bool:
    """Say whether marks are letters: several, of a height, close together."""
    heights = letters[:, cv2.CC_STAT_HEIGHT]
    alike = np.abs(heights - np.median(heights)) <= 0.5 * np.median(heights)
    left, top, right, bottom = _corners(letters)
    share = letters[:, cv2.CC_STAT_AREA].sum() / max((right - left) * (bottom - top), 1)
    is_dense = _LEAST_SHARE <= share <= _MOST_SHARE
    return bool(alike.sum() >= _LEAST_LETTERS and alike.mean() >= _ALIKE and is_dense)


def _corners(marks: NDArray[np.int32]) -> Corners:
    left, top = marks[:, cv2.CC_STAT_LEFT], marks[:, cv2.CC_STAT_TOP]
    right, bottom = left + marks[:, cv2.CC_STAT_WIDTH], top + marks[:, cv2.CC_STAT_HEIGHT]
    return int(left.min()), int(top.min()), int(right.max()), int(bottom.max())


def _around(marks: NDArray[np.int32], margin: int, shape: tuple[int, ...]) -> Corners:
    left, top, right, bottom = _corners(marks)
    return (
        max(0, left - margin),
        max(0, top - margin),
        min(shape[1], right + margin),
        min(shape[0], bottom + margin),
    )
