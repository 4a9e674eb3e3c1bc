"""Screentones: dots and hatching on a fixed grid of the page, so that they never swim with what they fill.

The dots are those of printed manga: a grid turned by 45 degrees whose dots grow with the tone.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import skia

from models.drawing.art.colour import argb, luminance

_OVERSAMPLING = 4  # coverage of a dot's edge pixels, per axis
_BLACK_BELOW = 0.24
_TONES = (
    (0.33, 0.5),
    (0.44, 0.31),
    (0.55, 0.18),
    (0.65, 0.1),
    (0.75, 0.05),
)  # luminance below → share of ink
_HATCH_BELOW = 0.5
_HATCH_TILE_PX = 7


def ink_share(colour: str) -> float:
    """Return how much ink a colour becomes in a tone book: 0 is paper, 1 is solid black."""
    light = luminance(colour)
    if light < _BLACK_BELOW:
        return 1.0
    return next((share for below, share in _TONES if light < below), 0.0)


def is_hatched(colour: str) -> bool:
    """Say whether a colour is dark enough for hatching in an ink book."""
    return luminance(colour) < _HATCH_BELOW


@lru_cache(64)
def _ranks(pitch_px: int) -> npt.NDArray[np.float64]:
    """Return, for each sample of one tile, the share of samples that take ink before it."""
    size = pitch_px * _OVERSAMPLING
    y, x = np.mgrid[0:size, 0:size] / size * 2 * np.pi
    field = np.cos(x + y) + np.cos(x - y)
    ranks = np.empty(size * size)
    ranks[np.argsort(-field, axis=None, kind="stable")] = np.arange(size * size) / (size * size)
    return ranks.reshape(size, size)


@lru_cache(512)
def dot_shader(share: float, pitch_px: int, ink: str, paper: str | None) -> skia.Shader:
    """Return a shader of dots that cover ``share`` of the paper, or of what is already there."""
    covered = (_ranks(pitch_px) < share).astype(np.float64)
    alpha = covered.reshape(pitch_px, _OVERSAMPLING, pitch_px, _OVERSAMPLING).mean(axis=(1, 3))
    return _tiled(alpha, ink, paper)


@lru_cache(16)
def hatch_shader(ink: str, paper: str | None) -> skia.Shader:
    """Return a shader of slanting pen strokes."""
    size = _HATCH_TILE_PX
    y, x = np.mgrid[0:size, 0:size]
    distance = np.abs(((x + y) % size) - size / 2)
    return _tiled(np.clip(1.15 - distance, 0, 1), ink, paper)


def _tiled(alpha: npt.NDArray[np.float64], ink: str, paper: str | None) -> skia.Shader:
    tile = np.empty((*alpha.shape, 4), np.uint8)
    for channel, shift in enumerate((16, 8, 0)):
        dark, light = argb(ink) >> shift & 255, argb(paper or ink) >> shift & 255
        tile[..., channel] = np.round(light + (dark - light) * alpha)
    tile[..., 3] = 255 if paper else np.round(alpha * 255)
    image = skia.Image.fromarray(tile, colorType=skia.kRGBA_8888_ColorType)
    return image.makeShader(skia.TileMode.kRepeat, skia.TileMode.kRepeat, skia.SamplingOptions())
