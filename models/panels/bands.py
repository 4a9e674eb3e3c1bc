"""Bands of gutter colour between panels, and what makes them believable.

A candidate row of gutter colour is judged by how much of it is gutter (coverage), by how straight
the content on both sides starts (flanks) and by the longest unbroken piece of a flank, which lines
of lettering lack. A gutter that a balloon crosses has a low coverage but two straight flanks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from models.panels.gutters import GutterMap, Mask
from models.panels.rect import Rect
from models.panels.regions import BLANK_ROW_COVERAGE, page_side

FLANK_TOLERANCE_PX = 2
"""A flank is straight where content starts within this of its most common row."""
RUN_GAP_PX = 6
"""A run of straight flank survives gaps as wide as a smudge or a thin balloon tail."""
CANDIDATE_LEVELS = (0.985, 0.9, 0.8, 0.68, 0.55, 0.4, 0.3)
"""Coverage levels at which neighbouring rows are grouped into candidates."""
PLATEAU = 0.01
"""Rows this close to the emptiest of their run are as empty as it."""
CLEAN_COVERAGE = 0.97
"""From here on nothing but dust lies in the gutter."""
THIN_GUTTER = 0.035
"""A gutter up to this share of the page's longer side is thin."""
WIDE_BAND = 0.08
"""A blank band wider than this share of the page's longer side parts two pictures, straight or not."""
MAX_BRIDGE = 0.3
"""A balloon or caption covers at most this share of a gutter; what is longer is a panel."""
MIN_INSIDE = 0.004
"""Thinnest gutter inside a picture, as a share of the page's longer side."""
MIN_SEEN, MIN_EXPLAINED = 0.25, 0.9
"""Balloons may hide a gutter inside but for this share of it; this much must be seen or hidden by them."""
MIN_RUN = 0.015
"""Such a gutter is seen over this share of the page's longer side on end; gaps in a tone are shorter."""
MAX_FRAME = 0.005
"""Thickest line of a frame, as a share of the page's longer side."""


@dataclass(frozen=True, slots=True)
class Flanks:
    """One side of ``n`` gutters: distance from the gutter's row, and share of the width that keeps to it.

    ``starts`` (n, width) are the distances at which content starts in each column, 0 where it never does.
    """

    starts: NDArray[np.intp]
    distance: NDArray[np.intp]
    share: NDArray[np.float64]

    def keeps_to_line(self, index: int) -> NDArray[np.bool_]:
        """Say in which columns the content of one flank starts where most does."""
        starts = self.starts[index]
        straight: NDArray[np.bool_] = (np.abs(starts - self.distance[index]) <= FLANK_TOLERANCE_PX) & (
            starts > 0
        )
        return straight

    def run(self, index: int) -> float:
        """Return the longest run of one flank, as a share of the width."""
        return longest_run(self.keeps_to_line(index)) / int(self.starts.shape[1])


@dataclass(frozen=True, slots=True)
class Cut:
    """A gutter across a region, between rows ``top`` and ``bottom`` (exclusive)."""

    top: int
    bottom: int
    score: float


@dataclass(frozen=True, slots=True)
class CutRules:
    """What is needed to believe in a gutter; shares of the region's width.

    A clean gutter needs one flank of ``clean_flank`` and another of ``weak_flank``. One that something
    crosses needs ``min_coverage`` and two flanks of ``min_flank``; a thin one with perfect flanks
    (``thin_flank`` of what is not crossed) is believed at ``thin_coverage``. One ``inside`` a framed
    picture must be thin, and run out through the frame: a white bar drawn in it stops there.
    """

    min_coverage: float = 0.62
    min_flank: float = 0.5
    clean_flank: float = 0.45
    weak_flank: float = 0.22
    min_run: float = 0.22
    thin_coverage: float = 0.4
    thin_flank: float = 0.85
    slants: bool = True
    thickness_px: tuple[float, float] = (1.0, inf)
    inside: bool = False
    max_bridge: float = MAX_BRIDGE

    @property
    def least_flank(self) -> float:
        """No gutter is believed with a flank below this."""
        return min(self.weak_flank, self.min_flank, self.thin_flank * self.thin_coverage)


