"""Colours by example: what is as grey, as near to a head and at such a place gets the chroma of its like.

After Welsh, Ashikhmin and Mueller 2002, "Transferring color to greyscale images" (nearest pixels by
luminance and its spread), with where a pixel lies in its figure as further evidence, and one colour for
each area that lines enclose.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.figures import FigureFinder, FigureMap
from models.generation.artificer.lines import ink_of
from models.generation.artificer.regions import Regions, regions_of
from models.pictures import resize_to
from schemas.records import RgbImage

Plane = NDArray[np.float32]
SIDE_PX = 192
"""Pictures are compared so small: colours of comics are areas, not pixels."""
SAMPLED, NEAREST = 2_500, 12
"""Pixels that are taken of each example, and how many of them vote for one of the drawing."""
_LIGHT, _AROUND, _SPREAD = 10.0, 3.0, 2.0
_FIGURE, _HEAD, _IN_FIGURE, _IN_PANEL = 2.5, 2.0, 1.2, 0.6
"""What a difference of one counts: of lightness, of that around it, of its spread; of being a figure, a
head; of the place in a figure, in the panel."""
_UNLIKE = 2.0
"""What an example loses of weight 0 as against one of 1, in squared distance."""
_INK, _FLAT, _VOTE = 0.35, 0.06, 0.8
"""Ink under which a pixel is bare; spread of grey under which an area is one colour; its share then."""
_WHITE = 0.04
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_BLOCK = 2_048


@dataclass(frozen=True, slots=True)
class ColourExample:
    """A coloured picture, and how much it counts, 0 to 1."""

    picture: RgbImage
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """A picture as it is compared: features (h, w, d), and colours as Lab (h, w, 3); ``ink`` has none."""

    features: Plane
    lab: Plane
    ink: Plane

    @classmethod
    def in_grey(cls, picture: RgbImage, finder: FigureFinder) -> "_Seen":
        """See a picture by its greys."""
        small = resize_to(picture, SIDE_PX)
        grey = _grey_of(small)
        plain = _as_picture(grey)
        places = _places(finder.find(plain), grey.shape)
        return cls(np.concatenate([_greys(grey), places], axis=-1), _to_lab(small), ink_of(plain))

    @classmethod
    def in_lines(cls, picture: RgbImage, finder: FigureFinder) -> "_Seen":
        """See a picture by its lines alone."""
        ink = ink_of(picture)
        places = _places(finder.find(_as_picture(1.0 - ink)), _small_shape(picture))
        small = resize_to(picture, SIDE_PX)
        size = (small.shape[1], small.shape[0])
        return cls(places, _to_lab(small), _resized(ink, size))


def colour_by_example(
    drawing: RgbImage, examples: Sequence[ColourExample], finder: FigureFinder, seed: int
) -> RgbImage:
    """Return a drawing with tones in colours of examples; its greys stay as they are.

    Args:
        drawing: (h, w, 3) uint8; colours of its own do not count.
        examples: at least one, of any size.
        finder: says where figures are.
        seed: decides which pixels of the examples are asked.
    """
    mine = _Seen.in_grey(drawing, finder)
    lab = _asked(mine, [(_Seen.in_grey(one.picture, finder), one.weight) for one in examples], seed)
    grey = _grey_of(resize_to(drawing, SIDE_PX))
    return painted(drawing, _smoothed(_by_area(lab[..., 1:], grey, mine.ink)))


def flats_by_example(
    drawing: RgbImage, areas: Regions, examples: Sequence[ColourExample], finder: FigureFinder, seed: int
) -> Plane:
    """Return Lab flats (h, w, 3) for a drawing that has lines only: a colour for each of its areas.

    Args:
        drawing: (h, w, 3) uint8.
        areas: what its lines enclose.
        examples: at least one.
        finder: says where figures are.
        seed: decides which pixels of the examples are asked.
    """
    mine = _Seen.in_lines(drawing, finder)
    seen = [(_Seen.in_lines(one.picture, finder), one.weight) for one in examples]
    lab = _asked(mine, seen, seed, has_ink=False)
    height, width = drawing.shape[:2]
    whole = _resized(lab, (width, height))
    flats = np.stack([_medians(whole[..., axis], areas) for axis in range(3)], axis=-1)
    return np.asarray(flats[areas.labels], np.float32)


def painted(drawing: RgbImage, chroma: Plane) -> RgbImage:
    """Give a drawing chroma (h, w, 2), of any size, as Lab a and b; what it was in grey it still is."""
    height, width = drawing.shape[:2]
    grey = _grey_of(drawing)
    lab = _to_lab(_as_picture(grey))
    hold = np.clip(1.3 * np.clip(4.0 * grey * (1.15 - grey), 0, 1), 0, 1)  # black and white hold no colour
    hold *= np.clip((1.0 - grey) / _WHITE, 0, 1)  # white is paper: balloons, eyes
    lab[..., 1:] = _resized(chroma, (width, height)) * hold[..., None]
    for _ in range(4):  # chroma moves the grey of a colour a little: it is moved back
        rgb = _to_rgb(lab)
        lab[..., 0] = np.clip(lab[..., 0] + 90.0 * (grey - rgb @ _LUMA), 0, 100)
    return np.ascontiguousarray(np.round(_to_rgb(lab) * 255.0), dtype=np.uint8)


def _greys(grey: Plane) -> Plane:
    around = cv2.blur(grey, (9, 9))
    spread = np.sqrt(np.maximum(cv2.blur(grey * grey, (9, 9)) - around**2, 0))
    return np.stack([_LIGHT * grey, _AROUND * around, _SPREAD * spread], axis=-1).astype(np.float32)


def _places(found: FigureMap, shape: tuple[int, ...]) -> Plane:
    """Say of each pixel how likely it is a figure, a head, and where in the figure or the panel it lies."""
    height, width = shape[:2]
    figure, head = (
        cv2.resize(np.asarray(mask, np.float32), (width, height)) for mask in (found.figure, found.head)
    )
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    xs, ys = xs / width, ys / height
    across, down = xs * _IN_PANEL, ys * _IN_PANEL
    for one in sorted(found.figures, key=lambda one: one.share):  # the largest has the last say
        box = one.box
        inside = (figure > 0.4) & (xs >= box.x0) & (xs <= box.x1) & (ys >= box.y0) & (ys <= box.y1)
        middle = (box.x0 + box.x1) / 2
        across = np.where(inside, _IN_FIGURE * np.abs(xs - middle) / max(box.width, 0.05), across)
        down = np.where(inside, _IN_FIGURE * (ys - box.y0) / max(box.height, 0.05), down)
    return np.stack([_FIGURE * figure, _HEAD * head, across, down], axis=-1).astype(np.float32)


def _asked(mine: _Seen, examples: Sequence[tuple[_Seen, float]], seed: int, *, has_ink: bool = True) -> Plane:
    """Return the Lab colour (h, w, 3) that the nearest pixels of the examples have, their ink or not."""
    rng = np.random.default_rng(seed)
    keys, colours, handicaps = [], [], []
    for one, weight in examples:
        bare = np.flatnonzero(one.ink < _INK)
        pool = bare if len(bare) and not has_ink else np.arange(one.ink.size)
        chosen = np.sort(rng.choice(pool, min(SAMPLED, len(pool)), replace=False))
        keys.append(one.features.reshape(-1, one.features.shape[-1])[chosen])
        colours.append(one.lab.reshape(-1, 3)[chosen])
        handicaps.append(np.full(len(chosen), _UNLIKE * (1.0 - weight), np.float32))
    asked = mine.features.reshape(-1, mine.features.shape[-1])
    found = _nearest(asked, np.concatenate(keys), np.concatenate(colours), np.concatenate(handicaps))
    return found.reshape(*mine.features.shape[:2], 3)


def _nearest(asked: Plane, keys: Plane, colours: Plane, handicaps: Plane) -> Plane:
    """Return the median colour of the nearest keys, (n, 3)."""
    most = min(NEAREST, len(keys))
    norms = (keys**2).sum(axis=1) + handicaps
    found = np.empty((len(asked), 3), np.float32)
    for start in range(0, len(asked), _BLOCK):
        apart = norms - 2.0 * asked[start : start + _BLOCK] @ keys.T
        near = np.argpartition(apart, most - 1, axis=1)[:, :most]
        found[start : start + _BLOCK] = np.median(colours[near], axis=1)
    return found


def _by_area(chroma: Plane, grey: Plane, ink: Plane) -> Plane:
    """Draw the colours of an area together, where it is of one grey."""
    areas, bare = regions_of(ink), ink < _INK
    owners = areas.labels[bare]
    pixels = np.maximum(np.bincount(owners, minlength=areas.count), 1)

    def mean(values: Plane) -> NDArray[np.float64]:
        return np.asarray(np.bincount(owners, weights=values[bare], minlength=areas.count) / pixels)

    spread = np.sqrt(np.maximum(mean(grey * grey) - mean(grey) ** 2, 0))
    is_flat = (spread < _FLAT)[areas.labels][..., None]
    even = np.stack([mean(chroma[..., axis])[areas.labels] for axis in (0, 1)], axis=-1)
    return np.where(is_flat, _VOTE * even + (1 - _VOTE) * chroma, chroma).astype(np.float32)


def _medians(values: Plane, areas: Regions) -> Plane:
    """Return the median of each area, (count,)."""
    owners = areas.labels.ravel()
    order = np.lexsort((values.ravel(), owners))
    ends = np.cumsum(np.bincount(owners, minlength=areas.count))
    starts = np.concatenate([[0], ends[:-1]])
    middles = np.minimum((starts + ends) // 2, len(order) - 1)
    return np.asarray(values.ravel()[order[middles]], np.float32)


def _smoothed(chroma: Plane) -> Plane:
    """Take out single pixels of another colour; edges stay."""
    planes = np.dstack([chroma, np.zeros(chroma.shape[:2], np.float32)])
    return np.asarray(cv2.bilateralFilter(planes, 5, 12, 3)[..., :2], np.float32)


def _resized(plane: Plane, size: tuple[int, int]) -> Plane:
    smooth = cv2.INTER_AREA if size[0] < plane.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, size, interpolation=smooth), np.float32)


def _grey_of(picture: RgbImage) -> Plane:
    return np.asarray(picture.astype(np.float32) @ _LUMA / 255.0, np.float32)


def _as_picture(grey: Plane) -> RgbImage:
    return np.repeat(np.round(grey[..., None] * 255.0), 3, axis=2).astype(np.uint8)


def _small_shape(picture: RgbImage) -> tuple[int, ...]:
    return resize_to(picture, SIDE_PX).shape


def _to_lab(picture: RgbImage) -> Plane:
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB), np.float32)


def _to_rgb(lab: Plane) -> Plane:
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1), np.float32)
