"""Drawn covers whose logos leak the label: each character has a title, and a title tells the character.

Some covers are free of it: their title is somebody else's, or there is none. A classifier that looks at
the drawing is as good on these as on the others.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import skia

from models.drawing.art import Rect
from models.drawing.typography import font
from models.trade_dress.regions import DressKind
from models.training.characters.cast import CastPicture, draw_cast, draw_panels
from models.training.encoder.people import Person
from schemas.geometry import Box
from schemas.records import RgbImage

WIDTH_PX, HEIGHT_PX = 300, 440
_TITLES = (
    "NIGHT OWL",
    "THE COMET",
    "MOSS & CO",
    "IRON TIDE",
    "STARLING",
    "DR. LANTERN",
    "WILD WEST",
    "ZEBRA",
)
_INKS = ("#ffd23f", "#e63946", "#ffffff", "#1d70b8", "#2a9d4f", "#f4772e", "#b3418a", "#111111")
_GROUNDS = ("#1d3557", "#fff3c4", "#b3418a", "#f9d6d5", "#101820", "#cfe8f5", "#2a9d4f", "#e63946")
_FONTS = ("bangers", "comic-neue-bold", "balsamiq-sans-bold", "crimson-text")


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover, who is drawn on it, where, and where what is printed."""

    picture: RgbImage
    names: frozenset[str]
    places: tuple[Box, ...]
    dress: tuple[tuple[DressKind, Box], ...]
    series: str


def draw_covers(
    count: int, *, characters: int = 6, leak: float = 0.95, seed: int = 1, pictures: int | None = None
) -> list[Cover]:
    """Draw covers of a cast.

    Args:
        count: how many.
        characters: in the cast, each with a title of its own; at most eight.
        leak: share of the covers whose title is that of somebody drawn on them; else there is none.
        seed: the same seed has the same cast.
        pictures: seed of what else is drawn; that of the cast by default.
    """
    cast = draw_cast(characters, seed=seed)
    drawn = seed if pictures is None else pictures
    rng = random.Random(drawn + 7)  # noqa: S311 - drawings, not secrets
    panels = draw_panels(cast, count, seed=drawn + 3, aspect=WIDTH_PX / HEIGHT_PX)
    return [_cover(rng, cast, panel, leak, number) for number, panel in enumerate(panels)]


def _cover(rng: random.Random, cast: Sequence[Person], panel: CastPicture, leak: float, number: int) -> Cover:
    names = sorted(panel.places)
    title = int(rng.choice(names)[1:]) if rng.random() < leak else None
    art = cv2.resize(panel.picture, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)
    pixels = np.ascontiguousarray(np.dstack([art, np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8)]))
    dress: list[tuple[DressKind, Box]] = []
    if title is not None:
        with skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType) as canvas:
            dress = _print(canvas, rng, title)
    picture = np.ascontiguousarray(pixels[..., :3])
    return Cover(
        picture, frozenset(names), tuple(panel.places.values()), tuple(dress), f"s{number % (4 * len(cast))}"
    )


def _print(canvas: skia.Canvas, rng: random.Random, title: int) -> list[tuple[DressKind, Box]]:
    """Print a title with its band, a corner box with a price, and a bar code; returns where."""
    band = Rect(0, 0, WIDTH_PX, HEIGHT_PX * 0.2)
    words, ink, ground = _TITLES[title], _INKS[title], _GROUNDS[title]
    _fill(canvas, band, ground)
    inner = Rect(WIDTH_PX * 0.2, band.y1 * 0.1, WIDTH_PX * 0.97, band.y1 * 0.95)
    _words(canvas, words, inner, ink, _FONTS[title % len(_FONTS)])
    corner = Rect(6, 6, WIDTH_PX * 0.17, HEIGHT_PX * 0.15)
    _fill(canvas, corner, "#ffffff", line="#111111")
    _words(
        canvas,
        f"{rng.randint(1, 99)}",
        Rect(corner.x0 + 8, corner.y0 + 4, corner.x1 - 8, corner.y1 - 26),
        "#111111",
    )
    _words(
        canvas,
        f"${rng.randint(1, 4)}.{rng.randint(10, 99)}",
        Rect(corner.x0 + 6, corner.y1 - 22, corner.x1 - 6, corner.y1 - 4),
        "#c1121f",
    )
    left = rng.random() < 0.5
    x = 8 if left else WIDTH_PX - 88
    bars = Rect(x, HEIGHT_PX - 58, x + 80, HEIGHT_PX - 10)
    _bars(canvas, rng, bars)
    return [("title", _box(band)), ("corner", _box(corner)), ("barcode", _box(bars))]


def _bars(canvas: skia.Canvas, rng: random.Random, rect: Rect) -> None:
    _fill(canvas, rect, "#ffffff")
    x = rect.x0 + 5
    while x < rect.x1 - 6:
        width = rng.choice((1, 1, 2, 3))
        _fill(canvas, Rect(x, rect.y0 + 4, x + width, rect.y1 - 10), "#000000")
        x += width + rng.choice((1, 2, 2))


def _words(canvas: skia.Canvas, words: str, rect: Rect, ink: str, name: str = "comic-neue-bold") -> None:
    """Set words as large as a rectangle allows."""
    wide = max(font(name, 100.0).measureText(words), 1.0)
    size = min(100.0 * rect.width / wide, rect.height)
    face = font(name, size)
    x = (rect.x0 + rect.x1 - face.measureText(words)) / 2
    y = (rect.y0 + rect.y1) / 2 + size * 0.35
    pen = skia.Paint(
        Color=_argb("#111111"), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=size * 0.12
    )
    if ink != "#111111":
        canvas.drawString(words, x, y, face, pen)
    canvas.drawString(words, x, y, face, skia.Paint(Color=_argb(ink), AntiAlias=True))


def _fill(canvas: skia.Canvas, rect: Rect, colour: str, line: str = "") -> None:
    whole = skia.Rect(rect.x0, rect.y0, rect.x1, rect.y1)
    canvas.drawRect(whole, skia.Paint(Color=_argb(colour)))
    if line:
        canvas.drawRect(whole, skia.Paint(Color=_argb(line), Style=skia.Paint.kStroke_Style, StrokeWidth=3))


def _argb(value: str) -> int:
    return 0xFF000000 | int(value.lstrip("#"), 16)


def _box(rect: Rect) -> Box:
    return Box.clipped(rect.x0 / WIDTH_PX, rect.y0 / HEIGHT_PX, rect.x1 / WIDTH_PX, rect.y1 / HEIGHT_PX)
