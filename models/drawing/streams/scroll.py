"""Web comics that run downwards: one tall strip of pictures, gaps and free words, cut into slices anywhere.

The strip is drawn whole and cut afterwards, so that pictures, balloons and lines of words go on from
one slice to the next, as they do where a site or a tool cut them.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from models.drawing.art.geometry import Rect
from models.drawing.streams.desk import Desk
from models.drawing.streams.plans import Leaf, Plan
from models.drawing.streams.records import StreamPage
from models.drawing.streams.sheet import frame
from schemas.geometry import Box, Polygon
from schemas.labels import PageType
from schemas.records import RgbImage, TextLine

DeskFor = Callable[[int, int], Desk]
"""Returns the means of a part of the strip, given its number and its height in pixels."""
_STORY = (PageType.FIRST_PAGE, PageType.STORY)
_SLIVER = 0.3  # of a slice: a shorter rest is part of the slice before it
_READABLE = 0.6  # share of its height that a line cut in two keeps where it still can be read


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the strip: its picture, its lines in pixels of the part, what it is."""

    picture: RgbImage
    lines: tuple[TextLine, ...]
    kind: PageType


def scroll_pages(
    plan: Plan, rng: random.Random, slice_px: int, desk_for: DeskFor, draw: Callable[[Desk, Leaf], None]
) -> Iterator[StreamPage]:
    """Draw the strip that a plan asks for and give its slices, all of one height or cut as it came."""
    parts = list(_parts(plan, rng, slice_px, desk_for, draw))
    strip = np.concatenate([part.picture for part in parts])
    edges = _cuts(rng, len(strip), slice_px)
    is_open = False
    for top, bottom in pairwise(edges):
        kind = _kind(parts, top, bottom)
        opens = kind is PageType.STORY and not is_open
        is_open = is_open or opens
        shown = PageType.FIRST_PAGE if opens else kind
        yield StreamPage(strip[top:bottom], shown, _cut_lines(parts, top, bottom), opens)


def _parts(
    plan: Plan, rng: random.Random, slice_px: int, desk_for: DeskFor, draw: Callable[[Desk, Leaf], None]
) -> Iterator[_Part]:
    number = 0
    while number < len(plan):
        leaf, run = plan[number], 1
        if leaf.kind in _STORY:
            run = next(
                (n for n, one in enumerate(plan[number:]) if one.kind not in _STORY), len(plan) - number
            )
            desk = desk_for(number, round(slice_px * (run + rng.uniform(-0.2, 0.3))))
            draw_scroll(desk)
            kind = PageType.STORY
        else:
            share = 1.0 if rng.random() < 0.6 else rng.uniform(0.7, 1.3)
            desk, kind = desk_for(number, round(slice_px * share)), leaf.kind
            draw(desk, leaf)
        yield _Part(desk.sheet.picture(), desk.sheet.lines, kind)
        number += run


def _cuts(rng: random.Random, height: int, slice_px: int) -> Sequence[int]:
    """Return the edges of the slices, the ends of the strip included."""
    even = rng.random() < 0.75
    edges = [0]
    while edges[-1] < height:
        edges.append(edges[-1] + round(slice_px * (1.0 if even else rng.uniform(0.6, 1.4))))
    edges[-1] = height
    if len(edges) > 2 and edges[-1] - edges[-2] < _SLIVER * slice_px:
        edges.pop(-2)
    return edges


def _kind(parts: Sequence[_Part], top: int, bottom: int) -> PageType:
    """Return what most of a slice is."""
    shares: dict[PageType, int] = {}
    for start, part in _placed(parts):
        common = min(bottom, start + len(part.picture)) - max(top, start)
        shares[part.kind] = shares.get(part.kind, 0) + max(common, 0)
    return max(shares, key=shares.__getitem__)


def _placed(parts: Sequence[_Part]) -> Iterator[tuple[int, _Part]]:
    start = 0
    for part in parts:
        yield start, part
        start += len(part.picture)


