"""Stage one of a page: bytes to a picture of bounded size, and what can be measured on it."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.pictures import decode_picture
from schemas.config import PictureLimits
from schemas.records import DecodedPicture, RgbImage

PAGE_SIDE_PX = 2_000
"""Long side that pages are decoded to: lettering stays legible, a page takes at most 12 MB."""
STRIP_WIDTH_PX = 1_000
"""Width that tall strips are decoded to instead; webtoons are drawn for 700 to 1,000 px."""
STRIP_ASPECT = 2.2
"""Height over width from which a page is a strip: twice that of a usual page."""
MEASURE_SIDE_PX = 256
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
