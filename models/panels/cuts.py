"""Recursive straight cuts along gutters: the first hypothesis.

A candidate row of gutter colour is judged by how much of it is gutter (coverage), by how straight
the content on both sides starts (flanks) and by the longest unbroken piece of a flank, which lines
of lettering lack. A gutter that a balloon crosses has a low coverage but two straight flanks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.panels.gutters import GutterMap, Rows
from models.panels.rect import Rect

FLANK_TOLERANCE_PX = 2
"""A flank is straight where content starts within this of its most common row."""
RUN_GAP_PX = 6
"""A run of straight flank survives gaps as wide as a smudge or a thin balloon tail."""
CANDIDATE_LEVELS = (0.985, 0.9, 0.8, 0.68, 0.55)
"""Coverage levels at which neighbouring rows are grouped into candidates."""
CLEAN_COVERAGE = 0.97
"""From here on nothing but dust lies in the gutter."""
MIN_PIECE_SHARE = 0.04
"""No panel is lower or narrower than this share of the page's longer side."""
BLANK_ROW_COVERAGE = 0.992
"""Rows at the rim of a region emptier than this are trimmed: dust and page rules are no content."""


@dataclass(frozen=True, slots=True)
class Flank:
    """One side of a gutter: its row, the share of the width that keeps to it, its longest run."""

    row: int
    share: float
    run: float


@dataclass(frozen=True, slots=True)
class Cut:
    """A gutter across a region, between rows ``top`` and ``bottom`` (exclusive)."""

    top: int
    bottom: int
    coverage: float
    score: float
    vertical: bool = False


@dataclass(frozen=True, slots=True)
class CutRules:
    """What is needed to believe in a gutter."""

    min_coverage: float = 0.62
    min_flank: float = 0.5
    clean_flank: float = 0.45
    min_run: float = 0.22
    loose_thickness_px: int | None = None


def trim(gutters: GutterMap, rect: Rect) -> Rect:
    """Return the rectangle without its blank rim; empty where there is no content at all."""
    for _ in range(2):
        rect = _trim_rows(gutters, rect)
        rect = _trim_rows(gutters.transposed, rect.transposed).transposed
    return rect


def _trim_rows(gutters: GutterMap, rect: Rect) -> Rect:
    if rect.area == 0:
        return rect
    filled = np.flatnonzero(gutters.row_shares(rect) < BLANK_ROW_COVERAGE)
    if filled.size == 0:
        return Rect(rect.x0, rect.y0, rect.x1, rect.y0)
    return Rect(rect.x0, rect.y0 + int(filled[0]), rect.x1, rect.y0 + int(filled[-1]) + 1)


def cut_region(gutters: GutterMap, rect: Rect, rules: CutRules) -> tuple[Rect, ...]:
    """Cut a region along its gutters until none is left; pieces are trimmed, order is arbitrary."""
    min_side = min_piece_px(gutters.bounds)
    leaves: list[Rect] = []
    pending = [trim(gutters, rect)]
    while pending:
        region = pending.pop()
        if region.width < min_side or region.height < min_side:
            continue
        pieces = _cut_once(gutters, region, rules, min_side)
        if pieces is None:
            leaves.append(region)
        else:
            pending.extend(pieces)
    return tuple(leaves)


def min_piece_px(bounds: Rect) -> int:
    """Return the least side of a panel, in pixels, for a picture of that size."""
    long_side = min(max(bounds.width, bounds.height), 2 * min(bounds.width, bounds.height))
    return max(4, round(long_side * MIN_PIECE_SHARE))


def _cut_once(gutters: GutterMap, region: Rect, rules: CutRules, min_side: int) -> tuple[Rect, Rect] | None:
    across = ((c, False) for c in horizontal_cuts(gutters, region, rules))
    down = ((c, True) for c in horizontal_cuts(gutters.transposed, region.transposed, rules))
    ranked = sorted((*across, *down), key=lambda item: -item[0].score)
    for cut, vertical in ranked:
        pieces = _apply(gutters, region, cut, vertical)
        if all(_is_piece(piece, region, vertical, min_side) for piece in pieces):
            return pieces
    return None


