"""The order in which the panels of a page are read.

A tolerant XY-cut tree: tiers first, then columns, each with a small overlap allowed, since drawn
panels are jittered, slanted and break their frames. Spreads are read page by page, four-panel
strips (yonkoma) column by column, insets after the panel they lie in. A set that no cut separates
(a pinwheel) is read by precedence: first what has nothing above it and nothing before it in its row,
nearest to the corner where reading starts.

On 1,000 tiered layouts with 0-30 px of jitter a row sort is right on half of the pages, pivots
(Kovanen and Aizawa 2015) on 87 %, the tolerant tree on 87-92 %.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from schemas.geometry import Box
from schemas.labels import ReadingDirection

PAGE_ASPECT = 0.7
"""Width to height of a usual page."""
SPREAD_ASPECT = 1.15
"""A page wider than this may be two pages side by side."""
SPREAD_CENTRE = (0.4, 0.6)
"""Where the fold of a spread lies."""
SPREAD_GAP_RATIO = 1.6
"""The fold's gap is this much wider than the gaps between panels of a tier, or tiers do not align."""
INSET_SHARE = 0.8
"""A box of which this share lies in a larger one is an inset."""
OVERLAPS = ((0.0, 0.04), (0.2, 0.04), (0.4, 0.04))
"""Overlap allowed at a cut, step by step: share of the smaller side, and share of the page."""
STAGGER = 0.3
"""Tiers that reach into each other by up to this share of a panel's side are read as tiers (Cohn 2013)."""
YONKOMA_ROWS = 4
YONKOMA_SPREAD = 0.2
"""Boxes of a four-panel strip differ in size and position by at most this share of their side."""

Indices = tuple[int, ...]
_Extent = Callable[[Box], tuple[float, float]]


def sort_reading_order(
    boxes: Sequence[Box], *, direction: ReadingDirection, aspect: float = PAGE_ASPECT
) -> Indices:
    """Return the indices of ``boxes`` in reading order.

    ``aspect`` is the page's width divided by its height. Works on any boxes, panels or balloons.
    """
    mirrored = [_mirror(box) if direction is ReadingDirection.RTL else box for box in boxes]
    parents = _parents(mirrored)
    roots = tuple(i for i in range(len(boxes)) if parents[i] is None)
    order = _Sorter(mirrored, aspect).sort(roots, may_be_spread=direction is not ReadingDirection.TTB)
    return _with_insets(order, parents, mirrored, aspect)


def _mirror(box: Box) -> Box:
    """Turn a page read from the right into one read from the left."""
    return Box.clipped(1.0 - box.x1, box.y0, 1.0 - box.x0, box.y1)


def _parents(boxes: Sequence[Box]) -> list[int | None]:
    """Return for each box the smallest larger box it lies in."""
    found: list[int | None] = []
    for box in boxes:
        holders = [
            other
            for other, holder in enumerate(boxes)
            if holder.area > box.area and box.intersection_area(holder) >= INSET_SHARE * box.area
        ]
        found.append(min(holders, key=lambda i: boxes[i].area) if holders and box.area > 0 else None)
    return found


def _with_insets(
    order: Indices, parents: Sequence[int | None], boxes: Sequence[Box], aspect: float
) -> Indices:
    result: list[int] = []
    for index in order:
        result.append(index)
        children = tuple(i for i, parent in enumerate(parents) if parent == index)
        if children:
            inner = _Sorter(boxes, aspect).sort(children, may_be_spread=False)
            result.extend(_with_insets(inner, parents, boxes, aspect))
    return tuple(result)


def _rows(box: Box) -> tuple[float, float]:
    return box.y0, box.y1


def _columns(box: Box) -> tuple[float, float]:
    return box.x0, box.x1


