"""Figures of a panel as vectors: what an encoder sees in each and its colours, folded into few numbers.

The figure finder says where somebody may be; each region is cut out and told by the encoder of the
library and by the colours of the figure from head to foot. Both are cast onto fixed random directions,
which keep likenesses well enough, ask for no weights and suit any encoder.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from models.elements.evidence import FIGURE_DIM
from models.encoders.rows import unit_rows
from models.figures.finder import FigureFinder
from models.instances.finding import people_in
from models.instances.likeness import COLOUR_SHARE, Seen, cut_regions, figure_colours
from models.protocols import PictureEncoder
from schemas.records import FloatMatrix, RgbImage

MOST_FIGURES = 8
"""Figures of a panel that are kept, the largest: of a crowd nobody is known by looks."""
_SEED = 2026


class FigureReader:
    """Says what figures of panels look like; safe to share between threads."""

    def __init__(self, encoder: PictureEncoder, finder: FigureFinder) -> None:
        """Take the two models."""
        self._encoder, self._finder = encoder, finder

    def read(self, panel: RgbImage) -> FloatMatrix:
        """Return unit rows (figures, :data:`FIGURE_DIM`), the largest figure first; none for scenery."""
        found = self._finder.find(panel)
        boxes = [region.box for region in people_in(found)[:MOST_FIGURES]]
        seen = [one for one in cut_regions(panel, boxes, found.figure) if one.crop.size]
        return figure_rows(seen, self._encoder)


def figure_rows(seen: Sequence[Seen], encoder: PictureEncoder) -> FloatMatrix:
    """Return what figures look like, unit rows (n, :data:`FIGURE_DIM`)."""
    if not seen:
        return np.zeros((0, FIGURE_DIM), np.float32)
    colours = unit_rows(np.array([figure_colours(one) for one in seen], np.float32))
    looks = encoder.encode_images([one.crop for one in seen])
    return cast(np.hstack([COLOUR_SHARE * colours, (1 - COLOUR_SHARE) * looks]))


def cast(rows: FloatMatrix) -> FloatMatrix:
    """Cast rows onto :data:`FIGURE_DIM` fixed random directions; unit rows."""
    return unit_rows(rows @ _directions(rows.shape[1]))


@lru_cache(maxsize=4)
def _directions(dim: int) -> FloatMatrix:
    """Return signs, the same on every machine: the bits of a generator whose stream is fixed."""
    bits = np.random.PCG64(_SEED).random_raw(dim * FIGURE_DIM) & 1
    return np.where(bits.reshape(dim, FIGURE_DIM) == 1, 1.0, -1.0).astype(np.float32)
