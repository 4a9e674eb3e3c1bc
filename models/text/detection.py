"""Where lettering is: a page into a detector's input, the detector's map into quadrilaterals.

The detector is a differentiable binarization network (Liao et al., AAAI 2020): its map gives, for
each pixel, the probability of the *shrunk* core of a text line, so that neighbouring lines stay
apart; each core found is grown back by ``area x GROWTH / perimeter``.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.records import FloatMatrix, RgbImage

Quad = NDArray[np.float32]
"""Corners of a line in pixels: float32 (4, 2), clockwise from the top left."""

STRIDE = 32
"""The network halves its input five times."""
CORE_PROBABILITY = 0.3
"""Pixels above it belong to the core of a line (the value the network was trained for)."""
MIN_LINE_PROBABILITY = 0.35
"""Mean probability over a core below which it is texture; the network's authors take 0.5, but small print on
art lies below that and reads well: the reading decides."""
GROWTH = 1.4
"""Its authors take 1.6 for boxes around whole words; tighter ones read better, as less of a neighbour gets
in: distinct recall .968 -> .971 on Pepper & Carrot, whole balloons 299 -> 307 of 330 on Mimi & Eunice."""
MIN_CORE_PX = 3.0
"""Short side of a core, in map pixels: anything thinner is too small to be read."""
MAX_LINES = 1000
"""Bounds the time that noise can cost."""


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line of lettering before it is read; ``probability`` is the detector's."""

    quad: Quad
    probability: float


def input_size(height_px: int, width_px: int, *, side_px: int) -> tuple[int, int]:
    """Return (height, width) with the long side at most ``side_px``, both multiples of the stride."""
    scale = min(1.0, side_px / max(height_px, width_px))
    return _to_stride(height_px * scale), _to_stride(width_px * scale)


def to_detector_input(page: RgbImage, *, side_px: int) -> NDArray[np.float32]:
    """Return float32 (1, 3, h, w) in [-1, 1], blue first as the network was trained."""
    height, width = input_size(*page.shape[:2], side_px=side_px)
    # INTER_AREA would be truer, but the network has seen bilinear resizing only.
    small = cv2.resize(page, (width, height), interpolation=cv2.INTER_LINEAR)
    return to_network_range(np.asarray(small, np.uint8))


def to_network_range(picture: RgbImage) -> NDArray[np.float32]:
    """Return a picture as float32 (1, 3, h, w) in [-1, 1], blue first."""
    blob = cv2.dnn.blobFromImage(picture, scalefactor=1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
    return np.asarray(blob, np.float32)


def lines_from_map(probability: FloatMatrix, *, height_px: int, width_px: int) -> list[FoundLine]:
    """Turn a (h, w) probability map into lines in the pixels of a ``height_px`` x ``width_px`` page."""
    # Two pixels of dilation close the cracks that thresholding leaves inside thin letters.
    cores = cv2.dilate((probability > CORE_PROBABILITY).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(cores, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = sorted(contours, key=cv2.contourArea, reverse=True)[:MAX_LINES]
    scale = np.array([width_px / probability.shape[1], height_px / probability.shape[0]])
    lines = []
    for contour in largest:
        core = cv2.minAreaRect(contour)
        if min(core[1]) < MIN_CORE_PX:
            continue
        confidence = _mean_inside(probability, np.asarray(cv2.boxPoints(core), np.float32))
        if confidence >= MIN_LINE_PROBABILITY:
            corners = cv2.boxPoints(_grown(core)) * scale
            corners = np.clip(corners, 0, (width_px - 1, height_px - 1))
            lines.append(FoundLine(clockwise(corners.astype(np.float32)), confidence))
    return lines


def clockwise(corners: Quad) -> Quad:
    """Order four corners clockwise from the top left, as they appear on the page."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    top_left, bottom_left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    top_right, bottom_right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.stack([top_left, top_right, bottom_right, bottom_left])


def _to_stride(length: float) -> int:
    return max(round(length / STRIDE), 1) * STRIDE


def _grown(core: cv2.typing.RotatedRect) -> cv2.typing.RotatedRect:
    center, (width, height), angle = core
    margin = width * height * GROWTH / (2 * (width + height))
    return center, (width + 2 * margin, height + 2 * margin), angle


def _mean_inside(probability: FloatMatrix, corners: Quad) -> float:
    height, width = probability.shape
    x0, y0 = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, (width - 1, height - 1))
    x1, y1 = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, (width - 1, height - 1))
    inside = np.zeros((y1 - y0 + 1, x1 - x0 + 1), np.uint8)
    cv2.fillPoly(inside, [(corners - (x0, y0)).astype(np.int32)], 1)
    return float(cv2.mean(probability[y0 : y1 + 1, x0 : x1 + 1], inside)[0])
