"""What a piece of lettering is, as far as its shape and its paper tell."""

from collections.abc import Sequence
from enum import Enum, auto
from math import sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from models.text.paper import Colour, off_paper, paper_colour
from schemas.geometry import Box
from schemas.labels import TextKind
from schemas.records import RgbImage, TextLine, TextRegion

WINDOW_GROWTH = 1.0
"""How far around a region its balloon is looked for, over the geometric mean of the region's sides."""
WINDOW_PX = 160
"""Side to which that window is shrunk: an outline stays visible, and the cost is bounded."""
MIN_FILL_CAPTION = 0.93
"""Share of its bounding box that a rectangle fills; an ellipse fills pi / 4 = 0.79."""
MIN_FILL_BALLOON = 0.5
MIN_LIGHTNESS_BALLOON = 150
NECK = 0.4
"""Width, over the region's shorter side, up to which paper is a tail and not the balloon."""
MIN_COVERED = 0.9
"""Share of the lettering that must stand on the balloon."""
MAX_WINDOW_SHARE = 0.6
"""Share of the window from which paper is a page or a sky; a balloon takes about a third."""
MAX_SIDES = 2
"""Borders of the window that a balloon may cross: those of panels, where it is cut off."""
MAX_SIGN_WORDS = 3
"""Longer texts on a dark rectangle are told, not shown."""
MAX_EFFECT_WORDS = 2
EFFECT_HEIGHT = 0.035
"""Height of a line, as a share of the page's width, from which it shouts."""


class _Enclosure(Enum):
    """The shape of the paper around a region."""

    OPEN = auto()
    UNCLEAR = auto()
    ROUND = auto()
    BOX = auto()


def kind_of(
    page: RgbImage, region: TextRegion, lines: Sequence[TextLine], *, within: Box | None = None
) -> TextKind:
    """Tell the kind of a region; UNKNOWN where shape and paper do not decide.

    Lettering on closed light paper is dialogue where the paper is round and a caption where it
    is a rectangle; a few words on a dark or coloured rectangle are a sign; one or two large words
    straight on the art are a sound effect. ``within`` is the panel, where a white balloon ends that
    would otherwise run into the white gutter.
    """
    words = len(region.text.split())
    colour = paper_colour(page, region.box)
    enclosure = _enclosure(page, region.box, colour, within or Box.whole_page())
    is_light = colour.mean() >= MIN_LIGHTNESS_BALLOON
    if enclosure is _Enclosure.ROUND and is_light:
        return TextKind.DIALOGUE
    if enclosure is _Enclosure.BOX:
        return TextKind.CAPTION if is_light or words > MAX_SIGN_WORDS else TextKind.SIGN
    aspect = page.shape[0] / page.shape[1]
    tallest = max(_glyph_height(line, aspect) for line in lines)
    if enclosure is _Enclosure.OPEN and words <= MAX_EFFECT_WORDS and tallest >= EFFECT_HEIGHT:
        return TextKind.SOUND_EFFECT
    return TextKind.UNKNOWN


def _glyph_height(line: TextLine, aspect: float) -> float:
    """Return the height of a line's glyphs as a share of the page's width."""
    return line.box.width if line.vertical else line.box.height * aspect


def _enclosure(page: RgbImage, box: Box, colour: Colour, within: Box) -> _Enclosure:
    height, width = page.shape[:2]
    left, top, right, bottom = box.to_pixels(width_px=width, height_px=height)
    margin = WINDOW_GROWTH * sqrt((right - left) * (bottom - top))
    limits = within.union(box).to_pixels(width_px=width, height_px=height)
    x0, y0 = max(round(left - margin), limits[0]), max(round(top - margin), limits[1])
    x1, y1 = min(round(right + margin), limits[2]), min(round(bottom + margin), limits[3])
    scale = min(1.0, WINDOW_PX / max(x1 - x0, y1 - y0))
    size = max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1)
    window = cv2.resize(page[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
    paper = (~off_paper(np.asarray(window, np.uint8), colour)).astype(np.uint8)
    inner = Box.from_pixels(
        (left - x0, top - y0, right - x0, bottom - y0), width_px=x1 - x0, height_px=y1 - y0
    )
    return _shape_of(paper, inner)


def _shape_of(paper: NDArray[np.uint8], inner: Box) -> _Enclosure:
    """Tell the shape of the connected paper that the lettering stands on."""
    height, width = paper.shape
    _, labels = cv2.connectedComponents(paper, connectivity=4)
    x0, y0, x1, y1 = inner.to_pixels(width_px=width, height_px=height)
    under = np.bincount(labels[y0:y1, x0:x1].ravel())
    under[0] = 0  # the letters
    if not under.any():
        return _Enclosure.OPEN
    body = _body(np.asarray(labels == under.argmax(), np.uint8), neck_px=round(NECK * min(x1 - x0, y1 - y0)))
    sides = sum(bool(side.any()) for side in (body[0], body[-1], body[:, 0], body[:, -1]))
    is_open = body.mean() > MAX_WINDOW_SHARE or sides > MAX_SIDES
    if is_open or body[y0:y1, x0:x1].mean() < MIN_COVERED:
        return _Enclosure.OPEN
    _, _, wide, high = cv2.boundingRect(body)
    fill = body.sum() / (wide * high)
    if fill >= MIN_FILL_CAPTION:
        # A balloon cut off by its panel shows straight sides, too.
        return _Enclosure.BOX if sides == 0 else _Enclosure.UNCLEAR
    return _Enclosure.ROUND if fill >= MIN_FILL_BALLOON else _Enclosure.UNCLEAR


def _body(component: NDArray[np.uint8], *, neck_px: int) -> NDArray[np.uint8]:
    """Fill the letters in a piece of paper and cut off its tail, or its neck to the next balloon."""
    contours, _ = cv2.findContours(component, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros_like(component)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    side = 2 * (neck_px // 2) + 1
    opened = cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return np.asarray(opened, np.uint8)