def horizontal_cuts(gutters: GutterMap, region: Rect, rules: CutRules) -> Iterator[Cut]:
    """Yield the believable horizontal gutters of a region."""
    shares = gutters.row_shares(region)
    if not rules.inside:
        yield from _blank_bands(shares, region, WIDE_BAND * page_side(gutters.bounds))
    rows = region.y0 + _candidate_rows(shares, min(rules.min_coverage, rules.thin_coverage))
    if rows.size == 0:
        return
    columns = slice(region.x0, region.x1)
    last_above, first_below = gutters.content_above[rows, columns], gutters.content_below[rows, columns]
    lines = rows[:, None]
    above = find_flanks(np.where(last_above >= region.y0, lines - last_above, 0))
    below = find_flanks(np.where(first_below < region.y1, first_below - lines, 0))
    for index in np.flatnonzero(np.minimum(above.share, below.share) >= rules.least_flank).tolist():
        cut = _judge(gutters, region, int(rows[index]), (above, below), index, rules)
        if cut is not None:
            yield cut


def _blank_bands(shares: NDArray[np.float32], region: Rect, min_px: float) -> Iterator[Cut]:
    """Yield the bands between content that are blank and so wide that they part whatever lies beside them."""
    filled = np.flatnonzero(shares < BLANK_ROW_COVERAGE)
    for index in np.flatnonzero(np.diff(filled) > min_px).tolist():
        yield Cut(region.y0 + int(filled[index]) + 1, region.y0 + int(filled[index + 1]), 1.0)


def _candidate_rows(shares: NDArray[np.float32], min_coverage: float) -> NDArray[np.intp]:
    """Return the middles of the emptiest rows of each run of rows that reach a level."""
    found = [_emptiest_rows(shares, level) for level in CANDIDATE_LEVELS if level >= min_coverage]
    return np.unique(np.concatenate(found))


