"""A drawing on its way to a panel: lines, areas, and the layers laid over each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.figures import FigureFinder
from models.generation.artificer.colouring import ColourExample, colour_by_example, flats_by_example
from models.generation.artificer.hatching import quilted
from models.generation.artificer.lettered import lettered_areas
from models.generation.artificer.lines import Drawing, Plane
from models.generation.artificer.regions import Regions, regions_of
from models.generation.artificer.shading import shade_of
from models.generation.artificer.strokes import inked
from models.generation.backend import Layer
from schemas.geometry import Box
from schemas.records import RgbImage

_PAPER_LIGHTNESS = 97.0
_DARKER = 0.55
"""Share of its lightness that a colour keeps in the shade."""
_FLAT_STRENGTH, _HATCH_STRENGTH = 0.75, 0.9


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawing with its lines cleaned, and the areas between them."""

    picture: RgbImage
    drawing: Drawing
    regions: Regions
    words: NDArray[np.bool_]
    """Of each area, whether lettering stands in it: that is no place for colours or shade."""

    @classmethod
    def of(cls, picture: RgbImage, lettering: Sequence[Box] = ()) -> "Sheet":
        """Clean a picture's lines; one with tones of its own keeps those it has."""
        drawing = Drawing.of(picture)
        if not drawing.is_shaded:
            drawing = Drawing(drawing.light, inked(drawing.ink), is_shaded=False)
        regions = regions_of(drawing.ink)
        return cls(picture, drawing, regions, lettered_areas(regions, drawing.ink, lettering))

    def layers(
        self, examples: Sequence[ColourExample], hatching: Plane | None, finder: FigureFinder, seed: int
    ) -> tuple[Layer, ...]:
        """Return flats, tone and lines, the lowest first; of a drawing with tones, its coloured self."""
        if self.drawing.is_shaded:
            return (Layer("flats", _opaque(self._toned(examples, finder, seed))),)
        flats = self._paper()
        if examples:
            flats = flats_by_example(self.picture, self.regions, examples, finder, seed)
            flats[self._is_lettered] = (100.0, 0.0, 0.0)
        tone = self._tone(flats, hatching, seed)
        black = np.zeros((*self.drawing.ink.shape, 3), np.uint8)
        line = Layer("line", _covering(black, self.drawing.ink))
        return Layer("flats", _opaque(_rgb(flats))), Layer("tone", tone), line

    @property
    def _is_lettered(self) -> NDArray[np.bool_]:
        return self.words[self.regions.labels]

    def _toned(self, examples: Sequence[ColourExample], finder: FigureFinder, seed: int) -> RgbImage:
        if examples:
            return colour_by_example(self.picture, examples, finder, seed)
        return np.repeat(np.round(255.0 * self.drawing.light[..., None]).astype(np.uint8), 3, axis=2)

    def _paper(self) -> NDArray[np.float32]:
        lab = np.zeros((*self.drawing.light.shape, 3), np.float32)
        lab[..., 0] = _PAPER_LIGHTNESS
        return lab

    def _tone(self, flats: NDArray[np.float32], hatching: Plane | None, seed: int) -> RgbImage:
        dark = flats * np.array([_DARKER, 1.0, 1.0], np.float32)
        shade = shade_of(self.drawing.light, self.drawing.ink, self.regions, seed)
        shade[self._is_lettered] = 0.0
        if hatching is None:
            return _covering(_rgb(dark), _FLAT_STRENGTH * shade)
        height, width = shade.shape
        grown = quilted(hatching, height, width, seed)
        return _covering(
            _rgb(dark * np.array([0.5, 1, 1], np.float32)), _HATCH_STRENGTH * shade * (1 - grown)
        )


def flattened(layers: Sequence[Layer]) -> RgbImage:
    """Lay layers over each other, the lowest first, as any painting program does."""
    out = layers[0].pixels[..., :3].astype(np.float32)
    for layer in layers[1:]:
        cover = layer.pixels[..., 3:].astype(np.float32) / np.float32(255.0)
        out = out * (1 - cover) + layer.pixels[..., :3].astype(np.float32) * cover
    return np.ascontiguousarray(np.round(out), dtype=np.uint8)


def _rgb(lab: NDArray[np.float32]) -> RgbImage:
    rgb = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1)
    return np.ascontiguousarray(np.round(rgb * 255.0), dtype=np.uint8)


def _opaque(rgb: RgbImage) -> RgbImage:
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def _covering(rgb: RgbImage, cover: Plane) -> RgbImage:
    return np.dstack([rgb, np.round(np.clip(cover, 0, 1) * 255).astype(np.uint8)])
