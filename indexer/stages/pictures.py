"""Stage one of a page: bytes to a picture of bounded size, and what can be measured on it."""

from dataclasses import dataclass
from math import atan2, degrees, hypot

import cv2
import numpy as np

from models.pictures import decode_picture
from schemas.config import PictureLimits
from schemas.records import DecodedPicture, PanelLook, RgbImage

PAGE_SIDE_PX = 2_000
"""Long side that pages are decoded to: lettering stays legible, a page takes at most 12 MB."""
STRIP_WIDTH_PX = 1_000
"""Width that tall strips are decoded to instead; webtoons are drawn for 700 to 1,000 px."""
STRIP_ASPECT = 2.2
"""Height over width from which a page is a strip: twice that of a usual page."""
MEASURE_SIDE_PX = 256
LOOK_SIDE_PX = 96
PAPER_TINT, PAPER_HUES = 40.0, (30.0, 120.0)
"""Chroma that aged paper has at most, and its hues in degrees: red-brown to greenish yellow."""
BLANK_CONTRAST = 0.015
"""Standard deviation of the lightness under which a page shows nothing: paper and its noise."""


@dataclass(frozen=True, slots=True)
class PageMeasures:
    """Means over the page in [0, 1]; ``contrast`` is the standard deviation of the lightness."""

    darkness: float
    saturation: float
    contrast: float

    @property
    def is_blank(self) -> bool:
        """Say whether there is nothing to see."""
        return self.contrast < BLANK_CONTRAST


def decode_page(data: bytes, *, name: str, limits: PictureLimits) -> DecodedPicture:
    """Decode a page to a side that the later stages can work with.

    A strip is decoded a second time, bounded by its width: by its height, a strip of 20,000 px
    would shrink to a ribbon. The first time is cheap, since JPEG decodes at a fraction of its size.

    Raises:
        PictureError: no picture, damaged beyond use, or larger than ``limits``.
    """
    page = decode_picture(data, name=name, limits=limits, max_side_px=PAGE_SIDE_PX)
    aspect = page.height_px / page.width_px
    if aspect <= STRIP_ASPECT or page.height_px <= PAGE_SIDE_PX:
        return page
    return decode_picture(data, name=name, limits=limits, max_side_px=round(STRIP_WIDTH_PX * aspect))


def measure_panel(image: RgbImage) -> PanelLook:
    """Measure how light and how colourful a panel is, on a small copy.

    The tint of paper and ink is a line through CIELAB from dark to light. Where its light end is
    paper's (a warm hue, not strong), colours count by their distance from that line; else, as in a blue
    night, by their distance from grey.
    """
    side = (min(LOOK_SIDE_PX, image.shape[1]), min(LOOK_SIDE_PX, image.shape[0]))
    small = cv2.resize(image, side, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    lightness, colours = lab[:, :1] / 100, lab[:, 1:]
    line = np.concatenate([lightness, np.ones_like(lightness)], axis=1)
    tint = np.linalg.pinv(line.T @ line) @ line.T @ colours
    a, b = tint.sum(axis=0).tolist()
    is_paper = hypot(a, b) <= PAPER_TINT and PAPER_HUES[0] <= degrees(atan2(b, a)) <= PAPER_HUES[1]
    rest = colours - line @ tint if is_paper else colours
    spread = float(np.sqrt((rest**2).sum(axis=1).mean()))
    return PanelLook(float(lightness.mean()), min(1.0, spread / 100))


def measure_page(image: RgbImage) -> PageMeasures:
    """Measure lightness and colour on a small copy."""
    side = (min(MEASURE_SIDE_PX, image.shape[1]), min(MEASURE_SIDE_PX, image.shape[0]))
    small = cv2.resize(image, side, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    saturation = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)[..., 1]
    return PageMeasures(
        darkness=1.0 - float(grey.mean()),
        saturation=float(saturation.mean()) / 255,
        contrast=float(grey.std()),
    )