def _cut_lines(parts: Sequence[_Part], top: int, bottom: int) -> tuple[TextLine, ...]:
    """Return the lines that can be read in a slice, page-relative."""
    found = []
    for start, part in _placed(parts):
        for line in part.lines:
            y0, y1 = (start + side * len(part.picture) for side in (line.box.y0, line.box.y1))
            seen0, seen1 = max(y0, top), min(y1, bottom)
            if seen1 - seen0 >= _READABLE * (y1 - y0):
                tall = bottom - top
                box = Box.clipped(line.box.x0, (seen0 - top) / tall, line.box.x1, (seen1 - top) / tall)
                found.append(TextLine(box, line.text, line.confidence))
    return tuple(found)


def draw_scroll(desk: Desk) -> None:
    """Draw a story from the top of a tall sheet to its foot."""
    sheet, rng = desk.sheet, desk.rng
    ground = _Ground(desk)
    edge = rng.choices(("plain", "framed", "washed", "faded"), (4, 2, 2, 2))[0]
    full, airy = rng.uniform(0.1, 0.8), rng.uniform(0.2, 0.9)
    top = 0.0
    if desk.chance(0.3):
        top = _heading(desk, ground)
    while top < sheet.height - sheet.width * 0.15:
        if desk.chance(0.07):
            top = ground.change(top)
        top = _gap(desk, ground, top, airy)
        top = _picture(desk, ground, top, edge=edge, full=desk.chance(full))
    if desk.chance(0.4):
        _farewell(desk, ground)


