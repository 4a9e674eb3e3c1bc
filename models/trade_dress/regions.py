"""Finds what is printed on a cover and not drawn, by classical means and the lettering detector.

A classifier of characters that sees a logo reads the logo: it must be told where not to look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from models.encoders.rows import check_pictures
from models.trade_dress.bars import find_bars
from schemas.geometry import Box
from schemas.records import RgbImage, TextLine

DressKind = Literal["barcode", "title", "corner", "price", "text"]
KINDS: tuple[DressKind, ...] = ("barcode", "title", "corner", "price", "text")
SIDE_PX = 640
"""The longer side while words and frames are looked for."""
TALL_LINE = 0.045
"""Height of a line, by that of the page, from which it belongs to a title near the top or the bottom."""
_TITLE_BELOW, _TITLE_ABOVE = 0.42, 0.9
_NARROW = 0.3
_EDGE = 0.2
_CORNER_AREA = (0.004, 0.07)
_CORNER_ASPECT = (0.45, 1.9)
_CORNER_GAP = 0.05
_GROWN = 0.18
_SAME, _PLAIN = 24, 0.6
"""How near colours of a plain band lie, and which share of a row is of it."""


class ReadsLines(Protocol):
    """A reader of lettering; what it reads is believed, what it only thinks it sees is not."""

    def read_lines(self, page: RgbImage) -> tuple[TextLine, ...]:
        """Return lines, page-relative."""
        ...


@dataclass(frozen=True, slots=True)
class DressRegion:
    """A part of a cover that is printed; ``box`` is picture-relative."""

    box: Box
    kind: DressKind


def find_dress(picture: RgbImage, reader: ReadsLines | None = None) -> tuple[DressRegion, ...]:
    """Return what is printed on a cover, in no particular order.

    Args:
        picture: the cover, or any other picture.
        reader: reads lines of lettering; without one only bar codes and corner boxes are found.

    Raises:
        UnreadablePictureError: it is no picture.
    """
    check_pictures([picture])
    height, width = picture.shape[:2]
    factor = SIDE_PX / max(height, width)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)
    bars = [DressRegion(_roomy(box), "barcode") for box in find_bars(small)]
    corners = [DressRegion(box, "corner") for box in _corner_boxes(small)]
    lines = reader.read_lines(small) if reader is not None else ()
    return (*bars, *corners, *_lettering(small, lines, [one.box for one in (*bars, *corners)]))


def _lettering(picture: RgbImage, lines: Sequence[TextLine], taken: Sequence[Box]) -> Iterator[DressRegion]:
    free = [line for line in lines if not any(_inside(line.box, box) for box in taken)]
    tall = [line for line in free if _is_title(line.box)]
    for title in _merged([_grown(line.box) for line in tall]):
        yield DressRegion(_band_of(picture, title), "title")
    for line in free:
        if line not in tall:
            yield DressRegion(_grown(line.box), "price" if _is_price(line) else "text")


def _is_title(line: Box) -> bool:
    middle = (line.y0 + line.y1) / 2
    return line.height >= TALL_LINE and line.width >= line.height and not _TITLE_BELOW < middle < _TITLE_ABOVE


def _is_price(line: TextLine) -> bool:
    """Say whether a line is short, has a number and stands at the top or bottom: prices, numbers, dates."""
    box = line.box
    at_end = box.y1 < _EDGE or box.y0 > 1 - _EDGE
    return at_end and box.width < _NARROW and any(c.isdigit() for c in line.text)


def _grown(line: Box) -> Box:
    by = _GROWN * line.height
    return Box.clipped(line.x0 - by, line.y0 - by, line.x1 + by, line.y1 + by)


def _roomy(box: Box) -> Box:
    """Return a bar code with the white around it and the digits below."""
    across, down = 0.08 * box.width, 0.22 * box.height
    return Box.clipped(box.x0 - across, box.y0 - down, box.x1 + across, box.y1 + down)


def _band_of(picture: RgbImage, title: Box) -> Box:
    """Return a title with the plain band it stands on: its colour says whose title it is, too."""
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = title.to_pixels(width_px=width, height_px=height)
    edge = np.concatenate([picture[y0, x0:x1], picture[y1 - 1, x0:x1]]).astype(np.int16)
    ground = np.median(edge, axis=0)
    if (np.abs(edge - ground).max(axis=1) < _SAME).mean() < _PLAIN:
        return title
    plain = (np.abs(picture.astype(np.int16) - ground).max(axis=2) < _SAME).mean(axis=1) >= _PLAIN
    rest = (np.abs(picture[y0:y1].astype(np.int16) - ground).max(axis=2) < _SAME).mean(axis=0)
    while y0 > 0 and plain[y0 - 1]:
        y0 -= 1
    while y1 < height and plain[y1]:
        y1 += 1
    while x0 > 0 and rest[x0 - 1] >= _PLAIN:
        x0 -= 1
    while x1 < width and rest[x1] >= _PLAIN:
        x1 += 1
    return Box.clipped(x0 / width, y0 / height, x1 / width, y1 / height)


def _inside(line: Box, box: Box) -> bool:
    x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
    return box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1


def _merged(boxes: Sequence[Box]) -> list[Box]:
    """Join boxes that touch: the lines of a logo, and its letters where each was found alone."""
    found: list[Box] = []
    for box in boxes:
        whole = box
        while touching := [one for one in found if _touch(one, whole)]:
            for one in touching:
                found.remove(one)
                whole = Box(
                    min(one.x0, whole.x0), min(one.y0, whole.y0), max(one.x1, whole.x1), max(one.y1, whole.y1)
                )
        found.append(whole)
    return found


def _touch(one: Box, other: Box) -> bool:
    return one.x0 <= other.x1 and other.x0 <= one.x1 and one.y0 <= other.y1 and other.y0 <= one.y1


def _corner_boxes(picture: RgbImage) -> list[Box]:
    """Return framed boxes in the corners at the top: a publisher's sign, a number, a price."""
    height, width = picture.shape[:2]
    soft = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (3, 3), 0)
    grey = np.asarray(soft, np.uint8)
    edges = cv2.dilate(cv2.Canny(grey, 60, 160), np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines:
        x, y, w, h = cv2.boundingRect(outline)
        if not _CORNER_AREA[0] <= w * h / (width * height) <= _CORNER_AREA[1]:
            continue
        near_side = min(x, width - x - w) <= _CORNER_GAP * width
        if (
            not near_side
            or y > 3 * _CORNER_GAP * height
            or not _CORNER_ASPECT[0] <= w / h <= _CORNER_ASPECT[1]
        ):
            continue
        if _is_rectangle(np.asarray(outline, np.int32), w * h) and _stands_out(grey, (x, y, w, h)):
            found.append(Box.clipped(x / width, y / height, (x + w) / width, (y + h) / height))
    return _merged(found)


def _is_rectangle(outline: NDArray[np.int32], area: int) -> bool:
    corners = cv2.approxPolyDP(outline, 0.03 * cv2.arcLength(outline, True), True)
    return len(corners) == 4 and cv2.contourArea(outline) >= 0.85 * area


def _stands_out(grey: NDArray[np.uint8], rect: tuple[int, int, int, int]) -> bool:
    """Say whether something is printed inside: a plain patch of a drawing is no box."""
    x, y, w, h = rect
    inner = grey[y + h // 8 : y + h - h // 8, x + w // 8 : x + w - w // 8]
    return bool(inner.size and inner.std() > 25)