def _apply(gutters: GutterMap, region: Rect, cut: Cut, vertical: bool) -> tuple[Rect, Rect]:
    whole = region.transposed if vertical else region
    parts = (whole._replace(y1=cut.top), whole._replace(y0=cut.bottom))
    first, second = (trim(gutters, part.transposed if vertical else part) for part in parts)
    return first, second


def _is_piece(piece: Rect, region: Rect, vertical: bool, min_side: int) -> bool:
    """Say whether a piece is large enough for a panel, or a stray (a page number) to be dropped."""
    thickness, length = (piece.width, piece.height) if vertical else (piece.height, piece.width)
    whole = region.height if vertical else region.width
    return thickness >= min_side or length < whole / 2


def horizontal_cuts(gutters: GutterMap, region: Rect, rules: CutRules) -> Iterator[Cut]:
    """Yield the believable horizontal gutters of a region."""
    shares = gutters.row_shares(region)
    for row in _candidate_rows(shares, rules.min_coverage):
        cut = _judge(gutters, region, region.y0 + row, rules)
        if cut is not None:
            yield cut


def _candidate_rows(shares: NDArray[np.float32], min_coverage: float) -> tuple[int, ...]:
    rows: set[int] = set()
    for level in CANDIDATE_LEVELS:
        if level >= min_coverage:
            for start, stop in _runs(shares >= level):
                best = shares[start:stop].max()
                plateau = np.flatnonzero(shares[start:stop] >= best - 0.01)
                rows.add(start + int(plateau[plateau.size // 2]))
    return tuple(sorted(rows))


def _runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.view(np.int8), [0]))))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield int(start), int(stop)


def _judge(gutters: GutterMap, region: Rect, row: int, rules: CutRules) -> Cut | None:
    columns = slice(region.x0, region.x1)
    above = flank(gutters.content_above[row, columns], region.y0, row - 1)
    below = flank(gutters.content_below[row, columns], row + 1, region.y1 - 1)
    band = Rect(region.x0, above.row + 1, region.x1, below.row)
    if band.height < 1:
        return None
    coverage = gutters.share(band)
    if not _is_gutter(coverage, above, below, band.height, rules):
        return None
    score = coverage + above.share + below.share
    return Cut(band.y0, band.y1, coverage, score)


def _is_gutter(coverage: float, above: Flank, below: Flank, thickness_px: int, rules: CutRules) -> bool:
    weak, strong = sorted((above.share, below.share))
    if coverage >= CLEAN_COVERAGE:
        loose = rules.loose_thickness_px
        if loose is not None and thickness_px >= loose:
            return True
        return strong >= rules.clean_flank and weak >= rules.clean_flank / 2
    straight = weak >= rules.min_flank and min(above.run, below.run) >= rules.min_run
    return coverage >= rules.min_coverage and straight


def flank(starts: Rows, first: int, last: int) -> Flank:
    """Find the straight edge in the rows at which content starts, column by column.

    Rows outside ``first..last`` mean: no content in that column.
    """
    inside = (starts >= first) & (starts <= last)
    if last < first or not inside.any():
        return Flank(first if last < first else (first - 1 if starts[0] < first else last + 1), 0.0, 0.0)
    counts = np.bincount(starts[inside] - first, minlength=last - first + 1)
    window = np.convolve(counts, np.ones(2 * FLANK_TOLERANCE_PX + 1, dtype=np.int64), mode="same")
    row = first + int(window.argmax())
    straight = inside & (np.abs(starts - row) <= FLANK_TOLERANCE_PX)
    return Flank(row, float(straight.mean()), _longest_run(straight) / starts.size)


def _longest_run(flags: NDArray[np.bool_]) -> int:
    """Length of the longest run of true values, small gaps bridged."""
    hits = np.flatnonzero(flags)
    if hits.size == 0:
        return 0
    breaks = np.flatnonzero(np.diff(hits) > RUN_GAP_PX)
    starts = hits[np.concatenate(([0], breaks + 1))]
    stops = hits[np.concatenate((breaks, [hits.size - 1]))]
    return int((stops - starts).max()) + 1
