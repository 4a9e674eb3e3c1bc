"""Where a picture begins: what lies round it, cut off in two ways.

A rim of one tone is what scanners and people put round a page; it ends where the tone does, so that a
page and its copy with a border come out alike. An even margin is whatever shows next to nothing: it
also goes where the rim is paper, and may go too far into a dark or empty drawing.
"""

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]

_STEP = 9.0
"""Between the darkest and the lightest of a row that shows next to nothing."""
_MOST_EVEN, _MOST_RIM = 0.2, 0.4
"""Shares of a side that are cut off at most."""
_TONE = 12.0
_SPECKS = 0.01
"""Share of a row of the rim that may be of another tone: dust, and what compression leaves."""
_RIMS = 3
"""Rims within each other: a border, the paper, a frame."""


def without_margin(grey: Grey) -> Grey:
    """Cut off rows and columns at the sides that show next to nothing."""
    return np.ascontiguousarray(grey[_inner(grey), _inner(grey.T)])


def without_rim(grey: Grey) -> Grey:
    """Cut off rows and columns at the sides that are of one tone, rim after rim."""
    rows, columns = [0, grey.shape[0]], [0, grey.shape[1]]
    for _ in range(_RIMS):
        seen = grey[rows[0] : rows[1], columns[0] : columns[1]]
        down, across = _rim(seen), _rim(seen.T)
        if down == (0, 0) and across == (0, 0):
            break
        rows = _narrowed(rows, down, grey.shape[0])
        columns = _narrowed(columns, across, grey.shape[1])
    return np.ascontiguousarray(grey[rows[0] : rows[1], columns[0] : columns[1]])


def _inner(grey: Grey) -> slice:
    spread = np.percentile(grey, 97, axis=1) - np.percentile(grey, 3, axis=1)
    shows = np.flatnonzero(spread > _STEP)
    if not len(shows):
        return slice(0, len(grey))
    most = int(len(grey) * _MOST_EVEN)
    return slice(min(int(shows[0]), most), max(int(shows[-1]) + 1, len(grey) - most))


def _rim(grey: Grey) -> tuple[int, int]:
    """Return how many rows from the top and from the bottom are of the tone of the outermost one."""
    return _depth(grey), _depth(grey[::-1])


def _depth(grey: Grey) -> int:
    other = (np.abs(grey - np.median(grey[0])) > _TONE).mean(axis=1) > _SPECKS
    return int(other.argmax()) if other.any() else 0


def _narrowed(span: list[int], by: tuple[int, int], length: int) -> list[int]:
    most = int(length * _MOST_RIM)
    return [min(span[0] + by[0], most), max(span[1] - by[1], length - most)]
