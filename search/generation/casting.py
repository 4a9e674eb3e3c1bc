"""Who plays whom: figures in the library's panels that are the one a text names or describes.

What speaks for a figure: an element of the library with that name (``has:NAME``), a book whose metadata names
them, words that name them in the panel, how well the figure fits the description, and the colours in it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.figures import FigureMap
from models.generation.colours import colours_in, is_grey, shown
from schemas.answers import SearchHit
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage
from search.generation.looks import Looks
from search.generation.pixels import PanelPixels, PanelReader

LOOKED_AT = 14
"""Panels that are read and looked at for a figure: each costs some 30 ms."""
LEAST_SIDE_PX = 120
FIGURE_MARGIN = 0.04
_KNOWN, _COLOURED, _NAMED = 0.3, 0.18, 0.25
"""What counts: an element of the name, the colours told, being like those in panels that name them."""
_BEHEADED = 0.18
"""What a figure loses whose head the frame cuts: it can stand nowhere else."""
_NOBODY, _GROUP = -0.06, -0.14
"""What it loses for having no head; a group, which would bring others along, for each of its heads too."""
_ALIKE = 0.3
"""How much more references of a figure are to look like the first than to fit the words."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure in a panel: its box there, its picture, and how well it can be cut out."""

    panel: PanelPixels
    box: Box
    picture: RgbImage
    mask: FloatMatrix
    quality: float
    heads: int = 1

    @property
    def panel_id(self) -> str:
        """The panel it is in."""
        return self.panel.detail.panel.panel_id

    def names(self, who: str) -> bool:
        """Say whether the panel's words name somebody."""
        tokens = [
            word for word in re.findall(r"\w+", who.casefold()) if word not in _TITLES and len(word) > 1
        ]
        said = set(re.findall(r"\w+", self.panel.detail.panel.text.casefold()))
        return any(word in said for word in tokens)


_TITLES = frozenset(
    (
        "the",
        "mr",
        "mrs",
        "ms",
        "miss",
        "sir",
        "lady",
        "lord",
        "captain",
        "doctor",
        "dr",
        "professor",
        "old",
        "young",
    )
)
"""Parts of names that say nothing of who it is."""


@dataclass(slots=True)
class Casting:
    """Chooses figures for one request."""

    reader: PanelReader
    looks: Looks

    def candidates(self, hits: Sequence[SearchHit]) -> list[Candidate]:
        """Return the figures of the panels that were found, of at most two panels a page."""
        return [one for hit in varied(hits, LOOKED_AT) for one in self._figures_in(hit)]

    def scores(
        self,
        candidates: Sequence[Candidate],
        vectors: FloatMatrix,
        name: str,
        look: str,
        known: frozenset[str],
    ) -> FloatMatrix:
        """Return how sure it is that each is the one.

        Args:
            candidates: Figures.
            vectors: Of their pictures.
            name: What the prompt calls them.
            look: How the prompt describes them, else the name.
            known: Panels that an element of the library says they are in.
        """
        colours = colours_in(look)
        scores = self.looks.fit(look, vectors).copy()
        for place, one in enumerate(candidates):
            scores[place] += _KNOWN if one.panel_id in known else 0.0
            scores[place] += _COLOURED * shown(colours, one.picture, one.mask, is_grey=is_grey(one.picture))
        if name[:1].isupper():
            scores += _NAMED * _likeness_to_named(candidates, vectors, name)
        return scores

    def _figures_in(self, hit: SearchHit) -> Iterator[Candidate]:
        panel = self.reader.read(hit.panel_id)
        if min(panel.picture.shape[:2]) < LEAST_SIDE_PX:
            return
        found = self.reader.figures(panel)
        for figure in found.figures[:3]:
            box = grown(figure.box)
            if box.width < 0.08 or box.height < 0.2:
                continue
            part = panel.part(box)
            quality = _quality(figure.box, len(figure.heads), found, part.lettering)
            yield Candidate(panel, box, part.picture, _cells_of(found, box), quality, len(figure.heads))


def alike(scores: FloatMatrix, vectors: FloatMatrix, count: int) -> list[int]:
    """Return ``count`` places: the best, then those that are good and look like it."""
    if not len(scores):
        return []
    best = int(np.argmax(scores))
    near = scores + _ALIKE * (vectors @ vectors[best])
    near[best] = np.inf
    return [int(place) for place in np.argsort(-near, kind="stable")[:count]]


def varied(hits: Sequence[SearchHit], count: int) -> list[SearchHit]:
    """Take the best, at most two of a page."""
    seen: dict[str, int] = {}
    kept = []
    for hit in hits:
        seen[hit.page_id] = seen.get(hit.page_id, 0) + 1
        if seen[hit.page_id] <= 2:
            kept.append(hit)
    return kept[:count]


def grown(box: Box) -> Box:
    """Return a box with some air around it."""
    air = FIGURE_MARGIN
    return Box.clipped(box.x0 - air, box.y0 - air, box.x1 + air, box.y1 + air)


def _likeness_to_named(candidates: Sequence[Candidate], vectors: FloatMatrix, name: str) -> FloatMatrix:
    """Return how much more each is like the figures in panels that name somebody than like all others."""
    named = np.array([one.names(name) for one in candidates], bool)
    if not named.any() or named.all():
        return np.zeros(len(candidates), np.float32)
    typical = vectors[named].mean(axis=0) - vectors[~named].mean(axis=0)
    return np.asarray(vectors @ typical, np.float32)


def _cells_of(found: FigureMap, box: Box) -> FloatMatrix:
    height, width = found.figure.shape
    x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
    return found.figure[y0:y1, x0:x1]


def _quality(box: Box, heads: int, found: FigureMap, words: Sequence[Box]) -> float:
    """Say how well a figure stands alone: one head, not cut at the sides or the top, not lettered over."""
    at_side = (box.x0 < 0.015) + (box.x1 > 0.985)
    beheaded = _BEHEADED if box.y0 < 0.035 else 0.0
    lone = 0.1 if heads == 1 else _NOBODY if not heads else _GROUP - 0.08 * heads
    lettered = sum(one.area for one in words)
    sure = float(np.mean(found.figure[found.figure > 0.5])) if (found.figure > 0.5).any() else 0.0
    return lone - beheaded - 0.06 * at_side - 0.6 * lettered + 0.1 * (sure - 0.8) + 0.1 * min(box.height, 0.8)
