"""What pages went through before they reach anybody: compression, old paper, a turn, a soft lens."""

import random

import cv2
import numpy as np

from schemas.geometry import Box
from schemas.records import RgbImage, TextLine

_OLD_PAPER = np.array((232, 216, 180), np.float32)


def scan(
    picture: RgbImage, lines: tuple[TextLine, ...], kind: str, rng: random.Random
) -> tuple[RgbImage, tuple[TextLine, ...]]:
    """Return a page and its lines as their scan shows them."""
    if kind == "old":
        picture = _grained(picture * (_OLD_PAPER * rng.uniform(0.85, 1.05) / 255), rng, 4.0)
    elif kind == "grey":
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None]
        picture = _grained(np.repeat(grey * 0.9 + 12, 3, axis=2), rng, 3.0)
    elif kind == "soft":
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.2)).astype(np.uint8)
    elif kind == "turned":
        picture, lines = _turned(picture, lines, rng)
    if kind in ("jpeg", "old", "turned"):
        picture = _compressed(picture, rng.randint(35, 85))
    return picture, lines


def _grained(picture: np.ndarray, rng: random.Random, deviation: float) -> RgbImage:
    noise = np.random.default_rng(rng.randrange(2**31)).normal(0.0, deviation, picture.shape[:2])[..., None]
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _compressed(picture: RgbImage, quality: int) -> RgbImage:
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None  # it was encoded a line above
    return np.ascontiguousarray(decoded[..., ::-1]).astype(np.uint8)


def _turned(
    picture: RgbImage, lines: tuple[TextLine, ...], rng: random.Random
) -> tuple[RgbImage, tuple[TextLine, ...]]:
    """Turn a page a little on the glass, with a rim of what lies behind it."""
    height, width = picture.shape[:2]
    degrees, scale = rng.uniform(-1.2, 1.2), rng.uniform(0.93, 0.99)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    rim = rng.choice(((20, 20, 20), (240, 240, 238), (250, 250, 250)))
    moved = cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=rim)
    return moved.astype(np.uint8), tuple(_moved(line, scale) for line in lines)


def _moved(line: TextLine, scale: float) -> TextLine:
    box = line.box
    x0, y0, x1, y1 = (0.5 + (side - 0.5) * scale for side in box.as_tuple())
    return TextLine(Box.clipped(x0, y0, x1, y1), line.text, line.confidence)
