"""Where things go: the part of a plate to show, and where figures stand in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.figures import FigureMap
from models.generation.storyboard.cutouts import Cutout
from schemas.geometry import Box

_SCALES = (1.0, 0.9, 0.8, 0.7, 0.6)
_STEPS = 9
_HEAD_SHARE = {1: 0.3, 2: 0.25, 3: 0.2}
"""Height of a head over that of the panel, by how many figures there are."""
_WIDE_HEAD, _CLOSE_HEAD = 0.6, 1.55
_MOST_HEIGHT, _LEAST_HEIGHT = 0.88, 0.5
_MOST_WIDTH = {1: 0.72, 2: 0.54, 3: 0.4}
_PLACES = {1: (0.5,), 2: (0.28, 0.72), 3: (0.2, 0.5, 0.8)}
_OFF_MIDDLE = 0.12
_FLOOR = 0.945


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cut-out goes: pixels of the panel; ``is_mirrored`` turns it round."""

    x: int
    y: int
    width: int
    height: int
    is_mirrored: bool
    stands: bool


def best_window(found: FigureMap, holes: NDArray[np.uint8], size_px: tuple[int, int], aspect: float, *,
                keeps_figures: bool) -> Box:  # fmt: skip
    """Return the part of a plate to show: of the wanted shape, large, with little to hide.

    Args:
        found: Figures of the plate.
        holes: 255 where lettering was.
        size_px: Width and height of the plate.
        aspect: Width over height of the panel.
        keeps_figures: Whether figures are wanted in it, or to be avoided.
    """
    width, height = size_px
    unwanted = cv2.resize((holes > 0).astype(np.float32), (96, 96), interpolation=cv2.INTER_AREA) * 0.8
    figures = cv2.resize(found.figure, (96, 96))
    unwanted += -0.4 * figures if keeps_figures else 1.2 * figures
    sums = np.asarray(cv2.integral(unwanted), np.float64)
    full = (1.0, width / height / aspect) if width / height < aspect else (aspect * height / width, 1.0)
    best, best_cost = Box.whole_page(), np.inf
    for scale in _SCALES:
        w, h = full[0] * scale, full[1] * scale
        for x in np.linspace(0, 1 - w, _STEPS if w < 0.995 else 1):
            for y in np.linspace(0, 1 - h, _STEPS if h < 0.995 else 1):
                box = Box.clipped(float(x), float(y), float(x + w), float(y + h))
                cost = _mean_in(sums, box) + 1.1 * (1 - scale) + 0.04 * abs(box.center[0] - 0.5)
                if cost < best_cost:
                    best, best_cost = box, cost
    return best


def _mean_in(sums: NDArray[np.float64], box: Box) -> float:
    x0, y0, x1, y1 = box.to_pixels(width_px=sums.shape[1] - 1, height_px=sums.shape[0] - 1)
    total = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
    return float(total) / ((x1 - x0) * (y1 - y0))


def placed(cutouts: Sequence[Cutout], model: FigureMap | None, size_px: tuple[int, int], shot: str,
           rng: np.random.Generator) -> list[Place]:  # fmt: skip
    """Place figures side by side, in the order of the prompt, as the model panel has them where it can say.

    Args:
        cutouts: One to three figures.
        model: Figures of the panel that the staging follows.
        size_px: Width and height of the panel.
        shot: ``wide``, ``close-up`` or empty.
        rng: Decides what is left open.
    """
    count = len(cutouts)
    middles = _middles(count, model, rng)
    return [
        _place(cutout, middle, count, size_px, shot) for cutout, middle in zip(cutouts, middles, strict=True)
    ]


def _middles(count: int, model: FigureMap | None, rng: np.random.Generator) -> list[float]:
    heads = sorted(head.center[0] for head in (model.heads if model else ()))
    if count > 1 and len(heads) == count and min(np.diff(heads)) > 0.7 / count * 0.6:
        return [float(min(max(x, 0.16), 0.84)) for x in heads]
    usual = list(_PLACES[count])
    if count == 1:
        lean = heads[0] - 0.5 if len(heads) == 1 else float(rng.choice((-1, 1))) * _OFF_MIDDLE
        return [0.5 + float(np.clip(lean, -0.2, 0.2))]
    return [float(x + rng.uniform(-0.03, 0.03)) for x in usual]


def _place(cutout: Cutout, middle: float, count: int, size_px: tuple[int, int], shot: str) -> Place:
    width, height = size_px
    own_height, own_width = cutout.pixels.shape[:2]
    zoom = {"wide": _WIDE_HEAD, "close-up": _CLOSE_HEAD}.get(shot, 1.0)
    head = max(cutout.head.height * own_height, 0.12 * own_height)
    scale = _HEAD_SHARE[count] * zoom * height / head
    most = _MOST_HEIGHT * (1.12 if shot == "close-up" else 1.0)
    scale = min(max(scale, _LEAST_HEIGHT * height / own_height), most * height / own_height)
    scale = min(scale, _MOST_WIDTH[count] * (1.25 if shot == "close-up" else 1.0) * width / own_width)
    w, h = max(round(own_width * scale), 2), max(round(own_height * scale), 2)
    stands = not cutout.cut_bottom
    y = height - h + 1 if cutout.cut_bottom else round(_FLOOR * height) - h
    mirrored = (cutout.cut_left and middle > 0.5) or (cutout.cut_right and middle < 0.5)
    at_left, at_right = (
        (cutout.cut_right, cutout.cut_left) if mirrored else (cutout.cut_left, cutout.cut_right)
    )
    x = round(middle * width - w / 2)
    if at_left and not at_right:
        x = 0
    elif at_right and not at_left:
        x = width - w
    else:
        x = min(max(x, round(0.015 * width)), max(width - w - round(0.015 * width), 0))
    return Place(x, y, w, h, mirrored, stands)