class _Ground:
    """What lies behind the pictures; it may change on the way down."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.colour = self._any()
        desk.sheet.box(desk.sheet.part(0, 0, 1, 1), self.colour)

    def _any(self) -> str:
        look = self._desk.look
        return self._desk.rng.choices(
            ("#ffffff", look.paper, "#000000", "#15131c", look.second), (6, 2, 1.5, 0.7, 0.8)
        )[0]

    @property
    def ink(self) -> str:
        """A colour of words that shows on it."""
        red, green, blue = (int(self.colour[at : at + 2], 16) for at in (1, 3, 5))
        return "#f2f2f2" if red + green + blue < 330 else "#151515"

    def change(self, top: float) -> float:
        """Go over to another ground from here down; return where that is done."""
        sheet, before = self._desk.sheet, self.colour
        self.colour = self._any()
        ends = min(top + sheet.width * self._desk.rng.choice((0.02, 0.3, 0.8)), sheet.height)
        sheet.fade(Rect(0, top, sheet.width, ends), before, self.colour)
        sheet.box(Rect(0, ends, sheet.width, sheet.height), self.colour)
        return ends


def _heading(desk: Desk, ground: _Ground) -> float:
    sheet = desk.sheet
    room = Rect(sheet.width * 0.1, sheet.width * 0.08, sheet.width * 0.9, sheet.width * 0.35)
    ends = sheet.logo(f"{desk.writer.one('openings')} {desk.number}", room, ink=ground.ink)
    return sheet.text(
        desk.story, Rect(room.x0, ends, room.x1, ends + desk.unit * 4), desk.unit * 1.3, ink=ground.ink
    )


def _gap(desk: Desk, ground: _Ground, top: float, airy: float) -> float:
    """Leave ground between pictures, at times with words on it."""
    sheet, rng = desk.sheet, desk.rng
    ends = top + sheet.width * rng.choice(
        (0.02, 0.06, rng.uniform(0.1, 0.4), rng.uniform(0.1, 0.4), rng.uniform(0.3, 1.0))
    )
    if ends - top > desk.unit * 4 and desk.chance(airy):
        _words(desk, ground, Rect(0, top + desk.unit, sheet.width, ends))
    return ends


def _words(desk: Desk, ground: _Ground, room: Rect, *, over: bool = False) -> None:
    """Set a few words: free on the ground, or in a balloon or a box."""
    sheet, rng = desk.sheet, desk.rng
    wide = sheet.width * rng.uniform(0.35, 0.8)
    middle = rng.uniform(wide / 2, sheet.width - wide / 2)
    said = rng.choice((desk.writer.speech(), desk.writer.sentence(4, 18), desk.writer.sentence(6, 22)))
    if desk.chance(desk.talk):
        sheet.balloon(
            said, (middle, room.y0 + room.height * rng.uniform(0.2, 0.8)), wide, square=desk.chance(0.2)
        )
        return
    edge = "#ffffff" if ground.ink == "#151515" else "#101010"
    place = Rect(middle - wide / 2, room.y0, middle + wide / 2, sheet.height)
    sheet.text(
        said,
        place,
        desk.unit * rng.uniform(0.9, 1.3),
        ink=ground.ink,
        edge=edge if over and desk.chance(0.7) else "",
        align=rng.choice(("center", "center", "left")),
    )


def _picture(desk: Desk, ground: _Ground, top: float, *, edge: str, full: bool) -> float:
    """Draw a picture and what is said about its edges; return where it ends."""
    sheet, rng = desk.sheet, desk.rng
    share = 1.0 if full else rng.uniform(0.45, 0.95)
    wide = sheet.width * share
    left = rng.choice((0.0, (sheet.width - wide) / 2, (sheet.width - wide) / 2, sheet.width - wide))
    rect = Rect(
        left, top, left + wide, top + wide * rng.choice((rng.uniform(0.4, 0.9), rng.uniform(0.8, 1.6), 2.2))
    )
    art = desk.artist.panel(rect.width / rect.height)
    if edge in ("washed", "faded") and desk.chance(0.8):
        sheet.lay(_softened(art, rng, washed=edge == "washed"), rect)
    else:
        line_px = max(1.2, desk.look.border_px) if edge == "framed" else 0.0
        sheet.paste(art, _slanted(rect, rng) if desk.chance(0.12) else frame(rect), line_px=line_px)
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        height = rng.choice((rng.uniform(-0.05, 0.15), rng.uniform(0.1, 0.9), rng.uniform(0.85, 1.05)))
        where = rect.y0 + rect.height * height
        if where > 0:
            _words(desk, ground, Rect(0, where, sheet.width, where + desk.unit * 2), over=True)
    if desk.chance(0.1):
        spot = Rect.around(
            rect.at(rng.uniform(0.3, 0.7), rng.uniform(0.1, 0.9)), rect.width * 0.5, rect.width * 0.2
        )
        sheet.logo(desk.writer.surname().upper() + "!", spot, edge="#111111")
    return rect.y1


def _slanted(rect: Rect, rng: random.Random) -> Polygon:
    """Return a rectangle with one side, or all of a point, moved in."""
    by = rect.width * rng.uniform(0.1, 0.5)
    shapes = (
        ((rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1 - by, rect.y1), (rect.x0, rect.y1)),
        ((rect.x0 + by, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)),
        ((rect.at(0.5, 0)), (rect.x1, rect.y1), (rect.x0, rect.y1)),
        (
            (rect.x0, rect.y0),
            (rect.x1, rect.y0 + by * 0.4),
            (rect.x1, rect.y1),
            (rect.x0, rect.y1 - by * 0.4),
        ),
    )
    return rng.choice(shapes)


def _softened(art: RgbImage, rng: random.Random, *, washed: bool) -> RgbImage:
    """Return a picture with alpha: its rim runs out, evenly or in blots like water colour."""
    height, width = art.shape[:2]
    across, down = (np.minimum(np.arange(n), np.arange(n)[::-1]) + 1 for n in (width, height))
    inside = np.minimum.outer(down, across).astype(np.float32) / min(height, width)
    if washed:
        cells = np.random.default_rng(rng.randrange(2**31)).random((9, 9)).astype(np.float32)
        blots = cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC)
        alpha = (inside - 0.12 * blots) * 40
    else:
        alpha = inside * rng.uniform(5, 20)
    opaque = (np.clip(alpha, 0, 1) * 255).astype(np.uint8)
    return np.dstack([art, opaque])


def _farewell(desk: Desk, ground: _Ground) -> None:
    """End with thanks to the readers, or with what comes next."""
    sheet = desk.sheet
    room = Rect(sheet.width * 0.1, sheet.height - sheet.width * 0.25, sheet.width * 0.9, sheet.height)
    words = f"{desk.writer.one('endings')} {desk.writer.sentence(3, 12)}"
    sheet.text(words, room, desk.unit * 1.2, ink=ground.ink)
