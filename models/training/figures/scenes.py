"""Pictures with masks: painted scenes with and without their cast, and characters pasted over backdrops."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from models.drawing import random_words
from models.drawing.art import Rect, paint_scene
from models.drawing.scene import Shot
from models.training.encoder.cutouts import outlined, pasted, scaled, styled
from models.training.encoder.painted import _scene as random_scene
from models.training.encoder.painted import _style as random_style
from models.training.encoder.people import draw_person
from models.training.encoder.pictures import Drawings, _assembled, backdrop
from schemas.records import RgbImage

SIDE_PX = 128
Mask = NDArray[np.uint8]
_CAST_DIFFERENCE = 10
_PAINTED = 0.6
_HEAD_SHARE = 0.3


@dataclass(slots=True)
class Drawn:
    """A picture and, 255 inside, where figures and where heads are; boxes of heads in pixels."""

    picture: RgbImage
    figure: Mask
    head: Mask
    boxes: list[tuple[float, float, float, float]]


def samples(seed: int, count: int, drawings: Drawings) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return (n, side, side, 3) pictures and (n, side, side, 2) masks: figure, head."""
    rng = random.Random(seed)  # noqa: S311 - drawings, not secrets
    pictures = np.zeros((count, SIDE_PX, SIDE_PX, 3), np.uint8)
    masks = np.zeros((count, SIDE_PX, SIDE_PX, 2), np.uint8)
    for number in range(count):
        one = painted(rng) if rng.random() < _PAINTED or not drawings.heads else collage(rng, drawings)
        one = _cropped(rng, one) if rng.random() < 0.35 else one
        picture = np.ascontiguousarray(_shaded(rng, one.picture))
        for balloon in _balloons(rng, picture, one.boxes):
            one.figure[balloon > 0] = 0
            one.head[balloon > 0] = 0
        both = np.dstack([one.figure, np.minimum(one.head, one.figure)])
        pictures[number] = cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
        masks[number] = cv2.resize(both, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return pictures, masks


def painted(rng: random.Random) -> Drawn:
    """Paint a scene twice, with and without its cast: where they differ is somebody."""
    shot = rng.choices(list(Shot), [4, 5, 5, 0.3, 1.0])[0]
    most = {Shot.NO_CHARACTER: 0, Shot.CLOSE_UP: rng.choice((1, 1, 2)), Shot.DETAIL: 1}
    people = [draw_person(rng, f"p{k}") for k in range(most.get(shot, rng.choice((1, 1, 2, 2, 3))))]
    scene, style, seed = random_scene(rng, shot, people), random_style(rng), rng.randrange(1 << 30)
    aspect, side = math.exp(rng.gauss(0.1, 0.4)), rng.uniform(220, 380)
    width, height = round(side * aspect**0.5), round(side * aspect**-0.5)
    cast = {person.design.name: person.design for person in people}
    pictures: list[RgbImage] = []
    heads: list[Rect] = []
    for shows_cast in (True, False):
        pixels = np.full((height, width, 4), 255, np.uint8)
        with skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType) as canvas:
            frame = Rect(0, 0, width, height)
            told = paint_scene(canvas, scene, frame, cast=cast, style=style, seed=seed, shows_cast=shows_cast)
        pictures.append(np.ascontiguousarray(pixels[..., :3]))
        heads = [figure.head for figure in told.figures] if shows_cast and shot is not Shot.DETAIL else heads
    figure, head = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    if shot is not Shot.DETAIL:
        figure = _filled_difference(*pictures)
    for rect in heads:
        axes = max(int(rect.width / 2), 1), max(int(rect.height / 2), 1)
        cv2.ellipse(head, (int(rect.center[0]), int(rect.center[1])), axes, 0, 0, 360, 255, -1)
    return Drawn(pictures[0], figure, head, [(r.x0, r.y0, r.x1, r.y1) for r in heads])


def _filled_difference(one: RgbImage, other: RgbImage) -> Mask:
    differs = np.abs(one.astype(int) - other).max(axis=2) > _CAST_DIFFERENCE
    mask = cv2.morphologyEx(differs.astype(np.uint8) * 255, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    whole = np.zeros(one.shape[:2], np.uint8)
    cv2.drawContours(whole, [line for line in outlines if cv2.contourArea(line) > 30], -1, 255, -1)
    return whole


def collage(rng: random.Random, drawings: Drawings) -> Drawn:
    """Paste characters of the corpus over a backdrop, with things that are nobody among them."""
    base, factor = backdrop(rng, drawings).picture, rng.uniform(1.2, 2.0)
    picture = np.asarray(cv2.resize(base, None, fx=factor, fy=factor), np.uint8)
    height, width = picture.shape[:2]
    for _ in range(rng.choice((0, 0, 1, 2))):
        thing, _ = styled(rng.choice(drawings.icons).picture, rng, icon=True)
        thing = scaled(thing, min(height, width) * rng.uniform(0.1, 0.4))
        pasted(picture, thing, (int(rng.uniform(0, width)), int(rng.uniform(0, height))))
    drawn = Drawn(picture, np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8), [])
    near, count = rng.random() < 0.5, rng.choice((1, 1, 2))
    for number in range(count):
        _paste_character(rng, drawn, drawings, near=near, middle=(number + 0.5) / count)
    return drawn


