"""What happens to a picture on its way to a search: cut, recoloured, scanned anew, mirrored."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np

from schemas.records import RgbImage

Alteration = Callable[[RgbImage, np.random.Generator], RgbImage]

_CUT = (0.03, 0.15)  # share of each side that a crop loses
_HUE_DEGREES = 25.0
_SATURATION, _GAMMA = (0.0, 1.5), (0.7, 1.4)
_SCAN_SCALE, _SCAN_TILT_DEGREES = (0.45, 0.8), 1.0
_SCAN_NOISE, _SCAN_JPEG = (2.0, 9.0), (30, 65)
_PAPER = ((0.92, 1.0), (0.88, 0.99), (0.78, 0.97))  # what yellowed paper leaves of red, green, blue


def crop(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Cut something off every side."""
    height, width = picture.shape[:2]
    top, bottom = (int(height * rng.uniform(*_CUT)) for _ in range(2))
    left, right = (int(width * rng.uniform(*_CUT)) for _ in range(2))
    return np.ascontiguousarray(picture[top : height - bottom, left : width - right])


def recolour(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Turn hues, change saturation (down to grey) and brightness, as another edition is coloured."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV).astype(np.float32)
    hsv[..., 0] = (hsv[..., 0] + rng.uniform(-_HUE_DEGREES, _HUE_DEGREES) / 2.0) % 180.0
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(*_SATURATION), 0.0, 255.0)
    hsv[..., 2] = 255.0 * (hsv[..., 2] / 255.0) ** rng.uniform(*_GAMMA)
    return _rgb(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB))


def rescan(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Print small on yellowed paper, scan askew with noise, and compress hard."""
    scale = rng.uniform(*_SCAN_SCALE)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    tilt = cv2.getRotationMatrix2D(
        (width / 2, height / 2), rng.uniform(-_SCAN_TILT_DEGREES, _SCAN_TILT_DEGREES), 1.0
    )
    turned = cv2.warpAffine(small, tilt, (width, height), borderMode=cv2.BORDER_REPLICATE)
    paper = np.array([rng.uniform(*channel) for channel in _PAPER])
    noise = rng.normal(0.0, rng.uniform(*_SCAN_NOISE), turned.shape)
    noisy = np.clip(turned * paper + noise, 0.0, 255.0).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*_SCAN_JPEG))])
    return _rgb(cv2.imdecode(packed, cv2.IMREAD_COLOR))  # channels in the order they went in


def flip(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Mirror, as manga is for readers from left to right."""
    del rng
    return np.ascontiguousarray(picture[:, ::-1])


ALTERATIONS: Mapping[str, Alteration] = MappingProxyType(
    {"crop": crop, "recolour": recolour, "rescan": rescan, "flip": flip}
)


def _rgb(picture: object) -> RgbImage:
    return np.ascontiguousarray(np.asarray(picture, np.uint8))
