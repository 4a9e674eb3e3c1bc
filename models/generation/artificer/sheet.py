"""A drawing on its way to a panel: lines, areas, and the layers laid over each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.artificer.hatching import quilted
from models.generation.artificer.lines import Drawing, Plane
from models.generation.artificer.palette import Swatch, coloured
from models.generation.artificer.regions import Regions, regions_of
from models.generation.artificer.shading import shade_of
from models.generation.artificer.strokes import inked
from models.generation.backend import Layer
from schemas.records import RgbImage

_PAPER_LIGHTNESS = 97.0
_DARKER = 0.55
"""Share of its lightness that a colour keeps in the shade."""
_FLAT_STRENGTH, _HATCH_STRENGTH = 0.75, 0.9


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawing with its lines cleaned, and the areas between them."""

    drawing: Drawing
    regions: Regions

    @classmethod
    def of(cls, picture: RgbImage) -> "Sheet":
        """Clean a picture's lines; one with tones of its own keeps those it has."""
        drawing = Drawing.of(picture)
        if not drawing.is_shaded:
            drawing = Drawing(drawing.light, inked(drawing.ink), is_shaded=False)
        return cls(drawing, regions_of(drawing.ink))

    def layers(self, swatches: Sequence[Swatch], example: Plane | None, seed: int) -> tuple[Layer, ...]:
        """Return flats, tone and lines, the lowest first; of a drawing with tones, its coloured self."""
        flats = coloured(self.drawing, self.regions, swatches, seed) if swatches else self._paper()
        if self.drawing.is_shaded:
            return (Layer("flats", _opaque(_rgb(_toned(flats, self.drawing.light)))),)
        tone = self._tone(flats, example, seed)
        black = np.zeros((*self.drawing.ink.shape, 3), np.uint8)
        line = Layer("line", _covering(black, self.drawing.ink))
        return Layer("flats", _opaque(_rgb(flats))), Layer("tone", tone), line

    def _paper(self) -> NDArray[np.float32]:
        lab = np.zeros((*self.drawing.light.shape, 3), np.float32)
        lab[..., 0] = _PAPER_LIGHTNESS
        return lab

    def _tone(self, flats: NDArray[np.float32], example: Plane | None, seed: int) -> RgbImage:
        dark = flats * np.array([_DARKER, 1.0, 1.0], np.float32)
        shade = shade_of(self.drawing.light, self.drawing.ink, self.regions, seed)
        if example is None:
            return _covering(_rgb(dark), _FLAT_STRENGTH * shade)
        height, width = shade.shape
        grown = quilted(example, height, width, seed)
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


def _toned(flats: NDArray[np.float32], light: Plane) -> NDArray[np.float32]:
    """Give a drawing's own tones colour, and leave its lightness."""
    lab = flats.copy()
    lab[..., 0] = 100.0 * light
    # Neither black nor white can hold much colour; pure white is paper: balloons, eyes.
    hold = np.clip(4.0 * light * (1.15 - light), 0.0, 1.0) * np.clip((1.0 - light) / 0.06, 0.0, 1.0)
    lab[..., 1:] *= hold[..., None]
    return lab


def _rgb(lab: NDArray[np.float32]) -> RgbImage:
    rgb = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1)
    return np.ascontiguousarray(np.round(rgb * 255.0), dtype=np.uint8)


def _opaque(rgb: RgbImage) -> RgbImage:
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def _covering(rgb: RgbImage, cover: Plane) -> RgbImage:
    return np.dstack([rgb, np.round(np.clip(cover, 0, 1) * 255).astype(np.uint8)])
