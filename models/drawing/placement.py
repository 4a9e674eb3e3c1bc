"""Where lettering goes in a panel: a small search over positions on a coarse raster.

Hard rules: inside the allowed area, never over a head, never over other lettering, and in reading
order. Wishes: near the speaker, over quiet parts, tails that cross nothing. Every position of the
raster is rated at once with summed-area tables; a beam keeps the best few arrangements.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from models.drawing.art.geometry import Rect
from models.drawing.frames import bounds, grown
from schemas.geometry import Point, Polygon

_CELL_PX = 6
_BEAM = 5
_PICKS = 4  # positions tried for each item in each arrangement
_AIR_PX = 5.0  # between lettering and what it must not touch
_FORBIDDEN = 1e6
# Weights of the wishes, in units of "one panel diagonal of distance"; set by looking at pages.
_W_BODY, _W_MOUTH, _W_TOP, _W_CORNER, _W_SHAPE = 1.3, 1.0, 0.45, 0.9, 0.12
_W_CROSSING, _W_BELOW_MOUTH, _W_CLOSE = 1.5, 0.75, 0.15
_W_NEAR = 0.5
_TAIL_ROOM_PX = 22.0  # a balloon right on top of a head has no tail to show

FloatMap = NDArray[np.float64]


class Wish(StrEnum):
    """Where an item would like to be."""

    SPEAKER = "near its speaker"
    OPENING = "in the first corner read"
    CLOSING = "in the last corner read"
    ANYWHERE = "wherever the picture is quiet"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to place: its possible sizes (width, height in pixels), best first."""

    sizes: tuple[tuple[float, float], ...]
    wish: Wish
    mouth: Point | None = None
    head: Rect | None = None
    ordered: bool = True  # whether reading order binds it
    near: Point | None = None  # where it would lie best


@dataclass(frozen=True, slots=True)
class Ground:
    """What a panel offers: allowed polygon, rectangles never to be covered, rectangles better left free."""

    area: Polygon
    taken: tuple[Rect, ...]
    bodies: tuple[Rect, ...] = ()
    right_to_left: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an item came to lie, and which of its sizes was taken."""

    rect: Rect
    size_index: int


@dataclass(frozen=True, slots=True)
class _Arrangement:
    cost: float = 0.0
    spots: tuple[Spot, ...] = ()
    ordered: tuple[Rect, ...] = ()
    tails: tuple[tuple[Point, Point], ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where all items lie, in their order, and how far from every wish that is (0 is perfect)."""

    spots: tuple[Spot, ...]
    cost: float


def place(items: Sequence[Item], ground: Ground) -> Placement | None:
    """Place items in reading order. Returns None where they do not fit."""
    raster = _Raster.of(ground)
    beam = [_Arrangement()]
    for item in items:
        grown_beam = [longer for arrangement in beam for longer in raster.extend(arrangement, item)]
        beam = sorted(grown_beam, key=lambda a: a.cost)[:_BEAM]
        if not beam:
            return None
    return Placement(beam[0].spots, beam[0].cost)


