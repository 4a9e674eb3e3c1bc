"""A rough that comes with a request, as text: a small grey PNG in base64, which its record keeps."""

import base64
import binascii

import cv2
import numpy as np

from models.pictures import decode_picture, resize_to
from schemas.config import MIB, PictureLimits
from schemas.errors import PictureError
from schemas.generation import MAX_DRAWING, MIN_SIDE_PX
from schemas.records import RgbImage

LARGEST_SIDE_PX = 1_024
_WEBP_QUALITY = 95
MAX_BYTES = 20 * MIB
_LIMITS = PictureLimits(max_bytes=MAX_BYTES, max_pixels=40_000_000)
PENCIL, TONES = 32, 64
"""Shades of grey that are kept of a rough, and of a picture with tones: the record stays small."""


def packed(data: bytes, *, name: str, levels: int = PENCIL) -> str:
    """Return a picture of any format as the text that a request carries. Raises PictureError."""
    picture = resize_to(decode_picture(data, name=name, limits=_LIMITS).image, LARGEST_SIDE_PX)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    step = 255.0 / (levels - 1)
    even = np.round(np.round(grey / step) * step).astype(np.uint8)
    _, png = cv2.imencode(".png", even, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    text = base64.b64encode(png.tobytes()).decode()
    if len(text) > MAX_DRAWING:
        raise PictureError(f"{name} is too full of detail for a rough: scale it down")
    return text


def packed_whole(data: bytes, *, name: str) -> str:
    """Return a picture with its colours as the text that a request carries. Raises PictureError."""
    picture = resize_to(decode_picture(data, name=name, limits=_LIMITS).image, LARGEST_SIDE_PX)
    _, webp = cv2.imencode(
        ".webp", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, _WEBP_QUALITY]
    )
    text = base64.b64encode(webp.tobytes()).decode()
    if len(text) > MAX_DRAWING:
        raise PictureError(f"{name} is too full of detail to go along with a request: scale it down")
    return text


def bytes_of(text: str) -> bytes:
    """Return the picture that a text carries, still packed. Raises PictureError for no base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError("the drawing is no picture in base64") from error


def unpacked(text: str) -> RgbImage:
    """Return the picture of a request's text. Raises PictureError."""
    return decode_picture(bytes_of(text), name="the drawing", limits=_LIMITS).image


def size_within(text: str, side_px: int) -> tuple[int, int]:
    """Return the width and height of a panel that shows a drawing whole, its longer side as given.

    Raises PictureError.
    """
    height, width = unpacked(text).shape[:2]
    scale = side_px / max(height, width)
    return max(MIN_SIDE_PX, round(width * scale)), max(MIN_SIDE_PX, round(height * scale))
