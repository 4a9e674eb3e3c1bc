"""What a piece of lettering is, as far as its shape and its paper tell."""

from collections.abc import Sequence
from enum import Enum, auto

import cv2
import numpy as np

from models.text.paper import off_paper, paper_colour
from schemas.geometry import Box
from schemas.labels import TextKind
from schemas.records import RgbImage, TextLine, TextRegion

WINDOW_GROWTH = 0.8
"""How far around a region its balloon is looked for, in shares of the region's sides."""
WINDOW_PX = 160
"""Side to which that window is shrunk: an outline stays visible, and the cost is bounded."""
MIN_FILL_CAPTION = 0.93
"""Share of its bounding box that a rectangle fills; an ellipse fills pi / 4 = 0.79."""
MIN_FILL_BALLOON = 0.5
MIN_LIGHTNESS_BALLOON = 150
MAX_EFFECT_WORDS = 2
EFFECT_HEIGHT = 0.035
"""Height of a line, as a share of the page's width, from which it shouts."""


class _Enclosure(Enum):
    """The shape of the paper around a region."""

    OPEN = auto()
    ROUND = auto()
    BOX = auto()


def kind_of(page: RgbImage, region: TextRegion, lines: Sequence[TextLine]) -> TextKind:
    """Tell the kind of a region; UNKNOWN where shape and paper do not decide.

    Lettering on closed light paper is dialogue where the paper is round and a caption where it
    is a rectangle; one or two large words straight on the art are a sound effect.
    """
    enclosure = _enclosure(page, region.box)
    if enclosure is _Enclosure.ROUND:
        return TextKind.DIALOGUE
    if enclosure is _Enclosure.BOX:
        return TextKind.CAPTION
    aspect = page.shape[0] / page.shape[1]
    tallest = max(_glyph_height(line, aspect) for line in lines)
    if len(region.text.split()) <= MAX_EFFECT_WORDS and tallest >= EFFECT_HEIGHT:
        return TextKind.SOUND_EFFECT
    return TextKind.UNKNOWN


def _glyph_height(line: TextLine, aspect: float) -> float:
    """Return the height of a line's glyphs as a share of the page's width."""
    return line.box.width if line.vertical else line.box.height * aspect


def _enclosure(page: RgbImage, box: Box) -> _Enclosure:
    grown = Box.clipped(
        max(box.x0 - WINDOW_GROWTH * box.width, 0.0),
        max(box.y0 - WINDOW_GROWTH * box.height, 0.0),
        box.x1 + WINDOW_GROWTH * box.width,
        box.y1 + WINDOW_GROWTH * box.height,
    )
    height, width = page.shape[:2]
    x0, y0, x1, y1 = grown.to_pixels(width_px=width, height_px=height)
    colour = paper_colour(page, box)
    if colour.mean() < MIN_LIGHTNESS_BALLOON:
        return _Enclosure.OPEN
    scale = min(1.0, WINDOW_PX / max(x1 - x0, y1 - y0))
    size = max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1)
    window = cv2.resize(page[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
    paper = (~off_paper(np.asarray(window, np.uint8), colour)).astype(np.uint8)
    return _shape_of(paper, _relative(box, grown))


def _relative(box: Box, frame: Box) -> Box:
    return Box.clipped(
        (box.x0 - frame.x0) / max(frame.width, 1e-9),
        (box.y0 - frame.y0) / max(frame.height, 1e-9),
        (box.x1 - frame.x0) / max(frame.width, 1e-9),
        (box.y1 - frame.y0) / max(frame.height, 1e-9),
    )


def _shape_of(paper: np.ndarray, inner: Box) -> _Enclosure:
    """Tell the shape of the connected paper that covers most of the lettering's box."""
    height, width = paper.shape
    _, labels = cv2.connectedComponents(paper, connectivity=4)
    x0, y0, x1, y1 = inner.to_pixels(width_px=width, height_px=height)
    under = np.bincount(labels[y0:y1, x0:x1].ravel())
    under[0] = 0
    if not under.any():
        return _Enclosure.OPEN
    component = (labels == under.argmax()).astype(np.uint8)
    outline, _ = cv2.findContours(component, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    contour = max(outline, key=cv2.contourArea)
    left, top, wide, high = cv2.boundingRect(contour)
    if left == 0 or top == 0 or left + wide >= width or top + high >= height:
        return _Enclosure.OPEN
    fill = cv2.contourArea(contour) / max((wide - 1) * (high - 1), 1)
    if fill >= MIN_FILL_CAPTION:
        return _Enclosure.BOX
    return _Enclosure.ROUND if fill >= MIN_FILL_BALLOON else _Enclosure.OPEN