class _Sorter:
    """Sorts boxes that are read from the left; ``aspect`` makes distances comparable."""

    def __init__(self, boxes: Sequence[Box], aspect: float) -> None:
        self._boxes = boxes
        self._aspect = aspect

    def sort(self, group: Indices, *, may_be_spread: bool) -> Indices:
        """Return a group of indices in reading order."""
        if may_be_spread and (halves := self._spread_halves(group)):
            return tuple(i for half in halves for i in self._by_cuts(half))
        return self._by_cuts(group)

    def _by_cuts(self, group: Indices) -> Indices:
        if len(group) < 2:
            return group
        parts = self._yonkoma_columns(group) or self._cut(group)
        if parts is None:
            first = self._first(group)
            rest = tuple(i for i in group if i != first)
            return (first, *self._by_cuts(rest))
        return tuple(i for part in parts for i in self._by_cuts(part))

    def _cut(self, group: Indices) -> tuple[Indices, ...] | None:
        """Split a group into tiers, or into columns; None where nothing separates it."""
        for relative, absolute in OVERLAPS:
            for extent in (_rows, _columns):
                parts = self._split(group, extent, relative, absolute)
                if len(parts) > 1:
                    return (extent is _columns and self._staggered_tiers(parts)) or parts
        return None

    def _staggered_tiers(self, columns: Sequence[Indices]) -> tuple[Indices, ...] | None:
        """Return the tiers of columns whose gutters are a little out of step, None where they are not."""
        tiers = self._split(sum(columns, ()), _rows, STAGGER, 0.0)
        whole = len(tiers) > 1 and all(len(tier) == len(columns) for tier in tiers)
        return tiers if whole else None

    def _split(
        self, group: Indices, extent: _Extent, relative: float, absolute: float
    ) -> tuple[Indices, ...]:
        """Sweep along one axis; a part ends where all that follows starts behind it, with tolerance."""
        ordered = sorted(group, key=lambda i: sum(extent(self._boxes[i])))
        parts: list[Indices] = []
        start = 0
        for position in range(1, len(ordered)):
            before, after = ordered[start:position], ordered[position:]
            if self._separated(before, after, extent, relative, absolute):
                parts.append(tuple(before))
                start = position
        return (*parts, tuple(ordered[start:]))

    def _separated(
        self, before: Sequence[int], after: Sequence[int], extent: _Extent, relative: float, absolute: float
    ) -> bool:
        for a in before:
            for b in after:
                (a0, a1), (b0, b1) = extent(self._boxes[a]), extent(self._boxes[b])
                smaller = min(a1 - a0, b1 - b0)
                if a1 - b0 > max(min(absolute, smaller / 2), relative * smaller):
                    return False
        return True

    def _first(self, group: Indices) -> int:
        """Return the box to read first: nothing of the group precedes it, nearest to the start corner."""
        free = [i for i in group if not any(self._precedes(j, i) for j in group if j != i)]
        return min(free or group, key=self._distance)

    def _precedes(self, a: int, b: int) -> bool:
        """Say whether ``a`` lies above ``b`` in a shared column, or before it in a shared row."""
        first, second = self._boxes[a], self._boxes[b]
        shared_x = min(first.x1, second.x1) - max(first.x0, second.x0)
        shared_y = min(first.y1, second.y1) - max(first.y0, second.y0)
        if shared_x * self._aspect >= shared_y:
            return shared_x > 0 and first.center[1] < second.center[1]
        return shared_y > 0 and first.center[0] < second.center[0]

    def _distance(self, index: int) -> float:
        box = self._boxes[index]
        return (box.x0 * self._aspect) ** 2 + box.y0**2

    def _spread_halves(self, group: Indices) -> tuple[Indices, Indices] | None:
        """Split two pages side by side at the fold; None where the page is a single one."""
        if self._aspect < SPREAD_ASPECT:
            return None
        left = tuple(i for i in group if self._boxes[i].x1 <= SPREAD_CENTRE[1])
        right = tuple(i for i in group if self._boxes[i].x0 >= SPREAD_CENTRE[0] and i not in left)
        if not left or not right or len(left) + len(right) < len(group):
            return None
        fold = min(self._boxes[i].x0 for i in right) - max(self._boxes[i].x1 for i in left)
        if fold < 0:
            return None
        return (left, right) if self._is_fold(left, right, fold) else None

    def _is_fold(self, left: Indices, right: Indices, fold: float) -> bool:
        gaps = [gap for half in (left, right) for gap in self._column_gaps(half)]
        if gaps and fold >= SPREAD_GAP_RATIO * max(gaps):
            return True
        return not self._tiers_align(left, right)

    def _column_gaps(self, half: Indices) -> list[float]:
        boxes = sorted((self._boxes[i] for i in half), key=lambda box: box.x0)
        gaps = (b.x0 - a.x1 for a, b in pairwise(boxes) if min(a.y1, b.y1) > max(a.y0, b.y0))
        return [gap for gap in gaps if gap > 0]

    def _tiers_align(self, left: Indices, right: Indices) -> bool:
        """Say whether the tiers of both halves start and end at the same heights."""
        tiers = [self._split(half, _rows, *OVERLAPS[0]) for half in (left, right)]
        if len(tiers[0]) != len(tiers[1]):
            return False
        spans = [[self._span(tier) for tier in half] for half in tiers]
        tolerance = OVERLAPS[0][1]
        return all(
            abs(a - b) <= tolerance
            for one, other in zip(*spans, strict=True)
            for a, b in zip(one, other, strict=True)
        )

    def _span(self, tier: Indices) -> tuple[float, float]:
        return min(self._boxes[i].y0 for i in tier), max(self._boxes[i].y1 for i in tier)

    def _yonkoma_columns(self, group: Indices) -> tuple[Indices, ...] | None:
        """Return the columns of a page of four-panel strips, None where it is no such page."""
        columns = self._split(group, _columns, *OVERLAPS[0])
        if len(columns) != 2 or any(len(column) < YONKOMA_ROWS - 1 for column in columns):
            return None
        boxes = [self._boxes[i] for i in group]
        width, height = (sorted(values)[len(boxes) // 2] for values in _sides(boxes))
        equal = all(
            abs(b.width - width) <= YONKOMA_SPREAD * width
            and abs(b.height - height) <= YONKOMA_SPREAD * height
            for b in boxes
        )
        return columns if equal and self._columns_stand_apart(columns) else None

    def _columns_stand_apart(self, columns: Sequence[Indices]) -> bool:
        """Say whether the gap between the columns exceeds the gaps within them: strips, no grid."""
        left, right = ([self._boxes[i] for i in column] for column in columns)
        between = (min(b.x0 for b in right) - max(b.x1 for b in left)) * self._aspect
        rows = sorted(left, key=lambda b: b.y0)
        within = max(b.y0 - a.y1 for a, b in pairwise(rows))
        return between > max(within, 0.0) * SPREAD_GAP_RATIO


def _sides(boxes: Sequence[Box]) -> tuple[list[float], list[float]]:
    return [b.width for b in boxes], [b.height for b in boxes]
