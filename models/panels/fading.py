"""The ground of a vertical strip that fades from one colour into another between its panels."""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.panels.working import is_strip
from schemas.records import RgbImage

SAMPLE_STEP = 4
"""Every fourth column tells whether a row is plain as well as all of them."""
SAME_ROW = 14
"""Ground has one colour in a row, within this in every channel."""
MIN_PLAIN = 0.9
"""Where a row is ground from edge to edge, balloons and captions leave at least so much of it."""
MIN_ROWS = 0.05
"""Share of the rows that are ground from edge to edge; between them its colour is interpolated."""
MIN_CHANGE = 60
"""What changes less in the brightest channel is a ground of one colour."""


def fading_ground(picture: RgbImage) -> NDArray[np.uint8] | None:
    """Return 1 where a strip has the colour of its ground in that row; None where there is no such ground."""
    height, width = picture.shape[:2]
    if not is_strip(width, height):
        return None
    colours = np.median(picture[:, ::SAMPLE_STEP], axis=1)
    off = np.abs(picture[:, ::SAMPLE_STEP].astype(np.int16) - colours[:, None]).max(axis=2)
    plain = (off <= SAME_ROW).mean(axis=1) >= MIN_PLAIN
    if plain.mean() < MIN_ROWS or np.ptp(colours[plain], axis=0).max() < MIN_CHANGE:
        return None
    rows = np.arange(height)
    filled = np.stack([np.interp(rows, rows[plain], colours[plain, channel]) for channel in range(3)], axis=1)
    ground = np.broadcast_to(filled.astype(np.uint8)[:, None], picture.shape)
    off_ground = cv2.absdiff(picture, np.ascontiguousarray(ground)).astype(np.uint8, copy=False)
    found: NDArray[np.uint8] = (off_ground.max(axis=2) <= SAME_ROW).astype(np.uint8)
    return found
