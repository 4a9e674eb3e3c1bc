"""Named drawings as cut-outs, and comic looks for them.

A cut-out is RGBA, uint8 (height, width, 4), straight alpha.
"""

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.drawing.describe import colour_name

Cutout = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Named:
    """A cut-out with what it may be called, the most exact first, and its tags."""

    picture: Cutout
    nouns: tuple[str, ...]
    tags: frozenset[str]
    coloured: bool = True


def styled(cutout: Cutout, rng: random.Random, *, icon: bool) -> tuple[Cutout, str]:
    """Give a cut-out a comic look; returns it with its colour's name, empty where that says nothing."""
    picture = _turned(cutout, rng)
    colour = ""
    if icon:
        picture = _inked_icon(picture, rng)
    elif rng.random() < 0.35:
        picture = _recoloured(picture, rng)
    if rng.random() < 0.06:
        picture = picture.copy()
        picture[..., :3] = rng.choice((12, 12, 30, 245))
        return picture, "silhouette"
    solid = picture[..., 3] > 128
    if solid.any() and not icon:
        colour = main_colour(picture[..., :3][solid])
    if rng.random() < 0.6 and not icon:
        picture = outlined(picture, rng.choice((1, 1, 2)), rng.choice((10, 20, 40)))
    return picture, colour


def main_colour(pixels: NDArray[np.uint8]) -> str:
    """Return the name of the colour that fills at least 45 % of the pixels, (n, 3); else nothing."""
    step = max(1, len(pixels) // 200)
    names = [colour_name(f"#{r:02x}{g:02x}{b:02x}") for r, g, b in pixels[::step]]
    best = max(set(names), key=names.count)
    return best if names.count(best) >= 0.45 * len(names) else ""


def outlined(picture: Cutout, width_px: int, ink: int) -> Cutout:
    """Put a dark contour round a cut-out, over a margin of its own."""
    edge = width_px + 1
    padded = cv2.copyMakeBorder(picture, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    alpha = padded[..., 3].astype(np.float32)[..., None] / 255
    grown = cv2.dilate(padded[..., 3], np.ones((2 * width_px + 1, 2 * width_px + 1), np.uint8))
    colour = padded[..., :3] * alpha + ink * (1 - alpha)
    return np.dstack([colour.astype(np.uint8), grown])


def pasted(scene: NDArray[np.uint8], cutout: Cutout, at: tuple[int, int]) -> None:
    """Lay a cut-out over an RGB picture in place, its top left corner at (x, y); what sticks out is lost."""
    x, y = at
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + cutout.shape[1], scene.shape[1]), min(y + cutout.shape[0], scene.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = cutout[y0 - y : y1 - y, x0 - x : x1 - x]
    alpha = part[..., 3:].astype(np.float32) / 255
    under = scene[y0:y1, x0:x1]
    scene[y0:y1, x0:x1] = (part[..., :3] * alpha + under * (1 - alpha)).astype(np.uint8)


def scaled(cutout: Cutout, height_px: float) -> Cutout:
    """Return a cut-out of that height, its alpha kept straight."""
    factor = height_px / cutout.shape[0]
    size = max(1, round(cutout.shape[1] * factor)), max(1, round(cutout.shape[0] * factor))
    mode = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cutout, size, interpolation=mode), dtype=np.uint8)


def _turned(cutout: Cutout, rng: random.Random) -> Cutout:
    picture = np.ascontiguousarray(cutout[:, ::-1]) if rng.random() < 0.5 else cutout
    if rng.random() < 0.4:
        height, width = picture.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.gauss(0, 14), 0.9)
        picture = np.asarray(cv2.warpAffine(picture, turn, (width, height)), np.uint8)
    return picture


def _inked_icon(picture: Cutout, rng: random.Random) -> Cutout:
    """Fill the shape of an icon with a colour, often over bare paper as line art has it."""
    mask = picture[..., 3]
    ink = rng.choice(((10, 10, 12), (20, 20, 30), (245, 245, 240), None))
    if ink is None:
        ink = (rng.randrange(256), rng.randrange(256), rng.randrange(256))
    out = np.dstack(
        [np.full_like(mask, ink[0]), np.full_like(mask, ink[1]), np.full_like(mask, ink[2]), mask]
    )
    if rng.random() < 0.55:
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
        paper = (
            [rng.randrange(140, 256) for _ in range(3)]
            if sum(ink) < 380
            else [rng.randrange(90) for _ in range(3)]
        )
        alpha = mask.astype(np.float32)[..., None] / 255
        colour = out[..., :3] * alpha + np.asarray(paper, np.float32) * (1 - alpha)
        out = np.dstack([colour.astype(np.uint8), np.maximum(closed, mask)])
    return out


def _recoloured(picture: Cutout, rng: random.Random) -> Cutout:
    hsv = cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.int16) + rng.randrange(180)) % 180
    return np.dstack([cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), picture[..., 3]])
