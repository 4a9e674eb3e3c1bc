"""Where things go: the part of a plate to show, and where figures stand in it."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.figures import FigureMap
from models.generation.storyboard.cutouts import Cutout
from models.generation.storyboard.grouping import Place, grouped
from models.instances.finding import people_in
from schemas.geometry import Box

_SCALES = (1.0, 0.9, 0.8, 0.7, 0.6)
_STEPS = 9
_HEAD_SHARE = {1: 0.3, 2: 0.25, 3: 0.2}
"""Height of a head over that of the panel, by how many figures there are."""
_WIDE_HEAD, _CLOSE_HEAD = 0.6, 1.55
_CLOSE_WIDTH, _CLOSE_AIR = {1: 0.62, 2: 0.42, 3: 0.3}, 0.24
"""Width of a head in a close-up over that of the panel, and how far down its top lies: words go above."""
_LEAST_WIDE = 0.34
_MOST_HEIGHT, _LEAST_HEIGHT = 0.88, 0.5
_MOST_WIDTH = {1: 0.72, 2: 0.54, 3: 0.4}
_PLACES = {1: (0.5,), 2: (0.28, 0.72), 3: (0.2, 0.5, 0.8)}
_OFF_MIDDLE = 0.12
_FLOOR = 0.945
_LEAST_GAP = 0.62
"""Share of a panel, divided by how many they are, that the middles of two people must lie apart."""
_LEAST_SLOT = 0.25
_SHOT_HEIGHTS = {"wide": (0.25, 0.85), "close-up": (0.6, 1.0)}
"""Heights of people over that of the panel, under and over which a panel is no such shot."""
_LEAST_IN_SLOT, _MOST_IN_SLOT, _MOST_HEAD = 0.34, 1.0, 0.42
"""Heights of a figure in a slot, and of its head, over that of the panel."""
_WIDE_IN_SLOT = {1: 0.86, 2: 0.62, 3: 0.36}
"""Width of a figure in a slot over that of the panel, by how many there are."""


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


def slots_of(model: FigureMap | None, count: int, shot: str) -> tuple[Box, ...]:
    """Return where a model panel has so many people, from the left; none where it has not.

    Of more people the largest count; those who stand behind each other are moved apart. A panel that is no
    such ``shot`` as is asked for, ``wide`` or ``close-up``, gives no places.
    """
    least, most = _SHOT_HEIGHTS.get(shot, (_LEAST_SLOT, 1.0))
    if model is None or not count:
        return ()
    heads = [head.center for head in model.heads]
    able = [region.box for region in people_in(model) if any(map(region.box.contains, heads))]
    people = able[:count]  # a bush may look like somebody, but for the head
    if len(people) < count or not all(least <= box.height <= most for box in people):
        return ()
    return _apart(sorted(people, key=lambda box: box.center[0]))


def _apart(people: Sequence[Box]) -> tuple[Box, ...]:
    """Move people sideways until their middles lie apart, about where they are."""
    middles = np.array([box.center[0] for box in people])
    least = _LEAST_GAP / len(people)
    spread = np.concatenate([[0.0], np.cumsum(np.maximum(np.diff(middles), least))])
    moved = spread - spread.mean() + middles.mean()
    return tuple(
        Box.clipped(x - box.width / 2, box.y0, x + box.width / 2, box.y1)
        for x, box in zip(np.clip(moved, 0.08, 0.92), people, strict=True)
    )


def placed(cutouts: Sequence[Cutout], slots: Sequence[Box], size_px: tuple[int, int], shot: str,
           rng: np.random.Generator) -> list[Place]:  # fmt: skip
    """Place figures side by side, in the order of the prompt, in their slots where there are some.

    Args:
        cutouts: One to three figures.
        slots: Where the panel that the staging follows has people, of :func:`slots_of`.
        size_px: Width and height of the panel.
        shot: ``wide``, ``close-up`` or empty.
        rng: Decides what is left open.
    """
    count = len(cutouts)
    if slots:
        alone = [
            _place(cutout, slot.center[0], count, size_px, shot)
            if shot == "close-up"  # as near as is asked, where the model has them
            else _placed_in(cutout, slot, count, size_px)
            for cutout, slot in zip(cutouts, slots, strict=True)
        ]
    else:
        alone = [
            _place(cutout, middle, count, size_px, shot)
            for cutout, middle in zip(cutouts, _middles(count, rng), strict=True)
        ]
    return grouped(cutouts, alone, size_px)


def _middles(count: int, rng: np.random.Generator) -> list[float]:
    if count == 1:
        return [0.5 + float(rng.choice((-1, 1))) * _OFF_MIDDLE]
    return [float(x + rng.uniform(-0.03, 0.03)) for x in _PLACES[count]]


def _placed_in(cutout: Cutout, slot: Box, count: int, size_px: tuple[int, int]) -> Place:
    """Place a figure where the model has somebody: as large, on the same ground, within reason.

    A figure that its own panel cuts at the knees cannot float: it stands on the lower edge, its head where
    the model's is.
    """
    width, height = size_px
    own_height, own_width = cutout.pixels.shape[:2]
    bottom = 1.0 if cutout.cut_bottom else min(max(slot.y1, _LEAST_HEIGHT), _FLOOR if slot.y1 < 1 else 0.985)
    tall = (bottom - slot.y0) * height / own_height
    wide = slot.width * width / own_width
    scale = (tall * wide) ** 0.5 if wide < tall else tall
    head = max(cutout.head.height, 0.12) * own_height
    least = _LEAST_HEIGHT if cutout.cut_bottom else _LEAST_IN_SLOT
    scale = max(scale, least * height / own_height)
    scale = min(
        scale,
        _MOST_IN_SLOT * height / own_height,
        _MOST_HEAD * height / head,
        _WIDE_IN_SLOT[count] * width / own_width,
    )
    w, h = max(round(own_width * scale), 2), max(round(own_height * scale), 2)
    y = height - h + 1 if cutout.cut_bottom else round(bottom * height) - h
    x, mirrored = _across(cutout, slot.center[0], w, width)
    return Place(x, y, w, h, mirrored, not cutout.cut_bottom)


def _place(cutout: Cutout, middle: float, count: int, size_px: tuple[int, int], shot: str) -> Place:
    width, height = size_px
    own_height, own_width = cutout.pixels.shape[:2]
    if shot == "close-up" and cutout.heads:
        return _close(cutout, middle, count, size_px)
    zoom = _WIDE_HEAD if shot == "wide" else 1.0
    head = max(cutout.head.height * own_height, 0.12 * own_height)
    scale = _HEAD_SHARE[count] * zoom * height / head
    least = _LEAST_WIDE if shot == "wide" and not cutout.cut_bottom else _LEAST_HEIGHT
    scale = min(max(scale, least * height / own_height), _MOST_HEIGHT * height / own_height)
    scale = min(scale, _MOST_WIDTH[count] * width / own_width)
    w, h = max(round(own_width * scale), 2), max(round(own_height * scale), 2)
    stands = not cutout.cut_bottom
    y = height - h + 1 if cutout.cut_bottom else round(_FLOOR * height) - h
    x, mirrored = _across(cutout, middle, w, width)
    return Place(x, y, w, h, mirrored, stands)


def _close(cutout: Cutout, middle: float, count: int, size_px: tuple[int, int]) -> Place:
    """Place a head and its shoulders: what is below runs out of the panel, arms out of its sides."""
    width, height = size_px
    own_height, own_width = cutout.pixels.shape[:2]
    head = cutout.head
    scale = _HEAD_SHARE[count] * _CLOSE_HEAD * height / (max(head.height, 0.1) * own_height)
    scale = min(scale, _CLOSE_WIDTH[count] * width / (max(head.width, 0.1) * own_width))
    w, h = max(round(own_width * scale), 2), max(round(own_height * scale), 2)
    y = max(round(_CLOSE_AIR * height - head.y0 * h), height - h + 1)
    x, mirrored = _across(cutout, middle, w, width)
    at = 1 - head.center[0] if mirrored else head.center[0]
    if 0 < x < width - w or w > width:
        x = round(middle * width - at * w)
    return Place(x, y, w, h, mirrored, stands=False)


def _across(cutout: Cutout, middle: float, w: int, width: int) -> tuple[int, bool]:
    """Return where a figure begins from the left, and whether it is turned: a cut side lies at the edge."""
    mirrored = (cutout.cut_left and middle > 0.5) or (cutout.cut_right and middle < 0.5)
    at_left, at_right = (
        (cutout.cut_right, cutout.cut_left) if mirrored else (cutout.cut_left, cutout.cut_right)
    )
    if at_left and not at_right:
        return 0, mirrored
    if at_right and not at_left:
        return width - w, mirrored
    air = round(0.015 * width)
    return min(max(round(middle * width - w / 2), air), max(width - w - air, 0)), mirrored