def _emptiest_rows(shares: NDArray[np.float32], level: float) -> NDArray[np.intp]:
    flags = shares >= level
    starts = np.flatnonzero(flags & ~np.concatenate(([False], flags[:-1])))
    if starts.size == 0:
        return starts
    best = np.maximum.reduceat(shares, starts)
    run = np.cumsum(np.bincount(starts, minlength=shares.size)) - 1
    plateau = np.flatnonzero(flags & (shares >= best[run] - PLATEAU))
    counts = np.bincount(run[plateau], minlength=starts.size)
    middles: NDArray[np.intp] = plateau[np.cumsum(counts) - counts + counts // 2]
    return middles


def find_flanks(starts: NDArray[np.intp]) -> Flanks:
    """Find in each row of (n, width) distances at which content starts the one most columns keep to."""
    count, width = starts.shape
    pad = FLANK_TOLERANCE_PX
    stride = int(starts.max(initial=0)) + 1 + 2 * pad
    keys = starts + (np.arange(count) * stride + pad)[:, None]
    histogram = np.bincount(keys.ravel(), minlength=count * stride).reshape(count, stride)
    histogram[:, pad] = 0
    windows = sliding_window_view(histogram, 2 * pad + 1, axis=1)
    nearby = windows.sum(axis=2)
    each = np.arange(count)
    centre = nearby.argmax(axis=1)
    distance = np.maximum(0, centre - pad + windows[each, centre].argmax(axis=1))
    return Flanks(starts, distance, nearby[each, distance] / width)


def _judge(
    gutters: GutterMap, region: Rect, row: int, flanks: tuple[Flanks, Flanks], index: int, rules: CutRules
) -> Cut | None:
    above, below = flanks
    top, bottom = row - int(above.distance[index]) + 1, row + int(below.distance[index])
    band = Rect(region.x0, top, region.x1, bottom)
    thinnest, thickest = rules.thickness_px
    if not thinnest <= band.height <= thickest:
        return None
    thin = band.height <= THIN_GUTTER * page_side(gutters.bounds)
    bridge = longest_run(gutters.mask[row, band.x0 : band.x1] == 0) / region.width
    coverage = gutters.share(band)
    if rules.inside and not (thin and runs_out(gutters, band, row)):
        return None
    if rules.inside and _is_covered(gutters, band, row, _beside_both(flanks, index)):
        return Cut(top, bottom, coverage + float(above.share[index] + below.share[index]))
    if not is_gutter(coverage, flanks, index, rules, thin=thin and bridge <= rules.max_bridge):
        return None
    return Cut(top, bottom, coverage + float(above.share[index] + below.share[index]))


def _beside_both(flanks: tuple[Flanks, Flanks], index: int) -> NDArray[np.bool_]:
    """Say in which columns content starts at both sides of a gutter."""
    above, below = (side.keeps_to_line(index) for side in flanks)
    return above & below


def _is_covered(gutters: GutterMap, band: Rect, row: int, seen: NDArray[np.bool_]) -> bool:
    """Say whether a gutter is seen between straight flanks wherever no balloon or caption may hide it."""
    seen = in_runs(seen, round(MIN_RUN * page_side(gutters.bounds)))
    if gutters.covers is None or float(seen.mean()) < MIN_SEEN:
        return False
    covered = gutters.covers.mask[row, band.x0 : band.x1] == 1
    return float((seen | covered).mean()) >= MIN_EXPLAINED


def runs_out(gutters: GutterMap, band: Rect, row: int) -> bool:
    """Say whether a band inside a picture is no gap in a tone, and not shut off by the picture's frame.

    One end must run out of the region; where both are covered, a balloon covers them and no mere line.
    """
    side = page_side(gutters.bounds)
    if band.height < MIN_INSIDE * side:
        return False
    line = gutters.mask[row, band.x0 : band.x1]
    ends = [_first_gutter(line), _first_gutter(line[::-1])]
    return min(ends) == 0 or min(ends) > MAX_FRAME * side


def _first_gutter(row: Mask) -> int:
    found = int(row.argmax())
    return found if row[found] else row.size


def is_gutter(
    coverage: float, flanks: tuple[Flanks, Flanks], index: int, rules: CutRules, *, thin: bool
) -> bool:
    """Say whether a band of gutter colour parts two panels."""
    weak, strong = sorted(float(side.share[index]) for side in flanks)
    if coverage >= CLEAN_COVERAGE:
        return strong >= rules.clean_flank and weak >= rules.weak_flank
    straight = coverage >= rules.min_coverage and weak >= rules.min_flank
    crossed = thin and coverage >= rules.thin_coverage and weak >= rules.thin_flank * coverage
    if not straight and not crossed:
        return False
    run = min(side.run(index) for side in flanks)
    return (straight and run >= rules.min_run) or (crossed and run >= rules.min_run / 2)


def longest_run(flags: NDArray[np.bool_]) -> int:
    """Length of the longest run of true values, small gaps bridged."""
    hits = np.flatnonzero(flags)
    if hits.size == 0:
        return 0
    breaks = np.flatnonzero(np.diff(hits) > RUN_GAP_PX)
    starts = hits[np.concatenate(([0], breaks + 1))]
    stops = hits[np.concatenate((breaks, [hits.size - 1]))]
    return int((stops - starts).max()) + 1


def in_runs(flags: NDArray[np.bool_], least_px: int) -> NDArray[np.bool_]:
    """Keep what is true over so many places on end."""
    kept = cv2.morphologyEx(flags.astype(np.uint8)[None], cv2.MORPH_OPEN, np.ones((1, least_px), np.uint8))
    runs: NDArray[np.bool_] = kept[0] == 1
    return runs
