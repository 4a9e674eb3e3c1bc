"""Crops of elements as they are compared: pixels, where the figure is in them, colours and vector."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.figures import FigureFinder
from models.generation.consistency.palettes import Palette, palette_of_figure
from models.generation.storyboard.cutouts import found_squarely
from models.pictures import crop, resize_to
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage
from search.evaluation.consistency.panels import Part, SequencePanel

CROP_SIDE_PX = 360
_LEAST_FIGURE = 0.06
_PAPER = 235.0
_LEAST_PX = 8


@dataclass(frozen=True, slots=True)
class ElementCrop:
    """An element in a panel; ``figure`` (h, w) in [0, 1] is where it is in the crop."""

    panel: SequencePanel
    part: Part
    picture: RgbImage
    figure: FloatMatrix
    palette: Palette

    def on_paper(self) -> RgbImage:
        """Return it without what is around it."""
        share = self.figure[..., None]
        return np.asarray(self.picture * share + _PAPER * (1 - share), np.uint8)


def crop_of(panel: SequencePanel, part: Part, finder: FigureFinder) -> ElementCrop | None:
    """Cut an element out of its panel; None where there is no picture, or next to nothing in the box."""
    if panel.picture is None:
        return None
    picture = resize_to(crop(panel.picture, part.box), CROP_SIDE_PX)
    if min(picture.shape[:2]) < _LEAST_PX:
        return None
    figure = _figure(picture, finder) if part.kind == "figure" else _scenery(panel, picture, finder)
    return ElementCrop(panel, part, picture, figure, palette_of_figure(picture, figure))


def _figure(picture: RgbImage, finder: FigureFinder) -> FloatMatrix:
    """Return where somebody is in a crop of them; all of it where the finder sees nobody."""
    height, width = picture.shape[:2]
    found = cv2.resize(found_squarely(finder, picture).figure, (width, height))
    mask = np.clip((found - 0.4) * 5, 0, 1)
    return np.asarray(mask if mask.mean() > _LEAST_FIGURE else np.ones_like(mask), np.float32)


def _scenery(panel: SequencePanel, picture: RgbImage, finder: FigureFinder) -> FloatMatrix:
    """Return where a place is seen: not behind people or words."""
    height, width = picture.shape[:2]
    hidden = np.asarray(cv2.resize(finder.find(picture).figure, (width, height)) > 0.3, np.uint8)
    hidden = np.asarray(cv2.dilate(hidden, np.ones((9, 9), np.uint8)), np.uint8)
    boxes = (*panel.covered, *(one.box for one in panel.parts if one.kind == "figure"))
    for box in boxes:
        _cover(hidden, box)
    open_ = 1.0 - hidden.astype(np.float32)
    return np.asarray(open_ if open_.mean() > _LEAST_FIGURE else np.ones_like(open_), np.float32)


def _cover(hidden: NDArray[np.uint8], box: Box) -> None:
    x0, y0, x1, y1 = box.to_pixels(width_px=hidden.shape[1], height_px=hidden.shape[0])
    hidden[y0:y1, x0:x1] = 1
