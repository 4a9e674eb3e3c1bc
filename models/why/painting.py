"""Maps of reasons as pictures: laid over the picture, or alone with holes where nothing speaks."""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from models.why.records import HeatMap
from schemas.records import RgbImage

_COLOURS = np.array([[255, 214, 64], [255, 122, 24], [214, 24, 64], [122, 6, 96]], np.float32)
"""From what counts a little to what counts most; all stand out from paper and from ink."""
_MOST_OPAQUE = 0.72
_SHOWN_FROM = 0.12
_GREYED = 0.55
"""How much of its colour a picture loses below a map: colours are the map's then."""


def layer_of(heat: HeatMap, width: int, height: int) -> NDArray[np.uint8]:
    """Return the map alone, (height, width, 4) RGBA: clear where nothing speaks."""
    smooth = cv2.resize(heat.values, (width, height), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(smooth, (0, 0), max(1.0, max(width, height) / 60))
    share = np.clip((smooth - _SHOWN_FROM) / (1 - _SHOWN_FROM), 0, 1)
    places = share * (len(_COLOURS) - 1)
    colours = [np.interp(places, range(len(_COLOURS)), _COLOURS[:, channel]) for channel in range(3)]
    alpha = 255 * _MOST_OPAQUE * np.sqrt(share)
    return np.asarray(np.dstack([*colours, alpha]).round(), np.uint8)


def laid_over(image: RgbImage, heat: HeatMap) -> RgbImage:
    """Return a picture, paled, with its map over it."""
    height, width = image.shape[:2]
    layer = layer_of(heat, width, height).astype(np.float32)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., np.newaxis]
    paled = image * (1 - _GREYED) + (grey * 0.75 + 48) * _GREYED
    alpha = layer[..., 3:] / 255
    return cast("RgbImage", np.clip(paled * (1 - alpha) + layer[..., :3] * alpha, 0, 255).astype(np.uint8))
