"""One hand for everything: lines, flats, tones and paper that hide the seams of a collage."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.xdog import Grey, xdog
from schemas.records import RgbImage

_PAPER = np.array([252, 249, 241], np.float32)
_PENCIL = np.array([52, 48, 58], np.float32)
_LIGHT_ENOUGH = 0.44
"""Mean lightness from which up a picture can be pencilled over as it is."""
_FULL_STRENGTH, _LEAST_DRAWN = 0.6, 0.3
"""The strength from which up all is drawn anew, and how much is at none: seams must not show."""
_INK = np.array([18, 16, 22], np.float32)


def render(picture: RgbImage, way: str, *, seed: int) -> RgbImage:
    """Draw a picture in a way of :data:`WAYS`; the same seed gives the same pixels."""
    return WAYS[way](picture, np.random.default_rng(seed))


def drawn_over(picture: RgbImage, drawn: RgbImage, strength: float) -> RgbImage:
    """Return a drawing that goes as far from its references as asked: from a third of it on to all of it."""
    share = _LEAST_DRAWN + (1 - _LEAST_DRAWN) * min(strength / _FULL_STRENGTH, 1.0)
    if share >= 1.0:
        return drawn
    return np.asarray(cv2.addWeighted(drawn, share, picture, 1.0 - share, 0), np.uint8)


def _luminance(picture: RgbImage) -> Grey:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    even = cv2.createCLAHE(clipLimit=1.2, tileGridSize=(4, 4)).apply(grey)
    return np.asarray(even, np.float32) / 255.0


def _flats(picture: RgbImage, levels: int = 9) -> NDArray[np.float32]:
    """Return smooth areas of few tones: colour as a marker lays it down."""
    smooth = picture
    for _ in range(2):
        smooth = np.asarray(cv2.bilateralFilter(smooth, 7, 32, 7), np.uint8)
    lab = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32)
    step = 255.0 / levels
    base = np.floor(lab[..., 0] / step) * step + step / 2
    lab[..., 0] = base + step / 2 * np.tanh((lab[..., 0] - base) / step * 2.4)
    return np.asarray(
        cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB).astype(np.float32)
    )


def _lines(picture: RgbImage, *, width: float, threshold: float = 0.62) -> Grey:
    scale = max(picture.shape[:2]) / 768
    calm = np.asarray(cv2.bilateralFilter(picture, 7, 26, 5), np.uint8)
    return xdog(_luminance(calm), sigma=width * scale, sharpness=15.0, threshold=threshold, softness=9.0)


def _grain(shape: tuple[int, int], rng: np.random.Generator, strength: float) -> Grey:
    fine = rng.standard_normal(shape).astype(np.float32)
    coarse = cv2.resize(
        rng.standard_normal((shape[0] // 3 + 1, shape[1] // 3 + 1)).astype(np.float32), shape[::-1]
    )
    return np.asarray((0.6 * fine + 0.7 * coarse) * strength, np.float32)


def _sketch(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Pencil over marker on paper: the colours stay, lighter, and every edge is drawn anew."""
    flats = _flats(picture)
    grain = _grain(picture.shape[:2], rng, 1.0)
    wash = flats * 0.88 + _PAPER * 0.12
    wash += grain[..., None] * 2.6
    lines = _lines(picture, width=0.85, threshold=0.42)
    pencil = np.clip((1 - lines) * (0.86 + 0.1 * grain), 0, 0.9)[..., None]
    return np.asarray(np.clip(wash * (1 - pencil) + _PENCIL * pencil, 0, 255), np.uint8)


def opened(picture: RgbImage, way: str) -> RgbImage:
    """Open a dark plate up for a pencil, which cannot draw into black: a night is blue on a storyboard.

    Figures come after it: they keep their colours from panel to panel, by day and by night.
    """
    if way != "sketch":
        return picture
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    mean = float(lab[..., 0].mean()) / 255.0
    if mean >= _LIGHT_ENOUGH:
        return picture
    gamma = max(np.log(_LIGHT_ENOUGH) / np.log(max(mean, 0.05)), 0.5)
    table = (255.0 * (np.arange(256) / 255.0) ** gamma + 0.5).astype(np.uint8)
    lab[..., 0] = cv2.LUT(lab[..., 0], table)
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)


def _colour(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """As it is, with the faint grain of print over plate and figures alike."""
    return np.asarray(
        np.clip(picture + _grain(picture.shape[:2], rng, 2.0)[..., None], 0, 255).astype(np.uint8)
    )


def _ink(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Brush and black: lines, solid shadows, bare paper."""
    del rng
    lines = _lines(picture, width=1.0, threshold=0.42)
    dark = cv2.GaussianBlur(_luminance(picture), (0, 0), 3.0)
    solid = np.clip((0.2 - dark) * 14, 0, 1)
    black = np.maximum(1 - lines, solid)[..., None]
    return np.asarray(np.clip(255 * (1 - black) + _INK * black, 0, 255), np.uint8)


def _tone(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Ink and screentone: three greys of dots at forty-five degrees."""
    inked = _ink(picture, rng).astype(np.float32)
    grey = cv2.bilateralFilter(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 9, 40, 9).astype(np.float32) / 255.0
    height, width = grey.shape
    pitch = max(4.0, 5.0 * max(height, width) / 768)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (xs + ys) * np.float32(np.pi / pitch / 1.0), (xs - ys) * np.float32(np.pi / pitch)
    screen = (np.cos(u) + np.cos(v)) / 4 + 0.5
    level = np.select([grey > 0.8, grey > 0.58, grey > 0.36, grey > 0.2], [0.0, 0.12, 0.3, 0.5], 0.72)
    dots = np.clip((screen - (1 - level)) * pitch * 1.4 + 0.5, 0, 1) * (level > 0)
    return np.asarray(
        np.clip(inked * (1 - dots[..., None]) + _INK * dots[..., None], 0, 255).astype(np.uint8)
    )


WAYS: Mapping[str, Callable[[RgbImage, np.random.Generator], RgbImage]] = {
    "sketch": _sketch,
    "colour": _colour,
    "ink": _ink,
    "tone": _tone,
}
"""How a panel can be drawn."""
