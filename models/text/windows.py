"""Reading windows: a page is read at once, a webtoon strip through overlapping windows."""

from dataclasses import dataclass
from itertools import pairwise

STRIP_RATIO = 2.5
"""Long to short side from which a page is a strip: shrunk to one input its letters would vanish."""
WINDOW_RATIO = 1.6
"""Long side of a window over the short side of its strip: about a printed page."""
OVERLAP_RATIO = 0.25
"""Overlap over the short side: more than a line of lettering is high, so none is cut in both windows."""
MIN_WINDOW_PX = 960
"""A narrow strip needs no small windows: the detector takes this side without shrinking."""


@dataclass(frozen=True, slots=True)
class Window:
    """A slice ``start:stop`` along the long side, in pixels; it owns lines centred in its core."""

    start: int
    stop: int
    core_start: int
    core_stop: int


def windows_of(long_px: int, short_px: int) -> tuple[Window, ...]:
    """Cut the long side into windows whose cores tile it without gap or overlap."""
    length = max(round(WINDOW_RATIO * short_px), MIN_WINDOW_PX)
    if long_px <= STRIP_RATIO * short_px or long_px <= length:
        return (Window(0, long_px, 0, long_px),)
    overlap = min(round(OVERLAP_RATIO * short_px), length // 2)
    starts = [*range(0, long_px - length, length - overlap), long_px - length]
    # Halfway through each overlap the next window takes over.
    cuts = [0, *((a + length + b) // 2 for a, b in pairwise(starts)), long_px]
    cores = pairwise(cuts)
    return tuple(Window(start, start + length, *core) for start, core in zip(starts, cores, strict=True))
