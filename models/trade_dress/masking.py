"""Covers without what is printed on them."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.protocols import PictureEncoder, TextEncoder
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage
from schemas.tables import EncoderSpec

_BAND_WIDTH, _BAND_GAP = 0.7, 0.08
"""Width of a band, and how near to the edge it must begin."""
_LEAST_ART = 0.4
"""Share of the height that must be left."""
_SMALL_PX = 64
"""What is filled in is far out of focus: it is worked out this small."""


def masked(picture: RgbImage, boxes: Sequence[Box]) -> RgbImage:
    """Return a picture without its boxes: bands along its top or bottom are cut off, the rest is filled.

    A filled band is a sign of its own, which a classifier learns as it learnt the title. What is filled
    is taken from around it, far out of focus; a plain grey would tell where it was.
    """
    if not boxes:
        return picture
    top, bottom = _art_of(boxes)
    height = picture.shape[0]
    y0, y1 = round(top * height), round(bottom * height)
    if y1 - y0 < _LEAST_ART * height:
        return _filled(picture, boxes)
    inner = [box for box in boxes if box.y1 > top and box.y0 < bottom]
    return np.ascontiguousarray(_filled(picture, inner)[y0:y1])


def _art_of(boxes: Sequence[Box]) -> tuple[float, float]:
    """Return where the art begins and ends, between bands that go from side to side."""
    top, bottom = 0.0, 1.0
    for box in boxes:
        if box.width < _BAND_WIDTH:
            continue
        if box.y0 < _BAND_GAP:
            top = max(top, box.y1)
        elif box.y1 > 1 - _BAND_GAP:
            bottom = min(bottom, box.y0)
    return top, bottom


def _filled(picture: RgbImage, boxes: Sequence[Box]) -> RgbImage:
    if not boxes:
        return picture
    height, width = picture.shape[:2]
    hole = np.zeros((height, width), np.float32)
    for box in boxes:
        x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
        hole[y0:y1, x0:x1] = 1
    filled = cv2.resize(_from_around(picture, hole), (width, height), interpolation=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(hole, (0, 0), max(1.0, max(height, width) / 150))[..., np.newaxis]
    soft = np.maximum(soft, hole[..., np.newaxis])
    return np.asarray(np.clip(picture * (1 - soft) + filled * soft, 0, 255), np.uint8)


def _from_around(picture: RgbImage, hole: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a small picture in which each place has the mean of what is known near it."""
    height, width = hole.shape
    factor = min(1.0, _SMALL_PX / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    known = 1 - hole
    small = cv2.resize(picture * known[..., np.newaxis], size, interpolation=cv2.INTER_AREA)
    share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    sigma = max(0.8, max(size) / 12)
    weight = cv2.GaussianBlur(share, (0, 0), sigma)[..., np.newaxis]
    around = cv2.GaussianBlur(small, (0, 0), sigma)
    mean = small.sum(axis=(0, 1)) / max(float(share.sum()), 1e-3)
    return np.asarray(np.where(weight > 1e-3, around / np.maximum(weight, 1e-3), mean), np.float32)


class MaskingEncoder:
    """An encoder that is shown pictures without some boxes: what a classifier trained so looks at."""

    def __init__(self, encoder: PictureEncoder, boxes: Sequence[Box]) -> None:
        """Leave the boxes out of every picture; they are of one picture, so is what is encoded."""
        self._encoder, self._boxes = encoder, tuple(boxes)

    @property
    def spec(self) -> EncoderSpec:
        """That of the encoder."""
        return self._encoder.spec

    @property
    def text_tower(self) -> TextEncoder | None:
        """That of the encoder."""
        return self._encoder.text_tower

    @property
    def score_floor(self) -> float:
        """That of the encoder."""
        return self._encoder.score_floor

    @property
    def words_range(self) -> tuple[float, float]:
        """That of the encoder."""
        return self._encoder.words_range

    def encode_images(self, images: Sequence[RgbImage]) -> FloatMatrix:
        """Return the vectors of the pictures without the boxes."""
        return self._encoder.encode_images([masked(image, self._boxes) for image in images])
