"""The ends of a line: glyphs that the detector left out there.

A lone ``I`` a space away from its line is often missed, and so is half of a last letter. What
counts as a glyph stands free on the line's own paper; an outline or a figure runs through the margin
that is looked at.
"""

import numpy as np
from numpy.typing import NDArray

from models.text.detection import Quad
from models.text.paper import Colour, modal_colour, off_paper, runs_of
from models.text.recognition import cut_line
from schemas.records import FloatMatrix, RgbImage

REACH = 1.0
"""How far beyond an end is looked, in line heights: a space and a glyph."""
OVERLAP = 0.4
"""How far into the line, in line heights, to see the whole of a glyph cut in two."""
PAD = 0.15
"""Paper left around a glyph that was found, in line heights."""
MIDDLE = (0.3, 0.7)
"""Part of the height that is looked at: the ends of a balloon bend in above and below it."""
MIN_GLYPH_COVER = 0.6
"""Share of that part's rows that a glyph inks: a hyphen or a full stop is not worth a wider line."""
MAX_GLYPH_WIDTH = 1.0
"""Wider marks, in line heights, are drawing."""
SLANT = 0.05
"""How far an outline leans within a line's height, in line heights."""
MIN_HEIGHT_PX = 8
"""Lines lower than that show no paper between their glyphs."""


def widened(page: RgbImage, quad: Quad, taken: FloatMatrix) -> Quad:
    """Lengthen a row over glyphs that stand free at its ends.

    Args:
        page: The page.
        quad: Corners of the row.
        taken: (n, 4) boxes in pixels of all other lines; their glyphs stay theirs.
    """
    along = (quad[1] + quad[2] - quad[0] - quad[3]) / 2
    length, height = float(np.linalg.norm(along)), float(np.linalg.norm(quad[3] - quad[0]))
    if length < 1 or height < MIN_HEIGHT_PX:
        return quad
    unit = along / length
    reach = np.float32(REACH * height) * unit
    cut = cut_line(page, np.stack([quad[0] - reach, quad[1] + reach, quad[2] + reach, quad[3] - reach]))
    margin, inner = round(REACH * height), round(OVERLAP * height)
    if cut.shape[1] <= 2 * margin:
        return quad
    colour = modal_colour(cut[:, margin:-margin])
    before = _extent(cut[:, : margin + inner], margin, colour)
    after = _extent(cut[:, ::-1][:, : margin + inner], margin, colour)
    middle_left, middle_right = (quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2
    if before and _is_taken(middle_left - before * unit, taken):
        before = 0.0
    if after and _is_taken(middle_right + after * unit, taken):
        after = 0.0
    left, right = np.float32(before) * unit, np.float32(after) * unit
    return np.stack([quad[0] - left, quad[1] + right, quad[2] + right, quad[3] - left])


def _extent(strip: RgbImage, margin: int, colour: Colour) -> float:
    """Return by how many pixels a line grows into the margin at the left of ``strip``."""
    height = strip.shape[0]
    ink = off_paper(strip, colour)
    middle = ink[round(MIDDLE[0] * height) : round(MIDDLE[1] * height)]
    outermost = margin
    for start, stop in reversed(runs_of(np.asarray(middle.any(axis=0)))):  # from the line outwards
        if start >= margin:
            continue
        if start == 0 or stop - start > MAX_GLYPH_WIDTH * height or _is_outline(ink, start, stop):
            break
        if middle[:, start:stop].any(axis=1).mean() >= MIN_GLYPH_COVER:
            outermost = start
    return margin - outermost + PAD * height if outermost < margin else 0.0


def _is_outline(ink: NDArray[np.bool_], start: int, stop: int) -> bool:
    """Say whether a mark runs without a break from the upper to the lower border of the strip."""
    slant = round(SLANT * ink.shape[0])
    columns = ink[:, max(start - slant, 0) : stop + slant]
    return bool(columns.any(axis=1).all())


def _is_taken(point: NDArray[np.float32], taken: FloatMatrix) -> bool:
    x, y = float(point[0]), float(point[1])
    inside = (taken[:, 0] <= x) & (x <= taken[:, 2]) & (taken[:, 1] <= y) & (y <= taken[:, 3])
    return bool(inside.any())
