"""Where the gutter colour is: colour hypotheses and the maps made of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from models.panels.covers import Covers
from models.panels.fading import fading_ground
from models.panels.rect import Rect
from schemas.records import RgbImage

Mask = NDArray[np.uint8]
"""1 where something holds, 0 elsewhere; (rows, columns)."""
Rows = NDArray[np.int16]

COLOUR_TOLERANCE, MIN_TOLERANCE = 30, 12
"""Per channel: the wide one covers the grain of a scan; clean paper deserves a narrow one, which keeps
pale pictures apart from it."""
INSIDE_TOLERANCE = 30
"""Inside panels faint lines on white must not look like frames beside a gutter."""
NOISE_QUANTILE, NOISE_FACTOR = 0.9, 3.0
"""The tolerance is this many times the deviation that this share of the border ring keeps within."""
RING_SHARE = 0.02
"""The border ring is this share of the shorter side: wide enough to outvote a scan's dark edge."""
SAME_COLOUR = 24
"""Two hypotheses closer than this in every channel see the same gutters."""
MIN_RING_SHARE = 0.12
"""A border colour rarer than this in the ring is art that bleeds off the page."""
COLOUR_BINS = 16
"""Bins a channel for the modal colour; a bin is half the tolerance, so a mode is never cut in two."""

REACHED = 2
"""Mark of the pixels that the border's gutter reaches."""

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


class GutterMap:
    """Pixels of gutter colour, and for each pixel the nearest content above and below it.

    ``mask`` is uint8 (rows, columns), 1 for gutter; outside ``window`` all is gutter. ``covers`` says
    where a gutter may be hidden, if that is known.
    """

    def __init__(self, mask: Mask, window: Rect | None = None, covers: Covers | None = None) -> None:
        self.mask = mask
        self.covers = covers
        self._window = window or Rect(0, 0, mask.shape[1], mask.shape[0])

    def only(self, rect: Rect, own: NDArray[np.bool_]) -> "GutterMap":
        """The map of a rectangle's own pixels, (height, width) of it; all else is gutter."""
        painted: Mask = np.ones_like(self.mask)
        np.bitwise_or(self.mask[rect.window], (~own).view(np.uint8), out=painted[rect.window])
        return GutterMap(painted, rect, self.covers)

    @property
    def bounds(self) -> Rect:
        """The whole picture."""
        return Rect(0, 0, self.mask.shape[1], self.mask.shape[0])

    @cached_property
    def integral(self) -> NDArray[np.int32]:
        """Summed area table of the mask, one row and column larger."""
        return cv2.integral(self.mask).astype(np.int32, copy=False)

    @cached_property
    def content_above(self) -> Rows:
        """Row of the nearest content at or above each pixel; -1 where there is none."""
        found = np.zeros(self.mask.shape, np.int16)
        window = self._window
        numbers = np.arange(window.y0 + 1, window.y1 + 1, dtype=np.int16)[:, None]
        np.multiply(1 - self.mask[window.window], numbers, out=found[window.window])
        _accumulate_maximum(found[window.y0 :, window.x0 : window.x1])
        found -= 1
        return found

    @cached_property
    def content_below(self) -> Rows:
        """Row of the nearest content at or below each pixel; the height where there is none."""
        height = self.mask.shape[0]
        found = np.zeros(self.mask.shape, np.int16)
        window = self._window
        numbers = np.arange(height - window.y0, height - window.y1, -1, dtype=np.int16)[:, None]
        np.multiply(1 - self.mask[window.window], numbers, out=found[window.window])
        _accumulate_maximum(found[: window.y1, window.x0 : window.x1][::-1])
        return np.subtract(np.int16(height), found, out=found)

    @cached_property
    def transposed(self) -> "GutterMap":
        """The map with rows and columns exchanged: its rows are the columns of this one."""
        mask: Mask = cv2.transpose(self.mask).astype(np.uint8, copy=False)
        return GutterMap(mask, self._window.transposed, self.covers and self.covers.transposed)

    def share(self, rect: Rect) -> float:
        """Share of a rectangle that has gutter colour; 1 for an empty one."""
        if rect.area == 0:
            return 1.0
        table = self.integral
        total = (
            int(table[rect.y1, rect.x1])
            - int(table[rect.y0, rect.x1])
            - int(table[rect.y1, rect.x0])
            + int(table[rect.y0, rect.x0])
        )
        return total / rect.area

    def row_shares(self, rect: Rect) -> NDArray[np.float32]:
        """Share of gutter in each row of a rectangle."""
        table = self.integral[rect.y0 : rect.y1 + 1]
        sums = np.diff(table[:, rect.x1] - table[:, rect.x0])
        shares: NDArray[np.float32] = (sums / max(1, rect.width)).astype(np.float32)
        return shares


