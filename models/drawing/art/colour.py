"""Arithmetic on ``#rrggbb`` colours."""

import colorsys
from functools import lru_cache

_CACHE = 8192  # colours of a book times their shades; the painter asks for the same ones again and again

Rgb = tuple[float, float, float]


@lru_cache(_CACHE)
def rgb(colour: str) -> Rgb:
    """Return red, green and blue in [0, 1]."""
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def hexed(red: float, green: float, blue: float) -> str:
    """Return ``#rrggbb``, clipped to what a screen can show."""
    return "#" + "".join(f"{min(max(round(v * 255), 0), 255):02x}" for v in (red, green, blue))


@lru_cache(_CACHE)
def mix(first: str, second: str, share: float) -> str:
    """Go a share of the way from the first colour to the second."""
    a, b = rgb(first), rgb(second)
    return hexed(*(x + (y - x) * share for x, y in zip(a, b, strict=True)))


@lru_cache(_CACHE)
def darker(colour: str, share: float) -> str:
    """Shade a colour the way painters do: warm colours turn redder, cold ones bluer, none turns grey."""
    red, green, blue = rgb(colour)
    keep = 1 - share
    if red >= blue:
        return hexed(red * (keep + 0.16 * share), green * (keep - 0.10 * share), blue * (keep + 0.04 * share))
    return hexed(red * (keep - 0.08 * share), green * (keep - 0.02 * share), blue * (keep + 0.18 * share))


@lru_cache(_CACHE)
def lighter(colour: str, share: float) -> str:
    """Tint a colour towards a warm white."""
    return mix(colour, "#fffaf0", share)


@lru_cache(_CACHE)
def luminance(colour: str) -> float:
    """Return the perceived lightness in [0, 1]: Rec. 601 luma, good enough to choose a screentone."""
    red, green, blue = rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


@lru_cache(_CACHE)
def shifted(colour: str, *, saturation: float = 1.0, warmth: float = 0.0) -> str:
    """Scale the saturation of a colour and push it towards orange (positive) or blue (negative)."""
    hue, light, old_saturation = colorsys.rgb_to_hls(*rgb(colour))
    red, green, blue = colorsys.hls_to_rgb(hue, light, min(old_saturation * saturation, 1.0))
    return hexed(red * (1 + 0.10 * warmth), green * (1 + 0.02 * warmth), blue * (1 - 0.12 * warmth))


def tinted(colour: str, tint: Rgb) -> str:
    """Multiply a colour by a coloured light."""
    return hexed(*(v * t for v, t in zip(rgb(colour), tint, strict=True)))


@lru_cache(_CACHE)
def argb(colour: str, alpha: float = 1.0) -> int:
    """Return the integer that skia takes as a colour."""
    return (round(min(max(alpha, 0.0), 1.0) * 255) << 24) | int(colour[1:], 16)
