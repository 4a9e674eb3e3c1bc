"""Columns of Japanese and Chinese: what a sideways reading misses.

The recogniser reads a column turned on its side surprisingly well, but loses the small marks whose
place in their cell tells them apart. The glyphs of a column laid side by side, each upright, bring
these back, though a cell cut at the wrong place spoils its glyph. So the sideways reading says
which full glyphs stand there, the laid out one adds the small ones.
"""

from difflib import SequenceMatcher
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from models.text.paper import modal_colour, off_paper, runs_of
from schemas.records import RgbImage

SMALL_GLYPHS = frozenset("っゃゅょぁぃぅぇぉッャュョァィゥェォ、。，．,.!?！？…ー")
"""Glyphs that a sideways reading may lack."""
MAX_CELL = 1.08
"""Height of a cell over the column's width: strokes of one glyph that fit into it belong together."""
GAP = 0.12
"""Paper between the cells laid out, over the column's width."""


def laid_out(column: RgbImage) -> RgbImage:
    """Return the glyphs of a column in one row, each upright in a square cell."""
    width = column.shape[1]
    colour = modal_colour(column)
    ink = off_paper(column, colour)
    cells = _cells(ink)
    paper = np.rint(colour).astype(np.uint8)
    row = np.empty((width, (len(cells) + 1) * (width + round(GAP * width)), 3), np.uint8)
    row[:] = paper
    for index, (start, stop) in enumerate(cells):
        square = np.empty((max(stop - start, width), width, 3), np.uint8)
        square[:] = paper
        top = (square.shape[0] - (stop - start)) // 2
        square[top : top + stop - start] = column[start:stop]
        left = round(GAP * width) + index * (width + round(GAP * width))
        row[:, left : left + width] = cv2.resize(square, (width, width), interpolation=cv2.INTER_AREA)
    return row


def with_small_glyphs(sideways: str, upright: str) -> str:
    """Return the sideways reading with the small glyphs that only the upright one has."""
    merged: list[str] = []
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, sideways, upright, autojunk=False).get_opcodes():
        merged.append(sideways[a0:a1])
        if tag == "insert" and set(upright[b0:b1]) <= SMALL_GLYPHS:
            merged.append(upright[b0:b1])
    return "".join(merged)


def _cells(ink: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Cut a column into the rows of its glyphs."""
    strokes = runs_of(np.asarray(ink.any(axis=1)))
    pitch = max((stop - start for start, stop in runs_of(np.asarray(ink.any(axis=0)))), default=1)
    cells: list[tuple[int, int]] = []
    for start, stop in strokes:
        if cells and stop - cells[-1][0] <= MAX_CELL * pitch:
            cells[-1] = (cells[-1][0], stop)
        else:
            cells.append((start, stop))
    return [piece for cell in cells for piece in _split(cell, pitch)]


def _split(cell: tuple[int, int], pitch: int) -> list[tuple[int, int]]:
    """Cut a cell in which glyphs touch into equal ones."""
    start, stop = cell
    count = max(round((stop - start) / pitch), 1)
    cuts = [start + (stop - start) * index // count for index in range(count + 1)]
    return [(a, b) for a, b in pairwise(cuts) if b > a]
