"""The gallery: pictures in several hands, from which a book takes those of one hand."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import skia

from models.drawing.art import PLACES, Rect, paint_scene
from models.drawing.random_script import Recipe, random_script
from models.drawing.scene import Script
from models.drawing.style import STYLES, Style
from schemas.labels import ReadingDirection
from schemas.records import RgbImage

PAINTED_PX = 330
"""Root of the area of a painted picture."""
FRESH_HANDS = ("album", "daily")
"""Styles that are kept for held-back books."""
_PER_HAND = 90
_VARIANTS = 2  # hands of one style: other lines, other colours
_ASPECTS = (0.6, 0.8, 1.0, 1.3, 1.7)


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures by hand. ``hands`` draw stories; ``objects`` are single things on plain ground."""

    hands: Mapping[str, Sequence[RgbImage]]
    objects: Sequence[RgbImage]


def painted_gallery(seed: int, *, fresh: bool, per_hand: int = _PER_HAND) -> Gallery:
    """Paint a gallery with the scene painter; ``fresh`` with the styles that training never sees."""
    names = [name for name in STYLES if (name in FRESH_HANDS) == fresh]
    hands = {
        f"{name}-{variant}": _hand(seed, name, variant, per_hand)
        for name in names
        for variant in range(_VARIANTS)
    }
    objects = [picture for pictures in hands.values() for picture in pictures[:: max(1, per_hand // 8)]]
    return Gallery(hands, objects)


def _hand(seed: int, name: str, variant: int, count: int) -> list[RgbImage]:
    rng = random.Random(f"{seed}/{name}/{variant}")  # noqa: S311 (pictures, not secrets)
    style = _varied(rng, STYLES[name])
    script = random_script(
        rng.randrange(2**31),
        direction=ReadingDirection.LTR,
        style=name,
        pages=count,
        recipe=Recipe(layouts=("splash",), places=tuple(sorted(PLACES))),
    )
    return [_painted(rng, script, number, style) for number in range(count)]


def _varied(rng: random.Random, style: Style) -> Style:
    """Draw another hand of a style."""
    return replace(
        style,
        line_width=style.line_width * rng.uniform(0.6, 1.4),
        saturation=style.saturation * rng.uniform(0.5, 1.3),
        warmth=min(max(style.warmth + rng.uniform(-0.3, 0.3), -1.0), 1.0),
        shade=style.shade * rng.uniform(0.4, 1.3),
        wobble=style.wobble * rng.uniform(0.5, 2.0),
    )


def _painted(rng: random.Random, script: Script, number: int, style: Style) -> RgbImage:
    aspect = rng.choice(_ASPECTS)
    width, height = round(PAINTED_PX * aspect**0.5), round(PAINTED_PX / aspect**0.5)
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.clear(0xFF000000 | int(style.paper_colour.lstrip("#"), 16))
    cast = {design.name: design for design in script.cast}
    scene = script.pages[number].panels[0].scene
    paint_scene(canvas, scene, Rect(0, 0, width, height), cast=cast, style=style, seed=rng.randrange(2**31))
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGB_888x_ColorType)
    return np.ascontiguousarray(pixels[..., :3])


class Artist:
    """Gives the pictures of one book: of one hand, in the colours of the book."""

    def __init__(self, rng: random.Random, gallery: Gallery, *, grey: bool) -> None:
        self._rng = rng
        hand = rng.choice(sorted(gallery.hands))
        pictures = gallery.hands[hand]
        self._own = rng.sample(list(pictures), k=min(len(pictures), 60))
        self._objects = gallery.objects
        self._everything = [picture for drawn in gallery.hands.values() for picture in drawn]
        self._grey = grey
        self._gain = rng.uniform(0.75, 1.2), rng.uniform(-20, 25)
        self._tint = np.array([rng.uniform(0.85, 1.1) for _ in range(3)], np.float32)
        self._toned = grey and rng.random() < 0.4

    def panel(self, aspect: float) -> RgbImage:
        """Return a picture of the story, cut to an aspect (width over height)."""
        return self._finished(cut(self._rng.choice(self._own), aspect, self._rng))

    def other(self, aspect: float) -> RgbImage:
        """Return a picture in anybody's hand: of advertisements and what others publish."""
        return self._finished(cut(self._rng.choice(self._everything), aspect, self._rng))

    def thing(self) -> RgbImage:
        """Return a single thing."""
        return self._finished(self._rng.choice(self._objects))

    def _finished(self, art: RgbImage) -> RgbImage:
        gain, lift = self._gain
        if self._rng.random() < 0.5:
            art = art[:, ::-1]
        shown = art.astype(np.float32) * gain * self._tint + lift
        if self._grey:
            shown = np.repeat(shown.mean(axis=2, keepdims=True), 3, axis=2)
        if self._toned:
            shown = np.round(shown / 64) * 64
        return np.asarray(np.clip(shown, 0, 255), np.uint8)


def cut(art: RgbImage, aspect: float, rng: random.Random) -> RgbImage:
    """Cut the largest part of an aspect, a little less at times, out of a picture."""
    height, width = art.shape[:2]
    share = rng.uniform(0.7, 1.0)
    wide, tall = (width, width / aspect) if width / height < aspect else (height * aspect, height)
    wide, tall = max(8, int(wide * share)), max(8, int(tall * share))
    x, y = rng.randint(0, max(width - wide, 0)), rng.randint(0, max(height - tall, 0))
    return np.ascontiguousarray(art[y : y + tall, x : x + wide])


def photograph(rng: random.Random, width: int, height: int, source: RgbImage) -> RgbImage:
    """Return what looks like a photograph: light, depth and grain at every scale, no line and no flat."""
    chance = np.random.default_rng(rng.randrange(2**31))
    field = np.zeros((height, width, 3), np.float32)
    for octave in range(1, 8):
        cells = chance.normal(0, 1, (2**octave, 2**octave, 1 if rng.random() < 0.7 else 3)).astype(np.float32)
        layer = cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC).reshape(height, width, -1)
        field += layer * rng.uniform(0.4, 1.0) * 2.0 ** (-0.8 * octave)
    base = cv2.resize(np.ascontiguousarray(source), (width, height), interpolation=cv2.INTER_AREA).astype(
        np.float32
    )
    base = cv2.GaussianBlur(base, (0, 0), rng.uniform(0.01, 0.05) * width).astype(np.float32)
    shown = base * rng.uniform(0.3, 0.8) + 60 + field * rng.uniform(60, 160)
    shown *= np.linspace(rng.uniform(0.7, 1.3), rng.uniform(0.7, 1.3), height, dtype=np.float32)[
        :, None, None
    ]
    grain = chance.normal(0, rng.uniform(2, 9), (height, width, 1))
    return np.clip(shown + grain, 0, 255).astype(np.uint8)
