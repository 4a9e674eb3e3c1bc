"""Gutters in line with those of a neighbour: seen only in part, between balloons and captions."""

from collections.abc import Iterator, Sequence

import numpy as np

from models.panels.bands import MIN_RUN, THIN_GUTTER, in_runs, runs_out
from models.panels.edges import snap
from models.panels.gutters import GutterMap, Hypothesis
from models.panels.rect import Rect
from models.panels.regions import Region, min_piece_px, page_side

MIN_OPEN, MIN_EXPLAINED = 0.12, 0.9
"""Share of such a gutter that is seen, and that is seen or lies under a balloon or a caption."""
MIN_STRAIGHT = 0.7
"""Share of what is seen beside which content starts on both sides."""
SHIFT_PX, FLANK_PX = 4, 5
"""Neighbours' gutters are in line within this, and content starts this near to them."""
MAX_REGIONS = 40
"""Pages of more pieces are no pages of panels."""


def cut_in_line(hypothesis: Hypothesis, regions: Sequence[Region]) -> tuple[Region, ...]:
    """Cut regions in two along the gutters of their neighbours where all else covers them."""
    found = tuple(regions)
    if not 2 < len(found) <= MAX_REGIONS:
        return found
    for vertical in (False, True):
        frames = [snap(region.gutters, region.rect) for region in found]
        found = tuple(
            part
            for index, region in enumerate(found)
            for part in _cut(hypothesis, region, [*frames[:index], *frames[index + 1 :]], vertical=vertical)
        )
    return found


def _cut(
    hypothesis: Hypothesis, region: Region, others: Sequence[Rect], *, vertical: bool
) -> tuple[Region, ...]:
    gutters, rect = hypothesis.all_colour, region.rect
    if vertical:
        gutters, rect, others = gutters.transposed, rect.transposed, [other.transposed for other in others]
    for top, bottom in _bands_beside(rect, others, gutters.bounds):
        shifts = sorted(range(-SHIFT_PX, SHIFT_PX + 1), key=abs)
        at = next((shift for shift in shifts if _is_gutter(gutters, rect, top + shift, bottom + shift)), None)
        if at is not None:
            halves = rect._replace(y1=top + at), rect._replace(y0=bottom + at)
            return tuple(
                Region(region.gutters, half.transposed if vertical else half).trimmed() for half in halves
            )
    return (region,)


def _bands_beside(rect: Rect, others: Sequence[Rect], bounds: Rect) -> Iterator[tuple[int, int]]:
    """Yield the gutters between neighbours one above the other that would run on through a rectangle."""
    least, thickest = min_piece_px(bounds), THIN_GUTTER * page_side(bounds)
    beside = [other for other in others if other.x1 <= rect.x0 + SHIFT_PX or other.x0 >= rect.x1 - SHIFT_PX]
    for upper in beside:
        for lower in beside:
            stacked = min(upper.x1, lower.x1) - max(upper.x0, lower.x0) > min(upper.width, lower.width) / 2
            inside = rect.y0 + least <= upper.y1 and lower.y0 <= rect.y1 - least
            if stacked and inside and SHIFT_PX <= lower.y0 - upper.y1 <= thickest:
                yield upper.y1, lower.y0


def _is_gutter(gutters: GutterMap, rect: Rect, top: int, bottom: int) -> bool:
    columns = slice(rect.x0, rect.x1)
    middle = (top + bottom) // 2
    if not runs_out(gutters, rect._replace(y0=top, y1=bottom), middle):
        return False
    first_below, last_above = gutters.content_below[middle, columns], gutters.content_above[middle, columns]
    is_open = (gutters.mask[middle, columns] == 1) & (first_below >= bottom - 2) & (last_above <= top + 1)
    is_open = in_runs(is_open, round(MIN_RUN * page_side(gutters.bounds)))
    if float(is_open.mean()) < MIN_OPEN or gutters.covers is None:
        return False
    hidden = gutters.covers.mask[middle, columns] == 1
    if float((is_open | hidden).mean()) < MIN_EXPLAINED:
        return False
    straight = (first_below <= bottom + FLANK_PX) & (last_above >= top - 1 - FLANK_PX)
    return float(np.mean(straight[is_open])) >= MIN_STRAIGHT
