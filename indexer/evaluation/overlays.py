"""Draws what was found over what is true, for people to look at."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from indexer.evaluation.labelled import decode
from indexer.evaluation.panels import PageScore
from models.pictures import resize_to
from schemas.errors import ConfigError
from schemas.geometry import Box
from schemas.records import RgbImage

OVERLAY_SIDE_PX = 1_400
"""Long side of an overlay: a page fits a screen and its lettering stays legible."""
TRUE_RGB: Final = (0, 170, 0)
FOUND_RGB: Final = (230, 0, 0)
_TRUE_PX, _FOUND_PX = 6, 2  # the found frame is seen inside the true one
_NUMBER_SCALE, _NUMBER_DOWN_PX = 1.0, 30


def draw_boxes(image: RgbImage, true: Sequence[Box], found: Sequence[Box]) -> RgbImage:
    """Return a copy with the true boxes in green and the found ones in red with their numbers."""
    canvas = resize_to(image, OVERLAY_SIDE_PX).copy()
    height, width = canvas.shape[:2]
    for boxes, colour, thickness in ((true, TRUE_RGB, _TRUE_PX), (found, FOUND_RGB, _FOUND_PX)):
        for box in boxes:
            x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
            cv2.rectangle(canvas, (x0, y0), (x1 - 1, y1 - 1), colour, thickness)
    for number, box in enumerate(found, start=1):
        x0, y0, _, _ = box.to_pixels(width_px=width, height_px=height)
        at = (x0 + _TRUE_PX, y0 + _NUMBER_DOWN_PX)
        cv2.putText(canvas, str(number), at, cv2.FONT_HERSHEY_SIMPLEX, _NUMBER_SCALE, FOUND_RGB, 3)
    return canvas


def write_overlay(folder: Path, rank: int, name: str, image: RgbImage) -> Path:
    """Write ``folder/<rank>-<name>.png``, with the folders of ``name`` flattened.

    Raises:
        ConfigError: the folder cannot be written to.
    """
    path = folder / f"{rank:03d}-{name.replace('/', '_')}.png"
    _, encoded = cv2.imencode(".png", np.ascontiguousarray(image[:, :, ::-1]))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded.tobytes())
    except OSError as error:
        raise ConfigError(f"cannot write overlays to {folder}: {error.strerror or error}") from error
    return path


def write_panel_overlays(worst: Sequence[PageScore], folder: Path) -> None:
    """Draw pages of :mod:`indexer.evaluation.panels` into a folder, the worst as number 1.

    Raises:
        ConfigError: the folder cannot be written to.
        PictureError: a picture was taken away meanwhile.
    """
    for rank, score in enumerate(worst, start=1):
        drawn = draw_boxes(decode(score.page.picture), score.page.true_panels, score.found)
        write_overlay(folder, rank, score.page.name, drawn)
