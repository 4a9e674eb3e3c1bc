"""Bands of gutter colour between panels, and what makes them believable.

A candidate row of gutter colour is judged by how much of it is gutter (coverage), by how straight
the content on both sides starts (flanks) and by the longest unbroken piece of a flank, which lines
of lettering lack. A gutter that a balloon crosses has a low coverage but two straight flanks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from models.panels.gutters import GutterMap, Rows
from models.panels.rect import Rect
from models.panels.regions import page_side

FLANK_TOLERANCE_PX = 2
"""A flank is straight where content starts within this of its most common row."""
RUN_GAP_PX = 6
"""A run of straight flank survives gaps as wide as a smudge or a thin balloon tail."""
CANDIDATE_LEVELS = (0.985, 0.9, 0.8, 0.68, 0.55, 0.4)
"""Coverage levels at which neighbouring rows are grouped into candidates."""
CLEAN_COVERAGE = 0.97
"""From here on nothing but dust lies in the gutter."""
THIN_GUTTER = 0.035
"""A gutter up to this share of the page's longer side is thin."""
MAX_BRIDGE = 0.3
"""A balloon or caption covers at most this share of a gutter; what is longer is a panel."""


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
    score: float


@dataclass(frozen=True, slots=True)
class CutRules:
    """What is needed to believe in a gutter; shares of the region's width.

    A clean gutter needs one flank of ``clean_flank`` and another of ``weak_flank``. One that something
    crosses needs ``min_coverage`` and two flanks of ``min_flank``; a thin one with perfect flanks
    (``thin_flank`` of what is not crossed) is believed at ``thin_coverage``.
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


def horizontal_cuts(gutters: GutterMap, region: Rect, rules: CutRules) -> Iterator[Cut]:
    """Yield the believable horizontal gutters of a region."""
    shares = gutters.row_shares(region)
    for row in _candidate_rows(shares, min(rules.min_coverage, rules.thin_coverage)):
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
    thinnest, thickest = rules.thickness_px
    if not thinnest <= band.height <= thickest:
        return None
    coverage = gutters.share(band)
    thin = band.height <= THIN_GUTTER * page_side(gutters.bounds)
    bridge = longest_run(gutters.mask[row, columns] == 0) / region.width
    thin = thin and bridge <= MAX_BRIDGE
    if not is_gutter(coverage, above, below, rules, thin=thin):
        return None
    return Cut(band.y0, band.y1, coverage + above.share + below.share)


def is_gutter(coverage: float, above: Flank, below: Flank, rules: CutRules, *, thin: bool) -> bool:
    """Say whether a band of gutter colour parts two panels."""
    weak, strong = sorted((above.share, below.share))
    run = min(above.run, below.run)
    if coverage >= CLEAN_COVERAGE:
        return strong >= rules.clean_flank and weak >= rules.weak_flank
    if coverage >= rules.min_coverage and weak >= rules.min_flank and run >= rules.min_run:
        return True
    crossed = thin and coverage >= rules.thin_coverage and weak >= rules.thin_flank * coverage
    return crossed and run >= rules.min_run / 2


def flank(starts: Rows, first: int, last: int) -> Flank:
    """Find the straight edge in the rows at which content starts, column by column.

    Rows outside ``first..last`` mean: no content in that column.
    """
    inside = (starts >= first) & (starts <= last)
    if last < first or not inside.any():
        return Flank(first if last < first else (first - 1 if starts[0] < first else last + 1), 0.0, 0.0)
    counts = np.bincount(starts[inside] - first, minlength=last - first + 1)
    window = np.convolve(counts, np.ones(2 * FLANK_TOLERANCE_PX + 1, dtype=np.int64), mode="same")
    centre = int(window.argmax())
    nearby = counts[max(0, centre - FLANK_TOLERANCE_PX) : centre + FLANK_TOLERANCE_PX + 1]
    row = first + max(0, centre - FLANK_TOLERANCE_PX) + int(nearby.argmax())
    straight = inside & (np.abs(starts - row) <= FLANK_TOLERANCE_PX)
    return Flank(row, float(straight.mean()), longest_run(straight) / starts.size)


def longest_run(flags: NDArray[np.bool_]) -> int:
    """Length of the longest run of true values, small gaps bridged."""
    hits = np.flatnonzero(flags)
    if hits.size == 0:
        return 0
    breaks = np.flatnonzero(np.diff(hits) > RUN_GAP_PX)
    starts = hits[np.concatenate(([0], breaks + 1))]
    stops = hits[np.concatenate((breaks, [hits.size - 1]))]
    return int((stops - starts).max()) + 1
