"""The lines of a drawing, without its paper, its noise and its specks."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.xdog import xdog
from schemas.records import RgbImage

Plane = NDArray[np.float32]
"""float32 (h, w) in [0, 1]."""

_FINE_PX, _SHARPNESS, _TONE, _SOFTNESS = 0.7, 14.0, 0.72, 2.25
_SPECK_PX = 12
_BLACK, _BARE, _TONES = 0.18, 0.86, 0.3
"""Light between which a pixel is neither ink nor paper; share of such from which a drawing has tones."""
_PAPER_SHARE = 0.06  # of the shorter side: wider than any line, narrower than a lit room


@dataclass(frozen=True, slots=True)
class Drawing:
    """The lightness and the ink of a drawing; ``is_shaded`` where it has tones, not only lines."""

    light: Plane
    ink: Plane
    is_shaded: bool

    @classmethod
    def of(cls, picture: RgbImage) -> "Drawing":
        """Look at a picture."""
        light = lightness_of(picture)
        between = float(np.mean((light > _BLACK) & (light < _BARE)))
        return cls(light, ink_of(picture), is_shaded=between > _TONES)


def lightness_of(picture: RgbImage) -> Plane:
    """Return the lightness with uneven paper levelled, 1 is paper."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    top = float(np.percentile(grey, 99))
    return np.asarray(np.clip(grey.astype(np.float32) / max(top, 1.0), 0, 1), np.float32)


def ink_of(picture: RgbImage) -> Plane:
    """Return how much ink lies at each point: strokes even and dark, paper clean."""
    light = lightness_of(picture)
    paper = _paper(light)
    level = np.clip(light / np.maximum(paper, 0.2), 0, 1).astype(np.float32)
    calm = np.asarray(cv2.bilateralFilter(level, 5, 0.12, 2.0), np.float32)
    lines = xdog(calm, sigma=_FINE_PX, sharpness=_SHARPNESS, threshold=_TONE, softness=_SOFTNESS)
    black = np.clip((0.32 - cv2.GaussianBlur(light, (0, 0), 0.8)) * 8, 0, 1)  # solid blacks stay solid
    return _without_specks(np.clip(np.maximum(1.0 - lines, black), 0, 1).astype(np.float32))


def _paper(light: Plane) -> Plane:
    """Return the light of what lies under the strokes."""
    size = max(3, int(min(light.shape) * _PAPER_SHARE) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, kernel)
    return np.asarray(cv2.GaussianBlur(closed, (0, 0), size / 3), np.float32)


def _without_specks(ink: Plane) -> Plane:
    marked = (ink > 0.25).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(marked, connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] >= _SPECK_PX
    kept[0] = False
    return np.where(kept[labels], ink, 0.0).astype(np.float32)
