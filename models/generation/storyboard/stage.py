"""A panel in the making: what is on stage, where it came to lie, and room for words above it."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.backend import Layer, Placement
from models.generation.storyboard.grouping import Place
from models.generation.storyboard.words import Cast
from schemas.generation import Reference
from schemas.geometry import Box
from schemas.records import RgbImage


@dataclass(slots=True)
class Stage:
    """A panel in the making: the picture so far, its layers, and where things came to lie."""

    picture: RgbImage
    has_colours: bool = True
    layers: list[Layer] = field(default_factory=list)
    cast: list[Cast] = field(default_factory=list)
    heads: list[Box] = field(default_factory=list)
    used: list[Reference] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    balloons: tuple[Box, ...] = ()
    """Of the panel that the staging follows."""


def with_headroom(picture: RgbImage, room: float) -> RgbImage:
    """Move art down by a share of its height and let it run out into paper above."""
    if room <= 0:
        return picture
    height, width = picture.shape[:2]
    shift = round(room * height)
    kept = height - shift
    art = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)[:kept]
    above = cv2.GaussianBlur(np.ascontiguousarray(art[: max(shift // 2, 8)]), (0, 0), width / 24)
    sky = np.repeat(above[:1], shift, axis=0).astype(np.float32)
    sky = np.asarray(cv2.GaussianBlur(sky, (0, 0), width / 16), np.float32)
    out = np.vstack([sky.astype(np.uint8), art])
    seam = max(6, shift // 3)
    mix = np.linspace(0, 1, seam, dtype=np.float32)[:, None, None]
    out[shift : shift + seam] = (art[:seam] * mix + sky[-1:] * (1 - mix)).astype(np.uint8)
    return out


def lowered(box: Box, room: float) -> Box:
    """Return where a box lies once the art has moved down."""
    return Box.clipped(box.x0, box.y0 + room, box.x1, box.y1 + room)


def upper_part(box: Box) -> Box:
    """Return where the head of a figure is likely to be."""
    return Box(box.x0, box.y0, box.x1, box.y0 + 0.3 * box.height)


def surroundings(picture: RgbImage, place: Place) -> RgbImage:
    """Return what of a picture lies where something is to go."""
    height, width = picture.shape[:2]
    x0, y0 = max(place.x, 0), max(place.y, 0)
    x1, y1 = min(place.x + place.width, width), min(place.y + place.height, height)
    return picture[y0:y1, x0:x1]


def on_panel(box: Box, place: Place, size: tuple[int, int]) -> Box:
    """Return a box of a cut-out as one of the panel that it is put into."""
    x0, x1 = (1 - box.x1, 1 - box.x0) if place.is_mirrored else (box.x0, box.x1)
    width, height = size
    return Box.clipped(
        (place.x + x0 * place.width) / width, (place.y + box.y0 * place.height) / height,
        (place.x + x1 * place.width) / width, (place.y + box.y1 * place.height) / height,
    )  # fmt: skip


def opaque(name: str, picture: RgbImage) -> Layer:
    """Return a picture as a layer without holes."""
    return Layer(name, np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)]))


def sheet(pixels: NDArray[np.uint8], place: Place, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Put a cut-out on an empty sheet of the size of the panel."""
    sheet = np.zeros((size[1], size[0], 4), np.uint8)
    x0, y0 = max(place.x, 0), max(place.y, 0)
    x1, y1 = min(place.x + place.width, size[0]), min(place.y + place.height, size[1])
    sheet[y0:y1, x0:x1] = pixels[y0 - place.y : y1 - place.y, x0 - place.x : x1 - place.x]
    return sheet


def framed(picture: RgbImage) -> RgbImage:
    """Rule the border of the panel."""
    line = max(2, round(max(picture.shape[:2]) * 0.0055))
    out = np.ascontiguousarray(picture)
    height, width = out.shape[:2]
    cv2.rectangle(
        out, (line // 2, line // 2), (width - 1 - line // 2, height - 1 - line // 2), (24, 20, 28), line
    )
    return out


def moved_down(layer: Layer, room: float) -> Layer:
    """Return a layer as low as the art lies once words have their room above it."""
    shift = round(room * layer.pixels.shape[0])
    if not shift:
        return layer
    pixels = np.zeros_like(layer.pixels)
    pixels[shift:] = layer.pixels[:-shift]
    return Layer(layer.name, pixels)
