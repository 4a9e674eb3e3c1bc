"""Drawn panels of a recurring cast, with the place of each figure: what a map of reasons should point at."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import skia

from models.drawing.art import PaintedFigure, Rect, paint_scene
from models.drawing.scene import Scene, Shot
from models.drawing.style import Style
from models.training.encoder.painted import _scene as random_scene
from models.training.encoder.painted import _style as random_style
from models.training.encoder.people import Person, draw_person
from schemas.geometry import Box
from schemas.records import RgbImage

SIDE_PX = 280.0
_SHOTS = {Shot.MEDIUM: 4, Shot.WIDE: 4, Shot.CLOSE_UP: 1}


@dataclass(frozen=True, slots=True)
class CastPicture:
    """A panel and where somebody of the cast is drawn in it, by name."""

    picture: RgbImage
    places: Mapping[str, Box]


def draw_cast(count: int, *, seed: int) -> tuple[Person, ...]:
    """Return people who recur, told apart by their names: ``p0``, ``p1`` and so on."""
    rng = random.Random(seed)  # noqa: S311 - drawings, not secrets
    return tuple(draw_person(rng, f"p{number}") for number in range(count))


def draw_panels(
    cast: Sequence[Person], count: int, *, seed: int, aspect: float | None = None, one_style: bool = False
) -> list[CastPicture]:
    """Draw panels with one or two of the cast in ever other places and light, in many styles or one."""
    rng = random.Random(seed)  # noqa: S311 - drawings, not secrets
    style = random_style(rng) if one_style else None
    return [_panel(rng, cast, aspect, style) for _ in range(count)]


def _panel(
    rng: random.Random, cast: Sequence[Person], aspect: float | None, style: Style | None
) -> CastPicture:
    shot = rng.choices(list(_SHOTS), list(_SHOTS.values()))[0]
    people = rng.sample(list(cast), 1 if shot is Shot.CLOSE_UP else rng.choice((1, 1, 2)))
    scene = _spread(rng, random_scene(rng, shot, people))
    style = style or random_style(rng)
    aspect = aspect or math.exp(rng.gauss(0.15, 0.35))
    width, height = round(SIDE_PX * aspect**0.5), round(SIDE_PX * aspect**-0.5)
    pixels = np.full((height, width, 4), 255, np.uint8)
    designs = {person.design.name: person.design for person in people}
    with skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType) as canvas:
        told = paint_scene(
            canvas, scene, Rect(0, 0, width, height), cast=designs, style=style, seed=rng.randrange(1 << 30)
        )
    places = {figure.character: place_of(figure, width, height) for figure in told.figures}
    return CastPicture(np.ascontiguousarray(pixels[..., :3]), places)


def _spread(rng: random.Random, scene: Scene) -> Scene:
    """Let people stand anywhere: in the middle a map that knows nothing would find them too."""
    shift = rng.uniform(-0.36, 0.36) if len(scene.actors) == 1 else 0.0
    moved = [replace(actor, x=min(max(actor.x + shift, 0.06), 0.94)) for actor in scene.actors]
    return replace(scene, actors=tuple(moved))


def place_of(figure: PaintedFigure, width: int, height: int) -> Box:
    """Return the part of the frame that a figure fills."""
    head, body = figure.head, figure.body
    return Box.clipped(
        min(head.x0, body.x0) / width,
        min(head.y0, body.y0) / height,
        max(head.x1, body.x1) / width,
        max(head.y1, body.y1) / height,
    )