def _paste_character(
    rng: random.Random, drawn: Drawn, drawings: Drawings, *, near: bool, middle: float
) -> None:
    height, width = drawn.figure.shape
    head = rng.choice(drawings.heads)
    cutout = head.picture if near else _assembled(rng, head, drawings)[0]
    cutout = np.ascontiguousarray(cutout[:, ::-1]) if rng.random() < 0.5 else cutout
    if rng.random() < 0.5:
        cutout = outlined(cutout, rng.choice((1, 2)), rng.choice((10, 30)))
    cutout = scaled(cutout, height * (rng.uniform(0.4, 1.0) if near else rng.uniform(0.4, 0.98)))
    x = round(middle * width - cutout.shape[1] / 2 + rng.gauss(0, 0.08) * width)
    y = round((height - cutout.shape[0]) * (rng.uniform(0.1, 0.9) if near else rng.uniform(0.6, 1.1)))
    pasted(drawn.picture, cutout, (x, y))
    shape, white = np.zeros((height, width, 3), np.uint8), cutout.copy()
    white[..., :3] = 255
    pasted(shape, white, (x, y))
    own = shape[..., 0].copy()
    drawn.figure[:] = np.maximum(drawn.figure, own)
    drawn.head[own > 0] = 0
    if not near:
        own[max(0, y + int(cutout.shape[0] * _HEAD_SHARE)) :] = 0
    drawn.head[:] = np.maximum(drawn.head, own)
    ys, xs = np.nonzero(own)
    if len(xs):
        drawn.boxes.append((float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())))


def _cropped(rng: random.Random, one: Drawn) -> Drawn:
    height, width = one.figure.shape
    h, w = int(height * rng.uniform(0.5, 1)), int(width * rng.uniform(0.5, 1))
    y, x = rng.randint(0, height - h), rng.randint(0, width - w)
    parts = [np.ascontiguousarray(a[y : y + h, x : x + w]) for a in (one.picture, one.figure, one.head)]
    boxes = [(x0 - x, y0 - y, x1 - x, y1 - y) for x0, y0, x1, y1 in one.boxes]
    return Drawn(parts[0], parts[1], parts[2], boxes)


def _shaded(rng: random.Random, picture: RgbImage) -> RgbImage:
    """Vary colour, sharpness and grain, as prints, scans and brushes do."""
    out = picture.astype(np.float32)
    if rng.random() < 0.15:
        out = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2).astype(np.float32)
    if rng.random() < 0.4:
        out *= np.array([rng.uniform(0.7, 1.12) for _ in range(3)], np.float32) * rng.uniform(0.6, 1.1)
    if rng.random() < 0.25:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), rng.uniform(0.5, 1.6)), np.float32)
    if rng.random() < 0.3:
        noise = np.random.default_rng(rng.randrange(1 << 30)).normal(0, rng.uniform(3, 12), out.shape)
        out += noise.astype(np.float32)
    done = np.clip(out, 0, 255).astype(np.uint8)
    return np.asarray(cv2.medianBlur(done, rng.choice((3, 5, 7))), np.uint8) if rng.random() < 0.3 else done


def _balloons(
    rng: random.Random, picture: RgbImage, heads: Sequence[tuple[float, float, float, float]]
) -> Iterator[Mask]:
    """Draw balloons and boxes with words where no head is; gives what each covers."""
    height, width = picture.shape[:2]
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        w, h = rng.uniform(0.15, 0.45) * width, rng.uniform(0.1, 0.3) * height
        x, y = rng.uniform(-0.05, 1) * width, rng.uniform(-0.05, 0.75) * height
        if any(x0 < x + w and x < x1 and y0 < y + h and y < y1 for x0, y0, x1, y1 in heads):
            continue
        mask = np.zeros((height, width), np.uint8)
        centre, axes = (int(x + w / 2), int(y + h / 2)), (max(int(w / 2), 3), max(int(h / 2), 3))
        if rng.random() < 0.7:
            cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, -1)
        else:
            cv2.rectangle(mask, (int(x), int(y)), (int(x + w), int(y + h)), 255, -1)
        fill = rng.choice(((255, 255, 255), (250, 247, 235), (240, 225, 160), (20, 20, 20)))
        ink = (15, 15, 15) if sum(fill) > 200 else (250, 250, 250)
        picture[mask > 0] = fill
        picture[(cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0) & (mask == 0)] = ink
        for line in range(rng.randint(1, 4)):
            words = random_words.narration(rng)[: rng.randint(4, 14)]
            at = centre[0] - int(axes[0] * 0.75), int(centre[1] - axes[1] * 0.5 + axes[1] * 0.4 * line)
            cv2.putText(picture, words, at, 2, max(0.2, 0.8 * w / width), ink, 1, cv2.LINE_AA)
        yield mask
