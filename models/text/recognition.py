"""A line's way to the recogniser: cut out of the page, widened to its lone glyphs, scaled."""

from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from models.text.detection import Quad, to_network_range
from schemas.records import RgbImage

HEIGHT_PX = 48
"""Height of the recogniser's input; its width is free."""
MIN_WIDTH_PX, MAX_WIDTH_PX = 16, 2400
"""Bounds of the recogniser's input: one glyph, and a line of about 150 letters."""
WIDTH_STEP_PX = 8
"""One output step of the recogniser; padding to it costs nothing."""
TRIM = 0.08
"""Share of a line's height cut off above and below: the detector leaves more leading than the
recogniser likes (word F1 .964 -> .971 on Mimi & Eunice, .904 -> .907 on Pepper & Carrot)."""
UPRIGHT_RATIO = 1.5
"""Height to width from which a line may be a column."""


def cut_line(page: RgbImage, quad: Quad) -> RgbImage:
    """Return the line's pixels turned upright: (height, width, 3), height along the quad's left side."""
    width = max(int(max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[3] - quad[2]))), 1)
    height = max(int(max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2]))), 1)
    # The window of the page around the line alone: warping from a view keeps strips of 60,000 px
    # within OpenCV's 16-bit coordinates. What lies beyond the page repeats its border.
    x0, y0 = np.clip(np.floor(quad.min(axis=0)).astype(int), 0, None)
    x1, y1 = np.clip(np.ceil(quad.max(axis=0)).astype(int) + 1, 1, None)
    window = page[y0:y1, x0:x1]
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    source = (quad - (x0, y0)).astype(np.float32)
    turn = cv2.getPerspectiveTransform(source, target)
    cut = cv2.warpPerspective(
        window, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.ascontiguousarray(cut, dtype=np.uint8)


def may_be_column(line: RgbImage) -> bool:
    """Say whether a cut line is tall enough to be a column of glyphs."""
    height, width = line.shape[:2]
    return bool(height >= UPRIGHT_RATIO * width)


def to_recogniser_input(line: RgbImage) -> NDArray[np.float32]:
    """Return float32 (1, 3, 48, w) in [-1, 1], blue first, padded with zeros to whole output steps."""
    trim = int(TRIM * line.shape[0])
    line = line[trim : line.shape[0] - trim]
    height, width = line.shape[:2]
    scaled = min(max(ceil(HEIGHT_PX * width / height), MIN_WIDTH_PX), MAX_WIDTH_PX)
    small = cv2.resize(line, (scaled, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
    padded = np.zeros((1, 3, HEIGHT_PX, ceil(scaled / WIDTH_STEP_PX) * WIDTH_STEP_PX), np.float32)
    padded[:, :, :, :scaled] = to_network_range(np.asarray(small, np.uint8))
    return padded
