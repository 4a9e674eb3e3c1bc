"""Hour and weather laid over a picture: what a beat asks for and its plate does not show."""

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.records import RgbImage

_DARK_L = 105.0
"""Mean lightness (0 to 255) from which down a picture passes for a night."""
_GRADES = {
    "night": ((0.62, 0.68, 0.95), 0.72),
    "dusk": ((1.06, 0.82, 0.72), 0.9),
    "dawn": ((1.06, 0.93, 0.88), 1.0),
}
"""Colour that light is multiplied by, and how bright the result is."""


def graded(picture: RgbImage, moods: tuple[str, ...]) -> RgbImage:
    """Return a picture in the light of its hour; one that is dark already stays as it is at night."""
    for hour, (tint, gain) in _GRADES.items():
        if hour not in moods:
            continue
        if hour == "night" and lightness(picture) < _DARK_L:
            return picture
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None].astype(np.float32)
        muted = (
            picture.astype(np.float32) * 0.8 + grey * 0.2 if hour == "night" else picture.astype(np.float32)
        )
        height = picture.shape[0]
        fall = np.linspace(1.0, 0.86, height, dtype=np.float32)[:, None, None]
        lit = muted * np.array(tint, np.float32) * gain * fall
        return np.asarray(np.clip(lit, 0, 255), np.uint8)
    return picture


def lightness(picture: RgbImage) -> float:
    """Return the mean lightness of a picture, 0 to 255."""
    return float(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)[..., 0].mean())


def weathered(picture: RgbImage, moods: tuple[str, ...], *, seed: int) -> RgbImage:
    """Return a picture with rain, snow, fog or lightning over it."""
    rng = np.random.default_rng(seed)
    if "fog" in moods:
        picture = _fog(picture, rng)
    if "snow" in moods:
        picture = _snow(picture, rng)
    if "storm" in moods:
        picture = _lightning(picture, rng)
    return _rain(picture, rng) if {"rain", "storm"} & set(moods) else picture


def _mixed(picture: RgbImage, colour: tuple[int, int, int], alpha: NDArray[np.float32]) -> RgbImage:
    mix = alpha[..., None]
    return np.asarray(
        np.clip(picture * (1 - mix) + np.array(colour, np.float32) * mix, 0, 255).astype(np.uint8)
    )


def _rain(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    height, width = picture.shape[:2]
    scale, alpha = max(height, width) / 768, np.zeros((height, width), np.float32)
    slant = float(rng.uniform(-0.34, -0.18))
    for length, thickness, strength, count in ((26, 1, 0.45, 240), (58, 2, 0.6, 80)):
        layer = np.zeros((height, width), np.uint8)
        points = rng.uniform((-0.1, -0.1), (1.2, 1.0), (count, 2)) * (width, height)
        for x, y in points:
            reach = length * scale * float(rng.uniform(0.6, 1.3))
            end = round(x + slant * reach), round(y + reach)
            cv2.line(layer, (round(x), round(y)), end, 255, max(1, round(thickness * scale)), cv2.LINE_AA)
        alpha = np.maximum(alpha, layer.astype(np.float32) / 255 * strength)
    return _mixed(picture, (226, 234, 246), alpha)


def _snow(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    height, width = picture.shape[:2]
    scale, layer = max(height, width) / 768, np.zeros((height, width), np.uint8)
    for x, y, size in rng.uniform((0, 0, 1.6), (width, height, 5.2), (170, 3)):
        cv2.circle(layer, (round(x), round(y)), max(1, round(size * scale)), 255, cv2.FILLED, cv2.LINE_AA)
    alpha = cv2.GaussianBlur(layer, (0, 0), 0.8).astype(np.float32) / 255 * 0.92
    return _mixed(picture, (252, 253, 255), np.asarray(alpha, np.float32))


def _fog(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    height, width = picture.shape[:2]
    clouds = np.zeros((height, width), np.float32)
    for cells, share in ((3, 0.6), (7, 0.4)):
        noise = rng.random((cells, cells)).astype(np.float32)
        clouds += share * cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    rise = np.linspace(0.15, 0.75, height, dtype=np.float32)[:, None]
    return _mixed(picture, (226, 230, 234), np.clip((clouds * 0.6 + 0.25) * rise, 0, 0.62).astype(np.float32))


def _lightning(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    height, width = picture.shape[:2]
    layer, scale = np.zeros((height, width), np.uint8), max(height, width) / 768
    x, y = float(rng.uniform(0.15, 0.85)) * width, 0.0
    while y < 0.42 * height:
        to = x + float(rng.normal(0, 0.045)) * width, y + float(rng.uniform(0.03, 0.08)) * height
        cv2.line(
            layer,
            (round(x), round(y)),
            (round(to[0]), round(to[1])),
            255,
            max(2, round(3 * scale)),
            cv2.LINE_AA,
        )
        x, y = to
    glow = cv2.GaussianBlur(layer, (0, 0), 12 * scale).astype(np.float32) / 255
    return _mixed(
        picture,
        (255, 252, 226),
        np.clip(layer.astype(np.float32) / 255 + 1.4 * glow, 0, 0.95).astype(np.float32),
    )