def _accumulate_maximum(rows: Rows) -> None:
    """Give each row the maximum of itself and all rows before it; row by row is twice as fast as numpy's."""
    for before, row in pairwise(rows):
        np.maximum(before, row, out=row)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One guess of the gutter colour.

    ``connected`` is the colour where it reaches the page's border, ``all_colour`` wherever it is.
    """

    colour: Colour
    connected: GutterMap
    all_colour: GutterMap


def gutter_hypotheses(picture: RgbImage) -> Iterator[Hypothesis]:
    """Yield the guesses worth trying, at least one: the modal colour of the border ring, white, black."""
    ring = _ring(picture)
    found = _ring_colour(ring)
    colours = [found] if found else []
    for colour in (WHITE, BLACK):
        if not any(_is_close(colour, other) for other in colours):
            colours.append(colour)
    covers = Covers.of(picture)
    for colour in colours:
        yield _hypothesis(colour_mask(picture, colour, tolerance(ring, colour)), colour, covers)
    fading = fading_ground(picture)
    if fading is not None:
        yield _hypothesis(fading, WHITE, covers)


def _ring(picture: RgbImage) -> NDArray[np.uint8]:
    """Return the (n, 3) pixels of the page's border."""
    height, width = picture.shape[:2]
    margin = max(1, round(min(height, width) * RING_SHARE))
    strips = (picture[:margin], picture[-margin:], picture[:, :margin], picture[:, -margin:])
    return np.concatenate([strip.reshape(-1, 3) for strip in strips])


def _ring_colour(ring: NDArray[np.uint8]) -> Colour | None:
    """Return the modal colour of the border, None where no colour stands out."""
    mode = modal_colour(ring)
    near = _deviation(ring, mode) <= COLOUR_TOLERANCE
    if float(near.mean()) < MIN_RING_SHARE:
        return None
    red, green, blue = (int(v) for v in np.median(ring[near], axis=0))
    return red, green, blue


def tolerance(ring: NDArray[np.uint8], colour: Colour) -> int:
    """Return how far from a colour its gutters may be, after the noise of the border ring."""
    deviation = _deviation(ring, np.array(colour, dtype=np.int16))
    near = deviation[deviation <= COLOUR_TOLERANCE]
    if near.size < MIN_RING_SHARE * deviation.size:
        return COLOUR_TOLERANCE
    noise = float(np.quantile(near, NOISE_QUANTILE))
    return round(min(COLOUR_TOLERANCE, max(MIN_TOLERANCE, NOISE_FACTOR * noise)))


def _deviation(pixels: NDArray[np.uint8], colour: NDArray[np.int16]) -> NDArray[np.int16]:
    deviation: NDArray[np.int16] = np.abs(pixels.astype(np.int16) - colour).max(axis=1)
    return deviation


def modal_colour(pixels: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return the most common colour of (n, 3) pixels: the median of the fullest histogram bin."""
    bins = (pixels // (256 // COLOUR_BINS)).astype(np.int32)
    keys = (bins[:, 0] * COLOUR_BINS + bins[:, 1]) * COLOUR_BINS + bins[:, 2]
    fullest = np.bincount(keys, minlength=COLOUR_BINS**3).argmax()
    mode: NDArray[np.int16] = np.median(pixels[keys == fullest], axis=0).astype(np.int16)
    return mode


def colour_mask(picture: RgbImage, colour: Colour, tolerance: int) -> Mask:
    """Return 1 where the picture has the colour, within the tolerance in every channel."""
    lower = tuple(max(0, c - tolerance) for c in colour)
    upper = tuple(min(255, c + tolerance) for c in colour)
    found = cv2.inRange(picture, np.array(lower), np.array(upper))
    return (found > 0).astype(np.uint8)


def _hypothesis(mask: Mask, colour: Colour, covers: Covers) -> Hypothesis:
    return Hypothesis(colour, GutterMap(border_connected(mask)), GutterMap(mask, covers=covers))


def border_connected(mask: Mask) -> Mask:
    """Keep the pixels of a mask that reach the border of the picture."""
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(padded, None, (0, 0), REACHED)
    connected: Mask = (padded[1:-1, 1:-1] == REACHED).view(np.uint8)
    return connected


def _is_close(a: Colour, b: Colour) -> bool:
    return max(abs(p - q) for p, q in zip(a, b, strict=True)) <= SAME_COLOUR
