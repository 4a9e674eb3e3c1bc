"""Small pages drawn by code, with known answers."""

import cv2
import numpy as np

from schemas.geometry import Box
from schemas.records import RgbImage, TextLine

WIDTH, HEIGHT = 600, 800
ART = (120, 150, 90)
WHITE = (255, 255, 255)
BLACK = (0, 0, 0)


def art_page() -> RgbImage:
    """Return a page of coarse texture: no paper anywhere."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(40, 200, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST), np.uint8)


def balloon(page: RgbImage, center: tuple[int, int], axes: tuple[int, int]) -> None:
    cv2.ellipse(page, center, axes, 0, 0, 360, WHITE, cv2.FILLED, cv2.LINE_AA)
    cv2.ellipse(page, center, axes, 0, 0, 360, BLACK, 3, cv2.LINE_AA)


def box(page: RgbImage, corners: tuple[int, int, int, int], colour: tuple[int, int, int] = WHITE) -> None:
    cv2.rectangle(page, corners[:2], corners[2:], colour, cv2.FILLED)
    cv2.rectangle(page, corners[:2], corners[2:], BLACK, 3)


def letter(
    page: RgbImage,
    text: str,
    origin: tuple[int, int],
    *,
    scale: float = 0.7,
    ink: tuple[int, int, int] = BLACK,
) -> TextLine:
    """Draw a line with its baseline at ``origin``; return it as a perfect reader would."""
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)
    cv2.putText(page, text, origin, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, 2, cv2.LINE_AA)
    x, y = origin
    return line(text, (x - 4, y - height - 4, x + width + 4, y + base))


def line(
    text: str, corners: tuple[float, float, float, float], *, vertical: bool = False, confidence: float = 0.99
) -> TextLine:
    return TextLine(
        Box.from_pixels(corners, width_px=WIDTH, height_px=HEIGHT), text, confidence, vertical=vertical
    )