@dataclass(frozen=True, slots=True)
class _Raster:
    ground: Ground
    frame: Rect
    blocked: FloatMap
    busy: FloatMap

    @classmethod
    def of(cls, ground: Ground) -> "_Raster":
        frame = bounds(ground.area)
        shape = max(int(frame.height // _CELL_PX), 1), max(int(frame.width // _CELL_PX), 1)
        inside = np.zeros(shape, np.uint8)
        corners = [((x - frame.x0) / _CELL_PX - 0.5, (y - frame.y0) / _CELL_PX - 0.5) for x, y in ground.area]
        cv2.fillPoly(inside, [np.round(np.array(corners) * 256).astype(np.int32)], 1, shift=8)
        raster = cls(ground, frame, 1.0 - inside.astype(np.float64), np.zeros(shape, np.float64))
        for rect in ground.taken:
            raster._fill(raster.blocked, grown(rect, _AIR_PX))
        for rect in ground.bodies:
            raster._fill(raster.busy, rect)
        return raster

    def extend(self, arrangement: _Arrangement, item: Item) -> list[_Arrangement]:
        """Return the arrangement with the item added in its most promising positions."""
        blocked = self.blocked.copy()
        for spot in arrangement.spots:
            self._fill(blocked, grown(spot.rect, _AIR_PX))
        longer = []
        for index, size in enumerate(item.sizes):
            cost = self._rate(item, size, blocked, arrangement.ordered)
            if cost is None:
                continue
            for rect, price in self._picks(cost, size):
                longer.append(self._added(arrangement, item, Spot(rect, index), price + index * _W_SHAPE))
        return longer

    def _rate(
        self, item: Item, size: tuple[float, float], blocked: FloatMap, before: Sequence[Rect]
    ) -> FloatMap | None:
        """Return the cost of each top left cell for a size, None where it fits nowhere."""
        across, down = (int(np.ceil(side / _CELL_PX)) for side in size)
        if down > blocked.shape[0] or across > blocked.shape[1]:
            return None
        cost: FloatMap = _FORBIDDEN * (_window_sums(blocked, across, down) > 0.5).astype(np.float64)
        cost += _W_BODY * _window_sums(self.busy, across, down) / (across * down)
        ys: FloatMap = self.frame.y0 + np.arange(cost.shape[0], dtype=np.float64)[:, None] * _CELL_PX
        xs: FloatMap = self.frame.x0 + np.arange(cost.shape[1], dtype=np.float64)[None, :] * _CELL_PX
        cost += self._wish_cost(item, size, xs, ys)
        if item.ordered:
            for earlier in before:
                cost += _FORBIDDEN * self._read_before(earlier, size, xs, ys)
        return cost if cost.min() < _FORBIDDEN else None

    def _wish_cost(self, item: Item, size: tuple[float, float], xs: FloatMap, ys: FloatMap) -> FloatMap:
        frame, (width, height) = self.frame, size
        diagonal = float(np.hypot(frame.width, frame.height))
        middle_x, middle_y = xs + width / 2, ys + height / 2
        if item.wish in (Wish.OPENING, Wish.CLOSING):
            at_left = (item.wish is Wish.OPENING) != self.ground.right_to_left
            off_x = xs - frame.x0 if at_left else frame.x1 - (xs + width)
            off_y = ys - frame.y0 if item.wish is Wish.OPENING else frame.y1 - (ys + height)
            return _W_CORNER * (np.abs(off_x) + 1.5 * np.abs(off_y)) / diagonal
        if item.wish is Wish.ANYWHERE:
            return 0.3 * np.hypot(middle_x - frame.center[0], middle_y - frame.center[1]) / diagonal
        cost: FloatMap = _W_TOP * (ys - frame.y0) / max(frame.height, 1.0) + 0.0 * xs
        if item.mouth is not None:
            off_x, off_y = np.abs(middle_x - item.mouth[0]), np.abs(middle_y - item.mouth[1])
            cost += _W_MOUTH * np.hypot(np.maximum(off_x - width * 0.3, 0), off_y) / diagonal
            cost += _W_BELOW_MOUTH * (middle_y > item.mouth[1])
        if item.near is not None:
            cost += _W_NEAR * np.hypot(middle_x - item.near[0], middle_y - item.near[1]) / diagonal
        if item.head is not None:
            gap = item.head.y0 - (ys + height)
            cost += _W_CLOSE * np.clip(1 - gap / _TAIL_ROOM_PX, 0, 1)
        return cost

    def _read_before(
        self, earlier: Rect, size: tuple[float, float], xs: FloatMap, ys: FloatMap
    ) -> NDArray[np.bool_]:
        """Say for each position whether a reader would come to it before an earlier item."""
        width, height = size
        middle = earlier.center
        above = ys + height / 2 < middle[1] - 0.2 * min(height, earlier.height)
        beside = ys < earlier.y1 - 0.25 * min(height, earlier.height)
        ahead = xs + width / 2 - middle[0]
        forward = -ahead if self.ground.right_to_left else ahead
        result: NDArray[np.bool_] = above | (beside & (forward < 0.25 * earlier.width))
        return result

    def _picks(self, cost: FloatMap, size: tuple[float, float]) -> list[tuple[Rect, float]]:
        """Return the best positions, each clear of the better ones."""
        found, cost = [], cost.copy()
        apart = max(int(min(size) / _CELL_PX / 2), 2)
        for _ in range(_PICKS):
            row, column = np.unravel_index(int(np.argmin(cost)), cost.shape)
            price = float(cost[row, column])
            if price >= _FORBIDDEN:
                break
            x, y = self.frame.x0 + float(column) * _CELL_PX, self.frame.y0 + float(row) * _CELL_PX
            found.append((Rect(x, y, x + size[0], y + size[1]), price))
            cost[max(row - apart, 0) : row + apart, max(column - apart, 0) : column + apart] = _FORBIDDEN
        return found

    def _added(self, arrangement: _Arrangement, item: Item, spot: Spot, price: float) -> _Arrangement:
        tails, crossings = arrangement.tails, 0
        if item.mouth is not None:
            tail = (spot.rect.center, item.mouth)
            crossings += sum(_crosses(tail, earlier.rect) for earlier in arrangement.spots)
            crossings += sum(_tails_cross(tail, other) for other in tails)
            # The speaker's own head holds the mouth; through any other the tail would seem to be its voice.
            crossings += sum(_crosses(tail, r) for r in self.ground.taken if not _holds(r, item.mouth))
            tails = (*tails, tail)
        crossings += sum(_crosses(tail, spot.rect) for tail in arrangement.tails)
        return replace(
            arrangement,
            cost=arrangement.cost + price + _W_CROSSING * crossings,
            spots=(*arrangement.spots, spot),
            ordered=(*arrangement.ordered, spot.rect) if item.ordered else arrangement.ordered,
            tails=tails,
        )

    def _fill(self, cells: FloatMap, rect: Rect) -> None:
        """Mark every cell that a rectangle touches."""
        x0, y0 = int((rect.x0 - self.frame.x0) // _CELL_PX), int((rect.y0 - self.frame.y0) // _CELL_PX)
        x1 = int(np.ceil((rect.x1 - self.frame.x0) / _CELL_PX))
        y1 = int(np.ceil((rect.y1 - self.frame.y0) / _CELL_PX))
        cells[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = 1.0


def _window_sums(cells: FloatMap, across: int, down: int) -> FloatMap:
    """Return the sum over each window of a size, by a summed-area table (Crow 1984)."""
    table = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1))
    table[1:, 1:] = cells.cumsum(axis=0).cumsum(axis=1)
    sums: FloatMap = (
        table[down:, across:] - table[:-down, across:] - table[down:, :-across] + table[:-down, :-across]
    )
    return sums


def _crosses(tail: tuple[Point, Point], rect: Rect) -> bool:
    """Say whether a segment passes through a rectangle (sampled; lettering is never thin)."""
    (ax, ay), (bx, by) = tail
    return any(
        rect.x0 < ax + (bx - ax) * t < rect.x1 and rect.y0 < ay + (by - ay) * t < rect.y1
        for t in np.linspace(0.05, 0.95, 16)
    )


def _holds(rect: Rect, point: Point) -> bool:
    return rect.x0 <= point[0] <= rect.x1 and rect.y0 <= point[1] <= rect.y1


def _tails_cross(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    (a, b), (c, d) = first, second
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, p: Point) -> float:
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
