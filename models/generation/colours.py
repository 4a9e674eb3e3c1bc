"""Colours by their names: which ones a description tells, and how much of each a figure shows.

An encoder tells a fox from a knight, and hardly ``in a purple suit`` from ``in a blue suit``; pixels do.
"""

import re
from itertools import zip_longest

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.records import FloatMatrix, RgbImage

_SIDE_PX = 64
_LEAST_PIXELS = 30
_ENOUGH = 0.12
"""Share of a figure that a colour must have to count in full: a hat, a scarf."""
_UNKNOWN = 0.3
"""What a colour counts in a picture without any: it may be that one."""
_HUES: dict[str, tuple[float, float, float, float, float, float]] = {
    "red": (345, 14, 0.45, 1.0, 0.30, 1.0),
    "orange": (14, 40, 0.50, 1.0, 0.62, 1.0),
    "yellow": (40, 66, 0.35, 1.0, 0.55, 1.0),
    "green": (75, 168, 0.20, 1.0, 0.18, 1.0),
    "turquoise": (160, 200, 0.25, 1.0, 0.30, 1.0),
    "blue": (195, 252, 0.25, 1.0, 0.22, 1.0),
    "purple": (245, 315, 0.15, 1.0, 0.18, 1.0),
    "pink": (310, 360, 0.15, 1.0, 0.60, 1.0),
    "brown": (8, 45, 0.30, 1.0, 0.18, 0.66),
    "beige": (18, 60, 0.10, 0.45, 0.60, 1.0),
    "black": (0, 360, 0.00, 1.0, 0.00, 0.28),
    "grey": (0, 360, 0.00, 0.18, 0.28, 0.85),
    "white": (0, 360, 0.00, 0.14, 0.85, 1.0),
}
"""From and to hue in degrees, saturation and value in [0, 1]; a red runs over 360."""
_SAME = {
    "gray": "grey", "silver": "grey", "steel": "grey", "ginger": "orange", "blonde": "yellow",
    "blond": "yellow", "golden": "yellow", "violet": "purple", "teal": "turquoise", "cyan": "turquoise",
    "dark": "black", "crimson": "red", "scarlet": "red", "tan": "beige", "rosso": "red", "rossa": "red",
    "verde": "green", "blu": "blue", "nero": "black", "nera": "black", "bianco": "white", "bianca": "white",
    "giallo": "yellow", "viola": "purple", "grigio": "grey", "arancione": "orange", "marrone": "brown",
}  # fmt: skip
_HAIR = {"red": "orange"}
"""Red hair is orange on paper."""
GREYS = frozenset(("black", "grey", "white"))


def colours_in(words: str) -> tuple[str, ...]:
    """Return the colours that a description names, each once."""
    found: list[str] = []
    told = re.findall(r"[a-z]+", words.lower())
    for word, after in zip_longest(told, told[1:], fillvalue=""):
        name = _SAME.get(word, word)
        if name in _HUES:
            found.append(_HAIR.get(name, name) if after.startswith("hair") else name)
    return tuple(dict.fromkeys(found))


def shown(colours: tuple[str, ...], picture: RgbImage, mask: FloatMatrix, *, is_grey: bool) -> float:
    """Return how well a figure shows colours, 0 to 1.

    Args:
        colours: Of :func:`colours_in`.
        picture: The figure with what is around it.
        mask: (h, w) of the picture, how likely each place is the figure.
        is_grey: Whether the picture has no colours; then those asked for are neither there nor missing.
    """
    if not colours:
        return 0.0
    hue, saturation, value = _pixels(picture, mask)
    told = [
        _UNKNOWN
        if is_grey and name not in GREYS
        else min(float(_is(name, hue, saturation, value).mean()) / _ENOUGH, 1.0)
        for name in colours
    ]
    return sum(told) / len(told)


def is_grey(picture: RgbImage) -> bool:
    """Say whether a picture has no colours."""
    saturation = cv2.cvtColor(cv2.resize(picture, (_SIDE_PX, _SIDE_PX)), cv2.COLOR_RGB2HSV)[..., 1]
    return float((saturation > 40).mean()) < 0.06


def _pixels(picture: RgbImage, mask: FloatMatrix) -> tuple[NDArray[np.float32], ...]:
    size = (_SIDE_PX, _SIDE_PX)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    own = cv2.resize(mask.astype(np.float32), size) > 0.5
    if own.sum() < _LEAST_PIXELS:
        own[:] = True
    hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV).astype(np.float32)[own]
    return hsv[:, 0] * np.float32(2), hsv[:, 1] / np.float32(255), hsv[:, 2] / np.float32(255)


def _is(
    name: str, hue: NDArray[np.float32], saturation: NDArray[np.float32], value: NDArray[np.float32]
) -> NDArray[np.bool_]:
    start, end, least_s, most_s, least_v, most_v = _HUES[name]
    turned = (hue >= start) & (hue <= end) if start < end else (hue >= start) | (hue < end)
    lit = (saturation >= least_s) & (saturation <= most_s) & (value >= least_v) & (value <= most_v)
    return np.asarray(turned & lit)


_SHADES: dict[str, tuple[tuple[int, int, int], ...]] = {
    "red": ((200, 45, 45), (150, 35, 40), (235, 100, 95)),
    "orange": ((240, 140, 40), (215, 120, 70)),
    "yellow": ((240, 215, 70), (190, 165, 80), (250, 235, 150)),
    "green": ((60, 150, 70), (45, 85, 60), (150, 200, 110), (60, 110, 90)),
    "turquoise": ((60, 190, 190), (130, 240, 225), (40, 120, 125)),
    "blue": ((50, 95, 195), (110, 160, 230), (40, 60, 110), (90, 110, 160)),
    "purple": ((120, 60, 160), (90, 50, 100), (170, 140, 200)),
    "pink": ((240, 150, 185), (220, 90, 150)),
    "brown": ((120, 80, 50), (150, 115, 95), (85, 60, 50)),
    "beige": ((225, 200, 165), (245, 225, 205)),
    "black": ((25, 22, 28), (48, 44, 52)),
    "grey": ((128, 128, 128), (90, 90, 95), (180, 180, 182)),
    "white": ((245, 245, 245),),
}
"""Examples of each colour, to name one by the nearest."""


def name_of_colour(lab: NDArray[np.float64]) -> str:
    """Return what people call a Lab colour (3,): the name of the example that looks nearest."""
    from models.generation.consistency.differences import ciede2000

    names = [name for name, shades in _SHADES.items() for _ in shades]
    shades = np.array([[shade] for own in _SHADES.values() for shade in own], np.float32) / 255
    known = cv2.cvtColor(shades, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float64)
    return names[int(ciede2000(known, np.asarray(lab, np.float64)[None]).argmin())]
