"""Draws what was found over what is true, for people to look at."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indexer.evaluation.labelled import decode
from indexer.evaluation.lettering import TextScore
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
_CAPTION_PX, _CAPTION_LEADING_PX = 20, 28
_GLYPH_ASPECT = 0.6
"""Width over height of a wide glyph of Pillow's own font, so that no line runs out of the picture."""
_NUMBER_SCALE, _NUMBER_DOWN_PX = 1.0, 30


def draw_boxes(
    image: RgbImage, true: Sequence[Box], found: Sequence[Box], *, numbered: bool = True
) -> RgbImage:
    """Return a copy with the true boxes in green and the found ones in red, with numbers if wanted."""
    canvas = resize_to(image, OVERLAY_SIDE_PX).copy()
    height, width = canvas.shape[:2]
    for boxes, colour, thickness in ((true, TRUE_RGB, _TRUE_PX), (found, FOUND_RGB, _FOUND_PX)):
        for box in boxes:
            x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
            cv2.rectangle(canvas, (x0, y0), (x1 - 1, y1 - 1), colour, thickness)
    for number, box in enumerate(found if numbered else (), start=1):
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


def write_text_overlays(worst: Sequence[TextScore], folder: Path) -> None:
    """Draw pages of :mod:`indexer.evaluation.lettering` into a folder, the worst as number 1.

    Texts known to stand there are green, lines that were read red; below, the words missed and added.

    Raises:
        ConfigError: the folder cannot be written to.
        PictureError: a picture was taken away meanwhile.
    """
    for rank, score in enumerate(worst, start=1):
        true = [text.box for text in score.page.transcript.texts if text.box is not None]
        found = [line.box for line in score.lines]
        drawn = draw_boxes(decode(score.page.picture), true, found, numbered=False)
        missed, added = " ".join(score.missed), " ".join(score.added)
        captioned = with_caption(drawn, f"missed: {missed or '-'}\nadded: {added or '-'}")
        write_overlay(folder, rank, score.page.name, captioned)


def with_caption(image: RgbImage, text: str) -> RgbImage:
    """Return a picture with a text on white below it, wrapped to its width, cut to its height."""
    height, width = image.shape[:2]
    font = ImageFont.load_default(_CAPTION_PX)
    glyphs = max(1, int(width / (_CAPTION_PX * _GLYPH_ASPECT)))
    lines = [row for part in text.split("\n") for row in textwrap.wrap(part, glyphs) or [""]]
    lines = lines[: max(1, height // _CAPTION_LEADING_PX)]
    canvas = Image.new("RGB", (width, height + _CAPTION_LEADING_PX * len(lines)), "white")
    canvas.paste(Image.fromarray(image), (0, 0))
    draw = ImageDraw.Draw(canvas)
    for number, line in enumerate(lines):
        draw.text((_TRUE_PX, height + number * _CAPTION_LEADING_PX), line, "black", font)
    return np.asarray(canvas)
