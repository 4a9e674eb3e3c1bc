"""Colours of references, matched to areas of a drawing by place, size and lightness in Lab."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.artificer.lines import Drawing, Plane
from models.generation.artificer.regions import Regions
from models.pictures import resize_to
from schemas.records import RgbImage

_SAMPLE_SIDE_PX = 160
_COLOURS = 8
_INK_LIGHTNESS = 18.0
_PAPER = 0.93
"""In a drawing with tones, what is lighter was left white on purpose: balloons, eyes."""
_PLACE, _SIZE, _LIGHT, _AGAIN, _CHANCE, _WEIGHT = 1.0, 0.25, 1.6, 0.35, 0.25, 0.3
_INK = 0.35


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour of a reference: Lab (L 0 to 100), its share, where its middle is, and its weight."""

    lab: NDArray[np.float32]
    share: float
    x: float
    y: float
    weight: float


def swatches_of(picture: RgbImage, weight: float) -> list[Swatch]:
    """Return the colours of a reference, but for its ink."""
    small = resize_to(picture, _SAMPLE_SIDE_PX)
    lab = cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    points = lab.reshape(-1, 3)
    height, width = lab.shape[:2]
    cv2.setRNGSeed(0)
    rule = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    count = min(_COLOURS, len(points))
    kmeans: Any = cv2.kmeans
    _, found, middles = kmeans(points, count, None, rule, 1, cv2.KMEANS_PP_CENTERS)
    owners = found.ravel()
    rows, columns = np.divmod(np.arange(len(points)), width)
    swatches = []
    for number, middle in enumerate(middles):
        mine = owners == number
        if mine.mean() >= 0.01 and middle[0] > _INK_LIGHTNESS:
            place = float(columns[mine].mean() / width), float(rows[mine].mean() / height)
            colour = np.median(points[mine], axis=0).astype(np.float32)
            swatches.append(Swatch(colour, float(mine.mean()), *place, weight))
    return swatches


@dataclass(frozen=True, slots=True)
class _Areas:
    """Of each area: its share of the picture, where its middle is, how light it is beside its lines."""

    sizes: NDArray[np.float64]
    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    lightness: NDArray[np.float64]

    @classmethod
    def of(cls, regions: Regions, light: Plane, ink: Plane) -> "_Areas":
        height, width = light.shape
        rows, columns = np.indices(light.shape)
        owners = regions.labels.ravel()

        def total(values: NDArray[Any]) -> NDArray[np.float64]:
            summed = np.bincount(owners, weights=values.ravel(), minlength=regions.count)
            return np.asarray(summed, np.float64)

        bare = np.asarray(ink < _INK)
        pixels = np.maximum(total(np.ones(light.shape)), 1)
        return cls(
            sizes=pixels / light.size,
            xs=total(np.asarray(columns)) / pixels / width,
            ys=total(np.asarray(rows)) / pixels / height,
            lightness=total(light * bare) / np.maximum(total(bare), 1),
        )


def coloured(
    drawing: Drawing, regions: Regions, swatches: Sequence[Swatch], seed: int
) -> NDArray[np.float32]:
    """Return Lab flats, float32 (h, w, 3): each area in the swatch that costs least, the largest first.

    In a drawing with tones the lightness of an area counts. A swatch that covers as much as in its
    reference costs more with each further area; chance, from the seed, decides between near-equals.
    """
    rng = np.random.default_rng(seed)
    areas = _Areas.of(regions, drawing.light, drawing.ink)
    spent = np.zeros(len(swatches))
    chosen = np.zeros((regions.count, 3), np.float32)
    for region in np.argsort(-areas.sizes, kind="stable"):
        if drawing.is_shaded and areas.lightness[region] > _PAPER:
            chosen[region] = (100.0, 0.0, 0.0)
            continue
        costs = [
            _PLACE * (abs(one.y - areas.ys[region]) + 0.4 * abs(one.x - areas.xs[region]))
            + _SIZE * abs(np.log10((areas.sizes[region] + 1e-3) / (one.share + 1e-3)))
            + (_LIGHT * abs(areas.lightness[region] - one.lab[0] / 100) if drawing.is_shaded else 0.0)
            + _AGAIN * spent[number] / (one.share + 0.02)
            + _CHANCE * rng.random()
            - _WEIGHT * one.weight
            for number, one in enumerate(swatches)
        ]
        best = int(np.argmin(costs))
        spent[best] += areas.sizes[region]
        chosen[region] = swatches[best].lab
    return np.asarray(chosen[regions.labels], np.float32)
