"""Light and colour of parts that come together: figures take the light of their plate, all take a palette."""

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.records import RgbImage

_LIGHT, _TINT = 0.2, 0.06
"""How far a figure's lightness and tint move to those of its surroundings: eyes and clothes stay its own."""
_MOST_SHIFT = 58.0


def relit(pixels: NDArray[np.uint8], surroundings: RgbImage) -> NDArray[np.uint8]:
    """Move a cut-out (RGBA) towards the light it will stand in (after Reinhard et al. 2001, damped)."""
    solid = pixels[..., 3] > 128
    if not solid.any() or not surroundings.size:
        return pixels
    lab = cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2LAB).astype(np.float32)
    around = (
        cv2.cvtColor(np.ascontiguousarray(surroundings), cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float32)
    )
    own, wanted = lab[solid].mean(axis=0), around.mean(axis=0)
    shift = (wanted - own) * np.array([_LIGHT, _TINT, _TINT], np.float32)
    shift = np.clip(shift, -_MOST_SHIFT, _MOST_SHIFT)
    if shift[0] < 0:  # darker as a factor: whites dim, blacks stay
        lab[..., 0] *= max((own[0] + shift[0]) / max(own[0], 1.0), 0.35)
    else:
        lab[..., 0] += shift[0] * (1 - lab[..., 0] / 255.0)
    lab[..., 1:] += shift[1:]
    out = pixels.copy()
    out[..., :3] = cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)
    return out


def greyed(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Take the colour out of a picture, or of a cut-out (RGBA), that is to go with others without any."""
    out = pixels.copy()
    out[..., :3] = cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2GRAY)[..., None]
    return out


def matched(picture: RgbImage, palette: RgbImage, strength: float) -> RgbImage:
    """Move a picture's colours to those of another, mean and spread (Reinhard et al. 2001)."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    other = cv2.cvtColor(palette, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float32)
    own = lab.reshape(-1, 3)
    scale = np.clip((other.std(axis=0) + 1.0) / (own.std(axis=0) + 1.0), 0.5, 1.8)
    moved = (lab - own.mean(axis=0)) * scale + other.mean(axis=0)
    mixed = lab * (1 - strength) + moved * strength
    return np.asarray(cv2.cvtColor(np.clip(mixed, 0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB), np.uint8)


def laid(under: RgbImage, pixels: NDArray[np.uint8], at: tuple[int, int]) -> RgbImage:
    """Lay RGBA over a picture with its top left corner at (x, y); what sticks out is lost."""
    out = under.copy()
    x, y = at
    x0, y0, x1, y1 = (
        max(x, 0),
        max(y, 0),
        min(x + pixels.shape[1], under.shape[1]),
        min(y + pixels.shape[0], under.shape[0]),
    )
    if x0 >= x1 or y0 >= y1:
        return out
    part = pixels[y0 - y : y1 - y, x0 - x : x1 - x]
    alpha = part[..., 3:].astype(np.float32) / 255
    out[y0:y1, x0:x1] = (part[..., :3] * alpha + under[y0:y1, x0:x1] * (1 - alpha) + 0.5).astype(np.uint8)
    return out


def with_shadow(under: RgbImage, foot: tuple[float, float], width_px: float) -> RgbImage:
    """Darken the ground under somebody who stands there."""
    height, width = under.shape[:2]
    layer = np.zeros((height, width), np.uint8)
    axes = max(1, round(width_px * 0.5)), max(1, round(width_px * 0.11))
    cv2.ellipse(layer, (round(foot[0]), round(foot[1])), axes, 0, 0, 360, 255, cv2.FILLED)
    alpha = (
        cv2.GaussianBlur(layer, (0, 0), max(width_px * 0.06, 1.0)).astype(np.float32)[..., None] / 255 * 0.42
    )
    return np.asarray(under * (1 - alpha) + np.array([24, 20, 40], np.float32) * alpha, np.uint8)
